//! What one message says.

use crate::{Booking, Flight, Text, Traveller};
use jiff::civil::DateTime;

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    /// PAXLST 745: passengers, each replacing what was known of them.
    PassengerList,
    /// PAXLST 745 CP: changed data of the named passengers.
    PassengerChange,
    /// PAXLST 745 XR: the named passengers do not travel.
    PassengerCancel,
    /// PAXLST 745 RP: the named passengers leave their party.
    PartyReduction,
    /// PAXLST 250: crew.
    CrewList,
    /// PAXLST 266 CL: the flight closed; nobody is listed.
    FlightClose,
    /// PAXLST 266 CLOB: the flight closed; those listed are on board, nobody else is.
    FlightCloseOnBoard,
    /// PAXLST 266 CLNB: the flight closed; those listed are not on board.
    FlightCloseNotOnBoard,
    /// PAXLST 266 XF: the flight does not take place.
    FlightCancel,
    /// PAXLST 266 CF: the flight has new times or places.
    FlightChange,
    /// PAXLST 336: master crew list.
    MasterCrewList,
    /// PAXLST 655: request for a gate pass.
    GatePass,
    /// PNRGOV 22: every booking of the flight.
    FullPush,
    /// PNRGOV 141: changed bookings only.
    UpdatePush,
    /// A function we do not know; kept and treated as a plain list.
    Other,
}

impl Function {
    /// Name in outputs, snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::PassengerList => "passenger_list",
            Self::PassengerChange => "passenger_change",
            Self::PassengerCancel => "passenger_cancel",
            Self::PartyReduction => "party_reduction",
            Self::CrewList => "crew_list",
            Self::FlightClose => "flight_close",
            Self::FlightCloseOnBoard => "flight_close_on_board",
            Self::FlightCloseNotOnBoard => "flight_close_not_on_board",
            Self::FlightCancel => "flight_cancel",
            Self::FlightChange => "flight_change",
            Self::MasterCrewList => "master_crew_list",
            Self::GatePass => "gate_pass",
            Self::FullPush => "full_push",
            Self::UpdatePush => "update_push",
            Self::Other => "other",
        }
    }
}

/// Which part of a transfer in several parts this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Counted from 1.
    pub number: u16,
    /// The last one.
    pub last: bool,
}

/// Header data: what a message says about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// Message type as sent, such as `PAXLST`.
    pub kind: Text,
    /// Version and release, such as `D.05B` or `11.1`.
    pub version: Text,
    /// Message reference (UNH 0062).
    pub reference: Text,
    /// Interchange control reference (UNB 0020).
    pub interchange: Text,
    /// What it is for.
    pub function: Function,
    /// Sender of the interchange.
    pub sender: Text,
    /// Recipient of the interchange.
    pub recipient: Text,
    /// Preparation, as sent: UTC by custom, without a zone.
    pub sent: Option<DateTime>,
    /// Ties the parts of one push together (UNH 0068).
    pub access_reference: Option<Text>,
    /// Carrier's transaction reference (RFF+TN) with its revision.
    pub transaction: Option<(Text, Option<u16>)>,
    /// Part of a transfer.
    pub part: Part,
    /// Marked as a test by its sender (UNB 0035).
    pub test: bool,
}

/// One message, decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What it says about itself.
    pub envelope: Envelope,
    /// Flights; the first is the one the message is about.
    pub flights: Vec<Flight>,
    /// Persons. Nobody is listed twice within one message.
    pub travellers: Vec<Traveller>,
    /// Bookings.
    pub bookings: Vec<Booking>,
    /// Persons (PAXLST CNT) or bookings (PNRGOV EQN) that the sender says it lists.
    pub announced: Option<u32>,
}
