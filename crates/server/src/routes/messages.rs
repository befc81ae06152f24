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
use jiff::Timestamp;
use jiff::tz::TimeZone;
use oriel_app::{AppError, Channel, MessageOutcome, Status};
use oriel_messages::Transmission;
use oriel_messages::reply::{self, Agreements, Codes};
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
        let replies = replies(&bytes, &receipt, &agreed, app.now(), &id);
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

/// The answers to the messages of a transmission, one for each.
///
/// The same transmission again has the same references, so that an answer that was sent twice can
/// be known as one.
fn replies(
    bytes: &[u8],
    receipt: &oriel_app::Receipt,
    agreed: &Agreements,
    now: Timestamp,
    id: &str,
) -> Vec<Option<String>> {
    let transmission = Transmission::open(bytes);
    let sent = now.to_zoned(TimeZone::UTC).datetime();
    let stem = id[..10].to_ascii_uppercase();
    let decoded = (0..).zip(transmission.decode().zip(&receipt.messages));
    let mut replies: Vec<Option<String>> = decoded
        .map(|(n, (decoded, outcome))| {
            // At most 14 characters (0020).
            let reference = format!("{stem}{:04X}", n % 0x1_0000);
            let taken = outcome.status != Status::Refused;
            let bytes = transmission.bytes();
            let reply = reply::answer(bytes, &decoded, taken, agreed, sent, &reference)?;
            // A reference of the sender that no answer can repeat: there is none then.
            let written = reply::write(&reply, &Codes::default()).ok()?;
            String::from_utf8(written).ok()
        })
        .collect();
    replies.resize(receipt.messages.len(), None);
    replies
}

fn outcome(message: &MessageOutcome, reply: Option<String>) -> ReceivedMessage {
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
        reply,
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

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_messages::reply::{Agreement, Manner};

    /// R-ING-01.
    #[test]
    fn each_message_is_answered_in_its_kind_as_agreed_and_as_it_was_taken() {
        let sent = b"UNB+UNOA:4+ZQ+XO+261104:0712+A7'\
            UNH+1+PAXLST:D:05B:UN'BGM+745'TDT+20+ZQ0417'LOC+125+KEF'LOC+87+LIS'NAD+FL+++DOE:JANE'UNT+7+1'\
            UNH+2+PNRGOV:13:1:IA'MSG+:22'ORG+ZQ'TVL+041126:1015+KEF+LIS+ZQ+417'EQN+0'UNT+6+2'UNZ+2+A7'";
        let id = oriel_store::Id::parse("msg_00000000000000000000000000", "msg");
        let outcome = |status| MessageOutcome {
            id: id.expect("an identifier"),
            status,
            kind: String::new(),
            reference: String::new(),
            travellers: 0,
            bookings: 0,
            findings: Vec::new(),
        };
        let receipt = oriel_app::Receipt {
            messages: vec![outcome(Status::Accepted), outcome(Status::Refused)],
        };
        let told = |agreed: &Agreements| {
            replies(
                sent,
                &receipt,
                agreed,
                Timestamp::UNIX_EPOCH,
                "0123456789abcdef",
            )
        };
        let replies = told(&Agreements::default());
        let has = |n: usize, text: &str| {
            replies[n]
                .as_deref()
                .is_some_and(|reply| reply.contains(text))
        };
        assert!(has(0, "CONTRL") && has(0, "UCM+1+PAXLST:D:05B:UN+7'") && has(0, "01234567890000"));
        assert!(has(1, "ACKRES") && has(1, "MSG+:23+7'") && has(1, "01234567890001"));
        let mut silent = Agreements::default();
        let manner = Manner::Silent;
        silent.add(
            "ZQ",
            Agreement {
                pushes: manner,
                lists: manner,
                refusals: manner,
            },
        );
        assert_eq!(told(&silent), [None, None]);
    }
}
