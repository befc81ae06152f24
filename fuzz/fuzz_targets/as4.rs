//! Any bytes are read as an AS4 message: a content type in the first line, the body behind it.
//! Nobody's signature is among them, so whatever is read is what the seed's signer has signed; and
//! an envelope in canonical form is its own canonical form.

#![no_main]

use jiff::{SignedDuration, Timestamp};
use libfuzzer_sys::fuzz_target;
use oriel_ebms::{Message, Rules, canonical};

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (head, body) = bytes.split_at(end);
    let content_type = std::str::from_utf8(head).unwrap_or_default();
    let rules = Rules {
        now: Timestamp::UNIX_EPOCH,
        window: SignedDuration::MAX,
        most: 1 << 20,
        party: "utopia",
    };
    let body = body.get(1..).unwrap_or_default();
    if let Ok(message) = Message::read(content_type, body, rules, |_| Some(())) {
        let unit = message.unit().map(|unit| unit.payloads.iter().map(Vec::len).sum());
        assert!(unit.unwrap_or(0) <= 1 << 20, "no more is unpacked than is taken");
    }
    if let Ok(text) = std::str::from_utf8(body)
        && let Ok(first) = canonical(text, &[])
    {
        assert_eq!(canonical(&first, &[]).as_deref(), Ok(&*first));
    }
});
