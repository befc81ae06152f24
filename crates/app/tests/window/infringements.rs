//! What proves how a carrier failed of a flight (R-CAR-02, R-CAR-03).

use crate::world::{World, push};
use jiff::civil::date;
use oriel_app::{AppError, Channel, Departure, Infringement, InfringementRefusal, Sender};
use oriel_policy::{Act, Actor, Role};
use oriel_testkit::{Place, TempDir, expect_file, key_store};
use std::sync::Arc;

impl World {
    fn prove(&self, flight: &str) -> Result<Infringement, AppError> {
        let grant = self.leave(Act::InfringementExport);
        let on = Departure::On(date(2026, 11, 23));
        self.app.infringement(&grant, "zq", flight, &on)
    }

    fn by_zq(&self, text: &str, status: &str) {
        let registry = self.app.registry();
        let sender = Sender::of(Arc::clone(registry.named("zq").unwrap()));
        let channel = Channel("sftp main zq".into());
        let receipt = self
            .app
            .receive_of(text.as_bytes(), channel, &sender)
            .unwrap();
        assert_eq!(receipt.messages[0].status.name(), status, "{receipt:?}");
    }
}

/// R-CAR-02: missing, late and in the wrong form are told apart, with digests, times and places, and
/// nobody is named.
#[test]
fn a_flight_is_proved_without_a_person() {
    for place in Place::each("window") {
        let world = World::open(&place);
        world.app.beat(true).unwrap();
        world.is("2026-11-22T12:31:00Z");
        world.app.tell_carriers().unwrap();
        world.by_zq(
            &push(417, 1).replace("TIF+EXEMPLE+JEAN:A:1", "TIF"),
            "accepted",
        );
        world.by_zq(&push(417, 2)[..120], "refused");
        world.is("2026-11-23T12:31:00Z");
        world.app.tell_carriers().unwrap();
        let proved = world.prove("ZQ417").unwrap();
        let classes: Vec<&str> = proved.document["failures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|failure| failure["class"].as_str().unwrap())
            .collect();
        assert_eq!(classes, ["late", "missing", "form"], "{}", proved.document);
        let (page, json) = (proved.page(), proved.json().to_string());
        for text in [&page, &json] {
            for person in ["EXEMPLE", "JEAN", "K7Q2L"] {
                assert!(!text.contains(person), "{person}: {text}");
            }
        }
        assert!(page.contains(&proved.digest), "{page}");
        let golden = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/window/infringement.json"
        );
        expect_file(golden, &format!("{:#}\n", proved.document));
        // What it says of itself holds, and of nothing else.
        assert_eq!(Infringement::read(&json).as_ref(), Some(&proved));
        assert_eq!(Infringement::read(&json.replace("missing", "come")), None);
        let expect = format!("ok flight=ZQ417 digest={}", proved.digest);
        assert_eq!(world.log("infringement.export"), [expect]);
    }
}

/// R-CAR-03: what an outage of ours excuses is told, and is no failure.
#[test]
fn an_outage_of_ours_is_told_and_no_failure() {
    let place = Place::each("window").into_iter().next().unwrap();
    let world = World::open(&place);
    world.app.beat(true).unwrap();
    world.is("2026-11-22T13:00:00Z");
    world.app.beat(true).unwrap();
    let document = world.prove("ZQ417").unwrap().document;
    assert_eq!(document["expected"][0]["excused"], true, "{document}");
    assert_eq!(document["outages"][0]["kind"], "stopped", "{document}");
    assert_eq!(
        document["failures"].as_array().unwrap().len(),
        0,
        "{document}"
    );
}

/// Of another's flight, of one that nobody expects, and of one whose record is gone nothing is proved.
#[test]
fn nothing_is_proved_of_what_cannot_be_known() {
    let place = Place::each("window").into_iter().next().unwrap();
    let dir = TempDir::new("window");
    let world = World::with_keys(&place, key_store(&dir));
    let none = world.prove("ZQ418").unwrap_err();
    let no_flight = |error: &AppError| {
        matches!(
            error,
            AppError::Infringement(InfringementRefusal::NoFlight(_))
        )
    };
    assert!(no_flight(&none), "{none}");
    let analyst = Actor::new("ana", &[Role::Analyst]);
    assert!(
        world
            .app
            .authorize(&analyst, Act::InfringementExport, None)
            .is_err()
    );
    world.receive(&push(417, 1));
    assert!(world.prove("ZQ417").is_ok());
    // Masked after half a year, erased after five.
    world.is("2027-06-22T12:00:00Z");
    while world.app.sweep(4).unwrap().1 {}
    let gone = world.prove("ZQ417").unwrap_err();
    let is_gone = matches!(gone, AppError::Infringement(InfringementRefusal::Gone));
    assert!(is_gone, "{gone}");
}
