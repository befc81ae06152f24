//! Seeing masked values again: asked for one case, allowed outside the unit, open for a time.
//!
//! - Source: R-RET-03, R-RET-04; Directive (EU) 2016/681, Article 12(3)(b); C-817/19.
//! - Invariants: who asks does not allow, and who granted in an urgent case does not confirm; what
//!   is open ends by the instant, whether anybody sweeps or not; an urgent grant that nobody confirms
//!   falls back by itself; nobody allows more than was asked, or longer than the profile says. The
//!   vault is opened for one decision and closed again.

use crate::read::{TravellerView, flight_view};
use crate::unfit::Unfit;
use crate::{App, AppError, Core};
use jiff::{SignedDuration, Timestamp};
use oriel_keys::{KeyError, Lock, LockKind, Secret, Vault};
use oriel_model::Element;
use oriel_policy::audit::Event;
use oriel_policy::profile::Authority;
use oriel_policy::{Act, Calendar, Grant, Profile, PurposeKind, Term, refuse_step};
use oriel_store::{
    Id, JourneyRow, Retention, StoreError, Tx, UnmaskPerson, UnmaskState, Unmasking,
};
use std::collections::BTreeSet;

/// Persons in one request: an approval is for single persons, never for a flight's worth at will.
const MOST: usize = 50;

/// Characters of a reason.
pub(crate) const WORDS: usize = 4000;

/// What is asked for. The case or request is the grant's purpose.
#[derive(Clone, Debug)]
pub struct UnmaskAsk<'a> {
    /// Travellers, or flights for everybody who is left on them.
    pub records: &'a [Wanted],
    /// Code of the offence.
    pub offence: &'a str,
    /// Why it is needed, and the link to travel.
    pub reason: &'a str,
    /// Kinds of data, by name.
    pub elements: &'a [String],
    /// For how long; as long as the profile allows where nothing is said.
    pub minutes: Option<i64>,
}

/// A record by its identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One person.
    Traveller(Id),
    /// Everybody whose record is left of a flight.
    Flight(Id),
}

/// How far an approval goes; never beyond what was asked.
#[derive(Clone, Debug, Default)]
pub struct UnmaskLimits {
    /// These kinds of data alone.
    pub elements: Option<Vec<String>>,
    /// No longer than this.
    pub minutes: Option<i64>,
}

/// A request as whoever decides sees it: no names.
#[derive(Clone, Debug)]
pub struct UnmaskView {
    /// The request.
    pub unmasking: Unmasking,
    /// Persons it is about.
    pub persons: usize,
    /// Their flights, each once.
    pub flights: Vec<JourneyRow>,
}

/// What an approval opens.
#[derive(Clone, Debug)]
pub struct OpenedView {
    /// The approval.
    pub unmasking: Unmasking,
    /// Leave to see what was approved and no more.
    pub grant: Grant,
    /// The persons.
    pub travellers: Vec<TravellerView>,
}

impl App {
    /// Asks for masked values to be seen. Nothing is opened.
    pub fn unmask_ask(&self, grant: &Grant, ask: &UnmaskAsk<'_>) -> Result<Unmasking, AppError> {
        let profile = grant.profile();
        let now = grant.at();
        let most = longest(profile, now);
        let minutes = ask.minutes.unwrap_or(most);
        if !(1..=most).contains(&minutes) {
            return Err(Unfit::Minutes { most }.into());
        }
        if !is_code(ask.offence) {
            return Err(Unfit::Offence.into());
        }
        if !profile.knows_offence(ask.offence) {
            return Err(Unfit::UnknownOffence {
                code: ask.offence.to_owned(),
                profile: profile.reference(),
            }
            .into());
        }
        words("why it is needed, and the link to travel", ask.reason)?;
        elements(profile, ask.elements)?;
        let purpose = bound(grant)?;
        self.core.store.write(|tx| {
            case_there(tx, grant)?;
            let people = wanted(tx, grant, ask.records)?;
            let travellers: Vec<Id> = people.iter().map(|(id, _)| *id).collect();
            let asked = Unmasking {
                id: Id::of_record(
                    &["unmasking", grant.compartment(), grant.actor(), &purpose],
                    now,
                    &travellers,
                ),
                compartment: grant.compartment().to_owned(),
                purpose: purpose.clone(),
                offence: ask.offence.to_owned(),
                elements: ask.elements.to_vec(),
                minutes,
                reason: ask.reason.trim().to_owned(),
                asked_by: grant.actor().to_owned(),
                asked_at: now,
                state: UnmaskState::Asked,
                granted_by: None,
                granted_at: None,
                confirm_by: None,
                decided_by: None,
                decided_at: None,
                answer: String::new(),
                ends_at: None,
                review_by: None,
                keep_until: Calendar::of(profile).deadline(Term::Log, now).at,
                version: 1,
            };
            tx.unmasking_insert(grant, &asked, &people)?;
            Ok(asked)
        })
    }

