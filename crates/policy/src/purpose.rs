//! Why personal data is read: a closed list, of which a profile allows some.
//!
//! - Source: R-SCO-04; Directive (EU) 2016/681, Article 6(2).
//! - Invariant: a reference is an identifier, never prose, so that it may stand in logs.

use crate::Role::{
    self, Analyst, Disseminator, Dpo, Inspector, LegalOfficer, RequestOfficer, RuleApprover,
    RuleAuthor, SecondReviewer, Supervisor, System,
};
use std::fmt;

/// The kinds of purpose for which personal data may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PurposeKind {
    /// Assessment before arrival or departure: Directive (EU) 2016/681, Article 6(2)(a).
    Assessment,
    /// Review of one case; part of the assessment.
    Case,
    /// A reasoned request of a competent authority: Article 6(2)(b).
    Request,
    /// Making and reviewing criteria: Article 6(2)(c). Nobody is identified for it (R-RUL-07).
    Criteria,
    /// Control by the data-protection officer or an inspector: Articles 6(7) and 15.
    Oversight,
    /// A person's rights: Article 13(1).
    Rights,
}

impl PurposeKind {
    /// Every kind with its name and who may have it.
    pub const ROWS: &[(&'static str, Self, &'static [Role])] = &[
        (
            "assessment",
            Self::Assessment,
            &[Analyst, SecondReviewer, Supervisor, Disseminator, System],
        ),
        (
            "case",
            Self::Case,
            &[
                Analyst,
                SecondReviewer,
                Supervisor,
                Disseminator,
                RequestOfficer,
                LegalOfficer,
            ],
        ),
        (
            "request",
            Self::Request,
            &[
                Analyst,
                SecondReviewer,
                Supervisor,
                Disseminator,
                RequestOfficer,
                LegalOfficer,
            ],
        ),
        ("criteria", Self::Criteria, &[RuleAuthor, RuleApprover]),
        ("oversight", Self::Oversight, &[Dpo, Inspector]),
        ("rights", Self::Rights, &[Dpo]),
    ];

    /// Name in the `Purpose` header and in profiles.
    pub fn name(self) -> &'static str {
        Self::ROWS[self as usize].0
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        let row = Self::ROWS.iter().find(|row| row.0 == name);
        row.map(|row| row.1)
    }

    /// Whether a role may read for this.
    pub fn is_of(self, role: Role) -> bool {
        Self::ROWS[self as usize].2.contains(&role)
    }
}

/// Why personal data is read: a kind and what it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    kind: PurposeKind,
    reference: String,
}

impl Purpose {
    /// Reads `kind=reference`, the form of the `Purpose` header.
    ///
    /// A reference is 1 to 64 letters, digits, `_`, `-`, `.` or `/`: an identifier, never prose.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, reference) = text.trim().split_once('=')?;
        let kind = PurposeKind::parse(kind)?;
        let shaped = (1..=64).contains(&reference.len())
            && reference
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/'));
        shaped.then(|| Self {
            kind,
            reference: reference.to_owned(),
        })
    }

    /// The program's own work on what was received.
    pub(crate) fn system(reference: &str) -> Self {
        Self {
            kind: PurposeKind::Assessment,
            reference: reference.to_owned(),
        }
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
        write!(f, "{}={}", self.kind.name(), self.reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-SCO-04.
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

    #[test]
    fn rows_stand_in_the_order_of_kinds() {
        for (place, (name, kind, _)) in PurposeKind::ROWS.iter().enumerate() {
            assert_eq!((*kind as usize, kind.name()), (place, *name));
        }
    }
}
