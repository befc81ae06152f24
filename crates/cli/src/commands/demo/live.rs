//! `oriel demo --live`: the same day while it happens. Its carriers are enrolled and bring their
//! schedule; from six in the morning on they send over the ways in, some too late, some asking at
//! check-in; notices go out. Time passes faster than it does.
//!
//! - Invariant: everything beside the clock is what `oriel serve` does; no message takes another way.

use super::{Args, clear, dawn, import_lists, invite};
use crate::commands::Place;
use crate::commands::serve::{self, House};
use crate::commands::simulate::cast::Cast;
use crate::commands::simulate::push;
use crate::config::Config;
use crate::output::{Exit, complain, print};
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use oriel_app::{App, Channel, Sender};
use oriel_fleet::{Identity, Item, Mailbox, Manners, Play, Report, Sight, What};
use oriel_gateway::{Desk, Gateway};
use oriel_messages::decode;
use oriel_policy::{Act, Actor, CheckMode, Role};
use oriel_synth::{Transmission, World};
use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Travellers of whom one question asks at most; whoever sends more at check-in reports.
const PARTY: usize = 9;

/// One push at closure of so many is held back, for so long.
const HELD_BACK: usize = 6;
const HOLDS: SignedDuration = SignedDuration::from_mins(100);

/// How often it is said how things stand.
const SAY: Duration = Duration::from_secs(5);

/// A day whose time is set until it runs, and then passes faster than it does.
struct Day {
    set: Mutex<Timestamp>,
    runs: OnceLock<(Timestamp, Instant)>,
    pace: f64,
}

impl Day {
    fn now(&self) -> Timestamp {
        match self.runs.get() {
            None => *self.set.lock().unwrap_or_else(PoisonError::into_inner),
            Some((from, start)) => {
                let passed = start.elapsed().mul_f64(self.pace);
                let passed = SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
                from.checked_add(passed).unwrap_or(Timestamp::MAX)
            }
        }
    }

    fn set(&self, at: Timestamp) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn run(&self) {
        self.runs.get_or_init(|| (self.now_set(), Instant::now()));
    }

