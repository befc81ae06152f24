//! An archive opens whole, for whom it was made, or not at all.

use oriel_keys::{ArchiveKey, ArchiveReader, ArchiveWriter, KeyError, Lock, Opener, Recipient};
use oriel_testkit::TempDir;
use std::io::{Read, Write};

fn made(recipient: &Recipient<'_>, plain: &[u8]) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Vec::new(), recipient).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

/// Everything in it, or why not.
fn read(archive: &[u8], opener: &Opener<'_>) -> Result<Vec<u8>, String> {
    let mut reader = ArchiveReader::new(archive, opener).map_err(|error| error.to_string())?;
    let mut plain = Vec::new();
    let done = reader.read_to_end(&mut plain);
    done.map(|_| plain).map_err(|error| error.to_string())
}

#[test]
fn any_length_comes_back() {
    let dir = TempDir::new("archive");
    let key = ArchiveKey::create(&dir.path().join("key")).unwrap();
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let plain: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
        let archive = made(&Recipient::Public(key.public()), &plain);
        assert!(
            read(&archive, &Opener::Secret(&key)).unwrap() == plain,
            "{length}"
        );
        let archive = made(&Recipient::Lock(&Lock::Plain), &plain);
        assert!(
            read(&archive, &Opener::Lock(&Lock::Plain)).unwrap() == plain,
            "{length}"
        );
    }
}

#[test]
fn it_opens_only_for_whom_it_was_made() {
    let dir = TempDir::new("archive-other");
    let file = dir.path().join("key");
    let key = ArchiveKey::create(&file).unwrap();
    let other = ArchiveKey::create(&dir.path().join("other")).unwrap();
    let again = ArchiveKey::create(&file);
    assert!(matches!(again, Err(KeyError::File { .. })));
    let archive = made(&Recipient::Public(key.public()), b"rows");
    let again = ArchiveKey::read(&file).unwrap();
    assert_eq!(read(&archive, &Opener::Secret(&again)).unwrap(), b"rows");
    let refused = "the backup was made for another key or another kind of lock";
    for opener in [Opener::Secret(&other), Opener::Lock(&Lock::Plain)] {
        assert_eq!(read(&archive, &opener).unwrap_err(), refused);
    }
    let said = read(b"something else altogether", &Opener::Secret(&key)).unwrap_err();
    assert_eq!(said, "this is no backup that this program knows");
}

#[test]
fn cut_changed_and_swapped_parts_are_noticed() {
    let plain = vec![7; 3 * 65_536];
    let archive = made(&Recipient::Lock(&Lock::Plain), &plain);
    let opener = Opener::Lock(&Lock::Plain);
    for at in (0..archive.len()).step_by(311) {
        assert!(read(&archive[..at], &opener).is_err(), "cut at {at}");
        let mut changed = archive.clone();
        changed[at] ^= 1;
        assert!(read(&changed, &opener).is_err(), "byte {at}");
    }
    let mut longer = archive.clone();
    longer.push(0);
    assert!(read(&longer, &opener).is_err());
    // Three parts of the same length: without the last, and the first two in the other order.
    let part = 4 + 65_536 + 16;
    let start = archive.len() - 3 * part;
    assert!(read(&archive[..start + 2 * part], &opener).is_err());
    let parts: Vec<&[u8]> = archive[start..].chunks(part).collect();
    let swapped = [&archive[..start], parts[1], parts[0], parts[2]].concat();
    assert_eq!(read(&swapped, &opener).unwrap_err(), "a part does not open");
}
