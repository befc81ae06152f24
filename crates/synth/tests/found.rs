//! Planted persons are found on the lists, and hardly anybody else is.
//!
//! The numbers are bounds, not the quality of the matching, which is measured elsewhere; they say
//! that lists, messages and answer key belong together.

use oriel_messages::decode;
use oriel_screening::{Index, Scratch, Subject, Watchlists, Weights, lists, screen};
use oriel_synth::{Config, World};
use std::collections::BTreeSet;

fn world() -> World {
    World::new(Config {
        seed: 11,
        travellers: 2_500,
        ..Config::default()
    })
}

/// The lists of a world, each read by the reader it is meant for.
fn read_lists(world: &World) -> Vec<(String, lists::ListFile)> {
    let read = |(path, bytes): (String, Vec<u8>)| {
        let format = lists::Format::sniff(&bytes).expect("a known format");
        let file = lists::read(&format, &bytes).expect("a readable list");
        (path, file)
    };
    world.lists().into_iter().map(read).collect()
}

fn answers(world: &World, planted: &str) -> Vec<serde_json::Value> {
    world
        .answers()
        .iter()
        .map(|line| serde_json::from_str(line).expect("the key is JSON"))
        .filter(|answer: &serde_json::Value| answer["planted"] == planted)
        .collect()
}

#[test]
fn lists_have_the_rows_that_the_key_says() {
    let world = world();
    let key = answers(&world, "list");
    for (path, file) in read_lists(&world) {
        let said = key.iter().find(|line| line["list"] == path.as_str());
        let said = said.expect("every list has a line");
        assert_eq!(said["persons"], file.entries.len(), "{path}");
        assert_eq!(said["broken_rows"], file.rejected_rows(), "{path}");
    }
}

#[test]
fn planted_persons_are_found_and_few_others() {
    let world = world();
    let lists = read_lists(&world)
        .iter()
        .map(|(path, file)| Index::build(path, &file.entries).into())
        .collect();
    let lists = Watchlists::new(lists);
    let (weights, mut scratch) = (Weights::default(), Scratch::default());
    let mut persons = BTreeSet::new();
    let mut hits = BTreeSet::new();
    for transmission in world.transmissions() {
        for message in decode(&transmission.bytes).filter_map(|decoded| decoded.message) {
            for traveller in &message.travellers {
                let Some(reference) = &traveller.carrier_ref else {
                    continue;
                };
                let reference = reference.expose().to_string();
                let subject = Subject::from_traveller(traveller);
                for hit in screen(&subject, &lists, &weights, &mut scratch) {
                    hits.insert((reference.clone(), hit.entry.to_string()));
                }
                persons.insert(reference);
            }
        }
    }
    let key: Vec<_> = answers(&world, "person")
        .iter()
        .map(|answer| {
            let text = |member: &str| answer[member].as_str().expect("a text").to_owned();
            let innocent = answer["innocent"] == true;
            (
                (text("traveller"), text("entry")),
                text("disguise"),
                innocent,
            )
        })
        .collect();
    let guilty = || key.iter().filter(|(_, _, innocent)| !innocent);
    let missed: Vec<_> = guilty()
        .filter(|(hit, ..)| !hits.contains(hit))
        .map(|(_, disguise, _)| disguise)
        .collect();
    assert!(missed.len() * 10 <= guilty().count(), "missed {missed:?}");
    let planted: BTreeSet<_> = key.iter().map(|(hit, ..)| hit).collect();
    let others = hits.iter().filter(|hit| !planted.contains(hit)).count();
    assert!(
        others * 50 <= persons.len(),
        "{others} of {}",
        persons.len()
    );
}
