//! `oriel simulate --push` against a running `oriel serve`: the whole loop over every way in, with
//! carriers who behave badly; and everything that was accepted is kept, once.
//!
//! The traffic is invented by the simulator.

mod window;

use oriel_testkit::{Cluster, TempDir, free_port};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use window::{Window, figure};

/// A window for the ten carriers, and the ways dealt to them.
fn window(store: Option<String>) -> (Window, Vec<String>) {
    let names = ["zq", "x9", "q0", "x0", "0z", "j0", "8x", "7x", "0u", "k0"].map(str::to_owned);
    let program = Path::new(env!("CARGO_BIN_EXE_oriel"));
    let window = Window::new(program, store, &names, (0..10, 8..10));
    let ways = ["http", "sftp", "line", "matip", "as4", "file"];
    let mut urls: Vec<String> = ways.map(|scheme| window.url(scheme)).to_vec();
    // Nobody answers there: its carrier goes another way after a while.
    urls.push(format!("sftp://127.0.0.1:{}#zq", free_port()));
    urls.extend_from_slice(window.queues());
    (window, urls)
}

/// How much the carriers heard for good.
fn heard(window: &Window) -> usize {
    let sights = window.sights();
    sights.iter().filter(|it| it["saw"] != "nothing").count()
}

#[test]
fn a_day_over_every_way_is_kept_once_however_carriers_behave() {
    let (window, urls) = window(None);
    let world = ["--seed", "5", "--travellers", "200"];
    let mut server = window.serve();
    let bad = ["--minutes", "0.25", "--repeats", "20", "--broken-off", "15"];
    let worse = ["--strangers", "10", "--rush", "4", "--insists", "1"];
    let report = window.push(&urls, &[&world[..], &bad, &worse].concat(), &[0]);

    // Every way was used, and each of them adds up.
    let ways = report["ways"].as_object().unwrap();
    let names: Vec<&str> = ways.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["amqp", "as4", "folder", "https", "line", "matip", "sftp"]
    );
    for (name, way) in ways.iter().chain([(&"all".to_owned(), &report)]) {
        let ends = ["accepted", "duplicate", "refused", "signed", "unanswered"];
        let ended: u64 = ends.map(|end| figure(way, end)).iter().sum();
        assert_eq!(ended, figure(way, "transmissions"), "{name}");
        assert!(figure(way, "accepted") > 0, "{name}");
        for none in ["signed", "unanswered", "accepted_twice", "not_known"] {
            assert_eq!(figure(way, none), 0, "{name}: {none}");
        }
        for (some, like) in [
            ("strangers", "strangers_turned_away"),
            ("repeats", "repeats_known"),
        ] {
            assert_eq!(figure(way, some), figure(way, like), "{name}: {some}");
        }
    }
    for some in [
        "repeats",
        "broken_off",
        "strangers",
        "refused",
        "answers",
        "other_way",
    ] {
        assert!(figure(&report, some) > 0, "{some}: {report}");
    }
    server.kill();
    window.kept_like_calm(&world);
}

/// R-ING-15: while nothing can be kept nobody is told that something is, and nothing is lost.
#[test]
fn while_the_store_is_away_nobody_is_told_anything_for_good() {
    let cluster = Cluster::start(&[]);
    let (window, urls) = window(Some(cluster.database("push").url()));
    let world = ["--seed", "6", "--travellers", "200"];
    let mut server = window.serve();
    let more = ["--minutes", "0.25", "--patience", "2", "--insists", "1"];
    let report = std::thread::scope(|scope| {
        let playing = scope.spawn(|| window.push(&urls, &[&world[..], &more].concat(), &[0]));
        let end = Instant::now() + Duration::from_secs(60);
        while heard(&window) < 50 {
            assert!(Instant::now() < end, "the carriers do not come to work");
            std::thread::sleep(Duration::from_millis(50));
        }
        cluster.stop();
        // What was on its way back to somebody has arrived.
        std::thread::sleep(Duration::from_secs(1));
        let before = heard(&window);
        std::thread::sleep(Duration::from_secs(4));
        assert_eq!(heard(&window), before, "somebody was told something");
        cluster.go_on();
        playing.join().unwrap()
    });
    assert_eq!(figure(&report, "unanswered"), 0);
    assert!(figure(&report, "later") > 0, "{report}");
    server.kill();
    window.kept_like_calm(&world);
}

