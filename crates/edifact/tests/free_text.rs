//! Free text has separators of its own: parts of parts, and parts that run over separators.

use oriel_edifact::{Charset, Segment, ServiceString, Tokens};

#[track_caller]
fn check(text: &str, from: usize, expect: &[(&str, usize)]) {
    let input = format!("SSR+{text}'");
    let mut segment = Segment::default();
    let mut tokens = Tokens::new(input.as_bytes(), 0, ServiceString::LEVEL_A, Charset::Ascii);
    assert!(tokens.next_into(&mut segment).unwrap());
    let pieces: Vec<_> = segment
        .rest(1, from)
        .split(b'/')
        .map(|piece| (piece.text().into_owned(), piece.span().start))
        .collect();
    let pieces: Vec<_> = pieces.iter().map(|(t, at)| (t.as_str(), *at)).collect();
    assert_eq!(pieces, expect);
}

#[test]
fn pieces_know_their_place() {
    check(
        "DOCS:/P/UTO//X1",
        2,
        &[("", 9), ("P", 10), ("UTO", 12), ("", 16), ("X1", 17)],
    );
}

#[test]
fn a_released_separator_separates_and_its_release_character_is_in_no_piece() {
    check("A?/B", 1, &[("A", 4), ("B", 7)]);
}

#[test]
fn a_release_character_that_is_itself_released_stays_in_its_piece() {
    check("A??/B", 1, &[("A?", 4), ("B", 8)]);
}

#[test]
fn a_colon_that_was_not_released_is_part_of_the_text() {
    check("OTHS:A:B/C", 2, &[("A:B", 9), ("C", 13)]);
}

#[test]
fn what_was_not_sent_is_one_empty_piece() {
    check("OTHS", 5, &[("", 8)]);
}
