//! `oriel list`: read, compare and import lists, put versions in force.

use super::{Format as Print, Place};
use crate::output::{Exit, fail, print};
use anyhow::Context;
use oriel_app::{DocumentImport, ListImport, ListTerms};
use oriel_policy::{Act, Actor, CONSOLE, ListKind, Role};
use oriel_screening::ListVersion;
use oriel_screening::documents::{DocumentFile, read_documents};
use oriel_screening::lists::{Format, ListFile, Mapping, Reject, SOURCES, diff, read};
use serde_json::json;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Format of a list of documents, as `--list-format` names it.
const DOCUMENTS: &str = "documents";

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
    /// Say for how long a list counts as fresh, for which offences it may be used and whether its
    /// entries must end; what is not said is not asked any more.
    Terms {
        /// Short identifier of the list.
        id: String,
        #[command(flatten)]
        place: Box<Place>,
        /// Hours after which the list is warned of when nobody has brought it in again; none: never.
        #[arg(long, value_name = "HOURS")]
        fresh_hours: Option<u32>,
        /// Code of an offence; may be given several times.
        #[arg(long = "offence", value_name = "CODE")]
        offences: Vec<String>,
        /// Every entry must say the last day on which it counts: rows without one are left out from
        /// now on.
        #[arg(long)]
        entries_end: bool,
        /// Who says so, as the log shall name them. The console believes what it is told.
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
        activated.counts.added,
        activated.counts.changed,
        activated.counts.removed,
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
    /// Format; recognised by its looks when not given. `documents`: a CSV file of lost and stolen
    /// documents, which may be longer than memory.
    #[arg(long = "list-format")]
    format: Option<String>,
    /// Mapping of columns for a CSV file or a workbook, as TOML.
    #[arg(long)]
    mapping: Option<PathBuf>,
}

impl How {
    /// Which column is which field, where that is said.
    fn mapping(&self) -> anyhow::Result<Option<Mapping>> {
        let Some(mapping) = &self.mapping else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(mapping)
            .with_context(|| format!("could not read {}", mapping.display()))?;
        Ok(Some(Mapping::parse(&text)?))
    }

    /// The mapping of a list of documents, if that is what is to be read.
    fn documents(&self) -> anyhow::Result<Option<Mapping>> {
        match self.format.as_deref() {
            Some(DOCUMENTS) => Ok(Some(self.mapping()?.unwrap_or_else(Mapping::plain))),
            _ => Ok(None),
        }
    }

