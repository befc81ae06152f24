//! Any bytes are read as a reply or refused; a reply that is read can be written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oriel_messages::reply::{Codes, read, write};

fuzz_target!(|bytes: &[u8]| {
    let codes = Codes::default();
    if let Ok(reply) = read(bytes, &codes)
        && let Ok(written) = write(&reply, &codes)
    {
        assert!(read(&written, &codes).is_ok(), "what is written can be read");
    }
});
