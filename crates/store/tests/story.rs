//! One story that every driver of the store must pass: keep, find, change, refuse, prove.
//!
//! Everybody and everything in it is invented.

use jiff::Timestamp;
use oriel_casework::{Claim, Severity};
use oriel_model::*;
use oriel_policy::audit::{Deed, Event, Verifier};
use oriel_policy::{
    Act, Actor, Grant, PIU, Profile, Purpose, Role as UnitRole, Task, authorize, authorize_system,
};
use oriel_store::*;
use oriel_testkit::{Place, any_keys};

fn now() -> Timestamp {
    "2026-11-22T14:00:00Z".parse().unwrap()
}

/// Tells a story to a fresh store on each kind of database.
fn each(story: impl Fn(&Store)) {
    for place in Place::each("story") {
        story(&Store::create(&place.name(), any_keys()).unwrap());
    }
}

fn grant(act: Act) -> Grant {
    let profile = Profile::builtin("eu-2022").unwrap();
    if act == Act::JourneyScreen {
        return authorize_system(&profile, PIU, Task::Screen, now());
    }
    let actor = Actor::new("usr_1", &[UnitRole::Analyst]);
    authorize(
        &profile,
        &actor,
        act,
        Purpose::parse("case=c1").as_ref(),
        now(),
    )
    .unwrap()
}

const BYTES: &[u8] = b"UNH+1+PAXLST'";

fn message(key: &MessageKey) -> NewMessage<'_> {
    NewMessage {
        key,
        kind: "PAXLST",
        version: "D.05B",
        function: "passenger_list",
        sender: "ZQ",
        recipient: "XO",
        reference: "1",
        sent: Some("2026-11-22T13:50:00"),
        received_at: now(),
        channel: "test",
        service: *b":+.? '",
        size: BYTES.len() as i64,
        findings: "[]",
        errors: 1,
        warnings: 2,
        travellers: 3,
    }
}

fn journey(n: i64) -> JourneyRow {
    let key = JourneyKey {
        carrier: Carrier::parse("ZQ").ok(),
        number: FlightNumber::parse(&format!("{:04}", 416 + n)).unwrap(),
        from: Port::airport("KEF").ok(),
        date: Some(jiff::civil::date(2026, 11, 22)),
        ..JourneyKey::default()
    };
    JourneyRow {
        n,
        id: Id::of_journey(PIU, &key),
        compartment: PIU.into(),
        anchor: now(),
        retention: Retention::Whole,
        carrier: "ZQ".into(),
        number: "417".into(),
        mode: Mode::Air,
        vehicle: String::new(),
        from: "KEF".into(),
        to: "LIS".into(),
        departs: Some("2026-11-22T17:43:00".into()),
        arrives: None,
        departs_at: Some(now()),
        arrives_at: None,
        ends_at: Some(now() + jiff::SignedDuration::from_hours(20)),
        direction: "out".into(),
        state: "open".into(),
        travellers: 3,
        screened: "lists-1".into(),
        received_at: now(),
        waits_from: None,
        version: 0,
    }
}

fn report(message: MessageKey) -> Report {
    let mut traveller = Traveller::new(Role::Passenger);
    traveller.name.surname = Some(Personal::new("EXEMPLE".into(), Span::new(812, 819)));
    Report {
        message,
        envelope: Envelope {
            kind: "PAXLST".into(),
            version: "D.05B".into(),
            reference: "1".into(),
            interchange: "9".into(),
            function: Function::PassengerList,
            sender: "ZQ".into(),
            recipient: "XO".into(),
            sent: Some(jiff::civil::date(2026, 11, 22).at(13, 50, 0, 0)),
            access_reference: None,
            transaction: Some(("T1".into(), Some(2))),
            part: Part {
                number: 1,
                last: true,
            },
            test: false,
        },
        flight: Flight::default(),
        travellers: vec![traveller],
        bookings: vec![Booking::default()],
    }
}

