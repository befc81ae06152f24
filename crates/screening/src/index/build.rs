//! Builds an index, entry by entry, so that a list need never be in memory twice.

use super::csr::Rows;
use super::intern::Interner;
use super::lookup::{Lookup, hash, hash_number};
use super::sieve::Brief;
use super::{Index, NameWord, State, folded, names};
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
    words: Interner,
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
                entry_names: vec![0],
                entry_documents: vec![0],
                ..Index::default()
            },
            words: Interner::default(),
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
        self.digest.add(entry);
        let mut words = Vec::with_capacity(entry.names.len() * 3);
        entry
            .names
            .iter()
            .for_each(|name| self.name(name, &mut words));
        let index = &mut self.index;
        index.entry_words.push(words);
        index.entry_names.push(index.name_texts.len() as u32);
        index.ids.push(entry.id.bytes());

        let nationalities = entry.nationalities.iter().filter_map(|c| State::new(c));
        let others = entry
            .countries
            .iter()
            .filter_map(|c| State::new(c))
            .map(State::other);
        let states: Vec<State> = nationalities.chain(others).collect();
        let brief = Brief::new(entry, &states, &mut index.state_numbers);
        index.briefs.push(brief);
        index.births.push(entry.births.iter().copied());
        index.states.push(states);

        for document in &entry.documents {
            if let Some(key) = DocumentKey::new(&document.number, None) {
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

    /// A name of which nothing can be read is none.
    fn name(&mut self, name: &ListName, words: &mut Vec<NameWord>) {
        let index = &mut self.index;
        let read = read(name);
        words.extend(read.atoms().map(|(token, role)| {
            let number = self.words.number(token, &mut index.tokens);
            NameWord::new(number, token, role)
        }));
        if !read.is_empty() {
            words.last_mut().into_iter().for_each(NameWord::end);
            index.name_texts.push(name.text.bytes());
            index.name_quality.push(name.quality);
        }
    }

    /// Makes the index.
    pub fn finish(self) -> Index {
        let Self {
            mut index,
            words,
            digest,
        } = self;
        drop(words);
        index.version = digest.finish();
        index.shrink();
        index.token_entries = Rows::group(index.tokens.len(), |add| words_of_entries(&index, add));
        index.token_group = groups(&index);
        index.wide = wide_bits(&index);
        let (entries, tokens) = (index.len(), index.tokens.len());
        index.pairs = Lookup::build(entries, |add| wide_pairs(&index, add));
        index.days = Lookup::build(entries, |add| days(&index, add));
        index.numbers = Lookup::build(entries, |add| numbers(&index, add));
        index.words = Lookup::build(tokens, |add| word_keys(&index.tokens, add));
        index
    }
}

/// Takes a hash and what is found under it.
type Add<'a> = &'a mut dyn FnMut(u64, u32);

/// Every word of every entry, titles apart.
fn words_of_entries(index: &Index, add: &mut dyn FnMut(usize, u32)) {
    for entry in 0..index.len() {
        for word in index.entry_words.row(entry) {
            if index.tokens[word.token()].kind != Kind::Title {
                add(word.token(), entry as u32);
            }
        }
    }
}

fn days(index: &Index, add: Add<'_>) {
    for entry in 0..index.len() as u32 {
        for birth in index.births(entry) {
            if birth.is_single() && birth.from.month().is_some() && !placeholder(birth.from) {
                add(day_key(birth.from), entry);
            }
        }
    }
}

fn numbers(index: &Index, add: Add<'_>) {
    for entry in 0..index.len() as u32 {
        for (number, _) in index.documents(entry) {
            add(hash(key::NUMBER, folded(number).as_bytes()), entry);
        }
    }
}

/// Every key under which a word may be asked for.
fn word_keys(tokens: &[Token], add: Add<'_>) {
    for (number, token) in tokens.iter().enumerate() {
        let number = number as u32;
        let text = token.text.as_str();
        add(hash(key::TEXT, text.as_bytes()), number);
        if token.kind != Kind::Word {
            continue;
        }
        add(hash_number(key::FINE, token.bones.fine), number);
        for family in token.families() {
            add(hash_number(key::FAMILY, u64::from(family)), number);
        }
        if text.len() >= PREFIX_LEN {
            add(hash(key::PREFIX, &text.as_bytes()[..PREFIX_LEN]), number);
        }
        if token.bones.len >= FINE_LEN {
            let shorter = token.bones.shortened();
            shorter.for_each(|fine| add(hash_number(key::FINE, fine), number));
        } else if text.len() >= EDIT_LEN {
            deletions(text).for_each(|d| add(hash(key::TEXT, d.as_bytes()), number));
        }
    }
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

fn wide_bits(index: &Index) -> Vec<u64> {
    let mut bits = vec![0; index.len()];
    for (token, group) in index.token_group.iter().enumerate() {
        if *group != NARROW {
            for entry in index.token_entries.row(token) {
                bits[*entry as usize] |= wide_bit(*group);
            }
        }
    }
    bits
}

/// Every two wide groups in one name of an entry, once.
fn wide_pairs(index: &Index, add: Add<'_>) {
    let (mut groups, mut keys) = (Vec::new(), Vec::new());
    for entry in 0..index.len() as u32 {
        keys.clear();
        for name in names(index.entry_words.row(entry as usize)) {
            groups.clear();
            groups.extend(name.iter().map(|w| index.token_group[w.token()]));
            groups.retain(|group| *group != NARROW);
            for (i, a) in groups.iter().enumerate() {
                keys.extend(groups[i + 1..].iter().map(|b| pair_key(*a, *b)));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys.iter().for_each(|key| add(*key, entry));
    }
}
