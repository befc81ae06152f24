//! The file of a key store, when something goes wrong: a clear sentence, nothing lost, and no key
//! that comes back.

use oriel_keys::{Bucket, Class, KeyError, KeyStore, Lock, Secret};
use oriel_testkit::{TempDir, kill_randomly};
use ring::digest::{SHA256, digest};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const DAY: Bucket = Bucket(20_000);

fn file(name: &str) -> (TempDir, PathBuf) {
    let dir = TempDir::new(name);
    let file = dir.path().join("keys").join("oriel.keys");
    (dir, file)
}

fn passphrase(words: &str) -> Lock {
    Lock::Passphrase(Secret::new(words))
}

/// The sentence that opening ends with, with the file's path cut out.
#[track_caller]
fn refusal(file: &Path, lock: &Lock) -> String {
    let error = KeyStore::open(file, lock).expect_err("this must not open");
    error
        .to_string()
        .replace(&file.display().to_string(), "FILE")
}

/// Writes as another program would, readable for the owner only.
fn put(file: &Path, bytes: &[u8]) {
    let new = !file.exists();
    std::fs::write(file, bytes).unwrap();
    if new {
        std::fs::set_permissions(file, PermissionsExt::from_mode(0o600)).unwrap();
    }
}

#[test]
fn what_is_not_there_or_there_already_is_said() {
    let (_dir, file) = file("missing");
    assert_eq!(
        refusal(&file, &Lock::Plain),
        "there is no key store at FILE; what was sealed with it cannot be read without it: bring \
         the file back, or make a new one for a new store with `oriel keys init`"
    );
    KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    let before = std::fs::read(&file).unwrap();
    let again = KeyStore::create(&file, &Lock::Plain, DAY);
    assert!(matches!(again, Err(KeyError::Exists { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn only_the_owner_may_read() {
    let (_dir, file) = file("mode");
    KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(
        refusal(&file, &Lock::Plain),
        "FILE can be read by others (mode 0644); take that away with `chmod 600`"
    );
}

#[test]
fn a_passphrase_file_is_its_first_line_and_private() {
    let (dir, _) = file("passphrase");
    let path = dir.path().join("phrase");
    put(&path, b"correct horse\nnot this\n");
    assert!(Secret::read(&path).unwrap() == Secret::new("correct horse"));
    put(&path, b"\n");
    assert!(matches!(
        Secret::read(&path),
        Err(KeyError::EmptySecret { .. })
    ));
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    assert!(matches!(
        Secret::read(&path),
        Err(KeyError::Permissions { .. })
    ));
}

#[test]
fn a_passphrase_opens_and_another_does_not() {
    let (_dir, file) = file("wrong");
    let (right, wrong) = (passphrase("right"), passphrase("wrong"));
    KeyStore::create(&file, &right, DAY).unwrap();
    assert_eq!(
        refusal(&file, &wrong),
        "the passphrase is not that of the key store"
    );
    assert_eq!(
        refusal(&file, &Lock::Plain),
        "the key store opens with a passphrase, and no lock was given"
    );
    let keys = KeyStore::open(&file, &right).unwrap();
    assert!(keys.vault(&right).is_ok());
    assert_eq!(
        keys.vault(&wrong).unwrap_err().to_string(),
        "the passphrase is not that of the vault"
    );
}

#[test]
fn a_new_lock_takes_the_old_ones_place_for_the_vault_too() {
    let (_dir, file) = file("relock");
    let keys = KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    let ring = keys.ring("piu").unwrap();
    let sealed = ring.seal(Class::Masked, DAY, &[], b"value").unwrap();
    let running = KeyStore::open(&file, &Lock::Plain).unwrap();
    let new = passphrase("new");
    keys.relock(&Lock::Plain, &new).unwrap();
    ring.destroy_before(Class::Whole, DAY).unwrap();
    assert!(KeyStore::open(&file, &Lock::Plain).is_err());
    assert!(matches!(running.refresh(), Err(KeyError::Relocked { .. })));
    let keys = KeyStore::open(&file, &new).unwrap();
    assert!(keys.vault(&Lock::Plain).is_err());
    let vault = keys.vault(&new).unwrap();
    let opened = vault.open(&keys.ring("piu").unwrap(), DAY, &[], &sealed);
    assert_eq!(opened.unwrap(), b"value");
}

#[test]
fn every_cut_and_every_flipped_bit_of_the_file_is_noticed() {
    let (_dir, file) = file("flip");
    let keys = KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    keys.ring("piu").unwrap();
    let whole = std::fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        put(&file, &changed);
        let said = refusal(&file, &Lock::Plain);
        let expected = said.starts_with("the key store FILE is cut, damaged or was changed")
            || said.starts_with("FILE is not a key store that this program knows");
        assert!(expected, "byte {at}: {said}");
        if at % 7 == 0 {
            put(&file, &whole[..at]);
            let said = refusal(&file, &Lock::Plain);
            assert!(
                said.starts_with("the key store FILE is cut"),
                "cut at {at}: {said}"
            );
        }
    }
    put(&file, &whole);
    KeyStore::open(&file, &Lock::Plain).unwrap();
}

/// Somebody who changes the file knowingly mends its digest too.
#[test]
fn a_change_with_a_mended_digest_is_noticed_too() {
    let (_dir, file) = file("forge");
    let keys = KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    keys.ring("piu").unwrap();
    let whole = std::fs::read(&file).unwrap();
    let end = whole.len() - 32;
    for at in 0..end {
        let mut changed = whole[..end].to_vec();
        changed[at] ^= 1;
        let mended = digest(&SHA256, &changed);
        changed.extend_from_slice(mended.as_ref());
        put(&file, &changed);
        assert!(KeyStore::open(&file, &Lock::Plain).is_err(), "byte {at}");
    }
}

#[test]
fn a_newer_file_is_left_to_the_newer_program() {
    let (_dir, file) = file("newer");
    KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    put(&file, b"oriel keys 2\nwhatever comes");
    assert_eq!(
        refusal(&file, &Lock::Plain),
        "FILE is not a key store that this program knows; use the program that wrote it"
    );
}

#[test]
fn another_process_destroys_and_this_one_follows() {
    let (_dir, file) = file("two");
    let here = KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    let ring = here.ring("piu").unwrap();
    let sealed = ring.seal(Class::Whole, Bucket(5), &[], b"value").unwrap();
    let there = KeyStore::open(&file, &Lock::Plain).unwrap();
    there
        .ring("piu")
        .unwrap()
        .destroy_before(Class::Whole, Bucket(10))
        .unwrap();
    here.refresh().unwrap();
    let opened = ring.open(Class::Whole, Bucket(5), &[], &sealed);
    assert!(matches!(opened, Err(KeyError::Destroyed { .. })));
    // A change here builds on the change there, also without a look.
    there
        .ring("piu")
        .unwrap()
        .destroy_before(Class::Whole, Bucket(20))
        .unwrap();
    ring.destroy_before(Class::Open, Bucket(7)).unwrap();
    let now = KeyStore::open(&file, &Lock::Plain).unwrap();
    let now = now.ring("piu").unwrap();
    let horizons = (now.horizon(Class::Whole), now.horizon(Class::Open));
    assert_eq!(horizons, (Bucket(20), Bucket(7)));
}

#[test]
fn a_look_happens_by_itself_within_a_second() {
    let (_dir, file) = file("glance");
    let here = KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    let ring = here.ring("piu").unwrap();
    let there = KeyStore::open(&file, &Lock::Plain).unwrap();
    there
        .ring("piu")
        .unwrap()
        .destroy_before(Class::Whole, Bucket(10))
        .unwrap();
    std::thread::sleep(Duration::from_millis(1050));
    let sealed = ring.seal(Class::Whole, Bucket(5), &[], b"value");
    assert!(matches!(sealed, Err(KeyError::Destroyed { .. })));
}

#[test]
fn an_older_file_is_refused_and_nothing_is_sealed_meanwhile() {
    let (dir, file) = file("older");
    let keys = KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    let ring = keys.ring("piu").unwrap();
    let older = dir.path().join("copy");
    std::fs::copy(&file, &older).unwrap();
    ring.destroy_before(Class::Whole, Bucket(10)).unwrap();
    std::fs::copy(&older, &file).unwrap();
    assert!(matches!(keys.refresh(), Err(KeyError::WentBack { .. })));
    assert!(ring.destroy_before(Class::Whole, Bucket(11)).is_err());
    assert_eq!(ring.horizon(Class::Whole), Bucket(10));
    std::thread::sleep(Duration::from_millis(1050));
    for _ in 0..3 {
        assert!(ring.seal(Class::Whole, DAY, &[], b"").is_err());
    }
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(keys.refresh(), Err(KeyError::Missing { .. })));
}

#[test]
fn threads_and_openings_make_rings_at_once_and_all_agree() {
    let (_dir, file) = file("many");
    KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    let blinds: Vec<_> = std::thread::scope(|scope| {
        let makers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let keys = KeyStore::open(&file, &Lock::Plain).unwrap();
                    ["piu", "customs", "border"]
                        .map(|name| keys.ring(name).unwrap().blind("kind", b"value"))
                })
            })
            .collect();
        makers
            .into_iter()
            .map(|maker| maker.join().unwrap())
            .collect()
    });
    assert!(blinds.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn compartments_have_plain_names() {
    let (_dir, file) = file("names");
    let keys = KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    for wrong in ["", "PIU", "a/b", "a b", &"x".repeat(33)] {
        let error = keys.ring(wrong).unwrap_err();
        assert!(
            matches!(error, KeyError::CompartmentName { .. }),
            "{wrong:?}"
        );
    }
    keys.ring("border-2").unwrap();
}

/// Set for the process that is killed.
const CHILD: &str = "ORIEL_KEYS_TO_DESTROY";

/// Not a claim of its own: destroys day after day until it is killed, in a process of its own.
#[test]
fn child_that_destroys_until_it_is_killed() {
    let Some(file) = std::env::var_os(CHILD) else {
        return;
    };
    let keys = KeyStore::open(Path::new(&file), &Lock::Plain).unwrap();
    let ring = keys.ring("piu").unwrap();
    for day in ring.horizon(Class::Whole).0.. {
        ring.destroy_before(Class::Whole, Bucket(day)).unwrap();
    }
}

#[test]
fn a_process_killed_in_a_change_leaves_the_file_before_or_after_it() {
    let (_dir, file) = file("kill");
    KeyStore::create(&file, &Lock::Plain, DAY).unwrap();
    let mut horizon = Bucket(0);
    let program = std::env::current_exe().unwrap();
    let killed = (0..6)
        .map(|seed| {
            let killed = kill_randomly(seed, 1, Duration::from_millis(120), || {
                let mut command = Command::new(&program);
                command
                    .args(["--exact", "child_that_destroys_until_it_is_killed"])
                    .env(CHILD, &file);
                command
            });
            let keys = KeyStore::open(&file, &Lock::Plain).unwrap();
            let now = keys.ring("piu").unwrap().horizon(Class::Whole);
            assert!(now >= horizon);
            horizon = now;
            killed
        })
        .sum::<u32>();
    assert!(
        killed > 0 && horizon > Bucket(0),
        "{killed} killed at {horizon}"
    );
}
