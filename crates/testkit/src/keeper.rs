//! A server of a test's own that never outlives the test program, however that ends: a shell holds the
//! other end of a pipe, and when the pipe closes it ends the server by its process id.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// Runs the server until the pipe closes (then the directory goes too) or a line comes.
const SCRIPT: &str = r#"
dir=$1; last=$2; shift 2
"$@" >>"$dir/log" 2>&1 </dev/null &
server=$!
read -r signal || { signal=$last; rm=yes; }
kill -$signal $server 2>/dev/null
wait $server
[ -z "${rm:-}" ] || rm -rf "$dir"
"#;

/// Who keeps a server.
#[derive(Debug, Default)]
pub(crate) struct Keeper(Mutex<Option<Child>>);

impl Keeper {
    /// Starts the server that these words name; what it says is in `log` in its directory. Where the
    /// test program ends, the server gets the signal `last`.
    #[track_caller]
    pub(crate) fn start(&self, dir: &Path, last: &str, words: &[String]) {
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "keeper"])
            .arg(dir)
            .arg(last)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|fault| panic!("cannot start sh: {fault}"));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(shell);
    }

    /// Sends the server a signal, and waits until it has ended.
    #[track_caller]
    pub(crate) fn end(&self, signal: &str) {
        let mut keeper = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut shell) = keeper.take() {
            if let Some(mut pipe) = shell.stdin.take() {
                writeln!(pipe, "{signal}").expect("the shell still listens");
            }
            shell.wait().expect("a child can be waited for");
        }
    }

    /// What happens to the pipe when a test program is killed.
    #[cfg(test)]
    pub(crate) fn lose(&self) {
        let mut shell = self.0.lock().unwrap().take().unwrap();
        drop(shell.stdin.take());
        shell.wait().unwrap();
    }
}
