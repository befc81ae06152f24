//! Crew and passenger lists as tables, and declarations in JSON: read as the PAXLST they stand for.
//!
//! - In: text of rows and cells (IMO FAL forms 5 and 6, lists of coaches and trains), or one object
//!   (general aviation).  Out: one [`Decoded`], whose places count in what was sent.
//! - Source: IMO FAL Convention, forms 5 and 6; IMO Compendium; RFC 4180, RFC 8259. There is no
//!   one layout: headings are known by their words (`headings`), in any order.
//! - Rows above the headings tell the journey, label before value. A second row of headings begins
//!   another list of the same journey, as of passengers behind the crew.
//! - Invariants: what no heading names is unmapped; work is linear in the input; a row that names
//!   somebody is a person, whatever else is wrong with it.

pub(crate) mod csv;
mod headings;
mod json;
mod list;
mod values;

use crate::Decoded;
use crate::findings::table as found;
use crate::respelled::Sent;
use csv::{Cell, Rows};
pub(crate) use headings::is_heading_row;
use headings::{Field, field};
use oriel_edifact::{Charset, ServiceString, Starts};
use oriel_model::{Finding, FindingKind};
use std::ops::Range;

/// The longest list, in bytes, and the most persons in it.
const MAX_BYTES: usize = 32 * 1024 * 1024;
const MAX_PERSONS: usize = 20_000;

/// How far the row of headings is looked for, in bytes and rows.
const NEAR: usize = 16 * 1024;
const MAX_ROWS_BEFORE: usize = 64;

/// UTF-8 byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a list is refused, and where.
type Fault = (&'static FindingKind, usize);

/// What a list says, cell by cell.
#[derive(Default)]
struct Sheet<'a> {
    head: Vec<(Field, Cell<'a>)>,
    people: Vec<Person<'a>>,
    /// Places of all values, in order.
    values: Vec<Range<usize>>,
    /// Places of labels that are known; they say nothing.
    labels: Vec<Range<usize>>,
    /// Headings and keys that are not known.
    unknown: Vec<Range<usize>>,
    findings: Vec<(&'static FindingKind, Range<usize>)>,
}

/// What a list says of one person.
#[derive(Default)]
struct Person<'a> {
    crew: bool,
    cells: Vec<(Field, Cell<'a>)>,
}

/// What kind of text it is.
#[derive(Clone, Copy)]
enum Kind {
    Rows { separator: u8 },
    Object,
}

/// Whether bytes are a list in one of these forms, and no interchange.
pub(crate) fn is_table(bytes: &[u8]) -> bool {
    kind(bytes).is_some()
        && Starts::new(&bytes[..bytes.len().min(NEAR)])
            .from(0)
            .is_none()
}

fn kind(bytes: &[u8]) -> Option<Kind> {
    let text = bytes.strip_prefix(MARK).unwrap_or(bytes);
    if text.trim_ascii_start().starts_with(b"{") {
        return Some(Kind::Object);
    }
    let near = &bytes[..bytes.len().min(NEAR)];
    let mut row: Vec<Cell<'_>> = Vec::new();
    let separator = b";,\t".iter().copied().find(|separator| {
        let mut rows = Rows::new(near, bytes.len() - text.len(), *separator);
        (0..MAX_ROWS_BEFORE)
            .any(|_| rows.next_into(&mut row) && is_heading_row(row.iter().map(|cell| &*cell.text)))
    })?;
    Some(Kind::Rows { separator })
}

/// Decodes a list. It fits one message.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    let whole = 0..bytes.len();
    let Some(kind) = kind(bytes) else {
        return refused(whole, (&found::NO_LIST, 0));
    };
    let start = if bytes.starts_with(MARK) {
        MARK.len()
    } else {
        0
    };
    let sheet = match kind {
        _ if bytes.len() > MAX_BYTES => Err((&found::TOO_LARGE, 0)),
        Kind::Object => json::read(bytes, start),
        Kind::Rows { separator } => Ok(rows(bytes, start, separator)),
    };
    let decoded = sheet.and_then(|mut sheet| {
        if sheet.people.len() > MAX_PERSONS {
            return Err((&found::TOO_LARGE, 0));
        }
        let list = list::List::of(&mut sheet)?;
        let sent = Sent {
            values: &sheet.values,
            structure: &list.structure,
            shift: 0,
            whole: whole.clone(),
            service: shown(kind),
        };
        let decoded = list.segments.decode(&sent);
        let mut decoded = decoded.ok_or((&found::NO_JOURNEY, 0))?;
        if let Some(message) = &mut decoded.message {
            list.complete(message);
        }
        let unknown = sheet
            .unknown
            .into_iter()
            .map(|at| (&found::UNKNOWN_COLUMN, at));
        let said = sheet.findings.into_iter().chain(unknown);
        decoded
            .findings
            .extend(said.map(|(kind, at)| finding(kind, at)));
        decoded.findings.sort_by_key(|finding| finding.at.start);
        Ok(decoded)
    });
    decoded.unwrap_or_else(|fault| refused(whole, fault))
}

/// By these characters a list is shown in pieces.
fn shown(kind: Kind) -> ServiceString {
    let (element, terminator) = match kind {
        Kind::Rows { separator } => (separator, b'\n'),
        Kind::Object => (b':', b','),
    };
    ServiceString {
        component: b'"',
        element,
        decimal: b'.',
        release: None,
        repetition: None,
        terminator,
    }
}

/// Reads rows of cells.
fn rows(bytes: &[u8], start: usize, separator: u8) -> Sheet<'_> {
    let mut sheet = Sheet::default();
    let mut rows = Rows::new(bytes, start, separator);
    let mut row: Vec<Cell<'_>> = Vec::new();
    let mut columns: Option<Vec<Option<Field>>> = None;
    // Whether those of the list in hand are crew, as its title or its headings say.
    let mut crew = false;
    let mut title: Option<bool> = None;
    while rows.next_into(&mut row) {
        if is_heading_row(row.iter().map(|cell| &*cell.text)) {
            let fields: Vec<_> = row.iter().map(|cell| field(&cell.text)).collect();
            let unknown = row.iter().zip(&fields).filter(|(_, field)| field.is_none());
            let unknown = unknown.filter(|(cell, _)| !cell.text.is_empty());
            sheet
                .unknown
                .extend(unknown.map(|(cell, _)| cell.at.clone()));
            crew = title.take().unwrap_or(fields.contains(&Some(Field::Rank)));
            columns = Some(fields);
            continue;
        }
        let filled = row.iter().filter(|cell| !cell.at.is_empty());
        let places = filled.clone().map(|cell| cell.at.clone());
        sheet.values.extend(places);
        let count = filled.clone().count();
        let first = filled.clone().next().map(|cell| &*cell.text);
        let is_label = first.is_some_and(|first| {
            let label = first.split_once(':').map_or(first, |(label, _)| label);
            field(label).is_some_and(|field| !field.is_personal())
        });
        let says = first.filter(|_| count == 1).and_then(title_of);
        let is_title = says.is_some();
        title = says.or(title);
        match &columns {
            _ if count == 0 => {}
            // A signature, a remark: whoever is listed has a name and something more.
            Some(_) if count == 1 && !is_label && !is_title => {
                let only = row.iter().find(|cell| !cell.at.is_empty());
                let places = only.map(|cell| (&found::NOBODY_NAMED, cell.at.clone()));
                sheet.findings.extend(places);
            }
            Some(fields) if !(is_label && count <= 3 || is_title) => {
                let behind = row
                    .iter()
                    .skip(fields.len())
                    .find(|cell| !cell.at.is_empty());
                if let Some(cell) = behind {
                    sheet.findings.push((&found::CELLS_BEHIND, cell.at.clone()));
                }
                let cells = fields.iter().zip(row.drain(..));
                let cells = cells.filter_map(|(field, cell)| Some(((*field)?, cell)));
                sheet.people.push(Person {
                    crew,
                    cells: cells.collect(),
                });
            }
            _ => labels(&mut sheet, &row),
        }
    }
    let faults = [
        (&found::QUOTE_OPEN, rows.open_quote),
        (&found::NOT_UTF8, rows.foreign),
    ];
    let faults = faults
        .into_iter()
        .filter_map(|(kind, at)| Some((kind, at?)));
    sheet
        .findings
        .extend(faults.map(|(kind, at)| (kind, at..at + 1)));
    sheet
}

