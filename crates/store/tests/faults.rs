//! What goes wrong with a store says what it is and what to do, and nothing is half done: on both
//! databases where it can happen on both.

use oriel_policy::audit::{Deed, Event};
use oriel_store::{Store, StoreError};
use oriel_testkit::{Cluster, Place, TempDir, any_keys};
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// An error with its causes, as a log shows it.
fn chain(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

/// Adds an event; what everything below is seen by.
fn add(store: &Store) -> Result<(), StoreError> {
    store.write(|tx| tx.audit_append(&[event()]))
}

fn event() -> Event {
    let now = "2026-11-22T14:00:00Z".parse().unwrap();
    Event::system(now, Deed::MessageAccept, "msg_1", "ok")
}

fn events(store: &Store) -> u64 {
    store.read(|tx| tx.audit_head()).unwrap().0
}

/// Spoils the file of a store; opening it again says `expect`.
#[track_caller]
fn check_file(spoil: impl FnOnce(&Path), expect: &str) {
    let dir = TempDir::new("faults");
    let place = dir.path().to_str().unwrap();
    drop(Store::create(place, any_keys()).unwrap());
    spoil(&dir.path().join("oriel.db"));
    let error = Store::open(place, any_keys())
        .err()
        .expect("a spoilt store must not open");
    assert!(error.to_string().contains(expect), "{error}");
}

/// Changes a store behind the program's back; opening it again says `expect`.
#[track_caller]
fn check_sql(changes: [&str; 2], expect: &str) {
    for (place, text) in Place::each("faults").iter().zip(changes) {
        drop(Store::create(&place.name(), any_keys()).unwrap());
        place.sql(text);
        let error = Store::open(&place.name(), any_keys())
            .err()
            .expect("a spoilt store must not open");
        assert!(error.to_string().contains(expect), "{error}");
    }
}

#[test]
fn a_file_that_is_no_database_is_called_damaged() {
    check_file(
        |file| std::fs::write(file, "this is a letter, not a database, ".repeat(100)).unwrap(),
        "damaged",
    );
}

#[test]
fn a_cut_database_is_called_damaged() {
    check_file(
        |file| {
            let bytes = std::fs::read(file).unwrap();
            std::fs::write(file, &bytes[..bytes.len() / 3]).unwrap();
        },
        "damaged",
    );
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    check_sql(
        [
            "INSERT INTO migration (number, digest) VALUES (999, x'00')",
            "INSERT INTO migration (number, digest) VALUES (999, '\\x00')",
        ],
        "has schema 999, this program knows up to",
    );
}

#[test]
fn a_store_with_another_history_is_left_alone() {
    check_sql(
        [
            "UPDATE migration SET digest = x'00' WHERE number = 1",
            "UPDATE migration SET digest = '\\x00' WHERE number = 1",
        ],
        "migration 1",
    );
}

#[test]
fn a_migration_that_is_interrupted_leaves_nothing_and_is_done_the_next_time() {
    for place in Place::each("faults") {
        // The last table of the first migration is in the way of it.
        place.sql("CREATE TABLE session (x INT)");
        let error = Store::create(&place.name(), any_keys()).err().unwrap();
        assert!(matches!(error, StoreError::Database { .. }), "{error}");
        // Had one statement of it stayed, the second time would stumble over it.
        place.sql("DROP TABLE session");
        let store = Store::create(&place.name(), any_keys()).unwrap();
        add(&store).unwrap();
        assert_eq!(events(&store), 1);
    }
}

#[test]
fn a_missing_store_is_named() {
    for place in Place::each("faults") {
        let error = Store::open(&place.name(), any_keys()).err().unwrap();
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    }
    let error = Store::create("ftp://somewhere", any_keys()).err().unwrap();
    assert!(matches!(error, StoreError::UnknownKind), "{error}");
}

#[test]
fn a_locked_store_says_so() {
    for place in Place::each("faults") {
        let (name, impatient) = match &place {
            Place::Folder(_) => (place.name(), place.name()),
            // How long a node waits for another one can be set.
            Place::Server(_) => (
                place.name(),
                format!("{}?options=-c%20lock_timeout%3D200ms", place.name()),
            ),
        };
        let holder = Store::create(&name, any_keys()).unwrap();
        let other = Store::open(&impatient, any_keys()).unwrap();
        let (say_held, held) = channel();
        let (hang_up, until_hung_up) = channel::<()>();
        thread::scope(|scope| {
            let holder = &holder;
            scope.spawn(move || {
                holder.write(|tx| {
                    tx.audit_append(&[event()])?;
                    say_held.send(()).unwrap();
                    let _ = until_hung_up.recv();
                    Ok::<_, StoreError>(())
                })
            });
            held.recv().unwrap();
            let error = add(&other).unwrap_err();
            assert!(matches!(error, StoreError::Locked), "{error}");
            drop(hang_up);
        });
        add(&other).unwrap();
        assert_eq!(events(&other), 2);
    }
}

#[test]
fn an_error_that_is_passed_over_does_not_become_an_acknowledgement() {
    let database = Cluster::shared().database("faults");
    let store = Store::create(&database.url(), None).unwrap();
    database.sql("ALTER TABLE booking RENAME TO bookings");
    let done = store.write(|tx| {
        tx.audit_append(&[event()])?;
        // PostgreSQL now answers COMMIT with a rollback, which is no error to it.
        let _ = tx.booking_put(&[oriel_store::Id::of_message(&[7; 32])]);
        Ok::<_, StoreError>(())
    });
    assert!(matches!(done, Err(StoreError::Spoilt)), "{done:?}");
    assert_eq!(events(&store), 0);
}

#[test]
fn a_connection_that_was_cut_while_idle_is_opened_again() {
    let database = Cluster::shared().database("faults");
    let store = Store::create(&database.url(), any_keys()).unwrap();
    add(&store).unwrap();
    assert_eq!(events(&store), 1);
    database.cut();
    add(&store).unwrap();
    database.cut();
    assert_eq!(events(&store), 2);
}

#[test]
fn a_connection_that_is_cut_in_a_transaction_leaves_nothing_of_it() {
    let database = Cluster::shared().database("faults");
    let store = Store::create(&database.url(), any_keys()).unwrap();
    let error = store
        .write(|tx| {
            tx.audit_append(&[event()])?;
            database.cut();
            tx.audit_append(&[event()])
        })
        .unwrap_err();
    assert!(matches!(error, StoreError::Cut), "{error}");
    assert_eq!(events(&store), 0);
    add(&store).unwrap();
    assert_eq!(events(&store), 1);
}

/// A commit that waits for a replica which is not there can be cut in its middle at leisure.
#[test]
fn a_commit_whose_outcome_is_unknown_is_called_so() {
    let cluster = Cluster::start(&[]);
    let database = cluster.database("faults");
    let store = Store::create(&database.url(), any_keys()).unwrap();
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event = 'SyncRep'";
    for (kept, end) in [(1, "pg_terminate_backend"), (2, "pg_cancel_backend")] {
        database.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        database.sql("SELECT pg_reload_conf()");
        let error = thread::scope(|scope| {
            let commit = scope.spawn(|| add(&store).unwrap_err());
            let deadline = Instant::now() + Duration::from_secs(30);
            while database.sql(waiting) != "1" {
                assert!(Instant::now() < deadline, "the commit does not wait");
                thread::sleep(Duration::from_millis(10));
            }
            database.sql(&format!(
                "SELECT {end}(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event = 'SyncRep'"
            ));
            commit.join().unwrap()
        });
        assert!(matches!(error, StoreError::Unknown), "{error}");
        database.sql("ALTER SYSTEM RESET synchronous_standby_names");
        database.sql("SELECT pg_reload_conf()");
        // This time it was kept; what is sent again is found.
        assert_eq!(events(&store), kept);
    }
}

#[test]
fn a_server_that_goes_and_comes_back_is_used_again() {
    let cluster = Cluster::start(&[]);
    let database = cluster.database("faults");
    let store = Store::create(&database.url(), any_keys()).unwrap();
    add(&store).unwrap();
    assert_eq!(events(&store), 1);
    cluster.stop();
    for error in [
        add(&store).unwrap_err(),
        store.read(|tx| tx.audit_head()).unwrap_err(),
        Store::open(&database.url(), any_keys()).err().unwrap(),
    ] {
        assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    }
    cluster.go_on();
    assert_eq!(events(&store), 1);
    add(&store).unwrap();
    assert_eq!(events(&store), 2);
}

#[test]
fn a_refused_account_is_told_and_no_password_is() {
    let database = Cluster::shared().database("faults");
    let right = oriel_testkit::PASSWORD.replace(' ', "%20");
    drop(Store::create(&database.url_by_tcp("oriel", &right), any_keys()).unwrap());
    for (account, password) in [("oriel", "s3cret"), ("nobody", "s3cret")] {
        let error = Store::open(&database.url_by_tcp(account, password), any_keys())
            .err()
            .unwrap();
        assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
        assert!(chain(&error).contains("refuses the account"), "{error}");
        assert!(!format!("{} {error:?}", chain(&error)).contains("s3cret"));
    }
    let nowhere = format!("{}_no", database.url());
    let error = Store::open(&nowhere, any_keys()).err().unwrap();
    assert!(
        error.to_string().contains("no database of this name"),
        "{error}"
    );
}

#[test]
fn an_account_without_rights_is_told() {
    let database = Cluster::shared().database("faults");
    let store = Store::create(&database.url(), any_keys()).unwrap();
    add(&store).unwrap();
    database.sql(
        "DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN;
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
    );
    let url = database.url().replace("oriel@", "reader@");
    let reader = Store::open(&url, any_keys()).unwrap();
    assert_eq!(events(&reader), 1);
    let error = add(&reader).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("does not give this account a right"),
        "{error}"
    );
    database.sql("DROP OWNED BY reader; DROP ROLE reader");
}

#[test]
fn a_server_that_forgets_at_a_power_cut_is_not_used() {
    let cluster = Cluster::start(&["fsync=off"]);
    let error = Store::create(&cluster.database("faults").url(), any_keys())
        .err()
        .unwrap();
    assert!(error.to_string().contains("fsync = off"), "{error}");
}

#[test]
fn errors_of_the_server_name_the_schema_and_no_value() {
    let database = Cluster::shared().database("faults");
    let store = Store::create(&database.url(), any_keys()).unwrap();
    add(&store).unwrap();
    database.sql("ALTER TABLE audit ADD CONSTRAINT shape CHECK (object <> 'msg_EXEMPLE')");
    let now = "2026-11-22T14:00:00Z".parse().unwrap();
    let error = store
        .write(|tx| {
            tx.audit_append(&[Event::system(
                now,
                Deed::MessageAccept,
                "msg_EXEMPLE",
                "EXEMPLE",
            )])
        })
        .unwrap_err();
    let said = format!("{} {error:?}", chain(&error));
    assert!(said.contains("constraint shape"), "{said}");
    assert!(!said.contains("EXEMPLE"), "{said}");
}
