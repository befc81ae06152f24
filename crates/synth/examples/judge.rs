//! Judges the matching engine with invented people: recall at a fixed share of false alerts, by
//! culture, script, form and damage, with and without birth dates.
//!
//! `cargo run --release -p oriel-synth --example judge -- [ENTRIES] [TRAVELLERS] [WEIGHTS] [CURVE.svg]`

#[path = "../tests/measure/mod.rs"]
mod measure;

use measure::{Outcome, Trial};
use oriel_screening::Weights;
use oriel_synth::judged::Case;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let number = |at: usize, otherwise: usize| {
        let argument = std::env::args().nth(at);
        argument.and_then(|a| a.parse().ok()).unwrap_or(otherwise)
    };
    let weights = match std::env::args().nth(3).filter(|path| path != "-") {
        Some(path) => Weights::parse(&std::fs::read_to_string(path)?).map_err(io::Error::other)?,
        None => Weights::default(),
    };
    let trial = Trial::new((number(1, 6_000), number(2, 40_000)), measure::SEED);
    let mut out = io::stdout().lock();
    let mut curves = Vec::new();
    for dated in [true, false] {
        let outcome = trial.run(&weights, dated);
        curves.push(curve(&trial.cases, &outcome));
        report(&mut out, &trial.cases, &outcome, dated)?;
    }
    match std::env::args().nth(4) {
        Some(path) => std::fs::write(path, svg(&curves)),
        None => Ok(()),
    }
}

/// Recall at shares of false alerts among ordinary travellers, from 0.01 % to 10 %.
fn curve(cases: &[Case], outcome: &Outcome) -> Vec<(f64, f64)> {
    (0..=30)
        .map(|step| {
            let share = 10_f64.powf(f64::from(step) / 10.0 - 4.0);
            let line = outcome.line(share, 1.0);
            (share, outcome.recall(cases, line, |_| true).value())
        })
        .collect()
}

/// The curves as a picture: with birth dates above, without below.
fn svg(curves: &[Vec<(f64, f64)>]) -> String {
    let x = |share: f64| 60.0 + 180.0 * (share.log10() + 4.0);
    let y = |recall: f64| 340.0 - 300.0 * recall;
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 400\" font-family=\"sans-serif\" \
         font-size=\"13\" role=\"img\" aria-label=\"Recall against false alerts\">\n\
         <rect width=\"640\" height=\"400\" fill=\"white\"/>\n",
    );
    for tenth in 0..=5 {
        let recall = f64::from(tenth) / 5.0;
        let _ = writeln!(
            out,
            "<path d=\"M60 {0:.0}H600\" stroke=\"#ddd\"/><text x=\"52\" y=\"{1:.0}\" \
             text-anchor=\"end\">{recall:.1}</text>",
            y(recall),
            y(recall) + 4.0,
        );
    }
    for (share, label) in [
        (0.0001, "0.01 %"),
        (0.001, "0.1 %"),
        (0.01, "1 %"),
        (0.1, "10 %"),
    ] {
        let at = x(share);
        let _ = writeln!(
            out,
            "<path d=\"M{at:.0} 40V340\" stroke=\"#ddd\"/><text x=\"{at:.0}\" y=\"360\" \
             text-anchor=\"middle\">{label}</text>",
        );
    }
    let rows = [
        ("#0b5", "with birth dates"),
        ("#a30", "without birth dates"),
    ];
    for (curve, (colour, label)) in curves.iter().zip(rows) {
        let points: Vec<String> = curve
            .iter()
            .map(|(share, recall)| format!("{:.1},{:.1}", x(*share), y(*recall)))
            .collect();
        let last = curve.last().map_or(0.0, |(_, recall)| y(*recall));
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <text x=\"600\" y=\"{:.0}\" text-anchor=\"end\" fill=\"{colour}\">{label}</text>",
            points.join(" "),
            last + 22.0,
        );
    }
    out.push_str(
        "<text x=\"330\" y=\"385\" text-anchor=\"middle\">false alerts among ordinary travellers</text>\
         <text x=\"20\" y=\"25\">recall</text>\n</svg>\n",
    );
    out
}

fn report(out: &mut impl Write, cases: &[Case], outcome: &Outcome, dated: bool) -> io::Result<()> {
    let everybody = |_: &Case| true;
    writeln!(
        out,
        "## {} birth dates\n",
        if dated { "With" } else { "Without" }
    )?;
    writeln!(
        out,
        "| false alerts: ordinary, recombined | line moved by | recall |\n|---|---|---|"
    )?;
    for (ordinary, recombined) in [(0.0005, 0.005), (0.001, 0.01), (0.005, 0.05), (0.01, 0.1)] {
        let line = outcome.line(ordinary, recombined);
        let recall = outcome.recall(cases, line, everybody).value();
        writeln!(
            out,
            "| {:.2} %, {:.1} % | {line:+} ({:+}, {:+}) | {recall:.3} |",
            ordinary * 100.0,
            recombined * 100.0,
            outcome.line(ordinary, 1.0),
            outcome.line(1.0, recombined),
        )?;
    }
    let fixed = 0;
    let over = |points: &[i32]| {
        points.iter().filter(|p| **p >= fixed).count() as f64 * 100.0 / points.len() as f64
    };
    writeln!(
        out,
        "\nAt the line: recall {:.3}, false alerts {:.2} % ordinary, {:.2} % recombined.\n",
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
    let different = |case: &&Case| !case.same;
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
