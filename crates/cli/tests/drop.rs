//! A folder in which carriers leave messages, with the whole program around it: killed while it
//! works, and started again, it has kept each message once and told each sender.
//!
//! The traffic is invented by the simulator, seed 7.

use oriel_testkit::{Peer, Place, TempDir, any_keys};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn oriel(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oriel"));
    command.env("ORIEL_KEYS", any_keys().file()).args(words);
    command
}

#[track_caller]
fn run(words: &[&str]) -> serde_json::Value {
    let output = oriel(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 7)), "{said}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// How many files lie in a folder whose names end like this.
fn files(folder: &Path, ending: &str) -> usize {
    let entries = fs::read_dir(folder).unwrap();
    let named = entries.filter(|entry| {
        let entry = entry.as_ref().unwrap();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        entry.file_type().unwrap().is_file() && !name.starts_with('.') && name.ends_with(ending)
    });
    named.count()
}

#[track_caller]
fn wait(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !is_so() {
        assert!(Instant::now() < end, "it never came about that {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// R-ING-01.
#[test]
fn a_program_that_is_killed_keeps_what_was_left_for_it_once() {
    for place in Place::each("drop") {
        let dir = TempDir::new("drop");
        let at = |name: &str| dir.path().join(name);
        let text = |name: &str| at(name).to_str().unwrap().to_owned();
        let (data, plain) = (place.name(), TempDir::new("plain"));
        let plain = plain.path().to_str().unwrap();
        run(&[
            "simulate",
            "--seed",
            "7",
            "--travellers",
            "150",
            "--out",
            &text("world"),
        ]);
        // What it must come to: the same files, read by a command that nobody disturbs.
        let messages = text("world/messages");
        run(&["ingest", &messages, "--data", plain, "--format", "json"]);
        let expect = run(&["stats", "--data", plain, "--format", "json"]);
        run(&[
            "user", "add", "ana", "--name", "Ana", "--role", "analyst", "--link", "--data", &data,
        ]);

        fs::create_dir(at("in")).unwrap();
        let config = format!(
            "[[transport]]\nkind = \"directory\"\nname = \"zq\"\npath = \"{}\"\nquiet = 0.0\n\
             every = 0.01\n",
            text("in")
        );
        fs::write(at("oriel.toml"), config).unwrap();
        let mut sent = 0;
        let mut folders = vec![at("world/messages")];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let draft = at("in").join(".draft");
                fs::copy(&path, &draft).unwrap();
                fs::rename(&draft, at("in").join(format!("{sent}.edi"))).unwrap();
                sent += 1;
            }
        }
        assert!(sent > 60, "only {sent} files");
        let serve = || {
            let config = text("oriel.toml");
            let words = [
                "serve",
                "--config",
                &config,
                "--data",
                &data,
                "--listen",
                "127.0.0.1:0",
            ];
            Peer::start(&mut oriel(&words))
        };
        for kill in 1..=3 {
            let mut server = serve();
            wait("some are told", || {
                at("in/answers").exists()
                    && files(&at("in/answers"), ".receipt.json") >= kill * sent / 8
            });
            server.kill();
        }
        let mut server = serve();
        let taken = || fs::read_dir(at("in/.taken")).unwrap().count();
        wait("all are taken", || {
            files(&at("in"), "") == 0 && taken() == 0
        });
        server.kill();
        assert_eq!(files(&at("in/answers"), ".receipt.json"), sent);
        let stats = run(&["stats", "--data", &data, "--format", "json"]);
        for figure in ["accepted", "refused", "travellers", "bookings", "journeys"] {
            assert_eq!(stats[figure], expect[figure], "{figure}");
        }
    }
}
