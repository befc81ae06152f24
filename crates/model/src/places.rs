//! Moves the places of values: for messages that were read from a copy of what was sent.
//!
//! - In: a message and how a place in the copy becomes one in what was sent.
//! - Invariant: every type is taken apart field by field, so that a new field with a place cannot
//!   be forgotten.

use crate::*;

/// Something with places in it.
pub trait Places {
    /// Moves each place.
    fn move_places(&mut self, to: &mut dyn FnMut(Span) -> Span);
}

impl<T> Places for Personal<T> {
    fn move_places(&mut self, to: &mut dyn FnMut(Span) -> Span) {
        self.move_to(to(self.at()));
    }
}

impl<T: Places> Places for Option<T> {
    fn move_places(&mut self, to: &mut dyn FnMut(Span) -> Span) {
        if let Some(value) = self {
            value.move_places(to);
        }
    }
}

impl<T: Places> Places for Vec<T> {
    fn move_places(&mut self, to: &mut dyn FnMut(Span) -> Span) {
        for value in self {
            value.move_places(to);
        }
    }
}

impl<T: Places> Places for (Text, T) {
    fn move_places(&mut self, to: &mut dyn FnMut(Span) -> Span) {
        self.1.move_places(to);
    }
}

/// Structures: the fields with places, and those without.
macro_rules! places {
    ($name:ident { $($field:ident),* } without { $($rest:ident),* }) => {
        impl Places for $name {
            fn move_places(&mut self, to: &mut dyn FnMut(Span) -> Span) {
                let Self { $($field,)* $($rest: _,)* } = self;
                $($field.move_places(to);)*
            }
        }
    };
}

places!(Message { travellers, bookings } without { envelope, flights, announced });
places!(PersonName { surname, given } without { title, maybe_truncated });
places!(Document { number, issuer, issuer_text, expires, issued, holder }
    without { kind, primary_holder });
places!(Bag { tag } without { to });
places!(BagPool { reference } without { head });
places!(Traveller {
    name, birth, sex, nationalities, residence, birth_place, address, documents, locator,
    carrier_ref, seat, bags, frequent_flyer, tickets, government_refs, bag_pool, more_locators
} without {
    role, nationality_derived, local_ref, from, to, clearance, infant, unaccompanied_minor, status,
    checked_in, sequence, bag_count, bag_weight_kg, verified, crew_function, travels_with
});
places!(Locator { code } without { company, departure_control, created });
places!(Contact { value } without { kind, traveller });
places!(Payment { number_masked, expires, payer } without { form, vendor, amount });
places!(Agency { agent } without { company, iata, office, city, country, kind });
places!(Split { locator } without { travellers });
places!(Ticket { number, calculation } without {
    traveller, kind, booklets, issued, base, total, taxes, restrictions, deadline, fare_bases
});
places!(OtherService { name, confirmation } without { kind, place, vendor, product, from, to });
places!(HistoryEntry { agent, items } without { kind, at, place, company });
places!(HistoryItem { past } without { action });
places!(Booking {
    locators, agency, contacts, payments, group, splits, tickets, services, past
} without {
    status, changed, ticketed, itinerary, travellers, history, remarks, non_air, excess_baggage
});

impl Places for Past {
    fn move_places(&mut self, to: &mut dyn FnMut(Span) -> Span) {
        match self {
            Self::Name(name) => name.move_places(to),
            Self::Document(document) => document.move_places(to),
            Self::Contact(contact) => contact.move_places(to),
            Self::Seat(seat) => seat.move_places(to),
            Self::Bags(bags) => bags.move_places(to),
            Self::Flight(_) | Self::Remark | Self::Service(_) | Self::Other => {}
        }
    }
}
