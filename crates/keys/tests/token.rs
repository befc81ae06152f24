//! A key store behind a token, with SoftHSM 2 as the token.
//!
//! SoftHSM reads where its tokens are from the environment when it is loaded, so the test that
//! speaks with it runs as a process of its own.

use oriel_keys::{Bucket, Class, KeyError, KeyStore, Lock, LockKind, Secret};
use oriel_testkit::TempDir;
use std::path::{Path, PathBuf};
use std::process::Command;

const DAY: Bucket = Bucket(20_000);

/// Where Debian and others install it.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// Set for the process that speaks with the token.
const CONFIGURATION: &str = "SOFTHSM2_CONF";

fn module() -> PathBuf {
    let found = MODULES
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.is_file());
    found.expect("SoftHSM 2 is missing: `apt-get install softhsm2`, or `cargo xtask test`")
}

fn lock(pin: &str, key: &str) -> Lock {
    Lock::Token {
        module: module(),
        token: "oriel test".to_owned(),
        pin: Secret::new(pin),
        key: key.to_owned(),
    }
}

#[test]
fn a_token_locks_and_opens_a_key_store() {
    let dir = TempDir::new("token");
    let configuration = dir.path().join("softhsm2.conf");
    let tokens = dir.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let text = format!("directories.tokendir = {}\n", tokens.display());
    std::fs::write(&configuration, text).unwrap();
    let mut make = Command::new("softhsm2-util");
    make.args(["--init-token", "--free", "--label", "oriel test"])
        .args(["--so-pin", "87654321", "--pin", "12345678"]);
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "child_that_speaks_with_the_token", "--nocapture"]);
    for mut command in [make, child] {
        let done = command.env(CONFIGURATION, &configuration).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{command:?}: {said}");
    }
    assert!(tokens.read_dir().unwrap().next().is_some());
}

/// Not a claim of its own: what the process does that knows the token.
#[test]
fn child_that_speaks_with_the_token() {
    if std::env::var_os(CONFIGURATION).is_none() {
        return;
    }
    let dir = TempDir::new("token-child");
    let file = dir.path().join("oriel.keys");
    let right = lock("12345678", "oriel");
    let keys = KeyStore::create(&file, &right, DAY).unwrap();
    let ring = keys.ring("piu").unwrap();
    let sealed = ring.seal(Class::Whole, DAY, &[], b"value").unwrap();
    let masked = ring.seal(Class::Masked, DAY, &[], b"masked").unwrap();

    let keys = KeyStore::open(&file, &right).unwrap();
    let ring = keys.ring("piu").unwrap();
    assert_eq!(
        ring.open(Class::Whole, DAY, &[], &sealed).unwrap(),
        b"value"
    );
    let vault = keys.vault(&right).unwrap();
    assert_eq!(vault.open(&ring, DAY, &[], &masked).unwrap(), b"masked");
    assert_eq!(keys.status().lock, LockKind::Token);

    // To a passphrase and back, to another key of the same token.
    let phrase = Lock::Passphrase(Secret::new("for moving"));
    keys.relock(&right, &phrase).unwrap();
    keys.relock(&phrase, &lock("12345678", "second")).unwrap();
    assert!(KeyStore::open(&file, &lock("12345678", "second")).is_ok());

    refusals(&file);
}

fn refusals(file: &Path) {
    let no_module = Lock::Token {
        module: file.into(),
        token: "oriel test".to_owned(),
        pin: Secret::new("12345678"),
        key: "oriel".to_owned(),
    };
    let no_token = Lock::Token {
        module: module(),
        token: "another".to_owned(),
        pin: Secret::new("12345678"),
        key: "oriel".to_owned(),
    };
    for (lock, start) in [
        (
            lock("12345678", "oriel"),
            "the token \"oriel test\" does not have the key \"oriel\" that locked the key store",
        ),
        (
            lock("12345678", "absent"),
            "the token \"oriel test\" does not have the key \"absent\"",
        ),
        (
            lock("00000000", "second"),
            "the token \"oriel test\" refuses the PIN",
        ),
        (no_token, "there is no token \"another\""),
        (no_module, "the token's library "),
        (
            Lock::Plain,
            "the key store opens with a token, and no lock was given",
        ),
    ] {
        let error = KeyStore::open(file, &lock).unwrap_err();
        assert!(error.to_string().starts_with(start), "{error:?}");
        assert!(!matches!(error, KeyError::Damaged { .. }));
    }
}
