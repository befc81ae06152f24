//! Fits the weights of names by following the slope of how many pairs are found.
//!
//! - In: invented worlds to fit with, others to set the lines by, the weights set by hand.  Out: weights.
//! - Goal: recall at three shares of false alerts, with birth dates and without, made smooth: a pair
//!   at the line counts half, one near it in part. Moving a weight away from where it was set by hand
//!   costs, so that one on which little depends stays there.
//! - Points are nearly straight lines in the weights as long as words are paired as they were, so each
//!   step reckons the slopes of all pairs anew, climbs within a part of each weight's bounds, and is
//!   taken only if the pairs compared with the new weights reach more.
//! - Invariant: no chance but the seeds of the worlds; integers in every score, and of real numbers
//!   only what every machine rounds alike (no logarithm, no exponential). The same weights come out
//!   again. Weights of birth dates and documents are not fitted: they come from shares published of
//!   real persons, which invented dates only imitate.

use super::{Trial, line_for, person};
use oriel_screening::{Asked, Subject, Weights, search};
use oriel_synth::bench::Described;
use oriel_synth::judged::Case;

/// What is fitted, and between which bounds, because invented people are not so true to life that a
/// weight beyond all published experience could be believed.
const FITTED: &[(&str, i16, i16)] = &[
    ("word_family", -25, -5),
    ("word_sound", -25, -5),
    ("word_vowel_missing", -40, -10),
    ("word_one_edit", -40, -15),
    ("word_two_edits", -80, -30),
    ("word_close", -30, 0),
    ("word_close_slip", -60, -20),
    ("word_close_undated", -60, 0),
    ("word_known_apart", -120, -30),
    ("initial_agrees", 10, 40),
    ("prefix_letter", 14, 30),
    ("word_further_percent", 40, 100),
    ("given_cap", 90, 140),
    ("word_joined", -25, 0),
    ("list_word_absent", -35, -10),
    ("list_word_absent_more", -25, -5),
    ("own_word_absent", -40, -15),
    ("word_differs", -70, -30),
    ("own_part_absent", -35, -5),
    ("surname_differs", -45, -5),
    ("roles_swapped", -16, 0),
    ("names_tried", -9, -3),
    ("nationality_common", 10, 30),
    ("nationality_some", 15, 40),
    ("nationality_rare", 20, 60),
    ("nationality_differs", -45, -15),
    ("sex_agrees", 6, 12),
    ("sex_differs", -45, -20),
];

/// Worlds of the fit whose result is in force, their entries and ordinary travellers.
pub(crate) const SEEDS: &[u64] = &[100, 101, 102];
pub(crate) const SIZE: (usize, usize) = (4_000, 20_000);

/// Worlds by which its lines are set.
pub(crate) const LINE_SEEDS: &[u64] = &[300, 301];
pub(crate) const LINE_SIZE: (usize, usize) = (6_000, 24_000);

/// Shares of false alerts at which pairs are to be found: ordinary travellers, recombined ones.
const SHARES: [[f64; 2]; 3] = [[0.0005, 0.005], [0.001, 0.01], [0.003, 0.03]];

/// The shares at which the lines are set.
pub(crate) const AT_THE_LINE: (f64, f64) = (0.001, 0.01);

/// Points about the line within which a pair of one person counts in part.
const SOFT: f64 = 18.0;

/// The same for an innocent.
const SOFT_LINE: f64 = 8.0;

/// Recall that a weight must gain to be moved by the whole width of its bounds.
const HOLD: f64 = 0.002;

/// How often the entries are looked up anew with the weights reached, and how many steps follow.
const ROUNDS: usize = 2;
const STEPS: usize = 6;

/// Part of the width of its bounds by which a weight moves in one step.
const STRIDE: f64 = 0.25;

/// Lowest score at which an entry is one that an innocent may be taken for, and how many are kept.
const LOWEST: u8 = 45;
const KEPT: usize = 6;

/// A change of each fitted weight.
type Move = [f64; FITTED.len()];

fn width(k: usize) -> f64 {
    f64::from(FITTED[k].2 - FITTED[k].1)
}

fn value(weights: &Weights, k: usize) -> i16 {
    weights.get(FITTED[k].0).unwrap_or(0)
}

fn with(weights: &Weights, k: usize, value: i16) -> Weights {
    let moved = weights.clone().with(FITTED[k].0, value);
    moved.unwrap_or_else(|| weights.clone())
}

/// Rises from 0 to 1, at 0 one half.
fn part(x: f64) -> f64 {
    0.5 + 0.5 * x / (1.0 + x * x).sqrt()
}

