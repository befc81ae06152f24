//! The live queue and the review of one case.

use super::message::MessageRow;
use super::shown::{Moment, Shown};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The live queue, in the order of act-by.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Queue {
    /// Server's clock, UTC.
    pub now: String,
    /// Cases a lane, before other filters.
    pub counts: Counts,
    /// The rows asked for.
    pub cases: Vec<CaseRow>,
    /// Carriers' feeds.
    pub feeds: Vec<Feed>,
}

/// Which rows of the queue.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Lane; all open cases if absent.
    pub lane: Option<Lane>,
    /// Lowest severity.
    pub severity: Option<Severity>,
    /// Direction of the journey.
    pub direction: Option<Direction>,
    /// Flight number or airport; never a name.
    pub q: Option<String>,
}

/// A part of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
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
    /// Decided before and unchanged since.
    Suppressed,
    /// Act-by has passed.
    Missed,
}

/// Cases a lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// Every open case.
    pub all: u32,
    /// Leaving the home state.
    pub departing: u32,
    /// Coming to the home state.
    pub arriving: u32,
    /// Changing there.
    pub transit: u32,
    /// Claimed by me.
    pub mine: u32,
    /// Claimed by somebody else.
    pub others: u32,
    /// Claimed by nobody.
    pub unclaimed: u32,
    /// Decided before and unchanged since.
    pub suppressed: u32,
    /// Act-by has passed.
    pub missed: u32,
}

/// How fresh one carrier's messages are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Feed {
    /// Airline designator.
    pub carrier: String,
    /// Last message, UTC.
    pub last_received: Option<String>,
    /// Whether that is as expected.
    pub state: FeedState,
}

/// Whether a feed is as expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeedState {
    /// As expected.
    Ok,
    /// Something is overdue.
    Late,
    /// Nothing for long.
    Silent,
}

/// A case as a row of the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseRow {
    /// What a row and a page have in common.
    #[serde(flatten)]
    pub head: CaseHead,
    /// Number of hits.
    pub hits: u32,
}

/// Every open hit of one traveller on one journey, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseHead {
    /// Case.
    #[schema(example = "case_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub id: String,
    /// For `If-Match`.
    pub version: u64,
    /// Last moment at which handing over helps; null when the time of the flight is not known.
    pub act_by: Option<ActBy>,
    /// Place in the order; smaller is sooner.
    pub rank: i64,
    /// Gravest hit.
    pub severity: Severity,
    /// Who.
    pub traveller: CaseTraveller,
    /// On which journey.
    pub journey: CaseJourney,
    /// Why there is a case.
    pub why: Why,
    /// Where the work stands.
    pub state: CaseState,
    /// Who has claimed it.
    pub owner: Option<Owner>,
    /// When the message that caused it came, UTC.
    pub received_at: String,
    /// Act-by has passed without a decision.
    pub missed: bool,
}

/// Last moment at which handing over helps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActBy {
    /// UTC instant.
    pub utc: String,
    /// Reference, margin and lead it was reckoned from, in words.
    #[schema(example = json!(["outbound", "STD 14:43Z", "gate 15", "lead 10"]))]
    pub why: Vec<String>,
}

/// How grave a hit would be if it were true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Life or grave harm.
    Critical,
    /// Serious.
    High,
    /// Ordinary.
    Medium,
    /// Worth a look.
    Low,
}

/// Which way a journey goes, seen from the home state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
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
pub struct CaseTraveller {
    /// Traveller on this journey.
    pub id: String,
    /// Surname.
    pub surname: Shown,
    /// Given names.
    pub given_names: Shown,
    /// `M`, `F`, `X`; null when not sent or not shown.
    pub sex: Option<String>,
    /// Whole years on the day of travel; null when not sent or not shown.
    pub age: Option<u8>,
}

/// The journey of a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseJourney {
    /// Journey.
    pub id: String,
    /// Airline designator and number.
    #[schema(example = "ZQ417")]
    pub flight: String,
    /// Airport of departure.
    pub from: String,
    /// Airport of arrival.
    pub to: String,
    /// Seen from the home state.
    pub direction: Direction,
    /// Scheduled departure.
    pub departs: Moment,
    /// Scheduled arrival.
    pub arrives: Moment,
}

/// Why there is a case, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Why {
    /// Stable code.
    pub code: String,
    /// Words.
    pub words: String,
    /// Facts that agree.
    pub agreeing: u32,
    /// Facts that could be compared.
    pub compared: u32,
}

/// Where the work on a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Nobody has opened it.
    New,
    /// Somebody has.
    Seen,
    /// Somebody works on it.
    Claimed,
    /// Every hit is decided.
    Decided,
    /// A second person must look.
    SecondWanted,
    /// Two people decided differently.
    Disagreed,
    /// Done.
    Closed,
    /// List or message changed so that nothing fits any more.
    Withdrawn,
}

