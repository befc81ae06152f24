//! Persons of a list: NAD and everything that follows it, documents set apart.
//!
//! - Source: PAXLST guide, group 4.
//! - Invariants: an unknown role or code is kept as sent, because a person with an odd role is
//!   still a person to screen; nothing is taken from one person to another.

use super::document::DateOf;
use super::{Context, List, personal_text};
use crate::body::Body;
use crate::dates::{self, DateFault};
use crate::findings::paxlst as found;
use crate::names;
use crate::value::{Value, add};
use compact_str::format_compact;
use oriel_edifact::{Part, Segment, Short};
use oriel_model::{Bag, BirthDate, Element, PersonName, Personal, Role, Sex, Text, Traveller};
use std::ops::Range;

/// Components that a name has, its surname among them.
const MAX_NAMES: usize = 5;

/// Parties that are named in a list without travelling.
const PARTIES: &[&[u8]] = &[b"MS", b"AG", b"CA", b"CV", b"MR"];

/// Name fields hold 35 characters, in D.15B 70. A name of that length may go on.
const NAME_LENGTHS: [usize; 2] = [35, 70];

/// The longest row of bag tags that is spelled out, and the most bags and lines of an address
/// that are kept of one person.
const MAX_BAGS: usize = 99;
const MAX_ADDRESS: usize = 16;
const MAX_REFERENCES: usize = 16;

/// Nobody older travels: then the century of the birth date is wrong.
const OLDEST_YEARS: i16 = 110;

/// One pound in grams.
const POUND: f64 = 453.592_37;

impl List {
    /// NAD: a person, or a party that does not travel.
    pub(super) fn nad(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        self.close_person(body);
        let role = segment.part(1, 1);
        let code = role.code();
        if code.len() <= 3 {
            body.mark(role, Element::Structure);
        }
        if PARTIES.contains(&&*code) {
            body.mark_rest(Element::CarrierContact);
            if self.context != Context::Header {
                self.context = Context::Party;
            }
            return;
        }
        self.begin_person(body, segment.span());
        let role = match &*code {
            b"FL" => Role::Passenger,
            _ => Role::from_code(&role.trimmed()),
        };
        if matches!(role, Role::Other(_)) {
            body.report(&found::UNKNOWN_ROLE, segment.element_span(1));
        }
        for element in 3..=4 {
            body.mark_element(segment, element, Element::Name);
        }
        // Some write the name into the unstructured element before its own.
        let element = if segment.width(4) == 0 || segment.element_span(4).is_empty() {
            3
        } else {
            4
        };
        let names = segment.composite(element).parts::<MAX_NAMES>();
        let mut name = name(body, &names, segment.element_span(4));
        name.maybe_truncated |= segment
            .parts(element)
            .skip(MAX_NAMES)
            .any(|part| is_full(&part));
        let person = self.add_person(role, name);
        if segment.len() > 4 {
            for element in 5..=9 {
                body.mark_element(segment, element, Element::Destination);
            }
            let lines = (5..=9).flat_map(|element| segment.parts(element));
            for line in lines {
                if !line.is_empty()
                    && person.address.len() < MAX_ADDRESS
                    && let Some(line) = personal_text(body, &line)
                {
                    person.address.push(line);
                }
            }
        }
    }

    /// A person whose NAD has a known form: two names or three.
    pub(super) fn person_known(
        &mut self,
        body: &mut Body<'_, '_>,
        names: usize,
        short: &Short<'_>,
    ) {
        self.close_person(body);
        self.begin_person(body, short.span());
        let role = short.part(0);
        let role = match role.raw() {
            b"FL" => Role::Passenger,
            _ => Role::from_code(&role.trimmed()),
        };
        let at = |index| short.part(index);
        let element = at(3).span().start..at(2 + names).span().end;
        let name = match names {
            2 => name(body, &[at(3), at(4)], element),
            _ => name(body, &[at(3), at(4), at(5)], element),
        };
        self.add_person(role, name);
    }

