//! What comes to the data-protection officer by itself: items made from the audit log by a table.
//!
//! - In: events of the log, in order.  Out: items with their answers, gravest first.
//! - Source: R-DPO-04; Directive (EU) 2016/681, Articles 11(4) and 12(3).
//! - Invariants: an item is an event and nothing else, so nobody can take one away without breaking
//!   the log; an answer is an event too; which events are items is decided by [`CONCERNS`] alone,
//!   which no configuration and no role changes.

use crate::Profile;
use crate::audit::{Entry, Record};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Which events of an act are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Every one that was not refused.
    Done,
    /// Those whose detail has this word.
    Says(&'static str),
    /// Those refused with this code.
    Refused(&'static str),
    /// Those that gave something to a recipient whose name begins so.
    To(&'static str),
}

/// By when an item is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It is for information.
    Never,
    /// In the period of `oversight.answer_within`.
    Answer,
    /// In the period of `unmask.dpo_review`.
    Review,
}

/// A kind of item.
#[derive(Clone, Copy, Debug)]
pub struct Concern {
    /// Name in answers of the API.
    pub name: &'static str,
    /// Names of acts and deeds; none stands for every one.
    pub acts: &'static [&'static str],
    /// Which of their events.
    pub when: When,
    /// By when it is answered.
    pub due: Due,
    /// What happened, in words.
    pub says: &'static str,
}

macro_rules! concerns {
    ($($name:literal, [$($act:literal)*], $when:expr, $due:ident, $says:literal;)*) => {
        /// Every kind; where two fit an event, the first counts.
        pub const CONCERNS: &[Concern] = &[$(Concern {
            name: $name, acts: &[$($act),*], when: $when, due: Due::$due, says: $says,
        },)*];
    };
}

use When::{Done, Refused, Says, To};

concerns! {
    "wrong-passphrase", [], Says("wrong-passphrase"), Answer,
        "A wrong passphrase was given for the vault of masked values.";
    "unmask-urgent", ["unmask.urgent"], Done, Review,
        "Masked values were opened in urgency, before the authority agreed.";
    "unmask-unconfirmed", ["unmask.end"], Says("why=unconfirmed"), Review,
        "An urgent unmasking was not confirmed in time and ended by itself.";
    "unmask-refused", ["unmask.approve"], Says("state=refused"), Never,
        "The authority refused an unmasking.";
    "unmask-approved", ["unmask.approve"], Says("state=approved"), Review,
        "The authority allowed an unmasking.";
    "unmask-confirmed", ["unmask.approve"], Says("state=confirmed"), Review,
        "The authority confirmed an urgent unmasking.";
    "unmask-asked", ["unmask.ask"], Done, Never,
        "Somebody asked for masked values.";
    "third-state", [], To("state:"), Review,
        "Data went to a third state.";
    "emergency", [], Says("emergency"), Review,
        "Somebody acted under an emergency grant.";
    "urgent-single", ["hit.decide"], Says("urgent"), Review,
        "A decision was signed by one person, because time was short.";
    "hold-placed", ["hold.place" "hold.put"], Done, Never,
        "A copy is held for a case beyond the record's own period.";
    "hold-ended", ["hold.lift" "hold.end"], Says("ended"), Never,
        "A hold ended.";
    "disclosure-review", ["disclosure.ask" "disclosure.approve"], Done, Never,
        "A review before passing data on was asked for, given or refused.";
    "roles-apart", [], Refused("roles-apart"), Answer,
        "Roles that exclude each other were asked for and refused.";
    "second-person", [], Refused("second-person"), Answer,
        "One person tried to take both of two steps, and was refused.";
    "role-given", ["account.roles"], Says("approved"), Never,
        "Roles were given.";
    "role-console", ["account.put"], Done, Never,
        "An account was made or changed from the machine itself, without a second person.";
    "account-reset", ["account.reset"], Done, Never,
        "The ways to sign in to an account were taken away and a link was given out.";
    "profile-proposed", ["profile.propose"], Done, Never,
        "A version of the legal profile was proposed.";
    "profile-activated", ["profile.activate" "profile.use"], Done, Answer,
        "A version of the legal profile came into force.";
    "selection-proposed", ["selection.put"], Done, Never,
        "A selection of flights was proposed.";
    "selection-activated", ["selection.approve"], Done, Answer,
        "A selection of flights was put in force, or ended.";
    "push-asked", ["push.ask"], Done, Never,
        "A push of a flight outside the schedule was asked for.";
    "push-approved", ["push.approve"], Says("state=approved"), Never,
        "A request for a push outside the schedule was let go out.";
    "push-refused", ["push.approve"], Says("state=refused"), Never,
        "A request for a push outside the schedule was refused.";
    "backup-restored", ["backup.restore"], Done, Answer,
        "A backup was put back.";
    "unexplained-change", ["store.change"], Done, Answer,
        "Something changed and nobody said what.";
    "own-name", ["oversight.alert"], Says("rule=own-name"), Answer,
        "Somebody opened the record of a person of their own name.";
    "volume", ["oversight.alert"], Says("rule=volume"), Answer,
        "An account opened far more records than others of its role.";
    "quiet-hours", ["oversight.alert"], Says("rule=quiet-hours"), Answer,
        "Records were opened in hours in which nobody is expected to.";
    "same-person", ["oversight.alert"], Says("rule=same-person"), Answer,
        "Many accounts opened one person's record without a case.";
    "denials", ["oversight.alert"], Says("rule=denials"), Answer,
        "An account was refused again and again.";
    "sign-ins", ["oversight.alert"], Says("rule=sign-ins"), Answer,
        "Sign-in to an account was tried again and again.";
    "sweep-late", ["oversight.alert"], Says("rule=sweep-late"), Answer,
        "Records that are due were not masked or erased.";
    "sweep-sums", ["oversight.alert"], Says("rule=sweep-sums"), Answer,
        "The counts of a sweep do not add up.";
    "evidence-late", ["oversight.alert"], Says("rule=evidence-late"), Answer,
        "Recorded evidence was not looked at again in time.";
    "log-broken", ["oversight.alert"], Says("rule=log-broken"), Answer,
        "The audit log does not hold.";
    "checkpoint-late", ["oversight.alert"], Says("rule=checkpoint-late"), Answer,
        "The audit log is not signed any more.";
}

