//! Segments whose separators say what their components are.
//!
//! - In: the forms that a format knows.  Out: which of them a short segment has.
//! - Invariant: what such a segment says is said by the same code that reads it when its components
//!   are looked up one by one; the table only saves looking for them.

use crate::openings::Places;
use oriel_edifact::form;
use oriel_model::Element;

/// One row of a format's table of forms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form<T> {
    number: u64,
    /// The tag.
    pub(crate) tag: [u8; 3],
    /// What each component is.
    pub(crate) elements: &'static [Element],
    /// It holds free text, in which senders forget to release an apostrophe.
    pub(crate) text: bool,
    /// What is said.
    pub(crate) says: T,
    #[cfg(test)]
    pub(crate) written: &'static str,
}

impl<T: Copy> Form<T> {
    /// `written` with the separators of level A and nothing between them; of each component in
    /// `elements` what it is.
    pub(crate) const fn new(written: &'static str, elements: &'static [Element], says: T) -> Self {
        let [a, b, c, separators @ ..] = written.as_bytes() else {
            panic!("a form starts with a tag");
        };
        assert!(separators.len() == elements.len(), "of each component");
        Self {
            number: form(written),
            tag: [*a, *b, *c],
            elements,
            text: false,
            says,
            #[cfg(test)]
            written,
        }
    }

    /// The same where something else is said.
    pub(crate) const fn saying(self, says: T) -> Self {
        Self { says, ..self }
    }

    /// The same for a segment with free text.
    pub(crate) const fn with_text(self) -> Self {
        Self { text: true, ..self }
    }
}

/// The forms of a format.
#[derive(Debug)]
pub(crate) struct Forms<T: 'static> {
    pub(crate) rows: &'static [Form<T>],
    places: Places,
}

impl<T: Copy> Forms<T> {
    /// Fewer than 128 rows.
    pub(crate) const fn new(rows: &'static [Form<T>]) -> Self {
        let mut places = Places::new();
        let mut row = 0;
        while row < rows.len() {
            places.add(rows[row].number as u128, row);
            row += 1;
        }
        Self { rows, places }
    }

    /// The row of a form.
    #[inline]
    pub(crate) fn find(&self, number: u64) -> Option<&'static Form<T>> {
        let places = self.places.rows(u128::from(number));
        let mut rows = places.map_while(|row| self.rows.get(row));
        rows.find(|row| row.number == number)
    }
}
