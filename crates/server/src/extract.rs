//! What a route needs to know of a request before it does anything: who asks, for what purpose,
//! and which version they saw.

use crate::error::Error;
use crate::peer::Origin;
use crate::state::State;
use crate::trace::Caller;
use crate::views::problem::Fault;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use oriel_app::{Place, Session, Shown};
use oriel_policy::{Act, Actor, Grant, Purpose};
use oriel_store::{Account, Id};

/// The session's cookie, where the browser does not speak TLS: on this machine, for trying out.
const PLAIN_COOKIE: &str = "oriel_session";

/// The session's cookie over TLS. The prefix makes browsers take it from this very host only, over
/// TLS only, so that nobody else can put one of theirs in its place.
const HOST_COOKIE: &str = "__Host-oriel_session";

/// The name of the session's cookie for a request of this origin; the other name is not read.
pub(crate) fn cookie_name(origin: &Origin) -> &'static str {
    if origin.secure {
        HOST_COOKIE
    } else {
        PLAIN_COOKIE
    }
}

/// Who asks, and why: everything that leave depends on.
pub(crate) struct Asker {
    /// The account.
    pub(crate) account: Account,
    /// As policy sees it.
    pub(crate) actor: Actor,
    /// From the header `Purpose`; absent when none, or none that can be read, was given.
    pub(crate) purpose: Option<Purpose>,
    /// The session of a person; machines have none.
    session: Option<Session>,
}

impl FromRequestParts<State> for Asker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        let origin = Origin::of(parts, &state.options);
        let bearer = bearer(&parts.headers).map(str::to_owned);
        let cookie = cookie(&parts.headers, &origin);
        let purpose = parts.headers.get("purpose").and_then(|v| v.to_str().ok());
        let purpose = purpose.and_then(Purpose::parse);
        let known = state.run(move |app| {
            // A key that is shown is meant; a certificate may be there only because the browser
            // has one.
            if let (None, Some(token)) = (&bearer, &cookie) {
                let session = app.session(token)?;
                return Ok(session.map(|s| (s.account.clone(), s.actor.clone(), Some(s))));
            }
            let machine = app.machine(Shown {
                bearer: bearer.as_deref(),
                certificate: origin.certificate,
            })?;
            Ok(machine.map(|(account, actor)| (account, actor, None)))
        });
        let (account, actor, session) = known.await?.ok_or_else(Error::signed_out)?;
        if let Some(caller) = parts.extensions.get::<Caller>() {
            caller.is(&actor, purpose.as_ref());
        }
        Ok(Self {
            account,
            actor,
            purpose,
            session,
        })
    }
}

impl Asker {
    /// Leave to do `act`, with a proof as fresh as the act needs; a denial is logged by the app.
    pub(crate) fn leave(&self, app: &oriel_app::App, act: Act) -> Result<Grant, Error> {
        let grant = app.authorize(&self.actor, act, self.purpose.as_ref())?;
        if let Some(session) = &self.session {
            app.proven(session, act)?;
        }
        Ok(grant)
    }
}

/// A person who is signed in, for what machines have no part in.
pub(crate) struct Person(pub(crate) Session);

impl FromRequestParts<State> for Person {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        let asker = Asker::from_request_parts(parts, state).await?;
        asker.session.map(Self).ok_or_else(Error::signed_out)
    }
}

/// From where somebody signs in, and the session they have already, if any.
pub(crate) struct Entering {
    pub(crate) origin: Origin,
    pub(crate) before: Option<Session>,
}

impl FromRequestParts<State> for Entering {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        let origin = Origin::of(parts, &state.options);
        let before = match cookie(&parts.headers, &origin) {
            Some(token) => state.run(move |app| Ok(app.session(&token)?)).await?,
            None => None,
        };
        Ok(Self { origin, before })
    }
}

impl Entering {
    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            device: &self.origin.device,
            before: self.before.as_ref(),
        }
    }
}

/// The secret key of a machine.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::trim)
}

/// The secret of a session.
fn cookie(headers: &HeaderMap, origin: &Origin) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let cookie = jar.get(cookie_name(origin))?;
    Some(cookie.value().to_owned())
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

/// The first instant of a day in UTC.
pub(crate) fn day_start(date: Date) -> Option<Timestamp> {
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A date of a query, such as `2026-11-22`.
pub(crate) fn day(text: Option<&str>, name: &str) -> Result<Option<Date>, Error> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            Error::new(StatusCode::BAD_REQUEST, "date", "A date cannot be read").fault(fault(
                name,
                "date",
                format!("{name} is not a date"),
                "Write it as 2026-11-22.",
            ))
        })
    };
    text.map(read).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    #[test]
    fn each_secret_has_one_place() {
        let of = |name: &'static str, value: &str, secure: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            let origin = Origin {
                address: [127, 0, 0, 1].into(),
                secure,
                certificate: None,
                device: String::new(),
            };
            let bearer = bearer(&headers).map(str::to_owned);
            bearer.or_else(|| cookie(&headers, &origin))
        };
        let plain = "a=b; oriel_session=t";
        let host = "a=b; __Host-oriel_session=t";
        assert_eq!(of("cookie", plain, false).as_deref(), Some("t"));
        assert_eq!(of("cookie", host, true).as_deref(), Some("t"));
        assert_eq!(
            of("cookie", plain, true),
            None,
            "put there by somebody else"
        );
        assert_eq!(of("cookie", host, false), None);
        assert_eq!(of("authorization", "Bearer t", true).as_deref(), Some("t"));
        assert_eq!(of("authorization", "Basic dTpw", true), None);
        assert_eq!(of("cookie", "session=t", false), None);
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
