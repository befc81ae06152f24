//! Writes and reads back samples of every format by the million: decode(encode(x)) = x.
//!
//! `cargo xtask soak [--seed 1] [--from 0] [--count 1000000] [FORMAT…]` runs it in release. It stops
//! at the first sample that is read as something else and says from which seed and number it is
//! made; `--from` goes on behind it, or where an earlier run ended.

#[path = "../tests/round/mod.rs"]
mod round;

use oriel_synth::sample::{DEVIATIONS, FORMS};
use std::io::{self, Write};
use std::process::ExitCode;

/// Samples between two lines that tell how far it got.
const STRIDE: u64 = 100_000;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    let (Some(seed), Some(from), Some(count)) = (number(0), number(1), number(2)) else {
        return Err(io::Error::other("SEED FROM COUNT [FORMAT…]"));
    };
    let wanted = &arguments[3..];
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|form| form == name);
    let mut out = io::stdout().lock();
    for form in FORMS.iter().filter(|form| is_wanted(form.name)) {
        let mut bytes = 0;
        for number in from..from + count {
            let sample = form.sample(seed, number);
            bytes += sample.bytes.len();
            if let Some(fault) = round::wrong(form, &sample) {
                writeln!(out, "{}: seed {seed}, number {number}: {fault}", form.name)?;
                return Ok(ExitCode::FAILURE);
            }
            if (number + 1) % STRIDE == 0 {
                writeln!(out, "{}: up to {number} without a fault", form.name)?;
            }
        }
        let megabytes = bytes as f64 / 1e6;
        writeln!(out, "{}: {count} samples, {megabytes:.0} MB", form.name)?;
    }
    let share = (count / 1_000).max(1);
    for deviation in DEVIATIONS.iter().filter(|row| is_wanted(row.form)) {
        for number in from..from + share {
            let made = deviation.sample(seed, number);
            let fault = made.map_or(Some("no sample suits".to_owned()), |(bytes, expected)| {
                round::deviates(deviation, &bytes, &expected)
            });
            if let Some(fault) = fault {
                writeln!(
                    out,
                    "{}: seed {seed}, number {number}: {fault}",
                    deviation.name
                )?;
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    writeln!(out, "{share} samples of each deviation")?;
    Ok(ExitCode::SUCCESS)
}
