//! Finds the entries worth comparing with a traveller.
//!
//! Three ways lead to an entry: a document number, a birth date with any likeness of names, and
//! words of the name, the rarest first. Words drive only as far as they must: once the words not
//! yet looked at could not carry an entry over the line by themselves, even if everything else
//! agreed, the search is over. So nothing over the line is missed but for what
//! `docs/matching.md` counts.

use super::build::{EDIT_LEN, FINE_LEN, PREFIX_LEN, day_key, deletions, key, pair_key, wide_bit};
use super::lookup::{hash, hash_number};
use super::{Brief, Index, NameWord, build::NARROW, folded};
use crate::birth::placeholder;
use crate::score::{Query, beside_name_bound, most_beside_name};
use oriel_model::PartialDate;
use oriel_names::{Kind, Likeness, Name, Source, Token, Weights, gain, likeness};

/// Words of a booking at least this long may be glued.
const GLUED_LEN: usize = 7;

/// Most that a word may be worth that no look-up led to: two slips at least lie between.
const UNSEEN_MOST: i32 = 120;

/// Working memory of a search; keep one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    turn: u32,
    slots: Vec<Slot>,
    touched: Vec<u32>,
    briefs: Vec<(u32, Worth, Brief)>,
    stamps: Vec<Stamp>,
    similar: Vec<Similar>,
    reach: Vec<Reach>,
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
    worth: Worth,
}

/// Whether a word of the list is like one of the traveller's, and what that is worth at most.
#[derive(Clone, Copy, Debug, Default)]
struct Stamp {
    turn: u32,
    points: i16,
}

/// A word of the list like a word of the traveller.
#[derive(Clone, Copy, Debug)]
struct Similar {
    token: u32,
    points: i16,
}

/// What one word of the traveller reaches.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    from: u32,
    to: u32,
    /// Entries with a word that is not of a wide group.
    entries: u32,
    best_narrow: i16,
    best_wide: i16,
    /// Wide groups reached, and their bits.
    wide: [u32; 3],
    wide_bits: u64,
}

impl Scratch {
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
        for name in &query.names {
            scratch.begin_name();
            self.reach_words(name, dated, w, scratch);
            self.by_birth(name, query, floor, w, scratch);
            self.by_words(name, query, floor, w, scratch);
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
                ..Reach::default()
            };
            let mut exact = false;
            let (turn, stamps, similar) = (s.turn, &mut s.stamps, &mut s.similar);
            let from = reach.from as usize;
            let mut offer = |token: u32, points: i16| {
                let stamp = &mut stamps[token as usize];
                let best = if stamp.turn == turn { stamp.points } else { 0 };
                *stamp = Stamp {
                    turn,
                    points: points.max(best),
                };
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
                if let Some(like) = likeness(own, listed) {
                    exact |= like == Likeness::Equal;
                    let points = gain(own, listed, like, dated, w);
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
    fn by_birth(&self, own: &Name, query: &Query, floor: i32, w: &Weights, s: &mut Scratch) {
        for birth in &query.births {
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
                    let brief = self.brief(entry);
                    let need = floor - beside_name_bound(query, self, entry, brief, w);
                    if self.names_may_give(need, entry, own, true, w, s) {
                        s.take(entry);
                    }
                }
            }
        }
    }

    /// Whether one of the entry's names may be worth `need` points: words like the traveller's, and
    /// what no look-up leads to. `dated`: the birth dates agree, so that no word need be alike yet.
    fn names_may_give(
        &self,
        need: i32,
        entry: u32,
        own: &Name,
        dated: bool,
        w: &Weights,
        s: &Scratch,
    ) -> bool {
        let unseen = |word: &&NameWord| s.stamps[word.token()].turn != s.turn;
        let need = need - i32::from(w.minor_words_cap);
        self.name_numbers(entry).any(|name| {
            let words = self.names.row(name);
            let seen = words.iter().filter(|word| !unseen(word));
            let points = Worth::of(seen.map(|word| s.stamps[word.token()].points)).points(w);
            if points >= need || points == 0 && !dated {
                return points >= need && points > 0;
            }
            // What a word that no look-up led to could be worth at the very most.
            let missing = words.iter().filter(unseen).count() as i32;
            if points + missing * UNSEEN_MOST < need {
                return false;
            }
            let unseen = words.iter().filter(unseen);
            let listed = unseen.map(|word| &self.tokens[word.token()]);
            let more = listed.map(|l| unlisted(own, l, dated, w)).sum::<i32>();
            points + more >= need
        })
    }

