//! Who may do what, for which purpose: default deny.
//!
//! - Source: R-SCO-04 (no purpose, no data), R-ACC-01, R-ACC-02; the roles of a unit.
//! - Invariant: a [`Grant`] is made here and nowhere else, and a role that administers the system
//!   never gets one for personal data.

use crate::{Calendar, Profile, Standing};
use jiff::Timestamp;
use std::fmt;

/// What a person does in the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reviews hits.
    Analyst,
    /// Checks another analyst's decision.
    SecondReviewer,
    /// Leads a shift.
    Supervisor,
    /// Sends what was decided.
    Disseminator,
    /// Keeps lists.
    ListOfficer,
    /// Approves lists.
    ListApprover,
    /// Data-protection officer: reads all, changes nothing.
    Dpo,
    /// Outside inspector: reads all, changes nothing.
    Inspector,
    /// Talks to carriers; sees no travellers.
    CarrierLiaison,
    /// A carrier's system, sending messages.
    Carrier,
    /// Runs the machines; sees no passenger data.
    SystemAdministrator,
    /// The program itself, merging and screening. No account can hold it.
    System,
}

impl Role {
    /// Every role with its short name.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("analyst", Self::Analyst),
        ("second_reviewer", Self::SecondReviewer),
        ("supervisor", Self::Supervisor),
        ("disseminator", Self::Disseminator),
        ("list_officer", Self::ListOfficer),
        ("list_approver", Self::ListApprover),
        ("dpo", Self::Dpo),
        ("inspector", Self::Inspector),
        ("carrier_liaison", Self::CarrierLiaison),
        ("carrier", Self::Carrier),
        ("system_administrator", Self::SystemAdministrator),
    ];

    /// Short name.
    pub fn name(self) -> &'static str {
        Self::ROWS
            .iter()
            .find(|(_, role)| *role == self)
            .map_or("", |(name, _)| name)
    }

    /// The role of a short name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ROWS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, role)| *role)
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// See the queue of cases.
    QueueRead,
    /// See one case with its hits.
    CaseRead,
    /// Claim or release a case.
    CaseClaim,
    /// Decide a hit.
    HitDecide,
    /// See flights, without travellers.
    FlightRead,
    /// See who is on a flight.
    ManifestRead,
    /// See one traveller with sources.
    TravellerRead,
    /// See a message as stored.
    MessageRead,
    /// Hand in a message.
    MessageReceive,
    /// See lists, without entries.
    ListRead,
    /// Bring in a list.
    ListImport,
    /// See figures of the system.
    FigureRead,
    /// Read the audit log.
    AuditRead,
    /// Manage accounts.
    AccountManage,
    /// Merge and screen what was received.
    JourneyScreen,
}

use Role::{
    Analyst, Carrier, CarrierLiaison, Disseminator, Dpo, Inspector, ListApprover, ListOfficer,
    SecondReviewer, Supervisor, System, SystemAdministrator,
};

/// The permission matrix: act, whether it reads personal data, and who may.
const MATRIX: &[(Act, &str, bool, &[Role])] = &[
    (
        Act::QueueRead,
        "queue.read",
        true,
        &[
            Analyst,
            SecondReviewer,
            Supervisor,
            Disseminator,
            Dpo,
            Inspector,
        ],
    ),
    (
        Act::CaseRead,
        "case.read",
        true,
        &[
            Analyst,
            SecondReviewer,
            Supervisor,
            Disseminator,
            Dpo,
            Inspector,
        ],
    ),
    (
        Act::CaseClaim,
        "case.claim",
        true,
        &[Analyst, SecondReviewer, Supervisor],
    ),
    (
        Act::HitDecide,
        "hit.decide",
        true,
        &[Analyst, SecondReviewer, Supervisor],
    ),
    (
        Act::FlightRead,
        "flight.read",
        false,
        &[
            Analyst,
            SecondReviewer,
            Supervisor,
            Dpo,
            Inspector,
            CarrierLiaison,
        ],
    ),
    (
        Act::ManifestRead,
        "manifest.read",
        true,
        &[Analyst, SecondReviewer, Supervisor, Dpo, Inspector],
    ),
    (
        Act::TravellerRead,
        "traveller.read",
        true,
        &[Analyst, SecondReviewer, Supervisor, Dpo, Inspector],
    ),
    (
        Act::MessageRead,
        "message.read",
        true,
        &[Analyst, SecondReviewer, Supervisor, Dpo, Inspector],
    ),
    (Act::MessageReceive, "message.receive", false, &[Carrier]),
    (
        Act::ListRead,
        "list.read",
        false,
        &[
            Analyst,
            SecondReviewer,
            Supervisor,
            ListOfficer,
            ListApprover,
            Dpo,
            Inspector,
        ],
    ),
    (Act::ListImport, "list.import", false, &[ListOfficer]),
    (
        Act::FigureRead,
        "figure.read",
        false,
        &[
            Analyst,
            SecondReviewer,
            Supervisor,
            Dpo,
            Inspector,
            CarrierLiaison,
            SystemAdministrator,
        ],
    ),
    (Act::AuditRead, "audit.read", false, &[Dpo, Inspector]),
    (
        Act::AccountManage,
        "account.manage",
        false,
        &[SystemAdministrator],
    ),
    (Act::JourneyScreen, "journey.screen", true, &[System]),
];

