//! Segments out of bytes: separators, releases, wrapped lines, damage; and back.

use oriel_edifact::{
    Charset, MAX_SEGMENT_BYTES, Oddities, Segment, ServiceString, Short, SyntaxFaultKind, Tokens,
    Writer, form, opening,
};
use proptest::prelude::*;

/// Each segment as `TAG|element:component…`, faults by their names.
fn read(bytes: &[u8], service: ServiceString) -> Vec<String> {
    let mut tokens = Tokens::new(bytes, 0, service, Charset::Ascii);
    let mut segment = Segment::default();
    let mut out = Vec::new();
    loop {
        match tokens.next_into(&mut segment) {
            Ok(true) => out.push(shown(&segment)),
            Ok(false) => return out,
            Err(fault) => {
                out.push(format!("{:?} {:?}", fault.kind, fault.at));
                return out;
            }
        }
    }
}

fn shown(segment: &Segment<'_>) -> String {
    let mut out = String::from_utf8_lossy(segment.tag()).into_owned();
    for element in 1..=segment.len() {
        let parts: Vec<_> = segment.parts(element).map(|part| part.text()).collect();
        out += &format!("|{}", parts.join(":"));
    }
    out
}

#[track_caller]
fn check(bytes: &str, expect: &[&str]) {
    assert_eq!(read(bytes.as_bytes(), ServiceString::LEVEL_A), expect);
}

/// What is seen at a glance of the first segment: its opening and its value. Read as a segment, it
/// says the same.
fn glance(bytes: &[u8], service: ServiceString) -> Option<(u128, String)> {
    let mut tokens = Tokens::new(bytes, 100, service, Charset::Ascii);
    let seen = tokens.glance()?;
    let mut passing = tokens.clone();
    passing.pass(&seen.at);
    let mut segment = Segment::default();
    assert_eq!(tokens.next_into(&mut segment), Ok(true));
    assert_eq!(passing.position(), tokens.position());
    assert_eq!(seen.at, segment.span());
    assert!(segment.is_ascii());
    assert_eq!(segment.oddities(), Oddities::default());
    let value = segment.all_parts().last().expect("there is a value");
    assert_eq!(seen.at.end, value.span().end);
    assert_eq!(seen.value, value.text());
    Some((seen.opening, seen.value.to_owned()))
}

#[test]
fn one_value_behind_an_opening_is_seen_at_a_glance() {
    #[track_caller]
    fn check(bytes: &str, service: ServiceString, expect: Option<(&str, &str)>) {
        let bytes = format!("{bytes}{}", "NAD+FL+++DOE:JANE'".repeat(2));
        let expect = expect.map(|(written, value)| (opening(written), value.to_owned()));
        assert_eq!(glance(bytes.as_bytes(), service), expect, "{bytes}");
    }
    let check_a = |bytes, expect| check(bytes, ServiceString::LEVEL_A, expect);
    check_a("LOC+178+NBO'", Some(("LOC+178+", "NBO")));
    check_a("\r\n ATT+2++F'", Some(("ATT+2++", "F")));
    check_a("DOC+P:110:111+U1'", Some(("DOC+P:110:111+", "U1")));
    check_a("RFF+AVF: X '", Some(("RFF+AVF:", " X ")));
    for none in [
        "SRC'",
        "LOC+178+'",
        "LOC+178+N?'O'",
        "LOC+178+N\nO'",
        "LOC+178+N\u{e9}O'",
        "FTX+AAA+++BBB:CCC:D'",
        "DTM+329:170462170462170462170462:102'",
        "RFF+AVF:A VALUE THAT IS LONGER THAN WHAT IS LOOKED AT, BY SOME FEW LETTERS'",
    ] {
        check_a(none, None);
    }
    let other = ServiceString::from_separators(b'(', b'*', b'$').expect("three of them");
    check("LOC*178*NBO$", other, Some(("LOC+178+", "NBO")));
    check("LOC*178*N+O$", other, Some(("LOC+178+", "N+O")));
    // What separates elsewhere is data here, and the opening another one.
    for data in ["LOC+178*NBO$", "LOC*178:*NBO$"] {
        let bytes = format!("{data}{}", "A".repeat(32));
        let seen = glance(bytes.as_bytes(), other).expect("one value");
        assert_ne!(seen.0, opening("LOC+178+"), "{data}");
        assert_ne!(seen.0, opening("LOC+178:+"), "{data}");
    }
    let level_b = ServiceString::LEVEL_B;
    check("RFF\x1dAVF\x1fX\x1c", level_b, Some(("RFF+AVF:", "X")));
}