impl Concern {
    /// The kind of an event that is an item.
    pub fn of(record: &Record<'_>) -> Option<&'static Self> {
        CONCERNS.iter().find(|concern| concern.fits(record))
    }

    fn fits(&self, record: &Record<'_>) -> bool {
        let act = self.acts.is_empty() || self.acts.contains(&record.act);
        act && match self.when {
            Done => record.denied().is_none(),
            Says(word) => record.says(word),
            Refused(code) => record.denied() == Some(code),
            To(begin) => record.recipient.starts_with(begin),
        }
    }
}

macro_rules! answers {
    ($($(#[doc = $doc:literal])+ $answer:ident = $name:literal;)*) => {
        /// What the officer says to an item.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Answer { $($(#[doc = $doc])+ $answer,)* }

        impl Answer {
            /// Every answer with its name.
            pub const ROWS: &[(&'static str, Self)] = &[$(($name, Self::$answer),)*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$answer => $name,)* }
            }
        }
    };
}

answers! {
    /// Read.
    Seen = "seen";
    /// Something was written down about it.
    Noted = "noted";
    /// Taken to the supervisory authority (R-DPO-01).
    Referred = "referred";
    /// Done with; notes may still follow.
    Closed = "closed";
}

impl Answer {
    /// The answer of a name.
    pub fn parse(name: &str) -> Option<Self> {
        let row = Self::ROWS.iter().find(|(known, _)| *known == name);
        row.map(|(_, answer)| *answer)
    }

    /// What an event of `oversight.answer` says, and how it is read again.
    pub fn detail(self) -> String {
        format!("ok as={}", self.name())
    }
}

/// The act of an answer.
const ANSWER: &str = "oversight.answer";

/// How an event is named as the object of another.
pub fn event_name(sequence: u64) -> String {
    format!("event_{sequence}")
}

/// An answer in its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Number of its event.
    pub event: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// What.
    pub answer: Answer,
}

/// One item: an event, why it is one, and what was said to it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Number of the event.
    pub event: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Why it is an item.
    pub concern: &'static Concern,
    /// Name of the act.
    pub act: String,
    /// Who did it.
    pub actor: String,
    /// On what.
    pub object: String,
    /// Why, or blank.
    pub purpose: String,
    /// To whom, or blank.
    pub recipient: String,
    /// In which compartment; blank for the whole installation.
    pub compartment: String,
    /// Outcome and counts.
    pub detail: String,
    /// Answers, oldest first.
    pub answers: Vec<Answered>,
}

impl Item {
    fn new(entry: &Entry<'_>, concern: &'static Concern) -> Self {
        let record = entry.record;
        Self {
            event: entry.sequence,
            at: record.at,
            concern,
            act: record.act.to_owned(),
            actor: record.actor.to_owned(),
            object: record.object.to_owned(),
            purpose: record.purpose.to_owned(),
            recipient: record.recipient.to_owned(),
            compartment: record.compartment.to_owned(),
            detail: record.detail.to_owned(),
            answers: Vec::new(),
        }
    }

    fn is(&self, answer: Answer) -> bool {
        self.answers.iter().any(|given| given.answer == answer)
    }

    /// Whether it is done with.
    pub fn is_closed(&self) -> bool {
        self.is(Answer::Closed)
    }

    /// `new`, `seen`, `referred` or `closed`.
    pub fn state(&self) -> &'static str {
        match () {
            () if self.is_closed() => "closed",
            () if self.is(Answer::Referred) => "referred",
            () if self.answers.is_empty() => "new",
            () => "seen",
        }
    }

    /// By when it is to be closed, UTC.
    pub fn due(&self, profile: &Profile) -> Option<Timestamp> {
        let period = match self.concern.due {
            Due::Never => return None,
            Due::Answer => &profile.oversight().answer_within,
            Due::Review => &profile.unmask().dpo_review,
        };
        Some(period.value.after(self.at))
    }

    /// Whether it is open after it was due.
    pub fn is_overdue(&self, profile: &Profile, now: Timestamp) -> bool {
        !self.is_closed() && self.due(profile).is_some_and(|due| due <= now)
    }
}

/// All items of a log, as far as it was read.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    items: BTreeMap<u64, Item>,
    last: u64,
    newest: u64,
}

