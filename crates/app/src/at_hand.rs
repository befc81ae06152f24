//! Journeys as the last commit left them, kept in memory for the next message about them.
//!
//! A flight fills by many messages; without this each would read, open and merge everything that
//! was said before.
//!
//! - Invariants: what lies here counts only while the store says the same: the journey's version is
//!   read in the transaction that uses it, and every writer raises it. What is used is taken out, and
//!   comes back after its commit alone. It is bounded, by how much and by how long, and nothing of it
//!   is ever written.

use crate::App;
use crate::screen::Work;
use jiff::{SignedDuration, Timestamp};
use oriel_model::{Journey, Links};
use oriel_store::{Id, JourneyRow, TravellerRow};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Mentions of travellers that lie here at most, of all journeys.
const MOST: usize = 60_000;

/// How long a journey lies here after the last message about it.
const IDLE: SignedDuration = SignedDuration::from_mins(15);

/// A journey as it stands in the store, merged.
pub(crate) struct Known {
    pub(crate) journey: Journey,
    pub(crate) links: Links,
    pub(crate) travellers: Vec<TravellerRow>,
    /// How often it was written.
    version: i64,
    /// The law under which its people were looked at.
    epoch: i64,
    since: Timestamp,
}

impl Known {
    /// What a commit has left of a journey; nothing where it cannot be added to.
    pub(crate) fn after(work: Work, epoch: i64) -> Option<(Id, Self)> {
        let version = work.before.map_or(0, |before| before.version + 1);
        let known = Self {
            journey: work.journey,
            links: work.links?,
            travellers: work.known,
            version,
            epoch,
            since: work.row.received_at,
        };
        Some((work.row.id, known))
    }

    fn mentions(&self) -> usize {
        let reports = self.journey.reports.iter();
        reports.map(|report| 1 + report.travellers.len()).sum()
    }
}

/// What lies at hand.
#[derive(Default)]
pub(crate) struct AtHand(Mutex<Journeys>);

#[derive(Default)]
struct Journeys {
    known: HashMap<Id, Known>,
    mentions: usize,
}

impl AtHand {
    /// Takes what is known of a journey, where it is what the store has.
    pub(crate) fn take(&self, row: &JourneyRow, epoch: i64) -> Option<Known> {
        let mut journeys = self.lock();
        let known = journeys.known.remove(&row.id)?;
        journeys.mentions -= known.mentions();
        (known.version == row.version && known.epoch == epoch).then_some(known)
    }

    /// Lays down what a commit has left; what was not used for long makes room.
    pub(crate) fn put(&self, fresh: impl Iterator<Item = (Id, Known)>, now: Timestamp) {
        let mut journeys = self.lock();
        for (id, known) in fresh {
            journeys.mentions += known.mentions();
            if let Some(older) = journeys.known.insert(id, known) {
                journeys.mentions -= older.mentions();
            }
        }
        if journeys.mentions > MOST {
            journeys.make_room();
        }
        drop(journeys);
        self.age(now);
    }

    /// Leaves nothing behind that was not used for long.
    pub(crate) fn age(&self, now: Timestamp) {
        let Ok(oldest) = now.checked_sub(IDLE) else {
            return;
        };
        self.lock().keep(|known| known.since >= oldest);
    }

    /// Leaves nothing behind: for when something was erased that may lie here.
    pub(crate) fn clear(&self) {
        *self.lock() = Journeys::default();
    }

    fn lock(&self) -> MutexGuard<'_, Journeys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Leaves nothing in memory of journeys about which nothing came for long.
    pub fn put_away(&self) {
        self.core.at_hand.age(self.now());
    }
}

impl Journeys {
    fn keep(&mut self, stays: impl Fn(&Known) -> bool) {
        let mut gone = 0;
        self.known.retain(|_, known| {
            let stays = stays(known);
            gone += if stays { 0 } else { known.mentions() };
            stays
        });
        self.mentions -= gone;
    }

    /// Drops what was not used for longest, down to three quarters of what may lie here.
    fn make_room(&mut self) {
        let sizes = self.known.values().map(|it| (it.since, it.mentions()));
        let mut sizes: Vec<(Timestamp, usize)> = sizes.collect();
        sizes.sort_unstable();
        let mut left = self.mentions;
        let mut newest_gone = Timestamp::MIN;
        for (since, mentions) in sizes {
            if left <= MOST / 4 * 3 {
                break;
            }
            left -= mentions;
            newest_gone = since;
        }
        self.keep(|known| known.since > newest_gone);
    }
}
