//! What must hold of every comparison, on invented people.

mod common;

use common::World;
use oriel_screening::{Person, Weights, match_pair};
use proptest::prelude::*;

fn points(query: &Person, candidate: &Person) -> i32 {
    match_pair(query, candidate, &Weights::default()).points
}

/// An invented person, and the same as a list entry.
fn pair(seed: u64) -> (World, Person, Person) {
    let mut world = World::new(seed);
    let person = world.person();
    let query = world.traveller(&person);
    let mut listed = query.clone();
    listed.names = vec![format!("{} {}", person.given.join(" "), person.family).into()];
    (world, query, listed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_person_matches_themselves(seed: u64) {
        let (_, query, listed) = pair(seed);
        let result = match_pair(&query, &listed, &Weights::default());
        prop_assert!(result.matches && result.score >= 80, "{:?} {:?}", query, result);
    }

    #[test]
    fn parts_add_up(seed: u64, other: u64) {
        let (_, query, _) = pair(seed);
        let (_, _, listed) = pair(other);
        let result = match_pair(&query, &listed, &Weights::default());
        prop_assert_eq!(result.parts.iter().map(|p| i32::from(p.points)).sum::<i32>(), result.points);
    }

    #[test]
    fn an_agreeing_fact_never_lowers_the_points(seed: u64, other: u64) {
        let (_, full, _) = pair(seed);
        let (_, _, mut listed) = pair(other);
        // The names of one, every other fact of the other.
        listed.dob.clone_from(&full.dob);
        listed.gender.clone_from(&full.gender);
        listed.nationality.clone_from(&full.nationality);
        listed.docs.clone_from(&full.docs);
        let mut query = Person { names: full.names.clone(), ..Person::default() };
        let mut last = points(&query, &listed);
        let facts: [fn(&mut Person, &Person); 4] = [
            |q, f| q.dob.clone_from(&f.dob),
            |q, f| q.gender.clone_from(&f.gender),
            |q, f| q.nationality.clone_from(&f.nationality),
            |q, f| q.docs.clone_from(&f.docs),
        ];
        for add in facts {
            add(&mut query, &full);
            let now = points(&query, &listed);
            prop_assert!(now >= last, "{now} after {last}: {query:?} {listed:?}");
            last = now;
        }
    }

    #[test]
    fn the_order_of_words_costs_at_most_the_swap(seed: u64) {
        let (_, query, listed) = pair(seed);
        let name = |text: String| Person { names: vec![text.into()], ..Person::default() };
        let words: Vec<&str> = listed.names[0].split(' ').collect();
        let reversed: Vec<&str> = words.iter().rev().copied().collect();
        let forward = points(&name(words.join(" ")), &listed);
        let backward = points(&name(reversed.join(" ")), &listed);
        prop_assert_eq!(forward, backward);
        let split = |a: &[&str], b: &[&str]| name(format!("{}<<{}", a.join("<"), b.join("<")));
        let (given, family) = words.split_at(words.len() - 1);
        let comma = Person { names: vec![format!("{}, {}", family[0], given.join(" ")).into()], ..Person::default() };
        let right = points(&split(family, given), &comma);
        let swapped = points(&split(given, family), &comma);
        let most = i32::from(Weights::default().roles_swapped) + i32::from(Weights::default().surname_differs);
        prop_assert!((most..=0).contains(&(swapped - right)), "{right} {swapped} {:?}", query.names);
    }

    #[test]
    fn the_order_of_aliases_does_not_matter(seed: u64) {
        let (mut world, query, mut listed) = pair(seed);
        let varied = world.vary(&listed.names[0]);
        listed.names.push(varied.into());
        listed.names.push("Odran Pellow".into());
        let mut reversed = listed.clone();
        reversed.names.reverse();
        prop_assert_eq!(points(&query, &listed), points(&query, &reversed));
    }

    #[test]
    fn a_title_never_makes_a_match(seed: u64) {
        let (mut world, query, _) = pair(seed);
        let title = world.dice.pick(&["Dr", "Haji", "Sheikh", "Mullah", "Prof", "MRS"]);
        let own = Person { names: vec![format!("{title} {}", query.names[0].replace(['<', '/'], " ")).into()], ..Person::default() };
        let listed = Person { names: vec![title.into()], ..Person::default() };
        prop_assert!(!match_pair(&own, &listed, &Weights::default()).matches);
    }
}
