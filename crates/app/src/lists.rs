//! Lists: brought in, guarded, put in force, and loaded at start.
//!
//! - In: a list file.  Out: a version in force, its counts, and every journey that has not ended
//!   marked to be screened again.
//! - Invariants: a version is known by the digest of its content, so the same file twice changes
//!   nothing; rows that cannot be read are counted with their reasons and never block the others;
//!   a list that loses too much at once is not put in force unasked; readers see the old version
//!   or the new one, whole.

use crate::{App, AppError, Core};
use jiff::Timestamp;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};
use oriel_screening::lists::{Format, ListFile};
use oriel_screening::{Entry, Index, Watchlists, Weights};
use oriel_store::{ListRow, ListVersionRow, Store, StoreError};
use sha2::{Digest, Sha256};

/// Share of its entries that a list may lose from one version to the next.
const SHRINK_LIMIT_PERCENT: usize = 20;

/// The lists in force, ready to be asked.
pub(crate) struct Loaded {
    pub(crate) watchlists: Watchlists,
    /// Digest over list identifiers, versions and weights: what a journey was screened against.
    pub(crate) digest: String,
}

/// A list to bring in.
#[derive(Clone, Debug)]
pub struct ListImport<'a> {
    /// Short identifier, such as `un`.
    pub id: &'a str,
    /// Name for people.
    pub name: &'a str,
    /// Who answers for it.
    pub owner: &'a str,
    /// Why it may be used.
    pub legal_basis: &'a str,
    /// How the file is to be read.
    pub format: &'a Format,
    /// The file.
    pub bytes: &'a [u8],
    /// Leave to shrink beyond the limit.
    pub may_shrink: bool,
}

/// What an import came to. Taken, and not taken, add up to the rows of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Version now in force.
    pub version: String,
    /// Entries taken.
    pub entries: usize,
    /// Rows not taken.
    pub rejects: usize,
    /// Entries that the version before did not have.
    pub added: usize,
    /// Entries that changed.
    pub changed: usize,
    /// Entries that went away.
    pub removed: usize,
    /// The version was in force already.
    pub unchanged: bool,
}

/// A list as shown: no entry.
#[derive(Clone, Debug)]
pub struct ListView {
    /// The list.
    pub list: ListRow,
    /// The version in force.
    pub version: ListVersionRow,
    /// How many rows of its file were not taken.
    pub rejects: usize,
}

