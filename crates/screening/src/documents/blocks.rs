//! A [`DocumentSet`] as blocks of bytes to keep, and back.
//!
//! - Out: one block of what is needed first, then the directory, then the items, all little-endian.
//!   In: the same blocks in the same order.
//! - Invariant: what was kept comes back, or [`Damaged`]; no block makes room for more than it holds.
//!
//! ```text
//! "oriel documents 1" | bits that name a bucket (4) | documents (8)
//! { beginning of a bucket (4) }      one more than there are buckets
//! { item (8) }
//! ```

use super::DocumentSet;
use oriel_model::Text;
use sha2::{Digest, Sha256};

const MAGIC: &[u8] = b"oriel documents 1";

/// Bytes of a block, at most.
const BLOCK: usize = 1 << 20;

/// Blocks that are no set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is kept of a list of documents is damaged")]
pub struct Damaged;

impl DocumentSet {
    /// The set as blocks of at most a mebibyte. They hold no key.
    pub fn blocks(&self) -> impl Iterator<Item = Vec<u8>> {
        let bits = u64::BITS - self.shift;
        let count = self.items.len() as u64;
        let head = [MAGIC, &bits.to_le_bytes(), &count.to_le_bytes()].concat();
        let directory = self.directory.chunks(BLOCK / 4);
        let items = self.items.chunks(BLOCK / 8);
        std::iter::once(head)
            .chain(directory.map(|part| part.iter().flat_map(|n| n.to_le_bytes()).collect()))
            .chain(items.map(|part| part.iter().flat_map(|n| n.to_le_bytes()).collect()))
    }

    /// Digest of the set: equal rows under an equal key, equal digest.
    pub fn version(&self) -> Text {
        let mut digest = Sha256::new();
        self.blocks().for_each(|block| digest.update(block));
        let digest = digest.finalize();
        digest[..12].iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Puts a set together from its blocks.
pub struct Assembly {
    key: [u64; 2],
    /// Bits that name a bucket, and how many documents; nothing before the first block.
    head: Option<(u32, u64)>,
    directory: Vec<u32>,
    items: Vec<u64>,
}

impl Assembly {
    /// Nothing yet, under the key that the set was built with.
    pub fn new(key: [u64; 2]) -> Self {
        Self {
            key,
            head: None,
            directory: Vec::new(),
            items: Vec::new(),
        }
    }

    /// Takes the next block.
    pub fn add(&mut self, block: &[u8]) -> Result<(), Damaged> {
        let Some((bits, _)) = self.head else {
            let rest = block.strip_prefix(MAGIC).ok_or(Damaged)?;
            let (bits, count) = rest.split_first_chunk().ok_or(Damaged)?;
            let bits = u32::from_le_bytes(*bits);
            let count = count.try_into().map_err(|_| Damaged)?;
            let usual = (1..u32::BITS).contains(&bits);
            self.head = usual.then_some((bits, u64::from_le_bytes(count)));
            return self.head.map(drop).ok_or(Damaged);
        };
        let wanted = (1_usize << bits) + 1;
        if self.directory.len() < wanted {
            add_numbers(block, &mut self.directory, u32::from_le_bytes)?;
            (self.directory.len() <= wanted)
                .then_some(())
                .ok_or(Damaged)
        } else {
            add_numbers(block, &mut self.items, u64::from_le_bytes)
        }
    }

    /// The set, when every block was there.
    pub fn finish(self) -> Result<DocumentSet, Damaged> {
        let (bits, count) = self.head.ok_or(Damaged)?;
        let whole = self.directory.len() == (1 << bits) + 1
            && self.items.len() as u64 == count
            && self.directory.first() == Some(&0)
            && self.directory.last().map(|end| u64::from(*end)) == Some(count)
            && self.directory.is_sorted();
        let set = DocumentSet {
            key: self.key,
            shift: u64::BITS - bits,
            directory: self.directory.into(),
            items: self.items.into(),
        };
        whole.then_some(set).ok_or(Damaged)
    }
}

fn add_numbers<const N: usize, T>(
    block: &[u8],
    to: &mut Vec<T>,
    number: impl Fn([u8; N]) -> T,
) -> Result<(), Damaged> {
    let (numbers, rest) = block.as_chunks::<N>();
    to.extend(numbers.iter().map(|bytes| number(*bytes)));
    rest.is_empty().then_some(()).ok_or(Damaged)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{KEY, set};
    use super::{Assembly, DocumentSet};

    fn assembled(blocks: &[Vec<u8>]) -> Option<DocumentSet> {
        let mut assembly = Assembly::new(KEY);
        for block in blocks {
            assembly.add(block).ok()?;
        }
        assembly.finish().ok()
    }

    #[test]
    fn what_was_kept_comes_back_and_what_is_damaged_does_not() {
        for count in [0, 1, 40_000, 200_000] {
            let numbers: Vec<String> = (0..count).map(|i| format!("K{i:06}")).collect();
            let set = set(&numbers);
            let blocks: Vec<Vec<u8>> = set.blocks().collect();
            assert!(blocks.iter().all(|block| block.len() <= super::BLOCK));
            let back = assembled(&blocks).unwrap();
            assert_eq!((back.len(), back.version()), (set.len(), set.version()));
            assert!(numbers.iter().all(|n| back.get(n).count() == 1));
            assert!(assembled(&blocks[1..]).is_none());
            assert!(assembled(&blocks[..blocks.len() - 1]).is_none());
            let mut cut = blocks.clone();
            cut.last_mut().unwrap().pop();
            assert!(assembled(&cut).is_none());
        }
    }
}
