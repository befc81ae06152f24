//! TLS to a real PostgreSQL server: what is signed by the named authority, for the named host, and
//! still counts, is believed, and nothing else; a way that is not protected is refused by either
//! side.

use oriel_store::{Store, StoreError};
use oriel_testkit::{Cluster, TempDir, any_keys};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd,
};
use std::fs;
use std::path::Path;
use std::process::Command;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for `host` that counts until the first day of `year`.
fn certificate(authority: &Authority, host: &str, year: i32) -> (Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2015, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    (params.signed_by(&key, authority).unwrap(), key)
}

/// Gives the server a certificate, and lets it take connections over TCP by TLS alone.
fn serve_with(cluster: &Cluster, (certificate, key): &(Certificate, KeyPair)) {
    cluster.stop();
    let data = cluster.dir().join("data");
    let put = |name: &str, text: &str| {
        let file = data.join(name);
        fs::write(&file, text).unwrap();
        // The server reads no key that others may read, or that is not its own.
        run(Command::new("chmod").arg("600").arg(&file));
        run(Command::new("chown")
            .arg("--reference")
            .arg(&data)
            .arg(&file));
    };
    put("server.crt", &certificate.pem());
    put("server.key", &key.serialize_pem());
    put(
        "pg_hba.conf",
        "local all all trust\nhostssl all all all scram-sha-256\n",
    );
    put("postgresql.auto.conf", "ssl = on\n");
    cluster.go_on();
}

#[track_caller]
fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// What becomes of opening a store with these words behind its address.
fn open(place: &str, words: &str) -> Result<(), String> {
    let opened = Store::create(&format!("{place}?{words}"), any_keys());
    opened.map(drop).map_err(|error| {
        assert!(
            matches!(
                error,
                StoreError::Unreachable { .. } | StoreError::BadPlace { .. }
            ),
            "{error:?}"
        );
        error.to_string()
    })
}

#[track_caller]
fn refused(place: &str, words: &str, says: &str) {
    let said = open(place, words).expect_err(words);
    assert!(said.contains(says), "{words}: {said}");
    assert!(!said.contains("untold-7"), "the password is in {said}");
}

fn file(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().replace('/', "%2F")
}

/// R-SEC-01.
#[test]
fn only_the_named_authority_host_and_time_are_believed() {
    let dir = TempDir::new("tls");
    let (right, wrong) = (authority(), authority());
    let of_right = file(dir.path(), "right.pem", &right.pem());
    let of_wrong = file(dir.path(), "wrong.pem", &wrong.pem());
    let cluster = Cluster::start(&[]);
    let database = cluster.database("tls");
    database.sql(
        "CREATE ROLE tls_user LOGIN PASSWORD 'untold-7'; GRANT ALL ON SCHEMA public TO tls_user",
    );
    let place = database.url_by_tcp("tls_user", "untold-7");

    // A server without TLS: a plain way is not taken where TLS was asked for.
    let full = format!("sslmode=verify-full&sslrootcert={of_right}");
    refused(&place, &full, "TLS");
    refused(&place, "sslmode=require", "sslrootcert");

    serve_with(&cluster, &certificate(&right, "127.0.0.1", 2099));
    open(&place, &full).unwrap();
    let require = format!("sslmode=require&sslrootcert={of_right}");
    open(&place, &require).unwrap();
    refused(
        &place,
        &format!("sslmode=verify-full&sslrootcert={of_wrong}"),
        "certificate",
    );
    refused(
        &place,
        &format!("sslmode=require&sslrootcert={of_wrong}"),
        "certificate",
    );
    // The server takes no plain way either.
    open(&place, "sslmode=disable").unwrap_err();

    for other in [
        certificate(&right, "db.example", 2099),
        certificate(&right, "127.0.0.1", 2020),
        certificate(&wrong, "127.0.0.1", 2099),
    ] {
        serve_with(&cluster, &other);
        refused(&place, &full, "certificate");
        refused(&place, &require, "certificate");
    }
    serve_with(&cluster, &certificate(&right, "127.0.0.1", 2099));
    open(&place, &full).unwrap();
}