/// Whether a title announces crew, or passengers; `None` where it is none.
fn title_of(words: &str) -> Option<bool> {
    let words = words.to_lowercase();
    let of = |word: &str| words.contains(word);
    match (of("crew"), of("passenger")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// Labels with their values, side by side or in one cell behind a colon.
fn labels<'a>(sheet: &mut Sheet<'a>, row: &[Cell<'a>]) {
    let mut label = None;
    for cell in row.iter().filter(|cell| !cell.at.is_empty()) {
        let whole = field(&cell.text).filter(|field| !field.is_personal());
        match (whole, label.take()) {
            (Some(next), None) => {
                label = Some(next);
                sheet.labels.push(cell.at.clone());
            }
            // `Arrival` is a value behind `Movement`, and a label before a cross.
            (_, Some(known)) => sheet.head.push((known, cell.clone())),
            (None, None) => {
                let parts = cell.text.split_once(':');
                let known = parts.and_then(|(name, value)| Some((field(name)?, value.trim())));
                if let Some((field, value)) = known.filter(|(field, _)| !field.is_personal()) {
                    let at = cell.at.end - value.len().min(cell.at.len())..cell.at.end;
                    let text = value.to_owned().into();
                    sheet.head.push((field, Cell { text, at }));
                }
            }
        }
    }
}

fn refused(span: Range<usize>, (kind, at): Fault) -> Decoded {
    let at = at.min(span.end);
    Decoded {
        findings: vec![finding(kind, at..span.end.min(at + 1))],
        span,
        message: None,
        marks: Vec::new(),
        service: shown(Kind::Rows { separator: b';' }),
        charset: Charset::Utf8,
        telegram: None,
    }
}

fn finding(kind: &'static FindingKind, at: Range<usize>) -> Finding {
    Finding {
        kind,
        at,
        segment: 0,
        tag: *b"   ",
    }
}
