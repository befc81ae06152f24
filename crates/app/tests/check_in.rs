//! What carriers are told that ask at check-in: by name, by document, by decision; asked again,
//! and in parties. On both databases.
//!
//! Everybody in it is invented.

use jiff::Timestamp;
use oriel_app::{
    App, AppError, CarrierDetails, Channel, Compartment, DocumentImport, ListImport, Pending,
    Receipt, Sender, Setup, Status, replies,
};
use oriel_casework::{Discrepancy, ReviewState, Verdict};
use oriel_messages::reply::{self, Agreement, Agreements, Answer, Codes, Manner, VerdictKind};
use oriel_policy::audit::Entry;
use oriel_policy::{Act, Actor, CheckMode, Clearance, Grant, ListKind, Profile, Purpose, Role};
use oriel_screening::Weights;
use oriel_screening::lists::{Format, Mapping};
use oriel_store::{CarrierStatus, Store, StoreError};
use oriel_testkit::{Place, TempDir, key_store};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Morning of 22 November 2026, and a second later whenever somebody looks.
fn clock() -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(1_795_330_800))
}

/// A traveller who is on no list; one whose name and birth date are, one whose passport is; one of
/// whom the document is missing.
const NOBODY: &str = "NAD+FL+++QUELLANDER:TOBIN'ATT+2++M'DTM+329:910223'NAT+2+UTO'RFF+ABO:A1'\
    DOC+P:110:111+K7042189'LOC+91+UTO'";
const NAMED: &str = "NAD+FL+++KESTRELMAN:ODRAN'ATT+2++M'DTM+329:760314'NAT+2+UTO'RFF+ABO:A2'\
    DOC+P:110:111+K7042190'LOC+91+UTO'";
const STOLEN: &str = "NAD+FL+++MARWICKE:ELSPA'ATT+2++F'DTM+329:840502'NAT+2+UTO'RFF+ABO:A3'\
    DOC+P:110:111+C01X00T47'LOC+91+UTO'";
const BARE: &str = "NAD+FL+++TARNHOLT:YRSA'ATT+2++F'DTM+329:990811'NAT+2+UTO'RFF+ABO:A4'";

fn open(place: &Place, keys: &TempDir, law: &str) -> App {
    open_at(place, keys, law, &clock())
}

/// One program on a store, which others may use as well.
fn node(place: &Place, keys: &TempDir, law: &str, second: &Arc<AtomicI64>) -> App {
    let second = Arc::clone(second);
    let app = App::open(Setup {
        store: Store::create(&place.name(), key_store(keys)).unwrap(),
        compartments: Compartment::only(Profile::parse(law).unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(move || {
            Timestamp::from_second(second.fetch_add(1, Ordering::Relaxed)).unwrap()
        }),
        threads: 1,
    })
    .unwrap();
    app.agree(agreed());
    app
}

fn open_at(place: &Place, keys: &TempDir, law: &str, second: &Arc<AtomicI64>) -> App {
    let app = node(place, keys, law, second);
    list(
        &app,
        br#"{"id":"L1","names":["Odran Kestrelman"],"births":["1976-03-14"]}"#,
    );
    let officer = Actor::new("usr_lists", &[Role::ListOfficer]);
    let leave = app.authorize(&officer, Act::ListImport, None).unwrap();
    let documents = DocumentImport {
        id: "lost",
        kind: ListKind::Documents,
        name: "Lost and stolen (invented)",
        owner: "Utopian Passport Office",
        legal_basis: "Passport Act, section 3",
        mapping: &Mapping::plain(),
        open: &|| {
            Ok(Box::new(
                "document,document_issuer,document_kind\nC01X00T47,UTO,P\n".as_bytes(),
            ))
        },
        may_shrink: false,
    };
    app.document_list_import(&leave, &documents).unwrap();
    app
}

/// Puts a list of persons in force.
fn list(app: &App, persons: &[u8]) {
    let officer = Actor::new("usr_lists", &[Role::ListOfficer]);
    let leave = app.authorize(&officer, Act::ListImport, None).unwrap();
    let persons = ListImport {
        id: "national",
        kind: ListKind::Terrorism,
        name: "National list (invented)",
        owner: "Utopian Border Guard",
        legal_basis: "Border Act, section 7",
        format: &Format::Persons,
        bytes: persons,
        may_shrink: true,
    };
    app.list_import(&leave, &persons).unwrap();
}

/// What somebody hears who waits on a line.
fn heard(pending: Pending) -> Result<Receipt, Arc<AppError>> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build().unwrap();
    runtime.block_on(pending.in_time(tokio::time::sleep))
}

