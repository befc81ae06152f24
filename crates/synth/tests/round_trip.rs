//! Samples of every format are read as they were meant: decode(encode(x)) = x.

mod round;

use oriel_synth::sample::{DEVIATIONS, FORMS, both_spellings};

/// Samples of each format. A million are `cargo xtask soak`.
const SAMPLES: u64 = 10_000;

/// Samples of each deviation.
const DEVIANT: u64 = 300;

#[test]
fn every_format_is_read_as_it_was_written() {
    let mut wrong = Vec::new();
    for form in FORMS {
        for number in 0..SAMPLES {
            let sample = form.sample(1, number);
            if let Some(fault) = round::wrong(form, &sample) {
                let sent = String::from_utf8_lossy(&sample.bytes).replace('\'', "'\n");
                wrong.push(format!("{} {number}: {fault}\n{sent}", form.name));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_deviation_is_told_and_read_as_far_as_it_goes() {
    let mut wrong = Vec::new();
    for deviation in DEVIATIONS {
        for number in 0..DEVIANT {
            let Some((bytes, expected)) = deviation.sample(1, number) else {
                wrong.push(format!("{}: no sample suits", deviation.name));
                break;
            };
            if let Some(fault) = round::deviates(deviation, &bytes, &expected) {
                let sent = String::from_utf8_lossy(&bytes).replace('\'', "'\n");
                wrong.push(format!("{} {number}: {fault}\n{sent}", deviation.name));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same bookings from segments and from XML; a release and parts are said by segments alone.
#[test]
fn bookings_are_the_same_in_segments_and_in_xml() {
    for number in 0..SAMPLES / 10 {
        let (segments, xml) = both_spellings(1, number);
        let [a, b] = [&segments, &xml].map(|sample| round::message(&sample.bytes));
        let (Ok(a), Ok(b)) = (a, b) else {
            panic!("{number} is not read");
        };
        assert_eq!(a.travellers, b.travellers, "{number}");
        assert_eq!(a.bookings, b.bookings, "{number}");
        assert_eq!(a.flights, b.flights, "{number}");
        assert_eq!(a.announced, b.announced, "{number}");
        assert_eq!(b, xml.says, "{number}");
    }
}
