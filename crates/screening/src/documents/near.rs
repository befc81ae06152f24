//! Documents whose number is one slip away from a traveller's: a wrong, missing or extra character,
//! or two neighbours in each other's place.
//!
//! With a hundred million numbers nearly every number has such a neighbour, so that one alone says
//! nothing; it is asked for where a name or birth date supports it. A check digit tells more: a
//! slip in reading a passport does not fit the digit that was read with it.
//!
//! Source of the check digit: ICAO Doc 9303 part 3 section 4.9.

use super::{DocumentSet, Listed};
use oriel_model::Text;
use std::ops::Range;

/// How a listed number differs from the traveller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// One character is another.
    Wrong,
    /// The traveller's lacks one.
    Missing,
    /// The traveller's has one more.
    Extra,
    /// Two neighbours changed places.
    Swapped,
}

/// A listed document one slip away.
#[derive(Clone, Debug)]
pub struct Near {
    /// Its number.
    pub number: Text,
    /// What lies between.
    pub slip: Slip,
    /// Whether the check digit that came with the traveller's number is the listed one's.
    pub digit_fits: Option<bool>,
    /// What the list knows of it.
    pub listed: Listed,
}

/// Numbers one slip away; keep one for each thread.
#[derive(Debug, Default)]
pub struct NearScratch {
    numbers: Vec<(Text, Slip)>,
    hashes: Vec<u64>,
    ranges: Vec<Range<usize>>,
}

/// Longest number of which slips are looked for; longer ones stand on no document.
const LONGEST: usize = 20;

const CHARACTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Every number one slip away from this one, each once.
fn slips(number: &str, add: &mut impl FnMut(Text, Slip)) {
    let bytes = number.as_bytes();
    let first_of_equal = |at: usize| at == 0 || bytes[at] != bytes[at - 1];
    let mut put = |from: usize, to: usize, middle: &[u8], slip| {
        // Bytes of A-Z and 0-9 alone, so that every cut is between characters.
        let middle = middle.iter().map(|b| char::from(*b));
        let mut text = Text::from(&number[..from]);
        text.extend(middle);
        text.push_str(&number[to..]);
        add(text, slip);
    };
    for at in 0..=bytes.len() {
        for c in CHARACTERS {
            if at == 0 || bytes[at - 1] != *c {
                put(at, at, &[*c], Slip::Missing);
            }
            if at < bytes.len() && bytes[at] != *c {
                put(at, at + 1, &[*c], Slip::Wrong);
            }
        }
        if at < bytes.len() && first_of_equal(at) {
            put(at, at + 1, &[], Slip::Extra);
        }
        if at > 0 && at < bytes.len() && first_of_equal(at) {
            put(at - 1, at + 1, &[bytes[at], bytes[at - 1]], Slip::Swapped);
        }
    }
}

impl DocumentSet {
    /// Documents one slip away from this number of capital letters and digits. `digit`: the check
    /// digit that came with it.
    ///
    /// Each step is done for all numbers before the next one: what they ask for lies far apart in
    /// memory, and the processor then waits for many of them at a time.
    pub fn near(&self, number: &str, digit: Option<u8>, scratch: &mut NearScratch) -> Vec<Near> {
        let NearScratch {
            numbers,
            hashes,
            ranges,
        } = scratch;
        numbers.clear();
        if number.len() <= LONGEST && number.bytes().all(|b| CHARACTERS.contains(&b)) {
            slips(number, &mut |number, slip| numbers.push((number, slip)));
        }
        hashes.clear();
        hashes.extend(numbers.iter().map(|(number, _)| self.hash(number)));
        ranges.clear();
        ranges.extend(hashes.iter().map(|hash| self.range(*hash)));
        let mut found = Vec::new();
        for (at, (hash, range)) in hashes.iter().zip(&*ranges).enumerate() {
            for listed in self.of_hash(*hash, range.clone()) {
                let (number, slip) = numbers[at].clone();
                found.push(Near {
                    digit_fits: digit.map(|digit| check_digit(&number) == digit),
                    number,
                    slip,
                    listed,
                });
            }
        }
        found
    }
}

/// The check digit of a number, 0 to 9.
pub fn check_digit(number: &str) -> u8 {
    let value = |b: u8| match b {
        b'0'..=b'9' => b - b'0',
        b'A'..=b'Z' => b - b'A' + 10,
        _ => 0,
    };
    let weighted = number.bytes().zip([7, 3, 1].into_iter().cycle());
    (weighted
        .map(|(b, weight)| u32::from(value(b)) * weight)
        .sum::<u32>()
        % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::super::tests::set;
    use super::{NearScratch, Slip, check_digit, slips};
    use std::collections::BTreeSet;

    #[test]
    fn each_number_one_slip_away_is_tried_once() {
        for number in ["X1234567", "AABB", "1"] {
            let mut all = Vec::new();
            slips(number, &mut |number, _| all.push(number));
            let distinct: BTreeSet<_> = all.iter().collect();
            assert_eq!(distinct.len(), all.len(), "{number}");
            assert!(!all.iter().any(|n| n == number));
        }
    }

    #[test]
    fn a_listed_document_is_found_through_every_slip() {
        let numbers: Vec<String> = (0..2_000).map(|i| format!("K{:07}", i * 4_999)).collect();
        let set = set(&numbers);
        let mut scratch = NearScratch::default();
        let opposite = |slip| match slip {
            Slip::Missing => Slip::Extra,
            Slip::Extra => Slip::Missing,
            same => same,
        };
        for number in numbers.iter().step_by(499) {
            slips(number, &mut |damaged, slip| {
                let found = set.near(&damaged, None, &mut scratch);
                assert!(
                    found
                        .iter()
                        .any(|n| n.number == *number && n.slip == opposite(slip)),
                    "{number} from {damaged}"
                );
            });
            assert!(
                set.near(number, None, &mut scratch)
                    .iter()
                    .all(|n| n.number != *number)
            );
        }
    }

    #[test]
    fn the_check_digit_tells_a_misread_number() {
        // The specimen number of ICAO Doc 9303 part 4.
        assert_eq!(check_digit("L898902C3"), 6);
        let set = set(&["L898902C3".to_owned()]);
        let near = |number: &str, digit| set.near(number, digit, &mut NearScratch::default());
        let fits = |number, digit| near(number, digit)[0].digit_fits;
        assert_eq!(fits("L898902G3", Some(6)), Some(true), "read wrong");
        assert_eq!(fits("L898902G3", Some(0)), Some(false), "another document");
        assert_eq!(fits("L898902G3", None), None);
        assert!(near("L898902GG3", None).is_empty(), "two slips");
        assert!(
            near("l898902g3", None).is_empty(),
            "not in the form compared"
        );
    }
}
