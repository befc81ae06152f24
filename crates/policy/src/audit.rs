//! The audit log: what happened, by whom, why, so that no event can be changed, removed, moved or
//! cut off unseen.
//!
//! - Source: R-AUD-01 to R-AUD-05; Directive (EU) 2016/681, Article 13(6).
//! - Invariants: an event holds identifiers, counts and codes, never a value about a person; the
//!   hash of an event covers the hash of the one before it; a Merkle tree stands over the hashes,
//!   and its root is signed in checkpoints.
//!
//! `docs/audit.md` describes the format for who verifies a log without this program.

mod checkpoint;
mod deed;
mod event;
mod note;
mod proof;
mod register;
pub mod tree;
mod verify;

pub use checkpoint::Checkpoint;
pub use deed::{Deed, DeedRow, Kind};
pub use event::{Event, Recipient, Record};
pub use note::{PublicKey, Signer, sign};
pub use proof::{Proof, Prover};
pub use register::Register;
pub use tree::Tree;
pub use verify::{Broken, Held, Kept, Verifier};

/// Hash of an event.
pub type Hash = [u8; 32];

/// The hash before the first event.
pub const ORIGIN: Hash = [0; 32];

/// An event in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Place in the log, from 1 without gaps.
    pub sequence: u64,
    /// What happened.
    pub record: Record<'a>,
    /// Hash of this event, covering all before it.
    pub hash: Hash,
}
