//! Proves a log: chain, tree and every signed checkpoint, in one pass.
//!
//! - In: checkpoints in order, public keys, events in order.  Out: what held, or the first event
//!   that does not.
//! - Invariant: [`Verifier::finish`] gives [`Held`] only when each event follows from the one
//!   before it, each checkpoint is signed and true, and no checkpoint promises more events than
//!   there are.
//!
//! What no checkpoint covers yet is chained, but not signed: who can write to the store can exchange
//! it. What a remembered checkpoint covers cannot be exchanged even by who holds the signing key.

use super::{Checkpoint, Entry, Hash, ORIGIN, PublicKey, Tree};
use std::collections::VecDeque;

/// A checkpoint as kept beside the log, with what is needed to go on from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The signed note.
    pub note: String,
    /// Hash of the last event it covers.
    pub head: Hash,
    /// The tree over the events it covers.
    pub tree: Tree,
}

/// Where a log stops being a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A number is missing, or out of order.
    #[error("event {expected} is missing: event {found} stands in its place")]
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
    /// What stands there is not an event.
    #[error("event {sequence} does not hold: it cannot be read")]
    Unreadable {
        /// Its number.
        sequence: u64,
    },
    /// The front of the log is missing, and nobody signed that it may be.
    #[error("event 1 is missing, and all up to {last}: no signed checkpoint begins the log there")]
    Removed {
        /// The last event that is missing.
        last: u64,
    },
    /// The end of the log was cut off.
    #[error("event {} is missing: a signed checkpoint says that there are {promised}", .last + 1)]
    CutOff {
        /// The last event there is.
        last: u64,
        /// How many a checkpoint promises.
        promised: u64,
    },
    /// Events were exchanged and chained anew.
    #[error(
        "event {} does not hold, or one after it up to {size}: \
         they are not the events that were signed", .after + 1
    )]
    Root {
        /// The last event that holds.
        after: u64,
        /// Size of the checkpoint that says so.
        size: u64,
    },
    /// A checkpoint is not signed by a key that counts.
    #[error(
        "event {} is not vouched for, nor what follows up to {size}: the checkpoint there is not \
         signed with the given key", .after + 1
    )]
    Signature {
        /// The last event that is vouched for.
        after: u64,
        /// Size of the checkpoint, as far as it can be read.
        size: u64,
    },
}

impl Broken {
    /// The first event that does not hold.
    pub fn event(&self) -> u64 {
        match self {
            Self::Gap { expected, .. } => *expected,
            Self::Hash { sequence } | Self::Unreadable { sequence } => *sequence,
            Self::Removed { .. } => 1,
            Self::CutOff { last, .. } => last + 1,
            Self::Root { after, .. } | Self::Signature { after, .. } => after + 1,
        }
    }
}

/// What holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The first event; what was before it was lawfully removed.
    pub first: u64,
    /// The last event; one less than the first where there is none.
    pub last: u64,
    /// The last event that a signed checkpoint covers; 0 where none does.
    pub signed: u64,
    /// Checkpoints that hold.
    pub checkpoints: usize,
    /// Hash of the last event.
    pub head: Hash,
}

/// Checks a log event by event.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: Vec<PublicKey>,
    notes: VecDeque<(u64, String)>,
    start: u64,
    sequence: u64,
    hash: Hash,
    tree: Tree,
    signed: u64,
    checkpoints: usize,
}

impl Verifier {
    /// For a log that begins after `base`, or at event 1, and has these checkpoints as signed notes
    /// in any order; remembered ones may be among them, unless they are older than `base`.
    pub fn new(
        keys: &[PublicKey],
        base: Option<&Kept>,
        notes: impl IntoIterator<Item = String>,
    ) -> Result<Self, Broken> {
        // A note that cannot be read has no place; it breaks at the first event.
        let size = |note: &str| Checkpoint::unsigned(note).map_or(0, |c| c.size);
        let mut notes: Vec<(u64, String)> =
            notes.into_iter().map(|note| (size(&note), note)).collect();
        notes.sort_by_key(|(size, _)| *size);
        let mut verifier = Self {
            keys: keys.to_vec(),
            notes: notes.into(),
            start: 0,
            sequence: 0,
            hash: ORIGIN,
            tree: Tree::default(),
            signed: 0,
            checkpoints: 0,
        };
        if let Some(base) = base {
            verifier.tree = base.tree.clone();
            verifier.hash = base.head;
            verifier.start = base.tree.size();
            verifier.sequence = verifier.start;
            if !verifier.agree(&base.note, 0)?.begins {
                return Err(Broken::Removed {
                    last: verifier.start,
                });
            }
        }
        verifier.meet()?;
        Ok(verifier)
    }

