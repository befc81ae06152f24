//! Keeps and finds everything: messages, journeys, hits, cases, decisions, lists, accounts and
//! the audit log.
//!
//! One public type, [`Store`], in front of a database: SQLite in a folder, or PostgreSQL on a
//! server. It decides nothing: who may
//! read is `oriel-policy`'s business, and reading personal data takes the [`oriel_policy::Grant`]
//! that only policy makes; the audit event is written in the same transaction.
//!
//! The three types to know: [`Store`], [`Tx`] (everything that happens happens in one) and [`Id`]
//! (opaque, made from content, so that two nodes give the same thing the same name).
//!
//! ```
//! use oriel_keys::{Bucket, KeyStore, Lock};
//! use std::sync::Arc;
//!
//! let folder = std::env::temp_dir().join(format!("oriel-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! let keys = KeyStore::create(&folder.join("oriel.keys"), &Lock::Plain, Bucket(20_000)).unwrap();
//! let store = oriel_store::Store::create(folder.to_str().unwrap(), Arc::new(keys)).unwrap();
//! assert_eq!(store.read(|tx| tx.stats()).unwrap().messages, 0);
//! # drop(store);
//! # std::fs::remove_dir_all(folder).unwrap();
//! ```

mod account;
mod audit;
pub mod backup;
mod carrier;
mod case;
mod clearance;
mod codec;
mod db;
mod error;
mod evidence;
pub mod health;
mod hit;
mod hold;
mod id;
mod journey;
mod list;
mod message;
mod migration;
mod named;
mod oversight;
mod pressed;
mod profile;
mod quality;
mod rights;
mod schedule;
mod seal;
mod selection;
mod settled;
mod statistic;
mod stats;
mod sweep;
mod unmasking;

pub use account::{
    Account, AccountKind, Ceremony, Digest, Identity, MachineKey, MachineKind, NewAccount,
    PasskeyRow, Proposal, SessionRow, TotpRow,
};
pub use audit::{AuditFilter, CheckpointRow};
pub use carrier::{
    CarrierRow, CarrierStatus, CaseMet, CertificationRow, ChannelKind, ChannelRow, NoticeRow,
    OpenPush, OutageRow, PushAnswer, PushLink, PushRequest, PushRequestState, SentBefore,
};
pub use case::{CaseRow, CaseUpdate, Summary};
pub use clearance::ClearanceRow;
pub use error::StoreError;
pub use evidence::Evidence;
pub use hit::{HitPlace, HitRow, HitUpdate};
pub use hold::Hold;
pub use id::Id;
pub use journey::{JourneyRow, Retention, TravellerRow};
pub use list::{ListRow, ListVersionRow};
pub use message::{MessageProof, MessageRow, NewMessage, RefusalProof, Refused, StoredMessage};
pub use pressed::Packed;
pub use profile::{ProfileStep, RecipientRow, Step};
pub use quality::{Figures, JourneyTold, QualityKey, ToldOf};
pub use rights::{Correction, RightsRequest, RightsState};
pub use schedule::{Came, ScheduleRow};
pub use seal::bucket;
pub use selection::{NotTaken, NotTakenCount, Pattern, SelectionRow, Signed};
pub use settled::Settled;
pub use statistic::Count;
pub use stats::Stats;
pub use sweep::{Masked, MaskedHit, MaskedReport, Remaining, StoredPerson, SweepRun};
pub use unmasking::{OpenedPerson, UnmaskPerson, UnmaskState, Unmasking};

use audit::{Book, Notary};
use db::{Driver, Place, Pool, Watched};
use oriel_keys::{KeyStore, Ring};
use statistic::Tally;
use std::sync::{Arc, Mutex, PoisonError};

/// A database and its connections.
pub struct Store {
    place: Place,
    keys: Option<Arc<KeyStore>>,
    writer: Mutex<Box<dyn Driver>>,
    readers: Pool,
    notary: Option<Notary>,
}

