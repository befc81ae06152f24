//! Group 4: how tickets were paid.
//!
//! - Invariant: a full card number never becomes a value. At most its first six and last four
//!   characters are read, and the bytes between them are marked as nothing that may be kept.

use super::values::{code, text};
use super::{Place, Reader};
use crate::findings::pnrgov as findings;
use oriel_edifact::{Part, Segment};
use oriel_model::{Element, Payment, Personal, Text};

/// How many characters at each end of a card number may be kept (PCI DSS 4.0, 3.4).
const FIRST: usize = 6;
const LAST: usize = 4;

impl<'a> Reader<'_, 'a, '_> {
    /// FOP: one form of payment an element.
    pub(super) fn payment(&mut self, segment: &Segment<'a>) {
        if matches!(
            self.place,
            Place::Ticket | Place::Payment | Place::Traveller
        ) {
            self.place = Place::Payment;
        } else {
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
        }
        self.body.mark_rest(Element::Payment);
        for element in 1..=segment.len() {
            let of = segment.composite(element);
            let Some(form) = text(of.part(1)) else {
                continue;
            };
            let is_card = form == "CC";
            let mut number = self.account(of.part(5), is_card);
            for (at, part) in segment.parts(element).enumerate() {
                // A card number in the wrong component is one all the same.
                if at != 4 && is_card_number(&part.bytes()) {
                    let found = self.account(part, true);
                    number = number.or(found);
                }
            }
            // Verification value: not to be kept by anybody.
            self.body.mark(of.part(10), Element::Unmapped);
            let payer = match of.part(11) {
                part if is_card_number(&code(part)) => part.slice(0..0),
                part => part,
            };
            let payment = Payment {
                form,
                vendor: text(of.part(4)).filter(|text| text.len() <= 3),
                number_masked: number,
                expires: self.personal(of.part(6)),
                amount: text(of.part(3)).filter(|amount| !is_card_number(amount.as_bytes())),
                payer: self.personal(payer),
            };
            self.booking().payments.push(payment);
        }
    }

    /// IFT behind FOP: the card holder or sponsor by name, address and telephone.
    pub(super) fn payer(&mut self, segment: &Segment<'a>) {
        if *code(segment.part(1, 2)) != *b"43" {
            return self.free_text(segment);
        }
        self.body.mark_element(segment, 1, Element::Structure);
        self.body.mark_rest(Element::Payment);
        let name = self.personal(segment.part(2, 1));
        if let Some(payment) = self.booking().payments.last_mut() {
            payment.payer = payment.payer.take().or(name);
        }
    }

    /// The number of a card, masked, or of any other account as sent.
    fn account(&mut self, part: Part<'a>, is_card: bool) -> Option<Personal<Text>> {
        if code(part).is_empty() {
            return None;
        }
        if !is_card && !is_card_number(&part.bytes()) {
            return self.personal(part);
        }
        let whole = part.bytes();
        let mut plain: Vec<u8> = whole
            .iter()
            .copied()
            .filter(|byte| !is_grouping(*byte))
            .collect();
        // Fewer than thirteen characters are no full number: then only the end is told.
        let first = if plain.len() >= 13 { FIRST } else { 0 };
        let last = plain.len().saturating_sub(LAST).max(first);
        let hidden = &mut plain[first..last];
        let was_masked = !hidden.iter().any(u8::is_ascii_digit);
        hidden.fill(b'X');
        let masked = Text::from(String::from_utf8_lossy(&plain));
        if !was_masked {
            self.body.report(&findings::CARD_UNMASKED, part.span());
            if plain.len() == part.raw().len() {
                self.body.mark(part.slice(0..first), Element::Payment);
                self.body.mark(part.slice(first..last), Element::Unmapped);
                self.body
                    .mark(part.slice(last..plain.len()), Element::Payment);
            } else {
                self.body.mark(part, Element::Unmapped);
            }
        }
        Some(self.body.personal(masked, part))
    }
}

/// Thirteen to nineteen digits, perhaps grouped, with a check digit that fits (ISO/IEC 7812-1,
/// annex B).
fn is_card_number(bytes: &[u8]) -> bool {
    let mut length = 0;
    let mut sum = 0;
    for byte in bytes.iter().rev().filter(|byte| !is_grouping(**byte)) {
        let digit = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            _ => return false,
        };
        sum += match (length % 2, digit) {
            (0, digit) => digit,
            (_, 5..) => digit * 2 - 9,
            (_, _) => digit * 2,
        };
        length += 1;
    }
    (13..=19).contains(&length) && sum % 10 == 0
}

fn is_grouping(byte: u8) -> bool {
    matches!(byte, b' ' | b'-')
}

#[cfg(test)]
mod tests {
    use super::is_card_number;

    #[test]
    fn a_card_number_is_known_by_its_check_digit() {
        assert!(is_card_number(b"4111111111111111"));
        assert!(is_card_number(b"4111 1111-1111 1111"));
        assert!(!is_card_number(b"4111111111111112"));
        assert!(!is_card_number(b"411111111111"));
    }
}
