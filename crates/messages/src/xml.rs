//! PNRGOV in XML: read as the segments it stands for, so that a booking is the same booking in both
//! spellings.
//!
//! - In: a document.  Out: one [`Decoded`], whose places count in the document.
//! - Source: IATA PNRGOV XML, `IATA_PNRGOV_NotifRQ`, releases 13.1 and later, matched by local name.
//! - Each element is written as the segment that PNRGOV EDIFACT has for it (`xml/pnrgov.rs`), and
//!   the decoder of that format reads it: who is who, infants, masking and all deviations are
//!   decided in one place. Then every place is moved to where its value stands in the document.
//! - Invariants: a value that no segment takes is unmapped, which no profile keeps; a mark covers
//!   the whole value where the segment spells it otherwise.

mod pnrgov;
mod segments;
mod tree;

use crate::Decoded;
use crate::findings::xml as found;
use oriel_edifact::{Charset, ServiceString, Starts};
use oriel_model::{Element, Finding, FindingKind, Mark, Places, Severity, Span};
use std::ops::Range;
use tree::{Fault, Walk};

/// By these characters a document is shown in pieces: a tag ends at `>`.
const SHOWN: ServiceString = ServiceString {
    component: b'"',
    element: b' ',
    decimal: b'.',
    release: None,
    repetition: None,
    terminator: b'>',
};

/// The longest document that is read.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// How far the root of a document is looked for, behind declaration and comments.
const NEAR: usize = 4096;

/// Whether bytes are XML: a tag behind nothing but blanks. Tags around an interchange are noise,
/// unless the document says what it is.
pub(crate) fn is_xml(bytes: &[u8]) -> bool {
    let near = &bytes[..bytes.len().min(NEAR)];
    without_mark(bytes).1.trim_ascii_start().starts_with(b"<")
        && (memchr::memmem::find(near, b"IATA_PNRGOV_Notif").is_some()
            || Starts::new(bytes).from(0).is_none())
}

/// The length of a byte order mark, and what stands behind it.
fn without_mark(bytes: &[u8]) -> (usize, &[u8]) {
    match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (3, rest),
        None => (0, bytes),
    }
}

/// Decodes a document. It fits one message.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    let whole = 0..bytes.len();
    let (mark, rest) = without_mark(bytes);
    let text = match std::str::from_utf8(rest) {
        _ if bytes.len() > MAX_BYTES => return refused(whole, (&found::TOO_LARGE, 0)),
        Err(fault) => return refused(whole, (&found::NOT_UTF8, mark + fault.valid_up_to())),
        Ok(text) => text,
    };
    let mut walk = Walk::new(text);
    match pnrgov::translate(&mut walk) {
        Err((kind, at)) => refused(whole, (kind, mark + at)),
        Ok(document) => {
            let mut decoded = moved(&document, &walk.values, mark, whole);
            for name in document.unknown {
                let at = mark + name.start..mark + name.end;
                decoded.findings.push(finding(&found::UNKNOWN_ELEMENT, at));
            }
            decoded.findings.sort_by_key(|finding| finding.at.start);
            decoded
        }
    }
}

/// Decodes the segments of a document and moves all places into it.
fn moved(
    document: &pnrgov::Document,
    values: &[Range<usize>],
    mark: usize,
    whole: Range<usize>,
) -> Decoded {
    let segments = &document.segments;
    let shift = mark as u32;
    let Some(mut read) = crate::interchange::interchanges(&segments.bytes).next() else {
        return refused(whole, (&found::NOT_A_PUSH, 0));
    };
    let start = read.span.start;
    let moved = |span: Span| {
        let at = segments.source(span, start);
        Span::new(at.start + shift, at.end + shift)
    };
    if let Some(message) = &mut read.message {
        message.move_places(&mut |span| moved(span));
        message.envelope = document.envelope(&message.envelope);
    }
    let mut marks = Vec::with_capacity(read.marks.len() + values.len());
    for found in &read.marks {
        let at = start + found.at.start as usize..start + found.at.end as usize;
        for (sent, is_code) in segments.sources(at) {
            // In one element the code of a request, in another its words: only the code tells what
            // they may disclose, so they are never kept.
            let element = match found.element {
                Element::Service if !is_code => Element::Unmapped,
                element => element,
            };
            marks.push(Mark {
                at: Span::new(sent.start as u32 + shift, sent.end as u32 + shift),
                element,
                past: found.past,
            });
        }
    }
    let mut taken = segments.read_places();
    taken.extend(document.structure.iter().cloned());
    taken.sort_by_key(|place| place.start);
    let mut taken = taken.iter().peekable();
    for value in values {
        while taken.next_if(|place| place.end <= value.start).is_some() {}
        let is_read = taken.peek().is_some_and(|place| place.start < value.end);
        if !is_read && !value.is_empty() {
            marks.push(Mark {
                at: Span::new(value.start as u32 + shift, value.end as u32 + shift),
                element: Element::Unmapped,
                past: false,
            });
        }
    }
    let marks = apart(marks);
    let findings = read
        .findings
        .iter()
        .filter(|finding| of_content(finding.kind));
    let findings = findings.map(|finding| {
        let span = Span::new(finding.at.start as u32, finding.at.end as u32);
        let at = segments.source(span, 0);
        Finding {
            kind: finding.kind,
            at: mark + at.start as usize..mark + at.end as usize,
            segment: 0,
            tag: finding.tag,
        }
    });
    let findings: Vec<Finding> = findings.collect();
    let refused = findings
        .iter()
        .any(|one| one.kind.severity == Severity::Refused);
    Decoded {
        span: whole,
        message: read.message.filter(|_| !refused),
        findings,
        marks: if refused { Vec::new() } else { marks },
        service: SHOWN,
        charset: Charset::Utf8,
        telegram: None,
    }
}

/// Marks in order, none over another: a place that two segments took under two headings is under
/// none.
fn apart(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.retain(|mark| mark.at.start < mark.at.end);
    marks.sort_by_key(|mark| mark.at);
    let mut apart: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        match apart.last_mut() {
            Some(last) if mark.at.start < last.at.end => {
                last.at.end = last.at.end.max(mark.at.end);
                if (last.element, last.past) != (mark.element, mark.past) {
                    last.element = Element::Unmapped;
                }
            }
            _ => apart.push(mark),
        }
    }
    apart
}

/// Whether a finding is about what the document says, and not about how segments are written.
fn of_content(kind: &FindingKind) -> bool {
    !kind.code.starts_with("EDI-") || kind.severity == Severity::Refused
}

fn refused(span: Range<usize>, (kind, at): Fault) -> Decoded {
    let at = at.min(span.end);
    Decoded {
        findings: vec![finding(kind, at..span.end.min(at + 1))],
        span,
        message: None,
        marks: Vec::new(),
        service: SHOWN,
        charset: Charset::Utf8,
        telegram: None,
    }
}

fn finding(kind: &'static FindingKind, at: Range<usize>) -> Finding {
    Finding {
        kind,
        at,
        segment: 0,
        tag: *b"   ",
    }
}
