//! What the routes share, and the step from asynchronous edge to synchronous use case.

use crate::attempts::Attempts;
use crate::error::Error;
use crate::hub::Hub;
use crate::metrics::Metrics;
use oriel_app::App;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Use cases that run at a time; more wait their turn.
const WORKERS: usize = 32;

/// What the routes share.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) app: Arc<App>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) attempts: Arc<Attempts>,
    turns: Arc<Semaphore>,
}

impl State {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self {
            app,
            hub: Arc::new(Hub::new()),
            metrics: Arc::new(Metrics::default()),
            attempts: Arc::new(Attempts::default()),
            turns: Arc::new(Semaphore::new(WORKERS)),
        }
    }

    /// Runs a use case on a thread that may block.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let app = Arc::clone(&self.app);
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, also when nobody waits for its answer any more.
            let _turn = turn;
            work(&app)
        });
        done.await.map_err(Error::internal)?
    }
}
