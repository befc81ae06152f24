//! Hostile transmissions: a clear refusal, bounded memory, work that grows with the input and not
//! faster. The sizes here keep a debug build quick; the example `hostile` runs the large ones.

use oriel_edifact::MAX_SEGMENT_BYTES;
use oriel_messages::{Decoded, decode};

const MIB: usize = 1024 * 1024;

/// Up to the first person.
const START: &str = "UNB+UNOA:4+ZQ+UTOGOV+261104:0845+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
                     TDT+20+ZQ0611'LOC+125+NBO'LOC+87+CDG'";
const WHOLE: &str = "UNB+UNOA:4+ZQ+UTOGOV+261104:0845+2'UNH+9+PAXLST:D:05B:UN:IATA'BGM+745'\
                     TDT+20+ZQ0611'LOC+125+NBO'LOC+87+CDG'NAD+FL+++DOE:JANE'UNT+7+9'UNZ+1+2'";

fn filled(start: &str, unit: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = start.as_bytes().to_vec();
    bytes.extend(unit.iter().cycle().take(size));
    bytes
}

/// Codes of each message, and that only whole ones are accepted.
#[track_caller]
fn check(bytes: &[u8], expect: &[&str]) {
    let got: Vec<String> = decode(bytes).map(|decoded| codes(&decoded)).collect();
    assert_eq!(got, expect);
}

fn codes(decoded: &Decoded) -> String {
    let mut codes: Vec<&str> = decoded
        .findings
        .iter()
        .map(|finding| finding.kind.code)
        .collect();
    codes.dedup();
    if decoded.message.is_some() {
        codes.insert(0, "accepted");
    }
    codes.join(" ")
}

#[test]
fn no_terminator() {
    check(&filled("", b"X", 4 * MIB), &["EDI-0001"]);
    check(&filled(START, b"NAD+FL+++DOE:JANE", 4 * MIB), &["EDI-0102"]);
}

#[test]
fn more_persons_than_a_ship_holds() {
    let list = |persons: usize| {
        let row = "DOE;JANE;Utopia\n".repeat(persons);
        format!("IMO;9074729\nFamily name;Given names;Nationality\n{row}").into_bytes()
    };
    check(&list(20_001), &["TAB-0003"]);
    let most = decode(&list(20_000)).next().unwrap();
    assert_eq!(
        most.message.map(|message| message.travellers.len()),
        Some(20_000)
    );
}

#[test]
fn only_release_characters() {
    check(&filled("", b"?", 4 * MIB), &["EDI-0001"]);
    check(&filled(START, b"?", 4 * MIB), &["EDI-0102"]);
    check(&filled(START, b"?", 1001), &["EDI-0103"]);
    check(&filled(START, b"?", 1000), &["EDI-0101"]);
}

#[test]
fn only_blanks() {
    check(&filled("", b" \r\n", 4 * MIB), &["EDI-0002"]);
    check(&filled(START, b" \r\n", 4 * MIB), &["EDI-0104"]);
}

#[test]
fn a_million_empty_segments() {
    check(&filled("", b"'", MIB), &["EDI-0001"]);
    let mut bytes = filled(START, b"'", MIB);
    bytes.extend_from_slice(b"UNT+1+1'UNZ+1+1'");
    bytes.extend_from_slice(WHOLE.as_bytes());
    check(&bytes, &["EDI-0106 EDI-0111 EDI-0199 EDI-0032", "accepted"]);
}

#[test]
fn a_million_headers() {
    for header in [
        "UNB",
        "UNB+UNOA:4+A",
        "UNA:+.? '",
        "UNB+UNOA:4+A+B+261104:0845+1|",
    ] {
        let decoded = decode(&filled("", header.as_bytes(), 2 * MIB)).count();
        assert!(decoded >= 1, "{header}");
    }
    let unb = "UNB+UNOA:4+A+B+261104:0845+1'";
    let decoded: Vec<_> = decode(&filled("", unb.as_bytes(), MIB)).collect();
    assert!(decoded.iter().all(|one| one.message.is_none()));
    assert_eq!(decoded.len(), MIB.div_ceil(unb.len()));
}

#[test]
fn a_giant_element() {
    let mut bytes = filled(START, b"A", 2 * MAX_SEGMENT_BYTES);
    bytes.extend_from_slice(b"'NAD+FL+++DOE:JANE'UNT+7+1'UNZ+1+1'");
    bytes.extend_from_slice(WHOLE.as_bytes());
    check(&bytes, &["EDI-0102", "accepted"]);
}

