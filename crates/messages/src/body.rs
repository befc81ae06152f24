//! Walks the segments of one message, UNH to UNT, and keeps the books: segment numbers, findings
//! and marks.
//!
//! - In: the tokeniser, standing behind UNH.  Out: segment after segment, then how it ended.
//! - Invariants: findings, segments and bytes are bounded; every data component of every segment
//!   has a mark or was declared structure, because what a decoder forgets becomes
//!   [`Element::Unmapped`]; a segment whose tag the format does not know is marked with its tag,
//!   because a piece of a name that lost its place can look like a tag.

use crate::findings::syntax;
use crate::forms::{Form, Forms};
use crate::openings::Openings;
use crate::value::Value;
use oriel_edifact::{Oddities, Part, Segment, Short, SyntaxFault, SyntaxFaultKind, Tokens};
use oriel_model::{Element, Finding, FindingKind, Mark, Personal, Severity, Span};
use std::ops::Range;

/// The most marks that room is made for before they are there: those of a full flight.
const MARKS_ROOM: usize = 16 * 1024;

/// The most findings that are kept of one message.
const MAX_FINDINGS: usize = 1000;

/// The longest message that is read, UNH to UNT.
pub(crate) const MAX_MESSAGE_BYTES: usize = 32 * 1024 * 1024;

/// The most segments that are read of one message: it bounds memory for messages that are short
/// in bytes and long in persons. A full aircraft with every optional segment needs 40,000.
pub(crate) const MAX_SEGMENTS: u32 = 400_000;

/// The most elements of a segment in which lost terminators are looked for; it bounds how often
/// bytes are read again.
const MAX_JOINED_ELEMENTS: usize = 32;

/// The most apostrophes that nobody released and that are taken for text in one segment. What
/// follows them is read as segments again, so that no byte is read over and over.
const MAX_APOSTROPHES: usize = 64;

/// One row of a format's table of tags: what is needed to notice a lost segment terminator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag {
    /// The tag.
    pub(crate) name: [u8; 3],
    /// How many elements it has at most where everything is in order and nothing rare is sent.
    pub(crate) elements: u8,
    /// Values with which its first component may open, as evidence that it is this segment. With
    /// none it is never looked for behind another one.
    pub(crate) opens: &'static [&'static str],
    /// It holds names or other free text, in which senders forget to release an apostrophe.
    pub(crate) text: bool,
}

impl Tag {
    pub(crate) const fn new(name: &[u8; 3], elements: u8, opens: &'static [&'static str]) -> Self {
        Self {
            name: *name,
            elements,
            opens,
            text: false,
        }
    }

    /// The same for a segment with free text.
    pub(crate) const fn with_text(self) -> Self {
        Self { text: true, ..self }
    }
}

/// The segments of a format, found by their tags.
#[derive(Debug)]
pub(crate) struct Tags {
    rows: &'static [Tag],
    /// The row of each tag, counted from 1, at the tag's number or the next free place behind it.
    places: [u8; 256],
}

impl Tags {
    /// Of no format: nothing is known.
    pub(crate) const NONE: &'static Self = &Self::new(&[]);

    /// Fewer than 256 rows.
    pub(crate) const fn new(rows: &'static [Tag]) -> Self {
        let mut places = [0; 256];
        let mut row = 0;
        while row < rows.len() {
            let mut place = Self::number(rows[row].name);
            while places[place as usize] != 0 {
                place = place.wrapping_add(1);
            }
            row += 1;
            places[place as usize] = row as u8;
        }
        Self { rows, places }
    }

    /// The row of a tag.
    #[inline]
    pub(crate) fn find(&self, tag: [u8; 3]) -> Option<&'static Tag> {
        let mut place = Self::number(tag);
        loop {
            let row = usize::from(self.places[usize::from(place)]);
            let row = self.rows.get(row.wrapping_sub(1))?;
            if row.name == tag {
                return Some(row);
            }
            place = place.wrapping_add(1);
        }
    }

    /// Spreads tags over the places.
    const fn number([a, b, c]: [u8; 3]) -> u8 {
        let tag = u32::from_le_bytes([a, b, c, 0]);
        (tag.wrapping_mul(0x9e37_79b1) >> 24) as u8
    }
}

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

/// Oddities that are reported once a message, at the first place.
#[derive(Clone, Copy, Debug, Default)]
struct Once {
    charset: bool,
    control: bool,
    line_break: bool,
    needless_release: bool,
}

