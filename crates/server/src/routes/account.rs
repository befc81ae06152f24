//! One's own account: how one signs in, and where one is signed in.

use super::passkeys::passkey;
use crate::error::Error;
use crate::extract::Person;
use crate::show::account::{open_session, user};
use crate::state::State;
use crate::views::account::{FirstCode, Me, NewPassword, OfferedTotp, RecoveryCodes};
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;

/// One's own account.
#[utoipa::path(get, path = "/account", tag = "account", operation_id = "account_show",
    responses(
        (status = 200, body = Me, description = "The account"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    Person(session): Person,
) -> Result<Json<Me>, Error> {
    let providers = state.options.providers.clone();
    let me = state.run(move |app| {
        let sessions = app.sessions(&session.account.id)?;
        let factors = app.factors(&session.account.id)?;
        let identities = providers.map_or_else(Vec::new, |known| {
            let here = |issuer: &str| factors.identities.iter().any(|one| one.issuer == issuer);
            let ids = known.names().map(|(id, _)| id);
            let ids = ids.filter(|id| known.issuer(id).is_ok_and(here));
            ids.map(str::to_owned).collect()
        });
        Ok(Me {
            user: user(&session.account),
            login: session.account.login.clone(),
            password: session.account.password.is_some(),
            totp: factors.totp,
            recovery: factors.recovery.unsigned_abs(),
            passkeys: factors.passkeys.iter().map(passkey).collect(),
            identities,
            sessions: sessions
                .iter()
                .map(|row| open_session(row, &session))
                .collect(),
        })
    });
    me.await.map(Json)
}

/// End one of one's own sessions.
#[utoipa::path(delete, path = "/account/sessions/{id}", tag = "account", operation_id = "account_session_end",
    params(("id" = String, Path, description = "Session")),
    responses(
        (status = 204, description = "Ended"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such session of this account"),
    ))]
pub(crate) async fn end_session(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let end = state.run(move |app| Ok(app.session_end_own(&session, &id)?));
    end.await.map(|()| StatusCode::NO_CONTENT)
}

/// Set one's own password. Every other session ends.
#[utoipa::path(put, path = "/account/password", tag = "account", operation_id = "account_password",
    request_body = NewPassword,
    responses(
        (status = 204, description = "Set"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Too easily guessed"),
    ))]
pub(crate) async fn set_password(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(ask): Json<NewPassword>,
) -> Result<StatusCode, Error> {
    let set = state.run_password(move |app| Ok(app.password_set(&session, &ask.password)?));
    set.await.map(|()| StatusCode::NO_CONTENT)
}

/// Offer a code generator.
#[utoipa::path(post, path = "/account/totp", tag = "account", operation_id = "totp_offer",
    responses(
        (status = 200, body = OfferedTotp, description = "The secret, shown this once"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "One is in use"),
    ))]
pub(crate) async fn offer_totp(
    extract::State(state): extract::State<State>,
    Person(session): Person,
) -> Result<Json<OfferedTotp>, Error> {
    let offered = state.run(move |app| {
        let offered = app.totp_offer(&session)?;
        Ok(OfferedTotp {
            secret: offered.secret,
            address: offered.address,
        })
    });
    offered.await.map(Json)
}

/// Take the offered code generator into use. Every other session ends.
#[utoipa::path(put, path = "/account/totp", tag = "account", operation_id = "totp_confirm",
    request_body = FirstCode,
    responses(
        (status = 200, body = RecoveryCodes, description = "In use; recovery codes, shown this once"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in, or the code does not fit"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "None was offered"),
    ))]
pub(crate) async fn confirm_totp(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(ask): Json<FirstCode>,
) -> Result<Json<RecoveryCodes>, Error> {
    let codes = state.run(move |app| {
        let codes = app.totp_confirm(&session, &ask.code)?;
        Ok(RecoveryCodes { codes })
    });
    codes.await.map(Json)
}

/// Remove the code generator and its recovery codes.
#[utoipa::path(delete, path = "/account/totp", tag = "account", operation_id = "totp_remove",
    responses(
        (status = 204, description = "Removed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none"),
    ))]
pub(crate) async fn remove_totp(
    extract::State(state): extract::State<State>,
    Person(session): Person,
) -> Result<StatusCode, Error> {
    let removed = state.run(move |app| Ok(app.totp_remove(&session)?));
    removed.await.map(|()| StatusCode::NO_CONTENT)
}

/// New recovery codes, in place of all older ones.
#[utoipa::path(post, path = "/account/recovery", tag = "account", operation_id = "recovery_renew",
    responses(
        (status = 200, body = RecoveryCodes, description = "Shown this once"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No code generator is in use"),
    ))]
pub(crate) async fn renew_recovery(
    extract::State(state): extract::State<State>,
    Person(session): Person,
) -> Result<Json<RecoveryCodes>, Error> {
    let codes = state.run(move |app| {
        let codes = app.recovery_renew(&session)?;
        Ok(RecoveryCodes { codes })
    });
    codes.await.map(Json)
}
