//! SFTP: put into the inbox, and the receipt read from the outbox, over one session.
//!
//! - Source: draft-ietf-secsh-filexfer-02, version 3, as far as a carrier's client needs it.

use super::{Failed, Sent, Settled, Told, Who, connect, digest};
use crate::Way;
use russh::ChannelStream;
use russh::client::{self, Config, Handle, Msg};
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes of one writing.
const WRITING: usize = 32 << 10;

/// Writings that are under way before their answers are waited for.
const AHEAD: usize = 8;

/// The largest packet that is believed.
const PACKET: u32 = 1 << 20;

const INIT: u8 = 1;
const OPEN: u8 = 3;
const CLOSE: u8 = 4;
const READ: u8 = 5;
const WRITE: u8 = 6;
const REMOVE: u8 = 13;
const STATUS: u8 = 101;
const HANDLE: u8 = 102;
const DATA: u8 = 103;

/// How a file is opened: to be read; to be written, made, from nothing.
const TO_READ: u32 = 0x01;
const TO_WRITE: u32 = 0x02 | 0x08 | 0x10;

/// A session.
pub(crate) struct Sftp {
    stream: ChannelStream<Msg>,
    _session: Handle<Anybody>,
    next: u32,
}

/// The window is not asked who it is: what is played is the carrier, and nothing it sends is real.
struct Anybody;

impl client::Handler for Anybody {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }
}

impl Sftp {
    pub(crate) async fn open(way: &Way, who: &Who) -> Result<Self, Failed> {
        let config = Config {
            inactivity_timeout: Some(Duration::from_secs(3600)),
            ..Config::default()
        };
        let stream = connect(way, who).await?;
        let mut session = client::connect_stream(Arc::new(config), stream, Anybody).await?;
        let key = PrivateKeyWithHashAlg::new(Arc::clone(&who.identity.ssh), None);
        let came_in = session.authenticate_publickey(&who.handle, key).await?;
        if !came_in.success() {
            return Err(Failed::Strange);
        }
        let channel = session.channel_open_session().await?;
        channel.request_subsystem(true, "sftp").await?;
        let mut sftp = Self {
            stream: channel.into_stream(),
            _session: session,
            next: 0,
        };
        sftp.stream.write_all(&packet(INIT, 3, &[])).await?;
        sftp.stream.flush().await?;
        sftp.reply().await?;
        Ok(sftp)
    }

    pub(crate) async fn send(&mut self, sent: Sent<'_>) -> Result<Told, Failed> {
        let path = format!("/inbox/{}", sent.name);
        let Some(handle) = self.handle(path.as_bytes(), TO_WRITE).await? else {
            return Ok(Told::Later);
        };
        for (n, chunks) in sent.bytes.chunks(WRITING * AHEAD).enumerate() {
            let mut under_way = 0;
            for (of, data) in chunks.chunks(WRITING).enumerate() {
                let at = ((n * AHEAD + of) * WRITING) as u64;
                let mut rest = text(&handle);
                rest.extend(at.to_be_bytes());
                rest.extend(text(data));
                self.ask(WRITE, &rest).await?;
                under_way += 1;
            }
            for _ in 0..under_way {
                if !is_well(&self.reply().await?) {
                    return Err(Failed::Broken);
                }
            }
        }
        // What is acknowledged here is kept.
        self.ask(CLOSE, &text(&handle)).await?;
        if !is_well(&self.reply().await?) {
            return Ok(Told::Later);
        }
        let stem = format!("/outbox/{}.{}", sent.name, digest(sent.bytes));
        let receipt = format!("{stem}.receipt.json");
        let Some(receipt_text) = self.read(receipt.as_bytes()).await? else {
            return Err(Failed::Broken);
        };
        self.remove(&receipt).await?;
        let mut answers = 0;
        while self
            .remove(&format!("{stem}.{}.reply", answers + 1))
            .await?
        {
            answers += 1;
        }
        let settled = Settled::of(&serde_json::from_slice(&receipt_text)?, answers);
        Ok(settled.map_or(Told::Later, Told::Settled))
    }

    /// Opens a file; nothing where that is refused.
    async fn handle(&mut self, path: &[u8], flags: u32) -> Result<Option<Vec<u8>>, Failed> {
        let mut rest = text(path);
        rest.extend(flags.to_be_bytes());
        // No attributes.
        rest.extend([0; 4]);
        self.ask(OPEN, &rest).await?;
        let reply = self.reply().await?;
        Ok(match reply.split_first() {
            Some((&HANDLE, rest)) => Some(rest.get(8..).ok_or(Failed::Broken)?.to_vec()),
            _ => None,
        })
    }

    /// A whole file, where it is there.
    async fn read(&mut self, path: &[u8]) -> Result<Option<Vec<u8>>, Failed> {
        let Some(handle) = self.handle(path, TO_READ).await? else {
            return Ok(None);
        };
        let mut whole = Vec::new();
        loop {
            let mut rest = text(&handle);
            rest.extend((whole.len() as u64).to_be_bytes());
            rest.extend((WRITING as u32).to_be_bytes());
            self.ask(READ, &rest).await?;
            let reply = self.reply().await?;
            match reply.split_first() {
                Some((&DATA, rest)) => whole.extend(rest.get(8..).ok_or(Failed::Broken)?),
                _ => break,
            }
        }
        self.ask(CLOSE, &text(&handle)).await?;
        self.reply().await?;
        Ok(Some(whole))
    }

    /// Clears a file away; whether there was one.
    async fn remove(&mut self, path: &str) -> Result<bool, Failed> {
        self.ask(REMOVE, &text(path.as_bytes())).await?;
        Ok(is_well(&self.reply().await?))
    }

    async fn ask(&mut self, kind: u8, rest: &[u8]) -> Result<(), Failed> {
        self.next = self.next.wrapping_add(1);
        self.stream
            .write_all(&packet(kind, self.next, rest))
            .await?;
        Ok(self.stream.flush().await?)
    }

    /// The next reply: its kind, and what stands behind it. Replies come in the order of requests.
    async fn reply(&mut self) -> Result<Vec<u8>, Failed> {
        let len = self.stream.read_u32().await?;
        if len == 0 || len > PACKET {
            return Err(Failed::Broken);
        }
        let mut body = vec![0; len as usize];
        self.stream.read_exact(&mut body).await?;
        Ok(body)
    }
}

/// A packet with its length: kind, number, and what stands behind them.
fn packet(kind: u8, id: u32, rest: &[u8]) -> Vec<u8> {
    let mut out = ((5 + rest.len()) as u32).to_be_bytes().to_vec();
    out.push(kind);
    out.extend(id.to_be_bytes());
    out.extend(rest);
    out
}

fn text(bytes: &[u8]) -> Vec<u8> {
    let mut out = (bytes.len() as u32).to_be_bytes().to_vec();
    out.extend(bytes);
    out
}

/// Whether a reply says that something was done.
fn is_well(reply: &[u8]) -> bool {
    matches!(reply.split_first(), Some((&STATUS, rest)) if rest.get(4..8) == Some(&[0; 4]))
}
