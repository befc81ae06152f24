//! What is known about words: spelling families, common names, titles and particles.
//!
//! - In: `data/names/*.csv`, compiled into the binary.  Out: one read-only table, made at first use
//!   in about a millisecond.
//! - Invariant: the tables belong to the version of the weights ([`tables_digest`]); the same
//!   tables and weights give the same points on every machine, so all arithmetic is on integers.

use crate::token::Kind;
use crate::{Skeleton, Text};
use rustc_hash::{FxHashMap, FxHashSet};
use std::num::NonZeroU16;
use std::sync::LazyLock;

const FAMILIES: &str = include_str!("../../../data/names/families.csv");
const COMMON: &str = include_str!("../../../data/names/common.csv");
const WORDS: &str = include_str!("../../../data/names/words.csv");

/// Number of a spelling family, from 1.
pub(crate) type FamilyId = u16;

/// A form stands in at most so many families.
pub(crate) const FAMILIES_OF_A_WORD: usize = 6;

/// What is known of a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) rarity: i16,
    pub(crate) families: [FamilyId; FAMILIES_OF_A_WORD],
    per_100k: u32,
}

/// Number of a word that the tables know, from 1.
pub(crate) type KnownId = NonZeroU16;

pub(crate) struct Tables {
    words: FxHashMap<Text, KnownId>,
    known: Vec<Known>,
    kinds: FxHashMap<Text, Kind>,
    titles: Vec<Text>,
    placeholders: FxHashSet<Text>,
    family_rarity: Vec<i16>,
    sounds: FxHashMap<u64, i16>,
    digest: u64,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::load);

/// The rows of a table: lines that are neither empty nor comments, cut at commas.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .map(|l| l.split(',').collect())
}

/// Points for one in `100_000 / per_100k` travellers.
fn rarity(per_100k: u32) -> i16 {
    tenths_log2(90_000 / u64::from(per_100k.max(1))).clamp(10, 170)
}

/// Ten times the binary logarithm, rounded down to a tenth; integers only.
fn tenths_log2(n: u64) -> i16 {
    // 2^(k/10) scaled by 2^16, for k = 0..10.
    const STEPS: [u64; 10] = [
        65536, 70239, 75281, 80684, 86475, 92682, 99334, 106_464, 114_105, 122_295,
    ];
    if n == 0 {
        return 0;
    }
    let whole = n.ilog2();
    let mantissa = if whole <= 16 {
        n << (16 - whole)
    } else {
        n >> (whole - 16)
    };
    let tenth = STEPS.iter().rposition(|s| *s <= mantissa).unwrap_or(0);
    (whole * 10) as i16 + tenth as i16
}

impl Tables {
    pub(crate) fn get() -> &'static Self {
        &TABLES
    }

    fn load() -> Self {
        let mut words: FxHashMap<Text, Known> = FxHashMap::default();
        let mut family_rarity = vec![0];
        for row in rows(FAMILIES) {
            let [_, per_100k, forms] = row[..] else {
                continue;
            };
            let per_100k: u32 = per_100k.parse().unwrap_or(1);
            let id = family_rarity.len() as FamilyId;
            family_rarity.push(rarity(per_100k));
            for form in forms.split(' ') {
                let known = words
                    .entry(form.to_ascii_uppercase().into())
                    .or_insert(Known {
                        rarity: 0,
                        families: [0; FAMILIES_OF_A_WORD],
                        per_100k: 0,
                    });
                if let Some(free) = known.families.iter_mut().find(|f| **f == 0 || **f == id) {
                    *free = id;
                }
                // One spelling is about half as frequent as the family.
                known.per_100k += per_100k.div_ceil(2);
            }
        }
        for row in rows(COMMON) {
            let [_, _, per_100k, names] = row[..] else {
                continue;
            };
            let per_100k: u32 = per_100k.parse().unwrap_or(1);
            for name in names.split(' ') {
                let known = words.entry(name.into()).or_insert(Known {
                    rarity: 0,
                    families: [0; FAMILIES_OF_A_WORD],
                    per_100k: 0,
                });
                known.per_100k = known.per_100k.max(per_100k);
            }
        }
        let mut heard: FxHashMap<u64, u32> = FxHashMap::default();
        for (word, known) in &mut words {
            known.rarity = rarity(known.per_100k);
            *heard.entry(Skeleton::with_coarse(word).1).or_default() += known.per_100k;
        }
        let sounds = heard.into_iter().map(|(k, n)| (k, rarity(n))).collect();

        let mut kinds = FxHashMap::default();
        let (mut titles, mut placeholders) = (Vec::new(), FxHashSet::default());
        for row in rows(WORDS) {
            let [kind, list] = row[..] else { continue };
            for word in list.split(' ') {
                let kind = match kind {
                    "title" => {
                        titles.push(word.into());
                        Kind::Title
                    }
                    "honour" => Kind::Title,
                    "particle" => Kind::Particle,
                    "suffix" => Kind::Suffix,
                    _ => {
                        placeholders.insert(word.into());
                        continue;
                    }
                };
                kinds.insert(word.into(), kind);
            }
        }
        // Longest first, so that MISS is not read as MS.
        titles.sort_by(|a: &Text, b: &Text| b.len().cmp(&a.len()).then(a.cmp(b)));
        let digest = [FAMILIES, COMMON, WORDS]
            .iter()
            .fold(FNV, |d, t| fnv(d, t.as_bytes()));
        let known: Vec<Known> = words.values().copied().collect();
        let numbers = (1..=u16::MAX).filter_map(NonZeroU16::new);
        let words = words.into_keys().zip(numbers).collect();
        Self {
            words,
            known,
            kinds,
            titles,
            placeholders,
            family_rarity,
            sounds,
            digest,
        }
    }

    pub(crate) fn known(&self, word: &str) -> Option<&Known> {
        Some(self.by_id(self.id(word)?))
    }

    pub(crate) fn id(&self, word: &str) -> Option<KnownId> {
        self.words.get(word).copied()
    }

    pub(crate) fn by_id(&self, id: KnownId) -> &Known {
        &self.known[usize::from(id.get()) - 1]
    }

    pub(crate) fn kind(&self, word: &str) -> Option<Kind> {
        self.kinds.get(word).copied()
    }

    /// Titles that bookings glue to a name, longest first.
    pub(crate) fn titles(&self) -> &[Text] {
        &self.titles
    }

    /// A title, not an honour that may be a name.
    pub(crate) fn is_title(&self, word: &str) -> bool {
        self.kind(word) == Some(Kind::Title) && self.titles.iter().any(|t| t == word)
    }

    /// Says that a name is not known.
    pub(crate) fn is_placeholder(&self, word: &str) -> bool {
        self.placeholders.contains(word)
    }

    pub(crate) fn family_rarity(&self, family: FamilyId) -> i16 {
        self.family_rarity
            .get(usize::from(family))
            .copied()
            .unwrap_or(0)
    }

    /// Points for meeting any word of this sound.
    pub(crate) fn sound_rarity(&self, consonants: u8, coarse: u64) -> i16 {
        let by_length = match consonants {
            0 => 40,
            1 => 60,
            2 => 80,
            3 => 100,
            4 => 115,
            5 => 130,
            _ => 140,
        };
        self.sounds
            .get(&coarse)
            .map_or(by_length, |known| by_length.min(*known))
    }
}

