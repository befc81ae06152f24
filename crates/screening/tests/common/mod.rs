//! Invented people from a seed: list entries and travellers of every culture in the name tables.
//!
//! Used by tests and by `examples/bench.rs`. Nobody here exists; a match with a real name is
//! chance.

#![allow(dead_code, reason = "each user takes what it needs")]

use oriel_model::{PartialDate, Text};
use oriel_names::{NameRow, common_names};
use oriel_screening::{Birth, Entry, ListDocument, ListName, Person, Quality};

/// SplitMix64: small, seeded, the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// One invented person.
#[derive(Clone, Debug)]
pub(crate) struct Invented {
    pub(crate) given: Vec<String>,
    pub(crate) family: String,
    pub(crate) birth: PartialDate,
    pub(crate) nationality: &'static str,
    pub(crate) sex: &'static str,
    pub(crate) document: String,
}

const STATES: &[(&str, &[&str])] = &[
    ("english", &["GBR", "USA", "IRL", "AUS"]),
    ("german", &["DEU", "AUT", "CHE"]),
    ("french", &["FRA", "BEL", "CAN"]),
    ("italian", &["ITA"]),
    ("spanish", &["ESP", "MEX", "COL", "ARG"]),
    ("portuguese", &["PRT", "BRA"]),
    ("russian", &["RUS", "BLR"]),
    ("ukrainian", &["UKR"]),
    ("turkish", &["TUR"]),
    ("persian", &["IRN"]),
    ("afghan", &["AFG", "PAK"]),
    (
        "arab",
        &["SAU", "EGY", "IRQ", "SYR", "MAR", "DZA", "TUN", "YEM"],
    ),
    ("southasia", &["IND", "PAK", "BGD", "LKA"]),
    ("chinese", &["CHN", "SGP", "MYS"]),
    ("japanese", &["JPN"]),
    ("korean", &["KOR", "PRK"]),
    ("vietnamese", &["VNM"]),
    ("indonesian", &["IDN"]),
    ("african", &["NGA", "GHA", "KEN", "CIV", "COD"]),
    ("horn", &["ETH", "SOM", "ERI"]),
];

