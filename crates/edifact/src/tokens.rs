//! Walks bytes once and yields segments.
//!
//! - In: bytes, the service characters, the repertoire.  Out: one [`Segment`] at a time, in a
//!   buffer that the caller lends, so that a gigabyte of messages costs a few allocations.
//! - Invariants: every byte is searched for separators once; memory is bounded by
//!   [`MAX_SEGMENT_BYTES`]; the release character is honoured before any separator.

use crate::segment::{Flags, Oddities, Window};
use crate::specials::{BLOCK, Specials, Stops};
use crate::{Charset, Part, Segment, ServiceString};
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
const CONTROL: u8 = 1;
const LINE_BREAK: u8 = 2;
const RELEASE: u8 = 3;
const COMPONENT: u8 = 4;
const ELEMENT: u8 = 5;
const REPETITION: u8 = 6;
const TERMINATOR: u8 = 7;

/// Yields the segments of `bytes`, one interchange's service characters at a time.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    bytes: &'a [u8],
    origin: usize,
    at: usize,
    classes: [u8; 256],
    specials: Specials,
    text: Window<'a>,
    service: ServiceString,
    charset: Charset,
}

/// A segment of which only the last component is a value; see [`Tokens::glance`].
#[derive(Clone, Debug)]
pub struct Glance<'a> {
    /// The bytes before the value, the last separator included; see [`opening`].
    pub opening: u128,
    /// The value, with which the segment ends; it is not empty.
    pub value: &'a str,
    /// Byte range of the segment in the input, terminator not included.
    pub at: Range<usize>,
}

/// The most bytes that stand before the value of a [`Glance`].
const OPENING: usize = 16;

/// Which bytes of a number belong to an opening of so many bytes.
const BEHIND: [u128; OPENING + 1] = {
    let mut masks = [u128::MAX; OPENING + 1];
    let mut length = 0;
    while length < OPENING {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
};

/// The number of an opening that is written with the separators of level A, such as `LOC+22+`: its
/// bytes, whatever separates.
pub const fn opening(written: &str) -> u128 {
    let written = written.as_bytes();
    let mut number = [0; OPENING];
    let mut at = 0;
    while at < written.len() {
        number[at] = written[at];
        at += 1;
    }
    u128::from_le_bytes(number)
}

/// The most components that a [`Short`] segment has, its tag included.
const COMPONENTS: usize = 16;

/// A short segment about which nothing is odd, reused from call to call of
/// [`Tokens::short_into`].
#[derive(Clone, Debug, Default)]
pub struct Short<'a> {
    form: u64,
    bytes: &'a [u8],
    at: usize,
    /// Where its components end, the tag first; behind the last one, where it ends.
    ends: [u8; COMPONENTS],
    count: usize,
    text: &'a str,
    release: Option<u8>,
    charset: Charset,
}

impl<'a> Short<'a> {
    /// Its tag, and what separates its components; see [`form`].
    #[inline]
    pub fn form(&self) -> u64 {
        self.form
    }

    /// The bytes from the tag up to the terminator, as sent.
    #[inline]
    pub fn raw(&self) -> &'a [u8] {
        self.bytes
    }

    /// Byte range in the input, terminator not included.
    #[inline]
    pub fn span(&self) -> Range<usize> {
        self.at..self.at + self.bytes.len()
    }

    /// Component `index`, counted from 0 over all elements; empty when it was not sent.
    #[inline(always)] // Most of a part is never asked for, which only the caller can tell.
    pub fn part(&self, index: usize) -> Part<'a> {
        let end = self.bytes.len();
        let (start, end) = match self.ends.get(index..index + 2) {
            // Behind the last one the end comes twice.
            Some(&[before, end]) => (
                usize::from(before + 1).min(usize::from(end)),
                usize::from(end),
            ),
            _ => (end, end),
        };
        Part::plain(
            self.bytes.get(start..end).unwrap_or_default(),
            self.text,
            self.at + start,
            self.release,
            self.charset,
        )
    }

    /// Where its components end, counted from the first byte of the segment.
    #[inline]
    pub fn ends(&self) -> &[u8] {
        self.ends.get(1..self.count).unwrap_or_default()
    }
}

/// The number of a segment's form, written with the separators of level A and nothing between them,
/// such as `TKT+:`. The tag stands below, and a bit for each separator behind it above, set where an
/// element begins.
pub const fn form(written: &str) -> u64 {
    let [a, b, c, b'+', separators @ ..] = written.as_bytes() else {
        panic!("a form starts with a tag and an element");
    };
    let mut number = 1;
    let mut at = 0;
    while at < separators.len() {
        number = number << 1 | (separators[at] == b'+') as u64;
        at += 1;
    }
    number << 24 | (*c as u64) << 16 | (*b as u64) << 8 | *a as u64
}

