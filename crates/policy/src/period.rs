//! A span of calendar time as laws write it: `6 months`, `3 years 6 months`, `72 hours`.
//!
//! - In: text of a profile.  Out: a [`Period`] that can be added to a UTC instant.
//! - Source: R-RET-01, R-RET-02; months count as in Regulation (EEC, Euratom) No 1182/71,
//!   Article 3(2)(c).
//! - Invariant: a later start never gives an earlier end. This is why a month that lacks the day
//!   ends at its last midnight, and not at the start's hour on its last day: 30 January 23:00 and
//!   31 January 01:00 would otherwise change places.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A length of time in calendar months (UTC) and minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    months: u16,
    minutes: u32,
}

/// A text that is no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a period; write it as \"6 months\", \"3 years 6 months\", \"72 hours\" or \"none\""
)]
pub struct NotAPeriod(String);

/// Units by name, in months and minutes. Longest first, the order in which they print.
const UNITS: &[(&str, u16, u32)] = &[
    ("year", 12, 0),
    ("month", 1, 0),
    ("day", 0, 24 * 60),
    ("hour", 0, 60),
    ("minute", 0, 1),
];

/// Longer than any law keeps anything; keeps sums far from the end of the calendar.
const LONGEST_YEARS: u16 = 200;

impl Period {
    /// No time at all.
    pub const NONE: Self = Self {
        months: 0,
        minutes: 0,
    };

    /// The instant at which the period ends when it starts at `from`; the last instant of the
    /// calendar when it ends later than that.
    pub fn after(self, from: Timestamp) -> Timestamp {
        self.checked_after(from).unwrap_or(Timestamp::MAX)
    }

    fn checked_after(self, from: Timestamp) -> Option<Timestamp> {
        let start = from.to_zoned(TimeZone::UTC).datetime();
        let month = start.date().first_of_month();
        let month = month.checked_add(i32::from(self.months).months()).ok()?;
        let end = if start.day() > month.days_in_month() {
            month
                .checked_add(1.month())
                .ok()?
                .to_datetime(jiff::civil::Time::midnight())
        } else {
            let date = month.checked_add(i32::from(start.day() - 1).days()).ok()?;
            date.to_datetime(start.time())
        };
        let end = end.to_zoned(TimeZone::UTC).ok()?.timestamp();
        end.checked_add(SignedDuration::from_mins(i64::from(self.minutes)))
            .ok()
    }

    /// The instant that lies so long before `until`; the first of the calendar when there is none.
    pub fn before(self, until: Timestamp) -> Timestamp {
        let begin = until
            .to_zoned(TimeZone::UTC)
            .checked_sub(i32::from(self.months).months())
            .map(|at| at.timestamp());
        begin
            .and_then(|at| at.checked_sub(SignedDuration::from_mins(i64::from(self.minutes))))
            .unwrap_or(Timestamp::MIN)
    }

