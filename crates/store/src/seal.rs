//! Between the nouns and the database: what is about a person is sealed on its way in and opened
//! on its way out.
//!
//! - Source: R-SEC-01, R-RET-01, R-RET-02: what masking and erasing must put out of reach lies
//!   under keys that can be put out of reach.
//! - Invariants: the database sees no value about a person in clear, not even one that could be
//!   guessed and tried (lookups go through keyed digests); a record opens only in the place it was
//!   written for, so that an exchanged row is found out.

use crate::pressed::{Packed, press, spread};
use crate::{Id, JourneyRow, Retention, StoreError, Tx};
use jiff::Timestamp;
use oriel_keys::{Bucket, Class, KeyStore, Ring, Vault};
use oriel_policy::audit::Signer;
use oriel_policy::{Grant, Standing};
use std::sync::Arc;

/// What a sealed value is, as part of the place it belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Report,
    Original,
    People,
    Hit,
    Review,
    Summary,
    Entry,
    /// A part of a list of documents.
    Block,
    Note,
    Correction,
    /// A copy under an approved unmasking.
    Opened,
    /// A copy that a hold keeps.
    Held,
    /// Why, or how it was answered.
    Words,
    /// Whom a request is about.
    Asker,
    /// Whom to call at a carrier.
    Contacts,
}

impl Kind {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Original => "original",
            Self::People => "people",
            Self::Hit => "hit",
            Self::Review => "review",
            Self::Summary => "summary",
            Self::Entry => "entry",
            Self::Block => "block",
            Self::Note => "note",
            Self::Correction => "correction",
            Self::Opened => "opened",
            Self::Held => "held",
            Self::Words => "words",
            Self::Asker => "asker",
            Self::Contacts => "contacts",
        }
    }

    fn name(self) -> &'static [u8] {
        self.text().as_bytes()
    }
}

/// Lists belong to no recipient and to no day.
const LISTS: &str = "lists";

/// Nor do carriers.
const CARRIERS: &str = "carriers";

/// Opens and seals what belongs to one journey, or to the lists.
pub(crate) struct Seal {
    ring: Ring,
    class: Class,
    bucket: Bucket,
}

impl Seal {
    pub(crate) fn put(
        &self,
        kind: Kind,
        place: &[&[u8]],
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.put_as(self.class, kind, place, plain)
    }

    /// The same under another class of key: for moving records.
    pub(crate) fn put_as(
        &self,
        class: Class,
        kind: Kind,
        place: &[&[u8]],
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.put_pressed(class, kind, place, &press(plain))
    }

    /// What was packed before.
    pub(crate) fn put_packed(
        &self,
        kind: Kind,
        place: &[&[u8]],
        packed: &Packed,
    ) -> Result<Vec<u8>, StoreError> {
        self.put_pressed(self.class, kind, place, &packed.0)
    }

    fn put_pressed(
        &self,
        class: Class,
        kind: Kind,
        place: &[&[u8]],
        pressed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        with_place(kind, place, |place| {
            Ok(self.ring.seal(class, self.bucket, place, pressed)?)
        })
    }

    pub(crate) fn take(
        &self,
        kind: Kind,
        place: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        with_place(kind, place, |place| {
            spread(self.ring.open(self.class, self.bucket, place, sealed)?)
        })
    }

    /// The same for what only an opened vault opens.
    pub(crate) fn take_from(
        &self,
        vault: &Vault,
        kind: Kind,
        place: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        with_place(kind, place, |place| {
            spread(vault.open(&self.ring, self.bucket, place, sealed)?)
        })
    }

    /// The same for text.
    pub(crate) fn take_text(
        &self,
        kind: Kind,
        place: &[&[u8]],
        sealed: &[u8],
    ) -> Result<String, StoreError> {
        String::from_utf8(self.take(kind, place, sealed)?)
            .map_err(|_| StoreError::damaged("a sealed text"))
    }
}

