//! Any bytes read as any list format give entries and reasons, and the counts add up.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oriel_screening::lists::{Format, SOURCES, read};

fuzz_target!(|bytes: &[u8]| {
    for source in SOURCES {
        let format = Format::of_name(source.name).expect("each row has its format");
        let Ok(file) = read(&format, bytes) else {
            continue;
        };
        let told =
            file.entries.len() as u64 + file.rejected_rows() + file.not_persons + file.joined;
        assert_eq!(file.rows, told, "{}: a row vanished", source.name);
    }
});
