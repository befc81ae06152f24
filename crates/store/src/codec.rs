//! The durable form of a report: compact, canonical, versioned.
//!
//! - In: a [`Report`].  Out: bytes, and back.
//! - Invariants: equal reports have equal bytes; reading never fails on what was written by this
//!   or an older version; damaged bytes give an error, never a panic or a huge allocation.
//!
//! Persons and bookings of a report stand in frames that tell their length, so that one person is
//! read without taking the others apart.
//!
//! Values about persons do not serialise by themselves, so this is written out: one line a type.
//! A new field goes to the end of its line, behind the version that brings it, and raises
//! [`VERSION`]; `take` leaves it empty in older records.

use crate::StoreError;
use jiff::civil::{Date, DateTime};
use oriel_model::*;

/// Version of the records written.
const VERSION: u8 = 4;

/// The version that brought frames, and messages by their place in who is who.
const FRAMES: u8 = 4;

/// Writes one report without its message digest, which stands beside it.
pub(crate) fn write(report: &Report) -> Vec<u8> {
    let mut out = Vec::with_capacity(256 + 320 * report.travellers.len());
    out.push(VERSION);
    report.envelope.put(&mut out);
    report.flight.put(&mut out);
    (report.travellers.len() as u32).put(&mut out);
    for traveller in &report.travellers {
        frame(&mut out, |out| traveller.put(out));
    }
    (report.bookings.len() as u32).put(&mut out);
    for booking in &report.bookings {
        frame(&mut out, |out| {
            booking.travellers.put(out);
            booking.put(out);
        });
    }
    out
}

/// Reads one report.
pub(crate) fn read(message: MessageKey, bytes: &[u8]) -> Result<Report, StoreError> {
    read_where(message, bytes, None)
}

/// Reads of a report the travellers at `places` and their bookings. The places of the others are
/// blank; a record without frames is read whole.
pub(crate) fn read_only(
    message: MessageKey,
    bytes: &[u8],
    places: &[u32],
) -> Result<Report, StoreError> {
    read_where(message, bytes, Some(places))
}

fn read_where(
    message: MessageKey,
    bytes: &[u8],
    places: Option<&[u32]>,
) -> Result<Report, StoreError> {
    let wanted = |place: &u32| places.is_none_or(|places| places.contains(place));
    let report = Input::open(bytes).and_then(|mut input| {
        let input = &mut input;
        let envelope = Envelope::take(input)?;
        let flight = Flight::take(input)?;
        let (travellers, bookings) = if input.version < FRAMES {
            (Codec::take(input)?, Codec::take(input)?)
        } else {
            let mut place = 0;
            let travellers = frames(input, |input| {
                place += 1;
                Some(Some(if wanted(&(place - 1)) {
                    Codec::take(input)?
                } else {
                    input.bytes = &[];
                    Traveller::erased()
                }))
            })?;
            let bookings = frames(input, |input| {
                let holds: Vec<u32> = Codec::take(input)?;
                if places.is_some() && !holds.iter().any(wanted) {
                    input.bytes = &[];
                    return Some(None);
                }
                Some(Some(Codec::take(input)?))
            })?;
            (travellers, bookings)
        };
        input.bytes.is_empty().then_some(Report {
            message,
            envelope,
            flight,
            travellers,
            bookings,
        })
    });
    report.ok_or_else(|| StoreError::damaged("a report"))
}

/// Writes something behind its length.
fn frame(out: &mut Vec<u8>, put: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend([0; 4]);
    put(out);
    let len = (out.len() - at - 4) as u32;
    out[at..at + 4].copy_from_slice(&len.to_le_bytes());
}

