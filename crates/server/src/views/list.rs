//! Watchlists in force.

use serde::Serialize;
use utoipa::ToSchema;

/// A watchlist in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct List {
    /// List.
    #[schema(example = "lst_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// Name.
    pub(crate) name: String,
    /// Version in force.
    pub(crate) version: String,
    /// Since when, UTC.
    pub(crate) imported_at: String,
    /// Entries.
    pub(crate) entries: u64,
    /// Rows that could not be read.
    pub(crate) rejects: u64,
    /// Who answers for it.
    pub(crate) owner: String,
    /// On what law it rests.
    pub(crate) legal_basis: String,
}
