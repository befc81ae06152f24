//! Brings versions of lists in, of persons and of documents.
//!
//! Invariants: everything is read before anything is written; a version is there whole or not at
//! all; what is new, changed, gone and the same is counted against the version in force; nothing long
//! is done in a transaction that writes, so that messages do not wait.

use super::load::{Ready, documents, entries};
use super::terms::{refuse_unbounded, source_digest};
use super::{
    Counts, DocumentImport, Imported, ListChecked, ListImport, Open, SHRINK_LIMIT_PERCENT,
};
use crate::{AppError, Core};
use jiff::Timestamp;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant, ListKind, Profile};
use oriel_screening::documents::{DocumentReadError, DocumentSet, read_documents};
use oriel_screening::lists::{Diff, Format, Mapping, Reject, diff, read_keyed, refuse_shrunk};
use oriel_screening::selectors::SelectorKey;
use oriel_screening::{Entry, ListVersion};
use oriel_store::{ListRow, ListVersionRow, StoreError, Tx};
use std::sync::Arc;

/// Blocks of a list of documents that are written in one transaction: messages get their turn
/// between them.
const BLOCKS_AT_ONCE: usize = 16;

/// Entries of a list that are written in one transaction, for the same reason.
const ENTRIES_AT_ONCE: usize = 2_000;

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
            Some(Ready::Persons(..)) => None,
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
        let mut counts = Counts {
            added: diff.added.len(),
            changed: diff.changed.len(),
            removed: diff.removed.len(),
            unchanged: diff.unchanged,
            ..Counts::default()
        };
        if let Self::Documents(before) = self {
            counts.removed += before.len();
        }
        if let Self::Documents(after) = next {
            counts.added += after.len();
        }
        if let (Self::Documents(before), Self::Documents(after)) = (self, next) {
            counts.unchanged = before.common(after);
            counts.added -= counts.unchanged;
            counts.removed -= counts.unchanged;
        }
        (counts, diff)
    }

    pub(super) fn ready(&self, key: SelectorKey, list: &str) -> Ready {
        match self {
            Self::Persons(entries) => Ready::persons(key, list, entries),
            Self::Documents(set) => Ready::Documents(Arc::clone(set)),
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
    source: String,
    rejects: &'a [Reject],
    /// Of the file alone, not yet compared.
    counts: Counts,
    content: Content,
}

/// A file of persons or of documents, read.
struct File {
    version: String,
    rejects: Vec<Reject>,
    /// Of the file alone.
    counts: Counts,
    content: Content,
}

impl File {
    fn read(
        core: &Core,
        profile: &Profile,
        list: &str,
        format: &Format,
        bytes: &[u8],
    ) -> Result<Self, AppError> {
        let mut file = read_keyed(format, bytes, core.selector_key()?)?;
        file.refuse_offences(|code| profile.knows_offence(code));
        let known = core.store.read(|tx| list_of(tx, list))?;
        if known.is_some_and(|known| known.entries_end) {
            file.refuse_endless();
        }
        // The store gives entries back by identifier; the version is a digest of them in order.
        file.entries.sort_by(|a, b| a.id.cmp(&b.id));
        let counts = Counts {
            rows: file.rows as usize,
            rejected: file.rejected_rows() as usize,
            not_persons: file.not_persons as usize,
            joined: file.joined as usize,
            ..Counts::default()
        };
        let rejects = std::mem::take(&mut file.rejects);
        let read = ListVersion::new(list, "", file);
        Ok(Self {
            version: read.version.to_string(),
            rejects,
            counts,
            content: Content::Persons(read.entries),
        })
    }

    fn read_documents(core: &Core, mapping: &Mapping, open: Open<'_>) -> Result<Self, AppError> {
        let key = core.store.read(|tx| tx.list_document_key())?;
        let file = read_documents(key, mapping, open)?;
        Ok(Self {
            version: file.set.version().to_string(),
            rejects: file.rejects,
            counts: Counts {
                rows: file.rows as usize,
                rejected: file.rejected as usize,
                joined: file.repeated as usize,
                ..Counts::default()
            },
            content: Content::Documents(file.set.into()),
        })
    }
}

impl Core {
    /// Under which what lists seek is compared.
    pub(super) fn selector_key(&self) -> Result<SelectorKey, AppError> {
        let key = self.store.read(|tx| tx.list_selector_key())?;
        Ok(SelectorKey::new(key))
    }

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
        let file = File::read(
            self,
            grant.profile(),
            import.id,
            import.format,
            import.bytes,
        )?;
        let version = Version {
            id: import.id,
            name: import.name,
            owner: import.owner,
            legal_basis: import.legal_basis,
            kind: import.kind,
            may_shrink: import.may_shrink,
            version: file.version,
            format: import.format.name(),
            source: source_digest(&mut &*import.bytes).map_err(DocumentReadError::Read)?,
            rejects: &file.rejects,
            counts: file.counts,
            content: file.content,
        };
        self.enter(grant, version, at_once)
    }

    pub(super) fn check_list(
        &self,
        grant: &Grant,
        id: &str,
        format: &Format,
        bytes: &[u8],
    ) -> Result<ListChecked, AppError> {
        if grant.act() != Act::ListImport {
            return Err(StoreError::WrongGrant.into());
        }
        let file = File::read(self, grant.profile(), id, format, bytes)?;
        self.against_in_force(id, file)
    }

    pub(super) fn check_documents(
        &self,
        grant: &Grant,
        id: &str,
        mapping: &Mapping,
        open: Open<'_>,
    ) -> Result<ListChecked, AppError> {
        if grant.act() != Act::ListImport {
            return Err(StoreError::WrongGrant.into());
        }
        let file = File::read_documents(self, mapping, open)?;
        self.against_in_force(id, file)
    }

    /// What a file would change.
    fn against_in_force(&self, id: &str, file: File) -> Result<ListChecked, AppError> {
        self.store.read(|tx| {
            let known = tx.list_all()?.into_iter().find(|list| list.id == id);
            let was = known.as_ref().map_or("", |list| list.active.as_str());
            let before = match &known {
                Some(list) => Content::read(self, tx, list)?,
                None => Content::Persons(Vec::new()),
            };
            let (counts, diff) = before.compare(was, &file.content, &file.version);
            Ok(ListChecked {
                counts: counts.with_file(file.counts),
                diff,
                rejects: file.rejects,
                before: before.len(),
            })
        })
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
        let file = File::read_documents(self, import.mapping, import.open)?;
        let (id, version) = (import.id, file.version);
        let known = self.store.read(|tx| tx.list_version(id, &version))?;
        if let (None, Content::Documents(set)) = (known, &file.content)
            && !set.is_empty()
        {
            let mut blocks = (0..).zip(set.blocks()).peekable();
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
            source: source_digest(&mut (import.open)().map_err(DocumentReadError::Read)?)
                .map_err(DocumentReadError::Read)?,
            rejects: &file.rejects,
            counts: file.counts,
            content: file.content,
        };
        self.enter(grant, version, at_once)
    }

    fn enter(&self, grant: &Grant, new: Version<'_>, at_once: bool) -> Result<Imported, AppError> {
        let list = new.id.to_owned();
        let entries = new.content.len();
        if entries == 0 {
            return Err(AppError::ListEmpty { list });
        }
        loop {
            let known = self.store.read(|tx| list_of(tx, new.id))?;
            let imported = self.compared(&new, known.as_ref(), at_once)?;
            if !imported.unchanged {
                self.keep_entries(&new)?;
            }
            let now = self.now();
            let row = new.row(known.as_ref(), &imported, at_once, now);
            let goes_in = at_once && !imported.unchanged;
            if goes_in {
                refuse_unbounded(grant.profile(), &row, &new.content)?;
            }
            let made = match goes_in {
                true => Some((row.clone(), new.content.ready(self.selector_key()?, new.id))),
                false => None,
            };
            let done = self.put_in_force(made, |tx| {
                // Compared with what is no longer in force: again.
                if list_of(tx, new.id)? != known {
                    return Ok(false);
                }
                new.enter(tx, grant, &row, &imported, now)?;
                Ok(true)
            })?;
            if done {
                return Ok(imported);
            }
        }
    }

    /// What a version comes to against the one in force.
    fn compared(
        &self,
        new: &Version<'_>,
        known: Option<&ListRow>,
        at_once: bool,
    ) -> Result<Imported, AppError> {
        let before = match known {
            Some(list) => self.store.read(|tx| Content::read(self, tx, list))?,
            None => Content::Persons(Vec::new()),
        };
        let entries = new.content.len();
        if !new.may_shrink {
            refuse_shrunk(new.id, before.len(), entries, SHRINK_LIMIT_PERCENT)?;
        }
        let was = known.map_or("", |list| list.active.as_str());
        let (counts, diff) = before.compare(was, &new.content, &new.version);
        let same_kind = known.is_some_and(|list| list.kind == new.kind.name());
        Ok(Imported {
            version: new.version.clone(),
            entries,
            counts: counts.with_file(new.counts),
            diff,
            unchanged: was == new.version && (!at_once || same_kind),
        })
    }

    /// Keeps the entries of a version that is not there yet. Until it is entered they are nobody's,
    /// and the same import writes them again.
    fn keep_entries(&self, new: &Version<'_>) -> Result<(), AppError> {
        let (id, version) = (new.id, new.version.as_str());
        let there = self.store.read(|tx| tx.list_version(id, version))?;
        let Content::Persons(entries) = &new.content else {
            return Ok(());
        };
        if there.is_none() {
            for some in entries.chunks(ENTRIES_AT_ONCE) {
                self.store.write(|tx| {
                    tx.housekeeping();
                    tx.list_entries_put(id, version, &rows(some))
                })?;
            }
        }
        Ok(())
    }
}

