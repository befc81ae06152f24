//! The timetable of a world, written as a schedule file, is read as the flights that carriers then
//! send messages about.

use jiff::ToSpan;
use oriel_messages::ssim::Schedule;
use oriel_synth::{Config, World};
use std::collections::BTreeSet;

#[test]
fn every_flight_of_a_message_is_expected() {
    let config = Config {
        travellers: 400,
        days: 2,
        ..Config::default()
    };
    let day = config.first_day;
    let world = World::new(config);
    let schedule = Schedule::read(&world.schedule());
    assert!(schedule.findings.is_empty(), "{:?}", schedule.findings);
    let expected = schedule.expected(day.saturating_sub(2.days()), day.saturating_add(4.days()));
    let known: BTreeSet<String> = expected
        .iter()
        .map(|flight| {
            assert!(flight.departs_at < flight.arrives_at, "{flight:?}");
            format!(
                "{}{} {} {} {}",
                flight.carrier, flight.number, flight.from, flight.to, flight.departs
            )
        })
        .collect();
    let mut told = BTreeSet::new();
    for transmission in world.transmissions().filter(|one| one.fault.is_none()) {
        for said in &transmission.messages {
            let flight = &said.flight;
            told.insert(format!(
                "{}{} {} {} {}",
                flight.carrier, flight.number, flight.from, flight.to, flight.departs
            ));
        }
    }
    assert!(told.len() > 50, "{}", told.len());
    let unexpected: Vec<_> = told.difference(&known).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}
