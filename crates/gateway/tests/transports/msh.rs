//! A carrier that pushes over AS4 and takes its answers at an address of its own: a message service
//! handler, as the standard calls it.

use crate::carrier::{Carrier, statuses};
use jiff::{SignedDuration, Timestamp};
use oriel_ebms::{Certificate, Content, Draft, Message, Own, Part, Posted, Rules, Signer, receipt};
use oriel_gateway::{Desk, Gateway, open};
use oriel_store::ChannelKind;
use oriel_testkit::{TempDir, free_port};
use rcgen::{CertificateParams, KeyPair};
use ring::rand::SystemRandom;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A key with a certificate of its own, also as PEM.
pub(crate) struct Identity {
    pub(crate) own: Own,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Identity {
    pub(crate) fn new() -> Self {
        Self::of(&KeyPair::generate().unwrap())
    }

    pub(crate) fn of(key: &KeyPair) -> Self {
        let params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]);
        let certificate = params.unwrap().self_signed(key).unwrap().pem();
        let key = key.serialize_pem();
        Self {
            own: Own::read(&certificate, &key, &SystemRandom::new()).unwrap(),
            certificate,
            key,
        }
    }

    /// Signs the message `id` that brings `payload`.
    pub(crate) fn push(&self, id: &str, payload: &[u8]) -> Posted {
        self.say(id, "push", &[payload])
    }

    pub(crate) fn say(&self, id: &str, action: &str, payloads: &[&[u8]]) -> Posted {
        let part = |it: &&[u8]| Part {
            media: "application/EDIFACT".to_owned(),
            name: "list.edi".to_owned(),
            bytes: it.to_vec(),
        };
        let parts: Vec<Part> = payloads.iter().map(part).collect();
        let draft = Draft {
            id,
            at: Timestamp::now(),
            about: None,
            conversation: "invented",
            from: "zq-party",
            to: "utopia",
            agreement: None,
            service: match action.ends_with("/test") {
                true => "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/service",
                false => "PNRGOV",
            },
            action,
            parts: &parts,
        };
        let random = &SystemRandom::new();
        let own = &self.own;
        draft.post(Signer { own, random }).unwrap()
    }
}

/// How a carrier's address answers what is pushed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Signs,
    /// Signs for another message.
    SignsForAnother,
    /// Signs with a certificate that is nobody's.
    SignsAsAnother,
    Fails,
    Refuses,
}

/// A carrier with its address for answers.
pub(crate) struct Msh {
    pub(crate) zq: Arc<Identity>,
    /// Ours.
    pub(crate) window: Identity,
    pub(crate) dir: TempDir,
    pub(crate) port: u16,
    at: u16,
    got: Arc<Mutex<Vec<Vec<u8>>>>,
    pub(crate) manner: Arc<Mutex<Manner>>,
    gone: Arc<AtomicBool>,
}

impl Msh {
    pub(crate) fn new() -> Self {
        Self::of(Identity::new(), Identity::new())
    }