/// How steeply.
fn steepness(x: f64) -> f64 {
    let root = (1.0 + x * x).sqrt();
    0.5 / (root * root * root)
}

/// Somebody and the entries that they may be taken for.
struct Rivals {
    asked: Asked,
    entries: Vec<u32>,
}

/// Innocents who are like somebody, and of how many they are.
struct Crowd {
    near: Vec<Rivals>,
    of: usize,
}

/// A world with birth dates or without.
pub(crate) struct Regime<'t> {
    trial: &'t Trial,
    /// Pairs of one person, and the culture of the name.
    cases: Vec<(&'static str, Rivals)>,
    crowds: [Crowd; 2],
}

impl<'t> Regime<'t> {
    /// Looks up whom the innocents may be taken for.
    pub(crate) fn new(trial: &'t Trial, weights: &Weights, dated: bool) -> Self {
        let mut scratch = oriel_screening::Scratch::default();
        let mut rivals = |who: &Described| {
            let subject = Subject::from_person(&person(who, dated));
            let hits = search(&subject, &trial.lists, weights, LOWEST, KEPT, &mut scratch);
            let entries = hits.iter().filter_map(|hit| hit.entry[1..].parse().ok());
            let entries: Vec<u32> = entries.collect();
            (!entries.is_empty()).then(|| Rivals {
                asked: Asked::new(&subject),
                entries,
            })
        };
        let mut crowd = |all: &[Described]| Crowd {
            near: all.iter().filter_map(&mut rivals).collect(),
            of: all.len(),
        };
        let own = |(entry, case): (u32, &Case)| {
            let asked = Asked::new(&Subject::from_person(&person(&case.traveller, dated)));
            let entries = vec![entry];
            (case.culture, Rivals { asked, entries })
        };
        let same = (0..).zip(&trial.cases).filter(|(_, case)| case.same);
        Self {
            cases: same.map(own).collect(),
            crowds: [crowd(&trial.ordinary), crowd(&trial.recombined)],
            trial,
        }
    }

    fn best(&self, rivals: &Rivals, weights: &Weights) -> i32 {
        let index = &self.trial.lists.indexes()[0];
        let points = |entry: &u32| rivals.asked.above_line(index, *entry, weights);
        rivals.entries.iter().map(points).max().unwrap_or(i32::MIN)
    }

    /// The lowest line at which at most these shares of the innocents are stopped.
    fn line(&self, weights: &Weights, (ordinary, recombined): (f64, f64)) -> i32 {
        let line = |crowd: &Crowd, share| {
            let best = crowd.near.iter().map(|who| self.best(who, weights));
            line_for(best.collect(), crowd.of, share)
        };
        line(&self.crowds[0], ordinary).max(line(&self.crowds[1], recombined))
    }

    /// Share of the pairs of these cultures that are found at [`AT_THE_LINE`].
    pub(crate) fn recall(&self, weights: &Weights, wanted: impl Fn(&str) -> bool) -> super::Share {
        let (line, mut share) = (self.line(weights, AT_THE_LINE), super::Share::default());
        for (_, case) in self.cases.iter().filter(|(culture, _)| wanted(culture)) {
            share.add(self.best(case, weights) >= line);
        }
        share
    }

    fn view(&self, weights: &Weights, slopes: bool, wanted: &dyn Fn(&str) -> bool) -> View {
        // Each weight a little higher and a little lower.
        let around = |k: usize| {
            let (_, least, most) = FITTED[k];
            let (now, step) = (value(weights, k), ((most - least) / 12).max(2));
            let (high, low) = ((now + step).min(most), (now - step).max(least));
            let high_and_low = (with(weights, k, high), with(weights, k, low));
            (high_and_low, f64::from(high - low))
        };
        let around: Vec<_> = (0..FITTED.len()).filter(|_| slopes).map(around).collect();
        let index = &self.trial.lists.indexes()[0];
        let see = |rivals: &Rivals| -> Vec<Pair> {
            let pair = |entry: &u32| {
                let at = |w: &Weights| f64::from(rivals.asked.above_line(index, *entry, w));
                let mut slopes = [0.0; FITTED.len()];
                for (slope, ((high, low), apart)) in slopes.iter_mut().zip(&around) {
                    *slope = (at(high) - at(low)) / apart;
                }
                let above = at(weights);
                Pair { above, slopes }
            };
            rivals.entries.iter().map(pair).collect()
        };
        let cases = self.cases.iter().filter(|(culture, _)| wanted(culture));
        let crowd = |crowd: &Crowd| (crowd.near.iter().map(see).collect(), crowd.of as f64);
        View {
            cases: cases.map(|(_, rivals)| see(rivals)).collect(),
            crowds: [crowd(&self.crowds[0]), crowd(&self.crowds[1])],
        }
    }
}

