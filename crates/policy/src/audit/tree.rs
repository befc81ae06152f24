//! The Merkle tree over the log: one root that stands for all events, and short proofs about it.
//!
//! - In: the chain hash of each event, in order.  Out: roots, inclusion and consistency proofs.
//! - Source: RFC 9162, sections 2.1.1 to 2.1.4, with SHA-256.
//! - Invariant: a tree is held as its [`Tree::peaks`] alone, so that it grows with the logarithm of
//!   the log, can be kept beside a checkpoint and goes on from there without the events before it.
//!
//! Events count from 1, leaves from 0: event `n` is leaf `n - 1`.

use super::Hash;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Hash of a leaf: of the chain hash of one event.
pub fn leaf(event: &Hash) -> Hash {
    let mut digest = Sha256::new();
    digest.update([0]);
    digest.update(event);
    digest.finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// A Merkle tree that grows at its right edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// The tree of `size` leaves with these peaks; `None` where their number cannot be right.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// Leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the full subtrees from left to right: one for each bit of the size.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Adds the event with this chain hash.
    pub fn push(&mut self, event: &Hash) {
        let mut hash = leaf(event);
        // Each full subtree on the right becomes the left half of one twice its size.
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("a peak for each bit of the size");
            hash = node(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root: the hash that stands for all events so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Sha256::digest([]).into(),
            Some(last) => peaks.fold(*last, |right, left| node(left, &right)),
        }
    }

    /// The part of this tree that begins at leaf `start`, where full subtrees do; `None` where
    /// `start` lies inside one.
    fn from(&self, start: u64) -> Option<Self> {
        let mut at = 0;
        let mut left = self.size;
        for place in 0..=self.peaks.len() {
            if at == start {
                let peaks = self.peaks[place..].to_vec();
                return Some(Self { size: left, peaks });
            }
            let full = 1 << left.checked_ilog2()?;
            at += full;
            left -= full;
        }
        None
    }
}

/// The subtrees whose roots prove that leaf `index` is in the tree of `size` leaves, lowest first.
///
/// `None` where there is no such leaf. RFC 9162, section 2.1.3.1.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let mut path = Vec::new();
    let (mut low, mut high) = (0, size);
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(middle..high);
            high = middle;
        } else {
            path.push(low..middle);
            low = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The subtrees whose roots prove that the tree of `old` leaves is the beginning of the tree of
/// `new` leaves, lowest first.
///
/// `None` where `old` is zero or larger than `new`. RFC 9162, section 2.1.4.1.
pub fn consistency(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old == 0 || old > new {
        return None;
    }
    let mut path = Vec::new();
    let (mut low, mut high) = (0, new);
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(middle..high);
            high = middle;
        } else {
            path.push(low..middle);
            low = middle;
        }
    }
    // A subtree that begins the old tree is known to who knows the old root.
    if low > 0 {
        path.push(low..high);
    }
    path.reverse();
    Some(path)
}

/// The largest power of two below `n`, for `n` of 2 or more.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Gathers the roots of subtrees in one pass over the log.
#[derive(Clone, Debug)]
pub struct Gather {
    /// Subtrees from left to right, each with its place in the proof.
    wanted: Vec<(Range<u64>, usize, Tree)>,
    /// The subtree that takes the next leaf.
    at: usize,
    next: u64,
}

impl Gather {
    /// For subtrees that do not overlap, over a log whose first leaves are known as `base` only.
    /// `None` where a subtree lies inside what `base` no longer tells apart.
    pub fn new(ranges: &[Range<u64>], base: &Tree) -> Option<Self> {
        let mut wanted = Vec::with_capacity(ranges.len());
        for (place, range) in ranges.iter().enumerate() {
            let mut known = Tree::default();
            if range.start < base.size {
                known = base.from(range.start)?;
                let full = range.end - range.start;
                if known.size > full {
                    // A peak that ends here; the ones after it belong to other subtrees.
                    let first = 1 << known.size.ilog2();
                    if first != full {
                        return None;
                    }
                    known = Tree {
                        size: full,
                        peaks: vec![known.peaks[0]],
                    };
                }
            }
            wanted.push((range.clone(), place, known));
        }
        wanted.sort_by_key(|(range, ..)| range.start);
        Some(Self {
            wanted,
            at: 0,
            next: base.size,
        })
    }

