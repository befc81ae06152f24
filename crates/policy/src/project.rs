//! Cuts what the profile does not allow, in the decoded value and in the bytes, before anything is
//! written.
//!
//! - In: a decoded message, its bytes and the marks that say what each run of bytes is.
//!   Out: the same two without the forbidden parts, and how many runs were cut by heading.
//! - Source: R-ING-11, R-DAT-01, R-SEN-01, R-SEN-05: Directive (EU) 2016/681, Articles 6(1) and
//!   13(4).
//! - Invariants: the bytes keep their length, so that places still hold; separators stay, so that
//!   the message can still be read. Free text and services never enter the decoded value at all:
//!   decoders count them. Every field of the value is named here with its heading, so that a new
//!   one does not compile before somebody has said under which heading it may be kept.

use crate::Profile;
use oriel_model::{Booking, Element, HistoryEntry, HistoryItem, Mark, Message, Past, Traveller};
use std::collections::BTreeMap;

/// What was overwritten: counts only, never values (R-SEN-05).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projected {
    /// Designator of the carrier whose flight the message is about, where it says so.
    pub carrier: Option<String>,
    /// Runs cut, by kind of element.
    pub cut: BTreeMap<Element, u32>,
    /// Service codes of the profile's list that were met and cut, by code.
    pub codes: BTreeMap<String, u32>,
    /// Runs of free text cut for a term of the profile's lists, by language.
    pub terms: BTreeMap<String, u32>,
}

/// The characters of a message that projecting must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Characters {
    /// Replaces forbidden bytes; it must not be a service character of the message.
    pub filler: u8,
    /// Ends a segment.
    pub terminator: u8,
}

/// Kinds of data in which people write what they like.
const FREE_TEXT: &[Element] = &[
    Element::Minor,
    Element::NonAir,
    Element::Remark,
    Element::Service,
];

/// Applies the profile to one message.
pub fn project(
    profile: &Profile,
    message: &mut Message,
    bytes: &mut [u8],
    marks: &[Mark],
    characters: Characters,
) -> Projected {
    let carrier = message.flights.first().and_then(|flight| flight.carrier);
    let mut report = Projected {
        carrier: carrier.map(|carrier| carrier.to_string()),
        ..Projected::default()
    };
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
        if mark.element == Element::Service
            && let Some(code) = std::str::from_utf8(run)
                .ok()
                .and_then(|code| profile.sensitive_service(code.trim()))
        {
            sensitive = true;
            count(&mut report.codes, code);
        }
        let mut allowed =
            profile.keeps(mark.element) && (!mark.past || profile.keeps(Element::History));
        allowed &= !(sensitive && mark.element == Element::Service);
        if allowed
            && FREE_TEXT.contains(&mark.element)
            && let Some(language) = profile.sensitive_term(&String::from_utf8_lossy(run))
        {
            count(&mut report.terms, language);
            allowed = false;
        }
        if !allowed {
            run.fill(characters.filler);
            *report.cut.entry(mark.element).or_default() += 1;
        }
    }
    let (travellers, bookings) = (&mut message.travellers, &mut message.bookings);
    hide(travellers, bookings, &|element| !profile.keeps(element));
    for entry in bookings.iter_mut().flat_map(|booking| &mut booking.past) {
        entry.items.retain(|item| match &item.past {
            Past::Service(code) => profile.sensitive_service(code).is_none(),
            _ => true,
        });
    }
    report
}

/// Takes out of the values what `forbidden` names.
pub fn hide(
    travellers: &mut [Traveller],
    bookings: &mut [Booking],
    forbidden: &dyn Fn(Element) -> bool,
) {
    let keeps = |element| !forbidden(element);
    for traveller in travellers {
        hide_traveller(&keeps, traveller);
    }
    for booking in bookings {
        hide_booking(&keeps, booking);
    }
}

fn count(counts: &mut BTreeMap<String, u32>, what: &str) {
    match counts.get_mut(what) {
        Some(known) => *known += 1,
        None => {
            counts.insert(what.to_owned(), 1);
        }
    }
}

/// Takes a value away unless its heading is kept.
fn keep<T: Default>(kept: bool, value: &mut T) {
    if !kept {
        *value = T::default();
    }
}

