//! Schedules, and the flights that are expected from them.

use super::shown::Moment;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Every schedule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Schedules {
    /// Newest first.
    pub(crate) schedules: Vec<Schedule>,
    /// Whether who asks may bring one in and end one.
    pub(crate) may_put: bool,
}

/// One schedule file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Schedule {
    /// Schedule.
    #[schema(example = "sch_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// Its name for people.
    pub(crate) name: String,
    /// Designators of the carriers in it.
    pub(crate) carriers: Vec<String>,
    /// Legs in it, each over a period.
    pub(crate) legs: u64,
    /// How many things are odd about it; `oriel schedule check` says what.
    pub(crate) findings: u64,
    /// Login of who brought it in; null where that is somebody of another recipient, or the console.
    pub(crate) put_by: Option<String>,
    /// When, UTC.
    pub(crate) put_at: String,
    /// When it was ended, UTC; null while it is in force.
    pub(crate) ended_at: Option<String>,
}

/// A schedule that was brought in, and what it changes of the flights of the next 60 days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SchedulePut {
    /// The schedule.
    #[serde(flatten)]
    pub(crate) schedule: Schedule,
    /// Flights that were not expected before.
    pub(crate) added: u64,
    /// Flights that are not expected any more, cancelled ones among them.
    pub(crate) gone: u64,
    /// Flights that have other times, another end or another aircraft.
    pub(crate) changed: u64,
}

/// What a schedule is called.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ScheduleQuery {
    /// Name for people, such as `ZQ winter 2026`.
    pub(crate) name: String,
}

/// Which expected flights.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExpectedQuery {
    /// First date of departure in UTC, `2026-11-22`; yesterday if absent.
    pub(crate) from: Option<String>,
    /// Last date of departure in UTC; the day after tomorrow if absent.
    pub(crate) to: Option<String>,
    /// Only those of which something is missing, came late, or that are in no schedule.
    #[serde(default)]
    pub(crate) odd: bool,
}

/// Flights that are expected, soonest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExpectedFlights {
    /// The rows.
    pub(crate) data: Vec<ExpectedFlight>,
    /// Rows in all; an answer has 2 000 at most.
    pub(crate) total: u64,
}

/// One flight that is expected, or came without.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExpectedFlight {
    /// Designator and number of the carrier that flies it.
    #[schema(example = "ZQ417")]
    pub(crate) flight: String,
    /// Its designator.
    pub(crate) carrier: String,
    /// Where the leg that crosses the border departs.
    pub(crate) from: String,
    /// Where it arrives.
    pub(crate) to: String,
    /// Scheduled departure.
    pub(crate) departs: Moment,
    /// `planned`, `cancelled`, or `unplanned` when messages speak of it and its carrier's schedule
    /// does not.
    pub(crate) plan: String,
    /// Its record; null while nothing has come.
    pub(crate) id: Option<String>,
    /// What its carrier owes, in the order in which it is due.
    pub(crate) pushes: Vec<ExpectedPush>,
}

/// One push that a carrier owes of a flight.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExpectedPush {
    /// Its name in the legal profile.
    #[schema(example = "first")]
    pub(crate) name: String,
    /// `api` (lists) or `pnr` (bookings).
    pub(crate) kind: String,
    /// By when, UTC; the profile's tolerance comes on top.
    pub(crate) due: String,
    /// What says so.
    pub(crate) clause: String,
    /// `awaited`, `come`, `late` or `missing`.
    pub(crate) state: String,
    /// It is late or missing because nobody could send around the time it was due.
    pub(crate) excused: bool,
    /// When it came, UTC.
    pub(crate) came: Option<String>,
}
