//! The recipients of one intake: each with its own law and its own records.
//!
//! - Source: R-SCO-07, R-RET-10.
//! - Invariant: what one recipient may not have is never part of its record, and nothing of one
//!   recipient is read with another's grant.

use crate::journey::times;
use crate::{App, AppError, Core};
use jiff::Timestamp;
use oriel_model::Flight;
use oriel_policy::{Calendar, Grant, PIU, Profile, Task, authorize_system};
use oriel_store::StoreError;

/// One recipient: a unit, a border authority, customs.
#[derive(Clone, Debug)]
pub struct Compartment {
    /// Short name, such as `piu`. It stands in every record, so it never changes.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The law it works under.
    pub profile: Profile,
}

impl Compartment {
    /// A recipient. Its name has 1 to 16 small letters, digits and hyphens, and begins with a
    /// letter.
    pub fn new(name: &str, title: &str, profile: Profile) -> Result<Self, AppError> {
        let letter = name.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        let shaped = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        // These are rings of the key store that belong to no recipient.
        let reserved = ["lists", "accounts", "carriers"].contains(&name);
        if !letter || name.len() > 16 || !name.bytes().all(shaped) || reserved {
            return Err(AppError::RecipientName {
                name: name.to_owned(),
            });
        }
        Ok(Self {
            name: name.to_owned(),
            title: title.to_owned(),
            profile,
        })
    }

    /// The only recipient of a small system.
    pub fn only(profile: Profile) -> Vec<Self> {
        vec![Self {
            name: PIU.to_owned(),
            title: profile.title().to_owned(),
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

/// Every recipient with the law in force for it, as one state.
#[derive(Debug)]
pub(crate) struct Recipients {
    /// The default one first.
    pub(crate) list: Vec<Compartment>,
    /// Number of the newest step of any profile: another one means another law.
    pub(crate) epoch: i64,
}

impl Recipients {
    /// The recipient of this name.
    pub(crate) fn of(&self, name: &str) -> Result<&Compartment, AppError> {
        let found = self.list.iter().find(|known| known.name == name);
        found.ok_or_else(|| StoreError::NotFound { what: "recipient" }.into())
    }
}

impl Core {
    /// The recipient of this name.
    pub(crate) fn compartment(&self, name: &str) -> Result<Compartment, AppError> {
        Ok(self.recipients().of(name)?.clone())
    }
}

impl App {
    /// The recipient that accounts belong to unless somebody says otherwise.
    pub(crate) fn default_compartment(&self) -> String {
        self.core.recipients().list[0].name.clone()
    }
}
