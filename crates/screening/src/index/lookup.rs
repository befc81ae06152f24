//! From a hash to numbers, in eight bytes each.
//!
//! Invariant: everything stored under a hash is found; now and then (once in some ten thousand
//! look-ups) something else is found as well, so that what is found must be looked at.

use rustc_hash::FxHasher;
use std::hash::Hasher;

#[derive(Debug, Default)]
pub(crate) struct Lookup {
    shift: u32,
    directory: Vec<u32>,
    items: Vec<(u32, u32)>,
}

impl Lookup {
    pub(crate) fn build(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let bits = (pairs.len() / 2 + 1).next_power_of_two().ilog2().max(1);
        let shift = 64 - bits;
        let mut directory = vec![0; (1 << bits) + 1];
        for (hash, _) in &pairs {
            directory[(hash >> shift) as usize + 1] += 1;
        }
        for i in 1..directory.len() {
            directory[i] += directory[i - 1];
        }
        Self {
            shift,
            directory,
            items: pairs
                .into_iter()
                .map(|(hash, v)| (hash as u32, v))
                .collect(),
        }
    }

    pub(crate) fn get(&self, hash: u64) -> impl Iterator<Item = u32> {
        let range = match self.directory.len() {
            0 => 0..0,
            _ => {
                let bucket = (hash >> self.shift) as usize;
                self.directory[bucket] as usize..self.directory[bucket + 1] as usize
            }
        };
        let low = hash as u32;
        self.items[range]
            .iter()
            .filter(move |(h, _)| *h == low)
            .map(|(_, v)| *v)
    }
}

/// A hash of bytes, spread over all 64 bits. `salt` keeps keys of different kinds apart.
pub(crate) fn hash(salt: u8, bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(salt);
    hasher.write(bytes);
    mix(hasher.finish())
}

/// A hash of a number.
pub(crate) fn hash_number(salt: u8, number: u64) -> u64 {
    mix(number ^ (u64::from(salt) << 56).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn mix(mut h: u64) -> u64 {
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^= h >> 33;
    h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ h >> 33
}

#[cfg(test)]
mod tests {
    use super::{Lookup, hash_number};

    #[test]
    fn everything_stored_is_found() {
        let pairs = (0..5_000u32)
            .map(|v| (hash_number(1, u64::from(v / 3)), v))
            .collect();
        let lookup = Lookup::build(pairs);
        for v in 0..5_000 {
            assert!(lookup.get(hash_number(1, u64::from(v / 3))).any(|x| x == v));
        }
        assert_eq!(lookup.get(hash_number(2, 7)).count(), 0);
        assert_eq!(Lookup::default().get(1).count(), 0);
    }
}
