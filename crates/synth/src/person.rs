//! One invented person: name, birth, nationality, documents.
//!
//! - In: a stream of numbers and what is wanted.  Out: a [`Person`].
//! - Invariant: no two persons of one world have the same document number, because the number
//!   holds the person's own.

use crate::culture::{CULTURES, Culture, FullName};
use crate::latin::passport;
use crate::rng::Rng;
use compact_str::format_compact;
use jiff::ToSpan;
use jiff::civil::Date;
use oriel_model::Text;

/// A travel document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// `P`, `I`, `V`, `AC`.
    pub(crate) kind: &'static str,
    pub(crate) number: Text,
    /// Issuing state, alpha-3.
    pub(crate) issuer: &'static str,
    pub(crate) expires: Date,
}

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Name in national spelling.
    pub(crate) name: FullName,
    /// Family name as the passport prints it in its machine readable zone.
    pub(crate) surname: Text,
    /// Given names likewise; empty for who has one name only.
    pub(crate) given: Text,
    pub(crate) woman: bool,
    pub(crate) birth: Date,
    /// Only the year of birth is known to the document.
    pub(crate) year_only: bool,
    /// Nationality, alpha-3.
    pub(crate) state: &'static str,
    /// State of residence, alpha-3.
    pub(crate) residence: &'static str,
    /// Passport, then others.
    pub(crate) documents: Vec<Document>,
}

/// The culture called `name`.
pub(crate) fn culture(name: &str) -> &'static Culture {
    CULTURES
        .iter()
        .find(|culture| culture.name == name)
        .unwrap_or(&CULTURES[0])
}

/// What a person shall be.
pub(crate) struct Wanted {
    /// Number of the person in the world.
    pub(crate) id: u64,
    pub(crate) culture: &'static Culture,
    pub(crate) woman: bool,
    /// Age in days on `day`.
    pub(crate) age_days: i64,
    pub(crate) day: Date,
    /// Family name to take over, for children.
    pub(crate) family: Option<Text>,
}

/// Makes a person.
pub(crate) fn person(rng: &mut Rng, wanted: Wanted) -> Person {
    let Wanted {
        id, culture, woman, ..
    } = wanted;
    let mut name = culture.name(rng, woman);
    if let Some(family) = wanted.family
        && !name.given.is_empty()
    {
        name.family = family;
    }
    let birth = days_before(wanted.day, wanted.age_days);
    let state = rng.pick_front(culture.states);
    let residence = if rng.percent(85) {
        state
    } else {
        rng.row(CULTURES).states[0]
    };
    let expires = days_before(wanted.day, -rng.between(120, 3500));
    let documents = vec![Document {
        kind: "P",
        number: passport_number(rng, id),
        issuer: state,
        expires,
    }];
    Person {
        surname: passport(&name.family),
        given: passport(&name.given),
        name,
        woman,
        birth,
        year_only: false,
        state,
        residence,
        documents,
    }
}

/// The day `days` before `day`.
pub(crate) fn days_before(day: Date, days: i64) -> Date {
    day.saturating_sub(days.days())
}

/// A passport number in one of several national shapes, which holds the person's number.
pub(crate) fn passport_number(rng: &mut Rng, id: u64) -> Text {
    // The factor has none in common with 10, so different numbers stay different; it is near the
    // golden section of the modulus, so neighbours end up far apart.
    let digits = (id * 61_803_399 + 1_234_567) % 100_000_000;
    let letter = char::from(rng.pick(b"ABCDEFGHKLMNPRSTUVWXYZ"));
    match rng.below(3) {
        0 => format_compact!("{letter}{digits:08}"),
        1 => format_compact!("{digits:08}{letter}"),
        _ => format_compact!("{letter}{letter}{digits:08}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn document_numbers_are_nobody_elses() {
        let mut rng = Rng::at(1, &[]);
        let numbers: BTreeSet<Text> = (0..20_000)
            .map(|id| passport_number(&mut rng, id))
            .collect();
        assert_eq!(numbers.len(), 20_000);
    }
}
