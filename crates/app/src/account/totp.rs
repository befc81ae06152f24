//! Code generators and recovery codes: the second factor of a password.
//!
//! - Source: RFC 6238 with SHA-1, six digits and 30 seconds, which is what every generator knows.
//! - Invariants: the secret is sealed and opened only to compare; a step counts once, and so does
//!   a recovery code; one step of difference between clocks is allowed for.

use super::{Refusal, Session, digest, event, note, random};
use crate::{App, AppError};
use oriel_keys::{Bucket, Class};
use oriel_policy::audit::Deed;
use oriel_store::{Account, Digest, StoreError, TotpRow, Tx};
use totp_rs::{Builder, Totp};

/// The ring of keys that account secrets are sealed with.
const RING: &str = "accounts";

/// Recovery codes given out at a time.
const RECOVERY: usize = 10;

/// A code generator that was just offered.
#[derive(Debug)]
pub struct NewTotp {
    /// The secret in base 32, for typing.
    pub secret: String,
    /// The same as an `otpauth:` address, for generators that take one.
    pub address: String,
}

/// How a second factor was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Second {
    /// The account has none.
    NotAsked,
    /// A code of the generator.
    Code,
    /// A recovery code, used up.
    Recovery,
}

fn generator(secret: &[u8]) -> Result<Totp, AppError> {
    let built = Builder::new().with_secret(secret.to_vec()).build();
    built.map_err(|_| {
        StoreError::Damaged {
            what: "the secret of a code generator".to_owned(),
        }
        .into()
    })
}

fn seconds(at: jiff::Timestamp) -> u64 {
    at.as_second().unsigned_abs()
}

fn sealed(tx: &mut Tx<'_>, account: &str, secret: &[u8]) -> Result<Vec<u8>, AppError> {
    let place: [&[u8]; 2] = [b"totp", account.as_bytes()];
    let ring = tx.ring(RING)?;
    let sealed = ring.seal(Class::Static, Bucket(0), &place, secret);
    Ok(sealed.map_err(StoreError::from)?)
}

fn opened(tx: &mut Tx<'_>, account: &str, sealed: &[u8]) -> Result<Vec<u8>, AppError> {
    let place: [&[u8]; 2] = [b"totp", account.as_bytes()];
    let ring = tx.ring(RING)?;
    let opened = ring.open(Class::Static, Bucket(0), &place, sealed);
    Ok(opened.map_err(StoreError::from)?)
}

impl App {
    /// Offers a code generator; it counts once its first code is shown.
    pub fn totp_offer(&self, session: &Session) -> Result<NewTotp, AppError> {
        self.fresh(session)?;
        let secret = random::<20>()?;
        let generator = generator(&secret)?;
        let account = &session.account;
        self.core.store.write(|tx| {
            if confirmed(tx.totp_find(&account.id)?).is_some() {
                return Err(Refusal::Known.into());
            }
            let row = TotpRow {
                secret: sealed(tx, &account.id, &secret)?,
                confirmed_at: None,
                last_step: 0,
            };
            Ok::<_, AppError>(tx.totp_put(&account.id, &row)?)
        })?;
        let secret = generator.secret().to_base32();
        let login = account.login.replace('@', "%40");
        Ok(NewTotp {
            address: format!("otpauth://totp/Oriel:{login}?secret={secret}&issuer=Oriel"),
            secret,
        })
    }

    /// Takes a code generator into use with its first code; gives recovery codes, once.
    pub fn totp_confirm(&self, session: &Session, code: &str) -> Result<Vec<String>, AppError> {
        self.fresh(session)?;
        let id = &session.account.id;
        let (codes, digests) = recovery()?;
        self.core.store.write(|tx| {
            let now = self.now();
            let row = tx.totp_find(id)?.filter(|row| row.confirmed_at.is_none());
            let Some(mut row) = row else {
                return Err(Refusal::Unknown.into());
            };
            let generator = generator(&opened(tx, id, &row.secret)?)?;
            let Some(step) = generator.check(code, seconds(now)) else {
                return Err(Refusal::Code.into());
            };
            row.confirmed_at = Some(now);
            row.last_step = step as i64;
            tx.totp_put(id, &row)?;
            tx.recovery_put(id, &digests)?;
            // Whoever was signed in with a password alone proves themselves anew.
            let ended = tx.session_remove_all(id, &session.row.id)?;
            let detail = format!("added totp ended={ended}");
            note(tx, event(now, id, Deed::FactorPut, id, detail))
        })?;
        Ok(codes)
    }

    /// New recovery codes, in place of all older ones.
    pub fn recovery_renew(&self, session: &Session) -> Result<Vec<String>, AppError> {
        self.fresh(session)?;
        let id = &session.account.id;
        let (codes, digests) = recovery()?;
        self.core.store.write(|tx| {
            if confirmed(tx.totp_find(id)?).is_none() {
                return Err(Refusal::Unknown.into());
            }
            tx.recovery_put(id, &digests)?;
            let event = event(self.now(), id, Deed::FactorPut, id, "renewed recovery");
            note(tx, event)
        })?;
        Ok(codes)
    }

    /// Removes the code generator and the recovery codes.
    pub fn totp_remove(&self, session: &Session) -> Result<(), AppError> {
        self.fresh(session)?;
        let id = &session.account.id;
        self.core.store.write(|tx| {
            if tx.totp_find(id)?.is_none() {
                return Err(Refusal::Unknown.into());
            }
            tx.totp_remove(id)?;
            let event = event(self.now(), id, Deed::FactorPut, id, "removed totp");
            note(tx, event)
        })
    }

    /// Checks and uses up the second factor of an account, in the transaction of its sign-in.
    pub(super) fn second(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
        code: Option<&str>,
    ) -> Result<Result<Second, Refusal>, AppError> {
        let Some(mut row) = confirmed(tx.totp_find(&account.id)?) else {
            return Ok(Ok(Second::NotAsked));
        };
        let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else {
            return Ok(Err(Refusal::CodeWanted));
        };
        if code.len() > 8 {
            let taken = tx.recovery_take(&account.id, &digest(&plain(code)))?;
            return Ok(if taken {
                Ok(Second::Recovery)
            } else {
                Err(Refusal::Code)
            });
        }
        let generator = generator(&opened(tx, &account.id, &row.secret)?)?;
        let step = generator.check(code, seconds(self.now()));
        let step = step.map(|step| step as i64);
        Ok(match step.filter(|step| *step > row.last_step) {
            Some(step) => {
                row.last_step = step;
                tx.totp_put(&account.id, &row)?;
                Ok(Second::Code)
            }
            None => Err(Refusal::Code),
        })
    }
}

fn confirmed(row: Option<TotpRow>) -> Option<TotpRow> {
    row.filter(|row| row.confirmed_at.is_some())
}

/// Recovery codes and their digests: 80 random bits each, in four groups for reading aloud.
fn recovery() -> Result<(Vec<String>, Vec<Digest>), AppError> {
    let mut codes = Vec::new();
    for _ in 0..RECOVERY {
        let digits = crate::lists::hex(&random::<10>()?);
        let groups = [&digits[..5], &digits[5..10], &digits[10..15], &digits[15..]];
        codes.push(groups.join("-"));
    }
    let digests = codes.iter().map(|code| digest(&plain(code))).collect();
    Ok((codes, digests))
}

/// A recovery code as it was made, however it was typed.
fn plain(code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric);
    kept.collect::<String>().to_ascii_lowercase()
}
