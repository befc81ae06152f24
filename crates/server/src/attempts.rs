//! Slows down whoever guesses passwords: so many failures an account in a while, then a pause.
//!
//! Kept in memory and by the digest of what was typed, because what was typed may be a password
//! in the wrong field.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures before the pause.
const FAILURES: u32 = 8;

/// Length of the pause, and how long a failure is remembered.
const PAUSE: Duration = Duration::from_secs(300);

/// Accounts remembered; beyond it the oldest are forgotten.
const REMEMBERED: usize = 10_000;

struct Failures {
    count: u32,
    last: Instant,
}

/// Failed attempts, by the digest of the account's name.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<[u8; 32], Failures>>);

impl Attempts {
    /// Seconds to wait before `login` may try again; 0 when it may now.
    pub(crate) fn wait(&self, login: &str, now: Instant) -> u64 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&digest(login)) {
            Some(f) if f.count >= FAILURES => {
                PAUSE.saturating_sub(now.duration_since(f.last)).as_secs()
            }
            _ => 0,
        }
    }

    /// Notes how an attempt went.
    pub(crate) fn note(&self, login: &str, good: bool, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = digest(login);
        if good {
            known.remove(&key);
            return;
        }
        if known.len() >= REMEMBERED {
            known.retain(|_, f| now.duration_since(f.last) < PAUSE);
        }
        let failures = known.entry(key).or_insert(Failures {
            count: 0,
            last: now,
        });
        if now.duration_since(failures.last) >= PAUSE {
            failures.count = 0;
        }
        failures.count += 1;
        failures.last = now;
    }
}

fn digest(login: &str) -> [u8; 32] {
    Sha256::digest(login.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_failures_bring_a_pause_that_ends() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..FAILURES {
            assert_eq!(attempts.wait("ada", now), 0);
            attempts.note("ada", false, now);
        }
        assert_eq!(attempts.wait("ada", now), PAUSE.as_secs());
        assert_eq!(attempts.wait("boris", now), 0);
        assert_eq!(attempts.wait("ada", now + PAUSE), 0);
        attempts.note("ada", false, now + PAUSE);
        assert_eq!(attempts.wait("ada", now + PAUSE), 0);
    }

    #[test]
    fn signing_in_forgets_the_failures() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..FAILURES - 1 {
            attempts.note("ada", false, now);
        }
        attempts.note("ada", true, now);
        attempts.note("ada", false, now);
        assert_eq!(attempts.wait("ada", now), 0);
    }
}
