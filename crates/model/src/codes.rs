//! Codes with a fixed shape, and short lists of codes.
//!
//! Only the shape is checked here. Whether an airport exists is the gazetteer's question, and a
//! code that is not in a list is kept as sent: an unknown code is still a fact.

use crate::Text;
use std::fmt;

/// Declares an open list of codes: parser, writer and labels come from one row a code.
macro_rules! code_list {
    ($(#[$m:meta])* pub enum $name:ident { $($code:literal => $var:ident, $label:literal;)* }) => {
        $(#[$m])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = $label] $var,)*
            /// Sent, but not in our list.
            Other(Text),
        }
        impl $name {
            /// Every code with its label.
            pub const ROWS: &[(&'static str, &'static str)] = &[$(($code, $label),)*];

            /// The variant of a code as sent.
            pub fn from_code(code: &str) -> Self {
                match code { $($code => Self::$var,)* other => Self::Other(other.into()) }
            }

            /// The code as sent.
            pub fn code(&self) -> &str {
                match self { $(Self::$var => $code,)* Self::Other(code) => code }
            }
        }
    };
}

code_list! {
    /// What a person named in a manifest or a booking is doing on this journey.
    ///
    /// Source: UN/EDIFACT data element 3035 as cut down by the WCO/IATA PAXLST guide (NAD of
    /// group 4). Travellers of a booking are passengers.
    pub enum Role {
        "FL"  => Passenger, "passenger";
        "FM"  => Crew, "crew member";
        "DDU" => TransitPassenger, "passenger in transit";
        "DDT" => TransitCrew, "crew member in transit";
    }
}

code_list! {
    /// Sex as a document or message states it.
    ///
    /// Source: PAXLST data element 9019; SSR DOCS field 6. An absent value is `None`, not a code.
    pub enum Sex {
        "F" => Female, "female";
        "M" => Male, "male";
        "X" => Unspecified, "unspecified";
        "U" => Undisclosed, "undisclosed";
    }
}

/// Text that does not have the shape of the code it was offered as. It holds no text, so that an
/// error never carries a value from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACode {
    /// What was expected, such as `airport code`.
    pub expected: &'static str,
    /// How many bytes were offered.
    pub len: usize,
}

impl fmt::Display for NotACode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes are not {}", self.len, self.expected)
    }
}

impl std::error::Error for NotACode {}

macro_rules! fixed_code {
    ($(#[$m:meta])* $name:ident, $min:literal..=$max:literal, $ok:expr, $expected:literal) => {
        $(#[$m])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $max]);

        impl $name {
            /// Checks the shape of `text`; surrounding blanks are not removed.
            pub fn parse(text: &str) -> Result<Self, NotACode> {
                let bytes = text.as_bytes();
                let ok: fn(&[u8]) -> bool = $ok;
                if !($min..=$max).contains(&bytes.len()) || !ok(bytes) {
                    return Err(NotACode { expected: $expected, len: bytes.len() });
                }
                let mut code = [0; $max];
                // Few bytes: a loop costs less than a call.
                for (to, from) in code.iter_mut().zip(bytes) {
                    *to = *from;
                }
                Ok(Self(code))
            }

            /// The code.
            pub fn as_str(&self) -> &str {
                let len = self.0.iter().position(|b| *b == 0).unwrap_or($max);
                std::str::from_utf8(&self.0[..len]).expect("checked to be ASCII when parsed")
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

fixed_code! {
    /// Where journeys begin, call and end: an airport or city of three letters (IATA Resolution
    /// 763, `KEF`), an aerodrome of four (ICAO Doc 7910, `BIKF`), or a seaport, station or other
    /// place of five characters (UN/LOCODE, `ISREY`).
    Port, 3..=5, |b| match b {
        [state @ .., _, _, _] if b.len() == 5 => {
            let place = |b: &u8| b.is_ascii_uppercase() || (b'2'..=b'9').contains(b);
            state.iter().all(u8::is_ascii_uppercase) && b[2..].iter().all(place)
        }
        _ => b.iter().all(u8::is_ascii_uppercase),
    },
    "a code of a place: three, four or five capital letters"
}

impl Port {
    /// The code of an airport or city, which has three letters.
    pub fn airport(text: &str) -> Result<Self, NotACode> {
        Self::parse(text)
            .ok()
            .filter(|_| text.len() == 3)
            .ok_or(NotACode {
                expected: "an airport code of three capital letters",
                len: text.len(),
            })
    }
}

fixed_code! {
    /// Airline designator of two characters (IATA) or three letters (ICAO), e.g. `ZQ`, `3Z`.
    Carrier, 2..=3, |b| b.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
    "a carrier code of two or three capital letters or digits"
}

fixed_code! {
    /// State as passports name it: ISO 3166-1 alpha-3 or an ICAO Doc 9303 part 3 extra such as
    /// `UTO`, `XXA` or the one letter `D`. Other codes are kept where their shape fits.
    Country, 1..=3, |b| b.iter().all(u8::is_ascii_uppercase),
    "a state code of up to three capital letters"
}
