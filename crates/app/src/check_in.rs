//! What a carrier that asks at check-in is told of each traveller.
//!
//! - In: messages that ask, merged and screened like every other.  Out: for each traveller in them
//!   what to tell, and a record of it in the same transaction.
//! - Source: R-IAPI-01 to R-IAPI-05. What is told unasked, when an answer changes: [`unasked`].
//! - Invariants: an answer stands only on what is committed with it; the same question again is
//!   answered by how things stand then; of several recipients and journeys the gravest answer counts;
//!   who has not selected a journey says nothing against it (R-SCO-08), and nobody else is told
//!   [`Clearance::Board`] who was not looked at.

mod unasked;

pub use unasked::Unasked;

use crate::prepare::Prepared;
use crate::receive::{MessageOutcome, Receipt, Status};
use crate::screen::{Work, lists_documents, review_of};
use crate::{AppError, Compartment};
use jiff::Timestamp;
use oriel_casework::{Standing, clear};
use oriel_model::{MessageKey, Person, Text, Traveller};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{CheckIn, Clearance, Grant, Need, Task};
use oriel_screening::Hit;
use oriel_store::{ClearanceRow, HitRow, Id, Tx};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// What a carrier is told of one traveller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// What it means.
    pub clearance: Clearance,
    /// As the recipient's profile spells it.
    pub code: Text,
    /// For the desk, or blank.
    pub text: Text,
}

impl Cleared {
    fn new(law: &CheckIn, clearance: Clearance) -> Self {
        let spelling = law.spelling(clearance);
        Self {
            clearance,
            code: spelling.code.value.as_str().into(),
            text: spelling.text.value.as_str().into(),
        }
    }
}

/// How the travellers of one journey stand that a carrier has asked about.
pub(crate) struct Questions<'a> {
    law: &'a CheckIn,
    known: HashMap<(MessageKey, u32), ClearanceRow>,
    /// Stand under a traveller who turned out to be another one.
    moved: Vec<ClearanceRow>,
    changed: Vec<ClearanceRow>,
}

impl<'a> Questions<'a> {
    /// Of travellers of a journey of a recipient that answers; nothing where nobody has ever asked
    /// about them.
    pub(crate) fn open(
        tx: &mut Tx<'_>,
        work: &'a Work,
        concerned: &[Id],
    ) -> Result<Option<Self>, AppError> {
        let Some(law) = work.grant.profile().check_in() else {
            return Ok(None);
        };
        let known = match work.before {
            Some(_) if concerned.len() < work.ids.len() => {
                tx.clearance_of_travellers(&work.grant, work.row.n, concerned)?
            }
            Some(_) => tx.clearance_of_journey(&work.grant, work.row.n)?,
            None => Vec::new(),
        };
        if known.is_empty() && work.asking.is_empty() {
            return Ok(None);
        }
        let known = known
            .into_iter()
            .map(|row| ((row.message, row.place), row))
            .collect();
        Ok(Some(Self {
            law,
            known,
            moved: Vec::new(),
            changed: Vec::new(),
        }))
    }

    /// Looks at one person with the hits that are left.
    pub(crate) fn look(
        &mut self,
        tx: &mut Tx<'_>,
        work: &Work,
        person: &Person,
        id: Id,
        hits: &[HitRow],
    ) -> Result<(), AppError> {
        let mut standing: Option<Vec<Standing>> = None;
        for mention in &person.mentions {
            let report = &work.journey.reports[mention.report as usize];
            let known = self.known.get(&(report.message, mention.traveller));
            let Some(handle) = (match known {
                Some(row) => Some(&row.handle),
                None => work.asking.get(&report.message),
            }) else {
                continue;
            };
            let hits = match &mut standing {
                Some(hits) => hits,
                none => none.insert(standing_of(tx, hits)?),
            };
            let traveller = &report.travellers[mention.traveller as usize];
            let complete = is_complete(self.law, traveller);
            let stands = clear(self.law, complete, hits);
            let row = ClearanceRow {
                message: report.message,
                place: mention.traveller,
                compartment: work.row.compartment.to_string(),
                journey: work.row.n,
                traveller: id,
                handle: handle.clone(),
                complete,
                stands,
                told: known.map_or(stands, |row| row.told),
                told_at: known.map_or(work.grant.at(), |row| row.told_at),
                awaits: known.is_none_or(|row| row.awaits),
                number: known.map_or(String::new(), |row| row.number.clone()),
                heard: known.and_then(|row| row.heard),
            };
            if let Some(known) = known.filter(|known| known.traveller != id) {
                self.moved.push(known.clone());
            }
            if known != Some(&row) {
                self.changed.push(row);
            }
        }
        Ok(())
    }

