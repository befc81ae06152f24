//! Every number that comparison uses, as one versioned value.
//!
//! Points are tenths of a bit: ten points double the odds that one person is meant. A weights file
//! is lines of `name = number`; names that it leaves out keep the value in force, names that it
//! makes up are refused. The version is a digest over all values and over the name tables. In
//! force is `data/names/weights.txt`, which a program fits to invented people.

use crate::Text;
use crate::tables::{FNV, fnv, tables_digest};
use std::fmt;
use std::sync::LazyLock;

macro_rules! weights {
    ($($(#[doc = $doc:literal])+ $name:ident = $default:literal;)+) => {
        /// See the module.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Weights {
            $($(#[doc = $doc])+ pub $name: i16,)+
            version: Text,
        }

        impl Weights {
            /// Name, default and meaning of each weight.
            pub const ROWS: &[(&'static str, i16, &'static str)] =
                &[$((stringify!($name), $default, concat!($($doc),+).trim_ascii()),)+];

            fn unversioned() -> Self {
                Self { $($name: $default,)+ version: Text::default() }
            }

            fn slot(&mut self, name: &str) -> Option<&mut i16> {
                match name { $(stringify!($name) => Some(&mut self.$name),)+ _ => None }
            }

            fn values(&self) -> Vec<(&'static str, i16)> {
                vec![$((stringify!($name), self.$name),)+]
            }
        }
    };
}

weights! {
    /// A pair of persons with at least this many points is reported.
    line = 200;
    /// Added to the line for each doubling of a list beyond 10,000 entries: twice the entries, twice
    /// the chances of a false alert.
    line_doubling = 10;
    /// Added to the line where no birth date could be compared.
    line_undated = 35;
    /// At least this many points: likely.
    likely = 260;
    /// At least this many points, with a document or an exact birth date: certain.
    certain = 320;

    /// Added to the rarity of a word met letter by letter.
    word_equal = 0;
    /// Two spellings of one family: added to the rarity of the family.
    word_family = -10;
    /// Equal consonants and compatible vowels: added to the rarity of the sound.
    word_sound = -15;
    /// The same with one vowel written on one side only.
    word_vowel_missing = -30;
    /// One letter wrong, missing, extra or swapped: added to the rarity.
    word_one_edit = -30;
    /// Two letters, in words of eight or more.
    word_two_edits = -60;
    /// A similar sound: added to the rarity of the sound.
    word_close = -10;
    /// The same for each slip that the sounds are apart.
    word_close_slip = -35;
    /// The same once, where no birth date agrees.
    word_close_undated = -20;
    /// Two names known to be different names that look alike: taken off.
    word_known_apart = -70;
    /// An initial that agrees.
    initial_agrees = 20;
    /// A cut word agrees: for each letter seen, up to the rarity.
    prefix_letter = 22;
    /// Most that one given name is worth: those that no table knows are less rare than families.
    given_cap = 130;
    /// Per cent kept of each word after the most telling one: words of one name go together.
    word_further_percent = 72;
    /// Two words written as one, or one as two: added.
    word_joined = -10;
    /// A title was taken off the word's end.
    title_taken_off = -3;
    /// Most that titles, particles and initials add together.
    minor_words_cap = 20;

    /// A word of the list that the traveller lacks, the first one.
    list_word_absent = -20;
    /// Each further one.
    list_word_absent_more = -10;
    /// The same for a father's name.
    list_patronymic_absent = -10;
    /// A word of the traveller that the list lacks.
    own_word_absent = -30;
    /// A word of the traveller and one of the list that have nothing in common, both left over.
    word_differs = -60;
    /// A part of a glued word that the list lacks.
    own_part_absent = -15;
    /// A particle, title or initial on one side only.
    minor_word_absent = -3;
    /// Family names known on both sides that do not go together.
    surname_differs = -25;
    /// Family and given name changed places.
    roles_swapped = -8;
    /// Per cent kept of a low-quality alias's points.
    weak_alias_percent = 60;
    /// For each doubling of the number of names tried on an entry.
    names_tried = -5;
    /// Most that names are worth.
    name_cap = 400;

    /// Birth dates agree to the day.
    birth_exact = 120;
    /// The day lies in a range given by the list.
    birth_in_range = 45;
    /// A year, or year and month, is all that one side knows, and it agrees.
    birth_year_agrees = 50;
    /// Year and month is all that one side knows, and both agree.
    birth_month_agrees = 80;
    /// Day and month are swapped.
    birth_swapped = 60;
    /// Same year, and the day or the month agrees.
    birth_part_agrees = 25;
    /// Day and month agree, the year is one off.
    birth_year_one_off = 40;
    /// Day and month agree, the year is further off.
    birth_year_off = 15;
    /// Same year, day and month differ.
    birth_same_year = -15;
    /// One year apart.
    birth_one_year = -15;
    /// Two or three years apart.
    birth_three_years = -30;
    /// Further apart.
    birth_far = -60;

    /// A nationality that most travellers share agrees.
    nationality_common = 15;
    /// A nationality that some travellers share agrees.
    nationality_some = 22;
    /// A rare nationality agrees.
    nationality_rare = 30;
    /// Nationalities known on both sides, none in common.
    nationality_differs = -30;
    /// Only the state that issued the document agrees.
    nationality_issuer = 8;
    /// Sex agrees.
    sex_agrees = 10;
    /// Sex differs.
    sex_differs = -35;
    /// Place of birth agrees.
    place_agrees = 25;

    /// Number and issuing state of a document agree.
    document_exact = 220;
    /// The number agrees, the issuing state is not known on one side.
    document_number = 140;
    /// The number agrees, the issuing states differ.
    document_other_state = 70;
    /// The number agrees once letters that look like digits are read as digits.
    document_lookalike = 110;
}

/// Why a weights file was refused.
#[derive(Debug, PartialEq, Eq)]
pub struct WeightsError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "weights, line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for WeightsError {}

/// The weights in force, as fitted.
const FITTED: &str = include_str!("../../../data/names/weights.txt");

static IN_FORCE: LazyLock<Weights> = LazyLock::new(|| {
    // The file is compiled in and a test reads it: it cannot be refused.
    Weights::start()
        .changed_by(FITTED)
        .unwrap_or_else(|_| Weights::start())
});

impl Default for Weights {
    fn default() -> Self {
        IN_FORCE.clone()
    }
}

impl Weights {
    /// The weights set by hand that fitting starts from.
    pub fn start() -> Self {
        Self::unversioned().versioned()
    }

    /// Name, value in force and meaning of each weight.
    pub fn table() -> Vec<(&'static str, i16, &'static str)> {
        let values = IN_FORCE.values();
        let rows = Self::ROWS.iter().zip(values);
        rows.map(|((name, _, meaning), (_, value))| (*name, value, *meaning))
            .collect()
    }

    /// Reads a weights file; see the module.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        Self::default().changed_by(text)
    }

    fn changed_by(self, text: &str) -> Result<Self, WeightsError> {
        let mut weights = self;
        for (i, line) in text.lines().enumerate() {
            let err = |reason| WeightsError {
                line: i + 1,
                reason,
            };
            let line = line.split('#').next().unwrap_or("").trim();
            if line.is_empty() {
                continue;
            }
            let (name, value) = line
                .split_once('=')
                .ok_or(err("not of the form name = number"))?;
            let slot = weights
                .slot(name.trim())
                .ok_or(err("no weight has this name"))?;
            *slot = value
                .trim()
                .parse()
                .map_err(|_| err("not a whole number"))?;
        }
        Ok(weights.versioned())
    }

    /// The weight of this name.
    pub fn get(&self, name: &str) -> Option<i16> {
        let found = self.values().into_iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| value)
    }

    /// The weights with this one changed; `None` when no weight has this name.
    pub fn with(mut self, name: &str, value: i16) -> Option<Self> {
        *self.slot(name)? = value;
        Some(self.versioned())
    }

    /// As a weights file, complete.
    pub fn to_text(&self) -> String {
        self.values()
            .iter()
            .map(|(n, v)| format!("{n} = {v}\n"))
            .collect()
    }

    /// Version: a digest of the values and of the name tables.
    pub fn version(&self) -> &Text {
        &self.version
    }

    fn versioned(mut self) -> Self {
        let digest = fnv(
            fnv(FNV, self.to_text().as_bytes()),
            &tables_digest().to_be_bytes(),
        );
        self.version = format!("{digest:016x}").into();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Weights, WeightsError};

    #[test]
    fn a_file_changes_what_it_names_and_the_version_follows() {
        let changed = Weights::parse("# stricter\nline = 240\n").unwrap();
        assert_eq!(changed.line, 240);
        assert_eq!(changed.sex_agrees, Weights::default().sex_agrees);
        assert_ne!(changed.version(), Weights::default().version());
        assert_eq!(Weights::parse(&changed.to_text()), Ok(changed));
    }

    #[test]
    fn the_weights_in_force_name_every_weight() {
        let fitted = Weights::parse(super::FITTED).unwrap();
        let named = super::FITTED.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(named.count(), Weights::ROWS.len());
        assert_eq!(fitted, Weights::default());
    }

    #[test]
    fn a_made_up_name_is_refused_with_its_line() {
        assert_eq!(
            Weights::parse("line = 1\nlien = 2"),
            Err(WeightsError {
                line: 2,
                reason: "no weight has this name"
            })
        );
    }
}
