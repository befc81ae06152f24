//! What can be told about a store without its keys: for those who keep it running.
//!
//! Invariant: counts, instants, codes and names of lists; nothing about a person.

use crate::StoreError;
use crate::backup::catalogue;
use crate::db::{Driver, Place};
use crate::message::instant;
use crate::migration;
use jiff::Timestamp;

/// A store in numbers.
#[derive(Clone, Debug)]
pub struct Health {
    /// Migrations that have run.
    pub migrations: Vec<i64>,
    /// Tables and their rows.
    pub tables: Vec<(String, i64)>,
    /// The audit log.
    pub audit: Log,
    /// Lists in force.
    pub lists: Vec<ListAge>,
    /// The newest receipt of a message.
    pub received: Option<Timestamp>,
}

/// How old a list in force is.
#[derive(Clone, Debug)]
pub struct ListAge {
    /// The list.
    pub list: String,
    /// When it was last brought in, changed or not.
    pub at: Timestamp,
    /// How old it may get, in hours, where that is said.
    pub fresh_hours: Option<i64>,
}

/// The audit log in numbers.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Events.
    pub events: i64,
    /// Number of the oldest; 0 where there is none.
    pub first: i64,
    /// Number of the newest; 0 where there is none.
    pub last: i64,
    /// Instant of the newest.
    pub at: Option<Timestamp>,
}

impl Log {
    /// Numbers without an event.
    pub fn missing(&self) -> i64 {
        match self.events {
            0 => 0,
            events => self.last - self.first + 1 - events,
        }
    }
}

/// Looks at the store at `place`, which is left as it is.
pub fn health(place: &str) -> Result<Health, StoreError> {
    reading(place, |db| {
        let migrations = migration::applied(db)?;
        migration::check(&migrations)?;
        let mut tables = Vec::new();
        for table in catalogue(db)? {
            let sql = format!("SELECT count(*) FROM {}", table.name);
            let mut rows = 0;
            db.query(&sql, &[], &mut |row| {
                rows = row.int(0)?;
                Ok(())
            })?;
            tables.push((table.name, rows));
        }
        let mut audit = Log::default();
        db.query(
            "SELECT count(*), coalesce(min(n), 0), coalesce(max(n), 0), max(at) FROM audit",
            &[],
            &mut |row| {
                audit = Log {
                    events: row.int(0)?,
                    first: row.int(1)?,
                    last: row.int(2)?,
                    at: row.int_or_null(3)?.map(instant).transpose()?,
                };
                Ok(())
            },
        )?;
        let mut lists = Vec::new();
        db.query(
            "SELECT list.id, coalesce(list.fetched_at, list_version.imported_at), list.fresh_hours
                 FROM list
                 JOIN list_version ON list_version.list = list.id
                     AND list_version.version = list.active
             ORDER BY list.id",
            &[],
            &mut |row| {
                lists.push(ListAge {
                    list: row.text(0)?.to_owned(),
                    at: instant(row.int(1)?)?,
                    fresh_hours: row.int_or_null(2)?,
                });
                Ok(())
            },
        )?;
        let mut received = None;
        db.query("SELECT max(received_at) FROM message", &[], &mut |row| {
            received = row.int_or_null(0)?.map(instant).transpose()?;
            Ok(())
        })?;
        Ok(Health {
            migrations: migrations.into_iter().map(|(number, _)| number).collect(),
            tables,
            audit,
            lists,
            received,
        })
    })
}

/// Gives the findings of every message, accepted or refused: JSON, as it is kept.
pub fn findings(place: &str, each: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
    reading(place, |db| {
        for sql in [
            "SELECT findings FROM message",
            "SELECT findings FROM refusal",
        ] {
            db.query(sql, &[], &mut |row| {
                each(row.text(0)?);
                Ok(())
            })?;
        }
        Ok(())
    })
}

fn reading<T>(
    place: &str,
    work: impl FnOnce(&mut dyn Driver) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let place = Place::parse(place)?;
    let mut db = place.connect(false)?;
    db.begin_read()?;
    let done = match db.is_blank() {
        Ok(true) => Err(place.missing()),
        Ok(false) => work(db.as_mut()),
        Err(error) => Err(error),
    };
    db.rollback()?;
    done
}
