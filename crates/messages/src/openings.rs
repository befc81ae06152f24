//! Segments that say one thing: an opening that is always the same, and a value behind it.
//!
//! - In: the openings that a format knows.  Out: which of them a segment starts with.
//! - Invariant: what such a segment says is said by the same code that reads it when its components
//!   are known one by one; the table only saves finding out what they are.

use oriel_edifact::opening;
use oriel_model::Element;

/// One row of a format's table of openings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening<T> {
    number: u128,
    /// The tag.
    pub(crate) tag: [u8; 3],
    /// What the value is.
    pub(crate) element: Element,
    /// Which bytes of the opening are more than structure, and what.
    pub(crate) also: Option<(u32, u32, Element)>,
    /// It holds free text, in which senders forget to release an apostrophe.
    pub(crate) text: bool,
    /// What is said.
    pub(crate) says: T,
}

impl<T: Copy> Opening<T> {
    /// `written` with the separators of level A, up to the last one; at most sixteen bytes.
    pub(crate) const fn new(written: &str, element: Element, says: T) -> Self {
        let [a, b, c, ..] = *written.as_bytes() else {
            panic!("an opening starts with a tag");
        };
        Self {
            number: opening(written),
            tag: [a, b, c],
            element,
            also: None,
            text: false,
            says,
        }
    }

    /// The same where a component of the opening is of the same kind as the value.
    pub(crate) const fn with(self, from: u32, to: u32) -> Self {
        let also = Some((from, to, self.element));
        Self { also, ..self }
    }

    /// The same for a segment with free text.
    pub(crate) const fn with_text(self) -> Self {
        Self { text: true, ..self }
    }
}

/// The openings of a format.
#[derive(Debug)]
pub(crate) struct Openings<T: 'static> {
    rows: &'static [Opening<T>],
    places: Places,
}

impl<T: Copy> Openings<T> {
    /// Fewer than 128 rows.
    pub(crate) const fn new(rows: &'static [Opening<T>]) -> Self {
        let mut places = Places::new();
        let mut row = 0;
        while row < rows.len() {
            places.add(rows[row].number, row);
            row += 1;
        }
        Self { rows, places }
    }

    /// The row of an opening.
    #[inline]
    pub(crate) fn find(&self, number: u128) -> Option<&'static Opening<T>> {
        let mut rows = self.places.rows(number).map_while(|row| self.rows.get(row));
        rows.find(|row| row.number == number)
    }

    /// All openings with the separators of level A.
    #[cfg(test)]
    pub(crate) fn written(&self) -> impl Iterator<Item = String> {
        self.rows.iter().map(|row| {
            let bytes = row.number.to_le_bytes();
            let written = bytes.iter().take_while(|byte| **byte != 0);
            written.map(|byte| char::from(*byte)).collect()
        })
    }
}

/// Where the rows of a table are found by their numbers.
#[derive(Debug)]
pub(crate) struct Places {
    /// The row of each number, counted from 1, at the number's place or the next free one behind.
    rows: [u8; PLACES],
}

const PLACES: usize = 128;

impl Places {
    pub(crate) const fn new() -> Self {
        Self { rows: [0; PLACES] }
    }

    pub(crate) const fn add(&mut self, number: u128, row: usize) {
        let mut place = Self::place(number);
        while self.rows[place] != 0 {
            place = (place + 1) % PLACES;
        }
        self.rows[place] = row as u8 + 1;
    }

    /// The rows among which that of a number is, if there is one; those behind it may not exist.
    #[inline]
    pub(crate) fn rows(&self, number: u128) -> impl Iterator<Item = usize> + '_ {
        let first = Self::place(number);
        (first..first + PLACES).map(|place| usize::from(self.rows[place % PLACES]).wrapping_sub(1))
    }

    /// Spreads numbers over the places.
    const fn place(number: u128) -> usize {
        let folded = number as u64 ^ ((number >> 64) as u64).rotate_left(29);
        (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57) as usize
    }
}
