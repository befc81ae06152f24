//! Screens people against the lists in force and keeps hits and cases true.
//!
//! - Invariants: who is new or changed is screened in the same transaction that keeps them; a hit
//!   whose entry or facts went away is withdrawn, not deleted; a review that was made is never
//!   touched, and opens anew when what it was about changes; a list that changes screens every journey again that has not ended.

use crate::ahead::Ahead;
use crate::check_in::Questions;
use crate::journey::{person_direction, summary, times, travellers_of, who_is_who};
use crate::lists::{Loaded, OwnLists, Room, hex};
use crate::lookup::{self, Lookups};
use crate::read::read_hit;
use crate::{App, AppError, Core, statistics};
use jiff::Timestamp;
use oriel_casework::{Direction, Review, ReviewState, Severity, act_by};
use oriel_keys::Ring;
use oriel_model::{Booking, Journey, Links, Mention, MessageKey, Person};
use oriel_policy::Grant;
use oriel_policy::audit::{Deed, Event};
use oriel_screening::documents::listed_entry;
use oriel_screening::{Entry, Hit, Subject};
use oriel_store::{
    CaseUpdate, ClearanceRow, HitRow, HitUpdate, Id, JourneyRow, StoreError, TravellerRow, Tx,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Journeys screened again in one transaction.
const CHUNK: i64 = 16;

/// A merged journey that is to be screened and written.
pub(crate) struct Work {
    /// Leave to read and write this recipient's records.
    pub(crate) grant: Grant,
    /// As it stands in the store.
    pub(crate) before: Option<JourneyRow>,
    /// As it will stand.
    pub(crate) row: JourneyRow,
    /// Merged.
    pub(crate) journey: Journey,
    /// What its people were found by, where it can be added to.
    pub(crate) links: Option<Links>,
    /// Whoever has no mention in this report or a later one is the same person as in the store.
    pub(crate) first_new: u32,
    /// Identifier of each person.
    pub(crate) ids: Vec<Id>,
    /// The travellers as they stand in the store: before, and once written as they are now.
    pub(crate) known: Vec<TravellerRow>,
    /// Messages that are new in this transaction.
    pub(crate) fresh: Vec<MessageKey>,
    /// Those of them whose senders wait for a verdict on each traveller, with who these are.
    pub(crate) asking: HashMap<MessageKey, String>,
    /// What was found of people before the commit.
    pub(crate) ahead: Vec<Ahead>,
    /// What carriers may be told of people has changed to this.
    pub(crate) answers: Vec<ClearanceRow>,
}

impl Work {
    /// Whether everybody is to be looked at, because the lists are others or nobody has looked.
    fn is_stale(&self) -> bool {
        let before = self.before.as_ref();
        before.is_none_or(|before| before.screened != self.row.screened)
    }
}

/// What screening again came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rescreened {
    /// Journeys.
    pub journeys: usize,
    /// Travellers.
    pub travellers: usize,
}

/// One person to screen.
struct Task<'a> {
    /// Whose lists.
    lists: usize,
    work: usize,
    person: usize,
    subject: &'a Subject,
}

