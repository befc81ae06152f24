//! Signs of misuse in the log, and duties of the program that were left undone.
//!
//! - In: the log, the accounts, what is due.  Out: alerts, written into the log, from where they
//!   come to the inbox.
//! - Source: R-ACC-04, R-DPO-04, R-RET-05, R-RET-11.
//! - Invariants: an alert is written in a transaction that has read all events before it, so that
//!   several nodes raise one and the same once; none holds a value about a person.

use super::Desk;
use crate::compartment::Recipients;
use crate::{App, AppError, Compartment, Core};
use jiff::{SignedDuration, Timestamp};
use oriel_policy::alert::{Alert, Rule, USUAL_DAYS};
use oriel_policy::audit::Event;
use oriel_policy::profile::Oversight;
use oriel_policy::{Calendar, Role, Standing, day};
use oriel_store::{Retention, StoreError, Tx};
use std::collections::HashMap;

/// How long after its date a record may wait for the sweep, which comes every half minute and
/// takes turns with receiving.
const SWEEP_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Age from which events that no later one brought a checkpoint for are signed here.
const SIGN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// How long events may wait for a checkpoint before it is a duty left undone.
const SIGN_WITHIN: SignedDuration = SignedDuration::from_hours(1);

impl App {
    /// Looks for signs of misuse and for duties left undone; writes what is new into the log and
    /// says how many.
    pub fn oversee(&self) -> Result<usize, AppError> {
        let now = self.now();
        let core = &self.core;
        let mut desk = core.desk();
        core.step(&mut desk.chain, now)?;
        let unsigned = core.store.read(|tx| unsigned(tx, now, SIGN_AFTER))?;
        let signed = unsigned.map_or(Ok(()), |_| core.store.checkpoint());
        // Most of the time there is nothing, and nobody has to wait for the writer.
        let found = core.store.read(|tx| core.signs(tx, &mut desk, now))?;
        if found.is_empty() {
            signed?;
            return Ok(0);
        }
        core.store.write(|tx| {
            let found = core.signs(tx, &mut desk, now)?;
            let events: Vec<Event> = found.iter().map(|alert| alert.event(now)).collect();
            tx.audit_append(&events)?;
            Ok(found.len())
        })
    }
}

/// How many events the newest checkpoint does not cover, where it is older than `within`.
fn unsigned(
    tx: &mut Tx<'_>,
    now: Timestamp,
    within: SignedDuration,
) -> Result<Option<u64>, StoreError> {
    let (head, _) = tx.audit_head()?;
    let Some(newest) = tx.checkpoint_newest()? else {
        return Ok(None);
    };
    let events = head - newest.kept.tree.size();
    let old = now.duration_since(newest.at) > within;
    Ok((events > 0 && old).then_some(events))
}

impl Core {
    /// Brings the watch up to date; gives the alerts that the log does not have yet.
    fn signs(
        &self,
        tx: &mut Tx<'_>,
        desk: &mut Desk,
        now: Timestamp,
    ) -> Result<Vec<Alert>, AppError> {
        let after = match desk.watched {
            Some(after) => after,
            None => {
                let usual = SignedDuration::from_hours(24 * i64::from(USUAL_DAYS));
                tx.audit_reach(now.checked_sub(usual).unwrap_or(Timestamp::MIN))?
            }
        };
        let (head, _) = tx.audit_head()?;
        let recipients = self.recipients_in(tx)?;
        let law = |compartment: &str| numbers(&recipients, compartment);
        let watch = &mut desk.watch;
        tx.audit_people(after, |entry| {
            watch.push(&entry.record, law(entry.record.compartment));
            Ok::<_, StoreError>(())
        })?;
        watch.forget(now);
        desk.watched = Some(head.max(after));
        let accounts: HashMap<String, Vec<Role>> = tx
            .account_list()?
            .into_iter()
            .map(|account| (account.id, account.roles))
            .collect();
        let roles = |id: &str| accounts.get(id).cloned().unwrap_or_default();
        let mut found = watch.alerts(now, &law, &roles);
        let mut late = Vec::new();
        for compartment in &recipients.list {
            let mut see = |rule, count| late.push((rule, compartment.name.as_str(), count));
            if self.sweep_is_late(tx, compartment, now)? {
                see(Rule::SweepLate, 1);
            }
            let evidence = tx.evidence_overdue(&compartment.name, now)?;
            if evidence > 0 {
                see(Rule::EvidenceLate, evidence);
            }
        }
        if let Some((Err(broken), _)) = desk.chain.found() {
            late.push((Rule::LogBroken, "", broken.event()));
        }
        if let Some(events) = unsigned(tx, now, SIGN_WITHIN)? {
            late.push((Rule::CheckpointLate, "", events));
        }
        let late = late.into_iter().map(|(rule, compartment, count)| Alert {
            rule,
            subject: compartment.to_owned(),
            compartment: compartment.to_owned(),
            day: day(now),
            count,
            usual: None,
        });
        found.extend(late.filter(|alert| !desk.watch.has_raised(alert)));
        Ok(found)
    }

    /// Whether the oldest record of a recipient should have been masked or erased a while ago.
    fn sweep_is_late(
        &self,
        tx: &mut Tx<'_>,
        compartment: &Compartment,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let calendar = Calendar::of(&compartment.profile);
        for stage in [Retention::Whole, Retention::Masked] {
            let oldest = tx.journey_aged(&compartment.name, stage, now, 1)?;
            let Some(oldest) = oldest.first() else {
                continue;
            };
            let since = match calendar.standing(oldest.anchor, stage != Retention::Whole, now) {
                Standing::Due { since } => since,
                Standing::Masked { since } if stage == Retention::Whole => since,
                _ => continue,
            };
            if now.duration_since(since) > SWEEP_WITHIN {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The numbers of a recipient's profile, or of the default one's.
fn numbers<'a>(recipients: &'a Recipients, compartment: &str) -> &'a Oversight {
    let own = recipients.list.iter().find(|c| c.name == compartment);
    own.unwrap_or(&recipients.list[0]).profile.oversight()
}
