//! One line in the log and one mark in the metrics for each request, under one trace id.
//!
//! Invariant: what is logged is the route (`/cases/{id}`), never the address; no header, no body.

use crate::error;
use crate::state::State;
use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The trace id of a request, in its extensions.
#[derive(Clone)]
pub(crate) struct TraceId(pub(crate) String);

impl TraceId {
    /// Differs between requests and between runs; says nothing about either.
    fn next() -> Self {
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let mut hasher = KEY.build_hasher();
        hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
        Self(format!("{:016x}", hasher.finish()))
    }
}

/// Gives the request its id, waits for the answer, logs and counts it.
pub(crate) async fn trace(
    axum::extract::State(state): axum::extract::State<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = TraceId::next();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", |path| path.as_str())
        .to_owned();
    request.extensions_mut().insert(id.clone());
    let response = next.run(request).await;
    let mut response = error::finish(response, &id);
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert("x-request-id", value);
    }
    let status = response.status().as_u16();
    let took = began.elapsed();
    state.metrics.note(method.as_str(), &route, status, took);
    tracing::debug!(trace_id = id.0, %method, route, status, ms = took.as_millis() as u64, "answered");
    response
}
