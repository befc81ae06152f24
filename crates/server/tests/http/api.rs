//! The API from outside: who gets in, what is refused and how, and that what was done is in the
//! store and in the audit log.

use crate::world::{self, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// An id of the right shape that names nothing.
const NOBODY: &str = "00000000000000000000000000";

/// What is there for people who have not signed in.
const OPEN: [(&str, &str); 7] = [
    ("POST", "/session/passkey"),
    ("POST", "/session/passkey/answer"),
    ("GET", "/session/providers/ministry"),
    ("GET", "/session/providers/ministry/callback"),
    ("POST", "/session"),
    ("POST", "/session/first"),
    ("GET", "/session/ways"),
];

/// Every address of the API with its methods, parameters filled in with ids that name nothing.
fn addresses() -> Vec<(String, String)> {
    let api: Value = serde_json::from_str(&oriel_server::document()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        let prefix = match path.split('/').nth(1).unwrap() {
            "cases" => "case",
            "flights" => "jrn",
            "travellers" => "trv",
            "account" => "ses",
            "accounts" => "usr",
            "unmaskings" => "unm",
            "holds" => "hld",
            "links" => "evd",
            "rights" => "rgt",
            _ => "msg",
        };
        let path = path
            .replace("/providers/{id}", "/providers/ministry")
            .replace("{id}", &format!("{prefix}_{NOBODY}"))
            .replace("{hit}", &format!("hit_{NOBODY}"))
            .replace("{key}", "key_0");
        for method in methods.as_object().unwrap().keys() {
            all.push((method.to_uppercase(), path.clone()));
        }
    }
    all
}

/// What reads personal data: its address for a case.
fn personal(case: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    vec![
        "/queue".to_owned(),
        format!("/cases/{}", text(&case["id"])),
        format!("/flights/{}", text(&case["journey"]["id"])),
        format!("/travellers/{}", text(&case["traveller"]["id"])),
        format!("/messages/{}", text(&case["messages"][0]["id"])),
    ]
}

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let world = World::new();
    let all = addresses();
    assert!(all.len() > 12);
    for (method, path) in all {
        if OPEN.contains(&(method.as_str(), path.as_str())) {
            continue;
        }
        for cookie in ["", "oriel_session=0000", "oriel_session="] {
            let ask = world
                .ask(&method, &path)
                .header("cookie", cookie)
                .header("purpose", "assessment=queue")
                .header("if-match", "\"1\"")
                .json(&json!({ "verdict": "same", "reasons": ["S1"] }));
            let answer = ask.send().await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{method} {path} {cookie}"
            );
            assert_eq!(answer.code(), "session-required", "{method} {path}");
        }
    }
}

/// R-SCO-04, R-AUD-01.
#[tokio::test]
async fn reading_people_needs_a_purpose_and_the_refusal_is_logged() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    for path in personal(&case) {
        for purpose in ["", "curiosity=me", "case", "case=Jane Doe"] {
            let before = world.events().len();
            let ask = world.ask("GET", &path).header("cookie", &ada);
            let answer = ask.header("purpose", purpose).send().await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {purpose}");
            assert_eq!(answer.code(), "purpose-required", "{path} {purpose}");
            let events = world.events();
            assert_eq!(events.len(), before + 1);
            assert!(events.last().unwrap().contains("denied purpose-required"));
        }
    }
}

/// R-AUD-01, R-AUD-02.
#[tokio::test]
async fn every_reading_leaves_one_event_with_its_purpose() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    let purpose = format!("case={}", case["id"].as_str().unwrap());
    for path in personal(&case) {
        let before = world.events().len();
        let ask = world.ask("GET", &path).header("cookie", &ada);
        let answer = ask.header("purpose", &purpose).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        let events = world.events();
        assert_eq!(events.len(), before + 1, "{path}");
        assert!(events.last().unwrap().contains(&purpose), "{path}");
    }
}