/// A pair compared: points above the line, and what a point of each weight adds to them.
struct Pair {
    above: f64,
    slopes: Move,
}

impl Pair {
    fn at(&self, moved: &Move) -> f64 {
        let more = self.slopes.iter().zip(moved).map(|(slope, by)| slope * by);
        self.above + more.sum::<f64>()
    }
}

/// Everybody with the pairs that they are in.
type Seen = Vec<Vec<Pair>>;

/// Of each, the pair that is furthest above the line, and how far.
fn nearest<'v>(seen: &'v Seen, moved: &Move) -> Vec<(f64, &'v Pair)> {
    let best = |pairs: &'v Vec<Pair>| {
        let points = pairs.iter().map(|pair| (pair.at(moved), pair));
        points.reduce(|best, other| if other.0 > best.0 { other } else { best })
    };
    seen.iter().filter_map(best).collect()
}

/// A regime as it looks from certain weights.
struct View {
    cases: Seen,
    crowds: [(Seen, f64); 2],
}

impl View {
    /// The goal of weights so far from those of the view, and its slope.
    fn goal(&self, moved: &Move) -> (f64, Move) {
        let cases = nearest(&self.cases, moved);
        let crowds = [0, 1].map(|c| nearest(&self.crowds[c].0, moved));
        let (mut goal, mut slope) = (0.0, [0.0; FITTED.len()]);
        for shares in SHARES {
            let allowed = [0, 1].map(|c| self.crowds[c].1 * shares[c]);
            // Of one crowd, how many times as many are stopped as may be.
            let times = |c: usize, line: f64| {
                let stopped = crowds[c]
                    .iter()
                    .map(|(at, _)| part((at - line) / SOFT_LINE));
                stopped.sum::<f64>() / allowed[c]
            };
            // The crowd that asks for the higher line decides, softly.
            let stopped = |line| {
                let squares = [0, 1].map(|c| times(c, line) * times(c, line));
                squares[0] * squares[0] + squares[1] * squares[1]
            };
            let (mut low, mut high) = (-400.0, 400.0);
            for _ in 0..40 {
                let middle = (low + high) / 2.0;
                match stopped(middle) > 1.0 {
                    true => low = middle,
                    false => high = middle,
                }
            }
            let line = (low + high) / 2.0;
            // The line moves with the innocents who are near it.
            let (mut line_moves, mut pull) = ([0.0; FITTED.len()], 1e-12);
            for (c, crowd) in crowds.iter().enumerate() {
                let times = times(c, line);
                for (at, pair) in crowd {
                    let near = steepness((at - line) / SOFT_LINE);
                    let near = times * times * times * near / allowed[c];
                    pull += near;
                    for (by, slope) in line_moves.iter_mut().zip(&pair.slopes) {
                        *by += near * slope;
                    }
                }
            }
            let weight = 1.0 / (SHARES.len() * cases.len().max(1)) as f64;
            for (at, pair) in &cases {
                let x = (at - line) / SOFT;
                goal += weight * part(x);
                let steep = weight * steepness(x) / SOFT;
                for (k, slope) in slope.iter_mut().enumerate() {
                    *slope += steep * (pair.slopes[k] - line_moves[k] / pull);
                }
            }
        }
        (goal, slope)
    }
}

/// The mean goal of all views less what it costs to be so far from the weights set by hand, and its
/// slope.
fn goal(views: &[View], weights: &Weights, moved: &Move) -> (f64, Move) {
    let (mut sum, mut slope) = (0.0, [0.0; FITTED.len()]);
    for view in views {
        let (goal, more) = view.goal(moved);
        sum += goal / views.len() as f64;
        for (slope, more) in slope.iter_mut().zip(more) {
            *slope += more / views.len() as f64;
        }
    }
    let by_hand = Weights::start();
    for (k, slope) in slope.iter_mut().enumerate() {
        let away = f64::from(value(weights, k) - value(&by_hand, k)) + moved[k];
        let away = away / width(k);
        sum -= HOLD * away * away;
        *slope -= 2.0 * HOLD * away / width(k);
    }
    (sum, slope)
}

