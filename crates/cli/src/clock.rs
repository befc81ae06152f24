//! Whether the machine's clock can be believed: every deadline hangs on it, and what a wrong clock
//! erases is gone.
//!
//! - A clock behind the newest event of the log is wrong for certain: nothing starts.
//! - A clock far ahead of it may be right, because the program was off; a person says so.
//! - A clock that is set while the program runs ends the program, which starts again by what the
//!   clock says then. Nobody was answered for what it had not committed.

use crate::output::{Exit, fail};
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use oriel_store::Store;
use std::time::Instant;

/// Clocks of two machines may differ by this.
pub(crate) const SLACK: SignedDuration = SignedDuration::from_mins(2);

/// A program that was off for longer asks before it masks and erases.
const OFF: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Compares the clock with the log; says whether it may mask and erase by itself.
pub(crate) fn check(store: &Store, now: Timestamp) -> anyhow::Result<bool> {
    let latest = store
        .read(|tx| tx.audit_latest())
        .context("the newest events of the audit log")?;
    let Some(newest) = latest else {
        return Ok(true);
    };
    if newest > now + SLACK {
        return Err(fail(
            Exit::Configuration,
            format!(
                "it is {now:.0} by this machine's clock, and the store has something from \
                 {newest:.0}: set the clock, then start again"
            ),
        ));
    }
    Ok(now.duration_since(newest) <= OFF)
}

/// Notices that the clock was set, by a second one that nobody sets.
#[derive(Debug)]
pub(crate) struct Watch {
    wall: Timestamp,
    steady: Instant,
}

impl Watch {
    /// From now on.
    pub(crate) fn start() -> Self {
        Self {
            wall: Timestamp::now(),
            steady: Instant::now(),
        }
    }

    /// How far the clock was set, where that is more than clocks differ.
    pub(crate) fn set(&self) -> Option<SignedDuration> {
        set(self.wall, Timestamp::now(), self.steady.elapsed())
    }
}

fn set(then: Timestamp, now: Timestamp, elapsed: std::time::Duration) -> Option<SignedDuration> {
    let elapsed = SignedDuration::try_from(elapsed).unwrap_or(SignedDuration::MAX);
    let by = now.duration_since(then).saturating_sub(elapsed);
    (by.abs() > SLACK).then_some(by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[track_caller]
    fn check(now: &str, elapsed: u64, by: Option<i64>) {
        let then: Timestamp = "2026-11-22T06:00:00Z".parse().unwrap();
        let found = set(then, now.parse().unwrap(), Duration::from_secs(elapsed));
        assert_eq!(found.map(|by| by.as_secs()), by, "{now}");
    }

    #[test]
    fn a_clock_that_was_set_is_noticed_either_way() {
        check("2026-11-22T06:10:00Z", 600, None);
        check("2026-11-22T06:12:00Z", 600, None);
        check("2026-11-22T06:12:01Z", 600, Some(121));
        check("2026-11-22T05:10:00Z", 600, Some(-3600));
        check("2031-11-22T06:10:00Z", 600, Some(157_766_400));
    }
}
