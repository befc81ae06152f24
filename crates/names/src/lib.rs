//! Person names: read, normalise, transliterate, compare with reasons.
//!
//! A name is read once ([`Name::read`]) from the form it arrives in (passport line, booking,
//! manifest, list) into words of A-Z with their possible readings, and compared ([`compare`])
//! with another: words are aligned, each pair of words gives points, ten points doubling the odds
//! that one person is meant, and every point is explained by a [`Fact`].
//!
//! It knows nothing of birth dates, lists or thresholds: that is `oriel-screening`.
//!
//! The three types to know: [`Name`], [`Token`] (one word, prepared) and [`Weights`] (one
//! versioned value that holds every number used).
//!
//! ```
//! use oriel_names::{compare, Name, Source, Weights};
//!
//! let weights = Weights::default();
//! let booked = Name::read(Source::Booking, "KESTRELMAN", "ODRANMR");
//! let listed = Name::read_full(Source::List, "Ódran KESTRELMAN");
//! let comparison = compare(&booked, &listed, &weights);
//! assert!(comparison.points > 200, "two rare words agree: more than 2^20 to one");
//! ```

mod align;
mod compare;
mod likeness;
mod phones;
mod read;
mod script;
mod skeleton;
mod tables;
mod token;
mod trace;
mod weights;

pub use align::{Atoms, Evidence, Ledger, align};
pub use compare::{Comparison, Fact, compare};
pub use likeness::{Likeness, gain, likeness};
pub use read::{Name, Role, Source, Unit};
pub use script::{is_latin, romanise};
pub use skeleton::Skeleton;
pub use tables::{NameRow, common_names, tables_digest};
pub use token::{Kind, Token};
pub use trace::{Listeners, Trace};
pub use weights::{Weights, WeightsError};

/// Short text, the same type as in `oriel-model`.
pub type Text = compact_str::CompactString;
