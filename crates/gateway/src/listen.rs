//! What every way in that listens has in common: who may come in, how many at a time, room for what
//! is not whole yet, and an orderly end.
//!
//! - Invariants: neither connections nor bytes of unfinished transmissions grow without bound,
//!   whoever sends; who comes when it is full is sent away at once and costs nothing.

use crate::{Ends, Fault};
use serde::Deserialize;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long visitors have to be told when the program ends.
const FAREWELL: Duration = Duration::from_secs(5);

/// What a way in bears; each can be set in its table.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Connections at a time.
    pub(crate) connections: usize,
    /// Of these, from one address.
    pub(crate) per_address: usize,
    /// Seconds within which a visitor has said who it is.
    pub(crate) login: u64,
    /// Seconds for which a visitor may be silent.
    pub(crate) idle: u64,
    /// Bytes of the largest transmission.
    pub(crate) most: u64,
    /// Bytes of what is not whole yet, of all carriers together; each gets a quarter at most.
    pub(crate) room: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1000,
            per_address: 100,
            login: 20,
            idle: 300,
            most: 64 << 20,
            room: 1 << 30,
        }
    }
}

impl Limits {
    /// The room of one carrier, so that it cannot keep the others out; the largest transmission fits.
    fn part(self) -> u64 {
        (self.room / 4).max(self.most).min(self.room)
    }
}

/// Becomes true when it is time to end.
pub(crate) type Told = watch::Receiver<bool>;

/// Waits until it is time to end.
pub(crate) async fn ending(told: &mut Told) {
    // Whoever would tell is gone: that is the end, too.
    let _ = told.wait_for(|told| *told).await;
}

/// Takes an address for a way in.
pub(crate) fn bind(name: &str, address: SocketAddr) -> Result<std::net::TcpListener, Fault> {
    let bound = std::net::TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    bound.map_err(|error| Fault::Address {
        name: name.to_owned(),
        address,
        error,
    })
}

/// Runs asynchronous work on threads of its own until it is time to end. What has begun to block is
/// waited for.
pub(crate) fn run<W: Future<Output = ()>>(name: &str, ends: &Ends, work: impl FnOnce(Told) -> W) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(format!("oriel-{name}"))
        .enable_all()
        .build()
        .expect("a program that starts can start threads");
    let (tell, told) = watch::channel(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ends.wait(Duration::from_secs(3600)) {}
            tell.send_replace(true);
        });
        runtime.block_on(work(told));
    });
}

/// Lets visitors in until it is time to end.
pub(crate) async fn receive<V: Future<Output = ()> + Send + 'static>(
    listener: std::net::TcpListener,
    limits: Limits,
    mut told: Told,
    visit: impl Fn(TcpStream, SocketAddr, Told) -> V,
) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(why) => {
            tracing::error!(%why, "a way in cannot listen");
            return ending(&mut told).await;
        }
    };
    let crowd = Crowd::new(limits);
    let mut visits = JoinSet::new();
    let for_visitors = told.clone();
    loop {
        tokio::select! {
            () = ending(&mut told) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    if let Some(place) = crowd.enter(from.ip()) {
                        let visit = visit(stream, from, for_visitors.clone());
                        visits.spawn(async move {
                            visit.await;
                            drop(place);
                        });
                    }
                }
                // Mostly that there are no more descriptors: some visitor will leave.
                Err(why) => {
                    tracing::warn!(%why, "nobody can come in");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = visits.join_next() => {}
        }
    }
    let all_gone = async { while visits.join_next().await.is_some() {} };
    // Who does not go is sent away.
    let _ = tokio::time::timeout(FAREWELL, all_gone).await;
}

/// Who is in.
#[derive(Clone)]
struct Crowd {
    limits: Limits,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One visitor's place, which is free again when this is dropped.
struct Place {
    crowd: Crowd,
    of: IpAddr,
}

impl Crowd {
    fn new(limits: Limits) -> Self {
        let inside = Arc::default();
        Self { limits, inside }
    }

    fn enter(&self, of: IpAddr) -> Option<Place> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = inside.values().sum();
        let here = inside.get(&of).copied().unwrap_or(0);
        if all >= self.limits.connections || here >= self.limits.per_address {
            return None;
        }
        inside.insert(of, here + 1);
        let crowd = self.clone();
        Some(Place { crowd, of })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let inside = &self.crowd.inside;
        let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
        match inside.get_mut(&self.of) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(inside.remove(&self.of)),
        }
    }
}

/// Room for what is not whole yet, as one carrier may use it.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    /// Bytes left for all carriers, and for this one.
    left: [Arc<Mutex<u64>>; 2],
    /// Bytes that each carrier gets, and each transmission.
    part: u64,
    most: u64,
}

/// A transmission that is not whole yet, and its share of the room.
#[derive(Debug)]
pub(crate) struct Draft {
    bytes: Vec<u8>,
    held: Held,
}

/// A share of the room, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    room: Room,
    bytes: u64,
}

/// Why something is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// It is larger than any transmission may be.
    TooLarge,
    /// Others need the room now.
    NoRoom,
    /// There is a gap before it.
    Gap,
}

