//! Carriers over HTTP: enrolled by an officer, tried in the sandbox, live (R-CAR-01).

use crate::world::{MESSAGE, World};
use axum::http::StatusCode;
use oriel_policy::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn a_carrier_is_enrolled_tried_and_goes_live() {
    let world = World::two();
    for (login, role) in [
        ("carla", Role::CarrierLiaison),
        ("lena", Role::LegalOfficer),
    ] {
        world.app.account_put(login, login, &[role], None).unwrap();
    }
    let carla = world.sign_in("carla").await;
    let lena = world.sign_in("lena").await;
    let get = |cookie: &str, path: &str| world.ask("GET", path).header("cookie", cookie).send();
    let send = |cookie: &str, method: &'static str, path: &str, version: u32, body: Value| {
        let ask = world.ask(method, path).header("cookie", cookie);
        ask.header("if-match", &format!("\"{version}\""))
            .json(&body)
            .send()
    };
    let details = json!({
        "name": "Zephyr Quest", "operates": ["ZQ"], "senders": ["ZQAIR"], "formats": ["paxlst"],
        "languages": ["en"],
        "contacts": [{ "role": "technician", "name": "Tessa Technisch", "mail": "t@zq.example" }],
    });
    let new = json!({ "id": "zq", "details": details });
    let not_hers = send(&lena, "POST", "/carriers", 0, new.clone()).await;
    assert_eq!(not_hers.status, StatusCode::FORBIDDEN);
    let enrolled = send(&carla, "POST", "/carriers", 0, new.clone()).await;
    assert_eq!(enrolled.status, StatusCode::CREATED, "{}", enrolled.text);
    assert_eq!(enrolled.json()["status"], "test");
    let again = send(&carla, "POST", "/carriers", 0, new).await;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::CONFLICT, "carrier".into())
    );

    // Whom to call is for who calls.
    assert_eq!(
        get(&lena, "/carriers/zq/contacts").await.status,
        StatusCode::FORBIDDEN
    );
    let contacts = get(&carla, "/carriers/zq/contacts").await.json();
    assert_eq!(contacts[0]["name"], "Tessa Technisch");
    assert!(!get(&lena, "/carriers/zq").await.text.contains("Tessa"));

    let channel = json!({ "kind": "account", "value": "zq" });
    let added = send(&carla, "POST", "/carriers/zq/channels", 0, channel).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let channel = added.json()["id"].as_str().unwrap().to_owned();
    let odd = json!({ "kind": "telepathy", "value": "zq" });
    let odd = send(&carla, "POST", "/carriers/zq/channels", 0, odd).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);

    // In test, and in the sandbox, everything is answered and nothing is kept.
    let bearer = format!("Bearer {}", world.key("zq"));
    let push = |path: &str, text: String| {
        let ask = world.ask("POST", path).header("authorization", &bearer);
        ask.body(text.into_bytes()).send()
    };
    let stats = || world.app.store().read(|tx| tx.stats()).unwrap().accepted;
    let before = stats();
    let certify = send(&carla, "POST", "/carriers/zq/certification", 0, json!({})).await;
    assert_eq!(certify.status, StatusCode::CREATED);
    let other = MESSAGE.replace("W1", "W9").replace("0417", "0418");
    let tried = push("/messages", other.clone()).await;
    assert_eq!(tried.status, StatusCode::CREATED, "{}", tried.text);
    assert_eq!(tried.json()["test"], true);
    let own = world
        .ask("GET", "/carrier")
        .header("authorization", &bearer);
    let own = own.send().await.json();
    let cases = own["certifications"][0]["cases"].as_array().unwrap();
    let list = cases
        .iter()
        .find(|case| case["name"] == "paxlst-list")
        .unwrap();
    assert_eq!(list["state"], "passed", "{list}");
    assert_eq!(own["carrier"]["put_by"], Value::Null);
    assert_eq!(stats(), before);

    let live = json!({ "status": "live" });
    let early = send(&carla, "PUT", "/carriers/zq/status", 1, live).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text);
    let live = json!({ "status": "live", "reason": "the other cases come in March" });
    let stale = send(&carla, "PUT", "/carriers/zq/status", 7, live.clone()).await;
    assert_eq!(
        stale.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        stale.text
    );
    let now = send(&carla, "PUT", "/carriers/zq/status", 1, live).await;
    assert_eq!(now.json()["status"], "live", "{}", now.text);
    assert_eq!(
        push("/messages/sandbox", other.clone()).await.json()["test"],
        true
    );
    assert_eq!(stats(), before);
    assert_eq!(push("/messages", other).await.json()["test"], false);
    assert_eq!(stats(), before + 1);
    let forged = MESSAGE.replace("ZQAIR", "X9AIR").replace("W1", "W8");
    let refused = push("/messages", forged).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("RCV-0003"), "{}", refused.text);

    // R-CAR-02: counted, for who talks to carriers and for the unit's lawyers.
    for cookie in [&carla, &lena] {
        let quality = get(cookie, "/carriers/zq/quality").await.json();
        let formats = quality["formats"].as_array().unwrap();
        let of = |name: &str| formats.iter().find(|it| it["format"] == name).unwrap();
        assert_eq!(of("paxlst")["messages"], 1, "{quality}");
        let findings = of("")["findings"].as_array().unwrap();
        let stranger = findings.iter().any(|it| it["code"] == "RCV-0003");
        assert!(stranger, "{quality}");
        assert_eq!(quality["trend"][0]["refused"], 1, "{quality}");
    }
    let never = get(&carla, "/carriers/zq/quality?from=2026-12-01&to=2026-11-01").await;
    assert_eq!(
        (never.status, never.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "range".into())
    );
    let nobody = get(&carla, "/carriers/x9/quality").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    let metrics = world.outside("GET", "/metrics").send().await.text;
    let refused = "\noriel_carrier_messages{recipient=\"piu\",carrier=\"zq\",format=\"\",what=\"refused\"} 1\n";
    assert!(metrics.contains(refused), "{metrics}");

    let path = format!("/carriers/zq/channels/{channel}/end");
    let ended = send(&carla, "PUT", &path, 0, json!({})).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
    let gone = push("/messages", MESSAGE.replace("W1", "W7")).await;
    assert_eq!(
        (gone.status, gone.code()),
        (StatusCode::FORBIDDEN, "carrier-ended".into())
    );
    let page = get(&lena, "/carriers/zq").await.json();
    assert_eq!(page["history"].as_array().unwrap().len(), 2);
    assert_eq!(page["channels"][0]["holds"], false);
    let events = world.events();
    let acts = events
        .iter()
        .filter(|event| event.contains("carrier.put carrier:zq"));
    assert_eq!(acts.count(), 5, "{events:?}");
}

