//! One segment, split into elements and components without copying its bytes.
//!
//! Positions are written as in the directories: element and component count from 1, so
//! `segment.part(4, 2)` is the second component of the fourth element after the tag.

use crate::Charset;
use crate::specials::BLOCK;
use std::borrow::Cow;
use std::ops::Range;

/// Where one component stands and what must be undone to read it.
///
/// Offsets count from the first byte of the segment, which is at most
/// [`crate::MAX_SEGMENT_BYTES`] long, so that there is room for two flags beside the end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slot {
    start: u32,
    end: u32,
}

/// What is remembered of a component beside its place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags(u32);

impl Flags {
    /// Holds a release character or a line break, so that reading must copy.
    pub(crate) const DIRTY: Self = Self(1 << 31);
    /// First component of an element repetition after the first.
    pub(crate) const REPEATS: Self = Self(1 << 30);

    const ALL: u32 = Self::DIRTY.0 | Self::REPEATS.0;

    #[inline]
    pub(crate) fn set(&mut self, flags: Self) {
        self.0 |= flags.0;
    }
}

impl Slot {
    #[inline]
    fn flags(self) -> Flags {
        Flags(self.end & Flags::ALL)
    }

    #[inline]
    fn start(self) -> usize {
        self.start as usize
    }

    #[inline]
    fn end(self) -> usize {
        (self.end & !Flags::ALL) as usize
    }

    #[inline]
    fn is_dirty(self) -> bool {
        self.end & Flags::DIRTY.0 != 0
    }

    #[inline]
    fn repeats(self) -> bool {
        self.end & Flags::REPEATS.0 != 0
    }
}

/// A stretch of the input that was looked at, so that pieces of it are text without a look at each
/// byte.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window<'a> {
    /// Its front, as far as it is text as sent.
    pub(crate) text: &'a str,
    /// All of it, if it is ASCII.
    plain: &'a str,
    /// Where it starts in the input.
    at: usize,
    /// How long it is.
    length: usize,
}

impl<'a> Window<'a> {
    /// `bytes`, which stand at `at`, and whether they are known to be ASCII.
    pub(crate) fn new(bytes: &'a [u8], at: usize, charset: Charset, ascii: bool) -> Self {
        let text = match std::str::from_utf8(bytes) {
            _ if !ascii && !charset.extends_ascii_as_utf8() => "",
            Ok(text) => text,
            Err(fault) => std::str::from_utf8(&bytes[..fault.valid_up_to()]).unwrap_or_default(),
        };
        Self {
            text,
            plain: if ascii { text } else { "" },
            at,
            length: bytes.len(),
        }
    }

    /// What stands at `at` of the input, if it was looked at and is ASCII.
    #[inline]
    pub(crate) fn ascii(&self, at: &Range<usize>) -> Option<&'a str> {
        self.plain
            .get(at.start.wrapping_sub(self.at)..at.end.wrapping_sub(self.at))
    }

    #[inline]
    pub(crate) fn reaches(&self, at: Range<usize>) -> bool {
        self.at <= at.start && at.end <= self.at + self.length
    }
}

/// Where the components of one segment end and its elements begin.
///
/// The lists only grow and are filled from the front again for the next segment: what stands
/// behind the counts is left over and means nothing.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    slots: Vec<Slot>,
    /// How many slots count: the tag and all components.
    filled: usize,
    /// Where the component starts that has no end yet.
    open: u32,
    /// Index of the first slot of each element; behind the last one, [`Self::filled`].
    firsts: Vec<u32>,
    elements: usize,
}

/// What is left over is not copied.
impl Clone for Layout {
    fn clone(&self) -> Self {
        Self {
            slots: self.slots().to_vec(),
            firsts: self
                .firsts
                .iter()
                .take(self.elements + 1)
                .copied()
                .collect(),
            ..*self
        }
    }
}

