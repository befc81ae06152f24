//! Walks a transmission: interchanges, groups, messages, and whatever stands between them.
//!
//! - In: bytes as received.  Out: one [`Decoded`] a message, in order, and one for each stretch in
//!   which a message was lost.
//! - Source: ISO 9735-1, clause 8, syntax versions 1 to 4.
//! - Invariants: one message is held back so that what its trailers say can be added to it; work
//!   is linear in the input, because every search goes on where the last one ended; a message that
//!   is cut off is refused as a whole.

use crate::body::{Body, End, Tags};
use crate::envelope::{Group, Header, count_agrees, outside, text};
use crate::findings::syntax;
use crate::format::Format;
use crate::table;
use crate::telegram::{self, Telegram};
use crate::xml;
use crate::{Conventions, Decoded};
use memchr::{memchr, memmem};
use oriel_edifact::{
    Charset, MAX_SEGMENT_BYTES, Segment, ServiceString, Start, Starts, SyntaxFault,
    SyntaxFaultKind, Tokens,
};
use oriel_model::{Finding, FindingKind, Severity, Text};
use std::collections::HashSet;
use std::ops::Range;

/// The most message references that are remembered to notice a repeated one.
const MAX_REFERENCES: usize = 65_536;

/// UTF-8 byte order mark.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes a transmission, one message at a time.
///
/// Bytes that hold no interchange at all give one refused [`Decoded`].
pub fn decode(bytes: &[u8]) -> Decoder<'_> {
    decode_by(bytes, &Conventions::default())
}

/// The same, by conventions of one's own.
pub(crate) fn decode_by<'a>(bytes: &'a [u8], conventions: &Conventions) -> Decoder<'a> {
    if xml::is_xml(bytes) {
        Decoder::giving(bytes, xml::decode(bytes, conventions))
    } else if !bytes.starts_with(b"UN") && table::is_table(bytes) {
        Decoder::giving(bytes, table::decode(bytes))
    } else {
        interchanges(bytes)
    }
}

/// Decodes the interchanges of a transmission.
pub(crate) fn interchanges(bytes: &[u8]) -> Decoder<'_> {
    Decoder {
        bytes,
        at: 0,
        starts: Starts::new(bytes),
        open: None,
        segment: Segment::default(),
        held: None,
        held_is_here: false,
        early: Vec::new(),
        any: false,
        in_force: (ServiceString::LEVEL_A, Charset::Ascii),
        telegram: None,
    }
}

/// Yields the messages of a transmission; see [`decode`].
#[derive(Debug)]
pub struct Decoder<'a> {
    bytes: &'a [u8],
    /// Outside of interchanges: where the next one is looked for.
    at: usize,
    starts: Starts<'a>,
    /// It is taken out for each step, so it stays where it lies.
    open: Option<Box<Interchange<'a>>>,
    segment: Segment<'a>,
    /// The last message, until it is known what follows it.
    held: Option<Decoded>,
    /// Whether the message held back stands in the interchange that is open, so that what its
    /// trailers say is about it.
    held_is_here: bool,
    /// Findings that wait for the next message.
    early: Vec<Finding>,
    /// Whether anything was decoded or refused yet.
    any: bool,
    /// Characters and repertoire of the interchange that was opened last.
    in_force: (ServiceString, Charset),
    /// Heading of the telegram around the interchange that was opened last.
    telegram: Option<Box<Telegram>>,
}

/// One interchange between UNB and UNZ.
#[derive(Debug)]
struct Interchange<'a> {
    start: usize,
    header: Header,
    tokens: Tokens<'a>,
    group: Option<Group>,
    groups: u32,
    messages: u32,
    /// Messages that stand outside of groups.
    ungrouped: u32,
    references: HashSet<Text>,
    /// Segments that stand outside of messages: the first byte of the stretch in hand.
    stray: Option<usize>,
    /// The last message was cut off by the end of the input, so that more cannot follow.
    cut: bool,
}

impl Iterator for Decoder<'_> {
    type Item = Decoded;

    fn next(&mut self) -> Option<Decoded> {
        loop {
            let step = match self.open.take() {
                Some(interchange) => Some(self.go_on(interchange)),
                None => self.enter(),
            };
            let Some(decoded) = step else {
                return self.held.take().map(|mut last| {
                    last.findings.append(&mut self.early);
                    finished(last)
                });
            };
            if let Some(mut decoded) = decoded {
                self.any = true;
                decoded.findings.append(&mut self.early);
                decoded.telegram.clone_from(&self.telegram);
                self.held_is_here = self.open.is_some();
                if let Some(ready) = self.held.replace(decoded) {
                    return Some(finished(ready));
                }
            }
        }
    }
}

