//! Compares two persons, for judging the comparison itself.

use crate::hit::{Band, FactPart, score};
use crate::index::Index;
use crate::person::Person;
use crate::score::{Query, explain, total};
use crate::screen::{REFERENCE_ENTRIES, band, leveled};
use crate::subject::Subject;
use oriel_names::Weights;
use serde::Serialize;

/// What comparing two persons gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PairResult {
    /// Name and edition of this form of answer.
    pub schema: &'static str,
    /// 0 to 100; the line stands at 70.
    pub score: u8,
    /// Whether this would be reported as a hit.
    #[serde(rename = "match")]
    pub matches: bool,
    /// Tenths of a bit; the sum of the parts.
    pub points: i32,
    /// In a word.
    pub band: Band,
    /// Every comparison made.
    pub parts: Vec<FactPart>,
}

/// Compares a query with a candidate exactly as screening does where the candidate stands on a list
/// of the length for which the line is meant.
pub fn match_pair(query: &Person, candidate: &Person, weights: &Weights) -> PairResult {
    let subject = Subject::from_person(query);
    let index = Index::build("", std::slice::from_ref(&candidate.to_entry()));
    let query = Query::new(&subject);
    let total = total(&query, &index, 0, weights);
    let band = band(&total, REFERENCE_ENTRIES, weights);
    PairResult {
        schema: "oriel.match/1",
        score: score(leveled(&total, REFERENCE_ENTRIES, weights), weights),
        matches: band != Band::Below,
        points: total.points,
        band,
        parts: explain(&query, &subject, &index, 0, &total, weights),
    }
}

/// A traveller read once, to be compared with chosen entries of an index.
pub struct Asked(Query);

impl Asked {
    /// Reads a traveller.
    pub fn new(subject: &Subject) -> Self {
        Self(Query::new(subject))
    }

    /// How far the traveller and the entry of this number are above the line; below it negative.
    pub fn above_line(&self, index: &Index, entry: u32, weights: &Weights) -> i32 {
        let total = total(&self.0, index, entry, weights);
        leveled(&total, index.len(), weights) - i32::from(weights.line)
    }
}
