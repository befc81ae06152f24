//! The legal profile: versioned data, each value with its clause and how sure we are of it.
//!
//! - In: TOML text.  Out: a [`Profile`] that is complete; what is wrong with it, as complaints.
//! - Invariants: an element that is not listed is not kept; [`Element::Unmapped`] cannot be listed;
//!   a profile is never changed, only another version read.

mod check;
mod diff;
mod source;
mod tables;
mod trail;

pub use check::{Complaint, Mode as CheckMode, Row, Severity};
pub use diff::{Change, diff};
pub use source::{Ruled, Source, Status};
pub use tables::{
    AdHoc, Anchor, Answers, Authority, CarrierRules, CheckIn, Clearance, Disclosure, ListKind,
    Need, NoticeLadder, NoticeStep, Offence, Oversight, PostInitial, Proof, Push, PushKind,
    PushPlan, Reading, Recipient, RecipientKind, Refuses, Retention, ReviewRule, Rights, Selection,
    Spelling, Stage, Statistics, Stranger, Taking, Unmask, Ways,
};

pub use trail::{TRAIL, trail};

use crate::PurposeKind;
use oriel_model::Element;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tables::Tables;
use toml::Table;

/// One state's law in force, as far as software can enforce it.
///
/// Cheap to clone: every grant carries the law that it was given under.
#[derive(Clone, Debug)]
pub struct Profile(Arc<Law>);

/// What a profile says; read through [`Profile`].
#[derive(Debug)]
pub struct Law {
    tables: Tables,
    /// As written, and as understood: what the second lacks is a key nobody knows.
    written: Table,
    understood: Table,
    text: String,
    keeps: u64,
    masks: u64,
    compares: u64,
    stages: Vec<(String, u64)>,
}

