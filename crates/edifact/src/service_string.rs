//! Which byte separates what: the service string advice UNA and its defaults.
//!
//! - Source: ISO 9735-1, clause 7 and annex on UNA; level B control characters from the same.
//! - Invariant: the five roles never share a byte, so tokenising is unambiguous.

use std::fmt;

/// The service characters in force for one interchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceString {
    /// Between the components of a composite, `:` by default.
    pub component: u8,
    /// Between data elements, `+` by default.
    pub element: u8,
    /// Decimal mark. Readers accept both `.` and `,` whatever stands here.
    pub decimal: u8,
    /// Makes the next byte literal, `?` by default; `None` where UNA holds a blank.
    pub release: Option<u8>,
    /// Between repetitions of an element; only ever active in syntax version 4.
    pub repetition: Option<u8>,
    /// Ends a segment, `'` by default.
    pub terminator: u8,
}

/// Why nine bytes that start with `UNA` are not a usable service string advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceStringFault {
    /// Fewer than nine bytes before the next segment.
    TooShort,
    /// Two roles share one byte, or a role is given to a letter, a digit or a blank.
    Ambiguous,
    /// The header that follows uses other separators than UNA declares.
    NotFollowed,
}

impl fmt::Display for ServiceStringFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "UNA has fewer than nine bytes",
            Self::Ambiguous => "UNA gives two roles to one character",
            Self::NotFollowed => "UNB does not use the separators that UNA declares",
        })
    }
}

impl ServiceString {
    /// Level A defaults: `:+.? '`.
    pub const LEVEL_A: Self = Self {
        component: b':',
        element: b'+',
        decimal: b'.',
        release: Some(b'?'),
        repetition: None,
        terminator: b'\'',
    };

    /// Level B control characters IS1, IS3, IS4; there is no release character.
    pub const LEVEL_B: Self = Self {
        component: 0x1f,
        element: 0x1d,
        decimal: b'.',
        release: None,
        repetition: None,
        terminator: 0x1c,
    };

    /// Reads the nine bytes of UNA at the start of `bytes`.
    ///
    /// The repetition character is read but stays inactive until [`Self::for_version`] says that
    /// the interchange declares syntax version 4: real senders write `*` there in version 1 and
    /// use `*` as text.
    pub fn from_una(bytes: &[u8]) -> Result<Self, ServiceStringFault> {
        let Some(&[component, element, decimal, release, repetition, terminator]) = bytes.get(3..9)
        else {
            return Err(ServiceStringFault::TooShort);
        };
        let read = Self {
            component,
            element,
            decimal,
            release: (release != b' ').then_some(release),
            repetition: (repetition != b' ').then_some(repetition),
            terminator,
        };
        if read.is_unambiguous() {
            Ok(read)
        } else {
            Err(ServiceStringFault::Ambiguous)
        }
    }

    /// Level A with other separators, for an interchange without UNA; `None` when two roles would
    /// share one byte. The release character is `?` unless that byte separates something.
    pub fn from_separators(component: u8, element: u8, terminator: u8) -> Option<Self> {
        let separators = [component, element, terminator];
        let read = Self {
            component,
            element,
            terminator,
            release: (!separators.contains(&b'?')).then_some(b'?'),
            ..Self::LEVEL_A
        };
        read.is_unambiguous().then_some(read)
    }

    /// The same characters as they act under syntax version `version` (S001, 0002).
    #[must_use]
    pub fn for_version(mut self, version: u8) -> Self {
        if version < 4 {
            self.repetition = None;
        }
        self
    }

    fn is_unambiguous(self) -> bool {
        let roles = [
            Some(self.component),
            Some(self.element),
            Some(self.terminator),
            self.release,
            self.repetition,
        ];
        let given = || {
            roles
                .iter()
                .enumerate()
                .filter_map(|(i, r)| r.map(|r| (i, r)))
        };
        let distinct = given().all(|(i, a)| given().all(|(j, b)| i == j || a != b));
        distinct && given().all(|(_, r)| !r.is_ascii_alphanumeric() && r != b' ' && r < 0x80)
    }
}
