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
    /// Marks of the segment in hand, and whether all of it was declared structure.
    pending: Vec<Mark>,
    structure: bool,
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
            structure: true,
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
            segment: self.index,
            tag: self.tag,
        });
    }

    /// Says what one component is.
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
        if what == Element::Structure && self.pending.is_empty() {
            self.structure = true;
            return;
        }
        let said = std::mem::take(&mut self.pending);
        for at in &self.slots {
            let element = said
                .iter()
                .find(|mark| mark.at == *at)
                .map_or(what, |mark| mark.element);
            self.pending.push(Mark { at: *at, element });
        }
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
        self.structure = false;
        self.slots.clear();
        for element in 1..=segment.len() {
            for part in segment.parts(element).filter(|part| !part.is_empty()) {
                self.slots.push(self.span(part.span()));
            }
        }
    }

    /// Files the marks of the segment in hand; components nobody spoke for become unmapped.
    fn settle(&mut self) {
        if self.structure {
            self.pending.clear();
            return;
        }
        if self.pending.len() > 1 {
            // Stable, so that the first word about a component counts.
            self.pending.sort_by_key(|mark| mark.at.start);
        }
        let mut said = self.pending.iter().peekable();
        for at in &self.slots {
            while said.peek().is_some_and(|mark| mark.at.start < at.start) {
                said.next();
            }
            let element = match said.peek() {
                Some(mark) if mark.at.start == at.start => mark.element,
                _ => Element::Unmapped,
            };
            if element != Element::Structure {
                self.marks.push(Mark { at: *at, element });
            }
        }
        self.pending.clear();
        self.slots.clear();
        self.structure = true;
    }
}
