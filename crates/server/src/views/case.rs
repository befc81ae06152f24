//! The live queue and the review of one case.

use super::message::MessageRow;
use super::shown::{Moment, Shown};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The live queue, in the order of act-by.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Queue {
    /// Server's clock, UTC.
    pub(crate) now: String,
    /// Cases a lane, before other filters.
    pub(crate) counts: Counts,
    /// The rows asked for.
    pub(crate) cases: Vec<CaseRow>,
    /// Carriers' feeds.
    pub(crate) feeds: Vec<Feed>,
}

/// Which rows of the queue.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct QueueQuery {
    /// Lane; all open cases if absent.
    pub(crate) lane: Option<Lane>,
    /// Lowest severity.
    pub(crate) severity: Option<Severity>,
    /// Direction of the journey.
    pub(crate) direction: Option<Direction>,
    /// Flight number or airport; never a name.
    pub(crate) q: Option<String>,
}

/// A part of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lane {
    /// Every open case.
    All,
    /// Leaving the home state.
    Departing,
    /// Coming to the home state.
    Arriving,
    /// Changing there.
    Transit,
    /// Claimed by me.
    Mine,
    /// Claimed by somebody else.
    Others,
    /// Claimed by nobody.
    Unclaimed,
    /// Decided once; a second person must look.
    Second,
    /// Act-by has passed.
    Missed,
    /// The traveller stands at check-in, and the carrier waits for an answer.
    CheckIn,
}

/// Cases a lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Counts {
    /// Every open case.
    pub(crate) all: u32,
    /// Leaving the home state.
    pub(crate) departing: u32,
    /// Coming to the home state.
    pub(crate) arriving: u32,
    /// Changing there.
    pub(crate) transit: u32,
    /// Claimed by me.
    pub(crate) mine: u32,
    /// Claimed by somebody else.
    pub(crate) others: u32,
    /// Claimed by nobody.
    pub(crate) unclaimed: u32,
    /// Decided once; a second person must look.
    pub(crate) second: u32,
    /// Act-by has passed.
    pub(crate) missed: u32,
    /// The traveller stands at check-in.
    pub(crate) check_in: u32,
}

/// How fresh one carrier's messages are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Feed {
    /// Airline designator.
    pub(crate) carrier: String,
    /// Last message, UTC.
    pub(crate) last_received: Option<String>,
    /// Whether that is as expected.
    pub(crate) state: FeedState,
}

/// Whether a feed is as expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FeedState {
    /// As expected.
    Ok,
    /// Something is overdue.
    Late,
    /// Nothing for long.
    Silent,
}

/// A case as a row of the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseRow {
    /// What a row and a page have in common.
    #[serde(flatten)]
    pub(crate) head: CaseHead,
    /// Number of hits.
    pub(crate) hits: u32,
}

/// Every open hit of one traveller on one journey, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseHead {
    /// Case.
    #[schema(example = "case_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// For `If-Match`.
    pub(crate) version: u64,
    /// Last moment at which handing over helps; null when the time of the flight is not known.
    pub(crate) act_by: Option<ActBy>,
    /// Place in the order; smaller is sooner.
    pub(crate) rank: i64,
    /// Gravest hit.
    pub(crate) severity: Severity,
    /// Who.
    pub(crate) traveller: CaseTraveller,
    /// On which journey.
    pub(crate) journey: CaseJourney,
    /// Why there is a case.
    pub(crate) why: Why,
    /// Where the work stands.
    pub(crate) state: CaseState,
    /// Who has claimed it.
    pub(crate) owner: Option<Owner>,
    /// When the message that caused it came, UTC.
    pub(crate) received_at: String,
    /// Act-by has passed without a decision.
    pub(crate) missed: bool,
    /// Since when the traveller stands at check-in, because the carrier that asked was told to ask the
    /// authority, UTC; null when nobody waits so.
    pub(crate) waits_since: Option<String>,
}

/// Last moment at which handing over helps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActBy {
    /// UTC instant.
    pub(crate) utc: String,
    /// Reference, margin and lead it was reckoned from, in words.
    #[schema(example = json!(["outbound", "STD 14:43Z", "gate 15", "lead 10"]))]
    pub(crate) why: Vec<String>,
}

