//! Pushes that carriers are asked for outside the schedule.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The requests of the recipient one works for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PushRequests {
    /// The present, UTC.
    pub(crate) now: String,
    /// Newest first.
    pub(crate) requests: Vec<PushRequest>,
    /// Kinds of threat that the law names; any code where it names none.
    pub(crate) threats: Vec<String>,
    /// What says that one may be asked for; null where the law knows none.
    pub(crate) clause: Option<String>,
    /// Minutes that a request may stand at most.
    pub(crate) longest_minutes: i64,
    /// Whether who asks may ask for one.
    pub(crate) may_ask: bool,
}

/// One request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PushRequest {
    /// Request.
    #[schema(example = "psh_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// Version, for `If-Match`.
    pub(crate) version: i64,
    /// `asked` (for a second person), `refused`, `approved` (waits to be handed over), `expired`
    /// (ended before that), `sent`, `answered`, `late` (answered when it had ended) or `unanswered`.
    pub(crate) state: String,
    /// The number that the carrier repeats in its answer (UNH 0068).
    #[schema(example = "8Q2M4N5P6Q7R8S")]
    pub(crate) number: String,
    /// The carrier, by its short name.
    pub(crate) carrier: String,
    /// Carrier and number of the flight.
    #[schema(example = "ZQ417")]
    pub(crate) flight: String,
    /// Where it departs.
    pub(crate) from: String,
    /// Where it arrives, or blank.
    pub(crate) to: String,
    /// Scheduled departure, local.
    #[schema(example = "2026-11-23T12:00")]
    pub(crate) departs: String,
    /// The record of the flight, where there is one.
    pub(crate) journey: Option<String>,
    /// Kind of the threat.
    pub(crate) threat: String,
    /// Why.
    pub(crate) reason: String,
    /// From when nothing is sent any more, and an answer is late, UTC.
    pub(crate) ends_at: String,
    /// What goes out: GOVREQ.
    pub(crate) message: String,
    /// Who asked: login.
    pub(crate) asked_by: String,
    /// When, UTC.
    pub(crate) asked_at: String,
    /// Who decided: login.
    pub(crate) decided_by: Option<String>,
    /// When, UTC.
    pub(crate) decided_at: Option<String>,
    /// What that person said.
    pub(crate) answer: String,
    /// When the carrier was handed it, UTC.
    pub(crate) sent_at: Option<String>,
    /// By which way.
    pub(crate) way: String,
    /// Messages that answered, oldest first.
    pub(crate) answers: Vec<PushAnswer>,
    /// Whether who asks may decide it.
    pub(crate) may_decide: bool,
}

/// A message that answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PushAnswer {
    /// The message.
    #[schema(example = "msg_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) message: String,
    /// Receipt, UTC.
    pub(crate) received_at: String,
    /// `reference`: it repeats the number; `flight`: it is about the flight, and came in time.
    pub(crate) by: String,
}

/// A push to ask for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPushRequest {
    /// Carrier and number of the flight.
    #[schema(example = "ZQ417")]
    pub(crate) flight: String,
    /// Where it departs.
    #[schema(example = "UXA")]
    pub(crate) from: String,
    /// Where it arrives, or blank.
    #[serde(default)]
    pub(crate) to: String,
    /// Scheduled departure, local.
    #[schema(example = "2026-11-23T12:00")]
    pub(crate) departs: String,
    /// Kind of the threat.
    #[schema(example = "terrorism")]
    pub(crate) threat: String,
    /// Why: the threat, and why the schedule does not do. It stays in the unit.
    pub(crate) reason: String,
    /// From when it counts no more, UTC.
    pub(crate) ends_at: String,
}

/// What a second person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PushVerdict {
    /// It goes out.
    Approve,
    /// It does not.
    Refuse,
}

/// A decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PushDecision {
    /// What is decided.
    pub(crate) verdict: PushVerdict,
    /// Why; needed to refuse.
    #[serde(default)]
    pub(crate) answer: String,
}
