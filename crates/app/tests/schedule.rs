//! Which flights are expected, and what carriers still owe of them (R-ING-07).
//!
//! Everything in it is invented.

use jiff::{Timestamp, ToSpan};
use oriel_app::{App, AppError, Channel, Compartment, ScheduleRefusal, Setup};
use oriel_policy::{Act, Actor, CheckMode, Grant, Profile, PushState, Role};
use oriel_screening::Weights;
use oriel_store::Store;
use oriel_testkit::{Place, any_keys};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Seconds since 1970, set by hand.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Hand {
    fn new(at: &str) -> Self {
        Self(Arc::new(AtomicI64::new(time(at).as_second())))
    }

    fn set(&self, at: &str) {
        self.0.store(time(at).as_second(), Ordering::Relaxed);
    }
}

fn open(place: &Place, law: &str, hand: &Hand) -> App {
    let hand = hand.clone();
    App::open(Setup {
        store: Store::create(&place.name(), any_keys()).unwrap(),
        compartments: Compartment::only(Profile::builtin(law).unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(move || Timestamp::from_second(hand.0.load(Ordering::Relaxed)).unwrap()),
        threads: 1,
    })
    .unwrap()
}

fn leave(app: &App, act: Act) -> Grant {
    let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
    app.authorize(&liaison, act, None).unwrap()
}

/// Flights of one carrier on 23 November 2026.
fn ssim(carrier: &str, flights: &[&str]) -> Vec<u8> {
    oriel_testkit::ssim(carrier, "23NOV26", flights)
}

/// A list (`PAXLST`) or bookings (`PNRGOV`) of ZQ flight `number` on 23 November at 12:00.
fn message(kind: &str, number: u32, n: u32) -> String {
    match kind {
        "PAXLST" => format!(
            "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+L{n}++APIS'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
             TDT+20+ZQ{number}+++ZQ'LOC+125+UXA'DTM+189:2611231200:201'LOC+87+LHR'\
             DTM+232:2611231500:201'NAD+FL+++EXEMPLE:JEAN'ATT+2++M'CNT+42:1'UNT+10+1'UNZ+1+L{n}'"
        ),
        "cancel" => format!(
            "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+C{n}++APIS'UNH+1+PAXLST:D:05B:UN:IATA'BGM+266+XF'\
             TDT+20+ZQ{number}+++ZQ'LOC+125+UXA'DTM+189:2611231200:201'LOC+87+LHR'\
             DTM+232:2611231500:201'CNT+42:0'UNT+9+1'UNZ+1+C{n}'"
        ),
        _ => format!(
            "UNB+IATA:1+ZQ+UTO+261122:0914+P{n}'UNH+1+PNRGOV:11:1:IA'MSG+:22'ORG+ZQ:UXA'\
             TVL+231126:1200:231126:1500+UXA+LHR+ZQ+{number}'EQN+1'SRC'RCI+ZQ:K7Q2L{n}'\
             TIF+EXEMPLE+JEAN:A:1'UNT+9+1'UNZ+1+P{n}'"
        ),
    }
}

fn receive(app: &App, bytes: &str) {
    let receipt = app
        .receive(bytes.as_bytes(), Channel("test".into()))
        .unwrap();
    assert_eq!(receipt.messages[0].status.name(), "accepted", "{receipt:?}");
}

/// Flights of 23 November as `name from-to plan first closure`.
#[track_caller]
fn check(app: &App, expect: &[&str]) {
    let day = (time("2026-11-23T00:00:00Z"), time("2026-11-23T23:59:59Z"));
    let flights = app
        .expected(&leave(app, Act::ScheduleRead), day.0, day.1)
        .unwrap();
    let got: Vec<String> = flights
        .iter()
        .map(|f| {
            let pushes = f.pushes.iter().map(|push| push.state.name());
            let pushes: Vec<&str> = pushes.collect();
            format!(
                "{} {}-{} {} {}",
                f.name,
                f.from,
                f.to,
                f.plan.name(),
                pushes.join(" ")
            )
        })
        .collect();
    let got: Vec<&str> = got.iter().map(|line| line.trim_end()).collect();
    assert_eq!(got, expect);
}

fn put(app: &App, name: &str, bytes: &[u8]) -> oriel_store::ScheduleRow {
    let grant = leave(app, Act::SchedulePut);
    app.schedule_put(&grant, name, bytes).unwrap().row
}

/// Brings in rows made by hand, and compares how many flights more, fewer and otherwise are told.
#[track_caller]
fn by_hand(app: &App, hand: &Hand, rows: &str, told: [usize; 3]) {
    // The one that comes in last counts.
    hand.0.fetch_add(60, Ordering::Relaxed);
    let grant = leave(app, Act::SchedulePut);
    let name = rows.lines().last().unwrap();
    let put = app.schedule_put(&grant, name, rows.as_bytes()).unwrap();
    assert_eq!([put.added, put.gone, put.changed], told, "{rows}");
}

const HAND_MADE: &str = "carrier,number,from,departs,to,arrives,first_day,last_day,aircraft\n";
const CHANGES: &str = "carrier,number,from,departs,to,arrives,first_day,aircraft,change\n";

/// R-ING-07: a carrier without SSIM has a calendar made by hand; what becomes of single flights counts
/// for these alone, and a schedule that comes in later for all.
#[test]
fn a_calendar_made_by_hand_is_expected_and_changed_flight_by_flight() {
    for place in Place::each("schedule") {
        let hand = Hand::new("2026-11-22T00:00:00Z");
        let app = open(&place, "eu-2022", &hand);
        let winter = "ZQ,417,UXA,12:00,LHR,15:00,2026-11-23,2026-11-24,320\n\
                      ZQ,418,UXA,13:00,LHR,16:00,2026-11-23,2026-11-24,320\n";
        by_hand(&app, &hand, &format!("{HAND_MADE}{winter}"), [4, 0, 0]);
        let plans = |expect: &[&str]| {
            let read = leave(&app, Act::ScheduleRead);
            let from = time("2026-11-23T00:00:00Z");
            let flights = app.expected(&read, from, from + 24.hours()).unwrap();
            let line = |f: &oriel_app::ExpectedFlight| {
                let at = f
                    .departs
                    .map_or(String::new(), |at| at.strftime("%H%M").to_string());
                format!("{} {at} {} {}", f.name, f.to, f.plan.name())
            };
            assert_eq!(flights.iter().map(line).collect::<Vec<_>>(), expect);
        };
        plans(&["ZQ417 1200 LHR planned", "ZQ418 1300 LHR planned"]);
        // Cancelled: told, and nothing is owed.
        let row = "ZQ,417,UXA,12:00,LHR,15:00,2026-11-23,,cancelled\n";
        by_hand(&app, &hand, &format!("{CHANGES}{row}"), [0, 1, 0]);
        plans(&["ZQ417 1200 LHR cancelled", "ZQ418 1300 LHR planned"]);
        // Later, elsewhere, and with another aircraft.
        let row = "ZQ,418,UXA,14:30,LHR,17:30,2026-11-23,320,changed\n";
        by_hand(&app, &hand, &format!("{CHANGES}{row}"), [0, 0, 1]);
        plans(&["ZQ417 1200 LHR cancelled", "ZQ418 1430 LHR planned"]);
        let diverted = "ZQ,418,UXA,14:30,JFK,17:30,2026-11-23,320,changed\n";
        by_hand(&app, &hand, &format!("{CHANGES}{diverted}"), [0, 0, 1]);
        plans(&["ZQ417 1200 LHR cancelled", "ZQ418 1430 JFK planned"]);
        let equipment = "ZQ,418,UXA,14:30,JFK,17:30,2026-11-23,332,changed\n";
        by_hand(&app, &hand, &format!("{CHANGES}{equipment}"), [0, 0, 1]);
        // It flies after all, and one more does.
        let rows = "ZQ,417,UXA,12:00,LHR,15:00,2026-11-23,320,changed\n\
                    ZQ,9,UXA,20:00,LHR,23:00,2026-11-23,320,added\n";
        by_hand(&app, &hand, &format!("{CHANGES}{rows}"), [2, 0, 0]);
        plans(&[
            "ZQ417 1200 LHR planned",
            "ZQ418 1430 JFK planned",
            "ZQ9 2000 LHR planned",
        ]);
        // A flight with freight alone carries nobody who is to be told of.
        let freight = "carrier,number,from,departs,to,arrives,first_day,service,change\n\
                       ZQ,9,UXA,20:00,LHR,23:00,2026-11-23,F,changed\n";
        by_hand(&app, &hand, freight, [0, 1, 0]);
        plans(&["ZQ417 1200 LHR planned", "ZQ418 1430 JFK planned"]);
        // The next schedule of its days counts instead of everything before it.
        by_hand(
            &app,
            &hand,
            &format!("{HAND_MADE}{}", winter.replace("12:00", "12:10")),
            [0, 0, 3],
        );
        plans(&["ZQ417 1210 LHR planned", "ZQ418 1300 LHR planned"]);
    }
}

/// R-ING-07: a push that does not come is told when its time and the tolerance are over.
#[test]
fn a_push_that_does_not_come_is_told() {
    for place in Place::each("schedule") {
        let hand = Hand::new("2026-11-22T11:00:00Z");
        let app = open(&place, "eu-2022", &hand);
        put(
            &app,
            "winter",
            &ssim(
                "ZQ",
                &["417 J UXA 1200 LHR 1500", "418 J UXA 1200 LHR 1500"],
            ),
        );
        let owed = || {
            app.pushes_owed()
                .map(|owed| (owed.missing, owed.late))
                .unwrap()
        };
        let planned = |a: &str, b: &str| {
            check(
                &app,
                &[
                    &format!("ZQ417 UXA-LHR planned {a}"),
                    &format!("ZQ418 UXA-LHR planned {b}"),
                ],
            );
        };
        planned("awaited awaited", "awaited awaited");
        assert_eq!(owed(), (0, 0));
        receive(&app, &message("PNRGOV", 417, 1));
        planned("come awaited", "awaited awaited");
        hand.set("2026-11-22T12:30:01Z");
        planned("come awaited", "missing awaited");
        receive(&app, &message("PNRGOV", 418, 2));
        planned("come awaited", "late awaited");
        // A list is no booking data.
        receive(&app, &message("PAXLST", 417, 3));
        hand.set("2026-11-23T12:30:01Z");
        planned("come missing", "late missing");
        assert_eq!(owed(), (2, 1));
        receive(&app, &message("PNRGOV", 417, 4));
        planned("come late", "late missing");
    }
}

#[test]
fn of_a_cancelled_flight_nothing_is_owed() {
    for place in Place::each("schedule") {
        let hand = Hand::new("2026-11-22T13:00:00Z");
        let app = open(&place, "eu-2022", &hand);
        put(&app, "winter", &ssim("ZQ", &["417 J UXA 1200 LHR 1500"]));
        check(&app, &["ZQ417 UXA-LHR planned missing awaited"]);
        receive(&app, &message("cancel", 417, 1));
        check(&app, &["ZQ417 UXA-LHR cancelled"]);
    }
}

/// R-ING-10: a flight is expected of the carrier that flies it, once.
#[test]
fn what_nobody_has_to_report_is_not_expected() {
    let place = Place::folder("schedule");
    let app = open(&place, "eu-2022", &Hand::new("2026-11-20T12:00:00Z"));
    put(
        &app,
        "ZQ",
        &ssim(
            "ZQ",
            &[
                "417 J UXA 1200 LHR 1500",
                // Cargo; inside the state; inside the area, which nobody selected; elsewhere.
                "900 F UXA 1300 LHR 1600",
                "901 J UXA 1300 UXB 1400",
                "902 J UXA 1300 CDG 1600",
                "903 J LHR 1300 JFK 1600",
            ],
        ),
    );
    put(
        &app,
        "X9",
        &ssim("X9", &["4417 J UXA 1200 LHR 1500 ZQ_0417"]),
    );
    check(&app, &["ZQ417 UXA-LHR planned awaited awaited"]);
}

#[test]
fn the_newer_file_counts_for_the_days_it_speaks_of_until_it_is_ended() {
    for place in Place::each("schedule") {
        let hand = Hand::new("2026-11-20T12:00:00Z");
        let app = open(&place, "eu-2022", &hand);
        put(&app, "first", &ssim("ZQ", &["417 J UXA 1200 LHR 1500"]));
        hand.set("2026-11-20T13:00:00Z");
        let second = put(&app, "second", &ssim("ZQ", &["419 J UXA 1300 LHR 1600"]));
        check(&app, &["ZQ419 UXA-LHR planned awaited awaited"]);
        // A file that is brought in again changes nothing.
        put(&app, "second", &ssim("ZQ", &["419 J UXA 1300 LHR 1600"]));
        assert_eq!(
            app.schedules(&leave(&app, Act::ScheduleRead))
                .unwrap()
                .len(),
            2
        );
        // What comes and stands in no schedule is told.
        receive(&app, &message("PNRGOV", 417, 1));
        check(
            &app,
            &[
                "ZQ417 UXA-LHR unplanned come awaited",
                "ZQ419 UXA-LHR planned awaited awaited",
            ],
        );
        let end = || app.schedule_end(&leave(&app, Act::SchedulePut), second.id);
        end().unwrap();
        check(&app, &["ZQ417 UXA-LHR planned come awaited"]);
        assert!(matches!(
            end(),
            Err(AppError::Schedule(ScheduleRefusal::Ended))
        ));
        // One that had ended counts again when it is brought in again.
        hand.set("2026-11-20T14:00:00Z");
        put(&app, "second", &ssim("ZQ", &["419 J UXA 1300 LHR 1600"]));
        check(
            &app,
            &[
                "ZQ417 UXA-LHR unplanned come awaited",
                "ZQ419 UXA-LHR planned awaited awaited",
            ],
        );
    }
}

#[test]
fn flights_of_a_carrier_without_a_schedule_are_not_unplanned() {
    let place = Place::folder("schedule");
    let app = open(&place, "eu-2022", &Hand::new("2026-11-20T12:00:00Z"));
    receive(&app, &message("PNRGOV", 417, 1));
    check(&app, &[]);
    put(&app, "X9", &ssim("X9", &["17 J UXA 1800 LHR 2100"]));
    check(&app, &["X917 UXA-LHR planned awaited awaited"]);
}

/// R-SCO-03: what the profile does not take is not owed.
#[test]
fn a_unit_without_bookings_is_owed_lists() {
    let place = Place::folder("schedule");
    let app = open(&place, "api-only", &Hand::new("2026-11-23T11:45:00Z"));
    put(&app, "ZQ", &ssim("ZQ", &["417 J LHR 0900 UXA 1200"]));
    let day = (time("2026-11-23T00:00:00Z"), time("2026-11-24T00:00:00Z"));
    let flights = app
        .expected(&leave(&app, Act::ScheduleRead), day.0, day.1)
        .unwrap();
    let states: Vec<PushState> = flights[0].pushes.iter().map(|push| push.state).collect();
    assert_eq!(states, [PushState::Missing, PushState::Missing]);
    assert!(
        flights[0]
            .pushes
            .iter()
            .all(|push| push.due_at == flights[0].departs_at)
    );
}

#[test]
fn what_is_no_schedule_is_refused_and_only_liaison_brings_one_in() {
    let place = Place::folder("schedule");
    let app = open(&place, "eu-2022", &Hand::new("2026-11-20T12:00:00Z"));
    let grant = leave(&app, Act::SchedulePut);
    let refused = |name: &str, bytes: &[u8]| {
        app.schedule_put(&grant, name, bytes)
            .unwrap_err()
            .to_string()
    };
    assert!(refused("winter", b"carrier,number\n").contains("no leg of a flight"));
    assert!(refused(" ", &ssim("ZQ", &["417 J UXA 1200 LHR 1500"])).contains("name the schedule"));
    let analyst = Actor::new("ana", &[Role::Analyst]);
    assert!(app.authorize(&analyst, Act::SchedulePut, None).is_err());
    let read = app.authorize(&analyst, Act::ScheduleRead, None).unwrap();
    let from = time("2026-11-23T00:00:00Z");
    assert!(
        app.expected(&read, from, from + 24.hours())
            .unwrap()
            .is_empty()
    );
    assert!(
        app.schedule_put(&read, "x", &ssim("ZQ", &["417 J UXA 1200 LHR 1500"]))
            .is_err()
    );
}
