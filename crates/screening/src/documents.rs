//! Documents reported lost, stolen or revoked, by the hundred million: whether a number is among
//! them, and under which state.
//!
//! - In: rows of number, state and kind, read three times from their source, so that nothing but the
//!   result is ever in memory. Out: a [`DocumentSet`], eight bytes a document and a directory.
//! - A keyed hash of the number names a bucket with its first bits; its last 40 stand in the item,
//!   with the state and the kind. No number stands in memory, and who sees the set without the key
//!   cannot try numbers on it.
//! - [`screen_documents`] asks it about a traveller; [`read_documents`] reads it from a CSV file;
//!   [`DocumentSet::blocks`] and [`Assembly`] are how it is kept.
//! - Invariants: what was put in is found, and the same rows in any order make the same set.
//!   Something else is found once in a hundred thousand million look-ups, so that a finding is asked
//!   after at the state that issued the document before anybody acts on it.

mod blocks;
mod file;
mod near;
mod screen;

pub use blocks::{Assembly, Damaged};
pub use file::{DocumentFile, DocumentReadError, read_documents};
pub use near::{Near, NearScratch, Slip, check_digit};
pub use screen::{DocumentList, listed_entry, screen_documents};

use crate::country::country_code;
use crate::index::State;
use oriel_model::Text;
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::ops::Range;

/// Documents in a bucket, on average, up to twice as many.
const FILL: usize = 6;

/// Bits of a hash that an item keeps.
const KEPT: u32 = 40;
/// An item's bits: the hash, the state, and the letter of the kind.
const STATE: u32 = KEPT;
const KIND: u32 = KEPT + 16;
/// In the place of a state: not known.
const NO_STATE: u64 = (1 << 16) - 1;

/// One row of a list of documents.
#[derive(Clone, Copy, Debug)]
pub struct DocumentRow<'a> {
    /// Number in the form of [`oriel_model::DocumentKey`].
    pub number: &'a str,
    /// Issuing state as a code of two or three letters or an English name; empty if not known.
    pub state: &'a str,
    /// Kind as in passports, `P`, `ID`, of which the first letter is kept; may be empty.
    pub kind: &'a str,
}

/// What is known of a listed document besides its number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Listed(u64);

impl Listed {
    /// Issuing state, alpha-3.
    pub fn state(self) -> Option<Text> {
        let state = self.0 >> STATE & NO_STATE;
        let code = (state != NO_STATE).then(|| State::from_bits(state as u16).code())?;
        std::str::from_utf8(&code).ok().map(Text::from)
    }

    /// First letter of its kind.
    pub fn kind(self) -> Option<char> {
        let letter = (self.0 >> KIND) as u8;
        (letter != 0).then_some(char::from(letter))
    }
}

impl std::fmt::Debug for Listed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Listed({:?}, {:?})", self.state(), self.kind())
    }
}

/// Without its key.
impl std::fmt::Debug for DocumentSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DocumentSet({} documents)", self.len())
    }
}

/// Why a set was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError<E> {
    /// A row could not be read.
    #[error("{0}")]
    Read(E),
    /// The second reading gave other rows than the first.
    #[error("the list of documents changed while it was read; read it again")]
    Changed,
}

/// See the module.
pub struct DocumentSet {
    key: [u64; 2],
    /// Hash bits that do not name the bucket.
    shift: u32,
    /// Where each bucket begins.
    directory: Box<[u32]>,
    items: Box<[u64]>,
}

