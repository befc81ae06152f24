//! Check digits, and what can be mended by them.
//!
//! - Source: ICAO Doc 9303 part 3, section 4.9: weights 7, 3, 1 from the left; digits count as
//!   themselves, letters from 10 on, fillers 0.
//! - Invariant: a plain document number is never judged, because nothing in it says which of its
//!   characters could be a check digit.

/// Digits and the letters that readers and people take for them.
const ALIKE: [(u8, u8); 5] = [
    (b'0', b'O'),
    (b'1', b'I'),
    (b'8', b'B'),
    (b'5', b'S'),
    (b'2', b'Z'),
];

/// What a field may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// Digits and fillers.
    Digits,
    /// Letters too.
    Any,
}

/// Whether the check digits in `text` fit; `None` when it has none.
///
/// What is recognised: the second line of a passport or visa (44 or 36 characters), the first line
/// of a card (30), and a number field with its fillers and check digit (`B1234567<3`).
pub(crate) fn check_digits_fit(text: &str) -> Option<bool> {
    let line = text.as_bytes();
    let is_known = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<';
    // Most are plain numbers, which their length tells.
    if !matches!(line.len(), 10 | 30 | 36 | 44) || !line.iter().all(is_known) {
        return None;
    }
    match line.len() {
        10 if line[..9].contains(&b'<') && line[9].is_ascii_digit() => {
            Some(fits(&line[..9], line[9]))
        }
        30 if line[2..5].iter().all(|byte| !byte.is_ascii_digit()) && line[14].is_ascii_digit() => {
            Some(fits(&line[5..14], line[14]))
        }
        36 | 44 if is_second_line(line) => Some(
            fits(&line[..9], line[9])
                && fits(&line[13..19], line[19])
                && fits(&line[21..27], line[27]),
        ),
        _ => None,
    }
}

/// Digits where a second line has check digits, and a sex between the dates.
fn is_second_line(line: &[u8]) -> bool {
    let digits = [9, 19, 27].iter().all(|&at| line[at].is_ascii_digit());
    digits && matches!(line[20], b'M' | b'F' | b'X' | b'<')
}

/// Whether `digit` is the check digit of `field`.
pub(super) fn fits(field: &[u8], digit: u8) -> bool {
    digit == digit_of(field)
}

/// The check digit of a field.
pub(super) fn digit_of(field: &[u8]) -> u8 {
    let weighted = field.iter().zip([7, 3, 1].into_iter().cycle());
    let sum: u32 = weighted
        .map(|(&byte, weight)| {
            let value = match byte {
                b'0'..=b'9' => byte - b'0',
                b'A'..=b'Z' => byte - b'A' + 10,
                _ => 0,
            };
            u32::from(value) * weight
        })
        .sum();
    b'0' + (sum % 10) as u8
}

/// The field and its digit with letters and digits that look alike exchanged so that they fit;
/// `None` when no exchange does, or more than one.
///
/// In a field of digits every letter is wrong. Elsewhere one character at most is taken to be.
pub(super) fn mended(field: &[u8], digit: u8, kind: Field) -> Option<(Vec<u8>, u8)> {
    let digit = as_digit(digit).unwrap_or(digit);
    if kind == Field::Digits {
        let digits = field.iter().map(|byte| as_digit(*byte).unwrap_or(*byte));
        let mended: Vec<u8> = digits.collect();
        let digits_only = mended.iter().all(|byte| !byte.is_ascii_alphabetic());
        return (digits_only && fits(&mended, digit)).then_some((mended, digit));
    }
    if fits(field, digit) {
        return Some((field.to_vec(), digit));
    }
    let mut found = None;
    for at in 0..field.len() {
        let Some(other) = alike(field[at]) else {
            continue;
        };
        let mut mended = field.to_vec();
        mended[at] = other;
        if fits(&mended, digit) && found.replace((mended, digit)).is_some() {
            return None;
        }
    }
    found
}

fn as_digit(byte: u8) -> Option<u8> {
    ALIKE
        .iter()
        .find(|(_, letter)| *letter == byte)
        .map(|(digit, _)| *digit)
}

fn alike(byte: u8) -> Option<u8> {
    ALIKE.iter().find_map(|(digit, letter)| match byte {
        _ if byte == *digit => Some(*letter),
        _ if byte == *letter => Some(*digit),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::check_digits_fit;

    #[test]
    fn a_number_field_with_fillers_is_judged() {
        assert_eq!(check_digits_fit("B1234567<3"), Some(true));
        assert_eq!(check_digits_fit("B1234567<4"), Some(false));
    }

    #[test]
    fn whole_lines_are_judged() {
        // The specimens of Doc 9303 parts 4 and 5.
        let passport = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
        assert_eq!(passport.len(), 44);
        assert_eq!(check_digits_fit(passport), Some(true));
        assert_eq!(
            check_digits_fit(&passport.replace("740812", "740813")),
            Some(false)
        );
        assert_eq!(
            check_digits_fit("I<UTOD231458907<<<<<<<<<<<<<<<"),
            Some(true)
        );
        assert_eq!(
            check_digits_fit("I<UTOD231458906<<<<<<<<<<<<<<<"),
            Some(false)
        );
    }

    #[test]
    fn plain_numbers_are_not_judged() {
        for number in ["K7042189X2", "1234567890", "", "B1234567<", "ab<cdefg12"] {
            assert_eq!(check_digits_fit(number), None, "{number}");
        }
    }
}
