//! What a person decides about one hit, and who may.
//!
//! - Source: Directive (EU) 2016/681, Article 6(5): each match is reviewed by non-automated means;
//!   R-REV-01, R-REV-02: a decision names its reasons from a closed list.
//! - Invariants: [`Decision`] is made by [`decide`] alone; the second person is never the first;
//!   until the second has signed, what the first decided is not final.

use jiff::Timestamp;
use oriel_policy::{Act, Grant, Profile, ReviewRule};
use serde::{Deserialize, Serialize};

/// Is the traveller the person on the list?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The same person.
    Same,
    /// Another person.
    NotSame,
    /// What is known does not decide it.
    CannotTell,
}

impl Verdict {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::NotSame => "not_same",
            Self::CannotTell => "cannot_tell",
        }
    }

    /// The verdict of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Same, Self::NotSame, Self::CannotTell]
            .into_iter()
            .find(|v| v.name() == name)
    }
}

/// A coded reason for a verdict.
#[derive(Debug, PartialEq, Eq)]
pub struct Reason {
    /// Code, such as `N1`.
    pub code: &'static str,
    /// The verdict it is a reason for.
    pub verdict: Verdict,
    /// In words.
    pub text: &'static str,
    /// Whether a note must say more.
    pub needs_note: bool,
}

impl Reason {
    /// Every reason.
    pub const ROWS: &[Self] = &[
        Self::row("S1", Verdict::Same, "document number and issuer agree"),
        Self::row(
            "S2",
            Verdict::Same,
            "name, full birth date and one more fact agree",
        ),
        Self::row("S3", Verdict::Same, "another strong identifier agrees"),
        Self::other("S9", Verdict::Same),
        Self::row(
            "N1",
            Verdict::NotSame,
            "birth date differs beyond tolerance",
        ),
        Self::row(
            "N2",
            Verdict::NotSame,
            "document of the same kind and issuer differs",
        ),
        Self::row(
            "N3",
            Verdict::NotSame,
            "sex differs and is reliable on both sides",
        ),
        Self::row("N4", Verdict::NotSame, "age is impossible"),
        Self::row(
            "N5",
            Verdict::NotSame,
            "decided before and nothing has changed",
        ),
        Self::row(
            "N6",
            Verdict::NotSame,
            "common name and nothing else agrees",
        ),
        Self::row("N7", Verdict::NotSame, "list entry is faulty or has ended"),
        Self::other("N9", Verdict::NotSame),
        Self::row("C1", Verdict::CannotTell, "too few facts"),
        Self::row("C2", Verdict::CannotTell, "facts contradict each other"),
        Self::row(
            "C3",
            Verdict::CannotTell,
            "waiting for the owner of the entry",
        ),
        Self::row("C4", Verdict::CannotTell, "message is damaged"),
    ];

    const fn row(code: &'static str, verdict: Verdict, text: &'static str) -> Self {
        Self {
            code,
            verdict,
            text,
            needs_note: false,
        }
    }

    const fn other(code: &'static str, verdict: Verdict) -> Self {
        Self {
            code,
            verdict,
            text: "another reason, said in the note",
            needs_note: true,
        }
    }
}

/// Longest note, in characters.
pub(crate) const NOTE_MAX: usize = 200;

/// What one person decided. Made by [`decide`] alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who, by opaque identifier.
    by: String,
    /// When, in microseconds since 1970, UTC.
    at: i64,
    verdict: Verdict,
    reasons: Vec<String>,
    note: String,
}

impl Decision {
    /// Who, by opaque identifier.
    pub fn by(&self) -> &str {
        &self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        Timestamp::from_microsecond(self.at).expect("it was a timestamp when it was made")
    }

    /// Verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Reason codes.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// Note, possibly blank.
    pub fn note(&self) -> &str {
        &self.note
    }
}

/// The review of one hit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// First decision.
    pub first: Option<Decision>,
    /// Second person's decision, where one was needed.
    pub second: Option<Decision>,
    /// Third person's decision, which settles two that differ.
    #[serde(default)]
    pub third: Option<Decision>,
    /// A second person is needed.
    pub second_wanted: bool,
    /// Keyed digest of how traveller and entry read when it was closed; blank before.
    #[serde(default)]
    pub read: String,
    /// Decisions from before either side changed, oldest first.
    #[serde(default)]
    pub earlier: Vec<Decision>,
}

/// Where a review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody has decided.
    Open,
    /// One has, a second must.
    SecondWanted,
    /// Two decided differently; a third person must settle it.
    Disagreed,
    /// Done.
    Closed,
}

