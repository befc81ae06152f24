//! Finds the entries worth comparing with a traveller.
//!
//! Four ways lead to an entry: a document number, a birth date with any likeness of names, a year
//! of birth with the rough sound of a word, and words of the name, the rarest first. Words drive only as far as they must: once the words not
//! yet looked at could not carry an entry over the line by themselves, even if everything else
//! agreed, the search is over. So nothing over the line is missed but for what
//! `docs/matching.md` counts.

use super::bound::{Search, Worth};
use super::build::{day_key, key, year_key};
use super::check::{Check, Way};
use super::lookup::hash;
use super::reach::Reach;
use super::scratch::{Scratch, Similar};
use super::sieve::Sieve;
use super::{Index, Posting, folded};
use crate::birth::placeholder;
use crate::score::{Query, most_beside_name};
use crate::screen::raised_undated;
use oriel_model::PartialDate;
use oriel_names::{Unit, Weights};

/// What a word must be worth at least to an entry that has one like it, for its sound to be looked
/// up with the year of birth.
const LEAST_TELLING: i16 = 60;

/// Entries of one word beyond so many are fetched as they are read.
const MOST_FETCHED: usize = 256;

impl Index {
    /// Leaves in `scratch.found` the entries that may reach `floor` points.
    pub(crate) fn candidates(&self, query: &Query, floor: i32, w: &Weights, scratch: &mut Scratch) {
        scratch.begin(self);
        for document in &query.documents {
            for entry in self
                .numbers
                .get(hash(key::NUMBER, document.folded.as_bytes()))
            {
                if self
                    .documents(entry)
                    .any(|(n, _)| folded(n) == document.folded)
                {
                    scratch.take(entry);
                }
            }
        }
        let dated = !query.births.is_empty();
        let raised = raised_undated(self.len(), w);
        let sieve = Sieve::new(query, &self.state_numbers, raised, w);
        for name in &query.names {
            scratch.begin_name();
            self.reach_words(name, dated, w, scratch);
            let search = Search::new(query, name, &sieve, floor, w);
            self.by_birth(&search, scratch);
            self.by_words(&search, scratch);
        }
    }

    /// Entries born on the day, or on what one slip of the pen makes of it.
    fn by_birth(&self, search: &Search<'_>, s: &mut Scratch) {
        for birth in &search.query.births {
            let (year, month, day) = (birth.year(), birth.month(), birth.day());
            let (Some(month), day) = (month, day.unwrap_or(0)) else {
                continue;
            };
            if placeholder(*birth) {
                continue;
            }
            let near = [
                PartialDate::new(year, month, day),
                PartialDate::new(year, month, 0),
                PartialDate::new(year, day, month),
            ];
            let keys = near.into_iter().flatten().map(|date| day_key(date).into());
            s.keys.extend(keys);
        }
        self.days.get_all(&mut s.keys, &mut s.near);
        self.fetch_heads(&s.near);
        for entry in &s.near {
            let most = search.sieve.most(self.brief(*entry));
            s.checks.push(Check::new(*entry, search.floor - most));
        }
        self.by_year(search, s);
        self.take_checked(Way::Birth, search, s);
    }

    /// Entries born in the year that have a word of the same rough sound: likenesses that no other
    /// look-up leads to.
    fn by_year(&self, search: &Search<'_>, s: &mut Scratch) {
        let telling = |unit: &&Unit| unit.most_if_any(search.weights) >= LEAST_TELLING;
        let most_of_name = search.most(&s.reach).points(search.weights);
        for unit in search.own.units().iter().filter(telling) {
            for rough in unit.token.bones.roughs() {
                let births = search.query.births.iter();
                let keys = births.map(|birth| year_key(rough, birth.year()).into());
                s.keys.extend(keys);
            }
        }
        self.years.get_all(&mut s.keys, &mut s.near);
        self.fetch_heads(&s.near);
        for entry in &s.near {
            let need = search.floor - search.sieve.most(self.brief(*entry));
            if need <= most_of_name {
                s.checks.push(Check::new(*entry, need));
            }
        }
    }

    fn by_words(&self, search: &Search<'_>, s: &mut Scratch) {
        let w = search.weights;
        let floor = search.floor;
        let mut reach = std::mem::take(&mut s.reach);
        reach.sort_unstable_by_key(|r| (r.entries, r.from));
        let mut driven_from = i32::MIN;
        for at in 0..reach.len() {
            let others = search.rest(&reach, None).without(reach[at].atoms);
            let from = self.drive(at as u16 + 1, &reach[at], others, search, s);
            reach[at].driven_from = from;
            driven_from = driven_from.max(from);
        }
        let rest = search.rest(&reach, None);
        let touched = std::mem::take(&mut s.touched);
        for entry in &touched {
            let slot = s.slots[*entry as usize];
            let beside = i32::from(slot.beside);
            let need = floor - beside;
            let rest = match beside >= driven_from {
                true => rest.without(slot.atoms),
                false => search.rest(&reach, Some(beside)).without(slot.atoms),
            };
            if slot.worth.and(rest).points(w) >= need {
                s.checks.push(Check::new(*entry, need));
            }
        }
        s.touched = touched;
        s.reach = reach;
        self.take_checked(Way::Word, search, s);
    }

    /// Has the entries with these words fetched, all at once.
    fn fetch_postings(&self, words: &[Similar]) {
        let rows = words
            .iter()
            .map(|word| self.token_entries.row(word.token as usize));
        // One of each eight, which lie in one line of memory.
        let lines = rows.flat_map(|row| row.iter().take(MOST_FETCHED).step_by(8));
        std::hint::black_box(
            lines
                .map(|posting| posting.entry)
                .fold(0, u32::wrapping_add),
        );
    }

    /// Looks at entries with a word like this one. `others`: what the rest of the name may be worth
    /// to an entry that is met here for the first time. Says what an entry must have besides its
    /// names for all of its words like this one to have been looked at.
    fn drive(
        &self,
        number: u16,
        unit: &Reach,
        others: Worth,
        search: &Search<'_>,
        s: &mut Scratch,
    ) -> i32 {
        let most = most_beside_name(search.query, search.weights);
        let most = search.sieve.most_of_all(most);
        let (mut driven_from, mut work) = (i32::MIN, 0);
        self.fetch_postings(&s.similar[unit.from as usize..unit.to as usize]);
        for i in unit.from..unit.to {
            let Similar { token, points } = s.similar[i as usize];
            let need = search.floor - others.with(points).points(search.weights);
            driven_from = driven_from.max(need);
            if need > most {
                continue;
            }
            let mut look = |Posting { entry, brief }: &Posting| {
                let beside = search.sieve.most(*brief);
                if beside < need {
                    return;
                }
                let slot = s.slot(*entry, beside);
                // The best likeness comes first, and a word counts once.
                if slot.unit != number {
                    slot.unit = number;
                    slot.atoms |= unit.atoms;
                    slot.worth = slot.worth.with(points);
                }
            };
            let row = self.token_entries.row(token as usize);
            let narrowed = search.sieve.narrowed(row, need);
            work += narrowed.len();
            narrowed.all.into_iter().flatten().for_each(&mut look);
            for posting in narrowed.on_day.into_iter().flatten() {
                if search.sieve.same_day(posting.brief) {
                    look(posting);
                }
            }
        }
        s.work += work;
        driven_from
    }
}
