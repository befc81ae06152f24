//! Puts messages into interchanges and interchanges into files.
//!
//! - In: the messages of one occasion.  Out: transmissions, with faults in finished bytes made.

use super::sheets::{Body, Sheet};
use super::{Occasion, Planted, Transmission, desk};
use crate::carrier::{Advice, Packing};
use crate::envelope::{Envelope, Letter};
use crate::fault::{FaultKind, damage};
use crate::pnrgov::Push;
use crate::schedule::Flight;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

/// Puts messages into interchanges and interchanges into files.
pub(super) fn pack(
    flight: &Flight,
    occasion: Occasion,
    sheets: Vec<Sheet<'_>>,
    packing: Packing,
) -> Vec<Transmission> {
    let files: Vec<&[Sheet<'_>]> = match packing {
        Packing::Files => sheets.chunks(1).collect(),
        Packing::Interchanges | Packing::Messages => vec![&sheets],
    };
    let several = files.len() > 1 || occasion == Occasion::Interactive;
    let mut out = Vec::with_capacity(files.len());
    for (number, file) in files.into_iter().enumerate() {
        let interchanges: Vec<&[Sheet<'_>]> = match packing {
            Packing::Messages => vec![file],
            Packing::Files | Packing::Interchanges => file.chunks(1).collect(),
        };
        let part = if several {
            format!("-{:03}", number + 1)
        } else {
            String::new()
        };
        let mut transmission = Transmission {
            path: format!("{}/{}{part}.edi", folder(flight), occasion.file()),
            carrier: flight.carrier.code,
            due: file
                .first()
                .map_or(flight.departs, |sheet| sheet.written + sheet.delay),
            bytes: Vec::new(),
            asks: occasion == Occasion::Interactive,
            messages: Vec::with_capacity(file.len()),
            fault: None,
        };
        for sheets in interchanges {
            seal(flight, sheets, &mut transmission);
        }
        let again = transmission
            .fault
            .as_ref()
            .is_some_and(|fault| fault.name == "duplicate");
        if again {
            out.push(Transmission {
                path: transmission.path.replace(".edi", "-again.edi"),
                due: transmission.due + SignedDuration::from_mins(10),
                ..transmission.clone()
            });
        }
        out.push(transmission);
    }
    out
}

/// Writes one interchange to the end of a transmission.
fn seal(flight: &Flight, sheets: &[Sheet<'_>], transmission: &mut Transmission) {
    let Some(first) = sheets.first() else {
        return;
    };
    let fault = sheets.iter().find_map(|sheet| sheet.body.fault());
    let (paxlst, pnrgov) = (&flight.carrier.paxlst, &flight.carrier.pnrgov);
    let own = desk(flight.carrier.code);
    let at = first.written.to_zoned(TimeZone::UTC).datetime();
    let envelope = match first.body {
        Body::Paxlst(_) => Envelope {
            advice: paxlst.advice,
            syntax: paxlst.syntax,
            kind: "PAXLST",
            version: ("D", paxlst.release),
            agency: "UN",
            association: "IATA",
            grouped: paxlst.grouped,
            application: ("APIS", true),
            sender: &own,
            recipient: "UTOAPIS",
            at,
            control: first.body.reference(),
            fault,
            lines: paxlst.lines,
        },
        Body::Pnrgov(_) => Envelope {
            advice: pnrgov.advice,
            syntax: ("IATA", "1"),
            kind: "PNRGOV",
            version: (pnrgov.version, "1"),
            agency: "IA",
            association: "",
            grouped: pnrgov.grouped,
            application: ("PNRGOV", pnrgov.reference_in_place),
            sender: flight.carrier.code,
            recipient: "UTOPNR",
            at,
            control: first.body.reference(),
            fault,
            lines: false,
        },
    };
    let letters: Vec<Letter<'_>> = sheets
        .iter()
        .map(|sheet| Letter {
            reference: sheet.body.reference(),
            access: &sheet.access,
            part: sheet.part,
        })
        .collect();
    let mut said = Vec::with_capacity(sheets.len());
    let mut bytes = envelope.seal(&letters, |out, i| said.push(sheets[i].body.write(out)));
    if envelope.syntax.0 == "UNOC" || fault == Some(FaultKind::WrongCharset) {
        bytes = latin1(bytes);
    }
    if let Some(kind) = fault
        && damage(kind, &mut bytes, envelope.advice.service())
    {
        let spoilt = sheets
            .iter()
            .zip(&said)
            .find(|(sheet, _)| sheet.body.fault().is_some());
        transmission.fault = spoilt.map(|(sheet, said)| Planted {
            name: kind.row().name,
            refused: kind.row().refused,
            reference: sheet.body.reference().clone(),
            person: said.victim.and_then(|at| said.persons.get(at)).cloned(),
        });
    }
    transmission.bytes.extend_from_slice(&bytes);
    transmission.messages.append(&mut said);
}

/// One push in an interchange of its own.
pub(super) fn seal_alone(flight: &Flight, push: &Push<'_>) -> Vec<u8> {
    let envelope = Envelope {
        advice: Advice::Silent,
        syntax: ("IATA", "1"),
        kind: "PNRGOV",
        version: ("13", "1"),
        agency: "IA",
        association: "",
        grouped: false,
        application: ("PNRGOV", true),
        sender: flight.carrier.code,
        recipient: "UTOPNR",
        at: flight.times().0,
        control: &push.reference,
        fault: None,
        lines: false,
    };
    let letter = Letter {
        reference: &push.reference,
        access: &push.reference,
        part: None,
    };
    envelope.seal(&[letter], |out, _| {
        push.write(out);
    })
}

/// The folder of a flight's transmissions.
fn folder(flight: &Flight) -> String {
    let (departs, _) = flight.times();
    format!(
        "{0}/{1}/{0}{2:04}-{3}{4}",
        flight.carrier.code,
        departs.date(),
        flight.number,
        flight.origin().airport,
        flight.target().airport
    )
}

/// The same text in ISO 8859-1; what it cannot hold, which is nothing here, becomes `?`.
fn latin1(bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => text
            .chars()
            .map(|c| u8::try_from(c).unwrap_or(b'?'))
            .collect(),
        Err(kept) => kept.into_bytes(),
    }
}
