//! Legal profiles: proposed by one person, put in force by another, kept for ever.

use crate::error::Error;
use crate::extract::{Asker, Person, fault};
use crate::show::instant;
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::profile as view;
use axum::Json;
use axum::extract::{self, Path, Query};
use axum::http::StatusCode;
use jiff::Timestamp;
use oriel_app::{App, LawView};
use oriel_policy::Act;
use oriel_policy::profile::Row;
use oriel_store::ProfileStep;

/// The legal profiles of the recipient one works for.
#[utoipa::path(get, path = "/profiles", tag = "profiles", operation_id = "profiles",
    params(view::ProfilesQuery),
    responses(
        (status = 200, body = view::Profiles, description = "What was in force then, and every step"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The instant cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Query(query): Query<view::ProfilesQuery>,
) -> Result<Json<view::Profiles>, Error> {
    let listed = state.run(move |app| {
        let grant = asker.leave(app, Act::ProfileRead)?;
        let at = match &query.at {
            Some(text) => instant_of(text, "at")?,
            None => app.now(),
        };
        let history = app.laws(&grant, at)?;
        let may = app.may(&asker.actor, Act::ProfileActivate)?;
        let logins = logins(app)?;
        let shown = |step: &ProfileStep| {
            let newest = history.steps.iter().rev();
            let mut same = newest.filter(|s| s.id == step.id && s.version == step.version);
            let waits = history.waits(&step.id, &step.version)
                && same.next().is_some_and(|newest| newest.n == step.n);
            view::ProfileStep {
                id: step.id.clone(),
                version: step.version.clone(),
                digest: step.digest.clone(),
                step: step.step.name().to_owned(),
                at: instant(&step.at),
                by: logins(&step.actor),
                waits,
                mine: waits && may && step.actor != asker.account.id,
            }
        };
        Ok(view::Profiles {
            in_force: history.in_force.as_ref().map(shown),
            steps: history.steps.iter().rev().map(shown).collect(),
        })
    });
    listed.await.map(Json)
}

/// One version, with what is wrong with it and in what it differs from the one in force.
#[utoipa::path(get, path = "/profiles/{id}/{version}", tag = "profiles", operation_id = "profile_show",
    params(("id" = String, Path, description = "Profile"), ("version" = String, Path, description = "Version")),
    responses(
        (status = 200, body = view::ProfileText, description = "The version"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such version"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path((id, version)): Path<(String, String)>,
) -> Result<Json<view::ProfileText>, Error> {
    let shown = state.run(move |app| {
        let grant = asker.leave(app, Act::ProfileRead)?;
        Ok(text(&app.law(&grant, &id, &version)?))
    });
    shown.await.map(Json)
}

/// Propose a version. It waits until another person puts it in force.
#[utoipa::path(post, path = "/profiles", tag = "profiles", operation_id = "profile_propose",
    request_body = view::NewProfile,
    responses(
        (status = 201, body = view::ProfileText, description = "Proposed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role, or signed in too long ago"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "In force, proposed already, or a known version with another text"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No profile that may be used here"),
    ))]
pub(crate) async fn propose(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(ask): Json<view::NewProfile>,
) -> Result<(StatusCode, Json<view::ProfileText>), Error> {
    let proposed = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::ProfilePropose, None)?;
        app.fresh(&session)?;
        Ok(text(&app.law_propose(&grant, &ask.text)?))
    });
    Ok((StatusCode::CREATED, Json(proposed.await?)))
}

/// Put a version in force that another person has proposed.
#[utoipa::path(post, path = "/profiles/{id}/{version}/activation", tag = "profiles", operation_id = "profile_activate",
    request_body = view::Activation,
    params(("id" = String, Path, description = "Profile"), ("version" = String, Path, description = "Version")),
    responses(
        (status = 204, description = "In force from now on, on every node"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role or this person, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such version waits"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Another text than the one that was read"),
    ))]
pub(crate) async fn activate(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path((id, version)): Path<(String, String)>,
    Json(ask): Json<view::Activation>,
) -> Result<StatusCode, Error> {
    let activated = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::ProfileActivate, None)?;
        app.fresh(&session)?;
        Ok(app.law_activate(&grant, &id, &version, &ask.digest)?)
    });
    activated.await.map(|_| StatusCode::NO_CONTENT)
}

/// An instant of a query.
pub(crate) fn instant_of(text: &str, name: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|_| {
        Error::new(StatusCode::BAD_REQUEST, "date", "An instant cannot be read").fault(fault(
            name,
            "date",
            format!("{name} is not an instant"),
            "Write it as 2026-11-22T14:00:00Z.",
        ))
    })
}

/// The login of an account, for people; an identifier that is none stays.
pub(crate) fn logins(app: &App) -> Result<impl Fn(&str) -> String + use<>, Error> {
    let accounts = app.store().read(|tx| tx.account_list())?;
    Ok(move |id: &str| {
        let known = accounts.iter().find(|account| account.id == id);
        known.map_or_else(|| id.to_owned(), |account| account.login.clone())
    })
}

fn text(law: &LawView) -> view::ProfileText {
    let value = |row: &Row| view::ProfileValue {
        value: row.value.clone(),
        clause: row.clause.clone(),
        status: row.status.name().to_owned(),
    };
    let complaints = law
        .complaints
        .iter()
        .map(|complaint| view::ProfileComplaint {
            severity: complaint.severity.name().to_owned(),
            key: complaint.key.clone(),
            line: complaint.line.map(|line| line as u64),
            what: complaint.what.clone(),
        });
    let changes = law.changes.iter().map(|change| view::ProfileChange {
        key: change.key.clone(),
        before: change.before.as_ref().map(value),
        after: change.after.as_ref().map(value),
    });
    view::ProfileText {
        id: law.profile.id().to_owned(),
        version: law.profile.version().to_owned(),
        title: law.profile.title().to_owned(),
        digest: law.profile.digest(),
        text: law.profile.text().to_owned(),
        complaints: complaints.collect(),
        changes: changes.collect(),
    }
}