/// R-ACC-01.
#[tokio::test]
async fn roles_bound_what_is_read() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    for (login, purpose, code) in [
        ("clara", "assessment=queue", "purpose-not-yours"),
        ("ada", "oversight=o1", "purpose-not-yours"),
        ("sam", "assessment=queue", "role-missing"),
        ("zq", "assessment=queue", "role-missing"),
    ] {
        let (name, value) = match login {
            "zq" => ("authorization", format!("Bearer {}", world.key("zq"))),
            _ => ("cookie", world.sign_in(login).await),
        };
        for path in personal(&case) {
            let ask = world.ask("GET", &path).header(name, &value);
            let answer = ask.header("purpose", purpose).send().await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{login} {path}");
            assert_eq!(answer.code(), code, "{login} {path}");
            assert!(!answer.text.contains("KESTRELMAN"));
        }
    }
    let clara = world.sign_in("clara").await;
    let ask = world.ask("GET", "/queue").header("cookie", &clara);
    assert_eq!(
        ask.header("purpose", "oversight=o1").send().await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_id_that_was_not_given_names_nothing() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    let id = case["id"].as_str().unwrap();
    let mut wrong: Vec<String> = Vec::new();
    for (noun, prefix) in [
        ("cases", "case"),
        ("flights", "jrn"),
        ("travellers", "trv"),
        ("messages", "msg"),
    ] {
        // Of the right shape, of another kind, cut short, and not an id at all.
        wrong.push(format!("/{noun}/{prefix}_{NOBODY}"));
        wrong.push(format!("/{noun}/hit_{NOBODY}"));
        wrong.push(format!("/{noun}/{prefix}_0"));
        wrong.push(format!("/{noun}/1"));
        wrong.push(format!("/{noun}/..%2f..%2fetc"));
        wrong.push(format!("/{noun}/'%20or%201=1"));
    }
    wrong.push(format!("/travellers/{}", id.replace("case_", "msg_")));
    wrong.push("/nothing".to_owned());
    for path in wrong {
        let ask = world.ask("GET", &path).header("cookie", &ada);
        let answer = ask.header("purpose", "assessment=queue").send().await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.code(), "not-found", "{path}");
    }
}

#[tokio::test]
async fn a_change_needs_the_version_that_was_seen() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    let id = case["id"].as_str().unwrap();
    let purpose = format!("case={id}");
    let claim = |version: Option<&str>| {
        let mut ask = world
            .ask("POST", &format!("/cases/{id}/claim"))
            .header("cookie", &ada)
            .header("purpose", &purpose);
        if let Some(version) = version {
            ask = ask.header("if-match", version);
        }
        ask.send()
    };
    assert_eq!(claim(None).await.status, StatusCode::PRECONDITION_REQUIRED);
    let stale = claim(Some("\"99\"")).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(stale.code(), "changed");
    assert_eq!(stale.json()["current"], case["version"]);
    let taken = claim(Some(&format!("\"{}\"", case["version"]))).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    assert_eq!(taken.json()["owner"]["me"], true);

    let boris = world.sign_in("boris").await;
    let version = format!("\"{}\"", taken.json()["version"]);
    let ask = world
        .ask("POST", &format!("/cases/{id}/claim"))
        .header("cookie", &boris);
    let refused = ask
        .header("purpose", &purpose)
        .header("if-match", &version)
        .send()
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.code(), "claimed-by-other");
}

/// Signs a decision on the first hit of the case, at the version it has.
async fn decide(world: &World, cookie: &str, ask: &Value) -> world::Answer {
    let case = world.case(cookie).await;
    let id = case["id"].as_str().unwrap();
    let hit = &case["hits"][0];
    let path = format!("/cases/{id}/hits/{}/decision", hit["id"].as_str().unwrap());
    world
        .ask("POST", &path)
        .header("cookie", cookie)
        .header("purpose", &format!("case={id}"))
        .header("if-match", &format!("\"{}\"", hit["version"]))
        .json(ask)
        .send()
        .await
}

/// R-REV-01.
#[tokio::test]
async fn a_same_needs_a_second_person_who_does_not_see_the_first_verdict() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let boris = world.sign_in("boris").await;
    let same = json!({ "verdict": "same", "reasons": ["S2"], "note": "seen at the desk" });

    let first = decide(&world, &ada, &same).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert_eq!(first.json()["state"], "second_wanted");
    assert_eq!(first.json()["decision"]["verdict"], "same");
    let signed = world.events();
    let event = signed.iter().find(|e| e.contains(" hit.decide ")).unwrap();
    assert!(event.contains(" case=case_"), "{event}");
    assert!(!event.contains("desk"), "a note may name people: {event}");

    let again = decide(&world, &ada, &same).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert_eq!(again.code(), "second-person");
    assert!(
        again.json()["policy"]["clause"]
            .as_str()
            .unwrap()
            .contains("Article 6(5)")
    );
    let mine = world.case(&ada).await;
    assert_eq!(mine["cannot"][0]["act"], "second");

    let blind = world.case(&boris).await;
    assert_eq!(blind["hits"][0]["decision"], Value::Null);
    assert!(blind["can"].as_array().unwrap().contains(&json!("second")));

    let second = decide(
        &world,
        &boris,
        &json!({ "verdict": "same", "reasons": ["S1"] }),
    )
    .await;
    assert_eq!(second.json()["state"], "decided", "{}", second.text);
    assert_eq!(second.json()["decision"]["verdict"], "same");
    let decided = world
        .events()
        .iter()
        .filter(|e| e.contains(" hit.decide ") && e.contains(" ok case="))
        .count();
    assert_eq!(decided, 2, "a refused decision is no event of a decision");
}

