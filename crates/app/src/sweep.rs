//! The sweep: masks and erases what is due, then destroys the keys of the days that are over.
//!
//! - In: the clock, the profile of each recipient.  Out: runs with their counts.
//! - Source: R-RET-01, R-RET-02, R-RET-05, R-RET-11, R-REV-05; Directive (EU) 2016/681, Article 12;
//!   C-817/19.
//! - Invariants: what is due is due by the profile's calendar alone; a record with recorded
//!   objective evidence, or with a case that nobody has closed, stays behind the mask and everything
//!   else goes; the counts of a run add up to the persons it found; a key is destroyed only when
//!   nothing is left that lies under it, and then for good.

use crate::journey::{freeze, person_reports, traveller_ids, travellers_of};
use crate::{App, AppError, Compartment, Core};
use jiff::Timestamp;
use oriel_keys::{Bucket, Class};
use oriel_model::{Journey, MessageKey, Report};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Calendar, Day, Grant, Standing, Task, Term, hide};
use oriel_screening::Hit;
use oriel_store::{
    HitRow, Id, JourneyRow, Masked, MaskedHit, MaskedReport, Remaining, Retention, StoredPerson,
    SweepRun, Tx,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

/// Journeys in one transaction, so that receiving goes on in between.
const CHUNK: i64 = 8;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// Journeys that were due.
    pub journeys: u64,
    /// Persons on them.
    pub travellers: u64,
    /// Persons whose record went behind the mask.
    pub masked: u64,
    /// Persons of whom nothing stayed.
    pub erased: u64,
    /// Messages whose bytes went.
    pub originals: u64,
    /// Cases whose hits and reviews went, because the time for results was over.
    #[serde(default)]
    pub results: u64,
    /// Views of masked values, holds and requests of persons that ended.
    #[serde(default)]
    pub ended: u64,
}

impl Swept {
    /// Adds another run's counts.
    pub fn add(&mut self, other: Self) {
        self.journeys += other.journeys;
        self.travellers += other.travellers;
        self.masked += other.masked;
        self.erased += other.erased;
        self.originals += other.originals;
        self.results += other.results;
        self.ended += other.ended;
    }

    fn counts(&self) -> String {
        serde_json::to_string(self).expect("counts are plain data")
    }
}

/// The first instant of a day.
fn start(day: Day) -> Timestamp {
    Timestamp::from_second(i64::from(day) * 86_400).unwrap_or(Timestamp::MAX)
}

impl App {
    /// Masks and erases what is due. Ends after at most `budget` transactions for each recipient
    /// and stage, so that others get their turn; says whether more is left.
    pub fn sweep(&self, budget: usize) -> Result<(Swept, bool), AppError> {
        let now = self.now();
        let mut total = Swept::default();
        let mut left = false;
        let recipients = self.core.recipients_now()?;
        for compartment in &recipients.list {
            for stage in [Retention::Whole, Retention::Masked] {
                let (swept, more) = self.core.sweep_stage(compartment, stage, now, budget)?;
                total.add(swept);
                left |= more;
            }
            let (results, more) = self.core.sweep_results(compartment, now, budget)?;
            total.results += results;
            left |= more;
            let (swept, more) = self.core.sweep_unlinked(compartment, now, budget)?;
            total.add(swept);
            left |= more;
            total.originals += self.core.sweep_originals(compartment, now)?;
            total.ended += self.core.sweep_ended(compartment, now)?;
        }
        // Days on which nothing lay need no hurry; after a start nobody knows how the last run ended.
        let first = !self.core.swept.swap(true, Ordering::Relaxed);
        for compartment in &recipients.list {
            self.core
                .destroy_keys(compartment, first || total != Swept::default(), now)?;
        }
        self.audit_sweep()?;
        if total != Swept::default() {
            self.core.at_hand.clear();
        }
        Ok((total, left))
    }
}

