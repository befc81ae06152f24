//! `oriel schedule`: which flights carriers mean to fly, and what they still owe of them.
//!
//! Nothing here is about a person. Who works at the console brings in schedules as the liaison
//! officer does at the workbench.

use super::Place;
use super::profile::{Output, instant, open};
use crate::output::{Exit, fail, print};
use anyhow::Context;
use jiff::ToSpan;
use oriel_app::{App, ExpectedFlight};
use oriel_messages::ssim::Schedule;
use oriel_policy::{Act, Actor, CONSOLE, Grant, PushState, Role};
use oriel_store::{Id, ScheduleRow};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Read a schedule file (SSIM, or a calendar made by hand); print what is in it and everything odd.
    Check {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        output: Output,
    },
    /// Bring a schedule file into a store: for the days of its carriers it counts from now.
    Put {
        /// The file.
        file: PathBuf,
        /// Name for people, such as "ZQ winter 2026".
        #[arg(long)]
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// End a schedule: nothing is expected from it any more.
    End {
        /// The schedule: `sch_…`.
        schedule: String,
        #[command(flatten)]
        place: Place,
    },
    /// List the schedules of a store, newest first.
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
    /// List the flights that each recipient expects, and what carriers owe of them.
    Expected {
        /// Departing from then on, UTC: `2026-11-22` or `2026-11-22T14:00:00Z`; a day ago unless
        /// said.
        #[arg(long)]
        from: Option<String>,
        /// Departing until then, UTC; two days from now unless said.
        #[arg(long)]
        to: Option<String>,
        /// Only those of which a push is missing or late, or that are in no schedule.
        #[arg(long)]
        odd: bool,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Check { file, output } => check(file, output),
        Command::Put { file, name, place } => {
            let bytes = read(file)?;
            let (app, _) = open(place)?;
            let put = app.schedule_put(&leave(&app, Act::SchedulePut, None)?, name, &bytes)?;
            print(&line(&put.row))?;
            print(&format!(
                "of the next 60 days: {} flights more, {} fewer, {} otherwise",
                put.added, put.gone, put.changed
            ))?;
            Ok(Exit::Clean)
        }
        Command::End { schedule, place } => {
            let id = Id::parse(schedule, "sch").ok_or_else(|| {
                let text = format!("{schedule:?} is none, such as `oriel schedule list` prints");
                fail(Exit::Unreadable, text)
            })?;
            let (app, _) = open(place)?;
            app.schedule_end(&leave(&app, Act::SchedulePut, None)?, id)?;
            print(&format!("{schedule} is ended"))?;
            Ok(Exit::Clean)
        }
        Command::List { place, output } => list(place, output),
        Command::Expected {
            from,
            to,
            odd,
            place,
            output,
        } => {
            let (app, _) = open(place)?;
            let now = app.now();
            let or = |text: &Option<String>, other| text.as_deref().map_or(Ok(other), instant);
            let from = or(from, now - 24.hours())?;
            let to = or(to, now + 48.hours())?;
            let mut recipients = Vec::new();
            for recipient in app.compartments() {
                let grant = leave(&app, Act::ScheduleRead, Some(&recipient.name))?;
                let mut flights = app.expected(&grant, from, to)?;
                flights.retain(|flight| !odd || flight.is_odd());
                recipients.push((recipient.name, flights));
            }
            expected(&recipients, output)
        }
    }
}

fn leave(app: &App, act: Act, recipient: Option<&str>) -> anyhow::Result<Grant> {
    let mut console = Actor::new(CONSOLE, &[Role::CarrierLiaison]);
    if let Some(recipient) = recipient {
        console = console.of(recipient.to_owned());
    }
    Ok(app.authorize(&console, act, None)?)
}