#[tokio::test]
async fn an_incomplete_decision_says_what_is_missing_and_where() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    for (ask, pointer, code) in [
        (
            json!({ "verdict": "same", "reasons": [] }),
            "/reasons",
            "reason-missing",
        ),
        (
            json!({ "verdict": "same", "reasons": ["N1"] }),
            "/reasons",
            "reason-unknown",
        ),
        (
            json!({ "verdict": "not_same", "reasons": ["N9"] }),
            "/note",
            "note-missing",
        ),
        (
            json!({ "verdict": "same", "reasons": ["S1"], "note": "x".repeat(201) }),
            "/note",
            "note-long",
        ),
    ] {
        let answer = decide(&world, &ada, &ask).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{ask}");
        let fault = &answer.json()["errors"][0];
        assert_eq!(
            (&fault["pointer"], &fault["code"]),
            (&json!(pointer), &json!(code))
        );
    }
    let unread = decide(
        &world,
        &ada,
        &json!({ "verdict": "perhaps", "reasons": ["S1"] }),
    )
    .await;
    assert!(unread.status.is_client_error());
    let more = json!({ "verdict": "same", "reasons": ["S1"], "score": 99 });
    assert!(decide(&world, &ada, &more).await.status.is_client_error());
    assert!(!world.events().iter().any(|e| e.contains(" hit.decide ")));
}

#[tokio::test]
async fn another_site_cannot_act_for_somebody_signed_in() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        for (method, path) in addresses() {
            if method == "GET" {
                continue;
            }
            let ask = world.ask(&method, &path).header("cookie", &ada);
            let answer = ask.header(name, value).send().await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{method} {path} {value}"
            );
            assert_eq!(answer.code(), "cross-site", "{method} {path}");
        }
    }
    let still = world
        .ask("GET", "/session")
        .header("cookie", &ada)
        .send()
        .await;
    assert_eq!(still.status, StatusCode::OK);
}

#[tokio::test]
async fn a_link_works_once_and_a_session_ends() {
    let world = World::new();
    let link = json!({ "link": world.link("ada") });
    let first = world.ask("POST", "/session").json(&link).send().await;
    let cookie = first.headers["set-cookie"].to_str().unwrap().to_owned();
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Secure"));
    let again = world.ask("POST", "/session").json(&link).send().await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (StatusCode::UNAUTHORIZED, "sign-in-refused")
    );

    let cookie = cookie.split(';').next().unwrap();
    let end = world
        .ask("DELETE", "/session")
        .header("cookie", cookie)
        .send()
        .await;
    assert_eq!(end.status, StatusCode::NO_CONTENT);
    let after = world
        .ask("GET", "/session")
        .header("cookie", cookie)
        .send()
        .await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);

    let link = json!({ "link": world.link("ada") });
    let ask = world.ask("POST", "/session").json(&link);
    let https = ask.header("x-forwarded-proto", "https").send().await;
    assert!(
        https.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Secure")
    );
}

#[tokio::test]
async fn a_carrier_hands_in_messages_and_nobody_else_does() {
    let world = World::new();
    let token = world.key("zq");
    let hand = |bytes: &str| {
        let ask = world.ask("POST", "/messages").body(bytes);
        ask.header("authorization", &format!("Bearer {token}"))
            .send()
    };
    let again = hand(world::MESSAGE).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    assert_eq!(again.json()["messages"][0]["status"], "duplicate");
    let other = world::MESSAGE
        .replace("UNH+1+", "UNH+2+")
        .replace("UNT+17+1'", "UNT+17+2'");
    let fresh = hand(&other).await;
    assert_eq!(fresh.status, StatusCode::CREATED, "{}", fresh.text);
    let nonsense = hand("no message at all").await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);

    let ada = world.sign_in("ada").await;
    let ask = world.ask("POST", "/messages").header("cookie", &ada);
    let refused = ask.body(world::MESSAGE).send().await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::FORBIDDEN, "role-missing")
    );
}

