//! Reads a list in a workbook (XLSX) by a mapping, as a CSV file of the same columns.
//!
//! - In: the one sheet that holds rows; its first row that holds anything is the header.
//! - A day is taken from a cell that shows one, whatever order the mapping says; all else counts as
//!   the text of its cell.
//! - Invariants: a row is told by its number in the sheet; a cell in which the workbook itself has
//!   lost the value (an error, a number of more digits than it keeps) is never taken for one.

use super::mapping::Mapping;
use super::rows::Layout;
use super::{ListFile, ReadError};
use crate::selectors::SelectorKey;
use oriel_unpack::{Archive, Cell, Row, Workbook};
use rustc_hash::FxHashSet;

/// The most bytes that a file of the workbook may have unpacked: some hundred thousand rows of a
/// dozen cells. More comes as CSV.
const MAX_UNPACKED_BYTES: usize = 512 << 20;

pub(super) fn read(
    bytes: &[u8],
    mapping: &Mapping,
    key: SelectorKey,
) -> Result<ListFile, ReadError> {
    let archive = Archive::open(bytes, MAX_UNPACKED_BYTES)?;
    if !Workbook::is_one(&archive) {
        return Err(ReadError::NotThis {
            format: "xlsx",
            reason: "the package holds no workbook",
        });
    }
    let workbook = Workbook::open(&archive)?;
    let mut file = ListFile::new("xlsx");
    let mut ids = FxHashSet::default();
    let mut layout: Option<Layout<'_>> = None;
    for sheet in workbook.sheets() {
        let other = layout.is_some();
        workbook.rows(sheet, |row| {
            if other {
                // Which of two sheets is the list, nobody has said.
                return Err(ReadError::SeveralSheets);
            }
            match &layout {
                None => layout = Some(Layout::of(&header(&row)?, mapping, key)?),
                Some(layout) => {
                    file.rows += 1;
                    match record(&workbook, &row, layout, &mut file) {
                        Some(record) => layout.take(&record, row.number, &mut file, &mut ids),
                        None => file.lost_row(
                            row.number,
                            "",
                            "not as many cells as the header has columns",
                        ),
                    }
                }
            }
            Ok(())
        })?;
    }
    match layout {
        Some(_) => Ok(file),
        None => Err(ReadError::NotThis {
            format: "xlsx",
            reason: "no sheet holds a row",
        }),
    }
}

/// The names of the columns, up to the last that has one.
fn header(row: &Row<'_>) -> Result<csv::StringRecord, ReadError> {
    let named = row.cells.iter().rposition(|cell| !cell.text.is_empty());
    let columns = named.map_or(0, |last| last + 1);
    if row.goes_on {
        return Err(ReadError::UnknownColumn(row.cells.len() + 1));
    }
    Ok(row.cells[..columns].iter().map(|cell| &cell.text).collect())
}

/// The cells of a row under the columns; none where it has more.
fn record(
    workbook: &Workbook<'_>,
    row: &Row<'_>,
    layout: &Layout<'_>,
    file: &mut ListFile,
) -> Option<csv::StringRecord> {
    let columns = layout.columns();
    let (cells, rest) = row.cells.split_at(row.cells.len().min(columns.len()));
    if row.goes_on || rest.iter().any(|cell| !cell.text.is_empty()) {
        return None;
    }
    let mut record = csv::StringRecord::new();
    let none = Cell::default();
    for (at, column) in columns.iter().enumerate() {
        let cell = cells.get(at).unwrap_or(&none);
        let lost = match (cell.is_error, cell.is_rounded) {
            _ if column.field == "ignore" => None,
            (true, _) => Some("the cell holds an error and no value"),
            (_, true) => Some(
                "a number of more digits than a workbook keeps: make the cell a text and write it \
                 again",
            ),
            _ => None,
        };
        match (lost, workbook.day(cell)) {
            // What is no day leaves out the row, which must not count for ever.
            (Some(_), _) if column.field == "expires" => record.push_field("-"),
            (Some(reason), _) => {
                file.lost_value(row.number, &column.header, reason);
                record.push_field("");
            }
            (None, Some(day)) => record.push_field(&day.to_string()),
            (None, None) => record.push_field(&cell.text),
        }
    }
    Some(record)
}
