//! Everything that a push says, booking by booking, one line a thing; what is missing takes no room.
//! Travellers are numbered within their booking.

use oriel_messages::Decoded;
use oriel_model::{
    Booking, Document, ItinerarySegment, Message, Money, Past, PersonName, Personal, Port, Ticket,
    Traveller,
};
use std::fmt::{Display, Write as _};

/// A transmission, message by message.
pub(crate) fn transmission(bytes: &[u8]) -> String {
    oriel_messages::decode(bytes)
        .map(|decoded| decoded_message(bytes, &decoded))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The bookings of a message, each with its travellers.
pub(crate) fn bookings(message: &Message) -> Vec<String> {
    message
        .bookings
        .iter()
        .map(|booking| {
            let mut out = String::new();
            render_booking(&mut out, booking);
            for index in &booking.travellers {
                render_traveller(
                    &mut out,
                    booking,
                    *index,
                    &message.travellers[*index as usize],
                );
            }
            out
        })
        .collect()
}

/// One decoded message with its findings.
fn decoded_message(bytes: &[u8], decoded: &Decoded) -> String {
    let mut out = String::new();
    match &decoded.message {
        Some(message) => render_message(&mut out, message),
        None => out.push_str("refused\n"),
    }
    for finding in &decoded.findings {
        let text = String::from_utf8_lossy(&bytes[finding.at.clone()]).replace(['\r', '\n'], " ");
        let (code, tag) = (finding.kind.code, finding.tag());
        let severity = finding.kind.severity.name();
        let _ = writeln!(
            out,
            "! {code} {severity} {} {tag} [{text}]",
            finding.segment
        );
    }
    out
}

fn field<T: Display>(out: &mut String, name: &str, value: Option<T>) {
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

fn render_message(out: &mut String, message: &Message) {
    let envelope = &message.envelope;
    let _ = write!(out, "{} {}", envelope.function.name(), envelope.part.number);
    flag(out, "last", envelope.part.last);
    field(out, "announced", message.announced);
    for flight in &message.flights {
        let _ = write!(out, "\nflight {}", flight.text);
        field(out, "carrier", flight.carrier);
        field(
            out,
            "number",
            Some(&flight.number).filter(|number| !number.digits.is_empty()),
        );
        for leg in &flight.legs {
            route(out, leg.from, leg.to, leg.departs, leg.arrives);
            flag(out, "border", leg.border);
        }
    }
    out.push('\n');
    for booking in bookings(message) {
        out.push_str(&booking);
    }
}

fn route(
    out: &mut String,
    from: Option<Port>,
    to: Option<Port>,
    departs: Option<jiff::civil::DateTime>,
    arrives: Option<jiff::civil::DateTime>,
) {
    let place = |airport: Option<Port>| airport.map_or("?".to_owned(), |a| a.to_string());
    let _ = write!(out, " {}-{}", place(from), place(to));
    field(out, "departs", departs);
    field(out, "arrives", arrives);
}

fn render_booking(out: &mut String, booking: &Booking) {
    let _ = write!(out, "booking {:?}", booking.status);
    for locator in &booking.locators {
        let _ = write!(out, " {}/{}", locator.company, locator.code.expose());
        field(out, "created", locator.created);
        flag(out, "departure-control", locator.departure_control);
    }
    field(out, "changed", booking.changed);
    field(out, "ticketed", booking.ticketed);
    field(out, "group", told(&booking.group));
    for (name, count) in [
        ("history", booking.history),
        ("remarks", booking.remarks),
        ("non-air", booking.non_air),
    ] {
        field(out, name, Some(count).filter(|count| *count > 0));
    }
    out.push('\n');
    if let Some(agency) = &booking.agency {
        out.push_str("  agency");
        field(out, "company", agency.company.as_ref());
        field(out, "iata", agency.iata.as_ref());
        field(out, "office", agency.office.as_ref());
        field(out, "city", agency.city.as_ref());
        field(out, "country", agency.country.as_ref());
        field(out, "kind", agency.kind.as_ref());
        field(out, "agent", told(&agency.agent));
        out.push('\n');
    }
    for contact in &booking.contacts {
        let _ = write!(
            out,
            "  contact {:?} {}",
            contact.kind,
            contact.value.expose()
        );
        field(
            out,
            "of",
            contact.traveller.and_then(|index| number(booking, index)),
        );
        out.push('\n');
    }
    for payment in &booking.payments {
        let _ = write!(out, "  payment {}", payment.form);
        field(out, "vendor", payment.vendor.as_ref());
        field(out, "number", told(&payment.number_masked));
        field(out, "expires", told(&payment.expires));
        field(out, "amount", payment.amount.as_ref());
        field(out, "payer", told(&payment.payer));
        out.push('\n');
    }
    for segment in &booking.itinerary {
        render_segment(out, segment);
    }
    for ticket in &booking.tickets {
        render_ticket(out, booking, ticket);
    }
    for excess in &booking.excess_baggage {
        out.push_str("  excess");
        let of = excess.traveller.and_then(|index| number(booking, index));
        field(out, "of", of);
        field(out, "pieces", excess.pieces);
        field(out, "kg", excess.weight_kg);
        field(out, "charge", excess.charge.as_ref().map(money));
        out.push('\n');
    }
    for service in &booking.services {
        let _ = write!(out, "  service {}", service.kind);
        field(out, "place", service.place);
        field(out, "name", told(&service.name));
        field(out, "vendor", service.vendor.as_ref());
        field(out, "confirmation", told(&service.confirmation));
        field(out, "product", service.product.as_ref());
        field(out, "from", service.from);
        field(out, "to", service.to);
        out.push('\n');
    }
    for entry in &booking.past {
        let _ = write!(out, "  past {}", entry.kind);
        field(out, "at", entry.at);
        field(out, "agent", told(&entry.agent));
        field(out, "place", entry.place.as_ref());
        field(out, "company", entry.company.as_ref());
        out.push('\n');
        for item in &entry.items {
            let _ = write!(out, "    {} ", item.action);
            render_past(out, &item.past);
        }
    }
    for split in &booking.splits {
        out.push_str("  split");
        field(out, "travellers", split.travellers);
        field(out, "locator", told(&split.locator));
        out.push('\n');
    }
}

fn money(money: &Money) -> String {
    let currency = money.currency.as_deref().unwrap_or("?");
    format!("{}/{currency}", money.amount)
}

fn render_ticket(out: &mut String, booking: &Booking, ticket: &Ticket) {
    out.push_str("  ticket");
    let of = ticket.traveller.and_then(|index| number(booking, index));
    field(out, "of", of);
    field(out, "number", told(&ticket.number));
    field(out, "kind", ticket.kind.as_ref());
    field(out, "booklets", ticket.booklets);
    field(out, "issued", ticket.issued);
    field(out, "base", ticket.base.as_ref().map(money));
    field(out, "total", ticket.total.as_ref().map(money));
    for tax in &ticket.taxes {
        field(out, "tax", Some(money(&tax.money)));
        field(out, "country", tax.country.as_ref());
        field(out, "code", tax.code.as_ref());
    }
    for restriction in &ticket.restrictions {
        field(out, "restriction", Some(restriction));
    }
    field(out, "deadline", ticket.deadline);
    for basis in &ticket.fare_bases {
        field(out, "basis", Some(basis));
    }
    field(out, "calculation", told(&ticket.calculation));
    out.push('\n');
}

fn render_past(out: &mut String, past: &Past) {
    match past {
        Past::Name(name) => {
            out.push_str("name");
            render_name(out, name);
            out.push('\n');
        }
        Past::Flight(flight) => render_segment(out, flight),
        Past::Document(document) => render_document(out, document),
        Past::Contact(contact) => {
            let _ = writeln!(out, "contact {:?} {}", contact.kind, contact.value.expose());
        }
        Past::Seat(seat) => {
            let _ = writeln!(out, "seat {}", seat.expose());
        }
        Past::Bags(bags) => {
            out.push_str("bags");
            for bag in bags {
                field(out, "tag", Some(bag.tag.expose()));
            }
            out.push('\n');
        }
        Past::Remark => out.push_str("remark\n"),
        Past::Service(code) => {
            let _ = writeln!(out, "service {code}");
        }
        Past::Other => out.push_str("other\n"),
    }
}

fn render_segment(out: &mut String, segment: &ItinerarySegment) {
    out.push_str("  segment");
    field(out, "carrier", segment.carrier);
    field(
        out,
        "number",
        Some(&segment.number).filter(|number| !number.digits.is_empty()),
    );
    field(out, "operating", segment.operating);
    field(out, "operating-number", segment.operating_number.as_ref());
    field(out, "special", segment.special.as_ref());
    route(
        out,
        segment.from,
        segment.to,
        segment.departs,
        segment.arrives,
    );
    field(out, "class", segment.class.as_ref());
    field(out, "status", segment.status.as_ref());
    field(out, "party", segment.party);
    field(out, "equipment", segment.equipment.as_ref());
    flag(out, "push", segment.push_flight);
    out.push('\n');
}

fn render_name(out: &mut String, name: &PersonName) {
    let part = |text: &Option<Personal<oriel_model::Text>>| {
        told(text).map_or("-".to_owned(), ToString::to_string)
    };
    let _ = write!(out, " {}/{}", part(&name.surname), part(&name.given));
    field(out, "title", name.title.as_ref());
    flag(out, "truncated?", name.maybe_truncated);
}

/// Number of a traveller within the booking.
fn number(booking: &Booking, index: u32) -> Option<usize> {
    let at = booking.travellers.iter().position(|known| *known == index);
    at.map(|at| at + 1)
}

fn render_traveller(out: &mut String, booking: &Booking, index: u32, traveller: &Traveller) {
    out.push_str("  ");
    let _ = write!(out, "{}", number(booking, index).unwrap_or(0));
    render_name(out, &traveller.name);
    flag(out, "infant", traveller.infant);
    flag(out, "minor", traveller.unaccompanied_minor);
    let adult = traveller.travels_with;
    field(out, "with", adult.and_then(|index| number(booking, index)));
    if let Some(birth) = told(&traveller.birth) {
        field(out, "born", birth.date);
        field(out, "born-text", birth.text.as_ref());
    }
    field(out, "sex", told(&traveller.sex).map(oriel_model::Sex::code));
    for nationality in &traveller.nationalities {
        field(out, "nationality", Some(nationality.expose()));
    }
    field(out, "residence", told(&traveller.residence));
    field(out, "birth-place", told(&traveller.birth_place));
    let lines: Vec<_> = traveller
        .address
        .iter()
        .map(|line| line.expose().as_str())
        .collect();
    field(
        out,
        "address",
        Some(lines.join("|")).filter(|text| !text.is_empty()),
    );
    field(out, "locator", told(&traveller.locator));
    field(out, "carrier-ref", told(&traveller.carrier_ref));
    field(out, "ref", traveller.local_ref.as_ref());
    field(out, "from", traveller.from);
    field(out, "to", traveller.to);
    field(out, "seat", told(&traveller.seat));
    field(out, "status", traveller.status.as_ref());
    field(out, "checked-in", traveller.checked_in);
    field(out, "sequence", traveller.sequence.as_ref());
    field(out, "bags", traveller.bag_count);
    field(out, "kg", traveller.bag_weight_kg);
    for bag in &traveller.bags {
        field(out, "bag", Some(bag.tag.expose()));
        field(out, "bag-to", bag.to);
    }
    if let Some(pool) = &traveller.bag_pool {
        field(out, "pool", Some(if pool.head { "head" } else { "member" }));
        field(out, "pool-ref", told(&pool.reference));
    }
    for (airline, number) in &traveller.frequent_flyer {
        field(
            out,
            "frequent-flyer",
            Some(format!("{airline}/{}", number.expose())),
        );
    }
    for ticket in &traveller.tickets {
        field(out, "ticket", Some(ticket.expose()));
    }
    for reference in &traveller.government_refs {
        field(out, "government-ref", Some(reference.expose()));
    }
    out.push('\n');
    for document in &traveller.documents {
        render_document(out, document);
    }
}

fn render_document(out: &mut String, document: &Document) {
    let _ = write!(out, "    document {}", document.kind);
    field(out, "number", told(&document.number));
    field(out, "issuer", told(&document.issuer));
    field(out, "issuer-text", told(&document.issuer_text));
    field(out, "expires", told(&document.expires));
    field(out, "issued", told(&document.issued));
    flag(out, "primary-holder", document.primary_holder);
    if let Some(holder) = &document.holder {
        render_name(out, holder);
    }
    out.push('\n');
}
