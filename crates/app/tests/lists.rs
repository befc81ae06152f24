//! Versions of lists: one person proposes, another puts in force, and goes back; what is on them is
//! found, and withdrawn when it goes away. On both databases.
//!
//! Everybody in it is invented.

use jiff::Timestamp;
use oriel_app::{
    App, AppError, Channel, Clock, Compartment, DocumentImport, Imported, ListImport, ListRefusal,
    ListTerms, Setup, Status,
};
use oriel_policy::{Act, Actor, CheckMode, Grant, ListKind, Profile, Role};
use oriel_screening::Weights;
use oriel_screening::lists::{Format, Mapping};
use oriel_store::Store;
use oriel_testkit::{Place, TempDir, key_store};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Noon of 22 November 2026, and a second later whenever somebody looks.
static SECOND: AtomicI64 = AtomicI64::new(1_795_348_800);

fn open(place: &Place, keys: &TempDir) -> App {
    let clock = || Timestamp::from_second(SECOND.fetch_add(1, Ordering::Relaxed)).unwrap();
    open_at(place, keys, Arc::new(clock))
}

fn open_at(place: &Place, keys: &TempDir, clock: Clock) -> App {
    open_under(place, keys, clock, Profile::builtin("utopia").unwrap())
}

fn open_under(place: &Place, keys: &TempDir, clock: Clock, law: Profile) -> App {
    App::open(Setup {
        store: Store::create(&place.name(), key_store(keys)).unwrap(),
        compartments: Compartment::only(law),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock,
        threads: 1,
    })
    .unwrap()
}

fn leave(app: &App, who: &str, act: Act) -> Grant {
    let role = match act {
        Act::ListApprove => Role::ListApprover,
        _ => Role::ListOfficer,
    };
    app.authorize(&Actor::new(who, &[role]), act, None).unwrap()
}

/// A version with these entries.
fn propose(app: &App, who: &str, entries: &[&str]) -> Result<String, AppError> {
    let text: String = entries
        .iter()
        .map(|id| format!("{{\"id\":\"{id}\",\"names\":[\"Odran Kestrelman {id}\"]}}\n"))
        .collect();
    let import = ListImport {
        id: "national",
        kind: ListKind::Terrorism,
        name: "National list (invented)",
        owner: "Utopian Border Guard",
        legal_basis: "Border Act, section 7",
        format: &Format::Persons,
        bytes: text.as_bytes(),
        may_shrink: false,
    };
    let imported = app.list_propose(&leave(app, who, Act::ListImport), &import)?;
    Ok(imported.version)
}

fn refusal(result: Result<impl Sized, AppError>) -> ListRefusal {
    match result {
        Err(AppError::ListVersion(refusal)) => refusal,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("done"),
    }
}

/// R-WL-01.
#[test]
fn one_person_proposes_and_another_puts_in_force_and_goes_back() {
    for place in Place::each("versions") {
        let keys = TempDir::new("list-versions-keys");
        let app = open(&place, &keys);
        let approver = leave(&app, "usr_two", Act::ListApprove);
        let first = propose(&app, "usr_one", &["A", "B"]).unwrap();
        assert_eq!(app.list_entries(), 0, "a proposal is not in force");

        let own = leave(&app, "usr_one", Act::ListApprove);
        let refused = refusal(app.list_activate(&own, "national", &first, false));
        assert!(matches!(refused, ListRefusal::Pair(_)), "{refused}");
        assert_eq!(app.list_entries(), 0);

        let done = app.list_activate(&approver, "national", &first, false);
        assert_eq!(done.unwrap().diff.added.len(), 2);
        assert_eq!(app.list_entries(), 2);

        let second = propose(&app, "usr_one", &["A", "B", "C"]).unwrap();
        assert_eq!(app.list_entries(), 2, "the version in force stays");
        let done = app.list_activate(&approver, "national", &second, false);
        assert_eq!(done.unwrap().diff.added, ["C"]);
        assert_eq!(app.list_entries(), 3);

        let again = refusal(app.list_activate(&approver, "national", &second, false));
        assert!(matches!(again, ListRefusal::InForce { .. }), "{again}");
        let unknown = refusal(app.list_activate(&approver, "national", "none", false));
        assert!(
            matches!(unknown, ListRefusal::NoVersion { .. }),
            "{unknown}"
        );

        let shrunk = app.list_activate(&approver, "national", &first, false);
        assert!(matches!(shrunk, Err(AppError::ListShrank(_))));
        let back = app
            .list_activate(&approver, "national", &first, true)
            .unwrap();
        assert_eq!((back.entries, back.diff.removed.len()), (2, 1));
        drop(app);

        let app = open(&place, &keys);
        assert_eq!(app.list_entries(), 2, "in force after a start as well");
    }
}

