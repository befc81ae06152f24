//! `oriel list`: read, compare and import lists, put versions in force.

use super::{Format as Print, Place};
use crate::output::{Exit, fail, print};
use anyhow::Context;
use oriel_app::ListImport;
use oriel_policy::{Act, Actor, CONSOLE, ListKind, Role};
use oriel_screening::ListVersion;
use oriel_screening::lists::{Format, ListFile, Mapping, SOURCES, diff, read};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Read a list file; print counts and every row that is left out.
    Check {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        how: How,
        /// How to print: text on a terminal, JSON elsewhere unless told.
        #[arg(long = "format", value_enum)]
        print: Option<Print>,
    },
    /// Compare two versions of a list.
    Diff {
        /// The older file.
        before: PathBuf,
        /// The newer file.
        after: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// Import a list into a store and put it in force.
    Import {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        how: How,
        #[command(flatten)]
        place: Box<Place>,
        /// Short identifier of the list.
        #[arg(long)]
        id: String,
        /// What it is for: terrorism, serious_crime, documents, entry_ban or customs. The law of each
        /// recipient says which kinds it may screen against.
        #[arg(long, value_name = "KIND", value_parser = kind)]
        kind: ListKind,
        /// Name for people.
        #[arg(long)]
        name: String,
        /// Who answers for the list.
        #[arg(long)]
        owner: String,
        /// Why it may be used.
        #[arg(long)]
        legal_basis: String,
        /// Leave to shrink by more than a fifth.
        #[arg(long)]
        may_shrink: bool,
        /// Put nothing in force: the version waits until another person activates it.
        #[arg(long)]
        propose: bool,
        /// Who imports it, as the log shall name them. The console believes what it is told.
        #[arg(long, value_name = "PERSON", default_value = CONSOLE)]
        by: String,
    },
    /// Put a version in force that another person brought in.
    Activate {
        /// Short identifier of the list.
        id: String,
        /// The version, as the import said it.
        version: String,
        #[command(flatten)]
        step: Step,
    },
    /// Go back to the version that was brought in before the one in force.
    Rollback {
        /// Short identifier of the list.
        id: String,
        #[command(flatten)]
        step: Step,
    },
}

/// A step of a second person.
#[derive(Debug, clap::Args)]
pub(crate) struct Step {
    #[command(flatten)]
    place: Box<Place>,
    /// Who does it, as the log shall name them: not who brought the version in. The console
    /// believes what it is told.
    #[arg(long, value_name = "PERSON")]
    by: String,
    /// Leave to shrink by more than a fifth.
    #[arg(long)]
    may_shrink: bool,
}

fn step(id: &str, version: Option<&str>, step: &Step) -> anyhow::Result<Exit> {
    let app = step.place.open(true, super::system_clock())?;
    let approver = Actor::new(&step.by, &[Role::ListApprover]);
    let grant = app.authorize(&approver, Act::ListApprove, None)?;
    let activated = match version {
        Some(version) => app.list_activate(&grant, id, version, step.may_shrink),
        None => app.list_rollback(&grant, id, step.may_shrink),
    }?;
    while app.rescreen(16)?.1 {}
    print(&format!(
        "list {id}, version {} in force: {} entries ({} new, {} changed, {} gone)",
        activated.version,
        activated.entries,
        activated.diff.added.len(),
        activated.diff.changed.len(),
        activated.diff.removed.len(),
    ))?;
    Ok(Exit::Clean)
}

fn kind(name: &str) -> Result<ListKind, String> {
    ListKind::parse(name).ok_or_else(|| {
        let known: Vec<&str> = ListKind::ROWS.iter().map(|row| row.0).collect();
        format!("kinds are {}", known.join(", "))
    })
}

/// How a list file is read.
#[derive(Debug, clap::Args)]
pub(crate) struct How {
    /// Format; recognised by its looks when not given.
    #[arg(long = "list-format")]
    format: Option<String>,
    /// Mapping of columns for a CSV file, as TOML.
    #[arg(long)]
    mapping: Option<PathBuf>,
}