    /// Requests, newest first.
    pub fn unmask_list(&self, grant: &Grant) -> Result<Vec<Unmasking>, AppError> {
        Ok(self.core.store.write(|tx| tx.unmasking_list(grant))?)
    }

    /// One request: counts and dates.
    pub fn unmask_view(&self, grant: &Grant, id: Id) -> Result<UnmaskView, AppError> {
        self.core.store.write(|tx| {
            let unmasking = tx.unmasking_find(grant, id)?;
            let people = tx.unmasking_people(grant, id)?;
            let persons = people.len();
            let mut flights: Vec<JourneyRow> = people.into_iter().map(|p| p.journey).collect();
            flights.dedup_by_key(|row| row.n);
            tx.audit_append(&[Event::granted(grant, id.display("unm"), "ok")])?;
            Ok(UnmaskView {
                unmasking,
                persons,
                flights,
            })
        })
    }

    /// Allows a request, within `limits`, or confirms one that was granted as urgent. The vault's
    /// passphrase is asked for where nothing is open yet. `seen` is the version decided on.
    pub fn unmask_approve(
        &self,
        grant: &Grant,
        id: Id,
        seen: i64,
        limits: &UnmaskLimits,
        answer: &str,
        passphrase: Option<&Secret>,
    ) -> Result<Unmasking, AppError> {
        is_for(grant, Act::UnmaskApprove)?;
        let state = |tx: &mut Tx<'_>| tx.unmasking_state(grant.compartment(), id);
        if self.core.store.read(state)? == Some(UnmaskState::Provisional) {
            let done = self.unmask_confirm(grant, id, seen, answer);
            return self.core.told(grant, &id.display("unm"), done);
        }
        let vault = self.core.vault(grant, id, passphrase)?;
        let done = self.unmask_open(grant, id, seen, limits, answer, &vault);
        self.core.told(grant, &id.display("unm"), done)
    }

    /// Grants what cannot wait, until the authority outside confirms it (R-RET-04).
    pub fn unmask_urgent(
        &self,
        grant: &Grant,
        id: Id,
        seen: i64,
        limits: &UnmaskLimits,
        answer: &str,
        passphrase: Option<&Secret>,
    ) -> Result<Unmasking, AppError> {
        is_for(grant, Act::UnmaskUrgent)?;
        match grant.profile().unmask().urgent.as_ref() {
            Some(office) if office.value == Authority::HeadOfAgency => {}
            Some(office) => return Err(Unfit::OtherOffice(office.value).into()),
            None => return Err(Unfit::NoUrgentWay.into()),
        }
        let vault = self.core.vault(grant, id, passphrase)?;
        let done = self.unmask_open(grant, id, seen, limits, answer, &vault);
        self.core.told(grant, &id.display("unm"), done)
    }

