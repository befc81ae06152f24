//! A window with every way in, in a folder: `oriel serve` as a program, its configuration, and the
//! addresses at which carriers reach it. A broker is the test's own.

use oriel_fleet::{Authority, Identity};
use oriel_store::Store;
use oriel_testkit::{Broker, Peer, TempDir, any_keys, free_port};
use serde_json::Value;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A window.
pub(crate) struct Window {
    pub(crate) dir: TempDir,
    pub(crate) store: String,
    program: PathBuf,
    answers: u16,
    ports: [u16; 5],
    /// Addresses of queues, each with the place of its carrier behind it.
    queues: Vec<String>,
}

impl Window {
    /// On a store in its folder, or elsewhere. Each of `carriers` has a folder where `folders` says so,
    /// and a queue where `queues` does.
    pub(crate) fn new(
        program: &Path,
        store: Option<String>,
        carriers: &[String],
        (folders, queues): (Range<usize>, Range<usize>),
    ) -> Self {
        let dir = TempDir::new("window");
        let at = dir.path();
        let store = store.unwrap_or_else(|| at.join("store").to_str().unwrap().to_owned());
        drop(Store::create(&store, any_keys()).unwrap());
        // Its keys are made as a carrier's are.
        Identity::open(&at.join("window")).unwrap();
        fs::write(at.join("password"), Broker::PASSWORD).unwrap();
        let ports = std::array::from_fn(|_| free_port());
        let [http, sftp, line, matip, as4] = ports;
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
        let mut urls = Vec::new();
        for (number, carrier) in carriers.iter().enumerate() {
            if folders.contains(&number) {
                fs::create_dir_all(at.join("in").join(carrier)).unwrap();
                config += &format!(
                    "[[transport]]\nkind = 'directory'\nname = '{carrier}-folder'\n\
                     path = 'in/{carrier}'\nevery = 0.05\nquiet = 0.0\n"
                );
            }
            if queues.contains(&number) {
                let broker = Broker::shared();
                let (port, (queue, answers)) = (broker.port(), broker.queues());
                config += &format!(
                    "[[transport]]\nkind = 'amqp'\nname = '{carrier}-queue'\n\
                     broker = '127.0.0.1:{port}'\nuser = 'oriel'\npassword_file = 'password'\n\
                     queue = '{queue}'\nanswers = '{answers}'\nlongest = 1\n"
                );
                urls.push(format!(
                    "amqp://oriel@127.0.0.1:{port}{queue}?answers={answers}#{number}-{number}"
                ));
            }
        }
        fs::write(at.join("oriel.toml"), config).unwrap();
        Self {
            dir,
            store,
            program: program.to_owned(),
            answers: free_port(),
            ports,
            queues: urls,
        }
    }

    /// Addresses of the ways in, by what stands before `://`; nothing is dealt to anybody yet.
    pub(crate) fn url(&self, scheme: &str) -> String {
        let [http, sftp, line, matip, as4] = self.ports;
        match scheme {
            "http" => format!("http://127.0.0.1:{http}"),
            "sftp" => format!("sftp://127.0.0.1:{sftp}"),
            "line" => format!("line://127.0.0.1:{line}"),
            "matip" => format!("matip://127.0.0.1:{matip}"),
            "as4" => format!("as4://127.0.0.1:{as4}?party=utopia"),
            "file" => format!("file://{}/in/{{carrier}}", self.dir.path().display()),
            other => panic!("there is no way {other:?}"),
        }
    }

    /// Lists of these senders ask, and are answered by verdicts.
    #[allow(dead_code, reason = "one of the tests that share this window uses it")]
    pub(crate) fn answers_by_verdicts(&self, senders: &[&str]) {
        let at = self.dir.path().join("oriel.toml");
        let mut config = fs::read_to_string(&at).unwrap();
        for sender in senders {
            config += &format!("[[carrier]]\nsender = '{sender}'\nlists = 'verdicts'\n");
        }
        fs::write(at, config).unwrap();
    }

