//! What is measured on a store: receiving, reading, and masking while receiving goes on.
//!
//! Each measurement makes its own store, list and traffic, and works through the same calls that
//! serve carriers and people.

use super::{Args, person, result};
use crate::commands::Place;
use crate::commands::ingest::{Input, Totals, feed};
use crate::output::{Exit, fail};
use jiff::{Timestamp, ToSpan, Zoned};
use oriel_app::{App, Channel, Clock, ListImport};
use oriel_policy::{Act, Actor, ListKind, Purpose, Role};
use oriel_screening::lists::Format as ListFormat;
use oriel_store::{Id, Stats};
use oriel_synth::{Config, World};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Transactions of the sweep before another gets its turn, as in a serving program.
const BUDGET: usize = 64;

/// Travellers read one after another.
const READS: usize = 4_000;

pub(super) fn pipeline(args: &Args) -> anyhow::Result<Value> {
    let bench = Bench::blank(args)?;
    let app = bench.open(crate::commands::system_clock())?;
    bench.import_list(&app)?;
    let day = bench.day(args, 0)?;
    let bytes: usize = day.iter().map(Vec::len).sum();
    let totals = bench.receive(&app, day)?;
    let stats = app.store().read(|tx| tx.stats())?;
    drop(app);
    let more = json!({
        "messages": totals.messages(),
        "refused": totals.refused,
        "megabytes": bytes as f64 / 1e6,
        "seconds": totals.seconds,
    });
    let records = totals.records as usize;
    bench.end(
        "pipeline",
        totals.per_second(),
        "travellers/s",
        records,
        &stats,
        more,
    )
}

/// The slowest of a hundred reads, while nothing else happens.
pub(super) fn read(args: &Args) -> anyhow::Result<Value> {
    let bench = Bench::blank(args)?;
    let app = bench.open(crate::commands::system_clock())?;
    bench.import_list(&app)?;
    bench.receive(&app, bench.day(args, 0)?)?;
    let analyst = Actor::new("bench", &[Role::Analyst]);
    let purpose = Purpose::parse("assessment=queue");
    let flights = app.authorize(&analyst, Act::FlightRead, None)?;
    let mut travellers: Vec<Id> = Vec::new();
    for flight in app.flights(&flights, Timestamp::MIN, Timestamp::MAX)? {
        let grant = app.authorize(&analyst, Act::ManifestRead, purpose.as_ref())?;
        travellers.extend(app.manifest(&grant, flight.row.id)?.ids);
    }
    // One of every part of the day.
    let step = travellers.len().div_ceil(READS).max(1);
    let mut micros = Vec::with_capacity(READS);
    for id in travellers.iter().step_by(step) {
        let start = Instant::now();
        let grant = app.authorize(&analyst, Act::TravellerRead, purpose.as_ref())?;
        app.traveller(&grant, *id)?;
        micros.push(start.elapsed().as_secs_f64() * 1e6);
    }
    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros[((micros.len() - 1) as f64 * share) as usize];
    let stats = app.store().read(|tx| tx.stats())?;
    drop(app);
    let more = json!({ "p50_micros": at(0.5), "p99_micros": at(0.99), "most_micros": at(1.0) });
    bench.end(
        "read",
        at(0.99),
        "microseconds (p99)",
        micros.len(),
        &stats,
        more,
    )
}