impl Layout {
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
        self.open = 0;
        self.elements = 0;
    }

    /// Ends components where bits of `ends` are set, of bytes that stand at `offset` of the segment.
    /// Elements begin behind those of `elements`.
    #[inline]
    pub(crate) fn put(&mut self, mut ends: u64, elements: u64, offset: u32) {
        if self.slots.len() < self.filled + BLOCK {
            self.grow();
        }
        let (slots, firsts) = (&mut *self.slots, &mut *self.firsts);
        let (mut filled, mut begun, mut start) = (self.filled, self.elements, self.open);
        while ends != 0 {
            let at = ends.trailing_zeros();
            ends &= ends - 1;
            let end = offset.wrapping_add(at);
            slots[filled] = Slot { start, end };
            start = end + 1;
            filled += 1;
            firsts[begun] = filled as u32;
            begun += (elements >> at & 1) as usize;
        }
        (self.filled, self.elements, self.open) = (filled, begun, start);
    }

    /// Ends one component at `end`; behind it another element begins, or not.
    pub(crate) fn end(&mut self, end: usize, flags: Flags, begins: bool) {
        if self.slots.len() == self.filled {
            self.grow();
        }
        let end = end as u32;
        self.slots[self.filled] = Slot {
            start: self.open,
            end: end | flags.0,
        };
        self.open = end + 1;
        self.filled += 1;
        self.firsts[self.elements] = self.filled as u32;
        self.elements += usize::from(begins);
    }

    #[cold]
    fn grow(&mut self) {
        let room = (self.filled + BLOCK).next_power_of_two();
        self.slots.resize(room, Slot::default());
        // Each element has a component, and one index stands behind the last.
        self.firsts.resize(room + 2, 0);
    }

    /// Completes the layout; how long the tag is. A component straight after the tag is read as the
    /// first element.
    #[inline]
    pub(crate) fn close(&mut self) -> usize {
        if self.filled > 1 && self.firsts[0] != 1 {
            self.firsts.copy_within(0..=self.elements, 1);
            self.firsts[0] = 1;
            self.elements += 1;
        }
        self.slots[0].end()
    }

    /// Takes the last component back, which goes on.
    pub(crate) fn reopen(&mut self) -> Flags {
        self.filled = self.filled.saturating_sub(1);
        let last = self.slots.get(self.filled).copied().unwrap_or_default();
        self.open = last.start;
        last.flags()
    }

    /// Shortens the segment to `end` bytes.
    fn cut(&mut self, end: usize) {
        let before = self.slots().partition_point(|slot| slot.end() < end);
        self.filled = self.filled.min(before + 1);
        if let Some(last) = self.slots[..self.filled].last_mut() {
            last.end = last.end().min(end) as u32 | last.flags().0;
        }
        let firsts = &self.firsts[..self.elements];
        self.elements = firsts.partition_point(|&first| first as usize <= before);
        if let Some(behind) = self.firsts.get_mut(self.elements) {
            *behind = self.filled as u32;
        }
    }

    /// The tag, then all components.
    #[inline]
    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots[..self.filled]
    }

    /// The slots of element `element`, which counts from 1; none of them is that of the tag.
    #[inline]
    fn element(&self, element: usize) -> Range<usize> {
        if element == 0 || element > self.elements {
            return 1..1;
        }
        self.firsts[element - 1] as usize..self.firsts[element] as usize
    }
}

/// What is unusual about the bytes of a segment, though they can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oddities {
    /// A line break stands inside of the data: a wrapped teletype line.
    pub line_break: bool,
    /// A control character that is neither a separator nor a line break.
    pub control: bool,
    /// A release character before a byte that needs none.
    pub needless_release: bool,
}

/// One segment, reused from call to call of [`crate::Tokens::next_into`].
#[derive(Clone, Debug, Default)]
pub struct Segment<'a> {
    /// The bytes from the tag up to the terminator, which is not included.
    pub(crate) bytes: &'a [u8],
    /// What was looked at around it.
    pub(crate) text: Window<'a>,
    /// Where `bytes` starts in the input.
    pub(crate) base: usize,
    pub(crate) tag: [u8; 3],
    pub(crate) tag_len: u8,
    pub(crate) layout: Layout,
    /// Whether any element repeats.
    pub(crate) repeats: bool,
    pub(crate) release: Option<u8>,
    pub(crate) charset: Charset,
    pub(crate) oddities: Oddities,
}

impl<'a> Segment<'a> {
    /// The tag as sent, without blanks; shorter than three bytes, or empty, when damaged.
    #[inline]
    pub fn tag(&self) -> &[u8] {
        &self.tag[..usize::from(self.tag_len)]
    }

    /// Where the tag stands in the input, with the blanks and line breaks around it.
    pub fn tag_span(&self) -> Range<usize> {
        let end = self.layout.slots().first().map_or(0, |tag| tag.end());
        self.base..self.base + end
    }

    /// Byte range in the input, terminator not included.
    #[inline]
    pub fn span(&self) -> Range<usize> {
        self.base..self.base + self.bytes.len()
    }

    /// The tag with NUL behind it where it is shorter than three bytes.
    #[inline]
    pub fn tag_of_three(&self) -> [u8; 3] {
        self.tag
    }

