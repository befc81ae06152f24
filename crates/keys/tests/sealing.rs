//! What is sealed opens where and when it should, and nowhere else.

use oriel_keys::{Bucket, Class, KeyError, KeyStore, Lock, Ring, Secret};
use oriel_testkit::TempDir;
use proptest::prelude::*;
use std::path::PathBuf;

const DAY: Bucket = Bucket(20_000);
const PLACE: &[&[u8]] = &[b"report", b"journey-1", b"message-1"];

/// Every class that a ring itself opens.
const OWN: [Class; 4] = [Class::Whole, Class::Open, Class::Kept, Class::Opened];

/// A key store without a lock, alone in a folder.
fn store() -> (TempDir, PathBuf, KeyStore) {
    let dir = TempDir::new("keys");
    let file = dir.path().join("oriel.keys");
    let keys = KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    (dir, file, keys)
}

/// In short: "open", or why not.
#[track_caller]
fn outcome(opened: Result<Vec<u8>, KeyError>, plain: &[u8]) -> &'static str {
    match opened {
        Ok(got) if got == plain => "open",
        Ok(_) => "another value",
        Err(KeyError::Tampered { .. }) => "tampered",
        Err(KeyError::Destroyed { .. }) => "destroyed",
        Err(KeyError::VaultNeeded) => "vault needed",
        Err(KeyError::NewerKey { .. }) => "newer key",
        Err(_) => "another error",
    }
}

#[test]
fn any_value_opens_at_its_place_and_nowhere_else() {
    let (_dir, _, keys) = store();
    let (ring, other) = (keys.ring("piu").unwrap(), keys.ring("customs").unwrap());
    let vault = keys.vault(&Lock::Plain).unwrap();
    let part = || proptest::collection::vec(any::<u8>(), 0..12);
    let values = (
        proptest::collection::vec(part(), 0..4),
        proptest::collection::vec(any::<u8>(), 0..300),
        19_990_u32..20_010,
        0_usize..Class::ALL.len(),
    );
    proptest!(ProptestConfig::with_cases(200), |((place, plain, day, class) in values)| {
        let class = Class::ALL[class];
        let bucket = if class == Class::Static { Bucket(0) } else { Bucket(day) };
        let parts: Vec<&[u8]> = place.iter().map(Vec::as_slice).collect();
        let open = |ring: &Ring, class, bucket, place: &[&[u8]], sealed: &[u8]| match class {
            Class::Masked => vault.open(ring, bucket, place, sealed),
            _ => ring.open(class, bucket, place, sealed),
        };
        let sealed = ring.seal(class, bucket, &parts, &plain).unwrap();
        let own = open(&ring, class, bucket, &parts, &sealed);
        prop_assert_eq!(outcome(own, &plain), "open");

        let elsewhere = open(&other, class, bucket, &parts, &sealed);
        prop_assert_eq!(outcome(elsewhere, &plain), "tampered");
        // One part more, and the same bytes cut into other parts.
        let mut longer = parts.clone();
        longer.push(b"");
        prop_assert_eq!(outcome(open(&ring, class, bucket, &longer, &sealed), &plain), "tampered");
        if parts.len() > 1 {
            let joined = place.concat();
            let joined = open(&ring, class, bucket, &[&joined], &sealed);
            prop_assert_eq!(outcome(joined, &plain), "tampered");
        }
        if class != Class::Static {
            let next = open(&ring, class, Bucket(day + 1), &parts, &sealed);
            prop_assert_eq!(outcome(next, &plain), "tampered");
        }
        for foreign in OWN.into_iter().filter(|foreign| *foreign != class) {
            let foreign = open(&ring, foreign, bucket, &parts, &sealed);
            prop_assert_eq!(outcome(foreign, &plain), "tampered");
        }
    });
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let (_dir, _, keys) = store();
    let ring = keys.ring("piu").unwrap();
    let vault = keys.vault(&Lock::Plain).unwrap();
    for class in [Class::Whole, Class::Masked] {
        let sealed = ring.seal(class, DAY, PLACE, b"KELLER ADA").unwrap();
        let open = |sealed: &[u8]| match class {
            Class::Masked => vault.open(&ring, DAY, PLACE, sealed),
            _ => ring.open(class, DAY, PLACE, sealed),
        };
        for bit in 0..8 * sealed.len() {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let got = outcome(open(&changed), b"KELLER ADA");
            assert!(
                matches!(got, "tampered" | "newer key"),
                "bit {bit} of {class}: {got}"
            );
        }
        for end in 0..sealed.len() {
            let got = outcome(open(&sealed[..end]), b"KELLER ADA");
            assert_eq!(got, "tampered", "{class} cut at {end}");
        }
    }
}

#[test]
fn the_same_value_at_the_same_place_seals_alike_except_for_the_vault() {
    let (_dir, file, keys) = store();
    let again = KeyStore::open(&file, &Lock::Plain).unwrap();
    let seal = |keys: &KeyStore, class, place: &[&[u8]]| {
        let ring = keys.ring("piu").unwrap();
        ring.seal(class, DAY, place, b"value").unwrap()
    };
    for class in OWN {
        assert_eq!(seal(&keys, class, PLACE), seal(&again, class, PLACE));
        assert_ne!(seal(&keys, class, PLACE), seal(&keys, class, &PLACE[..1]));
    }
    assert_ne!(
        seal(&keys, Class::Masked, PLACE),
        seal(&again, Class::Masked, PLACE)
    );
}

