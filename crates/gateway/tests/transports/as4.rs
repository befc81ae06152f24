//! What only AS4 can meet: receipts, replays, certificates that end, and answers that wait until
//! they are signed for.

use crate::carrier::{Carrier, LIST, list};
use crate::msh::{Identity, Manner, Msh, files, heard, talk};
use crate::{app, desk, enrol, kept};
use oriel_app::App;
use oriel_gateway::{Gateway, open};
use oriel_policy::{Act, Actor, Role};
use oriel_store::ChannelKind;
use oriel_testkit::TempDir;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A carrier, and a window at work with `more` in its settings.
struct AtWork {
    carrier: Msh,
    app: Arc<App>,
    running: Option<Gateway>,
    more: &'static str,
    _data: TempDir,
}

impl AtWork {
    fn new(more: &'static str) -> Self {
        Self::with(more, |carrier| carrier.channels())
    }

    fn with(more: &'static str, channels: impl Fn(&Msh) -> Vec<(ChannelKind, String)>) -> Self {
        let (carrier, data) = (Msh::new(), TempDir::new("as4-data"));
        let app = app(data.path().to_str().unwrap());
        enrol(&app, &channels(&carrier));
        let mut at_work = Self {
            carrier,
            app,
            running: None,
            more,
            _data: data,
        };
        at_work.start();
        at_work
    }

    /// Ends the window where it is at work, and starts it again.
    fn start(&mut self) {
        drop(self.running.take());
        let transport = open(self.carrier.settings(self.more)).unwrap();
        self.running = Some(Gateway::start(desk(&self.app), vec![transport]));
    }

    #[track_caller]
    fn check(&self, id: &str, payload: &[u8], expect: &str) {
        let said = self.carrier.said(&self.carrier.zq.push(id, payload));
        assert_eq!(said.as_deref(), Some(expect), "{id}");
    }

    fn waiting(&self) -> usize {
        files(&self.carrier.outbox().join("zq"))
    }
}

/// R-ING-01: the same again is signed for again and is not taken again; another message under the
/// same identifier is refused. Both hold after a restart.
#[test]
fn an_identifier_is_good_for_one_message() {
    let mut at_work = AtWork::new("");
    at_work.check("one@zq.example", LIST.as_bytes(), "receipt");
    assert_eq!(at_work.carrier.told(1), ["accepted"]);
    for _ in 0..2 {
        at_work.check("one@zq.example", LIST.as_bytes(), "receipt");
        at_work.check("one@zq.example", list(2).as_bytes(), "EBMS:0003");
        at_work.start();
    }
    assert_eq!(kept(&at_work.app), (1, 0));
    at_work.check("two@zq.example", list(2).as_bytes(), "receipt");
    // It was not told of the repeats: they were not taken.
    assert_eq!(at_work.carrier.told(2), ["accepted", "accepted"]);
}

/// Whoever records a message and sends it again changes nothing.
#[test]
fn a_replayed_message_is_no_second_one() {
    let at_work = AtWork::new("");
    let posted = at_work.carrier.zq.push("one@zq.example", LIST.as_bytes());
    for _ in 0..3 {
        assert_eq!(at_work.carrier.said(&posted).as_deref(), Some("receipt"));
    }
    assert_eq!(at_work.carrier.told(1), ["accepted"]);
    let traffic = at_work.app.traffic();
    assert_eq!(traffic.iter().map(|(.., n)| n).sum::<u64>(), 1);
}

/// R-CAR-01: a certificate that is ended is nobody's from the next message on, and the next one
/// holds beside it.
#[test]
fn a_certificate_that_was_ended_does_not_come_in() {
    let at_work = AtWork::new("");
    let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
    let put = || {
        at_work
            .app
            .authorize(&liaison, Act::CarrierPut, None)
            .unwrap()
    };
    let next = Identity::new();
    enrol(
        &at_work.app,
        &[(ChannelKind::As4Certificate, next.certificate.clone())],
    );
    at_work.check("one", LIST.as_bytes(), "receipt");
    let line = at_work.carrier.zq.own.certificate().line();
    let view = at_work.app.carrier(&put(), "zq").unwrap();
    let old = view.channels.iter().find(|row| row.value == line).unwrap();
    assert!(old.ends_at.is_some(), "it says itself when it ends");
    at_work.app.channel_end(&put(), "zq", old.id, None).unwrap();
    at_work.check("two", list(2).as_bytes(), "EBMS:0101");
    let said = at_work
        .carrier
        .said(&next.push("three", list(3).as_bytes()));
    assert_eq!(said.as_deref(), Some("receipt"));
    assert_eq!(kept(&at_work.app), (2, 0));
}

