//! One traveller on one journey, as each source says it.

use super::case::{case_journey, severity};
use super::hit::hit_state;
use super::person::{self, Side, sides};
use super::{instant, message_row, minutes, standing};
use crate::views::shown::Shown;
use crate::views::traveller::{
    BookedFlight, Booking, Contact, Field, FieldValue, Payment, TravelDocument, Traveller,
    TravellerCorrection, TravellerHit,
};
use oriel_app::{Change, HitView, TravellerView};
use oriel_model::{ContactKind, Element, ItinerarySegment, MessageKey, Report};
use oriel_policy::{Grant, Lens, Standing};
use oriel_store::Correction;

type Get = fn(Lens<'_>, &Side<'_>) -> Shown;

/// The fields of an identity: name on the wire, and where a side holds it.
const FIELDS: &[(&str, Get)] = &[
    ("surname", |lens, s| {
        let surname = s.traveller.name.surname.as_ref();
        person::plain(lens, Element::Name, surname, &s.report.message)
    }),
    ("given_names", |lens, s| {
        let given = s.traveller.name.given.as_ref();
        person::plain(lens, Element::Name, given, &s.report.message)
    }),
    ("birth_date", |lens, s| {
        person::birth(lens, s.traveller.birth.as_ref(), &s.report.message)
    }),
    ("sex", |lens, s| {
        person::sex(lens, s.traveller.sex.as_ref(), &s.report.message)
    }),
    ("nationality", |lens, s| {
        let nationality = s.traveller.nationalities.first();
        person::plain(lens, Element::Nationality, nationality, &s.report.message)
    }),
    ("residence", |lens, s| {
        let residence = s.traveller.residence.as_ref();
        person::plain(lens, Element::Residence, residence, &s.report.message)
    }),
    ("birth_place", |lens, s| {
        let place = s.traveller.birth_place.as_ref();
        person::plain(lens, Element::BirthPlace, place, &s.report.message)
    }),
    ("seat", |lens, s| {
        let seat = s.traveller.seat.as_ref();
        person::plain(lens, Element::Seat, seat, &s.report.message)
    }),
    ("locator", |lens, s| {
        let locator = s.traveller.locator.as_ref();
        person::plain(lens, Element::Locator, locator, &s.report.message)
    }),
];

/// Fields that are listed only where somebody sent them.
const OPTIONAL: &[&str] = &["residence", "birth_place", "seat", "locator"];

/// One traveller, as the record stands.
pub(crate) fn traveller(grant: &Grant, view: &TravellerView) -> Traveller {
    traveller_at(grant, standing(grant, &view.flight.row), view)
}

/// One traveller from a record that stands so, as a copy with a time of its own does.
pub(crate) fn traveller_at(grant: &Grant, standing: Standing, view: &TravellerView) -> Traveller {
    let lens = Lens::new(grant, standing);
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
            .map(|(name, get)| field(lens, &sides, name, *get))
            .filter(|field| !field.values.is_empty() || !OPTIONAL.contains(&field.field.as_str()))
            .collect(),
        documents: documents(lens, &sides),
        bookings: bookings(lens, view, &sides),
        messages: messages.into_iter().map(message_row).collect(),
        hits: view.hits.iter().map(hit).collect(),
        corrections: view
            .corrections
            .iter()
            .map(|c| correction(lens, c))
            .collect(),
    }
}

/// What a person had corrected. It says who somebody is, whichever field it is about, so it is seen
/// where names are; what the vault did not open is as hidden as what masking hides.
fn correction(lens: Lens<'_>, row: &Correction) -> TravellerCorrection {
    let change: Option<Change> = serde_json::from_str(&row.data).ok();
    let hidden = lens.hides(Element::Name).map(person::hidden);
    let said = |text: Option<String>| match (&hidden, text.filter(|text| !text.is_empty())) {
        (Some(hidden), _) => hidden.clone(),
        (None, Some(value)) => Shown::Value {
            value,
            source: None,
        },
        (None, None) => Shown::missing(),
    };
    let field = change.as_ref().map(|change| change.field.clone());
    TravellerCorrection {
        field: field.filter(|_| hidden.is_none()),
        value: said(change.as_ref().map(|change| change.value.clone())),
        proof: said(change.map(|change| change.proof)),
        made_at: instant(&row.made_at),
    }
}