impl DocumentSet {
    /// Builds the set. `key`: secret, and the same for all that are to be compared. `rows` gives
    /// every row to the function it is handed, the same rows each time it is called.
    pub fn build<E>(
        key: [u64; 2],
        rows: impl Fn(&mut dyn FnMut(DocumentRow<'_>)) -> Result<(), E>,
    ) -> Result<Self, BuildError<E>> {
        let mut count = 0;
        rows(&mut |_| count += 1).map_err(BuildError::Read)?;
        let buckets = (count / FILL).max(2).next_power_of_two();
        let mut set = Self {
            key,
            shift: u64::BITS - buckets.ilog2(),
            directory: vec![0; buckets + 1].into(),
            items: vec![0; count].into(),
        };
        // Buckets are filled from their ends, after which the directory names their beginnings.
        rows(&mut |row| {
            let bucket = set.bucket(set.hash(row.number));
            set.directory[bucket] += 1;
        })
        .map_err(BuildError::Read)?;
        let mut end = 0;
        for bucket in &mut set.directory {
            end += *bucket;
            *bucket = end;
        }
        let mut unchanged = end as usize == count;
        let mut placed = 0;
        rows(&mut |row| {
            let hash = set.hash(row.number);
            let bucket = set.bucket(hash);
            match set.directory[bucket].checked_sub(1) {
                Some(at) if (at as usize) < count => {
                    set.directory[bucket] = at;
                    set.items[at as usize] = item(hash, row);
                    placed += 1;
                }
                _ => unchanged = false,
            }
        })
        .map_err(BuildError::Read)?;
        unchanged &= placed == count && set.directory.is_sorted() && set.directory[0] == 0;
        if !unchanged {
            return Err(BuildError::Changed);
        }
        set.settle();
        Ok(set)
    }

    /// Brings every bucket into order and drops what stands there twice.
    fn settle(&mut self) {
        let mut items = std::mem::take(&mut self.items).into_vec();
        let (mut from, mut kept) = (0, 0);
        for bucket in 0..self.directory.len() - 1 {
            let to = self.directory[bucket + 1] as usize;
            self.directory[bucket] = kept as u32;
            items[from..to].sort_unstable();
            let start = kept;
            for at in from..to {
                if kept == start || items[kept - 1] != items[at] {
                    items[kept] = items[at];
                    kept += 1;
                }
            }
            from = to;
        }
        if let Some(last) = self.directory.last_mut() {
            *last = kept as u32;
        }
        items.truncate(kept);
        self.items = items.into();
    }

    /// How many documents stand in both. Both must have been built with the same key.
    pub fn common(&self, other: &Self) -> usize {
        let (fine, coarse) = match self.directory.len() >= other.directory.len() {
            true => (self, other),
            false => (other, self),
        };
        // The more buckets, the more bits name one; those of the coarse set are the first of them.
        let fewer = coarse.shift - fine.shift;
        let items = |set: &Self, bucket: usize| {
            set.directory[bucket] as usize..set.directory[bucket + 1] as usize
        };
        (0..fine.directory.len() - 1)
            .map(|bucket| {
                let there = &coarse.items[items(coarse, bucket >> fewer)];
                let here = fine.items[items(fine, bucket)].iter();
                here.filter(|item| there.binary_search(item).is_ok())
                    .count()
            })
            .sum()
    }

    /// How many documents.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.directory) + size_of_val(&*self.items)
    }

    /// Documents of this number, of whatever state.
    pub fn get(&self, number: &str) -> impl Iterator<Item = Listed> {
        let hash = self.hash(number);
        self.of_hash(hash, self.range(hash))
    }

    pub(crate) fn hash(&self, number: &str) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.key[0], self.key[1]);
        hasher.write(number.as_bytes());
        hasher.finish()
    }

    fn bucket(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    /// Where the items of a hash are to be looked for.
    fn range(&self, hash: u64) -> Range<usize> {
        let bucket = self.bucket(hash);
        self.directory[bucket] as usize..self.directory[bucket + 1] as usize
    }

    fn of_hash(&self, hash: u64, range: Range<usize>) -> impl Iterator<Item = Listed> {
        let kept = |bits: u64| bits << (u64::BITS - KEPT);
        let items = self.items[range].iter();
        items
            .filter(move |item| kept(**item) == kept(hash))
            .map(|item| Listed(*item))
    }
}

