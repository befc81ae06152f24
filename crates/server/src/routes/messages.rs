//! Messages: the way in for carriers, and the bytes for those who ask where a value came from.

use crate::accept::{Answer, accepted};
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
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oriel_app::{App, AppError, Channel, MessageOutcome, Sender, Status, can_be_answered, replies};
use oriel_policy::Act;
use oriel_store::ChannelKind;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Instant;

/// Hand in a transmission of any known format.
///
/// The answer is JSON with the answer to each message in it, as agreed with its sender; or, where
/// `Accept` asks for it, those answers themselves.
#[utoipa::path(post, path = "/messages", tag = "messages", operation_id = "messages_receive",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bytes as they would go over any other transport"),
    params(
        ("Authorization" = String, Header, description = "`Bearer <token of a session that a carrier's account began>`"),
        ("Accept" = Option<String>, Header, description = "`application/json` (the default), `application/edifact` (CONTRL, ACKRES or CUSRES for each message, one interchange behind the other) or `application/xml` (the response to one push of bookings)"),
    ),
    responses(
        (status = 200, description = "Every message was here already", content((Received = "application/json"), (String = "application/edifact"), (String = "application/xml"))),
        (status = 201, description = "Durable and screened", content((Received = "application/json"), (String = "application/edifact"), (String = "application/xml"))),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "No session, or one that has ended"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not a carrier's account"),
        (status = 406, body = Problem, content_type = "application/problem+json", description = "No form that `Accept` names can answer what was sent; nothing was taken"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "Too large"),
        (status = 422, description = "No message was accepted; the findings say why. JSON also where no answer of another form can be given", content((Received = "application/json"), (String = "application/edifact"))),
        (status = 503, description = "A question at check-in that is not answered in time: nobody can say now (CUSRES with *undetermined*), and nothing is acknowledged. Send it again after `Retry-After`; one that was kept meanwhile is a duplicate then", content((Received = "application/json"), (String = "application/edifact"))),
    ))]
pub(crate) async fn receive(
    extract::State(state): extract::State<State>,
    asker: Asker,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Error> {
    take(state, asker, headers, bytes, false).await
}

/// Try a transmission: it is decoded and answered as it would be, and nothing of it is kept. What
/// fits a case of the carrier's open certification counts for it.
#[utoipa::path(post, path = "/messages/sandbox", tag = "messages", operation_id = "messages_try",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bytes as they would go over any other transport"),
    params(
        ("Authorization" = String, Header, description = "`Bearer <key of the carrier's machine>`"),
        ("Accept" = Option<String>, Header, description = "As for messages that are kept"),
    ),
    responses(
        (status = 201, description = "It would be accepted", content((Received = "application/json"), (String = "application/edifact"), (String = "application/xml"))),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "No session, or one that has ended"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not a carrier's account"),
        (status = 406, body = Problem, content_type = "application/problem+json", description = "No form that `Accept` names can answer what was sent"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "Too large"),
        (status = 422, description = "No message would be accepted; the findings say why", content((Received = "application/json"), (String = "application/edifact"))),
    ))]
