//! One line in the log and one mark in the metrics for each request, under one trace id.
//!
//! Invariant: what is logged is the route (`/cases/{id}`), never the address; no header, no body.

use crate::error;
use crate::state::State;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Actor, Purpose};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Instant;

/// Who asks, once that is known: in a request's extensions, for whoever sees its answer.
#[derive(Clone, Default)]
pub(crate) struct Caller(Arc<OnceLock<(Actor, Option<Purpose>)>>);

impl Caller {
    pub(crate) fn is(&self, actor: &Actor, purpose: Option<&Purpose>) {
        // The same person is found twice where a route asks twice.
        let _ = self.0.set((actor.clone(), purpose.cloned()));
    }

    /// The event of asking for what is not there, or not theirs (R-SCO-07): one who guesses leaves a
    /// trail. Only identifiers of our own making are named.
    fn miss(&self, at: Timestamp, method: &str, route: &str, path: &str) -> Option<Event> {
        let (actor, purpose) = self.0.get()?;
        let own = |part: &&str| {
            let digits = part.split_once('_').map_or("", |(_, digits)| digits);
            (16..=26).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let object = path.split('/').find(own).unwrap_or_default().to_owned();
        let detail = format!("denied not-found {method} {route}");
        let event = Event::by(at, actor.id().to_owned(), Deed::AccessMiss, object, detail);
        let event = event.within(actor.compartment());
        Some(match purpose {
            Some(purpose) => event.because(purpose),
            None => event,
        })
    }
}

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
    let caller = Caller::default();
    request.extensions_mut().insert(caller.clone());
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND
        && let Some(miss) = caller.miss(state.app.now(), method.as_str(), &route, &path)
        && let Err(fault) = state.run(move |app| Ok(app.note(miss)?)).await
    {
        // Nothing was shown, so there is nothing to take back.
        tracing::error!(trace_id = id.0, ?fault, "a miss could not be logged");
    }
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
