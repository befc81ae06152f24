//! Signs of misuse, and of duties left undone, found in the audit log.
//!
//! - In: events of the log, the roles of accounts, the numbers of a profile.  Out: alerts.
//! - Source: R-ACC-04: penalties for misuse presuppose that it is found.
//! - Invariants: an alert is a sign for a person to look at, and changes nothing by itself; it holds
//!   identifiers and counts, never a value about a person; each sign is given once a UTC day, which
//!   the log itself remembers, so that a restart repeats nothing.

use crate::audit::{Deed, Event, Kind, Record};
use crate::profile::Oversight;
use crate::{Act, Day, Role, day};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// Days over which what is usual for a role is reckoned.
pub const USUAL_DAYS: Day = 28;

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $name:literal;)*) => {
        /// What an alert is about. Each is a row of [`crate::oversight::CONCERNS`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $($(#[doc = $doc])+ $rule,)* }

        impl Rule {
            /// Every rule with its name.
            pub const ROWS: &[(&'static str, Self)] = &[$(($name, Self::$rule),)*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }
        }
    };
}

rules! {
    /// Somebody opened the record of a person of their own name.
    OwnName = "own-name";
    /// Far more records than others of the role.
    Volume = "volume";
    /// Records opened in quiet hours.
    QuietHours = "quiet-hours";
    /// Many open one person's record without a case.
    SamePerson = "same-person";
    /// Refused again and again.
    Denials = "denials";
    /// Sign-in tried again and again.
    SignIns = "sign-ins";
    /// What is due was not masked or erased.
    SweepLate = "sweep-late";
    /// The counts of a sweep do not add up.
    SweepSums = "sweep-sums";
    /// Evidence was not looked at again in time.
    EvidenceLate = "evidence-late";
    /// The log does not hold.
    LogBroken = "log-broken";
    /// The log is not signed any more.
    CheckpointLate = "checkpoint-late";
}

/// One sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What it is about.
    pub rule: Rule,
    /// An account, a traveller or a compartment, by identifier.
    pub subject: String,
    /// For whose overseers; blank for all.
    pub compartment: String,
    /// The UTC day it is about.
    pub day: Day,
    /// How often.
    pub count: u64,
    /// What is usual, where something is.
    pub usual: Option<u64>,
}

impl Alert {
    /// As it stands in the log.
    pub fn event(&self, now: Timestamp) -> Event {
        let mut detail = format!(
            "ok rule={} day={} count={}",
            self.rule.name(),
            self.day,
            self.count
        );
        if let Some(usual) = self.usual {
            detail += &format!(" usual={usual}");
        }
        Event::system(now, Deed::OversightAlert, self.subject.clone(), detail)
            .within(self.compartment.clone())
    }
}

/// What is known of one account on one day.
#[derive(Clone, Debug, Default)]
struct Tally {
    compartment: String,
    opened: u64,
    quiet: u64,
    own: u64,
    denied: u64,
}

/// Reads the log and sees signs.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    accounts: BTreeMap<Day, BTreeMap<String, Tally>>,
    /// Who opened whose record without a case.
    readers: BTreeMap<Day, BTreeMap<String, (String, BTreeSet<String>)>>,
    /// Refused sign-ins by account, with its compartment.
    sign_ins: BTreeMap<Day, BTreeMap<String, (String, u64)>>,
    /// Runs whose counts do not add up, by compartment.
    sums: BTreeMap<Day, BTreeMap<String, u64>>,
    raised: BTreeSet<(Day, Rule, String)>,
}

