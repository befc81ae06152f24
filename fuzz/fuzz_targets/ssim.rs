//! Any bytes are read as a schedule file; its calendar holds no more days than were asked for.

#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use oriel_messages::ssim::Schedule;

fuzz_target!(|bytes: &[u8]| {
    let schedule = Schedule::read(bytes);
    let legs: usize = schedule.carriers.iter().map(|carrier| carrier.legs.len()).sum();
    let expected = schedule.expected(date(2026, 10, 26), date(2026, 11, 1));
    assert!(expected.len() <= 7 * legs, "a leg flies at most once a day");
});
