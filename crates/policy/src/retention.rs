//! When each deadline of a record falls: pure sums over the profile's periods.
//!
//! - In: the instant a period runs from.  Out: deadlines and what stands now, UTC.
//! - Source: R-RET-01, R-RET-02, R-RET-04, R-RET-05, R-RET-09, R-ING-13, R-REV-05, R-AUD-03,
//!   R-DSR-01, R-DSR-05.
//! - Invariants: a later anchor never has an earlier deadline, so that what is due can be reckoned
//!   by whole days ([`Calendar::horizon`]); a record is masked before it is erased, or at once.

use crate::profile::{Anchor, PostInitial, Ruled, Status};
use crate::{Period, Profile};
use jiff::Timestamp;

/// A day in UTC, counted from 1970-01-01: the bucket of an instant.
pub type Day = u32;

/// The bucket of an instant; everything before 1970 is bucket 0.
pub fn day(at: Timestamp) -> Day {
    Day::try_from(at.as_second().max(0) / 86_400).unwrap_or(Day::MAX)
}

/// A period of the law that ends on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// The initial period, from the anchor: then the record is masked.
    Mask,
    /// Keeping a record without recorded objective evidence, from the anchor.
    EraseUnlinked,
    /// Keeping a record that has it, from the anchor.
    Erase,
    /// Keeping the result of a review, from its closing.
    Results,
    /// Keeping an event of the audit log, from the event.
    Log,
    /// Confirming an urgent approval, from the approval.
    Confirm,
    /// An approved view of masked values, from the approval.
    View,
    /// The data-protection officer's review of an unmasking, from the approval.
    DpoReview,
    /// Looking again at a recorded link to an offence, from its recording.
    LinkReview,
    /// Looking again at a case-bound hold, from its placing.
    HoldReview,
    /// Answering a person about their own data, from the request.
    Answer,
    /// Keeping such a request and its answer, from the request.
    RightsKeep,
    /// Sparing a person a repeated false match, from the record of it.
    Redress,
}

impl Term {
    /// Every term with its short name.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("mask", Self::Mask),
        ("erase_unlinked", Self::EraseUnlinked),
        ("erase", Self::Erase),
        ("results", Self::Results),
        ("log", Self::Log),
        ("confirm", Self::Confirm),
        ("view", Self::View),
        ("dpo_review", Self::DpoReview),
        ("link_review", Self::LinkReview),
        ("hold_review", Self::HoldReview),
        ("answer", Self::Answer),
        ("rights_keep", Self::RightsKeep),
        ("redress", Self::Redress),
    ];

    /// Short name.
    pub fn name(self) -> &'static str {
        let row = Self::ROWS.iter().find(|(_, term)| *term == self);
        row.map_or("", |(name, _)| name)
    }
}

/// When a period ends, and which clause says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline<'p> {
    /// The first instant after the period, UTC.
    pub at: Timestamp,
    /// How long it is.
    pub period: Period,
    /// Document, article, paragraph.
    pub clause: &'p str,
    /// How sure we are of it.
    pub status: Status,
}

/// How a record stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In the initial period.
    Open,
    /// In the initial period, with some elements behind an authority's leave: band number `stage`
    /// of [`Profile::stages`].
    Staged {
        /// Which band.
        stage: usize,
        /// When it began, UTC.
        since: Timestamp,
    },
    /// Masked.
    Masked {
        /// When the initial period ended, UTC.
        since: Timestamp,
    },
    /// To be erased; nothing of it is shown any more.
    Due {
        /// When the last period ended, UTC.
        since: Timestamp,
    },
}

/// The periods of one profile.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'p> {
    profile: &'p Profile,
}

impl<'p> Calendar<'p> {
    /// The calendar of a profile.
    pub fn of(profile: &'p Profile) -> Self {
        Self { profile }
    }

    /// The instant the clock of a journey runs from. Store it once; it is never moved.
    ///
    /// `departs` is the scheduled departure; where it is not known the clock runs from the receipt.
    pub fn anchor(self, received: Timestamp, departs: Option<Timestamp>) -> Timestamp {
        match self.profile.retention().anchor.value {
            Anchor::Receipt => received,
            Anchor::Departure => departs.unwrap_or(received),
        }
    }

