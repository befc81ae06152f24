//! The law is what two persons put in force: it is proposed, activated, swapped under a running
//! system and on a second node, known for every past moment, and refused when somebody changed it.
//!
//! Everybody in it is invented.

use jiff::Timestamp;
use oriel_app::{App, AppError, Channel, Compartment, LawRefusal, Setup, Status};
use oriel_keys::KeyStore;
use oriel_policy::audit::{Deed, Entry};
use oriel_policy::{Act, Actor, CheckMode, Grant, PIU, Profile, Role};
use oriel_screening::Weights;
use oriel_store::{Store, StoreError};
use oriel_testkit::{Place, TempDir, any_keys, key_store};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A unit and a border authority, as configured on the first start.
fn configured() -> Vec<Compartment> {
    let law = |id: &str| Profile::builtin(id).unwrap();
    let mut all = Compartment::only(law("eu-2022"));
    all.push(Compartment::new("border", "Border authority", law("api-only")).unwrap());
    all
}

/// Seconds since 1970, set by hand.
type Hand = Arc<AtomicI64>;

fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn hand() -> Hand {
    Arc::new(AtomicI64::new(noon().as_second()))
}

fn try_open(
    place: &Place,
    compartments: Vec<Compartment>,
    mode: CheckMode,
    hand: &Hand,
) -> Result<App, AppError> {
    open_with(any_keys(), place, compartments, mode, hand)
}

fn open_with(
    keys: Arc<KeyStore>,
    place: &Place,
    compartments: Vec<Compartment>,
    mode: CheckMode,
    hand: &Hand,
) -> Result<App, AppError> {
    let hand = Arc::clone(hand);
    App::open(Setup {
        store: Store::create(&place.name(), keys).unwrap(),
        compartments,
        mode,
        weights: Weights::default(),
        clock: Arc::new(move || Timestamp::from_second(hand.load(Ordering::Relaxed)).unwrap()),
        threads: 1,
    })
}

fn open(place: &Place, hand: &Hand) -> App {
    try_open(place, configured(), CheckMode::Demo, hand).unwrap()
}

/// Leave for a legal officer of a recipient.
fn leave(app: &App, who: &str, recipient: &str, act: Act) -> Grant {
    let officer = Actor::new(who, &[Role::LegalOfficer]).of(recipient);
    app.authorize(&officer, act, None).unwrap()
}

fn propose(app: &App, who: &str, text: &str) -> Result<Profile, AppError> {
    let grant = leave(app, who, PIU, Act::ProfilePropose);
    Ok(app.law_propose(&grant, text)?.profile)
}

fn activate(app: &App, who: &str, profile: &Profile) -> Result<(), AppError> {
    let grant = leave(app, who, PIU, Act::ProfileActivate);
    app.law_activate(&grant, profile.id(), profile.version(), &profile.digest())?;
    Ok(())
}

/// The judgment's profile with another version, and another end of the initial period.
fn amended(version: &str, mask: &str) -> String {
    let text = Profile::builtin_text("eu-2022").unwrap();
    let changed = text
        .replacen("version = \"3\"", &format!("version = {version:?}"), 1)
        .replacen(
            "mask = { value = \"6 months\"",
            &format!("mask = {{ value = {mask:?}"),
            1,
        );
    assert_ne!(changed, text);
    changed
}

fn message(number: u32) -> String {
    format!(
        "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+W{number}++APIS'\
         UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ{number:04}+++ZQ'LOC+125+UXA'\
         DTM+189:2611231200:201'LOC+87+LHR'DTM+232:2611231500:201'\
         NAD+FL+++UMBERWAY:BELISANE'ATT+2++F'DTM+329:880302'NAT+2+UTO'\
         DOC+P:110:111+X7654321'LOC+91+UTO'CNT+42:1'UNT+11+1'UNZ+1+W{number}'"
    )
}

fn events(app: &App) -> Vec<[String; 5]> {
    let mut events = Vec::new();
    let each = |entry: &Entry<'_>| {
        let r = entry.record;
        events.push([r.actor, r.act, r.compartment, r.profile, r.detail].map(str::to_owned));
        Ok::<(), StoreError>(())
    };
    app.store().read(|tx| tx.audit_each(1, each)).unwrap();
    events
}

