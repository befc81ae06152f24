//! The configuration file of `oriel serve`: TOML, each table with its own type.
//!
//! - Invariants: an unknown key is an error, so that a misspelt one is not silently without effect;
//!   secrets stand in files of their own, which the configuration names.

use crate::output::{Exit, fail};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// Everything that can be said in the file. What is not said has the value that the command line
/// gives, or none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Address to listen on.
    pub(crate) listen: Option<SocketAddr>,
    /// Address at which browsers see the workbench, such as `https://oriel.example`.
    pub(crate) public_url: Option<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub(crate) proxies: Vec<IpAddr>,
}

impl Config {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|fault| {
            fail(
                Exit::Configuration,
                format!("cannot read the configuration {} ({fault})", path.display()),
            )
        })?;
        Self::parse(&text).map_err(|fault| {
            fail(
                Exit::Configuration,
                format!(
                    "the configuration {} does not hold: {fault}",
                    path.display()
                ),
            )
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|fault| fault.to_string())?;
        if let Some(url) = &config.public_url {
            check_public_url(url)?;
        }
        Ok(config)
    }
}

/// An origin: scheme and host, perhaps a port, and nothing behind it.
pub(crate) fn check_public_url(url: &str) -> Result<(), String> {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://localhost").map(|_| "localhost"))
        .filter(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
    match host {
        Some(_) => Ok(()),
        None => Err(format!(
            "public_url is {url:?}; it is the address of the workbench without a path, such as \
             https://oriel.example"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[track_caller]
    fn check(text: &str, fault: &str) {
        match Config::parse(text) {
            Ok(_) => assert_eq!(fault, ""),
            Err(said) => assert!(!fault.is_empty() && said.contains(fault), "{said}"),
        }
    }

    #[test]
    fn what_is_not_known_is_not_ignored() {
        check("", "");
        check(
            "listen = \"0.0.0.0:8443\"\nproxies = [\"10.0.0.1\", \"::1\"]",
            "",
        );
        check("lisen = \"0.0.0.0:8443\"", "unknown field");
        check("proxies = [\"proxy.example\"]", "invalid");
    }

    #[test]
    fn a_public_address_is_an_origin_over_tls() {
        check("public_url = \"https://oriel.example\"", "");
        check("public_url = \"https://oriel.example:8443\"", "");
        check("public_url = \"http://localhost:8480\"", "");
        check("public_url = \"http://oriel.example\"", "without a path");
        check(
            "public_url = \"https://oriel.example/app\"",
            "without a path",
        );
        check(
            "public_url = \"https://ada@oriel.example\"",
            "without a path",
        );
    }
}
