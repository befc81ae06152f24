//! One connection of somebody who pushes: a request, and its receipt, error, or *try later*.
//!
//! - Invariants: a head that comes slowly, a body that does, and one that is larger than any
//!   transmission are sent away in time and hold no more than their share of the room; the receipt
//!   is written when the unit is durable, its answer in the outbox and its identifier noted.

use super::outbox::Unit;
use super::{House, Known};
use crate::listen::{Draft, Full, Room, Told, ending};
use crate::{Desk, Later, Taken};
use http_body_util::{BodyExt, Full as Whole};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use oriel_app::{Came, Sender};
use oriel_ebms::{Fault, Message, Posted, Refused, Rules, error, receipt};
use oriel_store::ChannelKind;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Seconds after which a carrier that was told *later* may come again.
const LATER: HeaderValue = HeaderValue::from_static("30");

/// How long a carrier may take to read its receipt, and the store to keep what it brought.
const PATIENCE: Duration = Duration::from_secs(120);

type Answer = Response<Whole<Bytes>>;

/// What became of a unit.
enum Outcome {
    Said(Posted),
    Later,
}

/// Meets those who connect.
pub(super) fn visitor(
    house: Arc<House>,
    desk: Desk,
) -> impl Fn(TcpStream, SocketAddr, Told) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let room = Room::new(house.limits);
    move |stream, _, told| {
        let (house, desk, room) = (Arc::clone(&house), desk.clone(), room.of_another());
        Box::pin(async move {
            let login = Duration::from_secs(house.limits.login);
            match &house.acceptor {
                None => serve(stream, &house, &desk, &room, told).await,
                Some(acceptor) => {
                    // Who cannot speak TLS, or does not say so in time, is sent away.
                    if let Ok(Ok(stream)) = timeout(login, acceptor.accept(stream)).await {
                        serve(stream, &house, &desk, &room, told).await;
                    }
                }
            }
        })
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    house: &House,
    desk: &Desk,
    room: &Room,
    mut told: Told,
) {
    let login = Duration::from_secs(house.limits.login);
    let idle = Duration::from_secs(house.limits.idle);
    let answer = service_fn(|request| async {
        Ok::<_, Infallible>(answer(request, house, desk, room).await)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(login)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = std::pin::pin!(timeout(login + idle + PATIENCE, connection));
    tokio::select! {
        // Who goes in the middle of a word is no fault of ours.
        _ = &mut connection => {}
        () = ending(&mut told) => drop(connection.await),
    }
}

/// Answers a request.
async fn answer(request: Request<Incoming>, house: &House, desk: &Desk, room: &Room) -> Answer {
    if request.method() != Method::POST {
        return bare(StatusCode::METHOD_NOT_ALLOWED);
    }
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|it| it.to_str().ok());
    let Some(content_type) = content_type.map(str::to_owned) else {
        return bare(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    };
    let idle = Duration::from_secs(house.limits.idle);
    let draft = match timeout(idle, whole(request.into_body(), room)).await {
        Ok(Ok(draft)) => draft,
        Ok(Err(status)) => return bare(status),
        Err(_) => return bare(StatusCode::REQUEST_TIMEOUT),
    };
    let outcome = house.take(&content_type, draft, desk).await;
    let Outcome::Said(posted) = outcome else {
        return bare(StatusCode::SERVICE_UNAVAILABLE);
    };
    let mut answer = Response::new(Whole::new(Bytes::from(posted.body)));
    if let Ok(content_type) = HeaderValue::from_str(&posted.content_type) {
        answer.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    answer
}

/// The whole body.
async fn whole(mut body: Incoming, room: &Room) -> Result<Draft, StatusCode> {
    let mut draft = room.draft();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        let end = draft.bytes().len() as u64;
        draft.write(end, data).map_err(|full| match full {
            Full::TooLarge | Full::Gap => StatusCode::PAYLOAD_TOO_LARGE,
            Full::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
        })?;
    }
    Ok(draft)
}

/// An answer without a word of ebMS: it says nothing about any message.
fn bare(status: StatusCode) -> Answer {
    let mut answer = Response::new(Whole::default());
    *answer.status_mut() = status;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, LATER);
    }
    answer
}

