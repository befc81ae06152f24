//! Legal profiles: what is in force, what waits, what was.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// At which instant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProfilesQuery {
    /// What was in force then, UTC; now where it is not said.
    #[param(example = "2026-11-22T14:00:00Z")]
    pub(crate) at: Option<String>,
}

/// The legal profiles of the recipient one works for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Profiles {
    /// The step by which the version came into force that was so at the instant asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) in_force: Option<ProfileStep>,
    /// Everything that was done, newest first.
    pub(crate) steps: Vec<ProfileStep>,
}

/// What was done with one version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProfileStep {
    /// Identifier of the profile.
    #[schema(example = "eu-2022")]
    pub(crate) id: String,
    /// Its version.
    pub(crate) version: String,
    /// SHA-256 of its text, in hexadecimal digits.
    pub(crate) digest: String,
    /// `proposed` or `activated`.
    pub(crate) step: String,
    /// When, UTC.
    pub(crate) at: String,
    /// By whom: login, or `system` for the first version.
    pub(crate) by: String,
    /// Whether it waits for another person.
    pub(crate) waits: bool,
    /// Whether who asks may put it in force.
    pub(crate) mine: bool,
}

/// One version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProfileText {
    /// Identifier.
    pub(crate) id: String,
    /// Version.
    pub(crate) version: String,
    /// What it is based on.
    pub(crate) title: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub(crate) digest: String,
    /// The text, as TOML.
    pub(crate) text: String,
    /// What is wrong with it here, gravest first.
    pub(crate) complaints: Vec<ProfileComplaint>,
    /// In which values it differs from the one in force.
    pub(crate) changes: Vec<ProfileChange>,
}

/// Something wrong with a profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProfileComplaint {
    /// `error` or `warning`.
    pub(crate) severity: String,
    /// Where.
    #[schema(example = "retention.mask")]
    pub(crate) key: String,
    /// The line of the text, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    /// What, and what to do.
    pub(crate) what: String,
}

/// A value that differs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProfileChange {
    /// Where.
    #[schema(example = "retention.mask")]
    pub(crate) key: String,
    /// In the version in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<ProfileValue>,
    /// In this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<ProfileValue>,
}

/// A value with its source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProfileValue {
    /// The value; blank for what is there or not.
    pub(crate) value: String,
    /// Document, article, paragraph.
    pub(crate) clause: String,
    /// `C` read, `U` to be confirmed, `O` our own.
    pub(crate) status: String,
}

/// A version to propose.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProfile {
    /// The text, as TOML.
    pub(crate) text: String,
}

/// A version to put in force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activation {
    /// Digest of the text that was read.
    pub(crate) digest: String,
}
