//! One segment, split into elements and components without copying its bytes.
//!
//! Positions are written as in the directories: element and component count from 1, so
//! `segment.part(4, 2)` is the second component of the fourth element after the tag.

use crate::Charset;
use std::borrow::Cow;
use std::ops::Range;

/// One component: where it stands and what must be undone to read it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slot {
    /// Offsets into the bytes given to the tokeniser.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Holds a release character or a line break, so that reading must copy.
    pub(crate) dirty: bool,
    /// First component of an element repetition after the first.
    pub(crate) repeats: bool,
}

/// One segment, reused from call to call of [`crate::Tokens::next_into`].
#[derive(Clone, Debug, Default)]
pub struct Segment<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) origin: usize,
    pub(crate) span: Range<usize>,
    pub(crate) tag: [u8; 3],
    pub(crate) tag_len: u8,
    pub(crate) slots: Vec<Slot>,
    /// Index into `slots` of the first component of each element.
    pub(crate) elements: Vec<u32>,
    pub(crate) release: Option<u8>,
    pub(crate) charset: Charset,
}

impl<'a> Segment<'a> {
    /// The tag as sent, without blanks; shorter or longer than three bytes when damaged.
    pub fn tag(&self) -> &[u8] {
        &self.tag[..usize::from(self.tag_len)]
    }

    /// Byte range in the input, terminator not included.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// How many data elements follow the tag.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether the segment is only a tag, such as `SRC'`.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// Component `component` of element `element`, first repetition; empty when it was not sent.
    pub fn part(&self, element: usize, component: usize) -> Part<'a> {
        let slots = self.slots_of(element);
        let first_repetition = match slots.iter().skip(1).position(|slot| slot.repeats) {
            Some(at) => &slots[..=at],
            None => slots,
        };
        self.read(
            component
                .checked_sub(1)
                .and_then(|i| first_repetition.get(i)),
        )
    }

    /// All components of element `element`, all repetitions in one row.
    pub fn parts(&self, element: usize) -> impl ExactSizeIterator<Item = Part<'a>> + '_ {
        self.slots_of(element)
            .iter()
            .map(|slot| self.read(Some(slot)))
    }

    /// Components of repetition `repetition` (from 1) of element `element`.
    pub fn repetition(&self, element: usize, repetition: usize) -> Vec<Part<'a>> {
        let slots = self.slots_of(element);
        let mut at = 1;
        let mut found = Vec::new();
        for (i, slot) in slots.iter().enumerate() {
            if i > 0 && slot.repeats {
                at += 1;
            }
            if at == repetition {
                found.push(self.read(Some(slot)));
            }
        }
        found
    }

    /// Everything from component `component` to the end of element `element` as one part,
    /// separators included: free text in which the sender did not release them.
    pub fn rest(&self, element: usize, component: usize) -> Part<'a> {
        let slots = self.slots_of(element);
        match component.checked_sub(1).and_then(|from| slots.get(from..)) {
            Some([first, .., last]) => self.read(Some(&Slot {
                start: first.start,
                end: last.end,
                // Only ever asks for a copy too many.
                dirty: true,
                repeats: false,
            })),
            Some([only]) => self.read(Some(only)),
            _ => self.read(None),
        }
    }

    /// How many components element `element` has; 0 when it was not sent.
    pub fn width(&self, element: usize) -> usize {
        self.slots_of(element).len()
    }

    /// Byte range of the whole element `element`, empty at the segment's end when not sent.
    pub fn element_span(&self, element: usize) -> Range<usize> {
        match self.slots_of(element) {
            [] => self.span.end..self.span.end,
            slots => {
                self.origin + slots[0].start as usize
                    ..self.origin + slots[slots.len() - 1].end as usize
            }
        }
    }

    /// The repertoire in which components are read.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    fn slots_of(&self, element: usize) -> &[Slot] {
        let Some(&start) = element.checked_sub(1).and_then(|i| self.elements.get(i)) else {
            return &[];
        };
        let end = self
            .elements
            .get(element)
            .map_or(self.slots.len(), |&e| e as usize);
        &self.slots[start as usize..end]
    }

    fn read(&self, slot: Option<&Slot>) -> Part<'a> {
        match slot {
            Some(slot) => Part {
                raw: &self.bytes[slot.start as usize..slot.end as usize],
                at: self.origin + slot.start as usize,
                dirty: slot.dirty,
                release: self.release,
                charset: self.charset,
            },
            None => Part {
                raw: &[],
                at: self.span.end,
                dirty: false,
                release: None,
                charset: self.charset,
            },
        }
    }
}

/// One component as sent. Copying it is free; reading it borrows unless something must be undone.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    raw: &'a [u8],
    at: usize,
    dirty: bool,
    release: Option<u8>,
    charset: Charset,
}

impl<'a> Part<'a> {
    /// The bytes on the wire, release characters and line breaks included.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Byte range in the input.
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
            ..self
        }
    }

    /// The stretches between the bytes `separator`, at least one. Free texts have separators that
    /// EDIFACT does not know of, such as `/` in SSR DOCS; a released one separates like any other.
    pub fn split(self, separator: u8) -> impl Iterator<Item = Self> {
        let mut from = Some(0);
        std::iter::from_fn(move || {
            let start = from?;
            let raw = self.raw;
            let mut at = start;
            let mut released = None;
            while at < raw.len() {
                let byte = raw[at];
                if byte == separator {
                    from = Some(at + 1);
                    return Some(self.slice(start..released.unwrap_or(at)));
                }
                // A line break may stand between a release character and its byte.
                if !matches!(byte, b'\r' | b'\n') {
                    released = (released.is_none() && Some(byte) == self.release).then_some(at);
                }
                at += 1;
            }
            from = None;
            Some(self.slice(start..raw.len()))
        })
    }

    /// Whether nothing was sent. A component of blanks is not empty; see [`Self::trimmed`].
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Whether a release character or a line break stands inside.
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
    pub fn text(&self) -> Cow<'a, str> {
        self.text_checked().0
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

    /// The text without leading and trailing blanks: for coded values and names.
    pub fn trimmed(&self) -> Cow<'a, str> {
        match self.text() {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii()),
            Cow::Owned(text) => Cow::Owned(text.trim_ascii().to_owned()),
        }
    }
}
