//! Timetables of samples (SSIM chapter 7), and the flights that they announce.
//!
//! - Out: one flight a leg and day, ordered by departure, in local times.

use super::journeys::parsed;
use super::people::airport;
use super::{DAY, Draw};
use crate::dates::{ddmonyy, hhmm};
use crate::place::{FAR, HOME};
use compact_str::format_compact;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use oriel_model::{Envelope, Flight, FlightNumber, Function, Leg, Message, Part, Text};

/// Days that a timetable here covers, from [`DAY`] on.
const DAYS: i64 = 28;

/// One record of 200 columns, counted from 1.
struct Record([u8; 200]);

impl Record {
    fn new(kind: u8) -> Self {
        let mut record = Self([b' '; 200]);
        record.0[0] = kind;
        record
    }

    fn put(mut self, column: usize, text: &str) -> Self {
        let start = column - 1;
        self.0[start..start + text.len()].copy_from_slice(text.as_bytes());
        self
    }
}

pub(super) fn timetable(draw: &mut Draw) -> (Message, Vec<u8>) {
    let last = DAY.saturating_add((DAYS - 1).days());
    let season = [ddmonyy(DAY), ddmonyy(last)];
    let mut records = vec![
        Record::new(b'1').put(2, "AIRLINE STANDARD SCHEDULE DATA SET"),
        Record::new(b'2')
            .put(2, "L")
            .put(3, "ZQ")
            .put(15, &season[0])
            .put(22, &season[1])
            .put(72, "C"),
    ];
    let mut flights = Vec::new();
    for number in 1..=draw.rng.between(1, 6) {
        line(draw, number, &mut records, &mut flights);
    }
    flights.sort_by_key(|(order, _): &((DateTime, u8), Flight)| *order);
    let before = format_compact!("{:06}", records.len());
    records.push(
        Record::new(b'5')
            .put(3, "ZQ")
            .put(188, &before)
            .put(194, "E"),
    );
    let end = draw.rng.pick(&["\n", "\r\n", ""]);
    let mut out = Vec::new();
    for (serial, record) in (1..).zip(records) {
        out.extend_from_slice(&record.put(195, &format_compact!("{serial:06}")).0);
        out.extend_from_slice(end.as_bytes());
    }
    let envelope = Envelope {
        kind: "SSIM".into(),
        version: Text::default(),
        reference: Text::default(),
        interchange: Text::default(),
        function: Function::Other,
        sender: "ZQ".into(),
        recipient: Text::default(),
        sent: None,
        access_reference: None,
        transaction: None,
        part: Part {
            number: 1,
            last: true,
        },
        test: false,
    };
    let flights = flights.into_iter().map(|(_, flight)| flight).collect();
    (
        Message {
            envelope,
            flights,
            travellers: Vec::new(),
            bookings: Vec::new(),
            announced: None,
        },
        out,
    )
}

/// A flight of one leg or two on some days of the week, for the whole season or a part of it.
fn line(
    draw: &mut Draw,
    number: i64,
    records: &mut Vec<Record>,
    flights: &mut Vec<((DateTime, u8), Flight)>,
) {
    // The minute of departure is the flight's own, so that the order of the calendar is one.
    let digits = 100 * number + draw.rng.between(0, 99);
    let days: Vec<u8> = (1..=7).filter(|_| draw.rng.percent(60)).collect();
    let days = if days.is_empty() { vec![3] } else { days };
    let from = DAY.saturating_add(draw.rng.between(0, 13).days());
    let to = from.saturating_add(draw.rng.between(0, 14).days());
    let open = draw.rng.percent(20);
    let fortnightly = draw.rng.percent(15);
    let far = draw.rng.below(FAR.len() - 1);
    let stops = [draw.rng.pick(HOME), FAR[far].code, FAR[far + 1].code];
    let legs = draw.rng.pick(&[1, 1, 2]);
    let mut at = DAY.at(draw.rng.between(0, 23) as i8, number as i8, 0, 0);
    for sequence in 1..=legs {
        let departs = at;
        let arrives = departs.saturating_add(draw.rng.between(30, 800).minutes());
        at = arrives.saturating_add(draw.rng.between(30, 90).minutes());
        let [origin, target] = [stops[sequence - 1], stops[sequence]];
        let mut record = Record::new(b'3')
            .put(3, "ZQ")
            .put(6, &format_compact!("{digits:>4}"))
            .put(10, &format_compact!("01{sequence:02}J"))
            .put(15, &ddmonyy(from))
            .put(22, if open { "00XXX00" } else { "       " })
            .put(37, origin)
            .put(40, &hhmm(departs))
            .put(44, &hhmm(departs))
            .put(55, target)
            .put(58, &hhmm(arrives))
            .put(62, &hhmm(arrives))
            .put(73, "321")
            .put(193, &after(departs))
            .put(194, &after(arrives));
        if !open {
            record = record.put(22, &ddmonyy(to));
        }
        if fortnightly {
            record = record.put(36, "2");
        }
        for day in &days {
            record = record.put(28 + usize::from(*day), &format_compact!("{day}"));
        }
        records.push(record);
        let end = if open {
            DAY.saturating_add((DAYS - 1).days())
        } else {
            to
        };
        for day in days_flown(from, end, &days, fortnightly) {
            let moved = day.duration_since(DAY);
            let local = |moment: DateTime| moment.saturating_add(moved);
            let leg = Leg {
                from: Some(airport(origin)),
                to: Some(airport(target)),
                departs: Some(local(departs)),
                arrives: Some(local(arrives)),
                border: false,
            };
            let flight = Flight {
                carrier: Some(parsed("ZQ")),
                number: FlightNumber {
                    digits: format_compact!("{digits}"),
                    suffix: None,
                },
                legs: vec![leg],
                ..Flight::default()
            };
            flights.push(((local(departs), sequence as u8), flight));
        }
    }
}

/// The days in a period, every second week counted from the first day flown.
fn days_flown(from: Date, to: Date, days: &[u8], fortnightly: bool) -> Vec<Date> {
    let of_week = |day: &Date| days.contains(&(day.weekday().to_monday_one_offset() as u8));
    let flown: Vec<Date> = from
        .series(1.day())
        .take_while(|day| *day <= to)
        .filter(of_week)
        .collect();
    let Some(&first) = flown.first() else {
        return flown;
    };
    let weeks = |day: &Date| day.duration_since(first).as_hours() / 24 / 7;
    flown
        .into_iter()
        .filter(|day| !fortnightly || weeks(day) % 2 == 0)
        .collect()
}

fn after(at: DateTime) -> Text {
    match at.date().duration_since(DAY).as_hours() / 24 {
        0 => " ".into(),
        days => format_compact!("{days}"),
    }
}
