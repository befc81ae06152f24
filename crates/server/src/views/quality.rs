//! How well carriers send, in counts.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which days.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct QualityQuery {
    /// First day in UTC, `2026-11-01`; four weeks back if absent.
    pub(crate) from: Option<String>,
    /// Last day in UTC; today if absent.
    pub(crate) to: Option<String>,
}

/// How well a carrier sent in a range of days. Nobody stands in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CarrierQuality {
    /// First day, UTC.
    pub(crate) from: String,
    /// Last day, UTC.
    pub(crate) to: String,
    /// Messages by format, by day of receipt.
    pub(crate) formats: Vec<FormatQuality>,
    /// Flights, by day of departure.
    pub(crate) flights: FlightQuality,
    /// Day by day or week by week; those in which nothing was are not in it.
    pub(crate) trend: Vec<QualityStep>,
    /// Whether a step of the trend is a week, from Monday.
    pub(crate) weekly: bool,
}

/// Messages of one format.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FormatQuality {
    /// The format; blank for what was refused before anybody could tell.
    pub(crate) format: String,
    /// Kept.
    pub(crate) messages: u64,
    /// The same message once more.
    pub(crate) repeats: u64,
    /// Refused.
    pub(crate) refused: u64,
    /// Messages of which a value was lost.
    pub(crate) faulty: u64,
    /// Messages with something odd by which nothing was lost.
    pub(crate) warned: u64,
    /// Persons in messages that say everything of whom they name.
    pub(crate) persons: u64,
    /// Bookings in them.
    pub(crate) bookings: u64,
    /// Persons, or bookings, that messages say they have.
    pub(crate) announced: u64,
    /// How many were in those messages.
    pub(crate) announced_there: u64,
    /// Messages in which the two differ.
    pub(crate) announced_wrong: u64,
    /// How complete and how right each element is.
    pub(crate) elements: Vec<ElementQuality>,
    /// What was odd, most frequent first.
    pub(crate) findings: Vec<FindingCount>,
}

/// One element of a format.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ElementQuality {
    /// Its name in the legal profile.
    #[schema(example = "birth_date")]
    pub(crate) element: String,
    /// What it is counted of: `persons` or `bookings`.
    pub(crate) of: String,
    /// How many came with it.
    pub(crate) with: u64,
    /// How many there are.
    pub(crate) all: u64,
    /// Values of it that were lost because they could not be read.
    pub(crate) lost: u64,
}

/// How often something was odd.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FindingCount {
    /// Code of the finding.
    #[schema(example = "PAX-0231")]
    pub(crate) code: String,
    /// What is odd.
    pub(crate) text: String,
    /// What the carrier should do.
    pub(crate) advice: String,
    /// How often.
    pub(crate) count: u64,
}

/// Flights with how their pushes stand, and what was told of who travels on them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FlightQuality {
    /// Expected, or come without.
    pub(crate) flights: u64,
    /// Cancelled by the carrier.
    pub(crate) cancelled: u64,
    /// In no schedule.
    pub(crate) unplanned: u64,
    /// Each push of the profile.
    pub(crate) pushes: Vec<PushCount>,
    /// Flights about which messages came.
    pub(crate) told: u64,
    /// Those messages.
    pub(crate) messages: u64,
    /// Passengers in lists.
    pub(crate) lists: u64,
    /// Passengers in bookings.
    pub(crate) bookings: u64,
    /// Flights with both.
    pub(crate) compared: u64,
    /// On those, passengers in lists and in no booking.
    pub(crate) lists_alone: u64,
    /// On those, passengers in bookings and in no list.
    pub(crate) bookings_alone: u64,
    /// Flights whose close-out said who is on board.
    pub(crate) closed: u64,
    /// Passengers on board of those.
    pub(crate) boarded: u64,
    /// Of them, those whom nothing named before.
    pub(crate) boarded_alone: u64,
}

/// How one push of the profile came.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PushCount {
    /// Its name in the legal profile.
    pub(crate) push: String,
    /// In time.
    pub(crate) come: u64,
    /// Too late.
    pub(crate) late: u64,
    /// Not at all.
    pub(crate) missing: u64,
    /// Late or missing because nobody could send.
    pub(crate) excused: u64,
}

/// One step of the trend.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct QualityStep {
    /// Its first day, UTC.
    pub(crate) from: String,
    /// Messages of all formats.
    pub(crate) messages: u64,
    /// Repeats.
    pub(crate) repeats: u64,
    /// Refused.
    pub(crate) refused: u64,
    /// Messages of which a value was lost.
    pub(crate) faulty: u64,
    /// Pushes in time.
    pub(crate) come: u64,
    /// Pushes too late.
    pub(crate) late: u64,
    /// Pushes that did not come.
    pub(crate) missing: u64,
}
