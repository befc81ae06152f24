//! What a name of the traveller may be worth to an entry, at most, from what is known so far.
//!
//! Invariant: never less than comparing gives to an entry that a look-up or a birth date leads to,
//! but for one with two words like the traveller's that no look-up leads to; `docs/matching.md`
//! counts those.

use super::reach::{NOT_DRIVEN, Reach};
use super::sieve::Sieve;
use crate::score::Query;
use oriel_names::{Kind, Listeners, Name, Source, Token, Trace, Unit, Weights};

/// Words of a booking at least this long may be glued.
pub(super) const GLUED_LEN: usize = 7;

/// Most that a word may be worth that no look-up led to.
const UNSEEN_MOST: i16 = 150;

/// The same where a birth date is known, for entries that are looked at because of another word: a
/// word worth more mostly leads to the entry by itself, with the year of birth.
const UNSEEN_DATED: i16 = 100;

/// Added to what one such word is worth: another one beside it is not reckoned with.
const UNSEEN_BESIDE: i16 = 10;

/// Most that two words are worth that are written together with a slip.
pub(super) const JOINED_MOST: i16 = 145;

/// A name of the traveller that is being searched for.
pub(super) struct Search<'a> {
    pub(super) query: &'a Query,
    pub(super) own: &'a Name,
    /// Its units.
    pub(super) listeners: Listeners,
    /// What a word may be worth at most to an entry that no look-up leads to by it.
    pub(super) unseen: [i16; MOST_ATOMS],
    /// Its words, one bit each.
    pub(super) atoms: u16,
    /// Some may be several names run together.
    pub(super) glued: bool,
    /// What a word of its own that an entry lacks costs at least.
    pub(super) absent: i16,
    pub(super) missing: Missing,
    pub(super) sieve: &'a Sieve<'a>,
    pub(super) floor: i32,
    pub(super) weights: &'a Weights,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        query: &'a Query,
        own: &'a Name,
        sieve: &'a Sieve<'a>,
        floor: i32,
        w: &'a Weights,
    ) -> Self {
        let glued =
            |unit: &Unit| own.source() == Source::Booking && unit.token.text.len() >= GLUED_LEN;
        let glued_any = own.units().iter().any(glued);
        let mut search = Self {
            query,
            own,
            listeners: Listeners::new(own.units(), w),
            unseen: [0; MOST_ATOMS],
            atoms: 0,
            glued: glued_any,
            absent: match glued_any {
                true => 0,
                false => w.own_word_absent.max(w.own_part_absent).min(0),
            },
            missing: match glued_any {
                true => Missing::default(),
                false => Missing::new(own, w),
            },
            sieve,
            floor,
            weights: w,
        };
        for unit in own.units().iter().filter(|u| !u.is_joined()) {
            let most = match glued(unit) {
                true => UNSEEN_MOST,
                false => (unit.most_if_any(w) + UNSEEN_BESIDE).min(UNSEEN_MOST),
            };
            search.atoms |= unit.atoms();
            for_each_atom(unit.atoms(), |atom| {
                search.unseen[atom] = most.max(search.unseen[atom]);
            });
        }
        search
    }

    /// At most what a listed word is worth that no look-up led to, by its trace, and to which words.
    pub(super) fn unlooked(&self, listed: Trace) -> (i16, u16) {
        if self.glued {
            return (UNSEEN_MOST, self.atoms);
        }
        let (mut best, units) = ((0, 0), self.own.units());
        self.listeners.most(listed, |unit, most| {
            let most = most.min(UNSEEN_MOST);
            best = (most.max(best.0), best.1 | units[unit].atoms());
        });
        best
    }

    /// The same by the word itself: a similar sound, two letters wrong, or a piece of a glued word.
    pub(super) fn unlisted(&self, listed: &Token) -> (i16, u16) {
        let mut best = (0, 0);
        if listed.kind != Kind::Word {
            return best;
        }
        let units = self.own.units();
        let mut like = |unit: &Unit, points: i16| {
            best = (points.max(best.0), best.1 | unit.atoms());
        };
        self.listeners.most(Trace::of(listed), |unit, _| {
            if let Some((points, _)) = units[unit].worth(listed, true, self.weights) {
                like(&units[unit], points);
            }
        });
        if self.own.source() == Source::Booking {
            for unit in units {
                let long = unit.token.text.len() >= GLUED_LEN.max(listed.text.len() + 1);
                if long && holds_sound(&unit.token, listed) {
                    like(unit, listed.rarity());
                }
            }
        }
        best
    }

    /// What all words may be worth to an entry, like those that look-ups lead to or as no look-up
    /// finds.
    pub(super) fn most(&self, reach: &[Reach]) -> Worth {
        let (mut worth, known) = (Worth::default(), self.rest(reach, None).worth);
        for_each_atom(self.atoms, |atom| {
            worth = worth.with(self.unseen[atom].max(known[atom]));
        });
        worth
    }

    /// What each word may still be worth to an entry, beyond the words that were looked at.
    /// `beside`: what it has besides its names, where that is not enough for every word that drove.
    pub(super) fn rest(&self, reach: &[Reach], beside: Option<i32>) -> Rest<'_> {
        let mut worth = [0; MOST_ATOMS];
        let driven = |r: &&Reach| match beside {
            Some(beside) => beside >= r.driven_from,
            None => r.driven_from != NOT_DRIVEN,
        };
        for r in reach.iter().filter(|r| !driven(r)) {
            for_each_atom(r.atoms, |atom| worth[atom] = r.best.max(worth[atom]));
        }
        Rest {
            worth,
            search: self,
        }
    }
}

