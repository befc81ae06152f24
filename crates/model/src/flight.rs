//! Flights, voyages, and services of trains and coaches with their legs, in local civil times.

use crate::{Carrier, Mode, Port, Text, Vehicle};
use jiff::civil::DateTime;
use std::fmt;

/// Digits of a flight number without leading zeros, with the operational suffix if any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlightNumber {
    /// `417` for `0417`. Empty when no number was sent.
    pub digits: Text,
    /// Operational suffix, one letter.
    pub suffix: Option<char>,
}

impl FlightNumber {
    /// Splits `0417A` into digits without leading zeros and suffix; `None` for another shape.
    pub fn parse(text: &str) -> Option<Self> {
        let split = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (digits, rest) = text.split_at(split);
        let mut rest = rest.chars();
        let suffix = rest.next();
        let shaped = (1..=5).contains(&digits.len())
            && suffix.is_none_or(|c| c.is_ascii_uppercase())
            && rest.next().is_none();
        if !shaped {
            return None;
        }
        let trimmed = digits.trim_start_matches('0');
        Some(Self {
            digits: if trimmed.is_empty() { "0" } else { trimmed }.into(),
            suffix,
        })
    }
}

impl fmt::Display for FlightNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits)?;
        self.suffix.map_or(Ok(()), |suffix| write!(f, "{suffix}"))
    }
}

/// One flight as a message describes it; or one voyage, or one service of a train or coach.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flight {
    /// By what it crosses the border.
    pub mode: Mode,
    /// Operating carrier.
    pub carrier: Option<Carrier>,
    /// Number of the operating carrier.
    pub number: FlightNumber,
    /// Carrier and number as sent.
    pub text: Text,
    /// Number of a voyage, train or coach service as sent; empty for flights, which have
    /// [`Self::number`].
    pub service: Text,
    /// What carries the persons, where a message tells it.
    pub vehicle: Vehicle,
    /// Sectors in the order flown.
    pub legs: Vec<Leg>,
    /// The flight only passes over the receiving state.
    pub overflight: bool,
}

impl Flight {
    /// The leg that crosses the border of the receiving state; the first leg when none is marked.
    pub fn border_leg(&self) -> Option<&Leg> {
        self.legs
            .iter()
            .find(|leg| leg.border)
            .or(self.legs.first())
    }
}

/// One sector. Times are local civil times of the place beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leg {
    /// Where it departs.
    pub from: Option<Port>,
    /// Where it arrives.
    pub to: Option<Port>,
    /// Scheduled departure, local at `from`.
    pub departs: Option<DateTime>,
    /// Scheduled arrival, local at `to`.
    pub arrives: Option<DateTime>,
    /// Whether this sector crosses the border of the receiving state.
    pub border: bool,
}
