//! How far two words are apart in sound: the letters of each as sounds, and the cheapest way to
//! make one of the other.
//!
//! Cheap is what states spell differently (vowels of one colour, `K` and `G`, `W` and `OU`), dear
//! what no spelling explains. One slip of the pen is dear once.
//!
//! Invariant: the distance is symmetric and depends on the two words alone; words of more than
//! [`MAX`] sounds are compared as far as that.

use crate::Token;

/// Sounds beyond this many are not looked at.
pub(crate) const MAX: usize = 20;

/// The sounds of a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Phones {
    codes: [u8; MAX],
    len: u8,
}

/// A vowel is a set of colours below [`CONSONANT`]; a consonant its class plus this.
pub(crate) const CONSONANT: u8 = 16;

const A: u8 = 1;
const E: u8 = 2;
const I: u8 = 4;
const U: u8 = 8;

const K: u8 = 16;
const G: u8 = 17;
const J: u8 = 18;
const Y: u8 = 19;
const CH: u8 = 20;
const S: u8 = 21;
const SH: u8 = 22;
const Z: u8 = 23;
const T: u8 = 24;
const D: u8 = 25;
const P: u8 = 26;
const B: u8 = 27;
const F: u8 = 28;
const V: u8 = 29;
const H: u8 = 30;
const KH: u8 = 31;
const L: u8 = 32;
const M: u8 = 33;
const N: u8 = 34;
const R: u8 = 35;
/// A `C` that is `K` to some and `CH` or `TS` to others.
const C: u8 = 36;

/// Several letters for one sound, longest first.
const CLUSTERS: &[(&[u8], u8)] = &[
    (b"TSCH", CH),
    (b"SHCH", SH),
    (b"CHTCH", SH),
    (b"DSCH", J),
    (b"SCH", SH),
    (b"TCH", CH),
    (b"TSH", CH),
    (b"DZH", J),
    (b"TS", Z),
    (b"TZ", Z),
    (b"TH", T),
    (b"DJ", J),
    (b"DZ", Z),
    (b"DH", D),
    (b"SH", SH),
    (b"SZ", S),
    (b"ZH", J),
    (b"CH", CH),
    (b"CZ", CH),
    (b"CK", K),
    (b"KH", KH),
    (b"GH", G),
    (b"PH", F),
    (b"BH", B),
];

/// Second letters of all of them, one bit each, so that most words need not be held against them.
const CLUSTERED: u32 = {
    let (mut letters, mut row) = (0, 0);
    while row < CLUSTERS.len() {
        letters |= 1 << (CLUSTERS[row].0[1] - b'A');
        row += 1;
    }
    letters
};

fn colour(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A' => A,
        b'E' => E,
        b'I' => I,
        b'O' | b'U' => U,
        _ => return None,
    })
}

impl Phones {
    /// The sounds of a word of A-Z. `apart`: neighbouring vowels are sounds of their own, as in
    /// scripts that write few of them.
    pub(crate) fn of(word: &str, apart: bool) -> Self {
        let b = word.as_bytes();
        let mut phones = Self {
            codes: [0; MAX],
            len: 0,
        };
        let mut i = 0;
        while i < b.len() {
            let at = |k: usize| b.get(i + k).copied().unwrap_or(0);
            let rest = &b[i..];
            // Greek writes B and D of foreign words so.
            if i == 0 && (rest.starts_with(b"MP") || rest.starts_with(b"NT")) {
                phones.push(if b[0] == b'M' { B } else { D }, apart);
                i += 2;
                continue;
            }
            let cluster = |(letters, _): &&(&[u8], u8)| rest.starts_with(letters);
            let second = CLUSTERED >> (at(1).wrapping_sub(b'A') & 31) & 1 != 0;
            if second && let Some((letters, code)) = CLUSTERS.iter().find(cluster) {
                phones.push(*code, apart);
                i += letters.len();
                continue;
            }
            // Wattara, Ouattara; Jawad, Djaouad.
            if rest.starts_with(b"OU") && colour(at(2)).is_some() && !apart {
                phones.push(V, apart);
                i += 2;
                continue;
            }
            if let Some(colour) = colour(b[i]) {
                // A mute final e.
                let mute = b[i] == b'E' && i + 1 == b.len() && b.len() > 4;
                if !mute || apart {
                    phones.push(colour, apart);
                }
                i += 1;
                continue;
            }
            let vowel_next = colour(at(1)).is_some();
            if b[i] == b'X' && i > 0 {
                phones.push(K, apart);
            }
            phones.push(
                match b[i] {
                    b'Y' if vowel_next && (i == 0 || colour(b[i - 1]).is_some()) => Y,
                    b'Y' => I,
                    b'J' if !vowel_next => I,
                    b'J' if i > 0 && colour(b[i - 1]).is_none() => I,
                    b'C' if matches!(at(1), b'E' | b'I' | b'Y') => S,
                    b'X' if i == 0 => SH,
                    b'X' => S,
                    b'H' if i + 1 == b.len() && i > 0 && colour(b[i - 1]).is_some() => {
                        i += 1;
                        continue;
                    }
                    other => simple(other),
                },
                apart,
            );
            i += 1;
        }
        phones
    }

