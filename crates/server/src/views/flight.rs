//! Flights and their manifests.

use super::case::{CaseState, Direction, Mode};
use super::message::{Clearance, MessageRow};
use super::shown::{Moment, Shown};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which flights.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FlightQuery {
    /// First date of departure in UTC, `2026-11-22`; yesterday if absent.
    pub(crate) from: Option<String>,
    /// Last date of departure in UTC; the day after tomorrow if absent.
    pub(crate) to: Option<String>,
    /// Direction, seen from the home state.
    pub(crate) direction: Option<Direction>,
    /// Mode of transport.
    pub(crate) mode: Option<Mode>,
}

/// Flights, soonest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Flights {
    /// The rows.
    pub(crate) data: Vec<Flight>,
    /// Which part of the whole this is.
    pub(crate) page: Page,
}

/// Which part of the whole an answer is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Page {
    /// Cursor of the next part; null at the end.
    pub(crate) next: Option<String>,
    /// Most rows an answer.
    pub(crate) limit: u32,
    /// Rows in all.
    pub(crate) total: u64,
}

/// A flight as a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Flight {
    /// What a row and a page have in common.
    #[serde(flatten)]
    pub(crate) head: FlightHead,
    /// Messages received.
    pub(crate) messages: MessageCounts,
    /// Number of travellers.
    pub(crate) travellers: u32,
}

/// One flight on one local date from one airport, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FlightHead {
    /// Journey.
    #[schema(example = "jrn_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// Airline designator and number; else ship, voyage or service.
    #[schema(example = "ZQ417")]
    pub(crate) flight: String,
    /// By what it crosses the border.
    pub(crate) mode: Mode,
    /// What a ship, or an aircraft of a flight without a number, is known by; blank otherwise.
    #[schema(example = "imo:9074729")]
    pub(crate) vehicle: String,
    /// Airline designator.
    pub(crate) carrier: String,
    /// Number, with its suffix; of a voyage, train or coach service as sent.
    pub(crate) number: String,
    /// Where it departs: IATA, ICAO or UN/LOCODE.
    pub(crate) from: String,
    /// Where it arrives.
    pub(crate) to: String,
    /// Scheduled departure.
    pub(crate) departs: Moment,
    /// Scheduled arrival.
    pub(crate) arrives: Moment,
    /// Seen from the home state.
    pub(crate) direction: Direction,
    /// `open`, `closed`, `cancelled`.
    pub(crate) state: String,
    /// Until when a part of a list or push that is missing may stay away, UTC
    /// (`push.tolerance` of the legal profile); null when nothing is missing.
    pub(crate) part_due: Option<String>,
    /// Open cases.
    pub(crate) cases_open: u32,
    /// What was odd about the messages.
    pub(crate) findings: FindingCounts,
}

/// Messages about a flight.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct MessageCounts {
    /// Passenger lists.
    pub(crate) api: u32,
    /// Booking pushes.
    pub(crate) pnr: u32,
    /// Flight closed.
    pub(crate) close_out: u32,
}

/// Findings about a flight.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct FindingCounts {
    /// Something was lost.
    pub(crate) error: u32,
    /// Odd, but understood.
    pub(crate) warning: u32,
}

/// A flight with everybody on it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Manifest {
    /// What a row and a page have in common.
    #[serde(flatten)]
    pub(crate) head: FlightHead,
    /// Everybody on it.
    pub(crate) travellers: Vec<ManifestRow>,
    /// Messages about it, newest first.
    pub(crate) messages: Vec<MessageRow>,
    /// Transfers in several parts of which one has not arrived.
    pub(crate) waiting: Vec<WaitingTransfer>,
}

/// A transfer in several parts of which one has not arrived.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WaitingTransfer {
    /// What ties its parts together, as sent.
    pub(crate) reference: String,
    /// What it is for, such as `full_push`.
    pub(crate) function: String,
    /// When the newest part was prepared, as sent, UTC by custom.
    pub(crate) sent: Option<String>,
    /// Parts that are missing before the last one that arrived.
    pub(crate) missing: Vec<u16>,
    /// Whether the last part is here; if not, more may be missing behind it.
    pub(crate) has_last: bool,
}

/// That there is a case, and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseMark {
    /// Case.
    pub(crate) id: String,
    /// Where it stands.
    pub(crate) state: CaseState,
}

/// One traveller on the manifest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ManifestRow {
    /// Traveller on this journey.
    #[schema(example = "trv_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// `passenger`, `crew`, …
    pub(crate) role: String,
    /// Surname.
    pub(crate) surname: Shown,
    /// Given names.
    pub(crate) given_names: Shown,
    /// Sex.
    pub(crate) sex: Shown,
    /// Birth date, perhaps partial.
    pub(crate) birth: Shown,
    /// Nationality.
    pub(crate) nationality: Shown,
    /// Number of the first document.
    pub(crate) document: Shown,
    /// Seat.
    pub(crate) seat: Shown,
    /// Record locator.
    pub(crate) locator: Shown,
    /// `listed`, `boarded`, `not_boarded`, `cancelled`.
    pub(crate) status: String,
    /// `api`, `pnr`.
    pub(crate) sources: Vec<String>,
    /// The case, when there are hits.
    pub(crate) case: Option<CaseMark>,
    /// An infant without a seat.
    pub(crate) infant: bool,
    /// What the carrier was told last at check-in, where it asked.
    pub(crate) told: Option<Clearance>,
    /// What does not fit between that and the close-out; null where nothing is odd, and on flights
    /// about which nobody asks.
    pub(crate) discrepancy: Option<Discrepancy>,
}

/// What does not fit between what a carrier was told at check-in and the close-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Discrepancy {
    /// On board, and never asked about, or not cleared to board.
    BoardedNotCleared,
    /// Cleared to board, and not on board.
    ClearedNotBoarded,
}
