//! Pushes that carriers are asked for outside the schedule, because of a specific and actual threat.
//!
//! - In: a flight of a live carrier, the threat, why, and until when; a second person's leave.  Out:
//!   a GOVREQ beside a notice, for the ways in to hand over; which messages answered.
//! - Source: R-ING-08; Directive (EU) 2016/681, Article 8(5).
//! - Invariants: what was approved is, byte for byte, what goes out; nothing goes out that nobody
//!   approved, that has ended, or to a carrier that is not live; who asks never approves. The reason
//!   stays in the unit.

use super::Enrolled;
use super::notices::said;
use crate::law::only;
use crate::prepare::Told;
use crate::unmask::{WORDS, is_code};
use crate::{App, AppError, Core};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use oriel_messages::reply::{Answer, Codes, Reply, Request, Sector, write};
use oriel_model::{Carrier, Flight, FlightNumber, JourneyKey, MessageKey, Port, to_instant};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::profile::AdHoc;
use oriel_policy::{Act, Calendar, Grant, Profile, Term, refuse_step};
use oriel_store::{
    CarrierStatus, Id, NoticeRow, OpenPush, PushAnswer, PushLink, PushRequest, PushRequestState,
    SentBefore, StoreError, Tx,
};

/// How long behind its end an answer is still linked to a request.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 30);

/// How far back it is looked as whom a carrier names us.
const REMEMBERED: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 60);

/// The version of PNRGOV where none is known of a carrier.
const VERSION: &str = "13:1";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct PushAsk<'a> {
    /// Carrier and number, such as `ZQ417`.
    pub flight: &'a str,
    /// Where it departs.
    pub from: &'a str,
    /// Where it arrives; may be blank.
    pub to: &'a str,
    /// Scheduled departure, local.
    pub departs: DateTime,
    /// Kind of the threat, as the profile names it.
    pub threat: &'a str,
    /// Why: the threat, and why the schedule does not do.
    pub reason: &'a str,
    /// From when it counts no more, UTC.
    pub ends_at: Timestamp,
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushStanding {
    /// For a second person.
    Asked,
    /// That person said no.
    Refused,
    /// Waits to be handed over.
    Approved,
    /// It ended before it was handed over.
    Expired,
    /// Handed over, and there is time to answer.
    Sent,
    /// Answered in time.
    Answered,
    /// Answered when it had ended.
    Late,
    /// It ended without an answer.
    Unanswered,
}

impl PushStanding {
    /// How a request stands at an instant.
    pub fn of(row: &PushRequest, now: Timestamp) -> Self {
        let over = row.ends_at <= now;
        match (row.state, row.answers.first(), row.sent_at) {
            (PushRequestState::Refused, ..) => Self::Refused,
            (_, Some(first), _) if first.received_at < row.ends_at => Self::Answered,
            (_, Some(_), _) => Self::Late,
            (_, None, Some(_)) if over => Self::Unanswered,
            (_, None, Some(_)) => Self::Sent,
            (_, None, None) if over => Self::Expired,
            (PushRequestState::Asked, ..) => Self::Asked,
            (PushRequestState::Approved, ..) => Self::Approved,
        }
    }

    /// Name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Refused => "refused",
            Self::Approved => "approved",
            Self::Expired => "expired",
            Self::Sent => "sent",
            Self::Answered => "answered",
            Self::Late => "late",
            Self::Unanswered => "unanswered",
        }
    }
}

/// A request as people see it.
#[derive(Clone, Debug)]
pub struct PushRequestView {
    /// The request.
    pub row: PushRequest,
    /// The record of the flight, where there is one.
    pub journey: Option<Id>,
}

