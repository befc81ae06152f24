//! The register of selected journeys: proposed by one person, approved by another, ended by its time
//! or by a person.

use super::profiles::{instant_of, logins};
use crate::error::Error;
use crate::extract::{Asker, Person, id};
use crate::show::instant;
use crate::state::State;
use crate::views::case::Mode;
use crate::views::problem::Problem;
use crate::views::selection as view;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use jiff::Timestamp;
use oriel_app::{App, AppError, NewSelection, SelectionState, Session};
use oriel_policy::{Act, Actor, Grant};
use oriel_store::{Id, Pattern, SelectionRow};

/// The register of the recipient one works for, and what was not taken, in counts.
#[utoipa::path(get, path = "/selections", tag = "selections", operation_id = "selections",
    responses(
        (status = 200, body = view::Selections, description = "The register"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<view::Selections>, Error> {
    let listed = state.run(move |app| {
        let grant = asker.leave(app, Act::SelectionRead)?;
        let shown = Shown::new(app, &asker.actor)?;
        let not_taken = app
            .not_taken(&grant)?
            .into_iter()
            .map(|count| view::NotTaken {
                mode: count.mode,
                way: count.way,
                carrier: count.carrier,
                messages: count.messages.unsigned_abs(),
                travellers: count.travellers.unsigned_abs(),
            });
        Ok(view::Selections {
            selections: app
                .selections(&grant)?
                .iter()
                .map(|row| shown.of(row))
                .collect(),
            not_taken: not_taken.collect(),
            may_propose: app.may(&asker.actor, Act::SelectionPut)?,
        })
    });
    listed.await.map(Json)
}

/// Propose an entry. It counts once another person has approved it.
#[utoipa::path(post, path = "/selections", tag = "selections", operation_id = "selection_propose",
    request_body = view::NewSelection,
    responses(
        (status = 201, body = view::Selection, description = "Proposed"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "An instant cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role, or signed in too long ago"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No entry that the legal profile knows"),
    ))]
pub(crate) async fn propose(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Json(ask): Json<view::NewSelection>,
) -> Result<(StatusCode, Json<view::Selection>), Error> {
    let proposed = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::SelectionPut, None)?;
        app.fresh(&session)?;
        let new = NewSelection {
            pattern: Pattern {
                mode: match ask.mode {
                    Mode::Air => oriel_model::Mode::Air,
                    Mode::Sea => oriel_model::Mode::Sea,
                    Mode::Rail => oriel_model::Mode::Rail,
                    Mode::Road => oriel_model::Mode::Road,
                },
                carrier: ask.carrier,
                airport: ask.airport,
                from: ask.from,
                to: ask.to,
            },
            reason: &ask.reason,
            threat: &ask.threat,
            decided_by: &ask.decided_by,
            starts_at: instant_of(&ask.starts, "/starts")?,
            ends_at: instant_of(&ask.ends, "/ends")?,
            review_at: instant_of(&ask.review, "/review")?,
        };
        let row = app.selection_propose(&grant, new)?;
        Ok(Shown::new(app, &session.actor)?.of(&row))
    });
    Ok((StatusCode::CREATED, Json(proposed.await?)))
}

/// Approve an entry that another person proposed.
#[utoipa::path(post, path = "/selections/{id}/approval", tag = "selections", operation_id = "selection_approve",
    params(("id" = String, Path, description = "Entry")),
    responses(
        (status = 200, body = view::Selection, description = "The entry now"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role or this person, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such entry"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It does not wait"),
    ))]
pub(crate) async fn approve(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(entry): Path<String>,
) -> Result<Json<view::Selection>, Error> {
    decide(state, session, entry, App::selection_approve).await
}

/// End an entry at once, or refuse one that waits.
#[utoipa::path(delete, path = "/selections/{id}", tag = "selections", operation_id = "selection_end",
    params(("id" = String, Path, description = "Entry")),
    responses(
        (status = 200, body = view::Selection, description = "The entry now"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such entry"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It has ended"),
    ))]
pub(crate) async fn end(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(entry): Path<String>,
) -> Result<Json<view::Selection>, Error> {
    decide(state, session, entry, App::selection_end).await
}

/// Decides about an entry, and shows it as it is then.
async fn decide(
    state: State,
    session: Session,
    entry: String,
    step: fn(&App, &Grant, Id) -> Result<SelectionRow, AppError>,
) -> Result<Json<view::Selection>, Error> {
    let decided = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::SelectionApprove, None)?;
        app.fresh(&session)?;
        let row = step(app, &grant, id(&entry, "sel")?)?;
        Ok(Shown::new(app, &session.actor)?.of(&row))
    });
    decided.await.map(Json)
}

/// What an entry is shown with.
struct Shown<L> {
    logins: L,
    actor: String,
    decides: bool,
    now: Timestamp,
}

impl Shown<()> {
    fn new(app: &App, actor: &Actor) -> Result<Shown<impl Fn(&str) -> String + use<>>, Error> {
        Ok(Shown {
            logins: logins(app)?,
            actor: actor.id().to_owned(),
            decides: app.may(actor, Act::SelectionApprove)?,
            now: app.now(),
        })
    }
}

impl<L: Fn(&str) -> String> Shown<L> {
    fn of(&self, row: &SelectionRow) -> view::Selection {
        let state = SelectionState::of(row, self.now);
        let (pattern, login) = (&row.pattern, &self.logins);
        view::Selection {
            id: row.id.display("sel"),
            state: state.name().to_owned(),
            mode: pattern.mode.name().to_owned(),
            carrier: pattern.carrier.clone(),
            airport: pattern.airport.clone(),
            from: pattern.from.clone(),
            to: pattern.to.clone(),
            reason: row.reason.clone(),
            threat: row.threat.clone(),
            decided_by: row.decided_by.clone(),
            starts: instant(&row.starts_at),
            ends: instant(&row.ends_at),
            review: instant(&row.review_at),
            review_due: state == SelectionState::InForce && row.review_at <= self.now,
            profile: row.profile.clone(),
            proposed_by: login(&row.proposed.by),
            approved_by: row.approved.as_ref().map(|signed| login(&signed.by)),
            ended_by: row.ended.as_ref().map(|signed| login(&signed.by)),
            may_approve: self.decides
                && state == SelectionState::Waits
                && row.proposed.by != self.actor,
            may_end: self.decides && state != SelectionState::Over,
        }
    }
}
