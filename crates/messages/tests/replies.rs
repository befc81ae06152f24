//! Replies: golden cases, and that what is written is read back to the same value.
//!
//! A case is `data/replies/<case>.edi` beside `<case>.expect`, which shows it as it is written
//! again. All people, carriers and systems are invented.

use jiff::civil::date;
use oriel_messages::Transmission;
use oriel_messages::reply::*;
use oriel_model::{Carrier, FlightNumber, Personal, Port, Span, Text};
use proptest::prelude::*;
use std::path::Path;

#[test]
fn every_case_is_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/replies");
    oriel_testkit::golden(folder, "edi", |bytes| {
        let codes = Codes::default();
        match read(bytes, &codes) {
            Err(fault) => format!("{fault}\n"),
            Ok(reply) => {
                let mut out = match &reply.answer {
                    Answer::Syntax(report) => format!("syntax {:?}\n", report.action),
                    Answer::Push(receipt) | Answer::PushXml(receipt) => {
                        format!("push {:?} {:?}\n", receipt.outcome, receipt.errors)
                    }
                    Answer::Verdicts(verdicts) => {
                        let boarding = verdicts.travellers.iter().map(|v| codes.boarding(v));
                        let boarding: Vec<_> = boarding.collect();
                        format!(
                            "verdicts {:?} {boarding:?} {:?}\n",
                            verdicts.kind, verdicts.errors
                        )
                    }
                    Answer::Request(request) => format!("request by {}\n", request.agency),
                };
                let written = write(&reply, &codes).expect("what was read can be written");
                out += &String::from_utf8(written).unwrap().replace('\'', "'\n");
                out
            }
        }
    });
}

fn text() -> impl Strategy<Value = Text> {
    "[A-Z0-9]{1,10}".prop_map(Text::from)
}

/// Text with everything that must be released, and letters outside of ASCII.
fn words() -> impl Strategy<Value = Text> {
    "[A-Za-z0-9'+:?.,éß]{1,40}".prop_map(Text::from)
}

fn personal() -> impl Strategy<Value = Option<Personal<Text>>> {
    prop::option::of(text().prop_map(|text| Personal::new(text, Span::default())))
}

fn moment() -> impl Strategy<Value = jiff::civil::DateTime> {
    (1i8..=12, 1i8..=28, 0i8..24, 0i8..60).prop_map(|(month, day, hour, minute)| {
        jiff::civil::date(2026, month, day).at(hour, minute, 0, 0)
    })
}

fn sector() -> impl Strategy<Value = Sector> {
    let place = || prop::option::of(prop::sample::select(vec!["KEF", "LIS", "UXA"]));
    let carrier = prop::sample::select(vec!["ZQ", "X9", "ZQX"]);
    (
        carrier,
        1u16..9999,
        any::<bool>(),
        place(),
        place(),
        prop::option::of(moment()),
    )
        .prop_map(|(carrier, number, suffix, from, to, departs)| {
            let number = format!("{number}{}", if suffix { "A" } else { "" });
            let place = |place: Option<&str>| place.map(|code| Port::airport(code).unwrap());
            Sector {
                carrier: Carrier::parse(carrier).ok(),
                number: FlightNumber::parse(&number).unwrap(),
                from: place(from),
                to: place(to),
                departs,
                arrives: departs,
            }
        })
}

fn fault() -> impl Strategy<Value = Option<ServiceFault>> {
    let at = prop::option::of((1u16..20, prop::option::of(1u16..9)));
    let fault = (1u16..50, prop::option::of(Just(Text::from("UNZ"))), at);
    prop::option::of(fault.prop_map(|(code, segment, at)| ServiceFault { code, segment, at }))
}

fn action() -> impl Strategy<Value = Action> {
    prop::sample::select(vec![
        Action::Rejected,
        Action::Acknowledged,
        Action::Received,
    ])
}

fn syntax() -> impl Strategy<Value = Answer> {
    let element = (1u16..50, 1u16..20, prop::option::of(1u16..9));
    let segment = (
        1u32..999,
        prop::option::of(1u16..50),
        prop::collection::vec(element, 0..3),
    );
    let segment = segment.prop_map(|(segment, code, elements)| SegmentReport {
        segment,
        code,
        elements,
    });
    let message = (
        text(),
        action(),
        fault(),
        prop::collection::vec(segment, 0..3),
    );
    let message = message
        .prop_map(|(reference, action, fault, segments)| MessageReport {
            reference,
            identifier: ["PAXLST", "D", "05B", "UN", "IATA"]
                .map(Text::from)
                .to_vec(),
            action,
            fault,
            segments,
        })
        .boxed();
    let group = (
        text(),
        text(),
        text(),
        action(),
        fault(),
        prop::collection::vec(message.clone(), 0..3),
    );
    let group =
        group.prop_map(
            |(reference, sender, recipient, action, fault, messages)| GroupReport {
                reference,
                sender,
                recipient,
                action,
                fault,
                messages,
            },
        );
    let all = (
        text(),
        text(),
        text(),
        action(),
        fault(),
        prop::collection::vec(message, 0..4),
        prop::collection::vec(group, 0..3),
    );
    all.prop_map(
        |(interchange, sender, recipient, action, fault, messages, groups)| {
            Answer::Syntax(SyntaxReport {
                interchange,
                sender,
                recipient,
                action,
                fault,
                messages,
                groups,
            })
        },
    )
}

