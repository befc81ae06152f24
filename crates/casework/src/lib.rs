//! A hit's way through human review: when it must be decided, who holds it, what was decided.
//!
//! Functions of their arguments: a state and a command go in, a new state or a refusal comes out.
//! It stores nothing and screens nothing. A score never closes a hit: only [`decide`] makes a
//! [`Decision`], and it asks for a grant that only a person's role can get.
//!
//! The three types to know: [`ActBy`], [`Review`] (the state of one hit) and [`Decision`].
//!
//! ```
//! use oriel_casework::{Severity, Urgency};
//!
//! let now: jiff::Timestamp = "2026-11-22T14:03:22Z".parse().unwrap();
//! let act_by = "2026-11-22T14:18:00Z".parse().unwrap();
//! let urgent = Urgency::new(Severity::Critical, Some(act_by), now);
//! let later = Urgency::new(Severity::Low, Some(act_by), now);
//! assert!(urgent.rank(now) < later.rank(now));
//! ```

mod act_by;
mod clearance;
mod decision;
mod urgency;

pub use act_by::{ActBy, Direction, Times, act_by};
pub use clearance::{Discrepancy, Standing, clear, reconcile};
pub use decision::{
    Claim, Decision, Reason, Refusal, Review, ReviewState, Verdict, claim, decide, release,
};
pub use urgency::{Severity, Urgency};