/// One transaction. What is done in it happens whole or not at all.
pub struct Tx<'a> {
    db: Watched<'a>,
    book: Book,
    keys: Option<&'a KeyStore>,
    /// Keys of the recipients this transaction has met.
    rings: Vec<(String, Ring)>,
    /// What it has counted.
    tally: Tally,
}

impl Store {
    /// Opens the store at `place`, making it when it is not there. A place is a folder or
    /// `postgres://user@host/database`; a database on a server is there already, and blank.
    pub fn create(place: &str, keys: impl Into<Option<Arc<KeyStore>>>) -> Result<Self, StoreError> {
        Self::open_at(Place::parse(place)?, keys.into(), true)
    }

    /// Opens the store at `place`; there must be one. Without keys it opens nothing that is about a
    /// person: for proving the log, counting, backing up.
    pub fn open(place: &str, keys: impl Into<Option<Arc<KeyStore>>>) -> Result<Self, StoreError> {
        Self::open_at(Place::parse(place)?, keys.into(), false)
    }

    fn open_at(
        place: Place,
        keys: Option<Arc<KeyStore>>,
        create: bool,
    ) -> Result<Self, StoreError> {
        let mut writer = place.connect(create)?;
        migration::run(writer.as_mut(), create)?.ok_or_else(|| place.missing())?;
        let notary = keys
            .as_ref()
            .map(|keys| Notary::new(Arc::new(seal::Pen(Arc::clone(keys)))));
        Ok(Self {
            place,
            keys,
            writer: Mutex::new(writer),
            readers: Pool::default(),
            notary,
        })
    }

    /// The keys under which it lies, if it was opened with them.
    pub fn keys(&self) -> Option<&KeyStore> {
        self.keys.as_deref()
    }

    /// Runs `work` in a transaction and makes it durable; on an error nothing of it remains. If the
    /// audit log cannot take its events, that is an error.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic inside `work` leaves an open transaction, which the rollback below ends.
        let mut writer = self.writer.lock().unwrap_or_else(|poisoned| {
            self.writer.clear_poison();
            let mut writer = PoisonError::into_inner(poisoned);
            // Nothing to do about an error here: beginning again will report it.
            let _ = writer.rollback();
            writer
        });
        writer.begin()?;
        let mut tx = Tx::new(writer.as_mut(), Book::open(), self.keys.as_deref());
        let settled = work(&mut tx).and_then(|done| {
            let newest = match (tx.settle()?, &self.notary) {
                (Some(head), Some(notary)) => notary.attend(&mut tx, head)?,
                _ => None,
            };
            Ok((done, newest))
        });
        let done = settled.and_then(|(done, newest)| {
            writer.commit()?;
            if let Some(notary) = &self.notary {
                notary.remember(newest);
            }
            Ok(done)
        });
        if done.is_err() {
            writer.rollback()?;
        }
        done
    }

    /// Runs `work` on one consistent state, beside a writer. Nothing can be logged here, so nothing
    /// personal can be read.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.with(
            || self.place.connect(false),
            |reader| {
                reader.begin_read()?;
                let done = work(&mut Tx::new(reader, Book::default(), self.keys.as_deref()));
                reader.rollback()?;
                done
            },
        )
    }
}

impl<'a> Tx<'a> {
    /// One whose beginning and end are the caller's.
    pub(crate) fn new(db: &'a mut dyn Driver, book: Book, keys: Option<&'a KeyStore>) -> Self {
        Self {
            db: Watched::new(db),
            book,
            keys,
            rings: Vec::new(),
            tally: Tally::default(),
        }
    }
}

/// A place for people: without the account and the password of a server.
pub fn place_shown(place: &str) -> String {
    match Place::parse(place) {
        Ok(place) => place.to_string(),
        Err(_) if place.contains("://") => "a place that cannot be read".to_owned(),
        Err(_) => place.to_owned(),
    }
}
