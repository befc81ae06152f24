//! Walks bytes once and yields segments.
//!
//! - In: bytes, the service characters, the repertoire.  Out: one [`Segment`] at a time, in a
//!   buffer that the caller lends, so that a gigabyte of messages costs a few allocations.
//! - Invariants: every byte is looked at once; memory is bounded by [`MAX_SEGMENT_BYTES`]; the
//!   release character is honoured before any separator.

use crate::segment::Slot;
use crate::{Charset, Segment, ServiceString};
use std::fmt;
use std::ops::Range;

/// The longest segment that is read. The longest in real traffic, a fare calculation of 99 texts
/// of 70 characters, is a tenth of this.
pub const MAX_SEGMENT_BYTES: usize = 64 * 1024;

/// What made it impossible to go on, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxFault {
    /// What is wrong.
    pub kind: SyntaxFaultKind,
    /// Byte range in the input.
    pub at: Range<usize>,
}

/// The ways in which bytes are not segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxFaultKind {
    /// The input ends inside a segment.
    Unterminated,
    /// The input ends on a release character.
    TrailingRelease,
    /// No terminator within [`MAX_SEGMENT_BYTES`].
    SegmentTooLong,
}

impl fmt::Display for SyntaxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.start;
        match self.kind {
            SyntaxFaultKind::Unterminated => {
                write!(f, "the segment that starts at byte {at} has no terminator")
            }
            SyntaxFaultKind::TrailingRelease => {
                write!(f, "the input ends on the release character at byte {at}")
            }
            SyntaxFaultKind::SegmentTooLong => write!(
                f,
                "the segment that starts at byte {at} has no terminator within \
                 {MAX_SEGMENT_BYTES} bytes"
            ),
        }
    }
}

impl std::error::Error for SyntaxFault {}

const ORDINARY: u8 = 0;
const COMPONENT: u8 = 1;
const ELEMENT: u8 = 2;
const REPETITION: u8 = 3;
const RELEASE: u8 = 4;
const LINE_BREAK: u8 = 5;
const TERMINATOR: u8 = 6;

/// Yields the segments of `bytes`, one interchange's service characters at a time.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    bytes: &'a [u8],
    origin: usize,
    at: usize,
    classes: [u8; 256],
    service: ServiceString,
    charset: Charset,
}

impl<'a> Tokens<'a> {
    /// Reads `bytes`; every position it reports has `origin` added.
    pub fn new(bytes: &'a [u8], origin: usize, service: ServiceString, charset: Charset) -> Self {
        let mut classes = [ORDINARY; 256];
        classes[usize::from(b'\r')] = LINE_BREAK;
        classes[usize::from(b'\n')] = LINE_BREAK;
        classes[usize::from(service.component)] = COMPONENT;
        classes[usize::from(service.element)] = ELEMENT;
        if let Some(repetition) = service.repetition {
            classes[usize::from(repetition)] = REPETITION;
        }
        if let Some(release) = service.release {
            classes[usize::from(release)] = RELEASE;
        }
        classes[usize::from(service.terminator)] = TERMINATOR;
        Self {
            bytes,
            origin,
            at: 0,
            classes,
            service,
            charset,
        }
    }

    /// Where the next segment is looked for, `origin` included.
    pub fn position(&self) -> usize {
        self.origin + self.at
    }

    /// Goes on at `position` (as reported, `origin` included): how callers resynchronise.
    pub fn seek(&mut self, position: usize) {
        self.at = position.saturating_sub(self.origin).min(self.bytes.len());
    }

    /// The service characters in force.
    pub fn service(&self) -> ServiceString {
        self.service
    }

    /// Fills `segment` with the next one; `false` at a clean end of input.
    ///
    /// Blanks, line breaks and transport framing (NUL to ETX, DC2, DC4, DEL) between segments are
    /// skipped. After an error the position stands where the faulty segment starts.
    pub fn next_into(&mut self, segment: &mut Segment<'a>) -> Result<bool, SyntaxFault> {
        let bytes = self.bytes;
        let mut at = self.at;
        while at < bytes.len()
            && is_filler(bytes[at])
            && self.classes[usize::from(bytes[at])] != TERMINATOR
        {
            at += 1;
        }
        self.at = at;
        if at == bytes.len() {
            return Ok(false);
        }
        let start = at;
        let limit = bytes.len().min(start + MAX_SEGMENT_BYTES);
        segment.bytes = bytes;
        segment.origin = self.origin;
        segment.release = self.service.release;
        segment.charset = self.charset;
        segment.slots.clear();
        segment.elements.clear();

        let mut slot = Slot {
            start: start as u32,
            ..Slot::default()
        };
        let mut in_tag = true;
        while at < limit {
            let class = self.classes[usize::from(bytes[at])];
            match class {
                ORDINARY => at += 1,
                RELEASE => {
                    slot.dirty = true;
                    at += 1;
                    // A wrapped telegram line may put a line break between the two bytes.
                    while at < limit && matches!(bytes[at], b'\r' | b'\n') {
                        at += 1;
                    }
                    if at == bytes.len() {
                        return Err(self.fault(SyntaxFaultKind::TrailingRelease, at - 1..at));
                    }
                    at += 1;
                }
                LINE_BREAK => {
                    slot.dirty = true;
                    at += 1;
                }
                _ => {
                    slot.end = at as u32;
                    if in_tag {
                        set_tag(segment, &bytes[start..at]);
                        in_tag = false;
                    } else {
                        segment.slots.push(slot);
                    }
                    at += 1;
                    if class == TERMINATOR {
                        segment.span = self.origin + start..self.origin + at - 1;
                        self.at = at;
                        return Ok(true);
                    }
                    if class == ELEMENT {
                        segment.elements.push(segment.slots.len() as u32);
                    } else if segment.elements.is_empty() {
                        // A component straight after the tag: read it as the first element.
                        segment.elements.push(0);
                    }
                    slot = Slot {
                        start: at as u32,
                        repeats: class == REPETITION,
                        ..Slot::default()
                    };
                }
            }
        }
        let kind = if limit < bytes.len() {
            SyntaxFaultKind::SegmentTooLong
        } else {
            SyntaxFaultKind::Unterminated
        };
        Err(self.fault(kind, start..limit.min(start + 3)))
    }

    fn fault(&self, kind: SyntaxFaultKind, at: Range<usize>) -> SyntaxFault {
        SyntaxFault {
            kind,
            at: self.origin + at.start..self.origin + at.end,
        }
    }
}

/// Bytes that carry nothing when they stand between two segments.
fn is_filler(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | 0..=3 | 0x12 | 0x14 | 0x7f
    )
}

/// Keeps the tag without blanks; a tag of another length than three shows in [`Segment::tag`].
fn set_tag(segment: &mut Segment<'_>, raw: &[u8]) {
    let mut len = 0;
    segment.tag = [0; 3];
    for &byte in raw.iter().filter(|byte| !is_filler(**byte)) {
        if len == 3 {
            // Longer than a tag can be: report it as damaged by an empty tag.
            segment.tag_len = 0;
            return;
        }
        segment.tag[len] = byte;
        len += 1;
    }
    segment.tag_len = len as u8;
}