/// How far behind a segment bytes are looked at ahead: many are read at once, and few in vain behind
/// the end of a short interchange.
const LOOK_AHEAD: usize = 1024;

impl<'a> Tokens<'a> {
    /// Reads `bytes`; every position it reports has `origin` added.
    pub fn new(bytes: &'a [u8], origin: usize, service: ServiceString, charset: Charset) -> Self {
        let mut classes = [ORDINARY; 256];
        classes[..0x20].fill(CONTROL);
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
            specials: Specials::new(service),
            text: Window::default(),
            service,
            charset,
        }
    }

    /// Where the next segment is looked for, `origin` included.
    pub fn position(&self) -> usize {
        self.origin + self.at
    }

    /// How many bytes are left behind the position.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Goes on at `position` (as reported, `origin` included): how callers resynchronise.
    pub fn seek(&mut self, position: usize) {
        self.at = position.saturating_sub(self.origin).min(self.bytes.len());
    }

    /// The service characters in force.
    pub fn service(&self) -> ServiceString {
        self.service
    }

    /// The repertoire in force.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// Everything from the position on.
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// The bytes at a place of the input, as sent, as far as the input reaches.
    pub fn bytes(&self, at: Range<usize>) -> &'a [u8] {
        let inside = |at: usize| at.saturating_sub(self.origin).min(self.bytes.len());
        self.bytes
            .get(inside(at.start)..inside(at.end))
            .unwrap_or_default()
    }

    /// Skips what carries nothing between two segments and says where the next one starts.
    pub fn skip_filler(&mut self) -> usize {
        while let Some(&byte) = self.bytes.get(self.at)
            && is_filler(byte)
            && byte != self.service.terminator
        {
            self.at += 1;
        }
        self.position()
    }

    /// The next segment, where it is short, plain ASCII and has one value alone behind its last
    /// separator; reading stays where it is until it is told to [`Self::pass`].
    ///
    /// Most segments are like that, and to read them one need not know what their components are:
    /// the bytes before the value say it.
    #[inline]
    pub fn glance(&mut self) -> Option<Glance<'a>> {
        let (bytes, stops) = self.look()?;
        let opening = (u64::BITS - stops.ends.leading_zeros()) as usize;
        if !(1..=OPENING).contains(&opening) || opening >= bytes.len() {
            return None;
        }
        let first = *self.bytes.get(self.at..)?.first_chunk()?;
        let first = u128::from_le_bytes(self.specials.at_level_a(first));
        Some(Glance {
            opening: first & BEHIND[opening],
            value: bytes.get(opening..)?,
            at: self.position()..self.position() + bytes.len(),
        })
    }

    /// Fills `short` with the next segment, where it is short, plain ASCII, and an element follows
    /// its tag; reading stays where it is until it is told to [`Self::pass`].
    ///
    /// What separates its components says which component is which, so that they need not be laid
    /// out to be looked up.
    #[inline]
    pub fn short_into(&mut self, short: &mut Short<'a>) -> bool {
        let Some((bytes, stops)) = self.look() else {
            return false;
        };
        let mut separators = stops.ends;
        if separators.trailing_zeros() != 3 || stops.elements & 1 << 3 == 0 {
            return false;
        }
        let [a, b, c, ..] = *bytes.as_bytes() else {
            return false;
        };
        short.ends = [bytes.len() as u8; COMPONENTS];
        short.count = 1;
        let mut form = 0;
        while separators != 0 {
            let separator = separators.trailing_zeros();
            separators &= separators - 1;
            if short.count == COMPONENTS {
                return false;
            }
            short.ends[short.count - 1] = separator as u8;
            short.count += 1;
            form = form << 1 | stops.elements >> separator & 1;
        }
        // The first bit is that of the separator behind the tag.
        short.form = form << 24 | u64::from(u32::from_le_bytes([a, b, c, 0]));
        short.bytes = bytes.as_bytes();
        short.at = self.position();
        short.text = self.text.text;
        short.release = self.service.release;
        short.charset = self.charset;
        true
    }

    /// The next segment and the separators in it, where it is short and plain ASCII and nothing
    /// about it is odd.
    #[inline(always)] // Its callers need different things of what it finds.
    fn look(&mut self) -> Option<(&'a str, Stops)> {
        self.skip_filler();
        let mut stops = self.specials.ahead(self.bytes, self.at);
        let terminator = stops.terminators & stops.terminators.wrapping_neg();
        let before = terminator.wrapping_sub(1);
        if terminator == 0 || stops.rare & before != 0 {
            return None;
        }
        stops.ends &= before;
        let at = self.position()..self.position() + terminator.trailing_zeros() as usize;
        let text = match self.text.ascii(&at) {
            Some(text) => text,
            None => self.ascii_ahead(&at)?,
        };
        Some((text, stops))
    }

    /// A short segment at `at` that was not looked at yet, if it is ASCII.
    #[cold]
    fn ascii_ahead(&mut self, at: &Range<usize>) -> Option<&'a str> {
        self.look_ahead(at.start - self.origin..at.end - self.origin);
        self.text.ascii(at)
    }

    /// Goes on behind a segment that was only looked at and stands at `at`.
    #[inline]
    pub fn pass(&mut self, at: &Range<usize>) {
        self.at = at.end - self.origin + 1;
    }

    /// Fills `segment` with the next one; `false` at a clean end of input.
    ///
    /// Blanks, line breaks and transport framing (NUL to ETX, DC2, DC4, DEL) between segments are
    /// skipped. After an error the position stands where the faulty segment starts.
    pub fn next_into(&mut self, segment: &mut Segment<'a>) -> Result<bool, SyntaxFault> {
        self.skip_filler();
        if self.at == self.bytes.len() {
            return Ok(false);
        }
        segment.base = self.position();
        segment.release = self.service.release;
        segment.charset = self.charset;
        segment.oddities = Oddities::default();
        segment.layout.clear();
        segment.repeats = false;
        let start = self.at;
        let limit = self.limit();
        let mut at = start;
        while at < limit {
            let (block, stops) = self.specials.from(self.bytes, at);
            let terminator = stops.terminators & stops.terminators.wrapping_neg();
            // All bits, where it does not end here.
            let until = terminator | terminator.wrapping_sub(1);
            if stops.rare & until != 0 {
                return self.scan(segment, Flags::default(), at);
            }
            let offset = block.wrapping_sub(start) as u32;
            segment
                .layout
                .put(stops.ends & until, stops.elements, offset);
            at = block + BLOCK;
            if terminator != 0 {
                let stop = block + terminator.trailing_zeros() as usize;
                if stop >= limit {
                    break;
                }
                self.finish(segment, stop);
                return Ok(true);
            }
        }
        Err(self.endless(None))
    }

    /// Reads on behind the terminator that ended `segment`, as if it had been data: for readers
    /// that see that no segment starts there. `segment` is the one read last and was not cut.
    pub fn extend(&mut self, segment: &mut Segment<'a>) -> Result<bool, SyntaxFault> {
        self.at = segment.base - self.origin;
        let at = self.at + segment.bytes.len() + 1;
        let open = segment.layout.reopen();
        self.scan(segment, open, at)
    }

    /// Reads the segment that starts at the position, from byte `at` on, where a component with
    /// `flags` is open: byte by byte, because some are rare ones.
    #[inline(never)]
    fn scan(
        &mut self,
        segment: &mut Segment<'a>,
        mut flags: Flags,
        mut at: usize,
    ) -> Result<bool, SyntaxFault> {
        let start = self.at;
        let limit = self.limit();
        while at < limit {
            let (block, stops) = self.specials.from(self.bytes, at);
            at = block + BLOCK;
            let mut mask = stops.ends | stops.rare;
            while mask != 0 {
                let stop = block + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                let class = self.classes[usize::from(self.bytes[stop])];
                if class < COMPONENT {
                    if class >= LINE_BREAK {
                        flags.set(Flags::DIRTY);
                    }
                    match self.aside(segment, class, stop) {
                        Some(next) if next > stop + 1 => {
                            // What is released separates nothing.
                            at = at.max(next);
                            let ahead = u64::MAX.checked_shl((next - block) as u32);
                            mask &= ahead.unwrap_or(0);
                        }
                        Some(_) => {}
                        None => return Err(self.endless(Some(stop))),
                    }
                    continue;
                }
                let begins = class == ELEMENT;
                segment.layout.end(stop - start, flags, begins);
                flags = Flags::default();
                match class {
                    REPETITION => {
                        flags.set(Flags::REPEATS);
                        segment.repeats = true;
                    }
                    TERMINATOR if stop >= limit => return Err(self.endless(None)),
                    TERMINATOR => {
                        self.finish(segment, stop);
                        return Ok(true);
                    }
                    _ => {}
                }
            }
        }
        Err(self.endless(None))
    }

    /// How far the segment that starts at the position can reach.
    #[inline]
    fn limit(&self) -> usize {
        self.bytes.len().min(self.at + MAX_SEGMENT_BYTES)
    }

    /// Ends a segment, whose layout is complete, at the terminator at `stop`.
    #[inline(always)] // Called twice, once for what is rare.
    fn finish(&mut self, segment: &mut Segment<'a>, stop: usize) {
        let at = self.at..stop;
        self.at = stop + 1;
        segment.bytes = &self.bytes[at.clone()];
        if !self.text.reaches(segment.span()) {
            self.look_ahead(at);
        }
        segment.text = self.text;
        let tag = segment.layout.close();
        segment.read_tag(tag);
    }

    /// Why the segment that starts at the position does not end; `release` is a release character
    /// that nothing follows.
    #[cold]
    fn endless(&self, release: Option<usize>) -> SyntaxFault {
        let (start, end) = (self.at, self.bytes.len());
        if self.limit() < end {
            self.fault(SyntaxFaultKind::SegmentTooLong, start..start + 3)
        } else if let Some(release) = release {
            self.fault(SyntaxFaultKind::TrailingRelease, release..release + 1)
        } else {
            self.fault(SyntaxFaultKind::Unterminated, start..end.min(start + 3))
        }
    }

    /// Looks for text from `at` on: many segments at a time cost less than one by one. Where
    /// others than ASCII come, up to them, so that a foreign name makes no other segment odd.
    #[cold]
    fn look_ahead(&mut self, at: Range<usize>) {
        let until = self.bytes.len().min(at.end + LOOK_AHEAD);
        let ahead = &self.bytes[at.start..until];
        let plain = if ahead.is_ascii() {
            until
        } else {
            let blocks = ahead.chunks(BLOCK).take_while(|block| block.is_ascii());
            at.start + blocks.map(<[u8]>::len).sum::<usize>()
        };
        let ascii = plain >= at.end;
        let until = if ascii { plain } else { at.end };
        self.text = Window::new(
            &self.bytes[at.start..until],
            self.origin + at.start,
            self.charset,
            ascii,
        );
    }

    /// Notes a special byte at `stop` that separates nothing; says where reading goes on, `None`
    /// where it is a release character and nothing follows.
    #[inline(never)]
    fn aside(&self, segment: &mut Segment<'a>, class: u8, stop: usize) -> Option<usize> {
        match class {
            CONTROL => segment.oddities.control = true,
            LINE_BREAK => segment.oddities.line_break = true,
            RELEASE => {
                let (released, byte) = released(self.bytes, stop)?;
                let needless = self.classes[usize::from(byte)] == ORDINARY;
                segment.oddities.needless_release |= needless;
                return Some(released + 1);
            }
            _ => {}
        }
        Some(stop + 1)
    }

    fn fault(&self, kind: SyntaxFaultKind, at: Range<usize>) -> SyntaxFault {
        SyntaxFault {
            kind,
            at: self.origin + at.start..self.origin + at.end,
        }
    }
}

