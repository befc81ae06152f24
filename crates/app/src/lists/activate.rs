//! Puts a version of a list in force that another person brought in: a proposal, or an earlier one.
//!
//! - Source: R-WL-01; separation of duties (who imports a list does not approve it).
//! - Invariants: versions are never edited, so going back is the same step as going on; readers see
//!   the version before or the one after, whole; what changes is counted against the one in force,
//!   before the transaction that changes it, so that messages do not wait for it.

use super::import::Content;
use super::load::Ready;
use super::terms::refuse_unbounded;
use super::{Counts, SHRINK_LIMIT_PERCENT, before};
use crate::{App, AppError, Core};
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant, refuse_step};
use oriel_screening::lists::{Diff, refuse_shrunk};
use oriel_store::{ListRow, StoreError, Tx};

/// Why a version was not put in force. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListRefusal {
    /// No such list, or no such version of it.
    #[error(
        "list {list} has no version {version}; `oriel list import` says the versions it brings in"
    )]
    NoVersion {
        /// The list.
        list: String,
        /// The version asked for.
        version: String,
    },
    /// No such list.
    #[error("there is no list {list}")]
    NoList {
        /// The list.
        list: String,
    },
    /// No name of a list.
    #[error("a list is named by up to 32 small letters, digits and hyphens")]
    Name,
    /// Not for this recipient.
    #[error("your legal profile knows no use of a list of this kind, or of this name")]
    OtherKind,
    /// No code.
    #[error("an offence is named by its code: up to 64 letters, digits and signs, no words")]
    Offence,
    /// A code that the law's catalogue does not have.
    #[error(
        "offence {code} does not stand in the catalogue of legal profile {profile} (its `offences`); \
         cite one that does"
    )]
    UnknownOffence {
        /// The code.
        code: String,
        /// The legal profile.
        profile: String,
    },
    /// Entries with such codes.
    #[error(
        "{entries} entries of this version of list {list} cite an offence that does not stand in the \
         catalogue of legal profile {profile} (its `offences`); bring in a version whose codes do"
    )]
    UnknownOffences {
        /// The list.
        list: String,
        /// How many.
        entries: usize,
        /// The legal profile.
        profile: String,
    },
    /// Entries that cite no offence, where the law asks for one.
    #[error(
        "{entries} entries of list {list} cite no offence, and your legal profile asks for one of each; \
         bring the list in with --propose, say its offences with `oriel list terms {list} --offence \
         CODE` and the terms it has already, and put it in force with `oriel list activate`"
    )]
    NoOffence {
        /// The list.
        list: String,
        /// How many.
        entries: usize,
    },
    /// Entries that do not end, where the list's terms ask that they do.
    #[error(
        "{entries} entries of this version do not say their last day, and the terms of list {list} \
         ask for it; bring in a version that does, or change the terms"
    )]
    Endless {
        /// The list.
        list: String,
        /// How many.
        entries: usize,
    },
    /// In force already.
    #[error("version {version} of list {list} is in force already")]
    InForce {
        /// The list.
        list: String,
        /// The version asked for.
        version: String,
    },
    /// Nothing to go back to.
    #[error("no version of list {list} was in force before this one")]
    NoneBefore {
        /// The list.
        list: String,
    },
    /// The same person.
    #[error(transparent)]
    Pair(#[from] oriel_policy::Refused),
}

/// A version that was put in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activated {
    /// Version now in force.
    pub version: String,
    /// Its entries.
    pub entries: usize,
    /// What changed against the version before.
    pub counts: Counts,
    /// The same entry by entry; of documents nothing.
    pub diff: Diff,
}

