//! Carriers that asked are told when an answer changes, and say whether they took it.
//!
//! - In: answers that stand otherwise than they were told; a carrier's acknowledgement (CUSRES 312).
//!   Out: a message for each question (CUSRES 132) for the ways in to hand over.
//! - Source: R-IAPI-04, R-IAPI-05; WCO/IATA/ICAO guide to API response messages.
//! - Invariants: nothing is told after the journey has begun, or where a newer answer was asked for;
//!   the same change has the same number, however often it is handed over; what does not change the
//!   gravest answer is not told, so that who decided what does not show.

use super::{Cleared, graver, told};
use crate::reply::spelled;
use crate::{
    App, AppError, Compartment, Core, MessageOutcome, Receipt, Sender, Status, message_key,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use oriel_messages::reply::{Answer, Codes, Told, VerdictKind, Verdicts, read, unasked, write};
use oriel_model::{MessageKey, Report};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Clearance, Task};
use oriel_store::{ClearanceRow, Id, Tx};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a carrier is to be told of one of its questions, because it stands otherwise now.
#[derive(Clone, Debug)]
pub struct Unasked {
    /// By which the carrier acknowledges it.
    pub number: String,
    /// CUSRES 132.
    pub message: Vec<u8>,
    rows: Vec<ClearanceRow>,
}

/// What became of the rows of one question.
enum Composed {
    Told(Unasked),
    /// Nothing that the carrier was told is different.
    Same(Vec<ClearanceRow>),
    /// Nobody is told any more: the journey has begun, or its record is gone.
    Over(Vec<ClearanceRow>),
}

impl App {
    /// What waits for a carrier because an answer changed, question by question. Each time it is
    /// composed is in the log.
    pub fn unasked_waiting(&self, handle: &str) -> Result<Vec<Unasked>, AppError> {
        if !self.registry().is_owed(handle) {
            return Ok(Vec::new());
        }
        let core = &self.core;
        let now = self.now();
        let waiting = core.store.write(|tx| {
            tx.housekeeping();
            core.compose_owed(tx, handle, now)
        })?;
        if waiting.is_empty() {
            core.carriers.forget();
        }
        Ok(waiting)
    }

    /// Notes that a carrier was handed a change.
    pub fn unasked_delivered(&self, change: &Unasked) -> Result<(), AppError> {
        let now = self.now();
        let core = &self.core;
        core.store.write(|tx| {
            core.note(tx, &change.rows, now, |known, row| {
                known.told = row.stands;
                known.told_at = now;
                known.number.clone_from(&change.number);
                known.heard = None;
            })?;
            let recipients = core.recipients_in(tx)?;
            let events = change.events(&recipients.list, "unasked, handed over", now);
            Ok::<_, AppError>(tx.audit_append(&events)?)
        })?;
        core.carriers.forget();
        Ok(())
    }

    /// Notes what a carrier says of changes that it was told, and gives what became of its message;
    /// nothing where `bytes` are no such word of it.
    pub(crate) fn hear(&self, bytes: &[u8], sender: &Sender) -> Result<Option<Receipt>, AppError> {
        let Some(carrier) = sender.carrier().filter(|_| !sender.rehearses()) else {
            return Ok(None);
        };
        let Some((reference, word)) = acknowledgement(bytes) else {
            return Ok(None);
        };
        let Some((number, _)) = &word.transaction else {
            return Ok(None);
        };
        // An error in the place of verdicts: it does not know whom this is about.
        let taken = word.errors.is_empty();
        let now = self.now();
        let core = &self.core;
        let handle = &carrier.row.handle;
        let heard = core.store.write(|tx| {
            let rows = tx.clearance_hear(handle, number, taken)?;
            let of: BTreeSet<(&str, MessageKey)> = rows
                .iter()
                .map(|row| (&*row.compartment, row.message))
                .collect();
            if of.is_empty() {
                tx.housekeeping();
            }
            let says = if taken { "taken" } else { "not_taken" };
            let event = |(name, message): (&str, MessageKey)| {
                let object = Id::of_message(&message).display("msg");
                let detail = format!("ok carrier={handle} says={says}");
                Event::system(now, Deed::ClearanceHear, object, detail).within(name)
            };
            let events: Vec<Event> = of.into_iter().map(event).collect();
            tx.audit_append(&events)?;
            Ok::<_, AppError>(!events.is_empty())
        })?;
        let outcome = |reference| MessageOutcome {
            id: Id::of_message(&message_key(None, bytes)),
            status: Status::Accepted,
            kind: "CUSRES".to_owned(),
            reference,
            travellers: 0,
            bookings: 0,
            findings: Vec::new(),
            cleared: None,
        };
        Ok(heard.then(|| Receipt {
            messages: vec![outcome(reference)],
        }))
    }
}

