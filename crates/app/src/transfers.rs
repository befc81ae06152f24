//! Transfers in several parts of which one has not arrived: who watches the machine is told.
//!
//! - In: journeys as they are merged.  Out: how many wait for longer than the profile allows.
//! - Source: R-ING-07; `push.tolerance` of the profile.
//! - Invariants: noted after the commit; a number alone, no journey and no carrier. Counting begins
//!   with the program: what waited before shows on the page of its flight.

use crate::App;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use oriel_model::{Journey, Unfinished};
use oriel_policy::Period;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A flight is over by then, and nobody waits for the rest of its list.
const LONGEST: SignedDuration = SignedDuration::from_hours(72);

/// Journeys that wait for a part, and since when one is missing.
#[derive(Default)]
pub(crate) struct Transfers(Mutex<HashMap<i64, Timestamp>>);

impl Transfers {
    /// Notes journeys by their number: those that wait for a part at `now`, and those that do not.
    pub(crate) fn note(&self, journeys: &[(i64, bool)], tolerance: Period, now: Timestamp) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (journey, waits) in journeys {
            match waits {
                true => {
                    waiting.entry(*journey).or_insert(tolerance.after(now));
                }
                false => {
                    waiting.remove(journey);
                }
            }
        }
        waiting.retain(|_, due| now.duration_since(*due) < LONGEST);
    }

    fn overdue(&self, now: Timestamp) -> usize {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.values().filter(|due| **due < now).count()
    }
}

/// A transfer that is not whole, as of a moment.
#[derive(Clone, Debug)]
pub struct MissingPart {
    /// What is missing.
    pub transfer: Unfinished,
    /// Whether it is missing for longer than the profile allows.
    pub overdue: bool,
}

/// The transfers of a journey that are not whole.
pub(crate) fn waiting(journey: &Journey, tolerance: Period, now: Timestamp) -> Vec<MissingPart> {
    let of = |transfer: Unfinished| {
        // UTC by custom, without saying so.
        let sent = transfer
            .sent
            .and_then(|sent| sent.to_zoned(TimeZone::UTC).ok());
        let overdue = sent.is_none_or(|sent| tolerance.after(sent.timestamp()) < now);
        MissingPart { transfer, overdue }
    };
    journey.unfinished().into_iter().map(of).collect()
}

impl App {
    /// Journeys of which a part has been missing for longer than their profile allows, since the
    /// program began.
    pub fn overdue_transfers(&self) -> usize {
        self.core.transfers.overdue(self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-ING-07.
    #[test]
    fn a_part_is_missed_when_its_time_is_over_and_no_longer_when_it_came() {
        let transfers = Transfers::default();
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let tolerance: Period = "30 minutes".parse().unwrap();
        transfers.note(&[(1, true), (2, false)], tolerance, at(0));
        assert_eq!(transfers.overdue(at(30)), 0);
        // Another message about the flight does not start the time again.
        transfers.note(&[(1, true)], tolerance, at(20));
        assert_eq!(transfers.overdue(at(31)), 1);
        transfers.note(&[(1, false)], tolerance, at(40));
        assert_eq!(transfers.overdue(at(41)), 0);
        transfers.note(&[(3, true)], tolerance, at(50));
        transfers.note(&[], tolerance, at(50 + 80 * 60));
        assert_eq!(transfers.overdue(at(50 + 80 * 60)), 0);
    }
}