/// Reads frames, each to its end; those of which `take` makes nothing are left out.
fn frames<T>(
    input: &mut Input<'_>,
    mut take: impl FnMut(&mut Input<'_>) -> Option<Option<T>>,
) -> Option<Vec<T>> {
    let count = u32::take(input)? as usize;
    // Every frame takes four bytes at least, so a damaged count cannot ask for much.
    let mut items = Vec::with_capacity(count.min(input.bytes.len() / 4));
    for _ in 0..count {
        let (len, rest) = input.bytes.split_first_chunk()?;
        let (bytes, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        input.bytes = rest;
        let version = input.version;
        let mut inside = Input { bytes, version };
        items.extend(take(&mut inside)?);
        inside.bytes.is_empty().then_some(())?;
    }
    Some(items)
}

/// Writes what a case shows of its traveller.
pub(crate) fn write_summary(summary: &crate::Summary) -> Vec<u8> {
    let mut out = vec![VERSION];
    out.extend_from_slice(&summary.message);
    summary.name.put(&mut out);
    summary.birth.put(&mut out);
    summary.sex.put(&mut out);
    out
}

/// Reads what a case shows of its traveller.
pub(crate) fn read_summary(bytes: &[u8]) -> Result<crate::Summary, StoreError> {
    let summary = Input::open(bytes).and_then(|mut input| {
        let input = &mut input;
        let (message, rest) = input.bytes.split_first_chunk()?;
        input.bytes = rest;
        Some(crate::Summary {
            message: *message,
            name: PersonName::take(input)?,
            birth: Codec::take(input)?,
            sex: Codec::take(input)?,
        })
    });
    summary.ok_or_else(|| StoreError::damaged("a case"))
}

/// Writes who is who in a journey.
pub(crate) fn write_people(people: &[crate::StoredPerson]) -> Vec<u8> {
    let mut messages: Vec<&MessageKey> = Vec::new();
    let mut persons = Vec::with_capacity(32 * people.len());
    for person in people {
        persons.extend_from_slice(person.id.bytes());
        person.presence.put(&mut persons);
        (person.mentions.len() as u32).put(&mut persons);
        for (message, place) in &person.mentions {
            let known = messages.iter().position(|known| *known == message);
            let at = known.unwrap_or_else(|| {
                messages.push(message);
                messages.len() - 1
            });
            (at as u32).put(&mut persons);
            place.put(&mut persons);
        }
    }
    let mut out = vec![VERSION];
    (messages.len() as u32).put(&mut out);
    for message in messages {
        out.extend_from_slice(message);
    }
    (people.len() as u32).put(&mut out);
    out.append(&mut persons);
    out
}

/// Reads who is who in a journey.
pub(crate) fn read_people(bytes: &[u8]) -> Result<Vec<crate::StoredPerson>, StoreError> {
    let people = Input::open(bytes).and_then(|mut input| {
        let input = &mut input;
        let mut messages: Vec<MessageKey> = Vec::new();
        if input.version >= FRAMES {
            for _ in 0..u32::take(input)? {
                messages.push(take_key(input)?);
            }
        }
        let mut people = Vec::new();
        for _ in 0..u32::take(input)? {
            let (id, rest) = input.bytes.split_at_checked(16)?;
            input.bytes = rest;
            let id = crate::Id::from_bytes(id).ok()?;
            let presence = Presence::take(input)?;
            let mut mentions = Vec::new();
            for _ in 0..u32::take(input)? {
                let message = if input.version >= FRAMES {
                    *messages.get(u32::take(input)? as usize)?
                } else {
                    take_key(input)?
                };
                mentions.push((message, u32::take(input)?));
            }
            people.push(crate::StoredPerson {
                id,
                presence,
                mentions,
            });
        }
        Some(people)
    });
    people.ok_or_else(|| StoreError::damaged("the people of a journey"))
}

fn take_key(input: &mut Input<'_>) -> Option<MessageKey> {
    let (key, rest) = input.bytes.split_first_chunk()?;
    input.bytes = rest;
    Some(*key)
}

/// What is still to be read of a record.
struct Input<'a> {
    bytes: &'a [u8],
    /// Version of the record.
    version: u8,
}

impl<'a> Input<'a> {
    /// A record behind its version; `None` for one that is not known.
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let (&version, bytes) = bytes.split_first()?;
        (1..=VERSION)
            .contains(&version)
            .then_some(Self { bytes, version })
    }
}

