//! Accounts: who may come in, how they prove it, and who gives them roles.
//!
//! - Source: R-ACC-01, R-ACC-02; NIST SP 800-63B for factors and sessions.
//! - Invariants: every sign-in, refusal and change leaves an audit event in the transaction in
//!   which it happened, naming accounts by identifier only; secrets are given out once and kept as
//!   digests; nobody gives roles alone, and nobody gives any to themselves.

mod admin;
mod ceremony;
mod factor;
mod machine;
mod password;
mod people;
mod refusal;
mod session;
mod sign_in;
mod totp;

pub use admin::Admin;
pub use ceremony::CEREMONY_LIFE;
pub use factor::Factors;
pub use machine::{NewMachine, Shown};
pub use people::{AccountView, NewPerson};
pub use refusal::Refusal;
pub use session::{FRESH, SESSION_IDLE, SESSION_LIFE, Session};
pub use sign_in::{Place, SignedIn, Way};
pub use totp::NewTotp;

use crate::AppError;
use jiff::Timestamp;
use oriel_policy::Actor;
use oriel_policy::audit::{Deed, Event};
use oriel_store::{Account, Digest, Tx};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::Digest as _;
use std::fmt;

/// A secret that is given out once. It does not print.
pub struct Token(String);

impl Token {
    /// The text to hand over.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn random() -> Result<Self, AppError> {
        Ok(Self(crate::lists::hex(&random::<32>()?)))
    }

    fn digest(&self) -> Digest {
        digest(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

fn random<const N: usize>() -> Result<[u8; N], AppError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| AppError::Random)?;
    Ok(bytes)
}

/// A public name, such as `usr_5f…`: random, so that it says nothing.
fn name(prefix: &str) -> Result<String, AppError> {
    Ok(format!("{prefix}_{}", crate::lists::hex(&random::<8>()?)))
}

fn digest(secret: &str) -> Digest {
    sha2::Sha256::digest(secret.as_bytes()).into()
}

/// The actor that policy sees.
fn actor(account: &Account) -> Actor {
    Actor::new(account.id.clone(), &account.roles).of(account.compartment.clone())
}

/// The event of something that `actor` did to `object`, an account's identifier or blank.
fn event(at: Timestamp, actor: &str, deed: Deed, object: &str, detail: impl Into<String>) -> Event {
    Event::by(at, actor.to_owned(), deed, object, detail.into())
}

/// Appends one event to the transaction in which the thing happened, in the compartment of the
/// account that it is about: who oversees another recipient does not read of it (R-SCO-07).
fn note(tx: &mut Tx<'_>, event: Event) -> Result<(), AppError> {
    let about = tx.account_by_id(event.record().object)?;
    let event = match about {
        Some(account) => event.within(account.compartment),
        None => event,
    };
    Ok(tx.audit_append(&[event])?)
}
