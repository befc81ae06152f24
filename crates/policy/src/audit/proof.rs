//! Short proofs about a log: that an event is in it, and that it only grew.
//!
//! - In: the newest signed checkpoint, the chain hashes of the events it covers, in order.
//!   Out: a [`Proof`] that needs neither the log nor trust in who keeps it (RFC 9162, 2.1.3, 2.1.4).
//! - Invariant: a proof that is given was checked first.

use super::tree::{Gather, consistency, extends, includes, inclusion};
use super::{Checkpoint, Hash, Tree};

/// What is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// This event is in the log.
    Holds(u64),
    /// The log of this size is the beginning of the log.
    Begins(u64),
}

/// Gathers a proof in one pass.
#[derive(Clone, Debug)]
pub struct Prover {
    claim: Claim,
    newest: Checkpoint,
    gather: Gather,
    tree: Tree,
    /// The event's chain hash, or the root of the older log.
    found: Option<Hash>,
}

/// A proof that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The event's chain hash, or the root of the older log.
    pub hash: Hash,
    /// Events of the checkpoint it ends in.
    pub size: u64,
    /// Hashes of the path, from the lowest up.
    pub path: Vec<Hash>,
}

impl Prover {
    /// For event number `event` of a log that begins after `base`; `None` where it does not lie
    /// between that beginning and `newest`.
    pub fn inclusion(event: u64, base: &Tree, newest: &Checkpoint) -> Option<Self> {
        let ranges = inclusion(event.checked_sub(1)?, newest.size)?;
        Some(Self {
            claim: Claim::Holds(event),
            gather: Gather::new(&ranges, base)?,
            newest: newest.clone(),
            tree: base.clone(),
            found: None,
        })
    }

    /// For the log of `size` events as the beginning of the one at `newest`.
    pub fn consistency(size: u64, base: &Tree, newest: &Checkpoint) -> Option<Self> {
        let ranges = consistency(size, newest.size)?;
        Some(Self {
            claim: Claim::Begins(size),
            gather: Gather::new(&ranges, base)?,
            newest: newest.clone(),
            tree: base.clone(),
            found: (base.size() == size).then(|| base.root()),
        })
    }

    /// Takes the next event's chain hash, from the one after the beginning on.
    pub fn push(&mut self, event: &Hash) {
        if self.tree.size() >= self.newest.size {
            return;
        }
        self.gather.push(event);
        self.tree.push(event);
        match self.claim {
            Claim::Holds(sequence) if self.tree.size() == sequence => self.found = Some(*event),
            Claim::Begins(size) if self.tree.size() == size => self.found = Some(self.tree.root()),
            Claim::Holds(_) | Claim::Begins(_) => {}
        }
    }

    /// The proof, if it holds: a log that was changed gives none.
    pub fn finish(self) -> Option<Proof> {
        let (hash, path) = (self.found?, self.gather.finish()?);
        let newest = &self.newest;
        let holds = match self.claim {
            Claim::Holds(event) => includes(event - 1, newest.size, &hash, &path, &newest.root),
            Claim::Begins(size) => extends(size, &hash, newest.size, &newest.root, &path),
        };
        holds.then_some(Proof {
            hash,
            size: newest.size,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hashes(n: u64) -> Vec<Hash> {
        (0..n).map(|at| [at as u8; 32]).collect()
    }

    fn newest(hashes: &[Hash]) -> Checkpoint {
        let mut tree = Tree::default();
        hashes.iter().for_each(|hash| tree.push(hash));
        Checkpoint::of("log", &tree)
    }

    proptest! {
        /// R-AUD-05.
        #[test]
        fn every_event_and_every_beginning_is_proved(n in 1_u64..70, pick in 0_u64..70, flip in 0_u64..70) {
            let wanted = pick % n + 1;
            let good = hashes(n);
            let newest = newest(&good);
            let mut bad = good.clone();
            bad[(flip % n) as usize][0] ^= 0x80;
            let base = Tree::default();
            for (hashes, holds) in [(&good, true), (&bad, false)] {
                let claims = [
                    Prover::inclusion(wanted, &base, &newest),
                    Prover::consistency(wanted, &base, &newest),
                ];
                for prover in claims {
                    let mut prover = prover.unwrap();
                    hashes.iter().for_each(|hash| prover.push(hash));
                    prop_assert_eq!(prover.finish().is_some(), holds);
                }
            }
        }
    }

    #[test]
    fn what_is_not_in_the_log_is_not_proved() {
        let newest = newest(&hashes(4));
        let base = Tree::default();
        for event in [0, 5, u64::MAX] {
            assert!(
                Prover::inclusion(event, &base, &newest).is_none(),
                "{event}"
            );
        }
        let mut cut = Prover::inclusion(2, &base, &newest).unwrap();
        hashes(3).iter().for_each(|hash| cut.push(hash));
        assert!(cut.finish().is_none());
    }
}
