//! What one message, and one journey, count for: pure.
//!
//! - In: a message as one recipient's profile leaves it, and what is odd about it. Out: counts.
//! - Invariants: only what the profile keeps is counted; a count says how often something was
//!   there, never what. An element that was not sent is no fault (R-ING-06): it is counted, and
//!   whoever reads the count judges.

use oriel_model::{
    Booking, Element, Finding, Function, Journey, Mark, Message, Person, Presence, Role, Severity,
    Traveller,
};
use oriel_policy::Profile;
use oriel_store::{Figures, ToldOf};
use std::collections::BTreeMap;
use std::ops::Range;

/// What is counted of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Of {
    /// The message itself, its persons, its bookings.
    All,
    /// Persons or bookings that come with an element, whether or not it can be read.
    Has,
    /// Values of an element that were lost.
    Lost,
    /// Findings of a code.
    Code,
}

impl Of {
    /// Before the name of what is counted.
    pub(crate) fn start(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Has => "has.",
            Self::Lost => "lost.",
            Self::Code => "code.",
        }
    }
}

/// Counts, each of a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts(BTreeMap<(Of, &'static str), u64>);

impl Counts {
    pub(crate) fn add(&mut self, of: Of, name: &'static str, more: u64) {
        if more > 0 {
            *self.0.entry((of, name)).or_default() += more;
        }
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        for ((of, name), more) in &other.0 {
            self.add(*of, name, *more);
        }
    }

    /// As they are kept.
    pub(crate) fn figures(&self) -> Figures {
        let named =
            |((of, name), count): (&(Of, &str), &u64)| (format!("{}{name}", of.start()), *count);
        Figures(self.0.iter().map(named).collect())
    }
}

/// An element, and whether somebody, or a booking, comes with it.
type OfPerson = (Element, fn(&Traveller) -> bool);
type OfBooking = (Element, fn(&Booking) -> bool);

/// What persons of every format come with.
const PERSON: &[OfPerson] = &[
    (Element::Name, |it| it.name.surname.is_some()),
    (Element::BirthDate, |it| it.birth.is_some()),
    (Element::Sex, |it| it.sex.is_some()),
    (Element::Nationality, |it| !it.nationalities.is_empty()),
    (Element::Document, |it| !it.documents.is_empty()),
    (Element::Seat, |it| it.seat.is_some()),
    (Element::Baggage, |it| {
        !it.bags.is_empty() || it.bag_count.is_some()
    }),
];

/// What only persons of lists come with.
const LISTED: &[OfPerson] = &[
    (Element::Locator, |it| {
        it.locator.is_some() || it.carrier_ref.is_some()
    }),
    (Element::Residence, |it| it.residence.is_some()),
    (Element::BirthPlace, |it| it.birth_place.is_some()),
    (Element::Destination, |it| !it.address.is_empty()),
];

/// What bookings come with.
const BOOKING: &[OfBooking] = &[
    (Element::Locator, |it| !it.locators.is_empty()),
    (Element::BookingDate, |it| {
        it.locators.iter().any(|locator| locator.created.is_some())
    }),
    (Element::Itinerary, |it| !it.itinerary.is_empty()),
    (Element::Contact, |it| !it.contacts.is_empty()),
    (Element::Payment, |it| !it.payments.is_empty()),
    (Element::Agency, |it| it.agency.is_some()),
    (Element::Ticket, |it| !it.tickets.is_empty()),
];

/// The name of an element in profiles.
fn named(element: Element) -> &'static str {
    let known = Profile::elements().find(|(_, known)| *known == element);
    known.map_or("unmapped", |(name, _)| name)
}

