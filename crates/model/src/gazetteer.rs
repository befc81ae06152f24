//! Where a place is: its state and its clock.
//!
//! - Source: the tables that `data/README.md` describes; UN/LOCODE for the shape of its codes,
//!   which begin with the state (ISO 3166-1 alpha-2).
//! - Invariant: a local time becomes an instant only here, and only when the zone is known.

use crate::aerodrome_table::AERODROMES;
use crate::gazetteer_table::{AIRPORTS, ZONES};
use crate::seaport_table::SEAPORTS;
use crate::{Country, Port, spelled};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

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

/// Row of each airport, counted from 1, at the place of its code: every traveller names several.
static ROWS: [u16; spelled::PLACES] = {
    let mut rows = [0; spelled::PLACES];
    let mut at = 0;
    while at < AIRPORTS.len() {
        rows[spelled::place(AIRPORTS[at].0)] = at as u16 + 1;
        at += 1;
    }
    rows
};

/// The airport of an ICAO location indicator.
fn aerodrome(icao: &str) -> Option<&'static str> {
    let at = AERODROMES.binary_search_by_key(&icao, |row| row.0).ok()?;
    Some(AERODROMES[at].1)
}

/// Codes of seaports by their names in lower case; none where two ports share it.
static BY_NAME: LazyLock<FxHashMap<String, Option<&'static str>>> = LazyLock::new(|| {
    let mut by_name = FxHashMap::default();
    for (code, name, _) in SEAPORTS {
        let known = by_name.entry(name.to_lowercase()).or_insert(Some(*code));
        if *known != Some(code) {
            *known = None;
        }
    }
    by_name
});

impl Port {
    /// The seaport of a name, where one alone has it.
    pub fn seaport_named(name: &str) -> Option<Self> {
        let code = BY_NAME.get(&name.trim().to_lowercase())?;
        Self::parse((*code)?).ok()
    }

    /// Name and time zone of a seaport that the table holds; the zone is blank where that of its
    /// state counts.
    pub fn seaport(&self) -> Option<(&'static str, &'static str)> {
        let code = self.as_str();
        let at = SEAPORTS.binary_search_by_key(&code, |row| row.0).ok()?;
        let (_, name, zone) = SEAPORTS[at];
        Some((name, zone))
    }

    /// The airport or city; `None` for a code that the gazetteer does not hold.
    pub fn place(&self) -> Option<Place> {
        let code = match self.as_str() {
            icao if icao.len() == 4 => aerodrome(icao)?,
            code => code,
        };
        let at = ROWS[spelled::place(code)].checked_sub(1)?;
        let (known, country, zone, city, name) = *AIRPORTS.get(usize::from(at))?;
        if known != code {
            return None;
        }
        Some(Place {
            country: Country::parse(country).ok()?,
            zone: ZONES[usize::from(zone)],
            city,
            name,
        })
    }
    /// The state it lies in: of a UN/LOCODE the one that it begins with.
    pub fn state(&self) -> Option<Country> {
        match self.as_str() {
            code if code.len() == 5 => Country::from_alpha2(&code[..2]),
            _ => Some(self.place()?.country),
        }
    }

    /// The airport that a UN/LOCODE means for aircraft: that of its last three letters, where it
    /// lies in the same state; of an ICAO location indicator the airport of that name. Itself
    /// otherwise.
    #[must_use]
    pub fn for_aircraft(self) -> Self {
        let code = self.as_str();
        if code.len() == 4 {
            return aerodrome(code)
                .and_then(|code| Self::airport(code).ok())
                .unwrap_or(self);
        }
        let airport = (code.len() == 5).then(|| Self::airport(&code[2..]).ok());
        let here = |airport: &Self| {
            airport
                .place()
                .is_some_and(|place| Some(place.country) == self.state())
        };
        airport.flatten().filter(here).unwrap_or(self)
    }

