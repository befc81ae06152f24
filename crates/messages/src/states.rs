//! Reads state codes: three letters as asked for, two as often sent.

use oriel_model::Country;

/// A state code as sent, and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Three letters, or one, that ISO 3166-1 or ICAO Doc 9303 lists.
    Listed(Country),
    /// Two letters of ISO 3166-1, as their three.
    FromAlpha2(Country),
    /// The shape of a code, but in no list; kept as sent.
    Unlisted(Country),
    /// Not the shape of a code.
    Unreadable,
}

impl State {
    /// Reads a code without blanks around it.
    pub(crate) fn read(text: &str) -> Self {
        if text.len() == 2
            && let Some(country) = Country::from_alpha2(text)
        {
            return Self::FromAlpha2(country);
        }
        match Country::parse(text) {
            Ok(country) if country.is_known() => Self::Listed(country),
            Ok(country) => Self::Unlisted(country),
            Err(_) => Self::Unreadable,
        }
    }

    /// The code that is kept.
    pub(crate) fn country(self) -> Option<Country> {
        match self {
            Self::Listed(country) | Self::FromAlpha2(country) | Self::Unlisted(country) => {
                Some(country)
            }
            Self::Unreadable => None,
        }
    }
}
