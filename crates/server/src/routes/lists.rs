//! Watchlists in force.

use crate::error::Error;
use crate::extract::SignedIn;
use crate::views::list::List;
use crate::views::problem::Problem;
use axum::Json;

/// Watchlists in force. No entries, so no purpose is needed.
#[utoipa::path(get, path = "/lists", tag = "lists", operation_id = "lists",
    responses(
        (status = 200, body = Vec<List>, description = "The lists"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn list(_who: SignedIn) -> Result<Json<Vec<List>>, Error> {
    Err(Error::internal("not wired"))
}
