//! Walks the segments of one message, UNH to UNT, and keeps the books: segment numbers, findings
//! and marks.
//!
//! - In: the tokeniser, standing behind UNH.  Out: segment after segment, then how it ended.
//! - Invariants: findings are bounded; every data component of every segment has a mark or was
//!   declared structure, because what a decoder forgets becomes [`Element::Unmapped`].

use crate::findings::syntax;
use oriel_edifact::{Part, Segment, SyntaxFault, Tokens};
use oriel_model::{Element, Finding, FindingKind, Mark, Personal, Span};
use std::ops::Range;

/// The most findings that are kept of one message.
const MAX_FINDINGS: usize = 1000;

/// How the body of a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// At UNT, which stands in the segment buffer.
    Trailer,
    /// At a service segment that cannot stand inside a message (UNH, UNB, UNE, UNZ…); the
    /// tokeniser stands before it.
    Interrupted,
    /// At the end of the input.
    Input,
    /// At bytes that are not a segment.
    Fault(SyntaxFault),
}

/// The number and tag of one segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here {
    segment: u32,
    tag: [u8; 3],
}

/// The books of one message.
pub(crate) struct Body<'a, 't> {
    tokens: &'t mut Tokens<'a>,
    start: usize,
    index: u32,
    end: Option<End>,
    tag: [u8; 3],
    findings: Vec<Finding>,
    suppressed: bool,
    marks: Vec<Mark>,
    /// Marks of the segment in hand, and what its other components are.
    pending: Vec<Mark>,
    rest: Element,
    /// Component spans of the segment in hand, taken when it was read.
    slots: Vec<Span>,
}

impl<'a, 't> Body<'a, 't> {
    /// Opens the books of the message whose UNH starts at `start`; `tokens` stands behind it.
    pub(crate) fn new(tokens: &'t mut Tokens<'a>, start: usize) -> Self {
        Self {
            tokens,
            start,
            index: 1,
            end: None,
            tag: *b"UNH",
            findings: Vec::new(),
            suppressed: false,
            marks: Vec::new(),
            pending: Vec::new(),
            rest: Element::Unmapped,
            slots: Vec::new(),
        }
    }

    /// Fills `segment` with the next user segment; `false` at the end of the message.
    pub(crate) fn next_into(&mut self, segment: &mut Segment<'a>) -> bool {
        self.settle();
        if self.end.is_some() {
            return false;
        }
        let before = self.tokens.position();
        match self.tokens.next_into(segment) {
            Err(fault) => self.end = Some(End::Fault(fault)),
            Ok(false) => self.end = Some(End::Input),
            Ok(true) => {
                self.tag = *b"   ";
                let tag = segment.tag();
                self.tag[..tag.len()].copy_from_slice(tag);
                match tag {
                    b"UNT" => {
                        self.index += 1;
                        self.end = Some(End::Trailer);
                    }
                    b"UNH" | b"UNB" | b"UNG" | b"UNE" | b"UNZ" | b"UNA" => {
                        self.tokens.seek(before);
                        self.end = Some(End::Interrupted);
                    }
                    _ => {
                        self.index += 1;
                        self.open(segment);
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Number of the segment in hand, UNH being 1.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// Reports something odd at `at` (a span of a part, element or segment).
    pub(crate) fn report(&mut self, kind: &'static FindingKind, at: Range<usize>) {
        self.report_later(kind, at, self.here());
    }

    /// Where the segment in hand stands: for findings that only later segments bring out.
    pub(crate) fn here(&self) -> Here {
        Here {
            segment: self.index,
            tag: self.tag,
        }
    }

    /// Reports something odd about a segment read before.
    pub(crate) fn report_later(
        &mut self,
        kind: &'static FindingKind,
        at: Range<usize>,
        here: Here,
    ) {
        let kind = match self.findings.len() {
            n if n < MAX_FINDINGS => kind,
            _ if self.suppressed => return,
            _ => {
                self.suppressed = true;
                &syntax::MORE_FINDINGS
            }
        };
        self.findings.push(Finding {
            kind,
            at,
            segment: here.segment,
            tag: here.tag,
        });
    }

    /// Says what one component is, or a stretch of one: a stretch reaches to the next one said, or
    /// to the end of the component.
    pub(crate) fn mark(&mut self, part: Part<'_>, element: Element) {
        if !part.is_empty() {
            let at = self.span(part.span());
            self.pending.push(Mark { at, element });
        }
    }

    /// Says what all components of an element are.
    pub(crate) fn mark_element(&mut self, segment: &Segment<'a>, element: usize, what: Element) {
        for part in segment.parts(element) {
            self.mark(part, what);
        }
    }

    /// Says what all components of the segment are that were not said otherwise.
    pub(crate) fn mark_rest(&mut self, what: Element) {
        self.rest = what;
    }

    /// A value about a person with its place.
    pub(crate) fn personal<T>(&self, value: T, part: Part<'_>) -> Personal<T> {
        Personal::new(value, self.span(part.span()))
    }

    /// A byte range of the input, counted from the first byte of the message.
    pub(crate) fn span(&self, at: Range<usize>) -> Span {
        Span::new((at.start - self.start) as u32, (at.end - self.start) as u32)
    }

    /// Closes the books.
    pub(crate) fn finish(mut self) -> (End, Vec<Finding>, Vec<Mark>) {
        self.settle();
        (
            self.end.unwrap_or(End::Interrupted),
            self.findings,
            self.marks,
        )
    }

    fn open(&mut self, segment: &Segment<'a>) {
        for element in 1..=segment.len() {
            for part in segment.parts(element).filter(|part| !part.is_empty()) {
                self.slots.push(self.span(part.span()));
            }
        }
    }

    /// Files the marks of the segment in hand; components nobody spoke for become unmapped.
    fn settle(&mut self) {
        if self.pending.is_empty() && self.rest == Element::Structure {
            self.slots.clear();
        }
        if self.pending.len() > 1 {
            // Stable, so that the first word about a component counts.
            self.pending.sort_by_key(|mark| mark.at.start);
        }
        let mut said = self.pending.iter().peekable();
        let mut last: Option<&Mark> = None;
        for slot in &self.slots {
            let covers = last.filter(|mark| mark.at.end > slot.start);
            let mut at = slot.start;
            let mut element = covers.map(|mark| mark.element);
            while let Some(mark) = said.next_if(|mark| mark.at.start < slot.end) {
                if last.is_some_and(|last| last.at.start == mark.at.start) || mark.at.end <= at {
                    continue;
                }
                if let Some(element) = element
                    && mark.at.start > at
                {
                    file(&mut self.marks, Span::new(at, mark.at.start), element);
                    at = mark.at.start;
                }
                element = Some(mark.element);
                last = Some(mark);
            }
            let element = element.unwrap_or(self.rest);
            file(&mut self.marks, Span::new(at, slot.end), element);
        }
        self.pending.clear();
        self.slots.clear();
        self.rest = Element::Unmapped;
    }
}

/// Adds a mark, joined to the one before where both are the same run.
fn file(marks: &mut Vec<Mark>, at: Span, element: Element) {
    match marks.last_mut() {
        _ if element == Element::Structure => {}
        Some(last) if last.at.end == at.start && last.element == element => last.at.end = at.end,
        _ => marks.push(Mark { at, element }),
    }
}
