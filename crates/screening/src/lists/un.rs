//! Reads the consolidated list of the UN Security Council.
//!
//! - In: the XML as published.  Out: individuals; entities (organisations) are counted only.
//! - Source: the list's own schema, `sc-sanctions.xsd`; see `docs/formats/lists.md`.
//! - FIRST_NAME to FOURTH_NAME are the parts of a name in its own order, not given and family
//!   name. Empty elements are placeholders. `EXACT` with a year alone is a year.
//! - Invariant: a document type is refused, so no entity can grow or fetch anything; one person
//!   holds at most [`MAX_FIELDS`] elements of [`MAX_TEXT`] bytes.

use super::{ListFile, ReadError, date};
use crate::person::sex_code;
use crate::{Birth, Entry, ListDocument, ListName, Quality, country_code};
use oriel_model::{PartialDate, Text};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashSet;

const MAX_FIELDS: usize = 10_000;
const MAX_TEXT: usize = 64 << 10;
const MAX_DEPTH: usize = 16;

pub(super) fn read(text: &str) -> Result<ListFile, ReadError> {
    let mut file = ListFile::new("un");
    let mut ids = FxHashSet::default();
    let mut walk = Walk {
        reader: Reader::from_str(text),
    };
    let (mut root, mut whole) = (false, false);
    loop {
        match walk.next()? {
            Event::Start(start) if start.name().as_ref() == "CONSOLIDATED_LIST" => {
                root = true;
                file.issued = issued(&start);
            }
            Event::Start(start) if start.name().as_ref() == "INDIVIDUAL" => {
                file.rows += 1;
                let row = file.rows;
                match walk.element("INDIVIDUAL")? {
                    Some(person) => {
                        let entry = individual(&person, row, &mut file);
                        file.take(row, entry, &mut ids);
                    }
                    None => file.lost_row(row, "INDIVIDUAL", "too many or too long elements"),
                }
            }
            Event::Start(start) if start.name().as_ref() == "ENTITY" => {
                file.rows += 1;
                file.not_persons += 1;
                walk.element("ENTITY")?;
            }
            Event::Empty(start) if matches!(start.name().as_ref(), "INDIVIDUAL" | "ENTITY") => {
                file.rows += 1;
                file.lost_row(file.rows, start.name().as_ref(), "empty");
            }
            Event::End(end) if end.name().as_ref() == "CONSOLIDATED_LIST" => whole = true,
            Event::Eof => break,
            _ => {}
        }
    }
    if !root {
        return Err(ReadError::NotThis {
            format: "un",
            reason: "no element CONSOLIDATED_LIST",
        });
    }
    // A transfer that was cut between two persons must not pass for a shorter list.
    if !whole {
        return Err(ReadError::Xml {
            at: text.len() as u64,
            reason: "the file ends before the list does".to_owned(),
        });
    }
    Ok(file)
}

fn issued(start: &BytesStart<'_>) -> Text {
    start
        .attributes()
        .flatten()
        .find(|a| a.key.as_ref() == "dateGenerated")
        .map(|a| Text::from(&*a.value))
        .unwrap_or_default()
}

struct Walk<'t> {
    reader: Reader<&'t [u8]>,
}

impl<'t> Walk<'t> {
    fn next(&mut self) -> Result<Event<'t>, ReadError> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(ReadError::DocumentType),
            Ok(event) => Ok(event),
            Err(error) => Err(ReadError::Xml {
                at: self.reader.error_position(),
                reason: reason(&error).to_owned(),
            }),
        }
    }

    /// Everything in an element that was just opened; `None` if it is more than a person can have.
    fn element(&mut self, name: &str) -> Result<Option<Element>, ReadError> {
        let mut open = vec![Element::new(name)];
        let mut fields = 0;
        loop {
            match self.next()? {
                Event::Start(start) => {
                    fields += 1;
                    if open.len() < MAX_DEPTH {
                        open.push(Element::new(start.name().as_ref()));
                    } else {
                        fields = MAX_FIELDS + 1;
                        self.skip()?;
                    }
                }
                Event::Empty(_) => {}
                Event::Text(text) => push(&mut open, &text.xml10_content()),
                Event::CData(text) => push(&mut open, &text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let text = match reference.resolve_char_ref() {
                        Ok(Some(c)) => c.to_string(),
                        _ => predefined(&reference).to_owned(),
                    };
                    push(&mut open, &text);
                }
                Event::End(_) => {
                    let Some(mut done) = open.pop() else {
                        return Ok(None);
                    };
                    done.text = done.text.split_whitespace().collect::<Vec<_>>().join(" ");
                    match open.last_mut() {
                        Some(parent) if fields <= MAX_FIELDS => parent.children.push(done),
                        Some(_) => {}
                        None => return Ok((fields <= MAX_FIELDS).then_some(done)),
                    }
                }
                Event::Eof => {
                    return Err(ReadError::Xml {
                        at: self.reader.buffer_position(),
                        reason: format!("the file ends inside {name}"),
                    });
                }
                _ => {}
            }
        }
    }

    /// Passes over an element that was just opened.
    fn skip(&mut self) -> Result<(), ReadError> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof => depth = 0,
                _ => {}
            }
        }
        Ok(())
    }
}

/// What is wrong, without the text of the file.
fn reason(error: &quick_xml::Error) -> &'static str {
    match error {
        quick_xml::Error::IllFormed(_) => "tags do not match",
        quick_xml::Error::Syntax(_) => "a tag is not closed",
        _ => "not well formed",
    }
}

fn predefined(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "apos" => "'",
        "quot" => "\"",
        // No other can be declared.
        _ => " ",
    }
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut()
        && element.text.len() + text.len() <= MAX_TEXT
    {
        element.text.push_str(text);
    }
}

#[derive(Default)]
struct Element {
    name: Text,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The text of a child; empty without one.
    fn text<'e>(&'e self, name: &'e str) -> &'e str {
        self.all(name)
            .map(|c| c.text.as_str())
            .find(|t| !t.is_empty())
            .unwrap_or("")
    }

    /// The texts in `<name><VALUE>…</VALUE></name>`.
    fn values<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e str> {
        self.all(name)
            .flat_map(|c| c.all("VALUE"))
            .map(|v| v.text.as_str())
            .filter(|t| !t.is_empty())
    }
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
