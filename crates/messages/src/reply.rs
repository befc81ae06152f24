//! What a state answers or asks a carrier, and what a carrier answers back: one value, whichever
//! message carries it.
//!
//! - In: a [`Reply`].  Out: CONTRL, ACKRES, CUSRES, GOVREQ or an XML response, and back.
//! - Source: ISO 9735-4 (CONTRL); IATA PNRGOV guide (ACKRES, GOVREQ, IATA_PNRGOV_NotifRS);
//!   WCO/IATA/ICAO API response message guide (CUSRES).
//! - Codes that differ between states, or that no public source confirms, are a [`Codes`] value
//!   and stand in no rule.
//! - Invariants: the same tables of segments (`structure`) judge what is written and what is read;
//!   what is written is read back to the same value. Nothing here decides about anybody: a verdict
//!   is put in by whoever holds a person's decision.

mod choose;
mod read;
mod structure;
mod write;
mod xml;

pub use choose::{Agreement, Agreements, Form, Manner, answer, has_form, unasked};
pub use read::{NotAReply, read};
pub use write::{CannotWrite, write};

use jiff::civil::DateTime;
use oriel_model::{Carrier, FlightNumber, Personal, Port, Text};

/// One answer or request, with its envelope.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Who sends it.
    pub sender: Text,
    /// Whom it is for.
    pub recipient: Text,
    /// Preparation, UTC.
    pub sent: DateTime,
    /// Interchange control reference; ACKRES senders repeat that of the push.
    pub interchange: Text,
    /// Message reference.
    pub reference: Text,
    /// Version and release of the message type, such as `D:05B` or `13:1`.
    pub version: Text,
    /// Common access reference of what is answered, echoed where it was sent.
    pub access: Option<Text>,
    /// What it says.
    pub answer: Answer,
}

/// What a reply says.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// CONTRL: receipt and syntax report.
    Syntax(SyntaxReport),
    /// ACKRES: what became of a push of bookings.
    Push(PushReceipt),
    /// The same in XML (`IATA_PNRGOV_NotifRS`).
    PushXml(PushReceipt),
    /// CUSRES: verdicts on travellers, or their acknowledgement.
    Verdicts(Verdicts),
    /// GOVREQ: a request for bookings.
    Request(Request),
}

/// What CONTRL says of an interchange or a message (data element 0083).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// 4: rejected, with everything in it.
    Rejected,
    /// 7: acknowledged, except what is rejected below.
    Acknowledged,
    /// 8: received; nothing is said of its syntax.
    Received,
}

/// CONTRL about one interchange.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxReport {
    /// Control reference of the interchange.
    pub interchange: Text,
    /// Who sent it.
    pub sender: Text,
    /// Whom it was for.
    pub recipient: Text,
    /// What becomes of it.
    pub action: Action,
    /// Why it is rejected.
    pub fault: Option<ServiceFault>,
    /// Messages outside of groups of which something is said.
    pub messages: Vec<MessageReport>,
    /// Groups of which something is said.
    pub groups: Vec<GroupReport>,
}

/// CONTRL about one group of messages (UNG).
#[derive(Clone, Debug, PartialEq)]
pub struct GroupReport {
    /// Reference of the group.
    pub reference: Text,
    /// Application that sent it.
    pub sender: Text,
    /// Application it was for.
    pub recipient: Text,
    /// What becomes of it.
    pub action: Action,
    /// Why it is rejected.
    pub fault: Option<ServiceFault>,
    /// Messages of which something is said.
    pub messages: Vec<MessageReport>,
}

/// A fault in a service segment.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceFault {
    /// Data element 0085: the first fault found.
    pub code: u16,
    /// Service segment, such as `UNZ`.
    pub segment: Option<Text>,
    /// Element, and component where it has several, counted from 1.
    pub at: Option<(u16, Option<u16>)>,
}

/// CONTRL about one message.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageReport {
    /// Message reference.
    pub reference: Text,
    /// Type, version, release, agency, association, as sent.
    pub identifier: Vec<Text>,
    /// What becomes of it.
    pub action: Action,
    /// Why it is rejected as a whole.
    pub fault: Option<ServiceFault>,
    /// Faults of its segments.
    pub segments: Vec<SegmentReport>,
}

/// CONTRL about one segment.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentReport {
    /// Segment of the message, UNH being 1.
    pub segment: u32,
    /// Fault of the segment as a whole.
    pub code: Option<u16>,
    /// Faults of its elements: code, element, component.
    pub elements: Vec<(u16, u16, Option<u16>)>,
}

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken.
    Processed,
    /// Taken in part.
    Partly,
    /// Not taken.
    NotProcessed,
}

/// The answer to a PNRGOV push.
#[derive(Clone, Debug, PartialEq)]
pub struct PushReceipt {
    /// What became of it.
    pub outcome: Outcome,
    /// Application errors (PADIS 9321).
    pub errors: Vec<Text>,
}

/// Which CUSRES it is (BGM 1001).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictKind {
    /// 962: the answer to a PAXLST.
    Response,
    /// 132: a verdict changed, unasked.
    Unsolicited,
    /// 312: the carrier's acknowledgement of a changed verdict.
    Acknowledgement,
}

