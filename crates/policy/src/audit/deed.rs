//! What the log knows to be done, and what the law calls it.
//!
//! - Source: Directive (EU) 2016/681, Article 13(6), asks for collection, consultation, disclosure
//!   and erasure; Directive (EU) 2016/680, Article 25(1), adds alteration and combination (R-AUD-01).
//! - Invariant: no [`Deed`] is a consultation or a disclosure. Those need a person and a purpose,
//!   so they exist only as an [`Act`] under a [`crate::Grant`].

use crate::Act;

/// What the law calls what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Personal data came in.
    Collection,
    /// Personal data, or what is decided about a person, changed.
    Alteration,
    /// Somebody saw personal data.
    Consultation,
    /// Personal data went to somebody outside.
    Disclosure,
    /// Leave to see or to disclose was asked for, given or refused.
    Leave,
    /// Personal data was compared or put together.
    Combination,
    /// Personal data was erased, or masked.
    Erasure,
    /// Somebody signed in or out, or accounts changed.
    Account,
    /// The system was set up, or ran itself.
    System,
    /// The log was read, proved or cut.
    Log,
}

impl Kind {
    /// Every kind with its name.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("collection", Self::Collection),
        ("alteration", Self::Alteration),
        ("consultation", Self::Consultation),
        ("disclosure", Self::Disclosure),
        ("leave", Self::Leave),
        ("combination", Self::Combination),
        ("erasure", Self::Erasure),
        ("account", Self::Account),
        ("system", Self::System),
        ("log", Self::Log),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ROWS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ROWS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| *kind)
    }

    /// The kind of what stands as `act` in an event; `None` for what a newer program wrote.
    pub fn of(act: &str) -> Option<Self> {
        let deed = Deed::ROWS.iter().find(|row| row.name == act);
        deed.map(|row| row.kind)
            .or_else(|| Act::parse(act).map(kind))
    }
}

macro_rules! deeds {
    ($($name:literal => $deed:ident, $kind:ident, $says:literal;)*) => {
        /// What happens without a grant: the program does it, or somebody who is not yet, or no
        /// longer, signed in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Deed { $(#[doc = $says] $deed,)* }

        impl Deed {
            /// Every deed.
            pub const ROWS: &[DeedRow] = &[$(DeedRow {
                deed: Self::$deed, name: $name, kind: Kind::$kind, says: $says,
            },)*];

            /// Name in audit events.
            pub fn name(self) -> &'static str {
                match self { $(Self::$deed => $name,)* }
            }
        }
    };
}

/// One row of the table of deeds.
#[derive(Clone, Copy, Debug)]
pub struct DeedRow {
    /// The deed.
    pub deed: Deed,
    /// Its name in audit events.
    pub name: &'static str,
    /// What the law calls it.
    pub kind: Kind,
    /// What happened, in words.
    pub says: &'static str,
}

deeds! {
    "access.miss"     => AccessMiss, Leave, "Something was asked for that is not there, or not theirs.";
    "account.end"     => AccountEnd, Account, "An account was closed.";
    "account.invite"  => AccountInvite, Account, "Somebody was invited to an account.";
    "account.password" => AccountPassword, Account, "A password was set, or not.";
    "account.put"     => AccountPut, Account, "An account was made or changed.";
    "account.reset"   => AccountReset, Account, "The ways to sign in to an account were taken away.";
    "account.roles"   => AccountRoles, Account, "Roles were asked for, given or refused.";
    "audit.erase"     => AuditErase, Log, "Events whose time was over were removed from the front of the log.";
    "audit.export"    => AuditExport, Log, "The log was read: exported, proved from, or listed.";
    "audit.verify"    => AuditVerify, Log, "The log was checked and held.";
    "backup.make"     => BackupMake, System, "A backup was made.";
    "backup.restore"  => BackupRestore, System, "A backup was restored.";
    "backup.verify"   => BackupVerify, System, "A backup was read to its end and proved.";
    "carrier.notice"  => CarrierNotice, System, "A carrier was told of something by itself.";
    "carrier.outage"  => CarrierOutage, System, "The program was out, so that carriers are not held to what they owed in that time.";
    "carrier.pass"    => CarrierPass, System, "A carrier passed the certification of its formats.";
    "carrier.strange" => CarrierStrange, System, "A carrier sent under another name, or about a flight that is not its own.";
    "clearance.hear"  => ClearanceHear, System, "A carrier said whether it took what it was told unasked.";
    "clearance.tell"  => ClearanceTell, Disclosure, "A carrier was told whether travellers may board.";
    "factor.put"      => FactorPut, Account, "A second factor or passkey was enrolled or removed.";
    "hit.reopen"      => HitReopen, Alteration, "A hit was opened for review anew, because traveller or entry had changed since the decision.";
    "hit.spare"       => HitSpare, Alteration, "A hit was left out, because a person had decided that pair before.";
    "hold.end"        => HoldEnd, Alteration, "A legal hold ended.";
    "hold.put"        => HoldPut, Alteration, "A legal hold was placed.";
    "key.destroy"     => KeyDestroy, Erasure, "Keys were destroyed; what they sealed cannot be read again.";
    "key.rotate"      => KeyRotate, System, "Keys were exchanged.";
    "link.make"       => LinkMake, Account, "A one-time link was given out.";
    "machine.key"     => MachineKey, Account, "A key of a service was registered or revoked.";
    "machine.use"     => MachineUse, Account, "A key of a service was refused.";
    "message.accept"  => MessageAccept, Collection, "A message was kept, merged and screened.";
    "message.drop"    => MessageDrop, Erasure, "A message about a journey that a recipient had not selected was not kept for it.";
    "message.refuse"  => MessageRefuse, Collection, "A message was refused; nothing of its content is kept.";
    "oversight.alert" => OversightAlert, System, "The program saw a sign of misuse, or of a duty left undone.";
    "profile.use"     => ProfileUse, System, "A new recipient began under the legal profile it is configured with.";
    "push.answer"     => PushAnswer, Collection, "A carrier's message answered a request for a push outside the schedule.";
    "push.send"       => PushSend, System, "A carrier was handed a request for a push outside the schedule.";
    "push.stop"       => PushStop, System, "A request for a push outside the schedule ran out before it was handed over.";
    "session.close"   => SessionClose, Account, "Somebody signed out, or a session was ended.";
    "session.fresh"   => SessionFresh, Account, "A fresh proof was asked of somebody signed in.";
    "session.open"    => SessionOpen, Account, "Somebody signed in, or was refused.";
    "store.change"    => StoreChange, System, "Something changed and nobody said what; a fault of the program.";
    "store.open"      => StoreOpen, System, "A program opened the store.";
    "sweep.erase"     => SweepErase, Erasure, "Records whose period was over were erased.";
    "sweep.mask"      => SweepMask, Erasure, "Identifying values whose period was over were masked.";
    "traveller.join"  => TravellerJoin, Combination, "Two travellers of a journey turned out to be one.";
    "unmask.end"      => UnmaskEnd, Erasure, "An approved view of masked values ended; its copies were removed.";
}

