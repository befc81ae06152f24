//! What a word sounds like, in 32 bits: enough to rule out most words as similar without fetching
//! them.
//!
//! Invariant: a word whose trace rules it out is not similar; one that it does not rule out may be
//! anything.

use crate::align::JOINED_CLOSE;
use crate::likeness::{CLOSE_MOST, TWO_EDITS_LEN, most_if_close, most_if_edited, most_if_mistyped};
use crate::phones::{CONSONANT, Phones, dearness};
use crate::read::How;
use crate::{Kind, Token, Unit, Weights};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace(u32);

/// Its consonants, one bit each.
const CONSONANTS: u32 = (1 << 21) - 1;
/// How many sounds, in four bits.
const SOUNDS: u32 = 21;
/// A script that leaves vowels out: its words must be looked at.
const ABJAD: u32 = 1 << 25;
/// A particle, title or initial, which is like no word.
const MINOR: u32 = 1 << 26;
/// It stands in the tables.
const KNOWN: u32 = 1 << 27;
/// How many letters, in four bits.
const LETTERS: u32 = 28;

impl Trace {
    /// The trace of a listed word.
    pub fn of(token: &Token) -> Self {
        let sounds = token.phones.codes().len().min(usize::from(MANY)) as u32;
        let letters = token.text.len().min(usize::from(MANY)) as u32;
        let flag = |set: bool, bit: u32| if set { bit } else { 0 };
        Self(
            consonants(&token.phones)
                | sounds << SOUNDS
                | letters << LETTERS
                | flag(token.abjad, ABJAD)
                | flag(token.kind != Kind::Word, MINOR)
                | flag(token.known, KNOWN),
        )
    }

    /// Whether this is a particle, title or initial.
    pub fn is_minor(self) -> bool {
        self.0 & MINOR != 0
    }

    /// How many letters, up to [`MANY`].
    fn letters(self) -> u32 {
        self.0 >> LETTERS
    }

    fn sounds(self) -> u16 {
        (self.0 >> SOUNDS & 15) as u16
    }
}

fn consonants(phones: &Phones) -> u32 {
    let consonants = phones.codes().iter().filter(|code| **code >= CONSONANT);
    consonants.fold(0, |bits, code| bits | 1 << (code - CONSONANT))
}

/// Sounds and letters beyond so many are not counted.
const MANY: u16 = 15;

/// How many consonants there are.
const CLASSES: usize = 21;

/// What a consonant costs at least against any other sound, in steps that differ.
const DEARNESS: [u8; CLASSES] = {
    let (mut costs, mut code) = ([0; CLASSES], 0);
    while code < CLASSES {
        costs[code] = match dearness(code as u8 + CONSONANT) {
            0..4 => 0,
            4..8 => 4,
            _ => 8,
        };
        code += 1;
    }
    costs
};

/// How the consonants of a listed word differ from one's own, in four sums of eight bits each.
#[derive(Clone, Copy, Debug)]
struct Apart(u32);

impl Apart {
    /// What the listed word's cost against one's own.
    fn strange(self) -> u8 {
        self.0 as u8
    }

    /// What one's own cost at least that the listed word lacks.
    fn lacking(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// How many of the listed word are not one's own.
    fn more(self) -> u32 {
        self.0 >> 16 & 255
    }

    /// How many are one's own alone.
    fn fewer(self) -> u32 {
        self.0 >> 24
    }
}

/// Consonants of one table of [`Consonants`].
const TABLE: usize = 7;

/// For each set of seven consonants that a listed word may have, how they differ from one's own:
/// sums of them are looked up and not counted, because a search asks millions of times.
#[derive(Clone, Debug)]
struct Consonants([[u32; 1 << TABLE]; CLASSES / TABLE]);

impl Consonants {
    /// `costs`: what each consonant of a listed word costs.
    fn new(own: u32, costs: [u8; CLASSES]) -> Self {
        let mut tables = [[0; 1 << TABLE]; CLASSES / TABLE];
        for (t, table) in tables.iter_mut().enumerate() {
            for i in 0..TABLE {
                let class = t * TABLE + i;
                let is_own = own >> class & 1;
                let absent = is_own << 24 | (is_own * u32::from(DEARNESS[class])) << 8;
                let present = (1 - is_own) << 16 | u32::from(costs[class]);
                let (without, with) = table[..2 << i].split_at_mut(1 << i);
                for (without, with) in without.iter_mut().zip(with) {
                    *with = *without + present;
                    *without += absent;
                }
            }
        }
        Self(tables)
    }

