//! Who is enrolled, as the ways in see it: asked with every connection and message, read from the
//! store now and then.
//!
//! - Invariants: what an officer changed at this program holds at once, and what was changed
//!   elsewhere within [`STALE`]; while the store is away, what was known last counts.

use jiff::Timestamp;
use oriel_model::Carrier;
use oriel_store::{CarrierRow, CarrierStatus, ChannelKind, ChannelRow, Id, Store, Tx};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How old what is known may be.
const STALE: Duration = Duration::from_secs(2);

/// A carrier as ways in know it.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// What is known of it.
    pub row: CarrierRow,
    /// By what it is known, also what counts no more or not yet.
    pub channels: Vec<ChannelRow>,
}

impl Enrolled {
    /// What it has of a kind that counts now.
    pub fn values(&self, kind: ChannelKind, now: Timestamp) -> impl Iterator<Item = &ChannelRow> {
        let counts = move |row: &&ChannelRow| row.kind == kind && row.holds(now);
        self.channels.iter().filter(counts)
    }

    /// Whether messages about flights of `carrier` are its to send.
    pub(crate) fn reports(&self, carrier: Carrier) -> bool {
        let flies = |code: &String| *code == carrier.as_str();
        self.row.for_others || self.row.operates.iter().any(flies)
    }

    /// Whether it only sells flights of `carrier`'s designator.
    pub(crate) fn sells(&self, carrier: Carrier) -> bool {
        self.row
            .markets
            .iter()
            .any(|code| *code == carrier.as_str())
    }

    /// Whether an envelope may name this sender.
    pub(crate) fn is_named(&self, sender: &str) -> bool {
        let known = &self.row.senders;
        self.row.for_others || known.is_empty() || known.iter().any(|name| name == sender)
    }
}

/// Who brings a transmission, and whether for good.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    carrier: Option<Arc<Enrolled>>,
    rehearses: bool,
}

impl Sender {
    /// A carrier. While it is in test, nothing of what it brings is kept.
    pub fn of(carrier: Arc<Enrolled>) -> Self {
        Self {
            rehearses: carrier.row.status != CarrierStatus::Live,
            carrier: Some(carrier),
        }
    }

    /// The same, in the sandbox: nothing of what it brings is kept, whatever its status.
    #[must_use]
    pub fn rehearsing(mut self) -> Self {
        self.rehearses = true;
        self
    }

    /// Whether nothing of it is kept.
    pub fn rehearses(&self) -> bool {
        self.rehearses
    }

    /// The carrier, where one is enrolled.
    pub fn carrier(&self) -> Option<&Arc<Enrolled>> {
        self.carrier.as_ref()
    }
}

/// Everybody who is enrolled and has not ended, and every channel that anybody ever had.
#[derive(Debug, Default)]
pub struct Registry {
    by_handle: HashMap<String, Arc<Enrolled>>,
    by_value: HashMap<(&'static str, String), Vec<Id>>,
    by_designator: HashMap<String, Arc<Enrolled>>,
    channels: HashMap<Id, ChannelRow>,
    awaited: HashSet<String>,
    owed: HashSet<String>,
}

impl Registry {
    pub(crate) fn read(tx: &mut Tx<'_>) -> Result<Self, oriel_store::StoreError> {
        let mut known = Self::default();
        let channels = tx.channel_list()?;
        for channel in &channels {
            let key = (channel.kind.name(), channel.value.clone());
            known.by_value.entry(key).or_default().push(channel.id);
            known.channels.insert(channel.id, channel.clone());
        }
        for row in tx.carrier_list()? {
            if row.status != CarrierStatus::Ended {
                let own = channels.iter().filter(|it| it.handle == row.handle);
                let channels = own.cloned().collect();
                let handle = row.handle.clone();
                let carrier = Arc::new(Enrolled { row, channels });
                for code in &carrier.row.operates {
                    let carrier = Arc::clone(&carrier);
                    known.by_designator.insert(code.clone(), carrier);
                }
                known.by_handle.insert(handle, carrier);
            }
        }
        let waiting = tx.notice_waiting()?.into_iter();
        known.awaited = waiting.map(|notice| notice.handle).collect();
        known.owed = tx.clearance_awaited()?.into_iter().collect();
        Ok(known)
    }

