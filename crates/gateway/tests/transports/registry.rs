//! Who comes in is said in the registry, and what is changed there holds without a restart
//! (R-CAR-01).

use crate::carrier::{Carrier, Folder, LIST, left, list, statuses};
use crate::open_ssh::OpenSsh;
use crate::queue::Queue;
use crate::teletype::{Framing, Teletype};
use crate::{app, desk, enrol, kept};
use oriel_app::{App, CarrierDetails, ListImport, PushAsk, PushStanding};
use oriel_gateway::{Desk, Gateway, open};
use oriel_messages::reply::{Agreement, Agreements, Manner};
use oriel_policy::{Act, Actor, Grant, ListKind, Role};
use oriel_screening::lists::Format;
use oriel_store::{CarrierStatus, ChannelKind};
use oriel_testkit::TempDir;
use std::fs;
use std::sync::Arc;

fn leave(app: &App, act: Act) -> Grant {
    let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
    app.authorize(&liaison, act, None).unwrap()
}

/// R-CAR-01: the new key counts beside the old one; when the old one ends, the new one goes on.
#[test]
fn keys_are_exchanged_without_a_gap() {
    let (ssh, data) = (OpenSsh::new(), TempDir::new("registry"));
    let app = app(data.path().to_str().unwrap());
    enrol(&app, &[(ChannelKind::SshKey, ssh.public("zq"))]);
    let _running = Gateway::start(desk(&app), vec![open(ssh.settings("")).unwrap()]);
    let comes_in = |key: &str| {
        let mut client = ssh.client("zq", key, &[]);
        let child = crate::open_ssh::start(&mut client, "ls\n");
        crate::open_ssh::finish(child).status.success()
    };
    assert!(comes_in("zq"));
    assert!(!comes_in("stranger"), "nobody knows it yet");
    let put = leave(&app, Act::CarrierPut);
    let next = ssh.public("stranger");
    app.channel_add(&put, "zq", ChannelKind::SshKey, &next, (None, None))
        .unwrap();
    assert!(comes_in("zq") && comes_in("stranger"), "both hold");
    let view = app.carrier(&put, "zq").unwrap();
    let old = view
        .channels
        .iter()
        .find(|row| ssh.public("zq").starts_with(&row.value));
    let old = old.unwrap().id;
    app.channel_end(&leave(&app, Act::CarrierPut), "zq", old, None)
        .unwrap();
    assert!(!comes_in("zq"), "it has ended");
    assert!(comes_in("stranger"));
}

/// R-CAR-01: what a carrier in test sends is answered as always, and nothing of it is anywhere.
#[test]
fn of_a_carrier_in_test_nothing_is_kept() {
    let (ssh, data) = (OpenSsh::new(), TempDir::new("registry"));
    let app = app(data.path().to_str().unwrap());
    enrol(&app, &ssh.channels());
    let put = leave(&app, Act::CarrierPut);
    app.carrier_status(&put, "zq", 2, CarrierStatus::Test, "")
        .unwrap();
    app.certification_open(&put, "zq").unwrap();
    let running = Gateway::start(desk(&app), vec![open(ssh.settings("")).unwrap()]);
    let secret = "XYZZYCANARY";
    let text = LIST.replace("EXEMPLE", secret);
    fs::write(ssh.path().join("list.edi"), &text).unwrap();
    fs::write(ssh.path().join("cut.edi"), &text[..200]).unwrap();
    let output = ssh.run("put list.edi inbox\nput cut.edi inbox\nput list.edi inbox/again.edi\n");
    assert!(output.status.success());
    assert_eq!(ssh.statuses(), ["accepted", "accepted", "refused"]);
    let receipts = left(&ssh.outbox(), ".receipt.json");
    assert!(
        receipts
            .iter()
            .all(|(_, text)| text.contains("\"test\":true"))
    );
    assert_eq!(kept(&app), (0, 0));
    let stats = app.store().read(|tx| tx.stats()).unwrap();
    assert_eq!((stats.journeys, stats.travellers), (0, 0));
    drop((running, app));
    for folder in [data.path(), ssh.outbox().as_path()] {
        for entry in fs::read_dir(folder).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let found = bytes
                .windows(secret.len())
                .any(|it| it == secret.as_bytes());
            assert!(!found, "a name of a passenger is on the disk");
        }
    }
}

