//! The writing half of receiving: merge, screen, one commit for many messages.
//!
//! - In: prepared messages in order.  Out: what became of each, once it is durable.
//! - Invariants: a message is accepted (kept, merged, screened) or refused (its digest and the
//!   reasons kept), never anything between; the same message again changes nothing; everything of
//!   a batch is one transaction.

use crate::at_hand::Known;
use crate::carriers::{Asked, Bookings, strange};
use crate::journey::{Place, traveller_ids};
use crate::prepare::{Accepted, FindingNote, Kept, Prepared, Told};
use crate::quality::{Counts, Of, told_of, whose};
use crate::screen::Work;
use crate::selection::Register;
use crate::writer::Turn;
use crate::{AppError, Channel, Cleared, Compartment, Core, Enrolled, Registry, check_in};
use jiff::Timestamp;
use oriel_messages::findings::by_code;
use oriel_model::{Envelope, JourneyKey, MessageKey, Mode};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Projected, Standing, Task, Way, day};
use oriel_store::{
    ClearanceRow, Id, JourneyRow, NewMessage, NotTaken, Packed, QualityKey, Refused, Retention, Tx,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Kept and screened.
    Accepted,
    /// Known from before; nothing changed.
    Duplicate,
    /// Not taken; nothing of its content is kept.
    Refused,
    /// About a journey that nobody had selected: counted, and nothing of it is kept. Senders are not
    /// told which journeys are selected, so to them it is one that was accepted.
    NotSelected,
    /// A question that is not answered in time: its sender is told that nobody can say, and nothing
    /// is acknowledged. It may be kept all the same; sent again it is a duplicate then.
    Late,
}

impl Status {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::NotSelected => "not_selected",
            Self::Late => "late",
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
    /// What its sender is told of each person in it, in order; nothing for one that did not ask.
    pub cleared: Option<Vec<Cleared>>,
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
    /// Whose turn it is to answer, where somebody waits for it.
    pub(crate) turn: Option<Arc<Turn>>,
}

/// A journey that messages of this batch speak of.
struct Touched {
    compartment: usize,
    key: JourneyKey,
    row: Option<JourneyRow>,
    n: i64,
    anchor: Timestamp,
    fresh: Vec<(i64, Told)>,
}

