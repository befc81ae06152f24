//! A PostgreSQL server of the test's own: a cluster in a temporary directory, reached by a Unix
//! socket in it and by a free port of the loopback interface.
//!
//! - Invariant: the server never outlives the test program, as [`Keeper`] says.
//! - It needs the Debian package `postgresql-15`, which `cargo xtask test` installs. PostgreSQL
//!   refuses to run as root; for root it runs as the user `postgres` of that package.
//! - The language of the clusters orders text in another way than bytes are, so that a test finds
//!   what depends on it. Everything of a commit is synchronised to the disk, as in earnest.

use crate::keeper::Keeper;
use crate::{TempDir, free_port};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Password of the account `oriel` over TCP; over the socket none is asked for.
pub const PASSWORD: &str = "correct horse";

/// A server with its databases.
#[derive(Debug)]
pub struct Cluster {
    dir: TempDir,
    bin: PathBuf,
    port: u16,
    options: Vec<String>,
    keeper: Keeper,
}

impl Cluster {
    /// The server that the tests of one program share.
    #[track_caller]
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Cluster> = LazyLock::new(|| Cluster::start(&[]));
        &SHARED
    }

    /// Starts a server with settings of its own, each `name=value`.
    #[track_caller]
    pub fn start(options: &[&str]) -> Self {
        let dir = TempDir::new("postgres");
        let cluster = Self {
            bin: postgres_programs(),
            port: free_port(),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            keeper: Keeper::default(),
            dir,
        };
        cluster.initialise();
        cluster.go_on();
        cluster
    }

    /// The directory with everything of it: data, log, temporary files.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A new database, empty, whose name begins with `name`.
    #[track_caller]
    pub fn database(&self, name: &str) -> Database<'_> {
        self.database_like(name, "template1")
    }

    #[track_caller]
    fn database_like(&self, name: &str, template: &str) -> Database<'_> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{name}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
        self.sql("postgres", &statement);
        Database {
            cluster: self,
            name,
        }
    }

    /// Ends the server in an orderly way. [`Cluster::go_on`] starts it again with what it holds.
    #[track_caller]
    pub fn stop(&self) {
        self.keeper.end("INT");
    }

    /// Ends the server at once, as a crash of the machine does: what was promised must be found in
    /// its log when it starts again.
    #[track_caller]
    pub fn crash(&self) {
        self.keeper.end("QUIT");
    }

    /// Starts the server on its directory and waits until it answers.
    #[track_caller]
    pub fn go_on(&self) {
        let mut server = vec![self.program("postgres"), "-D".to_owned(), self.data()];
        server.extend(["-p".to_owned(), self.port.to_string()]);
        server.extend(["-k".to_owned(), self.text("")]);
        for option in &self.options {
            server.extend(["-c".to_owned(), option.clone()]);
        }
        let mut words = as_user();
        words.extend(server);
        self.keeper.start(self.dir(), "INT", &words);
        let deadline = Instant::now() + PATIENCE;
        let mut ready = Command::new(self.program("pg_isready"));
        ready.args(["-q", "-h", &self.text(""), "-p", &self.port.to_string()]);
        while !ready.status().is_ok_and(|status| status.success()) {
            assert!(
                Instant::now() < deadline,
                "PostgreSQL did not start within {PATIENCE:?}; its log says:\n{}",
                fs::read_to_string(self.dir().join("log")).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn initialise(&self) {
        let password = self.dir().join("password");
        fs::write(&password, PASSWORD).expect("a temporary directory can be written");
        let user = as_user();
        if !user.is_empty() {
            run(Command::new("chown").args(["-R", "postgres:postgres", &self.text("")]));
        }
        let mut words = user;
        words.extend([self.program("initdb"), "-D".to_owned(), self.data()]);
        words.extend(["--pwfile".to_owned(), self.text("password")]);
        let fixed = "--no-sync --username=oriel --auth-local=trust --auth-host=scram-sha-256 \
             --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en";
        words.extend(fixed.split_whitespace().map(str::to_owned));
        run(Command::new(&words[0]).args(&words[1..]));
    }

    /// Runs statements as the server's own account; what they print, without headings.
    #[track_caller]
    fn sql(&self, database: &str, text: &str) -> String {
        let port = self.port.to_string();
        let output = run(Command::new(self.program("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
            .args(["-h", &self.text(""), "-p", &port, "-U", "oriel"])
            .args(["-d", database, "-c", text]));
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    fn program(&self, name: &str) -> String {
        self.bin.join(name).to_string_lossy().into_owned()
    }

    fn data(&self) -> String {
        self.text("data")
    }

    fn text(&self, inside: &str) -> String {
        let path = self.dir().join(inside);
        path.to_string_lossy().trim_end_matches('/').to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One database of a cluster.
#[derive(Debug)]
pub struct Database<'a> {
    cluster: &'a Cluster,
    name: String,
}

impl<'a> Database<'a> {
    /// A new database with what this one holds.
    #[track_caller]
    pub fn copy(&self, name: &str) -> Database<'a> {
        self.cluster.database_like(name, &self.name)
    }

    /// Its address over the Unix socket.
    pub fn url(&self) -> String {
        let folder = self.cluster.text("").replace('/', "%2F");
        let Self { cluster, name } = self;
        format!("postgres://oriel@{folder}:{}/{name}", cluster.port)
    }

    /// Its address over TCP, for an account and password (with %-escapes).
    pub fn url_by_tcp(&self, account: &str, password: &str) -> String {
        let Self { cluster, name } = self;
        let port = cluster.port;
        format!("postgres://{account}:{password}@127.0.0.1:{port}/{name}")
    }

    /// Runs statements as the server's own account; what they print, without headings.
    #[track_caller]
    pub fn sql(&self, text: &str) -> String {
        self.cluster.sql(&self.name, text)
    }

    /// Cuts every connection to this database, as an administrator can.
    #[track_caller]
    pub fn cut(&self) {
        self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    }
}

/// Where the programs of the newest PostgreSQL are.
#[track_caller]
pub fn postgres_programs() -> PathBuf {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    versions.sort();
    match versions.pop() {
        Some((_, bin)) => bin,
        None => panic!("this test needs PostgreSQL: run `cargo xtask test`, which installs it"),
    }
}

/// The words before a command that must not run as root.
fn as_user() -> Vec<String> {
    let id = run(Command::new("id").arg("-u"));
    if id.stdout.trim_ascii() != b"0" {
        return Vec::new();
    }
    [
        "setpriv",
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Runs a command to its end, which must be a good one.
#[track_caller]
fn run(command: &mut Command) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|fault| panic!("cannot start {name}: {fault}"));
    assert!(
        output.status.success(),
        "{name} ended with {}: {}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_keeps_what_it_holds_and_goes_with_its_test() {
        let cluster = Cluster::start(&[]);
        let database = cluster.database("kept");
        database.sql("CREATE TABLE t (n INT); INSERT INTO t VALUES (7)");
        cluster.stop();
        cluster.go_on();
        assert_eq!(database.sql("SELECT n FROM t"), "7");
        let id = fs::read_to_string(cluster.dir().join("data/postmaster.pid")).unwrap();
        let process = format!("/proc/{}", id.lines().next().unwrap());
        let dir = cluster.dir().to_owned();
        assert!(Path::new(&process).exists());
        drop(cluster);
        assert!(!Path::new(&process).exists());
        assert!(!dir.exists());
    }

    #[test]
    fn a_server_ends_when_the_program_that_holds_its_pipe_is_gone() {
        let cluster = Cluster::start(&[]);
        let dir = cluster.dir().to_owned();
        cluster.keeper.lose();
        assert!(!dir.exists());
    }
}
