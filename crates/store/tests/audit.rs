//! The log of a store proves itself: no log, no action; checkpoints as it grows; cut at its front.
//! On both databases.
//!
//! Everybody and everything in it is invented.

use jiff::{SignedDuration, Timestamp};
use oriel_model::Mode;
use oriel_policy::audit::{Broken, Deed, Event, Held, PublicKey, Signer, Verifier};
use oriel_policy::{
    Act, Actor, Grant, PIU, Profile, Purpose, Role, Task, authorize, authorize_system,
};
use oriel_store::{Id, JourneyRow, Retention, Store, StoreError};
use oriel_testkit::{Place, TempDir, any_keys};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::sync::Arc;

/// A key made from a seed.
struct Pen(Ed25519KeyPair);

impl Signer for Pen {
    fn public_key(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().unwrap()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).as_ref().try_into().unwrap()
    }
}

fn pen() -> Arc<Pen> {
    Arc::new(Pen(Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// A store that signs.
fn open(place: &Place) -> Store {
    Store::create(&place.name(), any_keys())
        .unwrap()
        .signed_by(pen())
}

/// Tells the same story to each database, in an empty store that signs.
fn each(story: impl Fn(&Place, &Store)) {
    for place in Place::each("audit") {
        story(&place, &open(&place));
    }
}

/// Appends `n` events at one moment.
fn append(store: &Store, n: usize, second: i64) {
    let event = Event::system(at(second), Deed::MessageAccept, "msg_1", "ok");
    store.write(|tx| tx.audit_append(&vec![event; n])).unwrap();
}

fn sizes(store: &Store) -> Vec<u64> {
    let mut sizes = Vec::new();
    store
        .read(|tx| tx.checkpoint_each(|row| sizes.push(row.kept.tree.size())))
        .unwrap();
    sizes
}

/// Verifies the log with its own key and checkpoints, and remembered ones.
fn verify(store: &Store, remembered: &[String]) -> Result<Held, Broken> {
    let (mut notes, mut keys) = (remembered.to_vec(), Vec::new());
    let mut base = None;
    store
        .read(|tx| {
            base = tx.checkpoint_base()?.map(|row| row.kept);
            tx.checkpoint_each(|row| {
                keys.push(PublicKey::parse(&row.key).unwrap());
                if !row.begins {
                    notes.push(row.kept.note);
                }
            })
        })
        .unwrap();
    let mut verifier = Verifier::new(&keys, base.as_ref(), notes)?;
    let mut broken = None;
    store
        .read(|tx| {
            tx.audit_each(1, |entry| match verifier.check(entry) {
                Ok(()) => Ok(()),
                Err(first) => {
                    broken = Some(first);
                    Err(StoreError::DiskFull)
                }
            })
        })
        .ok();
    broken.map_or_else(|| verifier.finish(), Err)
}

#[test]
fn a_checkpoint_comes_with_time_with_many_events_and_at_the_end() {
    each(|_, store| {
        append(store, 1, 0);
        assert_eq!(sizes(store), [1], "the first event");
        append(store, 1, 59);
        assert_eq!(sizes(store), [1], "not yet");
        append(store, 1, 60);
        assert_eq!(sizes(store), [1, 3], "a minute has passed");
        append(store, 5_000, 60);
        assert_eq!(sizes(store), [1, 3, 5_003], "many events");
        append(store, 1, 60);
        store.checkpoint().unwrap();
        store.checkpoint().unwrap();
        assert_eq!(sizes(store), [1, 3, 5_003, 5_004], "the end, once");
        let held = verify(store, &[]).unwrap();
        assert_eq!(
            (held.last, held.signed, held.checkpoints),
            (5_004, 5_004, 4)
        );
    });
}

#[test]
fn what_was_rolled_back_left_no_checkpoint() {
    each(|_, store| {
        let failed: Result<(), StoreError> = store.write(|tx| {
            tx.audit_append(&[Event::system(at(0), Deed::MessageAccept, "", "ok")])?;
            Err(StoreError::DiskFull)
        });
        assert!(failed.is_err());
        assert_eq!(sizes(store), [0u64; 0]);
        append(store, 1, 0);
        assert_eq!(sizes(store), [1]);
    });
}

#[test]
fn two_programs_on_one_store_keep_one_log() {
    each(|place, one| {
        let two = Store::open(&place.name(), any_keys())
            .unwrap()
            .signed_by(pen());
        for round in 0..6 {
            append(one, 1, round * 61);
            append(&two, 1, round * 61 + 30);
        }
        let held = verify(one, &[]).unwrap();
        assert_eq!((held.last, held.checkpoints), (12, 6));
    });
}

/// Twelve events, signed after 1, 5 and 9, spoilt where somebody who can write to the database
/// can: `None` where the log still holds. What is read back is proved alike from both databases.
#[track_caller]
fn check(spoil: &str, expect: Option<u64>) {
    let place = Place::folder("audit");
    let store = open(&place);
    for second in [0, 61, 122] {
        append(&store, 1, second);
        append(&store, 3, second + 1);
    }
    assert_eq!(sizes(&store), [1, 5, 9]);
    place.sql(spoil);
    let broken = verify(&store, &[]).err();
    assert_eq!(broken.map(|broken| broken.event()), expect);
}

#[test]
fn what_somebody_did_in_the_database_is_named() {
    check("", None);
    check("UPDATE audit SET actor = 'usr_2' WHERE n = 3", Some(3));
    check("UPDATE audit SET recipient = 'x' WHERE n = 3", Some(3));
    check("UPDATE audit SET compartment = 'x' WHERE n = 3", Some(3));
    check("UPDATE audit SET at = at + 1 WHERE n = 3", Some(3));
    check(
        "UPDATE audit SET hash = (SELECT hash FROM audit WHERE n = 4) WHERE n = 3",
        Some(3),
    );
    check("DELETE FROM audit WHERE n = 3", Some(3));
    check("DELETE FROM audit WHERE n <= 3", Some(1));
    check("DELETE FROM audit WHERE n <= 5", Some(1));
    check(
        "UPDATE audit SET n = 99 WHERE n = 3; UPDATE audit SET n = 3 WHERE n = 4;
         UPDATE audit SET n = 4 WHERE n = 99",
        Some(3),
    );
    check("DELETE FROM audit WHERE n > 7", Some(8));
    check("DELETE FROM audit", Some(1));
    check(
        "UPDATE audit_checkpoint SET begins = 1 WHERE size = 5",
        Some(1),
    );
    // The tail that no checkpoint covers is not yet proved: that is what time and number are for.
    check("DELETE FROM audit WHERE n > 9", None);
    // Without its checkpoints, only a remembered one tells.
    check(
        "DELETE FROM audit WHERE n > 7; DELETE FROM audit_checkpoint WHERE size > 7",
        None,
    );
}

#[test]
fn a_remembered_checkpoint_tells_what_the_store_no_longer_does() {
    each(|place, store| {
        append(store, 9, 0);
        let mut note = String::new();
        store
            .read(|tx| tx.checkpoint_each(|row| note = row.kept.note))
            .unwrap();
        assert!(verify(store, std::slice::from_ref(&note)).is_ok());
        place.sql(
            "DELETE FROM audit WHERE n > 7;
             DELETE FROM audit_checkpoint;",
        );
        append(store, 5, 100);
        let broken = verify(store, std::slice::from_ref(&note)).unwrap_err();
        assert!(matches!(broken, Broken::Root { .. }), "{broken}");
    });
}

#[test]
fn a_log_is_cut_at_its_front_and_still_proves_itself() {
    each(|_, store| {
        for second in [0, 61, 122] {
            append(store, 4, second);
        }
        assert_eq!(
            store.audit_erase(at(0), at(200)).unwrap(),
            0,
            "nothing is due"
        );
        assert_eq!(store.audit_erase(at(100), at(200)).unwrap(), 8);
        let held = verify(store, &[]).unwrap();
        assert_eq!((held.first, held.last, held.signed), (9, 13, 13));
        // Everything may go; the next event still follows from what was.
        assert_eq!(store.audit_erase(at(1_000), at(1_000)).unwrap(), 5);
        append(store, 1, 1_001);
        let held = verify(store, &[]).unwrap();
        assert_eq!((held.first, held.last), (14, 15));
        assert_eq!(store.audit_erase(at(2_000), at(2_000)).unwrap(), 2);
        assert_eq!(store.audit_erase(at(3_000), at(3_000)).unwrap(), 1);
        append(store, 100, 4_000);
        store.checkpoint().unwrap();
        let held = verify(store, &[]).unwrap();
        assert_eq!((held.first, held.last, held.signed), (17, 117, 117));
    });
}

#[test]
fn nobody_cuts_a_log_without_a_key() {
    let dir = TempDir::new("audit");
    let store = Store::create(dir.path().to_str().unwrap(), None).unwrap();
    append(&store, 4, 0);
    let cut = store.audit_erase(at(100), at(100));
    assert!(matches!(cut, Err(StoreError::NoSigner)));
    assert_eq!(verify(&store, &[]).unwrap().last, 4);
}

fn grant(act: Act) -> Grant {
    let profile = Profile::builtin("eu-2022").unwrap();
    if act == Act::JourneyScreen {
        return authorize_system(&profile, PIU, Task::Screen, at(0));
    }
    let analyst = Actor::new("usr_1", &[Role::Analyst]);
    let purpose = Purpose::parse("case=c1");
    authorize(&profile, &analyst, act, purpose.as_ref(), at(0)).unwrap()
}

/// A journey that nothing is said about.
fn journey() -> JourneyRow {
    JourneyRow {
        n: 1,
        compartment: PIU.into(),
        anchor: at(0),
        retention: Retention::Whole,
        id: Id::of_message(&[2; 32]),
        carrier: "ZQ".into(),
        number: "417".into(),
        mode: Mode::Air,
        vehicle: String::new(),
        from: "KEF".into(),
        to: "LIS".into(),
        departs: None,
        arrives: None,
        departs_at: None,
        arrives_at: None,
        ends_at: None,
        direction: "out".into(),
        state: "open".into(),
        travellers: 0,
        screened: String::new(),
        received_at: at(0),
        waits_from: None,
        version: 0,
    }
}

fn acts(store: &Store) -> Vec<String> {
    let mut acts = Vec::new();
    store
        .read(|tx| {
            tx.audit_each(1, |entry| {
                let record = entry.record;
                acts.push(format!(
                    "{} {} {}",
                    record.actor, record.act, record.purpose
                ));
                Ok::<_, StoreError>(())
            })
        })
        .unwrap();
    acts
}

#[test]
fn a_reading_that_nobody_logged_is_logged_once() {
    each(|_, store| {
        let traveller = Id::of_message(&[1; 32]);
        store
            .write(|tx| {
                tx.hit_of_traveller(&grant(Act::CaseRead), &journey(), traveller)?;
                tx.hit_of_traveller(&grant(Act::CaseRead), &journey(), traveller)?;
                tx.report_list(&grant(Act::JourneyScreen), &journey())
            })
            .unwrap();
        assert_eq!(
            acts(store),
            [
                "usr_1 case.read case=c1",
                "system journey.screen assessment=screening"
            ]
        );
        // An event of its own, before or after, is the event.
        let own = [Event::granted(&grant(Act::CaseRead), "case_1", "ok hits=0")];
        store
            .write(|tx| {
                tx.hit_of_traveller(&grant(Act::CaseRead), &journey(), traveller)?;
                tx.audit_append(&own)?;
                tx.hit_of_traveller(&grant(Act::CaseRead), &journey(), traveller)
            })
            .unwrap();
        assert_eq!(acts(store).len(), 3);
    });
}

#[test]
fn nothing_personal_is_read_where_it_cannot_be_logged() {
    each(|_, store| {
        let read = store.read(|tx| {
            tx.hit_of_traveller(&grant(Act::CaseRead), &journey(), Id::of_message(&[1; 32]))
        });
        assert!(matches!(read, Err(StoreError::NotLogged)));
    });
}

#[test]
fn a_change_that_nobody_named_is_in_the_log_too() {
    each(|_, store| {
        store
            .write(|tx| tx.booking_put(&[Id::of_message(&[3; 32])]))
            .unwrap();
        assert_eq!(acts(store), ["system store.change "]);
        store
            .write(|tx| {
                tx.housekeeping();
                tx.booking_put(&[Id::of_message(&[4; 32])])
            })
            .unwrap();
        store.write(|tx| tx.booking_put(&[])).unwrap();
        assert_eq!(acts(store).len(), 1);
    });
}

/// Days of a log, erased by the day.
#[test]
fn days_go_one_by_one() {
    each(|_, store| {
        for day in 0..5 {
            append(store, 3, day * 86_400);
        }
        for day in 1..5 {
            let until = at(day * 86_400);
            let now = until + SignedDuration::from_hours(1_000);
            assert_eq!(store.audit_erase(until, now).unwrap(), 3);
            assert!(verify(store, &[]).is_ok());
        }
    });
}
