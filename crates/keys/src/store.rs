//! The key store: one file, opened.
//!
//! - A change is made to a copy of what is in memory, written durably, and only then believed.
//! - Before a change the file is read again, and at most a second passes before a change by another
//!   process is seen. An older file is refused: a key once destroyed never comes back.

use crate::content::{Content, RingSecrets, Signing};
use crate::file::{self, Head, Image, Stamp, Turn};
use crate::lock::{Lock, LockHead, LockKind};
use crate::ring::{Ring, RingKeys};
use crate::secret::{Key, random};
use crate::vault::{Vault, VaultHead};
use crate::{Bucket, Class, KeyError};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

/// How long a change by another process may go unseen, in milliseconds.
const LOOK_EVERY: u64 = 1000;

/// A key store.
pub struct KeyStore {
    shared: Arc<Shared>,
}

/// What a key store and its rings share.
pub(crate) struct Shared {
    file: PathBuf,
    /// Taken before the lock of any ring.
    inner: Mutex<Inner>,
    /// By compartment.
    rings: RwLock<BTreeMap<String, Arc<RingKeys>>>,
    signer: RwLock<Ed25519KeyPair>,
    started: Instant,
    /// When the file was last looked at, in milliseconds since `started`.
    looked: AtomicU64,
}

/// The file, as far as it was last seen.
struct Inner {
    head: Head,
    content: Content,
    key: Key,
    stamp: Stamp,
}

impl KeyStore {
    /// Makes a key store, in a folder that is made for its owner only if it is not there. Until
    /// [`KeyStore::vault_init`] its vault opens with the same lock.
    pub fn create(file: &Path, lock: &Lock, today: Bucket) -> Result<Self, KeyError> {
        file::make_folder(file)?;
        let _turn = Turn::alone(file)?;
        if file.exists() {
            return Err(KeyError::Exists { file: file.into() });
        }
        let (lock_head, key) = LockHead::new(lock)?;
        let head = Head {
            generation: 1,
            created: today.0,
            lock: lock_head,
            vault: VaultHead::new(lock, false, &[random()?])?,
        };
        let content = Content::new(today)?;
        let stamp = file::write(file, &head, &content.encode(), &key)?;
        Ok(Self::with(
            file,
            Inner {
                head,
                content,
                key,
                stamp,
            },
        ))
    }

    /// Opens a key store.
    pub fn open(file: &Path, lock: &Lock) -> Result<Self, KeyError> {
        let image = {
            let _turn = Turn::reading(file)?;
            file::read(file)?
        };
        let key = image.head.lock.key(lock, "key store")?;
        let content = content(file, &image, &key)?;
        let Image { head, stamp, .. } = image;
        Ok(Self::with(
            file,
            Inner {
                head,
                content,
                key,
                stamp,
            },
        ))
    }

