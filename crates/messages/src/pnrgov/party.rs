//! Closes a booking: gives every claim its traveller, infants their adults, and the travellers what
//! the booking says of all of them.
//!
//! - Invariant: a claim whose traveller cannot be told is a finding, never somebody else's.

use super::checkin::CheckIn;
use super::documents::Docs;
use super::flight::is_push_flight;
use super::names::{self, Agreement, agreement};
use super::request::{Claim, Fact};
use super::{Reader, Referred};
use crate::dates::years_later;
use crate::findings::pnrgov as findings;
use crate::value::add;
use oriel_model::{BookingStatus, Document, DocumentKey, Function, PersonName, Role, Traveller};

impl Reader<'_, '_, '_> {
    /// Completes the booking in hand, if there is one.
    pub(super) fn close_booking(&mut self) {
        let Some(at) = self.draft.booking else { return };
        self.mark_push_flight(at);
        self.draft.only = self.only_traveller();
        let mut claims = std::mem::take(&mut self.draft.claims);
        if claims.iter().any(|claim| claim.fact.needs_infants()) {
            claims.sort_by_key(|claim| claim.fact.needs_infants());
        }
        let told = claims.partition_point(|claim| !claim.fact.needs_infants());
        let mut rest = claims.drain(..);
        rest.by_ref()
            .take(told)
            .for_each(|claim| self.settle(claim));
        self.link_infants();
        rest.for_each(|claim| self.settle(claim));
        let mut checkins = std::mem::take(&mut self.draft.checkins);
        checkins
            .drain(..)
            .for_each(|checkin| self.settle_checkin(checkin));
        (self.draft.claims, self.draft.checkins) = (claims, checkins);
        self.complete_travellers(at);
        self.complete_status(at);
        self.draft.booking = None;
    }

    fn mark_push_flight(&mut self, at: usize) {
        let Some(flight) = self.message.flights.first() else {
            return;
        };
        for segment in &mut self.message.bookings[at].itinerary {
            segment.push_flight = is_push_flight(segment, flight);
            self.draft.on_flight |= segment.push_flight;
        }
    }

    /// Whether what was said at `flight` counts: at the flight of the push, at none in particular, or
    /// anywhere when the flight of the push is not in the itinerary.
    fn counts(&mut self, flight: Option<usize>) -> bool {
        !self.draft.on_flight
            || flight.is_none_or(|at| {
                let segment = self.booking().itinerary.get(at);
                segment.is_some_and(|segment| segment.push_flight)
            })
    }

    /// The only traveller with a seat whom the booking lists. In a group nobody is the only one.
    fn only_traveller(&self) -> Option<u32> {
        let booking = &self.message.bookings[self.draft.booking?];
        let mut seated = self
            .party()
            .filter(|index| !self.message.travellers[*index as usize].infant);
        let only = seated.next();
        only.filter(|_| seated.next().is_none() && booking.group.is_none())
    }

    fn report_at(&mut self, kind: &'static oriel_model::FindingKind, claim: &Claim) {
        self.body.report_later(kind, claim.at.clone(), claim.here);
    }

    fn settle(&mut self, mut claim: Claim) {
        let mut owner = claim.owner;
        if !claim.reference.is_empty() {
            match self.draft.references.get(&claim.reference) {
                Some(Referred::One(index)) => owner = Some(*index),
                Some(Referred::Thing) => return,
                Some(Referred::Several) if owner.is_some() => {}
                Some(Referred::Several) => {
                    return self.report_at(&findings::OWNER_UNKNOWN, &claim);
                }
                None => self.report_at(&findings::UNKNOWN_REFERENCE, &claim),
            }
        }
        let fact = std::mem::replace(&mut claim.fact, Fact::Unaccompanied);
        if let Fact::Contact(at) = fact {
            let contact = &mut self.booking().contacts[at];
            contact.traveller = owner.or(contact.traveller);
            return;
        }
        if let Fact::Seat(_, from) = &fact {
            let leg = self
                .message
                .flights
                .first()
                .and_then(|flight| flight.border_leg());
            let elsewhere = from.is_some() && leg.is_some_and(|leg| leg.from != *from);
            if (claim.flight.is_none() && elsewhere) || !self.counts(claim.flight) {
                return;
            }
        }
        let owner = owner.or(self.draft.only);
        if let Fact::Docs(docs) = fact {
            return self.settle_docs(*docs, owner, &claim);
        }
        let owner = match (&fact, owner) {
            (Fact::Infant(name, _), _) => Some(self.infant(owner, Some(name), None, &claim)),
            (fact, Some(owner)) if fact.needs_infants() => self.infant_of(owner),
            (_, owner) => owner,
        };
        match owner {
            Some(index) => self.apply(fact, index),
            None => self.report_at(&findings::OWNER_UNKNOWN, &claim),
        }
    }

    fn apply(&mut self, fact: Fact, index: u32) {
        let traveller = &mut self.message.travellers[index as usize];
        match fact {
            Fact::Government(reference, _) => traveller.government_refs.push(reference),
            Fact::BirthPlace(place, _) => {
                traveller.birth_place = traveller.birth_place.take().or(Some(place));
            }
            Fact::Destination(lines) => traveller.address = lines,
            Fact::Residence(state) => traveller.residence = Some(state),
            Fact::Seat(seat, _) => traveller.seat = traveller.seat.take().or(Some(seat)),
            Fact::FrequentFlyer(airline, number) => {
                let known = &mut traveller.frequent_flyer;
                let is_known = known
                    .iter()
                    .take(super::SEARCHED)
                    .any(|(_, old)| *old == number);
                if !is_known {
                    known.push((airline, number));
                }
            }
            Fact::Ticket(ticket, _) => {
                let known = &mut traveller.tickets;
                if !known.iter().take(super::SEARCHED).any(|old| *old == ticket) {
                    add(known, ticket);
                }
            }
            Fact::Child(birth) => traveller.birth = traveller.birth.take().or(Some(birth)),
            Fact::Infant(_, birth) => traveller.birth = traveller.birth.take().or(birth),
            Fact::Unaccompanied => traveller.unaccompanied_minor = true,
            Fact::Docs(_) | Fact::Contact(_) => {}
        }
    }

    /// Finds whose document it is: the infant's, the owner's, or the one it names.
    fn settle_docs(&mut self, docs: Docs, owner: Option<u32>, claim: &Claim) {
        let holder = docs.document.holder.as_ref();
        let index = if docs.infant {
            match (holder, owner.and_then(|owner| self.infant_of(owner))) {
                (None, Some(infant)) => Some(infant),
                _ => Some(self.infant(owner, holder, docs.document.key(), claim)),
            }
        } else if let Some(infant) = self.unmarked_infant(&docs, owner) {
            self.report_at(&findings::INFANT_ON_ADULT, claim);
            let infant_now = &mut self.message.travellers[infant as usize];
            infant_now.travels_with = infant_now.travels_with.or(owner);
            Some(infant)
        } else {
            owner
                .or_else(|| self.named(holder?))
                .or_else(|| self.stranger(holder?, claim))
        };
        match index {
            Some(index) => {
                let known = &self.message.travellers[index as usize].birth;
                let births = known.as_ref().zip(docs.birth.as_ref());
                if births.is_some_and(|(known, sent)| known != sent) {
                    self.report_at(&findings::TWO_BIRTH_DATES, claim);
                }
                self.add_docs(docs, index);
            }
            None => self.report_at(&findings::OWNER_UNKNOWN, claim),
        }
    }

    /// The listed infant whose document was sent for the adult without saying so: born less than
    /// two years before the flight, and of an infant's name.
    fn unmarked_infant(&self, docs: &Docs, owner: Option<u32>) -> Option<u32> {
        let born = docs.birth.as_ref()?.expose().date?.date()?;
        if born <= years_later(self.today?, -2) {
            return None;
        }
        let adult = owner.filter(|at| !self.message.travellers[*at as usize].infant)?;
        let holder = docs.document.holder.as_ref()?;
        let named = agreement(&self.message.travellers[adult as usize].name, holder);
        self.listed_infant(owner, Some(holder), docs.document.key().as_ref())
            .filter(|_| named < Agreement::Close)
    }

    fn named(&self, name: &PersonName) -> Option<u32> {
        self.party().find(|index| {
            agreement(&self.message.travellers[*index as usize].name, name) >= Agreement::Close
        })
    }

    /// A document in a booking that names nobody of that name: somebody travels on it.
    fn stranger(&mut self, name: &PersonName, claim: &Claim) -> Option<u32> {
        name.surname.as_ref()?;
        self.report_at(&findings::DOCUMENT_STRANGER, claim);
        let mut traveller = Traveller::new(Role::Passenger);
        traveller.name = name.clone();
        Some(self.add_traveller(traveller))
    }

    /// The infant who travels with `adult`, or `adult` who is one.
    fn infant_of(&self, adult: u32) -> Option<u32> {
        if self.message.travellers[adult as usize].infant {
            return Some(adult);
        }
        self.party()
            .find(|index| self.message.travellers[*index as usize].travels_with == Some(adult))
    }

    /// The infant of a name, listed or not: an infant whom only a document or request of the adult
    /// names is a traveller too.
    fn infant(
        &mut self,
        adult: Option<u32>,
        name: Option<&PersonName>,
        document: Option<DocumentKey>,
        claim: &Claim,
    ) -> u32 {
        if let Some(adult) = adult
            && self.message.travellers[adult as usize].infant
        {
            return adult;
        }
        let known = self.listed_infant(adult, name, document.as_ref());
        let index = known.unwrap_or_else(|| {
            self.report_at(&findings::INFANT_NOT_LISTED, claim);
            let mut infant = Traveller::new(Role::Passenger);
            infant.infant = true;
            infant.name = name.cloned().unwrap_or_default();
            self.add_traveller(infant)
        });
        let infant = &mut self.message.travellers[index as usize];
        infant.travels_with = infant.travels_with.or(adult);
        if infant.name.given.is_none() {
            infant.name.given = name.and_then(|name| name.given.clone());
        }
        index
    }

    /// By document, by name, or the only one of whom half of the name is missing or differs, and who
    /// has no document and no other adult yet.
    fn listed_infant(
        &self,
        adult: Option<u32>,
        name: Option<&PersonName>,
        document: Option<&DocumentKey>,
    ) -> Option<u32> {
        let infants = || {
            self.party()
                .map(|index| (index, &self.message.travellers[index as usize]))
                .filter(|(_, traveller)| traveller.infant)
        };
        let agrees = |traveller: &Traveller| {
            name.map_or(Agreement::Half, |name| agreement(&traveller.name, name))
        };
        let is_same = |traveller: &Traveller| {
            let has = document.is_some()
                && traveller
                    .documents
                    .iter()
                    .any(|known| known.key().as_ref() == document);
            has || agrees(traveller) >= Agreement::Close
        };
        if let Some((index, _)) = infants().find(|(_, traveller)| is_same(traveller)) {
            return Some(index);
        }
        let mut likely = infants()
            .filter(|(_, traveller)| traveller.documents.is_empty())
            .filter(|(_, traveller)| {
                traveller
                    .travels_with
                    .is_none_or(|with| Some(with) == adult)
            })
            .filter(|(_, traveller)| agrees(traveller) >= Agreement::Half);
        let first = likely.next();
        first
            .filter(|_| likely.next().is_none())
            .map(|(index, _)| index)
    }

    fn add_docs(&mut self, docs: Docs, index: u32) {
        let traveller = &mut self.message.travellers[index as usize];
        traveller.birth = traveller.birth.take().or(docs.birth);
        traveller.sex = traveller.sex.take().or(docs.sex);
        if let Some(nationality) = docs.nationality
            && !traveller.nationalities.contains(&nationality)
        {
            add(&mut traveller.nationalities, nationality);
        }
        if let Some(holder) = &docs.document.holder {
            restore_name(&mut traveller.name, holder);
            if traveller.name.surname.is_none() {
                traveller.name = holder.clone();
            }
        }
        add_document(traveller, docs.document);
    }

    /// Infants whom nothing tied to an adult go to those who announced one, in order, or to the only
    /// adult there is.
    fn link_infants(&mut self) {
        let travellers = &self.message.travellers;
        let alone: Vec<u32> = self
            .party()
            .filter(|index| {
                let traveller = &travellers[*index as usize];
                traveller.infant && traveller.travels_with.is_none()
            })
            .collect();
        if alone.is_empty() {
            return;
        }
        let taken: Vec<u32> = self
            .party()
            .filter_map(|i| travellers[i as usize].travels_with)
            .collect();
        let only = self.draft.only;
        let announced = std::mem::take(&mut self.draft.carries_infant);
        let mut adults = announced.iter().filter(|adult| !taken.contains(adult));
        for infant in alone {
            let adult = adults.next().copied().or(only);
            self.message.travellers[infant as usize].travels_with = adult;
        }
    }

    fn settle_checkin(&mut self, checkin: CheckIn) {
        if !self.counts(checkin.flight) {
            return;
        }
        let owner = checkin
            .traveller
            .or_else(|| self.referred(&checkin.reference))
            .or(self.draft.only);
        let Some(owner) = owner else {
            if let Some((at, here)) = checkin.opened {
                self.body.report_later(&findings::OWNER_UNKNOWN, at, here);
            }
            return;
        };
        let traveller = &mut self.message.travellers[owner as usize];
        traveller.checked_in = traveller.checked_in.or(checkin.at);
        traveller.sequence = traveller.sequence.take().or(checkin.sequence);
        traveller.seat = checkin.seat.or(traveller.seat.take());
        for bag in checkin.bags {
            if !traveller
                .bags
                .iter()
                .take(super::SEARCHED)
                .any(|known| known.tag == bag.tag)
            {
                add(&mut traveller.bags, bag);
            }
        }
        traveller.bag_count = traveller.bag_count.or(checkin.pieces);
        traveller.bag_weight_kg = traveller.bag_weight_kg.or(checkin.weight_kg);
        traveller.bag_pool = traveller.bag_pool.take().or(checkin.pool);
    }

    /// What the booking says of all its travellers.
    fn complete_travellers(&mut self, at: usize) {
        let booking = &self.message.bookings[at];
        let locator = booking.locators.first().map(|locator| &locator.code);
        let segment = booking.itinerary.iter().find(|segment| segment.push_flight);
        let two_years_ago = self.today.map(|today| years_later(today, -2));
        for &index in &booking.travellers {
            let traveller = &mut self.message.travellers[index as usize];
            traveller.locator = traveller.locator.take().or_else(|| locator.cloned());
            if let Some(segment) = segment {
                traveller.from = segment.from;
                traveller.to = segment.to;
                traveller.status = segment.status.clone();
            }
            let birth = traveller
                .birth
                .as_ref()
                .and_then(|birth| birth.expose().date?.date());
            traveller.infant |= birth
                .zip(two_years_ago)
                .is_some_and(|(birth, limit)| birth > limit);
        }
    }

    fn complete_status(&mut self, at: usize) {
        let is_update = self.message.envelope.function == Function::UpdatePush;
        let booking = &mut self.message.bookings[at];
        let on_flight = self.draft.on_flight;
        let nobody = booking.travellers.is_empty() && booking.group.is_none();
        booking.status = if self.draft.empty_originator && nobody && booking.itinerary.is_empty() {
            BookingStatus::Cancelled
        } else if (is_update || self.draft.empty_originator) && !on_flight && !nobody {
            BookingStatus::CancelledOnPushFlight
        } else {
            BookingStatus::Active
        };
        let is_active = booking.status == BookingStatus::Active;
        let odd = [
            (booking.locators.is_empty(), &findings::NO_LOCATOR),
            (is_active && nobody, &findings::NO_TRAVELLERS),
            (
                is_active && booking.group.is_some() && booking.travellers.is_empty(),
                &findings::GROUP_UNNAMED,
            ),
            (is_active && !on_flight, &findings::NOT_ON_FLIGHT),
        ];
        if let Some((at, here)) = self.draft.opened.take() {
            for (_, kind) in odd.into_iter().filter(|(is, _)| *is) {
                self.body.report_later(kind, at.clone(), here);
            }
        }
    }
}

