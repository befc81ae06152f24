//! A carrier's connection by one way in: opened, used for one transmission behind the other, and told
//! what became of each.

mod as4;
mod folder;
pub(crate) mod https;
mod queue;
mod sftp;
mod teletype;

use crate::paper::Paper;
use crate::{Clock, Identity, Kind, Mailbox, Way};
use jiff::SignedDuration;
use rustls::RootCertStore;
use rustls::pki_types::ServerName;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio_rustls::client::TlsStream;

/// What is sent, as one try.
pub(crate) struct Sent<'a> {
    /// Of this try, where names tell tries apart; the same for a repeat that is meant to be known.
    pub(crate) name: &'a str,
    pub(crate) bytes: &'a [u8],
}

/// What a carrier is told.
pub(crate) enum Told {
    /// For good.
    Settled(Settled),
    /// Nothing was kept; send it again.
    Later,
}

/// What became of a transmission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Accepted,
    Duplicate,
    Refused,
    /// It was signed for, and what became of its messages is not told.
    Signed,
}

/// The same with what was said of its messages.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) status: Status,
    /// Messages accepted, duplicate and refused.
    pub(crate) messages: [u64; 3],
    /// Codes of what was found in those that were refused.
    pub(crate) reasons: Vec<String>,
    /// Answers in the carrier's own formats.
    pub(crate) answers: u64,
}

impl Settled {
    /// Where no more is said.
    pub(crate) fn plain(status: Status, answers: u64) -> Self {
        Self {
            status,
            messages: [0; 3],
            reasons: Vec::new(),
            answers,
        }
    }

    /// What a receipt says; nothing where it says *later*.
    pub(crate) fn of(receipt: &Value, answers: u64) -> Option<Self> {
        let mut messages = [0; 3];
        let mut reasons = Vec::new();
        let said = receipt["messages"].as_array();
        for message in said.into_iter().flatten() {
            match message["status"].as_str() {
                Some("accepted") => messages[0] += 1,
                Some("duplicate") => messages[1] += 1,
                Some("late") => return None,
                _ => {
                    messages[2] += 1;
                    let findings = message["findings"].as_array();
                    let codes = findings.into_iter().flatten().map(|it| it["code"].as_str());
                    let mut codes: Vec<String> = codes.flatten().map(str::to_owned).collect();
                    codes.sort();
                    codes.dedup();
                    reasons.extend(codes);
                }
            }
        }
        let status = match messages {
            [accepted, ..] if accepted > 0 => Status::Accepted,
            [_, known, _] if known > 0 => Status::Duplicate,
            _ => Status::Refused,
        };
        Some(Self {
            status,
            messages,
            reasons,
            answers,
        })
    }
}

/// Why a try came to nothing.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The window does not take it from this one.
    Strange,
    /// The connection broke, or was never there.
    Broken,
}

impl<E: std::error::Error> From<E> for Failed {
    fn from(_: E) -> Self {
        Self::Broken
    }
}

/// Who sends: what all its connections share.
#[derive(Clone)]
pub(crate) struct Who {
    pub(crate) handle: String,
    pub(crate) identity: Identity,
    /// Number among the carriers; on this machine each has an address of its own by it.
    pub(crate) number: u16,
    /// Its address in the network of telegrams.
    pub(crate) origin: String,
    pub(crate) clock: Clock,
    /// How far its clock is ahead.
    pub(crate) skew: SignedDuration,
    /// Authorities of the window under TLS.
    pub(crate) roots: Option<Arc<RootCertStore>>,
    pub(crate) mailbox: Option<Arc<Mailbox>>,
}

impl Who {
    /// The present, as it believes.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        (self.clock)() + self.skew
    }
}

/// A connection.
pub(crate) enum Link {
    Https(https::Https),
    Sftp(sftp::Sftp),
    Folder(folder::Folder),
    Queue(Box<queue::Queue>),
    Teletype(teletype::Teletype),
    As4(as4::As4),
}

impl Link {
    /// Connects, and says who it is where the way asks for it.
    pub(crate) async fn open(way: &Way, who: &Who) -> Result<Self, Failed> {
        Ok(match way.kind {
            Kind::Https => Self::Https(https::Https::open(way, who).await?),
            Kind::Sftp => Self::Sftp(sftp::Sftp::open(way, who).await?),
            Kind::Folder => Self::Folder(folder::Folder::open(way)),
            Kind::Queue => Self::Queue(Box::new(queue::Queue::open(way, who).await?)),
            Kind::Line | Kind::Matip => Self::Teletype(teletype::Teletype::open(way, who).await?),
            Kind::As4 => Self::As4(as4::As4::open(way, who)),
        })
    }

    /// Sends, and waits until it is told.
    pub(crate) async fn send(&mut self, sent: Sent<'_>) -> Result<Told, Failed> {
        match self {
            Self::Https(link) => link.send(sent).await,
            Self::Sftp(link) => link.send(sent).await,
            Self::Folder(link) => link.send(sent).await,
            Self::Queue(link) => link.send(sent).await,
            Self::Teletype(link) => link.send(sent).await,
            Self::As4(link) => link.send(sent).await,
        }
    }
}

/// A stream of any kind.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Stream for S {}

/// Connects to a way in. On this machine each carrier comes from an address of its own, because
/// telegrams know it by that, and limits are counted by it.
async fn connect(way: &Way, who: &Who) -> Result<TcpStream, Failed> {
    let mut found = lookup_host((way.host.trim_matches(['[', ']']), way.port)).await?;
    let to = found
        .find(std::net::SocketAddr::is_ipv4)
        .ok_or(Failed::Broken);
    let stream = match to {
        Ok(to) if way.is_here() && to.ip().is_loopback() => {
            let socket = TcpSocket::new_v4()?;
            socket.bind((home(who.number), 0).into())?;
            socket.connect(to).await?
        }
        _ => TcpStream::connect((way.host.trim_matches(['[', ']']), way.port)).await?,
    };
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The address of a carrier's machine where all are on this one.
pub(crate) fn home(number: u16) -> std::net::Ipv4Addr {
    let [high, low] = number.to_be_bytes();
    std::net::Ipv4Addr::new(127, 1, high, low)
}

/// The same, under TLS where the way says so.
async fn connect_securely(way: &Way, who: &Who) -> Result<Box<dyn Stream>, Failed> {
    let stream = connect(way, who).await?;
    if !way.secure {
        return Ok(Box::new(stream));
    }
    Ok(Box::new(secured(way, who, stream).await??))
}

/// Shakes hands; the inner fault is what the handshake ended with.
async fn secured(
    way: &Way,
    who: &Who,
    stream: TcpStream,
) -> Result<std::io::Result<TlsStream<TcpStream>>, Failed> {
    let roots = who.roots.as_ref().ok_or(Failed::Broken)?;
    let paper = who.identity.paper.as_ref().map(|(paper, _)| &**paper);
    let config = Paper::config(paper.filter(|_| way.kind == Kind::Https), roots)?;
    let name = ServerName::try_from(way.host.clone())?;
    let connector = tokio_rustls::TlsConnector::from(config);
    Ok(connector.connect(name, stream).await)
}

/// The first digits of the digest of a content, as answers are named by it.
fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digits = digest.iter().take(6).map(|byte| format!("{byte:02x}"));
    digits.collect()
}
