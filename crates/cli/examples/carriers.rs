//! Three hundred carriers at once: `cargo run --release -p oriel-cli --example carriers -- [OPTIONS]`
//! with `target/release/oriel` built before.
//!
//! Starts a database, a broker and `oriel serve`, lets agents connect by every way in and send at a
//! rate, takes the database away in the middle where that is asked for, and says what was seen:
//! latencies, memory over time, and whether everything that was sent is kept once. The traffic is
//! invented.
//!
//! `--carriers 300` `--rate 5000` (a minute) `--minutes 10` `--away 0` (seconds) `--postgres`
#![allow(
    clippy::print_stdout,
    reason = "talking to the terminal is its purpose"
)]

#[path = "../tests/window/mod.rs"]
mod window;

use oriel_testkit::Cluster;
use serde_json::Value;
use std::time::{Duration, Instant};
use window::{Window, figure};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, usual: f64| {
        let at = words.iter().position(|word| word == name);
        let value = at.and_then(|at| words.get(at + 1));
        value.map_or(usual, |value| value.parse().expect("a number"))
    };
    let carriers = number("--carriers", 300.0) as usize;
    let (rate, minutes) = (number("--rate", 5000.0), number("--minutes", 10.0));
    let away = number("--away", 0.0);
    let cluster =
        (away > 0.0 || words.iter().any(|word| word == "--postgres")).then(|| Cluster::start(&[]));

    let me = std::env::current_exe().expect("a running program has a file");
    let program = me
        .parent()
        .and_then(|it| it.parent())
        .map(|it| it.join("oriel"));
    let program = match std::env::var_os("ORIEL_PROGRAM") {
        Some(path) => path.into(),
        None => program.expect("an example lies two folders down"),
    };
    let names: Vec<String> = (0..carriers).map(|n| format!("agent-{n:03}")).collect();
    // Who uses which way first: shares of a hundred.
    let share = |of: usize| carriers * of / 100;
    let queues = share(90)..share(90) + (carriers / 20).min(10);
    let folders = share(95)..carriers;
    let store = cluster.as_ref().map(|it| it.database("carriers").url());
    let window = Window::new(&program, store, &names, (folders.clone(), queues.clone()));
    // Of the rest, and where a way does not answer.
    let mut urls = vec![window.url("http")];
    for (scheme, from, to) in [
        ("sftp", 0, 35),
        ("line", 55, 70),
        ("matip", 70, 84),
        ("as4", 84, 90),
        ("file", 95, 100),
    ] {
        urls.push(format!(
            "{}#{}-{}",
            window.url(scheme),
            share(from),
            share(to) - 1
        ));
    }
    urls.extend_from_slice(window.queues());
    // Many small flights, so that the traffic is long enough for the time.
    let days = (rate * minutes / 220.0).ceil().to_string();
    let world = ["--travellers", "2000", "--days", &days];
    let (agents, rate, length) = (carriers.to_string(), rate.to_string(), minutes.to_string());
    let more = ["--agents", &agents, "--rate", &rate, "--minutes", &length];
    let more = [&world[..], &more, &["--ends", "300"]].concat();

    let mut server = window.serve();
    println!("{carriers} carriers, {rate} a minute for {length} minutes");
    let begun = Instant::now();
    let (report, gone) = std::thread::scope(|scope| {
        let playing = scope.spawn(|| window.push(&urls, &more, &[0, 1]));
        let middle = minutes * 30.0;
        let mut gone: Option<(f64, f64)> = None;
        while !playing.is_finished() {
            std::thread::sleep(Duration::from_secs(5));
            println!(
                "{:>4.0} s  {:>5} MiB",
                begun.elapsed().as_secs_f64(),
                server.resident()
            );
            let is_middle = played(&window).is_some_and(|played| played > middle);
            if let (true, None, Some(cluster), true) = (is_middle, gone, &cluster, away > 0.0) {
                cluster.stop();
                // What was on its way back to somebody has arrived after a second.
                std::thread::sleep(Duration::from_secs(1));
                let from = played(&window).unwrap_or_default();
                std::thread::sleep(Duration::from_secs_f64(away - 1.0));
                let until = played(&window).unwrap_or_default();
                cluster.go_on();
                gone = Some((from, until));
            }
        }
        (playing.join().expect("what was seen is said"), gone)
    });
    println!("{report:#}");
    let kept = ["accepted", "duplicate", "refused", "signed"];
    let settled: u64 = kept.map(|name| figure(&report, name)).iter().sum();
    println!("settled {settled} of {}", figure(&report, "transmissions"));
    if let Some((from, until)) = gone {
        say_away(&window.sights(), from, until);
    }
    server.kill();
    window.kept_like_calm(&world);
    println!("what is kept is what the same files leave in a store that nobody disturbs");
}

/// Seconds of the play that have passed, once somebody has seen something.
fn played(window: &Window) -> Option<f64> {
    let last = window.sights().last()?["seconds"].as_f64()?;
    let written = std::fs::metadata(window.dir.path().join("log")).ok()?;
    let since = written.modified().ok()?.elapsed().ok()?;
    Some(last + since.as_secs_f64())
}

/// What carriers heard while the database was away, between two seconds of the play, and when all that
/// was due by then was settled.
fn say_away(sights: &[Value], from: f64, until: f64) {
    let heard = sights.iter().filter(|it| it["saw"] != "nothing");
    let seconds = |of: &Value, name: &str| of[name].as_f64().unwrap_or(0.0);
    let meanwhile = heard.clone().filter(|it| {
        let at = seconds(it, "seconds");
        from < at && at < until
    });
    let waited = heard.clone().filter(|it| seconds(it, "due") <= until);
    let last = waited
        .map(|it| seconds(it, "seconds"))
        .fold(until, f64::max);
    println!(
        "the database was away from {from:.0} s to {until:.0} s: {} heard for good meanwhile; all that \
         was due until then was settled {:.0} s after it was back",
        meanwhile.count(),
        last - until
    );
}