impl ReviewState {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::SecondWanted => "second_wanted",
            Self::Disagreed => "disagreed",
            Self::Closed => "decided",
        }
    }
}

impl Review {
    /// The same without what people typed: for the time after masking.
    pub fn without_notes(mut self) -> Self {
        let decisions = [&mut self.first, &mut self.second, &mut self.third];
        let decisions = decisions.into_iter().flatten();
        for decision in decisions.chain(&mut self.earlier) {
            decision.note.clear();
        }
        self
    }

    /// Whether it was closed without a confirmation, and either side reads differently now
    /// (R-REV-04): what was decided was about something else.
    pub fn is_outdated(&self, read: &str) -> bool {
        let unconfirmed = self.verdict().is_some_and(|v| v != Verdict::Same);
        unconfirmed && !self.read.is_empty() && self.read != read
    }

    /// Open anew; what was decided stays to be seen.
    pub fn reopened(mut self) -> Self {
        let decided = [self.first, self.second, self.third];
        self.earlier.extend(decided.into_iter().flatten());
        Self {
            earlier: self.earlier,
            ..Self::default()
        }
    }

    /// Where it stands.
    pub fn state(&self) -> ReviewState {
        match (&self.first, &self.second, &self.third) {
            (None, _, _) => ReviewState::Open,
            (Some(_), None, _) if self.second_wanted => ReviewState::SecondWanted,
            (Some(first), Some(second), None) if first.verdict != second.verdict => {
                ReviewState::Disagreed
            }
            _ => ReviewState::Closed,
        }
    }

    /// The verdict that counts, once there is one: the third person's where there was a third.
    pub fn verdict(&self) -> Option<Verdict> {
        let counts = self.third.as_ref().or(self.first.as_ref());
        counts
            .filter(|_| self.state() == ReviewState::Closed)
            .map(Decision::verdict)
    }

    /// Whether `actor` has signed a decision on this hit, so that the next is not theirs to make.
    pub fn signed_by(&self, actor: &str) -> bool {
        [&self.first, &self.second]
            .into_iter()
            .flatten()
            .any(|decision| decision.by == actor)
    }
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The grant is for something else.
    #[error("this grant does not cover a decision")]
    WrongGrant,
    /// Nothing left to decide.
    #[error("this hit has been decided")]
    AlreadyDecided,
    /// Whoever signed one decision on a hit does not sign the next.
    #[error("you signed a decision on this hit; the next one must be another person's")]
    SamePerson,
    /// No reason given.
    #[error("a decision needs at least one reason")]
    ReasonMissing,
    /// A reason that does not go with the verdict.
    #[error("reason {0:?} is not a reason for this verdict")]
    ReasonUnknown(String),
    /// A reason that must be explained.
    #[error("reason {0:?} needs a note that says more")]
    NoteMissing(String),
    /// Too long.
    #[error("a note has at most {NOTE_MAX} characters")]
    NoteTooLong,
    /// Somebody else holds the case.
    #[error("the case is claimed by another person")]
    ClaimedByOther,
}

/// Signs a decision on one hit: the first, the second where one is wanted, or the third that
/// settles two that differ.
pub fn decide(
    review: &Review,
    grant: &Grant,
    profile: &Profile,
    verdict: Verdict,
    reasons: &[String],
    note: &str,
) -> Result<Review, Refusal> {
    if grant.act() != Act::HitDecide {
        return Err(Refusal::WrongGrant);
    }
    if reasons.is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    for code in reasons {
        let row = Reason::ROWS
            .iter()
            .find(|row| row.code == code && row.verdict == verdict);
        let row = row.ok_or_else(|| Refusal::ReasonUnknown(code.clone()))?;
        if row.needs_note && note.trim().is_empty() {
            return Err(Refusal::NoteMissing(code.clone()));
        }
    }
    if note.chars().count() > NOTE_MAX {
        return Err(Refusal::NoteTooLong);
    }
    let decision = Decision {
        by: grant.actor().to_owned(),
        at: grant.at().as_microsecond(),
        verdict,
        reasons: reasons.to_vec(),
        note: note.trim().to_owned(),
    };
    let mut next = review.clone();
    match review.state() {
        ReviewState::Open => {
            next.second_wanted = match profile.second_check().0 {
                ReviewRule::Never => false,
                ReviewRule::Same => verdict == Verdict::Same,
                ReviewRule::Always => true,
            };
            next.first = Some(decision);
        }
        ReviewState::SecondWanted | ReviewState::Disagreed if review.signed_by(&decision.by) => {
            return Err(Refusal::SamePerson);
        }
        ReviewState::SecondWanted => next.second = Some(decision),
        ReviewState::Disagreed => next.third = Some(decision),
        ReviewState::Closed => return Err(Refusal::AlreadyDecided),
    }
    Ok(next)
}