    /// HTTP becomes HTTPS and takes certificates by the carriers' authority; its address.
    #[allow(dead_code, reason = "one of the tests that share this window uses it")]
    pub(crate) fn under_tls(&self) -> String {
        let at = self.dir.path();
        Authority::open(&at.join("carriers")).unwrap();
        let config = fs::read_to_string(at.join("oriel.toml")).unwrap();
        let tls = "[tls]\ncertificate = 'window/as4.pem'\nkey = 'window/as4.key'\n\
                   client_ca = 'carriers/authority.pem'\n";
        fs::write(at.join("oriel.toml"), config + tls).unwrap();
        self.url("http").replace("http://", "https://")
    }

    /// Those of the queues, each with its carrier.
    pub(crate) fn queues(&self) -> &[String] {
        &self.queues
    }

    fn oriel(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env("ORIEL_KEYS", any_keys().file())
            .env("ORIEL_DEMO", "true")
            .current_dir(self.dir.path())
            .args(words);
        command
    }

    /// Runs a command that may end so; the JSON that it printed.
    #[track_caller]
    pub(crate) fn run(&self, words: &[&str], codes: &[i32]) -> Value {
        let output = self.oriel(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        let code = output.status.code().unwrap();
        assert!(
            codes.contains(&code),
            "{words:?} ended with {code}: {said}{printed}"
        );
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    pub(crate) fn serve(&self) -> Peer {
        let words = ["serve", "--data", &self.store, "--config", "oriel.toml"];
        let mut server = Peer::start(&mut self.oriel(&words));
        server.line_with("Oriel serves on", Duration::from_secs(60));
        server
    }

    /// Plays carriers who are enrolled first; what they saw.
    #[track_caller]
    pub(crate) fn push(&self, urls: &[String], more: &[&str], codes: &[i32]) -> Value {
        let answers = format!("127.0.0.1:{}", self.answers);
        let mut words = vec!["simulate", "--identities", "carriers", "--enrol"];
        words.extend([&*self.store, "--broker-password-file", "password"]);
        words.extend(["--answers", &answers, "--log", "log", "--format", "json"]);
        words.extend(more);
        for url in urls {
            words.extend(["--push", url]);
        }
        self.run(&words, codes)
    }

    /// What the carriers saw so far.
    pub(crate) fn sights(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines.collect()
    }

    /// Everything that is kept is what the same files, of the traffic of `world`, leave in a store that
    /// nobody disturbs.
    #[track_caller]
    pub(crate) fn kept_like_calm(&self, world: &[&str]) {
        self.run(&[&["simulate", "--out", "world"], world].concat(), &[0]);
        let sights = self.sights();
        let sent = sights.iter().filter_map(|it| it["name"].as_str());
        let sent: std::collections::HashSet<&str> = sent.collect();
        let messages = self.dir.path().join("world/messages");
        keep_only(&messages, &messages, &sent);
        let calm = "ingest world/messages --data calm --format json";
        let calm: Vec<&str> = calm.split(' ').collect();
        self.run(&calm, &[0, 7]);
        let stats = |store: &str| self.run(&["stats", "--data", store, "--format", "json"], &[0]);
        let (kept, calm) = (stats(&self.store), stats("calm"));
        for name in ["accepted", "refused", "travellers", "bookings", "journeys"] {
            assert_eq!(kept[name], calm[name], "{name}");
        }
        assert!(kept["accepted"].as_u64() > Some(0), "{kept}");
        self.run(&["audit", "verify", "--data", &self.store], &[0]);
    }
}

/// Removes files whose path, as the name of something sent, is not among these.
fn keep_only(root: &Path, folder: &Path, sent: &std::collections::HashSet<&str>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keep_only(root, &path, sent);
            continue;
        }
        let name = path.strip_prefix(root).unwrap().to_str().unwrap();
        if !sent.contains(&*name.replace('/', "-")) {
            fs::remove_file(&path).unwrap();
        }
    }
}

/// A figure of a report.
#[track_caller]
pub(crate) fn figure(of: &Value, name: &str) -> u64 {
    let found = of[name].as_u64();
    found.unwrap_or_else(|| panic!("there is no {name} in {of}"))
}