impl Core {
    /// Brings journeys at one stage of their retention to the next.
    fn sweep_stage(
        &self,
        compartment: &Compartment,
        stage: Retention,
        now: Timestamp,
        budget: usize,
    ) -> Result<(Swept, bool), AppError> {
        let calendar = Calendar::of(&compartment.profile);
        let term = match stage {
            Retention::Whole => Term::Mask,
            _ => Term::Erase,
        };
        // Days before the horizon are past whole; of the horizon's own day some records may be past.
        // Deadlines keep the order of anchors, so what is due stands before what is not.
        let before = start(calendar.horizon(term, now).saturating_add(1));
        let is_due = |row: &JourneyRow| {
            let stands = calendar.standing(row.anchor, stage != Retention::Whole, now);
            match stage {
                Retention::Whole => {
                    matches!(stands, Standing::Masked { .. } | Standing::Due { .. })
                }
                _ => matches!(stands, Standing::Due { .. }),
            }
        };
        let mut total = Swept::default();
        let oldest = self
            .store
            .read(|tx| tx.journey_aged(&compartment.name, stage, before, 1))?;
        if !oldest.first().is_some_and(is_due) {
            return Ok((total, false));
        }
        for _ in 0..budget {
            let swept = self.store.write(|tx| {
                let grant = compartment.system_grant(Task::Sweep, now);
                let rows = tx.journey_aged(&compartment.name, stage, before, CHUNK)?;
                let mut swept = Swept::default();
                for row in rows.iter().filter(|row| is_due(row)) {
                    swept.add(match stage {
                        Retention::Whole => self.mask(tx, &grant, row)?,
                        _ => erase(tx, &grant, row)?,
                    });
                }
                if swept.journeys > 0 {
                    let step = match stage {
                        Retention::Whole => "initial",
                        _ => "total",
                    };
                    record(tx, compartment, step, now, &swept)?;
                }
                Ok::<_, AppError>(swept)
            })?;
            total.add(swept);
            if swept.journeys < CHUNK as u64 {
                return Ok((total, false));
            }
        }
        Ok((total, true))
    }

    /// Ends the initial period of a journey.
    fn mask(&self, tx: &mut Tx<'_>, grant: &Grant, row: &JourneyRow) -> Result<Swept, AppError> {
        let reports = tx.report_due(grant, row)?;
        let journey = oriel_model::merge(reports);
        let ids = traveller_ids(row.id, &journey);
        let stays = self.stays(tx, grant, row, &ids)?;
        let people = ids.len() as u64;
        let masked = stays.len() as u64;
        if stays.is_empty() {
            tx.journey_erase(grant, row)?;
        } else {
            let hits = tx.hit_of_journey(grant, row)?;
            let kept = reduce(grant, row, &journey, &ids, &stays, &hits)?;
            tx.journey_mask(grant, row, &kept)?;
        }
        Ok(Swept {
            journeys: 1,
            travellers: people,
            masked,
            erased: people - masked,
            ..Swept::default()
        })
    }

    /// Who stays behind the mask: everybody, or who has evidence or an open case, as the profile
    /// says.
    fn stays(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
        row: &JourneyRow,
        ids: &[Id],
    ) -> Result<HashSet<Id>, AppError> {
        let linked = |linked| {
            matches!(
                grant.standing(row.anchor, linked),
                Standing::Masked { .. } | Standing::Open | Standing::Staged { .. }
            )
        };
        if linked(false) {
            return Ok(ids.iter().copied().collect());
        }
        if !linked(true) {
            return Ok(HashSet::new());
        }
        linked_people(tx, row, ids)
    }

    /// Takes from behind the mask whoever is there for evidence that was lifted or a case that was
    /// closed since.
    fn sweep_unlinked(
        &self,
        compartment: &Compartment,
        now: Timestamp,
        budget: usize,
    ) -> Result<(Swept, bool), AppError> {
        let calendar = Calendar::of(&compartment.profile);
        let before = start(calendar.horizon(Term::EraseUnlinked, now).saturating_add(1));
        let is_due = |row: &JourneyRow| {
            let stands = calendar.standing(row.anchor, false, now);
            matches!(stands, Standing::Due { .. })
        };
        let due = |tx: &mut Tx<'_>| tx.journey_unlinked(&compartment.name, before, CHUNK);
        let mut total = Swept::default();
        if !self.store.read(due)?.first().is_some_and(is_due) {
            return Ok((total, false));
        }
        for _ in 0..budget {
            let swept = self.store.write(|tx| {
                let grant = compartment.system_grant(Task::Sweep, now);
                let mut swept = Swept::default();
                for row in due(tx)?.iter().filter(|row| is_due(row)) {
                    swept.add(unlink(tx, &grant, row)?);
                }
                if swept.journeys > 0 {
                    record(tx, compartment, "unlinked", now, &swept)?;
                }
                Ok::<_, AppError>(swept)
            })?;
            total.add(swept);
            if swept.journeys < CHUNK as u64 {
                return Ok((total, false));
            }
        }
        Ok((total, true))
    }