/// What an import that ended half-way left behind is written over by the next.
#[test]
fn entries_that_no_version_was_entered_for_are_written_again() {
    for place in Place::each("half_way") {
        let keys = TempDir::new("list-half-way-keys");
        let app = open(&place, &keys);
        let version = propose(&app, "usr_one", &["A", "B"]).unwrap();
        // The same rows in another list have the same version.
        let left = app.store().write(|tx| {
            tx.housekeeping();
            tx.list_entries_put("other", &version, &[("A".to_owned(), "{".to_owned())])
        });
        left.unwrap();
        let text = "{\"id\":\"A\",\"names\":[\"Odran Kestrelman A\"]}\n\
                    {\"id\":\"B\",\"names\":[\"Odran Kestrelman B\"]}\n";
        let import = ListImport {
            id: "other",
            kind: ListKind::Terrorism,
            name: "Other list (invented)",
            owner: "Utopian Border Guard",
            legal_basis: "Border Act, section 7",
            format: &Format::Persons,
            bytes: text.as_bytes(),
            may_shrink: false,
        };
        let imported = app.list_import(&leave(&app, "usr_one", Act::ListImport), &import);
        assert_eq!(imported.unwrap().version, version);
        drop(app);
        assert_eq!(open(&place, &keys).list_entries(), 2);
    }
}

/// Several people put versions of one list in force at once: each is compared with what was in
/// force before it, and the log tells one chain.
#[test]
fn what_is_put_in_force_at_once_is_compared_with_what_was_before_it() {
    for place in Place::each("at_once") {
        let keys = TempDir::new("list-at-once-keys");
        let app = open(&place, &keys);
        let ids = ["A", "B", "C", "D", "E", "F"];
        let versions: Vec<String> = (3..=6)
            .map(|n| propose(&app, "usr_one", &ids[..n]).unwrap())
            .collect();
        let added: Vec<(usize, usize, usize)> = std::thread::scope(|scope| {
            let workers: Vec<_> = versions
                .iter()
                .map(|version| {
                    let (app, leave) = (&app, leave(&app, "usr_two", Act::ListApprove));
                    scope.spawn(move || {
                        let done = app
                            .list_activate(&leave, "national", version, true)
                            .unwrap();
                        (done.entries, done.counts.added, done.counts.removed)
                    })
                })
                .collect();
            let done = workers.into_iter().map(|worker| worker.join().unwrap());
            done.collect()
        });
        let (entries, came, went) = added.iter().fold((0, 0, 0), |sum, (_, came, went)| {
            (app.list_entries(), sum.1 + came, sum.2 + went)
        });
        assert_eq!(came - went, entries, "{added:?}");
    }
}

/// A flight of tomorrow with one person, who carries this document.
fn receive(app: &App, number: u32, document: &str) {
    let message = format!(
        "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+W{number}++APIS'\
         UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ{number:04}+++ZQ'LOC+125+LHR'DTM+189:2611231200:201'\
         LOC+87+UXA'DTM+232:2611231500:201'\
         NAD+FL+++UMBERWAY:BELISANE'ATT+2++F'DTM+329:880302'NAT+2+UTO'DOC+P:110:111+{document}'LOC+91+UTO'\
         CNT+42:1'UNT+12+1'UNZ+1+W{number}'"
    );
    let receipt = app.receive(message.as_bytes(), Channel("test".into()));
    assert_eq!(receipt.unwrap().count(Status::Accepted), 1);
}

fn documents(
    app: &App,
    who: &str,
    text: &str,
    at_once: bool,
    may_shrink: bool,
) -> Result<Imported, AppError> {
    let import = DocumentImport {
        id: "lost",
        kind: ListKind::Documents,
        name: "Lost and stolen (invented)",
        owner: "Utopian Passport Office",
        legal_basis: "Passport Act, section 3",
        mapping: &Mapping::plain(),
        open: &|| Ok(Box::new(text.as_bytes())),
        may_shrink,
    };
    let grant = leave(app, who, Act::ListImport);
    match at_once {
        true => app.document_list_import(&grant, &import),
        false => app.document_list_propose(&grant, &import),
    }
}

