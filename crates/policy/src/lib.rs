//! Law as a value: what may be kept, who may do what for which purpose, and the record of it.
//!
//! It decides and records; it stores nothing and knows no screen. Every legal number comes from a
//! [`Profile`] (`profiles/*.toml`) with its clause.
//!
//! The three types to know: [`Profile`], [`Grant`] (the only key to personal data; made by
//! [`authorize`] alone) and [`audit::Event`] (what is written in the same transaction as the act).
//!
//! ```
//! use oriel_policy::{Actor, Act, Profile, Purpose, Role, authorize};
//!
//! let profile = Profile::builtin("eu-2022").unwrap();
//! let analyst = Actor::new("usr_1", &[Role::Analyst]);
//! let purpose = Purpose::parse("assessment=queue").unwrap();
//! let now = "2026-11-22T14:00:00Z".parse().unwrap();
//! assert!(authorize(&profile, &analyst, Act::QueueRead, Some(&purpose), now).is_ok());
//! assert!(authorize(&profile, &analyst, Act::QueueRead, None, now).is_err());
//! ```

mod access;
mod act;
pub mod alert;
pub mod audit;
pub mod cells;
pub mod figures;
mod lens;
mod matrix;
pub mod oversight;
mod pairs;
mod period;
pub mod profile;
mod project;
mod purpose;
mod push;
mod retention;
mod role;
mod selection;

pub use access::{
    Actor, CONSOLE, Denial, DenialCode, Grant, PIU, Task, authorize, authorize_system,
};
pub use act::Act;
pub use lens::{Hidden, Lens, Shown, Why};
pub use matrix::{MatrixRow, matrix};
pub use pairs::{Refused, refuse_roles, refuse_step};
pub use period::{NotAPeriod, Period};
pub use profile::{
    CheckIn, CheckMode, Clearance, Complaint, ListKind, Need, Profile, ProfileError, Refuses,
    ReviewRule, Severity, Spelling,
};
pub use project::{Characters, Projected, hide, project};
pub use purpose::{Purpose, PurposeKind};
pub use push::{Owed, PushState};
pub use retention::{Calendar, Day, Deadline, Standing, Term, day};
pub use role::Role;
pub use selection::Way;