/// The form of the first segment, where it is short. Read as a segment, it says the same.
fn short(bytes: &[u8], service: ServiceString) -> Option<u64> {
    let mut tokens = Tokens::new(bytes, 100, service, Charset::Ascii);
    let mut seen = Short::default();
    if !tokens.short_into(&mut seen) {
        return None;
    }
    let mut passing = tokens.clone();
    passing.pass(&seen.span());
    let mut segment = Segment::default();
    assert_eq!(tokens.next_into(&mut segment), Ok(true));
    assert_eq!(passing.position(), tokens.position());
    assert_eq!((seen.span(), seen.raw()), (segment.span(), segment.raw()));
    assert!(segment.is_ascii());
    assert_eq!(segment.oddities(), Oddities::default());
    let parts: Vec<_> = segment.all_parts().collect();
    assert_eq!(seen.ends().len(), parts.len());
    for (index, (part, end)) in parts.iter().zip(seen.ends()).enumerate() {
        assert_eq!(seen.part(index).span(), part.span());
        assert_eq!(seen.part(index).text(), part.text());
        assert_eq!(segment.span().start + usize::from(*end), part.span().end);
    }
    for behind in [parts.len(), parts.len() + 1, 15, 16, 99] {
        let none = seen.part(behind);
        assert_eq!(none.span(), segment.part(99, 1).span());
        assert!(none.is_empty());
    }
    Some(seen.form())
}

#[test]
fn the_separators_of_a_short_segment_are_its_form() {
    #[track_caller]
    fn check(bytes: &str, service: ServiceString, expect: Option<&str>) {
        // At every place of two blocks, and at the end of the input.
        for before in 0..128 {
            let bytes = format!("{}{bytes}", " ".repeat(before));
            for bytes in [format!("{bytes}{}", "NAD+FL+++DOE:JANE'".repeat(9)), bytes] {
                let seen = short(bytes.as_bytes(), service);
                assert_eq!(seen, expect.map(form), "{bytes}");
            }
        }
    }
    let check_a = |bytes, expect| check(bytes, ServiceString::LEVEL_A, expect);
    check_a("TKT+9990000000001:T'", Some("TKT+:"));
    check_a("\r\n RPI+2+HK'", Some("RPI++"));
    check_a("TRI++001:::1'", Some("TRI++:::"));
    check_a("REF+'", Some("REF+"));
    check_a(
        "TBD++1:11:700+++ZQ:0999210595:1:CAI'",
        Some("TBD++::+++:::"),
    );
    check_a("AAA+::::::::::::::'", Some("AAA+::::::::::::::"));
    for none in [
        "SRC'",
        "SR+A'",
        "SRCA+A'",
        "SRC:A'",
        "TKT+9990000000001?:T'",
        "TKT+999\n0000000001:T'",
        "TKT+\u{e9}:T'",
        "AAA+:::::::::::::::'",
        "IFT+4:28::ZQ+A TEXT THAT IS LONGER THAN WHAT IS LOOKED AT, BY SOME FEW LETTERS'",
    ] {
        check_a(none, None);
    }
    assert_eq!(
        short(b"TKT+999:T", ServiceString::LEVEL_A),
        None,
        "it does not end"
    );
    let other = ServiceString::from_separators(b'(', b'*', b'$').expect("three of them");
    check("TKT*99+9(T:$", other, Some("TKT+:"));
    check("TKT\x1dA\x1fT\x1c", ServiceString::LEVEL_B, Some("TKT+:"));
}

#[test]
fn elements_and_components() {
    check("NAD+FL+++DOE:JANE'", &["NAD|FL|||DOE:JANE"]);
    check("SRC'DTM+36:'", &["SRC", "DTM|36:"]);
    check("NAD:FL+X'", &["NAD|FL|X"]);
    check("NAD++'", &["NAD||"]);
}

#[test]
fn the_release_character_makes_any_byte_literal() {
    check("A01+O?'DEA?+X?:Y??'", &["A01|O'DEA+X:Y?"]);
    check("A01+?A'", &["A01|A"]);
    check("A01+??'B02'", &["A01|?", "B02"]);
    check("A01+?\r\n'X'", &["A01|'X"]);
}