    fn push(&mut self, code: u8, apart: bool) {
        let len = usize::from(self.len);
        let last = len.checked_sub(1).map(|at| self.codes[at]);
        match last {
            // A doubled consonant is one; vowels beside each other are one of several colours.
            Some(last) if last == code && !(apart && code < CONSONANT) => {}
            Some(last) if !apart && last < CONSONANT && code < CONSONANT => {
                self.codes[len - 1] |= code;
            }
            _ if len < MAX => {
                self.codes[len] = code;
                self.len += 1;
            }
            _ => {}
        }
    }

    pub(crate) fn codes(&self) -> &[u8] {
        &self.codes[..usize::from(self.len)]
    }
}

fn simple(letter: u8) -> u8 {
    match letter {
        b'B' => B,
        b'C' => C,
        b'K' | b'Q' => K,
        b'D' => D,
        b'F' => F,
        b'G' => G,
        b'H' => H,
        b'J' => J,
        b'L' => L,
        b'M' => M,
        b'N' => N,
        b'P' => P,
        b'R' => R,
        b'S' => S,
        b'T' => T,
        b'V' | b'W' => V,
        _ => Z,
    }
}

/// One more than the highest code, up to the next power of two, so that a code needs no check.
const CODES: usize = 64;

/// Where vowels are written, what a sound on one side only costs, in tenths of a slip.
static ALONE: [u8; CODES] = {
    let mut costs = [0; CODES];
    let mut code = 0;
    while code < CODES {
        costs[code] = alone(code as u8);
        code += 1;
    }
    costs
};

/// What two sounds in each other's place cost.
static INSTEAD: [[u8; CODES]; CODES] = {
    let mut costs = [[0; CODES]; CODES];
    let mut code = 0;
    while code < CODES * CODES {
        costs[code / CODES][code % CODES] = instead((code / CODES) as u8, (code % CODES) as u8);
        code += 1;
    }
    costs
};

/// The code of no sound.
const NO_SOUND: u8 = u8::MAX;

/// What two neighbours in each other's place cost.
const SWAPPED: u16 = 9;

const fn alone(code: u8) -> u8 {
    match code {
        0..CONSONANT => 4,
        H | Y => 5,
        _ => 11,
    }
}

const fn instead(a: u8, b: u8) -> u8 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low == high {
        return 0;
    }
    if high < CONSONANT {
        return match () {
            () if a & b != 0 => 1,
            () if near(a) & b != 0 => 2,
            () => 6,
        };
    }
    if low < CONSONANT {
        return match high {
            V if low & U != 0 => 2,
            Y if low & I != 0 => 2,
            J if low & I != 0 => 6,
            _ => 15,
        };
    }
    match (low, high) {
        // The lower number stands first.
        (K, C) => 1,
        (G | CH | S | SH | Z, C) => 4,
        (KH, C) => 5,
        (K, G) | (J, Y) | (T, D) | (P, B) | (H, KH) => 4,
        (CH, S | SH) | (S, SH | Z) | (CH | SH, Z) => 4,
        (G, J) | (J, CH | SH | Z) | (K, KH) | (G, KH) | (G, H) | (B, V) | (F, V | H) => 5,
        (J, D) | (CH, H | KH) | (CH, T) => 6,
        (K, H | CH) | (P, F) | (Z, D) | (L, R) | (M, N) | (S | Z, T) => 8,
        _ => 11,
    }
}

/// What a consonant costs at least that is not met by itself.
pub(crate) const fn dearness(code: u8) -> u8 {
    let mut least = alone(code);
    let mut other = 1;
    while other <= C {
        let cost = instead(code, other);
        if other != code && cost < least {
            least = cost;
        }
        other += 1;
    }
    least
}

