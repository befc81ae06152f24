//! Accounts, sign-in links and sessions. Secrets are kept as digests only.

use crate::db::Value;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::Role;

/// An account of this system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Opaque identifier.
    pub id: String,
    /// What the person types to sign in.
    pub login: String,
    /// Name shown to colleagues.
    pub name: String,
    /// Initials shown in lists.
    pub initials: String,
    /// What the person may be.
    pub roles: Vec<Role>,
    /// Argon2 hash in PHC form; `None` while the account signs in by link only.
    pub password: Option<String>,
}

/// An account to make.
#[derive(Clone, Copy, Debug)]
pub struct NewAccount<'a> {
    /// The account.
    pub account: &'a Account,
    /// When, UTC.
    pub at: Timestamp,
}

const COLUMNS: &str = "id, login, name, initials, roles, password";

impl Tx<'_> {
    /// Makes an account, or changes name, roles and password of a known one.
    pub fn account_put(&mut self, new: NewAccount<'_>) -> Result<(), StoreError> {
        let account = new.account;
        let roles: Vec<&str> = account.roles.iter().map(|role| role.name()).collect();
        self.db.execute(
            "INSERT INTO account (id, login, name, initials, roles, password, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name,
                initials = excluded.initials, roles = excluded.roles,
                password = excluded.password",
            &[
                Value::Text(&account.id),
                Value::Text(&account.login),
                Value::Text(&account.name),
                Value::Text(&account.initials),
                Value::Text(&roles.join(",")),
                Value::from(account.password.as_deref()),
                Value::Int(new.at.as_microsecond()),
            ],
        )?;
        Ok(())
    }

    /// An account by what is typed.
    pub fn account_by_login(&mut self, login: &str) -> Result<Option<Account>, StoreError> {
        self.account("login = $1", login)
    }

    /// An account by its identifier.
    pub fn account_by_id(&mut self, id: &str) -> Result<Option<Account>, StoreError> {
        self.account("id = $1", id)
    }

    /// Every account, by login.
    pub fn account_list(&mut self) -> Result<Vec<Account>, StoreError> {
        self.accounts(
            &format!("SELECT {COLUMNS} FROM account ORDER BY login"),
            &[],
        )
    }

    fn account(&mut self, condition: &str, value: &str) -> Result<Option<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM account WHERE {condition}");
        Ok(self.accounts(&sql, &[Value::Text(value)])?.pop())
    }

    fn accounts(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Account>, StoreError> {
        let mut found = Vec::new();
        self.db.query(sql, values, &mut |row| {
            found.push(Account {
                id: row.text(0)?.to_owned(),
                login: row.text(1)?.to_owned(),
                name: row.text(2)?.to_owned(),
                initials: row.text(3)?.to_owned(),
                roles: row.text(4)?.split(',').filter_map(Role::parse).collect(),
                password: row.text_or_null(5)?.map(str::to_owned),
            });
            Ok(())
        })?;
        Ok(found)
    }

    /// Keeps the digest of a one-time link.
    pub fn link_insert(
        &mut self,
        token: &[u8; 32],
        account: &str,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO sign_in_link (token, account, expires_at) VALUES ($1, $2, $3)",
            &[
                Value::from(token),
                Value::Text(account),
                Value::Int(expires.as_microsecond()),
            ],
        )?;
        Ok(())
    }

    /// Uses a link up: gives its account once, if it has not expired at `now`.
    pub fn link_take(
        &mut self,
        token: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let account = self.valid("sign_in_link", token, now)?;
        self.db.execute(
            "DELETE FROM sign_in_link WHERE token = $1",
            &[Value::from(token)],
        )?;
        match account {
            Some(id) => self.account_by_id(&id),
            None => Ok(None),
        }
    }

    /// Opens a session under the digest of its token.
    pub fn session_insert(
        &mut self,
        token: &[u8; 32],
        account: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO session (token, account, created_at, expires_at)
             VALUES ($1, $2, $3, $4)",
            &[
                Value::from(token),
                Value::Text(account),
                Value::Int(now.as_microsecond()),
                Value::Int(expires.as_microsecond()),
            ],
        )?;
        Ok(())
    }

    /// The account of a session that has not expired at `now`.
    pub fn session_account(
        &mut self,
        token: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        match self.valid("session", token, now)? {
            Some(id) => self.account_by_id(&id),
            None => Ok(None),
        }
    }

    /// Ends a session.
    pub fn session_remove(&mut self, token: &[u8; 32]) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM session WHERE token = $1",
            &[Value::from(token)],
        )?;
        Ok(())
    }

    fn valid(
        &mut self,
        table: &'static str,
        token: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let mut account = None;
        let sql = format!("SELECT account FROM {table} WHERE token = $1 AND expires_at > $2");
        let values = [Value::from(token), Value::Int(now.as_microsecond())];
        self.db.query(&sql, &values, &mut |row| {
            account = Some(row.text(0)?.to_owned());
            Ok(())
        })?;
        Ok(account)
    }
}
