//! The commands of `oriel`, one file each.

mod audit;
mod backup;
mod bench;
mod carrier;
mod decode;
mod demo;
mod diff;
mod doctor;
mod explain;
mod ingest;
mod keys;
mod list;
mod matching;
pub(crate) mod profile;
mod schedule;
mod screen;
mod selection;
mod serve;
mod sign_in;
mod simulate;
mod stats;
mod support;
mod sweep;
mod user;
mod validate;

use crate::config::Config;
use crate::output::{Exit, complain, fail};
use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use jiff::Timestamp;
use keys::KeyArgs;
use oriel_app::{App, Clock, Compartment, Setup};
use oriel_keys::Bucket;
use oriel_policy::CheckMode;
use oriel_screening::Weights;
use oriel_store::{Store, place_shown};
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `oriel` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Decode messages and print what they say.
    Decode(decode::Args),
    /// Check messages and point at what is odd.
    Validate(validate::Args),
    /// Show what changed between two pushes of the same flights.
    Diff(diff::Args),
    /// Explain a finding code.
    Explain(explain::Args),
    /// Compare persons with persons, or search lists.
    #[command(subcommand)]
    Match(matching::Command),
    /// Decode messages and screen their travellers against lists, without a store.
    Screen(screen::Args),
    /// Read, check and import lists.
    #[command(subcommand)]
    List(list::Command),
    /// Write invented traffic, lists and an answer key.
    Simulate(simulate::Args),
    /// Run message files through the pipeline into a store.
    Ingest(ingest::Args),
    /// Print what a store holds.
    Stats(stats::Args),
    /// Mask and erase what is due.
    Sweep(sweep::Args),
    /// Verify or export the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Back a store up, prove a backup, restore it.
    #[command(subcommand)]
    Backup(backup::Command),
    /// Look whether everything is as it should be, and say what to do.
    Doctor(doctor::Args),
    /// Write what somebody outside needs to help; nothing about a person.
    SupportBundle(support::Args),
    /// Make, show and change the key store.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Check and compare legal profiles; say who may do what, and when what is due.
    #[command(subcommand)]
    Profile(profile::Command),
    /// Enrol carriers, exchange their keys, certify them.
    #[command(subcommand)]
    Carrier(carrier::Command),
    /// Bring in carriers' schedules; say which flights are expected and what of them is missing.
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Propose, approve, end and list the selected journeys.
    #[command(subcommand)]
    Selection(selection::Command),
    /// Make accounts.
    #[command(subcommand)]
    User(user::Command),
    /// Serve the workbench and the API.
    Serve(serve::Args),
    /// Invent a day of border traffic, process it and serve the workbench.
    Demo(demo::Args),
    /// Measure this machine.
    Bench(bench::Args),
}

impl Command {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Decode(args) => decode::run(&args),
            Self::Validate(args) => validate::run(&args),
            Self::Diff(args) => diff::run(&args),
            Self::Explain(args) => explain::run(&args),
            Self::Match(command) => matching::run(&command),
            Self::Screen(args) => screen::run(&args),
            Self::List(command) => list::run(&command),
            Self::Simulate(args) => simulate::run(&args),
            Self::Ingest(args) => ingest::run(&args),
            Self::Stats(args) => stats::run(&args),
            Self::Sweep(args) => sweep::run(&args),
            Self::Audit(command) => audit::run(&command),
            Self::Backup(command) => backup::run(&command),
            Self::Doctor(args) => doctor::run(&args),
            Self::SupportBundle(args) => support::run(&args),
            Self::Keys(command) => keys::run(&command),
            Self::Profile(command) => profile::run(&command),
            Self::Carrier(command) => carrier::run(&command),
            Self::Schedule(command) => schedule::run(&command),
            Self::Selection(command) => selection::run(&command),
            Self::User(command) => user::run(&command),
            Self::Serve(args) => serve::run(&args),
            Self::Demo(args) => demo::run(&args),
            Self::Bench(args) => bench::run(&args),
        }
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// One JSON object a line.
    Ndjson,
}

impl Format {
    /// For machines, in either form.
    pub(crate) fn is_json(self) -> bool {
        self != Self::Text
    }

    /// What was asked for; without a wish, text for a terminal and JSON for a pipe or file.
    pub(crate) fn chosen(asked: Option<Self>) -> Self {
        let default = || match std::io::stdout().is_terminal() {
            true => Self::Text,
            false => Self::Ndjson,
        };
        asked.unwrap_or_else(default)
    }
}