/// Sounds that cost more alone than one that is left out and one taken for the other, one bit each:
/// where a word has them, two words that begin or end alike in this sound need not be cheapest
/// with the two in each other's place.
static DEARER: [u64; CODES] = {
    let mut dearer = [0; CODES];
    let mut pair = 0;
    while pair < CODES * CODES {
        let (code, other) = ((pair / CODES) as u8, (pair % CODES) as u8);
        if alone(other) > alone(code) + instead(code, other) {
            dearer[code as usize] |= 1 << other;
        }
        pair += 1;
    }
    dearer
};

/// Colours that a colour is also written as.
const fn near(colours: u8) -> u8 {
    let mut all = colours;
    if colours & A != 0 {
        all |= E;
    }
    if colours & E != 0 {
        all |= A | I;
    }
    if colours & I != 0 {
        all |= E;
    }
    all
}

/// Tenths of a slip allowed for each sound of the shorter word.
const FOR_EACH: u16 = 3;

/// Fewest sounds of a word that may be like another.
const FEWEST: u8 = 3;

/// How far two words are apart, in tenths of a slip, if that is at most `most`, and at most three
/// for each sound of the shorter word. `ear`: of the first word, if there is one.
pub(crate) fn distance(a: &Token, b: &Token, ear: Option<&Ear>, most: u16) -> Option<u16> {
    // What one script does not write is compared as that script reads it.
    let apart = |t: &Token| Phones::of(&t.text, true);
    match (a.abjad, b.abjad) {
        (false, false) => match ear {
            Some(ear) => ear.distance(&a.phones, &b.phones, most),
            None => a.phones.distance(&b.phones, false, most),
        },
        (true, true) => a.phones.distance(&b.phones, true, most),
        (true, false) => a.phones.distance(&apart(b), true, most),
        (false, true) => apart(a).distance(&b.phones, true, most),
    }
}

/// What each sound costs at least against a word, wherever it stands: the cheapest of leaving it
/// out and of taking it for one of the word's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ear {
    costs: [u8; CODES],
    len: u8,
}

impl Ear {
    pub(crate) fn new(word: &Phones) -> Self {
        let mut costs = ALONE;
        for code in word.codes() {
            let row = &INSTEAD[usize::from(*code) % CODES];
            for (least, cost) in costs.iter_mut().zip(row) {
                *least = (*least).min(*cost);
            }
        }
        Self {
            costs,
            len: word.len,
        }
    }

    /// How far the word, whose ear this is, and the other are apart, both of scripts that write vowels;
    /// quick where they are further apart than `most`.
    fn distance(&self, word: &Phones, other: &Phones, most: u16) -> Option<u16> {
        let limit = most.min(self.limit(other.len.into()));
        let mut rest = [0; MAX + 2];
        for (i, code) in other.codes().iter().enumerate().rev() {
            rest[i] = rest[i + 1] + u16::from(self.cost(*code));
        }
        if rest[0] > limit || other.len.min(word.len) < FEWEST {
            return None;
        }
        between(other.codes(), word.codes(), false, &rest, limit)
    }

    /// What a sound costs at least.
    pub(crate) fn cost(&self, code: u8) -> u8 {
        self.costs[usize::from(code) % CODES]
    }

    /// How far a word of so many sounds may be.
    pub(crate) fn limit(&self, sounds: u16) -> u16 {
        FOR_EACH * sounds.min(self.len.into())
    }
}

impl Phones {
    fn distance(&self, other: &Self, abjad: bool, most: u16) -> Option<u16> {
        let sounds = self.len.min(other.len);
        let limit = most.min(FOR_EACH * u16::from(sounds));
        if sounds < FEWEST {
            return None;
        }
        between(self.codes(), other.codes(), abjad, &[0; MAX + 2], limit)
    }
}

/// `rest`: what the sounds of `a` cost at least from each on.
fn between(a: &[u8], b: &[u8], abjad: bool, rest: &[u16; MAX + 2], limit: u16) -> Option<u16> {
    let (alike, ends) = match abjad {
        true => (0, 0),
        false => alike(a, b),
    };
    let (a, b) = (&a[alike..a.len() - ends], &b[alike..b.len() - ends]);
    let rest = &rest[alike..];
    reckoned(a, b, abjad, rest, limit)
}

