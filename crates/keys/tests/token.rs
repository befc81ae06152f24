//! A key store behind a token, with SoftHSM 2 as the token.

use oriel_keys::{Bucket, Class, KeyError, KeyStore, Lock, LockKind, Secret};
use oriel_testkit::{SoftToken, TempDir};
use std::path::Path;

const DAY: Bucket = Bucket(20_000);

fn lock(pin: &str, key: &str) -> Lock {
    SoftToken::lock(pin, key)
}

#[test]
fn a_token_locks_and_opens_a_key_store() {
    SoftToken::run("child_that_speaks_with_the_token");
}

/// Not a claim of its own: what the process does that knows the token.
#[test]
fn child_that_speaks_with_the_token() {
    if !SoftToken::is_here() {
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
        token: SoftToken::LABEL.to_owned(),
        pin: Secret::new("12345678"),
        key: "oriel".to_owned(),
    };
    let no_token = Lock::Token {
        module: SoftToken::module(),
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