/// Findings in the order of their places.
fn finished(mut decoded: Decoded) -> Decoded {
    decoded.findings.sort_by_key(|finding| finding.at.start);
    decoded
}

impl<'a> Decoder<'a> {
    /// Gives one refusal of the whole and nothing else.
    pub(crate) fn refusing(bytes: &'a [u8], kind: &'static FindingKind) -> Self {
        let refused = interchanges(bytes).refusal(kind, 0..bytes.len());
        Self::giving(bytes, refused)
    }

    /// Gives one message, which was read already, and nothing else.
    fn giving(bytes: &'a [u8], decoded: Decoded) -> Self {
        Decoder {
            at: bytes.len(),
            any: true,
            held: Some(decoded),
            ..interchanges(&[])
        }
    }

    /// Says something of the whole with the first message.
    pub(crate) fn say_first(&mut self, kind: &'static FindingKind) {
        self.early.push(bare(kind, 0..0));
    }

    /// Enters the next interchange; `None` when there is none, `Some(None)` when it was entered.
    fn enter(&mut self) -> Option<Option<Decoded>> {
        if self.at >= self.bytes.len() && self.any {
            return None;
        }
        let from = self.at;
        let Some(start) = self.starts.from(from) else {
            self.at = self.bytes.len();
            return self.leftover(from..self.bytes.len()).map(Some);
        };
        self.at = start.at;
        if let Some(lost) = self.leftover_before(from..self.at) {
            return Some(Some(lost));
        }
        Some(self.open(start))
    }

    /// The refusal of a stretch in which a message stands outside of any interchange.
    fn lost(&self, stretch: Range<usize>) -> Decoded {
        let bytes = &self.bytes[stretch.clone()];
        let blank = bytes.len() - bytes.trim_ascii_start().len();
        self.refusal(&syntax::NO_UNB, stretch.start + blank..stretch.end)
    }

    /// Deals with bytes before an interchange: passed over, unless a message stands in them.
    fn leftover_before(&mut self, stretch: Range<usize>) -> Option<Decoded> {
        let bytes = &self.bytes[stretch.clone()];
        if has_message(bytes) {
            return Some(self.lost(stretch));
        }
        let rest = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        if rest.len() < bytes.len() {
            let at = stretch.start..stretch.start + BYTE_ORDER_MARK.len();
            self.early.push(bare(&syntax::BYTE_ORDER_MARK, at));
        }
        let at = stretch.end - rest.len()..stretch.end;
        // What ends the telegram before may stand in front of a heading.
        self.telegram = Telegram::read(telegram::behind_end(rest)).map(Box::new);
        match &self.telegram {
            Some(telegram) if telegram.possible_duplicate => {
                self.early.push(bare(&syntax::POSSIBLE_DUPLICATE, at));
            }
            None if !is_blank(rest) && !telegram::is_end(rest) => {
                self.early.push(bare(&syntax::NOISE, at));
            }
            _ => {}
        }
        None
    }

    /// Deals with the bytes behind the last interchange.
    fn leftover(&mut self, stretch: Range<usize>) -> Option<Decoded> {
        let bytes = &self.bytes[stretch.clone()];
        let kind = if has_message(bytes) {
            return Some(self.lost(stretch));
        } else if !self.any && is_blank(bytes) {
            &syntax::EMPTY
        } else if !self.any {
            &syntax::NOT_EDIFACT
        } else {
            if !is_blank(bytes) && !telegram::is_end(bytes) {
                self.early.push(bare(&syntax::NOISE, stretch));
            }
            return None;
        };
        Some(self.refusal(kind, stretch))
    }

