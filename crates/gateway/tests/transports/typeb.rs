//! What only telegrams can meet: frames in frames, noise, frames without an end, answers that
//! somebody tries to forge, and sessions that ask for what there is not.

use crate::carrier::{Carrier, LIST, list};
use crate::teletype::{Framing, Teletype, telegram};
use crate::{app, desk, enrol, kept};
use oriel_app::App;
use oriel_gateway::{Gateway, open};
use oriel_store::ChannelKind;
use oriel_testkit::TempDir;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

const FRAMINGS: [Framing; 3] = [Framing::Control, Framing::Words, Framing::Matip];

/// A station on a store of its own.
fn at_work(teletype: &Teletype, limits: &str) -> (TempDir, Arc<App>, Gateway) {
    let data = TempDir::new("typeb");
    let app = app(data.path().to_str().unwrap());
    enrol(&app, &teletype.channels());
    let transport = open(teletype.settings(limits)).unwrap();
    let running = Gateway::start(desk(&app), vec![transport]);
    (data, app, running)
}

#[test]
fn telegrams_of_one_connection_are_answered_in_their_order() {
    for framing in FRAMINGS {
        let teletype = Teletype::new(framing);
        let (_data, app, _running) = at_work(&teletype, "");
        let mut wire = teletype.connect().unwrap();
        let framed = |text: &str| framing.around(&telegram(text.as_bytes()));
        // All at once: the second one is what the first one was, the third cannot be read.
        let all = [
            framed(LIST),
            framed(LIST),
            framed("REGARDS"),
            framed(&list(2)),
        ]
        .concat();
        wire.stream.write_all(&all).unwrap();
        for expect in ["ACCEPTED", "DUPLICATE", "REFUSED", "ACCEPTED"] {
            assert_eq!(wire.told().unwrap(), expect, "{framing:?}");
        }
        assert_eq!(kept(&app).0, 2);
    }
}

/// The network breaks lines wherever they get too long.
#[test]
fn a_text_with_its_lines_broken_is_read_as_it_was_meant() {
    for framing in FRAMINGS {
        let teletype = Teletype::new(framing);
        let (_data, app, _running) = at_work(&teletype, "");
        let lines: Vec<&[u8]> = LIST.as_bytes().chunks(63).collect();
        let mut wire = teletype.connect().unwrap();
        let framed = framing.around(&telegram(&lines.join(&b"\r\n"[..])));
        wire.stream.write_all(&framed).unwrap();
        assert_eq!(wire.told().unwrap(), "ACCEPTED", "{framing:?}");
        assert_eq!(kept(&app), (1, 0));
    }
}

#[track_caller]
fn ends_the_line(framing: Framing, limits: &str, sent: &[u8]) {
    let teletype = Teletype::new(framing);
    let (_data, app, _running) = at_work(&teletype, limits);
    let mut wire = teletype.connect().unwrap();
    wire.stream.write_all(sent).unwrap();
    let mut heard = Vec::new();
    // Reset or ended: there is no answer.
    let _ = wire.stream.read_to_end(&mut heard);
    assert_eq!(heard.escape_ascii().to_string(), "");
    drop(wire);
    // Others are served.
    let mut wire = teletype.connect().unwrap();
    let framed = framing.around(&telegram(list(2).as_bytes()));
    wire.stream.write_all(&framed).unwrap();
    assert_eq!(wire.told().unwrap(), "ACCEPTED");
    assert_eq!(kept(&app), (1, 0));
}

#[test]
fn what_is_no_telegram_ends_the_line_and_nothing_of_it_is_kept() {
    let whole = telegram(LIST.as_bytes());
    let control = Framing::Control.around(&whole);
    let in_another = [&control[..control.len() - 1], &control[..]].concat();
    ends_the_line(Framing::Control, "", &in_another);
    ends_the_line(Framing::Control, "", b"GET / HTTP/1.1\r\n\r\n");
    ends_the_line(Framing::Words, "", b"ZERO\r\nNNNN\r\n");
    let smuggled = [b"ZCZC LTA0231\r\n", &control[..], b"\r\nNNNN\r\n"].concat();
    ends_the_line(Framing::Words, "", &smuggled);
    let long = Framing::Control.around(&[b'A'; 2000]);
    ends_the_line(Framing::Control, "most = 1000", &long);
    let long = Framing::Words.around(&[b'A'; 2000]);
    ends_the_line(Framing::Words, "most = 1000", &long);
    // There is no room for all that are under way.
    ends_the_line(
        Framing::Control,
        "room = 1000",
        &Framing::Control.around(&[b'A'; 2000]),
    );
    let long = Framing::Matip.around(&[b'A'; 2000]);
    ends_the_line(Framing::Matip, "most = 1000", &long);
    // Another version; shorter than its header; a command that there is not.
    ends_the_line(Framing::Matip, "", b"\x02\x00\x00\x08QKXO");
    ends_the_line(Framing::Matip, "", b"\x01\x00\x00\x03");
    ends_the_line(Framing::Matip, "", b"\x01\x81\x00\x04");
}

