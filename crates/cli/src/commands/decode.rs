//! `oriel decode`: what messages say, as one JSON object a message, or in short for people.
//!
//! The shape is fixed: `oriel.decode/1` in `docs/contract.md`. It prints what the message says,
//! before any profile is applied, to whoever holds the file.

use super::Format;
use crate::output::{Exit, print};
use oriel_messages::{Decoded, Telegram, Transmission};
use oriel_model::*;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Message files; `-` reads standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How to print: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Add the segments as sent.
    #[arg(long)]
    raw: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut worst = None;
    for path in super::files(&args.files)? {
        let bytes = super::read_input(&path)?;
        let name = path.display().to_string();
        let transmission = Transmission::open(&bytes);
        for decoded in transmission.decode() {
            worst = worst.max(decoded.severity());
            if Format::chosen(args.format).is_json() {
                print(&object(&name, transmission.bytes(), &decoded, args.raw).to_string())?;
            } else {
                print(&short(&name, &decoded))?;
            }
        }
    }
    Ok(match worst {
        Some(Severity::Refused) => Exit::Unreadable,
        Some(Severity::Error) => Exit::Found,
        _ => Exit::Clean,
    })
}

/// One line and the findings.
fn short(name: &str, decoded: &Decoded) -> String {
    let mut text = match &decoded.message {
        Some(message) => {
            let flight = message
                .flights
                .first()
                .map(flight_words)
                .unwrap_or_default();
            format!(
                "{name}: {} {} {}: {} travellers, {} bookings, {} findings",
                message.envelope.kind,
                message.envelope.function.name(),
                flight,
                message.travellers.len(),
                message.bookings.len(),
                decoded.findings.len()
            )
        }
        None => format!("{name}: refused"),
    };
    for finding in &decoded.findings {
        text += &format!(
            "\n  {} {} at byte {}: {}",
            finding.kind.code,
            finding.tag(),
            finding.at.start,
            finding.kind.text
        );
    }
    text
}

pub(crate) fn flight_words(flight: &Flight) -> String {
    let leg = flight.border_leg();
    let place = |a: Option<Port>| a.map_or("???".to_owned(), |a| a.to_string());
    let mut name = match flight.mode {
        Mode::Sea => flight.vehicle.shown().to_owned(),
        _ => flight.carrier.map(|c| c.to_string()).unwrap_or_default(),
    };
    name += &flight.number.to_string();
    for more in [flight.vehicle.shown(), flight.service.as_str()] {
        if !more.is_empty() && !name.ends_with(more) {
            name = [name.as_str(), more].join(" ").trim().to_owned();
        }
    }
    format!(
        "{name} {}-{} {}",
        place(leg.and_then(|l| l.from)),
        place(leg.and_then(|l| l.to)),
        leg.and_then(|l| l.departs)
            .map(|d| d.date().to_string())
            .unwrap_or_default()
    )
}

/// The object of the contract.
fn object(name: &str, bytes: &[u8], decoded: &Decoded, raw: bool) -> Value {
    let mut object = Map::new();
    object.insert("schema".into(), json!("oriel.decode/1"));
    object.insert(
        "source".into(),
        json!({ "file": name, "bytes": [decoded.span.start, decoded.span.end] }),
    );
    if let Some(heading) = &decoded.telegram {
        object.insert("telegram".into(), telegram(heading));
    }
    object.extend(message(decoded.message.as_ref()));
    object.insert(
        "findings".into(),
        decoded.findings.iter().map(finding).collect(),
    );
    if raw {
        object.insert("segments".into(), segments(bytes, decoded));
    }
    Value::Object(object)
}

/// What a message says, or that it was refused.
pub(super) fn message(message: Option<&Message>) -> Map<String, Value> {
    let mut object = Map::new();
    let Some(message) = message else {
        object.insert("message".into(), Value::Null);
        for list in ["flights", "travellers", "bookings"] {
            object.insert(list.into(), json!([]));
        }
        return object;
    };
    let travellers = (0..).zip(&message.travellers);
    object.insert("message".into(), envelope(&message.envelope));
    object.insert(
        "flights".into(),
        message.flights.iter().map(flight).collect(),
    );
    object.insert(
        "travellers".into(),
        travellers.map(|(i, t)| traveller(i, t)).collect(),
    );
    object.insert(
        "bookings".into(),
        message.bookings.iter().map(booking).collect(),
    );
    object.insert("announced".into(), json!(message.announced));
    object
}

pub(crate) fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.kind.code,
        "severity": finding.kind.severity.name(),
        "segment": finding.segment,
        "tag": finding.tag(),
        "bytes": [finding.at.start, finding.at.end],
        "message": finding.kind.text,
    })
}