    /// Refuses a request, or an urgent grant, whose copies go at once.
    pub fn unmask_refuse(
        &self,
        grant: &Grant,
        id: Id,
        seen: i64,
        answer: &str,
    ) -> Result<Unmasking, AppError> {
        is_for(grant, Act::UnmaskApprove)?;
        words("why it is refused", answer)?;
        let done = self.core.store.write(|tx| {
            let mut row = undecided(tx, grant, id, seen)?;
            let copies = tx.opened_remove(grant, id)?;
            row.state = UnmaskState::Refused;
            row.ends_at = row.ends_at.map(|_| grant.at());
            decided(&mut row, grant, answer);
            tx.unmasking_update(grant, &row, seen)?;
            let detail = format!("ok state=refused copies={copies}");
            tx.audit_append(&[Event::granted(grant, id.display("unm"), detail)])?;
            Ok(tx.unmasking_find(grant, id)?)
        });
        self.core.told(grant, &id.display("unm"), done)
    }

    /// The masked values under an approval that is open, for its purpose alone.
    pub fn unmask_read(&self, grant: &Grant, id: Id) -> Result<OpenedView, AppError> {
        self.core.store.write(|tx| {
            let (unmasking, people) = tx.opened_fetch(grant, id)?;
            let profile = grant.profile();
            let only = elements(profile, &unmasking.elements)?;
            let mut travellers = Vec::with_capacity(people.len());
            for (UnmaskPerson { traveller, journey }, reports) in people {
                let flight = flight_view(tx, journey)?;
                travellers.push(TravellerView::alone(traveller, flight, reports));
            }
            Ok(OpenedView {
                unmasking,
                grant: grant.clone().only(&only),
                travellers,
            })
        })
    }

    /// Opens copies, for good or until confirmed, as the grant's act says.
    fn unmask_open(
        &self,
        grant: &Grant,
        id: Id,
        seen: i64,
        limits: &UnmaskLimits,
        answer: &str,
        vault: &Vault,
    ) -> Result<Unmasking, AppError> {
        let profile = grant.profile();
        let calendar = Calendar::of(profile);
        let now = grant.at();
        if !answer.is_empty() {
            words("the answer", answer)?;
        }
        self.core.store.write(|tx| {
            let mut row = undecided(tx, grant, id, seen)?;
            if row.state != UnmaskState::Asked {
                return Err(Unfit::Decided.into());
            }
            if let Some(minutes) = limits.minutes {
                if !(1..=row.minutes).contains(&minutes) {
                    return Err(Unfit::Minutes { most: row.minutes }.into());
                }
                row.minutes = minutes;
            }
            if let Some(fewer) = &limits.elements {
                if let Some(more) = fewer.iter().find(|name| !row.elements.contains(name)) {
                    return Err(Unfit::Element(more.clone()).into());
                }
                row.elements.clone_from(fewer);
            }
            let allowed = elements(profile, &row.elements)?;
            let end = until(&row, profile, now);
            row.review_by = Some(calendar.deadline(Term::DpoReview, now).at);
            if grant.act() == Act::UnmaskUrgent {
                let confirm_by = calendar.deadline(Term::Confirm, now).at;
                row.state = UnmaskState::Provisional;
                row.granted_by = Some(grant.actor().to_owned());
                row.granted_at = Some(now);
                row.confirm_by = Some(confirm_by);
                row.ends_at = Some(end.min(confirm_by));
                row.answer = answer.trim().to_owned();
            } else {
                row.state = UnmaskState::Approved;
                row.ends_at = Some(end);
                decided(&mut row, grant, answer);
            }
            let mut copies = 0;
            let people = tx.unmasking_people(grant, id)?;
            // Who was erased since it was asked has nothing to open.
            for person in people
                .iter()
                .filter(|p| p.journey.retention == Retention::Masked)
            {
                copies += tx.opened_put(grant, &row, person, &allowed, vault)?;
            }
            tx.unmasking_update(grant, &row, seen)?;
            let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
            let detail = format!(
                "ok state={} records={} copies={copies} ends_at={} confirm_by={} review_by={}",
                row.state.name(),
                people.len(),
                at(row.ends_at),
                at(row.confirm_by),
                at(row.review_by)
            );
            tx.audit_append(&[Event::granted(grant, id.display("unm"), detail)])?;
            Ok(tx.unmasking_find(grant, id)?)
        })
    }