fn agreed() -> Agreements {
    let mut agreed = Agreements::default();
    let lists = Manner::Verdicts;
    let agreement = Agreement {
        lists,
        ..Agreement::default()
    };
    agreed.add("ZQAIR", agreement);
    agreed
}

/// A question about a party.
fn ask(sender: &str, reference: &str, function: &str, party: &[&str]) -> Vec<u8> {
    let segments = 9 + party.concat().matches('\'').count();
    format!(
        "UNB+UNOA:4+{sender}+XOIAPI+261122:0814+{reference}'\
         UNH+1+PAXLST:D:05B:UN:IATA'BGM+745{function}'RFF+TN:{reference}:::1'TDT+20+ZQ417+++ZQ'\
         LOC+125+NBO'DTM+189:2611221743:201'LOC+87+KEF'DTM+232:2611230010:201'{}\
         UNT+{segments}+1'UNZ+1+{reference}'",
        party.concat()
    )
    .into_bytes()
}

/// What the carrier is answered: reference and code of each traveller.
fn told(app: &App, sent: &[u8]) -> Vec<(String, Clearance)> {
    let nobody = Sender::default();
    let pending = app.hand_in_time(sent, Channel("test".into()), &nobody, Duration::ZERO);
    let receipt = heard(pending).unwrap();
    let reply = answer(sent, &receipt).expect("an answer");
    let Answer::Verdicts(verdicts) = reply::read(&reply, &Codes::default()).unwrap().answer else {
        panic!("no CUSRES");
    };
    assert!(verdicts.errors.is_empty());
    assert_eq!(verdicts.flights.len(), 1);
    let cleared = receipt.messages[0].cleared.as_ref().unwrap();
    assert_eq!(cleared.len(), verdicts.travellers.len());
    let pairs = verdicts.travellers.iter().zip(cleared);
    pairs
        .map(|(verdict, cleared)| {
            assert_eq!(verdict.codes.iter().collect::<Vec<_>>(), [&cleared.code]);
            assert_eq!(verdict.text.as_ref(), Some(&cleared.text));
            let reference = verdict.reference.as_ref().unwrap().expose();
            (reference.to_string(), cleared.clearance)
        })
        .collect()
}

fn answer(sent: &[u8], receipt: &Receipt) -> Option<Vec<u8>> {
    replies(sent, receipt, &agreed(), Timestamp::UNIX_EPOCH).remove(0)
}

#[track_caller]
fn check(app: &App, sent: &[u8], expect: &[(&str, Clearance)]) {
    let expect: Vec<(String, Clearance)> = expect
        .iter()
        .map(|(reference, clearance)| ((*reference).to_owned(), *clearance))
        .collect();
    assert_eq!(told(app, sent), expect);
}

fn utopia() -> &'static str {
    Profile::builtin_text("utopia").unwrap()
}

