//! Names that nobody bears: read, listed and searched for within bounds that the list sets and no
//! name can raise. Work is counted, not timed.
//!
//! Invented lists; seed in each test.

mod common;

use common::World;
use oriel_screening::{Index, Person, Scratch, Subject, Watchlists, Weights, exhaustive, screen};

const ENTRIES: usize = 3_000;

/// What a name is tried for, and the name.
fn hostile() -> Vec<(&'static str, String)> {
    let many = |word: &str, times: usize| vec![word; times].join(" ");
    let letters = |from: char, count: u32| -> String {
        (0..count)
            .filter_map(|i| char::from_u32(from as u32 + i))
            .collect()
    };
    vec![
        ("empty", String::new()),
        ("blanks", " \t\u{a0}\u{2003}".into()),
        ("one letter", "A".into()),
        ("one letter each", many("A", 40)),
        ("five hundred words", many("MOHAMMED ALI", 250)),
        ("five hundred strange words", many("XQZW KVJB", 250)),
        ("digits", "1234567890 007".into()),
        ("fillers", "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<".into()),
        ("strokes", "/////".into()),
        (
            "emoji",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f1fa}\u{1f1f3}".into(),
        ),
        ("scripts in one word", "Иvánοв محمدLEE 김Ωmar".into()),
        (
            "right to left inside",
            "ODRAN \u{202e}NAMLERTSEK\u{202c} \u{2066}X\u{2069}".into(),
        ),
        (
            "marks upon marks",
            format!("O{} KESTREL", "\u{301}".repeat(5_000)),
        ),
        ("one endless word", "AB".repeat(20_000)),
        (
            "one endless glued name",
            format!("{}/MR", "MOHAMMED".repeat(2_000)),
        ),
        ("glued titles", format!("DOE/JANE{}", "MR".repeat(500))),
        ("every Han letter", letters('\u{4e00}', 2_000)),
        ("every syllable of Hangul", letters('\u{ac00}', 2_000)),
        (
            "a cut name of common beginnings",
            "ABDU<<MOHA<ABDU<MOHA<ABDU<MOHA<ABDU<MOH".into(),
        ),
        ("a field of particles", many("AL BIN ABU", 60)),
    ]
}

/// Everything that a search may look at: each posting and each word of the list, for each of the few
/// readings that a name has.
fn most_work(entries: usize) -> usize {
    /// Names are read as a dozen words at most, of which up to three stand together.
    const READINGS: usize = 3 * 12;
    /// Words of an invented entry, all its names together.
    const WORDS: usize = 12;
    READINGS * WORDS * entries
}

fn lists(others: &[Person]) -> Watchlists {
    let mut world = World::new(5);
    let mut builder = Index::builder("hostile");
    for i in 0..ENTRIES {
        let person = world.person();
        builder.push(&world.entry(i, &person));
    }
    others.iter().for_each(|p| builder.push(&p.to_entry()));
    Watchlists::new(vec![builder.finish().into()])
}

#[test]
fn no_name_makes_a_search_look_at_more_than_the_list_holds() {
    let lists = lists(&[]);
    let (weights, mut scratch) = (Weights::default(), Scratch::default());
    for (what, name) in hostile() {
        for dob in [None, Some("1970-02-03"), Some("1970")] {
            let subject = Subject::from_person(&Person {
                names: vec![name.as_str().into()],
                dob: dob.into_iter().map(Into::into).collect(),
                ..Person::default()
            });
            let found = screen(&subject, &lists, &weights, &mut scratch);
            let work = scratch.work();
            assert!(work <= most_work(ENTRIES), "{what}: {work}");
            let oracle = exhaustive(&subject, &lists, &weights, 70);
            assert_eq!(found.len(), oracle.len(), "{what}");
        }
    }
}

#[test]
fn words_beyond_the_first_dozen_cost_nothing() {
    let lists = lists(&[]);
    let (weights, mut scratch) = (Weights::default(), Scratch::default());
    let mut work = |words: usize| {
        let subject = Subject::from_person(&Person {
            names: vec![["MOHAMMED", "ALI"].repeat(words / 2).join(" ").into()],
            ..Person::default()
        });
        screen(&subject, &lists, &weights, &mut scratch);
        scratch.work()
    };
    let dozen = work(12);
    assert!(dozen > 0);
    assert_eq!(work(500), dozen);
}

/// An entry of such names is listed like any other, found by what can be read of it, and hides none.
#[test]
fn a_listed_name_of_that_kind_hides_nobody() {
    let mut others: Vec<Person> = hostile()
        .into_iter()
        .map(|(what, name)| Person {
            id: Some(what.into()),
            names: vec![name.into(), "Kestrelman Odran".into()],
            dob: vec!["1976-02-17".into()],
            ..Person::default()
        })
        .collect();
    let aliases = (0..50_000).map(|i| format!("Kestrelman Odran{}", "X".repeat(i % 9)).into());
    others.push(Person {
        id: Some("fifty thousand aliases".into()),
        names: aliases.collect(),
        dob: vec!["1976-02-17".into()],
        ..Person::default()
    });
    let lists = lists(&others);
    let subject = Subject::from_person(&Person {
        names: vec!["KESTRELMAN<<ODRAN".into()],
        dob: vec!["1976-02-17".into()],
        ..Person::default()
    });
    let mut scratch = Scratch::default();
    let found = screen(&subject, &lists, &Weights::default(), &mut scratch);
    for other in &others {
        let id = other.id.as_deref().unwrap();
        assert!(found.iter().any(|hit| hit.entry == id), "{id}");
    }
}
