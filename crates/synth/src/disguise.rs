//! How a listed person appears among travellers: the same person, told differently.
//!
//! - In: an entry.  Out: a [`Person`] under one disguise, or nothing when the entry's name does
//!   not allow it (a name of four letters cannot be truncated).
//! - Invariant: apart from what the disguise changes, the traveller agrees with the entry; the
//!   document is another one unless the disguise says otherwise.

use crate::culture::FullName;
use crate::latin::passport;
use crate::list::Entry;
use crate::person::{Document, Person, days_before, passport_number};
use crate::rng::Rng;
use jiff::civil::Date;
use oriel_model::Text;

/// One row: a disguise and how to put it on.
pub(crate) struct Disguise {
    pub(crate) name: &'static str,
    /// What it does, in words for the documentation.
    pub(crate) does: &'static str,
    /// A different person who only looks alike: a hit on them is a false alarm.
    pub(crate) innocent: bool,
    put_on: fn(&mut Rng, &Entry, &mut Person) -> Option<()>,
}

/// Every disguise.
pub(crate) static DISGUISES: &[Disguise] = &[
    row("exact", "name and birth date as listed", |_, _, _| Some(())),
    row("order", "family and given names changed places", order),
    row(
        "transliteration",
        "another spelling of the same sounds",
        transliteration,
    ),
    row(
        "typo",
        "one letter wrong, missing, doubled or out of place",
        typo,
    ),
    row("truncated", "the end of the name cut off", truncated),
    row(
        "document_only",
        "another name and birth date on a listed document",
        document_only,
    ),
    row("glued", "the parts of the name run together", glued),
    row("title", "a title glued to the given name", title),
    row(
        "initials",
        "all given names but the first as initials",
        initials,
    ),
    row("dropped", "a part of the name left out", dropped),
    row("alias", "a good alias of the entry", alias),
    row("year_only", "only the year of birth is known", year_only),
    row(
        "birth_swapped",
        "day and month of birth changed places",
        birth_swapped,
    ),
    row(
        "other_nationality",
        "a passport of another state",
        other_nationality,
    ),
    Disguise {
        name: "innocent",
        does: "somebody else with the same name: another birth date and document",
        innocent: true,
        put_on: innocent,
    },
];

const fn row(
    name: &'static str,
    does: &'static str,
    put_on: fn(&mut Rng, &Entry, &mut Person) -> Option<()>,
) -> Disguise {
    Disguise {
        name,
        does,
        innocent: false,
        put_on,
    }
}

impl Disguise {
    /// The traveller whom `entry` becomes, with a document numbered after `id`.
    pub(crate) fn put_on(
        &self,
        rng: &mut Rng,
        entry: &Entry,
        id: u64,
        day: Date,
    ) -> Option<Person> {
        let mut person = entry.person.clone();
        person.documents = vec![Document {
            kind: "P",
            number: passport_number(rng, id),
            issuer: person.state,
            expires: days_before(day, -rng.between(200, 3000)),
        }];
        (self.put_on)(rng, entry, &mut person)?;
        // What a disguise wrote in passport letters is also what the visual zone shows.
        if passport(&person.name.family) != person.surname
            || passport(&person.name.given) != person.given
        {
            person.name = FullName {
                given: person.given.clone(),
                family: person.surname.clone(),
            };
        }
        Some(person)
    }
}

fn order(_: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    let (first, rest) = match person.given.split_once(' ') {
        Some((first, rest)) => (
            Text::from(first),
            format!("{rest} {}", person.surname).into(),
        ),
        None if person.given.is_empty() => return None,
        None => (person.given.clone(), person.surname.clone()),
    };
    (person.surname, person.given) = (first, rest);
    Some(())
}

fn transliteration(rng: &mut Rng, entry: &Entry, person: &mut Person) -> Option<()> {
    let rules = entry.culture.respell;
    let start = rng.below(rules.len());
    let mut changed = 0;
    for step in 0..rules.len() {
        let (letters, instead) = rules[(start + step) % rules.len()];
        for name in [&mut person.surname, &mut person.given] {
            if changed < 2 && name.contains(letters) {
                *name = name.replacen(letters, instead, 1).trim().into();
                changed += 1;
            }
        }
    }
    let same = person.surname == entry.person.surname && person.given == entry.person.given;
    (!same).then_some(())
}

fn typo(rng: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    let name = if person.surname.len() >= person.given.len() {
        &mut person.surname
    } else {
        &mut person.given
    };
    if name.len() < 6 {
        return None;
    }
    let mut letters: Vec<u8> = name.bytes().collect();
    let at = 1 + rng.below(letters.len() - 2);
    if letters[at] == b' ' || letters[at + 1] == b' ' {
        return None;
    }
    match rng.below(4) {
        0 => letters[at] = if letters[at] == b'E' { b'A' } else { b'E' },
        1 => {
            letters.remove(at);
        }
        2 => letters.insert(at, letters[at]),
        _ if letters[at] == letters[at + 1] => return None,
        _ => letters.swap(at, at + 1),
    }
    *name = letters.into_iter().map(char::from).collect();
    Some(())
}

