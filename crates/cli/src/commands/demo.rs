//! `oriel demo`: invents a day of Utopia's border traffic, runs it through the real pipeline,
//! prints what was found against the answer key, and serves the workbench. Or lets the day happen,
//! with its carriers.

mod live;

use super::Place;
use super::ingest::{Input, Totals, feed};
use super::serve::{self, House};
use super::simulate::WorldArgs;
use crate::output::{Exit, complain, fail, print, progress};
use anyhow::Context;
use jiff::Timestamp;
use oriel_app::{App, Channel, Clock, ListImport, Token};
use oriel_messages::reply::Agreements;
use oriel_model::{Severity, to_instant};
use oriel_policy::{Act, Actor, ListKind, Role};
use oriel_screening::lists::{Format, Mapping};
use oriel_server::Options;
use oriel_signin::Passkeys;
use oriel_synth::World;
use serde::Deserialize;
use std::collections::HashSet;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// Folder of the demonstration's store; made anew.
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    data: PathBuf,
    /// Stop after the table.
    #[arg(long)]
    no_serve: bool,
    /// Address of the workbench.
    #[arg(long, default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// The day happens while one looks on: carriers send over the ways in, are told what is missing,
    /// and ask at check-in.
    #[arg(long)]
    live: bool,
    /// How many times as fast as it does time passes, with --live.
    #[arg(long, default_value_t = 20.0, requires = "live", value_parser = pace)]
    pace: f64,
    /// Hours of the day that are played, from six in the morning on, with --live.
    #[arg(long, default_value_t = 20.0, requires = "live")]
    hours: f64,
}

fn pace(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(pace) if (1.0..=3600.0).contains(&pace) => Ok(pace),
        _ => Err("it is 1 to 3600".to_owned()),
    }
}

/// Who runs the demonstration.
const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("analyst", "Ada Keller", &[Role::Analyst]),
    ("second", "Boris Okonjo", &[Role::SecondReviewer]),
    ("liaison", "Emil Novak", &[Role::CarrierLiaison]),
    ("dpo", "Clara Moretti", &[Role::Dpo]),
    ("legal", "Lena Sorel", &[Role::LegalOfficer]),
    ("admin", "Dana Petrov", &[Role::SecurityAdministrator]),
];

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    if !args.no_serve || args.live {
        // Learn now, not after the work, that the address is taken.
        std::net::TcpListener::bind(args.listen).map_err(|fault| {
            fail(
                Exit::Unreachable,
                format!(
                    "cannot listen on {} ({fault}); end the program that uses the port, or choose \
                     another with --listen",
                    args.listen
                ),
            )
        })?;
    }
    if args.live {
        return live::run(args);
    }
    clear(&args.data)?;
    complain("inventing the day …");
    let world = args.world.world();
    let place = Place::invented(args.data.display().to_string());
    // The whole day is replayed at its dawn, so that its flights are still to come for whoever
    // opens the workbench.
    let dawn = dawn(args.world.day)?;
    let clock: Clock = Arc::new(move || dawn);
    let app = place.open(true, clock)?;
    import_lists(&app, &world)?;

    let transmissions: Vec<_> = world.transmissions().collect();
    let bar = progress(transmissions.len() as u64, "messages");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let inputs = transmissions.into_iter().map(|t| {
        Ok(Input {
            bytes: t.bytes,
            channel: Channel("simulator".into()),
        })
    });
    let totals = feed(&app, inputs, threads, |receipt| {
        bar.inc(receipt.messages.len() as u64)
    })?;
    bar.finish_and_clear();
    print(&table(&app, &totals, &world.answers())?)?;
    drop(app);
    if args.no_serve {
        return Ok(Exit::Clean);
    }
    let started = Timestamp::now();
    let clock: Clock = Arc::new(move || {
        dawn.checked_add(Timestamp::now().duration_since(started))
            .unwrap_or(dawn)
    });
    let app = Arc::new(place.open(false, clock)?);
    let links = invite(&app)?;
    let options = options(args.listen, Agreements::default())?;
    let house = House::usual(true);
    serve::serve(app, options, args.listen, house, |address| {
        welcome(address, args.world.day, &links)
    })
}

