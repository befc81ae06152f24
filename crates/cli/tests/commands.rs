//! How commands speak and end: exit codes, formats, and sentences that say what to do.
//!
//! Everybody named here is invented.

use oriel_testkit::TempDir;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn oriel(dir: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oriel"))
        .args(words)
        .current_dir(dir)
        .output()
        .unwrap()
}

/// The same for a command that asks for a password.
#[track_caller]
fn typed(dir: &Path, words: &[&str], exit: i32, says: &str) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oriel"))
        .args(words)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // A command that refuses before it asks has closed its input.
    let _ = input.write_all(b"plum orbit lantern\n");
    drop(input);
    said(child.wait_with_output().unwrap(), words, exit, says);
}

/// Runs a command; its exit code, and what must stand in either output.
#[track_caller]
fn check(dir: &Path, words: &[&str], exit: i32, says: &str) {
    said(oriel(dir, words), words, exit, says);
}

#[track_caller]
fn said(output: Output, words: &[&str], exit: i32, says: &str) {
    let said = [output.stdout, output.stderr]
        .map(|b| String::from_utf8(b).unwrap())
        .concat();
    assert_eq!(output.status.code(), Some(exit), "{words:?}: {said}");
    assert!(
        said.contains(says),
        "{words:?} does not say {says:?}: {said}"
    );
}

const LIST: &str = "UNB+UNOA:4+ZQ+XO+261122:0914+7'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
    TDT+20+ZQ417+++ZQ'LOC+125+NBO'DTM+189:2611221743:201'LOC+87+CDG'DTM+232:2611230010:201'\
    NAD+FL+++EXEMPLE:JEAN'ATT+2++M'DTM+329:850217'NAT+2+UTO'DOC+P+X1234567'LOC+91+UTO'CNT+42:1'\
    UNT+15+1'UNZ+1+7'";

/// What `oriel simulate` says of each message is what `oriel decode` says of it.
#[test]
fn samples_are_decoded_to_what_stands_beside_them() {
    let dir = TempDir::new("samples");
    let words = [
        "simulate",
        "--formats",
        "all",
        "--faults",
        "all",
        "--count",
        "2",
        "--out",
        "out",
    ];
    check(dir.path(), &words, 0, "files written");
    let mut files = vec![dir.path().join("out")];
    let mut compared = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let name = path.to_str().unwrap();
        // Timetables and zones of documents are no messages.
        if !name.ends_with(".says.json") || name.contains("/ssim/") || name.contains("/mrz/") {
            continue;
        }
        let says: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let folder = std::fs::read_dir(path.parent().unwrap()).unwrap();
        let stem = name.strip_suffix("says.json").unwrap();
        let message = folder
            .map(|entry| entry.unwrap().path())
            .find(|other| *other != path && other.to_str().unwrap().starts_with(stem));
        let message = message.unwrap();
        let decoded = oriel(
            dir.path(),
            &["decode", "--format", "json", message.to_str().unwrap()],
        );
        let decoded: serde_json::Value = serde_json::from_slice(&decoded.stdout).unwrap();
        for member in ["message", "flights", "travellers", "bookings"] {
            assert_eq!(decoded[member], says[member], "{name}: {member}");
        }
        if let Some(told) = says["sample"]["told"].as_str() {
            let findings = decoded["findings"].as_array().unwrap();
            assert!(
                findings.iter().any(|finding| finding["code"] == told),
                "{name}: {told}"
            );
        }
        compared += 1;
    }
    assert!(compared > 150, "{compared}");
    let unknown = ["simulate", "--formats", "papyrus", "--out", "none"];
    check(
        dir.path(),
        &unknown,
        4,
        "there is no format papyrus; there are: all, paxlst",
    );
}

fn place() -> TempDir {
    let dir = TempDir::new("commands");
    std::fs::write(dir.path().join("list.edi"), LIST).unwrap();
    std::fs::write(dir.path().join("cut.edi"), &LIST[..200]).unwrap();
    std::fs::write(
        dir.path().join("date.edi"),
        LIST.replace("850217", "850231"),
    )
    .unwrap();
    std::fs::write(
        dir.path().join("letter.txt"),
        "Dear Sir, please find enclosed",
    )
    .unwrap();
    std::fs::write(
        dir.path().join("people.csv"),
        "id,name,birth_date\nN-1,JEAN EXEMPLE,1985-02-17\n",
    )
    .unwrap();
    dir
}

