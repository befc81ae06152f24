//! A workbook as rows of cells.
//!
//! - In: the files of an XLSX package.  Out: row after row of a sheet, with the row's own number.
//! - Source: ECMA-376 part 1, 12 (package), 18.2 (workbook), 18.3 (sheets), 18.4 (shared strings),
//!   18.8 (styles), 18.17.4.1 (dates).
//! - Invariants: a document type is refused, so that no entity grows; one row is held at a time, so
//!   that neither empty cells nor shared strings grow; a formula counts by its stored result.

use crate::{Archive, Fault};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use std::ops::Range;

/// The most columns that are read.
const MAX_COLUMNS: usize = 256;

/// Digits of a number that a workbook keeps; those behind them are gone.
const KEPT_DIGITS: usize = 15;

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its text, a number as the file writes it; trimmed, in one line.
    pub text: String,
    /// It is an error such as `#REF!`.
    pub is_error: bool,
    /// Its number is shown as a date.
    pub is_date: bool,
    /// Its number has more digits than a workbook keeps.
    pub is_rounded: bool,
}

/// One row that holds anything.
#[derive(Debug)]
pub struct Row<'a> {
    /// Its number in the sheet, from 1.
    pub number: u64,
    /// Its cells from the first column.
    pub cells: &'a [Cell],
    /// It has cells behind the last column that is read.
    pub goes_on: bool,
}

/// The sheets of a workbook, ready to be read row by row.
#[derive(Debug)]
pub struct Workbook<'a> {
    archive: &'a Archive<'a>,
    /// All shared strings, one after the other, and where each lies.
    shared: String,
    places: Vec<Range<u32>>,
    /// Styles by which a number is shown as a date.
    dated: Vec<bool>,
    /// Days are counted from 1904.
    from_1904: bool,
}

impl<'a> Workbook<'a> {
    /// Whether an archive is a workbook.
    pub fn is_one(archive: &Archive<'_>) -> bool {
        archive.names().any(|name| name == b"xl/workbook.xml")
    }

    /// Reads what all sheets share.
    pub fn open(archive: &'a Archive<'a>) -> Result<Self, Fault> {
        // A sheet could be among the files that are not looked at.
        if archive.goes_on() {
            return Err(Fault::TooLarge);
        }
        let mut workbook = Self {
            archive,
            shared: String::new(),
            places: Vec::new(),
            dated: Vec::new(),
            from_1904: false,
        };
        if let Some(file) = archive.file(b"xl/sharedStrings.xml") {
            workbook.strings(&file?)?;
        }
        if let Some(file) = archive.file(b"xl/styles.xml") {
            workbook.styles(&file?)?;
        }
        if let Some(file) = archive.file(b"xl/workbook.xml") {
            each::<Fault>(&file?, |event| {
                if let Event::Start(tag) | Event::Empty(tag) = &event
                    && tag.local_name().as_ref() == "workbookPr"
                {
                    let since = attribute(tag, "date1904");
                    workbook.from_1904 = since.is_some_and(|since| since == "1" || since == "true");
                }
                Ok(())
            })?;
        }
        Ok(workbook)
    }

