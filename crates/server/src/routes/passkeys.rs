//! Passkeys: signing in with one, proving oneself again, adding and removing one's own.

use super::session::{Begun, begun};
use crate::error::Error;
use crate::extract::{Entering, Person};
use crate::show::instant;
use crate::state::State;
use crate::views::account::{NewPasskey, Passkey, PasskeyAnswer, PasskeyAsked};
use crate::views::problem::Problem;
use crate::views::session::Session;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use oriel_app::App;
use oriel_signin::{Offered, Passkeys, Refused};
use oriel_store::{Ceremony, PasskeyRow};

const SIGN_IN: &str = "passkey.sign_in";
const PROVE: &str = "passkey.prove";
const ADD: &str = "passkey.add";

/// The passkeys of this installation, where its public address is known.
fn passkeys(state: &State) -> Result<std::sync::Arc<Passkeys>, Error> {
    state.options.passkeys.clone().ok_or_else(Error::not_found)
}

fn asked(
    app: &App,
    kind: &str,
    account: Option<&str>,
    offered: Offered,
) -> Result<PasskeyAsked, Error> {
    let ceremony = app.ceremony_begin(kind, account, offered.state)?;
    Ok(PasskeyAsked {
        ceremony: ceremony.expose().to_owned(),
        options: serde_json::from_str(&offered.options).map_err(Error::internal)?,
    })
}

/// A proof that does not hold is noted and answered without saying why.
fn refused<T>(app: &App, account: &str, why: &Refused) -> Result<T, Error> {
    match app.refused(account, "passkey") {
        Ok(never) => Ok(never),
        Err(error) => Err(Error::from(error).cause(why)),
    }
}

/// Begin to sign in with a passkey.
#[utoipa::path(post, path = "/session/passkey", tag = "session", operation_id = "session_passkey",
    responses(
        (status = 200, body = PasskeyAsked, description = "What to ask the authenticator"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No passkeys at this address"),
    ))]
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
) -> Result<Json<PasskeyAsked>, Error> {
    let passkeys = passkeys(&state)?;
    let offered =
        state.run(move |app| asked(app, SIGN_IN, None, passkeys.ask().map_err(Error::internal)?));
    offered.await.map(Json)
}

/// Sign in with a passkey.
#[utoipa::path(post, path = "/session/passkey/answer", tag = "session", operation_id = "session_passkey_answer",
    request_body = PasskeyAnswer,
    responses(
        (status = 200, body = Session, description = "Signed in; the session's cookie is set"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The answer does not hold, or came too late"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No passkeys at this address"),
    ))]
pub(crate) async fn answer(
    extract::State(state): extract::State<State>,
    entering: Entering,
    Json(ask): Json<PasskeyAnswer>,
) -> Begun {
    let passkeys = passkeys(&state)?;
    let signed = state.run(move |app| {
        let ceremony = app.ceremony_end(&[SIGN_IN], &ask.ceremony)?;
        enter(app, &passkeys, &entering, &ceremony, &ask, None)
    });
    signed.await
}

/// Begin to prove again, with a passkey, who one is.
#[utoipa::path(post, path = "/session/proof/passkey", tag = "session", operation_id = "session_prove_passkey",
    responses(
        (status = 200, body = PasskeyAsked, description = "What to ask the authenticator"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No passkeys at this address"),
    ))]
pub(crate) async fn prove(
    extract::State(state): extract::State<State>,
    Person(session): Person,
) -> Result<Json<PasskeyAsked>, Error> {
    let passkeys = passkeys(&state)?;
    let offered = state.run(move |app| {
        let offered = passkeys.ask().map_err(Error::internal)?;
        asked(app, PROVE, Some(&session.account.id), offered)
    });
    offered.await.map(Json)
}

/// Prove again, with a passkey, who one is: a new session, in place of the one that asks.
#[utoipa::path(post, path = "/session/proof/passkey/answer", tag = "session", operation_id = "session_prove_passkey_answer",
    request_body = PasskeyAnswer,
    responses(
        (status = 200, body = Session, description = "Proved; a new cookie is set"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in, the answer does not hold, came too late, or is somebody else's"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No passkeys at this address"),
    ))]