/// Why a profile could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not TOML, or a value is missing or of the wrong kind.
    #[error("the profile cannot be read")]
    Read(#[from] toml::de::Error),
    /// An element name that is not in the table.
    #[error("the profile names an element {0:?} in [{1}], which this version does not know")]
    UnknownElement(String, &'static str),
    /// No profile of this name comes with the program.
    #[error("there is no profile {0:?}; profiles that come with Oriel: {1}")]
    Unknown(String, String),
    /// It has errors in the mode in which it was to be used.
    #[error("profile {profile} must not be used: {}", list(complaints))]
    Unfit {
        /// Which, with its version.
        profile: String,
        /// What is wrong with it, gravest first.
        complaints: Vec<Complaint>,
    },
}

fn list(complaints: &[Complaint]) -> String {
    let shown: Vec<String> = complaints
        .iter()
        .filter(|complaint| complaint.severity == Severity::Error)
        .map(|complaint| match complaint.line {
            Some(line) => format!("line {line}, {} {}", complaint.key, complaint.what),
            None => format!("{} {}", complaint.key, complaint.what),
        })
        .collect();
    shown.join("; ")
}

/// Profiles that come with the program.
const BUILTIN: &[(&str, &str)] = &[
    ("api-only", include_str!("../../../profiles/api-only.toml")),
    ("canada", include_str!("../../../profiles/canada.toml")),
    ("eu-2016", include_str!("../../../profiles/eu-2016.toml")),
    ("eu-2022", include_str!("../../../profiles/eu-2022.toml")),
    ("germany", include_str!("../../../profiles/germany.toml")),
    (
        "icao-minimum",
        include_str!("../../../profiles/icao-minimum.toml"),
    ),
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

impl Deref for Profile {
    type Target = Law;

    fn deref(&self) -> &Law {
        &self.0
    }
}

impl Profile {
    /// Reads a profile. [`Profile::check`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let tables: Tables = toml::from_str(text)?;
        let written: Table = toml::from_str(text)?;
        let understood = Table::try_from(&tables).expect("a profile is made of TOML's own kinds");
        bits(tables.elements.keys(), "elements")?;
        let broad = tables.reading.value == Reading::Broad;
        let kept = tables.elements.iter();
        let kept = kept.filter(|(_, row)| broad || row.reading != Some(Reading::Broad));
        let keeps = bits(kept.map(|(name, _)| name), "elements")? | bit(Element::Structure);
        let masks = bits(tables.masked.keys(), "masked")?;
        let compared = tables.recipient.compares.iter().flat_map(|row| &row.value);
        let compares = bits(compared, "recipient.compares")? & keeps;
        let mut stages = Vec::new();
        for (name, stage) in &tables.retention.stages {
            stages.push((name.clone(), bits(&stage.hidden.value, "retention.stages")?));
        }
        stages.sort_by_key(|(name, _)| tables.retention.stages[name].from.value.at_most_minutes());
        Ok(Self(Arc::new(Law {
            tables,
            written,
            understood,
            text: text.to_owned(),
            keeps,
            masks,
            compares,
            stages,
        })))
    }

    /// Reads a profile that is to be used in `mode`; gives it with its warnings.
    pub fn load(text: &str, mode: CheckMode) -> Result<(Self, Vec<Complaint>), ProfileError> {
        let profile = Self::parse(text)?;
        let complaints = profile.check(mode);
        if complaints.iter().any(|c| c.severity == Severity::Error) {
            return Err(ProfileError::Unfit {
                profile: profile.reference(),
                complaints,
            });
        }
        Ok((profile, complaints))
    }

    /// A profile that comes with the program.
    pub fn builtin(id: &str) -> Result<Self, ProfileError> {
        Self::parse(Self::builtin_text(id)?)
    }

    /// The text of a profile that comes with the program.
    pub fn builtin_text(id: &str) -> Result<&'static str, ProfileError> {
        match BUILTIN.iter().find(|(known, _)| *known == id) {
            Some((_, text)) => Ok(text),
            None => {
                let known: Vec<&str> = Self::builtins().collect();
                Err(ProfileError::Unknown(id.to_owned(), known.join(", ")))
            }
        }
    }

    /// The names of the profiles that come with the program.
    pub fn builtins() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    /// What is wrong with it when used in `mode`, gravest first.
    pub fn check(&self, mode: CheckMode) -> Vec<Complaint> {
        check::complaints(self, mode)
    }

    /// Every value with its source, in the order of keys.
    pub fn rows(&self) -> Vec<Row> {
        check::rows(&self.understood)
    }

    /// Identifier, such as `eu-2022`.
    pub fn id(&self) -> &str {
        &self.tables.id
    }

    /// Version; every audit event that relied on the profile names it.
    pub fn version(&self) -> &str {
        &self.tables.version
    }

    /// Identifier and version, such as `eu-2022/1`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.id(), self.version())
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text, in hexadecimal digits: two profiles of one reference must not differ.
    pub fn digest(&self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(self.text.as_bytes()) {
            write!(hex, "{byte:02x}").expect("a string takes all that is written");
        }
        hex
    }

    /// Title for people.
    pub fn title(&self) -> &str {
        &self.tables.title
    }

    /// State codes (alpha-3) whose border is watched.
    pub fn home(&self) -> &[String] {
        &self.tables.home
    }

    /// Whether booking data is received at all (R-SCO-03).
    pub fn takes_pnr(&self) -> bool {
        self.tables.modules.pnr.value
    }

    /// Whether manifests are received at all.
    pub fn takes_api(&self) -> bool {
        self.tables.modules.api.value
    }

    /// Whether data of this kind may be kept.
    pub fn keeps(&self, element: Element) -> bool {
        self.keeps & bit(element) != 0
    }

    /// The clause under which `element` is kept, if it is.
    pub fn clause(&self, element: Element) -> Option<&str> {
        let (name, _) = ELEMENTS.iter().find(|(_, known)| *known == element)?;
        let row = self.tables.elements.get(*name)?;
        self.keeps(element).then_some(row.clause.as_str())
    }

    /// Whether data of this kind may be compared with what lists seek besides persons and documents.
    pub fn compares(&self, element: Element) -> bool {
        self.compares & bit(element) != 0
    }

    /// Whether every entry of a list of this kind must cite an offence (R-SCO-05).
    pub fn cites(&self, kind: ListKind) -> bool {
        let cites = &self.tables.recipient.cites;
        cites.as_ref().is_some_and(|row| row.value.contains(&kind))
    }

    /// The closed catalogue of offences (R-SCO-05); nothing where the law has none.
    pub fn offences(&self) -> &[Offence] {
        self.tables.offences.as_ref().map_or(&[], |row| &row.value)
    }

    /// Whether an offence of this code may be cited: every one where the law has no catalogue.
    pub fn knows_offence(&self, code: &str) -> bool {
        let known = self.offences();
        known.is_empty() || known.iter().any(|offence| offence.code == code)
    }

    /// Every kind of data of which that holds, as one number: it tells two laws apart.
    pub fn compared(&self) -> u64 {
        self.compares
    }

    /// Whether data of this kind is hidden once the record is masked (R-RET-02).
    pub fn masks(&self, element: Element) -> bool {
        self.masks & bit(element) != 0
    }

    /// The same for a kind of data by its name.
    pub fn masks_named(&self, name: &str) -> bool {
        self.tables.masked.contains_key(name)
    }

    /// The clause under which `element` is masked, if it is.
    pub fn mask_clause(&self, element: Element) -> Option<&str> {
        let (name, _) = ELEMENTS.iter().find(|(_, known)| *known == element)?;
        self.tables
            .masked
            .get(*name)
            .map(|source| source.clause.as_str())
    }

    /// The bands of access before masking, earliest first (R-RET-09).
    pub fn stages(&self) -> impl Iterator<Item = (&str, &Stage)> {
        let stages = &self.tables.retention.stages;
        self.stages
            .iter()
            .map(move |(name, _)| (name.as_str(), &stages[name]))
    }

    /// Whether band number `stage` hides data of this kind.
    pub fn stage_hides(&self, stage: usize, element: Element) -> bool {
        self.stages
            .get(stage)
            .is_some_and(|(_, hidden)| hidden & bit(element) != 0)
    }

    /// Who gives leave to see what band number `stage` hides.
    pub fn stage_authority(&self, stage: usize) -> Option<Authority> {
        let (_, stage) = self.stages().nth(stage)?;
        Some(stage.authority.value)
    }

    /// Every kind of data that a profile can name, by name.
    pub fn elements() -> impl Iterator<Item = (&'static str, Element)> {
        ELEMENTS.iter().copied()
    }

    /// Whether personal data may be read for this purpose at all.
    pub fn allows(&self, purpose: PurposeKind) -> bool {
        self.tables.purposes.contains_key(purpose.name())
    }

    /// The clause under which personal data may be read for this purpose.
    pub fn purpose_clause(&self, purpose: PurposeKind) -> Option<&str> {
        let source = self.tables.purposes.get(purpose.name());
        source.map(|source| source.clause.as_str())
    }

    /// The code of the profile's list that a special-service code is, where it discloses health or
    /// belief (R-SEN-01).
    pub fn sensitive_service(&self, code: &str) -> Option<&str> {
        let mut codes = self.tables.sensitive.services.value.iter();
        codes
            .find(|known| known.eq_ignore_ascii_case(code))
            .map(String::as_str)
    }

    /// The language in whose list a word of this free text stands, if one does. When in doubt the
    /// text goes: a word is compared without regard to case, by its beginning where the list says
    /// `word*`.
    pub fn sensitive_term(&self, text: &str) -> Option<&str> {
        let text = text.to_lowercase();
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.find_map(|word| {
            let mut terms = self.tables.sensitive.terms.iter();
            let listed = |term: &String| match term.strip_suffix('*') {
                Some(beginning) => word.starts_with(beginning),
                None => word == term,
            };
            let found = terms.find(|(_, terms)| terms.value.iter().any(listed));
            found.map(|(language, _)| language.as_str())
        })
    }

    /// The clause that forbids special categories of data.
    pub fn sensitive_clause(&self) -> &str {
        &self.tables.sensitive.source.clause
    }

    /// How long what is kept; [`crate::Calendar`] does the sums.
    pub fn retention(&self) -> &Retention {
        &self.tables.retention
    }

    /// How masked values may be seen again.
    pub fn unmask(&self) -> &Unmask {
        &self.tables.unmask
    }

    /// What must come before passing data on.
    pub fn disclosure(&self) -> &Disclosure {
        &self.tables.disclosure
    }

    /// Whose compartment it governs.
    pub fn recipient(&self) -> &Recipient {
        &self.tables.recipient
    }

    /// Which journeys are taken.
    pub fn selection(&self) -> &Selection {
        &self.tables.selection
    }

    /// Rights of persons.
    pub fn rights(&self) -> &Rights {
        &self.tables.rights
    }

    /// What carriers send when.
    pub fn push(&self) -> &PushPlan {
        &self.tables.push
    }

    /// How carriers are met that send what is not theirs, or do not send what they owe.
    pub fn carriers(&self) -> &CarrierRules {
        &self.tables.carriers
    }

    /// What carriers are answered at check-in, where they are.
    pub fn check_in(&self) -> Option<&CheckIn> {
        self.tables.check_in.as_ref()
    }

    /// How figures are published.
    pub fn statistics(&self) -> &Statistics {
        &self.tables.statistics
    }

    /// What the data-protection officer is told of.
    pub fn oversight(&self) -> &Oversight {
        &self.tables.oversight
    }

    /// How old a proof may be when somebody signs.
    pub fn proof(&self) -> &Proof {
        &self.tables.proof
    }

    /// Between off-block and the gate's closing.
    pub fn gate_closes(&self) -> Duration {
        minutes(&self.tables.act_by.gate_closes_minutes)
    }

    /// What handing over takes before a departure.
    pub fn handover_departure(&self) -> Duration {
        minutes(&self.tables.act_by.handover_departure_minutes)
    }

    /// What handing over takes before an arrival.
    pub fn handover_arrival(&self) -> Duration {
        minutes(&self.tables.act_by.handover_arrival_minutes)
    }

    /// Which decisions need a second person, and the clause.
    pub fn second_check(&self) -> (ReviewRule, &str) {
        let rule = &self.tables.review.second_check;
        (rule.value, &rule.clause)
    }
}

