//! Which column of a CSV list is which field.

use super::ReadError;
use super::date::Order;
use crate::selectors::SelectorKind;
use oriel_model::Text;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A field that a column may be mapped to: name, what it takes.
pub const FIELDS: &[(&str, &str)] = &[
    (
        "address",
        "a postal address that is sought: words and a number",
    ),
    ("alias", "a good alias"),
    ("birth_date", "birth date, or a part or range of one"),
    ("birth_place", "place of birth"),
    ("country", "a state the person is connected with"),
    ("document", "document number"),
    (
        "document_issuer",
        "state that issued the documents of the row",
    ),
    ("document_kind", "kind of the documents of the row"),
    ("email", "a mail address that is sought"),
    ("expires", "last day on which the entry counts"),
    ("given", "given names"),
    ("id", "identifies the entry across versions; required"),
    ("ignore", "nothing: the column is known and left out"),
    ("listed_on", "day of listing"),
    ("name", "the name the entry is listed under"),
    ("nationality", "nationality, code or English name"),
    (
        "offence",
        "code of an offence for which the list may be used against the person",
    ),
    (
        "payment",
        "a card or account that is sought; of a card the first six and last four digits are used",
    ),
    (
        "payment_expires",
        "month of expiry of the cards of the row, MMYY",
    ),
    (
        "phone",
        "a telephone number that is sought, with its country code",
    ),
    ("program", "programme or regime"),
    ("reference", "the list's own permanent reference"),
    ("remarks", "remarks"),
    ("sex", "M or F, or words for them"),
    ("surname", "family name"),
    ("weak_alias", "a weak alias"),
];

/// Other names under which the columns of a plain file are understood.
const SYNONYMS: &[(&str, &str)] = &[
    ("aliases", "alias"),
    ("birth_dates", "birth_date"),
    ("dob", "birth_date"),
    ("documents", "document"),
    ("gender", "sex"),
    ("nationalities", "nationality"),
    ("reason", "remarks"),
];

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) header: Text,
    pub(crate) field: &'static str,
    pub(crate) split: Option<Text>,
    pub(crate) order: Order,
}

