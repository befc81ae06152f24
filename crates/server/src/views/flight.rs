//! Flights and their manifests.

use super::case::{CaseState, Direction};
use super::message::MessageRow;
use super::shown::{Moment, Shown};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which flights.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FlightQuery {
    /// First date of departure in UTC, `2026-11-22`; yesterday if absent.
    pub from: Option<String>,
    /// Last date of departure in UTC; the day after tomorrow if absent.
    pub to: Option<String>,
    /// Direction, seen from the home state.
    pub direction: Option<Direction>,
}

/// Flights, soonest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Flights {
    /// The rows.
    pub data: Vec<Flight>,
    /// Which part of the whole this is.
    pub page: Page,
}

/// Which part of the whole an answer is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page {
    /// Cursor of the next part; null at the end.
    pub next: Option<String>,
    /// Most rows an answer.
    pub limit: u32,
    /// Rows in all.
    pub total: u64,
}

/// A flight as a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Flight {
    /// What a row and a page have in common.
    #[serde(flatten)]
    pub head: FlightHead,
    /// Messages received.
    pub messages: MessageCounts,
    /// Number of travellers.
    pub travellers: u32,
}

/// One flight on one local date from one airport, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FlightHead {
    /// Journey.
    #[schema(example = "jrn_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub id: String,
    /// Airline designator and number.
    #[schema(example = "ZQ417")]
    pub flight: String,
    /// Airline designator.
    pub carrier: String,
    /// Number, with its suffix.
    pub number: String,
    /// Airport of departure.
    pub from: String,
    /// Airport of arrival.
    pub to: String,
    /// Scheduled departure.
    pub departs: Moment,
    /// Scheduled arrival.
    pub arrives: Moment,
    /// Seen from the home state.
    pub direction: Direction,
    /// `open`, `closed`, `cancelled`.
    pub state: String,
    /// Open cases.
    pub cases_open: u32,
    /// What was odd about the messages.
    pub findings: FindingCounts,
}

/// Messages about a flight.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct MessageCounts {
    /// Passenger lists.
    pub api: u32,
    /// Booking pushes.
    pub pnr: u32,
    /// Flight closed.
    pub close_out: u32,
}

/// Findings about a flight.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct FindingCounts {
    /// Something was lost.
    pub error: u32,
    /// Odd, but understood.
    pub warning: u32,
}

/// A flight with everybody on it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Manifest {
    /// What a row and a page have in common.
    #[serde(flatten)]
    pub head: FlightHead,
    /// Everybody on it.
    pub travellers: Vec<ManifestRow>,
    /// Messages about it, newest first.
    pub messages: Vec<MessageRow>,
}

/// That there is a case, and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseMark {
    /// Case.
    pub id: String,
    /// Where it stands.
    pub state: CaseState,
}

/// One traveller on the manifest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ManifestRow {
    /// Traveller on this journey.
    #[schema(example = "trv_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub id: String,
    /// `passenger`, `crew`, …
    pub role: String,
    /// Surname.
    pub surname: Shown,
    /// Given names.
    pub given_names: Shown,
    /// Sex.
    pub sex: Option<String>,
    /// Birth date, perhaps partial.
    pub birth: Shown,
    /// Nationality.
    pub nationality: Option<String>,
    /// Number of the first document.
    pub document: Shown,
    /// Seat.
    pub seat: Option<String>,
    /// Record locator.
    pub locator: Shown,
    /// `listed`, `boarded`, `not_boarded`, `cancelled`.
    pub status: String,
    /// `api`, `pnr`.
    pub sources: Vec<String>,
    /// The case, when there are hits.
    pub case: Option<CaseMark>,
    /// An infant without a seat.
    pub infant: bool,
}
