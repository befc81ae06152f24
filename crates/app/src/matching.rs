//! Compares persons whom somebody names with the lists in force, without keeping them.
//!
//! - In: persons as the commands take them.  Out: for each the hits over a score, with their entries.
//! - Invariants: only lists that the recipient's law lets it screen against are asked, and of them
//!   only entries that have not ended; the question leaves an event with counts, never with a name;
//!   no hit of it opens a case.

use crate::lists::Room;
use crate::unmask::{case_there, is_for};
use crate::{App, AppError};
use oriel_model::Text;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};
use oriel_screening::{Entry, Hit, Person, Subject};
use oriel_store::{StoreError, Tx};
use std::collections::BTreeMap;

/// What is asked.
#[derive(Clone, Debug)]
pub struct MatchAsk {
    /// Who is looked for.
    pub persons: Vec<Person>,
    /// One list; all of them unless given.
    pub list: Option<String>,
    /// Lowest score of a hit, 0 to 100.
    pub lowest: u8,
    /// Most hits of a person.
    pub most: usize,
}

/// A hit with what the list says of it.
#[derive(Clone, Debug)]
pub struct Matched {
    /// The hit.
    pub hit: Hit,
    /// Its entry; absent where another version was put in force meanwhile.
    pub entry: Option<Entry>,
}

impl App {
    /// Hits of each person, best first, in the order of the question. A list that is not there, or
    /// that the recipient's law does not name, is not found.
    pub fn match_persons(
        &self,
        grant: &Grant,
        ask: &MatchAsk,
    ) -> Result<Vec<Vec<Matched>>, AppError> {
        is_for(grant, Act::ListMatch)?;
        let loaded = self.core.store.read(|tx| {
            case_there(tx, grant)?;
            self.core.lists_in(tx)
        })?;
        let own = loaded.of(grant.profile(), grant.at());
        let lists = match &ask.list {
            None => own,
            Some(list) => own
                .only(list)
                .ok_or(StoreError::NotFound { what: "list" })?,
        };
        let find = |person: &Person| {
            let subject = Subject::from_person(person);
            let find = |room: &mut Room| lists.find(&subject, ask.lowest, &self.core.weights, room);
            // Person by person, so that nobody else waits for a long question.
            let mut hits = self.core.rooms.with(find);
            hits.truncate(ask.most);
            hits
        };
        let found: Vec<Vec<Hit>> = ask.persons.iter().map(find).collect();
        let hits = found.iter().map(Vec::len).sum::<usize>();
        self.core.store.write(|tx| {
            let detail = format!("ok persons={} hits={hits}", found.len());
            let object = ask.list.as_deref().unwrap_or("lists");
            tx.audit_append(&[Event::granted(grant, object, detail)])?;
            with_entries(tx, found)
        })
    }
}

/// Reads each entry once, however many persons it is a hit of.
fn with_entries(tx: &mut Tx<'_>, found: Vec<Vec<Hit>>) -> Result<Vec<Vec<Matched>>, AppError> {
    let mut known: BTreeMap<(Text, Text), Option<Entry>> = BTreeMap::new();
    let mut matched = Vec::with_capacity(found.len());
    for hits in found {
        let mut of_person = Vec::with_capacity(hits.len());
        for hit in hits {
            let place = (hit.list.clone(), hit.entry.clone());
            if !known.contains_key(&place) {
                let entry = read(tx, &hit)?;
                known.insert(place.clone(), entry);
            }
            let entry = known.get(&place).cloned().flatten();
            of_person.push(Matched { hit, entry });
        }
        matched.push(of_person);
    }
    Ok(matched)
}

fn read(tx: &mut Tx<'_>, hit: &Hit) -> Result<Option<Entry>, AppError> {
    let json = tx.list_entry(&hit.list, &hit.list_version, &hit.entry)?;
    let damaged = |_| StoreError::Damaged {
        what: "an entry of a list".to_owned(),
    };
    let entry = json.map(|json| serde_json::from_str(&json).map_err(damaged));
    Ok(entry.transpose()?)
}