/// Columns to fields. As TOML:
///
/// ```toml
/// delimiter = ";"
/// [columns]
/// "Nr" = { field = "id" }
/// "Familienname" = { field = "surname" }
/// "Geboren" = { field = "birth_date", split = "|", dates = "day-month-year" }
/// "Vermerk" = { field = "ignore" }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    pub(crate) delimiter: u8,
    pub(crate) columns: Vec<Column>,
    /// A column that is not there is no error.
    pub(crate) optional: bool,
    /// State that issued every document of the file that names none.
    pub(crate) issuer: Option<Text>,
    /// Country code of every telephone number of the file that has none.
    pub(crate) phone_prefix: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingToml {
    delimiter: Option<String>,
    document_issuer: Option<String>,
    phone_prefix: Option<String>,
    columns: BTreeMap<String, ColumnToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnToml {
    field: String,
    split: Option<String>,
    dates: Option<String>,
}

impl Mapping {
    /// Reads a mapping.
    pub fn parse(toml: &str) -> Result<Self, ReadError> {
        let refused = |reason: String| ReadError::Mapping(reason);
        let read: MappingToml = toml::from_str(toml).map_err(|e| refused(e.to_string()))?;
        let delimiter = match read.delimiter.as_deref() {
            None => b',',
            Some(d) if d.len() == 1 => d.as_bytes()[0],
            Some(_) => return Err(refused("the delimiter is not one ASCII character".into())),
        };
        let mut columns = Vec::new();
        for (header, column) in read.columns {
            let (field, _) = FIELDS
                .iter()
                .find(|(name, _)| *name == column.field)
                .ok_or_else(|| {
                    refused(format!("column {header:?}: no field {:?}", column.field))
                })?;
            let order = match column.dates.as_deref() {
                None => Order::default(),
                Some(text) => Order::parse(text).ok_or_else(|| {
                    refused(format!(
                        "column {header:?}: dates are year-month-day, day-month-year or month-day-year"
                    ))
                })?,
            };
            columns.push(Column {
                header: header.into(),
                field,
                split: column.split.filter(|s| !s.is_empty()).map(Text::from),
                order,
            });
        }
        let has = |field| columns.iter().any(|c| c.field == field);
        // A document identifies itself.
        if !has("id") && !has("document") {
            return Err(refused("no column is mapped to id".into()));
        }
        let sought = SelectorKind::ROWS.iter().any(|(name, _)| has(name));
        if !has("name") && !has("surname") && !has("document") && !sought {
            return Err(refused(
                "no column is mapped to name, surname, document or something sought".into(),
            ));
        }
        let code = |prefix: &String| {
            (1..=3).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_digit())
        };
        if read
            .phone_prefix
            .as_ref()
            .is_some_and(|prefix| !code(prefix))
        {
            return Err(refused(
                "phone_prefix is a country code of one to three digits, without +".into(),
            ));
        }
        Ok(Self {
            delimiter,
            columns,
            optional: false,
            issuer: read.document_issuer.map(Text::from),
            phone_prefix: read.phone_prefix.map(Text::from),
        })
    }

    /// The field of each column of a header. Columns are counted, not named, in errors: the first
    /// line of a file without a header is about a person.
    pub(crate) fn fields_of(
        &self,
        header: &csv::StringRecord,
    ) -> Result<Vec<&'static str>, ReadError> {
        Ok(self.columns_of(header)?.iter().map(|c| c.field).collect())
    }

    /// The same with how each is read.
    pub(crate) fn columns_of(&self, header: &csv::StringRecord) -> Result<Vec<&Column>, ReadError> {
        let mut columns = Vec::new();
        for (at, name) in (1..).zip(header) {
            let column = self.columns.iter().find(|c| c.header == name.trim());
            columns.push(column.ok_or(ReadError::UnknownColumn(at))?);
        }
        let present = |c: &Column| header.iter().any(|h| h.trim() == c.header);
        match self.columns.iter().find(|c| !self.optional && !present(c)) {
            Some(missing) => Err(ReadError::MissingColumn(missing.header.clone())),
            None => Ok(columns),
        }
    }

    /// The mapping of a file whose columns are named as our fields, or by a common other word for
    /// one; several values of a cell are separated by semicolons.
    pub fn plain() -> Self {
        const ONE: &[&str] = &[
            "expires",
            "given",
            "id",
            "payment_expires",
            "program",
            "remarks",
            "surname",
        ];
        let columns = FIELDS
            .iter()
            .map(|(field, _)| (*field, *field))
            .chain(SYNONYMS.iter().copied())
            .map(|(header, field)| Column {
                header: header.into(),
                field,
                split: (!ONE.contains(&field)).then(|| ";".into()),
                order: Order::default(),
            })
            .collect();
        Self {
            delimiter: b',',
            columns,
            optional: true,
            issuer: None,
            phone_prefix: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, Mapping};

    #[test]
    fn fields_are_sorted() {
        assert!(FIELDS.is_sorted());
    }

    #[test]
    fn a_mapping_that_cannot_work_is_refused_with_its_reason() {
        for (toml, reason) in [
            (
                "[columns]\n\"A\" = { field = \"name\" }",
                "no column is mapped to id",
            ),
            (
                "[columns]\n\"A\" = { field = \"id\" }",
                "no column is mapped to name, surname, document or something sought",
            ),
            (
                "phone_prefix = \"+43\"\n[columns]\n\"A\" = { field = \"id\" }\n\"B\" = { field = \"phone\" }",
                "phone_prefix is a country code of one to three digits, without +",
            ),
            (
                "[columns]\n\"A\" = { field = \"nmae\" }",
                "column \"A\": no field \"nmae\"",
            ),
            (
                "delimiter = \"ab\"\n[columns]",
                "the delimiter is not one ASCII character",
            ),
        ] {
            let error = Mapping::parse(toml).unwrap_err().to_string();
            assert_eq!(error, format!("the mapping cannot be used: {reason}"));
        }
    }
}