    fn open(&mut self, start: Start) -> Option<Decoded> {
        if let Some((_, at)) = &start.fault {
            self.early.push(bare(&syntax::UNA_DAMAGED, at.clone()));
        }
        self.held_is_here = false;
        // UNB is read by itself, so that one without an end costs no more than its limit.
        let header = &self.bytes[start.header..start.header_limit];
        let mut tokens = Tokens::new(header, start.header, start.service, Charset::Ascii);
        let mut segment = Segment::default();
        if !matches!(tokens.next_into(&mut segment), Ok(true)) {
            let from = self.at;
            let next = self.starts.from(start.header_limit);
            self.at = next.map_or(self.bytes.len(), |next| next.at);
            return Some(self.refusal(&syntax::HEADER_UNREADABLE, from..self.at));
        }
        let header = Header::read(&segment, &mut self.early);
        let service = start.service.for_version(header.version);
        let mut whole = Tokens::new(self.bytes, 0, service, header.charset);
        self.in_force = (service, header.charset);
        whole.seek(tokens.position());
        self.open = Some(Box::new(Interchange {
            start: self.at,
            header,
            tokens: whole,
            group: None,
            groups: 0,
            messages: 0,
            ungrouped: 0,
            references: HashSet::new(),
            stray: None,
            cut: false,
        }));
        None
    }

    /// Takes one step in an open interchange and puts it back unless it ended.
    fn go_on(&mut self, mut open: Box<Interchange<'a>>) -> Option<Decoded> {
        let before = open.tokens.skip_filler();
        if self.starts_at(before) {
            return self.close(open, before);
        }
        let mut segment = std::mem::take(&mut self.segment);
        let decoded = match open.tokens.next_into(&mut segment) {
            Ok(true) => self.service_segment(open, &mut segment, before),
            Ok(false) => self.close(open, self.bytes.len()),
            Err(fault) => self.fault(open, &fault),
        };
        self.segment = segment;
        decoded
    }

    fn service_segment(
        &mut self,
        mut open: Box<Interchange<'a>>,
        segment: &mut Segment<'a>,
        before: usize,
    ) -> Option<Decoded> {
        let span = segment.span();
        match segment.tag() {
            b"UNH" => {
                self.end_stray(&mut open, span.start);
                let decoded = self.message(&mut open, segment);
                self.open = Some(open);
                return Some(decoded);
            }
            b"UNG" => {
                self.end_stray(&mut open, span.start);
                self.end_group(&mut open, span.clone(), segment);
                open.group = Some(Group::read(segment));
                open.groups += 1;
            }
            b"UNE" => {
                self.end_stray(&mut open, span.start);
                self.group_trailer(&mut open, segment);
            }
            b"UNZ" => {
                self.end_stray(&mut open, span.start);
                self.end_group(&mut open, span.clone(), segment);
                self.trailer(&open, segment);
                self.at = open.tokens.position();
                return self.if_empty(&open, self.at);
            }
            b"UNA" | b"UNB" => return self.close(open, before),
            b"UNT" => {
                let start = open.stray.take().unwrap_or(span.start);
                open.messages += 1;
                let end = open.tokens.position();
                self.open = Some(open);
                return Some(self.refusal(&syntax::NO_UNH, start..end));
            }
            _ => {
                open.stray.get_or_insert(span.start);
            }
        }
        self.open = Some(open);
        None
    }

