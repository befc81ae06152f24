//! What people do in and around a unit.
//!
//! - Source: R-ACC-01, R-ACC-02.
//! - Invariant: one row a role; [`Role::System`] has none, because no account can hold it.

/// What a person, or a carrier's system, is there for.
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
    /// Works on requests of competent authorities.
    RequestOfficer,
    /// Keeps lists.
    ListOfficer,
    /// Approves lists.
    ListApprover,
    /// Writes rules.
    RuleAuthor,
    /// Approves rules.
    RuleApprover,
    /// Keeps the legal profile, selections and holds in order.
    LegalOfficer,
    /// Data-protection officer: reads all, changes nothing, and answers to persons.
    Dpo,
    /// Outside inspector: reads all, changes nothing.
    Inspector,
    /// Decides, outside the unit, whether masked values may be seen (R-RET-03).
    UnmaskAuthority,
    /// Heads the authority that the unit belongs to, and grants provisionally what cannot wait where
    /// the law knows such a way (R-RET-04).
    HeadOfAuthority,
    /// Talks to carriers; sees no travellers.
    CarrierLiaison,
    /// A carrier's system, sending messages.
    Carrier,
    /// Runs the machines; sees no passenger data.
    SystemAdministrator,
    /// Keeps accounts, sessions and keys; sees no passenger data.
    SecurityAdministrator,
    /// Teaches on a system with invented data.
    Trainer,
    /// The program itself, merging, screening and sweeping. No account can hold it.
    System,
}

impl Role {
    /// Every role an account can hold, with its name and the sign used in tables.
    pub const ROWS: &[(&'static str, Self, &'static str)] = &[
        ("analyst", Self::Analyst, "AN"),
        ("second_reviewer", Self::SecondReviewer, "SR"),
        ("supervisor", Self::Supervisor, "SU"),
        ("disseminator", Self::Disseminator, "DI"),
        ("request_officer", Self::RequestOfficer, "RQ"),
        ("list_officer", Self::ListOfficer, "WL"),
        ("list_approver", Self::ListApprover, "WA"),
        ("rule_author", Self::RuleAuthor, "RA"),
        ("rule_approver", Self::RuleApprover, "RP"),
        ("legal_officer", Self::LegalOfficer, "LO"),
        ("dpo", Self::Dpo, "DP"),
        ("inspector", Self::Inspector, "IN"),
        ("unmask_authority", Self::UnmaskAuthority, "UA"),
        ("head_of_authority", Self::HeadOfAuthority, "HA"),
        ("carrier_liaison", Self::CarrierLiaison, "CL"),
        ("carrier", Self::Carrier, "CT"),
        ("system_administrator", Self::SystemAdministrator, "SA"),
        ("security_administrator", Self::SecurityAdministrator, "SE"),
        ("trainer", Self::Trainer, "TR"),
    ];

    /// Short name.
    pub fn name(self) -> &'static str {
        let row = Self::ROWS.iter().find(|row| row.1 == self);
        row.map_or("system", |row| row.0)
    }

    /// Sign in tables, two letters.
    pub fn sign(self) -> &'static str {
        let row = Self::ROWS.iter().find(|row| row.1 == self);
        row.map_or("SY", |row| row.2)
    }

    /// The role of a short name.
    pub fn parse(name: &str) -> Option<Self> {
        let row = Self::ROWS.iter().find(|row| row.0 == name);
        row.map(|row| row.1)
    }
}
