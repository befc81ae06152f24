//! The same seed gives the same bytes.

use oriel_synth::{Config, World};

/// FNV-1a, 64 bits: enough to see whether anything changed.
fn digest(world: &World) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for transmission in world.transmissions() {
        eat(transmission.path.as_bytes());
        eat(transmission.due.to_string().as_bytes());
        eat(&transmission.bytes);
    }
    for (path, bytes) in world.lists() {
        eat(path.as_bytes());
        eat(&bytes);
    }
    for line in world.answers() {
        eat(line.as_bytes());
    }
    digest
}

fn config(seed: u64) -> Config {
    Config {
        seed,
        travellers: 400,
        ..Config::default()
    }
}

/// When this fails after a change of the simulator, put the new number here: whoever compares
/// results across versions sees from the history that the world is another one.
#[test]
fn a_seed_gives_the_same_bytes_in_every_build() {
    assert_eq!(digest(&World::new(config(1))), 16_115_842_638_226_277_770);
}

#[test]
fn another_seed_gives_another_world() {
    assert_ne!(
        digest(&World::new(config(2))),
        digest(&World::new(config(3)))
    );
}

#[test]
fn transmissions_come_in_order_of_time_under_paths_of_their_own() {
    let world = World::new(config(4));
    let all: Vec<_> = world.transmissions().map(|t| (t.due, t.path)).collect();
    assert!(all.is_sorted_by_key(|(due, _)| *due));
    let paths: std::collections::BTreeSet<_> = all.iter().map(|(_, path)| path).collect();
    assert_eq!(paths.len(), all.len());
}

#[test]
fn what_is_held_up_arrives_after_what_was_written_later() {
    let world = World::new(Config::default());
    let all: Vec<_> = world.transmissions().collect();
    let place = |path: &str| all.iter().position(|t| t.path == path);
    let mut held_up = 0;
    for (at, transmission) in all.iter().enumerate() {
        let later = match transmission.fault.as_ref().map(|fault| fault.name) {
            Some("late") => transmission.path.replace("-24h", "-closed"),
            Some("parts_out_of_order") => transmission.path.replace("-001", "-002"),
            _ => continue,
        };
        assert!(place(&later).is_some_and(|later| later < at), "{later}");
        held_up += 1;
    }
    assert!(held_up >= 2, "{held_up}");
}
