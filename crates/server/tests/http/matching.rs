//! Persons compared with the lists over HTTP, in our form and in yente's.

use crate::world::{Answer, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn ask(world: &World, login: &str, purpose: &str, question: &Value) -> Answer {
    let cookie = world.sign_in(login).await;
    let ask = world.ask("POST", "/match").header("cookie", &cookie);
    ask.header("purpose", purpose).json(question).send().await
}

fn kestrelman() -> Value {
    json!({ "names": ["KESTRELMAN<<ODRAN"], "dob": ["1976-02-17"], "nationality": ["UTO"] })
}

/// R-WL-05. The parts add up to the points, and the log says that it was asked, never who was
/// meant.
#[tokio::test]
async fn a_listed_person_is_found_and_explained_and_the_log_names_nobody() {
    let world = World::new();
    let question = json!({ "queries": [
        { "id": "a", "query": kestrelman() },
        { "id": "b", "query": { "names": ["UMBERWAY<<BELISANE"], "dob": ["1988-03-02"] } },
    ]});
    let answer = ask(&world, "ada", "assessment=trial", &question).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let results = &answer.json()["results"];
    assert_eq!(
        (&results[0]["id"], &results[1]["id"]),
        (&json!("a"), &json!("b"))
    );
    let hit = &results[0]["hits"][0];
    assert_eq!(hit["entry"], "N-1");
    assert_eq!(hit["caption"], "Odran Kestrelman");
    assert_eq!(hit["band"], "certain");
    let parts = hit["parts"].as_array().unwrap();
    let sum: i64 = parts.iter().map(|p| p["points"].as_i64().unwrap()).sum();
    assert_eq!(hit["points"], sum);
    assert_eq!(results[1]["hits"], json!([]));
    let events = world.events();
    let events: Vec<&String> = events.iter().filter(|e| e.contains("list.match")).collect();
    assert_eq!(events.len(), 1);
    assert!(events[0].ends_with("list.match lists assessment=trial ok persons=2 hits=1"));
    assert!(!events[0].to_uppercase().contains("KESTRELMAN"));
}

/// R-ACC-01, R-ACC-02.
#[tokio::test]
async fn who_has_no_leave_no_purpose_or_no_case_is_told_nothing() {
    let world = World::new();
    let question = json!({ "queries": [{ "query": kestrelman() }] });
    let rows = [
        ("ada", "", "403 purpose-required"),
        ("ada", "case=case_0000000000000000", "422 case-required"),
        ("sam", "assessment=trial", "403 role-missing"),
        ("clara", "oversight=trial", "403 role-missing"),
    ];
    for (login, purpose, expect) in rows {
        let answer = ask(&world, login, purpose, &question).await;
        let got = format!("{} {}", answer.status.as_u16(), answer.code());
        assert_eq!(got, expect, "{login} {purpose}: {}", answer.text);
        assert!(!answer.text.contains("N-1"), "{login} {purpose}");
    }
    let nobody = world.ask("POST", "/match").json(&question).send().await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_question_has_bounds_and_a_list_that_is_not_there_is_not_found() {
    let world = World::new();
    let one = |query: Value| json!({ "queries": [{ "query": query }] });
    let many = vec![json!({ "query": kestrelman() }); 101];
    let with = |key: &str, value: Value| {
        let mut question = one(kestrelman());
        question[key] = value;
        question
    };
    let rows = [
        (json!({ "queries": many }), "422 match-bounds"),
        (one(json!({ "names": vec!["A"; 51] })), "422 match-bounds"),
        (
            one(json!({ "names": ["A".repeat(1_001)] })),
            "422 match-bounds",
        ),
        (with("min", json!(0)), "422 match-bounds"),
        (with("limit", json!(101)), "422 match-bounds"),
        (with("list", json!("other")), "404 not-found"),
        (with("list", json!("national")), "200 "),
    ];
    for (question, expect) in rows {
        let answer = ask(&world, "ada", "assessment=trial", &question).await;
        let got = format!("{} {}", answer.status.as_u16(), answer.code());
        assert_eq!(got, expect, "{}", answer.text);
    }
}

#[tokio::test]
async fn yente_is_spoken() {
    let world = World::new();
    let cookie = world.sign_in("ada").await;
    let question = json!({ "weights": {}, "queries": {
        "q1": { "schema": "Person", "properties": {
            "firstName": "Odran", "lastName": ["Kestrelman"], "birthDate": ["1976-02-17"],
        }},
        "q2": { "schema": "Vessel", "properties": { "name": ["Kestrelman"] } },
        "q3": { "schema": "Person", "properties": { "name": ["Belisane Umberway"] } },
    }});
    for (list, expect) in [("default", 200), ("national", 200), ("other", 404)] {
        let ask = world.outside("POST", &format!("/compat/yente/match/{list}?limit=3"));
        let ask = ask.header("cookie", &cookie);
        let answer = ask.header("purpose", "assessment=trial").json(&question);
        let answer = answer.send().await;
        assert_eq!(answer.status.as_u16(), expect, "{list}: {}", answer.text);
        if expect != 200 {
            continue;
        }
        let body = answer.json();
        assert_eq!(body["limit"], 3);
        let first = &body["responses"]["q1"];
        assert_eq!(first["status"], 200);
        assert_eq!(first["total"], json!({ "value": 1, "relation": "eq" }));
        assert_eq!(first["query"]["schema"], "Person");
        let result = &first["results"][0];
        assert_eq!(
            (&result["id"], &result["match"]),
            (&json!("N-1"), &json!(true))
        );
        assert_eq!(result["caption"], "Odran Kestrelman");
        assert_eq!(result["datasets"], json!(["national"]));
        assert_eq!(result["properties"]["name"], json!(["Odran Kestrelman"]));
        let score = result["score"].as_f64().unwrap();
        assert!((0.7..=1.0).contains(&score), "{score}");
        assert!(result["features"]["birth_date"].as_f64().unwrap() > 5.0);
        assert!(
            result["explanations"]["name"]["detail"]
                .as_str()
                .unwrap()
                .contains("the same word")
        );
        for feature in result["features"].as_object().unwrap().keys() {
            assert!(
                body["matcher"][feature]["description"].is_string(),
                "{feature}"
            );
        }
        assert_eq!(body["responses"]["q2"]["status"], 400);
        assert_eq!(body["responses"]["q3"]["results"], json!([]));
    }
    // A page of another site may not ask for who is signed in here.
    let ask = world.outside("POST", "/compat/yente/match/default");
    let ask = ask
        .header("cookie", &cookie)
        .header("sec-fetch-site", "cross-site");
    let answer = ask.header("purpose", "assessment=trial").json(&question);
    assert_eq!(answer.send().await.code(), "cross-site");
}
