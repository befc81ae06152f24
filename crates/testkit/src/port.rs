//! A port nobody listens on.

use std::net::{Ipv4Addr, TcpListener};

/// A TCP port of the loopback interface that was free a moment ago.
///
/// Another program can take it before the test does; a server that can listen on port 0 and say
/// which port it got is the better choice.
#[track_caller]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap_or_else(|fault| panic!("cannot listen on the loopback interface: {fault}"));
    listener
        .local_addr()
        .expect("a bound listener has an address")
        .port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_can_be_listened_on() {
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, free_port())).is_ok());
    }
}
