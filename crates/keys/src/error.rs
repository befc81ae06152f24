//! What can keep the key store from its work, in words for the person who runs it.
//!
//! Invariant: no secret and no sealed value stands in any of them.

use crate::{Bucket, Class, LockKind};
use std::path::PathBuf;

/// Why a key could not be had. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// No file.
    #[error(
        "there is no key store at {}; what was sealed with it cannot be read without it: bring the \
         file back, or make a new one for a new store with `oriel keys init`",
        file.display()
    )]
    Missing {
        /// Where it was looked for.
        file: PathBuf,
    },
    /// A file where a new one was to be made.
    #[error("there is a key store at {} already; it was left as it is", file.display())]
    Exists {
        /// Where.
        file: PathBuf,
    },
    /// The file system says no.
    #[error("{} cannot be {act}", file.display())]
    File {
        /// Which file or folder.
        file: PathBuf,
        /// What was tried: "read", "written".
        act: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// Others can read it.
    #[error(
        "{} can be read by others (mode {mode:04o}); take that away with `chmod 600`",
        file.display()
    )]
    Permissions {
        /// Which file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// An empty passphrase file.
    #[error("{} holds no secret in its first line", file.display())]
    EmptySecret {
        /// Which file.
        file: PathBuf,
    },
    /// Not what was written.
    #[error(
        "the key store {} is cut, damaged or was changed by somebody; bring back the newest copy",
        file.display()
    )]
    Damaged {
        /// Which file.
        file: PathBuf,
    },
    /// Written by a newer program, or no key store.
    #[error(
        "{} is not a key store that this program knows; use the program that wrote it",
        file.display()
    )]
    Unknown {
        /// Which file.
        file: PathBuf,
    },
    /// Older than what this process has seen.
    #[error(
        "the key store {} was replaced by an older or other copy; keys that were destroyed stay \
         destroyed: bring back the newest copy and start again",
        file.display()
    )]
    WentBack {
        /// Which file.
        file: PathBuf,
    },
    /// The lock was changed while this process ran.
    #[error(
        "the lock of the key store {} was changed; start again with the new passphrase or token",
        file.display()
    )]
    Relocked {
        /// Which file.
        file: PathBuf,
    },
    /// Another kind of lock.
    #[error("the {what} opens with {wanted}, and {given} was given")]
    OtherLock {
        /// "key store" or "vault".
        what: &'static str,
        /// What it has.
        wanted: LockKind,
        /// What was tried.
        given: LockKind,
    },
    /// A passphrase that does not open it.
    #[error("the passphrase is not that of the {what}")]
    WrongPassphrase {
        /// "key store" or "vault".
        what: &'static str,
    },
    /// The library of the token cannot be loaded.
    #[error(
        "the token's library {} cannot be loaded; is it installed, and for this machine",
        module.display()
    )]
    TokenModule {
        /// The library.
        module: PathBuf,
        /// What the system says.
        source: Box<cryptoki::error::Error>,
    },
    /// Not the address of a key in a token.
    #[error(
        "a key in a token is named by \
         pkcs11:token=NAME;object=KEY?module-path=LIBRARY&pin-source=FILE; {what}"
    )]
    TokenUri {
        /// What is wrong with it.
        what: &'static str,
    },
    /// No such token.
    #[error(
        "there is no token {token:?}; is it plugged in, and its name spelled as the token has it"
    )]
    TokenMissing {
        /// Its label.
        token: String,
    },
    /// The token refuses the PIN.
    #[error("the token {token:?} refuses the PIN; after some wrong ones it locks itself")]
    WrongPin {
        /// Its label.
        token: String,
    },
    /// The token does not have the key, or another of that name.
    #[error("the token {token:?} does not have the key {key:?} that locked the {what}")]
    TokenKey {
        /// Label of the token.
        token: String,
        /// Label of the key.
        key: String,
        /// "key store" or "vault".
        what: &'static str,
    },
    /// The token fails.
    #[error("the token {token:?} does not answer as it should")]
    Token {
        /// Its label.
        token: String,
        /// What it says.
        source: Box<cryptoki::error::Error>,
    },
    /// Its time is over.
    #[error(
        "the key of class {class} for {bucket} was destroyed; what it sealed cannot be read any more"
    )]
    Destroyed {
        /// Class of data.
        class: Class,
        /// Day.
        bucket: Bucket,
    },
    /// A day for which there are no keys.
    #[error("{bucket} is no day of class {class}; a date is wrong")]
    NoSuchDay {
        /// Class of data.
        class: Class,
        /// Day.
        bucket: Bucket,
    },
    /// The value is not what was sealed there.
    #[error(
        "a value of class {class} for {bucket} is damaged, was changed, or stands in a wrong place"
    )]
    Tampered {
        /// Class of data.
        class: Class,
        /// Day.
        bucket: Bucket,
    },
    /// Sealed with a key that this copy of the key store does not have.
    #[error(
        "a value of class {class} for {bucket} was sealed with a newer key than this key store has; \
         bring the newest copy of the key store here"
    )]
    NewerKey {
        /// Class of data.
        class: Class,
        /// Day.
        bucket: Bucket,
    },
    /// Masked data opens with the vault only.
    #[error("masked data opens with the vault only, which the unmasking authority holds")]
    VaultNeeded,
    /// A class whose keys have no time.
    #[error("keys of class {class} have no day; they are neither destroyed nor rotated by day")]
    Timeless {
        /// Class of data.
        class: Class,
    },
    /// A rotation that would reach back.
    #[error(
        "keys can be rotated only from a day after the last rotation and before 2149, not from {from}"
    )]
    RotationDay {
        /// Day that was asked for.
        from: Bucket,
    },
    /// Too many.
    #[error("keys of one class can be rotated 255 times at most")]
    Rotations,
    /// Not a name of a compartment.
    #[error("a compartment is named by 1 to 32 small letters, digits or hyphens, not {name:?}")]
    CompartmentName {
        /// As given.
        name: String,
    },
    /// Not an archive.
    #[error("this is no backup that this program knows")]
    ArchiveUnknown,
    /// An archive for somebody else.
    #[error("the backup was made for another key or another kind of lock")]
    ArchiveOther,
    /// An archive cannot be read or written.
    #[error("the backup cannot be read or written")]
    Archive {
        /// What the system says.
        source: std::io::Error,
    },
    /// The system gave no randomness.
    #[error("the system gives no randomness; no key was made")]
    Randomness,
}
