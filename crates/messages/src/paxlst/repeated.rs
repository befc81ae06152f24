//! Finds persons who are listed twice in one message.
//!
//! - Source: PAXLST guide, group 4: one NAD a person; a person sent again replaces what was sent.
//! - Invariant: two entries are one person only when their names are the same and the carrier's
//!   reference, or a document's number, is the same too. A shared document alone makes nobody one.

use super::List;
use crate::body::Body;
use crate::findings::paxlst as found;
use oriel_model::{Document, Personal, Span, Traveller};
use rustc_hash::FxHasher;
use std::hash::Hasher;

impl List {
    /// Keeps the later of two entries of the same person.
    pub(super) fn drop_repeated(&mut self, body: &mut Body<'_, '_>) {
        let people = self.message.travellers.iter().enumerate();
        let mut keys: Vec<(u64, usize)> = people
            .filter_map(|(at, person)| Some((digest(key(body, person)?), at)))
            .collect();
        keys.sort_unstable();
        let mut same: Vec<(usize, usize)> = Vec::new();
        for alike in keys.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            // Equal digests are only a hint. Sorting keeps made-up ones from costing more.
            let mut alike: Vec<_> = alike
                .iter()
                .map(|&(_, at)| (key(body, &self.message.travellers[at]), at))
                .collect();
            alike.sort_unstable();
            let pairs = alike.windows(2).filter(|two| two[0].0 == two[1].0);
            same.extend(pairs.map(|two| (two[0].1, two[1].1)));
        }
        if same.is_empty() {
            return;
        }
        let mut gone = vec![false; self.message.travellers.len()];
        for (earlier, later) in same {
            gone[earlier] = true;
            let (at, here) = self.entries[later].clone();
            body.report_later(&found::LISTED_TWICE, at, here);
        }
        let mut gone = gone.into_iter();
        self.message
            .travellers
            .retain(|_| gone.next() != Some(true));
    }
}

/// A number that equal keys share and others rarely do.
fn digest(key: [&[u8]; 3]) -> u64 {
    let mut digest = FxHasher::default();
    for part in key {
        digest.write(part);
    }
    digest.finish()
}

/// What tells that two entries are one person: the bytes of name and reference as sent.
fn key<'a>(body: &Body<'a, '_>, person: &Traveller) -> Option<[&'a [u8]; 3]> {
    let name = &person.name;
    let surname = name.surname.as_ref()?.at();
    let given = name.given.as_ref().map_or(Span::default(), Personal::at);
    let number = |document: &Document| Some(document.number.as_ref()?.at());
    let reference = person.carrier_ref.as_ref().map(Personal::at);
    let reference = reference.or_else(|| person.documents.iter().find_map(number))?;
    let key = [surname, given, reference].map(|at| body.bytes(at));
    // What was overwritten before storing says nothing about who is who.
    let says = |bytes: &[u8]| {
        bytes
            .iter()
            .any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
    };
    (says(key[0]) && says(key[2])).then_some(key)
}
