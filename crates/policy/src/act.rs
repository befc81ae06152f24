//! What can be asked for, and which roles may: one row an act, default deny.
//!
//! - Source: R-ACC-01, R-ACC-02; which steps need two persons is in [`crate::pairs`].
//! - Invariant: an act without a row does not compile. An act on personal data, or on the log, which
//!   may be used for control alone (R-AUD-04), names the purposes it may serve; one that names none
//!   (`plain`) reads none.

use crate::PurposeKind;
use crate::Role::{
    self, Analyst, Carrier, CarrierLiaison, Disseminator, Dpo, HeadOfAuthority, Inspector,
    LegalOfficer, ListApprover, ListOfficer, RequestOfficer, RuleApprover, RuleAuthor,
    SecondReviewer, SecurityAdministrator, Supervisor, System, SystemAdministrator, Trainer,
    UnmaskAuthority,
};

/// A row of the permission matrix.
struct Row {
    name: &'static str,
    purposes: &'static [PurposeKind],
    roles: &'static [Role],
}

macro_rules! acts {
    ($( $(#[doc = $doc:literal])+ $act:ident = $name:literal, $kind:ident: $($role:ident)+; )+) => {
        /// What is asked for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Act { $( $(#[doc = $doc])+ $act, )+ }

        impl Act {
            /// Every act, in the order of the matrix.
            pub const ALL: &[Self] = &[$(Self::$act),+];
        }

        const ROWS: &[Row] = &[
            $(Row { name: $name, purposes: acts!(@$kind), roles: &[$($role),+] },)+
        ];
    };
    (@plain) => { &[] };
    (@queue) => { &[PurposeKind::Assessment, PurposeKind::Case, PurposeKind::Oversight] };
    (@record) => { &[
        PurposeKind::Assessment, PurposeKind::Case, PurposeKind::Request, PurposeKind::Oversight,
    ] };
    (@bound) => { &[PurposeKind::Case, PurposeKind::Request, PurposeKind::Oversight] };
    (@rights) => { &[PurposeKind::Rights] };
    (@control) => { &[PurposeKind::Oversight] };
    (@program) => { &[PurposeKind::Assessment] };
}

acts! {
    /// See the queue of cases.
    QueueRead = "queue.read", queue:
        Analyst SecondReviewer Supervisor Disseminator Dpo Inspector;
    /// See one case with its hits.
    CaseRead = "case.read", record:
        Analyst SecondReviewer Supervisor Disseminator Dpo Inspector;
    /// Claim or release a case.
    CaseClaim = "case.claim", queue: Analyst SecondReviewer Supervisor;
    /// Decide a hit.
    HitDecide = "hit.decide", record: Analyst SecondReviewer Supervisor;
    /// Record objective evidence that links a record to an offence (R-RET-05).
    LinkRecord = "link.record", bound: Analyst SecondReviewer Supervisor RequestOfficer;
    /// Look again at such a link, and keep or end it.
    LinkReview = "link.review", bound: Supervisor LegalOfficer;
    /// See which records are kept for such a link, and when it is looked at again: no names.
    LinkSee = "link.see", plain: Supervisor LegalOfficer Dpo Inspector;
    /// See flights, without travellers.
    FlightRead = "flight.read", plain:
        Analyst SecondReviewer Supervisor Dpo Inspector CarrierLiaison;
    /// See who is on a flight.
    ManifestRead = "manifest.read", record: Analyst SecondReviewer Supervisor Dpo Inspector;
    /// See one traveller with sources.
    TravellerRead = "traveller.read", record:
        Analyst SecondReviewer Supervisor RequestOfficer Dpo Inspector;
    /// See a message as stored.
    MessageRead = "message.read", record: Analyst SecondReviewer Supervisor Dpo Inspector;
    /// Hand in a message.
    MessageReceive = "message.receive", plain: Carrier;
    /// See lists, without entries.
    ListRead = "list.read", plain:
        Analyst SecondReviewer Supervisor ListOfficer ListApprover LegalOfficer Dpo Inspector;
    /// Compare persons with the lists in force, and see the entries that are like them.
    ListMatch = "list.match", record: Analyst SecondReviewer Supervisor RequestOfficer;
    /// See which flights are expected, and what of them has not come.
    ScheduleRead = "schedule.read", plain:
        Analyst SecondReviewer Supervisor Dpo Inspector CarrierLiaison;
    /// Bring in a carrier's schedule, or end one.
    SchedulePut = "schedule.put", plain: CarrierLiaison;
    /// See carriers: who they are, how they send, and what they were told.
    CarrierRead = "carrier.read", plain:
        Analyst SecondReviewer Supervisor LegalOfficer Dpo Inspector CarrierLiaison;
    /// Enrol a carrier, change what is known of it, give it channels or end them (R-CAR-01).
    CarrierPut = "carrier.put", plain: CarrierLiaison;
    /// See whom to call at a carrier.
    CarrierCall = "carrier.call", plain: Supervisor CarrierLiaison;
    /// See how well carriers send, in counts (R-CAR-02).
    QualityRead = "quality.read", plain:
        Supervisor LegalOfficer Dpo Inspector CarrierLiaison;
    /// Take out what proves how a carrier failed of a flight (R-CAR-02).
    InfringementExport = "infringement.export", plain: Supervisor LegalOfficer CarrierLiaison;
    /// As a carrier's system: see what is known of it, fetch its notices, send to the sandbox.
    CarrierOwn = "carrier.own", plain: Carrier;
    /// Ask a carrier for a push outside the schedule (R-ING-08).
    PushAsk = "push.ask", plain: Analyst SecondReviewer Supervisor RequestOfficer;
    /// Let such a request go out, or refuse it.
    PushApprove = "push.approve", plain: Supervisor LegalOfficer;
    /// See such requests: why, how they stand, which message answered.
    PushSee = "push.see", plain:
        Analyst SecondReviewer Supervisor RequestOfficer LegalOfficer Dpo Inspector;
    /// Bring in a list.
    ListImport = "list.import", plain: ListOfficer;
    /// Put a list in force.
    ListApprove = "list.approve", plain: ListApprover;
    /// See a request of an authority.
    RequestRead = "request.read", bound:
        RequestOfficer Supervisor LegalOfficer Dpo Inspector;
    /// Record a request of an authority (R-SHR-02).
    RequestPut = "request.put", bound: RequestOfficer;
    /// Grant, grant in part or refuse a request.
    RequestDecide = "request.decide", bound: Supervisor LegalOfficer;
    /// Search within the scope of a granted request or of a case.
    SearchRun = "search.run", bound: Analyst SecondReviewer Supervisor RequestOfficer;
    /// Ask for the review that must come before data is passed on after arrival (R-RET-06).
    DisclosureAsk = "disclosure.ask", plain: RequestOfficer Disseminator;
    /// Give or refuse that review.
    DisclosureApprove = "disclosure.approve", plain: UnmaskAuthority;
    /// Ask for masked values to be seen.
    UnmaskAsk = "unmask.ask", plain: RequestOfficer Supervisor;
    /// See what was asked: who, why and how many, no names.
    UnmaskSee = "unmask.see", plain:
        RequestOfficer Supervisor UnmaskAuthority HeadOfAuthority LegalOfficer Dpo Inspector;
    /// Allow, confirm or refuse it, outside the unit (R-RET-03).
    UnmaskApprove = "unmask.approve", plain: UnmaskAuthority;
    /// Allow what cannot wait, until the authority outside confirms it (R-RET-04).
    UnmaskUrgent = "unmask.urgent", plain: HeadOfAuthority;
    /// See masked values under an approval that is still open.
    UnmaskRead = "unmask.read", bound: Analyst SecondReviewer Supervisor RequestOfficer;
    /// See requests of persons about their own data.
    RightsRead = "rights.read", rights: Dpo;
    /// Record such a request, answer it or refuse it (R-DSR-01).
    RightsPut = "rights.put", rights: Dpo;
    /// Find everything about a person, masked data too (R-DSR-01).
    RightsSearch = "rights.search", rights: Dpo;
    /// Take out of an answer what others have a right to.
    RightsRedact = "rights.redact", rights: Dpo;
    /// Correct, note or erase, and tell recipients.
    RightsRectify = "rights.rectify", rights: Dpo;
    /// Keep a record that spares a person repeated false matches (R-DSR-05).
    RightsRedress = "rights.redress", rights: Dpo;
    /// Keep a copy for one case beyond the record's own period (R-RET-07).
    HoldPlace = "hold.place", bound: RequestOfficer LegalOfficer;
    /// End such a hold.
    HoldLift = "hold.lift", plain: LegalOfficer;
    /// See which holds there are, without their records.
    HoldSee = "hold.see", plain: RequestOfficer LegalOfficer Supervisor Dpo Inspector;
    /// See the copy that a hold keeps, for its own case.
    HoldRead = "hold.read", bound:
        Analyst SecondReviewer Supervisor RequestOfficer LegalOfficer Dpo Inspector;
    /// See the register of selected flights.
    SelectionRead = "selection.read", plain:
        Analyst SecondReviewer Supervisor LegalOfficer Dpo Inspector CarrierLiaison;
    /// Propose a selection.
    SelectionPut = "selection.put", plain: Supervisor LegalOfficer;
    /// Put a selection in force, or end it.
    SelectionApprove = "selection.approve", plain: LegalOfficer;
    /// See the legal profile in force and its versions.
    ProfileRead = "profile.read", plain:
        Analyst SecondReviewer Supervisor Disseminator RequestOfficer ListOfficer ListApprover
        RuleAuthor RuleApprover LegalOfficer Dpo Inspector UnmaskAuthority SystemAdministrator
        SecurityAdministrator Trainer;
    /// Propose a version of the legal profile.
    ProfilePropose = "profile.propose", plain: LegalOfficer SecurityAdministrator;
    /// Put a version of the legal profile in force.
    ProfileActivate = "profile.activate", plain: LegalOfficer;
    /// See figures of the system.
    FigureRead = "figure.read", plain:
        Analyst SecondReviewer Supervisor Dpo Inspector CarrierLiaison SystemAdministrator;
    /// See the statistics of the law (R-STA-01).
    StatisticsRead = "statistics.read", plain: Supervisor LegalOfficer Dpo Inspector;
    /// See the inbox of oversight (R-DPO-04).
    OversightRead = "oversight.read", control: Dpo Inspector;
    /// Answer an item of that inbox.
    OversightAnswer = "oversight.answer", control: Dpo;
    /// Read the audit log.
    AuditRead = "audit.read", control: Dpo Inspector;
    /// Take the audit log out with its proof.
    AuditExport = "audit.export", control: Dpo Inspector;
    /// See sweeps: what was masked and erased, in counts.
    SweepRead = "sweep.read", plain: LegalOfficer Dpo Inspector SystemAdministrator;
    /// Mask and erase what is due.
    SweepRun = "sweep.run", program: System;
    /// Manage accounts.
    AccountManage = "account.manage", plain: SystemAdministrator SecurityAdministrator;
    /// Confirm, as a second person, a role that was given.
    AccountApprove = "account.approve", plain: SystemAdministrator SecurityAdministrator;
    /// See everybody's sessions. One's own need no leave.
    SessionList = "session.list", plain: SecurityAdministrator;
    /// End somebody's session.
    SessionEnd = "session.end", plain: SecurityAdministrator;
    /// Exchange keys.
    KeyRotate = "key.rotate", plain: SecurityAdministrator;
    /// Make or check a backup.
    BackupMake = "backup.make", plain: SystemAdministrator;
    /// Put a backup back.
    BackupRestore = "backup.restore", plain: SystemAdministrator;
    /// See whether the system is well.
    HealthRead = "health.read", plain: SystemAdministrator SecurityAdministrator;
    /// Make a bundle for support, without passenger data.
    SupportBundle = "support.bundle", plain: SystemAdministrator;
    /// Merge and screen what was received.
    JourneyScreen = "journey.screen", program: System;
}

impl Act {
    /// Name in audit events and refusals.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The act of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.name() == name)
    }

    /// Whether personal data is read or changed, so that a purpose is needed.
    pub fn is_personal(self) -> bool {
        !self.row().purposes.is_empty()
    }

    /// The purposes it may serve; none where no personal data is read.
    pub fn purposes(self) -> &'static [PurposeKind] {
        self.row().purposes
    }

    /// The roles that may.
    pub fn roles(self) -> &'static [Role] {
        self.row().roles
    }

    /// Whether one of `roles` may, for a purpose that fits.
    pub fn is_of(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles().contains(role))
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_dotted_and_unique() {
        let names: BTreeSet<&str> = Act::ALL.iter().map(|act| act.name()).collect();
        assert_eq!(names.len(), Act::ALL.len());
        for act in Act::ALL {
            assert_eq!(Act::parse(act.name()), Some(*act));
            assert_eq!(act.name().split('.').count(), 2, "{}", act.name());
        }
    }

    #[test]
    fn nobody_is_named_twice_for_one_act() {
        for act in Act::ALL {
            let roles: BTreeSet<&Role> = act.roles().iter().collect();
            assert_eq!(roles.len(), act.roles().len(), "{}", act.name());
        }
    }

    #[test]
    fn every_role_may_do_something() {
        for (name, role, _) in Role::ROWS {
            let any = Act::ALL.iter().any(|act| act.roles().contains(role));
            assert!(any, "{name}");
        }
    }

    /// Outside the unit and beside it: what they never may (R-ACC-02, R-RET-03).
    #[test]
    fn who_approves_administers_or_talks_to_carriers_has_no_personal_act() {
        let without = [
            UnmaskAuthority,
            HeadOfAuthority,
            SystemAdministrator,
            SecurityAdministrator,
            CarrierLiaison,
            Carrier,
            Trainer,
        ];
        for act in Act::ALL.iter().filter(|act| act.is_personal()) {
            for role in without {
                assert!(!act.roles().contains(&role), "{} {role:?}", act.name());
            }
        }
    }

    /// Overseers read; what the officer changes is a person's own right (R-DPO-01, R-DPO-03).
    #[test]
    fn overseers_change_nothing() {
        for act in Act::ALL {
            let reads = ["read", "see", "export", "answer"]
                .iter()
                .any(|end| act.name().ends_with(&format!(".{end}")));
            if act.roles().contains(&Inspector) {
                assert!(reads, "{}", act.name());
            }
            if act.roles().contains(&Dpo) {
                assert!(reads || act.name().starts_with("rights."), "{}", act.name());
            }
        }
    }
}