    fn add_person(&mut self, role: Role, name: PersonName) -> &mut Traveller {
        let status = self.status();
        let person = self.message.travellers.push_mut(Traveller::new(role));
        person.name = name;
        person.status = status;
        person
    }

    /// From here on everything is about another person, whom the caller adds. It stands at `at`.
    pub(super) fn begin_person(&mut self, body: &Body<'_, '_>, at: Range<usize>) {
        self.close_flight();
        self.context = Context::Person;
        self.person_open = true;
        self.current_nationalities = 0;
        self.entries.push((at, body.here()));
    }

    /// ATT: sex, in the third element or, by some, in the second.
    pub(super) fn att(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark(segment.part(1, 1), Element::Structure);
        body.mark_element(segment, 2, Element::Sex);
        body.mark_element(segment, 3, Element::Sex);
        let full = segment.part(3, 1);
        let part = if full.is_empty() {
            segment.part(2, 1)
        } else {
            full
        };
        self.sex(body, &Value::new(&part.text(), part.span()));
    }

    pub(super) fn sex(&mut self, body: &mut Body<'_, '_>, value: &Value<'_>) {
        let sex = match value.code() {
            b"" => return,
            b"F" => Sex::Female,
            b"M" => Sex::Male,
            _ => Sex::from_code(value.text()),
        };
        if matches!(sex, Sex::Other(_)) {
            body.report(&found::UNKNOWN_SEX, value.span());
        }
        let sex = value.personal(body, sex);
        self.person(|person| person.sex = Some(sex));
    }

    /// DTM of a person or of one of their documents.
    pub(super) fn dtm_of_person(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        let (qualifier, value) = (segment.part(1, 1), segment.part(1, 2));
        let code = qualifier.code();
        let element = match &*code {
            b"329" => Element::BirthDate,
            b"36" | b"182" | b"192" => Element::Document,
            b"189" | b"232" => Element::Itinerary,
            _ => {
                body.report(&found::UNKNOWN_DATE, qualifier.span());
                return;
            }
        };
        body.mark(value, element);
        body.mark_rest(Element::Structure);
        let text = value.text();
        let value = Value::new(&text, value.span());
        match element {
            Element::BirthDate => self.birth(body, &value, &segment.part(1, 3).code()),
            Element::Document => {
                let date = DateOf {
                    issue: &*code == b"182",
                    at: segment.span(),
                };
                self.date_of_document(body, date, &value, &segment.part(1, 3).code());
            }
            _ => {}
        }
    }

    /// DTM 329: when the person was born.
    pub(super) fn birth(&mut self, body: &mut Body<'_, '_>, value: &Value<'_>, format: &[u8]) {
        let sent = value.code();
        if sent.is_empty() {
            return;
        }
        // Blanks stand for unknown parts, also at the end.
        let text = if sent.len() < 6 {
            value.whole().as_bytes()
        } else {
            sent
        };
        let reading = dates::birth(text, format, self.reference);
        match reading.fault {
            Some(DateFault::NotInCalendar) => {
                body.report(&found::BIRTH_NOT_IN_CALENDAR, value.span());
            }
            Some(DateFault::Unreadable) => body.report(&found::BIRTH_UNREADABLE, value.span()),
            None => {}
        }
        let day = reading.date.and_then(|date| date.date());
        let mut infant = false;
        if let (Some(day), Some(flight)) = (day, self.reference) {
            if day > flight {
                body.report(&found::BIRTH_AFTER_FLIGHT, value.span());
            }
            // The years alone tell it of most.
            let years = flight.year() - day.year();
            if years >= OLDEST_YEARS && dates::years_later(day, OLDEST_YEARS) < flight {
                body.report(&found::BIRTH_TOO_LONG_AGO, value.span());
            }
            infant = years <= 2 && flight < dates::years_later(day, 2);
        }
        let birth = BirthDate {
            date: reading.date,
            text: (!reading.is_plain()).then(|| Text::from(value.text())),
        };
        let birth = value.personal(body, birth);
        self.person(|person| {
            person.birth = Some(birth);
            person.infant = infant;
        });
    }

