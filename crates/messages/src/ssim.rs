//! Schedule files: which flights a carrier means to fly, as a calendar of expected flights.
//!
//! - In: SSIM, a file of fixed records of 200 bytes, types 1 to 5; or a calendar made by hand.  Out: a [`Schedule`], and from it the
//!   flights expected in a range of days, with local times and instants.
//! - Source: IATA Standard Schedules Information Manual, chapter 7.
//! - Invariants: a record that cannot be read is a finding and costs no other record; a file says
//!   its own offsets from UTC, and only where it does not the gazetteer is asked; what a calendar
//!   holds is bounded by the days asked for.

mod calendar;
mod record;
mod sheet;

pub use calendar::Expected;

use crate::findings::ssim as found;
use jiff::civil::{Date, Time};
use oriel_model::{Carrier, FindingKind, FlightNumber, Port, Text};
use record::Record;

/// The most findings that are kept of one file.
const MAX_FINDINGS: usize = 1000;

/// A schedule file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    /// The carriers in it, in their order.
    pub carriers: Vec<Programme>,
    /// It says what becomes of the flights in it, and nothing of others: a calendar with changes.
    pub amends: bool,
    /// What is odd, by the number of the record, counted from 1.
    pub findings: Vec<(usize, &'static FindingKind)>,
}

/// Which clock the times and dates of a programme are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// UTC.
    Utc,
    /// Local at the place beside them.
    Local,
}

/// What one carrier means to fly in one season (records 2 to 5).
#[derive(Clone, Debug, PartialEq)]
pub struct Programme {
    /// Whose it is.
    pub carrier: Option<Carrier>,
    /// Clock of its records.
    pub clock: Clock,
    /// Season, such as `W26`.
    pub season: Text,
    /// First day of validity.
    pub from: Option<Date>,
    /// Last day of validity; open ends reach to it.
    pub to: Option<Date>,
    /// Confirmed, and not preliminary.
    pub confirmed: bool,
    /// Legs, in the order of the file.
    pub legs: Vec<PlannedLeg>,
}

/// One leg on the days of a period (record 3, with what records 4 add).
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedLeg {
    /// Carrier that sells it under this number.
    pub carrier: Carrier,
    /// Number and suffix.
    pub number: FlightNumber,
    /// Itinerary variation: legs of one number and variation are one flight.
    pub variation: u16,
    /// Place in the flight, from 1.
    pub sequence: u8,
    /// Service type: `J` scheduled passengers, `F` cargo…
    pub service: char,
    /// First day, of the departure of the first leg, on the clock of the programme.
    pub from: Date,
    /// Last day; open where it is not said.
    pub to: Option<Date>,
    /// Days of the week, bit 0 Monday.
    pub days: u8,
    /// Every second week, counted from the first day flown.
    pub fortnightly: bool,
    /// Departure.
    pub departs: Call,
    /// Arrival.
    pub arrives: Call,
    /// Aircraft type, such as `321`.
    pub aircraft: Text,
    /// Sold by this carrier and flown by another (`L` in column 149).
    pub code_share: bool,
    /// Who flies it, where another does.
    pub operated_by: Option<(Carrier, FlightNumber)>,
    /// It does not fly.
    pub cancelled: bool,
}

/// One end of a leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    /// Where.
    pub airport: Port,
    /// Time for passengers, on the clock of the programme.
    pub time: Time,
    /// The time is midnight at the end of the day (`2400`).
    pub end_of_day: bool,
    /// Minutes by which the place is ahead of UTC, where the file says so.
    pub offset: Option<i32>,
    /// Days after the day of the record.
    pub days_after: i8,
}

impl Schedule {
    /// Reads a file. Line breaks may be missing, and blanks at the ends of lines.
    pub fn read(bytes: &[u8]) -> Self {
        if let Some(separator) = sheet::separator(bytes) {
            return sheet::read(bytes, separator);
        }
        let mut schedule = Self::default();
        let mut last_serial = None;
        let mut any = false;
        let mut open = false;
        for (number, line) in (1..).zip(record::lines(bytes)) {
            let record = Record::new(line);
            if record.is_filler() {
                continue;
            }
            any = true;
            match record.kind() {
                b'1' => {}
                b'2' => {
                    let programme = schedule.programme(number, &record);
                    schedule.carriers.push(programme);
                    open = true;
                }
                b'3' => schedule.leg(number, &record),
                b'4' => schedule.segment(number, &record),
                b'5' => {
                    let check = record.text(188, 193);
                    if last_serial.is_some_and(|last| check.parse() != Ok(last)) {
                        schedule.tell(number, &found::CHECK_REFERENCE);
                    }
                    open = false;
                }
                _ => schedule.tell(number, &found::UNKNOWN_RECORD),
            }
            if let Ok(serial) = record.text(195, 200).parse::<u32>() {
                if last_serial == Some(serial) {
                    schedule.tell(number, &found::SERIAL_REPEATED);
                }
                last_serial = Some(serial);
            }
        }
        if !any || schedule.carriers.is_empty() {
            schedule.tell(1, &found::NOT_A_SCHEDULE);
        } else if open {
            schedule.tell(1, &found::NO_TRAILER);
        }
        schedule
    }

