//! The rights of persons over their own data: asked, found, answered, corrected, erased, spared.
//!
//! - Source: R-DSR-01, R-DSR-05, R-DPO-01; Directive (EU) 2016/681, Article 13(1).
//! - Invariants: only the data-protection officer does any of it, each time for one request that the
//!   purpose names; nothing is found or changed for a request that is closed; what was sent is never
//!   overwritten, and no correction starts a clock again.

mod change;
mod find;

pub use change::{Change, Erased, Reach};
pub use find::{Found, FoundIn, Search};

use crate::unfit::Unfit;
use crate::unmask::{is_code, is_for, words};
use crate::{App, AppError};
use jiff::Timestamp;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Calendar, Grant, Term};
use oriel_screening::Person;
use oriel_store::{Id, RightsRequest, RightsState, StoreError, Tx};
use serde::{Deserialize, Serialize};

/// What a request may be for.
pub const KINDS: &[&str] = &["access", "rectify", "erase", "redress"];

/// Who asks: by what the records are searched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asker {
    /// Names, birth dates, documents, nationality.
    pub person: Person,
    /// Telephone numbers and addresses of electronic mail.
    pub contacts: Vec<String>,
    /// Record locators of bookings.
    pub locators: Vec<String>,
}

/// A request as it comes in.
#[derive(Clone, Debug)]
pub struct RightsAsk<'a> {
    /// One of [`KINDS`].
    pub kind: &'a str,
    /// How the identity was checked: a code, such as `in-person` or `e-id`.
    pub identity: &'a str,
    /// When it came in, UTC; not later than now.
    pub received_at: Timestamp,
    /// Who asks.
    pub asker: &'a Asker,
}

/// A refusal, with the remedy that the profile names.
#[derive(Clone, Debug, Serialize)]
struct Refusal<'a> {
    refused: &'a str,
    clause: &'a str,
    remedy: &'a str,
}

impl App {
    /// Records a request; from its receipt runs the time to answer it.
    pub fn rights_open(
        &self,
        grant: &Grant,
        ask: &RightsAsk<'_>,
    ) -> Result<RightsRequest, AppError> {
        is_for(grant, Act::RightsPut)?;
        if !KINDS.contains(&ask.kind) {
            return Err(Unfit::Kind.into());
        }
        if !is_code(ask.identity) {
            return Err(Unfit::Words("how the identity was checked, as a code", 64).into());
        }
        if ask.received_at > grant.at() {
            return Err(Unfit::Received.into());
        }
        if find::keys_of(ask.asker).is_empty() {
            return Err(Unfit::NothingToFind.into());
        }
        let calendar = Calendar::of(grant.profile());
        let person = serde_json::to_string(ask.asker).expect("an asker is plain data");
        let request = RightsRequest {
            id: Id::of_record(
                &["rights", grant.compartment(), grant.actor(), ask.kind],
                grant.at(),
                &[],
            ),
            compartment: grant.compartment().to_owned(),
            kind: ask.kind.to_owned(),
            state: RightsState::Open,
            identity: ask.identity.to_owned(),
            person,
            received_at: ask.received_at,
            due_at: calendar.deadline(Term::Answer, ask.received_at).at,
            keep_until: calendar.deadline(Term::RightsKeep, ask.received_at).at,
            opened_by: grant.actor().to_owned(),
            answer: String::new(),
            closed_by: None,
            closed_at: None,
            version: 1,
        };
        if request.keep_until <= grant.at() {
            return Err(Unfit::Received.into());
        }
        self.core
            .store
            .write(|tx| tx.rights_insert(grant, &request))?;
        Ok(request)
    }

    /// The register, soonest due first.
    pub fn rights_list(&self, grant: &Grant) -> Result<Vec<RightsRequest>, AppError> {
        Ok(self.core.store.write(|tx| tx.rights_list(grant))?)
    }

    /// The request that the purpose names.
    pub fn rights_show(&self, grant: &Grant) -> Result<RightsRequest, AppError> {
        is_for(grant, Act::RightsRead)?;
        self.core.store.write(|tx| {
            let request = tx.rights_find(grant)?;
            let event = Event::granted(grant, request.id.display("rgt"), "ok");
            tx.audit_append(&[event])?;
            Ok(request)
        })
    }

    /// Answers a request with `answer`, from which is taken out what others have a right to:
    /// `records` are in it, `withheld` kinds of fields are not.
    pub fn rights_answer(
        &self,
        grant: &Grant,
        seen: i64,
        answer: &str,
        records: usize,
        withheld: usize,
    ) -> Result<RightsRequest, AppError> {
        is_for(grant, Act::RightsRedact)?;
        let detail = format!("ok records={records} withheld={withheld}");
        self.close(grant, seen, RightsState::Answered, answer, detail)
    }

    /// Refuses a request: for which reason, and what the person can do about it.
    pub fn rights_refuse(
        &self,
        grant: &Grant,
        seen: i64,
        reason: &str,
    ) -> Result<RightsRequest, AppError> {
        is_for(grant, Act::RightsPut)?;
        words("why it is refused", reason)?;
        let remedy = &grant.profile().rights().remedy;
        let answer = serde_json::to_string(&Refusal {
            refused: reason.trim(),
            clause: &remedy.clause,
            remedy: &remedy.value,
        })
        .expect("a refusal is plain data");
        let detail = "ok refused".to_owned();
        self.close(grant, seen, RightsState::Refused, &answer, detail)
    }

    fn close(
        &self,
        grant: &Grant,
        seen: i64,
        state: RightsState,
        answer: &str,
        detail: String,
    ) -> Result<RightsRequest, AppError> {
        self.core.store.write(|tx| {
            let request = open_request(tx, grant)?;
            if request.version != seen {
                let current = request.version;
                return Err(StoreError::Stale { current }.into());
            }
            tx.rights_close(grant, &request, state, answer)?;
            let event = Event::granted(grant, request.id.display("rgt"), detail);
            tx.audit_append(&[event])?;
            Ok(tx.rights_find(grant)?)
        })
    }
}

/// The request that the purpose names, as long as nobody has closed it.
fn open_request(tx: &mut Tx<'_>, grant: &Grant) -> Result<RightsRequest, AppError> {
    let request = tx.rights_find(grant)?;
    match request.state {
        RightsState::Open => Ok(request),
        _ => Err(Unfit::Decided.into()),
    }
}
