//! `oriel profile`: what a legal profile says, what is wrong with it, and what follows from it.
//!
//! Checking and comparing need no store: everything follows from the profile. Proposing and putting
//! in force are acts of two persons, who sign in here as they do at the workbench. Nothing here reads
//! personal data.

use super::sign_in::Who;
use super::{Format, Place, read_input};
use crate::output::{Exit, fail, print};
use anyhow::Context;
use clap::ValueEnum;
use jiff::Timestamp;
use oriel_app::App;
use oriel_policy::profile::{Row, diff};
use oriel_policy::{
    Act, Actor, CONSOLE, Calendar, CheckMode, Complaint, MatrixRow, Profile, ProfileError,
    PurposeKind, Role, Severity, Standing, Term, matrix,
};
use oriel_store::ProfileStep;
use serde_json::{Value, json};
use std::path::Path;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with a profile.
    Check(Check),
    /// Say in which values two profiles differ, with their clauses.
    Diff(Diff),
    /// Say who may do what, and who sees which data at what age.
    WhoMay(WhoMay),
    /// Say when each deadline of a record falls, and why.
    Clock(ClockOf),
    /// Propose a version for a store; another person puts it in force.
    Propose {
        /// A name that comes with the program, or a file.
        #[arg(value_name = "PROFILE")]
        text: String,
        #[command(flatten)]
        who: Who,
    },
    /// Put a version in force that another person has proposed.
    Activate {
        /// Identifier and version, such as `eu-2022/3`.
        reference: String,
        /// The digest that `oriel profile check` and `list` print, of the text you read.
        #[arg(long, value_name = "SHA256")]
        digest: String,
        #[command(flatten)]
        who: Who,
    },
    /// List the versions of a store's recipients: proposed, in force, past.
    List {
        #[command(flatten)]
        place: Place,
        /// Say what was in force at this instant instead of now.
        #[arg(long, value_name = "INSTANT")]
        at: Option<String>,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// A name that comes with the program, or a file.
    profile: String,
    /// For which use.
    #[arg(long, value_enum, default_value = "production")]
    mode: Mode,
    #[command(flatten)]
    output: Output,
}

