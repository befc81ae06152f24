//! SQLite: one file, write-ahead log, every commit synchronised to the disk.

mod copier;

use super::{Driver, Insert, Row, Value};
use crate::StoreError;
use copier::Copier;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

/// How long a connection waits for another one's transaction.
const BUSY_MILLISECONDS: u64 = 5_000;

pub(crate) struct Sqlite {
    connection: Connection,
    path: PathBuf,
    /// Beside the connection that commits, from its first commit on.
    copier: Option<Copier>,
}

impl Sqlite {
    /// Opens the file, creating it where `create` says so.
    pub(crate) fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection
            .busy_timeout(std::time::Duration::from_millis(BUSY_MILLISECONDS))
            .map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(128);
        // Plans do not look at the values that are bound: a statement that is asked again is not
        // planned again.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(failed)?;
        // `synchronous=FULL` is what makes an acknowledgement true after a power cut.
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = FULL;
                 PRAGMA foreign_keys = ON;
                 PRAGMA secure_delete = ON;
                 PRAGMA temp_store = MEMORY;
                 PRAGMA cache_size = -65536;
                 PRAGMA wal_autocheckpoint = 40000;",
            )
            .map_err(failed)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            copier: None,
        })
    }
}

impl Driver for Sqlite {
    fn is_blank(&mut self) -> Result<bool, StoreError> {
        let mut blank = true;
        self.query(
            "SELECT 1 FROM sqlite_schema WHERE name = 'migration'",
            &[],
            &mut |_| {
                blank = false;
                Ok(())
            },
        )?;
        Ok(blank)
    }

    fn catalogue(&self) -> &'static str {
        "SELECT kept.name, part.name FROM sqlite_schema AS kept
             JOIN pragma_table_info(kept.name) AS part
         WHERE kept.type = 'table' AND substr(kept.name, 1, 7) <> 'sqlite_'
         ORDER BY kept.name, part.cid"
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(failed)
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        self.connection
            .execute_batch("BEGIN DEFERRED")
            .map_err(failed)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("COMMIT").map_err(failed)?;
        if self.copier.is_none() {
            self.copier = Copier::start(&self.path);
        }
        if self.copier.as_ref().is_some_and(Copier::committed) {
            // What it does not copy, a later one copies: it is durable where it is.
            let _ = copier::copy(&self.connection);
        }
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        if self.connection.is_autocommit() {
            // SQLite has already rolled back, as it does when the disk is full.
            return Ok(());
        }
        self.connection.execute_batch("ROLLBACK").map_err(failed)
    }

    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let touched = statement
            .execute(rusqlite::params_from_iter(values))
            .map_err(failed)?;
        Ok(touched as u64)
    }

    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(values))
            .map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            each(row)?;
        }
        Ok(())
    }

    fn insert_many(&mut self, into: &Insert, values: &[Value<'_>]) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=into.columns.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({}) {}",
            into.table,
            into.columns.join(", "),
            places.join(", "),
            into.conflict
        );
        let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
        for row in values.chunks(into.columns.len()) {
            statement
                .execute(rusqlite::params_from_iter(row))
                .map_err(failed)?;
        }
        Ok(())
    }

    fn migrate(&mut self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(failed)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn int(&self, column: usize) -> Result<i64, StoreError> {
        value(self, column)?
            .as_i64()
            .map_err(|_| StoreError::damaged("a number"))
    }

    fn int_or_null(&self, column: usize) -> Result<Option<i64>, StoreError> {
        value(self, column)?
            .as_i64_or_null()
            .map_err(|_| StoreError::damaged("a number"))
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        value(self, column)?
            .as_str()
            .map_err(|_| StoreError::damaged("text"))
    }

    fn text_or_null(&self, column: usize) -> Result<Option<&str>, StoreError> {
        value(self, column)?
            .as_str_or_null()
            .map_err(|_| StoreError::damaged("text"))
    }

    fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        value(self, column)?
            .as_blob()
            .map_err(|_| StoreError::damaged("bytes"))
    }

    fn value(&self, column: usize) -> Result<Value<'_>, StoreError> {
        Ok(match value(self, column)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Int(number),
            ValueRef::Text(_) => Value::Text(self.text(column)?),
            ValueRef::Blob(bytes) => Value::Blob(bytes),
            ValueRef::Real(_) => return Err(StoreError::damaged("a value")),
        })
    }

    fn absorb(&self, each: &mut dyn FnMut(&[u8])) -> Result<(), StoreError> {
        for column in 0..self.as_ref().column_count() {
            match value(self, column)? {
                ValueRef::Null => each(&[]),
                ValueRef::Integer(number) => each(number.to_string().as_bytes()),
                ValueRef::Real(number) => each(number.to_string().as_bytes()),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => each(bytes),
            }
        }
        Ok(())
    }
}

