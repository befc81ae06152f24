//! Dates and times of PNRGOV: DDMMYY and HHMM in components; DDMMMYY stands in texts of SSR.
//!
//! Times are local in TVL and UTC everywhere else; this module keeps the figures.

use super::Reader;
use super::values::{code, text};
use crate::dates;
use crate::findings::pnrgov as findings;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, ToSpan};
use oriel_edifact::Part;
use oriel_model::{BirthDate, PartialDate, Personal};

/// How much earlier than its departure a flight may arrive by the clocks of both places and still
/// arrive on the same day: one hop to the next zone in the west.
const ZONE_HOP: SignedDuration = SignedDuration::from_hours(1);

/// Departure and arrival of one TVL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) departs: Option<DateTime>,
    pub(super) arrives: Option<DateTime>,
}

/// Two digits.
fn pair(bytes: &[u8]) -> Option<i8> {
    match bytes {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(((a - b'0') * 10 + (b - b'0')) as i8),
        _ => None,
    }
}

/// DDMMYY of a flight or a transaction: always this century.
pub(super) fn day(bytes: &[u8]) -> Option<Date> {
    let bytes: &[u8; 6] = bytes.try_into().ok()?;
    let year = 2000 + i16::from(pair(&bytes[4..])?);
    Date::new(year, pair(&bytes[2..4])?, pair(&bytes[..2])?).ok()
}

/// HHMM or HHMMSS.
fn clock(bytes: &[u8]) -> Option<Time> {
    let second = match bytes.len() {
        4 => 0,
        6 => pair(&bytes[4..])?,
        _ => return None,
    };
    Time::new(pair(&bytes[..2])?, pair(&bytes[2..4])?, second, 0).ok()
}

/// Whether a text has the shape of DDMMMYY or DDMMMYYYY; a day that is not known may be `XX`.
pub(super) fn is_spelled(bytes: &[u8]) -> bool {
    let Some((day, rest)) = bytes.split_at_checked(2) else {
        return false;
    };
    let Some((month, year)) = rest.split_at_checked(3) else {
        return false;
    };
    (day == b"XX" || pair(day).is_some())
        && month.iter().all(u8::is_ascii_alphabetic)
        && matches!(year.len(), 2 | 4)
        && year.iter().all(u8::is_ascii_digit)
}

/// The moment in a check-in text: the word that reads DDMMMYYHHMMZ.
pub(super) fn zulu(text: &str) -> Option<DateTime> {
    text.split(' ').find_map(|word| {
        let (date, time) = word.strip_suffix('Z')?.split_at_checked(7)?;
        let date = dates::document(date.as_bytes(), b"", None).date?.date()?;
        Some(date.to_datetime(clock(time.as_bytes())?))
    })
}

impl<'a> Reader<'_, 'a, '_> {
    /// A date and, where it was sent, a time; without one the day starts at midnight.
    pub(super) fn moment(&mut self, date: Part<'a>, time: Part<'a>) -> Option<DateTime> {
        let date = self.dated(date, day)?;
        let time = self.dated(time, clock);
        Some(date.to_datetime(time.unwrap_or(Time::midnight())))
    }

    fn dated<T>(&mut self, part: Part<'a>, read: fn(&[u8]) -> Option<T>) -> Option<T> {
        let bytes = &*code(part);
        let value = read(bytes);
        if value.is_none() && !bytes.is_empty() {
            self.body.report(&findings::BAD_DATE, part.span());
        }
        value
    }

    /// Departure and arrival out of the first composite of TVL.
    ///
    /// An arrival without a date is on the day of departure, or on the next where the clock says
    /// earlier. Two short forms are in use: the arrival time in the third component, or the third
    /// component left empty.
    pub(super) fn schedule(&mut self, sent: [Part<'a>; 4]) -> Schedule {
        let [day, clock_of_day, date, time] = sent;
        let departs = self.moment(day, clock_of_day);
        let short = match (code(date).len(), code(time).len()) {
            (4, 0) => Some(date),
            (0, 1..) => Some(time),
            _ => None,
        };
        let arrives = match (short, departs) {
            (Some(short), Some(departs)) => self.dated(short, clock).map(|time| {
                self.body.report(&findings::ARRIVAL_INFERRED, short.span());
                let same_day = departs.date().to_datetime(time);
                if departs.saturating_sub(ZONE_HOP) <= same_day {
                    same_day
                } else {
                    same_day.saturating_add(1.day())
                }
            }),
            _ => self.moment(date, time),
        };
        Schedule { departs, arrives }
    }

    /// A birth date spelled in a text; what is not a plain date is kept as text too.
    pub(super) fn birth(&mut self, part: Part<'a>) -> Option<Personal<BirthDate>> {
        let sent = text(part)?;
        let read = dates::birth(sent.as_bytes(), b"", self.today);
        if read.fault.is_some() {
            self.body.report(&findings::BAD_BIRTH_DATE, part.span());
        }
        let birth = BirthDate {
            date: read.date,
            text: (!read.is_plain()).then_some(sent),
        };
        Some(self.body.personal(birth, part))
    }

    /// A date of issue or expiry spelled in a text.
    pub(super) fn document_date(&mut self, part: Part<'a>) -> Option<Personal<PartialDate>> {
        let read = dates::document(text(part)?.as_bytes(), b"", self.today);
        if read.fault.is_some() {
            self.body.report(&findings::BAD_DOCUMENT_DATE, part.span());
        }
        read.date.map(|date| self.body.personal(date, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_moment_of_check_in_is_found_in_its_text() {
        let moment = zulu("L FT WW D014357 04NOV260651Z 1D5723");
        assert_eq!(moment, Some(date(2026, 11, 4).at(6, 51, 0, 0)));
        assert_eq!(zulu("L FT WW 04NOV26065Z 04NOX260651Z"), None);
    }

    #[test]
    fn dates_and_times_are_read_only_in_their_shape() {
        assert_eq!(day(b"041126"), Some(date(2026, 11, 4)));
        assert!(
            [&b"411126"[..], b"04112026", b"", b"0411A6"]
                .iter()
                .all(|text| day(text).is_none())
        );
        assert!(
            [&b"2400"[..], b"102", b"", b"10:1"]
                .iter()
                .all(|text| clock(text).is_none())
        );
        assert!(is_spelled(b"XXJUN1971") && is_spelled(b"01JUN71"));
        assert!(!is_spelled(b"010671") && !is_spelled(b"1JUN71"));
    }
}