/// The byte that the release character at `at` makes literal, and its place: a wrapped telegram
/// line may put a line break between the two. `None` when the input ends before it.
fn released(bytes: &[u8], at: usize) -> Option<(usize, u8)> {
    let after = bytes.get(at + 1..)?;
    let breaks = after
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    Some((at + 1 + breaks, after[breaks]))
}

/// Bytes that carry nothing when they stand between two segments.
static FILLER: [bool; 256] = {
    let mut filler = [false; 256];
    let bytes = b" \t\r\n\x00\x01\x02\x03\x12\x14\x7f";
    let mut at = 0;
    while at < bytes.len() {
        filler[bytes[at] as usize] = true;
        at += 1;
    }
    filler
};

#[inline]
fn is_filler(byte: u8) -> bool {
    FILLER[usize::from(byte)]
}

impl Segment<'_> {
    /// Reads the tag of `length` bytes.
    #[inline]
    fn read_tag(&mut self, length: usize) {
        match self.bytes.first_chunk() {
            Some(tag @ [a, b, c]) if length == 3 && *a > b' ' && *b > b' ' && *c > b' ' => {
                self.tag = *tag;
                self.tag_len = 3;
            }
            _ => self.set_tag(&self.bytes[..length]),
        }
    }

    /// Keeps the tag without blanks; a tag of another length than three shows in [`Segment::tag`].
    #[cold]
    fn set_tag(&mut self, raw: &[u8]) {
        let mut len = 0;
        self.tag = [0; 3];
        for &byte in raw.iter().filter(|byte| !is_filler(**byte)) {
            if len == 3 {
                // Longer than a tag can be: report it as damaged by an empty tag.
                self.tag = [0; 3];
                self.tag_len = 0;
                return;
            }
            self.tag[len] = byte;
            len += 1;
        }
        self.tag_len = len as u8;
    }
}
