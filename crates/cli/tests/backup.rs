//! Backups of both kinds of store, into both; and that what goes to others tells nothing about a
//! person.
//!
//! Everybody named here is invented.

use oriel_testkit::{Place, TempDir};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Runs a command in `dir`; its exit code and everything it said.
fn run(dir: &Path, words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_oriel"))
        .args(words)
        .current_dir(dir)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|b| String::from_utf8(b).unwrap());
    (output.status.code().unwrap(), said.concat())
}

#[track_caller]
fn check(dir: &Path, words: &[&str], exit: i32, says: &str) -> String {
    let (code, said) = run(dir, words);
    assert_eq!(code, exit, "{words:?}: {said}");
    assert!(
        said.contains(says),
        "{words:?} does not say {says:?}: {said}"
    );
    said
}

/// The one object that a backup command prints.
#[track_caller]
fn object(dir: &Path, words: &[&str]) -> Value {
    let said = check(dir, words, 0, "\"schema\"");
    let line = said.lines().find(|line| line.starts_with('{')).unwrap();
    serde_json::from_str(line).unwrap()
}

/// What proves that two stores hold the same.
fn proof(object: &Value) -> [&Value; 3] {
    ["tables", "audit", "migration"].map(|name| &object[name])
}

/// How many events the log has.
fn told(object: &Value) -> u64 {
    object["audit"]["events"].as_u64().unwrap()
}

/// Everything but the log.
fn records(object: &Value) -> Value {
    let mut tables = object["tables"].clone();
    tables.as_object_mut().unwrap().remove("audit");
    tables
}

/// A store in `dir/store` with a list and some traffic.
fn world(dir: &Path) {
    check(
        dir,
        &[
            "simulate",
            "--seed",
            "5",
            "--travellers",
            "200",
            "--out",
            "world",
        ],
        0,
        "",
    );
    std::fs::write(
        dir.join("people.csv"),
        "id,name,birth_date\nN-1,JEAN EXEMPLE,1985-02-17\n",
    )
    .unwrap();
    let import = [
        "list",
        "import",
        "--kind",
        "terrorism",
        "people.csv",
        "--data",
        "store",
        "--id",
        "desk",
        "--name",
        "Desk",
        "--owner",
        "Desk",
        "--legal-basis",
        "invented",
    ];
    check(dir, &import, 0, "");
    let (code, said) = run(dir, &["ingest", "world/messages", "--data", "store"]);
    // 7: the simulator invents some messages that must be refused.
    assert!(matches!(code, 0 | 1 | 7), "{code}: {said}");
}

fn secret(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
}