    /// When the period that runs from `from` ends.
    pub fn deadline(self, term: Term, from: Timestamp) -> Deadline<'p> {
        let period = self.period(term);
        Deadline {
            at: period.value.after(from),
            period: period.value,
            clause: &period.clause,
            status: period.status,
        }
    }

    fn period(self, term: Term) -> &'p Ruled<Period> {
        let retention = self.profile.retention();
        let unmask = self.profile.unmask();
        let rights = self.profile.rights();
        match (term, retention.post_initial.value) {
            (Term::Mask, _)
            | (Term::EraseUnlinked, PostInitial::EraseUnlinked | PostInitial::EraseAll)
            | (Term::Erase, PostInitial::EraseAll) => &retention.mask,
            (Term::EraseUnlinked, PostInitial::KeepMasked) => &retention.total,
            (Term::Erase, _) => retention.total_linked.as_ref().unwrap_or(&retention.total),
            (Term::Results, _) => &retention.results,
            (Term::Log, _) => &retention.log,
            (Term::Confirm, _) => &unmask.confirm_within,
            (Term::View, _) => &unmask.view,
            (Term::DpoReview, _) => &unmask.dpo_review,
            (Term::LinkReview, _) => &retention.link_review,
            (Term::HoldReview, _) => &retention.hold_review,
            (Term::Answer, _) => &rights.answer,
            (Term::RightsKeep, _) => &rights.keep,
            (Term::Redress, _) => &rights.redress,
        }
    }

    /// How a record stands. `linked` is whether objective evidence of a link to an offence is on
    /// record for it.
    pub fn standing(self, anchor: Timestamp, linked: bool, now: Timestamp) -> Standing {
        let erase = if linked {
            Term::Erase
        } else {
            Term::EraseUnlinked
        };
        let due = self.deadline(erase, anchor).at;
        let mask = self.deadline(Term::Mask, anchor).at;
        if now >= due {
            return Standing::Due { since: due };
        }
        if now >= mask {
            return Standing::Masked { since: mask };
        }
        let begun = |(number, (_, stage)): (usize, (_, &crate::profile::Stage))| {
            let since = stage.from.value.after(anchor);
            (now >= since).then_some(Standing::Staged {
                stage: number,
                since,
            })
        };
        let stages = self.profile.stages().enumerate();
        stages.filter_map(begun).last().unwrap_or(Standing::Open)
    }

    /// The oldest day of which something may still be within `term`: whatever is anchored on an
    /// earlier day is past its deadline, and the keys of those days can go.
    pub fn horizon(self, term: Term, now: Timestamp) -> Day {
        let period = self.period(term).value;
        // The last instant of the day decides for the whole day, because deadlines keep the order
        // of their anchors. Today can never be past: no period is negative.
        let past = |day: Day| {
            let end = Timestamp::new((i64::from(day) + 1) * 86_400 - 1, 999_999_999)
                .unwrap_or(Timestamp::MAX);
            period.after(end) <= now
        };
        let (mut low, mut high) = (0, day(now));
        while low < high {
            let middle = low + (high - low) / 2;
            if past(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// How a record of `profile` anchored on 2026-11-22 at 14:00 stands, without and with a link.
    #[track_caller]
    fn check(profile: &str, now: &str, unlinked: &str, linked: &str) {
        let profile = Profile::builtin(profile).unwrap();
        let calendar = Calendar::of(&profile);
        let stands = |linked| match calendar.standing(at("2026-11-22T14:00:00Z"), linked, at(now)) {
            Standing::Open => "open".to_owned(),
            Standing::Staged { stage, .. } => {
                format!("stage {}", profile.stages().nth(stage).unwrap().0)
            }
            Standing::Masked { .. } => "masked".to_owned(),
            Standing::Due { .. } => "due".to_owned(),
        };
        assert_eq!(
            (&*stands(false), &*stands(true)),
            (unlinked, linked),
            "{now}"
        );
    }

    /// R-RET-05, R-RET-01.
    #[test]
    fn after_the_judgment_only_linked_records_outlive_the_initial_period() {
        check("eu-2022", "2026-11-22T14:00:00Z", "open", "open");
        check("eu-2022", "2027-05-22T13:59:59Z", "open", "open");
        check("eu-2022", "2027-05-22T14:00:00Z", "due", "masked");
        check("eu-2022", "2031-11-22T13:59:59Z", "due", "masked");
        check("eu-2022", "2031-11-22T14:00:00Z", "due", "due");
    }

    /// R-RET-02, R-RET-01.
    #[test]
    fn before_the_judgment_all_records_stay_masked() {
        for profile in ["eu-2016", "germany"] {
            check(profile, "2027-05-22T13:59:59Z", "open", "open");
            check(profile, "2027-05-22T14:00:01Z", "masked", "masked");
            check(profile, "2031-11-22T13:59:59Z", "masked", "masked");
            check(profile, "2031-11-22T14:00:00Z", "due", "due");
        }
    }

    /// R-RET-09.
    #[test]
    fn access_narrows_in_bands() {
        check("canada", "2026-11-25T13:59:59Z", "open", "open");
        check(
            "canada",
            "2026-11-25T14:00:00Z",
            "stage names",
            "stage names",
        );
        check(
            "canada",
            "2028-11-22T13:59:59Z",
            "stage names",
            "stage names",
        );
        check("canada", "2028-11-22T14:00:00Z", "masked", "masked");
        check("canada", "2030-05-22T13:59:59Z", "masked", "masked");
        check("canada", "2030-05-22T14:00:00Z", "due", "masked");
        check("canada", "2032-11-22T14:00:00Z", "due", "due");
    }

    /// R-RET-10.
    #[test]
    fn a_border_copy_is_short_lived_whatever_is_found() {
        check("api-only", "2026-11-24T13:59:59Z", "open", "open");
        check("api-only", "2026-11-24T14:00:00Z", "due", "due");
    }

    /// R-RET-08, R-ING-13.
    #[test]
    fn erasing_at_departure_is_a_period_of_no_length() {
        let text = Profile::builtin_text("eu-2022").unwrap();
        let text = text
            .replacen("value = \"receipt\"", "value = \"departure\"", 1)
            .replacen(
                "mask = { value = \"6 months\"",
                "mask = { value = \"none\"",
                1,
            );
        let profile = Profile::parse(&text).unwrap();
        let calendar = Calendar::of(&profile);
        let departs = at("2026-11-22T14:00:00Z");
        let anchor = calendar.anchor(at("2026-11-20T14:00:00Z"), Some(departs));
        assert_eq!(anchor, departs);
        assert_eq!(
            calendar.standing(anchor, false, departs),
            Standing::Due { since: departs }
        );
        assert_eq!(
            calendar.standing(anchor, true, departs),
            Standing::Masked { since: departs }
        );
    }

    #[test]
    fn every_deadline_names_its_clause() {
        for id in Profile::builtins() {
            let profile = Profile::builtin(id).unwrap();
            for (name, term) in Term::ROWS {
                let deadline = Calendar::of(&profile).deadline(*term, at("2026-11-22T14:00:00Z"));
                assert!(!deadline.clause.is_empty(), "{id}: {name}");
            }
        }
    }

    /// What runs from another instant than the anchor.
    #[track_caller]
    fn check_term(profile: &str, term: Term, from: &str, expect: &str) {
        let profile = Profile::builtin(profile).unwrap();
        let deadline = Calendar::of(&profile).deadline(term, at(from));
        assert_eq!(deadline.at, at(expect), "{term:?}");
    }

    /// R-RET-04: an urgent approval falls back by itself.
    #[test]
    fn an_urgent_approval_has_a_deadline() {
        let approved = "2026-11-22T14:00:00Z";
        check_term("germany", Term::Confirm, approved, "2026-11-25T14:00:00Z");
        check_term("eu-2022", Term::Confirm, approved, "2026-11-23T14:00:00Z");
    }

    /// R-REV-05, R-RET-07, R-AUD-03: clocks of their own.
    #[test]
    fn results_holds_and_the_log_have_their_own_clocks() {
        let from = "2026-11-22T14:00:00Z";
        check_term("eu-2022", Term::Results, from, "2026-12-22T14:00:00Z");
        check_term("eu-2022", Term::HoldReview, from, "2027-05-22T14:00:00Z");
        check_term("germany", Term::Log, from, "2031-11-22T14:00:00Z");
        check_term("canada", Term::Log, from, "2028-11-22T14:00:00Z");
    }

    /// R-DSR-01, R-DSR-05.
    #[test]
    fn a_person_is_answered_in_time_and_spared_for_a_time() {
        let asked = "2027-01-31T14:00:00Z";
        check_term("eu-2022", Term::Answer, asked, "2027-03-01T00:00:00Z");
        check_term("canada", Term::Answer, asked, "2027-03-02T14:00:00Z");
        check_term("eu-2022", Term::RightsKeep, asked, "2029-01-31T14:00:00Z");
        check_term("eu-2022", Term::Redress, asked, "2029-01-31T14:00:00Z");
    }

    /// Changing the profile changes what a state's law says, and no code.
    #[test]
    fn profiles_differ_where_laws_do() {
        let say = |id: &str| {
            let profile = Profile::builtin(id).unwrap();
            let calendar = Calendar::of(&profile);
            let length = |term| calendar.deadline(term, at("2026-11-22T14:00:00Z")).period;
            let pushes: Vec<&str> = profile.push().expected.keys().map(|name| &**name).collect();
            format!(
                "{id}: mask {}, erase {} or {}, {:?}, push {}",
                length(Term::Mask),
                length(Term::EraseUnlinked),
                length(Term::Erase),
                profile.unmask().authority.value,
                pushes.join(" ")
            )
        };
        let got: Vec<String> = Profile::builtins().map(say).collect();
        assert_eq!(
            got,
            [
                "api-only: mask 48 hours, erase 48 hours or 48 hours, IndependentAuthority, push check_in closure",
                "canada: mask 2 years, erase 3 years 6 months or 6 years, HeadOfAgency, push close_out crew passengers",
                "eu-2016: mask 6 months, erase 5 years or 5 years, NationalAuthority, push closure first",
                "eu-2022: mask 6 months, erase 6 months or 5 years, IndependentAuthority, push closure first",
                "germany: mask 6 months, erase 5 years or 5 years, Court, push closure first late",
                "icao-minimum: mask 6 months, erase 5 years or 5 years, IndependentAuthority, push departure",
                "utopia: mask 6 months, erase 6 months or 5 years, IndependentAuthority, push closure first",
            ]
        );
    }

    fn profiles() -> impl Strategy<Value = &'static Profile> {
        static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| {
            let builtin = |id| Profile::builtin(id).unwrap();
            Profile::builtins().map(builtin).collect()
        });
        proptest::sample::select(&ALL[..]).prop_map(|profile| {
            let place = ALL.iter().position(|known| known.id() == profile.id());
            &ALL[place.unwrap()]
        })
    }

    fn terms() -> impl Strategy<Value = Term> {
        proptest::sample::select(Term::ROWS).prop_map(|(_, term)| term)
    }

    const YEARS: std::ops::Range<i64> = 1_700_000_000..2_400_000_000;

    /// How far a standing has gone; it never goes back.
    fn rank(standing: Standing) -> usize {
        match standing {
            Standing::Open => 0,
            Standing::Staged { stage, .. } => 1 + stage,
            Standing::Masked { .. } => 1_000,
            Standing::Due { .. } => 1_001,
        }
    }

    proptest! {
        /// R-RET-01.
        #[test]
        fn a_later_anchor_never_has_an_earlier_deadline(
            profile in profiles(), term in terms(), from in YEARS, gap in 0_i64..4_000_000,
        ) {
            let calendar = Calendar::of(profile);
            let deadline = |second| {
                calendar.deadline(term, Timestamp::from_second(second).unwrap()).at
            };
            prop_assert!(deadline(from) <= deadline(from + gap));
        }

        /// R-RET-02.
        #[test]
        fn a_record_never_opens_again(
            profile in profiles(), linked: bool, anchor in YEARS,
            now in 0_i64..200_000_000, later in 0_i64..100_000_000,
        ) {
            let calendar = Calendar::of(profile);
            let stands = |now| {
                let second = |s| Timestamp::from_second(s).unwrap();
                calendar.standing(second(anchor), linked, second(anchor + now))
            };
            prop_assert!(rank(stands(now)) <= rank(stands(now + later)));
        }

        #[test]
        fn a_link_never_shortens(profile in profiles(), anchor in YEARS, now in 0_i64..200_000_000) {
            let calendar = Calendar::of(profile);
            let second = |s| Timestamp::from_second(s).unwrap();
            let stands = |linked| calendar.standing(second(anchor), linked, second(anchor + now));
            prop_assert!(rank(stands(true)) <= rank(stands(false)));
        }

        /// R-RET-01.
        #[test]
        fn the_horizon_parts_what_is_past_from_what_is_not(
            profile in profiles(), term in terms(), now in YEARS, back in 0_i64..200_000_000,
        ) {
            let calendar = Calendar::of(profile);
            let second = |s| Timestamp::from_second(s).unwrap();
            let (now, anchor) = (second(now), second(now - back));
            let horizon = calendar.horizon(term, now);
            if day(anchor) < horizon {
                prop_assert!(calendar.deadline(term, anchor).at <= now);
            }
            if horizon < day(now) {
                let end = Timestamp::new((i64::from(horizon) + 1) * 86_400 - 1, 999_999_999);
                prop_assert!(calendar.deadline(term, end.unwrap()).at > now);
            }
        }
    }
}
