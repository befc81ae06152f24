//! The tables of a profile as they stand in its file.
//!
//! Every value is a [`Ruled`] or stands under a [`Source`], so that none can be written without
//! saying where it comes from. What a table means is told by the module that uses it.

use super::source::{Ruled, Source};
use crate::Act;
use crate::alert::Hours;
use crate::period::Period;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which decisions a second person must check before they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewRule {
    /// None.
    Never,
    /// Every "same".
    Same,
    /// Every decision.
    Always,
}

/// From which instant the clock of a journey runs (R-ING-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// First receipt of anything about it.
    Receipt,
    /// Scheduled departure; first receipt where that is not known.
    Departure,
}

/// What becomes of records when the initial period ends (R-RET-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostInitial {
    /// All stay, masked, until the end.
    KeepMasked,
    /// Those with recorded objective evidence stay, masked; the others are erased.
    EraseUnlinked,
    /// All are erased.
    EraseAll,
}

/// Who says that hidden values may be seen again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// A court.
    Court,
    /// An authority that is independent of the unit and of whoever asks.
    IndependentAuthority,
    /// Another authority that national law names.
    NationalAuthority,
    /// The head of the agency.
    HeadOfAgency,
    /// An official of the unit who confirms that the task needs it.
    OfficialInNeed,
}

/// Whose compartment a profile governs (R-SCO-07).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientKind {
    /// A passenger information unit.
    Piu,
    /// A border authority.
    Border,
    /// Customs.
    Customs,
}

/// What a list is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Known and suspected terrorists.
    Terrorism,
    /// Persons and objects sought for serious crime.
    SeriousCrime,
    /// Stolen, lost and invalid documents.
    Documents,
    /// Persons to whom entry is refused.
    EntryBan,
    /// Persons and companies of interest to customs.
    Customs,
}

impl ListKind {
    /// Every kind with its name.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("terrorism", Self::Terrorism),
        ("serious_crime", Self::SeriousCrime),
        ("documents", Self::Documents),
        ("entry_ban", Self::EntryBan),
        ("customs", Self::Customs),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        let row = Self::ROWS.iter().find(|(_, kind)| *kind == self);
        row.map_or("", |(name, _)| name)
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        let row = Self::ROWS.iter().find(|(known, _)| *known == name);
        row.map(|(_, kind)| *kind)
    }
}

/// Whether journeys of one kind are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Taking {
    /// All of them.
    Always,
    /// Those that an entry in the register of selections names, while it is in force.
    Selected,
    /// None.
    Never,
}

/// Which module a push belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PushKind {
    /// Passenger lists.
    Api,
    /// Booking data.
    Pnr,
}

impl PushKind {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Pnr => "pnr",
        }
    }
}

/// How the headings of Annex I are read (R-DAT-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// As the Court of Justice reads them in C-817/19: closed, and clearly identified.
    Narrow,
    /// As they are written.
    Broad,
}

/// An element that may be kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Kept {
    #[serde(default)]
    pub(crate) clause: String,
    #[serde(default)]
    pub(crate) status: super::Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confirmed_by: Option<String>,
    /// `broad`: only where the headings are read so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reading: Option<Reading>,
}

/// A profile's file.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Tables {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) title: String,
    pub(crate) home: Vec<String>,
    pub(crate) modules: Modules,
    pub(crate) purposes: BTreeMap<String, Source>,
    pub(crate) reading: Ruled<Reading>,
    pub(crate) elements: BTreeMap<String, Kept>,
    pub(crate) masked: BTreeMap<String, Source>,
    pub(crate) sensitive: Sensitive,
    pub(crate) retention: Retention,
    pub(crate) unmask: Unmask,
    pub(crate) rights: Rights,
    pub(crate) disclosure: Disclosure,
    pub(crate) recipient: Recipient,
    /// The closed catalogue of offences (R-SCO-05); where it is not given, any code may be cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) offences: Option<Ruled<Vec<Offence>>>,
    pub(crate) selection: Selection,
    pub(crate) push: PushPlan,
    pub(crate) carriers: CarrierRules,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) check_in: Option<CheckIn>,
    pub(crate) statistics: Statistics,
    pub(crate) oversight: Oversight,
    pub(crate) proof: Proof,
    pub(crate) act_by: ActBy,
    pub(crate) review: Review,
}

/// Modules that a state may leave out (R-SCO-03).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Modules {
    pub(crate) api: Ruled<bool>,
    pub(crate) pnr: Ruled<bool>,
}

