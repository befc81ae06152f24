//! Messages as stored, and receipts for new ones.

use super::shown::Shown;
use serde::Serialize;
use utoipa::ToSchema;

/// A message, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageRow {
    /// Message.
    #[schema(example = "msg_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub(crate) id: String,
    /// `PAXLST`, `PNRGOV`, …
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// What it is for, such as `passenger_list`.
    pub(crate) function: String,
    /// When it was prepared, as sent, UTC by custom.
    pub(crate) sent: Option<String>,
    /// When it came, UTC.
    pub(crate) received_at: String,
    /// Bytes.
    pub(crate) size: u64,
    /// Number of findings.
    pub(crate) findings: u32,
}

/// A message as stored, segment by segment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    /// Message.
    pub(crate) id: String,
    /// `PAXLST`, `PNRGOV`, …
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Version and release.
    pub(crate) version: String,
    /// What it is for.
    pub(crate) function: String,
    /// Sender of the interchange.
    pub(crate) sender: String,
    /// Recipient of the interchange.
    pub(crate) recipient: String,
    /// Message reference.
    pub(crate) reference: String,
    /// When it was prepared, as sent, UTC by custom.
    pub(crate) sent: Option<String>,
    /// When it came, UTC.
    pub(crate) received_at: String,
    /// Bytes.
    pub(crate) size: u64,
    /// What separates its pieces.
    pub(crate) separators: Separators,
    /// Character set to read the bytes in, as browsers name it.
    #[schema(example = "iso-8859-1")]
    pub(crate) charset: String,
    /// The character that stands where the legal profile did not allow to keep what was sent.
    #[schema(example = "#")]
    pub(crate) filler: String,
    /// Why the segments are not shown; null when they are.
    pub(crate) hidden: Option<Shown>,
    /// Every segment; none when they are not shown.
    pub(crate) segments: Vec<Segment>,
    /// What is odd about it.
    pub(crate) findings: Vec<Finding>,
}

/// What separates the pieces of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Separators {
    /// Between components.
    pub(crate) component: String,
    /// Between elements.
    pub(crate) element: String,
    /// Makes the next character plain text.
    pub(crate) release: String,
    /// Ends a segment.
    pub(crate) terminator: String,
}

/// One segment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Segment {
    /// Counted from 1.
    pub(crate) n: u32,
    /// Tag.
    pub(crate) tag: String,
    /// First byte and one past the last, counted from the first byte of the message.
    pub(crate) bytes: [u32; 2],
    /// The bytes as stored, one character a byte (U+0000 to U+00FF): what the profile forbids is
    /// already overwritten.
    pub(crate) text: String,
}

/// One departure from the guide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Finding {
    /// Stable code.
    #[schema(example = "PAX-0231")]
    pub(crate) code: String,
    /// How much it costs.
    pub(crate) severity: FindingSeverity,
    /// What is wrong.
    pub(crate) text: String,
    /// What the sender should do.
    pub(crate) advice: String,
    /// Segment, counted from 1; 0 outside of segments.
    pub(crate) segment: u32,
    /// First byte and one past the last.
    pub(crate) bytes: [u32; 2],
}

/// How much a finding costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FindingSeverity {
    /// Worth knowing.
    Info,
    /// Odd, but understood.
    Warning,
    /// A value was lost.
    Error,
    /// The message could not be accepted.
    Refused,
}

/// What became of a transmission.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Received {
    /// Nothing of it was kept: it went to the sandbox, or the carrier is in test.
    pub(crate) test: bool,
    /// Proof that it came.
    pub(crate) receipt: Receipt,
    /// Each message in it.
    pub(crate) messages: Vec<ReceivedMessage>,
}

/// Proof that a transmission came.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// SHA-256 of the bytes as received, in hexadecimal.
    pub(crate) id: String,
    /// When it came, UTC.
    pub(crate) received_at: String,
    /// Bytes.
    pub(crate) size: u64,
}

/// What became of one message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReceivedMessage {
    /// Message; null when it was refused.
    pub(crate) id: Option<String>,
    /// What became of it.
    pub(crate) status: ReceivedStatus,
    /// `PAXLST`, `PNRGOV`, …
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Message reference.
    pub(crate) reference: String,
    /// Travellers in it.
    pub(crate) travellers: u32,
    /// What is odd about it.
    pub(crate) findings: Vec<Finding>,
    /// The answer in the sender's own kind (CONTRL, ACKRES, CUSRES, or a response in XML); null where
    /// none was agreed or none can be given.
    pub(crate) reply: Option<String>,
    /// What its sender is told of each traveller in it, in order; null for one that did not ask.
    pub(crate) cleared: Option<Vec<Clearance>>,
}

/// What a carrier is told of a traveller at check-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Clearance {
    /// May board.
    Board,
    /// Nobody can say now.
    Undetermined,
    /// The carrier asks the authority; a person looks at it.
    Contact,
    /// Data is missing: correct and send again.
    DataError,
    /// May not board.
    NoBoard,
}

impl From<oriel_policy::Clearance> for Clearance {
    fn from(told: oriel_policy::Clearance) -> Self {
        match told {
            oriel_policy::Clearance::Board => Self::Board,
            oriel_policy::Clearance::Undetermined => Self::Undetermined,
            oriel_policy::Clearance::Contact => Self::Contact,
            oriel_policy::Clearance::DataError => Self::DataError,
            oriel_policy::Clearance::NoBoard => Self::NoBoard,
        }
    }
}

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReceivedStatus {
    /// Durable and screened.
    Accepted,
    /// Was here already.
    Duplicate,
    /// Not kept; the findings say why.
    Refused,
    /// A question that could not be answered in time: send it again.
    Late,
}
