//! Carriers are told of what is missing, late, incomplete, unknown or cancelled, by themselves.
//!
//! - In: the expected flights of every recipient and how their pushes stand; the ladder of the
//!   profile. Out: notices, each in the carrier's language, for the ways in to hand over.
//! - Source: R-ING-07, R-CAR-03, R-CAR-04.
//! - Invariants: each notice is made once; none is made for what a state-side outage excuses, or to
//!   a carrier that is not live; what was not handed over when a push came is stopped. A notice names
//!   flights, never passengers.

use super::Enrolled;
use super::object;
use crate::law::only;
use crate::quality::Flown;
use crate::schedule::OwedPush;
use crate::{App, AppError, Compartment, ExpectedFlight, Plan};
use jiff::{Timestamp, ToSpan};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Act, Grant, PushState};
use oriel_store::{CarrierStatus, ChannelKind, Id, NoticeRow, OutageRow, Tx};
use std::sync::Arc;

/// How long the program may not be heard of before that counts as an outage: a few of the
/// intervals at which it says that it is there.
const GAP: jiff::SignedDuration = jiff::SignedDuration::from_mins(3);

/// How far back it is looked what was said already; what is older is found when it is said again.
const REMEMBERED: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);

/// Newest notices that are shown.
const SHOWN: i64 = 200;

/// The words of a language, `name = text` a line.
const WORDS: &[(&str, &str)] = &[
    ("en", include_str!("notice.en.txt")),
    ("fr", include_str!("notice.fr.txt")),
];

/// What a notice is about.
struct About<'a> {
    kind: &'static str,
    step: &'static str,
    flight: Option<&'a ExpectedFlight>,
    /// A push, or the identifier of a channel.
    what: &'a str,
    due_at: Option<Timestamp>,
    clause: &'a str,
}

