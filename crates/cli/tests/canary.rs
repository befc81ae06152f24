//! What the law forbids to keep is in no byte of the store, be it a folder or a database server, of
//! the audit export, of the outputs or of the log (R-ING-11, R-SEN-01).
//!
//! The traffic is invented by the simulator, seed 5. Some of its messages carry tokens that stand
//! nowhere else: in services that disclose belief or health, in remarks, in free text.

use oriel_testkit::{Cluster, TempDir, any_keys};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Receives a world with forbidden tokens into the store at `data` and looks for them in every file
/// below `kept`, which must hold text of what is allowed.
fn check(data: &str, kept: &Path) {
    let dir = TempDir::new("canary");
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    oriel(&[
        "simulate",
        "--seed",
        "5",
        "--travellers",
        "1000",
        "--out",
        &at("world"),
    ]);
    let canaries = canaries(Path::new(&at("world")));
    assert!(
        canaries.len() > 10,
        "only {} tokens to look for",
        canaries.len()
    );
    for (message, token) in &canaries {
        let sent = fs::read(dir.path().join("world/messages").join(message)).unwrap();
        assert!(holds(&sent, token), "{token} was never sent");
    }

    let mut said = oriel(&["ingest", &at("world/messages"), "--data", data]);
    said += &oriel(&["ingest", &at("world/messages"), "--data", data]);
    said += &oriel(&["audit", "export", "--data", data, "--out", &at("export")]);

    let mut files = contents(kept);
    assert!(
        files.iter().any(|(_, bytes)| holds(bytes, "PAXLST")),
        "nothing was kept"
    );
    files.extend(contents(Path::new(&at("export"))));
    for (_, token) in &canaries {
        assert!(!said.contains(token), "{token} was printed");
        // A server writes bytes into its log in hexadecimal.
        let hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
        for (file, bytes) in &files {
            let found = holds(bytes, token) || holds(bytes, &hex);
            assert!(!found, "{token} is in {}", file.display());
        }
    }
}

#[test]
fn forbidden_data_reaches_no_byte_that_stays() {
    let place = TempDir::new("canary");
    check(place.path().to_str().unwrap(), place.path());
}

/// Tables, write-ahead log, temporary files and a log in which the server writes down every
/// statement with its values.
#[test]
fn forbidden_data_reaches_no_byte_of_the_database_server() {
    let cluster = Cluster::start(&[
        "log_statement=all",
        "log_min_messages=debug1",
        "work_mem=64kB",
    ]);
    check(&cluster.database("canary").url(), cluster.dir());
    let log = fs::read(cluster.dir().join("log")).unwrap();
    assert!(
        holds(&log, "INSERT INTO message"),
        "the log shows statements"
    );
}

/// Runs a command with the fullest log; everything it printed.
#[track_caller]
fn oriel(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oriel"));
    let output = command
        .args(words)
        .env("ORIEL_KEYS", any_keys().file())
        .env("ORIEL_LOG", "trace")
        .output()
        .unwrap();
    let code = output.status.code();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(matches!(code, Some(0 | 7)), "{words:?}: {said}");
    said
}

/// Files and tokens of the answer key.
fn canaries(world: &Path) -> Vec<(String, String)> {
    let answers = fs::read_to_string(world.join("answers.jsonl")).unwrap();
    let answers = answers
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    answers
        .filter(|answer| answer["planted"] == "canary")
        .map(|answer| (word(&answer["message"]), word(&answer["token"])))
        .collect()
}

/// Every file below a folder; one that the server removes meanwhile is no byte that stays.
fn contents(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for path in fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if path.is_dir() {
            files.extend(contents(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            files.push((path, bytes));
        }
    }
    files
}

/// Whether the bytes hold a text.
fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}
