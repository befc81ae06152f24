//! `cargo xtask fuzz`: each target of `fuzz/` for a while.
//!
//! Inputs start from the test data of the crates. What makes a target fail stays in
//! `fuzz/artifacts`; it becomes a case of the crate it was found in.

use crate::args::Args;
use crate::step::{Steps, answer, cargo, program};
use crate::{must_exist, root};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn run(mut args: Args) -> Result<()> {
    let seconds: u32 = args.value("--seconds")?.unwrap_or(60);
    let minimise = args.flag("--minimise");
    let wanted = args.rest()?;
    must_exist("fuzz/fuzz_targets", "there is nothing to fuzz")?;
    let targets = targets(&root().join("fuzz/fuzz_targets"))?;
    if let Some(name) = wanted.iter().find(|name| !targets.contains(name)) {
        bail!(
            "there is no fuzz target {name}; there are: {}",
            targets.join(", ")
        );
    }
    if answer(&mut program(
        "rustup",
        &["run", "nightly", "rustc", "--version"],
    ))
    .is_none()
    {
        bail!("fuzzing needs the nightly compiler: run `rustup toolchain install nightly`");
    }
    if answer(&mut cargo(&["fuzz", "--version"])).is_none() {
        bail!("cargo-fuzz is missing: run `cargo install cargo-fuzz --locked`");
    }
    let mut steps = Steps::new();
    let seeds = seeds(&root().join("crates"))?;
    let limit = format!("-max_total_time={seconds}");
    for target in targets
        .iter()
        .filter(|name| wanted.is_empty() || wanted.contains(name))
    {
        // Found inputs go to the first folder; the others are read only.
        let corpus = root().join("fuzz/corpus").join(target);
        fs::create_dir_all(&corpus)
            .with_context(|| format!("could not make {}", corpus.display()))?;
        let mut command = program(
            "rustup",
            &["run", "nightly", "cargo", "fuzz", "run", target],
        );
        command.arg(&corpus).args(&seeds).args(["--", &limit]);
        let advice = format!("keep the input under fuzz/artifacts/{target} as a case and mend it");
        steps.run(&format!("fuzz {target}"), &mut command, &advice)?;
        if minimise {
            // Of what was found, the fewest inputs that reach the same code.
            let mut command = program(
                "rustup",
                &["run", "nightly", "cargo", "fuzz", "cmin", target],
            );
            let advice = "run the target again: its corpus is as it was";
            steps.run(&format!("minimise {target}"), command.arg(corpus), advice)?;
        }
    }
    steps.summary();
    Ok(())
}

/// The folders of test data, which inputs are made from.
fn seeds(crates: &Path) -> Result<Vec<PathBuf>> {
    let mut seeds = vec![root().join("fuzz/seeds")];
    for entry in fs::read_dir(crates).context("could not read crates")? {
        seeds.push(entry?.path().join("tests/data"));
    }
    seeds.retain(|dir| dir.is_dir());
    seeds.sort();
    Ok(seeds)
}

/// The names of the targets, sorted.
fn targets(dir: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("could not read {}", dir.display()))? {
        let path = entry?.path();
        if let (Some(name), true) = (
            path.file_stem(),
            path.extension().is_some_and(|e| e == "rs"),
        ) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_file_is_a_target() {
        let dir = oriel_testkit::TempDir::new("targets");
        for name in ["paxlst.rs", "edifact.rs", "README.md"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        assert_eq!(targets(dir.path()).unwrap(), ["edifact", "paxlst"]);
    }
}