    /// Removes hits and reviews whose time is over since their case closed, whatever the record
    /// itself does (R-REV-05). While the flight is still to come screening would find them again.
    fn sweep_results(
        &self,
        compartment: &Compartment,
        now: Timestamp,
        budget: usize,
    ) -> Result<(u64, bool), AppError> {
        const CASES: i64 = 64;
        let calendar = Calendar::of(&compartment.profile);
        let before = start(calendar.horizon(Term::Results, now).saturating_add(1));
        let over = |tx: &mut Tx<'_>| {
            let closed = tx.case_closed_before(&compartment.name, before, now, CASES)?;
            let over = |at: &Timestamp| calendar.deadline(Term::Results, *at).at <= now;
            let over = closed.into_iter().filter(|(_, closed)| over(closed));
            Ok::<_, oriel_store::StoreError>(over.map(|(id, _)| id).collect::<Vec<Id>>())
        };
        let mut total = 0;
        if self.store.read(over)?.is_empty() {
            return Ok((0, false));
        }
        for _ in 0..budget {
            let results = self.store.write(|tx| {
                let grant = compartment.system_grant(Task::Sweep, now);
                let cases = over(tx)?;
                for id in &cases {
                    tx.case_forget(&grant, *id)?;
                }
                let results = cases.len() as u64;
                if results > 0 {
                    let swept = Swept {
                        results,
                        ..Swept::default()
                    };
                    record(tx, compartment, "results", now, &swept)?;
                }
                Ok::<_, AppError>(results)
            })?;
            total += results;
            if results < CASES as u64 {
                return Ok((total, false));
            }
        }
        Ok((total, true))
    }

    /// Ends views of masked values at their instant, and takes away what was kept for cases and
    /// persons until a day before this one.
    fn sweep_ended(&self, compartment: &Compartment, now: Timestamp) -> Result<u64, AppError> {
        let today = start(oriel_policy::day(now));
        let grant = compartment.system_grant(Task::Sweep, now);
        if !self.store.read(|tx| tx.ended_is_due(&grant, today))? {
            return Ok(0);
        }
        self.store.write(|tx| {
            let ended = tx.unmasking_end(&grant)? + tx.kept_end(&grant, today)?;
            let swept = Swept {
                ended,
                ..Swept::default()
            };
            record(tx, compartment, "ended", now, &swept)?;
            Ok(ended)
        })
    }

    /// Removes the bytes of messages whose first journey is past its initial period.
    fn sweep_originals(&self, compartment: &Compartment, now: Timestamp) -> Result<u64, AppError> {
        let calendar = Calendar::of(&compartment.profile);
        let horizon = start(calendar.horizon(Term::Mask, now));
        let due = |tx: &mut Tx<'_>| tx.original_is_due(&compartment.name, horizon);
        if !self.store.read(due)? {
            return Ok(0);
        }
        self.store.write(|tx| {
            let originals = tx.original_erase(&compartment.name, horizon)?;
            if originals > 0 {
                let swept = Swept {
                    originals,
                    ..Swept::default()
                };
                record(tx, compartment, "originals", now, &swept)?;
            }
            Ok(originals)
        })
    }

    /// Destroys the keys of days of which nothing is left: at once where `something` went, and
    /// otherwise for many days together.
    fn destroy_keys(
        &self,
        compartment: &Compartment,
        something: bool,
        now: Timestamp,
    ) -> Result<(), AppError> {
        const TOGETHER: u32 = 30;
        let calendar = Calendar::of(&compartment.profile);
        let keys = self.store.keys().ok_or(oriel_store::StoreError::NoKeys)?;
        let ring = keys.ring(&compartment.name)?;
        let ends = [
            (Class::Whole, Term::Mask, Retention::Whole),
            (Class::Open, Term::Erase, Retention::Masked),
            (Class::Masked, Term::Erase, Retention::Masked),
        ];
        for (class, term, stage) in ends {
            let mut day = calendar.horizon(term, now);
            let left = self
                .store
                .read(|tx| tx.journey_aged(&compartment.name, stage, start(day), 1))?;
            // What waits for a later run keeps its keys.
            if let Some(oldest) = left.first() {
                day = oriel_policy::day(oldest.anchor);
            }
            let gone = day.saturating_sub(ring.horizon(class).0);
            if gone == 0 || !something && gone < TOGETHER {
                continue;
            }
            self.destroy_before(compartment, class, day, now)?;
        }
        // What ends at an instant of its own lies under the key of the day of that instant.
        let today = oriel_policy::day(now);
        for class in [Class::Opened, Class::Kept] {
            let from = ring.horizon(class).0;
            let gone = today.saturating_sub(from);
            if gone == 0 {
                continue;
            }
            let ended = class == Class::Opened
                && self.store.read(|tx| {
                    tx.unmasking_ends_within(&compartment.name, start(from), start(today))
                })?;
            if something || ended || gone >= TOGETHER {
                self.destroy_before(compartment, class, today, now)?;
            }
        }
        Ok(())
    }

    fn destroy_before(
        &self,
        compartment: &Compartment,
        class: Class,
        day: Day,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let keys = self.store.keys().ok_or(oriel_store::StoreError::NoKeys)?;
        let ring = keys.ring(&compartment.name)?;
        let detail = format!("ok class={} before_day={day}", class.name());
        let event = Event::system(now, Deed::KeyDestroy, "", detail)
            .under([&compartment.profile])
            .within(&compartment.name);
        // The event first: a key that is gone without a word could not be explained.
        self.store.write(|tx| tx.audit_append(&[event]))?;
        ring.destroy_before(class, Bucket(day))?;
        Ok(())
    }
}