/// Something that can be written and read back.
trait Codec: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn take(input: &mut Input<'_>) -> Option<Self>;
}

impl Codec for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        let (first, rest) = input.bytes.split_first()?;
        input.bytes = rest;
        Some(*first)
    }
}

/// Seven bits a byte, lowest first.
impl Codec for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut left = *self;
        while left >= 0x80 {
            out.push(left as u8 | 0x80);
            left >>= 7;
        }
        out.push(left as u8);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        // Nearly every number of a record is a small one.
        if let [first @ ..0x80, rest @ ..] = input.bytes {
            input.bytes = rest;
            return Some(u32::from(*first));
        }
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = u8::take(input)?;
            value |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

impl Codec for u16 {
    fn put(&self, out: &mut Vec<u8>) {
        u32::from(*self).put(out);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        u32::take(input)?.try_into().ok()
    }
}

impl Codec for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        match u8::take(input)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Codec for char {
    fn put(&self, out: &mut Vec<u8>) {
        u32::from(*self).put(out);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        Self::from_u32(u32::take(input)?)
    }
}

fn put_str(text: &str, out: &mut Vec<u8>) {
    (text.len() as u32).put(out);
    out.extend_from_slice(text.as_bytes());
}

fn take_str<'a>(input: &mut Input<'a>) -> Option<&'a str> {
    let len = u32::take(input)? as usize;
    let (text, rest) = input.bytes.split_at_checked(len)?;
    input.bytes = rest;
    std::str::from_utf8(text).ok()
}

impl Codec for Text {
    fn put(&self, out: &mut Vec<u8>) {
        put_str(self, out);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        take_str(input).map(Self::from)
    }
}

impl<T: Codec> Codec for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(value) => {
                out.push(1);
                value.put(out);
            }
        }
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        Some(if bool::take(input)? {
            Some(T::take(input)?)
        } else {
            None
        })
    }
}

impl<T: Codec> Codec for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u32).put(out);
        for item in self {
            item.put(out);
        }
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        let len = u32::take(input)? as usize;
        // Every item takes a byte at least, so a damaged length cannot ask for much.
        let mut items = Self::with_capacity(len.min(input.bytes.len()));
        for _ in 0..len {
            items.push(T::take(input)?);
        }
        Some(items)
    }
}

impl<A: Codec, B: Codec> Codec for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        Some((A::take(input)?, B::take(input)?))
    }
}

impl<T: Codec> Codec for Personal<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.at().start.put(out);
        (self.at().end - self.at().start).put(out);
        self.expose().put(out);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        let start = u32::take(input)?;
        let end = start.checked_add(u32::take(input)?)?;
        Some(Self::new(T::take(input)?, Span::new(start, end)))
    }
}

/// Days from year 0 would be smaller; the fields themselves are easier to trust.
impl Codec for Date {
    fn put(&self, out: &mut Vec<u8>) {
        (self.year() as u16).put(out);
        out.extend([self.month() as u8, self.day() as u8]);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        let year = u16::take(input)?.try_into().ok()?;
        Self::new(year, u8::take(input)? as i8, u8::take(input)? as i8).ok()
    }
}

impl Codec for DateTime {
    fn put(&self, out: &mut Vec<u8>) {
        self.date().put(out);
        out.extend([self.hour() as u8, self.minute() as u8, self.second() as u8]);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        let date = Date::take(input)?;
        let mut next = || u8::take(input).map(|n| n as i8);
        let time = jiff::civil::Time::new(next()?, next()?, next()?, 0).ok()?;
        Some(date.to_datetime(time))
    }
}

impl Codec for PartialDate {
    fn put(&self, out: &mut Vec<u8>) {
        (self.year() as u16).put(out);
        out.extend([self.month().unwrap_or(0), self.day().unwrap_or(0)]);
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        let year = u16::take(input)?.try_into().ok()?;
        Self::new(year, u8::take(input)?, u8::take(input)?)
    }
}

