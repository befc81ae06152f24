//! Writes values of a document as the segments they stand for, and finds their places again.
//!
//! - In: values of XML.  Out: segments under control characters as separators, which no XML holds,
//!   and for each stretch of them where it was read.
//! - Invariant: a value can never end its component, because every control character in it becomes
//!   a blank.

use super::tree::Value;
use oriel_edifact::ServiceString;
use oriel_model::Span;
use quick_xml::escape::unescape;
use std::borrow::Cow;
use std::ops::Range;

/// The separators that are written.
pub(super) const SERVICE: ServiceString = ServiceString::LEVEL_B;

/// What stands in one component.
pub(super) enum Part<'v> {
    /// A code or separator of ours.
    Own(&'v str),
    /// A value as sent.
    Sent(Value<'v>),
    /// A value written another way.
    Made(String, Value<'v>),
    /// Several in one component.
    Joined(Vec<Part<'v>>),
}

impl Part<'_> {
    pub(super) const NONE: Self = Self::Own("");
}

/// A stretch of the segments and where it was read.
struct Piece {
    at: Range<usize>,
    sent: Range<usize>,
    /// Byte for byte the same.
    exact: bool,
    /// First component of a request: its code.
    code: bool,
}

/// The segments written so far.
#[derive(Default)]
pub(super) struct Segments {
    pub(super) bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Segments {
    /// Writes one segment.
    pub(super) fn segment(&mut self, tag: &str, elements: &[&[Part<'_>]]) {
        self.bytes.extend_from_slice(tag.as_bytes());
        for (element, components) in elements.iter().enumerate() {
            self.bytes.push(SERVICE.element);
            for (component, part) in components.iter().enumerate() {
                if component > 0 {
                    self.bytes.push(SERVICE.component);
                }
                self.part(part, tag == "SSR" && element == 0 && component == 0);
            }
        }
        self.bytes.push(SERVICE.terminator);
    }

    fn part(&mut self, part: &Part<'_>, code: bool) {
        match part {
            Part::Own(text) => self.bytes.extend_from_slice(text.as_bytes()),
            Part::Joined(parts) => parts.iter().for_each(|part| self.part(part, code)),
            Part::Made(text, value) => self.piece(text, *value, false, code),
            Part::Sent(value) => {
                let text = read(*value);
                let exact = matches!(text, Cow::Borrowed(_));
                self.piece(&text, *value, exact, code);
            }
        }
    }

    fn piece(&mut self, text: &str, value: Value<'_>, exact: bool, code: bool) {
        if value.raw.is_empty() {
            return;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        self.pieces.push(Piece {
            at: start..self.bytes.len(),
            sent: value.at..value.at + value.raw.len(),
            exact,
            code,
        });
    }

    /// The places in the document from which a stretch of the segments comes, and whether each is
    /// the code of a request.
    pub(super) fn sources(&self, at: Range<usize>) -> impl Iterator<Item = (Range<usize>, bool)> {
        let first = self
            .pieces
            .partition_point(|piece| piece.at.end <= at.start);
        let inside = self.pieces[first..]
            .iter()
            .take_while(move |piece| piece.at.start < at.end);
        let (from, to) = (at.start, at.end);
        inside.map(move |piece| {
            let sent = if piece.exact {
                let shift = |place: usize| {
                    piece.sent.start + place.clamp(piece.at.start, piece.at.end) - piece.at.start
                };
                shift(from)..shift(to)
            } else {
                piece.sent.clone()
            };
            (sent, piece.code)
        })
    }

    /// One place in the document for a stretch of the segments: from the first to the last source
    /// if it has several; the first byte of the document if it has none.
    pub(super) fn source(&self, at: Span, start: usize) -> Span {
        let at = start + at.start as usize..start + at.end as usize;
        let mut whole: Option<Range<usize>> = None;
        for (sent, _) in self.sources(at) {
            whole = Some(match whole {
                Some(known) => known.start.min(sent.start)..known.end.max(sent.end),
                None => sent,
            });
        }
        whole.map_or(Span::default(), |at| {
            Span::new(at.start as u32, at.end as u32)
        })
    }

    /// Places in the document that were read, in order.
    pub(super) fn read_places(&self) -> Vec<Range<usize>> {
        let mut places: Vec<_> = self.pieces.iter().map(|piece| piece.sent.clone()).collect();
        places.sort_by_key(|place| place.start);
        places
    }
}

/// The text of a value: entities resolved, control characters as blanks.
pub(super) fn read(value: Value<'_>) -> Cow<'_, str> {
    // An entity that is not known stays as it was sent.
    let text = unescape(value.raw).unwrap_or(Cow::Borrowed(value.raw));
    if text.contains(char::is_control) {
        return Cow::Owned(text.replace(char::is_control, " "));
    }
    text
}
