//! The law in force: taken from the store, proposed by one person and put in force by another.
//!
//! - In: texts of profiles.  Out: the recipients, each with the version in force; its history.
//! - Source: R-DOC-02, R-ACC-02.
//! - Invariants: what is in force is what the store says, never what a configuration says: that
//!   counts for a recipient's first start. A version is never edited. Every node works under the
//!   same version: each looks whenever it gives leave and before each commit, and a message that
//!   was projected under a law that has changed meanwhile is not kept but projected again.

use crate::compartment::Recipients;
use crate::{App, AppError, Compartment, Core};
use jiff::Timestamp;
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Act, CheckMode, Complaint, Grant, Profile, ProfileError, refuse_step};
use oriel_store::{ProfileStep, RecipientRow, Step, StoreError, Tx};
use std::sync::{Arc, PoisonError};

/// Why a profile was not proposed or not put in force. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LawRefusal {
    /// The text cannot be used.
    #[error("{0}")]
    Unfit(String),
    /// In force already.
    #[error("legal profile {0} is in force already; propose another version")]
    InForce(String),
    /// Proposed already.
    #[error("legal profile {0} is proposed already; another person puts it in force")]
    Waits(String),
    /// Not proposed.
    #[error(
        "legal profile {0} is not proposed; propose it first, then another person activates it"
    )]
    NotProposed(String),
    /// Another text was read.
    #[error("legal profile {0} has another digest than the one you name; read it again")]
    OtherDigest(String),
    /// The same person.
    #[error(transparent)]
    Pair(#[from] oriel_policy::Refused),
}

/// A version of a profile with what there is to say about it.
#[derive(Clone, Debug)]
pub struct LawView {
    /// The profile.
    pub profile: Profile,
    /// What is wrong with it in the mode in which the system runs.
    pub complaints: Vec<Complaint>,
    /// In what it differs from the one in force.
    pub changes: Vec<oriel_policy::profile::Change>,
}

/// What a recipient works under, and how it came to that.
#[derive(Clone, Debug)]
pub struct LawHistory {
    /// The version in force at the instant that was asked for, if there was one.
    pub in_force: Option<ProfileStep>,
    /// Every step, oldest first.
    pub steps: Vec<ProfileStep>,
}

impl LawHistory {
    /// Whether a version waits for another person.
    pub fn waits(&self, id: &str, version: &str) -> bool {
        self.proposal(id, version).is_some()
    }

    /// The step by which a version that waits was proposed.
    fn proposal(&self, id: &str, version: &str) -> Option<&ProfileStep> {
        let mut own = self.steps.iter().rev();
        let newest = own.find(|step| step.id == id && step.version == version);
        newest.filter(|step| step.step == Step::Proposed)
    }
}

/// The step that is in force at an instant: the newest activation until then.
fn in_force(steps: &[ProfileStep], at: Timestamp) -> Option<&ProfileStep> {
    let until = |step: &&ProfileStep| step.step == Step::Activated && step.at <= at;
    steps.iter().rev().find(until)
}

impl Recipients {
    /// What the store says.
    fn read(tx: &mut Tx<'_>, mode: CheckMode) -> Result<Self, AppError> {
        let epoch = tx.profile_epoch()?;
        let mut list = Vec::new();
        for RecipientRow { id, title } in tx.recipient_list()? {
            let steps = tx.profile_steps(&id)?;
            let step = in_force(&steps, Timestamp::MAX);
            let step = step.ok_or_else(|| StoreError::TamperedProfile {
                what: format!("the history of the legal profiles of {id}"),
            })?;
            let text = tx.profile_of_step(step)?;
            let (profile, _) = Profile::load(&text, mode).map_err(|error| AppError::Law {
                recipient: id.clone(),
                reference: step.reference(),
                error: Box::new(error),
            })?;
            list.push(Compartment {
                name: id,
                title,
                profile,
            });
        }
        match list.is_empty() {
            true => Err(AppError::NoRecipient),
            false => Ok(Self { list, epoch }),
        }
    }
}

