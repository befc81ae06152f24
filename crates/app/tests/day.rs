//! A small invented day through the whole pipeline: order, repetition and packing do not show;
//! lists that change find people again; what policy forbids is nowhere.
//!
//! The traffic is the simulator's, seed 3.

use jiff::Timestamp;
use oriel_app::{App, AppError, Channel, Compartment, ListImport, Setup, Status};
use oriel_policy::audit::Verifier;
use oriel_policy::{Act, Actor, CheckMode, ListKind, PIU, Profile, Purpose, Role};
use oriel_screening::Weights;
use oriel_screening::lists::{Format, Mapping};
use oriel_store::{HitPlace, JourneyRow, Store};
use oriel_synth::{Config, World};
use oriel_testkit::{Place, any_keys};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Before the first departure, so that no journey has ended.
fn now() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

fn open(place: &Place) -> App {
    App::open(Setup {
        store: Store::create(&place.name(), any_keys()).unwrap(),
        compartments: Compartment::only(Profile::builtin("utopia").unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(now),
        threads: 2,
    })
    .unwrap()
}

fn world() -> World {
    World::new(Config {
        seed: 3,
        travellers: 150,
        ..Config::default()
    })
}

fn officer(app: &App) -> oriel_policy::Grant {
    app.authorize(
        &Actor::new("officer", &[Role::ListOfficer]),
        Act::ListImport,
        None,
    )
    .unwrap()
}

fn import(
    app: &App,
    id: &str,
    format: &Format,
    bytes: &[u8],
) -> Result<oriel_app::Imported, AppError> {
    let import = ListImport {
        id,
        kind: ListKind::Terrorism,
        name: id,
        owner: "test",
        legal_basis: "test",
        format,
        bytes,
        may_shrink: false,
    };
    app.list_import(&officer(app), &import)
}

fn import_all(app: &App, world: &World) {
    for (path, bytes) in world.lists() {
        let (id, format) = match path.as_str() {
            "lists/un.xml" => ("un", Format::Un),
            _ => ("national", Format::Csv(Mapping::plain())),
        };
        import(app, id, &format, &bytes).unwrap();
    }
}

fn receive(app: &App, bytes: &[u8]) -> oriel_app::Receipt {
    app.receive(bytes, Channel("test".into())).unwrap()
}

fn rescreen(app: &App) {
    while app.rescreen(8).unwrap().1 {}
}

fn digest(app: &App) -> [u8; 32] {
    app.store().read(|tx| tx.state_digest()).unwrap()
}

/// A shuffle by a seed: sorts by a mixed number.
fn shuffled<T>(items: Vec<T>, seed: u64) -> Vec<T> {
    let mut keyed: Vec<(u64, T)> = (0u64..)
        .zip(items)
        .map(|(i, item)| {
            let mixed = (i + 1)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ seed)
                .rotate_left(29);
            (mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9), item)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, item)| item).collect()
}

#[test]
fn order_repetition_and_packing_do_not_show() {
    let world = world();
    let files: Vec<Vec<u8>> = world.transmissions().map(|t| t.bytes).collect();
    let run_at = |place: Place, files: &[Vec<u8>]| {
        let app = open(&place);
        import_all(&app, &world);
        for bytes in files {
            receive(&app, bytes);
        }
        digest(&app)
    };
    let run = |files: &[Vec<u8>]| run_at(Place::folder("day"), files);
    let calm = run(&files);
    for seed in 1..=2 {
        let mut twice = files.clone();
        twice.extend(files.clone());
        assert_eq!(
            run(&shuffled(twice, seed)),
            calm,
            "shuffled by {seed}, everything twice"
        );
    }
    // What a commit leaves at hand for the next one is gone with each start.
    let place = Place::folder("day");
    let mut app = open(&place);
    import_all(&app, &world);
    for (at, bytes) in (1..).zip(&files) {
        receive(&app, bytes);
        if at % 8 == 0 {
            drop(app);
            app = open(&place);
        }
    }
    assert_eq!(
        digest(&app),
        calm,
        "with a start after every eighth message"
    );
    drop(app);
    // Packed: whole interchanges, five to a file.
    let whole = |bytes: &&Vec<u8>| bytes.windows(4).any(|w| w == b"UNZ+");
    let (whole, cut): (Vec<_>, Vec<_>) = files.iter().partition(whole);
    let mut packed: Vec<Vec<u8>> = whole
        .chunks(5)
        .map(|files| files.iter().flat_map(|f| f.iter().copied()).collect())
        .collect();
    packed.extend(cut.into_iter().cloned());
    assert_eq!(run(&packed), calm, "packed");
    let server = run_at(Place::server("day"), &shuffled(packed, 3));
    assert_eq!(server, calm, "packed and shuffled, on the other database");
}

