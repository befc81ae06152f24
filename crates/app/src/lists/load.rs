//! The lists in force, ready to be asked, and what of them each recipient may ask.
//!
//! Invariant: what is asked is the version in force, whole; a list that another node put in force is
//! read before the next transaction screens.

use super::hex;
use super::terms::{EntryTerms, day};
use crate::{AppError, Core};
use jiff::Timestamp;
use jiff::civil::Date;
use oriel_model::Text;
use oriel_policy::{ListKind, Profile};
use oriel_screening::documents::{Assembly, DocumentList, DocumentSet, NearScratch};
use oriel_screening::selectors::{SelectorKey, Selectors, screen_selectors};
use oriel_screening::{
    Entry, Hit, Index, LINE_SCORE, Scratch, Subject, Watchlists, Weights, search,
};
use oriel_store::{ListRow, StoreError, Tx};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// A version made ready to be asked.
#[derive(Clone)]
pub(crate) enum Ready {
    /// Persons, what they are sought by besides, and what their entries say of their use.
    Persons(Arc<Index>, Arc<Selectors>, Arc<EntryTerms>),
    /// Documents.
    Documents(Arc<DocumentSet>),
}

impl Ready {
    /// Reads the version that a list has in force.
    fn read(tx: &mut Tx<'_>, list: &ListRow) -> Result<Self, AppError> {
        Ok(match documents(tx, list)? {
            Some(set) => Self::Documents(set.into()),
            None => {
                let key = SelectorKey::new(tx.list_selector_key()?);
                Self::persons(key, &list.id, &entries(tx, list)?)
            }
        })
    }

    /// Of these entries.
    pub(super) fn persons(key: SelectorKey, list: &str, entries: &[Entry]) -> Self {
        let index = Index::build(list, entries);
        let selectors = Selectors::build(key, list, index.version(), entries);
        let terms = EntryTerms::of(entries);
        Self::Persons(index.into(), selectors.into(), terms.into())
    }

    /// Entries or documents.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Persons(index, ..) => index.len(),
            Self::Documents(set) => set.len(),
        }
    }
}

/// A list in force.
#[derive(Clone)]
struct InForce {
    row: ListRow,
    ready: Ready,
}

/// The lists in force, ready to be asked.
pub(crate) struct Loaded {
    lists: Vec<InForce>,
    weights: Text,
}

/// Those of them that one recipient may screen against on a day (R-SCO-07).
pub(crate) struct OwnLists {
    lists: Vec<InForce>,
    today: Date,
    persons: Watchlists,
    documents: Vec<DocumentList>,
    selectors: Vec<Arc<Selectors>>,
    /// Digest over list identifiers, versions and weights: what a journey was screened against.
    pub(crate) digest: String,
}

/// Room to screen in, for one thread at a time: for a long list it is large, and dear to make.
#[derive(Default)]
pub(crate) struct Room {
    persons: Scratch,
    documents: NearScratch,
}

/// The rooms there are. Whoever comes when there is somebody in each waits: more would not search
/// faster, and need more memory.
pub(crate) struct Rooms {
    free: Mutex<Vec<Room>>,
    left: Condvar,
}

impl Rooms {
    pub(crate) fn new(most: usize) -> Self {
        let free = std::iter::repeat_with(Room::default).take(most.max(1));
        Self {
            free: Mutex::new(free.collect()),
            left: Condvar::new(),
        }
    }

    /// Lets somebody work in one.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Room) -> T) -> T {
        let free = || self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.left.wait_while(free(), |free| free.is_empty());
        let room = waited.unwrap_or_else(PoisonError::into_inner).pop();
        let mut inside = Inside {
            rooms: self,
            room: room.unwrap_or_default(),
        };
        work(&mut inside.room)
    }
}

/// Somebody in a room, who leaves it also by a panic.
struct Inside<'a> {
    rooms: &'a Rooms,
    room: Room,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let room = std::mem::take(&mut self.room);
        let free = self.rooms.free.lock();
        free.unwrap_or_else(PoisonError::into_inner).push(room);
        self.rooms.left.notify_one();
    }
}

impl OwnLists {
    /// Everything on the lists that may be this traveller or one of the traveller's documents.
    pub(crate) fn screen(&self, subject: &Subject, weights: &Weights, room: &mut Room) -> Vec<Hit> {
        self.find(subject, LINE_SCORE, weights, room)
    }