/// Takes recipients that the store does not know, each with the profile it is configured with as
/// its first version, and says what is in force.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    configured: &[Compartment],
    mode: CheckMode,
    now: Timestamp,
) -> Result<Recipients, AppError> {
    // A title is nobody's data; a law that comes into force has an event of its own.
    tx.housekeeping();
    let known = tx.recipient_list()?;
    for Compartment {
        name,
        title,
        profile,
    } in configured
    {
        let row = RecipientRow {
            id: name.clone(),
            title: title.clone(),
        };
        if known.contains(&row) {
            continue;
        }
        tx.recipient_put(&row)?;
        if !known.iter().any(|known| known.id == *name) {
            let step = tx.profile_step(profile, name, Step::Activated, "system", now)?;
            let detail = format!("ok step={} digest={}", step.n, step.digest);
            let event = Event::system(now, Deed::ProfileUse, step.reference(), detail);
            tx.audit_append(&[event.under([profile]).within(name)])?;
        }
    }
    Recipients::read(tx, mode)
}

impl Core {
    /// The recipients as they were when somebody last looked.
    pub(crate) fn recipients(&self) -> Arc<Recipients> {
        let known = self.recipients.read();
        Arc::clone(&known.unwrap_or_else(PoisonError::into_inner))
    }

    /// The recipients as a transaction sees them: read again where a law has changed.
    pub(crate) fn recipients_in(&self, tx: &mut Tx<'_>) -> Result<Arc<Recipients>, AppError> {
        let known = self.recipients();
        if known.epoch == tx.profile_epoch()? {
            return Ok(known);
        }
        let read = Arc::new(Recipients::read(tx, self.mode)?);
        let mut place = self
            .recipients
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Steps are only added, so the higher number is the newer law, whoever read it first.
        if read.epoch > place.epoch {
            *place = Arc::clone(&read);
        }
        Ok(read)
    }

    /// The recipients as they are now, on whatever node the law was changed.
    pub(crate) fn recipients_now(&self) -> Result<Arc<Recipients>, AppError> {
        self.store.read(|tx| self.recipients_in(tx))
    }

    fn history(
        &self,
        tx: &mut Tx<'_>,
        compartment: &str,
        at: Timestamp,
    ) -> Result<LawHistory, AppError> {
        let steps = tx.profile_steps(compartment)?;
        Ok(LawHistory {
            in_force: in_force(&steps, at).cloned(),
            steps,
        })
    }
}

/// Refuses a grant for another act.
pub(crate) fn only(grant: &Grant, acts: &[Act]) -> Result<(), AppError> {
    match acts.contains(&grant.act()) {
        true => Ok(()),
        false => Err(StoreError::WrongGrant.into()),
    }
}

impl App {
    /// How the system runs: with real passengers, or with invented ones.
    pub fn mode(&self) -> CheckMode {
        self.core.mode
    }

    /// The versions that a recipient has had, and which was in force at an instant (R-DOC-02).
    pub fn laws(&self, grant: &Grant, at: Timestamp) -> Result<LawHistory, AppError> {
        only(grant, &[Act::ProfileRead])?;
        let read = |tx: &mut Tx<'_>| self.core.history(tx, grant.compartment(), at);
        self.core.store.read(read)
    }

    /// One version, as it was proposed.
    pub fn law(&self, grant: &Grant, id: &str, version: &str) -> Result<LawView, AppError> {
        only(grant, &[Act::ProfileRead, Act::ProfileActivate])?;
        let text = self.core.store.read(|tx| {
            let steps = tx.profile_steps(grant.compartment())?;
            let step = steps
                .iter()
                .rev()
                .find(|step| step.id == id && step.version == version);
            let step = step.ok_or(StoreError::NotFound { what: "profile" })?;
            Ok::<_, AppError>(tx.profile_of_step(step)?)
        })?;
        let profile = Profile::parse(&text).map_err(unfit)?;
        Ok(self.view(grant.profile(), profile))
    }

