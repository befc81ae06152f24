//! A token (PKCS#11) in software: SoftHSM 2 with one fresh token.
//!
//! SoftHSM reads where its tokens are from the environment when it is loaded, so whatever speaks
//! with it runs as a process of its own: a test of the same binary, started by another.

use crate::TempDir;
use oriel_keys::{Lock, Secret};
use std::path::PathBuf;
use std::process::Command;

/// Where Debian and others install it.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// Set for the process that speaks with the token.
const CONFIGURATION: &str = "SOFTHSM2_CONF";

/// A token that is there for as long as a test.
#[derive(Debug)]
pub struct SoftToken;

impl SoftToken {
    /// Its label.
    pub const LABEL: &str = "oriel test";
    /// Its user's PIN.
    pub const PIN: &str = "12345678";

    /// The library.
    pub fn module() -> PathBuf {
        let found = MODULES
            .into_iter()
            .map(PathBuf::from)
            .find(|path| path.is_file());
        found.expect("SoftHSM 2 is missing: `apt-get install softhsm2`, or `cargo xtask test`")
    }

    /// The lock of the key `key` of the token.
    pub fn lock(pin: &str, key: &str) -> Lock {
        Lock::Token {
            module: Self::module(),
            token: Self::LABEL.to_owned(),
            pin: Secret::new(pin),
            key: key.to_owned(),
        }
    }

    /// Whether this process was started by [`SoftToken::run`].
    pub fn is_here() -> bool {
        std::env::var_os(CONFIGURATION).is_some()
    }

    /// Runs the test `child` of this very binary in a process that has a fresh token.
    pub fn run(child: &str) {
        let dir = TempDir::new("token");
        let configuration = dir.path().join("softhsm2.conf");
        let tokens = dir.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let text = format!("directories.tokendir = {}\n", tokens.display());
        std::fs::write(&configuration, text).unwrap();
        let mut make = Command::new("softhsm2-util");
        make.args(["--init-token", "--free", "--label", Self::LABEL])
            .args(["--so-pin", "87654321", "--pin", Self::PIN]);
        let mut test = Command::new(std::env::current_exe().unwrap());
        test.args(["--exact", child, "--nocapture"]);
        for mut command in [make, test] {
            let done = command.env(CONFIGURATION, &configuration).output().unwrap();
            let said = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap());
            let ran = done.status.success() && !said[0].contains("running 0 tests");
            assert!(ran, "{command:?}: {}{}", said[0], said[1]);
        }
        assert!(tokens.read_dir().unwrap().next().is_some());
    }
}
