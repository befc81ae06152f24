//! Segments that were read and written again read the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oriel_edifact::{Charset, Segment, ServiceString, Tokens, Writer};

fuzz_target!(|bytes: &[u8]| write_again(bytes));

fn write_again(bytes: &[u8]) {
    let service = ServiceString::LEVEL_A;
    let mut segment = Segment::default();
    let mut tokens = Tokens::new(bytes, 0, service, Charset::Utf8);
    while tokens.next_into(&mut segment) == Ok(true) {
        let Ok(tag) = std::str::from_utf8(segment.tag()) else {
            continue;
        };
        let read = |segment: &Segment<'_>| -> Vec<Vec<String>> {
            let parts = |element| segment.parts(element).map(|part| part.text().into_owned());
            (1..=segment.len()).map(|element| parts(element).collect()).collect()
        };
        let first = read(&segment);
        let texts: Vec<Vec<&str>> = first
            .iter()
            .map(|element| element.iter().map(String::as_str).collect())
            .collect();
        let elements: Vec<&[&str]> = texts.iter().map(Vec::as_slice).collect();
        if tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        let mut writer = Writer::new(service);
        writer.segment(tag, &elements);
        let written = writer.finish();
        let mut again = Segment::default();
        let mut tokens = Tokens::new(&written, 0, service, Charset::Utf8);
        assert_eq!(tokens.next_into(&mut again), Ok(true));
        assert_eq!(filled(read(&again)), filled(first));
    }
}

/// Without empty components and elements at the end, which a writer leaves out.
fn filled(mut elements: Vec<Vec<String>>) -> Vec<Vec<String>> {
    for element in &mut elements {
        while element.last().is_some_and(String::is_empty) {
            element.pop();
        }
    }
    while elements.last().is_some_and(Vec::is_empty) {
        elements.pop();
    }
    elements
}
