//! Places for codes of up to three capital letters, so that one is found without a search.
//!
//! - Invariant: two such codes never share a place. Any other text has some place too, so that what
//!   is found there is compared with what was sought.

/// How many places there are.
pub(crate) const PLACES: usize = 1 << 15;

/// The place of a code: five bits a letter, the first letter highest.
pub(crate) const fn place(code: &str) -> usize {
    let code = code.as_bytes();
    let mut place = 0;
    let mut at = 0;
    while at < 3 {
        let letter = if at < code.len() { code[at] & 31 } else { 0 };
        place = place << 5 | letter as usize;
        at += 1;
    }
    place
}
