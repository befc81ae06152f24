//! SSR DOCS, DOCO and DOCA: travel document, visa, addresses, as texts separated by slashes.
//!
//! - Source: AIRIMP 3.13 to 3.15.
//! - Senders lose or add a slash. DOCS is therefore read around its birth date: what stands before
//!   it is told apart by its looks, what stands behind it by its order.

use super::Reader;
use super::contact::association;
use super::request::Fact;
use super::time::is_spelled;
use super::values::{code, stretch, text};
use crate::findings::pnrgov as findings;
use oriel_edifact::Part;
use oriel_model::{BirthDate, Country, Document, Element, PersonName, Personal, Sex, Text};
use std::borrow::Cow;

/// What one DOCS says.
#[derive(Default)]
pub(super) struct Docs {
    /// Type, issuing state, number, dates and the names in the document.
    pub(super) document: Document,
    pub(super) nationality: Option<Personal<Country>>,
    pub(super) birth: Option<Personal<BirthDate>>,
    pub(super) sex: Option<Personal<Sex>>,
    /// Data of a lap infant (`MI`, `FI`).
    pub(super) infant: bool,
}

/// More fields than any of the three texts has.
const FIELDS: usize = 16;

/// Fields of a text. Index 0 is what stands before the first slash: nothing, in a proper text.
struct Fields<'a> {
    words: Part<'a>,
    /// Start and end of each in the words; those that were not sent stand at their end.
    places: [(u32, u32); FIELDS],
}

impl<'a> Fields<'a> {
    fn read(words: Part<'a>) -> Self {
        let end = words.raw().len() as u32;
        let mut places = [(end, end); FIELDS];
        for (place, cut) in places.iter_mut().zip(words.cuts(b'/')) {
            *place = (cut.start as u32, cut.end as u32);
        }
        let mut fields = Self { words, places };
        // A colon that nobody released may stand before the first slash.
        if !fields.code(0).is_empty() && *fields.code(0) != *b":" {
            fields.insert_slash();
        }
        fields
    }

    #[inline]
    fn part(&self, at: usize) -> Part<'a> {
        let (start, end) = self.places[at];
        self.words.slice(start as usize..end as usize)
    }

    fn code(&self, at: usize) -> Cow<'a, [u8]> {
        code(self.part(at))
    }

    fn insert_slash(&mut self) {
        self.places.rotate_right(1);
        let (start, _) = self.places[0];
        self.places[0] = (start, start);
    }

    /// Takes out field `at`, so that those behind it move up.
    fn remove(&mut self, at: usize) {
        self.places[at..].rotate_left(1);
        let (start, _) = self.places[FIELDS - 1];
        self.places[FIELDS - 1] = (start, start);
    }
}

/// Where the birth date stands: the first date with a sex behind it, else the fifth field or the
/// first date before it.
fn birth_field(fields: &Fields<'_>) -> usize {
    let is_date = |at: &usize| is_spelled(&fields.code(*at));
    let before_sex = |at: &usize| is_sex(&fields.code(at + 1));
    (2..=5)
        .find(|at| is_date(at) && before_sex(at))
        .or_else(|| Some(5).filter(is_date))
        .or_else(|| (2..5).find(is_date))
        .unwrap_or(5)
}

fn is_sex(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [b'M' | b'F' | b'X' | b'U'] | [b'M' | b'F' | b'X' | b'U', b'I']
    )
}

fn is_state(bytes: &[u8]) -> bool {
    (1..=3).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_uppercase)
}

fn is_document_type(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [b'P' | b'I' | b'A' | b'C' | b'F' | b'M' | b'N' | b'V' | b'T']
    ) || matches!(bytes, b"IP" | b"AC" | b"PP" | b"PD" | b"PS" | b"PO" | b"PT")
}