impl Unasked {
    /// What the log says of it: how many travellers stand how.
    fn events(&self, compartments: &[Compartment], why: &str, now: Timestamp) -> Vec<Event> {
        let mut of: BTreeMap<(&str, MessageKey), Vec<Clearance>> = BTreeMap::new();
        for row in &self.rows {
            let of = of.entry((&row.compartment, row.message)).or_default();
            of.push(row.stands);
        }
        let event = |((name, message), clearances): ((&str, MessageKey), Vec<Clearance>)| {
            let compartment = compartments.iter().find(|it| it.name == name)?;
            let message = Id::of_message(&message);
            Some(told(compartment, message, why, &clearances, now))
        };
        of.into_iter().filter_map(event).collect()
    }
}

impl Core {
    /// What is owed to a carrier, composed; what it need not be told is closed.
    fn compose_owed(
        &self,
        tx: &mut Tx<'_>,
        handle: &str,
        now: Timestamp,
    ) -> Result<Vec<Unasked>, AppError> {
        let recipients = self.recipients_in(tx)?;
        let owed = tx.clearance_owed(handle)?;
        let messages: BTreeSet<MessageKey> = owed.iter().map(|row| row.message).collect();
        let mut waiting = Vec::new();
        for message in messages {
            let rows = tx.clearance_of_message(&message)?;
            let own = rows.first().map(|row| row.compartment.clone());
            match self.compose(tx, &recipients.list, &message, rows, now)? {
                Composed::Told(change) => {
                    tx.audit_append(&change.events(&recipients.list, "unasked", now))?;
                    waiting.push(change);
                    continue;
                }
                Composed::Same(rows) => {
                    self.note(tx, &rows, now, |known, row| known.told = row.stands)?;
                }
                Composed::Over(rows) => {
                    self.note(tx, &rows, now, |known, _| known.awaits = false)?;
                }
            }
            if let Some(own) = own {
                let message = Id::of_message(&message);
                let event = told(recipients.of(&own)?, message, "nothing to tell", &[], now);
                tx.audit_append(&[event])?;
            }
        }
        Ok(waiting)
    }

    /// What a carrier is told of one question of its own.
    fn compose(
        &self,
        tx: &mut Tx<'_>,
        compartments: &[Compartment],
        message: &MessageKey,
        rows: Vec<ClearanceRow>,
        now: Timestamp,
    ) -> Result<Composed, AppError> {
        let mut verdicts: BTreeMap<u32, (Clearance, Option<Cleared>)> = BTreeMap::new();
        for row in &rows {
            let compartment = compartments.iter().find(|it| it.name == row.compartment);
            let law = compartment.and_then(|it| it.profile.check_in());
            let cleared = law.map(|law| Cleared::new(law, row.stands));
            let (was, is) = verdicts.entry(row.place).or_insert((row.told, None));
            *was = row.told.max(*was);
            *is = match (is.take(), cleared) {
                (Some(known), Some(own)) => Some(graver((known, own))),
                (known, own) => known.or(own),
            };
        }
        let changed: Vec<(u32, Told)> = verdicts
            .into_iter()
            .filter_map(|(place, (was, is))| Some((place, was, is?)))
            .filter(|(_, was, is)| *was != is.clearance)
            .map(|(place, _, is)| (place, spelled(&is)))
            .collect();
        let reports = self.reports_of(tx, compartments, message, &rows, now)?;
        let number = number(message, &rows);
        let sent = now.to_zoned(TimeZone::UTC).datetime();
        let owed = |row: &ClearanceRow| row.stands != row.told;
        let rows: Vec<ClearanceRow> = rows.into_iter().filter(owed).collect();
        if changed.is_empty() {
            return Ok(Composed::Same(rows));
        }
        let Some(reply) = unasked(&reports, &changed, &number, sent) else {
            return Ok(Composed::Over(rows));
        };
        let codes = self.agreements.get();
        let codes = codes.map_or_else(Codes::default, |it| it.with(&reply.recipient).codes);
        Ok(match write(&reply, &codes) {
            Ok(message) => Composed::Told(Unasked {
                number,
                message,
                rows,
            }),
            // A reference of the sender that nothing can repeat.
            Err(_) => Composed::Over(rows),
        })
    }

