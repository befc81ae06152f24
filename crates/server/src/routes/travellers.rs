//! One traveller on one journey.

use crate::error::Error;
use crate::extract::{Purpose, SignedIn};
use crate::views::problem::Problem;
use crate::views::traveller::Traveller;
use axum::Json;
use axum::extract::Path;

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
    _who: SignedIn,
    _purpose: Purpose,
    Path(_id): Path<String>,
) -> Result<Json<Traveller>, Error> {
    Err(Error::internal("not wired"))
}