    fn by_words(&self, own: &Name, query: &Query, floor: i32, w: &Weights, s: &mut Scratch) {
        let most = most_beside_name(query, w);
        let minor = i32::from(w.minor_words_cap);
        let mut reach = std::mem::take(&mut s.reach);
        reach.sort_unstable_by_key(|r| (r.entries, r.from));
        let widest = reach.iter().map(|r| r.best_wide).max().unwrap_or(0);
        let wide = Worth::of(reach.iter().map(|r| r.best_wide));
        let mut driven = 0;
        while driven < reach.len() {
            let unseen = Worth::of(reach[driven..].iter().map(|r| r.best_narrow));
            if unseen.with(widest).points(w) + minor + most < floor {
                break;
            }
            driven += 1;
            self.drive(driven as u16, &reach[driven - 1], s);
        }
        let unseen = Worth::of(reach[driven..].iter().map(|r| r.best_narrow));
        if unseen.and(wide).points(w) + minor + most >= floor {
            self.drive_pairs(&reach, s);
        }
        // Briefs are read ahead of their use, all at once: they lie far apart in memory, and the
        // processor then waits for many of them at a time.
        let mut briefs = std::mem::take(&mut s.briefs);
        briefs.clear();
        for entry in &s.touched {
            let narrow = unseen.and(s.slots[*entry as usize].worth);
            if narrow.and(wide).points(w) + minor + most >= floor {
                briefs.push((*entry, narrow, *self.brief(*entry)));
            }
        }
        briefs.retain_mut(|(entry, narrow, brief)| {
            let met = reach.iter().filter(|r| r.wide_bits & brief.wide != 0);
            let worth = narrow.and(Worth::of(met.map(|r| r.best_wide)));
            let points = worth.points(w) + minor;
            points + most >= floor
                && points >= floor - beside_name_bound(query, self, *entry, brief, w)
        });
        for (entry, _, brief) in &briefs {
            let need = floor - beside_name_bound(query, self, *entry, brief, w);
            if self.names_may_give(need, *entry, own, false, w, s) {
                s.take(*entry);
            }
        }
        s.briefs = briefs;
        s.reach = reach;
    }

    /// Looks at every entry with a word like this one, wide groups apart.
    fn drive(&self, unit: u16, reach: &Reach, s: &mut Scratch) {
        for i in reach.from..reach.to {
            let Similar { token, points } = s.similar[i as usize];
            if self.token_group[token as usize] != NARROW {
                continue;
            }
            for entry in self.token_entries.row(token as usize) {
                let slot = &mut s.slots[*entry as usize];
                if slot.turn != s.turn {
                    *slot = Slot {
                        turn: s.turn,
                        ..Slot::default()
                    };
                    s.touched.push(*entry);
                }
                // The best likeness comes first, and a word counts once.
                if slot.unit != unit {
                    slot.unit = unit;
                    slot.worth = slot.worth.with(points);
                }
            }
        }
    }

    /// Looks at entries with two words of wide groups.
    fn drive_pairs(&self, reach: &[Reach], s: &mut Scratch) {
        for (i, a) in reach.iter().enumerate() {
            for b in &reach[i + 1..] {
                for x in a.wide.iter().filter(|g| **g != NARROW) {
                    for y in b.wide.iter().filter(|g| **g != NARROW) {
                        for entry in self.pairs.get(pair_key(*x, *y)) {
                            let slot = &mut s.slots[entry as usize];
                            if slot.turn != s.turn {
                                *slot = Slot {
                                    turn: s.turn,
                                    ..Slot::default()
                                };
                                s.touched.push(entry);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// At most what words are worth together: the most telling one in full, the others in part.
#[derive(Clone, Copy, Debug, Default)]
struct Worth {
    best: i16,
    sum: i16,
}

impl Worth {
    fn of(points: impl Iterator<Item = i16>) -> Self {
        points.fold(Self::default(), Self::with)
    }

    fn with(self, points: i16) -> Self {
        Self {
            best: self.best.max(points),
            sum: self.sum.saturating_add(points),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            best: self.best.max(other.best),
            sum: self.sum.saturating_add(other.sum),
        }
    }

    fn points(self, w: &Weights) -> i32 {
        let further = i32::from(self.sum) - i32::from(self.best);
        i32::from(self.best) + further * i32::from(w.word_further_percent) / 100
    }
}

/// At most what a listed word may be worth that no look-up led to: a similar sound, two letters
/// wrong, or a piece of a glued word.
fn unlisted(own: &Name, listed: &Token, dated: bool, w: &Weights) -> i32 {
    if listed.kind != Kind::Word {
        return 0;
    }
    let mut best = 0;
    for unit in own.units() {
        let token = &unit.token;
        let like = likeness(token, listed);
        best = best.max(like.map_or(0, |l| gain(token, listed, l, dated, w)));
        let glued = own.source() == Source::Booking && token.text.len() >= GLUED_LEN;
        if glued && token.text.len() > listed.text.len() && holds_sound(token, listed) {
            best = best.max(listed.rarity);
        }
    }
    i32::from(best)
}

/// Whether a glued word begins or ends with the consonants of a listed word.
fn holds_sound(glued: &Token, listed: &Token) -> bool {
    let (own, other) = (glued.bones, listed.bones);
    let bits = 5 * u32::from(other.len);
    own.len >= other.len
        && other.len > 1
        && (own.fine & ((1 << bits) - 1) == other.fine
            || own.fine >> (5 * u32::from(own.len - other.len)) == other.fine)
}