    /// The reports that a question became, of the first recipient that has them, about journeys that
    /// have not begun.
    fn reports_of(
        &self,
        tx: &mut Tx<'_>,
        compartments: &[Compartment],
        message: &MessageKey,
        rows: &[ClearanceRow],
        now: Timestamp,
    ) -> Result<Vec<Report>, AppError> {
        let mut reports = Vec::new();
        let Some(first) = rows.first() else {
            return Ok(reports);
        };
        let name = &first.compartment;
        let Some(compartment) = compartments.iter().find(|it| it.name == *name) else {
            return Ok(reports);
        };
        let grant = compartment.system_grant(Task::Screen, now);
        let own = rows.iter().filter(|row| row.compartment == *name);
        let journeys: BTreeSet<i64> = own.map(|row| row.journey).collect();
        for n in journeys {
            let Some(journey) = tx.journey_row(n)? else {
                continue;
            };
            // Whoever is on board needs no answer any more.
            let begins = journey.departs_at.or(journey.ends_at);
            if begins.is_some_and(|begins| begins <= now) {
                continue;
            }
            let all = tx.report_list(&grant, &journey)?.into_iter();
            reports.extend(all.filter(|report| report.message == *message));
        }
        Ok(reports)
    }

    /// Writes down what became of rows; they may stand otherwise again since they were read, and are
    /// told once more then.
    fn note(
        &self,
        tx: &mut Tx<'_>,
        rows: &[ClearanceRow],
        now: Timestamp,
        change: impl Fn(&mut ClearanceRow, &ClearanceRow),
    ) -> Result<(), AppError> {
        let recipients = self.recipients_in(tx)?;
        for row in rows {
            let compartment = recipients.of(&row.compartment)?;
            let grant = compartment.system_grant(Task::Screen, now);
            let known = tx.clearance_of_message(&row.message)?.into_iter();
            let mut known = known.filter(|it| it.place == row.place && it.journey == row.journey);
            if let Some(mut known) = known.next() {
                change(&mut known, row);
                tx.clearance_put(&grant, &[known])?;
            }
        }
        Ok(())
    }
}

/// The number of a change: the same as long as nothing more has been told.
fn number(message: &MessageKey, rows: &[ClearanceRow]) -> String {
    let mut digest = Sha256::new();
    digest.update(message);
    for row in rows {
        digest.update(row.journey.to_be_bytes());
        digest.update(row.place.to_be_bytes());
        digest.update(row.stands.name());
        digest.update(row.told_at.as_microsecond().to_be_bytes());
    }
    let digest = digest.finalize();
    let digits = digest[..6].iter().map(|byte| format!("{byte:02X}"));
    digits.collect()
}

/// A carrier's word on a change that it was told, with the reference of its message.
fn acknowledgement(bytes: &[u8]) -> Option<(String, Verdicts)> {
    // Nearly everything that comes is something else; the type stands in the first segments.
    const HEAD: usize = 1024;
    let head = &bytes[..bytes.len().min(HEAD)];
    if !head.windows(6).any(|part| part == b"CUSRES") {
        return None;
    }
    let reply = read(bytes, &Codes::default()).ok()?;
    match reply.answer {
        Answer::Verdicts(word) if word.kind == VerdictKind::Acknowledgement => {
            Some((reply.reference.to_string(), word))
        }
        _ => None,
    }
}
