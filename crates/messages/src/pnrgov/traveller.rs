//! Group 2: one traveller (TIF, FTI, REF).

use super::names::{self, given_and_title};
use super::request::{Claim, Fact};
use super::values::{code, stretch, text};
use super::{Place, Reader, Referred, SEARCHED};
use crate::findings::pnrgov as findings;
use oriel_edifact::{Part, Segment};
use oriel_model::{Element, PersonName, Role, Text, Traveller};

/// Given names of what is booked like a person but is none.
const THINGS: [&[u8]; 3] = [b"EXST", b"CBBG", b"STCR"];

impl<'a> Reader<'_, 'a, '_> {
    /// TIF of group 2: a traveller, several of one surname, or the name of a group.
    pub(super) fn traveller(&mut self, segment: &Segment<'a>) {
        self.mark_names(segment);
        let [family, of_family] = segment.composite(1).parts();
        let first = segment.composite(2).parts();
        if self.opens_traveller(family, of_family, &first) {
            return;
        }
        self.person(family, &first, true);
        for element in 3..=segment.len() {
            let of = segment.composite(element).parts();
            if !of[0].is_empty() {
                self.person(family, &of, false);
            }
        }
    }

    /// Begins a group 2; whether it only names a group.
    pub(super) fn opens_traveller(
        &mut self,
        family: Part<'a>,
        of_family: Part<'a>,
        of: &[Part<'a>; 6],
    ) -> bool {
        if !matches!(
            self.place,
            Place::Booking | Place::Traveller | Place::Ticket | Place::Payment
        ) {
            self.body.report(&findings::OUT_OF_PLACE, self.last.clone());
        }
        self.place = Place::Traveller;
        self.draft.traveller = None;
        self.draft.thing = false;
        self.draft.ticket = None;
        self.draft.fare_bases.clear();
        let is_group = *code(of_family) == *b"G" || *code(of[1]) == *b"G";
        if is_group {
            let group = self.personal(family);
            self.booking().group = group;
        }
        is_group
    }

    /// One person of a TIF, whose given names and the rest stand in one element, the first or a
    /// later one.
    pub(super) fn person(&mut self, family: Part<'a>, of: &[Part<'a>; 6], first: bool) {
        let [given, kind, referred, adult, ..] = *of;
        let sent = &*code(given);
        if THINGS.iter().any(|thing| sent.starts_with(thing)) {
            self.body.report(&findings::NOT_A_PERSON, given.span());
            self.draft.thing = true;
            if let Some(reference) = text(referred) {
                self.draft.references.insert(reference, Referred::Thing);
                self.draft.listed.clear();
            }
            return;
        }
        let name = self.name(family, of);
        let is_named = name.surname.is_some() || name.given.is_some();
        if !is_named {
            self.body.report(&findings::NO_NAME, self.last.clone());
        }
        if name.maybe_truncated {
            self.body.report(&findings::NAME_TRUNCATED, given.span());
        }
        let reference = text(referred);
        let known = self.known_person(&name, reference.as_ref());
        let index = known.unwrap_or_else(|| {
            let mut traveller = Traveller::new(Role::Passenger);
            traveller.name = name;
            traveller.local_ref = reference.clone();
            self.add_traveller(traveller)
        });
        if first && known.is_none() && is_named && reference.is_some() {
            let raw = self.body.bytes(self.body.span(self.last.clone()));
            self.draft.listed.push((raw, index));
        }
        if let Some(reference) = reference {
            let mine = Referred::One(index);
            let bearer = self.draft.references.entry(reference).or_insert(mine);
            if *bearer != mine {
                *bearer = Referred::Several;
                self.draft.listed.clear();
                self.body
                    .report(&findings::REFERENCE_REUSED, referred.span());
            }
        }
        let traveller = &mut self.message.travellers[index as usize];
        match &*code(kind) {
            b"IN" | b"INF" | b"INS" | b"IS" => traveller.infant = true,
            b"U" | b"UN" => traveller.unaccompanied_minor = true,
            _ => {}
        }
        if *code(adult) == *b"1" {
            self.draft.carries_infant.push(index);
        }
        self.draft.traveller = Some(index);
    }

    /// Somebody who is listed twice: the same reference and name, or the same name without one in a
    /// booking that is sent again.
    fn known_person(&self, name: &PersonName, reference: Option<&Text>) -> Option<u32> {
        let is = |index: u32| {
            let known = &self.message.travellers[index as usize].name;
            names::agreement(known, name) >= names::Agreement::Close
        };
        match reference {
            Some(reference) => self.referred(reference).filter(|index| is(*index)),
            None if self.draft.repeated => self.party().find(|index| is(*index)),
            None => None,
        }
    }

