//! States as lists and messages name them, and which of them stand for one another.
//!
//! - In: a code of two or three letters (ISO 3166-1, ICAO Doc 9303 part 3 section 5, codes of
//!   former states) or an English name.  Out: three letters.
//! - Invariant: codes that name no state (`XXX`, `XXA`, `UNO`…) are `None`: statelessness or an
//!   unknown state is neither agreement nor conflict.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("country.csv");

/// Other codes for states of the table.
const ALIASES: &[(&str, &str)] = &[
    ("D", "DEU"),
    ("GBD", "GBR"),
    ("GBN", "GBR"),
    ("GBO", "GBR"),
    ("GBP", "GBR"),
    ("GBS", "GBR"),
    ("RKS", "XKX"),
    ("KOS", "XKX"),
    ("UNK", "XKX"),
    ("ROM", "ROU"),
    ("ZAR", "COD"),
    ("TMP", "TLS"),
    ("DDR", "DEU"),
    ("UK", "GBR"),
    ("EL", "GRC"),
];

/// Former states, their codes, and the states that came after them.
const FORMER: &[(&[&str], &str, &[&str])] = &[
    (
        &[
            "SUHH",
            "SU",
            "SOVIET UNION",
            "USSR",
            "UNION OF SOVIET SOCIALIST REPUBLICS",
        ],
        "SUN",
        &[
            "RUS", "UKR", "BLR", "KAZ", "UZB", "TKM", "KGZ", "TJK", "ARM", "AZE", "GEO", "MDA",
            "EST", "LVA", "LTU",
        ],
    ),
    (
        &["YUCS", "YU", "YUGOSLAVIA", "FORMER YUGOSLAVIA"],
        "YUG",
        &["SRB", "HRV", "BIH", "SVN", "MKD", "MNE", "XKX", "SCG"],
    ),
    (
        &["CSXX", "CS", "SERBIA AND MONTENEGRO"],
        "SCG",
        &["SRB", "MNE", "XKX"],
    ),
    (&["CSHH", "CZECHOSLOVAKIA"], "CSK", &["CZE", "SVK"]),
    (
        &["AN", "NETHERLANDS ANTILLES"],
        "ANT",
        &["NLD", "CUW", "SXM", "BES"],
    ),
    (&[], "SDN", &["SSD"]),
    (&[], "CHN", &["HKG", "MAC"]),
    (&[], "SRB", &["XKX"]),
];

struct Countries {
    codes: FxHashMap<&'static str, &'static str>,
    tiers: FxHashMap<&'static str, u8>,
}

static COUNTRIES: LazyLock<Countries> = LazyLock::new(|| {
    let mut codes = FxHashMap::default();
    let mut tiers = FxHashMap::default();
    for row in TABLE.lines().filter(|l| !l.starts_with('#')) {
        let fields: Vec<&'static str> = row.split(',').collect();
        let [alpha3, alpha2, tier, names] = fields[..] else {
            continue;
        };
        codes.insert(alpha3, alpha3);
        if !alpha2.is_empty() {
            codes.insert(alpha2, alpha3);
        }
        codes.extend(names.split('|').map(|n| (n, alpha3)));
        tiers.insert(alpha3, tier.parse().unwrap_or(3));
    }
    codes.extend(ALIASES.iter().copied());
    for (names, code, _) in FORMER {
        codes.entry(code).or_insert(code);
        codes.extend(names.iter().map(|n| (*n, *code)));
    }
    Countries { codes, tiers }
});

/// The three letters of a state named by code or in English; `None` if no state is named.
pub fn country_code(text: &str) -> Option<&'static str> {
    let mut name = oriel_names::romanise(text).text;
    name.retain(|c| c != ',');
    let codes = &COUNTRIES.codes;
    codes.get(name.as_str()).copied().or_else(|| {
        let bare = name.strip_prefix("THE ")?;
        codes.get(bare).copied()
    })
}

/// How many travellers come from a state: 1 many, 2 some, 3 few.
pub(crate) fn tier(code: &str) -> u8 {
    COUNTRIES.tiers.get(code).copied().unwrap_or(3)
}

/// Every state that a list may name for a person of this state: itself, states that came after it,
/// and states it came from.
pub(crate) fn compatible(code: &str) -> Vec<&str> {
    let mut states = vec![code];
    for (_, former, after) in FORMER {
        if *former == code {
            states.extend(*after);
        }
        if after.contains(&code) {
            states.push(former);
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::{compatible, country_code};

    #[test]
    fn states_are_known_by_code_and_by_name() {
        for (text, code) in [
            ("FRA", "FRA"),
            ("fr", "FRA"),
            ("D", "DEU"),
            ("GBN", "GBR"),
            ("Russian Federation", "RUS"),
            ("Côte d'Ivoire", "CIV"),
            ("Iran (Islamic Republic of)", "IRN"),
            ("Democratic People's Republic of Korea", "PRK"),
            ("The Sudan", "SDN"),
            ("suhh", "SUN"),
            ("Türkiye", "TUR"),
            ("Utopia", "UTO"),
            ("xk", "XKX"),
        ] {
            assert_eq!(country_code(text), Some(code), "{text}");
        }
    }

    #[test]
    fn codes_of_no_state_are_none() {
        for text in ["XXA", "XXX", "UNO", "", "Narnia"] {
            assert_eq!(country_code(text), None, "{text}");
        }
    }

    #[test]
    fn a_former_state_goes_with_its_successors() {
        assert!(compatible("SUN").contains(&"UZB") && compatible("LVA").contains(&"SUN"));
        assert!(!compatible("UZB").contains(&"LVA"));
    }
}