    /// The bytes from the tag up to the terminator, as sent.
    #[inline]
    pub fn raw(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether no byte is outside of ASCII.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        !self.text.plain.is_empty() || self.bytes.is_ascii()
    }

    /// What is unusual about its bytes.
    #[inline]
    pub fn oddities(&self) -> Oddities {
        self.oddities
    }

    /// How many data elements follow the tag.
    #[inline]
    pub fn len(&self) -> usize {
        self.layout.elements
    }

    /// Whether the segment is only a tag, such as `SRC'`.
    pub fn is_empty(&self) -> bool {
        self.layout.elements == 0
    }

    /// Component `component` of element `element`, first repetition; empty when it was not sent.
    #[inline(always)] // Most of a part is never asked for, which only the caller can tell.
    pub fn part(&self, element: usize, component: usize) -> Part<'a> {
        self.composite(element).part(component)
    }

    /// Element `element`, first repetition, to read several components of it.
    #[inline(always)] // As for `part`.
    pub fn composite(&self, element: usize) -> Composite<'_, 'a> {
        let mut slots = self.layout.element(element);
        if self.repeats {
            slots.end = self.first_repetition(slots.clone());
        }
        Composite {
            segment: self,
            slots: &self.layout.slots[slots.clone()],
            first: slots.start,
        }
    }

    /// All components of element `element`, all repetitions in one row.
    #[inline]
    pub fn parts(&self, element: usize) -> impl ExactSizeIterator<Item = Part<'a>> + '_ {
        self.layout.element(element).map(|index| self.read(index))
    }

    /// All components of all elements, in the order sent.
    #[inline]
    pub fn all_parts(&self) -> impl ExactSizeIterator<Item = Part<'a>> + '_ {
        (1..self.layout.filled.max(1)).map(|index| self.read(index))
    }

    /// Which components element `element` has, as [`Part::index`] counts them.
    #[inline]
    pub fn indices(&self, element: usize) -> Range<usize> {
        let slots = self.layout.element(element);
        slots.start - 1..slots.end - 1
    }

    /// Start and end of all components, counted from the first byte of the segment, in the order
    /// of [`Self::all_parts`].
    #[inline]
    pub fn offsets(&self) -> impl ExactSizeIterator<Item = (u32, u32)> + Clone + '_ {
        let components = self.layout.slots().get(1..).unwrap_or_default();
        components
            .iter()
            .map(|slot| (slot.start, slot.end() as u32))
    }

    /// Components of repetition `repetition` (from 1) of element `element`.
    pub fn repetition(&self, element: usize, repetition: usize) -> Vec<Part<'a>> {
        let slots = self.layout.element(element);
        let first = slots.start;
        let mut at = 1;
        let mut found = Vec::new();
        for index in slots {
            if index > first && self.layout.slots[index].repeats() {
                at += 1;
            }
            if at == repetition {
                found.push(self.read(index));
            }
        }
        found
    }

    /// Everything from component `component` to the end of element `element` as one part,
    /// separators included: free text in which the sender did not release them.
    pub fn rest(&self, element: usize, component: usize) -> Part<'a> {
        let slots = self.layout.element(element);
        let from = slots.start + component - 1;
        if !slots.contains(&from) {
            return self.absent();
        }
        let (first, last) = (self.read(from), self.read(slots.end - 1));
        let span = first.at - self.base..last.span().end - self.base;
        Part {
            raw: &self.bytes[span],
            index: NO_INDEX,
            // Only ever asks for a copy too many.
            dirty: first.dirty || from + 1 < slots.end,
            ..first
        }
    }

    /// How many components element `element` has; 0 when it was not sent.
    pub fn width(&self, element: usize) -> usize {
        self.layout.element(element).len()
    }

    /// Byte range of the whole element `element`, empty at the segment's end when not sent.
    pub fn element_span(&self, element: usize) -> Range<usize> {
        let slots = self.layout.element(element);
        if slots.is_empty() {
            return self.span().end..self.span().end;
        }
        let (first, last) = (slots.start, slots.end - 1);
        let slots = &self.layout.slots;
        self.base + slots[first].start()..self.base + slots[last].end()
    }

    /// The repertoire in which components are read.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// Ends the segment at byte `at` of the input: for readers that find a lost terminator.
    ///
    /// What starts at `at` or later is forgotten, the component in which `at` stands is shortened.
    pub fn cut(&mut self, at: usize) {
        let end = at.saturating_sub(self.base).min(self.bytes.len());
        self.bytes = &self.bytes[..end];
        self.layout.cut(end);
    }

    /// Where the first repetition of the element with `slots` ends.
    #[cold]
    fn first_repetition(&self, slots: Range<usize>) -> usize {
        let behind = &self.layout.slots[slots.clone()];
        let length = behind.iter().skip(1).take_while(|slot| !slot.repeats());
        slots.end.min(slots.start + 1 + length.count())
    }

    /// The component at `index`, which is not 0.
    #[inline(always)] // As for `part`.
    fn read(&self, index: usize) -> Part<'a> {
        self.read_slot(index, self.layout.slots[index])
    }

    #[inline(always)] // As for `part`.
    fn read_slot(&self, index: usize, slot: Slot) -> Part<'a> {
        let start = slot.start();
        Part {
            raw: &self.bytes[start..slot.end()],
            text: self.text.text,
            at: self.base + start,
            index: index as u32 - 1,
            dirty: slot.is_dirty(),
            release: self.release,
            charset: self.charset,
        }
    }

    /// As much as possible like a component that was sent, so that less is to be decided.
    #[inline]
    fn absent(&self) -> Part<'a> {
        Part {
            raw: &[],
            text: self.text.text,
            at: self.span().end,
            index: NO_INDEX,
            dirty: false,
            release: self.release,
            charset: self.charset,
        }
    }
}