    fn apart(&self, listed: u32) -> Apart {
        let sum = |t: usize| self.0[t][(listed >> (t * TABLE)) as usize % (1 << TABLE)];
        Apart(sum(0) + sum(1) + sum(2))
    }
}

/// Tenths of a slip beyond which no sound is similar.
const COSTS: usize = CLOSE_MOST as usize + 1;

/// A word of the traveller, ready to be held against the traces of a list.
#[derive(Clone, Debug)]
pub struct Listener {
    /// It is worth nothing to any word.
    deaf: bool,
    abjad: bool,
    consonants: Consonants,
    letters: u32,
    /// By how many sounds the listed word has: how far it is at least for that, and how far it may
    /// be; `None` where that is less.
    near: [Option<(u8, u8)>; MANY as usize + 1],
    /// By how many letters it has: how many may be wrong; 0 where that is no likeness.
    errors: [u8; MANY as usize + 1],
    /// By how far the sounds are at least, and whether tables know the listed word: what it is worth
    /// at most.
    close: [[i16; COSTS]; 2],
    /// The same with one letter wrong, and with two.
    mistyped: [i16; 2],
    edited: [i16; 2],
}

impl Unit {
    /// Prepares the word. What it says is at most what a listed word is worth that is neither an
    /// exact nor a near spelling of this one, as [`crate::gain`] counts it.
    pub fn listener(&self, w: &Weights) -> Listener {
        let own = &self.token;
        let cost = |class: usize| match self.ear.cost(class as u8 + CONSONANT) {
            0..4 => 0,
            4..8 => 4,
            8..11 => 8,
            _ => 11,
        };
        let (extra, known) = (self.extra(w), [false, true]);
        let own_sounds = own.phones.codes().len() as u16;
        let near = |sounds: u16| {
            let (more, most) = match sounds {
                MANY => (0, self.ear.limit(u16::MAX)),
                sounds => (4 * sounds.abs_diff(own_sounds), self.ear.limit(sounds)),
            };
            let most = match self.how {
                How::Joined => JOINED_CLOSE.into(),
                _ => most.min(CLOSE_MOST),
            };
            (more <= most).then_some((more as u8, most as u8))
        };
        let own_letters = own.text.len();
        // Two of a long word; one of words taken together, which no look-up forgives.
        let errors = |letters: usize| {
            let errors = match self.how {
                How::Joined => 1,
                _ if letters.min(own_letters) >= TWO_EDITS_LEN => 2,
                _ => 0,
            };
            let longer = letters.abs_diff(own_letters.min(MANY.into()));
            if longer <= usize::from(errors) {
                errors
            } else {
                0
            }
        };
        let close = |known, cost| most_if_close(own, cost, known, w) + extra;
        Listener {
            deaf: own.kind != Kind::Word,
            abjad: own.abjad,
            consonants: Consonants::new(consonants(&own.phones), std::array::from_fn(cost)),
            letters: own_letters as u32,
            near: std::array::from_fn(|sounds| near(sounds as u16)),
            errors: std::array::from_fn(errors),
            close: known.map(|known| std::array::from_fn(|cost| close(known, cost as u16))),
            mistyped: known.map(|known| most_if_mistyped(own, known, w) + extra),
            edited: known.map(|known| most_if_edited(own, known, w) + extra),
        }
    }
}

impl Listener {
    /// At most what a listed word is worth; the most there is where its trace does not tell, `None`
    /// where the two are no pair.
    pub fn most(&self, listed: Trace) -> Option<i16> {
        if self.deaf || listed.is_minor() {
            return None;
        }
        if self.abjad || listed.0 & ABJAD != 0 {
            return Some(i16::MAX);
        }
        let near = self.near[usize::from(listed.sounds())];
        let errors = self.errors[listed.letters() as usize];
        if near.is_none() && errors == 0 {
            return None;
        }
        let known = usize::from(listed.0 & KNOWN != 0);
        let apart = self.consonants.apart(listed.0 & CONSONANTS);
        let close = near.and_then(|(more, near)| {
            let least = more.max(apart.lacking()).max(apart.strange());
            (least <= near).then(|| self.close[known][usize::from(least)])
        });
        // A letter wrong is a consonant more at most, or two where one was of a cluster.
        let edited = match errors {
            1 if apart.more() <= 2 => Some(self.mistyped[known]),
            2 if apart.more() <= 3 => Some(self.edited[known]),
            _ => None,
        };
        close.max(edited).map(|most| most.max(0))
    }

    /// Whether two neighbouring words of the list may be this one, written together.
    pub fn may_join(&self, first: Trace, second: Trace) -> bool {
        /// Consonants that a slip, and letters that meet where the words do, may change.
        const CHANGED: u32 = 4;
        let many = u32::from(MANY);
        let (a, b) = (first.letters(), second.letters());
        let lengths = (a + b).abs_diff(self.letters) <= 1 || a == many || b == many;
        let apart = self.consonants.apart((first.0 | second.0) & CONSONANTS);
        lengths && apart.more() + apart.fewer() <= CHANGED
    }
}

#[cfg(test)]
mod tests {
    use super::Trace;
    use crate::{Kind, Likeness, Name, Source, Token, Weights, common_names};

    #[test]
    fn no_similar_word_is_worth_more_than_its_trace_says() {
        let w = Weights::default();
        let words: Vec<&str> = common_names()
            .iter()
            .flat_map(|r| r.names.clone())
            .collect();
        let listed: Vec<Token> = words.iter().map(|w| Token::new(w)).collect();
        let mut similar = 0;
        for word in words.iter().step_by(23) {
            let name = Name::read_full(Source::List, word);
            let units = name.units().iter();
            for (unit, listed) in units.flat_map(|u| listed.iter().map(move |l| (u, l))) {
                let worth = unit.worth(listed, true, &w);
                if let Some((worth, Likeness::Close(_) | Likeness::TwoEdits)) = worth {
                    similar += 1;
                    let most = unit.listener(&w).most(Trace::of(listed));
                    // Of a title nothing is said: whatever it is like, it is worth nothing.
                    let minor = unit.token.kind != Kind::Word || listed.kind != Kind::Word;
                    let most = most.unwrap_or(if minor { 0 } else { i16::MIN });
                    assert!(worth <= most, "{word} {}: {worth} > {most}", listed.text);
                }
            }
        }
        assert!(similar > 500, "{similar}");
    }
}