fn read(file: &PathBuf) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn check(file: &PathBuf, output: &Output) -> anyhow::Result<Exit> {
    let schedule = Schedule::read(&read(file)?);
    let legs: usize = schedule.carriers.iter().map(|p| p.legs.len()).sum();
    if output.is_json() {
        let carriers = schedule.carriers.iter().map(|programme| {
            json!({
                "carrier": programme.carrier.map(|carrier| carrier.to_string()),
                "season": programme.season,
                "from": programme.from.map(|day| day.to_string()),
                "to": programme.to.map(|day| day.to_string()),
                "confirmed": programme.confirmed,
                "legs": programme.legs.len(),
            })
        });
        let findings = schedule.findings.iter().map(|(record, kind)| {
            json!({
                "record": record,
                "code": kind.code,
                "severity": kind.severity.name(),
                "message": kind.text,
            })
        });
        print(
            &json!({
                "schema": "oriel.schedule/1",
                "carriers": carriers.collect::<Vec<_>>(),
                "findings": findings.collect::<Vec<_>>(),
            })
            .to_string(),
        )?;
    } else {
        for programme in &schedule.carriers {
            let day = |day: Option<jiff::civil::Date>| day.map_or("?".into(), |d| d.to_string());
            let carrier = programme.carrier.map_or("?".into(), |c| c.to_string());
            print(&format!(
                "{carrier} {} from {} to {}: {} legs{}",
                programme.season,
                day(programme.from),
                day(programme.to),
                programme.legs.len(),
                if programme.confirmed {
                    ""
                } else {
                    ", preliminary"
                },
            ))?;
        }
        for (record, kind) in &schedule.findings {
            let severity = kind.severity.name();
            print(&format!(
                "record {record}: {severity} {}: {}",
                kind.code, kind.text
            ))?;
        }
    }
    Ok(if legs == 0 { Exit::Found } else { Exit::Clean })
}

fn line(row: &ScheduleRow) -> String {
    let ended = row.ended.as_ref();
    let ended = ended.map(|signed| format!(", ended {}", signed.at));
    format!(
        "{} {:?} ({}): {} legs, {} findings, from {}{}",
        row.id.display("sch"),
        row.name,
        row.carriers,
        row.legs,
        row.findings,
        row.put.at,
        ended.unwrap_or_default(),
    )
}

fn list(place: &Place, output: &Output) -> anyhow::Result<Exit> {
    let (app, _) = open(place)?;
    let rows = app.schedules(&leave(&app, Act::ScheduleRead, None)?)?;
    if !output.is_json() {
        for row in &rows {
            print(&line(row))?;
        }
        return Ok(Exit::Clean);
    }
    let rows = rows.iter().map(|row| {
        json!({
            "id": row.id.display("sch"),
            "name": row.name,
            "carriers": row.carriers.split(' ').collect::<Vec<_>>(),
            "legs": row.legs,
            "findings": row.findings,
            "put_by": row.put.by,
            "put_at": row.put.at.to_string(),
            "ended_at": row.ended.as_ref().map(|signed| signed.at.to_string()),
        })
    });
    let rows: Vec<Value> = rows.collect();
    print(&json!({"schema": "oriel.schedule.list/1", "schedules": rows}).to_string())?;
    Ok(Exit::Clean)
}

fn expected(recipients: &[(String, Vec<ExpectedFlight>)], output: &Output) -> anyhow::Result<Exit> {
    for (recipient, flights) in recipients {
        if !output.is_json() {
            print(&format!("{recipient}: {} flights", flights.len()))?;
        }
        for flight in flights {
            let line = if output.is_json() {
                let pushes = flight.pushes.iter().map(|push| {
                    json!({
                        "name": push.name,
                        "kind": push.kind.name(),
                        "due": push.due_at.to_string(),
                        "clause": push.clause,
                        "state": push.state.name(),
                        "excused": push.excused,
                        "came": came(push.state),
                    })
                });
                json!({
                    "schema": "oriel.expected/1",
                    "recipient": recipient,
                    "flight": flight.name,
                    "carrier": flight.carrier,
                    "from": flight.from,
                    "to": flight.to,
                    "departs": flight.departs.map(|at| at.to_string()),
                    "departs_at": flight.departs_at.to_string(),
                    "plan": flight.plan.name(),
                    "pushes": pushes.collect::<Vec<_>>(),
                })
                .to_string()
            } else {
                let pushes = flight.pushes.iter().map(|push| {
                    let (name, state) = (&push.name, push.state.name());
                    format!("{name} {state} (due {})", push.due_at)
                });
                format!(
                    "  {} {}-{} {} {}: {}",
                    flight.name,
                    flight.from,
                    flight.to,
                    flight.departs_at,
                    flight.plan.name(),
                    pushes.collect::<Vec<_>>().join(", ")
                )
            };
            print(&line)?;
        }
    }
    Ok(Exit::Clean)
}

fn came(state: PushState) -> Option<String> {
    match state {
        PushState::Come(at) | PushState::Late(at) => Some(at.to_string()),
        PushState::Awaited | PushState::Missing => None,
    }
}