/// Entries of the hits that are still found.
fn found(app: &App) -> Vec<String> {
    while app.rescreen(4).unwrap().1 {}
    let places = app.store().read(|tx| tx.hit_places("piu")).unwrap();
    places.into_iter().map(|place| place.entry).collect()
}

/// R-WL-04, R-WL-01.
#[test]
fn a_listed_document_is_found_whenever_the_list_comes_and_withdrawn_when_it_goes() {
    const HEAD: &str = "document,document_issuer,document_kind\n";
    for place in Place::each("documents") {
        let keys = TempDir::new("list-documents-keys");
        let app = open(&place, &keys);
        receive(&app, 1, "X1234567");
        let text = format!("{HEAD}X 123-4567,UTO,P\nX1234567,DEU,P\nX1234567,UTO,P\nX77,,P\n");
        let brought = documents(&app, "usr_one", &text, false, false).unwrap();
        assert_eq!((brought.entries, brought.counts.rejected), (2, 1));
        assert!(found(&app).is_empty(), "a proposal is not in force");

        let approver = leave(&app, "usr_two", Act::ListApprove);
        app.list_activate(&approver, "lost", &brought.version, false)
            .unwrap();
        let hits = found(&app);
        assert!(hits.len() == 1 && hits[0].ends_with(".UTO.P"), "{hits:?}");
        assert!(
            !hits[0].contains("1234567"),
            "the name of an entry says no number"
        );
        receive(&app, 2, "X1234567");
        assert_eq!(found(&app).len(), 2, "in force for what comes after");
        drop(app);

        let app = open(&place, &keys);
        assert_eq!(app.list_entries(), 2, "in force after a start as well");
        let again = documents(&app, "usr_one", &text, true, false).unwrap();
        assert!(again.unchanged, "the same rows are the same version");

        let without = format!("{HEAD}X1234567,DEU,P\nK4401234,UTO,ID\n");
        let brought = documents(&app, "usr_one", &without, true, false).unwrap();
        let counts = (
            brought.counts.added,
            brought.counts.removed,
            brought.counts.unchanged,
        );
        assert_eq!(counts, (1, 1, 1));
        assert!(found(&app).is_empty(), "its entry went away");

        let shrunk = documents(
            &app,
            "usr_one",
            &format!("{HEAD}X1,UTO,P\nX1234567,UTO,P\n"),
            true,
            false,
        );
        assert!(matches!(shrunk, Err(AppError::ListShrank(_))));
        let refused = documents(&app, "usr_one", "number;state\nX1;UTO\n", true, false);
        assert!(matches!(refused, Err(AppError::Documents(_))));
        assert_eq!(app.list_entries(), 2, "what is refused changes nothing");

        app.list_rollback(&leave(&app, "usr_two", Act::ListApprove), "lost", false)
            .unwrap();
        assert_eq!(found(&app).len(), 2, "and back again");
    }
}

fn own<'a>(format: &'a Format, text: &'a str) -> ListImport<'a> {
    ListImport {
        id: "own",
        kind: ListKind::SeriousCrime,
        name: "Own list (invented)",
        owner: "Utopian Police",
        legal_basis: "Police Act, section 9",
        format,
        bytes: text.as_bytes(),
        may_shrink: true,
    }
}

/// Brings in a CSV list of persons and puts it in force.
fn persons(app: &App, text: &str) -> Imported {
    let csv = Format::Csv(Mapping::plain());
    app.list_import(&leave(app, "usr_one", Act::ListImport), &own(&csv, text))
        .unwrap()
}