/// Persons of whom there is evidence in force, or a case that nobody has closed.
pub(crate) fn linked_people(
    tx: &mut Tx<'_>,
    row: &JourneyRow,
    ids: &[Id],
) -> Result<HashSet<Id>, AppError> {
    let mut linked: HashSet<Id> = tx
        .evidence_of_journey(row.n)?
        .into_iter()
        .map(|evidence| evidence.traveller)
        .collect();
    let open = tx.case_of_journey(row.n)?.into_iter();
    linked.extend(
        open.filter(|(_, state)| matches!(&**state, "open" | "second_wanted" | "disagreed"))
            .map(|(id, _)| id),
    );
    linked.retain(|id| ids.contains(id));
    Ok(linked)
}

/// Takes those away from behind the mask whom nothing keeps there any more.
fn unlink(tx: &mut Tx<'_>, grant: &Grant, row: &JourneyRow) -> Result<Swept, AppError> {
    let reports = tx.report_due(grant, row)?;
    let (journey, ids) = travellers_of(tx, grant, row, reports)?;
    let stays = linked_people(tx, row, &ids)?;
    if stays.is_empty() {
        return erase(tx, grant, row);
    }
    let left = without(&journey, &ids, &stays);
    let erased = left.gone.len() as u64;
    tx.journey_reduce(grant, row, &left)?;
    Ok(Swept {
        journeys: 1,
        travellers: erased,
        erased,
        ..Swept::default()
    })
}

/// What is left of a masked journey with the persons in `stays`.
pub(crate) fn without(journey: &Journey, ids: &[Id], stays: &HashSet<Id>) -> Remaining {
    let reports = (0..journey.reports.len()).filter_map(|at| {
        let keep = places(journey, ids, stays, at);
        (!keep.is_empty()).then(|| journey.reports[at].only(&keep))
    });
    Remaining {
        reports: reports.collect(),
        people: freeze(journey, ids, stays),
        gone: ids
            .iter()
            .copied()
            .filter(|id| !stays.contains(id))
            .collect(),
        ..Remaining::default()
    }
}

