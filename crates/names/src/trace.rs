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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace(u32);

/// Above its consonants, one bit each: how many sounds, in four bits.
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
                | flag(token.is_known(), KNOWN),
        )
    }

    /// Whether this is a particle, title or initial.
    pub fn is_minor(self) -> bool {
        self.0 & MINOR != 0
    }

    /// A number that mostly differs from those of other traces, in its low bits too.
    pub fn spread(self) -> usize {
        (self.0.wrapping_mul(0x9e37_79b9) >> 16) as usize
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

/// Tenths of a slip in which sums are kept, so that they have room in a byte.
const STEP: u8 = 2;

/// What a consonant costs at least against any other sound, in steps.
const DEARNESS: [u8; CLASSES] = {
    let (mut costs, mut code) = ([0; CLASSES], 0);
    while code < CLASSES {
        costs[code] = dearness(code as u8 + CONSONANT) / STEP;
        code += 1;
    }
    costs
};

/// How the consonants of a listed word differ from one's own.
#[derive(Clone, Copy, Debug)]
struct Apart([u8; 4]);

impl Apart {
    /// What the listed word's cost against one's own, or one's own that it lacks, at least.
    fn slips(self) -> u8 {
        self.0[0].max(self.0[1]) * STEP
    }

    /// How many of the listed word are not one's own.
    fn more(self) -> u8 {
        self.0[2]
    }

    /// How many are one's own alone.
    fn fewer(self) -> u8 {
        self.0[3]
    }
}

/// Words of the traveller that are held against a listed word together.
const LANES: usize = 2;

/// Four bytes of each of them, as [`Apart`] has them: one number, so that all are added at once.
type Lanes = u64;

/// Consonants of one table of [`Group`].
const TABLE: usize = 6;

/// How many tables; what else the last one reads of a trace counts for nothing.
const TABLES: usize = CLASSES.div_ceil(TABLE);

/// Of each word the top bit of the first byte and of the third.
const HEARD: Lanes = 0x0080_0080_0080_0080;

/// Added to a byte sets its top bit where it is more than this, and only there.
fn limit(most: Option<u8>) -> u8 {
    most.map_or(1 << 7, |most| (1 << 7) - 1 - most)
}

/// Two words of the traveller: for each set of a few consonants that a listed word may have, how
/// they differ from each one's own. Sums of them are looked up and not counted, and that for both
/// words at once, because a search asks millions of times.
#[derive(Clone, Debug)]
struct Group {
    apart: [[Lanes; 1 << TABLE]; TABLES],
    /// What may be strange and lacking, by how many sounds the listed word has, as a [`limit`].
    near: [Lanes; MANY as usize + 1],
    /// How many consonants may be of one side alone where letters are wrong, by how many letters the
    /// listed word has, likewise.
    errors: [Lanes; MANY as usize + 1],
}

impl Group {
    fn new(units: &[Unit], listeners: &[Listener]) -> Self {
        // By class: what it adds where the listed word has it, and where it does not.
        let (mut with, mut without) = ([0; TABLES * TABLE], [0; TABLES * TABLE]);
        for (lane, unit) in units.iter().enumerate() {
            let own = consonants(&unit.token.phones);
            for class in 0..CLASSES {
                let strange = unit.ear.cost(class as u8 + CONSONANT) / STEP;
                let (here, there) = match own >> class & 1 {
                    0 => ([strange, 0, 1, 0], [0; 4]),
                    _ => ([strange, 0, 0, 0], [0, DEARNESS[class], 0, 1]),
                };
                with[class] |= Lanes::from(u32::from_le_bytes(here)) << (32 * lane);
                without[class] |= Lanes::from(u32::from_le_bytes(there)) << (32 * lane);
            }
        }
        let mut apart = [[0; 1 << TABLE]; TABLES];
        for (t, table) in apart.iter_mut().enumerate() {
            for i in 0..TABLE {
                let class = t * TABLE + i;
                let (low, high) = table[..2 << i].split_at_mut(1 << i);
                for (low, high) in low.iter_mut().zip(high) {
                    *high = *low + with[class];
                    *low += without[class];
                }
            }
        }
        let two = |most: Option<u8>| Lanes::from(limit(most)) * 0x0101;
        let (mut near, mut errors) = ([0; MANY as usize + 1], [0; MANY as usize + 1]);
        for lane in 0..LANES {
            let listener = listeners.get(lane);
            for (i, limits) in near.iter_mut().enumerate() {
                let most = listener
                    .and_then(|l| l.near[i])
                    .map(|(_, most)| most / STEP);
                *limits |= two(most) << (32 * lane);
            }
            for (i, limits) in errors.iter_mut().enumerate() {
                let errors = listener.map(|l| l.errors[i]).filter(|e| *e > 0);
                *limits |= two(errors.map(changed)) << (32 * lane + 16);
            }
        }
        Self {
            apart,
            near,
            errors,
        }
    }

    fn apart(&self, listed: u32) -> Lanes {
        let sums = |t: usize| self.apart[t][(listed >> (t * TABLE)) as usize % (1 << TABLE)];
        (0..TABLES).map(sums).sum()
    }

    /// How the listed word differs from each, and for which it may be like them: of each word's
    /// [`HEARD`] the one says that it sounds near, the other that letters may be wrong.
    fn hear(&self, listed: Trace) -> (Lanes, Lanes) {
        let apart = self.apart(listed.0);
        let near = self.near[usize::from(listed.sounds())];
        let errors = self.errors[listed.letters() as usize];
        let over = apart + (near | errors);
        (apart, !(over | over >> 8) & HEARD)
    }
}

/// Most consonants that letters wrong leave on one side alone: one each, and one more where one was
/// of a cluster.
fn changed(errors: u8) -> u8 {
    match errors {
        0 => 0,
        _ => errors + 1,
    }
}

fn of_lane(apart: Lanes, lane: usize) -> Apart {
    Apart(((apart >> (32 * lane)) as u32).to_le_bytes())
}

/// Tenths of a slip beyond which no sound is similar.
const COSTS: usize = CLOSE_MOST as usize + 1;

/// The words of a traveller's name, ready to be held against the traces of a list.
#[derive(Clone, Debug)]
pub struct Listeners {
    each: Vec<Listener>,
    groups: Vec<Group>,
    /// How many letters two words have together of which one's own may be made: one bit each.
    joined_letters: u32,
    /// Of a script that leaves vowels out.
    abjad: bool,
}

/// One of them.
#[derive(Clone, Debug)]
struct Listener {
    /// It is worth nothing to any word.
    deaf: bool,
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

impl Listener {
    fn new(unit: &Unit, w: &Weights) -> Self {
        let own = &unit.token;
        let deaf = own.kind != Kind::Word;
        let (extra, known) = (unit.extra(w), [false, true]);
        let own_sounds = own.phones.codes().len() as u16;
        let near = |sounds: u16| {
            let (more, most) = match sounds {
                MANY => (0, unit.ear.limit(u16::MAX)),
                sounds => (4 * sounds.abs_diff(own_sounds), unit.ear.limit(sounds)),
            };
            let most = match unit.how {
                How::Joined => JOINED_CLOSE.into(),
                _ => most.min(CLOSE_MOST),
            };
            (more <= most && !deaf).then_some((more as u8, most as u8))
        };
        let own_letters = own.text.len();
        // Two of a long word; one of words taken together, which no look-up forgives.
        let errors = |letters: usize| {
            let errors = match unit.how {
                How::Joined => 1,
                _ if letters.min(own_letters) >= TWO_EDITS_LEN => 2,
                _ => 0,
            };
            let longer = letters.abs_diff(own_letters.min(MANY.into()));
            if longer <= usize::from(errors) && !deaf {
                errors
            } else {
                0
            }
        };
        let close = |known, cost| most_if_close(own, cost, known, w) + extra;
        Self {
            deaf,
            letters: own_letters as u32,
            near: std::array::from_fn(|sounds| near(sounds as u16)),
            errors: std::array::from_fn(errors),
            close: known.map(|known| std::array::from_fn(|cost| close(known, cost as u16))),
            mistyped: known.map(|known| most_if_mistyped(own, known, w) + extra),
            edited: known.map(|known| most_if_edited(own, known, w) + extra),
        }
    }

    /// `near`: it may sound so; `mistyped`: letters may be wrong.
    fn most(&self, listed: Trace, apart: Apart, near: bool, mistyped: bool) -> Option<i16> {
        let known = usize::from(listed.0 & KNOWN != 0);
        let near = self.near[usize::from(listed.sounds())].filter(|_| near);
        let close = near.map(|(more, _)| {
            let least = more.max(apart.slips());
            self.close[known][usize::from(least)]
        });
        let edited = match self.errors[listed.letters() as usize] {
            _ if !mistyped => None,
            1 => Some(self.mistyped[known]),
            _ => Some(self.edited[known]),
        };
        close.max(edited).map(|most| most.max(0))
    }
}

impl Listeners {
    /// Prepares words. What they say is at most what a listed word is worth to each that is neither
    /// an exact nor a near spelling of it, as [`crate::gain`] counts it.
    pub fn new(units: &[Unit], w: &Weights) -> Self {
        let each: Vec<Listener> = units.iter().map(|unit| Listener::new(unit, w)).collect();
        let groups = units.chunks(LANES).zip(each.chunks(LANES));
        Self {
            groups: groups.map(|(u, l)| Group::new(u, l)).collect(),
            each,
            joined_letters: units
                .iter()
                .filter(|unit| unit.may_be_two())
                .map(|unit| 7_u32.unbounded_shl(unit.token.text.len() as u32 - 1))
                .fold(0, |all, letters| all | letters),
            abjad: units.iter().any(|unit| unit.token.abjad),
        }
    }

    /// For each of the words that the listed one may be like: which it is, and at most what the two
    /// are worth; the most there is where the trace does not tell.
    pub fn most(&self, listed: Trace, mut found: impl FnMut(usize, i16)) {
        if listed.is_minor() {
            return;
        }
        if listed.0 & ABJAD != 0 || self.abjad {
            // A script that leaves vowels out tells nothing.
            let open = self.each.iter().enumerate().filter(|(_, l)| !l.deaf);
            return open.for_each(|(word, _)| found(word, i16::MAX));
        }
        for (g, group) in self.groups.iter().enumerate() {
            let (apart, mut heard) = group.hear(listed);
            while heard != 0 {
                let lane = heard.trailing_zeros() as usize / 32;
                let [near, _, mistyped, _] = of_lane(heard, lane).0.map(|bit| bit != 0);
                heard &= !(Lanes::from(u32::MAX) << (32 * lane));
                let word = g * LANES + lane;
                let most = self.each[word].most(listed, of_lane(apart, lane), near, mistyped);
                most.into_iter().for_each(|most| found(word, most));
            }
        }
    }

    /// Whether two neighbouring words of the list have as many letters as one of the words that may
    /// be two.
    pub fn may_any_join(&self, first: Trace, second: Trace) -> bool {
        let (a, b) = (first.letters(), second.letters());
        self.joined_letters >> (a + b) & 1 != 0 || a.max(b) == u32::from(MANY)
    }

    /// Whether they may be this word, written together.
    pub fn may_join(&self, word: usize, first: Trace, second: Trace) -> bool {
        /// Consonants that a slip, and letters that meet where the words do, may change.
        const CHANGED: u8 = 4;
        let many = u32::from(MANY);
        let (a, b) = (first.letters(), second.letters());
        if (a + b).abs_diff(self.each[word].letters) > 1 && a != many && b != many {
            return false;
        }
        let group = &self.groups[word / LANES];
        let apart = group.apart(first.0 | second.0);
        let apart = of_lane(apart, word % LANES);
        apart.more() + apart.fewer() <= CHANGED
    }
}

#[cfg(test)]
mod tests {
    use super::{Listeners, Trace};
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
                    let mut most = None;
                    let listeners = Listeners::new(std::slice::from_ref(unit), &w);
                    listeners.most(Trace::of(listed), |_, m| most = Some(m));
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
