//! Persons compared with the lists, as asked and answered.
//!
//! `ours` of an answer is what was asked, not what a record says, so that it needs no mask.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Persons to compare with the lists in force.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct MatchQuestion {
    /// Who is looked for, at most 100.
    pub(crate) queries: Vec<MatchQuery>,
    /// One list by its identifier; all of them unless given.
    pub(crate) list: Option<String>,
    /// Lowest score of a hit, 40 to 100; the line, 70, unless given.
    pub(crate) min: Option<u8>,
    /// Most hits of a person, up to 100; 20 unless given.
    pub(crate) limit: Option<usize>,
}

/// One person to look for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct MatchQuery {
    /// Comes back with the answer.
    #[serde(default)]
    pub(crate) id: String,
    /// Who it is.
    pub(crate) query: MatchPerson,
}

/// A person as `oriel match` takes one: any spelling, order and script.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct MatchPerson {
    /// Names.
    pub(crate) names: Vec<String>,
    /// Weak aliases.
    pub(crate) weak: Vec<String>,
    /// Birth dates, shortened to what is known; several mean one of these.
    pub(crate) dob: Vec<String>,
    /// Nationalities, two or three letters, or English names.
    pub(crate) nationality: Vec<String>,
    /// `M` or `F`.
    pub(crate) gender: Option<String>,
    /// Document numbers.
    pub(crate) docs: Vec<String>,
}

/// Hits of each person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MatchAnswer {
    /// `oriel.match-answer/1`.
    pub(crate) schema: &'static str,
    /// In the order of the question.
    pub(crate) results: Vec<MatchResult>,
}

/// Hits of one person, best first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MatchResult {
    /// As asked.
    pub(crate) id: String,
    /// Hits. A hit says "look here" and nothing more.
    pub(crate) hits: Vec<MatchHit>,
}

/// One entry that may be the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MatchHit {
    /// List.
    pub(crate) list: String,
    /// Its version.
    pub(crate) list_version: String,
    /// Entry.
    pub(crate) entry: String,
    /// Its first name.
    pub(crate) caption: String,
    /// 0 to 100; a ranking, not a probability. The line stands at 70.
    pub(crate) score: u8,
    /// Tenths of a bit; the sum of the parts.
    pub(crate) points: i32,
    /// `certain`, `likely`, `possible`, `name_only`, `document`, `below`.
    pub(crate) band: String,
    /// Every comparison made.
    pub(crate) parts: Vec<MatchPart>,
    /// Version of the weights and name tables.
    pub(crate) weights_version: String,
}

/// One comparison and what it gave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MatchPart {
    /// `name`, `birth_date`, `document`, …; a name has one line a word.
    pub(crate) fact: String,
    /// `agrees`, `close`, `differs`, `missing`, `not_compared`.
    pub(crate) relation: String,
    /// Reason.
    pub(crate) code: String,
    /// The reason in words.
    pub(crate) why: String,
    /// Tenths of a bit.
    pub(crate) points: i32,
    /// What was asked.
    pub(crate) ours: String,
    /// What the entry says.
    pub(crate) theirs: Vec<String>,
}