    /// The same down to a score.
    pub(crate) fn find(
        &self,
        subject: &Subject,
        lowest: u8,
        weights: &Weights,
        room: &mut Room,
    ) -> Vec<Hit> {
        let (persons, all) = (&mut room.persons, usize::MAX);
        let mut hits = search(subject, &self.persons, weights, lowest, all, persons);
        hits.extend(oriel_screening::documents::screen_documents(
            subject,
            &self.documents,
            weights,
            &mut room.documents,
        ));
        for selectors in &self.selectors {
            Hit::support_all(&mut hits, screen_selectors(subject, selectors, weights));
        }
        hits.retain_mut(|hit| self.counts(hit));
        hits
    }

    /// Whether the entry of a hit counts today; says on the hit for which offences.
    fn counts(&self, hit: &mut Hit) -> bool {
        let Some(list) = self.lists.iter().find(|list| list.row.id == *hit.list) else {
            return false;
        };
        let none = EntryTerms::default();
        let terms = match &list.ready {
            Ready::Persons(_, _, terms) => terms,
            Ready::Documents(_) => &none,
        };
        terms.tell(&list.row, hit);
        terms.counts(&hit.entry, self.today)
    }
}

impl OwnLists {
    /// One of these lists alone, if it is there.
    pub(crate) fn only(mut self, list: &str) -> Option<Self> {
        self.lists.retain(|own| own.row.id == list);
        self.documents.retain(|own| own.list == list);
        self.selectors.retain(|own| own.list() == list);
        let persons = self.persons.indexes().iter();
        let persons = persons.filter(|index| *index.list() == list);
        self.persons = Watchlists::new(persons.map(Arc::clone).collect());
        (!self.lists.is_empty()).then_some(self)
    }

    /// Whether any of them asks what a traveller can be reached at or has paid with.
    pub(crate) fn seek(&self) -> bool {
        !self.selectors.is_empty()
    }
}

impl Loaded {
    /// Reads the lists in force and builds what is asked.
    pub(crate) fn read(tx: &mut Tx<'_>, weights: &Weights) -> Result<Self, AppError> {
        let none = Self {
            lists: Vec::new(),
            weights: weights.version().clone(),
        };
        let rows = in_force(tx)?;
        none.renewed(tx, &rows)
    }

    /// These rows with what was made ready for their versions; what is not ready is read.
    fn renewed(&self, tx: &mut Tx<'_>, in_force: &[ListRow]) -> Result<Self, AppError> {
        let mut lists = Vec::with_capacity(in_force.len());
        for row in in_force {
            let ready = match self.ready(row) {
                Some(ready) => ready,
                None => Ready::read(tx, row)?,
            };
            let row = row.clone();
            lists.push(InForce { row, ready });
        }
        Ok(Self {
            lists,
            weights: self.weights.clone(),
        })
    }

    /// Whether these are the lists in force, and all that is said of them.
    fn are(&self, in_force: &[ListRow]) -> bool {
        self.lists.iter().map(|list| &list.row).eq(in_force)
    }

    /// The same lists with this one added, or put in place of its earlier version.
    pub(super) fn with(&self, row: ListRow, ready: Ready) -> Self {
        let others = self.lists.iter().filter(|known| known.row.id != row.id);
        let mut lists: Vec<InForce> = others.cloned().collect();
        lists.push(InForce { row, ready });
        lists.sort_by(|a, b| a.row.id.cmp(&b.row.id));
        Self {
            lists,
            weights: self.weights.clone(),
        }
    }

    /// The version of a list that is in force, if this is it.
    pub(super) fn ready(&self, list: &ListRow) -> Option<Ready> {
        let mut lists = self.lists.iter();
        let known = lists.find(|k| (&k.row.id, &k.row.active) == (&list.id, &list.active))?;
        Some(known.ready.clone())
    }

    /// How many entries, on all lists.
    pub(super) fn len(&self) -> usize {
        self.lists.iter().map(|list| list.ready.len()).sum()
    }

