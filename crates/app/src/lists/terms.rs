//! For what and for how long a list and its entries may be used.
//!
//! - Source: R-WL-02 (owner, legal basis, purpose, deadline), R-WL-03 (an entry ends), R-SCO-05 (an
//!   offence bounds every entry).
//! - Invariants: an entry past its last day makes no hit, and what it had made is withdrawn; a list
//!   past its limit goes on being asked and is told of, for a list that stops unseen loses more.

use super::import::Content;
use super::{ListRefusal, hex};
use crate::{App, AppError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use oriel_model::Text;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant, ListKind, Profile};
use oriel_screening::lists::is_offence;
use oriel_screening::{Entry, Hit};
use oriel_store::{ListRow, StoreError};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What the entries of a version say of their use, as far as they say anything.
#[derive(Debug, Default)]
pub(super) struct EntryTerms {
    ends: HashMap<Text, Date>,
    /// The same days, in order.
    days: Vec<Date>,
    offences: HashMap<Text, Vec<Text>>,
}

impl EntryTerms {
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut terms = Self::default();
        for entry in entries {
            if let Some(day) = entry.expires {
                terms.ends.insert(entry.id.clone(), day);
            }
            if !entry.offences.is_empty() {
                terms
                    .offences
                    .insert(entry.id.clone(), entry.offences.clone());
            }
        }
        terms.days = terms.ends.values().copied().collect();
        terms.days.sort_unstable();
        terms
    }

    /// Whether the entry counts on this day.
    pub(super) fn counts(&self, entry: &str, today: Date) -> bool {
        self.ends.get(entry).is_none_or(|last| today <= *last)
    }

    /// How many entries have ended by this day.
    pub(super) fn ended(&self, today: Date) -> usize {
        self.days.partition_point(|last| *last < today)
    }

    /// Says on a hit for which offences its list may be used.
    pub(super) fn tell(&self, list: &ListRow, hit: &mut Hit) {
        hit.offences = match self.offences.get(&hit.entry) {
            Some(own) => own.clone(),
            None => list.offences.split_whitespace().map(Text::from).collect(),
        };
    }
}

/// The day of an instant, UTC.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// SHA-256 of a file, read from its beginning.
pub(super) fn source_digest(file: &mut dyn std::io::Read) -> std::io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            n => digest.update(&buffer[..n]),
        }
    }
}

/// How a list may be used.
#[derive(Clone, Debug, Default)]
pub struct ListTerms {
    /// How old it may get before it is warned of, in hours since it was last brought in.
    pub fresh_hours: Option<u32>,
    /// Codes of the offences for which it may be used.
    pub offences: Vec<String>,
    /// Whether every entry must say the last day on which it counts: of versions that are brought in
    /// from then on, rows without one are left out.
    pub entries_end: bool,
}

/// How many entries lack what is asked of each; documents say nothing of their use.
fn lacking(content: &Content, has: impl Fn(&Entry) -> bool) -> usize {
    match content {
        Content::Persons(entries) => entries.iter().filter(|entry| !has(entry)).count(),
        Content::Documents(set) => set.len(),
    }
}

/// Refuses entries that cite no offence where the law asks for one of each (R-SCO-05).
fn refuse_uncited(profile: &Profile, list: &ListRow, content: &Content) -> Result<(), ListRefusal> {
    let kind = ListKind::parse(&list.kind);
    if !list.offences.is_empty() || !kind.is_some_and(|kind| profile.cites(kind)) {
        return Ok(());
    }
    match lacking(content, |entry| !entry.offences.is_empty()) {
        0 => Ok(()),
        entries => Err(ListRefusal::NoOffence {
            list: list.id.clone(),
            entries,
        }),
    }
}

/// Refuses offences of the list that the law's catalogue does not have (R-SCO-05).
fn refuse_unknown<'a>(
    profile: &Profile,
    mut codes: impl Iterator<Item = &'a str>,
) -> Result<(), ListRefusal> {
    match codes.find(|code| !profile.knows_offence(code)) {
        None => Ok(()),
        Some(code) => Err(ListRefusal::UnknownOffence {
            code: code.to_owned(),
            profile: profile.reference(),
        }),
    }
}

/// Refuses what cites an offence that the law's catalogue does not have: the list, or entries that
/// were brought in under another law. These are counted and not named, like every value of a list.
fn refuse_outside(profile: &Profile, list: &ListRow, content: &Content) -> Result<(), ListRefusal> {
    refuse_unknown(profile, list.offences.split_whitespace())?;
    let Content::Persons(entries) = content else {
        return Ok(());
    };
    let known = |entry: &&Entry| {
        entry
            .offences
            .iter()
            .all(|code| profile.knows_offence(code))
    };
    match entries.len() - entries.iter().filter(known).count() {
        0 => Ok(()),
        entries => Err(ListRefusal::UnknownOffences {
            list: list.id.clone(),
            entries,
            profile: profile.reference(),
        }),
    }
}

/// Refuses to put entries in force that lack what the law or the list's terms ask of each.
pub(super) fn refuse_unbounded(
    profile: &Profile,
    list: &ListRow,
    content: &Content,
) -> Result<(), ListRefusal> {
    refuse_uncited(profile, list, content)?;
    refuse_outside(profile, list, content)?;
    if !list.entries_end {
        return Ok(());
    }
    match lacking(content, |entry| entry.expires.is_some()) {
        0 => Ok(()),
        entries => Err(ListRefusal::Endless {
            list: list.id.clone(),
            entries,
        }),
    }
}

impl App {
    /// Says how a list may be used. Journeys that have not ended wait to be screened again where the
    /// offences changed: call [`App::rescreen`].
    pub fn list_terms(&self, grant: &Grant, id: &str, terms: &ListTerms) -> Result<(), AppError> {
        if grant.act() != Act::ListImport {
            return Err(StoreError::WrongGrant.into());
        }
        if !terms.offences.iter().all(|code| is_offence(code)) {
            return Err(ListRefusal::Offence.into());
        }
        refuse_unknown(grant.profile(), terms.offences.iter().map(String::as_str))?;
        self.core.store.write(|tx| {
            let row = tx.list_all()?.into_iter().find(|list| list.id == id);
            let list = id.to_owned();
            let mut row = row.ok_or(ListRefusal::NoList { list })?;
            row.entries_end = terms.entries_end;
            row.fresh_hours = terms.fresh_hours.map(i64::from);
            row.offences = terms.offences.join(" ");
            if row.offences.is_empty() && !row.active.is_empty() {
                let content = Content::read(&self.core, tx, &row)?;
                refuse_uncited(grant.profile(), &row, &content)?;
            }
            tx.list_put(&row)?;
            let hours = terms
                .fresh_hours
                .map_or("none".to_owned(), |h| h.to_string());
            let detail = format!(
                "ok terms fresh_hours={hours} offences={} entries_end={}",
                terms.offences.len(),
                terms.entries_end
            );
            tx.audit_append(&[Event::granted(grant, id, detail)])
                .map_err(AppError::from)
        })
    }

    /// Lists in force that are older than they may get.
    pub fn lists_stale(&self) -> Result<Vec<String>, AppError> {
        let now = self.now();
        let mut lists = self.core.store.read(|tx| tx.list_all())?;
        lists.retain(|list| list.is_stale(now));
        Ok(lists.into_iter().map(|list| list.id).collect())
    }
}
