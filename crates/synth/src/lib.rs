//! Invented carriers, travellers, bookings and faults from a seed.
//!
//! A [`World`] is a few days of air traffic of Utopia, a state that does not exist: its flights,
//! the people on them, and the messages in which carriers would tell its authorities of them,
//! each carrier in its own way and with its own mistakes. On two invented lists stand persons who
//! travel under a disguise; the answer key says who, where and how.
//!
//! It knows no reader: messages are written by encoders of its own, so that a decoder tested with
//! them is tested against the guides and not against itself. It has no clock and no other source
//! of chance than its seed.
//!
//! The three types to know: [`Config`], [`World`] and [`Transmission`].
//!
//! ```
//! use oriel_synth::{Config, World};
//!
//! let world = World::new(Config { travellers: 200, ..Config::default() });
//! let first = world.transmissions().next().expect("a world has flights");
//! assert!(first.path.ends_with("/pnrgov-48h.edi"));
//! assert!(first.bytes.starts_with(b"UN"));
//! ```

mod answer;
pub mod bench;
mod booking;
mod carrier;
mod culture;
mod dates;
mod disguise;
mod envelope;
mod fault;
mod itinerary;
mod json;
pub mod judged;
mod latin;
mod list;
mod paxlst;
mod person;
mod place;
mod pnrgov;
mod rng;
mod said;
pub mod sample;
mod schedule;
mod sent_name;
mod ssim;
mod transmission;
mod world;
mod xml;

/// Every fault that carriers make here: name, message type, what is wrong.
pub fn faults() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    fault::FAULTS.iter().map(|fault| {
        let made_in = match fault.made_in {
            fault::Where::Paxlst => "PAXLST",
            fault::Where::Pnrgov => "PNRGOV",
        };
        (fault.name, made_in, fault.does)
    })
}

/// Every invented carrier: designator, name.
pub fn carriers() -> impl Iterator<Item = (&'static str, &'static str)> {
    carrier::CARRIERS
        .iter()
        .map(|carrier| (carrier.code, carrier.name))
}

/// Every disguise of listed persons: name, what it does.
pub fn disguises() -> impl Iterator<Item = (&'static str, &'static str)> {
    disguise::DISGUISES
        .iter()
        .map(|disguise| (disguise.name, disguise.does))
}

pub use said::{Said, SaidFlight, SaidPerson};
pub use transmission::{Planted, Transmission, Transmissions};
pub use world::{Config, World};
