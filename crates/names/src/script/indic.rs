//! Scripts of India, which Unicode lays out alike: Devanagari, Bengali, Gurmukhi, Gujarati, Odia,
//! Tamil, Telugu, Kannada and Malayalam.
//!
//! - Source: ISCII order, which the blocks U+0900 to U+0D7F keep: a letter has the same place in
//!   each. Names are written as passports spell them (`SH`, `CH`), not by a scholar's system.
//! - Invariant: a consonant carries an `A` unless a vowel sign or a virama follows, or the word ends.

/// First and last character of the blocks.
const BLOCKS: std::ops::Range<u32> = 0x0900..0x0D80;

/// Writes the word that begins with `chars`, if it is of these scripts.
pub(super) fn push(out: &mut String, c: char, next: Option<char>) -> bool {
    let Some(place) = place(c) else { return false };
    match place {
        0x01 | 0x02 => out.push('N'),
        0x03 => out.push('H'),
        0x05..=0x14 => out.push_str(VOWELS[place as usize - 0x05]),
        0x15..=0x39 => {
            out.push_str(CONSONANTS[place as usize - 0x15]);
            let bare = match next.and_then(self::place) {
                Some(0x3C | 0x3E..=0x4D) => true,
                Some(_) => false,
                // The last one of a word is not heard with its vowel.
                None => true,
            };
            if !bare {
                out.push('A');
            }
        }
        // A dot that makes a letter of Persian or Arabic; a vowel may still follow it.
        0x3C => {
            let letter_next = next.and_then(self::place);
            if letter_next.is_some_and(|p| (0x05..=0x39).contains(&p)) {
                out.push('A');
            }
        }
        0x3E..=0x4C => out.push_str(SIGNS[place as usize - 0x3E]),
        _ => {}
    }
    true
}

/// The place of a letter within its block.
fn place(c: char) -> Option<u32> {
    let c = u32::from(c);
    BLOCKS.contains(&c).then_some(c & 0x7F)
}

const VOWELS: [&str; 16] = [
    "A", "A", "I", "I", "U", "U", "RI", "LI", "E", "E", "E", "AI", "O", "O", "O", "AU",
];

const SIGNS: [&str; 15] = [
    "A", "I", "I", "U", "U", "RI", "RI", "E", "E", "E", "AI", "O", "O", "O", "AU",
];

const CONSONANTS: [&str; 37] = [
    "K", "KH", "G", "GH", "N", "CH", "CH", "J", "JH", "N", "T", "TH", "D", "DH", "N", "T", "TH",
    "D", "DH", "N", "N", "P", "PH", "B", "BH", "M", "Y", "R", "R", "L", "L", "L", "V", "SH", "SH",
    "S", "H",
];
