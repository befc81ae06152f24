//! Killed at any moment and run again, `oriel ingest` ends in the state of an undisturbed run, and
//! so it does when the database server crashes under it.
//!
//! The traffic is invented by the simulator, seed 7, with its faults, repeats and planted persons.

use oriel_testkit::{Cluster, Peer, Place, TempDir, any_keys, kill_randomly};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How often a run is killed while it is going.
const KILLS: u32 = 20;

/// The same on a server, where the copies take longer.
const KILLS_ON_SERVER: u32 = 8;

fn oriel(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oriel"));
    // One key store for all copies of a store.
    command.env("ORIEL_KEYS", any_keys().file());
    command.args(words);
    command
}

/// Runs a command to its end; its standard output.
#[track_caller]
fn run(words: &[&str], may_exit: &[i32]) -> String {
    let output = oriel(words).output().unwrap();
    let code = output.status.code().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        may_exit.contains(&code),
        "{words:?} ended with {code}: {errors}"
    );
    String::from_utf8(output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// An invented world in a folder of its own.
fn world(seed: &str, travellers: &str) -> (TempDir, PathBuf) {
    let dir = TempDir::new("world");
    let world = dir.path().join("world");
    let words = ["simulate", "--seed", seed, "--travellers", travellers];
    run(&[&words[..], &["--out", text(&world)]].concat(), &[0]);
    (dir, world)
}

/// Puts the world's lists into a store with no message yet.
fn import_lists(data: &str, world: &Path) {
    for (id, file) in [("un", "un.xml"), ("national", "national.csv")] {
        let file = world.join("lists").join(file);
        let words = [
            "list",
            "import",
            "--kind",
            "terrorism",
            text(&file),
            "--data",
            data,
            "--id",
            id,
            "--name",
            id,
            "--owner",
            "test",
            "--legal-basis",
            "test",
        ];
        run(&words, &[0, 7]);
    }
}

fn ingest<'a>(messages: &'a Path, data: &'a str) -> [&'a str; 8] {
    [
        "ingest",
        text(messages),
        "--data",
        data,
        "--at",
        "2026-11-22T06:00:00Z",
        "--format",
        "json",
    ]
}

/// What is compared: figures and the digest of the state. How many events the log holds depends on
/// which messages shared a transaction: two travellers who turn out to be one are joined only
/// where both had been written.
fn state(data: &str) -> serde_json::Value {
    let words = ["stats", "--data", data, "--digest", "--format", "json"];
    let mut state: serde_json::Value = serde_json::from_str(&run(&words, &[0])).unwrap();
    state.as_object_mut().unwrap().remove("audit_events");
    state
}

/// Kills `kills` runs that begin on a copy of `empty`, each time goes on, and compares.
fn check(empty: &Place, kills: u32) {
    let (_dir, world) = world("7", "300");
    let messages = world.join("messages");
    import_lists(&empty.name(), &world);

    let calm = empty.copy("calm");
    let start = Instant::now();
    run(&ingest(&messages, &calm.name()), &[0, 7]);
    let longest = start.elapsed().min(Duration::from_secs(60));
    let expected = state(&calm.name());
    assert_ne!(
        expected["hits"], 0,
        "a run without hits shows little: {expected}"
    );

    let (mut killed, mut round) = (0, 0);
    while killed < kills {
        round += 1;
        assert!(
            round <= 4 * kills,
            "only {killed} of {round} runs were still going when killed"
        );
        let place = empty.copy("round");
        let data = place.name();
        let was_going = kill_randomly(u64::from(round), 1, longest, || {
            oriel(&ingest(&messages, &data))
        });
        if was_going == 0 {
            continue;
        }
        killed += was_going;
        run(&ingest(&messages, &data), &[0, 7]);
        assert_eq!(state(&data), expected, "round {round}");
        run(&["audit", "verify", "--data", &data], &[0]);
    }
}

#[test]
fn a_killed_ingest_run_again_ends_like_an_undisturbed_one() {
    check(&Place::folder("kill"), KILLS);
}

#[test]
fn a_killed_ingest_on_a_server_run_again_ends_like_an_undisturbed_one() {
    check(&Place::server("kill"), KILLS_ON_SERVER);
}

#[test]
fn a_server_that_crashes_under_an_ingest_has_what_it_acknowledged() {
    let (_dir, world) = world("7", "300");
    let messages = world.join("messages");
    let cluster = Cluster::start(&[]);
    let empty = cluster.database("crash");
    import_lists(&empty.url(), &world);
    let calm = empty.copy("calm").url();
    let start = Instant::now();
    run(&ingest(&messages, &calm), &[0, 7]);
    let took = start.elapsed();
    let expected = state(&calm);
    for share in [0.3, 0.6, 0.9] {
        let data = empty.copy("round").url();
        let mut going = Peer::start(&mut oriel(&ingest(&messages, &data)));
        std::thread::sleep(took.mul_f64(share));
        cluster.crash();
        let status = going.ended_within(Duration::from_secs(60));
        let code = status.expect("it ends by itself").code();
        assert!(matches!(code, Some(0 | 7 | 8)), "{code:?}");
        cluster.go_on();
        run(&ingest(&messages, &data), &[0, 7]);
        assert_eq!(state(&data), expected, "after {share} of the time");
        run(&["audit", "verify", "--data", &data], &[0]);
    }
}

#[test]
fn the_same_files_again_change_nothing() {
    let (_dir, world) = world("8", "200");
    let messages = world.join("messages");
    for place in Place::each("twice") {
        let data = place.name();
        import_lists(&data, &world);
        run(&ingest(&messages, &data), &[0, 7]);
        let first = state(&data);
        let again: serde_json::Value =
            serde_json::from_str(&run(&ingest(&messages, &data), &[0, 7])).unwrap();
        assert_eq!(again["accepted"], 0);
        assert!(again["duplicates"].as_u64().unwrap() > 0);
        assert_eq!(state(&data), first);
    }
}
