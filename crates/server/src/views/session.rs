//! Signing in, and who is signed in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How somebody signs in: a one-time link, or a name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum SignIn {
    /// The token of a one-time link.
    Link(LinkSignIn),
    /// A local account.
    Password(PasswordSignIn),
}

/// The token of a one-time link; it works once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkSignIn {
    /// The token.
    pub(crate) link: String,
}

/// A local account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordSignIn {
    /// Account name.
    pub(crate) user: String,
    /// Password.
    pub(crate) password: String,
    /// Code of the generator, or a recovery code, where the account has one.
    #[serde(default)]
    pub(crate) code: Option<String>,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct First {
    /// The token of the link that the server printed when it started.
    pub(crate) link: String,
    /// What will be typed to sign in.
    pub(crate) login: String,
    /// Name shown to colleagues.
    pub(crate) name: String,
    /// Password: 12 to 256 characters.
    pub(crate) password: String,
}

/// A fresh proof of who one is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prove {
    /// Password of one's own account.
    pub(crate) password: String,
    /// Code of the generator, or a recovery code, where the account has one.
    #[serde(default)]
    pub(crate) code: Option<String>,
}

/// Ways to sign in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Ways {
    /// Whether passkeys can be used at this address.
    pub(crate) passkey: bool,
    /// Providers at which one can sign in.
    pub(crate) providers: Vec<Provider>,
}

/// A provider at which one can sign in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Provider {
    /// Its name in addresses.
    pub(crate) id: String,
    /// Its name for people.
    pub(crate) name: String,
}

/// Who is signed in, under which profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// Who.
    pub(crate) user: User,
    /// The legal profile in force.
    pub(crate) profile: ProfileRef,
    /// Whose records one sees.
    pub(crate) recipient: RecipientRef,
    /// The law's closed catalogue of offences; none where any code may be cited.
    pub(crate) offences: Vec<Offence>,
    /// The state whose unit this is.
    #[schema(example = "UTO")]
    pub(crate) home: String,
    /// Server's clock, UTC.
    pub(crate) now: String,
    /// Invented data only.
    pub(crate) training: bool,
    /// When the session ends at the latest, UTC.
    pub(crate) ends: String,
    /// Until when nothing more is asked for to sign or to change accounts, UTC.
    pub(crate) fresh_until: String,
    /// What one's roles may do, for a purpose that fits: acts such as `case.read`.
    #[schema(example = json!(["queue.read", "case.read"]))]
    pub(crate) acts: Vec<String>,
    /// Whether accounts may be administered.
    pub(crate) administers: bool,
    /// Whether the inbox of oversight may be read.
    pub(crate) oversees: bool,
    /// Whether the statistics of the law may be read.
    pub(crate) sees_figures: bool,
}

/// An offence that may be cited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Offence {
    /// By which lists, hits and requests cite it.
    #[schema(example = "annex-ii/4")]
    pub(crate) code: String,
    /// Name for people.
    pub(crate) name: String,
}

/// A person who works here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct User {
    /// Account.
    pub(crate) id: String,
    /// Full name.
    pub(crate) name: String,
    /// As shown beside a case.
    #[schema(example = "A.K.")]
    pub(crate) initials: String,
    /// Roles, such as `analyst`.
    pub(crate) roles: Vec<String>,
}

/// The recipient whose records one sees.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RecipientRef {
    /// Short name.
    #[schema(example = "piu")]
    pub(crate) id: String,
    /// Name for people.
    pub(crate) title: String,
    /// Whether there is no other.
    pub(crate) only: bool,
}

/// The legal profile in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProfileRef {
    /// Name of the profile.
    #[schema(example = "eu-2022")]
    pub(crate) id: String,
    /// Its version.
    pub(crate) version: String,
    /// What it is based on.
    pub(crate) title: String,
}
