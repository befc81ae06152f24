//! How alike two words are, and what that is worth.
//!
//! Invariant: likeness is symmetric, and costs a few nanoseconds where two words have nothing to
//! do with each other, because an index and an aligner ask it millions of times.

use crate::phones::{Ear, distance};
use crate::skeleton::Vowels;
use crate::tables::Tables;
use crate::{Kind, Token, Unit, Weights};

/// How alike two words are; best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Likeness {
    /// Letter by letter.
    Equal,
    /// Spellings of one family.
    Family,
    /// The same consonants and compatible vowels.
    Sound,
    /// The same with a vowel written on one side only.
    VowelMissing,
    /// One typing error.
    OneEdit,
    /// A similar sound, so many tenths of a slip apart.
    Close(u8),
    /// Two typing errors in a long word.
    TwoEdits,
    /// One is the initial of the other.
    Initial,
}

impl Likeness {
    /// Stable code for explanations.
    pub fn code(self) -> &'static str {
        match self {
            Self::Equal => "exact",
            Self::Family => "same-spelling-family",
            Self::Sound => "same-sound",
            Self::VowelMissing => "same-sound-vowel-missing",
            Self::OneEdit => "one-typing-error",
            Self::TwoEdits => "two-typing-errors",
            Self::Close(_) => "similar-sound",
            Self::Initial => "initial",
        }
    }
}

/// How alike two words are; `None` when they have nothing in common.
pub fn likeness(a: &Token, b: &Token) -> Option<Likeness> {
    likeness_within(a, b, CLOSE_MOST)
}

/// The same where sounds further apart than this are not similar.
pub(crate) fn likeness_within(a: &Token, b: &Token, most: u16) -> Option<Likeness> {
    likeness_by(a, None, b, most)
}

impl Unit {
    /// How alike the traveller's word and a listed one are; the same as [`likeness`], and faster.
    pub fn likeness(&self, listed: &Token) -> Option<Likeness> {
        self.likeness_within(listed, CLOSE_MOST)
    }

    /// The same where sounds further apart than this are not similar.
    pub(crate) fn likeness_within(&self, listed: &Token, most: u16) -> Option<Likeness> {
        likeness_by(&self.token, Some(&self.ear), listed, most)
    }
}

/// `ear`: of the first word, if there is one.
fn likeness_by(a: &Token, ear: Option<&Ear>, b: &Token, most: u16) -> Option<Likeness> {
    if a.letters == b.letters && a.text == b.text {
        return Some(Likeness::Equal);
    }
    if a.is_known() && b.is_known() && a.shared_family(b).is_some() {
        return Some(Likeness::Family);
    }
    if a.kind == Kind::Initial || b.kind == Kind::Initial {
        let initial = a.text.as_bytes()[0] == b.text.as_bytes()[0];
        return (initial && a.text.len() != b.text.len()).then_some(Likeness::Initial);
    }
    if a.bones.fine == b.bones.fine && a.bones.len() > 1 {
        match a.bones.vowels_against(&b.bones) {
            Vowels::Agree => return Some(Likeness::Sound),
            Vowels::Missing(_) if a.abjad || b.abjad => return Some(Likeness::Sound),
            Vowels::Missing(1) => return Some(Likeness::VowelMissing),
            _ => {}
        }
    }
    if one_edit(a, b) {
        return Some(Likeness::OneEdit);
    }
    close(a, ear, b, most).or_else(|| two_edits(a, b).then_some(Likeness::TwoEdits))
}

/// A similar sound: at most three tenths of a slip for each sound of the shorter word.
fn close(a: &Token, ear: Option<&Ear>, b: &Token, most: u16) -> Option<Likeness> {
    // Six letters that only one of them has are what `OU` for `W` and two slips make.
    let abjad = a.abjad || b.abjad;
    let apart = (a.letters ^ b.letters).count_ones();
    let sounds = a.bones.len().abs_diff(b.bones.len());
    if apart > if abjad { 8 } else { 6 }
        || sounds > 2
        || !abjad && a.text.len().abs_diff(b.text.len()) > 5
    {
        return None;
    }
    distance(a, b, ear, most).map(|cost| Likeness::Close(cost as u8))
}

