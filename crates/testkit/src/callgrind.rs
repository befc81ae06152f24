//! Machine instructions of a test, counted by callgrind: they do not depend on the machine's mood,
//! as times do.

use crate::TempDir;
use std::fs;
use std::process::Command;

/// Set in the program that callgrind runs.
const COUNTED: &str = "ORIEL_TEST_COUNTED";

/// Instructions of each call of a function while `body` runs, in their order.
///
/// - `test` is the name of the calling test, which is run again under callgrind; there `body` is
///   run and nothing is returned. `function` is what callgrind calls it, such as `growth::counted`
///   in the test program `growth`; it must not be compiled into its callers.
pub fn instructions(test: &str, function: &str, body: impl FnOnce()) -> Option<Vec<u64>> {
    if std::env::var_os(COUNTED).is_some() {
        body();
        return None;
    }
    let dir = TempDir::new("callgrind");
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind");
    command.arg(format!("--toggle-collect={function}"));
    command.arg(format!("--dump-after={function}"));
    command.arg(format!(
        "--callgrind-out-file={}",
        dir.path().join("out").display()
    ));
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    let output = command.env(COUNTED, "1").output();
    let output = output
        .expect("valgrind is missing: `apt-get install valgrind`, or `cargo xtask test` as root");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let dumps = (1..).map_while(|n| fs::read_to_string(dir.path().join(format!("out.{n}"))).ok());
    let counts = dumps.map(|dump| {
        let totals = dump.lines().find_map(|line| line.strip_prefix("totals:"));
        totals.unwrap().trim().parse().unwrap()
    });
    Some(counts.collect())
}
