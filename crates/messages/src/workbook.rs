//! Takes the lists out of a workbook: the cells of its sheets as text of rows and cells.
//!
//! - In: the files of an XLSX package.  Out: CSV with `;`, of the sheets that hold a list.
//! - Source: ECMA-376 part 1, 12 (package), 18.3 and 18.4 (sheets and shared strings).
//! - Formats of cells are not read: a date is a number, and the heading above it says that it is a
//!   date (`table::values`).
//! - Invariants: nothing is unpacked beyond the limit of `unpack`, no text is made beyond it, and a
//!   document type is refused, so that neither packing, nor shared strings, nor entities grow.

use crate::findings::{syntax, table as found, xml};
use crate::table::is_heading_row;
use crate::unpack::{Archive, MAX_UNPACKED_BYTES};
use oriel_model::FindingKind;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

/// The most columns that are read; cells behind them are left out with all of their row.
const MAX_COLUMNS: usize = 256;

/// How many rows of a sheet may stand before its headings.
const MAX_ROWS_BEFORE: usize = 64;

type Refusal = &'static FindingKind;

/// Whether an archive is a workbook.
pub(crate) fn is_workbook(archive: &Archive<'_>) -> bool {
    archive.names().any(|name| name == b"xl/workbook.xml")
}

/// The lists of a workbook.
pub(crate) fn text(archive: &Archive<'_>) -> Result<Vec<u8>, Refusal> {
    let shared = match archive.file(b"xl/sharedStrings.xml") {
        Some(file) => strings(&file?)?,
        None => Vec::new(),
    };
    let mut sheets: Vec<&[u8]> = archive
        .names()
        .filter(|name| name.starts_with(b"xl/worksheets/") && name.ends_with(b".xml"))
        .collect();
    // `sheet10.xml` stands behind `sheet9.xml`.
    sheets.sort_by_key(|name| (name.len(), *name));
    let mut out = Vec::new();
    for name in sheets {
        if let Some(file) = archive.file(name) {
            let rows = rows(&file?, &shared, out.len())?;
            let mut near = rows.iter().take(MAX_ROWS_BEFORE);
            if near.any(|row| is_heading_row(row.iter().map(String::as_str))) {
                write(&rows, &mut out);
            }
        }
    }
    if out.is_empty() {
        return Err(&found::NO_LIST);
    }
    Ok(out)
}

/// Rows as text; every value with a separator, quote or line end in it stands between quotes.
fn write(rows: &[Vec<String>], out: &mut Vec<u8>) {
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(b';');
            }
            if cell.contains([';', '"']) {
                out.push(b'"');
                out.extend(cell.replace('"', "\"\"").into_bytes());
                out.push(b'"');
            } else {
                out.extend_from_slice(cell.as_bytes());
            }
        }
        out.push(b'\n');
    }
}

/// Walks the events of one file.
fn each(
    bytes: &[u8],
    mut take: impl FnMut(Event<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| &found::NO_LIST)?;
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::DocType(_)) => return Err(&xml::DOCUMENT_TYPE),
            Ok(event) => take(event)?,
            Err(_) => return Err(&found::NO_LIST),
        }
    }
}

/// The shared strings, without the readings that stand beside them in Asian scripts.
fn strings(bytes: &[u8]) -> Result<Vec<String>, Refusal> {
    let mut strings = Vec::new();
    let mut text: Option<String> = None;
    let (mut inside, mut reading) = (false, false);
    each(bytes, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "si" => text = Some(String::new()),
                "rPh" => reading = true,
                "t" => inside = !reading,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "si" => strings.extend(text.take()),
                "rPh" => reading = false,
                "t" => inside = false,
                _ => {}
            },
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => strings.push(String::new()),
            event => {
                if let Some(text) = text.as_mut().filter(|_| inside) {
                    add(&event, text);
                }
            }
        }
        Ok(())
    })?;
    Ok(strings)
}

/// The rows of a sheet that hold anything. `made` bytes of text were made before.
fn rows(bytes: &[u8], shared: &[String], made: usize) -> Result<Vec<Vec<String>>, Refusal> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut cell: Option<(usize, String)> = None;
    let mut value = String::new();
    let mut inside = false;
    let mut size = made;
    each(bytes, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "row" => row.clear(),
                "c" => {
                    let at = attribute(&tag, "r").and_then(|name| column(&name));
                    cell = Some((
                        at.unwrap_or(row.len()),
                        attribute(&tag, "t").unwrap_or_default(),
                    ));
                    value.clear();
                }
                "v" | "t" => inside = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "v" | "t" => inside = false,
                "c" => {
                    if let Some((at, kind)) = cell.take().filter(|(at, _)| *at < MAX_COLUMNS) {
                        let text = match kind.as_str() {
                            "s" => value
                                .trim()
                                .parse()
                                .ok()
                                .and_then(|at: usize| shared.get(at)),
                            _ => Some(&value),
                        };
                        let text = text.map(|text| text.trim().replace(['\n', '\r'], " "));
                        row.resize(row.len().max(at + 1), String::new());
                        row[at] = text.unwrap_or_default();
                        size += row[at].len() + 3;
                    }
                }
                "row" if row.iter().any(|cell| !cell.is_empty()) => {
                    size += row.len() + 1;
                    rows.push(std::mem::take(&mut row));
                }
                _ => {}
            },
            event if inside => add(&event, &mut value),
            _ => {}
        }
        match size > MAX_UNPACKED_BYTES {
            true => Err(&syntax::UNPACKED_TOO_LARGE),
            false => Ok(()),
        }
    })?;
    Ok(rows)
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

/// `C5` is in column 2.
fn column(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters
        .take(4)
        .fold(0, |column, byte| column * 26 + usize::from(byte - b'A') + 1);
    column.checked_sub(1)
}
