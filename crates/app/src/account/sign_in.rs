//! Signing in: with a password, with a one-time link, as the first administrator.

use super::session::refuse;
use super::totp::Second;
use super::{Refusal, Session, Token, digest, event, name, note, password};
use crate::{App, AppError};
use jiff::{SignedDuration, Timestamp};
use oriel_policy::audit::Deed;
use oriel_policy::{Act, CONSOLE, Role, authorize};
use oriel_store::{Account, AccountKind, NewAccount, Tx};

/// How long a one-time link works.
pub(super) const LINK_LIFE: SignedDuration = SignedDuration::from_mins(30);

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A password alone.
    Password,
    /// A password and a code of a generator.
    Code,
    /// A password and a recovery code.
    Recovery,
    /// A passkey, whose authenticator has verified its owner.
    Passkey,
    /// A provider that vouches for the person.
    Provider,
    /// A one-time link.
    Link,
    /// The link that the first administrator was made with.
    First,
}

impl Way {
    /// Short name, in events and lists of sessions.
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "password+code",
            Self::Recovery => "password+recovery",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
            Self::Link => "link",
            Self::First => "first",
        }
    }
}

/// From where somebody proves who they are.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The kind of browser, coarse, such as `Firefox on Linux`.
    pub device: &'a str,
    /// The session that a new one takes the place of.
    pub before: Option<&'a Session>,
}

/// A proof that holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof<'a> {
    pub(super) way: Way,
    pub(super) place: Place<'a>,
}

/// Somebody who has signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its secret.
    pub token: Token,
}

impl App {
    /// Signs in with login and password, and with a code where the account has a generator.
    pub fn sign_in(
        &self,
        login: &str,
        password: &str,
        code: Option<&str>,
        place: Place<'_>,
    ) -> Result<SignedIn, AppError> {
        let known = self.core.store.read(|tx| tx.account_by_login(login))?;
        let hash = known
            .as_ref()
            .and_then(|account| account.password.as_deref());
        let fits = password::fits(hash, password);
        self.core.store.write(|tx| {
            let id = known.as_ref().map_or("", |account| &account.id);
            if !fits {
                return refuse(tx, self.now(), id, "password");
            }
            // As it is now: it may have ended, or its password changed, while this one was hashed.
            let account = tx
                .account_by_id(id)?
                .filter(|now| Some(&now.password) == known.as_ref().map(|then| &then.password));
            let Some(account) = account else {
                return refuse(tx, self.now(), id, "password");
            };
            let way = match self.second(tx, &account, code)? {
                Ok(Second::NotAsked) => Way::Password,
                Ok(Second::Code) => Way::Code,
                Ok(Second::Recovery) => Way::Recovery,
                Err(refusal) => {
                    let why = match refusal {
                        Refusal::CodeWanted => "denied code-wanted",
                        _ => "denied code",
                    };
                    note(tx, event(self.now(), "", Deed::SessionOpen, id, why))?;
                    return Ok(Err(refusal.into()));
                }
            };
            self.session_open(tx, account, Proof { way, place })
        })?
    }

    /// Sets one's own password; every other session ends.
    pub fn password_set(&self, session: &Session, password: &str) -> Result<(), AppError> {
        self.fresh(session)?;
        let id = &session.account.id;
        let hash = password::hash(&session.account.login, password)?;
        self.core.store.write(|tx| {
            let now = self.now();
            let account = tx.account_by_id(id)?.filter(|account| account.active);
            let Some(mut account) = account else {
                return Err(Refusal::Ended.into());
            };
            account.password = Some(hash);
            tx.account_put(NewAccount {
                account: &account,
                at: now,
            })?;
            let ended = tx.session_remove_all(id, &session.row.id)?;
            let detail = format!("ok ended={ended}");
            note(tx, event(now, id, Deed::AccountPassword, id, detail))
        })
    }

    /// Signs in with a one-time link.
    pub fn sign_in_link(&self, token: &str, place: Place<'_>) -> Result<SignedIn, AppError> {
        self.core.store.write(|tx| {
            let now = self.now();
            match tx.link_take(&digest(token), now)? {
                Some(account) => {
                    let way = Way::Link;
                    self.session_open(tx, account, Proof { way, place })
                }
                None => refuse(tx, now, "", "link"),
            }
        })?
    }