fn segments(bytes: &[u8], decoded: &Decoded) -> Value {
    let message = &bytes[decoded.span.clone()];
    let mut tokens = oriel_edifact::Tokens::new(
        message,
        decoded.span.start,
        decoded.service,
        decoded.charset,
    );
    let mut segment = oriel_edifact::Segment::default();
    let mut found = Vec::new();
    while let Ok(true) = tokens.next_into(&mut segment) {
        let at = segment.span();
        let (text, _) = decoded.charset.decode(&bytes[at.clone()]);
        found.push(json!({ "bytes": [at.start, at.end], "text": text }));
    }
    Value::Array(found)
}

fn telegram(t: &Telegram) -> Value {
    json!({
        "channel": t.channel.as_deref(),
        "priority": t.priority.as_deref(),
        "addresses": t.addresses.iter().map(Text::as_str).collect::<Vec<_>>(),
        "origin": t.origin.as_str(),
        "filed": t.filed.map(|(day, hour, minute)| format!("{day:02}T{hour:02}:{minute:02}Z")),
        "possible_duplicate": t.possible_duplicate,
        "part": t.part,
    })
}

fn envelope(e: &Envelope) -> Value {
    json!({
        "type": e.kind.as_str(),
        "version": e.version.as_str(),
        "reference": e.reference.as_str(),
        "interchange": e.interchange.as_str(),
        "function": e.function.name(),
        "sender": e.sender.as_str(),
        "recipient": e.recipient.as_str(),
        "sent": e.sent.map(minutes),
        "access_reference": e.access_reference.as_deref(),
        "transaction": e.transaction.as_ref().map(|(reference, revision)| {
            json!({ "reference": reference.as_str(), "revision": revision })
        }),
        "part": { "number": e.part.number, "final": e.part.last },
        "test": e.test,
    })
}

pub(crate) fn flight(f: &Flight) -> Value {
    let legs: Vec<Value> = f
        .legs
        .iter()
        .map(|leg| {
            json!({
                "from": leg.from.map(|a| a.to_string()),
                "to": leg.to.map(|a| a.to_string()),
                "departs": leg.departs.map(minutes),
                "arrives": leg.arrives.map(minutes),
                "border": leg.border,
            })
        })
        .collect();
    json!({
        "mode": f.mode.name(),
        "carrier": f.carrier.map(|c| c.to_string()),
        "number": f.number.digits.as_str(),
        "suffix": f.number.suffix,
        "service": some(&f.service),
        "vehicle": vehicle(&f.vehicle),
        "overflight": f.overflight,
        "legs": legs,
    })
}

/// A text that may be left out.
fn some(text: &Text) -> Option<&str> {
    Some(text.as_str()).filter(|text| !text.is_empty())
}

/// The ship, aircraft, train or coach; null where nothing was said of it.
fn vehicle(v: &Vehicle) -> Value {
    if v.is_unknown() {
        return Value::Null;
    }
    json!({
        "imo": some(&v.imo),
        "call_sign": some(&v.call_sign),
        "mmsi": some(&v.mmsi),
        "registration": some(&v.registration),
        "name": some(&v.name),
        "flag": v.flag.map(|flag| flag.to_string()),
    })
}

