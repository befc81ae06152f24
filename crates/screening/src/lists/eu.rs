//! Reads the consolidated list of the European Union's financial sanctions, as XML and as CSV.
//!
//! - In: `xmlFullSanctionsList` or `csvFullSanctionsList` (version 1.1).  Out: persons; enterprises
//!   are counted only.
//! - Source: the published schema `export` and the header of the CSV; see `docs/formats/lists.md`.
//! - The CSV has a row for each fact of an entity; rows of one `Entity_LogicalId` are joined.

use super::xml::{Element, Step, walk};
use super::{ListFile, ReadError, date};
use crate::person::sex_code;
use crate::{Birth, Entry, ListDocument, ListName, Quality, country_code};
use oriel_model::{PartialDate, Text};
use rustc_hash::{FxHashMap, FxHashSet};

/// What both forms say of a name.
struct Alias<'f> {
    whole: &'f str,
    last: &'f str,
    given: String,
    weak: bool,
}

impl Alias<'_> {
    fn name(&self, first: bool) -> ListName {
        let both = !self.last.is_empty() && !self.given.is_empty();
        let whole = match self.whole {
            "" => [self.given.as_str(), self.last].join(" "),
            whole => whole.to_owned(),
        };
        ListName {
            text: whole.trim().into(),
            quality: match (self.weak, first) {
                (true, _) => Quality::Low,
                (false, true) => Quality::Primary,
                (false, false) => Quality::Good,
            },
            surname: both.then(|| self.last.into()),
            given: both.then(|| self.given.as_str().into()),
        }
    }
}

/// What both forms say of a birth date; every part may be empty.
struct Born<'f> {
    date: &'f str,
    year: &'f str,
    from: &'f str,
    to: &'f str,
    circa: bool,
}

impl Born<'_> {
    fn read(&self) -> Result<Option<Birth>, &'static str> {
        let year = |text: &str| PartialDate::parse(text).filter(|_| text.len() == 4);
        if let (Some(from), Some(to)) = (year(self.from), year(self.to)) {
            return Ok(Some(Birth {
                from: from.min(to),
                to: from.max(to),
                approximate: self.circa,
            }));
        }
        let text = if self.date.is_empty() {
            self.year
        } else {
            self.date
        };
        if text.is_empty() {
            return Ok(None);
        }
        let birth = date::parse(text, date::Order::YearMonthDay).ok_or("not a date")?;
        Ok(Some(Birth {
            approximate: birth.approximate || self.circa,
            ..birth
        }))
    }
}

pub(super) fn read_xml(text: &str) -> Result<ListFile, ReadError> {
    let mut file = ListFile::new("eu-xml");
    let mut ids = FxHashSet::default();
    walk(
        "eu-xml",
        text,
        "export",
        &["sanctionEntity"],
        |step| match step {
            Step::Root(root) => file.issued = root.attribute("generationDate").into(),
            Step::Record(name, element) => {
                file.rows += 1;
                let row = file.rows;
                match element {
                    None => file.lost_row(row, name, "too many or too long elements"),
                    Some(e) if e.is_empty() => file.lost_row(row, name, "empty"),
                    Some(e) if !is_person(&e) => file.not_persons += 1,
                    Some(e) => {
                        let entry = person(&e, row, &mut file);
                        file.take(row, entry, &mut ids);
                    }
                }
            }
        },
    )?;
    Ok(file)
}

fn is_person(e: &Element) -> bool {
    e.all("subjectType")
        .any(|t| t.attribute("classificationCode") == "P" || t.attribute("code") == "person")
}

fn person(e: &Element, row: u64, file: &mut ListFile) -> Entry {
    let programs = e.all("regulation").map(|r| r.attribute("programme"));
    let mut entry = Entry {
        id: e.attribute("logicalId").into(),
        reference: e.attribute("euReferenceNumber").into(),
        program: programs.into_iter().next().unwrap_or("").into(),
        remarks: e.text("remark").to_owned(),
        ..Entry::default()
    };
    for name in e.all("nameAlias") {
        let parts = [name.attribute("firstName"), name.attribute("middleName")];
        let alias = Alias {
            whole: name.attribute("wholeName"),
            last: name.attribute("lastName"),
            given: parts.join(" ").trim().to_owned(),
            weak: name.attribute("strong") == "false",
        };
        entry.names.push(alias.name(entry.names.is_empty()));
        entry.sexes.extend(sex_code(name.attribute("gender")));
    }
    for born in e.all("birthdate") {
        let found = Born {
            date: born.attribute("birthdate"),
            year: born.attribute("year"),
            from: born.attribute("yearRangeFrom"),
            to: born.attribute("yearRangeTo"),
            circa: born.attribute("circa") == "true",
        };
        match found.read() {
            Ok(birth) => entry.births.extend(birth),
            Err(reason) => file.lost_value(row, "birthdate", reason),
        }
        let place = born.attribute("city");
        if !place.is_empty() {
            entry.birth_places.push(place.into());
        }
    }
    for citizen in e.all("citizenship") {
        match state(citizen.attribute("countryIso2Code")) {
            Some(code) => entry.nationalities.push(code),
            None => file.lost_value(row, "citizenship", "not a state"),
        }
    }
    for paper in e.all("identification") {
        entry.documents.push(ListDocument {
            number: paper.attribute("number").into(),
            issuer: state(paper.attribute("countryIso2Code")),
            kind: paper.attribute("identificationTypeCode").into(),
        });
    }
    entry
}

