//! The message types that are read: one row each.
//!
//! To add one: a module with its tags and its `decode`, a row here, and cases in `tests/data`.

use crate::body::{Body, Tags};
use crate::{paxlst, pnrgov};
use oriel_edifact::Segment;
use oriel_model::{Envelope, FindingKind, Message};

/// Reads one message, from behind UNH to its end. A finding of severity `Refused` refuses it.
pub(crate) type Decode =
    for<'a> fn(body: &mut Body<'a, '_>, segment: &mut Segment<'a>, envelope: Envelope) -> Message;

/// One message type.
pub struct Format {
    /// Type in UNH (0065), by which a message is recognised.
    pub name: &'static str,
    /// What it is, in plain words.
    pub title: &'static str,
    /// What is to be said about a version and release such as `D.05B`; `None` when it is known.
    pub(crate) version_fault: fn(&str) -> Option<&'static FindingKind>,
    /// Its segments.
    pub(crate) tags: &'static Tags,
    pub(crate) decode: Decode,
}

/// Every message type that is read.
pub static FORMATS: &[Format] = &[
    Format {
        name: "PAXLST",
        title: "passenger and crew list (API)",
        version_fault: paxlst::version_fault,
        tags: &paxlst::TAGS,
        decode: paxlst::decode,
    },
    Format {
        name: "PNRGOV",
        title: "bookings of a flight (PNR)",
        version_fault: pnrgov::version_fault,
        tags: &pnrgov::TAGS,
        decode: pnrgov::decode,
    },
];

impl Format {
    /// The row of a type as sent in UNH.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }
}
