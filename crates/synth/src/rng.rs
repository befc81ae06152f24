//! The only source of chance: SplitMix64, seeded by numbers.
//!
//! - Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
//!   OOPSLA 2014; constants of the 64-bit finaliser by D. Stafford (variant 13).
//! - Invariant: what [`Rng::at`] yields depends on its arguments only, so any flight, booking or
//!   person can be made again without making the others.

/// A stream of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The stream that belongs to a place in the world, such as flight 12, booking 3.
    pub(crate) fn at(seed: u64, place: &[u64]) -> Self {
        let mut state = mix(seed);
        for part in place {
            state = mix(state ^ mix(part.wrapping_add(0x9E37_79B9_7F4A_7C15)));
        }
        Self(state)
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number from 0 up to, not including, `n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// True `n` times in a hundred.
    pub(crate) fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    /// One of `items`, all alike.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// One of `items`, those in front more often, as names and nationalities are.
    pub(crate) fn pick_front<T: Copy>(&mut self, items: &[T]) -> T {
        let reach = self.below(items.len()) + 1;
        items[self.below(reach)]
    }

    /// One row of a table.
    pub(crate) fn row<'a, T>(&mut self, table: &'a [T]) -> &'a T {
        &table[self.below(table.len())]
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_stream_and_places_differ() {
        let draw = |place: &[u64]| Rng::at(7, place).bits();
        assert_eq!(draw(&[1, 2]), draw(&[1, 2]));
        assert_ne!(draw(&[1, 2]), draw(&[2, 1]));
        assert_ne!(draw(&[1]), draw(&[1, 0]));
    }

    #[test]
    fn numbers_stay_in_range_and_reach_both_ends() {
        let mut rng = Rng::at(1, &[]);
        let drawn: Vec<i64> = (0..1000).map(|_| rng.between(-2, 3)).collect();
        assert_eq!(drawn.iter().min(), Some(&-2));
        assert_eq!(drawn.iter().max(), Some(&3));
        assert_eq!(rng.below(0), 0);
    }
}