fn hit(traveller: Id, entry: &str, score: i64) -> HitUpdate {
    HitUpdate {
        id: Id::of_hit(traveller, "un", entry),
        journey: 1,
        traveller,
        list: "un".into(),
        entry: entry.into(),
        score,
        severity: Severity::High,
        data: "{}".into(),
        found_at: now(),
    }
}

/// What an error says, for comparing.
fn says<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_message_is_kept_once_and_read_only_with_a_grant() {
    each(|store| {
        let key = [7; 32];
        store
            .write(|tx| {
                tx.message_insert(1, &message(&key))?;
                tx.original_insert(1, PIU, now(), &key, &Packed::original(BYTES))
            })
            .unwrap();
        assert_eq!(store.read(|tx| tx.message_find(&key)).unwrap(), Some(1));
        assert_eq!(store.read(|tx| tx.message_find(&[8; 32])).unwrap(), None);
        assert!(
            store
                .write(|tx| tx.message_insert(2, &message(&key)))
                .is_err()
        );

        let id = Id::of_message(&key);
        let read = store
            .write(|tx| tx.message_fetch(&grant(Act::MessageRead), id))
            .unwrap();
        assert_eq!(read.bytes.as_deref(), Some(BYTES));
        assert_eq!(read.row.id(), id);
        let other = store.write(|tx| tx.message_fetch(&grant(Act::QueueRead), id));
        assert_eq!(says(other), "this grant was given for another act");
        let none =
            store.write(|tx| tx.message_fetch(&grant(Act::MessageRead), Id::of_message(&[9; 32])));
        assert_eq!(says(none), "there is no message with this identifier");
        // Only the message and the reading that happened left an event.
        assert_eq!(store.read(|tx| tx.audit_head()).unwrap().0, 2);
    });
}

#[test]
fn a_report_comes_back_as_it_was() {
    each(|store| {
        let key = [7; 32];
        let sent = report(key);
        store
            .write(|tx| {
                tx.message_insert(1, &message(&key))?;
                tx.journey_put(&journey(1), None)?;
                tx.report_insert(&journey(1), 1, &sent.message, &Packed::report(&sent))
            })
            .unwrap();
        let read = store
            .write(|tx| tx.report_list(&grant(Act::JourneyScreen), &journey(1)))
            .unwrap();
        assert_eq!(read, [sent]);
        assert_eq!(
            read[0].travellers[0].name.surname.as_ref().unwrap().at(),
            Span::new(812, 819)
        );
        let shown = store
            .write(|tx| tx.journey_fetch(&grant(Act::ManifestRead), &journey(1), None, "jrn_x"));
        assert_eq!(shown.unwrap().len(), 1);
        // The message, screening it, showing it.
        assert_eq!(store.read(|tx| tx.audit_head()).unwrap().0, 3);
    });
}

#[test]
fn a_review_survives_screening_and_counts_only_on_what_was_seen() {
    each(|store| {
        let traveller = Id::of_traveller(journey(1).id, &[7; 32], 0);
        let first = hit(traveller, "4471", 78);
        store.write(|tx| tx.hit_put(&journey(1), &first)).unwrap();
        store
            .write(|tx| tx.hit_review(&journey(1), first.id, 1, "{\"x\":1}", "decided"))
            .unwrap();
        let stale = store.write(|tx| tx.hit_review(&journey(1), first.id, 1, "{}", "open"));
        assert!(matches!(stale, Err(StoreError::Stale { current: 2 })));
        store
            .write(|tx| tx.hit_put(&journey(1), &hit(traveller, "4471", 90)))
            .unwrap();
        store.write(|tx| tx.hit_withdraw(first.id)).unwrap();
        let rows = store
            .write(|tx| tx.hit_of_traveller(&grant(Act::CaseRead), &journey(1), traveller))
            .unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].hit.score, rows[0].open, rows[0].version),
            (90, false, 4)
        );
        assert_eq!(
            (rows[0].review.as_str(), rows[0].reviewed.as_str()),
            ("{\"x\":1}", "decided")
        );
    });
}

