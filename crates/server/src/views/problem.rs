//! Errors on the wire: RFC 9457 problem details.

use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done, and what to do about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Identifies the kind of problem.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// What is wrong.
    pub(crate) title: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// Stable code.
    #[schema(example = "purpose-required")]
    pub(crate) code: String,
    /// What it means here and what to do.
    pub(crate) detail: String,
    /// To be named when asking for help; the log has the same.
    pub(crate) trace_id: String,
    /// Places in the request that are at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Fault>,
    /// The rule that refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<PolicyRef>,
    /// The version in force, when `If-Match` named another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<u64>,
}

/// One place of a request that is at fault.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// JSON pointer into the body, or the name of a parameter.
    pub(crate) pointer: String,
    /// Stable code.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: String,
}

/// A clause of the legal profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyRef {
    /// Name of the profile.
    pub(crate) profile: String,
    /// Its version.
    pub(crate) version: String,
    /// The clause.
    pub(crate) clause: String,
}
