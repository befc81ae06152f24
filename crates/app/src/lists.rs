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
mod import;
mod load;
mod terms;

use crate::{App, AppError};
pub use activate::{Activated, ListRefusal};
pub(crate) use load::{Loaded, OwnLists, Room, Rooms};
use oriel_policy::{Act, Grant, ListKind};
use oriel_screening::lists::{Diff, Format, Mapping, Reject};
use oriel_store::{ListRow, ListVersionRow, StoreError};
use serde::{Deserialize, Serialize};
use std::io;
pub use terms::ListTerms;

/// Share of its entries that a list may lose from one version to the next.
const SHRINK_LIMIT_PERCENT: u8 = 20;

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

/// Opens a file from its beginning.
pub type Open<'a> = &'a dyn Fn() -> io::Result<Box<dyn io::Read + 'a>>;

/// A list of documents to bring in.
pub struct DocumentImport<'a> {
    /// Short identifier, such as `lost`.
    pub id: &'a str,
    /// What it is for: who may screen against it follows from that.
    pub kind: ListKind,
    /// Name for people.
    pub name: &'a str,
    /// Who answers for it.
    pub owner: &'a str,
    /// Why it may be used.
    pub legal_basis: &'a str,
    /// Which column is which field.
    pub mapping: &'a Mapping,
    /// The file, which is read three times so that it is never in memory.
    pub open: Open<'a>,
    /// Leave to shrink beyond the limit.
    pub may_shrink: bool,
}

/// What a version came to, in numbers: rows = added + changed + unchanged + rejected + not persons
/// + joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Rows of the file.
    pub rows: usize,
    /// Rows left out.
    pub rejected: usize,
    /// Rows about something that is no person.
    pub not_persons: usize,
    /// Rows that add to another row's entry, or repeat it.
    pub joined: usize,
    /// Entries that the version in force does not have.
    pub added: usize,
    /// Entries in both, and not the same. A document is the same or another one.
    pub changed: usize,
    /// Entries that only the version in force has.
    pub removed: usize,
    /// Entries that are the same in both.
    pub unchanged: usize,
}

impl Counts {
    /// These changes, of a file that came to this.
    fn with_file(self, file: Self) -> Self {
        Self {
            rows: file.rows,
            rejected: file.rejected,
            not_persons: file.not_persons,
            joined: file.joined,
            ..self
        }
    }
}

/// What an import came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The version, in force or proposed.
    pub version: String,
    /// Entries taken.
    pub entries: usize,
    /// What the file came to, against the version in force.
    pub counts: Counts,
    /// The same entry by entry; of documents nothing.
    pub diff: Diff,
    /// The version was in force already.
    pub unchanged: bool,
}

/// What a file would come to.
#[derive(Clone, Debug)]
pub struct ListChecked {
    /// In numbers, against the version in force.
    pub counts: Counts,
    /// The same entry by entry.
    pub diff: Diff,
    /// What would be left out.
    pub rejects: Vec<Reject>,
    /// Entries in force.
    pub before: usize,
}

/// A list as shown: no entry.
#[derive(Clone, Debug)]
pub struct ListView {
    /// The list.
    pub list: ListRow,
    /// Its versions, newest first.
    pub versions: Vec<VersionView>,
    /// It is older than it may get.
    pub stale: bool,
}

impl ListView {
    /// The version in force, if one is.
    pub fn in_force(&self) -> Option<&VersionView> {
        let mut versions = self.versions.iter();
        versions.find(|version| version.row.version == self.list.active)
    }

    /// Whether there is a version to go back to.
    pub fn has_before(&self) -> bool {
        let versions = self.versions.iter().map(|version| &version.row);
        before(&self.list.active, versions).is_some()
    }
}

/// The version before the one in force, of versions of one list, newest first: one that was in force
/// once, for a version that nobody ever approved is nothing to go back to.
fn before<'a>(
    active: &str,
    versions: impl Iterator<Item = &'a ListVersionRow>,
) -> Option<&'a ListVersionRow> {
    let mut older = versions
        .skip_while(|version| version.version != active)
        .skip(1);
    older.find(|version| version.in_force_at.is_some())
}

