//! The log has a time of its own, and still proves itself when that is over (R-AUD-03).

use jiff::Timestamp;
use oriel_app::{App, Compartment, Setup};
use oriel_policy::audit::{PublicKey, Verifier};
use oriel_policy::{Act, Actor, CheckMode, Profile};
use oriel_screening::Weights;
use oriel_store::{Store, StoreError};
use oriel_testkit::{Place, any_keys};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[test]
fn events_leave_the_log_when_their_time_is_over_and_not_before() {
    let place = Place::folder("log-time");
    // The log begins with the law that comes into force.
    let start: Timestamp = "2024-02-28T11:00:00Z".parse().unwrap();
    let second = Arc::new(AtomicI64::new(start.as_second()));
    let clock = Arc::clone(&second);
    let app = App::open(Setup {
        store: Store::create(&place.name(), any_keys()).unwrap(),
        compartments: Compartment::only(Profile::builtin("eu-2022").unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap()),
        threads: 1,
    })
    .unwrap();
    let at = |time: &str| {
        let time: Timestamp = time.parse().unwrap();
        second.store(time.as_second(), Ordering::Relaxed);
    };
    let nobody = Actor::new("usr_1", &[]);
    for day in ["2024-02-28", "2024-02-29", "2024-03-01"] {
        at(&format!("{day}T12:00:00Z"));
        assert!(app.authorize(&nobody, Act::FlightRead, None).is_err());
    }
    // The profile keeps its log five years; a leap day's events go with the last of February.
    for (time, removed, first) in [
        ("2029-02-27T12:00:00Z", 0, 1),
        ("2029-03-01T12:00:00Z", 3, 4),
        ("2029-03-01T13:00:00Z", 0, 4),
        ("2029-03-02T12:00:00Z", 1, 5),
    ] {
        at(time);
        assert_eq!(app.audit_sweep().unwrap(), removed, "{time}");
        let held = app.store().read(|tx| {
            let base = tx.checkpoint_base()?;
            let (mut notes, mut keys) = (Vec::new(), Vec::new());
            tx.checkpoint_each(|row| {
                keys.push(PublicKey::parse(&row.key).unwrap());
                if !row.begins {
                    notes.push(row.kept.note);
                }
            })?;
            let base = base.map(|row| row.kept);
            let mut verifier = Verifier::new(&keys, base.as_ref(), notes).unwrap();
            tx.audit_each(1, |entry| {
                verifier.check(entry).unwrap();
                Ok::<_, StoreError>(())
            })?;
            Ok::<_, StoreError>(verifier.finish().unwrap())
        });
        assert_eq!(held.unwrap().first, first, "{time}");
    }
}