#[test]
fn two_nodes_on_one_database_come_to_the_state_of_one_alone() {
    let world = world();
    let files: Vec<Vec<u8>> = world.transmissions().map(|t| t.bytes).collect();
    let place = Place::folder("alone");
    let alone = open(&place);
    import_all(&alone, &world);
    for bytes in &files {
        receive(&alone, bytes);
    }
    let counted = |app: &App| {
        let stats = app.store().read(|tx| tx.stats()).unwrap();
        assert!(stats.hits > 0);
        (stats.accepted, stats.refused, stats.hits, stats.travellers)
    };

    let place = Place::server("nodes");
    let nodes = [open(&place), open(&place)];
    // The second node is told of the lists by nobody.
    import_all(&nodes[0], &world);
    let accepted: usize = std::thread::scope(|scope| {
        let busy: Vec<_> = (1..)
            .zip(&nodes)
            .map(|(seed, node)| {
                let files = shuffled([files.clone(), files.clone()].concat(), seed);
                scope.spawn(move || {
                    let count = |bytes: &Vec<u8>| receive(node, bytes).count(Status::Accepted);
                    files.iter().map(count).sum::<usize>()
                })
            })
            .collect();
        busy.into_iter().map(|node| node.join().unwrap()).sum()
    });
    for node in &nodes {
        assert_eq!(counted(node), counted(&alone));
        assert_eq!(digest(node), digest(&alone));
    }
    // Each message was taken by one of them, and each event is in the one chain.
    assert_eq!(accepted as i64, counted(&alone).0);
    let mut verifier = Verifier::new(&[], None, []).unwrap();
    let mut accepts = 0;
    nodes[0]
        .store()
        .read(|tx| {
            tx.audit_each(1, |entry| {
                verifier.check(entry).unwrap();
                accepts += usize::from(entry.record.act == "message.accept");
                Ok::<_, AppError>(())
            })
        })
        .unwrap();
    assert_eq!(accepts, accepted);
    let held = verifier.finish().unwrap();
    let head = nodes[1].store().read(|tx| tx.audit_head()).unwrap();
    assert_eq!((held.last, held.head), head);
}

#[test]
fn lists_after_messages_find_what_lists_before_messages_find() {
    let world = world();
    let before = Place::folder("before");
    let app = open(&before);
    import_all(&app, &world);
    for t in world.transmissions() {
        receive(&app, &t.bytes);
    }
    let expected = digest(&app);
    assert!(app.store().read(|tx| tx.stats()).unwrap().hits > 0);

    let after = Place::server("after");
    let app = open(&after);
    for t in world.transmissions() {
        receive(&app, &t.bytes);
    }
    assert_eq!(app.store().read(|tx| tx.stats()).unwrap().hits, 0);
    import_all(&app, &world);
    let entries = app.list_entries();
    rescreen(&app);
    assert_eq!(digest(&app), expected);

    // And a program that starts again on the same store holds the same lists.
    drop(app);
    let app = open(&after);
    assert_eq!(app.list_entries(), entries);
    rescreen(&app);
    assert_eq!(digest(&app), expected);
}

#[test]
fn an_entry_that_goes_away_takes_its_hits_along_and_no_more() {
    for place in Place::each("withdraw") {
        let app = open(&place);
        let world = world();
        import_all(&app, &world);
        for t in world.transmissions() {
            receive(&app, &t.bytes);
        }
        let of = |(row, hit): (JourneyRow, HitPlace)| (row.id, row.screened, hit);
        let found = || -> Vec<_> { app.hit_places(PIU).unwrap().into_iter().map(of).collect() };
        let places = found();
        let hits = places
            .iter()
            .filter(|(_, _, hit)| hit.list == "national")
            .count();
        assert!(hits > 1);
        let gone = &places
            .iter()
            .find(|(_, _, hit)| hit.list == "national")
            .unwrap()
            .2
            .entry;
        let going = places
            .iter()
            .filter(|(_, _, h)| h.list == "national" && h.entry == *gone)
            .count();

        let (_, csv) = world
            .lists()
            .into_iter()
            .find(|(path, _)| path.ends_with(".csv"))
            .unwrap();
        let text = String::from_utf8(csv).unwrap();
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with(&format!("{gone},")))
            .collect();
        assert_eq!(kept.len(), text.lines().count() - 1);
        let plain = Format::Csv(Mapping::plain());
        let imported = import(&app, "national", &plain, kept.join("\n").as_bytes()).unwrap();
        assert_eq!(
            (imported.diff.removed.len(), imported.diff.added.len()),
            (1, 0)
        );
        rescreen(&app);
        let left = found();
        assert_eq!(left.len(), places.len() - going);
        assert!(
            left.iter()
                .all(|(_, _, hit)| hit.list != "national" || hit.entry != *gone)
        );

        // The entry comes back, and so do its hits.
        import(&app, "national", &plain, text.as_bytes()).unwrap();
        rescreen(&app);
        assert_eq!(found(), places);
    }
}