    /// MEA: pieces and weight of checked baggage.
    pub(super) fn mea(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark_element(segment, 3, Element::Baggage);
        body.mark_element(segment, 2, Element::Structure);
        body.mark(segment.part(1, 1), Element::Structure);
        let (unit, value) = (segment.part(3, 1), segment.part(3, 2));
        let code = segment.part(1, 1).code();
        let value = if value.is_empty() { unit } else { value };
        let text = value.text();
        let value = Value::new(&text, value.span());
        self.measure(body, &code, &value, &unit.code(), segment.span());
    }

    /// How many pieces (`CT`), or how heavy they are (`WT`), in a segment that stands at `at`.
    pub(super) fn measure(
        &mut self,
        body: &mut Body<'_, '_>,
        code: &[u8],
        value: &Value<'_>,
        unit: &[u8],
        at: Range<usize>,
    ) {
        let number = decimal(value.text());
        let read = match (code, number) {
            (b"CT", Some(count)) if count <= f64::from(u16::MAX) => {
                self.person(|person| person.bag_count = Some(count as u16));
                true
            }
            (b"WT", Some(weight)) if weight <= 1e6 => {
                let pounds = unit == b"LBR";
                let kilograms = if pounds {
                    weight * POUND / 1000.0
                } else {
                    weight
                };
                self.person(|person| person.bag_weight_kg = Some(kilograms.round() as u32));
                true
            }
            _ => value.span().is_empty(),
        };
        if !read {
            body.report(&found::MEASURE_UNREADABLE, at);
        }
    }

    /// GEI: whether the carrier verified the data. `ZZZ` is verified by other means.
    pub(super) fn gei(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark(segment.part(1, 1), Element::Structure);
        body.mark_element(segment, 2, Element::Capture);
        self.capture(&segment.part(2, 1).code());
    }

    pub(super) fn capture(&mut self, code: &[u8]) {
        let verified = match code {
            b"173" | b"ZZZ" => true,
            b"174" => false,
            _ => return,
        };
        self.person(|person| person.verified = Some(verified));
    }

    /// FTX: bag tags, or a remark that is not read.
    pub(super) fn ftx(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark(segment.part(1, 1), Element::Structure);
        if *segment.part(1, 1).code() != *b"BAG" {
            body.mark_rest(Element::Remark);
            return;
        }
        body.mark_rest(Element::Baggage);
        let (first, count) = (segment.part(4, 1), segment.part(4, 2).trimmed());
        let text = first.text();
        let first = Value::new(&text, first.span());
        self.bags(body, &first, &count, segment.element_span(4));
    }

    /// Bag tags from a first one on, in an element that stands at `at`.
    pub(super) fn bags(
        &mut self,
        body: &mut Body<'_, '_>,
        first: &Value<'_>,
        count: &str,
        at: Range<usize>,
    ) {
        let tag = first.text();
        if tag.is_empty() {
            return;
        }
        let row = Row::read(tag, count);
        if row.is_none() {
            body.report(&found::TAGS_UNREADABLE, at);
        }
        let bag = |tag| Bag {
            tag: first.personal(body, tag),
            to: None,
        };
        self.person(|person| match row {
            Some(row) if row.count > 1 => {
                let room = MAX_BAGS.saturating_sub(person.bags.len());
                person.bags.extend(row.tags().take(room).map(bag));
            }
            _ if person.bags.len() < MAX_BAGS => {
                add(&mut person.bags, bag(Text::from(tag)));
            }
            _ => {}
        });
    }

    /// EMP: what a crew member does, as a code or, on ships, in words.
    pub(super) fn emp(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark(segment.part(1, 1), Element::Structure);
        body.mark_rest(Element::Crew);
        let (code, words) = (segment.part(2, 1), segment.part(5, 1));
        let code = code.trimmed();
        let words = segment.part(4, 1).trimmed().into_owned() + &words.trimmed();
        let function = if code.is_empty() { &*words } else { &*code };
        if !function.is_empty() {
            let function = Text::from(function);
            self.person(|person| person.crew_function = Some(function));
        }
    }

