//! Requests to see masked values, holds, and links to an offence: identifiers, counts and dates.

use super::case::CaseJourney;
use super::traveller::Traveller;
use oriel_keys::Secret;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// A passphrase on its way to a lock. It prints nothing and is wiped.
pub(crate) struct Passphrase(pub(crate) Secret);

impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Secret::new(String::deserialize(from)?.into_bytes())))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// Where a request to unmask stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnmaskState {
    /// Waits for the authority.
    Asked,
    /// Granted as urgent, until the authority confirms it.
    Provisional,
    /// Allowed.
    Approved,
    /// Refused.
    Refused,
    /// Its time is over.
    Ended,
}

/// Requests to see masked values.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Unmaskings {
    /// Server's clock, UTC.
    pub(crate) now: String,
    /// Newest first.
    pub(crate) unmaskings: Vec<Unmasking>,
    /// Kinds of data that can be asked for, by name.
    pub(crate) elements: Vec<String>,
    /// The longest view, in minutes.
    pub(crate) longest_minutes: i64,
    /// Whether the legal profile knows an urgent way.
    pub(crate) urgent: bool,
}

/// One request to see masked values. Nobody is named in it, unless its own words do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Unmasking {
    /// Request.
    pub(crate) id: String,
    /// Counts changes; for `If-Match`.
    pub(crate) version: i64,
    /// Where it stands at this moment.
    pub(crate) state: UnmaskState,
    /// The case or request it serves, in the form of the `Purpose` header.
    #[schema(example = "case=case_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) purpose: String,
    /// Code of the offence.
    #[schema(example = "annex-ii/4")]
    pub(crate) offence: String,
    /// Why, and the link to travel.
    pub(crate) reason: String,
    /// Kinds of data, by name.
    pub(crate) elements: Vec<String>,
    /// For how long it is to be open.
    pub(crate) minutes: i64,
    /// By whom, in initials.
    pub(crate) asked_by: String,
    /// When, UTC.
    pub(crate) asked_at: String,
    /// Whether the reader asked for it.
    pub(crate) mine: bool,
    /// When it falls back unless confirmed, UTC.
    pub(crate) confirm_by: Option<String>,
    /// Who decided, in initials.
    pub(crate) decided_by: Option<String>,
    /// When, UTC.
    pub(crate) decided_at: Option<String>,
    /// What was said to it.
    pub(crate) answer: String,
    /// When it ends or ended, UTC.
    pub(crate) ends_at: Option<String>,
    /// By when the data-protection officer answers it in the inbox of oversight, UTC.
    pub(crate) review_by: Option<String>,
}

/// One request with what it is about, in counts and dates.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UnmaskingDetail {
    /// The request.
    pub(crate) unmasking: Unmasking,
    /// Persons.
    pub(crate) persons: usize,
    /// Their flights, each once.
    pub(crate) flights: Vec<CaseJourney>,
}

/// What is asked for. The case or request is the purpose.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewUnmasking {
    /// Travellers (`trv_…`), or flights (`jrn_…`) for everybody who is left on them.
    pub(crate) records: Vec<String>,
    /// Code of the offence.
    pub(crate) offence: String,
    /// Why, and the link to travel.
    pub(crate) reason: String,
    /// Kinds of data, by name.
    pub(crate) elements: Vec<String>,
    /// For how long; as long as the profile allows where absent.
    pub(crate) minutes: Option<i64>,
}

/// What is decided of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnmaskVerdict {
    /// Allow it, or confirm what was granted as urgent.
    Approve,
    /// Grant what cannot wait, until it is confirmed.
    Urgent,
    /// Refuse it.
    Refuse,
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UnmaskDecision {
    /// Which.
    pub(crate) verdict: UnmaskVerdict,
    /// What is said to it; needed to refuse.
    #[serde(default)]
    pub(crate) answer: String,
    /// These kinds of data alone.
    pub(crate) elements: Option<Vec<String>>,
    /// No longer than this.
    pub(crate) minutes: Option<i64>,
    /// Of the vault, or the PIN of the token that locks it; needed to open anything. It is used once
    /// and kept nowhere.
    #[schema(value_type = Option<String>, format = Password, write_only)]
    pub(crate) passphrase: Option<Passphrase>,
}

/// What an approval opens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OpenedRecords {
    /// The approval.
    pub(crate) unmasking: Unmasking,
    /// The persons.
    pub(crate) travellers: Vec<Traveller>,
}

/// Holds and links to an offence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Holds {
    /// Server's clock, UTC.
    pub(crate) now: String,
    /// Soonest review first.
    pub(crate) holds: Vec<Hold>,
}

/// A copy kept for one case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    /// Hold.
    pub(crate) id: String,
    /// The case or request it serves.
    pub(crate) purpose: String,
    /// The authority whose case it is.
    pub(crate) authority: String,
    /// Why.
    pub(crate) reason: String,
    /// By whom, in initials.
    pub(crate) placed_by: String,
    /// When, UTC.
    pub(crate) placed_at: String,
    /// When it must be looked at again, UTC.
    pub(crate) review_at: String,
    /// Whether that is past.
    pub(crate) overdue: bool,
    /// When it is over, UTC.
    pub(crate) ends_at: String,
}

/// What is to be kept for a case. The case or request is the purpose.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NewHold {
    /// The person: `trv_…`.
    pub(crate) traveller: String,
    /// The authority whose case it is: an identifier.
    pub(crate) authority: String,
    /// Why.
    pub(crate) reason: String,
    /// When it is over, UTC.
    #[schema(example = "2028-03-01T00:00:00Z")]
    pub(crate) ends_at: String,
}

/// A hold with its copy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HeldRecord {
    /// The hold.
    pub(crate) hold: Hold,
    /// What it keeps.
    pub(crate) traveller: Traveller,
}

/// Whether something is kept until the next look.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub(crate) struct Look {
    /// Keep it; else it is lifted.
    pub(crate) keep: bool,
}

/// Links to an offence for which records are kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Links {
    /// Server's clock, UTC.
    pub(crate) now: String,
    /// Soonest review first.
    pub(crate) links: Vec<Link>,
}

/// A recorded link to an offence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    /// Link.
    pub(crate) id: String,
    /// The person.
    pub(crate) traveller: String,
    /// `confirmed_hit`, `request`.
    pub(crate) kind: String,
    /// What it refers to.
    pub(crate) object: String,
    /// By whom, in initials.
    pub(crate) recorded_by: String,
    /// When, UTC.
    pub(crate) recorded_at: String,
    /// When it must be looked at again, UTC.
    pub(crate) review_at: String,
    /// Whether that is past.
    pub(crate) overdue: bool,
    /// Whether the reader recorded it, so that somebody else looks at it.
    pub(crate) mine: bool,
}
