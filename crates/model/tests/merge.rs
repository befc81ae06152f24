//! Merging converges: the state of a journey is a function of the set of reports.
//!
//! All persons are invented. A case is a line per mention, `push:who`, and the expected persons.

use oriel_model::*;
use proptest::prelude::*;

/// What one test report says: its minute, its function and the persons it names.
#[derive(Clone, Debug)]
struct Told {
    minute: u8,
    function: Function,
    people: Vec<Who>,
}

/// A person as one report spells them. Empty fields are not sent.
#[derive(Clone, Copy, Debug)]
struct Who {
    surname: &'static str,
    given: &'static str,
    birth: &'static str,
    document: &'static str,
    locator: &'static str,
    status: &'static str,
}

fn who(text: &'static str) -> Who {
    let mut f = text
        .split(' ')
        .chain(std::iter::repeat("-"))
        .map(|f| if f == "-" { "" } else { f });
    let mut next = || f.next().unwrap();
    Who {
        surname: next(),
        given: next(),
        birth: next(),
        document: next(),
        locator: next(),
        status: next(),
    }
}

fn told(minute: u8, function: Function, people: &[&'static str]) -> Told {
    Told {
        minute,
        function,
        people: people.iter().map(|p| who(p)).collect(),
    }
}

fn report(told: &Told) -> Report {
    let text = |t: &str| (!t.is_empty()).then(|| Personal::new(Text::from(t), Span::default()));
    let travellers = told
        .people
        .iter()
        .map(|w| {
            let mut t = Traveller::new(Role::Passenger);
            t.name.surname = text(w.surname);
            t.name.given = text(w.given);
            t.locator = text(w.locator);
            t.status = (!w.status.is_empty()).then(|| w.status.into());
            t.birth = PartialDate::parse(w.birth).map(|d| {
                Personal::new(
                    BirthDate {
                        date: Some(d),
                        text: None,
                    },
                    Span::default(),
                )
            });
            if let Some(number) = text(w.document) {
                t.documents.push(Document {
                    kind: "P".into(),
                    number: Some(number),
                    ..Document::default()
                });
            }
            t
        })
        .collect();
    let mut message = [told.minute; 32];
    message[1] = told.function as u8;
    message[2] = told.people.len() as u8;
    Report {
        message,
        envelope: Envelope {
            kind: "TEST".into(),
            version: "1".into(),
            reference: "1".into(),
            interchange: "1".into(),
            function: told.function,
            sender: "ZQ".into(),
            recipient: "XO".into(),
            sent: Some(jiff::civil::date(2026, 11, 4).at(9, told.minute as i8, 0, 0)),
            access_reference: None,
            transaction: None,
            part: Part {
                number: 1,
                last: true,
            },
            test: false,
        },
        flight: Flight::default(),
        travellers,
        bookings: Vec::new(),
    }
}

/// One line a person: `presence minute.place …` of each mention.
fn render(journey: &Journey) -> String {
    let mut lines = Vec::new();
    for person in &journey.people {
        let mentions: Vec<String> = person
            .mentions
            .iter()
            .map(|m| {
                format!(
                    "{}.{}",
                    journey.reports[m.report as usize].message[0], m.traveller
                )
            })
            .collect();
        lines.push(format!("{} {}", person.presence.name(), mentions.join(" ")));
    }
    lines.join("\n")
}

#[track_caller]
fn check(told: &[Told], expect: &str) {
    let journey = merge(told.iter().map(report).collect());
    let expect: Vec<&str> = expect
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    assert_eq!(render(&journey), expect.join("\n"));
}

use Function::{
    FlightCloseNotOnBoard, FlightCloseOnBoard, FullPush, PassengerCancel, PassengerList,
};

#[test]
fn booking_and_manifest_of_one_person_meet() {
    check(
        &[
            told(1, FullPush, &["EXEMPLE JEANMARIE - - K7Q2LM"]),
            told(
                2,
                PassengerList,
                &["EXEMPLE JEAN-MARIE 1985-02-17 X1234567 K7Q2LM"],
            ),
            told(3, PassengerList, &["EXEMPLE JEAN 1985-02-17 X1234567"]),
        ],
        "listed 1.0 2.0 3.0",
    );
}

#[test]
fn an_infant_under_the_mothers_passport_stays_a_person() {
    check(
        &[
            told(
                1,
                PassengerList,
                &["MUESTRA EVA 1990-01-02 P1", "MUESTRA LIA 2026-03-04 P1"],
            ),
            told(
                2,
                PassengerList,
                &["MUESTRA EVA 1990-01-02 P1", "MUESTRA LIA 2026-03-04 P1"],
            ),
        ],
        "listed 1.0 2.0\nlisted 1.1 2.1",
    );
}

#[test]
fn an_infants_passport_given_for_the_mother_links_nobody() {
    check(
        &[
            told(
                1,
                FullPush,
                &["MUESTRA EVA 1990-01-02 P1", "MUESTRA LIA 2026-03-04 P2"],
            ),
            told(
                2,
                FullPush,
                &["MUESTRA EVA 1990-01-02 P2", "MUESTRA LIA 2026-03-04"],
            ),
        ],
        "listed 1.0 2.0\nlisted 1.1 2.1",
    );
}

#[test]
fn father_and_son_of_one_name_are_told_apart_by_birth_date() {
    check(
        &[
            told(
                1,
                PassengerList,
                &["SAMPLE TOM 1960-01-01", "SAMPLE TOM 1990-01-01"],
            ),
            told(2, PassengerList, &["SAMPLE TOM 1990-01-01"]),
        ],
        "listed 1.0\nlisted 1.1 2.0",
    );
}

#[test]
fn a_bare_name_with_two_birth_dates_links_nobody() {
    check(
        &[
            told(1, PassengerList, &["SAMPLE TOM 1960-01-01"]),
            told(2, PassengerList, &["SAMPLE TOM 1990-01-01"]),
            told(3, FullPush, &["SAMPLE TOM"]),
        ],
        "listed 1.0\nlisted 2.0\nlisted 3.0",
    );
}

/// R-ING-12.
#[test]
fn presence_follows_the_newest_word() {
    check(
        &[
            told(
                1,
                PassengerList,
                &["A ANNA 1980-01-01", "B BEN 1980-01-02", "C CLEO 1980-01-03"],
            ),
            told(2, PassengerCancel, &["C CLEO 1980-01-03 - - cancelled"]),
        ],
        "listed 1.0\nlisted 1.1\ncancelled 1.2 2.0",
    );
    check(
        &[
            told(1, PassengerList, &["A ANNA 1980-01-01", "B BEN 1980-01-02"]),
            told(2, FlightCloseOnBoard, &["A ANNA 1980-01-01"]),
        ],
        "boarded 1.0 2.0\nnot_boarded 1.1",
    );
    check(
        &[
            told(1, PassengerList, &["A ANNA 1980-01-01", "B BEN 1980-01-02"]),
            told(2, FlightCloseNotOnBoard, &["A ANNA 1980-01-01"]),
        ],
        "not_boarded 1.0 2.0\nboarded 1.1",
    );
}

#[test]
fn who_is_left_out_of_a_later_full_push_no_longer_travels() {
    check(
        &[
            told(1, FullPush, &["A ANNA - - AAAAAA", "B BEN - - BBBBBB"]),
            told(2, FullPush, &["A ANNA - - AAAAAA"]),
        ],
        "listed 1.0 2.0\ncancelled 1.1",
    );
    // A manifest of the same person keeps them on the flight.
    check(
        &[
            told(1, FullPush, &["A ANNA - - AAAAAA", "B BEN - - BBBBBB"]),
            told(2, PassengerList, &["B BEN - - BBBBBB"]),
            told(3, FullPush, &["A ANNA - - AAAAAA"]),
        ],
        "listed 1.0 3.0\nlisted 1.1 2.0",
    );
}

/// A push of one cancelled booking, or of one that leaves the flight with its traveller.
fn cancelling(minute: u8, status: BookingStatus, locator: &str, people: &[&'static str]) -> Report {
    let mut report = report(&told(minute, Function::UpdatePush, people));
    report.bookings.push(Booking {
        status,
        locators: vec![Locator {
            company: "ZQ".into(),
            code: Personal::new(locator.into(), Span::default()),
            departure_control: false,
            created: None,
        }],
        travellers: (0..people.len() as u32).collect(),
        ..Booking::default()
    });
    report
}

#[test]
fn the_travellers_of_a_cancelled_booking_do_not_travel_until_it_comes_again() {
    let first = report(&told(
        1,
        FullPush,
        &["A ANNA - - AAAAAA", "B BEN - - BBBBBB"],
    ));
    let gone = cancelling(2, BookingStatus::Cancelled, "BBBBBB", &[]);
    let journey = merge(vec![gone.clone(), first.clone()]);
    assert_eq!(render(&journey), "listed 1.0\ncancelled 1.1");
    let again = report(&told(3, Function::UpdatePush, &["B BEN - - BBBBBB"]));
    let journey = merge(vec![first.clone(), again, gone.clone()]);
    assert_eq!(render(&journey), "listed 1.0\nlisted 1.1 3.0");
    let moved = cancelling(
        4,
        BookingStatus::CancelledOnPushFlight,
        "AAAAAA",
        &["A ANNA - - AAAAAA"],
    );
    let journey = merge(vec![first.clone(), moved]);
    assert_eq!(render(&journey), "cancelled 1.0 4.0\nlisted 1.1");
    // Who checked in is on a manifest, whatever became of the booking.
    let manifest = report(&told(5, PassengerList, &["B BEN - - BBBBBB"]));
    let journey = merge(vec![first, gone, manifest]);
    assert_eq!(render(&journey), "listed 1.0\nlisted 1.1 5.0");
}

/// The parts `numbers` of one push, the last one marked where it is `last`.
fn parts(numbers: &[u16], last: u16) -> Vec<Report> {
    let part = |number: u16| {
        let mut part = report(&told(number as u8, FullPush, &[]));
        part.envelope.access_reference = Some("ZQ0417/041126".into());
        part.envelope.part = Part {
            number,
            last: number == last,
        };
        part
    };
    numbers.iter().copied().map(part).collect()
}

#[test]
fn a_missing_part_is_noticed_in_any_order() {
    let missing = |numbers: &[u16], last: u16| {
        let unfinished = merge(parts(numbers, last)).unfinished();
        let one = |transfer: &Unfinished| (transfer.missing.clone(), transfer.has_last);
        unfinished.iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(missing(&[3, 1, 2], 3), []);
    assert_eq!(missing(&[3, 1], 3), [(vec![2], true)]);
    assert_eq!(missing(&[1, 2], 3), [(vec![], false)]);
    assert_eq!(missing(&[4, 2], 5), [(vec![1, 3], false)]);
    assert_eq!(missing(&[1], 1), []);
}

fn any_told() -> impl Strategy<Value = Told> {
    let person = prop::sample::select(vec![
        who("EXEMPLE JEAN 1985-02-17 X1 K7Q2LM"),
        who("EXEMPLE JEAN - - K7Q2LM"),
        who("EXEMPLE JEAN 1985-02-17 X2"),
        who("EXEMPLE JEANNE 1985-02-17 X1 K7Q2LM"),
        who("EXEMPLE JEAN 1990-05-05"),
        who("MUESTRA EVA 1990-01-02 P1"),
        who("MUESTRA LIA 2026-03-04 P1"),
        who("SAMPLE - - - BBBBBB"),
        who("SAMPLE TOM - T9 BBBBBB cancelled"),
    ]);
    let function = prop::sample::select(vec![
        PassengerList,
        FullPush,
        FlightCloseOnBoard,
        FlightCloseNotOnBoard,
        PassengerCancel,
    ]);
    (0..20u8, function, prop::collection::vec(person, 0..5)).prop_map(
        |(minute, function, people)| Told {
            minute,
            function,
            people,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn order_and_repetition_do_not_show(
        (told, shuffled) in prop::collection::vec(any_told(), 0..8).prop_flat_map(|told| {
            let mut twice = told.clone();
            twice.extend(told.clone());
            (Just(told), Just(twice).prop_shuffle())
        })
    ) {
        let mut seen = std::collections::HashSet::new();
        let once: Vec<Report> = told.iter().map(report).filter(|r| seen.insert(r.message)).collect();
        // Two test reports with one digest but other content would be one message in real life.
        let known: std::collections::HashMap<_, _> =
            once.iter().map(|r| (r.message, r.clone())).collect();
        let again = shuffled.iter().map(|t| known[&report(t).message].clone()).collect();
        prop_assert_eq!(merge(once), merge(again));
    }

    /// Told in portions, whatever the order, a journey is what it is told at once; and who is said to
    /// be the same person as before is.
    #[test]
    fn a_journey_grows_into_what_it_is(
        told in prop::collection::vec(any_told(), 0..8),
        sorted in any::<bool>(),
    ) {
        let mut seen = std::collections::HashSet::new();
        let mut told: Vec<Report> =
            told.iter().map(report).filter(|r| seen.insert(r.message)).collect();
        if sorted {
            told.sort_by_key(|report| report.envelope.sent);
        }
        let (mut journey, mut links) = merge_linked(Vec::new());
        for end in 1..=told.len() {
            let before = journey.clone();
            let first = links.add(&mut journey, vec![told[end - 1].clone()]);
            prop_assert_eq!(&journey, &merge(told[..end].to_vec()));
            let same = |journey: &Journey| -> Vec<Vec<Mention>> {
                let people = journey.people.iter().map(|person| person.mentions.clone());
                people.filter(|mentions| mentions.last().unwrap().report < first).collect()
            };
            let known = same(&before);
            prop_assert!(same(&journey).iter().all(|mentions| known.contains(mentions)));
        }
    }

    #[test]
    fn every_mention_belongs_to_exactly_one_person(told in prop::collection::vec(any_told(), 0..8)) {
        let journey = merge(told.iter().map(report).collect());
        let mut mentions: Vec<Mention> =
            journey.people.iter().flat_map(|p| p.mentions.iter().copied()).collect();
        mentions.sort();
        let expected: Vec<Mention> = journey.reports.iter().enumerate().flat_map(|(r, report)| {
            (0..report.travellers.len())
                .map(move |t| Mention { report: r as u32, traveller: t as u32 })
        }).collect();
        prop_assert_eq!(mentions, expected);
    }
}