/// Start of an FNV-1a digest.
pub(crate) const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, which is enough to tell versions of a table apart.
pub(crate) fn fnv(digest: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(digest, |d, b| {
        (d ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Digest of the tables compiled in; part of the version of every weights value.
pub fn tables_digest() -> u64 {
    Tables::get().digest
}

/// One row of the table of common names.
#[derive(Clone, Debug)]
pub struct NameRow {
    /// Culture, such as `arab`.
    pub culture: &'static str,
    /// `g` given, `f` family, `b` both.
    pub part: &'static str,
    /// Of 100,000 travellers, how many bear each of these.
    pub per_100k: u32,
    /// Capital letters A-Z.
    pub names: Vec<&'static str>,
}

/// The table of common names, for inventing people.
pub fn common_names() -> Vec<NameRow> {
    rows(COMMON)
        .filter_map(|row| match row[..] {
            [culture, part, per_100k, names] => Some(NameRow {
                culture,
                part,
                per_100k: per_100k.parse().unwrap_or(1),
                names: names.split(' ').collect(),
            }),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{COMMON, FAMILIES, WORDS, rows, tenths_log2};
    use std::collections::BTreeSet;

    #[test]
    fn logarithms_are_right_to_a_tenth() {
        for (n, tenths) in [
            (1, 0),
            (2, 10),
            (3, 15),
            (1000, 99),
            (90_000, 164),
            (1 << 40, 400),
        ] {
            assert_eq!(tenths_log2(n), tenths, "{n}");
        }
    }

    #[test]
    fn no_form_stands_in_more_families_than_a_word_can_hold() {
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        for form in rows(FAMILIES).flat_map(|row| row[2].split(' ').collect::<Vec<_>>()) {
            *counts.entry(form).or_default() += 1;
        }
        counts.retain(|_, count| *count > super::FAMILIES_OF_A_WORD);
        assert!(counts.is_empty(), "{counts:?}");
    }

    #[test]
    fn every_row_is_well_formed_and_no_row_repeats_a_form() {
        for (table, columns) in [(FAMILIES, 3), (COMMON, 4), (WORDS, 2)] {
            for row in rows(table) {
                assert_eq!(row.len(), columns, "{row:?}");
                let forms: Vec<&str> = row[columns - 1].split(' ').collect();
                let distinct: BTreeSet<&&str> = forms.iter().collect();
                assert!(
                    forms
                        .iter()
                        .all(|f| f.bytes().all(|b| b.is_ascii_alphabetic())),
                    "{row:?}"
                );
                assert!(columns == 4 || distinct.len() == forms.len(), "{row:?}");
                if columns > 2 {
                    assert!(row[columns - 2].parse::<u32>().is_ok(), "{row:?}");
                }
            }
        }
    }
}
