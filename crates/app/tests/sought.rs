//! What lists seek besides persons and documents: telephone numbers, mail addresses, payments and
//! postal addresses of bookings. Found whenever message and list come, withdrawn when the entry
//! goes, told with its reason, and asked only where the law says so. On both databases.
//!
//! Everybody in it is invented.

use jiff::Timestamp;
use oriel_app::{App, AppError, Channel, Compartment, Imported, ListImport, Setup, Status};
use oriel_casework::{ReviewState, Verdict};
use oriel_policy::{Act, Actor, CheckMode, Grant, ListKind, Profile, Purpose, Role};
use oriel_screening::Weights;
use oriel_screening::lists::{Format, Mapping};
use oriel_store::Store;
use oriel_testkit::{Place, TempDir, key_store};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Noon of 22 November 2026, and a second later whenever somebody looks.
static SECOND: AtomicI64 = AtomicI64::new(1_795_348_800);

fn open(place: &Place, keys: &TempDir, profile: &str) -> App {
    App::open(Setup {
        store: Store::create(&place.name(), key_store(keys)).unwrap(),
        compartments: Compartment::only(Profile::builtin(profile).unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(|| Timestamp::from_second(SECOND.fetch_add(1, Ordering::Relaxed)).unwrap()),
        threads: 1,
    })
    .unwrap()
}

fn leave(app: &App, who: &str, act: Act) -> Grant {
    let roles = [
        Role::ListOfficer,
        Role::ListApprover,
        Role::Analyst,
        Role::SecondReviewer,
    ];
    let purpose = Purpose::parse("assessment=queue");
    let role = match act {
        Act::ListImport => &roles[..1],
        Act::ListApprove => &roles[1..2],
        _ => &roles[2..],
    };
    app.authorize(&Actor::new(who, role), act, purpose.as_ref())
        .unwrap()
}

/// A push of tomorrow's flight with one booking of two people; `said` of the booking and of the
/// second of them.
fn receive(app: &App, n: u32, of_booking: &str, of_second: &str) {
    let message = format!(
        "UNB+IATA:1+ZQ+UTO+261122:{n:04}+P{n}'UNH+1+PNRGOV:11:1:IA'MSG+:22'ORG+ZQ:LHR'\
         TVL+231126:1200:231126:1500+LHR+UXA+ZQ+417'EQN+2'SRC'RCI+ZQ:K7Q2LM'{of_booking}\
         TIF+UMBERWAY:I+BELISANE MRS:A:1:1'FTI+ZQ:1:1'TIF+KESTRELMAN:I+ODRAN MR:A:2:2'{of_second}\
         UNT+20+1'UNZ+1+P{n}'"
    );
    let receipt = app
        .receive(message.as_bytes(), Channel("test".into()))
        .unwrap();
    assert_eq!(receipt.count(Status::Accepted), 1, "{receipt:?}");
}

const HEAD: &str = "id,phone,email,payment,payment_expires,address,expires\n";
const PHONE: &str = "T-1,+43 (0)664 555-0123,,,,,\n";
const MAIL: &str = "M-1,,Odran@Kestrel.example,,,,\n";
const CARD: &str = "C-1,,,4111 1122 3344 1111,09/27,,\n";
const STREET: &str = "A-1,,,,,\"7 Harbour Row, 1010 Utopolis\",\n";
const OTHER: &str = "X-1,+43 664 5550199,somebody@else.example,5500001122331111,,,\n";

fn propose(app: &App, text: &str, may_shrink: bool) -> Result<Imported, AppError> {
    let import = ListImport {
        id: "sought",
        kind: ListKind::SeriousCrime,
        name: "Sought (invented)",
        owner: "Utopian Police",
        legal_basis: "Police Act, section 9",
        format: &Format::Csv(Mapping::plain()),
        bytes: text.as_bytes(),
        may_shrink,
    };
    app.list_propose(&leave(app, "usr_one", Act::ListImport), &import)
}

fn activate(app: &App, rows: &[&str]) {
    let text = [&[HEAD], rows].concat().concat();
    let version = propose(app, &text, true).unwrap().version;
    let approver = leave(app, "usr_two", Act::ListApprove);
    app.list_activate(&approver, "sought", &version, true)
        .unwrap();
}

/// Hits that are found: entry, surname, and the code of each reason.
#[track_caller]
fn check(app: &App, expect: &[&str]) {
    while app.rescreen(4).unwrap().1 {}
    let mut got = Vec::new();
    for item in app.queue(&leave(app, "usr_a", Act::QueueRead)).unwrap() {
        let view = app
            .case(&leave(app, "usr_a", Act::CaseRead), item.case.case.id)
            .unwrap();
        for hit in view.hits.iter().filter(|hit| hit.row.open) {
            let person = &view.journey.people[view.person];
            let name = view.journey.mentions(person).next().unwrap().1.name.clone();
            let name = name.surname.unwrap();
            let codes: Vec<&str> = hit
                .hit
                .parts
                .iter()
                .map(|part| part.code.as_str())
                .collect();
            got.push(format!(
                "{} {} {}",
                hit.hit.entry,
                name.expose(),
                codes.join(" ")
            ));
            let told = hit
                .hit
                .parts
                .iter()
                .all(|part| !part.why.is_empty() && !part.ours.is_empty());
            assert!(told, "a hit says why");
        }
    }
    got.sort();
    assert_eq!(got, expect);
}

const CONTACTS: &str =
    "IFT+4:28::ZQ+CTCE ODRAN//KESTREL.EXAMPLE'FOP+CC::264.15:VI:411111XXXXXX1111:0927'";
const MOBILE: &str = "SSR+CTCM:HK:1:ZQ:::::436645550123+::2'";

/// R-WL-02, R-WL-05.
#[test]
fn what_is_sought_is_found_at_whom_it_belongs_and_withdrawn_when_it_goes() {
    for place in Place::each("sought") {
        let keys = TempDir::new("sought-keys");
        let app = open(&place, &keys, "utopia");
        receive(&app, 1, CONTACTS, "");
        let brought = propose(
            &app,
            &[HEAD, PHONE, MAIL, CARD, "Y,123,,,,,\n"].concat(),
            false,
        );
        let counts = brought.unwrap().counts;
        assert_eq!((counts.rows, counts.added, counts.rejected), (4, 3, 1));
        check(&app, &[]);

        activate(&app, &[PHONE, MAIL, CARD, STREET, OTHER]);
        let of_booking = [
            "C-1 KESTRELMAN card-ends-and-expiry",
            "C-1 UMBERWAY card-ends-and-expiry",
            "M-1 KESTRELMAN email-listed-of-booking",
            "M-1 UMBERWAY email-listed-of-booking",
        ];
        check(&app, &of_booking);
        // The person is as before; what is used is new.
        receive(&app, 2, CONTACTS, MOBILE);
        check(
            &app,
            &[&of_booking[..], &["T-1 KESTRELMAN phone-listed"]].concat(),
        );
        drop(app);

        let app = open(&place, &keys, "utopia");
        receive(&app, 3, "ADD++700:7 HARBOUR ROW:UTOPOLIS::::1010'", MOBILE);
        let all = [
            &[
                "A-1 KESTRELMAN address-listed-of-booking",
                "A-1 UMBERWAY address-listed-of-booking",
            ],
            &of_booking[..],
            &["T-1 KESTRELMAN phone-listed"],
        ]
        .concat();
        check(&app, &all);

        activate(&app, &[CARD, OTHER]);
        check(&app, &of_booking[..2]);
        app.list_rollback(&leave(&app, "usr_two", Act::ListApprove), "sought", true)
            .unwrap();
        check(&app, &all);
        activate(&app, &["T-1,+43 664 5550123,,,,,2026-11-21\n", OTHER]);
        check(&app, &[]);
    }
}

/// R-WL-02.
#[test]
fn nothing_is_asked_that_the_law_does_not_let_be_compared() {
    let place = Place::folder("sought-law");
    let keys = TempDir::new("sought-law-keys");
    // This one keeps contacts and payments, and names nothing to compare.
    let app = open(&place, &keys, "icao-minimum");
    activate(&app, &[PHONE, MAIL, CARD, OTHER]);
    receive(&app, 1, CONTACTS, MOBILE);
    check(&app, &[]);
}

/// R-REV-04.
#[test]
fn who_was_told_apart_stays_so_until_something_else_that_is_sought_is_used() {
    for place in Place::each("sought_again") {
        let keys = TempDir::new("sought-again-keys");
        let app = open(&place, &keys, "utopia");
        let both = "T-1,+43 664 5550123,,UT12 3456 789,,,\n";
        activate(&app, &[both]);
        receive(&app, 1, "", MOBILE);
        check(&app, &["T-1 KESTRELMAN phone-listed"]);
        let queue = app.queue(&leave(&app, "usr_a", Act::QueueRead)).unwrap();
        let case = queue[0].case.case.id;
        let state = || {
            let view = app
                .case(&leave(&app, "usr_a", Act::CaseRead), case)
                .unwrap();
            (
                view.hits[0].row.hit.id,
                view.hits[0].row.version,
                view.hits[0].review.state(),
            )
        };
        let (hit, version, _) = state();
        let reasons = ["N1".to_owned()];
        let grant = leave(&app, "usr_a", Act::HitDecide);
        app.hit_decide(&grant, case, hit, version, Verdict::NotSame, &reasons, "")
            .unwrap();
        assert_eq!(state().2, ReviewState::Closed);
        receive(&app, 2, "IFT+4:28::ZQ+CTCE SOMEBODY//ELSE.EXAMPLE'", MOBILE);
        assert_eq!(
            state().2,
            ReviewState::Closed,
            "nothing else of the entry is used"
        );
        receive(&app, 3, "FOP+CH::1::UT123456789'", MOBILE);
        assert_eq!(
            state().2,
            ReviewState::Open,
            "the account is the entry's as well"
        );
    }
}

#[test]
fn no_value_that_is_sought_stands_in_a_stolen_database() {
    let place = Place::folder("sought-dump");
    let keys = TempDir::new("sought-dump-keys");
    let app = open(&place, &keys, "utopia");
    activate(&app, &[PHONE, MAIL, CARD, STREET, OTHER]);
    receive(&app, 1, CONTACTS, MOBILE);
    check_bytes(Path::new(&place.name()));
}

/// While the system runs, write-ahead log included.
fn check_bytes(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            check_bytes(&path);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap().to_ascii_uppercase();
        for value in [
            "6645550123",
            "555-0123",
            "KESTREL.EXAMPLE",
            "HARBOUR",
            "411111",
            "11223344",
            "1122 3344",
        ] {
            let found = memchr::memmem::find(&bytes, value.as_bytes());
            assert!(found.is_none(), "{value} in {}", path.display());
        }
    }
}
