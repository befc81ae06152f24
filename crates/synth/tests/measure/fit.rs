//! Fits the weights of names by looking for better ones, one at a time.
//!
//! - In: the fitting cases and the innocents of a [`Trial`], the weights to start from.  Out: weights.
//! - Goal: recall of the fitting cases at three shares of false alerts, with birth dates and without.
//! - Invariant: no chance but the seed of the trial, and integers in every score: the same start
//!   gives the same weights. Weights of birth dates and documents are not fitted: they come from
//!   shares published of real persons, which invented dates only imitate.

use super::{Outcome, Trial, person};
use oriel_screening::{Asked, Index, Scratch, Subject, Weights, search};
use oriel_synth::bench::Described;

/// What is fitted: in what steps, and between which bounds, because invented people are not so
/// true to life that a weight beyond all published experience could be believed.
const FITTED: &[(&str, i16, i16, i16)] = &[
    ("word_family", 5, -25, -5),
    ("word_sound", 5, -25, -5),
    ("word_vowel_missing", 5, -40, -10),
    ("word_one_edit", 5, -40, -15),
    ("word_two_edits", 10, -80, -30),
    ("word_close", 5, -30, 0),
    ("word_close_slip", 5, -60, -20),
    ("word_close_undated", 10, -60, 0),
    ("word_known_apart", 10, -120, -30),
    ("initial_agrees", 5, 10, 40),
    ("prefix_letter", 2, 14, 30),
    ("word_further_percent", 4, 40, 100),
    ("given_cap", 10, 90, 140),
    ("word_joined", 5, -25, 0),
    ("list_word_absent", 5, -35, -10),
    ("list_word_absent_more", 5, -25, -5),
    ("own_word_absent", 5, -40, -15),
    ("word_differs", 10, -70, -30),
    ("own_part_absent", 5, -35, -5),
    ("surname_differs", 5, -45, -5),
    ("roles_swapped", 4, -16, 0),
    ("names_tried", 2, -9, -3),
    ("nationality_common", 5, 10, 30),
    ("nationality_some", 5, 15, 40),
    ("nationality_rare", 5, 20, 60),
    ("nationality_differs", 5, -45, -15),
    ("sex_agrees", 2, 6, 12),
    ("sex_differs", 5, -45, -20),
];

/// Size of the fit whose result is in force.
pub(crate) const ENTRIES: usize = 6_000;
pub(crate) const INNOCENTS: usize = 24_000;
pub(crate) const ROUNDS: usize = 3;

/// A gain smaller than this is taken for chance.
const LEAST_GAIN: f64 = 0.0006;

/// Entries kept of each innocent.
const RIVALS: usize = 6;

/// Somebody and the entries that they may be taken for.
struct Rivals {
    asked: Asked,
    entries: Vec<u32>,
}

impl Rivals {
    fn best(&self, index: &Index, weights: &Weights) -> i32 {
        let points = |entry: &u32| self.asked.above_line(index, *entry, weights);
        self.entries.iter().map(points).max().unwrap_or(i32::MIN)
    }
}

/// One regime: with birth dates or without.
struct Regime {
    cases: Vec<Rivals>,
    ordinary: Vec<Rivals>,
    recombined: Vec<Rivals>,
}

impl Regime {
    fn new(trial: &Trial, weights: &Weights, dated: bool) -> Self {
        let mut scratch = Scratch::default();
        let mut rivals = |crowd: &[Described]| -> Vec<Rivals> {
            let of = |who: &Described| {
                let subject = Subject::from_person(&person(who, dated));
                let hits = search(&subject, &trial.lists, weights, 40, RIVALS, &mut scratch);
                Rivals {
                    asked: Asked::new(&subject),
                    entries: hits
                        .iter()
                        .filter_map(|hit| hit.entry[1..].parse().ok())
                        .collect(),
                }
            };
            crowd.iter().map(of).collect()
        };
        let (ordinary, recombined) = (rivals(&trial.ordinary), rivals(&trial.recombined));
        let own = |(entry, case): (u32, &oriel_synth::judged::Case)| Rivals {
            asked: Asked::new(&Subject::from_person(&person(&case.traveller, dated))),
            entries: vec![entry]
                .into_iter()
                .filter(|_| case.fit && case.same)
                .collect(),
        };
        Self {
            cases: (0..).zip(&trial.cases).map(own).collect(),
            ordinary,
            recombined,
        }
    }

    fn outcome(&self, trial: &Trial, weights: &Weights) -> Outcome {
        let index = &trial.lists.indexes()[0];
        let best = |all: &[Rivals]| all.iter().map(|r| r.best(index, weights)).collect();
        Outcome {
            cases: best(&self.cases),
            ordinary: best(&self.ordinary),
            recombined: best(&self.recombined),
        }
    }

    fn goal(&self, trial: &Trial, weights: &Weights) -> f64 {
        let outcome = self.outcome(trial, weights);
        [(0.0005, 0.005), (0.001, 0.01), (0.003, 0.03)]
            .iter()
            .map(|(ordinary, recombined)| {
                outcome.fitting_recall(&trial.cases, outcome.line(*ordinary, *recombined))
            })
            .sum::<f64>()
            / 3.0
    }
}

/// The weights that `rounds` of looking lead to, and the goal they reach.
pub(crate) fn fit(
    trial: &Trial,
    start: &Weights,
    rounds: usize,
    mut tell: impl FnMut(&str, i16, f64),
) -> Weights {
    let mut weights = start.clone();
    for _ in 0..rounds {
        let regimes = [true, false].map(|dated| Regime::new(trial, &weights, dated));
        let goal = |w: &Weights| regimes.iter().map(|r| r.goal(trial, w)).sum::<f64>() / 2.0;
        let mut best = goal(&weights);
        for (name, step, least, most) in FITTED {
            for direction in [*step, -*step] {
                loop {
                    let value = weights.get(name).unwrap_or(0) + direction;
                    let bounded = (*least..=*most).contains(&value);
                    let Some(other) = weights.clone().with(name, value).filter(|_| bounded) else {
                        break;
                    };
                    let reached = goal(&other);
                    if reached < best + LEAST_GAIN {
                        break;
                    }
                    (weights, best) = (other, reached);
                    tell(name, value, best);
                }
            }
        }
    }
    lines(trial, weights)
}

/// The weights with the lines where the goal for false alerts has them.
fn lines(trial: &Trial, weights: Weights) -> Weights {
    let [dated, undated] = [true, false].map(|dated| {
        let outcome = Regime::new(trial, &weights, dated).outcome(trial, &weights);
        outcome.line(0.001, 0.01) as i16
    });
    let (line, more) = (weights.line + dated, weights.line_undated + undated - dated);
    let moved = weights.clone().with("line", line);
    moved
        .and_then(|w| w.with("line_undated", more))
        .unwrap_or(weights)
}