fn value<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> Result<ValueRef<'a>, StoreError> {
    row.get_ref(column).map_err(failed)
}

/// SQLite's words for what a person must do something about; the rest keeps its source.
fn failed(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::DiskFull,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged {
            what: "the database file".to_owned(),
        },
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            StoreError::NotOpened {
                source: Box::new(error),
            }
        }
        _ => StoreError::Database {
            source: Box::new(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often the log has begun anew, by its own header.
    fn beginnings(folder: &Path) -> u32 {
        let log = std::fs::read(folder.join("oriel.db-wal")).unwrap();
        u32::from_be_bytes(log[12..16].try_into().unwrap())
    }

    /// Commits a row of so many bytes.
    fn commit(writer: &mut Sqlite, size: usize) {
        writer.begin().unwrap();
        let bytes = vec![1; size];
        let values = [Value::Blob(&bytes)];
        let insert = "INSERT INTO kept VALUES ($1)";
        writer.execute(insert, &values).unwrap();
        writer.commit().unwrap();
    }

    fn count(driver: &mut Sqlite) -> i64 {
        let mut count = 0;
        let each = &mut |row: &dyn Row| {
            count = row.int(0)?;
            Ok(())
        };
        let all = "SELECT count(*) FROM kept";
        driver.query(all, &[], each).unwrap();
        count
    }

    #[test]
    fn the_log_begins_anew_while_commits_go_on() {
        let dir = oriel_testkit::TempDir::new("copier");
        let path = dir.path().join("oriel.db");
        let mut writer = Sqlite::open(&path, true).unwrap();
        writer.migrate("CREATE TABLE kept (bytes BLOB)").unwrap();
        let begun = beginnings(dir.path());
        // Somebody reads what was there at the beginning: what comes behind it is not copied.
        let mut reader = Sqlite::open(&path, false).unwrap();
        reader.begin_read().unwrap();
        assert_eq!(count(&mut reader), 0);
        commit(&mut writer, 80_000_000);
        assert_eq!(count(&mut reader), 0);
        assert_eq!(beginnings(dir.path()), begun, "somebody still reads");
        reader.rollback().unwrap();
        // So few and small that the committing connection would not see to it alone.
        let mut rows = 1;
        while beginnings(dir.path()) == begun {
            assert!(rows < 3_000, "the log only grows");
            std::thread::sleep(std::time::Duration::from_millis(10));
            commit(&mut writer, 10);
            rows += 1;
        }
        assert_eq!(count(&mut reader), rows);
    }

    #[test]
    fn what_is_nearly_copied_is_copied_behind_the_commit() {
        let dir = oriel_testkit::TempDir::new("copied");
        let path = dir.path().join("oriel.db");
        let mut writer = Sqlite::open(&path, true).unwrap();
        writer.migrate("CREATE TABLE kept (bytes BLOB)").unwrap();
        let begun = beginnings(dir.path());
        commit(&mut writer, 1_000);
        // Long before the other connection comes.
        writer.copier.as_ref().unwrap().say_nearly();
        commit(&mut writer, 1_000);
        assert_eq!(beginnings(dir.path()), begun);
        commit(&mut writer, 1_000);
        assert_eq!(beginnings(dir.path()), begun + 1);
    }
}
