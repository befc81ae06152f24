//! Questions at check-in over HTTP: answered in time, told when the answer changes.

use crate::world::{MESSAGE, World};
use axum::http::StatusCode;
use oriel_messages::reply::{Agreement, Agreements, Manner};
use oriel_policy::{Act, Actor, Profile, Role};
use oriel_server::Options;
use oriel_store::{CarrierStatus, StoreError};
use serde_json::json;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// A world whose carrier ZQ is live and asks, and waits for an answer so long.
fn world(seconds: u32) -> (World, String) {
    let mut agreements = Agreements::default();
    let lists = Manner::Verdicts;
    agreements.add(
        "ZQAIR",
        Agreement {
            lists,
            ..Agreement::default()
        },
    );
    let law = Profile::builtin_text("utopia").unwrap();
    let law = law.replace(
        "answer_seconds = { value = 4",
        &format!("answer_seconds = {{ value = {seconds}"),
    );
    let options = Options {
        agreements,
        ..Options::default()
    };
    let world = World::answering(options, Profile::parse(&law).unwrap());
    world.enrol("zq");
    let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
    let grant = world.app.authorize(&liaison, Act::CarrierPut, None);
    let live = CarrierStatus::Live;
    let status = world
        .app
        .carrier_status(&grant.unwrap(), "zq", 1, live, "invented");
    status.unwrap();
    let bearer = format!("Bearer {}", world.key("zq"));
    (world, bearer)
}

fn question(reference: &str) -> String {
    MESSAGE.replace("W1", reference)
}

/// A store into which somebody writes all the time, and nobody else.
struct Held {
    free: mpsc::Sender<()>,
    holder: JoinHandle<()>,
}

impl Held {
    fn by_somebody(world: &World) -> Self {
        let (held, holds) = mpsc::channel();
        let (free, freed) = mpsc::channel::<()>();
        let app = Arc::clone(&world.app);
        let holder = std::thread::spawn(move || {
            let held = app.store().write(|tx| {
                tx.housekeeping();
                held.send(()).unwrap();
                freed.recv().unwrap();
                Ok::<(), StoreError>(())
            });
            held.unwrap();
        });
        holds.recv().unwrap();
        Self { free, holder }
    }

    fn free(self) {
        self.free.send(()).unwrap();
        self.holder.join().unwrap();
    }
}

/// R-IAPI-02: while nothing can be committed, who asks is told that nobody can say, in the form that
/// was asked for, and nothing is acknowledged; what was in line is answered when it is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_takes_too_long_is_answered() {
    // Nobody waits longer than it takes to say that there is no answer.
    let (world, bearer) = world(0);
    let ask = |reference: &str, accept: &str| {
        let ask = world.ask("POST", "/messages");
        let ask = ask.header("authorization", &bearer);
        ask.header("accept", accept)
            .body(question(reference))
            .send()
    };
    // The key is used for the first time, which is written down.
    ask("Q1", "application/json").await;
    let held = Held::by_somebody(&world);
    let late = ask("Q2", "application/json").await;
    assert_eq!(
        late.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        late.text
    );
    assert_eq!(late.headers["retry-after"], "1");
    let message = &late.json()["messages"][0];
    assert_eq!(message["status"], "late");
    assert_eq!(message["cleared"], json!(["undetermined", "undetermined"]));
    let late = ask("Q3", "application/edifact").await;
    assert_eq!(late.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        late.text.contains("BGM+962") && late.text.contains("ERC+XZ"),
        "{}",
        late.text
    );
    held.free();
    // It is behind both in line, and brings what is owed with it.
    world
        .app
        .receive(question("Q4").as_bytes(), oriel_app::Channel("test".into()))
        .unwrap();
    let page = world
        .ask("GET", "/carrier")
        .header("authorization", &bearer);
    let page = page.send().await.json();
    let changes = page["changes"].as_array().unwrap();
    let told = |change: &serde_json::Value| change["message"].as_str().unwrap().to_owned();
    assert_eq!(changes.len(), 1, "of two questions the newer one: {page}");
    assert!(told(&changes[0]).contains("BGM+132"), "{page}");
    let seen = world.ask("POST", "/carrier/notices");
    let seen = seen.header("authorization", &bearer);
    let seen = seen
        .json(&json!({ "seen": [changes[0]["number"]] }))
        .send()
        .await;
    assert_eq!(seen.status, StatusCode::NO_CONTENT);
    let page = world
        .ask("GET", "/carrier")
        .header("authorization", &bearer);
    assert_eq!(page.send().await.json()["changes"], json!([]));
}

