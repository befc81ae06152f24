//! One value of a segment, however it was found: its text and its place.

use crate::body::Body;
use oriel_model::{Personal, Text};
use std::ops::Range;

/// Adds to a list that has one entry more often than several: no room for four.
#[inline]
pub(crate) fn add<T>(list: &mut Vec<T>, entry: T) -> &mut T {
    if list.capacity() == 0 {
        *list = Vec::with_capacity(1);
    }
    list.push_mut(entry)
}

/// A value as text, blanks around it included.
#[derive(Clone, Debug)]
pub(crate) struct Value<'v> {
    text: &'v str,
    at: Range<usize>,
}

impl<'v> Value<'v> {
    /// Text that stands at `at` of the input.
    #[inline]
    pub(crate) fn new(text: &'v str, at: Range<usize>) -> Self {
        Self { text, at }
    }

    /// The text with blanks around it.
    #[inline]
    pub(crate) fn whole(&self) -> &'v str {
        self.text
    }

    /// The text without blanks around it.
    #[inline]
    pub(crate) fn text(&self) -> &'v str {
        match self.text.as_bytes() {
            [first, .., last] | [first @ last] if *first > b' ' && *last > b' ' => self.text,
            _ => self.text.trim_ascii(),
        }
    }

    /// The bytes of [`Self::text`].
    #[inline]
    pub(crate) fn code(&self) -> &'v [u8] {
        self.text().as_bytes()
    }

    /// Byte range in the input.
    #[inline]
    pub(crate) fn span(&self) -> Range<usize> {
        self.at.clone()
    }

    /// Something about a person that was read here.
    #[inline]
    pub(crate) fn personal<T>(&self, body: &Body<'_, '_>, value: T) -> Personal<T> {
        Personal::new(value, body.span(self.span()))
    }

    /// The text about a person; `None` when nothing but blanks was sent.
    pub(crate) fn personal_text(&self, body: &Body<'_, '_>) -> Option<Personal<Text>> {
        let text = self.text();
        (!text.is_empty()).then(|| self.personal(body, Text::from(text)))
    }
}