/// Shortest words of which two typing errors are forgiven.
pub(crate) const TWO_EDITS_LEN: usize = 8;

/// Shortest words of which one typing error is forgiven; the longer of the two has one more.
const ONE_EDIT_LEN: usize = 4;

/// One typing error, by optimal string alignment.
fn one_edit(a: &Token, b: &Token) -> bool {
    let (x, y) = (a.text.as_bytes(), b.text.as_bytes());
    may_be_edited(a, b, 1) && x.len().max(y.len()) > ONE_EDIT_LEN && is_within(x, y, 1)
}

/// Two typing errors in a long word.
fn two_edits(a: &Token, b: &Token) -> bool {
    may_be_edited(a, b, 2) && is_within(a.text.as_bytes(), b.text.as_bytes(), 2)
}

/// Lengths and letters allow of so many errors, 1 or 2.
fn may_be_edited(a: &Token, b: &Token, errors: usize) -> bool {
    let (a_len, b_len) = (a.text.len(), b.text.len());
    let least = [ONE_EDIT_LEN, TWO_EDITS_LEN][errors - 1];
    // Each edit changes at most one letter into another: two bits of difference.
    a_len.min(b_len) >= least
        && a_len.abs_diff(b_len) <= errors
        && (a.letters ^ b.letters).count_ones() as usize <= 2 * errors
}

/// Whether the optimal string alignment distance is at most `limit`.
///
/// Takes off what both begin and end with, and branches only where the words differ.
fn is_within(a: &[u8], b: &[u8], limit: usize) -> bool {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev());
    let same = same.take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    // What is left differs at both ends: one error is one letter, or two swapped.
    let swap = short > 1 && a[0] == b[1] && a[1] == b[0];
    if long <= limit || long - short > limit || limit < 2 {
        return long <= limit || swap && limit == 1 && long == 2;
    }
    swap && is_within(&a[2..], &b[2..], limit - 1)
        || is_within(&a[1..], b, limit - 1)
        || is_within(a, &b[1..], limit - 1)
        || is_within(&a[1..], &b[1..], limit - 1)
}

/// Words further apart than this have nothing in common.
pub(crate) const CLOSE_MOST: u16 = 24;

/// How much rarer a close likeness is than a coarse one, in points.
const NARROWER: i16 = 35;

/// What a likeness of two words is worth. `dated`: the birth dates agree, which makes a loose
/// likeness of names believable.
pub fn gain(a: &Token, b: &Token, likeness: Likeness, dated: bool, w: &Weights) -> i16 {
    if a.kind != Kind::Word || b.kind != Kind::Word {
        return match likeness {
            Likeness::Initial => w.initial_agrees,
            Likeness::Equal | Likeness::Family | Likeness::Sound => 5,
            _ => 0,
        };
    }
    let sound = a.sound_rarity().min(b.sound_rarity());
    let word = a.rarity().min(b.rarity());
    let points = match likeness {
        Likeness::Equal => return word + w.word_equal,
        Likeness::Family => {
            let family = a.shared_family(b).unwrap_or(0);
            return Tables::get().family_rarity(family).min(word) + w.word_family;
        }
        Likeness::Initial => return w.initial_agrees,
        // Few of the words that sound alike coarsely are this alike.
        Likeness::Sound => word.min(sound + NARROWER) + w.word_sound,
        Likeness::VowelMissing => word.min(sound + NARROWER) + w.word_vowel_missing,
        Likeness::OneEdit => word.min(sound + NARROWER) + w.word_one_edit,
        Likeness::TwoEdits => word.min(sound + NARROWER) + w.word_two_edits,
        Likeness::Close(cost) => {
            let base = word.min(sound + NARROWER) + w.word_close;
            let undated = if dated { 0 } else { w.word_close_undated };
            base + undated + (i32::from(w.word_close_slip) * i32::from(cost) / 10) as i16
        }
    };
    // Two names that are both known, and known as different ones, are hardly a slip of the pen.
    let apart = if a.is_known() && b.is_known() {
        w.word_known_apart
    } else {
        0
    };
    (points + apart).max(0)
}