/// Carriers who are known by a certificate come in; with one that is another authority's, another
/// carrier's or expired nobody does, and each is told why.
#[test]
fn a_certificate_lets_in_whose_it_is_and_no_other() {
    let names = ["zq", "x9"].map(str::to_owned);
    let program = Path::new(env!("CARGO_BIN_EXE_oriel"));
    let window = Window::new(program, None, &names, (0..0, 0..0));
    let urls = [window.under_tls()];
    let world = ["--seed", "7", "--travellers", "200"];
    let mut server = window.serve();
    let shown = "--ca window/as4.pem --certificates --wrong-certificates 30 --minutes 0.1";
    let shown: Vec<&str> = shown.split(' ').collect();
    let report = window.push(&urls, &[&world[..], &shown].concat(), &[0]);
    let told: Vec<&str> = report["certificates"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expect = [
        "expired: expired certificate",
        "of another authority: certificate not taken",
        "of another carrier: no session",
    ];
    assert_eq!(told, expect, "{report}");
    let wrong = figure(&report, "wrong_certificates");
    assert_eq!(wrong, figure(&report, "wrong_certificates_refused"));
    assert_eq!(figure(&report, "not_known"), 0);
    server.kill();
    window.kept_like_calm(&world);
}

/// A question that nobody answers is told as a list by the next way: each once, and what is kept is
/// what the questions say. Whoever is answered goes on asking.
#[test]
fn a_question_that_nobody_answers_becomes_a_list() {
    let program = Path::new(env!("CARGO_BIN_EXE_oriel"));
    let window = Window::new(program, None, &[], (0..0, 0..0));
    window.answers_by_verdicts(&["Q0AIR", "0UAIR"]);
    // Nobody answers there.
    let dead = format!("sftp://127.0.0.1:{}#q0", free_port());
    let world = ["--seed", "8", "--travellers", "200"];
    let mut server = window.serve();
    let more = ["--minutes", "0.1", "--insists", "1", "--batch-after", "0"];
    let more = [&world[..], &more].concat();
    let report = window.push(&[window.url("http"), dead], &more, &[0]);
    server.kill();
    window.kept_like_calm(&world);
    let asked = |code: &str| {
        let names = window.sights().into_iter().filter_map(|it| {
            let name = it["name"].as_str()?.to_owned();
            let name = name.strip_prefix("batch-").unwrap_or(&name);
            let is_its = name.starts_with(code) && name.contains("paxlst-checkin");
            is_its.then(|| name.to_owned())
        });
        names.collect::<BTreeSet<String>>().len() as u64
    };
    assert!(asked("Q0") > 0 && asked("0U") > 0, "{report}");
    assert_eq!(figure(&report, "batched"), asked("Q0"));
    assert_eq!(figure(&report, "accepted_twice"), 0);
}

/// `oriel demo --live`: flights that were expected fill, what is missing is told to carriers, and who
/// asks at check-in is answered.
#[test]
fn a_day_happens_while_one_looks_on() {
    let dir = TempDir::new("live");
    let oriel = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_oriel"))
            .env("ORIEL_DEMO", "true")
            .current_dir(dir.path())
            .args(words)
            .output()
            .unwrap();
        let [said, printed] =
            [&output.stderr, &output.stdout].map(|it| String::from_utf8_lossy(it));
        assert!(output.status.success(), "{words:?}: {said}{printed}");
        (said.into_owned(), printed.into_owned())
    };
    let listen = format!("127.0.0.1:{}", free_port());
    let words = "demo --live --no-serve --travellers 200 --pace 600 --hours 4 --data demo --listen";
    let words: Vec<&str> = words.split(' ').chain([&*listen]).collect();
    let (said, printed) = oriel(&words);
    assert!(printed.contains("The day is over"), "{said}{printed}");

    let rows = |words: &str| -> Vec<Value> {
        let words: Vec<&str> = words.split(' ').collect();
        let (_, printed) = oriel(&words);
        let rows = printed
            .lines()
            .filter_map(|row| serde_json::from_str(row).ok());
        rows.collect()
    };
    let expected =
        "schedule expected --from 2026-11-22 --to 2026-11-23 --data demo --format ndjson";
    let expected = rows(expected);
    let came = |flight: &&Value| {
        let pushes = flight["pushes"].as_array().unwrap();
        pushes.iter().any(|push| push["state"] == "come")
    };
    assert!(expected.iter().filter(came).count() > 10, "{expected:?}");
    let notices = ["zq", "x9", "x0", "0z", "j0", "8x", "7x", "k0"].map(|carrier| {
        rows(&format!(
            "carrier notices {carrier} --data demo --format ndjson"
        ))
    });
    let handed = notices
        .iter()
        .flatten()
        .filter(|it| it["delivered_at"].is_string());
    assert!(handed.count() > 0, "{said}\n{notices:?}");
    let last = said
        .lines()
        .rfind(|line| line.contains("questions at check-in answered"));
    assert!(!last.unwrap().contains("; 0 questions"), "{said}");
}
