//! Leave to do one act: who, in which compartment, for which purpose. Default deny.
//!
//! - Source: R-SCO-04 (no purpose, no data), R-SCO-07, R-ACC-01, R-ACC-02.
//! - Invariants: a [`Grant`] is made here and nowhere else; it is good for one act in one
//!   compartment; a role that administers the system never gets one for personal data.

use crate::profile::Authority;
use crate::{Act, Calendar, Profile, Purpose, PurposeKind, Role, Standing};
use jiff::Timestamp;
use oriel_model::Element;
use std::fmt;

/// The compartment of a unit that has only one.
pub const PIU: &str = "piu";

/// The actor of what is done at the machine itself, without an account: whoever holds the store's
/// folder and key file stands above the rules of the server.
pub const CONSOLE: &str = "console";

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    id: String,
    roles: Vec<Role>,
    compartment: String,
}

impl Actor {
    /// An account or service with its roles, in the compartment [`PIU`].
    pub fn new(id: impl Into<String>, roles: &[Role]) -> Self {
        Self {
            id: id.into(),
            roles: roles.to_vec(),
            compartment: PIU.to_owned(),
        }
    }

    /// The same in another compartment.
    #[must_use]
    pub fn of(mut self, compartment: impl Into<String>) -> Self {
        self.compartment = compartment.into();
        self
    }

    /// Opaque identifier, never a name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the actor is.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Where the actor belongs.
    pub fn compartment(&self) -> &str {
        &self.compartment
    }
}

/// How far a grant sees into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    /// Nothing about persons.
    Nothing,
    /// Only what masking leaves, whatever the age (R-RUL-07).
    Unidentified,
    /// What the record's standing leaves.
    Open,
    /// Masked values too: under an approval, or for the person's own rights.
    Whole,
}

/// Leave to do one act, once decided. The store reads personal data only against one.
#[derive(Clone, Debug)]
pub struct Grant {
    actor: String,
    act: Act,
    purpose: Option<Purpose>,
    profile: Profile,
    compartment: String,
    sight: Sight,
    /// Of what masking takes away, only these: none where all that the sight reaches is meant.
    only: Option<Vec<Element>>,
    at: Timestamp,
}

impl Grant {
    /// Who.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// What.
    pub fn act(&self) -> Act {
        self.act
    }

    /// Why.
    pub fn purpose(&self) -> Option<&Purpose> {
        self.purpose.as_ref()
    }

    /// The law it was given under.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// In which compartment: it opens nothing of another (R-SCO-07).
    pub fn compartment(&self) -> &str {
        &self.compartment
    }

    /// When it was given.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether it reaches masked values, so that their store has to be asked for them. The caller
    /// has made sure of the approval, or of the person's request, that [`Grant::purpose`] names.
    pub fn sees_masked(&self) -> bool {
        self.sight == Sight::Whole
    }

    /// The same leave, of what masking takes away for these kinds of data alone: as far as an
    /// approval goes.
    #[must_use]
    pub fn only(mut self, elements: &[Element]) -> Self {
        self.only = Some(match self.only {
            None => elements.to_vec(),
            Some(known) => known.into_iter().filter(|e| elements.contains(e)).collect(),
        });
        self
    }

    /// How a record of this anchor stands at the moment of the grant. `linked` is whether
    /// objective evidence of a link to an offence is on record for it (R-RET-05).
    pub fn standing(&self, anchor: Timestamp, linked: bool) -> Standing {
        Calendar::of(&self.profile).standing(anchor, linked, self.at)
    }

    /// Whether data of this kind may be seen in a record that stands so.
    pub fn sees(&self, element: Element, standing: Standing) -> bool {
        let purpose = self.purpose.as_ref().map(Purpose::kind);
        let sight = match &self.only {
            Some(only) if !only.contains(&element) => self.sight.min(Sight::Open),
            _ => self.sight,
        };
        sees(&self.profile, sight, purpose, element, standing)
    }
}

/// Whether a grant of this sight and purpose sees data of this kind.
pub(crate) fn sees(
    profile: &Profile,
    sight: Sight,
    purpose: Option<PurposeKind>,
    element: Element,
    standing: Standing,
) -> bool {
    // An official's need is confirmed by naming the case or request it arises from; working
    // through a queue is none.
    let need = purpose.is_some_and(|purpose| purpose != PurposeKind::Assessment);
    match (sight, standing) {
        (Sight::Nothing, _) | (_, Standing::Due { .. }) => false,
        (Sight::Whole, _) => true,
        (Sight::Unidentified, _) | (Sight::Open, Standing::Masked { .. }) => {
            !profile.masks(element)
        }
        (Sight::Open, Standing::Staged { stage, .. }) => {
            !profile.stage_hides(stage, element)
                || need && profile.stage_authority(stage) == Some(Authority::OfficialInNeed)
        }
        (Sight::Open, Standing::Open) => true,
    }
}

