//! Every way in, tried from outside: one story for all, and what only one of them can meet.

mod amqp;
mod carrier;
mod directory;
mod open_ssh;
mod queue;
mod sftp;
mod story;
mod teletype;
mod typeb;

use jiff::Timestamp;
use oriel_app::{App, Compartment, Setup};
use oriel_gateway::Desk;
use oriel_messages::reply::Agreements;
use oriel_policy::{CheckMode, Profile};
use oriel_screening::Weights;
use oriel_store::Store;
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

/// Messages that are kept, and refused.
fn kept(app: &App) -> (i64, i64) {
    let stats = app.store().read(|tx| tx.stats()).unwrap();
    (stats.accepted, stats.refused)
}