/// A world of names.
pub(crate) struct World {
    rows: Vec<NameRow>,
    pub(crate) dice: Dice,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rows: common_names(),
            dice: Dice(seed),
        }
    }

    /// A name of a culture: common ones often, invented ones otherwise.
    fn name(&mut self, culture: &str, part: &str) -> String {
        let rows: Vec<&NameRow> = self
            .rows
            .iter()
            .filter(|r| r.culture == culture && (r.part == part || r.part == "b"))
            .collect();
        let rare = if part == "f" { 55 } else { 15 };
        if rows.is_empty() || self.dice.percent(rare) {
            return self.word();
        }
        let weight: usize = rows
            .iter()
            .map(|r| r.per_100k as usize * r.names.len())
            .sum();
        let mut at = self.dice.below(weight);
        for row in rows {
            let of_row = row.per_100k as usize * row.names.len();
            if at < of_row {
                return row.names[at / row.per_100k as usize].to_owned();
            }
            at -= of_row;
        }
        self.word()
    }

    /// A word that nobody bears.
    pub(crate) fn word(&mut self) -> String {
        const ONSETS: &[&str] = &[
            "B", "D", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S", "T", "V", "Z", "SH",
            "KH", "CH", "BR", "KR", "ST", "TR", "Y", "GH",
        ];
        const VOWELS: &[&str] = &["A", "E", "I", "O", "U", "A", "A", "I", "OU", "EE"];
        const ENDS: &[&str] = &["", "", "N", "R", "L", "M", "D", "S", "K", "V"];
        let mut word = String::new();
        for _ in 0..2 + self.dice.below(3) {
            word += self.dice.pick(ONSETS);
            word += self.dice.pick(VOWELS);
            if self.dice.percent(25) {
                word += self.dice.pick(ENDS);
            }
        }
        word += self.dice.pick(ENDS);
        word
    }

    pub(crate) fn person(&mut self) -> Invented {
        let (culture, states) = self.dice.pick(STATES);
        let given = (0..1 + self.dice.below(3) / 2 + self.dice.below(2))
            .map(|_| self.name(culture, "g"))
            .collect();
        Invented {
            given,
            family: self.name(culture, "f"),
            birth: self.date(),
            nationality: self.dice.pick(states),
            sex: self.dice.pick(&["M", "M", "F"]),
            document: format!(
                "{}{:07}",
                (b'A' + self.dice.below(26) as u8) as char,
                self.dice.below(10_000_000)
            ),
        }
    }

    pub(crate) fn date(&mut self) -> PartialDate {
        let year = 1940 + self.dice.below(66) as i16;
        let (month, day) = (1 + self.dice.below(12) as u8, 1 + self.dice.below(28) as u8);
        PartialDate::new(year, month, day).expect("these days exist in every month")
    }

    /// The person as a list entry: aliases, vague dates.
    pub(crate) fn entry(&mut self, id: usize, person: &Invented) -> Entry {
        let given = person.given.join(" ");
        let mut names = vec![ListName::new(
            &format!("{given} {}", person.family),
            Quality::Primary,
        )];
        for _ in 0..self.dice.below(4) {
            let alias = match self.dice.below(3) {
                0 => format!("{} {}", person.family, given),
                1 => format!("{} {}", person.given[0], self.vary(&person.family)),
                _ => format!("{given} {} {}", self.word(), self.vary(&person.family)),
            };
            names.push(ListName::new(&alias, Quality::Good));
        }
        let b = person.birth;
        let births = match self.dice.below(100) {
            0..62 => vec![Birth::on(b)],
            62..90 => PartialDate::new(b.year(), 0, 0)
                .map(Birth::on)
                .into_iter()
                .collect(),
            90..95 => vec![Birth::on(self.date())],
            _ => vec![],
        };
        let mut entry = Entry {
            id: format!("e{id}").into(),
            names,
            births,
            ..Entry::default()
        };
        if self.dice.percent(85) {
            entry.nationalities.push(person.nationality.into());
        }
        if self.dice.percent(40) {
            entry.sexes.push(person.sex.into());
        }
        if self.dice.percent(30) {
            entry.documents.push(ListDocument {
                number: person.document.as_str().into(),
                issuer: Some(person.nationality.into()),
                kind: "Passport".into(),
            });
        }
        entry
    }

    /// Another spelling of a word.
    pub(crate) fn vary(&mut self, word: &str) -> String {
        let mut letters: Vec<char> = word.chars().collect();
        let at = self.dice.below(letters.len());
        match self.dice.below(4) {
            0 => letters[at] = self.dice.pick(&['A', 'E', 'I', 'O', 'U', 'K', 'S', 'T']),
            1 => letters.insert(at, letters[at]),
            2 if letters.len() > 4 => {
                letters.remove(at);
            }
            _ if at + 1 < letters.len() => letters.swap(at, at + 1),
            _ => {}
        }
        letters.into_iter().collect()
    }

    /// The person at the border, as a query.
    pub(crate) fn traveller(&mut self, person: &Invented) -> Person {
        let name = if self.dice.percent(50) {
            format!("{}<<{}", person.family, person.given.join("<"))
        } else {
            let title = if person.sex == "F" { "MRS" } else { "MR" };
            format!("{}/{}{title}", person.family, person.given.concat())
        };
        Person {
            names: vec![name.into()],
            dob: vec![person.birth.to_string().into()],
            nationality: vec![person.nationality.into()],
            gender: Some(person.sex.into()),
            docs: vec![person.document.as_str().into()],
            ..Person::default()
        }
    }

    /// The same person with a name damaged on the way.
    pub(crate) fn damaged(&mut self, person: &Invented) -> Person {
        let mut person = person.clone();
        match self.dice.below(4) {
            0 => person.family = self.vary(&person.family),
            1 => person.given[0] = self.vary(&person.given[0]),
            2 => person.given.truncate(1),
            _ => std::mem::swap(&mut person.family, &mut person.given[0]),
        }
        let mut query = self.traveller(&person);
        query.docs.clear();
        if self.dice.percent(20) {
            query.dob = vec![Text::from(person.birth.year().to_string())];
        }
        query
    }
}
