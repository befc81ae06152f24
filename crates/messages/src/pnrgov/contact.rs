//! Ways to reach somebody: SSR CTCx, the CTCx keywords of other texts, and ADD.
//!
//! - Source: AIRIMP, contact elements; teletype has no `@`, `_` or free `-`, so texts write `//`,
//!   `..` and `./` for them.

use super::request::Fact;
use super::values::{code, stretch, text};
use super::{Place, Reader};
use crate::findings::pnrgov as findings;
use oriel_edifact::{Part, Segment};
use oriel_model::{Contact, ContactKind, Element, Personal, Text};
use std::ops::Range;

impl<'a> Reader<'_, 'a, '_> {
    /// SSR CTCx: the letter says what kind.
    pub(super) fn contact_request(
        &mut self,
        letter: u8,
        owner: Option<u32>,
        reference: Part<'a>,
        words: Part<'a>,
    ) {
        if letter == b'R' {
            // Asked, and refused.
            return;
        }
        let whole = words.text();
        let kind = kind_of(letter, &whole);
        if let Some(at) = self.contact(kind, words, &whole, owner) {
            self.claim(owner, reference, Fact::Contact(at));
        }
    }

    /// A text that begins with a contact keyword, perhaps behind an airline; `false` for any other.
    pub(super) fn contact_text(&mut self, words: Part<'a>) -> bool {
        let whole = words.text();
        let Some((letter, rest)) = keyword(&whole) else {
            return false;
        };
        self.body.mark(words, Element::Contact);
        if letter != b'R' {
            let kind = kind_of(letter, rest);
            let owner = self
                .draft
                .traveller
                .filter(|_| self.place == Place::Traveller);
            self.contact(kind, words, rest, owner);
        }
        true
    }

    /// Adds a contact to the booking, out of `rest`, the end of the text of `words`; its index, or
    /// `None` when nothing is left of it.
    pub(super) fn contact(
        &mut self,
        kind: ContactKind,
        words: Part<'a>,
        rest: &str,
        owner: Option<u32>,
    ) -> Option<usize> {
        let sent = value(kind, rest);
        if sent.is_empty() {
            return None;
        }
        let undone: Text = match kind {
            ContactKind::Phone => sent.into(),
            _ => substituted(sent),
        };
        let value = self.body.personal(undone, stretch(words, sent));
        let contacts = &mut self.booking().contacts;
        contacts.push(Contact {
            kind,
            value,
            traveller: owner,
        });
        Some(contacts.len() - 1)
    }

    /// ADD: addresses and telephones, in the form of the guide and in three others.
    pub(super) fn address(&mut self, segment: &Segment<'a>) {
        if !matches!(self.place, Place::Booking | Place::Traveller) {
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
        }
        self.body.mark_element(segment, 1, Element::Structure);
        self.body.mark_rest(Element::Contact);
        for element in 2..=segment.len() {
            self.body.mark(segment.part(element, 1), Element::Structure);
        }
        let owner = self
            .draft
            .traveller
            .filter(|_| self.place == Place::Traveller);
        if is_unstructured(segment) {
            let lines = (2..=segment.len())
                .flat_map(|element| segment.parts(element).skip(1))
                .filter(|part| !part.is_empty());
            return self.add_address(lines, owner);
        }
        for element in 2..=segment.len() {
            let purpose = &*code(segment.part(element, 1));
            let (postal, last) = (segment.part(element, 7), segment.part(element, 8));
            let letter = matches!(purpose, b"E" | b"M" | b"H" | b"O" | b"N");
            if letter {
                // The value stands in the eighth component, or in the last of all.
                let part = match last.is_empty() {
                    true => segment.rest(element, segment.width(element)),
                    false => last,
                };
                let kind = if purpose == b"E" {
                    ContactKind::Email
                } else {
                    ContactKind::Phone
                };
                let whole = part.text();
                self.contact(kind, part, whole.trim_start_matches("M+"), owner);
                continue;
            }
            // A component too few: the telephone stands where the postcode should.
            let shifted = last.is_empty()
                && code(postal).len() > 9
                && code(postal).iter().all(u8::is_ascii_digit);
            let lines = if shifted { 2..7 } else { 2..8 };
            let phone = if shifted { postal } else { last };
            if shifted {
                self.body.report(&findings::ADDRESS_SHIFTED, postal.span());
            }
            let lines = lines.map(|component| segment.part(element, component));
            self.add_address(lines.filter(|part| !part.is_empty()), owner);
            if !phone.is_empty() && !self.contact_text(phone) {
                let whole = phone.text();
                self.contact(kind_of(b' ', &whole), phone, &whole, owner);
            }
        }
    }

    fn add_address(&mut self, lines: impl Iterator<Item = Part<'a>>, owner: Option<u32>) {
        let mut joined = Text::default();
        let mut span: Option<Range<usize>> = None;
        for line in lines {
            if let Some(text) = text(line) {
                if !joined.is_empty() {
                    joined.push_str(", ");
                }
                joined.push_str(&text);
                let start = span.map_or(line.span().start, |span| span.start);
                span = Some(start..line.span().end);
            }
        }
        if let Some(span) = span {
            let value = Personal::new(joined, self.body.span(span));
            self.booking().contacts.push(Contact {
                kind: ContactKind::Address,
                value,
                traveller: owner,
            });
        }
    }
}

