//! The same question in the form that yente takes and answers, so that whoever speaks to yente may
//! ask here.
//!
//! - Source: the shapes that yente (OpenSanctions) documents for `POST /match/{dataset}`; properties
//!   are those of FollowTheMoney's `Person`.
//! - Beside yente's form it needs what every door to personal data needs: somebody signed in, and
//!   the header `Purpose`. `features` are points in bits by fact, `score` is ours divided by 100.

use super::matching::{LOWEST, MOST, compare};
use crate::error::Error;
use crate::extract::Asker;
use crate::state::State;
use axum::Json;
use axum::extract::{self, Path, Query};
use oriel_app::{MatchAsk, Matched};
use oriel_model::Text;
use oriel_screening::{Entry, Fact, Person, Quality};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name that stands for all lists.
const ALL_LISTS: &str = "default";

/// Hits of a person unless asked otherwise.
const USUAL: usize = 5;

/// From here on a result is called a match; our line.
const THRESHOLD: f64 = 0.7;

/// Below it results are left out, unless asked otherwise.
const CUTOFF: f64 = 0.5;

/// Schemata that may be a person.
const PERSONS: &[&str] = &["Person", "LegalEntity", "Thing"];

#[derive(Debug, Deserialize)]
pub(crate) struct Options {
    limit: Option<usize>,
    threshold: Option<f64>,
    cutoff: Option<f64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    queries: BTreeMap<String, Example>,
}

/// One value or several.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

