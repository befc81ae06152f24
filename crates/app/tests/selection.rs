//! Inside the area only journeys that two persons selected are taken, to the second; what is not
//! taken leaves counts and no byte, and other recipients have it all the same.
//!
//! Everybody in it is invented.

use jiff::{SignedDuration, Timestamp};
use oriel_app::{
    App, AppError, Channel, Compartment, NewSelection, SelectionRefusal, SelectionState, Setup,
    Status,
};
use oriel_model::Mode;
use oriel_policy::audit::Entry;
use oriel_policy::{Act, Actor, CheckMode, Grant, PIU, Profile, Role};
use oriel_screening::Weights;
use oriel_store::{Pattern, SelectionRow, Store, StoreError};
use oriel_testkit::{Place, any_keys};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Seconds since 1970, set by hand.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(noon().as_second())))
    }

    fn set(&self, at: Timestamp) {
        self.0.store(at.as_second(), Ordering::Relaxed);
    }
}

fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

/// A unit under `law`, and a border authority, which takes every journey over the outer border and
/// none inside the area.
fn open(place: &Place, law: &str, hand: &Hand) -> App {
    let profile = |id: &str| Profile::builtin(id).unwrap();
    let mut compartments = Compartment::only(profile(law));
    compartments.push(Compartment::new("border", "Border", profile("api-only")).unwrap());
    let hand = hand.clone();
    App::open(Setup {
        store: Store::create(&place.name(), any_keys()).unwrap(),
        compartments,
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(move || Timestamp::from_second(hand.0.load(Ordering::Relaxed)).unwrap()),
        threads: 1,
    })
    .unwrap()
}

fn leave(app: &App, who: &str, act: Act) -> Grant {
    let officer = Actor::new(who, &[Role::LegalOfficer]);
    app.authorize(&officer, act, None).unwrap()
}

/// An entry `mode carrier airport from to` (`-` for blank) for a month from now.
fn new(pattern: &str, now: Timestamp) -> NewSelection<'static> {
    let parts: Vec<&str> = pattern
        .split(' ')
        .map(|part| part.trim_matches('-'))
        .collect();
    NewSelection {
        pattern: Pattern {
            mode: Mode::parse(parts[0]).unwrap(),
            carrier: parts[1].to_owned(),
            airport: parts[2].to_owned(),
            from: parts[3].to_owned(),
            to: parts[4].to_owned(),
        },
        reason: "Travel of a group known to the Office (invented)",
        threat: "",
        decided_by: "Ministry of the Interior, division 4",
        starts_at: now,
        ends_at: now + days(30),
        review_at: now + days(15),
    }
}

/// Proposed by one, approved by another.
fn select(app: &App, new: NewSelection<'_>) -> SelectionRow {
    let row = app.selection_propose(&leave(app, "ada", Act::SelectionPut), new);
    let grant = leave(app, "boris", Act::SelectionApprove);
    app.selection_approve(&grant, row.unwrap().id).unwrap()
}

/// A list of one person, on a journey of `mode` (as PAXLST writes it) between two places.
fn message(n: u32, mode: &str, from: &str, to: &str) -> String {
    format!(
        "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+W{n}++APIS'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
         TDT+20+ZQ{n:04}+{mode}++ZQ'LOC+125+{from}'DTM+189:2611231200:201'LOC+87+{to}'\
         DTM+232:2611231500:201'NAD+FL+++CANARYVALE:BELISANE'ATT+2++F'DTM+329:880302'NAT+2+UTO'\
         DOC+P:110:111+X7654321'LOC+91+UTO'CNT+42:1'UNT+11+1'UNZ+1+W{n}'"
    )
}

fn receive(app: &App, bytes: &str) -> Status {
    let receipt = app
        .receive(bytes.as_bytes(), Channel("test".into()))
        .unwrap();
    receipt.messages[0].status
}

fn kept(app: &App, compartment: &str) -> usize {
    let all =
        |tx: &mut oriel_store::Tx<'_>| tx.journey_list(compartment, Timestamp::MIN, Timestamp::MAX);
    app.store().read(all).unwrap().len()
}

