//! `oriel doctor`: is everything as it should be, and if not, what to do.
//!
//! It opens nothing that it could change, and tells nothing about a person.

use super::Format;
use super::keys::KeyArgs;
use crate::clock::SLACK;
use crate::output::{Exit, print};
use jiff::{SignedDuration, Timestamp};
use oriel_keys::{KeyStore, LockKind};
use oriel_store::health::{Health, health};
use serde_json::json;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A list that is older than this is named.
const LIST_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A backup that is older than this is named.
const BACKUP_AGE: SignedDuration = SignedDuration::from_hours(26);

/// Less room than this is named.
const ROOM_MIB: u64 = 2048;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    subject: Subject,
    /// How to print: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// What is looked at.
#[derive(Debug, clap::Args)]
pub(crate) struct Subject {
    /// Folder of the store, or postgres://user@host/database.
    #[arg(
        long,
        value_name = "DIR|URL",
        env = "ORIEL_DATA",
        hide_env_values = true
    )]
    pub(crate) data: String,
    #[command(flatten)]
    keys: KeyArgs,
    /// Folder in which the backups are, so that their age is looked at.
    #[arg(long, value_name = "DIR")]
    backups: Option<PathBuf>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Well,
    Look,
    Wrong,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Look => "look",
            Self::Wrong => "wrong",
        }
    }
}

/// One check: what it is about, how it ended, what there is to say.
pub(crate) struct Check {
    pub(crate) about: &'static str,
    pub(crate) verdict: Verdict,
    pub(crate) says: String,
}

fn well(about: &'static str, says: impl Into<String>) -> Check {
    Check {
        about,
        verdict: Verdict::Well,
        says: says.into(),
    }
}

fn look(about: &'static str, says: impl Into<String>) -> Check {
    Check {
        about,
        verdict: Verdict::Look,
        says: says.into(),
    }
}

