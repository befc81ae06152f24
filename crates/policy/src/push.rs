//! Whether what a carrier owes of a flight has come.
//!
//! - In: the pushes that a profile expects, the scheduled departure, and when messages about the
//!   flight were received.  Out: each push with its time and how it stands.
//! - Source: R-ING-07, R-CAR-02; the clauses are the profile's.
//! - Invariants: a message stands for one push at most; nothing is missing before its time and the
//!   tolerance are over; what is missing at one instant is late or missing at every later one.

use crate::profile::{Push, PushKind, PushPlan};
use jiff::Timestamp;

/// How a push stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushState {
    /// There is still time.
    Awaited,
    /// It came in time, at this instant.
    Come(Timestamp),
    /// It came after its time and the tolerance, at this instant.
    Late(Timestamp),
    /// Its time and the tolerance are over, and it has not come.
    Missing,
}

impl PushState {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Awaited => "awaited",
            Self::Come(_) => "come",
            Self::Late(_) => "late",
            Self::Missing => "missing",
        }
    }
}

/// One push that a carrier owes of a flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed<'a> {
    /// Its name in the profile.
    pub name: &'a str,
    /// What is sent.
    pub kind: PushKind,
    /// By when, UTC, without the tolerance.
    pub due_at: Timestamp,
    /// What says so.
    pub clause: &'a str,
    /// How it stands.
    pub state: PushState,
}

impl PushPlan {
    /// What is owed of a flight that departs at `departs_at`, in the order in which it is due.
    ///
    /// `came` are messages about it, in any order. Each push takes the oldest message of its kind
    /// that no earlier push took. The first push of a kind takes one from any time before; a later
    /// one none from before its own window, which begins where the profile says or when the one
    /// before it was due.
    pub fn owed(
        &self,
        departs_at: Timestamp,
        came: &[(PushKind, Timestamp)],
        now: Timestamp,
    ) -> Vec<Owed<'_>> {
        let mut left = came.to_vec();
        left.sort_by_key(|(_, at)| *at);
        let mut owed: Vec<(Timestamp, &str, &Push)> = self
            .expected
            .iter()
            .map(|(name, push)| (push.due_at(departs_at), name.as_str(), push))
            .collect();
        owed.sort_by_key(|(due_at, name, _)| (*due_at, *name));
        let mut before: Vec<(PushKind, Timestamp)> = Vec::new();
        let mut state_of = |due_at: Timestamp, push: &Push| {
            let kind = push.kind.value;
            let previous = before.iter().rev().find(|(of, _)| *of == kind);
            let from = previous.map(|(_, due)| {
                let own = push.earliest_before.as_ref();
                own.map_or(*due, |period| period.value.before(departs_at))
            });
            before.push((kind, due_at));
            let ends_at = self.tolerance.value.after(due_at);
            let fits = |(of, at): &(PushKind, Timestamp)| *of == kind && Some(*at) >= from;
            match left.iter().position(fits) {
                Some(place) => match left.remove(place).1 {
                    at if at <= ends_at => PushState::Come(at),
                    at => PushState::Late(at),
                },
                None if now <= ends_at => PushState::Awaited,
                None => PushState::Missing,
            }
        };
        owed.into_iter()
            .map(|(due_at, name, push)| Owed {
                name,
                kind: push.kind.value,
                due_at,
                clause: push.clause(),
                state: state_of(due_at, push),
            })
            .collect()
    }
}

impl Push {
    /// By when it is due of a flight that departs at `departs_at`: at departure, where the profile
    /// gives no other time.
    fn due_at(&self, departs_at: Timestamp) -> Timestamp {
        match (&self.latest_before, &self.latest_after) {
            (Some(before), _) => before.value.before(departs_at),
            (None, Some(after)) => after.value.after(departs_at),
            (None, None) => departs_at,
        }
    }

