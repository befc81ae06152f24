//! Flights and their manifests.

use crate::error::Error;
use crate::extract::{Purpose, SignedIn};
use crate::views::flight::{FlightQuery, Flights, Manifest};
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{Path, Query};

/// Flights, soonest first. Counts only: no purpose is needed.
#[utoipa::path(get, path = "/flights", tag = "flights", operation_id = "flights",
    params(FlightQuery),
    responses(
        (status = 200, body = Flights, description = "The flights"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn list(
    _who: SignedIn,
    Query(_query): Query<FlightQuery>,
) -> Result<Json<Flights>, Error> {
    Err(Error::internal("not wired"))
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
    _who: SignedIn,
    _purpose: Purpose,
    Path(_id): Path<String>,
) -> Result<Json<Manifest>, Error> {
    Err(Error::internal("not wired"))
}