    /// Takes the next event's chain hash.
    pub fn push(&mut self, event: &Hash) {
        let at = self.next;
        self.next += 1;
        while let Some((range, _, tree)) = self.wanted.get_mut(self.at) {
            if at >= range.end {
                self.at += 1;
                continue;
            }
            if at >= range.start {
                tree.push(event);
            }
            return;
        }
    }

    /// The roots in the order of the proof; `None` while events are missing.
    pub fn finish(mut self) -> Option<Vec<Hash>> {
        self.wanted.sort_by_key(|(_, place, _)| *place);
        self.wanted
            .iter()
            .map(|(range, _, tree)| (tree.size == range.end - range.start).then(|| tree.root()))
            .collect()
    }
}

/// Whether `proof` shows that the event with this chain hash is leaf `index` of the tree of `size`
/// leaves with this root. RFC 9162, section 2.1.3.2.
pub fn includes(index: u64, size: u64, event: &Hash, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = leaf(event);
    for step in proof {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            hash = node(step, &hash);
            // On the right edge, levels without a sibling are passed over; `place` is not zero.
            let up = place.trailing_zeros();
            place >>= up;
            last >>= up;
        } else {
            hash = node(&hash, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `old` leaves with root `old_root` is the beginning of the
/// tree of `new` leaves with root `new_root`. RFC 9162, section 2.1.4.2.
pub fn extends(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 || old > new {
        return false;
    }
    let mut steps = proof.iter();
    let first = match old.is_power_of_two() {
        true => old_root,
        false => match steps.next() {
            Some(first) => first,
            None => return false,
        },
    };
    let up = (old - 1).trailing_ones();
    let (mut place, mut last) = ((old - 1) >> up, (new - 1) >> up);
    let (mut before, mut after) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            before = node(step, &before);
            after = node(step, &after);
            let up = place.trailing_zeros();
            place >>= up;
            last >>= up;
        } else {
            after = node(&after, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && before == *old_root && after == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
    use proptest::prelude::*;

    type Other = MemoryBackedTree<Sha256, [u8; 32]>;

    fn events(n: u64) -> Vec<Hash> {
        (0..n)
            .map(|i| Sha256::digest(i.to_be_bytes()).into())
            .collect()
    }

    fn tree(events: &[Hash]) -> Tree {
        let mut tree = Tree::default();
        events.iter().for_each(|event| tree.push(event));
        tree
    }

    /// Proves from a log that was cut after `cut` events.
    fn prove(ranges: &[Range<u64>], cut: usize, events: &[Hash]) -> Option<Vec<Hash>> {
        let mut gather = Gather::new(ranges, &tree(&events[..cut]))?;
        events[cut..].iter().for_each(|event| gather.push(event));
        gather.finish()
    }

    fn flat(proof: &[Hash]) -> Vec<u8> {
        proof.concat()
    }

    #[test]
    fn the_empty_tree_has_the_hash_of_nothing() {
        let other = Other::new();
        assert_eq!(Tree::default().root()[..], other.root().as_bytes()[..]);
        assert_eq!(inclusion(0, 0), None);
        assert_eq!(consistency(0, 5), None);
        assert_eq!(consistency(6, 5), None);
    }

    proptest! {
        /// Roots and proofs are byte for byte those of another implementation, which also accepts
        /// ours; and ours accepts its own.
        #[test]
        fn another_implementation_agrees(size in 1u64..200, index in 0u64..200, old in 1u64..200) {
            let (index, old) = (index % size, old % size + 1);
            let events = events(size);
            let mut other = Other::new();
            events.iter().for_each(|event| other.push(*event));
            let ours = tree(&events);
            let root = RootHash::<Sha256>::new(ours.root().into(), size);
            prop_assert!(other.root() == root);

            let proof = prove(&inclusion(index, size).unwrap(), 0, &events).unwrap();
            let theirs = other.prove_inclusion(index as usize);
            prop_assert_eq!(&flat(&proof)[..], theirs.as_bytes());
            let event = events[index as usize];
            prop_assert!(includes(index, size, &event, &proof, &ours.root()));
            let read = InclusionProof::<Sha256>::try_from_bytes(flat(&proof)).unwrap();
            prop_assert!(root.verify_inclusion(&event, index, &read).is_ok());

            let before = tree(&events[..old as usize]);
            let proof = prove(&consistency(old, size).unwrap(), 0, &events).unwrap();
            prop_assert!(extends(old, &before.root(), size, &ours.root(), &proof));
            if old < size {
                let theirs = other.prove_consistency((size - old) as usize);
                prop_assert_eq!(&flat(&proof)[..], theirs.as_bytes());
                let read = ConsistencyProof::<Sha256>::try_from_bytes(flat(&proof)).unwrap();
                let old_root = RootHash::<Sha256>::new(before.root().into(), old);
                prop_assert!(root.verify_consistency(&old_root, &read).is_ok());
            }
        }

        /// A proof about anything else does not hold.
        #[test]
        fn a_wrong_proof_is_refused(
            size in 2u64..100, index in 0u64..100, old in 1u64..100, bit in 0usize..256,
            step in 0usize..8,
        ) {
            let (index, old) = (index % size, old % (size - 1) + 1);
            let events = events(size);
            let root = tree(&events).root();
            let event = events[index as usize];
            let old_root = tree(&events[..old as usize]).root();
            let right = prove(&inclusion(index, size).unwrap(), 0, &events).unwrap();
            let right2 = prove(&consistency(old, size).unwrap(), 0, &events).unwrap();
            let flip = |hash: &Hash| {
                let mut hash = *hash;
                hash[bit / 8] ^= 1 << (bit % 8);
                hash
            };
            let mut wrong = right.clone();
            let at = step % wrong.len();
            wrong[at] = flip(&wrong[at]);
            prop_assert!(!includes(index, size, &event, &wrong, &root));
            prop_assert!(!includes(index, size, &flip(&event), &right, &root));
            prop_assert!(!includes(index, size, &event, &right, &flip(&root)));
            prop_assert!(!includes(index, size, &event, &right[1..], &root));
            prop_assert!(!includes((index + 1) % size, size, &event, &right, &root));
            prop_assert!(!includes(size, size, &event, &right, &root));

            let mut wrong = right2.clone();
            let at = step % wrong.len();
            wrong[at] = flip(&wrong[at]);
            prop_assert!(!extends(old, &old_root, size, &root, &wrong));
            prop_assert!(!extends(old, &flip(&old_root), size, &root, &right2));
            prop_assert!(!extends(old, &old_root, size, &flip(&root), &right2));
            prop_assert!(!extends(old, &old_root, size, &root, &right2[1..]));
            prop_assert!(!extends(size, &root, old, &old_root, &right2));
        }

        /// A log cut at its front still proves everything about the events that are left.
        #[test]
        fn a_cut_log_still_proves_what_is_left(
            size in 1u64..100, cut in 0u64..100, index in 0u64..100, old in 0u64..100,
        ) {
            let cut = cut % size;
            let (index, old) = (cut + index % (size - cut), (cut + old % (size - cut)).max(1));
            let events = events(size);
            let ranges = inclusion(index, size).unwrap();
            prop_assert_eq!(
                prove(&ranges, cut as usize, &events), prove(&ranges, 0, &events)
            );
            let ranges = consistency(old, size).unwrap();
            prop_assert_eq!(
                prove(&ranges, cut as usize, &events), prove(&ranges, 0, &events)
            );
        }

        /// What was cut away is not made up.
        #[test]
        fn what_was_cut_away_cannot_be_proved_wrongly(
            size in 2u64..100, cut in 1u64..100, index in 0u64..100,
        ) {
            let cut = cut % size;
            let events = events(size);
            let ranges = inclusion(index % size, size).unwrap();
            if let Some(proof) = prove(&ranges, cut as usize, &events) {
                prop_assert_eq!(Some(proof), prove(&ranges, 0, &events));
            }
        }
    }
}
