//! What goes wrong with a store says what it is and what to do, and nothing is half done.

use oriel_store::{Store, StoreError};
use oriel_testkit::TempDir;
use std::path::Path;

fn place(dir: &TempDir) -> String {
    dir.path().to_str().unwrap().to_owned()
}

/// Makes a store, spoils it, opens it again.
#[track_caller]
fn check(spoil: impl FnOnce(&Path), expect: &str) {
    let dir = TempDir::new("faults");
    drop(Store::create(&place(&dir)).unwrap());
    spoil(&dir.path().join("oriel.db"));
    let error = Store::open(&place(&dir))
        .err()
        .expect("a spoilt store must not open");
    assert!(error.to_string().contains(expect), "{error}");
}

fn sql(file: &Path, text: &str) {
    rusqlite::Connection::open(file)
        .unwrap()
        .execute_batch(text)
        .unwrap();
}

#[test]
fn a_file_that_is_no_database_is_called_damaged() {
    check(
        |file| std::fs::write(file, "this is a letter, not a database, ".repeat(100)).unwrap(),
        "damaged",
    );
}

#[test]
fn a_cut_database_is_called_damaged() {
    check(
        |file| {
            let bytes = std::fs::read(file).unwrap();
            std::fs::write(file, &bytes[..bytes.len() / 3]).unwrap();
        },
        "damaged",
    );
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    check(
        |file| {
            sql(
                file,
                "INSERT INTO migration (number, digest) VALUES (999, x'00')",
            )
        },
        "has schema 999, this program knows up to",
    );
}

#[test]
fn a_store_with_another_history_is_left_alone() {
    check(
        |file| sql(file, "UPDATE migration SET digest = x'00' WHERE number = 1"),
        "migration 1",
    );
}

#[test]
fn a_missing_store_is_named() {
    let dir = TempDir::new("faults");
    let error = Store::open(&place(&dir)).err().unwrap();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    let error = Store::create("ftp://somewhere").err().unwrap();
    assert!(matches!(error, StoreError::UnknownKind), "{error}");
}

#[test]
fn a_locked_store_says_so() {
    let dir = TempDir::new("faults");
    let store = Store::create(&place(&dir)).unwrap();
    let other = rusqlite::Connection::open(dir.path().join("oriel.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.write(|tx| tx.audit_append(&[])).unwrap_err();
    assert!(matches!(error, StoreError::Locked), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    store.write(|tx| tx.audit_append(&[])).unwrap();
}