/// A version of a list as shown.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// The version.
    pub row: ListVersionRow,
    /// How many rows or values of its file were not taken, as far as they are kept.
    pub rejects: usize,
    /// What its file came to against the version that was in force; nothing in older stores.
    pub counts: Option<Counts>,
}

impl VersionView {
    fn of(row: ListVersionRow) -> Self {
        let rejects = serde_json::from_str::<Vec<serde_json::Value>>(&row.rejects);
        Self {
            rejects: rejects.map_or(0, |rejects| rejects.len()),
            counts: serde_json::from_str(&row.counts).ok(),
            row,
        }
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

    /// Brings a list of documents in and puts it in force, as [`App::list_import`].
    pub fn document_list_import(
        &self,
        grant: &Grant,
        import: &DocumentImport<'_>,
    ) -> Result<Imported, AppError> {
        self.core.import_documents(grant, import, true)
    }

    /// Brings a list of documents in and puts nothing in force, as [`App::list_propose`].
    pub fn document_list_propose(
        &self,
        grant: &Grant,
        import: &DocumentImport<'_>,
    ) -> Result<Imported, AppError> {
        self.core.import_documents(grant, import, false)
    }

    /// The lists that the recipient of `grant` may screen against, also those of which a version is
    /// only proposed.
    pub fn list_views(&self, grant: &Grant) -> Result<Vec<ListView>, AppError> {
        if grant.act() != Act::ListRead {
            return Err(StoreError::WrongGrant.into());
        }
        let now = self.now();
        self.core.store.read(|tx| {
            let versions = tx.list_versions()?;
            let mut lists = tx.list_all()?;
            lists.retain(|list| load::may_use(grant.profile(), list));
            let view = |list: ListRow| ListView {
                stale: list.is_stale(now),
                versions: versions
                    .iter()
                    .filter(|version| version.list == list.id)
                    .map(|version| VersionView::of(version.clone()))
                    .collect(),
                list,
            };
            Ok(lists.into_iter().map(view).collect())
        })
    }

    /// Whether a list is there that the recipient of `grant` may screen against: for edges at which
    /// several recipients work.
    pub fn list_is_there(&self, grant: &Grant, id: &str) -> Result<(), AppError> {
        let lists = self.core.store.read(|tx| tx.list_all())?;
        let mut own = lists
            .iter()
            .filter(|list| load::may_use(grant.profile(), list));
        match own.any(|list| list.id == id) {
            true => Ok(()),
            false => Err(StoreError::NotFound { what: "list" }.into()),
        }
    }

    /// Whether the recipient of `grant` may bring in a list of this name and kind: one that another
    /// recipient's law keeps to it may not be taken over.
    pub fn list_may_be(&self, grant: &Grant, id: &str, kind: ListKind) -> Result<(), AppError> {
        let usual = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=32).contains(&id.len()) || !id.bytes().all(usual) {
            return Err(ListRefusal::Name.into());
        }
        let lists = self.core.store.read(|tx| tx.list_all())?;
        let known = lists.iter().find(|list| list.id == id);
        let own = known.is_none_or(|list| load::may_use(grant.profile(), list));
        match own && grant.profile().recipient().lists.value.contains(&kind) {
            true => Ok(()),
            false => Err(ListRefusal::OtherKind.into()),
        }
    }

    /// What a list would come to, against the version in force. It changes nothing.
    pub fn list_check(
        &self,
        grant: &Grant,
        id: &str,
        format: &Format,
        bytes: &[u8],
    ) -> Result<ListChecked, AppError> {
        self.core.check_list(grant, id, format, bytes)
    }

    /// What a list of documents would come to, against the version in force. It changes nothing.
    pub fn document_list_check(
        &self,
        grant: &Grant,
        id: &str,
        mapping: &Mapping,
        open: Open<'_>,
    ) -> Result<ListChecked, AppError> {
        self.core.check_documents(grant, id, mapping, open)
    }

    /// Entries on all lists in force.
    pub fn list_entries(&self) -> usize {
        self.core.lists().len()
    }
}
