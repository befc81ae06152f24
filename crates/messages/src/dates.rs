//! Reads dates and times as messages write them.
//!
//! - In: the text of one component and its format code.  Out: what is known, and what is wrong.
//! - Source: UN/EDIFACT data element 2379; AIRIMP for `DDMMMYY`.
//! - Invariants: no clock is read, so the century of a two-digit year comes from a date in the
//!   same message; a date that does not exist keeps the parts that can.

use jiff::civil::{Date, DateTime};
use oriel_model::PartialDate;

/// Years outside of these are not dates of persons or documents.
const PLAUSIBLE_YEARS: std::ops::RangeInclusive<i16> = 1850..=2150;

/// Where a message says no date at all, two-digit years below this are of this century.
const PIVOT_WITHOUT_REFERENCE: u8 = 30;

/// A date that may be partly unknown, as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// What is known.
    pub(crate) date: Option<PartialDate>,
    /// What is wrong with the text.
    pub(crate) fault: Option<DateFault>,
}

/// What is wrong with a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateFault {
    /// It has the shape of a date, but there is no such day or month.
    NotInCalendar,
    /// It does not have the shape of a date.
    Unreadable,
}

/// A local time as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Date and time of day.
    Full(DateTime),
    /// A date alone.
    Day(Date),
    /// Neither.
    Unreadable,
}

impl Reading {
    const UNKNOWN: Self = Self {
        date: None,
        fault: None,
    };
    const UNREADABLE: Self = Self {
        date: None,
        fault: Some(DateFault::Unreadable),
    };

    /// Whether the text was a full date and nothing is wrong with it.
    pub(crate) fn is_plain(&self) -> bool {
        self.fault.is_none() && self.date.is_some_and(|date| date.day().is_some())
    }
}

/// The parts of a date as sent; `None` where a part says that it is unknown.
#[derive(Clone, Copy)]
struct Fields {
    year: Year,
    month: Option<u8>,
    day: Option<u8>,
}

#[derive(Clone, Copy)]
enum Year {
    Unknown,
    Two(u8),
    Four(i16),
}

/// A birth date. `reference` is a day on which the person lives, such as that of the flight: a
/// two-digit year is the latest that is not after it, so that infants are infants.
pub(crate) fn birth(text: &[u8], format: &[u8], reference: Option<Date>) -> Reading {
    resolve(fields(text, format), |yy, month, day| {
        birth_year(yy, month, day, reference)
    })
}

/// The last day of a document, or its day of issue: of this century unless that is more than 50
/// years after `reference`.
pub(crate) fn document(text: &[u8], format: &[u8], reference: Option<Date>) -> Reading {
    resolve(fields(text, format), |yy, _, _| {
        let year = 2000 + i16::from(yy);
        match reference {
            Some(reference) if year > reference.year() + 50 => year - 100,
            None if yy >= 70 => year - 100,
            _ => year,
        }
    })
}

/// A flight's local time, or a date, in any of the formats of element 2379; blanks are ignored.
pub(crate) fn moment(text: &[u8], format: &[u8]) -> Moment {
    let mut digits = [0_u8; 12];
    let mut len = 0;
    for &byte in text.iter().filter(|byte| **byte != b' ') {
        match digits.get_mut(len) {
            Some(digit) if byte.is_ascii_digit() => *digit = byte - b'0',
            Some(_) if len < 10 => return Moment::Unreadable,
            // Seconds, a time zone or the end of a period follow.
            _ => break,
        }
        len += 1;
    }
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    let four_digit_year = matches!(len, 8 | 12);
    let (year, at) = match (len, format) {
        (6, b"2") => (2000 + i16::from(two(4)), 0),
        (8 | 12, _) => (i16::from(two(0)) * 100 + i16::from(two(2)), 4),
        (6 | 10, _) => (2000 + i16::from(two(0)), 2),
        _ => return Moment::Unreadable,
    };
    let (month, day) = if len == 6 && format == b"2" {
        (two(2), two(0))
    } else {
        (two(at), two(at + 2))
    };
    let Ok(date) = Date::new(year, month as i8, day as i8) else {
        return Moment::Unreadable;
    };
    if len <= 8 {
        return Moment::Day(date);
    }
    let at = if four_digit_year { 8 } else { 6 };
    time(date, two(at), two(at + 2)).map_or(Moment::Unreadable, Moment::Full)
}