fn receipt() -> impl Strategy<Value = PushReceipt> {
    let outcome = prop::sample::select(vec![
        Outcome::Processed,
        Outcome::Partly,
        Outcome::NotProcessed,
    ]);
    (outcome, prop::collection::vec(text(), 0..4))
        .prop_map(|(outcome, errors)| PushReceipt { outcome, errors })
}

fn verdicts() -> impl Strategy<Value = Answer> {
    let verdict = (
        personal(),
        personal(),
        prop::collection::vec(text(), 1..3),
        prop::option::of(words()),
    );
    let verdict = verdict.prop_map(|(locator, reference, codes, text)| Verdict {
        locator,
        reference,
        codes,
        text,
    });
    let kind = prop::sample::select(vec![
        VerdictKind::Response,
        VerdictKind::Unsolicited,
        VerdictKind::Acknowledgement,
    ]);
    (
        kind,
        prop::option::of((text(), prop::option::of(1u16..9))),
        prop::collection::vec(sector(), 0..3),
        prop::collection::vec(text(), 0..3),
        prop::collection::vec(verdict, 0..6),
    )
        .prop_map(|(kind, transaction, flights, errors, travellers)| {
            Answer::Verdicts(Verdicts {
                kind,
                transaction,
                flights,
                errors,
                travellers,
            })
        })
}

fn request() -> impl Strategy<Value = Answer> {
    let locator = prop::option::of((text(), text()));
    (
        text(),
        prop::option::of(Just("LIS")),
        prop::option::of(text()),
        prop::option::of(sector()),
        locator,
    )
        .prop_map(|(agency, place, country, flight, locator)| {
            Answer::Request(Request {
                agency,
                place: place.map(|code| Port::airport(code).unwrap()),
                country,
                flight,
                locator: locator
                    .map(|(system, code)| (system, Personal::new(code, Span::default()))),
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn what_is_written_is_read_back(
        sender in text(),
        recipient in text(),
        sent in moment(),
        references in (text(), text(), prop::option::of(text())),
        answer in prop_oneof![
            syntax(),
            receipt().prop_map(Answer::Push),
            receipt().prop_map(Answer::PushXml),
            verdicts(),
            request(),
        ],
    ) {
        let (interchange, reference, access) = references;
        let version = match &answer {
            Answer::Syntax(_) => "D:3",
            Answer::Verdicts(_) => "D:05B",
            Answer::PushXml(_) => "13.1",
            Answer::Push(_) | Answer::Request(_) => "13:1",
        };
        let reply = Reply {
            sender,
            recipient,
            sent,
            interchange,
            reference,
            version: version.into(),
            access,
            answer,
        };
        let codes = Codes::default();
        let bytes = write(&reply, &codes).unwrap();
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert_eq!(read(&bytes, &codes).unwrap(), reply, "{}", shown);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, &Codes::default());
    }

    #[test]
    fn pieces_of_replies_are_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "UNB+UNOA:3+A+B+261104:0713+C1'", "UNH+1+CONTRL:D:3:UN'", "UNH+1+CUSRES:D:05B:UN'",
            "UNH+1+ACKRES:13:1:IA'", "UCI+1+A+B+7'", "UCM+1+PAXLST+4'", "UCS+5'", "UCD+12+1:2'",
            "BGM+962'", "RFF+TN:1'", "ERP+2'", "ERC+0Z'", "FTX+AAP+++X'", "MSG+:23+3'", "UNT+1+1'",
            "UNZ+1+1'", "'", "?", "<",
        ]), 0..12),
    ) {
        let _ = read(pieces.concat().as_bytes(), &Codes::default());
    }
}

#[test]
fn the_gravest_code_of_a_verdict_counts_and_an_unknown_one_leaves_it_open() {
    let boarding = |codes: &[&str]| {
        Codes::default().boarding(&Verdict {
            locator: None,
            reference: None,
            codes: codes.iter().map(|code| Text::from(*code)).collect(),
            text: None,
        })
    };
    assert_eq!(boarding(&["0Z"]), Boarding::Board);
    assert_eq!(boarding(&["0Z", "1A"]), Boarding::NoBoard);
    assert_eq!(boarding(&["0Z", "2Z"]), Boarding::Selectee);
    assert_eq!(boarding(&["0Z", "9Q"]), Boarding::Undetermined);
    assert_eq!(boarding(&["4Z", "3Z"]), Boarding::DataError);
    assert_eq!(boarding(&[]), Boarding::Undetermined);
}

