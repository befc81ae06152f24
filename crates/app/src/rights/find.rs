//! Finds what is kept about a person: by exact digests, or in everything there is.
//!
//! - In: what the person gives of themselves; for masked records the vault's passphrase.
//!   Out: each record that speaks of the person, why it was found, and where it lies.
//! - Invariants: the quick way looks where digests lead and nowhere else; the thorough way opens
//!   every record of the recipient that is still kept, masked ones through the vault, a few journeys
//!   in a transaction, and says how many it opened. What is due is found by nobody. Likeness is
//!   shown for the officer to judge; it never decides who somebody is.

use super::{Asker, open_request};
use crate::journey::{person_reports, travellers_of};
use crate::lookup;
use crate::read::{TravellerView, flight_view};
use crate::screen::subject;
use crate::unmask::is_for;
use crate::{App, AppError, Core};
use oriel_keys::{Secret, Vault};
use oriel_model::{Journey, Person, Report};
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};
use oriel_screening::{Index, Scratch, Subject, Watchlists, screen};
use oriel_store::{Id, JourneyRow, Retention, RightsRequest, StoreError, Tx};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Journeys opened in one transaction, so that receiving goes on in between.
const CHUNK: i64 = 32;

/// How to look.
#[derive(Clone, Copy, Debug)]
pub enum Search<'a> {
    /// By digests of documents, names, contacts and locators.
    Exact,
    /// In everything that is kept; masked records, too, with the vault's passphrase.
    Thorough(Option<&'a Secret>),
}

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundIn {
    /// In the open.
    Open,
    /// Behind the mask.
    Masked,
    /// In the copy that this hold keeps.
    Held(Id),
}

/// One record that may be the person's.
#[derive(Clone, Debug)]
pub struct Found {
    /// The record, with nobody else in it.
    pub view: TravellerView,
    /// Where it lies.
    pub place: FoundIn,
    /// What is exactly the same: `document`, `name`, `phone`, `email`, `locator`.
    pub same: Vec<&'static str>,
    /// How alike the persons are, 0 to 100, where that was compared: a ranking.
    pub likeness: Option<u8>,
}

/// What somebody can be found by: kinds and values in one spelling.
pub(crate) fn keys_of(asker: &Asker) -> BTreeSet<(&'static str, String)> {
    let subject = Subject::from_person(&asker.person);
    let texts = |texts: &'_ [String]| texts.to_vec();
    let (contacts, locators) = (texts(&asker.contacts), texts(&asker.locators));
    let others = lookup::of_text(
        contacts.iter().map(String::as_str),
        locators.iter().map(String::as_str),
    );
    lookup::of_subject(&subject).chain(others).collect()
}

/// Compares one person after the other with who asks.
struct Sought<'a> {
    core: &'a Core,
    keys: BTreeSet<(&'static str, String)>,
    /// A list of one entry: who asks.
    list: Option<Watchlists>,
    scratch: Scratch,
}

impl Sought<'_> {
    /// What is the same, and how alike they are; nothing of who is somebody else.
    fn compare(
        &mut self,
        subject: &Subject,
        reports: &[Report],
    ) -> Option<(Vec<&'static str>, Option<u8>)> {
        let bookings = reports.iter().flat_map(|report| &report.bookings);
        let own = lookup::of_subject(subject).chain(bookings.flat_map(lookup::of_booking));
        let same: BTreeSet<&'static str> = own
            .filter(|key| self.keys.contains(key))
            .map(|(kind, _)| kind)
            .collect();
        let likeness = self.list.as_ref().and_then(|list| {
            let hits = screen(subject, list, &self.core.weights, &mut self.scratch);
            hits.first().map(|hit| hit.score)
        });
        (!same.is_empty() || likeness.is_some()).then(|| (same.into_iter().collect(), likeness))
    }
}

impl App {
    /// Everything that is kept about who asks.
    pub fn rights_search(
        &self,
        grant: &Grant,
        search: Search<'_>,
    ) -> Result<(RightsRequest, Vec<Found>), AppError> {
        is_for(grant, Act::RightsSearch)?;
        let request = self.core.store.write(|tx| open_request(tx, grant))?;
        let asker: Asker =
            serde_json::from_str(&request.person).map_err(|_| StoreError::Damaged {
                what: "a request of a person".to_owned(),
            })?;
        let mut sought = Sought {
            core: &self.core,
            keys: keys_of(&asker),
            list: None,
            scratch: Scratch::default(),
        };
        let found = match search {
            Search::Exact => self.by_digests(grant, &request, &mut sought)?,
            Search::Thorough(passphrase) => {
                let entry = asker.person.to_entry();
                let index = Arc::new(Index::build("asker", &[entry]));
                sought.list = Some(Watchlists::new(vec![index]));
                let vault = match passphrase {
                    Some(secret) => Some(self.core.vault(grant, request.id, Some(secret))?),
                    None => None,
                };
                self.everywhere(grant, &request, &mut sought, vault.as_ref())?
            }
        };
        Ok((request, found))
    }