/// Lines of text instead of an address: everything stands in eighth components.
fn is_unstructured(segment: &Segment<'_>) -> bool {
    let named = (2..=segment.len())
        .all(|element| segment.parts(element).take(7).all(|part| part.is_empty()));
    named && segment.len() >= 2
}

/// The letter behind `CTC` and the text behind it, when a text is a contact.
fn keyword(text: &str) -> Option<(u8, &str)> {
    let text = text.trim_ascii_start();
    let rest = text.strip_prefix("CTC").or_else(|| {
        let (airline, rest) = text.split_once(' ')?;
        (airline.len() == 2).then(|| rest.trim_ascii_start().strip_prefix("CTC"))?
    })?;
    let apart = rest.strip_prefix([' ', '-']).unwrap_or(rest);
    let mut characters = apart.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(letter), None | Some(' ' | '-' | '/' | '+' | '0'..='9'))
            if letter.is_ascii_uppercase() =>
        {
            Some((letter as u8, characters.as_str()))
        }
        _ if apart.len() < rest.len() => Some((b' ', apart)),
        _ => None,
    }
}

/// What a contact is, by the letter behind `CTC` and, where that says nothing, by its looks.
fn kind_of(letter: u8, text: &str) -> ContactKind {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match letter {
        b'E' => ContactKind::Email,
        b'A' => ContactKind::Address,
        b'H' | b'M' | b'B' | b'F' => ContactKind::Phone,
        _ if text.contains('@') || text.trim_ascii().trim_start_matches('/').contains("//") => {
            ContactKind::Email
        }
        _ if digits >= 6 => ContactKind::Phone,
        _ => ContactKind::Other,
    }
}

/// The value inside the text: without slash before, language, name association or kind behind, and
/// without the city before a telephone.
fn value(kind: ContactKind, text: &str) -> &str {
    let text = text.trim_ascii().trim_start_matches('-').trim_ascii_start();
    let mut text = text.strip_prefix('/').unwrap_or(text);
    if let Some(at) = association(text) {
        text = &text[..at];
    }
    if let Some(rest) = text.strip_suffix('/') {
        text = rest;
    }
    if let Some((before, language)) = text.rsplit_once('/')
        && language.len() == 2
        && !before.ends_with(['/', '.'])
        && language.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        text = before;
    }
    if kind == ContactKind::Phone {
        for suffix in ["-H", "-B", "-A", "-M"] {
            text = text.strip_suffix(suffix).unwrap_or(text);
        }
        if let Some((city, rest)) = text.split_once(' ')
            && city.len() == 3
            && city.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            text = rest;
        }
    }
    text.trim_ascii()
}

/// Where a name association such as `-1QUELLANDER/TOBIN` begins.
pub(super) fn association(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let begins = |at: &usize| {
        bytes[*at] == b'-'
            && matches!(bytes[*at + 1..], [number, letter, ..]
                if number.is_ascii_digit() && letter.is_ascii_uppercase())
    };
    let first = bytes.iter().position(|byte| *byte == b'-')?;
    (first..bytes.len())
        .find(begins)
        .filter(|at| !text[*at..].contains("//"))
}

/// Undoes the substitutions of teletype.
fn substituted(sent: &str) -> Text {
    let mut out = Text::default();
    let mut rest = sent;
    while let Some(at) = rest.find(['/', '.']) {
        out.push_str(&rest[..at]);
        let (character, length) = match rest.get(at..at + 2) {
            Some("//") => ('@', 2),
            Some("..") => ('_', 2),
            Some("./") => ('-', 2),
            _ => (char::from(rest.as_bytes()[at]), 1),
        };
        out.push(character);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<(&str, ContactKind)>) {
        let read = keyword(text).map(|(letter, rest)| {
            let kind = kind_of(letter, rest);
            let sent = value(kind, rest);
            let text = match kind {
                ContactKind::Phone => sent.into(),
                _ => substituted(sent),
            };
            (text, kind)
        });
        assert_eq!(
            read.as_ref().map(|(text, kind)| (text.as_str(), *kind)),
            expect
        );
    }

    #[test]
    fn keywords_are_found_in_all_their_spellings() {
        use ContactKind::{Email, Phone};
        check("CTCM KEF 354 555 0199-M", Some(("354 555 0199", Phone)));
        check("ZQ CTCP 3545550100", Some(("3545550100", Phone)));
        check("CTC-H 3545550100", Some(("3545550100", Phone)));
        check("CTC H 3545550100", Some(("3545550100", Phone)));
        check("CTC 3545550100", Some(("3545550100", Phone)));
        check(
            "CTCE I..LAND//MAIL.EXAMPLE",
            Some(("I_LAND@MAIL.EXAMPLE", Email)),
        );
        check(
            "ZQ CTCE A./B//MAIL.EXAMPLE/EN",
            Some(("A-B@MAIL.EXAMPLE", Email)),
        );
    }

    #[test]
    fn a_text_that_only_contains_the_letters_is_a_remark() {
        check("CTCHARGE WAIVED", None);
        check("PLEASE CTC PAX", None);
    }
}
