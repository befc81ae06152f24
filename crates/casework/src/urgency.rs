//! The order of work: time left, less a bonus for severity.
//!
//! Source: `rank = minutes left − bonus`, ascending, older first; the bonus is 240 minutes for
//! critical, 90 for high, 0 for medium, −60 for low.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How strong the strongest hit of a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Weak: a name alone.
    Low,
    /// Possible.
    Medium,
    /// Likely.
    High,
    /// A document, or a name with a full birth date and more.
    Critical,
}

impl Severity {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    fn bonus_minutes(self) -> i64 {
        match self {
            Self::Critical => 240,
            Self::High => 90,
            Self::Medium => 0,
            Self::Low => -60,
        }
    }
}

/// What the place of a case in the queue follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urgency {
    severity: Severity,
    act_by: Option<Timestamp>,
    received: Timestamp,
}

impl Urgency {
    /// Urgency of a case received at `received`, to be acted upon by `act_by`.
    pub fn new(severity: Severity, act_by: Option<Timestamp>, received: Timestamp) -> Self {
        Self {
            severity,
            act_by,
            received,
        }
    }

    /// Sort key at `now`, ascending: minutes left less bonus, then the older one first. A case
    /// whose time is unknown is taken as if it had to be done by now, so that it is not forgotten.
    pub fn rank(&self, now: Timestamp) -> (i64, Timestamp) {
        let left = self
            .act_by
            .map_or(0, |at| (at.as_second() - now.as_second()).div_euclid(60));
        (left - self.severity.bonus_minutes(), self.received)
    }

    /// Whether the last useful moment has passed.
    pub fn missed(&self, now: Timestamp) -> bool {
        self.act_by.is_some_and(|at| at < now)
    }
}