    fn with(file: &Path, inner: Inner) -> Self {
        let signer = signer(&inner.content.signing.seed);
        let shared = Shared {
            file: file.into(),
            signer: RwLock::new(signer),
            rings: RwLock::default(),
            inner: Mutex::new(inner),
            started: Instant::now(),
            looked: AtomicU64::new(0),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.shared.file
    }

    /// The keys of a compartment. They are made, durably, the first time.
    pub fn ring(&self, compartment: &str) -> Result<Ring, KeyError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=32).contains(&compartment.len()) || !compartment.bytes().all(fits) {
            return Err(KeyError::CompartmentName {
                name: compartment.to_owned(),
            });
        }
        let shared = &self.shared;
        let known = |inner: &Inner| inner.content.rings.contains_key(compartment);
        if !known(&shared.inner()) {
            shared.change(|_, content| {
                // Another process may have made it meanwhile.
                if !content.rings.contains_key(compartment) {
                    let ring = RingSecrets::new()?;
                    content.rings.insert(compartment.to_owned(), ring);
                }
                Ok(())
            })?;
        }
        let inner = shared.inner();
        let secrets = &inner.content.rings[compartment];
        let mut rings = shared.rings.write().unwrap_or_else(PoisonError::into_inner);
        let keys = rings
            .entry(compartment.to_owned())
            .or_insert_with(|| Arc::new(RingKeys::new(compartment, secrets)));
        Ok(Ring::new(Arc::clone(shared), Arc::clone(keys)))
    }

    /// Opens the vault.
    pub fn vault(&self, lock: &Lock) -> Result<Vault, KeyError> {
        self.shared.glance()?;
        let head = self.shared.inner().head.vault.clone();
        Ok(Vault::new(head.open(lock)?))
    }

    /// Gives the vault a lock of its own, `own`, and a fresh key pair that nobody saw while the
    /// vault still opened with `now`. What was sealed to it before opens with the new lock too.
    pub fn vault_init(&self, now: &Lock, own: &Lock) -> Result<(), KeyError> {
        self.shared.change(|head, _| {
            let mut secrets = head.vault.open(now)?;
            if secrets.len() > u8::MAX as usize {
                return Err(KeyError::Rotations);
            }
            secrets.push(random()?);
            head.vault = VaultHead::new(own, true, &secrets)?;
            Ok(())
        })
    }

    /// Changes the lock. A vault without a lock of its own goes along. Other processes that have
    /// this key store open must be started again.
    pub fn relock(&self, now: &Lock, then: &Lock) -> Result<(), KeyError> {
        let mut inner = self.shared.inner();
        let _turn = Turn::alone(&self.shared.file)?;
        self.shared.reload(&mut inner)?;
        inner.head.lock.key(now, "key store")?;
        let mut head = inner.head.clone();
        if !head.vault.own {
            let secrets = head.vault.open(now)?;
            head.vault = VaultHead::new(then, false, &secrets)?;
        }
        let (lock, key) = LockHead::new(then)?;
        head.lock = lock;
        head.generation += 1;
        let stamp = file::write(&self.shared.file, &head, &inner.content.encode(), &key)?;
        (inner.head, inner.key, inner.stamp) = (head, key, stamp);
        self.shared.publish(&inner);
        Ok(())
    }

    /// Seals one class of a compartment with fresh randomness from the day `from` on. What was
    /// sealed before still opens.
    pub fn rotate(&self, compartment: &str, class: Class, from: Bucket) -> Result<(), KeyError> {
        if class == Class::Static {
            return Err(KeyError::Timeless { class });
        }
        self.ring(compartment)?;
        self.shared
            .change_ratchet(compartment, class, |ratchet| ratchet.rotate(from))
    }

    /// Signs with a fresh key from now on. The public key of the old one stays known.
    pub fn rotate_signing(&self, today: Bucket) -> Result<(), KeyError> {
        self.shared.change(|_, content| {
            let Signing {
                seed,
                since,
                former,
            } = &mut content.signing;
            former.push((*since, public(&signer(seed))));
            (*seed, *since) = (random()?, today);
            Ok(())
        })
    }

    /// Ed25519 signature, for checkpoints of the audit log.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature = self.shared.signer().sign(message);
        signature
            .as_ref()
            .try_into()
            .expect("an Ed25519 signature has 64 bytes")
    }

    /// The public key of [`KeyStore::sign`].
    pub fn public_key(&self) -> [u8; 32] {
        public(&self.shared.signer())
    }

    /// Every public key there was, oldest first, with the day since which it signs.
    pub fn public_keys(&self) -> Vec<(Bucket, [u8; 32])> {
        let inner = self.shared.inner();
        let signing = &inner.content.signing;
        let newest = (signing.since, public(&signer(&signing.seed)));
        signing.former.iter().copied().chain([newest]).collect()
    }

    /// Looks at the file now, not only once a second.
    pub fn refresh(&self) -> Result<(), KeyError> {
        self.shared.look()
    }

    /// What may be told about it.
    pub fn status(&self) -> Status {
        let inner = self.shared.inner();
        let class = |(class, ratchet): (Class, &crate::ratchet::Ratchet)| ClassStatus {
            class,
            horizon: ratchet.horizon,
            rotated: ratchet.strands[1..]
                .iter()
                .map(|strand| strand.from)
                .collect(),
        };
        let ring = |(name, ring): (&String, &RingSecrets)| RingStatus {
            compartment: name.clone(),
            classes: Class::ALL
                .into_iter()
                .zip(&ring.ratchets)
                .map(class)
                .collect(),
        };
        Status {
            generation: inner.head.generation,
            created: Bucket(inner.head.created),
            lock: inner.head.lock.kind(),
            vault: VaultStatus {
                own: inner.head.vault.own,
                lock: inner.head.vault.lock.kind(),
                pairs: inner.head.vault.public.len(),
            },
            rings: inner.content.rings.iter().map(ring).collect(),
        }
    }
}

impl fmt::Debug for KeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyStore").field(&self.shared.file).finish()
    }
}

/// What may be told about a key store: no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Rises with every change: of two copies, the higher one is newer.
    pub generation: u64,
    /// When it was made.
    pub created: Bucket,
    /// What opens it.
    pub lock: LockKind,
    /// Its vault.
    pub vault: VaultStatus,
    /// Its compartments.
    pub rings: Vec<RingStatus>,
}

/// What may be told about a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultStatus {
    /// Whether it has a lock of its own.
    pub own: bool,
    /// What opens it.
    pub lock: LockKind,
    /// How many key pairs it has had.
    pub pairs: usize,
}

/// What may be told about the keys of a compartment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingStatus {
    /// Its name.
    pub compartment: String,
    /// Its classes.
    pub classes: Vec<ClassStatus>,
}