/// Why a push was not asked for, or a request not decided. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushRefusal {
    /// The law knows none.
    #[error("legal profile {0} lets nobody ask for a push outside the schedule (`push.ad_hoc`)")]
    NoLaw(String),
    /// Not a flight.
    #[error("{0:?} is no flight, such as ZQ417")]
    Flight(String),
    /// Not a place.
    #[error("{0:?} is no code of a place, such as UXA")]
    Place(String),
    /// Nobody who could be asked.
    #[error("no carrier that is enrolled and live flies under {0:?}")]
    NoCarrier(String),
    /// It sends no bookings.
    #[error(
        "carrier {0:?} is not enrolled as one that sends bookings; there is nothing to ask it for"
    )]
    NoBookings(String),
    /// A threat that the law does not name.
    #[error("a push may be asked for because of: {known} ({clause})")]
    Threat {
        /// What it names.
        known: String,
        /// Its clause.
        clause: String,
    },
    /// A code that is none.
    #[error("a threat is named by its code: up to 64 letters, digits and signs, no words")]
    Code,
    /// No reason, or too much of one.
    #[error("say why in 1 to {WORDS} characters: the threat, and why the schedule does not do")]
    Reason,
    /// No answer to who asked, or too much of one.
    #[error("say why it is refused, in 1 to {WORDS} characters")]
    Answer,
    /// Over before it begins, or too long.
    #[error("a request ends ahead of now, and after {longest} at most ({clause})")]
    Period {
        /// The period.
        longest: String,
        /// Its clause.
        clause: String,
    },
    /// A name in the envelope that cannot be repeated.
    #[error("the request cannot be written: {0}")]
    Unwritable(String),
    /// Decided already, or over.
    #[error("this has been decided, or its time is over; ask again if the need goes on")]
    Decided,
    /// The same person.
    #[error(transparent)]
    Pair(#[from] oriel_policy::Refused),
}

impl App {
    /// Asks for a push outside the schedule. Nothing goes out until another person has approved it.
    pub fn push_ask(&self, grant: &Grant, ask: &PushAsk<'_>) -> Result<PushRequest, AppError> {
        only(grant, &[Act::PushAsk])?;
        let law = ad_hoc(grant.profile())?;
        let wanted = flight(ask)?;
        let designator = wanted.carrier.map_or(String::new(), |it| it.to_string());
        let registry = self.registry();
        let carrier = live(registry.flying(&designator), &designator)?;
        check(grant, law, ask)?;
        let since = grant.at() - REMEMBERED;
        let senders: &[String] = match carrier.row.for_others {
            true => &[],
            false => &carrier.row.senders,
        };
        let known = |tx: &mut Tx<'_>| tx.sent_before(&designator, senders, since);
        let known = self.core.store.read(known)?;
        let flight = format!("{designator}{}", wanted.number);
        let departs = ask.departs.to_string();
        let words = ["push", grant.compartment(), grant.actor()];
        let about = [&*flight, ask.from, &*departs, ask.threat, ask.reason.trim()];
        let id = Id::of_record(&[&words[..], &about[..]].concat(), grant.at(), &[]);
        let mut row = PushRequest {
            id,
            compartment: grant.compartment().to_owned(),
            number: number(id),
            handle: carrier.row.handle.clone(),
            carrier: designator,
            flight,
            from: ask.from.to_owned(),
            to: ask.to.to_owned(),
            departs: ask.departs,
            threat: ask.threat.to_owned(),
            reason: ask.reason.trim().to_owned(),
            asked_by: grant.actor().to_owned(),
            asked_at: grant.at(),
            ends_at: ask.ends_at,
            message: String::new(),
            state: PushRequestState::Asked,
            decided_by: None,
            decided_at: None,
            answer: String::new(),
            keep_until: Calendar::of(grant.profile())
                .deadline(Term::Log, grant.at())
                .at,
            version: 1,
            sent_at: None,
            way: String::new(),
            answers: Vec::new(),
        };
        row.message = self.core.govreq(grant, carrier, known, wanted, &row)?;
        self.core.store.write(|tx| {
            // The very same request at the same instant is the first one, asked for again.
            if tx.push_request_insert(grant, &row)? {
                let detail = format!(
                    "ok {} threat={} ends_at={}",
                    said_of(&row),
                    row.threat,
                    row.ends_at
                );
                tx.audit_append(&[Event::granted(grant, id.display("psh"), detail)])?;
            } else {
                tx.audit_append(&[Event::granted(grant, id.display("psh"), "ok known")])?;
            }
            Ok::<_, AppError>(())
        })?;
        Ok(row)
    }

    /// Requests of the grant's recipient, newest first.
    pub fn push_requests(&self, grant: &Grant) -> Result<Vec<PushRequestView>, AppError> {
        self.core.store.write(|tx| {
            let mut views = Vec::new();
            for row in tx.push_request_list(grant)? {
                let journey = tx.journey_find(Id::of_journey(grant.compartment(), &key(&row)))?;
                views.push(PushRequestView {
                    journey: journey.map(|journey| journey.id),
                    row,
                });
            }
            Ok(views)
        })
    }