#[test]
fn messages_are_decoded_checked_and_explained() {
    let dir = place();
    let at = dir.path();
    check(
        at,
        &["decode", "list.edi"],
        0,
        "\"schema\":\"oriel.decode/1\"",
    );
    check(
        at,
        &["decode", "list.edi", "--format", "text"],
        0,
        "1 travellers",
    );
    check(at, &["decode", "cut.edi"], 3, "refused");
    check(at, &["decode", "letter.txt"], 3, "refused");
    check(at, &["decode", "none.edi"], 3, "there is no file none.edi");
    check(at, &["validate", "list.edi"], 0, "");
    check(
        at,
        &["validate", "date.edi", "--format", "text"],
        0,
        "PAX-0231",
    );
    check(
        at,
        &["validate", "date.edi", "--deny", "warn"],
        1,
        "PAX-0231",
    );
    check(at, &["validate", "cut.edi"], 1, "refused");
    check(
        at,
        &["explain", "pax-0231"],
        0,
        "birth date does not exist in the calendar",
    );
    check(at, &["explain", "PAX-9999"], 3, "lists every code");
    check(at, &["decode"], 2, "Usage");
}

#[test]
fn travellers_are_screened_without_a_store() {
    let dir = place();
    let at = dir.path();
    check(
        at,
        &["screen", "list.edi", "--list", "people.csv"],
        1,
        "\"schema\":\"oriel.hit/1\"",
    );
    let pair = "{\"query\":{\"names\":[\"EXEMPLE/JEANMR\"],\"dob\":[\"1985-02-17\"]},\
                 \"candidate\":{\"names\":[\"Jean Exemple\"],\"dob\":[\"1985\"]}}\n";
    std::fs::write(at.join("pairs.jsonl"), pair).unwrap();
    check(at, &["match", "pairs", "pairs.jsonl"], 0, "\"match\":true");
    std::fs::write(at.join("pairs.jsonl"), "{\"query\":1}\n").unwrap();
    check(at, &["match", "pairs", "pairs.jsonl"], 3, "line 1");
}

#[test]
fn lists_are_checked_with_row_column_and_reason() {
    let dir = place();
    let at = dir.path();
    check(at, &["list", "check", "people.csv"], 0, "\"entries\":1");
    let broken = "id,name,birth_date\nN-1,JEAN EXEMPLE,1985-02-31\n,EVA MUESTRA,\n";
    std::fs::write(at.join("broken.csv"), broken).unwrap();
    check(
        at,
        &["list", "check", "broken.csv", "--format", "text"],
        1,
        "row 2, birth_date",
    );
    std::fs::write(
        at.join("odd.csv"),
        "id,name,shoe size\nN-1,JEAN EXEMPLE,43\n",
    )
    .unwrap();
    check(at, &["list", "check", "odd.csv"], 3, "column 3");
    std::fs::write(at.join("mapped.csv"), "Nr;Name\n1;JEAN EXEMPLE\n").unwrap();
    let mapping = "delimiter = \";\"\n[columns]\n\"Nr\" = { field = \"id\" }\n\"Name\" = { field = \"name\" }\n";
    std::fs::write(at.join("mapped.toml"), mapping).unwrap();
    check(
        at,
        &["screen", "list.edi", "--list", "mapped.csv"],
        1,
        "oriel.hit/1",
    );
}

/// R-WL-04.
#[test]
fn lost_documents_are_checked_screened_and_imported() {
    let dir = place();
    let at = dir.path();
    let lost = "Nr;Art\nX 123-4567;P\nX1234567;P\n12;P\n";
    std::fs::write(at.join("lost.csv"), lost).unwrap();
    let mapping = "delimiter = \";\"\ndocument_issuer = \"UTO\"\n[columns]\n\
                   \"Nr\" = { field = \"document\" }\n\"Art\" = { field = \"document_kind\" }\n";
    std::fs::write(at.join("lost.toml"), mapping).unwrap();
    let how = ["--list-format", "documents", "--mapping", "lost.toml"];
    let words = ["list", "check", "lost.csv"];
    check(at, &[&words[..], &how].concat(), 1, "\"joined\":1");
    check(
        at,
        &["screen", "list.edi", "--documents", "lost.csv"],
        1,
        "document-exact",
    );
    let words = [
        "list",
        "import",
        "lost.csv",
        "--data",
        "store",
        "--id",
        "lost",
        "--kind",
        "documents",
        "--name",
        "Lost",
        "--owner",
        "Office",
        "--legal-basis",
        "Act",
    ];
    check(at, &[&words[..], &how].concat(), 7, "1 entries (1 new");
}

