//! Accounts: one's own, and those that administrators keep.

use super::session::User;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An open session.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OpenSession {
    /// Public name.
    pub(crate) id: String,
    /// How it was begun: `password`, `link`, …
    pub(crate) how: String,
    /// The kind of browser, coarse; blank when not told.
    #[schema(example = "Firefox on Linux")]
    pub(crate) device: String,
    /// When it was begun, UTC.
    pub(crate) began: String,
    /// When it was last used, UTC, to the minute.
    pub(crate) seen: String,
    /// When it ends at the latest, UTC.
    pub(crate) ends: String,
    /// Whether it is the one that asks.
    pub(crate) current: bool,
}

/// One's own account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Who.
    pub(crate) user: User,
    /// What is typed to sign in.
    pub(crate) login: String,
    /// Whether there is a password.
    pub(crate) password: bool,
    /// Whether a code generator is in use.
    pub(crate) totp: bool,
    /// Recovery codes left.
    pub(crate) recovery: u64,
    /// Passkeys, oldest first.
    pub(crate) passkeys: Vec<Passkey>,
    /// Providers at which one is known.
    pub(crate) identities: Vec<String>,
    /// Sessions that are open, newest first.
    pub(crate) sessions: Vec<OpenSession>,
}

/// A code generator that is offered; it counts once its first code is shown.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferedTotp {
    /// The secret in base 32, for typing.
    pub(crate) secret: String,
    /// The same as an `otpauth:` address.
    pub(crate) address: String,
}

/// The first code of a generator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstCode {
    /// Six digits.
    pub(crate) code: String,
}

/// Recovery codes, shown this once; each works once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// The codes.
    pub(crate) codes: Vec<String>,
}

/// A passkey of one's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Passkey {
    /// Public name.
    pub(crate) id: String,
    /// What its owner calls it.
    pub(crate) name: String,
    /// When it was added, UTC.
    pub(crate) added: String,
    /// When it last signed in, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) used: Option<String>,
}

/// What to ask the authenticator.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyAsked {
    /// To be sent back with the answer; works once, for ten minutes.
    pub(crate) ceremony: String,
    /// Options of `navigator.credentials`, binary values as base64url.
    #[schema(value_type = Object)]
    pub(crate) options: serde_json::Value,
}

/// The authenticator's answer, for signing in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyAnswer {
    /// As it was given.
    pub(crate) ceremony: String,
    /// The credential, as `PublicKeyCredential.toJSON()` writes it.
    #[schema(value_type = Object)]
    pub(crate) credential: serde_json::Value,
}

/// The authenticator's answer, for adding a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// As it was given.
    pub(crate) ceremony: String,
    /// What its owner calls it.
    pub(crate) name: String,
    /// The credential, as `PublicKeyCredential.toJSON()` writes it.
    #[schema(value_type = Object)]
    pub(crate) credential: serde_json::Value,
}

/// Where to go to say who one is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderAsked {
    /// The provider's address.
    pub(crate) url: String,
}

/// A new password for oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The password: 12 to 256 characters.
    pub(crate) password: String,
}

/// Every account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Accounts {
    /// By login.
    pub(crate) accounts: Vec<Account>,
    /// Roles there are.
    pub(crate) roles: Vec<String>,
    /// Recipients for which accounts may be made.
    pub(crate) recipients: Vec<String>,
}

/// An account as administrators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    /// Opaque identifier, as in audit events.
    pub(crate) id: String,
    /// What is typed to sign in.
    pub(crate) login: String,
    /// Name shown to colleagues.
    pub(crate) name: String,
    /// Person or machine.
    pub(crate) kind: Kind,
    /// Whether it still counts.
    pub(crate) active: bool,
    /// Roles it has.
    pub(crate) roles: Vec<String>,
    /// Roles that wait for another administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proposal: Option<Proposal>,
    /// The recipient it works for.
    #[schema(example = "piu")]
    pub(crate) recipient: String,
    /// How many sessions are open.
    pub(crate) sessions: u64,
    /// Whether it is the account of who asks.
    pub(crate) me: bool,
}

/// Person or machine.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Signs in and has sessions.
    Person,
    /// Shows a key or certificate with each request.
    Service,
}

/// Roles that wait for another administrator.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Proposal {
    /// All roles the account is to have.
    pub(crate) roles: Vec<String>,
    /// Who asked: login.
    pub(crate) by: String,
    /// When, UTC.
    pub(crate) at: String,
    /// Whether who asks now may approve.
    pub(crate) mine: bool,
}

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invite {
    /// What is typed to sign in.
    pub(crate) login: String,
    /// Name shown to colleagues.
    pub(crate) name: String,
    /// Person or machine.
    pub(crate) kind: Kind,
    /// Roles wanted; they wait for another administrator.
    pub(crate) roles: Vec<String>,
    /// The recipient it works for; the administrator's own unless said.
    #[serde(default)]
    pub(crate) recipient: Option<String>,
}

/// An account that was made, or that may sign in anew.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Invited {
    /// The account.
    pub(crate) account: Account,
    /// Address to hand to the person, relative to the workbench; it works once, for 30 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
}

/// Roles an account is to have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roles {
    /// All of them.
    pub(crate) roles: Vec<String>,
}

/// An answer to roles that wait.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolesAnswer {
    /// Whether the roles are given.
    pub(crate) approve: bool,
}

/// How many sessions were ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Ended {
    /// How many.
    pub(crate) sessions: u64,
}

/// Keys and certificates of a machine.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MachineKeys {
    /// Newest first, also those that count no more.
    pub(crate) keys: Vec<MachineKey>,
}

/// A key or certificate of a machine.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MachineKey {
    /// Public name.
    pub(crate) id: String,
    /// `key` or `certificate`.
    pub(crate) kind: String,
    /// What the administrator calls it.
    pub(crate) name: String,
    /// When it was made, UTC.
    pub(crate) made: String,
    /// From when on it counts no more, UTC.
    pub(crate) expires: String,
    /// When it was last used, UTC, to the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) used: Option<String>,
    /// When it was taken back, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revoked: Option<String>,
    /// Whether it counts now.
    pub(crate) counts: bool,
}

/// A key to make, or a certificate to bind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMachineKey {
    /// What it is called in lists.
    pub(crate) name: String,
    /// Days for which it counts, 1 to 400.
    pub(crate) days: u16,
    /// SHA-256 of a client certificate, in hexadecimal digits; without it a key is made.
    #[serde(default)]
    pub(crate) fingerprint: Option<String>,
}

/// A key that was made, or a certificate that was bound.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MadeMachineKey {
    /// What is listed.
    pub(crate) key: MachineKey,
    /// The secret, given this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
}
