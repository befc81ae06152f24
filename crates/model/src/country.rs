//! What a state code stands for: names, alpha-2 codes, and the codes that mean the same state.
//!
//! - Source: ISO 3166-1 and ICAO Doc 9303 part 3, section 5, as `data/README.md` says.
//! - Invariant: a code that is in no table is still a [`Country`]; these functions only say less
//!   about it.

use crate::Country;
use crate::country_table::{ALPHA2, COUNTRIES, NAMES};
use crate::spelled;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

impl Country {
    /// The state of an ISO 3166-1 alpha-2 code, capital letters; also `UK` and `EL`, which ISO
    /// reserves and forms use, and `XU`, Utopia.
    pub fn from_alpha2(code: &str) -> Option<Self> {
        let code = match code {
            "UK" => "GB",
            "EL" => "GR",
            other => other,
        };
        let at = ALPHA2.binary_search_by_key(&code, |row| row.0).ok()?;
        Self::parse(ALPHA2[at].1).ok()
    }

    /// The state of a name in English, French, Spanish, Russian, Arabic or Chinese, or of a
    /// two- or three-letter code; case, accents and punctuation do not matter.
    ///
    /// `None` for names that several states share.
    pub fn from_name(name: &str) -> Option<Self> {
        let folded = fold(name);
        FOLDED.get(&folded).copied().or_else(|| {
            let code = folded.to_ascii_uppercase();
            match code.len() {
                2 => Self::from_alpha2(&code),
                3 => Self::parse(&code).ok().filter(|country| country.is_known()),
                _ => None,
            }
        })
    }

    /// Whether the code is in ISO 3166-1 or among the extras of ICAO Doc 9303.
    pub fn is_known(&self) -> bool {
        row(self.as_str()).is_some()
    }

    /// The state that is compared: `DEU` for `D`, `GBR` for `GBN`; itself for most.
    #[must_use]
    pub fn canonical(&self) -> Self {
        row(self.as_str())
            .and_then(|row| Self::parse(row.1).ok())
            .unwrap_or(*self)
    }

    /// English short name.
    pub fn name_en(&self) -> Option<&'static str> {
        let (_, canonical, name) = row(self.as_str())?;
        if name.is_empty() {
            row(canonical).map(|row| row.2)
        } else {
            Some(name)
        }
    }
}

fn row(code: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    let at = ROWS[spelled::place(code)].checked_sub(1)?;
    COUNTRIES.get(usize::from(at)).filter(|row| row.0 == code)
}

/// Row of each code, counted from 1, at its place: messages name states again and again.
static ROWS: [u16; spelled::PLACES] = {
    let mut rows = [0; spelled::PLACES];
    let mut at = 0;
    while at < COUNTRIES.len() {
        rows[spelled::place(COUNTRIES[at].0)] = at as u16 + 1;
        at += 1;
    }
    rows
};

/// Every name, folded; what becomes ambiguous by folding names nobody.
static FOLDED: LazyLock<FxHashMap<String, Country>> = LazyLock::new(|| {
    let mut map: FxHashMap<String, Option<Country>> = FxHashMap::default();
    for (name, code) in NAMES {
        let country = Country::parse(code).ok();
        map.entry(fold(name))
            .and_modify(|known| {
                if *known != country {
                    *known = None;
                }
            })
            .or_insert(country);
    }
    map.into_iter()
        .filter_map(|(name, country)| Some((name, country?)))
        .collect()
});

/// Lower case, letters and digits only, accents of Latin letters and a leading article removed.
fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => out.push('a'),
            'ç' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' => out.push('i'),
            'ñ' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
            'ё' => out.push('е'),
            _ if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    match out.strip_prefix("the") {
        Some(rest) if rest.len() > 3 => rest.to_owned(),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::parse(code).unwrap()
    }

    #[test]
    fn tables_are_sorted_and_refer_to_each_other() {
        assert!(COUNTRIES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ALPHA2.is_sorted_by(|a, b| a.0 < b.0));
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
        for (code, canonical, ..) in COUNTRIES {
            assert_eq!(country(code).canonical().as_str(), *canonical);
            assert_eq!(
                country(canonical).canonical().as_str(),
                *canonical,
                "{code}"
            );
            assert!(country(code).name_en().is_some(), "{code}");
        }
        for (_, code) in ALPHA2.iter().chain(NAMES) {
            assert!(country(code).is_known(), "{code}");
        }
    }

    #[test]
    fn passport_codes_are_compared_by_the_state_they_stand_for() {
        for (code, canonical) in [
            ("D", "DEU"),
            ("GBN", "GBR"),
            ("RKS", "RKS"),
            ("XKX", "RKS"),
            ("ZAR", "COD"),
            ("UTO", "UTO"),
            ("QQQ", "QQQ"),
        ] {
            assert_eq!(country(code).canonical(), country(canonical), "{code}");
        }
        assert_eq!(country("D").name_en(), Some("Germany"));
        assert_eq!(country("QQQ").name_en(), None);
    }

    #[test]
    fn alpha2_codes_are_read_with_the_two_that_forms_invent() {
        for (alpha2, alpha3) in [("SE", "SWE"), ("UK", "GBR"), ("EL", "GRC"), ("XU", "UTO")] {
            assert_eq!(
                Country::from_alpha2(alpha2),
                Some(country(alpha3)),
                "{alpha2}"
            );
        }
        assert_eq!(Country::from_alpha2("QQ"), None);
        assert_eq!(Country::from_alpha2("se"), None);
    }

    #[test]
    fn names_of_six_languages_are_read_whatever_their_spelling() {
        for (name, code) in [
            ("Norway", "NOR"),
            ("NORVÈGE", "NOR"),
            ("noruega", "NOR"),
            ("Норвегия", "NOR"),
            ("النرويج", "NOR"),
            ("挪威", "NOR"),
            ("Iran (Islamic Republic of)", "IRN"),
            ("Democratic People's Republic of Korea", "PRK"),
            ("DEMOCRATIC PEOPLE’S REPUBLIC OF KOREA", "PRK"),
            ("The Netherlands", "NLD"),
            ("Syrian Arab Republic", "SYR"),
            ("Côte d'Ivoire", "CIV"),
            ("Congo", "COG"),
            ("nor", "NOR"),
            ("ht", "HTI"),
            ("Utopia", "UTO"),
        ] {
            assert_eq!(Country::from_name(name), Some(country(code)), "{name}");
        }
        for name in ["", "Atlantis", "qqq"] {
            assert_eq!(Country::from_name(name), None, "{name}");
        }
    }
}
