//! Passkeys, and who an account is at a provider: added, removed, signed in with.
//!
//! Invariant: what signs somebody in is a value that only `oriel-signin` makes, after it has
//! checked the proof.

use super::session::{idle_from, refuse};
use super::sign_in::Proof;
use super::{Place, Refusal, Session, SignedIn, Way, actor, event, name, note};
use crate::{App, AppError};
use oriel_policy::audit::Deed;
use oriel_signin::{Identity, NewPasskey, ProvedPasskey};
use oriel_store::{Identity as Known, PasskeyRow, Tx};

/// What an account can prove itself with besides its password.
#[derive(Clone, Debug)]
pub struct Factors {
    /// Passkeys, oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Who it is at providers.
    pub identities: Vec<Known>,
    /// Whether a code generator is in use.
    pub totp: bool,
    /// Recovery codes left.
    pub recovery: i64,
}

fn known(identity: &Identity) -> Known {
    Known {
        issuer: identity.issuer().to_owned(),
        subject: identity.subject().to_owned(),
    }
}

impl App {
    /// What an account can prove itself with.
    pub fn factors(&self, account: &str) -> Result<Factors, AppError> {
        self.core.store.read(|tx| {
            let totp = tx.totp_find(account)?;
            Ok(Factors {
                passkeys: tx.passkey_list(account)?,
                identities: tx.identity_list(account)?,
                totp: totp.is_some_and(|totp| totp.confirmed_at.is_some()),
                recovery: tx.recovery_count(account)?,
            })
        })
    }

    /// Adds a passkey to one's own account.
    pub fn passkey_add(
        &self,
        session: &Session,
        title: &str,
        key: &NewPasskey,
    ) -> Result<PasskeyRow, AppError> {
        self.fresh(session)?;
        super::people::check_name(title)?;
        let now = self.now();
        let id = &session.account.id;
        let row = PasskeyRow {
            id: name("pky")?,
            credential: key.credential().to_vec(),
            account: id.clone(),
            name: title.to_owned(),
            data: key.data().to_owned(),
            created_at: now,
            used_at: None,
        };
        self.core.store.write(|tx| {
            if tx.passkey_find(&row.credential)?.is_some() {
                return Err(Refusal::Known.into());
            }
            tx.passkey_put(&row)?;
            let detail = format!("added passkey={}", row.id);
            note(tx, event(now, id, Deed::FactorPut, id, detail))
        })?;
        Ok(row)
    }

    /// Removes a passkey from one's own account.
    pub fn passkey_remove(&self, session: &Session, key: &str) -> Result<(), AppError> {
        self.fresh(session)?;
        let id = &session.account.id;
        self.core.store.write(|tx| {
            if !tx.passkey_remove(id, key)? {
                return Err(Refusal::Unknown.into());
            }
            let detail = format!("removed passkey={key}");
            note(tx, event(self.now(), id, Deed::FactorPut, id, detail))
        })
    }

    /// What is known of the passkey that an answer claims to be of.
    pub fn passkey_claimed(&self, credential: &[u8]) -> Result<PasskeyRow, AppError> {
        let found = self.core.store.read(|tx| tx.passkey_find(credential))?;
        match found {
            Some(row) => Ok(row),
            None => self.refused("", "passkey"),
        }
    }

    /// Signs in with a passkey.
    pub fn sign_in_passkey(
        &self,
        proved: &ProvedPasskey,
        place: Place<'_>,
    ) -> Result<SignedIn, AppError> {
        self.core.store.write(|tx| {
            let now = self.now();
            let Some(mut row) = tx.passkey_find(proved.credential())? else {
                return refuse(tx, now, "", "passkey");
            };
            let Some(account) = tx.account_by_id(&row.account)? else {
                return refuse(tx, now, "", "passkey");
            };
            proved.data().clone_into(&mut row.data);
            row.used_at = Some(now);
            tx.passkey_put(&row)?;
            let way = Way::Passkey;
            self.session_open(tx, account, Proof { way, place })
        })?
    }

    /// Says who an account is at a provider. The ceremony was begun in a fresh session of it.
    pub fn identity_add(&self, id: &str, identity: &Identity) -> Result<(), AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            if !tx.identity_link(&known(identity), id, now)? {
                return Err(Refusal::Known.into());
            }
            note(tx, event(now, id, Deed::FactorPut, id, "added identity"))
        })
    }

    /// Forgets who one is at a provider.
    pub fn identity_remove(&self, session: &Session, issuer: &str) -> Result<(), AppError> {
        self.fresh(session)?;
        let id = &session.account.id;
        self.core.store.write(|tx| {
            if !tx.identity_unlink(id, issuer)? {
                return Err(Refusal::Unknown.into());
            }
            let event = event(self.now(), id, Deed::FactorPut, id, "removed identity");
            note(tx, event)
        })
    }

    /// Signs in somebody whom a provider vouches for.
    pub fn sign_in_identity(
        &self,
        identity: &Identity,
        place: Place<'_>,
    ) -> Result<SignedIn, AppError> {
        self.core.store.write(|tx| {
            let account = match tx.identity_account(&known(identity))? {
                Some(id) => tx.account_by_id(&id)?,
                None => None,
            };
            let Some(account) = account else {
                return refuse(tx, self.now(), "", "identity");
            };
            let way = Way::Provider;
            self.session_open(tx, account, Proof { way, place })
        })?
    }

    /// Proves again, at a provider, who an account is: a new session in place of the one, named
    /// `before`, that asked. The provider's page is another site, from which the secret of that
    /// session does not come along.
    pub fn prove_identity(
        &self,
        identity: &Identity,
        account: &str,
        before: &str,
        device: &str,
    ) -> Result<SignedIn, AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            // Whoever proves themselves stays who they are, in a session that is still theirs.
            if tx.identity_account(&known(identity))?.as_deref() != Some(account) {
                return refuse(tx, now, account, "identity");
            }
            let mut open = tx.session_list(Some(account), now, idle_from(now))?;
            open.retain(|row| row.id == before);
            let (Some(row), Some(account)) = (open.pop(), tx.account_by_id(account)?) else {
                return refuse(tx, now, account, "session");
            };
            let before = Session {
                actor: actor(&account),
                account: account.clone(),
                row,
            };
            let place = Place {
                device,
                before: Some(&before),
            };
            let way = Way::Provider;
            self.session_open(tx, account, Proof { way, place })
        })?
    }

    /// Notes a proof that did not hold, and refuses.
    pub fn refused<T>(&self, account: &str, why: &str) -> Result<T, AppError> {
        let now = self.now();
        let noted = |tx: &mut Tx<'_>| refuse(tx, now, account, why);
        self.core.store.write(noted)?
    }
}