    fn now_set(&self) -> Timestamp {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    clear(&args.data)?;
    clear_ways(&args.data)?;
    complain("inventing the day …");
    let world = args.world.world();
    let begins = dawn(args.world.day)?;
    let mut before: Vec<Transmission> = world.transmissions().collect();
    let asking = askers(&before);
    let after = before.split_off(before.partition_point(|sent| sent.due <= begins));
    let first = before.first().map_or(begins, |sent| sent.due);
    let day = Arc::new(Day {
        set: Mutex::new(first.min(begins)),
        runs: OnceLock::new(),
        pace: args.pace,
    });
    let clock: oriel_fleet::Clock = {
        let day = Arc::clone(&day);
        Arc::new(move || day.now())
    };

    let mut ways = Ways::new(args)?;
    let config = Config::parse(&ways.config(&asking))
        .map_err(anyhow::Error::msg)
        .context("the demonstration's own configuration")?;
    let place = Place::invented(args.data.display().to_string());
    let app = place.open_in(CheckMode::Demo, &config, true, Arc::clone(&clock) as _)?;
    let app = Arc::new(app);
    import_lists(&app, &world)?;
    bring_schedule(&app, &world)?;
    let mut cast = Cast::new(None, &ways.urls, &args.data.join("carriers"))?;
    cast.enrol(&app, ways.answers)?;
    let stations = std::mem::take(&mut cast.stations);
    let handles: Vec<String> = stations.iter().map(|it| it.handle.clone()).collect();
    complain(&format!("{} messages came before six …", before.len()));
    for sent in &before {
        day.set(sent.due);
        let carrier = &handles[cast.sends(sent.carrier, 0)];
        let registry = app.registry();
        let known = registry.named(carrier).context("an enrolled carrier")?;
        let (channel, sender) = (Channel("simulator".into()), Sender::of(Arc::clone(known)));
        app.receive_of(&sent.bytes, channel, &sender)
            .map_err(|fault| anyhow::anyhow!("{fault}"))?;
    }
    day.set(begins);
    let links = invite(&app)?;
    let transports = oriel_gateway::open_all(&config.transports)?;

    let ends = SignedDuration::from_secs((args.hours * 3600.0) as i64);
    let items = items(&cast, after, begins, begins + ends, args.pace);
    let questions = Questions::of(&asking, &items);
    let (over, until) = tokio::sync::oneshot::channel();
    let until: serve::Until = match args.no_serve {
        true => Box::pin(async {
            // Gone is over, too.
            let _ = until.await;
        }),
        false => {
            drop(until);
            Box::pin(std::future::pending())
        }
    };
    let house = House::at_pace(args.pace, until);
    let options = super::options(args.listen, config.agreements())?;
    let desk = Desk::new(Arc::clone(&app), config.agreements());
    let (mut gateway, mut playing) = (None, None);
    let exit = serve::serve(Arc::clone(&app), options, args.listen, house, |address| {
        day.run();
        gateway = Some(Gateway::start(desk, transports));
        super::welcome(address, args.world.day, &links)?;
        let watch = Watch {
            app: Arc::clone(&app),
            handles,
            seen: Seen::default(),
            questions,
        };
        let play = Play {
            stations,
            manners: Manners {
                repeats: 3,
                broken_off: 3,
                strangers: 1,
                skew: SignedDuration::from_secs(60),
                ends: Duration::from_secs(20),
                ..Manners::default()
            },
            clock,
            tls: None,
            mailbox: None,
            watch: Arc::new(|_| {}),
        };
        let answers = ways.answers_taken();
        playing = Some(std::thread::spawn(move || {
            let report = watch.play(play, answers, items);
            let _ = over.send(());
            report
        }));
        Ok(())
    })?;
    drop(gateway);
    // Who is asked to end before the day is over has seen what there was to see.
    if args.no_serve
        && let Some(playing) = playing
    {
        let report = playing.join().expect("carriers do not panic")?;
        if !report.all.is_well() {
            return Ok(Exit::Found);
        }
    }
    Ok(exit)
}

/// Who asks at check-in instead of reporting: by designator, and as it names itself in envelopes.
fn askers(all: &[Transmission]) -> BTreeSet<(&'static str, String)> {
    let lists = all.iter().filter(|it| it.path.contains("paxlst-checkin"));
    let asks = lists.filter_map(|sent| {
        let message = decode(&sent.bytes).next()?.message?;
        let is_party = message.travellers.len() <= PARTY;
        is_party.then(|| (sent.carrier, message.envelope.sender.to_string()))
    });
    asks.collect()
}

fn bring_schedule(app: &App, world: &World) -> anyhow::Result<()> {
    let officer = Actor::new("demo", &[Role::CarrierLiaison]);
    let grant = app.authorize(&officer, Act::SchedulePut, None)?;
    let put = app.schedule_put(&grant, "timetable (invented)", &world.schedule())?;
    complain(&format!("schedule: {} flights are expected", put.added));
    Ok(())
}

/// What is sent from the beginning on, until the end; some of it late.
fn items(
    cast: &Cast,
    sent: Vec<Transmission>,
    begins: Timestamp,
    ends: Timestamp,
    pace: f64,
) -> Vec<Item> {
    let mut closures = 0;
    let mut items: Vec<Item> = Vec::new();
    for (number, sent) in sent.into_iter().enumerate() {
        let mut due = sent.due;
        if sent.path.contains("pnrgov-closed") {
            closures += 1;
            if closures % HELD_BACK == 0 {
                due += HOLDS;
            }
        }
        if due <= ends {
            let after = due.duration_since(begins).as_secs_f64() / pace;
            let after = Duration::from_secs_f64(after);
            items.push(push::item_of(cast, number, sent, after));
        }
    }
    items.sort_by_key(|item| item.due);
    items
}

/// The ways in of the demonstration, on free ports of this machine.
struct Ways {
    text: String,
    urls: Vec<String>,
    answers: u16,
    listener: Option<TcpListener>,
}

impl Ways {
    fn new(args: &Args) -> anyhow::Result<Self> {
        let at = std::path::absolute(&args.data)?;
        // Its keys are made as a carrier's are.
        Identity::open(&at.join("window"))?;
        let free: anyhow::Result<Vec<u16>> = (0..4).map(|_| free_port()).collect();
        let [sftp, line, matip, as4] = free?[..] else {
            anyhow::bail!("four ports were asked for");
        };
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let answers = listener.local_addr()?.port();
        let shown = at.display();
        let mut text = format!(
            "[[transport]]\nkind = 'sftp'\nname = 'sftp'\nlisten = '127.0.0.1:{sftp}'\n\
             path = '{shown}/homes'\nhost_keys = ['{shown}/window/ssh.key']\n\
             [[transport]]\nkind = 'line'\nname = 'line'\nlisten = '127.0.0.1:{line}'\n\
             address = 'XOGAPZQ'\n\
             [[transport]]\nkind = 'matip'\nname = 'matip'\nlisten = '127.0.0.1:{matip}'\n\
             address = 'XOGAPZQ'\n\
             [[transport]]\nkind = 'as4'\nname = 'as4'\nlisten = '127.0.0.1:{as4}'\n\
             party = 'utopia'\npath = '{shown}/as4'\n\
             signing_certificate = '{shown}/window/as4.pem'\n\
             signing_key = '{shown}/window/as4.key'\nlongest = 2\n"
        );
        for (code, _) in oriel_synth::carriers() {
            let handle = code.to_lowercase();
            let folder = at.join("in").join(&handle);
            std::fs::create_dir_all(&folder)
                .with_context(|| format!("could not make {}", folder.display()))?;
            text += &format!(
                "[[transport]]\nkind = 'directory'\nname = '{handle}-folder'\n\
                 path = '{}'\nevery = 0.2\nquiet = 0.0\n",
                folder.display()
            );
        }
        let urls = vec![
            format!("http://{}", reached(args.listen)),
            format!("sftp://127.0.0.1:{sftp}"),
            format!("file://{shown}/in/{{carrier}}"),
            format!("line://127.0.0.1:{line}"),
            format!("as4://127.0.0.1:{as4}?party=utopia"),
            format!("matip://127.0.0.1:{matip}"),
        ];
        let listener = Some(listener);
        Ok(Self {
            text,
            urls,
            answers,
            listener,
        })
    }