    /// Keeps what has changed, and gives it.
    pub(crate) fn close(self, tx: &mut Tx<'_>, work: &Work) -> Result<Vec<ClearanceRow>, AppError> {
        for row in &self.moved {
            tx.clearance_remove(row)?;
        }
        tx.clearance_put(&work.grant, &self.changed)?;
        Ok(self.changed)
    }
}

/// Lets a decision on a hit count for what carriers were told of the traveller.
pub(crate) fn decided(
    tx: &mut Tx<'_>,
    grant: &Grant,
    journey: i64,
    traveller: Id,
    hits: &[HitRow],
) -> Result<(), AppError> {
    let Some(law) = grant.profile().check_in() else {
        return Ok(());
    };
    let mut rows = tx.clearance_of_journey(grant, journey)?;
    rows.retain(|row| row.traveller == traveller);
    if rows.is_empty() {
        return Ok(());
    }
    let standing = standing_of(tx, hits)?;
    for row in &mut rows {
        row.stands = clear(law, row.complete, &standing);
    }
    Ok(tx.clearance_put(grant, &rows)?)
}

/// The hits of a traveller as the answer looks at them.
fn standing_of(tx: &mut Tx<'_>, hits: &[HitRow]) -> Result<Vec<Standing>, AppError> {
    let mut standing = Vec::new();
    for row in hits.iter().filter(|row| row.open) {
        let hit = crate::read::read_hit(row)?;
        standing.push(Standing {
            document: is_the_document(&hit) && lists_documents(tx, &hit)?,
            review: review_of(row)?,
        });
    }
    Ok(standing)
}

/// Whether number, issuer and kind are those listed, and nothing was guessed.
fn is_the_document(hit: &Hit) -> bool {
    matches!(hit.parts.as_slice(), [only] if only.code == "document-exact")
}

fn is_complete(law: &CheckIn, traveller: &Traveller) -> bool {
    let has = |need: &Need| match need {
        Need::Name => traveller.name.surname.is_some(),
        Need::BirthDate => traveller.birth.is_some(),
        Need::Nationality => !traveller.nationalities.is_empty(),
        Need::Document => traveller.documents.iter().any(|own| own.number.is_some()),
    };
    law.needs.value.iter().all(has)
}

/// How long a carrier waits for an answer at most; nothing where nobody answers.
pub(crate) fn patience(compartments: &[Compartment]) -> Option<Duration> {
    let laws = compartments.iter().filter_map(|it| it.profile.check_in());
    let seconds = laws.map(|law| law.answer_seconds.value).min()?;
    Some(Duration::from_secs(seconds.into()))
}

/// What the sender of a transmission is told in the place of an answer that is not there in time:
/// of every traveller that nobody can say.
pub(crate) fn late(compartments: &[Compartment], prepared: &[Prepared]) -> Receipt {
    let mut laws = compartments.iter().filter_map(|it| it.profile.check_in());
    let nobody_can_say = laws
        .next()
        .map(|law| Cleared::new(law, Clearance::Undetermined));
    let one = |message: &Prepared| {
        let taken = message.accepted.as_ref();
        let asks = taken.filter(|taken| taken.asks.is_some());
        let cleared = asks.zip(nobody_can_say.as_ref());
        MessageOutcome {
            status: Status::Late,
            cleared: cleared.map(|(taken, told)| vec![told.clone(); taken.travellers as usize]),
            ..message.outcome()
        }
    };
    Receipt {
        messages: prepared.iter().map(one).collect(),
    }
}