/// How a profile is to be used.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// With real passengers.
    Production,
    /// With invented data.
    Demo,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// A name that comes with the program, or a file.
    before: String,
    /// Another.
    after: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WhoMay {
    /// Roles, acts, kinds of data, ages (open, masked, erased) and purposes; rows that fit all of
    /// them. Without one, the whole matrix.
    words: Vec<String>,
    /// A name that comes with the program, or a file.
    #[arg(long, value_name = "NAME|FILE", default_value = "utopia")]
    profile: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ClockOf {
    /// The instant the clock runs from, UTC: `2026-11-22` or `2026-11-22T14:00:00Z`.
    anchor: String,
    /// A name that comes with the program, or a file.
    #[arg(long, value_name = "NAME|FILE", default_value = "utopia")]
    profile: String,
    /// Objective evidence of a link to an offence is on record.
    #[arg(long)]
    linked: bool,
    /// The instant to ask for instead of now.
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Output {
    /// How to print: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl Output {
    pub(super) fn is_json(&self) -> bool {
        Format::chosen(self.format).is_json()
    }
}

/// The profile of a name that comes with the program, or of a file.
pub(crate) fn of(name: &str) -> anyhow::Result<Profile> {
    let wrong = |error: ProfileError| match error {
        ProfileError::Read(error) => fail(Exit::Configuration, format!("{name}: {error}")),
        error => fail(Exit::Configuration, error.to_string()),
    };
    if Path::new(name).extension().is_none() && name != "-" {
        return Profile::builtin(name).map_err(wrong);
    }
    let bytes = read_input(Path::new(name))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8"))?;
    Profile::parse(&text).map_err(wrong)
}

/// The same, if it may be used in `mode`.
pub(crate) fn fitting(name: &str, mode: CheckMode) -> anyhow::Result<Profile> {
    let profile = of(name)?;
    refuse_unfit(&profile, name, mode)?;
    Ok(profile)
}

/// Refuses a profile that must not be used in `mode`, with what is wrong with it, line by line.
fn refuse_unfit(profile: &Profile, name: &str, mode: CheckMode) -> anyhow::Result<()> {
    let complaints = profile.check(mode);
    let wrong = |complaint: &&Complaint| complaint.severity == Severity::Error;
    let faults: Vec<String> = complaints
        .iter()
        .filter(wrong)
        .map(|complaint| {
            let line = complaint.line.map(|line| format!(":{line}"));
            let (line, key) = (line.unwrap_or_default(), &complaint.key);
            format!("\n  {name}{line}: {key}: {}", complaint.what)
        })
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(fail(
        Exit::Configuration,
        format!(
            "legal profile {} must not be used with real passengers:{}\n\
             correct these, or say --demo if every passenger is invented",
            profile.reference(),
            faults.concat()
        ),
    ))
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Check(args) => check(args),
        Command::Diff(args) => differ(args),
        Command::WhoMay(args) => who_may(args),
        Command::Clock(args) => clock(args),
        Command::Propose { text, who } => propose(text, who),
        Command::Activate {
            reference,
            digest,
            who,
        } => activate(reference, digest, who),
        Command::List { place, at, output } => list(place, at.as_deref(), output),
    }
}

/// The system for changing its law. What is in force may be unfit for production: that is what is
/// being mended. What is proposed is judged in the mode in which the system runs.
pub(super) fn open(place: &Place) -> anyhow::Result<(App, CheckMode)> {
    let config = place.config()?;
    let mode = match place.demo || config.demo {
        true => CheckMode::Demo,
        false => CheckMode::Production,
    };
    let app = place.open_in(CheckMode::Demo, &config, false, super::system_clock())?;
    Ok((app, mode))
}

fn propose(name: &str, who: &Who) -> anyhow::Result<Exit> {
    let (app, mode) = open(&who.place)?;
    let profile = fitting(name, mode)?;
    let view = who.does(&app, Act::ProfilePropose, |grant| {
        Ok(app.law_propose(grant, profile.text())?)
    })?;
    for change in &view.changes {
        print(&format!("differs: {}", change.key))?;
    }
    print(&format!(
        "{} is proposed; another person activates it:\n  \
         oriel profile activate {} --digest {} --login LOGIN --data …",
        profile.reference(),
        profile.reference(),
        profile.digest()
    ))?;
    Ok(Exit::Clean)
}

fn activate(reference: &str, digest: &str, who: &Who) -> anyhow::Result<Exit> {
    let Some((id, version)) = reference.split_once('/') else {
        return Err(fail(
            Exit::Configuration,
            format!("{reference:?} is no identifier and version, such as eu-2022/3"),
        ));
    };
    let (app, mode) = open(&who.place)?;
    let step = who.does(&app, Act::ProfileActivate, |grant| {
        refuse_unfit(&app.law(grant, id, version)?.profile, reference, mode)?;
        Ok(app.law_activate(grant, id, version, digest)?)
    })?;
    print(&format!("{reference} is in force since {}", step.at))?;
    Ok(Exit::Clean)
}

fn check(args: &Check) -> anyhow::Result<Exit> {
    let profile = of(&args.profile)?;
    let complaints = profile.check(match args.mode {
        Mode::Production => CheckMode::Production,
        Mode::Demo => CheckMode::Demo,
    });
    if args.output.is_json() {
        let rows = complaints.iter().map(|complaint| {
            json!({
                "severity": complaint.severity.name(),
                "key": complaint.key,
                "line": complaint.line,
                "what": complaint.what,
            })
        });
        print(
            &json!({
                "schema": "oriel.profile.check/1",
                "profile": profile.reference(),
                "digest": profile.digest(),
                "complaints": rows.collect::<Vec<_>>(),
            })
            .to_string(),
        )?;
    } else {
        print(&format!("{}: {}", profile.reference(), profile.title()))?;
        for complaint in &complaints {
            print(&format!("  {complaint}"))?;
        }
        if complaints.is_empty() {
            print("  nothing to say against it")?;
        }
    }
    Ok(
        match complaints.first().map(|complaint| complaint.severity) {
            None => Exit::Clean,
            Some(Severity::Warning) => Exit::Found,
            Some(Severity::Error) => Exit::Configuration,
        },
    )
}

fn differ(args: &Diff) -> anyhow::Result<Exit> {
    let (before, after) = (of(&args.before)?, of(&args.after)?);
    let changes = diff(&before, &after);
    if args.output.is_json() {
        let row = |row: &Option<Row>| match row {
            None => Value::Null,
            Some(row) => json!({
                "value": row.value,
                "clause": row.clause,
                "status": row.status.name(),
                "confirmed_by": row.confirmed_by,
            }),
        };
        let rows = changes.iter().map(|change| {
            json!({
                "key": change.key,
                "before": row(&change.before),
                "after": row(&change.after),
            })
        });
        print(
            &json!({
                "schema": "oriel.profile.diff/1",
                "before": before.reference(),
                "after": after.reference(),
                "changes": rows.collect::<Vec<_>>(),
            })
            .to_string(),
        )?;
    } else {
        print(&format!("- {}", before.reference()))?;
        print(&format!("+ {}", after.reference()))?;
        for change in &changes {
            print(&change.key)?;
            for (sign, row) in [('-', &change.before), ('+', &change.after)] {
                if let Some(row) = row {
                    let value = if row.value.is_empty() {
                        "yes"
                    } else {
                        &row.value
                    };
                    print(&format!(
                        "  {sign} {value}  ({}, {})",
                        row.clause,
                        row.status.name()
                    ))?;
                }
            }
        }
    }
    Ok(if changes.is_empty() {
        Exit::Clean
    } else {
        Exit::Found
    })
}

fn list(place: &Place, at: Option<&str>, output: &Output) -> anyhow::Result<Exit> {
    let at = at.map_or(Ok(Timestamp::MAX), instant)?;
    let (app, _) = open(place)?;
    let mut recipients = Vec::new();
    for recipient in app.compartments() {
        let console = Actor::new(CONSOLE, &[Role::LegalOfficer]).of(recipient.name.clone());
        let grant = app.authorize(&console, Act::ProfileRead, None)?;
        recipients.push((recipient, app.laws(&grant, at)?));
    }
    if output.is_json() {
        let rows = recipients.iter().map(|(recipient, history)| {
            let steps = history.steps.iter().map(|step| {
                json!({
                    "step": step.step.name(),
                    "profile": step.reference(),
                    "digest": step.digest,
                    "at": step.at.to_string(),
                    "by": step.actor,
                })
            });
            json!({
                "recipient": recipient.name,
                "title": recipient.title,
                "in_force": history.in_force.as_ref().map(ProfileStep::reference),
                "steps": steps.collect::<Vec<_>>(),
            })
        });
        let rows: Vec<Value> = rows.collect();
        print(&json!({"schema": "oriel.profile.list/1", "recipients": rows}).to_string())?;
        return Ok(Exit::Clean);
    }
    for (recipient, history) in &recipients {
        let law = history.in_force.as_ref().map(ProfileStep::reference);
        print(&format!(
            "{}: {}, under {}",
            recipient.name,
            recipient.title,
            law.as_deref().unwrap_or("no law yet")
        ))?;
        for step in &history.steps {
            print(&format!(
                "  {} {:<9} {} by {}, digest {}",
                step.at,
                step.step.name(),
                step.reference(),
                step.actor,
                step.digest
            ))?;
        }
    }
    Ok(Exit::Clean)
}

/// One thing asked for, as a test on a row.
enum Word {
    Role(Role),
    Purpose(PurposeKind),
    /// An act or a kind of data.
    What(String),
    Age(String),
}

fn word(text: &str, rows: &[MatrixRow]) -> anyhow::Result<Word> {
    let sign = |row: &&(&str, Role, &str)| row.2 == text;
    if let Some(role) = Role::parse(text).or_else(|| Role::ROWS.iter().find(sign).map(|r| r.1)) {
        return Ok(Word::Role(role));
    }
    if let Some(purpose) = PurposeKind::parse(text) {
        return Ok(Word::Purpose(purpose));
    }
    if Act::parse(text).is_some() || rows.iter().any(|row| row.what == text) {
        return Ok(Word::What(text.to_owned()));
    }
    if rows.iter().any(|row| row.kind == text) {
        return Ok(Word::Age(text.to_owned()));
    }
    Err(fail(
        Exit::Unreadable,
        format!(
            "{text:?} is no role, act, kind of data, age or purpose; `oriel profile who-may` \
             without a word prints all of them"
        ),
    ))
}

/// Leaves of a row what was asked for; nothing when it does not fit.
fn fit(mut row: MatrixRow, words: &[Word]) -> Option<MatrixRow> {
    for word in words {
        match word {
            Word::What(what) if row.what != *what => return None,
            Word::Age(age) if row.kind != *age => return None,
            Word::Role(role) => {
                row.who.retain(|_, roles| roles.contains(role));
                if row.who.is_empty() {
                    return None;
                }
            }
            Word::Purpose(purpose) => {
                row.who.retain(|known, _| *known == Some(*purpose));
                if row.who.is_empty() {
                    return None;
                }
            }
            Word::What(_) | Word::Age(_) => {}
        }
    }
    Some(row)
}

fn who_may(args: &WhoMay) -> anyhow::Result<Exit> {
    let profile = of(&args.profile)?;
    let rows = matrix(&profile);
    let words: Vec<Word> = args
        .words
        .iter()
        .map(|text| word(text, &rows))
        .collect::<Result<_, _>>()?;
    let rows: Vec<MatrixRow> = rows
        .into_iter()
        .filter_map(|row| fit(row, &words))
        .collect();
    let names = |roles: &[Role]| roles.iter().map(|role| role.name()).collect::<Vec<_>>();
    if args.output.is_json() {
        let rows = rows.iter().map(|row| {
            let who = row.who.iter().map(|(purpose, roles)| {
                json!({ "purpose": purpose.map(PurposeKind::name), "roles": names(roles) })
            });
            json!({
                "kind": row.kind,
                "what": row.what,
                "who": who.collect::<Vec<_>>(),
                "clause": row.clause,
            })
        });
        print(
            &json!({
                "schema": "oriel.profile.matrix/1",
                "profile": profile.reference(),
                "rows": rows.collect::<Vec<_>>(),
            })
            .to_string(),
        )?;
        return Ok(Exit::Clean);
    }
    print(&format!("{}: {}", profile.reference(), profile.title()))?;
    for row in &rows {
        let title = match row.kind.as_str() {
            "act" => row.what.to_owned(),
            age => format!("see {} while {age}", row.what),
        };
        let clause = match row.clause.as_str() {
            "" => String::new(),
            clause => format!("  ({clause})"),
        };
        print(&format!("{title}{clause}"))?;
        if row.who.is_empty() {
            print("  nobody")?;
        } else if row.kind == "masked" && profile.masks_named(row.what) {
            print("  by unmask.read under an open approval, or by an act on a person's rights:")?;
        }
        for (purpose, roles) in &row.who {
            let why = purpose.map_or_else(String::new, |p| format!("for {}: ", p.name()));
            print(&format!("  {why}{}", names(roles).join(", ")))?;
        }
    }
    Ok(Exit::Clean)
}

/// An instant, or a day's first one.
pub(super) fn instant(text: &str) -> anyhow::Result<Timestamp> {
    let day = || {
        let date: jiff::civil::Date = text.parse().ok()?;
        let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(start.timestamp())
    };
    text.parse().ok().or_else(day).ok_or_else(|| {
        fail(
            Exit::Unreadable,
            format!(
                "{text:?} is no instant in UTC; write it as 2026-11-22 or 2026-11-22T14:00:00Z"
            ),
        )
    })
}

/// What a period runs from, where that is not the record's anchor.
fn runs_from(term: Term) -> Option<&'static str> {
    match term {
        Term::Mask | Term::EraseUnlinked | Term::Erase => None,
        Term::Results => Some("the review's closing"),
        Term::Log => Some("the event"),
        Term::Confirm | Term::View | Term::DpoReview => Some("the approval"),
        Term::LinkReview => Some("the link's recording"),
        Term::HoldReview => Some("the hold's placing"),
        Term::Answer | Term::RightsKeep => Some("the person's request"),
        Term::Redress => Some("the record of redress"),
    }
}

