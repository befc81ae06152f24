//! `cargo xtask instructions`: how many machine instructions the decoders take for the files in
//! `bench/`, compared with what was counted before.
//!
//! - Out: `bench/instructions.toml` with `--accept`; a failure when a count has grown by more than
//!   one part in twenty.
//! - Instructions do not depend on the machine's mood, as times do. They depend on the compiler and
//!   its settings: counted is what tests run, with their optimisation and checks, which takes a
//!   quarter more instructions than a release.

use crate::args::Args;
use crate::step::{Steps, cargo, oriel, program};
use crate::{packages, root};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What is counted: a name, what is done, the file in `bench/`.
const COUNTS: &[(&str, &str, &str)] = &[
    ("tokens-paxlst", "tokens", "paxlst.edi"),
    ("decode-paxlst", "messages", "paxlst.edi"),
    ("decode-pnrgov", "messages", "pnrgov.edi"),
];

/// Passes of the longer run; the shorter one has a single pass.
const PASSES: u64 = 5;

/// Growth that fails, in hundredths.
const MOST_GROWTH: u64 = 5;

pub(crate) fn run(mut args: Args) -> Result<()> {
    let accept = args.flag("--accept");
    args.done()?;
    let mut steps = Steps::new();
    packages::valgrind(&mut steps)?;
    step(&mut steps, accept)?;
    steps.summary();
    Ok(())
}

/// Counts and compares, or keeps what was counted.
pub(crate) fn step(steps: &mut Steps, accept: bool) -> Result<()> {
    let mut build = cargo(&["build", "--locked", "--package", "oriel-messages"]);
    build.args(["--example", "instructions"]);
    steps.run("what is counted", &mut build, "the compiler says above why")?;
    let example = oriel("debug")?.with_file_name("examples/instructions");
    let kept_at = root().join("bench/instructions.toml");
    steps.step("instructions", || {
        let mut counted = BTreeMap::new();
        for (name, what, file) in COUNTS {
            let file = root().join("bench").join(file);
            let [one, more] = [1, 1 + PASSES].map(|passes| count(&example, what, &file, passes));
            counted.insert((*name).to_owned(), (more? - one?) / PASSES);
        }
        if accept {
            let lines = counted.iter().map(|(name, n)| format!("{name} = {n}\n"));
            let head = "# Instructions a pass: made by `cargo xtask instructions --accept`.\n";
            let text = head.to_owned() + &lines.collect::<String>();
            return fs::write(&kept_at, text).context("could not write bench/instructions.toml");
        }
        let text =
            fs::read_to_string(&kept_at).context("could not read bench/instructions.toml")?;
        compare(&counted, &text)
    })
}

/// Fails where a count has grown by too much; says how each compares.
fn compare(counted: &BTreeMap<String, u64>, kept: &str) -> Result<()> {
    let mut grown = Vec::new();
    for (name, now) in counted {
        let line = kept
            .lines()
            .find_map(|line| line.strip_prefix(name.as_str()));
        let before: u64 = line
            .and_then(|rest| rest.trim().strip_prefix('=')?.trim().parse().ok())
            .with_context(|| format!("bench/instructions.toml does not know {name}"))?;
        println!("{name}: {now} instructions, {before} before");
        if *now * 100 > before * (100 + MOST_GROWTH) {
            grown.push(name.as_str());
        }
    }
    match grown.is_empty() {
        true => Ok(()),
        false => bail!(
            "more than {MOST_GROWTH} % more instructions: {}; find out why, or accept it with \
             `cargo xtask instructions --accept` and say why in the commit",
            grown.join(", ")
        ),
    }
}

/// Instructions of one run under callgrind.
fn count(example: &Path, what: &str, file: &Path, passes: u64) -> Result<u64> {
    let mut command = program(
        "valgrind",
        &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
    );
    command
        .arg(example)
        .arg(what)
        .arg(file)
        .arg(passes.to_string());
    let output = command.output().context("could not start valgrind")?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind could not count:\n{told}");
    }
    let line = told
        .lines()
        .find_map(|line| line.split("Collected :").nth(1));
    line.and_then(|number| number.trim().parse().ok())
        .context("valgrind told no count")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_one_part_in_twenty_fails_and_shrinking_does_not() {
        let check = |now: u64| {
            let counted = BTreeMap::from([("decode".to_owned(), now)]);
            compare(&counted, "# made\ndecode = 1000\n").is_ok()
        };
        assert!(check(1050) && check(10));
        assert!(!check(1051));
        let unknown = BTreeMap::from([("other".to_owned(), 1)]);
        assert!(compare(&unknown, "decode = 1000\n").is_err());
    }
}