    /// LOC of a person or of one of their documents.
    pub(super) fn loc_of_person(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        let qualifier = segment.part(1, 1);
        let code = qualifier.code();
        let element = match &*code {
            b"22" | b"130" | b"178" | b"179" => Element::Itinerary,
            b"91" => Element::Document,
            b"174" => Element::Residence,
            b"180" => Element::BirthPlace,
            _ => {
                body.report(&found::UNKNOWN_PLACE, qualifier.span());
                return;
            }
        };
        body.mark(qualifier, Element::Structure);
        body.mark_element(segment, 2, element);
        let place = segment.part(2, 1);
        let text = place.text();
        let place = Value::new(&text, place.span());
        match &*code {
            b"180" => {
                let place = birth_place(body, segment);
                self.person(|person| person.birth_place = place);
            }
            b"91" => {
                let name = personal_text(body, &segment.part(2, 4));
                self.issuer(body, &place, name, segment.span());
            }
            code => self.place(body, code, &place),
        }
    }

    /// Where the person boards, leaves, is checked or lives, as `code` says.
    pub(super) fn place(&mut self, body: &mut Body<'_, '_>, code: &[u8], place: &Value<'_>) {
        match code {
            b"22" => {
                let place = self.memos.port(body, place);
                self.person(|person| person.clearance = place);
            }
            b"178" => {
                let place = self.memos.port(body, place);
                self.person(|person| person.from = place);
            }
            b"179" => {
                let place = self.memos.port(body, place);
                self.person(|person| person.to = place);
            }
            b"174" => {
                let residence = self.memos.state(body, place);
                self.person(|person| person.residence = residence);
            }
            _ => {}
        }
    }

    /// NAT: nationality. Current ones come first, whatever the order sent.
    pub(super) fn nat(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark(segment.part(1, 1), Element::Structure);
        body.mark_element(segment, 2, Element::Nationality);
        let former = matches!(&*segment.part(1, 1).code(), b"1" | b"3");
        let state = segment.part(2, 1);
        let text = state.text();
        let state = Value::new(&text, state.span());
        self.nationality(body, &state, former);
    }

    pub(super) fn nationality(&mut self, body: &mut Body<'_, '_>, value: &Value<'_>, former: bool) {
        if value.text().is_empty() {
            return;
        }
        let Some(nationality) = self.memos.state(body, value) else {
            return;
        };
        let Some(person) = self.message.travellers.last_mut() else {
            return;
        };
        let known = person.nationalities.len();
        if known >= MAX_REFERENCES || person.nationalities.contains(&nationality) {
            return;
        }
        if known == 0 {
            add(&mut person.nationalities, nationality);
            self.current_nationalities += usize::from(!former);
        } else if former {
            person.nationalities.push(nationality);
        } else {
            let at = self.current_nationalities;
            person.nationalities.insert(at, nationality);
            self.current_nationalities += 1;
        }
    }

    /// RFF of a person.
    pub(super) fn rff_of_person(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        let (qualifier, value) = (segment.part(1, 1), segment.part(1, 2));
        let code = qualifier.code();
        let element = match &*code {
            b"AVF" | b"ABO" => Element::Locator,
            b"SEA" => Element::Seat,
            b"AEA" => Element::GovernmentRef,
            b"CR" => Element::FrequentFlyer,
            b"YZY" => Element::Ticket,
            b"TN" => Element::Structure,
            _ => {
                if !value.is_empty() {
                    body.report(&found::UNKNOWN_REFERENCE, qualifier.span());
                }
                return;
            }
        };
        body.mark(value, element);
        body.mark(qualifier, Element::Structure);
        let text = value.text();
        let value = Value::new(&text, value.span());
        self.reference(body, &code, &value, segment.span());
    }