impl How {
    /// The format of a file.
    pub(crate) fn format(&self, file: &Path, bytes: &[u8]) -> anyhow::Result<Format> {
        if let Some(mapping) = &self.mapping {
            let text = std::fs::read_to_string(mapping)
                .with_context(|| format!("could not read {}", mapping.display()))?;
            return Ok(Format::Csv(Mapping::parse(&text)?));
        }
        let known = || {
            SOURCES
                .iter()
                .map(|s| s.name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        match &self.format {
            Some(name) => Format::of_name(name).ok_or_else(|| {
                fail(
                    Exit::Configuration,
                    format!("there is no list format {name:?}; formats are {}", known()),
                )
            }),
            None => Format::sniff(bytes).ok_or_else(|| {
                fail(
                    Exit::Unreadable,
                    format!(
                        "{} does not look like a list; say --list-format, one of {}",
                        file.display(),
                        known()
                    ),
                )
            }),
        }
    }

    /// Reads a list file.
    pub(crate) fn read(&self, file: &Path) -> anyhow::Result<ListFile> {
        let bytes = super::read_input(file)?;
        let format = self.format(file, &bytes)?;
        read(&format, &bytes)
            .map_err(|error| fail(Exit::Unreadable, format!("{}: {error}", file.display())))
    }
}

/// Reads a list by its looks, named by its file.
pub(crate) fn version(file: &Path) -> anyhow::Result<ListVersion> {
    // A mapping lies beside its file: `persons.csv` and `persons.toml`.
    let beside = file.with_extension("toml");
    let how = How {
        format: None,
        mapping: beside.is_file().then_some(beside),
    };
    let name = file
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into());
    Ok(ListVersion::new(&name, &name, how.read(file)?))
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Activate {
            id,
            version,
            step: how,
        } => step(id, Some(version), how),
        Command::Rollback { id, step: how } => step(id, None, how),
        Command::Check { file, how, print } => check(file, how, Print::chosen(*print)),
        Command::Diff { before, after, how } => {
            let version =
                |file: &Path| Ok::<_, anyhow::Error>(ListVersion::new("", "", how.read(file)?));
            let diff = diff(&version(before)?, &version(after)?);
            print(&serde_json::to_string_pretty(&diff)?)?;
            let same = diff.added.is_empty() && diff.removed.is_empty() && diff.changed.is_empty();
            Ok(if same { Exit::Clean } else { Exit::Found })
        }
        Command::Import {
            file,
            how,
            place,
            id,
            kind,
            name,
            owner,
            legal_basis,
            may_shrink,
            propose,
            by,
        } => {
            let bytes = super::read_input(file)?;
            let format = how.format(file, &bytes)?;
            let app = place.open(true, super::system_clock())?;
            let officer = Actor::new(by, &[Role::ListOfficer]);
            let grant = app.authorize(&officer, Act::ListImport, None)?;
            let import = ListImport {
                id,
                kind: *kind,
                name,
                owner,
                legal_basis,
                format: &format,
                bytes: &bytes,
                may_shrink: *may_shrink,
            };
            let imported = match propose {
                true => app.list_propose(&grant, &import),
                false => app.list_import(&grant, &import),
            }?;
            while app.rescreen(16)?.1 {}
            print(&format!(
                "list {id}, version {}{}: {} entries ({} new, {} changed, {} gone), {} rows left out",
                imported.version,
                if *propose { " proposed" } else { "" },
                imported.entries,
                imported.diff.added.len(),
                imported.diff.changed.len(),
                imported.diff.removed.len(),
                imported.rejected_rows
            ))?;
            Ok(if imported.rejected_rows > 0 {
                Exit::Partial
            } else {
                Exit::Clean
            })
        }
    }
}

fn check(file: &Path, how: &How, format: Print) -> anyhow::Result<Exit> {
    let list = how.read(file)?;
    if format.is_json() {
        print(&serde_json::to_string(&json!({
            "schema": "oriel.list-check/1",
            "format": list.format,
            "issued": list.issued.as_str(),
            "rows": list.rows,
            "entries": list.entries.len(),
            "rejected_rows": list.rejected_rows(),
            "not_persons": list.not_persons,
            "joined": list.joined,
            "rejects": list.rejects,
        }))?)?;
    } else {
        print(&format!(
            "{}: {} rows, {} entries, {} left out, {} not persons, {} joined to others",
            list.format,
            list.rows,
            list.entries.len(),
            list.rejected_rows(),
            list.not_persons,
            list.joined
        ))?;
        for reject in &list.rejects {
            let what = if reject.whole_row {
                "row left out"
            } else {
                "value left out"
            };
            print(&format!(
                "  row {}, {}: {} ({what})",
                reject.row, reject.column, reject.reason
            ))?;
        }
    }
    Ok(if list.rejects.is_empty() {
        Exit::Clean
    } else {
        Exit::Found
    })
}
