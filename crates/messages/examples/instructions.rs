//! One pass over a file, several times: what `cargo xtask instructions` counts under callgrind.
//!
//! `instructions tokens|messages FILE PASSES`: the difference between two numbers of passes is what
//! a pass costs, without the start of the program.

use oriel_edifact::{Charset, Segment, Starts, Tokens};
use std::hint::black_box;
use std::io;

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, file, passes] = &words[..] else {
        return Err(io::Error::other("tokens|messages FILE PASSES"));
    };
    let work: fn(&[u8]) -> usize = match what.as_str() {
        "tokens" => tokens,
        "messages" => |bytes| oriel_messages::decode(bytes).count(),
        _ => return Err(io::Error::other("tokens or messages")),
    };
    let bytes = std::fs::read(file)?;
    let passes: usize = passes.parse().map_err(io::Error::other)?;
    for _ in 0..passes {
        black_box(work(black_box(&bytes)));
    }
    Ok(())
}

fn tokens(bytes: &[u8]) -> usize {
    let Some(start) = Starts::new(bytes).from(0) else {
        return 0;
    };
    let text = &bytes[start.header..];
    let mut tokens = Tokens::new(text, start.header, start.service, Charset::Ascii);
    let mut segment = Segment::default();
    let mut segments = 0;
    while tokens.next_into(&mut segment) == Ok(true) {
        segments += 1;
    }
    segments
}