fn wrong(about: &'static str, says: impl Into<String>) -> Check {
    Check {
        about,
        verdict: Verdict::Wrong,
        says: says.into(),
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let checks = examine(&args.subject, Timestamp::now());
    let worst = checks.iter().map(|check| check.verdict).max();
    if Format::chosen(args.format).is_json() {
        let checks: Vec<_> = checks
            .iter()
            .map(|check| {
                json!({"about": check.about, "verdict": check.verdict.name(), "says": check.says})
            })
            .collect();
        print(&json!({"schema": "oriel.doctor/1", "checks": checks}).to_string())?;
    } else {
        for check in &checks {
            print(&format!(
                "{:<6} {:<10} {}",
                check.verdict.name(),
                check.about,
                check.says
            ))?;
        }
    }
    Ok(match worst {
        Some(Verdict::Wrong) => Exit::Integrity,
        Some(Verdict::Look) => Exit::Found,
        _ => Exit::Clean,
    })
}

/// Every check, in the order in which a person would mend things.
pub(crate) fn examine(subject: &Subject, now: Timestamp) -> Vec<Check> {
    let mut checks = Vec::new();
    match health(&subject.data) {
        Ok(health) => store(&health, now, &mut checks),
        Err(error) => checks.push(wrong("store", sentence(&error))),
    }
    keys(subject, &mut checks);
    checks.push(room(&subject.data));
    checks.push(match &subject.backups {
        Some(folder) => backups(folder, now),
        None => look("backup", "say with --backups where the backups are"),
    });
    checks
}

fn store(health: &Health, now: Timestamp, checks: &mut Vec<Check>) {
    let newest = health.migrations.last().copied().unwrap_or(0);
    checks.push(well("store", format!("opens; schema {newest}")));
    let log = &health.audit;
    checks.push(match log.missing() {
        0 => well(
            "audit",
            format!(
                "{} events without a gap; `oriel audit verify` proves them",
                log.events
            ),
        ),
        missing => wrong("audit", format!("{missing} events are missing")),
    });
    let newest = log.at.into_iter().chain(health.received).max();
    checks.push(match newest.filter(|newest| *newest > now + SLACK) {
        Some(newest) => wrong(
            "clock",
            format!("it is {now:.0}, and the store has something from {newest:.0}: set the clock"),
        ),
        None => well("clock", format!("{now:.0}")),
    });
    if health.lists.is_empty() {
        checks.push(look("lists", "no list is in force: nobody is looked for"));
    }
    for age in &health.lists {
        let (list, hours) = (&age.list, now.duration_since(age.at).as_hours());
        let limit = age.fresh_hours.unwrap_or(LIST_AGE.as_hours());
        checks.push(match hours >= limit {
            true => look(
                "lists",
                format!(
                    "{list} was brought in {hours} hours ago and counts as fresh for {limit}: \
                     import it again"
                ),
            ),
            false => well("lists", format!("{list} came in {:.0}", age.at)),
        });
    }
}

fn keys(subject: &Subject, checks: &mut Vec<Check>) {
    let opened = subject
        .keys
        .file(Some(&subject.data))
        .and_then(|file| Ok((KeyStore::open(&file, &subject.keys.lock()?)?, file)));
    let (keys, file) = match opened {
        Ok(opened) => opened,
        Err(error) => return checks.push(wrong("keys", error.to_string())),
    };
    let status = keys.status();
    checks.push(match status.lock {
        LockKind::Plain => look(
            "keys",
            "the key store has no lock, which is for trying out: `oriel keys relock`",
        ),
        kind => well("keys", format!("opens with {kind}")),
    });
    if !status.vault.own {
        checks.push(look(
            "vault",
            "it opens with the key store's lock: `oriel keys vault-init` gives it its own",
        ));
    }
    if !subject.data.contains("://") && file.starts_with(&subject.data) {
        checks.push(look(
            "keys",
            "the key store lies in the folder of the store, so that copies of one hold the other",
        ));
    }
    let folder = file.parent().map(std::fs::metadata);
    if let Some(Ok(folder)) = folder
        && folder.mode() & 0o077 != 0
    {
        checks.push(look(
            "keys",
            "others may look into the folder of the key store: `chmod 700`",
        ));
    }
}

/// Room on the disk of a store in a folder, by the words of `df`.
fn room(data: &str) -> Check {
    const ABOUT: &str = "disk";
    if data.contains("://") {
        return well(ABOUT, "the server's own matter");
    }
    let said = Command::new("df").args(["-Pk", data]).output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let free = said.ok().and_then(|said| {
        let line = said.lines().nth(1)?.to_owned();
        line.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    match free.map(|kib| kib / 1024) {
        Some(free) if free < ROOM_MIB => look(ABOUT, format!("{free} MiB are free")),
        Some(free) => well(ABOUT, format!("{free} MiB are free")),
        None => look(ABOUT, "`df` does not say how much room there is"),
    }
}

fn backups(folder: &Path, now: Timestamp) -> Check {
    const ABOUT: &str = "backup";
    let newest = std::fs::read_dir(folder).map(|entries| {
        let files = entries.filter_map(|entry| entry.ok()?.metadata().ok());
        let files = files.filter(std::fs::Metadata::is_file);
        let times = files.filter_map(|file| Timestamp::try_from(file.modified().ok()?).ok());
        times.max()
    });
    match newest {
        Err(error) => wrong(
            ABOUT,
            format!("{} cannot be read: {error}", folder.display()),
        ),
        Ok(None) => wrong(ABOUT, format!("there is none in {}", folder.display())),
        Ok(Some(at)) if now.duration_since(at) > BACKUP_AGE => {
            look(ABOUT, format!("the newest is of {at:.0}"))
        }
        Ok(Some(at)) => well(ABOUT, format!("the newest is of {at:.0}")),
    }
}

/// An error with its causes in one line.
fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}