/// The elements of which a value was lost: what a finding that costs a value points at. Marks are
/// counted from the message's first byte, findings from the transmission's.
pub(crate) fn lost(findings: &[Finding], marks: &[Mark], message: &Range<usize>) -> Vec<Element> {
    let errors = findings
        .iter()
        .filter(|it| it.kind.severity == Severity::Error);
    let mut places: Vec<(usize, usize)> = errors
        .filter(|it| it.at.start >= message.start)
        .map(|it| (it.at.start - message.start, it.at.end - message.start))
        .collect();
    if places.is_empty() {
        return Vec::new();
    }
    places.sort_unstable();
    let mut lost = Vec::new();
    for mark in marks
        .iter()
        .filter(|mark| mark.element != Element::Structure)
    {
        let (from, to) = (mark.at.start as usize, mark.at.end as usize);
        // The last place that begins before the mark ends; one that is longer may hide behind it,
        // and then the value is counted with the mark that it begins at.
        let before = places.partition_point(|(start, _)| *start < to);
        if places[..before].last().is_some_and(|(_, end)| *end > from) {
            lost.push(mark.element);
        }
    }
    lost
}

/// What a message counts for.
pub(crate) fn of_message(
    profile: &Profile,
    message: &Message,
    findings: &[Finding],
    lost: &[Element],
) -> Counts {
    let mut counts = Counts::default();
    counts.add(Of::All, "messages", 1);
    let any = |severity| findings.iter().any(|it| it.kind.severity == severity);
    counts.add(Of::All, "faulty", u64::from(any(Severity::Error)));
    counts.add(Of::All, "warned", u64::from(any(Severity::Warning)));
    for finding in findings {
        counts.add(Of::Code, finding.kind.code, 1);
    }
    for element in lost.iter().filter(|it| profile.keeps(**it)) {
        counts.add(Of::Lost, named(*element), 1);
    }
    let bookings = message.envelope.kind == *"PNRGOV";
    let part = message.envelope.part;
    // What is announced of several parts is announced of all of them together.
    if let Some(announced) = message.announced
        && part.number == 1
        && part.last
    {
        let listed = if bookings {
            message.bookings.len()
        } else {
            message.travellers.len()
        };
        counts.add(Of::All, "announced", u64::from(announced));
        counts.add(Of::All, "announced_there", listed as u64);
        counts.add(
            Of::All,
            "announced_wrong",
            u64::from(listed as u64 != u64::from(announced)),
        );
    }
    if !is_whole(message.envelope.function) {
        return counts;
    }
    counts.add(Of::All, "persons", message.travellers.len() as u64);
    counts.add(Of::All, "bookings", message.bookings.len() as u64);
    let more = if bookings { &[][..] } else { LISTED };
    for (element, has) in PERSON
        .iter()
        .chain(more)
        .filter(|(it, _)| profile.keeps(*it))
    {
        let with = message.travellers.iter().filter(|it| has(it)).count();
        counts.add(Of::Has, named(*element), with as u64);
    }
    for (element, has) in BOOKING.iter().filter(|(it, _)| profile.keeps(*it)) {
        let with = message.bookings.iter().filter(|it| has(it)).count();
        counts.add(Of::Has, named(*element), with as u64);
    }
    counts
}

/// The elements that a format is looked through for, each with what it is counted of: `persons` or
/// `bookings`.
pub(crate) fn elements<'a>(
    profile: &'a Profile,
    format: &str,
) -> impl Iterator<Item = (&'static str, &'static str)> + use<'a> {
    let bookings = format.starts_with("pnrgov");
    let listed = if bookings { &[][..] } else { LISTED };
    let booked = if bookings { BOOKING } else { &[][..] };
    let persons = PERSON.iter().chain(listed).map(|(it, _)| (*it, "persons"));
    let all = persons.chain(booked.iter().map(|(it, _)| (*it, "bookings")));
    all.filter(|(it, _)| profile.keeps(*it))
        .map(|(it, of)| (named(it), of))
}

/// Whether a message says everything of whom it names, and not only what changed.
fn is_whole(function: Function) -> bool {
    use Function as F;
    matches!(
        function,
        F::PassengerList | F::CrewList | F::MasterCrewList | F::FullPush | F::UpdatePush | F::Other
    )
}

