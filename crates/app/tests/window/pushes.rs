//! A push outside the schedule is asked for by one person, let go out by another, and answered by the
//! carrier (R-ING-08).

use crate::world::{World, push};
use oriel_app::{AppError, PushAsk, PushRefusal, PushStanding};
use oriel_policy::{Act, Refused, Role};
use oriel_store::{CarrierStatus, PushRequest};
use oriel_testkit::{Place, TempDir, any_keys, key_store};

/// A request of the flight of noon on 23 November.
fn of_noon() -> PushAsk<'static> {
    PushAsk {
        flight: "ZQ417",
        from: "UXA",
        to: "LHR",
        departs: "2026-11-23T12:00".parse().unwrap(),
        threat: "terrorism",
        reason: "An invented threat of today.",
        ends_at: "2026-11-22T17:00:00Z".parse().unwrap(),
    }
}

impl World {
    fn asks(&self, ask: &PushAsk<'_>) -> Result<PushRequest, AppError> {
        let grant = self.leave_of("sue", Role::Supervisor, Act::PushAsk);
        self.app.push_ask(&grant, ask)
    }

    fn approves(&self, row: &PushRequest, login: &str) -> Result<PushRequest, AppError> {
        let grant = self.leave_of(login, Role::Supervisor, Act::PushApprove);
        self.app.push_approve(&grant, row.id, row.version, "")
    }

    /// Asked for at this moment, approved, and handed over where it is `sent`.
    fn asked(&self, sent: bool) -> PushRequest {
        let row = self.asks(&of_noon()).unwrap();
        let row = self.approves(&row, "lena").unwrap();
        if sent {
            assert!(self.app.notice_delivered(row.id, "sftp main zq").unwrap());
        }
        row
    }

    /// The only request, and how it stands.
    fn stands(&self) -> (PushRequest, PushStanding) {
        let grant = self.leave_of("ann", Role::Analyst, Act::PushSee);
        let mut views = self.app.push_requests(&grant).unwrap();
        assert_eq!(views.len(), 1);
        let row = views.remove(0).row;
        let standing = PushStanding::of(&row, self.app.now());
        (row, standing)
    }

    fn waiting(&self) -> Vec<String> {
        let rows = self.app.notices_waiting("zq").unwrap().into_iter();
        rows.map(|row| row.kind).collect()
    }
}

/// A push that repeats the number of a request.
fn answer(row: &PushRequest, n: u32) -> String {
    push(417, n).replace(
        "PNRGOV:11:1:IA'",
        &format!("PNRGOV:11:1:IA+{}'", row.number),
    )
}

