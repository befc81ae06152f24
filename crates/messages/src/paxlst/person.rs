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
use compact_str::format_compact;
use oriel_edifact::{Part, Segment};
use oriel_model::{Bag, BirthDate, Element, PersonName, Personal, Role, Sex, Text, Traveller};
use std::ops::Range;

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
        self.begin_person(body, segment);
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
        let status = self.status();
        let person = self.message.travellers.push_mut(Traveller::new(role));
        person.name = name(body, segment);
        person.status = status;
        if segment.len() > 4 {
            for element in 5..=9 {
                body.mark_element(segment, element, Element::Destination);
            }
            for line in (5..=9).flat_map(|element| segment.parts(element)) {
                if !line.is_empty()
                    && person.address.len() < MAX_ADDRESS
                    && let Some(line) = personal_text(body, &line)
                {
                    person.address.push(line);
                }
            }
        }
    }

    /// From here on everything is about another person, whom the caller adds.
    pub(super) fn begin_person(&mut self, body: &Body<'_, '_>, segment: &Segment<'_>) {
        self.close_flight();
        self.context = Context::Person;
        self.person_open = true;
        self.current_nationalities = 0;
        self.entries.push((segment.span(), body.here()));
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
        self.sex(body, &part);
    }

    pub(super) fn sex(&mut self, body: &mut Body<'_, '_>, part: &Part<'_>) {
        let sex = match &*part.code() {
            b"" => return,
            b"F" => Sex::Female,
            b"M" => Sex::Male,
            _ => Sex::from_code(&part.trimmed()),
        };
        if matches!(sex, Sex::Other(_)) {
            body.report(&found::UNKNOWN_SEX, part.span());
        }
        let sex = body.personal(sex, *part);
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
    pub(super) fn birth(&mut self, body: &mut Body<'_, '_>, value: &Part<'_>, format: &[u8]) {
        let sent = value.code();
        if sent.is_empty() {
            return;
        }
        // Blanks stand for unknown parts, also at the end.
        let whole = value.bytes();
        let text = if sent.len() < 6 { &whole } else { &sent };
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
            if dates::years_later(day, OLDEST_YEARS) < flight {
                body.report(&found::BIRTH_TOO_LONG_AGO, value.span());
            }
            infant = flight < dates::years_later(day, 2);
        }
        let birth = BirthDate {
            date: reading.date,
            text: (!reading.is_plain()).then(|| Text::from(&*value.trimmed())),
        };
        let birth = body.personal(birth, *value);
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
        self.measure(body, &code, &value, &unit.code(), segment.span());
    }

    /// How many pieces (`CT`), or how heavy they are (`WT`), in a segment that stands at `at`.
    pub(super) fn measure(
        &mut self,
        body: &mut Body<'_, '_>,
        code: &[u8],
        value: &Part<'_>,
        unit: &[u8],
        at: Range<usize>,
    ) {
        let number = decimal(&value.trimmed());
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
            _ => value.is_empty(),
        };
        if !read {
            body.report(&found::MEASURE_UNREADABLE, at);
        }
    }

    /// GEI: whether the carrier verified the data. `ZZZ` is verified by other means.
    pub(super) fn gei(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark(segment.part(1, 1), Element::Structure);
        body.mark_element(segment, 2, Element::Capture);
        self.capture(&segment.part(2, 1));
    }

    pub(super) fn capture(&mut self, part: &Part<'_>) {
        let verified = match &*part.code() {
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
        let count = segment.part(4, 2).trimmed();
        self.bags(body, &segment.part(4, 1), &count, segment.element_span(4));
    }

    /// Bag tags from a first one on, in an element that stands at `at`.
    pub(super) fn bags(
        &mut self,
        body: &mut Body<'_, '_>,
        first: &Part<'_>,
        count: &str,
        at: Range<usize>,
    ) {
        let tag = first.trimmed();
        if tag.is_empty() {
            return;
        }
        let row = Row::read(&tag, count);
        if row.is_none() {
            body.report(&found::TAGS_UNREADABLE, at);
        }
        let bag = |tag| Bag {
            tag: body.personal(tag, *first),
            to: None,
        };
        self.person(|person| match row {
            Some(row) if row.count > 1 => {
                let room = MAX_BAGS.saturating_sub(person.bags.len());
                person.bags.extend(row.tags().take(room).map(bag));
            }
            _ if person.bags.len() < MAX_BAGS => {
                person.bags.reserve_exact(1);
                person.bags.push(bag(Text::from(&*tag)));
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
    pub(super) fn place(&mut self, body: &mut Body<'_, '_>, code: &[u8], place: &Part<'_>) {
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
        self.nationality(body, &segment.part(2, 1), former);
    }

    pub(super) fn nationality(&mut self, body: &mut Body<'_, '_>, part: &Part<'_>, former: bool) {
        if part.code().is_empty() {
            return;
        }
        let Some(nationality) = self.memos.state(body, part) else {
            return;
        };
        let Some(person) = self.message.travellers.last_mut() else {
            return;
        };
        let known = person.nationalities.len();
        if known >= MAX_REFERENCES || person.nationalities.contains(&nationality) {
            return;
        }
        if former {
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
        self.reference(body, &code, &value, segment.span());
    }

    /// A reference of the kind that `code` says, in a segment that stands at `at`.
    pub(super) fn reference(
        &mut self,
        body: &mut Body<'_, '_>,
        code: &[u8],
        value: &Part<'_>,
        at: Range<usize>,
    ) {
        let Some(reference) = personal_text(body, value) else {
            return body.report(&found::REFERENCE_EMPTY, at);
        };
        let again = match code {
            b"AVF" => {
                let more = reference.clone();
                let again = self.keep_first(|person| &mut person.locator, reference);
                self.person(|person| {
                    let known = &mut person.more_locators;
                    if again && known.len() < MAX_REFERENCES && !known.contains(&more) {
                        known.push(more);
                    }
                });
                again
            }
            b"ABO" => self.keep_first(|person| &mut person.carrier_ref, reference),
            b"SEA" => self.keep_first(|person| &mut person.seat, reference.map(seat)),
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
                        person.tickets.push(reference.map(ticket));
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

    /// Sets a value that was not sent before; whether another one was.
    fn keep_first(
        &mut self,
        field: impl FnOnce(&mut Traveller) -> &mut Option<Personal<Text>>,
        value: Personal<Text>,
    ) -> bool {
        let Some(person) = self.message.travellers.last_mut() else {
            return false;
        };
        let field = field(person);
        let other = field.as_ref().is_some_and(|first| *first != value);
        field.get_or_insert(value);
        other
    }
}

/// Name of a person: surname, and given names joined by blanks.
fn name(body: &mut Body<'_, '_>, segment: &Segment<'_>) -> PersonName {
    // Some write the name into the unstructured element before its own.
    let element = if segment.width(4) == 0 || segment.element_span(4).is_empty() {
        3
    } else {
        4
    };
    let [surname, of_given @ ..] = segment.composite(element).parts::<5>();
    let mut name = PersonName {
        maybe_truncated: segment
            .parts(element)
            .any(|part| NAME_LENGTHS.contains(&part.raw().len())),
        ..PersonName::default()
    };
    let mut given: Option<(Text, Part<'_>, Part<'_>)> = None;
    for part in of_given {
        if part.is_empty() {
            continue;
        }
        let text = part.trimmed();
        if text.is_empty() {
            continue;
        }
        match &mut given {
            Some((names, _, last)) => {
                names.push(' ');
                names.push_str(&text);
                *last = part;
            }
            None => given = Some((Text::from(&*text), part, part)),
        }
    }
    let sent = surname.trimmed();
    if sent.is_empty() && given.is_none() {
        body.report(&found::NO_NAME, segment.element_span(4));
        return name;
    }
    match (names::split_slash(&sent), &given) {
        (Some((family, first)), None) => {
            body.report(&found::NAME_IN_ONE_PIECE, surname.span());
            name.surname = Some(body.personal(Text::from(family), surname));
            if !first.is_empty() {
                given = Some((Text::from(first), surname, surname));
            }
        }
        _ if sent.is_empty() => {}
        _ => name.surname = Some(body.personal(Text::from(&*sent), surname)),
    }
    let Some((sent, first, last)) = given else {
        return name;
    };
    let at = first.span().start..last.span().end;
    let (rest, title) = if names::is_only_title(&sent) {
        ("", Some(&*sent))
    } else {
        names::split_title(&sent)
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

/// A seat without the zeros before it.
fn seat(sent: Text) -> Text {
    Text::from(sent.trim_start_matches('0'))
}

/// A ticket number without the coupon behind it: `2981212121212C1`.
fn ticket(sent: Text) -> Text {
    match sent.rsplit_once('C') {
        Some((number, coupon))
            if number.len() >= 10 && coupon.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Text::from(number)
        }
        _ => sent,
    }
}

/// A number that is not negative, with a point or a comma.
fn decimal(text: &str) -> Option<f64> {
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
        let (airline, width) = (self.airline, self.width);
        (self.number..)
            .take(self.count)
            .map(move |number| format_compact!("{airline}{number:0width$}"))
    }
}
