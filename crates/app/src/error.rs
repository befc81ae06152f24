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
    /// The keys.
    #[error(transparent)]
    Keys(#[from] oriel_keys::KeyError),
    /// Policy.
    #[error(transparent)]
    Denied(Denial),
    /// The rules of review.
    #[error(transparent)]
    Review(#[from] oriel_casework::Refusal),
    /// A list that cannot be read.
    #[error("list not taken; the version in force stays")]
    List(#[from] oriel_screening::lists::ReadError),
    /// A list of documents that cannot be read.
    #[error("list not taken; the version in force stays")]
    Documents(#[from] oriel_screening::documents::DocumentReadError),
    /// A list that lost too much.
    #[error(transparent)]
    ListShrank(#[from] oriel_screening::lists::Shrunk),
    /// A file without an entry.
    #[error("list {list}: the file holds no entry that can be used; the version in force stays")]
    ListEmpty {
        /// The list.
        list: String,
    },
    /// Name or password.
    #[error("login or password is wrong, or the link has been used or has expired")]
    SignIn,
    /// The rules of accounts.
    #[error(transparent)]
    Account(#[from] crate::Refusal),
    /// A note on an item of the inbox that is too long.
    #[error("a note has at most 4000 characters")]
    NoteTooLong,
    /// An answer that is a note without one.
    #[error("write what is to be noted")]
    NoteMissing,
    /// Something asked of the log that is no identifier.
    #[error(
        "the log is searched by identifiers of 1 to 80 letters, digits and `_-.:/`, such as \
         usr_1 or case.read; it holds no names"
    )]
    NoIdentifier,
    /// An event that is not in the log, or not any more.
    #[error("the log has no such event, or it has left the log when its time was over")]
    NoEvent,
    /// The rules of unmasking, holds and rights.
    #[error(transparent)]
    Unfit(#[from] crate::Unfit),
    /// The rules of legal profiles.
    #[error(transparent)]
    Legal(#[from] crate::LawRefusal),
    /// The rules of versions of lists.
    #[error(transparent)]
    ListVersion(#[from] crate::ListRefusal),
    /// The rules of the register of selections.
    #[error(transparent)]
    Selection(#[from] crate::SelectionRefusal),
    /// The rules of schedules.
    #[error(transparent)]
    Schedule(#[from] crate::ScheduleRefusal),
    /// The rules of carriers.
    #[error(transparent)]
    Carrier(#[from] crate::CarrierRefusal),
    /// The rules of pushes outside the schedule.
    #[error(transparent)]
    Push(#[from] crate::PushRefusal),
    /// The rules of evidence against carriers.
    #[error(transparent)]
    Infringement(#[from] crate::InfringementRefusal),
    /// The rules of figures about carriers.
    #[error(transparent)]
    Quality(#[from] crate::QualityRefusal),
    /// The law in force must not be used.
    #[error(
        "recipient {recipient} works under legal profile {reference}, which must not be used as it \
         stands; propose and activate a version that may, or start with --demo if no real \
         passenger is in this store"
    )]
    Law {
        /// The recipient.
        recipient: String,
        /// Identifier and version.
        reference: String,
        /// What is wrong with it.
        #[source]
        error: Box<oriel_policy::ProfileError>,
    },
    /// The law changed between projecting and keeping.
    #[error(
        "a legal profile came into force while this was under way; nothing was kept; send it again"
    )]
    LawChanged,
    /// A name that no recipient can have.
    #[error(
        "{name:?} cannot be a recipient's name: 1 to 16 small letters, digits and hyphens, a \
         letter first, and none of `lists`, `accounts` and `carriers`"
    )]
    RecipientName {
        /// As given.
        name: String,
    },
    /// Nobody to receive for.
    #[error("the configuration names no recipient; name one with its profile")]
    NoRecipient,
    /// No randomness from the operating system.
    #[error("the operating system gives no random numbers")]
    Random,
    /// The writer has ended.
    #[error("the system is shutting down; send the message again")]
    Closing,
}

impl AppError {
    /// Whether the same is to be prepared again, under the law that came into force meanwhile.
    pub fn is_law_changed(&self) -> bool {
        matches!(self, Self::LawChanged)
    }
}