impl Loaded {
    /// Reads the lists in force and builds their indexes.
    pub(crate) fn from_store(store: &Store, weights: &Weights) -> Result<Self, AppError> {
        store.read(|tx| {
            let mut indexes = Vec::new();
            let mut digest = Sha256::new();
            digest.update(weights.version().as_bytes());
            for list in tx.list_all()? {
                let mut entries: Vec<Entry> = Vec::new();
                tx.list_entries(&list.id, &list.active, |json| {
                    entries.push(serde_json::from_str(json).map_err(|_| {
                        StoreError::Damaged { what: "an entry of a list".to_owned() }
                    })?);
                    Ok::<_, AppError>(())
                })?;
                for text in [&list.id, &list.active] {
                    digest.update((text.len() as u64).to_be_bytes());
                    digest.update(text.as_bytes());
                }
                indexes.push(Index::build(&list.id, &list.active, &entries).into());
            }
            let digest: [u8; 32] = digest.finalize().into();
            Ok(Self { watchlists: Watchlists::new(indexes), digest: hex(&digest[..8]) })
        })
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Core {
    fn import(&self, grant: &Grant, import: &ListImport<'_>) -> Result<Imported, AppError> {
        if grant.act() != Act::ListImport {
            return Err(StoreError::WrongGrant.into());
        }
        let file = oriel_screening::lists::read(import.format, import.bytes)?;
        if file.entries.is_empty() {
            return Err(AppError::ListEmpty { list: import.id.to_owned() });
        }
        let mut entries: Vec<(String, String)> = file
            .entries
            .iter()
            .map(|entry| {
                let json = serde_json::to_string(entry).expect("an entry is plain data");
                (entry.id.to_string(), json)
            })
            .collect();
        entries.sort();
        let version = version_of(&entries);
        self.store.write(|tx| {
            let before = tx.list_all()?.into_iter().find(|list| list.id == import.id);
            let mut known: Vec<(String, String)> = Vec::new();
            if let Some(before) = &before {
                tx.list_entries(&before.id, &before.active, |json| {
                    let entry: Entry = serde_json::from_str(json).map_err(|_| {
                        StoreError::Damaged { what: "an entry of a list".to_owned() }
                    })?;
                    known.push((entry.id.to_string(), json.to_owned()));
                    Ok::<_, AppError>(())
                })?;
            }
            let (was, is) = (known.len(), entries.len());
            let shrank = is * 100 < was * (100 - SHRINK_LIMIT_PERCENT);
            if shrank && !import.may_shrink {
                return Err(AppError::ListShrank {
                    list: import.id.to_owned(),
                    before: was,
                    after: is,
                    limit_percent: SHRINK_LIMIT_PERCENT,
                });
            }
            let mut imported = difference(&known, &entries);
            imported.version.clone_from(&version);
            imported.rejects = file.rejects.len();
            imported.unchanged = before.as_ref().is_some_and(|list| list.active == version);
            if imported.unchanged {
                return Ok(imported);
            }
            self.put_in_force(tx, grant, import, &file, &version, &entries)?;
            Ok(imported)
        })
    }

    fn put_in_force(
        &self,
        tx: &mut oriel_store::Tx<'_>,
        grant: &Grant,
        import: &ListImport<'_>,
        file: &ListFile,
        version: &str,
        entries: &[(String, String)],
    ) -> Result<(), AppError> {
        tx.list_version_insert(
            &ListVersionRow {
                list: import.id.to_owned(),
                version: version.to_owned(),
                imported_at: self.now(),
                imported_by: grant.actor().to_owned(),
                format: import.format.name().to_owned(),
                entries: entries.len() as i64,
                rejects: serde_json::to_string(&file.rejects).expect("rejects are plain data"),
            },
            entries,
        )?;
        tx.list_put(&ListRow {
            id: import.id.to_owned(),
            name: import.name.to_owned(),
            owner: import.owner.to_owned(),
            legal_basis: import.legal_basis.to_owned(),
            active: version.to_owned(),
        })?;
        let detail =
            format!("ok version={version} entries={} rejects={}", entries.len(), file.rejects.len());
        tx.audit_append(&[Event::granted(grant, import.id, detail)])?;
        Ok(())
    }
}

/// Version of a list: the first 16 digits of SHA-256 over its entries in order.
fn version_of(entries: &[(String, String)]) -> String {
    let mut digest = Sha256::new();
    for (_, json) in entries {
        digest.update((json.len() as u64).to_be_bytes());
        digest.update(json.as_bytes());
    }
    let digest: [u8; 32] = digest.finalize().into();
    hex(&digest[..8])
}

/// Counts what is new, changed and gone between two sorted lists of entries.
fn difference(before: &[(String, String)], after: &[(String, String)]) -> Imported {
    let known: std::collections::HashMap<&str, &str> =
        before.iter().map(|(id, json)| (id.as_str(), json.as_str())).collect();
    let added = after.iter().filter(|(id, _)| !known.contains_key(id.as_str())).count();
    let same = after
        .iter()
        .filter(|(id, json)| known.get(id.as_str()).is_some_and(|old| old == json))
        .count();
    let changed = after.len() - added - same;
    Imported {
        version: String::new(),
        entries: after.len(),
        rejects: 0,
        added,
        changed,
        removed: before.len() - same - changed,
        unchanged: false,
    }
}

impl App {
    /// Brings a list in and puts it in force. Journeys that have not ended wait to be screened
    /// again: call [`App::rescreen`].
    pub fn list_import(&self, grant: &Grant, import: &ListImport<'_>) -> Result<Imported, AppError> {
        let imported = self.core.import(grant, import)?;
        if !imported.unchanged {
            self.core.set_lists(Loaded::from_store(&self.core.store, &self.core.weights)?);
        }
        Ok(imported)
    }

    /// The lists in force.
    pub fn list_views(&self, grant: &Grant) -> Result<Vec<ListView>, AppError> {
        if grant.act() != Act::ListRead {
            return Err(StoreError::WrongGrant.into());
        }
        self.core.store.read(|tx| {
            let versions = tx.list_versions()?;
            Ok(tx
                .list_all()?
                .into_iter()
                .filter_map(|list| {
                    let version = versions
                        .iter()
                        .find(|v| v.list == list.id && v.version == list.active)?
                        .clone();
                    let rejects = serde_json::from_str::<Vec<serde_json::Value>>(&version.rejects)
                        .map_or(0, |rejects| rejects.len());
                    Some(ListView { list, version, rejects })
                })
                .collect())
        })
    }

    /// Whether lists are in force, and of how many entries.
    pub fn lists_ready(&self) -> (usize, Timestamp) {
        (self.core.lists().watchlists.entries(), self.now())
    }
}