pub(crate) fn traveller(index: u32, t: &Traveller) -> Value {
    let birth = t.birth.as_ref().map(Personal::expose);
    json!({
        "ref": reference(index),
        "role": role(&t.role),
        "surname": text(t.name.surname.as_ref()),
        "given_names": text(t.name.given.as_ref()),
        "title": t.name.title.as_deref(),
        "maybe_truncated": t.name.maybe_truncated,
        "birth_date": birth.and_then(|b| b.date).map(|d| d.to_string()),
        "birth_date_text": birth.and_then(|b| b.text.as_deref()),
        "sex": t.sex.as_ref().map(|s| s.expose().code()),
        "nationality": t.nationalities.first().map(|c| c.expose().as_str()),
        "nationalities": t.nationalities.iter().map(|c| c.expose().as_str()).collect::<Vec<_>>(),
        "nationality_derived": t.nationality_derived,
        "residence": t.residence.as_ref().map(|c| c.expose().as_str()),
        "birth_place": text(t.birth_place.as_ref()),
        "address": t.address.iter().map(|a| a.expose().as_str()).collect::<Vec<_>>(),
        "documents": t.documents.iter().map(document).collect::<Vec<_>>(),
        "seat": text(t.seat.as_ref()),
        "locator": text(t.locator.as_ref()),
        "more_locators": t.more_locators.iter().map(|l| l.expose().as_str()).collect::<Vec<_>>(),
        "carrier_ref": text(t.carrier_ref.as_ref()),
        "infant": t.infant,
        "unaccompanied_minor": t.unaccompanied_minor,
        "travels_with": t.travels_with.map(reference),
        "from": t.from.map(|a| a.to_string()),
        "to": t.to.map(|a| a.to_string()),
        "clearance": t.clearance.map(|a| a.to_string()),
        "status": t.status.as_deref(),
        "checked_in": t.checked_in.map(minutes),
        "sequence": t.sequence.as_deref(),
        "bags": t.bags.iter().map(|b| json!({
            "tag": b.tag.expose().as_str(),
            "to": b.to.map(|a| a.to_string()),
        })).collect::<Vec<_>>(),
        "bag_count": t.bag_count,
        "bag_weight_kg": t.bag_weight_kg,
        "bag_pool": t.bag_pool.as_ref().map(|pool| json!({
            "head": pool.head, "reference": text(pool.reference.as_ref()),
        })),
        "verified": t.verified,
        "crew_function": t.crew_function.as_deref(),
        "frequent_flyer": t.frequent_flyer.iter().map(|(company, number)| json!({
            "company": company.as_str(), "number": number.expose().as_str(),
        })).collect::<Vec<_>>(),
        "tickets": t.tickets.iter().map(|n| n.expose().as_str()).collect::<Vec<_>>(),
        "government_refs": t.government_refs.iter().map(|n| n.expose().as_str()).collect::<Vec<_>>(),
    })
}

fn document(d: &Document) -> Value {
    json!({
        "type": (!d.kind.is_empty()).then_some(d.kind.as_str()),
        "number": text(d.number.as_ref()),
        "issuer": d.issuer.as_ref().map(|c| c.expose().as_str()),
        "issuer_text": text(d.issuer_text.as_ref()),
        "expires": d.expires.as_ref().map(|e| e.expose().to_string()),
        "issued": d.issued.as_ref().map(|e| e.expose().to_string()),
        "holder_names": d.holder.as_ref().map(|h| json!({
            "surname": text(h.surname.as_ref()), "given_names": text(h.given.as_ref()),
        })),
    })
}

pub(crate) fn booking(b: &Booking) -> Value {
    let own = b.locators.first();
    json!({
        "locator": own.map(|l| l.code.expose().as_str()),
        "company": own.map(|l| l.company.as_str()),
        "created": own.and_then(|l| l.created).map(minutes),
        "departure_control": own.is_some_and(|l| l.departure_control),
        "locators": b.locators.iter().map(|l| json!({
            "company": l.company.as_str(), "locator": l.code.expose().as_str(),
        })).collect::<Vec<_>>(),
        "status": match b.status {
            BookingStatus::Active => "active",
            BookingStatus::Cancelled => "cancelled",
            BookingStatus::CancelledOnPushFlight => "cancelled_on_push_flight",
        },
        "changed": b.changed.map(minutes),
        "ticketed": b.ticketed.map(minutes),
        "group": text(b.group.as_ref()),
        "travellers": b.travellers.iter().map(|i| reference(*i)).collect::<Vec<_>>(),
        "itinerary": b.itinerary.iter().map(segment).collect::<Vec<_>>(),
        "contacts": b.contacts.iter().map(|c| json!({
            "kind": match c.kind {
                ContactKind::Phone => "phone",
                ContactKind::Email => "email",
                ContactKind::Address => "address",
                ContactKind::Other => "other",
            },
            "value": c.value.expose().as_str(),
            "traveller": c.traveller.map(reference),
        })).collect::<Vec<_>>(),
        "payments": b.payments.iter().map(|p| json!({
            "form": p.form.as_str(),
            "vendor": p.vendor.as_deref(),
            "number_masked": text(p.number_masked.as_ref()),
            "expires": text(p.expires.as_ref()),
            "amount": p.amount.as_deref(),
            "payer": text(p.payer.as_ref()),
        })).collect::<Vec<_>>(),
        "agency": b.agency.as_ref().map(|a| json!({
            "company": a.company.as_deref(),
            "iata": a.iata.as_deref(),
            "office": a.office.as_deref(),
            "city": a.city.as_deref(),
            "country": a.country.as_deref(),
            "type": a.kind.as_deref(),
            "agent": text(a.agent.as_ref()),
        })),
        "split": b.splits.iter().map(|s| json!({
            "travellers": s.travellers, "locator": text(s.locator.as_ref()),
        })).collect::<Vec<_>>(),
        "tickets": b.tickets.iter().map(ticket).collect::<Vec<_>>(),
        "excess_baggage": b.excess_baggage.iter().map(|e| json!({
            "traveller": e.traveller.map(reference),
            "pieces": e.pieces,
            "weight_kg": e.weight_kg,
            "charge": e.charge.as_ref().map(money),
        })).collect::<Vec<_>>(),
        "services": b.services.iter().map(|s| json!({
            "type": s.kind.as_str(),
            "place": s.place.map(|a| a.to_string()),
            "name": text(s.name.as_ref()),
            "vendor": s.vendor.as_deref(),
            "confirmation": text(s.confirmation.as_ref()),
            "product": s.product.as_deref(),
            "from": s.from.map(minutes),
            "to": s.to.map(minutes),
        })).collect::<Vec<_>>(),
        "past": b.past.iter().map(history_entry).collect::<Vec<_>>(),
        "history": b.history,
        "remarks": b.remarks,
        "non_air": b.non_air,
    })
}

