//! `cargo xtask bench`: `oriel bench` for every name, as the table of `README.md`.

use crate::args::Args;
use crate::step::{Steps, answer, cargo, oriel, program};
use anyhow::{Context, Result, bail};
use std::fs;

/// What is measured: the name for `oriel bench`, and the words for people.
const NAMES: &[(&str, &str)] = &[
    (
        "decode-paxlst",
        "PAXLST bytes to typed messages, one thread",
    ),
    (
        "decode-pnrgov",
        "PNRGOV bytes to typed messages, one thread",
    ),
    (
        "match",
        "travellers against 100 000 list entries, one thread",
    ),
    (
        "pipeline",
        "messages to committed, screened records, all cores",
    ),
    (
        "read",
        "one traveller read: leave, opening, log, commit; 99 of 100",
    ),
    ("sweep", "travellers masked or erased while others arrive"),
];

/// Those that fill a store.
const ON_A_STORE: &[&str] = &["pipeline", "read", "sweep"];

pub(crate) fn run(args: Args) -> Result<()> {
    args.done()?;
    let mut steps = Steps::new();
    let mut build = cargo(&["build", "--release", "--locked", "--package", "oriel-cli"]);
    steps.run(
        "release build",
        &mut build,
        "the compiler says above what it could not build",
    )?;
    let oriel = oriel("release")?;
    let data = oriel.with_file_name("bench-data");
    let mut rows = String::new();
    for (name, words) in NAMES {
        steps.step(&format!("bench {name}"), || {
            let mut command = program(&oriel, &["bench", name, "--format", "json"]);
            if ON_A_STORE.contains(name) {
                if data.exists() {
                    fs::remove_dir_all(&data)
                        .with_context(|| format!("could not empty {}", data.display()))?;
                }
                command.arg("--data").arg(&data);
            }
            let output = command.stderr(std::process::Stdio::inherit()).output();
            let output = output.with_context(|| format!("could not start {}", oriel.display()))?;
            if !output.status.success() {
                bail!("`oriel bench {name}` ended with {}", output.status);
            }
            let json = String::from_utf8_lossy(&output.stdout);
            rows += &row(words, &json)
                .with_context(|| format!("`oriel bench {name}` printed no figure: {json}"))?;
            Ok(())
        })?;
    }
    steps.summary();
    println!("\n{}\n", machine());
    println!("| measured | figure | over | threads | peak memory |");
    println!("|---|---:|---:|---:|---:|\n{rows}");
    Ok(())
}

fn row(words: &str, json: &str) -> Option<String> {
    let value = field(json, "value")?.parse::<f64>().ok()?;
    let value = if value < 1000.0 {
        format!("{value:.1}")
    } else {
        thousands(value as u64)
    };
    Some(format!(
        "| {words} | {value} {} | {} | {} | {} MB |\n",
        field(json, "unit")?,
        thousands(field(json, "n")?.parse().ok()?),
        field(json, "threads")?,
        field(json, "peak_rss_bytes")?.parse::<u64>().ok()? / 1_000_000,
    ))
}

/// A field of a flat JSON object whose texts hold neither commas nor escapes, as ours do.
fn field<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{name}\":"))?;
    Some(rest.split([',', '}']).next()?.trim().trim_matches('"'))
}

/// `1 234 567`, with spaces that do not break.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// What was measured on.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cpu = cpu.map_or("processor unknown", |(_, name)| name);
    let date = answer(&mut program("date", &["+%F"])).unwrap_or_default();
    format!("{date}, {cores} cores of {cpu}, release build:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_becomes_a_row() {
        let json = r#"{"schema":"oriel.bench/1","bench":"match","value":12345.6,"unit":"travellers/s","n":50000,"threads":1,"peak_rss_bytes":83000000}"#;
        assert_eq!(
            row("travellers", json).unwrap(),
            "| travellers | 12\u{a0}345 travellers/s | 50\u{a0}000 | 1 | 83 MB |\n"
        );
        assert_eq!(row("travellers", "{}"), None);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000_000), "1\u{a0}000\u{a0}000");
    }
}
