//! Watchlists: versions in force, proposed and past. No entry stands here, only its identifier.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A watchlist.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct List {
    /// List.
    #[schema(example = "lst_national")]
    pub(crate) id: String,
    /// Name.
    pub(crate) name: String,
    /// What it is for: `terrorism`, `serious_crime`, `documents`, `entry_ban` or `customs`.
    pub(crate) kind: String,
    /// Version in force; none where one is only proposed.
    pub(crate) version: Option<String>,
    /// Since when, UTC.
    pub(crate) imported_at: Option<String>,
    /// Entries.
    pub(crate) entries: u64,
    /// Rows or values that could not be read.
    pub(crate) rejects: u64,
    /// Who answers for it.
    pub(crate) owner: String,
    /// On what law it rests.
    pub(crate) legal_basis: String,
    /// Codes of the offences for which it may be used.
    pub(crate) offences: Vec<String>,
    /// Whether every entry must say the last day on which it counts.
    pub(crate) entries_end: bool,
    /// When it was last brought in, changed or not, UTC.
    pub(crate) fetched_at: Option<String>,
    /// How many hours it counts as fresh after that.
    pub(crate) fresh_hours: Option<u64>,
    /// It is older than that.
    pub(crate) stale: bool,
    /// Every version, newest first.
    pub(crate) versions: Vec<ListVersion>,
    /// Whether who asks may go back to the version before the one in force.
    pub(crate) may_roll_back: bool,
}

/// A version of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListVersion {
    /// Digest of its content.
    pub(crate) version: String,
    /// When it was brought in, UTC.
    pub(crate) imported_at: String,
    /// By whom, where that is somebody of one's own.
    pub(crate) imported_by: Option<String>,
    /// Format it was read from.
    pub(crate) format: String,
    /// SHA-256 of its file.
    pub(crate) source: Option<String>,
    /// Entries.
    pub(crate) entries: u64,
    /// Rows or values that could not be read.
    pub(crate) rejects: u64,
    /// What its file came to against the version that was in force then.
    pub(crate) counts: Option<ListCounts>,
    /// It is in force.
    pub(crate) in_force: bool,
    /// Whether who asks may put it in force.
    pub(crate) may_activate: bool,
}

/// What a file came to: rows = added + changed + unchanged + rejected + not persons + joined.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListCounts {
    /// Rows of the file.
    pub(crate) rows: u64,
    /// Rows left out.
    pub(crate) rejected: u64,
    /// Rows about something that is no person.
    pub(crate) not_persons: u64,
    /// Rows that add to another row's entry, or repeat it.
    pub(crate) joined: u64,
    /// Entries that the version in force did not have.
    pub(crate) added: u64,
    /// Entries in both, and not the same.
    pub(crate) changed: u64,
    /// Entries that only the version in force had.
    pub(crate) removed: u64,
    /// Entries that are the same in both.
    pub(crate) unchanged: u64,
}

/// A file of a list to look at or to bring in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NewList {
    /// Short name of the list: small letters, digits and hyphens.
    #[schema(example = "national")]
    pub(crate) id: String,
    /// What it is for.
    #[schema(example = "serious_crime")]
    pub(crate) kind: String,
    /// Name for people; of a list that is there already it stays as it is.
    #[serde(default)]
    pub(crate) name: String,
    /// Who answers for it.
    #[serde(default)]
    pub(crate) owner: String,
    /// On what law it rests.
    #[serde(default)]
    pub(crate) legal_basis: String,
    /// Format; recognised by its looks where none is given. `documents`: a CSV file of lost and stolen documents.
    #[serde(default)]
    pub(crate) format: Option<String>,
    /// Which column of a CSV file or workbook is which field, as TOML.
    #[serde(default)]
    pub(crate) mapping: Option<String>,
    /// The file, as text.
    #[serde(default)]
    pub(crate) text: String,
    /// The file, in base64, where it is no text: a workbook.
    #[serde(default)]
    pub(crate) data: Option<String>,
    /// Leave to lose more than a fifth of its entries.
    #[serde(default)]
    pub(crate) may_shrink: bool,
}

/// What a file would come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListChecked {
    /// In numbers, against the version in force.
    pub(crate) counts: ListCounts,
    /// Identifiers of entries that would be new, the first ones.
    pub(crate) added: Vec<String>,
    /// Those that would change, with the fields.
    pub(crate) changed: Vec<ListChange>,
    /// Those that would go.
    pub(crate) removed: Vec<String>,
    /// What would be left out, the first of it.
    pub(crate) rejects: Vec<ListReject>,
}

/// An entry that would change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListChange {
    /// Its identifier.
    pub(crate) entry: String,
    /// Fields.
    pub(crate) fields: Vec<String>,
}

/// A row or value that would be left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListReject {
    /// Row, from 1; the header of a CSV file is row 1.
    pub(crate) row: u64,
    /// Column, element or field.
    pub(crate) column: String,
    /// Why, without the value.
    pub(crate) reason: String,
    /// The whole row, not only the value.
    pub(crate) whole_row: bool,
}

/// What was proposed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListProposed {
    /// The version, which waits for another person.
    pub(crate) version: String,
    /// It is in force already: nothing waits.
    pub(crate) unchanged: bool,
    /// What its file came to.
    pub(crate) counts: ListCounts,
}

/// How a version is put in force.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ListActivation {
    /// Leave to lose more than a fifth of the entries in force.
    #[serde(default)]
    pub(crate) may_shrink: bool,
}

/// A version that was put in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListActivated {
    /// The version.
    pub(crate) version: String,
    /// Its entries.
    pub(crate) entries: u64,
    /// Entries that the version before did not have.
    pub(crate) added: u64,
    /// Entries that changed.
    pub(crate) changed: u64,
    /// Entries that went.
    pub(crate) removed: u64,
}
