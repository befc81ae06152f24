//! Sign-in that needs heavy libraries: passkeys and OpenID Connect.
//!
//! It checks proofs and keeps nothing: what must be remembered between the two halves of a ceremony
//! is handed to the caller as text, who keeps it on the server. What a proof is worth, which
//! account it belongs to and what is logged is `oriel-app`'s business.
//!
//! The three to know: [`Passkeys`], [`Providers`], and [`Refused`], which says no more than is good
//! for whoever tries. [`Identity`] and [`ProvedPasskey`] are made here and nowhere else, so that
//! holding one is the proof.

mod passkey;
mod provider;

pub use passkey::{NewPasskey, Offered, Passkeys, ProvedPasskey};
pub use provider::{Begun, Identity, ProviderConfig, Providers};

/// Why a proof does not hold, or could not be asked for. The reason is for the log: it names no
/// person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The public address is not one that passkeys can be bound to.
    #[error("passkeys cannot be bound to {url:?}: {reason}")]
    Address {
        /// As configured.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What the browser sent is not an answer to what was asked.
    #[error("the passkey's answer does not hold: {0}")]
    Passkey(String),
    /// No provider of this name.
    #[error("there is no provider of this name")]
    Unknown,
    /// The provider does not answer, or not as it should.
    #[error("the provider does not answer as it should: {0}")]
    Provider(String),
    /// What came back does not belong to what was begun.
    #[error("the answer does not belong to this sign-in: {0}")]
    State(&'static str),
    /// The identity token does not hold.
    #[error("the provider's token does not hold: {0}")]
    Token(String),
}
