//! Messages: the way in for carriers, and the bytes for those who ask where a value came from.

use crate::error::Error;
use crate::extract::{Asker, id};
use crate::hub::News;
use crate::show::{self, instant};
use crate::state::State;
use crate::views::message::{Message, Receipt, Received, ReceivedMessage, ReceivedStatus};
use crate::views::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use oriel_app::{AppError, Channel, MessageOutcome, Status, replies};
use oriel_policy::Act;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Hand in a transmission of any known format.
#[utoipa::path(post, path = "/messages", tag = "messages", operation_id = "messages_receive",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bytes as they would go over any other transport"),
    params(("Authorization" = String, Header, description = "`Bearer <token of a session that a carrier's account began>`")),
    responses(
        (status = 200, body = Received, description = "Every message was here already"),
        (status = 201, body = Received, description = "Durable and screened"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "No session, or one that has ended"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not a carrier's account"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "Too large"),
        (status = 422, body = Received, description = "No message was accepted; the findings say why"),
    ))]
pub(crate) async fn receive(
    extract::State(state): extract::State<State>,
    asker: Asker,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Received>), Error> {
    let agreed = state.options.agreements.clone();
    let received = state.run(move |app| {
        asker.leave(app, Act::MessageReceive)?;
        let channel = Channel(format!("https {}", asker.account.login).into());
        let receipt = app.receive(&bytes, channel).map_err(not_received)?;
        let digest = Sha256::digest(&bytes);
        let id: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let replies = replies(&bytes, &receipt, &agreed, app.now());
        let told = receipt.messages.iter().zip(replies);
        Ok(Received {
            messages: told
                .map(|(message, reply)| outcome(message, reply))
                .collect(),
            receipt: Receipt {
                id,
                received_at: instant(&app.now()),
                size: bytes.len() as u64,
            },
        })
    });
    let received = received.await?;
    let any = |status| {
        received
            .messages
            .iter()
            .any(|message| message.status == status)
    };
    let status = if any(ReceivedStatus::Accepted) {
        state.hub.tell(News::Queue);
        StatusCode::CREATED
    } else if any(ReceivedStatus::Duplicate) {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, Json(received)))
}

/// The writer answers a batch, so its error is shared.
fn not_received(error: Arc<AppError>) -> Error {
    Arc::try_unwrap(error).map_or_else(Error::internal, Error::from)
}

fn outcome(message: &MessageOutcome, reply: Option<Vec<u8>>) -> ReceivedMessage {
    let status = match message.status {
        // Which journeys are selected is not the carrier's to know.
        Status::Accepted | Status::NotSelected => ReceivedStatus::Accepted,
        Status::Duplicate => ReceivedStatus::Duplicate,
        Status::Refused => ReceivedStatus::Refused,
    };
    ReceivedMessage {
        id: (message.status != Status::Refused).then(|| message.id.display("msg")),
        status,
        kind: message.kind.clone(),
        reference: message.reference.clone(),
        travellers: message.travellers,
        findings: message.findings.iter().map(show::finding).collect(),
        reply: reply.and_then(|reply| String::from_utf8(reply).ok()),
    }
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
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(message): Path<String>,
) -> Result<Json<Message>, Error> {
    let message = state.run(move |app| {
        let grant = asker.leave(app, Act::MessageRead)?;
        Ok(show::message(
            &grant,
            &app.message(&grant, id(&message, "msg")?)?,
        ))
    });
    message.await.map(Json)
}
