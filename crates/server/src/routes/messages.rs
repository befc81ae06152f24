//! Messages: the way in for carriers, and the bytes for those who ask where a value came from.

use crate::error::Error;
use crate::extract::{Purpose, SignedIn};
use crate::views::message::{Message, Received};
use crate::views::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;

/// Hand in a transmission of any known format.
#[utoipa::path(post, path = "/messages", tag = "messages", operation_id = "messages_receive",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bytes as they would go over any other transport"),
    params(("Authorization" = String, Header, description = "`Bearer <service key>`")),
    responses(
        (status = 200, body = Received, description = "Every message was here already"),
        (status = 201, body = Received, description = "Durable and screened"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "No service key, or an unknown one"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "Too large"),
        (status = 422, body = Received, description = "No message was accepted; the findings say why"),
    ))]
pub(crate) async fn receive(_bytes: Bytes) -> Result<Json<Received>, Error> {
    Err(Error::internal("not wired"))
}

/// One message as stored, segment by segment.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages", operation_id = "message_show",
    params(("id" = String, Path, description = "Message"), ("Purpose" = String, Header, description = "`case=<id>` or `assessment=<journey>`")),
    responses(
        (status = 200, body = Message, description = "The message"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such message"),
    ))]
pub(crate) async fn show(
    _who: SignedIn,
    _purpose: Purpose,
    Path(_id): Path<String>,
) -> Result<Json<Message>, Error> {
    Err(Error::internal("not wired"))
}
