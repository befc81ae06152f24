//! What a carrier has to show who it is: keys and certificates in a folder of its own.
//!
//! - Invariant: keys of strangers are made when they are needed and written nowhere.

use crate::paper::Paper;
use crate::{Authority, Fault};
use oriel_ebms::Own;
use rcgen::{CertificateParams, KeyPair};
use ring::rand::{SecureRandom, SystemRandom};
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};
use russh::keys::{PrivateKey, load_secret_key};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Keys and certificates of one carrier.
#[derive(Clone)]
pub struct Identity {
    /// For SFTP.
    pub(crate) ssh: Arc<PrivateKey>,
    /// For AS4.
    pub(crate) as4: Arc<Own>,
    /// The same certificate as PEM.
    as4_certificate: String,
    /// Key of its machine for HTTPS.
    pub(crate) token: String,
    /// What its machine shows over HTTPS instead of the key.
    pub(crate) paper: Option<(Arc<Paper>, Authority)>,
    /// It shows its key beside a certificate.
    pub(crate) shows_both: bool,
    /// Password at the broker.
    pub(crate) password: String,
}

/// Files of an identity.
const SSH: &str = "ssh.key";
const AS4: &str = "as4.pem";
const AS4_KEY: &str = "as4.key";
const TOKEN: &str = "https.token";
const PASSWORD: &str = "queue.password";

impl Identity {
    /// Reads the folder of a carrier; makes what is not there yet, but for what others give it: the
    /// key for HTTPS and the password of a broker.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(folder).map_err(|why| file(folder, why))?;
        let at = |name: &str| folder.join(name);
        if !at(SSH).exists() {
            let text = ssh().to_openssh(LineEnding::LF);
            let text = text.map_err(|why| file(&at(SSH), why))?;
            private(&at(SSH), &text)?;
        }
        if !at(AS4).exists() {
            let (certificate, key) = as4();
            private(&at(AS4_KEY), &key)?;
            fs::write(at(AS4), certificate).map_err(|why| file(&at(AS4), why))?;
        }
        let ssh = load_secret_key(at(SSH), None).map_err(|why| file(&at(SSH), why))?;
        let read = |name: &str| fs::read_to_string(at(name)).map_err(|why| file(&at(name), why));
        let given = |name: &str| match read(name) {
            Ok(text) => text.lines().next().unwrap_or_default().to_owned(),
            Err(_) => String::new(),
        };
        let certificate = read(AS4)?;
        let as4 = Own::read(&certificate, &read(AS4_KEY)?, &SystemRandom::new());
        Ok(Self {
            ssh: Arc::new(ssh),
            as4: Arc::new(as4.map_err(|why| file(&at(AS4), why))?),
            as4_certificate: certificate,
            token: given(TOKEN),
            paper: None,
            shows_both: false,
            password: given(PASSWORD),
        })
    }

    /// Keeps what others gave: the key for HTTPS, the password of a broker.
    pub fn keep(
        mut self,
        folder: &Path,
        token: Option<&str>,
        password: Option<&str>,
    ) -> Result<Self, Fault> {
        if let Some(token) = token {
            private(&folder.join(TOKEN), token)?;
            token.clone_into(&mut self.token);
        }
        if let Some(password) = password {
            private(&folder.join(PASSWORD), password)?;
            password.clone_into(&mut self.password);
        }
        Ok(self)
    }

    /// Shows the certificate of its folder over HTTPS, which `from` gives it first.
    pub fn certified(mut self, folder: &Path, name: &str, from: &Authority) -> Result<Self, Fault> {
        let paper = Paper::open(folder, name, from)?;
        self.paper = Some((Arc::new(paper), from.clone()));
        Ok(self)
    }

    /// SHA-256 of that certificate, as it is enrolled.
    pub fn fingerprint(&self) -> Option<String> {
        self.paper.as_ref().map(|(paper, _)| paper.fingerprint())
    }

    /// The same carrier with another certificate, and its own key beside it where it `shows_both`.
    pub(crate) fn showing(&self, paper: Arc<Paper>, from: &Authority, shows_both: bool) -> Self {
        Self {
            paper: Some((paper, from.clone())),
            shows_both,
            ..self.clone()
        }
    }

    /// The key that it shows over HTTPS.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let shows = self.paper.is_none() || self.shows_both;
        shows.then_some(&*self.token)
    }

    /// Somebody whom nobody knows.
    pub(crate) fn stranger() -> Self {
        let random = SystemRandom::new();
        let (certificate, key) = as4();
        let as4 = Own::read(&certificate, &key, &random).expect("a pair that was just made fits");
        Self {
            ssh: Arc::new(ssh()),
            as4: Arc::new(as4),
            as4_certificate: certificate,
            token: "nobody".to_owned(),
            paper: None,
            shows_both: false,
            password: "nobody".to_owned(),
        }
    }

    /// Its public key for SFTP, as it is enrolled.
    pub fn ssh_public(&self) -> String {
        let line = self.ssh.public_key().to_openssh();
        line.expect("a key of our own can be written")
    }

    /// Its certificate for AS4, PEM, as it is enrolled.
    pub fn as4_certificate(&self) -> &str {
        &self.as4_certificate
    }
}

fn ssh() -> PrivateKey {
    let mut seed = [0; 32];
    let filled = SystemRandom::new().fill(&mut seed);
    filled.expect("the system has random numbers");
    let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
    PrivateKey::new(pair, "invented").expect("a pair of keys without a passphrase is one")
}

/// A certificate that signs itself, and its key, PEM.
fn as4() -> (String, String) {
    let key = KeyPair::generate().expect("the system has random numbers");
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let params = CertificateParams::new(names).expect("these are names of machines");
    let certificate = params
        .self_signed(&key)
        .expect("a key that was just made signs");
    (certificate.pem(), key.serialize_pem())
}

/// Writes what only the owner may read.
pub(crate) fn private(path: &Path, text: &str) -> Result<(), Fault> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    let opened = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    let written = opened.and_then(|mut it| it.write_all(text.as_bytes()));
    written.map_err(|why| file(path, why))
}

pub(crate) fn file(path: &Path, why: impl std::fmt::Display) -> Fault {
    Fault::File {
        path: path.to_owned(),
        why: why.to_string(),
    }
}
