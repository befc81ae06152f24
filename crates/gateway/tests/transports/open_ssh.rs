//! A carrier that uses OpenSSH's `sftp`, as most of them do.

use crate::carrier::{Carrier, left, statuses};
use oriel_gateway::{Desk, Gateway, open};
use oriel_store::ChannelKind;
use oriel_testkit::{TempDir, free_port};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// A carrier, the server's keys and folders, and a folder of its own.
pub(crate) struct OpenSsh {
    own: Arc<Own>,
}

struct Own {
    dir: TempDir,
    port: u16,
    /// Nobody waits for what is not sent yet.
    gone: AtomicBool,
    sent: AtomicU32,
}

impl Drop for OpenSsh {
    fn drop(&mut self) {
        self.own.gone.store(true, Ordering::Relaxed);
    }
}

/// Makes a pair of keys.
pub(crate) fn key(path: &Path) {
    keygen(&[
        "-q",
        "-t",
        "ed25519",
        "-N",
        "",
        "-C",
        "invented",
        "-f",
        path.to_str().unwrap(),
    ]);
}

#[track_caller]
pub(crate) fn keygen(words: &[&str]) {
    let output = Command::new("ssh-keygen").args(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ssh-keygen: {said}");
}

impl OpenSsh {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new("sftp");
        for name in ["host", "zq", "stranger", "authority"] {
            key(&dir.path().join(name));
        }
        fs::create_dir_all(dir.path().join("homes/zq")).unwrap();
        let own = Own {
            dir,
            port: free_port(),
            gone: AtomicBool::new(false),
            sent: AtomicU32::new(0),
        };
        let own = Arc::new(own);
        let host = own.public("host");
        let known = format!("[127.0.0.1]:{} {host}\n", own.port);
        fs::write(own.dir.path().join("known"), known).unwrap();
        Self { own }
    }

    pub(crate) fn path(&self) -> &Path {
        self.own.dir.path()
    }

    pub(crate) fn port(&self) -> u16 {
        self.own.port
    }

    pub(crate) fn outbox(&self) -> PathBuf {
        self.path().join("homes/zq")
    }

    /// The settings, with more of its limits.
    pub(crate) fn settings(&self, limits: &str) -> toml::Table {
        let (dir, port) = (self.path().display(), self.own.port);
        let text = format!(
            "kind = 'sftp'\nname = 'main'\nlisten = '127.0.0.1:{port}'\npath = '{dir}/homes'\n\
             host_keys = ['{dir}/host']\n[limits]\n{limits}\n"
        );
        toml::from_str(&text).unwrap()
    }

    /// The public key of a pair.
    pub(crate) fn public(&self, name: &str) -> String {
        self.own.public(name)
    }

    /// `sftp` with these words more, as `user` with `key`.
    pub(crate) fn client(&self, user: &str, key: &str, words: &[&str]) -> Command {
        self.own.client(user, key, words)
    }

    /// Does what a batch says.
    pub(crate) fn run(&self, batch: &str) -> Output {
        self.own.run(batch)
    }
}

impl Own {
    fn public(&self, name: &str) -> String {
        let path = self.dir.path().join(format!("{name}.pub"));
        fs::read_to_string(path).unwrap().trim_end().to_owned()
    }

    fn client(&self, user: &str, key: &str, words: &[&str]) -> Command {
        let mut command = Command::new("sftp");
        let dir = self.dir.path().display();
        command
            .args(["-F", "none", "-q", "-P", &self.port.to_string()])
            .args(["-i", &format!("{dir}/{key}")])
            .args(["-o", &format!("UserKnownHostsFile={dir}/known")])
            .args(["-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"])
            .args(["-o", "PreferredAuthentications=publickey"])
            .args(words)
            .args(["-b", "-", &format!("{user}@127.0.0.1")])
            .current_dir(self.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, batch: &str) -> Output {
        finish(start(&mut self.client("zq", "zq", &[]), batch))
    }

    /// A local file with this content, and its name.
    fn local(&self, bytes: &[u8]) -> String {
        let n = self.sent.fetch_add(1, Ordering::Relaxed);
        let name = format!("local-{n}");
        fs::write(self.dir.path().join(&name), bytes).unwrap();
        name
    }
}

/// Starts a client on its batch.
pub(crate) fn start(command: &mut Command, batch: &str) -> Child {
    let mut child = command.spawn().unwrap();
    // Who is refused does not read what it was to do.
    let _ = child.stdin.take().unwrap().write_all(batch.as_bytes());
    child
}

pub(crate) fn finish(child: Child) -> Output {
    child.wait_with_output().unwrap()
}

impl Carrier for OpenSsh {
    fn channels(&self) -> Vec<(ChannelKind, String)> {
        vec![
            (ChannelKind::SshKey, self.public("zq")),
            (ChannelKind::SshAuthority, self.public("authority")),
        ]
    }

    fn open(&self, desk: Desk) -> Gateway {
        Gateway::start(desk, vec![open(self.settings("")).unwrap()])
    }

    fn send(&self, name: &str, bytes: &[u8]) {
        let batch = format!("put {} inbox/{name}\n", self.own.local(bytes));
        // Told to try later, it does.
        let own = Arc::clone(&self.own);
        thread::spawn(move || {
            while !own.gone.load(Ordering::Relaxed) && !own.run(&batch).status.success() {
                thread::sleep(Duration::from_millis(200));
            }
        });
    }

    fn send_all(&self, messages: &[(String, String)]) {
        let put = |(name, text): &(String, String)| {
            format!("put {} inbox/{name}\n", self.own.local(text.as_bytes()))
        };
        let output = self.run(&messages.iter().map(put).collect::<String>());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }

    fn send_half<'a>(&'a self, name: &'a str, bytes: &'a [u8]) -> Box<dyn FnOnce() + 'a> {
        let half = self.own.local(&bytes[..bytes.len() / 2]);
        let output = self.run(&format!("put {half} inbox/{name}.part\n"));
        assert!(output.status.success());
        Box::new(move || {
            let whole = self.own.local(bytes);
            let output = self.run(&format!(
                "put {whole} inbox/{name}.part\nrename inbox/{name}.part inbox/{name}\n"
            ));
            assert!(output.status.success());
        })
    }

    fn break_answers<'a>(&'a self, desk: Desk, name: &str, bytes: &[u8]) -> Box<dyn FnOnce() + 'a> {
        let running = self.open(desk);
        // Its folder is looked at when it comes for the first time.
        assert!(self.run("ls\n").status.success());
        fs::remove_dir(self.outbox()).unwrap();
        self.send(name, bytes);
        Box::new(move || drop(running))
    }

    fn intrude(&self, bytes: &[u8]) -> Option<bool> {
        let batch = format!("put {} inbox/intruder.edi\n", self.own.local(bytes));
        let came_in = [("zq", "stranger"), ("x9", "zq"), ("root", "stranger")]
            .map(|(user, key)| finish(start(&mut self.client(user, key, &[]), &batch)))
            .iter()
            .any(|output| output.status.success());
        Some(came_in)
    }

    fn statuses(&self) -> Vec<String> {
        statuses(&left(&self.outbox(), ".receipt.json"))
    }

    fn answers(&self) -> Vec<String> {
        let left = left(&self.outbox(), ".reply");
        left.into_iter().map(|(_, text)| text).collect()
    }
}