    /// Adds a checkpoint that was made while the log was being checked, after all others.
    pub fn promise(&mut self, note: String) -> Result<(), Broken> {
        let size = Checkpoint::unsigned(&note).map_or(0, |c| c.size);
        self.notes.push_back((size, note));
        self.meet()
    }

    /// Counts a key that signs from now on.
    pub fn trust(&mut self, key: &PublicKey) {
        if !self.keys.contains(key) {
            self.keys.push(key.clone());
        }
    }

    /// Takes the next event.
    pub fn check(&mut self, entry: &Entry<'_>) -> Result<(), Broken> {
        let expected = self.sequence + 1;
        if entry.sequence != expected {
            return Err(Broken::Gap {
                expected,
                found: entry.sequence,
            });
        }
        if entry.record.hash(expected, &self.hash) != entry.hash {
            return Err(Broken::Hash { sequence: expected });
        }
        self.sequence = expected;
        self.hash = entry.hash;
        self.tree.push(&self.hash);
        self.meet()
    }

    /// The number of the next event: what to say where one cannot be read.
    pub fn next(&self) -> u64 {
        self.sequence + 1
    }

    /// After the last event: what holds.
    pub fn finish(mut self) -> Result<Held, Broken> {
        if let Some((size, note)) = self.notes.pop_front() {
            let last = self.sequence;
            return Err(match Checkpoint::open(&note, &self.keys) {
                Some(checkpoint) => Broken::CutOff {
                    last,
                    promised: checkpoint.size,
                },
                None => Broken::Signature {
                    after: self.signed,
                    size,
                },
            });
        }
        Ok(Held {
            first: self.start + 1,
            last: self.sequence,
            signed: self.signed,
            checkpoints: self.checkpoints,
            head: self.hash,
        })
    }

    /// Compares the tree with each checkpoint of its size.
    fn meet(&mut self) -> Result<(), Broken> {
        while let Some((_, note)) = self.notes.pop_front_if(|(size, _)| *size <= self.sequence) {
            self.agree(&note, self.signed)?;
        }
        Ok(())
    }