fn bits<'a>(
    names: impl IntoIterator<Item = &'a String>,
    table: &'static str,
) -> Result<u64, ProfileError> {
    names.into_iter().try_fold(0, |set, name| {
        let known = ELEMENTS.iter().find(|(known, _)| known == name);
        let (_, element) =
            known.ok_or_else(|| ProfileError::UnknownElement(name.clone(), table))?;
        Ok(set | bit(*element))
    })
}

fn minutes(number: &Ruled<u32>) -> Duration {
    Duration::from_secs(u64::from(number.value) * 60)
}

fn bit(element: Element) -> u64 {
    1 << element as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const EU: &str = include_str!("../../../profiles/eu-2022.toml");

    #[test]
    fn every_builtin_profile_loads_and_cites_each_value() {
        for id in Profile::builtins() {
            let (profile, _) = Profile::load(Profile::builtin_text(id).unwrap(), CheckMode::Demo)
                .unwrap_or_else(|error| panic!("{id}: {error}"));
            assert_eq!(profile.id(), id);
            assert!(profile.rows().iter().all(|row| !row.clause.is_empty()));
            for (name, element) in ELEMENTS {
                assert_eq!(
                    profile.keeps(*element),
                    profile.clause(*element).is_some(),
                    "{id}: {name}"
                );
                assert_eq!(
                    profile.masks(*element),
                    profile.mask_clause(*element).is_some(),
                    "{id}: {name}"
                );
            }
            let unknown = profile.check(CheckMode::Demo);
            let unknown: Vec<_> = unknown
                .iter()
                .filter(|c| c.what.contains("no key"))
                .collect();
            assert!(unknown.is_empty(), "{id}: {unknown:?}");
        }
    }

    /// R-DAT-02.
    #[test]
    fn what_has_no_heading_can_never_be_kept() {
        for name in ["unmapped", "structure"] {
            for table in ["elements", "masked"] {
                let wider = EU.replace(
                    &format!("[{table}]"),
                    &format!("[{table}]\n{name} = {{ clause = \"none\" }}"),
                );
                assert!(matches!(
                    Profile::parse(&wider),
                    Err(ProfileError::UnknownElement(..))
                ));
            }
        }
    }

    /// Exchanges `old` for `new` in a good profile; what is said in production and demo mode.
    #[track_caller]
    fn check(old: &str, new: &str, key: &str, production: Severity, demo: Option<Severity>) {
        assert!(EU.contains(old), "{old}");
        let profile = Profile::parse(&EU.replacen(old, new, 1)).unwrap();
        let said = |mode| {
            let complaints = profile.check(mode);
            complaints.iter().find(|c| c.key == key).map(|c| c.severity)
        };
        assert_eq!(said(CheckMode::Production), Some(production), "{key}");
        assert_eq!(said(CheckMode::Demo), demo, "{key}");
    }

    #[test]
    fn what_has_no_source_is_an_error_only_with_real_passengers() {
        use Severity::{Error, Warning};
        check("id =", "extra = 1\nid =", "extra", Error, Some(Warning));
        check(
            "mask = {",
            "mask = { colour = 1,",
            "retention.mask.colour",
            Error,
            Some(Warning),
        );
        check(
            "clause = \"Annex I, heading 1\"",
            "clause = \" \"",
            "elements.locator",
            Error,
            Some(Warning),
        );
        check(
            "{ clause = \"Annex I, heading 1\", status = \"C\" }",
            "{ clause = \"Annex I, heading 1\" }",
            "elements.locator",
            Error,
            Some(Warning),
        );
    }

    #[test]
    fn an_unconfirmed_value_is_confirmed_by_an_office() {
        let row = "locator = { clause = \"Annex I, heading 1\", status = \"U\"";
        for (by, fit) in [
            ("", false),
            (", confirmed_by = \"\"", false),
            (", confirmed_by = \"Office of invented affairs\"", true),
        ] {
            let old = "locator = { clause = \"Annex I, heading 1\", status = \"C\"";
            let profile = Profile::parse(&EU.replacen(old, &format!("{row}{by}"), 1)).unwrap();
            let complaints = profile.check(CheckMode::Production);
            let named = complaints.iter().any(|c| c.key == "elements.locator");
            assert_eq!(named, !fit, "{by}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_an_error_everywhere() {
        use Severity::Error;
        check(
            "value = \"6 months\"",
            "value = \"6 years\"",
            "retention.mask",
            Error,
            Some(Error),
        );
        // R-REV-04.
        check(
            "suppression_with_base = { value = true",
            "suppression_with_base = { value = false",
            "retention.suppression_with_base",
            Error,
            Some(Error),
        );
        check(
            "home = [\"UTO\"]",
            "home = [\"ut\"]",
            "home",
            Error,
            Some(Error),
        );
    }

    /// R-WL-02.
    #[test]
    fn what_is_sought_is_compared_only_where_a_clause_says_so() {
        let compares = |text: &str| {
            let profile = Profile::parse(text).unwrap();
            let compared = |(name, element)| profile.compares(element).then_some(name);
            ELEMENTS
                .iter()
                .copied()
                .filter_map(compared)
                .collect::<Vec<_>>()
        };
        assert_eq!(compares(EU), ["contact", "payment"]);
        assert!(compares(Profile::builtin_text("api-only").unwrap()).is_empty());
        let not_kept = EU.replacen("payment = { clause = \"Annex I", "#", 1);
        assert_eq!(compares(&not_kept), ["contact"]);
        let row = "compares = { value = [\"contact\"";
        check(
            row,
            "compares = { value = [\"destination\"",
            "recipient.compares",
            Severity::Error,
            Some(Severity::Error),
        );
        check(
            row,
            "compares = { value = [\"seat\"",
            "recipient.compares",
            Severity::Error,
            Some(Severity::Error),
        );
        let unknown = EU.replacen(row, "compares = { value = [\"telephone\"", 1);
        let error = Profile::parse(&unknown).unwrap_err();
        assert!(matches!(error, ProfileError::UnknownElement(..)), "{error}");
    }

    /// R-SCO-05.
    #[test]
    fn only_kinds_of_list_that_are_used_can_have_to_cite_offences() {
        let demand = |kind: &str| {
            let row = format!("cites = {{ value = [\"{kind}\"], clause = \"x\", status = \"O\" }}");
            EU.replacen("\n[recipient]\n", &format!("\n[recipient]\n{row}\n"), 1)
        };
        let profile = Profile::parse(&demand("serious_crime")).unwrap();
        assert!(profile.cites(ListKind::SeriousCrime) && !profile.cites(ListKind::Terrorism));
        assert!(!Profile::parse(EU).unwrap().cites(ListKind::SeriousCrime));
        let complaints = Profile::parse(&demand("customs")).unwrap();
        let complaints = complaints.check(CheckMode::Demo);
        let named = complaints.iter().find(|c| c.key == "recipient.cites");
        assert_eq!(named.unwrap().severity, Severity::Error);
    }

    /// R-SCO-05.
    #[test]
    fn only_offences_of_the_catalogue_may_be_cited_where_there_is_one() {
        let profile = Profile::parse(EU).unwrap();
        assert_eq!(profile.offences().len(), 1 + 26);
        for (code, known) in [
            ("terrorism", true),
            ("annex-ii/26", true),
            ("annex-ii/27", false),
            ("ANNEX-II/26", false),
            ("annex-ii", false),
        ] {
            assert_eq!(profile.knows_offence(code), known, "{code}");
            let open = Profile::builtin("icao-minimum").unwrap();
            assert!(open.knows_offence(code), "{code}");
        }
        let error = Severity::Error;
        for (old, new) in [
            ("code = \"terrorism\"", "code = \"two words\""),
            ("code = \"terrorism\"", "code = \"annex-ii/4\""),
            ("name = \"sabotage\"", "name = \" \""),
        ] {
            check(old, new, "offences", error, Some(error));
        }
        let (before, rest) = EU.split_once("[offences]\nvalue = [").unwrap();
        let (_, after) = rest.split_once("\n]\n").unwrap();
        let none = format!("{before}[offences]\nvalue = []\n{after}");
        let complaints = Profile::parse(&none).unwrap().check(CheckMode::Demo);
        let named = complaints.iter().find(|c| c.key == "offences");
        assert_eq!(named.unwrap().severity, error);
        let stray = EU.replacen("name = \"sabotage\"", "name = \"x\", years = 3", 1);
        assert!(matches!(Profile::parse(&stray), Err(ProfileError::Read(_))));
    }

    /// R-RET-09.
    #[test]
    fn nobody_but_an_official_in_need_gives_leave_before_masking() {
        let text = Profile::builtin_text("canada").unwrap();
        let text = text.replacen("\"official_in_need\"", "\"head_of_agency\"", 1);
        let complaints = Profile::parse(&text).unwrap().check(CheckMode::Demo);
        let named = complaints
            .iter()
            .find(|c| c.key == "retention.stages.names.authority");
        assert_eq!(named.unwrap().severity, Severity::Error);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_its_place() {
        let error = Profile::parse(&EU.replacen("\"6 months\"", "\"6 moons\"", 1)).unwrap_err();
        let ProfileError::Read(error) = error else {
            panic!("{error}")
        };
        assert!(error.to_string().contains("is not a period"), "{error}");
        assert!(error.to_string().contains("line"), "{error}");
    }

    #[test]
    fn a_profile_knows_its_own_text_again() {
        let profile = Profile::parse(EU).unwrap();
        assert_eq!(profile.text(), EU);
        let other = Profile::parse(&EU.replacen("6 months", "5 months", 1)).unwrap();
        assert_ne!(profile.digest(), other.digest());
        assert_eq!(profile.reference(), "eu-2022/3");
    }

    #[test]
    fn element_names_are_sorted_and_unique() {
        assert!(ELEMENTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
