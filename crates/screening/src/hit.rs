//! What screening found, and every reason for it.
//!
//! Invariant: the points of the parts add up to the points of the hit, and the score is a function
//! of the points alone.

use oriel_model::Text;
use oriel_names::Weights;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Names, word by word.
    Name,
    /// Birth date.
    BirthDate,
    /// Nationality.
    Nationality,
    /// Sex.
    Sex,
    /// Document.
    Document,
    /// Place of birth.
    BirthPlace,
    /// Telephone number.
    Phone,
    /// Mail address.
    Email,
    /// Card or account.
    Payment,
    /// Postal address.
    Address,
}

impl Fact {
    /// Whether it is something that somebody uses, and not what somebody is.
    pub fn is_selector(self) -> bool {
        matches!(
            self,
            Self::Phone | Self::Email | Self::Payment | Self::Address
        )
    }
}

/// How two values go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same.
    Agrees,
    /// Could be the same.
    Close,
    /// Not the same.
    Differs,
    /// On one side only.
    Missing,
    /// Not on both sides, or not comparable.
    NotCompared,
}

/// One comparison and what it gave. `Debug` leaves out whom it is about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactPart {
    /// What was compared.
    pub fact: Fact,
    /// How the two sides go together.
    pub relation: Relation,
    /// Tenths of a bit: ten points double the odds that one person is meant.
    pub points: i16,
    /// Stable code of the reason, such as `same-sound`.
    pub code: Text,
    /// The reason in words.
    pub why: Text,
    /// The traveller's value.
    pub ours: Text,
    /// The list's values.
    pub theirs: Vec<Text>,
}

impl fmt::Debug for FactPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {}", self.fact, self.code, self.points)
    }
}

/// How strong a hit is, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Below the line; only asked-for searches show it.
    Below,
    /// The document is listed, whoever carries it.
    Document,
    /// A telephone number, address or means of payment is listed, whoever uses it.
    Selector,
    /// Names agree; no birth date could be compared.
    NameOnly,
    /// Over the line.
    Possible,
    /// Well over the line.
    Likely,
    /// Names agree together with a document or the day of birth.
    Certain,
}

/// A traveller may be the person of a list entry. It says "look here" and nothing more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// List.
    pub list: Text,
    /// Version of the list: digest of its content.
    pub list_version: Text,
    /// Entry in the list.
    pub entry: Text,
    /// 0 to 100; a ranking, not a probability. The line stands at 70.
    pub score: u8,
    /// Tenths of a bit; the sum of the parts.
    pub points: i32,
    /// In a word.
    pub band: Band,
    /// Every comparison made.
    pub parts: Vec<FactPart>,
    /// Version of the weights and name tables.
    pub weights_version: Text,
    /// Codes of the offences for which the list may be used here; who screens fills them in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offences: Vec<Text>,
}

impl Hit {
    /// Adds what else was found: what speaks for an entry that was found already joins its hit.
    pub fn support_all(hits: &mut Vec<Self>, others: Vec<Self>) {
        for other in others {
            let same = |hit: &&mut Self| (&hit.list, &hit.entry) == (&other.list, &other.entry);
            match hits.iter_mut().find(same) {
                Some(hit) => hit.support(other),
                None => hits.push(other),
            }
        }
    }

    /// The score stays that of the stronger one: how far names are believed depends on the list,
    /// and what is used on nobody's name.
    fn support(&mut self, other: Self) {
        self.points += other.points;
        self.score = self.score.max(other.score);
        self.parts.extend(other.parts);
        if self.band == Band::Below {
            self.band = other.band;
        }
    }
}

/// Score at the line.
pub const LINE_SCORE: u8 = 70;

/// Points as a score from 0 to 100: a straight line from nothing to the line, a flatter one above.
pub(crate) fn score(points: i32, w: &Weights) -> u8 {
    let line = i32::from(w.line).max(1);
    let score = if points < line {
        i32::from(LINE_SCORE) * points.max(0) / line
    } else {
        i32::from(LINE_SCORE) + 30 * (points - line) / 300
    };
    score.clamp(0, 100) as u8
}

/// The fewest points that give this score or more.
pub(crate) fn points_for(score: u8, w: &Weights) -> i32 {
    let line = i32::from(w.line).max(1);
    let score = i32::from(score.min(100));
    if score <= i32::from(LINE_SCORE) {
        (score * line).div_euclid(i32::from(LINE_SCORE)) + i32::from((score * line) % 70 != 0)
    } else {
        line + (score - i32::from(LINE_SCORE)) * 10
    }
}

/// The words for a reason code.
pub(crate) fn words(code: &str) -> &'static str {
    REASONS
        .iter()
        .find(|(c, _)| *c == code)
        .map_or("", |(_, words)| words)
}

