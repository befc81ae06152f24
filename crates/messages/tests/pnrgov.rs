//! PNRGOV: golden cases, the table of findings, marks, and properties.
//!
//! A case is `data/pnrgov/<case>.edi` beside `<case>.expect`; `UPDATE_EXPECT=1` rewrites the
//! expectations, to be reviewed as a diff. All people, documents and carriers are invented.

#[path = "show/bookings.rs"]
mod show;

use oriel_messages::{Decoded, findings::pnrgov as findings};
use oriel_model::{Booking, Element, Message, PersonName, Personal, Severity, Span, Traveller};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pnrgov")
}

/// Name and bytes of every case.
fn cases() -> Vec<(String, Vec<u8>)> {
    let mut cases: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "edi"))
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    cases.sort();
    cases
}

fn decode(bytes: &[u8]) -> Vec<Decoded> {
    oriel_messages::decode(bytes).collect()
}

/// A push of the given segments behind level 0, as one message.
fn push(body: &str) -> String {
    format!(
        "UNB+IATA:1+ZQ+UTOPIU+270312:0600+1++PNRGOV'UNH+1+PNRGOV:13:1:IA+X+01:F'\
         MSG+:22'ORG+ZQ:HEL'TVL+120327:1340:120327:1755+HEL+ATH+ZQ+0731'{body}UNT+1+1'UNZ+1+1'"
    )
}

fn message(body: &str) -> Message {
    let mut decoded = decode(push(body).as_bytes());
    assert_eq!(decoded.len(), 1);
    decoded
        .remove(0)
        .message
        .expect("nothing of level 0 is missing")
}

// ---- cases and table --------------------------------------------------------------------------

#[test]
fn every_case_decodes_as_expected() {
    oriel_testkit::golden(folder(), "edi", show::transmission);
}

#[test]
fn every_finding_has_a_case_that_produces_it() {
    let seen: BTreeSet<&str> = cases()
        .iter()
        .flat_map(|(_, bytes)| decode(bytes))
        .flat_map(|decoded| decoded.findings)
        .map(|finding| finding.kind.code)
        .collect();
    let codes = findings::ROWS.iter().map(|row| row.code);
    let missing: Vec<_> = codes.filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "no case produces {missing:?}");
    assert!(findings::ROWS.is_sorted_by(|a, b| a.code < b.code));
}

#[test]
fn only_cases_called_broken_lose_a_value() {
    for (name, bytes) in cases() {
        let worst = decode(&bytes).iter().filter_map(Decoded::severity).max();
        let broken = name.contains("broken_");
        assert!(
            broken || worst <= Some(Severity::Warning),
            "{name} {worst:?}"
        );
    }
}

// ---- marks ------------------------------------------------------------------------------------

/// `bytes` with everything overwritten that is marked as one of `what`.
fn filled(bytes: &[u8], what: impl Fn(Element) -> bool) -> Vec<u8> {
    let mut filled = bytes.to_vec();
    for decoded in decode(bytes) {
        let inside = &mut filled[decoded.span];
        for mark in decoded.marks.iter().filter(|mark| what(mark.element)) {
            inside[mark.at.range()].fill(b'#');
        }
    }
    filled
}

fn place<T>(places: &mut Vec<Span>, value: Option<&Personal<T>>) {
    places.extend(value.map(Personal::at));
}

fn name_places(places: &mut Vec<Span>, name: &PersonName) {
    place(places, name.surname.as_ref());
    place(places, name.given.as_ref());
}

fn traveller_places(places: &mut Vec<Span>, traveller: &Traveller) {
    name_places(places, &traveller.name);
    place(places, traveller.birth.as_ref());
    place(places, traveller.sex.as_ref());
    place(places, traveller.residence.as_ref());
    place(places, traveller.birth_place.as_ref());
    place(places, traveller.carrier_ref.as_ref());
    place(places, traveller.seat.as_ref());
    place(places, traveller.locator.as_ref());
    places.extend(traveller.nationalities.iter().map(Personal::at));
    places.extend(traveller.address.iter().map(Personal::at));
    places.extend(traveller.tickets.iter().map(Personal::at));
    places.extend(traveller.government_refs.iter().map(Personal::at));
    places.extend(
        traveller
            .frequent_flyer
            .iter()
            .map(|(_, number)| number.at()),
    );
    places.extend(traveller.bags.iter().map(|bag| bag.tag.at()));
    for document in &traveller.documents {
        place(places, document.number.as_ref());
        place(places, document.issuer.as_ref());
        place(places, document.issuer_text.as_ref());
        place(places, document.expires.as_ref());
        place(places, document.issued.as_ref());
        if let Some(holder) = &document.holder {
            name_places(places, holder);
        }
    }
}

