//! Connections: so many at once, and none that takes its time to say what it wants.
//!
//! - In: a listener, plain or under TLS.  Out: every request to the service, with who sent it.
//! - Invariants: who has not sent the whole head of a request in time is sent away, however steadily
//!   the bytes drip; whoever is too many waits at the door and costs nothing; at the end what was
//!   begun is finished.

use crate::Peer;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tower::Layer;

/// What is granted to those who connect.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at once.
    pub(crate) most: usize,
    /// For the head of a request, from the first moment or from the answer before.
    pub(crate) head: Duration,
}

impl Limits {
    /// A carrier that keeps its connection for the next message asks again within it, or connects
    /// anew.
    pub(crate) const USUAL: Self = Self {
        most: 4_096,
        head: Duration::from_secs(60),
    };
}

/// Serves until `shutdown` completes, then finishes what was begun.
pub(crate) async fn serve<L>(
    mut listener: L,
    service: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) where
    L: Listener,
    L::Addr: Into<Peer>,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head);
    let room = Arc::new(Semaphore::new(limits.most));
    let open = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, (stream, peer)) = tokio::select! {
            next = next => next,
            () = &mut shutdown => break,
        };
        let peer: Peer = peer.into();
        let service = Extension(ConnectInfo(peer)).layer(service.clone());
        let service = TowerToHyperService::new(service);
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Who goes in the middle of a word is no fault of ours.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

    /// A server that says who asks, with little room and little time.
    async fn server() -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let who =
            |ConnectInfo(peer): ConnectInfo<Peer>| async move { peer.address.ip().to_string() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        let limits = Limits {
            most: 2,
            head: Duration::from_millis(200),
        };
        let service = Router::new().route("/", get(who));
        let serving = serve(listener, service, limits, async { drop(ended.await) });
        (address, end, tokio::spawn(serving))
    }

    /// What would never end fails.
    async fn ends<T>(what: impl Future<Output = T>) -> T {
        let limit = Duration::from_secs(60);
        tokio::time::timeout(limit, what).await.unwrap()
    }

    async fn ask(address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        let mut answer = String::new();
        ends(stream.read_to_string(&mut answer)).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn who_drips_is_sent_away() {
        let (address, _end, _) = server().await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        // A head that never ends.
        let begun = REQUEST[..REQUEST.len() - 2].iter().copied();
        let mut bytes = begun.chain(std::iter::repeat(b'x'));
        ends(async {
            while slow.write_all(&[bytes.next().unwrap()]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        assert!(ask(address).await.ends_with("127.0.0.1"));
    }

    #[tokio::test]
    async fn silence_makes_room_for_who_speaks() {
        let (address, _end, _) = server().await;
        let mut silent = Vec::new();
        for _ in 0..10 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        assert!(ask(address).await.ends_with("127.0.0.1"));
    }

    #[tokio::test]
    async fn what_was_begun_is_finished() {
        let (address, end, serving) = server().await;
        let mut begun = TcpStream::connect(address).await.unwrap();
        begun.write_all(&REQUEST[..10]).await.unwrap();
        assert!(ask(address).await.ends_with("127.0.0.1"));
        end.send(()).unwrap();
        ends(serving).await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