#[test]
fn a_store_is_named_when_it_is_missing_and_a_port_when_it_is_taken() {
    let dir = place();
    let at = dir.path();
    check(
        at,
        &["stats", "--data", "nowhere"],
        8,
        "there is no store at nowhere",
    );
    check(
        at,
        &[
            "ingest",
            "list.edi",
            "--data",
            "store",
            "--profile",
            "atlantis",
        ],
        4,
        "atlantis",
    );
    check(
        at,
        &["ingest", "list.edi", "--data", "store"],
        0,
        "\"accepted\":1",
    );
    check(
        at,
        &["ingest", "list.edi", "--data", "store"],
        0,
        "\"duplicates\":1",
    );
    check(
        at,
        &["ingest", "cut.edi", "--data", "store"],
        7,
        "\"refused\":1",
    );
    check(at, &["stats", "--data", "store"], 0, "\"messages\":2");
    check(
        at,
        &["audit", "verify", "--data", "store"],
        0,
        "events hold",
    );
    check(at, &["audit", "verify"], 2, "Usage");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    check(
        at,
        &["serve", "--data", "store", "--listen", &listen],
        8,
        "choose another with --listen",
    );
}

#[test]
fn what_is_ingested_is_answered_beside_it() {
    let dir = place();
    let at = dir.path();
    let command = [
        "ingest",
        "list.edi",
        "cut.edi",
        "--data",
        "store",
        "--replies",
        "out",
    ];
    check(at, &command, 7, "\"accepted\":1");
    let reply = |name: &str| std::fs::read_to_string(at.join("out").join(name)).unwrap();
    let taken = reply("list.edi.1.reply");
    assert!(
        taken.contains("CONTRL:D:3:UN'UCI+") && taken.contains("+7'UNT+"),
        "{taken}"
    );
    let refused = reply("cut.edi.1.reply");
    assert!(refused.contains("+4+18'"), "{refused}");
    assert_eq!(std::fs::read_dir(at.join("out")).unwrap().count(), 2);
}

/// A clock that is wrong would begin periods at the wrong instant and end others too early.
#[test]
fn nothing_is_served_by_a_clock_that_was_set_back() {
    let dir = place();
    let at = dir.path();
    let then = ["--data", "store", "--at", "2036-01-01T00:00:00Z"];
    check(at, &[&["ingest", "list.edi"][..], &then].concat(), 0, "");
    // Reading the log leaves an event of an earlier instant behind the later ones.
    let verify = ["audit", "verify", "--data", "store"];
    check(at, &verify, 0, "2 events hold");
    let serve = ["serve", "--data", "store", "--listen", "127.0.0.1:0"];
    check(at, &serve, 4, "set the clock, then start again");
    check(at, &verify, 0, "3 events hold");
}