fn hide_traveller(keeps: &dyn Fn(Element) -> bool, traveller: &mut Traveller) {
    let Traveller {
        role: _,
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
        local_ref: _,
        seat,
        from,
        to,
        clearance,
        infant: _,
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
        travels_with: _,
        bag_pool,
        more_locators,
    } = traveller;
    keep(keeps(Element::Name), name);
    keep(keeps(Element::BirthDate), birth);
    keep(keeps(Element::Sex), sex);
    keep(keeps(Element::Nationality), nationalities);
    keep(keeps(Element::Nationality), nationality_derived);
    keep(keeps(Element::Residence), residence);
    keep(keeps(Element::BirthPlace), birth_place);
    keep(keeps(Element::Destination), address);
    keep(keeps(Element::Document), documents);
    for document in documents {
        keep(keeps(Element::Name), &mut document.holder);
    }
    keep(keeps(Element::Locator), locator);
    keep(keeps(Element::Locator), more_locators);
    keep(keeps(Element::Locator), carrier_ref);
    keep(keeps(Element::Seat), seat);
    keep(keeps(Element::Itinerary), from);
    keep(keeps(Element::Itinerary), to);
    keep(keeps(Element::Itinerary), clearance);
    keep(keeps(Element::Minor), unaccompanied_minor);
    keep(keeps(Element::Status), status);
    keep(keeps(Element::Status), checked_in);
    keep(keeps(Element::Status), sequence);
    keep(keeps(Element::Baggage), bags);
    keep(keeps(Element::Baggage), bag_count);
    keep(keeps(Element::Baggage), bag_weight_kg);
    keep(keeps(Element::Baggage), bag_pool);
    keep(keeps(Element::Capture), verified);
    keep(keeps(Element::Crew), crew_function);
    keep(keeps(Element::FrequentFlyer), frequent_flyer);
    keep(keeps(Element::Ticket), tickets);
    keep(keeps(Element::GovernmentRef), government_refs);
}

fn hide_booking(keeps: &dyn Fn(Element) -> bool, booking: &mut Booking) {
    let Booking {
        locators,
        status: _,
        changed,
        ticketed,
        agency,
        contacts,
        payments,
        itinerary,
        travellers: _,
        group,
        splits,
        history: _,
        remarks: _,
        non_air: _,
        tickets,
        excess_baggage,
        services,
        past,
    } = booking;
    keep(keeps(Element::Locator), locators);
    for locator in locators {
        keep(keeps(Element::BookingDate), &mut locator.created);
    }
    keep(keeps(Element::BookingDate), changed);
    keep(keeps(Element::BookingDate), ticketed);
    keep(keeps(Element::Agency), agency);
    keep(keeps(Element::Contact), contacts);
    keep(keeps(Element::Payment), payments);
    keep(keeps(Element::Itinerary), itinerary);
    keep(keeps(Element::Name), group);
    keep(keeps(Element::Split), splits);
    for split in splits {
        keep(keeps(Element::Locator), &mut split.locator);
    }
    keep(keeps(Element::Ticket), tickets);
    for ticket in tickets {
        keep(keeps(Element::BookingDate), &mut ticket.issued);
    }
    keep(keeps(Element::Baggage), excess_baggage);
    keep(keeps(Element::NonAir), services);
    keep(keeps(Element::History), past);
    for entry in past {
        let HistoryEntry {
            kind: _,
            at: _,
            agent,
            place,
            company,
            items,
        } = entry;
        keep(keeps(Element::Agency), agent);
        keep(keeps(Element::Agency), place);
        keep(keeps(Element::Agency), company);
        items.retain(|item| keeps_past(keeps, item));
    }
}

