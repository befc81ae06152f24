//! An invented person with every spelling of the name.
//!
//! Invariant: half of the family names are put together from sounds or from roots and endings, so
//! that most of them are nobody's and stand in no table of the engine.

use super::tables::{HOME, Home, Word};
use crate::culture::{CULTURES, Culture};
use crate::latin::passport;
use crate::person::days_before;
use crate::rng::Rng;
use jiff::civil::{Date, date};

/// A part of a name with its spellings.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) family: bool,
    /// As written at home.
    pub(super) native: String,
    /// As passports and lists write it, words with blanks between them; the passport's own first.
    pub(super) forms: Vec<String>,
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Somebody {
    pub(super) culture: &'static str,
    pub(super) script: &'static str,
    pub(super) woman: bool,
    pub(super) parts: Vec<Part>,
    pub(super) birth: Date,
    pub(super) state: &'static str,
    /// A number that nobody else's passport has.
    pub(super) document: String,
}

/// Whom to invent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crowd {
    /// Persons as lists have them: most of their names were written in another script first.
    Listed,
    /// Travellers as they come.
    Ordinary,
}

/// Day on which everybody has their age.
const TODAY: Date = date(2026, 11, 22);

/// How often, of a hundred listed persons, a culture is met; the rest is spread over all others.
const LISTED_OFTEN: &[(&str, usize)] = &[
    ("arabic", 22),
    ("persian", 10),
    ("russian", 9),
    ("urdu", 6),
    ("somali", 4),
    ("african", 4),
    ("korean", 3),
    ("chinese", 3),
];

/// Makes a person.
pub(super) fn somebody(rng: &mut Rng, crowd: Crowd, number: usize) -> Somebody {
    let mut draw = rng.below(100);
    let mut home = None;
    if crowd == Crowd::Listed {
        for (culture, share) in LISTED_OFTEN {
            if draw < *share {
                home = HOME.iter().find(|home| home.culture == *culture);
                break;
            }
            draw -= share;
        }
    }
    let own_script = match crowd {
        Crowd::Listed => 55,
        Crowd::Ordinary => 15,
    };
    if home.is_none() && rng.percent(own_script) {
        home = Some(rng.row(&HOME));
    }
    let woman = rng.percent(if crowd == Crowd::Listed { 12 } else { 48 });
    let (culture, script, states, parts) = match home {
        Some(home) => (
            home.culture,
            home.script,
            home.states,
            parts_of(rng, home, woman),
        ),
        None => {
            let culture = rng.row(CULTURES);
            (
                culture.name,
                "latin",
                culture.states,
                respelled(rng, culture, woman),
            )
        }
    };
    let age = rng.between(19 * 365, 78 * 365);
    Somebody {
        culture,
        script,
        woman,
        parts,
        birth: days_before(TODAY, age),
        state: rng.pick_front(states),
        document: format!(
            "{}{:07}",
            char::from(b'A' + (number % 26) as u8),
            1_000_003 + number * 7
        ),
    }
}

/// A name from the tables of words and sounds.
fn parts_of(rng: &mut Rng, home: &Home, woman: bool) -> Vec<Part> {
    let own = if woman { &home.women } else { &home.men };
    let mut parts = vec![given(rng, home, own)];
    // The father's name, or a second given name.
    let further = match home.culture {
        "arabic" | "somali" | "amharic" => 70,
        "persian" | "urdu" | "african" | "russian" => 25,
        "chinese" | "korean" | "japanese" => 0,
        _ => 20,
    };
    if rng.percent(further) {
        parts.push(given(rng, home, &home.men));
    }
    let rare = !home.consonants.is_empty() && rng.percent(88);
    parts.push(if rare {
        composed(rng, home, true)
    } else {
        part(true, front(rng, &home.families))
    });
    parts
}