/// How grave a hit would be if it were true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    /// Life or grave harm.
    Critical,
    /// Serious.
    High,
    /// Ordinary.
    Medium,
    /// Worth a look.
    Low,
}

/// By what a journey crosses the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Aircraft.
    Air,
    /// Ship, ferry or small craft.
    Sea,
    /// Train.
    Rail,
    /// Coach or other road vehicle.
    Road,
}

/// Which way a journey goes, seen from the home state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// Leaves it.
    Out,
    /// Comes to it.
    In,
    /// Changes there.
    Transit,
    /// Neither end is known to be there.
    Unknown,
}

/// Who a case is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseTraveller {
    /// Traveller on this journey.
    pub(crate) id: String,
    /// Surname.
    pub(crate) surname: Shown,
    /// Given names.
    pub(crate) given_names: Shown,
    /// `M`, `F`, `X`.
    pub(crate) sex: Shown,
    /// Whole years on the day of travel.
    pub(crate) age: Shown,
}

/// The journey of a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseJourney {
    /// Journey.
    pub(crate) id: String,
    /// Airline designator and number; else ship, voyage or service.
    #[schema(example = "ZQ417")]
    pub(crate) flight: String,
    /// By what it crosses the border.
    pub(crate) mode: Mode,
    /// Where it departs: IATA, ICAO or UN/LOCODE.
    pub(crate) from: String,
    /// Where it arrives.
    pub(crate) to: String,
    /// Seen from the home state.
    pub(crate) direction: Direction,
    /// Scheduled departure.
    pub(crate) departs: Moment,
    /// Scheduled arrival.
    pub(crate) arrives: Moment,
}

/// Why there is a case, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Why {
    /// Stable code.
    pub(crate) code: String,
    /// Words.
    pub(crate) words: String,
    /// Facts that agree.
    pub(crate) agreeing: u32,
    /// Facts that could be compared.
    pub(crate) compared: u32,
}

/// Where the work on a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CaseState {
    /// Nobody has taken it.
    New,
    /// Somebody works on it.
    Claimed,
    /// A second person must look.
    SecondWanted,
    /// Two people decided differently.
    Disagreed,
    /// Every hit is decided.
    Closed,
    /// List or message changed so that nothing fits any more.
    Withdrawn,
}

/// Who has claimed a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Owner {
    /// As shown.
    pub(crate) initials: String,
    /// The reader.
    pub(crate) me: bool,
}

/// A case with everything its review needs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Case {
    /// What a row and a page have in common.
    #[serde(flatten)]
    pub(crate) head: CaseHead,
    /// What fits this traveller, gravest first.
    pub(crate) hits: Vec<Hit>,
    /// Messages about this traveller, newest first.
    pub(crate) messages: Vec<MessageRow>,
    /// What happened to the case, oldest first.
    pub(crate) ledger: Vec<LedgerLine>,
    /// What the reader may do now.
    #[schema(example = json!(["claim", "decide"]))]
    pub(crate) can: Vec<String>,
    /// What the reader may not do now, and what would make it possible.
    pub(crate) cannot: Vec<Refusal>,
}

/// One line of a case's ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LedgerLine {
    /// `received`, `hit`, `shown`, `claimed`, `decided`, `second`, …
    pub(crate) what: String,
    /// UTC instant.
    pub(crate) at: String,
    /// Initials; null for the system.
    pub(crate) by: Option<String>,
}

/// Something the reader may not do, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Refusal {
    /// The act.
    pub(crate) act: String,
    /// Stable code.
    pub(crate) code: String,
    /// Clause of the legal profile.
    pub(crate) clause: String,
    /// What to do about it.
    pub(crate) text: String,
}

