//! Brings versions of lists in, of persons and of documents.
//!
//! Invariants: everything is read before anything is written; a version is there whole or not at
//! all; what is new, changed, gone and the same is counted against the version in force.

use super::load::{Ready, documents, entries};
use super::{Counts, DocumentImport, Imported, ListImport, SHRINK_LIMIT_PERCENT};
use crate::{AppError, Core};
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant, ListKind};
use oriel_screening::documents::{DocumentSet, read_documents};
use oriel_screening::lists::{Diff, Reject, diff, read, refuse_shrunk};
use oriel_screening::{Entry, ListVersion};
use oriel_store::{ListRow, ListVersionRow, StoreError, Tx};
use std::sync::Arc;

/// Blocks of a list of documents that are written in one transaction: messages get their turn
/// between them.
const BLOCKS_AT_ONCE: usize = 16;

/// What a version holds.
pub(super) enum Content {
    Persons(Vec<Entry>),
    Documents(Arc<DocumentSet>),
}

impl Content {
    /// Of the version that a list has in force.
    pub(super) fn read(core: &Core, tx: &mut Tx<'_>, list: &ListRow) -> Result<Self, AppError> {
        let set = match core.lists().ready(list) {
            Some(Ready::Documents(set)) => Some(set),
            Some(Ready::Persons(_)) => None,
            None => documents(tx, list)?.map(Arc::new),
        };
        if let Some(set) = set {
            return Ok(Self::Documents(set));
        }
        Ok(Self::Persons(entries(tx, list)?))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Persons(entries) => entries.len(),
            Self::Documents(set) => set.len(),
        }
    }

    /// What changed between two versions: in numbers, and of persons entry by entry.
    pub(super) fn compare(&self, was: &str, next: &Self, is: &str) -> (Counts, Diff) {
        let version = |version: &str, content: &Self| ListVersion {
            version: version.into(),
            entries: match content {
                Self::Persons(entries) => entries.clone(),
                Self::Documents(_) => Vec::new(),
            },
            ..ListVersion::default()
        };
        let diff = diff(&version(was, self), &version(is, next));
        let counts = match (self, next) {
            (Self::Documents(before), Self::Documents(after)) => {
                let common = before.common(after);
                Counts {
                    added: after.len() - common,
                    changed: 0,
                    removed: before.len() - common,
                    unchanged: common,
                }
            }
            (Self::Documents(before), Self::Persons(_)) => Counts {
                removed: before.len(),
                ..Counts::of(&diff)
            },
            (Self::Persons(_), Self::Documents(after)) => Counts {
                added: after.len(),
                ..Counts::of(&diff)
            },
            (Self::Persons(_), Self::Persons(_)) => Counts::of(&diff),
        };
        (counts, diff)
    }

    pub(super) fn ready(self, list: &str) -> Ready {
        match self {
            Self::Persons(entries) => {
                Ready::Persons(oriel_screening::Index::build(list, &entries).into())
            }
            Self::Documents(set) => Ready::Documents(set),
        }
    }
}

/// A version, read and not yet kept.
struct Version<'a> {
    id: &'a str,
    name: &'a str,
    owner: &'a str,
    legal_basis: &'a str,
    kind: ListKind,
    may_shrink: bool,
    version: String,
    format: &'a str,
    rejects: &'a [Reject],
    rejected_rows: usize,
    content: Content,
}

impl Core {
    /// Brings persons in. `at_once`: the version is put in force; otherwise it waits for another
    /// person.
    pub(super) fn import(
        &self,
        grant: &Grant,
        import: &ListImport<'_>,
        at_once: bool,
    ) -> Result<Imported, AppError> {
        if grant.act() != Act::ListImport {
            return Err(StoreError::WrongGrant.into());
        }
        let mut file = read(import.format, import.bytes)?;
        // The store gives entries back by identifier; the version is a digest of them in order.
        file.entries.sort_by(|a, b| a.id.cmp(&b.id));
        let rejects = std::mem::take(&mut file.rejects);
        let read = ListVersion::new(import.id, import.name, file);
        let version = Version {
            id: import.id,
            name: import.name,
            owner: import.owner,
            legal_basis: import.legal_basis,
            kind: import.kind,
            may_shrink: import.may_shrink,
            version: read.version.to_string(),
            format: import.format.name(),
            rejects: &rejects,
            rejected_rows: rejects.iter().filter(|r| r.whole_row).count(),
            content: Content::Persons(read.entries),
        };
        self.enter(grant, version, at_once)
    }