fn booking_places(places: &mut Vec<Span>, booking: &Booking) {
    place(places, booking.group.as_ref());
    place(
        places,
        booking
            .agency
            .as_ref()
            .and_then(|agency| agency.agent.as_ref()),
    );
    places.extend(booking.locators.iter().map(|locator| locator.code.at()));
    places.extend(booking.contacts.iter().map(|contact| contact.value.at()));
    for payment in &booking.payments {
        place(places, payment.number_masked.as_ref());
        place(places, payment.expires.as_ref());
        place(places, payment.payer.as_ref());
    }
    for split in &booking.splits {
        place(places, split.locator.as_ref());
    }
}

#[test]
fn no_personal_value_is_left_when_marked_bytes_are_overwritten() {
    for (name, bytes) in cases() {
        let filled = filled(&bytes, |_| true);
        for decoded in decode(&bytes) {
            let Some(message) = &decoded.message else {
                continue;
            };
            let mut places = Vec::new();
            message
                .travellers
                .iter()
                .for_each(|one| traveller_places(&mut places, one));
            message
                .bookings
                .iter()
                .for_each(|one| booking_places(&mut places, one));
            let inside = &filled[decoded.span.clone()];
            for at in places {
                let left = &inside[at.range()];
                let left = String::from_utf8_lossy(left);
                let blank = !left.contains(|c: char| c.is_alphanumeric());
                assert!(blank, "{name}: {left:?} is left at {at:?}");
            }
            // Whatever is not marked is a code, a count or a reference: short.
            let text = String::from_utf8_lossy(inside);
            let body = text.split_once('\'').unwrap().1;
            let long = body
                .split(['+', ':', '\'', '\n'])
                .find(|value| value.len() > 5 && value.contains(|c: char| c.is_alphanumeric()));
            assert_eq!(long, None, "{name}");
        }
    }
}

#[test]
fn marks_are_ordered_and_do_not_overlap() {
    for (name, bytes) in cases() {
        for decoded in decode(&bytes) {
            let ordered = decoded.marks.is_sorted_by(|a, b| a.at.end <= b.at.start);
            let inside = decoded.marks.iter().all(|mark| {
                !mark.at.range().is_empty() && mark.at.end as usize <= decoded.span.len()
            });
            assert!(ordered && inside, "{name}");
        }
    }
}

/// What the components of a segment are, behind a traveller and a flight.
#[track_caller]
fn check_marks(segment: &str, expect: &str) {
    let body = format!("SRC'TIF+A+B:A:1'TVL+120327:1340+HEL+ATH+ZQ+731'{segment}'");
    check_marks_in(&body, segment, expect);
}

#[track_caller]
fn check_marks_in(body: &str, segment: &str, expect: &str) {
    let bytes = push(body);
    let decoded = decode(bytes.as_bytes()).remove(0);
    let inside = &bytes[decoded.span];
    let at = inside.find(segment).unwrap() as u32;
    let got: Vec<String> = decoded
        .marks
        .iter()
        .filter(|mark| (at..at + segment.len() as u32).contains(&mark.at.start))
        .map(|mark| {
            let past = if mark.past { "past " } else { "" };
            format!("{}={past}{:?}", &inside[mark.at.range()], mark.element)
        })
        .collect();
    assert_eq!(got.join(" "), expect);
}

