//! Carriers: who sends, by what each is known, and whether it can.

use super::message::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every carrier.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Carriers {
    /// By short name.
    pub(crate) carriers: Vec<Carrier>,
    /// Times of the last year in which nobody could send, newest first.
    pub(crate) outages: Vec<Outage>,
    /// Whether who asks may enrol and change them.
    pub(crate) may_put: bool,
}

/// A time in which nobody could send.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Outage {
    /// From when, UTC.
    pub(crate) from: String,
    /// Until when, UTC.
    pub(crate) to: String,
    /// `stopped`: the program was off; `store`: it could not write.
    pub(crate) kind: String,
}

/// What a carrier was told, or is to be told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Notice {
    /// Notice.
    #[schema(example = "ntc_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// `missing`, `late`, `incomplete`, `unknown`, `cancelled`, `ending`, `strange` or `request`.
    pub(crate) kind: String,
    /// Whom it is for: `technician`, `liaison` or `management`.
    pub(crate) step: String,
    /// Carrier and number of the flight; blank where it is about none.
    pub(crate) flight: String,
    /// Its scheduled departure, UTC.
    pub(crate) departs_at: Option<String>,
    /// The push, or the channel; blank where it is about neither.
    pub(crate) push: String,
    /// By when that was due, or when it ends, UTC.
    pub(crate) due_at: Option<String>,
    /// What says so.
    pub(crate) clause: String,
    /// Language of the text.
    pub(crate) language: String,
    /// What the carrier is told.
    pub(crate) text: String,
    /// When it was made, UTC.
    pub(crate) made_at: String,
    /// When the carrier was handed it, UTC.
    pub(crate) delivered_at: Option<String>,
    /// By which way.
    pub(crate) way: String,
    /// When what it is about was over before it was handed over, UTC.
    pub(crate) stopped_at: Option<String>,
    /// What lies beside it: the request itself (GOVREQ), whose number is `push`; else blank.
    pub(crate) message: String,
}

/// What a carrier is told, unasked, because an answer at check-in has changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Changed {
    /// By which the carrier acknowledges it.
    #[schema(example = "1F0C77D2A4B9")]
    pub(crate) number: String,
    /// CUSRES 132.
    pub(crate) message: String,
}

/// Notices and changes that were read.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NoticesSeen {
    /// Their identifiers and numbers.
    pub(crate) seen: Vec<String>,
}

/// A carrier as it is, or was, known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Carrier {
    /// Short name.
    #[schema(example = "zq")]
    pub(crate) id: String,
    /// Counts changes.
    pub(crate) version: i64,
    /// Name for people.
    pub(crate) name: String,
    /// Designators of the flights that it flies.
    pub(crate) operates: Vec<String>,
    /// Designators under which it sells flights of others.
    pub(crate) markets: Vec<String>,
    /// How it names itself in the envelope; any name where there is none.
    pub(crate) senders: Vec<String>,
    /// Whether it also brings messages of others.
    pub(crate) for_others: bool,
    /// Formats that it sends: `paxlst`, `pnrgov`, `pnrgov-xml`, `table`.
    pub(crate) formats: Vec<String>,
    /// Languages in which it is told things, best first.
    pub(crate) languages: Vec<String>,
    /// `test`, `live` or `ended`.
    pub(crate) status: String,
    /// Why this version was made, where somebody had to say so.
    pub(crate) reason: String,
    /// Login of who made this version; null where that is somebody of another recipient, or the
    /// console.
    pub(crate) put_by: Option<String>,
    /// When, UTC.
    pub(crate) put_at: String,
    /// Channels that end within the time in which the profile warns of it.
    pub(crate) ending: u32,
}

/// A carrier with everything by which it is known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CarrierPage {
    /// As it is known now.
    pub(crate) carrier: Carrier,
    /// Channels, also those that count no more.
    pub(crate) channels: Vec<Channel>,
    /// Every version, newest first.
    pub(crate) history: Vec<Carrier>,
    /// Runs of the certification, newest first.
    pub(crate) certifications: Vec<Certification>,
    /// The newest notices; to the carrier itself, those that wait.
    pub(crate) notices: Vec<Notice>,
    /// To the carrier itself, answers at check-in that have changed and wait for it.
    pub(crate) changes: Vec<Changed>,
    /// Whether who asks may change it.
    pub(crate) may_put: bool,
    /// Whether who asks may see how well it sends.
    pub(crate) may_judge: bool,
    /// Whether who asks may take out what proves how it failed.
    pub(crate) may_prove: bool,
    /// Whether who asks may see whom to call.
    pub(crate) may_call: bool,
}