    fn clause(&self) -> &str {
        let time = self.latest_before.as_ref().or(self.latest_after.as_ref());
        time.map_or(&*self.kind.clause, |time| &*time.clause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;
    use PushKind::{Api, Pnr};
    use jiff::SignedDuration;
    use proptest::prelude::*;

    /// Departure; the other times are minutes from it.
    const DEPARTS: i64 = 2_000_000_000;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(DEPARTS + 60 * minutes).unwrap()
    }

    /// Pushes of `law` as `name due state`, times in minutes from departure.
    #[track_caller]
    fn check(law: &str, came: &[(PushKind, i64)], now: i64, expect: &[&str]) {
        let profile = Profile::builtin(law).unwrap();
        let came: Vec<_> = came.iter().map(|(kind, min)| (*kind, at(*min))).collect();
        let owed = profile.push().owed(at(0), &came, at(now));
        let minutes = |t: Timestamp| t.duration_since(at(0)).as_mins();
        let got: Vec<String> = owed
            .iter()
            .map(|owed| {
                let state = match owed.state {
                    PushState::Come(t) | PushState::Late(t) => {
                        format!("{} {}", owed.state.name(), minutes(t))
                    }
                    state => state.name().to_owned(),
                };
                format!("{} {} {state}", owed.name, minutes(owed.due_at))
            })
            .collect();
        assert_eq!(got, expect);
    }

    /// R-ING-07, R-CAR-02.
    #[test]
    fn a_push_is_missing_when_its_time_and_the_tolerance_are_over() {
        check(
            "eu-2022",
            &[],
            -1440,
            &["first -1440 awaited", "closure 0 awaited"],
        );
        check(
            "eu-2022",
            &[],
            -1410,
            &["first -1440 awaited", "closure 0 awaited"],
        );
        check(
            "eu-2022",
            &[],
            -1409,
            &["first -1440 missing", "closure 0 awaited"],
        );
        check(
            "eu-2022",
            &[],
            31,
            &["first -1440 missing", "closure 0 missing"],
        );
    }

    #[test]
    fn one_message_stands_for_one_push() {
        let first = ["first -1440 come -2000", "closure 0 missing"];
        check("eu-2022", &[(Pnr, -2000)], 60, &first);
        let both = ["first -1440 come -2000", "closure 0 come -5"];
        check("eu-2022", &[(Pnr, -5), (Pnr, -2000)], 60, &both);
    }

    /// What is sent between is no word about who boarded.
    #[test]
    fn a_push_before_the_window_of_a_later_one_does_not_stand_for_it() {
        let came = [(Pnr, -2000), (Pnr, -600)];
        check(
            "eu-2022",
            &came,
            60,
            &["first -1440 come -2000", "closure 0 missing"],
        );
    }

    #[test]
    fn what_comes_after_the_tolerance_is_late() {
        let came = [(Pnr, -1400), (Pnr, 45)];
        check(
            "eu-2022",
            &came,
            60,
            &["first -1440 late -1400", "closure 0 late 45"],
        );
    }

    #[test]
    fn lists_stand_for_no_booking_push() {
        check(
            "eu-2022",
            &[(Api, -2000)],
            -1000,
            &["first -1440 missing", "closure 0 awaited"],
        );
    }

    #[test]
    fn pushes_of_two_kinds_and_one_after_departure_keep_to_themselves() {
        let came = [(Api, -90), (Pnr, -30), (Api, 20)];
        let expect = [
            "crew -60 come -90",
            "passengers 0 come -30",
            "close_out 30 come 20",
        ];
        check("canada", &came, 60, &expect);
    }

    proptest! {
        /// Time only turns what is awaited into what is missing; order does not show.
        #[test]
        fn nothing_unhappens(
            mut came in prop::collection::vec((any::<bool>(), -4000..200_i64), 0..6),
            now in -4000..300_i64,
            later in 0..3000_i64,
        ) {
            let profile = Profile::builtin("germany").unwrap();
            let owed = |came: &[(bool, i64)], now: Timestamp| -> Vec<PushState> {
                let came: Vec<_> = came.iter().map(|(pnr, min)| (if *pnr { Pnr } else { Api }, at(*min))).collect();
                profile.push().owed(at(0), &came, now).iter().map(|owed| owed.state).collect()
            };
            let before = owed(&came, at(now));
            let after = owed(&came, at(now) + SignedDuration::from_mins(later));
            for (before, after) in before.iter().zip(&after) {
                let same = before == after;
                prop_assert!(same || (*before, *after) == (PushState::Awaited, PushState::Missing));
            }
            came.reverse();
            prop_assert_eq!(owed(&came, at(now)), before);
        }
    }
}
