//! PNRGOV in XML: golden cases, findings, and what is left when every marked byte is overwritten.
//!
//! A case is `data/xml/<case>.xml` beside `<case>.expect`. All people, documents and carriers are
//! invented. That both spellings of a booking are read alike is tested with the simulator.

#[path = "show/bookings.rs"]
mod show;

use oriel_messages::{Conventions, Decoded, Transmission, decode, findings::xml as findings};
use oriel_model::{BookingStatus, Function, Message};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/xml")
}

/// Name and bytes of every case.
fn cases() -> Vec<(String, Vec<u8>)> {
    let mut cases: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    cases.sort();
    cases
}

fn only(bytes: &[u8]) -> Decoded {
    let mut all: Vec<_> = decode(bytes).collect();
    assert_eq!(all.len(), 1, "a document is one message");
    all.remove(0)
}

#[test]
fn every_case_decodes_as_expected() {
    oriel_testkit::golden(folder(), "xml", show::transmission);
}

#[test]
fn every_finding_has_a_case_that_produces_it() {
    let seen: BTreeSet<&str> = cases()
        .iter()
        .flat_map(|(_, bytes)| only(bytes).findings)
        .map(|finding| finding.kind.code)
        .collect();
    // More than 32 MiB are made in a test of their own.
    let missing: Vec<_> = findings::ROWS
        .iter()
        .map(|row| row.code)
        .filter(|code| !seen.contains(code) && *code != "XML-0004")
        .collect();
    assert!(missing.is_empty(), "no case produces {missing:?}");
    assert!(findings::ROWS.is_sorted_by(|a, b| a.code < b.code));
}

#[test]
fn what_no_source_settles_is_read_as_it_was_agreed() {
    let case = std::fs::read_to_string(folder().join("history_and_services.xml")).unwrap();
    let usual = Conventions::default();
    let read = |text: &str, conventions: &Conventions| {
        let transmission = Transmission::open(text.as_bytes());
        let decoded = transmission.decode_by(conventions).next().unwrap();
        decoded.message.unwrap()
    };
    let shown = |message: Message| (message.bookings[0].past.len(), message.envelope.function);
    assert_eq!(shown(read(&case, &usual)), (1, Function::UpdatePush));

    let other = case.replace("History>", "BookingLog>").replace(
        "TransactionStatusCode=\"141\"",
        "TransactionStatusCode=\"C\"",
    );
    let (past, function) = shown(read(&other, &usual));
    assert_eq!(past, 0);
    assert!(
        !matches!(function, Function::FullPush | Function::UpdatePush),
        "{function:?}"
    );
    let mut agreed = Conventions::default();
    agreed.names.push(("BookingLog".into(), "History".into()));
    agreed.statuses.push(("C".into(), "141".into()));
    assert_eq!(shown(read(&other, &agreed)), (1, Function::UpdatePush));

    let bare = case.split("<Passenger RPH").next().unwrap().to_owned()
        + "</PNR></PNRs></IATA_PNRGOV_NotifRQ>";
    let status = |conventions: &Conventions| read(&bare, conventions).bookings[0].status;
    assert_eq!(status(&usual), BookingStatus::Cancelled);
    agreed.bare_is_cancelled = false;
    assert_ne!(status(&agreed), BookingStatus::Cancelled);
}

/// A document with every marked byte overwritten.
fn filled(bytes: &[u8]) -> Vec<u8> {
    let decoded = only(bytes);
    let mut filled = bytes.to_vec();
    for mark in &decoded.marks {
        filled[mark.at.range()].fill(b'#');
    }
    filled
}