#[test]
fn two_persons_ask_and_the_carrier_answers() {
    for place in Place::each("pushes") {
        let world = World::open(&place);
        // As whom it names us.
        world.receive(&push(417, 1));
        let asked = world.asks(&of_noon()).unwrap();
        assert_eq!(world.stands().1, PushStanding::Asked);
        assert_eq!(world.waiting(), [""; 0], "nobody has approved it");
        let own = world.approves(&asked, "sue").unwrap_err();
        let pair = PushRefusal::Pair(Refused::Steps(
            Act::PushAsk,
            Act::PushApprove,
            "who asks for a push outside the schedule does not let it go out (R-ING-08)",
        ));
        assert_eq!(own.to_string(), pair.to_string());
        assert_eq!(world.log("push.approve"), ["denied second-person"]);
        let done = world.approves(&asked, "lena").unwrap();
        let again = world.approves(&done, "lena").unwrap_err();
        assert_eq!(again.to_string(), PushRefusal::Decided.to_string());

        let notice = world.app.notices_waiting("zq").unwrap().remove(0);
        let number = &done.number;
        assert_eq!(
            notice.message,
            format!(
                "UNB+IATA:1+UTO+ZQ+261122:1100+{number}'UNH+1+GOVREQ:11:1:IA+{number}'MSG+:43'\
                 ORG+UTO+++++UTO'TVL+231126:1200+UXA+LHR+ZQ+417'UNT+5+1'UNZ+1+{number}'"
            )
        );
        assert_eq!((&*notice.kind, &*notice.language), ("request", "fr"));
        for part in ["ZQ417", "UXA–LHR", "17:00 UTC", "Article 8(5)", number] {
            assert!(notice.words.contains(part), "{part}: {}", notice.words);
        }
        assert!(!notice.words.contains("invented") && !notice.words.contains('{'));
        assert!(
            world
                .app
                .notice_delivered(notice.id, "sftp main zq")
                .unwrap()
        );
        assert_eq!(world.stands().1, PushStanding::Sent);

        // What repeats the number of somebody else's request answers nothing.
        let other = answer(&done, 7).replace("+ZQ+417'", "+X9+417'");
        world.receive(&other);
        assert_eq!(world.stands().1, PushStanding::Sent);
        world.receive(&answer(&done, 2));
        let (row, standing) = world.stands();
        assert_eq!((standing, row.answers.len()), (PushStanding::Answered, 1));
        let message = oriel_store::Id::of_message(&row.answers[0].message).display("msg");
        let says = [format!("ok message={message} by=reference")];
        assert_eq!(world.log("push.answer"), says);
        assert_eq!(world.log("push.send"), ["ok way=sftp"]);
        assert_eq!(row.reason, "An invented threat of today.");
        let said = "carrier=zq flight=ZQ417";
        assert_eq!(
            world.log("push.approve")[1],
            format!("ok state=approved {said} number={number}")
        );
    }
}

/// What nothing but the schedule lets expect is told from what answers.
#[test]
fn what_came_in_time_about_the_flight_answers_too() {
    for place in Place::each("pushes") {
        let world = World::open(&place);
        let asked = world.asked(false);
        world.receive(&push(417, 1));
        assert_eq!(
            world.stands().1,
            PushStanding::Approved,
            "it was not asked yet"
        );
        world.app.notice_delivered(asked.id, "https zq").unwrap();
        world.receive(&push(418, 2));
        assert_eq!(world.stands().1, PushStanding::Sent, "another flight");
        world.receive(&push(417, 3));
        world.receive(&push(417, 4));
        let (row, standing) = world.stands();
        assert_eq!((standing, row.answers.len()), (PushStanding::Answered, 1));
        assert!(world.log("push.answer")[0].ends_with("by=flight"));
    }
}

#[test]
fn nothing_goes_out_when_it_has_ended() {
    for place in Place::each("pushes") {
        let world = World::open(&place);
        world.asked(false);
        assert_eq!(world.waiting(), ["request"]);
        world.is("2026-11-22T17:00:00Z");
        assert_eq!(world.app.notices_waiting("zq").unwrap(), []);
        assert_eq!(world.stands().1, PushStanding::Expired);
        world.app.tell_carriers().unwrap();
        world.app.tell_carriers().unwrap();
        assert_eq!(world.log("push.stop"), ["ok expired"]);
        let notices = world.app.notices(&world.leave(Act::CarrierRead), "zq");
        let stopped = notices
            .unwrap()
            .into_iter()
            .find(|row| row.kind == "request");
        assert!(stopped.unwrap().stopped_at.is_some());
    }
}

#[test]
fn no_answer_and_a_late_one_show() {
    let place = Place::each("pushes").into_iter().next().unwrap();
    let world = World::open(&place);
    let asked = world.asked(true);
    world.is("2026-11-22T17:00:00Z");
    assert_eq!(world.stands().1, PushStanding::Unanswered);
    world.receive(&push(417, 1));
    assert_eq!(
        world.stands().1,
        PushStanding::Unanswered,
        "it came by itself"
    );
    world.receive(&answer(&asked, 2));
    assert_eq!(world.stands().1, PushStanding::Late);
    assert!(world.log("push.answer")[0].ends_with("by=reference late"));
}

