//! What a route needs to know of a request before it does anything: who asks, for what purpose,
//! and which version they saw.

use crate::error::Error;
use crate::state::State;
use crate::views::problem::Fault;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use oriel_policy::{Act, Actor, Grant, Purpose};
use oriel_store::{Account, Id};

/// The session's cookie.
pub(crate) const COOKIE: &str = "oriel_session";

/// Who asks, and why: everything that leave depends on.
pub(crate) struct Asker {
    /// The account.
    pub(crate) account: Account,
    /// As policy sees it.
    pub(crate) actor: Actor,
    /// From the header `Purpose`; absent when none, or none that can be read, was given.
    pub(crate) purpose: Option<Purpose>,
    /// The session's secret.
    pub(crate) token: String,
}

impl FromRequestParts<State> for Asker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        let token = token(&parts.headers).ok_or_else(Error::signed_out)?;
        let app = state.clone();
        let (known, token) = app
            .run(move |app| Ok((app.session(&token)?, token)))
            .await?;
        let (account, actor) = known.ok_or_else(Error::signed_out)?;
        let purpose = parts.headers.get("purpose").and_then(|v| v.to_str().ok());
        Ok(Self {
            account,
            actor,
            purpose: purpose.and_then(Purpose::parse),
            token,
        })
    }
}

impl Asker {
    /// Leave to do `act`; a denial is logged by the app.
    pub(crate) fn leave(&self, app: &oriel_app::App, act: Act) -> Result<Grant, Error> {
        Ok(app.authorize(&self.actor, act, self.purpose.as_ref())?)
    }
}

/// The secret of a session: from the cookie for people, from `Authorization: Bearer` for machines.
fn token(headers: &HeaderMap) -> Option<String> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return Some(token.trim().to_owned());
    }
    let jar = CookieJar::from_headers(headers);
    jar.get(COOKIE).map(|cookie| cookie.value().to_owned())
}

/// The version somebody saw, from `If-Match: "7"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) i64);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let version = parts.headers.get(header::IF_MATCH).and_then(|value| {
            let quoted = value.to_str().ok()?.trim();
            quoted.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
        });
        version.map(Self).ok_or_else(|| {
            Error::new(
                StatusCode::PRECONDITION_REQUIRED,
                "version-required",
                "The version that was seen is missing",
            )
            .detail("Send the version you saw, in quotes, as If-Match, so that nobody's change is lost.")
        })
    }
}

/// An id from an address. One of another shape names nothing, like one that is not there.
pub(crate) fn id(text: &str, prefix: &str) -> Result<Id, Error> {
    Id::parse(text, prefix).ok_or_else(Error::not_found)
}

/// A place of the request's body that is at fault.
pub(crate) fn fault(pointer: &str, code: &str, message: String, hint: &str) -> Fault {
    Fault {
        pointer: pointer.to_owned(),
        code: code.to_owned(),
        message,
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn the_token_comes_from_the_cookie_or_from_bearer() {
        let of = |name, value| token(&headers(name, value));
        assert_eq!(of("cookie", "a=b; oriel_session=t").as_deref(), Some("t"));
        assert_eq!(of("authorization", "Bearer t").as_deref(), Some("t"));
        assert_eq!(of("authorization", "Basic dTpw"), None);
        assert_eq!(of("cookie", "session=t"), None);
    }

    #[tokio::test]
    async fn a_version_is_a_number_in_quotes() {
        async fn of(value: &str) -> Option<i64> {
            let request = Request::builder().header("if-match", value);
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            let seen = IfMatch::from_request_parts(&mut parts, &()).await;
            seen.ok().map(|seen| seen.0)
        }
        assert_eq!(of("\"7\"").await, Some(7));
        assert_eq!(of("7").await, None);
        assert_eq!(of("*").await, None);
        assert_eq!(of("\"seven\"").await, None);
    }
}
