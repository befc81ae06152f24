//! Transfers in several parts of which one has not arrived: who watches the machine is told.
//!
//! - In: since when each journey waits, as its commit noted.  Out: how many wait for longer than
//!   the profile of their recipient allows.
//! - Source: R-ING-07; `push.tolerance` of the profile.
//! - Invariant: a number alone, no journey and no carrier.

use crate::{App, AppError};
use jiff::SignedDuration;

/// A flight is over by then, and nobody waits for the rest of its list.
const LONGEST: SignedDuration = SignedDuration::from_hours(72);

impl App {
    /// Journeys of which a part has been missing for longer than their profile allows.
    pub fn overdue_transfers(&self) -> Result<usize, AppError> {
        let now = self.now();
        let from = now.checked_sub(LONGEST).unwrap_or(now);
        self.core.store.read(|tx| {
            let mut overdue = 0;
            for recipient in &self.core.recipients_in(tx)?.list {
                let tolerance = recipient.profile.push().tolerance.value;
                let since = tx.journey_waits(&recipient.name, from)?;
                overdue += since
                    .iter()
                    .filter(|at| tolerance.after(**at) < now)
                    .count();
            }
            Ok(overdue)
        })
    }
}
