//! What a search keeps in mind, so that no search allocates.
//!
//! Invariant: what is known of an entry or a word counts only if it bears the number of this turn,
//! so that nothing is ever cleared.

use super::bound::Worth;
use super::check::Check;
use super::lookup::Key;
use super::reach::Reach;
use super::{Index, NameWord};
use oriel_names::Trace;

/// Working memory of a search; keep one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) turn: u32,
    pub(super) slots: Vec<Slot>,
    pub(super) touched: Vec<u32>,
    pub(super) stamps: Vec<Stamp>,
    pub(super) stamped: Stamped,
    pub(super) heard: Heard,
    pub(super) keys: Vec<Key>,
    pub(super) near: Vec<u32>,
    pub(super) ends: Vec<usize>,
    pub(super) similar: Vec<Similar>,
    pub(super) reach: Vec<Reach>,
    pub(super) checks: Vec<Check>,
    pub(super) words: Vec<(NameWord, Stamp)>,
    pub(super) unknown: Vec<u32>,
    pub(super) seen: Vec<u32>,
    pub(super) seen_turn: u32,
    pub(super) work: usize,
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
    /// The words of the traveller that it may be like, and whether a look-up led to it.
    atoms: u16,
}

impl Stamp {
    const MET: u16 = 1 << 15;
    const WHOLE: u16 = 1 << 14;
    const OPEN: u16 = 1 << 13;

    /// What is known in this turn.
    pub(super) fn of_turn(self, turn: u32) -> Self {
        match self.turn == turn {
            true => self,
            false => Self {
                turn,
                ..Self::default()
            },
        }
    }

    fn raise(&mut self, turn: u32, points: i16, atoms: u16) {
        *self = self.of_turn(turn);
        self.points = self.points.max(points);
        self.atoms |= atoms;
    }

    /// A look-up led to it from these words.
    pub(super) fn meet(&mut self, turn: u32, points: i16, atoms: u16) {
        let met = if points > 0 { Self::MET } else { 0 };
        self.raise(turn, points, atoms | met);
    }

    /// It was compared with all words.
    pub(super) fn complete(&mut self, turn: u32, points: i16, atoms: u16) {
        self.raise(turn, points, atoms | Self::WHOLE);
    }

    /// It was compared with some words only, and may be worth so much to others.
    pub(super) fn bound(&mut self, points: i16, atoms: u16) {
        let open = if points > 0 { Self::OPEN } else { 0 };
        self.raise(self.turn, points, atoms | open);
    }

    /// What is known of several words together: of each something.
    pub(super) fn add(&mut self, other: Self) {
        self.atoms |= other.atoms;
    }

    pub(super) fn is_open(self) -> bool {
        self.atoms & Self::OPEN != 0
    }

    pub(super) fn is_whole(self) -> bool {
        self.atoms & Self::WHOLE != 0
    }

    pub(super) fn atoms(self) -> u16 {
        self.atoms & !(Self::MET | Self::WHOLE | Self::OPEN)
    }

    pub(super) fn is_met(self) -> bool {
        self.atoms & Self::MET != 0
    }
}

/// Which words of the list may bear a stamp: one bit for many words, small enough to stay in the
/// nearest cache, so that the stamps of most words need not be fetched.
#[derive(Debug)]
pub(super) struct Stamped(Box<[u64; Self::WORDS]>);

impl Default for Stamped {
    fn default() -> Self {
        Self(Box::new([0; Self::WORDS]))
    }
}

impl Stamped {
    const WORDS: usize = 1 << 9;

    fn clear(&mut self) {
        self.0.fill(0);
    }

    pub(super) fn set(&mut self, token: u32) {
        self.0[token as usize / 64 % Self::WORDS] |= 1 << (token % 64);
    }

    pub(super) fn may_be(&self, token: usize) -> bool {
        self.0[token / 64 % Self::WORDS] >> (token % 64) & 1 != 0
    }
}

/// Which turn a trace was met in, and what it is worth at most to which of the traveller's words.
type Said = (u32, Trace, (i16, u16));

/// What traces were found to be worth in this turn: the words of one people recur.
#[derive(Debug)]
pub(super) struct Heard {
    turn: u32,
    traces: Box<[Said; Self::TRACES]>,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            turn: 0,
            traces: Box::new([Said::default(); Self::TRACES]),
        }
    }
}

impl Heard {
    const TRACES: usize = 1 << 8;

    /// What the trace is worth and to which words, as `reckon` says or said before.
    pub(super) fn get(&mut self, trace: Trace, reckon: impl FnOnce() -> (i16, u16)) -> (i16, u16) {
        let slot = &mut self.traces[trace.spread() % Self::TRACES];
        if (slot.0, slot.1) != (self.turn, trace) {
            *slot = (self.turn, trace, reckon());
        }
        slot.2
    }

    fn begin(&mut self, turn: u32) {
        self.turn = turn;
    }

    fn clear(&mut self) {
        self.traces.fill(Said::default());
    }
}

/// A word of the list like a word of the traveller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Similar {
    pub(super) token: u32,
    pub(super) points: i16,
}

impl Scratch {
    /// How many words and entries the last search of a list looked at: what its time grows with.
    pub fn work(&self) -> usize {
        self.work
    }

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
        self.work = 0;
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
            self.heard.clear();
            self.turn = 0;
        }
        self.turn += 1;
        self.heard.begin(self.turn);
        self.stamped.clear();
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