/// Why leave was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialCode {
    /// No role of the actor may do this.
    RoleMissing,
    /// Personal data was asked for without a purpose.
    PurposeRequired,
    /// The purpose is not one this role may have.
    PurposeNotYours,
    /// The act does not serve this purpose.
    PurposeUnfit,
    /// The legal profile of the compartment does not know the purpose.
    PurposeNotLawful,
}

impl DenialCode {
    /// Code in API problems.
    pub fn name(self) -> &'static str {
        match self {
            Self::RoleMissing => "role-missing",
            Self::PurposeRequired => "purpose-required",
            Self::PurposeNotYours => "purpose-not-yours",
            Self::PurposeUnfit => "purpose-unfit",
            Self::PurposeNotLawful => "purpose-not-lawful",
        }
    }
}

/// Leave was not given: what was asked and why not.
#[derive(Clone, Debug)]
pub struct Denial {
    /// Who asked.
    pub actor: String,
    /// For what.
    pub act: Act,
    /// Why not.
    pub code: DenialCode,
    /// When.
    pub at: Timestamp,
    /// In which compartment.
    pub compartment: String,
    /// The law by which it was not given, such as `eu-2022/1`.
    pub profile: String,
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            DenialCode::RoleMissing => {
                write!(f, "none of your roles may do {}", self.act.name())
            }
            DenialCode::PurposeRequired => write!(
                f,
                "{} reads personal data and needs a purpose, such as \
                 `Purpose: assessment=queue` or `Purpose: case=<id>`",
                self.act.name()
            ),
            DenialCode::PurposeNotYours => {
                write!(f, "your roles may not read personal data for this purpose")
            }
            DenialCode::PurposeUnfit => {
                let fit: Vec<&str> = self.act.purposes().iter().map(|p| p.name()).collect();
                let (act, fit) = (self.act.name(), fit.join(", "));
                write!(f, "{act} does not serve this purpose; it serves {fit}")
            }
            DenialCode::PurposeNotLawful => {
                write!(f, "the legal profile in force knows no such purpose")
            }
        }
    }
}

impl std::error::Error for Denial {}

/// Gives or denies leave for one act. `profile` is the one of the actor's compartment.
pub fn authorize(
    profile: &Profile,
    actor: &Actor,
    act: Act,
    purpose: Option<&Purpose>,
    now: Timestamp,
) -> Result<Grant, Denial> {
    let sight =
        sight(profile, &actor.roles, act, purpose.map(Purpose::kind)).map_err(|code| Denial {
            actor: actor.id.clone(),
            act,
            code,
            at: now,
            compartment: actor.compartment.clone(),
            profile: profile.reference(),
        })?;
    Ok(Grant {
        actor: actor.id.clone(),
        act,
        purpose: purpose.cloned(),
        profile: profile.clone(),
        compartment: actor.compartment.clone(),
        sight,
        only: None,
        at: now,
    })
}

/// The rule itself: how far these roles see with this act and purpose, or why not.
pub(crate) fn sight(
    profile: &Profile,
    roles: &[Role],
    act: Act,
    purpose: Option<PurposeKind>,
) -> Result<Sight, DenialCode> {
    let mut holding = roles
        .iter()
        .filter(|role| act.roles().contains(role))
        .peekable();
    if holding.peek().is_none() {
        return Err(DenialCode::RoleMissing);
    }
    if !act.is_personal() {
        return Ok(Sight::Nothing);
    }
    let purpose = purpose.ok_or(DenialCode::PurposeRequired)?;
    if !profile.allows(purpose) {
        return Err(DenialCode::PurposeNotLawful);
    }
    if !act.purposes().contains(&purpose) {
        return Err(DenialCode::PurposeUnfit);
    }
    if !holding.any(|role| purpose.is_of(*role)) {
        return Err(DenialCode::PurposeNotYours);
    }
    Ok(match (purpose, act) {
        (PurposeKind::Criteria, _) => Sight::Unidentified,
        (PurposeKind::Rights, _) | (_, Act::UnmaskRead) => Sight::Whole,
        _ => Sight::Open,
    })
}

/// What the program does by itself with personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Merge and screen what was received.
    Screen,
    /// Mask and erase what is due.
    Sweep,
}

