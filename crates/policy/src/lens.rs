//! The one form in which a value about a person leaves the system.
//!
//! - In: a grant, how the record stands, and one value with its kind.  Out: the value, or why there
//!   is none to see.
//! - Source: R-RET-02, R-RET-09, R-ACC-01, R-DAT-01.
//! - Invariants: masked, missing and erased look different, and none looks empty; a hidden kind of
//!   data looks the same whether or not a value was sent, and however many.

use crate::{Calendar, Grant, Standing, Term};
use oriel_model::{Element, Personal, Span};

/// A value about a person, ready to be shown, or the reason why it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown<T> {
    /// The value and where its message says it.
    Value {
        /// What is shown.
        value: T,
        /// Byte range in the message.
        at: Span,
    },
    /// Nothing was sent.
    Missing,
    /// Whatever is there is not for these eyes, or gone.
    Hidden(Hidden),
}

/// Why a kind of data is not shown, and the clause that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// What hides it.
    pub why: Why,
    /// The clause.
    pub clause: String,
}

/// What hides a kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The time for which it may be read openly has passed.
    Retention,
    /// This leave does not reach it.
    Role,
    /// The profile in force allows nobody to keep it.
    Law,
    /// The record's time has ended: it is erased, or about to be.
    Erased,
}

/// How one reader sees one record.
#[derive(Clone, Copy, Debug)]
pub struct Lens<'g> {
    grant: &'g Grant,
    standing: Standing,
}

impl<'g> Lens<'g> {
    /// The lens of a grant on a record that stands so.
    pub fn new(grant: &'g Grant, standing: Standing) -> Self {
        Self { grant, standing }
    }

    /// Opens one value.
    pub fn shown<T: Clone>(&self, element: Element, value: Option<&Personal<T>>) -> Shown<T> {
        match (self.hides(element), value) {
            // What no profile allows any more and nobody sent is not hidden: it is not there.
            (Some(Hidden { why: Why::Law, .. }), None) => Shown::Missing,
            (Some(hidden), _) => Shown::Hidden(hidden),
            (None, Some(value)) => Shown::Value {
                value: value.expose().clone(),
                at: value.at(),
            },
            (None, None) => Shown::Missing,
        }
    }

    /// Why this kind of data is not shown; nothing when it is.
    pub fn hides(&self, element: Element) -> Option<Hidden> {
        let profile = self.grant.profile();
        let hidden = |why, clause: &str| {
            let clause = clause.to_owned();
            Some(Hidden { why, clause })
        };
        if let Standing::Due { .. } = self.standing {
            let term = Calendar::of(profile).deadline(Term::EraseUnlinked, self.grant.at());
            return hidden(Why::Erased, term.clause);
        }
        if !profile.keeps(element) {
            let reference = profile.reference();
            return hidden(Why::Law, &format!("not among the elements of {reference}"));
        }
        if self.grant.sees(element, self.standing) {
            return None;
        }
        match self.standing {
            Standing::Masked { .. } if profile.masks(element) => hidden(
                Why::Retention,
                profile.mask_clause(element).unwrap_or_default(),
            ),
            Standing::Staged { stage, .. } if profile.stage_hides(stage, element) => {
                let stage = profile.stages().nth(stage);
                let clause = stage.map(|(_, stage)| stage.hidden.clause.as_str());
                hidden(Why::Retention, clause.unwrap_or_default())
            }
            _ => {
                let purpose = self.grant.purpose().map(|purpose| purpose.kind());
                let clause = purpose.and_then(|purpose| profile.purpose_clause(purpose));
                hidden(Why::Role, clause.unwrap_or("no purpose was stated"))
            }
        }
    }

    /// Why the message itself is not shown: its bytes say everything at once.
    pub fn hides_source(&self) -> Option<Hidden> {
        crate::Profile::elements()
            .filter(|(_, element)| self.grant.profile().keeps(*element))
            .find_map(|(_, element)| self.hides(element))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Act, Actor, Profile, Purpose, Role, authorize};
    use jiff::Timestamp;

