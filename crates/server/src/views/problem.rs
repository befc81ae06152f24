//! Errors on the wire: RFC 9457 problem details.

use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done, and what to do about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    #[schema(example = "purpose-required")]
    pub code: String,
    /// What it means here and what to do.
    pub detail: String,
    /// To be named when asking for help; the log has the same.
    pub trace_id: String,
    /// Places in the request that are at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// The rule that refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyRef>,
    /// The version in force, when `If-Match` named another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<u64>,
}

/// One place of a request that is at fault.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Fault {
    /// JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A clause of the legal profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyRef {
    /// Name of the profile.
    pub profile: String,
    /// Its version.
    pub version: String,
    /// The clause.
    pub clause: String,
}