    fn view(&self, before: &Profile, profile: Profile) -> LawView {
        LawView {
            complaints: profile.check(self.core.mode),
            changes: oriel_policy::profile::diff(before, &profile),
            profile,
        }
    }

    /// Proposes a version for the recipient of `grant`. It waits until another person puts it in
    /// force.
    pub fn law_propose(&self, grant: &Grant, text: &str) -> Result<LawView, AppError> {
        only(grant, &[Act::ProfilePropose])?;
        let (profile, _) = Profile::load(text, self.core.mode).map_err(unfit)?;
        let reference = profile.reference();
        self.core.store.write(|tx| {
            let history = self.core.history(tx, grant.compartment(), Timestamp::MAX)?;
            let running = history.in_force.as_ref();
            if running.is_some_and(|step| step.digest == profile.digest()) {
                return Err(LawRefusal::InForce(reference.clone()).into());
            }
            let waiting = history.proposal(profile.id(), profile.version());
            if waiting.is_some_and(|step| step.digest == profile.digest()) {
                return Err(LawRefusal::Waits(reference.clone()).into());
            }
            let (name, actor) = (grant.compartment(), grant.actor());
            let step = tx.profile_step(&profile, name, Step::Proposed, actor, grant.at())?;
            let detail = format!("ok step={} digest={}", step.n, step.digest);
            tx.audit_append(&[Event::granted(grant, reference.clone(), detail)])?;
            Ok::<_, AppError>(())
        })?;
        Ok(self.view(grant.profile(), profile))
    }

    /// Puts a proposed version in force, from this instant on, on every node. `digest` is that of
    /// the text that was read.
    pub fn law_activate(
        &self,
        grant: &Grant,
        id: &str,
        version: &str,
        digest: &str,
    ) -> Result<ProfileStep, AppError> {
        only(grant, &[Act::ProfileActivate])?;
        let reference = format!("{id}/{version}");
        let step = self.core.store.write(|tx| {
            let (name, actor) = (grant.compartment(), grant.actor());
            let history = self.core.history(tx, name, Timestamp::MAX)?;
            let proposal = history
                .proposal(id, version)
                .ok_or_else(|| LawRefusal::NotProposed(reference.clone()))?;
            let done = (Act::ProfilePropose, proposal.actor.as_str());
            if let Err(refused) = refuse_step([done], Act::ProfileActivate, actor) {
                return Ok(Err(refused));
            }
            if proposal.digest != digest {
                return Err(LawRefusal::OtherDigest(reference.clone()).into());
            }
            let text = tx.profile_of_step(proposal)?;
            let (profile, _) = Profile::load(&text, self.core.mode).map_err(unfit)?;
            let before = history.in_force.map_or_else(String::new, |s| s.reference());
            let step = tx.profile_step(&profile, name, Step::Activated, actor, grant.at())?;
            let detail = format!("ok before={before} step={} digest={digest}", step.n);
            tx.audit_append(&[Event::granted(grant, reference.clone(), detail)])?;
            Ok::<_, AppError>(Ok(step))
        })?;
        let step = match step {
            Ok(step) => step,
            Err(refused) => {
                let event = Event::granted(grant, reference, "denied second-person");
                self.note(event)?;
                return Err(LawRefusal::Pair(refused).into());
            }
        };
        self.core.recipients_now()?;
        Ok(step)
    }
}

/// What is wrong with a text, line by line.
fn unfit(error: ProfileError) -> AppError {
    let text = match &error {
        // The reader says line and column.
        ProfileError::Read(why) => format!("{error}: {why}"),
        _ => error.to_string(),
    };
    LawRefusal::Unfit(text).into()
}
