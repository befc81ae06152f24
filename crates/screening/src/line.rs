//! One line in, one answer out: what `oriel match` reads and prints.

use crate::{PairResult, Person, Scratch, Subject, Watchlists, Weights, match_pair, search};
use oriel_model::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A line that is not a question.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a line of the form {expected} (column {column})")]
pub struct LineError {
    /// What a line looks like.
    pub expected: &'static str,
    /// Where reading stopped, from 1; 0 where the line is short of something.
    pub column: usize,
}

impl LineError {
    fn of(expected: &'static str, error: &serde_json::Error) -> Self {
        Self {
            expected,
            column: error.column(),
        }
    }
}

#[derive(Deserialize)]
struct Pair {
    query: Person,
    candidate: Person,
}

#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: Value,
    query: Person,
}

/// Answer to a search.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SearchAnswer {
    /// Name and edition of this form of answer.
    pub schema: &'static str,
    /// The identifier of the question.
    pub id: Value,
    /// Best first.
    pub hits: Vec<SearchHit>,
}

/// One entry found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    /// List.
    pub list: Text,
    /// Entry.
    pub entry: Text,
    /// 0 to 100.
    pub score: u8,
    /// Tenths of a bit, finer than the score.
    pub points: i32,
}

/// Answers `{"query": person, "candidate": person}`.
pub fn pair_line(line: &str, weights: &Weights) -> Result<PairResult, LineError> {
    const EXPECTED: &str = r#"{"query": person, "candidate": person}"#;
    let pair: Pair = serde_json::from_str(line).map_err(|e| LineError::of(EXPECTED, &e))?;
    Ok(match_pair(&pair.query, &pair.candidate, weights))
}

/// Answers `{"id": …, "query": person}` with at most `limit` entries that score `lowest` or more.
pub fn search_line(
    line: &str,
    lists: &Watchlists,
    weights: &Weights,
    lowest: u8,
    limit: usize,
    scratch: &mut Scratch,
) -> Result<SearchAnswer, LineError> {
    const EXPECTED: &str = r#"{"id": …, "query": person}"#;
    let asked: Question = serde_json::from_str(line).map_err(|e| LineError::of(EXPECTED, &e))?;
    let subject = Subject::from_person(&asked.query);
    let hits = search(&subject, lists, weights, lowest, limit, scratch);
    Ok(SearchAnswer {
        schema: "oriel.match-search/1",
        id: asked.id,
        hits: hits
            .into_iter()
            .map(|h| SearchHit {
                list: h.list,
                entry: h.entry,
                score: h.score,
                points: h.points,
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::{pair_line, search_line};
    use crate::lists::{Format, read};
    use crate::{Index, Scratch, Watchlists, Weights};

    #[test]
    fn a_pair_is_answered_and_a_broken_line_says_where() {
        let weights = Weights::default();
        let line = r#"{"query":{"names":["KESTRELMAN/ODRANMR"],"dob":["1976-02-17"]},
            "candidate":{"names":["Odran Kestrelman"],"dob":["1976"]},"label":1}"#;
        assert!(pair_line(line, &weights).unwrap().matches);
        let error = pair_line(r#"{"query":{}}"#, &weights).unwrap_err();
        assert!(error.to_string().contains("candidate"), "{error}");
    }

    #[test]
    fn a_search_keeps_the_identifier_of_its_question() {
        let entries = read(
            &Format::Persons,
            br#"{"id":"7","names":["Odran Kestrelman"]}"#,
        );
        let index = Index::build("test", &entries.unwrap().entries);
        let lists = Watchlists::new(vec![index.into()]);
        let line = r#"{"id":42,"query":{"names":["KESTRELMAN<<ODRAN"]}}"#;
        let weights = Weights::start();
        let answer = search_line(line, &lists, &weights, 70, 20, &mut Scratch::default()).unwrap();
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"schema":"oriel.match-search/1","id":42,"hits":[{"list":"test","entry":"7","score":75,"points":253}]}"#
        );
    }
}
