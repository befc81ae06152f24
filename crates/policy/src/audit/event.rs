//! One event: who did what, when, on what, why, for whom, under which law, with what outcome.
//!
//! - Source: R-AUD-02; Directive (EU) 2016/681, Article 13(6): purpose, date and time, the person
//!   who consulted or disclosed, and the recipients.
//! - Invariants: an event holds identifiers, counts and codes, never a value about a person. What
//!   shows personal data to somebody can be written only from a [`Grant`], which has person and
//!   purpose, and what gives it away only with a [`Recipient`] as well. A [`Record`], which is read,
//!   cannot be written.

use super::{Deed, Hash};
use crate::{Denial, Grant, Profile, Purpose};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// One event, before it has a place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    at: Timestamp,
    actor: Cow<'static, str>,
    act: &'static str,
    object: String,
    purpose: String,
    recipient: String,
    compartment: String,
    profile: String,
    detail: Cow<'static, str>,
}

/// An event as it stands in the log: what is hashed, shown and exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When, UTC, to the microsecond.
    pub at: Timestamp,
    /// Opaque identifier of the account or service.
    pub actor: &'a str,
    /// What, such as `case.read`: the name of an [`crate::Act`] or a [`Deed`].
    pub act: &'a str,
    /// On what: an opaque identifier, or blank.
    pub object: &'a str,
    /// Why, in the form of the `Purpose` header, or blank.
    pub purpose: &'a str,
    /// To whom, or blank.
    pub recipient: &'a str,
    /// For which recipient's records; blank for the whole installation.
    pub compartment: &'a str,
    /// Profile and version relied on, such as `eu-2022/1`; several, where several recipients' laws
    /// were applied, with a blank between them; blank where none was.
    pub profile: &'a str,
    /// Outcome and counts, such as `ok travellers=181`.
    pub detail: &'a str,
}

/// A body outside that is given personal data: an identifier, never prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient(String);

impl Recipient {
    /// 1 to 64 letters, digits, `_`, `-`, `.`, `:` or `/`, such as `europol` or `piu:uto/desk-3`.
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b));
        shaped.then(|| Self(text.to_owned()))
    }
}

impl Event {
    /// The event of an act done under a grant.
    pub fn granted(
        grant: &Grant,
        object: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            at: grant.at(),
            actor: grant.actor().to_owned().into(),
            act: grant.act().name(),
            object: object.into(),
            purpose: grant.purpose().map(ToString::to_string).unwrap_or_default(),
            recipient: String::new(),
            compartment: grant.compartment().to_owned(),
            profile: grant.profile().reference(),
            detail: detail.into(),
        }
    }

    /// The event of personal data given to `recipient` under a grant.
    pub fn disclosed(
        grant: &Grant,
        recipient: &Recipient,
        object: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            recipient: recipient.0.clone(),
            ..Self::granted(grant, object, detail)
        }
    }

    /// The event of an act that was refused.
    pub fn denied(denial: &Denial, object: impl Into<String>) -> Self {
        Self {
            actor: denial.actor.clone().into(),
            act: denial.act.name(),
            compartment: denial.compartment.clone(),
            profile: denial.profile.clone(),
            ..Self::blank(
                denial.at,
                object,
                format!("denied {}", denial.code.name()).into(),
            )
        }
    }

    /// The event of an act that leave was given for, and that a rule refused.
    pub fn refused(grant: &Grant, object: impl Into<String>, code: &str) -> Self {
        Self::granted(grant, object, format!("denied {code}"))
    }

    /// The event of something the program itself did.
    pub fn system(
        at: Timestamp,
        deed: Deed,
        object: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::by(at, "system", deed, object, detail)
    }

    /// The event of something somebody did without a grant, as signing in is.
    pub fn by(
        at: Timestamp,
        actor: impl Into<Cow<'static, str>>,
        deed: Deed,
        object: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            actor: actor.into(),
            act: deed.name(),
            ..Self::blank(at, object, detail.into())
        }
    }

    /// The same event, done for `purpose`: who reads the log has one too (R-AUD-04).
    pub fn because(mut self, purpose: &Purpose) -> Self {
        self.purpose = purpose.to_string();
        self
    }

    /// The same event, about the records of one compartment.
    pub fn within(mut self, compartment: impl Into<String>) -> Self {
        self.compartment = compartment.into();
        self
    }

    /// The same event, done under these laws: one, or one for each recipient of what came in.
    pub fn under<'a>(mut self, profiles: impl IntoIterator<Item = &'a Profile>) -> Self {
        let mut references: Vec<String> = Vec::new();
        for reference in profiles.into_iter().map(|profile| profile.reference()) {
            if !references.contains(&reference) {
                references.push(reference);
            }
        }
        self.profile = references.join(" ");
        self
    }

    fn blank(at: Timestamp, object: impl Into<String>, detail: Cow<'static, str>) -> Self {
        Self {
            at,
            actor: Cow::Borrowed(""),
            act: "",
            object: object.into(),
            purpose: String::new(),
            recipient: String::new(),
            compartment: String::new(),
            profile: String::new(),
            detail,
        }
    }

    /// What was done.
    pub fn act(&self) -> &'static str {
        self.act
    }

    /// As it will stand in the log.
    pub fn record(&self) -> Record<'_> {
        Record {
            at: self.at,
            actor: &self.actor,
            act: self.act,
            object: &self.object,
            purpose: &self.purpose,
            recipient: &self.recipient,
            compartment: &self.compartment,
            profile: &self.profile,
            detail: &self.detail,
        }
    }
}