/// What may be told about the keys of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassStatus {
    /// Which.
    pub class: Class,
    /// The oldest day whose key still exists.
    pub horizon: Bucket,
    /// From which days on there was fresh randomness.
    pub rotated: Vec<Bucket>,
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signer(&self) -> std::sync::RwLockReadGuard<'_, Ed25519KeyPair> {
        self.signer.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the file if that was not done within the last second.
    pub(crate) fn glance(&self) -> Result<(), KeyError> {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let looked = self.looked.load(Ordering::Relaxed);
        if now < looked + LOOK_EVERY {
            return Ok(());
        }
        let (taken, free) = (Ordering::Relaxed, Ordering::Relaxed);
        if self
            .looked
            .compare_exchange(looked, now, taken, free)
            .is_err()
        {
            // Another thread looks.
            return Ok(());
        }
        // What was not seen now must be seen by the next one: to seal with keys of which nobody
        // knows whether they still stand in the file would be to lose data.
        self.look()
            .inspect_err(|_| self.looked.store(looked, Ordering::Relaxed))
    }

    fn look(&self) -> Result<(), KeyError> {
        let mut inner = self.inner();
        if Stamp::now(&self.file)? == inner.stamp {
            return Ok(());
        }
        let _turn = Turn::reading(&self.file)?;
        self.reload(&mut inner)
    }

    /// Takes over what another process has written. The caller holds a turn.
    fn reload(&self, inner: &mut Inner) -> Result<(), KeyError> {
        if Stamp::now(&self.file)? == inner.stamp {
            return Ok(());
        }
        let image = file::read(&self.file)?;
        if image.head.lock != inner.head.lock {
            return Err(KeyError::Relocked {
                file: self.file.clone(),
            });
        }
        let content = content(&self.file, &image, &inner.key)?;
        if image.head.generation < inner.head.generation || !content.follows(&inner.content) {
            return Err(KeyError::WentBack {
                file: self.file.clone(),
            });
        }
        (inner.head, inner.content, inner.stamp) = (image.head, content, image.stamp);
        self.publish(inner);
        Ok(())
    }

    /// Changes head and content, durably.
    fn change<T>(
        &self,
        act: impl FnOnce(&mut Head, &mut Content) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let mut inner = self.inner();
        let _turn = Turn::alone(&self.file)?;
        self.reload(&mut inner)?;
        let (mut head, mut content) = (inner.head.clone(), inner.content.clone());
        let done = act(&mut head, &mut content)?;
        head.generation += 1;
        inner.stamp = file::write(&self.file, &head, &content.encode(), &inner.key)?;
        (inner.head, inner.content) = (head, content);
        self.publish(&inner);
        Ok(done)
    }

    fn change_ratchet(
        &self,
        compartment: &str,
        class: Class,
        act: impl FnOnce(&mut crate::ratchet::Ratchet) -> Result<(), KeyError>,
    ) -> Result<(), KeyError> {
        self.change(|_, content| match content.rings.get_mut(compartment) {
            Some(ring) => act(&mut ring.ratchets[class as usize]),
            None => Err(KeyError::WentBack {
                file: self.file.clone(),
            }),
        })
    }

    /// Destroys keys of one class, in the file and in memory.
    pub(crate) fn destroy_before(
        &self,
        compartment: &str,
        class: Class,
        bucket: Bucket,
    ) -> Result<(), KeyError> {
        self.change_ratchet(compartment, class, |ratchet| {
            ratchet.destroy_before(bucket);
            Ok(())
        })
    }

    /// Reads the secrets of a ring, and which key pair of the vault is sealed to, while nobody
    /// changes them.
    pub(crate) fn with_ring<T>(
        &self,
        compartment: &str,
        act: impl FnOnce(&RingSecrets, (u8, [u8; 32])) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let inner = self.inner();
        let damaged = || KeyError::Damaged {
            file: self.file.clone(),
        };
        let vault = inner.head.vault.newest().ok_or_else(damaged)?;
        let ring = inner.content.rings.get(compartment).ok_or_else(damaged)?;
        act(ring, vault)
    }

    /// Brings rings and signer in line with the content.
    fn publish(&self, inner: &Inner) {
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) =
            signer(&inner.content.signing.seed);
        let rings = self.rings.read().unwrap_or_else(PoisonError::into_inner);
        for (name, keys) in &*rings {
            if let Some(secrets) = inner.content.rings.get(name) {
                keys.follow(secrets);
            }
        }
    }
}

fn content(file: &Path, image: &Image, key: &Key) -> Result<Content, KeyError> {
    let plain = image.open(key);
    plain
        .and_then(|plain| Content::decode(&plain))
        .ok_or_else(|| KeyError::Damaged { file: file.into() })
}

fn signer(seed: &Key) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&**seed).expect("a seed of 32 bytes is a key")
}

fn public(signer: &Ed25519KeyPair) -> [u8; 32] {
    signer
        .public_key()
        .as_ref()
        .try_into()
        .expect("an Ed25519 public key has 32 bytes")
}
