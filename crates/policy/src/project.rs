//! Cuts what the profile does not allow, in the decoded value and in the bytes, before anything is
//! written.
//!
//! - In: a decoded message, its bytes and the marks that say what each run of bytes is.
//!   Out: the same two without the forbidden parts, and how many runs were cut by heading.
//! - Source: R-ING-11, R-SEN-01: Directive (EU) 2016/681, Articles 6(1) and 13(4).
//! - Invariants: the bytes keep their length, so that places still hold; separators stay, so that
//!   the message can still be read. Free text and services never enter the decoded value at all:
//!   decoders count them.

use crate::Profile;
use oriel_model::{Element, Mark, Message};
use std::collections::BTreeMap;

/// How many runs of bytes were overwritten, by kind. Counts only, never values (R-SEN-05).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projected {
    /// Runs cut, by kind of element.
    pub cut: BTreeMap<Element, u32>,
}

/// Applies the profile to one message.
///
/// `filler` is the byte that replaces forbidden ones; it must not be a service character of the
/// message.
pub fn project(
    profile: &Profile,
    message: &mut Message,
    bytes: &mut [u8],
    marks: &[Mark],
    filler: u8,
) -> Projected {
    let mut report = Projected::default();
    for mark in marks {
        let run = &mut bytes[mark.at.range()];
        if keeps_run(profile, mark.element, run) {
            continue;
        }
        run.fill(filler);
        *report.cut.entry(mark.element).or_default() += 1;
    }
    cut_values(profile, message);
    report
}

/// A service is kept only where the profile keeps services and its code is not sensitive.
fn keeps_run(profile: &Profile, element: Element, run: &[u8]) -> bool {
    if !profile.keeps(element) {
        return false;
    }
    element != Element::Service
        || !std::str::from_utf8(run).is_ok_and(|code| profile.is_sensitive_service(code.trim()))
}

fn cut_values(profile: &Profile, message: &mut Message) {
    let forbidden = |element| !profile.keeps(element);
    for t in &mut message.travellers {
        if forbidden(Element::Name) {
            t.name = oriel_model::PersonName::default();
        }
        if forbidden(Element::BirthDate) {
            t.birth = None;
        }
        if forbidden(Element::Sex) {
            t.sex = None;
        }
        if forbidden(Element::Nationality) {
            t.nationalities.clear();
        }
        if forbidden(Element::Residence) {
            t.residence = None;
        }
        if forbidden(Element::BirthPlace) {
            t.birth_place = None;
        }
        if forbidden(Element::Destination) {
            t.address.clear();
        }
        if forbidden(Element::Document) {
            t.documents.clear();
        }
        if forbidden(Element::Locator) {
            t.locator = None;
            t.carrier_ref = None;
        }
        if forbidden(Element::Seat) {
            t.seat = None;
        }
        if forbidden(Element::Status) {
            t.checked_in = None;
            t.sequence = None;
        }
        if forbidden(Element::Baggage) {
            t.bags.clear();
            t.bag_count = None;
            t.bag_weight_kg = None;
        }
        if forbidden(Element::Capture) {
            t.verified = None;
        }
        if forbidden(Element::Crew) {
            t.crew_function = None;
        }
        if forbidden(Element::FrequentFlyer) {
            t.frequent_flyer.clear();
        }
        if forbidden(Element::Ticket) {
            t.tickets.clear();
        }
        if forbidden(Element::GovernmentRef) {
            t.government_refs.clear();
        }
        if forbidden(Element::Minor) {
            t.unaccompanied_minor = false;
        }
    }
    for b in &mut message.bookings {
        if forbidden(Element::Locator) {
            b.locators.clear();
        }
        if forbidden(Element::BookingDate) {
            b.changed = None;
            b.ticketed = None;
        }
        if forbidden(Element::Contact) {
            b.contacts.clear();
        }
        if forbidden(Element::Payment) {
            b.payments.clear();
        }
        if forbidden(Element::Agency) {
            b.agency = None;
        }
        if forbidden(Element::Itinerary) {
            b.itinerary.clear();
        }
        if forbidden(Element::Name) {
            b.group = None;
        }
        if forbidden(Element::Split) {
            b.splits.clear();
        }
    }
}
