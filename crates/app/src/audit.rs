//! The audit log's own time (R-AUD-03): events that are over by every recipient's profile leave it
//! at its front, and a signed checkpoint says where it then begins.

use crate::{App, AppError};
use jiff::Timestamp;
use oriel_policy::{Calendar, Term};

impl App {
    /// Removes the events whose time is over. Gives how many.
    pub fn audit_sweep(&self) -> Result<u64, AppError> {
        let now = self.now();
        let recipients = self.core.recipients_now()?;
        let horizons = recipients.list.iter();
        let horizons = horizons.map(|c| Calendar::of(&c.profile).horizon(Term::Log, now));
        // The recipient that keeps the log longest decides for all: it is one log.
        let day = horizons.min().unwrap_or_default();
        let until = Timestamp::from_second(i64::from(day) * 86_400).unwrap_or(Timestamp::MIN);
        Ok(self.core.store.audit_erase(until, now)?)
    }
}
