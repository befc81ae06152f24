//! Measures looking up document numbers among millions of lost and stolen ones.
//!
//! Numbers are made from their place in the list, so that the list needs no memory of its own: a
//! letter and eight characters, no two alike.

use super::{Args, result};
use oriel_screening::documents::{DocumentRow, DocumentSet, NearScratch};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Instant;

/// Documents looked up exactly, listed ones and strangers.
const EXACT: u64 = 1_000_000;

/// Documents of which the neighbours are looked up.
const NEAR: u64 = 10_000;

/// Characters of a number without those that look like others.
const CHARACTERS: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRTUVWXY";

/// The number in this place, scattered over all numbers of eight characters.
fn number(place: u64, text: &mut String) {
    const ALL: u64 = (1 << 40) - 1;
    let mut rest = place.wrapping_mul(0x9e37_79b9_7f4a_7c15) & ALL;
    rest ^= rest >> 20;
    text.clear();
    text.push('P');
    for _ in 0..8 {
        text.push(char::from(CHARACTERS[(rest & 31) as usize]));
        rest >>= 5;
    }
}

pub(super) fn documents(args: &Args) -> anyhow::Result<Value> {
    let count = args.size.unwrap_or(1).max(1) as u64 * 1_000_000;
    let start = Instant::now();
    let set = DocumentSet::build([args.seed, !args.seed], |add| {
        let mut text = String::new();
        for place in 0..count {
            number(place, &mut text);
            add(DocumentRow {
                number: &text,
                state: "UTO",
                kind: "P",
            });
        }
        Ok::<_, Infallible>(())
    })?;
    let built = start.elapsed().as_secs_f64();

    // Every second one stands on the list; places far apart, as travellers ask for them.
    let mut texts = Vec::new();
    for i in 0..EXACT {
        let place = i * 7_919 % count + (i % 2) * count;
        let mut text = String::new();
        number(place, &mut text);
        texts.push(text);
    }
    let start = Instant::now();
    let found = texts
        .iter()
        .filter(|text| set.get(text).next().is_some())
        .count();
    let exact = start.elapsed().as_secs_f64() * 1e6 / EXACT as f64;

    let mut scratch = NearScratch::default();
    let mut near = 0;
    let start = Instant::now();
    for text in &texts[..NEAR as usize] {
        near += set.near(text, None, &mut scratch).len();
    }
    let one_slip = start.elapsed().as_secs_f64() * 1e6 / NEAR as f64;
    Ok(result(
        "documents",
        1e6 / exact,
        "look-ups/s",
        set.len(),
        1,
        json!({
            "exact_micros": exact,
            "one_slip_micros": one_slip,
            "bytes": set.bytes(),
            "build_seconds": built,
            "asked": EXACT,
            "found": found,
            "near_found": near,
        }),
    ))
}
