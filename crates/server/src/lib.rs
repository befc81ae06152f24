//! HTTP API with a checked-in OpenAPI file, sessions, serves the workbench.

use axum::Router;
use axum::routing::get;
use oriel_app::App;
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves until `shutdown` resolves.
pub async fn serve(
    _app: Arc<App>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new().route("/healthz", get(|| async { "ok" }));
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await
}
