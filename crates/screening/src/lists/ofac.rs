//! Reads the list of specially designated nationals (SDN) of the US Treasury, as XML and as CSV.
//!
//! - In: `sdn.xml`; or `sdn.csv`, to which `alt.csv` and `add.csv` may be appended: rows are told
//!   apart by how many cells they have.  Out: individuals; everything else is counted.
//! - Source: the published schema and data specification; see `docs/formats/lists.md`.
//! - In the CSV, facts stand in the remarks (`DOB 17 Feb 1976; POB …; Passport X1 (Utopia)`), and
//!   `-0-` is an empty cell. A name in double quotes among the remarks is a weak alias.

use super::xml::{Element, Step, walk};
use super::{ListFile, ReadError, date};
use crate::person::sex_code;
use crate::{Entry, ListDocument, ListName, Quality, country_code};
use oriel_model::Text;
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) fn read_xml(text: &str) -> Result<ListFile, ReadError> {
    let mut file = ListFile::new("ofac-xml");
    let mut ids = FxHashSet::default();
    walk(
        "ofac-xml",
        text,
        "sdnList",
        &["publshInformation", "sdnEntry"],
        |step| match step {
            Step::Root(_) => {}
            Step::Record("publshInformation", element) => {
                let element = element.unwrap_or_default();
                file.issued = element.text("Publish_Date").into();
            }
            Step::Record(name, element) => {
                file.rows += 1;
                let row = file.rows;
                match element {
                    None => file.lost_row(row, name, "too many or too long elements"),
                    Some(e) if e.is_empty() => file.lost_row(row, name, "empty"),
                    Some(e) if !e.text("sdnType").eq_ignore_ascii_case("individual") => {
                        file.not_persons += 1;
                    }
                    Some(e) => {
                        let entry = individual(&e, row, &mut file);
                        file.take(row, entry, &mut ids);
                    }
                }
            }
        },
    )?;
    Ok(file)
}

/// The children of this name in all groups of that name.
fn within<'e>(e: &'e Element, group: &'e str, item: &'e str) -> impl Iterator<Item = &'e Element> {
    e.all(group).flat_map(move |g| g.all(item))
}

fn name(e: &Element, quality: Quality) -> ListName {
    let (last, first) = (e.text("lastName"), e.text("firstName"));
    if last.is_empty() || first.is_empty() {
        return ListName::new([last, first].concat().as_str(), quality);
    }
    ListName {
        text: format!("{last}, {first}").into(),
        quality,
        surname: Some(last.into()),
        given: Some(first.into()),
    }
}

fn individual(e: &Element, row: u64, file: &mut ListFile) -> Entry {
    let programs: Vec<&str> = within(e, "programList", "program")
        .map(|p| p.text.as_str())
        .collect();
    let mut entry = Entry {
        id: e.text("uid").into(),
        names: vec![name(e, Quality::Primary)],
        program: programs.join(" ").into(),
        remarks: e.text("remarks").to_owned(),
        ..Entry::default()
    };
    for aka in within(e, "akaList", "aka") {
        let quality = match aka.text("category") {
            "weak" => Quality::Low,
            _ => Quality::Good,
        };
        entry.names.push(name(aka, quality));
    }
    for item in within(e, "dateOfBirthList", "dateOfBirthItem") {
        birth(item.text("dateOfBirth"), row, &mut entry, file);
    }
    for item in within(e, "placeOfBirthList", "placeOfBirthItem") {
        entry.birth_places.extend(filled(item.text("placeOfBirth")));
    }
    for (group, item) in [
        ("nationalityList", "nationality"),
        ("citizenshipList", "citizenship"),
    ] {
        for state in within(e, group, item) {
            match country_code(state.text("country")) {
                Some(code) => entry.nationalities.push(code.into()),
                None => file.lost_value(row, item, "not a state"),
            }
        }
    }
    for address in within(e, "addressList", "address") {
        entry
            .countries
            .extend(country_code(address.text("country")).map(Text::from));
    }
    for id in within(e, "idList", "id") {
        let (kind, number) = (id.text("idType"), id.text("idNumber"));
        if kind == "Gender" {
            entry.sexes.extend(sex_code(number));
        } else if !number.is_empty() {
            entry.documents.push(ListDocument {
                number: number.into(),
                issuer: country_code(id.text("idCountry")).map(Text::from),
                kind: kind.into(),
            });
        }
    }
    entry
}

fn filled(text: &str) -> Option<Text> {
    (!text.is_empty()).then(|| text.into())
}

