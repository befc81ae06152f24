//! Looks at the names of entries that a search has reached, and takes those that may be worth what
//! is needed.
//!
//! Words that a look-up led to have their points already. Of the others the trace says what they
//! are worth at most; only where that could carry the entry over the line is the word itself
//! fetched and compared.
//!
//! Each step is done for all entries before the next one: what they ask for lies far apart in
//! memory, and the processor then waits for many of them at a time.

use super::bound::{JOINED_MOST, Search, Worth};
use super::scratch::{Heard, Scratch, Stamp};
use super::{Index, NameWord};
use crate::score::{MOST_WORDS, beside_name_bound};
use oriel_names::Token;

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

/// What is known of a listed name, as far as its words were looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    worth: Worth,
    /// Of all its words together: the traveller's words that it may have one like, and whether words
    /// must be looked at.
    stamp: Stamp,
    /// Telling words of its own, fathers' names apart, that are like none of the traveller's.
    strange: u8,
    /// It has a title, a particle or an initial.
    minor: bool,
    /// How many.
    words: u8,
}

impl Known {
    fn add(&mut self, word: NameWord, stamp: Stamp) {
        let minor = word.trace.is_minor();
        self.minor |= minor;
        self.worth = self.worth.with(stamp.points);
        self.stamp.add(stamp);
        let telling = !minor & !word.is_patronymic();
        self.strange += u8::from(telling & (stamp.atoms() == 0));
        self.words = self.words.saturating_add(1);
    }
}

/// How the words of a name are told apart from two written together: by their traces, or by
/// themselves.
#[derive(Clone, Copy)]
enum Joins<'i> {
    Traced,
    Compared(&'i [Token]),
}

impl Search<'_> {
    /// Whether a name may be worth so much. Words to be looked at for it go to `unknown`.
    fn name_may(
        &self,
        name: &[Looked],
        known: &Known,
        need: i32,
        joins: Joins<'_>,
        unknown: &mut Vec<u32>,
    ) -> Verdict {
        let mut verdict = Verdict::Yes;
        if !self.reaches(known, need) {
            if known.worth.with(JOINED_MOST).points(self.weights) < need {
                return Verdict::No;
            }
            match joins {
                Joins::Traced if self.near_joins(name).next().is_some() => {
                    verdict = Verdict::Unsure;
                }
                Joins::Compared(tokens) if self.joins(name, tokens) => {}
                _ => return Verdict::No,
            }
        }
        if !known.stamp.is_open() {
            return verdict;
        }
        let open = name.iter().filter(|(_, stamp)| stamp.is_open());
        unknown.extend(open.map(|(word, _)| word.token() as u32));
        Verdict::Unsure
    }

    /// Whether a name of which no words are written together may be worth so much.
    fn reaches(&self, known: &Known, need: i32) -> bool {
        let most = known.worth.points(self.weights) - need;
        if most < 0 || usize::from(known.words) > MOST_WORDS {
            return most >= 0;
        }
        let (met, strange) = (known.stamp.atoms(), known.strange.into());
        most + self.missing.points(met, strange, known.minor) >= 0
    }

    /// Whether a word of the traveller is two neighbours written together.
    fn joins(&self, name: &[Looked], tokens: &[Token]) -> bool {
        let token = |word: NameWord| &tokens[word.token()];
        self.near_joins(name).any(|(unit, [a, b])| {
            let unit = &self.own.units()[unit];
            unit.joins(token(a), token(b), self.weights)
                || unit.joins(token(b), token(a), self.weights)
        })
    }

    /// Words of the traveller, each with two neighbours that it may be, written together.
    fn near_joins(&self, name: &[Looked]) -> impl Iterator<Item = (usize, [NameWord; 2])> {
        let pairs = name.windows(2).map(|pair| [pair[0].0, pair[1].0]);
        let pairs = pairs.filter(|[a, b]| self.listeners.may_any_join(a.trace, b.trace));
        pairs.flat_map(move |[a, b]| {
            let units = self.own.units().iter().enumerate();
            let alone = units.filter(|(_, unit)| unit.may_be_two());
            let near =
                alone.filter(move |(unit, _)| self.listeners.may_join(*unit, a.trace, b.trace));
            near.map(move |(unit, _)| (unit, [a, b]))
        })
    }

    /// Whether one of these names may be worth so much. While only traces are known, says of words that
    /// were not compared with all of the traveller's what they are worth at most.
    fn verdict(
        &self,
        words: &mut [Looked],
        need: i32,
        way: Way,
        joins: Joins<'_>,
        heard: &mut Heard,
        unknown: &mut Vec<u32>,
    ) -> Verdict {
        let mut verdict = Verdict::No;
        for name in words.chunk_by_mut(|(word, _), _| word.goes_on()) {
            if way == Way::Word && !name.iter().any(|(_, stamp)| stamp.is_met()) {
                continue;
            }
            let mut known = Known::default();
            for (word, stamp) in name.iter_mut() {
                if matches!(joins, Joins::Traced) && !stamp.is_whole() {
                    // The look-ups that led to it led to it from some of the traveller's words.
                    let reckon = || self.unlooked(word.trace);
                    let (points, atoms) = heard.get(word.trace, reckon);
                    stamp.bound(points, atoms);
                }
                known.add(*word, *stamp);
            }
            match self.name_may(name, &known, need, joins, unknown) {
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
        let mut checks = std::mem::take(&mut s.checks);
        let mut words = std::mem::take(&mut s.words);
        let mut unknown = std::mem::take(&mut s.unknown);
        words.clear();
        unknown.clear();
        if way == Way::Birth {
            // Several births may lead to an entry.
            checks.sort_unstable_by_key(|check| check.entry);
            checks.dedup_by_key(|check| check.entry);
        }
        for check in &mut checks {
            let row = self.words_range(check.entry);
            (check.from, check.to) = (row.start, row.end);
        }
        for check in &mut checks {
            let row = &self.name_words[check.from..check.to];
            check.from = words.len();
            words.extend(row.iter().map(|word| (*word, Stamp::default())));
            check.to = words.len();
        }
        s.work += words.len();
        for (word, stamp) in &mut words {
            if s.stamped.may_be(word.token()) {
                *stamp = s.stamps[word.token()].of_turn(s.turn);
            }
        }
        checks.retain_mut(|check| {
            let words = &mut words[check.from..check.to];
            let from = unknown.len();
            let mut verdict =
                |need| search.verdict(words, need, way, Joins::Traced, &mut s.heard, &mut unknown);
            let mut got = verdict(check.need);
            let brief = self.brief(check.entry);
            if got != Verdict::No && brief.has_several_states() {
                // The need was reckoned from tables; now from everything besides names.
                let beside = beside_name_bound(search.query, self, check.entry, w);
                let need = search.floor - beside - search.sieve.of_names(brief);
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
        s.work += unknown.len();
        self.fetch(&unknown);
        for token in &unknown {
            let (points, atoms) = search.unlisted(&self.tokens[*token as usize]);
            s.stamps[*token as usize].complete(s.turn, points, atoms);
            s.stamped.set(*token);
        }
        for check in &checks {
            let words = &mut words[check.from..check.to];
            for (word, stamp) in words.iter_mut().filter(|(_, stamp)| stamp.is_open()) {
                *stamp = s.stamps[word.token()].of_turn(s.turn);
            }
            let joins = Joins::Compared(&self.tokens);
            let got = search.verdict(words, check.need, way, joins, &mut s.heard, &mut unknown);
            if got != Verdict::No {
                s.take(check.entry);
            }
        }
        checks.clear();
        (s.checks, s.words, s.unknown) = (checks, words, unknown);
    }
}
