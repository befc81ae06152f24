//! A message broker of the test's own: RabbitMQ, which speaks AMQP 1.0 by a plugin that comes with it.
//!
//! - Invariant: as [`Keeper`] says, the broker never outlives the test program, nor does the daemon by
//!   which its parts find each other.
//! - It needs the Debian package `rabbitmq-server`, which `cargo xtask test` installs. The one that
//!   Debian starts with the package is not used.

use crate::keeper::Keeper;
use crate::{TempDir, free_port};
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Where Debian puts the program that starts the broker.
const PROGRAM: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/// How long the broker may take to start.
const PATIENCE: Duration = Duration::from_secs(90);

/// Pairs of queues that a broker has.
const PAIRS: u32 = 20;

/// The digest, in the broker's own form, of the password that the account `oriel` has.
const DIGEST: &str = "AQIDBKWjLlJkv4rAIX6ptCVRSJZxAv0jHRleHG5Rrq7f5Fz3";

/// A broker with durable queues, in pairs: one for messages, one for answers.
#[derive(Debug)]
pub struct Broker {
    dir: TempDir,
    port: u16,
    words: Vec<String>,
    broker: Keeper,
    finder: Keeper,
    given: AtomicU32,
}

impl Broker {
    /// Password of its account `oriel`.
    pub const PASSWORD: &str = "correct horse";

    /// Address of a queue that takes no message.
    pub const FULL: &str = "/amq/queue/full";

    /// The broker that the tests of one program share.
    #[track_caller]
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Broker> = LazyLock::new(Broker::start);
        &SHARED
    }

    /// Starts a broker.
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// Starts a broker with more lines in its configuration.
    #[track_caller]
    pub fn start_with(more: &str) -> Self {
        assert!(
            Path::new(PROGRAM).is_file(),
            "this test needs RabbitMQ: run `cargo xtask test`, which installs it"
        );
        let dir = TempDir::new("rabbitmq");
        let (port, finder, between) = (free_port(), free_port(), free_port());
        let at = |name: &str| dir.path().join(name).display().to_string();
        let write = |name: &str, text: &str| {
            fs::write(dir.path().join(name), text).expect("a temporary directory can be written");
        };
        write(
            "rabbit.conf",
            &format!(
                "listeners.tcp.1 = 127.0.0.1:{port}\nload_definitions = {}\n{more}",
                at("definitions.json")
            ),
        );
        write("definitions.json", &definitions());
        write("plugins", "[rabbitmq_amqp1_0].");
        let words = [
            "env".to_owned(),
            format!("HOME={}", dir.path().display()),
            format!("RABBITMQ_NODENAME=oriel{port}@localhost"),
            format!("RABBITMQ_MNESIA_BASE={}", at("data")),
            format!("RABBITMQ_LOG_BASE={}", at("logs")),
            format!("RABBITMQ_ENABLED_PLUGINS_FILE={}", at("plugins")),
            format!("RABBITMQ_CONFIG_FILE={}", at("rabbit")),
            format!("RABBITMQ_DIST_PORT={between}"),
            format!("ERL_EPMD_PORT={finder}"),
            "RABBITMQ_CONF_ENV_FILE=/dev/null".to_owned(),
            // So that it is the process that the shell starts, and not a child of it.
            "RUNNING_UNDER_SYSTEMD=1".to_owned(),
            PROGRAM.to_owned(),
        ];
        let broker = Self {
            port,
            words: words.to_vec(),
            broker: Keeper::default(),
            finder: Keeper::default(),
            given: AtomicU32::new(0),
            dir,
        };
        let finding = ["epmd", "-port", &finder.to_string()].map(str::to_owned);
        broker.finder.start(broker.dir.path(), "TERM", &finding);
        wait_for(finder, "epmd", broker.dir.path());
        broker.go_on();
        broker
    }

    /// Port of the loopback interface.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Addresses of two queues that nobody else was given: for messages, and for answers.
    #[track_caller]
    pub fn queues(&self) -> (String, String) {
        let n = self.given.fetch_add(1, Ordering::Relaxed);
        assert!(n < PAIRS, "a broker has {PAIRS} pairs of queues");
        (format!("/amq/queue/{n}.in"), format!("/amq/queue/{n}.out"))
    }

    /// Ends it at once, as a crash of the machine does.
    #[track_caller]
    pub fn crash(&self) {
        self.broker.end("KILL");
    }

    /// Starts it on what it holds, and waits until it listens.
    #[track_caller]
    pub fn go_on(&self) {
        self.broker.start(self.dir.path(), "KILL", &self.words);
        wait_for(self.port, "RabbitMQ", self.dir.path());
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.broker.end("KILL");
        self.finder.end("TERM");
    }
}

#[track_caller]
fn wait_for(port: u16, what: &str, dir: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(
            Instant::now() < deadline,
            "{what} did not start within {PATIENCE:?}; its log says:\n{}",
            fs::read_to_string(dir.join("log")).unwrap_or_default()
        );
        thread::sleep(Duration::from_millis(50));
    }
}

/// Account and queues.
fn definitions() -> String {
    let queue = |name: &str, arguments: serde_json::Value| {
        serde_json::json!({
            "name": name, "vhost": "/", "durable": true, "auto_delete": false,
            "arguments": arguments,
        })
    };
    let full = serde_json::json!({"x-max-length": 0, "x-overflow": "reject-publish"});
    let mut queues = vec![queue("full", full)];
    for n in 0..PAIRS {
        for end in ["in", "out"] {
            queues.push(queue(&format!("{n}.{end}"), serde_json::json!({})));
        }
    }
    let definitions = serde_json::json!({
        "users": [{
            "name": "oriel", "password_hash": DIGEST, "tags": "",
            "hashing_algorithm": "rabbit_password_hashing_sha256",
        }],
        "vhosts": [{"name": "/"}],
        "permissions": [{
            "user": "oriel", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*",
        }],
        "queues": queues,
    });
    definitions.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_comes_back_after_a_crash_and_goes_with_its_test() {
        let broker = Broker::start();
        assert_ne!(broker.queues(), broker.queues());
        broker.crash();
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, broker.port())).is_err());
        broker.go_on();
        let (port, dir) = (broker.port(), broker.dir.path().to_owned());
        drop(broker);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        assert!(!dir.exists());
    }
}