#[test]
fn what_is_not_marked_says_nothing_of_a_person() {
    let may_stay: BTreeSet<&str> = [
        "Version",
        "TransactionIdentifier",
        "TimeStamp",
        "Target",
        "EchoToken",
        "NumberOfPnrs",
        "NumberInParty",
        "RPH",
        "SSR_Code",
        "Status",
        "ServiceQuantity",
        "Code",
        "PTC",
        "ID",
        "AirlineCode",
    ]
    .into();
    for (name, bytes) in cases() {
        if only(&bytes).message.is_none() {
            continue;
        }
        let filled = String::from_utf8(filled(&bytes)).expect("whole characters are overwritten");
        for secret in [
            "SECRET",
            "QUELLANDER",
            "TOBIN",
            "STRAY",
            "MILK",
            "K7042189X",
            "4111",
        ] {
            assert!(!filled.contains(secret), "{name}: {secret} stays");
        }
        let shown = |c: char| c.is_alphanumeric();
        for piece in filled
            .split('<')
            .skip(1)
            .filter(|piece| !piece.starts_with(['?', '/', '!']))
        {
            let (tag, text) = piece.split_once('>').unwrap();
            assert!(!text.contains(shown), "{name}: {text} stays");
            for attribute in tag
                .split_ascii_whitespace()
                .filter(|word| word.contains('='))
            {
                let (key, value) = attribute.split_once('=').unwrap();
                let value = value.replace("E+", "").replace("M+", "");
                let stays = value.contains(shown) && !key.starts_with("xmlns");
                assert!(
                    !stays || may_stay.contains(key),
                    "{name}: {attribute} stays"
                );
            }
        }
        // It is still a document, of the same shape.
        assert_ne!(
            only(filled.as_bytes())
                .findings
                .first()
                .map(|f| f.kind.code),
            Some("XML-0001")
        );
    }
}

#[test]
fn a_document_cut_anywhere_is_refused() {
    for (name, bytes) in cases().iter().filter(|(name, _)| !name.contains("broken_")) {
        let end = bytes.len()
            - bytes
                .iter()
                .rev()
                .take_while(|b| b.is_ascii_whitespace())
                .count();
        for cut in (1..end).step_by(17) {
            for decoded in decode(&bytes[..cut]) {
                assert!(decoded.message.is_none(), "{name} cut at {cut}");
            }
        }
    }
}

#[test]
fn a_changed_byte_anywhere_does_no_harm() {
    for (_, bytes) in cases() {
        for at in (0..bytes.len()).step_by(13) {
            for byte in [b'<', b'>', b'"', b'&', 0x1d, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = byte;
                for decoded in decode(&bytes) {
                    for mark in &decoded.marks {
                        assert!(mark.at.start < mark.at.end);
                        assert!(mark.at.end as usize <= bytes.len());
                    }
                    for finding in &decoded.findings {
                        assert!(finding.at.start <= finding.at.end);
                        assert!(finding.at.end <= bytes.len());
                    }
                }
            }
        }
    }
}

#[test]
fn hostile_documents_cost_what_they_are_long() {
    let root = "<IATA_PNRGOV_NotifRQ>";
    for unit in [
        "<PNR>",
        "<PNR/>",
        "<PNR a='1'/>",
        "<a>x</a>",
        "&amp;",
        "<!---->",
        "<SSR><Text>&#x1d;</Text></SSR>",
    ] {
        let document = format!("{root}{}", unit.repeat(200_000 / unit.len()));
        assert_eq!(decode(document.as_bytes()).count(), 1);
        let document = format!(
            "{root}<PNR>{}</PNR></IATA_PNRGOV_NotifRQ>",
            unit.repeat(2_000)
        );
        assert_eq!(decode(document.as_bytes()).count(), 1);
    }
    let many: String = (0..20_000).map(|n| format!(" a{n}='x'")).collect();
    assert_eq!(decode(format!("{root}<PNR{many}/>").as_bytes()).count(), 1);
    let large = format!("{root}{}", " ".repeat(33 * 1024 * 1024));
    assert_eq!(only(large.as_bytes()).findings[0].kind.code, "XML-0004");
}

#[test]
fn a_value_cannot_become_a_segment() {
    let text = "X&#29;&#28;TIF&#29;EVIL";
    let document = format!(
        "<IATA_PNRGOV_NotifRQ><FlightLeg CarrierCode='ZQ' FlightNumber='1' \
         DepartureDateTime='2026-11-04T10:15:00'><DepartureAirport LocationCode='KEF'/></FlightLeg>\
         <PNR><Remark>{text}\u{1d}\u{1c}TIF\u{1d}EVIL</Remark></PNR></IATA_PNRGOV_NotifRQ>"
    );
    let message = only(document.as_bytes())
        .message
        .expect("nothing of level 0 is missing");
    assert!(message.travellers.is_empty());
    assert_eq!(message.bookings[0].remarks, 1);
}
