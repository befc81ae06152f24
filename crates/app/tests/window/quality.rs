//! How well a carrier sends, in counts (R-CAR-02, R-ING-14).

use crate::world::{World, push};
use jiff::civil::date;
use oriel_app::{AppError, ByFormat, Channel, FLIGHTS, Quality, QualityRefusal, Sender};
use oriel_policy::{Act, Actor, Role};
use oriel_testkit::Place;
use std::sync::Arc;

/// The list of those who board ZQ417, and its close-out.
fn list(function: &str, persons: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (surname, rest) in persons {
        body += &format!("NAD+FL+++{surname}:ALEX'{rest}");
    }
    let (n, segments) = (persons.len(), body.matches('\'').count() + 9);
    format!(
        "UNB+UNOA:4+ZQ+UTO+261122:0915+L{function}'UNH+1+PAXLST:D:05B:UN:IATA'BGM+{function}'\
         TDT+20+ZQ417+++ZQ'LOC+125+UXA'DTM+189:2611231200:201'LOC+87+LHR'\
         DTM+232:2611231500:201'{body}CNT+42:{n}'UNT+{segments}+1'UNZ+1+L{function}'"
    )
}

#[track_caller]
fn counts(formats: &ByFormat, format: &str, expect: &[(&str, u64)]) {
    let none = oriel_store::Figures::default();
    let figures = formats.get(format).unwrap_or(&none);
    for (name, count) in expect {
        assert_eq!(figures.get(name), *count, "{format} {name}: {figures:?}");
    }
}

impl World {
    fn quality(&self) -> Quality {
        let read = self.leave(Act::QualityRead);
        self.app.quality(&read, "zq", None, None).unwrap()
    }
}

/// R-CAR-02: messages by what they say and what is odd about them, by day.
#[test]
fn what_comes_is_counted_with_the_commit() {
    for place in Place::each("window") {
        let world = World::open(&place);
        world.receive(&push(417, 1));
        let again = world
            .app
            .receive(push(417, 1).as_bytes(), Channel("test".into()));
        assert_eq!(again.unwrap().messages[0].status.name(), "duplicate");
        world.receive(&push(417, 2).replace("EQN+1", "EQN+2"));
        world.is("2026-11-23T11:00:00Z");
        world.receive(&push(417, 3).replace("TIF+EXEMPLE+JEAN:A:1", "TIF"));
        let born = "ATT+2++F'DTM+329:800102'";
        world.receive(&list("745", &[("EXEMPLE", born), ("SAMPLE", "")]));
        // A repeat changes a count, and that is nobody's: the log has nothing to explain.
        assert_eq!(world.log("store.change"), [""; 0]);
        let quality = world.quality();
        counts(
            &quality.total,
            "pnrgov",
            &[
                ("messages", 3),
                ("repeats", 1),
                ("faulty", 1),
                ("bookings", 3),
                ("persons", 3),
                ("has.name", 2),
                ("has.locator", 3),
                ("announced", 4),
                ("announced_there", 3),
                ("announced_wrong", 1),
            ],
        );
        let listed = [
            ("messages", 1),
            ("persons", 2),
            ("has.birth_date", 1),
            ("has.sex", 1),
        ];
        counts(&quality.total, "paxlst", &listed);
        let days: Vec<_> = quality.trend.iter().map(|(day, _)| *day).collect();
        assert_eq!(days, [date(2026, 11, 22), date(2026, 11, 23)]);
        counts(
            &quality.trend[0].1,
            "pnrgov",
            &[("messages", 2), ("faulty", 0)],
        );
        let elements = &quality.elements["pnrgov"];
        assert!(elements.contains(&("payment", "bookings")), "{elements:?}");
    }
}

/// A refusal counts against who brought it, and a repeat of it does not.
#[test]
fn what_is_refused_is_counted_against_who_brought_it() {
    let place = Place::each("window").into_iter().next().unwrap();
    let world = World::open(&place);
    let registry = world.app.registry();
    let sender = Sender::of(Arc::clone(registry.named("zq").unwrap()));
    let cut = &push(417, 1)[..120];
    for _ in 0..2 {
        let channel = Channel("test".into());
        let receipt = world
            .app
            .receive_of(cut.as_bytes(), channel, &sender)
            .unwrap();
        assert_eq!(receipt.messages[0].status.name(), "refused");
    }
    counts(&world.quality().total, "", &[("refused", 1)]);
}

/// R-ING-07: pushes against what the profile expects; lists, bookings and the close-out of a flight
/// against each other.
#[test]
fn flights_are_counted_by_how_their_pushes_stand() {
    for place in Place::each("window") {
        let world = World::open(&place);
        world.receive(&push(417, 1));
        let born = "ATT+2++M'DTM+329:800102'";
        world.is("2026-11-23T11:00:00Z");
        world.receive(&list("745", &[("EXEMPLE", born), ("SAMPLE", born)]));
        world.app.tell_carriers().unwrap();
        counts(
            &world.quality().total,
            FLIGHTS,
            &[
                ("flights", 1),
                ("come.first", 1),
                ("missing.closure", 0),
                ("lists", 2),
            ],
        );
        // Not before its time and the tolerance are over; then it stays as it is.
        world.is("2026-11-23T12:31:00Z");
        world.app.tell_carriers().unwrap();
        let missing = [
            ("come.first", 1),
            ("missing.closure", 1),
            ("late.closure", 0),
        ];
        counts(&world.quality().total, FLIGHTS, &missing);
        world.receive(&push(417, 2));
        world.receive(&list("266+CLOB", &[("SAMPLE", born), ("STRANGER", born)]));
        world.app.tell_carriers().unwrap();
        let expect = [
            ("missing.closure", 0),
            ("late.closure", 1),
            ("told", 1),
            ("messages", 4),
            ("closed", 1),
            ("boarded", 2),
            ("boarded_alone", 1),
        ];
        counts(&world.quality().total, FLIGHTS, &expect);
        world.is("2026-11-25T00:30:00Z");
        world.app.tell_carriers().unwrap();
        counts(&world.quality().total, FLIGHTS, &expect);
    }
}

/// Who sees them, and of how many days.
#[test]
fn figures_are_for_who_may_and_of_days_that_are() {
    let place = Place::each("window").into_iter().next().unwrap();
    let world = World::open(&place);
    let analyst = Actor::new("ana", &[Role::Analyst]);
    let denied = world.app.authorize(&analyst, Act::QualityRead, None);
    assert!(matches!(denied, Err(AppError::Denied(_))));
    let read = world.leave(Act::QualityRead);
    let ask = |from, to| world.app.quality(&read, "zq", Some(from), Some(to));
    assert!(ask(date(2026, 1, 1), date(2026, 11, 22)).unwrap().weekly);
    for (from, to) in [
        (date(2026, 11, 23), date(2026, 11, 22)),
        (date(2020, 1, 1), date(2026, 11, 22)),
    ] {
        let refused = ask(from, to).unwrap_err();
        assert!(matches!(refused, AppError::Quality(QualityRefusal::Range)));
    }
    assert!(world.app.quality(&read, "nobody", None, None).is_err());
}
