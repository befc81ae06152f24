//! `cargo xtask soak`: samples of every format, written and read back by the million.

use crate::args::Args;
use crate::step::{Steps, cargo};
use anyhow::Result;

pub(crate) fn run(mut args: Args) -> Result<()> {
    let seed: u64 = args.value("--seed")?.unwrap_or(1);
    let from: u64 = args.value("--from")?.unwrap_or(0);
    let count: u64 = args.value("--count")?.unwrap_or(1_000_000);
    let formats = args.rest()?;
    let mut command = cargo(&[
        "run",
        "--release",
        "-p",
        "oriel-synth",
        "--example",
        "soak",
        "--",
    ]);
    command.args([seed, from, count].map(|number| number.to_string()));
    command.args(formats);
    let mut steps = Steps::new();
    let advice =
        "make the sample again from its seed and number, and mend the decoder or the simulator";
    steps.run("soak", &mut command, advice)?;
    steps.summary();
    Ok(())
}
