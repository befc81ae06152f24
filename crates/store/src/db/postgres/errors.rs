//! What PostgreSQL reports, in words for the person who runs the store.
//!
//! Invariant: nothing of a statement's values is in an error. The server puts values into its
//! details and sometimes into its sentence, so that only its code and the names of the schema are
//! taken over.

use crate::StoreError;
use std::error::Error as _;
use std::fmt;
use std::io;
use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

/// The code of the server and the names of the schema that it is about.
#[derive(Debug)]
struct Reported {
    code: String,
    about: Vec<String>,
}

impl fmt::Display for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL reports {}", self.code)?;
        for name in &self.about {
            write!(f, ", {name}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Reported {}

/// Whether the connection is gone, and with it its transaction.
pub(super) fn is_lost(error: &Error) -> bool {
    let fatal = error.as_db_error().is_some_and(|db| {
        matches!(
            db.parsed_severity(),
            Some(Severity::Fatal | Severity::Panic)
        )
    });
    fatal || error.is_closed() || is_io(error)
}

fn is_io(error: &Error) -> bool {
    error
        .source()
        .is_some_and(|source| source.is::<io::Error>())
}

/// What a statement failed of.
pub(super) fn failed(error: &Error) -> StoreError {
    let Some(db) = error.as_db_error() else {
        return if is_lost(error) {
            StoreError::Cut
        } else {
            // What the client itself finds wrong with a statement names no values.
            StoreError::Database {
                source: error.to_string().into(),
            }
        };
    };
    match *db.code() {
        SqlState::DISK_FULL => StoreError::DiskFull,
        SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_DEADLOCK_DETECTED => StoreError::Locked,
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => StoreError::Damaged {
            what: "the database".to_owned(),
        },
        SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Unfit {
            why: "does not give this account a right that it needs".to_owned(),
        },
        SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::Unfit {
            why: "only reads; it is a replica, or the account may not write".to_owned(),
        },
        SqlState::IN_FAILED_SQL_TRANSACTION => StoreError::Spoilt,
        _ if is_lost(error) => StoreError::Cut,
        _ => StoreError::Database {
            source: Box::new(reported(db)),
        },
    }
}

fn reported(db: &tokio_postgres::error::DbError) -> Reported {
    let named = |kind: &str, name: Option<&str>| name.map(|name| format!("{kind} {name}"));
    Reported {
        code: db.code().code().to_owned(),
        about: [
            named("table", db.table()),
            named("column", db.column()),
            named("constraint", db.constraint()),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// Why no connection could be opened.
pub(super) fn not_connected(error: &Error) -> StoreError {
    let unreachable = |why: &str| StoreError::Unreachable {
        why: why.to_owned(),
    };
    match error.code() {
        Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
            unreachable("it refuses the account or its password")
        }
        Some(&SqlState::INVALID_CATALOG_NAME) => unreachable("it has no database of this name"),
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
            unreachable("the account may not connect to this database")
        }
        Some(&SqlState::TOO_MANY_CONNECTIONS) => unreachable("all its connections are taken"),
        Some(&SqlState::CANNOT_CONNECT_NOW) => unreachable("it is starting or ending"),
        Some(code) => unreachable(&format!("PostgreSQL reports {}", code.code())),
        None => match error.source().and_then(|s| s.downcast_ref::<io::Error>()) {
            Some(fault) => unreachable(&fault.to_string()),
            // Such as "timeout", "authentication error", "error performing TLS handshake".
            None => unreachable(&error.to_string()),
        },
    }
}
