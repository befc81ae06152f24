//! Group 3: tickets, their prices and conditions; excess baggage.
//!
//! - Source: PNRGOV guide, TKT, MON, PTK, TXD, FAR, EBD and the fare calculation in IFT.
//! - A ticket that is sent again, with another flight or in a booking sent twice, is the same one.

use super::request::Fact;
use super::values::{code, number, text};
use super::{Place, Reader, SEARCHED};
use crate::findings::pnrgov as findings;
use crate::value::add;
use oriel_edifact::{Part, Segment};
use oriel_model::{Element, ExcessBaggage, Money, Tax, Text, Ticket};

impl<'a> Reader<'_, 'a, '_> {
    /// TKT: a ticket or another document of carriage; `700` and `1` are ticketless.
    pub(super) fn ticket(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Ticket);
        let [number, kind, booklets] = segment.composite(1).parts();
        self.ticket_of(number, kind, booklets);
    }

    pub(super) fn ticket_of(&mut self, sent: Part<'a>, kind: Part<'a>, booklets: Part<'a>) {
        if !matches!(
            self.place,
            Place::Traveller | Place::Ticket | Place::Payment
        ) {
            self.body.report(&findings::OUT_OF_PLACE, self.last.clone());
        } else {
            self.place = Place::Ticket;
        }
        let number = self.personal(sent);
        let owner = self.draft.traveller;
        if let (Some(number), Some(owner)) = (&number, owner) {
            let fact = Fact::Ticket(number.clone(), false);
            self.claim(Some(owner), sent.slice(0..0), fact);
        }
        let read = Ticket {
            traveller: owner,
            number,
            kind: text(kind),
            booklets: super::values::number(booklets),
            fare_bases: std::mem::take(&mut self.draft.fare_bases),
            ..Ticket::default()
        };
        let tickets = &mut self.booking().tickets;
        let known = tickets.iter().take(SEARCHED).position(|known| {
            known.number.is_some() && known.number == read.number && known.traveller == owner
        });
        let at = known.unwrap_or_else(|| {
            tickets.push(read);
            tickets.len() - 1
        });
        self.draft.ticket = Some(at);
    }

    /// MON: amounts of the ticket in hand.
    pub(super) fn price(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Ticket);
        for element in 1..=segment.len() {
            self.amount(segment.composite(element).parts());
        }
    }

    /// One amount of the ticket in hand.
    pub(super) fn amount(&mut self, [kind, amount, currency]: [Part<'a>; 3]) {
        let Some(ticket) = self.ticket_in_hand() else {
            return;
        };
        let amount = money(amount, currency);
        match &*code(kind) {
            b"B" => ticket.base = amount.or(ticket.base.take()),
            b"T" => ticket.total = amount.or(ticket.total.take()),
            _ => {}
        }
    }

    /// PTK: restrictions and the last moment of ticketing.
    pub(super) fn restrictions(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Ticket);
        let deadline = self.moment(segment.part(3, 1), segment.part(3, 2));
        if let Some(ticket) = self.ticket_in_hand() {
            ticket.deadline = deadline.or(ticket.deadline);
            ticket.restrictions = segment.parts(1).filter_map(text).collect();
        }
    }

    /// TXD: one tax an element.
    pub(super) fn taxes(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Ticket);
        for element in 2..=segment.len() {
            self.tax(segment.composite(element).parts());
        }
    }

    /// One tax of the ticket in hand.
    pub(super) fn tax(&mut self, [amount, country, currency, code]: [Part<'a>; 4]) {
        if let Some(ticket) = self.ticket_in_hand()
            && let Some(money) = money(amount, currency)
        {
            let country = text(country);
            let code = text(code);
            add(
                &mut ticket.taxes,
                Tax {
                    money,
                    country,
                    code,
                },
            );
        }
    }

    /// FAR: fare bases, of the ticket in hand or of the one that follows.
    pub(super) fn fare(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Ticket);
        for element in 6..=segment.len() {
            self.fare_basis(segment.part(element, 1));
        }
    }

    pub(super) fn fare_basis(&mut self, part: Part<'a>) {
        let Some(basis) = text(part) else { return };
        match self.ticket_in_hand() {
            Some(ticket) => {
                add(&mut ticket.fare_bases, basis);
            }
            None => self.draft.fare_bases.push(basis),
        }
    }

    /// IFT 15: fare calculation, cut into elements anywhere.
    pub(super) fn fare_calculation(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Ticket);
        let mut whole = Text::default();
        for element in 2..=segment.len() {
            whole.push_str(&segment.rest(element, 1).text());
        }
        let value = self.body.personal(whole, segment.rest(2, 1));
        if let Some(ticket) = self.ticket_in_hand().filter(|_| !value.expose().is_empty()) {
            ticket.calculation = ticket.calculation.take().or(Some(value));
        }
    }

    /// EBD: what was paid, then pieces, weight or size.
    pub(super) fn excess_baggage(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Baggage);
        let mut read = ExcessBaggage {
            traveller: self
                .draft
                .traveller
                .filter(|_| self.place != Place::Booking),
            charge: money(segment.part(1, 2), segment.part(1, 1)),
            ..ExcessBaggage::default()
        };
        for element in 2..=segment.len() {
            let of = |component| segment.part(element, component);
            match &*code(of(3)) {
                b"N" => read.pieces = number(of(1)),
                b"W" => {
                    let weight = number(of(2)).or_else(|| number(of(1)));
                    read.weight_kg = super::checkin::kilograms(weight, *code(of(4)) == *b"L");
                }
                _ => {}
            }
        }
        if read.charge.is_some() || read.pieces.is_some() || read.weight_kg.is_some() {
            self.booking().excess_baggage.push(read);
        }
    }

    pub(super) fn ticket_in_hand(&mut self) -> Option<&mut Ticket> {
        let at = self.draft.ticket?;
        self.booking().tickets.get_mut(at)
    }
}

/// An amount with its currency; `None` where no amount was sent.
fn money(amount: Part<'_>, currency: Part<'_>) -> Option<Money> {
    Some(Money {
        amount: text(amount)?,
        currency: text(currency),
    })
}
