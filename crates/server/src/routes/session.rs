//! Signing in and out.

use crate::error::Error;
use crate::extract::{Asker, COOKIE};
use crate::show::instant;
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::session::{ProfileRef, Session, SignIn, User};
use axum::Json;
use axum::extract;
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use oriel_app::App;
use oriel_store::Account;
use std::time::Instant;

/// Begin a session with a one-time link or a password.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "session_begin",
    request_body = SignIn,
    responses(
        (status = 200, body = Session, description = "Signed in; the cookie `oriel_session` is set"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Link used or expired, or name and password do not fit"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
    ))]
pub(crate) async fn begin(
    extract::State(state): extract::State<State>,
    jar: CookieJar,
    headers: HeaderMap,
    Json(ask): Json<SignIn>,
) -> Result<(CookieJar, Json<Session>), Error> {
    // A link's token cannot be guessed; passwords can be tried.
    let login = match &ask {
        SignIn::Password(ask) => Some(ask.user.clone()),
        SignIn::Link(_) => None,
    };
    if let Some(login) = &login {
        let wait = state.attempts.wait(login, Instant::now());
        if wait > 0 {
            return Err(Error::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-attempts",
                "Too many attempts to sign in",
            )
            .detail(format!(
                "Wait {wait} seconds, or sign in with a one-time link."
            )));
        }
    }
    let signed = state
        .run(move |app| {
            let signed = match &ask {
                SignIn::Link(ask) => app.sign_in_link(&ask.link)?,
                SignIn::Password(ask) => app.sign_in(&ask.user, &ask.password)?,
            };
            Ok((session(app, &signed.account), signed.token))
        })
        .await;
    if let Some(login) = &login {
        state.attempts.note(login, signed.is_ok(), Instant::now());
    }
    let (session, token) = signed?;
    let cookie = Cookie::build((COOKIE, token.expose().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(came_by_https(&headers));
    Ok((jar.add(cookie), Json(session)))
}

/// Behind a proxy that speaks TLS the cookie must not travel without it.
fn came_by_https(headers: &HeaderMap) -> bool {
    headers
        .get("x-forwarded-proto")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"))
}

fn session(app: &App, account: &Account) -> Session {
    let profile = app.profile();
    Session {
        user: User {
            id: account.id.clone(),
            name: account.name.clone(),
            initials: account.initials.clone(),
            roles: account
                .roles
                .iter()
                .map(|role| role.name().to_owned())
                .collect(),
        },
        profile: ProfileRef {
            id: profile.id().to_owned(),
            version: profile.version().to_owned(),
            title: profile.title().to_owned(),
        },
        home: profile.home().first().cloned().unwrap_or_default(),
        now: instant(&app.now()),
        training: false,
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", operation_id = "session_show",
    responses(
        (status = 200, body = Session, description = "Who is signed in"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Json<Session> {
    Json(session(&state.app, &asker.account))
}

/// End the session.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "session_end",
    responses(
        (status = 204, description = "Ended"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn end(
    extract::State(state): extract::State<State>,
    jar: CookieJar,
    asker: Asker,
) -> Result<(CookieJar, StatusCode), Error> {
    state
        .run(move |app| Ok(app.sign_out(&asker.token)?))
        .await?;
    Ok((
        jar.remove(Cookie::build(COOKIE).path("/")),
        StatusCode::NO_CONTENT,
    ))
}
