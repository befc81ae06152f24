//! What an account can prove itself with besides a password: code generators, recovery codes,
//! passkeys, and identities at other providers.

use super::Digest;
use crate::db::{Row, Value};
use crate::message::instant;
use crate::{StoreError, Tx};
use jiff::Timestamp;

/// A code generator.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpRow {
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// When its first code was shown; before that it does not count.
    pub confirmed_at: Option<Timestamp>,
    /// The step (30 s since 1970) of the last code that was used.
    pub last_step: i64,
}

/// A passkey's public half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Public name.
    pub id: String,
    /// The credential's identifier, given by the authenticator.
    pub credential: Vec<u8>,
    /// Whose it is.
    pub account: String,
    /// What its owner calls it.
    pub name: String,
    /// Public key and counter, as the library writes them.
    pub data: String,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it last signed in, UTC.
    pub used_at: Option<Timestamp>,
}

/// Who an account is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's address.
    pub issuer: String,
    /// The provider's name for the person.
    pub subject: String,
}

const PASSKEY: &str = "id, credential, account, name, data, created_at, used_at";

fn passkey(row: &dyn Row) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        id: row.text(0)?.to_owned(),
        credential: row.blob(1)?.to_vec(),
        account: row.text(2)?.to_owned(),
        name: row.text(3)?.to_owned(),
        data: row.text(4)?.to_owned(),
        created_at: instant(row.int(5)?)?,
        used_at: row.int_or_null(6)?.map(instant).transpose()?,
    })
}

