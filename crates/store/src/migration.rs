//! Brings a database to the schema of this program, once and in order.
//!
//! One text serves every database: it is written in SQLite's words, and a driver translates the
//! few that differ. What is digested is the text, never a translation.
//!
//! Invariant: a migration that has run is known by its number and the digest of its text; a store
//! from a newer program, or with another migration under a known number, is left untouched.

use crate::StoreError;
use crate::db::{Driver, Value};
use sha2::{Digest, Sha256};

const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_first.sql")),
    (3, include_str!("../migrations/0003_audit.sql")),
    (4, include_str!("../migrations/0004_accounts.sql")),
    (5, include_str!("../migrations/0005_law.sql")),
    (6, include_str!("../migrations/0006_rights.sql")),
    (7, include_str!("../migrations/0007_recipients.sql")),
    (9, include_str!("../migrations/0009_oversight.sql")),
    (20, include_str!("../migrations/0020_mode.sql")),
    (21, include_str!("../migrations/0021_feed.sql")),
    (24, include_str!("../migrations/0024_waits.sql")),
    (27, include_str!("../migrations/0027_documents.sql")),
    (28, include_str!("../migrations/0028_terms.sql")),
    (30, include_str!("../migrations/0030_schedule.sql")),
    (33, include_str!("../migrations/0033_carrier.sql")),
    (34, include_str!("../migrations/0034_certification.sql")),
    (35, include_str!("../migrations/0035_notice.sql")),
    (36, include_str!("../migrations/0036_clearance.sql")),
    (38, include_str!("../migrations/0038_quality.sql")),
    (41, include_str!("../migrations/0041_as4.sql")),
    (42, include_str!("../migrations/0042_version.sql")),
    (43, include_str!("../migrations/0043_push_request.sql")),
    (44, include_str!("../migrations/0044_entries_end.sql")),
    (45, include_str!("../migrations/0045_clearance.sql")),
];

/// Makes the schema what this program needs; `None` for a blank database where nothing is to be
/// created.
pub(crate) fn run(db: &mut dyn Driver, create: bool) -> Result<Option<()>, StoreError> {
    db.begin()?;
    let done = steps(db, create, &|_| true).and_then(|there| db.commit().map(|()| there));
    if done.is_err() {
        db.rollback()?;
    }
    done
}

/// Makes the schema, as far as the numbers are `wanted`, within an open transaction.
pub(crate) fn steps(
    db: &mut dyn Driver,
    create: bool,
    wanted: &dyn Fn(i64) -> bool,
) -> Result<Option<()>, StoreError> {
    if db.is_blank()? {
        if !create {
            return Ok(None);
        }
        db.migrate("CREATE TABLE migration (number INTEGER PRIMARY KEY, digest BLOB NOT NULL)")?;
    }
    let applied = applied(db)?;
    check(&applied)?;
    for (number, text) in MIGRATIONS {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        if !applied.iter().any(|(done, _)| done == number) && wanted(*number) {
            db.migrate(text)?;
            db.execute(
                "INSERT INTO migration (number, digest) VALUES ($1, $2)",
                &[Value::Int(*number), Value::from(&digest)],
            )?;
        }
    }
    Ok(Some(()))
}

/// What has run: number and digest, in order.
pub(crate) fn applied(db: &mut dyn Driver) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let mut applied = Vec::new();
    db.query(
        "SELECT number, digest FROM migration ORDER BY number",
        &[],
        &mut |row| {
            applied.push((row.int(0)?, row.blob(1)?.to_vec()));
            Ok(())
        },
    )?;
    Ok(applied)
}

/// Whether everything that has run is what this program knows under that number.
pub(crate) fn check(applied: &[(i64, Vec<u8>)]) -> Result<(), StoreError> {
    let known = MIGRATIONS.last().map_or(0, |last| last.0);
    for (number, ran) in applied {
        let Some((_, text)) = MIGRATIONS.iter().find(|(known, _)| known == number) else {
            if *number > known {
                let found = applied.last().map_or(*number, |last| last.0);
                return Err(StoreError::Newer { found, known });
            }
            return Err(StoreError::OtherMigration { number: *number });
        };
        if Sha256::digest(text.as_bytes())[..] != ran[..] {
            return Err(StoreError::OtherMigration { number: *number });
        }
    }
    Ok(())
}
