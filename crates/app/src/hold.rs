//! Holds: a copy for one case, under that case's own retention; and links to an offence, looked at
//! again.
//!
//! - Source: R-RET-07, R-RET-05.
//! - Invariants: a hold keeps what whoever placed it could see, of one person; the record itself is
//!   masked and erased on its day as if there were none. Who recorded a link does not review it.

use crate::journey::narrow;
use crate::read::{TravellerView, flight_view, person_fetch};
use crate::unfit::Unfit;
use crate::unmask::{bound, case_there, is_code, is_for, words};
use crate::{App, AppError};
use jiff::Timestamp;
use oriel_keys::Bucket;
use oriel_policy::{Act, Calendar, Grant, Term, refuse_step};
use oriel_store::{Evidence, Hold, Id, StoreError, bucket};

/// What is to be kept for a case. The case or request is the grant's purpose.
#[derive(Clone, Debug)]
pub struct HoldAsk<'a> {
    /// The person.
    pub traveller: Id,
    /// The authority whose case it is: an identifier.
    pub authority: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The first instant at which it is over: the case's own retention, UTC.
    pub ends_at: Timestamp,
}

impl App {
    /// Keeps a copy of one person's record for a case.
    pub fn hold_place(&self, grant: &Grant, ask: &HoldAsk<'_>) -> Result<Hold, AppError> {
        is_for(grant, Act::HoldPlace)?;
        let purpose = bound(grant)?;
        words("why it is kept", ask.reason)?;
        if !is_code(ask.authority) {
            return Err(Unfit::Authority.into());
        }
        if ask.ends_at <= grant.at() || bucket(ask.ends_at) > Bucket::LAST {
            return Err(Unfit::Date.into());
        }
        let calendar = Calendar::of(grant.profile());
        let review_at = calendar.deadline(Term::HoldReview, grant.at()).at;
        self.core.store.write(|tx| {
            case_there(tx, grant)?;
            let missing = StoreError::NotFound { what: "traveller" };
            let row = tx.traveller_journey(ask.traveller)?.ok_or(missing)?;
            let object = ask.traveller.display("trv");
            let opened = person_fetch(tx, grant, &row, ask.traveller, &object)?;
            let copy = narrow(&opened.journey, &opened.ids, ask.traveller)
                .ok_or(StoreError::NotFound { what: "traveller" })?;
            let (by, at) = (grant.actor(), grant.at());
            let hold = Hold {
                id: Id::of_record(
                    &["hold", grant.compartment(), by, &purpose],
                    at,
                    &[ask.traveller],
                ),
                compartment: grant.compartment().to_owned(),
                purpose: purpose.clone(),
                authority: ask.authority.to_owned(),
                journey: row.n,
                traveller: ask.traveller,
                reason: ask.reason.trim().to_owned(),
                placed_by: by.to_owned(),
                placed_at: at,
                review_at,
                ends_at: ask.ends_at,
                lifted_by: None,
                lifted_at: None,
            };
            tx.hold_insert(grant, &hold, &copy)?;
            Ok(hold)
        })
    }

    /// Holds that are not over, soonest review first.
    pub fn holds(&self, grant: &Grant) -> Result<Vec<Hold>, AppError> {
        Ok(self.core.store.write(|tx| tx.hold_list(grant))?)
    }

    /// What a hold keeps, for its own purpose.
    pub fn hold_read(&self, grant: &Grant, id: Id) -> Result<(Hold, TravellerView), AppError> {
        is_for(grant, Act::HoldRead)?;
        self.core.store.write(|tx| {
            let (hold, reports) = tx.hold_fetch(grant, id)?;
            let row = tx.journey_row(hold.journey)?;
            let row = row.ok_or(StoreError::NotFound { what: "flight" })?;
            let flight = flight_view(tx, row)?;
            let view = TravellerView::alone(hold.traveller, flight, reports);
            Ok((hold, view))
        })
    }

    /// Looks at a hold again, and keeps it.
    pub fn hold_keep(&self, grant: &Grant, id: Id) -> Result<(), AppError> {
        let calendar = Calendar::of(grant.profile());
        let review_at = calendar.deadline(Term::HoldReview, grant.at()).at;
        Ok(self
            .core
            .store
            .write(|tx| tx.hold_keep(grant, id, review_at))?)
    }

    /// Ends a hold.
    pub fn hold_lift(&self, grant: &Grant, id: Id) -> Result<(), AppError> {
        Ok(self.core.store.write(|tx| tx.hold_lift(grant, id))?)
    }

    /// Links to an offence for which records are kept, soonest review first.
    pub fn links(&self, grant: &Grant) -> Result<Vec<Evidence>, AppError> {
        Ok(self.core.store.write(|tx| tx.evidence_list(grant))?)
    }

    /// Looks at a link again: keeps it until the next look, or lifts it, and the record goes at the
    /// next sweep unless something else keeps it.
    pub fn link_review(&self, grant: &Grant, id: Id, keep: bool) -> Result<(), AppError> {
        is_for(grant, Act::LinkReview)?;
        let calendar = Calendar::of(grant.profile());
        let review_at = calendar.deadline(Term::LinkReview, grant.at()).at;
        let done = self.core.store.write(|tx| {
            let evidence = tx.evidence_find(grant, id)?;
            let done = [(Act::LinkRecord, &*evidence.recorded_by)];
            refuse_step(done, grant.act(), grant.actor()).map_err(Unfit::Pair)?;
            if keep {
                tx.evidence_keep(grant, id, review_at)?;
            } else {
                tx.evidence_lift(grant, id)?;
            }
            Ok(())
        });
        self.core.told(grant, &id.display("evd"), done)
    }
}
