//! One word of a name, prepared for comparison.

use crate::phones::Phones;
use crate::tables::{FamilyId, KnownId, Tables};
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

/// A word of A-Z with everything that comparison asks of it. A list has millions: what takes room is
/// kept once, in the tables, or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Capital letters A-Z.
    pub text: Text,
    /// Sound.
    pub bones: Skeleton,
    /// What it does.
    pub kind: Kind,
    rarity: u8,
    sound_rarity: u8,
    /// Where it stands in the tables.
    known: Option<KnownId>,
    /// Short vowels are not written.
    pub abjad: bool,
    /// Its sounds; with neighbouring vowels apart if short ones are not written.
    pub(crate) phones: Phones,
    /// Which letters occur: one bit each.
    pub(crate) letters: u32,
}

/// A list of a million persons has two million of them.
const _: () = assert!(size_of::<Token>() <= 72);

impl Token {
    /// Prepares a word of capital letters A-Z.
    pub fn new(word: &str) -> Self {
        Self::written(word, false)
    }

    /// The same. `abjad`: in a script that leaves short vowels out.
    pub(crate) fn written(word: &str, abjad: bool) -> Self {
        let tables = Tables::get();
        let (bones, coarse) = Skeleton::with_coarse(word);
        let sound_rarity = tables.sound_rarity(bones.len(), coarse);
        let known = tables.id(word);
        let rarity = match known {
            Some(known) => tables.by_id(known).rarity,
            // A spelling nobody knows of a sound everybody knows is not that rare.
            None => unknown_rarity(word).min(sound_rarity + 60),
        };
        // Rarities lie between 0 and 170.
        let byte = |points: i16| u8::try_from(points).unwrap_or(u8::MAX);
        Self {
            kind: match tables.kind(word) {
                Some(kind) => kind,
                None if word.len() == 1 => Kind::Initial,
                None => Kind::Word,
            },
            rarity: byte(rarity),
            sound_rarity: byte(sound_rarity),
            known,
            abjad,
            ..Self::spelling(word.into(), bones, Phones::of(word, abjad))
        }
    }

    /// Two words written as one, of which is asked how it is spelled and sounds, and not how rare it
    /// is. `known`: nor whether the tables know it, unless this is set.
    pub(crate) fn joined(first: &Self, second: &Self, known: bool) -> Self {
        let mut text = first.text.clone();
        text.push_str(&second.text);
        let (bones, phones) = (Skeleton::of(&text), Phones::of(&text, false));
        Self {
            known: known.then(|| Tables::get().id(&text)).flatten(),
            ..Self::spelling(text, bones, phones)
        }
    }

    fn spelling(text: Text, bones: Skeleton, phones: Phones) -> Self {
        Self {
            letters: text
                .bytes()
                .fold(0, |m, b| m | 1 << (b.wrapping_sub(b'A') & 31)),
            text,
            bones,
            kind: Kind::Word,
            rarity: 0,
            sound_rarity: 0,
            known: None,
            abjad: false,
            phones,
        }
    }

    /// Points for meeting exactly this word again: ten times the binary logarithm of one in how
    /// many travellers bear it.
    pub fn rarity(&self) -> i16 {
        self.rarity.into()
    }

    /// The same for any word that sounds alike.
    pub fn sound_rarity(&self) -> i16 {
        self.sound_rarity.into()
    }

    /// Whether it stands in the tables.
    pub fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// The spelling families of the word, for an index.
    pub fn families(&self) -> impl Iterator<Item = u16> + '_ {
        let known = self.known.map(|id| Tables::get().by_id(id));
        let families = known.into_iter().flat_map(|known| &known.families);
        families.copied().take_while(|family| *family != 0)
    }

    pub(crate) fn shared_family(&self, other: &Self) -> Option<FamilyId> {
        let (tables, other) = (Tables::get(), other.known?);
        let others = &tables.by_id(other).families;
        let mut own = self.families();
        own.find(|family| others.contains(family))
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
