//! Reads list files of every format into entries.
//!
//! - In: the bytes of a file.  Out: entries, and for every row that could not be taken, or lost a
//!   value, its number, column and reason.
//! - Invariant: the counts add up: rows = entries + rejected rows + rows of no person + rows joined
//!   to others. A reason never repeats a value of the list.
//! - A file that cannot be read as what it claims to be is refused whole; the version in force stays.

mod date;
mod diff;
mod eu;
mod follow_the_money;
mod mapping;
mod ofac;
mod open_sanctions;
mod own_csv;
mod own_xlsx;
mod persons;
mod rows;
mod un;
mod xml;

pub use diff::{Change, Diff, Shrunk, diff, refuse_shrunk};
pub use mapping::{FIELDS, Mapping};
pub use rows::is_offence;

use crate::Entry;
use crate::selectors::SelectorKey;
use oriel_model::Text;
use rustc_hash::FxHashSet;
use serde::Serialize;

/// Names, birth dates, places, documents and other values that an entry keeps, of each at most:
/// comparing with it takes as long as it has names.
pub const MAX_VALUES: usize = 1_000;

/// A file longer than this is refused: no list of persons is.
pub const MAX_BYTES: usize = 2 << 30;

/// What a list file is written in.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// Consolidated list of the UN Security Council, XML.
    Un,
    /// CSV with a mapping from columns to fields.
    Csv(Mapping),
    /// A workbook of one sheet, by a mapping as for CSV.
    Xlsx(Mapping),
    /// Person records, one JSON object a line.
    Persons,
    /// OpenSanctions `targets.simple.csv`.
    OpenSanctions,
    /// FollowTheMoney entities, one JSON object a line.
    FollowTheMoney,
    /// Specially designated nationals of the US Treasury, XML.
    OfacXml,
    /// The same, CSV.
    OfacCsv,
    /// Financial sanctions of the European Union, XML.
    EuXml,
    /// The same, CSV.
    EuCsv,
}

/// One row of the table of formats.
#[derive(Debug)]
pub struct SourceRow {
    /// Name, as commands take it.
    pub name: &'static str,
    /// What it is, for people.
    pub label: &'static str,
    /// Whether a mapping may go with it.
    pub mapped: bool,
}

/// Every format that can be read.
pub const SOURCES: &[SourceRow] = &[
    SourceRow {
        name: "csv",
        label: "CSV with a mapping, or with our field names",
        mapped: true,
    },
    SourceRow {
        name: "eu-csv",
        label: "EU consolidated list of financial sanctions, CSV",
        mapped: false,
    },
    SourceRow {
        name: "eu-xml",
        label: "EU consolidated list of financial sanctions, XML",
        mapped: false,
    },
    SourceRow {
        name: "follow-the-money",
        label: "FollowTheMoney entities",
        mapped: false,
    },
    SourceRow {
        name: "ofac-csv",
        label: "US Treasury SDN list, CSV, with alt.csv and add.csv appended",
        mapped: false,
    },
    SourceRow {
        name: "ofac-xml",
        label: "US Treasury SDN list, XML",
        mapped: false,
    },
    SourceRow {
        name: "opensanctions",
        label: "OpenSanctions targets.simple.csv",
        mapped: false,
    },
    SourceRow {
        name: "persons",
        label: "person records, one JSON object a line",
        mapped: false,
    },
    SourceRow {
        name: "un",
        label: "UN Security Council consolidated list, XML",
        mapped: false,
    },
    SourceRow {
        name: "xlsx",
        label: "workbook of one sheet, with a mapping or our field names as CSV",
        mapped: true,
    },
];

