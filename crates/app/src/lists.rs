//! Lists: brought in, guarded, put in force, and loaded at start.
//!
//! - In: a list file.  Out: a version in force, its counts, and every journey that has not ended
//!   marked to be screened again.
//! - A version that is only proposed waits for another person ([`App::list_activate`]).
//! - Invariants: a version is known by the digest of its content, so the same file twice changes
//!   nothing; rows that cannot be read are counted with their reasons and never block the others;
//!   a list that loses too much at once is not put in force unasked; readers see the old version
//!   or the new one, whole.

mod activate;

use crate::{App, AppError, Core};
pub use activate::{Activated, ListRefusal};
use oriel_model::Text;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant, ListKind, Profile};
use oriel_screening::lists::{Diff, Format, diff, read, refuse_shrunk};
use oriel_screening::{Entry, Index, ListVersion, Watchlists, Weights};
use oriel_store::{ListRow, ListVersionRow, StoreError, Tx};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Share of its entries that a list may lose from one version to the next.
const SHRINK_LIMIT_PERCENT: u8 = 20;

/// The lists in force, ready to be asked.
pub(crate) struct Loaded {
    lists: Vec<(ListRow, Arc<Index>)>,
    weights: Text,
}

/// Those of them that one recipient may screen against (R-SCO-07).
pub(crate) struct OwnLists {
    pub(crate) watchlists: Watchlists,
    /// Digest over list identifiers, versions and weights: what a journey was screened against.
    pub(crate) digest: String,
}

/// A list to bring in.
#[derive(Clone, Debug)]
pub struct ListImport<'a> {
    /// Short identifier, such as `un`.
    pub id: &'a str,
    /// What it is for: who may screen against it follows from that.
    pub kind: ListKind,
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

/// What an import came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The version, in force or proposed.
    pub version: String,
    /// Entries taken.
    pub entries: usize,
    /// Rows left out, with the reasons kept in the store.
    pub rejected_rows: usize,
    /// What changed against the version before.
    pub diff: Diff,
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
    pub(crate) fn read(tx: &mut Tx<'_>, weights: &Weights) -> Result<Self, AppError> {
        let mut lists = Vec::new();
        for list in in_force(tx)? {
            let entries = entries(tx, &list)?;
            let index = Arc::new(Index::build(&list.id, &entries));
            lists.push((list, index));
        }
        Ok(Self {
            lists,
            weights: weights.version().clone(),
        })
    }

    /// Whether these are the lists in force, each in its version and of its kind.
    fn are(&self, in_force: &[ListRow]) -> bool {
        let known = |list: &ListRow| {
            self.lists.iter().any(|(row, _)| {
                (&row.id, &row.active, &row.kind) == (&list.id, &list.active, &list.kind)
            })
        };
        self.lists.len() == in_force.len() && in_force.iter().all(known)
    }

    /// The same lists with this one added, or put in place of its earlier version.
    fn with(&self, list: ListRow, index: Arc<Index>) -> Self {
        let others = self.lists.iter().filter(|(row, _)| row.id != list.id);
        let mut lists: Vec<(ListRow, Arc<Index>)> = others.cloned().collect();
        lists.push((list, index));
        Self {
            lists,
            weights: self.weights.clone(),
        }
    }

    /// How many entries, on all lists.
    fn len(&self) -> usize {
        self.lists.iter().map(|(_, index)| index.len()).sum()
    }

    /// The lists of the kinds that a recipient's law lets it screen against.
    pub(crate) fn of(&self, profile: &Profile) -> OwnLists {
        let own = self.lists.iter().filter(|(list, _)| may_use(profile, list));
        let watchlists = Watchlists::new(own.map(|(_, index)| Arc::clone(index)).collect());
        let mut digest = Sha256::new();
        let lists = watchlists
            .indexes()
            .iter()
            .flat_map(|index| [index.list(), index.version()]);
        for text in std::iter::once(&self.weights).chain(lists) {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
        let digest: [u8; 32] = digest.finalize().into();
        OwnLists {
            watchlists,
            digest: hex(&digest[..8]),
        }
    }
}

/// Whether a list is of a kind that a law lets its recipient screen against.
fn may_use(profile: &Profile, list: &ListRow) -> bool {
    let kinds = &profile.recipient().lists.value;
    ListKind::parse(&list.kind).is_some_and(|kind| kinds.contains(&kind))
}