impl Core {
    fn activate(
        &self,
        grant: &Grant,
        id: &str,
        version: &str,
        may_shrink: bool,
    ) -> Result<Activated, AppError> {
        if grant.act() != Act::ListApprove {
            return Err(StoreError::WrongGrant.into());
        }
        let refused = self.store.read(|tx| {
            known(tx, id, version)?;
            let brought = tx.list_version(id, version)?;
            let brought = brought.ok_or_else(|| no_version(id, version))?;
            let importer = (Act::ListImport, brought.imported_by.as_str());
            Ok::<_, AppError>(refuse_step([importer], Act::ListApprove, grant.actor()).err())
        })?;
        if let Some(refused) = refused {
            let event = Event::granted(grant, id, "denied second-person");
            self.store.write(|tx| tx.audit_append(&[event]))?;
            return Err(ListRefusal::Pair(refused).into());
        }
        loop {
            let plan = self.plan(grant, id, version, may_shrink)?;
            let made = (plan.after.clone(), plan.ready);
            let done = self.put_in_force(Some(made), |tx| {
                // Compared with what is no longer in force: again.
                if known(tx, id, version)? != plan.before {
                    return Ok(false);
                }
                tx.list_put(&plan.after)?;
                tx.list_version_in_force(id, version, self.now())?;
                let detail = format!(
                    "ok version={version} before={} entries={}",
                    plan.before.active, plan.activated.entries
                );
                tx.audit_append(&[Event::granted(grant, id, detail)])?;
                Ok(true)
            })?;
            if done {
                return Ok(plan.activated);
            }
        }
    }

    /// Compares a version with the one in force and makes it ready, while messages are received.
    fn plan(
        &self,
        grant: &Grant,
        id: &str,
        version: &str,
        may_shrink: bool,
    ) -> Result<Plan, AppError> {
        let (before, after, was, content) = self.store.read(|tx| {
            let before = known(tx, id, version)?;
            let brought = tx.list_version(id, version)?;
            let brought = brought.ok_or_else(|| no_version(id, version))?;
            let after = ListRow {
                active: version.to_owned(),
                // A version is as fresh as the day it was brought in.
                fetched_at: Some(brought.imported_at).max(before.fetched_at),
                ..before.clone()
            };
            let was = Content::read(self, tx, &before)?;
            let content = Content::read(self, tx, &after)?;
            Ok::<_, AppError>((before, after, was, content))
        })?;
        let entries = content.len();
        refuse_unbounded(grant.profile(), &after, &content)?;
        if !may_shrink {
            refuse_shrunk(id, was.len(), entries, SHRINK_LIMIT_PERCENT)?;
        }
        let (counts, diff) = was.compare(&before.active, &content, version);
        Ok(Plan {
            before,
            after,
            ready: content.ready(self.selector_key()?, id),
            activated: Activated {
                version: version.to_owned(),
                entries,
                counts,
                diff,
            },
        })
    }
}

/// A version about to be put in force.
struct Plan {
    /// The list as it was compared.
    before: ListRow,
    after: ListRow,
    ready: Ready,
    activated: Activated,
}

fn no_version(list: &str, version: &str) -> ListRefusal {
    ListRefusal::NoVersion {
        list: list.to_owned(),
        version: version.to_owned(),
    }
}

/// The list, unless this version of it is in force already.
fn known(tx: &mut Tx<'_>, id: &str, version: &str) -> Result<ListRow, AppError> {
    let row = tx.list_all()?.into_iter().find(|list| list.id == id);
    let row = row.ok_or_else(|| no_version(id, version))?;
    if row.active == version {
        let (list, version) = (id.to_owned(), version.to_owned());
        return Err(ListRefusal::InForce { list, version }.into());
    }
    Ok(row)
}

impl App {
    /// Puts a version in force that another person brought in. Journeys that have not ended wait to
    /// be screened again: call [`App::rescreen`].
    pub fn list_activate(
        &self,
        grant: &Grant,
        id: &str,
        version: &str,
        may_shrink: bool,
    ) -> Result<Activated, AppError> {
        self.core.activate(grant, id, version, may_shrink)
    }

    /// Goes back to the version before the one in force: of those that were in force once and were
    /// brought in earlier, the newest.
    pub fn list_rollback(
        &self,
        grant: &Grant,
        id: &str,
        may_shrink: bool,
    ) -> Result<Activated, AppError> {
        let before = self.core.store.read(|tx| {
            let active = tx.list_all()?.into_iter().find(|list| list.id == id);
            let active = active.ok_or_else(|| no_version(id, ""))?.active;
            let versions = tx.list_versions()?;
            let own = versions.iter().filter(|v| v.list == id);
            let older = before(&active, own);
            let none = || ListRefusal::NoneBefore {
                list: id.to_owned(),
            };
            Ok::<_, AppError>(older.ok_or_else(none)?.version.clone())
        })?;
        self.core.activate(grant, id, &before, may_shrink)
    }
}