/// How many passengers travel on a journey, by what spoke of them.
pub(crate) fn told_of(journey: &Journey) -> ToldOf {
    let mut told = ToldOf::default();
    for person in journey.people.iter().filter(|it| travels(journey, it)) {
        let (mut lists, mut bookings) = (false, false);
        for (report, _) in journey.mentions(person) {
            bookings |= report.is_booking_data();
            lists |= !report.is_booking_data() && !is_about_flight(report.envelope.function);
        }
        let boarded = person.presence == Presence::Boarded;
        told.lists += u64::from(lists);
        told.bookings += u64::from(bookings);
        told.boarded += u64::from(boarded);
        told.lists_alone += u64::from(lists && !bookings);
        told.bookings_alone += u64::from(bookings && !lists);
        told.boarded_alone += u64::from(boarded && !lists && !bookings);
    }
    told
}

fn travels(journey: &Journey, person: &Person) -> bool {
    let crew = journey
        .mentions(person)
        .any(|(_, it)| matches!(it.role, Role::Crew | Role::TransitCrew));
    !crew && matches!(person.presence, Presence::Listed | Presence::Boarded)
}

fn is_about_flight(function: Function) -> bool {
    use Function as F;
    matches!(
        function,
        F::FlightClose
            | F::FlightCloseOnBoard
            | F::FlightCloseNotOnBoard
            | F::FlightCancel
            | F::FlightChange
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_messages::Transmission;

    /// What a PAXLST with this body counts for, under the profile of the Union.
    #[track_caller]
    fn check(body: &str, expect: &[(&str, u64)]) {
        let text = format!(
            "UNB+UNOA:4+ZQ+UTO+261122:0914+7'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
             TDT+20+ZQ417+++ZQ'LOC+125+UXA'DTM+189:2611231200:201'LOC+87+LHR'\
             DTM+232:2611231500:201'{body}UNT+0+1'UNZ+1+7'"
        );
        let profile = Profile::builtin("eu-2022").unwrap();
        let transmission = Transmission::open(text.as_bytes());
        let decoded = transmission.decode().next().unwrap();
        let lost = lost(&decoded.findings, &decoded.marks, &decoded.span);
        let message = decoded.message.unwrap();
        let figures = of_message(&profile, &message, &decoded.findings, &lost).figures();
        for (name, count) in expect {
            assert_eq!(figures.get(name), *count, "{name}: {figures:?}");
        }
    }

    const JEAN: &str = "NAD+FL+++EXEMPLE:JEAN'ATT+2++M'DTM+329:800102'NAT+2+UTO'DOC+P+X1234567'\
                        DTM+36:300101'LOC+91+UTO'";
    const MARIA: &str = "NAD+FL+++SAMPLE:MARIA'";

    /// R-ING-06: what is not sent is counted, and is no fault.
    #[test]
    fn elements_are_counted_of_persons() {
        check(
            &format!("{JEAN}{MARIA}CNT+42:2'"),
            &[
                ("messages", 1),
                ("persons", 2),
                ("has.name", 2),
                ("has.birth_date", 1),
                ("has.document", 1),
                ("has.residence", 0),
                ("announced", 2),
                ("announced_there", 2),
                ("announced_wrong", 0),
            ],
        );
    }

    #[test]
    fn what_is_announced_is_held_against_what_came() {
        let counted = [
            ("announced", 3),
            ("announced_there", 1),
            ("announced_wrong", 1),
        ];
        check(&format!("{JEAN}CNT+42:3'"), &counted);
    }

    #[test]
    fn a_lost_value_counts_against_its_element() {
        let body = JEAN.replace("329:800102", "329:8X0102");
        let counted = [("faulty", 1), ("lost.birth_date", 1), ("has.birth_date", 1)];
        check(&format!("{body}CNT+42:1'"), &counted);
    }
}