/// Special categories of data (R-SEN-01).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Sensitive {
    #[serde(flatten)]
    pub(crate) source: Source,
    pub(crate) services: Ruled<Vec<String>>,
    /// Words in free text, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) terms: BTreeMap<String, Ruled<Vec<String>>>,
}

/// How long what is kept (section on retention: R-RET-*).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Retention {
    /// From when the clock runs.
    pub anchor: Ruled<Anchor>,
    /// The initial period: when it ends, the record is masked.
    pub mask: Ruled<Period>,
    /// What becomes of records then.
    pub post_initial: Ruled<PostInitial>,
    /// When everything is erased, counted from the anchor.
    pub total: Ruled<Period>,
    /// The same for records with recorded objective evidence, where the law gives them longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_linked: Option<Ruled<Period>>,
    /// How long the result of a review is kept after it was passed on or closed (R-REV-05).
    pub results: Ruled<Period>,
    /// How long the audit log is kept (R-AUD-03).
    pub log: Ruled<Period>,
    /// After how long a recorded link to an offence must be looked at again (R-RET-05).
    pub link_review: Ruled<Period>,
    /// After how long a case-bound hold must be looked at again (R-RET-07).
    pub hold_review: Ruled<Period>,
    /// Suppression of repeated false matches and redress records go with the base data (R-REV-04).
    pub suppression_with_base: Ruled<bool>,
    /// Bands of access before masking, by name (R-RET-09).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stages: BTreeMap<String, Stage>,
}

/// A band of access: some elements are seen only with an authority's leave.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Stage {
    /// When it begins, counted from the anchor.
    pub from: Ruled<Period>,
    /// Who gives leave.
    pub authority: Ruled<Authority>,
    /// The elements, by name.
    pub hidden: Ruled<Vec<String>>,
}

/// Seeing masked values again (R-RET-03, R-RET-04).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Unmask {
    /// Who approves. Never the unit.
    pub authority: Ruled<Authority>,
    /// Who approves in urgent cases until the authority does; none where the law knows no such way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<Ruled<Authority>>,
    /// How soon the authority must confirm an urgent approval, or it ends by itself.
    pub confirm_within: Ruled<Period>,
    /// How long an approved view stays open.
    pub view: Ruled<Period>,
    /// Whether the data-protection officer is told of each approval.
    pub inform_dpo: Ruled<bool>,
    /// By when the data-protection officer reviews it afterwards.
    pub dpo_review: Ruled<Period>,
}

/// Rights of persons (R-DSR-01, R-DSR-05).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Rights {
    /// How soon a person is answered, from the receipt of the request.
    pub answer: Ruled<Period>,
    /// How long a request is kept with its answer, from its receipt.
    pub keep: Ruled<Period>,
    /// How long a record spares a person a repeated false match.
    pub redress: Ruled<Period>,
    /// Where a person turns to against a refusal.
    pub remedy: Ruled<String>,
}

/// Passing data on (R-RET-06).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Disclosure {
    /// Whether disclosure after arrival needs a review by an independent authority first.
    pub review_after_arrival: Ruled<bool>,
}

/// Whose compartment this is, and what it screens against.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Recipient {
    /// Its kind.
    pub kind: Ruled<RecipientKind>,
    /// The kinds of list it may screen against.
    pub lists: Ruled<Vec<ListKind>>,
    /// What of a booking, by name of element, may be compared with what lists seek besides persons
    /// and documents; nothing where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compares: Option<Ruled<Vec<String>>>,
    /// The kinds of list of which every entry must cite an offence, its own or its list's, before a
    /// version may be put in force (R-SCO-05); none where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cites: Option<Ruled<Vec<ListKind>>>,
}

/// An offence of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Offence {
    /// By which lists, entries and requests cite it, such as `annex-ii/4`.
    pub code: String,
    /// Name for people.
    pub name: String,
}

/// Which journeys are taken (R-SCO-08, R-SCO-09).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Selection {
    /// States (alpha-3) among which journeys count as inside the area; home is always inside.
    pub area: Ruled<Vec<String>>,
    /// How long an entry of the register may run at most.
    pub longest: Ruled<Period>,
    /// By aircraft.
    pub air: Ways,
    /// By ship.
    pub sea: Ways,
    /// By train.
    pub rail: Ways,
    /// By bus.
    pub coach: Ways,
}

/// The ways a journey may cross the border.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Ways {
    /// To home from outside the area.
    pub inbound: Ruled<Taking>,
    /// From home to outside the area.
    pub outbound: Ruled<Taking>,
    /// Through home, or a part of such a journey that does not touch home.
    pub transit: Ruled<Taking>,
    /// Between home and another state of the area.
    pub intra: Ruled<Taking>,
    /// Within home.
    pub domestic: Ruled<Taking>,
}

