//! What the server is told besides the app it serves.

use std::net::IpAddr;

/// How the server is reached.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The address at which browsers see the workbench, such as `https://oriel.example`. Passkeys
    /// and sign-in at a provider are bound to it and are not offered without it.
    pub public_url: Option<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
}

impl Options {
    pub(crate) fn is_https(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}