/// R-ACC-02, R-DOC-02.
#[test]
fn one_person_proposes_another_activates_and_every_node_follows() {
    for place in Place::each("law") {
        let hand = hand();
        let (one, two) = (open(&place, &hand), open(&place, &hand));
        let old = one.profile().reference();
        assert_eq!(old, "eu-2022/3");
        let first = propose(&one, "ada", &amended("4", "3 months")).unwrap();
        assert_eq!(
            one.profile().reference(),
            old,
            "what is proposed is not in force"
        );

        let own = activate(&one, "ada", &first).unwrap_err();
        assert!(matches!(own, AppError::Legal(LawRefusal::Pair(_))), "{own}");
        let twice = propose(&one, "boris", first.text()).unwrap_err();
        assert!(
            matches!(twice, AppError::Legal(LawRefusal::Waits(_))),
            "{twice}"
        );
        let edited = propose(&one, "boris", &amended("4", "4 months")).unwrap_err();
        assert!(edited.to_string().contains("never edited"), "{edited}");
        let running = propose(&one, "ada", Profile::builtin_text("eu-2022").unwrap());
        assert!(matches!(
            running,
            Err(AppError::Legal(LawRefusal::InForce(_)))
        ));
        let grant = leave(&two, "boris", PIU, Act::ProfileActivate);
        let other = two.law_activate(&grant, "eu-2022", "4", "00").unwrap_err();
        assert!(
            matches!(other, AppError::Legal(LawRefusal::OtherDigest(_))),
            "{other}"
        );
        // Another recipient's officer has no such proposal before them.
        let border = leave(&two, "boris", "border", Act::ProfileActivate);
        let theirs = two.law_activate(&border, "eu-2022", "4", &first.digest());
        assert!(matches!(
            theirs,
            Err(AppError::Legal(LawRefusal::NotProposed(_)))
        ));

        // Projected by one node under the old law, committed after the other one's activation.
        let prepared = one.prepare(message(1).as_bytes());
        hand.fetch_add(60, Ordering::Relaxed);
        activate(&two, "boris", &first).unwrap();
        let stale = one
            .hand(prepared, Channel("test".into()))
            .wait()
            .unwrap_err();
        assert!(stale.is_law_changed(), "{stale}");
        let receipt = one
            .receive(message(1).as_bytes(), Channel("test".into()))
            .unwrap();
        assert_eq!(receipt.count(Status::Accepted), 1);
        for app in [&one, &two] {
            let grant = leave(app, "clara", PIU, Act::ProfileRead);
            assert_eq!(grant.profile().reference(), "eu-2022/4");
            let at = |at: Timestamp| app.laws(&grant, at).unwrap().in_force;
            let before = noon() + jiff::SignedDuration::from_secs(59);
            assert_eq!(at(before).unwrap().reference(), old);
            assert_eq!(at(app.now()).unwrap().reference(), "eu-2022/4");
            assert!(at(Timestamp::UNIX_EPOCH).is_none());
            assert_eq!(
                leave(app, "x", "border", Act::ProfileRead).profile().id(),
                "api-only"
            );
        }
        let again = activate(&one, "boris", &first).unwrap_err();
        assert!(
            matches!(again, AppError::Legal(LawRefusal::NotProposed(_))),
            "{again}"
        );
        // A restart with the old configuration changes nothing.
        drop((one, two));
        assert_eq!(open(&place, &hand).profile().reference(), "eu-2022/4");
    }
}

