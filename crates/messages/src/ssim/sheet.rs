//! Calendars made by hand: one row a flight and period, for carriers without SSIM, and for what
//! becomes of single flights.
//!
//! - In: rows of cells with a header, separated by commas, semicolons or tabs; times are local at
//!   the place beside them. Out: a [`Schedule`].
//! - Source: our own; the columns are [`COLUMNS`].
//! - Invariants: columns are known by their names, in any order; a row that cannot be read is a
//!   finding and costs no other row; a file with a column `change` speaks of the flights in it alone.

use super::{Call, Clock, PlannedLeg, Programme, Schedule};
use crate::findings::ssim as found;
use crate::table::csv::{Cell, Rows};
use jiff::civil::{Date, Time};
use oriel_model::{Carrier, FindingKind, FlightNumber, Port};

/// A column: its name, and whether every file has it.
const COLUMNS: &[(&str, bool)] = &[
    ("carrier", true),
    ("number", true),
    ("from", true),
    ("departs", true),
    ("to", true),
    ("arrives", true),
    ("first_day", true),
    ("last_day", false),
    ("days", false),
    ("days_after", false),
    ("service", false),
    ("aircraft", false),
    ("operated_by", false),
    ("change", false),
];

/// What may stand under `change`.
const CHANGES: &[(&str, bool)] = &[("added", false), ("changed", false), ("cancelled", true)];

/// How far in the header ends.
const NEAR: usize = 4096;

/// Every day of the week.
const DAILY: u8 = 0x7f;

/// The separator of a calendar made by hand; nothing where the bytes are none.
pub(super) fn separator(bytes: &[u8]) -> Option<u8> {
    let near = &bytes[..bytes.len().min(NEAR)];
    b",;\t".iter().copied().find(|separator| {
        let mut row = Vec::new();
        Rows::new(near, start(near), *separator).next_into(&mut row);
        row.len() > 1 && places(&row)[0].is_some()
    })
}

/// Behind a byte order mark.
fn start(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    }
}

/// Where each of [`COLUMNS`] stands.
fn places(row: &[Cell<'_>]) -> [Option<usize>; COLUMNS.len()] {
    let mut places = [None; COLUMNS.len()];
    for (place, (name, _)) in places.iter_mut().zip(COLUMNS) {
        let is = |cell: &Cell<'_>| cell.text.replace(' ', "_").eq_ignore_ascii_case(name);
        *place = row.iter().position(is);
    }
    places
}

/// Reads a file.
pub(super) fn read(bytes: &[u8], separator: u8) -> Schedule {
    let mut schedule = Schedule::default();
    let mut rows = Rows::new(bytes, start(bytes), separator);
    let mut row = Vec::new();
    rows.next_into(&mut row);
    let places = places(&row);
    let lacks = |(place, (_, needed)): (&Option<usize>, &(&str, bool))| *needed && place.is_none();
    if places.iter().zip(COLUMNS).any(lacks) {
        schedule.tell(1, &found::CALENDAR_HEADER);
        return schedule;
    }
    schedule.amends = places[COLUMNS.len() - 1].is_some();
    let mut number = 1;
    while rows.next_into(&mut row) {
        number += 1;
        if row.iter().all(|cell| cell.text.is_empty()) {
            continue;
        }
        let told = Row {
            cells: &row,
            places: &places,
        };
        match told.leg() {
            Ok(leg) => schedule.take(number, leg),
            Err(kind) => schedule.tell(number, kind),
        }
    }
    schedule
}

impl Schedule {
    /// Adds a leg to the programme of its carrier, which speaks of the days of all its legs.
    fn take(&mut self, number: usize, leg: PlannedLeg) {
        if leg.days == 0 {
            self.tell(number, &found::NO_DAYS);
        }
        let known = self
            .carriers
            .iter()
            .position(|it| it.carrier == Some(leg.carrier));
        let at = known.unwrap_or_else(|| {
            self.carriers.push(Programme {
                carrier: Some(leg.carrier),
                clock: Clock::Local,
                season: "".into(),
                from: None,
                to: None,
                confirmed: true,
                legs: Vec::new(),
            });
            self.carriers.len() - 1
        });
        let programme = &mut self.carriers[at];
        programme.from = programme.from.into_iter().chain([leg.from]).min();
        programme.to = programme.to.into_iter().chain(leg.to).max();
        programme.legs.push(leg);
    }
}

struct Row<'a> {
    cells: &'a [Cell<'a>],
    places: &'a [Option<usize>; COLUMNS.len()],
}

