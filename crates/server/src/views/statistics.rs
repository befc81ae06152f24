//! The statistics of the law on the wire: counts, and nothing about a person.

use serde::Serialize;
use utoipa::ToSchema;

/// What a year came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Statistics {
    /// `oriel.statistics/1`.
    pub(crate) schema: String,
    /// The year, UTC.
    pub(crate) year: i16,
    /// The recipient whose figures they are.
    pub(crate) compartment: String,
    /// Profile and version.
    pub(crate) profile: String,
    /// A count of persons below this is not shown, nor what it could be worked out from.
    pub(crate) least: u64,
    /// The clause that says so.
    pub(crate) clause: String,
    /// Months that are over; a month that is not is not to be published.
    pub(crate) months_over: u8,
    /// The figures.
    pub(crate) figures: Vec<Figure>,
}

/// One figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Figure {
    /// Its name.
    #[schema(example = "passengers")]
    pub(crate) name: String,
    /// By what it is parted: `mode`, `list`, `recipient`, `source`, or blank.
    pub(crate) by: String,
    /// What is counted.
    pub(crate) definition: String,
    /// Where the count comes from.
    pub(crate) query: String,
    /// Whether it counts persons.
    pub(crate) persons: bool,
    /// One row a part, and the totals last where there is more than one.
    pub(crate) rows: Vec<FigureRow>,
}

/// One part of a figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FigureRow {
    /// Such as a list; blank where there are no parts, `total` for the totals.
    pub(crate) part: String,
    /// January to December; nothing where a count is not shown.
    pub(crate) months: Vec<Option<u64>>,
    /// Their sum.
    pub(crate) year: Option<u64>,
}