    /// Brings documents in.
    pub(super) fn import_documents(
        &self,
        grant: &Grant,
        import: &DocumentImport<'_>,
        at_once: bool,
    ) -> Result<Imported, AppError> {
        if grant.act() != Act::ListImport {
            return Err(StoreError::WrongGrant.into());
        }
        let key = self.store.read(|tx| tx.list_document_key())?;
        let file = read_documents(key, import.mapping, import.open)?;
        let (id, version) = (import.id, file.set.version().to_string());
        let known = self.store.read(|tx| tx.list_version(id, &version))?;
        if known.is_none() && !file.set.is_empty() {
            let mut blocks = (0..).zip(file.set.blocks()).peekable();
            while blocks.peek().is_some() {
                self.store.write(|tx| {
                    // Until a version is entered its blocks are nobody's.
                    tx.housekeeping();
                    for (n, block) in blocks.by_ref().take(BLOCKS_AT_ONCE) {
                        tx.list_block_put(id, &version, n, &block)?;
                    }
                    Ok::<_, StoreError>(())
                })?;
            }
        }
        let version = Version {
            id,
            name: import.name,
            owner: import.owner,
            legal_basis: import.legal_basis,
            kind: import.kind,
            may_shrink: import.may_shrink,
            version,
            format: ListVersionRow::DOCUMENTS,
            rejects: &file.rejects,
            rejected_rows: file.rejected as usize,
            content: Content::Documents(file.set.into()),
        };
        self.enter(grant, version, at_once)
    }

    fn enter(&self, grant: &Grant, new: Version<'_>, at_once: bool) -> Result<Imported, AppError> {
        let list = new.id.to_owned();
        let entries = new.content.len();
        if entries == 0 {
            return Err(AppError::ListEmpty { list });
        }
        let version = new.version.clone();
        let row = ListRow {
            id: list,
            name: new.name.to_owned(),
            owner: new.owner.to_owned(),
            legal_basis: new.legal_basis.to_owned(),
            active: if at_once {
                version.clone()
            } else {
                String::new()
            },
            kind: new.kind.name().to_owned(),
        };
        let imported = self.store.write(|tx| {
            let known = tx.list_all()?.into_iter().find(|list| list.id == new.id);
            let before = match &known {
                Some(list) => Content::read(self, tx, list)?,
                None => Content::Persons(Vec::new()),
            };
            if !new.may_shrink {
                refuse_shrunk(new.id, before.len(), entries, SHRINK_LIMIT_PERCENT)?;
            }
            let was = known.as_ref().map_or("", |list| list.active.as_str());
            let (counts, diff) = before.compare(was, &new.content, &version);
            let imported = Imported {
                version: version.clone(),
                entries,
                rejected_rows: new.rejected_rows,
                counts,
                diff,
                unchanged: was == version
                    && (!at_once || known.as_ref().is_some_and(|list| list.kind == row.kind)),
            };
            if imported.unchanged {
                return Ok(imported);
            }
            tx.list_version_insert(
                &ListVersionRow {
                    list: row.id.clone(),
                    version: version.clone(),
                    imported_at: self.now(),
                    imported_by: grant.actor().to_owned(),
                    format: new.format.to_owned(),
                    entries: entries as i64,
                    rejects: serde_json::to_string(new.rejects).expect("rejects are plain data"),
                },
                &rows(&new.content),
            )?;
            // A proposal leaves a list that is in force as it is.
            if at_once || known.is_none() {
                tx.list_put(&row)?;
            }
            let step = if at_once { "ok" } else { "ok proposed" };
            let detail = format!(
                "{step} kind={} version={version} entries={entries} rejected_rows={}",
                row.kind, new.rejected_rows
            );
            tx.audit_append(&[Event::granted(grant, new.id, detail)])?;
            Ok::<_, AppError>(imported)
        })?;
        if at_once && !imported.unchanged {
            let ready = new.content.ready(&row.id);
            self.set_lists(self.lists().with(row, ready));
        }
        Ok(imported)
    }
}

/// Identifier and JSON of every entry.
fn rows(content: &Content) -> Vec<(String, String)> {
    let Content::Persons(entries) = content else {
        return Vec::new();
    };
    let row = |entry: &Entry| {
        let json = serde_json::to_string(entry).expect("an entry is plain data");
        (entry.id.to_string(), json)
    };
    entries.iter().map(row).collect()
}
