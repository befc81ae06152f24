//! Free text (IFT) and LTS: read for contacts, else counted.

use super::values::code;
use super::{Place, Reader};
use oriel_edifact::Segment;
use oriel_model::{ContactKind, Element};

impl<'a> Reader<'_, 'a, '_> {
    /// IFT: what it is stands in 9980. A number is missing where the text begins at once.
    pub(super) fn free_text(&mut self, segment: &Segment<'a>) {
        let subject = &*code(segment.part(1, 1));
        if !subject.iter().all(u8::is_ascii_digit) {
            let words = segment.rest(1, 1);
            if !self.contact_text(words) {
                self.body.mark(words, Element::Remark);
                self.booking().remarks += 1;
            }
            return self.body.mark_rest(Element::Remark);
        }
        self.body.mark_element(segment, 1, Element::Structure);
        match &*code(segment.part(1, 2)) {
            b"15" => self.fare_calculation(segment),
            b"10" | b"11" | b"12" | b"17" | b"33" | b"39" | b"45" => {
                self.body.mark_rest(Element::Ticket);
            }
            // May hold a card number in any shape.
            b"16" => self.body.mark_rest(Element::Unmapped),
            b"43" => self.body.mark_rest(Element::Payment),
            b"63" => self.body.mark_rest(Element::Status),
            kind @ (b"2" | b"3" | b"4") => {
                self.body.mark_rest(Element::Contact);
                let kind = if kind == b"2" {
                    ContactKind::Address
                } else {
                    ContactKind::Phone
                };
                for element in 2..=segment.len() {
                    let words = segment.rest(element, 1);
                    let owner = self
                        .draft
                        .traveller
                        .filter(|_| self.place == Place::Traveller);
                    self.contact(kind, words, &words.text(), owner);
                }
            }
            _ => {
                self.body.mark_rest(Element::Remark);
                let mut is_contact = false;
                for element in 2..=segment.len() {
                    is_contact |= self.contact_text(segment.rest(element, 1));
                }
                self.booking().remarks += u32::from(!is_contact);
            }
        }
    }

    /// LTS: one line of text. It does not end the group it stands in, except the last ones.
    pub(super) fn text(&mut self, _segment: &Segment<'a>) {
        self.body.mark_rest(Element::Remark);
        self.booking().remarks += 1;
        if matches!(self.place, Place::Split | Place::NonAir | Place::History) {
            self.place = Place::Text;
        }
    }
}
