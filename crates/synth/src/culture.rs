//! Name cultures: how people of a place are called, and what their names become abroad.
//!
//! - Source: written by hand from common knowledge of naming customs; no list of real persons.
//!   Family names are mostly put together from roots and endings, so that most of them are
//!   nobody's.
//! - Invariant: every name has letters that [`crate::latin::passport`] can write.

mod tables;

use crate::rng::Rng;
use oriel_model::Text;
pub(crate) use tables::CULTURES;

/// How a full name is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One or two given names, one family name.
    GivenFamily,
    /// Given name, patronymic made from a father's name, family name.
    Patronymic,
    /// Given name and a family name that is the father's with a suffix for son or daughter.
    SonDaughter,
    /// Two family names.
    TwoFamilies,
    /// Own, father's and grandfather's name; none is a family name, the last is printed as one.
    Ancestors,
    /// Own and father's name, then a family name that often has a particle.
    Nisba,
    /// Family name first in life; the given name has two syllables.
    FamilyFirst,
    /// Often a single name.
    Single,
}

/// One way of naming people.
pub(crate) struct Culture {
    /// What it is called here.
    pub(crate) name: &'static str,
    /// States whose passports they carry (alpha-3), most frequent first.
    pub(crate) states: &'static [&'static str],
    pub(crate) shape: Shape,
    pub(crate) male: &'static [&'static str],
    pub(crate) female: &'static [&'static str],
    /// Whole family names.
    pub(crate) family: &'static [&'static str],
    /// Family names in two pieces, or the syllables of given names where the family comes first.
    pub(crate) roots: &'static [&'static str],
    /// Second pieces; a woman's form stands after a stroke.
    pub(crate) endings: &'static [&'static str],
    /// Other spellings of the same sound in passports and bookings: letters and what stands for
    /// them instead.
    pub(crate) respell: &'static [(&'static str, &'static str)],
}

/// A full name in national spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FullName {
    /// Given names, patronymic included.
    pub(crate) given: Text,
    /// Family name or names; the only name of who has but one.
    pub(crate) family: Text,
}

impl Culture {
    /// A name for a man or a woman.
    pub(crate) fn name(&self, rng: &mut Rng, woman: bool) -> FullName {
        let own = if woman { self.female } else { self.male };
        // Half of all people have one of the common names.
        let first = match rng.percent(50) {
            true => rng.pick_front(own),
            false => rng.pick(own),
        };
        let mut name = FullName {
            given: Text::const_new(first),
            family: Text::default(),
        };
        match self.shape {
            Shape::GivenFamily => {
                if rng.percent(50) {
                    let second = rng.pick(own);
                    if second != first {
                        push(&mut name.given, second);
                    }
                }
                name.family = self.family(rng, woman);
            }
            Shape::Patronymic => {
                let father = rng.pick_front(self.male);
                push_patronymic(&mut name.given, father, woman);
                name.family = self.family(rng, woman);
            }
            Shape::SonDaughter => {
                if rng.percent(35) {
                    push(&mut name.given, rng.pick(own));
                }
                name.family.push_str(rng.pick(self.roots));
                name.family.push_str(if woman { "dóttir" } else { "son" });
            }
            Shape::TwoFamilies => {
                if rng.percent(40) {
                    push(&mut name.given, rng.pick(own));
                }
                name.family = self.family(rng, woman);
                let second = self.family(rng, woman);
                push(&mut name.family, &second);
            }
            Shape::Ancestors => {
                push(&mut name.given, rng.pick_front(self.male));
                name.family = Text::const_new(rng.pick(self.male));
                if rng.percent(25) {
                    name.family = self.family(rng, woman);
                }
            }
            Shape::Nisba => {
                if rng.percent(60) {
                    push(&mut name.given, rng.pick_front(self.male));
                }
                name.family = self.family(rng, woman);
            }
            Shape::FamilyFirst => {
                name.given = Text::default();
                name.given.push_str(first);
                if rng.percent(80) {
                    name.given.push_str(rng.pick(self.roots));
                }
                name.family = Text::const_new(rng.pick_front(self.family));
            }
            Shape::Single => {
                if rng.percent(25) {
                    name.family = std::mem::take(&mut name.given);
                } else {
                    name.family = self.family(rng, woman);
                }
            }
        }
        name
    }

    /// A family name.
    pub(crate) fn family(&self, rng: &mut Rng, woman: bool) -> Text {
        if self.roots.is_empty() || (!self.family.is_empty() && rng.percent(6)) {
            return Text::const_new(rng.pick_front(self.family));
        }
        let mut out = Text::const_new(rng.pick(self.roots));
        let ending = rng.pick(self.endings);
        out.push_str(match ending.split_once('/') {
            Some((man, _)) if !woman => man,
            Some((_, woman)) => woman,
            None => ending,
        });
        out
    }
}

/// The patronymic of a Russian father's name.
fn push_patronymic(name: &mut Text, father: &str, woman: bool) {
    let (stem, man_ending, woman_ending) = match father {
        "Дмитрий" => ("Дмитри", "евич", "евна"),
        _ => {
            let soft = |stem| (stem, "евич", "евна");
            let short = father
                .strip_suffix("ий")
                .map(|stem| (stem, "ьевич", "ьевна"));
            let vowel = father.strip_suffix(['й', 'ь']).map(soft);
            short.or(vowel).unwrap_or((father, "ович", "овна"))
        }
    };
    push(name, stem);
    name.push_str(if woman { woman_ending } else { man_ending });
}

fn push(name: &mut Text, part: &str) {
    name.push(' ');
    name.push_str(part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latin::passport;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_can_be_written_in_a_passport() {
        for culture in CULTURES {
            let mut rng = Rng::at(3, &[]);
            for _ in 0..200 {
                let woman = rng.percent(50);
                let name = culture.name(&mut rng, woman);
                let (family, given) = (passport(&name.family), passport(&name.given));
                assert!(family.len() >= 2, "{}: {name:?}", culture.name);
                let shaped = |text: &Text| {
                    text.bytes().all(|b| b.is_ascii_uppercase() || b == b' ')
                        && !text.contains("  ")
                        && text.trim() == text
                };
                assert!(
                    shaped(&family) && shaped(&given),
                    "{}: {name:?}",
                    culture.name
                );
            }
        }
    }

    #[test]
    fn there_are_many_cultures_and_many_names_in_each() {
        assert!(CULTURES.len() >= 12);
        for culture in CULTURES {
            let mut rng = Rng::at(4, &[]);
            let names: BTreeSet<String> = (0..1000)
                .map(|_| culture.name(&mut rng, false))
                .map(|name| format!("{} {}", name.given, name.family))
                .collect();
            assert!(names.len() > 500, "{}: {}", culture.name, names.len());
        }
    }

    #[test]
    fn every_state_of_a_culture_is_a_state() {
        for culture in CULTURES {
            for state in culture.states {
                let country = oriel_model::Country::parse(state).unwrap();
                assert!(country.is_known(), "{state}");
            }
        }
    }
}
