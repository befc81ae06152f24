//! Who oversees the unit: the inbox that nobody can silence, the log for people, signs of misuse.
//! On both databases.
//!
//! Everybody and everything in it is invented.

use jiff::{SignedDuration, Timestamp};
use oriel_app::{App, AppError, Channel, Compartment, LogQuery, Setup, Waiting};
use oriel_policy::audit::{Checkpoint, Deed, Event, Register, tree};
use oriel_policy::oversight::Answer;
use oriel_policy::{Act, Actor, CheckMode, Grant, Profile, Purpose, Role};
use oriel_screening::Weights;
use oriel_store::{Store, StoreError};
use oriel_testkit::{Place, any_keys};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// That a new store works under the law it was started with comes to the inbox, too.
const FIRST_LAW: (&str, &str, bool) = ("profile-activated", "new", false);

/// One installation with a clock that is set by hand.
struct Site {
    app: App,
    second: Arc<AtomicI64>,
}

impl Site {
    fn open(place: &Place) -> Self {
        let second = Arc::new(AtomicI64::new(at("2026-11-22T14:00:00Z").as_second()));
        let clock = Arc::clone(&second);
        let app = App::open(Setup {
            store: Store::create(&place.name(), any_keys()).unwrap(),
            compartments: Compartment::only(Profile::builtin("utopia").unwrap()),
            mode: CheckMode::Demo,
            weights: Weights::default(),
            clock: Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap()),
            threads: 1,
        });
        let app = app.unwrap();
        Self { app, second }
    }

    fn wait(&self, hours: i64) {
        self.second.fetch_add(hours * 3_600, Ordering::Relaxed);
    }

    fn leave(&self, act: Act) -> Grant {
        let officer = Actor::new("usr_dpo", &[Role::Dpo]);
        let purpose = Purpose::parse("oversight=2026-11");
        self.app.authorize(&officer, act, purpose.as_ref()).unwrap()
    }

    /// Something that the program, or somebody on the machine, did.
    fn did(&self, deed: Deed, object: &str, detail: &'static str) {
        let event = Event::system(self.app.now(), deed, object, detail);
        self.app.note(event).unwrap();
    }

    fn events(&self) -> u64 {
        self.app.store().read(|tx| tx.audit_head()).unwrap().0
    }

    /// Name, state and lateness of each item.
    fn inbox(&self) -> Vec<(&'static str, &'static str, bool)> {
        let items = self.app.inbox(&self.leave(Act::OversightRead)).unwrap();
        let line =
            |view: &oriel_app::ItemView| (view.item.concern.name, view.item.state(), view.overdue);
        items.iter().map(line).collect()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// R-DPO-04, R-AUD-04.
#[test]
fn nobody_silences_the_inbox() {
    for place in Place::each("inbox") {
        let site = Site::open(&place);
        site.did(Deed::BackupRestore, "backup_1", "ok");
        site.did(Deed::AccountPut, "usr_2", "ok roles=analyst");
        let all = [
            ("backup-restored", "new", false),
            ("profile-activated", "new", false),
            ("role-console", "new", false),
        ];
        assert_eq!(site.inbox(), all);
        // Whoever is not the officer neither reads nor answers; that they tried is in the log.
        let before = site.events();
        let purpose = Purpose::parse("oversight=x");
        for role in [
            Role::SecurityAdministrator,
            Role::Supervisor,
            Role::Inspector,
        ] {
            let actor = Actor::new("usr_9", &[role]);
            let leave = |act| site.app.authorize(&actor, act, purpose.as_ref());
            assert!(leave(Act::OversightAnswer).is_err());
            assert_eq!(leave(Act::OversightRead).is_ok(), role == Role::Inspector);
        }
        let officer = Actor::new("usr_dpo", &[Role::Dpo]);
        assert!(
            site.app
                .authorize(&officer, Act::OversightRead, None)
                .is_err()
        );
        assert_eq!(site.events(), before + 6);
        // No table holds the items, so that there is nothing to delete.
        place.sql("DELETE FROM oversight_note");
        drop(site);
        let site = Site::open(&place);
        assert_eq!(site.inbox(), all);
        // A week later what asks for an answer is late, and a note does not help.
        let event = site.app.inbox(&site.leave(Act::OversightRead)).unwrap()[0]
            .item
            .event;
        let answer = |answer, text: &str| {
            let grant = site.leave(Act::OversightAnswer);
            site.app.inbox_answer(&grant, event, answer, text)
        };
        answer(Answer::Noted, "Asked Bruno Example about it.").unwrap();
        site.wait(24 * 7);
        assert_eq!(site.inbox()[0], ("backup-restored", "seen", true));
        let waiting = site
            .app
            .inbox_waiting(&site.leave(Act::OversightRead))
            .unwrap();
        let expect = Waiting {
            open: 3,
            new: 2,
            overdue: 2,
        };
        assert_eq!(waiting, expect);
        answer(Answer::Referred, "").unwrap();
        assert_eq!(site.inbox()[0], ("backup-restored", "referred", true));
        answer(Answer::Closed, "").unwrap();
        assert_eq!(site.inbox()[2], ("backup-restored", "closed", false));
        let items = site.app.inbox(&site.leave(Act::OversightRead)).unwrap();
        assert_eq!(items[2].notes, ["Asked Bruno Example about it.", "", ""]);
        // What was written may name people: it is neither in the log nor in clear in the database.
        site.app
            .store()
            .read(|tx| {
                tx.audit_each(1, |entry| {
                    assert!(!entry.record.detail.contains("Bruno"));
                    Ok::<_, StoreError>(())
                })
            })
            .unwrap();
        if let Place::Folder(dir) = &place {
            let bytes = std::fs::read(dir.path().join("oriel.db")).unwrap();
            assert!(!bytes.windows(5).any(|window| window == b"Bruno"));
        }
        assert!(matches!(
            answer(Answer::Noted, " "),
            Err(AppError::NoteMissing)
        ));
        let long = "x".repeat(4_001);
        assert!(matches!(
            answer(Answer::Noted, &long),
            Err(AppError::NoteTooLong)
        ));
    }
}

/// R-AUD-01: with a log that cannot be written the inbox is not read either.
#[test]
fn without_a_log_nothing_of_it_is_shown() {
    let place = Place::folder("no-inbox");
    let site = Site::open(&place);
    site.did(Deed::BackupRestore, "", "ok");
    let (inbox, log) = (site.leave(Act::OversightRead), site.leave(Act::AuditRead));
    let refuse = "BEGIN SELECT RAISE(ABORT, 'no'); END";
    place.sql(&format!(
        "CREATE TRIGGER stop BEFORE INSERT ON audit {refuse}"
    ));
    assert!(site.app.inbox(&inbox).is_err());
    assert!(site.app.audit_page(&log, &LogQuery::default()).is_err());
    assert!(site.app.audit_chain(&log, false).is_err());
    assert!(site.app.audit_prove(&log, 1).is_err());
}

/// R-AUD-04, R-AUD-06, R-AUD-07.
#[test]
fn pages_hold_every_event_once_and_registers_choose() {
    for place in Place::each("pages") {
        let site = Site::open(&place);
        for n in 0..30 {
            site.did(Deed::SessionClose, &format!("usr_{}", n % 3), "ok");
            if n % 10 == 0 {
                site.did(Deed::KeyDestroy, "", "ok");
                site.wait(24);
            }
        }
        let log = site.leave(Act::AuditRead);
        let pages = |query: LogQuery| {
            let mut query = LogQuery { limit: 7, ..query };
            let mut found = Vec::new();
            loop {
                let page = site.app.audit_page(&log, &query).unwrap();
                found.extend(page.events);
                query.before = page.next;
                if page.next.is_none() {
                    return found;
                }
            }
        };
        // Reading adds events at the end, which pages that go down never meet.
        let last = site.events();
        let all: Vec<u64> = pages(LogQuery::default()).iter().map(|e| e.n).collect();
        assert_eq!(all, (1..=last).rev().collect::<Vec<u64>>());
        let count = |query| pages(query).len();
        let object = LogQuery {
            object: "usr_1".into(),
            ..LogQuery::default()
        };
        assert_eq!(count(object), 10);
        let act = LogQuery {
            act: "key.destroy".into(),
            ..LogQuery::default()
        };
        assert_eq!(count(act), 3);
        let register = |register| LogQuery {
            register: Some(register),
            ..LogQuery::default()
        };
        assert_eq!(count(register(Register::Erasure)), 3);
        assert_eq!(count(register(Register::Disclosure)), 0);
        let second_day = LogQuery {
            from: Some(at("2026-11-23T00:00:00Z")),
            until: Some(at("2026-11-24T00:00:00Z")),
            ..LogQuery::default()
        };
        assert_eq!(count(second_day), 11);
        // Each reading said why and what, and a name cannot get in that way.
        let told = LogQuery {
            act: "audit.read".into(),
            limit: 1,
            ..LogQuery::default()
        };
        let told = &site.app.audit_page(&log, &told).unwrap().events[0];
        assert_eq!(told.purpose, "oversight=2026-11");
        let name = LogQuery {
            actor: "Bruno Example".into(),
            ..LogQuery::default()
        };
        assert!(matches!(
            site.app.audit_page(&log, &name),
            Err(AppError::NoIdentifier)
        ));
        // Taking events out is another leave.
        let out = site.leave(Act::AuditExport);
        assert!(site.app.audit_page(&out, &LogQuery::default()).is_err());
        let query = LogQuery {
            limit: 1_000,
            ..LogQuery::default()
        };
        assert!(site.app.audit_export(&out, &query).unwrap().events.len() as u64 > last);
    }
}

/// R-AUD-05, R-DPO-03.
#[test]
fn proofs_hold_without_the_store() {
    for place in Place::each("proofs") {
        let site = Site::open(&place);
        for _ in 0..5 {
            site.did(Deed::SessionClose, "usr_1", "ok");
            site.wait(24 * 5);
        }
        let log = site.leave(Act::AuditRead);
        let proved = site.app.audit_prove(&log, 3).unwrap();
        let newest = Checkpoint::unsigned(&proved.note).unwrap();
        let path = &proved.proof.path;
        assert_eq!((proved.event.n, newest.size), (3, proved.proof.size));
        assert!(tree::includes(
            2,
            newest.size,
            &proved.event.hash,
            path,
            &newest.root
        ));
        let month = site
            .app
            .audit_prove_month(&log, "2026-12-09".parse().unwrap());
        let month = month.unwrap();
        let before = Checkpoint::unsigned(month.before_note.as_deref().unwrap()).unwrap();
        let end = Checkpoint::unsigned(&month.note).unwrap();
        let proof = month.proof.unwrap();
        assert_eq!((before.size, end.size), (month.before, month.last));
        assert!(tree::extends(
            before.size,
            &before.root,
            end.size,
            &end.root,
            &proof.path
        ));
        let first = site
            .app
            .audit_prove_month(&log, "2026-11-01".parse().unwrap());
        assert!(first.unwrap().proof.is_none(), "the log begins there");
        for wrong in [0, 9_999] {
            let none = site.app.audit_prove(&log, wrong);
            assert!(matches!(none, Err(AppError::NoEvent)), "{wrong}");
        }
        let none = site
            .app
            .audit_prove_month(&log, "2031-01-01".parse().unwrap());
        assert!(matches!(none, Err(AppError::NoEvent)));
    }
}

/// R-AUD-05, R-DPO-04.
#[test]
fn a_log_that_was_changed_is_said_to_be_broken_and_comes_to_the_inbox() {
    for place in Place::each("broken") {
        let site = Site::open(&place);
        for _ in 0..5 {
            site.did(Deed::SessionClose, "usr_1", "ok");
        }
        let log = site.leave(Act::AuditRead);
        let chain = site.app.audit_chain(&log, false).unwrap();
        let (held, _) = chain.held.unwrap();
        assert_eq!((held.last, chain.checked), (chain.events, chain.events));
        assert_eq!(site.app.oversee().unwrap(), 0);
        place.sql("UPDATE audit SET actor = 'usr_2' WHERE n = 3");
        let chain = site.app.audit_chain(&log, true).unwrap();
        assert_eq!(chain.broken.map(|(event, ..)| event), Some(3));
        assert_eq!(site.app.oversee().unwrap(), 1);
        assert_eq!(site.app.oversee().unwrap(), 0, "once a day");
        assert_eq!(site.inbox()[0].0, "log-broken");
        place.sql("UPDATE audit SET actor = 'system' WHERE n = 3");
        let chain = site.app.audit_chain(&log, true).unwrap();
        assert!(chain.held.is_some() && chain.broken.is_none());
    }
}

/// R-ACC-04: several nodes raise a sign once, and a restart does not raise it again.
#[test]
fn signs_of_misuse_come_to_the_inbox_once() {
    for place in Place::each("signs") {
        let (one, other) = (Site::open(&place), Site::open(&place));
        let curious = Actor::new("usr_7", &[Role::Trainer]);
        for _ in 0..20 {
            assert!(one.app.authorize(&curious, Act::QueueRead, None).is_err());
        }
        assert_eq!(one.app.oversee().unwrap(), 1);
        assert_eq!(other.app.oversee().unwrap(), 0);
        drop(one);
        let again = Site::open(&place);
        assert_eq!(again.app.oversee().unwrap(), 0);
        assert_eq!(again.inbox(), [("denials", "new", false), FIRST_LAW]);
        again.wait(24);
        assert_eq!(
            again.app.oversee().unwrap(),
            0,
            "yesterday's sign was given"
        );
    }
}

/// R-ACC-02, R-DPO-04.
#[test]
fn roles_that_exclude_each_other_come_to_the_inbox() {
    let place = Place::folder("apart");
    let site = Site::open(&place);
    let both = [Role::Analyst, Role::UnmaskAuthority];
    let person = oriel_app::NewPerson {
        login: "ana",
        name: "Ana Exemple",
        kind: oriel_store::AccountKind::Person,
        roles: &both,
        compartment: None,
    };
    let console = site.app.console();
    assert!(site.app.account_invite(&console, person).is_err());
    assert_eq!(site.inbox(), [("roles-apart", "new", false), FIRST_LAW]);
}

/// A flight with one person, and an account of the same name.
const MESSAGE: &str = "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+W1++APIS'\
    UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ0001+++ZQ'LOC+125+UXA'DTM+189:2611221200:201'\
    LOC+87+CDG'DTM+232:2611221500:201'\
    NAD+FL+++EXEMPLE:ANA MARIA'ATT+2++F'DTM+329:880302'NAT+2+UTO'DOC+P:110:111+X7654321'LOC+91+UTO'\
    CNT+42:1'UNT+12+1'UNZ+1+W1'";

/// R-ACC-04.
#[test]
fn who_opens_a_person_of_their_own_name_is_seen_without_the_name_in_the_log() {
    let place = Place::folder("own-name");
    let site = Site::open(&place);
    let put = |login, name| {
        let made = site.app.account_put(login, name, &[Role::Analyst], None);
        Actor::new(made.unwrap().id, &[Role::Analyst])
    };
    let (ana, ben) = (put("ana", "Ana Exemple"), put("ben", "Ben Exemple"));
    site.app
        .receive(MESSAGE.as_bytes(), Channel("test".into()))
        .unwrap();
    let purpose = Purpose::parse("assessment=queue");
    let leave = |who, act| site.app.authorize(who, act, purpose.as_ref()).unwrap();
    let from = site.app.now() - SignedDuration::from_hours(72);
    let until = site.app.now() + SignedDuration::from_hours(72);
    let flights = site
        .app
        .flights(&leave(&ana, Act::FlightRead), from, until)
        .unwrap();
    let manifest = site
        .app
        .manifest(&leave(&ana, Act::ManifestRead), flights[0].row.id);
    let person = manifest.unwrap().ids[0];
    site.app
        .traveller(&leave(&ben, Act::TravellerRead), person)
        .unwrap();
    assert_eq!(site.app.oversee().unwrap(), 0);
    site.app
        .traveller(&leave(&ana, Act::TravellerRead), person)
        .unwrap();
    assert_eq!(site.app.oversee().unwrap(), 1);
    let items = site.app.inbox(&site.leave(Act::OversightRead)).unwrap();
    let item = items
        .iter()
        .find(|view| view.item.concern.name == "own-name")
        .unwrap();
    assert_eq!(item.item.object, ana.id());
    assert!(!item.item.detail.to_lowercase().contains("exemple"));
}