impl Inbox {
    /// Takes the next event; those that are neither items nor answers may be left out.
    pub fn push(&mut self, entry: &Entry<'_>) {
        self.last = entry.sequence;
        let record = &entry.record;
        if record.act == ANSWER && record.denied().is_none() && record.says("reviewed") {
            self.reviewed(entry);
        } else if record.act == ANSWER {
            let answer = record.value("as").and_then(Answer::parse);
            let of = record.object.strip_prefix("event_");
            let of = of.and_then(|sequence| sequence.parse().ok());
            if let (None, Some(answer), Some(of)) = (record.denied(), answer, of)
                && let Some(item) = self.items.get_mut(&of)
            {
                self.newest = entry.sequence;
                item.answers.push(Answered {
                    event: entry.sequence,
                    at: record.at,
                    actor: record.actor.to_owned(),
                    answer,
                });
            }
        } else if let Some(concern) = Concern::of(record) {
            self.newest = entry.sequence;
            self.items.insert(entry.sequence, Item::new(entry, concern));
        }
    }

    /// Closes what was reviewed where it is kept, as an unmasking is, and not in the inbox.
    fn reviewed(&mut self, entry: &Entry<'_>) {
        let record = &entry.record;
        let items = self.items.values_mut();
        for item in items.filter(|i| i.concern.due == Due::Review && i.object == record.object) {
            self.newest = entry.sequence;
            item.answers.push(Answered {
                event: entry.sequence,
                at: record.at,
                actor: record.actor.to_owned(),
                answer: Answer::Closed,
            });
        }
    }

    /// Number of the last event that was taken.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Number of the newest event that is an item or an answer.
    pub fn newest(&self) -> u64 {
        self.newest
    }

    /// Forgets the items of events up to `sequence`, which have left the log (R-AUD-03).
    pub fn forget(&mut self, sequence: u64) {
        self.items = self.items.split_off(&(sequence + 1));
    }

    /// The item of an event, for who oversees `compartment`.
    pub fn item(&self, compartment: &str, event: u64) -> Option<&Item> {
        let item = self.items.get(&event)?;
        is_of(&item.compartment, compartment).then_some(item)
    }

