//! Whether the log holds, and proofs for who does not want to take our word for it.
//!
//! - In: the log and the public keys of the key store.  Out: how far it was checked and what was
//!   found; proofs of one event and of one month.
//! - Source: R-AUD-05, R-DPO-03.
//! - Invariants: a log is said to hold only after every event was checked up to where it is said;
//!   keys that stand in the log itself count for nothing here; what was found broken stays so until
//!   a whole new pass finds that it holds.

use super::LogEvent;
use crate::{App, AppError, Core};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use oriel_policy::audit::{Broken, Checkpoint, Event, Held, Proof, Prover, PublicKey, Verifier};
use oriel_policy::oversight::{event_name, is_of};
use oriel_policy::{Act, Grant};
use oriel_store::{CheckpointRow, Store, StoreError, Tx};

/// Events checked in one step, about a second's work.
const STEP: u64 = 200_000;

/// How long a whole pass counts before the next begins.
const ANEW: SignedDuration = SignedDuration::from_hours(24);

/// The checking of the log.
#[derive(Default)]
pub(super) struct Chain {
    pass: Option<Pass>,
    /// What the last pass that came to an end found, and when.
    found: Option<(Result<Held, Broken>, Timestamp)>,
    /// When the pass that is under way began.
    began: Option<Timestamp>,
}

impl Chain {
    /// What the last pass that came to an end found, and when.
    pub(super) fn found(&self) -> Option<&(Result<Held, Broken>, Timestamp)> {
        self.found.as_ref()
    }
}

/// A pass under way.
struct Pass {
    verifier: Verifier,
    /// Events of the newest checkpoint it knows.
    promised: u64,
}

/// Why a step ended before the events did.
enum Stop {
    Broken(Broken),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What is known of the log as a whole.
#[derive(Clone, Debug)]
pub struct ChainView {
    /// Number of the newest event.
    pub events: u64,
    /// Number up to which the pass under way has checked.
    pub checked: u64,
    /// What the last whole pass found to hold, and when.
    pub held: Option<(Held, Timestamp)>,
    /// What it found broken: the first bad event, in words, and when.
    pub broken: Option<(u64, String, Timestamp)>,
    /// The newest signed checkpoint.
    pub checkpoint: Option<CheckpointRow>,
}

/// Proof that an event is in the log.
#[derive(Clone, Debug)]
pub struct EventProof {
    /// The event.
    pub event: LogEvent,
    /// The path.
    pub proof: Proof,
    /// The signed checkpoint it ends in.
    pub note: String,
}

/// Proof of what the log was at the beginning and at the end of a month.
#[derive(Clone, Debug)]
pub struct MonthProof {
    /// Events before the month; those after are of the month, until [`MonthProof::last`].
    pub before: u64,
    /// The signed checkpoint there, where there is one.
    pub before_note: Option<String>,
    /// The last event that the checkpoint at the end covers.
    pub last: u64,
    /// That the log only grew between; none where the log begins in the month.
    pub proof: Option<Proof>,
    /// The signed checkpoint at the end.
    pub note: String,
}

impl App {
    /// Whether the log holds, after another step of checking it; `anew` begins again.
    pub fn audit_chain(&self, grant: &Grant, anew: bool) -> Result<ChainView, AppError> {
        self.core.telling(grant, "chain")?;
        let mut desk = self.core.desk();
        if anew {
            desk.chain.pass = None;
            desk.chain.began = None;
        }
        self.core.step(&mut desk.chain, self.now())?;
        let chain = &desk.chain;
        let (head, checkpoint) = self
            .core
            .store
            .read(|tx| Ok::<_, StoreError>((tx.audit_head()?.0, tx.checkpoint_newest()?)))?;
        let found = chain.found.clone();
        Ok(ChainView {
            events: head,
            checked: chain
                .pass
                .as_ref()
                .map_or(0, |pass| pass.verifier.next() - 1),
            held: found
                .as_ref()
                .and_then(|(found, at)| Some((found.clone().ok()?, *at))),
            broken: found.and_then(|(found, at)| {
                let broken = found.err()?;
                Some((broken.event(), broken.to_string(), at))
            }),
            checkpoint,
        })
    }

