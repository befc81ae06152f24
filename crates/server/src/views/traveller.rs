//! One traveller on one journey, as each source says it.

use super::case::{CaseJourney, HitState, Severity};
use super::message::MessageRow;
use super::shown::Shown;
use serde::Serialize;
use utoipa::ToSchema;

/// One traveller on one journey.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Traveller {
    /// Traveller on this journey.
    pub(crate) id: String,
    /// The journey.
    pub(crate) journey: CaseJourney,
    /// Identity, field by field.
    pub(crate) fields: Vec<Field>,
    /// Travel documents.
    pub(crate) documents: Vec<TravelDocument>,
    /// Bookings.
    pub(crate) bookings: Vec<Booking>,
    /// Messages that name this traveller, newest first.
    pub(crate) messages: Vec<MessageRow>,
    /// Hits.
    pub(crate) hits: Vec<TravellerHit>,
    /// What the person had corrected or noted, beside what was sent; oldest first.
    pub(crate) corrections: Vec<TravellerCorrection>,
}

/// What a person had corrected or noted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TravellerCorrection {
    /// The field, or `note`; absent where it is hidden.
    pub(crate) field: Option<String>,
    /// What is right instead of what was sent.
    pub(crate) value: Shown,
    /// On what that rests.
    pub(crate) proof: Shown,
    /// When it was put there, UTC.
    pub(crate) made_at: String,
}

/// One field of an identity.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Field {
    /// `surname`, `given_names`, `birth_date`, …
    pub(crate) field: String,
    /// Each thing that was said, newest first.
    pub(crate) values: Vec<FieldValue>,
    /// The sources do not say the same.
    pub(crate) differs: bool,
}

/// One thing that was said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldValue {
    /// What.
    pub(crate) shown: Shown,
    /// `api` or `pnr`.
    pub(crate) source_kind: String,
    /// The message.
    pub(crate) message: String,
    /// When it was prepared, as sent, UTC by custom.
    pub(crate) sent: Option<String>,
}

/// A travel document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TravelDocument {
    /// Kind as sent, such as `P`.
    pub(crate) kind: Option<String>,
    /// Number.
    pub(crate) number: Shown,
    /// Issuing state.
    pub(crate) issuer: Shown,
    /// Expiry.
    pub(crate) expires: Shown,
    /// `api` or `pnr`.
    pub(crate) source_kind: String,
}

/// A booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Booking {
    /// Record locator.
    pub(crate) locator: Shown,
    /// Airline designator of the system that holds it.
    pub(crate) company: Option<String>,
    /// Made when, as sent.
    pub(crate) created: Option<String>,
    /// Office that made it.
    pub(crate) agency: Shown,
    /// Flights booked.
    pub(crate) itinerary: Vec<BookedFlight>,
    /// Ways to reach the traveller.
    pub(crate) contacts: Vec<Contact>,
    /// Payments.
    pub(crate) payments: Vec<Payment>,
    /// Others in the same booking.
    pub(crate) companions: Shown,
}

/// A booked flight.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BookedFlight {
    /// Airline designator and number.
    pub(crate) flight: String,
    /// Airport of departure.
    pub(crate) from: String,
    /// Airport of arrival.
    pub(crate) to: String,
    /// Local civil time of departure.
    pub(crate) departs: Option<String>,
    /// Local civil time of arrival.
    pub(crate) arrives: Option<String>,
    /// Status as sent.
    pub(crate) status: Option<String>,
    /// The flight of this page.
    pub(crate) here: bool,
}

/// A way to reach the traveller.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Contact {
    /// `phone`, `email`, `address`, …
    pub(crate) kind: String,
    /// What.
    pub(crate) shown: Shown,
}

/// A payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Payment {
    /// Form as sent.
    pub(crate) form: String,
    /// Number with all but the last digits taken out.
    pub(crate) number: Shown,
}

/// A hit, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TravellerHit {
    /// Hit.
    pub(crate) id: String,
    /// Its case.
    pub(crate) case: String,
    /// List.
    pub(crate) list: String,
    /// The list's own reference of the entry.
    pub(crate) reference: String,
    /// How grave.
    pub(crate) severity: Severity,
    /// 0 to 100: a ranking.
    pub(crate) strength: u32,
    /// Where it stands.
    pub(crate) state: HitState,
}
