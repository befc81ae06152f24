//! An SFTP server: a home for each carrier, with an inbox and an outbox.
//!
//! - In: files that carriers write to `/inbox`. Out: *done* when a file is durable and screened, or
//!   refused for good; its receipt and answers in `/outbox`.
//! - Source: RFC 4251 to 4254 by `russh`; OpenSSH's PROTOCOL.certkeys; SFTP as [`wire`] says.
//! - Invariants: a carrier shows a key or a certificate, never a password; it gets files and no
//!   shell, command, terminal or tunnel; who it is comes from the key and stands in the channel of
//!   each message. Rooms and doors are bounded as [`listen`](crate::listen) says.

mod home;
mod wire;

use crate::answers::{Answers, usable};
use crate::listen::{self, Each, Limits, Told, breach};
use crate::{Desk, Ends, Fault, Transport};
use home::{Home, Owner};
use oriel_app::Enrolled;
use oriel_store::{ChannelKind, Id};
use russh::keys::ssh_key::public::KeyData;
use russh::keys::ssh_key::{HashAlg, certificate::CertType};
use russh::keys::{Algorithm, Certificate, PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, Disconnect, MethodKind, MethodSet, Preferred};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, RwLock, Semaphore};

/// Sessions that one connection may open.
const CHANNELS: usize = 4;

/// How long a connection may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(1);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Name of this way in.
    name: String,
    /// Address to listen on.
    listen: SocketAddr,
    /// Folder that has, or gets, a folder for each carrier in which its answers lie.
    path: PathBuf,
    /// Files of the server's own keys, in OpenSSH's format, without passphrase.
    host_keys: Vec<PathBuf>,
    #[serde(default)]
    limits: Limits,
}

struct Sftp {
    name: String,
    listener: Option<std::net::TcpListener>,
    config: Arc<russh::server::Config>,
    limits: Limits,
    path: PathBuf,
}

/// Opens the server: reads its keys, looks at its folder, takes the address.
pub(crate) fn open(table: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    let settings: Settings = crate::settings(table)?;
    let name = settings.name;
    let path = settings.path;
    usable(&path).map_err(|error| Fault::Folder {
        name: name.clone(),
        path: path.clone(),
        error,
    })?;
    let keys = settings.host_keys.iter().map(|path| host_key(&name, path));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        let says = "host_keys names no file; `ssh-keygen -t ed25519 -N '' -f FILE` makes one";
        return Err(Fault::Settings(says.to_owned()));
    }
    let listener = listen::bind(&name, settings.listen)?;
    Ok(Box::new(Sftp {
        listener: Some(listener),
        config: Arc::new(config(keys, settings.limits)),
        limits: settings.limits,
        path,
        name,
    }))
}

/// A key as the registry keeps it; nothing where it is none after all.
fn public_key(line: &str) -> Option<PublicKey> {
    PublicKey::from_openssh(line).ok()
}

fn host_key(way: &str, path: &Path) -> Result<PrivateKey, Fault> {
    russh::keys::load_secret_key(path, None).map_err(|why| Fault::Key {
        name: way.to_owned(),
        what: path.display().to_string(),
        why: why.to_string(),
    })
}

fn config(keys: Vec<PrivateKey>, limits: Limits) -> russh::server::Config {
    let usual = Preferred::DEFAULT;
    let is_strong = |algorithm: &&Algorithm| !is_weak(algorithm);
    let preferred = Preferred {
        key: usual.key.iter().filter(is_strong).cloned().collect(),
        // What is pressed can be a bomb, and says something about its content by its length.
        compression: Cow::Borrowed(&[russh::compression::NONE]),
        ..usual
    };
    russh::server::Config {
        server_id: russh::SshId::Standard(Cow::Borrowed("SSH-2.0-Oriel")),
        methods: MethodSet::from(&[MethodKind::PublicKey][..]),
        auth_rejection_time: Duration::from_millis(300),
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys,
        preferred,
        max_auth_attempts: 6,
        inactivity_timeout: Some(Duration::from_secs(limits.idle)),
        nodelay: true,
        ..russh::server::Config::default()
    }
}

/// Whether a signature is made with SHA-1.
fn is_weak(algorithm: &Algorithm) -> bool {
    matches!(algorithm, Algorithm::Rsa { hash: None } | Algorithm::Dsa)
}

impl Transport for Sftp {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&mut self, desk: &Desk, ends: &Ends) {
        let Some(listener) = self.listener.take() else {
            return;
        };
        let house = Arc::new(House {
            name: self.name.clone(),
            desk: desk.clone(),
            path: self.path.clone(),
            owners: Each::new(self.limits),
        });
        let (config, limits) = (Arc::clone(&self.config), self.limits);
        listen::run(&self.name, ends, |told| {
            listen::receive(listener, limits, told, move |stream, _, told| {
                let visit = visit(
                    stream,
                    Arc::clone(&config),
                    Arc::clone(&house),
                    limits,
                    told,
                );
                async {
                    // Who goes in the middle of a word is no fault of ours.
                    if let Err(why) = visit.await {
                        tracing::debug!(%why, "an SFTP connection ended early");
                    }
                }
            })
        });
    }
}

