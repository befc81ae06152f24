//! Carriers that send telegrams: over a line, in either frame, and over MATIP.

use crate::carrier::Carrier;
use oriel_gateway::{Desk, Gateway, open};
use oriel_store::ChannelKind;
use oriel_testkit::free_port;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How telegrams travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    Control,
    Words,
    Matip,
}

pub(crate) const HEADING: &str = "QK XOGAPZQ\r\n.REKOPZQ 040846\r\n";

/// A carrier with its own station.
pub(crate) struct Teletype {
    own: Arc<Own>,
}

struct Own {
    framing: Framing,
    port: u16,
    gone: AtomicBool,
    told: Mutex<Vec<String>>,
    answers: Mutex<Vec<String>>,
}

impl Drop for Teletype {
    fn drop(&mut self) {
        self.own.gone.store(true, Ordering::Relaxed);
    }
}

impl Teletype {
    pub(crate) fn new(framing: Framing) -> Self {
        let own = Own {
            framing,
            port: free_port(),
            gone: AtomicBool::new(false),
            told: Mutex::default(),
            answers: Mutex::default(),
        };
        Self { own: Arc::new(own) }
    }

    pub(crate) fn settings(&self, limits: &str) -> toml::Table {
        let kind = match self.own.framing {
            Framing::Matip => "matip",
            Framing::Control | Framing::Words => "line",
        };
        let port = self.own.port;
        let text = format!(
            "kind = '{kind}'\nname = 'leased'\nlisten = '127.0.0.1:{port}'\naddress = 'XOGAPZQ'\n\
             [limits]\n{limits}\n"
        );
        toml::from_str(&text).unwrap()
    }

    /// A connection on which telegrams can be sent.
    pub(crate) fn connect(&self) -> io::Result<Wire> {
        self.own.connect(Ipv4Addr::LOCALHOST)
    }

    /// A connection on which nothing was said yet.
    pub(crate) fn plain(&self) -> TcpStream {
        self.own.plain(Ipv4Addr::LOCALHOST).unwrap()
    }
}

impl Own {
    fn plain(&self, from: Ipv4Addr) -> io::Result<TcpStream> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?;
        let stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind(SocketAddr::new(IpAddr::V4(from), 0))?;
            let to = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
            socket.connect(to).await?.into_std()
        })?;
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(stream)
    }

    fn connect(&self, from: Ipv4Addr) -> io::Result<Wire> {
        let framing = self.framing;
        let stream = self.plain(from)?;
        let mut wire = Wire { framing, stream };
        if framing == Framing::Matip {
            wire.stream.write_all(b"\x01\xfe\x00\x0a\x04\x02ZQOR")?;
            let mut confirm = [0; 5];
            wire.stream.read_exact(&mut confirm)?;
            assert_eq!(&confirm, b"\x01\xfd\x00\x05\x00");
        }
        Ok(wire)
    }

    /// Sends, and gives what it was told; keeps the answers.
    fn exchange(&self, mut wire: Wire, telegram: &[u8]) -> io::Result<String> {
        wire.stream.write_all(&wire.framing.around(telegram))?;
        self.hear(&mut wire)
    }

    fn hear(&self, wire: &mut Wire) -> io::Result<String> {
        let mut answers = Vec::new();
        loop {
            let text = wire.text()?;
            if let Some(rest) = text.strip_prefix("ACK ") {
                let status = rest.split_whitespace().nth(1).unwrap().to_lowercase();
                self.answers.lock().unwrap().append(&mut answers);
                return Ok(status);
            }
            answers.push(text);
        }
    }

    /// Sends until it is told something for good.
    fn insist(&self, telegram: &[u8]) {
        while !self.gone.load(Ordering::Relaxed) {
            let wire = self.connect(Ipv4Addr::LOCALHOST);
            match wire.and_then(|wire| self.exchange(wire, telegram)) {
                Ok(told) if told != "later" => return self.told.lock().unwrap().push(told),
                _ => thread::sleep(Duration::from_millis(100)),
            }
        }
    }
}

/// A connection on which telegrams go.
pub(crate) struct Wire {
    framing: Framing,
    pub(crate) stream: TcpStream,
}

impl Framing {
    pub(crate) fn around(self, telegram: &[u8]) -> Vec<u8> {
        match self {
            Self::Control => [b"\x01", telegram, b"\x03"].concat(),
            Self::Words => [b"ZCZC LTA0231\r\n", telegram, b"\r\nNNNN\r\n"].concat(),
            Self::Matip => {
                let len = u16::try_from(4 + telegram.len()).unwrap().to_be_bytes();
                [&[1, 0], &len[..], telegram].concat()
            }
        }
    }
}

