//! `oriel demo`: invents a day of Utopia's border traffic, runs it through the real pipeline,
//! prints what was found against the answer key, and serves the workbench.

use super::ingest::{Input, Totals, feed};
use super::simulate::WorldArgs;
use super::{Place, serve};
use crate::output::{Exit, complain, fail, print, progress};
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use oriel_app::{App, Channel, Clock, ListImport};
use oriel_model::{Severity, to_instant};
use oriel_policy::{Act, Actor, Role};
use oriel_screening::lists::Format;
use oriel_synth::{Answer, World};
use std::collections::HashSet;
use std::fmt::Write;
use std::path::PathBuf;
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
    listen: std::net::SocketAddr,
}

/// Who runs the demonstration.
const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("analyst", "Ada Keller", &[Role::Analyst]),
    ("second", "Boris Okonjo", &[Role::SecondReviewer]),
    ("dpo", "Clara Moretti", &[Role::Dpo]),
];

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    if !args.no_serve {
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
    clear(&args.data)?;
    complain("inventing the day …");
    let world = args.world.world();
    let place = Place {
        data: args.data.display().to_string(),
        profile: "utopia".to_owned(),
    };
    // The day is lived through at its own hour: messages arrive while flights are still to come.
    let noon = noon(args.world.day)?;
    let clock: Clock = Arc::new(move || noon);
    let app = place.open(true, clock)?;
    import_lists(&app, &world)?;

    let transmissions: Vec<_> = world.transmissions().collect();
    let bar = progress(transmissions.len() as u64, "messages");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let inputs = transmissions
        .into_iter()
        .map(|t| Ok(Input { bytes: t.bytes, channel: Channel("simulator".into()) }));
    let totals = feed(&app, inputs, threads, |receipt| bar.inc(receipt.messages.len() as u64))?;
    bar.finish_and_clear();
    print(&table(&app, &totals, world.answers())?)?;
    drop(app);
    if args.no_serve {
        return Ok(Exit::Clean);
    }
    let started = Timestamp::now();
    let clock: Clock = Arc::new(move || {
        noon.checked_add(Timestamp::now().duration_since(started)).unwrap_or(noon)
    });
    let app = Arc::new(place.open(false, clock)?);
    let mut links = Vec::new();
    for (login, name, roles) in PEOPLE {
        let account = app.account_put(login, name, roles, None)?;
        links.push((*login, app.link_make(&account)?));
    }
    serve::serve(Arc::clone(&app), args.listen, |address| {
        print(&format!(
            "\nThe workbench is at http://{address}; in it, it is noon of {}.\nSign in with one \
             of these links; each works once:",
            args.world.day
        ))?;
        for (login, token) in &links {
            print(&format!("  {login:<8} http://{address}/#/sign-in/{}", token.expose()))?;
        }
        print("\nCtrl-C ends it.")
    })
}

/// Removes an earlier demonstration's store, and only that.
fn clear(folder: &PathBuf) -> anyhow::Result<()> {
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

fn noon(day: jiff::civil::Date) -> anyhow::Result<Timestamp> {
    let capital = oriel_model::Airport::parse("UXA").context("the code of Utopia's airport")?;
    to_instant(day.at(12, 0, 0, 0), capital).context("Utopia's clock is not in the gazetteer")
}

/// What each list of the world is called, and how it is read.
fn import_lists(app: &App, world: &World) -> anyhow::Result<()> {
    let officer = Actor::new("demo", &[Role::ListOfficer]);
    for (name, bytes) in world.lists() {
        let (id, title, basis, format) = match name.as_str() {
            "un.xml" => (
                "un",
                "Security Council list (invented)",
                "resolutions 1267, 1989, 2253",
                Format::UnXml,
            ),
            "national.csv" => {
                ("national", "National list (invented)", "Utopian Border Act, section 7", Format::csv())
            }
            _ => continue,
        };
        let grant = app.authorize(&officer, Act::ListImport, None)?;
        let imported = app.list_import(
            &grant,
            &ListImport {
                id,
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
            imported.entries, imported.rejects
        ));
    }
    Ok(())
}

/// The table of the demonstration.
fn table(app: &App, totals: &Totals, answers: &[Answer]) -> anyhow::Result<String> {
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
    for severity in [Severity::Info, Severity::Warning, Severity::Error, Severity::Refused] {
        let count = totals.findings.get(&severity).copied().unwrap_or(0);
        row(&format!("findings: {}", severity.name()), count.to_string());
    }
    row("hits", stats.hits.to_string());
    row("planted persons found", format!("{} of {}", found.found, found.planted));
    row("planted persons missed", found.missed.to_string());
    row("travellers wrongly hit", found.wrong.to_string());
    row("seconds", format!("{:.1}", totals.seconds));
    row("traveller records a second", format!("{:.0}", totals.per_second()));
    for line in found.lines {
        let _ = writeln!(text, "  missed: {line}");
    }
    Ok(text)
}
