//! One traveller on one journey, as each source says it.

use super::case::{case_journey, severity};
use super::hit::hit_state;
use super::message_row;
use super::person::{self, Side, sides};
use crate::views::shown::Shown;
use crate::views::traveller::{
    BookedFlight, Booking, Contact, Field, FieldValue, Payment, TravelDocument, Traveller,
    TravellerHit,
};
use jiff::civil::DateTime;
use oriel_app::{HitView, TravellerView};
use oriel_model::{ContactKind, ItinerarySegment, Report};
use oriel_policy::Grant;

type Get = fn(&Grant, &Side<'_>) -> Shown;

/// The fields of an identity: name on the wire, and where a side holds it.
const FIELDS: &[(&str, Get)] = &[
    ("surname", |g, s| {
        person::plain(g, s.traveller.name.surname.as_ref(), &s.report.message)
    }),
    ("given_names", |g, s| {
        person::plain(g, s.traveller.name.given.as_ref(), &s.report.message)
    }),
    ("birth_date", |g, s| {
        person::birth(g, s.traveller.birth.as_ref(), &s.report.message)
    }),
    ("sex", |g, s| {
        let sex = s.traveller.sex.as_ref();
        person::open(g, sex, &s.report.message, |sex| sex.code().to_owned())
    }),
    ("nationality", |g, s| {
        person::plain(g, s.traveller.nationalities.first(), &s.report.message)
    }),
    ("residence", |g, s| {
        person::plain(g, s.traveller.residence.as_ref(), &s.report.message)
    }),
    ("birth_place", |g, s| {
        person::plain(g, s.traveller.birth_place.as_ref(), &s.report.message)
    }),
    ("seat", |g, s| {
        person::plain(g, s.traveller.seat.as_ref(), &s.report.message)
    }),
    ("locator", |g, s| {
        person::plain(g, s.traveller.locator.as_ref(), &s.report.message)
    }),
];

/// Fields that are listed only where somebody sent them.
const OPTIONAL: &[&str] = &["residence", "birth_place", "seat", "locator"];

/// One traveller.
pub(crate) fn traveller(grant: &Grant, view: &TravellerView) -> Traveller {
    let person = &view.journey.people[view.person];
    let sides = sides(&view.journey, person);
    let named: Vec<_> = sides.iter().map(|side| side.report.message).collect();
    let mut messages: Vec<_> = view.flight.messages.iter().collect();
    messages.retain(|row| named.contains(&row.key));
    messages.sort_by_key(|row| std::cmp::Reverse(row.received_at));
    Traveller {
        id: view.id.display("trv"),
        journey: case_journey(&view.flight.row),
        fields: FIELDS
            .iter()
            .map(|(name, get)| field(grant, &sides, name, *get))
            .filter(|field| !field.values.is_empty() || !OPTIONAL.contains(&field.field.as_str()))
            .collect(),
        documents: documents(grant, &sides),
        bookings: bookings(grant, view, &sides),
        messages: messages.into_iter().map(message_row).collect(),
        hits: view.hits.iter().map(hit).collect(),
    }
}

/// Everything said of one field: each source's newest word, and older ones that differ.
fn field(grant: &Grant, sides: &[Side<'_>], name: &str, get: Get) -> Field {
    let mut values: Vec<FieldValue> = Vec::new();
    for side in sides {
        let shown = get(grant, side);
        if matches!(shown, Shown::Missing { .. }) {
            continue;
        }
        let said = |v: &FieldValue| {
            v.source_kind == side.kind() && person::text(&v.shown) == person::text(&shown)
        };
        if !values.iter().any(said) {
            values.push(FieldValue {
                shown,
                source_kind: side.kind().to_owned(),
                message: oriel_store::Id::of_message(&side.report.message).display("msg"),
                sent: side.report.envelope.sent.map(minutes),
            });
        }
    }
    let newest = |kind: &str| values.iter().find(|v| v.source_kind == kind);
    let differs = match (newest("api"), newest("pnr")) {
        (Some(a), Some(b)) => match (person::text(&a.shown), person::text(&b.shown)) {
            (Some(a), Some(b)) => !a.eq_ignore_ascii_case(b),
            _ => false,
        },
        _ => false,
    };
    Field {
        field: name.to_owned(),
        values,
        differs,
    }
}

fn minutes(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

fn documents(grant: &Grant, sides: &[Side<'_>]) -> Vec<TravelDocument> {
    let mut rows: Vec<TravelDocument> = Vec::new();
    for side in sides {
        let key = &side.report.message;
        for document in &side.traveller.documents {
            let number = person::plain(grant, document.number.as_ref(), key);
            let issuer = person::plain(grant, document.issuer.as_ref(), key);
            let expires = person::plain(grant, document.expires.as_ref(), key);
            let row = TravelDocument {
                kind: Some(document.kind.to_string()).filter(|kind| !kind.is_empty()),
                number,
                issuer: person::text(&issuer).map(str::to_owned),
                expires: person::text(&expires).map(str::to_owned),
                source_kind: side.kind().to_owned(),
            };
            let same = |known: &TravelDocument| {
                known.source_kind == row.source_kind
                    && person::text(&known.number) == person::text(&row.number)
                    && known.kind == row.kind
            };
            if !rows.iter().any(same) {
                rows.push(row);
            }
        }
    }
    rows
}

/// The newest word on each booking that holds this person.
fn bookings(grant: &Grant, view: &TravellerView, sides: &[Side<'_>]) -> Vec<Booking> {
    let mut rows: Vec<Booking> = Vec::new();
    for side in sides.iter().filter(|side| side.report.is_booking_data()) {
        let place = side
            .report
            .travellers
            .iter()
            .position(|t| std::ptr::eq(t, side.traveller));
        for booking in &side.report.bookings {
            let holds = place.is_some_and(|at| booking.travellers.contains(&(at as u32)));
            if !holds {
                continue;
            }
            let row = self::booking(grant, view, side.report, booking);
            let known = |b: &Booking| person::text(&b.locator) == person::text(&row.locator);
            if !rows.iter().any(known) {
                rows.push(row);
            }
        }
    }
    rows
}

fn booking(
    grant: &Grant,
    view: &TravellerView,
    report: &Report,
    booking: &oriel_model::Booking,
) -> Booking {
    let key = &report.message;
    let locator = booking.locators.first();
    let agency = booking.agency.as_ref();
    let office = agency.and_then(|a| a.office.as_ref().or(a.iata.as_ref()));
    Booking {
        locator: person::plain(grant, locator.map(|l| &l.code), key),
        company: locator
            .map(|l| l.company.to_string())
            .filter(|c| !c.is_empty()),
        created: locator.and_then(|l| l.created).map(minutes),
        agency: office.map_or_else(Shown::missing, |office| Shown::Value {
            value: office.to_string(),
            source: None,
        }),
        itinerary: booking
            .itinerary
            .iter()
            .map(|leg| booked(view, leg))
            .collect(),
        contacts: booking
            .contacts
            .iter()
            .map(|contact| Contact {
                kind: match contact.kind {
                    ContactKind::Phone => "phone",
                    ContactKind::Email => "email",
                    ContactKind::Address => "address",
                    ContactKind::Other => "other",
                }
                .to_owned(),
                shown: person::plain(grant, Some(&contact.value), key),
            })
            .collect(),
        payments: booking
            .payments
            .iter()
            .map(|payment| Payment {
                form: payment.form.to_string(),
                number: person::plain(grant, payment.number_masked.as_ref(), key),
            })
            .collect(),
        companions: booking.travellers.len().saturating_sub(1) as u32,
    }
}

fn booked(view: &TravellerView, leg: &ItinerarySegment) -> BookedFlight {
    let text =
        |value: Option<&dyn std::fmt::Display>| value.map_or_else(String::new, ToString::to_string);
    let carrier = text(leg.carrier.as_ref().map(|c| c as _));
    let number = leg.number.to_string();
    let row = &view.flight.row;
    BookedFlight {
        here: leg.push_flight || (carrier == row.carrier && number == row.number),
        flight: leg
            .special
            .as_ref()
            .map_or(format!("{carrier}{number}"), ToString::to_string),
        from: text(leg.from.as_ref().map(|a| a as _)),
        to: text(leg.to.as_ref().map(|a| a as _)),
        departs: leg.departs.map(minutes),
        arrives: leg.arrives.map(minutes),
        status: leg.status.as_ref().map(ToString::to_string),
    }
}

fn hit(view: &HitView) -> TravellerHit {
    let reference = view
        .entry
        .as_ref()
        .map(|e| e.reference.to_string())
        .filter(|r| !r.is_empty());
    TravellerHit {
        id: view.row.hit.id.display("hit"),
        case: view.row.hit.traveller.display("case"),
        list: view
            .list
            .as_ref()
            .map_or_else(|| view.hit.list.to_string(), |l| l.name.clone()),
        reference: reference.unwrap_or_else(|| view.hit.entry.to_string()),
        severity: severity(view.row.hit.severity),
        strength: u32::from(view.hit.score),
        state: hit_state(view),
    }
}