#[test]
fn releases_and_separators_are_found_across_blocks_of_sixty_four_bytes() {
    for length in 50..140 {
        let text = "X".repeat(length);
        check(&format!("A01+{text}?'Y:Z'"), &[&format!("A01|{text}'Y:Z")]);
        check(
            &format!("A01+{text}?\r\n\r\n'Y'"),
            &[&format!("A01|{text}'Y")],
        );
        check(
            &format!("A01+{text}??'B02'"),
            &[&format!("A01|{text}?"), "B02"],
        );
    }
}

#[test]
fn blanks_and_framing_between_segments_and_inside_of_tags() {
    check(" \r\n\x02A01+X'\t\x03B02 +Y'\r\n", &["A01|X", "B02|Y"]);
    check("A\r\n01+X'", &["A01|X"]);
}

#[test]
fn wrapped_lines_are_joined_without_a_blank() {
    check("LOC+8\r\n7+VANDEN\nBERG'", &["LOC|87|VANDENBERG"]);
}

#[test]
fn damaged_tags_are_shown_as_such() {
    check("LONGTAG+X'AB+Y''", &["|X", "AB|Y", ""]);
}

#[test]
fn bytes_that_are_no_segment_are_a_fault_at_their_place() {
    check("A01+X'B02+Y", &["A01|X", "Unterminated 6..9"]);
    check("A01+X?", &["TrailingRelease 5..6"]);
    check("A01+X?\n", &["TrailingRelease 5..6"]);
    check("A", &["Unterminated 0..1"]);
    let long = format!("A01+{}'", "X".repeat(MAX_SEGMENT_BYTES));
    check(&long, &["SegmentTooLong 0..3"]);
    let limit = format!("A01+{}'", "X".repeat(MAX_SEGMENT_BYTES - 5));
    check(
        &limit,
        &[&format!("A01|{}", "X".repeat(MAX_SEGMENT_BYTES - 5))],
    );
}

#[test]
fn level_b_has_no_release_character() {
    let bytes = b"NAD\x1dFL\x1d\x1d\x1dDOE?\x1fJANE\x1c";
    assert_eq!(read(bytes, ServiceString::LEVEL_B), ["NAD|FL|||DOE?:JANE"]);
}

#[test]
fn repetition_acts_in_version_4_only() {
    let service = ServiceString::from_una(b"UNA:+.?*'").unwrap();
    let bytes = b"A01+B:C*D:E+F*G'";
    let mut segment = Segment::default();
    let mut tokens = Tokens::new(bytes, 0, service.for_version(4), Charset::Ascii);
    assert_eq!(tokens.next_into(&mut segment), Ok(true));
    assert_eq!(segment.part(1, 2).text(), "C");
    assert!(segment.part(1, 3).is_empty());
    let second: Vec<_> = segment
        .repetition(1, 2)
        .iter()
        .map(|part| part.text())
        .collect();
    assert_eq!(second, ["D", "E"]);
    assert_eq!(read(bytes, service.for_version(3)), ["A01|B:C*D:E|F*G"]);
}

#[test]
fn a_segment_can_be_cut_where_a_terminator_was_lost() {
    for (bytes, at, expect) in [
        ("RPI+1+HKIFT+4:19'", 8, "RPI|1|HK"),
        ("ATT+2++DTM+329:1'", 7, "ATT|2||"),
        ("LOC+87+CDG'", 10, "LOC|87|CDG"),
    ] {
        let mut tokens = Tokens::new(bytes.as_bytes(), 0, ServiceString::LEVEL_A, Charset::Ascii);
        let mut segment = Segment::default();
        tokens.next_into(&mut segment).unwrap();
        segment.cut(at);
        assert_eq!(shown(&segment), expect);
        assert_eq!(segment.span(), 0..at);
    }
}

#[test]
fn a_segment_can_go_on_where_its_terminator_was_text() {
    let bytes = b"NAD+FL+++O'DEA:ANN'X01'";
    let mut tokens = Tokens::new(bytes, 0, ServiceString::LEVEL_A, Charset::Ascii);
    let mut segment = Segment::default();
    tokens.next_into(&mut segment).unwrap();
    assert_eq!(tokens.extend(&mut segment), Ok(true));
    assert_eq!(shown(&segment), "NAD|FL|||O'DEA:ANN");
    tokens.next_into(&mut segment).unwrap();
    assert_eq!(shown(&segment), "X01");
}