impl<'a> Reader<'_, 'a, '_> {
    /// DOCS: `/P/NOR/K7042189X/NOR/23FEB91/M/07JUN31/SURNAME/GIVEN/SECOND/H-1SURNAME/GIVEN`.
    pub(super) fn docs(&mut self, owner: Option<u32>, reference: Part<'a>, words: Part<'a>) {
        let mut fields = Fields::read(words);
        if self.continues(owner, reference, &fields) {
            return;
        }
        if fields.code(1).is_empty() && is_document_type(&fields.code(2)) {
            self.body.report(&findings::DOCS_SHIFTED, words.span());
            fields.remove(1);
        }
        let birth = birth_field(&fields);
        let mut docs = Docs::default();
        self.docs_head(&fields, birth, &mut docs);
        self.docs_tail(&fields, birth, &mut docs);
        let said = docs.document.number.is_some()
            || docs.birth.is_some()
            || docs.nationality.is_some()
            || docs.document.holder.is_some();
        if said {
            self.claim(owner, reference, Fact::Docs(Box::new(docs)));
        } else {
            self.body.report(&findings::DOCS_EMPTY, words.span());
        }
    }

    /// Type, issuing state, number and nationality: by their place, or by their looks where one of
    /// them is missing.
    fn docs_head(&mut self, fields: &Fields<'a>, birth: usize, docs: &mut Docs) {
        let [kind, mut issuer, mut number, mut nationality] =
            [1, 2, 3, 4].map(|at| fields.part(at));
        if birth < 5 {
            let none = number.slice(0..0);
            (issuer, number, nationality) = (none, none, none);
            for part in (2..birth).map(|at| fields.part(at)) {
                match (is_state(&code(part)), number.is_empty()) {
                    (false, true) => number = part,
                    (true, true) => issuer = part,
                    _ => nationality = part,
                }
            }
        }
        for part in [kind, issuer, number] {
            self.body.mark(part, Element::Document);
        }
        self.body.mark(nationality, Element::Nationality);
        docs.document.kind = text(kind).unwrap_or_default();
        docs.document.number = self.personal(number);
        if docs.document.number.is_some() || !code(issuer).is_empty() {
            docs.document.issuer = self.country(issuer);
            if docs.document.issuer.is_none() {
                docs.document.issuer_text = self.personal(issuer);
            }
        }
        docs.nationality = self.country(nationality);
    }

    /// Birth date, sex, expiry and names.
    fn docs_tail(&mut self, fields: &Fields<'a>, birth: usize, docs: &mut Docs) {
        let at = |offset: usize| fields.part(birth + offset);
        self.body.mark(at(0), Element::BirthDate);
        self.body.mark(at(1), Element::Sex);
        docs.birth = self.birth(at(0));
        let sex = &*code(at(1));
        if is_sex(sex) {
            docs.infant = sex.len() == 2;
            let sex = Sex::from_code(std::str::from_utf8(&sex[..1]).unwrap_or_default());
            docs.sex = Some(self.body.personal(sex, at(1)));
        } else if !sex.is_empty() {
            self.body.report(&findings::UNKNOWN_SEX, at(1).span());
        }
        self.docs_expiry(at(2), &mut docs.document);
        let first = birth + 3;
        docs.document.holder = self.holder(fields, first);
        docs.document.primary_holder = *fields.code(first + 3) == *b"H";
    }

    fn docs_expiry(&mut self, part: Part<'a>, document: &mut Document) {
        self.body.mark(part, Element::Document);
        document.expires = self.document_date(part);
    }

    /// Surname and given names from field `first` on; a name association ends them.
    fn holder(&mut self, fields: &Fields<'a>, first: usize) -> Option<PersonName> {
        for at in first..FIELDS {
            let (start, end) = fields.places[at];
            if start < end {
                self.body.mark(fields.part(at), Element::Name);
            }
        }
        let mut name = PersonName::default();
        let mut given = Text::default();
        let mut given_at: Option<Part<'a>> = None;
        for (offset, part) in (first..FIELDS)
            .map(|at| fields.part(at))
            .take(3)
            .enumerate()
        {
            let whole = part.text();
            let cut = association(&whole);
            let sent = whole[..cut.unwrap_or(whole.len())].trim_ascii();
            let is_flag = offset == 2 && sent == "H";
            if offset == 0 && !sent.is_empty() {
                name.surname = Some(self.body.personal(sent.into(), stretch(part, sent)));
            } else if !sent.is_empty() && !is_flag {
                if !given.is_empty() {
                    given.push(' ');
                }
                given.push_str(sent);
                given_at.get_or_insert(stretch(part, sent));
            }
            if cut.is_some() {
                break;
            }
        }
        name.given = given_at.map(|at| self.body.personal(given, at));
        (name.surname.is_some() || name.given.is_some()).then_some(name)
    }

