//! Builds an index, entry by entry, so that a list need never be in memory twice.

use super::csr::Rows;
use super::lookup::{Lookup, hash, hash_number};
use super::{Brief, Index, NameWord, State, folded, sex_bit};
use crate::birth::placeholder;
use crate::entry::{Entry, ListName};
use oriel_model::{DocumentKey, PartialDate, Text};
use oriel_names::{Kind, Name, Source, Token, romanise};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

/// A group of words with more entries than this is *wide*: its entries are found through pairs of
/// words, not by looking at each of them. A word so common cannot carry an entry over the line
/// with nothing else of the name.
fn wide(entries: usize) -> usize {
    300 + entries / 1000
}

/// Group of words that are not wide.
pub(super) const NARROW: u32 = 0;

/// Kinds of keys in the look-ups.
pub(super) mod key {
    pub(in crate::index) const TEXT: u8 = 1;
    pub(in crate::index) const FINE: u8 = 2;
    pub(in crate::index) const FAMILY: u8 = 3;
    pub(in crate::index) const PREFIX: u8 = 4;
    pub(in crate::index) const PAIR: u8 = 5;
    pub(in crate::index) const DAY: u8 = 6;
    pub(in crate::index) const NUMBER: u8 = 7;
}

/// Letters by which a cut-off word is looked up.
pub(super) const PREFIX_LEN: usize = 4;

/// Shortest word of which a typing error is forgiven.
pub(super) const EDIT_LEN: usize = 5;

/// Fewest consonants of a word that is found by all of them but one; shorter words by their letters.
pub(super) const FINE_LEN: u8 = 5;

/// The word without one letter, for each letter.
pub(super) fn deletions(word: &str) -> impl Iterator<Item = Text> {
    (0..word.len())
        .filter(|i| *i == 0 || word.as_bytes()[*i] != word.as_bytes()[i - 1])
        .map(|i| {
            let mut text = Text::from(&word[..i]);
            text.push_str(&word[i + 1..]);
            text
        })
}

pub(super) fn day_key(date: PartialDate) -> u64 {
    let day = u64::from(date.day().unwrap_or(0));
    let month = u64::from(date.month().unwrap_or(0));
    hash_number(key::DAY, (date.year() as u64) << 16 | month << 8 | day)
}

pub(super) fn pair_key(a: u32, b: u32) -> u64 {
    hash_number(key::PAIR, u64::from(a.min(b)) << 32 | u64::from(a.max(b)))
}

/// Digest of entries in their order, shortened to what tells versions apart.
pub(crate) fn content_digest(entries: &[Entry]) -> Text {
    let mut digest = ContentDigest::default();
    entries.iter().for_each(|e| digest.add(e));
    digest.finish()
}

#[derive(Default)]
struct ContentDigest(Sha256);

impl ContentDigest {
    fn add(&mut self, entry: &Entry) {
        // An entry is plain data: nothing in it can fail to serialise.
        let bytes = serde_json::to_vec(entry).unwrap_or_default();
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(&bytes);
    }

    fn finish(self) -> Text {
        self.0.finalize()[..12]
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    }
}

/// See the module.
pub struct Builder {
    index: Index,
    numbers_of: FxHashMap<Text, u32>,
    token_entry: Vec<(u32, u32)>,
    days: Vec<(u64, u32)>,
    numbers: Vec<(u64, u32)>,
    digest: ContentDigest,
}

impl Index {
    /// Builds an index of entries.
    pub fn build(list: &str, entries: &[Entry]) -> Self {
        let mut builder = Self::builder(list);
        entries.iter().for_each(|e| builder.push(e));
        builder.finish()
    }

