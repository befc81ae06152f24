//! No log, no action (R-AUD-01): with a log that cannot be written, nothing about a person can be
//! read or changed, by any way into the system.
//!
//! The traffic is the simulator's, seed 3.

use jiff::Timestamp;
use oriel_app::{App, Channel, Compartment, ListImport, Setup};
use oriel_casework::Verdict;
use oriel_policy::{Act, Actor, CheckMode, Grant, ListKind, Profile, Purpose, Role};
use oriel_screening::Weights;
use oriel_screening::lists::Format;
use oriel_store::Store;
use oriel_synth::{Config, World};
use oriel_testkit::{Place, any_keys};
use std::sync::Arc;

/// Before the first departure, so that no journey has ended.
fn now() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

fn open(place: &Place) -> App {
    App::open(Setup {
        store: Store::create(&place.name(), any_keys()).unwrap(),
        compartments: Compartment::only(Profile::builtin("utopia").unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(now),
        threads: 2,
    })
    .unwrap()
}

fn import(app: &App, officer: &Grant, id: &str, bytes: &[u8]) -> bool {
    let import = ListImport {
        id,
        kind: ListKind::Terrorism,
        name: id,
        owner: "test",
        legal_basis: "test",
        format: &Format::Un,
        bytes,
        may_shrink: false,
    };
    app.list_import(officer, &import).is_ok()
}

/// Fills a store, breaks its log by `spoil`, mends it by `mend`; in between, nothing goes.
#[track_caller]
fn check(place: &Place, spoil: &str, mend: &str) {
    let world = World::new(Config {
        seed: 3,
        travellers: 60,
        ..Config::default()
    });
    let app = open(place);
    let analyst = Actor::new("usr_1", &[Role::Analyst]);
    let purpose = Purpose::parse("assessment=queue").unwrap();
    let grant = |act| app.authorize(&analyst, act, Some(&purpose)).unwrap();
    let officer = Actor::new("usr_2", &[Role::ListOfficer]);
    let officer = app.authorize(&officer, Act::ListImport, None).unwrap();
    let list = world.lists().into_iter();
    let (_, list) = list
        .clone()
        .find(|(path, _)| path == "lists/un.xml")
        .unwrap();
    let mut transmissions = world.transmissions();
    let last = transmissions.next().unwrap().bytes;
    assert!(import(&app, &officer, "un", &list));
    for transmission in transmissions {
        app.receive(&transmission.bytes, Channel("test".into()))
            .unwrap();
    }
    let queue = app.queue(&grant(Act::QueueRead)).unwrap();
    let (case, journey) = (queue[0].case.case.id, queue[0].journey.id);
    let view = app.case(&grant(Act::CaseRead), case).unwrap();
    let (hit, version) = (view.hits[0].row.hit.id, view.hits[0].row.version);
    let message = view.messages[0].id();
    let nobody = Actor::new("usr_3", &[]);
    let verdict = Verdict::NotSame;

    type Way<'a> = (&'static str, Box<dyn Fn() -> bool + 'a>);
    let decide = || {
        let grant = grant(Act::HitDecide);
        let reasons = ["N6".to_owned()];
        app.hit_decide(&grant, case, hit, version, verdict, &reasons, "")
            .is_ok()
    };
    let ways: Vec<Way<'_>> = vec![
        (
            "queue",
            Box::new(|| app.queue(&grant(Act::QueueRead)).is_ok()),
        ),
        (
            "case",
            Box::new(|| app.case(&grant(Act::CaseRead), case).is_ok()),
        ),
        (
            "manifest",
            Box::new(|| app.manifest(&grant(Act::ManifestRead), journey).is_ok()),
        ),
        (
            "traveller",
            Box::new(|| app.traveller(&grant(Act::TravellerRead), case).is_ok()),
        ),
        (
            "message",
            Box::new(|| app.message(&grant(Act::MessageRead), message).is_ok()),
        ),
        (
            "claim",
            Box::new(|| app.case_claim(&grant(Act::CaseClaim), case, None).is_ok()),
        ),
        ("decide", Box::new(decide)),
        (
            "release",
            Box::new(|| app.case_release(&grant(Act::CaseClaim), case, None).is_ok()),
        ),
        ("list", Box::new(|| import(&app, &officer, "again", &list))),
        ("rescreen", Box::new(|| app.rescreen(1).is_ok())),
        (
            "receive",
            Box::new(|| app.receive(&last, Channel("test".into())).is_ok()),
        ),
    ];
    let digest = || app.store().read(|tx| tx.state_digest()).unwrap();

    // A list that came in leaves journeys to be screened again.
    assert!(import(&app, &officer, "third", &list));
    place.sql(spoil);
    let before = digest();
    for (name, way) in &ways {
        assert!(!way(), "{name} without a log");
    }
    let denied = app.authorize(&nobody, Act::QueueRead, None);
    assert!(
        matches!(denied, Err(oriel_app::AppError::Store(_))),
        "a refusal without a log is an error, not an answer"
    );
    assert_eq!(digest(), before, "something changed");
    place.sql(mend);
    for (name, way) in &ways {
        assert!(way(), "{name} with the log mended");
    }
}

#[test]
fn a_log_that_refuses_events_stops_everything() {
    check(
        &Place::folder("refuses"),
        "CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END",
        "DROP TRIGGER stop",
    );
}

#[test]
fn a_log_that_is_gone_stops_everything() {
    for place in Place::each("gone") {
        check(
            &place,
            "ALTER TABLE audit RENAME TO elsewhere",
            "ALTER TABLE elsewhere RENAME TO audit",
        );
    }
}
