//! The airports of the simulated world: Utopia's own, and where its flights come from.
//!
//! Codes, states and clocks are facts (the gazetteer of `oriel-model`); the flying times are
//! rounded guesses from an island in mid-Atlantic.

/// Utopia's airports, the hub first.
pub(crate) static HOME: &[&str] = &["UXA", "UXB", "UXN", "UXM"];

/// The hub.
pub(crate) const HUB: &str = "UXA";

/// A far end.
pub(crate) struct Far {
    /// Airport.
    pub(crate) code: &'static str,
    /// Minutes of flight from Utopia.
    pub(crate) minutes: i64,
    /// Where the flight calls on its way, if it is too far to go at once or wants more
    /// passengers, and the minutes from Utopia to there.
    pub(crate) via: Option<(&'static str, i64)>,
    /// Culture of most people who live there.
    pub(crate) culture: &'static str,
}

const fn far(code: &'static str, minutes: i64, culture: &'static str) -> Far {
    Far {
        code,
        minutes,
        via: None,
        culture,
    }
}

const fn by_way_of(
    code: &'static str,
    minutes: i64,
    via: (&'static str, i64),
    culture: &'static str,
) -> Far {
    Far {
        code,
        minutes,
        via: Some(via),
        culture,
    }
}

/// Every far end.
pub(crate) static FAR: &[Far] = &[
    far("LIS", 140, "portuguese"),
    far("OPO", 145, "portuguese"),
    far("MAD", 175, "spanish"),
    far("BCN", 205, "spanish"),
    far("CDG", 230, "french"),
    far("BRU", 245, "french"),
    far("LHR", 230, "english"),
    far("MAN", 225, "english"),
    far("DUB", 205, "english"),
    far("AMS", 250, "german"),
    far("FRA", 270, "german"),
    far("VIE", 310, "german"),
    far("ZRH", 265, "german"),
    far("KEF", 255, "icelandic"),
    far("OSL", 305, "nordic"),
    far("ARN", 330, "nordic"),
    far("CPH", 300, "nordic"),
    far("HEL", 360, "nordic"),
    far("WAW", 340, "polish"),
    far("KRK", 330, "polish"),
    far("ATH", 345, "greek"),
    far("IST", 365, "turkish"),
    far("CMN", 160, "maghrebi"),
    far("ALG", 225, "maghrebi"),
    far("TUN", 260, "maghrebi"),
    far("CAI", 410, "mashriqi"),
    far("DSS", 255, "senegambian"),
    far("ABJ", 330, "senegambian"),
    by_way_of("BKO", 420, ("DSS", 255), "senegambian"),
    far("LOS", 385, "nigerian"),
    by_way_of("ACC", 430, ("ABJ", 330), "nigerian"),
    by_way_of("ADD", 690, ("CAI", 410), "ethiopian"),
    by_way_of("NBO", 760, ("LIS", 140), "somali"),
    by_way_of("JIB", 800, ("CAI", 410), "somali"),
    far("AMM", 430, "mashriqi"),
    by_way_of("DXB", 640, ("ATH", 345), "mashriqi"),
    by_way_of("IKA", 620, ("IST", 365), "persian"),
    by_way_of("ISB", 830, ("IST", 365), "pakistani"),
    by_way_of("DEL", 860, ("FRA", 270), "indian"),
    by_way_of("PEK", 1010, ("FRA", 270), "chinese"),
    by_way_of("ICN", 1090, ("HEL", 360), "korean"),
    by_way_of("SGN", 1150, ("IST", 365), "vietnamese"),
    by_way_of("CGK", 1200, ("AMS", 250), "indonesian"),
    far("BOS", 300, "english"),
    far("JFK", 325, "english"),
    far("YYZ", 375, "english"),
    far("MIA", 430, "spanish"),
    far("GRU", 560, "portuguese"),
    far("BOG", 500, "spanish"),
    by_way_of("MEX", 650, ("MIA", 430), "spanish"),
];

/// Pairs of far ends whose flights pass over Utopia, with the minutes between them.
pub(crate) static OVER: &[(&str, &str, i64)] = &[
    ("LIS", "JFK", 480),
    ("MAD", "BOS", 460),
    ("CMN", "YYZ", 510),
    ("MIA", "LIS", 490),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::culture::CULTURES;
    use oriel_model::Port;

    #[test]
    fn every_airport_is_in_the_gazetteer() {
        let state = |code: &str| {
            let place = Port::airport(code).unwrap().place().expect(code);
            place.country.as_str().to_owned()
        };
        for code in HOME {
            assert_eq!(state(code), "UTO");
        }
        for end in FAR {
            assert_ne!(state(end.code), "UTO");
            assert!(
                CULTURES.iter().any(|c| c.name == end.culture),
                "{}",
                end.culture
            );
            if let Some((via, minutes)) = end.via {
                assert_ne!(state(via), state(end.code));
                assert!(minutes + 60 < end.minutes, "{}", end.code);
            }
        }
        for (from, to, _) in OVER {
            assert_ne!(state(from), state(to));
        }
    }
}