impl App {
    /// Says that the program is there. Where it was not for a while, keeps that as an outage:
    /// `first` says that the program has just started.
    pub fn beat(&self, first: bool) -> Result<(), AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            let last = tx.beat(now)?;
            let Some(last) = last.filter(|last| now.duration_since(*last) > GAP) else {
                tx.housekeeping();
                return Ok(());
            };
            let kind = if first { "stopped" } else { "store" };
            tx.outage_insert(&OutageRow {
                started_at: last,
                ended_at: now,
                kind: kind.to_owned(),
            })?;
            let detail = format!("ok kind={kind} from={last} to={now}");
            let event = Event::system(now, Deed::CarrierOutage, "", detail);
            Ok(tx.audit_append(&[event])?)
        })
    }

    /// Outages of the last year, newest first.
    pub fn outages(&self, grant: &Grant) -> Result<Vec<OutageRow>, AppError> {
        only(grant, &[Act::CarrierRead])?;
        let from = grant.at() - (24 * 366).hours();
        let mut rows = self.core.store.read(|tx| tx.outage_list(from))?;
        rows.reverse();
        Ok(rows)
    }

    /// Makes the notices that are due now, stops those whose matter is over, and counts how the
    /// pushes of yesterday and today stand. Gives how many notices were made.
    pub fn tell_carriers(&self) -> Result<usize, AppError> {
        let now = self.now();
        self.stop_ended(now)?;
        let registry = self.registry();
        let live = |it: &&Arc<Enrolled>| it.row.status == CarrierStatus::Live;
        let carriers: Vec<Arc<Enrolled>> = registry.all().filter(live).cloned().collect();
        if carriers.is_empty() {
            return Ok(0);
        }
        let span = (now - 48.hours(), now + 48.hours());
        let mut due: Vec<NoticeRow> = Vec::new();
        let mut over: Vec<Id> = Vec::new();
        let mut flown = Flown::default();
        self.core.store.read(|tx| {
            let recipients = self.core.recipients_in(tx)?;
            for recipient in &recipients.list {
                let flights = self.expected_of(tx, recipient, span, now)?;
                flown.add(tx, &registry, &recipient.name, &flights, now)?;
                for flight in flights {
                    let flown = |it: &&Arc<Enrolled>| {
                        it.row.operates.iter().any(|code| *code == *flight.carrier)
                    };
                    if let Some(carrier) = carriers.iter().find(flown) {
                        of_flight(recipient, carrier, &flight, now, &mut due, &mut over);
                    }
                }
            }
            if let Some(unit) = recipients.list.first() {
                for carrier in &carriers {
                    of_channels(tx, unit, carrier, now, &mut due)?;
                }
            }
            // Most of it was said before.
            let made = tx.notice_made(now - REMEMBERED)?;
            due.retain(|row| !made.contains_key(&row.id));
            over.retain(|id| made.get(id) == Some(&true));
            Ok::<_, AppError>(())
        })?;
        self.core.put_flown(flown, now)?;
        if due.is_empty() && over.is_empty() {
            return Ok(0);
        }
        let made = self.core.store.write(|tx| {
            let mut events = Vec::new();
            for row in &due {
                if tx.notice_insert(row)? {
                    let (kind, step, flight) = (&row.kind, &row.step, &row.flight);
                    let detail = format!("ok kind={kind} step={step} flight={flight}");
                    let object = object(&row.handle);
                    let event = Event::system(now, Deed::CarrierNotice, object, detail);
                    events.push(event.within(&row.compartment));
                }
            }
            for id in &over {
                tx.notice_stop(*id, now)?;
            }
            if events.is_empty() {
                tx.housekeeping();
            }
            tx.audit_append(&events)?;
            Ok::<_, AppError>(events.len())
        })?;
        if made > 0 {
            self.core.carriers.forget();
        }
        Ok(made)
    }

    /// The newest notices to a carrier on behalf of the recipient of `grant`.
    pub fn notices(&self, grant: &Grant, handle: &str) -> Result<Vec<NoticeRow>, AppError> {
        only(grant, &[Act::CarrierRead])?;
        let list = |tx: &mut Tx<'_>| tx.notice_list(grant.compartment(), handle, SHOWN);
        Ok(self.core.store.read(list)?)
    }

    /// Notices that wait for a carrier, oldest first.
    pub fn notices_waiting(&self, handle: &str) -> Result<Vec<NoticeRow>, AppError> {
        // Mostly nothing waits for anybody, and every way in asks.
        if !self.registry().is_awaited(handle) {
            return Ok(Vec::new());
        }
        let mut rows = self.core.store.read(|tx| tx.notice_waiting())?;
        let now = self.now();
        let registry = self.registry();
        let live = registry.named(handle);
        let live = live.is_some_and(|it| it.row.status == CarrierStatus::Live);
        // What is asked for goes to nobody in test, and to nobody once it has ended.
        let asked = |row: &NoticeRow| live && row.due_at.is_some_and(|ends| now < ends);
        rows.retain(|row| row.handle == handle && (row.message.is_empty() || asked(row)));
        Ok(rows)
    }

    /// Notes that a carrier was handed a notice; tells whether it had not been before.
    pub fn notice_delivered(&self, id: Id, way: &str) -> Result<bool, AppError> {
        let now = self.now();
        let first = self.core.store.write(|tx| {
            let first = tx.notice_deliver(id, now, way)?;
            match tx.push_request_of(id)?.filter(|_| first) {
                Some(compartment) => {
                    let way = way.split(' ').next().unwrap_or_default();
                    let detail = format!("ok way={way}");
                    let event = Event::system(now, Deed::PushSend, id.display("psh"), detail);
                    tx.audit_append(&[event.within(&*compartment)])?;
                }
                None => tx.housekeeping(),
            }
            Ok::<_, AppError>(first)
        })?;
        self.core.carriers.forget();
        Ok(first)
    }
}

/// What a carrier is told of a message of its own that is not its to send, and what the log says of
/// it.
pub(crate) fn strange(
    unit: &Compartment,
    carrier: &Enrolled,
    message: Id,
    code: &str,
    now: Timestamp,
) -> (NoticeRow, Event) {
    let message = message.display("msg");
    let about = About {
        kind: "strange",
        step: "technician",
        flight: None,
        what: &message,
        due_at: None,
        clause: code,
    };
    let handle = object(&carrier.row.handle);
    let detail = format!("ok code={code} message={message}");
    let event = Event::system(now, Deed::CarrierStrange, handle, detail);
    (notice(unit, carrier, &about, now), event)
}