impl House {
    async fn take(&self, content_type: &str, draft: Draft, desk: &Desk) -> Outcome {
        let rules = Rules {
            now: desk.now(),
            window: self.window,
            most: usize::try_from(self.limits.most).unwrap_or(usize::MAX),
            party: &self.party,
        };
        let known = |certificate: &_| self.known(desk, certificate);
        let read = || Message::read(content_type, draft.bytes(), rules, known);
        let said = match desk.in_turn(read).await {
            Ok(message) => self.receipt(&message, desk).await,
            Err(refused) => Err(refused.into()),
        };
        match said {
            Ok(posted) => Outcome::Said(posted),
            Err(Stopped::Refused(Refused { fault, about })) => {
                let name = &*self.name;
                tracing::warn!(name, code = fault.code(), %fault, "an AS4 message was refused");
                self.error(fault, about.as_deref(), desk)
            }
            Err(Stopped::Later(why)) => {
                let (name, why): (_, &dyn std::error::Error) = (&*self.name, &*why);
                tracing::warn!(name, why, "an AS4 message comes again later");
                Outcome::Later
            }
        }
    }

    /// Keeps it; the receipt then.
    async fn receipt(&self, message: &Message<Known>, desk: &Desk) -> Result<Posted, Stopped> {
        self.keep(message, desk).await?;
        let unit = message.unit().ok_or(Stopped::of(Fault::Feature, None))?;
        let id = self.message_id(&["receipt", &message.who.row.handle, &unit.id]);
        let receipt = receipt(message, &id, desk.now(), self.signer());
        receipt.map_err(|fault| Stopped::of(fault, None))
    }

    fn error(&self, fault: Fault, about: Option<&str>, desk: &Desk) -> Outcome {
        let now = desk.now();
        let id = self.message_id(&["error", &now.to_string(), about.unwrap_or_default()]);
        match error(fault, about, &id, now, self.signer()) {
            Ok(posted) => Outcome::Said(posted),
            Err(_) => Outcome::Later,
        }
    }

    /// Keeps what a unit brings, leaves the answer, and notes that it came. After that, and not
    /// before, a receipt is the truth.
    async fn keep(&self, message: &Message<Known>, desk: &Desk) -> Result<(), Stopped> {
        let refused = |fault| Err(Stopped::of(fault, message.unit().map(|it| it.id.clone())));
        let Some(unit) = message.unit() else {
            return refused(Fault::Feature);
        };
        let carrier = &message.who;
        let handle = &*carrier.row.handle;
        let mut parties = carrier.values(ChannelKind::As4Party, desk.now()).peekable();
        let is_named = |it: &oriel_store::ChannelRow| unit.from.contains(&it.value);
        if parties.peek().is_some() && !parties.any(is_named) {
            return refused(Fault::Sender);
        }
        if unit.is_test {
            return Ok(());
        }
        if unit.payloads.is_empty() {
            return refused(Fault::Payload);
        }
        let digest = unit.digest();
        let came = || desk.as4_came(handle, &unit.id, &digest);
        match desk.in_turn(came).await? {
            Came::Before => return Ok(()),
            Came::Other => return refused(Fault::Reused),
            Came::Never => {}
        }
        let channel = self.channel(handle);
        let sender = || Sender::of(Arc::clone(carrier));
        // All of them are under way before the first is waited for.
        let mut handed = Vec::with_capacity(unit.payloads.len());
        for payload in &unit.payloads {
            handed.push(
                desk.hand_over(payload.clone(), &channel, sender(), false)
                    .await,
            );
        }
        let mut taken: Vec<Taken> = Vec::with_capacity(handed.len());
        for handed in handed {
            taken.push(desk.settled(handed).await?);
        }
        let mut endpoints = carrier.values(ChannelKind::As4Endpoint, desk.now());
        if endpoints.next().is_some() {
            let id = self.message_id(&["answer", handle, &unit.id]);
            let answer = Unit::answer(&unit.id, &unit.conversation, &taken);
            let leave = || self.outbox.leave(handle, &id, &answer);
            desk.in_turn(leave).await?;
        } else if !taken.iter().any(Taken::accepted) {
            // There is no other way to tell.
            return refused(Fault::Unread);
        }
        let note = || desk.as4_note(handle, &unit.id, &digest);
        match desk.in_turn(note).await? {
            Came::Other => refused(Fault::Reused),
            Came::Never | Came::Before => Ok(()),
        }
    }
}

/// Why there is no receipt.
enum Stopped {
    /// For good.
    Refused(Refused),
    /// For now.
    Later(Box<dyn std::error::Error + Send + Sync>),
}

impl Stopped {
    fn of(fault: Fault, about: Option<String>) -> Self {
        Self::Refused(Refused { fault, about })
    }
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Later> for Stopped {
    fn from(later: Later) -> Self {
        Self::Later(later.into())
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Later(error.into())
    }
}