impl Watch {
    /// Takes one event, in the law of its compartment. Messages received need not be given.
    pub fn push(&mut self, record: &Record<'_>, law: &Oversight) {
        let day = day(record.at);
        if record.act == Deed::OversightAlert.name() {
            if let Some((rule, on)) = raised(record) {
                self.raised.insert((on, rule, record.object.to_owned()));
            }
            return;
        }
        if record.act == Deed::SessionOpen.name() {
            if record.denied().is_some() && !record.object.is_empty() {
                let accounts = self.sign_ins.entry(day).or_default();
                let (compartment, tries) = accounts.entry(record.object.to_owned()).or_default();
                record.compartment.clone_into(compartment);
                *tries += 1;
            }
            return;
        }
        if record.act == Act::SweepRun.name() && !adds_up(record) {
            let runs = self.sums.entry(day).or_default();
            *runs.entry(record.compartment.to_owned()).or_default() += 1;
        }
        let denied = record.denied().is_some();
        let opens = !denied && is_opening(record);
        if !(opens || denied) || record.actor.is_empty() {
            return;
        }
        let accounts = self.accounts.entry(day).or_default();
        let tally = accounts.entry(record.actor.to_owned()).or_default();
        // What was done under a leave says for whom the account works; an event about accounts is in
        // the compartment of the account that was changed.
        if !record.compartment.is_empty() && Act::parse(record.act).is_some() {
            record.compartment.clone_into(&mut tally.compartment);
        }
        tally.denied += u64::from(denied);
        if opens {
            tally.opened += 1;
            tally.quiet += u64::from(law.quiet_hours.value.has(record.at));
            tally.own += u64::from(record.says("own=yes"));
            if let Some(person) = person(record).filter(|_| !record.purpose.starts_with("case=")) {
                let people = self.readers.entry(day).or_default();
                let (compartment, readers) = people.entry(person.to_owned()).or_default();
                record.compartment.clone_into(compartment);
                readers.insert(record.actor.to_owned());
            }
        }
    }

    /// The signs of the day of `now` and of the day before that the log does not have yet. `law` is
    /// that of a compartment, and of the unit where it is blank.
    pub fn alerts<'l>(
        &self,
        now: Timestamp,
        law: &dyn Fn(&str) -> &'l Oversight,
        roles: &dyn Fn(&str) -> Vec<Role>,
    ) -> Vec<Alert> {
        let mut found = Vec::new();
        let today = day(now);
        for day in [today.saturating_sub(1), today] {
            for (account, tally) in self.accounts.get(&day).into_iter().flatten() {
                let law = law(&tally.compartment);
                let mut see = |rule, count, usual| {
                    found.push(Alert {
                        rule,
                        subject: account.clone(),
                        compartment: tally.compartment.clone(),
                        day,
                        count,
                        usual,
                    });
                };
                if tally.own > 0 {
                    see(Rule::OwnName, tally.own, None);
                }
                if tally.quiet > 0 {
                    see(Rule::QuietHours, tally.quiet, None);
                }
                if tally.denied >= u64::from(law.denials.value) {
                    see(Rule::Denials, tally.denied, None);
                }
                let least = u64::from(law.volume_least.value);
                if tally.opened >= least {
                    let usual = self.usual(account, day, &roles(account), roles);
                    // Where there is nobody to compare with, the least is what is usual.
                    let times = u64::from(law.volume_times.value);
                    if tally.opened >= usual.unwrap_or(least).saturating_mul(times) {
                        see(Rule::Volume, tally.opened, usual);
                    }
                }
            }
            for (person, (compartment, readers)) in self.readers.get(&day).into_iter().flatten() {
                let count = readers.len() as u64;
                if count >= u64::from(law(compartment).same_person.value) {
                    found.push(Alert {
                        rule: Rule::SamePerson,
                        subject: format!("trv_{person}"),
                        compartment: compartment.clone(),
                        day,
                        count,
                        usual: None,
                    });
                }
            }
            let tried = self.sign_ins.get(&day).into_iter().flatten();
            for (account, (compartment, tries)) in tried {
                if *tries >= u64::from(law(compartment).sign_ins.value) {
                    found.push(Alert {
                        rule: Rule::SignIns,
                        subject: account.clone(),
                        compartment: compartment.clone(),
                        day,
                        count: *tries,
                        usual: None,
                    });
                }
            }
        }
        for (day, runs) in self.sums.range(today.saturating_sub(1)..=today) {
            found.extend(runs.iter().map(|(compartment, count)| Alert {
                rule: Rule::SweepSums,
                subject: compartment.clone(),
                compartment: compartment.clone(),
                day: *day,
                count: *count,
                usual: None,
            }));
        }
        found.retain(|alert| !self.has_raised(alert));
        found
    }

    /// Whether the log has this sign of this day already.
    pub fn has_raised(&self, alert: &Alert) -> bool {
        let sign = (alert.day, alert.rule, alert.subject.clone());
        self.raised.contains(&sign)
    }

    /// Forgets what is too old to compare with.
    pub fn forget(&mut self, now: Timestamp) {
        let today = day(now);
        let first = today.saturating_sub(USUAL_DAYS);
        self.accounts = self.accounts.split_off(&first);
        let yesterday = today.saturating_sub(1);
        self.readers = self.readers.split_off(&yesterday);
        self.sign_ins = self.sign_ins.split_off(&yesterday);
        self.sums = self.sums.split_off(&yesterday);
        self.raised.retain(|(day, ..)| *day >= first);
    }

    /// The median of what accounts that share a role open on a day on which they open something,
    /// this account's other days among them.
    fn usual(
        &self,
        account: &str,
        day: Day,
        own: &[Role],
        roles: &dyn Fn(&str) -> Vec<Role>,
    ) -> Option<u64> {
        let first = day.saturating_sub(USUAL_DAYS);
        let mut counts: Vec<u64> = self
            .accounts
            .range(first..=day)
            .flat_map(|(on, accounts)| accounts.iter().map(move |(who, tally)| (*on, who, tally)))
            .filter(|(on, who, tally)| {
                let other = *who != account;
                let shares = || roles(who).iter().any(|role| own.contains(role));
                tally.opened > 0 && (!other && *on != day || other && shares())
            })
            .map(|(_, _, tally)| tally.opened)
            .collect();
        counts.sort_unstable();
        counts.get(counts.len() / 2).copied()
    }
}