/// The same for whole words, whatever they begin and end with.
fn reckoned(a: &[u8], b: &[u8], abjad: bool, rest: &[u16], limit: u16) -> Option<u16> {
    let alone = |code: u8| match abjad && code < CONSONANT {
        true => 0,
        false => u16::from(ALONE[usize::from(code) % CODES]),
    };
    let mut rows = [[0_u16; MAX + 1]; 3];
    let [before, last, row] = &mut rows;
    // Two rows back, one row back, and the one being reckoned.
    let (mut before, mut last, mut row) = (before, last, row);
    let mut gaps = [0_u16; MAX];
    for (j, code) in b.iter().enumerate() {
        gaps[j] = alone(*code);
        last[j + 1] = last[j] + gaps[j];
    }
    // Words of such a script may begin with any vowel.
    let mut free = match (abjad, a, b) {
        (true, [x, ..], [y, ..]) => (*x).max(*y) < CONSONANT,
        _ => false,
    };
    let (mut x_before, mut least_before) = (NO_SOUND, 0);
    for (i, x) in a.iter().enumerate() {
        let without = alone(*x);
        let instead = &INSTEAD[usize::from(*x) % CODES];
        row[0] = last[0] + without;
        let (mut cell, mut aslant, mut y_before) = (row[0], last[0], NO_SOUND);
        let mut least = cell;
        let columns = b.iter().zip(&gaps).zip(&last[1..]).zip(&mut row[1..]);
        for (j, (((y, gap), above), slot)) in columns.enumerate() {
            let other = match free {
                true => 0,
                false => u16::from(instead[usize::from(*y) % CODES]),
            };
            free = false;
            let mut best = (aslant + other).min(above + without).min(cell + gap);
            if *y == x_before && *x == y_before {
                best = best.min(before[j - 1] + SWAPPED);
            }
            (cell, aslant, y_before) = (best, *above, *y);
            least = least.min(best);
            *slot = best;
        }
        // A swap leads past a row.
        let swapped = least_before + SWAPPED + rest[i + 2];
        if least + rest[i + 1] > limit && swapped > limit {
            return None;
        }
        (least_before, x_before) = (least, *x);
        (before, last, row) = (last, row, before);
    }
    Some(last[b.len()]).filter(|cost| *cost <= limit)
}

/// How many sounds two words begin with, and then end with, that are cheapest by themselves and so
/// cost nothing.
fn alike(a: &[u8], b: &[u8]) -> (usize, usize) {
    let sounds = a.iter().chain(b).fold(0, |all: u64, code| all | 1 << code);
    let same = |(x, y): &(&u8, &u8)| x == y && DEARER[usize::from(**x) % CODES] & sounds == 0;
    let start = a.iter().zip(b).take_while(same).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::{Ear, MAX, Phones, between, distance, reckoned};
    use crate::{Token, common_names};

    #[track_caller]
    fn check(a: &str, b: &str, expect: Option<u16>) {
        let (x, y) = (Token::new(a), Token::new(b));
        let cost = |a: &Token, b: &Token| {
            let cost = distance(a, b, None, 30);
            let ear = Ear::new(&a.phones);
            assert_eq!(distance(a, b, Some(&ear), 30), cost, "{a:?} {b:?}");
            cost
        };
        assert_eq!(cost(&x, &y), expect, "{a} against {b}");
        assert_eq!(cost(&x, &y), cost(&y, &x), "symmetric");
    }

    #[test]
    fn what_words_begin_and_end_with_alike_changes_no_distance() {
        let names = common_names().into_iter().flat_map(|row| row.names);
        let words: Vec<Phones> = names.map(|name| Phones::of(name, false)).collect();
        let (mut shorter, rest) = (0, [0; MAX + 2]);
        for (a, b) in words
            .iter()
            .step_by(17)
            .flat_map(|a| words.iter().map(move |b| (a.codes(), b.codes())))
        {
            let whole = reckoned(a, b, false, &rest, 30);
            assert_eq!(between(a, b, false, &rest, 30), whole, "{a:?} {b:?}");
            shorter += usize::from(whole.is_some() && super::alike(a, b) != (0, 0));
        }
        assert!(shorter > 500, "{shorter}");
    }

    #[test]
    fn spellings_of_one_sound_are_near_and_slips_cost_a_slip() {
        check("KESTREL", "KESTREL", Some(0));
        check("JAWAD", "DJAOUAD", Some(0));
        check("CHAHOUFOUBI", "SHAAHOOFOBY", Some(4));
        check("MUKHTAR", "MOHTAR", Some(4));
        check("BAKOGIANNIS", "MPAKOGIANNIS", Some(0));
        check("KESTREL", "KESTEL", Some(11));
        check("KESTREL", "KESRTEL", Some(9));
        check("KESTREL", "MORALES", None);
    }
}