/// A given name: of the table, of two syllables, or rare.
fn given(rng: &mut Rng, home: &Home, own: &[Word]) -> Part {
    if !home.syllables.is_empty() && rng.percent(85) {
        let (first, second) = (rng.row(&home.syllables), rng.row(&home.syllables));
        let form = |habit: usize, between: &str| {
            let of = |word: &Word| *word.forms.get(habit).unwrap_or(&word.forms[0]);
            format!("{}{between}{}", of(first), of(second))
        };
        return Part {
            family: false,
            native: format!("{}{}", first.native, second.native),
            forms: vec![form(0, ""), form(1, " "), form(2, " "), form(0, " ")],
        };
    }
    if !home.consonants.is_empty() && rng.percent(35) {
        return composed(rng, home, false);
    }
    part(false, front(rng, own))
}

fn front<'h>(rng: &mut Rng, words: &'h [Word]) -> &'h Word {
    let reach = rng.below(words.len()) + 1;
    rng.row(&words[..reach])
}

fn part(family: bool, word: &Word) -> Part {
    let forms: Vec<String> = word
        .forms
        .iter()
        .map(|form| form.replace('_', " "))
        .collect();
    let native = match word.native {
        "" => forms[0].clone(),
        native => native.to_owned(),
    };
    Part {
        family,
        native,
        forms,
    }
}

/// A name that nobody bears.
fn composed(rng: &mut Rng, home: &Home, family: bool) -> Part {
    let mut native = String::new();
    let mut forms = vec![String::new(); 3];
    let mut add = |sound: &Word| {
        native.push_str(sound.native);
        for (habit, form) in forms.iter_mut().enumerate() {
            form.push_str(sound.forms.get(habit).unwrap_or(&sound.forms[0]));
        }
    };
    for syllable in 0..rng.between(2, 3) {
        add(rng.row(&home.consonants));
        if !home.vowels.is_empty() {
            add(rng.row(&home.vowels));
        }
        if syllable == 0 && rng.percent(30) {
            add(rng.row(&home.consonants));
        }
    }
    if family {
        add(rng.row(&home.consonants));
        add(rng.row(&home.endings));
    }
    forms.dedup();
    Part {
        family,
        native,
        forms,
    }
}

/// A name of the simulated world, and what the respelling habits of its culture make of it.
fn respelled(rng: &mut Rng, culture: &Culture, woman: bool) -> Vec<Part> {
    let mut name = culture.name(rng, woman);
    // More family names than the simulated world needs.
    if rng.percent(70) && culture.name != "chinese" && culture.name != "korean" {
        name.family.push_str(&crate::bench::end(rng).to_lowercase());
    }
    let both = [(false, name.given), (true, name.family)];
    let parts = both.into_iter().filter(|(_, text)| !text.is_empty());
    parts
        .map(|(family, text)| {
            let own = passport(&text).to_string();
            let other = culture
                .respell
                .iter()
                .map(|(letters, instead)| own.replacen(letters, instead, 1).trim().to_owned());
            let mut forms: Vec<String> = std::iter::once(own.clone()).chain(other).collect();
            forms.dedup();
            Part {
                family,
                native: text.to_string(),
                forms,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Crowd, somebody};
    use crate::rng::Rng;
    use std::collections::BTreeSet;

    #[test]
    fn people_have_a_name_with_spellings_and_many_cultures() {
        for crowd in [Crowd::Listed, Crowd::Ordinary] {
            let mut rng = Rng::at(1, &[]);
            let people: Vec<_> = (0..2_000).map(|n| somebody(&mut rng, crowd, n)).collect();
            let cultures: BTreeSet<_> = people.iter().map(|person| person.culture).collect();
            assert!(cultures.len() >= 30, "{cultures:?}");
            assert!(people.iter().all(|person| !person.parts.is_empty()));
            let spelled = people
                .iter()
                .filter(|person| person.parts.iter().any(|part| part.forms.len() > 1));
            assert!(spelled.count() > 1_500);
        }
    }
}
