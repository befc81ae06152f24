//! Reads samples back: what a reader makes of the bytes must be what the sample says.

use oriel_messages::{Transmission, mrz, ssim::Schedule};
use oriel_model::{Flight, Leg, Message, Traveller};
use oriel_synth::sample::{Deviation, Expected, Form, Sample};

#[allow(dead_code, reason = "shows differences only")]
#[path = "../../../messages/tests/show/mod.rs"]
mod show;

#[allow(dead_code, reason = "shows differences only")]
#[path = "../../../messages/tests/show/bookings.rs"]
mod bookings;

/// What is wrong with a sample; nothing, as a rule.
pub(crate) fn wrong(form: &Form, sample: &Sample) -> Option<String> {
    let read = match form.name {
        "ssim" => timetable(sample),
        "mrz" => zone(sample),
        _ => message(&sample.bytes),
    };
    match read {
        Err(fault) => Some(fault),
        Ok(read) if read == sample.says => None,
        Ok(read) => Some(difference(&sample.says, &read)),
    }
}

/// What is wrong with what is read of a deviation.
pub(crate) fn deviates(deviation: &Deviation, bytes: &[u8], expected: &Expected) -> Option<String> {
    let transmission = Transmission::open(bytes);
    let mut codes = transmission.decode().flat_map(|decoded| decoded.findings);
    if let Some(code) = deviation.told
        && !codes.any(|finding| finding.kind.code == code)
    {
        let told = transmission.decode().flat_map(|decoded| decoded.findings);
        let told: Vec<_> = told.map(|finding| finding.kind.code).collect();
        return Some(format!("{code} is not told, but {told:?}"));
    }
    match (message(bytes), expected) {
        (Err(_), Expected::Refused) => None,
        (Ok(_), Expected::Refused) => Some("it is not refused".to_owned()),
        (Err(fault), Expected::Says(_)) => Some(fault),
        (Ok(read), Expected::Says(says)) => (read != **says).then(|| difference(says, &read)),
    }
}

/// The one message of a transmission.
pub(crate) fn message(bytes: &[u8]) -> Result<Message, String> {
    let transmission = Transmission::open(bytes);
    let mut decoded = transmission.decode();
    let first = decoded.next().ok_or("nothing is read")?;
    let codes = first.findings.iter().map(|finding| finding.kind.code);
    let codes = codes.collect::<Vec<_>>().join(" ");
    if decoded.next().is_some() {
        return Err(format!("more than one message is read, {codes}"));
    }
    first.message.ok_or(format!("refused: {codes}"))
}

/// The calendar of a timetable as flights, in the order of the calendar.
fn timetable(sample: &Sample) -> Result<Message, String> {
    let schedule = Schedule::read(&sample.bytes);
    if let Some((record, kind)) = schedule.findings.first() {
        return Err(format!("{} in record {record}", kind.code));
    }
    let programme = schedule.carriers.first().ok_or("no carrier")?;
    let (Some(from), Some(to)) = (programme.from, programme.to) else {
        return Err("no season".to_owned());
    };
    let flights = schedule.expected(from, to).into_iter().map(|leg| Flight {
        carrier: Some(leg.carrier),
        number: leg.number,
        legs: vec![Leg {
            from: Some(leg.from),
            to: Some(leg.to),
            departs: Some(leg.departs),
            arrives: Some(leg.arrives),
            border: false,
        }],
        ..Flight::default()
    });
    let flights = flights.collect();
    Ok(Message {
        flights,
        ..sample.says.clone()
    })
}

/// The holder of a document as a traveller.
fn zone(sample: &Sample) -> Result<Message, String> {
    let text = std::str::from_utf8(&sample.bytes).map_err(|fault| fault.to_string())?;
    let today = jiff::civil::date(2026, 11, 22);
    let zone = mrz::read(text, today).map_err(|fault| fault.to_string())?;
    if !zone.checks.all_fit() {
        return Err("a check digit does not fit".to_owned());
    }
    let traveller = Traveller {
        name: zone.name,
        birth: zone.birth,
        sex: zone.sex,
        nationalities: zone.nationality.into_iter().collect(),
        documents: vec![zone.document],
        ..Traveller::new(oriel_model::Role::Passenger)
    };
    Ok(Message {
        travellers: vec![traveller],
        ..sample.says.clone()
    })
}

/// The lines in which two messages differ.
fn difference(says: &Message, read: &Message) -> String {
    let lines = |message: &Message| -> Vec<String> {
        let text = show::message(message) + &bookings::bookings(message).concat();
        text.lines().map(str::to_owned).collect()
    };
    let (says, read) = (lines(says), lines(read));
    let only = |these: &[String], those: &[String], mark: &str| -> String {
        let rest = these.iter().filter(|line| !those.contains(line));
        rest.map(|line| format!("\n{mark} {line}")).collect()
    };
    let shown = only(&says, &read, "said") + &only(&read, &says, "read");
    match shown.is_empty() {
        true => "a field that is not shown".to_owned(),
        false => shown,
    }
}
