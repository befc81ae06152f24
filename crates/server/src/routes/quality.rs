//! How well carriers send.

use crate::error::Error;
use crate::extract::{Asker, day};
use crate::show;
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::quality as view;
use axum::Json;
use axum::extract::{self, Path, Query};
use oriel_policy::Act;

/// How well a carrier sent, in counts: by format and element, by push, by day or week.
#[utoipa::path(get, path = "/carriers/{id}/quality", tag = "carriers", operation_id = "carrier_quality",
    params(("id" = String, Path, description = "Carrier"), view::QualityQuery),
    responses(
        (status = 200, body = view::CarrierQuality, description = "The counts"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "A date cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such carrier"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Days that are none, or too many"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(carrier): Path<String>,
    Query(query): Query<view::QualityQuery>,
) -> Result<Json<view::CarrierQuality>, Error> {
    let shown = state.run(move |app| {
        let grant = asker.leave(app, Act::QualityRead)?;
        let from = day(query.from.as_deref(), "from")?;
        let to = day(query.to.as_deref(), "to")?;
        let quality = app.quality(&grant, &carrier, from, to)?;
        Ok(show::quality(&quality))
    });
    shown.await.map(Json)
}