/// R-WL-02.
#[test]
fn an_entry_counts_to_its_last_day_and_a_list_is_fresh_to_its_hour() {
    for place in Place::each("terms") {
        let keys = TempDir::new("list-terms-keys");
        let noon: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let second = Arc::new(AtomicI64::new(noon.as_second()));
        let hand = Arc::clone(&second);
        let clock = move || Timestamp::from_second(hand.load(Ordering::Relaxed)).unwrap();
        let app = open_at(&place, &keys, Arc::new(clock));
        receive(&app, 1, "X7654321");
        let text = "id,name,birth_date,expires,offence\n\
                    A,Belisane Umberway,1988-03-02,2026-11-22,annex-ii/4\n\
                    B,Belisane Umberway,1988-03-02,2026-11-23,\n\
                    C,Belisane Umberway,1988-03-02,,two words\n\
                    D,Belisane Umberway,1988-03-02,soon,\n\
                    A,Odran Pellow,,,\n";
        let brought = persons(&app, text);
        let counts = brought.counts;
        assert_eq!((counts.rows, counts.added, counts.rejected), (5, 3, 2));
        let taken = counts.added + counts.changed + counts.unchanged;
        assert_eq!(
            counts.rows,
            taken + counts.rejected + counts.not_persons + counts.joined
        );
        assert_eq!(found(&app), ["A", "B", "C"]);

        second.fetch_add(13 * 3600, Ordering::Relaxed);
        assert_eq!(
            found(&app),
            ["B", "C"],
            "the first one has ended at midnight"
        );
        drop(app);
        let hand = Arc::clone(&second);
        let clock = move || Timestamp::from_second(hand.load(Ordering::Relaxed)).unwrap();
        let app = open_at(&place, &keys, Arc::new(clock));
        assert_eq!(found(&app), ["B", "C"]);

        let officer = leave(&app, "usr_one", Act::ListImport);
        let fresh = ListTerms {
            fresh_hours: Some(24),
            offences: vec!["annex-ii/4".to_owned()],
            ..ListTerms::default()
        };
        app.list_terms(&officer, "own", &fresh).unwrap();
        assert!(app.lists_stale().unwrap().is_empty());
        second.fetch_add(11 * 3600, Ordering::Relaxed);
        assert_eq!(app.lists_stale().unwrap(), ["own"]);
        assert!(persons(&app, text).unchanged);
        assert!(
            app.lists_stale().unwrap().is_empty(),
            "brought in again, as it was"
        );

        let words = ListTerms {
            offences: vec!["two words".to_owned()],
            ..ListTerms::default()
        };
        let refused = refusal(app.list_terms(&officer, "own", &words));
        assert!(matches!(refused, ListRefusal::Offence));
        let unknown = refusal(app.list_terms(&officer, "none", &fresh));
        assert!(matches!(unknown, ListRefusal::NoList { .. }));
    }
}

/// R-WL-03: an entry without a day on which it is looked at again does not come in.
#[test]
fn an_entry_that_does_not_end_is_left_out_where_the_terms_ask_for_an_end() {
    for place in Place::each("ends") {
        let keys = TempDir::new("list-ends-keys");
        let app = open(&place, &keys);
        let endless = "id,name,expires\n\
                       A,Belisane Umberway,2027-11-22\n\
                       B,Odran Pellow,\n";
        assert_eq!(persons(&app, endless).counts.rejected, 0);
        let csv = Format::Csv(Mapping::plain());
        let more = [endless, "C,Odran Kestrelman,\n"].concat();
        let officer = leave(&app, "usr_one", Act::ListImport);
        let waiting = app.list_propose(&officer, &own(&csv, &more)).unwrap();

        let ends = ListTerms {
            entries_end: true,
            ..ListTerms::default()
        };
        app.list_terms(&officer, "own", &ends).unwrap();
        let approver = leave(&app, "usr_two", Act::ListApprove);
        let refused = refusal(app.list_activate(&approver, "own", &waiting.version, true));
        assert!(matches!(refused, ListRefusal::Endless { entries: 2, .. }));

        let checked = app
            .list_check(&officer, "own", &csv, endless.as_bytes())
            .unwrap();
        assert_eq!((checked.rejects[0].row, checked.rejects.len()), (3, 1));
        let brought = persons(&app, endless);
        let counts = brought.counts;
        assert_eq!(
            (brought.entries, counts.rejected, counts.removed),
            (1, 1, 1)
        );
        assert_eq!(
            counts.rows,
            counts.added + counts.changed + counts.unchanged + counts.rejected
        );
    }
}

/// R-SCO-05: what cites no offence is not put in force where the law asks for one.
#[test]
fn a_list_without_offences_waits_where_the_law_asks_for_them() {
    let keys = TempDir::new("list-cites-keys");
    let place = Place::folder("cites");
    let law = Profile::builtin_text("utopia").unwrap();
    let row = "\n[recipient]\n";
    let demand = "cites = { value = [\"serious_crime\"], clause = \"Annex II\", status = \"O\" }\n";
    let law = law.replacen(row, &[row, demand].concat(), 1);
    let clock = || Timestamp::from_second(SECOND.fetch_add(1, Ordering::Relaxed)).unwrap();
    let app = open_under(
        &place,
        &keys,
        Arc::new(clock),
        Profile::parse(&law).unwrap(),
    );
    let none = "id,name,offence\nA,Belisane Umberway,annex-ii/4\nB,Odran Pellow,\n";
    let officer = leave(&app, "usr_one", Act::ListImport);
    let csv = Format::Csv(Mapping::plain());
    let refused = refusal(app.list_import(&officer, &own(&csv, none)));
    assert!(matches!(refused, ListRefusal::NoOffence { entries: 1, .. }));
    assert_eq!(app.list_entries(), 0);

    let waiting = app.list_propose(&officer, &own(&csv, none)).unwrap();
    let approver = leave(&app, "usr_two", Act::ListApprove);
    let refused = refusal(app.list_activate(&approver, "own", &waiting.version, true));
    assert!(matches!(refused, ListRefusal::NoOffence { entries: 1, .. }));
    let cited = ListTerms {
        offences: vec!["annex-ii/7".to_owned()],
        ..ListTerms::default()
    };
    app.list_terms(&officer, "own", &cited).unwrap();
    app.list_activate(&approver, "own", &waiting.version, true)
        .unwrap();
    assert_eq!(app.list_entries(), 2);
    let refused = refusal(app.list_terms(&officer, "own", &ListTerms::default()));
    assert!(matches!(refused, ListRefusal::NoOffence { entries: 1, .. }));
}

