//! Builds an index, entry by entry, so that a list need never be in memory twice.

use super::csr::Rows;
use super::intern::Interner;
use super::lookup::{Lookup, hash, hash_number};
use super::sieve::{Brief, NamesBrief};
use super::{Head, Index, NameWord, Posting, State, folded, names};
use crate::birth::placeholder;
use crate::entry::{Entry, ListName};
use oriel_model::{DocumentKey, PartialDate, Text};
use oriel_names::{Kind, Name, Skeleton, Source, Token, romanise};
use sha2::{Digest, Sha256};

/// Kinds of keys in the look-ups.
pub(super) mod key {
    pub(in crate::index) const TEXT: u8 = 1;
    pub(in crate::index) const FINE: u8 = 2;
    pub(in crate::index) const FAMILY: u8 = 3;
    pub(in crate::index) const PREFIX: u8 = 4;
    pub(in crate::index) const DAY: u8 = 5;
    pub(in crate::index) const NUMBER: u8 = 6;
    pub(in crate::index) const SOUND_YEAR: u8 = 7;
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
        index.entry_names.push(index.name_texts.len() as u32);
        index.ids.push(entry.id.bytes());

        let nationalities = entry.nationalities.iter().filter_map(|c| State::new(c));
        let others = entry
            .countries
            .iter()
            .filter_map(|c| State::new(c))
            .map(State::other);
        let states: Vec<State> = nationalities.chain(others).collect();
        let names = NamesBrief {
            count: names(&words).count(),
            minor: words.iter().any(|word| word.trace.is_minor()),
        };
        let brief = Brief::new(entry, names, &states, &mut index.state_numbers);
        index.heads.push(Head {
            brief,
            words: index.name_words.len() as u32,
        });
        index.name_words.extend(words);
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
        let entries_of = Rows::group(index.tokens.len(), |add| words_of_entries(&index, add));
        index.token_entries = entries_of.map(|entry| Posting {
            entry,
            brief: index.brief(entry),
        });
        index
            .token_entries
            .sort_rows_by_key(|posting| posting.brief.year_group());
        let (entries, tokens) = (index.len(), index.tokens.len());
        index.days = Lookup::build(entries, |add| days(&index, add));
        index.years = Lookup::build(entries, |add| years(&index, add));
        index.numbers = Lookup::build(entries, |add| numbers(&index, add));
        index.words = Lookup::build(tokens, |add| word_keys(&index.tokens, add));
        index
    }
}

/// Takes a hash and what is found under it.
type Add<'a> = &'a mut dyn FnMut(u64, u32);

/// Every word of every entry, titles apart.
fn words_of_entries(index: &Index, add: &mut dyn FnMut(usize, u32)) {
    for entry in 0..index.len() as u32 {
        for word in index.words_of(entry) {
            if index.tokens[word.token()].kind != Kind::Title {
                add(word.token(), entry);
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

/// Longest range of years of which each leads to an entry.
const RANGE_MOST: i16 = 10;

pub(super) fn year_key(rough: u64, year: i16) -> u64 {
    hash_number(key::SOUND_YEAR, rough << 12 ^ year as u64)
}

fn years(index: &Index, add: Add<'_>) {
    let mut keys = Vec::new();
    for entry in 0..index.len() as u32 {
        keys.clear();
        let words = index.words_of(entry).iter();
        let words = words.map(|w| &index.tokens[w.token()]);
        for rough in words
            .filter(|t| t.kind == Kind::Word)
            .filter_map(|t| t.bones.rough())
        {
            for birth in index.births(entry) {
                let (from, to) = birth.years();
                let vague =
                    !birth.is_single() || birth.from.day().is_none() || placeholder(birth.from);
                if vague && to - from <= RANGE_MOST {
                    keys.extend((from..=to).map(|year| year_key(rough, year)));
                }
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys.iter().for_each(|key| add(*key, entry));
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
        if token.bones.len() >= FINE_LEN {
            let shorter = token.bones.shortened();
            let broken = Skeleton::broken(text);
            shorter
                .chain(broken)
                .for_each(|fine| add(hash_number(key::FINE, fine), number));
        } else if text.len() >= EDIT_LEN {
            deletions(text).for_each(|d| add(hash(key::TEXT, d.as_bytes()), number));
        }
    }
}
