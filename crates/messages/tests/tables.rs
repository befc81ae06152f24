//! Lists in tables: what is about a person is marked where it stands, and damage harms nobody.
//!
//! The cases themselves are compared in `golden.rs`.

use oriel_messages::{Transmission, decode};
use oriel_model::{Element, Message, Personal};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of cases and the extension of what was received.
const FOLDERS: [(&str, &str); 3] = [
    ("tables", "csv"),
    ("declarations", "json"),
    ("workbooks", "xlsx"),
];

fn cases() -> Vec<(PathBuf, Vec<u8>)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut cases = Vec::new();
    for (folder, extension) in FOLDERS {
        for entry in fs::read_dir(data.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|found| found == extension) {
                let bytes = fs::read(&path).unwrap();
                cases.push((path, bytes));
            }
        }
    }
    cases.sort();
    cases
}

/// Names and numbers of everybody in a message.
fn texts(message: &Message) -> Vec<(String, usize)> {
    let mut texts = Vec::new();
    for person in &message.travellers {
        let names = [&person.name.surname, &person.name.given].into_iter();
        let numbers = person.documents.iter().map(|document| &document.number);
        for value in names.chain(numbers).flatten() {
            let at = Personal::at(value).start as usize;
            texts.push((value.expose().to_string(), at));
        }
    }
    texts
}

/// Nothing panics, and marks are in order and inside.
fn check(bytes: &[u8]) {
    let transmission = Transmission::open(bytes);
    let length = transmission.bytes().len();
    for decoded in transmission.decode() {
        let mut end = 0;
        for mark in &decoded.marks {
            assert!(mark.at.start >= end && mark.at.end as usize <= length);
            end = mark.at.end;
        }
        assert!(decoded.findings.iter().all(|found| found.at.end <= length));
    }
}

#[test]
fn each_value_about_a_person_is_marked_where_it_stands() {
    let mut persons = 0;
    for (path, bytes) in cases() {
        let transmission = Transmission::open(&bytes);
        let text = transmission.bytes();
        for decoded in transmission.decode() {
            let Some(message) = &decoded.message else {
                continue;
            };
            persons += message.travellers.len();
            for (value, at) in texts(message) {
                let mark = decoded
                    .marks
                    .iter()
                    .find(|mark| mark.at.start as usize <= at && at < mark.at.end as usize);
                let element = mark.map(|mark| mark.element);
                let expected = [Some(Element::Name), Some(Element::Document)];
                assert!(
                    expected.contains(&element),
                    "{}: {element:?}",
                    path.display()
                );
                if text[at..].is_ascii() && !value.contains(['"', '\'', ' ']) {
                    assert!(
                        text[at..].starts_with(value.as_bytes()),
                        "{}",
                        path.display()
                    );
                }
            }
        }
    }
    assert!(persons > 30);
}

/// R-DAT-01.
#[test]
fn what_no_heading_names_is_unmapped() {
    let table = "IMO;9074729\nPort;PTLIS\nMovement;A\nremark;SECRET1\n\
                 Family name;Given names;Special care;Nationality\nMUESTRA;EVA;SECRET2;UTO\n";
    let declaration = r#"{"imo":"9074729","port":"PTLIS","remark":"SECRET1",
        "crew":[{"surname":"MUESTRA","health":"SECRET2"}]}"#;
    for (text, label) in [(table, &["remark"][..]), (declaration, &[])] {
        let decoded = decode(text.as_bytes()).next().unwrap();
        assert_eq!(decoded.message.unwrap().travellers.len(), 1);
        let unmapped = decoded
            .marks
            .iter()
            .filter(|mark| mark.element == Element::Unmapped);
        let found: Vec<&str> = unmapped.map(|mark| &text[mark.at.range()]).collect();
        assert_eq!(found, [label, &["SECRET1", "SECRET2"]].concat());
    }
}

#[test]
fn cases_cut_at_any_byte_are_read_or_refused() {
    for (_, bytes) in cases() {
        let step = 1 + bytes.len() / 200;
        (0..bytes.len())
            .step_by(step)
            .for_each(|end| check(&bytes[..end]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn pieces_of_lists_in_any_order_are_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "Family name", "Given names", "Date of birth", "IMO number", "Port", ";", ",", "\t", "\n",
            "\r\n", "\"", "\"\"", "9074729", "PTLIS", "3/4/80", "45000.5", "MUESTRA", "É", "crew list",
            "{", "}", "[", "]", ":", "\\", "\"surname\"", "\"crew\"", "null", "-1", "\u{feff}", " ", "T",
        ]), 0..60)
    ) {
        check(pieces.concat().as_bytes());
        check(format!("Family name;Rank;DOB\n{}", pieces.concat()).as_bytes());
        check(format!("{{\"crew\":[{{{}", pieces.concat()).as_bytes());
    }
}