/// What is due of one flight, and what is over.
fn of_flight(
    recipient: &Compartment,
    carrier: &Enrolled,
    flight: &ExpectedFlight,
    now: Timestamp,
    due: &mut Vec<NoticeRow>,
    over: &mut Vec<Id>,
) {
    let rules = recipient.profile.carriers();
    let mut tell = |kind, step, push: Option<&OwedPush>| {
        let about = About {
            kind,
            step,
            flight: Some(flight),
            what: push.map_or("", |push| &push.name),
            due_at: push.map(|push| push.due_at),
            clause: push.map_or("", |push| &push.clause),
        };
        due.push(notice(recipient, carrier, &about, now));
    };
    match flight.plan {
        Plan::Cancelled => tell("cancelled", "technician", None),
        Plan::Unplanned => tell("unknown", "technician", None),
        Plan::Planned => {}
    }
    // What others send about its flights is not its own to mend.
    if flight.faulty.iter().any(|sender| carrier.is_named(sender)) {
        tell("incomplete", "technician", None);
    }
    for push in &flight.pushes {
        let missing_since = recipient.profile.push().tolerance.value.after(push.due_at);
        match push.state {
            PushState::Missing if !push.excused => {
                for (step, rule) in rules.notice.steps() {
                    if rule.after.value.after(missing_since) <= now {
                        tell("missing", step, Some(push));
                    }
                }
            }
            PushState::Late(_) if !push.excused => tell("late", "technician", Some(push)),
            _ => {}
        }
        if !matches!(push.state, PushState::Missing) {
            over.extend(all_steps(recipient, carrier, flight, &push.name));
        }
    }
    if flight.plan == Plan::Cancelled {
        for push in recipient.profile.push().expected.keys() {
            over.extend(all_steps(recipient, carrier, flight, push));
        }
    }
}

/// What the notices of a missing push are called.
fn all_steps(
    recipient: &Compartment,
    carrier: &Enrolled,
    flight: &ExpectedFlight,
    push: &str,
) -> [Id; 3] {
    let steps = recipient.profile.carriers().notice.steps();
    steps.map(|(step, _)| {
        let about = About {
            kind: "missing",
            step,
            flight: Some(flight),
            what: push,
            due_at: None,
            clause: "",
        };
        name(recipient, carrier, &about)
    })
}

/// Keys and certificates that end within the time in which the profile warns of it, and that nothing
/// of their kind outlasts.
fn of_channels(
    tx: &mut Tx<'_>,
    unit: &Compartment,
    carrier: &Enrolled,
    now: Timestamp,
    due: &mut Vec<NoticeRow>,
) -> Result<(), AppError> {
    let warned = unit.profile.carriers().warn_before.value.after(now);
    let ends = |at: &Timestamp| (now..=warned).contains(at);
    let mut ending: Vec<(String, Timestamp)> = Vec::new();
    for row in carrier.channels.iter().filter(|row| row.holds(now)) {
        let name = format!("{} {}", row.kind.name(), row.id.display("chn"));
        ending.extend(row.ends_at.filter(ends).map(|at| (name, at)));
        if row.kind == ChannelKind::Account
            && let Some(account) = tx.account_by_login(&row.value)?
        {
            let keys = tx.machine_key_list(&account.id)?.into_iter();
            let held = keys.filter(|key| key.revoked_at.is_none() && ends(&key.expires_at));
            ending.extend(held.map(|key| (format!("key {}", key.id), key.expires_at)));
        }
    }
    for (what, at) in ending {
        let about = About {
            kind: "ending",
            step: "technician",
            flight: None,
            what: &what,
            due_at: Some(at),
            clause: "",
        };
        due.push(notice(unit, carrier, &about, now));
    }
    Ok(())
}

fn name(recipient: &Compartment, carrier: &Enrolled, about: &About<'_>) -> Id {
    let (flight, from, at) = match about.flight {
        Some(flight) => (&*flight.name, &*flight.from, flight.departs_at),
        None => ("", "", about.due_at.unwrap_or_default()),
    };
    let handle = &*carrier.row.handle;
    let words = ["notice", &recipient.name, handle, about.kind, about.step];
    Id::of_record(&[&words[..], &[flight, from, about.what]].concat(), at, &[])
}

