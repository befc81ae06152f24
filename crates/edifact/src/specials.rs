//! Finds the bytes at which a tokeniser has to stop, a block at a time.
//!
//! - In: bytes and the service characters.  Out: places of separators, release characters and
//!   control characters, in order.
//! - Invariant: no such byte is missed, and no other is given.

use crate::ServiceString;
use wide::u8x16;

/// Bytes of one block: as many as a mask has bits.
pub(crate) const BLOCK: usize = 64;

/// Where the special bytes of one block stand, a bit for each byte.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stops {
    /// What ends a component: separators of components and elements, and terminators.
    pub(crate) ends: u64,
    /// Of these, the separators of elements.
    pub(crate) elements: u64,
    /// Of these, the terminators.
    pub(crate) terminators: u64,
    /// All others, which are rare: release characters, separators of repetitions, control
    /// characters.
    pub(crate) rare: u64,
}

/// Finds special bytes, and remembers the two blocks that were looked at last.
#[derive(Clone, Debug)]
pub(crate) struct Specials {
    component: u8x16,
    element: u8x16,
    terminator: u8x16,
    /// Repeat the terminator where they are not in use.
    release: u8x16,
    repetition: u8x16,
    /// Components and elements are separated as at level A.
    level_a: bool,
    /// Start of a block, a multiple of [`BLOCK`], and what stands in it: neighbours lie apart.
    blocks: [(usize, Stops); 2],
}

impl Specials {
    pub(crate) fn new(service: ServiceString) -> Self {
        let terminator = service.terminator;
        Self {
            component: u8x16::splat(service.component),
            element: u8x16::splat(service.element),
            terminator: u8x16::splat(terminator),
            release: u8x16::splat(service.release.unwrap_or(terminator)),
            repetition: u8x16::splat(service.repetition.unwrap_or(terminator)),
            level_a: (service.element, service.component)
                == (
                    ServiceString::LEVEL_A.element,
                    ServiceString::LEVEL_A.component,
                ),
            blocks: [(usize::MAX, Stops::default()); 2],
        }
    }

    /// Where the block of `at` starts, and the special bytes in it, those before `at` left out.
    #[inline]
    pub(crate) fn from(&mut self, bytes: &[u8], at: usize) -> (usize, Stops) {
        let block = at & !(BLOCK - 1);
        let stops = self.block(bytes, block);
        let ahead = u64::MAX << (at - block);
        let stops = Stops {
            ends: stops.ends & ahead,
            elements: stops.elements,
            terminators: stops.terminators & ahead,
            rare: stops.rare & ahead,
        };
        (block, stops)
    }

    /// The special bytes from `at` on, as many bytes as a block has; no more than up to the first
    /// terminator need be right.
    #[inline]
    pub(crate) fn ahead(&mut self, bytes: &[u8], at: usize) -> Stops {
        let block = at & !(BLOCK - 1);
        let offset = at - block;
        let near = *self.block(bytes, block);
        let mut stops = Stops {
            ends: near.ends >> offset,
            elements: near.elements >> offset,
            terminators: near.terminators >> offset,
            rare: near.rare >> offset,
        };
        if stops.terminators == 0 && offset > 0 {
            let far = self.block(bytes, block + BLOCK);
            let rest = BLOCK - offset;
            stops.ends |= far.ends << rest;
            stops.elements |= far.elements << rest;
            stops.terminators |= far.terminators << rest;
            stops.rare |= far.rare << rest;
        }
        stops
    }

    #[inline]
    fn block(&mut self, bytes: &[u8], block: usize) -> &Stops {
        let place = block / BLOCK % 2;
        if self.blocks[place].0 != block {
            self.blocks[place] = (block, self.load(bytes, block));
        }
        &self.blocks[place].1
    }

    /// The bytes with separators as level A has them; what would be one there is none then.
    #[inline]
    pub(crate) fn at_level_a(&self, bytes: [u8; 16]) -> [u8; 16] {
        if self.level_a {
            return bytes;
        }
        let bytes = u8x16::new(bytes);
        let level_a = [
            ServiceString::LEVEL_A.element,
            ServiceString::LEVEL_A.component,
        ];
        let [element, component] = level_a.map(u8x16::splat);
        let (is_element, is_component) =
            (bytes.simd_eq(self.element), bytes.simd_eq(self.component));
        let data = !(is_element | is_component | bytes.simd_eq(element) | bytes.simd_eq(component));
        (is_element & element | is_component & component | bytes & data).to_array()
    }

    #[inline(never)]
    fn load(&self, bytes: &[u8], block: usize) -> Stops {
        let rest = bytes.get(block..).unwrap_or_default();
        match rest.first_chunk::<BLOCK>() {
            Some(whole) => self.look(whole),
            None => {
                // No special byte stands behind the end.
                let mut padded = [0xff; BLOCK];
                padded[..rest.len()].copy_from_slice(rest);
                self.look(&padded)
            }
        }
    }

    /// What stands at the front of `bytes`: as many as `N`, which is at most [`BLOCK`].
    #[inline]
    pub(crate) fn look<const N: usize>(&self, block: &[u8; N]) -> Stops {
        let mut stops = Stops::default();
        let (chunks, _) = block.as_chunks();
        for (at, chunk) in chunks.iter().enumerate() {
            let bytes = u8x16::new(*chunk);
            let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
            let terminator = bytes.simd_eq(self.terminator);
            let element = bytes.simd_eq(self.element);
            let end = terminator | element | bytes.simd_eq(self.component);
            let rare = control | bytes.simd_eq(self.release) | bytes.simd_eq(self.repetition);
            let bits = |found: u8x16| u64::from(found.to_bitmask()) << (16 * at);
            stops.ends |= bits(end);
            stops.elements |= bits(element);
            stops.terminators |= bits(terminator);
            stops.rare |= bits(rare);
        }
        // A control character may separate, too.
        stops.rare &= !stops.ends;
        stops
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first special byte at `from` or behind it.
    fn next(specials: &mut Specials, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while at < bytes.len() {
            let (block, stops) = specials.from(bytes, at);
            if (stops.ends | stops.rare) != 0 {
                return Some(block + (stops.ends | stops.rare).trailing_zeros() as usize);
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
                let (_, stops) = Specials::new(service).from(&bytes, 0);
                assert_eq!(stops.ends | stops.rare, 0b10, "{component}");
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
