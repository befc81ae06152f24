//! The judged cases against a frozen result: on a change of weights, tables or code the diff shows
//! which pairs moved, and the table on top what that did to each culture and script.
//!
//! `UPDATE_EXPECT=1 cargo test -p oriel-synth --test judged` rewrites `judged.expect`.
//!
//! The whole fit takes a minute in a release build; `cargo run --release -p oriel-synth --example fit
//! -- --check` says whether the weights in force come out again.

mod measure;

use measure::{SEED, Trial, fit, person};
use oriel_screening::{Weights, match_pair};
use oriel_synth::judged::{Case, cases};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Pairs in the frozen result.
const PAIRS: usize = 3_600;

/// One person over the line, below it; other people over the line, below it.
type Confusion = [usize; 4];

/// What a table is divided by.
type Slice = fn(&Case) -> &'static str;

fn count(table: &mut BTreeMap<&'static str, Confusion>, of: &'static str, same: bool, over: bool) {
    let cell = 2 * usize::from(!same) + usize::from(!over);
    table.entry(of).or_default()[cell] += 1;
}

fn show(out: &mut String, heading: &str, table: &BTreeMap<&'static str, Confusion>) {
    let _ = writeln!(
        out,
        "{heading}: one person found, missed; others over the line, below"
    );
    for (of, [found, missed, wrong, right]) in table {
        let _ = writeln!(out, "  {of:26} {found:5} {missed:5}   {wrong:5} {right:5}");
    }
}

#[test]
fn judged_cases_give_the_frozen_result() {
    let weights = Weights::default();
    let all = cases(PAIRS, SEED);
    let (mut rows, mut slices) = (String::new(), BTreeMap::new());
    let slice: [(&str, Slice); 4] = [
        ("culture", |case| case.culture),
        ("script", |case| case.script),
        ("form", |case| case.form),
        ("damage", |case| case.damage),
    ];
    for case in &all {
        let _ = write!(
            rows,
            "{:4} {}",
            case.id,
            if case.same { "same" } else { "else" }
        );
        for dated in [true, false] {
            let listed = person(&case.listed, true);
            let result = match_pair(&person(&case.traveller, dated), &listed, &weights);
            let mark = if result.matches == case.same {
                ' '
            } else {
                '!'
            };
            let _ = write!(rows, " {:4}{mark}", result.points);
            for (name, of) in slice {
                let name = if dated { (0, name) } else { (1, name) };
                let table = slices.entry(name).or_default();
                count(table, of(case), case.same, result.matches);
            }
            let sum: i32 = result.parts.iter().map(|p| i32::from(p.points)).sum();
            assert_eq!(sum, result.points, "the parts add up: case {}", case.id);
        }
        let (own, listed) = (&case.traveller.names[0], &case.listed.names[0]);
        let _ = writeln!(rows, " {}: {own} ~ {listed}", case.culture);
    }
    let mut frozen = String::new();
    for ((undated, name), table) in &slices {
        let dates = if *undated == 0 {
            "with dates"
        } else {
            "without dates"
        };
        show(&mut frozen, &format!("{name}, {dates}"), table);
    }
    frozen.push_str(&rows);
    let expect = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judged.expect");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&expect, &frozen).expect("the test directory can be written");
    }
    let was = std::fs::read_to_string(&expect).unwrap_or_default();
    let old: std::collections::BTreeSet<&str> = was.lines().collect();
    let moved: Vec<_> = frozen.lines().filter(|line| !old.contains(line)).collect();
    assert!(was == frozen, "pairs that moved:\n{}", moved.join("\n"));
}

/// A small fit, twice.
#[test]
fn fitting_is_a_function_of_its_seeds() {
    let trials = [Trial::new((200, 300), 7)];
    let fitted = || fit::fit(&trials, &trials, |_| {}).to_text();
    let once = fitted();
    assert_eq!(once, fitted());
    assert_ne!(once, Weights::start().to_text(), "it moves something");
}

#[test]
fn the_fit_follows_the_slope_of_its_goal() {
    let trials = [Trial::new((200, 300), 8)];
    let start = Weights::start();
    let error = fit::slope_error(&fit::regimes(&trials, &start), &start);
    assert!(error < 0.002, "{error}");
}
