//! `oriel selection`: the register of selected journeys.
//!
//! Proposing, approving and ending are acts of persons, who sign in here as they do at the
//! workbench; who approves is not who proposed. Nothing here reads personal data.

use super::Place;
use super::profile::{Output, instant, open};
use super::sign_in::Who;
use crate::output::{Exit, fail, print};
use oriel_app::{App, AppError, NewSelection, SelectionState};
use oriel_model::Mode;
use oriel_policy::{Act, Actor, CONSOLE, Grant, Role};
use oriel_store::{Id, Pattern, SelectionRow};
use serde_json::{Value, json};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Propose an entry; it counts once another person has approved it.
    Propose(Box<Propose>),
    /// Approve an entry that another person proposed.
    Approve(One),
    /// End an entry at once, or refuse one that waits.
    End(One),
    /// List the entries of a store's recipients, and what was not taken, in counts.
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Propose {
    /// By which way of travelling.
    #[arg(long, value_parser = mode, default_value = "air")]
    mode: Mode,
    /// Carrier's designator, such as ZQ; every carrier unless said.
    #[arg(long, default_value = "")]
    carrier: String,
    /// Place that a journey touches, such as UXA; every place unless said.
    #[arg(long, default_value = "")]
    airport: String,
    /// Beginning of a route.
    #[arg(long, default_value = "", requires = "to")]
    from: String,
    /// End of a route.
    #[arg(long, default_value = "", requires = "from")]
    to: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// The genuine and present or foreseeable threat; needed where neither carrier nor place is
    /// named.
    #[arg(long, default_value = "")]
    threat: String,
    /// The office that decided.
    #[arg(long)]
    decided_by: String,
    /// From when, UTC: `2026-11-22` or `2026-11-22T14:00:00Z`.
    #[arg(long)]
    starts: String,
    /// Until before when, UTC.
    #[arg(long)]
    ends: String,
    /// When it must be looked at again, UTC.
    #[arg(long)]
    review: String,
    #[command(flatten)]
    who: Who,
}

#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The entry: `sel_…`.
    entry: String,
    #[command(flatten)]
    who: Who,
}

fn mode(name: &str) -> Result<Mode, String> {
    Mode::parse(name).ok_or_else(|| "it is air, sea, rail or road".to_owned())
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Propose(args) => propose(args),
        Command::Approve(args) => {
            let row = decide(args, App::selection_approve)?;
            said(&row, &format!("approved; it counts from {}", row.starts_at))
        }
        Command::End(args) => {
            let row = decide(args, App::selection_end)?;
            said(&row, "ended")
        }
        Command::List { place, output } => list(place, output),
    }
}

fn propose(args: &Propose) -> anyhow::Result<Exit> {
    let new = NewSelection {
        pattern: Pattern {
            mode: args.mode,
            carrier: args.carrier.clone(),
            airport: args.airport.clone(),
            from: args.from.clone(),
            to: args.to.clone(),
        },
        reason: &args.reason,
        threat: &args.threat,
        decided_by: &args.decided_by,
        starts_at: instant(&args.starts)?,
        ends_at: instant(&args.ends)?,
        review_at: instant(&args.review)?,
    };
    let (app, _) = open(&args.who.place)?;
    let row = args.who.does(&app, Act::SelectionPut, |grant| {
        Ok(app.selection_propose(grant, new)?)
    })?;
    let id = row.id.display("sel");
    print(&format!(
        "{id} is proposed; another person approves it:\n  \
         oriel selection approve {id} --login LOGIN --data …"
    ))?;
    Ok(Exit::Clean)
}

type Decision = fn(&App, &Grant, Id) -> Result<SelectionRow, AppError>;

fn decide(args: &One, decision: Decision) -> anyhow::Result<SelectionRow> {
    let entry = &args.entry;
    let id = Id::parse(entry, "sel").ok_or_else(|| {
        let text = format!("{entry:?} is no entry, such as `oriel selection list` prints");
        fail(Exit::Unreadable, text)
    })?;
    let (app, _) = open(&args.who.place)?;
    args.who.does(&app, Act::SelectionApprove, |grant| {
        Ok(decision(&app, grant, id)?)
    })
}

fn said(row: &SelectionRow, what: &str) -> anyhow::Result<Exit> {
    print(&format!("{} is {what}", row.id.display("sel")))?;
    Ok(Exit::Clean)
}

fn list(place: &Place, output: &Output) -> anyhow::Result<Exit> {
    let (app, _) = open(place)?;
    let now = app.now();
    let mut recipients = Vec::new();
    for recipient in app.compartments() {
        let console = Actor::new(CONSOLE, &[Role::LegalOfficer]).of(recipient.name.clone());
        let grant = app.authorize(&console, Act::SelectionRead, None)?;
        recipients.push((
            recipient.name,
            app.selections(&grant)?,
            app.not_taken(&grant)?,
        ));
    }
    if output.is_json() {
        let rows = recipients.iter().map(|(recipient, entries, not_taken)| {
            let entries = entries.iter().map(|row| {
                json!({
                    "id": row.id.display("sel"),
                    "state": SelectionState::of(row, now).name(),
                    "mode": row.pattern.mode.name(),
                    "carrier": row.pattern.carrier,
                    "airport": row.pattern.airport,
                    "from": row.pattern.from,
                    "to": row.pattern.to,
                    "reason": row.reason,
                    "threat": row.threat,
                    "decided_by": row.decided_by,
                    "starts": row.starts_at.to_string(),
                    "ends": row.ends_at.to_string(),
                    "review": row.review_at.to_string(),
                    "profile": row.profile,
                    "proposed_by": row.proposed.by,
                    "approved_by": row.approved.as_ref().map(|signed| &signed.by),
                    "ended_by": row.ended.as_ref().map(|signed| &signed.by),
                })
            });
            let not_taken = not_taken.iter().map(|count| {
                json!({
                    "mode": count.mode,
                    "way": count.way,
                    "carrier": count.carrier,
                    "messages": count.messages,
                    "travellers": count.travellers,
                })
            });
            json!({
                "recipient": recipient,
                "entries": entries.collect::<Vec<_>>(),
                "not_taken": not_taken.collect::<Vec<_>>(),
            })
        });
        let rows: Vec<Value> = rows.collect();
        print(&json!({"schema": "oriel.selection.list/1", "recipients": rows}).to_string())?;
        return Ok(Exit::Clean);
    }
    for (recipient, entries, not_taken) in &recipients {
        print(&format!("{recipient}:"))?;
        for row in entries {
            let pattern = &row.pattern;
            let which = [
                &pattern.carrier,
                &pattern.airport,
                &pattern.from,
                &pattern.to,
            ];
            let which: Vec<&str> = which.into_iter().map(String::as_str).collect();
            print(&format!(
                "  {} {:<8} {} {} from {} to {}: {}",
                row.id.display("sel"),
                SelectionState::of(row, now).name(),
                pattern.mode.name(),
                which.join(" ").trim(),
                row.starts_at,
                row.ends_at,
                row.reason
            ))?;
        }
        for count in not_taken {
            print(&format!(
                "  not taken: {} {} {}, {} messages, {} travellers",
                count.mode, count.way, count.carrier, count.messages, count.travellers
            ))?;
        }
    }
    Ok(Exit::Clean)
}