/// The books of one message.
pub(crate) struct Body<'a, 't> {
    tokens: &'t mut Tokens<'a>,
    tags: &'static Tags,
    start: usize,
    /// Where the longest message that is read would end.
    limit: usize,
    index: u32,
    end: Option<End>,
    tag: [u8; 3],
    findings: Vec<Finding>,
    suppressed: bool,
    once: Once,
    marks: Vec<Mark>,
    /// Byte range of the segment in hand.
    hand: Range<usize>,
    /// What was said about each component of the segment in hand; nothing about those behind them.
    said: Vec<Option<Element>>,
    /// Everything said about the segment in hand, once one word is about a piece of a component.
    stretches: Vec<Mark>,
    /// What the rest of the segment in hand is.
    rest: Element,
    /// Whether the segment in hand tells of the past.
    past: bool,
    /// Over a limit: the rest is walked to its end, but nothing of it is kept.
    over: bool,
}

impl<'a, 't> Body<'a, 't> {
    /// Opens the books of the message whose UNH starts at `start`; `tokens` stands behind it.
    pub(crate) fn new(tokens: &'t mut Tokens<'a>, start: usize, tags: &'static Tags) -> Self {
        // A component and its separator take about eight bytes.
        let marks = Vec::with_capacity((tokens.remaining() / 8).min(MARKS_ROOM));
        Self {
            tokens,
            tags,
            start,
            limit: start + MAX_MESSAGE_BYTES,
            index: 1,
            end: None,
            tag: *b"UNH",
            findings: Vec::new(),
            suppressed: false,
            once: Once::default(),
            marks,
            hand: 0..0,
            said: Vec::new(),
            stretches: Vec::new(),
            rest: Element::Unmapped,
            past: false,
            over: false,
        }
    }

    /// How many things of about `each` bytes can still come, and at most `most`: room to make for
    /// them before they are there. Room that stays empty is never touched and costs nothing.
    pub(crate) fn room(&self, each: usize, most: usize) -> usize {
        (self.tokens.remaining() / each).min(most)
    }

    /// Fills `segment` with the next user segment; `false` at the end of the message.
    pub(crate) fn next_into(&mut self, segment: &mut Segment<'a>) -> bool {
        loop {
            self.settle(segment);
            if self.end.is_some() {
                return false;
            }
            let before = self.tokens.position();
            match self.tokens.next_into(segment) {
                Ok(true) => {}
                Ok(false) => {
                    self.end = Some(End::Input);
                    return false;
                }
                Err(fault) => {
                    self.end = Some(self.end_of_fault(fault));
                    return false;
                }
            }
            let taken = match self.tags.find(segment.tag_of_three()) {
                Some(row) => self.take(segment, row),
                None => self.take_unknown(segment, before),
            };
            if taken {
                return true;
            }
        }
    }

    /// Takes the next segment into the books, where it starts with one of `openings` and nothing
    /// about it is odd: what it says, its value, which is marked, and where it stands. `segment` is
    /// the one read last.
    #[inline]
    pub(crate) fn next_known<T: Copy>(
        &mut self,
        segment: &Segment<'a>,
        openings: &Openings<T>,
    ) -> Option<(T, Value<'a>, Range<usize>)> {
        if !self.hand.is_empty() {
            self.settle(segment);
        }
        let glance = self.tokens.glance()?;
        let row = openings.find(glance.opening)?;
        let at = glance.at;
        if self.index >= MAX_SEGMENTS || at.end >= self.limit {
            return None;
        }
        self.tokens.pass(&at);
        if row.text && self.goes_on() {
            self.tokens.seek(at.start);
            return None;
        }
        self.index += 1;
        self.tag = row.tag;
        if let Some((from, to, element)) = row.also {
            let start = (at.start - self.start) as u32;
            self.mark_now(Span::new(start + from, start + to), element);
        }
        let value = Value::new(glance.value, at.end - glance.value.len()..at.end);
        self.mark_now(self.span(value.span()), row.element);
        Some((row.says, value, at))
    }

