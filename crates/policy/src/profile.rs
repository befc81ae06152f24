//! The legal profile: versioned data, each value with its clause.
//!
//! - In: TOML text.  Out: a [`Profile`] that is complete and holds no unknown key.
//! - Invariant: an element that is not listed is not kept; [`Element::Unmapped`] cannot be listed.

use oriel_model::Element;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// One state's law in force, as far as software can enforce it.
#[derive(Clone, Debug)]
pub struct Profile {
    raw: Raw,
    keeps: u64,
}

/// Which decisions a second person must check before they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewRule {
    /// None.
    Never,
    /// Every "same".
    Same,
    /// Every decision.
    Always,
}

/// Why a profile could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not TOML, an unknown key, or a missing clause.
    #[error("the profile cannot be read")]
    Read(#[from] toml::de::Error),
    /// An element name that is not in the table.
    #[error("the profile allows an element named {0:?}, which this version does not know")]
    UnknownElement(String),
    /// No profile of this name comes with the program.
    #[error("there is no profile {0:?}; profiles that come with Oriel: {1}")]
    Unknown(String, String),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    version: String,
    title: String,
    home: Vec<String>,
    modules: Modules,
    elements: BTreeMap<String, Clause>,
    sensitive: Sensitive,
    act_by: ActBy,
    review: Review,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    clause: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Modules {
    api: Switch,
    pnr: Switch,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    on: bool,
    #[expect(
        dead_code,
        reason = "required so that no value stands without its source"
    )]
    clause: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sensitive {
    clause: String,
    services: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    value: u32,
    #[expect(
        dead_code,
        reason = "required so that no value stands without its source"
    )]
    clause: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActBy {
    gate_closes_minutes: Number,
    handover_departure_minutes: Number,
    handover_arrival_minutes: Number,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Review {
    second_check: SecondCheck,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecondCheck {
    value: ReviewRule,
    clause: String,
}

/// Profiles that come with the program.
const BUILTIN: &[(&str, &str)] = &[
    ("eu-2022", include_str!("../../../profiles/eu-2022.toml")),
    ("utopia", include_str!("../../../profiles/utopia.toml")),
];

/// Names of elements in profiles. [`Element::Structure`] is always kept and
/// [`Element::Unmapped`] never, so neither can be named.
const ELEMENTS: &[(&str, Element)] = &[
    ("agency", Element::Agency),
    ("baggage", Element::Baggage),
    ("birth_date", Element::BirthDate),
    ("birth_place", Element::BirthPlace),
    ("booking_date", Element::BookingDate),
    ("capture", Element::Capture),
    ("carrier_contact", Element::CarrierContact),
    ("contact", Element::Contact),
    ("crew", Element::Crew),
    ("destination", Element::Destination),
    ("document", Element::Document),
    ("frequent_flyer", Element::FrequentFlyer),
    ("government_ref", Element::GovernmentRef),
    ("history", Element::History),
    ("itinerary", Element::Itinerary),
    ("locator", Element::Locator),
    ("minor", Element::Minor),
    ("name", Element::Name),
    ("nationality", Element::Nationality),
    ("non_air", Element::NonAir),
    ("payment", Element::Payment),
    ("remark", Element::Remark),
    ("residence", Element::Residence),
    ("seat", Element::Seat),
    ("service", Element::Service),
    ("sex", Element::Sex),
    ("split", Element::Split),
    ("status", Element::Status),
    ("ticket", Element::Ticket),
];

impl Profile {
    /// Reads a profile.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let raw: Raw = toml::from_str(text)?;
        let mut keeps = bit(Element::Structure);
        for name in raw.elements.keys() {
            let Some((_, element)) = ELEMENTS.iter().find(|(known, _)| known == name) else {
                return Err(ProfileError::UnknownElement(name.clone()));
            };
            keeps |= bit(*element);
        }
        Ok(Self { raw, keeps })
    }

    /// A profile that comes with the program.
    pub fn builtin(id: &str) -> Result<Self, ProfileError> {
        match BUILTIN.iter().find(|(known, _)| *known == id) {
            Some((_, text)) => Self::parse(text),
            None => {
                let known: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
                Err(ProfileError::Unknown(id.to_owned(), known.join(", ")))
            }
        }
    }

    /// Identifier, such as `eu-2022`.
    pub fn id(&self) -> &str {
        &self.raw.id
    }

    /// Version; every audit event that relied on the profile names it.
    pub fn version(&self) -> &str {
        &self.raw.version
    }

    /// Title for people.
    pub fn title(&self) -> &str {
        &self.raw.title
    }

    /// State codes (alpha-3) whose border is watched.
    pub fn home(&self) -> &[String] {
        &self.raw.home
    }

    /// Whether booking data is received at all (R-SCO-03).
    pub fn takes_pnr(&self) -> bool {
        self.raw.modules.pnr.on
    }

    /// Whether manifests are received at all.
    pub fn takes_api(&self) -> bool {
        self.raw.modules.api.on
    }

    /// Whether data of this kind may be kept.
    pub fn keeps(&self, element: Element) -> bool {
        self.keeps & bit(element) != 0
    }

    /// The clause under which `element` is kept, if it is.
    pub fn clause(&self, element: Element) -> Option<&str> {
        let (name, _) = ELEMENTS.iter().find(|(_, known)| *known == element)?;
        self.raw
            .elements
            .get(*name)
            .map(|clause| clause.clause.as_str())
    }

    /// Whether a special-service code discloses health or belief.
    pub fn is_sensitive_service(&self, code: &str) -> bool {
        self.raw
            .sensitive
            .services
            .iter()
            .any(|known| known == code)
    }

    /// The clause that forbids special categories of data.
    pub fn sensitive_clause(&self) -> &str {
        &self.raw.sensitive.clause
    }

    /// Between off-block and the gate's closing.
    pub fn gate_closes(&self) -> Duration {
        minutes(&self.raw.act_by.gate_closes_minutes)
    }

    /// What handing over takes before a departure.
    pub fn handover_departure(&self) -> Duration {
        minutes(&self.raw.act_by.handover_departure_minutes)
    }

    /// What handing over takes before an arrival.
    pub fn handover_arrival(&self) -> Duration {
        minutes(&self.raw.act_by.handover_arrival_minutes)
    }

    /// Which decisions need a second person, and the clause.
    pub fn second_check(&self) -> (ReviewRule, &str) {
        (
            self.raw.review.second_check.value,
            &self.raw.review.second_check.clause,
        )
    }
}

fn minutes(number: &Number) -> Duration {
    Duration::from_secs(u64::from(number.value) * 60)
}

fn bit(element: Element) -> u64 {
    1 << element as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_profile_loads_and_cites_each_element() {
        for (id, _) in BUILTIN {
            let profile = Profile::builtin(id).unwrap();
            assert_eq!(profile.id(), *id);
            for (name, element) in ELEMENTS {
                let clause = profile.clause(*element);
                assert_eq!(profile.keeps(*element), clause.is_some(), "{id}: {name}");
                assert_ne!(clause, Some(""), "{id}: {name} has no clause");
            }
        }
    }

    #[test]
    fn what_has_no_heading_can_never_be_kept() {
        let text = include_str!("../../../profiles/eu-2022.toml");
        let wider = text.replace("[elements]", "[elements]\nunmapped = { clause = \"none\" }");
        assert!(matches!(
            Profile::parse(&wider),
            Err(ProfileError::UnknownElement(_))
        ));
    }

    #[test]
    fn an_unknown_key_or_a_missing_clause_is_an_error() {
        let text = include_str!("../../../profiles/eu-2022.toml");
        assert!(Profile::parse(&format!("extra = 1\n{text}")).is_err());
        assert!(
            Profile::parse(&text.replacen("{ clause = \"Annex I, heading 1\" }", "{ }", 1))
                .is_err()
        );
    }

    #[test]
    fn element_names_are_sorted_and_unique() {
        assert!(ELEMENTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