/// What the law calls an act under a grant. An act without an arm does not compile.
fn kind(act: Act) -> Kind {
    use Act::{
        AccountApprove, AccountManage, AuditExport, AuditRead, BackupMake, BackupRestore,
        CarrierCall, CarrierOwn, CarrierPut, CarrierRead, CaseClaim, CaseRead, DisclosureApprove,
        DisclosureAsk, FigureRead, FlightRead, HealthRead, HitDecide, HoldLift, HoldPlace,
        HoldRead, HoldSee, InfringementExport, JourneyScreen, KeyRotate, LinkRecord, LinkReview,
        LinkSee, ListApprove, ListImport, ListMatch, ListRead, ManifestRead, MessageRead,
        MessageReceive, OversightAnswer, OversightRead, ProfileActivate, ProfilePropose,
        ProfileRead, PushApprove, PushAsk, PushSee, QualityRead, QueueRead, RequestDecide,
        RequestPut, RequestRead, RightsPut, RightsRead, RightsRectify, RightsRedact, RightsRedress,
        RightsSearch, SchedulePut, ScheduleRead, SearchRun, SelectionApprove, SelectionPut,
        SelectionRead, SessionEnd, SessionList, StatisticsRead, SupportBundle, SweepRead, SweepRun,
        TravellerRead, UnmaskApprove, UnmaskAsk, UnmaskRead, UnmaskSee, UnmaskUrgent,
    };
    match act {
        MessageReceive => Kind::Collection,
        QueueRead | CaseRead | ManifestRead | TravellerRead | MessageRead | RequestRead
        | ListMatch | SearchRun | UnmaskRead | HoldRead | RightsRead | RightsSearch => {
            Kind::Consultation
        }
        CaseClaim | HitDecide | LinkRecord | LinkReview | RequestPut | RequestDecide
        | RightsPut | RightsRedact | RightsRectify | RightsRedress | HoldPlace | HoldLift => {
            Kind::Alteration
        }
        UnmaskAsk | UnmaskSee | UnmaskApprove | UnmaskUrgent | DisclosureAsk
        | DisclosureApprove | PushAsk | PushSee | PushApprove => Kind::Leave,
        JourneyScreen => Kind::Combination,
        SweepRun => Kind::Erasure,
        AccountManage | AccountApprove | SessionList | SessionEnd => Kind::Account,
        AuditRead | AuditExport | OversightRead => Kind::Log,
        FlightRead | ScheduleRead | SchedulePut | CarrierRead | CarrierPut | CarrierCall
        | CarrierOwn | QualityRead | InfringementExport | ListRead | ListImport | ListApprove
        | SelectionRead | SelectionPut | SelectionApprove | ProfileRead | ProfilePropose
        | ProfileActivate | FigureRead | LinkSee | HoldSee | StatisticsRead | OversightAnswer
        | SweepRead | KeyRotate | BackupMake | BackupRestore | HealthRead | SupportBundle => {
            Kind::System
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_are_sorted_once_and_never_show_data_to_anybody() {
        assert!(Deed::ROWS.is_sorted_by(|a, b| a.name < b.name));
        for row in Deed::ROWS {
            assert_eq!(row.deed.name(), row.name);
            // A carrier is told whether somebody may board, of whom it told us, and nothing else.
            let told = row.deed == Deed::ClearanceTell;
            assert!(row.kind != Kind::Consultation && (row.kind != Kind::Disclosure || told));
            assert_eq!(Kind::of(row.name), Some(row.kind));
            // What the program does by itself and what a person does may have one name.
            if let Some(act) = Act::parse(row.name) {
                assert_eq!(kind(act), row.kind, "{}", row.name);
            }
        }
    }

    #[test]
    fn whoever_sees_personal_data_says_why() {
        for act in Act::ALL
            .iter()
            .filter(|act| kind(**act) == Kind::Consultation)
        {
            assert!(act.is_personal(), "{} needs no purpose", act.name());
        }
    }

    #[test]
    fn kinds_have_names_and_acts_have_kinds() {
        for (name, kind) in Kind::ROWS {
            assert_eq!((Kind::parse(name), kind.name()), (Some(*kind), *name));
        }
        assert_eq!(Kind::of("case.read"), Some(Kind::Consultation));
        assert_eq!(Kind::of("case.burn"), None);
    }
}