    /// A DOCS of two lines: the second begins with three slashes and holds what the first lacks.
    fn continues(&mut self, owner: Option<u32>, reference: Part<'a>, fields: &Fields<'a>) -> bool {
        let starts = (1..3).all(|at| fields.code(at).is_empty()) && !fields.code(3).is_empty();
        if !starts {
            return false;
        }
        let reference = text(reference).unwrap_or_default();
        let Some(claim) = self.draft.claims.last() else {
            return false;
        };
        let lacks_names = matches!(&claim.fact, Fact::Docs(docs) if docs.document.holder.is_none());
        if !lacks_names || claim.owner != owner || claim.reference != reference {
            return false;
        }
        let mut names = 3;
        let mut expiry = None;
        if is_spelled(&fields.code(3)) {
            names = 4;
            expiry = Some(fields.part(3));
        }
        let holder = self.holder(fields, names);
        let mut document = Document::default();
        if let Some(part) = expiry {
            self.docs_expiry(part, &mut document);
        }
        if let Some(Fact::Docs(docs)) = self.draft.claims.last_mut().map(|claim| &mut claim.fact) {
            docs.document.holder = holder;
            docs.document.expires = docs.document.expires.take().or(document.expires);
        }
        true
    }

    /// DOCO: `/birth place/type/number/place of issue/issue date/state where valid/I`.
    pub(super) fn doco(&mut self, owner: Option<u32>, reference: Part<'a>, words: Part<'a>) {
        let mut fields = Fields::read(words);
        let is_kind = |bytes: &[u8]| matches!(bytes, [b'V' | b'K' | b'R']);
        if is_kind(&fields.code(1)) && !is_kind(&fields.code(2)) {
            // No birth place and no slash for it.
            fields.insert_slash();
        }
        let [born, kind, number, place, issued, state, infant] =
            [1, 2, 3, 4, 5, 6, 7].map(|at| fields.part(at));
        let is_visa = !matches!(&*code(kind), b"K" | b"R");
        let what = if is_visa {
            Element::Document
        } else {
            Element::GovernmentRef
        };
        self.body.mark(born, Element::BirthPlace);
        for part in [kind, number, place, issued, state, infant] {
            self.body.mark(part, what);
        }
        let infant = *code(infant) == *b"I";
        if let Some(place) = self.personal(born) {
            self.claim(owner, reference, Fact::BirthPlace(place, infant));
        }
        let Some(value) = self.personal(number) else {
            return;
        };
        if !is_visa {
            return self.claim(owner, reference, Fact::Government(value, infant));
        }
        let document = Document {
            kind: text(kind).unwrap_or_default(),
            number: Some(value),
            issued: self.document_date(issued),
            issuer: self.country(state),
            ..Document::default()
        };
        let docs = Docs {
            document,
            infant,
            ..Docs::default()
        };
        self.claim(owner, reference, Fact::Docs(Box::new(docs)));
    }

    /// DOCA: `/D or R/state/street/city/region/postcode/I`: destination or residence.
    pub(super) fn doca(&mut self, owner: Option<u32>, reference: Part<'a>, words: Part<'a>) {
        let fields = Fields::read(words);
        let [kind, state, street, city, region, postcode, infant] =
            [1, 2, 3, 4, 5, 6, 7].map(|at| fields.part(at));
        let is_residence = *code(kind) == *b"R";
        let (of_state, of_lines) = match is_residence {
            true => (Element::Residence, Element::Contact),
            false => (Element::Destination, Element::Destination),
        };
        self.body.mark(kind, of_state);
        self.body.mark(state, of_state);
        for part in [street, city, region, postcode, infant] {
            self.body.mark(part, of_lines);
        }
        if is_residence {
            if let Some(state) = self.country(state) {
                self.claim(owner, reference, Fact::Residence(state));
            }
            return;
        }
        let lines: Vec<_> = [street, city, region, postcode, state]
            .into_iter()
            .filter_map(|part| self.personal(part))
            .collect();
        if !lines.is_empty() {
            self.claim(owner, reference, Fact::Destination(lines));
        }
    }
}