    /// Confirms an urgent grant while it stands: it then lasts as long as was granted.
    fn unmask_confirm(
        &self,
        grant: &Grant,
        id: Id,
        seen: i64,
        answer: &str,
    ) -> Result<Unmasking, AppError> {
        let profile = grant.profile();
        if !answer.is_empty() {
            words("the answer", answer)?;
        }
        self.core.store.write(|tx| {
            let mut row = undecided(tx, grant, id, seen)?;
            let from = row.granted_at.unwrap_or(row.asked_at);
            let end = until(&row, profile, from);
            tx.opened_extend(grant, &row, end)?;
            row.state = UnmaskState::Approved;
            row.ends_at = Some(end);
            decided(&mut row, grant, answer);
            tx.unmasking_update(grant, &row, seen)?;
            let detail = format!("ok state=confirmed ends_at={end}");
            tx.audit_append(&[Event::granted(grant, id.display("unm"), detail)])?;
            Ok(tx.unmasking_find(grant, id)?)
        })
    }
}

impl Core {
    /// Tells the log of somebody who tried to take two steps that two persons take.
    pub(crate) fn told<T>(
        &self,
        grant: &Grant,
        object: &str,
        done: Result<T, AppError>,
    ) -> Result<T, AppError> {
        if let Err(AppError::Unfit(Unfit::Pair(refused))) = &done {
            let event = Event::granted(grant, object, format!("denied {}", refused.code()));
            self.store.write(|tx| tx.audit_append(&[event]))?;
        }
        done
    }

