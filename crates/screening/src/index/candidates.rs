//! Finds the entries worth comparing with a traveller.
//!
//! Three ways lead to an entry: a document number, a birth date with any likeness of names, and
//! words of the name, the rarest first. Words drive only as far as they must: once the words not
//! yet looked at could not carry an entry over the line by themselves, even if everything else
//! agreed, the search is over. So nothing over the line is missed but for what
//! `docs/matching.md` counts.

use super::bound::{GLUED_LEN, Search, Worth, unlisted};
use super::build::{EDIT_LEN, FINE_LEN, PREFIX_LEN, day_key, deletions, key, pair_key, wide_bit};
use super::lookup::{hash, hash_number};
use super::sieve::Sieve;
use super::{Index, NameWord, build::NARROW, folded};
use crate::birth::placeholder;
use crate::score::{Query, beside_name_bound, most_beside_name};
use oriel_model::PartialDate;
use oriel_names::{Kind, Likeness, Name, Source, Token, Weights};

/// Working memory of a search; keep one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    turn: u32,
    slots: Vec<Slot>,
    touched: Vec<u32>,
    stamps: Vec<Stamp>,
    similar: Vec<Similar>,
    reach: Vec<Reach>,
    checks: Vec<Check>,
    words: Vec<(NameWord, Stamp)>,
    unknown: Vec<u32>,
    seen: Vec<u32>,
    seen_turn: u32,
    /// What was found.
    pub(crate) found: Vec<u32>,
}

/// What is known of an entry while words are looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    turn: u32,
    unit: u16,
    /// Words of the traveller that it has one like.
    atoms: u16,
    worth: Worth,
}

/// What a word of the list is worth at most to the traveller's name.
#[derive(Clone, Copy, Debug, Default)]
struct Stamp {
    turn: u32,
    points: i16,
    /// A look-up led to it.
    met: bool,
}

/// A word of the list like a word of the traveller.
#[derive(Clone, Copy, Debug)]
struct Similar {
    token: u32,
    points: i16,
}

/// What one word of the traveller reaches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    from: u32,
    to: u32,
    /// The words of the traveller that it stands for.
    pub(super) atoms: u16,
    /// Its narrow words were looked at.
    pub(super) driven: bool,
    /// Entries with a word that is not of a wide group.
    entries: u32,
    pub(super) best_narrow: i16,
    pub(super) best_wide: i16,
    /// Wide groups reached, and their bits.
    wide: [u32; 3],
    pub(super) wide_bits: u64,
}

impl Reach {
    fn best(&self) -> i16 {
        self.best_narrow.max(self.best_wide)
    }
}

/// An entry whose names are to be looked at.
#[derive(Clone, Copy, Debug)]
struct Check {
    entry: u32,
    /// What a name must be worth.
    need: i32,
    /// Its words.
    from: usize,
    to: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Yes,
    No,
    /// Words must be looked at that no look-up led to.
    Unsure,
}

impl Scratch {
    /// Asks for an entry's names to be looked at.
    fn check(&mut self, entry: u32) {
        self.checks.push(Check {
            entry,
            need: 0,
            from: 0,
            to: 0,
        });
    }

    /// Whether one of these names may be worth so much.
    fn verdict(
        &self,
        words: &[(NameWord, Stamp)],
        need: i32,
        dated: bool,
        search: &Search<'_>,
    ) -> Verdict {
        let w = search.weights;
        let need = need - i32::from(w.minor_words_cap);
        let mut verdict = Verdict::No;
        for name in words.chunk_by(|(word, _), _| word.goes_on()) {
            let (mut worth, mut most) = (Worth::default(), Worth::default());
            let (mut met, mut unknown, mut one) = (dated, false, 0);
            for (word, stamp) in name {
                if stamp.turn == self.turn {
                    met |= stamp.met;
                    worth = worth.with(stamp.points);
                } else {
                    let points = search.unlooked(word.trace);
                    unknown = true;
                    most = most.with(points);
                    one = one.max(points);
                }
            }
            // Two words that no look-up led to are more than chance damages in one name.
            let most = match dated {
                true => worth.and(most).points(w),
                false => worth.with(one).points(w),
            };
            if !met || most < need {
                continue;
            }
            if !unknown || worth.points(w) >= need {
                return Verdict::Yes;
            }
            verdict = Verdict::Unsure;
        }
        verdict
    }

