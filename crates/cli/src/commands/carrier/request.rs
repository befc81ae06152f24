//! `oriel carrier request`: a push outside the schedule, asked for by one person and let go out by
//! another, who sign in here as they do at the workbench.
//!
//! Why something was asked is not printed: it may name a person.

use crate::commands::Place;
use crate::commands::profile::{Output, instant, open};
use crate::commands::sign_in::Who;
use crate::output::{Exit, fail, print};
use anyhow::Context;
use jiff::civil::DateTime;
use oriel_app::{PushAsk, PushRequestView, PushStanding};
use oriel_policy::{Act, Actor, CONSOLE, Role};
use oriel_store::Id;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Ask for a push of a flight because of a specific and actual threat.
    Ask(Box<Ask>),
    /// Let a request that another person made go out.
    Approve {
        /// The request: `psh_…`.
        request: String,
        #[command(flatten)]
        who: Who,
    },
    /// Refuse a request that another person made.
    Refuse {
        /// The request: `psh_…`.
        request: String,
        /// File with what is said to who asked.
        #[arg(long, value_name = "FILE")]
        answer: PathBuf,
        #[command(flatten)]
        who: Who,
    },
    /// List requests of a store's recipients, newest first, and which messages answered.
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Ask {
    /// The flight, such as `ZQ417`.
    flight: String,
    /// Where it departs, such as `UXA`.
    #[arg(long)]
    from: String,
    /// Where it arrives.
    #[arg(long, default_value = "")]
    to: String,
    /// Its scheduled departure, local: `2026-11-23T12:00`.
    #[arg(long)]
    departs: DateTime,
    /// Kind of the threat, as the legal profile names it.
    #[arg(long)]
    threat: String,
    /// File with the reason: the threat, and why the schedule does not do. It stays in the unit.
    #[arg(long, value_name = "FILE")]
    reason: PathBuf,
    /// From when the request counts no more, UTC.
    #[arg(long)]
    until: String,
    #[command(flatten)]
    who: Who,
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Ask(args) => ask(args),
        Command::Approve { request, who } => decide(request, who, None),
        Command::Refuse {
            request,
            answer,
            who,
        } => decide(request, who, Some(&text(answer)?)),
        Command::List { place, output } => list(place, output),
    }
}

fn text(file: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn ask(args: &Ask) -> anyhow::Result<Exit> {
    let reason = text(&args.reason)?;
    let ends_at = instant(&args.until)?;
    let (app, _) = open(&args.who.place)?;
    let row = args.who.does(&app, Act::PushAsk, |grant| {
        let ask = PushAsk {
            flight: &args.flight,
            from: &args.from,
            to: &args.to,
            departs: args.departs,
            threat: &args.threat,
            reason: &reason,
            ends_at,
        };
        Ok(app.push_ask(grant, &ask)?)
    })?;
    let id = row.id.display("psh");
    print(&format!(
        "{id} is asked for; another person lets it go out:\n  \
         oriel carrier request approve {id} --login LOGIN --data …"
    ))?;
    Ok(Exit::Clean)
}

/// Refuses with an answer, lets go out without.
fn decide(request: &str, who: &Who, answer: Option<&str>) -> anyhow::Result<Exit> {
    let id = Id::parse(request, "psh").ok_or_else(|| {
        let text = format!("{request:?} is none, such as `oriel carrier request list` prints");
        fail(Exit::Unreadable, text)
    })?;
    let (app, _) = open(&who.place)?;
    let row = who.does(&app, Act::PushApprove, |grant| {
        let seen = app.push_request(grant, id)?.version;
        Ok(match answer {
            Some(answer) => app.push_refuse(grant, id, seen, answer)?,
            None => app.push_approve(grant, id, seen, "")?,
        })
    })?;
    let what = PushStanding::of(&row, app.now()).name();
    print(&format!("{request} is {what}, number {}", row.number))?;
    Ok(Exit::Clean)
}

fn list(place: &Place, output: &Output) -> anyhow::Result<Exit> {
    let (app, _) = open(place)?;
    for recipient in app.compartments() {
        let console = Actor::new(CONSOLE, &[Role::LegalOfficer]).of(recipient.name.clone());
        let grant = app.authorize(&console, Act::PushSee, None)?;
        for PushRequestView { row, .. } in app.push_requests(&grant)? {
            let state = PushStanding::of(&row, app.now()).name();
            let id = row.id.display("psh");
            let message = |key| Id::of_message(key).display("msg");
            if output.is_json() {
                let answers = row.answers.iter().map(|answer| {
                    json!({
                        "message": message(&answer.message),
                        "received_at": answer.received_at.to_string(),
                        "by": answer.link.name(),
                    })
                });
                let line = json!({
                    "schema": "oriel.push_request/1",
                    "recipient": row.compartment,
                    "id": id,
                    "state": state,
                    "number": row.number,
                    "carrier": row.handle,
                    "flight": row.flight,
                    "from": row.from,
                    "to": row.to,
                    "departs": row.departs.to_string(),
                    "threat": row.threat,
                    "ends_at": row.ends_at.to_string(),
                    "asked_by": row.asked_by,
                    "asked_at": row.asked_at.to_string(),
                    "decided_by": row.decided_by,
                    "decided_at": row.decided_at.map(|at| at.to_string()),
                    "sent_at": row.sent_at.map(|at| at.to_string()),
                    "way": row.way,
                    "answers": answers.collect::<Vec<_>>(),
                });
                print(&line.to_string())?;
                continue;
            }
            print(&format!(
                "{id} {state:<10} {} {} {} until {}, number {}",
                row.flight, row.from, row.departs, row.ends_at, row.number
            ))?;
            for answer in &row.answers {
                print(&format!(
                    "    answered {} by {}",
                    answer.received_at,
                    message(&answer.message)
                ))?;
            }
        }
    }
    Ok(Exit::Clean)
}
