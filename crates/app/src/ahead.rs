//! Who is asked about at check-in is looked up before the commit, by the thread that decodes the
//! question: others decode meanwhile, but only one commits.
//!
//! - Invariants: what was found counts only where the commit screens the same facts against the same
//!   lists; where it does not, it looks itself.

use crate::lists::{OwnLists, Room};
use crate::{Compartment, Core, Prepared};
use oriel_screening::{Hit, Subject};

/// What was found of the travellers of one message.
#[derive(Debug)]
pub(crate) struct Ahead {
    /// Digest of the lists that were asked.
    lists: String,
    found: Vec<(Subject, Vec<Hit>)>,
}

impl Ahead {
    /// What these lists say of somebody, where that is known.
    pub(crate) fn hits(&self, lists: &OwnLists, subject: &Subject) -> Option<&[Hit]> {
        if self.lists != lists.digest {
            return None;
        }
        let found = self.found.iter().find(|(known, _)| known == subject);
        found.map(|(_, hits)| hits.as_slice())
    }
}

impl Core {
    /// Looks up whoever is asked about.
    pub(crate) fn look_ahead(&self, compartments: &[Compartment], prepared: &mut [Prepared]) {
        let (lists, now) = (self.lists(), self.now());
        let taken = prepared.iter_mut().filter_map(|it| it.accepted.as_mut());
        for kept in taken
            .filter(|it| it.asks.is_some())
            .flat_map(|it| &mut it.kept)
        {
            let profile = &compartments[kept.compartment].profile;
            let own = lists.of(profile, now);
            let compared = |element| profile.compares(element);
            for told in &mut kept.reports {
                let travellers = told.report.travellers.iter();
                let found = travellers.map(|traveller| {
                    let mut subject = Subject::from_traveller(traveller);
                    if own.seek() {
                        subject.add_destination(traveller, &compared);
                    }
                    let screen = |room: &mut Room| own.screen(&subject, &self.weights, room);
                    let hits = self.rooms.with(screen);
                    (subject, hits)
                });
                told.ahead = Some(Ahead {
                    found: found.collect(),
                    lists: own.digest.clone(),
                });
            }
        }
    }
}