impl Values {
    fn all(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Example {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    schema: String,
    properties: BTreeMap<String, Values>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    responses: BTreeMap<String, Matches>,
    matcher: BTreeMap<&'static str, Feature>,
    limit: usize,
}

#[derive(Debug, Serialize)]
struct Matches {
    status: u16,
    results: Vec<Scored>,
    total: Total,
    query: Example,
}

#[derive(Debug, Serialize)]
struct Total {
    value: usize,
    relation: &'static str,
}

#[derive(Debug, Serialize)]
struct Scored {
    id: String,
    caption: String,
    schema: &'static str,
    properties: BTreeMap<&'static str, Vec<String>>,
    datasets: Vec<String>,
    referents: Vec<String>,
    target: bool,
    score: f64,
    features: BTreeMap<&'static str, f64>,
    explanations: BTreeMap<&'static str, Explanation>,
    #[serde(rename = "match")]
    is_match: bool,
}

#[derive(Debug, Default, Serialize)]
struct Explanation {
    /// Bits.
    score: f64,
    detail: String,
}

#[derive(Debug, Serialize)]
struct Feature {
    description: &'static str,
    coefficient: f64,
}

/// Compare persons with one list, or with all of them (`default`).
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(list): Path<String>,
    Query(options): Query<Options>,
    Json(question): Json<Question>,
) -> Result<Json<Answer>, Error> {
    let limit = options.limit.unwrap_or(USUAL).clamp(1, MOST);
    let threshold = options.threshold.unwrap_or(THRESHOLD);
    let lowest = (options.cutoff.unwrap_or(CUTOFF) * 100.0).ceil();
    let is_person = |example: &Example| PERSONS.contains(&example.schema.as_str());
    let persons = question.queries.values().filter(|e| is_person(e));
    let ask = MatchAsk {
        persons: persons.map(|e| person(&e.properties)).collect(),
        list: Some(list).filter(|list| list != ALL_LISTS),
        lowest: lowest.clamp(f64::from(LOWEST), 100.0) as u8,
        most: limit,
    };
    let mut found = compare(&state, asker, ask).await?.into_iter();
    let respond = |(name, query): (String, Example)| {
        let (status, hits) = match is_person(&query) {
            true => (200, found.next().unwrap_or_default()),
            false => (400, Vec::new()),
        };
        let results: Vec<Scored> = hits.iter().map(|hit| scored(hit, threshold)).collect();
        let total = Total {
            value: results.len(),
            relation: "eq",
        };
        let matches = Matches {
            status,
            results,
            total,
            query,
        };
        (name, matches)
    };
    Ok(Json(Answer {
        responses: question.queries.into_iter().map(respond).collect(),
        matcher: FEATURES
            .iter()
            .map(|(_, n, says)| (*n, feature(says)))
            .collect(),
        limit,
    }))
}

/// What is compared, by the name of its feature.
const FEATURES: &[(Fact, &str, &str)] = &[
    (Fact::Name, "name", "names, word by word"),
    (Fact::BirthDate, "birth_date", "birth dates"),
    (Fact::Nationality, "nationality", "nationalities"),
    (Fact::Sex, "sex", "sex"),
    (Fact::Document, "document", "document numbers"),
    (Fact::BirthPlace, "birth_place", "places of birth"),
];

/// All features are points of one kind, so that none weighs more than it says.
fn feature(description: &'static str) -> Feature {
    Feature {
        description,
        coefficient: 1.0,
    }
}

/// A person of FollowTheMoney's properties.
fn person(properties: &BTreeMap<String, Values>) -> Person {
    let texts = |names: &[&str]| -> Vec<Text> {
        let values = names.iter().filter_map(|name| properties.get(*name));
        let values = values.flat_map(|values| values.all());
        values.map(|value| value.as_str().into()).collect()
    };
    let mut names = texts(&["name", "alias", "previousName"]);
    let given = texts(&["firstName", "secondName", "middleName"]).join(" ");
    for family in texts(&["lastName"]) {
        // The family name first, as lists write it.
        names.push(format!("{family}, {given}").trim_end_matches(", ").into());
    }
    Person {
        id: None,
        names,
        weak: texts(&["weakAlias"]),
        dob: texts(&["birthDate"]),
        nationality: texts(&["nationality", "citizenship", "country"]),
        gender: texts(&["gender"]).into_iter().next(),
        docs: texts(&["passportNumber", "idNumber"]),
    }
}

fn scored(matched: &Matched, threshold: f64) -> Scored {
    let hit = &matched.hit;
    let mut features = BTreeMap::new();
    let mut explanations: BTreeMap<&str, Explanation> = BTreeMap::new();
    for part in &hit.parts {
        let Some((_, name, _)) = FEATURES.iter().find(|row| row.0 == part.fact) else {
            continue;
        };
        let bits = f64::from(part.points) / 10.0;
        *features.entry(*name).or_insert(0.0) += bits;
        let explanation = explanations.entry(*name).or_default();
        explanation.score += bits;
        let theirs = part.theirs.join(" ");
        let line = format!("{} ~ {theirs}: {} {bits:+}", part.ours, part.why);
        if !explanation.detail.is_empty() {
            explanation.detail.push_str("; ");
        }
        explanation.detail.push_str(&line);
    }
    let score = f64::from(hit.score) / 100.0;
    let entry = matched.entry.as_ref();
    Scored {
        id: hit.entry.to_string(),
        caption: entry.map(caption).unwrap_or_default(),
        schema: "Person",
        properties: entry.map(properties).unwrap_or_default(),
        datasets: vec![hit.list.to_string()],
        referents: Vec::new(),
        target: true,
        score,
        features,
        explanations,
        is_match: score >= threshold,
    }
}

/// An entry's first name.
fn caption(entry: &Entry) -> String {
    let first = entry.names.first();
    first.map(|name| name.text.to_string()).unwrap_or_default()
}

fn properties(entry: &Entry) -> BTreeMap<&'static str, Vec<String>> {
    let named = |wanted: Quality| -> Vec<String> {
        let names = entry.names.iter().filter(|name| name.quality == wanted);
        names.map(|name| name.text.to_string()).collect()
    };
    let texts = |values: &[Text]| values.iter().map(ToString::to_string).collect();
    let gender = |code: &Text| match code.as_str() {
        "F" => "female".to_owned(),
        _ => "male".to_owned(),
    };
    let rows: [(&'static str, Vec<String>); 8] = [
        ("name", named(Quality::Primary)),
        ("alias", named(Quality::Good)),
        ("weakAlias", named(Quality::Low)),
        (
            "birthDate",
            entry.births.iter().map(ToString::to_string).collect(),
        ),
        ("nationality", texts(&entry.nationalities)),
        ("country", texts(&entry.countries)),
        ("gender", entry.sexes.iter().map(gender).collect()),
        (
            "passportNumber",
            entry
                .documents
                .iter()
                .map(|d| d.number.to_string())
                .collect(),
        ),
    ];
    let mut rows = BTreeMap::from(rows);
    rows.retain(|_, values| !values.is_empty());
    rows
}