/// Who works on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// By opaque identifier.
    pub by: String,
    /// Since.
    pub at: Timestamp,
}

/// Takes a case; taking one's own again changes nothing.
pub fn claim(held: Option<&Claim>, grant: &Grant) -> Result<Claim, Refusal> {
    match held {
        Some(claim) if claim.by != grant.actor() => Err(Refusal::ClaimedByOther),
        Some(claim) => Ok(claim.clone()),
        None => Ok(Claim {
            by: grant.actor().to_owned(),
            at: grant.at(),
        }),
    }
}

/// Gives a case back.
pub fn release(held: Option<&Claim>, grant: &Grant) -> Result<(), Refusal> {
    match held {
        Some(claim) if claim.by != grant.actor() => Err(Refusal::ClaimedByOther),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_policy::{Actor, Purpose, Role, authorize};

    fn grant(who: &str, act: Act) -> Grant {
        let profile = Profile::builtin("eu-2022").unwrap();
        let actor = Actor::new(who, &[Role::Analyst]);
        let now = "2026-11-22T14:00:00Z".parse().unwrap();
        authorize(
            &profile,
            &actor,
            act,
            Purpose::parse("case=c1").as_ref(),
            now,
        )
        .unwrap()
    }

    /// Runs lines of `who verdict reason[,reason] [note]`; gives the final state or the refusal.
    #[track_caller]
    fn check(lines: &[&str], expect: &str) {
        let profile = Profile::builtin("eu-2022").unwrap();
        let mut review = Review::default();
        let mut got = String::new();
        for line in lines {
            let mut fields = line.splitn(4, ' ');
            let mut next = || fields.next().unwrap_or("");
            let (who, verdict, reasons, note) = (next(), next(), next(), next());
            let reasons: Vec<String> = reasons
                .split(',')
                .filter(|r| !r.is_empty())
                .map(str::to_owned)
                .collect();
            let verdict = Verdict::parse(verdict).unwrap();
            let grant = grant(who, Act::HitDecide);
            match decide(&review, &grant, &profile, verdict, &reasons, note) {
                Ok(next) => review = next,
                Err(refusal) => got = format!("{refusal:?}"),
            }
        }
        if got.is_empty() {
            got = review.state().name().to_owned();
        }
        assert_eq!(got, expect);
    }

    /// R-REV-01, R-REV-02.
    #[test]
    fn decisions_follow_the_table() {
        check(&["a not_same N1"], "decided");
        check(&["a cannot_tell C1,C2"], "decided");
        check(&["a same S1"], "second_wanted");
        check(&["a same S1", "b same S2"], "decided");
        check(&["a same S1", "b not_same N1"], "disagreed");
        check(&["a same S1", "b not_same N1", "c not_same N1"], "decided");
        check(&["a same S1", "b not_same N1", "b same S1"], "SamePerson");
        check(&["a same S1", "b same S1", "c same S1"], "AlreadyDecided");
        check(&["a same S1", "a same S1"], "SamePerson");
        check(&["a not_same N1", "b not_same N1"], "AlreadyDecided");
        check(&["a not_same "], "ReasonMissing");
        check(&["a not_same S1"], "ReasonUnknown(\"S1\")");
        check(&["a not_same N9"], "NoteMissing(\"N9\")");
        check(&["a not_same N9 seen at the desk"], "decided");
    }

    /// R-REV-01.
    #[test]
    fn a_read_grant_does_not_decide() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let grant = grant("a", Act::CaseRead);
        let reasons = ["N1".to_owned()];
        let got = decide(
            &Review::default(),
            &grant,
            &profile,
            Verdict::NotSame,
            &reasons,
            "",
        );
        assert_eq!(got, Err(Refusal::WrongGrant));
    }

    #[test]
    fn one_case_one_holder() {
        let mine = claim(None, &grant("a", Act::CaseClaim)).unwrap();
        assert_eq!(
            claim(Some(&mine), &grant("a", Act::CaseClaim)),
            Ok(mine.clone())
        );
        assert_eq!(
            claim(Some(&mine), &grant("b", Act::CaseClaim)),
            Err(Refusal::ClaimedByOther)
        );
        assert_eq!(
            release(Some(&mine), &grant("b", Act::CaseClaim)),
            Err(Refusal::ClaimedByOther)
        );
        assert_eq!(release(Some(&mine), &grant("a", Act::CaseClaim)), Ok(()));
    }
}
