//! Telegrams over a line or over MATIP, each acknowledged by one.

use super::{Failed, Sent, Settled, Status, Told, Who, connect, digest};
use crate::{Kind, Way};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// A connection on which telegrams go.
pub(crate) struct Teletype {
    stream: BufStream<TcpStream>,
    is_matip: bool,
    who: Who,
}

/// The window's own address in the network; it does not look at it.
const TO: &str = "XOGAPZQ";

impl Teletype {
    pub(crate) async fn open(way: &Way, who: &Who) -> Result<Self, Failed> {
        let mut stream = BufStream::new(connect(way, who).await?);
        let is_matip = way.kind == Kind::Matip;
        if is_matip {
            // Text of seven bits, no protection, no designators.
            stream.write_all(b"\x01\xfe\x00\x06\x04\x00").await?;
            stream.flush().await?;
            let mut confirm = [0; 5];
            stream.read_exact(&mut confirm).await?;
            if confirm != *b"\x01\xfd\x00\x05\x00" {
                return Err(Failed::Strange);
            }
        }
        Ok(Self {
            stream,
            is_matip,
            who: who.clone(),
        })
    }

    pub(crate) async fn send(&mut self, sent: Sent<'_>) -> Result<Told, Failed> {
        let filed = self.who.now().strftime("%d%H%M");
        let heading = format!("QK {TO}\r\n.{} {filed}\r\n", self.who.origin);
        let telegram = [heading.as_bytes(), sent.bytes].concat();
        self.write(&telegram).await?;
        let wanted = digest(&telegram).to_uppercase();
        let mut answers = 0;
        loop {
            let text = self.text().await?;
            // Behind the heading, where there is one.
            let said = text.rsplit('\u{2}').next().unwrap_or_default();
            let mut words = said.split_whitespace();
            if words.next() != Some("ACK") || words.next() != Some(&*wanted) {
                answers += u64::from(!said.trim_start().starts_with("NOTICE"));
                continue;
            }
            let status = match words.next() {
                Some("ACCEPTED") => Status::Accepted,
                Some("DUPLICATE") => Status::Duplicate,
                Some("REFUSED") => Status::Refused,
                Some("LATER") => return Ok(Told::Later),
                Some("ORIGIN") => return Err(Failed::Strange),
                _ => return Err(Failed::Broken),
            };
            return Ok(Told::Settled(Settled::plain(status, answers)));
        }
    }

    async fn write(&mut self, telegram: &[u8]) -> Result<(), Failed> {
        if self.is_matip {
            let len = u16::try_from(4 + telegram.len())?.to_be_bytes();
            self.stream.write_all(&[1, 0, len[0], len[1]]).await?;
            self.stream.write_all(telegram).await?;
        } else {
            self.stream.write_all(b"\x01").await?;
            self.stream.write_all(telegram).await?;
            self.stream.write_all(b"\x03").await?;
        }
        Ok(self.stream.flush().await?)
    }

    /// The next telegram.
    async fn text(&mut self) -> Result<String, Failed> {
        let mut bytes = Vec::new();
        if self.is_matip {
            let mut header = [0; 4];
            self.stream.read_exact(&mut header).await?;
            let len = usize::from(u16::from_be_bytes([header[2], header[3]]));
            if header[..2] != [1, 0] || len < 4 {
                return Err(Failed::Broken);
            }
            bytes.resize(len - 4, 0);
            self.stream.read_exact(&mut bytes).await?;
        } else {
            loop {
                match self.stream.read_u8().await? {
                    1 => bytes.clear(),
                    3 => break,
                    byte => bytes.push(byte),
                }
            }
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
