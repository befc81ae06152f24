//! Documents of a person: DOC with its dates and issuing state.
//!
//! - Source: PAXLST guide, group 5.
//! - Invariant: some senders write the details of a document before it. They are held for the
//!   next DOC of the same person and never move to somebody else.

use super::{Context, List};
use crate::body::{Body, Here};
use crate::dates::{self, DateFault};
use crate::envelope::text;
use crate::findings::paxlst as found;
use crate::mrz;
use crate::value::{Value, add};
use oriel_edifact::Segment;
use oriel_model::{Country, Document, Element, PartialDate, Personal, Text};
use std::ops::Range;

/// The most documents that are read of one person.
const MAX_DOCUMENTS: usize = 99;

/// Details of a document that stand before it.
#[derive(Debug, Default)]
pub(super) struct Details {
    /// This sender writes them first: one came before any document of this person.
    first: bool,
    issuer: Option<Issuer>,
    expires: Option<Personal<PartialDate>>,
    issued: Option<Personal<PartialDate>>,
    /// Where the first one stands that waits.
    place: Option<(Range<usize>, Here)>,
}

/// Which date of a document a segment gives.
pub(super) struct DateOf {
    /// The day of issue, not the last day of validity.
    pub(super) issue: bool,
    /// Where the segment stands.
    pub(super) at: Range<usize>,
}

/// Who issued a document: a state, or a text where no state was sent.
#[derive(Debug)]
struct Issuer {
    state: Option<Personal<Country>>,
    text: Option<Personal<Text>>,
}

impl List {
    /// DOC: a document of the person in hand.
    pub(super) fn doc(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        let (kind, number) = (segment.part(1, 1), segment.part(2, 1));
        body.mark(kind, Element::Document);
        body.mark_element(segment, 1, Element::Structure);
        body.mark_element(segment, 2, Element::Document);
        let kind = text(kind);
        if kind.is_empty() {
            body.report(&found::DOCUMENT_WITHOUT_KIND, segment.element_span(1));
        }
        let text = number.text();
        let number = Value::new(&text, number.span());
        self.document(body, kind, &number, segment.element_span(2));
    }

    /// A document of the person in hand, whose number stands in an element at `at`.
    pub(super) fn document(
        &mut self,
        body: &mut Body<'_, '_>,
        kind: Text,
        number: &Value<'_>,
        at: Range<usize>,
    ) {
        self.context = Context::Document;
        let sent = number.personal_text(body);
        if sent.is_none() {
            body.report(&found::DOCUMENT_WITHOUT_NUMBER, at);
        } else if mrz::check_digits_fit(number.text()) == Some(false) {
            body.report(&found::CHECK_DIGIT, number.span());
        }
        let held = std::mem::take(&mut self.held);
        self.held.first = held.first;
        let Some(person) = self.message.travellers.last_mut() else {
            return;
        };
        if person.documents.len() >= MAX_DOCUMENTS {
            return;
        }
        let document = add(&mut person.documents, Document::default());
        document.kind = kind;
        document.number = sent;
        document.expires = held.expires;
        document.issued = held.issued;
        if let Some(issuer) = held.issuer {
            issuer.give(document);
        }
    }

    /// LOC 91: who issued the document, in a segment that stands at `at`.
    pub(super) fn issuer(
        &mut self,
        body: &mut Body<'_, '_>,
        code: &Value<'_>,
        name: Option<Personal<Text>>,
        at: Range<usize>,
    ) {
        let issuer = Issuer {
            state: (!code.text().is_empty())
                .then(|| self.memos.state(body, code))
                .flatten(),
            text: name,
        };
        if issuer.state.is_none() && issuer.text.is_none() {
            return;
        }
        match self
            .open_document(|document| document.issuer.is_none() && document.issuer_text.is_none())
        {
            Some(document) => issuer.give(document),
            None => self.hold(body, at, |held| held.issuer = Some(issuer)),
        }
    }

    /// DTM 36 or 182: last day of validity, or day of issue.
    pub(super) fn date_of_document(
        &mut self,
        body: &mut Body<'_, '_>,
        of: DateOf,
        value: &Value<'_>,
        format: &[u8],
    ) {
        let sent = value.code();
        if sent.is_empty() {
            return;
        }
        let reading = dates::document(sent, format, self.reference);
        match reading.fault {
            Some(DateFault::NotInCalendar) => {
                body.report(&found::DATE_NOT_IN_CALENDAR, value.span());
            }
            Some(DateFault::Unreadable) => body.report(&found::DATE_UNREADABLE, value.span()),
            None => {}
        }
        let Some(date) = reading.date.map(|date| value.personal(body, date)) else {
            return;
        };
        if of.issue {
            match self.open_document(|document| document.issued.is_none()) {
                Some(document) => document.issued = Some(date),
                None => self.hold(body, of.at, |held| held.issued = Some(date)),
            }
        } else {
            match self.open_document(|document| document.expires.is_none()) {
                Some(document) => document.expires = Some(date),
                None => self.hold(body, of.at, |held| held.expires = Some(date)),
            }
        }
    }

    /// Ends what waits for a document of the person in hand.
    pub(super) fn drop_held(&mut self, body: &mut Body<'_, '_>) {
        if let Some(place) = std::mem::take(&mut self.held).place {
            body.report_later(&found::DETAIL_WITHOUT_DOCUMENT, place.0, place.1);
        }
    }

    /// The document in hand, if there is one and it still lacks something.
    fn open_document(&mut self, lacks: impl Fn(&Document) -> bool) -> Option<&mut Document> {
        let open = self.context == Context::Document;
        let person = self.message.travellers.last_mut().filter(|_| open)?;
        person
            .documents
            .last_mut()
            .filter(|document| lacks(document))
    }

    /// Keeps a detail for the next document.
    fn hold(&mut self, body: &mut Body<'_, '_>, at: Range<usize>, keep: impl FnOnce(&mut Details)) {
        if self.context == Context::Person {
            self.held.first = true;
        }
        if !self.held.first {
            // Details follow their documents here, and this one has it already.
            body.report(&found::DETAIL_WITHOUT_DOCUMENT, at);
            return;
        }
        keep(&mut self.held);
        if self.held.place.is_none() {
            self.held.place = Some((at, body.here()));
        }
    }
}

impl Issuer {
    fn give(self, document: &mut Document) {
        document.issuer = self.state;
        document.issuer_text = self.text;
    }
}
