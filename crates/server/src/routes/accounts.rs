//! Accounts of others, for administrators: invited, given roles by two, ended; keys of machines.

use crate::error::Error;
use crate::extract::{Person, fault};
use crate::show::account::{account, machine_key};
use crate::state::State;
use crate::views::account::{
    Account, Accounts, Ended, Invite, Invited, Kind, MachineKeys, MadeMachineKey, NewMachineKey,
    Roles, RolesAnswer,
};
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use oriel_app::{Admin, App, NewMachine, NewPerson, Session, Token};
use oriel_policy::{Act, Role};
use oriel_store::AccountKind;

/// Every account.
#[utoipa::path(get, path = "/accounts", tag = "accounts", operation_id = "accounts_list",
    responses(
        (status = 200, body = Accounts, description = "By login"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    Person(session): Person,
) -> Result<Json<Accounts>, Error> {
    let accounts = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::AccountManage, None)?;
        let views = app.accounts(&grant)?;
        let login_of = |id: &str| {
            let known = views.iter().find(|view| view.account.id == id);
            known.map_or_else(|| id.to_owned(), |view| view.account.login.clone())
        };
        let shown = |view: &oriel_app::AccountView| {
            account(&view.account, view.sessions, &session, &login_of)
        };
        Ok(Accounts {
            accounts: views.iter().map(shown).collect(),
            roles: Role::ROWS.iter().map(|row| row.0.to_owned()).collect(),
            recipients: app.recipients_managed(&grant)?,
        })
    });
    accounts.await.map(Json)
}

/// Make an account. Its roles wait for another administrator; a person gets a one-time link.
#[utoipa::path(post, path = "/accounts", tag = "accounts", operation_id = "account_invite",
    request_body = Invite,
    responses(
        (status = 201, body = Invited, description = "Made"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator, or signed in too long ago"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Login taken, or roles that exclude each other"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No such login, name or role"),
    ))]
pub(crate) async fn invite(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(ask): Json<Invite>,
) -> Result<(StatusCode, Json<Invited>), Error> {
    let made = administer(
        &state,
        session,
        Act::AccountManage,
        move |app, admin, session| {
            let roles = roles(&ask.roles)?;
            let new = NewPerson {
                login: &ask.login,
                name: &ask.name,
                kind: match ask.kind {
                    Kind::Person => AccountKind::Person,
                    Kind::Service => AccountKind::Service,
                },
                roles: &roles,
                compartment: ask.recipient.as_deref(),
            };
            let (made, link) = app.account_invite(admin, new)?;
            Ok(invited(session, &made, link.as_ref()))
        },
    );
    Ok((StatusCode::CREATED, Json(made.await?)))
}

/// Ask for the roles of an account. Those taken away are gone at once.
#[utoipa::path(put, path = "/accounts/{id}/roles", tag = "accounts", operation_id = "account_roles",
    request_body = Roles,
    params(("id" = String, Path, description = "Account")),
    responses(
        (status = 200, body = Account, description = "The account now"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator, one's own account, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such account"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Roles that exclude each other, or the only administrator"),
    ))]
pub(crate) async fn set_roles(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
    Json(ask): Json<Roles>,
) -> Result<Json<Account>, Error> {
    let changed = administer(
        &state,
        session,
        Act::AccountManage,
        move |app, admin, session| {
            let changed = app.account_roles(admin, &id, &roles(&ask.roles)?)?;
            Ok(shown(session, &changed))
        },
    );
    changed.await.map(Json)
}

/// Approve or refuse roles that another administrator asked for.
#[utoipa::path(post, path = "/accounts/{id}/roles/answer", tag = "accounts", operation_id = "account_roles_answer",
    request_body = RolesAnswer,
    params(("id" = String, Path, description = "Account")),
    responses(
        (status = 200, body = Account, description = "The account now"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not another administrator, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such account"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Nothing waits"),
    ))]
pub(crate) async fn answer_roles(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
    Json(ask): Json<RolesAnswer>,
) -> Result<Json<Account>, Error> {
    let changed = administer(
        &state,
        session,
        Act::AccountApprove,
        move |app, admin, session| {
            let changed = app.account_roles_answer(admin, &id, ask.approve)?;
            Ok(shown(session, &changed))
        },
    );
    changed.await.map(Json)
}

/// Give a person a new link, when everything to sign in with is lost. Their roles wait for another
/// administrator again.
#[utoipa::path(post, path = "/accounts/{id}/reset", tag = "accounts", operation_id = "account_reset",
    params(("id" = String, Path, description = "Account")),
    responses(
        (status = 200, body = Invited, description = "The account and its link"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator, one's own account, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such account"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "A machine, the only administrator, or an account that has ended"),
    ))]
pub(crate) async fn reset(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
) -> Result<Json<Invited>, Error> {
    let reset = administer(
        &state,
        session,
        Act::AccountManage,
        move |app, admin, session| {
            let (account, link) = app.account_reset(admin, &id)?;
            Ok(invited(session, &account, Some(&link)))
        },
    );
    reset.await.map(Json)
}

