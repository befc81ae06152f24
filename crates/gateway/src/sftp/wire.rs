//! SFTP, version 3: requests from bytes, replies to bytes.
//!
//! - Source: draft-ietf-secsh-filexfer-02, the version that every client speaks.
//! - Invariants: names stay bytes, because carriers' machines write them in their own alphabets;
//!   nothing is copied or reserved for a length that a client only claims.

/// The largest packet that is read, without its length. Clients write at most 32 KiB at a time
/// unless they were offered more; OpenSSH's own limit is this one.
pub(super) const MOST: u32 = 256 << 10;

/// The most bytes that are given for one reading.
pub(super) const READING: u32 = 32 << 10;

const VERSION: u32 = 3;

/// How a file is to be opened (`pflags`).
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags(u32);

impl Flags {
    pub(super) fn write(self) -> bool {
        self.0 & 0x02 != 0
    }
    pub(super) fn append(self) -> bool {
        self.0 & 0x04 != 0
    }
    pub(super) fn truncate(self) -> bool {
        self.0 & 0x10 != 0
    }
}

/// What a client asks for.
#[derive(Debug)]
pub(super) enum Request<'a> {
    Init,
    Open {
        path: &'a [u8],
        flags: Flags,
    },
    Close {
        handle: u32,
    },
    Read {
        handle: u32,
        at: u64,
        len: u32,
    },
    Write {
        handle: u32,
        at: u64,
        data: &'a [u8],
    },
    /// Of a path; nothing here is a link, so that both ways to ask are one.
    Stat {
        path: &'a [u8],
    },
    StatHandle {
        handle: u32,
    },
    SetStat {
        path: &'a [u8],
    },
    /// With the new size, where one is given.
    SetStatHandle {
        handle: u32,
        size: Option<u64>,
    },
    OpenDir {
        path: &'a [u8],
    },
    ReadDir {
        handle: u32,
    },
    Remove {
        path: &'a [u8],
    },
    RealPath {
        path: &'a [u8],
    },
    Rename {
        from: &'a [u8],
        to: &'a [u8],
    },
    /// Links, folders, extensions: nothing of it is offered.
    Other,
}

/// It is no packet of the protocol.
#[derive(Debug)]
pub(super) struct Malformed;

/// Reads a packet, without its length: the number of the request, and the request.
pub(super) fn read(packet: &[u8]) -> Result<(u32, Request<'_>), Malformed> {
    let mut rest = Rest(packet);
    let kind = rest.byte()?;
    let id = rest.number()?;
    let request = match kind {
        // What stands there is the version, and no number of a request.
        1 => Request::Init,
        3 => Request::Open {
            path: rest.text()?,
            flags: Flags(rest.number()?),
        },
        4 => Request::Close {
            handle: rest.handle()?,
        },
        5 => Request::Read {
            handle: rest.handle()?,
            at: rest.long()?,
            len: rest.number()?,
        },
        6 => Request::Write {
            handle: rest.handle()?,
            at: rest.long()?,
            data: rest.text()?,
        },
        7 | 17 => Request::Stat { path: rest.text()? },
        8 => Request::StatHandle {
            handle: rest.handle()?,
        },
        9 => Request::SetStat { path: rest.text()? },
        10 => Request::SetStatHandle {
            handle: rest.handle()?,
            size: match rest.number()? & 1 {
                1 => Some(rest.long()?),
                _ => None,
            },
        },
        11 => Request::OpenDir { path: rest.text()? },
        12 => Request::ReadDir {
            handle: rest.handle()?,
        },
        13 => Request::Remove { path: rest.text()? },
        16 => Request::RealPath { path: rest.text()? },
        18 => Request::Rename {
            from: rest.text()?,
            to: rest.text()?,
        },
        _ => Request::Other,
    };
    Ok((id, request))
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    fn number(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    fn long(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    fn text(&mut self) -> Result<&'a [u8], Malformed> {
        let len = self.number()?;
        self.take(len as usize)
    }

    /// A handle is the four bytes that [`Reply::Handle`] gave; any other is one that is not open.
    fn handle(&mut self) -> Result<u32, Malformed> {
        Ok(self.text()?.try_into().map_or(u32::MAX, u32::from_be_bytes))
    }
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Ok = 0,
    Eof = 1,
    NoSuchFile = 2,
    Denied = 3,
    Failure = 4,
    Unsupported = 8,
}

/// What a file or folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Folder,
    File {
        size: u64,
        /// Seconds since 1970, UTC.
        changed: u32,
    },
}

