//! Machine-readable zones: golden cases, and that what is written is read back.
//!
//! A case is `data/mrz/<case>.mrz` beside `<case>.expect`. All people and documents are invented.

use jiff::civil::date;
use oriel_messages::mrz::{self, Check, Checks, Layout, Zone};
use oriel_model::*;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::Path;

const TODAY: jiff::civil::Date = date(2026, 11, 4);

#[test]
fn every_case_is_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mrz");
    oriel_testkit::golden(folder, "mrz", |bytes| {
        let text = std::str::from_utf8(bytes).unwrap();
        match mrz::read(text, TODAY) {
            Ok(zone) => show(text, &zone),
            Err(fault) => format!("{fault}\n"),
        }
    });
}

/// What a zone says, each value as it stands in the text.
fn show(text: &str, zone: &Zone) -> String {
    let mut out = format!("{:?} {}\n", zone.layout, zone.document.kind);
    let mut line = |what: &str, value: Option<(String, Span)>| {
        if let Some((value, at)) = value {
            let sent = text[at.range()].replace('\n', "|");
            let _ = writeln!(out, "{what} {value} [{sent}]");
        }
    };
    fn told<T: ToString>(value: &Option<Personal<T>>) -> Option<(String, Span)> {
        let value = value.as_ref()?;
        Some((value.expose().to_string(), value.at()))
    }
    line("issuer", told(&zone.document.issuer));
    line("number", told(&zone.document.number));
    line("surname", told(&zone.name.surname));
    line("given", told(&zone.name.given));
    line("nationality", told(&zone.nationality));
    let birth = zone.birth.as_ref().map(|birth| {
        let date = birth
            .expose()
            .date
            .map_or("?".into(), |date| date.to_string());
        (date, birth.at())
    });
    line("born", birth);
    let sex = zone
        .sex
        .as_ref()
        .map(|sex| (sex.expose().code().to_owned(), sex.at()));
    line("sex", sex);
    line("expires", told(&zone.document.expires));
    line("optional", told(&zone.optional));
    if zone.name.maybe_truncated {
        out.push_str("may be cut off\n");
    }
    let _ = writeln!(out, "{:?}", zone.checks);
    out
}

fn personal<T>(value: T) -> Personal<T> {
    Personal::new(value, Span::default())
}

fn zone(layout: Layout, surname: &str, given: &str, number: &str, optional: &str) -> Zone {
    let text = |text: &str| (!text.is_empty()).then(|| personal(Text::from(text)));
    let state = Country::parse("UTO").unwrap();
    let check = |has: bool| if has { Check::Fits } else { Check::None };
    let is_card = matches!(layout, Layout::Td1 | Layout::Td2);
    Zone {
        layout,
        document: Document {
            kind: if matches!(layout, Layout::MrvA | Layout::MrvB) {
                "V"
            } else {
                "P"
            }
            .into(),
            number: text(number),
            issuer: Some(personal(state)),
            expires: Some(personal(PartialDate::new(2031, 6, 7).unwrap())),
            ..Document::default()
        },
        name: PersonName {
            surname: text(surname),
            given: text(given),
            ..PersonName::default()
        },
        nationality: Some(personal(state)),
        birth: Some(personal(BirthDate {
            date: PartialDate::new(1991, 2, 23),
            text: None,
        })),
        sex: Some(personal(Sex::Female)),
        optional: text(optional),
        checks: Checks {
            number: Check::Fits,
            birth: Check::Fits,
            expires: Check::Fits,
            optional: check(layout == Layout::Td3),
            composite: check(is_card || layout == Layout::Td3),
        },
    }
}

const LAYOUTS: [Layout; 5] = [
    Layout::Td1,
    Layout::Td2,
    Layout::Td3,
    Layout::MrvA,
    Layout::MrvB,
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn what_is_written_is_read_back(
        layout in prop::sample::select(LAYOUTS.to_vec()),
        surname in "[A-Z]{2,9}( [A-Z]{2,5})?",
        given in "([A-Z]{2,8})?",
        number in "[A-Z0-9]{3,9}",
        optional in "([A-Z0-9]{1,7})?",
    ) {
        let written = zone(layout, &surname, &given, &number, &optional);
        let text = mrz::write(&written).unwrap();
        prop_assert_eq!(mrz::read(&text, TODAY).unwrap(), written, "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[A-Za-z0-9<\n -]{0,120}") {
        let _ = mrz::read(&text, TODAY);
    }

    #[test]
    fn a_long_number_of_a_card_is_read_back(number in "[A-Z0-9]{10,20}") {
        let written = zone(Layout::Td1, "ASHDOWN", "KERR", &number, "RES0042");
        let text = mrz::write(&written).unwrap();
        prop_assert_eq!(mrz::read(&text, TODAY).unwrap(), written, "{}", text);
    }

    #[test]
    fn a_changed_digit_is_noticed(at in 0usize..9, digit in 0u8..10) {
        let written = zone(Layout::Td3, "ASHDOWN", "KERR", "704218900", "");
        let mut text = mrz::write(&written).unwrap().into_bytes();
        let changed = text[45 + at] != b'0' + digit;
        text[45 + at] = b'0' + digit;
        let read = mrz::read(std::str::from_utf8(&text).unwrap(), TODAY).unwrap();
        prop_assert_eq!(read.checks.number == Check::Fits, !changed);
    }
}

#[test]
fn names_of_any_script_are_written_in_letters_of_the_zone() {
    let line = |surname: &str, given: &str| {
        let text = mrz::write(&zone(Layout::Td3, surname, given, "X1", "")).unwrap();
        text[5..44].trim_end_matches('<').to_owned()
    };
    assert_eq!(
        line("MÜLLER-STRAßNER", "JÖRG ÆNDER"),
        "MUELLER<STRASSNER<<JOERG<AENDER"
    );
    assert_eq!(line("O'CONNELL-SMYTHE", "NIAMH"), "OCONNELL<SMYTHE<<NIAMH");
    assert_eq!(line("ÅNGSTRÖM", "ÞÓR"), "AANGSTROEM<<THOR");
    assert_eq!(line("ЩЕРБАКОВ", "ЮРИЙ"), "SHCHERBAKOV<<IURII");
    assert_eq!(line("SUKARTONO", ""), "SUKARTONO");
    assert_eq!(
        line("PAPANDROPOULOSIDOU", "JONATHON ALEXANDROS KYRIAKOS"),
        "PAPANDROPOULOSIDOU<<JONATHON<ALEXANDROS"
    );
}

#[test]
fn what_has_no_room_is_said() {
    let fault = |layout, number, optional| {
        mrz::write(&zone(layout, "A", "B", number, optional))
            .unwrap_err()
            .0
    };
    assert_eq!(fault(Layout::Td3, "ABCDEFGHIJ", ""), "number");
    assert_eq!(fault(Layout::Td2, "ABCDEFGHIJ", "X"), "number");
    assert_eq!(fault(Layout::Td2, "X1", "ABCDEFGH"), "optional data");
}
