//! Type B over MATIP.
//!
//! - In: a session, and in it telegrams, one in each packet of data. Out: packets back, as
//!   [`typeb`](super) says, each telegram answered in turn.
//! - Source: RFC 2351, sections 7 and 10. Its messages may be protected end to end by BATAP, which is
//!   not public: a session that asks for it is refused with the cause that the RFC has for that.
//! - Invariants: a packet is at most as large as its two bytes of length can say; nothing is read
//!   before the session is open; a packet that was begun is whole within the time for silence.
//! - The RFC itself says that it protects nothing: it belongs into a private network or a tunnel.

use super::{Station, Subscriber};
use crate::listen::{self, Limits, Told, breach};
use oriel_store::ChannelKind;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Version of the protocol, the low bits of the first byte.
const VERSION: u8 = 1;

/// The header of each packet, which its length counts too.
const HEADER: usize = 4;

/// Second byte of a header: data, and the commands, which have the high bit.
const DATA: u8 = 0x00;
const OPEN: u8 = 0xfe;
const CONFIRM: u8 = 0xfd;
const CLOSE: u8 = 0xfc;

/// The kind of protection by which a session asks for BATAP.
const BATAP: u8 = 2;

/// What a session is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Accepted = 0,
    /// What the opening says does not fit what was agreed.
    Incoherent = 2,
    /// Another protection of messages.
    Protection = 3,
}

/// One connection: its sessions, one behind the other, and the telegrams in them.
pub(super) async fn talk(
    mut stream: TcpStream,
    station: &Station,
    from: &Subscriber,
    limits: Limits,
    mut told: Told,
) -> io::Result<()> {
    let silence = Duration::from_secs(limits.idle);
    let login = Duration::from_secs(limits.login);
    let mut is_open = false;
    loop {
        let patience = if is_open { silence } else { login };
        let header = tokio::select! {
            biased;
            () = listen::ending(&mut told) => None,
            header = timeout(patience, header(&mut stream)) => match header {
                // Silence ends a session in good order, too.
                Err(_) => None,
                Ok(header) => match header? {
                    Some(header) => Some(header),
                    None => return Ok(()),
                },
            },
        };
        let Some((command, len)) = header else {
            if is_open {
                send(&mut stream, CLOSE, &[0]).await?;
            }
            return Ok(());
        };
        if len as u64 > limits.most {
            return Err(breach("a telegram is larger than any may be"));
        }
        let mut body = vec![0; len];
        timeout(patience, stream.read_exact(&mut body)).await??;
        match command {
            OPEN => {
                let agreed = station.values(from, ChannelKind::Designator);
                let cause = opening(&body, &agreed)?;
                send(&mut stream, CONFIRM, &[cause as u8]).await?;
                if cause != Cause::Accepted {
                    return Err(breach("a session does not fit what was agreed"));
                }
                is_open = true;
            }
            CLOSE => is_open = false,
            DATA if is_open => {
                let answers = station.take(from, body).await;
                for answer in answers {
                    timeout(silence, send(&mut stream, DATA, &answer)).await??;
                }
            }
            _ => return Err(breach("that command does not belong here")),
        }
    }
}

/// Reads a header: the command, and how many bytes follow. Nothing where the connection ended.
async fn header(stream: &mut TcpStream) -> io::Result<Option<(u8, usize)>> {
    let first = match stream.read_u8().await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        first => first?,
    };
    let command = stream.read_u8().await?;
    let len = usize::from(stream.read_u16().await?);
    if first != VERSION {
        return Err(breach("that is not version 1 of MATIP"));
    }
    let len = len.checked_sub(HEADER);
    let len = len.ok_or(breach("a packet is shorter than its header"))?;
    Ok(Some((command, len)))
}

/// What a session that opens like this is answered: how characters are coded, how messages are
/// protected, whether designators follow, and those of sender and recipient.
fn opening(body: &[u8], agreed: &[String]) -> io::Result<Cause> {
    let (coding, how, designators) = match body {
        [coding, how] => (coding, how, None),
        [coding, how, first, second, _, _] => (coding, how, Some([*first, *second])),
        _ => return Err(breach("a session is opened with two bytes, or with six")),
    };
    let (protection, carried) = (how >> 4, how >> 1 & 1 == 1);
    // Seven bits, or eight: both are read.
    let is_text = matches!(coding & 0b111, 0b100);
    let fits = |agreed: &String| designators.is_some_and(|told| agreed.as_bytes() == told);
    let is_agreed = agreed.is_empty() || agreed.iter().any(fits);
    Ok(match () {
        () if protection == BATAP => Cause::Protection,
        () if !is_text || !is_agreed || carried != designators.is_some() => Cause::Incoherent,
        () => Cause::Accepted,
    })
}

async fn send(stream: &mut TcpStream, command: u8, body: &[u8]) -> io::Result<()> {
    let len = u16::try_from(HEADER + body.len());
    let len = len.map_err(|_| breach("an answer is larger than a packet"))?;
    let mut packet = vec![VERSION, command];
    packet.extend(len.to_be_bytes());
    packet.extend(body);
    stream.write_all(&packet).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &[u8], designator: Option<&[u8; 2]>, expect: Option<Cause>) {
        let agreed = designator.map(|it| String::from_utf8_lossy(it).into_owned());
        let cause = opening(body, agreed.as_slice()).ok();
        assert_eq!(cause, expect, "{body:?}");
    }

    /// RFC 2351, 10.1.1.
    #[test]
    fn a_session_is_opened_as_agreed_or_refused_with_the_cause() {
        check(&[0b100, 0], None, Some(Cause::Accepted));
        check(b"\x04\x02ZQOR", None, Some(Cause::Accepted));
        check(b"\x04\x02ZQOR", Some(b"ZQ"), Some(Cause::Accepted));
        check(b"\x04\x02X9OR", Some(b"ZQ"), Some(Cause::Incoherent));
        check(&[0b100, 0], Some(b"ZQ"), Some(Cause::Incoherent));
        // Padded baudot, IPARS, EBCDIC; designators that are said and not sent, and the other way.
        for body in [
            &b"\x00\x00"[..],
            b"\x02\x00",
            b"\x06\x00",
            b"\x04\x02",
            b"\x04\x00ZQOR",
        ] {
            check(body, None, Some(Cause::Incoherent));
        }
        check(&[0b100, 0x20], None, Some(Cause::Protection));
        for body in [&b""[..], b"\x04", b"\x04\x02ZQ", b"\x04\x02ZQORX"] {
            check(body, None, None);
        }
    }
}