/// R-IAPI-01, R-IAPI-03, R-IAPI-05: each of a party is answered for; only the listed document keeps
/// anybody from boarding.
#[test]
fn a_party_is_answered_traveller_by_traveller() {
    use Clearance::{Board, Contact, DataError, NoBoard};
    for place in Place::each("check_in") {
        let keys = TempDir::new("check_in_keys");
        let app = open(&place, &keys, utopia());
        let party = [NOBODY, NAMED, STOLEN, BARE];
        let sent = ask("ZQAIR", "T1", "", &party);
        let all = [
            ("A1", Board),
            ("A2", Contact),
            ("A3", NoBoard),
            ("A4", DataError),
        ];
        check(&app, &sent, &all);
        check(&app, &sent, &all);
        let again = app.receive(&sent, Channel("other".into())).unwrap();
        assert_eq!(again.count(Status::Duplicate), 1);
        check(
            &app,
            &ask("ZQAIR", "T2", "+CP", &[NOBODY]),
            &[("A1", Board)],
        );

        // Who is not asked about is not in the answer, and lists of others get what was agreed.
        let other = ask("X9AIR", "T3", "", &party);
        let receipt = app.receive(&other, Channel("test".into())).unwrap();
        assert_eq!(receipt.messages[0].cleared, None);
        let reply = String::from_utf8(answer(&other, &receipt).unwrap()).unwrap();
        assert!(reply.contains("CONTRL"), "{reply}");
    }
}

/// Whoever is asked about is looked up before the commit, in the lists that this program knows; what
/// is answered is what those say that are in force.
#[test]
fn a_list_that_another_program_put_in_force_is_asked() {
    for place in Place::each("check_in_nodes") {
        let keys = TempDir::new("check-in-nodes-keys");
        let second = clock();
        let one = open_at(&place, &keys, utopia(), &second);
        let two = node(&place, &keys, utopia(), &second);
        let question = |n: &str| ask("ZQAIR", n, "", &[NAMED]);
        check(&one, &question("T1"), &[("A2", Clearance::Contact)]);
        list(
            &two,
            br#"{"id":"L2","names":["Somebody Else Entirely"],"births":["1951-01-02"]}"#,
        );
        let other = String::from_utf8(question("T2")).unwrap();
        let other = other.replace("ZQ417", "ZQ419");
        check(&one, other.as_bytes(), &[("A2", Clearance::Board)]);
    }
}

/// R-IAPI-05: with documents left out of what refuses, they are looked at by a person as well.
#[test]
fn a_law_may_let_people_look_at_documents_too() {
    let place = &Place::each("check_in_law")[0];
    let keys = TempDir::new("check-in-law-keys");
    let law = utopia().replace("[\"document\", \"decision\"]", "[\"decision\"]");
    let app = open(place, &keys, &law);
    let sent = ask("ZQAIR", "T1", "", &[STOLEN]);
    check(&app, &sent, &[("A3", Clearance::Contact)]);
}

/// R-SCO-08, R-IAPI-03: only who was looked at, or whose journey nobody selected, may board.
#[test]
fn who_was_not_looked_at_is_cleared_only_where_nobody_selected() {
    for place in Place::each("check_in_unseen") {
        let keys = TempDir::new("check-in-unseen-keys");
        let second = clock();
        let app = open_at(&place, &keys, utopia(), &second);
        let domestic = |sent: Vec<u8>| {
            let text = String::from_utf8(sent).unwrap();
            let text = text.replace("LOC+125+NBO", "LOC+125+UXA");
            text.replace("LOC+87+KEF", "LOC+87+UXB").into_bytes()
        };
        let sent = domestic(ask("ZQAIR", "T1", "", &[NAMED]));
        check(&app, &sent, &[("A2", Clearance::Board)]);
        check(&app, &sent, &[("A2", Clearance::Board)]);

        let sent = ask("ZQAIR", "T2", "", &[NOBODY]);
        check(&app, &sent, &[("A1", Clearance::Board)]);
        // Six years later the record of that flight takes nothing any more.
        second.fetch_add(6 * 366 * 86_400, Ordering::Relaxed);
        let late = ask("ZQAIR", "T3", "", &[NAMED]);
        check(&app, &late, &[("A2", Clearance::Undetermined)]);
    }
}

