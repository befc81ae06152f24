//! The register of selected journeys.

use super::case::Mode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The register of the recipient one works for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Selections {
    /// What ends last first.
    pub(crate) selections: Vec<Selection>,
    /// What came in and was not taken.
    pub(crate) not_taken: Vec<NotTaken>,
    /// Whether who asks may propose.
    pub(crate) may_propose: bool,
}

/// One entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Selection {
    /// Entry.
    #[schema(example = "sel_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// `waits`, `to_come`, `in_force` or `over`.
    pub(crate) state: String,
    /// By what means.
    pub(crate) mode: String,
    /// Designator of the carrier; blank for every one.
    pub(crate) carrier: String,
    /// A place the journey touches; blank for any.
    pub(crate) airport: String,
    /// Begin of the route; blank for any.
    pub(crate) from: String,
    /// Its end.
    pub(crate) to: String,
    /// Why.
    pub(crate) reason: String,
    /// The threat it answers, or blank.
    pub(crate) threat: String,
    /// The office that decided.
    pub(crate) decided_by: String,
    /// From when, UTC.
    pub(crate) starts: String,
    /// Until before when, UTC.
    pub(crate) ends: String,
    /// When it must be looked at again, UTC.
    pub(crate) review: String,
    /// Whether that time has come.
    pub(crate) review_due: bool,
    /// The law it was proposed under.
    pub(crate) profile: String,
    /// Who proposed it: login.
    pub(crate) proposed_by: String,
    /// Who approved it: login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approved_by: Option<String>,
    /// Who ended it before its time: login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_by: Option<String>,
    /// Whether who asks may approve it.
    pub(crate) may_approve: bool,
    /// Whether who asks may end it.
    pub(crate) may_end: bool,
}

/// Messages that were not taken, because nobody had selected their journey: counts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NotTaken {
    /// By what means.
    pub(crate) mode: String,
    /// Which way the journeys cross the border.
    #[schema(example = "intra")]
    pub(crate) way: String,
    /// Designator of the carrier, or blank.
    pub(crate) carrier: String,
    /// How many messages.
    pub(crate) messages: u64,
    /// Persons in them.
    pub(crate) travellers: u64,
}

/// An entry to propose.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSelection {
    /// By what means.
    pub(crate) mode: Mode,
    /// Designator of the carrier; blank for every one.
    #[serde(default)]
    pub(crate) carrier: String,
    /// A place the journey touches; blank for any.
    #[serde(default)]
    pub(crate) airport: String,
    /// Begin of a route; blank for any.
    #[serde(default)]
    pub(crate) from: String,
    /// Its end.
    #[serde(default)]
    pub(crate) to: String,
    /// Why.
    pub(crate) reason: String,
    /// The threat it answers; needed where neither carrier nor place is named.
    #[serde(default)]
    pub(crate) threat: String,
    /// The office that decided.
    pub(crate) decided_by: String,
    /// From when, UTC.
    pub(crate) starts: String,
    /// Until before when, UTC.
    pub(crate) ends: String,
    /// When it must be looked at again, UTC.
    pub(crate) review: String,
}
