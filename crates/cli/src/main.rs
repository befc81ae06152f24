//! The binary `oriel`: reads the command line, wires the system, runs one command.

mod clock;
mod commands;
mod config;
mod digest;
mod output;

use clap::Parser;
use std::process::ExitCode;

/// Faster and flatter under many small allocations than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Oriel: a single window for passenger data, and the workplace of a passenger information unit.
#[derive(Debug, Parser)]
#[command(name = "oriel", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    output::start_log();
    match cli.command.run() {
        Ok(exit) => exit.into(),
        Err(error) => output::report(&error).into(),
    }
}
