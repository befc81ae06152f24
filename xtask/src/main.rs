//! Builds, demonstrates and tests Oriel; `cargo xtask help` lists the commands.
//!
//! Compiled before everything else on a fresh machine, so it leans on next to nothing.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "talking to the terminal is its purpose"
)]

mod args;
mod bench;
mod codegen;
mod demo;
mod fuzz;
mod instructions;
mod licences;
mod packages;
mod soak;
mod step;
mod test;
mod tidy;
mod tools;
mod web;

use anyhow::{Result, bail};
use args::Args;
use std::path::Path;
use std::process::ExitCode;
use step::Steps;

/// One command of `cargo xtask`.
struct Command {
    name: &'static str,
    options: &'static str,
    about: &'static str,
    run: fn(Args) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        options: "[--no-serve] [--live [--pace N] [--hours N]] [--travellers N] [--seed S] [--data DIR]",
        about: "build everything, run an invented day through it, open the workbench",
        run: demo::run,
    },
    Command {
        name: "test",
        options: "[--only tidy|web|rust|docs|browser]",
        about: "install what the tests need, then run all of them (or one part)",
        run: test::run,
    },
    Command {
        name: "lint",
        options: "",
        about: "formatting, clippy and tidy: quick enough to run before each commit",
        run: lint,
    },
    Command {
        name: "tidy",
        options: "",
        about: "the rules of the house that no compiler knows",
        run: tidy::run,
    },
    Command {
        name: "web",
        options: "",
        about: "build the workbench, if its sources changed",
        run: web::run,
    },
    Command {
        name: "codegen",
        options: "",
        about: "write the tables that are made from data/",
        run: |args| {
            args.done()?;
            codegen::codegen(root())
        },
    },
    Command {
        name: "bench",
        options: "",
        about: "measure on this machine and print the table for README.md",
        run: bench::run,
    },
    Command {
        name: "instructions",
        options: "[--accept]",
        about: "count the decoders' machine instructions and compare them with bench/",
        run: instructions::run,
    },
    Command {
        name: "soak",
        options: "[--seed 1] [--from 0] [--count 1000000] [FORMAT…]",
        about: "write and read back samples of every format until one differs",
        run: soak::run,
    },
    Command {
        name: "fuzz",
        options: "[--seconds 60] [--minimise] [TARGET…]",
        about: "run each fuzz target for a while (needs the nightly toolchain)",
        run: fuzz::run,
    },
];

fn main() -> ExitCode {
    let mut args = Args::new(std::env::args().skip(1));
    let outcome = match args.word().as_deref() {
        None | Some("help" | "--help" | "-h") => {
            help();
            Ok(())
        }
        Some(name) => match COMMANDS.iter().find(|command| command.name == name) {
            Some(command) => (command.run)(args),
            None => Err(anyhow::anyhow!(
                "there is no command `{name}`; `cargo xtask help` lists them"
            )),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("\nerror: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn help() {
    println!("cargo xtask COMMAND\n");
    for Command {
        name,
        options,
        about,
        ..
    } in COMMANDS
    {
        println!(
            "  {}\n      {about}",
            format!("{name} {options}").trim_end()
        );
    }
}

fn lint(args: Args) -> Result<()> {
    args.done()?;
    let mut steps = Steps::new();
    tools::rust_components()?;
    test::format(&mut steps)?;
    tidy::step(&mut steps)?;
    test::clippy(&mut steps)?;
    steps.summary();
    Ok(())
}

/// The workspace.
fn root() -> &'static Path {
    match Path::new(env!("CARGO_MANIFEST_DIR")).parent() {
        Some(root) => root,
        None => Path::new("."),
    }
}

/// Fails with a sentence when `path` of the workspace is not there.
fn must_exist(path: &str, why: &str) -> Result<()> {
    if !root().join(path).exists() {
        bail!("{path} is missing: {why}");
    }
    Ok(())
}