/// Every reason code with its words.
pub const REASONS: &[(&str, &str)] = &[
    ("exact", "the same word"),
    ("same-spelling-family", "spellings of one name"),
    ("same-sound", "sounds the same"),
    (
        "same-sound-vowel-missing",
        "sounds the same but for a vowel",
    ),
    ("one-typing-error", "one letter differs"),
    ("two-typing-errors", "two letters differ"),
    ("similar-sound", "sounds similar"),
    ("initial", "the initial agrees"),
    ("cut-off", "agrees as far as the cut-off name goes"),
    ("written-together", "two words written as one"),
    ("glued", "found inside a glued name"),
    ("list-word-absent", "on the list, not with the traveller"),
    ("own-word-absent", "with the traveller, not on the list"),
    ("word-differs", "different words in the same place"),
    ("own-part-absent", "part of a glued name, not on the list"),
    ("roles-swapped", "family and given name changed places"),
    ("surname-differs", "family names differ"),
    ("name-cap", "names alone prove no more than this"),
    ("weak-alias", "the list holds this name weak"),
    ("names-tried", "one of several names tried"),
    ("no-name", "no name to compare"),
    ("born-same-day", "born on the same day"),
    ("born-same-month", "born in the same month; no day known"),
    ("born-same-year", "born in the same year; no day known"),
    ("born-in-range", "born within the years listed"),
    ("born-day-month-swapped", "day and month changed places"),
    ("born-part-agrees", "same year, and day or month agrees"),
    ("born-one-year-off", "same day and month, one year off"),
    ("born-year-differs", "same day and month, another year"),
    ("born-same-year-other-month", "same year, another month"),
    ("born-same-year-other-day", "same year, another day"),
    ("born-a-year-apart", "born a year apart"),
    ("born-some-years-apart", "born two or three years apart"),
    ("born-years-apart", "born more than three years apart"),
    ("not-on-list", "not on the list"),
    ("not-with-traveller", "not known of the traveller"),
    ("nationality-agrees", "nationality agrees"),
    (
        "nationality-of-document",
        "the state that issued the document agrees",
    ),
    ("nationality-differs", "nationalities differ"),
    ("sex-agrees", "sex agrees"),
    ("sex-differs", "sex differs"),
    ("place-agrees", "place of birth agrees"),
    ("document-exact", "number and issuing state agree"),
    (
        "document-nationality",
        "the number agrees, and the nationality with the state that issued the document",
    ),
    (
        "document-number",
        "the number agrees; an issuing state is not known",
    ),
    (
        "document-other-state",
        "the number agrees, the issuing states differ",
    ),
    (
        "document-lookalike",
        "the number agrees if look-alike letters are one",
    ),
    (
        "document-with-digit",
        "the number agrees without its last digit, which is its check digit; the issuing state agrees",
    ),
    (
        "document-other-kind",
        "number and issuing state agree, the kinds of document differ",
    ),
    (
        "document-slip",
        "one slip apart: the check digit that came with the number does not fit it and fits the \
         listed one; the issuing state agrees",
    ),
    ("phone-listed", "the traveller's telephone number is listed"),
    (
        "phone-listed-of-booking",
        "a telephone number of the booking is listed; whose it is was not said",
    ),
    (
        "phone-national",
        "the traveller's telephone number is listed as far as it goes: it was sent without a country code",
    ),
    (
        "phone-national-of-booking",
        "a telephone number of the booking is listed as far as it goes: it was sent without a country \
         code; whose it is was not said",
    ),
    ("email-listed", "the traveller's mail address is listed"),
    (
        "email-listed-of-booking",
        "a mail address of the booking is listed; whose it is was not said",
    ),
    (
        "card-ends",
        "the first six and the last four digits of the card that paid are listed; one card in ten \
         thousand of its bank has the same",
    ),
    (
        "card-ends-and-expiry",
        "the first six and the last four digits and the expiry of the card that paid are listed",
    ),
    (
        "card-undated",
        "the first six and the last four digits of the card that paid are listed; its expiry was not sent",
    ),
    ("account-listed", "the account that paid is listed"),
    ("address-listed", "the traveller's address is listed"),
    (
        "address-listed-of-booking",
        "an address of the booking is listed; whose it is was not said",
    ),
];

#[cfg(test)]
mod tests {
    use super::{points_for, score};
    use oriel_names::Weights;

    #[test]
    fn the_line_stands_at_seventy_and_scores_never_fall() {
        let w = Weights::default();
        assert_eq!(score(i32::from(w.line), &w), 70);
        assert_eq!(score(i32::from(w.line) - 1, &w), 69);
        assert!((-50..900).all(|p| score(p, &w) <= score(p + 1, &w)));
    }

    #[test]
    fn points_for_is_the_least_that_gives_the_score() {
        let w = Weights::default();
        for s in 1..=100 {
            let p = points_for(s, &w);
            assert!(score(p, &w) >= s && score(p - 1, &w) < s, "{s} {p}");
        }
    }
}
