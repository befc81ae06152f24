//! The little that a database must do for this crate, so that every statement is written once.
//!
//! Statements use `$1, $2, …` in the order of their first appearance, which SQLite and PostgreSQL
//! both understand. A driver adds what differs: opening, bulk insertion, locking.
//!
//! To add a driver, implement [`Driver`] and [`Row`]; nothing else in this crate knows which
//! database it talks to.

mod pool;
mod postgres;
mod sqlite;
mod watch;

pub(crate) use pool::Pool;
pub(crate) use watch::Watched;

use crate::StoreError;
use postgres::{Postgres, Target};
use sqlite::Sqlite;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Name of the database file in the store's folder.
const FILE: &str = "oriel.db";

/// Where a store is.
pub(crate) enum Place {
    Folder(PathBuf),
    Server(Arc<Target>),
}

impl Place {
    /// A store is named by its folder, or by the address of its server.
    pub(crate) fn parse(place: &str) -> Result<Self, StoreError> {
        if Target::is_meant(place) {
            return Ok(Self::Server(Arc::new(Target::parse(place)?)));
        }
        if place.is_empty() || place.contains("://") {
            return Err(StoreError::UnknownKind);
        }
        Ok(Self::Folder(PathBuf::from(place)))
    }

    /// Opens a connection; the file is made where `create` says so.
    pub(crate) fn connect(&self, create: bool) -> Result<Box<dyn Driver>, StoreError> {
        match self {
            Self::Folder(folder) => {
                let file = folder.join(FILE);
                if create {
                    std::fs::create_dir_all(folder).map_err(|source| StoreError::NotOpened {
                        source: Box::new(source),
                    })?;
                } else if !file.is_file() {
                    return Err(self.missing());
                }
                Ok(Box::new(Sqlite::open(&file, create)?))
            }
            Self::Server(target) => Ok(Box::new(Postgres::open(Arc::clone(target))?)),
        }
    }

    pub(crate) fn missing(&self) -> StoreError {
        StoreError::Missing {
            path: self.to_string(),
        }
    }
}

/// For people: without account and password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Server(target) => target.shown().fmt(f),
        }
    }
}

/// A value on its way into a statement.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

/// Only the kind and the size: libraries print parameters into their logs.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Int(_) => f.write_str("number"),
            Self::Text(text) => write!(f, "text of {} bytes", text.len()),
            Self::Blob(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Int)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Blob(value)
    }
}

/// One row on its way out; columns count from 0.
pub(crate) trait Row {
    fn int(&self, column: usize) -> Result<i64, StoreError>;
    fn int_or_null(&self, column: usize) -> Result<Option<i64>, StoreError>;
    fn text(&self, column: usize) -> Result<&str, StoreError>;
    fn text_or_null(&self, column: usize) -> Result<Option<&str>, StoreError>;
    fn blob(&self, column: usize) -> Result<&[u8], StoreError>;
    /// Whatever it is.
    fn value(&self, column: usize) -> Result<Value<'_>, StoreError>;
    /// Gives the bytes of every column in turn, for digests: text and bytes as they are, numbers
    /// as text, nothing for NULL.
    fn absorb(&self, each: &mut dyn FnMut(&[u8])) -> Result<(), StoreError>;
}

/// A connection.
pub(crate) trait Driver: Send {
    /// Whether no schema of this program is there yet.
    fn is_blank(&mut self) -> Result<bool, StoreError>;
    /// A query that gives table and column of everything that is kept, in order.
    fn catalogue(&self) -> &'static str;
    /// Starts a transaction that may write. Only one at a time does, on whatever node.
    fn begin(&mut self) -> Result<(), StoreError>;
    /// Starts a transaction that sees one state and does not write.
    fn begin_read(&mut self) -> Result<(), StoreError>;
    /// Makes the transaction durable. Returns only when it is.
    ///
    /// Where a statement of it failed, it may fail.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Forgets the transaction.
    fn rollback(&mut self) -> Result<(), StoreError>;
    /// Runs a statement; gives the number of rows it touched.
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError>;
    /// Runs a statement of which nobody asks how many rows it touched. A driver may go on before
    /// it is done: what it fails of is then reported by a later step, at the latest by the commit.
    fn put(&mut self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.execute(sql, values).map(drop)
    }
    /// Runs a query; `each` sees every row.
    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// Inserts rows, the values of one after those of the other, in the fastest way the database
    /// has. Errors are reported as by [`Driver::put`].
    fn insert_many(&mut self, into: &Insert, values: &[Value<'_>]) -> Result<(), StoreError>;
    /// Runs the statements of a migration, written for SQLite: a driver translates the few words
    /// that differ.
    fn migrate(&mut self, sql: &str) -> Result<(), StoreError>;
}

/// Where rows go in bulk.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    /// The table.
    pub(crate) table: &'a str,
    /// The columns that get a value, in order.
    pub(crate) columns: &'a [&'a str],
    /// What becomes of a row that is there already (`ON CONFLICT …`); blank where none may be.
    /// One call never updates the same row twice.
    pub(crate) conflict: &'a str,
}
