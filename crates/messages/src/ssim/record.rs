//! One record of 200 bytes, by its columns, counted from 1 as the manual does.

use jiff::civil::{Date, Time};
use oriel_model::{Carrier, FlightNumber};

/// Length of a record.
const LENGTH: usize = 200;

/// The records of a file: by lines, or by length where it has no line breaks.
pub(super) fn lines(bytes: &[u8]) -> Box<dyn Iterator<Item = &[u8]> + '_> {
    if memchr::memchr(b'\n', bytes).is_none() && bytes.len() > LENGTH {
        return Box::new(bytes.chunks(LENGTH));
    }
    let lines = bytes.split(|byte| *byte == b'\n');
    Box::new(lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line)))
}

pub(super) struct Record<'a> {
    line: &'a str,
}

impl<'a> Record<'a> {
    /// A line; one that is not ASCII is cut where it stops being so.
    pub(super) fn new(line: &'a [u8]) -> Self {
        let ascii = line
            .iter()
            .position(|byte| !byte.is_ascii())
            .unwrap_or(line.len());
        Self {
            line: std::str::from_utf8(&line[..ascii]).unwrap_or(""),
        }
    }

    /// Nothing, or the zeros that fill a block of five.
    pub(super) fn is_filler(&self) -> bool {
        self.line
            .bytes()
            .all(|byte| matches!(byte, b'0' | b' ' | 0x1a))
    }

    pub(super) fn kind(&self) -> u8 {
        self.line.bytes().next().unwrap_or(b' ')
    }

    /// The text in columns `from` to `to`, without blanks around it.
    pub(super) fn text(&self, from: usize, to: usize) -> &'a str {
        let end = to.min(self.line.len());
        self.line.get(from - 1..end).unwrap_or("").trim()
    }

    /// `25OCT26`, of this century.
    pub(super) fn date(&self, from: usize, to: usize) -> Option<Date> {
        let text = self.text(from, to);
        let read = crate::dates::document(text.as_bytes(), b"", None);
        let date = read.date.filter(|_| text.len() == 7)?;
        let date = date.date()?;
        // Seventy and more are of this century too: schedules are not old.
        if date.year() < 2000 {
            return Date::new(date.year() + 100, date.month(), date.day()).ok();
        }
        Some(date)
    }

    /// HHMM in four columns; `2400` is midnight at the end of the day.
    pub(super) fn time(&self, from: usize) -> Option<(Time, bool)> {
        let text = self.text(from, from + 3);
        if text == "2400" {
            return Some((Time::midnight(), true));
        }
        if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let hour = text[..2].parse().ok()?;
        let minute = text[2..].parse().ok()?;
        Some((Time::new(hour, minute, 0, 0).ok()?, false))
    }

    /// `+0530` in minutes.
    pub(super) fn offset(&self, from: usize) -> Option<i32> {
        let text = self.text(from, from + 4);
        let sign = match text.bytes().next()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let digits = text.get(1..).filter(|digits| digits.len() == 4)?;
        let hours: i32 = digits.get(..2)?.parse().ok()?;
        let minutes: i32 = digits.get(2..)?.parse().ok()?;
        Some(sign * (hours * 60 + minutes))
    }

    /// Days after the day of the record: a digit, or `A` and `J` for the day before.
    pub(super) fn days_after(&self, at: usize) -> i8 {
        match self.text(at, at).bytes().next() {
            Some(digit @ b'1'..=b'7') => (digit - b'0') as i8,
            Some(b'A' | b'J') => -1,
            _ => 0,
        }
    }

    /// Days of operation: a set of digits, wherever they stand in their seven columns.
    pub(super) fn days(&self) -> u8 {
        let digits = self.text(29, 35).bytes();
        let days = digits.filter(|digit| (b'1'..=b'7').contains(digit));
        days.fold(0, |days, digit| days | 1 << (digit - b'1'))
    }

    /// The first of several flights: `ZQ 0417/X9 4417`.
    pub(super) fn flight(&self, from: usize, to: usize) -> Option<(Carrier, FlightNumber)> {
        let first = self.text(from, to).split('/').next()?.trim();
        let split = if first.as_bytes().get(2)? == &b' ' {
            2
        } else {
            3
        };
        let (carrier, number) = first.split_at_checked(split)?;
        let carrier = Carrier::parse(carrier.trim()).ok()?;
        Some((carrier, FlightNumber::parse(number.trim())?))
    }
}