    /// Fills `short` with the next segment, where it is short and has one of `forms`; it is not taken
    /// into the books before [`Self::take_form`]. `segment` is the one read last.
    #[inline]
    pub(crate) fn next_form<T: Copy>(
        &mut self,
        segment: &Segment<'a>,
        short: &mut Short<'a>,
        forms: &Forms<T>,
    ) -> Option<&'static Form<T>> {
        if !self.hand.is_empty() {
            self.settle(segment);
        }
        if !self.tokens.short_into(short) {
            return None;
        }
        let row = forms.find(short.form())?;
        let at = short.span();
        if self.index >= MAX_SEGMENTS || at.end >= self.limit {
            return None;
        }
        if row.text {
            self.tokens.pass(&at);
            let goes_on = self.goes_on();
            self.tokens.seek(at.start);
            if goes_on {
                return None;
            }
        }
        Some(row)
    }

    /// Takes a segment that was seen by its form into the books; its components are marked.
    #[inline]
    pub(crate) fn take_form<T: Copy>(&mut self, row: &Form<T>, short: &Short<'a>) {
        let at = short.span();
        self.tokens.pass(&at);
        self.index += 1;
        self.tag = row.tag;
        let base = (at.start - self.start) as u32;
        let mut start = base + row.tag.len() as u32 + 1;
        for (end, element) in short.ends().iter().zip(row.elements) {
            let end = base + u32::from(*end);
            if *element != Element::Structure && start < end {
                self.mark_now(Span::new(start, end), *element);
            }
            start = end + 1;
        }
    }

    fn mark_now(&mut self, at: Span, element: Element) {
        self.marks.push(Mark {
            at,
            element,
            past: false,
        });
    }

    /// Takes a segment that the format knows into the books; `false` when it is passed over.
    #[inline]
    fn take(&mut self, segment: &mut Segment<'a>, row: &'static Tag) -> bool {
        self.tag = row.name;
        if !self.count() {
            return false;
        }
        if row.text {
            self.join_text(segment);
        }
        if segment.len() > usize::from(row.elements) {
            self.cut_joined(segment);
        }
        self.open(segment);
        true
    }

    /// Takes another segment, which ends the message where it cannot stand inside of one.
    #[cold]
    fn take_unknown(&mut self, segment: &mut Segment<'a>, before: usize) -> bool {
        self.tag = shown_tag(segment);
        match segment.tag() {
            b"UNT" => {
                self.index += 1;
                self.end = Some(End::Trailer);
                return false;
            }
            b"UNH" | b"UNB" | b"UNG" | b"UNE" | b"UNZ" | b"UNA" => {
                self.tokens.seek(before);
                self.end = Some(End::Interrupted);
                return false;
            }
            // Another interchange, under separators of its own.
            b"" if segment.raw().starts_with(b"UNB") => {
                self.tokens.seek(before);
                self.end = Some(End::Interrupted);
                return false;
            }
            _ => {}
        }
        if !self.count() {
            return false;
        }
        let sound = self.tag != *b"   ";
        if !sound {
            self.report(&syntax::BAD_TAG, segment.tag_span());
        }
        let at = self.span(segment.tag_span());
        self.file(at, Element::Unmapped, false);
        self.open(segment);
        sound
    }

    /// Counts a user segment; `false` when a limit is reached and nothing more is kept.
    #[inline]
    fn count(&mut self) -> bool {
        self.index = self.index.saturating_add(1);
        let within = self.tokens.position() <= self.limit && self.index <= MAX_SEGMENTS;
        !self.over && (within || self.exceed())
    }

    /// Walks to the end of a message of which nothing is kept.
    pub(crate) fn skip(&mut self, segment: &mut Segment<'a>) {
        self.over = true;
        self.next_into(segment);
    }

    /// Number of the segment in hand, UNH being 1.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// Reports something odd at `at` (a span of a part, element or segment in hand).
    pub(crate) fn report(&mut self, kind: &'static FindingKind, at: Range<usize>) {
        self.report_later(kind, at, self.here());
    }

    /// Reports something about the message as a whole, at its UNH.
    pub(crate) fn report_message(&mut self, kind: &'static FindingKind) {
        let unh = Here {
            segment: 1,
            tag: *b"UNH",
        };
        self.report_later(kind, self.start..self.start + 3, unh);
    }

    /// Where the segment in hand stands: for findings that only later segments bring out.
    pub(crate) fn here(&self) -> Here {
        Here {
            segment: self.index,
            tag: self.tag,
        }
    }

    /// Reports something odd about a segment read before.
    ///
    /// A finding that refuses the message is never suppressed.
    pub(crate) fn report_later(
        &mut self,
        kind: &'static FindingKind,
        at: Range<usize>,
        here: Here,
    ) {
        let full = self.findings.len() >= MAX_FINDINGS;
        let kind = match kind.severity {
            Severity::Refused => {
                if full && self.findings.iter().any(|finding| finding.kind == kind) {
                    return;
                }
                kind
            }
            _ if !full => kind,
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
    /// to the end of the component. The first word about a place counts.
    #[inline]
    pub(crate) fn mark(&mut self, part: Part<'_>, element: Element) {
        match part.index().and_then(|index| self.said.get_mut(index)) {
            Some(said) => {
                debug_assert!(
                    part.is_empty() || self.hand.contains(&part.start()),
                    "a component of another segment, which is settled"
                );
                said.get_or_insert(element);
            }
            None if part.is_empty() => {}
            None => self.mark_stretch(part, element),
        }
    }

    fn mark_stretch(&mut self, part: Part<'_>, element: Element) {
        if !self.hand.contains(&part.start()) {
            // Of another segment, which is settled.
            return;
        }
        self.stretches.push(Mark {
            at: self.span(part.span()),
            element,
            past: false,
        });
    }

    /// Says what all components of an element are.
    pub(crate) fn mark_element(&mut self, segment: &Segment<'_>, element: usize, what: Element) {
        if segment.span() == self.hand
            && let Some(said) = self.said.get_mut(segment.indices(element))
        {
            for said in said {
                said.get_or_insert(what);
            }
        }
    }

    /// Says what each component of an element is, as far as `what` goes.
    #[inline]
    pub(crate) fn mark_each(&mut self, segment: &Segment<'_>, element: usize, what: &[Element]) {
        if let Some(said) = self.said.get_mut(segment.indices(element)) {
            for (said, what) in said.iter_mut().zip(what) {
                said.get_or_insert(*what);
            }
        }
    }

    /// Says what each component of an element is, by its place among them, counted from 0, and its
    /// length.
    #[inline]
    pub(crate) fn mark_by(
        &mut self,
        segment: &Segment<'_>,
        element: usize,
        what: impl Fn(usize, u32) -> Option<Element>,
    ) {
        let indices = segment.indices(element);
        let lengths = segment.offsets().skip(indices.start);
        if let Some(said) = self.said.get_mut(indices) {
            for (at, (said, (start, end))) in said.iter_mut().zip(lengths).enumerate() {
                *said = said.or_else(|| what(at, end - start));
            }
        }
    }

    /// Says what everything in the segment is that is not said otherwise.
    pub(crate) fn mark_rest(&mut self, what: Element) {
        self.rest = what;
    }

    /// Says that the values of the segment are those of the past.
    pub(crate) fn mark_past(&mut self) {
        self.past = true;
    }

    /// A value about a person with its place.
    pub(crate) fn personal<T>(&self, value: T, part: Part<'_>) -> Personal<T> {
        Personal::new(value, self.span(part.span()))
    }

    /// A byte range of the input, counted from the first byte of the message.
    pub(crate) fn span(&self, at: Range<usize>) -> Span {
        Span::new((at.start - self.start) as u32, (at.end - self.start) as u32)
    }

    /// The bytes at a place of the message, as sent.
    pub(crate) fn bytes(&self, at: Span) -> &'a [u8] {
        self.tokens
            .bytes(self.start + at.start as usize..self.start + at.end as usize)
    }

    /// Closes the books, when [`Self::next_into`] has reached the end.
    pub(crate) fn finish(self) -> (End, Vec<Finding>, Vec<Mark>) {
        (
            self.end.unwrap_or(End::Interrupted),
            self.findings,
            self.marks,
        )
    }

    /// A segment that cannot be read ends the message, unless it is the start of another
    /// interchange, whose separators are its own.
    fn end_of_fault(&self, fault: SyntaxFault) -> End {
        let another = fault.kind != SyntaxFaultKind::TrailingRelease
            && self.tokens.rest().starts_with(b"UN")
            && matches!(self.tokens.rest().get(2), Some(b'A' | b'B'));
        if another {
            End::Interrupted
        } else {
            End::Fault(fault)
        }
    }

    /// Says which limit is exceeded; nothing more is kept.
    #[cold]
    fn exceed(&mut self) -> bool {
        self.over = true;
        self.report_message(if self.tokens.position() > self.limit {
            &syntax::MESSAGE_TOO_LARGE
        } else {
            &syntax::TOO_MANY_SEGMENTS
        });
        false
    }

    /// Takes the components of a new segment into the books.
    #[inline]
    fn open(&mut self, segment: &Segment<'a>) {
        self.hand = segment.span();
        let components = segment.offsets().len();
        if self.said.len() < components {
            self.said.resize(components.next_power_of_two(), None);
        }
        if !segment.is_ascii() || segment.oddities() != Oddities::default() {
            self.inspect(segment);
        }
    }

    /// Ends a segment where another one follows that lost the terminator before it.
    #[cold]
    fn cut_joined(&mut self, segment: &mut Segment<'a>) {
        if segment.len() <= MAX_JOINED_ELEMENTS
            && let Some(at) = joined_at(segment, self.tags)
        {
            self.report(&syntax::LOST_TERMINATOR, at..at + 3);
            segment.cut(at);
            self.tokens.seek(at);
        }
    }

    /// Takes an apostrophe for what it is where the sender forgot to release it: what follows goes
    /// on in the same line and is no segment.
    fn join_text(&mut self, segment: &mut Segment<'a>) {
        for _ in 0..MAX_APOSTROPHES {
            if !self.goes_on() {
                return;
            }
            let terminator = segment.span().end;
            let start = segment.span().start;
            if self.tokens.extend(segment).is_err() {
                // The rest is no segment either; that is reported when it is read.
                self.tokens.seek(start);
                let again = self.tokens.next_into(segment);
                debug_assert_eq!(again, Ok(true), "it was read before");
                return;
            }
            self.report(&syntax::TERMINATOR_IN_TEXT, terminator..terminator + 1);
        }
    }

    /// Whether text follows without a tag before it.
    fn goes_on(&self) -> bool {
        let rest = self.tokens.rest();
        let service = self.tokens.service();
        if let Some([tag @ .., after]) = rest.first_chunk::<4>()
            && (*after == service.element || *after == service.terminator)
            && is_tag(tag)
            && tag != b"UNA"
        {
            return false;
        }
        if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
            return false;
        }
        // A wrapped line may break a tag.
        let mut bytes = rest.iter().filter(|byte| !matches!(byte, b'\r' | b'\n'));
        let mut tag = [0; 3];
        for (place, byte) in tag.iter_mut().zip(bytes.by_ref()) {
            *place = *byte;
        }
        let after = bytes.find(|byte| **byte != b' ');
        let separated = after.is_none_or(|&b| b == service.element || b == service.terminator);
        let segment = (is_tag(&tag) && separated) || tag == *b"UNA";
        !segment
    }

    /// Reports what is odd about the bytes of a segment, once a message each.
    #[cold]
    fn inspect(&mut self, segment: &Segment<'a>) {
        if !self.once.charset && !segment.is_ascii() {
            self.find_foreign(segment);
        }
        let odd = segment.oddities();
        let at = segment.span();
        if odd.line_break && !std::mem::replace(&mut self.once.line_break, true) {
            self.report(&syntax::LINE_BREAK, at.clone());
        }
        if odd.control && !std::mem::replace(&mut self.once.control, true) {
            self.report(&syntax::CONTROL_CHARACTER, at.clone());
        }
        if odd.needless_release && !std::mem::replace(&mut self.once.needless_release, true) {
            self.report(&syntax::NEEDLESS_RELEASE, at);
        }
    }

    /// Reports the first component with bytes outside of the declared character set.
    fn find_foreign(&mut self, segment: &Segment<'a>) {
        let foreign = segment
            .all_parts()
            .find(|part| !part.raw().is_ascii() && !part.text_checked().1);
        if let Some(part) = foreign {
            self.once.charset = true;
            self.report(&syntax::CHARACTER_SET, part.span());
        }
    }

    /// Files what was said about the segment in hand; components nobody spoke for are unmapped.
    #[inline]
    fn settle(&mut self, segment: &Segment<'a>) {
        let rest = std::mem::replace(&mut self.rest, Element::Unmapped);
        let past = std::mem::take(&mut self.past);
        let hand = std::mem::take(&mut self.hand);
        if hand.is_empty() {
            return;
        }
        if segment.span().start != hand.start || !self.stretches.is_empty() {
            return self.settle_slowly(segment, hand, rest, past);
        }
        let base = (hand.start - self.start) as u32;
        for ((start, end), said) in segment.offsets().zip(&mut self.said) {
            let element = said.take().unwrap_or(rest);
            if element != Element::Structure && start < end {
                let at = Span::new(base + start, base + end);
                self.marks.push(Mark { at, element, past });
            }
        }
    }

    #[inline(never)]
    fn settle_slowly(
        &mut self,
        segment: &Segment<'a>,
        hand: Range<usize>,
        rest: Element,
        past: bool,
    ) {
        if segment.span().start == hand.start {
            self.settle_stretches(segment, rest, past);
        } else {
            // The decoder lent another buffer, so that places are gone: nothing of it is known.
            let at = self.span(hand);
            self.file(at, Element::Unmapped, past);
            self.said.fill(None);
        }
        self.stretches.clear();
    }

    /// Files what was said where some of it is about less, or more, than a component.
    fn settle_stretches(&mut self, segment: &Segment<'a>, rest: Element, past: bool) {
        let base = (segment.span().start - self.start) as u32;
        let mut stretches = std::mem::take(&mut self.stretches);
        stretches.sort_by_key(|mark| mark.at.start);
        let mut ahead = stretches.iter().peekable();
        let mut last: Option<Mark> = None;
        for (index, (start, end)) in segment.offsets().enumerate() {
            let slot = Span::new(base + start, base + end);
            let said = self.said.get_mut(index).and_then(Option::take);
            let covers = last.filter(|mark| mark.at.end > slot.start);
            if covers.is_none() && ahead.peek().is_none_or(|mark| mark.at.start >= slot.end) {
                self.file(slot, said.unwrap_or(rest), past);
                continue;
            }
            let mut whole = said.filter(|_| start < end).map(|element| Mark {
                at: slot,
                element,
                past,
            });
            let mut at = slot.start;
            let mut element = covers.map(|mark| mark.element);
            loop {
                // What is said of a stretch is more exact than what is said of the whole.
                let until = if whole.is_some() {
                    slot.start + 1
                } else {
                    slot.end
                };
                let next = ahead.next_if(|mark| mark.at.start < until).copied();
                let Some(mark) = next.or_else(|| whole.take()) else {
                    break;
                };
                if last.is_some_and(|last| last.at.start == mark.at.start) || mark.at.end <= at {
                    continue;
                }
                if let Some(element) = element
                    && mark.at.start > at
                {
                    self.file(Span::new(at, mark.at.start), element, past);
                    at = mark.at.start;
                }
                element = Some(mark.element);
                last = Some(mark);
            }
            self.file(Span::new(at, slot.end), element.unwrap_or(rest), past);
        }
        self.stretches = stretches;
    }

    /// Adds a mark, joined to the one before where both are the same run.
    fn file(&mut self, at: Span, element: Element, past: bool) {
        match self.marks.last_mut() {
            _ if element == Element::Structure || at.start >= at.end => {}
            Some(last)
                if last.at.end == at.start && (last.element, last.past) == (element, past) =>
            {
                last.at.end = at.end;
            }
            _ => self.marks.push(Mark { at, element, past }),
        }
    }
}

