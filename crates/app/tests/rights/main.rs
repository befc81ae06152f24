//! Unmasking, holds, links, and the rights of persons, each to the second.
//!
//! Everybody in it is invented.

mod hold;
mod person;
mod unmask;
mod world;