/// One element of a segment.
#[derive(Clone, Copy, Debug)]
pub struct Composite<'s, 'a> {
    segment: &'s Segment<'a>,
    slots: &'s [Slot],
    /// Which slot of the segment is its first.
    first: usize,
}

impl<'a> Composite<'_, 'a> {
    /// The first components; empty where they were not sent.
    #[inline(always)] // As for `Segment::part`.
    pub fn parts<const N: usize>(&self) -> [Part<'a>; N] {
        std::array::from_fn(|at| self.part(at + 1))
    }

    /// Component `component`; empty when it was not sent.
    #[inline(always)] // As for `Segment::part`.
    pub fn part(&self, component: usize) -> Part<'a> {
        let at = component.wrapping_sub(1);
        match self.slots.get(at) {
            Some(slot) => self.segment.read_slot(self.first + at, *slot),
            None => self.segment.absent(),
        }
    }
}

/// Of a part that is not exactly one component.
const NO_INDEX: u32 = u32::MAX;

/// One component as sent. Copying it is free; reading it borrows unless something must be undone.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    raw: &'a [u8],
    /// Text of which it is a piece, if it is text as sent.
    text: &'a str,
    at: usize,
    /// Which component it is; [`NO_INDEX`] where it is not exactly one.
    index: u32,
    dirty: bool,
    release: Option<u8>,
    charset: Charset,
}

impl<'a> Part<'a> {
    /// A component in which nothing is released and no line is broken, outside of a [`Segment`].
    #[inline]
    pub(crate) fn plain(
        raw: &'a [u8],
        text: &'a str,
        at: usize,
        release: Option<u8>,
        charset: Charset,
    ) -> Self {
        Self {
            raw,
            text,
            at,
            index: NO_INDEX,
            dirty: false,
            release,
            charset,
        }
    }

    /// The bytes on the wire, release characters and line breaks included.
    #[inline]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Where it starts in the input.
    #[inline]
    pub fn start(&self) -> usize {
        self.at
    }

    /// Byte range in the input.
    #[inline]
    pub fn span(&self) -> Range<usize> {
        self.at..self.at + self.raw.len()
    }

    /// The stretch at `range` of [`Self::raw`], with its own place. The caller keeps a release
    /// character and its byte together.
    #[must_use]
    pub fn slice(self, range: Range<usize>) -> Self {
        Self {
            raw: &self.raw[range.clone()],
            at: self.at + range.start,
            index: NO_INDEX,
            ..self
        }
    }

    /// The stretches between the bytes `separator`, at least one. Free texts have separators that
    /// EDIFACT does not know of, such as `/` in SSR DOCS; a released one separates like any other.
    pub fn split(self, separator: u8) -> impl Iterator<Item = Self> {
        self.cuts(separator).map(move |cut| self.slice(cut))
    }

