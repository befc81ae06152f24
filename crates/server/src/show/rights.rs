//! Requests of persons, and their records with what others have a right to taken out.
//!
//! Invariant: a record that goes to a person holds that person alone; how many travelled along, who
//! worked on it, and what the officer withholds are not in it.

use super::{instant, standing, traveller_at};
use crate::views::rights::{
    Asker, RightsPlace, RightsRecord, RightsRequest, RightsRow, RightsState,
};
use crate::views::shown::Shown;
use crate::views::traveller::Traveller;
use jiff::Timestamp;
use oriel_app::{Found, FoundIn};
use oriel_model::Text;
use oriel_policy::{Grant, Standing};
use oriel_screening::Person;

type Take = fn(&mut Traveller);

/// What can be left out of an answer, and how.
const WITHHELD: &[(&str, Take)] = &[
    ("bookings", |record| record.bookings.clear()),
    ("contacts", |record| {
        for booking in &mut record.bookings {
            booking.contacts.clear();
        }
    }),
    ("corrections", |record| record.corrections.clear()),
    ("documents", |record| record.documents.clear()),
    ("hits", |record| record.hits.clear()),
    ("messages", |record| record.messages.clear()),
    ("payments", |record| {
        for booking in &mut record.bookings {
            booking.payments.clear();
        }
    }),
];

/// Names of what can be left out.
pub(crate) fn withholdable() -> impl Iterator<Item = &'static str> {
    WITHHELD.iter().map(|row| row.0)
}

/// Takes out of a record what others have a right to, and what is withheld.
pub(crate) fn redact(record: &mut Traveller, withhold: &[String]) {
    for booking in &mut record.bookings {
        booking.companions = Shown::missing();
    }
    for (name, take) in WITHHELD {
        if withhold.iter().any(|wanted| wanted == name) {
            take(record);
        }
    }
}

/// One record that was found.
pub(crate) fn record(grant: &Grant, found: &Found) -> RightsRecord {
    let row = &found.view.flight.row;
    let (place, stands) = match found.place {
        FoundIn::Open => (RightsPlace::Open, standing(grant, row)),
        FoundIn::Masked => (RightsPlace::Masked, standing(grant, row)),
        // The copy has a time of its own, which the store has seen to.
        FoundIn::Held(_) => (RightsPlace::Held, Standing::Open),
    };
    RightsRecord {
        place,
        same: found.same.iter().map(|&kind| kind.to_owned()).collect(),
        likeness: found.likeness.map(u32::from),
        since: instant(&row.anchor),
        record: traveller_at(grant, stands, &found.view),
    }
}

/// One request of the register.
pub(crate) fn row(request: &oriel_store::RightsRequest, now: Timestamp) -> RightsRow {
    use oriel_store::RightsState as S;
    RightsRow {
        id: request.id.display("rgt"),
        version: request.version,
        kind: request.kind.clone(),
        state: match request.state {
            S::Open => RightsState::Open,
            S::Answered => RightsState::Answered,
            S::Refused => RightsState::Refused,
        },
        received_at: instant(&request.received_at),
        due_at: instant(&request.due_at),
        overdue: request.state == S::Open && request.due_at <= now,
        keep_until: instant(&request.keep_until),
        closed_at: request.closed_at.as_ref().map(instant),
    }
}

/// One request, whole.
pub(crate) fn request(request: &oriel_store::RightsRequest, now: Timestamp) -> RightsRequest {
    let kept: oriel_app::Asker = serde_json::from_str(&request.person).unwrap_or_default();
    let texts = |texts: Vec<Text>| texts.iter().map(ToString::to_string).collect();
    RightsRequest {
        row: row(request, now),
        identity: request.identity.clone(),
        asker: Asker {
            names: texts(kept.person.names),
            births: texts(kept.person.dob),
            documents: texts(kept.person.docs),
            contacts: kept.contacts,
            locators: kept.locators,
        },
        answer: serde_json::from_str(&request.answer).ok(),
    }
}

/// Who asks, as the search takes it.
pub(crate) fn asker(asker: &Asker) -> oriel_app::Asker {
    let texts = |texts: &[String]| texts.iter().map(|text| text.as_str().into()).collect();
    oriel_app::Asker {
        person: Person {
            names: texts(&asker.names),
            dob: texts(&asker.births),
            docs: texts(&asker.documents),
            ..Person::default()
        },
        contacts: asker.contacts.clone(),
        locators: asker.locators.clone(),
    }
}