    fn agree(&mut self, note: &str, after: u64) -> Result<Checkpoint, Broken> {
        let size = self.sequence;
        let Some(checkpoint) = Checkpoint::open(note, &self.keys) else {
            return Err(Broken::Signature { after, size });
        };
        if checkpoint.size != size || checkpoint.root != self.tree.root() {
            return Err(Broken::Root { after, size });
        }
        self.signed = size;
        self.checkpoints += 1;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::super::note::tests::Pen;
    use super::super::{Deed, Event, Signer};
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;

    /// A log as somebody may get hold of it.
    #[derive(Clone)]
    struct Log {
        entries: Vec<(u64, Event, Hash)>,
        base: Option<Kept>,
        notes: Vec<(u64, String)>,
        keys: Vec<PublicKey>,
    }

    fn event(n: u64) -> Event {
        let at = Timestamp::from_second(1_000_000 + n as i64).unwrap();
        Event::system(at, Deed::MessageAccept, format!("msg_{n}"), "ok")
    }

    impl Log {
        /// `n` events with checkpoints after those in `signed`, without the first `cut`.
        fn new(n: u64, signed: &[u64], cut: u64) -> Self {
            let pen = Pen::new(7);
            let origin = Checkpoint::origin(&pen);
            let key = PublicKey::new(&origin, pen.public_key()).unwrap();
            let mut log = Self {
                entries: Vec::new(),
                base: None,
                notes: Vec::new(),
                keys: vec![key],
            };
            let (mut head, mut tree) = (ORIGIN, Tree::default());
            for sequence in 1..=n {
                head = event(sequence).record().hash(sequence, &head);
                tree.push(&head);
                let note = || {
                    let begins = sequence == cut;
                    let checkpoint = Checkpoint::of(&origin, &tree);
                    Checkpoint {
                        begins,
                        ..checkpoint
                    }
                    .sign(&pen)
                };
                if sequence > cut {
                    log.entries.push((sequence, event(sequence), head));
                    if signed.contains(&sequence) {
                        log.notes.push((sequence, note()));
                    }
                } else if sequence == cut {
                    log.base = Some(Kept {
                        note: note(),
                        head,
                        tree: tree.clone(),
                    });
                }
            }
            log
        }

        fn verify(&self) -> Result<Held, Broken> {
            let notes = self.notes.iter().map(|(_, note)| note.clone());
            let mut verifier = Verifier::new(&self.keys, self.base.as_ref(), notes)?;
            for (sequence, event, hash) in &self.entries {
                verifier.check(&Entry {
                    sequence: *sequence,
                    record: event.record(),
                    hash: *hash,
                })?;
            }
            verifier.finish()
        }

        /// Chains the events from the one at `place` on anew, as somebody with the store would.
        fn rebuild(&mut self, place: usize) {
            let base = self.base.as_ref().map_or(ORIGIN, |base| base.head);
            let mut head = match place {
                0 => base,
                _ => self.entries[place - 1].2,
            };
            for (sequence, event, hash) in &mut self.entries[place..] {
                head = event.record().hash(*sequence, &head);
                *hash = head;
            }
        }
    }

    /// Five events, signed after 2 and 4, spoilt.
    #[track_caller]
    fn check(spoil: impl FnOnce(&mut Log), expect: &str) {
        let mut log = Log::new(5, &[2, 4], 0);
        spoil(&mut log);
        let got = match log.verify() {
            Ok(held) => format!(
                "{} to {} hold, {} signed",
                held.first, held.last, held.signed
            ),
            Err(broken) => broken.to_string(),
        };
        assert!(got.starts_with(expect), "{got}");
    }

    #[test]
    fn an_untouched_log_holds() {
        check(|_| {}, "1 to 5 hold, 4 signed");
        check(|l| *l = Log::new(5, &[], 0), "1 to 5 hold, 0 signed");
        check(|l| *l = Log::new(5, &[5], 3), "4 to 5 hold, 5 signed");
        check(|l| *l = Log::new(5, &[], 5), "6 to 5 hold, 5 signed");
        check(|l| *l = Log::new(0, &[], 0), "1 to 0 hold, 0 signed");
    }

    #[test]
    fn every_touch_is_named_by_its_first_bad_event() {
        check(
            |l| l.entries[2].1 = event(9),
            "event 3 does not hold: its hash",
        );
        check(
            |l| l.entries[2].2[0] ^= 1,
            "event 3 does not hold: its hash",
        );
        check(|l| drop(l.entries.remove(2)), "event 3 is missing: event 4");
        check(|l| drop(l.entries.remove(0)), "event 1 is missing: event 2");
        check(|l| l.entries.swap(1, 2), "event 2 is missing: event 3");
        check(
            |l| {
                let second = l.entries[1].1.clone();
                l.entries[1].1 = std::mem::replace(&mut l.entries[2].1, second);
            },
            "event 2 does not hold: its hash",
        );
        check(
            |l| l.entries.truncate(3),
            "event 4 is missing: a signed checkpoint says that there are 4",
        );
        check(|l| l.entries.truncate(0), "event 1 is missing");
    }

    #[test]
    fn a_chain_made_anew_is_not_the_one_that_was_signed() {
        check(
            |l| {
                l.entries[2].1 = event(9);
                l.rebuild(2);
            },
            "event 3 does not hold, or one after it up to 4",
        );
        // After the last checkpoint, nobody knows what the event was.
        check(
            |l| {
                l.entries[4].1 = event(9);
                l.rebuild(4);
            },
            "1 to 5 hold, 4 signed",
        );
    }

    #[test]
    fn only_a_key_that_counts_signs() {
        let other = PublicKey::new(&Checkpoint::origin(&Pen::new(7)), Pen::new(8).public_key());
        check(|l| l.keys.clear(), "event 1 is not vouched for");
        check(
            |l| l.keys = other.into_iter().collect(),
            "event 1 is not vouched for",
        );
        check(|l| l.notes[1].1 = "?".into(), "event 1 is not vouched for");
        check(
            |l| l.notes[1].1 = l.notes[1].1.replace("\n4\n", "\n6\n"),
            "event 3 is not vouched for, nor what follows up to 6",
        );
    }

    #[test]
    fn a_beginning_that_nobody_signed_is_none() {
        let cut = || Log::new(5, &[5], 3);
        check(
            |l| {
                *l = cut();
                l.base = None;
            },
            "event 1 is missing: event 4",
        );
        check(
            |l| {
                let ordinary = l.notes[0].1.clone();
                let kept = Log::new(5, &[], 2);
                l.entries.drain(..2);
                l.base = kept.base.map(|base| Kept {
                    note: ordinary,
                    ..base
                });
            },
            "event 1 is missing, and all up to 2",
        );
        check(
            |l| {
                *l = cut();
                l.base.as_mut().unwrap().head[0] ^= 1;
            },
            "event 4 does not hold: its hash",
        );
        check(
            |l| {
                *l = cut();
                l.base.as_mut().unwrap().tree = Log::new(3, &[], 2).base.unwrap().tree;
            },
            "event 1 does not hold, or one after it",
        );
    }

    /// What somebody may do to a log, and the first event that no longer holds: `None` where
    /// nothing tells.
    fn damage(log: &mut Log, kind: u8, at: usize, other: usize) -> Option<u64> {
        let first = log.entries[0].0;
        let last = first + log.entries.len() as u64 - 1;
        let signed = |n: u64, log: &Log| log.notes.iter().any(|(size, _)| *size >= n);
        let sequence = log.entries[at].0;
        match kind {
            0 => {
                log.entries[at].1 = event(1_000_000);
                Some(sequence)
            }
            1 => {
                log.entries[at].2[other % 32] ^= 1 << (other % 8);
                Some(sequence)
            }
            2 => {
                log.entries.remove(at);
                // The last event leaves no gap; a checkpoint tells.
                (sequence < last || signed(last, log)).then_some(sequence)
            }
            3 => {
                let other = other % log.entries.len();
                log.entries.swap(at, other);
                (at != other).then_some(first + at.min(other) as u64)
            }
            4 => {
                log.entries.truncate(at);
                signed(sequence, log).then_some(sequence)
            }
            5 => {
                let again = log.entries[at].clone();
                log.entries.insert(at, again);
                Some(sequence + 1)
            }
            _ => {
                log.entries[at].1 = event(1_000_000);
                log.rebuild(at);
                // Found at the next checkpoint; since the one before, any event may be it.
                let base = log.base.as_ref().map_or(0, |base| base.tree.size());
                let before = log
                    .notes
                    .iter()
                    .map(|(size, _)| *size)
                    .filter(|s| *s < sequence);
                signed(sequence, log).then(|| before.max().unwrap_or(base) + 1)
            }
        }
    }

    proptest! {
        #[test]
        fn any_damage_to_any_log_is_named_by_its_first_bad_event(
            n in 1u64..40, cut in 0u64..40, marks in proptest::collection::vec(1u64..40, 0..5),
            kind in 0u8..7, at in 0usize..40, other in 0usize..256,
        ) {
            let mut log = Log::new(n, &marks, cut % n);
            prop_assert!(log.verify().is_ok());
            let at = at % log.entries.len();
            let expect = damage(&mut log, kind, at, other);
            prop_assert_eq!(log.verify().map_err(|broken| broken.event()).err(), expect);
        }
    }
}