    /// Builds an index entry by entry.
    pub fn builder(list: &str) -> Builder {
        Builder {
            index: Index {
                list: list.into(),
                version: Text::default(),
                tokens: Vec::new(),
                words: Lookup::default(),
                token_entries: Rows::default(),
                token_group: Vec::new(),
                pairs: Lookup::default(),
                names: Rows::default(),
                name_texts: Rows::default(),
                name_quality: Vec::new(),
                entry_names: vec![0],
                ids: Rows::default(),
                births: Rows::default(),
                days: Lookup::default(),
                states: Rows::default(),
                briefs: Vec::new(),
                documents: Rows::default(),
                entry_documents: vec![0],
                document_issuers: Vec::new(),
                numbers: Lookup::default(),
                places: Rows::default(),
            },
            numbers_of: FxHashMap::default(),
            token_entry: Vec::new(),
            days: Vec::new(),
            numbers: Vec::new(),
            digest: ContentDigest::default(),
        }
    }
}

fn read(name: &ListName) -> Name {
    match (&name.surname, &name.given) {
        (Some(surname), Some(given)) => Name::read(Source::List, surname, given),
        _ => Name::read_full(Source::List, &name.text),
    }
}

impl Builder {
    /// Adds an entry.
    pub fn push(&mut self, entry: &Entry) {
        let number = self.index.ids.len() as u32;
        self.digest.add(entry);
        for name in &entry.names {
            self.name(number, name);
        }
        let index = &mut self.index;
        index.entry_names.push(index.names.len() as u32);
        index.ids.push(entry.id.bytes());

        for birth in &entry.births {
            if birth.is_single() && birth.from.month().is_some() && !placeholder(birth.from) {
                self.days.push((day_key(birth.from), number));
            }
        }

        let nationalities = entry.nationalities.iter().filter_map(|c| State::new(c));
        let others = entry
            .countries
            .iter()
            .filter_map(|c| State::new(c))
            .map(State::other);
        let states: Vec<State> = nationalities.chain(others).collect();
        index.briefs.push(Brief {
            birth: entry
                .births
                .first()
                .copied()
                .filter(|_| entry.births.len() == 1),
            more_births: entry.births.len() > 1,
            state: states.first().copied().filter(|_| states.len() == 1),
            more_states: states.len() > 1,
            sexes: entry.sexes.iter().fold(0, |m, s| m | sex_bit(s)),
            wide: 0,
        });
        index.births.push(entry.births.iter().copied());
        index.states.push(states);

        for document in &entry.documents {
            if let Some(key) = DocumentKey::new(&document.number, None) {
                let folded = folded(&key.number);
                self.numbers
                    .push((hash(key::NUMBER, folded.as_bytes()), number));
                index.documents.push(key.number.bytes());
                index
                    .document_issuers
                    .push(document.issuer.as_deref().and_then(State::new));
            }
        }
        index.entry_documents.push(index.documents.len() as u32);

        let places: Vec<String> = entry
            .birth_places
            .iter()
            .map(|p| romanise(p).text)
            .collect();
        index.places.push(places.join("\n").into_bytes());
    }

    fn name(&mut self, entry: u32, name: &ListName) {
        let read = read(name);
        let words: Vec<NameWord> = read
            .atoms()
            .map(|(token, role)| {
                let number = self.number_of(token);
                if token.kind != Kind::Title {
                    self.token_entry.push((number, entry));
                }
                NameWord::new(number, role)
            })
            .collect();
        self.index.names.push(words);
        self.index.name_texts.push(name.text.bytes());
        self.index.name_quality.push(name.quality);
    }

    fn number_of(&mut self, token: &Token) -> u32 {
        // The same letters may come from a script without vowels, or be no particle here.
        let mut text = token.text.clone();
        if token.abjad {
            text.push('~');
        }
        if token.kind != Kind::Word {
            text.push('-');
        }
        let tokens = &mut self.index.tokens;
        *self.numbers_of.entry(text).or_insert_with(|| {
            tokens.push(token.clone());
            tokens.len() as u32 - 1
        })
    }

