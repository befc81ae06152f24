//! What carries the persons of a list when it is no scheduled aircraft: mode, ship, service.
//!
//! - Source: PAXLST guide, TDT of group 2: data elements 8028 and 8067, composites C040 and C222;
//!   code list 1131: 103 for call signs, 146 for means of transport.
//! - Invariant: an identifier of another shape than its code list says is kept as sent.

use super::Memos;
use crate::body::Body;
use crate::envelope::text;
use crate::findings::paxlst as found;
use crate::value::Value;
use oriel_edifact::Segment;
use oriel_model::{Carrier, Flight, Mode, Vehicle, imo_number_holds};

/// Mode, carrier, service and vehicle of a TDT; of a flight the mode and its aircraft alone.
pub(super) fn read(body: &mut Body<'_, '_>, segment: &Segment<'_>, memos: &mut Memos) -> Flight {
    if segment.len() < 3 {
        return Flight::default();
    }
    let told = mode(body, segment);
    let vehicle = vehicle(body, segment, told, memos);
    let is_ship = !vehicle.imo.is_empty() || !vehicle.call_sign.is_empty();
    let mode = match told {
        Some(mode) => mode,
        None if is_ship => Mode::Sea,
        None => Mode::Air,
    };
    if mode == Mode::Air {
        return Flight {
            vehicle,
            ..Flight::default()
        };
    }
    if mode == Mode::Sea && vehicle.key().is_empty() {
        body.report(&found::SHIP_UNKNOWN, segment.span());
    }
    Flight {
        mode,
        carrier: Carrier::parse(&segment.part(5, 1).trimmed()).ok(),
        service: text(segment.part(2, 1)),
        vehicle,
        ..Flight::default()
    }
}

/// The mode as sent; `None` where nothing was sent.
fn mode(body: &mut Body<'_, '_>, segment: &Segment<'_>) -> Option<Mode> {
    let sent = segment.part(3, 1);
    Some(match &*sent.code() {
        b"" => return None,
        // Inland water is water, too.
        b"1" | b"8" => Mode::Sea,
        b"2" => Mode::Rail,
        b"3" => Mode::Road,
        b"4" => Mode::Air,
        _ => {
            body.report(&found::UNKNOWN_MODE, sent.span());
            Mode::Air
        }
    })
}

fn vehicle(
    body: &mut Body<'_, '_>,
    segment: &Segment<'_>,
    mode: Option<Mode>,
    memos: &mut Memos,
) -> Vehicle {
    let (id, list, flag) = (segment.part(8, 1), segment.part(8, 2), segment.part(8, 5));
    let mut vehicle = Vehicle {
        name: text(segment.part(8, 4)),
        ..Vehicle::default()
    };
    if !flag.code().is_empty() {
        let flag = memos.state(body, &Value::new(&flag.text(), flag.span()));
        vehicle.flag = flag.map(|flag| *flag.expose());
    }
    let sent = text(id);
    let digits = sent.bytes().all(|byte| byte.is_ascii_digit());
    let place = match (mode, &*list.code(), sent.len()) {
        (.., 0) => return vehicle,
        (None | Some(Mode::Sea), b"103", _) => &mut vehicle.call_sign,
        (Some(Mode::Sea), _, 9) if digits => &mut vehicle.mmsi,
        (None, b"146", 7) | (Some(Mode::Sea), b"146", _) | (Some(Mode::Sea), _, 7) if digits => {
            &mut vehicle.imo
        }
        (Some(Mode::Sea), b"146", _) => &mut vehicle.imo,
        (Some(Mode::Sea), ..) => &mut vehicle.call_sign,
        _ => &mut vehicle.registration,
    };
    *place = sent;
    if !vehicle.imo.is_empty() && !imo_number_holds(&vehicle.imo) {
        body.report(&found::SHIP_NUMBER, id.span());
    }
    vehicle
}