/// Adds a document, or fills what a copy of it lacks. Without a number there is no document; names
/// are then kept where they say more than the booking does.
fn add_document(traveller: &mut Traveller, document: Document) {
    let Some(number) = &document.number else {
        let holder = document.holder.as_ref();
        let says_more = holder.is_some_and(|holder| names::says_more(holder, &traveller.name));
        if says_more {
            traveller.documents.push(Document {
                holder: document.holder,
                ..Document::default()
            });
        }
        return;
    };
    let same = traveller
        .documents
        .iter_mut()
        .take(super::SEARCHED)
        .find(|known| {
            known.number.as_ref() == Some(number)
                && (known.issuer == document.issuer
                    || known.issuer.is_none()
                    || document.issuer.is_none())
        });
    match same {
        Some(known) => {
            known.issuer = known.issuer.take().or(document.issuer);
            known.expires = known.expires.take().or(document.expires);
            known.issued = known.issued.take().or(document.issued);
            known.holder = known.holder.take().or(document.holder);
            known.primary_holder |= document.primary_holder;
        }
        None => {
            add(&mut traveller.documents, document);
        }
    }
}

/// Puts back a title that the document shows to be the end of a name.
fn restore_name(name: &mut PersonName, holder: &PersonName) {
    if names::title_is_name(name, holder)
        && let (Some(given), Some(title)) = (name.given.take(), name.title.take())
    {
        name.given = Some(given.map(|given| given + title.as_str()));
    }
}