    /// The names of its sheets' files, in order.
    pub fn sheets(&self) -> Vec<&'a [u8]> {
        let mut sheets: Vec<&[u8]> = self
            .archive
            .names()
            .filter(|name| name.starts_with(b"xl/worksheets/") && name.ends_with(b".xml"))
            .collect();
        // `sheet10.xml` stands behind `sheet9.xml`.
        sheets.sort_by_key(|name| (name.len(), *name));
        sheets
    }

    /// Gives every row of a sheet that holds anything.
    pub fn rows<E: From<Fault>>(
        &self,
        sheet: &[u8],
        mut take: impl FnMut(Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(file) = self.archive.file(sheet) else {
            return Ok(());
        };
        let mut number = 0;
        let mut row: Vec<Cell> = Vec::new();
        let mut goes_on = false;
        let mut cell: Option<(usize, Source)> = None;
        let mut value = String::new();
        let mut inside = false;
        each(&file?, |event| {
            match event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "row" => {
                        number = row_number(&tag, number);
                        row.clear();
                        goes_on = false;
                    }
                    "c" => {
                        let at = attribute(&tag, "r").and_then(|name| column(&name));
                        cell = Some((at.unwrap_or(row.len()), Source::of(&tag)));
                        value.clear();
                    }
                    "v" | "t" => inside = true,
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "v" | "t" => inside = false,
                    "c" => match cell.take() {
                        Some((at, source)) if at < MAX_COLUMNS => {
                            row.resize(row.len().max(at + 1), Cell::default());
                            row[at] = self.cell(source, &value);
                        }
                        Some(_) => goes_on |= !value.is_empty(),
                        None => {}
                    },
                    "row" if goes_on || row.iter().any(|cell| !cell.text.is_empty()) => {
                        take(Row {
                            number,
                            cells: &row,
                            goes_on,
                        })?;
                    }
                    _ => {}
                },
                Event::Empty(tag) if tag.local_name().as_ref() == "row" => {
                    number = row_number(&tag, number);
                }
                event if inside => add(&event, &mut value),
                _ => {}
            }
            Ok(())
        })
    }

    /// The day that a cell shows.
    pub fn day(&self, cell: &Cell) -> Option<Date> {
        let number: f64 = cell.text.parse().ok().filter(|_| cell.is_date)?;
        let days = number.floor();
        if !(0.0..2_958_466.0).contains(&days) {
            return None;
        }
        let days = days as i32;
        // In the count from 1900 there is a 29 February of that year, which never was.
        let first = match (self.from_1904, days) {
            (true, _) => date(1904, 1, 1),
            (false, 0 | 60) => return None,
            (false, ..60) => date(1899, 12, 31),
            (false, _) => date(1899, 12, 30),
        };
        first.checked_add(days.days()).ok()
    }

    fn cell(&self, source: Source, value: &str) -> Cell {
        let text = match source.kind {
            Kind::Shared => {
                let place = value.trim().parse().ok();
                let place = place.and_then(|at: usize| self.places.get(at));
                place.map_or("", |at| &self.shared[at.start as usize..at.end as usize])
            }
            _ => value,
        };
        let is_number = source.kind == Kind::Number;
        let text = text.trim().replace(['\n', '\r'], " ");
        let text = if is_number { plain(text) } else { text };
        Cell {
            is_error: source.kind == Kind::Error,
            is_date: is_number
                && source
                    .style
                    .is_some_and(|at| self.dated.get(at) == Some(&true)),
            is_rounded: is_number && whole_digits(&text) > KEPT_DIGITS,
            text,
        }
    }

    /// The shared strings, without the readings that stand beside them in Asian scripts.
    fn strings(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let (mut inside, mut reading) = (false, false);
        let mut start = 0;
        // A file is shorter than 4 GiB, and its texts are shorter than it.
        let end = |shared: &String| u32::try_from(shared.len()).map_err(|_| Fault::TooLarge);
        each(bytes, |event| {
            match event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "si" => start = end(&self.shared)?,
                    "rPh" => reading = true,
                    "t" => inside = !reading,
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "si" => self.places.push(start..end(&self.shared)?),
                    "rPh" => reading = false,
                    "t" => inside = false,
                    _ => {}
                },
                Event::Empty(tag) if tag.local_name().as_ref() == "si" => {
                    let at = end(&self.shared)?;
                    self.places.push(at..at);
                }
                event if inside => add(&event, &mut self.shared),
                _ => {}
            }
            Ok(())
        })
    }

    /// Which styles show a number as a date.
    fn styles(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut own: Vec<(u32, bool)> = Vec::new();
        let mut in_cells = false;
        each(bytes, |event| {
            match &event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let id = || attribute(tag, "numFmtId").and_then(|id| id.parse().ok());
                    match tag.local_name().as_ref() {
                        "cellXfs" => in_cells = true,
                        "numFmt" => {
                            let code = attribute(tag, "formatCode").unwrap_or_default();
                            own.extend(id().map(|id| (id, shows_a_day(&code))));
                        }
                        "xf" if in_cells => {
                            let id = id().unwrap_or(0);
                            let told = own.iter().find(|(known, _)| *known == id);
                            self.dated
                                .push(told.map_or(is_built_in_date(id), |row| row.1));
                        }
                        _ => {}
                    }
                }
                Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => in_cells = false,
                _ => {}
            }
            Ok(())
        })
    }
}

/// Where the value of a cell stands and how it is shown.
struct Source {
    kind: Kind,
    style: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shared,
    Text,
    Number,
    Error,
}

impl Source {
    fn of(tag: &BytesStart<'_>) -> Self {
        Self {
            kind: match attribute(tag, "t").as_deref() {
                Some("s") => Kind::Shared,
                Some("e") => Kind::Error,
                None | Some("n") => Kind::Number,
                Some(_) => Kind::Text,
            },
            style: attribute(tag, "s").and_then(|style| style.parse().ok()),
        }
    }
}

/// The formats of every workbook that show a day.
fn is_built_in_date(id: u32) -> bool {
    matches!(id, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58)
}