    pub(crate) fn of(zq: Identity, window: Identity) -> Self {
        let zq = Arc::new(zq);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let dir = TempDir::new("as4");
        for (name, text) in [
            ("window.pem", &window.certificate),
            ("window.key", &window.key),
        ] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let of = Self {
            at: listener.local_addr().unwrap().port(),
            port: free_port(),
            got: Arc::default(),
            manner: Arc::new(Mutex::new(Manner::Signs)),
            gone: Arc::default(),
            zq,
            window,
            dir,
        };
        let (zq, got, gone) = (of.zq.clone(), of.got.clone(), of.gone.clone());
        let (manner, known) = (of.manner.clone(), of.window.own.certificate().clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if gone.load(Ordering::Relaxed) {
                    return;
                }
                let manner = *manner.lock().unwrap();
                answer(stream.unwrap(), &zq, &known, &got, manner);
            }
        });
        of
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/msh", self.at)
    }

    pub(crate) fn outbox(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    pub(crate) fn settings(&self, more: &str) -> toml::Table {
        let (at, port) = (self.dir.path().display(), self.port);
        let text = format!(
            "kind = 'as4'\nname = 'main'\nlisten = '127.0.0.1:{port}'\nparty = 'utopia'\n\
             path = '{at}/out'\nsigning_certificate = '{at}/window.pem'\n\
             signing_key = '{at}/window.key'\nlongest = 1\n{more}"
        );
        toml::from_str(&text).unwrap()
    }

    /// What comes back for a message; nothing where nobody is there.
    pub(crate) fn exchange(&self, posted: &Posted) -> Option<(u16, String, Vec<u8>)> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        talk(stream, posted)
    }

    /// What the window says about a message: `receipt`, or the code of an error.
    pub(crate) fn said(&self, posted: &Posted) -> Option<String> {
        let (status, content_type, body) = self.exchange(posted)?;
        if status != 200 {
            return None;
        }
        let message = read(
            &content_type,
            &body,
            "zq-party",
            self.window.own.certificate(),
        )?;
        match message.content {
            Content::Error { code, .. } => Some(code),
            _ if posted.is_acknowledged(&message) => Some("receipt".to_owned()),
            other => panic!("{other:?}"),
        }
    }

    /// Pushes until it is signed for.
    fn insist(&self, posted: &Posted) {
        while !self.gone.load(Ordering::Relaxed) {
            let (status, ..) = self.exchange(posted).unwrap_or_default();
            match status {
                200 => return,
                0 | 503 => thread::sleep(Duration::from_millis(100)),
                other => panic!("{other}"),
            }
        }
    }

    fn got(&self) -> Vec<(PathBuf, String)> {
        let got = self.got.lock().unwrap();
        let text = |it: &Vec<u8>| String::from_utf8(it.clone()).unwrap();
        got.iter().map(|it| (PathBuf::new(), text(it))).collect()
    }

    /// A second hand on the same things, for a thread.
    fn hand(&self) -> Self {
        let copy = |name: &str| fs::read_to_string(self.dir.path().join(name)).unwrap();
        let (certificate, key) = (copy("window.pem"), copy("window.key"));
        Self {
            zq: self.zq.clone(),
            window: Identity {
                own: Own::read(&certificate, &key, &SystemRandom::new()).unwrap(),
                certificate,
                key,
            },
            dir: TempDir::new("as4-hand"),
            port: self.port,
            at: self.at,
            got: self.got.clone(),
            manner: self.manner.clone(),
            gone: self.gone.clone(),
        }
    }
}

impl Carrier for Msh {
    fn channels(&self) -> Vec<(ChannelKind, String)> {
        vec![
            (ChannelKind::As4Certificate, self.zq.certificate.clone()),
            (ChannelKind::As4Party, "zq-party".to_owned()),
            (ChannelKind::As4Endpoint, self.endpoint()),
        ]
    }

    fn open(&self, desk: Desk) -> Gateway {
        Gateway::start(desk, vec![open(self.settings("")).unwrap()])
    }

    fn send(&self, name: &str, bytes: &[u8]) {
        let (hand, posted) = (self.hand(), self.zq.push(name, bytes));
        thread::spawn(move || hand.insist(&posted));
    }

    fn send_all(&self, messages: &[(String, String)]) {
        for (name, text) in messages {
            self.insist(&self.zq.push(name, text.as_bytes()));
        }
    }

    fn send_half<'a>(&'a self, name: &'a str, bytes: &'a [u8]) -> Box<dyn FnOnce() + 'a> {
        let posted = self.zq.push(name, bytes);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let half = posted.body.len() / 2;
        stream.write_all(head(&posted).as_bytes()).unwrap();
        stream.write_all(&posted.body[..half]).unwrap();
        Box::new(move || {
            stream.write_all(&posted.body[half..]).unwrap();
            assert_eq!(heard(stream).unwrap().0, 200);
        })
    }

    fn break_answers<'a>(&'a self, desk: Desk, name: &str, bytes: &[u8]) -> Box<dyn FnOnce() + 'a> {
        let running = self.open(desk);
        fs::remove_dir_all(self.outbox()).unwrap();
        self.send(name, bytes);
        Box::new(move || drop(running))
    }

    fn intrude(&self, bytes: &[u8]) -> Option<bool> {
        let stranger = Identity::new();
        let said = self.said(&stranger.push("intruder", bytes));
        Some(said.as_deref() != Some("EBMS:0101"))
    }

    fn statuses(&self) -> Vec<String> {
        let mut got = self.got();
        got.retain(|(_, text)| text.starts_with("{\"messages\"") || text.contains("oriel.receipt"));
        statuses(&got)
    }

    fn answers(&self) -> Vec<String> {
        let got = self.got().into_iter().map(|(_, text)| text);
        got.filter(|text| !text.starts_with('{')).collect()
    }
}