#[test]
fn odd_bytes_are_noticed() {
    let odd = |bytes: &str| {
        let mut segment = Segment::default();
        let mut tokens = Tokens::new(bytes.as_bytes(), 0, ServiceString::LEVEL_A, Charset::Ascii);
        tokens.next_into(&mut segment).unwrap();
        segment.oddities()
    };
    assert_eq!(odd("A01+X?'Y'"), Oddities::default());
    assert!(odd("A01+X\nY'").line_break);
    assert!(odd("A01+X\x02Y'").control);
    assert!(odd("A01+X?Y'").needless_release);
}

#[test]
fn places_count_from_the_start_of_the_input() {
    let mut tokens = Tokens::new(
        b"A01+X'B02+YZ'",
        100,
        ServiceString::LEVEL_A,
        Charset::Ascii,
    );
    let mut segment = Segment::default();
    tokens.next_into(&mut segment).unwrap();
    tokens.next_into(&mut segment).unwrap();
    assert_eq!(segment.span(), 106..112);
    assert_eq!(segment.part(1, 1).span(), 110..112);
    assert_eq!(tokens.bytes(segment.part(1, 1).span()), b"YZ");
    tokens.seek(100);
    tokens.next_into(&mut segment).unwrap();
    assert_eq!(segment.tag(), b"A01");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn what_is_written_is_read_back(
        elements in prop::collection::vec(prop::collection::vec("[ -~é]{0,70}", 1..4), 1..6),
    ) {
        let texts: Vec<Vec<&str>> = elements
            .iter()
            .map(|element| element.iter().map(String::as_str).collect())
            .collect();
        let refs: Vec<&[&str]> = texts.iter().map(Vec::as_slice).collect();
        let mut writer = Writer::new(ServiceString::LEVEL_A);
        writer.segment("NAD", &refs);
        let written = writer.finish();
        let mut tokens = Tokens::new(&written, 0, ServiceString::LEVEL_A, Charset::Utf8);
        let mut segment = Segment::default();
        prop_assert_eq!(tokens.next_into(&mut segment), Ok(true));
        for (at, element) in texts.iter().enumerate() {
            for (component, text) in element.iter().enumerate() {
                let part = segment.part(at + 1, component + 1);
                prop_assert_eq!(part.text(), *text);
            }
        }
        prop_assert_eq!(tokens.next_into(&mut segment), Ok(false));
    }

    #[test]
    fn every_byte_of_a_segment_is_in_its_tag_a_part_or_a_separator(
        bytes in "[A-C+:'?\r\n ]{0,200}",
    ) {
        let mut tokens = Tokens::new(bytes.as_bytes(), 0, ServiceString::LEVEL_A, Charset::Ascii);
        let mut segment = Segment::default();
        let mut end = 0;
        loop {
            match tokens.next_into(&mut segment) {
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => {
                    prop_assert_ne!(fault.kind, SyntaxFaultKind::SegmentTooLong);
                    break;
                }
            }
            let span = segment.span();
            prop_assert!(span.start >= end && span.end >= span.start);
            end = span.end;
            let parts: usize = segment.all_parts().map(|part| part.raw().len() + 1).sum();
            prop_assert_eq!(segment.tag_span().len() + parts, span.len());
        }
    }
}

#[test]
fn a_segment_that_holds_nothing_can_be_cut_and_copied() {
    let mut segment = Segment::default();
    segment.cut(3);
    let copy = segment.clone();
    assert_eq!(shown(&copy), "");
    assert_eq!(copy.all_parts().len(), 0);
}

#[test]
fn a_copy_goes_on_like_what_it_was_copied_from() {
    let bytes = b"NAD+FL+++O'DWYER:SAOIRSE'";
    let mut tokens = Tokens::new(bytes, 0, ServiceString::LEVEL_A, Charset::Ascii);
    let mut segment = Segment::default();
    assert_eq!(tokens.next_into(&mut segment), Ok(true));
    let mut copy = segment.clone();
    assert_eq!(shown(&copy), "NAD|FL|||O");
    assert_eq!(tokens.extend(&mut copy), Ok(true));
    assert_eq!(shown(&copy), "NAD|FL|||O'DWYER:SAOIRSE");
}