#[test]
fn each_field_of_a_document_has_its_heading() {
    check_marks(
        "SSR+DOCS:HK:1:ZQ:::::/P/UTO/X123/UTO/01JAN80/M/01JAN30/DOE/JANE",
        "/P/UTO/X123/=Document UTO/=Nationality 01JAN80/=BirthDate M/=Sex 01JAN30/=Document \
         DOE/JANE=Name",
    );
    check_marks(
        "SSR+DOCO:HK:1:ZQ:::::/ROME/K/KTN99",
        "/ROME/=BirthPlace K/KTN99=GovernmentRef",
    );
    check_marks(
        "SSR+DOCA:HK:1:ZQ:::::/R/UTO/1 ROAD/TOWN",
        "/R/UTO/=Residence 1 ROAD/TOWN=Contact",
    );
    check_marks(
        "SSR+DOCA:HK:1:ZQ:::::/D/UTO/1 ROAD",
        "/D/UTO/1 ROAD=Destination",
    );
}

#[test]
fn requests_that_are_not_read_are_marked_with_their_code() {
    check_marks(
        "SSR+WCHR:HK:1:ZQ:::HEL:ATH:OWN CHAIR",
        "WCHR=Service HEL=Itinerary ATH=Itinerary OWN CHAIR=Service",
    );
    check_marks(
        "SSR+UMNR:HK:1:ZQ:::HEL:ATH:UM08",
        "HEL=Itinerary ATH=Itinerary UM08=Minor",
    );
    check_marks("SSR+OTHS:HK:1:ZQ:::::VIP", "VIP=Remark");
    check_marks(
        "SSR+SEAT:HK:1:ZQ:::HEL:ATH+14C::1:N",
        "HEL=Itinerary ATH=Itinerary 14C=Seat N=Seat",
    );
}

#[test]
fn texts_stand_under_what_they_are_about() {
    check_marks("IFT+4:28::ZQ+CTCM 358555", "CTCM 358555=Contact");
    check_marks("IFT+4:28::ZQ+GIVEN A LIFT", "GIVEN A LIFT=Remark");
    check_marks("IFT+4:15:0+HEL ZQ ATH", "HEL ZQ ATH=Ticket");
    check_marks(
        "IFT+4:16+CC 4000000000000006",
        "CC 4000000000000006=Unmapped",
    );
    check_marks(
        "LTS+HE SAID: YES+NO",
        "HE SAID=Remark  YES=Remark NO=Remark",
    );
    check_marks_in(
        "SRC'ABI+1+A:B'SAC+++A'TIF+DOE+JANE:A'",
        "TIF+DOE+JANE:A",
        "DOE=past Name JANE=past Name",
    );
    check_marks_in(
        "SRC'MSG+8'TVL+120327+ROM:HOTEL'",
        "TVL+120327+ROM:HOTEL",
        "120327=NonAir ROM=NonAir HOTEL=NonAir",
    );
}

#[test]
fn a_value_of_the_past_is_marked_as_one() {
    let check = |segment: &str, expect: &str| {
        check_marks_in(&format!("SRC'ABI+1'SAC+++A'{segment}'"), segment, expect);
    };
    check(
        "SSR+DOCS:HK:1:ZQ:::::/P/UTO/X1/UTO/01JAN80/M",
        "/P/UTO/X1/=past Document UTO/=past Nationality 01JAN80/=past BirthDate M=past Sex",
    );
    check("SSR+KSML:HK:1:ZQ", "KSML=past Service");
    check("IFT+4:28::ZQ+GIVEN A LIFT", "GIVEN A LIFT=past Remark");
    check(
        "TVL+120327+HEL+ATH",
        "120327=past Itinerary HEL=past Itinerary ATH=past Itinerary",
    );
    // A number in full, in whatever shape: no profile keeps it.
    check(
        "FOP+CC:::VI:4111111111111111",
        "CC=past Unmapped VI=past Unmapped 4111111111111111=past Unmapped",
    );
    check_marks_in(
        "SRC'ABI+1+A:B'",
        "ABI+1+A:B",
        "1=History A=History B=History",
    );
}

#[test]
fn nothing_of_the_past_counts_for_today() {
    let message = message(
        "SRC'RCI+ZQ:PAST01'TIF+A+B:A:1'TVL+120327:1340+HEL+ATH+ZQ+731'ABI+4'SAC+++X'\
         SSR+SEAT:HK:1:ZQ:::HEL:ATH+14C::1'SAC+++X'SSR+CTCM:HK:1:ZQ:::::/358555'SAC+++X'\
         SSR+INFT:HK:1:ZQ:::::A/PIM 01JAN27+::1'SAC+++X'TBD++1:20:700+++ZQ:9990000001:1:ATH'\
         SAC+++X'SSR+DOCS:HK:1:ZQ:::::/P/UTO/X1/UTO/01JAN80/M+::1'",
    );
    let [traveller] = &message.travellers[..] else {
        panic!("{} travellers", message.travellers.len());
    };
    assert!(traveller.seat.is_none() && traveller.bags.is_empty());
    assert!(traveller.documents.is_empty() && traveller.birth.is_none());
    assert!(message.bookings[0].contacts.is_empty());
    assert_eq!(message.bookings[0].past[0].items.len(), 5);
}

