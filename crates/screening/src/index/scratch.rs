//! What a search keeps in mind, so that no search allocates.
//!
//! Invariant: what is known of an entry or a word counts only if it bears the number of this turn,
//! so that nothing is ever cleared.

use super::bound::Worth;
use super::check::Check;
use super::reach::Reach;
use super::{Index, NameWord};

/// Working memory of a search; keep one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) turn: u32,
    pub(super) slots: Vec<Slot>,
    pub(super) touched: Vec<u32>,
    pub(super) stamps: Vec<Stamp>,
    pub(super) similar: Vec<Similar>,
    pub(super) reach: Vec<Reach>,
    pub(super) checks: Vec<Check>,
    pub(super) words: Vec<(NameWord, Stamp)>,
    pub(super) unknown: Vec<u32>,
    pub(super) seen: Vec<u32>,
    pub(super) seen_turn: u32,
    /// What was found.
    pub(crate) found: Vec<u32>,
}

/// What is known of an entry while words are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    pub(super) turn: u32,
    pub(super) unit: u16,
    /// Words of the traveller that it has one like.
    pub(super) atoms: u16,
    pub(super) worth: Worth,
    /// What it has besides its names, at most.
    pub(super) beside: i16,
}

/// What a word of the list is worth at most to the traveller's name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stamp {
    pub(super) turn: u32,
    pub(super) points: i16,
    /// A look-up led to it.
    pub(super) met: bool,
}

/// A word of the list like a word of the traveller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Similar {
    pub(super) token: u32,
    pub(super) points: i16,
}

impl Scratch {
    /// What is known of an entry in this search. `beside`: what it has besides its names, at most.
    pub(super) fn slot(&mut self, entry: u32, beside: i32) -> &mut Slot {
        let slot = &mut self.slots[entry as usize];
        if slot.turn != self.turn {
            *slot = Slot {
                turn: self.turn,
                beside: beside as i16,
                ..Slot::default()
            };
            self.touched.push(entry);
        }
        slot
    }

    pub(super) fn begin(&mut self, index: &Index) {
        self.found.clear();
        self.slots
            .resize(self.slots.len().max(index.len()), Slot::default());
        self.seen.resize(self.seen.len().max(index.len()), 0);
        self.stamps
            .resize(self.stamps.len().max(index.tokens.len()), Stamp::default());
        if self.seen_turn == u32::MAX {
            self.seen.fill(0);
            self.seen_turn = 0;
        }
        self.seen_turn += 1;
    }

    pub(super) fn begin_name(&mut self) {
        if self.turn == u32::MAX {
            self.slots.fill(Slot::default());
            self.stamps.fill(Stamp::default());
            self.turn = 0;
        }
        self.turn += 1;
        self.touched.clear();
        self.similar.clear();
        self.reach.clear();
    }

    pub(super) fn take(&mut self, entry: u32) {
        let seen = &mut self.seen[entry as usize];
        if *seen != self.seen_turn {
            *seen = self.seen_turn;
            self.found.push(entry);
        }
    }
}
