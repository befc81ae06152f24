//! `oriel carrier`: who sends, by what each is known, and whether it can.
//!
//! Who works at the console does what the liaison officer does at the workbench. Whom to call at a
//! carrier is not printed.

mod evidence;
mod quality;
mod request;

use super::Place;
use super::profile::{Output, instant, open};
use crate::output::{Exit, fail, print};
use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;
use oriel_app::{
    App, CarrierDetails, CarrierView, CertificationView, Channel, Contact, Departure, Sender,
};
use oriel_messages::findings;
use oriel_policy::{Act, Actor, CONSOLE, Grant, Role};
use oriel_store::{CarrierRow, CarrierStatus, ChannelKind, ChannelRow, Id, NoticeRow};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List carriers.
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
    /// Show one carrier with its channels, and every version of it.
    Show {
        /// The carrier's short name.
        carrier: String,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
    /// Enrol a carrier, in test.
    Enrol {
        /// A short name, such as `zq`: it signs in under it, and it never changes.
        carrier: String,
        #[command(flatten)]
        details: Details,
        #[command(flatten)]
        place: Place,
    },
    /// Change what is known of a carrier: everything is said anew but whom to call.
    Change {
        /// The carrier's short name.
        carrier: String,
        #[command(flatten)]
        details: Details,
        #[command(flatten)]
        place: Place,
    },
    /// Let a carrier go live, put it back to test, or end it.
    Status {
        /// The carrier's short name.
        carrier: String,
        /// `test`, `live` or `ended`.
        #[arg(value_parser = status)]
        status: CarrierStatus,
        /// Why; needed to go live without a passed certification.
        #[arg(long, default_value = "")]
        reason: String,
        #[command(flatten)]
        place: Place,
    },
    /// Give a carrier something by which it is known, or say when it ends.
    #[command(subcommand)]
    Channel(ChannelCommand),
    /// List what a carrier was told, newest first, for each recipient.
    Notices {
        /// The carrier's short name.
        carrier: String,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
    /// Ask a carrier for a push outside the schedule, because of a specific threat; two persons decide.
    #[command(subcommand)]
    Request(request::Command),
    /// Print what proves how a carrier sent about a flight, for one recipient: expected, arrived, told,
    /// excused, as a signed document that names nobody.
    Evidence {
        /// The carrier's short name.
        carrier: String,
        /// The flight, such as `ZQ417`.
        flight: String,
        /// The local date of departure, or its scheduled instant in UTC.
        #[arg(value_parser = evidence::departure)]
        departs: Departure,
        /// The recipient; the unit itself unless said.
        #[arg(long)]
        recipient: Option<String>,
        /// Write a page to print there, too.
        #[arg(long, value_name = "FILE")]
        page: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// Check that such a document is what was signed.
    Verify {
        /// The document.
        file: PathBuf,
        /// Public keys to trust, one a line, as `oriel keys export-public` writes them.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Say how well a carrier sends, in counts, to each recipient.
    Quality {
        /// The carrier's short name.
        carrier: String,
        /// First day, UTC: `2026-11-01`; four weeks back unless said.
        #[arg(long)]
        from: Option<Date>,
        /// Last day, UTC; today unless said.
        #[arg(long)]
        to: Option<Date>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
    /// Certify a carrier: open a run, send files to the sandbox as it would, say how each case stands.
    Certify {
        /// The carrier's short name.
        carrier: String,
        /// Files that it sends; without any, how its run stands.
        files: Vec<PathBuf>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum ChannelCommand {
    /// Add a channel; those that are there stay valid.
    Add {
        /// The carrier's short name.
        carrier: String,
        /// `ssh-key`, `ssh-authority`, `ssh-revoked`, `address`, `origin`, `designator`, `way`,
        /// `account`, `as4-certificate`, `as4-party` or `as4-endpoint`.
        #[arg(value_parser = kind)]
        kind: ChannelKind,
        /// The key's line, the address or the name; `@FILE` reads a key or a certificate from its file.
        value: String,
        /// From when it counts, UTC; now unless said.
        #[arg(long)]
        from: Option<String>,
        /// Before when it ends, UTC; open unless said.
        #[arg(long)]
        until: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// End a channel.
    End {
        /// The carrier's short name.
        carrier: String,
        /// The channel: `chn_…`.
        channel: String,
        /// When, UTC; now unless said.
        #[arg(long)]
        at: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

/// What is known of a carrier.
#[derive(Debug, clap::Args)]
pub(crate) struct Details {
    /// Name for people.
    #[arg(long)]
    name: String,
    /// Designator of flights that it flies; several times for several.
    #[arg(long)]
    operates: Vec<String>,
    /// Designator under which it sells flights of others.
    #[arg(long)]
    markets: Vec<String>,
    /// How it names itself in the envelope; any name unless said.
    #[arg(long)]
    sender: Vec<String>,
    /// It also brings messages of others: a network, or a handling agent.
    #[arg(long)]
    for_others: bool,
    /// Format that it sends: `paxlst`, `pnrgov`, `pnrgov-xml` or `table`.
    #[arg(long)]
    format: Vec<String>,
    /// Language in which it is told things, best first.
    #[arg(long, default_values_t = ["en".to_owned()])]
    language: Vec<String>,
    /// File with whom to call, JSON: `[{"role": "technician", "name": …, "mail": …, "phone": …}]`.
    #[arg(long)]
    contacts: Option<PathBuf>,
}

impl Details {
    fn read(&self) -> anyhow::Result<CarrierDetails> {
        let contacts = self.contacts.as_deref().map(contacts).transpose()?;
        Ok(CarrierDetails {
            name: self.name.clone(),
            operates: self.operates.clone(),
            markets: self.markets.clone(),
            senders: self.sender.clone(),
            for_others: self.for_others,
            formats: self.format.clone(),
            languages: self.language.clone(),
            contacts,
        })
    }
}

fn contacts(file: &Path) -> anyhow::Result<Vec<Contact>> {
    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    // What is wrong with it may hold what stands in it.
    serde_json::from_slice(&text).map_err(|fault| {
        let (line, column) = (fault.line(), fault.column());
        let place = format!("{}:{line}:{column}", file.display());
        fail(Exit::Unreadable, format!("{place} is no list of contacts"))
    })
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::List { place, output } => {
            let (app, _) = open(place)?;
            let rows = app.carriers(&leave(&app, Act::CarrierRead)?)?;
            if output.is_json() {
                let rows: Vec<Value> = rows.iter().map(|view| carrier_json(&view.row)).collect();
                let list = json!({"schema": "oriel.carrier.list/1", "carriers": rows});
                print(&list.to_string())?;
            } else {
                for view in &rows {
                    print(&line(&view.row))?;
                }
            }
            Ok(Exit::Clean)
        }
        Command::Show {
            carrier,
            place,
            output,
        } => {
            let (app, _) = open(place)?;
            let grant = leave(&app, Act::CarrierRead)?;
            let view = app.carrier(&grant, carrier)?;
            show(&app, &view, &app.carrier_history(&grant, carrier)?, output)
        }
        Command::Enrol {
            carrier,
            details,
            place,
        } => {
            let details = details.read()?;
            let (app, _) = open(place)?;
            let grant = leave(&app, Act::CarrierPut)?;
            print(&line(&app.carrier_enrol(&grant, carrier, &details)?))?;
            Ok(Exit::Clean)
        }
        Command::Change {
            carrier,
            details,
            place,
        } => {
            let details = details.read()?;
            let (app, _) = open(place)?;
            let grant = leave(&app, Act::CarrierPut)?;
            let version = app.carrier(&grant, carrier)?.row.version;
            let row = app.carrier_change(&grant, carrier, version, &details)?;
            print(&line(&row))?;
            Ok(Exit::Clean)
        }
        Command::Status {
            carrier,
            status,
            reason,
            place,
        } => {
            let (app, _) = open(place)?;
            let grant = leave(&app, Act::CarrierPut)?;
            let version = app.carrier(&grant, carrier)?.row.version;
            let row = app.carrier_status(&grant, carrier, version, *status, reason)?;
            print(&line(&row))?;
            Ok(Exit::Clean)
        }
        Command::Channel(command) => channel(command),
        Command::Request(command) => request::run(command),
        Command::Notices {
            carrier,
            place,
            output,
        } => {
            let (app, _) = open(place)?;
            let mut all = Vec::new();
            for recipient in app.compartments() {
                let grant = leave_of(&app, Act::CarrierRead, &recipient.name)?;
                all.extend(app.notices(&grant, carrier)?);
            }
            notices(&all, output)
        }
        Command::Evidence {
            carrier,
            flight,
            departs,
            recipient,
            page,
            place,
        } => {
            let (app, _) = open(place)?;
            let act = Act::InfringementExport;
            let grant = match recipient {
                Some(recipient) => leave_of(&app, act, recipient)?,
                None => leave(&app, act)?,
            };
            let proved = app.infringement(&grant, carrier, flight, departs)?;
            evidence::show(&proved, page.as_deref())
        }
        Command::Verify { file, key } => evidence::verify(file, key),
        Command::Quality {
            carrier,
            from,
            to,
            place,
            output,
        } => {
            let (app, _) = open(place)?;
            for recipient in app.compartments() {
                let grant = leave_of(&app, Act::QualityRead, &recipient.name)?;
                let known = app.quality(&grant, carrier, *from, *to)?;
                quality::show(&recipient.name, &known, output)?;
            }
            Ok(Exit::Clean)
        }
        Command::Certify {
            carrier,
            files,
            place,
            output,
        } => certify(carrier, files, place, output),
    }
}

fn status(name: &str) -> Result<CarrierStatus, String> {
    CarrierStatus::named(name).ok_or_else(|| "there is: test, live, ended".to_owned())
}

fn kind(name: &str) -> Result<ChannelKind, String> {
    let known = ChannelKind::ALL.iter().map(|kind| kind.name());
    ChannelKind::named(name)
        .ok_or_else(|| format!("there is: {}", known.collect::<Vec<_>>().join(", ")))
}

fn leave(app: &App, act: Act) -> anyhow::Result<Grant> {
    let console = Actor::new(CONSOLE, &[Role::CarrierLiaison]);
    Ok(app.authorize(&console, act, None)?)
}

/// The same for one recipient.
fn leave_of(app: &App, act: Act, recipient: &str) -> anyhow::Result<Grant> {
    let console = Actor::new(CONSOLE, &[Role::CarrierLiaison]).of(recipient);
    Ok(app.authorize(&console, act, None)?)
}

fn channel(command: &ChannelCommand) -> anyhow::Result<Exit> {
    match command {
        ChannelCommand::Add {
            carrier,
            kind,
            value,
            from,
            until,
            place,
        } => {
            let value = match value.strip_prefix('@') {
                Some(file) => {
                    std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?
                }
                None => value.clone(),
            };
            let (app, _) = open(place)?;
            let grant = leave(&app, Act::CarrierPut)?;
            let at = |text: &Option<String>| text.as_deref().map(instant).transpose();
            let span = (at(from)?, at(until)?);
            let row = app.channel_add(&grant, carrier, *kind, &value, span)?;
            print(&channel_line(&row))?;
        }
        ChannelCommand::End {
            carrier,
            channel,
            at,
            place,
        } => {
            let id = Id::parse(channel, "chn").ok_or_else(|| {
                let text = format!("{channel:?} is none, such as `oriel carrier show` prints");
                fail(Exit::Unreadable, text)
            })?;
            let (app, _) = open(place)?;
            let at = at.as_deref().map(instant).transpose()?;
            app.channel_end(&leave(&app, Act::CarrierPut)?, carrier, id, at)?;
            let when = at.map_or("now".to_owned(), |at| at.to_string());
            print(&format!("{channel} ends {when}"))?;
        }
    }
    Ok(Exit::Clean)
}

fn line(row: &CarrierRow) -> String {
    format!(
        "{} {:?} ({}): {}, version {} from {}, {}",
        row.handle,
        row.name,
        row.operates.join(" "),
        row.status.name(),
        row.version,
        row.put.at,
        row.formats.join(" ")
    )
}

fn channel_line(row: &ChannelRow) -> String {
    let ends = row.ends_at.map(|at| format!(" until {at}"));
    format!(
        "{} {} {} from {}{}",
        row.id.display("chn"),
        row.kind.name(),
        row.value,
        row.starts_at,
        ends.unwrap_or_default()
    )
}

fn carrier_json(row: &CarrierRow) -> Value {
    json!({
        "carrier": row.handle,
        "version": row.version,
        "name": row.name,
        "operates": row.operates,
        "markets": row.markets,
        "senders": row.senders,
        "for_others": row.for_others,
        "formats": row.formats,
        "languages": row.languages,
        "status": row.status.name(),
        "reason": row.reason,
        "put_by": row.put.by,
        "put_at": row.put.at.to_string(),
    })
}

fn show(
    app: &App,
    view: &CarrierView,
    history: &[CarrierRow],
    output: &Output,
) -> anyhow::Result<Exit> {
    let now = app.now();
    if output.is_json() {
        let channels = view.channels.iter().map(|row| {
            json!({
                "id": row.id.display("chn"),
                "kind": row.kind.name(),
                "value": row.value,
                "starts_at": row.starts_at.to_string(),
                "ends_at": row.ends_at.map(|at| at.to_string()),
                "holds": row.holds(now),
            })
        });
        let channels: Vec<Value> = channels.collect();
        let history: Vec<Value> = history.iter().map(carrier_json).collect();
        let mut shown = carrier_json(&view.row);
        shown["schema"] = "oriel.carrier/1".into();
        shown["channels"] = channels.into();
        shown["history"] = history.into();
        print(&shown.to_string())?;
        return Ok(Exit::Clean);
    }
    for row in history {
        print(&line(row))?;
    }
    for row in &view.channels {
        let holds = if row.holds(now) {
            ""
        } else {
            ", does not count now"
        };
        print(&format!("  {}{holds}", channel_line(row)))?;
    }
    Ok(Exit::Clean)
}

fn notices(rows: &[NoticeRow], output: &Output) -> anyhow::Result<Exit> {
    for row in rows {
        let at = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let line = match output.is_json() {
            true => json!({
                "schema": "oriel.notice/1",
                "id": row.id.display("ntc"),
                "recipient": row.compartment,
                "kind": row.kind,
                "for": row.step,
                "flight": row.flight,
                "from": row.from,
                "to": row.to,
                "departs_at": at(row.departs_at),
                "push": row.push,
                "due_at": at(row.due_at),
                "clause": row.clause,
                "language": row.language,
                "text": row.words,
                "made_at": row.made_at.to_string(),
                "delivered_at": at(row.delivered_at),
                "way": row.way,
                "stopped_at": at(row.stopped_at),
            })
            .to_string(),
            false => {
                let stands = match (row.delivered_at, row.stopped_at) {
                    (Some(at), _) => format!("handed over {at} by {}", row.way),
                    (None, Some(at)) => format!("stopped {at}"),
                    (None, None) => "waits".to_owned(),
                };
                format!("{} {}: {}", row.made_at, stands, row.words)
            }
        };
        print(&line)?;
    }
    Ok(Exit::Clean)
}

fn certify(
    carrier: &str,
    files: &[PathBuf],
    place: &Place,
    output: &Output,
) -> anyhow::Result<Exit> {
    let (app, _) = open(place)?;
    app.certification_open(&leave(&app, Act::CarrierPut)?, carrier)?;
    let registry = app.registry();
    let known = registry.named(carrier).cloned();
    let sender = known.map(|known| Sender::of(known).rehearsing());
    for file in files {
        let bytes =
            std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let channel = Channel("console".into());
        // Ended carriers do not send.
        let Some(sender) = &sender else { break };
        app.receive_of(&bytes, channel, sender)?;
    }
    let runs = app.certifications(&leave(&app, Act::CarrierRead)?, carrier)?;
    let Some(run) = runs.into_iter().next() else {
        return Ok(Exit::Found);
    };
    match output.is_json() {
        true => print(&run_json(&run).to_string())?,
        false => print_run(&run)?,
    }
    Ok(match run.is_passed() {
        true => Exit::Clean,
        false => Exit::Found,
    })
}

fn run_json(view: &CertificationView) -> Value {
    let cases = view.cases.iter().map(|standing| {
        let findings = standing.findings.iter().map(|note| {
            let kind = findings::by_code(&note.code);
            json!({
                "code": note.code,
                "segment": note.segment,
                "tag": note.tag,
                "bytes": note.bytes,
                "advice": kind.map(|kind| kind.advice),
            })
        });
        let met = standing.met.as_ref();
        json!({
            "case": standing.case.name,
            "send": standing.case.says,
            "state": met.map_or("waits", |met| if met.passed { "passed" } else { "failed" }),
            "digest": met.map(|met| met.digest.map(|byte| format!("{byte:02x}")).concat()),
            "bytes": met.map(|met| met.size),
            "received_at": met.map(|met| met.received_at.to_string()),
            "travellers": met.map(|met| met.travellers),
            "bookings": met.map(|met| met.bookings),
            "findings": findings.collect::<Vec<_>>(),
        })
    });
    json!({
        "schema": "oriel.certification/1",
        "id": view.run.id.display("crt"),
        "carrier": view.run.handle,
        "formats": view.run.formats,
        "opened_at": view.run.opened.at.to_string(),
        "passed_at": view.run.passed_at.map(|at| at.to_string()),
        "cases": cases.collect::<Vec<_>>(),
    })
}

fn print_run(view: &CertificationView) -> anyhow::Result<()> {
    for standing in &view.cases {
        let case = standing.case;
        let state = match &standing.met {
            None => "waits ",
            Some(met) if met.passed => "passed",
            Some(_) => "FAILED",
        };
        print(&format!("{state} {}: {}", case.name, case.says))?;
        for note in &standing.findings {
            let place = match note.bytes {
                Some((from, to)) => format!("bytes {from} to {to}"),
                None => "outside of the message".to_owned(),
            };
            let kind = findings::by_code(&note.code);
            let (text, advice) = kind.map_or(("", ""), |kind| (kind.text, kind.advice));
            let (tag, segment) = (&note.tag, note.segment);
            let code = &note.code;
            print(&format!(
                "    {code} at {tag} (segment {segment}, {place}): {text}; {advice}"
            ))?;
        }
    }
    Ok(())
}
