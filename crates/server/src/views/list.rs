//! Watchlists in force.

use serde::Serialize;
use utoipa::ToSchema;

/// A watchlist in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct List {
    /// List.
    #[schema(example = "lst_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub id: String,
    /// Name.
    pub name: String,
    /// Version in force.
    pub version: String,
    /// Since when, UTC.
    pub imported_at: String,
    /// Entries.
    pub entries: u64,
    /// Rows that could not be read.
    pub rejects: u64,
    /// Who answers for it.
    pub owner: String,
    /// On what law it rests.
    pub legal_basis: String,
}
