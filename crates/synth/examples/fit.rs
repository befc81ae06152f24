//! Fits the weights with invented people and prints them as `data/names/weights.txt` holds them.
//!
//! `cargo run --release -p oriel-synth --example fit > data/names/weights.txt`; with `--check` it
//! fails unless the weights in force come out again.

#[path = "../tests/measure/mod.rs"]
mod measure;

use measure::{Trial, fit};
use oriel_screening::Weights;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let trial = Trial::new(fit::ENTRIES, fit::INNOCENTS);
    let mut told = io::stderr().lock();
    let fitted = fit::fit(
        &trial,
        &Weights::start(),
        fit::ROUNDS,
        |name, value, goal| {
            let _ = writeln!(told, "{name} = {value}: {goal:.4}");
        },
    );
    if std::env::args().any(|argument| argument == "--check") {
        return match fitted == Weights::default() {
            true => Ok(()),
            false => Err(io::Error::other("the weights in force are others")),
        };
    }
    let head = "# Weights fitted by `cargo run --release -p oriel-synth --example fit`; not edited by hand.\n";
    io::stdout().write_all(head.as_bytes())?;
    io::stdout().write_all(fitted.to_text().as_bytes())
}
