//! What an analyst reads: hits with their parts, line by line.

use oriel_model::{Country, DocumentKey};
use oriel_names::Source;
use oriel_screening::lists::{Format, read};
use oriel_screening::{Hit, Index, Person, Scratch, Subject, Watchlists, Weights, screen, search};
use std::fmt::Write;

fn lists() -> Watchlists {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let bytes = std::fs::read(dir.join("un.xml")).expect("the sample is beside this file");
    let un = read(&Format::Un, &bytes).expect("the sample can be read");
    let lost = br#"{"id":"L-7","docs":["X1234567"]}"#;
    let lost = read(&Format::Persons, lost).expect("it is a person record");
    let mut entries = lost.entries;
    entries[0].documents[0].issuer = Some("UTO".into());
    Watchlists::new(vec![
        Index::build("un", &un.entries).into(),
        Index::build("lost-documents", &entries).into(),
    ])
}

fn show(hit: &Hit) -> String {
    let mut out = format!(
        "{} {} {:?} {} = {}",
        hit.list, hit.entry, hit.band, hit.score, hit.points
    );
    for p in hit.parts.iter().filter(|p| p.points != 0) {
        let _ = write!(
            out,
            "\n  {:+} {} | {} | {}",
            p.points,
            p.code,
            p.ours,
            p.theirs.join(", ")
        );
    }
    out
}

#[track_caller]
fn check(subject: &Subject, expect: &str) {
    let hits = screen(
        subject,
        &lists(),
        &Weights::start(),
        &mut Scratch::default(),
    );
    for hit in &hits {
        let sum: i32 = hit.parts.iter().map(|p| i32::from(p.points)).sum();
        assert_eq!(sum, hit.points, "the parts add up");
        let json = serde_json::to_string(hit).expect("a hit is plain data");
        assert_eq!(
            serde_json::from_str::<Hit>(&json).expect("what was written can be read"),
            *hit
        );
    }
    let got: Vec<String> = hits.iter().map(show).collect();
    assert_eq!(got.join("\n"), expect);
}

#[test]
fn what_is_printed_for_debugging_names_nobody() {
    let mut subject = traveller("KESTRELMAN", "ODRANMR", "1977-05-02");
    subject.add_nationality("HTI");
    let hits = screen(
        &subject,
        &lists(),
        &Weights::start(),
        &mut Scratch::default(),
    );
    let person: Person =
        serde_json::from_str(r#"{"names":["Odran Kestrelman"],"docs":["X1234567"]}"#).unwrap();
    let printed = format!("{hits:?} {subject:?} {person:?} {:?}", person.to_entry());
    let printed = printed.to_uppercase();
    assert!(printed.contains("NAME EXACT 160"), "{printed}");
    for value in ["KESTRELMAN", "ODRAN", "1977", "X1234567"] {
        assert!(!printed.contains(value), "{value}: {printed}");
    }
}

fn traveller(surname: &str, given: &str, born: &str) -> Subject {
    let mut subject = Subject::default();
    subject.add_name(Source::Booking, surname, given, false);
    if let Some(date) = oriel_model::PartialDate::parse(born) {
        subject.add_birth(date);
    }
    subject
}

/// R-WL-05.
#[test]
fn every_point_is_accounted_for() {
    let mut subject = traveller("KESTRELMAN", "ODRANMR", "1977-05-02");
    subject.add_nationality("HTI");
    subject.add_sex("M");
    check(
        &subject,
        "un 7000001 Likely 80 = 306\n  \
         +160 exact | KESTRELMAN | KESTRELMAN\n  \
         +91 exact | ODRAN | ODRAN\n  \
         -20 list-word-absent |  | BEYDOUR\n  \
         -10 names-tried | KESTRELMAN/ODRANMR | ODRAN KESTRELMAN BEYDOUR\n  \
         +45 born-in-range | 1977-05-02 | 1976/1978\n  \
         +30 nationality-agrees | HTI | HTI\n  \
         +10 sex-agrees | M | M",
    );
}

#[test]
fn a_listed_document_is_a_hit_whoever_carries_it() {
    let mut subject = traveller("PELLOW", "MIRELMS", "1990-03-03");
    let state = Country::parse("UTO").ok();
    subject.add_document(
        DocumentKey::new("x-123 4567", state).expect("long enough"),
        "P",
    );
    check(
        &subject,
        "lost-documents L-7 Document 72 = 220\n  +220 document-exact | X1234567 | X1234567",
    );
}

#[test]
fn an_ordinary_traveller_is_no_hit() {
    check(&traveller("SMITH", "JANEMRS", "1980-06-06"), "");
}

#[test]
fn a_search_goes_below_the_line_and_stops_at_its_limit() {
    let subject = traveller("KESTRELMAN", "MIREL", "1990-03-03");
    let ask = |lowest, limit| {
        let mut scratch = Scratch::default();
        search(
            &subject,
            &lists(),
            &Weights::start(),
            lowest,
            limit,
            &mut scratch,
        )
        .len()
    };
    assert_eq!((ask(70, 9), ask(1, 9), ask(1, 0)), (0, 1, 0));
}