    /// A reference of the kind that `code` says, in a segment that stands at `at`.
    pub(super) fn reference(
        &mut self,
        body: &mut Body<'_, '_>,
        code: &[u8],
        value: &Value<'_>,
        at: Range<usize>,
    ) {
        let sent = match (code, value.text()) {
            (_, "") => return body.report(&found::REFERENCE_EMPTY, at),
            (b"SEA", sent) => sent.trim_start_matches('0'),
            (b"YZY", sent) => ticket(sent),
            (_, sent) => sent,
        };
        let reference = value.personal(body, Text::from(sent));
        let again = match code {
            b"AVF" => match self.keep_first(|person| &mut person.locator, reference) {
                Some(more) => {
                    self.person(|person| {
                        let known = &mut person.more_locators;
                        if known.len() < MAX_REFERENCES && !known.contains(&more) {
                            known.push(more);
                        }
                    });
                    true
                }
                None => false,
            },
            b"ABO" => {
                let again = self.keep_first(|person| &mut person.carrier_ref, reference);
                again.is_some()
            }
            b"SEA" => {
                let again = self.keep_first(|person| &mut person.seat, reference);
                again.is_some()
            }
            b"AEA" => {
                self.person(|person| {
                    if person.government_refs.len() < MAX_REFERENCES {
                        person.government_refs.push(reference);
                    }
                });
                false
            }
            b"CR" => {
                self.person(|person| {
                    if person.frequent_flyer.len() < MAX_REFERENCES {
                        person.frequent_flyer.push((Text::default(), reference));
                    }
                });
                false
            }
            b"YZY" => {
                self.person(|person| {
                    if person.tickets.len() < MAX_REFERENCES {
                        person.tickets.push(reference);
                    }
                });
                false
            }
            _ => false,
        };
        if again {
            body.report(&found::REFERENCE_AGAIN, value.span());
        }
    }

    /// Ends the person in hand: what can only be said when everything was read.
    pub(super) fn close_person(&mut self, body: &mut Body<'_, '_>) {
        if !std::mem::take(&mut self.person_open) {
            return;
        }
        self.drop_held(body);
        let Some(person) = self.message.travellers.last_mut() else {
            return;
        };
        if person.nationalities.is_empty() {
            // A passport says whose national its holder is; a place of birth does not.
            let passport = person
                .documents
                .iter()
                .find(|document| document.kind.starts_with('P') && document.issuer.is_some());
            if let Some(issuer) = passport.and_then(|passport| passport.issuer.clone()) {
                person.nationalities.push(issuer);
                person.nationality_derived = true;
            }
        }
    }

    /// Does something to the person in hand.
    fn person(&mut self, change: impl FnOnce(&mut Traveller)) {
        if let Some(person) = self.message.travellers.last_mut() {
            change(person);
        }
    }

    /// Sets a value that was not sent before; gives it back where another one was.
    fn keep_first(
        &mut self,
        field: impl FnOnce(&mut Traveller) -> &mut Option<Personal<Text>>,
        value: Personal<Text>,
    ) -> Option<Personal<Text>> {
        let field = field(self.message.travellers.last_mut()?);
        match field {
            Some(first) => (*first != value).then_some(value),
            None => {
                *field = Some(value);
                None
            }
        }
    }
}

/// Whether a part of a name is as long as its field, so that it may go on.
fn is_full(part: &Part<'_>) -> bool {
    NAME_LENGTHS.contains(&part.raw().len())
}

