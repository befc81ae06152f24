//! Why something about an account did not happen, in words for the person who asked.

/// Why not. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A login of another shape.
    #[error("a login has 1 to 64 letters, digits, dots, hyphens, underlines or @")]
    Login,
    /// The login is somebody else's.
    #[error("there is an account with this login already; choose another")]
    LoginTaken,
    /// No name, or too long.
    #[error("a name has 1 to 128 characters")]
    Name,
    /// Too easy to guess.
    #[error(
        "a password has 12 to 256 characters, at least 5 of them different, and does not hold the login"
    )]
    Password,
    /// The password is right, and the account has a second factor.
    #[error("this account also asks for a code")]
    CodeWanted,
    /// The code was used, is wrong, or belongs to another half minute.
    #[error("the code does not fit; wait for the next one, each works once")]
    Code,
    /// The person must prove again who they are.
    #[error("this needs you to have signed in within the last minutes; prove again who you are")]
    NotFresh,
    /// Roles that exclude each other.
    #[error(transparent)]
    Pair(#[from] oriel_policy::Refused),
    /// Roles that this kind of account cannot have.
    #[error("a machine has the role carrier and no other, and no person has it")]
    Kind,
    /// Oneself.
    #[error("nobody changes their own roles or ends their own account; ask another administrator")]
    Own,
    /// The administrator who asked.
    #[error("roles are approved by another administrator than the one who asked for them")]
    SamePerson,
    /// Nothing waits.
    #[error("no roles wait for approval")]
    NothingProposed,
    /// The only one.
    #[error("this is the only administrator; make another first")]
    LastAdministrator,
    /// Ended.
    #[error("the account has ended; invite the person again")]
    Ended,
    /// Not for long enough, or too long.
    #[error("a key or certificate counts for 1 to 400 days")]
    Days,
    /// Known already.
    #[error("this certificate is bound to an account already, or was once")]
    KnownCertificate,
    /// There already.
    #[error("this is known already, on this account or on another; remove it there first")]
    Known,
    /// Not a fingerprint.
    #[error("a fingerprint is the SHA-256 of the certificate: 64 hexadecimal digits")]
    Fingerprint,
    /// Not there, or not theirs.
    #[error("there is nothing of this name on this account")]
    Unknown,
}
