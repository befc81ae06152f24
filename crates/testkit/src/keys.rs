//! Key stores for tests: without a passphrase, able to seal from 2020 on.

use crate::TempDir;
use oriel_keys::{Bucket, KeyStore, Lock};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// 2020-01-01.
const FIRST_DAY: Bucket = Bucket(18_262);

/// The key store in a test's directory, made the first time.
#[must_use]
pub fn key_store(dir: &TempDir) -> Arc<KeyStore> {
    open_or_create(dir.path())
}

/// A key store for tests that ask nothing of keys: one for the whole program, in a folder of its
/// own that goes with the machine's temporary files.
#[must_use]
pub fn any_keys() -> Arc<KeyStore> {
    static KEYS: LazyLock<Arc<KeyStore>> = LazyLock::new(|| {
        let name = format!("oriel-test-keys-{}", std::process::id());
        open_or_create(&std::env::temp_dir().join(name))
    });
    Arc::clone(&KEYS)
}

fn open_or_create(folder: &Path) -> Arc<KeyStore> {
    let file = folder.join("keys").join("oriel.keys");
    let keys = if file.exists() {
        KeyStore::open(&file, &Lock::Plain)
    } else {
        KeyStore::create(&file, &Lock::Plain, FIRST_DAY)
    };
    Arc::new(keys.expect("a test can make a key store in a directory of its own"))
}