/// Words of a name, more than any has.
const MOST_ATOMS: usize = 16;

fn for_each_atom(mut atoms: u16, mut then: impl FnMut(usize)) {
    while atoms != 0 {
        then(atoms.trailing_zeros() as usize);
        atoms &= atoms - 1;
    }
}

/// What each word of a name may still be worth.
pub(super) struct Rest<'a> {
    pub(super) worth: [i16; MOST_ATOMS],
    pub(super) search: &'a Search<'a>,
}

impl Rest<'_> {
    /// All of them together but for these, and one of them as like as no look-up finds.
    pub(super) fn without(&self, atoms: u16) -> Worth {
        let (mut worth, mut most, mut instead) = (Worth::default(), 0, 0);
        let mut absent = 0;
        // Without a birth date names must carry an entry alone, and several such words may.
        let undated = self.search.query.births.is_empty();
        for_each_atom(self.search.atoms & !atoms, |atom| {
            let (known, unseen) = (self.worth[atom], self.search.unseen[atom]);
            worth = worth.with(known);
            absent += i16::from(known == 0 && unseen > 0);
            if undated {
                worth = worth.raised(known, unseen.max(known));
            } else if unseen - known > most - instead {
                (most, instead) = (unseen, known);
            }
        });
        worth = worth.raised(instead, most.min(UNSEEN_DATED).max(instead));
        if !undated {
            worth.less = self.search.absent * (absent - 1).max(0);
        }
        worth
    }
}

/// At most what words are worth together: the most telling one in full, the others in part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Worth {
    pub(super) best: i16,
    pub(super) sum: i16,
    /// What absent words cost at least.
    pub(super) less: i16,
}

impl Worth {
    pub(super) fn with(self, points: i16) -> Self {
        Self {
            best: self.best.max(points),
            sum: self.sum.saturating_add(points),
            ..self
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            best: self.best.max(other.best),
            sum: self.sum.saturating_add(other.sum),
            less: self.less + other.less,
        }
    }

    /// One of the words is worth more.
    pub(super) fn raised(self, from: i16, to: i16) -> Self {
        Self {
            best: self.best.max(to),
            sum: self.sum.saturating_add(to - from),
            ..self
        }
    }

    pub(super) fn points(self, w: &Weights) -> i32 {
        let further = i32::from(self.sum) - i32::from(self.best);
        let further = further * i32::from(w.word_further_percent) / 100;
        i32::from(self.best) + further + i32::from(self.less)
    }
}

/// What words cost at least that only one side has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Missing {
    /// Telling words of the traveller.
    telling: u16,
    /// For each word, all of the same written word.
    written: [u16; MOST_ATOMS],
    /// Titles, particles or initials of the traveller may meet words of the list.
    minor: bool,
    own: i16,
    listed: i16,
    differs: i16,
}

impl Missing {
    fn new(own: &Name, w: &Weights) -> Self {
        let listed = w.list_word_absent.max(w.list_word_absent_more).min(0);
        let mut missing = Self {
            minor: own.units().iter().any(|unit| unit.token.kind != Kind::Word),
            own: w.own_word_absent.max(w.own_part_absent).min(0),
            listed: if own.is_cut() { 0 } else { listed },
            differs: if own.is_cut() { 0 } else { w.word_differs },
            ..Self::default()
        };
        let least = w.own_word_absent.min(w.own_part_absent);
        let least = least + w.list_word_absent.min(w.list_word_absent_more);
        if !own.is_cut() && w.word_differs > least.min(0) {
            // Words that differ would cost less than words that are absent: nothing can be said.
            return Self::default();
        }
        for (atom, ((token, _), written)) in own.atoms().zip(own.written_words()).enumerate() {
            missing.telling |= u16::from(token.kind == Kind::Word) << atom;
            missing.written[atom] = written;
        }
        if own.is_cut() {
            // The last word may be the beginning of any.
            let last = own.atoms().count().saturating_sub(1);
            missing.telling &= !(1 << last);
        }
        missing
    }

    /// Never more than nothing. `met`: words of the traveller that the list has one like. `strange`: how many of the listed
    /// name are like none of them. `minor`: it has titles, particles or initials.
    pub(super) fn points(&self, met: u16, strange: i32, minor: bool) -> i32 {
        let (mut absent, mut parts) = (0, 0);
        if !minor {
            for_each_atom(self.telling & !met, |atom| match self.written[atom] & met {
                0 => absent += 1,
                _ => parts += 1,
            });
        }
        let strange = if self.minor { 0 } else { strange };
        let differing = strange.min(absent);
        let (own, listed) = (i32::from(self.own), i32::from(self.listed));
        if self.differs == 0 {
            return own * (absent + parts) + listed * strange;
        }
        i32::from(self.differs) * differing
            + own * (absent + parts - differing)
            + listed * (strange - differing)
    }
}

/// Whether a glued word begins or ends with the consonants of a listed word.
fn holds_sound(glued: &Token, listed: &Token) -> bool {
    let (own, other) = (glued.bones, listed.bones);
    let bits = 5 * u32::from(other.len());
    own.len() >= other.len()
        && other.len() > 1
        && (own.fine & ((1 << bits) - 1) == other.fine
            || own.fine >> (5 * u32::from(own.len() - other.len())) == other.fine)
}