/// R-SCO-05: where the law has a catalogue nothing else is cited; what is in force stays.
#[test]
fn offences_outside_the_catalogue_come_in_no_more() {
    let place = Place::folder("catalogue");
    let keys = TempDir::new("list-catalogue-keys");
    let officer = |app: &App| leave(app, "usr_one", Act::ListImport);
    let terms = |codes: &[&str]| ListTerms {
        offences: codes.iter().map(|&code| code.to_owned()).collect(),
        ..ListTerms::default()
    };
    let csv = Format::Csv(Mapping::plain());
    let text = "id,name,offence\n\
                A,Belisane Umberway,annex-ii/4\n\
                B,Odran Pellow,local-7\n\
                C,Wren Sable,terrorism;local-7\n\
                D,Odran Kestrelman,\n";
    let law = Profile::builtin_text("utopia").unwrap();
    let (before, rest) = law.split_once("[offences]\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let open_law = Profile::parse(&format!("{before}{after}")).unwrap();
    let clock = || Timestamp::from_second(SECOND.fetch_add(1, Ordering::Relaxed)).unwrap();

    let app = open_under(&place, &keys, Arc::new(clock), open_law);
    let waiting = app
        .list_propose(
            &officer(&app),
            &own(&csv, &text.replace("local-7", "local-8")),
        )
        .unwrap();
    let brought = persons(&app, text);
    assert_eq!((brought.entries, brought.counts.rejected), (4, 0));
    app.list_terms(&officer(&app), "own", &terms(&["local-7"]))
        .unwrap();

    let law = law.replacen("version = \"3\"", "version = \"4\"", 1);
    let legal = |who: &str, act| {
        let officer = Actor::new(who, &[Role::LegalOfficer]);
        app.authorize(&officer, act, None).unwrap()
    };
    let proposed = app.law_propose(&legal("usr_three", Act::ProfilePropose), &law);
    let digest = proposed.unwrap().profile.digest();
    let four = legal("usr_four", Act::ProfileActivate);
    app.law_activate(&four, "utopia", "4", &digest).unwrap();
    assert_eq!(app.list_entries(), 4, "what is in force stays");
    let checked = app
        .list_check(&officer(&app), "own", &csv, text.as_bytes())
        .unwrap();
    let rejects: Vec<_> = checked
        .rejects
        .iter()
        .map(|reject| (reject.row, reject.column.as_str(), reject.whole_row))
        .collect();
    assert_eq!(rejects, [(3, "offence", true), (4, "offence", true)]);
    let counts = checked.counts;
    assert_eq!((counts.rows, counts.rejected, counts.removed), (4, 2, 2));

    let refused = refusal(app.list_import(&officer(&app), &own(&csv, text)));
    let told = refused.to_string();
    assert!(
        told.contains("local-7") && told.contains("utopia/4"),
        "{told}"
    );
    let refused = refusal(app.list_terms(&officer(&app), "own", &terms(&["terrorism", "x"])));
    assert!(matches!(refused, ListRefusal::UnknownOffence { code, .. } if code == "x"));
    app.list_terms(&officer(&app), "own", &terms(&["terrorism"]))
        .unwrap();
    let approver = leave(&app, "usr_two", Act::ListApprove);
    let refused = refusal(app.list_activate(&approver, "own", &waiting.version, true));
    assert!(matches!(
        refused,
        ListRefusal::UnknownOffences { entries: 2, .. }
    ));
    assert_eq!(persons(&app, text).entries, 2);
}
