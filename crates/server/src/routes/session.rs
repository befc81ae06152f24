//! Signing in and out.

use crate::error::Error;
use crate::extract::{Entering, Person, cookie_name};
use crate::peer::Origin;
use crate::show::account::user;
use crate::show::instant;
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::session::{
    First, Offence, ProfileRef, Prove, Provider, RecipientRef, Session, SignIn, Ways,
};
use axum::Json;
use axum::extract;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use oriel_app::{App, FRESH, SignedIn};
use oriel_policy::{Act, CheckMode};
use std::time::Instant;

/// What every way of signing in answers: the cookie, and who is signed in.
pub(crate) type Begun = Result<(CookieJar, Json<Session>), Error>;

/// Begin a session with a one-time link or a password.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "session_begin",
    request_body = SignIn,
    responses(
        (status = 200, body = Session, description = "Signed in; the session's cookie is set"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Link used or expired, or name and password do not fit"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Too many people sign in with passwords"),
    ))]
pub(crate) async fn begin(
    extract::State(state): extract::State<State>,
    entering: Entering,
    Json(ask): Json<SignIn>,
) -> Begun {
    match ask {
        SignIn::Password(ask) => {
            with_password(state, entering, ask.user, ask.password, ask.code).await
        }
        // A link's token cannot be guessed; passwords can be tried.
        SignIn::Link(ask) => {
            let signed = state.run(move |app| {
                let signed = app.sign_in_link(&ask.link, entering.place())?;
                Ok(begun(app, &entering.origin, &signed))
            });
            signed.await
        }
    }
}

/// Prove again who one is: a new session, in place of the one that asks.
#[utoipa::path(post, path = "/session/proof", tag = "session", operation_id = "session_prove",
    request_body = Prove,
    responses(
        (status = 200, body = Session, description = "Proved; a new cookie is set"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in, or the password does not fit"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Too many people sign in with passwords"),
    ))]
pub(crate) async fn prove(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    entering: Entering,
    Json(ask): Json<Prove>,
) -> Begun {
    with_password(
        state,
        entering,
        session.account.login,
        ask.password,
        ask.code,
    )
    .await
}

/// Longest login and password, in bytes: more is no account's, and hashing it would cost.
const LONGEST: usize = 1024;

async fn with_password(
    state: State,
    entering: Entering,
    login: String,
    password: String,
    code: Option<String>,
) -> Begun {
    let code_length = code.as_ref().map_or(0, String::len);
    if login.len().max(password.len()).max(code_length) > LONGEST {
        return Err(Error::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-request",
            "The request cannot be read",
        )
        .detail("Neither a login nor a password is that long."));
    }
    let address = entering.origin.address;
    let slowed = state
        .attempts
        .begin(&login, address, Instant::now())
        .map_err(wait)?;
    let attempts = state.attempts.clone();
    let signed = state.run_password(move |app| {
        let signed = app.sign_in(&login, &password, code.as_deref(), entering.place());
        if signed.is_ok() {
            attempts.good(&login, address, Instant::now());
        } else if let Some(seconds) = slowed {
            app.sign_in_slowed(&login, seconds)?;
        }
        Ok(begun(app, &entering.origin, &signed?))
    });
    signed.await
}

fn wait(seconds: u64) -> Error {
    Error::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-attempts",
        "Too many attempts to sign in",
    )
    .detail(format!(
        "Wait {seconds} seconds, or sign in with a passkey or a one-time link."
    ))
}

/// Make the first administrator, with the link that the server printed when it started.
#[utoipa::path(post, path = "/session/first", tag = "session", operation_id = "session_first",
    request_body = First,
    responses(
        (status = 200, body = Session, description = "Made and signed in"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The link was used, replaced by a newer one, or there is an administrator"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Login taken"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No such login or name, or a password that is easily guessed"),
    ))]
pub(crate) async fn first(
    extract::State(state): extract::State<State>,
    entering: Entering,
    Json(ask): Json<First>,
) -> Begun {
    let made = state.run_password(move |app| {
        let (link, password) = (&ask.link, &ask.password);
        let signed = app.sign_in_first(link, &ask.login, &ask.name, password, entering.place())?;
        Ok(begun(app, &entering.origin, &signed))
    });
    made.await
}

/// Ways to sign in besides a password and a one-time link.
#[utoipa::path(get, path = "/session/ways", tag = "session", operation_id = "session_ways",
    responses((status = 200, body = Ways, description = "The ways")))]
pub(crate) async fn ways(extract::State(state): extract::State<State>) -> Json<Ways> {
    let providers = state.options.providers.as_ref();
    let providers = providers.into_iter().flat_map(|known| known.names());
    Json(Ways {
        passkey: state.options.passkeys.is_some(),
        providers: providers
            .map(|(id, name)| Provider {
                id: id.to_owned(),
                name: name.to_owned(),
            })
            .collect(),
    })
}

/// The cookie and the body for somebody who has just signed in.
pub(crate) fn begun(app: &App, origin: &Origin, signed: &SignedIn) -> (CookieJar, Json<Session>) {
    let secret = signed.token.expose().to_owned();
    let cookie = session_cookie(origin, secret);
    (
        CookieJar::new().add(cookie),
        Json(session(app, &signed.session)),
    )
}

fn session_cookie(origin: &Origin, secret: String) -> Cookie<'static> {
    Cookie::build((cookie_name(origin), secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(origin.secure)
        .build()
}

fn session(app: &App, signed: &oriel_app::Session) -> Session {
    // An account whose recipient is none of this installation's is shown the default one; it gets
    // leave for nothing.
    let recipient = app.compartment(&signed.account.compartment);
    let recipient = recipient.unwrap_or_else(|_| app.compartments().swap_remove(0));
    let profile = &recipient.profile;
    let began = signed.row.created_at;
    let roles = &signed.account.roles;
    Session {
        user: user(&signed.account),
        profile: ProfileRef {
            id: profile.id().to_owned(),
            version: profile.version().to_owned(),
            title: profile.title().to_owned(),
        },
        recipient: RecipientRef {
            id: recipient.name.clone(),
            title: recipient.title.clone(),
            only: app.compartments().len() == 1,
        },
        offences: profile
            .offences()
            .iter()
            .map(|known| Offence {
                code: known.code.clone(),
                name: known.name.clone(),
            })
            .collect(),
        home: profile.home().first().cloned().unwrap_or_default(),
        now: instant(&app.now()),
        training: app.mode() == CheckMode::Demo,
        ends: instant(&signed.row.expires_at),
        fresh_until: instant(&began.checked_add(FRESH).unwrap_or(began)),
        acts: Act::ALL
            .iter()
            .filter(|act| act.is_of(roles))
            .map(|act| act.name().to_owned())
            .collect(),
        administers: app.administers(roles),
        oversees: Act::OversightRead.is_of(roles),
        sees_figures: Act::StatisticsRead.is_of(roles),
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
    Person(signed): Person,
) -> Json<Session> {
    Json(session(&state.app, &signed))
}

/// End the session.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "session_end",
    responses(
        (status = 204, description = "Ended"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn end(
    extract::State(state): extract::State<State>,
    entering: Entering,
    Person(signed): Person,
) -> Result<(CookieJar, StatusCode), Error> {
    state.run(move |app| Ok(app.sign_out(&signed)?)).await?;
    // A removal must look like what it removes, or `__Host-` cookies stay.
    let mut removal = session_cookie(&entering.origin, String::new());
    removal.make_removal();
    Ok((CookieJar::new().add(removal), StatusCode::NO_CONTENT))
}
