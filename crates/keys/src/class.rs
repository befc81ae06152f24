//! What a key is for: a class of data and a day.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

const FIRST: Date = Date::constant(1970, 1, 1);

/// What is sealed: each class has keys of its own, which are destroyed at a time of its own.
///
/// The numbers are part of every sealed value and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// Everything about a journey, until it is masked.
    Whole = 0,
    /// What stays readable after masking.
    Open = 1,
    /// What masking takes away: any ring seals it, only a vault opens it.
    Masked = 2,
    /// Records with recorded objective evidence, after the initial period.
    Kept = 3,
    /// Time-boxed copies made by an approved unmasking; their day is the one on which they end.
    Opened = 4,
    /// Lists and secrets, which have no day: always [`Bucket`] 0.
    Static = 5,
}

impl Class {
    /// Every class, by its number.
    pub const ALL: [Self; 6] = [
        Self::Whole,
        Self::Open,
        Self::Masked,
        Self::Kept,
        Self::Opened,
        Self::Static,
    ];

    /// Its name in words of people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Open => "open",
            Self::Masked => "masked",
            Self::Kept => "kept",
            Self::Opened => "opened",
            Self::Static => "static",
        }
    }

    /// The class of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The day a key belongs to: UTC days since 1970-01-01 of the instant from which retention runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bucket(pub u32);

impl Bucket {
    /// The last day for which there are keys: 2149-06-06. The bound keeps a wrong date from
    /// deriving keys for hours.
    pub const LAST: Self = Self(u16::MAX as u32);

    /// The UTC day of an instant; the first day for what lies before it.
    pub fn of(at: Timestamp) -> Self {
        Self::from_date(at.to_zoned(TimeZone::UTC).date())
    }

    /// The day of a date; the first day for what lies before it.
    pub fn from_date(date: Date) -> Self {
        let days = date.duration_since(FIRST).as_secs() / (24 * 60 * 60);
        Self(u32::try_from(days).unwrap_or(0))
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match FIRST.checked_add(SignedDuration::from_hours(24 * i64::from(self.0))) {
            Ok(date) => write!(f, "{date}"),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_utc_and_prints_as_a_date() {
        for (at, day, shown) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01"),
            ("2024-02-29T23:59:59Z", 19_782, "2024-02-29"),
            ("2024-03-01T01:30:00+02:00", 19_782, "2024-02-29"),
            ("1969-12-31T23:00:00Z", 0, "1970-01-01"),
        ] {
            let bucket = Bucket::of(at.parse().unwrap());
            assert_eq!(
                (bucket.0, bucket.to_string().as_str()),
                (day, shown),
                "{at}"
            );
        }
        assert_eq!(Bucket::LAST.to_string(), "2149-06-06");
        assert_eq!(Bucket(u32::MAX).to_string(), "day 4294967295");
    }
}
