//! Gives each distinct word its number, in four bytes of memory a word.

use super::lookup::hash;
use oriel_names::{Kind, Token};

/// Share of places that may be taken before there are more: three quarters.
const FULL: (usize, usize) = (3, 4);

/// Numbers of words by their hash, with free places between; 0 is free.
#[derive(Debug)]
pub(super) struct Interner {
    places: Vec<u32>,
}

impl Default for Interner {
    fn default() -> Self {
        Self {
            places: vec![0; 1 << 10],
        }
    }
}

/// The same letters may come from a script without vowels, or be no particle here.
fn same(a: &Token, b: &Token) -> bool {
    a.text == b.text && a.abjad == b.abjad && (a.kind == Kind::Word) == (b.kind == Kind::Word)
}

impl Interner {
    /// The number of the word among `words`, to which it is added if it is new.
    pub(super) fn number(&mut self, word: &Token, words: &mut Vec<Token>) -> u32 {
        if words.len() * FULL.1 >= self.places.len() * FULL.0 {
            self.grow(words);
        }
        let mut at = self.first_place(word);
        while let Some(number) = self.places[at].checked_sub(1) {
            if same(&words[number as usize], word) {
                return number;
            }
            at = (at + 1) % self.places.len();
        }
        words.push(word.clone());
        self.places[at] = words.len() as u32;
        words.len() as u32 - 1
    }

    fn first_place(&self, word: &Token) -> usize {
        hash(0, word.text.as_bytes()) as usize % self.places.len()
    }

    fn grow(&mut self, words: &[Token]) {
        let places = self.places.len() * 2;
        self.places.clear();
        self.places.resize(places, 0);
        for (number, word) in words.iter().enumerate() {
            let mut at = self.first_place(word);
            while self.places[at] != 0 {
                at = (at + 1) % places;
            }
            self.places[at] = number as u32 + 1;
        }
    }
}
