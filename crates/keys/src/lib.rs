//! The key store: seals and opens values, looks values up blindly, destroys keys when their time
//! is over. It knows no table and no law.
//!
//! - One small file holds everything; a [`Lock`] closes it. Losing the file loses the data, and
//!   that is how data is erased: [`Ring::destroy_before`] forgets keys, and no backup of a database
//!   brings back what was sealed with them.
//! - A [`Ring`] holds the keys of one compartment. Values of the class [`Class::Masked`] are sealed
//!   by any ring and opened by a [`Vault`] only, which has a lock of its own.
//! - Invariants: no secret is printed, not by `Debug` and not by an error; a change is on disk
//!   before it is believed; a key once destroyed is never taken back from an older file.
//!
//! Beside it, for backups: streams that one passphrase or secret key opens ([`ArchiveWriter`]).
//!
//! `docs/keys.md` says what is sealed with what, and against whom it helps.
//!
//! ```
//! use oriel_keys::{Bucket, Class, KeyStore, Lock};
//! # let dir = oriel_testkit::TempDir::new("keys-doc");
//! # let file = dir.path().join("oriel.keys");
//! let keys = KeyStore::create(&file, &Lock::Plain, Bucket(20_000))?;
//! let ring = keys.ring("piu")?;
//! let place: &[&[u8]] = &[b"journey", b"ZQ 100"];
//! let sealed = ring.seal(Class::Whole, Bucket(20_000), place, b"a name")?;
//! assert_eq!(ring.open(Class::Whole, Bucket(20_000), place, &sealed)?, b"a name");
//! ring.destroy_before(Class::Whole, Bucket(20_001))?;
//! assert!(ring.open(Class::Whole, Bucket(20_000), place, &sealed).is_err());
//! # Ok::<(), oriel_keys::KeyError>(())
//! ```

mod archive;
mod class;
mod content;
mod error;
mod file;
mod hex;
mod lock;
mod ratchet;
mod ring;
mod seal;
mod secret;
mod store;
mod token;
mod uri;
mod vault;

pub use archive::{ArchiveKey, ArchiveReader, ArchiveWriter, Opener, Recipient, parse_public};
pub use class::{Bucket, Class};
pub use error::KeyError;
pub use lock::{Lock, LockKind, TokenKey};
pub use ring::Ring;
pub use secret::Secret;
pub use store::{ClassStatus, KeyStore, RingStatus, Status, VaultStatus};
pub use vault::Vault;
