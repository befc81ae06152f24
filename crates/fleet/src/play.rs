//! Carriers at work: each takes its items in turn, sends until it is told for good, and behaves as
//! badly as it is asked to.
//!
//! - Invariants: chance comes from a seed, the number of an item and what is drawn, so that the same
//!   items misbehave in the same way whatever the machine does meanwhile; a carrier's items go out in
//!   their order, one at a time.

use crate::link::https::Https;
use crate::link::{Failed, Link, Sent, Settled, Status, Told, Who};
use crate::paper::{Paper, Wrong};
use crate::{Identity, Kind, Mailbox, Report, Way};
use jiff::{SignedDuration, Timestamp};
use rustls::RootCertStore;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// The present.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The first wait before a try is repeated, and the longest.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(3);

/// A way that did not answer is tried again after so many times as long as it was insisted on.
const BACK: u32 = 10;

/// The longest for which a carrier waits that breaks off.
const HURRY: u64 = 40;

/// A carrier with what it has to show, and the ways in that it uses.
pub struct Station {
    /// Its short name.
    pub handle: String,
    /// What it has to show.
    pub identity: Identity,
    /// The first that can carry something is used, the next when that does not answer.
    pub ways: Vec<Way>,
}

impl Station {
    /// The address of the machine of the carrier with this number, where all are on this one.
    pub fn address(number: u16) -> std::net::Ipv4Addr {
        crate::link::home(number)
    }

    /// Its address in the network of telegrams.
    pub fn origin(number: u16) -> String {
        let letter = |n: u16| char::from(b'A' + (n % 26) as u8);
        let place: String = [number / 676, number / 26, number]
            .map(letter)
            .iter()
            .collect();
        format!("{place}PAZQ")
    }
}

/// One transmission.
#[derive(Clone, Debug)]
pub struct Item {
    /// Which carrier sends it, by its place.
    pub station: usize,
    /// When, from the beginning.
    pub due: Duration,
    /// Of the file; letters, digits, points and hyphens.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Of a question, the same told as a list, which asks nothing.
    pub list: Option<Vec<u8>>,
}

/// How badly carriers behave.
#[derive(Clone, Debug)]
pub struct Manners {
    /// The same seed misbehaves alike.
    pub seed: u64,
    /// Of a hundred transmissions, those that are sent once more.
    pub repeats: u8,
    /// Those whose first try is broken off before it is answered.
    pub broken_off: u8,
    /// Those that somebody sends first whom nobody knows.
    pub strangers: u8,
    /// Those before which a wrong certificate is shown, of carriers who show one.
    pub wrong_certificates: u8,
    /// Clocks go wrong by up to this.
    pub skew: SignedDuration,
    /// How long an answer is waited for.
    pub patience: Duration,
    /// How long something is tried by one way, before it goes by the next.
    pub insists: Duration,
    /// A question that is not answered for so long, or answered by *later*, is told as a list by the
    /// next way; where there is nothing here it is asked until it is answered.
    pub batch_after: Option<Duration>,
    /// How long after the last was due whatever is not settled stays unanswered.
    pub ends: Duration,
}

impl Default for Manners {
    /// Good ones.
    fn default() -> Self {
        Self {
            seed: 1,
            repeats: 0,
            broken_off: 0,
            strangers: 0,
            wrong_certificates: 0,
            skew: SignedDuration::ZERO,
            patience: Duration::from_secs(30),
            insists: Duration::from_secs(60),
            batch_after: None,
            ends: Duration::from_secs(120),
        }
    }
}

/// Something that a carrier saw.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Seconds from the beginning.
    pub seconds: f64,
    /// When it was due, the same.
    pub due: f64,
    /// Which carrier.
    pub station: usize,
    /// Name of what it sent.
    pub name: String,
    /// What it saw.
    pub what: What,
}