#[test]
fn a_certificate_that_has_expired_is_not_enrolled() {
    let at_work = AtWork::new("");
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.not_after = rcgen::date_time_ymd(2025, 1, 1);
    let old = params.self_signed(&key).unwrap().pem();
    let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
    let put = at_work
        .app
        .authorize(&liaison, Act::CarrierPut, None)
        .unwrap();
    let kind = ChannelKind::As4Certificate;
    let added = at_work
        .app
        .channel_add(&put, "zq", kind, &old, (None, None));
    assert!(added.unwrap_err().to_string().contains("has expired"));
}

/// The sender is whose certificate it is; a header that says otherwise is refused, not believed.
#[test]
fn a_header_that_names_another_sender_is_refused() {
    let at_work = AtWork::with("", |carrier| {
        let mut channels = carrier.channels();
        channels[1].1 = "another-party".to_owned();
        channels
    });
    at_work.check("one", LIST.as_bytes(), "EBMS:0010");
    assert_eq!(kept(&at_work.app), (0, 0));
}

#[test]
fn a_test_is_heard_and_leaves_nothing() {
    let at_work = AtWork::new("");
    let action = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/test";
    let ping = at_work.carrier.zq.say("ping", action, &[]);
    assert_eq!(at_work.carrier.said(&ping).as_deref(), Some("receipt"));
    let none = at_work.carrier.zq.say("none", "push", &[]);
    assert_eq!(at_work.carrier.said(&none).as_deref(), Some("EBMS:0011"));
    assert_eq!((kept(&at_work.app), at_work.waiting()), ((0, 0), 0));
}

#[test]
fn several_payloads_are_kept_and_answered_as_one() {
    let at_work = AtWork::new("");
    let (one, two) = (list(1), list(2));
    let posted = at_work
        .carrier
        .zq
        .say("both", "push", &[one.as_bytes(), two.as_bytes()]);
    assert_eq!(at_work.carrier.said(&posted).as_deref(), Some("receipt"));
    assert_eq!(at_work.carrier.told(2), ["accepted", "accepted"]);
    assert_eq!(at_work.carrier.answers().len(), 2);
    assert_eq!(kept(&at_work.app), (2, 0));
}

/// Without an address for answers there is the receipt, or an error where nothing can be read.
#[test]
fn who_has_no_address_is_told_in_the_response() {
    let at_work = AtWork::with("", |carrier| carrier.channels()[..2].to_vec());
    at_work.check("one", LIST.as_bytes(), "receipt");
    at_work.check("two", b"Dear Sir", "EBMS:0004");
    assert_eq!((kept(&at_work.app).0, at_work.waiting()), (1, 0));
}

/// An answer is gone when the carrier has signed for that very answer, and not before, also over a
/// restart.
#[test]
fn answers_wait_until_they_are_signed_for() {
    let mut at_work = AtWork::new("");
    let manners = [
        Manner::Fails,
        Manner::SignsForAnother,
        Manner::SignsAsAnother,
    ];
    for (n, manner) in (1..).zip(manners) {
        *at_work.carrier.manner.lock().unwrap() = manner;
        at_work.check(&n.to_string(), list(n).as_bytes(), "receipt");
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(at_work.waiting() as u32, n, "{manner:?}");
        at_work.start();
    }
    *at_work.carrier.manner.lock().unwrap() = Manner::Signs;
    assert_eq!(at_work.carrier.told(3), ["accepted"; 3]);
    at_work
        .carrier
        .wait("the outbox is empty", &|| at_work.waiting() == 0);
}

#[test]
fn an_answer_that_the_carrier_refuses_is_put_aside() {
    let at_work = AtWork::new("");
    *at_work.carrier.manner.lock().unwrap() = Manner::Refuses;
    at_work.check("one", LIST.as_bytes(), "receipt");
    let refused = at_work.carrier.outbox().join("zq/refused");
    at_work
        .carrier
        .wait("it is put aside", &|| files(&refused) == 1);
    assert_eq!(at_work.waiting(), 0);
}

#[test]
fn what_is_no_message_is_sent_away() {
    let at_work = AtWork::new("[limits]\nmost = 5000");
    let raw = |text: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", at_work.carrier.port)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        heard(stream).map(|(status, ..)| status)
    };
    assert_eq!(raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Some(405));
    let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n";
    assert_eq!(raw(&format!("{post}\r\n")), Some(415));
    let noise = format!("{post}Content-Type: text/plain\r\n\r\n");
    assert_eq!(raw(&noise), Some(200), "an error of ebMS");
    let large: Vec<u8> = (0..9000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    let large = at_work.carrier.zq.push("large", &large);
    let (status, ..) = at_work.carrier.exchange(&large).unwrap();
    assert_eq!(status, 413);
    // It is short on the way and long when it is unpacked.
    at_work.check("bomb", &[b'A'; 6000], "EBMS:0303");
    at_work.check("right", LIST.as_bytes(), "receipt");
    assert_eq!(kept(&at_work.app), (1, 0));
}