/// What a client is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Version,
    Status(Code, String),
    Handle(u32),
    Data(Vec<u8>),
    Names(Vec<(Vec<u8>, About)>),
    About(About),
}

impl Reply {
    pub(super) fn ok() -> Self {
        Self::Status(Code::Ok, "done".to_owned())
    }

    /// The packet, with its length.
    pub(super) fn packet(&self, id: u32) -> Vec<u8> {
        let mut out = vec![0; 4];
        let mut begin = |kind: u8, id: u32| {
            out.push(kind);
            out.extend(id.to_be_bytes());
        };
        match self {
            Self::Version => begin(2, VERSION),
            Self::Status(code, says) => {
                begin(101, id);
                out.extend((*code as u32).to_be_bytes());
                text(&mut out, says.as_bytes());
                text(&mut out, b"en");
            }
            Self::Handle(handle) => {
                begin(102, id);
                text(&mut out, &handle.to_be_bytes());
            }
            Self::Data(data) => {
                begin(103, id);
                text(&mut out, data);
            }
            Self::Names(names) => {
                begin(104, id);
                out.extend((names.len() as u32).to_be_bytes());
                for (name, about) in names {
                    text(&mut out, name);
                    text(&mut out, &line(name, *about));
                    attributes(&mut out, *about);
                }
            }
            Self::About(about) => {
                begin(105, id);
                attributes(&mut out, *about);
            }
        }
        let len = (out.len() - 4) as u32;
        out[..4].copy_from_slice(&len.to_be_bytes());
        out
    }
}

fn text(out: &mut Vec<u8>, text: &[u8]) {
    out.extend((text.len() as u32).to_be_bytes());
    out.extend(text);
}

/// Size, permissions, times.
fn attributes(out: &mut Vec<u8>, about: About) {
    let (mode, size, changed) = match about {
        About::Folder => (0o040_700_u32, 0, 0),
        About::File { size, changed } => (0o100_600, size, changed),
    };
    out.extend(0x0d_u32.to_be_bytes());
    out.extend(size.to_be_bytes());
    out.extend(mode.to_be_bytes());
    out.extend(changed.to_be_bytes());
    out.extend(changed.to_be_bytes());
}

/// A line as `ls -l` writes it, which some clients show and a few still read.
fn line(name: &[u8], about: About) -> Vec<u8> {
    let (kind, size, changed) = match about {
        About::Folder => ("drwx------", 0, 0),
        About::File { size, changed } => ("-rw-------", size, changed),
    };
    let at = jiff::Timestamp::from_second(changed.into()).unwrap_or_default();
    let at = at.strftime("%b %d %Y");
    let mut line = format!("{kind} 1 carrier carrier {size:>12} {at} ").into_bytes();
    line.extend(name);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(kind: u8, id: u32, fields: &[&[u8]]) -> Vec<u8> {
        let mut packet = vec![kind];
        packet.extend(id.to_be_bytes());
        for field in fields {
            text(&mut packet, field);
        }
        packet
    }

    #[test]
    fn every_cut_of_a_packet_is_malformed_and_none_panics() {
        let mut writing = packet(6, 7, &[&9_u32.to_be_bytes()]);
        writing.extend(3_u64.to_be_bytes());
        text(&mut writing, b"data");
        let whole = read(&writing).unwrap();
        assert!(matches!(
            whole,
            (
                7,
                Request::Write {
                    handle: 9,
                    at: 3,
                    data: b"data"
                }
            )
        ));
        for end in 0..writing.len() {
            assert!(read(&writing[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_length_that_is_only_claimed_is_malformed() {
        let mut opening = packet(3, 1, &[]);
        opening.extend(u32::MAX.to_be_bytes());
        opening.extend(b"short");
        assert!(read(&opening).is_err());
    }

    #[test]
    fn a_handle_of_another_length_is_one_that_is_not_open() {
        for handle in [&b""[..], b"abc", b"abcde"] {
            let closing = packet(4, 1, &[handle]);
            assert!(matches!(
                read(&closing),
                Ok((1, Request::Close { handle: u32::MAX }))
            ));
        }
    }

    #[test]
    fn a_reply_says_its_length() {
        let names = vec![(
            b"a.edi".to_vec(),
            About::File {
                size: 1,
                changed: 2,
            },
        )];
        for reply in [
            Reply::Version,
            Reply::ok(),
            Reply::Handle(1),
            Reply::Data(vec![1, 2]),
            Reply::Names(names),
            Reply::About(About::Folder),
        ] {
            let packet = reply.packet(5);
            let len = u32::from_be_bytes(packet[..4].try_into().unwrap());
            assert_eq!(len as usize, packet.len() - 4);
        }
    }
}