    /// A measure by which two periods of one profile can be compared: minutes, a month being as
    /// long as the longest.
    pub(crate) fn at_most_minutes(self) -> u64 {
        u64::from(self.months) * 31 * 24 * 60 + u64::from(self.minutes)
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let wrong = || NotAPeriod(text.to_owned());
        if text == "none" {
            return Ok(Self::NONE);
        }
        let mut period = Self::NONE;
        let mut words = text.split_ascii_whitespace();
        while let Some(count) = words.next() {
            let count: u16 = count.parse().map_err(|_| wrong())?;
            let unit = words.next().ok_or_else(wrong)?;
            let unit = unit.strip_suffix('s').unwrap_or(unit);
            let (_, months, minutes) = UNITS
                .iter()
                .find(|(name, ..)| *name == unit)
                .ok_or_else(wrong)?;
            let months = months.checked_mul(count).ok_or_else(wrong)?;
            period.months = period.months.checked_add(months).ok_or_else(wrong)?;
            period.minutes += minutes * u32::from(count);
        }
        let sound = period != Self::NONE && period.months <= LONGEST_YEARS * 12;
        sound.then_some(period).ok_or_else(wrong)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NONE {
            return f.write_str("none");
        }
        // Laws say "72 hours", not "3 days": minutes are written in the largest unit that holds
        // them whole, days aside below a week.
        let (mut months, mut minutes) = (self.months, self.minutes);
        let mut gap = "";
        for (name, in_months, in_minutes) in UNITS {
            if *name == "day" && !(minutes % in_minutes == 0 && minutes >= 7 * in_minutes) {
                continue;
            }
            let count = if *in_months > 0 {
                let count = u32::from(months / in_months);
                months %= in_months;
                count
            } else {
                let count = minutes / in_minutes;
                minutes %= in_minutes;
                count
            };
            if count > 0 {
                let plural = if count == 1 { "" } else { "s" };
                write!(f, "{gap}{count} {name}{plural}")?;
                gap = " ";
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(from: &str, period: &str, expect: &str) {
        let from: Timestamp = from.parse().unwrap();
        let period: Period = period.parse().unwrap();
        assert_eq!(period.after(from).to_string(), expect, "{period}");
    }

    /// R-RET-02.
    #[test]
    fn a_period_ends_at_the_same_day_and_hour() {
        check("2026-11-22T14:07:09Z", "6 months", "2027-05-22T14:07:09Z");
        check("2026-11-22T14:07:09Z", "5 years", "2031-11-22T14:07:09Z");
        check("2026-11-22T14:00:00Z", "72 hours", "2026-11-25T14:00:00Z");
        check("2026-11-22T14:00:00Z", "none", "2026-11-22T14:00:00Z");
        check(
            "2026-11-22T00:00:00Z",
            "3 years 6 months",
            "2030-05-22T00:00:00Z",
        );
    }

    /// R-RET-02.
    #[test]
    fn a_month_without_the_day_ends_at_its_last_midnight() {
        check("2026-08-30T10:00:00Z", "6 months", "2027-03-01T00:00:00Z");
        check("2026-08-31T23:59:59Z", "6 months", "2027-03-01T00:00:00Z");
        check("2026-10-31T10:00:00Z", "1 month", "2026-12-01T00:00:00Z");
    }

    /// R-RET-01.
    #[test]
    fn leap_days_count() {
        check("2027-08-29T10:00:00Z", "6 months", "2028-02-29T10:00:00Z");
        check("2028-02-29T10:00:00Z", "5 years", "2033-03-01T00:00:00Z");
        check("2028-02-29T10:00:00Z", "4 years", "2032-02-29T10:00:00Z");
        check("2028-02-28T10:00:00Z", "48 hours", "2028-03-01T10:00:00Z");
    }

    #[test]
    fn the_calendar_has_an_end_and_nothing_panics_there() {
        check(
            "9999-12-01T00:00:00Z",
            "6 months",
            "9999-12-30T22:00:00.999999999Z",
        );
    }

    #[test]
    fn what_is_no_period_is_named() {
        for text in [
            "",
            "6",
            "six months",
            "6 moons",
            "-1 months",
            "0 days",
            "201 years",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text:?}");
        }
        let error = "6 moons".parse::<Period>().unwrap_err().to_string();
        assert!(error.starts_with("\"6 moons\" is not a period"), "{error}");
    }

    #[test]
    fn a_period_prints_as_laws_write_it() {
        for text in [
            "none",
            "6 months",
            "3 years 6 months",
            "72 hours",
            "1 hour",
            "30 minutes",
            "30 days",
            "5 years",
        ] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!(
            "18 months".parse::<Period>().unwrap().to_string(),
            "1 year 6 months"
        );
    }

    proptest! {
        #[test]
        fn a_later_start_never_ends_earlier(
            start in 0_i64..4_102_444_800, gap in 0_i64..5_000_000,
            months in 0_u16..130, minutes in 0_u32..20_000,
        ) {
            let period = Period { months, minutes };
            let a = Timestamp::from_second(start).unwrap();
            let b = Timestamp::from_second(start + gap).unwrap();
            prop_assert!(period.after(a) <= period.after(b));
            prop_assert!(period.after(a) >= a);
        }

        #[test]
        fn what_is_printed_is_read(months in 0_u16..2400, minutes in 0_u32..200_000) {
            let period = Period { months, minutes };
            prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
        }
    }
}