/// R-CAR-01, R-ING-10: who sends under another name is refused, who tells of another's flight is
/// told so, and whoever is on it is screened.
#[test]
fn what_is_not_theirs_is_found() {
    let (ssh, data) = (OpenSsh::new(), TempDir::new("registry"));
    let app = app(data.path().to_str().unwrap());
    enrol(&app, &ssh.channels());
    let details = CarrierDetails {
        name: "Zephyr Quest".into(),
        operates: vec!["ZQ".into()],
        markets: vec!["X9".into()],
        senders: vec!["ZQAIR".into()],
        formats: vec!["paxlst".into()],
        languages: vec!["en".into()],
        ..CarrierDetails::default()
    };
    let put = leave(&app, Act::CarrierPut);
    app.carrier_change(&put, "zq", 2, &details).unwrap();
    let _running = Gateway::start(desk(&app), vec![open(ssh.settings("")).unwrap()]);
    for (name, text, status, code) in [
        ("own", list(1), "accepted", ""),
        (
            "forged",
            list(2).replace("ZQAIR", "X9AIR"),
            "refused",
            "RCV-0003",
        ),
        (
            "other",
            list(3).replace("ZQ0003+++ZQ", "DL0003+++DL"),
            "accepted",
            "RCV-0004",
        ),
        (
            "sold",
            list(4).replace("ZQ0004+++ZQ", "X90004+++X9"),
            "accepted",
            "RCV-0006",
        ),
    ] {
        fs::write(ssh.path().join(name), text).unwrap();
        assert!(ssh.run(&format!("put {name} inbox\n")).status.success());
        let receipts = left(&ssh.outbox(), ".receipt.json");
        let own = |path: &std::path::Path| {
            let file = path.file_name().unwrap().to_string_lossy();
            file.starts_with(name)
        };
        let receipts: Vec<_> = receipts.into_iter().filter(|(path, _)| own(path)).collect();
        assert_eq!(statuses(&receipts), [status], "{name}");
        assert_eq!(receipts[0].1.contains("RCV-"), !code.is_empty(), "{name}");
        assert!(receipts[0].1.contains(code), "{name}: {}", receipts[0].1);
    }
    assert_eq!(kept(&app), (3, 1));
}

/// R-CAR-04: a notice is handed over once, by the way that the carrier uses.
#[test]
fn a_notice_is_handed_over_by_the_way_a_carrier_uses() {
    let notice_of = |carrier: &dyn Carrier, channels: &[(ChannelKind, String)]| {
        let data = TempDir::new("registry");
        let app = app(data.path().to_str().unwrap());
        enrol(&app, channels);
        let put = leave(&app, Act::CarrierPut);
        let soon = Some(app.now() + jiff::SignedDuration::from_hours(24));
        let ends = app.channel_add(
            &put,
            "zq",
            ChannelKind::Address,
            "203.0.113.9",
            (None, soon),
        );
        let ends = ends.unwrap();
        assert_eq!(app.tell_carriers().unwrap(), 1);
        let running = carrier.open(desk(&app));
        carrier.send("one.edi", LIST.as_bytes());
        carrier.told(1);
        carrier.wait("the notice is handed over", &|| {
            app.notices_waiting("zq").unwrap().is_empty()
        });
        let told = app
            .notices(&leave(&app, Act::CarrierRead), "zq")
            .unwrap()
            .remove(0);
        assert!(
            told.delivered_at.is_some() && told.way.ends_with("zq"),
            "{}",
            told.way
        );
        assert!(told.push.contains(&ends.id.display("chn")), "{}", told.push);
        drop(running);
        told.id.display("ntc")
    };
    let ssh = OpenSsh::new();
    let id = notice_of(&ssh, &ssh.channels());
    assert_eq!(left(&ssh.outbox(), &format!("{id}.notice.json")).len(), 1);
    let folder = Folder::new();
    let id = notice_of(&folder, &[(ChannelKind::Way, "zq".to_owned())]);
    let notices = folder.left(&format!("{id}.notice.json"));
    assert!(
        notices[0].1.contains("\"kind\":\"ending\""),
        "{}",
        notices[0].1
    );
    let teletype = Teletype::new(Framing::Control);
    notice_of(&teletype, &teletype.channels());
    let heard = teletype.answers().concat();
    assert!(
        heard.contains("NOTICE NTC_") && heard.contains("ENDING FOR TECHNICIAN"),
        "{heard}"
    );
    let queue = Queue::new();
    let id = notice_of(&queue, &[(ChannelKind::Way, "zq".to_owned())]);
    queue.wait("the notice is there", &|| {
        queue.answers().concat().contains(&id)
    });
}

