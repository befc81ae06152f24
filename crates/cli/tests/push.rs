//! `oriel simulate --push` against a running `oriel serve`: the whole loop over every way in, with
//! carriers who behave badly; and everything that was accepted is kept, once.
//!
//! The traffic is invented by the simulator.

use oriel_fleet::Identity;
use oriel_store::Store;
use oriel_testkit::{Broker, Cluster, Peer, TempDir, any_keys, free_port};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The carriers that are played, in the order in which ways are dealt to them.
const CARRIERS: &[&str] = &["zq", "x9", "q0", "x0", "0z", "j0", "8x", "7x", "0u", "k0"];

fn oriel(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oriel"));
    command
        .env("ORIEL_KEYS", any_keys().file())
        .env("ORIEL_DEMO", "true")
        .current_dir(dir)
        .args(words);
    command
}

/// Runs a command; the JSON that it printed.
#[track_caller]
fn run(dir: &Path, words: &[&str], codes: &[i32]) -> Value {
    let output = oriel(dir, words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    let code = output.status.code().unwrap();
    assert!(
        codes.contains(&code),
        "{words:?} ended with {code}: {said}{printed}"
    );
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// A window with every way in, in a folder.
struct Window {
    dir: TempDir,
    store: String,
    urls: Vec<String>,
    answers: u16,
}

impl Window {
    /// On a store in its folder, or elsewhere.
    fn new(store: Option<String>) -> Self {
        let dir = TempDir::new("push");
        let at = dir.path();
        let store = store.unwrap_or_else(|| at.join("store").to_str().unwrap().to_owned());
        drop(Store::create(&store, any_keys()).unwrap());
        // Its keys are made as a carrier's are.
        Identity::open(&at.join("window")).unwrap();
        fs::write(at.join("password"), Broker::PASSWORD).unwrap();
        let [http, sftp, line, matip, as4] = std::array::from_fn(|_| free_port());
        let broker = Broker::shared();
        let mut config = format!(
            "listen = '127.0.0.1:{http}'\n\
             [[transport]]\nkind = 'sftp'\nname = 'main'\nlisten = '127.0.0.1:{sftp}'\n\
             path = 'homes'\nhost_keys = ['window/ssh.key']\n\
             [[transport]]\nkind = 'line'\nname = 'line'\nlisten = '127.0.0.1:{line}'\n\
             address = 'XOGAPZQ'\n\
             [[transport]]\nkind = 'matip'\nname = 'matip'\nlisten = '127.0.0.1:{matip}'\n\
             address = 'XOGAPZQ'\n\
             [[transport]]\nkind = 'as4'\nname = 'as4'\nlisten = '127.0.0.1:{as4}'\n\
             party = 'utopia'\npath = 'as4'\nsigning_certificate = 'window/as4.pem'\n\
             signing_key = 'window/as4.key'\nlongest = 1\n"
        );
        let nobody = free_port();
        let mut urls = vec![
            // Nobody answers there: its carrier goes another way after a while.
            format!("sftp://127.0.0.1:{nobody}#zq"),
            format!("http://127.0.0.1:{http}"),
            format!("sftp://127.0.0.1:{sftp}"),
            format!("line://127.0.0.1:{line}"),
            format!("matip://127.0.0.1:{matip}"),
            format!("as4://127.0.0.1:{as4}?party=utopia"),
            format!("file://{}/in/{{carrier}}", at.display()),
        ];
        for (number, carrier) in CARRIERS.iter().enumerate() {
            fs::create_dir_all(at.join("in").join(carrier)).unwrap();
            config += &format!(
                "[[transport]]\nkind = 'directory'\nname = '{carrier}-folder'\n\
                 path = 'in/{carrier}'\nevery = 0.02\nquiet = 0.0\n"
            );
            // Two of them have a queue.
            if number > 7 {
                let (queue, answers) = broker.queues();
                let port = broker.port();
                config += &format!(
                    "[[transport]]\nkind = 'amqp'\nname = '{carrier}-queue'\n\
                     broker = '127.0.0.1:{port}'\nuser = 'oriel'\npassword_file = 'password'\n\
                     queue = '{queue}'\nanswers = '{answers}'\nlongest = 1\n"
                );
                urls.push(format!(
                    "amqp://oriel@127.0.0.1:{port}{queue}?answers={answers}#{carrier}"
                ));
            }
        }
        fs::write(at.join("oriel.toml"), config).unwrap();
        Self {
            dir,
            store,
            urls,
            answers: free_port(),
        }
    }

    fn serve(&self) -> Peer {
        let words = ["serve", "--data", &self.store, "--config", "oriel.toml"];
        let mut server = Peer::start(&mut oriel(self.dir.path(), &words));
        server.line_with("Oriel serves on", Duration::from_secs(60));
        server
    }

    /// Plays; what the carriers saw.
    #[track_caller]
    fn push(&self, more: &[&str], codes: &[i32]) -> Value {
        let answers = format!("127.0.0.1:{}", self.answers);
        let mut words = vec![
            "simulate",
            "--identities",
            "carriers",
            "--enrol",
            &self.store,
        ];
        words.extend(["--broker-password-file", "password", "--answers", &answers]);
        words.extend(["--format", "json"]);
        words.extend(more);
        for url in &self.urls {
            words.extend(["--push", url]);
        }
        run(self.dir.path(), &words, codes)
    }

    /// Everything that is kept is what the same traffic leaves in a store that is not disturbed.
    #[track_caller]
    fn kept_like(&self, world: &[&str]) {
        let at = self.dir.path();
        let out = [&["simulate", "--out", "world"], world].concat();
        run(at, &out, &[0]);
        let calm = [
            "ingest",
            "world/messages",
            "--data",
            "calm",
            "--format",
            "json",
        ];
        run(at, &calm, &[0, 7]);
        let stats = |store: &str| {
            let words = ["stats", "--data", store, "--format", "json"];
            run(at, &words, &[0])
        };
        let (kept, calm) = (stats(&self.store), stats("calm"));
        for name in ["accepted", "refused", "travellers", "bookings", "journeys"] {
            assert_eq!(kept[name], calm[name], "{name}");
        }
        run(at, &["audit", "verify", "--data", &self.store], &[0]);
    }
}

#[track_caller]
fn figure(of: &Value, name: &str) -> u64 {
    let found = of[name].as_u64();
    found.unwrap_or_else(|| panic!("there is no {name} in {of}"))
}

#[test]
fn a_day_over_every_way_is_kept_once_however_carriers_behave() {
    let window = Window::new(None);
    let world = ["--seed", "5", "--travellers", "200"];
    let mut server = window.serve();
    let bad = ["--minutes", "0.25", "--repeats", "20", "--broken-off", "15"];
    let worse = ["--strangers", "10", "--rush", "4", "--insists", "1"];
    let report = window.push(&[&world[..], &bad, &worse].concat(), &[0]);

    // Every way was used, and each of them adds up.
    let ways = report["ways"].as_object().unwrap();
    let names: Vec<&str> = ways.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["amqp", "as4", "folder", "https", "line", "matip", "sftp"]
    );
    for (name, way) in ways.iter().chain([(&"all".to_owned(), &report)]) {
        let ends = ["accepted", "duplicate", "refused", "signed", "unanswered"];
        let ended: u64 = ends.map(|end| figure(way, end)).iter().sum();
        assert_eq!(ended, figure(way, "transmissions"), "{name}");
        assert!(figure(way, "accepted") > 0, "{name}");
        for none in ["signed", "unanswered", "accepted_twice", "not_known"] {
            assert_eq!(figure(way, none), 0, "{name}: {none}");
        }
        for (some, like) in [
            ("strangers", "strangers_turned_away"),
            ("repeats", "repeats_known"),
        ] {
            assert_eq!(figure(way, some), figure(way, like), "{name}: {some}");
        }
    }
    for some in [
        "repeats",
        "broken_off",
        "strangers",
        "refused",
        "answers",
        "other_way",
    ] {
        assert!(figure(&report, some) > 0, "{some}: {report}");
    }
    server.kill();
    window.kept_like(&world);
}

/// R-ING-15: while nothing can be kept nobody is told that something is, and nothing is lost.
#[test]
fn while_the_store_is_away_nobody_is_told_anything_for_good() {
    let cluster = Cluster::start(&[]);
    let window = Window::new(Some(cluster.database("push").url()));
    let world = ["--seed", "6", "--travellers", "200"];
    let mut server = window.serve();
    let log = window.dir.path().join("log");
    let more = [
        "--minutes",
        "0.25",
        "--log",
        "log",
        "--patience",
        "2",
        "--insists",
        "1",
    ];
    let report = std::thread::scope(|scope| {
        let playing = scope.spawn(|| window.push(&[&world[..], &more].concat(), &[0]));
        let heard = || {
            sights(&log)
                .iter()
                .filter(|it| it["saw"] != "nothing")
                .count()
        };
        let end = Instant::now() + Duration::from_secs(60);
        while heard() < 50 {
            assert!(Instant::now() < end, "the carriers do not come to work");
            std::thread::sleep(Duration::from_millis(50));
        }
        cluster.stop();
        // What was on its way back to somebody has arrived.
        std::thread::sleep(Duration::from_secs(1));
        let before = heard();
        std::thread::sleep(Duration::from_secs(4));
        assert_eq!(heard(), before, "somebody was told something");
        cluster.go_on();
        playing.join().unwrap()
    });
    assert_eq!(figure(&report, "unanswered"), 0);
    assert!(figure(&report, "later") > 0, "{report}");
    server.kill();
    window.kept_like(&world);
}

/// What the carriers saw so far.
fn sights(log: &Path) -> Vec<Value> {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    lines.collect()
}
