//! Groups 6 and 7: who checked in for a flight, where they sit, what they checked.

use super::names::{Agreement, agreement};
use super::values::{code, number, text};
use super::{Place, Reader};
use crate::body::Here;
use crate::findings::pnrgov as findings;
use crate::value::add;
use jiff::civil::DateTime;
use oriel_edifact::{Part, Segment};
use oriel_model::{Bag, BagPool, Element, Personal, Port, Role, Text, Traveller};
use std::fmt::Write as _;
use std::ops::Range;

/// More tags than one element gives to one traveller; a greater count is something else.
const MOST_TAGS: u32 = 20;

/// One traveller at the desk.
#[derive(Default)]
pub(super) struct CheckIn {
    /// Index into the itinerary.
    pub(super) flight: Option<usize>,
    /// UTC.
    pub(super) at: Option<DateTime>,
    pub(super) sequence: Option<Text>,
    /// Reference in TRI, where TIF did not say who it is.
    pub(super) reference: Text,
    pub(super) traveller: Option<u32>,
    pub(super) seat: Option<Personal<Text>>,
    pub(super) bags: Vec<Bag>,
    pub(super) pieces: Option<u16>,
    pub(super) weight_kg: Option<u32>,
    pub(super) pool: Option<BagPool>,
    /// Where it begins.
    pub(super) opened: Option<(Range<usize>, Here)>,
}