    fn by_digests(
        &self,
        grant: &Grant,
        request: &RightsRequest,
        sought: &mut Sought<'_>,
    ) -> Result<Vec<Found>, AppError> {
        self.core.store.write(|tx| {
            let ring = tx.ring(grant.compartment())?;
            let mut rows = BTreeMap::new();
            for (kind, value) in &sought.keys {
                let key = ring.blind(kind, value.as_bytes());
                for row in tx.lookup_find(grant, &key)? {
                    rows.insert(row.n, row);
                }
            }
            let mut found = Vec::new();
            for row in rows.into_values() {
                found.extend(self.in_journey(tx, grant, row, sought, None)?);
            }
            let detail = format!("ok way=exact records={}", found.len());
            tx.audit_append(&[Event::granted(grant, request.id.display("rgt"), detail)])?;
            Ok(found)
        })
    }

    fn everywhere(
        &self,
        grant: &Grant,
        request: &RightsRequest,
        sought: &mut Sought<'_>,
        vault: Option<&Vault>,
    ) -> Result<Vec<Found>, AppError> {
        let mut found = Vec::new();
        let mut after = 0;
        loop {
            let opened = self.core.store.write(|tx| {
                let rows = tx.journey_kept(grant.compartment(), after, CHUNK)?;
                let opened = rows.len();
                for row in rows {
                    after = row.n;
                    found.extend(self.in_journey(tx, grant, row, sought, vault)?);
                }
                let detail = format!("ok way=thorough journeys={opened}");
                tx.audit_append(&[Event::granted(grant, request.id.display("rgt"), detail)])?;
                Ok::<_, AppError>(opened)
            })?;
            if opened < CHUNK as usize {
                break;
            }
        }
        let held = self.core.store.write(|tx| self.in_holds(tx, grant, sought));
        found.extend(held?);
        Ok(found)
    }

    /// Who of a journey may be who asks. Of a masked journey nobody without the vault.
    fn in_journey(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
        row: JourneyRow,
        sought: &mut Sought<'_>,
        vault: Option<&Vault>,
    ) -> Result<Vec<Found>, AppError> {
        let (people, place) = if row.retention == Retention::Whole {
            let reports = match tx.report_due(grant, &row) {
                Err(StoreError::Due) => return Ok(Vec::new()),
                reports => reports?,
            };
            let (journey, ids) = travellers_of(tx, grant, &row, reports)?;
            let alone = |(person, id): (&Person, &Id)| (*id, person_reports(&journey, person));
            let people: Vec<(Id, Vec<Report>)> =
                journey.people.iter().zip(&ids).map(alone).collect();
            (people, FoundIn::Open)
        } else {
            let Some(vault) = vault else {
                return Ok(Vec::new());
            };
            match tx.vault_fetch(grant, &row, vault) {
                Err(StoreError::Due) => return Ok(Vec::new()),
                people => (people?, FoundIn::Masked),
            }
        };
        let mut found = Vec::new();
        for (id, reports) in people {
            let Some(mut one) = self.as_found(tx, &row, id, reports, place, sought)? else {
                continue;
            };
            one.view.hits = self.hit_views(tx, grant, &row, id)?;
            one.view.corrections = tx.correction_list(grant, &row, vault)?;
            one.view.corrections.retain(|said| said.traveller == id);
            found.push(one);
        }
        Ok(found)
    }

    /// Whom holds keep copies of.
    fn in_holds(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
        sought: &mut Sought<'_>,
    ) -> Result<Vec<Found>, AppError> {
        let mut found = Vec::new();
        for hold in tx.hold_list(grant)? {
            let (hold, reports) = tx.hold_fetch(grant, hold.id)?;
            let Some(row) = tx.journey_row(hold.journey)? else {
                continue;
            };
            let place = FoundIn::Held(hold.id);
            found.extend(self.as_found(tx, &row, hold.traveller, reports, place, sought)?);
        }
        Ok(found)
    }

    fn as_found(
        &self,
        tx: &mut Tx<'_>,
        row: &JourneyRow,
        id: Id,
        reports: Vec<Report>,
        place: FoundIn,
        sought: &mut Sought<'_>,
    ) -> Result<Option<Found>, AppError> {
        let journey: Journey = crate::journey::alone(id, reports);
        let Some(person) = journey.people.first() else {
            return Ok(None);
        };
        let Some((same, likeness)) = sought.compare(&subject(&journey, person), &journey.reports)
        else {
            return Ok(None);
        };
        let flight = flight_view(tx, row.clone())?;
        Ok(Some(Found {
            view: TravellerView::alone(id, flight, journey.reports),
            place,
            same,
            likeness,
        }))
    }
}