/// What carriers send when (R-ING-07).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct PushPlan {
    /// How late a push may be before it counts as missing.
    pub tolerance: Ruled<Period>,
    /// The pushes, by name.
    #[serde(default)]
    pub expected: BTreeMap<String, Push>,
    /// What may be asked for outside this plan; a profile without it allows nothing of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad_hoc: Option<AdHoc>,
}

/// Pushes on request, for a specific and actual threat (R-ING-08).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct AdHoc {
    /// Kinds of threat for which one may be asked, by code; any where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threats: Option<Ruled<Vec<String>>>,
    /// The longest that a request may stand.
    pub longest: Ruled<Period>,
}

impl AdHoc {
    /// What says that a push may be asked for.
    pub fn clause(&self) -> &str {
        let threats = self.threats.as_ref().map(|threats| &*threats.clause);
        threats.unwrap_or(&self.longest.clause)
    }

    /// Whether a push may be asked for because of a threat of this kind.
    pub fn answers_to(&self, threat: &str) -> bool {
        let known = self.threats.as_ref();
        known.is_none_or(|known| known.value.iter().any(|kind| kind == threat))
    }
}

/// One push. Times are counted from the scheduled departure.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Push {
    /// What is sent.
    pub kind: Ruled<PushKind>,
    /// Earliest, before departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest_before: Option<Ruled<Period>>,
    /// Latest, before departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_before: Option<Ruled<Period>>,
    /// Latest, after departure, where the law counts from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_after: Option<Ruled<Period>>,
}

/// How carriers are met that send what is not theirs, or do not send what they owe.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct CarrierRules {
    /// A message about a flight that its sender neither flies nor reports for others.
    pub other_flight: Ruled<Stranger>,
    /// A message whose envelope names a sender that is not the one whose channel it came by.
    pub other_sender: Ruled<Stranger>,
    /// How long before a key or certificate ends its carrier is warned.
    pub warn_before: Ruled<Period>,
    /// Who is told of what is missing, and when (R-ING-07, R-CAR-04).
    pub notice: NoticeLadder,
}

/// Whether what came from a stranger is taken. A finding says it either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stranger {
    /// It is kept and screened.
    Take,
    /// Nothing of it is kept.
    Refuse,
}

/// The steps by which a carrier is told, each after a time of its own.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct NoticeLadder {
    /// Who runs the carrier's interface.
    pub technician: NoticeStep,
    /// The carrier's office that answers for passenger data.
    pub liaison: NoticeStep,
    /// The carrier's management.
    pub management: NoticeStep,
}

/// One step.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct NoticeStep {
    /// How long after a push was due and its tolerance was over.
    pub after: Ruled<Period>,
}

impl NoticeLadder {
    /// The steps by name, lowest first.
    pub fn steps(&self) -> [(&'static str, &NoticeStep); 3] {
        [
            ("technician", &self.technician),
            ("liaison", &self.liaison),
            ("management", &self.management),
        ]
    }
}

/// What a carrier is answered who asks about a traveller at check-in (R-IAPI-*). A profile without
/// it answers no such question.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct CheckIn {
    /// What must be known of a traveller; without it the carrier is to correct and send again.
    pub needs: Ruled<Vec<Need>>,
    /// What may keep a traveller from boarding. Nothing else ever does: no name, no rule and no
    /// score can be named here (R-IAPI-05).
    pub refuses: Ruled<Vec<Refuses>>,
    /// Seconds after which a carrier that waits on a line is told that nobody can say; the answer
    /// itself comes unasked when it is there (R-IAPI-02).
    pub answer_seconds: Ruled<u32>,
    /// How each answer is spelled.
    pub answers: Answers,
}

/// How each answer is spelled.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Answers {
    /// May board.
    pub board: Spelling,
    /// Nobody can say.
    pub undetermined: Spelling,
    /// Asks the authority.
    pub contact: Spelling,
    /// Corrects and sends again.
    pub data_error: Spelling,
    /// May not board.
    pub no_board: Spelling,
}

/// An answer as carriers read it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Spelling {
    /// CUSRES ERC 9321.
    pub code: Ruled<String>,
    /// For the desk (FTX).
    pub text: Ruled<String>,
}

/// What must be known of a traveller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Family name.
    Name,
    /// Birth date.
    BirthDate,
    /// Nationality.
    Nationality,
    /// A travel document with its number.
    Document,
}

