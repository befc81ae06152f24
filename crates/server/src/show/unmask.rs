//! Unmaskings, holds and links as they go over the wire.

use super::case::case_journey;
use super::instant;
use crate::views::unmask::{Hold, Link, UnmaskState, Unmasking, UnmaskingDetail};
use jiff::Timestamp;
use oriel_app::UnmaskView;
use oriel_store::Evidence;
use std::collections::HashMap;

/// What is needed to show who did something, and what is past.
pub(crate) struct Register<'a> {
    /// Initials by account.
    pub(crate) initials: &'a HashMap<String, String>,
    /// The account that reads.
    pub(crate) reader: &'a str,
    /// The present.
    pub(crate) now: Timestamp,
}

impl Register<'_> {
    fn who(&self, account: &str) -> String {
        let known = self.initials.get(account);
        known.cloned().unwrap_or_else(|| account.to_owned())
    }

    pub(crate) fn unmasking(&self, row: &oriel_store::Unmasking) -> Unmasking {
        use oriel_store::UnmaskState as S;
        let at = |at: Option<Timestamp>| at.as_ref().map(instant);
        let over = row.ends_at.is_some_and(|end| end <= self.now);
        Unmasking {
            id: row.id.display("unm"),
            version: row.version,
            // Over is over, swept or not.
            state: match row.state {
                S::Approved | S::Provisional if over => UnmaskState::Ended,
                S::Asked => UnmaskState::Asked,
                S::Provisional => UnmaskState::Provisional,
                S::Approved => UnmaskState::Approved,
                S::Refused => UnmaskState::Refused,
                S::Ended => UnmaskState::Ended,
            },
            purpose: row.purpose.clone(),
            offence: row.offence.clone(),
            reason: row.reason.clone(),
            elements: row.elements.clone(),
            minutes: row.minutes,
            asked_by: self.who(&row.asked_by),
            asked_at: instant(&row.asked_at),
            mine: row.asked_by == self.reader,
            confirm_by: at(row.confirm_by),
            decided_by: row
                .decided_by
                .as_ref()
                .or(row.granted_by.as_ref())
                .map(|by| self.who(by)),
            decided_at: at(row.decided_at.or(row.granted_at)),
            answer: row.answer.clone(),
            ends_at: at(row.ends_at),
            review_by: at(row.review_by),
        }
    }

    pub(crate) fn detail(&self, view: &UnmaskView) -> UnmaskingDetail {
        UnmaskingDetail {
            unmasking: self.unmasking(&view.unmasking),
            persons: view.persons,
            flights: view.flights.iter().map(case_journey).collect(),
        }
    }

    pub(crate) fn hold(&self, hold: &oriel_store::Hold) -> Hold {
        Hold {
            id: hold.id.display("hld"),
            purpose: hold.purpose.clone(),
            authority: hold.authority.clone(),
            reason: hold.reason.clone(),
            placed_by: self.who(&hold.placed_by),
            placed_at: instant(&hold.placed_at),
            review_at: instant(&hold.review_at),
            overdue: hold.review_at <= self.now,
            ends_at: instant(&hold.ends_at),
        }
    }

    pub(crate) fn link(&self, link: &Evidence) -> Link {
        Link {
            id: link.id.display("evd"),
            traveller: link.traveller.display("trv"),
            kind: link.kind.clone(),
            object: link.object.clone(),
            recorded_by: self.who(&link.recorded_by),
            recorded_at: instant(&link.recorded_at),
            review_at: instant(&link.review_at),
            overdue: link.review_at <= self.now,
            mine: link.recorded_by == self.reader,
        }
    }
}