/// R-IAPI-03: of a list about two flights the gravest of both counts.
#[test]
fn of_two_flights_the_gravest_answer_counts() {
    for place in Place::each("check_in_two") {
        let keys = TempDir::new("check-in-two-keys");
        let app = open(&place, &keys, utopia());
        let sent = String::from_utf8(ask("ZQAIR", "T1", "", &[STOLEN])).unwrap();
        let second = "DTM+232:2611230010:201'TDT+20+ZQ418+++ZQ'LOC+125+KEF'DTM+189:2611230700:201'\
            LOC+87+LIS'DTM+232:2611231100:201'";
        let sent = sent
            .replace("DTM+232:2611230010:201'", second)
            .replace("UNT+16", "UNT+21");
        let receipt = app
            .receive(sent.as_bytes(), Channel("test".into()))
            .unwrap();
        let told = |receipt: &Receipt| receipt.messages[0].cleared.as_ref().unwrap()[0].clearance;
        assert_eq!(told(&receipt), Clearance::NoBoard);
        // The hit on one of the flights is decided, and the other one stands.
        for expect in [Clearance::NoBoard, Clearance::Board] {
            decide(&app, "document-exact", "usr_1", Verdict::NotSame, "N7");
            let receipt = app.receive(sent.as_bytes(), Channel("test".into()));
            assert_eq!(told(&receipt.unwrap()), expect);
        }
    }
}

/// Without rules for it nobody is told anything of anybody.
#[test]
fn a_law_without_check_in_tells_nothing() {
    let place = &Place::each("check_in_none")[0];
    let keys = TempDir::new("check-in-none-keys");
    let app = open(place, &keys, Profile::builtin_text("eu-2022").unwrap());
    let sent = ask("ZQAIR", "T1", "", &[NAMED]);
    let receipt = app.receive(&sent, Channel("test".into())).unwrap();
    assert_eq!(receipt.messages[0].cleared, None);
    let reply = String::from_utf8(answer(&sent, &receipt).unwrap()).unwrap();
    assert!(reply.contains("CONTRL"), "{reply}");
}

/// R-IAPI-04, R-IAPI-05, R-REV-03: what people decide counts from then on, and nothing sooner.
#[test]
fn a_decision_changes_what_is_answered() {
    for place in Place::each("check_in_review") {
        let keys = TempDir::new("check-in-review-keys");
        let app = open(&place, &keys, utopia());
        let sent = ask("ZQAIR", "T1", "", &[NAMED, STOLEN]);
        let (named, stolen) = ("A2", "A3");
        check(
            &app,
            &sent,
            &[(named, Clearance::Contact), (stolen, Clearance::NoBoard)],
        );

        let first = decide(&app, "document-exact", "usr_1", Verdict::NotSame, "N7");
        assert_eq!(first, ReviewState::Closed);
        check(
            &app,
            &sent,
            &[(named, Clearance::Contact), (stolen, Clearance::Board)],
        );

        let first = decide(&app, "", "usr_1", Verdict::Same, "S2");
        assert_eq!(first, ReviewState::SecondWanted);
        check(
            &app,
            &sent,
            &[(named, Clearance::Contact), (stolen, Clearance::Board)],
        );
        let second = decide(&app, "", "usr_2", Verdict::Same, "S2");
        assert_eq!(second, ReviewState::Closed);
        check(
            &app,
            &sent,
            &[(named, Clearance::NoBoard), (stolen, Clearance::Board)],
        );
    }
}

