//! What only a broker can do: crash, forget to whom a message was given, and hold what nobody can
//! read.

use crate::carrier::{Carrier, LIST, list};
use crate::queue::{Queue, data};
use crate::{app, desk, kept};
use fe2o3_amqp::types::messaging::{AmqpSequence, AmqpValue, Body, MessageId};
use fe2o3_amqp::types::primitives::{Binary, Value};
use oriel_gateway::{Gateway, open};
use oriel_testkit::{Broker, TempDir, free_port};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::fs;
use std::time::Duration;

/// R-ING-15: what was not accepted is delivered again, and nothing is lost or double.
#[test]
fn a_broker_that_crashes_loses_nothing() {
    let broker: &'static Broker = Box::leak(Box::new(Broker::start()));
    let carrier = Queue::of(broker);
    let data = TempDir::new("amqp");
    let app = app(data.path().to_str().unwrap());
    let _running = carrier.open(desk(&app));
    let messages = |from: u32| (from..from + 40).map(|n| (n.to_string(), list(n)));
    carrier.send_all(&messages(1).collect::<Vec<_>>());
    carrier.wait("some are told", &|| !carrier.statuses().is_empty());
    broker.crash();
    std::thread::sleep(Duration::from_millis(300));
    broker.go_on();
    carrier.send_all(&messages(41).collect::<Vec<_>>());
    let every = || {
        let mut about: Vec<String> = carrier
            .receipts()
            .into_iter()
            .filter_map(|heading| match heading.about {
                Some(MessageId::String(id)) => Some(id),
                _ => None,
            })
            .collect();
        about.sort();
        about.dedup();
        about.len()
    };
    carrier.wait("every message is told", &|| every() == 80);
    assert_eq!(kept(&app), (80, 0));
    let told = carrier.statuses();
    assert!(
        told.iter()
            .all(|told| told == "accepted" || told == "duplicate")
    );
}

#[test]
fn a_message_is_read_in_whichever_way_it_holds_its_text() {
    let carrier = Queue::new();
    let dir = TempDir::new("amqp");
    let app = app(dir.path().to_str().unwrap());
    let transport = open(carrier.settings(carrier.answers_to(), "most = 2000")).unwrap();
    let _running = Gateway::start(desk(&app), vec![transport]);
    let text = |n: u32| list(n);
    let value = |value: Value| Body::Value(AmqpValue(value));
    let sequence = Body::Sequence(vec![AmqpSequence(vec![Value::String(text(9))])].into());
    let bodies = [
        ("data", data(LIST.as_bytes()), "accepted"),
        ("text", value(Value::String(text(2))), "accepted"),
        (
            "bytes",
            value(Value::Binary(Binary::from(text(3).into_bytes()))),
            "accepted",
        ),
        ("number", value(Value::Ulong(4)), "nothing"),
        ("sequence", sequence, "nothing"),
        ("large", data(&[b'A'; 2001]), "nothing"),
        ("after", data(text(5).as_bytes()), "accepted"),
    ];
    for (n, (id, body, expect)) in (1..).zip(bodies) {
        carrier.put(vec![(id.to_owned(), body)]);
        carrier.told(n);
        let last = carrier.receipts().pop().unwrap();
        assert_eq!(last.about, Some(MessageId::String(id.to_owned())));
        let told = last.receipt["messages"][0]["status"].as_str();
        assert_eq!(told.unwrap_or("nothing"), expect, "{id}");
    }
    assert_eq!(kept(&app).0, 4);
}

/// The password goes to a broker whose authority is known, and to no other.
#[test]
fn over_tls_only_a_broker_that_proves_itself_gets_the_password() {
    let dir = TempDir::new("amqp-tls");
    let at = |name: &str| dir.path().join(name).display().to_string();
    let authority = || {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    };
    let (known, other) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &known).unwrap();
    for (name, pem) in [
        ("known", known.pem()),
        ("other", other.pem()),
        ("certificate", certificate.pem()),
        ("key", key.serialize_pem()),
    ] {
        fs::write(dir.path().join(name), pem).unwrap();
    }
    let port = free_port();
    let more = format!(
        "listeners.ssl.1 = 127.0.0.1:{port}\nssl_options.certfile = {}\n\
         ssl_options.keyfile = {}\nssl_options.verify = verify_none\n",
        at("certificate"),
        at("key")
    );
    let broker: &'static Broker = Box::leak(Box::new(Broker::start_with(&more)));
    let carrier = Queue::of(broker);
    let app = app(dir.path().join("data").to_str().unwrap());
    let run = |host: &str, ca: &str| {
        let mut settings = carrier.settings(carrier.answers_to(), "");
        settings.insert("broker".to_owned(), format!("{host}:{port}").into());
        settings.insert("ca".to_owned(), at(ca).into());
        Gateway::start(desk(&app), vec![open(settings).unwrap()])
    };
    carrier.send("one", LIST.as_bytes());
    for (host, ca) in [("localhost", "other"), ("127.0.0.1", "known")] {
        let running = run(host, ca);
        std::thread::sleep(Duration::from_secs(1));
        drop(running);
        assert_eq!(kept(&app), (0, 0), "{host} by {ca}");
    }
    let _running = run("localhost", "known");
    assert_eq!(carrier.told(1), ["accepted"]);
    assert_eq!(kept(&app), (1, 0));
}

#[test]
fn settings_that_do_not_hold_are_refused_with_the_reason() {
    let carrier = Queue::new();
    let check = |key: &str, value: &str, says: &str| {
        let mut settings = carrier.settings("answers", "");
        settings.insert(key.to_owned(), value.into());
        let Err(fault) = open(settings) else {
            panic!("{key} = {value} was taken");
        };
        assert!(fault.to_string().contains(says), "{fault}");
    };
    check("broker", "mq.example", "a host and a port");
    check("broker", "mq.example:5671", "under TLS only");
    check(
        "ca",
        "/nowhere/ca.pem",
        "cannot use the key \"/nowhere/ca.pem\"",
    );
    check("password_file", "/nowhere/password", "cannot use the key");
    check("password", "secret", "unknown field `password`");
}
