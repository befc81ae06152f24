//! For each word of a traveller's name, the words of the list that are like it.

use super::Index;
use super::bound::GLUED_LEN;
use super::build::{EDIT_LEN, FINE_LEN, PREFIX_LEN, deletions, key};
use super::lookup::{Key, hash, hash_number};
use super::scratch::{Scratch, Similar};
use oriel_names::{Kind, Likeness, Name, Skeleton, Source, Token, Unit, Weights};

/// Letters of the shortest word that may be two.
const SHORTEST_OF_TWO: usize = 4;

/// Most that two words are rare that are written together.
const JOINED_RARITY: i16 = 170;

/// No entry was looked at by this word.
pub(super) const NOT_DRIVEN: i32 = i32::MAX;

/// What one word of the traveller reaches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    pub(super) from: u32,
    pub(super) to: u32,
    /// The words of the traveller that it stands for.
    pub(super) atoms: u16,
    /// Words like it were looked at in entries that have so much besides their names.
    pub(super) driven_from: i32,
    /// Entries with a word like this one.
    pub(super) entries: u32,
    pub(super) best: i16,
}

impl Index {
    /// For each word of the name, the words of the list that are like it.
    pub(super) fn reach_words(&self, name: &Name, dated: bool, w: &Weights, s: &mut Scratch) {
        let (mut keys, mut near) = (std::mem::take(&mut s.keys), std::mem::take(&mut s.near));
        let mut ends = std::mem::take(&mut s.ends);
        let last = name.units().iter().filter(|u| !u.is_joined()).count();
        let units = name.units().iter().enumerate();
        let telling = units.filter(|(_, unit)| unit.token.kind == Kind::Word);
        // Each step is done for all words before the next one: what they ask for lies far apart in
        // memory.
        ends.clear();
        for (_, unit) in telling.clone() {
            keys_of(unit, &mut keys);
            ends.push(keys.len());
        }
        self.words.get_each(&mut keys, &mut ends, &mut near);
        self.fetch(&near);
        let mut from = 0;
        for ((u, unit), end) in telling.zip(&ends) {
            let own = &unit.token;
            let mut reach = Reach {
                from: s.similar.len() as u32,
                atoms: unit.atoms(),
                driven_from: NOT_DRIVEN,
                ..Reach::default()
            };
            let mut exact = false;
            let (turn, stamps, stamped) = (s.turn, &mut s.stamps, &mut s.stamped);
            let similar = &mut s.similar;
            let mut offer = |token: u32, points: i16| {
                stamps[token as usize].meet(turn, points, unit.atoms());
                stamped.set(token);
                if points <= 0 {
                    return;
                }
                similar.push(Similar { token, points });
            };
            let mut check = |token: u32| {
                let listed = &self.tokens[token as usize];
                if let Some((points, like)) = unit.worth(listed, dated, w) {
                    exact |= like == Likeness::Equal;
                    offer(token, points);
                }
            };
            let text = own.text.as_str();
            near[from..*end].iter().copied().for_each(&mut check);
            from = *end;
            if name.is_cut() && u + 1 == last && text.len() >= PREFIX_LEN {
                let key = hash(key::PREFIX, &text.as_bytes()[..PREFIX_LEN]);
                for token in self.words.get(key) {
                    let listed = &self.tokens[token as usize];
                    if listed.text.starts_with(text) {
                        offer(token, listed.rarity());
                    }
                }
            }
            if !unit.is_joined() && text.len() >= SHORTEST_OF_TWO {
                let booking = name.source() == Source::Booking;
                self.parts(own, booking, exact, w, &mut keys, &mut offer);
            }
            s.work += s.similar.len() - reach.from as usize;
            keep_best(&mut s.similar, reach.from as usize);
            reach.to = s.similar.len() as u32;
            for similar in &s.similar[reach.from as usize..] {
                let row = self.token_entries.range(similar.token as usize);
                reach.entries += row.len() as u32;
                reach.best = reach.best.max(similar.points);
            }
            if reach.to > reach.from {
                s.reach.push(reach);
            }
        }
        (s.keys, s.near, s.ends) = (keys, near, ends);
    }