impl Core {
    /// Commits a batch; gives a receipt for each job.
    pub(crate) fn commit(&self, jobs: Vec<Job>) -> Result<Vec<Receipt>, AppError> {
        let now = self.now();
        let mut cuts = Vec::new();
        let registry = self.carriers.now(&self.store);
        let mut at_hand = (Vec::new(), 0);
        let channels: Vec<Channel> = jobs.iter().map(|job| job.channel.clone()).collect();
        let receipts = self.store.write(|tx| {
            let recipients = self.recipients_in(tx)?;
            let stale = |prepared: &Prepared| prepared.law != recipients.epoch;
            if jobs.iter().flat_map(|job| &job.prepared).any(stale) {
                return Err(AppError::LawChanged);
            }
            let lists = self.lists_in(tx)?;
            let mut batch = Batch::open(tx, &recipients.list, &registry, now)?;
            let mut receipts = Vec::with_capacity(jobs.len());
            let mut asked = Vec::new();
            for job in jobs {
                let turn = job.turn;
                let mut receipt = Receipt::default();
                for prepared in job.prepared {
                    let taken = prepared.accepted.as_ref();
                    if taken.is_some_and(|taken| taken.asks.is_some()) {
                        let place = (receipts.len(), receipt.messages.len());
                        asked.push((place, prepared.key, turn.clone()));
                    }
                    receipt
                        .messages
                        .push(batch.take(tx, prepared, &job.channel)?);
                }
                receipts.push(receipt);
            }
            let mut own: Vec<Option<String>> = vec![None; recipients.list.len()];
            let mut work = Vec::with_capacity(batch.journeys.len());
            let epoch = recipients.epoch;
            let mut told = BTreeMap::new();
            for touched in batch.journeys.into_iter().filter(|t| !t.fresh.is_empty()) {
                let at = touched.compartment;
                let screened = own[at]
                    .get_or_insert_with(|| lists.of(&recipients.list[at].profile, now).digest);
                let known = touched
                    .row
                    .as_ref()
                    .and_then(|row| self.at_hand.take(row, epoch));
                let compartment = &recipients.list[at];
                let mut merged = merge_one(tx, compartment, touched, known, now, screened)?;
                let asks =
                    |message: &MessageKey| Some((*message, batch.asking.get(message)?.clone()));
                merged.asking = merged.fresh.iter().filter_map(asks).collect();
                if registry.flying(&merged.row.carrier).is_some() {
                    told.insert(merged.row.n, told_of(&merged.journey));
                }
                work.push(merged);
            }
            self.screen_and_put(tx, &mut work, &lists, now)?;
            let mut stands: HashMap<MessageKey, Vec<ClearanceRow>> = HashMap::new();
            for row in work.iter_mut().flat_map(|work| work.answers.drain(..)) {
                if batch.asking.contains_key(&row.message) {
                    stands.entry(row.message).or_default().push(row);
                }
            }
            for ((job, message), key, turn) in asked {
                let outcome = &mut receipts[job].messages[message];
                let in_time = turn.is_none_or(|turn| turn.answer());
                if !in_time {
                    self.carriers.forget();
                }
                let stands = stands.remove(&key);
                check_in::tell(tx, &recipients.list, &key, stands, outcome, in_time, now)?;
            }
            tx.told_put(&told)?;
            tx.quality_add(&figures(&batch.counts))?;
            tx.booking_put(&batch.bookings)?;
            tx.feed_put(&batch.feeds, now)?;
            if batch.events.is_empty() {
                // A repeat changes nothing but its count, and that is nobody's.
                tx.housekeeping();
            }
            tx.audit_append(&batch.events)?;
            cuts = batch.cuts;
            at_hand = (work, epoch);
            Ok::<_, AppError>(receipts)
        })?;
        let (work, epoch) = at_hand;
        let known = work
            .into_iter()
            .filter_map(|work| Known::after(work, epoch));
        self.at_hand.put(known, now);
        for (channel, receipt) in channels.iter().zip(&receipts) {
            self.traffic.add(channel, receipt);
        }
        for (recipient, cut) in &cuts {
            self.cuts.add(recipient, cut);
        }
        Ok(receipts)
    }
}

/// Adds what is new to what is known of a journey: as it lies at hand, else from the store.
fn merge_one(
    tx: &mut Tx<'_>,
    compartment: &Compartment,
    touched: Touched,
    at_hand: Option<Known>,
    now: Timestamp,
    lists: &str,
) -> Result<Work, AppError> {
    let Touched {
        compartment: _,
        key,
        row,
        n,
        anchor,
        fresh,
    } = touched;
    let grant = compartment.system_grant(Task::Screen, now);
    let id = Id::of_journey(&compartment.name, &key);
    let mut reports = Vec::new();
    let mut kept: Vec<(i64, MessageKey, Packed)> = Vec::with_capacity(fresh.len());
    let mut ahead = Vec::new();
    for (message, told) in fresh {
        ahead.extend(told.ahead);
        kept.push((message, told.report.message, told.packed));
        reports.push(told.report);
    }
    // What the law shows of it may have changed since, where it is not open any more.
    let at_hand = at_hand.filter(|_| grant.standing(anchor, false) == Standing::Open);
    let (journey, links, ids, known, first_new) = match (at_hand, &row) {
        (Some(known), _) => {
            let Known {
                mut journey,
                mut links,
                travellers,
                ..
            } = known;
            let first_new = links.add(&mut journey, reports);
            let ids = traveller_ids(id, &journey);
            (journey, links, ids, travellers, first_new)
        }
        (None, row) => {
            let mut known = Vec::new();
            if let Some(row) = row {
                reports.extend(tx.report_list(&grant, row)?);
                known = tx.traveller_list(row.n)?;
            }
            let (journey, links) = oriel_model::merge_linked(reports);
            let ids = traveller_ids(id, &journey);
            (journey, links, ids, known, 0)
        }
    };
    let place = Place {
        n,
        id,
        compartment,
        anchor,
        before: row.as_ref(),
    };
    let next = place.row(&key, &journey, now, lists);
    for (message, digest, packed) in &kept {
        tx.report_insert(&next, *message, digest, packed)?;
    }
    Ok(Work {
        grant,
        fresh: kept.into_iter().map(|(_, digest, _)| digest).collect(),
        asking: HashMap::new(),
        ahead,
        answers: Vec::new(),
        before: row,
        row: next,
        journey,
        links: Some(links),
        first_new,
        ids,
        known,
    })
}

