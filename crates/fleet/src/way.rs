//! Ways in as addresses: `sftp://window.example:2222`, `file:///srv/oriel/{carrier}/in`.

use crate::Fault;
use std::fmt;
use std::path::PathBuf;

/// By what a carrier sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `http://` (this machine) or `https://`.
    Https,
    /// `sftp://`.
    Sftp,
    /// `file:///`, a folder.
    Folder,
    /// `amqp://USER@HOST:PORT/QUEUE?answers=QUEUE`, a queue of a broker.
    Queue,
    /// `line://`, telegrams.
    Line,
    /// `matip://`, telegrams.
    Matip,
    /// `as4://` (this machine) or `as4s://`, both with the window's party as `?party=NAME`.
    As4,
}

impl Kind {
    /// As a report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Sftp => "sftp",
            Self::Folder => "folder",
            Self::Queue => "amqp",
            Self::Line => "line",
            Self::Matip => "matip",
            Self::As4 => "as4",
        }
    }

    /// Whether it carries these bytes: a telegram has no letters beyond seven bits, and a packet of
    /// MATIP is at most as long as its two bytes of length say.
    pub(crate) fn fits(self, bytes: &[u8]) -> bool {
        let most = match self {
            Self::Matip => 65_000,
            _ => usize::MAX,
        };
        let is_telegram = matches!(self, Self::Line | Self::Matip);
        let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\r' | b'\n');
        bytes.len() <= most && (!is_telegram || bytes.iter().all(plain))
    }
}

/// Schemes of addresses.
const SCHEMES: &[(&str, Kind, bool, u16)] = &[
    ("http", Kind::Https, false, 80),
    ("https", Kind::Https, true, 443),
    ("sftp", Kind::Sftp, false, 22),
    ("file", Kind::Folder, false, 0),
    ("amqp", Kind::Queue, false, 5672),
    ("amqps", Kind::Queue, true, 5671),
    ("line", Kind::Line, false, 0),
    ("matip", Kind::Matip, false, 351),
    ("as4", Kind::As4, false, 80),
    ("as4s", Kind::As4, true, 443),
];

/// A way in, as one carrier uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// By what.
    pub kind: Kind,
    /// Whether it is under TLS.
    pub(crate) secure: bool,
    pub(crate) user: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Path of a folder or of an address, name of a queue.
    pub(crate) path: String,
    /// The queue for answers; the party of the window.
    pub(crate) other: String,
}

impl Way {
    /// Reads an address; in it `{carrier}` becomes the carrier's short name, `{number}` its place.
    pub fn read(text: &str, handle: &str, number: usize) -> Result<Self, Fault> {
        let wrong = |why| Fault::Way {
            text: text.to_owned(),
            why,
        };
        let own = text.replace("{carrier}", handle);
        let own = own.replace("{number}", &number.to_string());
        let (scheme, rest) = own.split_once("://").ok_or(wrong("it has no scheme"))?;
        let row = SCHEMES.iter().find(|(name, ..)| *name == scheme);
        let (_, kind, secure, usual) = *row.ok_or(wrong(
            "there is: http, https, sftp, file, amqp, amqps, line, matip, as4, as4s",
        ))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (user, place) = authority.rsplit_once('@').unwrap_or((handle, authority));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong("its port is none"))?),
            None => (place, usual),
        };
        if host.is_empty() == (kind != Kind::Folder) {
            return Err(wrong("it names no host, or a folder one"));
        }
        if kind == Kind::Line && port == 0 {
            return Err(wrong("it names no port"));
        }
        let wanted = match kind {
            Kind::Queue => "answers=",
            _ => "party=",
        };
        let mut others = query.split('&').filter_map(|it| it.strip_prefix(wanted));
        let other = others.next().unwrap_or_default();
        if kind == Kind::Queue && (path.len() < 2 || other.is_empty()) {
            return Err(wrong("it is /QUEUE?answers=QUEUE behind the broker"));
        }
        if kind == Kind::Folder && path.is_empty() {
            return Err(wrong("it names no folder"));
        }
        Ok(Self {
            kind,
            secure,
            user: user.to_owned(),
            host: host.to_owned(),
            port,
            path: path.to_owned(),
            other: other.to_owned(),
        })
    }

    /// The folder.
    pub(crate) fn folder(&self) -> PathBuf {
        PathBuf::from(&self.path)
    }

    /// Whether it is on this very machine.
    pub(crate) fn is_here(&self) -> bool {
        self.host.starts_with("127.") || self.host == "localhost"
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Result<(Kind, &str, &str, u16, &str, &str), &str>) {
        let read = Way::read(text, "zq", 7);
        match (&read, expect) {
            (Ok(way), Ok(expect)) => assert_eq!(
                (
                    way.kind,
                    &*way.user,
                    &*way.host,
                    way.port,
                    &*way.path,
                    &*way.other
                ),
                expect
            ),
            (Err(fault), Err(why)) => assert!(fault.to_string().contains(why), "{fault}"),
            _ => panic!("{text}: {read:?}"),
        }
    }

    #[test]
    fn an_address_is_a_way_in_of_one_carrier() {
        check(
            "https://window.example",
            Ok((Kind::Https, "zq", "window.example", 443, "", "")),
        );
        check(
            "sftp://w.example:2222",
            Ok((Kind::Sftp, "zq", "w.example", 2222, "", "")),
        );
        check(
            "file:///srv/{carrier}/in",
            Ok((Kind::Folder, "zq", "", 0, "/srv/zq/in", "")),
        );
        check(
            "amqp://oriel@mq:5672/amq/queue/{number}.in?answers=/amq/queue/{number}.out",
            Ok((
                Kind::Queue,
                "oriel",
                "mq",
                5672,
                "/amq/queue/7.in",
                "/amq/queue/7.out",
            )),
        );
        check(
            "as4://127.0.0.1:9000/msh?party=utopia",
            Ok((Kind::As4, "zq", "127.0.0.1", 9000, "/msh", "utopia")),
        );
        check("gopher://x", Err("there is: http"));
        check("window.example", Err("no scheme"));
        check("line://here", Err("no port"));
        check("sftp://here:many", Err("its port"));
        check("sftp://", Err("no host"));
        check("amqp://mq/in", Err("?answers="));
    }

    #[test]
    fn what_a_telegram_cannot_carry_goes_another_way() {
        assert!(Kind::Line.fits(b"UNB+UNOA'\r\n") && !Kind::Line.fits("Ä".as_bytes()));
        assert!(!Kind::Matip.fits(&[b'A'; 66_000]) && Kind::Line.fits(&[b'A'; 66_000]));
        assert!(Kind::Sftp.fits(b"\x00\xff"));
    }
}
