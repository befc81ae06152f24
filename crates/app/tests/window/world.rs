//! A unit that knows one carrier, and what that one sends.

use jiff::Timestamp;
use oriel_app::{App, CarrierDetails, Channel, Compartment, Setup};
use oriel_keys::KeyStore;
use oriel_policy::{Act, Actor, CheckMode, Grant, Profile, Role};
use oriel_screening::Weights;
use oriel_store::{CarrierStatus, Store};
use oriel_testkit::{Place, any_keys};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub(crate) struct World {
    pub(crate) app: App,
    clock: Arc<AtomicI64>,
}

impl World {
    /// A unit that knows the carrier ZQ, live, and its flight of noon on 23 November: bookings are
    /// due a day before, and at departure.
    pub(crate) fn open(place: &Place) -> Self {
        Self::with_keys(place, any_keys())
    }

    /// The same under keys of its own, for a test in which they are destroyed.
    pub(crate) fn with_keys(place: &Place, keys: Arc<KeyStore>) -> Self {
        Self::under(place, keys, "eu-2022")
    }

    /// The same under another law.
    pub(crate) fn under(place: &Place, keys: Arc<KeyStore>, law: &str) -> Self {
        let clock = Arc::new(AtomicI64::new(0));
        let hand = Arc::clone(&clock);
        let world = Self {
            clock,
            app: App::open(Setup {
                store: Store::create(&place.name(), keys).unwrap(),
                compartments: Compartment::only(Profile::builtin(law).unwrap()),
                mode: CheckMode::Demo,
                weights: Weights::default(),
                clock: Arc::new(move || {
                    Timestamp::from_second(hand.load(Ordering::Relaxed)).unwrap()
                }),
                threads: 1,
            })
            .unwrap(),
        };
        world.is("2026-11-22T11:00:00Z");
        let put = world.leave(Act::CarrierPut);
        let details = CarrierDetails {
            name: "Zephyr Quest".into(),
            operates: vec!["ZQ".into()],
            formats: vec!["pnrgov".into()],
            languages: vec!["fr".into()],
            ..CarrierDetails::default()
        };
        world.app.carrier_enrol(&put, "zq", &details).unwrap();
        let live = CarrierStatus::Live;
        world
            .app
            .carrier_status(&put, "zq", 1, live, "invented")
            .unwrap();
        let file = oriel_testkit::ssim("ZQ", "23NOV26", &["417 J UXA 1200 LHR 1500"]);
        let schedule = world.leave(Act::SchedulePut);
        world.app.schedule_put(&schedule, "winter", &file).unwrap();
        world
    }

    pub(crate) fn is(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.clock.store(at.as_second(), Ordering::Relaxed);
    }

    pub(crate) fn leave(&self, act: Act) -> Grant {
        let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
        self.app.authorize(&liaison, act, None).unwrap()
    }

    /// Leave of somebody else.
    pub(crate) fn leave_of(&self, login: &str, role: Role, act: Act) -> Grant {
        let who = Actor::new(login, &[role]);
        self.app.authorize(&who, act, None).unwrap()
    }

    /// What the log says of acts of this name, oldest first.
    pub(crate) fn log(&self, act: &str) -> Vec<String> {
        let mut said = Vec::new();
        let read = self.app.store().read(|tx| {
            tx.audit_each(1, |entry| {
                if entry.record.act == act {
                    said.push(entry.record.detail.to_owned());
                }
                Ok::<_, oriel_store::StoreError>(())
            })
        });
        read.unwrap();
        said
    }

    pub(crate) fn receive(&self, text: &str) {
        let channel = Channel("test".into());
        let receipt = self.app.receive(text.as_bytes(), channel).unwrap();
        assert_eq!(receipt.messages[0].status.name(), "accepted", "{receipt:?}");
    }
}

/// Bookings of ZQ417; `n` tells pushes apart.
pub(crate) fn push(number: u32, n: u32) -> String {
    format!(
        "UNB+IATA:1+ZQ+UTO+261122:0914+P{n}'UNH+1+PNRGOV:11:1:IA'MSG+:22'ORG+ZQ:UXA'\
         TVL+231126:1200:231126:1500+UXA+LHR+ZQ+{number}'EQN+1'SRC'RCI+ZQ:K7Q2L{n}'\
         TIF+EXEMPLE+JEAN:A:1'UNT+9+1'UNZ+1+P{n}'"
    )
}
