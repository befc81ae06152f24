//! Every way in, tried from outside: one story for all, and what only one of them can meet.

mod amqp;
mod as4;
mod carrier;
mod directory;
mod msh;
mod open_ssh;
#[cfg(feature = "phase4")]
mod phase4;
mod queue;
mod registry;
mod sftp;
mod story;
mod teletype;
mod typeb;

use jiff::Timestamp;
use oriel_app::{App, AppError, CarrierDetails, CarrierRefusal, Compartment, Setup};
use oriel_gateway::Desk;
use oriel_messages::reply::Agreements;
use oriel_policy::{Act, Actor, CheckMode, Profile, Role};
use oriel_screening::Weights;
use oriel_store::{CarrierStatus, ChannelKind, Store};
use oriel_testkit::any_keys;
use std::sync::Arc;

/// A system of one unit on the store at `data`.
fn app(data: &str) -> Arc<App> {
    let setup = Setup {
        store: Store::create(data, any_keys()).unwrap(),
        compartments: Compartment::only(Profile::builtin("utopia").unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(Timestamp::now),
        threads: 1,
    };
    Arc::new(App::open(setup).unwrap())
}

fn desk(app: &Arc<App>) -> Desk {
    Desk::new(Arc::clone(app), Agreements::default())
}

/// Lets the carrier ZQ be known by these, live; twice is once.
fn enrol(app: &App, channels: &[(ChannelKind, String)]) {
    let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
    let grant = app.authorize(&liaison, Act::CarrierPut, None).unwrap();
    if app.registry().named("zq").is_none() {
        let details = CarrierDetails {
            name: "Zephyr Quest".into(),
            operates: vec!["ZQ".into()],
            formats: vec!["paxlst".into(), "pnrgov".into()],
            languages: vec!["en".into()],
            ..CarrierDetails::default()
        };
        app.carrier_enrol(&grant, "zq", &details).unwrap();
        app.carrier_status(&grant, "zq", 1, CarrierStatus::Live, "invented")
            .unwrap();
    }
    for (kind, value) in channels {
        match app.channel_add(&grant, "zq", *kind, value, (None, None)) {
            Ok(_) | Err(AppError::Carrier(CarrierRefusal::Taken(_))) => {}
            Err(fault) => panic!("{fault}"),
        }
    }
}

/// Messages that are kept, and refused.
fn kept(app: &App) -> (i64, i64) {
    let stats = app.store().read(|tx| tx.stats()).unwrap();
    (stats.accepted, stats.refused)
}