/// One list entry that fits one traveller on one journey, with its explanation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Hit {
    /// Hit.
    #[schema(example = "hit_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// For `If-Match`.
    pub(crate) version: u64,
    /// Where it stands.
    pub(crate) state: HitState,
    /// What kind of thing fits.
    #[schema(example = "list")]
    pub(crate) kind: String,
    /// The list.
    pub(crate) list: ListRef,
    /// Its entry.
    pub(crate) entry: Entry,
    /// Codes of the offences for which the list may be used here.
    pub(crate) offences: Vec<String>,
    /// Version of the weights.
    pub(crate) weights: String,
    /// Version of the legal profile.
    pub(crate) profile: String,
    /// 0 to 100: a ranking, not a probability.
    pub(crate) strength: u32,
    /// The line it crossed.
    pub(crate) line: u32,
    /// Name of that band.
    pub(crate) band: String,
    /// Band in words.
    pub(crate) words: String,
    /// Fact by fact.
    pub(crate) facts: Vec<Fact>,
    /// Facts that would decide it, were they known.
    pub(crate) decisive_missing: Vec<String>,
    /// First decision; null while open, and while the reader checks it blind.
    pub(crate) decision: Option<Decision>,
    /// Second person's decision.
    pub(crate) second: Option<Decision>,
    /// Decisions from before traveller or entry changed, oldest first.
    pub(crate) earlier: Vec<Decision>,
}

/// Where a hit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HitState {
    /// Nobody has decided it.
    Open,
    /// Decided once; a second person must look.
    SecondWanted,
    /// Two people decided differently.
    Disagreed,
    /// Decided.
    Decided,
    /// It fits no more.
    Withdrawn,
}

/// A list, at the version that was compared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListRef {
    /// List.
    pub(crate) id: String,
    /// Name.
    pub(crate) name: String,
    /// Version.
    pub(crate) version: String,
    /// Who answers for it.
    pub(crate) owner: String,
    /// On what law it rests.
    pub(crate) legal_basis: String,
}

/// An entry, as the list says it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// Entry.
    pub(crate) id: String,
    /// The list's own reference.
    pub(crate) reference: String,
    /// Names.
    pub(crate) names: Vec<String>,
    /// Other names, with the list's opinion of them.
    pub(crate) aliases: Vec<Alias>,
    /// Birth dates, perhaps partial.
    pub(crate) births: Vec<String>,
    /// Nationalities.
    pub(crate) nationalities: Vec<String>,
    /// Documents.
    pub(crate) documents: Vec<String>,
    /// What else it is sought by: `phone`, `email`, `payment`, `address`. The list keeps digests and no values.
    pub(crate) sought: Vec<String>,
    /// Since when.
    pub(crate) listed_on: Option<String>,
    /// Remarks of the list.
    pub(crate) remarks: Option<String>,
}

/// Another name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Alias {
    /// The name.
    pub(crate) name: String,
    /// What the list thinks of it, as the list says it.
    pub(crate) quality: Option<String>,
}

/// One compared fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Fact {
    /// `name`, `birth_date`, `document`, …; a name has one line a word.
    pub(crate) fact: String,
    /// What the message says.
    pub(crate) ours: Shown,
    /// What the entry says.
    pub(crate) theirs: Vec<String>,
    /// How the two stand to each other.
    pub(crate) relation: Relation,
    /// What it adds to the strength.
    pub(crate) points: i32,
    /// Why, in words.
    pub(crate) why: String,
}

/// How two values stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Relation {
    /// The same.
    Agrees,
    /// Nearly the same.
    Close,
    /// Not the same.
    Differs,
    /// The message does not say.
    MissingOurs,
    /// The entry does not say.
    MissingTheirs,
    /// Not used.
    NotCompared,
}

/// What a person decided.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Decision {
    /// Verdict.
    pub(crate) verdict: Verdict,
    /// Reason codes.
    pub(crate) reasons: Vec<String>,
    /// Note.
    pub(crate) note: Option<String>,
    /// Initials.
    pub(crate) by: String,
    /// UTC instant.
    pub(crate) at: String,
}

/// Whether traveller and entry are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// They are.
    Same,
    /// They are not.
    NotSame,
    /// What is known does not say.
    CannotTell,
}

/// A signed decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionRequest {
    /// Verdict.
    pub(crate) verdict: Verdict,
    /// At least one reason code of that verdict.
    pub(crate) reasons: Vec<String>,
    /// Up to 200 characters; wanted by the codes that end in 9.
    pub(crate) note: Option<String>,
}

/// A coded reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// Code.
    #[schema(example = "N1")]
    pub(crate) code: String,
    /// The verdict it supports.
    pub(crate) verdict: Verdict,
    /// What it says.
    pub(crate) text: String,
    /// A note must say more.
    pub(crate) needs_note: bool,
}
