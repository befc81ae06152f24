//! The hand-made tables of names and sounds: `data/judged/*.csv`.
//!
//! Invariant: they are no input of the engine that is measured with them.

use std::sync::LazyLock;

const WORDS: &str = include_str!("../../../../data/judged/words.csv");
const SOUNDS: &str = include_str!("../../../../data/judged/sounds.csv");

/// States that cultures of `words.csv` carry passports of, the most frequent first, and the script
/// their names are written in.
const HOMES: &[(&str, &str, &[&str])] = &[
    ("african", "latin", &["SEN", "MLI", "GIN", "CIV", "BFA"]),
    ("amharic", "ethiopic", &["ETH", "ERI"]),
    (
        "arabic",
        "arabic",
        &[
            "EGY", "SAU", "IRQ", "SYR", "DZA", "MAR", "TUN", "YEM", "LBY", "SDN",
        ],
    ),
    ("armenian", "armenian", &["ARM", "LBN", "FRA"]),
    ("chinese", "han", &["CHN", "TWN", "HKG", "SGP", "MYS"]),
    ("georgian", "georgian", &["GEO"]),
    ("greek", "greek", &["GRC", "CYP"]),
    ("hebrew", "hebrew", &["ISR"]),
    ("hindi", "devanagari", &["IND", "NPL"]),
    ("japanese", "kana", &["JPN"]),
    ("korean", "hangul", &["KOR", "PRK"]),
    ("persian", "arabic", &["IRN", "AFG", "TJK"]),
    ("russian", "cyrillic", &["RUS", "BLR", "KAZ"]),
    ("serbian", "cyrillic", &["SRB", "BIH", "MNE"]),
    ("somali", "latin", &["SOM", "DJI", "KEN"]),
    ("thai", "thai", &["THA"]),
    ("turkish", "latin", &["TUR", "AZE"]),
    ("ukrainian", "cyrillic", &["UKR"]),
    ("urdu", "arabic", &["PAK", "IND", "GBR"]),
];

/// A name or a piece of one: how it is written at home, and in A-Z.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) native: &'static str,
    pub(super) forms: Vec<&'static str>,
}

/// All that is known of the names of one culture.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) culture: &'static str,
    pub(super) script: &'static str,
    pub(super) states: &'static [&'static str],
    pub(super) men: Vec<Word>,
    pub(super) women: Vec<Word>,
    pub(super) families: Vec<Word>,
    /// Empty where rare names cannot be put together from sounds.
    pub(super) consonants: Vec<Word>,
    pub(super) vowels: Vec<Word>,
    pub(super) endings: Vec<Word>,
    /// Syllables of which two make a given name.
    pub(super) syllables: Vec<Word>,
}

/// Every culture of the tables.
pub(super) static HOME: LazyLock<Vec<Home>> = LazyLock::new(|| HOMES.iter().map(home).collect());

fn home(
    &(culture, script, states): &(&'static str, &'static str, &'static [&'static str]),
) -> Home {
    let words = |wanted: &str| {
        rows(WORDS)
            .filter(|row| row[0] == culture && row[1] == wanted)
            .map(|row| Word {
                native: row[2],
                forms: row[3].split(' ').collect(),
            })
            .collect()
    };
    let sounds = |wanted: &str| {
        rows(SOUNDS)
            .filter(|row| row[0] == culture && row[1] == wanted)
            .flat_map(|row| row[2].split(' '))
            .filter_map(|sound| sound.split_once('='))
            .map(|(native, forms)| Word {
                native,
                forms: forms.split('/').collect(),
            })
            .collect()
    };
    Home {
        culture,
        script,
        states,
        men: words("m"),
        women: words("f"),
        families: words("s"),
        consonants: sounds("c"),
        vowels: sounds("v"),
        endings: sounds("e"),
        syllables: sounds("g"),
    }
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split(',').collect())
}

#[cfg(test)]
mod tests {
    use super::{HOME, SOUNDS, WORDS, rows};

    #[test]
    fn every_culture_has_men_women_and_families_in_letters_of_a_passport() {
        for home in HOME.iter() {
            for words in [&home.men, &home.women, &home.families] {
                assert!(words.len() >= 2, "{}", home.culture);
                for form in words.iter().flat_map(|word| &word.forms) {
                    let letters = form.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
                    assert!(letters && form.len() > 1, "{form}");
                }
            }
            assert_eq!(home.consonants.is_empty(), home.endings.is_empty());
        }
    }

    #[test]
    fn every_row_belongs_to_a_culture() {
        for row in rows(WORDS).chain(rows(SOUNDS)) {
            assert!(HOME.iter().any(|home| home.culture == row[0]), "{row:?}");
        }
    }
}