#[test]
fn a_list_that_shrank_or_cannot_be_read_changes_nothing() {
    let place = Place::folder("shrink");
    let app = open(&place);
    import_all(&app, &world());
    let entries = app.list_entries();
    let plain = Format::Csv(Mapping::plain());
    for (bytes, says) in [
        (
            "id,name\nN-1,EXEMPLE JEAN\n",
            "to 1 entries, by more than 20 %",
        ),
        ("id,name\n", "holds no entry that can be used"),
        ("id,name,shoe size\nN-1,EXEMPLE JEAN,43\n", "list not taken"),
    ] {
        let error = import(&app, "national", &plain, bytes.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(says), "{says}: {error}");
    }
    assert_eq!(app.list_entries(), entries);
    let none = import(
        &app,
        "national",
        &Format::Un,
        b"<CONSOLIDATED_LIST><INDIVIDUALS>",
    )
    .unwrap_err();
    assert!(matches!(none, AppError::List(_)), "{none}");
}

#[test]
fn a_refused_message_leaves_its_digest_and_reasons_only() {
    let place = Place::folder("refused");
    let app = open(&place);
    for bytes in [
        &b"GET / HTTP/1.1"[..],
        b"",
        b"UNB+UNOA:4+ZQ+XO+261122:0712+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'NAD+FL+++CANARYNAME:JA",
    ] {
        let receipt = receive(&app, bytes);
        assert_eq!(receipt.count(Status::Refused), 1, "{receipt:?}");
        assert!(!receipt.messages[0].findings.is_empty());
        assert_eq!(receive(&app, bytes).count(Status::Refused), 1);
    }
    let stats = app.store().read(|tx| tx.stats()).unwrap();
    assert_eq!((stats.accepted, stats.refused, stats.events), (0, 3, 4));
    drop(app);
    for (_, bytes) in files(Path::new(&place.name())) {
        assert!(!bytes.windows(10).any(|w| w == b"CANARYNAME"));
    }
}

/// Every file below a folder, with what is in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

/// Names, document numbers and contacts that the transmissions carry, of six letters or more: what
/// a shorter one is found in by chance.
fn values(transmissions: &[Vec<u8>]) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    let mut add = |text: &str| {
        if text.len() >= 6 {
            values.insert(text.to_owned());
        }
    };
    let messages = transmissions
        .iter()
        .flat_map(|bytes| oriel_messages::decode(bytes))
        .filter_map(|decoded| decoded.message);
    for message in messages {
        for t in &message.travellers {
            let name = [&t.name.surname, &t.name.given];
            name.into_iter().flatten().for_each(|v| add(v.expose()));
            let numbers = t.documents.iter().filter_map(|d| d.number.as_ref());
            numbers.for_each(|v| add(v.expose()));
        }
        for contact in message.bookings.iter().flat_map(|b| &b.contacts) {
            add(contact.value.expose());
        }
    }
    values
}

#[test]
fn a_stolen_database_says_nothing_about_anybody() {
    let world = world();
    let place = Place::folder("dump");
    let app = open(&place);
    import_all(&app, &world);
    let sent: Vec<Vec<u8>> = world.transmissions().map(|t| t.bytes).collect();
    for bytes in &sent {
        receive(&app, bytes);
    }
    let values = values(&sent);
    assert!(values.len() > 200, "{} values to look for", values.len());
    // While the system runs, write-ahead log included.
    for (path, bytes) in files(Path::new(&place.name())) {
        let upper = bytes.to_ascii_uppercase();
        for value in &values {
            let found = memchr::memmem::find(&upper, value.to_ascii_uppercase().as_bytes());
            assert!(found.is_none(), "{value} in {}", path.display());
        }
    }
}

#[test]
fn what_the_profile_forbids_is_in_no_byte_of_the_store() {
    let world = world();
    let place = Place::folder("canary");
    let app = open(&place);
    import_all(&app, &world);
    let mut tokens: Vec<String> = Vec::new();
    for line in world.answers() {
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        if line["planted"] == "canary" {
            tokens.push(line["token"].as_str().unwrap().to_owned());
        }
    }
    assert!(tokens.len() > 3, "the world plants forbidden data");
    for t in world.transmissions() {
        receive(&app, &t.bytes);
    }
    // While the system runs, write-ahead log included.
    for (path, bytes) in files(Path::new(&place.name())) {
        for token in &tokens {
            let found = memchr::memmem::find(&bytes, token.as_bytes());
            assert!(found.is_none(), "{token} in {}", path.display());
        }
    }
}

