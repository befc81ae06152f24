//! Reads a CSV file of documents by a mapping, row by row, into a [`DocumentSet`].
//!
//! - In: a file that can be opened again, since it is read three times.  Out: the set, counts, and
//!   for the first rows that could not be taken their number, column and reason.
//! - Source: R-WL-04 (number, issuing state, type).
//! - Invariants: rows = documents + repeated rows + rejected rows; a reason never repeats a value; a
//!   row without an issuing state is left out and said so, for a number alone belongs to too many.

use super::{BuildError, DocumentRow, DocumentSet};
use crate::country::country_code;
use crate::lists::{Mapping, ReadError, Reject};
use oriel_model::DocumentKey;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// Rejects that are kept with their reasons; of more the number is.
const KEPT_REJECTS: usize = 1_000;

/// Spellings of states that are remembered.
const MOST_STATES: usize = 1_000;

/// Longest number taken, in letters and digits.
const LONGEST: usize = 32;

/// What a file of documents came to.
#[derive(Debug, Serialize)]
pub struct DocumentFile {
    /// The documents.
    #[serde(skip)]
    pub set: DocumentSet,
    /// Rows read, the header not counted.
    pub rows: u64,
    /// Rows that say what another one says.
    pub repeated: u64,
    /// Rows left out.
    pub rejected: u64,
    /// The first of what was left out.
    pub rejects: Vec<Reject>,
}

/// Why a file was refused.
#[derive(Debug, thiserror::Error)]
pub enum DocumentReadError {
    /// Not what the mapping says.
    #[error(transparent)]
    Format(#[from] ReadError),
    /// It could not be read.
    #[error("the list of documents could not be read: {0}")]
    Read(#[from] io::Error),
    /// It changed between two readings.
    #[error("the list of documents changed while it was read; read it again")]
    Changed,
}

/// Reads a file of documents. `key`: secret, and the same for all that are to be compared. `open`
/// opens the file from its beginning.
pub fn read_documents<R: Read>(
    key: [u64; 2],
    mapping: &Mapping,
    open: impl Fn() -> io::Result<R>,
) -> Result<DocumentFile, DocumentReadError> {
    let report = RefCell::new(Report::default());
    let first = Cell::new(true);
    let built = DocumentSet::build(key, |add| {
        let mut rejected = Report::default();
        let rows = read_once(mapping, open()?, add, &mut rejected)?;
        if first.replace(false) {
            rejected.rows = rows;
            report.replace(rejected);
        }
        Ok::<_, DocumentReadError>(())
    });
    let set = built.map_err(|error| match error {
        BuildError::Read(error) => error,
        BuildError::Changed => DocumentReadError::Changed,
    })?;
    let report = report.into_inner();
    Ok(DocumentFile {
        rows: report.rows,
        repeated: report.rows - report.rejected - set.len() as u64,
        rejected: report.rejected,
        rejects: report.rejects,
        set,
    })
}

#[derive(Default)]
struct Report {
    rows: u64,
    rejected: u64,
    rejects: Vec<Reject>,
}

impl Report {
    fn lost(&mut self, row: u64, column: &str, reason: &str) {
        self.rejected += 1;
        if self.rejects.len() < KEPT_REJECTS {
            self.rejects.push(Reject {
                row,
                column: column.into(),
                reason: reason.into(),
                whole_row: true,
            });
        }
    }
}

/// Columns of a row that say something about a document.
struct Columns {
    cells: usize,
    number: usize,
    issuer: Option<usize>,
    kind: Option<usize>,
}

impl Columns {
    fn of(header: &csv::StringRecord, mapping: &Mapping) -> Result<Self, ReadError> {
        let fields = mapping.fields_of(header)?;
        let at = |field| fields.iter().position(|known| *known == field);
        if at("document_issuer").is_none() && mapping.issuer.is_none() {
            return Err(ReadError::MissingColumn("document_issuer".into()));
        }
        Ok(Self {
            cells: fields.len(),
            number: at("document").ok_or(ReadError::MissingColumn("document".into()))?,
            issuer: at("document_issuer"),
            kind: at("document_kind"),
        })
    }
}

/// Gives every row that can be taken; says how many rows there were.
fn read_once(
    mapping: &Mapping,
    file: impl Read,
    add: &mut dyn FnMut(DocumentRow<'_>),
    report: &mut Report,
) -> Result<u64, DocumentReadError> {
    let since = Cell::new(0);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mapping.delimiter)
        .flexible(true)
        .from_reader(Bounded {
            inner: file,
            since: &since,
        });
    let header = reader.headers().map_err(unreadable)?.clone();
    let columns = Columns::of(&header, mapping)?;
    let mut record = csv::ByteRecord::new();
    // Naming a state takes longer than all the rest of a row.
    let mut states: FxHashMap<String, Option<&'static str>> = FxHashMap::default();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let row = rows + 2;
        rows += 1;
        since.set(0);
        let cell = |at: usize| record.get(at).and_then(|b| std::str::from_utf8(b).ok());
        if record.len() != columns.cells {
            report.lost(row, "", "not as many cells as the header has columns");
            continue;
        }
        let number = cell(columns.number).unwrap_or_default();
        let Some(key) = DocumentKey::new(number, None).filter(|k| k.number.len() <= LONGEST) else {
            report.lost(row, "document", "not the number of a document");
            continue;
        };
        let listed = columns.issuer.and_then(cell).map(str::trim);
        let listed = listed.filter(|state| !state.is_empty());
        let Some(state) = listed.or(mapping.issuer.as_deref()) else {
            report.lost(row, "document_issuer", "no issuing state");
            continue;
        };
        let known = states.get(state).copied();
        let code = known.unwrap_or_else(|| {
            let code = country_code(state);
            if states.len() < MOST_STATES {
                states.insert(state.to_owned(), code);
            }
            code
        });
        let Some(state) = code else {
            report.lost(row, "document_issuer", "not a state");
            continue;
        };
        add(DocumentRow {
            number: &key.number,
            state,
            kind: columns.kind.and_then(cell).map_or("", str::trim),
        });
    }
    Ok(rows)
}

fn unreadable(error: csv::Error) -> DocumentReadError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            let reason = "a row is longer than any row of documents; look at quotes and delimiter";
            ReadError::NotThis {
                format: "documents",
                reason,
            }
            .into()
        }
        csv::ErrorKind::Io(error) => DocumentReadError::Read(error),
        _ => ReadError::NotThis {
            format: "documents",
            reason: "no header line can be read",
        }
        .into(),
    }
}