impl Format {
    /// The format of this name; `csv` with the mapping that reads our own field names.
    pub fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "csv" => Self::Csv(Mapping::plain()),
            "eu-csv" => Self::EuCsv,
            "eu-xml" => Self::EuXml,
            "follow-the-money" => Self::FollowTheMoney,
            "ofac-csv" => Self::OfacCsv,
            "ofac-xml" => Self::OfacXml,
            "opensanctions" => Self::OpenSanctions,
            "persons" => Self::Persons,
            "un" => Self::Un,
            "xlsx" => Self::Xlsx(Mapping::plain()),
            _ => return None,
        })
    }

    /// The format of a file whose columns a mapping names: a workbook, or CSV.
    pub fn mapped(mapping: Mapping, bytes: &[u8]) -> Self {
        match is_package(bytes) {
            true => Self::Xlsx(mapping),
            false => Self::Csv(mapping),
        }
    }

    /// Its name in the table.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Un => "un",
            Self::Csv(_) => "csv",
            Self::Xlsx(_) => "xlsx",
            Self::Persons => "persons",
            Self::OpenSanctions => "opensanctions",
            Self::FollowTheMoney => "follow-the-money",
            Self::OfacXml => "ofac-xml",
            Self::OfacCsv => "ofac-csv",
            Self::EuXml => "eu-xml",
            Self::EuCsv => "eu-csv",
        }
    }

    /// The format that a file looks like.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        if is_package(bytes) {
            return Some(Self::Xlsx(Mapping::plain()));
        }
        let head = &bytes[..bytes.len().min(64 << 10)];
        let text = String::from_utf8_lossy(head);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let line = text.lines().next()?;
        if text.starts_with('<') {
            let roots = [
                ("<CONSOLIDATED_LIST", Self::Un),
                ("<sdnList", Self::OfacXml),
                ("<export", Self::EuXml),
            ];
            let known = roots.into_iter().find(|(root, _)| text.contains(root));
            known.map(|(_, format)| format)
        } else if text.starts_with('{') {
            let followed = line.contains("\"schema\"") && line.contains("\"properties\"");
            Some(if followed {
                Self::FollowTheMoney
            } else {
                Self::Persons
            })
        } else if line.contains("Entity_LogicalId") {
            Some(Self::EuCsv)
        } else if line.contains("-0-") && line.starts_with(|c: char| c.is_ascii_digit()) {
            Some(Self::OfacCsv)
        } else if line.contains("schema") && line.contains("birth_date") && line.contains("dataset")
        {
            Some(Self::OpenSanctions)
        } else {
            line.contains([',', ';', '\t'])
                .then(|| Self::Csv(Mapping::plain()))
        }
    }
}

/// Whether a file is a ZIP archive, as workbooks are.
fn is_package(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// A row that was not taken, or a value of it that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// Row, from 1: line of data in CSV and JSON lines (the header is row 1 of a CSV), person in
    /// XML.
    pub row: u64,
    /// Column, element or field.
    pub column: Text,
    /// Why, without the value.
    pub reason: Text,
    /// The whole row was left out, not only the value.
    pub whole_row: bool,
}

/// What a list file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ListFile {
    /// Name of the format.
    pub format: &'static str,
    /// What the file says about its version.
    pub issued: Text,
    /// Rows read, the header not counted.
    pub rows: u64,
    /// Rows about something that is no person.
    pub not_persons: u64,
    /// Rows that add to another row's entry.
    pub joined: u64,
    /// Entries.
    #[serde(skip)]
    pub entries: Vec<Entry>,
    /// The row of each of them.
    #[serde(skip)]
    entry_rows: Vec<u64>,
    /// What was left out.
    pub rejects: Vec<Reject>,
}

impl ListFile {
    fn new(format: &'static str) -> Self {
        Self {
            format,
            ..Self::default()
        }
    }

    /// How many rows were left out.
    pub fn rejected_rows(&self) -> u64 {
        self.rejects.iter().filter(|r| r.whole_row).count() as u64
    }

    fn lost_value(&mut self, row: u64, column: &str, reason: &str) {
        self.reject(row, column, reason, false);
    }

    fn lost_row(&mut self, row: u64, column: &str, reason: &str) {
        self.reject(row, column, reason, true);
    }