/// Reads a file, or standard input for `-`.
pub(crate) fn read_input(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .context("could not read standard input")?;
    } else {
        bytes =
            std::fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    }
    Ok(bytes)
}

/// Files named, and every file below folders named, in a fixed order.
pub(crate) fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(folder)
            .with_context(|| format!("could not list {}", folder.display()))?
        {
            inside.push(entry?.path());
        }
        inside.sort();
        for path in inside {
            if path.is_dir() {
                walk(&path, found)?;
            } else {
                found.push(path);
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut found)?;
        } else if path.is_file() || path == Path::new("-") {
            found.push(path.clone());
        } else {
            return Err(fail(
                Exit::Unreadable,
                format!("there is no file {}", path.display()),
            ));
        }
    }
    Ok(found)
}

/// Which law and which store.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// Folder of the store, or postgres://user@host/database.
    #[arg(
        long,
        value_name = "DIR|URL",
        env = "ORIEL_DATA",
        hide_env_values = true
    )]
    pub(crate) data: String,
    /// Legal profile of a new store: a name that comes with the program, or a file
    /// [default: utopia]. After that, `oriel profile` changes it.
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) profile: Option<String>,
    /// Configuration file; docs/operations.md lists its keys. Options given here win.
    #[arg(long, value_name = "FILE", env = "ORIEL_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Invented passengers only: what the legal profile lacks is a warning and no error.
    #[arg(long, env = "ORIEL_DEMO")]
    pub(crate) demo: bool,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

impl Place {
    /// A store with invented passengers, under the specimen's law.
    pub(crate) fn invented(data: String) -> Self {
        Self {
            data,
            profile: None,
            config: None,
            demo: true,
            keys: KeyArgs::default(),
        }
    }

    /// The configuration file, or nothing said.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        match &self.config {
            Some(path) => Config::read(path),
            None => Ok(Config::default()),
        }
    }

    /// Opens the system on the store; makes the store where `create` says so.
    pub(crate) fn open(&self, create: bool, clock: Clock) -> anyhow::Result<App> {
        let config = self.config()?;
        let mode = match self.demo || config.demo {
            true => CheckMode::Demo,
            false => CheckMode::Production,
        };
        self.open_in(mode, &config, create, clock)
    }

    /// The same in a given mode.
    pub(crate) fn open_in(
        &self,
        mode: CheckMode,
        config: &Config,
        create: bool,
        clock: Clock,
    ) -> anyhow::Result<App> {
        // Read before anything is made, so that a misspelt name leaves nothing behind.
        let named = self.profile.as_deref();
        let named = named.map(|name| profile::fitting(name, mode)).transpose()?;
        let configured = config.recipients(mode)?;
        let keys = if create {
            self.keys.open_or_create(&self.data, Bucket::of(clock()))
        } else {
            self.keys.open(&self.data)
        }?;
        let store = if create {
            Store::create(&self.data, keys)
        } else {
            Store::open(&self.data, keys)
        };
        let store = store.with_context(|| format!("the store at {}", place_shown(&self.data)))?;
        let known = store.read(|tx| tx.recipient_list())?;
        let compartments = match (configured, &named, known.is_empty()) {
            (Some(configured), ..) => configured,
            (None, Some(profile), true) => Compartment::only(profile.clone()),
            (None, None, true) => Compartment::only(profile::fitting("utopia", mode)?),
            (None, _, false) => Vec::new(),
        };
        let setup = Setup {
            store,
            compartments,
            mode,
            weights: Weights::default(),
            clock,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        };
        let app = App::open(setup)?;
        let vault = config.vault_token();
        if let Some(key) = vault.map_err(|fault| fail(Exit::Configuration, fault))? {
            app.name_vault_token(key);
        }
        app.read_by(config.conventions());
        app.agree(config.agreements());
        let law = app.profile().reference();
        if let Some(named) = named.filter(|named| named.reference() != law) {
            complain(&format!(
                "the store works under legal profile {law}, not {}: --profile counts for a new \
                 store only; `oriel profile propose` and `activate` change it",
                named.reference()
            ));
        }
        Ok(app)
    }
}

/// The machine's clock.
pub(crate) fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// Highest resident memory of this process so far, in bytes; 0 where the system does not tell.
pub(crate) fn peak_rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| {
            rest.trim()
                .trim_end_matches("kB")
                .trim()
                .parse::<u64>()
                .ok()
        })
        .map_or(0, |kilobytes| kilobytes * 1024)
}
