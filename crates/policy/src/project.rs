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
use oriel_model::{Booking, Element, HistoryItem, Mark, Message, Past, Traveller};
use std::collections::BTreeMap;

/// How many runs of bytes were overwritten, by kind. Counts only, never values (R-SEN-05).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projected {
    /// Runs cut, by kind of element.
    pub cut: BTreeMap<Element, u32>,
}

/// The characters of a message that projecting must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Characters {
    /// Replaces forbidden bytes; it must not be a service character of the message.
    pub filler: u8,
    /// Ends a segment.
    pub terminator: u8,
}

/// Applies the profile to one message.
pub fn project(
    profile: &Profile,
    message: &mut Message,
    bytes: &mut [u8],
    marks: &[Mark],
    characters: Characters,
) -> Projected {
    let mut report = Projected::default();
    // Where a profile keeps services, a sensitive code takes the rest of its segment along.
    let mut sensitive = false;
    let mut before = 0;
    for mark in marks {
        let range = mark.at.range();
        let between = bytes.get(before..range.start).unwrap_or_default();
        if between.contains(&characters.terminator) {
            sensitive = false;
        }
        before = range.end;
        let run = &mut bytes[range];
        if mark.element == Element::Service {
            let code = std::str::from_utf8(run).unwrap_or_default();
            sensitive |= profile.is_sensitive_service(code.trim());
        }
        let allowed =
            profile.keeps(mark.element) && (!mark.past || profile.keeps(Element::History));
        if allowed && !(sensitive && mark.element == Element::Service) {
            continue;
        }
        run.fill(characters.filler);
        *report.cut.entry(mark.element).or_default() += 1;
    }
    cut_values(profile, message);
    report
}

fn cut_values(profile: &Profile, message: &mut Message) {
    let forbidden = |element| !profile.keeps(element);
    hide(&mut message.travellers, &mut message.bookings, &forbidden);
    let sensitive = |item: &HistoryItem| match &item.past {
        Past::Service(code) => profile.is_sensitive_service(code),
        _ => false,
    };
    for entry in message.bookings.iter_mut().flat_map(|b| &mut b.past) {
        entry.items.retain(|item| !sensitive(item));
    }
}

/// Takes the values out that `forbidden` names.
pub fn hide(
    travellers: &mut [Traveller],
    bookings: &mut [Booking],
    forbidden: &dyn Fn(Element) -> bool,
) {
    for t in travellers {
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
            t.more_locators.clear();
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
            t.bag_pool = None;
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
    for b in bookings {
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
        if forbidden(Element::Ticket) {
            b.tickets.clear();
        }
        if forbidden(Element::Baggage) {
            b.excess_baggage.clear();
        }
        if forbidden(Element::NonAir) {
            b.services.clear();
        }
        if forbidden(Element::History) {
            b.past.clear();
        }
        for entry in &mut b.past {
            entry.items.retain(|item| !hides_past(item, forbidden));
        }
    }
}

/// Whether a value of the past goes: what it is a past value of is forbidden too.
fn hides_past(item: &HistoryItem, forbidden: &dyn Fn(Element) -> bool) -> bool {
    let needed: &[Element] = match &item.past {
        Past::Name(_) => &[Element::Name],
        Past::Flight(_) => &[Element::Itinerary],
        Past::Document(_) => &[Element::Document, Element::Name],
        Past::Contact(_) => &[Element::Contact],
        Past::Seat(_) => &[Element::Seat],
        Past::Bags(_) => &[Element::Baggage],
        Past::Service(_) => &[Element::Service],
        Past::Remark | Past::Other => &[],
    };
    needed.iter().any(|element| forbidden(*element))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_model::{Envelope, Function, Part, Span};

    /// Projects `text`, in which each run is written `{element:run}`, one of the past with a `<`
    /// before its element; gives what is kept.
    #[track_caller]
    fn check(profile: &Profile, text: &str, expect: &str) {
        let (mut bytes, mut marks) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (plain, marked) = rest.split_at(open);
            bytes.extend_from_slice(plain.as_bytes());
            let (element, tail) = marked[1..].split_once(':').unwrap();
            let (run, tail) = tail.split_once('}').unwrap();
            let start = bytes.len() as u32;
            bytes.extend_from_slice(run.as_bytes());
            let past = element.strip_prefix('<');
            let element = match past.unwrap_or(element) {
                "name" => Element::Name,
                "service" => Element::Service,
                "remark" => Element::Remark,
                other => panic!("no element {other}"),
            };
            marks.push(Mark {
                at: Span::new(start, bytes.len() as u32),
                element,
                past: past.is_some(),
            });
            rest = tail;
        }
        bytes.extend_from_slice(rest.as_bytes());
        let mut message = Message {
            envelope: Envelope {
                kind: "PNRGOV".into(),
                version: "11.1".into(),
                reference: "1".into(),
                interchange: "1".into(),
                function: Function::FullPush,
                sender: "ZQ".into(),
                recipient: "XO".into(),
                sent: None,
                access_reference: None,
                transaction: None,
                part: Part {
                    number: 1,
                    last: true,
                },
                test: false,
            },
            flights: Vec::new(),
            travellers: Vec::new(),
            bookings: Vec::new(),
            announced: None,
        };
        let characters = Characters {
            filler: b'#',
            terminator: b'\'',
        };
        project(profile, &mut message, &mut bytes, &marks, characters);
        assert_eq!(String::from_utf8(bytes).unwrap(), expect);
    }

    #[test]
    fn what_has_no_clause_is_overwritten_in_place() {
        let profile = Profile::builtin("eu-2022").unwrap();
        check(
            &profile,
            "TIF+{name:EXEMPLE}'SSR+{service:VGML}:HK'LTS+{remark:CALLS HIS AUNT}'",
            "TIF+EXEMPLE'SSR+####:HK'LTS+##############'",
        );
    }

    #[test]
    fn a_value_of_the_past_needs_the_history_and_its_own_heading() {
        let text = "TIF+{<name:EXEMPLE}'IFT+4:19+{<remark:CALLS}'";
        let profile = Profile::builtin("eu-2022").unwrap();
        check(&profile, text, "TIF+#######'IFT+4:19+#####'");
        let wider = include_str!("../../../profiles/eu-2022.toml")
            .replace("[elements]", "[elements]\nhistory = { clause = \"test\" }");
        check(
            &Profile::parse(&wider).unwrap(),
            text,
            "TIF+EXEMPLE'IFT+4:19+#####'",
        );
    }

    #[test]
    fn a_sensitive_service_goes_whole_and_takes_no_neighbour_along() {
        let text = include_str!("../../../profiles/eu-2022.toml");
        let wider = text.replace("[elements]", "[elements]\nservice = { clause = \"test\" }");
        check(
            &Profile::parse(&wider).unwrap(),
            "SSR+{service:KSML}:HK+{service:NO MILK}'SSR+{service:BIKE}:HK+{service:RED}'",
            "SSR+####:HK+#######'SSR+BIKE:HK+RED'",
        );
    }
}
