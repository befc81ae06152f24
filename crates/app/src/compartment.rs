//! The recipients of one intake: each with its own law and its own records.
//!
//! - Source: R-SCO-07, R-RET-10.
//! - Invariant: what one recipient may not have is never part of its record, and nothing of one
//!   recipient is read with another's grant.

use crate::journey::times;
use crate::{AppError, Core};
use jiff::Timestamp;
use oriel_model::Flight;
use oriel_policy::{Calendar, Grant, PIU, Profile, Task, authorize_system};
use oriel_store::StoreError;

/// One recipient: a unit, a border authority, customs.
#[derive(Clone, Debug)]
pub struct Compartment {
    /// Short name, such as `piu`. It stands in every record, so it never changes.
    pub name: String,
    /// The law it works under.
    pub profile: Profile,
}

impl Compartment {
    /// The only recipient of a small system.
    pub fn only(profile: Profile) -> Vec<Self> {
        vec![Self {
            name: PIU.to_owned(),
            profile,
        }]
    }

    /// The instant from which the clock of a journey runs (R-ING-13).
    pub(crate) fn anchor(&self, flight: &Flight, now: Timestamp) -> Timestamp {
        let departs = flight.border_leg().and_then(|leg| times(leg).departs);
        Calendar::of(&self.profile).anchor(now, departs)
    }

    /// The program's own leave with this recipient's records.
    pub(crate) fn system_grant(&self, task: Task, now: Timestamp) -> Grant {
        authorize_system(&self.profile, &self.name, task, now)
    }
}

impl Core {
    /// The recipient of this name.
    pub(crate) fn compartment(&self, name: &str) -> Result<&Compartment, AppError> {
        self.compartments
            .iter()
            .find(|compartment| compartment.name == name)
            .ok_or_else(|| StoreError::NotFound { what: "recipient" }.into())
    }

    /// The law that a grant was given under.
    pub(crate) fn profile_of(&self, grant: &Grant) -> Result<&Profile, AppError> {
        Ok(&self.compartment(grant.compartment())?.profile)
    }
}