/// What may keep a traveller from boarding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refuses {
    /// The very document is listed as lost, stolen or invalid.
    Document,
    /// A person decided before that this traveller is the one listed.
    Decision,
}

/// What a carrier is told of a traveller, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clearance {
    /// May board.
    Board,
    /// Nobody can say.
    Undetermined,
    /// The carrier asks the authority; a person looks at it.
    Contact,
    /// Data is missing: correct and send again.
    DataError,
    /// May not board.
    NoBoard,
}

impl Clearance {
    /// Every answer with its name.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("board", Self::Board),
        ("undetermined", Self::Undetermined),
        ("contact", Self::Contact),
        ("data_error", Self::DataError),
        ("no_board", Self::NoBoard),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        let row = Self::ROWS.iter().find(|(_, one)| *one == self);
        row.map_or("", |(name, _)| name)
    }

    /// The answer of a name.
    pub fn parse(name: &str) -> Option<Self> {
        let row = Self::ROWS.iter().find(|(known, _)| *known == name);
        row.map(|(_, one)| *one)
    }
}

impl CheckIn {
    /// How an answer is spelled.
    pub fn spelling(&self, clearance: Clearance) -> &Spelling {
        match clearance {
            Clearance::Board => &self.answers.board,
            Clearance::Undetermined => &self.answers.undetermined,
            Clearance::Contact => &self.answers.contact,
            Clearance::DataError => &self.answers.data_error,
            Clearance::NoBoard => &self.answers.no_board,
        }
    }
}

/// Figures that are published (R-STA-01).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Statistics {
    /// A count of persons below this is not shown.
    pub small_cell: Ruled<u32>,
}

/// What the data-protection officer is told of (R-DPO-04, R-ACC-04). Counts are of one UTC day.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Oversight {
    /// By when an item of the inbox is answered, where no other clause says.
    pub answer_within: Ruled<Period>,
    /// Records that one account opens, below which their number is no sign.
    pub volume_least: Ruled<u32>,
    /// Times the usual of the role from which it is one.
    pub volume_times: Ruled<u32>,
    /// Hours in which nobody is expected to open records.
    pub quiet_hours: Ruled<Hours>,
    /// Accounts that open one person's record without a case.
    pub same_person: Ruled<u32>,
    /// Refusals of one account.
    pub denials: Ruled<u32>,
    /// Refused sign-ins to one account.
    pub sign_ins: Ruled<u32>,
}

/// How old the proof of who somebody is may be when they sign.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Proof {
    /// For a decision on a hit, by an account with a second factor.
    pub decide: Ruled<Period>,
    /// Whether the same holds for accounts with a password alone.
    pub password_too: Ruled<bool>,
    /// For leave to unmask, law put in force, roles given, and pushes asked for outside the schedule,
    /// by everybody.
    pub rare: Ruled<Period>,
}

impl Proof {
    /// How old the proof of who somebody is may be for `act`; nothing where the session's own
    /// length is enough. `second` is whether the account has a second factor.
    pub fn within(&self, act: Act, second: bool) -> Option<Period> {
        match act {
            Act::UnmaskApprove
            | Act::UnmaskUrgent
            | Act::ProfileActivate
            | Act::AccountApprove
            | Act::PushApprove => Some(self.rare.value),
            Act::HitDecide if second || self.password_too.value => Some(self.decide.value),
            _ => None,
        }
    }
}

/// When handing over still helps.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct ActBy {
    pub(crate) gate_closes_minutes: Ruled<u32>,
    pub(crate) handover_departure_minutes: Ruled<u32>,
    pub(crate) handover_arrival_minutes: Ruled<u32>,
}

/// Human review.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Review {
    pub(crate) second_check: Ruled<ReviewRule>,
}

#[cfg(test)]
mod tests {
    use crate::{Act, Profile};

    /// R-ACC-02.
    #[test]
    fn legal_acts_are_signed_by_who_has_just_proved_who_they_are() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let within = |act, second| {
            let period = profile.proof().within(act, second);
            period.map_or("whenever".to_owned(), |period| period.to_string())
        };
        for second in [false, true] {
            assert_eq!(within(Act::UnmaskApprove, second), "15 minutes");
            assert_eq!(within(Act::ProfileActivate, second), "15 minutes");
            assert_eq!(within(Act::AccountApprove, second), "15 minutes");
            assert_eq!(within(Act::CaseRead, second), "whenever");
        }
        assert_eq!(within(Act::HitDecide, true), "4 hours");
        assert_eq!(within(Act::HitDecide, false), "whenever");
    }
}
