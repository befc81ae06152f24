//! Values about persons, and the bytes they came from.
//!
//! Invariant: a [`Personal`] value neither prints nor serialises. Output goes through
//! `oriel-policy`; `xtask tidy` lists who may call [`Personal::expose`].

use std::fmt;
use std::ops::Range;

/// A byte range, counted from the first byte of the message (for EDIFACT: the `U` of UNH).
///
/// Counting from the message and not from the file keeps the state of a journey the same however
/// messages were packed into transmissions. Messages are shorter than 4 GiB; the decoder's limits
/// see to that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to `end`.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// As a range of indices into the message.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value about a person and where its message says it.
///
/// Two are equal when their values are, wherever they were read.
#[derive(Clone)]
pub struct Personal<T> {
    value: T,
    at: Span,
}

impl<T> Personal<T> {
    /// Wraps a value read at `at`.
    pub fn new(value: T, at: Span) -> Self {
        Self { value, at }
    }

    /// The value. Each caller is a decision: see the list in `xtask`.
    pub fn expose(&self) -> &T {
        &self.value
    }

    /// Where the message says it.
    pub fn at(&self) -> Span {
        self.at
    }

    /// The same value, another place: for what was read from a copy.
    pub(crate) fn move_to(&mut self, at: Span) {
        self.at = at;
    }

    /// The same place, another value: for normalising without losing the source.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Personal<U> {
        Personal {
            value: f(self.value),
            at: self.at,
        }
    }
}

impl<T: PartialEq> PartialEq for Personal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Personal<T> {}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Personal(at {}..{})", self.at.start, self.at.end)
    }
}