    /// The configuration; who asks is answered by verdicts.
    fn config(&self, asking: &BTreeSet<(&str, String)>) -> String {
        let mut text = String::new();
        let senders: BTreeSet<&str> = asking.iter().map(|(_, sender)| &**sender).collect();
        for sender in senders {
            text += &format!("[[carrier]]\nsender = {sender:?}\nlists = \"verdicts\"\n");
        }
        text + &self.text
    }

    /// Where answers of AS4 are taken; the port was held until now.
    fn answers_taken(&mut self) -> SocketAddr {
        self.listener = None;
        SocketAddr::from(([127, 0, 0, 1], self.answers))
    }
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Where carriers of this machine reach what listens at an address.
fn reached(listen: SocketAddr) -> SocketAddr {
    match listen.ip().is_unspecified() {
        true => SocketAddr::from(([127, 0, 0, 1], listen.port())),
        false => listen,
    }
}

/// Names of the questions among the items.
struct Questions(BTreeSet<String>);

impl Questions {
    fn of(asking: &BTreeSet<(&str, String)>, items: &[Item]) -> Self {
        let asks = |name: &&Item| {
            let code = name.name.split('-').next().unwrap_or_default();
            name.name.contains("paxlst-checkin") && asking.iter().any(|(one, _)| *one == code)
        };
        Self(
            items
                .iter()
                .filter(asks)
                .map(|it| it.name.clone())
                .collect(),
        )
    }
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    kept: AtomicUsize,
    refused: AtomicUsize,
    answered: AtomicUsize,
}

/// Plays the carriers, and says now and then how things stand.
struct Watch {
    app: Arc<App>,
    handles: Vec<String>,
    seen: Seen,
    questions: Questions,
}

impl Watch {
    fn play(self, mut play: Play, answers: SocketAddr, items: Vec<Item>) -> anyhow::Result<Report> {
        let watch = Arc::new(self);
        let sees = Arc::clone(&watch);
        play.watch = Arc::new(move |sight| sees.see(&sight));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let says = Arc::clone(&watch);
        let report = runtime.block_on(async {
            let mailbox = Mailbox::open(answers, Arc::clone(&play.clock)).await?;
            for station in &play.stations {
                mailbox.let_in(&station.handle, &station.identity);
            }
            play.mailbox = Some(mailbox);
            let saying = tokio::spawn(async move {
                loop {
                    tokio::time::sleep(SAY).await;
                    tokio::task::block_in_place(|| says.say());
                }
            });
            let report = play.run(items.into_iter()).await;
            saying.abort();
            Ok::<_, anyhow::Error>(report)
        })?;
        watch.say();
        print(&format!(
            "\nThe day is over. What the carriers saw:\n\n{}",
            push::text(&report)
        ))?;
        Ok(report)
    }

    fn see(&self, sight: &Sight) {
        let count = match sight.what {
            What::Accepted => &self.seen.kept,
            What::Refused => &self.seen.refused,
            What::Duplicate | What::Signed | What::Nothing => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
        if sight.what == What::Accepted && self.questions.0.contains(&sight.name) {
            self.seen.answered.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// One line; whatever cannot be read now is read the next time.
    fn say(&self) {
        let officer = Actor::new("demo", &[Role::CarrierLiaison]);
        let notices = || -> Result<(usize, usize), oriel_app::AppError> {
            let (mut made, mut handed) = (0, 0);
            for handle in &self.handles {
                let grant = self.app.authorize(&officer, Act::CarrierRead, None)?;
                let notices = self.app.notices(&grant, handle)?;
                made += notices.len();
                handed += notices
                    .iter()
                    .filter(|it| it.delivered_at.is_some())
                    .count();
            }
            Ok((made, handed))
        };
        let (made, handed) = notices().unwrap_or_default();
        let seen = |of: &AtomicUsize| of.load(Ordering::Relaxed);
        complain(&format!(
            "{}  {} messages kept, {} refused; {} questions at check-in answered; {made} notices, \
             {handed} handed over",
            self.app.now().strftime("%H:%M UTC"),
            seen(&self.seen.kept),
            seen(&self.seen.refused),
            seen(&self.seen.answered),
        ));
    }
}

/// Removes what an earlier demonstration left in the ways in.
fn clear_ways(folder: &Path) -> anyhow::Result<()> {
    for name in ["in", "homes", "as4"] {
        let path = folder.join(name);
        match std::fs::remove_dir_all(&path) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                return Err(fault).with_context(|| format!("could not remove {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}