impl Core {
    /// Screens who is new or changed in `work`, then writes journeys, travellers, hits and cases.
    pub(crate) fn screen_and_put(
        &self,
        tx: &mut Tx<'_>,
        work: &mut [Work],
        lists: &Loaded,
        now: Timestamp,
    ) -> Result<usize, AppError> {
        let mut own: Vec<(&str, OwnLists)> = Vec::new();
        let mut places = Vec::with_capacity(work.len());
        let mut subjects: Vec<Vec<Option<Screened>>> = Vec::with_capacity(work.len());
        for w in &*work {
            let name = &*w.row.compartment;
            let known = own.iter().position(|(known, _)| *known == name);
            let place = known.unwrap_or_else(|| {
                own.push((name, lists.of(w.grant.profile(), now)));
                own.len() - 1
            });
            places.push(place);
            let ring = tx.ring(name)?;
            let sought = own[place].1.seek().then(|| Sought::of(w));
            let known: HashSet<Id> = w.known.iter().map(|row| row.id).collect();
            let is_as_known = |person: &Person, id: &Id| {
                let newest = person.mentions.last().map(|mention| mention.report);
                !w.is_stale() && newest < Some(w.first_new) && known.contains(id)
            };
            let of_person = |(person, id)| {
                if is_as_known(person, id) {
                    return None;
                }
                let mut subject = subject(&w.journey, person);
                if let Some(sought) = &sought {
                    sought.add(person, &mut subject);
                }
                Some(Screened::of(&ring, subject))
            };
            let people = w.journey.people.iter().zip(&w.ids);
            subjects.push(people.map(of_person).collect());
        }
        let mut tasks = Vec::new();
        let mut screened: Vec<HashMap<usize, Vec<Hit>>> =
            work.iter().map(|_| HashMap::new()).collect();
        let mut count = 0;
        for (at, w) in work.iter().enumerate() {
            let stale = w.is_stale();
            let known: HashMap<Id, &TravellerRow> = w.known.iter().map(|t| (t.id, t)).collect();
            for (person, facts) in subjects[at].iter().enumerate() {
                let Some(facts) = facts else {
                    continue;
                };
                let known = known.get(&w.ids[person]);
                if !stale && known.is_some_and(|row| facts.is(row)) {
                    continue;
                }
                count += 1;
                let (subject, lists) = (&facts.subject, places[at]);
                let mut ahead = w.ahead.iter();
                if let Some(hits) = ahead.find_map(|it| it.hits(&own[lists].1, subject)) {
                    screened[at].insert(person, hits.to_vec());
                    continue;
                }
                tasks.push(Task {
                    lists,
                    work: at,
                    person,
                    subject,
                });
            }
        }
        let found = self.screen_all(&tasks, &own);
        for (task, hits) in tasks.iter().zip(found) {
            screened[task.work].insert(task.person, hits);
        }
        for ((w, subjects), hits) in work.iter_mut().zip(&subjects).zip(screened) {
            w.answers = self.put_one(tx, w, subjects, hits, now)?;
        }
        Ok(count)
    }

