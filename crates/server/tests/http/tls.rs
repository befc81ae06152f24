//! The server's own TLS, and machines that show a certificate.
//!
//! Authority, names and keys are made by the test and die with it.

use crate::world::{MESSAGE, World};
use oriel_app::NewMachine;
use oriel_policy::Role;
use oriel_server::{Options, Tls};
use oriel_testkit::TempDir;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

struct Paper {
    certificate: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

impl Paper {
    fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.certificate);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn paper(authority: &Authority, name: &str) -> Paper {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let made = params.signed_by(&key, authority).unwrap();
    Paper {
        certificate: made.der().clone(),
        pem: made.pem(),
        key,
    }
}

/// A request on a connection of its own; gives the status, or nothing where TLS refuses.
async fn send(
    address: SocketAddr,
    trusted: &Authority,
    shown: Option<&Paper>,
    request: &str,
) -> Option<u16> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match shown {
        None => builder.with_no_client_auth(),
        Some(paper) => {
            let key = PrivateKeyDer::try_from(paper.key.serialize_der()).unwrap();
            builder
                .with_client_auth_cert(vec![paper.certificate.clone()], key)
                .unwrap()
        }
    };
    let stream = TcpStream::connect(address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, stream).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1)?.parse().ok()
}

fn post(bearer: &str) -> String {
    let bearer = match bearer {
        "" => String::new(),
        key => format!("authorization: Bearer {key}\r\n"),
    };
    format!(
        "POST /api/v1/messages HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{bearer}\
         content-length: {}\r\n\r\n{MESSAGE}",
        MESSAGE.len()
    )
}

#[tokio::test]
async fn a_machine_is_known_by_its_certificate_and_by_no_other() {
    let (ours, theirs) = (authority(), authority());
    let server = paper(&ours, "localhost");
    let dir = TempDir::new("tls");
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let tls = Tls::read(
        &file("server.pem", &server.pem),
        &file("server.key", &server.key.serialize_pem()),
        Some(&file("ca.pem", &ours.pem())),
    )
    .unwrap();
    let world = World::new();
    world
        .app
        .account_put("x9", "X9 Example", &[Role::Carrier], None)
        .unwrap();
    let machine = paper(&ours, "zq.example");
    let new = NewMachine {
        name: "gateway",
        days: 30,
    };
    let zq = world.account("zq").id;
    let console = world.app.console();
    let bound = world
        .app
        .machine_certificate_bind(&console, &zq, new, &machine.fingerprint())
        .unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = Options {
        tls: Some(tls),
        ..Options::default()
    };
    let app = Arc::clone(&world.app);
    let serving = tokio::spawn(oriel_server::serve(
        app,
        options,
        listener,
        std::future::pending(),
    ));

    let unbound = paper(&ours, "unbound.example");
    let foreign = paper(&theirs, "zq.example");
    let (own, others) = (world.key("zq"), world.key("x9"));
    for (shown, bearer, expect, what) in [
        (Some(&machine), "", Some(200), "its certificate"),
        (Some(&machine), own.as_str(), Some(200), "and its key"),
        (
            Some(&machine),
            others.as_str(),
            Some(401),
            "the key of another carrier",
        ),
        (
            Some(&machine),
            "oriel_key_00",
            Some(401),
            "a key that is nobody's",
        ),
        (
            Some(&unbound),
            "",
            Some(401),
            "a certificate that is nobody's",
        ),
        (Some(&unbound), own.as_str(), Some(200), "a key is enough"),
        (None, "", Some(401), "nothing"),
        (None, own.as_str(), Some(200), "a key alone"),
        (Some(&foreign), "", None, "another authority's certificate"),
    ] {
        let got = send(address, &ours, shown, &post(bearer)).await;
        assert_eq!(got, expect, "{what}");
    }
    assert_eq!(send(address, &theirs, None, &post(&own)).await, None);
    world
        .app
        .machine_key_revoke(&console, &zq, &bound.id)
        .unwrap();
    let got = send(address, &ours, Some(&machine), &post("")).await;
    assert_eq!(got, Some(401), "taken back");
    let again = world
        .app
        .machine_certificate_bind(&console, &zq, new, &machine.fingerprint());
    assert!(again.is_err(), "what was taken back stays taken back");
    serving.abort();
}

#[test]
fn files_that_do_not_fit_are_named() {
    let authority = authority();
    let (one, two) = (
        paper(&authority, "localhost"),
        paper(&authority, "localhost"),
    );
    let dir = TempDir::new("tls");
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let certificate = file("one.pem", &one.pem);
    let other = file("two.key", &two.key.serialize_pem());
    let blank = file("blank.pem", "");
    let said = |made: Result<Tls, oriel_server::TlsError>| made.unwrap_err().to_string();
    assert!(said(Tls::read(&certificate, &other, None)).contains("used together"));
    assert!(said(Tls::read(&blank, &other, None)).contains("blank.pem"));
    let missing = dir.path().join("missing.key");
    assert!(said(Tls::read(&certificate, &missing, None)).contains("missing.key"));
}