/// R-IAPI-04: an answer that changes is told unasked, until the carrier has it; the carrier says
/// whether it took it.
#[test]
fn who_asked_is_told_when_the_answer_changes() {
    use Clearance::{Board, Contact};
    for place in Place::each("check_in_unasked") {
        let keys = TempDir::new("check-in-unasked-keys");
        let second = clock();
        let app = open_at(&place, &keys, utopia(), &second);
        let zq = enrol(&app);
        let told = |reference: &str| {
            let sent = ask("ZQAIR", reference, "", &[NOBODY, NAMED]);
            let receipt = app.receive_of(&sent, Channel("test".into()), &zq).unwrap();
            let cleared = receipt.messages[0].cleared.clone().unwrap();
            cleared.iter().map(|one| one.clearance).collect::<Vec<_>>()
        };
        assert_eq!(told("T1"), [Board, Contact]);
        waits(&app, &[]);
        decide(&app, "", "usr_1", Verdict::NotSame, "N7");
        waits(&app, &["A2 0Z"]);
        let change = app.unasked_waiting("zq").unwrap().remove(0);
        assert_eq!(app.unasked_waiting("zq").unwrap()[0].number, change.number);
        app.unasked_delivered(&change).unwrap();
        waits(&app, &[]);

        // Its word on it is noted and not answered; what was never said to it is refused.
        let word = |number: &str, error: &str| {
            let sent = String::from_utf8(change.message.clone()).unwrap();
            let sent = sent.replace("+XOIAPI+ZQAIR+", "+ZQAIR+XOIAPI+");
            let sent = sent
                .replace("BGM+132", "BGM+312")
                .replace(&change.number, number);
            let sent = match error {
                "" => sent,
                error => {
                    let from = sent.find("ERP+").unwrap();
                    let segments = 3 + sent[..from].matches('\'').count() - 1;
                    format!(
                        "{}ERP+1'ERC+{error}'UNT+{segments}+1'UNZ+1+{number}'",
                        &sent[..from]
                    )
                }
            };
            let sent = sent.into_bytes();
            let receipt = app.receive_of(&sent, Channel("test".into()), &zq).unwrap();
            let status = receipt.messages[0].status;
            if status == Status::Accepted {
                assert_eq!(answer(&sent, &receipt), None, "nobody answers an answer");
            }
            status
        };
        assert_eq!(word(&change.number, ""), Status::Accepted);
        assert_eq!(word(&change.number, ""), Status::Accepted, "twice is once");
        assert_eq!(word("000000000000", ""), Status::Refused);
        assert_eq!(word(&change.number, "118"), Status::Accepted);
        assert_eq!(
            events(&app, "clearance.hear"),
            [
                "ok carrier=zq says=taken",
                "ok carrier=zq says=taken",
                "ok carrier=zq says=not_taken"
            ]
        );
        assert_eq!(
            events(&app, "clearance.tell"),
            [
                "ok asked board=1 contact=1",
                "ok unasked board=1",
                "ok unasked board=1",
                "ok unasked board=1",
                "ok unasked, handed over board=1"
            ]
        );

        // What was asked again is told to the newer question alone.
        assert_eq!(told("T2"), [Board, Board]);
        // Another entry, which nobody has compared with the traveller.
        let person = br#"{"id":"L2","names":["Odran Kestrelman","Ode"],"births":["1976-03-14"]}"#;
        list(&app, person);
        app.rescreen(10).unwrap();
        waits(&app, &["A2 3Z"]);
        // Who is on board needs no answer any more.
        second.fetch_add(9 * 3600, Ordering::Relaxed);
        waits(&app, &[]);
    }
}

/// A traveller is known by the first message that mentions them: one that comes later and was made
/// earlier makes them another one, and nothing is left that was said of the former.
#[test]
fn who_turns_out_to_be_another_leaves_no_answer_behind() {
    use Clearance::{Board, Contact};
    for place in Place::each("check_in_moved") {
        let keys = TempDir::new("check-in-moved-keys");
        let app = open(&place, &keys, utopia());
        let zq = enrol(&app);
        let asked = ask("ZQAIR", "T1", "", &[NOBODY, NAMED]);
        check(&app, &asked, &[("A1", Board), ("A2", Contact)]);
        let earlier = String::from_utf8(ask("ZQAIR", "T0", "", &[NAMED])).unwrap();
        let earlier = earlier.replace("261122:0814", "261122:0713");
        let channel = Channel("test".into());
        let receipt = app.receive_of(earlier.as_bytes(), channel, &zq).unwrap();
        assert_eq!(receipt.messages[0].status, Status::Accepted);
        assert_eq!(
            decide(&app, "", "usr_1", Verdict::NotSame, "N7"),
            ReviewState::Closed
        );
        check(&app, &asked, &[("A1", Board), ("A2", Board)]);
    }
}