    /// Opens the vault: with a passphrase, or with the PIN of the token that the configuration
    /// names. A wrong one is told to the log.
    pub(crate) fn vault(
        &self,
        grant: &Grant,
        object: Id,
        passphrase: Option<&Secret>,
    ) -> Result<Vault, AppError> {
        let keys = self.store.keys().ok_or(StoreError::NoKeys)?;
        let lock = match (keys.status().vault.lock, passphrase) {
            // Nobody has given the vault a lock of its own yet: for trying out.
            (LockKind::Plain, _) => Lock::Plain,
            (LockKind::Passphrase, Some(secret)) => Lock::Passphrase(secret.clone()),
            (LockKind::Token, secret) => {
                let key = self.vault_token.get().ok_or(Unfit::VaultToken)?;
                key.with(secret.ok_or(Unfit::VaultNeeded)?.clone())
            }
            (LockKind::Passphrase, None) => return Err(Unfit::VaultNeeded.into()),
        };
        match keys.vault(&lock) {
            Ok(vault) => Ok(vault),
            Err(KeyError::WrongPassphrase { .. } | KeyError::WrongPin { .. }) => {
                let prefix = match grant.act() {
                    Act::UnmaskApprove | Act::UnmaskUrgent => "unm",
                    _ => "rgt",
                };
                let event =
                    Event::granted(grant, object.display(prefix), "denied wrong-passphrase");
                self.store.write(|tx| tx.audit_append(&[event]))?;
                Err(Unfit::Vault.into())
            }
            Err(
                error @ (KeyError::TokenModule { .. }
                | KeyError::TokenMissing { .. }
                | KeyError::Token { .. }
                | KeyError::TokenKey { .. }),
            ) => Err(Unfit::VaultAway(error.to_string()).into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The longest view that the profile allows, in minutes.
fn longest(profile: &Profile, now: Timestamp) -> i64 {
    let end = Calendar::of(profile).deadline(Term::View, now).at;
    end.duration_since(now).as_mins()
}

/// When a view that begins at `from` ends.
fn until(row: &Unmasking, profile: &Profile, from: Timestamp) -> Timestamp {
    let longest = Calendar::of(profile).deadline(Term::View, from).at;
    let asked = from.checked_add(SignedDuration::from_mins(row.minutes));
    asked.map_or(longest, |end| end.min(longest))
}

/// The kinds of data of these names; the profile must mask each.
fn elements(profile: &Profile, names: &[String]) -> Result<Vec<Element>, Unfit> {
    if names.is_empty() {
        return Err(Unfit::Element(String::new()));
    }
    let element = |name: &String| {
        let known = Profile::elements().find(|(known, _)| known == name);
        known
            .map(|(_, element)| element)
            .filter(|element| profile.masks(*element))
            .ok_or_else(|| Unfit::Element(name.clone()))
    };
    names.iter().map(element).collect()
}

/// The case or request that the grant serves, in the form of the `Purpose` header.
pub(crate) fn bound(grant: &Grant) -> Result<String, Unfit> {
    grant
        .purpose()
        .filter(|p| matches!(p.kind(), PurposeKind::Case | PurposeKind::Request))
        .map(ToString::to_string)
        .ok_or(Unfit::NoPurpose)
}

/// A case that is named must be there; requests are numbered by those who make them.
pub(crate) fn case_there(tx: &mut Tx<'_>, grant: &Grant) -> Result<(), AppError> {
    let Some(purpose) = grant.purpose().filter(|p| p.kind() == PurposeKind::Case) else {
        return Ok(());
    };
    let there = match Id::parse(purpose.reference(), "case") {
        Some(id) => tx.case_is_of(grant.compartment(), id)?,
        None => false,
    };
    if there {
        Ok(())
    } else {
        Err(Unfit::NoCase.into())
    }
}

/// The persons of masked records, each once.
fn wanted(tx: &mut Tx<'_>, grant: &Grant, records: &[Wanted]) -> Result<Vec<(Id, i64)>, AppError> {
    let mut people = BTreeSet::new();
    for record in records {
        let row = match record {
            Wanted::Traveller(id) => tx.traveller_journey(*id)?,
            Wanted::Flight(id) => tx.journey_find(*id)?,
        };
        let row = row
            .filter(|row| row.compartment == grant.compartment())
            .ok_or(StoreError::NotFound { what: "traveller" })?;
        if row.retention != Retention::Masked {
            return Err(StoreError::NotMasked.into());
        }
        match record {
            Wanted::Traveller(id) => drop(people.insert((*id, row.n))),
            Wanted::Flight(_) => {
                people.extend(tx.traveller_list(row.n)?.iter().map(|t| (t.id, row.n)));
            }
        }
    }
    match people.len() {
        0 => Err(Unfit::NoRecord.into()),
        n if n > MOST => Err(Unfit::TooMany { most: MOST }.into()),
        _ => Ok(people.into_iter().collect()),
    }
}

/// A request that waits for a decision of somebody else than those who took the steps before.
fn undecided(tx: &mut Tx<'_>, grant: &Grant, id: Id, seen: i64) -> Result<Unmasking, AppError> {
    let row = tx.unmasking_find(grant, id)?;
    if row.version != seen {
        let current = row.version;
        return Err(StoreError::Stale { current }.into());
    }
    let asked = std::iter::once((Act::UnmaskAsk, &*row.asked_by));
    let granted = row.granted_by.as_deref().map(|by| (Act::UnmaskUrgent, by));
    refuse_step(asked.chain(granted), grant.act(), grant.actor()).map_err(Unfit::Pair)?;
    let waits = match row.state {
        UnmaskState::Asked => true,
        // What fell back by itself is over, swept or not.
        UnmaskState::Provisional => row.is_open(grant.at()),
        _ => false,
    };
    if waits {
        Ok(row)
    } else {
        Err(Unfit::Decided.into())
    }
}

fn decided(row: &mut Unmasking, grant: &Grant, answer: &str) {
    row.decided_by = Some(grant.actor().to_owned());
    row.decided_at = Some(grant.at());
    row.answer = answer.trim().to_owned();
}

pub(crate) fn is_for(grant: &Grant, act: Act) -> Result<(), AppError> {
    if grant.act() == act {
        Ok(())
    } else {
        Err(StoreError::WrongGrant.into())
    }
}

/// A text that somebody must give.
pub(crate) fn words(what: &'static str, text: &str) -> Result<(), Unfit> {
    if (1..=WORDS).contains(&text.trim().chars().count()) {
        Ok(())
    } else {
        Err(Unfit::Words(what, WORDS))
    }
}

/// An identifier, never prose, so that it may stand in logs.
pub(crate) fn is_code(text: &str) -> bool {
    oriel_policy::audit::Recipient::parse(text).is_some()
}
