//! Steps that say what they do and how long it took.
//!
//! Invariant: the first step that fails ends everything; what it printed is the last thing above
//! the closing sentence.

use crate::root;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The steps of one command.
pub(crate) struct Steps {
    started: Instant,
    done: Vec<(String, Duration)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            done: Vec::new(),
        }
    }

    /// Does one step.
    pub(crate) fn step(&mut self, title: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n== {title}");
        let started = Instant::now();
        work().with_context(|| format!("the step \"{title}\" failed"))?;
        let took = started.elapsed();
        println!("== {title}: {}", duration(took));
        self.done.push((title.to_owned(), took));
        Ok(())
    }

    /// Runs one program as a step; `advice` says what to do when it fails.
    pub(crate) fn run(&mut self, title: &str, command: &mut Command, advice: &str) -> Result<()> {
        self.step(title, || run(command, advice))
    }

    /// Prints how long each step took.
    pub(crate) fn summary(&self) {
        let width = self
            .done
            .iter()
            .map(|(title, _)| title.chars().count())
            .max()
            .unwrap_or(0);
        println!();
        for (title, took) in &self.done {
            println!("  {title:<width$}  {:>9}", duration(*took));
        }
        println!(
            "  {:<width$}  {:>9}",
            "together",
            duration(self.started.elapsed())
        );
    }
}

/// A program that runs in the workspace.
pub(crate) fn program(name: impl AsRef<OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root());
    command
}

/// The cargo that runs us.
pub(crate) fn cargo(args: &[&str]) -> Command {
    program(
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        args,
    )
}

/// Runs a program to its end, its output going where ours goes.
pub(crate) fn run(command: &mut Command, advice: &str) -> Result<()> {
    let line = line(command);
    println!("   {line}");
    let status = command
        .status()
        .with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}; {advice}");
    }
    Ok(())
}

/// What a program prints, without the last line end; `None` if it cannot run or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned(),
    )
}

/// The program `oriel` as cargo builds it under `profile` (`debug` or `release`).
///
/// Found beside ourselves, so that it is right wherever cargo was told to build.
pub(crate) fn oriel(profile: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("could not tell where this program is")?;
    match own.parent().and_then(|dir| dir.parent()) {
        Some(target) => Ok(target.join(profile).join("oriel")),
        None => bail!("{} is not in a build directory", own.display()),
    }
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    std::iter::once(program.file_name().unwrap_or(program.as_os_str()))
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .map(|word| {
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                word.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// `4.2 s`, `12 min 03 s`.
fn duration(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(duration(Duration::from_millis(4_249)), "4.2 s");
        assert_eq!(duration(Duration::from_secs(723)), "12 min 03 s");
    }

    #[test]
    fn the_first_failure_ends_with_what_ran_and_what_to_do() {
        let mut steps = Steps::new();
        let fault = steps.run("a step", &mut program("sh", &["-c", "exit 3"]), "try again");
        assert_eq!(
            format!("{:#}", fault.unwrap_err()),
            "the step \"a step\" failed: `sh -c 'exit 3'` ended with exit status: 3; try again"
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let fault = run(&mut program("no-such-program", &["x"]), "").unwrap_err();
        assert_eq!(fault.to_string(), "could not start `no-such-program x`");
    }
}