    /// The items for who oversees `compartment`: what is overdue first, then what is open by its
    /// date, then what is open for information, and what is closed; the newest first where there is
    /// no date.
    pub fn items(&self, compartment: &str, profile: &Profile, now: Timestamp) -> Vec<&Item> {
        let mut items: Vec<&Item> = self
            .items
            .values()
            .filter(|item| is_of(&item.compartment, compartment))
            .collect();
        items.sort_by_cached_key(|item| {
            let due = item.due(profile).filter(|_| !item.is_closed());
            (
                item.is_closed(),
                !item.is_overdue(profile, now),
                due.is_none(),
                due,
                Reverse(item.event),
            )
        });
        items
    }
}

/// Whether an event of one compartment is for who oversees another: what concerns the whole
/// installation is for everybody.
pub fn is_of(event: &str, compartment: &str) -> bool {
    event.is_empty() || event == compartment
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Act;
    use crate::alert::Rule;
    use crate::audit::{Kind, ORIGIN};
    use std::collections::BTreeSet;

    const START: &str = "2026-11-22T14:00:00Z";

    fn record<'a>(act: &'a str, object: &'a str, detail: &'a str) -> Record<'a> {
        Record {
            at: START.parse().unwrap(),
            actor: "usr_1",
            act,
            object,
            purpose: "",
            recipient: "",
            compartment: "",
            profile: "",
            detail,
        }
    }

    /// The kind of item that an event is; blank for none.
    #[track_caller]
    fn check(act: &str, detail: &str, expect: &str) {
        let concern = Concern::of(&record(act, "", detail));
        assert_eq!(concern.map_or("", |c| c.name), expect, "{act} {detail}");
    }

    /// R-DPO-04.
    #[test]
    fn what_comes_to_the_officer() {
        check("unmask.ask", "ok case=c1", "unmask-asked");
        check("unmask.ask", "denied role-missing", "");
        check("unmask.urgent", "ok state=provisional", "unmask-urgent");
        check(
            "unmask.approve",
            "denied wrong-passphrase",
            "wrong-passphrase",
        );
        check(
            "unmask.approve",
            "ok state=refused copies=0",
            "unmask-refused",
        );
        check("unmask.approve", "ok state=approved", "unmask-approved");
        check("unmask.approve", "ok state=confirmed", "unmask-confirmed");
        // A look at what is asked, before it is decided.
        check("unmask.approve", "ok", "");
        check(
            "unmask.end",
            "ok why=unconfirmed copies=2",
            "unmask-unconfirmed",
        );
        check("unmask.end", "ok why=expired copies=2", "");
        check("hold.place", "ok", "hold-placed");
        check("hold.lift", "ok kept", "");
        check("hold.lift", "ok ended", "hold-ended");
        check("hit.decide", "ok verdict=same state=decided", "");
        check("hit.decide", "ok verdict=same urgent", "urgent-single");
        check("hit.decide", "denied second-person", "second-person");
        check("case.read", "ok emergency travellers=1", "emergency");
        check("account.roles", "asked roles=analyst", "");
        check("account.roles", "approved by_other=usr_2", "role-given");
        check("account.invite", "denied roles-apart", "roles-apart");
        check("profile.activate", "ok", "profile-activated");
        check("selection.approve", "ok", "selection-activated");
        check("backup.restore", "ok", "backup-restored");
        check("oversight.alert", "ok rule=volume count=900", "volume");
        check("message.accept", "ok type=PAXLST", "");
        check("case.read", "ok travellers=1", "");
    }

    /// R-DPO-04.
    #[test]
    fn what_goes_to_a_third_state_comes_to_the_officer() {
        let mut sent = record("case.read", "case_1", "ok");
        sent.recipient = "state:uto/desk-3";
        assert_eq!(Concern::of(&sent).unwrap().name, "third-state");
        sent.recipient = "piu:uto";
        assert!(Concern::of(&sent).is_none());
    }

    /// R-DPO-04: a row that no event could ever fit would hide something.
    #[test]
    fn rows_are_of_acts_that_exist() {
        let names: BTreeSet<&str> = CONCERNS.iter().map(|concern| concern.name).collect();
        assert_eq!(names.len(), CONCERNS.len());
        for concern in CONCERNS {
            for act in concern.acts {
                assert!(Kind::of(act).is_some(), "{act}");
            }
            assert!(concern.says.ends_with('.'), "{}", concern.name);
        }
        for (name, _) in Rule::ROWS {
            assert!(names.contains(name), "{name} comes to nobody");
        }
        assert!(Act::parse(ANSWER).is_some());
    }

    /// Pushes events in order; gives the inbox.
    fn inbox(records: &[Record<'_>]) -> Inbox {
        let mut inbox = Inbox::default();
        for (record, sequence) in records.iter().zip(1..) {
            inbox.push(&Entry {
                sequence,
                record: *record,
                hash: ORIGIN,
            });
        }
        inbox
    }

    #[track_caller]
    fn check_order(records: &[Record<'_>], now: &str, expect: &[(u64, &str)]) {
        let profile = Profile::builtin("eu-2022").unwrap();
        let now = now.parse().unwrap();
        let inbox = inbox(records);
        let items = inbox.items("piu", &profile, now);
        let got: Vec<(u64, &str)> = items.iter().map(|i| (i.event, i.state())).collect();
        assert_eq!(got, expect);
    }

    /// R-DPO-04.
    #[test]
    fn what_is_overdue_stands_first_and_what_is_closed_last() {
        let later = |days: i64, record: Record<'static>| Record {
            at: record.at + jiff::SignedDuration::from_hours(24 * days),
            ..record
        };
        let records = [
            record("hold.place", "", "ok"),
            record("unmask.approve", "", "ok state=approved"),
            later(1, record("backup.restore", "", "ok")),
            later(1, record("unmask.ask", "", "ok")),
            later(2, record("oversight.answer", "event_2", "ok as=seen")),
            later(2, record("oversight.answer", "event_1", "ok as=closed")),
            later(2, record("oversight.answer", "event_1", "ok as=noted")),
        ];
        let day = "2026-11-25T14:00:00Z";
        check_order(
            &records,
            day,
            &[(2, "seen"), (3, "new"), (4, "new"), (1, "closed")],
        );
        let profile = Profile::builtin("eu-2022").unwrap();
        let inbox = inbox(&records);
        let overdue = |event, now: &str| {
            let item = inbox.item("piu", event).unwrap();
            item.is_overdue(&profile, now.parse().unwrap())
        };
        assert!(!overdue(2, "2026-11-29T13:59:59Z"));
        assert!(overdue(2, "2026-11-29T14:00:00Z"));
        assert!(!overdue(1, "2030-01-01T00:00:00Z"), "for information");
    }

    /// R-DPO-04: nobody silences an item by an answer that was refused, or to another event.
    #[test]
    fn only_an_answer_that_was_let_through_counts() {
        check_order(
            &[
                record("backup.restore", "", "ok"),
                record("oversight.answer", "event_1", "denied role-missing"),
                record("oversight.answer", "event_9", "ok as=closed"),
                record("oversight.answer", "", "ok as=closed"),
                record("oversight.read", "event_1", "ok as=closed"),
            ],
            START,
            &[(1, "new")],
        );
    }

    /// R-RET-03: reviewed where the unmasking is kept, it is not asked for once more.
    #[test]
    fn a_review_of_an_unmasking_closes_its_item() {
        check_order(
            &[
                record("unmask.approve", "unm_1", "ok state=approved"),
                record("unmask.approve", "unm_2", "ok state=approved"),
                record("unmask.ask", "unm_1", "ok records=1"),
                record("oversight.answer", "unm_1", "ok reviewed"),
            ],
            START,
            &[(2, "new"), (3, "new"), (1, "closed")],
        );
    }

    /// R-SCO-07.
    #[test]
    fn another_recipients_items_are_not_shown() {
        let mut border = record("hold.place", "", "ok");
        border.compartment = "border";
        let mut own = border;
        own.compartment = "piu";
        let records = [border, own, record("backup.restore", "", "ok")];
        check_order(&records, START, &[(3, "new"), (2, "new")]);
        assert!(inbox(&records).item("piu", 1).is_none());
    }

    /// R-AUD-03.
    #[test]
    fn what_left_the_log_leaves_the_inbox() {
        let mut inbox = inbox(&[
            record("backup.restore", "", "ok"),
            record("backup.restore", "", "ok"),
        ]);
        inbox.forget(1);
        assert!(inbox.item("piu", 1).is_none() && inbox.item("piu", 2).is_some());
    }
}