fn state(code: &str) -> Option<Text> {
    country_code(code).map(Text::from)
}

pub(super) fn read_csv(text: &str) -> Result<ListFile, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .from_reader(text.as_bytes());
    let refused = |reason| ReadError::NotThis {
        format: "eu-csv",
        reason,
    };
    let header = reader
        .headers()
        .map_err(|_| refused("no header line"))?
        .clone();
    let columns: FxHashMap<&str, usize> = header
        .iter()
        .enumerate()
        .map(|(at, name)| (name, at))
        .collect();
    if ![
        "Entity_LogicalId",
        "Entity_SubjectType",
        "NameAlias_WholeName",
    ]
    .iter()
    .all(|name| columns.contains_key(name))
    {
        return Err(refused(
            "no columns Entity_LogicalId, Entity_SubjectType and NameAlias_WholeName",
        ));
    }
    let mut file = ListFile::new("eu-csv");
    let mut entries: Vec<(u64, Entry)> = Vec::new();
    let mut at_of: FxHashMap<Text, usize> = FxHashMap::default();
    let mut record = csv::StringRecord::new();
    loop {
        let row = file.rows + 2;
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) if record.len() == header.len() => file.rows += 1,
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
        let cell = |name: &str| {
            let at = columns.get(name).copied().unwrap_or(usize::MAX);
            record.get(at).unwrap_or("").trim()
        };
        if !matches!(cell("Entity_SubjectType"), "P" | "person") {
            file.not_persons += 1;
            continue;
        }
        let id = cell("Entity_LogicalId");
        if id.is_empty() {
            file.lost_row(row, "Entity_LogicalId", "no identifier");
            continue;
        }
        if file.issued.is_empty() {
            file.issued = cell("fileGenerationDate").into();
        }
        let at = match at_of.get(id) {
            Some(at) => {
                file.joined += 1;
                *at
            }
            None => {
                at_of.insert(id.into(), entries.len());
                let entry = Entry {
                    id: id.into(),
                    reference: cell("Entity_EU_ReferenceNumber").into(),
                    program: cell("Entity_Regulation_Programme").into(),
                    remarks: cell("Entity_Remark").to_owned(),
                    ..Entry::default()
                };
                entries.push((row, entry));
                entries.len() - 1
            }
        };
        fact(&cell, row, &mut entries[at].1, &mut file);
    }
    let mut ids = FxHashSet::default();
    for (row, entry) in entries {
        file.take(row, entry, &mut ids);
    }
    Ok(file)
}

/// Takes up what one row says of its entity.
fn fact<'r>(cell: &impl Fn(&str) -> &'r str, row: u64, entry: &mut Entry, file: &mut ListFile) {
    let parts = [cell("NameAlias_FirstName"), cell("NameAlias_MiddleName")];
    let alias = Alias {
        whole: cell("NameAlias_WholeName"),
        last: cell("NameAlias_LastName"),
        given: parts.join(" ").trim().to_owned(),
        weak: cell("NameAlias_Strong") == "false",
    };
    if !alias.whole.is_empty() || !alias.last.is_empty() {
        entry.names.push(alias.name(entry.names.is_empty()));
    }
    entry.sexes.extend(sex_code(cell("NameAlias_Gender")));
    let born = Born {
        date: cell("BirthDate_BirthDate"),
        year: cell("BirthDate_Year"),
        from: cell("BirthDate_YearRangeFrom"),
        to: cell("BirthDate_YearRangeTo"),
        circa: cell("BirthDate_Circa") == "true",
    };
    match born.read() {
        Ok(birth) => entry.births.extend(birth),
        Err(reason) => file.lost_value(row, "BirthDate_BirthDate", reason),
    }
    let place = cell("BirthDate_City");
    if !place.is_empty() {
        entry.birth_places.push(place.into());
    }
    let citizen = cell("Citizenship_CountryIso2Code");
    if !citizen.is_empty() {
        match state(citizen) {
            Some(code) => entry.nationalities.push(code),
            None => file.lost_value(row, "Citizenship_CountryIso2Code", "not a state"),
        }
    }
    let number = cell("Identification_Number");
    if !number.is_empty() {
        entry.documents.push(ListDocument {
            number: number.into(),
            issuer: state(cell("Identification_CountryIso2Code")),
            kind: cell("Identification_TypeCode").into(),
        });
    }
}
