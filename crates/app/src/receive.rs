//! The writing half of receiving: merge, screen, one commit for many messages.
//!
//! - In: prepared messages in order.  Out: what became of each, once it is durable.
//! - Invariants: a message is accepted (kept, merged, screened) or refused (its digest and the
//!   reasons kept), never anything between; the same message again changes nothing; everything of
//!   a batch is one transaction.

use crate::journey::traveller_id;
use crate::prepare::{Accepted, FindingNote, Prepared};
use crate::screen::Work;
use crate::{AppError, Channel, Core};
use jiff::Timestamp;
use oriel_model::{JourneyKey, MessageKey, Report};
use oriel_policy::audit::{Deed, Event};
use oriel_store::{Id, JourneyRow, NewMessage, Refused, Tx};
use std::collections::{HashMap, HashSet};

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Kept and screened.
    Accepted,
    /// Known from before; nothing changed.
    Duplicate,
    /// Not taken; nothing of its content is kept.
    Refused,
}

impl Status {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
        }
    }
}

/// What became of one message, and what is odd about it.
#[derive(Clone, Debug)]
pub struct MessageOutcome {
    /// Identifier, from the message's digest.
    pub id: Id,
    /// Accepted, known, or refused.
    pub status: Status,
    /// Type, such as `PAXLST`; blank when it could not be read.
    pub kind: String,
    /// Message reference, or blank.
    pub reference: String,
    /// Persons in it.
    pub travellers: u32,
    /// Bookings in it.
    pub bookings: u32,
    /// Findings, without values.
    pub findings: Vec<FindingNote>,
}

/// What became of a transmission.
#[derive(Clone, Debug, Default)]
pub struct Receipt {
    /// Message by message, in order.
    pub messages: Vec<MessageOutcome>,
}

impl Receipt {
    /// How many messages ended in `status`.
    pub fn count(&self, status: Status) -> usize {
        self.messages
            .iter()
            .filter(|message| message.status == status)
            .count()
    }
}

/// One transmission on its way to the commit.
pub(crate) struct Job {
    pub(crate) prepared: Vec<Prepared>,
    pub(crate) channel: Channel,
}

/// A journey that messages of this batch speak of.
struct Touched {
    key: JourneyKey,
    row: Option<JourneyRow>,
    n: i64,
    fresh: Vec<(i64, Report)>,
}

impl Core {
    /// Commits a batch; gives a receipt for each job.
    pub(crate) fn commit(&self, jobs: Vec<Job>) -> Result<Vec<Receipt>, AppError> {
        let now = self.now();
        self.store.write(|tx| {
            let lists = self.lists_in(tx)?;
            let mut batch = Batch::open(tx, now)?;
            let mut receipts = Vec::with_capacity(jobs.len());
            for job in jobs {
                let mut receipt = Receipt::default();
                for prepared in job.prepared {
                    receipt
                        .messages
                        .push(batch.take(tx, prepared, &job.channel)?);
                }
                receipts.push(receipt);
            }
            let mut work = Vec::with_capacity(batch.journeys.len());
            for touched in batch.journeys {
                work.push(self.merge_one(tx, touched, now, &lists.digest)?);
            }
            self.screen_and_put(tx, work, &lists, now)?;
            tx.booking_put(&batch.bookings)?;
            tx.audit_append(&batch.events)?;
            Ok(receipts)
        })
    }

    /// Loads what is known of a journey, adds what is new, merges.
    fn merge_one(
        &self,
        tx: &mut Tx<'_>,
        touched: Touched,
        now: Timestamp,
        lists: &str,
    ) -> Result<Work, AppError> {
        let Touched { key, row, n, fresh } = touched;
        let id = Id::of_journey(&key);
        let (mut reports, known) = match &row {
            Some(row) => (
                tx.report_list(&self.system_grant(), row.n)?,
                tx.traveller_list(row.n)?,
            ),
            None => (Vec::new(), Vec::new()),
        };
        for (message, report) in &fresh {
            tx.report_insert(n, *message, report)?;
        }
        reports.extend(fresh.into_iter().map(|(_, report)| report));
        let journey = oriel_model::merge(reports);
        let next = self.journey_row(n, id, &key, &journey, now, lists);
        let ids = journey
            .people
            .iter()
            .map(|p| traveller_id(id, &journey, p))
            .collect();
        Ok(Work {
            before: row,
            row: next,
            journey,
            ids,
            known,
        })
    }
}