/// The best change within `stride` and the bounds, by the slopes of the views.
fn ascend(views: &[View], weights: &Weights, stride: f64) -> Move {
    let mut moved = [0.0; FITTED.len()];
    let (mut best, mut slope) = goal(views, weights, &moved);
    let mut pace = 0.1;
    for _ in 0..40 {
        let mut next = moved;
        let steep: Move = std::array::from_fn(|k| slope[k] * width(k));
        let length = steep.iter().map(|s| s * s).sum::<f64>().sqrt().max(1e-12);
        for (k, next) in next.iter_mut().enumerate() {
            let (_, least, most) = FITTED[k];
            let now = f64::from(value(weights, k));
            *next += pace * width(k) * steep[k] / length;
            *next = next.clamp(-stride * width(k), stride * width(k));
            *next = next.clamp(f64::from(least) - now, f64::from(most) - now);
        }
        let (reached, there) = goal(views, weights, &next);
        if reached > best {
            (moved, best, slope) = (next, reached, there);
            pace *= 1.3;
        } else {
            pace /= 2.0;
        }
    }
    moved
}

/// The weights that the pairs of these cultures lead to.
pub(crate) fn climb(
    regimes: &[Regime<'_>],
    start: &Weights,
    wanted: &dyn Fn(&str) -> bool,
    mut tell: impl FnMut(f64),
) -> Weights {
    let still = [0.0; FITTED.len()];
    let look = |weights: &Weights, slopes| -> Vec<View> {
        let views = regimes.iter().map(|r| r.view(weights, slopes, wanted));
        views.collect()
    };
    let (mut weights, mut stride) = (start.clone(), STRIDE);
    let mut views = look(&weights, true);
    let (mut best, _) = goal(&views, &weights, &still);
    tell(best);
    for _ in 0..STEPS {
        let moved = ascend(&views, &weights, stride);
        let other = (0..FITTED.len()).fold(weights.clone(), |other, k| {
            let by = moved[k].round() as i16;
            with(&other, k, value(&weights, k) + by)
        });
        let (reached, _) = goal(&look(&other, false), &other, &still);
        tell(reached);
        if reached > best {
            (weights, best) = (other, reached);
            views = look(&weights, true);
        } else {
            stride /= 3.0;
        }
    }
    weights
}

/// Each world with birth dates, then without.
pub(crate) fn regimes<'t>(trials: &'t [Trial], weights: &Weights) -> Vec<Regime<'t>> {
    let both = trials
        .iter()
        .flat_map(|trial| [(trial, true), (trial, false)]);
    both.map(|(trial, dated)| Regime::new(trial, weights, dated))
        .collect()
}

/// Weights fitted to some worlds, with lines set by others.
pub(crate) fn fit(trials: &[Trial], for_lines: &[Trial], mut tell: impl FnMut(f64)) -> Weights {
    let mut weights = Weights::start();
    for _ in 0..ROUNDS {
        let regimes = regimes(trials, &weights);
        weights = climb(&regimes, &weights, &|_| true, &mut tell);
        weights = lines(&regimes, weights);
    }
    lines(&regimes(for_lines, &weights), weights)
}

/// The weights with the lines where the goal for false alerts has them: the mean of the worlds.
fn lines(regimes: &[Regime<'_>], weights: Weights) -> Weights {
    let mean = |first: usize| {
        let lines = regimes.iter().skip(first).step_by(2);
        let lines: Vec<i32> = lines.map(|r| r.line(&weights, AT_THE_LINE)).collect();
        (lines.iter().sum::<i32>() / lines.len().max(1) as i32) as i16
    };
    let (dated, undated) = (mean(0), mean(1));
    let (line, more) = (weights.line + dated, weights.line_undated + undated - dated);
    let moved = weights.clone().with("line", line);
    moved
        .and_then(|w| w.with("line_undated", more))
        .unwrap_or(weights)
}

/// How far the slope of the goal is from what the goal does when each weight is moved a little.
pub(crate) fn slope_error(regimes: &[Regime<'_>], weights: &Weights) -> f64 {
    let views: Vec<View> = regimes
        .iter()
        .map(|r| r.view(weights, true, &|_| true))
        .collect();
    let still = [0.0; FITTED.len()];
    let (_, slope) = goal(&views, weights, &still);
    let error = |k: usize| {
        let at = |by: f64| {
            let mut moved = still;
            moved[k] = by;
            goal(&views, weights, &moved).0
        };
        let little = 0.01 * width(k);
        ((at(little) - at(-little)) / (2.0 * little) - slope[k]).abs() * width(k)
    };
    (0..FITTED.len()).map(error).fold(0.0, f64::max)
}
