//! Measures screening on invented lists and travellers, on one thread.
//!
//! `cargo run --release -p oriel-screening --example bench -- [ENTRIES] [TRAVELLERS]`

#![expect(clippy::disallowed_methods, reason = "a measurement needs a clock")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::World;
use oriel_screening::{Index, Scratch, Subject, Watchlists, Weights, screen};
use std::io::Write;
use std::time::Instant;

fn memory_mib(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(field)).unwrap_or("");
    let kib = line
        .split_whitespace()
        .nth(1)
        .and_then(|n| n.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Seconds this process has run on a processor.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos = stat
        .split_whitespace()
        .next()
        .and_then(|n| n.parse::<f64>().ok());
    nanos.unwrap_or(0.0) / 1e9
}

fn main() -> std::io::Result<()> {
    let number = |i| {
        std::env::args()
            .nth(i)
            .and_then(|a| a.parse::<usize>().ok())
    };
    let (entries, travellers) = (number(1).unwrap_or(100_000), number(2).unwrap_or(50_000));
    let mut out = std::io::stdout().lock();
    let weights = Weights::default();
    let mut world = World::new(1);

    let start = Instant::now();
    let mut builder = Index::builder("bench");
    let mut listed = Vec::new();
    for i in 0..entries {
        let person = world.person();
        builder.push(&world.entry(i, &person));
        if i % (entries / 500).max(1) == 0 {
            listed.push((i, person));
        }
    }
    let index = builder.finish();
    writeln!(
        out,
        "{} entries, {} words, built with inventing in {:.1} s, {} MiB, peak {} MiB",
        index.len(),
        index.words(),
        start.elapsed().as_secs_f64(),
        memory_mib("VmRSS"),
        memory_mib("VmHWM"),
    )?;
    let lists = Watchlists::new(vec![index.into()]);
    let mut scratch = Scratch::default();

    let subjects: Vec<Subject> = (0..travellers)
        .map(|_| {
            let person = world.person();
            Subject::from_person(&world.traveller(&person))
        })
        .collect();
    let mut micros = Vec::with_capacity(travellers);
    let (mut alerts, mut hits) = (0, 0);
    let (start, cpu) = (Instant::now(), cpu_seconds());
    for subject in &subjects {
        let begun = Instant::now();
        let found = screen(subject, &lists, &weights, &mut scratch);
        micros.push(begun.elapsed().as_nanos() as u64 / 100);
        alerts += usize::from(!found.is_empty());
        hits += found.len();
    }
    let seconds = start.elapsed().as_secs_f64();
    let cpu = cpu_seconds() - cpu;
    micros.sort_unstable();
    let at = |share: usize| micros[(micros.len() - 1) * share / 1000] as f64 / 10.0;
    writeln!(
        out,
        "{travellers} travellers: {:.0}/s ({:.0} a processor second), p50 {} us, p99 {} us, p99.9 {} us; {alerts} alerts, {hits} hits",
        travellers as f64 / seconds,
        travellers as f64 / cpu,
        at(500),
        at(990),
        at(999),
    )?;

    let (mut found, mut damaged) = (0, 0);
    for (i, person) in &listed {
        let id = format!("e{i}");
        let mut ask = |query| {
            let subject = Subject::from_person(&query);
            screen(&subject, &lists, &weights, &mut scratch)
                .iter()
                .any(|h| h.entry == id)
        };
        found += usize::from(ask(world.traveller(person)));
        damaged += usize::from(ask(world.damaged(person)));
    }
    writeln!(
        out,
        "listed {}: found as they are {found}, damaged {damaged}; {} MiB",
        listed.len(),
        memory_mib("VmRSS"),
    )
}
