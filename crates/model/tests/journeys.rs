//! By what a journey is known: flights, ships, trains and coaches.

use jiff::civil::{DateTime, date};
use oriel_model::{Carrier, Flight, FlightNumber, JourneyKey, Leg, Mode, Port, Vehicle};

fn at(day: i8) -> Option<DateTime> {
    Some(date(2026, 11, day).at(17, 43, 0, 0))
}

fn leg(from: &str, departs: Option<DateTime>, to: &str, arrives: Option<DateTime>) -> Leg {
    Leg {
        from: Port::parse(from).ok(),
        departs,
        to: Port::parse(to).ok(),
        arrives,
        border: true,
    }
}

/// A voyage of a ship by its IMO number, where it has one.
fn voyage(imo: &str, service: &str, leg: Leg) -> Flight {
    Flight {
        mode: Mode::Sea,
        service: service.into(),
        vehicle: Vehicle {
            imo: imo.into(),
            ..Vehicle::default()
        },
        legs: vec![leg],
        ..Flight::default()
    }
}

/// `mode carrier+number service vehicle from>to date`, blanks where a part is not there.
fn shown(flight: &Flight) -> String {
    let key = JourneyKey::of(flight);
    let port = |port: Option<Port>| port.map(|port| port.to_string()).unwrap_or_default();
    format!(
        "{} {}{} {} {} {}>{} {}",
        key.mode.name(),
        key.carrier.map(|c| c.to_string()).unwrap_or_default(),
        key.number,
        key.service,
        key.vehicle,
        port(key.from),
        port(key.to),
        key.date.map(|date| date.to_string()).unwrap_or_default(),
    )
}

#[test]
fn a_ship_is_known_by_itself_and_a_flight_by_its_number() {
    let sails = leg("ISREY", at(3), "PTLIS", at(8));
    let ship = voyage("9074729", "V261", sails.clone());
    assert_eq!(shown(&ship), "sea   imo:9074729 ISREY> 2026-11-03");
    let unnamed = voyage("", "V261", sails.clone());
    assert_eq!(shown(&unnamed), "sea  V261  ISREY> 2026-11-03");
    let mut flight = Flight {
        carrier: Carrier::parse("ZQ").ok(),
        number: FlightNumber::parse("0417").unwrap(),
        vehicle: Vehicle {
            registration: "XU-ABC".into(),
            ..Vehicle::default()
        },
        legs: vec![leg("KEF", at(3), "LIS", at(3))],
        ..Flight::default()
    };
    assert_eq!(shown(&flight), "air ZQ417   KEF> 2026-11-03");
    flight.number = FlightNumber::default();
    assert_eq!(shown(&flight), "air   reg:XUABC KEF> 2026-11-03");
    let train = Flight {
        mode: Mode::Rail,
        carrier: Carrier::parse("9U").ok(),
        service: "EN 471".into(),
        legs: vec![sails],
        ..Flight::default()
    };
    assert_eq!(shown(&train), "rail 9U EN 471  ISREY> 2026-11-03");
}

#[test]
fn an_arrival_stands_for_a_departure_that_is_not_told() {
    let arrival = voyage("9074729", "", leg("ISREY", None, "PTLIS", at(8)));
    assert_eq!(shown(&arrival), "sea   imo:9074729 >PTLIS 2026-11-08");
    let nothing = voyage("9074729", "", Leg::default());
    assert_eq!(shown(&nothing), "sea   imo:9074729 > ");
}