/// An answer without a single booking is one.
#[test]
fn that_there_is_nobody_answers() {
    let place = Place::each("pushes").into_iter().next().unwrap();
    let world = World::open(&place);
    let asked = world.asked(true);
    let text = answer(&asked, 1);
    let (head, _) = text.split_once("EQN").unwrap();
    world.receive(&format!("{head}EQN+0'UNT+6+1'UNZ+1+P1'"));
    assert_eq!(world.stands().1, PushStanding::Answered);
}

#[test]
fn a_carrier_in_test_is_asked_nothing() {
    let place = Place::each("pushes").into_iter().next().unwrap();
    let world = World::open(&place);
    let put = world.leave(Act::CarrierPut);
    let set = |version, status| {
        let why = "invented";
        world
            .app
            .carrier_status(&put, "zq", version, status, why)
            .unwrap();
    };
    let waits = world.asked(false);
    let open = PushAsk {
        reason: "Another invented threat.",
        ..of_noon()
    };
    let open = world.asks(&open).unwrap();
    set(2, CarrierStatus::Test);
    assert_eq!(world.waiting(), [""; 0]);
    let none = PushRefusal::NoCarrier("ZQ".into()).to_string();
    assert_eq!(world.approves(&open, "lena").unwrap_err().to_string(), none);
    assert_eq!(world.asks(&of_noon()).unwrap_err().to_string(), none);
    set(3, CarrierStatus::Live);
    assert_eq!(world.waiting(), ["request"]);
    assert!(world.app.notice_delivered(waits.id, "https zq").unwrap());
}

#[test]
fn what_the_law_does_not_know_is_not_asked_for() {
    let place = Place::each("pushes").into_iter().next().unwrap();
    let world = World::open(&place);
    let check = |ask: PushAsk<'_>, says: &str| {
        let refused = world.asks(&ask).unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    };
    let reason = |reason| PushAsk {
        reason,
        ..of_noon()
    };
    check(reason(""), "say why");
    check(reason("  \n"), "say why");
    let threat = |threat| PushAsk {
        threat,
        ..of_noon()
    };
    check(
        threat("curiosity"),
        "terrorism, serious_crime (Article 8(5)",
    );
    check(threat("two words"), "by its code");
    let until = |at: &str| PushAsk {
        ends_at: at.parse().unwrap(),
        ..of_noon()
    };
    check(until("2026-11-22T11:00:00Z"), "24 hours");
    check(until("2026-11-23T11:00:01Z"), "24 hours");
    let flight = |flight| PushAsk {
        flight,
        ..of_noon()
    };
    check(flight("X9417"), "no carrier that is enrolled and live");
    check(flight("ZQ"), "no flight");
    check(
        PushAsk {
            from: "",
            ..of_noon()
        },
        "code of a place",
    );
    let grant = world.leave_of("ann", Role::Analyst, Act::PushSee);
    assert!(world.app.push_requests(&grant).unwrap().is_empty());

    let place = Place::each("pushes").into_iter().next().unwrap();
    let world = World::under(&place, any_keys(), "germany");
    let refused = world.asks(&of_noon()).unwrap_err().to_string();
    assert!(refused.contains("push.ad_hoc"), "{refused}");
}

/// R-AUD-03: as long as the events that speak of it.
#[test]
fn a_request_is_kept_as_long_as_the_log() {
    for place in Place::each("pushes") {
        let dir = TempDir::new("pushes");
        let world = World::with_keys(&place, key_store(&dir));
        world.asked(true);
        world.is("2031-11-21T11:00:00Z");
        world.app.sweep(16).unwrap();
        world.stands();
        world.is("2031-11-24T11:00:00Z");
        world.app.sweep(16).unwrap();
        let grant = world.leave_of("ann", Role::Analyst, Act::PushSee);
        assert!(world.app.push_requests(&grant).unwrap().is_empty());
        let open = |tx: &mut oriel_store::Tx<'_>| tx.push_request_open(jiff::Timestamp::MIN);
        assert_eq!(world.app.store().read(open).unwrap(), []);
    }
}