impl Version<'_> {
    /// The list as it stands with this version.
    fn row(
        &self,
        known: Option<&ListRow>,
        imported: &Imported,
        at_once: bool,
        now: Timestamp,
    ) -> ListRow {
        match known.cloned() {
            // A proposal leaves a list that is in force as it is, and so does what is in force.
            Some(known) if !at_once || imported.unchanged => ListRow {
                fetched_at: match imported.unchanged {
                    true => Some(now),
                    false => known.fetched_at,
                },
                ..known
            },
            known => ListRow {
                id: self.id.to_owned(),
                name: self.name.to_owned(),
                owner: self.owner.to_owned(),
                legal_basis: self.legal_basis.to_owned(),
                active: match at_once {
                    true => self.version.clone(),
                    false => String::new(),
                },
                kind: self.kind.name().to_owned(),
                fresh_hours: known.as_ref().and_then(|known| known.fresh_hours),
                entries_end: known.as_ref().is_some_and(|known| known.entries_end),
                offences: known.map(|known| known.offences).unwrap_or_default(),
                fetched_at: Some(now),
            },
        }
    }

    /// Writes list and version; its entries are there.
    fn enter(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
        row: &ListRow,
        imported: &Imported,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let at_once = row.active == self.version;
        tx.list_put(row)?;
        let step = match (imported.unchanged, at_once) {
            (true, _) => "ok unchanged",
            (false, true) => "ok",
            (false, false) => "ok proposed",
        };
        if !imported.unchanged {
            tx.list_version_insert(&ListVersionRow {
                list: self.id.to_owned(),
                version: self.version.clone(),
                imported_at: now,
                imported_by: grant.actor().to_owned(),
                format: self.format.to_owned(),
                entries: imported.entries as i64,
                rejects: json(self.rejects),
                counts: json(&imported.counts),
                source: self.source.clone(),
                in_force_at: None,
            })?;
        }
        if at_once && !imported.unchanged {
            tx.list_version_in_force(self.id, &self.version, now)?;
        }
        let detail = format!(
            "{step} kind={} version={} entries={} rejected_rows={}",
            row.kind, self.version, imported.entries, imported.counts.rejected
        );
        tx.audit_append(&[Event::granted(grant, self.id, detail)])?;
        Ok(())
    }
}

/// A list by its name.
fn list_of(tx: &mut Tx<'_>, id: &str) -> Result<Option<ListRow>, StoreError> {
    Ok(tx.list_all()?.into_iter().find(|list| list.id == id))
}

/// Identifier and JSON of every entry.
fn rows(entries: &[Entry]) -> Vec<(String, String)> {
    let row = |entry: &Entry| {
        let json = serde_json::to_string(entry).expect("an entry is plain data");
        (entry.id.to_string(), json)
    };
    entries.iter().map(row).collect()
}

fn json(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("counts and rejects are plain data")
}
