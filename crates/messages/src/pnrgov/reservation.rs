//! Group 1 as a whole: opening and closing a booking, its locators, office, dates and splits.

use super::request::Fact;
use super::values::{number, text};
use super::{Draft, Place, Reader, Referred, SEARCHED};
use crate::findings::pnrgov as findings;
use oriel_edifact::{Part, Segment};
use oriel_model::{Agency, Booking, Element, Locator, Split};
use rustc_hash::FxHashMap;

/// The components of an ORG.
pub(super) struct Office<'a> {
    pub(super) company: Part<'a>,
    pub(super) iata: Part<'a>,
    pub(super) office: Part<'a>,
    pub(super) city: Part<'a>,
    pub(super) other_city: Part<'a>,
    pub(super) kind: Part<'a>,
    pub(super) country: Part<'a>,
    pub(super) agent: Part<'a>,
}

impl<'a> Reader<'_, 'a, '_> {
    /// SRC: closes everything and starts a booking.
    pub(super) fn open_booking(&mut self, segment: &Segment<'a>) {
        self.close_booking();
        let draft = &mut self.draft;
        *draft = Draft {
            booking: Some(self.message.bookings.len()),
            opened: Some((segment.span(), self.body.here())),
            references: reuse(std::mem::take(&mut draft.references)),
            listed: std::mem::take(&mut draft.listed),
            claims: std::mem::take(&mut draft.claims),
            checkins: std::mem::take(&mut draft.checkins),
            ..Draft::default()
        };
        self.draft.listed.clear();
        self.message.bookings.push(Booking::default());
        self.sent += 1;
        self.place = Place::Booking;
    }

    /// RCI of a booking or of one of its flights: locators not known yet.
    pub(super) fn locators(&mut self, segment: &Segment<'a>) {
        if !matches!(
            self.place,
            Place::Booking
                | Place::Traveller
                | Place::Ticket
                | Place::Payment
                | Place::Flight
                | Place::CheckIn
        ) {
            return self.out_of_place(segment, Element::Locator);
        }
        for element in 1..=segment.len() {
            let date = Element::BookingDate;
            let what = &[Element::Structure, Element::Locator, date, date, date];
            self.body.mark_each(segment, element, what);
            self.locator(segment.composite(element).parts());
        }
    }