/// What can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is kept, now.
    Accepted,
    /// It was kept before.
    Duplicate,
    /// It was refused for good.
    Refused,
    /// It was signed for.
    Signed,
    /// *Later*, a broken connection, or no answer in time.
    Nothing,
}

/// A day to be played.
pub struct Play {
    /// Carriers.
    pub stations: Vec<Station>,
    /// How they behave.
    pub manners: Manners,
    /// What time it is.
    pub clock: Clock,
    /// Authorities of the window under TLS.
    pub tls: Option<Arc<RootCertStore>>,
    /// Where answers of AS4 are taken.
    pub mailbox: Option<Arc<Mailbox>>,
    /// Is told of everything that is seen.
    pub watch: Arc<dyn Fn(Sight) + Send + Sync>,
}

/// What all carriers share.
struct Shared {
    report: Mutex<Report>,
    /// Digests of what was accepted.
    accepted: Mutex<HashSet<[u8; 32]>>,
    connected: AtomicUsize,
    manners: Manners,
    watch: Arc<dyn Fn(Sight) + Send + Sync>,
    start: Instant,
}

impl Play {
    /// Plays: every carrier connects, sends its items as they are due, and ends when each is settled
    /// or nobody waits any more. Items come in the order of `due`.
    pub async fn run(self, items: impl Iterator<Item = Item>) -> Report {
        let shared = Arc::new(Shared {
            report: Mutex::default(),
            accepted: Mutex::default(),
            connected: AtomicUsize::new(0),
            manners: self.manners.clone(),
            watch: Arc::clone(&self.watch),
            start: Instant::now(),
        });
        let carriers = self.stations.len();
        let papers = self.stations.iter().map(|it| it.identity.paper.clone());
        let papers: Vec<_> = papers.map(|it| it.map(|(paper, _)| paper)).collect();
        let mut lines = Vec::with_capacity(carriers);
        let mut working = Vec::with_capacity(carriers);
        let (ends, ended) = tokio::sync::watch::channel(None);
        for (number, station) in self.stations.into_iter().enumerate() {
            let (before, after) = papers.split_at(number);
            let mut others = after.iter().skip(1).chain(before).flatten();
            let other = others.next().cloned();
            let (line, items) = mpsc::unbounded_channel();
            lines.push(line);
            let number = u16::try_from(number + 1).unwrap_or(u16::MAX);
            let skew = shared.manners.skew.as_secs();
            let draw = chance(shared.manners.seed, u64::from(number), 4);
            let span = 2 * skew.unsigned_abs() + 1;
            let skew = (draw % span) as i64 - skew.abs();
            let who = Who {
                handle: station.handle,
                identity: station.identity,
                number,
                origin: Station::origin(number),
                clock: Arc::clone(&self.clock),
                skew: SignedDuration::from_secs(skew),
                roots: self.tls.clone(),
                mailbox: self.mailbox.clone(),
            };
            let carrier = Carrier {
                who,
                ways: station.ways,
                other,
                shared: Arc::clone(&shared),
                link: None,
                elsewhere: None,
                ended: ended.clone(),
            };
            working.push(tokio::spawn(carrier.work(items)));
        }
        for (number, item) in items.enumerate() {
            sleep_until(shared.start + item.due).await;
            // A carrier takes what it is given until the end.
            let _ = lines[item.station].send((number as u64, item));
        }
        drop(lines);
        ends.send_replace(Some(Instant::now() + shared.manners.ends));
        for one in working {
            // A panic was reported by the panic hook when it happened; its items are missing in the sums.
            let _ = one.await;
        }
        let mut report = std::mem::take(&mut *shared.report());
        report.carriers = carriers;
        report.notices = self.mailbox.as_ref().map_or(0, |it| it.notices());
        report.seconds = shared.start.elapsed().as_secs_f64();
        report.finish();
        report
    }
}

