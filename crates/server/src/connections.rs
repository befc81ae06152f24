//! Connections: so many at once, and none that takes its time to say what it wants.
//!
//! - In: a listener, plain or under TLS.  Out: every request to the service, with who sent it.
//! - Invariants: who has not sent the whole head of a request in time is sent away, however steadily
//!   the bytes drip; whoever is too many waits at the door and costs nothing; no address takes the
//!   room of all others, and what it has too many is sent away at once; at the end what was begun is
//!   finished.

use crate::Peer;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tower::Layer;

/// What is granted to those who connect.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at once.
    pub(crate) most: usize,
    /// Of these, from one address.
    pub(crate) per_address: usize,
    /// For the head of a request, from the first moment or from the answer before.
    pub(crate) head: Duration,
}

impl Limits {
    /// A carrier that keeps its connection for the next message asks again within it, or connects
    /// anew.
    pub(crate) const USUAL: Self = Self {
        most: 4_096,
        per_address: 1_024,
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
    let here = Here::default();
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
        let Some(entry) = here.enter(peer.address.ip(), limits.per_address) else {
            continue;
        };
        let service = Extension(ConnectInfo(peer)).layer(service.clone());
        let service = TowerToHyperService::new(service);
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Who goes in the middle of a word is no fault of ours.
            let _ = connection.await;
            drop((place, entry));
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// How many connections each address has.
#[derive(Clone, Default)]
struct Here(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One of them, until this is dropped.
struct Entry {
    here: Here,
    address: IpAddr,
}

impl Here {
    fn enter(&self, address: IpAddr, most: usize) -> Option<Entry> {
        let mut here = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = here.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        let here = self.clone();
        Some(Entry { here, address })
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut here = self.here.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = here.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                here.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
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
            most: 4,
            per_address: 2,
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

    /// A connection from one of this machine's addresses.
    async fn from(own: [u8; 4], address: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((own, 0).into()).unwrap();
        socket.connect(address).await.unwrap()
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
        for n in 0..10 {
            silent.push(from([127, 0, 0, 10 + n], address).await);
        }
        assert!(ask(address).await.ends_with("127.0.0.1"));
    }

    /// Who has too many is sent away at once, and others are heard meanwhile.
    #[tokio::test]
    async fn one_address_does_not_take_the_room_of_all() {
        let (address, _end, _) = server().await;
        let crowd = [127, 0, 0, 9];
        let mut inside = Vec::new();
        for _ in 0..2 {
            inside.push(from(crowd, address).await);
        }
        for _ in 0..200 {
            let mut one = from(crowd, address).await;
            let gone = ends(one.read(&mut [0; 8])).await;
            assert!(gone.is_err() || gone.is_ok_and(|bytes| bytes == 0));
        }
        assert!(ask(address).await.ends_with("127.0.0.1"));
        drop(inside);
        let again = async {
            loop {
                let mut one = from(crowd, address).await;
                let mut answer = String::new();
                let sent = one.write_all(REQUEST).await;
                if sent.is_ok()
                    && one.read_to_string(&mut answer).await.is_ok()
                    && !answer.is_empty()
                {
                    return answer;
                }
            }
        };
        assert!(ends(again).await.ends_with("127.0.0.9"));
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
