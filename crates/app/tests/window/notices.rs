//! Carriers are told what is missing, by themselves, and not what the state's side kept from coming
//! (R-ING-07, R-CAR-03, R-CAR-04).

use crate::world::{World, push};
use jiff::ToSpan;
use oriel_app::{CarrierDetails, Channel, Sender};
use oriel_policy::Act;
use oriel_store::{CarrierStatus, ChannelKind};
use oriel_testkit::Place;
use std::sync::Arc;

impl World {
    /// Tells, and compares what waits for the carrier, as `kind step push`.
    #[track_caller]
    fn tells(&self, expect: &[&str]) {
        self.app.tell_carriers().unwrap();
        assert_eq!(self.app.tell_carriers().unwrap(), 0, "each is made once");
        let waiting = self.app.notices_waiting("zq").unwrap();
        let line = |kind: &str, step: &str, push: &str| format!("{kind} {step} {push}");
        let mut got: Vec<String> = waiting
            .iter()
            .map(|row| line(&row.kind, &row.step, &row.push).trim_end().to_owned())
            .collect();
        got.sort();
        assert_eq!(got, expect);
    }
}

/// R-ING-07, R-CAR-04: the ladder goes up while nothing comes, each step once, and ends when it does.
#[test]
fn the_ladder_goes_up_until_the_push_comes() {
    for place in Place::each("notices") {
        let world = World::open(&place);
        let app = &world.app;
        world.is("2026-11-22T12:29:00Z");
        world.tells(&[]);
        world.is("2026-11-22T12:31:00Z");
        world.tells(&["missing technician first"]);
        let notice = app.notices_waiting("zq").unwrap().remove(0);
        assert_eq!((&*notice.language, &*notice.flight), ("fr", "ZQ417"));
        for part in [
            "ZQ417",
            "UXA–LHR",
            "2026-11-22 12:00 UTC",
            "first",
            "Article 8(3)(a)",
            "service technique",
        ] {
            assert!(notice.words.contains(part), "{part}: {}", notice.words);
        }
        assert!(!notice.words.contains('{'), "{}", notice.words);
        assert!(app.notice_delivered(notice.id, "sftp main zq").unwrap());
        assert!(
            !app.notice_delivered(notice.id, "https zq").unwrap(),
            "once"
        );
        world.tells(&[]);
        world.is("2026-11-22T14:31:00Z");
        world.tells(&["missing liaison first"]);
        // What was not handed over is stopped, and that it came late is told.
        world.is("2026-11-22T15:00:00Z");
        world.receive(&push(417, 1));
        world.tells(&["late technician first"]);
        world.is("2026-11-23T12:31:00Z");
        world.tells(&["late technician first", "missing technician closure"]);
        world.receive(&push(417, 2));
        world.tells(&["late technician closure", "late technician first"]);
        let all = app.notices(&world.leave(Act::CarrierRead), "zq").unwrap();
        assert_eq!(all.len(), 5);
        let stopped = all.iter().filter(|row| row.stopped_at.is_some());
        assert_eq!(stopped.count(), 2);
        let delivered = all.iter().find(|row| row.delivered_at.is_some()).unwrap();
        assert_eq!(delivered.way, "sftp main zq");
    }
}

/// R-ING-07: what is in no schedule, and what was cancelled.
#[test]
fn what_is_unknown_or_cancelled_is_told() {
    for place in Place::each("notices") {
        let world = World::open(&place);
        world.is("2026-11-22T11:50:00Z");
        world.receive(&push(418, 1));
        world.tells(&["unknown technician"]);
        world.is("2026-11-22T12:31:00Z");
        world.tells(&["missing technician first", "unknown technician"]);
        world.receive(
            "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+C1++APIS'UNH+1+PAXLST:D:05B:UN:IATA'BGM+266+XF'\
             TDT+20+ZQ417+++ZQ'LOC+125+UXA'DTM+189:2611231200:201'LOC+87+LHR'\
             DTM+232:2611231500:201'CNT+42:0'UNT+9+1'UNZ+1+C1'",
        );
        world.tells(&["cancelled technician", "unknown technician"]);
    }
}

/// R-ING-07: a message of which values were lost.
#[test]
fn what_is_incomplete_is_told() {
    let place = Place::each("notices").into_iter().next().unwrap();
    let world = World::open(&place);
    world.receive(&push(417, 1).replace("EQN+1", "EQN+2"));
    let errors = |world: &World| {
        let (from, to) = ("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z");
        let read = world.leave(Act::ScheduleRead);
        let span = (from.parse().unwrap(), to.parse().unwrap());
        let flights = world.app.expected(&read, span.0, span.1).unwrap();
        flights[0].faulty.len()
    };
    assert_eq!(errors(&world), 0, "a count that differs costs no value");
    world.receive(&push(417, 2).replace("TIF+EXEMPLE+JEAN:A:1", "TIF"));
    assert_eq!(errors(&world), 1);
    world.tells(&["incomplete technician"]);
}