/// Places in report number `at` of the persons in `stays`, ascending.
fn places(journey: &Journey, ids: &[Id], stays: &HashSet<Id>, at: usize) -> Vec<u32> {
    let mut keep: Vec<u32> = journey
        .people
        .iter()
        .zip(ids)
        .filter(|(_, id)| stays.contains(id))
        .flat_map(|(person, _)| &person.mentions)
        .filter(|mention| mention.report as usize == at)
        .map(|mention| mention.traveller)
        .collect();
    keep.sort_unstable();
    keep
}

fn erase(tx: &mut Tx<'_>, grant: &Grant, row: &JourneyRow) -> Result<Swept, AppError> {
    let people = tx.traveller_list(row.n)?.len() as u64;
    tx.journey_erase(grant, row)?;
    Ok(Swept {
        journeys: 1,
        travellers: people,
        erased: people,
        ..Swept::default()
    })
}

fn record(
    tx: &mut Tx<'_>,
    compartment: &Compartment,
    step: &str,
    now: Timestamp,
    swept: &Swept,
) -> Result<(), AppError> {
    tx.sweep_insert(&SweepRun {
        at: now,
        compartment: compartment.name.clone(),
        profile: compartment.profile.reference(),
        step: step.to_owned(),
        counts: swept.counts(),
    })?;
    let event = Event::granted(
        &compartment.system_grant(Task::Sweep, now),
        "",
        format!(
            "ok step={step} journeys={} travellers={} masked={} erased={} originals={} \
             results={} ended={}",
            swept.journeys,
            swept.travellers,
            swept.masked,
            swept.erased,
            swept.originals,
            swept.results,
            swept.ended
        ),
    );
    Ok(tx.audit_append(&[event])?)
}

/// What stays of a journey: the persons in `stays`, whole for the vault and without the masked
/// elements for everybody else.
fn reduce(
    grant: &Grant,
    row: &JourneyRow,
    journey: &Journey,
    ids: &[Id],
    stays: &HashSet<Id>,
    hits: &[HitRow],
) -> Result<Masked, AppError> {
    let profile = grant.profile();
    let hidden = |element| profile.masks(element);
    let people: Vec<StoredPerson> = freeze(journey, ids, stays);
    let mut alone: HashMap<MessageKey, Vec<(Id, Report)>> = HashMap::new();
    for (person, id) in journey.people.iter().zip(ids) {
        if stays.contains(id) {
            for report in person_reports(journey, person) {
                alone.entry(report.message).or_default().push((*id, report));
            }
        }
    }
    let mut reports = Vec::new();
    for (at, report) in journey.reports.iter().enumerate() {
        let keep = places(journey, ids, stays, at);
        if keep.is_empty() {
            continue;
        }
        let whole = alone.remove(&report.message).unwrap_or_default();
        let mut open = report.only(&keep);
        hide(&mut open.travellers, &mut open.bookings, &hidden);
        reports.push(MaskedReport { whole, open });
    }
    let mut masked_hits = Vec::new();
    for hit in hits.iter().filter(|hit| stays.contains(&hit.hit.traveller)) {
        masked_hits.push(MaskedHit {
            id: hit.hit.id,
            data: without_values(hit)?,
            review: without_notes(hit)?,
        });
    }
    debug_assert_eq!(row.retention, Retention::Whole);
    Ok(Masked {
        reports,
        people,
        hits: masked_hits,
    })
}

/// The explanation of a hit: relations and points stay, the compared values go.
fn without_values(row: &HitRow) -> Result<String, AppError> {
    let mut hit: Hit = crate::read::read_hit(row)?;
    for part in &mut hit.parts {
        part.ours = Default::default();
        part.theirs.clear();
        part.why = Default::default();
    }
    Ok(serde_json::to_string(&hit).expect("a hit is plain data"))
}

/// The review of a hit: verdicts and codes stay, what was typed goes.
fn without_notes(row: &HitRow) -> Result<String, AppError> {
    if row.review.is_empty() {
        return Ok(String::new());
    }
    let review = crate::screen::review_of(row)?.without_notes();
    Ok(serde_json::to_string(&review).expect("a review is plain data"))
}
