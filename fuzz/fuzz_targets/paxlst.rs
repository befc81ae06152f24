//! Arbitrary bytes as the body of a message of this type.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"UN") {
        // A case of the corpus, envelope and all.
        oriel_fuzz::check(bytes);
        return;
    }
    let mut message = b"UNB+UNOA:4+ZQ+UTOGOV+261104:0845+1'UNH+1+PAXLST:D:05B:UN:IATA'".to_vec();
    message.extend_from_slice(bytes);
    message.extend_from_slice(b"'UNT+1+1'UNZ+1+1'");
    oriel_fuzz::check(&message);
});