    /// The traveller who alone bears a reference.
    pub(super) fn referred(&self, reference: &Text) -> Option<u32> {
        match self.draft.references.get(reference) {
            Some(Referred::One(index)) => Some(*index),
            _ => None,
        }
    }

    pub(super) fn add_traveller(&mut self, traveller: Traveller) -> u32 {
        let index = self.message.travellers.len() as u32;
        self.message.travellers.push(traveller);
        self.booking().travellers.push(index);
        index
    }

    /// The travellers of the booking in hand, as far as a list is searched.
    pub(super) fn party(&self) -> impl Iterator<Item = u32> {
        let booking = self.draft.booking.map(|at| &self.message.bookings[at]);
        let travellers = booking.map_or(&[][..], |booking| &booking.travellers);
        travellers.iter().copied().take(SEARCHED)
    }

    pub(super) fn mark_names(&mut self, segment: &Segment<'a>) {
        use Element::{Name, Structure};
        self.body
            .mark_each(segment, 1, &[Name, Structure, Structure, Structure]);
        for element in 2..=segment.len() {
            let what = &[Name, Structure, Structure, Structure, Name, Name];
            self.body.mark_each(segment, element, what);
        }
    }

    /// The name in TIF: surname from the first element, given names from another one.
    pub(super) fn name(&self, mut family: Part<'a>, of: &[Part<'a>; 6]) -> PersonName {
        let [mut given, _, _, _, more @ ..] = *of;
        if given.is_empty() {
            // Both names in the surname's place, as in `QUELLANDER/TOBINMR`.
            let mut pieces = family.split(b'/');
            if let (Some(first), Some(second)) = (pieces.next(), pieces.next()) {
                (family, given) = (first, second);
            }
        }
        let mut name = self.name_of(family, given);
        for part in more {
            if let Some(more) = text(part) {
                let given = name.given.take();
                name.given = given.map(|given| given.map(|first| format!("{first} {more}").into()));
            }
        }
        name
    }

    /// A name out of its two fields, the title taken off.
    pub(super) fn name_of(&self, family: Part<'a>, given: Part<'a>) -> PersonName {
        let (family_text, given_text) = (family.text(), given.text());
        let surname = names::surname(&family_text);
        let (first, title) = given_and_title(&given_text);
        let value = |part: Part<'a>, piece: &str| {
            (!piece.is_empty()).then(|| self.body.personal(piece.into(), stretch(part, piece)))
        };
        PersonName {
            surname: value(family, &surname),
            given: value(given, first),
            maybe_truncated: names::maybe_truncated(&surname, first, title),
            title: (!title.is_empty()).then(|| title.into()),
        }
    }

    /// FTI: frequent flyer.
    pub(super) fn frequent_flyer(&mut self, segment: &Segment<'a>) {
        self.expect_traveller(segment);
        for element in 1..=segment.len() {
            self.body.mark(segment.part(element, 3), Element::Structure);
            let airline = text(segment.part(element, 1)).unwrap_or_default();
            if let Some(number) = self.personal(segment.part(element, 2)) {
                self.claim(
                    self.draft.traveller,
                    segment.part(element, 3),
                    Fact::FrequentFlyer(airline, number),
                );
            }
        }
        self.body.mark_rest(Element::FrequentFlyer);
    }

    /// REF: the carrier's unique reference of this traveller.
    pub(super) fn unique_reference(&mut self, segment: &Segment<'a>) {
        self.expect_traveller(segment);
        for element in 1..=segment.len() {
            self.body.mark(segment.part(element, 1), Element::Structure);
            self.body.mark(segment.part(element, 2), Element::Locator);
        }
        self.carrier_reference(segment.part(1, 2));
    }

    /// The carrier's unique reference of the traveller in hand.
    pub(super) fn carrier_reference(&mut self, part: Part<'a>) {
        let reference = self.personal(part);
        if let Some(index) = self.draft.traveller {
            let traveller = &mut self.message.travellers[index as usize];
            traveller.carrier_ref = traveller.carrier_ref.take().or(reference);
        }
    }

    fn expect_traveller(&mut self, segment: &Segment<'a>) {
        if !matches!(
            self.place,
            Place::Traveller | Place::Ticket | Place::Payment
        ) {
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
        }
    }

    /// Remembers something said of a traveller until the booking is complete.
    pub(super) fn claim(&mut self, owner: Option<u32>, reference: Part<'a>, fact: Fact) {
        let reference = text(reference).unwrap_or_default();
        self.draft.claims.push(Claim {
            owner,
            reference,
            flight: match self.place {
                Place::Flight | Place::CheckIn => self.draft.flight,
                _ => None,
            },
            fact,
            at: self.last.clone(),
            here: self.body.here(),
        });
    }
}
