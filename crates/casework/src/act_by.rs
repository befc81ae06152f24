//! The last moment at which handing a person over still helps.
//!
//! - In: direction and times of the flight (UTC instants) and the profile's margins.
//!   Out: an instant and the reckoning in words, or nothing when no time is known.
//! - Source: `docs/workbench.md`, section on time; margins are profile data.

use jiff::{SignedDuration, Timestamp};
use oriel_policy::Profile;

/// Which way a flight crosses the border of the home state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Leaves the home state.
    Out,
    /// Comes to the home state.
    In,
    /// Touches the home state on its way, or carries a person through it.
    Transit,
    /// Neither end is known to lie in the home state.
    Unknown,
}

impl Direction {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
            Self::Transit => "transit",
            Self::Unknown => "unknown",
        }
    }

    /// The direction of a name.
    pub fn parse(name: &str) -> Self {
        match name {
            "out" => Self::Out,
            "in" => Self::In,
            "transit" => Self::Transit,
            _ => Self::Unknown,
        }
    }
}

/// Best known times of a flight: actual, else estimated, else scheduled; UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Off-block.
    pub departs: Option<Timestamp>,
    /// On-block.
    pub arrives: Option<Timestamp>,
}

/// When to have acted, and how that was reckoned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActBy {
    /// The instant.
    pub at: Timestamp,
    /// The steps: direction, reference, margins.
    pub why: Vec<String>,
}

/// Reckons the last useful moment; `None` when the times are not known, and then age decides.
pub fn act_by(direction: Direction, times: Times, profile: &Profile) -> Option<ActBy> {
    let outbound = || {
        let reference = times.departs?;
        let gate = profile.gate_closes();
        let lead = profile.handover_departure();
        let at = reference
            - SignedDuration::try_from(gate).ok()?
            - SignedDuration::try_from(lead).ok()?;
        let why = vec![
            "outbound".to_owned(),
            format!("departs {}", clock(reference)),
            format!("gate closes {} min before", gate.as_secs() / 60),
            format!("hand-over {} min", lead.as_secs() / 60),
        ];
        Some(ActBy { at, why })
    };
    let inbound = || {
        let reference = times.arrives?;
        let lead = profile.handover_arrival();
        let at = reference - SignedDuration::try_from(lead).ok()?;
        let why = vec![
            "inbound".to_owned(),
            format!("arrives {}", clock(reference)),
            format!("hand-over {} min", lead.as_secs() / 60),
        ];
        Some(ActBy { at, why })
    };
    match direction {
        Direction::Out => outbound(),
        Direction::In => inbound(),
        Direction::Transit => match (outbound(), inbound()) {
            (Some(a), Some(b)) => Some(if b.at < a.at { b } else { a }),
            (a, b) => a.or(b),
        },
        Direction::Unknown => None,
    }
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%MZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hhmm: &str) -> Timestamp {
        format!("2026-11-22T{hhmm}:00Z").parse().unwrap()
    }

    #[track_caller]
    fn check(direction: Direction, departs: &str, arrives: &str, expect: &str) {
        let time = |t: &str| (!t.is_empty()).then(|| at(t));
        let times = Times {
            departs: time(departs),
            arrives: time(arrives),
        };
        let profile = Profile::builtin("eu-2022").unwrap();
        let got = act_by(direction, times, &profile).map(|a| a.at);
        assert_eq!(got, time(expect));
    }

    #[test]
    fn gate_and_hand_over_are_counted_back() {
        check(Direction::Out, "14:43", "", "14:18");
        check(Direction::Out, "15:10", "", "14:45");
        check(Direction::In, "", "15:20", "14:50");
        check(Direction::In, "09:00", "15:20", "14:50");
        check(Direction::Transit, "14:43", "15:20", "14:18");
        check(Direction::Transit, "", "15:20", "14:50");
        check(Direction::Out, "", "15:20", "");
        check(Direction::Unknown, "14:43", "15:20", "");
    }
}
