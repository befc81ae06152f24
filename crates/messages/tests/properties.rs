//! What holds for all inputs: no panic, no accepted piece of a message, no dependence on how
//! messages were packed into files.

#[allow(dead_code, reason = "each test shows what it needs")]
mod show;

use oriel_messages::{Decoded, decode};
use oriel_model::Severity;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> Vec<(String, Vec<u8>)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut paths: Vec<PathBuf> = ["edifact", "paxlst"]
        .iter()
        .flat_map(|folder| fs::read_dir(data.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "edi"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect()
}

/// What a transmission says, without places.
fn messages(bytes: &[u8]) -> Vec<String> {
    decode(bytes)
        .filter_map(|decoded| decoded.message)
        .map(|message| show::message(&message))
        .collect()
}

/// What must hold of everything that is decoded from anything.
fn is_sound(bytes: &[u8], decoded: &[Decoded]) {
    assert!(
        !decoded.is_empty(),
        "something must be said about every transmission"
    );
    let mut end = 0;
    for one in decoded {
        let refused = one.severity() == Some(Severity::Refused);
        assert_eq!(one.message.is_none(), refused);
        let in_order = end <= one.span.start && one.span.start <= one.span.end;
        assert!(
            in_order,
            "{:?} after {end} in {}",
            one.span,
            bytes.escape_ascii()
        );
        assert!(one.span.end <= bytes.len());
        end = one.span.end;
        assert!(one.findings.is_sorted_by_key(|finding| finding.at.start));
        for finding in &one.findings {
            assert!(finding.at.start <= finding.at.end && finding.at.end <= bytes.len());
        }
        for mark in &one.marks {
            assert!(mark.at.start < mark.at.end);
            assert!(mark.at.end as usize <= one.span.len());
        }
        if let Some(message) = &one.message {
            let inside = |at: oriel_model::Span| at.end as usize <= one.span.len();
            for person in &message.travellers {
                assert!(
                    person
                        .name
                        .surname
                        .as_ref()
                        .is_none_or(|name| inside(name.at()))
                );
                assert!(person.birth.as_ref().is_none_or(|birth| inside(birth.at())));
            }
        }
    }
}

fn check(bytes: &[u8]) {
    is_sound(bytes, &decode(bytes).collect::<Vec<_>>());
}

/// What fuzzing starts from: a sample of every format and of every deviation.
#[test]
fn every_seed_of_fuzzing_is_read_soundly_whole_and_cut() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut read = 0;
    for entry in fs::read_dir(seeds).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            continue;
        }
        let whole = fs::read(&path).unwrap();
        for end in [whole.len(), whole.len() / 2, whole.len() - 1] {
            let transmission = oriel_messages::Transmission::open(&whole[..end]);
            is_sound(
                transmission.bytes(),
                &transmission.decode().collect::<Vec<_>>(),
            );
        }
        read += 1;
    }
    assert!(read > 60, "{read}");
}

/// Pieces that make arbitrary bytes look like messages.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "UNA:+.? '",
        "UNA:*.? $",
        "UNB+UNOA:4+A+B+261104:0845+1'",
        "UNB+UNOC:3+A+B",
        "UNB*UNOA:4*A*B*261104:0845*1$",
        "UNG+PAXLST+A+B+261104:0845+1'",
        "UNE+1+1'",
        "UNH+1+PAXLST:D:05B:UN:IATA'",
        "UNH+2+CUSRES:D:05B:UN:IATA'",
        "UNT+5+1'",
        "UNZ+1+1'",
        "BGM+745'",
        "TDT+20+ZQ1'",
        "LOC+125+NBO'",
        "LOC+87+CDG'",
        "DTM+189:2611041715:201'",
        "NAD+FL+++DOE:JANE'",
        "NAD+FL+++O'DEA:AN'",
        "DOC+P+X1234567'",
        "DTM+329:870231'",
        "RFF+AVF:ABC123'",
        "FTX+BAG+++ZQ1:99'",
        "NAT+2+UTO'",
        "NAT+1+NOR'",
        "PDT+P/X1+DOE:ANN:800101:F+PAX+NBO:CDG'",
        "GEI+4+173'",
        "NAD+MS+++DESK'",
        "CNT+42:1'",
        "LOC+91+UTODTM+36:310101'",
        "'",
        "?",
        "+",
        ":",
        "*",
        "\r\n",
        " ",
        "UN",
        "UNB",
        "\u{2019}",
        "É",
    ]);
    prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes);
    }

    #[test]
    fn pieces_of_messages_in_any_order_are_read_or_refused(
        pieces in prop::collection::vec(piece(), 0..60),
    ) {
        check(&pieces.concat());
    }

    #[test]
    fn interchanges_say_the_same_alone_and_in_one_file(
        picked in prop::collection::vec((any::<prop::sample::Index>(), 0..3_usize), 1..5),
    ) {
        let cases = cases();
        let in_order: Vec<&Vec<u8>> = cases
            .iter()
            .map(|(_, bytes)| bytes)
            .filter(|bytes| decode(bytes).all(|one| one.findings.is_empty()))
            .collect();
        let (mut file, mut apart) = (Vec::new(), Vec::new());
        for (index, breaks) in picked {
            let bytes = index.get(&in_order);
            file.extend_from_slice(bytes);
            file.extend_from_slice(&b"\r\n"[..breaks]);
            apart.extend(messages(bytes));
        }
        prop_assert_eq!(messages(&file), apart);
    }

    #[test]
    fn a_changed_byte_anywhere_harms_nobody_else(
        case in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let cases = cases();
        let mut bytes = case.get(&cases).1.clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        check(&bytes);
    }
}

#[test]
fn a_message_cut_at_any_byte_is_refused_as_a_whole() {
    let whole = b"UNA:+.? 'UNB+UNOA:4+ZQ+UTOGOV+261104:0845+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
        TDT+20+ZQ0611'LOC+125+NBO'DTM+189:2611041715:201'LOC+87+CDG'NAD+FL+++O?'DEA:AN'\
        DTM+329:870217'NAD+FL+++DOE:JANE'CNT+42:2'UNT+11+1'UNZ+1+1'";
    let trailer = whole.windows(4).position(|bytes| bytes == b"UNZ+").unwrap();
    for end in 0..whole.len() {
        let decoded: Vec<_> = decode(&whole[..end]).collect();
        is_sound(&whole[..end], &decoded);
        let accepted = decoded.iter().filter(|one| one.message.is_some()).count();
        assert_eq!(accepted, usize::from(end >= trailer), "cut at {end}");
    }
    assert!(decode(whole).all(|one| one.message.is_some() && one.findings.is_empty()));
}

#[test]
fn cases_cut_at_any_byte_say_nothing_new() {
    for (name, bytes) in cases() {
        let known = messages(&bytes);
        for end in (0..bytes.len()).step_by(3) {
            let decoded: Vec<_> = decode(&bytes[..end]).collect();
            is_sound(&bytes[..end], &decoded);
            for message in decoded.into_iter().filter_map(|one| one.message) {
                let message = show::message(&message);
                assert!(known.contains(&message), "{name} cut at {end}:\n{message}");
            }
        }
    }
}