#[test]
fn reading_leaves_an_event_and_no_purpose_no_data() {
    let world = world();
    let place = Place::folder("read");
    let app = open(&place);
    import_all(&app, &world);
    for t in world.transmissions() {
        receive(&app, &t.bytes);
    }
    let analyst = Actor::new("usr_1", &[Role::Analyst]);
    let events = || app.store().read(|tx| tx.audit_head()).unwrap().0;
    let before = events();
    assert!(matches!(
        app.authorize(&analyst, Act::QueueRead, None),
        Err(AppError::Denied(_))
    ));
    assert_eq!(events(), before + 1, "the denial");
    let purpose = Purpose::parse("assessment=queue").unwrap();
    let grant = |act| app.authorize(&analyst, act, Some(&purpose)).unwrap();
    let queue = app.queue(&grant(Act::QueueRead)).unwrap();
    assert_eq!(events(), before + 2, "the queue");
    assert!(queue.windows(2).all(|pair| pair[0].rank <= pair[1].rank));
    let first = &queue[0];
    let case = app.case(&grant(Act::CaseRead), first.case.case.id).unwrap();
    assert_eq!(events(), before + 3, "the case");
    assert!(!case.hits.is_empty());
    assert!(
        case.hits
            .iter()
            .all(|hit| hit.entry.is_some() && hit.list.is_some())
    );
    let flight = app
        .manifest(&grant(Act::ManifestRead), first.journey.id)
        .unwrap();
    assert_eq!(flight.ids.len(), flight.journey.people.len());
    assert_eq!(events(), before + 4, "the manifest");
    let message = flight.flight.messages[0].id();
    app.message(&grant(Act::MessageRead), message).unwrap();
    assert_eq!(events(), before + 5, "the message");
    // A grant for one act opens nothing else, and leaves no event of reading.
    assert!(
        app.case(&grant(Act::QueueRead), first.case.case.id)
            .is_err()
    );
    assert_eq!(events(), before + 5);
}

#[test]
fn a_decision_needs_a_second_person_and_closes_the_case() {
    for place in Place::each("decide") {
        use oriel_casework::{ReviewState, Verdict};
        let world = world();
        let app = open(&place);
        import_all(&app, &world);
        for t in world.transmissions() {
            receive(&app, &t.bytes);
        }
        let purpose = Purpose::parse("assessment=queue").unwrap();
        let grant = |who: &str, act| {
            app.authorize(&Actor::new(who, &[Role::Analyst]), act, Some(&purpose))
                .unwrap()
        };
        let queue = app.queue(&grant("a", Act::QueueRead)).unwrap();
        let case = queue
            .iter()
            .find(|item| item.hits == 1)
            .unwrap()
            .case
            .case
            .id;
        app.case_claim(&grant("a", Act::CaseClaim), case, None)
            .unwrap();
        assert!(
            app.case_claim(&grant("b", Act::CaseClaim), case, None)
                .is_err()
        );
        let hit = |who: &str| {
            let view = app.case(&grant(who, Act::CaseRead), case).unwrap();
            (view.hits[0].row.hit.id, view.hits[0].row.version)
        };
        let decide = |who: &str, version, verdict, reason: &str| {
            let grant = grant(who, Act::HitDecide);
            app.hit_decide(
                &grant,
                case,
                hit(who).0,
                version,
                verdict,
                &[reason.into()],
                "",
            )
        };
        let (_, version) = hit("a");
        let review = decide("a", version, Verdict::Same, "S2").unwrap();
        assert_eq!(review.state(), ReviewState::SecondWanted);
        assert!(
            decide("b", version, Verdict::Same, "S2").is_err(),
            "the version that was seen has gone"
        );
        let version = hit("a").1;
        assert!(
            decide("a", version, Verdict::Same, "S2").is_err(),
            "the first is not the second"
        );
        let review = decide("b", version, Verdict::Same, "S1").unwrap();
        assert_eq!(review.state(), ReviewState::Closed);
        let after = app.queue(&grant("a", Act::QueueRead)).unwrap();
        assert!(after.iter().all(|item| item.case.case.id != case));
        assert_eq!(app.store().read(|tx| tx.stats()).unwrap().decisions, 1);
        // Every message again: the decision stands.
        for t in world.transmissions() {
            receive(&app, &t.bytes);
        }
        assert_eq!(
            app.queue(&grant("a", Act::QueueRead)).unwrap().len(),
            after.len()
        );
    }
}
