//! What the profile does not keep is overwritten, nothing else is, and the message still reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oriel_messages::decode;
use oriel_policy::{Profile, project};
use std::sync::LazyLock;

static PROFILE: LazyLock<Profile> =
    LazyLock::new(|| Profile::builtin("eu-2022").expect("it comes with the program"));

fuzz_target!(|bytes: &[u8]| {
    let mut cut = bytes.to_vec();
    let mut spans = Vec::new();
    for decoded in decode(bytes) {
        spans.push(decoded.span.clone());
        let Some(mut message) = decoded.message else {
            continue;
        };
        let service = decoded.service;
        let taken = [
            service.component,
            service.element,
            service.terminator,
            service.decimal,
        ];
        let others = [service.release, service.repetition];
        let free = |b: &u8| !taken.contains(b) && !others.contains(&Some(*b));
        let filler = *b"*#.,_-="
            .iter()
            .find(|b| free(b))
            .expect("seven for six roles");
        let part = &mut cut[decoded.span.clone()];
        project(&PROFILE, &mut message, part, &decoded.marks, filler);
        for mark in decoded
            .marks
            .iter()
            .filter(|mark| !PROFILE.keeps(mark.element))
        {
            assert!(
                part[mark.at.range()].iter().all(|b| *b == filler),
                "{mark:?} was kept"
            );
        }
    }
    let again: Vec<_> = decode(&cut).map(|decoded| decoded.span).collect();
    assert_eq!(again, spans, "cutting changed where messages start and end");
});
