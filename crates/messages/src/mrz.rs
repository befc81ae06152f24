//! Check digits of the machine-readable zone, where a message carries them.
//!
//! - Source: ICAO Doc 9303 part 3, section 4.9, and the layouts of parts 4 to 7.
//! - Invariant: a plain document number is never judged, because nothing in it says which of its
//!   characters could be a check digit.

/// Whether the check digits in `text` fit; `None` when it has none.
///
/// What is recognised: the second line of a passport or visa (44 or 36 characters), the first line
/// of a card (30), and a number field with its fillers and check digit (`B1234567<3`).
pub(crate) fn check_digits_fit(text: &str) -> Option<bool> {
    let line = text.as_bytes();
    if !line
        .iter()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<')
    {
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

/// Weights 7, 3, 1 from the left; digits count as themselves, letters from 10 on, fillers 0.
fn fits(field: &[u8], digit: u8) -> bool {
    let sum: u32 = field
        .iter()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(&byte, weight)| {
            let value = match byte {
                b'0'..=b'9' => byte - b'0',
                b'A'..=b'Z' => byte - b'A' + 10,
                _ => 0,
            };
            u32::from(value) * weight
        })
        .sum();
    sum % 10 == u32::from(digit - b'0')
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