/// The program's own leave to do one of its tasks in one compartment.
pub fn authorize_system(profile: &Profile, compartment: &str, task: Task, now: Timestamp) -> Grant {
    let (act, reference) = match task {
        Task::Screen => (Act::JourneyScreen, "screening"),
        Task::Sweep => (Act::SweepRun, "retention"),
    };
    Grant {
        actor: "system".to_owned(),
        act,
        purpose: Some(Purpose::system(reference)),
        profile: profile.clone(),
        compartment: compartment.to_owned(),
        sight: Sight::Open,
        only: None,
        at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T14:00:00Z".parse().unwrap()
    }

    /// R-ACC-02.
    #[test]
    fn an_administrator_never_sees_personal_data() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let admin = Actor::new(
            "x",
            &[
                Role::SystemAdministrator,
                Role::SecurityAdministrator,
                Role::CarrierLiaison,
            ],
        );
        for act in Act::ALL.iter().filter(|act| act.is_personal()) {
            for (kind, ..) in PurposeKind::ROWS {
                let purpose = Purpose::parse(&format!("{kind}=x"));
                assert!(authorize(&profile, &admin, *act, purpose.as_ref(), now()).is_err());
            }
        }
    }

    /// R-SCO-04.
    #[test]
    fn no_purpose_no_data() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let mut roles: Vec<Role> = Role::ROWS.iter().map(|row| row.1).collect();
        roles.push(Role::System);
        let everybody = Actor::new("x", &roles);
        for act in Act::ALL.iter().filter(|act| act.is_personal()) {
            let denial = authorize(&profile, &everybody, *act, None, now()).unwrap_err();
            assert_eq!(denial.code, DenialCode::PurposeRequired);
        }
    }

    /// R-SCO-04.
    #[test]
    fn a_purpose_the_profile_does_not_know_is_refused() {
        let profile = Profile::builtin("api-only").unwrap();
        let officer = Actor::new("x", &[Role::RequestOfficer]).of("border");
        let purpose = Purpose::parse("request=r");
        let denial = authorize(&profile, &officer, Act::SearchRun, purpose.as_ref(), now());
        assert_eq!(denial.unwrap_err().code, DenialCode::PurposeNotLawful);
    }

    /// R-SCO-07.
    #[test]
    fn a_grant_is_good_for_one_compartment() {
        let profile = Profile::builtin("api-only").unwrap();
        let analyst = Actor::new("x", &[Role::Analyst]).of("border");
        let purpose = Purpose::parse("assessment=queue");
        let grant = authorize(&profile, &analyst, Act::QueueRead, purpose.as_ref(), now()).unwrap();
        assert_eq!(grant.compartment(), "border");
        assert_eq!(
            authorize_system(&profile, PIU, Task::Screen, now()).compartment(),
            PIU
        );
    }

    /// What one role sees of one element under one act and purpose, at each standing of canada,
    /// the profile that knows all of them.
    #[track_caller]
    fn check(role: Role, act: Act, purpose: &str, element: Element, expect: &str) {
        let profile = Profile::builtin("canada").unwrap();
        let purpose = Purpose::parse(purpose);
        let actor = Actor::new("x", &[role]);
        let grant = authorize(&profile, &actor, act, purpose.as_ref(), now()).unwrap();
        let since = now();
        let standings = [
            Standing::Open,
            Standing::Staged { stage: 0, since },
            Standing::Masked { since },
            Standing::Due { since },
        ];
        let got: String = standings
            .map(|standing| {
                if grant.sees(element, standing) {
                    '+'
                } else {
                    '.'
                }
            })
            .iter()
            .collect();
        assert_eq!(got, expect, "{role:?} {act:?}");
    }

    /// R-RET-02, R-RET-09, R-ACC-01.
    #[test]
    fn what_is_seen_narrows_with_age() {
        use {Act::*, Element::*, Role::*};
        check(Analyst, QueueRead, "assessment=queue", Name, "+...");
        check(Analyst, CaseRead, "case=c", Name, "++..");
        check(Analyst, CaseRead, "case=c", Itinerary, "+++.");
        check(Analyst, UnmaskRead, "case=c", Name, "+++.");
        check(Dpo, CaseRead, "oversight=o", Name, "++..");
        check(Dpo, RightsSearch, "rights=r", Name, "+++.");
        check(Inspector, CaseRead, "oversight=o", Document, "++..");
    }

    /// R-RUL-07.
    #[test]
    fn criteria_are_made_without_knowing_anybody() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let seen = |element| {
            let purpose = Some(PurposeKind::Criteria);
            sees(
                &profile,
                Sight::Unidentified,
                purpose,
                element,
                Standing::Open,
            )
        };
        assert!(!seen(Element::Name));
        assert!(seen(Element::Itinerary));
    }
}
