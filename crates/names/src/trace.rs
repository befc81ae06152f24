//! What a word sounds like, in 32 bits: enough to rule out most words as similar without fetching
//! them.
//!
//! Invariant: a word whose trace rules it out is not similar; one that it does not rule out may be
//! anything.

use crate::align::JOINED_CLOSE;
use crate::likeness::{TWO_EDITS_LEN, most_if_close, most_if_edited, most_if_mistyped};
use crate::phones::{CONSONANT, Ear, Phones, dearness};
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

/// Consonants that cost four or more against any other sound, and those that cost eight.
const FOUR: u32 = costing_all(4);
const EIGHT: u32 = costing_all(8);

const fn costing_all(least: u8) -> u32 {
    let (mut bits, mut code) = (0, 0);
    while code < 21 {
        if dearness(code + CONSONANT) >= least {
            bits |= 1 << code;
        }
        code += 1;
    }
    bits
}

/// What a word's consonants cost at least against one of the traveller's, by threshold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thresholds {
    own: u32,
    sounds: u16,
    /// Consonants that cost so much or more: what one more of these adds.
    masks: [(u32, u16); 3],
}

impl Thresholds {
    pub(crate) fn new(phones: &Phones, ear: &Ear) -> Self {
        let costing = |least: u8| {
            let codes = CONSONANT..CONSONANT + 21;
            let dear = codes.filter(|code| ear.cost(*code) >= least);
            dear.fold(0, |bits, code| bits | 1 << (code - CONSONANT))
        };
        Self {
            own: consonants(phones),
            sounds: phones.codes().len() as u16,
            masks: [(costing(4), 4), (costing(8), 4), (costing(11), 3)],
        }
    }

    /// What the listed consonants cost, or those that it lacks.
    fn least(&self, trace: Trace) -> u16 {
        let adds = |(mask, cost): (u32, u16)| cost * (trace.0 & mask).count_ones() as u16;
        let listed: u16 = self.masks.into_iter().map(adds).sum();
        let lacking = self.own & !trace.0;
        let lacking = 4 * ((lacking & FOUR).count_ones() + (lacking & EIGHT).count_ones());
        listed.max(lacking as u16)
    }

    /// What the sounds cost that one has more.
    fn more(&self, trace: Trace) -> u16 {
        match trace.sounds() {
            MANY => 0,
            sounds => 4 * sounds.abs_diff(self.sounds),
        }
    }
}

impl Unit {
    /// At most what a listed word is worth that is neither an exact nor a near spelling of this
    /// one, as [`crate::gain`] counts it; the most there is where its trace does not tell.
    pub fn most_if_unlike(&self, listed: Trace, w: &Weights) -> i16 {
        let own = &self.token;
        if own.kind != Kind::Word || listed.0 & MINOR != 0 {
            return 0;
        }
        if own.abjad || listed.0 & ABJAD != 0 {
            return i16::MAX;
        }
        let known = listed.0 & KNOWN != 0;
        let close = self.least_if_close(listed);
        let close = close.map(|least| most_if_close(own, least, known, w));
        let edited = self.errors_if_mistyped(listed).map(|errors| match errors {
            1 => most_if_mistyped(own, known, w),
            _ => most_if_edited(own, known, w),
        });
        let most = close.max(edited).map_or(0, |most| most + self.extra(w));
        most.max(0)
    }

    /// How far the sounds are apart at least, if they may be near.
    fn least_if_close(&self, listed: Trace) -> Option<u16> {
        let near = match (self.how, listed.sounds()) {
            (How::Joined, _) => u16::from(JOINED_CLOSE),
            (_, MANY) => self.ear.limit(u16::MAX),
            (_, sounds) => self.ear.limit(sounds),
        };
        let more = self.thresholds.more(listed);
        if more > near {
            return None;
        }
        let least = self.thresholds.least(listed).max(more);
        (least <= near).then_some(least)
    }

    /// How many letters may be wrong: two of a long word; one of words taken together, which no
    /// look-up forgives.
    fn errors_if_mistyped(&self, listed: Trace) -> Option<usize> {
        let own = &self.token.text;
        let letters = (listed.0 >> LETTERS) as usize;
        let apart = letters.abs_diff(own.len().min(usize::from(MANY)));
        let errors = match self.how {
            How::Joined => 1,
            _ if letters.min(own.len()) >= TWO_EDITS_LEN => 2,
            _ => return None,
        };
        if apart > errors {
            return None;
        }
        // A letter wrong is a consonant more at most, or two where one was of a cluster.
        let other = (listed.0 & CONSONANTS & !self.thresholds.own).count_ones();
        (other as usize <= errors + 1).then_some(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::Trace;
    use crate::{Likeness, Name, Source, Token, Weights, common_names};

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
                    let most = unit.most_if_unlike(Trace::of(listed), &w);
                    assert!(worth <= most, "{word} {}: {worth} > {most}", listed.text);
                }
            }
        }
        assert!(similar > 500, "{similar}");
    }
}