/// Accounts of those who run it, each with a link for signing in once.
fn invite(app: &App) -> anyhow::Result<Vec<(&'static str, Token)>> {
    let mut links = Vec::new();
    for (login, name, roles) in PEOPLE {
        let account = app.account_put(login, name, roles, None)?;
        links.push((*login, app.link_make(&account)?));
    }
    Ok(links)
}

/// Passkeys need an address with a name, and this machine has one.
fn options(listen: SocketAddr, agreements: Agreements) -> anyhow::Result<Options> {
    let named = format!("http://localhost:{}", listen.port());
    Ok(Options {
        passkeys: Some(Arc::new(Passkeys::new(&named)?)),
        agreements,
        ..Options::default()
    })
}

/// Says where the workbench is, and how to come in.
fn welcome(
    address: SocketAddr,
    day: jiff::civil::Date,
    links: &[(&str, Token)],
) -> anyhow::Result<()> {
    let address = match address.ip().is_loopback() {
        true => format!("http://localhost:{}", address.port()),
        false => format!("http://{address}"),
    };
    print(&format!(
        "\nThe workbench is at {address}; in it, it is six in the morning of {day}.\nSign in with one \
         of these links; each works once:"
    ))?;
    for (login, token) in links {
        print(&format!(
            "  {login:<8} {address}/#/sign-in/{}",
            token.expose()
        ))?;
    }
    print("\nCtrl-C ends it.")
}