/// A day of seven months ago is swept while a day of today is received.
pub(super) fn sweep(args: &Args) -> anyhow::Result<Value> {
    let bench = Bench::blank(args)?;
    let then = Zoned::now().checked_sub(7.months())?.timestamp();
    let app = bench.open(Arc::new(move || then))?;
    bench.import_list(&app)?;
    let alone = bench.receive(&app, bench.day(args, 0)?)?;
    drop(app);
    let app = bench.open(crate::commands::system_clock())?;
    let day = bench.day(args, 1)?;
    let swept = AtomicBool::new(false);
    let (meanwhile, swept) = std::thread::scope(|scope| -> anyhow::Result<_> {
        let receiving = scope.spawn(|| {
            // What is received after the sweep has ended says nothing about it.
            let inputs = day
                .into_iter()
                .take_while(|_| !swept.load(Ordering::Relaxed));
            bench.feed(&app, inputs)
        });
        let start = Instant::now();
        let mut total = oriel_app::Swept::default();
        let run = loop {
            match app.sweep(BUDGET) {
                Ok((some, more)) => {
                    total.add(some);
                    if !more {
                        break Ok(());
                    }
                }
                Err(fault) => break Err(fault),
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        swept.store(true, Ordering::Relaxed);
        let meanwhile = receiving.join().expect("receiving does not panic")?;
        run?;
        Ok((meanwhile, (total, seconds)))
    })?;
    let (total, seconds) = swept;
    let stats = app.store().read(|tx| tx.stats())?;
    drop(app);
    let more = json!({
        "masked": total.masked,
        "erased": total.erased,
        "seconds": seconds,
        "received_per_second_alone": alone.per_second(),
        "received_per_second_meanwhile": meanwhile.per_second(),
    });
    let each_minute = total.travellers as f64 / seconds * 60.0;
    let travellers = total.travellers as usize;
    bench.end(
        "sweep",
        each_minute,
        "travellers/min",
        travellers,
        &stats,
        more,
    )
}

/// A blank store and what fills it.
pub(super) struct Bench {
    place: Place,
    entries: usize,
    seed: u64,
    threads: usize,
}

impl Bench {
    fn blank(args: &Args) -> anyhow::Result<Self> {
        Self::configured(args, None)
    }

    /// The same with a configuration file.
    pub(super) fn configured(args: &Args, config: Option<PathBuf>) -> anyhow::Result<Self> {
        let place = Place {
            keys: args.keys.clone(),
            config,
            ..Place::invented(args.data.clone())
        };
        let bench = Self {
            place,
            entries: args.entries,
            seed: args.seed,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        };
        if bench.folder().is_some_and(Path::exists) {
            return Err(fail(
                Exit::Configuration,
                format!("{} exists; name a folder that does not", args.data),
            ));
        }
        let app = bench.open(crate::commands::system_clock())?;
        if app.store().read(|tx| tx.stats())?.messages > 0 {
            return Err(fail(
                Exit::Configuration,
                "the database holds messages; name a blank one",
            ));
        }
        Ok(bench)
    }

    /// The folder of the store, where it is not a database elsewhere.
    fn folder(&self) -> Option<&Path> {
        let data = &self.place.data;
        (!data.contains("://")).then(|| Path::new(data))
    }

    pub(super) fn open(&self, clock: Clock) -> anyhow::Result<App> {
        self.place.open(true, clock)
    }

    pub(super) fn import_list(&self, app: &App) -> anyhow::Result<()> {
        let list: Vec<String> = oriel_synth::bench::list_entries(self.entries, self.seed)
            .map(|described| serde_json::to_string(&person(described)))
            .collect::<Result<_, _>>()?;
        let officer = Actor::new("bench", &[Role::ListOfficer]);
        let grant = app.authorize(&officer, Act::ListImport, None)?;
        app.list_import(
            &grant,
            &ListImport {
                id: "bench",
                kind: ListKind::Terrorism,
                name: "Bench",
                owner: "bench",
                legal_basis: "none: invented",
                format: &ListFormat::Persons,
                bytes: list.join("\n").as_bytes(),
                may_shrink: false,
            },
        )?;
        Ok(())
    }

    /// A whole day as carriers send it: each traveller in about four messages.
    fn day(&self, args: &Args, number: u64) -> anyhow::Result<Vec<Vec<u8>>> {
        let travellers = args.size.unwrap_or(25) * 1000;
        let world = World::new(Config {
            seed: self.seed + 2 + number,
            travellers: u32::try_from(travellers)?,
            ..Config::default()
        });
        let bytes = world.transmissions().map(|transmission| transmission.bytes);
        Ok(bytes.collect())
    }

    fn receive(&self, app: &App, day: Vec<Vec<u8>>) -> anyhow::Result<Totals> {
        self.feed(app, day.into_iter())
    }

    fn feed(&self, app: &App, day: impl Iterator<Item = Vec<u8>>) -> anyhow::Result<Totals> {
        let channel = Channel("bench".into());
        let inputs = day.map(|bytes| {
            Ok(Input {
                bytes,
                channel: channel.clone(),
            })
        });
        feed(app, inputs, self.threads, |_| {})
    }

    /// Takes the store away and says what was measured.
    pub(super) fn end(
        &self,
        name: &str,
        value: f64,
        unit: &str,
        n: usize,
        stats: &Stats,
        mut more: Value,
    ) -> anyhow::Result<Value> {
        let folder = self.folder();
        if let Some(folder) = folder {
            std::fs::remove_dir_all(folder)?;
        }
        more["entries"] = json!(self.entries);
        more["store"] = json!(if folder.is_some() {
            "sqlite"
        } else {
            "postgresql"
        });
        more["travellers"] = json!(stats.travellers);
        more["hits"] = json!(stats.hits);
        more["at"] = json!(Timestamp::now().to_string());
        Ok(result(name, value, unit, n, self.threads, more))
    }
}