/// Everything said of one field: each source's newest word, and older ones that differ.
fn field(lens: Lens<'_>, sides: &[Side<'_>], name: &str, get: Get) -> Field {
    let mut values: Vec<FieldValue> = Vec::new();
    for side in sides {
        let shown = get(lens, side);
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

fn documents(lens: Lens<'_>, sides: &[Side<'_>]) -> Vec<TravelDocument> {
    let mut rows: Vec<TravelDocument> = Vec::new();
    let mut add = |row: TravelDocument| {
        let same = |known: &TravelDocument| {
            known.source_kind == row.source_kind
                && person::text(&known.number) == person::text(&row.number)
                && known.kind == row.kind
        };
        if !rows.iter().any(same) {
            rows.push(row);
        }
    };
    for side in sides {
        if let Some(reason) = lens.hides(Element::Document) {
            // One row a source, whatever is behind it.
            let hidden = person::hidden(reason);
            add(TravelDocument {
                kind: None,
                number: hidden.clone(),
                issuer: hidden.clone(),
                expires: hidden,
                source_kind: side.kind().to_owned(),
            });
            continue;
        }
        let key = &side.report.message;
        for document in &side.traveller.documents {
            add(TravelDocument {
                kind: Some(document.kind.to_string()).filter(|kind| !kind.is_empty()),
                number: person::plain(lens, Element::Document, document.number.as_ref(), key),
                issuer: person::plain(lens, Element::Document, document.issuer.as_ref(), key),
                expires: person::plain(lens, Element::Document, document.expires.as_ref(), key),
                source_kind: side.kind().to_owned(),
            });
        }
    }
    rows
}

/// The newest word on each booking that holds this person; the newest alone where the locators
/// that tell bookings apart are hidden.
fn bookings(lens: Lens<'_>, view: &TravellerView, sides: &[Side<'_>]) -> Vec<Booking> {
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
            let row = self::booking(lens, view, side.report, booking);
            let known = |b: &Booking| person::text(&b.locator) == person::text(&row.locator);
            if !rows.iter().any(known) {
                rows.push(row);
            }
        }
    }
    rows
}

fn booking(
    lens: Lens<'_>,
    view: &TravellerView,
    report: &Report,
    booking: &oriel_model::Booking,
) -> Booking {
    let key = &report.message;
    let locator = booking.locators.first();
    let agency = booking.agency.as_ref();
    let office = agency.and_then(|a| a.office.as_ref().or(a.iata.as_ref()));
    let companions = booking.travellers.len().saturating_sub(1);
    Booking {
        locator: person::plain(lens, Element::Locator, locator.map(|l| &l.code), key),
        company: locator
            .map(|l| l.company.to_string())
            .filter(|c| !c.is_empty() && lens.hides(Element::Locator).is_none()),
        created: locator
            .and_then(|l| l.created)
            .filter(|_| lens.hides(Element::BookingDate).is_none())
            .map(minutes),
        agency: person::bare(lens, Element::Agency, office.map(ToString::to_string)),
        itinerary: booking
            .itinerary
            .iter()
            .filter(|_| lens.hides(Element::Itinerary).is_none())
            .map(|leg| booked(view, leg))
            .collect(),
        contacts: contacts(lens, key, &booking.contacts),
        payments: payments(lens, key, &booking.payments),
        // How many travel together tells as much as their names: Article 12(2)(a).
        companions: person::bare(lens, Element::Name, Some(companions.to_string())),
    }
}

/// Ways to reach the traveller; one row that says why where they are hidden.
fn contacts(lens: Lens<'_>, message: &MessageKey, sent: &[oriel_model::Contact]) -> Vec<Contact> {
    if let Some(reason) = lens.hides(Element::Contact) {
        return vec![Contact {
            kind: "other".to_owned(),
            shown: person::hidden(reason),
        }];
    }
    let row = |contact: &oriel_model::Contact| Contact {
        kind: match contact.kind {
            ContactKind::Phone => "phone",
            ContactKind::Email => "email",
            ContactKind::Address => "address",
            ContactKind::Other => "other",
        }
        .to_owned(),
        shown: person::plain(lens, Element::Contact, Some(&contact.value), message),
    };
    sent.iter().map(row).collect()
}

/// Payments; one row that says why where they are hidden.
fn payments(lens: Lens<'_>, message: &MessageKey, sent: &[oriel_model::Payment]) -> Vec<Payment> {
    if let Some(reason) = lens.hides(Element::Payment) {
        return vec![Payment {
            form: String::new(),
            number: person::hidden(reason),
        }];
    }
    let row = |payment: &oriel_model::Payment| {
        let number = payment.number_masked.as_ref();
        Payment {
            form: payment.form.to_string(),
            number: person::plain(lens, Element::Payment, number, message),
        }
    };
    sent.iter().map(row).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use oriel_model::{Personal, Span, Text};
    use oriel_policy::{Act, Actor, Profile, Purpose, Role, Standing, authorize};

    /// Neither what was sent nor how much of it shows through (R-RET-02).
    #[test]
    fn what_is_masked_has_one_row_however_much_there_is() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let reader = Actor::new("usr_1", &[Role::Analyst]);
        let purpose = Purpose::parse("case=case_1");
        let now = Timestamp::UNIX_EPOCH;
        let grant =
            authorize(&profile, &reader, Act::TravellerRead, purpose.as_ref(), now).unwrap();
        let contact = |number: &str| oriel_model::Contact {
            kind: ContactKind::Phone,
            value: Personal::new(Text::from(number), Span::default()),
            traveller: None,
        };
        let message = MessageKey::default();
        let masked = Lens::new(&grant, Standing::Masked { since: now });
        let open = Lens::new(&grant, Standing::Open);
        let two = [contact("+999 1"), contact("+999 2")];
        assert_eq!(contacts(open, &message, &two).len(), 2);
        let rows = |sent: &[_]| serde_json::to_string(&contacts(masked, &message, sent)).unwrap();
        assert_eq!(rows(&two), rows(&[]));
        assert!(!rows(&two).contains("999"));
    }
}
