//! What a route needs to know of a request before it does anything: who asks, for what purpose,
//! and which version they saw.

use crate::error::Error;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use std::sync::Arc;

/// What the routes share.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) app: Arc<()>,
}

/// The session named by the cookie.
pub(crate) struct SignedIn {}

impl FromRequestParts<State> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &State) -> Result<Self, Error> {
        let _ = parts;
        Err(Error::signed_out())
    }
}

/// Why somebody reads personal data, from the header `Purpose`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purpose {
    pub(crate) kind: String,
    pub(crate) id: String,
}

impl<S: Sync> FromRequestParts<S> for Purpose {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let text = parts.headers.get("purpose").and_then(|v| v.to_str().ok());
        let (kind, id) = text.and_then(|t| t.split_once('=')).ok_or_else(|| {
            Error::new(
                StatusCode::FORBIDDEN,
                "purpose-required",
                "Reading passenger data needs a purpose",
            )
        })?;
        Ok(Self {
            kind: kind.to_owned(),
            id: id.to_owned(),
        })
    }
}

/// The version somebody saw, from `If-Match: "7"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) u64);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts
            .headers
            .get(header::IF_MATCH)
            .and_then(|v| {
                v.to_str()
                    .ok()?
                    .strip_prefix('"')?
                    .strip_suffix('"')?
                    .parse()
                    .ok()
            })
            .map(Self)
            .ok_or_else(|| {
                Error::new(
                    StatusCode::PRECONDITION_REQUIRED,
                    "version-required",
                    "Which version did you see?",
                )
            })
    }
}