    fn message(&mut self, open: &mut Interchange<'a>, segment: &mut Segment<'a>) -> Decoded {
        open.messages += 1;
        match &mut open.group {
            Some(group) => group.messages += 1,
            None => open.ungrouped += 1,
        }
        let unh = segment.span();
        let mut findings = Vec::new();
        let envelope = open.header.message(segment, &mut findings);
        let mut report = |kind, at| {
            let mut finding = outside(kind, at, segment);
            finding.segment = 1;
            findings.push(finding);
        };
        if open.groups > 0 && open.group.is_none() {
            report(&syntax::GROUPS_MIXED, unh.clone());
        }
        let reference = envelope.reference.clone();
        if open.references.len() < MAX_REFERENCES && !open.references.insert(reference.clone()) {
            report(&syntax::REFERENCE_REPEATED, segment.part(1, 1).span());
        }
        let format = Format::by_name(&envelope.kind);
        match format {
            None => report(&syntax::UNKNOWN_TYPE, segment.element_span(2)),
            Some(format) => {
                if let Some(kind) = (format.version_fault)(&envelope.version) {
                    report(kind, segment.element_span(2));
                }
            }
        }

        let service = open.tokens.service();
        let charset = open.tokens.charset();
        let known = format.filter(|_| !refuses(&findings));
        let tags = known.map_or(Tags::NONE, |format| format.tags);
        let mut body = Body::new(&mut open.tokens, unh.start, tags);
        let mut message = known.map(|format| (format.decode)(&mut body, segment, envelope));
        body.skip(segment);
        let counted = body.index();
        let (end, mut found, mut marks) = body.finish();
        findings.append(&mut found);

        let mut stop = open.tokens.position();
        let mut report = |kind, at: Range<usize>, tag| {
            findings.push(Finding {
                kind,
                at,
                segment: counted,
                tag,
            });
        };
        match end {
            End::Trailer => {
                let [count, repeated] = [segment.part(1, 1), segment.part(2, 1)];
                if !count_agrees(count, counted) {
                    report(&syntax::UNT_COUNT, count.span(), *b"UNT");
                }
                if text(repeated) != reference {
                    report(&syntax::UNT_REFERENCE, repeated.span(), *b"UNT");
                }
            }
            End::Interrupted => {
                stop = open.tokens.skip_filler();
                // Another interchange begins and this one has neither UNT nor UNZ: the transfer was
                // cut off before it, perhaps inside of a segment that swallowed the other's UNA.
                let rest = &self.bytes[stop..];
                open.cut = rest.starts_with(b"UNA") || rest.starts_with(b"UNB");
                let kind = if open.cut {
                    &syntax::SEGMENT_UNTERMINATED
                } else {
                    &syntax::UNT_MISSING
                };
                report(kind, stop..self.bytes.len().min(stop + 3), *b"   ");
            }
            End::Input => {
                open.cut = true;
                report(&syntax::CUT_OFF, stop..stop, *b"   ");
            }
            End::Fault(fault) => {
                report(fault_kind(fault.kind), fault.at.clone(), *b"   ");
                stop = self.skip_message(open, segment, fault);
            }
        }
        if refuses(&findings) {
            message = None;
            marks = Vec::new();
        }
        Decoded {
            span: unh.start..stop,
            message,
            findings,
            marks,
            service,
            charset,
            telegram: None,
        }
    }

    /// Walks to the end of a message in which `fault` stands; says where that is.
    fn skip_message(
        &mut self,
        open: &mut Interchange<'a>,
        segment: &mut Segment<'a>,
        mut fault: SyntaxFault,
    ) -> usize {
        loop {
            let stop = self.resync(open, &fault);
            if open.cut {
                return stop;
            }
            let mut rest = Body::new(&mut open.tokens, stop, Tags::NONE);
            rest.skip(segment);
            match rest.finish().0 {
                End::Fault(next) => fault = next,
                _ => return open.tokens.position(),
            }
        }
    }

    /// Whether an interchange starts at `at`.
    fn starts_at(&mut self, at: usize) -> bool {
        // UNA and the line breaks behind it are no longer than this.
        let near = |header: usize| header - at <= 24;
        self.starts.header_from(at).is_some_and(near)
            && self.starts.from(at).is_some_and(|start| start.at == at)
    }

    /// Goes on behind bytes that are not a segment; says where that is.
    ///
    /// Nothing in the stretch that was searched ends a segment, so what follows is the next
    /// interchange, or the first segment behind the next terminator.
    fn resync(&mut self, open: &mut Interchange<'a>, fault: &SyntaxFault) -> usize {
        let position = open.tokens.position();
        let end = self.bytes.len();
        let interchange = self.starts.from(position + 1).map(|start| start.at);
        let searched = match fault.kind {
            SyntaxFaultKind::SegmentTooLong => position + MAX_SEGMENT_BYTES,
            _ => end,
        };
        let limit = interchange.unwrap_or(end);
        let terminator = self
            .bytes
            .get(searched..limit)
            .and_then(|bytes| memchr(open.tokens.service().terminator, bytes));
        let to = match terminator {
            Some(found) => searched + found + 1,
            None => limit,
        };
        open.cut = terminator.is_none();
        open.tokens.seek(to);
        to
    }

    /// A fault outside of messages.
    fn fault(&mut self, mut open: Box<Interchange<'a>>, fault: &SyntaxFault) -> Option<Decoded> {
        let position = open.tokens.position();
        let rest = &self.bytes[position..];
        if rest.starts_with(b"UNZ") && fault.kind == SyntaxFaultKind::Unterminated {
            self.file(bare(&syntax::UNZ_UNTERMINATED, position..self.bytes.len()));
            self.at = self.bytes.len();
            return self.if_empty(&open, self.at);
        }
        open.stray.get_or_insert(position);
        let to = self.resync(&mut open, fault);
        if has_message(&self.bytes[position..to]) {
            open.stray = None;
            open.messages += 1;
            let lost = self.refusal(fault_kind(fault.kind), position..to);
            self.open = Some(open);
            return Some(lost);
        }
        self.open = Some(open);
        None
    }

