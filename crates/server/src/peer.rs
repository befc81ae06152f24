//! Who is at the other end of a connection, and whether what is said there stays there.

use crate::options::Options;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Whether this server itself speaks TLS on the connection.
    pub tls: bool,
    /// SHA-256 of the client certificate, where one was shown and the authority's.
    pub certificate: Option<[u8; 32]>,
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        Self {
            address,
            tls: false,
            certificate: None,
        }
    }
}

impl Peer {
    /// The peer of a request. Without a connection, as in tests, it is this machine.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get::<ConnectInfo<Self>>().map_or(
            Self {
                address: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
                tls: false,
                certificate: None,
            },
            |info| info.0,
        )
    }
}

/// From where a request comes, as far as signing in is concerned.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The client's address: the peer's, or what a trusted proxy says.
    pub(crate) address: IpAddr,
    /// Whether the browser speaks TLS, so that cookies may be kept to it.
    pub(crate) secure: bool,
    /// The client certificate, where this server itself saw one.
    pub(crate) certificate: Option<[u8; 32]>,
    /// The kind of browser, coarse.
    pub(crate) device: String,
}

impl Origin {
    pub(crate) fn of(parts: &Parts, options: &Options) -> Self {
        let peer = Peer::of(&parts.extensions);
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let proto = text("x-forwarded-proto");
        Self {
            address: client(&parts.headers, peer.address.ip(), &options.proxies),
            secure: peer.tls
                || options.is_https()
                || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")),
            certificate: peer.certificate,
            device: device(text("user-agent").unwrap_or_default()),
        }
    }
}

/// The nearest address in `X-Forwarded-For` that is not a proxy of ours. What a client wrote into
/// the header itself stands further left and is not believed.
fn client(headers: &HeaderMap, peer: IpAddr, proxies: &[IpAddr]) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    let said = headers.get_all("x-forwarded-for").iter();
    let said: Vec<&str> = said
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut nearest = peer;
    for text in said.iter().rev() {
        match text.trim().parse::<IpAddr>() {
            Ok(address) => nearest = address,
            Err(_) => break,
        }
        if !proxies.contains(&nearest) {
            break;
        }
    }
    nearest
}

/// Browser and system in words of this table, so that nothing a client sends is shown to others.
fn device(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("oriel/", "Oriel"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iOS"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let of = |table: &[(&str, &'static str)]| {
        let row = table.iter().find(|(mark, _)| agent.contains(mark));
        row.map(|(_, name)| *name)
    };
    match (of(&BROWSERS), of(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        let of = |peer: &str, said: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", said.parse().unwrap());
            let proxies = ["10.0.0.1", "10.0.0.2"].map(|text| text.parse().unwrap());
            client(&headers, peer.parse().unwrap(), &proxies).to_string()
        };
        assert_eq!(of("192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(of("10.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(of("10.0.0.1", "6.6.6.6, 198.51.100.7"), "198.51.100.7");
        assert_eq!(of("10.0.0.1", "198.51.100.7, 10.0.0.2"), "198.51.100.7");
        assert_eq!(of("10.0.0.1", "unknown"), "10.0.0.1");
    }

    #[test]
    fn a_browser_is_named_from_a_table() {
        assert_eq!(
            device("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(device("<script>Windows"), "Windows");
        assert_eq!(device("curl/8"), "");
    }
}
