//! Carriers' schedules, and what is owed of the flights in them.

use super::flights::period;
use crate::error::Error;
use crate::extract::{Asker, Person, id};
use crate::show::{instant, moment};
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::schedule as view;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{self, Path, Query};
use axum::http::StatusCode;
use oriel_app::{App, ExpectedFlight};
use oriel_policy::{Act, Actor, PushState};
use oriel_store::ScheduleRow;

/// Most flights an answer.
const LIMIT: usize = 2_000;

/// Every schedule that was brought in, newest first.
#[utoipa::path(get, path = "/schedules", tag = "flights", operation_id = "schedules",
    responses(
        (status = 200, body = view::Schedules, description = "The schedules"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<view::Schedules>, Error> {
    let listed = state.run(move |app| {
        let grant = asker.leave(app, Act::ScheduleRead)?;
        let login = colleagues(app, &asker.actor)?;
        let rows = app.schedules(&grant)?;
        Ok(view::Schedules {
            schedules: rows.iter().map(|row| schedule(row, &login)).collect(),
            may_put: app.may(&asker.actor, Act::SchedulePut)?,
        })
    });
    listed.await.map(Json)
}

/// Bring in a carrier's schedule file: SSIM, or a calendar made by hand. For the days of the carriers
/// in it, it counts instead of those before it; one with changes counts for the flights in it alone.
#[utoipa::path(post, path = "/schedules", tag = "flights", operation_id = "schedule_put",
    params(view::ScheduleQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 201, body = view::SchedulePut, description = "In force, and what it changes"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "Too large"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No leg of a flight can be read, or no name"),
    ))]
pub(crate) async fn put(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Query(query): Query<view::ScheduleQuery>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<view::SchedulePut>), Error> {
    let put = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::SchedulePut, None)?;
        let put = app.schedule_put(&grant, &query.name, &bytes)?;
        Ok(view::SchedulePut {
            schedule: schedule(&put.row, colleagues(app, &session.actor)?),
            added: put.added as u64,
            gone: put.gone as u64,
            changed: put.changed as u64,
        })
    });
    Ok((StatusCode::CREATED, Json(put.await?)))
}

/// End a schedule: nothing is expected from it any more.
#[utoipa::path(delete, path = "/schedules/{id}", tag = "flights", operation_id = "schedule_end",
    params(("id" = String, Path, description = "Schedule")),
    responses(
        (status = 204, description = "Ended"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such schedule"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It has ended"),
    ))]
pub(crate) async fn end(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(schedule): Path<String>,
) -> Result<StatusCode, Error> {
    let ended = state.run(move |app| {
        let grant = app.authorize(&session.actor, Act::SchedulePut, None)?;
        Ok(app.schedule_end(&grant, id(&schedule, "sch")?)?)
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The flights that the recipient one works for expects, and what carriers still owe of them. Nobody
/// is named: no purpose is needed.
#[utoipa::path(get, path = "/expected", tag = "flights", operation_id = "expected",
    params(view::ExpectedQuery),
    responses(
        (status = 200, body = view::ExpectedFlights, description = "The flights"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "A date cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn expected(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Query(query): Query<view::ExpectedQuery>,
) -> Result<Json<view::ExpectedFlights>, Error> {
    let expected = state.run(move |app| {
        let grant = asker.leave(app, Act::ScheduleRead)?;
        let (from, to) = period(query.from.as_deref(), query.to.as_deref(), app.now())?;
        let mut flights = app.expected(&grant, from, to)?;
        flights.retain(|flight| !query.odd || flight.is_odd());
        let total = flights.len() as u64;
        flights.truncate(LIMIT);
        let data = flights.iter().map(flight).collect();
        Ok(view::ExpectedFlights { data, total })
    });
    expected.await.map(Json)
}

/// Logins of those who work for the same recipient: nobody else's people are named.
pub(crate) fn colleagues(
    app: &App,
    actor: &Actor,
) -> Result<impl Fn(&str) -> Option<String> + use<>, Error> {
    let mut people = app.store().read(|tx| tx.account_list())?;
    people.retain(|account| account.compartment == actor.compartment());
    Ok(move |id: &str| {
        let known = people.iter().find(|account| account.id == id);
        known.map(|account| account.login.clone())
    })
}

fn schedule(row: &ScheduleRow, login: impl Fn(&str) -> Option<String>) -> view::Schedule {
    view::Schedule {
        id: row.id.display("sch"),
        name: row.name.clone(),
        carriers: row.carriers.split(' ').map(str::to_owned).collect(),
        legs: row.legs.unsigned_abs(),
        findings: row.findings.unsigned_abs(),
        put_by: login(&row.put.by),
        put_at: instant(&row.put.at),
        ended_at: row.ended.as_ref().map(|signed| instant(&signed.at)),
    }
}

fn flight(flight: &ExpectedFlight) -> view::ExpectedFlight {
    let pushes = flight.pushes.iter().map(|push| view::ExpectedPush {
        name: push.name.clone(),
        kind: push.kind.name().to_owned(),
        due: instant(&push.due_at),
        clause: push.clause.clone(),
        state: push.state.name().to_owned(),
        excused: push.excused,
        came: match push.state {
            PushState::Come(at) | PushState::Late(at) => Some(instant(&at)),
            PushState::Awaited | PushState::Missing => None,
        },
    });
    let departs = flight.departs.map(|at| at.to_string());
    view::ExpectedFlight {
        flight: flight.name.clone(),
        carrier: flight.carrier.to_string(),
        from: flight.from.to_string(),
        to: flight.to.to_string(),
        departs: moment(&flight.from, departs.as_ref(), Some(flight.departs_at)),
        plan: flight.plan.name().to_owned(),
        id: flight.journey.map(|id| id.display("jrn")),
        pushes: pushes.collect(),
    }
}
