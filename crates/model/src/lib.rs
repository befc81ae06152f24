//! The nouns of passenger data: message, flight, traveller, document, booking, and where each
//! value was read.
//!
//! Types and their invariants only. It does not know any wire format (`oriel-messages`), compares
//! no names (`oriel-names`) and stores nothing (`oriel-store`).
//!
//! The three types to know: [`Message`] (what one message says), [`Traveller`] (one person in it)
//! and [`Personal`] (a value about a person, which neither prints nor serialises).
//!
//! ```
//! use oriel_model::{Personal, Span};
//!
//! let surname = Personal::new("EXEMPLE".to_owned(), Span::new(10, 17));
//! assert_eq!(format!("{surname:?}"), "Personal(at 10..17)");
//! assert_eq!(surname.expose(), "EXEMPLE");
//! ```

mod aerodrome_table;
mod booking;
mod codes;
mod country;
mod country_table;
mod document;
mod element;
mod finding;
mod flight;
mod gazetteer;
mod gazetteer_table;
mod merge;
mod message;
mod mode;
mod personal;
mod places;
mod reduce;
mod seaport_table;
mod spelled;
mod time;
mod traveller;

pub use booking::{
    Agency, Booking, BookingStatus, Contact, ContactKind, ExcessBaggage, HistoryEntry, HistoryItem,
    ItinerarySegment, Locator, Money, OtherService, Past, Payment, Split, Tax, Ticket,
};
pub use codes::{Carrier, Country, NotACode, Port, Role, Sex};
pub use document::{Document, DocumentKey};
pub use element::{Element, Mark};
pub use finding::{Finding, FindingKind, Severity};
pub use flight::{Flight, FlightNumber, Leg};
pub use gazetteer::{Place, to_instant};
pub use merge::{
    FlightState, Journey, JourneyKey, Links, Mention, MessageKey, Person, Presence, Report,
    Unfinished, merge, merge_linked, merge_without_people,
};
pub use message::{Envelope, Function, Message, Part};
pub use mode::{Mode, Vehicle, imo_number_holds};
pub use personal::{Personal, Span};
pub use places::Places;
pub use time::{BirthDate, PartialDate};
pub use traveller::{Bag, BagPool, PersonName, Traveller};

/// Short text: up to 24 bytes without an allocation, which holds nearly every name and number.
pub type Text = compact_str::CompactString;
