//! Carriers' messages to and from the model.
//!
//! Decoding is a function of the bytes: no clock, no I/O, memory bounded by one message. Content
//! never makes it fail; what is odd becomes a [`Finding`]. Only a message that could not be taken
//! whole (cut off, unknown type, no flight) is refused, and then nothing of it is kept.
//!
//! It does not know the law (`oriel-policy`): it says of every byte what it is ([`Mark`]) and the
//! profile decides what stays.
//!
//! The types to know: [`Transmission`] (what a transport delivered, opened), [`Decoder`] (one message
//! after another), [`Decoded`] (what one said) and [`findings`] (the table of everything that can be
//! odd).
//!
//! ```
//! let bytes = b"UNB+UNOA:4+ZQ+XOGOV+261104:0712+1'\
//!     UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ0417'\
//!     LOC+125+KEF'DTM+189:2611041015:201'LOC+87+LIS'DTM+232:2611041430:201'\
//!     NAD+FL+++O?'DWYER:SAOIRSE'UNT+9+1'UNZ+1+1'";
//! for decoded in oriel_messages::decode(bytes) {
//!     let message = decoded.message.expect("nothing is missing");
//!     assert_eq!(message.flights[0].number.to_string(), "417");
//!     assert_eq!(message.travellers.len(), 1);
//!     assert!(decoded.findings.is_empty());
//! }
//! ```

mod body;
mod conventions;
mod dates;
mod envelope;
pub mod findings;
mod format;
mod forms;
mod interchange;
mod memo;
pub mod mrz;
mod names;
mod openings;
mod paxlst;
mod pnrgov;
pub mod reply;
mod respelled;
pub mod ssim;
mod states;
mod table;
mod telegram;
mod transmission;
mod value;
mod workbook;
mod xml;

pub use conventions::Conventions;
pub use format::{FORMATS, Format};
pub use interchange::{Decoder, decode};
pub use telegram::Telegram;
pub use transmission::Transmission;

use oriel_edifact::{Charset, ServiceString};
use oriel_model::{Finding, Mark, Message, Severity};
use std::ops::Range;

/// One message of a transmission, or a stretch of it that could not be read.
#[derive(Debug)]
pub struct Decoded {
    /// Byte range in the input: UNH up to and including the terminator of UNT.
    pub span: Range<usize>,
    /// What it says; `None` when it was refused, and then a finding says why.
    pub message: Option<Message>,
    /// Everything odd, ordered by place. Places count from the start of the input.
    pub findings: Vec<Finding>,
    /// What each run of data bytes is, ordered by place; places count from `span.start`. Bytes
    /// that no mark covers are separators, tags, qualifiers and references.
    pub marks: Vec<Mark>,
    /// The characters in force, to read the bytes again.
    pub service: ServiceString,
    /// The repertoire in force.
    pub charset: Charset,
    /// The heading of the telegram in which it came, if it came in one.
    pub telegram: Option<Box<Telegram>>,
}

impl Decoded {
    /// The worst finding.
    pub fn severity(&self) -> Option<Severity> {
        self.findings
            .iter()
            .map(|finding| finding.kind.severity)
            .max()
    }
}
