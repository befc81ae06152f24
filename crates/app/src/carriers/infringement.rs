//! What proves how a carrier failed of a flight: expected, arrived, told, excused.
//!
//! - In: a flight of a carrier. Out: one document with its digest, signed where somebody signs, as
//!   JSON and as a page to print.
//! - Source: R-CAR-02 (missing, late, in the wrong form), R-CAR-03.
//! - Invariants: no person stands in it: messages are digests, times, sizes, counts and findings
//!   with their places; what an outage of the state's side excuses is told and is no failure; of a
//!   flight whose record is masked or erased nothing is proved; taking it out is logged with its
//!   digest.

mod page;

use super::{CarrierView, object, view};
use crate::law::only;
use crate::prepare::FindingNote;
use crate::schedule::OwedPush;
use crate::{App, AppError, Compartment, Enrolled, ExpectedFlight, Plan};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use oriel_messages::findings::by_code;
use oriel_model::Severity;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant, PushState};
use oriel_store::{CarrierStatus, ChannelKind, MessageProof, NoticeRow, RefusalProof, Tx};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How long before departure and after it a refusal may have to do with the flight.
const BEFORE: i64 = 96;
const AFTER: i64 = 48;

/// The most refusals that are named; what is beyond is counted.
const REFUSALS: usize = 200;

/// A document that proves, and what proves the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Infringement {
    /// What is proved.
    pub document: Value,
    /// SHA-256, in hexadecimal digits, of the document as canonical text: names sorted, no blanks.
    pub digest: String,
    /// The digest in a note signed by the key of the audit log; nothing where nobody signs.
    pub note: Option<String>,
}

/// Which flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// The local date of departure.
    On(Date),
    /// The scheduled instant of departure.
    At(Timestamp),
}

/// Why nothing is proved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InfringementRefusal {
    /// Not a flight of this carrier that is expected, or of which something came.
    #[error(
        "no flight {0} of this carrier is expected on that day, and none came; look at the expected \
         flights"
    )]
    NoFlight(String),
    /// The record is masked or erased.
    #[error(
        "the record of this flight is masked or erased: what came cannot be told any more, so that \
         nothing is proved; its notices stay on the carrier's page"
    )]
    Gone,
}

impl App {
    /// The evidence of how a carrier sent about one of its flights to the recipient of `grant`.
    pub fn infringement(
        &self,
        grant: &Grant,
        handle: &str,
        flight: &str,
        departure: &Departure,
    ) -> Result<Infringement, AppError> {
        only(grant, &[Act::InfringementExport])?;
        let document = self.core.store.read(|tx| {
            // Also one that has ended since.
            let CarrierView { row, channels } = view(tx, handle)?;
            let carrier = &Enrolled { row, channels };
            let recipients = self.core.recipients_in(tx)?;
            let recipient = recipients.of(grant.compartment())?;
            let unit = recipients
                .list
                .first()
                .is_some_and(|it| it.name == recipient.name);
            let known = self.flight_of(tx, grant, recipient, carrier, flight, departure)?;
            if known.gone {
                return Err(InfringementRefusal::Gone.into());
            }
            document(tx, grant, recipient, unit, carrier, &known)
        })?;
        let digest = digest(&document);
        self.core.store.write(|tx| {
            let detail = format!("ok flight={flight} digest={digest}");
            Ok::<_, AppError>(tx.audit_append(&[Event::granted(grant, object(handle), detail)])?)
        })?;
        let note = self.core.store.vouch(&note_text(&digest))?;
        Ok(Infringement {
            document,
            digest,
            note,
        })
    }

    fn flight_of(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
        recipient: &Compartment,
        carrier: &Enrolled,
        flight: &str,
        departure: &Departure,
    ) -> Result<ExpectedFlight, AppError> {
        // A local date lies within a day of the same date in UTC.
        let around = match departure {
            Departure::At(at) => (*at, *at),
            Departure::On(date) => {
                let start = date.to_zoned(TimeZone::UTC).map(|at| at.timestamp());
                let start = start.unwrap_or_default();
                (start - 24.hours(), start + 48.hours())
            }
        };
        let own = |it: &&ExpectedFlight| {
            let when = match departure {
                Departure::At(at) => it.departs_at == *at,
                Departure::On(date) => it.departs.is_some_and(|departs| departs.date() == *date),
            };
            let flown = carrier
                .row
                .operates
                .iter()
                .any(|code| **code == *it.carrier);
            when && flown && it.name == flight
        };
        let flights = self.expected_of(tx, recipient, around, grant.at())?;
        let found = flights.iter().find(own).cloned();
        Ok(found.ok_or_else(|| InfringementRefusal::NoFlight(flight.to_owned()))?)
    }
}