    /// Proves that an event is in the log.
    pub fn audit_prove(&self, grant: &Grant, event: u64) -> Result<EventProof, AppError> {
        self.core.telling(grant, &event_name(event))?;
        self.core.store.checkpoint()?;
        self.core.store.read(|tx| {
            let mut found = None;
            tx.audit_some(event.saturating_sub(1), 1, |entry| {
                let seen = is_of(entry.record.compartment, grant.compartment());
                found = Some(LogEvent::of(entry)).filter(|of| of.n == event && seen);
                Ok::<_, StoreError>(())
            })?;
            let found = found.ok_or(AppError::NoEvent)?;
            let (newest, row) = newest(tx)?;
            let base = base(tx)?;
            let prover = Prover::inclusion(event, &base, &newest).ok_or(AppError::NoEvent)?;
            Ok(EventProof {
                event: found,
                proof: gather(tx, prover, base.size(), newest.size)?,
                note: row.kept.note,
            })
        })
    }

    /// Proves that the log at the end of a month goes on from the log at its beginning. `month` is
    /// its first day.
    pub fn audit_prove_month(&self, grant: &Grant, month: Date) -> Result<MonthProof, AppError> {
        let month = month.first_of_month();
        self.core
            .telling(grant, &format!("month {}", month.strftime("%Y-%m")))?;
        self.core.store.checkpoint()?;
        let instant = |date: Date| -> Result<Timestamp, AppError> {
            let zoned = date
                .to_zoned(TimeZone::UTC)
                .map_err(|_| AppError::NoEvent)?;
            Ok(zoned.timestamp())
        };
        let from = instant(month)?;
        let until = instant(
            month
                .checked_add(1.month())
                .map_err(|_| AppError::NoEvent)?,
        )?;
        self.core.store.read(|tx| {
            let before = tx.checkpoint_before(from)?;
            let after = match tx.checkpoint_after(until)? {
                Some(after) => after,
                None => tx.checkpoint_newest()?.ok_or(AppError::NoEvent)?,
            };
            let start = before.as_ref().map_or(0, |row| row.kept.tree.size());
            let end =
                Checkpoint::unsigned(&after.kept.note).ok_or_else(|| damaged("a checkpoint"))?;
            if end.size <= start {
                return Err(AppError::NoEvent);
            }
            let base = base(tx)?;
            let proof = match start {
                0 => None,
                _ => {
                    let prover = Prover::consistency(start, &base, &end);
                    let prover = prover.ok_or(AppError::NoEvent)?;
                    Some(gather(tx, prover, base.size(), end.size)?)
                }
            };
            Ok(MonthProof {
                before: start,
                before_note: before.map(|row| row.kept.note),
                last: end.size,
                proof,
                note: after.kept.note,
            })
        })
    }
}

fn damaged(what: &str) -> StoreError {
    let what = what.to_owned();
    StoreError::Damaged { what }
}

/// The newest checkpoint, read and as kept.
fn newest(tx: &mut Tx<'_>) -> Result<(Checkpoint, CheckpointRow), AppError> {
    let row = tx.checkpoint_newest()?.ok_or(AppError::NoEvent)?;
    let read = Checkpoint::unsigned(&row.kept.note);
    Ok((read.ok_or_else(|| damaged("a checkpoint"))?, row))
}

/// The tree over what was removed from the front.
fn base(tx: &mut Tx<'_>) -> Result<oriel_policy::audit::Tree, StoreError> {
    let base = tx.checkpoint_base()?;
    Ok(base.map(|row| row.kept.tree).unwrap_or_default())
}

fn gather(tx: &mut Tx<'_>, mut prover: Prover, from: u64, to: u64) -> Result<Proof, AppError> {
    tx.audit_hashes(from, to, |hash| prover.push(hash))?;
    Ok(prover.finish().ok_or_else(|| damaged("the audit log"))?)
}

impl Core {
    /// Tells the log who asks it for a proof, before one is given.
    fn telling(&self, grant: &Grant, what: &str) -> Result<(), AppError> {
        if grant.act() != Act::AuditRead {
            return Err(StoreError::WrongGrant.into());
        }
        let event = Event::granted(grant, what, "ok");
        Ok(self.store.write(|tx| tx.audit_append(&[event]))?)
    }

