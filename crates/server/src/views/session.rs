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
}

/// Who is signed in, under which profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// Who.
    pub(crate) user: User,
    /// The legal profile in force.
    pub(crate) profile: ProfileRef,
    /// The state whose unit this is.
    #[schema(example = "UTO")]
    pub(crate) home: String,
    /// Server's clock, UTC.
    pub(crate) now: String,
    /// Invented data only.
    pub(crate) training: bool,
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