/// R-SCO-08: an entry counts from the second of its begin to the second of its end, and not a second
/// longer.
#[test]
fn an_entry_opens_and_closes_to_the_second() {
    for place in Place::each("selection") {
        let hand = Hand::new();
        let app = open(&place, "eu-2022", &hand);
        let row = select(&app, new("air ZQ - UXA CDG", noon() + days(1)));
        let second = SignedDuration::from_secs(1);
        for (n, (at, status)) in [
            (row.starts_at - second, Status::NotSelected),
            (row.starts_at, Status::Accepted),
            (row.ends_at - second, Status::Accepted),
            (row.ends_at, Status::NotSelected),
            (row.ends_at + second, Status::NotSelected),
        ]
        .into_iter()
        .enumerate()
        {
            hand.set(at);
            let sent = message(n as u32, "", "UXA", "CDG");
            assert_eq!(receive(&app, &sent), status, "at {at}");
        }
        assert_eq!((kept(&app, PIU), kept(&app, "border")), (2, 0));
        // Who took nothing of a sender is told neither of it nor of its messages (R-SCO-07).
        let feeds = |of: &str| app.store().read(|tx| tx.feed_list(of)).unwrap().len();
        assert_eq!((feeds(PIU), feeds("border")), (1, 0));
        let mut accepted = Vec::new();
        let each = |entry: &Entry<'_>| {
            if entry.record.act == "message.accept" {
                accepted.push(entry.record.compartment.to_owned());
            }
            Ok::<(), StoreError>(())
        };
        app.store().read(|tx| tx.audit_each(1, each)).unwrap();
        assert_eq!(accepted, [PIU, PIU]);
        // A flight that was taken takes nothing more once its entry has ended.
        let again = message(1, "", "UXA", "CDG").replace("BELISANE", "ODRAN");
        assert_eq!(receive(&app, &again), Status::NotSelected);
        let stats = app.store().read(|tx| tx.stats()).unwrap();
        assert_eq!((stats.accepted, stats.travellers), (2, 2));
    }
}

/// A request that is sent again within one tick of the clock.
#[test]
fn the_same_proposal_twice_at_one_instant_is_one() {
    for place in Place::each("selection") {
        let app = open(&place, "eu-2022", &Hand::new());
        let grant = leave(&app, "ada", Act::SelectionPut);
        let until = |end: Timestamp| {
            let new = new("air ZQ - UXA CDG", end);
            app.selection_propose(&grant, new).unwrap().id
        };
        let first = until(noon() + days(1));
        assert_eq!(until(noon() + days(1)), first);
        assert_ne!(until(noon() + days(2)), first);
        let register = leave(&app, "boris", Act::SelectionRead);
        assert_eq!(app.selections(&register).unwrap().len(), 2);
    }
}

/// R-SCO-08, R-SCO-09: which journeys need an entry is the profile's to say.
#[test]
fn only_where_the_profile_asks_is_an_entry_needed() {
    #[track_caller]
    fn check(law: &str, mode: &str, route: (&str, &str), status: Status, border: usize) {
        let place = Place::folder("selection");
        let app = open(&place, law, &Hand::new());
        let sent = message(1, mode, route.0, route.1);
        assert_eq!(receive(&app, &sent), status, "{law} {mode} {route:?}");
        let own = usize::from(status == Status::Accepted);
        assert_eq!((kept(&app, PIU), kept(&app, "border")), (own, border));
    }
    let (inside, outside, home) = (("UXA", "CDG"), ("LHR", "UXA"), ("UXA", "UXB"));
    check("eu-2022", "", outside, Status::Accepted, 1);
    check("eu-2022", "", inside, Status::NotSelected, 0);
    check("eu-2022", "4", inside, Status::NotSelected, 0);
    check("eu-2022", "", home, Status::NotSelected, 0);
    // Before the judgment everything inside was taken.
    check("eu-2016", "", inside, Status::Accepted, 0);
    // The border authority is given arrivals alone.
    check("eu-2022", "", ("UXA", "LHR"), Status::Accepted, 0);
    // A ferry, a train and a bus, even over the outer border.
    check("eu-2022", "1", outside, Status::NotSelected, 0);
    check("eu-2022", "2", outside, Status::NotSelected, 0);
    check("eu-2022", "3", inside, Status::NotSelected, 0);
}