    /// The lists of the kinds that a recipient's law lets it screen against, as they stand now.
    pub(crate) fn of(&self, profile: &Profile, now: Timestamp) -> OwnLists {
        let today = day(now);
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        };
        add(&self.weights);
        let (mut persons, mut documents, mut sought) = (Vec::new(), Vec::new(), Vec::new());
        let own = self.lists.iter().filter(|list| may_use(profile, &list.row));
        let lists: Vec<InForce> = own.cloned().collect();
        for list in &lists {
            add(&list.row.id);
            add(&list.row.active);
            if !list.row.offences.is_empty() {
                add(&list.row.offences);
            }
            match &list.ready {
                Ready::Persons(index, selectors, terms) => {
                    // Whoever was found by an entry that has ended since is screened again.
                    match terms.ended(today) {
                        0 => {}
                        ended => add(&format!("{ended} ended")),
                    }
                    persons.push(Arc::clone(index));
                    if !selectors.is_empty() && profile.compared() != 0 {
                        add(&format!("compares {}", profile.compared()));
                        sought.push(Arc::clone(selectors));
                    }
                }
                Ready::Documents(set) => documents.push(DocumentList {
                    list: list.row.id.as_str().into(),
                    version: list.row.active.as_str().into(),
                    set: Arc::clone(set),
                }),
            }
        }
        let digest: [u8; 32] = digest.finalize().into();
        OwnLists {
            lists,
            today,
            persons: Watchlists::new(persons),
            documents,
            selectors: sought,
            digest: hex(&digest[..8]),
        }
    }
}

/// Whether a list is of a kind that a law lets its recipient screen against.
pub(super) fn may_use(profile: &Profile, list: &ListRow) -> bool {
    let kinds = &profile.recipient().lists.value;
    ListKind::parse(&list.kind).is_some_and(|kind| kinds.contains(&kind))
}

/// The lists of which a version is in force; of others one is only proposed.
fn in_force(tx: &mut Tx<'_>) -> Result<Vec<ListRow>, AppError> {
    let mut lists = tx.list_all()?;
    lists.retain(|list| !list.active.is_empty());
    Ok(lists)
}

/// Entries of the version of a list that is in force, by identifier.
pub(super) fn entries(tx: &mut Tx<'_>, list: &ListRow) -> Result<Vec<Entry>, AppError> {
    let mut entries = Vec::new();
    tx.list_entries(&list.id, &list.active, |json| {
        let damaged = |_| StoreError::Damaged {
            what: "an entry of a list".to_owned(),
        };
        entries.push(serde_json::from_str(json).map_err(damaged)?);
        Ok::<_, AppError>(())
    })?;
    Ok(entries)
}

/// Documents of the version of a list that is in force, if it lists documents.
pub(super) fn documents(tx: &mut Tx<'_>, list: &ListRow) -> Result<Option<DocumentSet>, AppError> {
    let version = tx.list_version(&list.id, &list.active)?;
    if !version.is_some_and(|version| version.lists_documents()) {
        return Ok(None);
    }
    let damaged = |_| StoreError::Damaged {
        what: "a list of documents".to_owned(),
    };
    let mut assembly = Assembly::new(tx.list_document_key()?);
    tx.list_blocks(&list.id, &list.active, |block| {
        assembly.add(block).map_err(damaged)
    })?;
    Ok(Some(assembly.finish().map_err(damaged)?))
}

impl Core {
    /// Writes what puts a version in force, and asks it from then on, where it is made ready. What
    /// stands in memory last is what was committed last. Says whether it was written.
    pub(super) fn put_in_force(
        &self,
        made: Option<(ListRow, Ready)>,
        write: impl FnOnce(&mut Tx<'_>) -> Result<bool, AppError>,
    ) -> Result<bool, AppError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let done = self.store.write(write)?;
        if let (true, Some((row, ready))) = (done, made) {
            self.set_lists(self.lists().with(row, ready));
        }
        Ok(done)
    }

    /// The lists in force as a transaction that writes sees them: read again where another node
    /// has put others in force.
    pub(crate) fn lists_in(&self, tx: &mut Tx<'_>) -> Result<Arc<Loaded>, AppError> {
        let (lists, in_force) = (self.lists(), in_force(tx)?);
        if lists.are(&in_force) {
            return Ok(lists);
        }
        self.set_lists(lists.renewed(tx, &in_force)?);
        Ok(self.lists())
    }
}