#[test]
fn destroyed_days_stay_closed_to_every_later_copy_of_the_file() {
    let (dir, file, keys) = store();
    let ring = keys.ring("piu").unwrap();
    let vault = keys.vault(&Lock::Plain).unwrap();
    let days = [19_998, 19_999, 20_000, 20_001].map(Bucket);
    let seal = |class, day| ring.seal(class, day, PLACE, b"value").unwrap();
    let classes = [Class::Whole, Class::Masked, Class::Kept];
    let sealed: Vec<_> = classes
        .iter()
        .flat_map(|class| days.map(|day| (*class, day, seal(*class, day))))
        .collect();
    for class in classes {
        ring.destroy_before(class, DAY).unwrap();
        assert_eq!(ring.horizon(class), DAY);
    }
    assert_eq!(ring.horizon(Class::Open), Bucket(0));
    // A thief of the new file, and the process itself.
    let copy = dir.path().join("stolen.keys");
    std::fs::copy(&file, &copy).unwrap();
    let thief = KeyStore::open(&copy, &Lock::Plain).unwrap();
    let stolen_vault = thief.vault(&Lock::Plain).unwrap();
    for (class, day, sealed) in &sealed {
        for (keys, vault) in [(&keys, &vault), (&thief, &stolen_vault)] {
            let ring = keys.ring("piu").unwrap();
            let opened = match class {
                Class::Masked => vault.open(&ring, *day, PLACE, sealed),
                _ => ring.open(*class, *day, PLACE, sealed),
            };
            let expect = if *day < DAY { "destroyed" } else { "open" };
            assert_eq!(outcome(opened, b"value"), expect, "{class} {day}");
        }
    }
    let late = ring.seal(Class::Whole, Bucket(19_999), PLACE, b"value");
    assert!(matches!(late, Err(KeyError::Destroyed { .. })));
}

#[test]
fn nodes_that_start_from_one_copy_agree_on_days_to_come() {
    let (dir, file, keys) = store();
    keys.ring("piu").unwrap();
    let copy = dir.path().join("node-2.keys");
    std::fs::copy(&file, &copy).unwrap();
    let second = KeyStore::open(&copy, &Lock::Plain).unwrap();
    second
        .ring("piu")
        .unwrap()
        .destroy_before(Class::Whole, DAY)
        .unwrap();
    let (first, second) = (keys.ring("piu").unwrap(), second.ring("piu").unwrap());
    for day in [20_000, 20_001, 20_400, 22_000].map(Bucket) {
        let sealed = first.seal(Class::Whole, day, PLACE, b"value").unwrap();
        let opened = second.open(Class::Whole, day, PLACE, &sealed);
        assert_eq!(outcome(opened, b"value"), "open");
    }
    assert_eq!(first.blind("name", b"x"), second.blind("name", b"x"));
}

#[test]
fn a_rotation_opens_what_was_sealed_before_also_for_days_to_come() {
    let (dir, file, keys) = store();
    let ring = keys.ring("piu").unwrap();
    let copy = dir.path().join("before.keys");
    std::fs::copy(&file, &copy).unwrap();
    let behind = KeyStore::open(&copy, &Lock::Plain).unwrap();
    let (past, future) = (Bucket(19_000), Bucket(20_100));
    let seal = |day| ring.seal(Class::Whole, day, PLACE, b"value").unwrap();
    let before = [past, future].map(|day| (day, seal(day)));
    keys.rotate("piu", Class::Whole, Bucket(20_001)).unwrap();
    let after = [past, future].map(|day| (day, seal(day)));
    assert_eq!(before[0], after[0]);
    assert_ne!(before[1], after[1]);
    for (day, sealed) in before.iter().chain(&after) {
        let opened = ring.open(Class::Whole, *day, PLACE, sealed);
        assert_eq!(outcome(opened, b"value"), "open");
    }
    let behind = behind.ring("piu").unwrap();
    let (day, sealed) = &after[1];
    let opened = behind.open(Class::Whole, *day, PLACE, sealed);
    assert_eq!(outcome(opened, b"value"), "newer key");
    for wrong in [Bucket(0), Bucket(20_001), Bucket(70_000)] {
        let error = keys.rotate("piu", Class::Whole, wrong).unwrap_err();
        assert!(matches!(error, KeyError::RotationDay { .. }), "{wrong}");
    }
}

