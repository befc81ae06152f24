//! Why an unmasking, a hold or a person's request cannot go on as asked: in words for who asked.

use oriel_policy::profile::Authority;

/// What stands in the way. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// Not bound to a case or request.
    #[error("this serves one case or one request: name it as the purpose, such as `case=case_…`")]
    NoPurpose,
    /// The purpose names a case that is not there.
    #[error("there is no case with the identifier that the purpose names")]
    NoCase,
    /// Nobody is named.
    #[error("name at least one traveller or flight whose record is masked")]
    NoRecord,
    /// Too many at a time.
    #[error("an approval is for single persons: name at most {most} of them")]
    TooMany {
        /// How many may be named.
        most: usize,
    },
    /// A kind of data that is not masked, or that nobody knows.
    #[error("{0:?} is no kind of data that the legal profile masks")]
    Element(String),
    /// Not a code.
    #[error("an offence is named by its code: up to 64 letters, digits and signs, no words")]
    Offence,
    /// A code that the law's catalogue does not have.
    #[error(
        "offence {code} does not stand in the catalogue of legal profile {profile} (its `offences`); \
         cite one that does"
    )]
    UnknownOffence {
        /// The code.
        code: String,
        /// The legal profile.
        profile: String,
    },
    /// A text that is missing or too long.
    #[error("{0}: say it in 1 to {1} characters")]
    Words(&'static str, usize),
    /// A body that is not named by an identifier.
    #[error("an authority is named by its identifier: up to 64 letters, digits and signs")]
    Authority,
    /// Longer than the law allows, or no time at all.
    #[error("the view may be open for 1 to {most} minutes")]
    Minutes {
        /// The longest view of the legal profile.
        most: i64,
    },
    /// A date that has passed or lies too far ahead.
    #[error("the date must lie ahead, and before the year 2149")]
    Date,
    /// Decided already, refused or over.
    #[error("this has been decided, or its time is over; ask again if the need goes on")]
    Decided,
    /// The law knows no such way.
    #[error("the legal profile in force knows no urgent way; the authority decides")]
    NoUrgentWay,
    /// Somebody else's to grant.
    #[error("the legal profile leaves urgent cases to another office: {0:?}")]
    OtherOffice(Authority),
    /// The same person again.
    #[error(transparent)]
    Pair(#[from] oriel_policy::Refused),
    /// The vault stays closed.
    #[error("the vault does not open with this passphrase or PIN; nothing was opened")]
    Vault,
    /// The vault cannot be opened from here.
    #[error(
        "the vault is locked by a token that this server does not know; name its key as vault_token \
         in the configuration, or give the vault a passphrase with `oriel keys vault-init`"
    )]
    VaultToken,
    /// The vault's token cannot be used now.
    #[error("the vault stays closed: {0}")]
    VaultAway(String),
    /// The vault is needed.
    #[error(
        "masked records are asked for, so the passphrase of the vault or the PIN of its token is needed"
    )]
    VaultNeeded,
    /// A field that cannot be corrected.
    #[error("{0:?} is no field that can be corrected; write a note instead")]
    Field(String),
    /// Nothing that a person can be found by.
    #[error("give a document number, or a name, or a contact, by which to find the person")]
    NothingToFind,
    /// A request from the future, or from so long ago that it is no longer kept.
    #[error("a request comes in now or came in before, and is still kept")]
    Received,
    /// A record that the law keeps.
    #[error(
        "a case about this record is open, or a link to an offence keeps it; \
         it can be erased when the case is closed and the link lifted"
    )]
    Linked,
    /// A kind of request nobody knows.
    #[error("a request is for access, rectify, erase or redress")]
    Kind,
    /// A person who is spared a false match is told apart by name, birth date and document.
    #[error(
        "the record has no name with birth date and document number; \
         without them nobody can be told from a namesake, and nobody is spared"
    )]
    NotApart,
}
