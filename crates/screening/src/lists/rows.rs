//! One row of a list as its mapping describes it, wherever the row stood.
//!
//! - In: the cells of a row under the columns of a header.  Out: an entry, or why the row or a value
//!   of it was left out.
//! - Invariant: a column that the mapping does not name refuses the file: a list that grew a column
//!   of birth dates must not lose them in silence.

use super::mapping::{Column, Mapping};
use super::{ListFile, ReadError, date};
use crate::person::sex_code;
use crate::selectors::{ListSelector, SelectorKey, SelectorKind};
use crate::{Birth, Entry, ListDocument, ListName, Quality, country_code};
use jiff::civil::Date;
use oriel_model::Text;
use rustc_hash::FxHashSet;

/// Whether a text can be the code of an offence: no words, so that nothing personal stands there.
pub fn is_offence(text: &str) -> bool {
    let usual = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':');
    (1..=64).contains(&text.len()) && text.bytes().all(usual)
}

fn day(birth: Birth) -> Option<Date> {
    let from = birth.from;
    let whole = from == birth.to && !birth.approximate;
    let (month, day) = (from.month()? as i8, from.day()? as i8);
    let day = Date::new(from.year(), month, day);
    day.ok().filter(|_| whole)
}

/// How the rows of a file are read.
pub(super) struct Layout<'a> {
    columns: Vec<&'a Column>,
    phone_prefix: Option<&'a str>,
    key: SelectorKey,
}

impl<'a> Layout<'a> {
    /// Of a file with this header.
    pub(super) fn of(
        header: &csv::StringRecord,
        mapping: &'a Mapping,
        key: SelectorKey,
    ) -> Result<Self, ReadError> {
        let columns = mapping.columns_of(header)?;
        if !columns.iter().any(|column| column.field == "id") {
            return Err(ReadError::MissingColumn("id".into()));
        }
        Ok(Self {
            columns,
            phone_prefix: mapping.phone_prefix.as_deref(),
            key,
        })
    }

    /// Its columns.
    pub(super) fn columns(&self) -> &[&'a Column] {
        &self.columns
    }

    /// Takes a row up into the file.
    pub(super) fn take(
        &self,
        record: &csv::StringRecord,
        row: u64,
        file: &mut ListFile,
        ids: &mut FxHashSet<Text>,
    ) {
        if record.len() != self.columns.len() {
            file.lost_row(row, "", "not as many cells as the header has columns");
        } else if let Some(entry) = self.entry(record, row, file) {
            file.take(row, entry, ids);
        }
    }

    /// The entry of a row; none when the row must be left out.
    fn entry(&self, record: &csv::StringRecord, row: u64, file: &mut ListFile) -> Option<Entry> {
        let mut entry = Entry::default();
        let mut expires_unread = false;
        let (mut surname, mut given) = (Text::default(), Text::default());
        let (mut issuer, mut kind) = (None, Text::default());
        let (mut sought, mut card_expires) = (Vec::new(), None);
        for (cell, column) in record.iter().zip(&self.columns) {
            let values: Vec<&str> = match &column.split {
                Some(split) => cell.split(split.as_str()).collect(),
                None => vec![cell],
            };
            for value in values.into_iter().map(str::trim).filter(|v| !v.is_empty()) {
                let name = |quality| ListName::new(value, quality);
                match column.field {
                    "id" => entry.id = value.into(),
                    "name" => entry.names.push(name(Quality::Primary)),
                    "alias" => entry.names.push(name(Quality::Good)),
                    "weak_alias" => entry.names.push(name(Quality::Low)),
                    "surname" => surname = value.into(),
                    "given" => given = value.into(),
                    "birth_date" => match date::parse(value, column.order) {
                        Some(birth) => entry.births.push(birth),
                        None => file.lost_value(row, &column.header, "not a date"),
                    },
                    "sex" => match sex_code(value) {
                        Some(code) => entry.sexes.push(code),
                        None => file.lost_value(row, &column.header, "neither male nor female"),
                    },
                    "nationality" | "country" => match country_code(value) {
                        Some(code) if column.field == "country" => {
                            entry.countries.push(code.into())
                        }
                        Some(code) => entry.nationalities.push(code.into()),
                        None => file.lost_value(row, &column.header, "not a state"),
                    },
                    "birth_place" => entry.birth_places.push(value.into()),
                    "document" => entry.documents.push(ListDocument {
                        number: value.into(),
                        ..ListDocument::default()
                    }),
                    "document_issuer" => match country_code(value) {
                        Some(code) => issuer = Some(Text::from(code)),
                        None => file.lost_value(row, &column.header, "not a state"),
                    },
                    "document_kind" => kind = value.into(),
                    "payment_expires" => card_expires = Some(value),
                    "reference" => entry.reference = value.into(),
                    "listed_on" => entry.listed_on = value.into(),
                    "program" => entry.program = value.into(),
                    "remarks" => entry.remarks = value.to_owned(),
                    "offence" if is_offence(value) => entry.offences.push(value.into()),
                    "offence" => file.lost_value(row, &column.header, "not a code of an offence"),
                    "expires" => match date::parse(value, column.order).and_then(day) {
                        Some(day) => entry.expires = Some(day),
                        // Without its end it would count for ever, which nobody has said.
                        None => expires_unread = true,
                    },
                    field => {
                        if let Some(kind) = SelectorKind::parse(field) {
                            sought.push((kind, value, &column.header));
                        }
                    }
                }
            }
        }
        for (kind, value, header) in sought {
            let expires = card_expires.filter(|_| kind == SelectorKind::Payment);
            match ListSelector::read(self.key, kind, value, self.phone_prefix, expires) {
                Ok(selector) => entry.selectors.push(selector),
                Err(reason) => file.lost_value(row, header, reason),
            }
        }
        if !surname.is_empty() || !given.is_empty() {
            let both = !surname.is_empty() && !given.is_empty();
            let text = [surname.as_str(), given.as_str()].join(if both { ", " } else { "" });
            entry.names.insert(
                0,
                ListName {
                    text: text.into(),
                    quality: Quality::Primary,
                    surname: both.then(|| surname.clone()),
                    given: both.then(|| given.clone()),
                },
            );
        }
        for document in &mut entry.documents {
            document.issuer.clone_from(&issuer);
            document.kind.clone_from(&kind);
        }
        if expires_unread {
            file.lost_row(row, "expires", "not a day on which the entry ends");
            return None;
        }
        Some(entry)
    }
}
