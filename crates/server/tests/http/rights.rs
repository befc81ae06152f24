//! Unmasking and the rights of persons over HTTP: who gets what, and what never goes over the wire.

use crate::world::{Answer, World};
use axum::http::StatusCode;
use jiff::SignedDuration;
use oriel_keys::{Lock, Secret};
use oriel_policy::Role;
use serde_json::{Value, json};

const PHRASE: &str = "four invented words only";

/// Both persons of the flight in every spelling in which the API could show them.
const PEOPLE: [&str; 4] = ["KESTRELMAN", "UMBERWAY", "X1234567", "X7654321"];

async fn post(world: &World, cookie: &str, path: &str, purpose: &str, body: Value) -> Answer {
    let ask = world.ask("POST", path).header("cookie", cookie);
    let ask = ask.header("purpose", purpose).header("if-match", "\"1\"");
    ask.json(&body).send().await
}

async fn get(world: &World, cookie: &str, path: &str, purpose: &str) -> Answer {
    let ask = world.ask("GET", path).header("cookie", cookie);
    ask.header("purpose", purpose).send().await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A unit whose flight has been masked; the vault has a lock of its own. Gives the case.
async fn masked() -> (World, String) {
    let world = World::new();
    for (login, role) in [
        ("rita", Role::RequestOfficer),
        ("una", Role::UnmaskAuthority),
    ] {
        let name = format!("{login} Example");
        world.app.account_put(login, &name, &[role], None).unwrap();
    }
    let own = Lock::Passphrase(Secret::new(PHRASE));
    let keys = world.app.store().keys().unwrap();
    keys.vault_init(&Lock::Plain, &own).unwrap();
    let ada = world.sign_in("ada").await;
    let case = text(&world.case(&ada).await["id"]);
    world.pass(SignedDuration::from_hours(24 * 190));
    let (swept, _) = world.app.sweep(16).unwrap();
    assert_eq!(swept.masked, 1);
    (world, case)
}

/// R-RET-03.
#[tokio::test]
async fn masked_values_are_asked_for_allowed_outside_and_read_for_a_time() {
    let (world, case) = masked().await;
    let purpose = format!("case={case}");
    let [rita, una, ada] = [
        world.sign_in("rita").await,
        world.sign_in("una").await,
        world.sign_in("ada").await,
    ];
    let ask = json!({
        "records": [case.replace("case_", "trv_")], "offence": "annex-ii/4",
        "reason": "An invented consignment; it was carried on this flight.",
        "elements": ["name"], "minutes": 60,
    });
    let refused = post(&world, &ada, "/unmaskings", &purpose, ask.clone()).await;
    assert_eq!(
        (refused.status, &*refused.code()),
        (StatusCode::FORBIDDEN, "role-missing")
    );
    let asked = post(&world, &rita, "/unmaskings", &purpose, ask).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
    let path = format!("/unmaskings/{}", text(&asked.json()["id"]));

    // Whoever decides sees counts and dates, and nobody.
    let seen = get(&world, &una, &path, "").await;
    assert_eq!(seen.json()["persons"], 1);
    assert_eq!(seen.json()["flights"][0]["flight"], "ZQ417");
    for name in PEOPLE {
        assert!(!seen.text.contains(name), "{name}");
    }
    let records = format!("{path}/records");
    let early = get(&world, &ada, &records, &purpose).await;
    assert_eq!(
        (early.status, &*early.code()),
        (StatusCode::FORBIDDEN, "view-closed")
    );

    let decision = format!("{path}/decision");
    let approve = |phrase: Option<&str>| json!({ "verdict": "approve", "passphrase": phrase });
    for (cookie, phrase, code) in [
        (&rita, Some(PHRASE), "role-missing"),
        (&una, None, "passphrase-required"),
        (&una, Some("guess"), "vault-closed"),
    ] {
        let refused = post(&world, cookie, &decision, "", approve(phrase)).await;
        assert_eq!(refused.code(), code, "{}", refused.text);
        assert!(!refused.text.contains("guess"));
    }
    let urgent = json!({ "verdict": "urgent", "passphrase": PHRASE });
    assert_eq!(
        post(&world, &una, &decision, "", urgent).await.code(),
        "role-missing"
    );
    let open = post(&world, &una, &decision, "", approve(Some(PHRASE))).await;
    assert_eq!(open.json()["state"], "approved", "{}", open.text);

    let read = get(&world, &ada, &records, &purpose).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
    let seen: Vec<&str> = PEOPLE
        .into_iter()
        .filter(|name| read.text.contains(name))
        .collect();
    assert_eq!(seen, ["KESTRELMAN"], "what was approved, and nobody else");
    let other = get(&world, &ada, &records, "case=case_2").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert_eq!(
        get(&world, &una, &records, &purpose).await.code(),
        "role-missing"
    );
    assert_eq!(
        get(&world, &ada, &records, "").await.code(),
        "purpose-required"
    );

    world.pass(SignedDuration::from_mins(60));
    let [una, ada] = [world.sign_in("una").await, world.sign_in("ada").await];
    assert_eq!(
        get(&world, &ada, &records, &purpose).await.code(),
        "view-closed"
    );
    let ended = get(&world, &una, &path, "").await;
    assert_eq!(ended.json()["unmasking"]["state"], "ended");
    for event in world.events() {
        assert!(
            !event.contains(PHRASE) && !event.contains("KESTRELMAN"),
            "{event}"
        );
    }
}

/// R-RET-07, R-RET-05.
#[tokio::test]
async fn holds_and_links_show_identifiers_and_dates() {
    let world = World::new();
    for (login, role) in [("rita", Role::RequestOfficer), ("leo", Role::LegalOfficer)] {
        world.app.account_put(login, login, &[role], None).unwrap();
    }
    let [ada, rita, leo] = [
        world.sign_in("ada").await,
        world.sign_in("rita").await,
        world.sign_in("leo").await,
    ];
    let case = text(&world.case(&ada).await["id"]);
    let purpose = format!("case={case}");
    let ask = |ends_at: &str| {
        json!({ "traveller": case.replace("case_", "trv_"), "authority": "police:uto",
            "reason": "An invented case.", "ends_at": ends_at })
    };
    let past = post(
        &world,
        &rita,
        "/holds",
        &purpose,
        ask("2026-01-01T00:00:00Z"),
    )
    .await;
    assert_eq!(past.code(), "date");
    let unread = post(&world, &rita, "/holds", &purpose, ask("soon")).await;
    assert_eq!(unread.code(), "instant");
    let hold = post(
        &world,
        &rita,
        "/holds",
        &purpose,
        ask("2028-01-01T00:00:00Z"),
    )
    .await;
    assert_eq!(hold.status, StatusCode::CREATED, "{}", hold.text);
    let path = format!("/holds/{}", text(&hold.json()["id"]));
    let listed = get(&world, &leo, "/holds", "").await;
    assert_eq!(listed.json()["holds"].as_array().unwrap().len(), 1);
    let held = get(&world, &ada, &path, &purpose).await;
    assert!(held.text.contains("KESTRELMAN") && !held.text.contains("UMBERWAY"));
    assert_eq!(
        get(&world, &ada, &path, "case=case_2").await.status,
        StatusCode::NOT_FOUND
    );
    for text in [&listed.text, &get(&world, &leo, "/links", "").await.text] {
        assert!(PEOPLE.iter().all(|name| !text.contains(name)));
    }
    let lifted = post(
        &world,
        &leo,
        &format!("{path}/review"),
        "",
        json!({ "keep": false }),
    )
    .await;
    assert_eq!(lifted.status, StatusCode::NO_CONTENT, "{}", lifted.text);
    assert_eq!(
        get(&world, &ada, &path, &purpose).await.status,
        StatusCode::NOT_FOUND
    );
}

/// R-DSR-01, R-DPO-01.
#[tokio::test]
async fn a_person_is_answered_with_their_own_records_less_what_is_withheld() {
    let (world, _) = masked().await;
    let [clara, ada] = [world.sign_in("clara").await, world.sign_in("ada").await];
    let ask = json!({ "kind": "access", "identity": "in-person",
        "asker": { "names": ["Odran Kestrelman"], "births": ["1976-02-17"] } });
    let refused = post(&world, &ada, "/rights", "rights=register", ask.clone()).await;
    assert_eq!(refused.code(), "role-missing");
    let opened = post(&world, &clara, "/rights", "rights=register", ask).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
    let id = text(&opened.json()["row"]["id"]);
    let (path, purpose) = (format!("/rights/{id}"), format!("rights={id}"));

    let register = get(&world, &clara, "/rights", "rights=register").await;
    assert!(
        !register.text.contains("Kestrelman"),
        "the register names nobody"
    );
    let other = get(&world, &clara, &path, "rights=register").await;
    assert_eq!(
        other.status,
        StatusCode::NOT_FOUND,
        "the purpose is the request"
    );

    let find = |body: Value| {
        let (world, clara, path, purpose) = (&world, &clara, format!("{path}/search"), &purpose);
        async move { post(world, clara, &path, purpose, body).await }
    };
    let exact = find(json!({})).await;
    assert_eq!(
        exact.json()["records"],
        json!([]),
        "masking took the digests away"
    );
    let wrong = find(json!({ "thorough": true, "passphrase": "guess" })).await;
    assert_eq!(wrong.code(), "vault-closed");
    let all = find(json!({ "thorough": true, "passphrase": PHRASE })).await;
    assert!(
        all.text.contains("KESTRELMAN") && !all.text.contains("UMBERWAY"),
        "{}",
        all.text
    );
    let record = &all.json()["records"][0];
    assert_eq!(record["place"], "masked");
    let traveller = text(&record["record"]["id"]);

    let reply = |withhold: &[&str]| {
        json!({ "records": [traveller], "withhold": withhold, "thorough": true,
            "passphrase": PHRASE })
    };
    let answer = format!("{path}/answer");
    let unknown = post(&world, &clara, &answer, &purpose, reply(&["secrets"])).await;
    assert_eq!(unknown.code(), "not-withholdable");
    let given = post(
        &world,
        &clara,
        &answer,
        &purpose,
        reply(&["documents", "hits"]),
    )
    .await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    assert!(given.text.contains("KESTRELMAN") && given.text.contains("Board Square"));
    for name in ["UMBERWAY", "X1234567", "X7654321", "National list", PHRASE] {
        assert!(!given.text.contains(name), "{name}");
    }
    let kept = get(&world, &clara, &path, &purpose).await;
    assert_eq!(kept.json()["row"]["state"], "answered");
    assert_eq!(kept.json()["answer"], given.json(), "kept as it was given");
    let again = find(json!({})).await;
    assert_eq!(again.code(), "decided");
    for event in world.events() {
        assert!(
            !event.contains("estrelman") && !event.contains(PHRASE),
            "{event}"
        );
    }
}

/// R-DSR-01, R-DSR-05.
#[tokio::test]
async fn a_record_is_corrected_spared_and_erased_and_a_refusal_names_the_remedy() {
    let world = World::new();
    let [clara, ada] = [world.sign_in("clara").await, world.sign_in("ada").await];
    let case = world.case(&ada).await;
    let traveller = text(&case["traveller"]["id"]);
    let ask = json!({ "kind": "rectify", "identity": "e-id",
        "asker": { "documents": ["X1234567"] } });
    let opened = post(&world, &clara, "/rights", "rights=register", ask).await;
    let id = text(&opened.json()["row"]["id"]);
    let purpose = format!("rights={id}");
    let step = |what: &str, body: Value| {
        let path = format!("/rights/{id}/{what}");
        let (world, clara, purpose) = (&world, &clara, &purpose);
        async move { post(world, clara, &path, purpose, body).await }
    };
    let change = json!({ "traveller": traveller, "field": "birth_date", "value": "1977-02-17",
        "proof": "birth certificate" });
    assert_eq!(
        step("corrections", change).await.status,
        StatusCode::CREATED
    );
    let shown = get(&world, &ada, &format!("/travellers/{traveller}"), "case=c1").await;
    assert_eq!(
        shown.json()["corrections"][0]["value"]["value"],
        "1977-02-17"
    );

    let hit = text(&case["hits"][0]["id"]);
    let spared = step("redress", json!({ "traveller": traveller, "hit": hit })).await;
    assert_eq!(
        spared.json()["ends_at"],
        "2028-11-22T09:00:00Z",
        "{}",
        spared.text
    );

    let kept = step("erasures", json!({ "traveller": traveller })).await;
    assert_eq!(
        (kept.status, &*kept.code()),
        (StatusCode::CONFLICT, "record-kept")
    );
    let refused = step("refusal", json!({ "reason": "A case is open." })).await;
    assert_eq!(refused.json()["row"]["state"], "refused");
    assert!(text(&refused.json()["answer"]["remedy"]).contains("Utopian"));
}
