//! Carriers, played from outside: each sends by the ways in as its own machine would, with the
//! mistakes that machines make, and counts what it is told.
//!
//! - In: [`Station`]s, what they send and when ([`Item`]), and how badly they behave ([`Manners`]).
//!   Out: a [`Report`] of what they saw.
//! - What it does not: invent messages, or read them. It knows bytes, and nothing of the program
//!   that it talks to but what its ways in promise (`docs/transports.md`).
//! - Invariants: what is not settled is sent again, as the promise asks of carriers; each item ends in
//!   the report as accepted, duplicate, refused, signed for or unanswered, once.

mod identity;
mod link;
mod mailbox;
mod paper;
mod play;
mod report;
mod way;

pub use identity::Identity;
pub use mailbox::Mailbox;
pub use paper::Authority;
pub use play::{Clock, Item, Manners, Play, Sight, Station, What};
pub use report::{Count, Report};
pub use way::{Kind, Way};

/// Why something of a carrier's own cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A file of an identity.
    #[error("the carrier's file {path} cannot be used: {why}")]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        why: String,
    },
    /// An address that is none.
    #[error("{text:?} is no way in: {why}")]
    Way {
        /// As given.
        text: String,
        /// Why.
        why: &'static str,
    },
    /// An address for answers that is not free.
    #[error("a carrier cannot take its answers at {address}")]
    Address {
        /// Which.
        address: std::net::SocketAddr,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
}