/// Name of a person in an element at `at`: surname, and given names joined by blanks.
fn name(body: &mut Body<'_, '_>, parts: &[Part<'_>], at: Range<usize>) -> PersonName {
    let mut name = PersonName {
        maybe_truncated: parts.iter().any(is_full),
        ..PersonName::default()
    };
    let Some((surname, of_given)) = parts.split_first() else {
        return name;
    };
    let of_given = of_given.iter().map(|part| (part, part.trimmed()));
    let mut of_given = of_given.filter(|(_, text)| !text.is_empty());
    let first = of_given.next();
    let mut last = surname;
    let mut joined = Text::default();
    for (part, text) in of_given {
        if let Some((_, first)) = first.as_ref().filter(|_| joined.is_empty()) {
            joined.push_str(first);
        }
        joined.push(' ');
        joined.push_str(&text);
        last = part;
    }
    let (mut given, first) = match &first {
        Some((first, text)) if joined.is_empty() => (&**text, *first),
        Some((first, _)) => (&*joined, *first),
        None => ("", surname),
    };
    if joined.is_empty() {
        last = first;
    }
    let sent = surname.trimmed();
    if sent.is_empty() && given.is_empty() {
        body.report(&found::NO_NAME, at);
        return name;
    }
    let mut surname_sent = &*sent;
    if let Some((family, first)) = names::split_slash(&sent)
        && given.is_empty()
    {
        body.report(&found::NAME_IN_ONE_PIECE, surname.span());
        (surname_sent, given) = (family, first);
    }
    if !surname_sent.is_empty() {
        name.surname = Some(body.personal(Text::from(surname_sent), *surname));
    }
    if given.is_empty() {
        return name;
    }
    let at = first.span().start..last.span().end;
    let (rest, title) = if names::is_only_title(given) {
        ("", Some(given))
    } else {
        names::split_title(given)
    };
    if let Some(title) = title {
        body.report(&found::TITLE_IN_NAME, at.clone());
        name.title = Some(Text::from(title));
    }
    if !rest.is_empty() && !names::is_placeholder(rest) {
        name.given = Some(Personal::new(Text::from(rest), body.span(at)));
    }
    name
}

/// Place of birth: a text, a state, or both, in one line.
fn birth_place(body: &Body<'_, '_>, segment: &Segment<'_>) -> Option<Personal<Text>> {
    let (state, place) = (segment.part(2, 1), segment.part(2, 4));
    let (code, name) = (state.trimmed(), place.trimmed());
    match (name.is_empty(), code.is_empty()) {
        (_, true) => personal_text(body, &place),
        (true, false) => personal_text(body, &state),
        (false, false) => {
            let at = body.span(state.span().start..place.span().end);
            Some(Personal::new(format_compact!("{name} {code}"), at))
        }
    }
}

/// A ticket number without the coupon behind it: `2981212121212C1`.
fn ticket(sent: &str) -> &str {
    match sent.rsplit_once('C') {
        Some((number, coupon))
            if number.len() >= 10 && coupon.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            number
        }
        _ => sent,
    }
}

/// A number that is not negative, with a point or a comma.
fn decimal(text: &str) -> Option<f64> {
    if let 1..=9 = text.len()
        && let Some(whole) = text.bytes().try_fold(0, |number: u32, byte| {
            byte.is_ascii_digit()
                .then(|| number * 10 + u32::from(byte - b'0'))
        })
    {
        return Some(f64::from(whole));
    }
    let number: f64 = match text.parse() {
        Ok(number) => number,
        Err(_) => text.replace(',', ".").parse().ok()?,
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// Bag tags that are numbered on from a first one.
struct Row<'t> {
    /// What stands before the number, such as the airline's code.
    airline: &'t str,
    number: u64,
    /// Digits of the number, zeros before it included.
    width: usize,
    count: usize,
}

impl<'t> Row<'t> {
    /// The first tag, and how many there are; without a count it is one.
    fn read(first: &'t str, count: &str) -> Option<Self> {
        let count = match count {
            "" => 1,
            digits => digits
                .parse()
                .ok()
                .filter(|count| (1..=MAX_BAGS).contains(count))?,
        };
        let digits = first.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (airline, number) = first.split_at(first.len() - digits.min(12));
        let width = number.len();
        let number = match number.parse() {
            Ok(number) => number,
            Err(_) if count == 1 => 0,
            Err(_) => return None,
        };
        Some(Self {
            airline,
            number,
            width,
            count,
        })
    }

    fn tags(&self) -> impl Iterator<Item = Text> {
        (self.number..).take(self.count).map(|mut number| {
            let mut digits = [b'0'; 20];
            let mut start = digits.len();
            while number > 0 || digits.len() - start < self.width {
                start -= 1;
                digits[start] = b'0' + (number % 10) as u8;
                number /= 10;
            }
            let digits = std::str::from_utf8(&digits[start..]).unwrap_or_default();
            let mut tag = Text::from(self.airline);
            tag.push_str(digits);
            tag
        })
    }
}
