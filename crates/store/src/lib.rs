//! Keeps and finds everything: messages, journeys, hits, cases, decisions, lists, accounts and
//! the audit log.
//!
//! One public type, [`Store`], in front of a database (SQLite today). It decides nothing: who may
//! read is `oriel-policy`'s business, and reading personal data takes the [`oriel_policy::Grant`]
//! that only policy makes; the audit event is written in the same transaction.
//!
//! The three types to know: [`Store`], [`Tx`] (everything that happens happens in one) and [`Id`]
//! (opaque, made from content, so that two nodes give the same thing the same name).
//!
//! ```
//! let folder = std::env::temp_dir().join(format!("oriel-doc-{}", std::process::id()));
//! let store = oriel_store::Store::create(folder.to_str().unwrap()).unwrap();
//! assert_eq!(store.read(|tx| tx.stats()).unwrap().messages, 0);
//! # drop(store);
//! # std::fs::remove_dir_all(folder).unwrap();
//! ```

mod account;
mod audit;
mod case;
mod codec;
mod db;
mod error;
mod hit;
mod id;
mod journey;
mod list;
mod message;
mod migration;
mod stats;

pub use account::{Account, NewAccount};
pub use case::{CaseRow, CaseUpdate, Summary};
pub use error::StoreError;
pub use hit::{HitPlace, HitRow, HitUpdate};
pub use id::Id;
pub use journey::{JourneyRow, TravellerRow};
pub use list::{ListRow, ListVersionRow};
pub use message::{MessageRow, NewMessage, Refused, StoredMessage};
pub use stats::Stats;

use db::Driver;
use db::sqlite::Sqlite;
use oriel_policy::{Act, Grant};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Name of the database file in the store's folder.
const FILE: &str = "oriel.db";

/// A database and its connections.
pub struct Store {
    place: PathBuf,
    writer: Mutex<Box<dyn Driver>>,
    readers: Mutex<Vec<Box<dyn Driver>>>,
}

/// One transaction. What is done in it happens whole or not at all.
pub struct Tx<'a> {
    db: &'a mut dyn Driver,
}

impl Store {
    /// Opens the store at `place` (a folder), making it when it is not there.
    pub fn create(place: &str) -> Result<Self, StoreError> {
        let folder = folder(place)?;
        std::fs::create_dir_all(&folder).map_err(|source| StoreError::NotOpened {
            source: Box::new(source),
        })?;
        Self::open_at(folder, true)
    }

    /// Opens the store at `place`; there must be one.
    pub fn open(place: &str) -> Result<Self, StoreError> {
        let folder = folder(place)?;
        if !folder.join(FILE).is_file() {
            return Err(StoreError::Missing {
                path: place.to_owned(),
            });
        }
        Self::open_at(folder, false)
    }

    fn open_at(place: PathBuf, create: bool) -> Result<Self, StoreError> {
        let mut writer = Sqlite::open(&place.join(FILE), create)?;
        migration::run(&mut writer)?;
        Ok(Self {
            place,
            writer: Mutex::new(Box::new(writer)),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// The folder of the store.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Runs `work` in a transaction and makes it durable; on an error nothing of it remains.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic inside `work` leaves an open transaction, which the rollback below ends.
        let mut writer = self.writer.lock().unwrap_or_else(|poisoned| {
            self.writer.clear_poison();
            let mut writer = PoisonError::into_inner(poisoned);
            // Nothing to do about an error here: beginning again will report it.
            let _ = writer.rollback();
            writer
        });
        writer.begin()?;
        let done = work(&mut Tx {
            db: writer.as_mut(),
        })
        .and_then(|done| {
            writer.commit()?;
            Ok(done)
        });
        if done.is_err() {
            writer.rollback()?;
        }
        done
    }

    /// Runs `work` on one consistent state, beside a writer.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut reader: Box<dyn Driver> = match idle {
            Some(reader) => reader,
            None => Box::new(Sqlite::open(&self.place.join(FILE), false)?),
        };
        reader.begin_read()?;
        let done = work(&mut Tx {
            db: reader.as_mut(),
        });
        reader.rollback()?;
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(reader);
        done
    }
}

/// A store is named by its folder. Other kinds are told apart by their scheme.
fn folder(place: &str) -> Result<PathBuf, StoreError> {
    if place.is_empty() || place.contains("://") {
        return Err(StoreError::UnknownKind {
            given: place.to_owned(),
        });
    }
    Ok(PathBuf::from(place))
}

/// A grant for another act opens nothing.
fn require(grant: &Grant, acts: &[Act]) -> Result<(), StoreError> {
    if acts.contains(&grant.act()) {
        Ok(())
    } else {
        Err(StoreError::WrongGrant)
    }
}
