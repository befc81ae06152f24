//! Signing in, and who is signed in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How somebody signs in: a one-time link, or a name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SignIn {
    /// The token of a one-time link.
    Link(LinkSignIn),
    /// A local account.
    Password(PasswordSignIn),
}

/// The token of a one-time link; it works once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSignIn {
    /// The token.
    pub link: String,
}

/// A local account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordSignIn {
    /// Account name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// Who is signed in, under which profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// Who.
    pub user: User,
    /// The legal profile in force.
    pub profile: ProfileRef,
    /// The state whose unit this is.
    #[schema(example = "UTO")]
    pub home: String,
    /// Server's clock, UTC.
    pub now: String,
    /// Invented data only.
    pub training: bool,
}

/// A person who works here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct User {
    /// Account.
    pub id: String,
    /// Full name.
    pub name: String,
    /// As shown beside a case.
    #[schema(example = "A.K.")]
    pub initials: String,
    /// Roles, such as `analyst`.
    pub roles: Vec<String>,
}

/// The legal profile in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProfileRef {
    /// Name of the profile.
    #[schema(example = "eu-2022")]
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it is based on.
    pub title: String,
}