impl Row<'_> {
    /// The text of a column; blank where there is none.
    fn text(&self, name: &str) -> &str {
        let column = COLUMNS.iter().position(|(known, _)| *known == name);
        let place = column.and_then(|column| self.places[column]);
        place
            .and_then(|place| self.cells.get(place))
            .map_or("", |cell| &*cell.text)
    }

    fn leg(&self) -> Result<PlannedLeg, &'static FindingKind> {
        let carrier = Carrier::parse(self.text("carrier")).map_err(|_| &found::CALENDAR_FLIGHT)?;
        let number = FlightNumber::parse(self.text("number")).ok_or(&found::CALENDAR_FLIGHT)?;
        let operated_by = match self.text("operated_by") {
            "" => None,
            text => Some(flight(text).ok_or(&found::CALENDAR_FLIGHT)?),
        };
        let day = |text: &str| text.parse::<Date>().map_err(|_| &found::CALENDAR_DAY);
        let from = day(self.text("first_day"))?;
        let to = match self.text("last_day") {
            "" => from,
            text => day(text)?,
        };
        let days_after = match self.text("days_after") {
            "" => Some(0),
            text => text.parse().ok().filter(|days| (-1..=7).contains(days)),
        };
        let cancelled = match self.text("change") {
            "" => false,
            text => {
                let known = CHANGES
                    .iter()
                    .find(|(name, _)| text.eq_ignore_ascii_case(name));
                known.ok_or(&found::CALENDAR_CHANGE)?.1
            }
        };
        if to < from {
            return Err(&found::CALENDAR_DAY);
        }
        Ok(PlannedLeg {
            carrier,
            number,
            variation: 1,
            sequence: 1,
            service: self
                .text("service")
                .chars()
                .next()
                .unwrap_or('J')
                .to_ascii_uppercase(),
            from,
            to: Some(to),
            days: days(self.text("days")).ok_or(&found::CALENDAR_DAY)?,
            fortnightly: false,
            departs: call(self.text("from"), self.text("departs"), 0)?,
            arrives: call(
                self.text("to"),
                self.text("arrives"),
                days_after.ok_or(&found::CALENDAR_TIME)?,
            )?,
            aircraft: self.text("aircraft").into(),
            code_share: operated_by.is_some(),
            operated_by,
            cancelled,
        })
    }
}

/// Days of the week as digits, 1 for Monday; every day where nothing is said.
fn days(text: &str) -> Option<u8> {
    if text.is_empty() {
        return Some(DAILY);
    }
    let digit = |mask: u8, c: char| {
        let day = c.to_digit(10).filter(|day| (1..=7).contains(day))?;
        Some(mask | 1 << (day - 1))
    };
    text.chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-'))
        .try_fold(0, digit)
}

fn call(airport: &str, time: &str, days_after: i8) -> Result<Call, &'static FindingKind> {
    let airport = Port::airport(airport).map_err(|_| &found::CALENDAR_STATION)?;
    let digits: String = time.chars().filter(|c| *c != ':').collect();
    let end_of_day = digits == "2400";
    let time = if end_of_day {
        Some(Time::midnight())
    } else {
        clock(&digits)
    };
    Ok(Call {
        airport,
        time: time.ok_or(&found::CALENDAR_TIME)?,
        end_of_day,
        offset: None,
        days_after,
    })
}

/// Hours and minutes, four digits.
fn clock(digits: &str) -> Option<Time> {
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Time::new(digits[..2].parse().ok()?, digits[2..].parse().ok()?, 0, 0).ok()
}

/// Carrier and number, a blank between.
fn flight(text: &str) -> Option<(Carrier, FlightNumber)> {
    let (carrier, number) = text.split_once(' ')?;
    Some((
        Carrier::parse(carrier).ok()?,
        FlightNumber::parse(number.trim())?,
    ))
}
