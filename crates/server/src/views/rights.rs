//! What persons ask about their own data, as the data-protection officer sees it.

use super::traveller::Traveller;
use super::unmask::Passphrase;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RightsRegister {
    /// Server's clock, UTC.
    pub(crate) now: String,
    /// Soonest due first.
    pub(crate) requests: Vec<RightsRow>,
    /// What a request may be for.
    pub(crate) kinds: Vec<String>,
    /// Fields that can be left out of an answer.
    pub(crate) withholdable: Vec<String>,
    /// Where a person turns to against a refusal.
    pub(crate) remedy: String,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RightsState {
    /// Not answered yet.
    Open,
    /// Answered.
    Answered,
    /// Refused.
    Refused,
}

/// One request in the register: nobody is named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RightsRow {
    /// Request; the purpose of everything done for it is `rights=<id>`.
    pub(crate) id: String,
    /// Counts changes; for `If-Match`.
    pub(crate) version: i64,
    /// `access`, `rectify`, `erase`, `redress`.
    pub(crate) kind: String,
    /// Where it stands.
    pub(crate) state: RightsState,
    /// When it came in, UTC.
    pub(crate) received_at: String,
    /// When it must be answered, UTC.
    pub(crate) due_at: String,
    /// Not answered, and late.
    pub(crate) overdue: bool,
    /// Until when it is kept, UTC.
    pub(crate) keep_until: String,
    /// When it was closed, UTC.
    pub(crate) closed_at: Option<String>,
}

/// Who asks: what the records are searched by.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub(crate) struct Asker {
    /// Names, any spelling and order.
    pub(crate) names: Vec<String>,
    /// Birth dates, `1976-02-17`.
    pub(crate) births: Vec<String>,
    /// Document numbers.
    pub(crate) documents: Vec<String>,
    /// Telephone numbers and addresses of electronic mail.
    pub(crate) contacts: Vec<String>,
    /// Record locators of bookings.
    pub(crate) locators: Vec<String>,
}

/// A request as it comes in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NewRightsRequest {
    /// `access`, `rectify`, `erase`, `redress`.
    pub(crate) kind: String,
    /// How the identity was checked: a code, such as `in-person`.
    pub(crate) identity: String,
    /// When it came in, UTC; now where absent.
    pub(crate) received_at: Option<String>,
    /// Who asks.
    pub(crate) asker: Asker,
}

/// One request with who asks and how it was answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RightsRequest {
    /// In the register.
    pub(crate) row: RightsRow,
    /// How the identity was checked.
    pub(crate) identity: String,
    /// Who asks.
    pub(crate) asker: Asker,
    /// The answer: a `RightsAnswer`, or a refusal with its remedy.
    #[schema(value_type = Option<Object>)]
    pub(crate) answer: Option<serde_json::Value>,
}

/// How to look for records.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RightsSearch {
    /// In everything that is kept, and not by digests alone.
    #[serde(default)]
    pub(crate) thorough: bool,
    /// Of the vault, for masked records. It is used once and kept nowhere.
    #[schema(value_type = Option<String>, format = Password, write_only)]
    pub(crate) passphrase: Option<Passphrase>,
}

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RightsFound {
    /// Each record that may be the person's.
    pub(crate) records: Vec<RightsRecord>,
    /// Masked records were looked at, too.
    pub(crate) masked_too: bool,
}

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RightsPlace {
    /// In the open.
    Open,
    /// Behind the mask.
    Masked,
    /// In a copy that a hold keeps for a case.
    Held,
}

/// One record, with nobody else in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RightsRecord {
    /// Where it lies.
    pub(crate) place: RightsPlace,
    /// What is exactly the same: `document`, `name`, `phone`, `email`, `locator`.
    pub(crate) same: Vec<String>,
    /// How alike the persons are, 0 to 100: a ranking, for a person to judge.
    pub(crate) likeness: Option<u32>,
    /// Since when it is kept, UTC: what its age is reckoned from.
    pub(crate) since: String,
    /// Everything said of the person, each with its source.
    pub(crate) record: Traveller,
}

/// What goes to the person.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RightsReply {
    /// The records, `trv_…`, out of those that are found.
    pub(crate) records: Vec<String>,
    /// What is left out, because others have a right to it or the law keeps it back.
    #[serde(default)]
    pub(crate) withhold: Vec<String>,
    /// How they were found.
    #[serde(flatten)]
    pub(crate) search: RightsSearch,
}

/// What went to the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RightsAnswer {
    /// When it was made, UTC.
    pub(crate) made_at: String,
    /// Profile and version.
    pub(crate) profile: String,
    /// The records.
    pub(crate) records: Vec<RightsRecord>,
    /// What was left out.
    pub(crate) withheld: Vec<String>,
    /// Where the person turns to if something is missing or wrong.
    pub(crate) remedy: String,
}

/// Why a request is refused.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RightsRefusal {
    /// In words that the person gets.
    pub(crate) reason: String,
}

/// What is right instead of what was sent, or a note.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RightsCorrection {
    /// The record: `trv_…`.
    pub(crate) traveller: String,
    /// `surname`, `birth_date`, …, or `note`.
    pub(crate) field: String,
    /// What is right.
    pub(crate) value: String,
    /// On what that rests.
    #[serde(default)]
    pub(crate) proof: String,
}

/// The record that a step is about.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RightsErasure {
    /// The record: `trv_…`.
    pub(crate) traveller: String,
}

/// The false match that a person is to be spared.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RightsRedress {
    /// The record: `trv_…`.
    pub(crate) traveller: String,
    /// The match: `hit_…`.
    pub(crate) hit: String,
}

/// Who has to be told of a change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Reach {
    /// Bodies that were given something about the person.
    pub(crate) recipients: Vec<String>,
    /// Other recipients of the same flight.
    pub(crate) compartments: Vec<String>,
}

/// Until when a person is spared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Spared {
    /// At the latest, UTC; sooner when the record goes or the entry changes.
    pub(crate) ends_at: String,
}