/// At most what a similar sound is worth to a word, so far away at least. `known`: the other word
/// stands in the tables.
pub(crate) fn most_if_close(a: &Token, cost: u16, known: bool, w: &Weights) -> i16 {
    let slips = (i32::from(w.word_close_slip) * i32::from(cost) / 10) as i16;
    most_if_unlike(a, known, w) + w.word_close + slips
}

/// At most what two typing errors leave of a word.
pub(crate) fn most_if_edited(a: &Token, known: bool, w: &Weights) -> i16 {
    most_if_unlike(a, known, w) + w.word_two_edits
}

/// At most what one typing error leaves of a word.
pub(crate) fn most_if_mistyped(a: &Token, known: bool, w: &Weights) -> i16 {
    most_if_unlike(a, known, w) + w.word_one_edit
}

fn most_if_unlike(a: &Token, known: bool, w: &Weights) -> i16 {
    let apart = if a.is_known() && known {
        w.word_known_apart
    } else {
        0
    };
    a.rarity().min(a.sound_rarity() + NARROWER) + apart
}

impl Unit {
    /// At most what a listed word is worth that differs in one consonant or more, and in more than
    /// one letter, whatever it is.
    pub fn most_if_any(&self, w: &Weights) -> i16 {
        /// The cheapest consonant taken for another; a cheaper slip is of vowels alone.
        const LEAST: u16 = 4;
        match self.token.kind {
            Kind::Word => (most_if_close(&self.token, LEAST, false, w) + self.extra(w)).max(0),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_within, likeness};
    use crate::Token;

    #[track_caller]
    fn check(a: &str, b: &str, expect: &str) {
        let (a, b) = (Token::new(a), Token::new(b));
        let code = |l: Option<super::Likeness>| l.map_or("nothing", |l| l.code());
        assert_eq!(
            code(likeness(&a, &b)),
            expect,
            "{} against {}",
            a.text,
            b.text
        );
        assert_eq!(likeness(&a, &b), likeness(&b, &a), "symmetric");
    }

    #[test]
    fn likeness_takes_the_best_reason() {
        check("KESTREL", "KESTREL", "exact");
        check("GADDAFI", "QADHAFI", "same-spelling-family");
        check("BEYDOUR", "BAIDUR", "same-sound");
        check("KESTREL", "KESTREAL", "same-sound");
        check("KESTREL", "KETSREL", "one-typing-error");
        check("KESTRELMAN", "KASTRELNAN", "similar-sound");
        check("KESTRELMANOS", "KESTRLEMANSO", "similar-sound");
        check("QADER", "GADOR", "similar-sound");
        check("J", "JOHN", "initial");
        check("ODRAN", "PELLOW", "nothing");
    }

    #[test]
    fn edit_distance_counts_a_swap_as_one() {
        for (a, b, edits) in [
            ("ABCDE", "ABCDE", 0),
            ("ABCDE", "ABDCE", 1),
            ("ABCDE", "ABCE", 1),
            ("ABCE", "ABCDE", 1),
            ("AB", "BA", 1),
            ("ABCDE", "XBCDY", 2),
            ("ABCDEFGH", "BACDEFHG", 2),
            ("ABCDE", "BACDX", 2),
            ("ABCDE", "CABD", 3),
            ("ABXCD", "BACD", 2),
            ("ABCDE", "BCXXA", 3),
        ] {
            for limit in 1..=2 {
                let (a, b) = (a.as_bytes(), b.as_bytes());
                assert_eq!(is_within(a, b, limit), edits <= limit, "{a:?} {b:?}");
            }
        }
    }
}