/// R-ING-01.
#[tokio::test]
async fn a_carrier_is_answered_in_the_form_it_asks_for() {
    const PUSH: &str = "UNB+IATA:1+ZQ+XO+261122:0800+P1'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+ZQ'\
TVL+221126:1200+UXA+CDG+ZQ+418'EQN+0'UNT+6+1'UNZ+1+P1'";
    const TABLE: &str = "IMO number;9074729\nName of ship;MV EXEMPLAR\nMovement;Arrival\n\
Port;PTLIS\nDate;2026-11-22 06:00\nLast port of call;ISREY\nNumber of passengers;1\n\
Family name;Given names;Nationality;Date of birth;Nature of identity document;\
Number of identity document\nWAYFARER;KRIS;Ireland;1980-04-03;Passport;LR0099887\n";
    let list = world::MESSAGE
        .replace("UNH+1+", "UNH+7+")
        .replace("UNT+17+1'", "UNT+17+7'");
    let list = list.as_str();
    // A refusal is an answer, too.
    let cut = &list[..list.find("CNT").unwrap()];
    let world = World::new();
    let token = world.key("zq");
    let hand = async |accept: &str, bytes: &str| {
        let ask = world.ask("POST", "/messages").body(bytes);
        let ask = ask.header("authorization", &format!("Bearer {token}"));
        ask.header("accept", accept).send().await
    };
    for (accept, bytes) in [
        ("application/xml", list),
        ("application/edifact, text/xml", TABLE),
        ("text/html", PUSH),
    ] {
        let refused = hand(accept, bytes).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::NOT_ACCEPTABLE, "not-acceptable"),
            "{accept}"
        );
    }
    for (accept, bytes, kind, says) in [
        (
            "application/EDIFACT",
            list,
            "application/edifact",
            "+CONTRL:D:3:UN'",
        ),
        (
            "application/edifact",
            PUSH,
            "application/edifact",
            "MSG+:23+3'",
        ),
        ("text/xml, */*;q=0.1", PUSH, "application/xml", "<Success"),
        (
            "text/xml, */*;q=0.1",
            TABLE,
            "application/json",
            "\"reply\":null",
        ),
        ("*/*", PUSH, "application/json", "\"reply\":\"UNB+IATA:1"),
        (
            "application/edifact",
            "no message at all",
            "application/json",
            "\"refused\"",
        ),
        (
            "application/edifact",
            cut,
            "application/edifact",
            "UCI+W1+ZQAIR+UTOGOV+4+18'",
        ),
    ] {
        let answer = hand(accept, bytes).await;
        assert_eq!(
            answer.headers["content-type"], kind,
            "{accept}: {}",
            answer.text
        );
        assert!(
            answer.text.contains(says),
            "{says} is not in {}",
            answer.text
        );
        // What was turned away for its form was not taken: the first that is taken is new.
        let fresh = says.contains("CONTRL") || says.starts_with("MSG") || says.contains("null");
        assert_eq!(
            answer.status == StatusCode::CREATED,
            fresh,
            "{accept}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let world = World::new();
    let bearer = format!("Bearer {}", world.key("zq"));
    let ask = world.ask("POST", "/messages");
    let ask = ask.header("authorization", &bearer);
    let answer = ask.body(vec![b'x'; (32 << 20) + 1]).send().await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.code(), "too-large");
}

#[tokio::test]
async fn every_answer_tells_the_browser_to_be_strict() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let mut answers = Vec::new();
    for path in [
        "/",
        "/queue",
        "/missing.js",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/nothing",
        "/api/v1/openapi.json",
        "/api/v1/queue",
    ] {
        answers.push((path, world.outside("GET", path).send().await));
    }
    answers.push((
        "/api/v1/session",
        world
            .ask("GET", "/session")
            .header("cookie", &ada)
            .send()
            .await,
    ));
    answers.push((
        "/api/v1/session",
        world
            .ask("PATCH", "/session")
            .header("cookie", &ada)
            .send()
            .await,
    ));
    for (path, answer) in answers {
        let header = |name: &str| {
            let value = answer.headers.get(name);
            value
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(header("x-request-id").len(), 16, "{path}");
        if path.starts_with("/api/") {
            assert_eq!(header("cache-control"), "no-store", "{path}");
        }
        if answer.status.is_client_error() {
            assert_eq!(header("content-type"), "application/problem+json", "{path}");
            assert_eq!(answer.json()["trace_id"], header("x-request-id"), "{path}");
        }
    }
}