    /// One request, for whoever is to decide it.
    pub fn push_request(&self, grant: &Grant, id: Id) -> Result<PushRequest, AppError> {
        self.core.store.write(|tx| {
            let row = tx.push_request_find(grant, id)?;
            tx.audit_append(&[Event::granted(grant, id.display("psh"), "ok seen")])?;
            Ok(row)
        })
    }

    /// Lets a request that another person made go out. `seen` is the version decided on.
    pub fn push_approve(
        &self,
        grant: &Grant,
        id: Id,
        seen: i64,
        answer: &str,
    ) -> Result<PushRequest, AppError> {
        if answer.chars().count() > WORDS {
            return Err(PushRefusal::Answer.into());
        }
        let registry = self.registry();
        let done = self.push_decide(
            grant,
            (id, seen),
            PushRequestState::Approved,
            answer,
            |tx, row| {
                // It may be in test again since it was asked for.
                let carrier = live(registry.named(&row.handle), &row.carrier)?;
                let clause = ad_hoc(grant.profile())?.clause();
                tx.notice_insert(&notice(carrier, row, clause, grant.at()))?;
                Ok(())
            },
        )?;
        self.core.carriers.forget();
        Ok(done)
    }

    /// Refuses a request that another person made.
    pub fn push_refuse(
        &self,
        grant: &Grant,
        id: Id,
        seen: i64,
        answer: &str,
    ) -> Result<PushRequest, AppError> {
        if !is_said(answer) {
            return Err(PushRefusal::Answer.into());
        }
        self.push_decide(
            grant,
            (id, seen),
            PushRequestState::Refused,
            answer,
            |_, _| Ok(()),
        )
    }

    fn push_decide(
        &self,
        grant: &Grant,
        (id, seen): (Id, i64),
        state: PushRequestState,
        answer: &str,
        then: impl FnOnce(&mut Tx<'_>, &PushRequest) -> Result<(), AppError>,
    ) -> Result<PushRequest, AppError> {
        only(grant, &[Act::PushApprove])?;
        let object = id.display("psh");
        let done = self.core.store.write(|tx| {
            let mut row = tx.push_request_find(grant, id)?;
            let asked = (Act::PushAsk, &*row.asked_by);
            refuse_step([asked], Act::PushApprove, grant.actor()).map_err(PushRefusal::Pair)?;
            if row.version != seen {
                let current = row.version;
                return Err(StoreError::Stale { current }.into());
            }
            if PushStanding::of(&row, grant.at()) != PushStanding::Asked {
                return Err(PushRefusal::Decided.into());
            }
            row.state = state;
            row.decided_by = Some(grant.actor().to_owned());
            row.decided_at = Some(grant.at());
            row.answer = answer.trim().to_owned();
            if !tx.push_request_decide(grant, &row)? {
                return Err(PushRefusal::Decided.into());
            }
            row.version += 1;
            then(tx, &row)?;
            let detail = format!("ok state={} {}", state.name(), said_of(&row));
            tx.audit_append(&[Event::granted(grant, object.clone(), detail)])?;
            Ok::<_, AppError>(row)
        });
        if let Err(AppError::Push(PushRefusal::Pair(refused))) = &done {
            self.note(Event::granted(
                grant,
                object,
                format!("denied {}", refused.code()),
            ))?;
        }
        done
    }

    /// Stops requests that ended before anybody was handed them.
    pub(super) fn stop_ended(&self, now: Timestamp) -> Result<(), AppError> {
        if self
            .core
            .store
            .read(|tx| tx.push_request_unsent(now))?
            .is_empty()
        {
            return Ok(());
        }
        self.core.store.write(|tx| {
            let mut events = Vec::new();
            for (id, compartment) in tx.push_request_unsent(now)? {
                tx.notice_stop(id, now)?;
                let event = Event::system(now, Deed::PushStop, id.display("psh"), "ok expired");
                events.push(event.within(&*compartment));
            }
            if events.is_empty() {
                tx.housekeeping();
            }
            Ok::<_, AppError>(tx.audit_append(&events)?)
        })?;
        self.core.carriers.forget();
        Ok(())
    }
}

impl Core {
    /// The request as the carrier reads it: under the name by which it named us last.
    fn govreq(
        &self,
        grant: &Grant,
        carrier: &Enrolled,
        known: Option<SentBefore>,
        wanted: Sector,
        row: &PushRequest,
    ) -> Result<String, AppError> {
        let home = grant.profile().home().first().cloned().unwrap_or_default();
        let own = carrier.row.senders.first().unwrap_or(&row.carrier);
        let (ours, theirs, version) = match known {
            Some(known) => (known.recipient, known.sender, version(&known.version)),
            None => (home.clone(), own.clone(), VERSION.to_owned()),
        };
        let codes = self.agreements.get();
        let codes = codes.map_or_else(Codes::default, |agreed| agreed.with(&theirs).codes);
        let reply = Reply {
            sender: ours.into(),
            recipient: theirs.into(),
            sent: grant.at().to_zoned(TimeZone::UTC).datetime(),
            interchange: row.number.clone().into(),
            reference: "1".into(),
            version: version.into(),
            access: Some(row.number.clone().into()),
            answer: Answer::Request(Request {
                agency: home.clone().into(),
                place: None,
                country: Some(home.into()),
                flight: Some(wanted),
                locator: None,
            }),
        };
        let bytes = write(&reply, &codes);
        let bytes = bytes.map_err(|why| PushRefusal::Unwritable(why.to_string()))?;
        String::from_utf8(bytes).map_err(|why| PushRefusal::Unwritable(why.to_string()).into())
    }
}

/// Requests that something may answer, as one commit reads them: once, and only where bookings came.
#[derive(Default)]
pub(crate) struct Asked(Option<Vec<OpenPush>>);

/// Bookings that one recipient takes.
pub(crate) struct Bookings<'a> {
    /// The message.
    pub(crate) message: &'a MessageKey,
    /// The number that it repeats.
    pub(crate) access: Option<&'a str>,
    /// Whose it is, by short name.
    pub(crate) handle: &'a str,
    /// Who takes it.
    pub(crate) compartment: &'a str,
    /// What it says, flight by flight.
    pub(crate) reports: &'a [Told],
}