/// Who has claimed a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Owner {
    /// As shown.
    pub initials: String,
    /// The reader.
    pub me: bool,
}

/// A case with everything its review needs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Case {
    /// What a row and a page have in common.
    #[serde(flatten)]
    pub head: CaseHead,
    /// What fits this traveller, gravest first.
    pub hits: Vec<Hit>,
    /// Messages about this traveller, newest first.
    pub messages: Vec<MessageRow>,
    /// What happened to the case, oldest first.
    pub ledger: Vec<LedgerLine>,
    /// What the reader may do now.
    #[schema(example = json!(["claim", "decide"]))]
    pub can: Vec<String>,
    /// What the reader may not do now, and what would make it possible.
    pub cannot: Vec<Refusal>,
}

/// One line of a case's ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LedgerLine {
    /// `received`, `hit`, `shown`, `claimed`, `decided`, `second`, …
    pub what: String,
    /// UTC instant.
    pub at: String,
    /// Initials; null for the system.
    pub by: Option<String>,
}

/// Something the reader may not do, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// The act.
    pub act: String,
    /// Stable code.
    pub code: String,
    /// Clause of the legal profile.
    pub clause: String,
    /// What to do about it.
    pub text: String,
}

/// One list entry that fits one traveller on one journey, with its explanation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Hit {
    /// Hit.
    #[schema(example = "hit_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub id: String,
    /// For `If-Match`.
    pub version: u64,
    /// Where it stands.
    pub state: HitState,
    /// What kind of thing fits.
    #[schema(example = "list")]
    pub kind: String,
    /// The list.
    pub list: ListRef,
    /// Its entry.
    pub entry: Entry,
    /// Version of the weights.
    pub weights: String,
    /// Version of the legal profile.
    pub profile: String,
    /// 0 to 100: a ranking, not a probability.
    pub strength: u32,
    /// The line it crossed.
    pub line: u32,
    /// Name of that band.
    pub band: String,
    /// Band in words.
    pub words: String,
    /// Fact by fact.
    pub facts: Vec<Fact>,
    /// Facts that would decide it, were they known.
    pub decisive_missing: Vec<String>,
    /// First decision; null while open, and while the reader checks it blind.
    pub decision: Option<Decision>,
    /// Second person's decision.
    pub second: Option<Decision>,
}

/// Where a hit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitState {
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
    /// Decided before and unchanged since.
    Suppressed,
}

/// A list, at the version that was compared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListRef {
    /// List.
    pub id: String,
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Who answers for it.
    pub owner: String,
}

/// An entry, as the list says it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Entry {
    /// Entry.
    pub id: String,
    /// The list's own reference.
    pub reference: String,
    /// Names.
    pub names: Vec<String>,
    /// Other names, with the list's opinion of them.
    pub aliases: Vec<Alias>,
    /// Birth dates, perhaps partial.
    pub births: Vec<String>,
    /// Nationalities.
    pub nationalities: Vec<String>,
    /// Documents.
    pub documents: Vec<String>,
    /// Since when.
    pub listed_on: Option<String>,
    /// Remarks of the list.
    pub remarks: Option<String>,
}

/// Another name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// What the list thinks of it, as the list says it.
    pub quality: Option<String>,
}

/// One compared fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Fact {
    /// `name`, `birth_date`, `document`, …; a name has one line a word.
    pub fact: String,
    /// What the message says.
    pub ours: Shown,
    /// What the entry says.
    pub theirs: Vec<String>,
    /// How the two stand to each other.
    pub relation: Relation,
    /// What it adds to the strength.
    pub points: i32,
    /// Why, in words.
    pub why: String,
}

/// How two values stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
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
pub struct Decision {
    /// Verdict.
    pub verdict: Verdict,
    /// Reason codes.
    pub reasons: Vec<String>,
    /// Note.
    pub note: Option<String>,
    /// Initials.
    pub by: String,
    /// UTC instant.
    pub at: String,
}

/// Whether traveller and entry are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
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
pub struct DecisionRequest {
    /// Verdict.
    pub verdict: Verdict,
    /// At least one reason code of that verdict.
    pub reasons: Vec<String>,
    /// Up to 200 characters; wanted by the codes that end in 9.
    pub note: Option<String>,
}

/// A coded reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reason {
    /// Code.
    #[schema(example = "N1")]
    pub code: String,
    /// The verdict it supports.
    pub verdict: Verdict,
    /// What it says.
    pub text: String,
    /// A note must say more.
    pub needs_note: bool,
}
