//! Reads the consolidated list of the UN Security Council.
//!
//! - In: the XML as published.  Out: individuals; entities (organisations) are counted only.
//! - Source: the list's own schema, `sc-sanctions.xsd`; see `docs/formats/lists.md`.
//! - FIRST_NAME to FOURTH_NAME are the parts of a name in its own order, not given and family
//!   name. Empty elements are placeholders. `EXACT` with a year alone is a year.

use super::xml::{Element, Step, walk};
use super::{ListFile, ReadError, date};
use crate::person::sex_code;
use crate::{Birth, Entry, ListDocument, ListName, Quality, country_code};
use oriel_model::{PartialDate, Text};
use rustc_hash::FxHashSet;

pub(super) fn read(text: &str) -> Result<ListFile, ReadError> {
    let mut file = ListFile::new("un");
    let mut ids = FxHashSet::default();
    walk(
        "un",
        text,
        "CONSOLIDATED_LIST",
        &["INDIVIDUAL", "ENTITY"],
        |step| match step {
            Step::Root(root) => file.issued = root.attribute("dateGenerated").into(),
            Step::Record(name, Some(element)) if element.is_empty() => {
                file.rows += 1;
                file.lost_row(file.rows, name, "empty");
            }
            Step::Record("ENTITY", _) => {
                file.rows += 1;
                file.not_persons += 1;
            }
            Step::Record(name, None) => {
                file.rows += 1;
                file.lost_row(file.rows, name, "too many or too long elements");
            }
            Step::Record(_, Some(person)) => {
                file.rows += 1;
                let row = file.rows;
                let entry = individual(&person, row, &mut file);
                file.take(row, entry, &mut ids);
            }
        },
    )?;
    Ok(file)
}

fn individual(person: &Element, row: u64, file: &mut ListFile) -> Entry {
    let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
    let name: Vec<&str> = parts
        .iter()
        .map(|p| person.text(p))
        .filter(|p| !p.is_empty())
        .collect();
    let mut entry = Entry {
        id: person.text("DATAID").into(),
        reference: person.text("REFERENCE_NUMBER").into(),
        listed_on: person.text("LISTED_ON").get(..10).unwrap_or("").into(),
        program: person.text("UN_LIST_TYPE").into(),
        remarks: person.text("COMMENTS1").to_owned(),
        ..Entry::default()
    };
    if entry.id.is_empty() {
        entry.id = entry.reference.clone();
    }
    entry
        .names
        .push(ListName::new(&name.join(" "), Quality::Primary));
    entry.names.push(ListName::new(
        person.text("NAME_ORIGINAL_SCRIPT"),
        Quality::Good,
    ));
    for alias in person.all("INDIVIDUAL_ALIAS") {
        let quality = match alias.text("QUALITY") {
            "Low" => Quality::Low,
            _ => Quality::Good,
        };
        entry
            .names
            .extend(names_of(alias.text("ALIAS_NAME")).map(|n| ListName::new(n, quality)));
        if let Some(birth) = birth_of(alias.text("DATE_OF_BIRTH")) {
            entry.births.push(birth);
        }
    }
    for element in person.all("INDIVIDUAL_DATE_OF_BIRTH") {
        match birth(element) {
            Ok(birth) => entry.births.extend(birth),
            Err(reason) => file.lost_value(row, "INDIVIDUAL_DATE_OF_BIRTH", reason),
        }
    }
    entry.sexes.extend(sex_code(person.text("GENDER")));
    for value in person.values("NATIONALITY") {
        match country_code(value) {
            Some(code) => entry.nationalities.push(code.into()),
            None => file.lost_value(row, "NATIONALITY", "not a state"),
        }
    }
    for place in person.all("INDIVIDUAL_PLACE_OF_BIRTH") {
        let parts = ["CITY", "STATE_PROVINCE"].map(|p| place.text(p));
        let place = parts.join(" ");
        if !place.trim().is_empty() {
            entry.birth_places.push(place.trim().into());
        }
    }
    for document in person.all("INDIVIDUAL_DOCUMENT") {
        let issuer = [
            document.text("ISSUING_COUNTRY"),
            document.text("COUNTRY_OF_ISSUE"),
        ];
        entry.documents.push(ListDocument {
            number: number_of(document.text("NUMBER")).into(),
            issuer: issuer.iter().find_map(|i| country_code(i)).map(Text::from),
            kind: document.text("TYPE_OF_DOCUMENT").into(),
        });
    }
    entry
}

/// One cell may hold several names: `a) … b) …`, or with semicolons.
fn names_of(cell: &str) -> impl Iterator<Item = &str> {
    let numbered =
        |w: &str| w.len() == 2 && w.ends_with(')') && w.as_bytes()[0].is_ascii_lowercase();
    let mut cuts = vec![0];
    let mut at = 0;
    for word in cell.split(' ') {
        if numbered(word) {
            cuts.extend([at, at + word.len()]);
        }
        at += word.len() + 1;
    }
    cuts.push(cell.len());
    cuts.windows(2)
        .flat_map(|w| cell[w[0]..w[1]].split(';'))
        .map(str::trim)
        .filter(|n| !n.is_empty() && !numbered(n))
        .collect::<Vec<_>>()
        .into_iter()
}

fn birth(element: &Element) -> Result<Option<Birth>, &'static str> {
    let year = |name| {
        let text = element.text(name);
        text.get(..4).and_then(PartialDate::parse)
    };
    let approximate = element
        .text("TYPE_OF_DATE")
        .eq_ignore_ascii_case("APPROXIMATELY");
    if let (Some(from), Some(to)) = (year("FROM_YEAR"), year("TO_YEAR")) {
        let birth = Birth {
            from: from.min(to),
            to: from.max(to),
            approximate,
        };
        return Ok(Some(birth));
    }
    for name in ["DATE", "YEAR"] {
        let text = element.text(name);
        if !text.is_empty() {
            let birth = birth_of(text).ok_or("not a date")?;
            return Ok(Some(Birth {
                approximate: birth.approximate || approximate,
                ..birth
            }));
        }
    }
    // A note may hold a date, an age, or a date of another calendar; only a date is taken.
    match element.text("NOTE") {
        "" => Ok(None),
        note => birth_of(note)
            .map(Some)
            .ok_or("only a note that is no date"),
    }
}

fn birth_of(text: &str) -> Option<Birth> {
    // A zone or a time may follow a date.
    let date = text.get(..10).filter(|d| PartialDate::parse(d).is_some());
    date::parse(date.unwrap_or(text), date::Order::DayMonthYear)
}

/// The number in a cell such as `Afghanistan number 1234`: the last words with digits in them,
/// and what stands right before as a series.
fn number_of(cell: &str) -> &str {
    match cell.to_ascii_lowercase().rfind("number ") {
        Some(at) => cell[at + "number ".len()..].trim(),
        None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::names_of;

    #[test]
    fn a_cell_of_several_names_is_taken_apart() {
        let names = |cell| names_of(cell).collect::<Vec<_>>();
        assert_eq!(
            names("a) Odran Pellow b) Odran Beydour"),
            ["Odran Pellow", "Odran Beydour"]
        );
        assert_eq!(names("Odran; Mirel"), ["Odran", "Mirel"]);
        assert_eq!(names("Odran Pellow"), ["Odran Pellow"]);
        assert!(names("").is_empty());
    }
}
