//! Writes values of another syntax as the segments they stand for, decodes these, and finds all
//! places again.
//!
//! - In: values of XML, of tables, of declarations.  Out: segments under control characters as
//!   separators, which none of these holds, and for each stretch of them where it was read; then
//!   one [`Decoded`] whose places count in what was sent.
//! - Invariants: a value can never end its component, because every control character in it becomes
//!   a blank; a value that no segment takes is unmapped, which no profile keeps; a mark covers the
//!   whole value where the segment spells it otherwise.

use crate::Decoded;
use oriel_edifact::{Charset, ServiceString};
use oriel_model::{Element, Finding, FindingKind, Mark, Places, Severity, Span};
use quick_xml::escape::unescape;
use std::borrow::Cow;
use std::ops::Range;

/// The separators that are written.
pub(crate) const SERVICE: ServiceString = ServiceString::LEVEL_B;

/// A value as it stands in the document, entities not resolved.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Value<'a> {
    pub(crate) raw: &'a str,
    pub(crate) at: usize,
}

impl Value<'_> {
    /// A dash alone says that nothing is known.
    pub(crate) fn sent(self) -> Self {
        match self.raw.trim() {
            "-" => Self::default(),
            _ => self,
        }
    }

    /// Where it stands.
    pub(crate) fn place(self) -> Range<usize> {
        self.at..self.at + self.raw.len()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.raw.trim().is_empty()
    }
}

/// What stands in one component.
pub(crate) enum Part<'v> {
    /// A code or separator of ours.
    Own(&'v str),
    /// A value as sent.
    Sent(Value<'v>),
    /// A value written another way, and where it stands.
    Made(String, Range<usize>),
    /// Several in one component.
    Joined(Vec<Part<'v>>),
}

impl Part<'_> {
    pub(crate) const NONE: Self = Self::Own("");
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
pub(crate) struct Segments {
    pub(crate) bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Segments {
    /// Writes one segment.
    pub(crate) fn segment(&mut self, tag: &str, elements: &[&[Part<'_>]]) {
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
            Part::Made(text, at) => self.piece(text, at.clone(), false, code),
            Part::Sent(value) => {
                let text = read(*value);
                let exact = matches!(text, Cow::Borrowed(_));
                self.piece(&text, value.place(), exact, code);
            }
        }
    }

    fn piece(&mut self, text: &str, sent: Range<usize>, exact: bool, code: bool) {
        if sent.is_empty() {
            return;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        self.pieces.push(Piece {
            at: start..self.bytes.len(),
            sent,
            exact,
            code,
        });
    }

    /// The places in the document from which a stretch of the segments comes, and whether each is
    /// the code of a request.
    pub(crate) fn sources(&self, at: Range<usize>) -> impl Iterator<Item = (Range<usize>, bool)> {
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
    pub(crate) fn source(&self, at: Span, start: usize) -> Span {
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
    pub(crate) fn read_places(&self) -> Vec<Range<usize>> {
        let mut places: Vec<_> = self.pieces.iter().map(|piece| piece.sent.clone()).collect();
        places.sort_by_key(|place| place.start);
        places
    }
}

/// What was sent, as far as its segments do not tell.
pub(crate) struct Sent<'v> {
    /// Places of all values, in order.
    pub(crate) values: &'v [Range<usize>],
    /// Places of values that say something of the whole and nothing of a person.
    pub(crate) structure: &'v [Range<usize>],
    /// What is added to every place.
    pub(crate) shift: usize,
    pub(crate) whole: Range<usize>,
    /// By these characters it is shown in pieces.
    pub(crate) service: ServiceString,
}

impl Segments {
    /// Decodes the segments, which hold one message, and moves all places to what was sent; `None`
    /// when they hold none.
    pub(crate) fn decode(&self, sent: &Sent<'_>) -> Option<Decoded> {
        let segments = self;
        let shift = sent.shift as u32;
        let mut read = crate::interchange::interchanges(&segments.bytes).next()?;
        let start = read.span.start;
        let moved = |span: Span| {
            let at = segments.source(span, start);
            Span::new(at.start + shift, at.end + shift)
        };
        if let Some(message) = &mut read.message {
            message.move_places(&mut |span| moved(span));
        }
        let mut marks = Vec::with_capacity(read.marks.len() + sent.values.len());
        for found in &read.marks {
            let at = start + found.at.start as usize..start + found.at.end as usize;
            for (from, is_code) in segments.sources(at) {
                // In one element the code of a request, in another its words: only the code tells what
                // they may disclose, so they are never kept.
                let element = match found.element {
                    Element::Service if !is_code => Element::Unmapped,
                    element => element,
                };
                marks.push(Mark {
                    at: Span::new(from.start as u32 + shift, from.end as u32 + shift),
                    element,
                    past: found.past,
                });
            }
        }
        let mut taken = segments.read_places();
        taken.extend(sent.structure.iter().cloned());
        taken.sort_by_key(|place| place.start);
        let mut taken = taken.iter().peekable();
        for value in sent.values {
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
                at: sent.shift + at.start as usize..sent.shift + at.end as usize,
                segment: 0,
                tag: finding.tag,
            }
        });
        let findings: Vec<Finding> = findings.collect();
        let refused = findings
            .iter()
            .any(|one| one.kind.severity == Severity::Refused);
        Some(Decoded {
            span: sent.whole.clone(),
            message: read.message.filter(|_| !refused),
            findings,
            marks: if refused { Vec::new() } else { marks },
            service: sent.service,
            charset: Charset::Utf8,
            telegram: None,
        })
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

/// The text of a value: entities resolved, control characters as blanks.
pub(crate) fn read(value: Value<'_>) -> Cow<'_, str> {
    // An entity that is not known stays as it was sent.
    let text = unescape(value.raw).unwrap_or(Cow::Borrowed(value.raw));
    if text.contains(char::is_control) {
        return Cow::Owned(text.replace(char::is_control, " "));
    }
    text
}
