//! Values as people type them into forms: dates of every order, states by name, words for yes.
//!
//! - In: the text of a cell.  Out: the value as PAXLST writes it, or nothing where it is no such
//!   value, so that the decoder of PAXLST says what is wrong with it.
//! - Invariant: no clock is read; a date of which day and month could be changed round is read day
//!   first, and that is told.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use oriel_model::Country;

/// Words for nothing.
const NOTHING: &[&str] = &[
    "n/a",
    "na",
    "-",
    "--",
    "nil",
    "none",
    "null",
    "not applicable",
    ".",
];

/// Months by their first three letters in English, French and Spanish.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene"],
    &["feb", "fev", "fév"],
    &["mar"],
    &["apr", "avr", "abr"],
    &["may", "mai"],
    &["jun", "jui"],
    &["jul"],
    &["aug", "aou", "aoû", "ago"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "déc", "dic", "dez"],
];

/// A date as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReadDate {
    pub(super) at: DateTime,
    /// Whether a time of day was sent.
    pub(super) has_time: bool,
    /// Day and month could be changed round.
    pub(super) order_unsure: bool,
}

/// Whether a cell says that there is nothing to say.
pub(super) fn is_nothing(text: &str) -> bool {
    text.is_empty()
        || NOTHING
            .iter()
            .any(|nothing| nothing.eq_ignore_ascii_case(text))
}

/// A date, with or without a time of day. A year of two digits is the last that is no later than
/// `latest`.
pub(super) fn read_date(text: &str, latest: Option<i16>) -> Option<ReadDate> {
    let whole = |at: Date| ReadDate {
        at: at.at(0, 0, 0, 0),
        has_time: false,
        order_unsure: false,
    };
    if let Some(serial) = serial(text) {
        return Some(serial);
    }
    let (day, time) = split_time(text);
    let has_time = time.is_some();
    let time = match time {
        Some(time) => read_time(time)?,
        None => (0, 0),
    };
    let parts: Vec<&str> = day
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let mut read = match parts[..] {
        [all] if all.len() == 8 && digits(all) => {
            whole(calendar(all[..4].parse().ok()?, &all[4..6], &all[6..])?)
        }
        [year, month, day] if year.len() == 4 && digits(year) => {
            whole(calendar(year.parse().ok()?, month, day)?)
        }
        [day, month, year] if digits(year) && (year.len() == 4 || year.len() == 2) => {
            let year = year_of(year, latest)?;
            match calendar(year, month, day) {
                Some(at) => {
                    let turned =
                        digits(month) && day != month && calendar(year, day, month).is_some();
                    ReadDate {
                        order_unsure: turned,
                        ..whole(at)
                    }
                }
                // Month first: 02/17/1987, FEB 17 1987.
                None => whole(calendar(year, day, month)?),
            }
        }
        _ => return None,
    };
    read.at = read.at.date().at(time.0, time.1, 0, 0);
    read.has_time = has_time;
    Some(read)
}

/// A time of day: `19:00`, `1900`, `19:00:00`, with or without `Z` or `LT` behind it.
pub(super) fn read_time(text: &str) -> Option<(i8, i8)> {
    let bare = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let mut parts = bare.split([':', '.', 'h']);
    let (hour, minute) = match (parts.next()?, parts.next()) {
        (both, None) if both.len() == 4 && digits(both) => both.split_at(2),
        (hour, Some(minute)) => (hour, minute),
        _ => return None,
    };
    let read = |text: &str, most: i8| text.parse::<i8>().ok().filter(|n| (0..=most).contains(n));
    Some((read(hour, 23)?, read(minute, 59)?))
}

/// A state as three letters, from a code, a name or the adjective of a nationality.
pub(super) fn read_state(text: &str) -> Option<Country> {
    Country::from_name(text).or_else(|| {
        // `IRL - Ireland`, `Ireland (IRL)`.
        let mut words = text.split(|c: char| !c.is_ascii_alphabetic());
        let code =
            words.find(|word| word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase()));
        Country::parse(code?).ok().filter(Country::is_known)
    })
}

/// Yes and no in the words of forms.
pub(super) fn read_yes(text: &str) -> bool {
    let yes = [
        "y", "yes", "1", "true", "x", "oui", "o", "si", "sí", "ja", "j", "transit",
    ];
    let text = text.to_lowercase();
    yes.contains(&text.as_str())
}

/// Sex as PAXLST codes it.
pub(super) fn read_sex(text: &str) -> Option<&'static str> {
    Some(match text.to_lowercase().as_str() {
        "m" | "male" | "masculin" | "homme" | "h" | "hombre" | "1" => "M",
        "f" | "female" | "féminin" | "feminin" | "femme" | "mujer" | "2" => "F",
        "x" | "other" | "unspecified" | "9" => "X",
        "u" | "unknown" | "0" => "U",
        _ => return None,
    })
}

