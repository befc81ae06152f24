//! Watchlists against travellers; every hit explains itself.
//!
//! Lists are read ([`lists::read`]) into [`Entry`] values, a version of a list is built into an
//! immutable [`Index`], several of them are [`Watchlists`], and [`screen`] asks them about one
//! [`Subject`]. What comes out is a [`Hit`]: which list, version and entry, and every fact that was
//! compared with the points it gave. Points are tenths of a bit, their sum is the score.
//!
//! It does not decide anything: a hit says "look here" to a person. It reads no clock, no file and
//! no network, so the same subject, lists and weights give the same hits, always.
//!
//! The three types to know: [`Subject`], [`Watchlists`] and [`Hit`].
//!
//! ```
//! use oriel_screening::{Index, Scratch, Subject, Watchlists, Weights, lists, screen};
//!
//! let list = br#"{"id":"1","names":["Odran Kestrelman"],"dob":["1976-02-17"]}"#;
//! let file = lists::read(&lists::Format::Persons, list).unwrap();
//! let weights = Weights::default();
//! let lists = Watchlists::new(vec![Index::build("national", &file.entries).into()]);
//!
//! let asked = br#"{"names":["KESTRELMANN/ODRANMR"],"dob":["1976-02-17"]}"#;
//! let subject = Subject::from_person(&serde_json::from_slice(asked).unwrap());
//! let hits = screen(&subject, &lists, &weights, &mut Scratch::default());
//! assert_eq!(hits[0].entry, "1");
//! ```

mod birth;
mod country;
pub mod documents;
mod entry;
mod hit;
mod index;
mod line;
pub mod lists;
mod pair;
mod person;
mod score;
mod screen;
pub mod selectors;
mod subject;
mod why;

pub use birth::Birth;
pub use country::country_code;
pub use entry::{Entry, ListDocument, ListName, Quality};
pub use hit::{Band, Fact, FactPart, Hit, LINE_SCORE, REASONS, Relation};
pub use index::{Index, ListVersion, Scratch, Watchlists};
pub use line::{LineError, SearchAnswer, SearchHit, pair_line, search_line};
pub use oriel_names::Weights;
pub use pair::{Asked, PairResult, match_pair};
pub use person::Person;
pub use screen::{exhaustive, screen, search};
pub use subject::{Subject, SubjectDocument, SubjectName};
pub use why::{BaseRate, Decider, Why, why};
