//! Schedules over HTTP, and what is owed of the flights in them (R-ING-07).

use crate::world::World;
use axum::http::StatusCode;
use oriel_policy::Role;
use oriel_testkit::ssim;
use serde_json::{Value, json};

fn flights(answer: &Value) -> Vec<String> {
    let data = answer["data"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let line = |flight: &Value| {
        let pushes = flight["pushes"].as_array().unwrap().iter();
        let states: Vec<String> = pushes.map(|push| text(&push["state"])).collect();
        format!(
            "{} {} {}",
            text(&flight["flight"]),
            text(&flight["plan"]),
            states.join(" ")
        )
    };
    data.iter().map(line).collect()
}

#[tokio::test]
async fn a_liaison_officer_brings_in_a_schedule_and_sees_what_is_missing() {
    let world = World::two();
    let carla = [Role::CarrierLiaison];
    world
        .app
        .account_put("carla", "Carla Example", &carla, None)
        .unwrap();
    let carla = world.sign_in("carla").await;
    let ada = world.sign_in("ada").await;

    // ZQ417 of today has sent a list and no bookings; of ZQ418 nothing has come.
    let file = ssim(
        "ZQ",
        "22NOV26",
        &["417 J UXA 1200 CDG 1500", "418 J UXA 1300 LHR 1600"],
    );
    let put = |cookie: &str, name: &str, bytes: &[u8]| {
        let ask = world.ask("POST", &format!("/schedules?name={name}"));
        ask.header("cookie", cookie).body(bytes.to_vec()).send()
    };
    assert_eq!(
        put(&ada, "winter", &file).await.status,
        StatusCode::FORBIDDEN
    );
    let no_schedule = put(&carla, "winter", b"nothing").await;
    assert_eq!(no_schedule.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(no_schedule.code(), "schedule");
    let schedule = put(&carla, "winter", &file).await;
    assert_eq!(schedule.status, StatusCode::CREATED, "{}", schedule.text);
    let schedule = schedule.json();
    assert_eq!(schedule["carriers"], json!(["ZQ"]));
    assert_eq!(
        (&schedule["legs"], &schedule["put_by"]),
        (&json!(2), &json!("carla"))
    );

    let get = |cookie: &str, path: &str| world.ask("GET", path).header("cookie", cookie).send();
    // The arrival that the world has is in no schedule.
    let due = [
        "ZQ417 planned missing awaited",
        "ZQ417 unplanned missing awaited",
        "ZQ418 planned missing awaited",
    ];
    let expected = get(&ada, "/expected?from=2026-11-22&to=2026-11-22&odd=true").await;
    assert_eq!(flights(&expected.json()), due);
    assert_eq!(expected.json()["data"][2]["id"], Value::Null);
    let tomorrow = get(&ada, "/expected?from=2026-11-23").await.json();
    assert_eq!(
        (flights(&tomorrow), &tomorrow["total"]),
        (Vec::new(), &json!(0))
    );
    let wrong = get(&ada, "/expected?from=yesterday").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    // R-CAR-02: what proves how the carrier failed, as JSON and as a page; for who may.
    world
        .app
        .account_put("lena", "lena", &[Role::LegalOfficer], None)
        .unwrap();
    let details = json!({ "name": "Zephyr Quest", "operates": ["ZQ"], "formats": ["pnrgov"], "languages": ["en"] });
    let enrolled = world.ask("POST", "/carriers").header("cookie", &carla);
    let enrolled = enrolled
        .json(&json!({ "id": "zq", "details": details }))
        .send()
        .await;
    assert_eq!(enrolled.status, StatusCode::CREATED, "{}", enrolled.text);
    let lena = world.sign_in("lena").await;
    let prove = |cookie: &str, rest: &str| {
        let path = format!("/carriers/zq/infringement?flight=ZQ417&departs=2026-11-22{rest}");
        world.ask("GET", &path).header("cookie", cookie).send()
    };
    let proved = prove(&lena, "").await;
    assert_eq!(proved.status, StatusCode::OK, "{}", proved.text);
    assert_eq!(proved.json()["document"]["flight"]["name"], "ZQ417");
    let page = prove(&lena, "&page=true").await;
    assert!(page.text.contains("Zephyr Quest: ZQ417"), "{}", page.text);
    for (rest, status) in [("T99:00:00Z", 400), ("&flight=ZQ9", 400)] {
        let refused = prove(&lena, rest).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.text);
    }
    let metrics = world.outside("GET", "/metrics").send().await.text;
    assert!(metrics.contains("\noriel_pushes_missing 3\n"), "{metrics}");

    // Another recipient sees the schedule, and not who of the unit brought it in.
    let roles = [Role::CarrierLiaison];
    let other = world
        .app
        .account_put_for(Some("border"), "bea", "Bea Example", &roles, None);
    other.unwrap();
    let bea = world.sign_in("bea").await;
    let seen = get(&bea, "/schedules").await.json();
    assert_eq!(seen["schedules"][0]["put_by"], Value::Null);

    let path = format!("/schedules/{}", schedule["id"].as_str().unwrap());
    let end = |cookie: &str| world.ask("DELETE", &path).header("cookie", cookie).send();
    assert_eq!(end(&ada).await.status, StatusCode::FORBIDDEN);
    assert_eq!(end(&carla).await.status, StatusCode::NO_CONTENT);
    assert_eq!(end(&carla).await.status, StatusCode::CONFLICT);
    let listed = get(&carla, "/schedules").await.json();
    assert!(listed["schedules"][0]["ended_at"].is_string());
    assert_eq!(
        flights(&get(&ada, "/expected").await.json()),
        Vec::<String>::new()
    );
    let events = world.events();
    let ended = |event: &&String| event.contains("schedule.put sch_");
    assert_eq!(events.iter().filter(ended).count(), 2, "{events:?}");
}