    /// Makes the index.
    pub fn finish(self) -> Index {
        let Self {
            mut index,
            numbers_of,
            token_entry,
            days,
            numbers,
            digest,
        } = self;
        drop(numbers_of);
        index.version = digest.finish();
        index.tokens.shrink_to_fit();
        index.token_entries = Rows::group(index.tokens.len(), token_entry);
        index.token_group = groups(&index);
        mark_wide(&mut index);
        index.pairs = Lookup::build(wide_pairs(&index));
        index.days = Lookup::build(days);
        index.numbers = Lookup::build(numbers);
        index.words = Lookup::build(word_keys(&index.tokens));
        index.names.shrink();
        index.name_texts.shrink();
        index.ids.shrink();
        index.births.shrink();
        index.states.shrink();
        index.documents.shrink();
        index.places.shrink();
        index
    }
}

/// Every key under which a word may be asked for.
fn word_keys(tokens: &[Token]) -> Vec<(u64, u32)> {
    let mut keys = Vec::with_capacity(tokens.len() * 10);
    for (number, token) in tokens.iter().enumerate() {
        let number = number as u32;
        let text = token.text.as_str();
        keys.push((hash(key::TEXT, text.as_bytes()), number));
        if token.kind != Kind::Word {
            continue;
        }
        keys.push((hash_number(key::FINE, token.bones.fine), number));

        for family in token.families() {
            keys.push((hash_number(key::FAMILY, u64::from(family)), number));
        }
        if text.len() >= PREFIX_LEN {
            keys.push((hash(key::PREFIX, &text.as_bytes()[..PREFIX_LEN]), number));
        }
        if token.bones.len >= FINE_LEN {
            let shorter = token.bones.shortened();
            keys.extend(shorter.map(|fine| (hash_number(key::FINE, fine), number)));
        } else if text.len() >= EDIT_LEN {
            keys.extend(deletions(text).map(|d| (hash(key::TEXT, d.as_bytes()), number)));
        }
    }
    keys
}

/// Words of one family, or one word, are a group. Wide groups get a number from 1.
fn groups(index: &Index) -> Vec<u32> {
    let wide = wide(index.len());
    let own = |number: usize| 0x1_0000 + number as u32;
    let group = |number: usize, token: &Token| {
        token
            .families()
            .next()
            .map_or_else(|| own(number), u32::from)
    };
    let mut entries: FxHashMap<u32, usize> = FxHashMap::default();
    for (number, token) in index.tokens.iter().enumerate() {
        *entries.entry(group(number, token)).or_default() +=
            index.token_entries.range(number).len();
    }
    index
        .tokens
        .iter()
        .enumerate()
        .map(|(number, token)| {
            let group = group(number, token);
            if entries[&group] > wide {
                group
            } else {
                NARROW
            }
        })
        .collect()
}

/// The bit by which an entry says that it has a word of this wide group.
pub(super) fn wide_bit(group: u32) -> u64 {
    1 << (hash_number(key::PAIR, u64::from(group)) & 63)
}

fn mark_wide(index: &mut Index) {
    for (token, group) in index.token_group.iter().enumerate() {
        if *group != NARROW {
            for entry in index.token_entries.row(token) {
                index.briefs[*entry as usize].wide |= wide_bit(*group);
            }
        }
    }
}

fn wide_pairs(index: &Index) -> Vec<(u64, u32)> {
    let mut pairs = Vec::new();
    let mut groups = Vec::new();
    for entry in 0..index.len() as u32 {
        for name in index.name_numbers(entry) {
            groups.clear();
            groups.extend(
                index
                    .names
                    .row(name)
                    .iter()
                    .map(|w| index.token_group[w.token()])
                    .filter(|g| *g != NARROW),
            );
            for (i, a) in groups.iter().enumerate() {
                pairs.extend(groups[i + 1..].iter().map(|b| (pair_key(*a, *b), entry)));
            }
        }
    }
    pairs
}