/// R-IAPI-02: the law's time runs while a question waits for its turn to be read. One that has waited
/// all of it is answered that nobody can say, and nothing of it is kept.
#[tokio::test]
async fn what_is_waited_at_the_door_counts() {
    let law = Duration::from_secs(1);
    let (world, bearer) = world(1);
    let ask = |reference: &str| {
        let ask = world.ask("POST", "/messages");
        ask.header("authorization", &bearer)
            .body(question(reference))
    };
    // The key is used for the first time, which is written down.
    assert_eq!(ask("Q1").send().await.status, StatusCode::CREATED);
    let cookie = world.sign_in("ada").await;
    let accepted = || world.app.store().read(|tx| tx.stats()).unwrap().accepted;
    let before = accepted();
    // Who may not send is told so when that is written down. Many of them take every turn there is.
    let held = Held::by_somebody(&world);
    let mut crowd = Vec::new();
    for _ in 0..8 * std::thread::available_parallelism().unwrap().get() {
        let stranger = world.ask("POST", "/messages").header("cookie", &cookie);
        crowd.push(stranger.read().await);
    }
    let asked = ask("Q2").read().await;
    tokio::time::sleep(law + Duration::from_millis(1)).await;
    held.free();
    let late = asked.await.unwrap();
    let status = StatusCode::SERVICE_UNAVAILABLE;
    assert_eq!(late.status, status, "{}", late.text);
    let message = &late.json()["messages"][0];
    assert_eq!(message["status"], "late");
    assert_eq!(message["cleared"], json!(["undetermined", "undetermined"]));
    for stranger in crowd {
        assert_eq!(stranger.await.unwrap().status, StatusCode::FORBIDDEN);
    }
    assert_eq!(accepted(), before);
    // It is none that was here before.
    let again = ask("Q2").send().await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.text);
    assert_eq!(accepted(), before + 1);
}

/// R-IAPI-05, R-IAPI-08: who waits at a desk has a lane of the queue, and the manifest says what the
/// carrier was told.
#[tokio::test]
async fn who_waits_at_a_desk_has_a_lane() {
    let (world, bearer) = world(60);
    let ask = world.ask("POST", "/messages");
    let asked = ask
        .header("authorization", &bearer)
        .body(question("Q1"))
        .send();
    let asked = asked.await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
    let cleared = asked.json()["messages"][0]["cleared"].clone();
    assert_eq!(cleared, json!(["contact", "board"]));
    let cookie = world.sign_in("ada").await;
    let queue = world.ask("GET", "/queue?lane=check_in");
    let queue = queue.header("cookie", &cookie);
    let queue = queue
        .header("purpose", "assessment=queue")
        .send()
        .await
        .json();
    assert_eq!(queue["counts"]["check_in"], 1, "{queue}");
    let case = &queue["cases"][0];
    assert_eq!(case["waits_since"], "2026-11-22T09:00:00Z", "{case}");
    let journey = case["journey"]["id"].as_str().unwrap();
    let flight = world
        .ask("GET", &format!("/flights/{journey}"))
        .header("cookie", &cookie);
    let flight = flight
        .header("purpose", "assessment=queue")
        .send()
        .await
        .json();
    let travellers = flight["travellers"].as_array().unwrap().iter();
    let told: Vec<_> = travellers
        .map(|one| (one["told"].clone(), one["discrepancy"].clone()))
        .collect();
    assert_eq!(told.len(), 2, "{flight}");
    assert!(told.contains(&(json!("contact"), json!(null))), "{told:?}");
}