fn truncated(rng: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    let name = if person.given.len() >= 8 {
        &mut person.given
    } else {
        &mut person.surname
    };
    if name.len() < 8 {
        return None;
    }
    let keep = 5 + rng.below(name.len() - 7);
    name.truncate(keep);
    let end = name.trim_end().len();
    name.truncate(end);
    Some(())
}

fn document_only(rng: &mut Rng, entry: &Entry, person: &mut Person) -> Option<()> {
    let listed = entry.documents.first()?.clone();
    let other = entry.culture.name(rng, person.woman);
    person.surname = passport(&other.family);
    person.given = passport(&other.given);
    person.birth = days_before(person.birth, rng.between(800, 4000));
    person.documents[0].number = listed.number;
    person.documents[0].issuer = listed.issuer;
    (person.surname != entry.person.surname).then_some(())
}

fn glued(_: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    if !person.given.contains(' ') && !person.surname.contains(' ') {
        return None;
    }
    person.given = person.given.replace(' ', "").into();
    person.surname = person.surname.replace(' ', "").into();
    Some(())
}

fn title(_: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    if person.given.is_empty() {
        return None;
    }
    let title = if person.woman { "MRS" } else { "MR" };
    person.given = format!("{}{title}", person.given.replace(' ', "")).into();
    Some(())
}

fn initials(_: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    let (first, rest) = person.given.split_once(' ')?;
    let mut given = Text::from(first);
    for part in rest.split(' ') {
        given.push(' ');
        given.extend(part.chars().next());
    }
    person.given = given;
    Some(())
}

fn dropped(_: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    match (
        person.given.rsplit_once(' '),
        person.surname.split_once(' '),
    ) {
        (Some((kept, _)), _) => person.given = kept.into(),
        (None, Some((kept, last))) if kept.len() > 3 && last.len() > 3 => {
            person.surname = kept.into();
        }
        _ => return None,
    }
    Some(())
}

fn alias(_: &mut Rng, entry: &Entry, person: &mut Person) -> Option<()> {
    let alias = entry.aliases.iter().find(|alias| alias.good)?;
    person.given = alias.given.clone();
    person.surname = alias.surname.clone();
    Some(())
}

fn year_only(_: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    person.year_only = true;
    Some(())
}

fn birth_swapped(_: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    let birth = person.birth;
    if birth.day() > 12 || birth.day() == birth.month() {
        return None;
    }
    person.birth = Date::new(birth.year(), birth.day(), birth.month()).ok()?;
    Some(())
}

fn other_nationality(rng: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    let other = rng.pick(&["FRA", "GBR", "DEU", "USA", "CAN", "UTO", "ESP", "TUR"]);
    person.documents[0].issuer = other;
    let changed = person.state != other;
    person.state = other;
    changed.then_some(())
}

fn innocent(rng: &mut Rng, _: &Entry, person: &mut Person) -> Option<()> {
    let years = rng.between(5, 15) * 365 + rng.between(40, 300);
    let younger = person.birth.year() < 1985;
    person.birth = days_before(person.birth, if younger { -years } else { years });
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::entries;
    use std::collections::BTreeSet;

    #[test]
    fn every_disguise_can_be_put_on_and_changes_what_it_says() {
        let day = jiff::civil::date(2026, 11, 22);
        let entries = entries(1, day).concat();
        for disguise in DISGUISES {
            let mut rng = Rng::at(5, &[]);
            let worn: Vec<_> = entries
                .iter()
                .filter_map(|e| Some((e, disguise.put_on(&mut rng, e, 1, day)?)))
                .collect();
            assert!(worn.len() > 100, "{}: {}", disguise.name, worn.len());
            for (entry, person) in worn {
                let listed = &entry.person;
                let same_name =
                    (&person.surname, &person.given) == (&listed.surname, &listed.given);
                let keeps_name = [
                    "exact",
                    "year_only",
                    "birth_swapped",
                    "other_nationality",
                    "innocent",
                ]
                .contains(&disguise.name);
                assert_eq!(same_name, keeps_name, "{}: {person:?}", disguise.name);
                let same_birth = person.birth == listed.birth;
                let moves_birth = ["document_only", "birth_swapped", "innocent"];
                assert_eq!(same_birth, !moves_birth.contains(&disguise.name));
                let listed_document = entry
                    .documents
                    .iter()
                    .any(|document| document.number == person.documents[0].number);
                assert_eq!(listed_document, disguise.name == "document_only");
                assert!(!person.surname.is_empty());
            }
        }
    }

    #[test]
    fn disguises_have_names_of_their_own() {
        let names: BTreeSet<_> = DISGUISES.iter().map(|disguise| disguise.name).collect();
        assert_eq!(names.len(), DISGUISES.len());
    }
}
