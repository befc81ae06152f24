//! Groups 10 to 12: what was changed in a booking, when and by whom.
//!
//! - Source: PNRGOV guide, ABI, DAT, SAC and the items behind it.
//! - An item is read by the same code as what is in force, and what that adds to the booking is
//!   taken out again: nothing of the past counts for a traveller of today.
//! - Invariant: every byte of an item is marked as a value of the past, which needs its own heading
//!   and that of the history.

use super::request::Fact;
use super::values::{code, text};
use super::{Place, Reader};
use oriel_edifact::Segment;
use oriel_model::{Element, HistoryEntry, HistoryItem, Past};

impl<'a> Reader<'_, 'a, '_> {
    /// ABI: one entry of the history.
    pub(super) fn history(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::History);
        let entry = HistoryEntry {
            kind: text(segment.part(1, 1)).unwrap_or_default(),
            agent: self.personal(segment.rest(2, 1)),
            place: text(segment.part(3, 1)),
            company: text(segment.part(5, 1)),
            ..HistoryEntry::default()
        };
        self.open_entry(entry);
    }

    fn open_entry(&mut self, entry: HistoryEntry) {
        self.place = Place::History;
        self.draft.action.clear();
        let booking = self.booking();
        booking.history += 1;
        booking.past.push(entry);
    }

    /// SAC and everything behind it: items of the entry. One without a header is an entry too.
    pub(super) fn history_item(&mut self, segment: &Segment<'a>) {
        if self.place != Place::History {
            self.open_entry(HistoryEntry::default());
        }
        self.body.mark_past();
        match segment.tag() {
            b"SAC" => {
                self.body.mark_rest(Element::History);
                self.draft.action = text(segment.part(3, 1)).unwrap_or_default();
            }
            b"DAT" => {
                self.body.mark_rest(Element::History);
                let at = self.moment(segment.part(1, 2), segment.part(1, 3));
                if let Some(entry) = self.booking().past.last_mut() {
                    entry.at = entry.at.or(at);
                }
            }
            b"TIF" => {
                self.mark_names(segment);
                let name = self.name(segment.part(1, 1), &segment.composite(2).parts());
                self.add_item(Past::Name(name));
            }
            b"TVL" => {
                self.body.mark_rest(Element::Itinerary);
                let flight = self.itinerary_segment(segment);
                self.add_item(Past::Flight(Box::new(flight)));
            }
            b"RPI" => self.past_status(segment),
            b"SSR" => self.past_request(segment),
            b"IFT" => self.past_text(segment),
            b"TBD" => {
                let before = std::mem::take(&mut self.draft.checkins);
                self.baggage(segment);
                let read = std::mem::replace(&mut self.draft.checkins, before);
                let bags = read.into_iter().flat_map(|checkin| checkin.bags).collect();
                self.add_item(Past::Bags(bags));
            }
            b"ORG" => self.body.mark_rest(Element::Agency),
            b"RCI" => self.body.mark_rest(Element::Locator),
            // Payments may stand here, in any shape: nothing of the rest is kept.
            _ => {
                self.body.mark_rest(Element::Unmapped);
                self.add_item(Past::Other);
            }
        }
    }

    /// RPI: number in party and status of the flight before it.
    fn past_status(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Status);
        let (party, status) = (
            super::values::number(segment.part(1, 1)),
            text(segment.part(2, 1)),
        );
        let entry = self.booking().past.last_mut();
        if let Some(Past::Flight(flight)) =
            entry.and_then(|entry| entry.items.last_mut().map(|item| &mut item.past))
        {
            (flight.party, flight.status) = (party, status);
        }
    }

    /// SSR: what it says is taken from the claims that reading it makes.
    fn past_request(&mut self, segment: &Segment<'a>) {
        let before = std::mem::take(&mut self.draft.claims);
        let (contacts, remarks) = (self.booking().contacts.len(), self.booking().remarks);
        self.request(segment);
        let read = std::mem::replace(&mut self.draft.claims, before);
        let is_remark = self.booking().remarks > remarks;
        self.booking().remarks = remarks;
        let sent = self.booking().contacts.split_off(contacts);
        let items = read.into_iter().filter_map(|claim| match claim.fact {
            Fact::Docs(docs) => Some(Past::Document(Box::new(docs.document))),
            Fact::Seat(seat, _) => Some(Past::Seat(seat)),
            Fact::Infant(name, _) => Some(Past::Name(*name)),
            _ => None,
        });
        let items: Vec<Past> = items.chain(sent.into_iter().map(Past::Contact)).collect();
        if items.is_empty() {
            self.add_item(match text(segment.part(1, 1)) {
                Some(code) if !is_remark => Past::Service(code),
                _ => Past::Remark,
            });
        }
        for item in items {
            self.add_item(item);
        }
    }

    /// IFT: a contact, or a remark.
    fn past_text(&mut self, segment: &Segment<'a>) {
        if *code(segment.part(1, 2)) == *b"15" {
            self.body.mark_rest(Element::Ticket);
            return self.add_item(Past::Other);
        }
        let (contacts, remarks) = (self.booking().contacts.len(), self.booking().remarks);
        self.free_text(segment);
        self.booking().remarks = remarks;
        let sent = self.booking().contacts.split_off(contacts);
        if sent.is_empty() {
            self.add_item(Past::Remark);
        }
        for contact in sent {
            self.add_item(Past::Contact(contact));
        }
    }

    fn add_item(&mut self, past: Past) {
        let action = self.draft.action.clone();
        if let Some(entry) = self.booking().past.last_mut() {
            entry.items.push(HistoryItem { action, past });
        }
    }
}
