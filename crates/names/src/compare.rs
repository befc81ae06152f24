//! Compares two read names and keeps the reasons.

use crate::align::{Atoms, Evidence, Ledger, align};
use crate::{Name, Text, Weights};

/// One reason for points, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Stable code, such as `same-sound`; `docs/matching.md` explains each.
    pub code: &'static str,
    /// The traveller's word; empty where only the list has one.
    pub own: Text,
    /// The list's words; empty where only the traveller has one.
    pub listed: Text,
    /// Tenths of a bit.
    pub points: i16,
}

/// What comparing two names gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Sum of the points of all facts.
    pub points: i32,
    /// Why.
    pub facts: Vec<Fact>,
}

impl Ledger for Vec<Fact> {
    fn add(&mut self, evidence: Evidence<'_>) {
        let listed = match evidence.listed {
            [one, ""] => one.into(),
            [one, two] => [one, " ", two].concat().into(),
        };
        self.push(Fact {
            code: evidence.code,
            own: evidence.own.into(),
            listed,
            points: evidence.points,
        });
    }
}

/// Compares a traveller's name with a listed one, no birth date known.
pub fn compare(own: &Name, listed: &Name, weights: &Weights) -> Comparison {
    let (tokens, roles): (Vec<_>, Vec<_>) = listed.atoms().unzip();
    let mut facts = Vec::new();
    let atoms = Atoms {
        tokens: &tokens,
        roles: &roles,
    };
    let points = align(own, atoms, false, weights, &mut facts);
    Comparison { points, facts }
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::{Name, Source, Weights};

    #[track_caller]
    fn check(own: &str, listed: &str, expect: &str) {
        let own = Name::read_full(Source::of(own), own);
        let listed = Name::read_full(Source::List, listed);
        let got = compare(&own, &listed, &Weights::start());
        let facts: Vec<String> = got
            .facts
            .iter()
            .map(|f| format!("{}~{} {} {:+}", f.own, f.listed, f.code, f.points))
            .collect();
        assert_eq!(facts.join("; "), expect);
        assert_eq!(
            got.points,
            got.facts.iter().map(|f| i32::from(f.points)).sum::<i32>()
        );
    }

    #[test]
    fn every_word_is_accounted_for() {
        check(
            "KESTRELMAN<<ODRAN<PIET",
            "Odran Beydour KESTRELMAN",
            "KESTRELMAN~KESTRELMAN exact +160; ODRAN~ODRAN exact +93; \
             PIET~BEYDOUR word-differs -60",
        );
    }
}
