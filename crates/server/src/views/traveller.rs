//! One traveller on one journey, as each source says it.

use super::case::{CaseJourney, HitState, Severity};
use super::message::MessageRow;
use super::shown::Shown;
use serde::Serialize;
use utoipa::ToSchema;

/// One traveller on one journey.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Traveller {
    /// Traveller on this journey.
    pub id: String,
    /// The journey.
    pub journey: CaseJourney,
    /// Identity, field by field.
    pub fields: Vec<Field>,
    /// Travel documents.
    pub documents: Vec<TravelDocument>,
    /// Bookings.
    pub bookings: Vec<Booking>,
    /// Messages that name this traveller, newest first.
    pub messages: Vec<MessageRow>,
    /// Hits.
    pub hits: Vec<TravellerHit>,
}

/// One field of an identity.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Field {
    /// `surname`, `given_names`, `birth_date`, …
    pub field: String,
    /// Each thing that was said, newest first.
    pub values: Vec<FieldValue>,
    /// The sources do not say the same.
    pub differs: bool,
}

/// One thing that was said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldValue {
    /// What.
    pub shown: Shown,
    /// `api` or `pnr`.
    pub source_kind: String,
    /// The message.
    pub message: String,
    /// When it was prepared, as sent, UTC by custom.
    pub sent: Option<String>,
}

/// A travel document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TravelDocument {
    /// Kind as sent, such as `P`.
    pub kind: Option<String>,
    /// Number.
    pub number: Shown,
    /// Issuing state.
    pub issuer: Option<String>,
    /// Expiry.
    pub expires: Option<String>,
    /// `api` or `pnr`.
    pub source_kind: String,
}

/// A booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Booking {
    /// Record locator.
    pub locator: Shown,
    /// Airline designator of the system that holds it.
    pub company: Option<String>,
    /// Made when, as sent.
    pub created: Option<String>,
    /// Office that made it.
    pub agency: Shown,
    /// Flights booked.
    pub itinerary: Vec<BookedFlight>,
    /// Ways to reach the traveller.
    pub contacts: Vec<Contact>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// Others in the same booking.
    pub companions: u32,
}

/// A booked flight.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookedFlight {
    /// Airline designator and number.
    pub flight: String,
    /// Airport of departure.
    pub from: String,
    /// Airport of arrival.
    pub to: String,
    /// Local civil time of departure.
    pub departs: Option<String>,
    /// Local civil time of arrival.
    pub arrives: Option<String>,
    /// Status as sent.
    pub status: Option<String>,
    /// The flight of this page.
    pub here: bool,
}

/// A way to reach the traveller.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Contact {
    /// `phone`, `email`, `address`, …
    pub kind: String,
    /// What.
    pub shown: Shown,
}

/// A payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Payment {
    /// Form as sent.
    pub form: String,
    /// Number with all but the last digits taken out.
    pub number: Shown,
}

/// A hit, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TravellerHit {
    /// Hit.
    pub id: String,
    /// Its case.
    pub case: String,
    /// List.
    pub list: String,
    /// The list's own reference of the entry.
    pub reference: String,
    /// How grave.
    pub severity: Severity,
    /// 0 to 100: a ranking.
    pub strength: u32,
    /// Where it stands.
    pub state: HitState,
}