/// Whether a format has a year or a day in it, outside quotes, brackets and escapes.
fn shows_a_day(code: &str) -> bool {
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            '[' => drop(chars.by_ref().find(|c| *c == ']')),
            '\\' | '_' | '*' => drop(chars.next()),
            'y' | 'Y' | 'd' | 'D' => return true,
            _ => {}
        }
    }
    false
}

/// Digits of a number before its point.
fn whole_digits(text: &str) -> usize {
    match text.split_once(['E', 'e']) {
        Some((_, exponent)) => exponent.parse().map_or(0, |zeros: usize| zeros + 1),
        None => {
            let whole = text.trim_start_matches('-').split('.').next().unwrap_or("");
            whole.bytes().filter(u8::is_ascii_digit).count()
        }
    }
}

/// Walks the events of one file.
fn each<E: From<Fault>>(
    bytes: &[u8],
    mut take: impl FnMut(Event<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::Unreadable)?;
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::DocType(_)) => return Err(Fault::DocumentType.into()),
            Ok(event) => take(event)?,
            Err(_) => return Err(Fault::Unreadable.into()),
        }
    }
}

/// Adds the text of an event, its entities resolved.
fn add(event: &Event<'_>, out: &mut String) {
    match event {
        Event::Text(text) => out.push_str(text),
        Event::CData(text) => out.push_str(text),
        Event::GeneralRef(name) => {
            let name = format!("&{};", &**name);
            // One that is not known stays as it was sent.
            out.push_str(&unescape(&name).unwrap_or_else(|_| name.as_str().into()));
        }
        _ => {}
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).ok()??;
    Some(found.value.into_owned())
}

/// The number of a row; one that does not say it stands behind the one before.
fn row_number(tag: &BytesStart<'_>, before: u64) -> u64 {
    let told = attribute(tag, "r").and_then(|number| number.parse().ok());
    told.unwrap_or(before.saturating_add(1))
}

/// A number that is written with an exponent, as its digits.
fn plain(text: String) -> String {
    let number = text.parse::<f64>().ok().filter(|number| {
        let whole = number.fract() == 0.0 && number.abs() < 1e15;
        whole && text.contains(['E', 'e'])
    });
    number.map_or(text, |number| format!("{number:.0}"))
}

/// `C5` is in column 2.
fn column(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters
        .take(4)
        .fold(0, |column, byte| column * 26 + usize::from(byte - b'A') + 1);
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::{Cell, Workbook, is_built_in_date, plain, shows_a_day, whole_digits};
    use crate::Archive;

    #[test]
    fn a_format_with_a_day_in_it_is_a_date() {
        for (code, expect) in [
            ("dd/mm/yyyy", true),
            ("[$-407]d\\. mmmm yyyy", true),
            ("0.00", false),
            ("\"day\" 0", false),
            ("[Red]0;[Yellow]-0", false),
            ("hh:mm", false),
            ("\\d0", false),
        ] {
            assert_eq!(shows_a_day(code), expect, "{code}");
        }
        assert!(is_built_in_date(14) && !is_built_in_date(2) && !is_built_in_date(20));
    }

    #[test]
    fn days_are_counted_as_workbooks_count_them() {
        let end = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        let archive = Archive::open(end, 1 << 20).unwrap();
        let mut workbook = Workbook::open(&archive).unwrap();
        let day = |workbook: &Workbook<'_>, text: &str| {
            let cell = Cell {
                text: text.into(),
                is_date: true,
                ..Cell::default()
            };
            workbook.day(&cell).map(|day| day.to_string())
        };
        for (text, expect) in [
            ("1", Some("1900-01-01")),
            ("59", Some("1900-02-28")),
            ("60", None),
            ("61", Some("1900-03-01")),
            ("27807.75", Some("1976-02-17")),
            ("2958465", Some("9999-12-31")),
            ("2958466", None),
            ("-1", None),
            ("soon", None),
        ] {
            assert_eq!(day(&workbook, text).as_deref(), expect, "{text}");
        }
        workbook.from_1904 = true;
        assert_eq!(day(&workbook, "26345").as_deref(), Some("1976-02-17"));
        assert_eq!(workbook.day(&Cell::default()), None);
    }

    #[test]
    fn a_number_too_long_for_a_workbook_is_known() {
        assert_eq!(whole_digits("4.1111111111111101E15"), 16);
        assert_eq!(whole_digits("436645550123"), 12);
        assert_eq!(whole_digits("-12.5"), 2);
        assert_eq!(plain("4.366455E11".into()), "436645500000");
        assert_eq!(
            plain("4.1111111111111101E15".into()),
            "4.1111111111111101E15"
        );
    }
}
