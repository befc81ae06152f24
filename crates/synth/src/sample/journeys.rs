//! Flights, voyages and services of samples, and what a message says of itself.

use super::people::{airport, country};
use super::{DAY, Draw};
use crate::place::{FAR, HOME};
use compact_str::format_compact;
use jiff::ToSpan;
use jiff::civil::DateTime;
use oriel_model::{
    Carrier, Envelope, Flight, FlightNumber, Function, Leg, Mode, Part, Port, Text, Vehicle,
};

/// Ports, stations and stops by UN/LOCODE, on both sides of a border.
const PORTS: &[(&str, &str)] = &[
    ("ISREY", "PTLIS"),
    ("NOBGO", "ISSEY"),
    ("ESVGO", "PTOPO"),
    ("DKAAR", "SEGOT"),
];

impl Draw {
    /// A moment so many minutes from the middle of [`DAY`].
    pub(super) fn moment(&mut self, from: i64, to: i64) -> DateTime {
        let minutes = self.rng.between(from, to);
        DAY.at(12, 0, 0, 0).saturating_add(minutes.minutes())
    }

    /// A flight of one sector or several, of which one crosses the border.
    pub(super) fn flight(&mut self) -> Flight {
        let carrier = self.rng.pick(&["ZQ", "X9", "ZQX"]);
        let digits = self.rng.between(1, 9999);
        let suffix = self.maybe(5, |_| 'A');
        let number = FlightNumber {
            digits: format_compact!("{digits}"),
            suffix,
        };
        let shown = suffix.map(String::from).unwrap_or_default();
        let count = self.rng.pick(&[1, 1, 1, 2, 3]);
        let border = self.rng.below(count);
        let mut at = self.moment(-600, 600);
        let mut from = self.rng.below(FAR.len());
        let legs = (0..count)
            .map(|sector| {
                let to = (from + 1 + self.rng.below(FAR.len() - 1)) % FAR.len();
                let departs = at;
                let arrives = departs.saturating_add(self.rng.between(40, 700).minutes());
                at = arrives.saturating_add(self.rng.between(40, 200).minutes());
                let leg = Leg {
                    from: Some(airport(FAR[from].code)),
                    to: Some(airport(FAR[to].code)),
                    departs: Some(departs),
                    arrives: Some(arrives),
                    border: sector == border,
                };
                from = to;
                leg
            })
            .collect();
        Flight {
            carrier: Some(parsed(carrier)),
            text: format_compact!("{carrier}{digits:04}{shown}"),
            number,
            legs,
            ..Flight::default()
        }
    }

    /// A flight of one sector into Utopia or out of it, as bookings are pushed for.
    pub(super) fn border_flight(&mut self) -> Flight {
        let mut flight = self.flight();
        flight.carrier = Some(parsed("ZQ"));
        flight.text = format_compact!(
            "ZQ{:0>4}{}",
            flight.number.digits,
            flight.number.suffix.map(String::from).unwrap_or_default()
        );
        flight.legs.truncate(1);
        flight.legs[0].border = true;
        flight.legs[0].to = Some(airport(self.rng.pick(HOME)));
        flight
    }

    /// A voyage of a ship, or a service of a train or coach.
    pub(super) fn voyage(&mut self, mode: Mode) -> Flight {
        let (from, to) = self.rng.pick(PORTS);
        let departs = self.moment(-600, 600);
        let arrives = departs.saturating_add(self.rng.between(100, 5000).minutes());
        let flag = Some(country(self.rng.pick(&["NOR", "UTO", "PRT"])));
        let vehicle = match mode {
            Mode::Sea => {
                let mut ship = Vehicle {
                    name: "MV FJORDHOLM".into(),
                    flag,
                    ..Vehicle::default()
                };
                match self.rng.below(3) {
                    0 => ship.imo = "9074729".into(),
                    1 => ship.call_sign = "LAXY7".into(),
                    _ => ship.mmsi = "257123450".into(),
                }
                ship
            }
            _ => Vehicle {
                registration: self.code(7),
                flag,
                ..Vehicle::default()
            },
        };
        let service = format_compact!("V{}", self.rng.between(1, 999));
        Flight {
            mode,
            carrier: self.maybe(60, |_| parsed("X9")),
            text: service.clone(),
            service,
            vehicle,
            legs: vec![Leg {
                from: Some(place(from)),
                to: Some(place(to)),
                departs: Some(departs),
                arrives: Some(arrives),
                border: true,
            }],
            ..Flight::default()
        }
    }

    /// What a message says of itself.
    pub(super) fn envelope(&mut self, kind: &str, version: &str, function: Function) -> Envelope {
        let part = match self.rng.below(5) {
            _ if self.plain => Part {
                number: 1,
                last: true,
            },
            0 => Part {
                number: 1,
                last: false,
            },
            1 => Part {
                number: 2,
                last: self.rng.percent(50),
            },
            _ => Part {
                number: 1,
                last: true,
            },
        };
        Envelope {
            kind: kind.into(),
            version: version.into(),
            reference: self.digits(8),
            interchange: self.code(10),
            function,
            sender: "ZQAIR".into(),
            recipient: "UTOAPIS".into(),
            sent: Some(self.moment(-3000, 0)),
            access_reference: self.maybe(60, |draw| format_compact!("ZQ/{}", draw.digits(9))),
            transaction: None,
            part,
            test: self.rng.percent(10),
        }
    }

    /// A transaction of a list with its revision.
    pub(super) fn transaction(&mut self) -> Option<(Text, Option<u16>)> {
        self.maybe(50, |draw| {
            let revision = draw.maybe(70, |draw| draw.rng.between(1, 30) as u16);
            (draw.code(12), revision)
        })
    }
}

/// A carrier of the tables here.
pub(super) fn parsed(carrier: &str) -> Carrier {
    Carrier::parse(carrier).expect("a carrier of a table")
}

/// A place of the tables here.
pub(super) fn place(code: &str) -> Port {
    Port::parse(code).expect("a place of a table")
}
