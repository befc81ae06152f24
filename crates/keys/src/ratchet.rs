//! The ratchet: from the key of a day follow the keys of all later days, and none of earlier ones.
//!
//! - In: a chain value of 32 bytes and its day.  Out: chain values of later days, and keys for
//!   named uses.
//! - Invariant: nothing in here goes back. Forgetting the days before `b` is keeping the chain value
//!   of `b` and overwriting the older one.
//! - A rotation starts a new strand from fresh randomness. Older strands stay, because values of
//!   days to come may have been sealed with them already; every sealed value names its strand.

use crate::secret::{Key, expand, random};
use crate::{Bucket, KeyError};

/// The keys of one class of one compartment.
#[derive(Clone)]
pub(crate) struct Ratchet {
    /// The oldest day whose keys still exist.
    pub(crate) horizon: Bucket,
    /// Oldest first; a strand's place is its number. Never empty.
    pub(crate) strands: Vec<Strand>,
}

/// One chain of keys.
#[derive(Clone)]
pub(crate) struct Strand {
    /// The first day that is sealed with it.
    pub(crate) from: Bucket,
    /// The day of `chain`; at least `from` and the horizon.
    pub(crate) at: Bucket,
    pub(crate) chain: Key,
}

impl Ratchet {
    /// From fresh randomness, for every day there is.
    pub(crate) fn new() -> Result<Self, KeyError> {
        Ok(Self {
            horizon: Bucket(0),
            strands: vec![Strand {
                from: Bucket(0),
                at: Bucket(0),
                chain: random()?,
            }],
        })
    }

    /// Forgets every key of the days before `horizon`. A day that lies behind already changes
    /// nothing.
    pub(crate) fn destroy_before(&mut self, horizon: Bucket) {
        self.horizon = self.horizon.max(horizon);
        for strand in &mut self.strands {
            if strand.at < self.horizon {
                strand.chain = walk(&strand.chain, strand.at, self.horizon);
                strand.at = self.horizon;
            }
        }
    }

    /// Seals with fresh randomness from the day `from` on.
    pub(crate) fn rotate(&mut self, from: Bucket) -> Result<(), KeyError> {
        let newest = self.strands.last().map_or(Bucket(0), |strand| strand.from);
        if from <= newest.max(self.horizon) || from > Bucket::LAST {
            return Err(KeyError::RotationDay { from });
        }
        if self.strands.len() > u8::MAX as usize {
            return Err(KeyError::Rotations);
        }
        self.strands.push(Strand {
            from,
            at: from,
            chain: random()?,
        });
        Ok(())
    }
}

/// The chain value of day `to`, from that of day `from`.
pub(crate) fn walk(chain: &Key, from: Bucket, to: Bucket) -> Key {
    let mut chain = chain.clone();
    for _ in from.0..to.0 {
        chain = expand(&chain, &[b"oriel next day"]);
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of the chain that opens `day`, where there is one.
    fn key(ratchet: &Ratchet, strand: usize, day: u32) -> Option<[u8; 32]> {
        let strand = &ratchet.strands[strand];
        (strand.at <= Bucket(day)).then(|| *walk(&strand.chain, strand.at, Bucket(day)))
    }

    #[test]
    fn destroying_keeps_later_keys_and_no_earlier_one() {
        let whole = Ratchet::new().unwrap();
        let mut cut = whole.clone();
        cut.destroy_before(Bucket(100));
        assert_eq!(key(&cut, 0, 99), None);
        for day in [100, 101, 500] {
            assert_eq!(key(&cut, 0, day), key(&whole, 0, day));
        }
        cut.destroy_before(Bucket(50));
        assert_eq!(cut.horizon, Bucket(100));
    }

    #[test]
    fn destroying_by_days_and_at_once_is_the_same() {
        let (mut slow, mut fast) = (Ratchet::new().unwrap(), Ratchet::new().unwrap());
        fast.strands = slow.strands.clone();
        for day in 0..=40 {
            slow.destroy_before(Bucket(day));
        }
        fast.destroy_before(Bucket(40));
        assert_eq!(key(&slow, 0, 41), key(&fast, 0, 41));
    }

    #[test]
    fn a_rotation_is_fresh_and_is_cut_with_the_rest() {
        let mut ratchet = Ratchet::new().unwrap();
        ratchet.rotate(Bucket(10)).unwrap();
        assert_ne!(key(&ratchet, 0, 10), key(&ratchet, 1, 10));
        assert!(matches!(
            ratchet.rotate(Bucket(10)),
            Err(KeyError::RotationDay { .. })
        ));
        ratchet.destroy_before(Bucket(12));
        assert_eq!((key(&ratchet, 0, 11), key(&ratchet, 1, 11)), (None, None));
        assert!(key(&ratchet, 0, 12).is_some() && key(&ratchet, 1, 12).is_some());
    }
}