    /// The format of a file.
    pub(crate) fn format(&self, file: &Path, bytes: &[u8]) -> anyhow::Result<Format> {
        if let Some(mapping) = self.mapping()? {
            return Ok(Format::mapped(mapping, bytes));
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

/// Opens a list of documents from its beginning.
fn opened(file: &Path) -> io::Result<Box<dyn io::Read>> {
    Ok(Box::new(File::open(file)?))
}

/// Reads a file of documents under a key that nobody else needs; its mapping may lie beside it.
pub(crate) fn documents(file: &Path, mapping: &Mapping) -> anyhow::Result<DocumentFile> {
    read_documents([0, 0], mapping, || File::open(file))
        .with_context(|| file.display().to_string())
        .map_err(|error| fail(Exit::Unreadable, format!("{error:#}")))
}

/// The mapping that lies beside a file: `lost.csv` and `lost.toml`.
pub(crate) fn mapping_beside(file: &Path) -> anyhow::Result<Mapping> {
    let beside = file.with_extension("toml");
    let how = How {
        format: None,
        mapping: beside.is_file().then_some(beside),
    };
    Ok(how.mapping()?.unwrap_or_else(Mapping::plain))
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
        Command::Terms {
            id,
            place,
            fresh_hours,
            offences,
            entries_end,
            by,
        } => {
            let app = place.open(true, super::system_clock())?;
            let officer = Actor::new(by, &[Role::ListOfficer]);
            let grant = app.authorize(&officer, Act::ListImport, None)?;
            let terms = ListTerms {
                fresh_hours: *fresh_hours,
                offences: offences.clone(),
                entries_end: *entries_end,
            };
            app.list_terms(&grant, id, &terms)?;
            while app.rescreen(16)?.1 {}
            let fresh =
                fresh_hours.map_or("without limit".to_owned(), |h| format!("for {h} hours"));
            print(&format!(
                "list {id} counts as fresh {fresh} and may be used for {} offences{}",
                offences.len(),
                if *entries_end {
                    "; every entry must end"
                } else {
                    ""
                }
            ))?;
            Ok(Exit::Clean)
        }
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
            let app = place.open(true, super::system_clock())?;
            let officer = Actor::new(by, &[Role::ListOfficer]);
            let grant = app.authorize(&officer, Act::ListImport, None)?;
            let imported = if let Some(mapping) = how.documents()? {
                let import = DocumentImport {
                    id,
                    kind: *kind,
                    name,
                    owner,
                    legal_basis,
                    mapping: &mapping,
                    open: &|| opened(file),
                    may_shrink: *may_shrink,
                };
                match propose {
                    true => app.document_list_propose(&grant, &import),
                    false => app.document_list_import(&grant, &import),
                }
            } else {
                let bytes = super::read_input(file)?;
                let import = ListImport {
                    id,
                    kind: *kind,
                    name,
                    owner,
                    legal_basis,
                    format: &how.format(file, &bytes)?,
                    bytes: &bytes,
                    may_shrink: *may_shrink,
                };
                match propose {
                    true => app.list_propose(&grant, &import),
                    false => app.list_import(&grant, &import),
                }
            }?;
            while app.rescreen(16)?.1 {}
            print(&format!(
                "list {id}, version {}{}: {} entries ({} new, {} changed, {} gone), {} rows left out",
                imported.version,
                if *propose { " proposed" } else { "" },
                imported.entries,
                imported.counts.added,
                imported.counts.changed,
                imported.counts.removed,
                imported.counts.rejected
            ))?;
            Ok(if imported.counts.rejected > 0 {
                Exit::Partial
            } else {
                Exit::Clean
            })
        }
    }
}

fn check(file: &Path, how: &How, format: Print) -> anyhow::Result<Exit> {
    let checked = match how.documents()? {
        Some(mapping) => Checked::documents(documents(file, &mapping)?),
        None => Checked::persons(how.read(file)?),
    };
    if format.is_json() {
        print(&checked.json.to_string())?;
    } else {
        print(&checked.words)?;
        for reject in &checked.rejects {
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
    Ok(if checked.rejects.is_empty() {
        Exit::Clean
    } else {
        Exit::Found
    })
}

/// A file as read, for printing.
struct Checked {
    json: serde_json::Value,
    words: String,
    rejects: Vec<Reject>,
}

impl Checked {
    fn persons(list: ListFile) -> Self {
        let (entries, rejected) = (list.entries.len(), list.rejected_rows());
        Self {
            json: json!({
                "schema": "oriel.list-check/1",
                "format": list.format,
                "issued": list.issued.as_str(),
                "rows": list.rows,
                "entries": entries,
                "rejected_rows": rejected,
                "not_persons": list.not_persons,
                "joined": list.joined,
                "rejects": list.rejects,
            }),
            words: format!(
                "{}: {} rows, {entries} entries, {rejected} left out, {} not persons, {} joined to \
                 others",
                list.format, list.rows, list.not_persons, list.joined
            ),
            rejects: list.rejects,
        }
    }

    /// A row that says what another one says is joined to it.
    fn documents(list: DocumentFile) -> Self {
        let entries = list.set.len();
        Self {
            json: json!({
                "schema": "oriel.list-check/1",
                "format": DOCUMENTS,
                "issued": "",
                "rows": list.rows,
                "entries": entries,
                "rejected_rows": list.rejected,
                "not_persons": 0,
                "joined": list.repeated,
                "rejects": list.rejects,
            }),
            words: format!(
                "{DOCUMENTS}: {} rows, {entries} documents, {} left out, {} say what another row says",
                list.rows, list.rejected, list.repeated
            ),
            rejects: list.rejects,
        }
    }
}