/// The books of one commit.
struct Batch {
    now: Timestamp,
    next_message: i64,
    next_journey: i64,
    seen: HashSet<MessageKey>,
    places: HashMap<JourneyKey, usize>,
    journeys: Vec<Touched>,
    bookings: Vec<Id>,
    events: Vec<Event>,
}

impl Batch {
    fn open(tx: &mut Tx<'_>, now: Timestamp) -> Result<Self, AppError> {
        Ok(Self {
            now,
            next_message: tx.message_next()?,
            next_journey: tx.journey_next()?,
            seen: HashSet::new(),
            places: HashMap::new(),
            journeys: Vec::new(),
            bookings: Vec::new(),
            events: Vec::new(),
        })
    }

    /// Keeps one message, or its refusal, and files its reports under their journeys.
    fn take(
        &mut self,
        tx: &mut Tx<'_>,
        prepared: Prepared,
        channel: &Channel,
    ) -> Result<MessageOutcome, AppError> {
        let mut outcome = MessageOutcome {
            id: Id::of_message(&prepared.key),
            status: Status::Refused,
            kind: prepared.kind.to_string(),
            reference: prepared.reference.to_string(),
            travellers: 0,
            bookings: 0,
            findings: prepared.notes,
        };
        let Some(accepted) = prepared.accepted else {
            let fresh = tx.refusal_insert(&Refused {
                key: &prepared.key,
                size: prepared.size as i64,
                sender: &prepared.sender,
                kind: &prepared.kind,
                channel: &channel.0,
                received_at: self.now,
                findings: &prepared.findings,
            })?;
            if fresh {
                self.events.push(Event::system(
                    self.now,
                    Deed::MessageRefuse,
                    outcome.id.display("msg"),
                    format!("refused bytes={}", prepared.size),
                ));
            }
            return Ok(outcome);
        };
        outcome.travellers = accepted.travellers;
        outcome.bookings = accepted.bookings;
        if !self.seen.insert(prepared.key) || tx.message_find(&prepared.key)?.is_some() {
            outcome.status = Status::Duplicate;
            return Ok(outcome);
        }
        outcome.status = Status::Accepted;
        let n = self.next_message;
        self.next_message += 1;
        let Accepted {
            envelope,
            service,
            bytes,
            travellers,
            bookings: _,
            reports,
        } = accepted;
        let sent = envelope.sent.map(|at| at.to_string());
        tx.message_insert(
            n,
            &NewMessage {
                key: &prepared.key,
                kind: &envelope.kind,
                version: &envelope.version,
                function: envelope.function.name(),
                sender: &envelope.sender,
                recipient: &envelope.recipient,
                reference: &envelope.reference,
                sent: sent.as_deref(),
                received_at: self.now,
                channel: &channel.0,
                service,
                bytes: &bytes,
                findings: &prepared.findings,
                errors: i64::from(prepared.errors),
                warnings: i64::from(prepared.warnings),
                travellers: i64::from(travellers),
            },
        )?;
        self.events.push(Event::system(
            self.now,
            Deed::MessageAccept,
            outcome.id.display("msg"),
            format!("ok type={} travellers={travellers}", envelope.kind),
        ));
        for (key, report) in reports {
            self.file(tx, key, n, report)?;
        }
        Ok(outcome)
    }

    fn file(
        &mut self,
        tx: &mut Tx<'_>,
        key: JourneyKey,
        message: i64,
        report: Report,
    ) -> Result<(), AppError> {
        for booking in &report.bookings {
            if let Some(own) = booking.locators.first() {
                self.bookings
                    .push(Id::of_booking(&own.company, own.code.expose()));
            }
        }
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None => {
                let row = tx.journey_find(Id::of_journey(&key))?;
                let n = row.as_ref().map_or(self.next_journey, |row| row.n);
                if row.is_none() {
                    self.next_journey += 1;
                }
                self.journeys.push(Touched {
                    key: key.clone(),
                    row,
                    n,
                    fresh: Vec::new(),
                });
                self.places.insert(key, self.journeys.len() - 1);
                self.journeys.len() - 1
            }
        };
        self.journeys[place].fresh.push((message, report));
        Ok(())
    }
}
