//! The statistics of the law agree with what was received, and stay when the records are gone.
//! On both databases.
//!
//! The traffic is the simulator's, seed 5.

use jiff::Timestamp;
use oriel_app::{App, Channel, Compartment, ListImport, Setup, YearFigures};
use oriel_casework::{ReviewState, Verdict};
use oriel_policy::figures::Measure;
use oriel_policy::{Act, Actor, CheckMode, Grant, ListKind, PIU, Profile, Purpose, Role};
use oriel_screening::Weights;
use oriel_screening::lists::Format;
use oriel_store::Store;
use oriel_synth::{Config, World};
use oriel_testkit::{Place, TempDir, key_store};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Before the first departure, so that no journey has ended.
const START: &str = "2026-11-21T00:00:00Z";

/// With keys of its own, because the sweep destroys them.
fn open(place: &Place, keys: &TempDir, second: &Arc<AtomicI64>) -> App {
    let clock = Arc::clone(second);
    App::open(Setup {
        store: Store::create(&place.name(), key_store(keys)).unwrap(),
        compartments: Compartment::only(Profile::builtin("utopia").unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap()),
        threads: 2,
    })
    .unwrap()
}

/// What a measure came to in 2026 as counted, before anything is left blank.
fn counted(app: &App, measure: Measure) -> i64 {
    let (from, until) = (20_454, 20_454 + 365);
    let counts = app
        .store()
        .read(|tx| tx.count_list(PIU, from, until))
        .unwrap();
    let of = counts
        .iter()
        .filter(|count| count.measure == measure.name());
    of.map(|count| count.count).sum()
}

fn report(app: &App) -> YearFigures {
    let officer = Actor::new("usr_dpo", &[Role::Dpo]);
    let grant = app.authorize(&officer, Act::StatisticsRead, None).unwrap();
    app.statistics(&grant, 2026).unwrap()
}

/// Takes every case and decides its hits: every second one the same.
fn review(app: &App) -> (i64, i64, BTreeSet<String>) {
    let (ana, ben) = ("usr_1", "usr_2");
    let purpose = Purpose::parse("assessment=queue");
    let leave = |who: &str, act| -> Grant {
        let who = Actor::new(who, &[Role::Analyst, Role::SecondReviewer]);
        app.authorize(&who, act, purpose.as_ref()).unwrap()
    };
    let (mut same, mut not, mut persons) = (0, 0, BTreeSet::new());
    for item in app.queue(&leave(ana, Act::QueueRead)).unwrap() {
        let case = item.case.case.id;
        let view = app.case(&leave(ana, Act::CaseRead), case).unwrap();
        for (at, hit) in view.hits.iter().enumerate() {
            let (verdict, reason) = match (at + same as usize + not as usize).is_multiple_of(2) {
                true => (Verdict::Same, "S1"),
                false => (Verdict::NotSame, "N1"),
            };
            let sign = |who, version| {
                let grant = leave(who, Act::HitDecide);
                let reasons = [reason.to_owned()];
                app.hit_decide(&grant, case, hit.row.hit.id, version, verdict, &reasons, "")
                    .unwrap()
            };
            // One signature is not enough where a second is wanted.
            if sign(ana, hit.row.version).state() != ReviewState::Closed {
                assert_eq!(counted(app, Measure::Confirmed), same);
                sign(ben, hit.row.version + 1);
            }
            if verdict == Verdict::Same {
                same += 1;
                persons.insert(case.display("trv"));
            } else {
                not += 1;
            }
        }
    }
    (same, not, persons)
}

/// R-STA-01, R-STA-02.
#[test]
fn figures_agree_with_what_was_received_and_outlast_it() {
    for place in Place::each("statistics") {
        let start: Timestamp = START.parse().unwrap();
        let second = Arc::new(AtomicI64::new(start.as_second()));
        let keys = TempDir::new("statistics-keys");
        let app = open(&place, &keys, &second);
        let world = World::new(Config {
            seed: 5,
            travellers: 150,
            ..Config::default()
        });
        let officer = Actor::new("officer", &[Role::ListOfficer]);
        let officer = app.authorize(&officer, Act::ListImport, None).unwrap();
        let lists = world.lists();
        let (_, list) = lists
            .iter()
            .find(|(path, _)| path == "lists/un.xml")
            .unwrap();
        app.list_import(
            &officer,
            &ListImport {
                id: "un",
                kind: ListKind::Terrorism,
                name: "un",
                owner: "test",
                legal_basis: "test",
                format: &Format::Un,
                bytes: list,
                may_shrink: false,
            },
        )
        .unwrap();
        // Twice, and the second time backwards: a person is counted once.
        let mut all: Vec<Vec<u8>> = world.transmissions().map(|t| t.bytes).collect();
        for _ in 0..2 {
            for bytes in &all {
                app.receive(bytes, Channel("test".into())).unwrap();
            }
            all.reverse();
        }
        let stats = app.store().read(|tx| tx.stats()).unwrap();
        assert!(stats.travellers > 100 && stats.hits > 3, "{stats:?}");
        for (measure, expect) in [
            (Measure::Passengers, stats.travellers),
            (Measure::Journeys, stats.journeys),
            (Measure::Messages, stats.accepted),
            (Measure::Refused, stats.refused),
            (Measure::Records, stats.traveller_records),
            (Measure::Hits, stats.hits),
        ] {
            assert_eq!(counted(&app, measure), expect, "{}", measure.name());
        }
        let (same, not, persons) = review(&app);
        assert!(same > 1 && not > 1);
        assert_eq!(counted(&app, Measure::Confirmed), same);
        assert_eq!(counted(&app, Measure::NotConfirmed), not);
        assert_eq!(counted(&app, Measure::Identified), persons.len() as i64);
        // Six years later nothing is left of anybody, and the figures are what they were.
        let before = report(&app).csv();
        second.fetch_add(6 * 366 * 86_400, Ordering::Relaxed);
        while app.sweep(64).unwrap().1 {}
        let stats = app.store().read(|tx| tx.stats()).unwrap();
        assert_eq!(stats.travellers, 0);
        assert_eq!(report(&app).csv(), before);
    }
}

/// R-STA-01.
#[test]
fn a_year_is_told_with_its_law_and_nobody_else_reads_it() {
    let place = Place::folder("year");
    let start: Timestamp = START.parse().unwrap();
    let second = Arc::new(AtomicI64::new(start.as_second()));
    let keys = TempDir::new("statistics-keys");
    let app = open(&place, &keys, &second);
    let figures = report(&app);
    assert_eq!((figures.months_over, figures.least), (10, 5));
    assert_eq!(figures.figures.len(), Measure::ALL.len());
    let lines: Vec<String> = figures.csv().lines().map(str::to_owned).collect();
    assert!(lines[0].starts_with("figure,by,part,year,2026-01,"));
    assert_eq!(lines.len(), 1 + Measure::ALL.len());
    let analyst = Actor::new("usr_1", &[Role::Analyst]);
    assert!(app.authorize(&analyst, Act::StatisticsRead, None).is_err());
}
