//! Where the server is, and how the way to it is protected.
//!
//! - In: `postgres://user@host:port/database?key=value&…`, with the keys that PostgreSQL's own
//!   programs know.
//! - To this machine (loopback, Unix socket) the connection is plain. To any other it is TLS, the
//!   server's certificate and name checked against `sslrootcert`, unless `sslmode=disable` says
//!   that the way is protected otherwise. Every other `sslmode` checks in full.
//! - Invariant: no password leaves this module except to the server.

use crate::StoreError;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How a place on PostgreSQL begins.
const SCHEMES: &[&str] = &["postgres://", "postgresql://"];

/// How long opening a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What every connection sets. What the place says in `options` comes after it and wins: how long
/// a transaction waits for another one, how soon the server gives up a node that is gone.
const OPTIONS: &str = "-c lock_timeout=30s -c idle_in_transaction_session_timeout=5min \
    -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 \
    -c client_min_messages=warning -c jit=off";

/// What nothing may weaken: a commit is answered when it is on the disk, and on that of the
/// replica where there is a synchronous one.
const DURABLE: &str = "-c synchronous_commit=on";

/// A server and its database.
pub(crate) struct Target {
    config: Config,
    tls: Option<Tls>,
}

/// Files of a connection over TLS.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tls {
    roots: PathBuf,
    /// Certificate and key of this program, where the server asks for them.
    own: Option<(PathBuf, PathBuf)>,
}

/// Keys of a place that are for this program and not for the client library.
#[derive(Default)]
struct Keys {
    sslmode: Option<String>,
    sslrootcert: Option<PathBuf>,
    sslcert: Option<PathBuf>,
    sslkey: Option<PathBuf>,
    passfile: Option<PathBuf>,
}

impl Target {
    /// Whether `place` is on PostgreSQL.
    pub(crate) fn is_meant(place: &str) -> bool {
        SCHEMES.iter().any(|scheme| place.starts_with(scheme))
    }

    /// Reads a place.
    pub(crate) fn parse(place: &str) -> Result<Self, StoreError> {
        let (url, keys) = Keys::take(place)?;
        let mut config: Config = url.parse().map_err(|_| {
            bad("write postgres://user@host/database, with %-escapes for special characters")
        })?;
        if config.get_hosts().is_empty() {
            return Err(bad("it names no host"));
        }
        if let Some(file) = &keys.passfile {
            let password = std::fs::read_to_string(file)
                .map_err(|_| bad("the file that passfile names cannot be read"))?;
            config.password(password.trim_end_matches(['\r', '\n']));
        }
        let tls = keys.tls(config.get_hosts().iter().all(is_here))?;
        let given = config.get_options().unwrap_or_default();
        let options = format!("{OPTIONS} {given} {DURABLE}");
        config
            .options(options)
            .application_name("oriel")
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .ssl_mode(match tls {
                Some(_) => SslMode::Require,
                None => SslMode::Disable,
            });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        Ok(Self { config, tls })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// What TLS is made with, or that the connection is plain. Files are read each time, so that a
    /// renewed certificate is found.
    pub(super) fn tls(&self) -> Result<Option<MakeRustlsConnect>, StoreError> {
        self.tls
            .as_ref()
            .map(|tls| Ok(MakeRustlsConnect::new(tls.client()?)))
            .transpose()
    }

    /// The place without account and password, for people.
    pub(crate) fn shown(&self) -> String {
        let ports = self.config.get_ports();
        let hosts: Vec<String> = self
            .config
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(at, host)| {
                let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
                match host {
                    Host::Tcp(name) => format!("{name}:{port}"),
                    Host::Unix(folder) => format!("{}:{port}", folder.display()),
                }
            })
            .collect();
        let database = self
            .config
            .get_dbname()
            .or(self.config.get_user())
            .unwrap_or_default();
        format!("postgres://{}/{database}", hosts.join(","))
    }
}

impl Keys {
    /// Takes the keys of this program out of a place; gives the rest.
    fn take(place: &str) -> Result<(String, Self), StoreError> {
        let mut keys = Self::default();
        let Some((base, query)) = place.split_once('?') else {
            return Ok((place.to_owned(), keys));
        };
        let mut rest = Vec::new();
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let text = unescaped(value)
                .ok_or_else(|| bad("a %-escape of it is not followed by two digits"))?;
            match key {
                "sslmode" => keys.sslmode = Some(text),
                "sslrootcert" => keys.sslrootcert = Some(text.into()),
                "sslcert" => keys.sslcert = Some(text.into()),
                "sslkey" => keys.sslkey = Some(text.into()),
                "passfile" => keys.passfile = Some(text.into()),
                _ => rest.push(pair),
            }
        }
        Ok((format!("{base}?{}", rest.join("&")), keys))
    }

    fn tls(self, here: bool) -> Result<Option<Tls>, StoreError> {
        match self.sslmode.as_deref() {
            Some("disable") => return Ok(None),
            None if here => return Ok(None),
            None | Some("require" | "verify-ca" | "verify-full") => {}
            Some(_) => {
                return Err(bad(
                    "sslmode is one of disable, require, verify-ca, verify-full",
                ));
            }
        }
        let roots = self.sslrootcert.ok_or_else(|| {
            bad(
                "a server on another machine is reached by TLS: name the file of the authority \
                 that signs its certificate, sslrootcert=FILE",
            )
        })?;
        let own = match (self.sslcert, self.sslkey) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err(bad("sslcert and sslkey go together")),
        };
        Ok(Some(Tls { roots, own }))
    }
}

