//! Finds the bytes at which a tokeniser has to stop, a block at a time.
//!
//! - In: bytes and the service characters.  Out: places of separators, release characters and
//!   control characters, in order.
//! - Invariant: no such byte is missed, and no other is given.

use crate::ServiceString;

/// Bytes of one block: as many as a mask has bits.
pub(crate) const BLOCK: usize = 64;

/// Where special bytes stand in the block that was looked at last.
#[derive(Clone, Debug)]
pub(crate) struct Specials {
    /// The service characters; unused ones repeat another.
    service: [u8; 5],
    /// Start of the block; a multiple of [`BLOCK`].
    block: usize,
    /// One bit a byte of the block.
    mask: u64,
}

impl Specials {
    pub(crate) fn new(service: ServiceString) -> Self {
        let service = [
            service.component,
            service.element,
            service.terminator,
            service.release.unwrap_or(service.terminator),
            service.repetition.unwrap_or(service.terminator),
        ];
        Self {
            service,
            block: usize::MAX,
            mask: 0,
        }
    }

    /// Where the block of `at` starts, and a bit for each special byte in it from `at` on.
    #[inline]
    pub(crate) fn from(&mut self, bytes: &[u8], at: usize) -> (usize, u64) {
        let block = at & !(BLOCK - 1);
        if block != self.block {
            self.load(bytes, block);
        }
        (block, self.mask & (u64::MAX << (at - block)))
    }

    fn load(&mut self, bytes: &[u8], block: usize) {
        let rest = bytes.get(block..).unwrap_or_default();
        self.block = block;
        self.mask = match rest.first_chunk::<BLOCK>() {
            Some(whole) => self.mask_of(whole),
            None => {
                // No special byte stands behind the end.
                let mut padded = [0xff; BLOCK];
                padded[..rest.len()].copy_from_slice(rest);
                self.mask_of(&padded)
            }
        };
    }

    fn mask_of(&self, block: &[u8; BLOCK]) -> u64 {
        let [a, b, c, d, e] = self.service;
        // One comparison a line, without a branch: the compiler makes vectors of it.
        let special = block.map(|byte| {
            let service = (byte == a) | (byte == b) | (byte == c) | (byte == d) | (byte == e);
            u8::from(service | (byte < b' '))
        });
        let (words, _) = special.as_chunks::<8>();
        words.iter().rev().fold(0, |mask, word| {
            // Gathers the lowest bit of each byte into the high eight bits.
            let bits = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            mask << 8 | bits
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first special byte at `from` or behind it.
    fn next(specials: &mut Specials, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while at < bytes.len() {
            let (block, mask) = specials.from(bytes, at);
            if mask != 0 {
                return Some(block + mask.trailing_zeros() as usize);
            }
            at = block + BLOCK;
        }
        None
    }

    #[test]
    fn every_special_byte_is_found_at_every_place() {
        let service = ServiceString::LEVEL_A;
        for special in *b":+'?\r\n\x00\x1f" {
            for at in 0..200 {
                let mut bytes = vec![b'~'; 200];
                bytes[at] = special;
                let found = next(&mut Specials::new(service), &bytes, 0);
                assert_eq!(found, Some(at), "{special}");
            }
        }
    }

    #[test]
    fn places_come_in_order_from_wherever_asked() {
        let bytes = b"NAD+FL+++O?'DWYER:SAOIRSE'".repeat(20);
        let mut specials = Specials::new(ServiceString::LEVEL_A);
        for from in (0..bytes.len()).chain([7, 300, 0]) {
            let expected = (from..bytes.len()).find(|at| b"+?':".contains(&bytes[*at]));
            assert_eq!(next(&mut specials, &bytes, from), expected);
        }
        assert_eq!(next(&mut specials, &bytes, bytes.len()), None);
        assert_eq!(next(&mut specials, &[], 0), None);
    }

    #[test]
    fn nothing_is_found_behind_the_end() {
        // Not even padding, whatever separates.
        for component in (0x21..0x7f).filter(u8::is_ascii_punctuation) {
            if let Some(service) = ServiceString::from_separators(component, b'\x1d', b'\x1c') {
                let bytes = [b'A', component];
                let (_, mask) = Specials::new(service).from(&bytes, 0);
                assert_eq!(mask, 0b10, "{component}");
            }
        }
    }

    #[test]
    fn ordinary_bytes_are_passed_over() {
        let bytes: Vec<u8> = (0x20..=0xff)
            .filter(|byte| !b":+'?".contains(byte))
            .collect();
        let bytes = bytes.repeat(5);
        assert_eq!(
            next(&mut Specials::new(ServiceString::LEVEL_A), &bytes, 0),
            None
        );
    }
}