/// Date and time of preparation (S004): `YYMMDD` or `CCYYMMDD`, and `HHMM`.
pub(crate) fn prepared(date: &[u8], hhmm: &[u8]) -> Option<DateTime> {
    let Moment::Day(date) = moment(date, b"") else {
        return None;
    };
    if hhmm.is_empty() {
        return Some(date.at(0, 0, 0, 0));
    }
    let number = number(hhmm.get(..4)?)?;
    time(date, (number / 100) as u8, (number % 100) as u8)
}

/// `24:00` is sent for the midnight that ends the day.
fn time(date: Date, hour: u8, minute: u8) -> Option<DateTime> {
    if (hour, minute) == (24, 0) {
        return Some(date.tomorrow().ok()?.at(0, 0, 0, 0));
    }
    (hour < 24 && minute < 60).then(|| date.at(hour as i8, minute as i8, 0, 0))
}

fn resolve(fields: Option<Fields>, century: impl Fn(u8, u8, u8) -> i16) -> Reading {
    let Some(fields) = fields else {
        return Reading::UNREADABLE;
    };
    let month = fields.month.unwrap_or(0);
    let day = if month == 0 {
        0
    } else {
        fields.day.unwrap_or(0)
    };
    let year = match fields.year {
        Year::Unknown => return Reading::UNKNOWN,
        Year::Four(0) | Year::Two(0) if fields.month.is_none() && fields.day.is_none() => {
            return Reading::UNKNOWN;
        }
        Year::Two(yy) => century(yy, month, day),
        Year::Four(year) => year,
    };
    if !PLAUSIBLE_YEARS.contains(&year) {
        return Reading::UNREADABLE;
    }
    let kept = [(month, day), (month, 0), (0, 0)]
        .into_iter()
        .find_map(|(m, d)| Some((PartialDate::new(year, m, d)?, (m, d) == (month, day))));
    match kept {
        Some((date, whole)) => Reading {
            date: Some(date),
            fault: (!whole).then_some(DateFault::NotInCalendar),
        },
        None => Reading::UNREADABLE,
    }
}

fn birth_year(yy: u8, month: u8, day: u8, reference: Option<Date>) -> i16 {
    let young = 2000 + i16::from(yy);
    let after = match reference {
        Some(on) => {
            (young, month, day) > (on.year(), on.month() as u8, on.day() as u8)
                && !(young == on.year() && month == 0)
        }
        None => yy >= PIVOT_WITHOUT_REFERENCE,
    };
    if after { young - 100 } else { young }
}

/// The same day some years later, or earlier where they are negative; the last of February for the
/// 29th in a year without one.
pub(crate) fn years_later(day: Date, years: i16) -> Date {
    let year = day.year().saturating_add(years);
    let same = Date::new(year, day.month(), day.day());
    same.or_else(|_| Date::new(year, day.month(), 28))
        .unwrap_or(Date::MAX)
}

/// Splits `YYMMDD`, `CCYYMMDD`, `DDMMYY` (format 2), `CCYY-MM-DD`, `DDMMMYY` or `DDMMMCCYY`.
fn fields(text: &[u8], format: &[u8]) -> Option<Fields> {
    let numbers = |year_: &[u8], month, day| {
        Some(Fields {
            year: year(year_)?,
            month: part(month)?,
            day: part(day)?,
        })
    };
    match *text {
        [a, b, c, d, e, f] if format == b"2" => numbers(&[e, f], [c, d], [a, b]),
        [a, b, c, d, e, f] => numbers(&[a, b], [c, d], [e, f]),
        [a, b, c, d, e, f, g, h] | [a, b, c, d, b'-', e, f, b'-', g, h] => {
            numbers(&[a, b, c, d], [e, f], [g, h])
        }
        [a, b, c, d, e, ref rest @ ..] if matches!(rest.len(), 2 | 4) => Some(Fields {
            day: part([a, b])?,
            month: Some(month_number([c, d, e])?),
            year: year(rest)?,
        }),
        _ => None,
    }
}

/// English month names as AIRIMP abbreviates them.
fn month_number(name: [u8; 3]) -> Option<u8> {
    Some(match &name.map(|letter| letter.to_ascii_uppercase()) {
        b"JAN" => 1,
        b"FEB" => 2,
        b"MAR" => 3,
        b"APR" => 4,
        b"MAY" => 5,
        b"JUN" => 6,
        b"JUL" => 7,
        b"AUG" => 8,
        b"SEP" => 9,
        b"OCT" => 10,
        b"NOV" => 11,
        b"DEC" => 12,
        _ => return None,
    })
}

fn is_unknown(text: &[u8]) -> bool {
    text.iter()
        .all(|byte| matches!(byte, b'X' | b'x' | b' ' | b'<' | b'-'))
}

