//! Local accounts, one-time links and sessions.
//!
//! - Source: R-ACC-01; passwords by Argon2id, tokens of 256 random bits kept as SHA-256 only.
//! - Invariants: an unknown login takes as long as a wrong password; a link works once; signing in
//!   and out leave audit events.

use crate::{App, AppError};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use jiff::{SignedDuration, Timestamp};
use oriel_policy::audit::Event;
use oriel_policy::{Actor, Role};
use oriel_store::{Account, NewAccount};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};
use std::fmt;

/// How long a session lasts without being opened again.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);

/// How long a one-time link works.
const LINK_LIFE: SignedDuration = SignedDuration::from_mins(30);

/// Shortest password.
const PASSWORD_MIN: usize = 12;

/// A secret that is given out once. It does not print.
pub struct Token(String);

impl Token {
    /// The text to hand over.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn random() -> Result<Self, AppError> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| AppError::Random)?;
        Ok(Self(crate::lists::hex(&bytes)))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Somebody who has signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The account.
    pub account: Account,
    /// The session's secret.
    pub token: Token,
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The actor that policy sees.
fn actor(account: &Account) -> Actor {
    Actor::new(account.id.clone(), &account.roles)
}

impl App {
    /// Makes or changes an account. `password` of `None` leaves it to sign in by link.
    pub fn account_put(
        &self,
        login: &str,
        name: &str,
        roles: &[Role],
        password: Option<&str>,
    ) -> Result<Account, AppError> {
        let shaped = (1..=64).contains(&login.len())
            && login
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'@'));
        if !shaped {
            return Err(AppError::Account(
                "a login has 1 to 64 letters, digits, dots, hyphens, underlines or @",
            ));
        }
        if password.is_some_and(|password| password.chars().count() < PASSWORD_MIN) {
            return Err(AppError::Account("a password has at least 12 characters"));
        }
        let hash = match password {
            Some(password) => Some(
                Argon2::default()
                    .hash_password(password.as_bytes())
                    .map_err(|_| AppError::Random)?
                    .to_string(),
            ),
            None => None,
        };
        let initials: String = name
            .split_whitespace()
            .filter_map(|w| w.chars().next())
            .collect();
        let id = match self.core.store.read(|tx| tx.account_by_login(login))? {
            Some(known) => known.id,
            None => format!("usr_{}", &Token::random()?.expose()[..16]),
        };
        let account = Account {
            id,
            login: login.to_owned(),
            name: name.to_owned(),
            initials,
            roles: roles.to_vec(),
            password: hash,
        };
        let now = self.now();
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        let event = Event::system(
            now,
            "account.put",
            &account.id,
            format!("ok roles={}", names.join(",")),
        );
        self.core.store.write(|tx| {
            tx.account_put(NewAccount {
                account: &account,
                at: now,
            })?;
            tx.audit_append(&[event])
        })?;
        Ok(account)
    }

    /// A one-time link for an account; its text is given once.
    pub fn link_make(&self, account: &Account) -> Result<Token, AppError> {
        let token = Token::random()?;
        let now = self.now();
        let expires = now.checked_add(LINK_LIFE).unwrap_or(Timestamp::MAX);
        let event = Event::system(now, "link.make", &account.id, "ok".to_owned());
        self.core.store.write(|tx| {
            tx.link_insert(&digest(token.expose()), &account.id, expires)?;
            tx.audit_append(&[event])
        })?;
        Ok(token)
    }

    /// Signs in with login and password.
    pub fn sign_in(&self, login: &str, password: &str) -> Result<SignedIn, AppError> {
        let known = self.core.store.read(|tx| tx.account_by_login(login))?;
        let hash = known
            .as_ref()
            .and_then(|account| account.password.as_deref());
        let right = match hash.map(PasswordHash::new) {
            Some(Ok(hash)) => Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok(),
            _ => {
                // The same work for nobody, so that the time does not tell who exists.
                let _ = Argon2::default().hash_password(password.as_bytes());
                false
            }
        };
        match known.filter(|_| right) {
            Some(account) => self.session_open(account, "password"),
            None => {
                let event =
                    Event::system(self.now(), "session.open", "", "denied password".to_owned());
                self.core.store.write(|tx| tx.audit_append(&[event]))?;
                Err(AppError::SignIn)
            }
        }
    }

    /// Signs in with a one-time link.
    pub fn sign_in_link(&self, token: &str) -> Result<SignedIn, AppError> {
        let now = self.now();
        let account = self.core.store.write(|tx| {
            let account = tx.link_take(&digest(token), now)?;
            if account.is_none() {
                let detail = "denied link".to_owned();
                tx.audit_append(&[Event::system(now, "session.open", "", detail)])?;
            }
            Ok::<_, AppError>(account)
        })?;
        self.session_open(account.ok_or(AppError::SignIn)?, "link")
    }

    fn session_open(&self, account: Account, how: &str) -> Result<SignedIn, AppError> {
        let token = Token::random()?;
        let now = self.now();
        let expires = now.checked_add(SESSION_LIFE).unwrap_or(Timestamp::MAX);
        let event = Event::system(now, "session.open", &account.id, format!("ok by={how}"));
        self.core.store.write(|tx| {
            tx.session_insert(&digest(token.expose()), &account.id, now, expires)?;
            tx.audit_append(&[event])
        })?;
        Ok(SignedIn { account, token })
    }

    /// Who a session belongs to.
    pub fn session(&self, token: &str) -> Result<Option<(Account, Actor)>, AppError> {
        let now = self.now();
        let account = self
            .core
            .store
            .read(|tx| tx.session_account(&digest(token), now))?;
        Ok(account.map(|account| {
            let actor = actor(&account);
            (account, actor)
        }))
    }

    /// Ends a session.
    pub fn sign_out(&self, token: &str) -> Result<(), AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            let account = tx.session_account(&digest(token), now)?;
            tx.session_remove(&digest(token))?;
            let who = account.map(|account| account.id).unwrap_or_default();
            tx.audit_append(&[Event::system(now, "session.close", who, "ok".to_owned())])
        })?;
        Ok(())
    }
}
