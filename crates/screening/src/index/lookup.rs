//! From a hash to numbers, in four bytes each.
//!
//! Invariant: everything stored under a hash is found; now and then (once in a thousand look-ups
//! or less) something else is found as well, so that what is found must be looked at.

use rustc_hash::FxHasher;
use std::hash::Hasher;
use std::ops::Range;

/// Numbers in a bucket, on average.
const FILL: usize = 3;

#[derive(Debug, Default)]
pub(crate) struct Lookup {
    /// Hash bits that are not the number of a bucket.
    shift: u32,
    /// Bits of a number; above them an item has bits of its hash.
    bits: u32,
    directory: Vec<u32>,
    items: Vec<u32>,
}

impl Lookup {
    /// `pairs` names every hash with its number, all below `limit`, as often as it is called. It is
    /// asked three times, so that nothing but the result is ever in memory.
    pub(crate) fn build(limit: usize, pairs: impl Fn(&mut dyn FnMut(u64, u32))) -> Self {
        let mut count = 0;
        pairs(&mut |_, _| count += 1);
        let buckets = (count / FILL).next_power_of_two().max(2);
        let mut lookup = Self {
            shift: 64 - buckets.ilog2(),
            bits: limit.next_power_of_two().ilog2(),
            directory: vec![0; buckets + 1],
            items: vec![0; count],
        };
        // Buckets are filled from their ends, after which the directory names their beginnings.
        pairs(&mut |hash, _| lookup.directory[(hash >> lookup.shift) as usize] += 1);
        let mut end = 0;
        for bucket in &mut lookup.directory {
            end += *bucket;
            *bucket = end;
        }
        pairs(&mut |hash, number| {
            let at = &mut lookup.directory[(hash >> lookup.shift) as usize];
            *at -= 1;
            lookup.items[*at as usize] = tag(hash, lookup.bits) | number;
        });
        lookup
    }

    pub(crate) fn get(&self, hash: u64) -> impl Iterator<Item = u32> {
        self.of_bucket(hash, self.bucket(hash))
    }

    /// What is found under any of these, each once and in order.
    pub(crate) fn get_all(&self, keys: &mut Vec<Key>, found: &mut Vec<u32>) {
        self.get_each(keys, &mut [keys.len()], found);
    }

    /// The same for several runs of keys, of which `ends` says where they end: of each run what is
    /// found follows what is found of the one before, and `ends` then says where that ends. All
    /// directories are read before all items, so that the processor waits for many of them at a
    /// time.
    pub(crate) fn get_each(&self, keys: &mut Vec<Key>, ends: &mut [usize], found: &mut Vec<u32>) {
        found.clear();
        self.locate(keys);
        let mut next = 0;
        for end in ends {
            let from = found.len();
            let run = keys[next..*end].iter();
            run.for_each(|key| found.extend(self.located(key)));
            next = *end;
            found[from..].sort_unstable();
            let mut kept = from;
            for at in from..found.len() {
                if kept == from || found[kept - 1] != found[at] {
                    found[kept] = found[at];
                    kept += 1;
                }
            }
            found.truncate(kept);
            *end = kept;
        }
        keys.clear();
    }

    /// Reads the directories of all these.
    pub(crate) fn locate(&self, keys: &mut [Key]) {
        for key in keys {
            key.bucket = self.bucket(key.hash);
        }
    }

    /// What is found under a key that was [`located`](Self::locate).
    pub(crate) fn located(&self, key: &Key) -> impl Iterator<Item = u32> {
        self.of_bucket(key.hash, key.bucket.clone())
    }

    fn of_bucket(&self, hash: u64, bucket: Range<usize>) -> impl Iterator<Item = u32> {
        let (tag, bits) = (tag(hash, self.bits), self.bits);
        let numbers = !(u32::MAX.unbounded_shl(bits));
        self.items[bucket]
            .iter()
            .filter(move |item| (**item ^ tag) & !numbers == 0)
            .map(move |item| item & numbers)
    }

    fn bucket(&self, hash: u64) -> Range<usize> {
        if self.directory.is_empty() {
            return 0..0;
        }
        let bucket = (hash >> self.shift) as usize;
        self.directory[bucket] as usize..self.directory[bucket + 1] as usize
    }
}

/// One of several hashes that are looked up together.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    hash: u64,
    bucket: Range<usize>,
}

impl From<u64> for Key {
    fn from(hash: u64) -> Self {
        Self { hash, bucket: 0..0 }
    }
}

/// Low bits of a hash, above a number of so many bits.
fn tag(hash: u64, bits: u32) -> u32 {
    (hash as u32).unbounded_shl(bits)
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
    use super::{Key, Lookup, hash_number};

    #[test]
    fn everything_stored_is_found() {
        for limit in [1, 2, 5_000, 1 << 20] {
            let count = limit.min(5_000) as u32;
            let hash = |v: u32| hash_number(1, u64::from(v / 3));
            let lookup = Lookup::build(limit, |add| (0..count).for_each(|v| add(hash(v), v)));
            for v in 0..count {
                assert!(lookup.get(hash(v)).any(|x| x == v));
            }
            let (mut keys, mut found) = (Vec::new(), Vec::new());
            keys.extend([7, 0, 6].map(|v| Key::from(hash(v))));
            let mut apart: Vec<u32> = [7, 0, 6]
                .into_iter()
                .flat_map(|v| lookup.get(hash(v)))
                .collect();
            apart.sort_unstable();
            apart.dedup();
            lookup.get_all(&mut keys, &mut found);
            assert_eq!(found, apart);
            let wrong = (0..count).map(|v| lookup.get(hash_number(2, u64::from(v))).count());
            let wrong = wrong.sum::<usize>();
            assert!(wrong <= 15, "{wrong} of {count} numbers below {limit}");
        }
        assert_eq!(Lookup::default().get(1).count(), 0);
    }
}
