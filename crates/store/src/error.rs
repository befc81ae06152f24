//! What can keep the store from doing its work, in words for the person who runs it.

/// Why something could not be kept or found. What was asked for did not happen, not even in part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No space left.
    #[error("the disk that holds the store is full; nothing was written; free space and repeat")]
    DiskFull,
    /// Another process holds the store.
    #[error("the store is locked by another process; end it, or wait, and repeat")]
    Locked,
    /// The file or a record in it is not what was written.
    #[error("{what} is damaged; restore the newest backup and send what came after it again")]
    Damaged {
        /// What.
        what: String,
    },
    /// The file cannot be opened.
    #[error("the store cannot be opened; check that the folder exists and may be written")]
    NotOpened {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A place on PostgreSQL that cannot be read.
    #[error("the place of the database is not right: {why}")]
    BadPlace {
        /// Why.
        why: String,
    },
    /// No connection to the server.
    #[error("the database server cannot be used: {why}; mend this and repeat")]
    Unreachable {
        /// Why.
        why: String,
    },
    /// A server that this program does not entrust anything to.
    #[error("the database server {why}")]
    Unfit {
        /// What it does.
        why: String,
    },
    /// The connection was lost before the commit.
    #[error(
        "the connection to the database server was lost; nothing was written; repeat, and it is \
         opened again"
    )]
    Cut,
    /// The connection was lost during the commit.
    #[error(
        "the connection to the database server was lost during the commit, and it is not known \
         whether it was kept; repeat: what was kept is not kept twice"
    )]
    Unknown,
    /// A statement of the transaction failed before, and its error was passed over.
    #[error("a step of this change failed; nothing was written")]
    Spoilt,
    /// Nothing is there.
    #[error(
        "there is no store at {path}; run `oriel ingest --data {path} …` or `oriel demo` first"
    )]
    Missing {
        /// Where it was looked for.
        path: String,
    },
    /// Written by a newer program.
    #[error(
        "the store has schema {found}, this program knows up to {known}; use the newer program"
    )]
    Newer {
        /// Schema of the store.
        found: i64,
        /// Newest schema of this program.
        known: i64,
    },
    /// A migration of the store is not the one this program knows under that number.
    #[error(
        "migration {number} of the store differs from this program's; \
         the store was made by another version"
    )]
    OtherMigration {
        /// Its number.
        number: i64,
    },
    /// A kind of store that this program does not have.
    #[error("a store is a folder or postgres://user@host/database; what was given is neither")]
    UnknownKind,
    /// Somebody changed it first.
    #[error("it was changed by somebody else in the meantime (now version {current})")]
    Stale {
        /// Version now.
        current: i64,
    },
    /// The grant is for something else.
    #[error("this grant was given for another act")]
    WrongGrant,
    /// Personal data was asked for where the reading cannot be logged.
    #[error("personal data is read only in a transaction that can log the reading")]
    NotLogged,
    /// The log cannot be cut without a signed checkpoint.
    #[error("no key signs for this store; open it with its key store")]
    NoSigner,
    /// Its time is over, and the sweep has not come to it.
    #[error(
        "the period for this record is over; it is being masked or erased; look again in a minute"
    )]
    Due,
    /// An approval that is not open.
    #[error("this view of masked values is not open: it was not approved, or its time has ended")]
    Closed,
    /// Asked to open what is not masked.
    #[error("this record is not masked: it can be read openly, or is there no more")]
    NotMasked,
    /// Not there.
    #[error("there is no {what} with this identifier")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
    },
    /// A version that is known has another text.
    #[error(
        "there is another legal profile {reference} already, and a version is never edited; give \
         the change a version of its own"
    )]
    OtherProfile {
        /// Identifier and version.
        reference: String,
    },
    /// The law is not what two persons put in force.
    #[error(
        "{what} was changed outside of Oriel, so nothing is done under it; restore the newest \
         backup, find out who changed it, and keep a copy of the store as it is"
    )]
    TamperedProfile {
        /// What.
        what: String,
    },
    /// Opened without keys, and asked for something that is sealed.
    #[error("the store was opened without its key store; say where that is, with --keys FILE")]
    NoKeys,
    /// The keys.
    #[error(transparent)]
    Keys(#[from] oriel_keys::KeyError),
    /// A place that was to be blank.
    #[error("there is a store at {path} already; a backup is restored into a blank place only")]
    NotBlank {
        /// Where.
        path: String,
    },
    /// A backup that is not whole.
    #[error("the backup is cut, damaged or was changed ({what}); take another one")]
    BadBackup {
        /// What does not fit.
        what: String,
    },
    /// A backup cannot be read or written.
    #[error("the backup cannot be read or written")]
    Backup {
        /// What the system says.
        source: std::io::Error,
    },
    /// Anything else the database says.
    #[error("the database reports an error")]
    Database {
        /// What it says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    pub(crate) fn damaged(what: &str) -> Self {
        Self::Damaged {
            what: format!("a record of the store ({what})"),
        }
    }
}
