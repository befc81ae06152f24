//! Carriers' messages to and from the model.
//!
//! Decoding is a function of the bytes: no clock, no I/O, memory bounded by one message. Content
//! never makes it fail; what is odd becomes a [`Finding`]. Only a message that could not be taken
//! whole (cut off, unknown type, no flight) is refused, and then nothing of it is kept.
//!
//! It does not know the law (`oriel-policy`): it says of every byte what it is ([`Mark`]) and the
//! profile decides what stays.
//!
//! The three types to know: [`Decoder`] (one message after another), [`Decoded`] (what one said)
//! and [`findings`] (the table of everything that can be odd).

mod body;
pub mod findings;

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
