//! One traveller as screening sees them: every name, date, state and document known of them.
//!
//! Invariant: facts are kept sorted and without repetition, so that equal facts give equal digests
//! in whatever order they arrived.

use crate::person::sex_code;
use crate::selectors::{SelectorKind, SubjectSelector, asked};
use crate::{Birth, Person, country_code};
use oriel_model::{
    Booking, DocumentKey, Element, PartialDate, PersonName, Personal, Text, Traveller,
};
use oriel_names::{Name, Source};
use sha2::{Digest, Sha256};
use std::fmt;

/// A name of a traveller and where it was written.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectName {
    /// Where it was written.
    pub source: Source,
    /// Family name, or the whole name where `given` is empty.
    pub surname: Text,
    /// Given names.
    pub given: Text,
    /// Its end may be cut off.
    pub cut: bool,
}

impl SubjectName {
    pub(crate) fn read(&self) -> Name {
        if self.given.is_empty() {
            Name::read_full(self.source, &self.surname).cut_off(self.cut)
        } else {
            Name::read(self.source, &self.surname, &self.given).cut_off(self.cut)
        }
    }
}

/// A document of a traveller.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectDocument {
    /// Number and issuing state.
    pub key: DocumentKey,
    /// Kind as sent: `P`, `I`, `V`…
    pub kind: Text,
}

/// See the module. It does not print what it holds.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Subject {
    names: Vec<SubjectName>,
    births: Vec<PartialDate>,
    sexes: Vec<Text>,
    nationalities: Vec<Text>,
    issuers: Vec<Text>,
    documents: Vec<SubjectDocument>,
    places: Vec<Text>,
    selectors: Vec<SubjectSelector>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Subject({} names, {} dates, {} documents)",
            self.names.len(),
            self.births.len(),
            self.documents.len()
        )
    }
}

fn insert<T: Ord>(values: &mut Vec<T>, value: T) {
    if let Err(at) = values.binary_search(&value) {
        values.insert(at, value);
    }
}

impl Subject {
    /// What a message says of a traveller.
    pub fn from_traveller(traveller: &Traveller) -> Self {
        let mut subject = Self::default();
        subject.add_person_name(&traveller.name);
        if let Some(date) = traveller.birth.as_ref().and_then(|b| b.expose().date) {
            subject.add_birth(date);
        }
        if let Some(sex) = &traveller.sex {
            subject.add_sex(sex.expose().code());
        }
        for nationality in &traveller.nationalities {
            if traveller.nationality_derived {
                subject.add_issuer(nationality.expose().as_str());
            } else {
                subject.add_nationality(nationality.expose().as_str());
            }
        }
        if let Some(place) = &traveller.birth_place {
            subject.add_place(place.expose());
        }
        for document in &traveller.documents {
            if let Some(holder) = &document.holder {
                subject.add_person_name(holder);
            }
            if let Some(key) = document.key() {
                subject.add_document(key, &document.kind);
            }
        }
        subject
    }

    /// A person of a query.
    pub fn from_person(person: &Person) -> Self {
        let mut subject = Self::default();
        for text in person.names.iter().chain(&person.weak) {
            subject.add_name(Source::of(text), text, "", false);
        }
        for birth in person.dob.iter().filter_map(|d| Birth::parse(d)) {
            // A traveller has one birth date; of a range its ends are tried.
            subject.add_birth(birth.from);
            subject.add_birth(birth.to);
        }
        for nationality in &person.nationality {
            subject.add_nationality(nationality);
        }
        if let Some(sex) = person.gender.as_deref() {
            subject.add_sex(sex);
        }
        for key in person.docs.iter().filter_map(|d| DocumentKey::new(d, None)) {
            subject.add_document(key, "");
        }
        subject
    }

    /// Document numbers, in the spelling in which they are compared.
    pub fn document_numbers(&self) -> impl Iterator<Item = &str> {
        self.documents
            .iter()
            .map(|document| document.key.number.as_str())
    }

    /// Names with all their parts.
    pub fn full_names(&self) -> impl Iterator<Item = String> {
        self.names
            .iter()
            .map(|name| format!("{} {}", name.surname, name.given))
    }

    /// Adds a name; an empty one is not added.
    pub fn add_name(&mut self, source: Source, surname: &str, given: &str, cut: bool) {
        let (surname, given) = match (surname.trim(), given.trim()) {
            ("", given) => (given, ""),
            both => both,
        };
        if !surname.is_empty() {
            let name = SubjectName {
                source,
                surname: surname.into(),
                given: given.into(),
                cut,
            };
            insert(&mut self.names, name);
        }
    }

