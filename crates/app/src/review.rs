//! Review: claim a case, decide a hit, give a case back.
//!
//! Invariant: the decision, the state of its case and the audit event are one transaction, and the
//! decision counts only on the version of the hit that the person saw.

use crate::read::read_hit;
use crate::screen::{case_severity, case_state, entry_digest, pair_read, review_of, side};
use crate::{App, AppError, check_in};
use oriel_casework::{Refusal, Review, ReviewState, Verdict, claim, decide, release};
use oriel_policy::audit::Event;
use oriel_policy::{Act, Calendar, Grant, Term};
use oriel_store::{CaseRow, CaseUpdate, Evidence, HitRow, Id, Retention, Settled, StoreError};

impl App {
    /// Takes a case on. `version` is the one that was seen, where the caller saw one.
    pub fn case_claim(
        &self,
        grant: &Grant,
        id: Id,
        version: Option<i64>,
    ) -> Result<CaseRow, AppError> {
        self.core.store.write(|tx| {
            let (row, _) = tx.case_fetch(grant, id)?;
            let taken = claim(row.claim.as_ref(), grant)?;
            Ok(tx.case_claim(grant, id, version, Some(&taken))?)
        })
    }

    /// Gives a case back.
    pub fn case_release(
        &self,
        grant: &Grant,
        id: Id,
        version: Option<i64>,
    ) -> Result<CaseRow, AppError> {
        self.core.store.write(|tx| {
            let (row, _) = tx.case_fetch(grant, id)?;
            release(row.claim.as_ref(), grant)?;
            Ok(tx.case_claim(grant, id, version, None)?)
        })
    }

    /// Signs a decision on one hit of a case: the first, or the second where one is wanted.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one field of the signed decision"
    )]
    pub fn hit_decide(
        &self,
        grant: &Grant,
        case: Id,
        hit: Id,
        version: i64,
        verdict: Verdict,
        reasons: &[String],
        note: &str,
    ) -> Result<Review, AppError> {
        if grant.act() != Act::HitDecide {
            return Err(StoreError::WrongGrant.into());
        }
        let decided = self.core.store.write(|tx| {
            let (row, journey) = tx.case_fetch(grant, case)?;
            let profile = grant.profile();
            let mut hits = tx.hit_of_traveller(grant, &journey, case)?;
            let place = hits
                .iter()
                .position(|row| row.hit.id == hit)
                .ok_or(StoreError::NotFound { what: "hit" })?;
            let before = review_of(&hits[place])?;
            let mut review = decide(&before, grant, profile, verdict, reasons, note)?;
            let known = tx.traveller_list(journey.n)?;
            let facts = known.iter().find(|row| row.id == case);
            let facts = facts.map(|row| row.digest);
            let found = read_hit(&hits[place])?;
            let entry = entry_digest(tx, grant.compartment(), &found)?;
            let facts = facts
                .map(|facts| side(tx, grant.compartment(), &facts, &found))
                .transpose()?;
            if let (ReviewState::Closed, Some(facts), Some(entry)) = (review.state(), facts, entry)
            {
                review.read = pair_read(tx, grant.compartment(), &facts, &entry)?;
            }
            let json = serde_json::to_string(&review).expect("a review is plain data");
            tx.hit_review(&journey, hit, version, &json, review.state().name())?;
            hits[place].review = json;
            hits[place].reviewed = review.state().name().to_owned();
            let case_now = CaseUpdate {
                severity: case_severity(&hits),
                state: case_state(&hits)?.to_owned(),
                ..row.case
            };
            tx.case_put(&journey, &case_now, grant.at())?;
            check_in::decided(tx, grant, journey.n, case, &hits)?;
            if confirms(&review) {
                let calendar = Calendar::of(profile);
                tx.evidence_put(
                    grant,
                    &Evidence {
                        id: Id::of_evidence(case, "confirmed_hit", &hit.display("hit")),
                        journey: journey.n,
                        traveller: case,
                        kind: "confirmed_hit".to_owned(),
                        object: hit.display("hit"),
                        recorded_by: grant.actor().to_owned(),
                        recorded_at: grant.at(),
                        review_at: calendar.deadline(Term::LinkReview, grant.at()).at,
                    },
                )?;
            }
            if review.state() == ReviewState::Closed {
                let object = hit.display("hit");
                tx.settled_remove(grant, &object)?;
                if let (Some(Verdict::NotSame), Some(person), Some(entry)) =
                    (review.verdict(), facts, entry)
                    && journey.retention == Retention::Whole
                {
                    tx.settled_put(
                        grant,
                        &Settled {
                            person,
                            entry,
                            kind: "not_same".to_owned(),
                            object,
                            journey: journey.n,
                            traveller: case,
                            since: grant.at(),
                            ends_at: None,
                        },
                    )?;
                }
            }
            // Notes may name people; the log holds codes only.
            let mut detail = format!(
                "ok case={} verdict={} reasons={} state={} list={}",
                case.display("case"),
                verdict.name(),
                reasons.join(","),
                review.state().name(),
                hits[place].hit.list
            );
            if confirms(&review) && !is_identified(&hits, hit)? {
                detail += " identified=yes";
            }
            tx.audit_append(&[Event::granted(grant, hit.display("hit"), detail)])?;
            Ok(review)
        });
        if matches!(decided, Err(AppError::Review(Refusal::SamePerson))) {
            self.note(Event::refused(grant, hit.display("hit"), "second-person"))?;
        }
        // Carriers that asked may have to be told.
        self.core.carriers.forget();
        decided
    }
}

/// Whether a review has come to its end and found that both are the same person.
fn confirms(review: &Review) -> bool {
    review.verdict() == Some(Verdict::Same)
}

/// Whether another hit than `hit` of the same traveller was confirmed before (R-STA-01 counts each
/// once).
fn is_identified(hits: &[HitRow], hit: Id) -> Result<bool, AppError> {
    for row in hits.iter().filter(|row| row.hit.id != hit) {
        if confirms(&review_of(row)?) {
            return Ok(true);
        }
    }
    Ok(false)
}