impl Tx<'_> {
    /// Keeps the code generator of an account, in place of an older one.
    pub fn totp_put(&mut self, account: &str, totp: &TotpRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO totp (account, secret, confirmed_at, last_step) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account) DO UPDATE SET secret = excluded.secret,
                confirmed_at = excluded.confirmed_at, last_step = excluded.last_step",
            &[
                Value::Text(account),
                Value::Blob(&totp.secret),
                Value::from(totp.confirmed_at.map(Timestamp::as_microsecond)),
                Value::Int(totp.last_step),
            ],
        )?;
        Ok(())
    }

    /// The code generator of an account.
    pub fn totp_find(&mut self, account: &str) -> Result<Option<TotpRow>, StoreError> {
        let mut found = None;
        self.db.query(
            "SELECT secret, confirmed_at, last_step FROM totp WHERE account = $1",
            &[Value::Text(account)],
            &mut |row| {
                found = Some(TotpRow {
                    secret: row.blob(0)?.to_vec(),
                    confirmed_at: row.int_or_null(1)?.map(instant).transpose()?,
                    last_step: row.int(2)?,
                });
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// Removes the code generator of an account and its recovery codes.
    pub fn totp_remove(&mut self, account: &str) -> Result<(), StoreError> {
        self.recovery_put(account, &[])?;
        self.db.execute(
            "DELETE FROM totp WHERE account = $1",
            &[Value::Text(account)],
        )?;
        Ok(())
    }

    /// Keeps recovery codes, in place of all older ones.
    pub fn recovery_put(&mut self, account: &str, codes: &[Digest]) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM recovery_code WHERE account = $1",
            &[Value::Text(account)],
        )?;
        for code in codes {
            self.db.execute(
                "INSERT INTO recovery_code (account, code) VALUES ($1, $2)",
                &[Value::Text(account), Value::from(code)],
            )?;
        }
        Ok(())
    }

    /// Uses a recovery code up; tells whether it was one.
    pub fn recovery_take(&mut self, account: &str, code: &Digest) -> Result<bool, StoreError> {
        let taken = self.db.execute(
            "DELETE FROM recovery_code WHERE account = $1 AND code = $2",
            &[Value::Text(account), Value::from(code)],
        )?;
        Ok(taken > 0)
    }

    /// How many recovery codes are left.
    pub fn recovery_count(&mut self, account: &str) -> Result<i64, StoreError> {
        let mut count = 0;
        self.db.query(
            "SELECT COUNT(*) FROM recovery_code WHERE account = $1",
            &[Value::Text(account)],
            &mut |row| {
                count = row.int(0)?;
                Ok(())
            },
        )?;
        Ok(count)
    }

    /// Keeps a passkey, or what changed about it.
    pub fn passkey_put(&mut self, key: &PasskeyRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO passkey (id, credential, account, name, data, created_at, used_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, used_at = excluded.used_at",
            &[
                Value::Text(&key.id),
                Value::Blob(&key.credential),
                Value::Text(&key.account),
                Value::Text(&key.name),
                Value::Text(&key.data),
                Value::Int(key.created_at.as_microsecond()),
                Value::from(key.used_at.map(Timestamp::as_microsecond)),
            ],
        )?;
        Ok(())
    }

    /// A passkey by its credential.
    pub fn passkey_find(&mut self, credential: &[u8]) -> Result<Option<PasskeyRow>, StoreError> {
        let sql = format!("SELECT {PASSKEY} FROM passkey WHERE credential = $1");
        Ok(self.passkeys(&sql, Value::Blob(credential))?.pop())
    }

    /// The passkeys of an account, oldest first.
    pub fn passkey_list(&mut self, account: &str) -> Result<Vec<PasskeyRow>, StoreError> {
        let sql =
            format!("SELECT {PASSKEY} FROM passkey WHERE account = $1 ORDER BY created_at, id");
        self.passkeys(&sql, Value::Text(account))
    }

    fn passkeys(&mut self, sql: &str, value: Value<'_>) -> Result<Vec<PasskeyRow>, StoreError> {
        let mut found = Vec::new();
        self.db.query(sql, &[value], &mut |row| {
            found.push(passkey(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Removes one passkey of an account; tells whether there was one.
    pub fn passkey_remove(&mut self, account: &str, id: &str) -> Result<bool, StoreError> {
        let removed = self.db.execute(
            "DELETE FROM passkey WHERE account = $1 AND id = $2",
            &[Value::Text(account), Value::Text(id)],
        )?;
        Ok(removed > 0)
    }

    /// Says who an account is elsewhere; tells whether that was new.
    pub fn identity_link(
        &mut self,
        identity: &Identity,
        account: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let linked = self.db.execute(
            "INSERT INTO identity (issuer, subject, account, linked_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (issuer, subject) DO NOTHING",
            &[
                Value::Text(&identity.issuer),
                Value::Text(&identity.subject),
                Value::Text(account),
                Value::Int(at.as_microsecond()),
            ],
        )?;
        Ok(linked > 0)
    }

    /// The account of somebody who is known elsewhere.
    pub fn identity_account(&mut self, identity: &Identity) -> Result<Option<String>, StoreError> {
        let mut found = None;
        self.db.query(
            "SELECT account FROM identity WHERE issuer = $1 AND subject = $2",
            &[
                Value::Text(&identity.issuer),
                Value::Text(&identity.subject),
            ],
            &mut |row| {
                found = Some(row.text(0)?.to_owned());
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// Who an account is elsewhere.
    pub fn identity_list(&mut self, account: &str) -> Result<Vec<Identity>, StoreError> {
        let mut found = Vec::new();
        self.db.query(
            "SELECT issuer, subject FROM identity WHERE account = $1 ORDER BY issuer, subject",
            &[Value::Text(account)],
            &mut |row| {
                found.push(Identity {
                    issuer: row.text(0)?.to_owned(),
                    subject: row.text(1)?.to_owned(),
                });
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// Forgets who an account is at a provider; tells whether anything was known.
    pub fn identity_unlink(&mut self, account: &str, issuer: &str) -> Result<bool, StoreError> {
        let removed = self.db.execute(
            "DELETE FROM identity WHERE account = $1 AND issuer = $2",
            &[Value::Text(account), Value::Text(issuer)],
        )?;
        Ok(removed > 0)
    }
}