    /// Ends an interchange that has no UNZ at `at`.
    fn close(&mut self, mut open: Box<Interchange<'a>>, at: usize) -> Option<Decoded> {
        self.end_stray(&mut open, at);
        self.at = at;
        if !open.cut {
            self.file(bare(&syntax::UNZ_MISSING, at..self.bytes.len().min(at + 3)));
        }
        self.if_empty(&open, at)
    }

    /// The refusal of an interchange without messages, so that it does not vanish.
    fn if_empty(&mut self, open: &Interchange<'a>, end: usize) -> Option<Decoded> {
        (open.messages == 0).then(|| self.refusal(&syntax::NO_MESSAGE, open.start..end))
    }

    fn end_stray(&mut self, open: &mut Interchange<'a>, at: usize) {
        if let Some(start) = open.stray.take() {
            self.file(bare(&syntax::OUTSIDE_MESSAGE, start..at));
        }
    }

    /// Ends a group that has no UNE.
    fn end_group(&mut self, open: &mut Interchange<'a>, at: Range<usize>, segment: &Segment<'_>) {
        if open.group.take().is_some() {
            self.file(outside(&syntax::UNE_MISSING, at, segment));
        }
    }

    fn group_trailer(&mut self, open: &mut Interchange<'a>, segment: &Segment<'_>) {
        let [count, reference] = [segment.part(1, 1), segment.part(2, 1)];
        let Some(group) = open.group.take() else {
            self.file(outside(&syntax::UNG_MISSING, segment.span(), segment));
            return;
        };
        if !count_agrees(count, group.messages) {
            self.file(outside(&syntax::UNE_COUNT, count.span(), segment));
        }
        if text(reference) != group.reference {
            self.file(outside(&syntax::UNE_REFERENCE, reference.span(), segment));
        }
    }

    fn trailer(&mut self, open: &Interchange<'a>, segment: &Segment<'_>) {
        let [count, reference] = [segment.part(1, 1), segment.part(2, 1)];
        let counted = if open.groups > 0 {
            open.groups + open.ungrouped
        } else {
            open.messages
        };
        if !count_agrees(count, counted) {
            self.file(outside(&syntax::UNZ_COUNT, count.span(), segment));
        }
        if text(reference) != open.header.reference {
            self.file(outside(&syntax::UNZ_REFERENCE, reference.span(), segment));
        }
    }

    /// Adds a finding to the last message of this interchange, or keeps it for the next.
    fn file(&mut self, finding: Finding) {
        match &mut self.held {
            Some(held) if self.held_is_here => held.findings.push(finding),
            _ => self.early.push(finding),
        }
    }

    fn refusal(&self, kind: &'static FindingKind, span: Range<usize>) -> Decoded {
        let at = span.start..span.end.min(span.start + 3);
        Decoded {
            span,
            message: None,
            findings: vec![bare(kind, at)],
            marks: Vec::new(),
            service: self.in_force.0,
            charset: self.in_force.1,
            telegram: None,
        }
    }
}

/// A finding outside of segments.
fn bare(kind: &'static FindingKind, at: Range<usize>) -> Finding {
    Finding {
        kind,
        at,
        segment: 0,
        tag: *b"   ",
    }
}

fn refuses(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.kind.severity == Severity::Refused)
}

fn fault_kind(kind: SyntaxFaultKind) -> &'static FindingKind {
    match kind {
        SyntaxFaultKind::SegmentTooLong => &syntax::SEGMENT_TOO_LONG,
        SyntaxFaultKind::TrailingRelease => &syntax::TRAILING_RELEASE,
        _ => &syntax::SEGMENT_UNTERMINATED,
    }
}

/// Whether nothing but blanks, line breaks and transport framing stands in `bytes`.
fn is_blank(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control())
}

/// Whether something in `bytes` reads like a UNH with a separator behind it.
fn has_message(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, b"UNH").any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + 3);
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
            && after.is_some_and(|byte| byte.is_ascii_punctuation() || byte.is_ascii_control())
    })
}