impl Act {
    /// Name in audit events and refusals.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Whether personal data is read or changed, so that a purpose is needed.
    pub fn is_personal(self) -> bool {
        self.row().2
    }

    fn row(self) -> &'static (Act, &'static str, bool, &'static [Role]) {
        MATRIX
            .iter()
            .find(|row| row.0 == self)
            .expect("the matrix has a row for every act")
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    id: String,
    roles: Vec<Role>,
}

impl Actor {
    /// An account or service with its roles.
    pub fn new(id: impl Into<String>, roles: &[Role]) -> Self {
        Self {
            id: id.into(),
            roles: roles.to_vec(),
        }
    }

    /// Opaque identifier, never a name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The recipient the actor works for.
    pub fn compartment(&self) -> &str {
        "piu"
    }

    /// What the actor is.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }
}

/// The kinds of purpose for which personal data may be read. A closed list (R-SCO-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PurposeKind {
    /// Assessment before arrival or departure: Directive (EU) 2016/681, Article 6(2)(a).
    Assessment,
    /// Review of one case; part of the assessment.
    Case,
    /// A reasoned request of a competent authority: Article 6(2)(b).
    Request,
    /// Control by the data-protection officer or an inspector: Articles 6(7) and 15.
    Oversight,
    /// A person's rights: Article 13(1).
    Rights,
}

/// Why personal data is read: a kind and what it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    kind: PurposeKind,
    reference: String,
}

impl Purpose {
    const KINDS: &[(&'static str, PurposeKind)] = &[
        ("assessment", PurposeKind::Assessment),
        ("case", PurposeKind::Case),
        ("request", PurposeKind::Request),
        ("oversight", PurposeKind::Oversight),
        ("rights", PurposeKind::Rights),
    ];

    /// Reads `kind=reference`, the form of the `Purpose` header.
    ///
    /// A reference is 1 to 64 letters, digits, `_`, `-`, `.` or `/`: an identifier, never prose.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, reference) = text.trim().split_once('=')?;
        let (_, kind) = Self::KINDS.iter().find(|(name, _)| *name == kind)?;
        let shaped = (1..=64).contains(&reference.len())
            && reference
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/'));
        shaped.then(|| Self {
            kind: *kind,
            reference: reference.to_owned(),
        })
    }

    /// Its kind.
    pub fn kind(&self) -> PurposeKind {
        self.kind
    }

    /// What it refers to.
    pub fn reference(&self) -> &str {
        &self.reference
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::KINDS
            .iter()
            .find(|(_, kind)| *kind == self.kind)
            .map_or("", |row| row.0);
        write!(f, "{name}={}", self.reference)
    }
}

/// The program's own leave to merge and screen, given by the profile's assessment purpose.
pub fn authorize_system(profile: &Profile, now: Timestamp) -> Grant {
    Grant {
        actor: "system".to_owned(),
        act: Act::JourneyScreen,
        purpose: Some(Purpose {
            kind: PurposeKind::Assessment,
            reference: "screening".to_owned(),
        }),
        profile: profile.clone(),
        at: now,
    }
}

/// Leave to do one act, once decided. The store reads personal data only against one.
#[derive(Clone, Debug)]
pub struct Grant {
    actor: String,
    act: Act,
    purpose: Option<Purpose>,
    profile: Profile,
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

    /// The recipient whose records it opens.
    pub fn compartment(&self) -> &str {
        "piu"
    }

    /// How a record of this anchor stands at the moment of the grant. `linked` is whether
    /// objective evidence of a link to an offence is on record for it (R-RET-05).
    pub fn standing(&self, anchor: Timestamp, linked: bool) -> Standing {
        Calendar::of(&self.profile).standing(anchor, linked, self.at)
    }

    /// When it was given.
    pub fn at(&self) -> Timestamp {
        self.at
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
}

impl DenialCode {
    /// Code in API problems.
    pub fn name(self) -> &'static str {
        match self {
            Self::RoleMissing => "role-missing",
            Self::PurposeRequired => "purpose-required",
            Self::PurposeNotYours => "purpose-not-yours",
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
        }
    }
}

