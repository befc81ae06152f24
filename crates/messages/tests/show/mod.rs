//! Everything that a decoded message says, one line a thing; what is missing takes no room.

use oriel_messages::Decoded;
use oriel_model::{Document, Flight, Message, Mode, PersonName, Personal, Traveller};
use std::fmt::{Display, Write as _};

/// A transmission, message by message.
pub(crate) fn transmission(bytes: &[u8]) -> String {
    let transmission = oriel_messages::Transmission::open(bytes);
    let messages = transmission.decode();
    let shown = messages.map(|decoded| decoded_message(transmission.bytes(), &decoded));
    shown.collect::<Vec<_>>().join("\n")
}

/// One message with its findings.
pub(crate) fn decoded_message(bytes: &[u8], decoded: &Decoded) -> String {
    let mut out = String::new();
    if let Some(telegram) = &decoded.telegram {
        self::telegram(&mut out, telegram);
    }
    match &decoded.message {
        Some(message) => out += &self::message(message),
        None => out += "refused\n",
    }
    for finding in &decoded.findings {
        let place = String::from_utf8_lossy(&bytes[finding.at.clone()]);
        let place: String = place.escape_debug().take(60).collect();
        let (code, tag) = (finding.kind.code, finding.tag());
        let severity = finding.kind.severity.name();
        let _ = writeln!(
            out,
            "! {code} {severity} {} {tag} [{place}]",
            finding.segment
        );
    }
    out
}

fn telegram(out: &mut String, telegram: &oriel_messages::Telegram) {
    out.push_str("telegram");
    field(out, "channel", telegram.channel.as_ref());
    field(out, "priority", telegram.priority.as_ref());
    field(out, "to", Some(telegram.addresses.join(",")));
    field(out, "origin", Some(&telegram.origin));
    let filed = telegram.filed;
    let shown = filed.map(|(day, hour, minute)| format!("{day:02}/{hour:02}:{minute:02}"));
    field(out, "filed", shown);
    field(out, "part", telegram.part);
    flag(out, "possible-duplicate", telegram.possible_duplicate);
    out.push('\n');
}

/// What a message says, without findings and places.
pub(crate) fn message(message: &Message) -> String {
    let mut out = String::new();
    let envelope = &message.envelope;
    let _ = write!(
        out,
        "{} {} {}",
        envelope.kind,
        envelope.version,
        envelope.function.name()
    );
    field(&mut out, "reference", Some(&envelope.reference));
    field(&mut out, "interchange", Some(&envelope.interchange));
    field(&mut out, "sender", Some(&envelope.sender));
    field(&mut out, "recipient", Some(&envelope.recipient));
    field(&mut out, "sent", envelope.sent);
    field(&mut out, "access", envelope.access_reference.as_ref());
    if let Some((transaction, revision)) = &envelope.transaction {
        field(&mut out, "transaction", Some(transaction));
        field(&mut out, "revision", *revision);
    }
    field(&mut out, "part", Some(envelope.part.number));
    flag(&mut out, "last", envelope.part.last);
    flag(&mut out, "test", envelope.test);
    field(&mut out, "announced", message.announced);
    out.push('\n');
    for flight in &message.flights {
        self::flight(&mut out, flight);
    }
    for traveller in &message.travellers {
        self::traveller(&mut out, traveller);
    }
    out
}

fn flight(out: &mut String, flight: &Flight) {
    let _ = write!(out, "flight {}", flight.text);
    field(out, "carrier", flight.carrier);
    field(
        out,
        "number",
        Some(&flight.number).filter(|number| !number.digits.is_empty()),
    );
    flag(out, "overflight", flight.overflight);
    field(
        out,
        "mode",
        Some(flight.mode.name()).filter(|_| flight.mode != Mode::Air),
    );
    let vehicle = &flight.vehicle;
    for (name, value) in [
        ("service", &flight.service),
        ("imo", &vehicle.imo),
        ("call", &vehicle.call_sign),
        ("mmsi", &vehicle.mmsi),
        ("registration", &vehicle.registration),
        ("ship", &vehicle.name),
    ] {
        field(out, name, Some(value).filter(|value| !value.is_empty()));
    }
    field(out, "flag", vehicle.flag);
    out.push('\n');
    for leg in &flight.legs {
        out.push_str("  leg");
        field(out, "from", leg.from);
        field(out, "departs", leg.departs);
        field(out, "to", leg.to);
        field(out, "arrives", leg.arrives);
        flag(out, "border", leg.border);
        out.push('\n');
    }
}

fn traveller(out: &mut String, person: &Traveller) {
    let _ = write!(out, "{} {}", person.role.code(), name(&person.name));
    if let Some(birth) = told(&person.birth) {
        field(out, "born", birth.date);
        field(
            out,
            "sent",
            birth.text.as_ref().map(|text| format!("'{text}'")),
        );
    }
    field(out, "sex", told(&person.sex).map(|sex| sex.code()));
    for nationality in &person.nationalities {
        field(out, "nationality", Some(nationality.expose()));
    }
    flag(out, "derived", person.nationality_derived);
    field(out, "residence", told(&person.residence));
    field(out, "from", person.from);
    field(out, "to", person.to);
    field(out, "clears", person.clearance);
    field(out, "seat", told(&person.seat));
    field(out, "locator", told(&person.locator));
    field(out, "ref", told(&person.carrier_ref));
    field(out, "crew", person.crew_function.as_ref());
    field(out, "verified", person.verified);
    field(out, "status", person.status.as_ref());
    flag(out, "infant", person.infant);
    field(out, "pieces", person.bag_count);
    field(out, "kg", person.bag_weight_kg);
    out.push('\n');
    lines(out, "born at", person.birth_place.iter());
    lines(out, "address", person.address.iter());
    lines(out, "bag", person.bags.iter().map(|bag| &bag.tag));
    lines(
        out,
        "frequent flyer",
        person.frequent_flyer.iter().map(|(_, number)| number),
    );
    lines(out, "ticket", person.tickets.iter());
    lines(out, "government", person.government_refs.iter());
    for document in &person.documents {
        self::document(out, document);
    }
}

fn document(out: &mut String, document: &Document) {
    let _ = write!(out, "  document {}", document.kind);
    field(out, "number", told(&document.number));
    field(out, "issuer", told(&document.issuer));
    field(out, "issuer_text", told(&document.issuer_text));
    field(out, "expires", told(&document.expires));
    field(out, "issued", told(&document.issued));
    out.push('\n');
}

fn name(name: &PersonName) -> String {
    let mut out = told(&name.surname).map_or(String::new(), |text| text.to_string());
    if let Some(given) = told(&name.given) {
        let _ = write!(out, " / {given}");
    }
    if let Some(title) = &name.title {
        let _ = write!(out, " ({title})");
    }
    flag(&mut out, "may-be-truncated", name.maybe_truncated);
    out
}

fn lines<'a>(
    out: &mut String,
    what: &str,
    values: impl Iterator<Item = &'a Personal<oriel_model::Text>>,
) {
    for value in values {
        let _ = writeln!(out, "  {what} {}", value.expose());
    }
}

fn field(out: &mut String, name: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        let _ = write!(out, " {name}={value}");
    }
}

fn flag(out: &mut String, name: &str, value: bool) {
    if value {
        let _ = write!(out, " {name}");
    }
}

fn told<T>(value: &Option<Personal<T>>) -> Option<&T> {
    value.as_ref().map(Personal::expose)
}
