//! Accounts: who may sign in, with which roles, and the one-time links that begin it.
//!
//! - Invariants: secrets are kept as digests; a link and a ceremony are used up by being looked
//!   at; who may do what is decided above, here it is only kept.

mod factor;
mod machine;
mod session;

pub use factor::{Identity, PasskeyRow, TotpRow};
pub use machine::{MachineKey, MachineKind};
pub use session::SessionRow;

use crate::db::Value;
use crate::message::instant;
use crate::named::named;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::Role;

/// SHA-256 of a secret.
pub type Digest = [u8; 32];

named! {
    /// What an account stands for.
    AccountKind in "an account" {
        /// A person, who signs in and has sessions.
        Person = "person",
        /// A machine, which shows a key or a certificate with each request.
        Service = "service",
    }
}

/// Roles that wait for another administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What the account is to be: all its roles, not only new ones.
    pub roles: Vec<Role>,
    /// Account of the administrator who asked.
    pub by: String,
    /// When, UTC.
    pub at: Timestamp,
}

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
    /// Argon2 hash in PHC form; `None` while the account has no password.
    pub password: Option<String>,
    /// Person or machine.
    pub kind: AccountKind,
    /// Whether it still counts. An account is never deleted, because the audit log names it.
    pub active: bool,
    /// Roles that wait for approval.
    pub proposal: Option<Proposal>,
    /// The recipient it works for, whose records alone it may see.
    pub compartment: String,
}

/// An account to make or change.
#[derive(Clone, Copy, Debug)]
pub struct NewAccount<'a> {
    /// The account.
    pub account: &'a Account,
    /// When, UTC.
    pub at: Timestamp,
}

/// A ceremony of signing in that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceremony {
    /// Which one.
    pub kind: String,
    /// For whom, where somebody was signed in already.
    pub account: Option<String>,
    /// What must be known to finish it.
    pub data: String,
}

/// Ceremonies kept at a time; beyond it the oldest is forgotten, so that nobody fills the store
/// by beginning to sign in.
const CEREMONIES: i64 = 2_000;

const COLUMNS: &str = "id, login, name, initials, roles, password, kind, state, proposed, proposed_by, proposed_at, \
     compartment";

fn names(roles: &[Role]) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    names.join(",")
}

fn roles(names: &str) -> Vec<Role> {
    names.split(',').filter_map(Role::parse).collect()
}

