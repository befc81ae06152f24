//! Where every way in hands over what it took.
//!
//! - Invariants: what the desk says was taken is durable and screened, or was refused for good; of
//!   everything else it says *later*, and nothing of it may be acknowledged.

use oriel_app::{App, AppError, Channel, MessageOutcome, Pending, Receipt, Status};
use oriel_messages::Transmission;
use oriel_messages::reply::{self, Agreement, Codes};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The pipeline, as transports see it.
#[derive(Clone)]
pub struct Desk {
    app: Arc<App>,
    /// Tells the answers of one second apart.
    answers: Arc<AtomicU32>,
}

/// A transmission that was handed over and is not yet kept.
pub struct Handed {
    bytes: Vec<u8>,
    channel: Channel,
    pending: Pending,
}

/// What became of a transmission, for good.
#[derive(Debug)]
pub struct Taken {
    /// Message by message.
    pub receipt: Receipt,
    /// The answers that were agreed, each a transmission of its own.
    pub answers: Vec<Vec<u8>>,
}

/// It could not be kept now: acknowledge nothing, and hand it over again.
#[derive(Clone, Debug, thiserror::Error)]
#[error("nothing was kept; it is tried again")]
pub struct Later(#[source] pub Arc<AppError>);

impl Desk {
    /// Of one system.
    pub fn new(app: Arc<App>) -> Self {
        let answers = Arc::default();
        Self { app, answers }
    }

    /// Decodes a transmission and puts it in line; `channel` says how it came. Waits while the line
    /// is full.
    pub fn hand(&self, bytes: Vec<u8>, channel: &str) -> Handed {
        let channel = Channel(channel.into());
        let pending = self.app.hand(self.app.prepare(&bytes), channel.clone());
        Handed {
            bytes,
            channel,
            pending,
        }
    }

    /// Waits until it is durable.
    pub fn settle(&self, handed: Handed) -> Result<Taken, Later> {
        let Handed {
            bytes,
            channel,
            pending,
        } = handed;
        let settled = match pending.wait() {
            // The law changed on the way: this one is projected again.
            Err(error) if error.is_law_changed() => self.app.receive(&bytes, channel),
            settled => settled,
        };
        let receipt = settled.map_err(Later)?;
        let answers = self.answers(&bytes);
        Ok(Taken { receipt, answers })
    }

    fn answers(&self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let transmission = Transmission::open(bytes);
        let now = self.app.now();
        let sent = now.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        let answer = |decoded| {
            // At most 14 characters (0020).
            let n = self.answers.fetch_add(1, Ordering::Relaxed) % 10_000;
            let reference = format!("{}{n:04}", now.as_second());
            let agreed = Agreement::default();
            let bytes = transmission.bytes();
            let answer = reply::answer(bytes, &decoded, &agreed, sent, &reference)?;
            // A reference of the sender that no answer can repeat: there is none then.
            reply::write(&answer, &Codes::default()).ok()
        };
        transmission.decode().filter_map(answer).collect()
    }
}

impl Taken {
    /// Whether something of it was taken, now or before.
    pub fn accepted(&self) -> bool {
        let mut messages = self.receipt.messages.iter();
        messages.any(|message| message.status != Status::Refused)
    }

    /// The receipt for a technician: what became of each message, and the findings, without values.
    pub fn json(&self) -> Value {
        let message = |message: &MessageOutcome| {
            let status = match message.status {
                // Which journeys are selected is not the carrier's to know.
                Status::NotSelected => Status::Accepted,
                status => status,
            };
            let findings = message.findings.iter();
            json!({
                "status": status.name(),
                "type": message.kind,
                "reference": message.reference,
                "travellers": message.travellers,
                "findings": findings.map(|note| json!({
                    "code": note.code, "segment": note.segment, "tag": note.tag,
                    "bytes": note.bytes,
                })).collect::<Vec<_>>(),
            })
        };
        let messages: Vec<Value> = self.receipt.messages.iter().map(message).collect();
        json!({"schema": "oriel.receipt/1", "messages": messages})
    }
}
