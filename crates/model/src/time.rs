//! Dates that may be partly unknown.
//!
//! Schedules are local civil times (`jiff::civil::DateTime`) at a place; receipts and audit are
//! UTC instants (`jiff::Timestamp`). Neither is ever used for the other.

use crate::Text;
use std::fmt;

/// A calendar date of which the day, or day and month, may be unknown.
///
/// Invariant: a known day has a known month, and what is known exists in the calendar.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    year: i16,
    month: u8,
    day: u8,
}

impl PartialDate {
    /// The date of which `month` and `day` may be 0 for unknown; `None` if it cannot exist.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let possible = match (month, day) {
            (0, 0) => true,
            (0, _) => false,
            (1..=12, 0) => true,
            _ => {
                let day = i8::try_from(day).ok()?;
                jiff::civil::Date::new(year, i8::try_from(month).ok()?, day).is_ok()
            }
        };
        (possible && (1..=9999).contains(&year)).then_some(Self { year, month, day })
    }

    /// A full date.
    pub fn from_date(date: jiff::civil::Date) -> Self {
        Self {
            year: date.year(),
            month: date.month() as u8,
            day: date.day() as u8,
        }
    }

    /// Reads `1987`, `1987-02` or `1987-02-17`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let year = fields.next().filter(|y| y.len() == 4)?.parse().ok()?;
        let mut two = || match fields.next() {
            Some(field) if field.len() == 2 => field.parse::<u8>().ok().filter(|n| *n > 0),
            Some(_) => None,
            None => Some(0),
        };
        let (month, day) = (two()?, two()?);
        if fields.next().is_some() {
            None
        } else {
            Self::new(year, month, day)
        }
    }

    /// Year, always known.
    pub fn year(self) -> i16 {
        self.year
    }

    /// Month 1 to 12, if known.
    pub fn month(self) -> Option<u8> {
        (self.month > 0).then_some(self.month)
    }

    /// Day of the month, if known.
    pub fn day(self) -> Option<u8> {
        (self.day > 0).then_some(self.day)
    }

    /// The full date, if every part is known.
    pub fn date(self) -> Option<jiff::civil::Date> {
        jiff::civil::Date::new(self.year, self.month()? as i8, self.day()? as i8).ok()
    }
}

/// ISO 8601, shortened to what is known: `1987-02-17`, `1987-02`, `1987`.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month > 0 {
            write!(f, "-{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(f, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A birth date as understood, and as sent where that is not a plain date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BirthDate {
    /// What is known of the date; `None` when nothing of the text could be read as one.
    pub date: Option<PartialDate>,
    /// The text as sent, when it is not a full plain date.
    pub text: Option<Text>,
}