#[tokio::test]
async fn watchers_see_counts_and_no_person() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    assert_eq!(
        world.outside("GET", "/healthz").send().await.text,
        "alive\n"
    );
    let ready = world.outside("GET", "/readyz").send().await;
    assert_eq!(ready.text, "ready, 1 list entries in force\n");
    let metrics = world.outside("GET", "/metrics").send().await.text;
    assert!(metrics.contains("\noriel_hits 1\n"), "{metrics}");
    let received = "\noriel_received_total{way=\"test\",name=\"\",status=\"accepted\"} 1\n";
    assert!(metrics.contains(received), "{metrics}");
    assert!(
        metrics.contains("route=\"/api/v1/cases/{id}\""),
        "{metrics}"
    );
    for secret in [case["id"].as_str().unwrap(), "KESTRELMAN", "X1234567"] {
        assert!(!metrics.contains(secret));
    }
}

/// R-ING-07.
#[tokio::test]
async fn a_part_that_does_not_come_shows_with_its_flight_until_it_is_there() {
    let world = World::new();
    let token = world.key("zq");
    let ada = world.sign_in("ada").await;
    let part = |number: &str| {
        let bytes = world::MESSAGE
            .replace(
                "UNH+1+PAXLST:D:05B:UN:IATA'",
                "UNH+1+PAXLST:D:05B:UN:IATA+Z1+02:P'",
            )
            .replace("02:P", number);
        let ask = world.ask("POST", "/messages").body(bytes);
        ask.header("authorization", &format!("Bearer {token}"))
            .send()
    };
    let shown = async || {
        let read = |path: String| {
            let ask = world.ask("GET", &path).header("cookie", &ada);
            ask.header("purpose", "assessment=flights").send()
        };
        let list = read("/flights?from=2026-11-22&to=2026-11-22".into()).await;
        let flight = list.json()["data"][0].clone();
        let page = read(format!("/flights/{}", flight["id"].as_str().unwrap())).await;
        let metrics = world.outside("GET", "/metrics").send().await.text;
        let overdue = metrics
            .lines()
            .find_map(|line| line.strip_prefix("oriel_transfers_overdue "))
            .map(str::to_owned);
        (
            flight["part_due"].clone(),
            page.json()["waiting"].clone(),
            overdue.unwrap(),
        )
    };
    assert_eq!(shown().await, (Value::Null, json!([]), "0".into()));

    for (number, missing) in [("01:C", json!([])), ("03:F", json!([2]))] {
        assert_eq!(part(number).await.status, StatusCode::CREATED);
        let (due, waiting, overdue) = shown().await;
        assert_eq!(
            due, "2026-11-22T09:30:00Z",
            "counted from the first part that missed one"
        );
        assert_eq!(waiting[0]["reference"], "Z1");
        assert_eq!(waiting[0]["missing"], missing);
        assert_eq!(waiting[0]["has_last"], number.ends_with('F'));
        assert_eq!(overdue, "0");
        world.pass(jiff::SignedDuration::from_mins(20));
    }
    assert_eq!(shown().await.2, "1", "longer than the profile allows");
    assert_eq!(part("02").await.status, StatusCode::CREATED);
    assert_eq!(shown().await, (Value::Null, json!([]), "0".into()));
}

#[tokio::test]
async fn a_fact_leads_to_the_bytes_it_was_read_from() {
    let world = World::new();
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    let facts = case["hits"][0]["facts"].as_array().unwrap();
    let birth = facts
        .iter()
        .find(|fact| fact["fact"] == "birth_date")
        .unwrap();
    assert_eq!(birth["ours"]["value"], "1976-02-17");
    let source = &birth["ours"]["source"];
    let message = world
        .ask(
            "GET",
            &format!("/messages/{}", source["message"].as_str().unwrap()),
        )
        .header("cookie", &ada)
        .header("purpose", "assessment=queue")
        .send()
        .await
        .json();
    let text: String = message["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| segment["text"].as_str().unwrap())
        .collect();
    let [from, to] = [0, 1].map(|i| source["bytes"][i].as_u64().unwrap() as usize);
    assert_eq!(&text[from..to], "760217");
}