impl Tx<'_> {
    /// Makes an account, or changes everything about a known one but its identifier.
    pub fn account_put(&mut self, new: NewAccount<'_>) -> Result<(), StoreError> {
        let account = new.account;
        let proposal = account.proposal.as_ref();
        let proposed = proposal.map(|proposal| names(&proposal.roles));
        self.db.execute(
            "INSERT INTO account (id, login, name, initials, roles, password, kind, state,
                proposed, proposed_by, proposed_at, created_at, compartment)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name,
                initials = excluded.initials, roles = excluded.roles,
                password = excluded.password, kind = excluded.kind, state = excluded.state,
                proposed = excluded.proposed, proposed_by = excluded.proposed_by,
                proposed_at = excluded.proposed_at, compartment = excluded.compartment",
            &[
                Value::Text(&account.id),
                Value::Text(&account.login),
                Value::Text(&account.name),
                Value::Text(&account.initials),
                Value::Text(&names(&account.roles)),
                Value::from(account.password.as_deref()),
                Value::Text(account.kind.name()),
                Value::Text(if account.active { "active" } else { "ended" }),
                Value::from(proposed.as_deref()),
                Value::from(proposal.map(|proposal| proposal.by.as_str())),
                Value::from(proposal.map(|proposal| proposal.at.as_microsecond())),
                Value::Int(new.at.as_microsecond()),
                Value::Text(&account.compartment),
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
            let proposal = match (
                row.text_or_null(8)?,
                row.text_or_null(9)?,
                row.int_or_null(10)?,
            ) {
                (Some(names), Some(by), Some(at)) => Some(Proposal {
                    roles: roles(names),
                    by: by.to_owned(),
                    at: instant(at)?,
                }),
                _ => None,
            };
            found.push(Account {
                id: row.text(0)?.to_owned(),
                login: row.text(1)?.to_owned(),
                name: row.text(2)?.to_owned(),
                initials: row.text(3)?.to_owned(),
                roles: roles(row.text(4)?),
                password: row.text_or_null(5)?.map(str::to_owned),
                kind: AccountKind::parse(row.text(6)?)?,
                active: row.text(7)? == "active",
                proposal,
                compartment: row.text(11)?.to_owned(),
            });
            Ok(())
        })?;
        Ok(found)
    }

    /// Keeps the digest of a one-time link; an older one of the same account works no more.
    pub fn link_insert(
        &mut self,
        token: &Digest,
        account: &str,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        self.link_remove(account)?;
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
        token: &Digest,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let mut account = None;
        self.db.query(
            "SELECT account FROM sign_in_link WHERE token = $1 AND expires_at > $2",
            &[Value::from(token), Value::Int(now.as_microsecond())],
            &mut |row| {
                account = Some(row.text(0)?.to_owned());
                Ok(())
            },
        )?;
        self.db.execute(
            "DELETE FROM sign_in_link WHERE token = $1",
            &[Value::from(token)],
        )?;
        match account {
            Some(id) => self.account_by_id(&id),
            None => Ok(None),
        }
    }

    /// Takes back the links of an account.
    pub fn link_remove(&mut self, account: &str) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM sign_in_link WHERE account = $1",
            &[Value::Text(account)],
        )?;
        Ok(())
    }

    /// Keeps the digest of the link that makes the first administrator, in place of an older one.
    pub fn first_link_put(&mut self, token: &Digest) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM first_link", &[])?;
        self.db.execute(
            "INSERT INTO first_link (token) VALUES ($1)",
            &[Value::from(token)],
        )?;
        Ok(())
    }

    /// Uses up the link that makes the first administrator; tells whether it was this one.
    pub fn first_link_take(&mut self, token: &Digest) -> Result<bool, StoreError> {
        let taken = self.db.execute(
            "DELETE FROM first_link WHERE token = $1",
            &[Value::from(token)],
        )?;
        Ok(taken > 0)
    }

    /// Keeps a ceremony under the digest of its random name.
    pub fn ceremony_put(
        &mut self,
        token: &Digest,
        ceremony: &Ceremony,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM ceremony WHERE expires_at <= $1",
            &[Value::Int(now.as_microsecond())],
        )?;
        self.db.execute(
            "DELETE FROM ceremony WHERE token IN
                (SELECT token FROM ceremony ORDER BY expires_at DESC, token LIMIT 1000000 OFFSET $1)",
            &[Value::Int(CEREMONIES - 1)],
        )?;
        self.db.execute(
            "INSERT INTO ceremony (token, kind, account, data, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
            &[
                Value::from(token),
                Value::Text(&ceremony.kind),
                Value::from(ceremony.account.as_deref()),
                Value::Text(&ceremony.data),
                Value::Int(expires.as_microsecond()),
            ],
        )?;
        Ok(())
    }

    /// Uses a ceremony up: gives it once, if it has not expired at `now`.
    pub fn ceremony_take(
        &mut self,
        token: &Digest,
        now: Timestamp,
    ) -> Result<Option<Ceremony>, StoreError> {
        let mut found = None;
        self.db.query(
            "SELECT kind, account, data FROM ceremony WHERE token = $1 AND expires_at > $2",
            &[Value::from(token), Value::Int(now.as_microsecond())],
            &mut |row| {
                found = Some(Ceremony {
                    kind: row.text(0)?.to_owned(),
                    account: row.text_or_null(1)?.map(str::to_owned),
                    data: row.text(2)?.to_owned(),
                });
                Ok(())
            },
        )?;
        self.db.execute(
            "DELETE FROM ceremony WHERE token = $1",
            &[Value::from(token)],
        )?;
        Ok(found)
    }
}
