//! How a value about a person appears on the wire.
//!
//! Invariant: masked, erased, missing and present never look alike; what is hidden carries neither
//! its length nor a letter of what it hides.

use serde::Serialize;
use utoipa::ToSchema;

/// A personal value, or why there is none to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Shown {
    /// Present, with the place it was read.
    Value {
        /// The value as understood.
        value: String,
        /// Where it was read; absent when it was derived.
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<Source>,
    },
    /// Kept, but not for these eyes or not any more.
    Masked {
        /// Always true.
        masked: bool,
        /// What hides it.
        why: MaskReason,
        /// Clause of the legal profile.
        clause: String,
    },
    /// Gone: its time has ended.
    Erased {
        /// Always true.
        erased: bool,
        /// Clause of the legal profile.
        clause: String,
    },
    /// Nobody sent it.
    Missing {
        /// Always true.
        missing: bool,
    },
}

impl Shown {
    /// Nobody sent it.
    pub(crate) fn missing() -> Self {
        Self::Missing { missing: true }
    }
}

/// What hides a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MaskReason {
    /// The time for which it may be read openly has passed.
    Retention,
    /// The reader's leave does not reach it.
    Role,
    /// The legal profile allows nobody to keep it.
    Law,
}

/// The bytes a value was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Source {
    /// The message.
    #[schema(example = "msg_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) message: String,
    /// First byte and one past the last, counted from the first byte of the message.
    pub(crate) bytes: [u32; 2],
}

/// A point of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Moment {
    /// Local civil time at the place, `2026-11-22T17:43`; null when nobody sent it.
    pub(crate) civil: Option<String>,
    /// Airport code.
    pub(crate) place: String,
    /// UTC instant; null when the place's zone is not known.
    pub(crate) utc: Option<String>,
}
