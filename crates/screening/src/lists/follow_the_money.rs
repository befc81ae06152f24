//! Reads FollowTheMoney entities: one JSON object a line; passports and identity papers stand on
//! lines of their own and are joined to their holder.

use super::{ListFile, MAX_VALUES, date};
use crate::person::sex_code;
use crate::{Entry, ListDocument, ListName, Quality, country_code};
use oriel_model::Text;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

pub(super) fn read(text: &str) -> ListFile {
    let mut file = ListFile::new("follow-the-money");
    let mut ids = FxHashSet::default();
    let mut others: FxHashSet<Text> = FxHashSet::default();
    let mut papers: Vec<Paper> = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let row = i as u64 + 1;
        file.rows += 1;
        let Ok(value) = serde_json::from_str::<Value>(line) else {
            file.lost_row(row, "", "not a JSON object");
            continue;
        };
        match value["schema"].as_str() {
            Some("Person") if value["target"].as_bool() == Some(false) => {
                others.extend(value["id"].as_str().map(Text::from));
                file.not_persons += 1;
            }
            Some("Person") => {
                let entry = person(&value, row, &mut file);
                file.take(row, entry, &mut ids);
            }
            Some("Passport" | "Identification") => papers.push(Paper {
                row,
                holders: texts(&value, "holder"),
                document: document(&value),
            }),
            Some(_) => {
                others.extend(value["id"].as_str().map(Text::from));
                file.not_persons += 1;
            }
            None => file.lost_row(row, "schema", "no schema"),
        }
    }
    join(papers, &others, &mut file);
    file
}

/// A line about a passport or identity paper.
struct Paper {
    row: u64,
    holders: Vec<Text>,
    document: ListDocument,
}

/// Gives papers to their holders. References lead one step and no further, so that no circle of them
/// is ever walked; a paper that leads to nothing of the file is told.
fn join(papers: Vec<Paper>, others: &FxHashSet<Text>, file: &mut ListFile) {
    let places: FxHashMap<Text, usize> = file
        .entries
        .iter()
        .enumerate()
        .map(|(at, entry)| (entry.id.clone(), at))
        .collect();
    for paper in papers {
        let (mut held, mut full) = (false, false);
        for at in paper.holders.iter().filter_map(|holder| places.get(holder)) {
            let documents = &mut file.entries[*at].documents;
            if documents.len() < MAX_VALUES {
                documents.push(paper.document.clone());
                held = true;
            } else {
                full = true;
            }
        }
        if held {
            file.joined += 1;
        } else if full {
            file.lost_row(
                paper.row,
                "holder",
                "the holder has more documents than an entry keeps",
            );
        } else if paper.holders.iter().any(|holder| others.contains(holder)) {
            file.not_persons += 1;
        } else {
            file.lost_row(paper.row, "holder", "no entry of the file is its holder");
        }
    }
    file.entries.iter_mut().for_each(Entry::tidy);
}

/// The values of a property that are texts.
fn texts(value: &Value, property: &str) -> Vec<Text> {
    value["properties"][property]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|v| v.as_str().or_else(|| v["id"].as_str()))
        .map(Text::from)
        .collect()
}

fn document(value: &Value) -> ListDocument {
    let first = |property| texts(value, property).into_iter().next();
    ListDocument {
        number: first("number").unwrap_or_default(),
        issuer: first("country")
            .and_then(|c| country_code(&c))
            .map(Text::from),
        kind: first("type")
            .or_else(|| value["schema"].as_str().map(Text::from))
            .unwrap_or_default(),
    }
}

fn person(value: &Value, row: u64, file: &mut ListFile) -> Entry {
    let mut entry = Entry {
        id: value["id"].as_str().unwrap_or_default().into(),
        listed_on: value["first_seen"]
            .as_str()
            .and_then(|t| t.get(..10))
            .unwrap_or("")
            .into(),
        program: texts(value, "programId").join(" ").into(),
        remarks: texts(value, "topics").join(" "),
        birth_places: texts(value, "birthPlace"),
        ..Entry::default()
    };
    for (property, quality) in [
        ("name", Quality::Primary),
        ("alias", Quality::Good),
        ("previousName", Quality::Good),
        ("weakAlias", Quality::Low),
    ] {
        entry.names.extend(
            texts(value, property)
                .iter()
                .map(|n| ListName::new(n, quality)),
        );
    }
    let (last, first) = (texts(value, "lastName"), texts(value, "firstName"));
    if let ([last], [first]) = (last.as_slice(), first.as_slice()) {
        entry.names.push(ListName {
            text: format!("{last}, {first}").into(),
            quality: Quality::Good,
            surname: Some(last.clone()),
            given: Some(first.clone()),
        });
    }
    for text in texts(value, "birthDate") {
        match date::parse(&text, date::Order::YearMonthDay) {
            Some(birth) => entry.births.push(birth),
            None => file.lost_value(row, "birthDate", "not a date"),
        }
    }
    entry.sexes = texts(value, "gender")
        .iter()
        .filter_map(|g| sex_code(g))
        .collect();
    let mut states = |property: &str| -> Vec<Text> {
        let mut codes = Vec::new();
        for text in texts(value, property) {
            match country_code(&text) {
                Some(code) => codes.push(code.into()),
                None => file.lost_value(row, property, "not a state"),
            }
        }
        codes
    };
    entry.nationalities = states("nationality");
    entry.nationalities.extend(states("citizenship"));
    entry.countries = states("country");
    for (property, kind) in [
        ("passportNumber", "Passport"),
        ("idNumber", "Identification"),
    ] {
        entry.documents.extend(
            texts(value, property)
                .into_iter()
                .map(|number| ListDocument {
                    number,
                    issuer: None,
                    kind: kind.into(),
                }),
        );
    }
    for passport in value["properties"]["passportEntities"]
        .as_array()
        .into_iter()
        .flatten()
    {
        if passport.is_object() {
            entry.documents.push(document(passport));
        }
    }
    entry
}