impl Wire {
    /// The text of the next telegram.
    pub(crate) fn text(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        match self.framing {
            Framing::Matip => {
                let mut header = [0; 4];
                self.stream.read_exact(&mut header)?;
                assert_eq!(header[..2], [1, 0], "data");
                let len = usize::from(u16::from_be_bytes([header[2], header[3]])) - 4;
                bytes.resize(len, 0);
                self.stream.read_exact(&mut bytes)?;
            }
            Framing::Control | Framing::Words => {
                let end: &[u8] = match self.framing {
                    Framing::Control => b"\x03",
                    _ => b"NNNN\r\n",
                };
                while !bytes.ends_with(end) {
                    let mut byte = [0];
                    self.stream.read_exact(&mut byte)?;
                    bytes.extend(byte);
                }
                bytes.truncate(bytes.len() - end.len());
            }
        }
        let text = String::from_utf8(bytes).unwrap();
        // Where it was known who sent it, the answer is addressed.
        match text.split_once('\u{2}') {
            Some((heading, text)) => {
                assert!(heading.contains("QK REKOPZQ\r\n.XOGAPZQ "), "{heading:?}");
                Ok(text.trim().to_owned())
            }
            None => Ok(text.trim_matches(['\u{1}', '\r', '\n']).to_owned()),
        }
    }

    /// What it is told of the telegram it sent last.
    pub(crate) fn told(&mut self) -> io::Result<String> {
        loop {
            let text = self.text()?;
            if let Some(rest) = text.strip_prefix("ACK ") {
                return Ok(rest.split_whitespace().nth(1).unwrap().to_owned());
            }
        }
    }
}

/// A transmission in a telegram.
pub(crate) fn telegram(bytes: &[u8]) -> Vec<u8> {
    [HEADING.as_bytes(), bytes].concat()
}

impl Carrier for Teletype {
    fn channels(&self) -> Vec<(ChannelKind, String)> {
        let mut channels = vec![
            (ChannelKind::Address, "127.0.0.1".to_owned()),
            (ChannelKind::Origin, "REKOPZQ".to_owned()),
        ];
        if self.own.framing == Framing::Matip {
            channels.push((ChannelKind::Designator, "ZQ".to_owned()));
        }
        channels
    }

    fn open(&self, desk: Desk) -> Gateway {
        Gateway::start(desk, vec![open(self.settings("")).unwrap()])
    }

    fn send(&self, _: &str, bytes: &[u8]) {
        let (own, telegram) = (Arc::clone(&self.own), telegram(bytes));
        thread::spawn(move || own.insist(&telegram));
    }

    fn send_all(&self, messages: &[(String, String)]) {
        let mut wire = self.connect().unwrap();
        for (_, text) in messages {
            let framed = self.own.framing.around(&telegram(text.as_bytes()));
            wire.stream.write_all(&framed).unwrap();
            let told = self.own.hear(&mut wire).unwrap();
            self.own.told.lock().unwrap().push(told);
        }
    }

    fn send_half<'a>(&'a self, _: &'a str, bytes: &'a [u8]) -> Box<dyn FnOnce() + 'a> {
        let framed = self.own.framing.around(&telegram(bytes));
        let mut wire = self.connect().unwrap();
        let (half, rest) = framed.split_at(framed.len() / 2);
        wire.stream.write_all(half).unwrap();
        let rest = rest.to_owned();
        Box::new(move || {
            wire.stream.write_all(&rest).unwrap();
            let told = self.own.hear(&mut wire).unwrap();
            self.own.told.lock().unwrap().push(told);
        })
    }

    fn break_answers<'a>(&'a self, desk: Desk, name: &str, bytes: &[u8]) -> Box<dyn FnOnce() + 'a> {
        let running = self.open(desk);
        let mut wire = self.connect().unwrap();
        let framed = self.own.framing.around(&telegram(bytes));
        wire.stream.write_all(&framed).unwrap();
        drop(wire);
        let (name, bytes) = (name.to_owned(), bytes.to_owned());
        Box::new(move || {
            drop(running);
            self.send(&name, &bytes);
        })
    }

    fn intrude(&self, bytes: &[u8]) -> Option<bool> {
        // From another machine, and from the right one under another's address.
        let elsewhere = Ipv4Addr::new(127, 0, 0, 2);
        let foreign = b"QK XOGAPZQ\r\n.MUCKMX9 040846\r\n";
        let tries = [
            (elsewhere, telegram(bytes)),
            (Ipv4Addr::LOCALHOST, [foreign, bytes].concat()),
            (
                Ipv4Addr::LOCALHOST,
                [&telegram(b""), &foreign[..], bytes].concat(),
            ),
        ];
        let came_in = tries.into_iter().any(|(from, telegram)| {
            let wire = self.own.connect(from);
            let told = wire.and_then(|wire| self.own.exchange(wire, &telegram));
            told.is_ok_and(|told| told != "origin")
        });
        Some(came_in)
    }

    fn statuses(&self) -> Vec<String> {
        let mut told = self.own.told.lock().unwrap().clone();
        told.sort();
        told
    }

    fn answers(&self) -> Vec<String> {
        self.own.answers.lock().unwrap().clone()
    }
}
