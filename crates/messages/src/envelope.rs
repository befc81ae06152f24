//! Reads the service segments around messages: UNB, UNG, UNH.
//!
//! - In: one segment.  Out: what it says, and findings; never an error.
//! - Source: ISO 9735-1 syntax versions 1 to 4, service segment directory.

use crate::body::shown_tag;
use crate::dates;
use crate::findings::syntax;
use jiff::civil::DateTime;
use oriel_edifact::{Charset, Part as Component, Segment};
use oriel_model::{Envelope, Finding, FindingKind, Function, Part, Text};
use std::ops::Range;

/// What UNB says.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) charset: Charset,
    /// Syntax version, 1 to 4.
    pub(crate) version: u8,
    sender: Text,
    recipient: Text,
    sent: Option<DateTime>,
    pub(crate) reference: Text,
    test: bool,
}

/// What UNG says.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) reference: Text,
    /// Messages seen in it so far.
    pub(crate) messages: u32,
}

/// Application references that senders put one element too early.
const APPLICATIONS: &[&str] = &["APIS", "IAPI", "PAXLST", "PNRGOV"];

impl Header {
    /// Reads UNB.
    pub(crate) fn read(segment: &Segment<'_>, findings: &mut Vec<Finding>) -> Self {
        let mut report = |kind, at| findings.push(outside(kind, at, segment));
        let identifier = segment.part(1, 1);
        let charset = Charset::from_identifier(identifier.trimmed().as_bytes());
        if charset.is_none() {
            report(&syntax::UNKNOWN_SYNTAX, identifier.span());
        }
        let version = segment.part(1, 2);
        let version = match version.trimmed().as_bytes() {
            [] => 3,
            &[digit @ b'1'..=b'4'] => digit - b'0',
            _ => {
                report(&syntax::UNKNOWN_SYNTAX_VERSION, version.span());
                3
            }
        };
        let [sender, recipient] = [2, 3].map(|element| {
            let party = segment.part(element, 1);
            if party.trimmed().is_empty() {
                report(&syntax::NO_PARTY, segment.element_span(element));
            }
            text(party)
        });
        let prepared = (segment.part(4, 1), segment.part(4, 2));
        let sent = dates::prepared(&prepared.0.code(), &prepared.1.code());
        if sent.is_none() {
            report(&syntax::PREPARED_UNREADABLE, segment.element_span(4));
        }
        let reference = segment.part(5, 1);
        if reference.trimmed().is_empty() {
            report(&syntax::NO_CONTROL_REFERENCE, reference.span());
        }
        let password = segment.part(6, 1);
        if APPLICATIONS.contains(&&*password.trimmed()) {
            report(&syntax::APPLICATION_REFERENCE, password.span());
        }
        Self {
            charset: charset.unwrap_or_default(),
            version,
            sender,
            recipient,
            sent,
            reference: text(reference),
            test: segment.part(11, 1).trimmed() == "1",
        }
    }

    /// Reads UNH of a message in this interchange.
    pub(crate) fn message(&self, segment: &Segment<'_>, findings: &mut Vec<Finding>) -> Envelope {
        let transfer = (segment.part(4, 1), segment.part(4, 2));
        let part = part(&transfer.0.trimmed(), &transfer.1.trimmed()).unwrap_or_else(|| {
            let mut finding = outside(&syntax::PART_UNREADABLE, segment.element_span(4), segment);
            finding.segment = 1;
            findings.push(finding);
            Part {
                number: 1,
                last: true,
            }
        });
        let mut version = text(segment.part(2, 2));
        let release = segment.part(2, 3);
        if !release.trimmed().is_empty() {
            version.push('.');
            version.push_str(&release.trimmed());
        }
        let access = text(segment.part(3, 1));
        Envelope {
            kind: text(segment.part(2, 1)),
            version,
            reference: text(segment.part(1, 1)),
            access_reference: (!access.is_empty()).then_some(access),
            part,
            ..self.envelope()
        }
    }

    /// What UNB says of every message behind it.
    pub(crate) fn envelope(&self) -> Envelope {
        Envelope {
            kind: Text::default(),
            version: Text::default(),
            reference: Text::default(),
            interchange: self.reference.clone(),
            function: Function::Other,
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            sent: self.sent,
            access_reference: None,
            transaction: None,
            part: Part {
                number: 1,
                last: true,
            },
            test: self.test,
        }
    }
}

impl Group {
    /// Reads UNG.
    pub(crate) fn read(segment: &Segment<'_>) -> Self {
        Self {
            reference: text(segment.part(5, 1)),
            messages: 0,
        }
    }
}

/// Part number and first/last indicator (UNH S010); `None` when they cannot be read.
///
/// A sole part is often sent as `01:F`. A number without an indicator is a middle part.
fn part(number: &str, indicator: &str) -> Option<Part> {
    if number.is_empty() && indicator.is_empty() {
        return Some(Part {
            number: 1,
            last: true,
        });
    }
    let number = match number {
        "" => 1,
        digits => digits.parse().ok().filter(|&number| number > 0)?,
    };
    match indicator {
        "F" => Some(Part { number, last: true }),
        "C" | "" => Some(Part {
            number,
            last: false,
        }),
        _ => None,
    }
}

/// Whether a trailer's count agrees with what was counted; an unreadable count does not.
pub(crate) fn count_agrees(sent: Component<'_>, counted: u32) -> bool {
    sent.trimmed().parse() == Ok(counted)
}

/// A coded value without blanks around it.
pub(crate) fn text(part: Component<'_>) -> Text {
    Text::from(&*part.trimmed())
}

/// A finding about a service segment outside of messages.
pub(crate) fn outside(
    kind: &'static FindingKind,
    at: Range<usize>,
    segment: &Segment<'_>,
) -> Finding {
    Finding {
        kind,
        at,
        segment: 0,
        tag: shown_tag(segment),
    }
}