/// R-IAPI-02, R-IAPI-04: who is not answered in time is told that nobody can say, and the answer when
/// it is there; what the line has no room for is told so at once, and nothing of it is kept.
#[test]
fn what_takes_too_long_is_answered_undetermined_and_told_later() {
    use Clearance::{Board, Undetermined};
    for place in Place::each("check_in_late") {
        let keys = TempDir::new("check-in-late-keys");
        let law = utopia().replace(
            "answer_seconds = { value = 4",
            "answer_seconds = { value = 0",
        );
        let app = open(&place, &keys, &law);
        let zq = enrol(&app);
        let question = |n: usize| ask("ZQAIR", &format!("T{n}"), "", &[NOBODY]);
        let hand_after = |n: usize, waited: Duration| {
            app.hand_in_time(&question(n), Channel("test".into()), &zq, waited)
        };
        let hand = |n: usize| hand_after(n, Duration::ZERO);
        // Whoever has waited before the line is not put in it.
        let late = heard(hand_after(0, Duration::from_secs(2))).unwrap();
        assert_eq!(late.messages[0].status, Status::Late);
        assert_eq!(told_in(&late), [Undetermined]);
        let behind = app.receive(&question(5_000), Channel("test".into()));
        assert_eq!(told_in(&behind.unwrap()), [Board]);
        assert_eq!(app.store().read(|tx| tx.stats()).unwrap().accepted, 1);
        let (held, holds) = std::sync::mpsc::channel();
        let (free, freed) = std::sync::mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let store = app.store();
            scope.spawn(move || {
                store
                    .write(|tx| {
                        tx.housekeeping();
                        held.send(()).unwrap();
                        freed.recv().unwrap();
                        Ok::<(), StoreError>(())
                    })
                    .unwrap();
            });
            holds.recv().unwrap();
            let all: Vec<Receipt> = (0..2_000).map(|n| heard(hand(n)).unwrap()).collect();
            for (n, receipt) in all.iter().enumerate() {
                assert_eq!(receipt.messages[0].status, Status::Late);
                assert_eq!(told_in(receipt), [Undetermined], "{n}");
                let reply = answer(&question(n), receipt).expect("never silence");
                let reply = String::from_utf8(reply).unwrap();
                assert!(
                    reply.contains("BGM+962") && reply.contains("ERC+XZ"),
                    "{reply}"
                );
            }
            free.send(()).unwrap();
        });
        // Behind what was in line.
        let last = app
            .receive(&question(9_999), Channel("test".into()))
            .unwrap();
        assert_eq!(told_in(&last), [Board]);
        let kept = app.store().read(|tx| tx.stats()).unwrap().accepted;
        assert!((256..2_000).contains(&kept), "{kept} were in line");
        // One traveller, of whom the carrier has asked the same again and again.
        waits(&app, &["A1 0Z"]);
        let again = app
            .receive_of(&question(0), Channel("test".into()), &zq)
            .unwrap();
        assert_eq!(again.messages[0].status, Status::Duplicate);
        assert_eq!(told_in(&again), [Board]);
        waits(&app, &[]);
    }
}

fn told_in(receipt: &Receipt) -> Vec<Clearance> {
    let cleared = receipt.messages[0].cleared.as_ref().unwrap();
    cleared.iter().map(|one| one.clearance).collect()
}

