//! Type B over a plain TCP line.
//!
//! - In: telegrams one behind the other, each between SOH and ETX, or between `ZCZC` and a line
//!   `NNNN`. Out: telegrams in the same frame, as [`typeb`](super) says, each answered in turn.
//! - Invariants: a telegram is read when its frame is whole; a frame in a frame, and noise between
//!   two, ends the line, because nobody can tell any more what belongs to what; a frame that was
//!   begun is whole within the time for silence, however slowly its bytes come.
//! - The line itself protects nothing: it belongs into a private network or a tunnel.

use super::{Station, Subscriber};
use crate::listen::{self, Full, Limits, Room, Told, breach};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::timeout;

const SOH: u8 = 0x01;
const ETX: u8 = 0x03;

/// One connection: telegram by telegram, until it ends or breaks the rules, or it is time.
pub(super) async fn talk(
    stream: TcpStream,
    station: &Station,
    from: &Subscriber,
    limits: Limits,
    mut told: Told,
) -> io::Result<()> {
    let silence = Duration::from_secs(limits.idle);
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let begun = tokio::select! {
            biased;
            () = listen::ending(&mut told) => return Ok(()),
            begun = timeout(silence, begin(&mut read)) => begun,
        };
        let frame = match begun {
            // Nothing was begun, and nobody wants to.
            Err(_) | Ok(Ok(None)) => return Ok(()),
            Ok(begun) => begun?,
        };
        let Some(frame) = frame else { return Ok(()) };
        let telegram = timeout(silence, frame.rest(&mut read, &from.room)).await??;
        let answers = station.take(from, telegram).await;
        for answer in answers {
            let framed = frame.around(&answer);
            timeout(silence, write.write_all(&framed)).await??;
        }
    }
}

/// How a telegram is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// SOH, ETX.
    Control,
    /// `ZCZC`, `NNNN`.
    Words,
}

/// What stands between telegrams and says nothing.
fn is_filling(byte: u8) -> bool {
    matches!(byte, 0 | 0x04 | 0x16 | b'\r' | b'\n' | b' ')
}

/// Reads up to the beginning of a frame; nothing where the line ended before.
async fn begin(read: &mut BufReader<OwnedReadHalf>) -> io::Result<Option<Frame>> {
    loop {
        let heard = read.fill_buf().await?;
        let Some(first) = heard.iter().position(|byte| !is_filling(*byte)) else {
            let all = heard.len();
            if all == 0 {
                return Ok(None);
            }
            read.consume(all);
            continue;
        };
        let frame = match heard[first] {
            SOH => Frame::Control,
            // It belongs to the telegram, which says by which channel it came.
            b'Z' => Frame::Words,
            _ => return Err(breach("there is something between two telegrams")),
        };
        read.consume(first + usize::from(frame == Frame::Control));
        return Ok(Some(frame));
    }
}

impl Frame {
    /// Reads to the end of the frame: the telegram, without SOH and ETX.
    async fn rest(self, read: &mut BufReader<OwnedReadHalf>, room: &Room) -> io::Result<Vec<u8>> {
        let mut draft = room.draft();
        loop {
            let heard = read.fill_buf().await?;
            if heard.is_empty() {
                return Err(breach("it ended within a telegram"));
            }
            let before = draft.len();
            let (taken, ends) = match self {
                Self::Control => match heard.iter().position(|byte| matches!(*byte, SOH | ETX)) {
                    Some(at) if heard[at] == SOH => {
                        return Err(breach("a telegram begins within another"));
                    }
                    Some(at) => (at, true),
                    None => (heard.len(), false),
                },
                // Line by line, as the end is one.
                Self::Words => match heard.iter().position(|byte| *byte == b'\n') {
                    Some(at) => (at + 1, false),
                    None => (heard.len(), false),
                },
            };
            let piece = &heard[..taken];
            if self == Self::Words && piece.iter().any(|byte| matches!(*byte, SOH | ETX)) {
                return Err(breach("a telegram in words has the marks of another kind"));
            }
            draft.write(before, piece).map_err(|full| match full {
                Full::TooLarge => breach("a telegram is larger than any may be"),
                Full::NoRoom | Full::Gap => breach("there is no room for a telegram now"),
            })?;
            read.consume(taken + usize::from(ends));
            let bytes = draft.bytes();
            if self == Self::Words && bytes.len() >= 4 && !bytes.starts_with(b"ZCZC") {
                return Err(breach("there is something between two telegrams"));
            }
            if ends || (self == Self::Words && is_end(bytes)) {
                return Ok(draft.bytes().to_owned());
            }
        }
    }

    fn around(self, telegram: &[u8]) -> Vec<u8> {
        match self {
            Self::Control => [&[SOH][..], telegram, &[ETX]].concat(),
            Self::Words => [b"ZCZC\r\n", telegram, b"NNNN\r\n"].concat(),
        }
    }
}

/// Whether the last line is `NNNN`. Its line break may be to come, and is filling then.
fn is_end(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_end();
    let before = bytes.strip_suffix(b"NNNN");
    before.is_some_and(|before| matches!(before.last(), Some(b'\n' | b'\r')))
}
