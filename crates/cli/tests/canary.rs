//! What the law forbids to keep is in no byte of the store, of the audit export, of the outputs or
//! of the log (R-ING-11, R-SEN-01).
//!
//! The traffic is invented by the simulator, seed 5. Some of its messages carry tokens that stand
//! nowhere else: in services that disclose belief or health, in remarks, in free text.

use oriel_testkit::TempDir;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn forbidden_data_reaches_no_byte_that_stays() {
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
        let sent = text(&dir.path().join("world/messages").join(message));
        assert!(sent.contains(token), "{token} was never sent");
    }

    let said = oriel(&["ingest", &at("world/messages"), "--data", &at("store")]);
    oriel(&[
        "audit",
        "export",
        "--data",
        &at("store"),
        "--out",
        &at("export"),
    ]);

    let mut kept = contents(Path::new(&at("store")));
    assert!(
        kept.iter().any(|(_, text)| text.contains("PAXLST")),
        "nothing was kept"
    );
    kept.extend(contents(Path::new(&at("export"))));
    for (_, token) in &canaries {
        assert!(!said.contains(token), "{token} was printed");
        for (file, text) in &kept {
            assert!(!text.contains(token), "{token} is in {}", file.display());
        }
    }
}

/// Runs a command with the fullest log; everything it printed.
#[track_caller]
fn oriel(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oriel"));
    let output = command
        .args(words)
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

/// Every file of a folder.
fn contents(dir: &Path) -> Vec<(PathBuf, String)> {
    let paths = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), text(&path)))
        .collect()
}

/// The bytes of a file; those that are no text become something else, which tokens never hold.
fn text(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()
}