/// End an account. It stays in the list, because the audit log names it.
#[utoipa::path(delete, path = "/accounts/{id}", tag = "accounts", operation_id = "account_end",
    params(("id" = String, Path, description = "Account")),
    responses(
        (status = 200, body = Account, description = "The account now"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator, one's own account, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such account"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The only administrator, or ended already"),
    ))]
pub(crate) async fn end(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
) -> Result<Json<Account>, Error> {
    let ended = administer(
        &state,
        session,
        Act::AccountManage,
        move |app, admin, session| Ok(shown(session, &app.account_end(admin, &id)?)),
    );
    ended.await.map(Json)
}

/// End every session of an account.
#[utoipa::path(delete, path = "/accounts/{id}/sessions", tag = "accounts", operation_id = "account_sessions_end",
    params(("id" = String, Path, description = "Account")),
    responses(
        (status = 200, body = Ended, description = "How many"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator, or signed in too long ago"),
    ))]
pub(crate) async fn end_sessions(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
) -> Result<Json<Ended>, Error> {
    let ended = administer(&state, session, Act::SessionEnd, move |app, admin, _| {
        let sessions = app.session_end_all(admin, &id)?;
        Ok(Ended { sessions })
    });
    ended.await.map(Json)
}

/// Keys and certificates of a machine.
#[utoipa::path(get, path = "/accounts/{id}/keys", tag = "accounts", operation_id = "machine_keys",
    params(("id" = String, Path, description = "Account")),
    responses(
        (status = 200, body = MachineKeys, description = "Newest first"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator"),
    ))]
pub(crate) async fn keys(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
) -> Result<Json<MachineKeys>, Error> {
    let keys = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::AccountManage, None)?;
        let keys = app.machine_keys(&grant, &id)?;
        let shown = keys.iter().map(|key| machine_key(key, app.now()));
        Ok(MachineKeys {
            keys: shown.collect(),
        })
    });
    keys.await.map(Json)
}

/// Make a key for a machine, or bind a client certificate to it.
#[utoipa::path(post, path = "/accounts/{id}/keys", tag = "accounts", operation_id = "machine_key_make",
    request_body = NewMachineKey,
    params(("id" = String, Path, description = "Account")),
    responses(
        (status = 201, body = MadeMachineKey, description = "Made; the secret is shown this once"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such account"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "A person's account, or a certificate that is known"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No name, too many days, or no fingerprint"),
    ))]
pub(crate) async fn make_key(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
    Json(ask): Json<NewMachineKey>,
) -> Result<(StatusCode, Json<MadeMachineKey>), Error> {
    let made = administer(&state, session, Act::AccountManage, move |app, admin, _| {
        let new = NewMachine {
            name: &ask.name,
            days: ask.days.into(),
        };
        let (key, secret) = match &ask.fingerprint {
            Some(is) => (app.machine_certificate_bind(admin, &id, new, is)?, None),
            None => {
                let (key, secret) = app.machine_key_make(admin, &id, new)?;
                (key, Some(secret))
            }
        };
        Ok(MadeMachineKey {
            key: machine_key(&key, app.now()),
            secret: secret.map(|secret| secret.expose().to_owned()),
        })
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

/// Take a key or certificate back.
#[utoipa::path(delete, path = "/accounts/{id}/keys/{key}", tag = "accounts", operation_id = "machine_key_revoke",
    params(("id" = String, Path, description = "Account"), ("key" = String, Path, description = "Key or certificate")),
    responses(
        (status = 204, description = "It counts no more"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not an administrator, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such key that still counts"),
    ))]
pub(crate) async fn revoke_key(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path((id, key)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    let revoked = administer(&state, session, Act::AccountManage, move |app, admin, _| {
        Ok(app.machine_key_revoke(admin, &id, &key)?)
    });
    revoked.await.map(|()| StatusCode::NO_CONTENT)
}

/// Does something about other accounts, under leave for it that was proved just now.
async fn administer<T: Send + 'static>(
    state: &State,
    session: Session,
    act: Act,
    step: impl FnOnce(&App, &Admin, &Session) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = state.run(move |app| step(app, &app.admin(&session, act)?, &session));
    done.await
}

fn roles(names: &[String]) -> Result<Vec<Role>, Error> {
    let known = names.iter().map(|name| {
        Role::parse(name).ok_or_else(|| {
            Error::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "account-unfit",
                "The account cannot be made or changed like this",
            )
            .fault(fault(
                "/roles",
                "role-unknown",
                "there is no such role".to_owned(),
                "GET /accounts lists the roles.",
            ))
        })
    });
    known.collect()
}

/// An account after a change: who asked for its roles is who asks now, if they wait.
fn shown(session: &Session, changed: &oriel_store::Account) -> Account {
    let login_of = |id: &str| match id == session.account.id {
        true => session.account.login.clone(),
        false => id.to_owned(),
    };
    account(changed, 0, session, &login_of)
}

fn invited(session: &Session, made: &oriel_store::Account, link: Option<&Token>) -> Invited {
    Invited {
        account: shown(session, made),
        link: link.map(|token| format!("/#/sign-in/{}", token.expose())),
    }
}
