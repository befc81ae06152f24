//! What a profile does not keep is overwritten, nothing else is, and the message still reads; in
//! each profile that comes with the program.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oriel_messages::decode;
use oriel_policy::{Characters, Profile, project};
use std::sync::LazyLock;

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    Profile::builtins()
        .map(|id| Profile::builtin(id).expect("it comes with the program"))
        .collect()
});

fuzz_target!(|bytes: &[u8]| {
    for profile in PROFILES.iter() {
        check(profile, bytes);
    }
});

fn check(profile: &Profile, bytes: &[u8]) {
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
        let characters = Characters {
            filler,
            terminator: service.terminator,
        };
        let part = &mut cut[decoded.span.clone()];
        project(profile, &mut message, part, &decoded.marks, characters);
        for mark in decoded
            .marks
            .iter()
            .filter(|mark| !profile.keeps(mark.element))
        {
            assert!(
                part[mark.at.range()].iter().all(|b| *b == filler),
                "{mark:?} was kept under {}",
                profile.id()
            );
        }
    }
    let again: Vec<_> = decode(&cut).map(|decoded| decoded.span).collect();
    assert_eq!(again, spans, "cutting changed where messages start and end");
}
