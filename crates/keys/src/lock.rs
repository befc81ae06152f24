//! What closes a key store or its vault: nothing, a passphrase, or a token.
//!
//! - In: a [`Lock`] as a person gives it.  Out: a key of 256 bits, and a [`LockHead`] that says, in
//!   the readable part of the file, how the lock gives that key again.

use crate::hex::Hex;
use crate::secret::{Key, Secret, expand, random};
use crate::{KeyError, token};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// What opens a key store or its vault.
#[derive(Clone, Debug)]
pub enum Lock {
    /// Nothing: who has the file has the keys. For trying out.
    Plain,
    /// A passphrase.
    Passphrase(Secret),
    /// A key that never leaves a token (PKCS#11). It is made where the token has none of that name.
    Token {
        /// The library of the token's maker.
        module: PathBuf,
        /// Label of the token.
        token: String,
        /// The user's PIN.
        pin: Secret,
        /// Label of the key in the token.
        key: String,
    },
}

/// A key in a token, without the PIN: what a server may know of a lock that others open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenKey {
    pub(crate) module: PathBuf,
    pub(crate) token: String,
    pub(crate) key: String,
}

impl TokenKey {
    /// By its address (RFC 7512): `pkcs11:token=NAME;object=KEY?module-path=LIBRARY`.
    pub fn parse(uri: &str) -> Result<Self, KeyError> {
        crate::uri::key(uri)
    }

    /// The lock that it is with its PIN.
    pub fn with(&self, pin: Secret) -> Lock {
        Lock::Token {
            module: self.module.clone(),
            token: self.token.clone(),
            pin,
            key: self.key.clone(),
        }
    }
}

/// The kinds of locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockKind {
    /// No lock.
    Plain,
    /// A passphrase.
    Passphrase,
    /// A token.
    Token,
}

impl Lock {
    /// The lock of a key in a token, by its address (RFC 7512):
    /// `pkcs11:token=NAME;object=KEY?module-path=LIBRARY&pin-source=FILE`. The PIN is the first line
    /// of that file, which nobody else may read.
    pub fn token(uri: &str) -> Result<Self, KeyError> {
        crate::uri::token(uri)
    }

    /// Its kind.
    pub fn kind(&self) -> LockKind {
        match self {
            Self::Plain => LockKind::Plain,
            Self::Passphrase(_) => LockKind::Passphrase,
            Self::Token { .. } => LockKind::Token,
        }
    }
}

impl LockKind {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Passphrase => "passphrase",
            Self::Token => "token",
        }
    }
}

impl fmt::Display for LockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "no lock",
            Self::Passphrase => "a passphrase",
            Self::Token => "a token",
        })
    }
}

/// Argon2id: memory in KiB, passes. RFC 9106, section 4, second recommendation, with one lane.
const MEMORY: u32 = 64 << 10;
const PASSES: u32 = 3;

/// What a head may ask for at most, so that a changed one cannot exhaust the machine.
const MOST_MEMORY: u32 = 4 << 20;
const MOST_PASSES: u32 = 64;

/// How a lock gives its key again. Readable by anybody who has the file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum LockHead {
    Plain {
        key: Hex,
    },
    Passphrase {
        salt: Hex,
        memory_kib: u32,
        passes: u32,
        /// Tells a wrong passphrase from a damaged file; derived from the key, one way.
        check: Hex,
    },
    Token {
        token: String,
        key: String,
        nonce: Hex,
        wrapped: Hex,
    },
}

impl LockHead {
    pub(crate) fn kind(&self) -> LockKind {
        match self {
            Self::Plain { .. } => LockKind::Plain,
            Self::Passphrase { .. } => LockKind::Passphrase,
            Self::Token { .. } => LockKind::Token,
        }
    }

    /// A fresh key behind `lock`.
    pub(crate) fn new(lock: &Lock) -> Result<(Self, Key), KeyError> {
        match lock {
            Lock::Plain => {
                let key = random()?;
                let hex = Hex(key.to_vec());
                Ok((Self::Plain { key: hex }, key))
            }
            Lock::Passphrase(passphrase) => {
                let salt = random::<16>()?;
                let key = stretch(passphrase, &*salt, MEMORY, PASSES)
                    .expect("the costs are constants within Argon2's bounds");
                let head = Self::Passphrase {
                    salt: Hex(salt.to_vec()),
                    memory_kib: MEMORY,
                    passes: PASSES,
                    check: check(&key),
                };
                Ok((head, key))
            }
            Lock::Token {
                module,
                token,
                pin,
                key: label,
            } => {
                let key = random()?;
                let (nonce, wrapped) = token::wrap(module, token, pin, label, &key)?;
                let head = Self::Token {
                    token: token.clone(),
                    key: label.clone(),
                    nonce: Hex(nonce.to_vec()),
                    wrapped: Hex(wrapped),
                };
                Ok((head, key))
            }
        }
    }

    /// The key behind this head, by the lock that made it. `what` is "key store" or "vault".
    pub(crate) fn key(&self, lock: &Lock, what: &'static str) -> Result<Key, KeyError> {
        let other = || KeyError::OtherLock {
            what,
            wanted: self.kind(),
            given: lock.kind(),
        };
        let wrong = || KeyError::WrongPassphrase { what };
        match (self, lock) {
            (Self::Plain { key }, Lock::Plain) => key.array().map(Zeroizing::new).ok_or_else(other),
            (
                Self::Passphrase {
                    salt,
                    memory_kib,
                    passes,
                    check: expected,
                },
                Lock::Passphrase(passphrase),
            ) => {
                let key = stretch(passphrase, &salt.0, *memory_kib, *passes).ok_or_else(wrong)?;
                match check(&key) == *expected {
                    true => Ok(key),
                    false => Err(wrong()),
                }
            }
            (
                Self::Token { nonce, wrapped, .. },
                Lock::Token {
                    module,
                    token,
                    pin,
                    key,
                },
            ) => token::unwrap(module, token, pin, key, &nonce.0, &wrapped.0, what),
            _ => Err(other()),
        }
    }
}

/// Argon2id; `None` where the costs are out of bounds.
fn stretch(passphrase: &Secret, salt: &[u8], memory: u32, passes: u32) -> Option<Key> {
    if memory > MOST_MEMORY || passes > MOST_PASSES {
        return None;
    }
    let params = Params::new(memory, passes, 1, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.bytes(), salt, &mut *key)
        .ok()?;
    Some(key)
}

fn check(key: &Key) -> Hex {
    Hex(expand::<8>(key, &[b"oriel passphrase check"]).to_vec())
}
