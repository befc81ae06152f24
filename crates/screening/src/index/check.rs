//! Looks at the names of entries that a search has reached, and takes those that may be worth what
//! is needed.
//!
//! Words that a look-up led to have their points already. Of the others the trace says what they
//! are worth at most; only where that could carry the entry over the line is the word itself
//! fetched and compared.
//!
//! Each step is done for all entries before the next one: what they ask for lies far apart in
//! memory, and the processor then waits for many of them at a time.

use super::bound::{Search, UNSEEN_MOST, Worth};
use super::scratch::{Scratch, Stamp};
use super::{Index, NameWord};
use crate::score::beside_name_bound;

/// An entry whose names are to be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Check {
    entry: u32,
    /// What a name must be worth.
    need: i32,
    /// Its words.
    from: usize,
    to: usize,
}

impl Check {
    /// `need`: what a name must be worth at least.
    pub(super) fn new(entry: u32, need: i32) -> Self {
        Self {
            entry,
            need,
            from: 0,
            to: 0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Yes,
    No,
    /// Words must be looked at that no look-up led to.
    Unsure,
}

/// How the entries were reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// The birth dates agree, so that no look-up need have led to a word.
    Birth,
    /// By a word.
    Word,
}

/// A word of a name, with what is known of it.
type Looked = (NameWord, Stamp);

/// What words of a name are worth that were looked at, and whether a way led to this name.
fn known(name: &[Looked], way: Way, turn: u32) -> Option<Worth> {
    let (mut worth, mut met) = (Worth::default(), way == Way::Birth);
    for (_, stamp) in name.iter().filter(|(_, stamp)| stamp.turn == turn) {
        met |= stamp.met;
        worth = worth.with(stamp.points);
    }
    met.then_some(worth)
}

impl Search<'_> {
    /// Whether a name may be worth so much. Words to be looked at for it go to `unknown`.
    fn name_may(
        &self,
        name: &[Looked],
        need: i32,
        way: Way,
        turn: u32,
        unknown: &mut Vec<u32>,
    ) -> Verdict {
        let w = self.weights;
        let Some(worth) = known(name, way, turn) else {
            return Verdict::No;
        };
        if worth.points(w) >= need {
            return Verdict::Yes;
        }
        let others = name.iter().filter(|(_, stamp)| stamp.turn != turn);
        let count = others.clone().count();
        let most = (0..count).fold(worth, |most, _| most.with(UNSEEN_MOST));
        if count == 0 || most.points(w) < need {
            return Verdict::No;
        }
        let from = unknown.len();
        let mut most = worth;
        for (word, _) in others {
            let points = self.unlooked(word.trace);
            if points > 0 {
                unknown.push(word.token() as u32);
                most = most.with(points);
            }
        }
        if most.points(w) >= need {
            Verdict::Unsure
        } else {
            unknown.truncate(from);
            Verdict::No
        }
    }

    /// Whether one of these names may be worth so much.
    fn verdict(
        &self,
        words: &[Looked],
        need: i32,
        way: Way,
        turn: u32,
        unknown: &mut Vec<u32>,
    ) -> Verdict {
        let mut verdict = Verdict::No;
        for name in words.chunk_by(|(word, _), _| word.goes_on()) {
            match self.name_may(name, need, way, turn, unknown) {
                Verdict::Yes => return Verdict::Yes,
                Verdict::Unsure => verdict = Verdict::Unsure,
                Verdict::No => {}
            }
        }
        verdict
    }
}

impl Index {
    /// Takes the entries of `s.checks` of which a name may be worth what is needed.
    pub(super) fn take_checked(&self, way: Way, search: &Search<'_>, s: &mut Scratch) {
        let w = search.weights;
        let minor = i32::from(w.minor_words_cap);
        let mut checks = std::mem::take(&mut s.checks);
        let mut words = std::mem::take(&mut s.words);
        let mut unknown = std::mem::take(&mut s.unknown);
        words.clear();
        unknown.clear();
        for check in &mut checks {
            let row = self.entry_words.range(check.entry as usize);
            (check.from, check.to) = (row.start, row.end);
        }
        for check in &mut checks {
            let row = &self.entry_words.items()[check.from..check.to];
            check.from = words.len();
            words.extend(row.iter().map(|word| (*word, Stamp::default())));
            check.to = words.len();
        }
        for (word, stamp) in &mut words {
            *stamp = s.stamps[word.token()];
        }
        checks.retain_mut(|check| {
            let words = &words[check.from..check.to];
            let from = unknown.len();
            let mut verdict = |need| search.verdict(words, need - minor, way, s.turn, &mut unknown);
            let mut got = verdict(check.need);
            if got != Verdict::No {
                // The need was reckoned from four bytes; now from everything besides names.
                let beside = beside_name_bound(search.query, self, check.entry, w);
                let need = search.floor - beside;
                if need > check.need {
                    check.need = need;
                    got = verdict(need);
                }
            }
            if got != Verdict::Unsure {
                unknown.truncate(from);
            }
            if got == Verdict::Yes {
                s.take(check.entry);
            }
            got == Verdict::Unsure
        });
        unknown.sort_unstable();
        unknown.dedup();
        for token in &unknown {
            s.stamps[*token as usize] = Stamp {
                turn: s.turn,
                points: search.unlisted(&self.tokens[*token as usize]),
                met: false,
            };
        }
        for check in &checks {
            let words = &mut words[check.from..check.to];
            for (word, stamp) in words.iter_mut() {
                *stamp = s.stamps[word.token()];
            }
            let mut names = words.chunk_by(|(word, _), _| word.goes_on());
            if names.any(|name| {
                known(name, way, s.turn).is_some_and(|worth| worth.points(w) >= check.need - minor)
            }) {
                s.take(check.entry);
            }
        }
        checks.clear();
        (s.checks, s.words, s.unknown) = (checks, words, unknown);
    }
}