impl Drop for Msh {
    fn drop(&mut self) {
        // A hand for a thread has a folder of its own, and ends nothing.
        if self.outbox().exists() {
            self.gone.store(true, Ordering::Relaxed);
            // It waits for somebody to come.
            let _ = TcpStream::connect(("127.0.0.1", self.at));
        }
    }
}

/// A message as `party` reads it, signed by `by`.
fn read(content_type: &str, body: &[u8], party: &str, by: &Certificate) -> Option<Message<()>> {
    let rules = Rules {
        now: Timestamp::now(),
        window: SignedDuration::from_hours(1),
        most: 1 << 20,
        party,
    };
    let known = |it: &Certificate| (it == by).then_some(());
    Message::read(content_type, body, rules, known).ok()
}

/// Takes what is pushed to a carrier's address.
fn answer(
    stream: TcpStream,
    zq: &Identity,
    window: &Certificate,
    got: &Mutex<Vec<Vec<u8>>>,
    manner: Manner,
) {
    let Some((_, content_type, body)) = heard(stream.try_clone().unwrap()) else {
        return;
    };
    let message = read(&content_type, &body, "zq-party", window).expect("it is ours, and for zq");
    let unit = message.unit().unwrap();
    let random = SystemRandom::new();
    let stranger = Identity::new();
    let signer = Signer {
        own: match manner {
            Manner::SignsAsAnother => &stranger.own,
            _ => &zq.own,
        },
        random: &random,
    };
    let now = Timestamp::now();
    let said = match manner {
        Manner::Signs | Manner::SignsAsAnother => receipt(&message, "r", now, signer).unwrap(),
        Manner::SignsForAnother => {
            let other = zq.push("other", b"");
            let other = other_as_read(&other, zq.own.certificate());
            receipt(&other, "r", now, signer).unwrap()
        }
        Manner::Refuses => {
            let fault = oriel_ebms::Fault::Digest;
            oriel_ebms::error(fault, Some(&unit.id), "e", now, signer).unwrap()
        }
        Manner::Fails => {
            let mut stream = stream;
            stream
                .write_all(b"HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
            return;
        }
    };
    if manner == Manner::Signs {
        got.lock().unwrap().extend(unit.payloads.iter().cloned());
    }
    let head = head(&said).replace("POST / HTTP/1.1", "HTTP/1.1 200 yes");
    let mut stream = stream;
    // Who is not there any more asks again.
    let _ = stream.write_all(&[head.as_bytes(), &said.body].concat());
}

fn other_as_read(posted: &Posted, by: &Certificate) -> Message<()> {
    read(&posted.content_type, &posted.body, "utopia", by).unwrap()
}

fn head(posted: &Posted) -> String {
    let (kind, length) = (&posted.content_type, posted.body.len());
    format!(
        "POST / HTTP/1.1\r\nHost: window.example\r\nContent-Type: {kind}\r\n\
         Content-Length: {length}\r\n\r\n"
    )
}

/// Sends a message over a stream, and gives status, content type and body of what comes back.
pub(crate) fn talk(
    mut stream: impl Read + Write,
    posted: &Posted,
) -> Option<(u16, String, Vec<u8>)> {
    stream.write_all(head(posted).as_bytes()).ok()?;
    // Who is sent away in the middle has an answer nevertheless.
    let _ = stream.write_all(&posted.body);
    heard(stream)
}

/// A request or response of HTTP: its status, where it is one, content type and body.
pub(crate) fn heard(stream: impl Read) -> Option<(u16, String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let (mut status, mut content_type, mut length) = (0, String::new(), 0);
    for n in 0.. {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        if n == 0 {
            status = line.split(' ').nth(1)?.parse().unwrap_or(0);
        } else if line.is_empty() {
            break;
        } else if let Some((name, value)) = line.split_once(": ") {
            match &*name.to_ascii_lowercase() {
                "content-type" => content_type = value.to_owned(),
                "content-length" => length = value.parse().ok()?,
                _ => {}
            }
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((status, content_type, body))
}

/// Files that wait in a folder.
pub(crate) fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let names = entries.map(|it| it.unwrap().file_name());
    names
        .filter(|it| it.to_string_lossy().ends_with(".json"))
        .count()
}
