//! What a message says, in plain values: to compare with what a reader makes of it.
//!
//! Invariant: exactly what stands in the bytes, faults included, where the fault leaves a value.

use crate::booking::Canary;
use jiff::civil::DateTime;
use oriel_model::Text;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// `PAXLST` or `PNRGOV`.
    pub kind: &'static str,
    /// Message reference (UNH).
    pub reference: Text,
    /// What it is for, in the words of `oriel decode`: `passenger_list`, `full_push`…
    pub function: &'static str,
    /// The flight it is about.
    pub flight: SaidFlight,
    /// Everybody listed, in order. In a booking an infant follows its party.
    pub persons: Vec<SaidPerson>,
    /// Bookings listed.
    pub bookings: usize,
    /// Forbidden texts in it.
    pub(crate) canaries: Vec<Canary>,
    /// Place of the person whom a fault is about.
    pub(crate) victim: Option<usize>,
}

/// A flight by its border sector.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidFlight {
    /// Operating carrier.
    pub carrier: &'static str,
    /// Number, without leading zeros.
    pub number: u16,
    /// Departure airport.
    pub from: &'static str,
    /// Arrival airport.
    pub to: &'static str,
    /// Local departure.
    pub departs: DateTime,
}

/// A person as a message names them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaidPerson {
    /// Role in the words of `oriel decode`.
    pub role: &'static str,
    /// Family name as sent.
    pub surname: Text,
    /// Given names as sent, blank between components, without the carrier's title.
    pub given: Text,
    /// Birth date, ISO, shortened to what is said; empty where it is not.
    pub birth: Text,
    /// `M` or `F`, empty where not said.
    pub sex: &'static str,
    /// Alpha-3, empty where not said.
    pub nationality: &'static str,
    /// Type, number and issuing state.
    pub documents: Vec<(&'static str, Text, &'static str)>,
    /// Record locator, empty for crew.
    pub locator: Text,
    /// The carrier's reference.
    pub reference: Text,
    /// Seat without leading zeros, empty where not said.
    pub seat: Text,
    /// Without a seat of their own.
    pub infant: bool,
    /// Number of the planted person in the plan.
    pub(crate) planted: Option<usize>,
}