/// Month or day: `Some(None)` says that the sender does not know it.
fn part(text: [u8; 2]) -> Option<Option<u8>> {
    match number(&text) {
        Some(number) => Some((number != 0).then_some(number as u8)),
        None => is_unknown(&text).then_some(None),
    }
}

fn year(text: &[u8]) -> Option<Year> {
    match number(text) {
        Some(number) if text.len() == 2 => Some(Year::Two(number as u8)),
        Some(number) => Some(Year::Four(number)),
        None => is_unknown(text).then_some(Year::Unknown),
    }
}

fn number(text: &[u8]) -> Option<i16> {
    text.iter().try_fold(0_i16, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i16::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[track_caller]
    fn check(text: &str, format: &str, expect: &str) {
        let got = birth(text.as_bytes(), format.as_bytes(), Some(date(2026, 11, 4)));
        let date = got.date.map_or("-".into(), |date| date.to_string());
        let fault = got
            .fault
            .map_or(String::new(), |fault| format!(" {fault:?}"));
        assert_eq!(format!("{date}{fault}"), expect);
    }

    #[test]
    fn birth_dates_are_read_as_far_as_they_can_exist() {
        check("870217", "", "1987-02-17");
        check("870231", "", "1987-02 NotInCalendar");
        check("871345", "", "1987 NotInCalendar");
        check("19620417", "102", "1962-04-17");
        check("170462", "2", "1962-04-17");
        check("1962-04-17", "", "1962-04-17");
        check("05MAY19", "", "2019-05-05");
        check("31FEB1987", "", "1987-02 NotInCalendar");
        check("31022000", "102", "- Unreadable");
        check("3112", "", "- Unreadable");
        check("87O217", "", "- Unreadable");
    }

    #[test]
    fn birthdays_come_round_every_year() {
        let after = |day: Date, years| years_later(day, years).to_string();
        assert_eq!(after(date(2024, 2, 29), 2), "2026-02-28");
        assert_eq!(after(date(2024, 2, 29), 4), "2028-02-29");
        assert_eq!(after(date(1916, 11, 4), 110), "2026-11-04");
        assert_eq!(after(date(9999, 1, 1), 2), "9999-12-31");
    }

    #[test]
    fn unknown_parts_are_no_fault() {
        check("550000", "", "1955");
        check("5504XX", "", "1955-04");
        check("55    ", "", "1955");
        check("19550400", "102", "1955-04");
        check("000000", "", "-");
        check("XXXXXX", "", "-");
        check("550017", "", "1955");
    }

    #[test]
    fn a_two_digit_year_is_the_latest_on_which_the_person_can_be_born() {
        check("251230", "", "2025-12-30");
        check("261104", "", "2026-11-04");
        check("261105", "", "1926-11-05");
        check("260000", "", "2026");
        check("270000", "", "1927");
        check("000101", "", "2000-01-01");
    }

    #[test]
    fn documents_expire_in_this_century_unless_that_is_absurd() {
        let on = Some(date(2026, 11, 4));
        let year = |text: &[u8]| document(text, b"", on).date.map(PartialDate::year);
        assert_eq!(year(b"310607"), Some(2031));
        assert_eq!(year(b"760101"), Some(2076));
        assert_eq!(year(b"990101"), Some(1999));
        assert_eq!(
            document(b"310631", b"", on).fault,
            Some(DateFault::NotInCalendar)
        );
    }

    #[test]
    fn flight_times_are_read_in_all_their_lengths() {
        let full = Moment::Full(date(2026, 11, 4).at(10, 15, 0, 0));
        for (text, format) in [
            ("2611041015", "201"),
            ("2611041015", ""),
            ("26 11 04 10 15", "201"),
            ("202611041015", "203"),
            ("20261104101530", "204"),
            ("202611041015?+0100", "205"),
            ("202611041015", "201"),
        ] {
            assert_eq!(
                moment(text.as_bytes(), format.as_bytes()),
                full,
                "{text} {format}"
            );
        }
        assert_eq!(moment(b"261104", b"101"), Moment::Day(date(2026, 11, 4)));
        assert_eq!(moment(b"041126", b"2"), Moment::Day(date(2026, 11, 4)));
        assert_eq!(moment(b"20261104", b"102"), Moment::Day(date(2026, 11, 4)));
        let midnight = Moment::Full(date(2026, 11, 5).at(0, 0, 0, 0));
        assert_eq!(moment(b"2611042400", b"201"), midnight);
        for bad in [
            "",
            "26110",
            "2611041060",
            "2611312400",
            "26110A1015",
            "2613041015",
        ] {
            assert_eq!(moment(bad.as_bytes(), b""), Moment::Unreadable, "{bad}");
        }
    }
}