fn clock(args: &ClockOf) -> anyhow::Result<Exit> {
    let profile = of(&args.profile)?;
    let anchor = instant(&args.anchor)?;
    let now = match &args.at {
        Some(at) => instant(at)?,
        None => Timestamp::now(),
    };
    let calendar = Calendar::of(&profile);
    let mut rows = Vec::new();
    for (name, stage) in profile.stages() {
        rows.push(json!({
            "term": format!("stage {name}"),
            "at": stage.from.value.after(anchor).to_string(),
            "period": stage.from.value.to_string(),
            "clause": stage.from.clause,
            "status": stage.from.status.name(),
        }));
    }
    for (name, term) in Term::ROWS {
        let other = if args.linked {
            Term::EraseUnlinked
        } else {
            Term::Erase
        };
        if *term == other {
            continue;
        }
        let deadline = calendar.deadline(*term, anchor);
        let at = match runs_from(*term) {
            None => json!(deadline.at.to_string()),
            Some(_) => Value::Null,
        };
        rows.push(json!({
            "term": name,
            "at": at,
            "runs_from": runs_from(*term).unwrap_or("the anchor"),
            "period": deadline.period.to_string(),
            "clause": deadline.clause,
            "status": deadline.status.name(),
        }));
    }
    let stands = match calendar.standing(anchor, args.linked, now) {
        Standing::Open => "open".to_owned(),
        Standing::Staged { stage, since } => {
            let name = profile.stages().nth(stage).map_or("", |(name, _)| name);
            format!("stage {name} since {since}")
        }
        Standing::Masked { since } => format!("masked since {since}"),
        Standing::Due { since } => format!("to be erased since {since}"),
    };
    if args.output.is_json() {
        print(
            &json!({
                "schema": "oriel.profile.clock/1",
                "profile": profile.reference(),
                "anchor": anchor.to_string(),
                "linked": args.linked,
                "now": now.to_string(),
                "stands": stands,
                "deadlines": rows,
            })
            .to_string(),
        )?;
        return Ok(Exit::Clean);
    }
    print(&format!("{}: {}", profile.reference(), profile.title()))?;
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    for row in &rows {
        let when = match row["at"].as_str() {
            Some(at) => at.to_owned(),
            None => format!("{} after {}", text(row, "period"), text(row, "runs_from")),
        };
        print(&format!(
            "{:<15} {when}  ({}; {}, {})",
            text(row, "term"),
            text(row, "period"),
            text(row, "clause"),
            text(row, "status")
        ))?;
    }
    print(&format!("at {now}: {stands}"))?;
    Ok(Exit::Clean)
}