#[test]
fn thousands_of_components() {
    let mut bytes = filled(START, b"NAD+FL+++", 9);
    bytes.extend(b"A:".iter().cycle().take(60_000));
    bytes.extend_from_slice(b"'UNT+7+1'UNZ+1+1'");
    check(&bytes, &["accepted"]);
}

#[test]
fn a_message_over_the_limit_is_refused_and_the_next_one_read() {
    let long = format!("FTX+AAI+++{}'", "A".repeat(60_000));
    let mut bytes = START.as_bytes().to_vec();
    bytes.extend_from_slice(b"NAD+FL+++DOE:JANE'");
    while bytes.len() <= 32 * MIB {
        bytes.extend_from_slice(long.as_bytes());
    }
    bytes.extend_from_slice(b"UNT+7+1'UNZ+1+1'");
    bytes.extend_from_slice(WHOLE.as_bytes());
    check(&bytes, &["EDI-0105 EDI-0032", "accepted"]);
}

#[test]
fn separators_that_change_all_the_time() {
    // Each interchange is cut off and the next one has another terminator.
    let marks: Vec<u8> = (0x21..0x7f)
        .filter(|byte: &u8| byte.is_ascii_punctuation() && !b"+:.?*".contains(byte))
        .collect();
    let mut bytes = Vec::new();
    while bytes.len() < 2 * MIB {
        for mark in &marks {
            let head = format!("UNA:+.? {0}UNB+UNOA:4+A+B+261104:0845+1{0}", *mark as char);
            bytes.extend_from_slice(head.as_bytes());
        }
    }
    assert!(decode(&bytes).all(|one| one.message.is_none()));
}

#[test]
fn one_bad_person_costs_nobody_else() {
    let mut bytes = START.as_bytes().to_vec();
    for person in 0..2_000 {
        let odd = "DTM+329:999999'NAT+2+123'DOC+'LOC+91+'RFF'MEA+CT++X'ATT+2++9'";
        bytes.extend_from_slice(format!("NAD+FL+++ODD{person}:ONE'{odd}").as_bytes());
    }
    bytes.extend_from_slice(b"UNT+1+1'UNZ+1+1'");
    let decoded: Vec<_> = decode(&bytes).collect();
    assert_eq!(decoded[0].message.as_ref().unwrap().travellers.len(), 2_000);
    assert_eq!(
        decoded[0]
            .findings
            .iter()
            .filter(|f| f.kind.code == "EDI-0199")
            .count(),
        1
    );
}

#[test]
fn rows_of_bag_tags_do_not_multiply() {
    let mut bytes = START.as_bytes().to_vec();
    bytes.extend_from_slice(b"NAD+FL+++DOE:JANE'");
    for _ in 0..10_000 {
        bytes.extend_from_slice(b"FTX+BAG+++ZQ000001:99'");
    }
    bytes.extend_from_slice(b"UNT+10007+1'UNZ+1+1'");
    let decoded: Vec<_> = decode(&bytes).collect();
    assert_eq!(
        decoded[0].message.as_ref().unwrap().travellers[0]
            .bags
            .len(),
        99
    );
}

#[test]
fn a_package_that_grows_beyond_the_limit_is_refused() {
    // A megabyte of zeros takes a kilobyte; as many members as are over the limit.
    let mut member = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut member, &vec![0; MIB]).unwrap();
    let bomb = member.finish().unwrap().repeat(65);
    let transmission = oriel_messages::Transmission::open(&bomb);
    let refused: Vec<String> = transmission.decode().map(|one| codes(&one)).collect();
    assert_eq!(refused, ["EDI-0061"]);
    assert_eq!(transmission.bytes().len(), bomb.len());
}

#[test]
fn headings_of_telegrams_without_end_cost_what_they_are_long() {
    let heading = "QK UTOAPZQ\n.NBOOPZQ 040846\n";
    for unit in [heading, "QK UTOAPZQ\n", ".NBOOPZQ 040846\n", "A.B\n\n."] {
        let bytes = filled("", unit.as_bytes(), MIB / 4);
        assert!(oriel_messages::Transmission::open(&bytes).decode().count() >= 1);
    }
}
