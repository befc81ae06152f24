//! Carriers: enrolled, changed, known by their channels, certified (R-CAR-01).
//!
//! Everything in it is invented.

use jiff::{Timestamp, ToSpan};
use oriel_app::{
    App, AppError, CarrierDetails, CarrierRefusal, Channel, Compartment, Contact, Sender, Setup,
};
use oriel_policy::{Act, Actor, CheckMode, Grant, Profile, Role};
use oriel_screening::Weights;
use oriel_store::{CarrierStatus, ChannelKind, Store, StoreError};
use oriel_testkit::{Place, any_keys};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const NOW: &str = "2026-11-22T08:00:00Z";

struct World {
    app: App,
    clock: Arc<AtomicI64>,
}

impl World {
    fn open(place: &Place) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(AtomicI64::new(now.as_second()));
        let hand = Arc::clone(&clock);
        let app = App::open(Setup {
            store: Store::create(&place.name(), any_keys()).unwrap(),
            compartments: Compartment::only(Profile::builtin("eu-2022").unwrap()),
            mode: CheckMode::Demo,
            weights: Weights::default(),
            clock: Arc::new(move || Timestamp::from_second(hand.load(Ordering::Relaxed)).unwrap()),
            threads: 1,
        });
        Self {
            app: app.unwrap(),
            clock,
        }
    }

    fn passes(&self, hours: i64) {
        self.clock.fetch_add(3600 * hours, Ordering::Relaxed);
    }

    fn leave(&self, act: Act) -> Grant {
        let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
        self.app.authorize(&liaison, act, None).unwrap()
    }

    fn put(&self) -> Grant {
        self.leave(Act::CarrierPut)
    }

    fn enrol(&self, handle: &str, operates: &str) {
        let details = details(operates);
        let row = self
            .app
            .carrier_enrol(&self.put(), handle, &details)
            .unwrap();
        assert_eq!((row.status, row.version), (CarrierStatus::Test, 1));
    }

    /// What the carrier's rehearsal of these bytes came to.
    fn send(&self, handle: &str, text: &str) -> Vec<&'static str> {
        let registry = self.app.registry();
        let sender = Sender::of(Arc::clone(registry.named(handle).unwrap()));
        let channel = Channel("test".into());
        let receipt = self
            .app
            .receive_of(text.as_bytes(), channel, &sender)
            .unwrap();
        let statuses = receipt.messages.iter();
        statuses.map(|message| message.status.name()).collect()
    }

    /// The newest run as `case state`.
    #[track_caller]
    fn run_is(&self, handle: &str, expect: &[&str]) {
        let runs = self
            .app
            .certifications(&self.leave(Act::CarrierRead), handle);
        let cases = runs.unwrap().remove(0).cases;
        let state = |met: Option<bool>| match met {
            None => "waits",
            Some(true) => "passed",
            Some(false) => "failed",
        };
        let got: Vec<String> = cases
            .iter()
            .map(|standing| {
                let met = standing.met.as_ref().map(|met| met.passed);
                format!("{} {}", standing.case.name, state(met))
            })
            .collect();
        assert_eq!(got, expect);
    }
}

