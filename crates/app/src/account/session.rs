//! Sessions: opened by a proof, idle for so long, alive for so long, listed and ended.
//!
//! Invariant: proving oneself again opens a new session in place of the old one, so a session's
//! age is the age of its proof and its secret never outlives a change of what it is worth.

use super::sign_in::Proof;
use super::{Admin, Refusal, SignedIn, Token, actor, digest, event, name, note};
use crate::{App, AppError};
use jiff::{SignedDuration, Timestamp};
use oriel_policy::audit::Deed;
use oriel_policy::{Act, Actor};
use oriel_store::{Account, AccountKind, SessionRow, Tx};

/// How long a session lasts, however much it is used.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);

/// How long a session lasts without being used.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(1);

/// How long a proof counts for what needs a fresh one: signing legal acts, changing accounts.
pub const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// How exactly the last use is kept: a write for every request would cost more than it tells.
const SEEN_STEP: SignedDuration = SignedDuration::from_mins(1);

/// Somebody at work.
#[derive(Clone, Debug)]
pub struct Session {
    /// The account.
    pub account: Account,
    /// As policy sees it.
    pub actor: Actor,
    /// The session.
    pub row: SessionRow,
}

impl Session {
    /// Whether the person has proved who they are at or after `instant`.
    pub fn fresh_since(&self, instant: Timestamp) -> bool {
        self.row.created_at >= instant
    }
}

/// The instant before which a session must have been used to be alive at `now`.
pub(super) fn idle_from(now: Timestamp) -> Timestamp {
    now.checked_sub(SESSION_IDLE).unwrap_or(Timestamp::MIN)
}

impl App {
    /// Who a session belongs to, and that it was used now.
    pub fn session(&self, token: &str) -> Result<Option<Session>, AppError> {
        let now = self.now();
        let found = self
            .core
            .store
            .read(|tx| tx.session_find(&digest(token), now, idle_from(now)))?;
        let Some((row, account)) = found else {
            return Ok(None);
        };
        if now.duration_since(row.seen_at) >= SEEN_STEP {
            self.core.store.write(|tx| {
                tx.housekeeping();
                tx.session_seen(&row.id, now)
            })?;
        }
        Ok(Some(Session {
            actor: actor(&account),
            account,
            row,
        }))
    }

    /// Refuses what needs a fresh proof from a session whose proof is old.
    pub fn fresh(&self, session: &Session) -> Result<(), AppError> {
        let since = self.now().checked_sub(FRESH).unwrap_or(Timestamp::MIN);
        match session.fresh_since(since) {
            true => Ok(()),
            false => self.not_fresh(session),
        }
    }

    /// Refuses `act` where the law of the session's compartment asks for a proof that is fresher
    /// than the session's.
    pub fn proven(&self, session: &Session, act: Act) -> Result<(), AppError> {
        let law = &self.core.compartment(session.actor.compartment())?.profile;
        // Only where an act can need one is it looked up how the person signs in.
        if law.proof().within(act, true).is_none() {
            return Ok(());
        }
        let factors = self.factors(&session.account.id)?;
        let second = factors.totp || !factors.passkeys.is_empty();
        match law.proof().within(act, second) {
            Some(period) if period.after(session.row.created_at) < self.now() => {
                self.not_fresh(session)
            }
            _ => Ok(()),
        }
    }

    fn not_fresh(&self, session: &Session) -> Result<(), AppError> {
        let now = self.now();
        let id = &session.account.id;
        self.core.store.write(|tx| {
            note(
                tx,
                event(now, id, Deed::SessionFresh, id, "denied fresh-required"),
            )
        })?;
        Err(Refusal::NotFresh.into())
    }

    /// Ends the session.
    pub fn sign_out(&self, session: &Session) -> Result<(), AppError> {
        self.session_end(&session.account.id, &session.account.id, &session.row.id)
    }

    /// Sessions of an account that are open now, newest first.
    pub fn sessions(&self, account: &str) -> Result<Vec<SessionRow>, AppError> {
        let now = self.now();
        let list = |tx: &mut Tx<'_>| tx.session_list(Some(account), now, idle_from(now));
        Ok(self.core.store.read(list)?)
    }

    /// Ends one of one's own sessions.
    pub fn session_end_own(&self, session: &Session, id: &str) -> Result<(), AppError> {
        self.session_end(&session.account.id, &session.account.id, id)
    }

    /// Ends every session of an account.
    pub fn session_end_all(&self, admin: &Admin, account: &str) -> Result<u64, AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            let known = tx.account_by_id(account)?;
            if !known.is_some_and(|known| admin.manages(&known.compartment)) {
                return Err(oriel_store::StoreError::NotFound { what: "account" }.into());
            }
            let ended = tx.session_remove_all(account, "")?;
            let detail = format!("ok all={ended}");
            note(
                tx,
                event(now, admin.id(), Deed::SessionClose, account, detail),
            )?;
            Ok::<_, AppError>(ended)
        })
    }

    fn session_end(&self, by: &str, account: &str, id: &str) -> Result<(), AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            if !tx.session_remove(account, id)? {
                return Err(Refusal::Unknown.into());
            }
            let detail = format!("ok session={id}");
            note(tx, event(now, by, Deed::SessionClose, account, detail))
        })
    }

    /// Opens a session in the transaction of its proof, in place of `before`. The inner error is a
    /// refusal that is noted, so that the transaction must still be kept.
    pub(super) fn session_open(
        &self,
        tx: &mut Tx<'_>,
        account: Account,
        proof: Proof<'_>,
    ) -> Result<Result<SignedIn, AppError>, AppError> {
        let now = self.now();
        if !account.active || account.kind != AccountKind::Person {
            return refuse(tx, now, &account.id, "account");
        }
        let token = Token::random()?;
        let row = SessionRow {
            id: name("ses")?,
            account: account.id.clone(),
            how: proof.way.name().to_owned(),
            device: proof.place.device.to_owned(),
            created_at: now,
            seen_at: now,
            expires_at: now.checked_add(SESSION_LIFE).unwrap_or(Timestamp::MAX),
        };
        tx.session_insert(&token.digest(), &row)?;
        let mut detail = format!("ok by={} session={}", row.how, row.id);
        if let Some(before) = proof.place.before {
            tx.session_remove(&before.account.id, &before.row.id)?;
            detail += &format!(" instead_of={}", before.row.id);
        }
        note(
            tx,
            event(now, &account.id, Deed::SessionOpen, &account.id, detail),
        )?;
        let session = Session {
            actor: actor(&account),
            account,
            row,
        };
        Ok(Ok(SignedIn { session, token }))
    }
}

/// Notes a refused sign-in for an account, or for nobody known, and gives the refusal.
pub(super) fn refuse<T>(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    why: &str,
) -> Result<Result<T, AppError>, AppError> {
    note(
        tx,
        event(now, "", Deed::SessionOpen, account, format!("denied {why}")),
    )?;
    Ok(Err(AppError::SignIn))
}