    /// Adds a name of a message. A title that was already taken off was glued on, so that given
    /// names may be glued as well.
    fn add_person_name(&mut self, name: &PersonName) {
        let text = |part: &Option<oriel_model::Personal<Text>>| {
            part.as_ref()
                .map(|p| p.expose().clone())
                .unwrap_or_default()
        };
        let (surname, given) = (text(&name.surname), text(&name.given));
        // A booking's given names are one word; a manifest's have blanks between them.
        let source = if given.contains(' ') {
            Source::Manifest
        } else {
            Source::Booking
        };
        self.add_name(source, &surname, &given, name.maybe_truncated);
    }

    /// Adds a birth date.
    pub fn add_birth(&mut self, date: PartialDate) {
        insert(&mut self.births, date);
    }

    /// Adds a sex; what is neither male nor female says nothing.
    pub fn add_sex(&mut self, sex: &str) {
        if let Some(code) = sex_code(sex) {
            insert(&mut self.sexes, code);
        }
    }

    /// Adds a nationality as a code of two or three letters or an English name.
    pub fn add_nationality(&mut self, nationality: &str) {
        if let Some(code) = country_code(nationality) {
            insert(&mut self.nationalities, code.into());
        }
    }

    /// Adds a state that issued a document to the traveller.
    pub fn add_issuer(&mut self, state: &str) {
        if let Some(code) = country_code(state) {
            insert(&mut self.issuers, code.into());
        }
    }

    /// Adds a place of birth.
    pub fn add_place(&mut self, place: &str) {
        if !place.trim().is_empty() {
            insert(&mut self.places, place.trim().into());
        }
    }

    /// Adds a document; the state that issued one that proves identity is remembered.
    pub fn add_document(&mut self, key: DocumentKey, kind: &str) {
        if let Some(issuer) = &key.issuer
            && !kind.starts_with('V')
        {
            self.add_issuer(issuer.as_str());
        }
        insert(
            &mut self.documents,
            SubjectDocument {
                key,
                kind: kind.into(),
            },
        );
    }

    /// Adds what somebody can be reached at or has paid with; what says too little is not added.
    /// `own`: it is this traveller's, not only the booking's.
    pub fn add_selector(
        &mut self,
        kind: SelectorKind,
        value: &str,
        expires: Option<&str>,
        own: bool,
    ) {
        for (form, text) in asked(kind, value, expires) {
            insert(&mut self.selectors, SubjectSelector { form, text, own });
        }
    }

    /// Adds what a booking says of the traveller at this place of its message, as far as headings
    /// are `compared`.
    pub fn add_booking(
        &mut self,
        booking: &Booking,
        traveller: u32,
        compared: &dyn Fn(Element) -> bool,
    ) {
        let alone = booking.travellers == [traveller];
        if compared(Element::Contact) {
            for contact in &booking.contacts {
                if contact.traveller.is_some_and(|owner| owner != traveller) {
                    continue;
                }
                let own = alone || contact.traveller.is_some();
                for kind in SelectorKind::of_contact(contact.kind) {
                    self.add_selector(*kind, contact.value.expose(), None, own);
                }
            }
        }
        if compared(Element::Payment) {
            for payment in &booking.payments {
                let text =
                    |part: &Option<Personal<Text>>| part.as_ref().map(|p| p.expose().clone());
                if let Some(number) = text(&payment.number_masked) {
                    let expires = text(&payment.expires);
                    let kind = SelectorKind::Payment;
                    self.add_selector(kind, &number, expires.as_deref(), false);
                }
            }
        }
    }

    /// Adds the address at the destination, where its heading is `compared`.
    pub fn add_destination(&mut self, traveller: &Traveller, compared: &dyn Fn(Element) -> bool) {
        if compared(Element::Destination) && !traveller.address.is_empty() {
            let lines = traveller.address.iter();
            let lines: Vec<&str> = lines.map(|line| line.expose().as_str()).collect();
            self.add_selector(SelectorKind::Address, &lines.join(" "), None, true);
        }
    }

    /// Adds everything that is known of the other, who is the same person.
    pub fn merge(&mut self, other: Self) {
        other
            .names
            .into_iter()
            .for_each(|v| insert(&mut self.names, v));
        other
            .births
            .into_iter()
            .for_each(|v| insert(&mut self.births, v));
        other
            .sexes
            .into_iter()
            .for_each(|v| insert(&mut self.sexes, v));
        other
            .nationalities
            .into_iter()
            .for_each(|v| insert(&mut self.nationalities, v));
        other
            .issuers
            .into_iter()
            .for_each(|v| insert(&mut self.issuers, v));
        other
            .documents
            .into_iter()
            .for_each(|v| insert(&mut self.documents, v));
        other
            .places
            .into_iter()
            .for_each(|v| insert(&mut self.places, v));
        other
            .selectors
            .into_iter()
            .for_each(|v| insert(&mut self.selectors, v));
    }