#[test]
fn what_is_not_known_is_unmapped() {
    check_marks(
        "XQZ+SECRET:WORDS",
        "XQZ=Unmapped SECRET=Unmapped WORDS=Unmapped",
    );
    check_marks("TIF+A+B:A:1++::::::SECRET", "A=Name B=Name SECRET=Unmapped");
}

#[test]
fn a_full_card_number_becomes_neither_a_value_nor_a_byte_that_may_be_kept() {
    let number = "4000123456789017";
    for body in [
        "FOP+CC::1:VI:4000123456789017:0130'",
        "FOP+CC:::VI::0130:4000123456789017'",
        "FOP+CK::4000123456789017'",
        "FOP+CC::::4000 1234-5678 9017'",
        "FOP+CC::::4000?123456789017'",
    ] {
        let bytes = push(&format!("SRC'TIF+A+B:A:1'TKT+9991234567890:T'{body}"));
        let kept = filled(bytes.as_bytes(), |element| element == Element::Unmapped);
        let kept: String = String::from_utf8(kept).unwrap();
        let digits: String = kept.chars().filter(char::is_ascii_digit).collect();
        assert!(!digits.contains(number), "{body}: {kept}");
        let decoded = decode(bytes.as_bytes()).remove(0);
        let shown = show::bookings(&decoded.message.unwrap()).concat();
        assert!(shown.contains("400012XXXXXX9017"), "{body}: {shown}");
        assert!(!shown.contains(number), "{body}: {shown}");
    }
}

// ---- properties -------------------------------------------------------------------------------

/// Components that mean something to the decoder, and some that do not.
fn component() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        4 => prop::sample::select(vec![
            "1", "2", "22", "141", "700", "710", "HK", "XX", "A", "IN", "G", "CC", "HP", "C", "T", "8",
            "DOCS", "DOCO", "DOCA", "SEAT", "INFT", "TKNE", "CTCE", "CTCM", "CHLD", "UMNR", "FQTV",
            "ZQ", "X9", "HEL", "ATH", "731", "0731", "OPEN", "ARNK", "120327", "1340", "14C", "XXX",
            "DOE", "JANEMRS", "EXST", "K7Q2LM", "R8TWN5", "28", "15", "43", "4", "3", "999",
            "/P/UTO/X1/UTO/01JAN80/FI/01JAN30/DOE/JANE", "//P/X1/01JAN80/M//DOE", "DOE/IDA 01JAN27",
            "4000123456789017", "CTCM 358-1A/B", "/V/1", "///DOE", "9990000001",
        ]).prop_map(str::to_owned),
        1 => "[A-Z0-9/ .?-]{0,12}".prop_map(|text| text.replace('?', "??")),
        1 => "\\PC{0,4}".prop_map(|text| text.replace(['?', '+', ':', '\''], "")),
    ]
}

fn segment() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(vec![
        "SRC", "SRC", "RCI", "SSR", "SSR", "SSR", "DAT", "IFT", "ORG", "ADD", "EBD", "TIF", "TIF",
        "FTI", "REF", "FAR", "TKT", "MON", "PTK", "TXD", "FOP", "TVL", "TVL", "TRA", "RPI", "APD",
        "TRI", "SSD", "TBD", "EQN", "MSG", "ABI", "SAC", "LTS", "XYZ",
    ]);
    let elements = prop::collection::vec(prop::collection::vec(component(), 0..10), 0..6);
    (tag, elements).prop_map(|(tag, elements)| {
        let elements = elements
            .iter()
            .map(|components| format!("+{}", components.join(":")));
        format!("{tag}{}'", elements.collect::<String>())
    })
}