pub(crate) async fn rehearse(
    extract::State(state): extract::State<State>,
    asker: Asker,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Error> {
    take(state, asker, headers, bytes, true).await
}

async fn take(
    state: State,
    asker: Asker,
    headers: HeaderMap,
    bytes: Bytes,
    rehearses: bool,
) -> Result<Response, Error> {
    let agreements = state.options.agreements.clone();
    let come = Instant::now();
    let sent = bytes.clone();
    let handed = state.run_hand(move |app| {
        // In a rush it takes its turn, and who asks at check-in waits meanwhile.
        let waited = come.elapsed();
        asker.leave(app, Act::MessageReceive)?;
        // Before anything is taken: what is refused for its form must not be here already.
        let answer = negotiate(&headers, &sent)?;
        let channel = Channel(format!("https {}", asker.account.login).into());
        let sender = sender(app, &asker.account.login)?;
        let sender = if rehearses {
            sender.rehearsing()
        } else {
            sender
        };
        let pending = app.hand_in_time(&sent, channel.clone(), &sender, waited);
        Ok((pending, answer, channel, sender))
    });
    let (pending, answer, channel, sender) = handed.await?;
    let test = sender.rehearses();
    let receipt = match pending.in_time(tokio::time::sleep).await {
        Err(error) if error.is_law_changed() => {
            let sent = bytes.clone();
            let again = state.run(move |app| Ok(app.receive_of(&sent, channel, &sender)));
            again.await?
        }
        receipt => receipt,
    };
    let receipt = receipt.map_err(not_received)?;
    let answered = state.run_answer(move |app| {
        let agreed = match answer {
            Answer::Json => agreements,
            other => agreements.asked(other.form()),
        };
        let digest = Sha256::digest(&bytes);
        let id: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let replies = replies(&bytes, &receipt, &agreed, app.now());
        let written: Vec<u8> = match answer {
            Answer::Json => Vec::new(),
            _ => replies.iter().flatten().flatten().copied().collect(),
        };
        let told = receipt.messages.iter().zip(replies);
        let received = Received {
            test,
            messages: told
                .map(|(message, reply)| outcome(message, reply))
                .collect(),
            receipt: Receipt {
                id,
                received_at: instant(&app.now()),
                size: bytes.len() as u64,
            },
        };
        Ok((received, written))
    });
    let (received, written) = answered.await?;
    let any = |status| {
        received
            .messages
            .iter()
            .any(|message| message.status == status)
    };
    let late = any(ReceivedStatus::Late);
    let status = if late {
        StatusCode::SERVICE_UNAVAILABLE
    } else if any(ReceivedStatus::Accepted) {
        if !received.test {
            state.hub.tell(News::Queue);
        }
        StatusCode::CREATED
    } else if any(ReceivedStatus::Duplicate) {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    // What could not be read has no addressee; its findings are told in JSON.
    let mut response = if written.is_empty() {
        (status, Json(received)).into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, answer.media_type())];
        (status, kind, written).into_response()
    };
    if late {
        let seconds = HeaderValue::from_static("1");
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    Ok(response)
}

/// The form that is wanted most among those in which the transmission can be answered.
fn negotiate(headers: &HeaderMap, bytes: &[u8]) -> Result<Answer, Error> {
    let mut accepted = accepted(headers).into_iter();
    let chosen = accepted.find(|answer| can_be_answered(bytes, answer.form()));
    chosen.ok_or_else(|| {
        Error::new(
            StatusCode::NOT_ACCEPTABLE,
            "not-acceptable",
            "No accepted form can answer this",
        )
        .detail(
            "Accept application/json, which answers everything; application/edifact answers \
             interchanges of PAXLST and PNRGOV, application/xml one push of bookings. Nothing was \
             taken: send it again.",
        )
    })
}

/// The carrier to whom an account was given; nobody in particular where it never was.
fn sender(app: &App, login: &str) -> Result<Sender, Error> {
    let sender = app
        .registry()
        .sender(ChannelKind::Account, login, app.now());
    sender.ok_or_else(|| {
        Error::new(
            StatusCode::FORBIDDEN,
            "carrier-ended",
            "This account is not given to a carrier any more",
        )
        .detail("Nothing was taken. Ask the carrier-liaison office.")
    })
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
        Status::Late => ReceivedStatus::Late,
    };
    ReceivedMessage {
        id: (message.status != Status::Refused).then(|| message.id.display("msg")),
        status,
        kind: message.kind.clone(),
        reference: message.reference.clone(),
        travellers: message.travellers,
        findings: message.findings.iter().map(show::finding).collect(),
        reply: reply.and_then(|reply| String::from_utf8(reply).ok()),
        cleared: message
            .cleared
            .as_ref()
            .map(|cleared| cleared.iter().map(|one| one.clearance.into()).collect()),
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