    /// What is known of an entry in this search.
    fn slot(&mut self, entry: u32) -> &mut Slot {
        let slot = &mut self.slots[entry as usize];
        if slot.turn != self.turn {
            *slot = Slot {
                turn: self.turn,
                ..Slot::default()
            };
            self.touched.push(entry);
        }
        slot
    }

    fn begin(&mut self, index: &Index) {
        self.found.clear();
        self.slots
            .resize(self.slots.len().max(index.len()), Slot::default());
        self.seen.resize(self.seen.len().max(index.len()), 0);
        self.stamps
            .resize(self.stamps.len().max(index.tokens.len()), Stamp::default());
        if self.seen_turn == u32::MAX {
            self.seen.fill(0);
            self.seen_turn = 0;
        }
        self.seen_turn += 1;
    }

    fn begin_name(&mut self) {
        if self.turn == u32::MAX {
            self.slots.fill(Slot::default());
            self.stamps.fill(Stamp::default());
            self.turn = 0;
        }
        self.turn += 1;
        self.touched.clear();
        self.similar.clear();
        self.reach.clear();
    }

    fn take(&mut self, entry: u32) {
        let seen = &mut self.seen[entry as usize];
        if *seen != self.seen_turn {
            *seen = self.seen_turn;
            self.found.push(entry);
        }
    }
}

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
        let sieve = Sieve::new(query, &self.state_numbers, w);
        for name in &query.names {
            scratch.begin_name();
            self.reach_words(name, dated, w, scratch);
            let search = Search::new(query, name, &sieve, floor, w);
            self.by_birth(&search, scratch);
            self.by_words(&search, scratch);
        }
    }

    /// For each word of the name, the words of the list that are like it.
    fn reach_words(&self, name: &Name, dated: bool, w: &Weights, s: &mut Scratch) {
        let last = name.units().iter().filter(|u| !u.is_joined()).count();
        for (u, unit) in name.units().iter().enumerate() {
            let own = &unit.token;
            if own.kind != Kind::Word {
                continue;
            }
            let mut reach = Reach {
                from: s.similar.len() as u32,
                atoms: unit.atoms(),
                ..Reach::default()
            };
            let mut exact = false;
            let (turn, stamps, similar) = (s.turn, &mut s.stamps, &mut s.similar);
            let from = reach.from as usize;
            let mut offer = |token: u32, points: i16| {
                let stamp = &mut stamps[token as usize];
                if stamp.turn != turn {
                    *stamp = Stamp {
                        turn,
                        ..Stamp::default()
                    };
                }
                stamp.points = stamp.points.max(points);
                stamp.met = true;
                if similar[from..].iter().any(|s: &Similar| s.token == token) {
                    return;
                }
                similar.push(Similar { token, points });
                let group = self.token_group[token as usize];
                if group == NARROW {
                    reach.entries += self.token_entries.range(token as usize).len() as u32;
                    reach.best_narrow = reach.best_narrow.max(points);
                } else {
                    reach.best_wide = reach.best_wide.max(points);
                    reach.wide_bits |= wide_bit(group);
                    if !reach.wide.contains(&group)
                        && let Some(free) = reach.wide.iter_mut().find(|g| **g == NARROW)
                    {
                        *free = group;
                    }
                }
            };
            let mut check = |token: u32| {
                let listed = &self.tokens[token as usize];
                if let Some((points, like)) = unit.worth(listed, dated, w) {
                    exact |= like == Likeness::Equal;
                    if points > 0 {
                        offer(token, points);
                    }
                }
            };
            let text = own.text.as_str();
            self.words
                .get(hash(key::TEXT, text.as_bytes()))
                .for_each(&mut check);
            for family in own.families() {
                let key = hash_number(key::FAMILY, u64::from(family));
                self.words.get(key).for_each(&mut check);
            }
            self.words
                .get(hash_number(key::FINE, own.bones.fine))
                .for_each(&mut check);

            if own.bones.len >= FINE_LEN && !unit.is_joined() {
                for fine in own.bones.shortened() {
                    let key = hash_number(key::FINE, fine);
                    self.words.get(key).for_each(&mut check);
                }
            }
            if text.len() >= EDIT_LEN && own.bones.len <= FINE_LEN && !unit.is_joined() {
                for shorter in deletions(text) {
                    self.words
                        .get(hash(key::TEXT, shorter.as_bytes()))
                        .for_each(&mut check);
                }
            }
            if name.is_cut() && u + 1 == last && text.len() >= PREFIX_LEN {
                let key = hash(key::PREFIX, &text.as_bytes()[..PREFIX_LEN]);
                for token in self.words.get(key) {
                    let listed = &self.tokens[token as usize];
                    if listed.text.starts_with(text) {
                        offer(token, listed.rarity);
                    }
                }
            }
            if !exact && !unit.is_joined() && text.len() >= 6 {
                self.parts(own, name.source() == Source::Booking, &mut offer);
            }
            reach.to = s.similar.len() as u32;
            if reach.to > reach.from {
                s.similar[reach.from as usize..].sort_unstable_by_key(|s| (-s.points, s.token));
                s.reach.push(reach);
            }
        }
    }

    /// Words of the list that the traveller's word may be written together from.
    fn parts(&self, own: &Token, glued: bool, offer: &mut impl FnMut(u32, i16)) {
        let text = own.text.as_str();
        let find = |part: &str| {
            self.words
                .get(hash(key::TEXT, part.as_bytes()))
                .find(|t| self.tokens[*t as usize].text == part)
        };
        for cut in 2..=text.len() - 2 {
            let (first, second) = text.split_at(cut);
            if let (Some(a), Some(b)) = (find(first), find(second)) {
                let rarity = |t: u32| self.tokens[t as usize].rarity;
                let points = (rarity(a) + rarity(b)).min(170);
                offer(a, points);
                offer(b, points);
            }
        }
        if !glued || text.len() < GLUED_LEN {
            return;
        }
        for from in 0..=text.len() - 3 {
            for to in from + 3..=text.len() {
                if let Some(token) = find(&text[from..to]) {
                    offer(token, self.tokens[token as usize].rarity);
                }
            }
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
            for date in near.into_iter().flatten() {
                for entry in self.days.get(day_key(date)) {
                    s.check(entry);
                }
            }
        }
        self.take_checked(true, search, s);
    }

    /// Takes the entries of `s.checks` of which a name may be worth what is needed. `dated`: the
    /// birth dates agree, so that no look-up need have led to a word.
    ///
    /// Each step is done for all entries before the next one: what they ask for lies far apart in
    /// memory, and the processor then waits for many of them at a time.
    fn take_checked(&self, dated: bool, search: &Search<'_>, s: &mut Scratch) {
        let mut checks = std::mem::take(&mut s.checks);
        let mut words = std::mem::take(&mut s.words);
        words.clear();
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
        for check in &mut checks {
            check.need =
                search.floor - beside_name_bound(search.query, self, check.entry, search.weights);
        }
        s.unknown.clear();
        checks.retain(|check| {
            let words = &words[check.from..check.to];
            let verdict = s.verdict(words, check.need, dated, search);
            match verdict {
                Verdict::Yes => s.take(check.entry),
                Verdict::No => {}
                Verdict::Unsure => {
                    let unknown = words.iter().filter(|(_, stamp)| stamp.turn != s.turn);
                    let tokens = unknown.map(|(word, _)| word.token() as u32);
                    s.unknown.extend(tokens);
                }
            }
            verdict == Verdict::Unsure
        });
        let mut unknown = std::mem::take(&mut s.unknown);
        unknown.sort_unstable();
        unknown.dedup();
        for token in &unknown {
            s.stamps[*token as usize] = Stamp {
                turn: s.turn,
                points: unlisted(search.own, &self.tokens[*token as usize], search.weights),
                met: false,
            };
        }
        for check in &checks {
            let words = &mut words[check.from..check.to];
            for (word, stamp) in words.iter_mut() {
                *stamp = s.stamps[word.token()];
            }
            if s.verdict(words, check.need, dated, search) == Verdict::Yes {
                s.take(check.entry);
            }
        }
        checks.clear();
        (s.checks, s.words, s.unknown) = (checks, words, unknown);
    }

    fn by_words(&self, search: &Search<'_>, s: &mut Scratch) {
        let w = search.weights;
        let most = most_beside_name(search.query, w);
        let floor = search.floor - i32::from(w.minor_words_cap);
        let mut reach = std::mem::take(&mut s.reach);
        reach.sort_unstable_by_key(|r| (r.entries, r.from));
        for at in 0..reach.len() {
            let unit = reach[at];
            let others = search.rest(&reach, u64::MAX).without(unit.atoms);
            if others.with(unit.best()).points(w) + most >= floor {
                reach[at].driven = true;
                self.drive(at as u16 + 1, &unit, others, floor, search, s);
            }
        }
        let unmet = search.rest(&reach, u64::MAX).without(0).points(w);
        if unmet + most >= floor {
            self.drive_pairs(&reach, floor - unmet, search, s);
        }
        let any_wide = reach.iter().fold(0, |bits, r| bits | r.wide_bits);
        let rest = search.rest(&reach, u64::MAX);
        let touched = std::mem::take(&mut s.touched);
        for entry in &touched {
            let Slot { worth, atoms, .. } = s.slots[*entry as usize];
            let brief = self.briefs[*entry as usize];
            let need = floor - search.sieve.most(brief);
            if worth.and(rest.without(atoms)).points(w) < need {
                continue;
            }
            let wide = self.wide[*entry as usize];
            if wide & any_wide != any_wide {
                let rest = search.rest(&reach, wide).without(atoms);
                if worth.and(rest).points(w) < need {
                    continue;
                }
            }
            s.check(*entry);
        }
        s.touched = touched;
        s.reach = reach;
        self.take_checked(false, search, s);
    }

    /// Looks at every entry with a word like this one, wide groups apart. `others`: what the rest
    /// of the name may be worth to an entry that is met here for the first time.
    fn drive(
        &self,
        number: u16,
        unit: &Reach,
        others: Worth,
        floor: i32,
        search: &Search<'_>,
        s: &mut Scratch,
    ) {
        for i in unit.from..unit.to {
            let Similar { token, points } = s.similar[i as usize];
            if self.token_group[token as usize] != NARROW {
                continue;
            }
            // The entry may have a word of a wide group besides that is more like this one.
            let points = points.max(unit.best_wide);
            let need = floor - others.with(points).points(search.weights);
            for entry in self.token_entries.row(token as usize) {
                if search.sieve.most(self.briefs[*entry as usize]) < need {
                    continue;
                }
                let slot = s.slot(*entry);
                // The best likeness comes first, and a word counts once.
                if slot.unit != number {
                    slot.unit = number;
                    slot.atoms |= unit.atoms;
                    slot.worth = slot.worth.with(points);
                }
            }
        }
    }

    /// Looks at entries with two words of wide groups.
    fn drive_pairs(&self, reach: &[Reach], need: i32, search: &Search<'_>, s: &mut Scratch) {
        for (i, a) in reach.iter().enumerate() {
            for b in &reach[i + 1..] {
                for x in a.wide.iter().filter(|g| **g != NARROW) {
                    for y in b.wide.iter().filter(|g| **g != NARROW) {
                        for entry in self.pairs.get(pair_key(*x, *y)) {
                            if search.sieve.most(self.briefs[entry as usize]) >= need {
                                s.slot(entry);
                            }
                        }
                    }
                }
            }
        }
    }
}
