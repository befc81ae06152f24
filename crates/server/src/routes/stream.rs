//! Live news: ids and kinds only, never content.

use crate::error::Error;
use crate::extract::SignedIn;
use crate::views::problem::Problem;
use axum::http::StatusCode;

/// Server-sent events: `queue` when rows changed, a heartbeat every 15 s.
#[utoipa::path(get, path = "/stream", tag = "stream", operation_id = "stream",
    responses(
        (status = 200, content_type = "text/event-stream", body = String, description = "The stream"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn stream(_who: SignedIn) -> Result<StatusCode, Error> {
    Err(Error::internal("not wired"))
}