/// Removes an earlier demonstration's store, and only that.
fn clear(folder: &Path) -> anyhow::Result<()> {
    for name in ["oriel.db", "oriel.db-wal", "oriel.db-shm"] {
        let path = folder.join(name);
        match std::fs::remove_file(&path) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                return Err(fault).with_context(|| format!("could not remove {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Six in the morning in Utopia's capital.
fn dawn(day: jiff::civil::Date) -> anyhow::Result<Timestamp> {
    let capital = oriel_model::Port::airport("UXA").context("the code of Utopia's airport")?;
    to_instant(day.at(6, 0, 0, 0), capital).context("Utopia's clock is not in the gazetteer")
}

/// What each list of the world is called, and how it is read.
fn import_lists(app: &App, world: &World) -> anyhow::Result<()> {
    let officer = Actor::new("demo", &[Role::ListOfficer]);
    for (name, bytes) in world.lists() {
        let (id, kind, title, basis, format) = match name.as_str() {
            "lists/un.xml" => (
                "un",
                ListKind::Terrorism,
                "Security Council list (invented)",
                "resolutions 1267, 1989, 2253",
                Format::Un,
            ),
            "lists/national.csv" => (
                "national",
                ListKind::SeriousCrime,
                "National list (invented)",
                "Utopian Border Act, section 7",
                Format::Csv(Mapping::plain()),
            ),
            _ => continue,
        };
        let grant = app.authorize(&officer, Act::ListImport, None)?;
        let imported = app.list_import(
            &grant,
            &ListImport {
                id,
                kind,
                name: title,
                owner: "Utopian Criminal Investigation Department",
                legal_basis: basis,
                format: &format,
                bytes: &bytes,
                may_shrink: false,
            },
        )?;
        complain(&format!(
            "list {id}: {} entries, {} rows not taken",
            imported.entries, imported.counts.rejected
        ));
    }
    Ok(())
}

/// The table of the demonstration.
fn table(app: &App, totals: &Totals, answers: &[String]) -> anyhow::Result<String> {
    let stats = app.store().read(|tx| tx.stats())?;
    let found = score(app, answers)?;
    let mut text = String::new();
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:<28} {value:>12}");
    };
    row("messages", totals.messages().to_string());
    row("accepted", totals.accepted.to_string());
    row("refused", totals.refused.to_string());
    row("sent twice", totals.duplicates.to_string());
    row("flights", stats.journeys.to_string());
    row("travellers", stats.travellers.to_string());
    row("traveller records", totals.records.to_string());
    row("bookings", stats.bookings.to_string());
    for severity in [
        Severity::Info,
        Severity::Warning,
        Severity::Error,
        Severity::Refused,
    ] {
        let count = totals.findings.get(&severity).copied().unwrap_or(0);
        row(&format!("findings: {}", severity.name()), count.to_string());
    }
    row("hits", stats.hits.to_string());
    row(
        "planted persons found",
        format!("{} of {}", found.found, found.planted),
    );
    row("planted persons missed", found.missed.to_string());
    row("travellers wrongly hit", found.wrong.to_string());
    row("seconds", format!("{:.1}", totals.seconds));
    row(
        "traveller records a second",
        format!("{:.0}", totals.per_second()),
    );
    for line in found.lines {
        let _ = writeln!(text, "  missed: {line}");
    }
    Ok(text)
}

/// One planted person, as far as scoring needs the answer key.
#[derive(Debug, Deserialize)]
struct Planted {
    planted: String,
    #[serde(default)]
    list: String,
    #[serde(default)]
    entry: String,
    #[serde(default)]
    disguise: String,
    #[serde(default)]
    innocent: bool,
    #[serde(default)]
    flight: Option<PlantedFlight>,
}

#[derive(Debug, Deserialize)]
struct PlantedFlight {
    carrier: String,
    number: String,
    date: String,
    from: String,
}

/// What the answer key says about what was found.
struct Score {
    planted: usize,
    found: usize,
    missed: usize,
    wrong: usize,
    lines: Vec<String>,
}

/// Compares the hits in the store with the answer key. Nobody's data is read for it: a planted
/// person is known by flight, list and entry.
fn score(app: &App, answers: &[String]) -> anyhow::Result<Score> {
    let hits = app.hit_places(oriel_policy::PIU)?;
    let place = |carrier: &str, number: &str, from: &str, date: &str, list: &str, entry: &str| {
        [carrier, number, from, date, list, entry].join("|")
    };
    let found: HashSet<String> = hits
        .iter()
        .map(|(row, hit)| {
            let date = row
                .departs
                .as_deref()
                .and_then(|at| at.get(..10))
                .unwrap_or("");
            place(
                &row.carrier,
                &row.number,
                &row.from,
                date,
                &hit.list,
                &hit.entry,
            )
        })
        .collect();
    let mut planted = HashSet::new();
    let mut lines = Vec::new();
    for answer in answers {
        let answer: Planted = serde_json::from_str(answer).context("a line of the answer key")?;
        let Some(flight) = answer.flight.filter(|_| answer.planted == "person") else {
            continue;
        };
        if answer.innocent {
            continue;
        }
        let list = answer.list.trim_start_matches("lists/");
        let list = list.split('.').next().unwrap_or(list);
        let key = place(
            &flight.carrier,
            &flight.number,
            &flight.from,
            &flight.date,
            list,
            &answer.entry,
        );
        if !found.contains(&key) {
            lines.push(format!(
                "{} {list} {} on {}{} {}",
                answer.disguise, answer.entry, flight.carrier, flight.number, flight.date
            ));
        }
        planted.insert(key);
    }
    let wrong: HashSet<_> = hits
        .iter()
        .filter(|(row, hit)| {
            let date = row
                .departs
                .as_deref()
                .and_then(|at| at.get(..10))
                .unwrap_or("");
            let key = place(
                &row.carrier,
                &row.number,
                &row.from,
                date,
                &hit.list,
                &hit.entry,
            );
            !planted.contains(&key)
        })
        .map(|(_, hit)| hit.traveller)
        .collect();
    Ok(Score {
        planted: planted.len(),
        found: planted.len() - lines.len(),
        missed: lines.len(),
        wrong: wrong.len(),
        lines,
    })
}