    fn reject(&mut self, row: u64, column: &str, reason: &str, whole_row: bool) {
        self.rejects.push(Reject {
            row,
            column: column.into(),
            reason: reason.into(),
            whole_row,
        });
    }

    /// Takes an entry if it can be told apart and compared.
    fn take(&mut self, row: u64, mut entry: Entry, ids: &mut FxHashSet<Text>) {
        entry.tidy();
        for column in bound(&mut entry) {
            self.lost_value(
                row,
                column,
                "more values than an entry keeps; the first 1,000 are",
            );
        }
        if entry.id.is_empty() {
            self.lost_row(row, "id", "no identifier");
        } else if !ids.insert(entry.id.clone()) {
            self.lost_row(row, "id", "an earlier row has the same identifier");
        } else if entry.names.is_empty() && entry.documents.is_empty() && entry.selectors.is_empty()
        {
            self.lost_row(
                row,
                "name",
                "neither a name nor a document, nor anything else to compare",
            );
        } else {
            self.entries.push(entry);
            self.entry_rows.push(row);
        }
    }

    /// Leaves out the rows of entries that do not end (R-WL-03).
    pub fn refuse_endless(&mut self) {
        let reason = "no last day, and the list's terms ask for one of every entry";
        self.leave_out("expires", reason, |entry| entry.expires.is_none());
    }

    /// Leaves out the rows of entries that cite an offence which is not known (R-SCO-05).
    pub fn refuse_offences(&mut self, known: impl Fn(&str) -> bool) {
        let reason = "the code of an offence that the legal profile's catalogue does not have";
        self.leave_out("offence", reason, |entry| {
            !entry.offences.iter().all(|code| known(code))
        });
    }

    fn leave_out(&mut self, column: &str, reason: &str, unfit: impl Fn(&Entry) -> bool) {
        let rows = std::mem::take(&mut self.entry_rows);
        let entries = std::mem::take(&mut self.entries);
        for (row, entry) in rows.into_iter().zip(entries) {
            if unfit(&entry) {
                self.lost_row(row, column, reason);
            } else {
                self.entries.push(entry);
                self.entry_rows.push(row);
            }
        }
    }
}

/// Leaves out what is more than an entry keeps, the surest names first; says of what there was more.
fn bound(entry: &mut Entry) -> Vec<&'static str> {
    if entry.names.len() > MAX_VALUES {
        entry.names.sort_by_key(|name| name.quality);
    }
    let lens = [
        ("name", entry.names.len()),
        ("birth_date", entry.births.len()),
        ("birth_place", entry.birth_places.len()),
        ("document", entry.documents.len()),
        ("selector", entry.selectors.len()),
    ];
    entry.names.truncate(MAX_VALUES);
    entry.births.truncate(MAX_VALUES);
    entry.birth_places.truncate(MAX_VALUES);
    entry.documents.truncate(MAX_VALUES);
    entry.selectors.truncate(MAX_VALUES);
    let over = lens.into_iter().filter(|(_, len)| *len > MAX_VALUES);
    over.map(|(column, _)| column).collect()
}

/// Why a file was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// Longer than [`MAX_BYTES`].
    #[error("the file has {0} bytes, more than any list of persons")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("the file is not UTF-8 (byte {0})")]
    NotUtf8(usize),
    /// A document type declaration, by which XML can be made to grow or to fetch.
    #[error("the file declares a document type, which lists do not need")]
    DocumentType,
    /// Not well formed.
    #[error("not well-formed XML at byte {at}: {reason}")]
    Xml {
        /// Where.
        at: u64,
        /// What is wrong.
        reason: String,
    },
    /// Not this format.
    #[error("not a file of the format {format}: {reason}")]
    NotThis {
        /// Name of the format.
        format: &'static str,
        /// What is missing.
        reason: &'static str,
    },
    /// A column, counted from 1, that the mapping does not name.
    #[error(
        "column {0} is not in the mapping; map it to a field or to \"ignore\", and look whether the \
         delimiter is right"
    )]
    UnknownColumn(usize),
    /// A column that the mapping names and the file lacks.
    #[error("the mapping names a column {0:?} that the file does not have")]
    MissingColumn(Text),
    /// A package that cannot be taken apart.
    #[error("the workbook is refused: {0}")]
    Package(#[from] oriel_unpack::Fault),
    /// Rows on several sheets.
    #[error("more than one sheet of the workbook holds rows; leave the list alone in one")]
    SeveralSheets,
    /// A mapping that cannot be used.
    #[error("the mapping cannot be used: {0}")]
    Mapping(String),
}

