//! From what the use cases give to what goes over the wire.
//!
//! Invariant: a value about a person passes through [`oriel_policy::shown`], which needs the grant
//! it was read under; nothing here reads the store.

mod case;
mod flight;
mod hit;
mod message;
mod person;
mod traveller;

pub(crate) use case::{Desk, case, case_row, counts, stands_in};
pub(crate) use flight::{flight, manifest};
pub(crate) use message::{finding, message, message_row};
pub(crate) use traveller::traveller;

use crate::views::shown::Moment;
use jiff::Timestamp;

/// Local civil time as text, to the minute.
fn civil(text: Option<&String>) -> Option<String> {
    text.map(|text| text.get(..16).unwrap_or(text).to_owned())
}

/// A point of a schedule.
fn moment(place: &str, civil_text: Option<&String>, utc: Option<Timestamp>) -> Moment {
    Moment {
        civil: civil(civil_text),
        place: place.to_owned(),
        utc: utc.map(|at| instant(&at)),
    }
}

/// A UTC instant to the second.
pub(crate) fn instant(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
