//! What a carrier is told of a traveller at check-in.
//!
//! - In: the profile's rules, whether what it asks for is known, and the traveller's hits with
//!   their reviews.  Out: a [`Clearance`].
//! - Source: R-IAPI-03, R-IAPI-05, R-REV-03; Directive (EU) 2016/681, Article 7(6).
//! - Invariants: a score is no input, so that none can refuse; what nobody has decided is at most
//!   [`Clearance::Contact`], but for a document that is itself listed where the profile says so;
//!   what a person decided is "not the same" holds nobody up.

use crate::{Review, ReviewState, Verdict};
use oriel_model::Presence;
use oriel_policy::{CheckIn, Clearance, Refuses};

/// One hit of a traveller that is still found.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The very document is listed: number, issuer and kind.
    pub document: bool,
    /// What people decided about it.
    pub review: Review,
}

/// The answer. `complete` says whether everything is known that the profile needs.
pub fn clear(law: &CheckIn, complete: bool, hits: &[Standing]) -> Clearance {
    let refuses = |why| law.refuses.value.contains(&why);
    let of_hit = |hit: &Standing| match (hit.review.state(), hit.review.verdict()) {
        (ReviewState::Closed, Some(Verdict::Same)) if refuses(Refuses::Decision) => {
            Clearance::NoBoard
        }
        (ReviewState::Closed, Some(Verdict::Same)) => Clearance::Contact,
        // A person has looked, and found no reason.
        (ReviewState::Closed, _) => Clearance::Board,
        _ if hit.document && refuses(Refuses::Document) => Clearance::NoBoard,
        _ => Clearance::Contact,
    };
    let data = match complete {
        true => Clearance::Board,
        false => Clearance::DataError,
    };
    hits.iter().map(of_hit).max().unwrap_or(data).max(data)
}

/// What does not fit between what a carrier was told and who is on board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discrepancy {
    /// On board, and never asked about, or not cleared to board.
    BoardedNotCleared,
    /// Cleared to board, and not on board.
    ClearedNotBoarded,
}

/// Compares what was told last of a passenger with the close-out, on a journey about which a carrier
/// asks; nothing where both fit, or there is no close-out yet (R-IAPI-08).
pub fn reconcile(told: Option<Clearance>, presence: Presence) -> Option<Discrepancy> {
    let cleared = told == Some(Clearance::Board);
    match presence {
        Presence::Boarded if !cleared => Some(Discrepancy::BoardedNotCleared),
        Presence::NotBoarded if cleared => Some(Discrepancy::ClearedNotBoarded),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-IAPI-08.
    #[test]
    fn who_boarded_is_compared_with_who_was_cleared() {
        use Clearance::{Board, Contact, NoBoard, Undetermined};
        use Discrepancy::{BoardedNotCleared, ClearedNotBoarded};
        let check = |told, presence, expect| assert_eq!(reconcile(told, presence), expect);
        check(Some(Board), Presence::Boarded, None);
        check(Some(NoBoard), Presence::NotBoarded, None);
        check(None, Presence::NotBoarded, None);
        check(Some(Board), Presence::NotBoarded, Some(ClearedNotBoarded));
        for told in [None, Some(NoBoard), Some(Contact), Some(Undetermined)] {
            check(told, Presence::Boarded, Some(BoardedNotCleared));
            check(told, Presence::Listed, None);
        }
        // Who cancels at the desk was cleared, and does not go: the carrier has said so itself.
        check(Some(Board), Presence::Cancelled, None);
    }
    use crate::decide;
    use oriel_policy::{Act, Actor, Profile, Purpose, Role, authorize};

    /// Hits as words, `name` or `document` and the verdicts of `a`, `b` and `c`.
    #[track_caller]
    fn check(refuses: &str, complete: bool, hits: &[&str], expect: Clearance) {
        let text = Profile::builtin_text("utopia").unwrap();
        let text = text.replace("[\"document\", \"decision\"]", refuses);
        let profile = Profile::parse(&text).unwrap();
        let now = "2026-11-22T14:00:00Z".parse().unwrap();
        let standing = |hit: &&str| {
            let mut words = hit.split(' ');
            let document = words.next() == Some("document");
            let mut review = Review::default();
            for (who, verdict) in ["a", "b", "c"].iter().zip(words) {
                let verdict = Verdict::parse(verdict).unwrap();
                let reason = match verdict {
                    Verdict::Same => "S1",
                    Verdict::NotSame => "N1",
                    Verdict::CannotTell => "C1",
                };
                let actor = Actor::new(*who, &[Role::Analyst]);
                let purpose = Purpose::parse("case=c1");
                let grant =
                    authorize(&profile, &actor, Act::HitDecide, purpose.as_ref(), now).unwrap();
                let reasons = [reason.to_owned()];
                review = decide(&review, &grant, &profile, verdict, &reasons, "").unwrap();
            }
            Standing { document, review }
        };
        let hits: Vec<Standing> = hits.iter().map(standing).collect();
        let got = clear(profile.check_in().unwrap(), complete, &hits);
        assert_eq!(got, expect, "{hits:?}");
    }

    /// R-IAPI-03, R-IAPI-05, R-REV-03: nothing that a program found refuses, but for the very
    /// document, and that only where the law says so.
    #[test]
    fn only_documents_and_decisions_refuse() {
        use Clearance::{Board, Contact, DataError, NoBoard};
        let both = "[\"document\", \"decision\"]";
        check(both, true, &[], Board);
        check(both, false, &[], DataError);
        check(both, true, &["name"], Contact);
        check(both, false, &["name"], DataError);
        check(both, true, &["document"], NoBoard);
        check("[\"decision\"]", true, &["document"], Contact);
        check(both, true, &["name same"], Contact);
        check(both, true, &["name same same"], NoBoard);
        check("[\"document\"]", true, &["name same same"], Contact);
        check(both, true, &["name same not_same"], Contact);
        check(both, true, &["name same not_same not_same"], Board);
        check(both, true, &["document not_same"], Board);
        check(both, true, &["name cannot_tell"], Board);
        check(both, true, &["name not_same", "name"], Contact);
        check("[]", true, &["document same same", "name"], Contact);
    }
}
