//! A value of a law and where it stands there.
//!
//! Invariant: no value without its clause and its mark; a mark that is not given counts as
//! unconfirmed.

use serde::{Deserialize, Serialize};

/// How sure we are of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub enum Status {
    /// Confirmed: the text was read.
    C,
    /// Unconfirmed: recalled, and to be checked by the state that uses it.
    #[default]
    U,
    /// Our own rule, derived from a text or a matter of engineering.
    O,
}

impl Status {
    /// The mark.
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::U => "U",
            Self::O => "O",
        }
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Source {
    /// Document, article, paragraph; blank is a complaint.
    #[serde(default)]
    pub clause: String,
    /// How sure we are.
    #[serde(default)]
    pub status: Status,
    /// The office that confirmed an unconfirmed value, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<String>,
}

/// A value with its source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Ruled<T> {
    /// The value.
    pub value: T,
    /// Document, article, paragraph; blank is a complaint.
    #[serde(default)]
    pub clause: String,
    /// How sure we are.
    #[serde(default)]
    pub status: Status,
    /// The office that confirmed an unconfirmed value, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<String>,
}