/// Reads a list file that is looked at and not kept.
pub fn read(format: &Format, bytes: &[u8]) -> Result<ListFile, ReadError> {
    read_keyed(format, bytes, SelectorKey::NONE)
}

/// Reads a list file. `key`: under which its selectors are digested.
pub fn read_keyed(format: &Format, bytes: &[u8], key: SelectorKey) -> Result<ListFile, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLong(bytes.len()));
    }
    match format {
        Format::Xlsx(mapping) => own_xlsx::read(bytes, mapping, key),
        Format::Un => un::read(text(bytes)?),
        Format::Csv(mapping) => own_csv::read(text(bytes)?, mapping, key),
        Format::Persons => Ok(persons::read(text(bytes)?)),
        Format::OpenSanctions => open_sanctions::read(text(bytes)?),
        Format::FollowTheMoney => Ok(follow_the_money::read(text(bytes)?)),
        Format::OfacXml => ofac::read_xml(text(bytes)?),
        Format::OfacCsv => ofac::read_csv(text(bytes)?),
        Format::EuXml => eu::read_xml(text(bytes)?),
        Format::EuCsv => eu::read_csv(text(bytes)?),
    }
}

fn text(bytes: &[u8]) -> Result<&str, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|e| ReadError::NotUtf8(e.valid_up_to()))?;
    Ok(text.trim_start_matches('\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::{Format, SOURCES, read};

    #[test]
    fn sources_are_sorted_and_each_name_leads_to_its_format() {
        assert!(SOURCES.is_sorted_by_key(|s| s.name));
        for source in SOURCES {
            assert_eq!(Format::of_name(source.name).unwrap().name(), source.name);
        }
    }

    #[test]
    fn files_are_known_by_their_looks() {
        for (text, format) in [
            ("<?xml version=\"1.0\"?>\n<CONSOLIDATED_LIST>", "un"),
            ("{\"id\":\"1\",\"names\":[\"A\"]}", "persons"),
            (
                "{\"id\":\"1\",\"schema\":\"Person\",\"properties\":{}}",
                "follow-the-money",
            ),
            (
                "id,schema,name,aliases,birth_date,countries,dataset\n",
                "opensanctions",
            ),
            ("id,name\n1,A\n", "csv"),
            ("<sdnList xmlns=\"x\">", "ofac-xml"),
            ("1,\"A\",\"individual\",\"X\",-0- ,-0- ", "ofac-csv"),
            ("<export generationDate=\"2026\">", "eu-xml"),
            (
                "fileGenerationDate;Entity_LogicalId;Entity_SubjectType",
                "eu-csv",
            ),
        ] {
            assert_eq!(Format::sniff(text.as_bytes()).unwrap().name(), format);
        }
        assert_eq!(Format::sniff(b"PK\x03\x04").unwrap().name(), "xlsx");
        assert_eq!(Format::sniff(b"<html>"), None);
    }

    #[test]
    fn no_bytes_make_a_reader_panic() {
        for source in SOURCES {
            let format = Format::of_name(source.name).unwrap();
            for bytes in [
                &b""[..],
                b"\xff",
                b"{",
                b"<",
                b"id\n\"",
                b"<CONSOLIDATED_LIST>",
                b"{}\n[]",
            ] {
                let _ = read(&format, bytes);
            }
        }
    }
}