fn money(m: &Money) -> Value {
    json!({ "amount": m.amount.as_str(), "currency": m.currency.as_deref() })
}

fn ticket(t: &Ticket) -> Value {
    json!({
        "traveller": t.traveller.map(reference),
        "number": text(t.number.as_ref()),
        "type": t.kind.as_deref(),
        "booklets": t.booklets,
        "issued": t.issued.map(minutes),
        "base": t.base.as_ref().map(money),
        "total": t.total.as_ref().map(money),
        "taxes": t.taxes.iter().map(|tax| json!({
            "amount": tax.money.amount.as_str(),
            "currency": tax.money.currency.as_deref(),
            "country": tax.country.as_deref(),
            "code": tax.code.as_deref(),
        })).collect::<Vec<_>>(),
        "restrictions": t.restrictions.iter().map(Text::as_str).collect::<Vec<_>>(),
        "deadline": t.deadline.map(minutes),
        "fare_bases": t.fare_bases.iter().map(Text::as_str).collect::<Vec<_>>(),
        "calculation": text(t.calculation.as_ref()),
    })
}

fn history_entry(e: &HistoryEntry) -> Value {
    json!({
        "type": e.kind.as_str(),
        "at": e.at.map(minutes),
        "agent": text(e.agent.as_ref()),
        "place": e.place.as_deref(),
        "company": e.company.as_deref(),
        "items": e.items.iter().map(|item| {
            let (kind, value) = past(&item.past);
            json!({ "action": item.action.as_str(), "kind": kind, "value": value })
        }).collect::<Vec<_>>(),
    })
}

fn past(past: &Past) -> (&'static str, Value) {
    match past {
        Past::Name(name) => (
            "name",
            json!({ "surname": text(name.surname.as_ref()), "given_names": text(name.given.as_ref()) }),
        ),
        Past::Flight(flight) => ("flight", segment(flight)),
        Past::Document(d) => ("document", document(d)),
        Past::Contact(contact) => ("contact", json!(contact.value.expose().as_str())),
        Past::Seat(seat) => ("seat", json!(seat.expose().as_str())),
        Past::Bags(bags) => (
            "bags",
            bags.iter()
                .map(|bag| json!(bag.tag.expose().as_str()))
                .collect(),
        ),
        Past::Service(code) => ("service", json!(code.as_str())),
        Past::Remark => ("remark", Value::Null),
        Past::Other => ("other", Value::Null),
    }
}

fn segment(s: &ItinerarySegment) -> Value {
    json!({
        "carrier": s.carrier.map(|c| c.to_string()),
        "number": (!s.number.digits.is_empty()).then(|| s.number.digits.as_str()),
        "suffix": s.number.suffix,
        "operating_carrier": s.operating.map(|c| c.to_string()),
        "operating_number": s.operating_number.as_ref().map(|n| n.digits.as_str()),
        "special": s.special.as_deref(),
        "from": s.from.map(|a| a.to_string()),
        "to": s.to.map(|a| a.to_string()),
        "departs": s.departs.map(minutes),
        "arrives": s.arrives.map(minutes),
        "class": s.class.as_deref(),
        "status": s.status.as_deref(),
        "party": s.party,
        "equipment": s.equipment.as_deref(),
        "push_flight": s.push_flight,
    })
}

fn role(role: &Role) -> &str {
    match role {
        Role::Passenger => "passenger",
        Role::Crew => "crew",
        Role::TransitPassenger => "transit_passenger",
        Role::TransitCrew => "transit_crew",
        Role::Other(code) => code,
    }
}

fn reference(index: u32) -> String {
    format!("t{}", index + 1)
}

fn text(value: Option<&Personal<Text>>) -> Option<&str> {
    value.map(|value| value.expose().as_str())
}

/// `2026-11-22T17:43`; a civil time has no zone, and messages know no seconds.
fn minutes(at: jiff::civil::DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}
