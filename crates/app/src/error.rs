//! What can keep a use case from happening, in words for the person who asked.

use oriel_policy::Denial;
use oriel_store::StoreError;

/// Why a use case did not happen. Nothing of it did.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Policy.
    #[error(transparent)]
    Denied(Denial),
    /// The rules of review.
    #[error(transparent)]
    Review(#[from] oriel_casework::Refusal),
    /// A list that cannot be taken.
    #[error(transparent)]
    List(#[from] oriel_screening::lists::LoadError),
    /// A list that lost too much.
    #[error(
        "list {list} would shrink from {before} to {after} entries, more than {limit_percent} %; \
         the version in force stays; check the file, or import with leave to shrink"
    )]
    ListShrank {
        /// The list.
        list: String,
        /// Entries in force.
        before: usize,
        /// Entries in the file.
        after: usize,
        /// The limit.
        limit_percent: usize,
    },
    /// A file without an entry.
    #[error("list {list}: the file holds no entry that can be used; the version in force stays")]
    ListEmpty {
        /// The list.
        list: String,
    },
    /// Name or password.
    #[error("login or password is wrong, or the link has been used or has expired")]
    SignIn,
    /// An account that cannot be made.
    #[error("{0}")]
    Account(&'static str),
    /// No randomness from the operating system.
    #[error("the operating system gives no random numbers")]
    Random,
    /// The writer has ended.
    #[error("the system is shutting down; send the message again")]
    Closing,
}
