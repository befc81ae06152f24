//! Bulk input for measurements: messages, list entries and travellers in any number.
//!
//! Invariant: no faults and nobody planted, so that what is measured is the ordinary case; made
//! faster than it is read.

use crate::culture::CULTURES;
use crate::list::{ListedBirth, entry};
use crate::person::{Person, Wanted, person};
use crate::rng::Rng;
use crate::{Config, World};
use jiff::civil::Date;

/// A person as lists and travellers are compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Identifies them among their like.
    pub id: String,
    /// Names, given names first.
    pub names: Vec<String>,
    /// Weak aliases.
    pub weak: Vec<String>,
    /// Birth dates, ISO, shortened to what is known; several mean one of these.
    pub births: Vec<String>,
    /// Alpha-3.
    pub nationality: &'static str,
    /// `M` or `F`.
    pub gender: &'static str,
    /// Document numbers.
    pub documents: Vec<String>,
}

/// Files of PAXLST interchanges of many carriers, together at least `bytes_wanted` long.
pub fn paxlst(bytes_wanted: usize, seed: u64) -> Vec<Vec<u8>> {
    files(bytes_wanted, seed, "/paxlst-checkin", 330)
}

/// Files of PNRGOV interchanges of many carriers, together at least `bytes_wanted` long.
pub fn pnrgov(bytes_wanted: usize, seed: u64) -> Vec<Vec<u8>> {
    files(bytes_wanted, seed, "/pnrgov-closed", 700)
}

/// `a_traveller` is about how many bytes one traveller takes, to make a world of the right size.
fn files(bytes_wanted: usize, seed: u64, file: &str, a_traveller: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut len = 0;
    for round in 0.. {
        let missing = bytes_wanted.saturating_sub(len);
        if missing == 0 {
            break;
        }
        let world = World::new(Config {
            seed: seed.wrapping_add(round),
            travellers: u32::try_from(missing / a_traveller + 1_000).unwrap_or(u32::MAX),
            faults: false,
            ..Config::default()
        });
        for bytes in world.files(file) {
            len += bytes.len();
            out.push(bytes);
        }
    }
    out
}

/// Ends of family names, so that a hundred thousand people do not share a few thousand names.
const ENDS: &[&str] = &[
    "", "BA", "BEL", "BOR", "DA", "DAN", "DEM", "DIR", "FEL", "GAR", "GON", "HAL", "IAR", "KAN",
    "KEM", "KIR", "LAS", "LEN", "LIM", "LOR", "MAR", "MEK", "MIN", "MOR", "NAD", "NEL", "NIK",
    "NOR", "PAL", "PER", "RAN", "REM", "RIK", "ROS", "SAL", "SEN", "SIM", "SOR", "TAL", "TER",
    "TIN", "TOR", "VAL", "VEN", "VIR", "ZAN", "ZEL", "ZOR",
];

/// What is added to one person's family name: mostly two ends, for one in twenty none, because
/// namesakes exist.
pub(crate) fn end(rng: &mut Rng) -> String {
    if rng.percent(5) {
        return String::new();
    }
    format!("{}{}", rng.pick(ENDS), rng.pick(ENDS))
}

/// `n` list entries: several names, dates that may be vague, documents for half of them.
pub fn list_entries(n: usize, seed: u64) -> impl Iterator<Item = Described> {
    let day = Config::default().first_day;
    (0..n).map(move |number| {
        let entry = entry(seed, 1, number, day);
        let year = entry.person.birth.year();
        let end = end(&mut Rng::at(seed, &[9, number as u64]));
        let named = |given: &str, surname: &str| full(given, &format!("{surname}{end}"));
        let names = std::iter::once(named(&entry.person.given, &entry.person.surname));
        let alias = |good: bool| {
            let aliases = entry.aliases.iter().filter(move |alias| alias.good == good);
            aliases.map(|alias| named(&alias.given, &alias.surname))
        };
        Described {
            id: entry.id.to_string(),
            names: names.chain(alias(true)).collect(),
            weak: alias(false).collect(),
            births: match entry.birth {
                ListedBirth::Day => vec![entry.person.birth.to_string()],
                ListedBirth::Year => vec![year.to_string()],
                ListedBirth::About | ListedBirth::Between => {
                    (year - 1..=year + 1).map(|year| year.to_string()).collect()
                }
                ListedBirth::Nothing => Vec::new(),
            },
            nationality: entry.person.state,
            gender: gender(&entry.person),
            documents: entry
                .documents
                .iter()
                .map(|d| d.number.to_string())
                .collect(),
        }
    })
}

/// `n` travellers as passports describe them.
pub fn travellers(n: usize, seed: u64) -> impl Iterator<Item = Described> {
    let day = Config::default().first_day;
    (0..n).map(move |number| {
        let person = traveller(seed, number as u64, day);
        let end = end(&mut Rng::at(seed, &[10, number as u64]));
        Described {
            id: format!("t{number}"),
            names: vec![full(&person.given, &format!("{}{end}", person.surname))],
            weak: Vec::new(),
            births: vec![person.birth.to_string()],
            nationality: person.state,
            gender: gender(&person),
            documents: person
                .documents
                .iter()
                .map(|d| d.number.to_string())
                .collect(),
        }
    })
}

fn traveller(seed: u64, id: u64, day: Date) -> Person {
    let mut rng = Rng::at(seed, &[8, id]);
    let wanted = Wanted {
        id,
        culture: rng.row(CULTURES),
        woman: rng.percent(50),
        age_days: rng.between(400, 80 * 365),
        day,
        family: None,
    };
    person(&mut rng, wanted)
}

fn full(given: &str, surname: &str) -> String {
    format!("{given} {surname}").trim().to_owned()
}

fn gender(person: &Person) -> &'static str {
    if person.woman { "F" } else { "M" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_as_much_as_was_wanted_and_the_same_each_time() {
        for make in [paxlst, pnrgov] {
            let files = make(300_000, 9);
            let len: usize = files.iter().map(Vec::len).sum();
            assert!((300_000..2_000_000).contains(&len), "{len}");
            assert!(files == make(300_000, 9));
            assert!(files != make(300_000, 10));
        }
    }

    #[test]
    fn persons_have_what_matching_compares() {
        assert_eq!(list_entries(500, 1).count(), 500);
        assert!(list_entries(500, 1).any(|entry| !entry.documents.is_empty()));
        assert!(list_entries(500, 1).any(|entry| !entry.weak.is_empty()));
        for traveller in travellers(500, 1) {
            assert!(traveller.names[0].len() > 2 && traveller.births[0].len() == 10);
        }
    }
}