/// R-SCO-08: what is not taken is counted once, and no byte of it stays.
#[test]
fn what_is_not_taken_leaves_counts_and_no_byte() {
    let place = Place::folder("selection");
    let app = open(&place, "eu-2022", &Hand::new());
    let sent = message(1, "", "UXA", "CDG");
    for _ in 0..2 {
        assert_eq!(receive(&app, &sent), Status::NotSelected);
    }
    assert_eq!(
        receive(&app, &message(2, "1", "UXA", "LHR")),
        Status::NotSelected
    );
    let counts = app
        .not_taken(&leave(&app, "ada", Act::SelectionRead))
        .unwrap();
    let counts: Vec<_> = counts
        .iter()
        .map(|c| (&*c.mode, &*c.way, &*c.carrier, c.messages, c.travellers))
        .collect();
    assert_eq!(
        counts,
        [
            ("air", "intra", "ZQ", 1, 1),
            ("sea", "outbound", "ZQ", 1, 1)
        ]
    );
    let mut drops = Vec::new();
    let each = |entry: &Entry<'_>| {
        let r = entry.record;
        if r.act == "message.drop" {
            drops.push(format!("{} {} {}", r.compartment, r.profile, r.detail));
        }
        Ok::<(), StoreError>(())
    };
    app.store().read(|tx| tx.audit_each(1, each)).unwrap();
    drops.sort();
    assert_eq!(
        drops,
        [
            "border api-only/1 ok mode=air way=intra travellers=1",
            "border api-only/1 ok mode=sea way=outbound travellers=1",
            "piu eu-2022/3 ok mode=air way=intra travellers=1",
            "piu eu-2022/3 ok mode=sea way=outbound travellers=1",
        ]
    );
    // Once it is selected, the sender's repeat is taken.
    select(&app, new("air - CDG - -", noon()));
    assert_eq!(receive(&app, &sent), Status::Accepted);
    drop(app);
    let Place::Folder(dir) = &place else {
        unreachable!()
    };
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = if path.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        let held = memchr::memmem::find(&bytes, b"CANARYVALE");
        assert!(held.is_none(), "{}", path.display());
    }
}

/// R-SCO-08: two persons, a limit in time, a review, and a threat for everything at once.
#[test]
fn an_entry_is_two_persons_decision_for_a_time() {
    let place = Place::folder("selection");
    let hand = Hand::new();
    let app = open(&place, "eu-2022", &hand);
    let put = |change: &dyn Fn(&mut NewSelection<'static>), pattern: &str| {
        let mut entry = new(pattern, noon());
        change(&mut entry);
        let done = app.selection_propose(&leave(&app, "ada", Act::SelectionPut), entry);
        match done {
            Ok(row) => Ok(row),
            Err(AppError::Selection(refusal)) => Err(refusal),
            Err(other) => panic!("{other}"),
        }
    };
    use SelectionRefusal as R;
    let same = |_: &mut NewSelection<'_>| {};
    assert_eq!(put(&same, "air - - - -"), Err(R::Threat));
    assert_eq!(put(&same, "air - - UXA -"), Err(R::Route));
    assert_eq!(put(&same, "air - uxa - -"), Err(R::Code("uxa".into())));
    assert_eq!(put(&|e| e.reason = " ", "air ZQ - - -"), Err(R::Reason));
    assert_eq!(
        put(&|e| e.ends_at = e.starts_at, "air ZQ - - -"),
        Err(R::Period)
    );
    assert_eq!(
        put(&|e| e.review_at = e.ends_at + days(1), "air ZQ - - -"),
        Err(R::Period)
    );
    let long = put(&|e| e.ends_at = e.starts_at + days(190), "air ZQ - - -");
    assert!(matches!(long, Err(R::Longest { .. })), "{long:?}");
    put(
        &|e| e.threat = "A threat that is named (invented)",
        "air - - - -",
    )
    .unwrap();

    let row = put(&same, "air ZQ - - -").unwrap();
    let approve =
        |who: &str| app.selection_approve(&leave(&app, who, Act::SelectionApprove), row.id);
    assert_eq!(SelectionState::of(&row, noon()), SelectionState::Waits);
    assert_eq!(
        receive(&app, &message(1, "", "UXA", "CDG")),
        Status::NotSelected
    );
    assert!(matches!(
        approve("ada"),
        Err(AppError::Selection(R::Pair(_)))
    ));
    let approved = approve("boris").unwrap();
    assert_eq!(
        SelectionState::of(&approved, noon()),
        SelectionState::InForce
    );
    assert!(matches!(
        approve("clara"),
        Err(AppError::Selection(R::NotWaiting))
    ));
    assert_eq!(
        receive(&app, &message(2, "", "UXA", "CDG")),
        Status::Accepted
    );
    let end = leave(&app, "ada", Act::SelectionApprove);
    let ended = app.selection_end(&end, row.id).unwrap();
    assert_eq!(SelectionState::of(&ended, noon()), SelectionState::Over);
    assert_eq!(
        receive(&app, &message(3, "", "UXA", "CDG")),
        Status::NotSelected
    );
    let twice = app.selection_end(&end, row.id);
    assert!(matches!(twice, Err(AppError::Selection(R::Ended))));
    // A law that takes everything, or nothing, has nothing to select.
    let officer = Actor::new("eve", &[Role::LegalOfficer]).of("border");
    let border = app.authorize(&officer, Act::SelectionPut, None).unwrap();
    let none = app.selection_propose(&border, new("air ZQ - - -", noon()));
    assert!(
        matches!(none, Err(AppError::Selection(R::NotAsked { .. }))),
        "{none:?}"
    );
}