impl Shared {
    fn report(&self) -> std::sync::MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A carrier at work.
struct Carrier {
    who: Who,
    ways: Vec<Way>,
    /// The certificate of another carrier.
    other: Option<Arc<Paper>>,
    shared: Arc<Shared>,
    /// The connection that is open, and by which way.
    link: Option<(usize, Link, Connected)>,
    /// The way that is used instead of the first one, and until when.
    elsewhere: Option<(usize, Instant)>,
    /// When nobody waits any more, once that is known.
    ended: tokio::sync::watch::Receiver<Option<Instant>>,
}

/// Counts one connection as long as it is there.
struct Connected(Arc<Shared>);

impl Connected {
    fn new(shared: &Arc<Shared>) -> Self {
        let now = shared.connected.fetch_add(1, Ordering::Relaxed) + 1;
        let mut report = shared.report();
        report.connected = report.connected.max(now);
        Self(Arc::clone(shared))
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connected.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How one try went.
enum Try {
    Settled(Settled),
    /// *Later*: of a question, that nobody can say now.
    Later,
    /// No answer.
    Nothing,
}

impl Carrier {
    async fn work(mut self, mut items: mpsc::UnboundedReceiver<(u64, Item)>) {
        // Carriers hold their connections, also before they have anything to say.
        let _ = self.connect(0).await;
        while let Some((number, item)) = items.recv().await {
            self.carry(number, item).await;
        }
    }

    /// Sends one item until it is settled.
    async fn carry(&mut self, number: u64, mut item: Item) {
        let manners = &self.shared.manners;
        let (seed, insists) = (manners.seed, manners.insists);
        // Who goes on without an answer asks by the one way, and tells by the others.
        let batch_after = manners.batch_after.filter(|_| item.list.is_some());
        let bad = |what, of: u8| chance(seed, number, what) % 100 < u64::from(of);
        let is_repeated = bad(1, manners.repeats);
        let (mut breaks_off, strange) = (bad(2, manners.broken_off), bad(3, manners.strangers));
        let fits = |way: &Way| way.kind.fits(&item.bytes);
        self.elsewhere = self.elsewhere.filter(|(_, until)| Instant::now() < *until);
        let instead = self
            .elsewhere
            .map(|(at, _)| at)
            .filter(|at| fits(&self.ways[*at]) && batch_after.is_none());
        let Some(mut at) = instead.or_else(|| self.ways.iter().position(fits)) else {
            let way = self.ways.first().map_or("none", |way| way.kind.name());
            self.shared.report().count(way, |it| {
                it.transmissions += 1;
                it.unanswered += 1;
            });
            return;
        };
        if strange {
            self.as_a_stranger(at, &item).await;
        }
        if bad(6, self.shared.manners.wrong_certificates) {
            let wrong = Wrong::ALL[(chance(seed, number, 7) % 3) as usize];
            self.show_wrongly(at, &item, wrong).await;
        }
        let mut wait = SHORTEST;
        let mut begun = Instant::now();
        let settled = loop {
            let hurry = std::mem::take(&mut breaks_off)
                .then(|| Duration::from_millis(chance(seed, number, 5) % HURRY));
            let is_put_off = match self.try_once(at, &item.name, &item, hurry).await {
                Try::Settled(settled) => break Some(settled),
                Try::Later => true,
                Try::Nothing => false,
            };
            self.see(&item, What::Nothing);
            if self.is_over() {
                break None;
            }
            if batch_after.is_some_and(|after| is_put_off || begun.elapsed() >= after)
                && let Some(list) = item.list.take()
            {
                item.name = format!("batch-{}", item.name);
                item.bytes = list;
                at = self.next(at, &item.bytes);
                (begun, wait) = (Instant::now(), SHORTEST);
                continue;
            }
            if begun.elapsed() > insists {
                at = self.next(at, &item.bytes);
                begun = Instant::now();
                self.elsewhere = Some((at, begun + insists * BACK));
            }
            if hurry.is_none() {
                sleep(wait).await;
                wait = (wait * 2).min(LONGEST);
            }
        };
        let way = self.ways[at].kind.name();
        let elsewhere = u64::from(at != 0);
        let batched = u64::from(batch_after.is_some() && item.list.is_none());
        let Some(settled) = settled else {
            self.shared.report().count(way, |it| {
                it.transmissions += 1;
                it.batched += batched;
                it.unanswered += 1;
            });
            return;
        };
        let twice = self.accepted_twice(&item, &settled);
        self.shared.report().count(way, |it| {
            it.transmissions += 1;
            it.batched += batched;
            it.other_way += elsewhere;
            it.accepted_twice += twice;
            it.settled(&settled);
        });
        self.see(&item, What::of(settled.status));
        if is_repeated {
            self.repeat(at, &item, settled.status).await;
        }
    }

    /// The way behind this one that carries something; this one where there is no other.
    fn next(&self, at: usize, bytes: &[u8]) -> usize {
        let mut others = (at + 1..self.ways.len()).chain(0..at);
        let next = others.find(|other| self.ways[*other].kind.fits(bytes));
        next.unwrap_or(at)
    }

    /// Sends once more what was settled: the answer may not be that it is new.
    async fn repeat(&mut self, at: usize, item: &Item, before: Status) {
        let way = self.ways[at].kind.name();
        let name = format!("again-{}", item.name);
        let begun = Instant::now();
        let said = loop {
            match self.try_once(at, &name, item, None).await {
                Try::Settled(settled) => break Some(settled.status),
                Try::Later | Try::Nothing
                    if self.is_over() || begun.elapsed() > self.shared.manners.ends =>
                {
                    break None;
                }
                Try::Later | Try::Nothing => sleep(SHORTEST).await,
            }
        };
        let known = match said {
            Some(Status::Duplicate | Status::Signed) => true,
            Some(Status::Refused) => before == Status::Refused,
            Some(Status::Accepted) | None => false,
        };
        self.shared.report().count(way, |it| {
            it.repeats += 1;
            it.repeats_known += u64::from(known);
        });
    }

    /// Somebody else tries to send it.
    async fn as_a_stranger(&self, at: usize, item: &Item) {
        let way = &self.ways[at];
        // Who may write into a folder is for its machine to say.
        if way.kind == crate::Kind::Folder {
            return;
        }
        let stranger = Who {
            identity: Identity::stranger(),
            origin: "NOBODYX".to_owned(),
            mailbox: None,
            ..self.who.clone()
        };
        let patience = self.shared.manners.patience;
        let sent = Sent {
            name: "stranger",
            bytes: &item.bytes,
        };
        let said = timeout(patience, async {
            Link::open(way, &stranger).await?.send(sent).await
        });
        let came_in = match said.await {
            Ok(Ok(Told::Settled(_))) => true,
            // To be told to come later, or nothing, is not to be let in.
            Ok(Ok(Told::Later) | Err(Failed::Strange | Failed::Broken)) | Err(_) => false,
        };
        self.shared.report().count(way.kind.name(), |it| {
            it.strangers += 1;
            it.strangers_turned_away += u64::from(!came_in);
        });
    }

    /// Shows a certificate that is not its own, or does not hold, until that is judged.
    async fn show_wrongly(&self, at: usize, item: &Item, wrong: Wrong) {
        let way = &self.ways[at];
        let own = self.who.identity.paper.as_ref();
        let (Some((_, ours)), Some(other)) = (own, &self.other) else {
            return;
        };
        if way.kind != Kind::Https || !way.secure {
            return;
        }
        let paper = wrong.paper(&self.who.handle, ours, other);
        let who = Who {
            identity: self
                .who
                .identity
                .showing(paper, ours, wrong == Wrong::Carrier),
            ..self.who.clone()
        };
        let begun = Instant::now();
        let said = loop {
            let sent = Sent {
                name: "wrong-certificate",
                bytes: &item.bytes,
            };
            let said = timeout(self.shared.manners.patience, Https::show(way, &who, sent)).await;
            if let Ok(Ok(said)) = said {
                break said.unwrap_or("came in");
            }
            if self.is_over() || begun.elapsed() > self.shared.manners.ends {
                break "nothing";
            }
            sleep(SHORTEST).await;
        };
        let is_refused = !["came in", "nothing"].contains(&said);
        let told = format!("{}: {said}", wrong.name());
        self.shared.report().count(way.kind.name(), |it| {
            it.wrong_certificates += 1;
            it.wrong_certificates_refused += u64::from(is_refused);
            *it.certificates.entry(told.clone()).or_default() += 1;
        });
    }

    /// Connects where it is not.
    async fn connect(&mut self, at: usize) -> Result<(), Failed> {
        if self.link.as_ref().is_some_and(|(is, ..)| *is == at) {
            return Ok(());
        }
        self.link = None;
        let link = Link::open(&self.ways[at], &self.who).await?;
        self.link = Some((at, link, Connected::new(&self.shared)));
        Ok(())
    }

    async fn try_once(
        &mut self,
        at: usize,
        name: &str,
        item: &Item,
        hurry: Option<Duration>,
    ) -> Try {
        let way = self.ways[at].kind.name();
        let patience = hurry.unwrap_or(self.shared.manners.patience);
        let begun = Instant::now();
        let told = timeout(patience, async {
            self.connect(at).await?;
            let Some((_, link, _)) = &mut self.link else {
                return Err(Failed::Broken);
            };
            let sent = Sent {
                name,
                bytes: &item.bytes,
            };
            link.send(sent).await
        });
        let told = told.await;
        let millis = begun.elapsed().as_secs_f32() * 1e3;
        let mut report = self.shared.report();
        report.count(way, |it| it.tries += 1);
        match told {
            Ok(Ok(Told::Settled(settled))) => {
                report.count(way, |it| it.answered(millis));
                return Try::Settled(settled);
            }
            // The connection is as good as it was.
            Ok(Ok(Told::Later)) => {
                report.count(way, |it| it.later += 1);
                return Try::Later;
            }
            Ok(Err(Failed::Strange)) => report.count(way, |it| it.not_known += 1),
            Ok(Err(Failed::Broken)) => report.count(way, |it| it.broken += 1),
            Err(_) if hurry.is_some() => report.count(way, |it| it.broken_off += 1),
            Err(_) => report.count(way, |it| it.timed_out += 1),
        }
        drop(report);
        self.link = None;
        Try::Nothing
    }

    /// Whether nobody waits any more.
    fn is_over(&self) -> bool {
        self.ended.borrow().is_some_and(|end| Instant::now() > end)
    }

    /// One where the same bytes were accepted before.
    fn accepted_twice(&self, item: &Item, settled: &Settled) -> u64 {
        use sha2::{Digest, Sha256};
        if settled.status != Status::Accepted {
            return 0;
        }
        let accepted = self.shared.accepted.lock();
        let mut accepted = accepted.unwrap_or_else(PoisonError::into_inner);
        u64::from(!accepted.insert(Sha256::digest(&item.bytes).into()))
    }

    fn see(&self, item: &Item, what: What) {
        (self.shared.watch)(Sight {
            seconds: self.shared.start.elapsed().as_secs_f64(),
            due: item.due.as_secs_f64(),
            station: item.station,
            name: item.name.clone(),
            what,
        });
    }
}

impl What {
    fn of(status: Status) -> Self {
        match status {
            Status::Accepted => Self::Accepted,
            Status::Duplicate => Self::Duplicate,
            Status::Refused => Self::Refused,
            Status::Signed => Self::Signed,
        }
    }
}

/// A number drawn for an item: the same for the same seed, item and purpose (SplitMix64).
fn chance(seed: u64, number: u64, what: u64) -> u64 {
    let mut z = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(number.wrapping_mul(0xbf58_476d_1ce4_e5b9))
        .wrapping_add(what.wrapping_mul(0x94d0_49bb_1331_11eb));
    for by in [0xbf58_476d_1ce4_e5b9_u64, 0x94d0_49bb_1331_11eb] {
        z = (z ^ (z >> 30)).wrapping_mul(by);
    }
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    const LATER: (&str, &str) = ("503 Later", "{}");
    const KEPT: (&str, &str) = ("201 Created", r#"{"messages":[{"status":"accepted"}]}"#);

    /// What a window is told over HTTP, one request a line: its last five bytes, which are its body.
    async fn window(
        answer: (&'static str, &'static str),
    ) -> (u16, mpsc::UnboundedReceiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, told) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let tell = tell.clone();
                tokio::spawn(async move {
                    while let Some(body) = request(&mut stream).await {
                        tell.send(body).unwrap();
                        let (status, body) = answer;
                        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}", body.len());
                        let text = format!("{head}\r\n\r\n{body}");
                        stream.write_all(text.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        (port, told)
    }

    async fn request(stream: &mut TcpStream) -> Option<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let mut body = [0; 5];
        stream.read_exact(&mut body).await.ok()?;
        Some(String::from_utf8(body.to_vec()).unwrap())
    }

    /// One carrier with something to send, whose first way in is answered so, or not there; what it
    /// counted, and what both ways were told.
    async fn check(
        first: Option<(&'static str, &'static str)>,
        list: Option<&str>,
        batch_after: Option<Duration>,
        (batched, asked, told): (u64, &[&str], &[&str]),
    ) {
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (mut ports, mut heard) = (Vec::new(), Vec::new());
        for answer in [first, Some(KEPT)] {
            let (port, told) = match answer {
                Some(answer) => window(answer).await,
                None => (
                    nobody.local_addr().unwrap().port(),
                    mpsc::unbounded_channel().1,
                ),
            };
            ports.push(port);
            heard.push(told);
        }
        drop(nobody);
        let way = |port| Way::read(&format!("http://127.0.0.1:{port}"), "zq", 0).unwrap();
        let play = Play {
            stations: vec![Station {
                handle: "zq".to_owned(),
                identity: Identity::stranger(),
                ways: ports.into_iter().map(way).collect(),
            }],
            manners: Manners {
                batch_after,
                insists: Duration::ZERO,
                ..Manners::default()
            },
            clock: Arc::new(|| Timestamp::UNIX_EPOCH),
            tls: None,
            mailbox: None,
            watch: Arc::new(|_| {}),
        };
        let item = Item {
            station: 0,
            due: Duration::ZERO,
            name: "one".to_owned(),
            bytes: b"asked".to_vec(),
            list: list.map(|text| text.as_bytes().to_vec()),
        };
        let report = play.run([item].into_iter()).await;
        assert_eq!((report.all.batched, report.all.accepted), (batched, 1));
        assert!(report.all.is_well(), "{:?}", report.all);
        for (heard, expect) in heard.iter_mut().zip([asked, told]) {
            let mut got = Vec::new();
            while let Ok(body) = heard.try_recv() {
                got.push(body);
            }
            assert_eq!(got, expect);
        }
    }

    #[tokio::test]
    async fn a_question_without_an_answer_becomes_a_list() {
        let (list, at_once) = (Some("lists"), Some(Duration::ZERO));
        check(None, list, at_once, (1, &[], &["lists"])).await;
        // *Later* is an answer: it is not waited for another one.
        let long = Some(Duration::from_secs(3600));
        check(Some(LATER), list, long, (1, &["asked"], &["lists"])).await;
        check(Some(KEPT), list, at_once, (0, &["asked"], &[])).await;
        // Who insists asks by the next way.
        check(Some(LATER), list, None, (0, &["asked"], &["asked"])).await;
        check(Some(LATER), None, at_once, (0, &["asked"], &["asked"])).await;
    }
}
