//! `oriel carrier` as a program: enrolled, known by a key, certified by files, live (R-CAR-01).
//!
//! Everything in it is invented.

use oriel_store::Store;
use oriel_testkit::{TempDir, any_keys};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g";

/// Runs it in a folder; gives what it printed, read as JSON where it is.
#[track_caller]
fn oriel(dir: &Path, words: &[&str], code: i32) -> (Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_oriel"))
        .env("ORIEL_KEYS", any_keys().file())
        .env("ORIEL_DEMO", "true")
        .current_dir(dir)
        .args(words)
        .args(["--data", "store"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (json, said)
}

/// A push of bookings of ZQ417, with this function.
fn push(function: &str, bookings: u32) -> String {
    let booking = |n: u32| format!("SRC'RCI+ZQ:K7Q2L{n}'TIF+EXEMPLE+JEAN:A:1'");
    let all: String = (1..=bookings).map(booking).collect();
    let segments = 6 + 3 * bookings;
    format!(
        "UNB+IATA:1+ZQ+UTO+261122:0914+P1'UNH+1+PNRGOV:11:1:IA'MSG+:{function}'ORG+ZQ:UXA'\
         TVL+231126:1200:231126:1500+UXA+LHR+ZQ+417'EQN+{bookings}'{all}UNT+{segments}+1'UNZ+1+P1'"
    )
}

#[test]
fn a_carrier_is_enrolled_known_certified_and_live() {
    let dir = TempDir::new("carrier");
    let at = dir.path();
    let store = at.join("store");
    drop(Store::create(store.to_str().unwrap(), any_keys()).unwrap());
    fs::write(at.join("zq.pub"), format!("{KEY} tessa@laptop\n")).unwrap();
    let who = r#"[{"role": "technician", "name": "Tessa Technisch", "phone": "+00 1"}]"#;
    fs::write(at.join("who.json"), who).unwrap();
    fs::write(at.join("push"), push("22", 2)).unwrap();
    fs::write(at.join("other"), push("141", 1).replace("ZQ+417", "X9+417")).unwrap();
    fs::write(at.join("update"), push("141", 1)).unwrap();
    fs::write(at.join("cut"), &push("22", 2)[..150]).unwrap();

    let enrol = [
        "carrier",
        "enrol",
        "zq",
        "--name",
        "Zephyr Quest",
        "--operates",
        "ZQ",
    ];
    let more = ["--format", "pnrgov", "--contacts", "who.json"];
    oriel(at, &[&enrol[..], &more].concat(), 0);
    let (_, said) = oriel(at, &[&enrol[..], &more].concat(), 5);
    assert!(said.contains("enrolled as \"zq\" already"), "{said}");
    oriel(
        at,
        &["carrier", "channel", "add", "zq", "ssh-key", "@zq.pub"],
        0,
    );
    let (_, said) = oriel(
        at,
        &["carrier", "channel", "add", "zq", "telepathy", "x"],
        2,
    );
    assert!(said.contains("ssh-key"), "{said}");

    let certify = |files: &[&str], code| {
        let words = [&["carrier", "certify", "zq", "--format", "json"], files].concat();
        oriel(at, &words, code).0
    };
    let state = |run: &Value, name: &str| {
        let cases = run["cases"].as_array().unwrap().iter();
        let case = cases.clone().find(|case| case["case"] == name).unwrap();
        case.clone()
    };
    let run = certify(&["push", "other"], 1);
    assert_eq!(state(&run, "pnrgov-push")["state"], "passed");
    assert_eq!(state(&run, "broken")["state"], "waits");
    let failed = state(&run, "pnrgov-update");
    assert_eq!(failed["state"], "failed");
    let findings = failed["findings"].as_array().unwrap();
    let strange = findings
        .iter()
        .find(|finding| finding["code"] == "RCV-0004")
        .unwrap();
    assert!(
        strange["advice"]
            .as_str()
            .unwrap()
            .contains("flights that you fly")
    );
    assert!(strange["bytes"].is_array());
    let live = ["carrier", "status", "zq", "live"];
    let (_, said) = oriel(at, &live, 5);
    assert!(said.contains("say why"), "{said}");
    assert!(certify(&["update", "cut"], 0)["passed_at"].is_string());
    oriel(at, &live, 0);

    let (shown, _) = oriel(at, &["carrier", "show", "zq", "--format", "json"], 0);
    assert_eq!(
        (&shown["status"], &shown["version"]),
        (&"live".into(), &2.into())
    );
    assert_eq!(
        shown["channels"][0]["value"], KEY,
        "whose key it is was not kept"
    );
    let channel = shown["channels"][0]["id"].as_str().unwrap();
    oriel(at, &["carrier", "channel", "end", "zq", channel], 0);
    let (shown, _) = oriel(at, &["carrier", "show", "zq", "--format", "json"], 0);
    assert_eq!(shown["channels"][0]["holds"], false);
    assert!(!shown.to_string().contains("Tessa"));
    let (stats, _) = oriel(at, &["stats", "--format", "json"], 0);
    assert_eq!(stats["messages"], 0, "nothing of it was kept: {stats}");
}