/// Whether a value of the past stays: what it is a past value of must stay too.
fn keeps_past(keeps: &dyn Fn(Element) -> bool, item: &HistoryItem) -> bool {
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
    needed.iter().all(|element| keeps(*element))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_model::{
        Agency, BirthDate, Carrier, Contact, ContactKind, Country, Document, Envelope,
        ExcessBaggage, Flight, FlightNumber, Function, ItinerarySegment, Locator, OtherService,
        Part, Payment, PersonName, Personal, Port, Role, Sex, Span, Split, Text, Ticket,
    };
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Projects `text`, in which each run is written `{element:run}`, one of the past with a `<`
    /// before its element; gives what was counted and what is kept.
    #[track_caller]
    fn run(profile: &Profile, text: &str) -> (Projected, String) {
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
            let name = past.unwrap_or(element);
            let element = Profile::elements().find(|(known, _)| *known == name);
            marks.push(Mark {
                at: Span::new(start, bytes.len() as u32),
                element: element.unwrap().1,
                past: past.is_some(),
            });
            rest = tail;
        }
        bytes.extend_from_slice(rest.as_bytes());
        let characters = Characters {
            filler: b'#',
            terminator: b'\'',
        };
        let mut message = Message {
            flights: vec![flight()],
            ..empty()
        };
        let report = project(profile, &mut message, &mut bytes, &marks, characters);
        (report, String::from_utf8(bytes).unwrap())
    }

    #[track_caller]
    fn check(profile: &Profile, text: &str, expect: &str) {
        assert_eq!(run(profile, text).1, expect);
    }

    fn flight() -> Flight {
        Flight {
            carrier: Carrier::parse("ZQ").ok(),
            number: FlightNumber::parse("417").unwrap(),
            text: "ZQ417".into(),
            legs: Vec::new(),
            overflight: false,
            ..Flight::default()
        }
    }

    fn empty() -> Message {
        Message {
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
        }
    }

    /// R-ING-11.
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

    /// R-SEN-01.
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

    /// R-SEN-05.
    #[test]
    fn codes_and_terms_are_counted_and_their_values_are_not_kept() {
        let profile = Profile::builtin("eu-2016").unwrap();
        let text = "SSR+{service:ksml}:HK'SSR+{service:KSML}:HK'LTS+{remark:CALLS A PRIEST}\
                    {remark:wants a Pilgrimage fare}{remark:CALLS HIS AUNT}'";
        let (report, bytes) = run(&profile, text);
        assert_eq!(
            bytes,
            "SSR+####:HK'SSR+####:HK'LTS+#####################################CALLS HIS AUNT'"
        );
        assert_eq!(report.carrier.as_deref(), Some("ZQ"));
        assert_eq!(report.codes, [("KSML".to_owned(), 2)].into());
        assert_eq!(report.terms, [("en".to_owned(), 2)].into());
        let counted = format!("{report:?}").to_lowercase();
        assert!(!counted.contains("priest") && !counted.contains("aunt"));
    }

    /// R-DAT-01.
    #[test]
    fn headings_are_read_narrowly_unless_the_profile_says_otherwise() {
        let text = "LTS+{remark:CALLS HIS AUNT}'";
        let narrow = Profile::builtin_text("eu-2022").unwrap();
        let broad = narrow.replace("value = \"narrow\"", "value = \"broad\"");
        let kept = |profile: &str| run(&Profile::parse(profile).unwrap(), text).1;
        assert_eq!(kept(narrow), "LTS+##############'");
        assert_eq!(kept(&broad), text.replace("{remark:", "").replace('}', ""));
    }

    fn personal(text: &str) -> Personal<Text> {
        Personal::new(text.into(), Span::default())
    }

    /// A message in which every field says something.
    fn full() -> Message {
        let at: jiff::civil::DateTime = "2026-11-22T09:00".parse().unwrap();
        let airport = Port::airport("VIE").ok();
        let name = PersonName {
            surname: Some(personal("EXAMPLE")),
            ..PersonName::default()
        };
        let country = || Personal::new(Country::parse("UTO").unwrap(), Span::default());
        let birth = BirthDate {
            date: None,
            text: Some("1985".into()),
        };
        let mut traveller = Traveller::new(Role::Passenger);
        traveller.name = name.clone();
        traveller.birth = Some(Personal::new(birth, Span::default()));
        traveller.sex = Some(Personal::new(Sex::Female, Span::default()));
        traveller.nationalities = vec![country()];
        traveller.residence = Some(country());
        traveller.birth_place = Some(personal("HERE"));
        traveller.address = vec![personal("STREET")];
        traveller.documents = vec![Document {
            number: Some(personal("X1")),
            holder: Some(name),
            ..Document::default()
        }];
        traveller.locator = Some(personal("ABC123"));
        traveller.seat = Some(personal("14C"));
        traveller.from = airport;
        traveller.unaccompanied_minor = true;
        traveller.status = Some("HK".into());
        traveller.bag_count = Some(1);
        traveller.verified = Some(true);
        traveller.crew_function = Some("CR1".into());
        traveller.frequent_flyer = vec![("ZQ".into(), personal("77"))];
        traveller.tickets = vec![personal("999")];
        traveller.government_refs = vec![personal("R1")];
        let booking = Booking {
            locators: vec![Locator {
                company: "ZQ".into(),
                code: personal("ABC123"),
                departure_control: false,
                created: Some(at),
            }],
            changed: Some(at),
            agency: Some(Agency::default()),
            contacts: vec![Contact {
                kind: ContactKind::Phone,
                value: personal("+999"),
                traveller: None,
            }],
            payments: vec![Payment {
                form: "CC".into(),
                vendor: None,
                number_masked: None,
                expires: None,
                amount: None,
                payer: None,
            }],
            itinerary: vec![ItinerarySegment::default()],
            group: Some(personal("GROUP")),
            splits: vec![Split {
                travellers: None,
                locator: Some(personal("DEF456")),
            }],
            tickets: vec![Ticket {
                issued: Some(at),
                ..Ticket::default()
            }],
            excess_baggage: vec![ExcessBaggage::default()],
            services: vec![OtherService::default()],
            past: vec![HistoryEntry::default()],
            ..Booking::default()
        };
        Message {
            travellers: vec![traveller],
            bookings: vec![booking],
            ..empty()
        }
    }

    /// A kind of data, and whether a message still says something of it.
    type Said = (Element, fn(&Traveller, &Booking) -> bool);

    const SAID: &[Said] = &[
        (Element::Name, |t, b| {
            let holder = |d: &Document| d.holder.is_some();
            t.name.surname.is_some() || b.group.is_some() || t.documents.iter().any(holder)
        }),
        (Element::BirthDate, |t, _| t.birth.is_some()),
        (Element::Sex, |t, _| t.sex.is_some()),
        (Element::Nationality, |t, _| !t.nationalities.is_empty()),
        (Element::Residence, |t, _| t.residence.is_some()),
        (Element::BirthPlace, |t, _| t.birth_place.is_some()),
        (Element::Destination, |t, _| !t.address.is_empty()),
        (Element::Document, |t, _| !t.documents.is_empty()),
        (Element::Locator, |t, b| {
            t.locator.is_some() || !b.locators.is_empty()
        }),
        (Element::Seat, |t, _| t.seat.is_some()),
        (Element::Itinerary, |t, b| {
            t.from.is_some() || !b.itinerary.is_empty()
        }),
        (Element::Minor, |t, _| t.unaccompanied_minor),
        (Element::Status, |t, _| t.status.is_some()),
        (Element::Baggage, |t, b| {
            t.bag_count.is_some() || !b.excess_baggage.is_empty()
        }),
        (Element::Capture, |t, _| t.verified.is_some()),
        (Element::Crew, |t, _| t.crew_function.is_some()),
        (Element::FrequentFlyer, |t, _| !t.frequent_flyer.is_empty()),
        (Element::Ticket, |t, b| {
            !t.tickets.is_empty() || !b.tickets.is_empty()
        }),
        (Element::GovernmentRef, |t, _| !t.government_refs.is_empty()),
        (Element::BookingDate, |_, b| {
            let issued = |t: &Ticket| t.issued.is_some();
            let created = |l: &Locator| l.created.is_some();
            b.changed.is_some() || b.tickets.iter().any(issued) || b.locators.iter().any(created)
        }),
        (Element::Agency, |_, b| b.agency.is_some()),
        (Element::Contact, |_, b| !b.contacts.is_empty()),
        (Element::Payment, |_, b| !b.payments.is_empty()),
        (Element::Split, |_, b| !b.splits.is_empty()),
        (Element::NonAir, |_, b| !b.services.is_empty()),
        (Element::History, |_, b| !b.past.is_empty()),
    ];

    /// R-DAT-01: what a profile does not name is in no field of the value, in any profile, and in
    /// profiles that differ from it by one heading.
    #[test]
    fn no_field_survives_its_heading() {
        let characters = Characters {
            filler: b'#',
            terminator: b'\'',
        };
        for id in Profile::builtins() {
            let text = Profile::builtin_text(id).unwrap();
            let mut variants = vec![text.to_owned()];
            for (name, _) in Profile::elements() {
                let (before, after) = text.split_once("[masked]").unwrap();
                let without = before
                    .lines()
                    .filter(|line| !line.starts_with(&format!("{name} = ")))
                    .collect::<Vec<_>>()
                    .join("\n");
                variants.push(format!("{without}\n[masked]{after}"));
            }
            for variant in variants {
                let profile = Profile::parse(&variant).unwrap();
                let mut message = full();
                project(&profile, &mut message, &mut [], &[], characters);
                let (traveller, booking) = (&message.travellers[0], &message.bookings[0]);
                for (element, said) in SAID {
                    let kept = profile.keeps(*element);
                    // A document's holder, a ticket's day and the like also go with their bearer.
                    assert!(
                        kept || !said(traveller, booking),
                        "{id}: {element:?} is left"
                    );
                }
            }
        }
    }

    /// The table above misses no heading that has a field, and the full message fills each.
    #[test]
    fn every_heading_with_a_field_is_looked_at() {
        let message = full();
        let without = [Element::CarrierContact, Element::Remark, Element::Service];
        for (name, element) in Profile::elements() {
            let row = SAID.iter().find(|(known, _)| *known == element);
            assert_eq!(row.is_none(), without.contains(&element), "{name}");
            if let Some((_, said)) = row {
                assert!(said(&message.travellers[0], &message.bookings[0]), "{name}");
            }
        }
    }

    const WORDS: &[&str] = &["KSML", "wchr", "RABBI", "KLAR", "14C", "a priest", "#", ""];

    proptest! {
        /// R-ING-11, R-SEN-01: in every profile, each run without leave is overwritten, each other
        /// run is untouched, and so is everything between the runs.
        #[test]
        fn nothing_forbidden_survives_and_nothing_else_is_touched(
            profile in 0..7_usize,
            runs in proptest::collection::vec((0..31_usize, 0..WORDS.len(), any::<bool>(), 0..3_usize), 0..24),
        ) {
            static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| {
                Profile::builtins().map(|id| Profile::builtin(id).unwrap()).collect()
            });
            let profile = &ALL[profile];
            let mut elements: Vec<Element> = Profile::elements().map(|(_, e)| e).collect();
            elements.extend([Element::Structure, Element::Unmapped]);
            let (mut bytes, mut marks) = (Vec::new(), Vec::new());
            for (element, word, past, separator) in runs {
                let start = bytes.len() as u32;
                bytes.extend_from_slice(WORDS[word].as_bytes());
                marks.push(Mark {
                    at: Span::new(start, bytes.len() as u32),
                    element: elements[element % elements.len()],
                    past,
                });
                bytes.push(b"+:'"[separator]);
            }
            let sent = bytes.clone();
            let characters = Characters { filler: b'*', terminator: b'\'' };
            project(profile, &mut empty(), &mut bytes, &marks, characters);
            prop_assert_eq!(bytes.len(), sent.len());
            let mut rest = bytes.clone();
            for mark in &marks {
                let (kept, run) = (&bytes[mark.at.range()], &sent[mark.at.range()]);
                let gone = kept.iter().all(|byte| *byte == b'*');
                prop_assert!(gone || kept == run, "cut in part");
                let leave = profile.keeps(mark.element)
                    && (!mark.past || profile.keeps(Element::History));
                prop_assert!(leave || gone, "{:?} is left", mark);
                let text = std::str::from_utf8(run).unwrap();
                let free = FREE_TEXT.contains(&mark.element);
                if leave && !free {
                    prop_assert_eq!(kept, run);
                }
                if free && profile.sensitive_term(text).is_some() {
                    prop_assert!(gone, "a term is left");
                }
                if mark.element == Element::Service && profile.sensitive_service(text).is_some() {
                    prop_assert!(gone, "a code is left");
                }
                rest[mark.at.range()].copy_from_slice(run);
            }
            prop_assert_eq!(rest, sent);
        }
    }
}
