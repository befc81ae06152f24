//! The large hostile transmissions: `cargo run --release -p oriel-messages --example hostile [MB]`.
//!
//! Prints how long each takes, how long one of half its size takes, and what is said about it.
//! Work that grows faster than the input would show as a ratio far above 2.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example that measures has a clock and a terminal"
)]

use std::collections::BTreeMap;
use std::time::Instant;

const START: &str = "UNB+UNOA:4+ZQ+UTOGOV+261104:0845+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
                     TDT+20+ZQ0611'LOC+125+NBO'LOC+87+CDG'";

/// Name, what it starts with, and what is repeated behind that.
const CASES: &[(&str, &str, &str)] = &[
    ("no terminator", "", "NAD+FL+++DOE:JANE"),
    ("no terminator in a message", START, "NAD+FL+++DOE:JANE"),
    ("only release characters", "", "?"),
    ("only release characters in a message", START, "?"),
    ("only blanks", "", " "),
    ("only blanks in a message", START, " "),
    ("only terminators", "", "'"),
    ("only terminators in a message", START, "'"),
    ("only element separators", START, "+"),
    ("elements and terminators", START, "NAD+'"),
    ("nothing but persons", START, "NAD+FL'"),
    ("nothing but documents", START, "DOC'"),
    ("components", START, "A:"),
    ("apostrophes in names", START, "NAD+FL+++O'x'y'z'"),
    ("an apostrophe and no end", START, "NAD+FL+++O'x"),
    (
        "lost terminators",
        START,
        "LOC+178+NBOLOC+179+CDGLOC+22+CDG",
    ),
    ("headers", "", "UNB+UNOA:4+A+B+261104:0845+1'"),
    ("headers without an end", "", "UNB+UNOA:4+A"),
    ("service strings", "", "UNA:+.? '"),
    (
        "messages without an end",
        "UNB+UNOA:4+A+B+261104:0845+1'",
        "UNH+1+PAXLST:D:05B'",
    ),
    ("trailers", "UNB+UNOA:4+A+B+261104:0845+1'", "UNT+1+1'"),
    ("bag tags", START, "FTX+BAG+++ZQ000001:99'"),
    ("long segments", START, "FTX+AAI+++"),
];

fn main() {
    let megabytes = std::env::args()
        .nth(1)
        .and_then(|size| size.parse().ok())
        .unwrap_or(100);
    let size = megabytes * 1_000_000;
    for (name, start, unit) in CASES {
        report(
            name,
            &filled(start, unit, size),
            &filled(start, unit, size / 2),
        );
    }
    report("long segments, ended", &segments(size), &segments(size / 2));
    report(
        "other separators each time",
        &separators(size),
        &separators(size / 2),
    );
}

fn filled(start: &str, unit: &str, size: usize) -> Vec<u8> {
    let units = unit.bytes().cycle().take(size);
    start.bytes().chain(units).collect()
}

/// Segments just over the limit, each with its terminator.
fn segments(size: usize) -> Vec<u8> {
    let segment = format!("FTX+AAI+++{}'", "A".repeat(70_000));
    filled(START, &segment, size)
}

/// Interchanges that are cut off, each followed by one with another terminator.
fn separators(size: usize) -> Vec<u8> {
    let marks = (0x21..0x7f_u8).filter(|byte| byte.is_ascii_punctuation());
    let marks = marks.filter(|byte| !b"+:.?*".contains(byte));
    let round: String = marks
        .map(|mark| format!("UNA:+.? {0}UNB+UNOA:4+A+B+261104:0845+1{0}", mark as char))
        .collect();
    filled("", &round, size)
}

fn report(name: &str, whole: &[u8], half: &[u8]) {
    let (seconds, said) = timed(whole);
    let (of_half, _) = timed(half);
    let ratio = seconds / of_half;
    println!("{name:38} {seconds:6.2} s  x{ratio:.1}  {said}");
}

fn timed(bytes: &[u8]) -> (f64, String) {
    let clock = Instant::now();
    let mut said: BTreeMap<&str, usize> = BTreeMap::new();
    for decoded in oriel_messages::decode(bytes) {
        let refused = decoded.message.is_none();
        let worst = decoded
            .findings
            .iter()
            .max_by_key(|finding| finding.kind.severity);
        let code = worst.map_or("", |finding| finding.kind.code);
        *said
            .entry(if refused { code } else { "accepted" })
            .or_default() += 1;
    }
    let said: Vec<_> = said
        .iter()
        .map(|(code, count)| format!("{code} {count}"))
        .collect();
    (clock.elapsed().as_secs_f64(), said.join(", "))
}