    /// Notes that guessing at an account is slowed down from one address, for `seconds`.
    pub fn sign_in_slowed(&self, login: &str, seconds: u64) -> Result<(), AppError> {
        self.core.store.write(|tx| {
            let account = tx.account_by_login(login)?;
            let id = account.map(|account| account.id).unwrap_or_default();
            let detail = format!("slowed seconds={seconds}");
            note(tx, event(self.now(), "", Deed::SessionOpen, &id, detail))
        })
    }

    /// A one-time link for an account; its text is given once.
    pub fn link_make(&self, account: &Account) -> Result<Token, AppError> {
        self.core
            .store
            .write(|tx| self.link(tx, CONSOLE, &account.id))
    }

    pub(super) fn link(&self, tx: &mut Tx<'_>, by: &str, account: &str) -> Result<Token, AppError> {
        let token = Token::random()?;
        let now = self.now();
        let expires = now.checked_add(LINK_LIFE).unwrap_or(Timestamp::MAX);
        tx.link_insert(&token.digest(), account, expires)?;
        note(tx, event(now, by, Deed::LinkMake, account, "ok"))?;
        Ok(token)
    }

    /// The link that makes the first administrator: a new one for each call, in place of the one
    /// before, and none once there is an administrator.
    pub fn first_link(&self) -> Result<Option<Token>, AppError> {
        let there = |tx: &mut Tx<'_>| self.has_administrator(tx);
        if self.core.store.read(there)? {
            return Ok(None);
        }
        self.core.store.write(|tx| {
            if self.has_administrator(tx)? {
                return Ok(None);
            }
            let token = Token::random()?;
            tx.first_link_put(&token.digest())?;
            note(tx, event(self.now(), CONSOLE, Deed::LinkMake, "", "first"))?;
            Ok(Some(token))
        })
    }

    /// Makes the first administrator and signs them in.
    pub fn sign_in_first(
        &self,
        token: &str,
        login: &str,
        display: &str,
        password: &str,
        place: Place<'_>,
    ) -> Result<SignedIn, AppError> {
        super::people::check_login(login)?;
        super::people::check_name(display)?;
        let hash = password::hash(login, password)?;
        self.core.store.write(|tx| {
            let now = self.now();
            // A link is used up only where an account can come of it.
            if tx.account_by_login(login)?.is_some() {
                return Ok(Err(Refusal::LoginTaken.into()));
            }
            if !tx.first_link_take(&digest(token))? || self.has_administrator(tx)? {
                return refuse(tx, now, "", "first");
            }
            let account = Account {
                id: name("usr")?,
                login: login.to_owned(),
                name: display.to_owned(),
                initials: super::people::initials(display),
                roles: vec![Role::SecurityAdministrator],
                password: Some(hash),
                kind: AccountKind::Person,
                active: true,
                proposal: None,
                compartment: self.default_compartment(),
            };
            tx.account_put(NewAccount {
                account: &account,
                at: now,
            })?;
            let detail = "ok first roles=security_administrator";
            note(
                tx,
                event(now, &account.id, Deed::AccountPut, &account.id, detail),
            )?;
            let way = Way::First;
            self.session_open(tx, account, Proof { way, place })
        })?
    }

    /// Whether an account may administer accounts.
    pub fn administers(&self, roles: &[Role]) -> bool {
        let actor = oriel_policy::Actor::new("", roles);
        let profile = self.profile();
        authorize(&profile, &actor, Act::AccountManage, None, self.now()).is_ok()
    }

    /// Whether somebody administers accounts.
    pub(super) fn has_administrator(&self, tx: &mut Tx<'_>) -> Result<bool, AppError> {
        Ok(self.administrators(tx)? > 0)
    }

    /// How many administer accounts.
    pub(super) fn administrators(&self, tx: &mut Tx<'_>) -> Result<usize, AppError> {
        let accounts = tx.account_list()?;
        let administers = |account: &&Account| account.active && self.administers(&account.roles);
        Ok(accounts.iter().filter(administers).count())
    }
}
