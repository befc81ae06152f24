//! Any bytes decode without a panic, and everything that is said about them has its place in them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for decoded in oriel_messages::decode(bytes) {
        let message = &bytes[decoded.span.clone()];
        for finding in &decoded.findings {
            assert!(
                bytes.get(finding.at.clone()).is_some(),
                "{finding:?} lies outside"
            );
        }
        let mut before = 0;
        for mark in &decoded.marks {
            assert!(
                message.get(mark.at.range()).is_some(),
                "{mark:?} lies outside"
            );
            assert!(before <= mark.at.start, "{mark:?} is out of order");
            before = mark.at.start;
        }
    }
});
