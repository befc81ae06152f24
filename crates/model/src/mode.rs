//! By what people cross the border, and the vehicle that carries them.
//!
//! - Source: UN/ECE Recommendation 19 (data element 8067: 1 sea, 2 rail, 3 road, 4 air); IMO
//!   Resolution A.1117(30) for the check digit of ship numbers.
//! - Invariant: a journey is by air unless a message says otherwise, so that what was known of
//!   flights before there were other modes stays as it is.

use crate::{Country, Text};

/// Mode of transport.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// Aircraft, scheduled or not.
    #[default]
    Air,
    /// Ships, ferries and small craft.
    Sea,
    /// Trains.
    Rail,
    /// Coaches and other road vehicles.
    Road,
}

impl Mode {
    /// Every mode with its name in outputs and profiles.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("air", Self::Air),
        ("sea", Self::Sea),
        ("rail", Self::Rail),
        ("road", Self::Road),
    ];

    /// Name in outputs, profiles and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Air => "air",
            Self::Sea => "sea",
            Self::Rail => "rail",
            Self::Road => "road",
        }
    }

    /// The mode of a name as [`Self::name`] gives it.
    pub fn parse(name: &str) -> Option<Self> {
        let row = Self::ROWS.iter().find(|row| row.0 == name);
        row.map(|row| row.1)
    }
}

/// A ship, aircraft, train or coach, as far as it is told apart from others of its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Vehicle {
    /// IMO number of a ship: seven digits, as sent where they are not.
    pub imo: Text,
    /// Radio call sign.
    pub call_sign: Text,
    /// Maritime mobile service identity: nine digits.
    pub mmsi: Text,
    /// Registration marks of an aircraft, plate of a coach, number of a trainset.
    pub registration: Text,
    /// Name of a ship.
    pub name: Text,
    /// State whose flag it flies or in which it is registered.
    pub flag: Option<Country>,
}

impl Vehicle {
    /// Whether nothing is known of it.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// What it is known by, the surest first: `imo:9074729`, `mmsi:251000123`, `call:TFXX`,
    /// `reg:TFABC`, `name:MVFJORDHOLM`; empty when nothing is known.
    ///
    /// Letters and digits alone count, so that `TF-ABC` and `TF ABC` are one aircraft.
    pub fn key(&self) -> Text {
        let rows = [
            ("imo:", &self.imo),
            ("mmsi:", &self.mmsi),
            ("call:", &self.call_sign),
            ("reg:", &self.registration),
            ("name:", &self.name),
        ];
        for (kind, value) in rows {
            let letters = value.chars().filter(|c| c.is_alphanumeric());
            let letters: Text = letters.flat_map(char::to_uppercase).collect();
            if !letters.is_empty() {
                let mut key = Text::const_new(kind);
                key.push_str(&letters);
                return key;
            }
        }
        Text::default()
    }

    /// Takes from an older description what this one leaves out.
    pub(crate) fn fill_from(&mut self, older: &Self) {
        let fields = [
            (&mut self.imo, &older.imo),
            (&mut self.call_sign, &older.call_sign),
            (&mut self.mmsi, &older.mmsi),
            (&mut self.registration, &older.registration),
            (&mut self.name, &older.name),
        ];
        for (mine, theirs) in fields {
            if mine.is_empty() {
                mine.clone_from(theirs);
            }
        }
        self.flag = self.flag.or(older.flag);
    }

    /// The vehicle as people say it: its name, else what else it is known by.
    pub fn shown(&self) -> &str {
        [
            &self.name,
            &self.registration,
            &self.call_sign,
            &self.imo,
            &self.mmsi,
        ]
        .into_iter()
        .find(|text| !text.is_empty())
        .map_or("", |text| text)
    }
}

/// Whether the last of the seven digits of an IMO number follows from the others.
///
/// ```
/// assert!(oriel_model::imo_number_holds("9074729"));
/// assert!(!oriel_model::imo_number_holds("9074728"));
/// ```
pub fn imo_number_holds(number: &str) -> bool {
    let &[ref digits @ .., check] = number.as_bytes() else {
        return false;
    };
    let shaped = number.len() == 7 && number.bytes().all(|b| b.is_ascii_digit());
    let weighted = digits.iter().zip((2..=7).rev());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(*digit & 0xf) * weight)
        .sum();
    shaped && sum % 10 == u32::from(check & 0xf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vehicle_is_known_by_the_surest_of_its_marks() {
        let mut ship = Vehicle {
            name: "MV Fjordholm".into(),
            ..Vehicle::default()
        };
        assert_eq!(ship.key(), "name:MVFJORDHOLM");
        ship.call_sign = "TF-XX".into();
        assert_eq!(ship.key(), "call:TFXX");
        ship.imo = "9074729".into();
        assert_eq!(ship.key(), "imo:9074729");
        assert_eq!(ship.shown(), "MV Fjordholm");
        assert_eq!(Vehicle::default().key(), "");
    }

    #[test]
    fn every_wrong_digit_of_an_imo_number_is_noticed_or_weighs_nothing() {
        for at in 0..7 {
            for digit in b'0'..=b'9' {
                let mut number = *b"9074729";
                let was = number[at];
                number[at] = digit;
                let number = std::str::from_utf8(&number).unwrap();
                let weight = if at == 6 { 1 } else { 7 - at as i32 };
                let moved = (i32::from(digit) - i32::from(was)) * weight;
                assert_eq!(imo_number_holds(number), moved % 10 == 0, "{number}");
            }
        }
        for odd in ["", "907472", "90747290", "90747 9", "IMO9074"] {
            assert!(!imo_number_holds(odd), "{odd}");
        }
    }

    #[test]
    fn names_of_modes_lead_back() {
        for (name, mode) in Mode::ROWS {
            assert_eq!((mode.name(), Mode::parse(name)), (*name, Some(*mode)));
        }
        assert_eq!(Mode::parse("AIR"), None);
    }
}
