//! `oriel carrier` as a program: enrolled, known by a key, certified by files, live (R-CAR-01); how
//! well it sends, and what proves how it failed (R-CAR-02).
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
    run(dir, &[words, &["--data", "store"]].concat(), code)
}

/// The same without a store.
#[track_caller]
fn run(dir: &Path, words: &[&str], code: i32) -> (Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_oriel"))
        .env("ORIEL_KEYS", any_keys().file())
        .env("ORIEL_DEMO", "true")
        .current_dir(dir)
        .args(words)
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

#[test]
fn what_a_carrier_sent_is_counted_and_proved() {
    let dir = TempDir::new("carrier");
    let at = dir.path();
    let store = at.join("store");
    drop(Store::create(store.to_str().unwrap(), any_keys()).unwrap());
    let enrol = [
        "carrier",
        "enrol",
        "zq",
        "--name",
        "Zephyr Quest",
        "--operates",
        "ZQ",
    ];
    oriel(at, &[&enrol[..], &["--format", "pnrgov"]].concat(), 0);
    oriel(
        at,
        &["carrier", "status", "zq", "live", "--reason", "invented"],
        0,
    );
    let flights = oriel_testkit::ssim("ZQ", "23NOV26", &["417 J UXA 1200 LHR 1500"]);
    fs::write(at.join("winter.ssim"), flights).unwrap();
    oriel(
        at,
        &["schedule", "put", "winter.ssim", "--name", "winter"],
        0,
    );
    fs::create_dir(at.join("in")).unwrap();
    fs::write(at.join("in/push"), push("22", 2)).unwrap();
    oriel(at, &["ingest", "in"], 0);

    let (quality, _) = oriel(at, &["carrier", "quality", "zq", "--format", "json"], 0);
    let format = &quality["formats"][0];
    assert_eq!(
        (&format["format"], &format["bookings"]),
        (&"pnrgov".into(), &2.into())
    );
    let never = [
        "carrier",
        "quality",
        "zq",
        "--from",
        "2026-11-02",
        "--to",
        "2026-11-01",
    ];
    let (_, said) = oriel(at, &never, 5);
    assert!(said.contains("400 days"), "{said}");

    // The first push was due on the day before.
    let evidence = [
        "carrier",
        "evidence",
        "zq",
        "ZQ417",
        "2026-11-23",
        "--page",
        "page.html",
    ];
    let (proved, _) = oriel(at, &evidence, 1);
    assert_eq!(
        proved["document"]["failures"][0]["class"], "late",
        "{proved}"
    );
    let page = fs::read_to_string(at.join("page.html")).unwrap();
    assert!(page.contains(proved["digest"].as_str().unwrap()), "{page}");
    assert!(!page.contains("EXEMPLE") && !proved.to_string().contains("EXEMPLE"));
    let (key, _) = oriel(at, &["keys", "export-public"], 0);
    fs::write(at.join("key"), key.to_string()).unwrap();
    fs::write(at.join("proof.json"), proved.to_string()).unwrap();
    run(at, &["carrier", "verify", "proof.json", "--key", "key"], 0);
    let changed = proved.to_string().replace("\"late\"", "\"come\"");
    fs::write(at.join("proof.json"), changed).unwrap();
    let (_, said) = run(at, &["carrier", "verify", "proof.json", "--key", "key"], 6);
    assert!(said.contains("broken"), "{said}");
    let nobody = ["carrier", "evidence", "zq", "ZQ418", "2026-11-23"];
    oriel(at, &nobody, 5);
}
