//! Where an airport is: its state and its clock.
//!
//! - Source: the tables that `data/README.md` describes.
//! - Invariant: a local time becomes an instant only here, and only when the zone is known.

use crate::gazetteer_table::{AIRPORTS, ZONES};
use crate::{Airport, Country};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What the gazetteer says of an airport or city code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The state it lies in.
    pub country: Country,
    /// IANA time zone, such as `Atlantic/Reykjavik`.
    pub zone: &'static str,
    /// City; may be empty.
    pub city: &'static str,
    /// Name of the airport; empty for a city code such as `LON`.
    pub name: &'static str,
}

impl Airport {
    /// Where it is; `None` for a code that the gazetteer does not hold.
    pub fn place(&self) -> Option<Place> {
        let at = AIRPORTS
            .binary_search_by_key(&self.as_str(), |row| row.0)
            .ok()?;
        let (_, country, zone, city, name) = AIRPORTS[at];
        Some(Place {
            country: Country::parse(country).ok()?,
            zone: ZONES[usize::from(zone)],
            city,
            name,
        })
    }
}

/// The instant of a local civil time at `airport`; `None` when its zone is not known.
///
/// A time that the clock change leaves out is read as if the clock had not changed, and of a time
/// that comes twice the first is meant (RFC 5545, section 3.3.5).
pub fn to_instant(local: DateTime, airport: Airport) -> Option<Timestamp> {
    let zone = TimeZone::get(airport.place()?.zone).ok()?;
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn airport(code: &str) -> Airport {
        Airport::parse(code).unwrap()
    }

    #[test]
    fn the_table_is_sorted_and_every_row_is_complete() {
        assert!(AIRPORTS.is_sorted_by(|a, b| a.0 < b.0));
        for zone in ZONES {
            assert!(TimeZone::get(zone).is_ok(), "{zone}");
        }
        for row in AIRPORTS {
            let place = airport(row.0).place().expect(row.0);
            assert!(place.country.is_known(), "{}", row.0);
        }
    }

    #[test]
    fn a_code_has_a_state_and_a_zone_or_nothing() {
        let place = airport("KEF").place().unwrap();
        assert_eq!(place.country.as_str(), "ISL");
        assert_eq!(place.zone, "Atlantic/Reykjavik");
        assert_eq!(airport("UXA").place().unwrap().country.as_str(), "UTO");
        assert_eq!(airport("LON").place().unwrap().city, "London");
        assert_eq!(airport("UXZ").place(), None);
    }

    #[test]
    fn local_times_become_instants_also_where_the_clock_changes() {
        let check = |local: DateTime, at: &str, instant: &str| {
            assert_eq!(to_instant(local, airport(at)).unwrap().to_string(), instant);
        };
        check(
            date(2026, 11, 22).at(17, 43, 0, 0),
            "NBO",
            "2026-11-22T14:43:00Z",
        );
        check(
            date(2026, 7, 1).at(12, 0, 0, 0),
            "LIS",
            "2026-07-01T11:00:00Z",
        );
        check(
            date(2026, 3, 29).at(1, 30, 0, 0),
            "LIS",
            "2026-03-29T01:30:00Z",
        );
        check(
            date(2026, 10, 25).at(1, 30, 0, 0),
            "LIS",
            "2026-10-25T00:30:00Z",
        );
        let noon = date(2026, 11, 22).at(12, 0, 0, 0);
        assert_eq!(to_instant(noon, airport("UXZ")), None);
    }
}
