//! Fits the weights with invented people and prints them as `data/names/weights.txt` holds them.
//!
//! `cargo run --release -p oriel-synth --example fit > data/names/weights.txt`; with `--check` it
//! fails unless the weights in force come out again; with `--without` it says what is found of names
//! of cultures that it is not fitted to.

#[path = "../tests/measure/mod.rs"]
mod measure;

use measure::{SEED, Trial, fit};
use oriel_screening::Weights;
use std::collections::BTreeSet;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let worlds = |seeds: &[u64], size| -> Vec<Trial> {
        seeds.iter().map(|seed| Trial::new(size, *seed)).collect()
    };
    let trials = worlds(fit::SEEDS, fit::SIZE);
    let mut out = io::stdout().lock();
    if asked("--without") {
        return without(&mut out, &trials);
    }
    let for_lines = worlds(fit::LINE_SEEDS, fit::LINE_SIZE);
    let fitted = fit::fit(&trials, &for_lines, |goal| {
        let _ = writeln!(io::stderr(), "{goal:.5}");
    });
    if asked("--check") {
        return match fitted == Weights::default() {
            true => Ok(()),
            false => Err(io::Error::other("the weights in force are others")),
        };
    }
    let head = "# Weights fitted by `cargo run --release -p oriel-synth --example fit`; not edited by hand.\n";
    out.write_all(head.as_bytes())?;
    out.write_all(fitted.to_text().as_bytes())
}

/// Leaves a quarter of the cultures out of the fit at a time, and says what is found of them in the
/// judged world, beside what weights find that all cultures were fitted to.
fn without(out: &mut impl Write, trials: &[Trial]) -> io::Result<()> {
    const PARTS: usize = 4;
    let judged = [Trial::new(fit::LINE_SIZE, SEED)];
    let cultures: BTreeSet<&str> = judged[0].cases.iter().map(|case| case.culture).collect();
    let cultures: Vec<&str> = cultures.into_iter().collect();
    let force = Weights::default();
    let (regimes, judged) = (fit::regimes(trials, &force), fit::regimes(&judged, &force));
    let start = Weights::start();
    let all = fit::climb(&regimes, &start, &|_| true, |_| {});
    writeln!(out, "left out: fitted without, fitted with; dated, undated")?;
    for part in 0..PARTS {
        let left_out = |culture: &str| {
            let mut of = cultures.iter().skip(part).step_by(PARTS);
            of.any(|other| *other == culture)
        };
        let other = fit::climb(&regimes, &start, &|culture| !left_out(culture), |_| {});
        for regime in &judged {
            let recall = |weights: &Weights| regime.recall(weights, left_out);
            let (without, with) = (recall(&other), recall(&all));
            write!(
                out,
                "{:.3} {:.3} of {};  ",
                without.value(),
                with.value(),
                with.of
            )?;
        }
        let names: Vec<&str> = cultures.iter().skip(part).step_by(PARTS).copied().collect();
        writeln!(out, "{}", names.join(" "))?;
    }
    Ok(())
}
