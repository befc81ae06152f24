//! A ring: the keys of one compartment, at work.
//!
//! Keys of a class and day are derived once and kept ready. Who seals or opens takes the read side
//! of a lock of its class; the write side is taken for a day not seen yet, and by destruction, which
//! therefore waits for values under way and leaves no key behind.

use crate::content::RingSecrets;
use crate::ratchet::{Ratchet, walk};
use crate::seal::{DataKey, HEAD, head, strand_of};
use crate::secret::{Key, expand};
use crate::store::Shared;
use crate::vault::Sender;
use crate::{Bucket, Class, KeyError};
use ring::hmac;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Days kept ready in each class; more than the five years that any law keeps passenger data.
const READY: usize = 4096;

/// The keys of one compartment. Cheap to clone; every clone sees what is destroyed by any.
#[derive(Clone)]
pub struct Ring {
    shared: Arc<Shared>,
    keys: Arc<RingKeys>,
}

/// The keys of one compartment, as far as they were needed.
pub(crate) struct RingKeys {
    compartment: String,
    blind: hmac::Key,
    /// By class.
    classes: [RwLock<ClassKeys>; Class::ALL.len()],
}

/// The keys of one class, as far as they were needed.
#[derive(Default)]
struct ClassKeys {
    horizon: Bucket,
    /// First day of each strand.
    strands: Vec<Bucket>,
    /// By strand and day.
    chains: BTreeMap<(u8, Bucket), Key>,
    /// By strand and day.
    data: BTreeMap<(u8, Bucket), DataKey>,
    /// By day; in the class [`Class::Masked`] only.
    senders: BTreeMap<Bucket, Sender>,
}

impl Ring {
    pub(crate) fn new(shared: Arc<Shared>, keys: Arc<RingKeys>) -> Self {
        Self { shared, keys }
    }

    /// Whose keys these are.
    pub fn compartment(&self) -> &str {
        &self.keys.compartment
    }

    /// Seals a value for a class and day. It opens at the same `place` only: table, journey,
    /// message, whatever tells this value from every other.
    ///
    /// The same value sealed twice is equal, except in the class [`Class::Masked`].
    pub fn seal(
        &self,
        class: Class,
        bucket: Bucket,
        place: &[&[u8]],
        plain: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        self.shared.glance()?;
        if class == Class::Masked {
            return self.with_sender(bucket, |sender| sender.seal(bucket, place, plain));
        }
        self.with_key(class, bucket, None, |strand, key| {
            key.seal(&head(class, strand), bucket, place, plain)
        })
    }

    /// Opens what was sealed for this class, day and place.
    pub fn open(
        &self,
        class: Class,
        bucket: Bucket,
        place: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        self.shared.glance()?;
        if class == Class::Masked {
            return Err(KeyError::VaultNeeded);
        }
        let tampered = KeyError::Tampered { class, bucket };
        let Some(strand) = strand_of(class, sealed) else {
            return Err(tampered);
        };
        let open = |_, key: &DataKey| key.open(HEAD, bucket, place, sealed);
        self.with_key(class, bucket, Some(strand), open)?
            .ok_or(tampered)
    }

    /// A keyed digest, by which a value can be looked up and not be read: HMAC-SHA-256, cut to 16
    /// bytes. Values of different `kind`, and of different compartments, are never equal.
    pub fn blind(&self, kind: &str, value: &[u8]) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.keys.blind);
        context.update(&(kind.len() as u64).to_be_bytes());
        context.update(kind.as_bytes());
        context.update(value);
        let digest = context.sign();
        let (cut, _) = digest
            .as_ref()
            .split_first_chunk()
            .expect("a digest has 32 bytes");
        *cut
    }

    /// Destroys the keys of every day before `bucket`. When this returns they are gone from the
    /// file and from the memory of this process; other processes drop them within a second.
    pub fn destroy_before(&self, class: Class, bucket: Bucket) -> Result<(), KeyError> {
        if class == Class::Static {
            return Err(KeyError::Timeless { class });
        }
        if bucket > Bucket::LAST {
            return Err(KeyError::NoSuchDay { class, bucket });
        }
        let compartment = &self.keys.compartment;
        self.shared.destroy_before(compartment, class, bucket)
    }

    /// The oldest day whose key still exists.
    pub fn horizon(&self, class: Class) -> Bucket {
        self.keys.read(class).horizon
    }

    /// The ratchet's part of the key of masked data.
    pub(crate) fn mask_salt(&self, strand: u8, bucket: Bucket) -> Result<Key, KeyError> {
        self.shared.glance()?;
        loop {
            let keys = self.keys.read(Class::Masked);
            let strand = keys.strand(Class::Masked, bucket, Some(strand))?;
            if let Some(chain) = keys.chains.get(&(strand, bucket)) {
                return Ok(mask_salt(chain));
            }
            drop(keys);
            self.derive(Class::Masked, strand, bucket)?;
        }
    }

    /// Acts with the key of a day; that of the newest strand, unless told which.
    fn with_key<T>(
        &self,
        class: Class,
        bucket: Bucket,
        strand: Option<u8>,
        act: impl FnOnce(u8, &DataKey) -> T,
    ) -> Result<T, KeyError> {
        loop {
            let keys = self.keys.read(class);
            let strand = keys.strand(class, bucket, strand)?;
            if let Some(key) = keys.data.get(&(strand, bucket)) {
                return Ok(act(strand, key));
            }
            drop(keys);
            self.derive(class, strand, bucket)?;
        }
    }

    /// Acts with the sending side of a day.
    fn with_sender<T>(
        &self,
        bucket: Bucket,
        act: impl FnOnce(&Sender) -> T,
    ) -> Result<T, KeyError> {
        loop {
            let keys = self.keys.read(Class::Masked);
            let strand = keys.strand(Class::Masked, bucket, None)?;
            let sender = keys.senders.get(&bucket);
            if let Some(sender) = sender.filter(|sender| sender.strand() == strand) {
                return Ok(act(sender));
            }
            drop(keys);
            self.derive(Class::Masked, strand, bucket)?;
        }
    }

    /// Makes the keys of one day ready.
    fn derive(&self, class: Class, strand: u8, bucket: Bucket) -> Result<(), KeyError> {
        // Under the lock of the file's content, so that nothing is destroyed meanwhile.
        self.shared
            .with_ring(&self.keys.compartment, |secrets, vault| {
                let mut keys = self.keys.write(class);
                keys.strand(class, bucket, Some(strand))?;
                keys.derive(
                    &secrets.ratchets[class as usize],
                    class,
                    strand,
                    bucket,
                    vault,
                )
            })
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ring").field(&self.keys.compartment).finish()
    }
}

