//! From periods and days of the week to flights on days.

use super::{Call, Clock, PlannedLeg, Programme, Schedule};
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use oriel_model::{Carrier, FlightNumber, Port, Text, to_instant};

/// The longest range of days that one calendar covers.
const MAX_DAYS: i32 = 400;

/// One leg on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Carrier that sells it under this number.
    pub carrier: Carrier,
    /// Number and suffix.
    pub number: FlightNumber,
    /// Place in the flight, from 1.
    pub sequence: u8,
    /// From.
    pub from: Port,
    /// To.
    pub to: Port,
    /// Departure, local at `from`.
    pub departs: DateTime,
    /// Arrival, local at `to`.
    pub arrives: DateTime,
    /// Departure as an instant; `None` where neither the file nor the gazetteer knows the zone.
    pub departs_at: Option<Timestamp>,
    /// Arrival as an instant.
    pub arrives_at: Option<Timestamp>,
    /// Service type (record 3, column 14).
    pub service: char,
    /// Sold by this carrier and flown by another.
    pub code_share: bool,
    /// Who flies it, where another carrier does and the file says who.
    pub operated_by: Option<(Carrier, FlightNumber)>,
    /// It does not fly.
    pub cancelled: bool,
    /// Aircraft type, such as `321`.
    pub aircraft: Text,
}

/// Service types of flights that carry nobody but crew: cargo and mail, positioning, training,
/// tests, technical stops (SSIM, appendix C).
const WITHOUT_PASSENGERS: &[char] = &['A', 'F', 'H', 'K', 'M', 'P', 'T', 'V', 'X'];

impl Expected {
    /// Whether it carries passengers, as far as the file says.
    pub fn carries_passengers(&self) -> bool {
        !WITHOUT_PASSENGERS.contains(&self.service)
    }

    /// The carrier that flies it and under which number; `None` where another one does and the file
    /// does not say who.
    pub fn operator(&self) -> Option<(Carrier, &FlightNumber)> {
        match &self.operated_by {
            Some((carrier, number)) => Some((*carrier, number)),
            None => (!self.code_share).then_some((self.carrier, &self.number)),
        }
    }
}

impl Schedule {
    /// The legs whose day (that of the departure of their flight's first leg) lies in a range, both
    /// ends included, ordered by departure. A range of more than 400 days is cut.
    pub fn expected(&self, from: Date, to: Date) -> Vec<Expected> {
        let to = to.min(from.saturating_add(MAX_DAYS.days()));
        let mut all: Vec<Expected> = Vec::new();
        for programme in &self.carriers {
            for leg in &programme.legs {
                let days = days(programme, leg, from, to);
                all.extend(days.filter_map(|day| expected(programme.clock, leg, day)));
            }
        }
        all.sort_by_key(|flight| (flight.departs, flight.carrier, flight.sequence));
        all
    }
}

/// The days of a leg in a range.
fn days(
    programme: &Programme,
    leg: &PlannedLeg,
    from: Date,
    to: Date,
) -> impl Iterator<Item = Date> + use<> {
    let last = leg.to.or(programme.to).unwrap_or(to).min(to);
    let (mask, fortnightly) = (leg.days, leg.fortnightly);
    let flies = move |day: &Date| mask & 1 << day.weekday().to_monday_zero_offset() != 0;
    // Fortnights are counted from the first day flown, which may lie before the range.
    let week = (0..7).filter_map(|ahead| leg.from.checked_add(ahead.days()).ok());
    let first = week.into_iter().find(flies).unwrap_or(leg.from);
    let start = from.max(leg.from);
    start
        .series(1.day())
        .take_while(move |day| *day <= last)
        .filter(flies)
        .filter(move |day| {
            let weeks = day.duration_since(first).as_hours() / 24 / 7;
            !fortnightly || weeks % 2 == 0
        })
}

fn expected(clock: Clock, leg: &PlannedLeg, day: Date) -> Option<Expected> {
    let (departs, departs_at) = moment(clock, &leg.departs, day)?;
    let (arrives, arrives_at) = moment(clock, &leg.arrives, day)?;
    Some(Expected {
        carrier: leg.carrier,
        number: leg.number.clone(),
        sequence: leg.sequence,
        from: leg.departs.airport,
        to: leg.arrives.airport,
        departs,
        arrives,
        departs_at,
        arrives_at,
        service: leg.service,
        code_share: leg.code_share,
        operated_by: leg.operated_by.clone(),
        cancelled: leg.cancelled,
        aircraft: leg.aircraft.clone(),
    })
}

/// Local time and instant of one end of a leg on a day.
fn moment(clock: Clock, call: &Call, day: Date) -> Option<(DateTime, Option<Timestamp>)> {
    let days = i64::from(call.days_after) + i64::from(call.end_of_day);
    let told = day.checked_add(days.days()).ok()?.to_datetime(call.time);
    let offset = call
        .offset
        .and_then(|minutes| Offset::from_seconds(minutes * 60).ok());
    match (clock, offset) {
        (Clock::Local, Some(offset)) => Some((told, offset.to_timestamp(told).ok())),
        (Clock::Local, None) => Some((told, to_instant(told, call.airport))),
        (Clock::Utc, offset) => {
            let at = Offset::UTC.to_timestamp(told).ok()?;
            let offset = offset.or_else(|| {
                let zone = jiff::tz::TimeZone::get(call.airport.zone()?).ok()?;
                Some(zone.to_offset(at))
            })?;
            Some((offset.to_datetime(at), Some(at)))
        }
    }
}
