//! AS4, the profile of ebMS 3.0: carriers push their messages, and are pushed their answers.
//!
//! - In: units over HTTPS, each signed by its carrier. Out: a signed receipt when a unit is durable
//!   and screened, or refused for good; an error by the standard's codes; and answers as units of
//!   ours, from an [`outbox`] that keeps them until the carrier has signed for them.
//! - Source: OASIS AS4 Profile 1.0 and ebMS 3.0 Core, read and written by `oriel-ebms`.
//! - Invariants: who sends is said by the certificate of the signature, in the registry, and by
//!   nothing else; a repeat is acknowledged again and not taken again, and another message under a
//!   known identifier is refused, also after a restart. While nothing can be kept, nothing is said
//!   but *try later*, by HTTP, because an error of ebMS would be for good.

mod outbox;
mod push;
mod receive;

use crate::listen::{self, Limits, Told};
use crate::{Desk, Ends, Fault, Transport, tls};
use jiff::SignedDuration;
use oriel_ebms::{Own, Signer};
use oriel_store::ChannelKind;
use outbox::Outbox;
use ring::rand::SystemRandom;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// How often what is too old to come again is forgotten.
const FORGET: Duration = Duration::from_secs(3600);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Name of this way in.
    name: String,
    /// Address to listen on.
    listen: SocketAddr,
    /// Folder in which answers wait for their carriers.
    path: PathBuf,
    /// The party that we are.
    party: String,
    /// Our certificate for TLS, and its key, PEM; without them, this machine only.
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    /// Our certificate for signing, and its key, PEM.
    signing_certificate: PathBuf,
    signing_key: PathBuf,
    /// Authorities of the carriers' addresses for answers, PEM.
    ca: Option<PathBuf>,
    /// Service of what we push.
    #[serde(default = "service")]
    service: String,
    /// Agreement of what we push.
    agreement: Option<String>,
    /// Days for which a message may be on its way, and for which identifiers are remembered.
    #[serde(default = "days")]
    days: u16,
    /// Seconds of the longest wait between two tries to push.
    #[serde(default = "longest")]
    longest: u64,
    #[serde(default)]
    limits: Limits,
}

fn service() -> String {
    "PNRGOV".to_owned()
}

fn days() -> u16 {
    7
}

fn longest() -> u64 {
    300
}

/// What all connections share.
struct House {
    name: String,
    party: String,
    service: String,
    agreement: Option<String>,
    own: Own,
    random: SystemRandom,
    acceptor: Option<TlsAcceptor>,
    connector: Option<TlsConnector>,
    outbox: Outbox,
    window: SignedDuration,
    longest: Duration,
    limits: Limits,
}

struct As4 {
    listener: Option<std::net::TcpListener>,
    house: Arc<House>,
}

/// Reads certificates and keys, and takes the address.
pub(crate) fn open(table: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    let settings: Settings = crate::settings(table)?;
    let name = settings.name;
    let unusable = |path: &Path, why: String| Fault::Key {
        name: name.clone(),
        what: path.display().to_string(),
        why,
    };
    let acceptor = match (&settings.certificate, &settings.key) {
        (Some(certificate), Some(key)) => {
            let acceptor = tls::acceptor(certificate, key);
            Some(acceptor.map_err(|why| unusable(certificate, why))?)
        }
        (None, None) if settings.listen.ip().is_loopback() => None,
        _ => {
            let says = "certificate and key name no files; other machines are met under TLS only";
            return Err(Fault::Settings(says.to_owned()));
        }
    };
    let connector = settings.ca.as_deref().map(|ca| {
        let connector = tls::connector(ca);
        connector.map_err(|why| unusable(ca, why))
    });
    let read = |path: &Path| {
        let text = std::fs::read_to_string(path);
        text.map_err(|why| unusable(path, why.to_string()))
    };
    let random = SystemRandom::new();
    let (certificate, key) = (
        read(&settings.signing_certificate)?,
        read(&settings.signing_key)?,
    );
    let own = Own::read(&certificate, &key, &random).map_err(|_| {
        let why = "certificate and key must belong together, and be of RSA (2048 bits or more), \
            P-256, P-384 or Ed25519, as PEM";
        unusable(&settings.signing_key, why.to_owned())
    })?;
    let outbox = Outbox::open(&settings.path).map_err(|error| Fault::Folder {
        name: name.clone(),
        path: settings.path.clone(),
        error,
    })?;
    let house = House {
        party: settings.party,
        service: settings.service,
        agreement: settings.agreement,
        connector: connector.transpose()?,
        window: SignedDuration::from_hours(24 * i64::from(settings.days)),
        longest: Duration::from_secs(settings.longest),
        limits: settings.limits,
        own,
        random,
        acceptor,
        outbox,
        name,
    };
    Ok(Box::new(As4 {
        listener: Some(listen::bind(&house.name, settings.listen)?),
        house: Arc::new(house),
    }))
}

impl Transport for As4 {
    fn name(&self) -> &str {
        &self.house.name
    }

    fn run(&mut self, desk: &Desk, ends: &Ends) {
        let Some(listener) = self.listener.take() else {
            return;
        };
        let house = &self.house;
        listen::run(&house.name, ends, |told| async move {
            let visit = receive::visitor(Arc::clone(house), desk.clone());
            // Tasks of their own, so that nobody waits at the door while they wait for the store.
            let pushing = push::run(Arc::clone(house), desk.clone(), told.clone());
            let forgetting = forget(house.window, desk.clone(), told.clone());
            let (pushing, forgetting) = (tokio::spawn(pushing), tokio::spawn(forgetting));
            listen::receive(listener, house.limits, told, visit).await;
            // A panic was reported by the panic hook when it happened.
            let _ = tokio::join!(pushing, forgetting);
        });
    }
}

impl House {
    fn signer(&self) -> Signer<'_> {
        Signer {
            own: &self.own,
            random: &self.random,
        }
    }

    /// What a carrier's messages come by.
    fn channel(&self, handle: &str) -> String {
        format!("as4 {} {handle}", self.name)
    }

    /// A name for a message of ours, the same for the same words.
    fn message_id(&self, words: &[&str]) -> String {
        let mut digest = Sha256::new();
        for word in words {
            digest.update((word.len() as u64).to_be_bytes());
            digest.update(word);
        }
        let digest = digest.finalize();
        let digits: String = digest[..16].iter().map(|it| format!("{it:02x}")).collect();
        let plain = |it: &char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-');
        let domain: String = self.party.chars().filter(plain).collect();
        format!("{digits}@{domain}")
    }

    /// Whose certificate it is now.
    fn known(&self, desk: &Desk, certificate: &oriel_ebms::Certificate) -> Option<Known> {
        let (registry, now) = (desk.registry(), desk.now());
        let line = certificate.line();
        let known = registry.known_by(ChannelKind::As4Certificate, &line, now);
        known.map(|(carrier, _)| Arc::clone(carrier))
    }
}

/// Forgets, now and then, what would not be taken any more.
async fn forget(window: SignedDuration, desk: Desk, mut told: Told) {
    loop {
        tokio::task::block_in_place(|| desk.as4_forget(window));
        tokio::select! {
            () = listen::ending(&mut told) => return,
            () = tokio::time::sleep(FORGET) => {}
        }
    }
}

/// A carrier whose signature holds.
type Known = Arc<oriel_app::Enrolled>;
