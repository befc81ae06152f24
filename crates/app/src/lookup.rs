//! Under what a record can be found again: documents, names, contacts, locators.
//!
//! - In: what is screened of a person, what is kept of a booking.  Out: kinds and values in one
//!   spelling, for the store to turn into keyed digests.
//! - Invariant: the same value gives the same text however it was written: case, spaces, order of
//!   names and signs in telephone numbers do not count.

use oriel_keys::Ring;
use oriel_model::{Booking, ContactKind};
use oriel_screening::Subject;
use std::collections::BTreeSet;

/// Kind and value of everything a person can be found by.
pub(crate) fn of_subject(subject: &Subject) -> impl Iterator<Item = (&'static str, String)> {
    let documents = subject
        .document_numbers()
        .map(|number| ("document", compact(number)));
    let names = subject.full_names().map(|name| ("name", words(&name)));
    documents.chain(names)
}

/// Kind and value of everything a booking can be found by.
pub(crate) fn of_booking(booking: &Booking) -> impl Iterator<Item = (&'static str, String)> {
    let locators = booking
        .locators
        .iter()
        .map(|locator| ("locator", compact(locator.code.expose())));
    let contacts = booking.contacts.iter().filter_map(|contact| {
        let value = contact.value.expose();
        match contact.kind {
            ContactKind::Phone => Some(("phone", digits(value))),
            ContactKind::Email => Some(("email", value.trim().to_lowercase())),
            ContactKind::Address | ContactKind::Other => None,
        }
    });
    locators
        .chain(contacts)
        .filter(|(_, value)| !value.is_empty())
}

/// What tells a person from every namesake: each whole name with each birth date and each document.
pub(crate) fn apart(subject: &Subject) -> Vec<String> {
    let mut keys = Vec::new();
    for name in subject.full_names() {
        for birth in subject.births() {
            for number in subject.document_numbers() {
                keys.push(format!("{}/{birth}/{}", words(&name), compact(number)));
            }
        }
    }
    keys
}

/// The same for what somebody gives of themselves: contacts, and locators of bookings.
pub(crate) fn of_text<'a>(
    contacts: impl Iterator<Item = &'a str>,
    locators: impl Iterator<Item = &'a str>,
) -> Vec<(&'static str, String)> {
    let contacts = contacts.map(|text| {
        if text.contains('@') {
            ("email", text.trim().to_lowercase())
        } else {
            ("phone", digits(text))
        }
    });
    let locators = locators.map(|text| ("locator", compact(text)));
    let found = contacts.chain(locators);
    found.filter(|(_, value)| !value.is_empty()).collect()
}

/// The digests of one journey, each once.
pub(crate) struct Lookups {
    ring: Ring,
    keys: BTreeSet<[u8; 16]>,
}

impl Lookups {
    pub(crate) fn new(ring: Ring) -> Self {
        Self {
            ring,
            keys: BTreeSet::new(),
        }
    }

    pub(crate) fn add(&mut self, values: impl Iterator<Item = (&'static str, String)>) {
        for (kind, value) in values {
            self.keys.insert(self.ring.blind(kind, value.as_bytes()));
        }
    }

    pub(crate) fn keys(self) -> Vec<[u8; 16]> {
        self.keys.into_iter().collect()
    }
}

/// Letters and digits, upper case.
fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Digits from the first that is not a zero: `00354…`, `+354…` and `354…` are one number.
fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

/// The words of a name in one order.
fn words(name: &str) -> String {
    let upper = name.to_uppercase();
    let mut words: Vec<&str> = upper
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(read: fn(&str) -> String, same: &[&str]) {
        let first = read(same[0]);
        assert!(!first.is_empty());
        for other in same {
            assert_eq!(read(other), first, "{other}");
        }
    }

    #[test]
    fn one_value_in_every_spelling() {
        check(compact, &["X1234567", "x 123 4567", "X-1234567"]);
        check(digits, &["+354 555 1234", "003545551234", "354-555-1234"]);
        check(
            words,
            &[
                "EXEMPLE/JEAN PAUL",
                "Jean Paul Exemple",
                "paul  jean exemple",
            ],
        );
    }
}