#[test]
fn a_case_keeps_its_holder_while_the_pipeline_rewrites_it() {
    each(|store| {
        let id = Id::of_traveller(journey(1).id, &[7; 32], 0);
        let name = PersonName {
            surname: Some(Personal::new("EXEMPLE".into(), Span::new(1, 8))),
            ..PersonName::default()
        };
        let case = CaseUpdate {
            id,
            journey: 1,
            severity: Severity::Critical,
            state: "open".into(),
            act_by: Some(now()),
            found_at: now(),
            summary: Summary {
                message: [7; 32],
                name,
                birth: None,
                sex: None,
            },
        };
        store
            .write(|tx| {
                tx.journey_put(&journey(1), None)?;
                tx.case_put(&journey(1), &case, now())
            })
            .unwrap();
        let claim = Claim {
            by: "usr_1".into(),
            at: now(),
        };
        let held = store
            .write(|tx| tx.case_claim(&grant(Act::CaseClaim), id, Some(1), Some(&claim)))
            .unwrap();
        assert_eq!(held.claim, Some(claim.clone()));
        let stale = store.write(|tx| tx.case_claim(&grant(Act::CaseClaim), id, Some(1), None));
        assert!(matches!(stale, Err(StoreError::Stale { current: 2 })));
        store
            .write(|tx| {
                let lower = CaseUpdate {
                    severity: Severity::Low,
                    ..case.clone()
                };
                tx.case_put(&journey(1), &lower, now())
            })
            .unwrap();
        let (row, flight) = store
            .write(|tx| tx.case_fetch(&grant(Act::CaseRead), id))
            .unwrap();
        assert_eq!(
            (row.claim, row.case.severity, row.version),
            (Some(claim), Severity::Low, 3)
        );
        let queue = store
            .write(|tx| tx.case_queue(&grant(Act::QueueRead)))
            .unwrap();
        assert_eq!(queue.len(), 1);
        assert_eq!(flight, journey(1));
        assert_eq!(queue[0].0.case.summary, row.case.summary);
    });
}

#[test]
fn a_refusal_is_kept_once_without_content() {
    each(|store| {
        let refused = Refused {
            key: &[5; 32],
            size: 812,
            sender: "ZQ",
            kind: "",
            channel: "test",
            received_at: now(),
            findings: "[]",
        };
        assert!(store.write(|tx| tx.refusal_insert(&refused)).unwrap());
        assert!(!store.write(|tx| tx.refusal_insert(&refused)).unwrap());
        assert_eq!(store.read(|tx| tx.stats()).unwrap().refused, 1);
    });
}

/// R-ING-01: what was noted first under an identifier stays, until it is forgotten; each carrier has
/// identifiers of its own.
#[test]
fn an_as4_message_is_noted_once() {
    each(|store| {
        let (one, other) = ([1; 32], [2; 32]);
        let note = |handle: &str, content: &[u8; 32]| {
            let noted = store.write(|tx| tx.as4_note(handle, "id@zq.example", content, now()));
            noted.unwrap()
        };
        let known = |handle: &str| {
            let known = store.read(|tx| tx.as4_content(handle, "id@zq.example"));
            known.unwrap()
        };
        assert_eq!(known("zq"), None);
        assert!(note("zq", &one) && !note("zq", &one) && !note("zq", &other));
        assert!(note("x9", &other));
        assert_eq!((known("zq"), known("x9")), (Some(one), Some(other)));
        let forget = |before| store.write(|tx| tx.as4_forget(before)).unwrap();
        assert_eq!(forget(now()), 0);
        assert_eq!(forget(now() + jiff::SignedDuration::from_secs(1)), 2);
        assert_eq!(known("zq"), None);
    });
}

