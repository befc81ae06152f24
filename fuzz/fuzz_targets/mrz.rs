//! Any text is read as a machine-readable zone or refused; what is read can be written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oriel_messages::mrz;

fuzz_target!(|text: &str| {
    if let Ok(zone) = mrz::read(text, jiff::civil::date(2026, 11, 4)) {
        let _ = mrz::write(&zone);
    }
});
