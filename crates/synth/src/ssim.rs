//! Writes the timetable of a world as a schedule file.
//!
//! - In: a [`World`].  Out: an SSIM file, every dated flight a period of one day.
//! - Source: IATA Standard Schedules Information Manual, chapter 7.

use crate::schedule::{Flight, Stop};
use crate::world::World;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use oriel_model::{Port, to_instant};
use std::collections::BTreeMap;

/// One record of 200 columns, counted from 1.
struct Record(Vec<u8>);

impl Record {
    fn new(kind: u8) -> Self {
        let mut line = vec![b' '; 200];
        line[0] = kind;
        Self(line)
    }

    fn put(mut self, column: usize, text: &str) -> Self {
        self.0[column - 1..column - 1 + text.len()].copy_from_slice(text.as_bytes());
        self
    }
}

/// The file as it grows, with its serial numbers.
#[derive(Default)]
struct File {
    out: Vec<u8>,
    serial: usize,
}

impl File {
    fn add(&mut self, record: Record) {
        self.serial += 1;
        let record = record.put(195, &format!("{:06}", self.serial));
        self.out.extend_from_slice(&record.0);
        self.out.push(b'\n');
    }
}

fn ddmonyy(date: Date) -> String {
    date.strftime("%d%b%y").to_string().to_ascii_uppercase()
}

fn hhmm(at: DateTime) -> String {
    at.strftime("%H%M").to_string()
}

impl World {
    /// Every flight of the world as a schedule file (SSIM), local times.
    pub fn schedule(&self) -> Vec<u8> {
        let mut carriers: BTreeMap<&str, Vec<&Flight>> = BTreeMap::new();
        for flight in &self.flights {
            carriers
                .entry(flight.carrier.code)
                .or_default()
                .push(flight);
        }
        let mut file = File::default();
        let title = "AIRLINE STANDARD SCHEDULE DATA SET";
        file.add(Record::new(b'1').put(2, title).put(41, "1"));
        for (carrier, flights) in carriers {
            let days = flights.iter().filter_map(|flight| first_day(flight));
            let (Some(from), Some(to)) = (days.clone().min(), days.max()) else {
                continue;
            };
            let head = Record::new(b'2').put(2, "L").put(3, carrier);
            let head = head.put(15, &ddmonyy(from)).put(22, &ddmonyy(to));
            file.add(head.put(72, "C"));
            let mut variations: BTreeMap<u16, usize> = BTreeMap::new();
            for flight in flights {
                let variation = variations.entry(flight.number).or_default();
                *variation += 1;
                legs(&mut file, flight, *variation);
            }
            let check = format!("{:06}", file.serial);
            file.add(
                Record::new(b'5')
                    .put(3, carrier)
                    .put(188, &check)
                    .put(194, "E"),
            );
        }
        file.out
    }
}

/// Local day of the first departure.
fn first_day(flight: &Flight) -> Option<Date> {
    Some(flight.stops.first()?.departs?.date())
}

fn legs(file: &mut File, flight: &Flight, variation: usize) {
    let Some(day) = first_day(flight) else {
        return;
    };
    let weekday = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
    let digit = (weekday + 1).to_string();
    for (sequence, pair) in (1..).zip(flight.stops.windows(2)) {
        let [start, end] = pair else { continue };
        let (Some(departs), Some(arrives)) = (start.departs, end.arrives) else {
            continue;
        };
        let record = Record::new(b'3')
            .put(3, flight.carrier.code)
            .put(6, &format!("{:>4}", flight.number))
            .put(10, &format!("{:02}{sequence:02}J", variation % 100))
            .put(15, &ddmonyy(day))
            .put(22, &ddmonyy(day))
            .put(29 + weekday, &digit)
            .put(37, start.airport)
            .put(40, &hhmm(departs))
            .put(44, &hhmm(departs))
            .put(48, &offset(start, departs))
            .put(55, end.airport)
            .put(58, &hhmm(arrives))
            .put(62, &hhmm(arrives))
            .put(66, &offset(end, arrives))
            .put(73, "321")
            .put(193, &days_after(day, departs))
            .put(194, &days_after(day, arrives));
        file.add(record);
    }
}

fn days_after(day: Date, at: DateTime) -> String {
    match at.date().duration_since(day).as_hours() / 24 {
        0 => " ".to_owned(),
        days if days < 0 => "A".to_owned(),
        days => days.to_string(),
    }
}

/// How far the clock of a place is ahead of UTC, as `+0530`.
fn offset(stop: &Stop, local: DateTime) -> String {
    let airport = Port::airport(stop.airport).ok();
    let Some(at) = airport.and_then(|airport| to_instant(local, airport)) else {
        return " ".repeat(5);
    };
    let ahead = local.duration_since(Offset::UTC.to_datetime(at)).as_mins();
    let sign = if ahead < 0 { '-' } else { '+' };
    format!("{sign}{:02}{:02}", ahead.abs() / 60, ahead.abs() % 60)
}
