//! The window as carriers and the liaison office meet it: notices, figures,
//! evidence.
//!
//! Everything in it is invented.

mod infringements;
mod notices;
mod pushes;
mod quality;
mod world;