impl<'a> Reader<'_, 'a, '_> {
    /// DAT of a flight: opens check-in. `2` gives the time, `3` a text with the time in it.
    pub(super) fn open_checkin(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Status);
        if !self.opens_checkin() {
            return;
        }
        for element in 1..=segment.len() {
            let moment = match &*code(segment.part(element, 1)) {
                b"2" => self.moment(segment.part(element, 2), segment.part(element, 3)),
                b"3" => super::time::zulu(&segment.rest(element, 2).text()),
                _ => None,
            };
            self.draft.checked_in = moment.or(self.draft.checked_in);
        }
    }

    fn opens_checkin(&mut self) -> bool {
        if !matches!(self.place, Place::Flight | Place::CheckIn | Place::Text)
            || self.draft.flight.is_none()
        {
            self.body.report(&findings::OUT_OF_PLACE, self.last.clone());
            return false;
        }
        self.place = Place::CheckIn;
        self.draft.checked_in = None;
        true
    }

    /// DAT of a flight that gives a time and nothing else.
    pub(super) fn open_checkin_at(&mut self, date: Part<'a>, time: Part<'a>) {
        if self.opens_checkin() {
            self.draft.checked_in = self.moment(date, time);
        }
    }

    /// TRI: the next traveller, with the boarding sequence number.
    pub(super) fn checkin(&mut self, segment: &Segment<'a>) {
        let what = &[
            Element::Status,
            Element::Status,
            Element::Seat,
            Element::Structure,
        ];
        self.body.mark_each(segment, 2, what);
        self.body.mark_element(segment, 1, Element::Status);
        let [sequence, _, seat, reference] = segment.composite(2).parts();
        self.check_in(sequence, seat, reference);
    }

    /// The next traveller at the desk.
    pub(super) fn check_in(&mut self, sequence: Part<'a>, seat: Part<'a>, reference: Part<'a>) {
        self.place = Place::CheckIn;
        let seat = self.seat(seat);
        let checkin = self.next_checkin();
        checkin.sequence = text(sequence);
        checkin.reference = text(reference).unwrap_or_default();
        checkin.seat = seat;
    }

    /// TIF at check-in: somebody of the booking, by reference if the name agrees, else by name.
    pub(super) fn traveller_at_checkin(&mut self, segment: &Segment<'a>) {
        self.mark_names(segment);
        let index = match self.listed(segment.raw()) {
            Some(index) => index,
            None => self.traveller_told(segment),
        };
        self.is_at_checkin(index);
    }

    /// Whose TIF of group 2 is the same word for word.
    pub(super) fn listed(&self, raw: &[u8]) -> Option<u32> {
        let mut listed = self.draft.listed.iter().take(super::SEARCHED);
        listed.find(|(sent, _)| *sent == raw).map(|listed| listed.1)
    }

    /// Says who is at the desk.
    pub(super) fn is_at_checkin(&mut self, index: u32) {
        self.place = Place::CheckIn;
        let checkin = match self.draft.checkins.last_mut() {
            Some(last) if last.traveller.is_none() && last.flight == self.draft.flight => last,
            _ => self.next_checkin(),
        };
        checkin.traveller = Some(index);
    }

    /// Whom a TIF at check-in means that is not that of a listed traveller word for word.
    fn traveller_told(&mut self, segment: &Segment<'a>) -> u32 {
        let name = self.name(segment.part(1, 1), &segment.composite(2).parts());
        let reference = text(segment.part(2, 3)).unwrap_or_default();
        let referred = self.referred(&reference);
        let agrees = |index: u32| agreement(&self.message.travellers[index as usize].name, &name);
        let by_name = || {
            let best = self
                .party()
                .max_by_key(|index| (agrees(*index), std::cmp::Reverse(*index)));
            best.filter(|index| agrees(*index) >= Agreement::Close)
        };
        let known = match referred {
            Some(index) if agrees(index) >= Agreement::Surname => Some(index),
            Some(index) => by_name().or(Some(index)),
            None => by_name(),
        };
        known.unwrap_or_else(|| {
            // At the desk but not in the booking: still somebody who flies.
            self.body
                .report(&findings::CHECKIN_STRANGER, segment.span());
            let mut traveller = Traveller::new(Role::Passenger);
            traveller.name = name;
            self.add_traveller(traveller)
        })
    }

    /// SSD: the seat given at the desk.
    pub(super) fn checkin_seat(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Seat);
        self.seat_given(segment.part(1, 1));
    }

    /// The seat of the traveller at the desk.
    pub(super) fn seat_given(&mut self, part: Part<'a>) {
        let seat = self.seat(part);
        let checkin = self.checkin_in_hand();
        checkin.seat = seat.or(checkin.seat.take());
    }

    /// TBD: pieces, weight and tags. The composites are told apart by their looks, because their
    /// places drift.
    pub(super) fn baggage(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Baggage);
        for element in 2..=segment.len() {
            self.bags(segment.composite(element).parts());
        }
    }

    /// One composite of TBD.
    pub(super) fn bags(&mut self, of: [Part<'a>; 4]) {
        let first = &*code(of[0]);
        let second = &*code(of[1]);
        match first {
            b"" if second.is_empty() => {}
            b"HP" | b"MP" => {
                let pool = BagPool {
                    head: first == b"HP",
                    reference: self.personal(of[1]),
                };
                self.checkin_in_hand().pool = Some(pool);
            }
            _ if first.iter().all(u8::is_ascii_digit) && second.len() < 6 && !first.is_empty() => {
                self.baggage_details(of);
            }
            _ => self.bag_tags(of),
        }
    }

    fn baggage_details(&mut self, [pieces, weight, unit, _]: [Part<'a>; 4]) {
        let pieces: Option<u16> = number(pieces);
        let weight = number(weight);
        let kilograms = match &*code(unit) {
            b"700" => kilograms(weight, false),
            b"701" => kilograms(weight, true),
            _ => None,
        };
        let checkin = self.checkin_in_hand();
        checkin.pieces = total(checkin.pieces, pieces, u16::saturating_add);
        checkin.weight_kg = total(checkin.weight_kg, kilograms, u32::saturating_add);
    }

    fn bag_tags(&mut self, [airline, part, tags, to]: [Part<'a>; 4]) {
        let Some(sent) = text(part) else { return };
        let airline = text(airline).unwrap_or_default();
        let to = self.airport(to);
        let mut count = number(tags).unwrap_or(1);
        if count > MOST_TAGS {
            self.body.report(&findings::BAG_COUNT_ABSURD, tags.span());
            count = 1;
        }
        let number = sent.parse::<u64>().ok().filter(|_| sent.len() <= 18);
        for at in 0..count.max(1) {
            let mut tag = airline.clone();
            match number {
                _ if at == 0 => tag.push_str(&sent),
                Some(first) => {
                    let width = sent.len();
                    let _ = write!(tag, "{:0width$}", first + u64::from(at));
                }
                None => break,
            }
            self.add_bag(tag, part, to);
        }
    }

    fn add_bag(&mut self, tag: Text, part: Part<'a>, to: Option<Port>) {
        let tag = self.body.personal(tag, part);
        add(&mut self.checkin_in_hand().bags, Bag { tag, to });
    }

    fn checkin_in_hand(&mut self) -> &mut CheckIn {
        let flight = self.draft.flight;
        let is_open = self
            .draft
            .checkins
            .last()
            .is_some_and(|last| last.flight == flight);
        if !is_open {
            // No TRI: the flight's, or the only traveller's.
            self.next_checkin();
        }
        let last = self.draft.checkins.len() - 1;
        &mut self.draft.checkins[last]
    }

    fn next_checkin(&mut self) -> &mut CheckIn {
        self.draft.checkins.push(CheckIn {
            flight: self.draft.flight,
            at: self.draft.checked_in,
            opened: Some((self.last.clone(), self.body.here())),
            ..CheckIn::default()
        });
        let last = self.draft.checkins.len() - 1;
        &mut self.draft.checkins[last]
    }
}

/// Whole kilograms of a weight, sent in pounds or in kilograms; 0 is unknown.
pub(super) fn kilograms(weight: Option<f64>, pounds: bool) -> Option<u32> {
    let weight = weight.filter(|weight| (1.0..1e6).contains(weight))?;
    let kilograms = if pounds {
        weight * 0.453_592_37
    } else {
        weight
    };
    Some(kilograms.round() as u32)
}

fn total<T>(a: Option<T>, b: Option<T>, sum: impl Fn(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(sum(a, b)),
        (a, b) => a.or(b),
    }
}