/// R-IAPI-05: who stands at a desk because nobody has decided is first in the queue, until somebody
/// has, or the flight has left.
#[test]
fn who_waits_at_a_desk_is_first_in_the_queue() {
    for place in Place::each("check_in_lane") {
        let keys = TempDir::new("check-in-lane-keys");
        let second = clock();
        let app = open_at(&place, &keys, utopia(), &second);
        let zq = enrol(&app);
        // A listed document refuses by itself: nobody waits for that.
        let sent = ask("ZQAIR", "T1", "", &[STOLEN, NAMED]);
        app.receive_of(&sent, Channel("test".into()), &zq).unwrap();
        let waits = || -> Vec<bool> {
            let who = Actor::new("usr_1", &[Role::Analyst]);
            let purpose = Purpose::parse("assessment=queue");
            let leave = app.authorize(&who, Act::QueueRead, purpose.as_ref());
            let queue = app.queue(&leave.unwrap()).unwrap();
            queue.iter().map(|it| it.waits_since.is_some()).collect()
        };
        assert_eq!(waits(), [true, false]);
        let before = second.load(Ordering::Relaxed);
        second.store(before + 9 * 3600, Ordering::Relaxed);
        assert_eq!(waits(), [false, false], "the flight has left");
        second.store(before + 60, Ordering::Relaxed);
        assert_eq!(waits(), [true, false], "it has not");
        decide(&app, "", "usr_1", Verdict::NotSame, "N7");
        assert_eq!(waits(), [false]);
    }
}

/// R-IAPI-08: the manifest says who boarded and was not cleared, and who was cleared and stayed.
#[test]
fn the_close_out_is_compared_with_what_was_told() {
    for place in Place::each("check_in_closed") {
        let keys = TempDir::new("check-in-closed-keys");
        let app = open(&place, &keys, utopia());
        let receive = |sent: Vec<u8>| app.receive(&sent, Channel("test".into())).unwrap();
        receive(ask("ZQAIR", "T1", "", &[NOBODY, NAMED]));
        assert_eq!(odd(&app), [None, None], "nobody is on board yet");
        // STOLEN was never asked about, NAMED was told to ask; NOBODY was cleared and stays.
        receive(closed("T2", &[NAMED, STOLEN]));
        let boarded = Some(Discrepancy::BoardedNotCleared);
        let stayed = Some(Discrepancy::ClearedNotBoarded);
        assert_eq!(odd(&app), [boarded, boarded, stayed]);
    }
}

/// R-IAPI-08: who is told of by a list, because the question was answered that nobody can say, is kept
/// once and screened like everybody, and was not cleared.
#[test]
fn a_list_in_the_place_of_a_question_clears_nobody() {
    for place in Place::each("check_in_batch") {
        let keys = TempDir::new("check-in-batch-keys");
        let app = open(&place, &keys, utopia());
        let channel = || Channel("test".into());
        let receive = |sent: Vec<u8>| app.receive(&sent, channel()).unwrap();
        receive(ask("ZQAIR", "T1", "", &[NOBODY]));
        let (question, nobody) = (ask("ZQAIR", "T2", "", &[NAMED, BARE]), Sender::default());
        let waited = Duration::from_secs(60);
        let late = heard(app.hand_in_time(&question, channel(), &nobody, waited)).unwrap();
        assert_eq!(told_in(&late), [Clearance::Undetermined; 2]);
        // Another desk of the carrier tells, and asks nothing.
        let list = ask("ZQAPIS", "T2", "", &[NAMED, BARE]);
        for expect in [Status::Accepted, Status::Duplicate] {
            let receipt = receive(list.clone());
            let message = &receipt.messages[0];
            assert_eq!((message.status, &message.cleared), (expect, &None));
        }
        assert_eq!(app.store().read(|tx| tx.stats()).unwrap().accepted, 2);
        let who = Actor::new("usr_1", &[Role::Analyst]);
        let purpose = Purpose::parse("assessment=queue");
        let leave = app.authorize(&who, Act::QueueRead, purpose.as_ref());
        let queue = app.queue(&leave.unwrap()).unwrap();
        assert_eq!(queue.len(), 1, "NAMED is found");
        assert_eq!(queue[0].waits_since, None, "nobody stands at a desk");
        receive(closed("T3", &[NOBODY, NAMED, BARE]));
        let boarded = Some(Discrepancy::BoardedNotCleared);
        assert_eq!(odd(&app), [None, boarded, boarded]);
    }
}

/// A close-out: who is on board.
fn closed(reference: &str, aboard: &[&str]) -> Vec<u8> {
    let list = String::from_utf8(ask("ZQAIR", reference, "", aboard)).unwrap();
    list.replace("BGM+745", "BGM+266+CLOB").into_bytes()
}