/// R-ING-08: what is asked for goes the way of notices, with the words beside it, once it was
/// approved; the message that repeats its number answers.
#[test]
fn a_push_is_asked_for_by_the_way_a_carrier_uses() {
    let asked = |carrier: &dyn Carrier, channels: &[(ChannelKind, String)]| {
        let data = TempDir::new("registry");
        let app = app(data.path().to_str().unwrap());
        enrol(&app, channels);
        let leave = |login: &str, act| {
            let who = Actor::new(login, &[Role::Supervisor]);
            app.authorize(&who, act, None).unwrap()
        };
        let ask = PushAsk {
            flight: "ZQ417",
            from: "UXA",
            to: "LHR",
            departs: "2026-11-23T12:00".parse().unwrap(),
            threat: "terrorism",
            reason: "An invented threat.",
            ends_at: app.now() + jiff::SignedDuration::from_hours(6),
        };
        let row = app.push_ask(&leave("sue", Act::PushAsk), &ask).unwrap();
        let grant = leave("lena", Act::PushApprove);
        let row = app.push_approve(&grant, row.id, row.version, "").unwrap();
        let running = carrier.open(desk(&app));
        carrier.send("one.edi", LIST.as_bytes());
        carrier.told(1);
        carrier.wait("the request is handed over", &|| {
            app.notices_waiting("zq").unwrap().is_empty()
        });
        let push = format!(
            "UNB+IATA:1+ZQ+UTO+261122:0914+P1'UNH+1+PNRGOV:13:1:IA+{}'MSG+:22'ORG+ZQ:UXA'\
             TVL+231126:1200:231126:1500+UXA+LHR+ZQ+417'EQN+1'SRC'RCI+ZQ:K7Q2L1'\
             TIF+EXEMPLE+JEAN:A:1'UNT+9+1'UNZ+1+P1'",
            row.number
        );
        carrier.send("two.edi", push.as_bytes());
        carrier.told(2);
        let known = app.push_requests(&leave("sue", Act::PushSee)).unwrap();
        let standing = PushStanding::of(&known[0].row, app.now());
        assert_eq!(standing, PushStanding::Answered);
        assert!(known[0].row.way.ends_with("zq"), "{}", known[0].row.way);
        drop(running);
        let says = format!("GOVREQ:13:1:IA+{}'", row.number);
        (format!("ntc_{}", row.id), says)
    };
    let both = |files: &dyn Fn(&str) -> Vec<String>, (id, says): (String, String)| {
        let request = files(&format!("{id}.request.edi"));
        assert!(request[0].contains(&says), "{request:?}");
        let notice = files(&format!("{id}.notice.json"));
        assert!(notice[0].contains("\"kind\":\"request\""), "{notice:?}");
    };
    let ssh = OpenSsh::new();
    let texts = |found: Vec<(std::path::PathBuf, String)>| -> Vec<String> {
        found.into_iter().map(|(_, text)| text).collect()
    };
    let handed = asked(&ssh, &ssh.channels());
    both(&|ending| texts(left(&ssh.outbox(), ending)), handed);
    let folder = Folder::new();
    let handed = asked(&folder, &[(ChannelKind::Way, "zq".to_owned())]);
    both(&|ending| texts(folder.left(ending)), handed);
    let teletype = Teletype::new(Framing::Control);
    let (_, says) = asked(&teletype, &teletype.channels());
    let heard = teletype.answers().concat();
    assert!(heard.contains(&says), "{heard}");
    assert!(heard.contains("REQUEST FOR TECHNICIAN"), "{heard}");
    let queue = Queue::new();
    let (id, says) = asked(&queue, &[(ChannelKind::Way, "zq".to_owned())]);
    queue.wait("request and notice are there", &|| {
        let heard = queue.answers().concat();
        heard.contains(&says) && heard.contains(&id)
    });
}