fn item(hash: u64, row: DocumentRow<'_>) -> u64 {
    let state = country_code(row.state).and_then(State::new);
    let state = state.map_or(NO_STATE, |state| state.bits().into());
    let kind = row.kind.bytes().next().map(|b| b.to_ascii_uppercase());
    let kind = kind.filter(u8::is_ascii_uppercase).unwrap_or(0);
    hash & ((1 << KEPT) - 1) | state << STATE | u64::from(kind) << KIND
}

#[cfg(test)]
mod tests {
    use super::{BuildError, DocumentRow, DocumentSet};
    use std::cell::Cell;
    use std::convert::Infallible;

    pub(super) const KEY: [u64; 2] = [7, 11];

    pub(super) fn set(numbers: &[String]) -> DocumentSet {
        let row = |number| DocumentRow {
            number,
            state: "UTO",
            kind: "P",
        };
        DocumentSet::build(KEY, |add| {
            numbers.iter().for_each(|n| add(row(n)));
            Ok::<_, Infallible>(())
        })
        .expect("rows in memory do not change")
    }

    #[test]
    fn every_document_is_found_and_others_are_not() {
        for count in [0, 1, 12, 13, 50_000] {
            let number = |i: u32| format!("K{:08}", i.wrapping_mul(7919) % 100_000_000);
            let numbers: Vec<String> = (0..count).map(number).collect();
            let set = set(&numbers);
            assert_eq!(set.len(), count as usize);
            assert!(numbers.iter().all(|n| set.get(n).count() == 1));
            let strangers = (0..50_000).map(|i| format!("X{i:08}"));
            assert_eq!(strangers.map(|n| set.get(&n).count()).sum::<usize>(), 0);
        }
    }

    #[test]
    fn a_number_may_stand_under_several_states() {
        let rows = [("UTO", "P"), ("de", "ID"), ("", "")];
        let set = DocumentSet::build(KEY, |add| {
            for (state, kind) in rows {
                add(DocumentRow {
                    number: "X123",
                    state,
                    kind,
                });
            }
            Ok::<_, Infallible>(())
        });
        let set = set.expect("rows in memory do not change");
        let found = set.get("X123").map(|l| (l.state(), l.kind()));
        let mut found: Vec<_> = found.collect();
        found.sort();
        let state = |code: &str| Some(code.into());
        let expect = [
            (None, None),
            (state("DEU"), Some('I')),
            (state("UTO"), Some('P')),
        ];
        assert_eq!(found, expect);
    }

    #[test]
    fn order_and_repetition_do_not_show_and_what_two_sets_share_is_counted() {
        let numbers = |range: std::ops::Range<u32>| range.map(|i| format!("K{i:06}"));
        let all: Vec<String> = numbers(0..3_000).collect();
        let turned: Vec<String> = numbers(0..3_000).rev().chain(numbers(5..50)).collect();
        let (one, other) = (set(&all), set(&turned));
        assert_eq!(other.len(), 3_000);
        assert_eq!(one.common(&other), 3_000);
        assert!(one.items.len() == other.items.len() && one.version() == set(&all).version());
        for (from, to) in [(2_900, 3_000), (2_990, 70_000), (9_000, 9_100)] {
            let next = set(&numbers(from..to).collect::<Vec<_>>());
            let shared = 3_000_u32.saturating_sub(from) as usize;
            assert_eq!((one.common(&next), next.common(&one)), (shared, shared));
        }
    }

    #[test]
    fn rows_that_change_between_readings_make_no_set() {
        for (before, after) in [(5, 6), (6, 5)] {
            let readings = Cell::new(0);
            let built = DocumentSet::build(KEY, |add| {
                readings.set(readings.get() + 1);
                let rows = if readings.get() < 3 { before } else { after };
                for number in 0..rows {
                    add(DocumentRow {
                        number: &format!("X{number:03}"),
                        state: "UTO",
                        kind: "P",
                    });
                }
                Ok::<_, Infallible>(())
            });
            assert!(matches!(built, Err(BuildError::Changed)));
        }
        let unread = DocumentSet::build(KEY, |_| Err("unreadable"));
        assert!(matches!(unread, Err(BuildError::Read("unreadable"))));
    }
}