/// What the manifest of the one flight marks of each traveller.
fn odd(app: &App) -> Vec<Option<Discrepancy>> {
    let who = Actor::new("usr_1", &[Role::Analyst]);
    let purpose = Purpose::parse("assessment=queue");
    let leave = |act| app.authorize(&who, act, purpose.as_ref()).unwrap();
    let all = (Timestamp::MIN, Timestamp::MAX);
    let flights = app.flights(&leave(Act::FlightRead), all.0, all.1).unwrap();
    let view = app.manifest(&leave(Act::ManifestRead), flights[0].row.id);
    let view = view.unwrap();
    let people = view.journey.people.iter().zip(&view.ids);
    let mut odd: Vec<_> = people.map(|(who, id)| view.discrepancy(who, *id)).collect();
    odd.sort_by_key(|odd| odd.map(|odd| odd as u8));
    odd
}

/// What waits for the carrier ZQ: reference and code of each traveller.
#[track_caller]
fn waits(app: &App, expect: &[&str]) {
    let read = |message: &[u8]| match reply::read(message, &Codes::default()).unwrap().answer {
        Answer::Verdicts(verdicts) => verdicts,
        other => panic!("{other:?}"),
    };
    let mut got = Vec::new();
    for change in app.unasked_waiting("zq").unwrap() {
        let verdicts = read(&change.message);
        assert_eq!(verdicts.kind, VerdictKind::Unsolicited);
        assert_eq!(
            verdicts.transaction,
            Some((change.number.as_str().into(), None))
        );
        assert_eq!(verdicts.flights.len(), 1);
        got.extend(verdicts.travellers.iter().map(|one| {
            let reference = one.reference.as_ref().unwrap().expose();
            format!("{reference} {}", one.codes[0])
        }));
    }
    assert_eq!(got, expect);
}

fn enrol(app: &App) -> Sender {
    let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
    let grant = app.authorize(&liaison, Act::CarrierPut, None).unwrap();
    let details = CarrierDetails {
        name: "Zephyr Quest".into(),
        operates: vec!["ZQ".into()],
        formats: vec!["paxlst".into()],
        languages: vec!["en".into()],
        ..CarrierDetails::default()
    };
    app.carrier_enrol(&grant, "zq", &details).unwrap();
    app.carrier_status(&grant, "zq", 1, CarrierStatus::Live, "invented")
        .unwrap();
    Sender::of(Arc::clone(app.registry().named("zq").unwrap()))
}

/// What the log says of a deed, oldest first.
fn events(app: &App, deed: &str) -> Vec<String> {
    let mut details = Vec::new();
    let each = |entry: &Entry<'_>| {
        if entry.record.act == deed {
            details.push(entry.record.detail.to_owned());
        }
        Ok::<(), StoreError>(())
    };
    app.store().read(|tx| tx.audit_each(1, each)).unwrap();
    details
}

/// Signs a decision on the hit whose only part has this code, or on the other one.
fn decide(app: &App, code: &str, who: &str, verdict: Verdict, reason: &str) -> ReviewState {
    let purpose = Purpose::parse("assessment=queue");
    let leave = |act| -> Grant {
        let who = Actor::new(who, &[Role::Analyst, Role::SecondReviewer]);
        app.authorize(&who, act, purpose.as_ref()).unwrap()
    };
    for item in app.queue(&leave(Act::QueueRead)).unwrap() {
        let case = item.case.case.id;
        let view = app.case(&leave(Act::CaseRead), case).unwrap();
        for hit in &view.hits {
            let by_document = hit.hit.parts[0].code == "document-exact";
            let open = hit.review.state() != ReviewState::Closed;
            if open && by_document == (code == "document-exact") {
                let reasons = [reason.to_owned()];
                let (id, version) = (hit.row.hit.id, hit.row.version);
                let grant = leave(Act::HitDecide);
                let review = app.hit_decide(&grant, case, id, version, verdict, &reasons, "");
                return review.unwrap().state();
            }
        }
    }
    panic!("no such hit");
}
