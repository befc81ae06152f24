//! Questions at check-in over HTTPS' own path (without TLS), asked by a client in the same program.
//!
//! - In: a rate.  Out: how long answers take at it; what is answered at ten times the rate, and how
//!   long after that it takes until answers are quick again.
//! - Source: R-IAPI-02.
//! - Invariants: requests are due at fixed times, and what waits for a free connection waits as part
//!   of its own time; every answer is read to its end and counted by what it says.

use super::Args;
use super::store::Bench;
use crate::config::Config;
use anyhow::{Context, bail};
use oriel_policy::Role;
use oriel_server::Options;
use oriel_synth::{Config as Day, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Requests a second, where nobody says.
const RATE: usize = 1_000;

/// How long each part takes.
const STEADY: Duration = Duration::from_secs(20);
const RUSH: Duration = Duration::from_secs(5);
const AFTER: Duration = Duration::from_secs(10);

/// How many times the rate a rush is.
const TIMES: usize = 10;

/// Connections that carriers hold open; in a rush there are as many more as there are questions.
const CONNECTIONS: usize = 256;

/// Travellers of whom one question asks at most.
const PARTY: usize = 9;

/// An answer is quick below this.
const QUICK: f64 = 20.0;

/// What an answer says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// How the travellers stand.
    Verdict,
    /// That nobody can say now.
    Undetermined,
}

/// One answer.
struct Answered {
    /// When it was due, from the beginning of its part.
    due: Duration,
    /// From then until it was read.
    millis: f64,
    said: Said,
}

pub(super) fn interactive(args: &Args) -> anyhow::Result<Value> {
    let rate = args.size.unwrap_or(RATE);
    let seconds = STEADY.as_secs() + RUSH.as_secs() * TIMES as u64 + AFTER.as_secs();
    let mut questions = Questions::of(args, rate * seconds as usize)?;
    let agreed = Agreed::write(&questions.senders)?;
    let bench = Bench::configured(args, Some(agreed.0.clone()))?;
    let app = Arc::new(bench.open(crate::commands::system_clock())?);
    bench.import_list(&app)?;
    crate::commands::serve::small_pages();
    app.account_put("bench", "bench", &[Role::Carrier], None)?;
    let account = app.store().read(|tx| tx.account_by_login("bench"))?;
    let account = account.context("an account that was just made")?;
    let new = oriel_app::NewMachine {
        name: "bench",
        days: 1,
    };
    let (_, token) = app.machine_key_make(&app.console(), &account.id, new)?;
    let options = Options {
        agreements: Config::read(&agreed.0)?.agreements(),
        ..Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let parts = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let served = oriel_server::serve(
            Arc::clone(&app),
            options,
            listener,
            std::future::pending::<()>(),
        );
        let server = tokio::spawn(served);
        let mut parts = Vec::new();
        for (times, time) in [(1, STEADY), (TIMES, RUSH), (1, AFTER)] {
            let asked = questions.next(rate * times * time.as_secs() as usize)?;
            parts.push(part(address, token.expose(), asked, rate, times).await?);
        }
        server.abort();
        Ok::<_, anyhow::Error>(parts)
    })?;
    runtime.shutdown_background();
    let stats = app.store().read(|tx| tx.stats())?;
    drop(app);
    let [steady, rush, after] = &parts[..] else {
        bail!("three parts were asked for");
    };
    let share = |part: &[Answered], share: f64| {
        let mut millis: Vec<f64> = part.iter().map(|one| one.millis).collect();
        millis.sort_by(f64::total_cmp);
        millis[((millis.len() - 1) as f64 * share) as usize]
    };
    let undetermined = |part: &[Answered]| {
        let unsaid = part.iter().filter(|one| one.said == Said::Undetermined);
        unsaid.count()
    };
    let more = json!({
        "rate": rate,
        "p50_millis": share(steady, 0.5),
        "p95_millis": share(steady, 0.95),
        "p99_millis": share(steady, 0.99),
        "most_millis": share(steady, 1.0),
        "undetermined": undetermined(steady),
        "rush_asked": rush.len(),
        "rush_undetermined": undetermined(rush),
        "rush_p99_millis": share(rush, 0.99),
        "recovered_seconds": recovered(after),
    });
    let p99 = share(steady, 0.99);
    bench.end(
        "interactive",
        p99,
        "milliseconds (p99)",
        steady.len(),
        &stats,
        more,
    )
}

/// Seconds after which the rest of the answers are what is asked of a calm time: in quick time for all
/// but one in a hundred, and none undetermined.
fn recovered(after: &[Answered]) -> f64 {
    const STEP: f64 = 0.25;
    let steps = (AFTER.as_secs_f64() / STEP) as usize;
    let is_calm = |step: &usize| {
        let from = *step as f64 * STEP;
        let rest = || after.iter().filter(|one| one.due.as_secs_f64() >= from);
        let slow = rest().filter(|one| one.millis > QUICK).count();
        slow * 100 <= rest().count() && rest().all(|one| one.said == Said::Verdict)
    };
    let first = (0..steps).find(is_calm);
    first.map_or(AFTER.as_secs_f64(), |step| step as f64 * STEP)
}

