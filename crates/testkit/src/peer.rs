//! Another program that runs for as long as a test needs it.
//!
//! Invariant: the program never outlives its [`Peer`]; it is ended by its own process id, never by
//! name.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// How long to sleep between two looks at a program or port.
const LOOK: Duration = Duration::from_millis(10);

/// A running program. Both its outputs are read all the time, so it never blocks on a full pipe.
#[derive(Debug)]
pub struct Peer {
    name: String,
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Peer {
    /// Starts `command` without standard input.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|fault| panic!("cannot start {name}: {fault}"));
        let (sender, lines) = mpsc::channel();
        forward(child.stdout.take(), sender.clone());
        forward(child.stderr.take(), sender);
        Self {
            name,
            child,
            lines,
            seen: Vec::new(),
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Mebibytes that it has in memory; 0 once it has ended.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        number.unwrap_or_default() / 1024
    }

    /// Waits for the next line, on either output, that contains `needle`, and returns it.
    #[track_caller]
    pub fn line_with(&mut self, needle: &str, patience: Duration) -> String {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(needle) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.fail(&format!("did not print {needle:?} within {patience:?}"))
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.fail(&format!("ended without printing {needle:?}"))
                }
            }
        }
    }

    /// Everything it has printed so far.
    pub fn said(&mut self) -> String {
        self.seen.extend(self.lines.try_iter());
        self.seen.join("\n")
    }

    /// Waits until something listens on `port` of the loopback interface.
    #[track_caller]
    pub fn port_open(&mut self, port: u16, patience: Duration) {
        let deadline = Instant::now() + patience;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Ok(Some(status)) = self.child.try_wait() {
                self.fail(&format!("ended with {status} before port {port} opened"));
            }
            if Instant::now() > deadline {
                self.fail(&format!("did not open port {port} within {patience:?}"));
            }
            thread::sleep(LOOK);
        }
    }

    /// Waits for its own end; `None` if it still runs after `patience`.
    #[track_caller]
    pub fn ended_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + patience;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(LOOK.min(patience)),
                Ok(None) => return None,
                Err(fault) => panic!("cannot wait for {}: {fault}", self.name),
            }
        }
    }

    /// Kills it as `kill -9` does, and waits until it is gone. Harmless when it already ended.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Fails the test with what the program did and everything it printed.
    #[track_caller]
    fn fail(&mut self, did: &str) -> ! {
        self.seen.extend(self.lines.try_iter());
        let name = &self.name;
        match self.seen.as_slice() {
            [] => panic!("{name} {did}; it printed nothing"),
            lines => panic!("{name} {did}; it printed:\n{}", lines.join("\n")),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends each line of `output` on, until the program closes it or the [`Peer`] is gone.
fn forward(output: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(output) = output else { return };
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            // Nobody listening any more is no reason to stop reading: the program would block.
            let _ = lines.send(String::from_utf8_lossy(&line).into_owned());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Peer {
        Peer::start(Command::new("sh").args(["-c", script]))
    }

    fn alive(id: u32) -> bool {
        std::path::Path::new(&format!("/proc/{id}")).exists()
    }

    #[test]
    fn a_line_on_either_output_is_waited_for() {
        let mut peer = shell("echo one; echo two on stderr >&2; sleep 60");
        peer.line_with("two on", Duration::from_secs(10));
    }

    #[test]
    #[should_panic(expected = "ended without printing \"ready\"; it printed:\nport taken")]
    fn a_program_that_ends_early_shows_what_it_said() {
        shell("echo port taken").line_with("ready", Duration::from_secs(10));
    }

    #[test]
    fn a_program_ends_with_its_test() {
        let peer = shell("sleep 60");
        let id = peer.id();
        assert!(alive(id));
        drop(peer);
        assert!(!alive(id));
    }

    #[test]
    fn an_end_is_waited_for_only_as_long_as_asked() {
        let status = shell("exit 3").ended_within(Duration::from_secs(10));
        assert_eq!(status.and_then(|s| s.code()), Some(3));
        assert_eq!(
            shell("sleep 60").ended_within(Duration::from_millis(30)),
            None
        );
    }

    #[test]
    fn a_port_is_waited_for() {
        let port = crate::free_port();
        let mut peer = shell("sleep 60");
        let listener = thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(|l| l.accept())
        });
        peer.port_open(port, Duration::from_secs(10));
        assert!(listener.join().unwrap().is_ok());
    }
}
