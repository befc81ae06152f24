//! Oversight from outside: who may, for which purpose, and what they get.

use crate::world::{Answer, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

const PURPOSE: &str = "oversight=2026-11";

/// Somebody's browser.
struct Desk<'a> {
    world: &'a World,
    cookie: String,
}

impl<'a> Desk<'a> {
    async fn of(world: &'a World, login: &str) -> Self {
        let cookie = world.sign_in(login).await;
        Self { world, cookie }
    }

    async fn get(&self, path: &str) -> Answer {
        let ask = self.world.ask("GET", path).header("cookie", &self.cookie);
        ask.header("purpose", PURPOSE).send().await
    }

    async fn answer(&self, event: &Value, body: Value) -> Answer {
        let path = format!("/oversight/inbox/{event}/answers");
        let ask = self.world.ask("POST", &path).header("cookie", &self.cookie);
        ask.header("purpose", PURPOSE).json(&body).send().await
    }
}

const READS: &[&str] = &[
    "/oversight/inbox",
    "/oversight/waiting",
    "/oversight/audit",
    "/oversight/audit/export",
    "/oversight/audit/1/proof",
    "/oversight/months/2026-11/proof",
    "/oversight/chain",
];

/// R-DPO-04, R-AUD-04.
#[tokio::test]
async fn only_overseers_come_in_and_only_for_oversight() {
    let world = World::new();
    for (login, status) in [("ada", 403), ("sam", 403), ("clara", 200)] {
        let desk = Desk::of(&world, login).await;
        for path in READS {
            let answer = desk.get(path).await;
            assert_eq!(answer.status, status, "{login} {path}: {}", answer.text);
        }
    }
    let clara = world.sign_in("clara").await;
    for path in READS {
        let ask = world.ask("GET", path).header("cookie", &clara);
        let answer = ask.send().await;
        assert_eq!(answer.code(), "purpose-required", "{path}");
        let ask = world.ask("GET", path).header("cookie", &clara);
        let answer = ask.header("purpose", "rights=r1").send().await;
        assert_eq!(answer.code(), "purpose-unfit", "{path}");
    }
}

/// R-DPO-04.
#[tokio::test]
async fn an_item_is_answered_and_stays() {
    let world = World::new();
    let clara = Desk::of(&world, "clara").await;
    let inbox = clara.get("/oversight/inbox").await.json();
    let items = inbox["items"].as_array().unwrap();
    assert_eq!(inbox["answers"], true);
    assert_eq!(
        items.len(),
        6,
        "the first law, and accounts from the console"
    );
    let event = &items[0]["event"];
    let empty = clara.answer(event, json!({ "answer": "noted" })).await;
    assert_eq!((empty.status.as_u16(), empty.code()), (422, "note".into()));
    let note = json!({ "answer": "noted", "note": "Asked for the reason." });
    assert_eq!(clara.answer(event, note).await.status, StatusCode::CREATED);
    let closed = clara.answer(event, json!({ "answer": "closed" })).await;
    assert_eq!(closed.json()["state"], "closed");
    let inbox = clara.get("/oversight/inbox").await.json();
    let last = inbox["items"].as_array().unwrap().last().unwrap();
    assert_eq!(last["event"], *event);
    assert_eq!(last["answers"][0]["note"], "Asked for the reason.");
    let waiting = clara.get("/oversight/waiting").await.json();
    assert_eq!(waiting, json!({ "open": 5, "new": 5, "overdue": 0 }));
    let none = clara
        .answer(&json!(9_999), json!({ "answer": "seen" }))
        .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    // The administrator who made the accounts cannot make the items go.
    let sam = Desk::of(&world, "sam").await;
    let tried = sam
        .answer(&items[1]["event"], json!({ "answer": "closed" }))
        .await;
    assert_eq!(tried.code(), "role-missing");
}

/// R-AUD-05.
#[tokio::test]
async fn the_log_is_paged_taken_out_and_proved() {
    let world = World::new();
    let clara = Desk::of(&world, "clara").await;
    let page = clara.get("/oversight/audit?limit=2").await.json();
    assert_eq!(page["data"].as_array().unwrap().len(), 2);
    let next = page["next"].as_u64().unwrap();
    assert_eq!(page["data"][1]["n"], next);
    let more = clara
        .get(&format!("/oversight/audit?limit=2&before={next}"))
        .await;
    assert_eq!(more.json()["data"][0]["n"], next - 1);
    let out = clara.get("/oversight/audit/export?act=account.put").await;
    assert_eq!(out.headers["content-type"], "application/x-ndjson");
    let lines: Vec<Value> = out
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 6);
    assert!(lines[..5].iter().all(|line| line["act"] == "account.put"));
    assert!(lines[5]["checkpoint"].is_string());
    let proof = clara.get("/oversight/audit/1/proof").await.json();
    assert_eq!(
        (&proof["event"]["n"], &proof["schema"]),
        (&json!(1), &json!("oriel.audit-inclusion/1"))
    );
    let chain = clara.get("/oversight/chain?anew=true").await.json();
    assert_eq!(chain["checked"], chain["events"]);
    assert!(chain["held"].is_object() && chain["broken"].is_null());
    for (path, code) in [
        ("/oversight/audit/99999/proof", "no-event"),
        ("/oversight/months/2031-01/proof", "no-event"),
        ("/oversight/months/someday/proof", "date"),
        ("/oversight/audit?register=secret", "register"),
        ("/oversight/audit?actor=Odran%20Kestrelman", "identifier"),
        ("/oversight/audit?from=yesterday", "date"),
    ] {
        assert_eq!(clara.get(path).await.code(), code, "{path}");
    }
}

/// R-STA-01, R-STA-02.
#[tokio::test]
async fn figures_of_a_year_show_no_small_count() {
    let world = World::new();
    let clara = Desk::of(&world, "clara").await;
    let year = clara.get("/statistics/2026").await.json();
    assert_eq!(year["least"], 5);
    let figures = year["figures"].as_array().unwrap();
    let of = |name| {
        figures
            .iter()
            .find(|figure| figure["name"] == name)
            .unwrap()
    };
    let (persons, messages) = (of("passengers"), of("messages"));
    assert_eq!(persons["rows"][0]["part"], "air");
    assert_eq!(
        persons["rows"][0]["months"][10],
        Value::Null,
        "two passengers"
    );
    assert_eq!(persons["rows"][0]["year"], Value::Null);
    assert_eq!(messages["rows"][0]["months"][10], 1);
    let csv = clara.get("/statistics/2026/csv").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.text.contains("\npassengers,mode,air,,0,"));
    let ada = Desk::of(&world, "ada").await;
    assert_eq!(ada.get("/statistics/2026").await.code(), "role-missing");
}
