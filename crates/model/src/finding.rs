//! Odd data: what is wrong, how bad, where, and what the sender should do.
//!
//! This is only the shape. Each reader has its own table of kinds: `oriel-messages` for carriers'
//! messages, `oriel-screening` for lists.

use std::fmt;
use std::ops::Range;

/// How much a finding costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Info,
    /// Not as the guide says, but understood.
    Warning,
    /// A value was lost.
    Error,
    /// The message could not be accepted.
    Refused,
}

impl Severity {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Refused => "refused",
        }
    }
}

/// One row of a findings table.
#[derive(Debug, PartialEq, Eq)]
pub struct FindingKind {
    /// Stable code, such as `PAX-0231`.
    pub code: &'static str,
    /// How much it costs.
    pub severity: Severity,
    /// Plain sentence; never contains a value from the message.
    pub text: &'static str,
    /// Document, edition and clause that says so.
    pub source: &'static str,
    /// What the sender should do.
    pub advice: &'static str,
}

/// One departure from the guide. Never a reason to drop a traveller.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: &'static FindingKind,
    /// Byte range in the input.
    pub at: Range<usize>,
    /// Segment in the message, counted from 1 for UNH; 0 outside of a message.
    pub segment: u32,
    /// Tag of that segment; blanks outside of segments.
    pub tag: [u8; 3],
}

impl Finding {
    /// The tag as text.
    pub fn tag(&self) -> &str {
        std::str::from_utf8(&self.tag).unwrap_or("").trim()
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.kind.code, self.tag(), self.at)
    }
}
