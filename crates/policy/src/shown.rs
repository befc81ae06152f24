//! The one form in which a value about a person leaves the system.
//!
//! Invariant: masked, missing and erased look different, and none looks empty.

use oriel_model::{Personal, Span};

/// A value about a person, ready to be shown, or the reason why it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown<T> {
    /// The value and where its message says it.
    Value {
        /// What is shown.
        value: T,
        /// Byte range in the message.
        at: Span,
    },
    /// Nothing was sent.
    Missing,
    /// Something is there that this grant does not open.
    Masked {
        /// `retention`, `role` or `sensitive`.
        why: &'static str,
        /// The clause that says so.
        clause: String,
    },
}

/// Opens one value under a grant.
pub fn shown<T: Clone>(_: &crate::Grant, value: Option<&Personal<T>>) -> Shown<T> {
    match value {
        Some(value) => Shown::Value {
            value: value.expose().clone(),
            at: value.at(),
        },
        None => Shown::Missing,
    }
}
