//! What machines show with each request: a secret key, or a certificate.

use super::Digest;
use crate::db::{Row, Value};
use crate::message::instant;
use crate::named::named;
use crate::{Account, StoreError, Tx};
use jiff::Timestamp;

named! {
    /// What is shown.
    MachineKind in "a machine's key" {
        /// A secret of this system's making, as `Authorization: Bearer`.
        Key = "key",
        /// A client certificate of the TLS connection.
        Certificate = "certificate",
    }
}

/// A key or certificate as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineKey {
    /// Public name.
    pub id: String,
    /// Key or certificate.
    pub kind: MachineKind,
    /// SHA-256 of the secret, or of the certificate.
    pub digest: Digest,
    /// The machine's account.
    pub account: String,
    /// What the administrator calls it.
    pub name: String,
    /// Account of the administrator who made it, or `console`.
    pub created_by: String,
    /// When, UTC.
    pub created_at: Timestamp,
    /// From when on it counts no more, UTC.
    pub expires_at: Timestamp,
    /// When it was last used, UTC, to the hour.
    pub used_at: Option<Timestamp>,
    /// When it was taken back, UTC.
    pub revoked_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, kind, digest, account, name, created_by, created_at, expires_at, \
    used_at, revoked_at";

fn read(row: &dyn Row) -> Result<MachineKey, StoreError> {
    let digest = row.blob(2)?.try_into();
    Ok(MachineKey {
        id: row.text(0)?.to_owned(),
        kind: MachineKind::parse(row.text(1)?)?,
        digest: digest.map_err(|_| StoreError::damaged("a machine's key"))?,
        account: row.text(3)?.to_owned(),
        name: row.text(4)?.to_owned(),
        created_by: row.text(5)?.to_owned(),
        created_at: instant(row.int(6)?)?,
        expires_at: instant(row.int(7)?)?,
        used_at: row.int_or_null(8)?.map(instant).transpose()?,
        revoked_at: row.int_or_null(9)?.map(instant).transpose()?,
    })
}

impl Tx<'_> {
    /// Keeps a key or certificate; tells whether it was new. One that is known already, even one
    /// that was taken back, is not given to another account.
    pub fn machine_key_insert(&mut self, row: &MachineKey) -> Result<bool, StoreError> {
        let kept = self.db.execute(
            "INSERT INTO machine_key (id, kind, digest, account, name, created_by, created_at,
                expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (digest) DO NOTHING",
            &[
                Value::Text(&row.id),
                Value::Text(row.kind.name()),
                Value::from(&row.digest),
                Value::Text(&row.account),
                Value::Text(&row.name),
                Value::Text(&row.created_by),
                Value::Int(row.created_at.as_microsecond()),
                Value::Int(row.expires_at.as_microsecond()),
            ],
        )?;
        Ok(kept > 0)
    }

    /// The machine that shows this, if it counts at `now` and its account is active.
    pub fn machine_find(
        &mut self,
        kind: MachineKind,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<(MachineKey, Account)>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM machine_key
             WHERE kind = $1 AND digest = $2 AND expires_at > $3 AND revoked_at IS NULL"
        );
        let values = [
            Value::Text(kind.name()),
            Value::from(digest),
            Value::Int(now.as_microsecond()),
        ];
        let Some(key) = self.machine_keys(&sql, &values)?.pop() else {
            return Ok(None);
        };
        let account = self.account_by_id(&key.account)?;
        Ok(account
            .filter(|account| account.active)
            .map(|account| (key, account)))
    }

    /// Keys and certificates of an account, newest first, also those that count no more.
    pub fn machine_key_list(&mut self, account: &str) -> Result<Vec<MachineKey>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM machine_key WHERE account = $1 ORDER BY created_at DESC, id"
        );
        self.machine_keys(&sql, &[Value::Text(account)])
    }

    fn machine_keys(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<MachineKey>, StoreError> {
        let mut found = Vec::new();
        self.db.query(sql, values, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Notes that a key was used.
    pub fn machine_key_used(&mut self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE machine_key SET used_at = $1 WHERE id = $2",
            &[Value::Int(now.as_microsecond()), Value::Text(id)],
        )?;
        Ok(())
    }

    /// Takes back one key of an account; tells whether it counted until now.
    pub fn machine_key_revoke(
        &mut self,
        account: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let revoked = self.db.execute(
            "UPDATE machine_key SET revoked_at = $1
             WHERE account = $2 AND id = $3 AND revoked_at IS NULL",
            &[
                Value::Int(now.as_microsecond()),
                Value::Text(account),
                Value::Text(id),
            ],
        )?;
        Ok(revoked > 0)
    }
}