/// Slow-loris: bytes that come one by one keep nothing alive.
#[test]
fn a_telegram_that_does_not_end_is_not_waited_for() {
    for framing in FRAMINGS {
        let teletype = Teletype::new(framing);
        let (_data, app, _running) = at_work(&teletype, "idle = 1\nlogin = 1");
        let mut wire = teletype.connect().unwrap();
        let framed = framing.around(&telegram(LIST.as_bytes()));
        let begun = Instant::now();
        let cut = framed.iter().any(|byte| {
            std::thread::sleep(Duration::from_millis(50));
            wire.stream.write_all(&[*byte]).is_err()
        });
        assert!(cut, "{framing:?}");
        assert!(begun.elapsed() < Duration::from_secs(8));
        assert_eq!(kept(&app), (0, 0));
    }
}

#[test]
fn who_says_nothing_is_sent_away() {
    for framing in FRAMINGS {
        let teletype = Teletype::new(framing);
        let (_data, _app, _running) = at_work(&teletype, "idle = 1\nlogin = 1");
        let mut heard = Vec::new();
        teletype.plain().read_to_end(&mut heard).unwrap();
        assert_eq!(heard, b"", "{framing:?}");
    }
}

/// Who comes when it is full costs nothing, and when the crowd has gone there is room again.
#[test]
fn a_crowd_at_the_door_is_sent_away_and_leaves_no_trace() {
    let teletype = Teletype::new(Framing::Control);
    let (_data, app, _running) = at_work(&teletype, "connections = 20\nper_address = 20");
    let mut crowd: Vec<_> = (0..500).map(|_| teletype.plain()).collect();
    for late in &mut crowd[20..] {
        let mut heard = [0];
        // Ended or reset, as the moment has it.
        let heard = late.read(&mut heard).unwrap_or(0);
        assert_eq!(heard, 0);
    }
    let framed = Framing::Control.around(&telegram(LIST.as_bytes()));
    crowd[0].write_all(&framed).unwrap();
    let mut heard = [0; 4];
    crowd[0].read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"\x01QK ", "who was in is served");
    drop(crowd);
    let end = Instant::now() + Duration::from_secs(20);
    let told = || {
        let mut wire = teletype.connect().ok()?;
        wire.stream.write_all(&framed).ok()?;
        wire.told().ok()
    };
    while told().as_deref() != Some("DUPLICATE") {
        assert!(Instant::now() < end, "nobody is let in any more");
    }
    assert_eq!(kept(&app), (1, 0));
}

#[test]
fn a_session_that_asks_for_another_protection_is_told_so() {
    let teletype = Teletype::new(Framing::Matip);
    let (_data, _app, _running) = at_work(&teletype, "");
    let check = |sent: &[u8], expect: &[u8]| {
        let mut stream = teletype.plain();
        stream.write_all(sent).unwrap();
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard);
        assert_eq!(heard, expect, "{}", sent.escape_ascii());
    };
    check(b"\x01\xfe\x00\x0a\x04\x22ZQOR", b"\x01\xfd\x00\x05\x03");
    check(b"\x01\xfe\x00\x0a\x04\x02X9OR", b"\x01\xfd\x00\x05\x02");
    check(b"\x01\xfe\x00\x06\x04\x00", b"\x01\xfd\x00\x05\x02");
    // Data before the session is open.
    check(b"\x01\x00\x00\x08TEXT", b"");
}

/// When the program ends, sessions are closed and not torn.
#[test]
fn a_session_is_closed_when_the_program_ends() {
    let teletype = Teletype::new(Framing::Matip);
    let (_data, _app, running) = at_work(&teletype, "");
    let mut wire = teletype.connect().unwrap();
    drop(running);
    let mut heard = Vec::new();
    wire.stream.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"\x01\xfc\x00\x05\x00");
}

/// An answer is addressed with seven letters and digits of the heading, and holds nothing else of it.
#[test]
fn no_heading_gets_into_an_answer() {
    let teletype = Teletype::new(Framing::Control);
    let settings = teletype.settings("");
    let data = TempDir::new("typeb");
    let app = app(data.path().to_str().unwrap());
    enrol(&app, &[(ChannelKind::Address, "127.0.0.1".to_owned())]);
    let _running = Gateway::start(desk(&app), vec![open(settings).unwrap()]);
    for heading in [
        "QK XOGAPZQ\r\n.REKOPZQ\x02\x0bQK MUCKMX9 040846\r\n",
        "QK XOGAPZQ\r\n.REKOPZQ\r.MUCKMX9 040846\r\n",
        "QK XOGAPZQ\r\n.REKO\r\nZCZC 040846\r\n",
    ] {
        let mut stream = teletype.plain();
        let sent = [heading.as_bytes(), LIST.as_bytes()].concat();
        stream.write_all(&Framing::Control.around(&sent)).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        assert!(heard.contains("ACK "), "{heading:?}");
        for forged in ["MUCKMX9", "ZCZC", "\x0b"] {
            assert!(!heard.contains(forged), "{heading:?}: {heard:?}");
        }
    }
}

#[test]
fn settings_that_do_not_hold_are_refused_with_the_reason() {
    let check = |from: &str, to: &str, says: &str| {
        let teletype = Teletype::new(Framing::Matip);
        let text = toml::to_string(&teletype.settings("")).unwrap();
        assert!(text.contains(from), "{text}");
        let Err(fault) = open(toml::from_str(&text.replace(from, to)).unwrap()) else {
            panic!("{to} was taken");
        };
        assert!(fault.to_string().contains(says), "{fault}");
    };
    check(
        "\"XOGAPZQ\"",
        "\"XOGAP\"",
        "\"XOGAP\" is no address of a station",
    );
    check("[limits]", "[[carrier]]\n[limits]", "oriel carrier enrol");
}
