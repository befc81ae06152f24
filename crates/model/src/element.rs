//! Kinds of data by the headings under which law allows or forbids them, and where they stand in
//! a message.
//!
//! - Source: Annex I of Directive (EU) 2016/681 (headings 1 to 19) and the API elements of
//!   Regulations (EU) 2025/12 and 2025/13; `oriel-policy` decides which a profile keeps.
//! - Invariant: a decoder marks every data component it reads past. What it does not know is
//!   [`Element::Unmapped`], which no profile can allow.

use crate::Span;

/// What a piece of a message is, in the law's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Element {
    /// Qualifiers, references and counts of the message itself; nothing about a person.
    Structure,
    /// Heading 1: record locator, and the carrier's unique passenger reference.
    Locator,
    /// Heading 2: dates of booking and ticket issue.
    BookingDate,
    /// Headings 3 and 7: dates of travel and itinerary.
    Itinerary,
    /// Heading 4 and, for co-travellers, 17: names, title included.
    Name,
    /// Heading 5: address, telephone, e-mail of the traveller.
    Contact,
    /// Heading 6: form of payment and billing.
    Payment,
    /// Heading 8: frequent flyer.
    FrequentFlyer,
    /// Heading 9: travel agency and agent.
    Agency,
    /// Heading 10: travel status.
    Status,
    /// Heading 11: split and divided bookings.
    Split,
    /// Heading 12, as far as it concerns unaccompanied minors.
    Minor,
    /// Heading 12, the rest: general remarks and other service information.
    Remark,
    /// Special service requests that are none of the other headings. Whether one discloses health
    /// or belief is decided by its code.
    Service,
    /// Heading 13: ticketing fields.
    Ticket,
    /// Heading 14: seat.
    Seat,
    /// Heading 16: baggage.
    Baggage,
    /// Heading 18: birth date.
    BirthDate,
    /// Heading 18: sex.
    Sex,
    /// Heading 18: nationality.
    Nationality,
    /// Heading 18: document type, number, issuing state, expiry.
    Document,
    /// PAXLST: state of residence.
    Residence,
    /// PAXLST: place of birth.
    BirthPlace,
    /// PAXLST: address in the receiving state.
    Destination,
    /// PAXLST: how the data was captured (verified or not).
    Capture,
    /// PAXLST: government references such as redress and known-traveller numbers.
    GovernmentRef,
    /// PAXLST: crew function.
    Crew,
    /// Heading 19: history of the booking.
    History,
    /// Hotels, cars and other services that are not flights.
    NonAir,
    /// Who to call at the carrier about the message (PAXLST group 1).
    CarrierContact,
    /// Anything the decoder has no heading for.
    Unmapped,
}

/// One run of bytes of one kind, without the separators around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where, counted from the first byte of the message.
    pub at: Span,
    /// What.
    pub element: Element,
    /// It is a value of the past: kept only where [`Element::History`] is kept too.
    pub past: bool,
}