/// Slow-loris: a head or a body that does not come is not waited for.
#[test]
fn who_only_holds_the_door_open_is_sent_away() {
    let at_work = AtWork::new("[limits]\nlogin = 1\nidle = 1\nper_address = 3");
    let begun = Instant::now();
    let connect = || TcpStream::connect(("127.0.0.1", at_work.carrier.port)).unwrap();
    let mut silent = connect();
    let mut slow = connect();
    slow.write_all(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 9\r\n\r\n<",
    )
    .unwrap();
    let _third = connect();
    std::thread::sleep(Duration::from_millis(200));
    let mut fourth = connect();
    let mut heard = Vec::new();
    let _ = fourth.read_to_end(&mut heard);
    assert_eq!(heard, b"", "the fourth one of an address is not heard");
    silent.read_to_end(&mut heard).unwrap();
    let mut told = String::new();
    slow.read_to_string(&mut told).unwrap();
    assert!(told.starts_with("HTTP/1.1 408"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(10));
    at_work.carrier.wait("there is room again", &|| {
        let posted = at_work.carrier.zq.push("one", LIST.as_bytes());
        at_work.carrier.said(&posted).as_deref() == Some("receipt")
    });
}

/// Other machines are met under TLS, and pushed to only where they prove themselves.
#[test]
fn under_tls_both_sides_are_who_they_say() {
    let carrier = Msh::new();
    let at = carrier.dir.path().display();
    let tls =
        format!("certificate = '{at}/window.pem'\nkey = '{at}/window.key'\nca = '{at}/window.pem'");
    let data = TempDir::new("as4-tls");
    let app = app(data.path().to_str().unwrap());
    let mut channels = carrier.channels();
    // The window itself stands there: whose certificate is known, and who signs for nothing.
    channels[2].1 = format!("https://localhost:{}/", carrier.port);
    enrol(&app, &channels);
    let running = Gateway::start(desk(&app), vec![open(carrier.settings(&tls)).unwrap()]);
    let mut roots = RootCertStore::empty();
    let pem = CertificateDer::from_pem_slice(carrier.window.certificate.as_bytes());
    roots.add(pem.unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(("127.0.0.1", carrier.port)).unwrap();
    let posted = carrier.zq.push("one", LIST.as_bytes());
    let (status, _, body) = talk(StreamOwned::new(connection, stream), &posted).unwrap();
    assert_eq!(status, 200);
    assert!(
        String::from_utf8(body)
            .unwrap()
            .contains("NonRepudiationInformation")
    );
    assert!(
        carrier
            .exchange(&posted)
            .is_none_or(|(status, ..)| status != 200),
        "in clear"
    );
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(
        files(&carrier.outbox().join("zq")),
        1,
        "nobody signed for it"
    );
    drop(running);
    assert_eq!(kept(&app), (1, 0));
}

#[test]
fn settings_that_do_not_hold_are_refused_with_the_reason() {
    let carrier = Msh::new();
    let check = |key: &str, value: &str, says: &str| {
        let mut settings = carrier.settings("");
        settings.insert(key.to_owned(), value.into());
        let Err(fault) = open(settings) else {
            panic!("{key} = {value} was taken");
        };
        assert!(fault.to_string().contains(says), "{fault}");
    };
    let window = carrier.dir.path().join("window.pem").display().to_string();
    check("listen", "0.0.0.0:0", "under TLS only");
    check("certificate", &window, "certificate and key name no files");
    check("signing_key", &window, "must belong together");
    check(
        "signing_key",
        "/nowhere/key",
        "cannot use the key \"/nowhere/key\"",
    );
    check("ca", "/nowhere/ca", "cannot use the key \"/nowhere/ca\"");
    check("path", "/nowhere/out", "cannot use the folder /nowhere/out");
    check("carrier", "zq", "oriel carrier enrol");
    check("password", "secret", "unknown field `password`");
    let other = Identity::new();
    let path = carrier.dir.path().join("other.pem");
    fs::write(&path, &other.certificate).unwrap();
    check(
        "signing_certificate",
        path.to_str().unwrap(),
        "must belong together",
    );
}