impl Record<'_> {
    /// The code with which the act was refused, if it was.
    pub fn denied(&self) -> Option<&str> {
        self.detail.strip_prefix("denied ")
    }

    /// Whether the detail has this word.
    pub fn says(&self, word: &str) -> bool {
        self.detail.split(' ').any(|said| said == word)
    }

    /// The value behind `key=` in the detail.
    pub fn value(&self, key: &str) -> Option<&str> {
        let mut words = self.detail.split(' ');
        words.find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    /// Hash of this event as number `sequence` (from 1) after the event with hash `before`.
    ///
    /// SHA-256 over the hash before, the number, the instant in microseconds and each text with
    /// its length in front, numbers as eight bytes big-endian: no two events share an encoding.
    pub fn hash(&self, sequence: u64, before: &Hash) -> Hash {
        let mut digest = Sha256::new();
        digest.update(before);
        digest.update(sequence.to_be_bytes());
        digest.update(self.at.as_microsecond().to_be_bytes());
        for text in [
            self.actor,
            self.act,
            self.object,
            self.purpose,
            self.recipient,
            self.compartment,
            self.profile,
            self.detail,
        ] {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
        digest.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::ORIGIN;
    use super::*;
    use crate::{Act, Actor, Profile, Role, authorize};

    fn now() -> Timestamp {
        "2026-11-22T14:00:00Z".parse().unwrap()
    }

    fn grant() -> Grant {
        let profile = Profile::builtin("eu-2022").unwrap();
        let analyst = Actor::new("usr_1", &[Role::Analyst]);
        let purpose = Purpose::parse("case=c1");
        authorize(&profile, &analyst, Act::CaseRead, purpose.as_ref(), now()).unwrap()
    }

    #[track_caller]
    fn check(event: Event, expect: &str) {
        let r = event.record();
        let got = [
            r.actor,
            r.act,
            r.object,
            r.purpose,
            r.recipient,
            r.compartment,
            r.profile.split('/').next().unwrap(),
            r.detail,
        ]
        .join("|");
        assert_eq!(got, expect);
        assert_eq!(r.at, now());
    }

    #[test]
    fn each_constructor_fills_what_the_law_asks_for() {
        check(
            Event::granted(&grant(), "case_1", "ok travellers=2"),
            "usr_1|case.read|case_1|case=c1||piu|eu-2022|ok travellers=2",
        );
        let body = Recipient::parse("piu:uto").unwrap();
        check(
            Event::disclosed(&grant(), &body, "case_1", "ok").within("border"),
            "usr_1|case.read|case_1|case=c1|piu:uto|border|eu-2022|ok",
        );
        check(
            Event::system(now(), Deed::SweepMask, "", "ok n=3"),
            "system|sweep.mask||||||ok n=3",
        );
        check(
            Event::by(now(), "usr_1", Deed::SessionOpen, "ses_1", "ok".to_owned()),
            "usr_1|session.open|ses_1|||||ok",
        );
    }

    #[test]
    fn an_event_names_each_law_it_relied_on_once() {
        let [eu, border] = ["eu-2022", "api-only"].map(|id| Profile::builtin(id).unwrap());
        let event = Event::system(now(), Deed::MessageAccept, "", "ok");
        let named = event.under([&eu, &border, &eu]);
        let expect = format!("{} {}", eu.reference(), border.reference());
        assert_eq!(named.record().profile, expect);
        let nobody = Actor::new("usr_1", &[]).of("border");
        let denial = authorize(&border, &nobody, Act::CaseRead, None, now()).unwrap_err();
        let denied = Event::denied(&denial, "");
        assert_eq!(denied.record().profile, border.reference());
        assert_eq!(denied.record().compartment, "border");
    }

    #[test]
    fn a_recipient_is_an_identifier() {
        assert!(Recipient::parse("").is_none());
        assert!(Recipient::parse("the man at the desk").is_none());
    }

    #[test]
    fn fields_cannot_run_into_each_other() {
        let event = Event::system(now(), Deed::SweepMask, "ab", "c");
        let a = event.record();
        let b = Record {
            object: "a",
            detail: "bc",
            ..a
        };
        let c = Record {
            recipient: "ab",
            object: "",
            ..a
        };
        assert_ne!(a.hash(1, &ORIGIN), b.hash(1, &ORIGIN));
        assert_ne!(a.hash(1, &ORIGIN), c.hash(1, &ORIGIN));
        assert_ne!(a.hash(1, &ORIGIN), a.hash(2, &ORIGIN));
        assert_ne!(a.hash(1, &ORIGIN), a.hash(1, &[1; 32]));
    }
}