/// Rule and day of an alert in the log.
fn raised(record: &Record<'_>) -> Option<(Rule, Day)> {
    let name = record.value("rule")?;
    let (_, rule) = Rule::ROWS.iter().find(|(known, _)| *known == name)?;
    Some((*rule, record.value("day")?.parse().ok()?))
}

/// Whether everybody a run of the sweep met was masked, erased or held (R-RET-11).
fn adds_up(record: &Record<'_>) -> bool {
    let count = |key| record.value(key).and_then(|n| n.parse::<u64>().ok());
    let went = ["masked", "erased", "held"].into_iter().filter_map(count);
    count("travellers").is_none_or(|met| met == went.sum())
}

/// Whether somebody opened a record. The queue is shown again and again by itself.
fn is_opening(record: &Record<'_>) -> bool {
    Kind::of(record.act) == Some(Kind::Consultation) && record.act != "queue.read"
}

/// Whose record was opened: a case is named after its traveller.
fn person<'a>(record: &Record<'a>) -> Option<&'a str> {
    let (prefix, id) = record.object.split_once('_')?;
    matches!(prefix, "trv" | "case").then_some(id)
}

/// Whether `name` of a person has every word of an account's name, which has two at least: one
/// name alone many share.
pub fn is_own(account: &str, name: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| word.chars().count() > 1);
        words.map(str::to_uppercase).collect()
    };
    let account = words(account);
    account.len() > 1 && account.is_subset(&words(name))
}

/// Hours of the day, UTC, such as `22:00-05:00`, from the first up to the second; or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours(Option<(Time, Time)>);

/// A text that is no span of hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no span of hours; write it as \"22:00-05:00\" or \"none\"")]
pub struct NotHours(String);

impl Hours {
    /// Whether an instant lies within.
    pub fn has(self, at: Timestamp) -> bool {
        let time = at.to_zoned(TimeZone::UTC).time();
        self.0.is_some_and(|(from, until)| match from <= until {
            true => from <= time && time < until,
            false => from <= time || time < until,
        })
    }
}