impl std::error::Error for Denial {}

/// Gives or denies leave for one act.
pub fn authorize(
    profile: &Profile,
    actor: &Actor,
    act: Act,
    purpose: Option<&Purpose>,
    now: Timestamp,
) -> Result<Grant, Denial> {
    let deny = |code| Denial {
        actor: actor.id.clone(),
        act,
        code,
        at: now,
    };
    let (_, _, personal, allowed) = act.row();
    let holding: Vec<Role> = actor
        .roles
        .iter()
        .copied()
        .filter(|role| allowed.contains(role))
        .collect();
    if holding.is_empty() {
        return Err(deny(DenialCode::RoleMissing));
    }
    if *personal {
        let purpose = purpose.ok_or_else(|| deny(DenialCode::PurposeRequired))?;
        if !holding.iter().any(|role| may_pursue(*role, purpose.kind)) {
            return Err(deny(DenialCode::PurposeNotYours));
        }
    }
    Ok(Grant {
        actor: actor.id.clone(),
        act,
        purpose: purpose.cloned(),
        profile: profile.clone(),
        at: now,
    })
}

/// Overseers read for oversight and rights; everybody else reads for the unit's own work.
fn may_pursue(role: Role, purpose: PurposeKind) -> bool {
    let overseer = matches!(role, Dpo | Inspector);
    let oversight = matches!(purpose, PurposeKind::Oversight | PurposeKind::Rights);
    overseer == oversight
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: &[Act] = &[
        Act::QueueRead,
        Act::CaseRead,
        Act::CaseClaim,
        Act::HitDecide,
        Act::FlightRead,
        Act::ManifestRead,
        Act::TravellerRead,
        Act::MessageRead,
        Act::MessageReceive,
        Act::ListRead,
        Act::ListImport,
        Act::FigureRead,
        Act::AuditRead,
        Act::AccountManage,
        Act::JourneyScreen,
    ];

    fn now() -> Timestamp {
        "2026-11-22T14:00:00Z".parse().unwrap()
    }

    /// The whole matrix, one line an act, so that a change of law is a readable difference.
    #[test]
    fn matrix_is_as_reviewed() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let purposes = ["assessment=queue", "oversight=o1"].map(|p| Purpose::parse(p).unwrap());
        let mut got = String::new();
        for act in ACTS {
            let mut line = format!("{:<16}", act.name());
            for (_, role) in Role::ROWS {
                let actor = Actor::new("x", &[*role]);
                let may = purposes
                    .iter()
                    .any(|p| authorize(&profile, &actor, *act, Some(p), now()).is_ok());
                line.push(if may { '+' } else { '.' });
            }
            got += &format!("{line}\n");
        }
        assert_eq!(MATRIX.len(), ACTS.len());
        assert_eq!(
            got,
            "queue.read      ++++..++...\n\
             case.read       ++++..++...\n\
             case.claim      +++........\n\
             hit.decide      +++........\n\
             flight.read     +++...+++..\n\
             manifest.read   +++...++...\n\
             traveller.read  +++...++...\n\
             message.read    +++...++...\n\
             message.receive .........+.\n\
             list.read       +++.++++...\n\
             list.import     ....+......\n\
             figure.read     +++...+++.+\n\
             audit.read      ......++...\n\
             account.manage  ..........+\n\
             journey.screen  ...........\n"
        );
    }

    #[test]
    fn an_administrator_never_sees_personal_data() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let admin = Actor::new("x", &[Role::SystemAdministrator, Role::CarrierLiaison]);
        for act in ACTS.iter().filter(|act| act.is_personal()) {
            for purpose in [
                "assessment=queue",
                "case=c",
                "request=r",
                "oversight=o",
                "rights=r",
            ] {
                let purpose = Purpose::parse(purpose);
                assert!(authorize(&profile, &admin, *act, purpose.as_ref(), now()).is_err());
            }
        }
    }

    #[test]
    fn no_purpose_no_data() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let mut roles: Vec<Role> = Role::ROWS.iter().map(|row| row.1).collect();
        roles.push(Role::System);
        let everybody = Actor::new("x", &roles);
        for act in ACTS.iter().filter(|act| act.is_personal()) {
            let denial = authorize(&profile, &everybody, *act, None, now()).unwrap_err();
            assert_eq!(denial.code, DenialCode::PurposeRequired);
        }
    }

    #[test]
    fn a_purpose_is_a_kind_and_an_identifier() {
        for (text, ok) in [
            ("case=case_01j", true),
            (" assessment=queue ", true),
            ("curiosity=x", false),
            ("case=", false),
            ("case=the man from seat 3", false),
            ("case", false),
        ] {
            assert_eq!(Purpose::parse(text).is_some(), ok, "{text}");
        }
    }
}
