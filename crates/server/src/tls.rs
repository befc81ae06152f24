//! The server's own TLS: rustls, and client certificates for machines.
//!
//! - Invariants: a certificate is shown to the service only after rustls has checked it against the
//!   authority and the key behind it; nobody is asked for one, because browsers have none; a slow
//!   handshake holds up nobody else.

use crate::peer::Peer;
use axum::serve::Listener;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Handshakes at a time.
const HANDSHAKES: usize = 256;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file that is not there, or not PEM.
    #[error("{path} cannot be read as PEM: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Key and certificate do not fit, or the like.
    #[error("certificate, key and authority cannot be used together: {0}")]
    Unfit(String),
}

/// Certificate, key, and the authority of machines' certificates.
#[derive(Clone, Debug)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    /// Reads PEM files. Without an authority no client certificate counts.
    pub fn read(
        certificate: &Path,
        key: &Path,
        authority: Option<&Path>,
    ) -> Result<Self, TlsError> {
        let unfit = |fault: &dyn std::fmt::Display| TlsError::Unfit(fault.to_string());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|fault| unfit(&fault))?;
        let builder = match authority {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(path)? {
                    roots.add(certificate).map_err(|fault| unfit(&fault))?;
                }
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                        .allow_unauthenticated()
                        .build()
                        .map_err(|fault| unfit(&fault))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|fault| TlsError::File {
            path: key.to_owned(),
            reason: fault.to_string(),
        })?;
        let mut config = builder
            .with_single_cert(certificates(certificate)?, secret)
            .map_err(|fault| unfit(&fault))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let fault = |reason: String| TlsError::File {
        path: path.to_owned(),
        reason,
    };
    let read = CertificateDer::pem_file_iter(path).map_err(|f| fault(f.to_string()))?;
    let read: Result<Vec<_>, _> = read.collect();
    let read = read.map_err(|f| fault(f.to_string()))?;
    if read.is_empty() {
        return Err(fault("it holds no certificate".to_owned()));
    }
    Ok(read)
}

/// Connections whose handshake is done.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, Peer)>,
    local: SocketAddr,
}

impl TlsListener {
    pub(crate) fn new(listener: TcpListener, tls: &Tls) -> std::io::Result<Self> {
        let local = listener.local_addr()?;
        let (done, ready) = mpsc::channel(HANDSHAKES);
        tokio::spawn(accept(
            listener,
            TlsAcceptor::from(Arc::clone(&tls.0)),
            done,
        ));
        Ok(Self { ready, local })
    }
}

/// Accepts until nobody takes connections any more.
async fn accept(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    done: mpsc::Sender<(TlsStream<TcpStream>, Peer)>,
) {
    let turns = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let (stream, address) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = done.closed() => return,
        };
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else {
            return;
        };
        let (acceptor, done) = (acceptor.clone(), done.clone());
        tokio::spawn(async move {
            let _turn = turn;
            let shaken = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await;
            // A client that cannot shake hands knows why better than our log would.
            let Ok(Ok(stream)) = shaken else { return };
            let shown = stream.get_ref().1.peer_certificates();
            let peer = Peer {
                address,
                tls: true,
                certificate: shown
                    .and_then(<[_]>::first)
                    .map(|certificate| Sha256::digest(certificate).into()),
            };
            let _ = done.send((stream, peer)).await;
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = Peer;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // The accepting task ends only when this listener does.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        Ok(Peer {
            address: self.local,
            tls: true,
            certificate: None,
        })
    }
}
