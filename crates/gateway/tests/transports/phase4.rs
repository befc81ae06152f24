//! phase4, an AS4 implementation in Java, as a carrier: it pushes, and is pushed to. By hand, with
//! `bench/phase4/run`, because it needs Java and the network.

use crate::carrier::{Carrier, list};
use crate::msh::{Identity, Msh};
use crate::{app, desk, enrol, kept};
use oriel_gateway::{Gateway, open};
use oriel_store::ChannelKind;
use oriel_testkit::{TempDir, free_port, rsa_key};
use rcgen::KeyPair;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn phase4_is_understood_and_understands() {
    let jars = std::env::var("ORIEL_PHASE4").expect("`bench/phase4/run` sets it");
    let rsa = || KeyPair::from_pem(rsa_key()).unwrap();
    let p256 = || KeyPair::generate().unwrap();
    for (name, keys) in [("RSA", [rsa(), rsa()]), ("P-256", [p256(), p256()])] {
        let [zq, window] = keys.each_ref().map(Identity::of);
        check(name, &jars, &Msh::of(zq, window));
    }
}

fn check(name: &str, jars: &str, carrier: &Msh) {
    let (data, port) = (TempDir::new("phase4"), free_port());
    let app = app(data.path().to_str().unwrap());
    let mut channels = carrier.channels();
    channels[2].1 = format!("http://127.0.0.1:{port}/");
    assert_eq!(channels[2].0, ChannelKind::As4Endpoint);
    enrol(&app, &channels);
    let _running = Gateway::start(desk(&app), vec![open(carrier.settings("")).unwrap()]);
    let dir = carrier.dir.path();
    for (name, text) in [
        ("zq.pem", &*carrier.zq.certificate),
        ("zq.key", &carrier.zq.key),
        ("list.edi", &list(1)),
    ] {
        fs::write(dir.join(name), text).unwrap();
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/phase4/Phase4.java");
    let output = Command::new("java")
        .args(["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"])
        .arg(format!("{jars}/*"))
        .arg(program)
        .arg(dir)
        .arg(format!("http://127.0.0.1:{}/", carrier.port))
        .arg(port.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    let count = |what: &str| said.lines().filter(|line| line.starts_with(what)).count();
    let signed = count("sent one@zq.example SUCCESS");
    assert_eq!(signed, 2, "{name}, which repeats: {said}{faults}");
    assert_eq!(count("sent two@zq.example SUCCESS"), 1, "{said}{faults}");
    assert_eq!(
        count("got answer about one@zq.example with 2, signed: true"),
        1
    );
    assert_eq!(
        count("got answer about two@zq.example with 2, signed: true"),
        1
    );
    let receipt = fs::read_to_string(dir.join("got-one@zq.example-2")).unwrap();
    assert!(receipt.contains("\"accepted\""), "{receipt}");
    let reply = fs::read_to_string(dir.join("got-one@zq.example-1")).unwrap();
    assert!(reply.starts_with("UNB+"), "{reply}");
    assert_eq!(kept(&app), (1, 0));
    carrier.wait("phase4's receipts hold", &|| {
        crate::msh::files(&carrier.outbox().join("zq")) == 0
    });
}