/// The kind of a travel document as PAXLST codes it, where it has a code.
pub(super) fn read_document_kind(text: &str) -> Option<&'static str> {
    let folded: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    Some(match folded.to_lowercase().as_str() {
        "passport" | "passeport" | "pasaporte" | "pp" | "p" | "39" => "P",
        "identitycard" | "idcard" | "id" | "nationalid" | "i" | "36" | "cartedidentite" => "I",
        "visa" | "v" => "V",
        _ => return None,
    })
}

/// Whether a spreadsheet made a number out of what was none: `1.23E+08`.
pub(super) fn is_spoiled(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let sign = exponent.strip_prefix('+').or(exponent.strip_prefix('-'));
    sign.is_some_and(digits)
        && mantissa.contains(['.', ','])
        && mantissa
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
}

/// Days since the last of December 1899, as spreadsheets count, and the part of a day.
fn serial(text: &str) -> Option<ReadDate> {
    let (days, part) = text.split_once('.').unwrap_or((text, ""));
    if days.len() != 5 || !digits(days) || !(part.is_empty() || digits(part)) {
        return None;
    }
    let days: i32 = days.parse().ok()?;
    let part = format!("0.{part}0").parse::<f64>().ok()?;
    let minutes = (part * 1440.0).round() as i64;
    let day = date(1899, 12, 30).checked_add(days.days()).ok()?;
    Some(ReadDate {
        at: day.at(0, 0, 0, 0).checked_add(minutes.minutes()).ok()?,
        has_time: minutes > 0,
        order_unsure: false,
    })
}

/// Date and time of day apart: `2026-11-03T19:00`, `3/11/2026 19:00`.
fn split_time(text: &str) -> (&str, Option<&str>) {
    let at = text.find('T').filter(|at| *at >= 8).or_else(|| {
        let blank = text.rfind(' ')?;
        let (hour, _) = text[blank + 1..].split_once([':', 'h'])?;
        digits(hour).then_some(blank)
    });
    match at {
        Some(at) => (&text[..at], Some(text[at + 1..].trim())),
        None => (text, None),
    }
}

fn calendar(year: i16, month: &str, day: &str) -> Option<Date> {
    let month = if digits(month) {
        month.parse().ok()?
    } else {
        let lower = month.to_lowercase();
        let at = MONTHS
            .iter()
            .position(|names| names.iter().any(|name| lower.starts_with(name)))?;
        // `juillet` begins as `juin` does.
        if lower.starts_with("juil") {
            7
        } else {
            at as i8 + 1
        }
    };
    Date::new(year, month, day.parse().ok()?).ok()
}

fn year_of(text: &str, latest: Option<i16>) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    if text.len() == 4 {
        return Some(year);
    }
    let latest = latest?;
    let guess = latest - latest.rem_euclid(100) + year;
    Some(if guess > latest { guess - 100 } else { guess })
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let read = read_date(text, Some(2026));
        let shown = read.map(|read| {
            let day = read.at.date().to_string();
            let time = read.at.strftime(" %H:%M").to_string();
            let unsure = if read.order_unsure { " ?" } else { "" };
            day + if read.has_time { &time } else { "" } + unsure
        });
        assert_eq!(shown.as_deref(), expected, "{text}");
    }

    #[test]
    fn dates_in_every_order() {
        check("1980-04-03", Some("1980-04-03"));
        check("19800403", Some("1980-04-03"));
        check("3/4/1980", Some("1980-04-03 ?"));
        check("04.04.1980", Some("1980-04-04"));
        check("17/02/87", Some("1987-02-17"));
        check("02/17/1987", Some("1987-02-17"));
        check("17-AUG-2029", Some("2029-08-17"));
        check("August 17, 2029", Some("2029-08-17"));
        check("14 juillet 1989", Some("1989-07-14"));
        check("29313", Some("1980-04-02"));
        check("46329.79166666667", Some("2026-11-03 19:00"));
        check("2026-11-03T19:00", Some("2026-11-03 19:00"));
        check("3/11/2026 19:00", Some("2026-11-03 19:00 ?"));
        for odd in [
            "",
            "1980",
            "31/02/1980",
            "yesterday",
            "1980-13-01",
            "99999999",
            "1e5",
        ] {
            check(odd, None);
        }
    }

    #[test]
    fn words_of_forms() {
        assert_eq!(read_time("1900"), Some((19, 0)));
        assert_eq!(read_time("19:05 LT"), Some((19, 5)));
        assert_eq!(read_time("24:05"), None);
        let state = |text| read_state(text).map(|state| state.to_string());
        assert_eq!(state("Ireland").as_deref(), Some("IRL"));
        assert_eq!(state("Utopia (UTO)").as_deref(), Some("UTO"));
        assert_eq!(state("IE").as_deref(), Some("IRL"));
        assert_eq!(state("somewhere"), None);
        assert!(is_spoiled("1.23E+08") && !is_spoiled("12E345") && !is_spoiled("E+08"));
        assert!(is_nothing("N/A") && is_nothing("-") && !is_nothing("Nilsen"));
        assert!(read_yes("Oui") && !read_yes("N"));
    }
}
