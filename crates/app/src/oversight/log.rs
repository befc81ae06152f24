//! The log for overseers: pages, registers, and what is taken out.
//!
//! - Source: R-AUD-04, R-AUD-05, R-AUD-06, R-AUD-07, R-DPO-03.
//! - Invariants: the log is read for control alone, under a purpose, and the reading is an event
//!   that must be written before anything is shown; what is asked is an identifier, so that no name
//!   gets into that event; a page that is not complete says where to go on.

use crate::{App, AppError};
use jiff::Timestamp;
use oriel_policy::audit::{Entry, Event, Hash, Register};
use oriel_policy::{Act, Grant};
use oriel_store::{AuditFilter, StoreError};

/// Windows of the log looked at in one call: a million events.
const WINDOWS: usize = 10;

/// Events of one page at most.
const PAGE: usize = 500;

/// Events taken out at once at most.
const EXPORT: usize = 50_000;

/// Which events are wanted. What is blank or `None` is not asked for.
#[derive(Clone, Debug, Default)]
pub struct LogQuery {
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// By this account or service.
    pub actor: String,
    /// Of this act.
    pub act: String,
    /// On this object.
    pub object: String,
    /// Of this register.
    pub register: Option<Register>,
    /// Before this event, as an earlier page said.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: usize,
}

/// One event of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// Its number.
    pub n: u64,
    /// When, UTC.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// Name of the act.
    pub act: String,
    /// On what, or blank.
    pub object: String,
    /// Why, or blank.
    pub purpose: String,
    /// To whom, or blank.
    pub recipient: String,
    /// In which compartment, or blank.
    pub compartment: String,
    /// Profile and version relied on, or blank.
    pub profile: String,
    /// Outcome and counts.
    pub detail: String,
    /// Its hash.
    pub hash: Hash,
}

impl LogEvent {
    pub(super) fn of(entry: &Entry<'_>) -> Self {
        let record = entry.record;
        Self {
            n: entry.sequence,
            at: record.at,
            actor: record.actor.to_owned(),
            act: record.act.to_owned(),
            object: record.object.to_owned(),
            purpose: record.purpose.to_owned(),
            recipient: record.recipient.to_owned(),
            compartment: record.compartment.to_owned(),
            profile: record.profile.to_owned(),
            detail: record.detail.to_owned(),
            hash: entry.hash,
        }
    }
}

/// Events, newest first.
#[derive(Clone, Debug)]
pub struct LogPage {
    /// The events.
    pub events: Vec<LogEvent>,
    /// Where to go on, if the log goes on.
    pub next: Option<u64>,
}

impl App {
    /// A page of the log, or of a register.
    pub fn audit_page(&self, grant: &Grant, query: &LogQuery) -> Result<LogPage, AppError> {
        self.read_log(grant, Act::AuditRead, query, PAGE)
    }

    /// Events to be taken out.
    pub fn audit_export(&self, grant: &Grant, query: &LogQuery) -> Result<LogPage, AppError> {
        self.read_log(grant, Act::AuditExport, query, EXPORT)
    }

    fn read_log(
        &self,
        grant: &Grant,
        act: Act,
        query: &LogQuery,
        most: usize,
    ) -> Result<LogPage, AppError> {
        if grant.act() != act {
            return Err(StoreError::WrongGrant.into());
        }
        for text in [&query.actor, &query.act, &query.object] {
            if !is_identifier(text) {
                return Err(AppError::NoIdentifier);
            }
        }
        let filter = AuditFilter {
            from: query.from,
            until: query.until,
            actor: &query.actor,
            act: &query.act,
            object: &query.object,
            people: query.register.is_some(),
        };
        let limit = query.limit.clamp(1, most);
        let mut events = Vec::new();
        let mut next = Some(query.before.unwrap_or(u64::MAX >> 1));
        self.core.store.read(|tx| {
            if query.before.is_none() {
                next = Some(tx.audit_head()?.0 + 1);
            }
            for _ in 0..WINDOWS {
                let Some(before) = next.filter(|_| events.len() < limit) else {
                    break;
                };
                next = tx.audit_page(grant.compartment(), &filter, before, |entry| {
                    let wanted = query.register.is_none_or(|r| r.lists(&entry.record));
                    if wanted {
                        events.push(LogEvent::of(entry));
                    }
                    Ok::<_, StoreError>(events.len() < limit)
                })?;
            }
            Ok::<_, StoreError>(())
        })?;
        let what = query.register.map_or("log", Register::name);
        let mut detail = format!("ok events={}", events.len());
        for (key, value) in [
            ("actor", &query.actor),
            ("act", &query.act),
            ("object", &query.object),
        ] {
            if !value.is_empty() {
                detail += &format!(" {key}={value}");
            }
        }
        // Nothing is shown that could not be logged.
        let read = Event::granted(grant, what, detail);
        self.core.store.write(|tx| tx.audit_append(&[read]))?;
        Ok(LogPage { events, next })
    }
}

/// Blank, or an identifier: names of people have spaces and other letters, and would stand in the
/// event of the reading.
fn is_identifier(text: &str) -> bool {
    let part = |b: u8| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b);
    text.len() <= 80 && text.bytes().all(part)
}
