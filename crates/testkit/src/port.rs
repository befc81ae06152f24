//! A port nobody listens on.

use std::net::{Ipv4Addr, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::{Mutex, PoisonError};

/// Ports that Linux gives nobody by itself: its own range begins at 32 768. A port out of that can
/// become some client's while a server that had it is down, and the server cannot come back.
const PORTS: std::ops::Range<u16> = 10_000..32_768;

/// A TCP port of the loopback interface that is free, and that no other program of these tests is
/// given as long as this one runs.
#[track_caller]
pub fn free_port() -> u16 {
    // A name in no file system belongs to one program, and goes with it.
    static CLAIMS: Mutex<Vec<UnixListener>> = Mutex::new(Vec::new());
    let mut claims = CLAIMS.lock().unwrap_or_else(PoisonError::into_inner);
    // Programs that start together look in other places.
    let width = u32::from(PORTS.end - PORTS.start);
    let first = std::process::id().wrapping_mul(2_654_435_761) % width;
    let turned = (0..width).map(|step| (first + step) % width);
    for port in turned.filter_map(|at| Some(PORTS.start + u16::try_from(at).ok()?)) {
        let name = SocketAddr::from_abstract_name(format!("oriel-test-port-{port}"))
            .expect("a short name is one of a socket");
        let Ok(claim) = UnixListener::bind_addr(&name) else {
            continue;
        };
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            claims.push(claim);
            return port;
        }
    }
    panic!("no port of {PORTS:?} of the loopback interface is free");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_once_and_can_be_listened_on() {
        let (one, other) = (free_port(), free_port());
        assert_ne!(one, other);
        for port in [one, other] {
            assert!(PORTS.contains(&port));
            assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
        }
    }
}