fn details(operates: &str) -> CarrierDetails {
    CarrierDetails {
        name: format!("Carrier {operates}"),
        operates: vec![operates.to_owned()],
        formats: vec!["pnrgov".into()],
        languages: vec!["fr".into(), "en".into()],
        contacts: Some(vec![Contact {
            role: "technician".into(),
            name: "Tessa Technisch".into(),
            mail: "tessa@carrier.example".into(),
            phone: "+00 1 234".into(),
        }]),
        ..CarrierDetails::default()
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(done: Result<T, AppError>, says: &str) {
    let fault = done.unwrap_err();
    assert!(fault.to_string().contains(says), "{fault}");
}

/// R-CAR-01: a change is a version of its own, made upon the one that was seen.
#[test]
fn what_is_known_of_a_carrier_is_a_version() {
    for place in Place::each("carriers") {
        let world = World::open(&place);
        let app = &world.app;
        world.enrol("zq", "ZQ");
        refused(
            app.carrier_enrol(&world.put(), "zq", &details("X9")),
            "enrolled as \"zq\"",
        );
        refused(
            app.carrier_enrol(&world.put(), "x9", &details("ZQ")),
            "another carrier's",
        );
        refused(
            app.carrier_enrol(&world.put(), "X9", &details("X9")),
            "short name",
        );
        let mut more = details("ZQ");
        more.markets = vec!["X9".into()];
        more.contacts = None;
        let row = app.carrier_change(&world.put(), "zq", 1, &more).unwrap();
        assert_eq!(row.version, 2);
        let stale = app
            .carrier_change(&world.put(), "zq", 1, &more)
            .unwrap_err();
        assert!(matches!(
            stale,
            AppError::Store(StoreError::Stale { current: 2 })
        ));
        let read = world.leave(Act::CarrierRead);
        let history = app.carrier_history(&read, "zq").unwrap();
        let versions: Vec<i64> = history.iter().map(|row| row.version).collect();
        assert_eq!(versions, [2, 1]);
        assert_eq!(history[1].markets, [""; 0]);
        // Nothing was said of contacts, so they stay.
        let call = world.leave(Act::CarrierCall);
        let contacts = app.carrier_contacts(&call, "zq").unwrap();
        assert_eq!(contacts, details("ZQ").contacts.unwrap());
        more.contacts = Some(Vec::new());
        app.carrier_change(&world.put(), "zq", 2, &more).unwrap();
        let call = world.leave(Act::CarrierCall);
        assert_eq!(app.carrier_contacts(&call, "zq").unwrap(), []);
    }
}

/// R-SEC-01: whom to call stands nowhere in clear.
#[test]
fn whom_to_call_is_sealed() {
    let dir = oriel_testkit::TempDir::new("carriers");
    let place = dir.path().to_str().unwrap().to_owned();
    {
        let store = Store::create(&place, any_keys()).unwrap();
        let app = App::open(Setup {
            store,
            compartments: Compartment::only(Profile::builtin("eu-2022").unwrap()),
            mode: CheckMode::Demo,
            weights: Weights::default(),
            clock: Arc::new(|| NOW.parse().unwrap()),
            threads: 1,
        })
        .unwrap();
        let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
        let grant = app.authorize(&liaison, Act::CarrierPut, None).unwrap();
        app.carrier_enrol(&grant, "zq", &details("ZQ")).unwrap();
    }
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in ["Technisch", "tessa@"] {
            assert!(
                memchr::memmem::find(&bytes, secret.as_bytes()).is_none(),
                "{secret}"
            );
        }
    }
}

/// R-CAR-01: keys overlap as long as they are to, end when they are to, and are one carrier's.
#[test]
fn channels_begin_and_end_at_their_time() {
    for place in Place::each("channels") {
        let world = World::open(&place);
        let app = &world.app;
        world.enrol("zq", "ZQ");
        world.enrol("x9", "X9");
        let now: Timestamp = NOW.parse().unwrap();
        let address = ChannelKind::Address;
        let add = |handle: &str, value: &str, span| {
            app.channel_add(&world.put(), handle, address, value, span)
        };
        let old = add("zq", "192.0.2.1", (None, None)).unwrap();
        let next = Some(now + 2.hours());
        add("zq", "192.0.2.2", (next, Some(now + 9.hours()))).unwrap();
        let known = |value: &str| {
            let registry = app.registry();
            let known = registry.known_by(address, value, app.now());
            known.map(|(carrier, _)| carrier.row.handle.clone())
        };
        assert_eq!(known("192.0.2.1").as_deref(), Some("zq"));
        assert_eq!(known("192.0.2.2"), None, "not yet");
        refused(add("x9", "192.0.2.1", (None, None)), "belongs to another");
        refused(add("zq", "192.0.2.2", (None, None)), "belongs to another");
        refused(
            add("zq", "192.0.2.3", (None, Some(now))),
            "begins before it ends",
        );
        app.channel_end(&world.put(), "zq", old.id, Some(now + 3.hours()))
            .unwrap();
        world.passes(2);
        assert!(
            known("192.0.2.1").is_some() && known("192.0.2.2").is_some(),
            "both"
        );
        world.passes(1);
        assert_eq!(known("192.0.2.1"), None, "it has ended");
        assert_eq!(known("192.0.2.2").as_deref(), Some("zq"));
        let late = app.channel_end(&world.put(), "zq", old.id, None);
        refused(late, "this channel has ended");
        refused(app.channel_end(&world.put(), "x9", old.id, None), "channel");
        // What has ended may be another's.
        add("x9", "192.0.2.1", (None, None)).unwrap();
        assert_eq!(known("192.0.2.1").as_deref(), Some("x9"));
        // An account that was a carrier's is nobody's else by itself.
        let sender = |value: &str| {
            app.registry()
                .sender(ChannelKind::Account, value, app.now())
        };
        assert!(sender("zq-machine").unwrap().carrier().is_none());
        let span = (None, Some(app.now() + 1.hour()));
        app.channel_add(&world.put(), "zq", ChannelKind::Account, "zq-machine", span)
            .unwrap();
        assert!(sender("zq-machine").unwrap().carrier().is_some());
        world.passes(1);
        assert!(sender("zq-machine").is_none());
        let ended = CarrierStatus::Ended;
        app.carrier_status(&world.put(), "x9", 1, ended, "")
            .unwrap();
        assert_eq!(
            known("192.0.2.1"),
            None,
            "nobody sends for a carrier that has ended"
        );
    }
}

const ENVELOPE: &str = "UNB+IATA:1+ZQ+UTO+261122:0914+P1'";

fn push(function: &str, bookings: u32) -> String {
    let booking = |n: u32| format!("SRC'RCI+ZQ:K7Q2L{n}'TIF+EXEMPLE+JEAN:A:1'");
    let all: String = (1..=bookings).map(booking).collect();
    let segments = 6 + 3 * bookings;
    format!(
        "{ENVELOPE}UNH+1+PNRGOV:11:1:IA'MSG+:{function}'ORG+ZQ:UXA'\
         TVL+231126:1200:231126:1500+UXA+LHR+ZQ+417'EQN+{bookings}'{all}UNT+{segments}+1'UNZ+1+P1'"
    )
}

/// R-CAR-01: a carrier certifies itself by sending, and goes live by it; nothing of it is kept.
#[test]
fn a_carrier_goes_live_by_its_certification() {
    for place in Place::each("certify") {
        let world = World::open(&place);
        let app = &world.app;
        world.enrol("zq", "ZQ");
        let live = |version| {
            let live = CarrierStatus::Live;
            app.carrier_status(&world.put(), "zq", version, live, " ")
        };
        let refusal = live(1).unwrap_err();
        assert!(matches!(
            refusal,
            AppError::Carrier(CarrierRefusal::NotCertified)
        ));
        // Before a run is open nothing counts.
        assert_eq!(world.send("zq", &push("22", 2)), ["accepted"]);
        app.certification_open(&world.put(), "zq").unwrap();
        world.run_is(
            "zq",
            &["broken waits", "pnrgov-push waits", "pnrgov-update waits"],
        );
        assert_eq!(
            world.send("zq", &push("22", 1)),
            ["accepted"],
            "one booking is too few"
        );
        assert_eq!(world.send("zq", &push("22", 2)[..150]), ["refused"]);
        let wrong = push("141", 1).replace("ZQ+417", "X9+417");
        assert_eq!(world.send("zq", &wrong), ["accepted"]);
        world.run_is(
            "zq",
            &[
                "broken passed",
                "pnrgov-push failed",
                "pnrgov-update failed",
            ],
        );
        assert_eq!(world.send("zq", &push("22", 2)), ["accepted"]);
        live(1).unwrap_err();
        assert_eq!(world.send("zq", &push("141", 1)), ["accepted"]);
        world.run_is(
            "zq",
            &[
                "broken passed",
                "pnrgov-push passed",
                "pnrgov-update passed",
            ],
        );
        let runs = app
            .certifications(&world.leave(Act::CarrierRead), "zq")
            .unwrap();
        assert!(runs[0].run.passed_at.is_some());
        let stats = app.store().read(|tx| tx.stats()).unwrap();
        assert_eq!((stats.accepted, stats.refused, stats.journeys), (0, 0, 0));
        // What is passed stays so.
        assert_eq!(world.send("zq", &push("22", 1)), ["accepted"]);
        world.run_is(
            "zq",
            &[
                "broken passed",
                "pnrgov-push passed",
                "pnrgov-update passed",
            ],
        );
        live(1).unwrap();
        assert_eq!(world.send("zq", &push("22", 2)), ["accepted"]);
        assert_eq!(app.store().read(|tx| tx.stats()).unwrap().accepted, 1);
        // A format that was added was not certified.
        let mut more = details("ZQ");
        more.formats.push("paxlst".into());
        app.carrier_change(&world.put(), "zq", 2, &more).unwrap();
        let test = CarrierStatus::Test;
        app.carrier_status(&world.put(), "zq", 3, test, "").unwrap();
        live(4).unwrap_err();
        let live = CarrierStatus::Live;
        let why = "lists come by another carrier until March";
        let row = app
            .carrier_status(&world.put(), "zq", 4, live, why)
            .unwrap();
        assert_eq!(row.reason, why);
    }
}

/// R-ACC-02: nobody but a liaison officer changes anything, and whoever else may look sees nobody.
#[test]
fn nobody_else_enrols() {
    let place = Place::each("carriers").into_iter().next().unwrap();
    let world = World::open(&place);
    for role in [
        Role::Analyst,
        Role::SystemAdministrator,
        Role::Carrier,
        Role::Dpo,
    ] {
        let actor = Actor::new("somebody", &[role]);
        let leave = world.app.authorize(&actor, Act::CarrierPut, None);
        assert!(matches!(leave, Err(AppError::Denied(_))), "{role:?}");
    }
    let read = world.leave(Act::CarrierRead);
    let wrong = world.app.carrier_enrol(&read, "zq", &details("ZQ"));
    assert!(matches!(
        wrong,
        Err(AppError::Store(StoreError::WrongGrant))
    ));
}
