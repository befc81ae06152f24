//! What the server is told besides the app it serves.

use crate::tls::Tls;
use oriel_messages::reply::Agreements;
use oriel_signin::{Passkeys, Providers};
use std::net::IpAddr;
use std::sync::Arc;

/// How the server is reached.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The address at which browsers see the workbench, such as `https://oriel.example`.
    pub public_url: Option<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// Passkeys, where the public address is known.
    pub passkeys: Option<Arc<Passkeys>>,
    /// Providers at which one can sign in.
    pub providers: Option<Arc<Providers>>,
    /// The server's own TLS; without it, it speaks plain HTTP.
    pub tls: Option<Tls>,
    /// What was agreed with senders about answers.
    pub agreements: Agreements,
}

impl Options {
    pub(crate) fn is_https(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}
