//! Makes long values short before they are sealed, for sealed bytes cannot be made shorter.
//!
//! - In: the plain bytes of one value.  Out: one byte that says how it is kept, then the bytes as
//!   they are, or their length and an LZ4 block.
//! - Invariants: what was pressed comes back to the byte; damaged bytes give an error, never a panic
//!   and no allocation that their own length does not justify. The length of a pressed value tells
//!   how much a value repeats itself. One value is what one sender said, so nobody can add to a
//!   value of another to learn from its length (decision 0024).

use crate::{StoreError, codec};
use lz4_flex::block;
use oriel_model::Report;

/// A value as it is to be sealed. Making one asks nothing of the store, so any number of threads
/// may do it before the one that commits.
#[derive(Clone)]
pub struct Packed(pub(crate) Vec<u8>);

impl Packed {
    /// A report.
    pub fn report(report: &Report) -> Self {
        Self(press(&codec::write(report)))
    }

    /// The bytes of a message.
    pub fn original(bytes: &[u8]) -> Self {
        Self(press(bytes))
    }
}

/// Its bytes are not shown: they are about persons.
impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Packed({} bytes)", self.0.len())
    }
}

const AS_IT_IS: u8 = 0;
const PRESSED: u8 = 1;

/// Shorter values have too little that repeats.
const FROM: usize = 512;

/// An LZ4 block becomes at most so many times as long when it is spread.
const MOST: usize = 256;

/// One value as it is to be sealed.
pub(crate) fn press(plain: &[u8]) -> Vec<u8> {
    if let (FROM.., Ok(len)) = (plain.len(), u32::try_from(plain.len())) {
        let mut out = vec![0; 5 + block::get_maximum_output_size(plain.len())];
        if let Ok(short) = block::compress_into(plain, &mut out[5..])
            && short + 4 < plain.len()
        {
            out[0] = PRESSED;
            out[1..5].copy_from_slice(&len.to_le_bytes());
            out.truncate(5 + short);
            return out;
        }
    }
    [&[AS_IT_IS], plain].concat()
}

/// The value that was pressed.
pub(crate) fn spread(mut pressed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let damaged = || StoreError::damaged("a sealed value");
    match pressed.first() {
        Some(&AS_IT_IS) => {
            pressed.remove(0);
            Ok(pressed)
        }
        Some(&PRESSED) => {
            let (len, block) = pressed[1..].split_first_chunk().ok_or_else(damaged)?;
            let len = u32::from_le_bytes(*len) as usize;
            if len > MOST * block.len() {
                return Err(damaged());
            }
            let plain = block::decompress(block, len).map_err(|_| damaged())?;
            (plain.len() == len).then_some(plain).ok_or_else(damaged)
        }
        _ => Err(damaged()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(plain: &[u8]) {
        assert_eq!(spread(press(plain)).unwrap(), plain);
    }

    #[test]
    fn what_repeats_gets_shorter() {
        let said = b"ZQ417 UTO+Utopia".repeat(100);
        check(&said);
        assert!(press(&said).len() < said.len() / 10);
    }

    #[test]
    fn lengths_around_the_limit_come_back() {
        for len in [0, 1, FROM - 1, FROM, FROM + 1] {
            check(&vec![7; len]);
        }
    }

    proptest! {
        #[test]
        fn every_value_comes_back(plain: Vec<u8>, times in 1..200_usize) {
            check(&plain);
            check(&plain.repeat(times));
        }

        /// Also a length that is a lie.
        #[test]
        fn damaged_bytes_give_an_answer(mut bytes: Vec<u8>, kind in 0..3_u8) {
            bytes.insert(0, kind);
            let most = MOST * bytes.len();
            if let Ok(plain) = spread(bytes) {
                prop_assert!(plain.len() <= most);
            }
        }
    }
}