/// A reader that fails where a row does not end: an unclosed quote would otherwise take the rest of
/// the file for one row, in memory.
struct Bounded<'a, R> {
    inner: R,
    /// Bytes read since the last row ended.
    since: &'a Cell<usize>,
}

const LONGEST_ROW: usize = 1 << 20;

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.since.set(self.since.get() + n);
        if self.since.get() > LONGEST_ROW {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::{DocumentFile, DocumentReadError, read_documents};
    use crate::lists::Mapping;

    fn read(mapping: &Mapping, text: &str) -> Result<DocumentFile, DocumentReadError> {
        read_documents([7, 11], mapping, || Ok(text.as_bytes()))
    }

    /// R-WL-04.
    #[test]
    fn rows_are_taken_and_the_counts_add_up() {
        let text = "document,document_issuer,document_kind\n\
                    X 123-456,UTO,P\n\
                    x123456,UTO,P\n\
                    \"K4401\",Germany,ID\n\
                    12,UTO,P\n\
                    X9,\n\
                    X999,,P\n\
                    X999,Nowhere,P\n";
        let file = read(&Mapping::plain(), text).unwrap();
        assert_eq!((file.rows, file.repeated, file.rejected), (7, 1, 4));
        let reasons: Vec<(u64, &str)> = file
            .rejects
            .iter()
            .map(|r| (r.row, r.reason.as_str()))
            .collect();
        assert_eq!(
            reasons,
            [
                (5, "not the number of a document"),
                (6, "not as many cells as the header has columns"),
                (7, "no issuing state"),
                (8, "not a state"),
            ]
        );
        let listed = file.set.get("K4401").next().unwrap();
        assert_eq!(
            (listed.state().as_deref(), listed.kind()),
            (Some("DEU"), Some('I'))
        );
    }

    #[test]
    fn a_mapping_names_columns_and_the_state_of_the_whole_list() {
        let mapping = "delimiter = \";\"\ndocument_issuer = \"UTO\"\n[columns]\n\
                       \"Nr\" = { field = \"document\" }\n\"Was\" = { field = \"ignore\" }";
        let file = read(&Mapping::parse(mapping).unwrap(), "Nr;Was\nX123;lost\n").unwrap();
        let listed = file.set.get("X123").next().unwrap();
        assert_eq!(listed.state().as_deref(), Some("UTO"));
    }

    #[test]
    fn a_file_that_is_not_what_the_mapping_says_is_refused_whole() {
        let endless = format!(
            "document,document_issuer\n\"X123,UTO\n{}",
            "Y1234,UTO\n".repeat(200_000)
        );
        for (text, reason) in [
            (
                "document;document_issuer\nX123;UTO\n",
                "column 1 is not in the mapping",
            ),
            ("document\nX123\n", "\"document_issuer\""),
            (&endless, "look at quotes and delimiter"),
        ] {
            let error = read(&Mapping::plain(), text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
