//! The story that every way in passes: what is acknowledged is durable and screened, once.
//!
//! A carrier leaves messages and reads what it is answered; nothing else is looked at but the store.
//! Everybody in it is invented.

use crate::carrier::{Carrier, Folder, LIST, list};
use crate::msh::Msh;
use crate::open_ssh::OpenSsh;
use crate::queue::Queue;
use crate::teletype::{Framing, Teletype};
use crate::{app, desk, enrol, kept};
use oriel_app::App;
use oriel_testkit::{Cluster, TempDir};
use std::sync::Arc;
use std::time::Duration;

/// One for each way in.
const CARRIERS: &[fn() -> Box<dyn Carrier>] = &[
    || Box::new(Folder::new()),
    || Box::new(Folder::maildir()),
    || Box::new(OpenSsh::new()),
    || Box::new(Teletype::new(Framing::Control)),
    || Box::new(Teletype::new(Framing::Words)),
    || Box::new(Teletype::new(Framing::Matip)),
    || Box::new(Queue::new()),
    || Box::new(Msh::new()),
];

/// Runs a chapter for each way in, on a store of its own.
fn each(chapter: impl Fn(&dyn Carrier, &Arc<App>)) {
    for carrier in CARRIERS {
        let data = TempDir::new("story");
        let (carrier, app) = (carrier(), app(data.path().to_str().unwrap()));
        enrol(&app, &carrier.channels());
        chapter(&*carrier, &app);
    }
}

#[test]
fn what_is_accepted_is_kept_and_answered_in_its_kind() {
    each(|carrier, app| {
        let _running = carrier.open(desk(app));
        carrier.send("zq417.edi", LIST.as_bytes());
        assert_eq!(carrier.told(1), ["accepted"]);
        assert_eq!(kept(app), (1, 0));
        let answers = carrier.answers();
        assert_eq!(answers.len(), 1);
        assert!(answers[0].starts_with("UNB+") && answers[0].contains("+CONTRL:"));
    });
}

#[test]
fn what_cannot_be_read_is_refused_and_the_sender_is_told() {
    each(|carrier, app| {
        let _running = carrier.open(desk(app));
        carrier.send("letter.txt", b"Dear Sir, please find enclosed");
        assert_eq!(carrier.told(1), ["refused"]);
        carrier.send("cut.edi", &LIST.as_bytes()[..200]);
        assert_eq!(carrier.told(2), ["refused", "refused"]);
        carrier.send("blank", b"");
        carrier.told(3);
        assert_eq!(kept(app).0, 0);
    });
}

#[test]
fn the_same_again_changes_nothing() {
    each(|carrier, app| {
        let running = carrier.open(desk(app));
        carrier.send("one.edi", LIST.as_bytes());
        carrier.told(1);
        carrier.send("two.edi", LIST.as_bytes());
        assert_eq!(carrier.told(2), ["accepted", "duplicate"]);
        drop(running);
        let _running = carrier.open(desk(app));
        carrier.send("three.edi", LIST.as_bytes());
        assert_eq!(carrier.told(3), ["accepted", "duplicate", "duplicate"]);
        let counted: Vec<(&str, u64)> = vec![("accepted", 1), ("duplicate", 2)];
        let traffic = app.traffic();
        let traffic: Vec<_> = traffic.iter().map(|(_, status, n)| (*status, *n)).collect();
        assert_eq!(traffic, counted);
        assert_eq!(kept(app), (1, 0));
    });
}

#[test]
fn half_a_message_is_not_read() {
    each(|carrier, app| {
        let _running = carrier.open(desk(app));
        let rest = carrier.send_half("slow.edi", LIST.as_bytes());
        carrier.send("other.edi", list(2).as_bytes());
        assert_eq!(carrier.told(1), ["accepted"], "the other one");
        rest();
        assert_eq!(carrier.told(2), ["accepted", "accepted"]);
        assert_eq!(kept(app), (2, 0));
    });
}

/// It is durable, and the way back to the sender breaks: after the next start it is told.
#[test]
fn who_was_not_told_is_told_after_the_next_start() {
    each(|carrier, app| {
        let mend = carrier.break_answers(desk(app), "lost.edi", LIST.as_bytes());
        carrier.wait("it is kept", &|| kept(app) == (1, 0));
        mend();
        let _running = carrier.open(desk(app));
        assert_eq!(carrier.told(1), ["duplicate"]);
        assert_eq!(kept(app), (1, 0));
    });
}

#[test]
fn many_at_once_are_each_kept_once() {
    each(|carrier, app| {
        let _running = carrier.open(desk(app));
        std::thread::scope(|scope| {
            for third in 0..3_u32 {
                scope.spawn(move || {
                    // Every message twice, by different senders at different times.
                    let messages = (0..30).map(|n| {
                        let number = (third * 15 + n) % 45 + 1;
                        (format!("{third}-{n}.edi"), list(number))
                    });
                    carrier.send_all(&messages.collect::<Vec<_>>());
                });
            }
        });
        let told = carrier.told(90);
        let of = |status| told.iter().filter(|told| *told == status).count();
        assert_eq!((of("accepted"), of("duplicate")), (45, 45));
        assert_eq!(kept(app), (45, 0));
    });
}

/// Nothing is acknowledged while nothing can be kept, and nothing is lost meanwhile.
#[test]
fn while_the_store_is_down_everything_waits() {
    let cluster = Cluster::start(&[]);
    let all: Vec<_> = CARRIERS
        .iter()
        .map(|carrier| {
            let app = app(&cluster.database("story").url());
            let carrier = carrier();
            enrol(&app, &carrier.channels());
            let running = carrier.open(desk(&app));
            carrier.send("before.edi", list(1).as_bytes());
            carrier.told(1);
            (carrier, app, running)
        })
        .collect();
    cluster.stop();
    for (carrier, ..) in &all {
        for number in 2..=5 {
            carrier.send(&format!("{number}.edi"), list(number).as_bytes());
        }
    }
    std::thread::sleep(Duration::from_millis(500));
    for (carrier, ..) in &all {
        assert_eq!(carrier.told(1).len(), 1, "nobody was told anything");
    }
    cluster.go_on();
    for (carrier, app, _) in &all {
        assert_eq!(carrier.told(5), ["accepted"; 5]);
        assert_eq!(kept(app), (5, 0));
    }
}

/// R-ING-01.
#[test]
fn the_same_message_by_two_ways_is_one() {
    each(|carrier, app| {
        let folder = Folder::new();
        let _running = (carrier.open(desk(app)), folder.open(desk(app)));
        carrier.send("one.edi", LIST.as_bytes());
        assert_eq!(carrier.told(1), ["accepted"]);
        folder.send("two.edi", LIST.as_bytes());
        assert_eq!(folder.told(1), ["duplicate"]);
        folder.send("other.edi", list(2).as_bytes());
        folder.told(2);
        carrier.send("again.edi", list(2).as_bytes());
        assert_eq!(carrier.told(2), ["accepted", "duplicate"]);
        assert_eq!(kept(app), (2, 0));
    });
}

#[test]
fn who_is_not_who_it_says_does_not_come_in() {
    each(|carrier, app| {
        let _running = carrier.open(desk(app));
        assert_ne!(carrier.intrude(LIST.as_bytes()), Some(true));
        assert_eq!(kept(app), (0, 0));
        carrier.send("right.edi", LIST.as_bytes());
        assert_eq!(carrier.told(1), ["accepted"]);
    });
}
