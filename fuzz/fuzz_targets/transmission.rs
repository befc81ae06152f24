//! Any bytes are opened (gzip, ZIP, telegrams, XML) without a panic, and what comes out is sound.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oriel_messages::Transmission;

fuzz_target!(|bytes: &[u8]| {
    let transmission = Transmission::open(bytes);
    assert!(transmission.decode().count() > 0, "something is said about every transmission");
    oriel_fuzz::check(transmission.bytes());
});
