//! Measures the matching engine with the judged cases: shared by `examples/judge.rs`,
//! `examples/fit.rs` and the tests.

#![allow(dead_code, reason = "each user takes what it needs")]

pub(crate) mod fit;

use oriel_screening::{Asked, Index, Person, Scratch, Subject, Watchlists, Weights, search};
use oriel_synth::bench::Described;
use oriel_synth::judged::{Case, cases, ordinary, recombined};

/// Seed of the world that is judged and published; nothing is fitted to it or chosen by it.
pub(crate) const SEED: u64 = 2026;

/// Score below which nothing is looked for.
const FLOOR_SCORE: u8 = 35;

/// Nothing above [`FLOOR_SCORE`].
pub(crate) const NOT_FOUND: i32 = -1000;

/// As the engine takes a person.
pub(crate) fn person(described: &Described, dated: bool) -> Person {
    let texts = |values: &[String]| values.iter().map(|v| v.as_str().into()).collect();
    let one = |value: &str| (!value.is_empty()).then(|| value.into());
    Person {
        id: one(&described.id),
        names: texts(&described.names),
        weak: texts(&described.weak),
        dob: if dated {
            texts(&described.births)
        } else {
            Vec::new()
        },
        nationality: one(described.nationality).into_iter().collect(),
        gender: one(described.gender),
        docs: Vec::new(),
    }
}

/// The list of all cases, and who asks it.
pub(crate) struct Trial {
    pub(crate) cases: Vec<Case>,
    pub(crate) lists: Watchlists,
    pub(crate) ordinary: Vec<Described>,
    pub(crate) recombined: Vec<Described>,
}

/// How far everybody is above the line, with birth dates or without.
pub(crate) struct Outcome {
    /// Of each case, of its own pair; [`NOT_FOUND`] where the search did not lead to it.
    pub(crate) cases: Vec<i32>,
    /// Of each ordinary traveller, of the best entry.
    pub(crate) ordinary: Vec<i32>,
    /// Of each recombined traveller.
    pub(crate) recombined: Vec<i32>,
}

impl Trial {
    /// The world of this seed: so many entries and ordinary travellers, half as many recombined.
    pub(crate) fn new((entries, innocents): (usize, usize), seed: u64) -> Self {
        let cases = cases(entries, seed);
        let listed: Vec<_> = cases
            .iter()
            .map(|case| person(&case.listed, true).to_entry())
            .collect();
        Self {
            lists: Watchlists::new(vec![Index::build("judged", &listed).into()]),
            ordinary: ordinary(innocents, seed).collect(),
            recombined: recombined(innocents / 2, entries, seed).collect(),
            cases,
        }
    }

    /// Asks for everybody.
    pub(crate) fn run(&self, weights: &Weights, dated: bool) -> Outcome {
        let mut scratch = Scratch::default();
        let mut ask = |who: &Described| {
            let subject = Subject::from_person(&person(who, dated));
            let hits = search(
                &subject,
                &self.lists,
                weights,
                FLOOR_SCORE,
                50,
                &mut scratch,
            );
            let asked = Asked::new(&subject);
            let entries = hits
                .into_iter()
                .filter_map(|hit| hit.entry[1..].parse::<u32>().ok());
            let index = &self.lists.indexes()[0];
            entries
                .map(|entry| (entry as usize, asked.above_line(index, entry, weights)))
                .collect::<Vec<_>>()
        };
        let cases = self.cases.iter().map(|case| {
            let found = ask(&case.traveller);
            found
                .iter()
                .find(|(entry, _)| *entry == case.id)
                .map_or(NOT_FOUND, |(_, above)| *above)
        });
        let cases = cases.collect();
        let mut best = |crowd: &[Described]| -> Vec<i32> {
            let above = |who| ask(who).first().map_or(NOT_FOUND, |(_, above)| *above);
            crowd.iter().map(above).collect()
        };
        Outcome {
            cases,
            ordinary: best(&self.ordinary),
            recombined: best(&self.recombined),
        }
    }
}

impl Outcome {
    /// The lowest line at which at most these shares of the innocents are stopped.
    pub(crate) fn line(&self, ordinary: f64, recombined: f64) -> i32 {
        let line = |points: &Vec<i32>, share| line_for(points.clone(), points.len(), share);
        line(&self.ordinary, ordinary).max(line(&self.recombined, recombined))
    }

    /// Share of the cases of one person at or over the line.
    pub(crate) fn recall(
        &self,
        cases: &[Case],
        line: i32,
        wanted: impl Fn(&Case) -> bool,
    ) -> Share {
        let mut share = Share::default();
        for (case, points) in cases.iter().zip(&self.cases) {
            if case.same && wanted(case) {
                share.add(*points >= line);
            }
        }
        share
    }
}

/// The lowest line at which at most a share of so many is at or over it. `points`: of those who
/// have any.
fn line_for(mut points: Vec<i32>, of: usize, share: f64) -> i32 {
    points.sort_unstable_by(|a, b| b.cmp(a));
    let allowed = (of as f64 * share) as usize;
    points.get(allowed).map_or(NOT_FOUND, |above| above + 1)
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Share {
    pub(crate) found: usize,
    pub(crate) of: usize,
}

impl Share {
    pub(crate) fn add(&mut self, found: bool) {
        self.found += usize::from(found);
        self.of += 1;
    }

    pub(crate) fn value(self) -> f64 {
        self.found as f64 / self.of.max(1) as f64
    }
}
