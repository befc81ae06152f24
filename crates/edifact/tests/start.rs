//! Where interchanges start, and their service characters with and without UNA.

use oriel_edifact::{ServiceString, ServiceStringFault, Starts};

/// Component, element, release, terminator; what is wrong with UNA; where it starts.
#[track_caller]
fn check(bytes: &str, characters: &str, fault: Option<ServiceStringFault>, at: usize) {
    let start = Starts::new(bytes.as_bytes())
        .from(0)
        .expect("there is a UNB");
    let read = start.service;
    let release = read.release.unwrap_or(b' ');
    let got = [read.component, read.element, release, read.terminator];
    assert_eq!(String::from_utf8_lossy(&got), characters);
    assert_eq!(start.fault.map(|fault| fault.0), fault);
    assert_eq!(start.at, at);
}

#[test]
fn una_is_followed_when_unb_follows_it() {
    check("UNA:+.? 'UNB+UNOA:4+A'UNZ+0+1'", ":+?'", None, 0);
    check("UNA:+.? '\r\nUNB+UNOA:4+A'", ":+?'", None, 0);
    check("UNA:*.? $UNB*UNOA:4*A$", ":*?$", None, 0);
    check("UNA:(.) -UNB(UNOA:4(A-", ":()-", None, 0);
    check(r"UNA:+.\*'UNB+IATA:1+A'", r":+\'", None, 0);
    check(
        "QK UTOGAPZQ\n.NBOZQ 040846\nUNA:+.? 'UNB+UNOA:4+A'",
        ":+?'",
        None,
        26,
    );
}

#[test]
fn a_damaged_una_is_not_followed() {
    let short = Some(ServiceStringFault::TooShort);
    check(r"UNA:+\*'UNB+UNOA:4+A'UNH+", ":+?'", short, 0);
    let ambiguous = Some(ServiceStringFault::Ambiguous);
    check("UNA::.? 'UNB+UNOA:4+A'UNH+", ":+?'", ambiguous, 0);
    check("UNAA+.? 'UNB+UNOA:4+A'UNH+", ":+?'", ambiguous, 0);
    let not_followed = Some(ServiceStringFault::NotFollowed);
    check("UNA*:.? 'UNB+UNOA:4+A'UNH+", ":+?'", not_followed, 0);
    check("UNA:+\\*'\nUNB+UNOA:4+A'UNH+", ":+?'", not_followed, 0);
}

#[test]
fn without_una_the_characters_are_read_from_unb() {
    check("UNB+UNOA:4+A'UNH+", ":+?'", None, 0);
    check("UNB+SIRE:4+A\"\nUNG+", ":+?\"", None, 0);
    check("UNB*UNOA|4*A~UNH*", "|*?~", None, 0);
    check("UNB+UNOA:4+A\nUNH+1\n", ":+?\n", None, 0);
    check("UNB+UNOB+A'UNZ+", ":+?'", None, 0);
    check("UNB+UNOA:4+A", ":+?'", None, 0);
    check("UNB +UNOA:4+A$UNH +", ":+?$", None, 0);
    check("UNB?UNOA:4?A$UNH?", ":? $", None, 0);
    let mut level_b = Starts::new(b"UNB\x1dIATB\x1f1\x1dA\x1cUNH\x1d");
    assert_eq!(level_b.from(0).unwrap().service, ServiceString::LEVEL_B);
}

#[test]
fn what_only_looks_like_a_unb_is_none() {
    for bytes in [
        "",
        "UNB",
        "UNB+",
        "UNBAIR",
        "SUNB+UNOA:4+",
        "UNB+UNOA4711:4",
        "UNB++A",
        "UNBUNB",
    ] {
        assert_eq!(Starts::new(bytes.as_bytes()).from(0), None, "{bytes}");
    }
}

#[test]
fn starts_are_found_one_behind_the_other() {
    let bytes = b"\r\nUNB+UNOA:4+A'UNZ+0+1'UNA:+.? 'UNB+UNOA:4+B'UNZ+0+2'";
    let mut starts = Starts::new(bytes);
    assert_eq!(starts.from(0).unwrap().at, 2);
    assert_eq!(starts.from(2).unwrap().header, 2);
    assert_eq!(starts.from(3).unwrap().at, 23);
    assert_eq!(starts.header_from(10), Some(32));
    assert_eq!(starts.from(33), None);
}

#[test]
fn a_header_reaches_no_further_than_the_next_one() {
    let bytes = b"UNB+UNOA:4+A UNB+UNOA:4+B'";
    let mut starts = Starts::new(bytes);
    assert_eq!(starts.from(0).unwrap().header_limit, 13);
    assert_eq!(starts.from(1).unwrap().header_limit, bytes.len());
}

#[test]
fn a_start_is_never_before_the_place_asked_for() {
    let bytes = b"NAD+MS+++DESUNA:+.? 'UNB+UNOA:4+ZQ+XOGOV+261104:0712+1'";
    let header = 21;
    let start = |from| {
        Starts::new(bytes)
            .from(from)
            .map(|start| (start.at, start.header))
    };
    assert_eq!(start(0), Some((12, header)));
    assert_eq!(start(header), Some((header, header)));
    assert_eq!(start(header + 1), None);
}