/// Says in the outcome of a message that asked what its sender is told, and writes it down; who was
/// told that nobody can say, because it was not `in_time`, is owed the answer. How everybody in a
/// message that is new in this transaction `stands` was just written.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    compartments: &[Compartment],
    message: &MessageKey,
    stands: Option<Vec<ClearanceRow>>,
    outcome: &mut MessageOutcome,
    in_time: bool,
    now: Timestamp,
) -> Result<(), AppError> {
    if outcome.status == Status::Refused {
        return Ok(());
    }
    let rows = match stands {
        Some(rows) => rows,
        None => tx.clearance_of_message(message)?,
    };
    for compartment in compartments {
        let Some(law) = compartment.profile.check_in() else {
            continue;
        };
        let name = &compartment.name;
        let own: Vec<&ClearanceRow> = rows.iter().filter(|row| row.compartment == *name).collect();
        // Nobody was looked at. Who has not selected the journey has nothing against it; of one that
        // takes nothing any more nobody can say.
        let otherwise = match tx.is_not_taken(message, name)? {
            true => Clearance::Board,
            false => Clearance::Undetermined,
        };
        let stands = |place: u32| {
            let of_place = own.iter().filter(|row| row.place == place);
            of_place.map(|row| row.stands).max().unwrap_or(otherwise)
        };
        let stands: Vec<Clearance> = (0..outcome.travellers).map(stands).collect();
        for row in &own {
            tx.clearance_supersede(row)?;
        }
        let told_of = |stands| match in_time {
            true => stands,
            false => Clearance::Undetermined,
        };
        let changed: Vec<ClearanceRow> = own
            .iter()
            .filter(|row| row.told != told_of(row.stands) || !row.awaits)
            .map(|row| ClearanceRow {
                told: told_of(row.stands),
                told_at: now,
                awaits: true,
                ..(*row).clone()
            })
            .collect();
        tx.clearance_put(&compartment.system_grant(Task::Screen, now), &changed)?;
        if !in_time {
            let nobody_can_say = vec![Clearance::Undetermined; stands.len()];
            let event = told(compartment, outcome.id, "late", &nobody_can_say, now);
            tx.audit_append(&[event])?;
            continue;
        }
        tx.audit_append(&[told(compartment, outcome.id, "asked", &stands, now)])?;
        let own = stands.into_iter().map(|stands| Cleared::new(law, stands));
        outcome.cleared = Some(match outcome.cleared.take() {
            None => own.collect(),
            Some(others) => others.into_iter().zip(own).map(graver).collect(),
        });
    }
    Ok(())
}

/// What the log says of what a carrier was told: how many travellers got which answer.
fn told(
    compartment: &Compartment,
    message: Id,
    why: &str,
    clearances: &[Clearance],
    now: Timestamp,
) -> Event {
    let mut counts: BTreeMap<Clearance, u32> = BTreeMap::new();
    for clearance in clearances {
        *counts.entry(*clearance).or_default() += 1;
    }
    let mut detail = format!("ok {why}");
    for (clearance, n) in counts {
        detail += &format!(" {}={n}", clearance.name());
    }
    let event = Event::system(now, Deed::ClearanceTell, message.display("msg"), detail);
    let event = event.under([&compartment.profile]);
    event.within(&compartment.name)
}

fn graver((a, b): (Cleared, Cleared)) -> Cleared {
    match a.clearance >= b.clearance {
        true => a,
        false => b,
    }
}