    /// Its IANA time zone.
    ///
    /// UN/LOCODE repeats the airport's letters where a place has one, which gives many seaports
    /// and stations their clock; else the table of seaports or the state's only zone does. Any
    /// other place of a state with several zones has none, so that its local times become no
    /// instants.
    pub fn zone(&self) -> Option<&'static str> {
        let code = self.as_str();
        if code.len() != 5 {
            return Some(self.place()?.zone);
        }
        let state = self.state()?;
        match self.for_aircraft().place() {
            Some(airport) => Some(airport.zone),
            None => match self.seaport() {
                Some((_, zone)) if !zone.is_empty() => Some(zone),
                _ => *ONLY_ZONE.get(&state)?,
            },
        }
    }
}

/// The time zone of each state whose airports all have the same.
static ONLY_ZONE: LazyLock<FxHashMap<Country, Option<&'static str>>> = LazyLock::new(|| {
    let mut only = FxHashMap::default();
    for (_, country, zone, ..) in AIRPORTS {
        let zone = ZONES[usize::from(*zone)];
        let Ok(country) = Country::parse(country) else {
            continue;
        };
        let known = only.entry(country).or_insert(Some(zone));
        if *known != Some(zone) {
            *known = None;
        }
    }
    only
});

/// The instant of a local civil time at `place`; `None` when its zone is not known.
///
/// A time that the clock change leaves out is read as if the clock had not changed, and of a time
/// that comes twice the first is meant (RFC 5545, section 3.3.5).
pub fn to_instant(local: DateTime, place: Port) -> Option<Timestamp> {
    let zone = TimeZone::get(place.zone()?).ok()?;
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn airport(code: &str) -> Port {
        Port::airport(code).unwrap()
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
    fn a_seaport_is_found_by_its_code_and_by_a_name_that_is_its_alone() {
        assert!(SEAPORTS.is_sorted_by(|a, b| a.0 < b.0));
        for (code, name, zone) in SEAPORTS {
            assert!(Port::parse(code).is_ok() && !name.is_empty(), "{code}");
            assert!(zone.is_empty() || ZONES.contains(zone), "{code}");
        }
        let named = |name| Port::seaport_named(name).map(|port| port.to_string());
        assert_eq!(named("reykjavik").as_deref(), Some("ISREY"));
        assert_eq!(named(" Lisboa ").as_deref(), Some("PTLIS"));
        // In Spain and in Venezuela.
        assert_eq!(named("Barcelona"), None);
        assert_eq!(named("Amaurot"), None);
        let reykjavik = Port::parse("ISREY").unwrap();
        assert_eq!(
            reykjavik.seaport(),
            Some(("Reykjavik", "Atlantic/Reykjavik"))
        );
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

    #[test]
    fn a_seaport_has_the_state_it_begins_with_and_the_clock_of_its_airport_or_state() {
        #[track_caller]
        fn check(code: &str, state: Option<&str>, zone: Option<&str>) {
            let port = Port::parse(code).unwrap();
            let got = port.state();
            assert_eq!(got.as_ref().map(Country::as_str), state, "{code}");
            assert_eq!(port.zone(), zone, "{code}");
        }
        check("PTLIS", Some("PRT"), Some("Europe/Lisbon"));
        check("PTPDL", Some("PRT"), Some("Atlantic/Azores"));
        // No airport has these letters in that state, which has one zone, or several.
        check("EEPRN", Some("EST"), Some("Europe/Tallinn"));
        check("PTXXX", Some("PRT"), None);
        // A seaport without an airport in a state with several zones.
        check("USLGB", Some("USA"), Some("America/Los_Angeles"));
        check("ESACE", Some("ESP"), Some("Atlantic/Canary"));
        check("XUHAF", Some("UTO"), Some("Atlantic/Azores"));
        check("QQABC", None, None);
        check("KEF", Some("ISL"), Some("Atlantic/Reykjavik"));
        check("UXZ", None, None);
        let aircraft = |code| Port::parse(code).unwrap().for_aircraft();
        assert_eq!(aircraft("PTLIS").as_str(), "LIS");
        assert_eq!(aircraft("EEPRN").as_str(), "EEPRN");
        assert_eq!(aircraft("BIKF").as_str(), "KEF");
        assert_eq!(aircraft("XXXX").as_str(), "XXXX");
        assert_eq!(
            Port::parse("BIKF").unwrap().zone(),
            Some("Atlantic/Reykjavik")
        );
    }
}
