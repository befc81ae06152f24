//! Persons of the list that airlines sent to the United States before D.02B: one PDT each.
//!
//! - Source: US Customs "US EDIFACT" PAXLST, versions without a directory such as `001:000`.
//! - Invariant: a middle name may be left out without its separator, so that what follows slides;
//!   the birth date is found by its shape.

use super::{List, personal_text};
use crate::body::Body;
use crate::dates;
use crate::envelope::text;
use crate::findings::paxlst as found;
use crate::value::Value;
use oriel_edifact::{Part, Segment};
use oriel_model::{
    BirthDate, Document, Element, Function, Personal, Port, Role, Sex, Text, Traveller,
};

impl List {
    /// PDT: document, person, status and places in one segment.
    pub(super) fn pdt(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        self.close_person(body);
        self.begin_person(body, segment.span());
        if !self.has_purpose {
            // These lists have no BGM; they say of each person what it is.
            self.has_purpose = true;
            self.message.envelope.function = Function::PassengerList;
        }
        body.mark_element(segment, 1, Element::Document);
        body.mark_element(segment, 3, Element::Structure);
        body.mark_element(segment, 4, Element::Itinerary);

        let status = segment.part(3, 1);
        let mut person = Traveller::new(match &*status.code() {
            b"PAX" => Role::Passenger,
            b"CRW" => Role::Crew,
            b"ITI" => Role::TransitPassenger,
            _ => {
                body.report(&found::UNKNOWN_ROLE, segment.element_span(3));
                Role::from_code(&status.trimmed())
            }
        });
        self.legacy_person(body, segment, &mut person);
        person.documents.extend(self.legacy_document(body, segment));
        person.from = self.legacy_airport(body, segment.part(4, 1));
        person.to = self.legacy_airport(body, segment.part(4, 2));
        self.message.travellers.push(person);
    }

    /// Names, birth date and sex.
    fn legacy_person(
        &mut self,
        body: &mut Body<'_, '_>,
        segment: &Segment<'_>,
        person: &mut Traveller,
    ) {
        let is_date = |part: &Part<'_>| {
            let code = part.code();
            code.len() == 6 && code.iter().all(u8::is_ascii_digit)
        };
        let date = (2..=5).find(|&at| is_date(&segment.part(2, at)));
        let last_name = date.map_or(3, |date| date - 1);
        for name in 1..=last_name {
            body.mark(segment.part(2, name), Element::Name);
        }
        person.name.surname = personal_text(body, &segment.part(2, 1));
        if person.name.surname.is_none() {
            body.report(&found::NO_NAME, segment.element_span(2));
        }
        let given = (2..=last_name).map(|at| segment.part(2, at));
        let given: Vec<Part<'_>> = given.filter(|part| !part.code().is_empty()).collect();
        if let [first, .., last] | [first @ last] = &given[..] {
            let names: Vec<_> = given.iter().map(|part| part.trimmed()).collect();
            let at = body.span(first.span().start..last.span().end);
            person.name.given = Some(Personal::new(Text::from(names.join(" ")), at));
        }
        let Some(date) = date else {
            return;
        };
        let (born, sex) = (segment.part(2, date), segment.part(2, date + 1));
        body.mark(born, Element::BirthDate);
        body.mark(sex, Element::Sex);
        let reading = dates::birth(&born.code(), b"", self.reference);
        if reading.fault.is_some() {
            body.report(&found::BIRTH_NOT_IN_CALENDAR, born.span());
        }
        let birth = BirthDate {
            date: reading.date,
            text: (!reading.is_plain()).then(|| text(born)),
        };
        person.birth = Some(body.personal(birth, born));
        if !sex.code().is_empty() {
            person.sex = Some(body.personal(Sex::from_code(&sex.trimmed()), sex));
        }
    }

    /// `P/E54321A`, last day of validity, issuing state.
    fn legacy_document(
        &mut self,
        body: &mut Body<'_, '_>,
        segment: &Segment<'_>,
    ) -> Option<Document> {
        let (document, expiry, issuer) =
            (segment.part(1, 1), segment.part(1, 2), segment.part(1, 3));
        let sent = document.trimmed();
        let (kind, number) = sent.split_once('/').unwrap_or(("", &sent));
        if sent.is_empty() {
            return None;
        }
        if number.is_empty() {
            body.report(&found::DOCUMENT_WITHOUT_NUMBER, document.span());
        }
        if kind.is_empty() {
            body.report(&found::DOCUMENT_WITHOUT_KIND, document.span());
        }
        let reading = dates::document(&expiry.code(), b"", self.reference);
        if reading.fault.is_some() && !expiry.code().is_empty() {
            body.report(&found::DATE_UNREADABLE, expiry.span());
        }
        let text = issuer.text();
        let issuer = Value::new(&text, issuer.span());
        let issuer = (!issuer.text().is_empty()).then(|| self.memos.state(body, &issuer));
        Some(Document {
            kind: Text::from(kind),
            number: (!number.is_empty()).then(|| body.personal(Text::from(number), document)),
            issuer: issuer.flatten(),
            expires: reading.date.map(|date| body.personal(date, expiry)),
            ..Document::default()
        })
    }

    /// An airport, often with the two letters of its state before it: `NZAKL`.
    fn legacy_airport(&mut self, body: &mut Body<'_, '_>, part: Part<'_>) -> Option<Port> {
        let sent = part.trimmed();
        match sent.get(2..) {
            Some(place) if sent.len() == 5 => {
                let airport = Port::airport(place).ok();
                if airport.is_none() {
                    body.report(&found::AIRPORT_UNREADABLE, part.span());
                }
                airport
            }
            _ => self
                .memos
                .port(body, &Value::new(&part.text(), part.span())),
        }
    }
}
