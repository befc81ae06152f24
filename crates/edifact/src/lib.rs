//! ISO 9735 (UN/EDIFACT) syntax, versions 1 to 4: bytes to segments and back.
//!
//! It knows separators, release characters, repertoires, envelopes, counts and references, and
//! nothing about travel: what a segment means is the business of `oriel-messages`.
//!
//! The three types to know: [`ServiceString`] (which byte separates what), [`Tokens`] (walks the
//! bytes once and fills one reusable [`Segment`]), and [`Part`] (one component, still raw).
//!
//! ```
//! use oriel_edifact::{Charset, Segment, ServiceString, Tokens};
//!
//! let mut segment = Segment::default();
//! let mut tokens = Tokens::new(b"NAD+FL+++O?'DWYER:SAOIRSE'", 0, ServiceString::LEVEL_A, Charset::Ascii);
//! assert!(tokens.next_into(&mut segment).unwrap());
//! assert_eq!(segment.tag(), b"NAD");
//! assert_eq!(segment.part(4, 1).text(), "O'DWYER");
//! assert_eq!(segment.part(4, 2).text(), "SAOIRSE");
//! ```

mod charset;
mod segment;
mod service_string;
mod specials;
mod start;
mod tokens;
mod write;

pub use charset::Charset;
pub use segment::{Composite, Oddities, Part, Segment};
pub use service_string::{ServiceString, ServiceStringFault};
pub use start::{Start, Starts};
pub use tokens::{
    Glance, MAX_SEGMENT_BYTES, Short, SyntaxFault, SyntaxFaultKind, Tokens, form, opening,
};
pub use write::Writer;