#[test]
fn an_audit_export_verifies_elsewhere_and_a_touched_one_does_not() {
    let dir = place();
    let at = dir.path();
    check(
        at,
        &["ingest", "list.edi", "cut.edi", "--data", "store"],
        7,
        "",
    );
    check(
        at,
        &["audit", "export", "--data", "store", "--out", "export"],
        0,
        "4 events written",
    );
    check(
        at,
        &["audit", "verify", "export"],
        0,
        "4 events hold; 4 of them under",
    );
    // With the key that was handed out otherwise, and a checkpoint that was kept.
    let key = ["audit", "verify", "export", "--key", "export/keys.txt"];
    check(at, &key, 0, "4 events hold; 4 of them under");
    let notes = std::fs::read_to_string(at.join("export/checkpoints.ndjson")).unwrap();
    let newest: serde_json::Value = serde_json::from_str(notes.lines().last().unwrap()).unwrap();
    std::fs::write(at.join("kept"), newest["note"].as_str().unwrap()).unwrap();
    let online = ["audit", "verify", "--data", "store", "--checkpoint", "kept"];
    check(at, &online, 0, "4 events hold");
    let prove = ["audit", "prove", "inclusion", "export", "--event", "2"];
    check(at, &prove, 0, "oriel.audit-inclusion/1");
    let prove = ["audit", "prove", "consistency", "export", "--from", "1"];
    check(at, &prove, 0, "oriel.audit-consistency/1");
    check(
        at,
        &["audit", "register", "access", "export"],
        0,
        "\"events\":0",
    );
    let events = at.join("export/events/000000000001.ndjson");
    let whole = std::fs::read_to_string(&events).unwrap();
    let cut: String = whole.split_inclusive('\n').take(2).collect();
    std::fs::write(&events, cut).unwrap();
    check(
        at,
        &["audit", "verify", "export"],
        6,
        "broken: event 3 is missing",
    );
    std::fs::write(&events, whole).unwrap();
    let file = at.join("export/events/000000000001.ndjson");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("ok type=PAXLST", "ok type=PNRGOV", 1)).unwrap();
    check(at, &["audit", "verify", "export"], 6, "broken: event 2");
    std::fs::write(&file, text.lines().nth(1).unwrap()).unwrap();
    check(
        at,
        &["audit", "verify", "export"],
        6,
        "broken: event 1 is missing",
    );
}

#[test]
fn a_key_store_is_made_shown_rotated_and_locked_anew() {
    let dir = TempDir::new("commands-keys");
    let at = dir.path();
    for (name, phrase) in [
        ("phrase", "of the unit"),
        ("new", "a newer one"),
        ("vault", "of the authority"),
    ] {
        let path = at.join(name);
        std::fs::write(&path, phrase).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    }
    let keys = |words: &[&str], exit, says: &str| {
        let mut all = vec!["keys"];
        all.extend(words);
        check(at, &all, exit, says);
    };
    let phrase = ["--keys", "k/oriel.keys", "--passphrase-file", "phrase"];
    let with =
        |command: &'static str, more: &[&'static str]| [&[command], &phrase[..], more].concat();
    keys(
        &with("status", &[]),
        8,
        "there is no key store at k/oriel.keys",
    );
    keys(
        &with(
            "init",
            &["--compartment", "piu", "--compartment", "customs"],
        ),
        0,
        "made k/oriel.keys",
    );
    keys(
        &with("init", &[]),
        4,
        "there is a key store at k/oriel.keys already",
    );
    keys(
        &with("status", &["--format", "text"]),
        0,
        "vault opens with the same lock",
    );
    keys(
        &["status", "--keys", "k/oriel.keys"],
        4,
        "opens with a passphrase, and no lock was given",
    );
    keys(
        &with("rotate", &["--class", "whole"]),
        0,
        "customs whole: fresh keys from 2",
    );
    keys(
        &with("rotate", &["--compartment", "border"]),
        4,
        "there are customs, piu",
    );
    keys(
        &with("rotate", &["--from", "2020-01-01", "--class", "whole"]),
        4,
        "not from 2020-01-01",
    );
    keys(&with("rotate", &["--signing"]), 0, "fresh key");
    keys(
        &with("vault-init", &["--vault-passphrase-file", "vault"]),
        0,
        "a passphrase of its own",
    );
    keys(
        &with("vault-init", &["--vault-passphrase-file", "vault"]),
        4,
        "--vault-now-passphrase-file",
    );
    keys(
        &with("relock", &["--to-passphrase-file", "new"]),
        0,
        "opens with a passphrase",
    );
    keys(
        &with("status", &[]),
        4,
        "the passphrase is not that of the key store",
    );
    let new = ["--keys", "k/oriel.keys", "--passphrase-file", "new"];
    keys(&[&["status"], &new[..]].concat(), 0, "\"own_lock\":true");
    keys(
        &[&["export-public"], &new[..]].concat(),
        0,
        "\"algorithm\":\"ed25519\"",
    );
    keys(
        &["status", "--data", "postgres://host/db"],
        4,
        "--keys FILE or ORIEL_KEYS",
    );
    keys(
        &["relock", "--data", ".", "--to-token", "pkcs11:serial=1"],
        4,
        "a key in a token is named by",
    );
}

