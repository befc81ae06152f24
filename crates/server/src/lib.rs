//! HTTP API with a checked-in OpenAPI file, sessions, and the workbench's own files.
//!
//! It translates: a request becomes one call of [`oriel_app::App`], its result becomes a view. It
//! decides nothing about law or cases, keeps nothing but sessions' cookies and counters, and reads
//! no store except through the app.
//!
//! The three things to know: [`router`] (all of it as one service), [`serve`] (that service on a
//! listener) and [`document`] (the API's description).

mod accept;
mod assets;
mod attempts;
mod connections;
mod error;
mod extract;
mod headers;
mod hub;
mod metrics;
mod openapi;
mod options;
mod peer;
mod probes;
mod routes;
mod show;
mod state;
mod tls;
mod trace;
mod views;

pub use openapi::document;
pub use options::Options;
pub use peer::Peer;
pub use tls::{Tls, TlsError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use connections::Limits;
use hub::News;
use oriel_app::App;
use state::State;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tls::TlsListener;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

/// Largest body, in bytes: a push for a full wide-body flight with margin. Everything else that
/// is sent here is far smaller.
const BODY_LIMIT: usize = 32 << 20;

/// Longest time for one answer. A stream's answer is its beginning.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How often open pages are told of changes that other processes made.
const LOOK: Duration = Duration::from_secs(5);

/// The whole service: API, workbench, probes.
pub fn router(app: Arc<App>, options: Options) -> Router {
    service(State::new(app, options))
}

fn service(state: State) -> Router {
    let (api, _) = openapi::split();
    let api = api
        .route("/openapi.json", get(openapi::show))
        .fallback(|| async { error::Error::not_found() })
        .layer(CsrfLayer::new().with_rejection_response(cross_site));
    let compat = Router::new()
        .route("/yente/match/{list}", post(routes::compat::ask))
        .layer(CsrfLayer::new().with_rejection_response(cross_site));
    Router::new()
        .nest("/api/v1", api)
        .nest("/compat", compat)
        .route("/healthz", get(probes::alive))
        .route("/readyz", get(probes::ready))
        .route("/metrics", get(probes::metrics))
        .fallback(assets::serve)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), trace::trace))
        .layer(middleware::from_fn(headers::add))
        .with_state(state)
}

/// What a page of another site is told when it tries to act for a person signed in here.
fn cross_site(_: tower_http::csrf::ProtectionError) -> axum::response::Response {
    error::Error::new(
        StatusCode::FORBIDDEN,
        "cross-site",
        "Another site may not act for you here",
    )
    .detail(
        "The request came from a page of another origin. Open the workbench itself and act there.",
    )
    .into_response()
}

/// Serves until `shutdown` completes, then finishes what was begun.
pub async fn serve(
    app: Arc<App>,
    options: Options,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let tls = options.tls.clone();
    let state = State::new(app, options);
    let hub = Arc::clone(&state.hub);
    let watching = tokio::spawn(watch(state.clone()));
    let service = service(state);
    let shutdown = async move {
        shutdown.await;
        // Open streams would be waited for.
        hub.close();
    };
    let limits = Limits::USUAL;
    match tls {
        None => connections::serve(listener, service, limits, shutdown).await,
        Some(tls) => {
            let listener = TlsListener::new(listener, &tls)?;
            connections::serve(listener, service, limits, shutdown).await;
        }
    }
    watching.abort();
    Ok(())
}

/// Tells open pages of what `oriel ingest` and other nodes changed, and of new items for overseers:
/// the store knows, the hub does not.
async fn watch(state: State) {
    let mut before = None;
    let mut newest = None;
    loop {
        tokio::time::sleep(LOOK).await;
        if !state.hub.is_heard() {
            continue;
        }
        let counts = state
            .run(|app| Ok(app.store().read(|tx| tx.case_counts())?))
            .await;
        let Ok(counts) = counts else { continue };
        if before.as_ref().is_some_and(|known| *known != counts) {
            state.hub.tell(News::Queue);
        }
        before = Some(counts);
        let Ok(item) = state.run(|app| Ok(app.inbox_newest()?)).await else {
            continue;
        };
        if newest.is_some_and(|known| known != item) {
            state.hub.tell(News::Oversight);
        }
        newest = Some(item);
    }
}