    /// Digest of the selectors, where there are any.
    pub fn selectors_digest(&self) -> Option<[u8; 32]> {
        let mut digest = Sha256::new();
        for selector in &self.selectors {
            digest.update([selector.form as u8, u8::from(selector.own)]);
            digest.update((selector.text.len() as u32).to_be_bytes());
            digest.update(selector.text.as_bytes());
        }
        (!self.selectors.is_empty()).then(|| digest.finalize().into())
    }

    /// Digest of all facts about the person: equal facts, equal digest. What the person uses is
    /// beside them ([`Subject::selectors_digest`]): who travels with another telephone is the same.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let mut field = |tag: u8, parts: &[&str]| {
            digest.update([tag]);
            for part in parts {
                digest.update((part.len() as u32).to_be_bytes());
                digest.update(part.as_bytes());
            }
        };
        for n in &self.names {
            let kind = format!("{:?}{}", n.source, n.cut);
            field(1, &[&kind, &n.surname, &n.given]);
        }
        for b in &self.births {
            field(2, &[&b.to_string()]);
        }
        for s in &self.sexes {
            field(3, &[s]);
        }
        for n in &self.nationalities {
            field(4, &[n]);
        }
        for i in &self.issuers {
            field(5, &[i]);
        }
        for d in &self.documents {
            let issuer = d.key.issuer.as_ref().map_or("", |c| c.as_str());
            field(6, &[&d.key.number, issuer, &d.kind]);
        }
        for p in &self.places {
            field(7, &[p]);
        }
        digest.finalize().into()
    }

    /// Names.
    pub fn names(&self) -> &[SubjectName] {
        &self.names
    }

    /// Birth dates.
    pub fn births(&self) -> &[PartialDate] {
        &self.births
    }

    /// `M`, `F`.
    pub fn sexes(&self) -> &[Text] {
        &self.sexes
    }

    /// Nationalities.
    pub fn nationalities(&self) -> &[Text] {
        &self.nationalities
    }

    /// States that issued documents.
    pub fn issuers(&self) -> &[Text] {
        &self.issuers
    }

    /// Documents.
    pub fn documents(&self) -> &[SubjectDocument] {
        &self.documents
    }

    /// Places of birth.
    pub fn places(&self) -> &[Text] {
        &self.places
    }

    /// What the person can be reached at or has paid with.
    pub fn selectors(&self) -> &[SubjectSelector] {
        &self.selectors
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, Subject};
    use oriel_model::{
        BirthDate, Country, Document, PartialDate, Personal, Role, Sex, Span, Traveller,
    };

    fn personal<T>(value: T) -> Personal<T> {
        Personal::new(value, Span::default())
    }

    fn traveller() -> Traveller {
        let mut t = Traveller::new(Role::Passenger);
        t.name.surname = Some(personal("KESTRELMAN".into()));
        t.name.given = Some(personal("ODRAN".into()));
        t.birth = Some(personal(BirthDate {
            date: PartialDate::new(1976, 2, 17),
            text: None,
        }));
        t.sex = Some(personal(Sex::Male));
        t.nationalities = vec![personal(Country::parse("UTO").unwrap())];
        t.documents = vec![Document {
            kind: "P".into(),
            number: Some(personal("X 123".into())),
            issuer: Some(personal(Country::parse("D").unwrap())),
            ..Document::default()
        }];
        t
    }

    #[test]
    fn a_traveller_becomes_facts() {
        let subject = Subject::from_traveller(&traveller());
        assert_eq!(subject.names()[0].surname, "KESTRELMAN");
        assert_eq!(subject.nationalities(), ["UTO"]);
        assert_eq!(subject.issuers(), ["DEU"]);
        assert_eq!(subject.documents()[0].key.number, "X123");
        assert_eq!(
            format!("{subject:?}"),
            "Subject(1 names, 1 dates, 1 documents)"
        );
    }

    #[test]
    fn a_derived_nationality_is_only_an_issuing_state() {
        let mut t = traveller();
        t.nationality_derived = true;
        let subject = Subject::from_traveller(&t);
        assert!(subject.nationalities().is_empty());
        assert_eq!(subject.issuers(), ["DEU", "UTO"]);
    }

    #[test]
    fn equal_facts_have_equal_digests_in_whatever_order() {
        let booked = |s: &mut Subject| s.add_name(Source::Booking, "KESTRELMAN", "ODRANMR", false);
        let mut a = Subject::from_traveller(&traveller());
        booked(&mut a);
        let mut b = Subject::default();
        booked(&mut b);
        b.merge(Subject::from_traveller(&traveller()));
        b.merge(Subject::from_traveller(&traveller()));
        assert_eq!(a.digest(), b.digest());
        b.add_sex("F");
        assert_ne!(a.digest(), b.digest());
    }
}