#[test]
fn profiles_are_checked_compared_and_explained() {
    let dir = TempDir::new("profiles");
    let at = dir.path();
    let text = |words: &[&str], exit, says| {
        check(at, &[words, &["--format", "text"]].concat(), exit, says);
    };
    text(
        &["profile", "check", "utopia"],
        0,
        "nothing to say against it",
    );
    text(
        &["profile", "check", "eu-2022"],
        4,
        "error: line 125: retention.log: is unconfirmed",
    );
    text(
        &["profile", "check", "eu-2022", "--mode", "demo"],
        1,
        "warning: line 125: retention.log: is unconfirmed",
    );
    text(
        &["profile", "check", "atlantis"],
        4,
        "profiles that come with Oriel",
    );
    text(
        &["profile", "diff", "eu-2016", "eu-2022"],
        1,
        "  + erase_unlinked  (C-817/19",
    );
    text(&["profile", "diff", "utopia", "utopia"], 0, "utopia/");
    text(
        &["profile", "who-may", "unmask.approve"],
        0,
        "unmask.approve\n  unmask_authority\n",
    );
    text(
        &["profile", "who-may", "name", "masked", "DP"],
        0,
        "for rights: dpo",
    );
    text(&["profile", "who-may", "everything"], 3, "is no role, act");
    text(
        &["profile", "clock", "2026-08-31", "--at", "2027-03-01"],
        0,
        "to be erased since 2027-03-01T00:00:00Z",
    );
    text(
        &[
            "profile",
            "clock",
            "2026-08-31",
            "--linked",
            "--at",
            "2027-03-01",
        ],
        0,
        "erase           2031-08-31T00:00:00Z  (5 years; Article 12(1), C)",
    );
    text(&["profile", "clock", "tomorrow"], 3, "is no instant");
    check(
        at,
        &["profile", "who-may", "queue.read"],
        0,
        "\"schema\":\"oriel.profile.matrix/1\"",
    );
}

#[test]
fn a_profile_of_ones_own_is_a_file() {
    let dir = TempDir::new("own-profile");
    let at = dir.path();
    let own = include_str!("../../../profiles/utopia.toml");
    std::fs::write(at.join("own.toml"), own.replace("5 years", "4 years")).unwrap();
    check(
        at,
        &["profile", "diff", "utopia", "own.toml"],
        1,
        "\"value\":\"4 years\"",
    );
    std::fs::write(at.join("own.toml"), own.replace("5 years", "4 moons")).unwrap();
    check(
        at,
        &["profile", "check", "own.toml"],
        4,
        "own.toml: TOML parse error at line",
    );
    std::fs::write(at.join("own.toml"), format!("colour = 1\n{own}")).unwrap();
    check(
        at,
        &["profile", "check", "own.toml"],
        4,
        "is no key of a profile",
    );
    check(
        at,
        &["profile", "check", "none.toml"],
        3,
        "could not read none.toml",
    );
}

/// Two accounts of legal officers in the store of a folder.
fn legal_officers(at: &Path) {
    for login in ["lena", "luis"] {
        let words = [
            "user",
            "add",
            login,
            "--name",
            login,
            "--role",
            "legal_officer",
            "--data",
            "store",
        ];
        typed(at, &words, 0, "done");
    }
}

