//! AS4 messages, the profile of ebMS 3.0: taken apart, verified, written and signed.
//!
//! - In: the bytes of an HTTP request or response, and who is known by which certificate. Out: what
//!   somebody known has signed, and nothing else; or a [`Fault`] with the code that the standard has
//!   for it.
//! - Source: OASIS ebMS 3.0 Core and AS4 Profile 1.0; WS-Security 1.1 with its profiles for X.509
//!   and attachments; W3C XML Signature and Exclusive XML Canonicalization 1.0.
//! - Invariants: what is read is what was signed: the very elements, by their places, and the very
//!   bytes. Nothing is looked up, fetched or expanded that the message only names; and nothing that
//!   anybody sends costs more than in proportion to its length.
//!
//! The two to know: [`Message::read`] and [`Draft`].

#[cfg(test)]
mod attacks;
mod c14n;
mod certificate;
mod fault;
mod message;
mod mime;
mod own;
mod signature;
mod write;
mod xml;

pub use c14n::canonical;
pub use certificate::Certificate;
pub use fault::Fault;
pub use message::{Content, Message, Refused, Rules, UserMessage};
pub use own::{Own, Signer};
pub use write::{Draft, Part, Posted, error, receipt};
