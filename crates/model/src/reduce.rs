//! A report with some of its persons only, or without some.

use crate::{Report, Traveller};

impl Report {
    /// The report without the travellers at `gone`, whose places stay behind blank, so that the
    /// others are known by theirs. Bookings that held nobody else go; of the others goes whatever
    /// is marked as theirs.
    pub fn without(&self, gone: &[u32]) -> Self {
        let is_gone = |place: &u32| gone.contains(place);
        let mut left = self.clone();
        for (place, traveller) in (0u32..).zip(&mut left.travellers) {
            if is_gone(&place) {
                *traveller = Traveller::erased();
            } else if traveller.travels_with.as_ref().is_some_and(is_gone) {
                traveller.travels_with = None;
            }
        }
        for booking in &mut left.bookings {
            booking.travellers.retain(|place| !is_gone(place));
            booking
                .contacts
                .retain(|contact| !contact.traveller.as_ref().is_some_and(is_gone));
        }
        left.bookings
            .retain(|booking| !booking.travellers.is_empty());
        left
    }

    /// The report with the travellers at `keep` (ascending), their bookings, and nothing of the
    /// others: contacts, splits and seats of other persons go with them.
    pub fn only(&self, keep: &[u32]) -> Self {
        let new = |old: u32| keep.binary_search(&old).ok().map(|place| place as u32);
        let travellers = keep
            .iter()
            .filter_map(|old| self.travellers.get(*old as usize))
            .cloned()
            .map(|mut traveller| {
                traveller.travels_with = traveller.travels_with.and_then(new);
                traveller
            })
            .collect();
        let bookings = self
            .bookings
            .iter()
            .filter(|booking| booking.travellers.iter().any(|old| new(*old).is_some()))
            .cloned()
            .map(|mut booking| {
                booking.travellers = booking.travellers.iter().copied().filter_map(new).collect();
                booking
                    .contacts
                    .retain_mut(|contact| match contact.traveller {
                        None => true,
                        Some(old) => {
                            contact.traveller = new(old);
                            contact.traveller.is_some()
                        }
                    });
                booking
            })
            .collect();
        Self {
            message: self.message,
            envelope: self.envelope.clone(),
            flight: self.flight.clone(),
            travellers,
            bookings,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::*;

    fn report() -> Report {
        let named = |name: &str| {
            let mut t = Traveller::new(Role::Passenger);
            t.name.surname = Some(Personal::new(name.into(), Span::default()));
            t
        };
        let contact = |traveller, value: &str| Contact {
            kind: ContactKind::Phone,
            value: Personal::new(value.into(), Span::default()),
            traveller,
        };
        let mut infant = named("C");
        infant.travels_with = Some(1);
        Report {
            message: [1; 32],
            envelope: Envelope {
                kind: "PNRGOV".into(),
                version: "11.1".into(),
                reference: "1".into(),
                interchange: "1".into(),
                function: Function::FullPush,
                sender: "ZQ".into(),
                recipient: "XO".into(),
                sent: None,
                access_reference: None,
                transaction: None,
                part: Part {
                    number: 1,
                    last: true,
                },
                test: false,
            },
            flight: Flight::default(),
            travellers: vec![named("A"), named("B"), infant],
            bookings: vec![
                Booking {
                    travellers: vec![0],
                    ..Booking::default()
                },
                Booking {
                    travellers: vec![0, 1, 2],
                    contacts: vec![
                        contact(None, "1"),
                        contact(Some(0), "2"),
                        contact(Some(1), "3"),
                    ],
                    ..Booking::default()
                },
            ],
        }
    }

    #[track_caller]
    fn check(keep: &[u32], travellers: &str, bookings: &[(&[u32], &[Option<u32>])]) {
        let got = report().only(keep);
        let name = |t: &Traveller| t.name.surname.as_ref().unwrap().expose().to_string();
        let names: Vec<String> = got.travellers.iter().map(name).collect();
        assert_eq!(names.join(""), travellers);
        let got: Vec<(Vec<u32>, Vec<Option<u32>>)> = got
            .bookings
            .iter()
            .map(|b| {
                let contacts = b.contacts.iter().map(|c| c.traveller).collect();
                (b.travellers.clone(), contacts)
            })
            .collect();
        let expect: Vec<_> = bookings
            .iter()
            .map(|(t, c)| (t.to_vec(), c.to_vec()))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn what_belongs_to_others_goes_with_them() {
        check(&[1, 2], "BC", &[(&[0, 1], &[None, Some(0)])]);
        check(&[0], "A", &[(&[0], &[]), (&[0], &[None, Some(0)])]);
        check(&[], "", &[]);
        assert_eq!(report().only(&[0, 1, 2]), report());
    }

    /// R-DSR-01.
    #[test]
    fn who_was_erased_leaves_a_blank_place_and_the_others_keep_theirs() {
        let left = report().without(&[0]);
        assert!(left.travellers[0].is_erased());
        assert_eq!(left.travellers[1..], report().travellers[1..]);
        let held: Vec<_> = left.bookings.iter().map(|b| &*b.travellers).collect();
        assert_eq!(held, [[1, 2]]);
        let contacts: Vec<_> = left.bookings[0]
            .contacts
            .iter()
            .map(|c| c.traveller)
            .collect();
        assert_eq!(contacts, [None, Some(1)]);
        let journey = merge(vec![left]);
        assert_eq!(journey.people.len(), 2, "nobody stands in a blank place");
        assert!(!report().travellers[0].is_erased());
    }

    #[test]
    fn an_infant_without_its_companion_stands_alone() {
        let got = report().only(&[2]);
        assert_eq!(got.travellers[0].travels_with, None);
    }
}
