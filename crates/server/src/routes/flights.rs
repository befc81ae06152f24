//! Flights and their manifests.

use crate::error::Error;
use crate::extract::{Asker, day, day_start, id};
use crate::show;
use crate::state::State;
use crate::views::flight::{Flight, FlightQuery, Flights, Manifest, Page};
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path, Query};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use oriel_policy::Act;

/// Most flights an answer.
const LIMIT: usize = 2_000;

/// Flights, soonest first. Counts only: no purpose is needed.
#[utoipa::path(get, path = "/flights", tag = "flights", operation_id = "flights",
    params(FlightQuery),
    responses(
        (status = 200, body = Flights, description = "The flights"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "A date cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Query(query): Query<FlightQuery>,
) -> Result<Json<Flights>, Error> {
    let flights = state.run(move |app| {
        let grant = asker.leave(app, Act::FlightRead)?;
        let (from, to) = period(query.from.as_deref(), query.to.as_deref(), app.now())?;
        let views = app.flights(&grant, from, to)?;
        let mut data: Vec<Flight> = views
            .iter()
            .map(|view| show::flight(&grant, view))
            .collect();
        data.retain(|f| {
            let head = &f.head;
            query.direction.is_none_or(|asked| head.direction == asked)
                && query.mode.is_none_or(|asked| head.mode == asked)
        });
        let total = data.len() as u64;
        data.truncate(LIMIT);
        Ok(Flights {
            data,
            page: Page {
                next: None,
                limit: LIMIT as u32,
                total,
            },
        })
    });
    flights.await.map(Json)
}

/// The period asked for as instants: whole days in UTC.
pub(crate) fn period(
    from: Option<&str>,
    to: Option<&str>,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), Error> {
    let from = day(from, "from")?;
    let to = day(to, "to")?;
    let after = |date: Date| date.checked_add(1.day()).ok().and_then(day_start);
    let from = match from {
        Some(date) => day_start(date),
        None => now.checked_sub(SignedDuration::from_hours(24)).ok(),
    };
    let to = match to {
        Some(date) => after(date),
        None => now.checked_add(SignedDuration::from_hours(48)).ok(),
    };
    Ok((from.unwrap_or(Timestamp::MIN), to.unwrap_or(Timestamp::MAX)))
}

/// One flight with everybody on it.
#[utoipa::path(get, path = "/flights/{id}", tag = "flights", operation_id = "flight_show",
    params(("id" = String, Path, description = "Journey"), ("Purpose" = String, Header, description = "`assessment=<id>` or `case=<id>`")),
    responses(
        (status = 200, body = Manifest, description = "The manifest"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such flight"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(journey): Path<String>,
) -> Result<Json<Manifest>, Error> {
    let manifest = state.run(move |app| {
        let grant = asker.leave(app, Act::ManifestRead)?;
        let view = app.manifest(&grant, id(&journey, "jrn")?)?;
        Ok(show::manifest(&grant, &view))
    });
    manifest.await.map(Json)
}