    /// Hits of each task, on all threads when there is enough to do.
    fn screen_all(&self, tasks: &[Task<'_>], own: &[(&str, OwnLists)]) -> Vec<Vec<Hit>> {
        let one = |room: &mut Room, task: &Task<'_>| {
            own[task.lists].1.screen(task.subject, &self.weights, room)
        };
        // Below this, starting a thread costs more than it saves.
        const SHARE: usize = 64;
        let threads = self.threads.min(tasks.len() / SHARE);
        if threads < 2 {
            let all = |room: &mut Room| tasks.iter().map(|task| one(room, task)).collect();
            return self.rooms.with(all);
        }
        let next = AtomicUsize::new(0);
        let work = |room: &mut Room| {
            let mut done = Vec::new();
            loop {
                let start = next.fetch_add(SHARE, Ordering::Relaxed);
                let share = tasks.get(start..).unwrap_or_default();
                let share = &share[..share.len().min(SHARE)];
                if share.is_empty() {
                    return done;
                }
                let hits = share.iter().map(|task| one(room, task)).collect();
                done.push((start, hits));
            }
        };
        let mut parts: Vec<(usize, Vec<Vec<Hit>>)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| scope.spawn(|| self.rooms.with(work)))
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| match worker.join() {
                    Ok(done) => done,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        });
        parts.sort_by_key(|(start, _)| *start);
        parts.into_iter().flat_map(|(_, hits)| hits).collect()
    }

    /// Writes one journey with its travellers, hits and cases. Of whom nothing is in `subjects`
    /// nothing is new. Gives what carriers may be told otherwise than before.
    fn put_one(
        &self,
        tx: &mut Tx<'_>,
        work: &mut Work,
        subjects: &[Option<Screened>],
        mut screened: HashMap<usize, Vec<Hit>>,
        now: Timestamp,
    ) -> Result<Vec<ClearanceRow>, AppError> {
        let n = work.row.n;
        tx.journey_put(&work.row, work.before.as_ref())?;
        let before = std::mem::take(&mut work.known);
        let mut before: HashMap<Id, TravellerRow> =
            before.into_iter().map(|row| (row.id, row)).collect();
        let mut known = Vec::with_capacity(subjects.len());
        let mut changed = Vec::new();
        let mut lookups = Lookups::new(tx.ring(&work.row.compartment)?);
        for ((person, id), facts) in work.journey.people.iter().zip(&work.ids).zip(subjects) {
            let presence = person.presence.name();
            let was = before.remove(id);
            let row = match (facts, &was) {
                (Some(facts), _) => TravellerRow {
                    id: *id,
                    digest: facts.digest,
                    selectors: facts.selectors,
                    presence: presence.into(),
                },
                (None, was) => TravellerRow {
                    presence: presence.into(),
                    ..was.clone().expect("of whom nothing is new is known")
                },
            };
            if was.as_ref() != Some(&row) {
                changed.push(row.clone());
                if let Some(facts) = facts {
                    lookups.add(lookup::of_subject(&facts.subject));
                }
            }
            known.push(row);
        }
        work.known = known;
        let work = &*work;
        let mut orphans: Vec<Id> = before.into_keys().collect();
        orphans.sort_unstable();
        tx.traveller_put(n, &changed)?;
        if !work.fresh.is_empty() {
            tx.people_put(&work.row, &who_is_who(&work.journey, &work.ids))?;
        }
        for report in work
            .journey
            .reports
            .iter()
            .filter(|r| work.fresh.contains(&r.message))
        {
            lookups.add(report.bookings.iter().flat_map(lookup::of_booking));
        }
        tx.lookup_put(n, &lookups.keys())?;
        let mut hits: HashMap<Id, Vec<HitRow>> = HashMap::new();
        if work.before.is_some() {
            for row in tx.hit_of_journey(&work.grant, &work.row)? {
                hits.entry(row.hit.traveller).or_default().push(row);
            }
        }
        let found = open_by_list(hits.values().flatten());
        self.move_orphans(tx, work, &orphans, &mut hits, now)?;
        let mut left: BTreeMap<String, i64> = BTreeMap::new();
        let looked_at = work.ids.iter().zip(subjects).filter(|(_, it)| it.is_some());
        let concerned: Vec<Id> = looked_at.map(|(id, _)| *id).chain(orphans).collect();
        let mut questions = Questions::open(tx, work, &concerned)?;
        for (at, person) in work.journey.people.iter().enumerate() {
            let id = work.ids[at];
            let held = hits.remove(&id).unwrap_or_default();
            let held = match screened.remove(&at).zip(subjects[at].as_ref()) {
                Some((fresh, who)) => {
                    let fresh = spare(tx, work, id, who, &held, fresh, now)?;
                    let held = put_hits(tx, &work.row, id, held, fresh, now)?;
                    reopen(tx, work, who, held, now)?
                }
                None => held,
            };
            for (list, n) in open_by_list(&held) {
                *left.entry(list).or_default() += n;
            }
            // Times, names and places change without the facts that are screened changing.
            self.put_case(tx, work, person, id, &held)?;
            if let Some(questions) = questions.as_mut().filter(|_| subjects[at].is_some()) {
                questions.look(tx, work, person, id, &held)?;
            }
        }
        statistics::count(tx, work, &found, &left, now);
        let Some(questions) = questions else {
            return Ok(Vec::new());
        };
        let answers = questions.close(tx, work)?;
        if answers.iter().any(ClearanceRow::is_owed) {
            self.carriers.forget();
        }
        Ok(answers)
    }

    /// A traveller who turned out to be another one hands over hits, reviews and claim.
    fn move_orphans(
        &self,
        tx: &mut Tx<'_>,
        work: &Work,
        orphans: &[Id],
        hits: &mut HashMap<Id, Vec<HitRow>>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        if orphans.is_empty() {
            return Ok(());
        }
        let mut heirs: HashMap<Id, Id> = HashMap::new();
        for (person, id) in work.journey.people.iter().zip(&work.ids) {
            for mention in &person.mentions {
                let message = &work.journey.reports[mention.report as usize].message;
                heirs.insert(
                    Id::of_traveller(work.row.id, message, mention.traveller),
                    *id,
                );
            }
        }
        tx.traveller_remove(work.row.n, orphans)?;
        for orphan in orphans.iter().copied() {
            let Some(heir) = heirs.get(&orphan).copied() else {
                continue;
            };
            let claim = tx
                .case_remove(&work.grant, orphan)?
                .and_then(|row| row.claim);
            for mut row in hits.remove(&orphan).unwrap_or_default() {
                tx.hit_remove(row.hit.id)?;
                row.hit.id = Id::of_hit(heir, &row.hit.list, &row.hit.entry);
                row.hit.traveller = heir;
                let known = hits.entry(heir).or_default();
                let reviewed = match known.iter_mut().find(|k| k.hit.id == row.hit.id) {
                    Some(known) if !known.review.is_empty() || row.review.is_empty() => continue,
                    Some(known) => {
                        known.review.clone_from(&row.review);
                        known.reviewed.clone_from(&row.reviewed);
                        known.version
                    }
                    None => {
                        tx.hit_put(&work.row, &row.hit)?;
                        if !row.open {
                            tx.hit_withdraw(row.hit.id)?;
                        }
                        let version = if row.open { 1 } else { 2 };
                        known.push(HitRow {
                            version,
                            ..row.clone()
                        });
                        version
                    }
                };
                if !row.review.is_empty() {
                    tx.hit_review(&work.row, row.hit.id, reviewed, &row.review, &row.reviewed)?;
                }
            }
            let event = Event::system(
                now,
                Deed::TravellerJoin,
                heir.display("trv"),
                format!("ok from={}", orphan.display("trv")),
            );
            let event = event
                .under([work.grant.profile()])
                .within(&work.row.compartment);
            tx.audit_append(&[event])?;
            // The case of the heir is written with its hits; a claim goes with the work.
            if let Some(claim) = claim
                && let Some(at) = work.ids.iter().position(|id| *id == heir)
            {
                let held = hits.get(&heir).map(Vec::as_slice).unwrap_or_default();
                self.put_case(tx, work, &work.journey.people[at], heir, held)?;
                tx.case_claim(&work.grant, heir, None, Some(&claim))?;
            }
        }
        Ok(())
    }

    fn put_case(
        &self,
        tx: &mut Tx<'_>,
        work: &Work,
        person: &Person,
        id: Id,
        hits: &[HitRow],
    ) -> Result<(), AppError> {
        if hits.is_empty() {
            return Ok(());
        }
        let flight = Direction::parse(&work.row.direction);
        let direction = person_direction(flight, &work.journey, person);
        let leg = work
            .journey
            .flight
            .border_leg()
            .cloned()
            .unwrap_or_default();
        let act_by = act_by(direction, times(&leg), work.grant.profile()).map(|a| a.at);
        let case = CaseUpdate {
            id,
            journey: work.row.n,
            severity: case_severity(hits),
            state: case_state(hits)?.to_owned(),
            act_by,
            found_at: hits
                .iter()
                .map(|row| row.hit.found_at)
                .min()
                .unwrap_or(Timestamp::UNIX_EPOCH),
            summary: summary(&work.journey, person),
        };
        tx.case_put(&work.row, &case, work.grant.at())?;
        Ok(())
    }
}

