//! What proves how a carrier failed of a flight.

use super::profiles::instant_of;
use crate::error::Error;
use crate::extract::{Asker, day};
use crate::state::State;
use crate::views::infringement as view;
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use oriel_app::Departure;
use oriel_policy::Act;

/// The evidence of how a carrier sent about a flight: expected, arrived, told, excused. Nobody is
/// named in it. Taking it out is logged.
#[utoipa::path(get, path = "/carriers/{id}/infringement", tag = "carriers", operation_id = "carrier_infringement",
    params(("id" = String, Path, description = "Carrier"), view::InfringementQuery),
    responses(
        (status = 200, body = view::Infringement, description = "The evidence; a page to print where `page` asks for it"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "A departure cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such carrier or flight"),
        (status = 410, body = Problem, content_type = "application/problem+json", description = "The flight's record is masked or erased"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(carrier): Path<String>,
    Query(query): Query<view::InfringementQuery>,
) -> Result<Response, Error> {
    let page = query.page;
    let flight = query.flight.clone();
    let proved = state.run(move |app| {
        let grant = asker.leave(app, Act::InfringementExport)?;
        let departure = departure(&query.departs)?;
        Ok(app.infringement(&grant, &carrier, &query.flight, &departure)?)
    });
    let proved = proved.await?;
    // The flight was found, so its name is one.
    let name = |end: &str| format!("attachment; filename=\"{flight}.{end}\"");
    if page {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, name("html")),
        ];
        return Ok((headers, proved.page()).into_response());
    }
    let shown = view::Infringement {
        document: proved.document,
        digest: proved.digest,
        note: proved.note,
    };
    Ok(([(header::CONTENT_DISPOSITION, name("json"))], Json(shown)).into_response())
}

fn departure(text: &str) -> Result<Departure, Error> {
    if text.contains('T') {
        return instant_of(text, "departs").map(Departure::At);
    }
    let date = day(Some(text), "departs")?;
    Ok(Departure::On(date.unwrap_or_default()))
}