    /// Words of the list that the traveller's word may be written together from. `exact`: the word
    /// itself is listed.
    fn parts(
        &self,
        own: &Token,
        booking: bool,
        exact: bool,
        w: &Weights,
        keys: &mut Vec<Key>,
        offer: &mut impl FnMut(u32, i16),
    ) {
        let text = own.text.as_str();
        let glued = booking && text.len() >= GLUED_LEN;
        let find = |part: &str| {
            self.words
                .get(hash(key::TEXT, part.as_bytes()))
                .find(|t| self.tokens[*t as usize].text == part)
        };
        // The longer part is the rarer word, of which most are not listed.
        let longer = |cut: usize| match text.split_at(cut) {
            (first, second) if first.len() > second.len() => first,
            (_, second) => second,
        };
        let cuts = 2..=text.len() - 2;
        keys.clear();
        keys.extend(
            cuts.clone()
                .map(|cut| Key::from(hash(key::TEXT, longer(cut).as_bytes()))),
        );
        self.words.locate(keys);
        for (cut, key) in cuts.zip(keys.drain(..)) {
            let (first, second) = text.split_at(cut);
            let mut found = self.words.located(&key);
            let Some(one) = found.find(|t| self.tokens[*t as usize].text == longer(cut)) else {
                continue;
            };
            let parts = match first.len() > second.len() {
                true => find(second).map(|b| (one, b)),
                false => find(first).map(|a| (a, one)),
            };
            if let Some((a, b)) = parts {
                // Written together they are worth this once, to entries that have both, so that the rarer
                // leads there for the two. Of a glued word one may be met alone.
                let entries = |t: u32| self.token_entries.range(t as usize).len();
                let (leads, other) = match entries(a) <= entries(b) {
                    true => (a, b),
                    false => (b, a),
                };
                let rarity = |t: u32| self.tokens[t as usize].rarity();
                let both = (rarity(a) + rarity(b)).min(JOINED_RARITY) + w.word_joined.max(0);
                offer(leads, both);
                offer(other, if glued { rarity(other) } else { 0 });
            }
        }
        if !glued || exact {
            return;
        }
        for from in 0..=text.len() - 3 {
            for to in from + 3..=text.len() {
                if let Some(token) = find(&text[from..to]) {
                    offer(token, self.tokens[token as usize].rarity());
                }
            }
        }
    }
}

/// Adds the keys under which words like this one are found.
fn keys_of(unit: &Unit, keys: &mut Vec<Key>) {
    let own = &unit.token;
    let text = own.text.as_str();
    keys.push(hash(key::TEXT, text.as_bytes()).into());
    let families = own.families();
    keys.extend(families.map(|f| hash_number(key::FAMILY, u64::from(f)).into()));
    keys.push(hash_number(key::FINE, own.bones.fine).into());
    if unit.is_joined() {
        return;
    }
    if own.bones.len() >= FINE_LEN {
        let shorter = own.bones.shortened().chain(Skeleton::broken(text));
        keys.extend(shorter.map(|fine| hash_number(key::FINE, fine).into()));
    }
    if text.len() >= EDIT_LEN && own.bones.len() <= FINE_LEN {
        let shorter = deletions(text);
        keys.extend(shorter.map(|t| hash(key::TEXT, t.as_bytes()).into()));
    }
}

/// Of each word from `from` on keeps the most that it is worth; orders them, the best first.
fn keep_best(similar: &mut Vec<Similar>, from: usize) {
    let found = &mut similar[from..];
    found.sort_unstable_by_key(|s| (s.token, -s.points));
    let mut kept = 0;
    for at in 0..found.len() {
        if kept == 0 || found[kept - 1].token != found[at].token {
            found[kept] = found[at];
            kept += 1;
        }
    }
    found[..kept].sort_unstable_by_key(|s| (-s.points, s.token));
    similar.truncate(from + kept);
}