/// A person as screened.
struct Screened {
    subject: Subject,
    /// Keyed digests of who it is and of what is used, because both can be guessed and tried.
    digest: [u8; 16],
    selectors: Option<[u8; 16]>,
}

impl Screened {
    fn of(ring: &Ring, subject: Subject) -> Self {
        let selectors = subject.selectors_digest();
        Self {
            digest: ring.blind("facts", &subject.digest()),
            selectors: selectors.map(|digest| ring.blind("selectors", &digest)),
            subject,
        }
    }

    /// Whether the store knows the person so.
    fn is(&self, row: &TravellerRow) -> bool {
        (row.digest, row.selectors) == (self.digest, self.selectors)
    }
}

/// What the people of a journey can be reached at or have paid with, as far as their recipient's law
/// lets it be compared.
struct Sought<'w> {
    work: &'w Work,
    /// From a mention of a traveller to its bookings.
    bookings: HashMap<Mention, Vec<&'w Booking>>,
}

impl<'w> Sought<'w> {
    fn of(work: &'w Work) -> Self {
        let mut bookings: HashMap<Mention, Vec<&Booking>> = HashMap::new();
        for (report, said) in (0u32..).zip(&work.journey.reports) {
            for booking in &said.bookings {
                for traveller in booking.travellers.iter().copied() {
                    let mention = Mention { report, traveller };
                    bookings.entry(mention).or_default().push(booking);
                }
            }
        }
        Self { work, bookings }
    }

