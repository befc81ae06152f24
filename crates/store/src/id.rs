//! Opaque identifiers made from content.
//!
//! Invariant: the same thing has the same identifier on every node and after every replay, and an
//! identifier says nothing about a person: it is 128 bits of SHA-256 over message digests, places
//! in messages and list entries, never over a name or a number alone.

use jiff::Timestamp;
use oriel_model::{JourneyKey, MessageKey, Mode};
use sha2::{Digest, Sha256};
use std::fmt;

/// 128 bits, written as 26 lower-case letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id([u8; 16]);

/// Crockford's base 32 in lower case: no `i`, `l`, `o`, `u`.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl Id {
    /// The first 128 bits of a message digest.
    pub fn of_message(key: &MessageKey) -> Self {
        let (first, _) = key.split_first_chunk().expect("a digest has 32 bytes");
        Self(*first)
    }

    /// Of a journey in the records of one recipient.
    ///
    /// Flights with a number have the identifiers they had before there were other journeys.
    pub fn of_journey(compartment: &str, key: &JourneyKey) -> Self {
        let carrier = key.carrier.map(|c| c.to_string()).unwrap_or_default();
        let number = key.number.to_string();
        let from = key.from.map(|a| a.to_string()).unwrap_or_default();
        let to = key.to.map(|a| a.to_string()).unwrap_or_default();
        let date = key.date.map(|d| d.to_string()).unwrap_or_default();
        let flight: [&str; 6] = ["journey", compartment, &carrier, &number, &from, &date];
        let other: [&str; 4] = [key.mode.name(), &key.service, &key.vehicle, &to];
        if other == [Mode::Air.name(), "", "", ""] {
            Self::of(&flight, &[])
        } else {
            Self::of(&[&flight[..], &other[..]].concat(), &[])
        }
    }

    /// Of the person whose first mention on `journey` is number `place` of message `message`.
    pub fn of_traveller(journey: Self, message: &MessageKey, place: u32) -> Self {
        Self::of(&["traveller"], &[&journey.0, message, &place.to_be_bytes()])
    }

    /// Of a hit of a traveller on an entry of a list.
    pub fn of_hit(traveller: Self, list: &str, entry: &str) -> Self {
        Self::of(&["hit", list, entry], &[&traveller.0])
    }

    /// Of a piece of evidence about a traveller.
    pub fn of_evidence(traveller: Self, kind: &str, object: &str) -> Self {
        Self::of(&["evidence", kind, object], &[&traveller.0])
    }

    /// Of something that was set down at an instant: an unmasking, a hold, a person's request.
    /// `words` say what it is, whose and for what; `about` are the persons.
    pub fn of_record(words: &[&str], at: Timestamp, about: &[Self]) -> Self {
        let at = at.as_microsecond().to_be_bytes();
        let mut bytes: Vec<&[u8]> = vec![&at];
        bytes.extend(about.iter().map(|id| &id.0[..]));
        Self::of(words, &bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From stored bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, crate::StoreError> {
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| crate::StoreError::damaged("an identifier"))
    }

    /// Reads `prefix_` and 26 characters, as the API writes them.
    pub fn parse(text: &str, prefix: &str) -> Option<Self> {
        let digits = text.strip_prefix(prefix)?.strip_prefix('_')?.as_bytes();
        if digits.len() != 26 {
            return None;
        }
        let mut value: u128 = 0;
        for (place, digit) in digits.iter().enumerate() {
            let five = DIGITS.iter().position(|d| d == digit)? as u128;
            if place == 0 && five > 7 {
                return None;
            }
            value = (value << 5) | five;
        }
        Some(Self(value.to_be_bytes()))
    }

    /// With its prefix, such as `trv`.
    pub fn display(&self, prefix: &str) -> String {
        format!("{prefix}_{self}")
    }

    fn of(texts: &[&str], bytes: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in texts
            .iter()
            .map(|text| text.as_bytes())
            .chain(bytes.iter().copied())
        {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let hash: [u8; 32] = digest.finalize().into();
        Self::of_message(&hash)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = u128::from_be_bytes(self.0);
        for place in (0..26).rev() {
            let digit = DIGITS[(value >> (place * 5)) as usize & 31];
            write!(f, "{}", char::from(digit))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_model::{Carrier, FlightNumber, Port};

    #[test]
    fn a_flight_keeps_its_identifier_and_other_journeys_differ() {
        let flight = JourneyKey {
            carrier: Carrier::parse("ZQ").ok(),
            number: FlightNumber::parse("0417").unwrap(),
            from: Port::airport("KEF").ok(),
            date: Some(jiff::civil::date(2026, 11, 22)),
            ..JourneyKey::default()
        };
        let id = |key: &JourneyKey| Id::of_journey("piu", key).to_string();
        assert_eq!(id(&flight), "29vmady48srd24captvz7wveq4");
        let others = [
            JourneyKey {
                mode: Mode::Rail,
                ..flight.clone()
            },
            JourneyKey {
                service: "EN 471".into(),
                ..flight.clone()
            },
            JourneyKey {
                vehicle: "imo:9074729".into(),
                ..flight.clone()
            },
            JourneyKey {
                to: Port::parse("PTLIS").ok(),
                ..flight.clone()
            },
        ];
        let mut ids: Vec<String> = others.iter().map(id).collect();
        ids.push(id(&flight));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 5);
    }

    #[test]
    fn text_and_back() {
        for seed in 0..200u8 {
            let id = Id::of(&["x"], &[&[seed]]);
            assert_eq!(Id::parse(&id.display("trv"), "trv"), Some(id));
        }
        let id = Id([0xff; 16]);
        assert_eq!(Id::parse(&id.display("trv"), "trv"), Some(id));
        assert_eq!(Id::parse(&id.display("trv"), "msg"), None);
        assert_eq!(Id::parse("trv_", "trv"), None);
        assert_eq!(Id::parse("trv_zzzzzzzzzzzzzzzzzzzzzzzzzz", "trv"), None);
    }
}
