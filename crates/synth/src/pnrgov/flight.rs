//! Groups 5 to 7 of PNRGOV: a flight of the itinerary, seats and check-in.

use super::{Push, Pushed, local_ref, type_code};
use crate::booking::{Kind, Passenger};
use crate::dates::{ddmmyy, hhmm};
use crate::itinerary::Hop;
use crate::sent_name::{title, with_title};
use compact_str::format_compact;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use oriel_edifact::Writer;
use oriel_model::Text;

impl Push<'_> {
    /// Groups 5 to 7: one flight, with check-in once it is closed.
    pub(super) fn hop(&self, out: &mut Writer, pushed: &Pushed<'_>, hop: &Hop, ticketed: bool) {
        let booking = pushed.booking;
        let here = hop.flight == Some(self.flight.index);
        let own = format_compact!("{:04}", hop.number);
        let class = format_compact!("{}", booking.class);
        let sold = hop.sold_as.filter(|_| booking.one_in(2));
        let times = [
            ddmmyy(hop.departs.date()),
            hhmm(hop.departs),
            ddmmyy(hop.arrives.date()),
            hhmm(hop.arrives),
        ];
        let times = [&*times[0], &*times[1], &*times[2], &*times[3]];
        match sold {
            Some((seller, number)) => {
                let number = format_compact!("{number}");
                out.segment(
                    "TVL",
                    &[
                        &times,
                        &[hop.from],
                        &[hop.to],
                        &[seller, hop.carrier],
                        &[&number, &class],
                    ],
                );
                if self.style.tra {
                    out.segment("TRA", &[&[hop.carrier], &[&own, &class]]);
                }
            }
            None => out.segment(
                "TVL",
                &[
                    &times,
                    &[hop.from],
                    &[hop.to],
                    &[hop.carrier],
                    &[&own, &class],
                ],
            ),
        }
        let seated = || {
            booking
                .party
                .iter()
                .filter(|p| !matches!(p.kind, Kind::Infant(_)))
        };
        let party = format_compact!("{}", seated().count());
        out.segment("RPI", &[&[&party], &["HK"]]);
        out.segment("APD", &[&["321"]]);
        if sold.is_some() && !self.style.tra {
            out.segment("TVL", &[&[], &[], &[], &[], &[&own, &class]]);
        }
        let carrier = self.flight.carrier.code;
        if here && ticketed {
            let mut ssr = vec![];
            let count = format_compact!("{}", seated().count());
            let head = ["SEAT", "HK", &count, carrier, "", "", hop.from, hop.to];
            let seats: Vec<(Text, Text)> = booking
                .party
                .iter()
                .enumerate()
                .filter(|(_, p)| !matches!(p.kind, Kind::Infant(_)))
                .map(|(place, _)| (padded_seat(pushed.seat + place), local_ref(place)))
                .collect();
            let data: Vec<[&str; 3]> = seats.iter().map(|(s, p)| [&**s, "", &**p]).collect();
            ssr.push(&head[..]);
            ssr.extend(data.iter().map(|d| &d[..]));
            out.segment("SSR", &ssr);
        }
        if here && self.is_checked_in(booking) {
            for (place, passenger) in booking.party.iter().enumerate() {
                if !matches!(passenger.kind, Kind::Infant(_)) {
                    self.check_in(out, pushed, place, passenger, hop);
                }
            }
        }
    }

    /// Groups 6 and 7 of one traveller.
    fn check_in(
        &self,
        out: &mut Writer,
        pushed: &Pushed<'_>,
        place: usize,
        passenger: &Passenger,
        hop: &Hop,
    ) {
        let booking = pushed.booking;
        let carrier = self.flight.carrier.code;
        let at = self.flight.departs - SignedDuration::from_mins(booking.checks_in_before);
        let at = at.to_zoned(TimeZone::UTC).datetime();
        if place == 0 {
            out.segment("DAT", &[&["2", &ddmmyy(at.date()), &hhmm(at)]]);
            out.segment(
                "ORG",
                &[&[carrier, hop.from], &[], &[], &[], &[], &[], &["GS"]],
            );
        }
        let sequence = format_compact!("{:03}", pushed.seat + place + 1);
        let local = local_ref(place);
        out.segment("TRI", &[&[], &[&sequence, "", "", &local]]);
        let given = with_title(&passenger.person.given, title(passenger), self.style.given);
        let kind = type_code(passenger.kind);
        out.segment(
            "TIF",
            &[&[&passenger.person.surname, "I"], &[&given, kind, &local]],
        );
        let cabin = format_compact!("{}", booking.class);
        out.segment(
            "SSD",
            &[
                &[&padded_seat(pushed.seat + place)],
                &[],
                &[],
                &[],
                &[&cabin],
            ],
        );
        let (pieces, weight, tag) = passenger.bags;
        if pieces > 0 {
            let (count, weight) = (format_compact!("{pieces}"), format_compact!("{weight}"));
            let tag = format_compact!("0{}{tag:06}", self.flight.carrier.accounting);
            let to = booking.itinerary[booking.outward - 1].to;
            out.segment(
                "TBD",
                &[
                    &[],
                    &[&count, &weight, "700"],
                    &[],
                    &[],
                    &[carrier, &tag, &count, to],
                ],
            );
        }
    }
}

/// The seat with this number, counted through the cabin: `14C`.
pub(crate) fn seat(number: usize) -> Text {
    let letter = char::from(b"ABCDEF"[number % 6]);
    format_compact!("{}{letter}", number / 6 + 1)
}

pub(super) fn padded_seat(number: usize) -> Text {
    format_compact!("{:0>4}", seat(number))
}

#[cfg(test)]
mod tests {
    use super::{padded_seat, seat};

    #[test]
    fn seats_count_through_the_cabin() {
        assert_eq!(seat(0), "1A");
        assert_eq!(seat(80), "14C");
        assert_eq!(padded_seat(80), "014C");
    }
}