    fn add(&self, person: &Person, subject: &mut Subject) {
        let profile = self.work.grant.profile();
        let compared = |element| profile.compares(element);
        for mention in &person.mentions {
            for booking in self.bookings.get(mention).into_iter().flatten() {
                subject.add_booking(booking, mention.traveller, &compared);
            }
            subject.add_destination(self.work.journey.traveller(*mention), &compared);
        }
    }
}

/// The facts of a person that are screened: every name, date and document any message gives.
pub(crate) fn subject(journey: &Journey, person: &Person) -> Subject {
    let mut mentions = journey
        .mentions(person)
        .map(|(_, traveller)| Subject::from_traveller(traveller));
    let mut subject = mentions.next().expect("a person has a mention");
    for other in mentions {
        subject.merge(other);
    }
    subject
}

/// Leaves out what a person decided before is not this traveller, while neither the traveller's
/// facts nor the entry have changed (R-REV-04, R-DSR-05). Each time it is told to the log.
fn spare(
    tx: &mut Tx<'_>,
    work: &Work,
    traveller: Id,
    who: &Screened,
    held: &[HitRow],
    fresh: Vec<Hit>,
    now: Timestamp,
) -> Result<Vec<Hit>, AppError> {
    let compartment = &work.row.compartment;
    let mut left = Vec::with_capacity(fresh.len());
    for hit in fresh {
        let id = Id::of_hit(traveller, &hit.list, &hit.entry);
        // What is under review here stays there.
        let settled = match held.iter().any(|row| row.hit.id == id) {
            true => None,
            false => settled(tx, compartment, who, &hit, now)?,
        };
        match settled {
            Some((kind, object)) => {
                let detail = format!("ok why={kind} of={object}");
                let event = Event::system(now, Deed::HitSpare, id.display("hit"), detail);
                tx.audit_append(&[event.within(&**compartment)])?;
            }
            None => left.push(hit),
        }
    }
    Ok(left)
}

/// Opens what was closed without a confirmation and is still found, where the traveller's facts or
/// the entry have changed since (R-REV-04) and no redress stands in the way.
fn reopen(
    tx: &mut Tx<'_>,
    work: &Work,
    who: &Screened,
    mut held: Vec<HitRow>,
    now: Timestamp,
) -> Result<Vec<HitRow>, AppError> {
    let compartment = &work.row.compartment;
    for row in held
        .iter_mut()
        .filter(|row| row.open && !row.review.is_empty())
    {
        let review = review_of(row)?;
        let hit = read_hit(row)?;
        let Some(entry) = entry_digest(tx, compartment, &hit)? else {
            continue;
        };
        let side = side(tx, compartment, &who.digest, &hit)?;
        if !review.is_outdated(&pair_read(tx, compartment, &side, &entry)?)
            || settled(tx, compartment, who, &hit, now)?.is_some()
        {
            continue;
        }
        let review = review.reopened();
        row.review = serde_json::to_string(&review).expect("a review is plain data");
        row.reviewed = review.state().name().to_owned();
        tx.hit_review(
            &work.row,
            row.hit.id,
            row.version,
            &row.review,
            &row.reviewed,
        )?;
        row.version += 1;
        let event = Event::system(now, Deed::HitReopen, row.hit.id.display("hit"), "ok");
        let event = event.under([work.grant.profile()]).within(&**compartment);
        tx.audit_append(&[event])?;
    }
    Ok(held)
}

/// Keyed digest of the traveller's side of a pair: who it is and, where something is listed that the
/// traveller uses, that as well, so that what is used next counts anew.
pub(crate) fn side(
    tx: &mut Tx<'_>,
    compartment: &str,
    facts: &[u8; 16],
    hit: &Hit,
) -> Result<[u8; 16], AppError> {
    let used: Vec<&[u8]> = hit
        .parts
        .iter()
        .filter(|part| part.fact.is_selector())
        .flat_map(|part| [part.code.as_bytes(), b"/", part.ours.as_bytes(), b"/"])
        .collect();
    if used.is_empty() {
        return Ok(*facts);
    }
    let value = [&facts[..], &used.concat()].concat();
    Ok(tx.ring(compartment)?.blind("side", &value))
}