/// Three capital letters or digits, the first a letter.
pub(crate) fn is_tag(tag: &[u8]) -> bool {
    tag.len() == 3
        && tag[0].is_ascii_uppercase()
        && tag
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The tag for a finding: nothing of a damaged one, which may be a piece of a name.
pub(crate) fn shown_tag(segment: &Segment<'_>) -> [u8; 3] {
    match segment.tag() {
        &[a, b, c] if is_tag(&[a, b, c]) => [a, b, c],
        _ => *b"   ",
    }
}

/// Where the tag of a second segment stands that lost the terminator before it.
///
/// The evidence asked for: a component that ends its element ends in a tag of the format, the
/// next element opens with a value that this tag opens with, and what follows, up to the next such
/// place or the end, is no longer than that segment is.
fn joined_at(segment: &Segment<'_>, tags: &Tags) -> Option<usize> {
    let mut next = segment.len();
    let mut first = None;
    for element in (1..segment.len()).rev() {
        let Some(last) = segment.parts(element).last() else {
            continue;
        };
        let raw = last.raw();
        let Some((_, name)) = raw.split_last_chunk::<3>() else {
            continue;
        };
        let Some(row) = tags.find(*name) else {
            continue;
        };
        let opening = segment.part(element + 1, 1);
        let opens = row
            .opens
            .iter()
            .any(|open| open.as_bytes() == opening.raw());
        if opens && next - element <= usize::from(row.elements) {
            first = Some(last.span().end - 3);
            next = element;
        }
    }
    first
}
