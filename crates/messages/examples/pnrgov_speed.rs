//! Measures how fast PNRGOV is decoded: bytes to typed messages with findings and marks, on one
//! thread. Prints megabytes (10^6) a second.
//!
//! `cargo run --release -p oriel-messages --example pnrgov_speed [megabytes]`
//!
//! The push is invented: bookings of one or two travellers with documents, contacts, tickets,
//! seats, bags and a return flight, which is what a full push at check-in holds.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example that measures has a clock and a terminal"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

/// One booking; `n` makes names and numbers differ.
fn booking(out: &mut String, n: usize) {
    let letter = |at: usize| char::from(b'A' + (n / 26_usize.pow(at as u32) % 26) as u8);
    let name: String = (0..4).map(letter).collect();
    let _ = write!(
        out,
        "SRC'RCI+ZQ:{n:06X}::150826:0912+1A:L{n:05X}'\
         SSR+VGML:HK:1:ZQ'\
         DAT+700:031126:1820+710:160826:0730'\
         IFT+4:28::ZQ+CTCM KEF 354 555 0{n:05}-M'\
         ORG+1A:MUC+23912345:REKZQ2100+REK+ZQ:REK+T+IS:ISK+0101AASU+A1B2C3'\
         ADD++700:8 STRANDGATA:REYKJAVIK:::IS:101:354 555 0199'\
         TIF+QUELL{name}:I+TOBIN MARIS MR:A:1:1'\
         FTI+ZQ:55512{n:05}:1::GOLD'\
         REF+:00A1B2C3D4{n:06X}'\
         FAR+A+++++YLFLEX'\
         SSR+DOCS:HK:1:ZQ:::::/P/NOR/K{n:07}/NOR/23FEB91/M/07JUN31/QUELL{name}/TOBIN/MARIS'\
         SSR+CTCE:HK:1:ZQ:::::/TOBIN..QUELL{name}//MAIL.EXAMPLE'\
         TKT+999{n:010}:T:1'\
         MON+B:61000:ISK+T:74210:ISK'\
         PTK+NR++150826:2200+ZQ+999+REK:IS'\
         TXD++8900::ISK:IS+4310::ISK:YQ'\
         DAT+710:160826:0730'\
         FOP+CC::74210:VI:411111XXXXXX{:04}:0328'\
         IFT+4:15:0+REK ZQ LIS 520.10ZQ REK 480.20NUC1000.30END ROE122.05'\
         TIF+QUELL{name}:I+IDA MRS:A:2'\
         SSR+DOCS:HK:1:ZQ:::::/P/NOR/M{n:07}/NOR/30DEC89/F/15DEC30/QUELL{name}/IDA'\
         TKT+998{n:010}:T:1'\
         TVL+041126:1015:041126:1430+KEF+LIS+X9:ZQ+4417:Y'\
         TRA+ZQ+0417:Y'RPI+2+HK'APD+321'\
         SSR+SEAT:HK:2:ZQ:::KEF:LIS+014C::1+014D::2'\
         RCI+X9:ABCD12'\
         DAT+2:041126:0702'\
         ORG+ZQ:KEF++++++GS'\
         TRI++KEF-044:::1'\
         TIF+QUELL{name}:I+TOBIN MARIS MR:A:1'\
         SSD+014C++++Y'\
         TBD++2:31:700++HP:KEF-044+ZQ:99900{:05}:2:LIS'\
         TVL+081126:1620:081126:1905+LIS+KEF+ZQ+0418:M'RPI+2+HK'",
        n % 10_000,
        n % 100_000,
    );
}

/// Pushes of 150 bookings until `bytes` are reached.
fn transmission(bytes: usize) -> String {
    let mut out = String::with_capacity(bytes + 1_000_000);
    let (mut push, mut n) = (0, 0);
    while out.len() < bytes {
        push += 1;
        let _ = write!(
            out,
            "UNB+IATA:1+ZQ+UTOPIU+261104:0800+{push:08}++PNRGOV'\
             UNH+1+PNRGOV:13:1:IA+ZQ0417/041126/{push}+01:F'\
             MSG+:22'ORG+ZQ:KEF'TVL+041126:1015:041126:1430+KEF+LIS+ZQ+0417'EQN+150'"
        );
        let body = out.len();
        for _ in 0..150 {
            n += 1;
            booking(&mut out, n);
        }
        let segments = out[body..].matches('\'').count() + 6;
        let _ = write!(out, "UNT+{segments}+1'UNZ+1+{push:08}'");
    }
    out
}

/// Processor seconds that this program has used, where the system tells: other programs on the same
/// machine then count less.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: f64 = stat.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

fn main() {
    let megabytes = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(50);
    let input = transmission(megabytes * 1_000_000);
    for round in 1..=3 {
        let (clock, used) = (Instant::now(), processor_seconds());
        let (mut messages, mut travellers, mut findings, mut marks) = (0, 0, 0, 0);
        for decoded in oriel_messages::decode(input.as_bytes()) {
            messages += 1;
            findings += decoded.findings.len();
            marks += decoded.marks.len();
            travellers += decoded
                .message
                .as_ref()
                .map_or(0, |message| message.travellers.len());
            black_box(decoded);
        }
        let seconds = match (used, processor_seconds()) {
            (Some(before), Some(after)) => after - before,
            _ => clock.elapsed().as_secs_f64(),
        };
        println!(
            "round {round}: {:.0} MB/s, {messages} messages, {travellers} travellers, \
             {findings} findings, {marks} marks",
            input.len() as f64 / 1e6 / seconds
        );
    }
}
