//! What only a folder can meet: links, folders in it, names, sizes, files that are still written.

use crate::carrier::{Carrier, Folder, LIST, list};
use crate::{app, desk};
use oriel_gateway::{Gateway, open, open_all};
use oriel_testkit::TempDir;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A folder with `more` in its settings, at work on a store of its own.
fn at_work(folder: &Folder, more: &str) -> (TempDir, Gateway) {
    let data = TempDir::new("directory");
    let desk = desk(&app(data.path().to_str().unwrap()));
    let running = Gateway::start(desk, vec![open(folder.settings(more)).unwrap()]);
    (data, running)
}

#[test]
fn links_folders_and_unfinished_files_stay_where_they_are() {
    let folder = Folder::new();
    let other = TempDir::new("elsewhere");
    let outside = other.path().join("outside.edi");
    fs::write(&outside, list(1)).unwrap();
    let at = |name: &str| folder.path().join(name);
    symlink(&outside, at("link.edi")).unwrap();
    fs::create_dir(at("folder.edi")).unwrap();
    fs::write(at("folder.edi/inside.edi"), list(2)).unwrap();
    for name in [".hidden", "a.part", "b.tmp", "c.filepart"] {
        fs::write(at(name), list(3)).unwrap();
    }
    let (_data, _running) = at_work(&folder, "quiet = 0.0");
    folder.send("whole.edi", LIST.as_bytes());
    assert_eq!(folder.told(1), ["accepted"]);
    assert!(outside.exists() && at("link.edi").is_symlink());
    for name in [
        "folder.edi/inside.edi",
        ".hidden",
        "a.part",
        "b.tmp",
        "c.filepart",
    ] {
        assert!(at(name).exists(), "{name}");
    }
}

/// What is in `tmp` is somebody's draft, and `cur` is for programs that read mail.
#[test]
fn of_a_maildir_only_what_is_new_is_taken() {
    let maildir = Folder::maildir();
    let (_data, _running) = at_work(&maildir, "");
    for (number, folder) in (1..).zip(["tmp", "cur", "."]) {
        let path = maildir.path().join(folder).join("x.edi");
        fs::write(path, list(number)).unwrap();
    }
    maildir.send("1790000000.M1P2.gate,S=350", LIST.as_bytes());
    assert_eq!(maildir.told(1), ["accepted"]);
    assert!(maildir.path().join("tmp/x.edi").exists());
    assert!(maildir.path().join("cur/x.edi").exists());
    assert!(maildir.path().join("x.edi").exists());
}

/// A sender that does not rename is waited for.
#[test]
fn a_file_that_was_touched_a_moment_ago_is_left_alone() {
    let folder = Folder::new();
    let (_data, _running) = at_work(&folder, "quiet = 3600.0");
    let fresh = folder.path().join("fresh.edi");
    fs::write(&fresh, LIST).unwrap();
    let old = folder.path().join(".old");
    fs::write(&old, list(2)).unwrap();
    let touch = |path: &Path, at: SystemTime| {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(at).unwrap();
    };
    // As a file is whose last bytes come while the folder is read.
    let ahead = folder.path().join("ahead.edi.part");
    fs::write(&ahead, list(3)).unwrap();
    touch(&ahead, SystemTime::now() + Duration::from_secs(600));
    let sent = folder.path().join("ahead.edi");
    fs::rename(&ahead, &sent).unwrap();
    touch(&old, SystemTime::now() - Duration::from_secs(7200));
    fs::rename(&old, folder.path().join("old.edi")).unwrap();
    assert_eq!(folder.told(1), ["accepted"]);
    assert!(fresh.exists() && sent.exists());
}

#[test]
fn what_is_too_large_is_answered_and_not_read() {
    let folder = Folder::new();
    let (_data, _running) = at_work(&folder, "quiet = 0.0\nmost = 1000");
    folder.send("large.edi", &[b'A'; 1001]);
    assert_eq!(folder.told(1), ["nothing"]);
    let receipts = folder.left(".receipt.json");
    assert!(receipts[0].1.contains("more than 1000 bytes"));
    folder.send("right.edi", LIST.as_bytes());
    folder.told(2);
    assert!(!folder.path().join("large.edi").exists());
}

/// Receipts stand beside whatever the sender calls a file, and never outside of their folder.
#[test]
fn any_name_that_a_folder_can_hold_is_answered() {
    let folder = Folder::new();
    let (_data, _running) = at_work(&folder, "quiet = 0.0");
    let long = "x".repeat(250);
    let names = [
        &*long,
        "line\nbreak.edi",
        "up\\..\\x.edi",
        "blank in it",
        "-rf",
        "ü.edi",
    ];
    for (number, name) in (1..).zip(names) {
        let draft = folder.path().join(".draft");
        fs::write(&draft, list(number)).unwrap();
        fs::rename(&draft, folder.path().join(name)).unwrap();
    }
    assert_eq!(folder.told(names.len()), vec!["accepted"; names.len()]);
}

/// A newer file of the same name is another message.
#[test]
fn nothing_is_removed_but_what_was_read() {
    let folder = Folder::new();
    let (_data, _running) = at_work(&folder, "quiet = 0.0");
    for number in 1..=40 {
        folder.send("same.edi", list(number).as_bytes());
        folder.wait("it is taken", &|| !folder.path().join("same.edi").exists());
    }
    assert_eq!(folder.told(40), ["accepted"; 40]);
}

#[test]
fn settings_that_do_not_hold_are_refused_with_the_reason() {
    #[track_caller]
    fn check(settings: &str, says: &str) {
        let Err(fault) = open(toml::from_str(settings).unwrap()) else {
            panic!("{settings} was taken");
        };
        assert!(fault.to_string().contains(says), "{fault}");
    }
    check(
        "name = 'zq'",
        "\"\" is no kind of transport; there is: amqp, as4, directory",
    );
    check("kind = 'pigeon'", "\"pigeon\" is no kind");
    check("kind = 'directory'\nname = 'zq'", "missing field `path`");
    check(
        "kind = 'directory'\nname = 'zq'\npath = '/'\nevry = 1",
        "unknown field `evry`",
    );
    check(
        "kind = 'directory'\nname = 'zq'\npath = '/nowhere/in'",
        "cannot use the folder /nowhere/in/.taken",
    );
    let dir = TempDir::new("settings");
    let path = dir.path().display();
    check(
        &format!("kind = 'directory'\nname = 'zq'\npath = '{path}'\nquiet = -1.0"),
        "quiet is no number of seconds",
    );
}

#[test]
fn two_ways_in_of_one_name_are_refused() {
    let (one, two) = (Folder::new(), Folder::new());
    let Err(fault) = open_all(&[one.settings(""), two.settings("")]) else {
        panic!("both were taken");
    };
    assert!(
        fault
            .to_string()
            .contains("two transports are called \"zq\"")
    );
}
