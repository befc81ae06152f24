//! Labelled pairs of invented people, and crowds of innocents: what the matching engine is fitted
//! and judged with.
//!
//! - In: a seed.  Out: [`cases`]: a person of a list and a traveller, who is the same person told
//!   differently or another one who looks alike; [`ordinary`] travellers; [`recombined`] ones, who
//!   bear a listed given name with another listed family name.
//! - Source: `data/judged/*.csv` and the cultures of the simulated world, all made by hand.
//! - Invariant: the same seed gives the same cases; another seed other people.

mod somebody;
mod tables;
mod told;

use crate::bench::Described;
use crate::rng::Rng;
use somebody::{Crowd, Somebody, somebody};
use std::collections::BTreeMap;
use told::{FORMS, Name, tell, traveller};

/// A traveller and an entry, and whether they are one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Number, also of the entry.
    pub id: usize,
    /// Culture of the name.
    pub culture: &'static str,
    /// Script of the list's name: `latin` unless the list has it in its own script only.
    pub script: &'static str,
    /// How the name arrives: passport line, booking…
    pub form: &'static str,
    /// What happened to the name, or how another person looks alike.
    pub damage: &'static str,
    /// What the list knows of the birth date.
    pub birth: &'static str,
    /// They are one person.
    pub same: bool,
    /// The traveller.
    pub traveller: Described,
    /// The entry.
    pub listed: Described,
}

/// How other people look alike.
const APART: &[&str] = &[
    "sibling",
    "namesake",
    "given name alike",
    "family name alike",
];

/// Names that look alike and are different names.
const ALIKE: &[(&str, &str)] = &[
    ("AHMAD", "HAMID"),
    ("AHMED", "HAMED"),
    ("MAHMOUD", "MOHAMMED"),
    ("MAHMUD", "MUHAMMAD"),
    ("HASSAN", "HUSSEIN"),
    ("HASAN", "HUSAYN"),
    ("OMAR", "AMMAR"),
    ("UMAR", "AMIR"),
    ("SALIM", "SALMAN"),
    ("SALMAN", "SULAYMAN"),
    ("SAID", "SAYYID"),
    ("JAMAL", "JAMIL"),
    ("RASHID", "RUSHDI"),
    ("KARIM", "AKRAM"),
    ("NASIR", "NASR"),
    ("MICHEL", "MICHELLE"),
    ("DARIA", "MARIA"),
    ("MARIO", "MARIA"),
    ("MARTIN", "MARTINA"),
    ("JANE", "JANET"),
    ("KHALID", "KHALIL"),
    ("IVAN", "IGOR"),
    ("ANDREI", "ALEXEI"),
    ("VIKTOR", "VIKTORIA"),
];

/// `n` cases: five of six are one person told twice, one is another person who looks alike.
pub fn cases(n: usize, seed: u64) -> Vec<Case> {
    (0..n).map(|id| case(id, seed)).collect()
}

fn case(id: usize, seed: u64) -> Case {
    let mut rng = Rng::at(seed, &[20, id as u64]);
    let person = somebody(&mut rng, Crowd::Listed, id);
    let told = tell(&mut rng, &person, id);
    let mut case = Case {
        id,
        culture: person.culture,
        script: if told.native { person.script } else { "latin" },
        form: told.form,
        damage: told.damage,
        birth: told.birth,
        same: true,
        traveller: told.traveller,
        listed: told.listed,
    };
    if id % 6 == 5 {
        case.same = false;
        case.damage = rng.pick(APART);
        look_alike(&mut rng, &person, &mut case);
    }
    case
}

