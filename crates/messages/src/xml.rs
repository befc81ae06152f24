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
mod tree;

use crate::findings::xml as found;
use crate::respelled::Sent;
use crate::{Conventions, Decoded};
use oriel_edifact::{Charset, ServiceString, Starts};
use oriel_model::{Finding, FindingKind};
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
pub(crate) fn decode(bytes: &[u8], conventions: &Conventions) -> Decoded {
    let whole = 0..bytes.len();
    let (mark, rest) = without_mark(bytes);
    let text = match std::str::from_utf8(rest) {
        _ if bytes.len() > MAX_BYTES => return refused(whole, (&found::TOO_LARGE, 0)),
        Err(fault) => return refused(whole, (&found::NOT_UTF8, mark + fault.valid_up_to())),
        Ok(text) => text,
    };
    let mut walk = Walk::new(text, conventions);
    match pnrgov::translate(&mut walk) {
        Err((kind, at)) => refused(whole, (kind, mark + at)),
        Ok(document) => {
            let sent = Sent {
                values: &walk.values,
                structure: &document.structure,
                shift: mark,
                whole: whole.clone(),
                service: SHOWN,
            };
            let Some(mut decoded) = document.segments.decode(&sent) else {
                return refused(whole, (&found::NOT_A_PUSH, 0));
            };
            if let Some(message) = &mut decoded.message {
                message.envelope = document.envelope(&message.envelope);
            }
            for name in document.unknown {
                let at = mark + name.start..mark + name.end;
                decoded.findings.push(finding(&found::UNKNOWN_ELEMENT, at));
            }
            decoded.findings.sort_by_key(|finding| finding.at.start);
            decoded
        }
    }
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