/// By what a carrier is known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Channel {
    /// Channel.
    #[schema(example = "chn_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// `ssh-key`, `ssh-authority`, `ssh-revoked`, `address`, `origin`, `designator`, `way`,
    /// `account`, `as4-certificate`, `as4-party` or `as4-endpoint`.
    pub(crate) kind: String,
    /// The key, address or name.
    pub(crate) value: String,
    /// From when it counts, UTC.
    pub(crate) starts_at: String,
    /// From when it counts no more, UTC.
    pub(crate) ends_at: Option<String>,
    /// Whether it counts now.
    pub(crate) holds: bool,
}

/// A run of the certification.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Certification {
    /// Run.
    #[schema(example = "crt_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// The formats it is about.
    pub(crate) formats: Vec<String>,
    /// Since when it runs, UTC.
    pub(crate) opened_at: String,
    /// When its last case was passed, UTC.
    pub(crate) passed_at: Option<String>,
    /// Its cases.
    pub(crate) cases: Vec<CertificationCase>,
}

/// One thing that a carrier shows it can do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CertificationCase {
    /// Its name.
    #[schema(example = "paxlst-list")]
    pub(crate) name: String,
    /// What to send.
    pub(crate) send: String,
    /// `waits`, `passed` or `failed`, by what was sent last.
    pub(crate) state: String,
    /// SHA-256 of that message, in hexadecimal digits.
    pub(crate) digest: Option<String>,
    /// When it came, UTC.
    pub(crate) received_at: Option<String>,
    /// What is odd about it, with places and what to change.
    pub(crate) findings: Vec<Finding>,
}

/// What an officer says of a carrier.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarrierDetails {
    /// Name for people.
    pub(crate) name: String,
    /// Designators of the flights that it flies.
    #[serde(default)]
    pub(crate) operates: Vec<String>,
    /// Designators under which it sells flights of others.
    #[serde(default)]
    pub(crate) markets: Vec<String>,
    /// How it names itself in the envelope.
    #[serde(default)]
    pub(crate) senders: Vec<String>,
    /// Whether it also brings messages of others.
    #[serde(default)]
    pub(crate) for_others: bool,
    /// Formats that it sends.
    pub(crate) formats: Vec<String>,
    /// Languages, best first.
    pub(crate) languages: Vec<String>,
    /// Whom to call; as it was where nothing is said.
    #[serde(default)]
    pub(crate) contacts: Option<Vec<CarrierContact>>,
}

/// A carrier to enrol.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NewCarrier {
    /// A short name of lower-case letters, digits and hyphens; it never changes.
    pub(crate) id: String,
    /// What is known of it.
    pub(crate) details: CarrierDetails,
}

/// Somebody to call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CarrierContact {
    /// `technician`, `liaison` or `management`.
    pub(crate) role: String,
    /// Name of the person or desk.
    pub(crate) name: String,
    /// Electronic mail.
    #[serde(default)]
    pub(crate) mail: String,
    /// Telephone.
    #[serde(default)]
    pub(crate) phone: String,
}

/// A status to give.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct CarrierStatus {
    /// `test`, `live` or `ended`.
    pub(crate) status: String,
    /// Why; needed to go live without a passed certification.
    #[serde(default)]
    pub(crate) reason: String,
}

/// A channel to add.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NewChannel {
    /// Its kind.
    pub(crate) kind: String,
    /// The line of a key, an address or a name.
    pub(crate) value: String,
    /// From when it counts, UTC; now unless said.
    #[serde(default)]
    pub(crate) starts_at: Option<String>,
    /// Before when it ends, UTC; open unless said.
    #[serde(default)]
    pub(crate) ends_at: Option<String>,
}

/// When a channel ends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ChannelEnd {
    /// UTC; now unless said.
    #[serde(default)]
    pub(crate) at: Option<String>,
}