/// R-CAR-04: a machine fetches what waits for its carrier, and says what it has read.
#[tokio::test]
async fn a_machine_fetches_its_notices() {
    let world = World::two();
    world.enrol("zq");
    world
        .app
        .account_put("carla", "carla", &[Role::CarrierLiaison], None)
        .unwrap();
    let carla = world.sign_in("carla").await;
    let bearer = format!("Bearer {}", world.key("zq"));
    let put = |path: &str, body: Value| {
        let ask = world.ask("PUT", path).header("cookie", &carla);
        ask.header("if-match", "\"1\"").json(&body).send()
    };
    let live = put(
        "/carriers/zq/status",
        json!({ "status": "live", "reason": "invented" }),
    );
    assert_eq!(live.await.status, StatusCode::OK);
    let page = || {
        world
            .ask("GET", "/carriers/zq")
            .header("cookie", &carla)
            .send()
    };
    let channel = page().await.json()["channels"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let end = format!("/carriers/zq/channels/{channel}/end");
    let ends = put(&end, json!({ "at": "2026-11-29T00:00:00Z" })).await;
    assert_eq!(ends.status, StatusCode::NO_CONTENT, "{}", ends.text);
    assert!(world.app.tell_carriers().unwrap() > 0);
    let own = || {
        world
            .ask("GET", "/carrier")
            .header("authorization", &bearer)
            .send()
    };
    let waiting = own().await.json()["notices"].clone();
    let ending = waiting.as_array().unwrap().iter();
    let ending: Vec<&Value> = ending.filter(|notice| notice["kind"] == "ending").collect();
    // The machine's own key ends soon as well.
    let names = |notice: &&Value| notice["text"].as_str().unwrap().contains(&channel);
    assert!(ending.iter().any(names), "{waiting}");
    let seen = |body: Value| {
        let ask = world
            .ask("POST", "/carrier/notices")
            .header("authorization", &bearer);
        ask.json(&body).send()
    };
    let ids: Vec<&Value> = ending.iter().map(|notice| &notice["id"]).collect();
    let noted = seen(json!({ "seen": ids })).await;
    assert_eq!(noted.status, StatusCode::NO_CONTENT, "{}", noted.text);
    let nothing = seen(json!({ "seen": ["ntc_1"] })).await;
    assert_eq!(nothing.status, StatusCode::NO_CONTENT);
    let left = own().await.json()["notices"].clone();
    assert!(
        !left
            .as_array()
            .unwrap()
            .iter()
            .any(|notice| notice["kind"] == "ending"),
        "{left}"
    );
    let told = page().await.json()["notices"].clone();
    let told = told
        .as_array()
        .unwrap()
        .iter()
        .find(|notice| notice["kind"] == "ending");
    assert_eq!(told.unwrap()["way"], "https zq");
}

/// R-ING-08: asked for by one, let go out by another with a proof of this hour, fetched by the
/// carrier's machine, answered, and seen by who controls; who talks to carriers never sees why.
#[tokio::test]
async fn a_push_is_asked_for_and_answered() {
    let world = World::two();
    world.enrol("zq");
    for (login, role) in [
        ("carla", Role::CarrierLiaison),
        ("sue", Role::Supervisor),
        ("lena", Role::LegalOfficer),
    ] {
        world.app.account_put(login, login, &[role], None).unwrap();
    }
    let (carla, sue) = (world.sign_in("carla").await, world.sign_in("sue").await);
    let bearer = format!("Bearer {}", world.key("zq"));
    let post = |cookie: &str, path: &str, version: i64, body: Value| {
        let ask = world.ask("POST", path).header("cookie", cookie);
        ask.header("if-match", &format!("\"{version}\""))
            .json(&body)
            .send()
    };
    let get = |cookie: &str, path: &str| world.ask("GET", path).header("cookie", cookie).send();
    let wanted = json!({
        "flight": "ZQ417", "from": "UXA", "to": "LHR", "departs": "2026-11-23T12:00",
        "threat": "terrorism", "reason": "An invented threat.", "ends_at": "2026-11-22T15:00:00Z",
    });
    let with = |field: &str, value: &str| {
        let mut body = wanted.clone();
        body[field] = json!(value);
        body
    };
    let path = "/push-requests";
    let test = post(&sue, path, 0, wanted.clone()).await;
    assert_eq!((test.status.as_u16(), &*test.code()), (409, "push-carrier"));
    let put = world
        .ask("PUT", "/carriers/zq/status")
        .header("cookie", &carla);
    let live = json!({ "status": "live", "reason": "invented" });
    let live = put.header("if-match", "\"1\"").json(&live).send().await;
    assert_eq!(live.status, StatusCode::OK, "{}", live.text);
    for (field, value, status, code) in [
        ("reason", " ", 422, "push-unfit"),
        ("threat", "curiosity", 422, "push-unfit"),
        ("ends_at", "2026-11-24T15:00:00Z", 422, "push-unfit"),
        ("ends_at", "tomorrow", 400, "date"),
        ("departs", "noon", 400, "date"),
        ("flight", "X9417", 409, "push-carrier"),
    ] {
        let refused = post(&sue, path, 0, with(field, value)).await;
        assert_eq!(
            (refused.status.as_u16(), &*refused.code()),
            (status, code),
            "{field}"
        );
    }
    let not_hers = post(&carla, path, 0, wanted.clone()).await;
    assert_eq!(not_hers.status, StatusCode::FORBIDDEN);
    let asked = post(&sue, path, 0, wanted.clone()).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
    let asked = asked.json();
    assert_eq!(
        (&asked["state"], &asked["may_decide"]),
        (&json!("asked"), &json!(false))
    );

    let own = || {
        let ask = world
            .ask("GET", "/carrier")
            .header("authorization", &bearer);
        async move { ask.send().await.json()["notices"].clone() }
    };
    assert_eq!(own().await, json!([]));
    let id = asked["id"].as_str().unwrap().to_owned();
    let decision = format!("{path}/{id}/decision");
    let yes = json!({ "verdict": "approve" });
    let same = post(&sue, &decision, 1, yes.clone()).await;
    assert_eq!(
        (same.status.as_u16(), &*same.code()),
        (403, "second-person")
    );
    let lena = world.sign_in("lena").await;
    world.pass(jiff::SignedDuration::from_mins(16));
    let old = post(&lena, &decision, 1, yes.clone()).await;
    assert_eq!((old.status.as_u16(), &*old.code()), (403, "fresh-required"));
    let lena = world.sign_in("lena").await;
    let stale = post(&lena, &decision, 7, yes.clone()).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let silent = json!({ "verdict": "refuse" });
    let silent = post(&lena, &decision, 1, silent).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = post(&lena, &decision, 1, yes.clone()).await;
    assert_eq!(done.json()["state"], "approved", "{}", done.text);
    let again = post(&lena, &decision, 2, yes).await;
    assert_eq!((again.status.as_u16(), &*again.code()), (409, "decided"));

    let waiting = own().await;
    let notice = &waiting[0];
    let number = asked["number"].as_str().unwrap().to_owned();
    assert_eq!(
        (&notice["kind"], &notice["push"]),
        (&json!("request"), &json!(number))
    );
    let message = notice["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("GOVREQ:13:1:IA+{number}'")),
        "{message}"
    );
    assert!(!waiting.to_string().contains("invented"), "{waiting}");
    let seen = world
        .ask("POST", "/carrier/notices")
        .header("authorization", &bearer);
    let seen = seen.json(&json!({ "seen": [notice["id"]] })).send().await;
    assert_eq!(seen.status, StatusCode::NO_CONTENT);
    let push = format!(
        "UNB+IATA:1+ZQ+UTO+261122:0914+P1'UNH+1+PNRGOV:13:1:IA+{number}'MSG+:22'ORG+ZQ:UXA'\
         TVL+231126:1200:231126:1500+UXA+LHR+ZQ+417'EQN+1'SRC'RCI+ZQ:K7Q2L1'\
         TIF+EXEMPLE+JEAN:A:1'UNT+9+1'UNZ+1+P1'"
    );
    let came = world
        .ask("POST", "/messages")
        .header("authorization", &bearer);
    let came = came.body(push.into_bytes()).send().await;
    assert_eq!(came.status, StatusCode::CREATED, "{}", came.text);
    let listed = get(&lena, path).await.json();
    let row = &listed["requests"][0];
    assert_eq!(
        (&row["state"], &row["way"]),
        (&json!("answered"), &json!("https zq"))
    );
    assert_eq!(
        row["answers"][0]["message"],
        came.json()["messages"][0]["id"]
    );
    assert_eq!(row["reason"], "An invented threat.");
    assert!(row["journey"].as_str().unwrap().starts_with("jrn_"));
    assert_eq!(get(&carla, path).await.status, StatusCode::FORBIDDEN);
    let page = get(&carla, "/carriers/zq").await.text;
    assert!(
        page.contains("GOVREQ") && !page.contains("An invented threat"),
        "{page}"
    );
    let events = world.events().join("\n");
    let answer = row["answers"][0]["message"].as_str().unwrap();
    assert!(
        events.contains(&format!(
            "push.answer {id}  ok message={answer} by=reference"
        )),
        "{events}"
    );
}