/// R-CAR-03: while nobody could send, nobody is late.
#[test]
fn an_outage_of_ours_excuses() {
    for place in Place::each("notices") {
        let world = World::open(&place);
        let app = &world.app;
        app.beat(true).unwrap();
        world.is("2026-11-22T11:02:00Z");
        app.beat(false).unwrap();
        let outages = || app.outages(&world.leave(Act::CarrierRead)).unwrap();
        assert_eq!(outages(), []);
        // Off from two minutes past eleven to one o'clock; the push was due at noon.
        world.is("2026-11-22T13:00:00Z");
        app.beat(true).unwrap();
        let known = outages();
        assert_eq!((known.len(), &*known[0].kind), (1, "stopped"));
        world.tells(&[]);
        assert_eq!(app.pushes_owed().unwrap().missing, 0);
        // As long behind the outage as the tolerance is, it may still come.
        world.is("2026-11-22T13:29:00Z");
        world.tells(&[]);
        world.is("2026-11-22T13:31:00Z");
        world.tells(&["missing technician first"]);
        assert_eq!(app.pushes_owed().unwrap().missing, 1);
    }
}

/// R-CAR-03.
#[test]
fn what_came_right_behind_an_outage_is_not_late() {
    let place = Place::each("notices").into_iter().next().unwrap();
    let world = World::open(&place);
    world.app.beat(true).unwrap();
    world.is("2026-11-22T13:00:00Z");
    world.app.beat(false).unwrap();
    assert_eq!(
        world.app.outages(&world.leave(Act::CarrierRead)).unwrap()[0].kind,
        "store"
    );
    world.receive(&push(417, 1));
    world.tells(&[]);
    assert_eq!(world.app.pushes_owed().unwrap().late, 0);
}

/// R-CAR-01: what ends soon is told once.
#[test]
fn a_key_that_ends_soon_is_told() {
    let place = Place::each("notices").into_iter().next().unwrap();
    let world = World::open(&place);
    let put = world.leave(Act::CarrierPut);
    let until = |days: i64| (None, Some(world.app.now() + (24 * days).hours()));
    for (value, days) in [("192.0.2.1", 20), ("192.0.2.2", 40)] {
        let address = ChannelKind::Address;
        world
            .app
            .channel_add(&put, "zq", address, value, until(days))
            .unwrap();
    }
    world.app.tell_carriers().unwrap();
    let waiting = world.app.notices_waiting("zq").unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!((&*waiting[0].kind, &*waiting[0].flight), ("ending", ""));
}

/// Who is in test owes nothing.
#[test]
fn a_carrier_in_test_is_told_nothing() {
    let place = Place::each("notices").into_iter().next().unwrap();
    let world = World::open(&place);
    let put = world.leave(Act::CarrierPut);
    world
        .app
        .carrier_status(&put, "zq", 2, CarrierStatus::Test, "")
        .unwrap();
    world.is("2026-11-22T18:00:00Z");
    world.tells(&[]);
}

/// R-CAR-01, R-ING-10: who sends what is not theirs is told, once, and so is the log; the carrier
/// whose flight it is, is told nothing.
#[test]
fn who_sends_what_is_not_theirs_is_told() {
    for place in Place::each("notices") {
        let world = World::open(&place);
        let app = &world.app;
        let put = world.leave(Act::CarrierPut);
        let details = CarrierDetails {
            name: "Xenia Air".into(),
            operates: vec!["X9".into()],
            formats: vec!["pnrgov".into()],
            languages: vec!["is".into()],
            ..CarrierDetails::default()
        };
        app.carrier_enrol(&put, "x9", &details).unwrap();
        app.carrier_status(&put, "x9", 1, CarrierStatus::Live, "invented")
            .unwrap();
        let registry = app.registry();
        let sender = Sender::of(Arc::clone(registry.named("x9").unwrap()));
        for status in ["accepted", "duplicate"] {
            let channel = Channel("test".into());
            let receipt = app
                .receive_of(push(417, 1).as_bytes(), channel, &sender)
                .unwrap();
            assert_eq!(receipt.messages[0].status.name(), status);
        }
        world.tells(&[]);
        let told = app.notices(&world.leave(Act::CarrierRead), "x9").unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(
            (&*told[0].kind, &*told[0].clause, &*told[0].language),
            ("strange", "RCV-0004", "en")
        );
        assert!(
            told[0].words.starts_with("Message msg_"),
            "{}",
            told[0].words
        );
    }
}