fn with_place<T>(
    kind: Kind,
    place: &[&[u8]],
    work: impl FnOnce(&[&[u8]]) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match place {
        [one] => work(&[kind.name(), one]),
        [one, two] => work(&[kind.name(), one, two]),
        [one, two, three] => work(&[kind.name(), one, two, three]),
        _ => unreachable!("a place has one to three parts"),
    }
}

/// Whether the bytes of a message of this anchor may still be seen: they cannot be shown in part.
pub(crate) fn is_open(grant: &Grant, anchor: Timestamp) -> bool {
    grant.standing(anchor, false) == Standing::Open
}

/// The day of an anchor: under which key a record lies.
pub fn bucket(anchor: Timestamp) -> Bucket {
    const DAY: i64 = 86_400;
    Bucket(u32::try_from(anchor.as_second().div_euclid(DAY)).unwrap_or(0))
}

impl JourneyRow {
    /// Under which class of key what is said about this journey lies now.
    pub(crate) fn class(&self) -> Class {
        match self.retention {
            Retention::Whole => Class::Whole,
            Retention::Masked | Retention::Erased => Class::Open,
        }
    }
}

impl Tx<'_> {
    /// The keys of one recipient: also for digests by which values are looked up without the
    /// database learning them.
    pub fn ring(&mut self, compartment: &str) -> Result<Ring, StoreError> {
        if let Some((_, ring)) = self.rings.iter().find(|(name, _)| name == compartment) {
            return Ok(ring.clone());
        }
        let ring = self.keys.ok_or(StoreError::NoKeys)?.ring(compartment)?;
        self.rings.push((compartment.to_owned(), ring.clone()));
        Ok(ring)
    }

    pub(crate) fn seal_of(&mut self, journey: &JourneyRow) -> Result<Seal, StoreError> {
        Ok(Seal {
            ring: self.ring(&journey.compartment)?,
            class: journey.class(),
            bucket: bucket(journey.anchor),
        })
    }

    pub(crate) fn seal_of_original(
        &mut self,
        compartment: &str,
        anchor: Timestamp,
    ) -> Result<Seal, StoreError> {
        Ok(Seal {
            ring: self.ring(compartment)?,
            class: Class::Whole,
            bucket: bucket(anchor),
        })
    }

    /// For what ends at an instant of its own, whatever the record does that it came from: the key
    /// is that of the day on which it ends.
    pub(crate) fn seal_until(
        &mut self,
        compartment: &str,
        class: Class,
        ends_at: Timestamp,
    ) -> Result<Seal, StoreError> {
        Ok(Seal {
            ring: self.ring(compartment)?,
            class,
            bucket: bucket(ends_at),
        })
    }

    pub(crate) fn ring_of_lists(&mut self) -> Result<Ring, StoreError> {
        self.ring(LISTS)
    }

    pub(crate) fn seal_of_lists(&mut self) -> Result<Seal, StoreError> {
        Ok(Seal {
            ring: self.ring_of_lists()?,
            class: Class::Static,
            bucket: Bucket(0),
        })
    }

    pub(crate) fn seal_of_carriers(&mut self) -> Result<Seal, StoreError> {
        Ok(Seal {
            ring: self.ring(CARRIERS)?,
            class: Class::Static,
            bucket: Bucket(0),
        })
    }

    /// Of what overseers of a recipient write: with the log, which has no day of its own.
    pub(crate) fn seal_of_notes(&mut self, compartment: &str) -> Result<Seal, StoreError> {
        Ok(Seal {
            ring: self.ring(compartment)?,
            class: Class::Static,
            bucket: Bucket(0),
        })
    }

    /// Of a booking, from its first locator and the company that gave it.
    pub fn booking_id(
        &mut self,
        compartment: &str,
        company: &str,
        locator: &str,
    ) -> Result<Id, StoreError> {
        let value = [company.as_bytes(), b"/", locator.as_bytes()].concat();
        Id::from_bytes(&self.ring(compartment)?.blind("booking", &value))
    }
}

/// Signs the audit log's checkpoints with the key store's key.
pub(crate) struct Pen(pub(crate) Arc<KeyStore>);

impl Signer for Pen {
    fn public_key(&self) -> [u8; 32] {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message)
    }
}