/// Verdicts on the travellers of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdicts {
    /// Which message it is.
    pub kind: VerdictKind,
    /// Transaction reference of the request, with its revision.
    pub transaction: Option<(Text, Option<u16>)>,
    /// Flights, one a sector.
    pub flights: Vec<Sector>,
    /// Why the request as a whole is not answered.
    pub errors: Vec<Text>,
    /// Verdicts, in the order of the request.
    pub travellers: Vec<Verdict>,
}

/// A flight as CUSRES and GOVREQ name it. Times are local.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sector {
    /// Operating carrier.
    pub carrier: Option<Carrier>,
    /// Its number.
    pub number: FlightNumber,
    /// From.
    pub from: Option<Port>,
    /// To.
    pub to: Option<Port>,
    /// Scheduled departure.
    pub departs: Option<DateTime>,
    /// Scheduled arrival.
    pub arrives: Option<DateTime>,
}

/// The verdict on one traveller.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Record locator.
    pub locator: Option<Personal<Text>>,
    /// The carrier's unique passenger reference.
    pub reference: Option<Personal<Text>>,
    /// The codes as sent (ERC 9321); see [`Codes::boarding`].
    pub codes: Vec<Text>,
    /// Text for the desk.
    pub text: Option<Text>,
}

/// What a carrier that asks is told of one traveller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// ERC 9321, as the state's profile spells it.
    pub code: Text,
    /// Text for the desk, or blank.
    pub text: Text,
}

/// A state's request for bookings.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Agency that asks.
    pub agency: Text,
    /// Where it sits.
    pub place: Option<Port>,
    /// Its state, as sent.
    pub country: Option<Text>,
    /// The flight whose bookings are wanted.
    pub flight: Option<Sector>,
    /// The one booking that is wanted: system and locator.
    pub locator: Option<(Text, Personal<Text>)>,
}

/// What a verdict means at the desk, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boarding {
    /// May board.
    Board,
    /// May board after more checks.
    Selectee,
    /// The state cannot say.
    Undetermined,
    /// The carrier asks the authority.
    Contact,
    /// Data is missing or wrong: correct and send again.
    DataError,
    /// May not board.
    NoBoard,
}

/// Codes that a state's profile or a carrier's agreement fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    /// PADIS 1225 of ACKRES.
    pub acknowledgement: Text,
    /// PADIS 4343: processed, partly processed, not processed.
    pub outcomes: [Text; 3],
    /// PADIS 1225 of GOVREQ.
    pub request: Text,
    /// First characters of a traveller's ERC and what they mean.
    pub boarding: Vec<(Text, Boarding)>,
}

impl Default for Codes {
    /// As the public guides and messages have them; a profile says otherwise where a state does.
    fn default() -> Self {
        let boarding = [
            ("0", Boarding::Board),
            ("1", Boarding::NoBoard),
            ("2", Boarding::Selectee),
            ("3", Boarding::Contact),
            ("4", Boarding::DataError),
            ("X", Boarding::Undetermined),
        ];
        Self {
            acknowledgement: "23".into(),
            outcomes: ["3", "4", "7"].map(Text::from),
            request: "43".into(),
            boarding: boarding.map(|(code, means)| (code.into(), means)).to_vec(),
        }
    }
}

impl Codes {
    /// What the codes of one verdict mean together: the gravest counts, and one that is not known
    /// leaves it open.
    pub fn boarding(&self, verdict: &Verdict) -> Boarding {
        let one = |code: &Text| {
            let row = self
                .boarding
                .iter()
                .find(|(start, _)| code.starts_with(start.as_str()));
            row.map_or(Boarding::Undetermined, |(_, means)| *means)
        };
        let gravest = verdict.codes.iter().map(one).max();
        gravest.unwrap_or(Boarding::Undetermined)
    }

    fn outcome(&self, outcome: Outcome) -> &Text {
        &self.outcomes[match outcome {
            Outcome::Processed => 0,
            Outcome::Partly => 1,
            Outcome::NotProcessed => 2,
        }]
    }

    fn outcome_of(&self, code: &str) -> Option<Outcome> {
        let all = [Outcome::Processed, Outcome::Partly, Outcome::NotProcessed];
        let at = self.outcomes.iter().position(|known| known == code)?;
        Some(all[at])
    }
}

impl Action {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Rejected, "4"),
        (Self::Acknowledged, "7"),
        (Self::Received, "8"),
    ];

    fn code(self) -> &'static str {
        let row = Self::ALL.iter().find(|(action, _)| *action == self);
        row.map_or("", |(_, code)| code)
    }

    fn of(code: &str) -> Option<Self> {
        let row = Self::ALL.iter().find(|(_, known)| *known == code);
        row.map(|(action, _)| *action)
    }
}

impl VerdictKind {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Response, "962"),
        (Self::Unsolicited, "132"),
        (Self::Acknowledgement, "312"),
    ];

    fn code(self) -> &'static str {
        let row = Self::ALL.iter().find(|(kind, _)| *kind == self);
        row.map_or("", |(_, code)| code)
    }

    fn of(code: &str) -> Option<Self> {
        let row = Self::ALL.iter().find(|(_, known)| *known == code);
        row.map(|(kind, _)| *kind)
    }
}
