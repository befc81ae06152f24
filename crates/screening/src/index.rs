//! Lists as screening asks them: immutable, in memory, shared between threads.
//!
//! - [`ListVersion`] is one version of one list as data; [`Index`] is the same made ready for
//!   search; [`Watchlists`] are the indexes in force, swapped as a whole when a list changes.
//! - Names are kept as numbers of distinct words, so that comparing starts with words seen before;
//!   texts that only explanations need lie in flat arrays.
//! - Invariant: an index answers for its entries alone; what it finds does not depend on other
//!   lists.

mod bound;
mod build;
mod candidates;
mod check;
mod csr;
mod intern;
mod lookup;
mod reach;
mod scratch;
mod sieve;

use crate::entry::{Entry, Quality};
use crate::{Birth, lists};
use csr::Rows;
use lookup::Lookup;
use oriel_model::Text;
use oriel_names::{Role, Token, Trace};
pub use scratch::Scratch;
use serde::{Deserialize, Serialize};
use sieve::{Brief, States};
use std::ops::Range;
use std::sync::Arc;

/// One version of one list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListVersion {
    /// Identifies the list, such as `un`.
    pub list: Text,
    /// Name of the list for people.
    pub name: Text,
    /// Digest of the entries.
    pub version: Text,
    /// What the list itself says about its version, such as a date of generation.
    pub issued: Text,
    /// Entries.
    pub entries: Vec<Entry>,
}

impl ListVersion {
    /// Takes up a list file as read.
    pub fn new(list: &str, name: &str, file: lists::ListFile) -> Self {
        Self {
            list: list.into(),
            name: name.into(),
            version: build::content_digest(&file.entries),
            issued: file.issued,
            entries: file.entries,
        }
    }

    /// Makes it ready for search.
    pub fn index(&self) -> Index {
        Index::build(&self.list, &self.entries)
    }
}

/// One version of one list, ready for search.
#[derive(Debug, Default)]
pub struct Index {
    list: Text,
    version: Text,
    /// Distinct words.
    tokens: Vec<Token>,
    /// From the ways a word may be met again to its number.
    words: Lookup,
    /// Entries that have a word.
    token_entries: Rows<Posting>,
    heads: Vec<Head>,
    /// Words of the entries' names, one name after the other, entry by entry.
    name_words: Vec<NameWord>,
    name_texts: Rows<u8>,
    name_quality: Vec<Quality>,
    /// Names of an entry: from here to the next.
    entry_names: Vec<u32>,
    ids: Rows<u8>,
    state_numbers: States,
    births: Rows<Birth>,
    /// Birth dates to entries.
    days: Lookup,
    /// A year of birth and the rough sound of a word to entries.
    years: Lookup,
    /// Nationalities, then other states, marked.
    states: Rows<State>,
    documents: Rows<u8>,
    entry_documents: Vec<u32>,
    document_issuers: Vec<Option<State>>,
    /// Numbers, with look-alike letters folded, to entries.
    numbers: Lookup,
    places: Rows<u8>,
}

/// What a search asks of every entry it touches, and where the words of its names begin: who reads
/// the one mostly reads the other.
#[derive(Clone, Copy, Debug)]
struct Head {
    brief: Brief,
    words: u32,
}

/// A word in a name: its number, its role, whether the name goes on, whether it is a father's name,
/// and what it sounds like.
#[derive(Clone, Copy, Debug)]
struct NameWord {
    word: u32,
    trace: Trace,
}

/// An entry that has a word, with what a search asks of it first.
#[derive(Clone, Copy, Debug)]
struct Posting {
    entry: u32,
    brief: Brief,
}

impl NameWord {
    const NUMBER: u32 = (1 << 28) - 1;
    const PATRONYMIC: u32 = 1 << 28;
    const GOES_ON: u32 = 1 << 29;

    fn new(number: u32, token: &Token, role: Role) -> Self {
        let patronymic = match token.is_patronymic() {
            true => Self::PATRONYMIC,
            false => 0,
        };
        Self {
            word: number | (role as u32) << 30 | Self::GOES_ON | patronymic,
            trace: Trace::of(token),
        }
    }

    fn token(self) -> usize {
        (self.word & Self::NUMBER) as usize
    }

    fn role(self) -> Role {
        match self.word >> 30 {
            0 => Role::Unknown,
            1 => Role::Surname,
            _ => Role::Given,
        }
    }

    fn is_patronymic(self) -> bool {
        self.word & Self::PATRONYMIC != 0
    }

    /// Says that the name ends here.
    fn end(&mut self) {
        self.word &= !Self::GOES_ON;
    }

    fn goes_on(self) -> bool {
        self.word & Self::GOES_ON != 0
    }
}

/// The names that words stand for.
fn names(words: &[NameWord]) -> impl Iterator<Item = &[NameWord]> {
    words.chunk_by(|word, _| word.goes_on())
}

/// Three letters in 15 bits; the top bit marks a state that is not a nationality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State(u16);

impl State {
    pub(crate) fn new(code: &str) -> Option<Self> {
        let b: [u8; 3] = code.as_bytes().try_into().ok()?;
        let five = |b: u8| b.is_ascii_uppercase().then(|| u16::from(b - b'A'));
        Some(Self(five(b[0])? << 10 | five(b[1])? << 5 | five(b[2])?))
    }

    /// The number that it is, and back.
    pub(crate) fn bits(self) -> u16 {
        self.0
    }

    pub(crate) fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    fn other(self) -> Self {
        Self(self.0 | 0x8000)
    }

    pub(crate) fn is_nationality(self) -> bool {
        self.0 & 0x8000 == 0
    }

    pub(crate) fn same(self, other: Self) -> bool {
        (self.0 ^ other.0) & 0x7fff == 0
    }