/// Whatever was decoded can be used: places are inside and indices are of somebody.
fn is_sound(bytes: &[u8], decoded: &Decoded) -> bool {
    let places = decoded.marks.is_sorted_by(|a, b| a.at.end <= b.at.start)
        && decoded
            .findings
            .iter()
            .all(|finding| bytes.get(finding.at.clone()).is_some());
    let Some(message) = &decoded.message else {
        return places;
    };
    let is_one = |index: u32| (index as usize) < message.travellers.len();
    let mut listed: Vec<u32> = Vec::new();
    for booking in &message.bookings {
        listed.extend(&booking.travellers);
        if !booking
            .contacts
            .iter()
            .all(|contact| contact.traveller.is_none_or(is_one))
        {
            return false;
        }
    }
    listed.sort_unstable();
    places
        && listed
            .iter()
            .copied()
            .eq(0..message.travellers.len() as u32)
        && message
            .travellers
            .iter()
            .all(|one| one.travels_with.is_none_or(is_one))
}

/// One booking of three travellers whose parts are told apart by `n`; the second is `middle`.
fn booking(n: usize, middle: &str) -> String {
    format!(
        "SRC'RCI+ZQ:LOC{n:03}'DAT+700:110327:2105'SSR+OTHS:HK:1:ZQ:::::NOTE {n}'\
         TIF+FIRST:I+ONEMR:A:1'SSR+DOCS:HK:1:ZQ:::::/P/UTO/A{n:05}/UTO/01JAN71/M/01JAN29/FIRST/ONE'\
         {middle}\
         TIF+LAST:I+TWOMRS:A:3'SSR+DOCS:HK:1:ZQ:::::/P/UTO/C{n:05}/UTO/01JAN72/F/01JAN29/LAST/TWO'\
         TVL+120327:1340:120327:1755+HEL+ATH+ZQ+731:Y'RPI+3+HK'\
         SSR+SEAT:HK:2:ZQ:::HEL:ATH+{n}A::1+{n}C::3'\
         DAT+2:120327:1102'TRI++{n}:::3'TIF+LAST:I+TWOMRS:A:3'TBD++1:9:700+++ZQ:99900{n:05}:1:ATH'"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn segments_in_any_order_give_a_sound_message(
        segments in prop::collection::vec(segment(), 0..40)
    ) {
        let bytes = push(&segments.concat());
        for decoded in decode(bytes.as_bytes()) {
            prop_assert!(is_sound(bytes.as_bytes(), &decoded), "{bytes}");
        }
    }

    #[test]
    fn a_case_that_is_cut_or_damaged_gives_sound_messages(
        case in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        damage in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let cases = cases();
        let mut bytes = cases[case.index(cases.len())].1.clone();
        bytes.truncate(cut.index(bytes.len()) + 1);
        let at = damage.index(bytes.len());
        bytes[at] = byte;
        for decoded in decode(&bytes) {
            prop_assert!(is_sound(&bytes, &decoded));
        }
    }

    #[test]
    fn bookings_in_another_order_are_the_same_bookings(
        order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let bookings = |order: &[usize]| {
            let body: String = order.iter().map(|n| booking(*n, "")).collect();
            let mut shown = show::bookings(&message(&body));
            shown.sort();
            shown
        };
        let sorted: Vec<usize> = (0..8).collect();
        prop_assert_eq!(bookings(&order), bookings(&sorted));
    }

    #[test]
    fn one_damaged_person_does_not_change_the_others(
        name in "[A-Z/:?\\- ]{0,12}",
        document in "[A-Z0-9/: ]{0,40}",
    ) {
        let name = name.replace('?', "??").replace(':', "?:");
        let damaged = format!("TIF+{name}:I+{name}:A:2'SSR+DOCS:HK:1:ZQ:::::{document}'");
        let shown = |middle: &str| {
            let message = message(&booking(7, middle));
            let shown = show::bookings(&message).concat();
            // The number of a person behind the damaged one differs when there are more.
            let persons = shown.lines().filter(|line| {
                line.contains("FIRST/ONE") || line.contains("LAST/TWO")
            });
            persons
                .map(|line| line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).to_owned())
                .collect::<Vec<_>>()
        };
        prop_assert_eq!(shown(&damaged), shown("TIF+SOUND:I+PERSONMR:A:2'"));
    }
}
