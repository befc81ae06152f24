//! Why a pair is over the line or is not: how common its names are, how far it is from the line,
//! and what would decide it.
//!
//! Invariant: everything said here follows from the ledger of the pair; nothing is compared that
//! screening does not compare.

use crate::hit::{Fact, Relation};
use crate::pair::{PairResult, match_pair};
use crate::person::Person;
use oriel_model::Text;
use oriel_names::{Name, Source, Token, Weights};
use serde::Serialize;

/// How common a word of the query's names is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BaseRate {
    /// The word in A-Z.
    pub word: Text,
    /// One traveller in so many bears it, by the tables of names.
    pub one_in: u64,
    /// One in so many bears a word of this sound.
    pub sound_one_in: u64,
    /// The word stands in the tables; otherwise its rarity is estimated from length and sound.
    pub known: bool,
}

/// A fact that was not compared and what it would make of the pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decider {
    /// The fact.
    pub fact: Fact,
    /// Points if both sides had it and it agreed.
    pub if_agrees: i32,
    /// The pair would then be a hit.
    pub hit_if_agrees: bool,
    /// Points if it differed.
    pub if_differs: i32,
    /// The pair would then be a hit.
    pub hit_if_differs: bool,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Why {
    /// Name and edition of this form of answer.
    pub schema: &'static str,
    /// The comparison itself.
    pub result: PairResult,
    /// Points at which this pair is a hit.
    pub line: i32,
    /// What of that is asked because no birth date was compared.
    pub line_undated: i32,
    /// Points above the line; below it negative.
    pub above_line: i32,
    /// How common the names are.
    pub base_rates: Vec<BaseRate>,
    /// What would decide it.
    pub deciders: Vec<Decider>,
}

/// One in so many, of tenths of a bit.
fn one_in(points: i16) -> u64 {
    let points = u32::from(points.unsigned_abs()).min(400);
    let tenth = [100, 107, 115, 123, 132, 141, 152, 162, 174, 187][(points % 10) as usize];
    (tenth << (points / 10)) / 100
}

fn base_rates(query: &Person) -> Vec<BaseRate> {
    let mut rates: Vec<BaseRate> = Vec::new();
    for text in query.names.iter().chain(&query.weak) {
        let name = Name::read_full(Source::of(text), text);
        for (token, _) in name.atoms() {
            let rate = rate(token);
            if !rates.contains(&rate) {
                rates.push(rate);
            }
        }
    }
    rates
}

fn rate(token: &Token) -> BaseRate {
    BaseRate {
        word: token.text.clone(),
        one_in: one_in(token.rarity()),
        sound_one_in: one_in(token.sound_rarity().min(token.rarity())),
        known: token.is_known(),
    }
}

/// Explains a pair.
pub fn why(query: &Person, candidate: &Person, weights: &Weights) -> Why {
    let result = match_pair(query, candidate, weights);
    let not_compared = |fact: Fact| {
        let mut parts = result.parts.iter();
        parts.any(|part| part.fact == fact && part.relation == Relation::NotCompared)
    };
    let undated = not_compared(Fact::BirthDate)
        && !result.parts.iter().any(|part| {
            part.fact == Fact::Document
                && matches!(&*part.code, "document-exact" | "document-nationality")
        });
    let line_undated = if undated {
        i32::from(weights.line_undated)
    } else {
        0
    };
    let line = i32::from(weights.line) + line_undated;
    let rows = [
        (Fact::BirthDate, weights.birth_exact, weights.birth_far),
        (
            Fact::Nationality,
            weights.nationality_some,
            weights.nationality_differs,
        ),
        (Fact::Sex, weights.sex_agrees, weights.sex_differs),
        (Fact::Document, weights.document_exact, 0),
    ];
    let deciders = rows
        .into_iter()
        .filter(|(fact, ..)| not_compared(*fact))
        .map(|(fact, agrees, differs)| {
            let line = if fact == Fact::BirthDate {
                i32::from(weights.line)
            } else {
                line
            };
            let with = |points: i16| result.points + i32::from(points);
            Decider {
                fact,
                if_agrees: with(agrees),
                hit_if_agrees: with(agrees) >= line || fact == Fact::Document,
                if_differs: with(differs),
                hit_if_differs: with(differs) >= line,
            }
        })
        .collect();
    Why {
        schema: "oriel.match-why/1",
        line,
        line_undated,
        above_line: result.points - line,
        base_rates: base_rates(query),
        deciders,
        result,
    }
}

#[cfg(test)]
mod tests {
    use super::{one_in, why};
    use crate::hit::Fact;
    use crate::person::Person;
    use oriel_names::Weights;

    fn person(json: &str) -> Person {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn points_are_odds() {
        assert_eq!((one_in(0), one_in(10), one_in(100)), (1, 2, 1024));
        assert_eq!(one_in(33), 9);
    }

    #[test]
    fn a_common_name_without_a_date_is_decided_by_the_date() {
        let query = person(r#"{"names":["HUSSEIN<<MOHAMED"],"nationality":["eg"]}"#);
        let listed =
            person(r#"{"names":["Muhammad Husayn"],"dob":["1976-02-17"],"nationality":["eg"]}"#);
        let why = why(&query, &listed, &Weights::default());
        assert!(!why.result.matches && why.above_line < 0 && why.line_undated > 0);
        assert!(
            why.base_rates
                .iter()
                .all(|rate| rate.known && rate.one_in < 1_000)
        );
        let birth = why
            .deciders
            .iter()
            .find(|d| d.fact == Fact::BirthDate)
            .unwrap();
        assert!(birth.hit_if_agrees && !birth.hit_if_differs);
    }

    #[test]
    fn what_was_compared_decides_no_more() {
        let query = person(r#"{"names":["KESTRELMAN<<ODRAN"],"dob":["1976-02-17"],"gender":"M"}"#);
        let why = why(&query, &query, &Weights::default());
        assert!(why.above_line >= 0);
        let facts: Vec<Fact> = why.deciders.iter().map(|d| d.fact).collect();
        assert_eq!(facts, [Fact::Nationality, Fact::Document]);
    }
}