impl RingKeys {
    pub(crate) fn new(compartment: &str, secrets: &RingSecrets) -> Self {
        let keys = Self {
            compartment: compartment.to_owned(),
            blind: hmac::Key::new(hmac::HMAC_SHA256, &*secrets.blind),
            classes: Default::default(),
        };
        keys.follow(secrets);
        keys
    }

    /// Drops what is destroyed, and learns of rotations.
    pub(crate) fn follow(&self, secrets: &RingSecrets) {
        for (class, ratchet) in Class::ALL.into_iter().zip(&secrets.ratchets) {
            self.write(class).follow(ratchet);
        }
    }

    fn read(&self, class: Class) -> RwLockReadGuard<'_, ClassKeys> {
        self.classes[class as usize]
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, class: Class) -> RwLockWriteGuard<'_, ClassKeys> {
        self.classes[class as usize]
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClassKeys {
    fn follow(&mut self, ratchet: &Ratchet) {
        self.horizon = ratchet.horizon;
        self.strands = ratchet.strands.iter().map(|strand| strand.from).collect();
        self.chains.retain(|(_, day), _| *day >= ratchet.horizon);
        self.data.retain(|(_, day), _| *day >= ratchet.horizon);
        // The vault may have a new key pair.
        self.senders.clear();
    }

    /// The strand to seal with, or the one that is asked for, if it and the day exist.
    fn strand(&self, class: Class, bucket: Bucket, strand: Option<u8>) -> Result<u8, KeyError> {
        if bucket > Bucket::LAST || (class == Class::Static && bucket != Bucket(0)) {
            return Err(KeyError::NoSuchDay { class, bucket });
        }
        if bucket < self.horizon {
            return Err(KeyError::Destroyed { class, bucket });
        }
        let newest = self.strands.iter().rposition(|from| *from <= bucket);
        let strand = strand.or(newest.map(|newest| newest as u8)).unwrap_or(0);
        match self.strands.get(strand as usize) {
            Some(from) if *from <= bucket => Ok(strand),
            Some(_) => Err(KeyError::Tampered { class, bucket }),
            None => Err(KeyError::NewerKey { class, bucket }),
        }
    }

    fn derive(
        &mut self,
        ratchet: &Ratchet,
        class: Class,
        strand: u8,
        bucket: Bucket,
        vault: (u8, [u8; 32]),
    ) -> Result<(), KeyError> {
        if self.chains.len() >= READY {
            self.chains.clear();
            self.data.clear();
            self.senders.clear();
        }
        let start = &ratchet.strands[strand as usize];
        let near = self.chains.range(..=(strand, bucket)).next_back();
        let chain = match near {
            Some(((number, day), chain)) if *number == strand => walk(chain, *day, bucket),
            _ => walk(&start.chain, start.at, bucket),
        };
        if class == Class::Masked {
            let sender = Sender::new(strand, vault, &mask_salt(&chain))?;
            self.senders.insert(bucket, sender);
        } else {
            let key = DataKey::new(&chain, class);
            self.data.insert((strand, bucket), key);
        }
        self.chains.insert((strand, bucket), chain);
        Ok(())
    }
}

fn mask_salt(chain: &Key) -> Key {
    expand(chain, &[b"oriel masked salt"])
}
