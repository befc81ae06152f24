//! The desk of those who oversee the unit: the inbox, answers, and signs of misuse.
//!
//! - In: the audit log.  Out: items with their answers; alerts, which are events of the log.
//! - Source: R-DPO-04, R-ACC-04.
//! - Invariants: items come from the log alone, so that what is in the log is in the inbox; whoever
//!   reads them leaves an event first, and reads nothing where that cannot be written (R-AUD-04).

mod chain;
mod duties;
mod log;

pub use chain::{ChainView, EventProof, MonthProof};
pub use log::{LogEvent, LogPage, LogQuery};

use crate::{App, AppError, Core};
use chain::Chain;
use jiff::Timestamp;
use oriel_policy::alert::Watch;
use oriel_policy::audit::Event;
use oriel_policy::oversight::{Answer, Inbox, Item, event_name};
use oriel_policy::{Act, Grant, Profile};
use oriel_store::{StoreError, SweepRun, Tx};
use std::sync::{MutexGuard, PoisonError};

/// Longest text written to an item, in characters.
const LONGEST: usize = 4_000;

/// Runs of the sweep that are shown.
const RUNS: i64 = 30;

/// What has been read of the log; each call reads what came since.
#[derive(Default)]
pub(crate) struct Desk {
    inbox: Inbox,
    watch: Watch,
    /// Number of the last event that the watch has taken; nothing before the first time.
    watched: Option<u64>,
    chain: Chain,
}

/// One item of the inbox.
#[derive(Clone, Debug)]
pub struct ItemView {
    /// The event and what was said to it.
    pub item: Item,
    /// The text written with each answer, blank where there is none.
    pub notes: Vec<String>,
    /// By when it is to be closed.
    pub due: Option<Timestamp>,
    /// It is open after that.
    pub overdue: bool,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Items that nobody has closed.
    pub open: usize,
    /// Those nobody has looked at.
    pub new: usize,
    /// Those open after they were due.
    pub overdue: usize,
}

impl App {
    /// The inbox, gravest first.
    pub fn inbox(&self, grant: &Grant) -> Result<Vec<ItemView>, AppError> {
        if grant.act() != Act::OversightRead {
            return Err(StoreError::WrongGrant.into());
        }
        let profile = grant.profile();
        let now = self.now();
        let items: Vec<Item> = {
            let desk = self.core.desk_read()?;
            let items = desk.inbox.items(grant.compartment(), profile, now);
            items.into_iter().cloned().collect()
        };
        self.core.store.write(|tx| {
            let detail = format!("ok items={}", items.len());
            tx.audit_append(&[Event::granted(grant, "inbox", detail)])?;
            let views = items.into_iter();
            views
                .map(|item| view(tx, grant, profile, item, now))
                .collect()
        })
    }

    /// How much waits: numbers alone, so that nothing of the log is read by who is told.
    pub fn inbox_waiting(&self, grant: &Grant) -> Result<Waiting, AppError> {
        let profile = grant.profile();
        let now = self.now();
        let desk = self.core.desk_read()?;
        let mut waiting = Waiting::default();
        for item in desk.inbox.items(grant.compartment(), profile, now) {
            waiting.open += usize::from(!item.is_closed());
            waiting.new += usize::from(item.answers.is_empty());
            waiting.overdue += usize::from(item.is_overdue(profile, now));
        }
        Ok(waiting)
    }

    /// Number of the newest event that is an item or an answer: for telling open pages that
    /// something is there, and nothing about it.
    pub fn inbox_newest(&self) -> Result<u64, AppError> {
        Ok(self.core.desk_read()?.inbox.newest())
    }

    /// Answers an item. The text may name people; it is sealed and never in the log.
    pub fn inbox_answer(
        &self,
        grant: &Grant,
        event: u64,
        answer: Answer,
        text: &str,
    ) -> Result<ItemView, AppError> {
        if text.chars().count() > LONGEST {
            return Err(AppError::NoteTooLong);
        }
        if answer == Answer::Noted && text.trim().is_empty() {
            return Err(AppError::NoteMissing);
        }
        let find = || -> Result<Item, AppError> {
            let desk = self.core.desk_read()?;
            let item = desk.inbox.item(grant.compartment(), event);
            Ok(item.cloned().ok_or(StoreError::NotFound { what: "item" })?)
        };
        find()?;
        self.core.store.write(|tx| {
            tx.oversight_answer(grant, event_name(event), answer.detail(), text.trim())
        })?;
        let profile = grant.profile();
        let item = find()?;
        // What was just written is not read from the store again: that is another leave.
        Ok(ItemView {
            notes: Vec::new(),
            due: item.due(profile),
            overdue: item.is_overdue(profile, self.now()),
            item,
        })
    }

    /// Newest runs of the sweep, in counts (R-RET-11).
    pub fn sweep_runs(&self, grant: &Grant) -> Result<Vec<SweepRun>, AppError> {
        if grant.act() != Act::SweepRead {
            return Err(StoreError::WrongGrant.into());
        }
        let runs = |tx: &mut Tx<'_>| tx.sweep_newest(grant.compartment(), RUNS);
        Ok(self.core.store.read(runs)?)
    }
}

fn view(
    tx: &mut Tx<'_>,
    grant: &Grant,
    profile: &Profile,
    item: Item,
    now: Timestamp,
) -> Result<ItemView, AppError> {
    let mut notes = Vec::with_capacity(item.answers.len());
    for answer in &item.answers {
        notes.push(tx.oversight_note(grant, answer.event)?);
    }
    Ok(ItemView {
        notes,
        due: item.due(profile),
        overdue: item.is_overdue(profile, now),
        item,
    })
}

impl Core {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The desk with an inbox that has everything the log has.
    fn desk_read(&self) -> Result<MutexGuard<'_, Desk>, AppError> {
        let mut desk = self.desk();
        let inbox = &mut desk.inbox;
        self.store.read(|tx| {
            if let Some(base) = tx.checkpoint_base()? {
                inbox.forget(base.kept.tree.size());
            }
            tx.audit_material(inbox.last(), |entry| {
                inbox.push(entry);
                Ok::<_, StoreError>(())
            })
        })?;
        Ok(desk)
    }
}