/// What all connections share.
struct House {
    name: String,
    desk: Desk,
    path: PathBuf,
    owners: Each<Owner>,
}

impl House {
    /// What of a carrier counts now, of a kind, as keys.
    fn keys<'a>(
        &self,
        carrier: &'a Enrolled,
        kind: ChannelKind,
    ) -> impl Iterator<Item = (Id, PublicKey)> + use<'a> {
        let rows = carrier.values(kind, self.desk.now());
        rows.filter_map(|row| Some((row.id, public_key(&row.value)?)))
    }

    /// What a carrier has here; its folder is made when it comes for the first time.
    fn owner(&self, handle: &str) -> std::io::Result<Arc<Owner>> {
        self.owners.of(handle, |room| {
            let outbox = self.path.join(handle);
            usable(&outbox)?;
            Ok(Owner {
                channel: format!("sftp {} {handle}", self.name),
                handle: handle.to_owned(),
                outbox: Answers::new(outbox),
                room,
            })
        })
    }

    fn is_revoked(&self, carrier: &Enrolled, keys: &[&KeyData]) -> bool {
        let mut revoked = self.keys(carrier, ChannelKind::SshRevoked);
        revoked.any(|(_, key)| keys.contains(&key.key_data()))
    }

    /// The channel by which a carrier's key is known.
    fn knows(&self, carrier: &Enrolled, key: &PublicKey, algorithm: &Algorithm) -> Option<Id> {
        if is_weak(algorithm) || self.is_revoked(carrier, &[key.key_data()]) {
            return None;
        }
        let mut keys = self.keys(carrier, ChannelKind::SshKey);
        let known = keys.find(|(_, known)| known.key_data() == key.key_data());
        known.map(|(id, _)| id)
    }

    /// The channel by which its certificate's authority is known. A certificate holds when one of
    /// the carrier's authorities signed it for its name, for now, and without a condition: those
    /// that there are would have to be kept by who reads them.
    fn trusts(&self, carrier: &Enrolled, certificate: &Certificate) -> Option<Id> {
        let named = |name: &String| *name == carrier.row.handle;
        let holds = certificate.cert_type() == CertType::User
            && certificate.valid_principals().iter().any(named)
            && certificate.critical_options().is_empty()
            && !self.is_revoked(
                carrier,
                &[certificate.public_key(), certificate.signature_key()],
            );
        let mut authorities = self.keys(carrier, ChannelKind::SshAuthority);
        let signed = authorities.find(|(_, authority)| {
            let print = authority.fingerprint(HashAlg::Sha256);
            certificate.validate(&[print]).is_ok()
        });
        signed.filter(|_| holds).map(|(id, _)| id)
    }
}

/// A carrier that came in, and the channel that let it.
#[derive(Clone)]
struct Guest {
    owner: Arc<Owner>,
    by: Id,
}

/// One connection, to its end.
async fn visit(
    stream: TcpStream,
    config: Arc<russh::server::Config>,
    house: Arc<House>,
    limits: Limits,
    mut told: Told,
) -> Result<(), russh::Error> {
    // A second handle, because what runs the connection does not end when nobody waits for it.
    let stream = stream.into_std()?;
    let _cut = Cut(stream.try_clone()?);
    let stream = TcpStream::from_std(stream)?;
    let known = Arc::new(AtomicBool::new(false));
    let busy = Arc::new(RwLock::new(()));
    let visitor = Visitor {
        house,
        known: Arc::clone(&known),
        busy: Arc::clone(&busy),
        told: told.clone(),
        guest: None,
        channels: HashMap::new(),
        places: Arc::new(Semaphore::new(CHANNELS)),
    };
    let login = Duration::from_secs(limits.login);
    let begin = russh::server::run_stream(config, stream, visitor);
    let running = tokio::time::timeout(login, begin).await;
    let mut running = running.map_err(|_| russh::Error::ConnectionTimeout)??;
    let handle = running.handle();
    let too_slow = async {
        tokio::time::sleep(login).await;
        if known.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = &mut running => return ended,
        () = too_slow => return Err(russh::Error::ConnectionTimeout),
        () = listen::ending(&mut told) => {}
    }
    // What was begun is done and told first.
    drop(busy.write().await);
    let says = "the server ends".to_owned();
    let _ = handle
        .disconnect(Disconnect::ByApplication, says, "en".to_owned())
        .await;
    let _ = tokio::time::timeout(FAREWELL, running).await;
    Ok(())
}

/// Cuts a connection when it is dropped.
struct Cut(std::net::TcpStream);

