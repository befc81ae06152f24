//! The audit log: what happened, by whom, why, chained so that no event can be changed, removed or
//! moved unseen.
//!
//! - Source: R-AUD-01 to R-AUD-05; Directive (EU) 2016/681, Article 13(6).
//! - Invariants: an event holds identifiers, counts and codes, never a value about a person; the
//!   hash of an event covers the hash of the one before it.

use crate::{Denial, Grant};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Hash of an event.
pub type Hash = [u8; 32];

/// The hash before the first event.
pub const ORIGIN: Hash = [0; 32];

/// One event, before it has a place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, UTC.
    pub at: Timestamp,
    /// Opaque identifier of the account or service.
    pub actor: String,
    /// What, such as `case.read`.
    pub act: String,
    /// On what: an opaque identifier, or blank.
    pub object: String,
    /// Why, in the form of the `Purpose` header, or blank.
    pub purpose: String,
    /// Profile and version relied on, such as `eu-2022/1`.
    pub profile: String,
    /// Outcome and counts, such as `ok travellers=181`.
    pub detail: String,
}

impl Event {
    /// The event of an act done under a grant.
    pub fn granted(grant: &Grant, object: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            at: grant.at(),
            actor: grant.actor().to_owned(),
            act: grant.act().name().to_owned(),
            object: object.into(),
            purpose: grant.purpose().map(ToString::to_string).unwrap_or_default(),
            profile: grant.profile().reference(),
            detail: detail.into(),
        }
    }

    /// The event of an act that was refused.
    pub fn denied(denial: &Denial, object: impl Into<String>) -> Self {
        Self {
            at: denial.at,
            actor: denial.actor.clone(),
            act: denial.act.name().to_owned(),
            object: object.into(),
            purpose: String::new(),
            profile: String::new(),
            detail: format!("denied {}", denial.code.name()),
        }
    }

    /// The event of something the system itself did.
    pub fn system(at: Timestamp, act: &str, object: impl Into<String>, detail: String) -> Self {
        Self {
            at,
            actor: "system".to_owned(),
            act: act.to_owned(),
            object: object.into(),
            purpose: String::new(),
            profile: String::new(),
            detail,
        }
    }

    /// Hash of this event as number `sequence` (from 1) after the event with hash `before`.
    ///
    /// SHA-256 over the hash before, the number, the instant in microseconds and each text with
    /// its length in front, numbers as eight bytes big-endian: no two events share an encoding.
    pub fn hash(&self, sequence: u64, before: &Hash) -> Hash {
        let mut digest = Sha256::new();
        digest.update(before);
        digest.update(sequence.to_be_bytes());
        digest.update(self.at.as_microsecond().to_be_bytes());
        for text in [
            &self.actor,
            &self.act,
            &self.object,
            &self.purpose,
            &self.profile,
            &self.detail,
        ] {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
        digest.finalize().into()
    }
}

/// An event in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Place in the log, from 1 without gaps.
    pub sequence: u64,
    /// What happened.
    pub event: Event,
    /// Hash of this event, covering all before it.
    pub hash: Hash,
}

/// Where a log stops being a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A number is missing, or out of order.
    #[error("event {expected} is missing: event {found} follows event {}", expected - 1)]
    Gap {
        /// The number that should come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The event was changed, or one before it was exchanged.
    #[error("event {sequence} does not hold: its hash does not follow from its content")]
    Hash {
        /// Its number.
        sequence: u64,
    },
}

/// Checks a log event by event.
#[derive(Clone, Debug)]
pub struct Verifier {
    sequence: u64,
    hash: Hash,
}

impl Default for Verifier {
    fn default() -> Self {
        Self {
            sequence: 0,
            hash: ORIGIN,
        }
    }
}

impl Verifier {
    /// Takes the next event.
    pub fn check(&mut self, entry: &Entry) -> Result<(), Broken> {
        let expected = self.sequence + 1;
        if entry.sequence != expected {
            return Err(Broken::Gap {
                expected,
                found: entry.sequence,
            });
        }
        if entry.event.hash(expected, &self.hash) != entry.hash {
            return Err(Broken::Hash { sequence: expected });
        }
        self.sequence = expected;
        self.hash = entry.hash;
        Ok(())
    }

    /// How many events held, and the hash of the last.
    pub fn head(&self) -> (u64, Hash) {
        (self.sequence, self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(n: u64) -> Vec<Entry> {
        let mut before = ORIGIN;
        (1..=n)
            .map(|sequence| {
                let at = Timestamp::from_second(1_000_000 + sequence as i64).unwrap();
                let event =
                    Event::system(at, "message.accept", format!("msg_{sequence}"), "ok".into());
                before = event.hash(sequence, &before);
                Entry {
                    sequence,
                    event,
                    hash: before,
                }
            })
            .collect()
    }

    #[track_caller]
    fn check(spoil: impl FnOnce(&mut Vec<Entry>), expect: Result<u64, Broken>) {
        let mut entries = log(5);
        spoil(&mut entries);
        let mut verifier = Verifier::default();
        let got = entries.iter().try_for_each(|entry| verifier.check(entry));
        assert_eq!(got.map(|()| verifier.head().0), expect);
    }

    #[test]
    fn an_untouched_log_holds() {
        check(|_| {}, Ok(5));
    }

    #[test]
    fn every_touch_is_named_by_its_first_bad_event() {
        check(
            |l| l[2].event.actor.push('x'),
            Err(Broken::Hash { sequence: 3 }),
        );
        check(|l| l[2].hash[0] ^= 1, Err(Broken::Hash { sequence: 3 }));
        check(
            |l| drop(l.remove(2)),
            Err(Broken::Gap {
                expected: 3,
                found: 4,
            }),
        );
        check(
            |l| l.swap(1, 2),
            Err(Broken::Gap {
                expected: 2,
                found: 3,
            }),
        );
        check(
            |l| {
                let (a, b) = (l[1].event.clone(), l[2].event.clone());
                l[1].event = b;
                l[2].event = a;
            },
            Err(Broken::Hash { sequence: 2 }),
        );
    }

    #[test]
    fn fields_cannot_run_into_each_other() {
        let mut a = log(1)[0].event.clone();
        let mut b = a.clone();
        (a.act, a.object) = ("ab".into(), "c".into());
        (b.act, b.object) = ("a".into(), "bc".into());
        assert_ne!(a.hash(1, &ORIGIN), b.hash(1, &ORIGIN));
    }
}