/// Codes of fixed shape: as text.
macro_rules! code {
    ($($name:ident),*) => {$(
        impl Codec for $name {
            fn put(&self, out: &mut Vec<u8>) {
                put_str(self.as_str(), out);
            }
            fn take(input: &mut Input<'_>) -> Option<Self> {
                Self::parse(take_str(input)?).ok()
            }
        }
    )*};
}

/// Open code lists: as the code that was sent.
macro_rules! list {
    ($($name:ident),*) => {$(
        impl Codec for $name {
            fn put(&self, out: &mut Vec<u8>) {
                put_str(self.code(), out);
            }
            fn take(input: &mut Input<'_>) -> Option<Self> {
                take_str(input).map(Self::from_code)
            }
        }
    )*};
}

/// Closed lists: one number a variant, which never changes.
macro_rules! closed {
    ($name:ident { $($variant:ident = $number:literal),* $(,)? }) => {
        impl Codec for $name {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(match self { $(Self::$variant => $number,)* });
            }
            fn take(input: &mut Input<'_>) -> Option<Self> {
                match u8::take(input)? { $($number => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

/// Structures: their fields in this order, later ones behind the version that brought them.
macro_rules! record {
    ($name:ident { $($field:ident),* $(,)? } $(since $version:literal { $($new:ident),* $(,)? })*) => {
        impl Codec for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)*
                $($(self.$new.put(out);)*)*
            }
            fn take(input: &mut Input<'_>) -> Option<Self> {
                Some(Self {
                    $($field: Codec::take(input)?,)*
                    $($($new: if input.version >= $version {
                        Codec::take(input)?
                    } else {
                        Default::default()
                    },)*)*
                })
            }
        }
    };
}

code!(Carrier, Country, Port);
list!(Role, Sex);
closed!(Function {
    PassengerList = 0, PassengerChange = 1, PassengerCancel = 2, PartyReduction = 3, CrewList = 4,
    FlightClose = 5, FlightCloseOnBoard = 6, FlightCloseNotOnBoard = 7, FlightCancel = 8,
    FlightChange = 9, MasterCrewList = 10, GatePass = 11, FullPush = 12, UpdatePush = 13,
    Other = 14,
});
closed!(Mode { Air = 0, Sea = 1, Rail = 2, Road = 3 });
closed!(Presence { Listed = 0, Boarded = 1, NotBoarded = 2, Cancelled = 3 });
closed!(ContactKind { Phone = 0, Email = 1, Address = 2, Other = 3 });
closed!(BookingStatus { Active = 0, Cancelled = 1, CancelledOnPushFlight = 2 });
record!(Part { number, last });
record!(Envelope {
    kind,
    version,
    reference,
    interchange,
    function,
    sender,
    recipient,
    sent,
    access_reference,
    transaction,
    part,
    test,
});
record!(FlightNumber { digits, suffix });
record!(Leg {
    from,
    to,
    departs,
    arrives,
    border
});
record!(Vehicle {
    imo,
    call_sign,
    mmsi,
    registration,
    name,
    flag
});
record!(Flight {
    carrier,
    number,
    text,
    legs,
    overflight
} since 3 { mode, service, vehicle });
record!(PersonName {
    surname,
    given,
    title,
    maybe_truncated
});
record!(BirthDate { date, text });
record!(Document {
    kind,
    number,
    issuer,
    issuer_text,
    expires,
    issued,
    holder,
    primary_holder,
});
record!(Bag { tag, to });
record!(Traveller {
    role,
    name,
    birth,
    sex,
    nationalities,
    nationality_derived,
    residence,
    birth_place,
    address,
    documents,
    locator,
    carrier_ref,
    local_ref,
    seat,
    from,
    to,
    clearance,
    infant,
    unaccompanied_minor,
    status,
    checked_in,
    sequence,
    bags,
    bag_count,
    bag_weight_kg,
    verified,
    crew_function,
    frequent_flyer,
    tickets,
    government_refs,
    travels_with,
} since 2 { bag_pool, more_locators });
record!(BagPool { head, reference });
record!(Locator {
    company,
    code,
    departure_control,
    created
});
record!(Contact {
    kind,
    value,
    traveller
});
record!(Payment {
    form,
    vendor,
    number_masked,
    expires,
    amount,
    payer
});
record!(Agency {
    company,
    iata,
    office,
    city,
    country,
    kind,
    agent
});
record!(ItinerarySegment {
    carrier,
    number,
    operating,
    operating_number,
    special,
    from,
    to,
    departs,
    arrives,
    class,
    status,
    party,
    push_flight,
} since 2 { equipment });
record!(Split {
    travellers,
    locator
});
record!(Booking {
    locators,
    status,
    changed,
    ticketed,
    agency,
    contacts,
    payments,
    itinerary,
    travellers,
    group,
    splits,
    history,
    remarks,
    non_air,
} since 2 { tickets, excess_baggage, services, past });
record!(Money { amount, currency });
record!(Tax {
    money,
    country,
    code
});
record!(Ticket {
    traveller,
    number,
    kind,
    booklets,
    issued,
    base,
    total,
    taxes,
    restrictions,
    deadline,
    fare_bases,
    calculation,
});
record!(ExcessBaggage {
    traveller,
    pieces,
    weight_kg,
    charge
});
record!(OtherService {
    kind,
    place,
    name,
    vendor,
    confirmation,
    product,
    from,
    to,
});
record!(HistoryEntry {
    kind,
    at,
    agent,
    place,
    company,
    items
});
record!(HistoryItem { action, past });

/// What a history item is about: the number of its kind, then the value.
impl Codec for Past {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Other => out.push(0),
            Self::Name(name) => kind(1, name, out),
            Self::Flight(flight) => kind(2, &**flight, out),
            Self::Document(document) => kind(3, &**document, out),
            Self::Contact(contact) => kind(4, contact, out),
            Self::Seat(seat) => kind(5, seat, out),
            Self::Bags(bags) => kind(6, bags, out),
            Self::Remark => out.push(7),
            Self::Service(code) => kind(8, code, out),
        }
    }
    fn take(input: &mut Input<'_>) -> Option<Self> {
        Some(match u8::take(input)? {
            0 => Self::Other,
            1 => Self::Name(Codec::take(input)?),
            2 => Self::Flight(Box::new(Codec::take(input)?)),
            3 => Self::Document(Box::new(Codec::take(input)?)),
            4 => Self::Contact(Codec::take(input)?),
            5 => Self::Seat(Codec::take(input)?),
            6 => Self::Bags(Codec::take(input)?),
            7 => Self::Remark,
            8 => Self::Service(Codec::take(input)?),
            _ => return None,
        })
    }
}