/// R-AUD-02: whatever relied on a law says on which version.
#[test]
fn every_event_names_the_law_it_relied_on() {
    let (place, dir, hand) = (Place::folder("law"), TempDir::new("law-keys"), hand());
    // Its own keys: they are destroyed on the way.
    let keys = key_store(&dir);
    let app = open_with(keys, &place, configured(), CheckMode::Demo, &hand).unwrap();
    let channel = || Channel("test".into());
    app.receive(message(1).as_bytes(), channel()).unwrap();
    app.receive(b"UNB+UNOA:4+ZQ", channel()).unwrap();
    let nobody = Actor::new("eve", &[]).of("border");
    app.authorize(&nobody, Act::CaseRead, None).unwrap_err();
    let next = propose(&app, "ada", &amended("4", "3 months")).unwrap();
    activate(&app, "boris", &next).unwrap();
    // Beyond everybody's periods.
    hand.fetch_add(400 * 86_400, Ordering::Relaxed);
    while app.sweep(16).unwrap().1 {}

    let mut seen = Vec::new();
    for [actor, act, compartment, profile, detail] in events(&app) {
        let line = format!("{actor} {act} {compartment} {profile} {detail}");
        let expect = match (act.as_str(), compartment.as_str()) {
            ("message.refuse", "") => "eu-2022/3 api-only/1",
            // The border authority took nothing of it.
            ("message.accept", PIU) => "eu-2022/3",
            ("profile.use", PIU) if detail.contains("step=1 ") => "eu-2022/3",
            ("profile.propose" | "profile.activate", PIU) => "eu-2022/3",
            (_, "border") => "api-only/1",
            (_, PIU) => "eu-2022/4",
            // The log's own time is that of whoever keeps it longest.
            ("audit.erase", "") => "",
            _ => panic!("{line}"),
        };
        assert_eq!(profile, expect, "{line}");
        seen.push(act);
    }
    for deed in [
        Deed::MessageAccept,
        Deed::MessageRefuse,
        Deed::ProfileUse,
        Deed::KeyDestroy,
    ] {
        assert!(seen.iter().any(|act| act == deed.name()), "{}", deed.name());
    }
    for act in ["sweep.run", "case.read", "profile.activate"] {
        assert!(seen.iter().any(|seen| seen == act), "{act}");
    }
}

/// Changes the database behind the program's back.
fn change(place: &Place, sql: &str) {
    match place {
        Place::Folder(dir) => {
            let file = dir.path().join("oriel.db");
            rusqlite::Connection::open(file)
                .unwrap()
                .execute_batch(sql)
                .unwrap();
        }
        Place::Server(database) => {
            database.sql(sql);
        }
    }
}

/// What somebody changed in the database is refused at the start, in words.
#[test]
fn a_law_that_was_changed_in_the_database_is_refused() {
    #[track_caller]
    fn check(sql: &str, says: &str) {
        for place in Place::each("law") {
            drop(open(&place, &hand()));
            change(&place, sql);
            let refused = try_open(&place, configured(), CheckMode::Demo, &hand());
            let said = refused.err().expect(sql).to_string();
            assert!(
                said.contains(says) && said.contains("outside of Oriel"),
                "{said}"
            );
        }
    }
    check(
        "UPDATE profile_version SET text = replace(text, '6 months', '9 years') WHERE id = 'eu-2022'",
        "legal profile eu-2022/3",
    );
    check(
        "UPDATE profile_step SET version = '1' WHERE compartment = 'piu'",
        "step 1 of the history",
    );
    check(
        "UPDATE profile_step SET id = 'api-only', version = '1',
            digest = (SELECT digest FROM profile_step WHERE n = 2) WHERE n = 1",
        "step 1 of the history",
    );
    check("DELETE FROM profile_step WHERE n = 1", "step");
}

/// R-DOC-02: with real passengers nothing unconfirmed is used, and the complaint says where.
#[test]
fn in_production_an_unconfirmed_law_is_refused_line_by_line() {
    let place = Place::folder("law");
    let unfit = try_open(&place, configured(), CheckMode::Production, &hand()).err();
    let unfit = unfit.expect("eu-2022 holds what is to be confirmed");
    let AppError::Law { error, .. } = &unfit else {
        panic!("{unfit}")
    };
    assert!(error.to_string().contains("line "), "{error}");
    assert!(error.to_string().contains("confirmed_by"), "{error}");
    // Nothing of it remains: the same place starts with a law that may be used.
    let fit = Compartment::only(Profile::builtin("utopia").unwrap());
    let app = try_open(&place, fit, CheckMode::Production, &hand()).unwrap();
    assert_eq!(app.profile().id(), "utopia");
    let refused = propose(&app, "ada", &amended("4", "3 months")).unwrap_err();
    assert!(
        matches!(refused, AppError::Legal(LawRefusal::Unfit(_))),
        "{refused}"
    );
    let broken = propose(&app, "ada", "id = 7").unwrap_err();
    assert!(broken.to_string().contains("line 1"), "{broken}");
}
