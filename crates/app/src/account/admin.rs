//! Leave to manage accounts, as a value that only this file makes.

use super::Session;
use crate::{App, AppError};
use oriel_policy::{Act, CONSOLE};

/// An administrator at work, or whoever holds the machine.
#[derive(Clone, Debug)]
pub struct Admin {
    id: String,
    console: bool,
    /// The recipient whose accounts are managed; those of all by whoever belongs to the default
    /// one, which runs the installation.
    compartment: Option<String>,
}

impl Admin {
    /// The account, or `console`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whoever holds the machine can open the store's file as well, so no second person is asked
    /// for; the event says `console`.
    pub(super) fn is_console(&self) -> bool {
        self.console
    }

    /// The recipient whose accounts are managed; nothing for all.
    pub(super) fn compartment(&self) -> Option<&str> {
        self.compartment.as_deref()
    }

    /// Whether accounts of a recipient are this administrator's business.
    pub(super) fn manages(&self, compartment: &str) -> bool {
        self.compartment
            .as_deref()
            .is_none_or(|own| own == compartment)
    }
}

impl App {
    /// Leave for a person to do `act` about other accounts: the role, and a fresh proof.
    pub fn admin(&self, session: &Session, act: Act) -> Result<Admin, AppError> {
        self.authorize(&session.actor, act, None)?;
        self.fresh(session)?;
        Ok(Admin {
            id: session.account.id.clone(),
            console: false,
            compartment: self.managed(&session.account.compartment),
        })
    }

    /// Leave for commands on the machine itself.
    pub fn console(&self) -> Admin {
        Admin {
            id: CONSOLE.to_owned(),
            console: true,
            compartment: None,
        }
    }

    /// The recipient whose accounts an account of `compartment` may see; nothing for all.
    pub(super) fn managed(&self, compartment: &str) -> Option<String> {
        (compartment != self.default_compartment()).then(|| compartment.to_owned())
    }
}
