//! How fast PAXLST is read: `cargo run --release -p oriel-messages --example throughput [MB]`.
//!
//! Invents an interchange of full aircraft and prints MB/s of tokenising alone, and of decoding to
//! typed messages with findings and marks, on one thread.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example that measures has a clock and a terminal"
)]

use oriel_edifact::{Charset, Segment, ServiceString, Tokens};
use std::hint::black_box;
use std::time::Instant;

/// Travellers of one message.
const FLIGHT: usize = 180;

fn main() {
    let megabytes = std::env::args()
        .nth(1)
        .and_then(|size| size.parse().ok())
        .unwrap_or(50);
    let (bytes, travellers) = interchange(megabytes * 1_000_000);
    println!("{} bytes, {travellers} travellers", bytes.len());
    for _ in 0..3 {
        let (segments, speed) = timed(&bytes, tokenise);
        println!("tokens   {speed:7.0} MB/s  {segments} segments");
        let (decoded, speed) = timed(&bytes, decode);
        assert_eq!(decoded, travellers, "every traveller is decoded");
        println!("messages {speed:7.0} MB/s");
    }
}

fn timed(bytes: &[u8], work: fn(&[u8]) -> usize) -> (usize, f64) {
    let (clock, used) = (Instant::now(), processor_time());
    let done = black_box(work(black_box(bytes)));
    let seconds = match (used, processor_time()) {
        (Some(before), Some(after)) => after - before,
        _ => clock.elapsed().as_secs_f64(),
    };
    (done, bytes.len() as f64 / 1e6 / seconds)
}

/// Seconds that this thread has run, where the system says so: what others do does not count.
fn processor_time() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

fn tokenise(bytes: &[u8]) -> usize {
    let mut tokens = Tokens::new(bytes, 0, ServiceString::LEVEL_A, Charset::Ascii);
    let mut segment = Segment::default();
    let mut segments = 0;
    while tokens.next_into(&mut segment) == Ok(true) {
        black_box(&segment);
        segments += 1;
    }
    segments
}

fn decode(bytes: &[u8]) -> usize {
    oriel_messages::decode(bytes)
        .filter_map(|decoded| decoded.message)
        .map(|message| black_box(message).travellers.len())
        .sum()
}

/// An interchange of at least `size` bytes, and how many travellers it lists.
fn interchange(size: usize) -> (Vec<u8>, usize) {
    let surnames = [
        "QUELLBERG",
        "MBEKI-LARSEN",
        "O?'MALLEY",
        "SATO",
        "VAN DER ZEE",
        "ADEYEMI",
    ];
    let given = [
        "TOBIN:MARIS",
        "IDA",
        "SOLA JUNE",
        "YUKI",
        "NOAHMSTR",
        "AOIFE",
    ];
    let mut text = String::from("UNA:+.? '\nUNB+UNOA:4+ZQAIR:ZZ+UTOGOV:ZZ+261104:0845+1++APIS'\n");
    let (mut messages, mut n) = (0, 0);
    while text.len() < size {
        messages += 1;
        text += &format!(
            "UNH+{messages}+PAXLST:D:05B:UN:IATA+ZQ{messages:05}+01:F'\nBGM+745'\n\
             NAD+MS+++ZQ OPERATIONS'\nCOM+254 555 0100:TE'\nTDT+20+ZQ0{}+++ZQ'\n\
             LOC+125+NBO'\nDTM+189:2611041715:201'\nLOC+87+CDG'\nDTM+232:2611050010:201'\n",
            100 + messages % 900
        );
        for seat in 0..FLIGHT {
            n += 1;
            text += &format!(
                "NAD+FL+++{}:{}'\nATT+2++{}'\nDTM+329:{:02}{:02}{:02}'\nGEI+4+173'\nLOC+22+CDG'\n\
                 LOC+174+KEN'\nLOC+178+NBO'\nLOC+179+CDG'\nNAT+2+UTO'\nRFF+AVF:R{:05}'\n\
                 RFF+ABO:ZQ{n:010}'\nRFF+SEA:{:03}{}'\nFTX+BAG+++ZQ{:06}:1'\n\
                 DOC+P:110:111+U{n:08}'\nDTM+36:310607'\nLOC+91+UTO'\n",
                surnames[n % surnames.len()],
                given[n / 7 % given.len()],
                ["F", "M"][n % 2],
                n % 100,
                1 + n % 12,
                1 + n % 28,
                n / 2 % 100_000,
                1 + seat / 6,
                ["A", "B", "C", "D", "E", "F"][seat % 6],
                n % 1_000_000,
            );
        }
        let segments = 11 + FLIGHT * 16;
        text += &format!("CNT+42:{FLIGHT}'\nUNT+{segments}+{messages}'\n");
    }
    text += &format!("UNZ+{messages}+1'\n");
    (text.into_bytes(), n)
}