    fn grant(profile: &str, role: Role, act: Act, purpose: &str) -> Grant {
        let profile = Profile::builtin(profile).unwrap();
        let now = "2026-11-22T14:00:00Z".parse().unwrap();
        let purpose = Purpose::parse(purpose);
        authorize(
            &profile,
            &Actor::new("x", &[role]),
            act,
            purpose.as_ref(),
            now,
        )
        .unwrap()
    }

    const SINCE: Timestamp = Timestamp::UNIX_EPOCH;

    /// What an analyst under `eu-2022` is shown: with a value sent, and without.
    #[track_caller]
    fn check(element: Element, standing: Standing, sent: &str, unsent: &str) {
        let grant = grant("eu-2022", Role::Analyst, Act::CaseRead, "case=c");
        let lens = Lens::new(&grant, standing);
        let say = |value: Option<&Personal<&str>>| match lens.shown(element, value) {
            Shown::Value { value, .. } => value.to_owned(),
            Shown::Missing => "missing".to_owned(),
            Shown::Hidden(Hidden { why, clause }) => format!("{why:?}: {clause}"),
        };
        let value = Personal::new("EXAMPLE", Span::new(0, 7));
        assert_eq!((&*say(Some(&value)), &*say(None)), (sent, unsent));
    }

    /// R-RET-02.
    #[test]
    fn masked_missing_and_erased_differ() {
        check(Element::Name, Standing::Open, "EXAMPLE", "missing");
        let masked = Standing::Masked { since: SINCE };
        let clause = "Retention: Article 12(2)(a): names, co-travellers and their number";
        check(Element::Name, masked, clause, clause);
        check(Element::Seat, masked, "EXAMPLE", "missing");
        let due = Standing::Due { since: SINCE };
        check(
            Element::Seat,
            due,
            "Erased: Article 12(2)",
            "Erased: Article 12(2)",
        );
    }

    /// R-DAT-01.
    #[test]
    fn what_the_profile_does_not_keep_is_shown_to_nobody() {
        let law = "Law: not among the elements of eu-2022/3";
        check(Element::BirthPlace, Standing::Open, law, "missing");
        check(
            Element::Remark,
            Standing::Masked { since: SINCE },
            law,
            "missing",
        );
    }

    /// R-RET-03.
    #[test]
    fn an_approved_unmasking_opens_what_was_masked() {
        let masked = Standing::Masked { since: SINCE };
        let opened = grant("eu-2022", Role::Analyst, Act::UnmaskRead, "case=c");
        assert_eq!(Lens::new(&opened, masked).hides(Element::Name), None);
        assert_eq!(Lens::new(&opened, masked).hides_source(), None);
    }

    #[test]
    fn an_act_without_personal_data_opens_nothing() {
        let profile = Profile::builtin("eu-2022").unwrap();
        let now = "2026-11-22T14:00:00Z".parse().unwrap();
        let analyst = Actor::new("x", &[Role::Analyst]);
        let grant = authorize(&profile, &analyst, Act::FlightRead, None, now).unwrap();
        let hidden = Lens::new(&grant, Standing::Open).hides(Element::Name);
        assert_eq!(hidden.map(|hidden| hidden.why), Some(Why::Role));
    }

    /// R-RET-02, R-RET-09.
    #[test]
    fn a_message_is_hidden_with_the_first_of_its_values() {
        let reader = grant(
            "canada",
            Role::Analyst,
            Act::MessageRead,
            "assessment=queue",
        );
        let hides = |standing| Lens::new(&reader, standing).hides_source().map(|h| h.why);
        let since = SINCE;
        assert_eq!(hides(Standing::Open), None);
        assert_eq!(
            hides(Standing::Staged { stage: 0, since }),
            Some(Why::Retention)
        );
        assert_eq!(hides(Standing::Masked { since }), Some(Why::Retention));
        assert_eq!(hides(Standing::Due { since }), Some(Why::Erased));
    }
}