impl Asked {
    /// Links bookings to the requests that they answer, and gives what the log says of it.
    pub(crate) fn hear(
        &mut self,
        tx: &mut Tx<'_>,
        came: &Bookings<'_>,
        now: Timestamp,
    ) -> Result<Vec<Event>, AppError> {
        let open = match &mut self.0 {
            Some(open) => open,
            none => none.insert(tx.push_request_open(now - LATE)?),
        };
        let own =
            |it: &&mut OpenPush| it.handle == came.handle && it.compartment == came.compartment;
        let mut events = Vec::new();
        for request in open.iter_mut().filter(own) {
            let stands = request.sent_at.is_some() && now < request.ends_at && !request.answered;
            let named = |told: &Told| is_about(request, &told.report.flight);
            let link = match came.access {
                Some(access) if access.trim().eq_ignore_ascii_case(&request.number) => {
                    PushLink::Reference
                }
                // Carriers that cannot repeat a number answer all the same.
                _ if stands && came.reports.iter().any(named) => PushLink::Flight,
                _ => continue,
            };
            let answer = PushAnswer {
                message: *came.message,
                received_at: now,
                link,
            };
            if !tx.push_answer_insert(request.id, &answer)? {
                continue;
            }
            request.answered = true;
            // It answered what it was not noted to have read: nobody need be asked any more.
            tx.notice_stop(request.id, now)?;
            let message = Id::of_message(came.message).display("msg");
            let late = if now < request.ends_at { "" } else { " late" };
            let detail = format!("ok message={message} by={}{late}", link.name());
            let object = request.id.display("psh");
            events.push(Event::system(now, Deed::PushAnswer, object, detail));
        }
        Ok(events)
    }
}

/// Whether a flight of a message is the one that was asked for.
fn is_about(request: &OpenPush, flight: &Flight) -> bool {
    let carrier = flight.carrier.map_or(String::new(), |it| it.to_string());
    let departs = request.departs.date();
    format!("{carrier}{}", flight.number) == request.flight
        && flight.legs.iter().any(|leg| {
            leg.from.is_some_and(|from| from.as_str() == request.from)
                && leg.departs.is_some_and(|at| at.date() == departs)
        })
}

/// What the log says of a request.
fn said_of(row: &PushRequest) -> String {
    format!(
        "carrier={} flight={} number={}",
        row.handle, row.flight, row.number
    )
}

/// The number by which a carrier knows a request: as long as an interchange's may be (UNB 0020).
fn number(id: Id) -> String {
    const LENGTH: usize = 14;
    let text = id.to_string().to_ascii_uppercase();
    text[text.len() - LENGTH..].to_owned()
}

/// Version and release of PNRGOV, as they stand in UNH; those of the messages in XML do not.
fn version(known: &str) -> String {
    let parts = known.split_once('.');
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    match parts.filter(|(version, release)| digits(version) && digits(release)) {
        Some((version, release)) => format!("{version}:{release}"),
        None => VERSION.to_owned(),
    }
}