fn birth(text: &str, row: u64, entry: &mut Entry, file: &mut ListFile) {
    match date::parse(text, date::Order::DayMonthYear) {
        Some(birth) => entry.births.push(birth),
        None => file.lost_value(row, "dateOfBirth", "not a date"),
    }
}

/// Cells of a row of `sdn.csv`, of `alt.csv`, of `add.csv`.
const SDN: usize = 12;
const ALT: usize = 5;
const ADD: usize = 6;

pub(super) fn read_csv(text: &str) -> Result<ListFile, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut file = ListFile::new("ofac-csv");
    let mut ids = FxHashSet::default();
    let mut aliases: FxHashMap<Text, Vec<ListName>> = FxHashMap::default();
    let mut people = FxHashSet::default();
    let mut joins: Vec<(u64, Text)> = Vec::new();
    let mut others = FxHashSet::default();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            // The file ends with the mark of an end of file of old systems.
            Ok(true) if record.len() == 1 => continue,
            read => {
                file.rows += 1;
                if read.is_err() {
                    file.lost_row(file.rows, "", "not a CSV row");
                    continue;
                }
            }
        }
        let row = file.rows;
        let cell = |at: usize| match record.get(at).unwrap_or("").trim() {
            "-0-" => "",
            text => text,
        };
        match record.len() {
            SDN if cell(2).eq_ignore_ascii_case("individual") => {
                people.insert(Text::from(cell(0)));
                let entry = from_remarks([cell(0), cell(1), cell(3), cell(11)], row, &mut file);
                file.take(row, entry, &mut ids);
            }
            SDN => {
                others.insert(Text::from(cell(0)));
                file.not_persons += 1;
            }
            ALT => {
                let quality = match cell(4).contains("weak") {
                    true => Quality::Low,
                    false => Quality::Good,
                };
                let names = aliases.entry(cell(0).into()).or_default();
                names.push(ListName::new(cell(3), quality));
                joins.push((row, cell(0).into()));
            }
            ADD => joins.push((row, cell(0).into())),
            _ => file.lost_row(row, "", "not as many cells as any row of this list has"),
        }
    }
    if people.is_empty() && others.is_empty() {
        return Err(ReadError::NotThis {
            format: "ofac-csv",
            reason: "no row of twelve cells",
        });
    }
    for (row, id) in joins {
        if people.contains(&id) || others.contains(&id) {
            file.joined += 1;
        } else {
            file.lost_row(row, "ent_num", "no entry has this number");
        }
    }
    for entry in &mut file.entries {
        entry
            .names
            .extend(aliases.remove(&entry.id).unwrap_or_default());
        entry.tidy();
    }
    Ok(file)
}

fn from_remarks([id, name, program, remarks]: [&str; 4], row: u64, file: &mut ListFile) -> Entry {
    let mut entry = Entry {
        id: id.into(),
        names: vec![ListName::new(name, Quality::Primary)],
        program: program.into(),
        remarks: remarks.to_owned(),
        ..Entry::default()
    };
    for part in remarks.trim_end_matches('.').split(';').map(str::trim) {
        let part = part.strip_prefix("alt. ").unwrap_or(part);
        let after = |word: &str| part.strip_prefix(word).map(str::trim);
        if let Some(text) = after("DOB ") {
            birth(text, row, &mut entry, file);
        } else if let Some(place) = after("POB ") {
            entry.birth_places.push(place.into());
        } else if let Some(state) = after("nationality ").or_else(|| after("citizen ")) {
            match country_code(state) {
                Some(code) => entry.nationalities.push(code.into()),
                None => file.lost_value(row, "nationality", "not a state"),
            }
        } else if let Some(sex) = after("Gender ") {
            entry.sexes.extend(sex_code(sex));
        } else if let Some(alias) = after("a.k.a. ") {
            let alias = alias.trim_matches(['\'', '"']);
            entry.names.push(ListName::new(alias, Quality::Low));
        } else if let Some((kind, rest)) = paper(part) {
            let (number, state) = rest.split_once('(').unwrap_or((rest, ""));
            let state = state.trim_end_matches(')').trim();
            entry.documents.push(ListDocument {
                number: number.split_whitespace().next().unwrap_or("").into(),
                issuer: country_code(state).map(Text::from),
                kind: kind.into(),
            });
        }
    }
    entry
}

/// A document among the remarks: its kind, and what follows.
fn paper(part: &str) -> Option<(&'static str, &str)> {
    const PAPERS: &[&str] = &["Passport", "National ID No.", "Identification Number"];
    PAPERS
        .iter()
        .find_map(|kind| part.strip_prefix(kind).map(|rest| (*kind, rest.trim())))
}
