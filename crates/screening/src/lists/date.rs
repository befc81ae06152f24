//! Birth dates as lists write them.

use crate::Birth;
use oriel_model::PartialDate;

/// The order in which a list writes day, month and year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// `1976-02-17`, also `1976-02` and `1976`.
    #[default]
    YearMonthDay,
    /// `17.02.1976`.
    DayMonthYear,
    /// `02/17/1976`.
    MonthDayYear,
}

impl Order {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "year-month-day" => Self::YearMonthDay,
            "day-month-year" => Self::DayMonthYear,
            "month-day-year" => Self::MonthDayYear,
            _ => return None,
        })
    }
}

/// Reads a date, a part of one, a range of years, or an approximate one.
pub(crate) fn parse(text: &str, order: Order) -> Option<Birth> {
    let text = text.trim().trim_end_matches('.');
    // What follows an ISO date is a time.
    let text = match text.as_bytes().get(10) {
        Some(b'T') => &text[..10],
        _ => text,
    };
    if let Some(birth) = Birth::parse(text) {
        return Some(birth);
    }
    let lower = text.to_lowercase();
    let about = [
        "circa",
        "approximately",
        "approx.",
        "approx",
        "about",
        "ca.",
        "c.",
    ];
    if let Some(rest) = about.iter().find_map(|a| lower.strip_prefix(a)) {
        let birth = parse(rest, order)?;
        return Some(Birth {
            approximate: true,
            ..birth
        });
    }
    let lower = lower.strip_prefix("between").unwrap_or(&lower).trim();
    for between in [" and ", " to ", "-", "–", "/"] {
        if let Some((from, to)) = lower.split_once(between)
            && let (Some(from), Some(to)) = (year(from), year(to))
        {
            return (from <= to).then_some(Birth {
                from,
                to,
                approximate: false,
            });
        }
    }
    single(lower, order).map(Birth::on)
}

fn year(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    (text.len() == 4)
        .then(|| PartialDate::parse(text))
        .flatten()
}

fn single(text: &str, order: Order) -> Option<PartialDate> {
    let fields: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|f| !f.is_empty())
        .collect();
    let number = |f: &str| f.parse::<u8>().ok();
    let named = fields.iter().position(|f| month_name(f).is_some());
    let years: Vec<usize> = (0..fields.len())
        .filter(|i| fields[*i].len() == 4 && fields[*i].bytes().all(|b| b.is_ascii_digit()))
        .collect();
    let [at] = years[..] else { return None };
    let year: i16 = fields[at].parse().ok()?;
    let rest: Vec<&str> = (0..fields.len())
        .filter(|i| *i != at)
        .map(|i| fields[i])
        .collect();
    let (month, day) = match (rest.as_slice(), named) {
        ([], _) => (0, 0),
        ([name], Some(_)) => (month_name(name)?, 0),
        ([a, b], Some(_)) => match (month_name(a), month_name(b)) {
            (Some(month), None) => (month, number(b)?),
            (None, Some(month)) => (month, number(a)?),
            _ => return None,
        },
        ([month], None) => (number(month)?, 0),
        ([a, b], None) if at == 0 || order == Order::MonthDayYear => (number(a)?, number(b)?),
        ([a, b], None) => (number(b)?, number(a)?),
        _ => return None,
    };
    PartialDate::new(year, month, day)
}

fn month_name(text: &str) -> Option<u8> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let start = text.get(..3)?;
    let letters = text.bytes().all(|b| b.is_ascii_alphabetic());
    MONTHS
        .iter()
        .position(|m| letters && *m == start)
        .map(|i| i as u8 + 1)
}

#[cfg(test)]
mod tests {
    use super::{Order, parse};

    #[track_caller]
    fn check(text: &str, order: Order, expect: &str) {
        let got = parse(text, order).map_or("none".into(), |b| b.to_string());
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn dates_as_lists_write_them() {
        check("1976-02-17", Order::YearMonthDay, "1976-02-17");
        check("1976/02/17", Order::YearMonthDay, "1976-02-17");
        check("17.02.1976", Order::DayMonthYear, "1976-02-17");
        check("00/00/1976", Order::DayMonthYear, "1976");
        check("00/02/1976", Order::DayMonthYear, "1976-02");
        check("02/17/1976", Order::MonthDayYear, "1976-02-17");
        check("17 Feb 1976", Order::YearMonthDay, "1976-02-17");
        check("Nov. 1973", Order::YearMonthDay, "1973-11");
        check("circa 1970", Order::YearMonthDay, "1970~");
        check("1970 to 1975", Order::YearMonthDay, "1970/1975");
        check("between 1970 and 1975", Order::YearMonthDay, "1970/1975");
        check("1976-02-17T00:00:00", Order::YearMonthDay, "1976-02-17");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "31.02.1976",
            "17.02.76",
            "about forty",
            "1975-1970",
            "17 Foo 1976",
        ] {
            check(text, Order::DayMonthYear, "none");
        }
    }
}