    /// Checks the next events.
    pub(super) fn step(&self, chain: &mut Chain, now: Timestamp) -> Result<(), AppError> {
        let is_over = |began: Timestamp| now.duration_since(began) >= ANEW;
        if chain.began.is_some_and(is_over) {
            chain.pass = None;
            chain.began = None;
        }
        // A pass that found the log broken is not begun again at once.
        if chain.began.is_some() && chain.pass.is_none() {
            return Ok(());
        }
        chain.began.get_or_insert(now);
        match self.check(&mut chain.pass) {
            Ok(None) => {}
            Ok(Some(held)) => chain.found = Some((Ok(held), now)),
            Err(Stop::Broken(broken)) => {
                chain.pass = None;
                chain.found = Some((Err(broken), now));
            }
            Err(Stop::Store(error)) => return Err(error.into()),
        }
        Ok(())
    }

    /// Checks at most [`STEP`] events; gives what holds where it came to the end.
    fn check(&self, pass: &mut Option<Pass>) -> Result<Option<Held>, Stop> {
        let store = &self.store;
        store.read(|tx| {
            let base = tx.checkpoint_base()?.map(|row| row.kept);
            let begin = base.as_ref().map_or(0, |base| base.tree.size());
            // What was lawfully removed in the meantime cannot be checked any more.
            pass.take_if(|pass| pass.verifier.next() <= begin);
            let promised = pass.as_ref().map_or(0, |pass| pass.promised);
            let mut notes = Vec::new();
            tx.checkpoint_notes(promised, |note| notes.push(note))?;
            let newest = tx
                .checkpoint_newest()?
                .map_or(0, |row| row.kept.tree.size());
            let keys = trusted(store, notes.last().or(base.as_ref().map(|base| &base.note)));
            let pass = match pass {
                Some(pass) => {
                    keys.iter().for_each(|key| pass.verifier.trust(key));
                    for note in notes {
                        pass.verifier.promise(note).map_err(Stop::Broken)?;
                    }
                    pass
                }
                None => pass.insert(Pass {
                    verifier: Verifier::new(&keys, base.as_ref(), notes).map_err(Stop::Broken)?,
                    promised: 0,
                }),
            };
            pass.promised = newest;
            let verifier = &mut pass.verifier;
            let mut left = STEP;
            let read = tx.audit_some(verifier.next() - 1, STEP, |entry| {
                left -= 1;
                verifier.check(entry).map_err(Stop::Broken)
            });
            match read {
                Err(Stop::Store(StoreError::Damaged { .. })) => {
                    let sequence = verifier.next();
                    return Err(Stop::Broken(Broken::Unreadable { sequence }));
                }
                read => read?,
            }
            let at_end = left > 0;
            let held = at_end.then(|| verifier.clone().finish());
            held.transpose().map_err(Stop::Broken)
        })
    }
}

/// The key store's own keys, for the log of this name.
fn trusted(store: &Store, note: Option<&String>) -> Vec<PublicKey> {
    let origin = note
        .and_then(|note| Checkpoint::unsigned(note))
        .map(|c| c.origin);
    let keys = store
        .keys()
        .map(|keys| keys.public_keys())
        .unwrap_or_default();
    let named = |key| PublicKey::new(origin.as_deref()?, key);
    keys.into_iter().filter_map(|(_, key)| named(key)).collect()
}