    /// One locator of RCI.
    pub(super) fn locator(&mut self, sent: [Part<'a>; 5]) {
        if let Some(locator) = self.locator_of(sent) {
            self.add_locator(locator);
        }
    }

    fn locator_of(&mut self, sent: [Part<'a>; 5]) -> Option<Locator> {
        let [company, code, kind, date, time] = sent;
        let code = self.personal(code)?;
        let created = if super::time::day(&super::values::code(kind)).is_some() {
            self.body
                .report(&findings::LOCATOR_DATE_SHIFTED, kind.span());
            self.moment(kind, date)
        } else {
            self.moment(date, time)
        };
        Some(Locator {
            company: text(company).unwrap_or_default(),
            code,
            departure_control: *super::values::code(kind) == *b"C",
            created,
        })
    }

    fn add_locator(&mut self, locator: Locator) {
        let booking = self.booking();
        let known = booking
            .locators
            .iter_mut()
            .take(SEARCHED)
            .find(|known| known.code == locator.code && known.company == locator.company);
        if let Some(known) = known {
            known.created = known.created.or(locator.created);
            return;
        }
        if !booking.locators.is_empty() {
            return booking.locators.push(locator);
        }
        let nobody_yet = booking.travellers.is_empty() && booking.itinerary.is_empty();
        let key = (locator.company.clone(), locator.code.expose().clone());
        match (self.locators.get(&key), self.draft.booking) {
            (Some(&earlier), Some(_)) if nobody_yet => {
                // The same booking again: go on with the one read before.
                self.body
                    .report(&findings::BOOKING_REPEATED, self.last.clone());
                self.go_on_with(earlier);
                self.remember_party();
            }
            (known, at) => {
                if locator.departure_control {
                    self.body
                        .report(&findings::DEPARTURE_CONTROL, self.last.clone());
                }
                if let (None, Some(at)) = (known, at) {
                    self.locators.insert(key, at);
                }
                self.booking().locators.push(locator);
            }
        }
    }

    /// Moves what the booking in hand said so far, all of it before its locator, into an earlier one.
    fn go_on_with(&mut self, earlier: usize) {
        let Some(said) = self.message.bookings.pop() else {
            return;
        };
        self.draft.booking = Some(earlier);
        self.draft.repeated = true;
        let booking = self.booking();
        let contacts = booking.contacts.len();
        booking.contacts.extend(said.contacts);
        booking.remarks += said.remarks;
        booking.excess_baggage.extend(said.excess_baggage);
        booking.changed = said.changed.or(booking.changed);
        booking.ticketed = booking.ticketed.or(said.ticketed);
        booking.agency = said.agency.or(booking.agency.take());
        for claim in &mut self.draft.claims {
            if let Fact::Contact(at) = &mut claim.fact {
                *at += contacts;
            }
        }
    }

    /// Makes the travellers of a repeated booking known by their references.
    fn remember_party(&mut self) {
        let Some(at) = self.draft.booking else { return };
        self.draft.listed.clear();
        for &index in self.message.bookings[at].travellers.iter().take(SEARCHED) {
            let traveller = &self.message.travellers[index as usize];
            if let Some(reference) = traveller.local_ref.clone() {
                self.draft
                    .references
                    .insert(reference, Referred::One(index));
            }
        }
    }

    /// ORG of a booking: who made it. Empty: the booking, or its flight of this push, is cancelled.
    pub(super) fn originator(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Agency);
        let [iata, office] = segment.composite(2).parts();
        self.made_by(Office {
            company: segment.part(1, 1),
            iata,
            office,
            city: segment.part(3, 1),
            other_city: segment.part(4, 2),
            kind: segment.part(5, 1),
            country: segment.part(6, 1),
            agent: segment.part(7, 1),
        });
    }

    /// Who made the booking.
    pub(super) fn made_by(&mut self, sent: Office<'a>) {
        let agency = Agency {
            company: text(sent.company),
            iata: text(sent.iata),
            office: text(sent.office),
            city: text(sent.city).or_else(|| text(sent.other_city)),
            country: text(sent.country),
            kind: text(sent.kind),
            agent: self.personal(sent.agent),
        };
        if agency == Agency::default() {
            self.draft.empty_originator = true;
        } else {
            self.booking().agency = Some(agency);
        }
    }

    /// ORG elsewhere: an agent, such as the one at the check-in desk.
    pub(super) fn agent(&mut self, segment: &Segment<'a>) {
        if !matches!(self.place, Place::Flight | Place::CheckIn) {
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
        }
        self.body.mark_rest(Element::Agency);
    }

    /// DAT of a booking or ticket: last change and ticket issue.
    pub(super) fn dates(&mut self, segment: &Segment<'a>) {
        // Most send a composite a date; some go on in the first one.
        for element in 1..=segment.len() {
            let date = Element::BookingDate;
            let what = |at, _| Some([Element::Structure, date, date][at % 3]);
            self.body.mark_by(segment, element, what);
            let of = segment.composite(element);
            for first in (1..=segment.width(element)).step_by(3) {
                self.date_of_booking(of.part(first), of.part(first + 1), of.part(first + 2));
            }
        }
    }

    /// One date of DAT.
    pub(super) fn date_of_booking(&mut self, qualifier: Part<'a>, date: Part<'a>, time: Part<'a>) {
        match &*super::values::code(qualifier) {
            b"700" => {
                let moment = self.moment(date, time);
                let booking = self.booking();
                booking.changed = moment.or(booking.changed);
            }
            b"710" => {
                let moment = self.moment(date, time);
                let in_ticket = matches!(self.place, Place::Ticket | Place::Payment);
                if let Some(ticket) = self.ticket_in_hand().filter(|_| in_ticket) {
                    ticket.issued = moment.or(ticket.issued);
                }
                let booking = self.booking();
                booking.ticketed = booking.ticketed.or(moment);
            }
            b"" => {}
            _ => self.body.report(&findings::UNKNOWN_DATE, qualifier.span()),
        }
    }

    /// EQN behind SRC: how many travellers were divided.
    pub(super) fn open_split(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Split);
        self.place = Place::Split;
        let travellers = number(segment.part(1, 1));
        self.booking().splits.push(Split {
            travellers,
            locator: None,
        });
    }

    /// RCI of a split: the other booking.
    pub(super) fn split(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Split);
        let locator = self.personal(segment.part(1, 2));
        match self.booking().splits.last_mut() {
            Some(split) if split.locator.is_none() => split.locator = locator,
            _ => {}
        }
    }
}

/// An empty map, without the room of one that grew out of the ordinary.
fn reuse<K, V>(mut map: FxHashMap<K, V>) -> FxHashMap<K, V> {
    if map.capacity() > SEARCHED {
        return FxHashMap::default();
    }
    map.clear();
    map
}
