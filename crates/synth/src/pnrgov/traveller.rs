//! Groups 2 to 4 of PNRGOV: a traveller, their documents, ticket and payment.

use super::flight::seat;
use super::{Push, Pushed, has_ticket, local_ref, pays_by_card, type_code};
use crate::booking::{Booking, Kind, Passenger};
use crate::dates::{ddmmyy, ddmonyy, hhmm};
use crate::fault::FaultKind;
use crate::said::SaidPerson;
use crate::sent_name::{title, untitled, with_title};
use compact_str::format_compact;
use oriel_edifact::Writer;
use oriel_model::Text;

impl Push<'_> {
    /// Group 2 up to the tickets.
    pub(super) fn traveller(
        &self,
        out: &mut Writer,
        pushed: &Pushed<'_>,
        place: usize,
        passenger: &Passenger,
        hurt: bool,
    ) -> SaidPerson {
        let booking = pushed.booking;
        let person = &passenger.person;
        let carrier = self.flight.carrier.code;
        let local = local_ref(place);
        let kind = type_code(passenger.kind);
        let carries = booking.party.iter().any(|p| p.kind == Kind::Infant(place));
        let given = with_title(&person.given, title(passenger), self.style.given);
        let infant_mark = if carries { "1" } else { "" };
        out.segment(
            "TIF",
            &[
                &[&person.surname, "I"],
                &[&given, kind, &local, infant_mark],
            ],
        );
        if passenger.one_in(6) && passenger.kind == Kind::Adult {
            let number = format_compact!("{}", 5_000_000 + passenger.id);
            out.segment("FTI", &[&[carrier, &number, &local]]);
        }
        let reference = passenger.reference();
        out.segment("REF", &[&["", &reference]]);
        if has_ticket(booking) {
            let basis = format_compact!("{}LFLEX", booking.class);
            let fare = if kind == "UN" { "C" } else { kind };
            out.segment("FAR", &[&[fare], &[], &[], &[], &[], &[&basis]]);
        }
        let mut said = SaidPerson {
            role: "passenger",
            surname: person.surname.clone(),
            given: untitled(&person.given, self.style.given),
            locator: booking.locator.clone(),
            reference,
            infant: matches!(passenger.kind, Kind::Infant(_)),
            planted: passenger.planted,
            ..SaidPerson::default()
        };
        if !said.infant && (has_ticket(booking) || self.is_checked_in(booking)) {
            said.seat = seat(pushed.seat + place);
        }
        if self.knows_documents(booking) {
            // A lap infant's passport travels on its adult, with the infant's mark.
            if !said.infant {
                let shifted = hurt && self.fault == Some(FaultKind::ShiftedDocs);
                self.docs(out, passenger, "", shifted);
            }
            for lap in booking
                .party
                .iter()
                .filter(|p| p.kind == Kind::Infant(place))
            {
                let unmarked = self.fault == Some(FaultKind::InfantOnParent);
                self.docs(out, lap, if unmarked { "" } else { "I" }, false);
            }
            said.birth = format_compact!("{}", person.birth);
            said.sex = if person.woman { "F" } else { "M" };
            said.nationality = person.state;
            if let Some(passport) = person.documents.first() {
                said.documents
                    .push((passport.kind, passport.number.clone(), passport.issuer));
            }
            if let Some(visa) = person
                .documents
                .iter()
                .find(|document| document.kind == "V")
            {
                let text = format_compact!("//V/{}/AMAUROT//{}", visa.number, visa.issuer);
                out.segment(
                    "SSR",
                    &[&["DOCO", "HK", "1", carrier, "", "", "", "", &text]],
                );
                said.documents.push(("V", visa.number.clone(), visa.issuer));
            }
        }
        if said.infant {
            // The request on the adult says when the infant was born.
            said.birth = format_compact!("{}", person.birth);
        }
        for lap in booking
            .party
            .iter()
            .filter(|p| p.kind == Kind::Infant(place))
        {
            let hop = &booking.itinerary[0];
            let baby = &lap.person;
            let given = match baby.given.as_str() {
                "" => "FNU",
                given => given,
            };
            let text = format_compact!("{}/{given} {}", baby.surname, ddmonyy(baby.birth));
            out.segment(
                "SSR",
                &[
                    &["INFT", "HK", "1", carrier, "", "", hop.from, hop.to, &text],
                    &["", "", &local],
                ],
            );
        }
        said
    }

    /// SSR DOCS.
    fn docs(&self, out: &mut Writer, passenger: &Passenger, infant: &str, shifted: bool) {
        let person = &passenger.person;
        let Some(passport) = person.documents.first() else {
            return;
        };
        let sex = if person.woman { "F" } else { "M" };
        let given = person.given.replacen(' ', "/", 1);
        let text = format_compact!(
            "{}/{}/{}/{}/{}/{}/{sex}{infant}/{}/{}/{given}",
            if shifted { "/" } else { "" },
            passport.kind,
            passport.issuer,
            passport.number,
            person.state,
            ddmonyy(person.birth),
            ddmonyy(passport.expires),
            person.surname,
        );
        let carrier = self.flight.carrier.code;
        out.segment(
            "SSR",
            &[&["DOCS", "HK", "1", carrier, "", "", "", "", &text]],
        );
    }

    /// Groups 3 and 4.
    pub(super) fn ticket(
        &self,
        out: &mut Writer,
        booking: &Booking,
        passenger: &Passenger,
        pays: bool,
    ) {
        let accounting = self.flight.carrier.accounting;
        let number = format_compact!("{accounting}{:010}", passenger.ticket);
        out.segment("TKT", &[&[&number, "T"]]);
        let base = 80 + booking.whim % 900;
        let base_text = format_compact!("{base}.00");
        let total = format_compact!("{}.50", base + 61);
        out.segment("MON", &[&["B", &base_text, "EUR"], &["T", &total, "EUR"]]);
        out.segment("TXD", &[&[], &["61.50", "", "EUR", "YQ"]]);
        let date = ddmmyy(booking.created.date());
        out.segment("DAT", &[&["710", &date, &hhmm(booking.created)]]);
        if !pays {
            return;
        }
        if pays_by_card(booking) {
            let last = booking.whim % 10_000;
            let number = if self.fault == Some(FaultKind::BareCardNumber) {
                card_number(last)
            } else {
                format_compact!("999999XXXXXX{last:04}")
            };
            out.segment("FOP", &[&["CC", "", &total, "VI", &number, "0330"]]);
        } else {
            out.segment("FOP", &[&["CA", "", &total]]);
        }
        if booking.one_in(11) {
            let sponsor = format_compact!("{} HOLDINGS", passenger.person.surname);
            out.segment(
                "IFT",
                &[&["4", "43"], &[&sponsor], &["1 LEDGER ROW AMAUROT"]],
            );
        }
    }
}

/// A full card number that no issuer uses (it starts with 999999) and whose check digit fits.
fn card_number(last: u64) -> Text {
    let body = format_compact!("99999900000{last:04}");
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(i, digit)| {
            let value = u32::from(digit - b'0') * if i % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    format_compact!("{body}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::card_number;

    #[test]
    fn bare_card_numbers_pass_the_check_that_masking_uses() {
        for last in [0, 1, 42, 9999] {
            let number = card_number(last);
            let sum: u32 = number
                .bytes()
                .rev()
                .enumerate()
                .map(|(i, digit)| {
                    let value = u32::from(digit - b'0') * if i % 2 == 1 { 2 } else { 1 };
                    value / 10 + value % 10
                })
                .sum();
            assert_eq!((number.len(), sum % 10), (16, 0));
        }
    }
}