    fn tell(&mut self, record: usize, kind: &'static FindingKind) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push((record, kind));
        }
    }

    fn programme(&mut self, number: usize, record: &Record<'_>) -> Programme {
        let clock = match record.text(2, 2) {
            "U" => Clock::Utc,
            "L" => Clock::Local,
            _ => {
                self.tell(number, &found::UNKNOWN_CLOCK);
                Clock::Local
            }
        };
        Programme {
            carrier: Carrier::parse(record.text(3, 5)).ok(),
            clock,
            season: record.text(11, 13).into(),
            from: record.date(15, 21),
            to: record.date(22, 28),
            confirmed: record.text(72, 72) == "C",
            legs: Vec::new(),
        }
    }

    fn leg(&mut self, number: usize, record: &Record<'_>) {
        if self.carriers.is_empty() {
            return self.tell(number, &found::NO_CARRIER);
        }
        match planned(record) {
            Err(kind) => self.tell(number, kind),
            Ok(leg) => {
                if leg.days == 0 {
                    self.tell(number, &found::NO_DAYS);
                }
                let (start, end) = (leg.departs, leg.arrives);
                let same_day = end.days_after == start.days_after && !end.end_of_day;
                if end.time < start.time && same_day {
                    self.tell(number, &found::ARRIVES_BEFORE);
                }
                if let Some(programme) = self.carriers.last_mut() {
                    programme.legs.push(leg);
                }
            }
        }
    }

    /// Record 4: of the data elements only who flies a leg that is sold.
    fn segment(&mut self, number: usize, record: &Record<'_>) {
        let last = self
            .carriers
            .last_mut()
            .and_then(|carrier| carrier.legs.last_mut());
        let Some(leg) = last else {
            return self.tell(number, &found::SEGMENT_ALONE);
        };
        // Senders confuse the two: on a leg that is sold both name who flies it.
        if matches!(record.text(31, 33), "010" | "050") && leg.code_share {
            match record.flight(40, 194) {
                Some(flight) => leg.operated_by = Some(flight),
                None => self.tell(number, &found::BAD_FLIGHT),
            }
        }
    }
}

/// Record 3.
fn planned(record: &Record<'_>) -> Result<PlannedLeg, &'static FindingKind> {
    let carrier = Carrier::parse(record.text(3, 5)).map_err(|_| &found::BAD_FLIGHT)?;
    let digits = record.text(6, 9);
    let number = FlightNumber::parse(&format!("{digits}{}", record.text(2, 2)));
    let call = |airport: (usize, usize), time, offset, after| {
        let (time, end_of_day) = record.time(time).ok_or(&found::BAD_TIME)?;
        Ok(Call {
            airport: Port::airport(record.text(airport.0, airport.1))
                .map_err(|_| &found::BAD_STATION)?,
            time,
            end_of_day,
            offset: record.offset(offset),
            days_after: record.days_after(after),
        })
    };
    let overflow: u16 = record.text(128, 128).parse().unwrap_or(0);
    let variation: u16 = record.text(10, 11).parse().unwrap_or(0);
    Ok(PlannedLeg {
        carrier,
        number: number.ok_or(&found::BAD_FLIGHT)?,
        variation: overflow * 100 + variation,
        sequence: record.text(12, 13).parse().unwrap_or(1),
        service: record.text(14, 14).chars().next().unwrap_or(' '),
        from: record.date(15, 21).ok_or(&found::BAD_DATE)?,
        to: match record.text(22, 28) {
            "00XXX00" => None,
            _ => Some(record.date(22, 28).ok_or(&found::BAD_DATE)?),
        },
        days: record.days(),
        fortnightly: record.text(36, 36) == "2",
        departs: call((37, 39), 40, 48, 193)?,
        arrives: call((55, 57), 62, 66, 194)?,
        aircraft: record.text(73, 75).into(),
        code_share: record.text(149, 149) == "L",
        operated_by: None,
        cancelled: false,
    })
}