    /// Whether notices wait for a carrier.
    pub(crate) fn is_awaited(&self, handle: &str) -> bool {
        self.awaited.contains(handle)
    }

    /// Whether a carrier is to be told that an answer has changed.
    pub(crate) fn is_owed(&self, handle: &str) -> bool {
        self.owed.contains(handle)
    }

    /// The carrier of a short name.
    pub fn named(&self, handle: &str) -> Option<&Arc<Enrolled>> {
        self.by_handle.get(handle)
    }

    /// Who flies under a designator.
    pub(crate) fn flying(&self, designator: &str) -> Option<&Arc<Enrolled>> {
        self.by_designator.get(designator)
    }

    /// Every carrier, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Enrolled>> {
        self.by_handle.values()
    }

    /// Who is known by something now, and the channel that says so.
    pub fn known_by(
        &self,
        kind: ChannelKind,
        value: &str,
        now: Timestamp,
    ) -> Option<(&Arc<Enrolled>, Id)> {
        let ids = self.by_value.get(&(kind.name(), value.to_owned()))?;
        let id = ids.iter().find(|id| self.holds(**id, now))?;
        let handle = &self.channels.get(id)?.handle;
        Some((self.by_handle.get(handle)?, *id))
    }

    /// Who brings what comes by something that carriers may have to themselves: a configured way,
    /// or an account. No carrier in particular where it never was anybody's; nothing where it was,
    /// and is not now: nobody may send by it.
    pub fn sender(&self, kind: ChannelKind, value: &str, now: Timestamp) -> Option<Sender> {
        match self.known_by(kind, value, now) {
            Some((carrier, _)) => Some(Sender::of(Arc::clone(carrier))),
            None if self.by_value.contains_key(&(kind.name(), value.to_owned())) => None,
            None => Some(Sender::default()),
        }
    }

    /// Whether a channel counts now, and its carrier has not ended.
    pub fn holds(&self, id: Id, now: Timestamp) -> bool {
        let row = self.channels.get(&id);
        row.is_some_and(|row| row.holds(now) && self.by_handle.contains_key(&row.handle))
    }
}

/// What is known, and since when.
#[derive(Default)]
pub(crate) struct Carriers(Mutex<Held>);

#[derive(Default)]
struct Held {
    known: Arc<Registry>,
    /// When it was read, or begun to be.
    since: Option<Instant>,
    /// Counts what was changed by this program, and up to where that was read.
    changed: u64,
    read: Option<u64>,
}

impl Carriers {
    /// What is known now. Of those who find it old one reads it again, and the others go on with
    /// what is known, so that a store that is slow to answer keeps nobody else waiting; what this
    /// program changed itself is waited for.
    pub(crate) fn now(&self, store: &Store) -> Arc<Registry> {
        let changed = {
            let mut held = self.lock();
            let fresh = held.since.is_some_and(|since| since.elapsed() < STALE);
            if fresh && held.read == Some(held.changed) {
                return Arc::clone(&held.known);
            }
            held.since = Some(Instant::now());
            held.changed
        };
        let read = store.read(Registry::read);
        let mut held = self.lock();
        // While the store is away, what was known last counts, and it is asked again soon.
        if let Ok(read) = read
            && held.read.is_none_or(|known| changed >= known)
        {
            held.known = Arc::new(read);
            held.read = Some(changed);
            held.since = Some(Instant::now());
        }
        Arc::clone(&held.known)
    }

    /// Reads again at the next question.
    pub(crate) fn forget(&self) {
        self.lock().changed += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