#[test]
fn what_fails_leaves_nothing() {
    each(|store| {
        let failed: Result<(), StoreError> = store.write(|tx| {
            tx.message_insert(1, &message(&[7; 32]))?;
            tx.audit_append(&[Event::system(now(), Deed::MessageAccept, "msg_1", "ok")])?;
            Err(StoreError::DiskFull)
        });
        assert!(failed.is_err());
        let stats = store.read(|tx| tx.stats()).unwrap();
        assert_eq!((stats.messages, stats.events), (0, 0));
        // And a panic leaves nothing either; the store goes on working.
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.write(|tx| -> Result<(), StoreError> {
                tx.message_insert(1, &message(&[7; 32]))?;
                panic!("on purpose")
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(store.read(|tx| tx.stats()).unwrap().messages, 0);
        store
            .write(|tx| tx.message_insert(1, &message(&[7; 32])))
            .unwrap();
    });
}

/// What somebody did to the report of journey 1 in the database is noticed when it is read, and
/// harms nothing else.
#[track_caller]
fn check_tampered(spoil: &str) {
    for place in Place::each("story") {
        let store = Store::create(&place.name(), any_keys()).unwrap();
        for n in [1, 2] {
            let key = [n as u8; 32];
            store
                .write(|tx| {
                    tx.message_insert(n, &message(&key))?;
                    tx.journey_put(&journey(n), None)?;
                    tx.report_insert(&journey(n), n, &key, &Packed::report(&report(key)))
                })
                .unwrap();
        }
        place.sql(spoil);
        let read = |n| {
            let grant = grant(Act::ManifestRead);
            store.write(|tx| tx.journey_fetch(&grant, &journey(n), None, "jrn_x"))
        };
        let error = says(read(1));
        assert!(error.contains("is damaged, was changed"), "{error}");
        assert!(!error.contains("EXEMPLE"), "{error}");
        assert_eq!(read(2).unwrap().len(), 1, "{spoil}");
    }
}

#[test]
fn a_row_that_was_changed_does_not_open() {
    check_tampered("UPDATE report SET data = substr(data, 1, length(data) - 1) WHERE journey = 1");
    check_tampered(
        "UPDATE report SET data = (SELECT other.data FROM report other WHERE other.journey = 2)
         WHERE journey = 1",
    );
}

#[test]
fn the_audit_log_is_one_chain() {
    each(|store| {
        for n in 0..5 {
            let events: Vec<Event> = (0..n)
                .map(|i| Event::system(now(), Deed::MessageAccept, format!("msg_{n}{i}"), "ok"))
                .collect();
            store.write(|tx| tx.audit_append(&events)).unwrap();
        }
        let mut verifier = Verifier::new(&[], None, []).unwrap();
        store
            .read(|tx| {
                tx.audit_each(1, |entry| {
                    verifier.check(entry).unwrap();
                    Ok::<_, StoreError>(())
                })
            })
            .unwrap();
        let held = verifier.finish().unwrap();
        let head = store.read(|tx| tx.audit_head()).unwrap();
        assert_eq!((held.last, held.head), head);
        assert_eq!(held.last, 10);
    });
}

#[test]
fn a_list_version_is_kept_whole_and_once() {
    each(|store| {
        let version = ListVersionRow {
            list: "un".into(),
            version: "v1".into(),
            imported_at: now(),
            imported_by: "usr_2".into(),
            format: "un-xml".into(),
            entries: 2,
            rejects: "[]".into(),
            counts: String::new(),
            source: String::new(),
            in_force_at: None,
        };
        let entries = [
            ("a".to_owned(), "{1}".to_owned()),
            ("b".to_owned(), "{2}".to_owned()),
        ];
        for _ in 0..2 {
            store
                .write(|tx| {
                    tx.list_entries_put(&version.list, &version.version, &entries)?;
                    tx.list_version_insert(&version)
                })
                .unwrap();
        }
        let mut read = Vec::new();
        store
            .read(|tx| {
                tx.list_entries("un", "v1", |json| {
                    read.push(json.to_owned());
                    Ok::<_, StoreError>(())
                })
            })
            .unwrap();
        assert_eq!(read, ["{1}", "{2}"]);
        assert_eq!(
            store
                .read(|tx| tx.list_entry("un", "v1", "b"))
                .unwrap()
                .as_deref(),
            Some("{2}")
        );
    });
}

#[test]
fn a_link_works_once_and_a_session_until_it_ends() {
    each(|store| {
        let account = Account {
            id: "usr_1".into(),
            login: "ada".into(),
            name: "Ada Keller".into(),
            initials: "AK".into(),
            roles: vec![UnitRole::Analyst, UnitRole::Supervisor],
            password: None,
            kind: AccountKind::Person,
            active: true,
            proposal: None,
            compartment: "piu".into(),
        };
        let session = SessionRow {
            id: "ses_1".into(),
            account: "usr_1".into(),
            how: "link".into(),
            device: "Firefox on Linux".into(),
            created_at: now(),
            seen_at: now(),
            expires_at: now() + jiff::SignedDuration::from_hours(1),
        };
        let later = now() + jiff::SignedDuration::from_hours(1);
        store
            .write(|tx| {
                tx.account_put(NewAccount {
                    account: &account,
                    at: now(),
                })?;
                tx.link_insert(&[9; 32], "usr_1", later)?;
                tx.link_insert(&[1; 32], "usr_1", later)?;
                tx.link_insert(&[2; 32], "usr_2", now())
            })
            .unwrap();
        let take = |token: u8| store.write(|tx| tx.link_take(&[token; 32], now())).unwrap();
        assert_eq!(take(1).as_ref(), Some(&account));
        assert_eq!(take(1), None, "used");
        assert_eq!(take(2), None, "expired");
        assert_eq!(take(9), None, "taken back by a newer one");
        store
            .write(|tx| tx.session_insert(&[3; 32], &session))
            .unwrap();
        let found = |at: Timestamp, used_since: Timestamp| {
            store
                .read(|tx| tx.session_find(&[3; 32], at, used_since))
                .unwrap()
        };
        let before = now() - jiff::SignedDuration::from_secs(1);
        assert_eq!(found(now(), before), Some((session, account)));
        assert_eq!(found(later, before), None, "too old");
        assert_eq!(found(now(), now()), None, "not used for too long");
        let remove = |account: &str| {
            store
                .write(|tx| tx.session_remove(account, "ses_1"))
                .unwrap()
        };
        assert!(!remove("usr_2"), "of another account");
        assert!(remove("usr_1"));
        assert_eq!(found(now(), before), None);
    });
}

#[test]
fn equal_states_have_equal_digests_whatever_the_order_and_the_hour() {
    let digests = std::cell::RefCell::new(Vec::new());
    let digest = |store: &Store, order: &[u8], hour: i64| {
        for (n, key) in (1..).zip(order) {
            let key = [*key; 32];
            let mut message = message(&key);
            message.received_at = now() + jiff::SignedDuration::from_hours(hour);
            store.write(|tx| tx.message_insert(n, &message)).unwrap();
        }
        store.read(|tx| tx.state_digest()).unwrap()
    };
    for (order, hour) in [([1, 2, 3], 0), ([3, 1, 2], 5), ([1, 2, 4], 0)] {
        each(|store| digests.borrow_mut().push(digest(store, &order, hour)));
    }
    let digests = digests.into_inner();
    // On either database, in either order.
    assert!(digests[..4].iter().all(|digest| *digest == digests[0]));
    assert!(
        digests[4..]
            .iter()
            .all(|digest| *digest == digests[4] && *digest != digests[0])
    );
}
