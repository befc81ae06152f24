//! One traveller on one journey.

use crate::error::Error;
use crate::extract::{Asker, id};
use crate::show;
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::traveller::Traveller;
use axum::Json;
use axum::extract::{self, Path};
use oriel_policy::Act;

/// One traveller, as each source says it.
#[utoipa::path(get, path = "/travellers/{id}", tag = "travellers", operation_id = "traveller_show",
    params(("id" = String, Path, description = "Traveller on a journey"), ("Purpose" = String, Header, description = "`case=<id>` or `assessment=<journey>`")),
    responses(
        (status = 200, body = Traveller, description = "The traveller"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such traveller"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(traveller): Path<String>,
) -> Result<Json<Traveller>, Error> {
    let traveller = state.run(move |app| {
        let grant = asker.leave(app, Act::TravellerRead)?;
        let view = app.traveller(&grant, id(&traveller, "trv")?)?;
        Ok(show::traveller(&grant, &view))
    });
    traveller.await.map(Json)
}
