//! The sweep: masks and erases what is due, then destroys the keys of the days that are over.
//!
//! - In: the clock, the profile of each recipient.  Out: runs with their counts.
//! - Source: R-RET-01, R-RET-02, R-RET-05, R-RET-11; Directive (EU) 2016/681, Article 12; C-817/19.
//! - Invariants: what is due is due by the profile's calendar alone; a record with recorded
//!   objective evidence, or with a case that nobody has closed, stays behind the mask and everything
//!   else goes; the counts of a run add up to the persons it found; a key is destroyed only when
//!   nothing is left that lies under it, and then for good.

use crate::journey::{freeze, traveller_ids};
use crate::{App, AppError, Compartment, Core};
use jiff::Timestamp;
use oriel_keys::{Bucket, Class};
use oriel_model::{Journey, Report};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Calendar, Day, Grant, Standing, Task, Term, hide};
use oriel_screening::Hit;
use oriel_store::{
    HitRow, Id, JourneyRow, Masked, MaskedHit, MaskedReport, Retention, StoredPerson, SweepRun, Tx,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
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
}

impl Swept {
    /// Adds another run's counts.
    pub fn add(&mut self, other: Self) {
        self.journeys += other.journeys;
        self.travellers += other.travellers;
        self.masked += other.masked;
        self.erased += other.erased;
        self.originals += other.originals;
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
        for compartment in &self.core.compartments {
            for stage in [Retention::Whole, Retention::Masked] {
                let (swept, more) = self.core.sweep_stage(compartment, stage, now, budget)?;
                total.add(swept);
                left |= more;
            }
            total.originals += self.core.sweep_originals(compartment, now)?;
        }
        // Days on which nothing lay need no hurry; after a start nobody knows how the last run ended.
        let first = !self.core.swept.swap(true, Ordering::Relaxed);
        for compartment in &self.core.compartments {
            self.core
                .destroy_keys(compartment, first || total != Swept::default(), now)?;
        }
        self.audit_sweep()?;
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
            originals: 0,
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
        let mut stays: HashSet<Id> = tx
            .evidence_of_journey(row.n)?
            .into_iter()
            .map(|evidence| evidence.traveller)
            .collect();
        let open = tx.case_of_journey(row.n)?.into_iter();
        stays.extend(
            open.filter(|(_, state)| matches!(&**state, "open" | "second_wanted" | "disagreed"))
                .map(|(id, _)| id),
        );
        stays.retain(|id| ids.contains(id));
        Ok(stays)
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
            let detail = format!("ok class={} before_day={day}", class.name());
            let event = Event::system(now, Deed::KeyDestroy, "", detail).within(&compartment.name);
            // The event first: a key that is gone without a word could not be explained.
            self.store.write(|tx| tx.audit_append(&[event]))?;
            ring.destroy_before(class, Bucket(day))?;
        }
        Ok(())
    }
}

fn erase(tx: &mut Tx<'_>, grant: &Grant, row: &JourneyRow) -> Result<Swept, AppError> {
    let people = tx.traveller_list(row.n)?.len() as u64;
    tx.journey_erase(grant, row)?;
    Ok(Swept {
        journeys: 1,
        travellers: people,
        masked: 0,
        erased: people,
        originals: 0,
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
            "ok step={step} journeys={} travellers={} masked={} erased={} originals={}",
            swept.journeys, swept.travellers, swept.masked, swept.erased, swept.originals
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
    let mut reports = Vec::new();
    for (at, report) in journey.reports.iter().enumerate() {
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
        if keep.is_empty() {
            continue;
        }
        let whole: Report = report.only(&keep);
        let mut open = whole.clone();
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