/// Counts as they are kept.
fn figures(counts: &BTreeMap<QualityKey, Counts>) -> BTreeMap<QualityKey, oriel_store::Figures> {
    let kept = counts
        .iter()
        .map(|(key, counts)| (key.clone(), counts.figures()));
    kept.collect()
}

/// The books of one commit.
struct Batch<'a> {
    compartments: &'a [Compartment],
    registry: &'a Registry,
    /// How well carriers sent.
    counts: BTreeMap<QualityKey, Counts>,
    now: Timestamp,
    next_message: i64,
    next_journey: i64,
    seen: HashSet<MessageKey>,
    places: HashMap<(usize, JourneyKey), usize>,
    journeys: Vec<Touched>,
    bookings: Vec<Id>,
    events: Vec<Event>,
    register: Register,
    cuts: Vec<(String, Projected)>,
    /// Messages whose senders wait for a verdict on each traveller, and who these are.
    asking: HashMap<MessageKey, String>,
    /// Who took something of which sender.
    feeds: BTreeSet<(&'a str, String)>,
    /// What carriers were asked for.
    asked: Asked,
}

impl<'a> Batch<'a> {
    fn open(
        tx: &mut Tx<'_>,
        compartments: &'a [Compartment],
        registry: &'a Registry,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        Ok(Self {
            compartments,
            registry,
            counts: BTreeMap::new(),
            now,
            next_message: tx.message_next()?,
            next_journey: tx.journey_next()?,
            seen: HashSet::new(),
            places: HashMap::new(),
            journeys: Vec::new(),
            bookings: Vec::new(),
            events: Vec::new(),
            register: Register::default(),
            cuts: Vec::new(),
            asking: HashMap::new(),
            feeds: BTreeSet::new(),
            asked: Asked::default(),
        })
    }

    /// Notes what became of a message: it was judged by the law of every recipient.
    fn note(&mut self, event: Event) {
        let profiles = self.compartments.iter().map(|known| &known.profile);
        self.events.push(event.under(profiles));
    }

    /// Notes an accepted message: where not every recipient took it, for each that did, because the
    /// others are not to know of it (R-SCO-07).
    fn note_accepted(&mut self, event: Event, kept: &[Kept]) {
        let took = |kept: &&Kept| !kept.reports.is_empty();
        let takers = kept.iter().filter(took).map(|kept| kept.compartment);
        let takers: Vec<&Compartment> = takers.map(|at| &self.compartments[at]).collect();
        if takers.is_empty() || takers.len() == self.compartments.len() {
            return self.note(event);
        }
        for taker in takers {
            let event = event.clone().under([&taker.profile]).within(&taker.name);
            self.events.push(event);
        }
    }

    /// The counts of a carrier's messages to a recipient.
    fn counted(&mut self, compartment: usize, carrier: &Enrolled, format: &str) -> &mut Counts {
        let key = QualityKey {
            compartment: self.compartments[compartment].name.clone(),
            handle: carrier.row.handle.clone(),
            day: day(self.now),
            format: format.to_owned(),
        };
        self.counts.entry(key).or_default()
    }

    /// Counts a message for a recipient that took it: as what it is, or as a repeat.
    fn count(&mut self, kept: &Kept, brought: Option<&Arc<Enrolled>>, format: &str, new: bool) {
        let Some(carrier) = whose(self.registry, brought, kept.flown) else {
            return;
        };
        let counts = self.counted(kept.compartment, carrier, format);
        match new {
            true => counts.add_all(&kept.counts),
            false => counts.add(Of::All, "repeats", 1),
        }
    }

    /// Counts a refusal. Of which flight it was nobody can tell: it is the unit's to know.
    fn count_refusal(&mut self, carrier: &Enrolled, notes: &[FindingNote]) {
        let counts = self.counted(0, carrier, "");
        counts.add(Of::All, "refused", 1);
        for kind in notes.iter().filter_map(|note| by_code(&note.code)) {
            counts.add(Of::Code, kind.code, 1);
        }
    }

    /// Tells a carrier, and the log, of a message that is not the carrier's to send; once.
    fn tell_strange(&mut self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<(), AppError> {
        let (Some((carrier, code)), Some(unit)) = (&prepared.strange, self.compartments.first())
        else {
            return Ok(());
        };
        let message = Id::of_message(&prepared.key);
        let (notice, event) = strange(unit, carrier, message, code, self.now);
        if tx.notice_insert(&notice)? {
            self.events
                .push(event.under([&unit.profile]).within(&unit.name));
        }
        Ok(())
    }

    /// Keeps one message, or its refusal, and files its reports under their journeys.
    fn take(
        &mut self,
        tx: &mut Tx<'_>,
        prepared: Prepared,
        channel: &Channel,
    ) -> Result<MessageOutcome, AppError> {
        self.tell_strange(tx, &prepared)?;
        let mut outcome = prepared.outcome();
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
                if let Some(carrier) = &prepared.brought {
                    self.count_refusal(carrier, &outcome.findings);
                }
                let event = Event::system(
                    self.now,
                    Deed::MessageRefuse,
                    outcome.id.display("msg"),
                    format!("refused bytes={}", prepared.size),
                );
                self.note(event);
            }
            return Ok(outcome);
        };
        if !self.seen.insert(prepared.key) || tx.message_find(&prepared.key)?.is_some() {
            outcome.status = Status::Duplicate;
            for kept in accepted.kept.iter().filter(|kept| !kept.reports.is_empty()) {
                self.count(kept, prepared.brought.as_ref(), prepared.format, false);
            }
            return Ok(outcome);
        }
        let Accepted {
            envelope,
            asks,
            service,
            travellers,
            bookings: _,
            mut kept,
        } = accepted;
        if let Some(handle) = asks {
            self.asking.insert(prepared.key, handle);
        }
        let dropped = self.drop_unselected(tx, &prepared.key, &mut kept)?;
        if dropped && kept.iter().all(|kept| kept.reports.is_empty()) {
            outcome.status = Status::NotSelected;
            return Ok(outcome);
        }
        let n = self.next_message;
        self.next_message += 1;
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
                size: prepared.size as i64,
                findings: &prepared.findings,
                errors: i64::from(prepared.errors),
                warnings: i64::from(prepared.warnings),
                travellers: i64::from(travellers),
            },
        )?;
        let event = Event::system(
            self.now,
            Deed::MessageAccept,
            outcome.id.display("msg"),
            format!("ok type={} travellers={travellers}", envelope.kind),
        );
        self.note_accepted(event, &kept);
        for kept in kept {
            if !kept.reports.is_empty() {
                self.count(&kept, prepared.brought.as_ref(), prepared.format, true);
                self.answers(
                    tx,
                    &prepared.key,
                    &envelope,
                    prepared.brought.as_ref(),
                    &kept,
                )?;
            }
            let Kept {
                compartment,
                bytes,
                reports,
                whole,
                cut,
                flown: _,
                counts: _,
            } = kept;
            let name = &self.compartments[compartment].name;
            self.cuts.push((name.clone(), cut));
            // Where there is one recipient every message is its own.
            if !reports.is_empty() || self.compartments.len() == 1 {
                self.feeds.insert((name, envelope.sender.to_string()));
            }
            // The bytes go when the first of the journeys goes that they speak of.
            let mut anchor = None;
            for told in reports {
                let own = self.file(tx, compartment, n, told)?;
                anchor = anchor.into_iter().chain(own).min();
            }
            // Bytes that also speak of a journey that was not selected are not kept in part.
            if let Some(anchor) = anchor.filter(|_| whole) {
                tx.original_insert(n, name, anchor, &prepared.key, &bytes)?;
            }
        }
        Ok(outcome)
    }

    /// Links bookings to what the carrier was asked for (R-ING-08).
    fn answers(
        &mut self,
        tx: &mut Tx<'_>,
        message: &MessageKey,
        envelope: &Envelope,
        brought: Option<&Arc<Enrolled>>,
        kept: &Kept,
    ) -> Result<(), AppError> {
        let carrier = whose(self.registry, brought, kept.flown);
        let Some(carrier) = carrier.filter(|_| envelope.kind == "PNRGOV") else {
            return Ok(());
        };
        let recipient = &self.compartments[kept.compartment];
        let came = Bookings {
            message,
            access: envelope.access_reference.as_deref(),
            handle: &carrier.row.handle,
            compartment: &recipient.name,
            reports: &kept.reports,
        };
        for event in self.asked.hear(tx, &came, self.now)? {
            let event = event.under([&recipient.profile]).within(&recipient.name);
            self.events.push(event);
        }
        Ok(())
    }

    /// Takes away, for each recipient, the reports about journeys that its law does not let in or
    /// that nobody selected for it (R-SCO-08). Tells whether there were any.
    fn drop_unselected(
        &mut self,
        tx: &mut Tx<'_>,
        message: &MessageKey,
        kept: &mut [Kept],
    ) -> Result<bool, AppError> {
        let mut any = false;
        for kept in kept {
            let recipient = &self.compartments[kept.compartment];
            let mut first: Option<(Mode, Way, String)> = None;
            let mut travellers = 0;
            let mut taken = Vec::with_capacity(kept.reports.len());
            for told in std::mem::take(&mut kept.reports) {
                let flight = &told.report.flight;
                let Some(way) = self.register.refuses(tx, recipient, flight, self.now)? else {
                    taken.push(told);
                    continue;
                };
                let carrier = flight.carrier.map(|carrier| carrier.to_string());
                first.get_or_insert((flight.mode, way, carrier.unwrap_or_default()));
                travellers += told.report.travellers.len() as i64;
            }
            kept.reports = taken;
            let Some((mode, way, carrier)) = first else {
                continue;
            };
            any = true;
            kept.whole = false;
            let new = tx.not_taken_insert(&NotTaken {
                message,
                compartment: &recipient.name,
                received_at: self.now,
                mode,
                way: way.name(),
                carrier: &carrier,
                travellers,
            })?;
            if new {
                let (mode, way) = (mode.name(), way.name());
                let detail = format!("ok mode={mode} way={way} travellers={travellers}");
                let object = Id::of_message(message).display("msg");
                let event = Event::system(self.now, Deed::MessageDrop, object, detail);
                let event = event.under([&recipient.profile]).within(&recipient.name);
                self.events.push(event);
            }
        }
        Ok(any)
    }

    /// Files a report under its journey; gives the journey's anchor. A journey whose time is over
    /// takes nothing any more: its clock is not started again.
    fn file(
        &mut self,
        tx: &mut Tx<'_>,
        compartment: usize,
        message: i64,
        told: Told,
    ) -> Result<Option<Timestamp>, AppError> {
        let (key, report) = (&told.journey, &told.report);
        let recipient = &self.compartments[compartment];
        let grant = recipient.system_grant(Task::Screen, self.now);
        let place = match self.places.get(&(compartment, key.clone())) {
            Some(place) => *place,
            None => {
                let row = tx.journey_find(Id::of_journey(&recipient.name, key))?;
                let (n, anchor) = match &row {
                    Some(row) => (row.n, row.anchor),
                    None => {
                        self.next_journey += 1;
                        let anchor = recipient.anchor(&report.flight, self.now);
                        (self.next_journey - 1, anchor)
                    }
                };
                self.journeys.push(Touched {
                    compartment,
                    key: key.clone(),
                    row,
                    n,
                    anchor,
                    fresh: Vec::new(),
                });
                let place = self.journeys.len() - 1;
                self.places.insert((compartment, key.clone()), place);
                place
            }
        };
        let touched = &mut self.journeys[place];
        let over = touched
            .row
            .as_ref()
            .is_some_and(|row| row.retention != Retention::Whole)
            || !matches!(
                grant.standing(touched.anchor, false),
                Standing::Open | Standing::Staged { .. }
            );
        if over {
            return Ok(None);
        }
        for booking in &report.bookings {
            if let Some(own) = booking.locators.first() {
                self.bookings.push(tx.booking_id(
                    &recipient.name,
                    &own.company,
                    own.code.expose(),
                )?);
            }
        }
        touched.fresh.push((message, told));
        Ok(Some(touched.anchor))
    }
}
