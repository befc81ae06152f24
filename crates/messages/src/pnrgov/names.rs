//! Names of one booking: suffixes, truncation, and whether two names mean the same person.
//!
//! - Source: AIRIMP name field; PNRGOV guide, TIF.
//! - Titles are the business of [`crate::names`].

use crate::names::{is_only_title, is_placeholder, split_last_word, split_title};
use oriel_model::PersonName;
use std::borrow::Cow;

/// Suffixes of a surname, written behind a blank.
const SUFFIXES: [&str; 5] = ["JR", "SR", "III", "II", "IV"];

/// Given names and the title behind them; a title alone is a title, `FNU` is nothing.
pub(super) fn given_and_title(sent: &str) -> (&str, &str) {
    let sent = sent.trim_ascii();
    if is_only_title(sent) {
        return ("", sent);
    }
    let (given, title) = split_title(sent);
    let given = if is_placeholder(given) { "" } else { given };
    (given, title.unwrap_or_default())
}

fn has_two_letters(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).nth(1).is_some()
}

/// A surname; a suffix is a part of it, a glued one is set apart (`SMITHJR`). A surname of one letter
/// is sent doubled.
pub(super) fn surname(sent: &str) -> Cow<'_, str> {
    let sent = sent.trim_ascii();
    if let [a, b] = sent.as_bytes()
        && a == b
        && a.is_ascii_alphabetic()
    {
        return Cow::Borrowed(&sent[..1]);
    }
    match sent.strip_suffix("JR") {
        Some(rest) if has_two_letters(rest) && !rest.ends_with(' ') => {
            Cow::Owned(format!("{rest} JR"))
        }
        _ => Cow::Borrowed(sent),
    }
}

/// A surname without its suffix.
fn without_suffix(surname: &str) -> &str {
    match split_last_word(surname) {
        Some((rest, last)) if SUFFIXES.contains(&last) && has_two_letters(rest) => rest,
        _ => surname,
    }
}

/// Whether the end of a name may be cut off: given names of exactly 25 characters, or 57 and more in
/// all, which is where reservation systems cut. A title at the end shows that it was reached.
pub(super) fn maybe_truncated(surname: &str, given: &str, title: &str) -> bool {
    title.is_empty() && (given.len() == 25 || surname.len() + given.len() >= 57)
}

/// The letters that names are compared by. Bookings are written in capitals, so that the case of
/// letters outside of ASCII does not matter.
fn letters(text: &str) -> impl Iterator<Item = char> {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.map(|c| c.to_ascii_uppercase())
}

/// How far two names agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agreement {
    /// Not in the surname or not in the given names.
    None,
    /// In the surname, with other given names: family.
    Surname,
    /// In one of the two, the other missing; or in the given names alone.
    Half,
    /// In both, one given name perhaps shorter than the other.
    Close,
    /// In every letter.
    Full,
}

/// Compares two names of one booking by their letters.
pub(super) fn agreement(a: &PersonName, b: &PersonName) -> Agreement {
    let surnames = compare(family(a), family(b));
    let givens = compare(given(a), given(b));
    match (surnames, givens) {
        (Some(Fit::Same), Some(Fit::Same)) => Agreement::Full,
        (Some(Fit::Same), Some(Fit::Starts)) | (Some(Fit::Starts), Some(Fit::Same)) => {
            Agreement::Close
        }
        (Some(Fit::Same), None) if given(a).is_none() && given(b).is_none() => Agreement::Full,
        (Some(Fit::Same), Some(Fit::Differs)) => Agreement::Surname,
        (Some(Fit::Same), None) | (_, Some(Fit::Same)) => Agreement::Half,
        _ => Agreement::None,
    }
}

/// Whether a name says more than another of the same person, or is another name.
pub(super) fn says_more(name: &PersonName, than: &PersonName) -> bool {
    let length = |name| given(name).map_or(0, str::len);
    match agreement(name, than) {
        Agreement::Full => false,
        Agreement::Close => length(name) > length(than),
        Agreement::Half | Agreement::Surname | Agreement::None => true,
    }
}

/// Whether the given names with their title glued on again are the given names of `other`: then it
/// was no title (`ALEXANDR`).
pub(super) fn title_is_name(name: &PersonName, other: &PersonName) -> bool {
    let (Some(given), Some(title), Some(other)) = (given(name), &name.title, given(other)) else {
        return false;
    };
    if given == other {
        return letters(title).next().is_none();
    }
    letters(given).chain(letters(title)).eq(letters(other))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Same,
    /// One is the beginning of the other.
    Starts,
    Differs,
}

/// `None` where one of them is missing.
fn compare(a: Option<&str>, b: Option<&str>) -> Option<Fit> {
    let (a, b) = (a?, b?);
    if a == b {
        return Some(Fit::Same);
    }
    let (mut left, mut right) = (letters(a), letters(b));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Some(Fit::Same),
            (Some(x), Some(y)) if x == y => {}
            (None, _) | (_, None) => return Some(Fit::Starts),
            _ => return Some(Fit::Differs),
        }
    }
}

/// The surname that is compared: documents leave suffixes out.
fn family(name: &PersonName) -> Option<&str> {
    name.surname
        .as_ref()
        .map(|text| without_suffix(text.expose()))
}

fn given(name: &PersonName) -> Option<&str> {
    name.given.as_ref().map(|text| text.expose().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_in_the_place_of_the_given_names_is_a_title() {
        assert_eq!(given_and_title("MISS"), ("", "MISS"));
        assert_eq!(given_and_title("LUZMS"), ("LUZ", "MS"));
        assert_eq!(given_and_title("AMR"), ("AMR", ""));
        assert_eq!(given_and_title("FNU MR"), ("", "MR"));
    }

    #[test]
    fn a_suffix_stays_with_the_surname() {
        assert_eq!(
            surname("MACGILLEFROWAN-HAUGHEY JR"),
            "MACGILLEFROWAN-HAUGHEY JR"
        );
        assert_eq!(surname("QUELLANDERJR"), "QUELLANDER JR");
        assert_eq!(surname("ASHDOWN III"), "ASHDOWN III");
        assert_eq!(surname("KAUSR"), "KAUSR");
        assert_eq!(surname("YY"), "Y");
        assert_eq!(without_suffix("ASHDOWN III"), "ASHDOWN");
        assert_eq!(without_suffix("J SR"), "J SR");
    }
}
