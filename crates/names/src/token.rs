//! One word of a name, prepared for comparison.

use crate::phones::Phones;
use crate::tables::{FAMILIES_OF_A_WORD, FamilyId, Tables};
use crate::{Skeleton, Text};

/// What a word does in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A name.
    Word,
    /// A single letter.
    Initial,
    /// Joins names: `al`, `bin`, `de`.
    Particle,
    /// A title or honour: proves nothing.
    Title,
    /// `Jr`, `III`.
    Suffix,
}

/// A word of A-Z with everything that comparison asks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Capital letters A-Z.
    pub text: Text,
    /// Sound.
    pub bones: Skeleton,
    /// What it does.
    pub kind: Kind,
    /// Points for meeting exactly this word again: ten times the binary logarithm of one in how
    /// many travellers bear it.
    pub rarity: i16,
    /// The same for any word that sounds alike.
    pub sound_rarity: i16,
    /// The spelling families it belongs to; 0 is none.
    pub(crate) families: [FamilyId; FAMILIES_OF_A_WORD],
    /// It stands in the tables.
    pub known: bool,
    /// Short vowels are not written.
    pub abjad: bool,
    /// Its sounds; with neighbouring vowels apart if short ones are not written.
    pub(crate) phones: Phones,
    /// Which letters occur: one bit each.
    pub(crate) letters: u32,
}

impl Token {
    /// Prepares a word of capital letters A-Z.
    pub fn new(word: &str) -> Self {
        Self::written(word, false)
    }

    /// The same. `abjad`: in a script that leaves short vowels out.
    pub(crate) fn written(word: &str, abjad: bool) -> Self {
        let tables = Tables::get();
        let known = tables.known(word);
        let kind = match tables.kind(word) {
            Some(kind) => kind,
            None if word.len() == 1 => Kind::Initial,
            None => Kind::Word,
        };
        let bones = Skeleton::of(word);
        let sound_rarity = tables.sound_rarity(&bones);
        Self {
            text: word.into(),
            bones,
            kind,
            rarity: match known {
                Some(known) => known.rarity,
                // A spelling nobody knows of a sound everybody knows is not that rare.
                None => unknown_rarity(word).min(sound_rarity + 60),
            },
            sound_rarity,
            families: known.map_or([0; FAMILIES_OF_A_WORD], |k| k.families),
            known: known.is_some(),
            abjad,
            phones: Phones::of(word, abjad),
            letters: word
                .bytes()
                .fold(0, |m, b| m | 1 << (b.wrapping_sub(b'A') & 31)),
        }
    }

    /// The spelling families of the word, for an index.
    pub fn families(&self) -> impl Iterator<Item = u16> + '_ {
        self.families.iter().copied().filter(|f| *f != 0)
    }

    /// A number equal for all words that sound alike in the loosest way, for an index.
    pub fn sound(&self) -> u64 {
        self.bones.coarse
    }

    /// Whether at most two typing errors can lie between the words: a quick test that is often
    /// right and never wrongly false.
    pub fn may_be_near(&self, other: &Self) -> bool {
        self.text.len().abs_diff(other.text.len()) <= 2
            && (self.letters ^ other.letters).count_ones() <= 4
    }

    pub(crate) fn shared_family(&self, other: &Self) -> Option<FamilyId> {
        self.families().find(|f| other.families.contains(f))
    }

    /// `-ovich`, `-ovna` and their like: the father's name.
    pub fn is_patronymic(&self) -> bool {
        const ENDINGS: &[&str] = &[
            "OVICH", "EVICH", "OVYCH", "AVICH", "IEVICH", "OVNA", "EVNA", "IVNA", "OWITSCH",
        ];
        self.text.len() > 6 && ENDINGS.iter().any(|e| self.text.ends_with(e))
    }
}

/// How rare a word is of which only its length is known.
fn unknown_rarity(word: &str) -> i16 {
    match word.len() {
        0 | 1 => 0,
        2 => 80,
        3 => 100,
        4 => 120,
        5 => 130,
        6 => 140,
        7 => 150,
        _ => 160,
    }
}
