//! Group 1 as a whole: opening and closing a booking, its locators, office, dates and splits.

use super::values::{number, text};
use super::{Draft, Place, Reader, Referred, SEARCHED};
use crate::findings::pnrgov as findings;
use oriel_edifact::Segment;
use oriel_model::{Agency, Booking, Element, Locator, Split};
use rustc_hash::FxHashMap;

impl<'a> Reader<'_, 'a, '_> {
    /// SRC: closes everything and starts a booking.
    pub(super) fn open_booking(&mut self, segment: &Segment<'a>) {
        self.close_booking();
        let draft = &mut self.draft;
        *draft = Draft {
            booking: Some(self.message.bookings.len()),
            opened: Some((segment.span(), self.body.here())),
            references: reuse(std::mem::take(&mut draft.references)),
            claims: std::mem::take(&mut draft.claims),
            checkins: std::mem::take(&mut draft.checkins),
            ..Draft::default()
        };
        self.message.bookings.push(Booking::default());
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
            for (at, part) in segment.parts(element).take(5).enumerate() {
                let what = match at {
                    0 => Element::Structure,
                    1 => Element::Locator,
                    _ => Element::BookingDate,
                };
                self.body.mark(part, what);
            }
            if let Some(locator) = self.locator(segment, element) {
                self.add_locator(locator);
            }
        }
    }

    fn locator(&mut self, segment: &Segment<'a>, element: usize) -> Option<Locator> {
        let code = self.personal(segment.part(element, 2))?;
        let kind = segment.part(element, 3);
        let created = if super::time::day(super::values::code(kind)).is_some() {
            self.body
                .report(&findings::LOCATOR_DATE_SHIFTED, kind.span());
            self.moment(kind, segment.part(element, 4))
        } else {
            self.moment(segment.part(element, 4), segment.part(element, 5))
        };
        Some(Locator {
            company: text(segment.part(element, 1)).unwrap_or_default(),
            code,
            departure_control: super::values::code(kind) == b"C",
            created,
        })
    }

    fn add_locator(&mut self, locator: Locator) {
        let at = self.draft.booking;
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
        let is_first = booking.locators.is_empty();
        let is_blank = is_first && booking.travellers.is_empty() && booking.itinerary.is_empty();
        if !is_first {
            return booking.locators.push(locator);
        }
        let key = (locator.company.clone(), locator.code.expose().clone());
        match (self.locators.get(&key), at) {
            (Some(&earlier), Some(_)) if is_blank => {
                // The same booking again: go on with the one read before.
                self.body
                    .report(&findings::BOOKING_REPEATED, self.last.clone());
                self.message.bookings.pop();
                self.draft.booking = Some(earlier);
                self.draft.repeated = true;
                self.remember_party();
            }
            (_, Some(at)) => {
                if locator.departure_control {
                    self.body
                        .report(&findings::DEPARTURE_CONTROL, self.last.clone());
                }
                self.locators.insert(key, at);
                self.booking().locators.push(locator);
            }
            (_, None) => {}
        }
    }

    /// Makes the travellers of a repeated booking known by their references.
    fn remember_party(&mut self) {
        let Some(at) = self.draft.booking else { return };
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
        let sent = |element, component| text(segment.part(element, component));
        let agency = Agency {
            company: sent(1, 1),
            iata: sent(2, 1),
            office: sent(2, 2),
            city: sent(3, 1).or_else(|| sent(4, 2)),
            country: sent(6, 1),
            kind: sent(5, 1),
            agent: self.personal(segment.part(7, 1)),
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
        for element in 1..=segment.len() {
            let qualifier = segment.part(element, 1);
            let (date, time) = (segment.part(element, 2), segment.part(element, 3));
            self.body.mark(qualifier, Element::Structure);
            self.body.mark(date, Element::BookingDate);
            self.body.mark(time, Element::BookingDate);
            match super::values::code(qualifier) {
                b"700" => {
                    let moment = self.moment(date, time);
                    let booking = self.booking();
                    booking.changed = moment.or(booking.changed);
                }
                b"710" => {
                    let moment = self.moment(date, time);
                    let booking = self.booking();
                    booking.ticketed = booking.ticketed.or(moment);
                }
                b"" => {}
                _ => self.body.report(&findings::UNKNOWN_DATE, qualifier.span()),
            }
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

    /// MSG behind SRC: a hotel, car or other service that is no flight.
    pub(super) fn open_non_air(&mut self, segment: &Segment<'a>) {
        if self.place == Place::History {
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
        }
        self.body.mark_rest(Element::NonAir);
        self.place = Place::NonAir;
        self.draft.first_product = true;
        self.booking().non_air += 1;
    }

    /// TVL of such a service; the first one was counted with its MSG.
    pub(super) fn non_air(&mut self, _segment: &Segment<'a>) {
        self.body.mark_rest(Element::NonAir);
        if !std::mem::take(&mut self.draft.first_product) {
            self.booking().non_air += 1;
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
