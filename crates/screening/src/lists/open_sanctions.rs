//! Reads OpenSanctions `targets.simple.csv`: columns by name, several values of a cell as an inner
//! CSV row with semicolons.

use super::{ListFile, ReadError, date};
use crate::{Entry, ListDocument, ListName, Quality, country_code};
use oriel_model::Text;
use rustc_hash::FxHashSet;

pub(super) fn read(text: &str) -> Result<ListFile, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let refused = |reason| ReadError::NotThis {
        format: "opensanctions",
        reason,
    };
    let header = reader
        .headers()
        .map_err(|_| refused("no header line"))?
        .clone();
    let at = |name: &str| header.iter().position(|h| h == name);
    let (Some(id), Some(schema), Some(name)) = (at("id"), at("schema"), at("name")) else {
        return Err(refused("no columns id, schema and name"));
    };
    let optional = |name: &str| at(name).unwrap_or(usize::MAX);
    let (aliases, births) = (optional("aliases"), optional("birth_date"));
    let (countries, identifiers) = (optional("countries"), optional("identifiers"));
    let (programs, first_seen) = (optional("program_ids"), optional("first_seen"));
    let dataset = optional("dataset");

    let mut file = ListFile::new("opensanctions");
    let mut ids = FxHashSet::default();
    let mut record = csv::StringRecord::new();
    loop {
        let row = file.rows + 2;
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) if record.len() == header.len() => {}
            Ok(true) => {
                file.rows += 1;
                file.lost_row(row, "", "not as many cells as the header has columns");
                continue;
            }
            Err(_) => {
                file.rows += 1;
                file.lost_row(row, "", "not a CSV row");
                continue;
            }
        }
        file.rows += 1;
        let cell = |column: usize| record.get(column).unwrap_or("").trim();
        if cell(schema) != "Person" {
            file.not_persons += 1;
            continue;
        }
        let mut entry = Entry {
            id: cell(id).into(),
            program: cell(programs).into(),
            listed_on: cell(first_seen).get(..10).unwrap_or("").into(),
            remarks: cell(dataset).to_owned(),
            ..Entry::default()
        };
        entry
            .names
            .push(ListName::new(cell(name), Quality::Primary));
        for alias in inner(cell(aliases)) {
            entry.names.push(ListName::new(&alias, Quality::Good));
        }
        for value in inner(cell(births)) {
            match date::parse(&value, date::Order::YearMonthDay) {
                Some(birth) => entry.births.push(birth),
                None => file.lost_value(row, "birth_date", "not a date"),
            }
        }
        for value in inner(cell(countries)) {
            match country_code(&value) {
                // Which of them are nationalities the format does not say.
                Some(code) => entry.countries.push(code.into()),
                None => file.lost_value(row, "countries", "not a state"),
            }
        }
        for number in inner(cell(identifiers)) {
            entry.documents.push(ListDocument {
                number,
                ..ListDocument::default()
            });
        }
        file.take(row, entry, &mut ids);
    }
    Ok(file)
}

/// The values of a cell.
fn inner(cell: &str) -> Vec<Text> {
    if !cell.contains([';', '"']) {
        return if cell.is_empty() {
            vec![]
        } else {
            vec![cell.into()]
        };
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .from_reader(cell.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => record
            .iter()
            .map(str::trim)
            .filter(|v| !v.is_empty())
            .map(Text::from)
            .collect(),
        _ => vec![],
    }
}
