//! What the routes share, and the step from asynchronous edge to synchronous use case.

use crate::attempts::Attempts;
use crate::error::Error;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::options::Options;
use axum::http::StatusCode;
use oriel_app::App;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Use cases that run at a time; more wait their turn.
const WORKERS: usize = 32;

/// Messages for which somebody decodes at a time, for each core: more would only keep the one thread
/// from its core that commits.
const HANDS: usize = 2;

/// Answers that are written at a time to who has waited for a commit; they do not stand behind those
/// who have just come.
const ANSWERS: usize = 4;

/// Passwords that are compared at a time. Each takes 19 MiB and a good part of a tenth of a second
/// on purpose, so whoever sends many must not take the workers from everybody else.
const PASSWORDS: usize = 2;

/// How long a password waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the routes share.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) app: Arc<App>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) attempts: Arc<Attempts>,
    pub(crate) options: Arc<Options>,
    turns: Arc<Semaphore>,
    hands: Arc<Semaphore>,
    answers: Arc<Semaphore>,
    passwords: Arc<Semaphore>,
}

impl State {
    pub(crate) fn new(app: Arc<App>, options: Options) -> Self {
        Self {
            app,
            hub: Arc::new(Hub::new()),
            metrics: Arc::new(Metrics::default()),
            attempts: Arc::new(Attempts::default()),
            options: Arc::new(options),
            turns: Arc::new(Semaphore::new(WORKERS)),
            hands: Arc::new(Semaphore::new(HANDS * cores())),
            answers: Arc::new(Semaphore::new(ANSWERS)),
            passwords: Arc::new(Semaphore::new(PASSWORDS)),
        }
    }

    /// Runs a use case that compares or makes a password.
    pub(crate) async fn run_password<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = Arc::clone(&self.passwords).acquire_owned();
        let Ok(Ok(_turn)) = tokio::time::timeout(PATIENCE, turn).await else {
            return Err(Error::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "sign-in-busy",
                "Too many people are signing in with passwords",
            )
            .detail("Wait a moment and try again, or sign in with a passkey or a one-time link."));
        };
        self.run(work).await
    }

    /// Runs a use case on a thread that may block.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run_in(&self.turns, work).await
    }

    /// Runs what decodes messages and hands them over.
    pub(crate) async fn run_hand<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run_in(&self.hands, work).await
    }

    /// Runs what writes the answer of a use case that was waited for without a thread.
    pub(crate) async fn run_answer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run_in(&self.answers, work).await
    }

    async fn run_in<T: Send + 'static>(
        &self,
        turns: &Arc<Semaphore>,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = Arc::clone(turns).acquire_owned().await;
        let app = Arc::clone(&self.app);
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, also when nobody waits for its answer any more.
            let _turn = turn;
            work(&app)
        });
        done.await.map_err(Error::internal)?
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
