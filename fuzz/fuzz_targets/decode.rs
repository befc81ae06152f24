//! Any bytes decode without a panic, and everything that is said about them has its place in them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| oriel_fuzz::check(bytes));