fn kind(number: u8, value: &impl Codec, out: &mut Vec<u8>) {
    out.push(number);
    value.put(out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn personal(text: &str) -> Personal<Text> {
        Personal::new(text.into(), Span::new(812, 812 + text.len() as u32))
    }

    /// A history item of each kind.
    fn past(text: &str) -> Vec<HistoryItem> {
        let kinds = [
            Past::Name(PersonName::default()),
            Past::Flight(Box::default()),
            Past::Document(Box::default()),
            Past::Contact(Contact {
                kind: ContactKind::Other,
                value: personal(text),
                traveller: None,
            }),
            Past::Seat(personal("14C")),
            Past::Bags(Vec::new()),
            Past::Remark,
            Past::Service("BIKE".into()),
            Past::Other,
        ];
        kinds
            .map(|past| HistoryItem {
                action: "A".into(),
                past,
            })
            .to_vec()
    }

    /// A report in which every field that can be filled is filled, from a few arbitrary values.
    fn report(text: &str, number: u32, some: bool) -> Report {
        let person = PersonName {
            surname: Some(personal(text)),
            given: some.then(|| personal("JEAN")),
            title: some.then(|| "MR".into()),
            maybe_truncated: some,
        };
        let at = jiff::civil::date(2026, 11, 22).at(17, 43, 0, 0);
        let mut traveller = Traveller::new(Role::from_code(text));
        traveller.name = person.clone();
        traveller.birth = Some(Personal::new(
            BirthDate {
                date: PartialDate::new(1987, 2, 0),
                text: Some(text.into()),
            },
            Span::new(1, 7),
        ));
        traveller.sex = Some(Personal::new(Sex::Unspecified, Span::default()));
        traveller.nationalities = vec![Personal::new(
            Country::parse("UTO").unwrap(),
            Span::default(),
        )];
        traveller.documents = vec![Document {
            kind: "P".into(),
            number: Some(personal(text)),
            expires: Some(Personal::new(
                PartialDate::from_date(at.date()),
                Span::default(),
            )),
            holder: some.then_some(person),
            ..Document::default()
        }];
        traveller.bags = vec![Bag {
            tag: personal("ZQ019998"),
            to: Port::airport("KEF").ok(),
        }];
        traveller.bag_weight_kg = Some(number);
        traveller.frequent_flyer = vec![("ZQ".into(), personal("5551234567"))];
        traveller.travels_with = some.then_some(number);
        let number_text = FlightNumber {
            digits: "417".into(),
            suffix: some.then_some('A'),
        };
        Report {
            message: [3; 32],
            envelope: Envelope {
                kind: "PAXLST".into(),
                version: text.into(),
                reference: text.into(),
                interchange: text.into(),
                function: Function::UpdatePush,
                sender: text.into(),
                recipient: text.into(),
                sent: some.then_some(at),
                access_reference: some.then(|| text.into()),
                transaction: some.then(|| (text.into(), Some(2))),
                part: Part {
                    number: 3,
                    last: some,
                },
                test: some,
            },
            flight: Flight {
                carrier: Carrier::parse("ZQ").ok(),
                number: number_text.clone(),
                text: text.into(),
                mode: if some { Mode::Sea } else { Mode::Air },
                service: text.into(),
                vehicle: Vehicle {
                    name: text.into(),
                    flag: Country::parse("UTO").ok(),
                    ..Vehicle::default()
                },
                legs: vec![Leg {
                    departs: Some(at),
                    border: some,
                    ..Leg::default()
                }],
                overflight: some,
            },
            travellers: vec![traveller],
            bookings: vec![Booking {
                locators: vec![Locator {
                    company: "ZQ".into(),
                    code: personal(text),
                    departure_control: some,
                    created: Some(at),
                }],
                status: BookingStatus::CancelledOnPushFlight,
                agency: some.then(Agency::default),
                contacts: vec![Contact {
                    kind: ContactKind::Email,
                    value: personal(text),
                    traveller: some.then_some(number),
                }],
                itinerary: vec![ItinerarySegment {
                    number: number_text,
                    ..Default::default()
                }],
                splits: vec![Split {
                    travellers: Some(2),
                    locator: None,
                }],
                history: number,
                tickets: vec![Ticket {
                    total: Some(Money {
                        amount: "AWARD".into(),
                        currency: some.then(|| "EUR".into()),
                    }),
                    taxes: vec![Tax::default()],
                    ..Ticket::default()
                }],
                excess_baggage: vec![ExcessBaggage::default()],
                services: vec![OtherService {
                    name: some.then(|| personal(text)),
                    from: Some(at),
                    ..OtherService::default()
                }],
                past: vec![HistoryEntry {
                    at: Some(at),
                    items: past(text),
                    ..HistoryEntry::default()
                }],
                ..Booking::default()
            }],
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_report_comes_back_as_it_was(text in "\\PC{0,40}", number: u32, some: bool) {
            let sent = report(&text, number, some);
            let bytes = write(&sent);
            prop_assert_eq!(read(sent.message, &bytes).unwrap(), sent.clone());
            prop_assert_eq!(write(&read(sent.message, &bytes).unwrap()), bytes);
        }

        #[test]
        fn damaged_bytes_are_an_error_and_nothing_worse(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read([0; 32], &bytes);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Of the others there is nothing, and bookings that hold nobody who is asked for are gone.
        #[test]
        fn some_persons_are_read_as_if_all_were(holds: Vec<Vec<u8>>, places in prop::collection::hash_set(0..6_u32, 0..4)) {
            let mut sent = report("EXEMPLE", 7, true);
            let (traveller, booking) = (sent.travellers[0].clone(), sent.bookings[0].clone());
            sent.travellers = (0..6).map(|n| Traveller { bag_weight_kg: Some(n), ..traveller.clone() }).collect();
            sent.bookings = holds
                .iter()
                .map(|held| Booking {
                    travellers: held.iter().map(|at| u32::from(at % 6)).collect(),
                    ..booking.clone()
                })
                .collect();
            let places: Vec<u32> = places.into_iter().collect();
            let mut expect = sent.clone();
            for (at, traveller) in (0..).zip(&mut expect.travellers) {
                if !places.contains(&at) {
                    *traveller = Traveller::erased();
                }
            }
            expect.bookings.retain(|b| b.travellers.iter().any(|at| places.contains(at)));
            prop_assert_eq!(read_only(sent.message, &write(&sent), &places).unwrap(), expect);
        }

        #[test]
        fn who_is_who_comes_back(people in prop::collection::vec(
            (any::<u8>(), prop::collection::vec(any::<(u8, u32)>(), 0..4)), 0..4)
        ) {
            let people: Vec<crate::StoredPerson> = people
                .into_iter()
                .map(|(id, mentions)| crate::StoredPerson {
                    id: crate::Id::from_bytes(&[id; 16]).unwrap(),
                    presence: Presence::Boarded,
                    mentions: mentions.into_iter().map(|(m, place)| ([m; 32], place)).collect(),
                })
                .collect();
            let bytes = write_people(&people);
            prop_assert_eq!(read_people(&bytes).unwrap(), people);
            for cut in 0..bytes.len() {
                prop_assert!(read_people(&bytes[..cut]).is_err());
            }
        }
    }

    #[test]
    fn who_is_who_was_once_written_with_a_digest_a_mention() {
        let mut bytes = vec![3, 1];
        bytes.extend([5; 16]);
        bytes.extend([1, 1]);
        bytes.extend([9; 32]);
        bytes.push(4);
        let read = read_people(&bytes).unwrap();
        assert_eq!(read[0].mentions, [([9; 32], 4)]);
        assert_eq!(read[0].presence, Presence::Boarded);
    }

    #[test]
    fn a_record_of_the_first_version_is_read_without_what_came_later() {
        // As the first version wrote it: PAXLST 745 of one passenger without a booking.
        let mut sent = report("EXEMPLE", 7, true);
        sent.bookings.clear();
        sent.travellers.clear();
        sent.flight = Flight {
            mode: Mode::Air,
            service: Text::default(),
            vehicle: Vehicle::default(),
            ..sent.flight
        };
        let mut bytes = write(&sent);
        bytes[0] = 1;
        // Version 3 ends a flight with mode, service and vehicle, here none; then come no persons
        // and no bookings, which have no frames before version 4.
        assert_eq!(bytes.split_off(bytes.len() - 10), [0; 10]);
        let mut traveller = Traveller::new(Role::Passenger);
        traveller.seat = Some(personal("14C"));
        let mut later = Vec::new();
        traveller.put(&mut later);
        // Version 2 ends a traveller with the pool of bags and further locators, here none.
        assert_eq!(later.split_off(later.len() - 2), [0, 0]);
        bytes.push(1);
        bytes.extend(later);
        bytes.push(0);
        let read = read([3; 32], &bytes).unwrap();
        assert_eq!(read.travellers, [traveller]);
        assert_eq!(read.flight, sent.flight);
    }

    #[test]
    fn a_cut_or_longer_record_is_an_error() {
        let bytes = write(&report("EXEMPLE", 7, true));
        for cut in 0..bytes.len() {
            assert!(read([3; 32], &bytes[..cut]).is_err(), "cut at {cut}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert!(read([3; 32], &longer).is_err());
    }
}