/// R-IAPI-04: who asked at check-in is told over its own way in when the answer has changed, once.
#[test]
fn an_answer_that_changes_is_told_by_the_way_a_carrier_uses() {
    let told = |carrier: &dyn Carrier, channels: &[(ChannelKind, String)]| {
        let data = TempDir::new("registry");
        let app = app(data.path().to_str().unwrap());
        enrol(&app, channels);
        let mut agreed = Agreements::default();
        let lists = Manner::Verdicts;
        agreed.add(
            "ZQAIR",
            Agreement {
                lists,
                ..Agreement::default()
            },
        );
        app.agree(agreed.clone());
        let running = carrier.open(Desk::new(Arc::clone(&app), agreed));
        let day = (app.now() + jiff::SignedDuration::from_hours(48)).to_string();
        let (year, month, date) = (&day[2..4], &day[5..7], &day[8..10]);
        let document = "NAT+2+UTO'DOC+P:110:111+K7042189'LOC+91+UTO'";
        let question = list(7)
            .replace(":26112212", &format!(":{year}{month}{date}12"))
            .replace(":26112215", &format!(":{year}{month}{date}15"))
            .replace("NAT+2+UTO'", document)
            .replace("UNT+13", "UNT+15");
        carrier.send("asks.edi", question.as_bytes());
        carrier.told(1);
        let officer = Actor::new("usr_lists", &[Role::ListOfficer]);
        let leave = app.authorize(&officer, Act::ListImport, None).unwrap();
        let person = br#"{"id":"L1","names":["Jean Exemple"],"births":["1985-02-17"]}"#;
        let persons = ListImport {
            id: "national",
            kind: ListKind::Terrorism,
            name: "National list (invented)",
            owner: "Utopian Border Guard",
            legal_basis: "Border Act, section 7",
            format: &Format::Persons,
            bytes: person,
            may_shrink: false,
        };
        app.list_import(&leave, &persons).unwrap();
        app.rescreen(10).unwrap();
        // A line is the carrier's to open.
        carrier.send("other.edi", list(8).as_bytes());
        carrier.told(2);
        carrier.wait("the change is handed over", &|| {
            app.unasked_waiting("zq").unwrap().is_empty()
        });
        carrier.wait("the change is there", &|| {
            let answers = carrier.answers();
            let changed = |answer: &&String| answer.contains("BGM+132");
            answers.iter().filter(changed).count() == 1
        });
        drop(running);
    };
    let folder = Folder::new();
    told(&folder, &[(ChannelKind::Way, "zq".to_owned())]);
    let ssh = OpenSsh::new();
    told(&ssh, &ssh.channels());
    let teletype = Teletype::new(Framing::Control);
    told(&teletype, &teletype.channels());
    let queue = Queue::new();
    told(&queue, &[(ChannelKind::Way, "zq".to_owned())]);
}

/// A folder, once given to a carrier, takes nothing when it is not: nothing of it is lost.
#[test]
fn a_folder_that_was_taken_away_waits() {
    let (folder, data) = (Folder::new(), TempDir::new("registry"));
    let app = app(data.path().to_str().unwrap());
    enrol(&app, &[(ChannelKind::Way, "zq".to_owned())]);
    let put = leave(&app, Act::CarrierPut);
    let given = app.carrier(&put, "zq").unwrap().channels[0].id;
    app.channel_end(&put, "zq", given, None).unwrap();
    let _running = folder.open(desk(&app));
    folder.send("one.edi", LIST.as_bytes());
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(kept(&app), (0, 0));
    assert_eq!(folder.statuses(), [""; 0]);
    enrol(&app, &[(ChannelKind::Way, "zq".to_owned())]);
    assert_eq!(folder.told(1), ["accepted"]);
    assert_eq!(kept(&app), (1, 0));
}
