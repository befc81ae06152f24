//! Judges the matching engine with invented people: recall at a fixed share of false alerts, by
//! culture, script, form and damage, with and without birth dates.
//!
//! `cargo run --release -p oriel-synth --example judge -- [ENTRIES] [TRAVELLERS] [WEIGHTS]`

#[path = "../tests/measure/mod.rs"]
mod measure;

use measure::{Outcome, Trial};
use oriel_screening::Weights;
use oriel_synth::judged::Case;
use std::collections::BTreeSet;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let number = |at: usize, otherwise: usize| {
        let argument = std::env::args().nth(at);
        argument.and_then(|a| a.parse().ok()).unwrap_or(otherwise)
    };
    let weights = match std::env::args().nth(3) {
        Some(path) => Weights::parse(&std::fs::read_to_string(path)?).map_err(io::Error::other)?,
        None => Weights::default(),
    };
    let trial = Trial::new(number(1, 6_000), number(2, 40_000));
    let mut out = io::stdout().lock();
    for dated in [true, false] {
        let outcome = trial.run(&weights, dated);
        report(&mut out, &trial.cases, &outcome, &weights, dated)?;
    }
    Ok(())
}

fn report(
    out: &mut impl Write,
    cases: &[Case],
    outcome: &Outcome,
    weights: &Weights,
    dated: bool,
) -> io::Result<()> {
    let everybody = |_: &Case| true;
    writeln!(
        out,
        "## {} birth dates\n",
        if dated { "With" } else { "Without" }
    )?;
    writeln!(
        out,
        "| false alerts: ordinary, recombined | line | recall |\n|---|---|---|"
    )?;
    for (ordinary, recombined) in [(0.0005, 0.005), (0.001, 0.01), (0.005, 0.05), (0.01, 0.1)] {
        let line = outcome.line(ordinary, recombined);
        let recall = outcome.recall(cases, line, everybody).value();
        writeln!(
            out,
            "| {:.2} %, {:.1} % | {line} ({}, {}) | {recall:.3} |",
            ordinary * 100.0,
            recombined * 100.0,
            outcome.line(ordinary, 1.0),
            outcome.line(1.0, recombined),
        )?;
    }
    let fixed = i32::from(weights.line);
    let over = |points: &[i32]| {
        points.iter().filter(|p| **p >= fixed).count() as f64 * 100.0 / points.len() as f64
    };
    writeln!(
        out,
        "\nAt the line of {fixed}: recall {:.3}, false alerts {:.2} % ordinary, {:.2} % recombined.\n",
        outcome.recall(cases, fixed, everybody).value(),
        over(&outcome.ordinary),
        over(&outcome.recombined),
    )?;
    let line = outcome.line(0.001, 0.01);
    for (heading, of) in [
        ("form", (|case| case.form) as fn(&Case) -> &'static str),
        ("damage", |case| case.damage),
        ("birth date on the list", |case| case.birth),
        ("script on the list", |case| case.script),
        ("culture", |case| case.culture),
    ] {
        let values: BTreeSet<_> = cases.iter().filter(|case| case.same).map(of).collect();
        writeln!(out, "| {heading} | recall | cases |\n|---|---|---|")?;
        for value in values {
            let share = outcome.recall(cases, line, |case| of(case) == value);
            writeln!(out, "| {value} | {:.3} | {} |", share.value(), share.of)?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "| who looks alike | at or over the line | cases |\n|---|---|---|"
    )?;
    let different = |case: &&Case| !case.same && !case.fit;
    let kinds: BTreeSet<_> = cases
        .iter()
        .filter(different)
        .map(|case| case.damage)
        .collect();
    for kind in kinds {
        let points = cases.iter().zip(&outcome.cases);
        let of: Vec<i32> = points
            .filter(|(case, _)| different(case) && case.damage == kind)
            .map(|(_, points)| *points)
            .collect();
        let over = of.iter().filter(|points| **points >= line).count();
        writeln!(out, "| {kind} | {over} | {} |", of.len())?;
    }
    writeln!(out)
}