impl Infringement {
    /// Everything as one value: the document with its digest and its note.
    pub fn json(&self) -> Value {
        json!({ "document": self.document, "digest": self.digest, "note": self.note })
    }

    /// Reads what [`Infringement::json`] made; nothing where that is something else, or where the
    /// digest is not the document's.
    pub fn read(text: &str) -> Option<Self> {
        let mut whole: Value = serde_json::from_str(text).ok()?;
        let document = whole.get_mut("document")?.take();
        let digest = whole["digest"].as_str()?.to_owned();
        let note = whole["note"].as_str().map(str::to_owned);
        (self::digest(&document) == digest).then_some(Self {
            document,
            digest,
            note,
        })
    }

    /// The text that the note signs.
    pub fn vouched(&self) -> String {
        note_text(&self.digest)
    }

    /// A page to print.
    pub fn page(&self) -> String {
        page::page(self)
    }
}

fn note_text(digest: &str) -> String {
    format!("oriel infringement\n{digest}\n")
}

fn digest(document: &Value) -> String {
    hex(&Sha256::digest(canonical(document).as_bytes()))
}

/// The one text of a value: names sorted, no blanks, strings as JSON escapes them the shortest way
/// (RFC 8785 for the values that stand here, which have no fractions).
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let fields = fields.into_iter().map(|(name, value)| {
                format!("{}:{}", Value::from(name.as_str()), canonical(value))
            });
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        plain => plain.to_string(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn at(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What is proved.
fn document(
    tx: &mut Tx<'_>,
    grant: &Grant,
    recipient: &Compartment,
    unit: bool,
    carrier: &Enrolled,
    flight: &ExpectedFlight,
) -> Result<Value, AppError> {
    let tolerance = recipient.profile.push().tolerance.value;
    let (from, to) = (
        flight.departs_at - BEFORE.hours(),
        flight.departs_at + AFTER.hours(),
    );
    let arrived = match flight.journey {
        Some(journey) => tx.message_proofs(&recipient.name, journey)?,
        None => Vec::new(),
    };
    let mut refused = Vec::new();
    if unit {
        // Of which flight a refusal was nobody can tell, and it is the unit's to know.
        refused = tx.refusal_proofs(from, to)?;
        refused.retain(|row| is_by(carrier, &row.channel));
    }
    let more = refused.len().saturating_sub(REFUSALS);
    refused.truncate(REFUSALS);
    let mut notices = tx.notice_of_flight(&recipient.name, &carrier.row.handle, &flight.name)?;
    notices.retain(|row| row.departs_at == Some(flight.departs_at));
    let mut outages = tx.outage_list(from)?;
    outages.retain(|row| row.started_at <= to);
    let mut schedules = tx.schedule_list()?;
    schedules.retain(|row| {
        row.ended.is_none() && row.carriers.split(' ').any(|code| *code == *flight.carrier)
    });
    let status = |status: CarrierStatus| status.name();
    Ok(json!({
        "schema": "oriel.infringement/1",
        "made_at": at(grant.at()),
        "recipient": { "name": recipient.name, "title": recipient.title },
        "law": recipient.profile.reference(),
        "carrier": {
            "id": carrier.row.handle,
            "name": carrier.row.name,
            "operates": carrier.row.operates,
            "status": status(carrier.row.status),
            "version": carrier.row.version,
        },
        "flight": {
            "name": flight.name,
            "from": &*flight.from,
            "to": &*flight.to,
            "departs": flight.departs.map(|at| at.to_string()),
            "departs_at": at(flight.departs_at),
            "plan": flight.plan.name(),
            "record": flight.journey.map(|id| id.display("jrn")),
        },
        "schedules": schedules.iter().map(|row| json!({
            "id": row.id.display("sch"), "name": row.name, "put_at": at(row.put.at),
        })).collect::<Vec<_>>(),
        "expected": flight.pushes.iter().map(|push| json!({
            "push": push.name,
            "kind": push.kind.name(),
            "due_at": at(push.due_at),
            "tolerated_until": at(tolerance.after(push.due_at)),
            "clause": push.clause,
            "state": push.state.name(),
            "came_at": came_at(push).map(at),
            "excused": push.excused,
        })).collect::<Vec<_>>(),
        "failures": failures(flight, carrier, &arrived),
        "arrived": arrived.iter().map(arrival).collect::<Vec<_>>(),
        "refused_then": refused.iter().map(refusal).collect::<Vec<_>>(),
        "refused_more": more,
        "notices": notices.iter().map(notice).collect::<Vec<_>>(),
        "outages": outages.iter().map(|row| json!({
            "from": at(row.started_at), "to": at(row.ended_at), "kind": row.kind,
        })).collect::<Vec<_>>(),
    }))
}

fn came_at(push: &OwedPush) -> Option<Timestamp> {
    match push.state {
        PushState::Come(at) | PushState::Late(at) => Some(at),
        PushState::Awaited | PushState::Missing => None,
    }
}

/// What the carrier failed in, by the classes of R-CAR-02: nothing that is excused, and no message
/// that somebody else sent.
fn failures(flight: &ExpectedFlight, carrier: &Enrolled, arrived: &[MessageProof]) -> Vec<Value> {
    let mut failures = Vec::new();
    for push in flight.pushes.iter().filter(|push| push.is_failed()) {
        failures.push(json!({
            "class": push.state.name(), "push": push.name, "clause": push.clause,
        }));
    }
    for proof in arrived.iter().filter(|it| it.row.errors > 0) {
        if carrier.is_named(&proof.row.sender) {
            failures.push(json!({ "class": "form", "message": proof.row.id().display("msg") }));
        }
    }
    if flight.plan == Plan::Unplanned {
        failures.push(json!({ "class": "unannounced" }));
    }
    failures
}

/// Whether a message came by a way of the carrier's: its short name stands last in the channel, or
/// the login of its machine.
fn is_by(carrier: &Enrolled, channel: &str) -> bool {
    let (way, last) = (channel.split(' ').next(), channel.rsplit(' ').next());
    let Some(last) = last else {
        return false;
    };
    let account =
        |row: &&oriel_store::ChannelRow| row.kind == ChannelKind::Account && row.value == last;
    match way {
        Some("https") => carrier.channels.iter().any(|row| account(&row)),
        _ => last == carrier.row.handle,
    }
}

fn arrival(proof: &MessageProof) -> Value {
    let row = &proof.row;
    json!({
        "message": row.id().display("msg"),
        "digest": hex(&row.key),
        "type": row.kind,
        "version": row.version,
        "function": row.function,
        "sender": row.sender,
        "channel": proof.channel,
        "received_at": at(row.received_at),
        "bytes": row.size,
        "travellers": row.travellers,
        "verdict": if row.errors > 0 { "taken with losses" } else { "taken" },
        "findings": findings(&proof.findings),
    })
}

fn refusal(proof: &RefusalProof) -> Value {
    json!({
        "digest": hex(&proof.key),
        "type": proof.kind,
        "sender": proof.sender,
        "channel": proof.channel,
        "received_at": at(proof.received_at),
        "bytes": proof.size,
        "verdict": "refused",
        "findings": findings(&proof.findings),
    })
}

/// Findings as they are kept: codes and places, without values.
fn findings(text: &str) -> Vec<Value> {
    let notes: Vec<FindingNote> = serde_json::from_str(text).unwrap_or_default();
    let finding = |note: FindingNote| {
        let kind = by_code(&note.code);
        json!({
            "code": note.code,
            "segment": note.segment,
            "tag": note.tag,
            "bytes": note.bytes,
            "costs_a_value": kind.is_some_and(|kind| kind.severity >= Severity::Error),
            "text": kind.map(|kind| kind.text),
            "source": kind.map(|kind| kind.source),
        })
    };
    notes.into_iter().map(finding).collect()
}

fn notice(row: &NoticeRow) -> Value {
    json!({
        "id": row.id.display("ntc"),
        "kind": row.kind,
        "for": row.step,
        "push": row.push,
        "due_at": row.due_at.map(at),
        "text": row.words,
        "language": row.language,
        "made_at": at(row.made_at),
        "delivered_at": row.delivered_at.map(at),
        "way": row.way,
        "stopped_at": row.stopped_at.map(at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_text() {
        let text = r#"{ "b": [1, null, "é\n\"x"], "a": {"d": true, "c": false} }"#;
        let value: Value = serde_json::from_str(text).unwrap();
        let expect = r#"{"a":{"c":false,"d":true},"b":[1,null,"é\n\"x"]}"#;
        assert_eq!(canonical(&value), expect);
    }
}