impl Drop for Cut {
    fn drop(&mut self) {
        // Where it is cut already, that is what was wanted.
        let _ = self.0.shutdown(std::net::Shutdown::Both);
    }
}

/// Somebody who came in; a carrier once it has shown its key.
struct Visitor {
    house: Arc<House>,
    known: Arc<AtomicBool>,
    /// Held by whoever answers a request.
    busy: Arc<RwLock<()>>,
    told: Told,
    guest: Option<Guest>,
    /// Opened, and not yet given a purpose.
    channels: HashMap<ChannelId, (Channel<Msg>, OwnedSemaphorePermit)>,
    places: Arc<Semaphore>,
}

impl Visitor {
    /// Lets a carrier in whose key or certificate is known by a channel.
    fn admit(&mut self, user: &str, holds: impl Fn(&House, &Enrolled) -> Option<Id>) -> Auth {
        let registry = self.house.desk.registry();
        let carrier = registry.named(user);
        let by = carrier.and_then(|carrier| holds(&self.house, carrier));
        let name = &*self.house.name;
        let Some(by) = by else {
            // A name that is none of ours may be anything that somebody typed.
            let user = carrier.map_or("somebody unknown", |_| user);
            tracing::warn!(name, user, "a key or certificate was refused");
            return Auth::reject();
        };
        match self.house.owner(user) {
            Ok(owner) => {
                self.guest = Some(Guest { owner, by });
                self.known.store(true, Ordering::Relaxed);
                Auth::Accept
            }
            Err(why) => {
                tracing::error!(name, user, %why, "a carrier's folder cannot be used");
                Auth::reject()
            }
        }
    }

    fn refuse(channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        session.channel_failure(channel)
    }
}

impl russh::server::Handler for Visitor {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        // Clients offer every key they have; only one that was used counts as refused.
        let registry = self.house.desk.registry();
        let house = &self.house;
        let known = registry.named(user).is_some_and(|known| {
            house
                .knows(known, offer.public_key, offer.algorithm)
                .is_some()
                || house
                    .keys(known, ChannelKind::SshAuthority)
                    .next()
                    .is_some()
        });
        Ok(if known { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.admit(user, |house, carrier| {
            house.knows(carrier, key.public_key, key.algorithm)
        }))
    }

    async fn auth_openssh_certificate(
        &mut self,
        user: &str,
        certificate: &Certificate,
    ) -> Result<Auth, Self::Error> {
        Ok(self.admit(user, |house, carrier| house.trusts(carrier, certificate)))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        // Dropped, the handle refuses.
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            self.channels.insert(channel.id(), (channel, place));
            reply.accept().await;
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Self::Error> {
        self.channels.remove(&id);
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let (Some(guest), "sftp") = (&self.guest, name) else {
            return Self::refuse(id, session);
        };
        let Some((channel, place)) = self.channels.remove(&id) else {
            return Self::refuse(id, session);
        };
        session.channel_success(id)?;
        let (house, guest) = (Arc::clone(&self.house), guest.clone());
        let (busy, told) = (Arc::clone(&self.busy), self.told.clone());
        tokio::spawn(async move {
            let talked = talk(channel.into_stream(), &house, &guest, &busy, told).await;
            if let Err(why) = talked {
                tracing::debug!(%why, "an SFTP session ended early");
            }
            drop(place);
        });
        Ok(())
    }

    async fn shell_request(
        &mut self,
        id: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        Self::refuse(id, session)
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        _: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        Self::refuse(id, session)
    }

    async fn env_request(
        &mut self,
        id: ChannelId,
        _: &str,
        _: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        Self::refuse(id, session)
    }
}

/// One session: request by request, until the client ends it, breaks the protocol, or it is time.
async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    house: &House,
    guest: &Guest,
    busy: &RwLock<()>,
    mut told: Told,
) -> std::io::Result<()> {
    let mut home = Home::new(&guest.owner, &house.desk);
    house.desk.in_turn(|| home.fetch_notices()).await;
    let mut packet = Vec::new();
    loop {
        let len = tokio::select! {
            biased;
            () = listen::ending(&mut told) => return stream.shutdown().await,
            len = stream.read_u32() => len?,
        };
        if len > wire::MOST {
            return Err(breach("a packet is larger than any may be"));
        }
        packet.resize(len as usize, 0);
        stream.read_exact(&mut packet).await?;
        let _busy = busy.read().await;
        let registry = house.desk.registry();
        if !registry.holds(guest.by, house.desk.now()) {
            return Err(breach("what it came in with has ended"));
        }
        let (id, request) = wire::read(&packet).map_err(|_| breach("that is no packet"))?;
        // Here it may wait for the commit.
        let reply = home.answer(&request).await;
        stream.write_all(&reply.packet(id)).await?;
        stream.flush().await?;
    }
}