impl Room {
    pub(crate) fn new(limits: Limits) -> Self {
        let left = [limits.room, limits.part()];
        let left = left.map(|bytes| Arc::new(Mutex::new(bytes)));
        Self {
            left,
            part: limits.part(),
            most: limits.most,
        }
    }

    /// The same room, as another carrier may use it.
    pub(crate) fn of_another(&self) -> Self {
        let [all, _] = &self.left;
        let own = Arc::new(Mutex::new(self.part));
        let left = [Arc::clone(all), own];
        Self { left, ..*self }
    }

    pub(crate) fn draft(&self) -> Draft {
        let room = self.clone();
        Draft {
            bytes: Vec::new(),
            held: Held { room, bytes: 0 },
        }
    }
}

/// What each carrier has to itself at a way in, made when it comes for the first time.
pub(crate) struct Each<T> {
    room: Room,
    known: Mutex<HashMap<String, Arc<T>>>,
}

impl<T> Each<T> {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            room: Room::new(limits),
            known: Mutex::default(),
        }
    }

    /// What a carrier has, by its short name; `make` is given its share of the room.
    pub(crate) fn of<E>(
        &self,
        handle: &str,
        make: impl FnOnce(Room) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = known.get(handle) {
            return Ok(Arc::clone(own));
        }
        let own = Arc::new(make(self.room.of_another())?);
        known.insert(handle.to_owned(), Arc::clone(&own));
        Ok(own)
    }
}

impl Draft {
    /// Writes at a place, over what is there.
    pub(crate) fn write(&mut self, at: u64, data: &[u8]) -> Result<(), Full> {
        let len = self.bytes.len();
        let at = usize::try_from(at).ok().filter(|at| *at <= len);
        let at = at.ok_or(Full::Gap)?;
        let end = at.saturating_add(data.len());
        if end as u64 > self.held.room.most {
            return Err(Full::TooLarge);
        }
        self.held
            .grow((end as u64).saturating_sub(self.held.bytes))?;
        let over = data.len().min(len - at);
        self.bytes[at..at + over].copy_from_slice(&data[..over]);
        self.bytes.extend_from_slice(&data[over..]);
        Ok(())
    }

    /// Shortens it to `len` bytes, where it has more.
    pub(crate) fn cut(&mut self, len: u64) {
        if let Ok(len) = usize::try_from(len) {
            self.bytes.truncate(len);
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl Held {
    fn grow(&mut self, by: u64) -> Result<(), Full> {
        let [all, own] = &self.room.left;
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own = own.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(all_then), Some(own_then)) = (all.checked_sub(by), own.checked_sub(by)) else {
            return Err(Full::NoRoom);
        };
        (*all, *own) = (all_then, own_then);
        self.bytes += by;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        for left in &self.room.left {
            *left.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        }
    }
}

/// An error where a peer did what the protocol does not allow.
pub(crate) fn breach(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(most: u64, room: u64) -> Limits {
        Limits {
            connections: 3,
            per_address: 2,
            most,
            room,
            ..Limits::default()
        }
    }

    #[test]
    fn room_is_shared_bounded_and_given_back() {
        let room = Room::new(limits(8, 40));
        let (mut one, mut two) = (room.draft(), room.draft());
        assert_eq!(one.write(0, b"12345678"), Ok(()));
        assert_eq!(one.write(8, b"9"), Err(Full::TooLarge));
        assert_eq!(one.write(u64::MAX, b"9"), Err(Full::Gap));
        assert_eq!(two.write(0, b"123"), Err(Full::NoRoom));
        assert_eq!(two.write(0, b"12"), Ok(()));
        // Over what is there no room is needed.
        assert_eq!(one.write(2, b"ab"), Ok(()));
        assert_eq!(one.bytes(), b"12ab5678");
        assert_eq!(two.write(2, b"3"), Err(Full::NoRoom));
        // Nor for as much as it had before it was cut.
        one.cut(0);
        assert_eq!(one.write(0, b"87654321"), Ok(()));
        drop(one);
        assert_eq!(two.write(2, b"345678"), Ok(()));
        assert_eq!(two.write(9, b"x"), Err(Full::Gap));
    }

    #[test]
    fn no_carrier_fills_the_room_of_the_others() {
        let room = Room::new(limits(10, 40));
        let mut greedy = room.draft();
        assert_eq!(greedy.write(0, &[0; 10]), Ok(()));
        assert_eq!(room.draft().write(0, &[0; 1]), Err(Full::NoRoom));
        let mut others = [0; 4].map(|_| room.of_another().draft());
        let got = others.each_mut().map(|other| other.write(0, &[0; 10]));
        assert_eq!(got, [Ok(()), Ok(()), Ok(()), Err(Full::NoRoom)]);
    }

    #[test]
    fn a_crowd_is_bounded_in_all_and_from_each_address() {
        let crowd = Crowd::new(limits(1, 1));
        let from = |last: u8| IpAddr::from([192, 0, 2, last]);
        let first = crowd.enter(from(1));
        let second = crowd.enter(from(1));
        assert!(first.is_some() && second.is_some());
        assert!(crowd.enter(from(1)).is_none(), "a third one from there");
        let other = crowd.enter(from(2));
        assert!(other.is_some());
        assert!(crowd.enter(from(3)).is_none(), "it is full");
        drop(first);
        assert!(crowd.enter(from(1)).is_some());
    }
}