impl FromStr for Hours {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<Self, NotHours> {
        if text == "none" {
            return Ok(Self(None));
        }
        let time = |text: &str| -> Option<Time> {
            let (hour, minute) = text.split_once(':')?;
            let whole = hour.len() == 2 && minute.len() == 2;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0)
                .ok()
                .filter(|_| whole)
        };
        let span = text
            .split_once('-')
            .and_then(|(from, until)| Some((time(from)?, time(until)?)))
            .filter(|(from, until)| from != until);
        span.map(|span| Self(Some(span)))
            .ok_or_else(|| NotHours(text.to_owned()))
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("none"),
            Some((from, until)) => write!(
                f,
                "{:02}:{:02}-{:02}:{:02}",
                from.hour(),
                from.minute(),
                until.hour(),
                until.minute()
            ),
        }
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    const NOW: &str = "2026-11-22T14:00:00Z";

    /// Something in the log: how many times, days before now, actor, act, object, purpose, detail.
    type Row = (
        u32,
        i64,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
    );

    fn opened(times: u32, days: i64, who: &'static str) -> Row {
        (times, days, who, "traveller.read", "trv_1", "case=c", "ok")
    }

    fn watch(rows: &[Row], law: &Oversight) -> Watch {
        let now: Timestamp = NOW.parse().unwrap();
        let mut watch = Watch::default();
        for (times, days, actor, act, object, purpose, detail) in rows {
            let record = Record {
                at: now - jiff::SignedDuration::from_hours(24 * days),
                actor,
                act,
                object,
                purpose,
                recipient: "",
                compartment: "piu",
                profile: "",
                detail,
            };
            for _ in 0..*times {
                watch.push(&record, law);
            }
        }
        watch
    }

    fn law() -> Oversight {
        Profile::builtin("eu-2022").unwrap().oversight().clone()
    }

    fn roles(account: &str) -> Vec<Role> {
        match account {
            "sup" => vec![Role::Supervisor],
            _ => vec![Role::Analyst],
        }
    }

    /// What a scenario gives: rule, subject, count.
    #[track_caller]
    fn check(rows: &[Row], expect: &[(&str, &str, u64)]) {
        check_under(&law(), rows, expect);
    }

    #[track_caller]
    fn check_under(law: &Oversight, rows: &[Row], expect: &[(&str, &str, u64)]) {
        let now = NOW.parse().unwrap();
        let mut watch = watch(rows, law);
        let alerts = watch.alerts(now, &|_| law, &roles);
        let got: Vec<(&str, &str, u64)> = alerts
            .iter()
            .map(|alert| (alert.rule.name(), &*alert.subject, alert.count))
            .collect();
        assert_eq!(got, expect);
        // Once it is in the log it is not given again.
        for alert in &alerts {
            watch.push(&alert.event(now).record(), law);
        }
        assert_eq!(watch.alerts(now, &|_| law, &roles), []);
    }

    /// R-ACC-04.
    #[test]
    fn who_opens_far_more_than_others_of_the_role_is_seen() {
        check(&[opened(99, 0, "ana")], &[]);
        // Nobody to compare with: five times the least.
        check(&[opened(499, 0, "ana")], &[]);
        check(&[opened(500, 0, "ana")], &[("volume", "ana", 500)]);
        let others = [
            opened(30, 0, "ben"),
            opened(40, 1, "ben"),
            opened(20, 2, "ana"),
        ];
        let with = |row| [&others[..], &[row]].concat();
        check(&with(opened(149, 0, "ana")), &[]);
        check(&with(opened(150, 0, "ana")), &[("volume", "ana", 150)]);
        // A busy team is no sign.
        let busy = [
            opened(120, 0, "ana"),
            opened(120, 0, "ben"),
            opened(110, 1, "cyn"),
        ];
        check(&busy, &[]);
        // Another role is another work.
        check(&with(opened(150, 0, "sup")), &[]);
        // Last week is over.
        check(&[opened(900, 7, "ana")], &[]);
        check(&[opened(900, 1, "ana")], &[("volume", "ana", 900)]);
    }

    /// R-ACC-04.
    #[test]
    fn the_queue_that_refreshes_itself_is_no_volume() {
        let queue = (
            900,
            0,
            "ana",
            "queue.read",
            "queue",
            "assessment=queue",
            "ok",
        );
        check(&[queue], &[]);
    }

    /// R-ACC-04.
    #[test]
    fn many_who_open_one_person_without_a_case_are_seen() {
        let look = |who, purpose| (1, 0, who, "traveller.read", "trv_7", purpose, "ok");
        let curious = |who| look(who, "assessment=j1");
        let three = [curious("ana"), curious("ben"), curious("cyn")];
        check(&three, &[]);
        check(&[&three[..], &[curious("ana")]].concat(), &[]);
        check(&[&three[..], &[look("dov", "case=c")]].concat(), &[]);
        check(
            &[&three[..], &[curious("dov")]].concat(),
            &[("same-person", "trv_7", 4)],
        );
    }

    /// R-ACC-04.
    #[test]
    fn a_person_of_ones_own_name_is_seen() {
        let own = (
            1,
            0,
            "ana",
            "traveller.read",
            "trv_7",
            "case=c",
            "ok own=yes travellers=9",
        );
        check(&[own], &[("own-name", "ana", 1)]);
    }

    /// R-ACC-04.
    #[test]
    fn repeated_refusals_are_seen() {
        let denied = |times| {
            (
                times,
                0,
                "ana",
                "case.read",
                "",
                "",
                "denied purpose-not-yours",
            )
        };
        check(&[denied(19)], &[]);
        check(&[denied(20)], &[("denials", "ana", 20)]);
        let tried = |times| (times, 0, "", "session.open", "usr_9", "", "denied password");
        check(&[tried(19)], &[]);
        check(&[tried(20)], &[("sign-ins", "usr_9", 20)]);
    }

    /// R-RET-11.
    #[test]
    fn a_sweep_whose_counts_do_not_add_up_is_seen() {
        let run = |detail| (1, 0, "system", "sweep.run", "", "", detail);
        check(
            &[run("ok step=initial travellers=9 masked=4 erased=5")],
            &[],
        );
        check(
            &[run("ok step=initial travellers=9 masked=4 erased=3 held=2")],
            &[],
        );
        check(
            &[run("ok step=initial travellers=9 masked=4 erased=4")],
            &[("sweep-sums", "piu", 1)],
        );
    }

    /// R-ACC-04.
    #[test]
    fn quiet_hours_are_those_of_the_profile() {
        let mut law = law();
        check_under(&law, &[opened(1, 0, "ana")], &[]);
        law.quiet_hours.value = "13:30-14:01".parse().unwrap();
        check_under(&law, &[opened(1, 0, "ana")], &[("quiet-hours", "ana", 1)]);
    }

    #[test]
    fn hours_may_cross_midnight() {
        let has = |hours: &str, at: &str| {
            let hours: Hours = hours.parse().unwrap();
            hours.has(format!("2026-11-22T{at}:00Z").parse().unwrap())
        };
        assert!(has("22:00-05:00", "22:00") && has("22:00-05:00", "04:59"));
        assert!(!has("22:00-05:00", "05:00") && !has("22:00-05:00", "21:59"));
        assert!(has("05:00-22:00", "05:00") && !has("05:00-22:00", "22:00"));
        assert!(!has("none", "00:00"));
        for text in ["none", "22:00-05:00"] {
            assert_eq!(text.parse::<Hours>().unwrap().to_string(), text);
        }
        for text in ["", "22-5", "24:00-05:00", "05:00-05:00", "5:00-6:00"] {
            assert!(text.parse::<Hours>().is_err(), "{text:?}");
        }
    }

    /// R-ACC-04.
    #[test]
    fn an_own_name_needs_two_words() {
        assert!(is_own("Ana Exemple", "EXEMPLE/ANA MARIA MRS"));
        assert!(!is_own("Ana Exemple", "EXEMPLE/BRUNO"));
        assert!(!is_own("Exemple", "EXEMPLE/ANA"));
        assert!(!is_own("", "EXEMPLE/ANA"));
    }

    #[test]
    fn what_is_too_old_is_forgotten() {
        let law = law();
        let mut watch = watch(&[opened(1, 60, "ana"), opened(1, 27, "ana")], &law);
        watch.forget(NOW.parse().unwrap());
        assert_eq!(watch.accounts.len(), 1);
    }
}