fn notice(
    recipient: &Compartment,
    carrier: &Enrolled,
    about: &About<'_>,
    now: Timestamp,
) -> NoticeRow {
    let shown = |at: Option<Timestamp>| {
        at.map_or(String::new(), |at| {
            at.strftime("%Y-%m-%d %H:%M UTC").to_string()
        })
    };
    let flight = about.flight;
    let place = |of: fn(&ExpectedFlight) -> &str| flight.map_or("", of).to_owned();
    let (name_of, from, to) = (
        place(|flight| &flight.name),
        place(|flight| &flight.from),
        place(|flight| &flight.to),
    );
    let departs_at = flight.map(|flight| flight.departs_at);
    let (language, words) = said(
        &carrier.row.languages,
        about.kind,
        about.step,
        &[
            ("{flight}", &*name_of),
            ("{from}", &from),
            ("{to}", &to),
            ("{departs}", &shown(departs_at)),
            ("{push}", about.what),
            ("{due}", &shown(about.due_at)),
            ("{clause}", about.clause),
        ],
    );
    NoticeRow {
        id: name(recipient, carrier, about),
        compartment: recipient.name.clone(),
        handle: carrier.row.handle.clone(),
        kind: about.kind.to_owned(),
        step: about.step.to_owned(),
        flight: name_of,
        from,
        to,
        departs_at,
        push: about.what.to_owned(),
        due_at: about.due_at,
        clause: about.clause.to_owned(),
        language: language.to_owned(),
        words,
        made_at: now,
        delivered_at: None,
        way: String::new(),
        stopped_at: None,
        message: String::new(),
    }
}

/// What a notice of a kind says, filled in, and in which of `languages`.
pub(super) fn said(
    languages: &[String],
    kind: &str,
    step: &str,
    filled: &[(&str, &str)],
) -> (&'static str, String) {
    let (language, words) = words(languages);
    let text = |name: &str| {
        let found = words.lines().find_map(|line| value(line, name));
        found.unwrap_or_default()
    };
    let step = [("{step}", text(step))];
    let filled = filled.iter().chain(&step);
    let text = filled.fold(text(kind).to_owned(), |text, (name, value)| {
        text.replace(name, value)
    });
    (language, text)
}

/// The first of the languages of which there are words, else English.
fn words(languages: &[String]) -> (&'static str, &'static str) {
    let mut wanted = languages.iter().map(String::as_str).chain(["en"]);
    let found = wanted.find_map(|language| WORDS.iter().find(|(known, _)| *known == language));
    *found.unwrap_or(&WORDS[0])
}

fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (key, value) = line.split_once(" = ")?;
    (key == name).then_some(value)
}

/// Until when a push that is late or missing is excused, because nobody could send around the time
/// it was due: as long behind the outage as the tolerance is.
pub(crate) fn excused_until(
    outages: &[OutageRow],
    tolerance: oriel_policy::Period,
    due_at: Timestamp,
) -> Option<Timestamp> {
    let (from, to) = (tolerance.before(due_at), tolerance.after(due_at));
    let touches = |row: &&OutageRow| row.started_at <= to && row.ended_at >= from;
    let last = outages.iter().filter(touches).map(|row| row.ended_at).max();
    last.map(|ended| tolerance.after(ended))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// R-CAR-04.
    #[test]
    fn every_language_says_the_same_things() {
        let said = |text: &str| -> BTreeSet<(String, BTreeSet<String>)> {
            let lines = text.lines().map(|line| {
                let (name, text) = line.split_once(" = ").unwrap();
                let places = text.split('{').skip(1);
                let places = places.map(|rest| rest.split('}').next().unwrap().to_owned());
                (name.to_owned(), places.collect())
            });
            lines.collect()
        };
        let (_, english) = WORDS[0];
        for (language, text) in WORDS {
            assert_eq!(said(text), said(english), "{language}");
        }
        let of = |list: &[&str]| {
            let list: Vec<String> = list.iter().map(|&it| it.to_owned()).collect();
            words(&list).0
        };
        assert_eq!(
            (of(&["fr", "en"]), of(&["is", "fr"]), of(&["is"])),
            ("fr", "fr", "en")
        );
    }
}
