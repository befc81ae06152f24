//! Oversight on the wire: the inbox, the log, proofs. Identifiers, counts and codes alone, but for
//! the notes that overseers write.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How much waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Waiting {
    /// Items that nobody has closed.
    pub(crate) open: u64,
    /// Items that nobody has looked at.
    pub(crate) new: u64,
    /// Items open after they were due.
    pub(crate) overdue: u64,
}

/// The inbox, gravest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Inbox {
    /// The items.
    pub(crate) items: Vec<Item>,
    /// Whether the reader may answer.
    pub(crate) answers: bool,
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemState {
    /// Nobody has looked at it.
    New,
    /// Somebody has.
    Seen,
    /// Taken to the supervisory authority.
    Referred,
    /// Done with.
    Closed,
}

/// One item: an event of the log, and what was said to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Item {
    /// Number of the event.
    pub(crate) event: u64,
    /// When it happened, UTC.
    pub(crate) at: String,
    /// Kind of item.
    #[schema(example = "unmask-approved")]
    pub(crate) kind: String,
    /// What happened, in words.
    pub(crate) says: String,
    /// Where it stands.
    pub(crate) state: ItemState,
    /// By when it is to be closed, UTC; absent where it is for information.
    pub(crate) due: Option<String>,
    /// It is open after that.
    pub(crate) overdue: bool,
    /// Name of the act.
    pub(crate) act: String,
    /// Who did it.
    pub(crate) actor: String,
    /// On what, or blank.
    pub(crate) object: String,
    /// Why, or blank.
    pub(crate) purpose: String,
    /// To whom, or blank.
    pub(crate) recipient: String,
    /// In which compartment; blank for the whole installation.
    pub(crate) compartment: String,
    /// Outcome and counts.
    pub(crate) detail: String,
    /// Answers, oldest first.
    pub(crate) answers: Vec<Answered>,
}

/// What the officer says to an item.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// Read.
    Seen,
    /// Something was written down.
    Noted,
    /// Taken to the supervisory authority.
    Referred,
    /// Done with.
    Closed,
}

/// One answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Answered {
    /// When, UTC.
    pub(crate) at: String,
    /// By whom.
    pub(crate) actor: String,
    /// What.
    pub(crate) answer: Answer,
    /// What was written, or blank.
    pub(crate) note: String,
}

/// An answer to an item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAnswer {
    /// What.
    pub(crate) answer: Answer,
    /// What is written to it: at most 4000 characters. It is sealed, and never in the log.
    #[serde(default)]
    pub(crate) note: String,
}

/// Which events.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogQuery {
    /// First day in UTC, `2026-11-22`.
    pub(crate) from: Option<String>,
    /// Last day in UTC.
    pub(crate) to: Option<String>,
    /// By this account.
    #[serde(default)]
    pub(crate) actor: String,
    /// Of this act, such as `case.read`.
    #[serde(default)]
    pub(crate) act: String,
    /// On this object.
    #[serde(default)]
    pub(crate) object: String,
    /// Of this register: `access`, `disclosure` or `erasure`.
    pub(crate) register: Option<String>,
    /// Before this event: `next` of an earlier page.
    pub(crate) before: Option<u64>,
    /// At most so many; 100 if absent, 500 at most.
    pub(crate) limit: Option<u16>,
}

/// Events, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LogPage {
    /// The events.
    pub(crate) data: Vec<LogEvent>,
    /// Where to go on; absent at the beginning of the log. A page can be short, or blank, before
    /// that: one answer looks at no more than a million events.
    pub(crate) next: Option<u64>,
}

/// One event of the log, in the words of `oriel audit export`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LogEvent {
    /// Its number.
    pub(crate) n: u64,
    /// When, UTC, to the microsecond.
    pub(crate) at: String,
    /// By whom.
    pub(crate) actor: String,
    /// Name of the act.
    pub(crate) act: String,
    /// On what.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) object: String,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) purpose: String,
    /// To whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) recipient: String,
    /// In which compartment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) compartment: String,
    /// Profile and version relied on.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) profile: String,
    /// Outcome and counts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) detail: String,
    /// Its hash, in hexadecimal digits.
    pub(crate) hash: String,
}

/// How far the log is to be checked.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChainQuery {
    /// Begin again from the first event.
    #[serde(default)]
    pub(crate) anew: bool,
}

/// Whether the log holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Chain {
    /// Number of the newest event.
    pub(crate) events: u64,
    /// Number up to which the checking under way has come; ask again until it is that of the newest.
    pub(crate) checked: u64,
    /// What the last whole check found to hold.
    pub(crate) held: Option<Held>,
    /// What the last whole check found broken.
    pub(crate) broken: Option<Broken>,
    /// The newest signed checkpoint, to be kept elsewhere.
    pub(crate) checkpoint: Option<SignedNote>,
}

/// What held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Held {
    /// The first event there is.
    pub(crate) first: u64,
    /// The last event that was checked.
    pub(crate) last: u64,
    /// The last event that a signed checkpoint covers.
    pub(crate) signed: u64,
    /// When that was found, UTC.
    pub(crate) at: String,
}

/// What did not hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Broken {
    /// The first event that does not.
    pub(crate) event: u64,
    /// What is wrong.
    pub(crate) says: String,
    /// When that was found, UTC.
    pub(crate) at: String,
}

/// A signed checkpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SignedNote {
    /// Events it covers.
    pub(crate) size: u64,
    /// Time of the last of them, UTC.
    pub(crate) at: String,
    /// The signed note.
    pub(crate) note: String,
}

/// Proof that an event is in the log; `docs/audit.md` says how to check it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EventProof {
    /// `oriel.audit-inclusion/1`.
    pub(crate) schema: String,
    /// The event.
    pub(crate) event: LogEvent,
    /// Events of the checkpoint.
    pub(crate) size: u64,
    /// Hashes of the path, from the lowest up.
    pub(crate) path: Vec<String>,
    /// The signed checkpoint.
    pub(crate) checkpoint: String,
}

/// Proof that the log at the end of a month goes on from that at its beginning.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MonthProof {
    /// `oriel.audit-month/1`.
    pub(crate) schema: String,
    /// The month, `2026-11`.
    pub(crate) month: String,
    /// Events of the checkpoint before the month; every event of the month has a higher number.
    pub(crate) before: u64,
    /// That signed checkpoint; absent where the log begins in the month.
    pub(crate) before_checkpoint: Option<String>,
    /// Events of the checkpoint at the end; every event of the month has no higher number.
    pub(crate) size: u64,
    /// Hashes of the path between the two.
    pub(crate) path: Vec<String>,
    /// The signed checkpoint at the end.
    pub(crate) checkpoint: String,
}

/// Newest runs of the sweep.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Sweeps {
    /// Newest first.
    pub(crate) runs: Vec<Sweep>,
}

/// One run of the sweep, in counts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Sweep {
    /// When, UTC.
    pub(crate) at: String,
    /// Profile and version.
    pub(crate) profile: String,
    /// Which period ended.
    pub(crate) step: String,
    /// Counts by name.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    pub(crate) counts: std::collections::BTreeMap<String, u64>,
}
