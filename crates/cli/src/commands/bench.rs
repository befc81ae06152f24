//! `oriel bench`: measures this machine on data that it makes itself.

mod documents;
mod interactive;
mod store;

use super::Format;
use super::keys::KeyArgs;
use crate::output::{Exit, print};
use clap::ValueEnum;
use oriel_screening::{Index, Person, Scratch, Subject, Watchlists, Weights, screen};
use oriel_synth::bench::Described;
use serde_json::{Value, json};
use std::time::Instant;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// PAXLST bytes to typed messages with findings, one thread.
    DecodePaxlst,
    /// PNRGOV bytes to typed messages with findings, one thread.
    DecodePnrgov,
    /// Travellers screened against a list, one thread.
    Match,
    /// Document numbers looked up among millions, exactly and one slip away, one thread.
    Documents,
    /// Messages to committed, screened records, all cores.
    Pipeline,
    /// One traveller read by a person: leave given, opened, logged and committed.
    Read,
    /// Questions at check-in over HTTP, at a rate and at ten times the rate.
    Interactive,
    /// A day masked or erased while another day is received.
    Sweep,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to measure.
    name: Name,
    /// How to print: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Entries of the list.
    #[arg(long, default_value_t = 100_000)]
    entries: usize,
    /// Megabytes to decode; thousands of travellers to screen, or of a day to receive; millions of
    /// documents; questions a second.
    #[arg(long)]
    size: Option<usize>,
    /// Folder for the store, made, and removed afterwards; or postgres://user@host/database,
    /// blank, and left as it is then.
    #[arg(long, value_name = "DIR|URL", default_value = "target/bench")]
    data: String,
    #[command(flatten)]
    keys: KeyArgs,
    /// Seed of the data.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Makes message files of so many bytes from a seed.
type Files = fn(usize, u64) -> Vec<Vec<u8>>;

/// Times a measurement is repeated; the median counts.
const ROUNDS: usize = 3;

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let result = match args.name {
        Name::DecodePaxlst => decode("decode-paxlst", oriel_synth::bench::paxlst, args),
        Name::DecodePnrgov => decode("decode-pnrgov", oriel_synth::bench::pnrgov, args),
        Name::Match => matching(args),
        Name::Documents => documents::documents(args),
        Name::Pipeline => store::pipeline(args),
        Name::Read => store::read(args),
        Name::Interactive => interactive::interactive(args),
        Name::Sweep => store::sweep(args),
    }?;
    if Format::chosen(args.format).is_json() {
        print(&result.to_string())?;
    } else {
        let number = |name: &str| result[name].as_f64().unwrap_or(0.0);
        print(&format!(
            "{}: {:.0} {} (n {}, {} threads, peak memory {:.0} MiB)",
            result["bench"].as_str().unwrap_or(""),
            number("value"),
            result["unit"].as_str().unwrap_or(""),
            result["n"],
            result["threads"],
            number("peak_rss_bytes") / f64::from(1 << 20)
        ))?;
    }
    Ok(Exit::Clean)
}

fn result(bench: &str, value: f64, unit: &str, n: usize, threads: usize, more: Value) -> Value {
    let mut result = json!({
        "schema": "oriel.bench/1",
        "bench": bench,
        "value": value,
        "unit": unit,
        "n": n,
        "threads": threads,
        "peak_rss_bytes": super::peak_rss(),
    });
    if let (Some(result), Value::Object(more)) = (result.as_object_mut(), more) {
        result.extend(more);
    }
    result
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn decode(name: &str, make: Files, args: &Args) -> anyhow::Result<Value> {
    let bytes = make(args.size.unwrap_or(64) * 1_000_000, args.seed).concat();
    let (mut messages, mut travellers, mut findings) = (0, 0, 0);
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        (messages, travellers, findings) = (0, 0, 0);
        let start = Instant::now();
        for decoded in oriel_messages::decode(&bytes) {
            messages += 1;
            findings += decoded.findings.len();
            travellers += decoded.message.as_ref().map_or(0, |m| m.travellers.len());
        }
        rates.push(bytes.len() as f64 / 1e6 / start.elapsed().as_secs_f64());
    }
    Ok(result(
        name,
        median(rates),
        "MB/s",
        bytes.len(),
        1,
        json!({ "messages": messages, "travellers": travellers, "findings": findings }),
    ))
}

fn person(described: Described) -> Person {
    Person {
        id: Some(described.id.as_str().into()),
        names: described.names.iter().map(|t| t.as_str().into()).collect(),
        weak: described.weak.iter().map(|t| t.as_str().into()).collect(),
        dob: described.births.iter().map(|t| t.as_str().into()).collect(),
        nationality: vec![described.nationality.into()],
        gender: Some(described.gender.into()),
        docs: described
            .documents
            .iter()
            .map(|t| t.as_str().into())
            .collect(),
    }
}

/// Travellers of the bench `match` that are in memory at once.
const BLOCK: usize = 1_000;

fn matching(args: &Args) -> anyhow::Result<Value> {
    // Entry by entry, as an import does it: the peak of memory is then that of the index.
    let weights = Weights::default();
    let mut builder = Index::builder("bench");
    let mut built = 0.0;
    for described in oriel_synth::bench::list_entries(args.entries, args.seed) {
        let entry = person(described).to_entry();
        let start = Instant::now();
        builder.push(&entry);
        built += start.elapsed().as_secs_f64();
    }
    let start = Instant::now();
    let index = builder.finish();
    built += start.elapsed().as_secs_f64();
    let watchlists = Watchlists::new(vec![index.into()]);
    let count = args.size.unwrap_or(50) * 1000;
    let mut scratch = Scratch::default();
    let mut rates = Vec::new();
    let (mut hits, mut micros) = (0, Vec::new());
    for _ in 0..ROUNDS {
        hits = 0;
        micros = Vec::with_capacity(count);
        let mut seconds = 0.0;
        let mut subjects = oriel_synth::bench::travellers(count, args.seed + 1)
            .map(|described| Subject::from_person(&person(described)));
        // So many at a time, for the same reason.
        while micros.len() < count {
            let subjects: Vec<Subject> = subjects.by_ref().take(BLOCK).collect();
            let start = Instant::now();
            for subject in &subjects {
                let one = Instant::now();
                let found = screen(subject, &watchlists, &weights, &mut scratch);
                micros.push(one.elapsed().as_secs_f64() * 1e6);
                hits += usize::from(!found.is_empty());
            }
            seconds += start.elapsed().as_secs_f64();
        }
        rates.push(count as f64 / seconds);
    }
    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros[((micros.len() - 1) as f64 * share) as usize];
    Ok(result(
        "match",
        median(rates),
        "travellers/s",
        count,
        1,
        json!({
            "entries": args.entries,
            "p50_micros": at(0.5),
            "p99_micros": at(0.99),
            "build_seconds": built,
            "travellers_with_hits": hits,
        }),
    ))
}