/// R-ING-08: asked for by one person, let go out by another; why is not printed.
#[test]
fn two_persons_ask_for_a_push() {
    let dir = place();
    let at = dir.path();
    let data = ["--data", "store"];
    let console = |words: &[&str], exit, says| check(at, &[words, &data[..]].concat(), exit, says);
    check(
        at,
        &["ingest", "list.edi", "--data", "store"],
        0,
        "accepted",
    );
    let enrol = ["carrier", "enrol", "zq", "--name", "Zephyr Quest"];
    let more = ["--operates", "ZQ", "--format", "pnrgov"];
    console(&[&enrol[..], &more].concat(), 0, "zq");
    let live = ["carrier", "status", "zq", "live", "--reason", "invented"];
    console(&live, 0, "live");
    for login in ["sue", "lena"] {
        let add = ["user", "add", login, "--name", login];
        let role = ["--role", "supervisor", "--data", "store"];
        typed(at, &[&add[..], &role].concat(), 0, "done");
    }
    std::fs::write(at.join("why.txt"), "An invented threat.").unwrap();
    let hours = jiff::SignedDuration::from_hours(6);
    let until = (jiff::Timestamp::now() + hours).to_string();
    let ask = |threat: &str, exit, says| {
        let words = [
            "carrier",
            "request",
            "ask",
            "ZQ417",
            "--from",
            "UXA",
            "--departs",
            "2026-11-23T12:00",
            "--threat",
            threat,
            "--reason",
            "why.txt",
            "--until",
            &until,
            "--login",
            "sue",
            "--data",
            "store",
        ];
        typed(at, &words, exit, says);
    };
    ask("curiosity", 5, "terrorism, serious_crime");
    ask("terrorism", 0, "is asked for");
    let list = || {
        let words = ["carrier", "request", "list", "--format", "json"];
        let printed = oriel(at, &[&words[..], &data].concat()).stdout;
        let text = String::from_utf8(printed).unwrap();
        assert!(!text.contains("invented"), "{text}");
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let asked = list();
    assert_eq!(asked["state"], "asked");
    let id = asked["id"].as_str().unwrap();
    let approve = |id, login, exit, says| {
        let words = ["carrier", "request", "approve", id, "--login", login];
        typed(at, &[&words[..], &data].concat(), exit, says);
    };
    approve("psh_1", "lena", 3, "oriel carrier request list");
    approve(id, "sue", 5, "somebody else does push.approve");
    approve(id, "lena", 0, "is approved");
    approve(id, "lena", 5, "has been decided");
    assert_eq!(list()["state"], "approved");
    console(&["carrier", "notices", "zq"], 0, "UNH 0068");
}

/// R-DOC-02, R-ACC-02: a store keeps the law it was made under until two persons change it.
#[test]
fn two_persons_change_the_law_of_a_store() {
    let dir = place();
    let at = dir.path();
    check(
        at,
        &[
            "ingest",
            "list.edi",
            "--data",
            "store",
            "--profile",
            "eu-2022",
        ],
        4,
        "eu-2022:",
    );
    assert!(!at.join("store").exists(), "nothing was made");
    check(
        at,
        &["ingest", "list.edi", "--data", "store"],
        0,
        "accepted",
    );
    check(
        at,
        &["sweep", "--data", "store", "--demo", "--profile", "eu-2016"],
        0,
        "the store works under legal profile utopia/3, not eu-2016/3",
    );
    legal_officers(at);
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../profiles/utopia.toml"
    ));
    let next = text
        .unwrap()
        .replacen("version = \"3\"", "version = \"4\"", 1);
    std::fs::write(at.join("next.toml"), &next).unwrap();
    let unsure = next.replacen("clause = \"Article 6(2)(a)\"", "clause = \"\"", 1);
    std::fs::write(at.join("unsure.toml"), unsure).unwrap();
    let propose = |file, exit, says| {
        let words = [
            "profile", "propose", file, "--data", "store", "--login", "lena",
        ];
        typed(at, &words, exit, says);
    };
    propose(
        "unsure.toml",
        4,
        "unsure.toml:16: purposes.assessment: names no clause",
    );
    propose("next.toml", 0, "utopia/4 is proposed");
    let digest = oriel_policy::Profile::parse(&next).unwrap().digest();
    let activate = |login, exit, says| {
        let words = [
            "profile", "activate", "utopia/4", "--digest", &digest, "--data", "store", "--login",
            login,
        ];
        typed(at, &words, exit, says);
    };
    activate("lena", 5, "somebody else does profile.activate");
    activate("luis", 0, "utopia/4 is in force");
    check(
        at,
        &["profile", "list", "--data", "store"],
        0,
        "\"in_force\":\"utopia/4\"",
    );
    check(
        at,
        &["profile", "list", "--data", "store", "--at", "2020-01-01"],
        0,
        "\"in_force\":null",
    );
}