#[test]
fn a_backup_goes_from_any_store_to_any_other_and_proves_itself() {
    let dir = TempDir::new("backup");
    let at = dir.path();
    world(at);
    let key = object(at, &["backup", "key", "--out", "secret.key"]);
    let public = key["public"].as_str().unwrap();
    let make = |data: &str, out: &str| {
        object(
            at,
            &[
                "backup", "create", "--data", data, "--out", out, "--public", public,
            ],
        )
    };
    let first = make("store", "first.backup");
    assert!(first["tables"]["journey"]["rows"].as_u64() > Some(0));
    assert!(first["audit"]["events"].as_u64() > Some(0));
    let verified = object(
        at,
        &["backup", "verify", "first.backup", "--key", "secret.key"],
    );
    assert_eq!(proof(&verified), proof(&first));
    let server = Place::server("backup");
    for (place, out) in [
        (server.name().as_str(), "second.backup"),
        ("folder", "third.backup"),
    ] {
        let restore = |data: &str| {
            [
                "backup",
                "restore",
                "first.backup",
                "--key",
                "secret.key",
                "--data",
                data,
            ]
            .map(str::to_owned)
        };
        let words = restore(place);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(proof(&object(at, &words)), proof(&first));
        // The log now tells of the restoring, too.
        let again = make(place, out);
        assert_eq!(told(&again), told(&first) + 1);
        assert_eq!(records(&again), records(&first));
        check(at, &words, 4, "into a blank place only");
    }
    let drilled = object(
        at,
        &["backup", "drill", "--data", &server.name(), "--room", "."],
    );
    assert_eq!(records(&drilled), records(&first));
    // Restored, backed up, drilled.
    let last = object(
        at,
        &[
            "backup",
            "create",
            "--data",
            &server.name(),
            "--out",
            "last.backup",
            "--public",
            public,
        ],
    );
    assert_eq!(told(&last), told(&first) + 3);
    let left = std::fs::read_dir(at).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        let name = name.to_string_lossy().into_owned();
        name.contains("drill") || name.ends_with(".part")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn a_backup_opens_with_its_own_passphrase_only_and_only_when_it_is_whole() {
    let dir = TempDir::new("backup-faults");
    let at = dir.path();
    world(at);
    secret(at, "phrase", "of the backup");
    secret(at, "wrong", "of something else");
    let create = [
        "backup",
        "create",
        "--data",
        "store",
        "--out",
        "b",
        "--passphrase-file",
        "phrase",
    ];
    check(at, &create, 0, "\"done\":\"created\"");
    check(at, &create, 4, "there is a file b already");
    let bytes = std::fs::read(at.join("b")).unwrap();
    let mode = std::fs::metadata(at.join("b"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(has(b"passphrase") && !has(b"PAXLST") && !has(b"list_entry"));
    let verify = |phrase: &'static str| ["backup", "verify", "b", "--passphrase-file", phrase];
    check(
        at,
        &verify("wrong"),
        4,
        "the passphrase is not that of the backup",
    );
    check(
        at,
        &["backup", "verify", "b"],
        4,
        "--passphrase-file, --token or --key",
    );
    check(
        at,
        &["backup", "verify", "none", "--passphrase-file", "phrase"],
        3,
        "could not open none",
    );
    let drill = [
        "backup",
        "drill",
        "--from",
        "b",
        "--passphrase-file",
        "phrase",
        "--room",
        ".",
    ];
    check(at, &drill, 0, "\"done\":\"drilled\"");
    for (name, changed) in [
        ("cut", bytes[..bytes.len() - 40].to_vec()),
        ("flipped", {
            let mut flipped = bytes.clone();
            flipped[bytes.len() / 2] ^= 1;
            flipped
        }),
    ] {
        std::fs::write(at.join("b"), changed).unwrap();
        check(
            at,
            &verify("phrase"),
            6,
            "the backup is cut, damaged or was changed",
        );
        let restore = [
            "backup",
            "restore",
            "b",
            "--data",
            name,
            "--passphrase-file",
            "phrase",
        ];
        check(at, &restore, 6, "the backup is cut, damaged or was changed");
        check(at, &["stats", "--data", name], 8, "");
    }
    let none = [
        "backup",
        "create",
        "--data",
        "nowhere",
        "--out",
        "c",
        "--passphrase-file",
        "phrase",
    ];
    check(at, &none, 8, "nowhere");
    assert!(!at.join("c").exists() && !at.join("c.part").exists());
}

/// Planted wherever a message, a list or a place can bring it.
const CANARY: &str = "QZCANARYQZ";

#[test]
fn what_goes_to_others_tells_nothing_about_a_person() {
    let dir = TempDir::new("support");
    let at = dir.path().join(CANARY);
    std::fs::create_dir(&at).unwrap();
    let message = format!(
        "UNB+UNOA:4+ZQ+XO+261122:0914+7'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
         TDT+20+ZQ417+++ZQ'LOC+125+NBO'DTM+189:2611221743:201'LOC+87+CDG'DTM+232:2611230010:201'\
         NAD+FL+++{CANARY}:{CANARY}'ATT+2++M'DTM+329:850231'NAT+2+UTO'DOC+P+{CANARY}'\
         LOC+91+UTO'CNT+42:1'UNT+15+1'UNZ+1+7'"
    );
    std::fs::create_dir(at.join("in")).unwrap();
    std::fs::write(at.join("in/list.edi"), &message).unwrap();
    std::fs::write(at.join("in/cut.edi"), &message[..240]).unwrap();
    std::fs::write(
        at.join("people.csv"),
        format!("id,name,birth_date\n{CANARY},{CANARY} {CANARY},1985-02-17\n"),
    )
    .unwrap();
    let data = at.join("store").to_string_lossy().into_owned();
    let import = [
        "list",
        "import",
        "--kind",
        "terrorism",
        "people.csv",
        "--data",
        &data,
        "--id",
        "qz",
        "--name",
        CANARY,
        "--owner",
        CANARY,
        "--legal-basis",
        CANARY,
    ];
    check(&at, &import, 0, "");
    let (code, said) = run(&at, &["ingest", "in", "--data", &data]);
    assert!(code < 8, "{code}: {said}");
    check(
        &at,
        &["support-bundle", "--data", &data, "--out", "bundle.json"],
        0,
        "before you send it",
    );
    let bundle = std::fs::read_to_string(at.join("bundle.json")).unwrap();
    let object: Value = serde_json::from_str(&bundle).unwrap();
    assert_eq!(object["rows"]["list_entry"], 1);
    assert!(object["findings"]["PAX-0231"].as_u64() > Some(0));
    for canary in [CANARY, &CANARY.to_lowercase(), &data] {
        assert!(!bundle.contains(canary), "{canary} in {bundle}");
    }
}

#[test]
fn the_doctor_says_what_to_look_at() {
    let dir = TempDir::new("doctor");
    let at = dir.path();
    world(at);
    secret(at, "phrase", "of the unit");
    let keys = ["--keys", "keys/oriel.keys", "--passphrase-file", "phrase"];
    check(at, &[&["keys", "init"], &keys[..]].concat(), 0, "made");
    let doctor =
        |data: &'static str| [&["doctor", "--data", data, "--format", "text"], &keys[..]].concat();
    let said = check(at, &doctor("store"), 1, "well   store");
    for line in [
        "look   vault",
        "well   audit",
        "well   clock",
        "well   lists      desk came in",
        "look   backup     say with --backups",
    ] {
        assert!(said.contains(line), "no {line:?} in {said}");
    }
    check(
        at,
        &doctor("nowhere"),
        6,
        "wrong  store      there is no store at nowhere",
    );
}
