//! From what the use cases give to what goes over the wire.
//!
//! Invariant: a value about a person passes through an [`oriel_policy::Lens`], made from the grant
//! it was read under and how its record stands; nothing here reads the store.

pub(crate) mod account;
mod case;
mod flight;
mod hit;
mod message;
pub(crate) mod oversight;
mod person;
mod quality;
pub(crate) mod rights;
pub(crate) mod statistics;
mod traveller;
pub(crate) mod unmask;

pub(crate) use case::{Desk, case, case_row, counts, stands_in};
pub(crate) use flight::{flight, manifest};
pub(crate) use hit::matched;
pub(crate) use message::{finding, message, message_row};
pub(crate) use quality::quality;
pub(crate) use traveller::{traveller, traveller_at};

use crate::views::shown::Moment;
use jiff::Timestamp;
use jiff::civil::DateTime;
use oriel_policy::{Grant, Standing};
use oriel_store::{JourneyRow, Retention};

/// How the record of a journey stands at the moment of the grant. What is behind the mask already
/// is there because there is evidence, or because everybody stays.
pub(crate) fn standing(grant: &Grant, row: &JourneyRow) -> Standing {
    grant.standing(row.anchor, row.retention != Retention::Whole)
}

/// Local civil time as text, to the minute.
fn civil(text: Option<&String>) -> Option<String> {
    text.map(|text| text.get(..16).unwrap_or(text).to_owned())
}

/// Local civil time, to the minute.
pub(crate) fn minutes(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A point of a schedule.
pub(crate) fn moment(place: &str, civil_text: Option<&String>, utc: Option<Timestamp>) -> Moment {
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
