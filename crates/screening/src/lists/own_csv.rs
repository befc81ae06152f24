//! Reads a CSV list by a mapping.

use super::mapping::Mapping;
use super::rows::Layout;
use super::{ListFile, ReadError};
use crate::selectors::SelectorKey;
use rustc_hash::FxHashSet;

pub(super) fn read(text: &str, mapping: &Mapping, key: SelectorKey) -> Result<ListFile, ReadError> {
    let delimiter = match mapping.optional {
        true => guess_delimiter(text),
        false => mapping.delimiter,
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let not_csv = |_| ReadError::NotThis {
        format: "csv",
        reason: "no header line can be read",
    };
    let header = reader.headers().map_err(not_csv)?.clone();
    let layout = Layout::of(&header, mapping, key)?;
    let mut file = ListFile::new("csv");
    let mut ids = FxHashSet::default();
    let mut record = csv::StringRecord::new();
    loop {
        let row = file.rows + 2;
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => layout.take(&record, row, &mut file, &mut ids),
            Err(_) => file.lost_row(row, "", "not a CSV row"),
        }
        file.rows += 1;
    }
    Ok(file)
}

fn guess_delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or("");
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| header.bytes().filter(|b| b == d).count())
        .unwrap_or(b',')
}