/// Keyed digest of how both sides of a pair read.
pub(crate) fn pair_read(
    tx: &mut Tx<'_>,
    compartment: &str,
    facts: &[u8; 16],
    entry: &[u8; 16],
) -> Result<String, AppError> {
    let digest = tx
        .ring(compartment)?
        .blind("pair", &[*facts, *entry].concat());
    Ok(hex(&digest))
}

fn settled(
    tx: &mut Tx<'_>,
    compartment: &str,
    who: &Screened,
    hit: &Hit,
    now: Timestamp,
) -> Result<Option<(String, String)>, AppError> {
    let Some(entry) = entry_digest(tx, compartment, hit)? else {
        return Ok(None);
    };
    let mut persons = vec![side(tx, compartment, &who.digest, hit)?];
    persons.extend(redress_digests(tx, compartment, &who.subject)?);
    for person in persons {
        let found = tx.settled_find(compartment, &person, &entry, now)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Keyed digest of the entry of a hit as it reads; none when the version is no longer kept.
pub(crate) fn entry_digest(
    tx: &mut Tx<'_>,
    compartment: &str,
    hit: &Hit,
) -> Result<Option<[u8; 16]>, AppError> {
    let text = match tx.list_entry(&hit.list, &hit.list_version, &hit.entry)? {
        // Of a listed document nothing is kept but what its name says.
        None if lists_documents(tx, hit)? => Some(hit.entry.to_string()),
        text => text,
    };
    let ring = tx.ring(compartment)?;
    Ok(text.map(|text| {
        let value = [hit.list.as_bytes(), b"/", text.as_bytes()].concat();
        ring.blind("entry", &value)
    }))
}

/// The entry of a hit; none when the version is no longer kept.
pub(crate) fn entry_of(tx: &mut Tx<'_>, hit: &Hit) -> Result<Option<Entry>, AppError> {
    let damaged = |_| StoreError::Damaged {
        what: "an entry of a list".to_owned(),
    };
    match tx.list_entry(&hit.list, &hit.list_version, &hit.entry)? {
        Some(json) => Ok(Some(serde_json::from_str(&json).map_err(damaged)?)),
        None => Ok(lists_documents(tx, hit)?.then(|| listed_entry(hit))),
    }
}

/// Whether the version that a hit names is kept and lists documents.
pub(crate) fn lists_documents(tx: &mut Tx<'_>, hit: &Hit) -> Result<bool, AppError> {
    let version = tx.list_version(&hit.list, &hit.list_version)?;
    Ok(version.is_some_and(|version| version.lists_documents()))
}

/// Keyed digests of what tells a person from every namesake.
pub(crate) fn redress_digests(
    tx: &mut Tx<'_>,
    compartment: &str,
    subject: &Subject,
) -> Result<Vec<[u8; 16]>, AppError> {
    let ring = tx.ring(compartment)?;
    let keys = lookup::apart(subject);
    Ok(keys
        .iter()
        .map(|key| ring.blind("redress", key.as_bytes()))
        .collect())
}

/// Writes what screening found for one traveller, beside what was found before.
fn put_hits(
    tx: &mut Tx<'_>,
    journey: &JourneyRow,
    traveller: Id,
    mut held: Vec<HitRow>,
    fresh: Vec<Hit>,
    now: Timestamp,
) -> Result<Vec<HitRow>, AppError> {
    let mut current = HashSet::new();
    for hit in fresh {
        let id = Id::of_hit(traveller, &hit.list, &hit.entry);
        current.insert(id);
        let known = held.iter_mut().find(|row| row.hit.id == id);
        let update = HitUpdate {
            id,
            journey: journey.n,
            traveller,
            list: hit.list.to_string(),
            entry: hit.entry.to_string(),
            score: i64::from(hit.score),
            severity: severity(&hit),
            data: serde_json::to_string(&hit).expect("a hit is plain data"),
            found_at: known.as_ref().map_or(now, |row| row.hit.found_at),
        };
        match known {
            Some(row) if row.open && row.hit.data == update.data => {}
            Some(row) => {
                tx.hit_put(journey, &update)?;
                *row = HitRow {
                    hit: update,
                    open: true,
                    version: row.version + 1,
                    ..row.clone()
                };
            }
            None => {
                tx.hit_put(journey, &update)?;
                held.push(HitRow {
                    hit: update,
                    open: true,
                    review: String::new(),
                    reviewed: ReviewState::Open.name().to_owned(),
                    version: 1,
                });
            }
        }
    }
    for row in held
        .iter_mut()
        .filter(|row| row.open && !current.contains(&row.hit.id))
    {
        tx.hit_withdraw(row.hit.id)?;
        row.open = false;
        row.version += 1;
    }
    Ok(held)
}

/// How many hits are still found, by list.
fn open_by_list<'h>(hits: impl IntoIterator<Item = &'h HitRow>) -> BTreeMap<String, i64> {
    let mut lists = BTreeMap::new();
    for row in hits.into_iter().filter(|row| row.open) {
        *lists.entry(row.hit.list.clone()).or_default() += 1;
    }
    lists
}

/// How a hit weighs in the queue.
pub(crate) fn severity(hit: &Hit) -> Severity {
    use oriel_screening::Band;
    match hit.band {
        Band::Certain => Severity::Critical,
        Band::Document | Band::Likely => Severity::High,
        Band::Possible | Band::Selector => Severity::Medium,
        Band::NameOnly | Band::Below => Severity::Low,
    }
}

/// The strongest hit that is still found counts; of a case without one, the strongest there was.
pub(crate) fn case_severity(hits: &[HitRow]) -> Severity {
    let strongest = |open: bool| {
        hits.iter()
            .filter(|row| row.open == open)
            .map(|row| row.hit.severity)
            .max()
    };
    strongest(true)
        .or_else(|| strongest(false))
        .unwrap_or(Severity::Low)
}

/// Where a case stands, by its hits.
pub(crate) fn case_state(hits: &[HitRow]) -> Result<&'static str, AppError> {
    let mut states = Vec::new();
    for row in hits.iter().filter(|row| row.open) {
        states.push(review_of(row)?.state());
    }
    Ok(if states.is_empty() {
        "withdrawn"
    } else if states.contains(&ReviewState::Open) {
        "open"
    } else if states.contains(&ReviewState::Disagreed) {
        "disagreed"
    } else if states.contains(&ReviewState::SecondWanted) {
        "second_wanted"
    } else {
        "decided"
    })
}