/// The lists of which a version is in force; of others one is only proposed.
fn in_force(tx: &mut Tx<'_>) -> Result<Vec<ListRow>, AppError> {
    let mut lists = tx.list_all()?;
    lists.retain(|list| !list.active.is_empty());
    Ok(lists)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Entries of the version of a list that is in force, by identifier.
fn entries(tx: &mut Tx<'_>, list: &ListRow) -> Result<Vec<Entry>, AppError> {
    let mut entries = Vec::new();
    tx.list_entries(&list.id, &list.active, |json| {
        let damaged = |_| StoreError::Damaged {
            what: "an entry of a list".to_owned(),
        };
        entries.push(serde_json::from_str(json).map_err(damaged)?);
        Ok::<_, AppError>(())
    })?;
    Ok(entries)
}

impl Core {
    /// The lists in force as a transaction that writes sees them: read again where another node
    /// has put others in force.
    pub(crate) fn lists_in(&self, tx: &mut Tx<'_>) -> Result<Arc<Loaded>, AppError> {
        let lists = self.lists();
        if lists.are(&in_force(tx)?) {
            return Ok(lists);
        }
        self.set_lists(Loaded::read(tx, &self.weights)?);
        Ok(self.lists())
    }

    /// `at_once`: the version is put in force; otherwise it waits for another person.
    fn import(
        &self,
        grant: &Grant,
        import: &ListImport<'_>,
        at_once: bool,
    ) -> Result<Imported, AppError> {
        if grant.act() != Act::ListImport {
            return Err(StoreError::WrongGrant.into());
        }
        let mut file = read(import.format, import.bytes)?;
        if file.entries.is_empty() {
            return Err(AppError::ListEmpty {
                list: import.id.to_owned(),
            });
        }
        // The store gives entries back by identifier; the version is a digest of them in order.
        file.entries.sort_by(|a, b| a.id.cmp(&b.id));
        let rejects = serde_json::to_string(&file.rejects).expect("rejects are plain data");
        let rejected_rows = file.rejected_rows() as usize;
        let after = ListVersion::new(import.id, import.name, file);
        let version = after.version.to_string();
        let rows: Vec<(String, String)> = after
            .entries
            .iter()
            .map(|entry| {
                let json = serde_json::to_string(entry).expect("an entry is plain data");
                (entry.id.to_string(), json)
            })
            .collect();
        let active = if at_once {
            version.clone()
        } else {
            String::new()
        };
        let row = ListRow {
            id: import.id.to_owned(),
            name: import.name.to_owned(),
            owner: import.owner.to_owned(),
            legal_basis: import.legal_basis.to_owned(),
            active,
            kind: import.kind.name().to_owned(),
        };
        let imported = self.store.write(|tx| {
            let known = tx.list_all()?.into_iter().find(|list| list.id == import.id);
            let before = match &known {
                Some(list) => ListVersion {
                    version: list.active.as_str().into(),
                    entries: entries(tx, list)?,
                    ..ListVersion::default()
                },
                None => ListVersion::default(),
            };
            let (was, is) = (before.entries.len(), after.entries.len());
            if !import.may_shrink {
                refuse_shrunk(import.id, was, is, SHRINK_LIMIT_PERCENT)?;
            }
            let imported = Imported {
                version: version.clone(),
                entries: is,
                rejected_rows,
                diff: diff(&before, &after),
                unchanged: known.as_ref().is_some_and(|list| {
                    list.active == version && (list.kind == row.kind || !at_once)
                }),
            };
            if imported.unchanged {
                return Ok(imported);
            }
            tx.list_version_insert(
                &ListVersionRow {
                    list: import.id.to_owned(),
                    version: version.clone(),
                    imported_at: self.now(),
                    imported_by: grant.actor().to_owned(),
                    format: import.format.name().to_owned(),
                    entries: is as i64,
                    rejects,
                },
                &rows,
            )?;
            // A proposal leaves a list that is in force as it is.
            if at_once || known.is_none() {
                tx.list_put(&row)?;
            }
            let step = if at_once { "ok" } else { "ok proposed" };
            let detail = format!(
                "{step} kind={} version={version} entries={is} rejected_rows={rejected_rows}",
                row.kind
            );
            tx.audit_append(&[Event::granted(grant, import.id, detail)])?;
            Ok::<_, AppError>(imported)
        })?;
        if at_once && !imported.unchanged {
            let index = Arc::new(after.index());
            self.set_lists(self.lists().with(row, index));
        }
        Ok(imported)
    }
}

impl App {
    /// Brings a list in and puts it in force. Journeys that have not ended wait to be screened
    /// again: call [`App::rescreen`].
    pub fn list_import(
        &self,
        grant: &Grant,
        import: &ListImport<'_>,
    ) -> Result<Imported, AppError> {
        self.core.import(grant, import, true)
    }

    /// Brings a list in and puts nothing in force: the version waits for another person. Of a list
    /// that is in force, name, owner, legal basis and kind stay as they are.
    pub fn list_propose(
        &self,
        grant: &Grant,
        import: &ListImport<'_>,
    ) -> Result<Imported, AppError> {
        self.core.import(grant, import, false)
    }

    /// The lists in force that the recipient of `grant` may screen against.
    pub fn list_views(&self, grant: &Grant) -> Result<Vec<ListView>, AppError> {
        if grant.act() != Act::ListRead {
            return Err(StoreError::WrongGrant.into());
        }
        self.core.store.read(|tx| {
            let versions = tx.list_versions()?;
            Ok(tx
                .list_all()?
                .into_iter()
                .filter(|list| may_use(grant.profile(), list))
                .filter_map(|list| {
                    let version = versions
                        .iter()
                        .find(|v| v.list == list.id && v.version == list.active)?
                        .clone();
                    let rejects = serde_json::from_str::<Vec<serde_json::Value>>(&version.rejects)
                        .map_or(0, |rejects| rejects.len());
                    Some(ListView {
                        list,
                        version,
                        rejects,
                    })
                })
                .collect())
        })
    }

    /// Entries on all lists in force.
    pub fn list_entries(&self) -> usize {
        self.core.lists().len()
    }
}
