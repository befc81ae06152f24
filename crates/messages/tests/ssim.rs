//! Schedule files: golden cases and the calendar that comes out of them.
//!
//! A case is `data/ssim/<case>.ssim` beside `<case>.expect`: what is odd, and the flights expected
//! from 26 October to 8 November 2026. All carriers are invented.

use jiff::civil::date;
use oriel_messages::findings::ssim as findings;
use oriel_messages::ssim::Schedule;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ssim")
}

fn show(bytes: &[u8]) -> String {
    let schedule = Schedule::read(bytes);
    let mut out = String::new();
    for programme in &schedule.carriers {
        let carrier = programme
            .carrier
            .map_or("?".into(), |carrier| carrier.to_string());
        let day = |day: Option<jiff::civil::Date>| day.map_or("?".into(), |day| day.to_string());
        let _ = writeln!(
            out,
            "{carrier} {} {:?} {} to {} confirmed={} legs={}",
            programme.season,
            programme.clock,
            day(programme.from),
            day(programme.to),
            programme.confirmed,
            programme.legs.len()
        );
    }
    if schedule.amends {
        out.push_str("changes alone\n");
    }
    for flight in schedule.expected(date(2026, 10, 26), date(2026, 11, 8)) {
        let instant = |at: Option<jiff::Timestamp>| at.map_or("?".into(), |at| at.to_string());
        let _ = write!(
            out,
            "{}{} {} {} {} {} {} ({} {})",
            flight.carrier,
            flight.number,
            flight.sequence,
            flight.from,
            flight.departs,
            flight.to,
            flight.arrives,
            instant(flight.departs_at),
            instant(flight.arrives_at),
        );
        match flight.operator() {
            None => out.push_str(" by nobody knows"),
            Some((carrier, number)) if flight.code_share => {
                let _ = write!(out, " by {carrier}{number}");
            }
            Some(_) => {}
        }
        if flight.cancelled {
            out.push_str(" cancelled");
        }
        if !flight.carries_passengers() {
            out.push_str(" without passengers");
        }
        out.push('\n');
    }
    for (record, kind) in &schedule.findings {
        let _ = writeln!(
            out,
            "! {} {} record {record}",
            kind.code,
            kind.severity.name()
        );
    }
    out
}

#[test]
fn every_case_is_read_as_expected() {
    oriel_testkit::golden(folder(), "ssim", show);
}

#[test]
fn every_finding_has_a_case_that_produces_it() {
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "ssim")
        {
            let schedule = Schedule::read(&std::fs::read(path).unwrap());
            seen.extend(schedule.findings.iter().map(|(_, kind)| kind.code));
        }
    }
    let codes = findings::ROWS.iter().map(|row| row.code);
    let missing: Vec<_> = codes.filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "no case produces {missing:?}");
    assert!(findings::ROWS.is_sorted_by(|a, b| a.code < b.code));
}

/// A daily leg, and how many days it has in a range.
fn daily() -> Vec<u8> {
    std::fs::read(folder().join("daily_without_an_end.ssim")).unwrap()
}

#[test]
fn a_calendar_holds_no_more_than_was_asked_for() {
    let schedule = Schedule::read(&daily());
    let count = |from, to| schedule.expected(from, to).len();
    assert_eq!(count(date(2026, 11, 1), date(2026, 11, 7)), 7);
    assert_eq!(count(date(2026, 11, 7), date(2026, 11, 1)), 0);
    // The programme ends; a longer range than 400 days is cut.
    assert_eq!(count(date(2026, 10, 1), date(9999, 12, 31)), 154);
}

#[test]
fn a_file_without_line_breaks_says_the_same() {
    let bytes = daily();
    let padded: Vec<u8> = String::from_utf8(bytes.clone())
        .unwrap()
        .lines()
        .flat_map(|line| format!("{line:<200}").into_bytes())
        .collect();
    assert_eq!(
        Schedule::read(&padded).carriers,
        Schedule::read(&bytes).carriers
    );
}

#[test]
fn hostile_files_are_read_or_told() {
    let daily = daily();
    for at in 0..daily.len() {
        let mut bytes = daily.clone();
        bytes[at] = 0xff;
        show(&bytes);
        bytes[at] = b'9';
        show(&bytes);
    }
    show(&vec![b'3'; 100_000]);
    show(&b"3\n".repeat(50_000));
}
