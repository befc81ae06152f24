//! Messages as stored, and receipts for new ones.

use serde::Serialize;
use utoipa::ToSchema;

/// A message, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageRow {
    /// Message.
    #[schema(example = "msg_01hzx3v9k2m4n5p6q7r8s9t0ab")]
    pub id: String,
    /// `PAXLST`, `PNRGOV`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is for, such as `passenger_list`.
    pub function: String,
    /// When it was prepared, as sent, UTC by custom.
    pub sent: Option<String>,
    /// When it came, UTC.
    pub received_at: String,
    /// Bytes.
    pub size: u64,
    /// Number of findings.
    pub findings: u32,
}

/// A message as stored, segment by segment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Message {
    /// Message.
    pub id: String,
    /// `PAXLST`, `PNRGOV`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Version and release.
    pub version: String,
    /// What it is for.
    pub function: String,
    /// Sender of the interchange.
    pub sender: String,
    /// Recipient of the interchange.
    pub recipient: String,
    /// Message reference.
    pub reference: String,
    /// When it was prepared, as sent, UTC by custom.
    pub sent: Option<String>,
    /// When it came, UTC.
    pub received_at: String,
    /// Bytes.
    pub size: u64,
    /// What separates its pieces.
    pub separators: Separators,
    /// Character set to read the bytes in, as browsers name it.
    #[schema(example = "iso-8859-1")]
    pub charset: String,
    /// The character that stands where the legal profile did not allow to keep what was sent.
    #[schema(example = "#")]
    pub filler: String,
    /// Every segment.
    pub segments: Vec<Segment>,
    /// What is odd about it.
    pub findings: Vec<Finding>,
}

/// What separates the pieces of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Separators {
    /// Between components.
    pub component: String,
    /// Between elements.
    pub element: String,
    /// Makes the next character plain text.
    pub release: String,
    /// Ends a segment.
    pub terminator: String,
}

/// One segment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Segment {
    /// Counted from 1.
    pub n: u32,
    /// Tag.
    pub tag: String,
    /// First byte and one past the last, counted from the first byte of the message.
    pub bytes: [u32; 2],
    /// The bytes as stored, one character a byte (U+0000 to U+00FF): what the profile forbids is
    /// already overwritten.
    pub text: String,
}

/// One departure from the guide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Finding {
    /// Stable code.
    #[schema(example = "PAX-0231")]
    pub code: String,
    /// How much it costs.
    pub severity: FindingSeverity,
    /// What is wrong.
    pub text: String,
    /// What the sender should do.
    pub advice: String,
    /// Segment, counted from 1; 0 outside of segments.
    pub segment: u32,
    /// First byte and one past the last.
    pub bytes: [u32; 2],
}

/// How much a finding costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
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
pub struct Received {
    /// Proof that it came.
    pub receipt: Receipt,
    /// Each message in it.
    pub messages: Vec<ReceivedMessage>,
}

/// Proof that a transmission came.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// SHA-256 of the bytes as received, in hexadecimal.
    pub id: String,
    /// When it came, UTC.
    pub received_at: String,
    /// Bytes.
    pub size: u64,
}

/// What became of one message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceivedMessage {
    /// Message; null when it was refused.
    pub id: Option<String>,
    /// What became of it.
    pub status: ReceivedStatus,
    /// `PAXLST`, `PNRGOV`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Message reference.
    pub reference: String,
    /// Travellers in it.
    pub travellers: u32,
    /// What is odd about it.
    pub findings: Vec<Finding>,
}

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceivedStatus {
    /// Durable and screened.
    Accepted,
    /// Was here already.
    Duplicate,
    /// Not kept; the findings say why.
    Refused,
}