#[test]
fn what_has_no_place_in_its_message_is_not_written() {
    let errors = vec![Text::from("118"); 100];
    let reply = Reply {
        sender: "XO".into(),
        recipient: "ZQ".into(),
        sent: jiff::civil::date(2026, 11, 4).at(8, 1, 0, 0),
        interchange: "1".into(),
        reference: "1".into(),
        version: "13:1".into(),
        access: None,
        answer: Answer::Push(PushReceipt {
            outcome: Outcome::NotProcessed,
            errors,
        }),
    };
    let fault = write(&reply, &Codes::default()).unwrap_err();
    assert_eq!(fault.to_string(), "ACKRES has no place for segment 102");
}

/// What arrives gets an answer in its kind, which reads back as it was meant; what was refused is
/// never called taken.
#[test]
fn every_case_is_answered_in_its_kind_and_the_answer_reads_back() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let sent = date(2026, 11, 4).at(7, 13, 0, 0);
    let codes = Codes::default();
    let (mut answered, mut silent) = ([0; 4], 0);
    for folder in ["paxlst", "pnrgov", "xml", "edifact", "tables"] {
        for entry in std::fs::read_dir(data.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_none_or(|extension| extension == "expect")
            {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let transmission = Transmission::open(&bytes);
            for decoded in transmission.decode() {
                let agreed = Agreements::default();
                let reply = answer(
                    transmission.bytes(),
                    &decoded,
                    true,
                    None,
                    &agreed,
                    sent,
                    "C1",
                );
                let Some(reply) = reply else {
                    silent += 1;
                    continue;
                };
                let taken = decoded.message.is_some();
                let kind = match &reply.answer {
                    Answer::Syntax(report) => {
                        assert_eq!(report.action == Action::Acknowledged, taken);
                        usize::from(taken)
                    }
                    Answer::Push(_) => 2,
                    Answer::PushXml(_) => 3,
                    other => panic!("{other:?}"),
                };
                assert!(taken || kind == 0, "{}", path.display());
                // A header without parties or references has nothing to repeat.
                if let Ok(written) = write(&reply, &codes) {
                    assert_eq!(read(&written, &codes), Ok(reply), "{}", path.display());
                    answered[kind] += 1;
                }
            }
        }
    }
    assert!(
        answered.iter().all(|count| *count > 3),
        "{answered:?}, {silent} without"
    );
}

#[test]
fn who_agreed_to_silence_gets_no_answer() {
    let bytes = b"UNB+UNOA:4+ZQ+XO+261104:0712+A7'UNH+1+PAXLST:D:05B:UN'BGM+745'\
        TDT+20+ZQ0417'LOC+125+KEF'LOC+87+LIS'NAD+FL+++DOE:JANE'UNT+7+1'UNZ+1+A7'";
    let cut = &bytes[..bytes.len() - 40];
    let mut agreed = Agreements::default();
    let silence = Agreement {
        pushes: Manner::Silent,
        lists: Manner::Silent,
        refusals: Manner::Silent,
        ..Agreement::default()
    };
    agreed.add("ZQ", silence);
    let sent = date(2026, 11, 4).at(7, 13, 0, 0);
    for bytes in [&bytes[..], cut] {
        for decoded in oriel_messages::decode(bytes) {
            assert_eq!(
                answer(bytes, &decoded, true, None, &agreed, sent, "C1"),
                None
            );
            // What was agreed with one sender binds no other.
            let others = Agreements::default();
            assert!(answer(bytes, &decoded, true, None, &others, sent, "C1").is_some());
        }
    }
}

#[test]
fn what_was_read_and_not_taken_is_never_called_taken() {
    let list = b"UNB+UNOA:4+ZQ+XO+261104:0712+A7'UNH+1+PAXLST:D:05B:UN'BGM+745'\
        TDT+20+ZQ0417'LOC+125+KEF'LOC+87+LIS'NAD+FL+++DOE:JANE'UNT+7+1'UNZ+1+A7'";
    let push = b"UNB+IATA:1+ZQ+XO+261104:0712+A8'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+ZQ'\
        TVL+041126:1015+KEF+LIS+ZQ+417'EQN+0'UNT+6+1'UNZ+1+A8'";
    let sent = date(2026, 11, 4).at(7, 13, 0, 0);
    for (bytes, told) in [
        (&list[..], "UCM+1+PAXLST:D:05B:UN+4+18'"),
        (push, "MSG+:23+7'"),
    ] {
        let decoded = oriel_messages::decode(bytes).next().unwrap();
        let reply = answer(
            bytes,
            &decoded,
            false,
            None,
            &Agreements::default(),
            sent,
            "C1",
        )
        .unwrap();
        let written = write(&reply, &Codes::default()).unwrap();
        assert!(String::from_utf8_lossy(&written).contains(told), "{told}");
    }
}
