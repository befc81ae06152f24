//! What a key is for: a class of data and a day.

use std::fmt;

/// What is sealed: each class has keys of its own, which are destroyed at a time of its own.
///
/// The numbers are part of every sealed value and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// Everything about a journey, until it is masked.
    Whole = 0,
    /// What stays readable after masking.
    Open = 1,
    /// What masking takes away: any ring seals it, only a vault opens it.
    Masked = 2,
    /// Records with recorded objective evidence, after the initial period.
    Kept = 3,
    /// Time-boxed copies made by an approved unmasking; their day is the one on which they end.
    Opened = 4,
    /// Lists and secrets, which have no day: always [`Bucket`] 0.
    Static = 5,
}

impl Class {
    /// Every class, by its number.
    pub const ALL: [Self; 6] = [
        Self::Whole,
        Self::Open,
        Self::Masked,
        Self::Kept,
        Self::Opened,
        Self::Static,
    ];

    /// Its name in words of people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Open => "open",
            Self::Masked => "masked",
            Self::Kept => "kept",
            Self::Opened => "opened",
            Self::Static => "static",
        }
    }

    /// The class of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The day a key belongs to: UTC days since 1970-01-01 of the instant from which retention runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bucket(pub u32);

impl Bucket {
    /// The last day for which there are keys: 2149-06-06. The bound keeps a wrong date from
    /// deriving keys for hours.
    pub const LAST: Self = Self(u16::MAX as u32);
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "day {}", self.0)
    }
}