pub(crate) async fn prove_answer(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    entering: Entering,
    Json(ask): Json<PasskeyAnswer>,
) -> Begun {
    let passkeys = passkeys(&state)?;
    let proved = state.run(move |app| {
        let account = session.account.id;
        let ceremony = app.ceremony_end(&[PROVE], &ask.ceremony)?;
        if ceremony.account.as_ref() != Some(&account) {
            return refused(app, &account, &Refused::State("begun by another account"));
        }
        enter(app, &passkeys, &entering, &ceremony, &ask, Some(&account))
    });
    proved.await
}

/// Checks an answer and opens a session; with `only`, of this account and no other.
fn enter(
    app: &App,
    passkeys: &Passkeys,
    entering: &Entering,
    ceremony: &Ceremony,
    ask: &PasskeyAnswer,
    only: Option<&str>,
) -> Result<(CookieJar, Json<Session>), Error> {
    let answer = ask.credential.to_string();
    let credential = match passkeys.claimed(&answer) {
        Ok(credential) => credential,
        Err(why) => return refused(app, only.unwrap_or_default(), &why),
    };
    let row = app.passkey_claimed(&credential)?;
    // Whoever proves themselves stays who they are: another's passkey must not sign in their name,
    // nor slip another session under what they were about to sign.
    if let Some(only) = only.filter(|only| *only != row.account) {
        return refused(app, only, &Refused::State("of another account"));
    }
    match passkeys.proved(&ceremony.data, &answer, &row.data, &row.account) {
        Ok(proved) => {
            let signed = app.sign_in_passkey(&proved, entering.place())?;
            Ok(begun(app, &entering.origin, &signed))
        }
        Err(why) => refused(app, &row.account, &why),
    }
}

/// Begin to add a passkey to one's own account.
#[utoipa::path(post, path = "/account/passkeys", tag = "account", operation_id = "passkey_add",
    responses(
        (status = 200, body = PasskeyAsked, description = "What to ask the authenticator"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No passkeys at this address"),
    ))]
pub(crate) async fn add(
    extract::State(state): extract::State<State>,
    Person(session): Person,
) -> Result<Json<PasskeyAsked>, Error> {
    let passkeys = passkeys(&state)?;
    let offered = state.run(move |app| {
        app.fresh(&session)?;
        let account = &session.account;
        let known = app.factors(&account.id)?.passkeys;
        let known: Vec<Vec<u8>> = known.into_iter().map(|row| row.credential).collect();
        let offered = passkeys.register(&account.id, &account.login, &account.name, &known);
        asked(
            app,
            ADD,
            Some(&account.id),
            offered.map_err(Error::internal)?,
        )
    });
    offered.await.map(Json)
}

/// Add the passkey that the authenticator made.
#[utoipa::path(post, path = "/account/passkeys/answer", tag = "account", operation_id = "passkey_add_answer",
    request_body = NewPasskey,
    responses(
        (status = 201, body = Passkey, description = "Added"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in, or the answer does not hold"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No passkeys at this address"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The passkey is known"),
    ))]
pub(crate) async fn add_answer(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(ask): Json<NewPasskey>,
) -> Result<(StatusCode, Json<Passkey>), Error> {
    let passkeys = passkeys(&state)?;
    let added = state.run(move |app| {
        // Before the ceremony is used up, so that it can be ended after a proof.
        app.fresh(&session)?;
        let ceremony = app.ceremony_end(&[ADD], &ask.ceremony)?;
        let account = &session.account.id;
        let mine = ceremony.account.as_ref() == Some(account);
        match passkeys.registered(&ceremony.data, &ask.credential.to_string()) {
            Ok(key) if mine => Ok(passkey(&app.passkey_add(&session, &ask.name, &key)?)),
            Ok(_) => refused(app, account, &Refused::State("begun by another account")),
            Err(why) => refused(app, account, &why),
        }
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

/// Remove one of one's own passkeys.
#[utoipa::path(delete, path = "/account/passkeys/{id}", tag = "account", operation_id = "passkey_remove",
    params(("id" = String, Path, description = "Passkey")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such passkey of this account"),
    ))]
pub(crate) async fn remove(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let removed = state.run(move |app| Ok(app.passkey_remove(&session, &id)?));
    removed.await.map(|()| StatusCode::NO_CONTENT)
}

pub(crate) fn passkey(row: &PasskeyRow) -> Passkey {
    Passkey {
        id: row.id.clone(),
        name: row.name.clone(),
        added: instant(&row.created_at),
        used: row.used_at.as_ref().map(instant),
    }
}
