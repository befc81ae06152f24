//! The window as carriers and the liaison office meet it: notices, figures.
//!
//! Everything in it is invented.

mod notices;
mod quality;
mod world;