/// Questions of invented parties, each asked once.
struct Questions {
    left: std::vec::IntoIter<Vec<u8>>,
    senders: BTreeSet<String>,
}

/// A configuration file in which everybody who asks is answered by verdicts; it goes with its value.
struct Agreed(PathBuf);

impl Agreed {
    fn write(senders: &BTreeSet<String>) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("oriel-bench-{}.toml", std::process::id()));
        let carriers: String = senders
            .iter()
            .map(|sender| format!("[[carrier]]\nsender = {sender:?}\nlists = \"verdicts\"\n"))
            .collect();
        std::fs::write(&path, carriers)?;
        Ok(Self(path))
    }
}

impl Drop for Agreed {
    fn drop(&mut self) {
        // Whatever cannot be removed lies in a folder for what is temporary.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Questions {
    /// At least so many.
    fn of(args: &Args, most: usize) -> anyhow::Result<Self> {
        let mut senders = BTreeSet::new();
        let mut questions: Vec<(jiff::Timestamp, Vec<u8>)> = Vec::with_capacity(most);
        for number in 0.. {
            let world = World::new(Day {
                seed: args.seed + 2 + number,
                travellers: 200_000,
                ..Day::default()
            });
            let before = questions.len();
            // A carrier that hands over a whole flight at check-in does not ask.
            let lists = world.transmissions();
            for sent in lists.filter(|it| it.path.contains("paxlst-checkin")) {
                let decoded = oriel_messages::decode(&sent.bytes).next();
                let message = decoded.and_then(|decoded| decoded.message);
                if let Some(message) = message.filter(|it| it.travellers.len() <= PARTY) {
                    senders.insert(message.envelope.sender.to_string());
                    questions.push((sent.due, sent.bytes));
                }
            }
            if questions.len() >= most {
                break;
            }
            if questions.len() == before {
                bail!("the simulator makes no questions at check-in");
            }
        }
        // As a day brings them, so that flights fill side by side.
        questions.sort_by_key(|(due, _)| *due);
        let questions: Vec<Vec<u8>> = questions.into_iter().map(|(_, bytes)| bytes).collect();
        Ok(Self {
            left: questions.into_iter(),
            senders,
        })
    }

    fn next(&mut self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        let next: Vec<Vec<u8>> = self.left.by_ref().take(count).collect();
        if next.len() < count {
            bail!("the questions are used up");
        }
        Ok(next)
    }
}

/// Asks at so many times a rate over all connections; gives the answers.
async fn part(
    address: SocketAddr,
    token: &str,
    asked: Vec<Vec<u8>>,
    rate: usize,
    times: usize,
) -> anyhow::Result<Vec<Answered>> {
    let rate = rate * times;
    let asked: Arc<Vec<Vec<u8>>> = Arc::new(asked);
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let mut askers = Vec::with_capacity(CONNECTIONS * times);
    for n in 0..CONNECTIONS * times {
        let own = Ipv4Addr::new(127, 0, 0, 1 + (n / CONNECTIONS) as u8);
        let (asked, next) = (Arc::clone(&asked), Arc::clone(&next));
        let token = token.to_owned();
        askers.push(tokio::spawn(async move {
            let mut line = Line::open(own, address, &token).await?;
            let mut answered = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(question) = asked.get(n) else {
                    return Ok::<_, anyhow::Error>(answered);
                };
                let due = Duration::from_secs_f64(n as f64 / rate as f64);
                tokio::time::sleep_until((start + due).into()).await;
                let said = line.ask(question).await?;
                let millis = start.elapsed().saturating_sub(due).as_secs_f64() * 1e3;
                answered.push(Answered { due, millis, said });
            }
        }));
    }
    let mut answered = Vec::with_capacity(asked.len());
    for asker in askers {
        answered.extend(asker.await??);
    }
    if answered.len() != asked.len() {
        bail!("{} of {} were answered", answered.len(), asked.len());
    }
    Ok(answered)
}

/// A connection that is kept open.
struct Line {
    stream: BufReader<TcpStream>,
    heading: String,
    body: Vec<u8>,
}

impl Line {
    /// From one of this machine's addresses: no server takes everybody from one.
    async fn open(own: Ipv4Addr, address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((own, 0).into())?;
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        let heading = format!(
            "POST /api/v1/messages HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Accept: application/edifact\r\nContent-Type: application/octet-stream\r\n"
        );
        Ok(Self {
            stream: BufReader::new(stream),
            heading,
            body: Vec::new(),
        })
    }

    async fn ask(&mut self, question: &[u8]) -> anyhow::Result<Said> {
        let length = question.len();
        let mut request = format!("{}Content-Length: {length}\r\n\r\n", self.heading).into_bytes();
        request.extend(question);
        self.stream.write_all(&request).await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).await?;
        let is_verdict = self.body.windows(7).any(|part| part == b"BGM+962");
        match (&*status, is_verdict) {
            ("201" | "200", true) => Ok(Said::Verdict),
            ("503", true) => Ok(Said::Undetermined),
            _ => bail!("a question was answered by {status} without a verdict"),
        }
    }
}