    pub(crate) fn code(self) -> [u8; 3] {
        let letter = |shift: u16| b'A' + (self.0 >> shift & 31) as u8;
        [letter(10), letter(5), letter(0)]
    }
}

/// `M` is 1, `F` is 2.
pub(crate) fn sex_bit(code: &str) -> u8 {
    match code {
        "M" => 1,
        "F" => 2,
        _ => 0,
    }
}

/// A document number with letters that look like digits read as digits.
pub(crate) fn folded(number: &str) -> Text {
    number
        .chars()
        .map(|c| match c {
            'O' | 'Q' | 'D' => '0',
            'I' | 'L' | 'J' => '1',
            'Z' => '2',
            'S' => '5',
            'G' => '6',
            'B' => '8',
            c => c,
        })
        .collect()
}

impl Index {
    /// Gives back what was reserved for growth.
    fn shrink(&mut self) {
        self.tokens.shrink_to_fit();
        self.heads.shrink_to_fit();
        self.name_words.shrink_to_fit();
        self.name_texts.shrink();
        self.name_quality.shrink_to_fit();
        self.entry_names.shrink_to_fit();
        self.ids.shrink();
        self.births.shrink();
        self.states.shrink();
        self.documents.shrink();
        self.entry_documents.shrink_to_fit();
        self.document_issuers.shrink_to_fit();
        self.places.shrink();
    }

    /// Identifies the list.
    pub fn list(&self) -> &Text {
        &self.list
    }

    /// Digest of the entries.
    pub fn version(&self) -> &Text {
        &self.version
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many distinct words.
    pub fn words(&self) -> usize {
        self.tokens.len()
    }

    pub(crate) fn id(&self, entry: u32) -> &str {
        self.ids.text(entry as usize)
    }

    pub(crate) fn births(&self, entry: u32) -> &[Birth] {
        self.births.row(entry as usize)
    }

    pub(crate) fn states(&self, entry: u32) -> &[State] {
        self.states.row(entry as usize)
    }

    pub(crate) fn sexes(&self, entry: u32) -> u8 {
        self.brief(entry).sexes()
    }

    fn brief(&self, entry: u32) -> Brief {
        self.heads[entry as usize].brief
    }

    /// Where the words of an entry's names stand.
    fn words_range(&self, entry: u32) -> Range<usize> {
        let from = |head: &Head| head.words as usize;
        let next = self.heads.get(entry as usize + 1);
        from(&self.heads[entry as usize])..next.map_or(self.name_words.len(), from)
    }

    fn words_of(&self, entry: u32) -> &[NameWord] {
        &self.name_words[self.words_range(entry)]
    }

    /// Has the heads of these entries fetched, all at once.
    fn fetch_heads(&self, entries: &[u32]) {
        let words = entries
            .iter()
            .map(|entry| self.heads[*entry as usize].words);
        std::hint::black_box(words.fold(0, u32::wrapping_add));
    }

    /// Has these words fetched, all at once, so that who looks at one after the other waits for the
    /// first alone.
    fn fetch(&self, words: &[u32]) {
        let ends = words.iter().map(|word| {
            let token = &self.tokens[*word as usize];
            token.text.len() + token.kind as usize
        });
        std::hint::black_box(ends.sum::<usize>());
    }

    /// Names of an entry: their words with their roles.
    pub(crate) fn names(
        &self,
        entry: u32,
    ) -> impl Iterator<Item = impl Iterator<Item = (&Token, Role)> + Clone> {
        let word = |w: &NameWord| (&self.tokens[w.token()], w.role());
        names(self.words_of(entry)).map(move |name| name.iter().map(word))
    }

    /// Names of an entry as written, and how good they are.
    pub(crate) fn written_names(&self, entry: u32) -> impl Iterator<Item = (&str, Quality)> {
        let e = entry as usize;
        let range = self.entry_names[e] as usize..self.entry_names[e + 1] as usize;
        range.map(|name| (self.name_texts.text(name), self.name_quality[name]))
    }

    /// Documents of an entry: number as compared, issuing state.
    pub(crate) fn documents(&self, entry: u32) -> impl Iterator<Item = (&str, Option<State>)> {
        let e = entry as usize;
        let range = self.entry_documents[e] as usize..self.entry_documents[e + 1] as usize;
        range.map(|d| (self.documents.text(d), self.document_issuers[d]))
    }

    /// Places of birth in A-Z.
    pub(crate) fn places(&self, entry: u32) -> impl Iterator<Item = &str> {
        self.places
            .text(entry as usize)
            .split('\n')
            .filter(|p| !p.is_empty())
    }
}

/// The lists in force.
#[derive(Clone, Debug, Default)]
pub struct Watchlists {
    indexes: Vec<Arc<Index>>,
}

impl Watchlists {
    /// These lists, ordered by name.
    pub fn new(mut indexes: Vec<Arc<Index>>) -> Self {
        indexes.sort_by(|a, b| a.list.cmp(&b.list));
        Self { indexes }
    }

    /// The lists.
    pub fn indexes(&self) -> &[Arc<Index>] {
        &self.indexes
    }

    /// The same lists with this one added, or put in place of its earlier version.
    pub fn with(&self, index: Arc<Index>) -> Self {
        let mut indexes = self.indexes.clone();
        indexes.retain(|i| i.list != index.list);
        indexes.push(index);
        Self::new(indexes)
    }

    /// The same lists without this one.
    pub fn without(&self, list: &str) -> Self {
        let mut indexes = self.indexes.clone();
        indexes.retain(|i| i.list != list);
        Self { indexes }
    }

    /// How many entries, on all lists.
    pub fn len(&self) -> usize {
        self.indexes.iter().map(|i| i.len()).sum()
    }

    /// Whether there is no entry on any list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
