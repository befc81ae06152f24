//! Compares two persons, for judging the comparison itself.

use crate::hit::{Band, FactPart, score};
use crate::index::Index;
use crate::person::Person;
use crate::score::{Query, explain, total};
use crate::screen::band;
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

/// Compares a query with a candidate exactly as screening does with a list of this one entry.
pub fn match_pair(query: &Person, candidate: &Person, weights: &Weights) -> PairResult {
    let subject = Subject::from_person(query);
    let index = Index::build("", std::slice::from_ref(&candidate.to_entry()));
    let query = Query::new(&subject);
    let total = total(&query, &index, 0, weights);
    let band = band(&total, weights);
    PairResult {
        schema: "oriel.match/1",
        score: score(total.points, weights),
        matches: band != Band::Below,
        points: total.points,
        band,
        parts: explain(&query, &subject, &index, 0, &total, weights),
    }
}