    /// Where the stretches of [`Self::split`] stand in [`Self::raw`].
    pub fn cuts(self, separator: u8) -> impl Iterator<Item = Range<usize>> {
        let mut from = Some(0);
        std::iter::from_fn(move || {
            let start = from?;
            let raw = self.raw;
            if !self.dirty {
                // Fields are so short that looking at each byte costs less than a search.
                let length = raw[start..].iter().position(|byte| *byte == separator);
                let end = length.map(|length| start + length);
                from = end.map(|end| end + 1);
                return Some(start..end.unwrap_or(raw.len()));
            }
            let mut at = start;
            let mut released = None;
            while at < raw.len() {
                let byte = raw[at];
                if byte == separator {
                    from = Some(at + 1);
                    return Some(start..released.unwrap_or(at));
                }
                // A line break may stand between a release character and its byte.
                if !matches!(byte, b'\r' | b'\n') {
                    released = (released.is_none() && Some(byte) == self.release).then_some(at);
                }
                at += 1;
            }
            from = None;
            Some(start..raw.len())
        })
    }

    /// Which component of its segment this is, counted from 0 over all elements; `None` when it
    /// was not sent, or is not exactly one component.
    #[inline]
    pub fn index(&self) -> Option<usize> {
        (self.index != NO_INDEX).then_some(self.index as usize)
    }

    /// Whether nothing was sent. A component of blanks is not empty; see [`Self::trimmed`].
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Whether a release character or a line break stands inside.
    #[inline]
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// The bytes with release characters undone and wrapped lines joined.
    ///
    /// CR and LF vanish without a blank in their place: senders wrap teletype lines in the middle
    /// of words.
    pub fn bytes(&self) -> Cow<'a, [u8]> {
        if !self.dirty {
            return Cow::Borrowed(self.raw);
        }
        let mut out = Vec::with_capacity(self.raw.len());
        let mut released = false;
        for &byte in self.raw {
            match byte {
                b'\r' | b'\n' => {}
                _ if !released && Some(byte) == self.release => released = true,
                _ => {
                    out.push(byte);
                    released = false;
                }
            }
        }
        Cow::Owned(out)
    }

    /// The text, decoded by the declared repertoire.
    #[inline]
    pub fn text(&self) -> Cow<'a, str> {
        match self.borrowed() {
            Some(text) => Cow::Borrowed(text),
            None => self.text_slowly(),
        }
    }

    /// The text where it is what was sent: nothing to undo, nothing to decode.
    #[inline]
    fn borrowed(&self) -> Option<&'a str> {
        // Most of what is asked for was not sent.
        if self.raw.is_empty() {
            return Some("");
        }
        if self.dirty {
            return None;
        }
        let start = self
            .raw
            .as_ptr()
            .addr()
            .wrapping_sub(self.text.as_ptr().addr());
        self.text.get(start..start.wrapping_add(self.raw.len()))
    }

    fn text_slowly(&self) -> Cow<'a, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => self.charset.text(bytes),
            Cow::Owned(bytes) => Cow::Owned(self.charset.text(&bytes).into_owned()),
        }
    }

    /// The text, and whether every byte belonged to the declared repertoire.
    pub fn text_checked(&self) -> (Cow<'a, str>, bool) {
        match self.bytes() {
            Cow::Borrowed(bytes) => self.charset.decode(bytes),
            Cow::Owned(bytes) => {
                let (text, clean) = self.charset.decode(&bytes);
                (Cow::Owned(text.into_owned()), clean)
            }
        }
    }

    /// The bytes of a code, without blanks around it.
    #[inline]
    pub fn code(&self) -> Cow<'a, [u8]> {
        if !self.dirty && is_trimmed(self.raw) {
            return Cow::Borrowed(self.raw);
        }
        self.code_slowly()
    }

    fn code_slowly(&self) -> Cow<'a, [u8]> {
        match self.bytes() {
            Cow::Borrowed(bytes) => Cow::Borrowed(bytes.trim_ascii()),
            Cow::Owned(bytes) => Cow::Owned(bytes.trim_ascii().to_owned()),
        }
    }

    /// The text without leading and trailing blanks: for coded values and names.
    #[inline]
    pub fn trimmed(&self) -> Cow<'a, str> {
        match self.borrowed() {
            Some(text) if is_trimmed(text.as_bytes()) => Cow::Borrowed(text),
            _ => self.trimmed_slowly(),
        }
    }

    fn trimmed_slowly(&self) -> Cow<'a, str> {
        match self.text() {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii()),
            Cow::Owned(text) => Cow::Owned(text.trim_ascii().to_owned()),
        }
    }
}

/// Whether no blank stands at either end; only ever says no for too many.
#[inline]
fn is_trimmed(bytes: &[u8]) -> bool {
    match bytes {
        [] => true,
        [first, ..] if *first <= b' ' => false,
        [.., last] => *last > b' ',
    }
}
