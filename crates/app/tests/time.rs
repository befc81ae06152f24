//! Years pass, day by day: every record is masked and erased when its profile says, its keys go
//! after it, and a backup that is put back stays unreadable.
//!
//! Everybody in it is invented.

use jiff::{SignedDuration, Timestamp};
use oriel_app::{App, Channel, Compartment, ListImport, Setup, Status, Swept};
use oriel_keys::{Bucket, Class};
use oriel_policy::{
    Act, Actor, Calendar, CheckMode, ListKind, PIU, Profile, Purpose, Role, Standing, Term,
};
use oriel_screening::{Weights, lists::Format};
use oriel_store::{JourneyRow, Retention, Store, StoreError};
use oriel_testkit::{TempDir, key_store};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that is set by hand, in seconds since 1970, UTC.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn set(&self, at: Timestamp) {
        self.0.store(at.as_second(), Ordering::Relaxed);
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn open(dir: &TempDir, compartments: Vec<Compartment>, hand: &Hand) -> App {
    let hand = hand.clone();
    App::open(Setup {
        store: Store::create(dir.path().to_str().unwrap(), key_store(dir)).unwrap(),
        compartments,
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(move || Timestamp::from_second(hand.0.load(Ordering::Relaxed)).unwrap()),
        threads: 1,
    })
    .unwrap()
}

fn compartments(piu: &str, border: Option<&str>) -> Vec<Compartment> {
    let mut all = Compartment::only(Profile::builtin(piu).unwrap());
    let border = border.map(|profile| Profile::builtin(profile).unwrap());
    all.extend(border.map(|law| Compartment::new("border", "Border authority", law).unwrap()));
    all
}

/// Flight `number` with two persons; the first one is on the list.
fn message(number: u32) -> String {
    format!(
        "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+W{number}++APIS'\
         UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ{number:04}+++ZQ'LOC+125+LHR'DTM+189:2611221200:201'\
         LOC+87+UXA'DTM+232:2611221500:201'\
         NAD+FL+++KESTRELMAN:ODRAN'ATT+2++M'DTM+329:760217'NAT+2+UTO'DOC+P:110:111+X1234567'LOC+91+UTO'\
         NAD+FL+++UMBERWAY:BELISANE'ATT+2++F'DTM+329:880302'NAT+2+UTO'DOC+P:110:111+X7654321'LOC+91+UTO'\
         CNT+42:2'UNT+17+1'UNZ+1+W{number}'"
    )
}

fn receive(app: &App, number: u32) {
    let channel = Channel("test".into());
    let receipt = app.receive(message(number).as_bytes(), channel).unwrap();
    assert_eq!(receipt.count(Status::Accepted), 1, "{receipt:?}");
}

fn import(app: &App) {
    let officer = Actor::new("officer", &[Role::ListOfficer]);
    let grant = app.authorize(&officer, Act::ListImport, None).unwrap();
    let list =
        r#"{"id":"N-1","names":["Odran Kestrelman"],"dob":["1976-02-17"],"nationality":["ut"]}"#;
    app.list_import(
        &grant,
        &ListImport {
            id: "national",
            kind: ListKind::Terrorism,
            name: "National list (invented)",
            owner: "Utopian Border Guard",
            legal_basis: "Border Act, section 7",
            format: &Format::Persons,
            bytes: list.as_bytes(),
            may_shrink: false,
        },
    )
    .unwrap();
}

/// Puts a profile in force: one person proposes, another activates.
fn activate(app: &App, text: &str) {
    let leave = |who: &str, act| {
        let officer = Actor::new(who, &[Role::LegalOfficer]);
        app.authorize(&officer, act, None).unwrap()
    };
    let proposed = app.law_propose(&leave("one", Act::ProfilePropose), text);
    let profile = proposed.unwrap().profile;
    let grant = leave("two", Act::ProfileActivate);
    app.law_activate(&grant, profile.id(), profile.version(), &profile.digest())
        .unwrap();
}

fn sweep(app: &App) -> Swept {
    let mut total = Swept::default();
    loop {
        let (swept, more) = app.sweep(16).unwrap();
        total.add(swept);
        if !more {
            return total;
        }
    }
}

fn journeys(app: &App, compartment: &str) -> BTreeMap<String, JourneyRow> {
    let rows = app
        .store()
        .read(|tx| tx.journey_list(compartment, Timestamp::MIN, Timestamp::MAX))
        .unwrap();
    rows.into_iter()
        .map(|row| (row.number.clone(), row))
        .collect()
}

/// Receipts on days that calendars stumble over, and when the profile of the judgment ends their
/// initial and their whole period: a month that lacks the day ends at its last midnight
/// (Regulation (EEC, Euratom) No 1182/71, Article 3(2)(c)).
const DAYS: &[(&str, &str, &str)] = &[
    (
        "2027-08-29T10:00:00Z",
        "2028-02-29T10:00:00Z",
        "2032-08-29T10:00:00Z",
    ),
    (
        "2027-08-31T10:00:00Z",
        "2028-03-01T00:00:00Z",
        "2032-08-31T10:00:00Z",
    ),
    (
        "2027-09-01T00:00:00Z",
        "2028-03-01T00:00:00Z",
        "2032-09-01T00:00:00Z",
    ),
    (
        "2028-02-29T23:59:59Z",
        "2028-08-29T23:59:59Z",
        "2033-03-01T00:00:00Z",
    ),
    (
        "2028-12-31T12:00:00Z",
        "2029-07-01T00:00:00Z",
        "2033-12-31T12:00:00Z",
    ),
];

#[test]
fn five_years_pass_and_every_record_goes_when_its_profile_says() {
    let dir = TempDir::new("time");
    let hand = Hand(Arc::new(AtomicI64::new(0)));
    let mut receipts = DAYS.iter().zip(1u32..).peekable();
    let first = at(DAYS[0].0);
    hand.set(first);
    let app = open(&dir, compartments("eu-2022", Some("api-only")), &hand);
    import(&app);
    let ring = app.store().keys().unwrap().ring(PIU).unwrap();
    let mut total = Swept::default();
    let mut day = first;
    while day < at("2034-01-02T00:00:00Z") {
        let next = day + SignedDuration::from_hours(24);
        while let Some(((received, _, _), number)) = receipts.next_if(|((r, _, _), _)| at(r) < next)
        {
            hand.set(at(received));
            receive(&app, number);
        }
        day = next;
        hand.set(day);
        total.add(sweep(&app));
        let rows = journeys(&app, PIU);
        for ((received, initial, whole), number) in DAYS.iter().zip(1u32..) {
            let Some(row) = rows.get(&number.to_string()) else {
                continue;
            };
            // One of the two has a case that nobody closed, so the record stays behind the mask.
            let expect = match () {
                () if day >= at(whole) => Retention::Erased,
                () if day >= at(initial) => Retention::Masked,
                () => Retention::Whole,
            };
            assert_eq!(row.retention, expect, "received {received}, now {day}");
            let people = app.store().read(|tx| tx.traveller_list(row.n)).unwrap();
            let left = match expect {
                Retention::Whole => 2,
                Retention::Masked => 1,
                Retention::Erased => 0,
            };
            assert_eq!(people.len(), left, "received {received}, now {day}");
        }
        // No key outlives what it sealed; keys of days on which nothing lay go a month at a time.
        let profile = app.profile();
        let calendar = Calendar::of(&profile);
        for (class, term) in [(Class::Whole, Term::Mask), (Class::Open, Term::Erase)] {
            let due = calendar.horizon(term, day).saturating_sub(30);
            let stands = ring.horizon(class);
            assert!(
                stands >= Bucket(due),
                "{class:?} {stands:?} {due}, now {day}"
            );
        }
        // The border's copy goes after two days, whoever is on it.
        for row in journeys(&app, "border").values() {
            let due = day >= row.anchor + SignedDuration::from_hours(48);
            assert_eq!(row.retention == Retention::Erased, due, "border, now {day}");
        }
    }
    let n = DAYS.len() as u64;
    // Counts of all runs add up to what was received: each recipient's two persons a flight.
    assert_eq!(total.masked, n, "the unit keeps one of two behind the mask");
    assert_eq!(
        total.erased,
        n + n + 2 * n,
        "one at once, one in the end, the border's two"
    );
    let runs = app.store().read(|tx| tx.sweep_list()).unwrap();
    let sum = |field: &str| -> u64 {
        let count = |run: &oriel_store::SweepRun| {
            let counts: serde_json::Value = serde_json::from_str(&run.counts).unwrap();
            counts[field].as_u64().unwrap()
        };
        runs.iter().map(count).sum()
    };
    assert_eq!((sum("masked"), sum("erased")), (total.masked, total.erased));
}

#[test]
fn another_profile_ends_other_periods_without_touching_a_record() {
    let dir = TempDir::new("time");
    let hand = Hand(Arc::new(AtomicI64::new(0)));
    hand.set(at("2027-01-15T08:00:00Z"));
    let app = open(&dir, compartments("eu-2022", None), &hand);
    receive(&app, 1);
    // Nobody on it has anything to do with anything: the judgment would erase it, the text of the
    // directive masks it.
    hand.set(at("2027-07-15T08:00:00Z"));
    activate(&app, Profile::builtin_text("eu-2016").unwrap());
    assert_eq!(sweep(&app).masked, 2);
    assert_eq!(journeys(&app, PIU)["1"].retention, Retention::Masked);
    assert_eq!(sweep(&app), Swept::default());
    activate(&app, Profile::builtin_text("eu-2022").unwrap());
    // And under the judgment it goes at once: behind the mask stays only who is linked.
    assert_eq!(sweep(&app).erased, 2);
    assert_eq!(journeys(&app, PIU)["1"].retention, Retention::Erased);
}

/// R-RET-08, R-RET-05: a law that erases at departure erases at its second, whenever the message
/// came; who is linked stays, behind the mask.
#[test]
fn records_go_at_departure_unless_a_risk_was_shown() {
    let text = Profile::builtin_text("eu-2022").unwrap();
    let mask = "mask = { value = \"6 months\"";
    let text = text
        .replacen("value = \"receipt\"", "value = \"departure\"", 1)
        .replacen(mask, "mask = { value = \"none\"", 1);
    let law = Compartment::only(Profile::parse(&text).unwrap());
    let dir = TempDir::new("time");
    let hand = Hand(Arc::new(AtomicI64::new(0)));
    hand.set(at("2026-11-20T08:00:00Z"));
    let app = open(&dir, law, &hand);
    receive(&app, 1);
    import(&app);
    receive(&app, 2);
    app.rescreen(16).unwrap();
    // Flight 1 has its hit by now, too: somebody is linked on both, somebody is not.
    // 12:00 in London, where it departs.
    let departs = at("2026-11-22T12:00:00Z");
    hand.set(departs - SignedDuration::from_secs(1));
    assert_eq!(sweep(&app), Swept::default());
    for (number, row) in journeys(&app, PIU) {
        assert_eq!(
            (row.anchor, row.retention),
            (departs, Retention::Whole),
            "{number}"
        );
    }
    hand.set(departs);
    let swept = sweep(&app);
    assert_eq!((swept.masked, swept.erased), (2, 2));
    for row in journeys(&app, PIU).values() {
        assert_eq!(row.retention, Retention::Masked);
        let left = app.store().read(|tx| tx.traveller_list(row.n)).unwrap();
        assert_eq!(left.len(), 1, "who has an open case");
    }
}

#[test]
fn masked_values_are_gone_from_every_view_and_who_is_who_is_not() {
    let dir = TempDir::new("time");
    let hand = Hand(Arc::new(AtomicI64::new(0)));
    hand.set(at("2027-01-15T08:00:00Z"));
    let app = open(&dir, compartments("eu-2016", None), &hand);
    import(&app);
    receive(&app, 1);
    let grant = |act| {
        let analyst = Actor::new("usr_1", &[Role::Analyst]);
        let purpose = Purpose::parse("case=c1");
        app.authorize(&analyst, act, purpose.as_ref()).unwrap()
    };
    let id = journeys(&app, PIU)["1"].id;
    let before = app.manifest(&grant(Act::ManifestRead), id).unwrap();
    assert_eq!(before.journey.people.len(), 2);
    let case = before.cases.keys().next().copied().unwrap();

    // At the very second the record is due it is shown to nobody, swept or not.
    hand.set(at("2027-07-15T08:00:00Z"));
    let due = app.manifest(&grant(Act::ManifestRead), id);
    assert!(matches!(
        due,
        Err(oriel_app::AppError::Store(StoreError::Due))
    ));
    assert_eq!(sweep(&app).masked, 2);

    let after = app.manifest(&grant(Act::ManifestRead), id).unwrap();
    assert_eq!(after.ids, before.ids, "the same persons");
    for traveller in after.journey.reports.iter().flat_map(|r| &r.travellers) {
        assert!(traveller.name.surname.is_none() && traveller.birth.is_none());
        assert!(traveller.documents.is_empty());
    }
    let case = app.case(&grant(Act::CaseRead), case).unwrap();
    assert!(case.item.case.case.summary.name.surname.is_none());
    assert!(!case.hits.is_empty());
    for part in case.hits.iter().flat_map(|hit| &hit.hit.parts) {
        assert!(part.ours.is_empty() && part.theirs.is_empty() && part.points != i16::MAX);
    }
    let message = after.flight.messages[0].id();
    let bytes = app
        .message(&grant(Act::MessageRead), message)
        .unwrap()
        .bytes;
    assert_eq!(bytes, None, "the line as sent names everybody");
}

/// Copies a database without its keys, as a backup does.
fn copy(from: &Path, to: &Path) {
    let source = rusqlite::Connection::open(from).unwrap();
    source
        .execute("VACUUM INTO ?1", [to.to_str().unwrap()])
        .unwrap();
}

#[test]
fn a_backup_from_before_the_sweep_stays_unreadable_after_it() {
    let dir = TempDir::new("time");
    let hand = Hand(Arc::new(AtomicI64::new(0)));
    hand.set(at("2027-01-15T08:00:00Z"));
    let app = open(&dir, compartments("eu-2022", None), &hand);
    receive(&app, 1);
    let backup = dir.path().join("backup.db");
    copy(&dir.path().join("oriel.db"), &backup);
    hand.set(at("2027-07-17T00:00:00Z"));
    assert_eq!(sweep(&app).erased, 2);
    drop(app);

    // Somebody puts the backup back, beside the key store as it is today.
    for old in ["oriel.db", "oriel.db-wal", "oriel.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(old));
    }
    std::fs::rename(&backup, dir.path().join("oriel.db")).unwrap();
    hand.set(at("2027-01-16T00:00:00Z"));
    let app = open(&dir, compartments("eu-2022", None), &hand);
    let row = journeys(&app, PIU)["1"].clone();
    assert_eq!(row.retention, Retention::Whole, "the backup does not know");
    let analyst = Actor::new("usr_1", &[Role::Analyst]);
    let purpose = Purpose::parse("case=c1");
    let grant = app
        .authorize(&analyst, Act::ManifestRead, purpose.as_ref())
        .unwrap();
    assert_eq!(grant.standing(row.anchor, false), Standing::Open);
    let read = app.manifest(&grant, row.id).map(|_| ()).unwrap_err();
    assert!(read.to_string().contains("destroyed"), "{read}");
}