#[test]
fn masked_data_opens_with_the_vault_only_and_only_with_its_own_lock() {
    let (_dir, file, keys) = store();
    let ring = keys.ring("piu").unwrap();
    let early = ring.seal(Class::Masked, DAY, PLACE, b"early").unwrap();
    let own = Lock::Passphrase(Secret::new("of the authority"));
    let before = keys.vault(&Lock::Plain).unwrap();
    keys.vault_init(&Lock::Plain, &own).unwrap();
    let late = ring.seal(Class::Masked, DAY, PLACE, b"late").unwrap();

    let opened = ring.open(Class::Masked, DAY, PLACE, &late);
    assert_eq!(outcome(opened, b"late"), "vault needed");
    let opened = before.open(&ring, DAY, PLACE, &late);
    assert_eq!(outcome(opened, b"late"), "newer key");
    assert!(matches!(
        keys.vault(&Lock::Plain),
        Err(KeyError::OtherLock { what: "vault", .. })
    ));
    let keys = KeyStore::open(&file, &Lock::Plain).unwrap();
    let vault = keys.vault(&own).unwrap();
    for (sealed, plain) in [(early, "early"), (late, "late")] {
        let opened = vault.open(&keys.ring("piu").unwrap(), DAY, PLACE, &sealed);
        assert_eq!(outcome(opened, plain.as_bytes()), "open");
    }
    assert!(keys.status().vault.own);
}

#[test]
fn blind_values_tell_kinds_and_compartments_apart() {
    let (_dir, _, keys) = store();
    let (ring, other) = (keys.ring("piu").unwrap(), keys.ring("customs").unwrap());
    let mut seen = std::collections::BTreeSet::new();
    for ring in [&ring, &other] {
        for (kind, value) in [("a", "bc"), ("ab", "c"), ("", "abc"), ("abc", "")] {
            let blind = ring.blind(kind, value.as_bytes());
            assert_eq!(blind, ring.blind(kind, value.as_bytes()));
            assert!(seen.insert(blind), "{kind:?} {value:?}");
        }
    }
}

#[test]
fn a_wrong_date_is_named_and_derives_nothing() {
    let (_dir, _, keys) = store();
    let ring = keys.ring("piu").unwrap();
    let far = Bucket(Bucket::LAST.0 + 1);
    for (class, day) in [
        (Class::Whole, far),
        (Class::Masked, far),
        (Class::Static, DAY),
    ] {
        let error = ring.seal(class, day, PLACE, b"").unwrap_err();
        assert!(matches!(error, KeyError::NoSuchDay { .. }), "{class} {day}");
    }
    assert!(ring.destroy_before(Class::Whole, far).is_err());
    assert!(matches!(
        ring.destroy_before(Class::Static, DAY),
        Err(KeyError::Timeless { .. })
    ));
    ring.seal(Class::Whole, Bucket::LAST, PLACE, b"").unwrap();
}

#[test]
fn threads_seal_while_keys_are_destroyed_and_nothing_wrong_opens() {
    let (_dir, _, keys) = store();
    let ring = keys.ring("piu").unwrap();
    std::thread::scope(|scope| {
        for thread in 0..2_u8 {
            let ring = ring.clone();
            scope.spawn(move || {
                for n in 0..2000_u32 {
                    let (day, place) = (Bucket(n % 20), [&[thread][..], &n.to_be_bytes()]);
                    match ring.seal(Class::Whole, day, &place, b"value") {
                        Ok(sealed) => {
                            let opened = ring.open(Class::Whole, day, &place, &sealed);
                            assert!(matches!(outcome(opened, b"value"), "open" | "destroyed"));
                        }
                        Err(KeyError::Destroyed { bucket, .. }) => {
                            assert!(bucket < ring.horizon(Class::Whole));
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        for day in 0..15 {
            ring.destroy_before(Class::Whole, Bucket(day)).unwrap();
        }
    });
}

#[test]
fn signatures_hold_and_old_public_keys_stay_known() {
    use ring::signature::{ED25519, UnparsedPublicKey};
    let (_dir, file, keys) = store();
    let (old, signature) = (keys.public_key(), keys.sign(b"checkpoint"));
    keys.rotate_signing(Bucket(20_100)).unwrap();
    assert_ne!(keys.public_key(), old);
    let keys = KeyStore::open(&file, &Lock::Plain).unwrap();
    let known = keys.public_keys();
    assert_eq!(known, [(DAY, old), (Bucket(20_100), keys.public_key())]);
    for (public, signature) in [
        (old, signature),
        (keys.public_key(), keys.sign(b"checkpoint")),
    ] {
        let key = UnparsedPublicKey::new(&ED25519, public);
        key.verify(b"checkpoint", &signature).unwrap();
        assert!(key.verify(b"another", &signature).is_err());
    }
}

#[test]
fn no_secret_is_printed() {
    let (_dir, _, keys) = store();
    let ring = keys.ring("piu").unwrap();
    let pin = Secret::new("12345678");
    let lock = Lock::Token {
        module: "/lib/token.so".into(),
        token: "desk".to_owned(),
        pin: pin.clone(),
        key: "oriel".to_owned(),
    };
    let vault = keys.vault(&Lock::Plain).unwrap();
    let text = format!("{pin:?} {lock:?} {ring:?} {vault:?}");
    let expect = "Secret Token { module: \"/lib/token.so\", token: \"desk\", pin: Secret, key: \"oriel\" } Ring(\"piu\") Vault";
    assert_eq!(text, expect);
    assert!(format!("{keys:?}").starts_with("KeyStore(\""));
}
