//! What goes over the wire: one file a noun, and nothing but shapes.
//!
//! Invariant: a value about a person is a [`shown::Shown`]; these types read no store and know no
//! engine, and the routes fill them.

pub(crate) mod account;
pub(crate) mod carrier;
pub(crate) mod case;
pub(crate) mod flight;
pub(crate) mod infringement;
pub(crate) mod list;
pub(crate) mod matching;
pub(crate) mod message;
pub(crate) mod oversight;
pub(crate) mod problem;
pub(crate) mod profile;
pub(crate) mod push;
pub(crate) mod quality;
pub(crate) mod rights;
pub(crate) mod schedule;
pub(crate) mod selection;
pub(crate) mod session;
pub(crate) mod shown;
pub(crate) mod statistics;
pub(crate) mod traveller;
pub(crate) mod unmask;