/// Puts another person in the traveller's place.
fn look_alike(rng: &mut Rng, person: &Somebody, case: &mut Case) {
    let mut other = person.clone();
    let kin = kin(rng, person);
    other.birth = kin.birth;
    other.document = kin.document.clone();
    let (own, strange) = (Name::own(person), Name::own(&kin));
    let mut name = match case.damage {
        "namesake" => own,
        "sibling" => own.with_given_of(&strange),
        "family name alike" => strange.with_given_of(&own),
        _ => {
            let (one, two) = rng.pick(ALIKE);
            let listed = own.clone().with_given(one);
            case.listed.names = vec![listed.text()];
            own.with_given(two)
        }
    };
    if case.damage == "family name alike" {
        name = name.near_family(rng, &Name::own(person));
    }
    case.traveller = traveller(rng, &other, &name, case.form);
    if case.listed.births.is_empty() {
        case.birth = "missing";
    } else {
        case.birth = "conflict";
    }
}

/// Somebody else of the same culture.
fn kin(rng: &mut Rng, person: &Somebody) -> Somebody {
    let found = (0..400)
        .map(|n| somebody(rng, Crowd::Listed, 900_000 + n))
        .find(|other| other.culture == person.culture && other.woman == person.woman);
    found.unwrap_or_else(|| somebody(rng, Crowd::Listed, 900_999))
}

/// `n` travellers who stand on no list.
pub fn ordinary(n: usize, seed: u64) -> impl Iterator<Item = Described> {
    (0..n).map(move |number| {
        let mut rng = Rng::at(seed, &[22, number as u64]);
        let person = somebody(&mut rng, Crowd::Ordinary, 1_000_000 + number);
        let form = rng.pick(FORMS);
        traveller(&mut rng, &person, &Name::own(&person), form)
    })
}

/// `n` travellers whose names are put together from those of two listed persons of one state.
pub fn recombined(n: usize, listed: usize, seed: u64) -> impl Iterator<Item = Described> {
    // The persons of the cases are invented again: a case does not keep them.
    let people: Vec<Somebody> = (0..listed)
        .map(|id| somebody(&mut Rng::at(seed, &[20, id as u64]), Crowd::Listed, id))
        .collect();
    let names: Vec<Name> = people.iter().map(Name::own).collect();
    let mut states: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, person) in people.iter().enumerate() {
        states.entry(person.state).or_default().push(at);
    }
    (0..n).map(move |number| {
        let mut rng = Rng::at(seed, &[23, number as u64]);
        let one = rng.below(people.len());
        // Whose names are both others: a listed person's own name is no recombination.
        let others: Vec<usize> = states[people[one].state]
            .iter()
            .copied()
            .filter(|two| people[*two].parts[0].native != people[one].parts[0].native)
            .filter(|two| names[*two].family() != names[one].family())
            .collect();
        let stranger = somebody(&mut rng, Crowd::Listed, 2_000_000 + number);
        let (mut person, given) = match others.as_slice() {
            [] => (people[one].clone(), Name::own(&stranger)),
            others => {
                let two = rng.pick(others);
                (people[two].clone(), names[two].clone())
            }
        };
        person.birth = stranger.birth;
        person.document = stranger.document;
        let name = names[one].clone().with_given_of(&given);
        let form = rng.pick(FORMS);
        traveller(&mut rng, &person, &name, form)
    })
}

#[cfg(test)]
mod tests {
    use super::{cases, ordinary, recombined};
    use std::collections::BTreeSet;

    #[test]
    fn cases_are_the_same_each_time_and_of_every_kind() {
        let all = cases(1_200, 3);
        assert_eq!(all, cases(1_200, 3));
        assert_ne!(all, cases(1_200, 4));
        let distinct = |of: fn(&super::Case) -> &'static str| {
            all.iter().map(of).collect::<BTreeSet<_>>().len()
        };
        assert!(distinct(|case| case.culture) >= 30);
        assert!(distinct(|case| case.script) >= 12);
        assert_eq!(distinct(|case| case.form), 5);
        assert_eq!(distinct(|case| case.damage), 9 + 4);
        assert!(distinct(|case| case.birth) >= 6);
    }

    #[test]
    fn innocents_have_names_dates_and_states() {
        for person in ordinary(300, 1).chain(recombined(300, 500, 1)) {
            assert!(person.names[0].len() > 3 && person.births[0].len() >= 4);
            assert_eq!(person.nationality.len(), 3);
        }
    }
}