/// The review of a hit as kept.
pub(crate) fn review_of(row: &HitRow) -> Result<Review, AppError> {
    if row.review.is_empty() {
        return Ok(Review::default());
    }
    serde_json::from_str(&row.review).map_err(|_| {
        StoreError::Damaged {
            what: "a review".to_owned(),
        }
        .into()
    })
}

impl App {
    /// Screens every journey that has not ended and was not screened against the lists in force.
    /// Ends after at most `budget` transactions, so that others get their turn; says whether more
    /// is left.
    pub fn rescreen(&self, budget: usize) -> Result<(Rescreened, bool), AppError> {
        let core = &self.core;
        let mut total = Rescreened::default();
        for _ in 0..budget {
            let now = core.now();
            let (journeys, travellers) = core.store.write(|tx| {
                let recipients = core.recipients_in(tx)?;
                let lists = core.lists_in(tx)?;
                let mut work = Vec::new();
                for recipient in &recipients.list {
                    let own = lists.of(&recipient.profile, now);
                    let room = CHUNK - work.len() as i64;
                    for before in tx.journey_unscreened(&recipient.name, &own.digest, now, room)? {
                        let grant = recipient.system_grant(oriel_policy::Task::Screen, now);
                        let reports = tx.report_list(&grant, &before)?;
                        let known = tx.traveller_list(before.n)?;
                        let (journey, ids) = travellers_of(tx, &grant, &before, reports)?;
                        let row = JourneyRow {
                            screened: own.digest.clone(),
                            ..before.clone()
                        };
                        work.push(Work {
                            grant,
                            fresh: Vec::new(),
                            asking: HashMap::new(),
                            answers: Vec::new(),
                            ahead: Vec::new(),
                            before: Some(before),
                            row,
                            journey,
                            links: None,
                            first_new: 0,
                            ids,
                            known,
                        });
                    }
                }
                let journeys = work.len();
                let travellers = core.screen_and_put(tx, &mut work, &lists, now)?;
                Ok::<_, AppError>((journeys, travellers))
            })?;
            total.journeys += journeys;
            total.travellers += travellers;
            if journeys < CHUNK as usize {
                return Ok((total, false));
            }
        }
        Ok((total, true))
    }
}
