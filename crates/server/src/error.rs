//! Errors of the edge: one text for the client, one for the log, under one trace id.
//!
//! Invariant: neither text holds personal data. The client's says what is wrong and what to do;
//! the log's names the cause.

use crate::views::problem::{Fault, PolicyRef, Problem};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use std::fmt;

/// Carries the trace id of a request, in and out.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Why a request was not done.
#[derive(Clone, Debug)]
pub(crate) struct Error {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Cow<'static, str>,
    faults: Vec<Fault>,
    policy: Option<PolicyRef>,
    current: Option<u64>,
    /// For the log only.
    cause: Option<String>,
}

impl Error {
    /// A problem of `code`, in the words of its title.
    pub(crate) fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self {
            status,
            code,
            title,
            detail: Cow::Borrowed(""),
            faults: Vec::new(),
            policy: None,
            current: None,
            cause: None,
        }
    }

    /// What it means here and what to do.
    pub(crate) fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = detail.into();
        self
    }

    /// A place of the request that is at fault.
    pub(crate) fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// The rule that refuses.
    pub(crate) fn policy(mut self, policy: PolicyRef) -> Self {
        self.policy = Some(policy);
        self
    }

    /// The version in force, when `If-Match` named another.
    pub(crate) fn current(mut self, version: u64) -> Self {
        self.current = Some(version);
        self
    }

    /// What the log says of it; never sent.
    pub(crate) fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Nobody is signed in.
    pub(crate) fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "session-required",
            "Nobody is signed in",
        )
        .detail("The session has ended or was never begun. Sign in and try again.")
    }

    /// Nothing of that id, or nothing that the reader may know of.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here")
            .detail("The address names nothing that you may see. Ids are given by the lists; they cannot be made up.")
    }

    /// The server could not do its part.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server could not do this",
        )
        .detail("Nothing was changed. Try again; if it stays, give the trace id to whoever runs the server.")
        .cause(cause)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        // The body waits for its trace id, which only `finish` knows.
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns every failure into a problem with the request's trace id, and logs it.
///
/// Also catches what the framework answered by itself, such as 405 or 413, so that all errors
/// look alike.
pub(crate) async fn finish(request: Request, next: Next) -> Response {
    let trace = request
        .headers()
        .get(TRACE_ID)
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let response = next.run(request).await;
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    if response.headers().get(header::CONTENT_TYPE) == Some(&PROBLEM_JSON) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let error = parts
        .extensions
        .remove::<Error>()
        .unwrap_or_else(|| Error::from_status(parts.status));
    let mut response = error.problem(trace).into_response();
    for name in [header::ALLOW, header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.remove(&name) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl Error {
    fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(status, "method", "This address does not do that")
                    .detail("The header Allow names the methods it has.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(status, "too-large", "The body is too large")
                    .detail("Send fewer bytes: one transmission at a time, without padding.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::new(status, "media-type", "The body is not of the expected type")
                    .detail("Send JSON with Content-Type: application/json.")
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server took too long")
                    .detail("Nothing may have been changed. Read the object again before you repeat the request.")
            }
            status if status.is_server_error() => Self::internal(status),
            status => Self::new(status, "bad-request", "The request cannot be read")
                .detail("Compare it with /api/v1/openapi.json."),
        }
    }

    fn problem(self, trace_id: String) -> Response {
        if self.status.is_server_error() {
            tracing::error!(
                trace_id,
                code = self.code,
                cause = self.cause,
                "request failed"
            );
        } else {
            tracing::info!(
                trace_id,
                code = self.code,
                cause = self.cause,
                "request refused"
            );
        }
        let body = Problem {
            kind: format!("urn:oriel:problem:{}", self.code),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.into_owned(),
            trace_id,
            errors: self.faults,
            policy: self.policy,
            current: self.current,
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, PROBLEM_JSON);
        response
    }
}
