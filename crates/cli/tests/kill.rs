//! Killed at any moment and run again, `oriel ingest` ends in the state of an undisturbed run.
//!
//! The traffic is invented by the simulator, seed 7, with its faults, repeats and planted persons.

use oriel_testkit::{TempDir, kill_randomly};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How often a run is killed while it is going.
const KILLS: u32 = 20;

fn oriel(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oriel"));
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

/// A store with the world's lists and no message yet.
fn store_with_lists(data: &Path, world: &Path) {
    for (id, file) in [("un", "un.xml"), ("national", "national.csv")] {
        let file = world.join("lists").join(file);
        let words = [
            "list",
            "import",
            text(&file),
            "--data",
            text(data),
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

fn ingest<'a>(messages: &'a Path, data: &'a Path) -> [&'a str; 8] {
    [
        "ingest",
        text(messages),
        "--data",
        text(data),
        "--at",
        "2026-11-22T06:00:00Z",
        "--format",
        "json",
    ]
}

/// What is compared: figures and the digest of the state. How many events the log holds depends on
/// which messages shared a transaction: two travellers who turn out to be one are joined only
/// where both had been written.
fn state(data: &Path) -> serde_json::Value {
    let words = [
        "stats",
        "--data",
        text(data),
        "--digest",
        "--format",
        "json",
    ];
    let mut state: serde_json::Value = serde_json::from_str(&run(&words, &[0])).unwrap();
    state.as_object_mut().unwrap().remove("audit_events");
    state
}

fn copy_store(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::copy(from.join("oriel.db"), to.join("oriel.db")).unwrap();
}

#[test]
fn a_killed_ingest_run_again_ends_like_an_undisturbed_one() {
    let dir = TempDir::new("kill");
    let world = dir.path().join("world");
    run(
        &[
            "simulate",
            "--seed",
            "7",
            "--travellers",
            "300",
            "--out",
            text(&world),
        ],
        &[0],
    );
    let messages = world.join("messages");
    let empty = dir.path().join("empty");
    store_with_lists(&empty, &world);

    let calm = dir.path().join("calm");
    copy_store(&empty, &calm);
    let start = Instant::now();
    run(&ingest(&messages, &calm), &[0, 7]);
    let longest = start.elapsed().min(Duration::from_secs(60));
    let expected = state(&calm);
    assert_ne!(
        expected["hits"], 0,
        "a run without hits shows little: {expected}"
    );

    let (mut killed, mut round) = (0, 0);
    while killed < KILLS {
        round += 1;
        assert!(
            round <= 4 * KILLS,
            "only {killed} of {round} runs were still going when killed"
        );
        let data = dir.path().join(format!("round-{round}"));
        copy_store(&empty, &data);
        let was_going = kill_randomly(u64::from(round), 1, longest, || {
            oriel(&ingest(&messages, &data))
        });
        if was_going == 0 {
            continue;
        }
        killed += was_going;
        run(&ingest(&messages, &data), &[0, 7]);
        assert_eq!(state(&data), expected, "round {round}");
        run(&["audit", "verify", "--data", text(&data)], &[0]);
    }
}

#[test]
fn the_same_files_again_change_nothing() {
    let dir = TempDir::new("twice");
    let world = dir.path().join("world");
    run(
        &[
            "simulate",
            "--seed",
            "8",
            "--travellers",
            "200",
            "--out",
            text(&world),
        ],
        &[0],
    );
    let messages = world.join("messages");
    let data = dir.path().join("data");
    store_with_lists(&data, &world);
    run(&ingest(&messages, &data), &[0, 7]);
    let first = state(&data);
    let again: serde_json::Value =
        serde_json::from_str(&run(&ingest(&messages, &data), &[0, 7])).unwrap();
    assert_eq!(again["accepted"], 0);
    assert!(again["duplicates"].as_u64().unwrap() > 0);
    assert_eq!(state(&data), first);
}