/// R-SCO-08: an entry is proposed by one person and approved by another, at the console too.
/// R-ING-07.
#[test]
fn schedules_say_which_flights_are_expected() {
    let dir = place();
    let at = dir.path();
    let day = jiff::Zoned::now()
        .with_time_zone(jiff::tz::TimeZone::UTC)
        .date();
    let word = day.strftime("%d%b%y").to_string().to_ascii_uppercase();
    let file = oriel_testkit::ssim("ZQ", &word, &["417 J LHR 2359 UXA 2359"]);
    std::fs::write(at.join("zq.ssim"), file).unwrap();
    check(
        at,
        &["schedule", "check", "zq.ssim", "--format", "text"],
        0,
        "1 legs",
    );
    check(at, &["schedule", "check", "letter.txt"], 1, "SSM-0001");
    check(
        at,
        &[
            "ingest",
            "list.edi",
            "--data",
            "store",
            "--profile",
            "utopia",
        ],
        0,
        "accepted",
    );
    let store = ["--data", "store"];
    let put = ["schedule", "put", "letter.txt", "--name", "ZQ"];
    check(at, &[&put[..], &store].concat(), 5, "no leg of a flight");
    let put = ["schedule", "put", "zq.ssim", "--name", "ZQ"];
    check(at, &[&put[..], &store].concat(), 0, "1 legs, 0 findings");
    let listed = oriel(
        at,
        &["schedule", "list", "--data", "store", "--format", "json"],
    );
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let id = listed["schedules"][0]["id"].as_str().unwrap();
    let expected = ["schedule", "expected", "--data", "store", "--from"];
    let from = day.to_string();
    let all = [&expected[..], &[&from, "--format", "json"]].concat();
    check(at, &all, 0, "\"flight\":\"ZQ417\"");
    check(
        at,
        &["schedule", "end", id, "--data", "store"],
        0,
        "is ended",
    );
    check(
        at,
        &[&expected[..], &[&from, "--format", "text"]].concat(),
        0,
        ": 0 flights",
    );
    check(
        at,
        &["schedule", "end", "sch_1", "--data", "store"],
        3,
        "oriel schedule list",
    );
}

#[test]
fn two_persons_select_journeys_of_a_store() {
    let dir = place();
    let at = dir.path();
    check(
        at,
        &["ingest", "list.edi", "--data", "store"],
        0,
        "accepted",
    );
    legal_officers(at);
    let day = |n: i64| {
        let hours = jiff::SignedDuration::from_hours(24 * n);
        (jiff::Timestamp::now() + hours).to_string()
    };
    let (starts, review, ends) = (day(1), day(10), day(20));
    let propose = |extra: &[&str], exit, says| {
        let mut words = vec!["selection", "propose", "--data", "store", "--login", "lena"];
        words.extend([
            "--reason",
            "invented",
            "--decided-by",
            "Ministry (invented)",
        ]);
        words.extend(["--starts", &starts, "--review", &review, "--ends", &ends]);
        words.extend(extra);
        typed(at, &words, exit, says);
    };
    propose(
        &[],
        5,
        "only against a genuine and present or foreseeable threat",
    );
    propose(&["--carrier", "zq!"], 5, "neither a carrier's designator");
    propose(&["--mode", "foot"], 2, "air, sea, rail or road");
    propose(&["--carrier", "ZQ"], 0, "is proposed");
    let list = || {
        let printed = oriel(at, &["selection", "list", "--data", "store"]).stdout;
        let listed: serde_json::Value = serde_json::from_slice(&printed).unwrap();
        listed["recipients"][0]["entries"][0].clone()
    };
    let waits = list();
    assert_eq!(
        (&waits["state"], &waits["carrier"]),
        (&"waits".into(), &"ZQ".into())
    );
    let id = waits["id"].as_str().unwrap();
    let decide = |what, id, login, exit, says| {
        let words = ["selection", what, id, "--data", "store", "--login", login];
        typed(at, &words, exit, says);
    };
    decide("approve", "sel_1", "luis", 3, "is no entry");
    decide(
        "approve",
        id,
        "lena",
        5,
        "somebody else does selection.approve",
    );
    decide("approve", id, "luis", 0, "is approved");
    assert_eq!(list()["state"], "to_come");
    decide("approve", id, "luis", 5, "does not wait");
    decide("end", id, "luis", 0, "is ended");
    assert_eq!(list()["state"], "over");
}