fn ad_hoc(profile: &Profile) -> Result<&AdHoc, PushRefusal> {
    let law = profile.push().ad_hoc.as_ref();
    law.ok_or_else(|| PushRefusal::NoLaw(profile.reference()))
}

fn flight(ask: &PushAsk<'_>) -> Result<Sector, PushRefusal> {
    let none = || PushRefusal::Flight(ask.flight.to_owned());
    let (carrier, number) = ask.flight.split_at_checked(2).ok_or_else(none)?;
    let place = |code: &str| Port::parse(code).map_err(|_| PushRefusal::Place(code.to_owned()));
    Ok(Sector {
        carrier: Some(Carrier::parse(carrier).map_err(|_| none())?),
        number: FlightNumber::parse(number).ok_or_else(none)?,
        from: Some(place(ask.from)?),
        to: match ask.to {
            "" => None,
            to => Some(place(to)?),
        },
        departs: Some(ask.departs),
        arrives: None,
    })
}

/// The carrier, where it can be asked.
fn live<'a>(
    known: Option<&'a std::sync::Arc<Enrolled>>,
    designator: &str,
) -> Result<&'a Enrolled, PushRefusal> {
    let known = known.filter(|it| it.row.status == CarrierStatus::Live);
    let known = known.ok_or_else(|| PushRefusal::NoCarrier(designator.to_owned()))?;
    match known.row.formats.iter().any(|it| it.starts_with("pnrgov")) {
        true => Ok(known),
        false => Err(PushRefusal::NoBookings(known.row.handle.clone())),
    }
}

fn check(grant: &Grant, law: &AdHoc, ask: &PushAsk<'_>) -> Result<(), PushRefusal> {
    if !is_code(ask.threat) {
        return Err(PushRefusal::Code);
    }
    if let Some(threats) = law.threats.as_ref().filter(|_| !law.answers_to(ask.threat)) {
        return Err(PushRefusal::Threat {
            known: threats.value.join(", "),
            clause: threats.clause.clone(),
        });
    }
    if !is_said(ask.reason) {
        return Err(PushRefusal::Reason);
    }
    let longest = &law.longest;
    if ask.ends_at <= grant.at() || ask.ends_at > longest.value.after(grant.at()) {
        return Err(PushRefusal::Period {
            longest: longest.value.to_string(),
            clause: longest.clause.clone(),
        });
    }
    Ok(())
}

fn is_said(text: &str) -> bool {
    (1..=WORDS).contains(&text.trim().chars().count())
}

/// The journey that the flight of a request is, where its record is there.
fn key(row: &PushRequest) -> JourneyKey {
    JourneyKey {
        carrier: Carrier::parse(&row.carrier).ok(),
        number: FlightNumber::parse(&row.flight[row.carrier.len()..]).unwrap_or_default(),
        from: Port::parse(&row.from).ok(),
        date: Some(row.departs.date()),
        ..JourneyKey::default()
    }
}

/// What the carrier is told in words, with the request beside it.
fn notice(carrier: &Enrolled, row: &PushRequest, clause: &str, now: Timestamp) -> NoticeRow {
    let route = match &*row.to {
        "" => row.from.clone(),
        to => format!("{}–{to}", row.from),
    };
    let (language, words) = said(
        &carrier.row.languages,
        "request",
        "technician",
        &[
            ("{flight}", &row.flight),
            ("{route}", &route),
            (
                "{departs}",
                &row.departs.strftime("%Y-%m-%d %H:%M").to_string(),
            ),
            (
                "{due}",
                &row.ends_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            ),
            ("{clause}", clause),
            ("{number}", &row.number),
        ],
    );
    NoticeRow {
        id: row.id,
        compartment: row.compartment.clone(),
        handle: row.handle.clone(),
        kind: "request".to_owned(),
        step: "technician".to_owned(),
        flight: row.flight.clone(),
        from: row.from.clone(),
        to: row.to.clone(),
        departs_at: Port::parse(&row.from)
            .ok()
            .and_then(|from| to_instant(row.departs, from)),
        push: row.number.clone(),
        due_at: Some(row.ends_at),
        clause: clause.to_owned(),
        language: language.to_owned(),
        words,
        made_at: now,
        delivered_at: None,
        way: String::new(),
        stopped_at: None,
        message: row.message.clone(),
    }
}