impl Tls {
    fn client(&self) -> Result<ClientConfig, StoreError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.roots)? {
            roots
                .add(certificate)
                .map_err(|_| unreadable("certificate", &self.roots))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|source| StoreError::NotOpened {
                source: Box::new(source),
            })?
            .with_root_certificates(roots);
        let Some((certificate, key)) = &self.own else {
            return Ok(builder.with_no_client_auth());
        };
        let secret =
            PrivateKeyDer::from_pem_file(key).map_err(|_| unreadable("private key", key))?;
        builder
            .with_client_auth_cert(certificates(certificate)?, secret)
            .map_err(|_| unreadable("certificate or key", certificate))
    }
}

/// The certificates of a file; at least one.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let all: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|_| unreadable("certificate", file))?;
    if all.is_empty() {
        return Err(unreadable("certificate", file));
    }
    Ok(all)
}

fn unreadable(what: &str, file: &Path) -> StoreError {
    StoreError::BadPlace {
        why: format!("{} holds no {what} in PEM form", file.display()),
    }
}

fn bad(why: &str) -> StoreError {
    StoreError::BadPlace {
        why: why.to_owned(),
    }
}

/// Whether a host is this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
    }
}

/// `%20` and the like as the characters they stand for.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(place: &str) -> String {
        Target::parse(place).err().expect(place).to_string()
    }

    #[test]
    fn the_password_is_never_shown() {
        for place in [
            "postgres://ada:s3cret@db.example:5433/oriel?sslmode=disable",
            "postgresql://ada:s3cret@localhost/oriel",
            "postgres://ada:s3cret@%2Frun%2Fpostgresql/oriel",
        ] {
            let target = Target::parse(place).unwrap();
            assert!(!target.shown().contains("s3cret"), "{}", target.shown());
            assert!(!target.shown().contains("ada"), "{}", target.shown());
            assert!(target.shown().ends_with("/oriel"), "{}", target.shown());
        }
        for place in [
            "postgres://ada:s3cret@db.example:port/oriel",
            "postgres://ada:s3cret@db.example/oriel",
            "postgres://ada:s3cret@db.example/oriel?sslmode=prefer",
            "postgres://ada:s3cret@localhost/oriel?nonsense=s3cret",
            "postgres://ada:s3cret@localhost/oriel?sslmode=%2",
            "postgres:///oriel?password=s3cret",
        ] {
            assert!(!error(place).contains("s3cret"), "{}", error(place));
        }
    }

    #[test]
    fn a_server_on_this_machine_is_reached_plainly_and_any_other_by_tls() {
        let is_plain = |place: &str| Target::parse(place).unwrap().tls.is_none();
        assert!(is_plain("postgres://a@localhost/o"));
        assert!(is_plain("postgres://a@127.0.0.1:5433/o"));
        assert!(is_plain("postgres://a@[::1]/o"));
        assert!(is_plain("postgres://a@%2Frun%2Fpostgresql/o"));
        assert!(is_plain("postgres://a@db.example/o?sslmode=disable"));
        for mode in [
            "",
            "sslmode=require&",
            "sslmode=verify-ca&",
            "sslmode=verify-full&",
        ] {
            assert!(!is_plain(&format!(
                "postgres://a@db.example/o?{mode}sslrootcert=ca.pem"
            )));
        }
        assert!(!is_plain(
            "postgres://a@localhost,db.example/o?sslrootcert=ca.pem"
        ));
        assert!(!is_plain(
            "postgres://a@localhost/o?sslmode=require&sslrootcert=ca.pem"
        ));
    }

    #[test]
    fn what_is_wrong_with_a_place_is_said() {
        let cases = [
            ("postgres://a@db.example/o", "sslrootcert=FILE"),
            ("postgres:///o", "no host"),
            (
                "postgres://a@localhost/o?sslmode=allow",
                "sslmode is one of",
            ),
            ("postgres://a@db/o?sslrootcert=a&sslcert=b", "go together"),
            (
                "postgres://a@localhost/o?passfile=/no/such/file",
                "passfile",
            ),
        ];
        for (place, expect) in cases {
            assert!(error(place).contains(expect), "{place}: {}", error(place));
        }
    }

    #[test]
    fn the_place_cannot_weaken_the_commit() {
        let place = "postgres://a@localhost/o?options=-c%20synchronous_commit%3Doff%20-c%20lock_timeout%3D1s";
        let target = Target::parse(place).unwrap();
        let options = target.config.get_options().unwrap();
        assert!(options.ends_with(DURABLE), "{options}");
        assert!(options.find("lock_timeout=1s") > options.find("lock_timeout=30s"));
    }
}
