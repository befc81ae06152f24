//! Takes the lists out of a workbook: the cells of its sheets as text of rows and cells.
//!
//! - In: the files of an XLSX package.  Out: CSV with `;`, of the sheets that hold a list.
//! - Formats of cells do not count: a date is a number, and the heading above it says that it is a
//!   date (`table::values`).
//! - Invariant: no text is made beyond the limit of `transmission`.

use crate::findings::{syntax, table as found, xml};
use crate::table::is_heading_row;
use crate::transmission::MAX_UNPACKED_BYTES;
use oriel_model::FindingKind;
use oriel_unpack::{Archive, Cell, Fault, Workbook};

/// How many rows of a sheet may stand before its headings.
const MAX_ROWS_BEFORE: usize = 64;

/// Why nothing was taken.
struct Refusal(&'static FindingKind);

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(match fault {
            Fault::Unreadable => &found::NO_LIST,
            fault => finding(fault),
        })
    }
}

/// What is said of a package that was not taken apart.
pub(crate) fn finding(fault: Fault) -> &'static FindingKind {
    match fault {
        Fault::TooLarge => &syntax::UNPACKED_TOO_LARGE,
        Fault::Several => &syntax::PACKAGE_OF_SEVERAL,
        Fault::Encrypted => &syntax::PACKAGE_ENCRYPTED,
        Fault::DocumentType => &xml::DOCUMENT_TYPE,
        _ => &syntax::PACKAGE_DAMAGED,
    }
}

/// The lists of a workbook.
pub(crate) fn text(archive: &Archive<'_>) -> Result<Vec<u8>, &'static FindingKind> {
    lists(archive).map_err(|Refusal(kind)| kind)
}

fn lists(archive: &Archive<'_>) -> Result<Vec<u8>, Refusal> {
    let workbook = Workbook::open(archive)?;
    let mut out = Vec::new();
    for sheet in workbook.sheets() {
        let start = out.len();
        let (mut is_list, mut rows) = (false, 0);
        workbook.rows(sheet, |row| {
            is_list |= rows < MAX_ROWS_BEFORE
                && is_heading_row(row.cells.iter().map(|cell| cell.text.as_str()));
            rows += 1;
            if is_list || rows <= MAX_ROWS_BEFORE {
                write(row.cells, &mut out);
            }
            match out.len() > MAX_UNPACKED_BYTES {
                true => Err(Refusal(&syntax::UNPACKED_TOO_LARGE)),
                false => Ok(()),
            }
        })?;
        if !is_list {
            out.truncate(start);
        }
    }
    match out.is_empty() {
        true => Err(Refusal(&found::NO_LIST)),
        false => Ok(out),
    }
}

/// A row as text; every value with a separator or quote in it stands between quotes.
fn write(cells: &[Cell], out: &mut Vec<u8>) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(b';');
        }
        if cell.text.contains([';', '"']) {
            out.push(b'"');
            out.extend(cell.text.replace('"', "\"\"").into_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.text.as_bytes());
        }
    }
    out.push(b'\n');
}
