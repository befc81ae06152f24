//! Accounts from outside: made by two, proved again, ended; sessions and keys listed and ended;
//! and that each step is in the audit log without a name.

use crate::world::{self, Answer, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

const PASSWORD: &str = "plum orbit lantern";

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

    async fn ask(&self, method: &str, path: &str, body: Value) -> Answer {
        let ask = self.world.ask(method, path).header("cookie", &self.cookie);
        match body {
            Value::Null => ask.send().await,
            body => ask.json(&body).send().await,
        }
    }

    #[track_caller]
    fn done(answer: &Answer) -> Value {
        assert!(answer.status.is_success(), "{}", answer.text);
        answer.json()
    }
}

/// Status and code of a refusal.
fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

/// Invites somebody; gives the account and the token of the link.
async fn invite(desk: &Desk<'_>, login: &str, roles: &[&str]) -> (Value, String) {
    let kind = if roles == ["carrier"] {
        "service"
    } else {
        "person"
    };
    let body = json!({ "login": login, "name": "Dora Example", "kind": kind, "roles": roles });
    let made = Desk::done(&desk.ask("POST", "/accounts", body).await);
    let link = made["link"].as_str().unwrap_or_default().to_owned();
    let token = link.trim_start_matches("/#/sign-in/").to_owned();
    (made["account"].clone(), token)
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let world = World::empty();
    let link = world.app.first_link().unwrap().unwrap();
    let newer = world.app.first_link().unwrap().unwrap();
    let body = |token: &str| json!({ "link": token, "login": "root1", "name": "Rhea Example", "password": PASSWORD });
    let first = async |token: &str| {
        let body = body(token);
        world.ask("POST", "/session/first").json(&body).send().await
    };
    let replaced = first(link.expose()).await;
    assert_eq!(refusal(&replaced), (401, "sign-in-refused".into()));
    let made = first(newer.expose()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    assert_eq!(made.json()["administers"], true);
    assert!(made.headers.contains_key("set-cookie"));
    let again = first(newer.expose()).await;
    assert_eq!(refusal(&again), (409, "login-taken".into()));
    assert!(world.app.first_link().unwrap().is_none(), "there is one");
    let events = world.events().join("\n");
    assert!(events.contains("account.put"), "{events}");
    assert!(!events.contains("Rhea") && !events.contains("root1"));
}

#[tokio::test]
async fn a_role_is_given_by_two_and_neither_is_its_bearer() {
    let world = World::new();
    let sam = Desk::of(&world, "sam").await;
    // The one exception: the only administrator makes the second.
    let (second, token) = invite(&sam, "tess", &["security_administrator"]).await;
    assert_eq!(second["roles"], json!(["security_administrator"]));
    let tess = Desk {
        cookie: world.enter(&token).await,
        world: &world,
    };

    let (dora, token) = invite(&sam, "dora", &["analyst"]).await;
    assert_eq!(dora["roles"], json!([]));
    assert_eq!(dora["proposal"]["roles"], json!(["analyst"]));
    let dora_desk = Desk {
        cookie: world.enter(&token).await,
        world: &world,
    };
    let path = format!("/accounts/{}/roles/answer", dora["id"].as_str().unwrap());
    let yes = json!({ "approve": true });
    let own = sam.ask("POST", &path, yes.clone()).await;
    assert_eq!(refusal(&own), (403, "second-person".into()));
    let herself = dora_desk.ask("POST", &path, yes.clone()).await;
    assert_eq!(refusal(&herself), (403, "role-missing".into()));
    let given = Desk::done(&tess.ask("POST", &path, yes.clone()).await);
    assert_eq!(given["roles"], json!(["analyst"]));
    let twice = tess.ask("POST", &path, yes).await;
    assert_eq!(refusal(&twice), (409, "nothing-proposed".into()));
    let before = dora_desk.ask("GET", "/session", Value::Null).await;
    assert_eq!(before.status, StatusCode::UNAUTHORIZED, "roles begin anew");

    // Taking away needs one, giving back two again.
    let roles = format!("/accounts/{}/roles", dora["id"].as_str().unwrap());
    let fewer = Desk::done(&sam.ask("PUT", &roles, json!({ "roles": [] })).await);
    assert_eq!(
        (&fewer["roles"], &fewer["proposal"]),
        (&json!([]), &Value::Null)
    );
    let more = json!({ "roles": ["supervisor"] });
    let more = Desk::done(&sam.ask("PUT", &roles, more).await);
    assert_eq!(more["roles"], json!([]));
    assert_eq!(more["proposal"]["mine"], true);
    let no = tess.ask("POST", &path, json!({ "approve": false })).await;
    assert_eq!(Desk::done(&no)["proposal"], Value::Null);

    let all = world.events();
    let all: Vec<&String> = all.iter().filter(|e| e.contains(" account.")).collect();
    for part in ["asked", "approved by_other=usr_", "refused by_other=usr_"] {
        assert!(
            all.iter().any(|event| event.contains(part)),
            "{part}: {all:#?}"
        );
    }
    assert!(
        !all.iter()
            .any(|event| event.contains("dora") || event.contains("Dora"))
    );
}

#[tokio::test]
async fn what_excludes_each_other_is_refused_whoever_asks() {
    let world = World::new();
    let sam = Desk::of(&world, "sam").await;
    for (roles, kind) in [
        (json!(["system_administrator", "analyst"]), "person"),
        (json!(["system_administrator", "dpo"]), "person"),
        (json!(["carrier"]), "person"),
        (json!(["carrier", "analyst"]), "service"),
        (json!(["analyst"]), "service"),
    ] {
        let body = json!({ "login": "dora", "name": "Dora", "kind": kind, "roles": roles });
        let answer = sam.ask("POST", "/accounts", body).await;
        assert_eq!(refusal(&answer), (409, "roles-apart".into()), "{roles}");
    }
    let console = world.app.account_put(
        "dora",
        "Dora",
        &[
            oriel_policy::Role::SystemAdministrator,
            oriel_policy::Role::Analyst,
        ],
        None,
    );
    assert!(console.is_err());
}

#[tokio::test]
async fn nobody_acts_on_themselves_and_the_last_administrator_stays() {
    let world = World::new();
    let sam = Desk::of(&world, "sam").await;
    let me = world.account("sam").id;
    for (method, path, body) in [
        (
            "PUT",
            format!("/accounts/{me}/roles"),
            json!({ "roles": [] }),
        ),
        ("POST", format!("/accounts/{me}/reset"), Value::Null),
        ("DELETE", format!("/accounts/{me}"), Value::Null),
    ] {
        let answer = sam.ask(method, &path, body).await;
        assert_eq!(refusal(&answer), (403, "second-person".into()), "{path}");
    }
    let end = world.app.account_end(&world.app.console(), &me);
    assert!(end.unwrap_err().to_string().contains("only administrator"));
}

#[tokio::test]
async fn a_new_link_does_not_let_an_administrator_act_as_somebody_else() {
    let world = World::new();
    let sam = Desk::of(&world, "sam").await;
    let ada = Desk::of(&world, "ada").await;
    let id = world.account("ada").id;
    let path = format!("/accounts/{id}/reset");
    let reset = Desk::done(&sam.ask("POST", &path, Value::Null).await);
    assert_eq!(reset["account"]["roles"], json!([]));
    assert_eq!(reset["account"]["proposal"]["roles"], json!(["analyst"]));
    let before = ada.ask("GET", "/session", Value::Null).await;
    assert_eq!(before.status, StatusCode::UNAUTHORIZED);
    let token = reset["link"].as_str().unwrap();
    let cookie = world.enter(token.trim_start_matches("/#/sign-in/")).await;
    let ask = world.ask("GET", "/queue").header("cookie", &cookie);
    let queue = ask.header("purpose", "assessment=queue").send().await;
    assert_eq!(refusal(&queue), (403, "role-missing".into()));
}

#[tokio::test]
async fn changing_accounts_needs_a_fresh_proof_and_a_proof_is_a_new_session() {
    let world = World::new();
    world.password("sam", PASSWORD);
    let sam = Desk {
        cookie: world.sign_in_password("sam", PASSWORD).await,
        world: &world,
    };
    world.pass(oriel_app::FRESH + jiff::SignedDuration::from_secs(1));
    let body = json!({ "login": "dora", "name": "Dora", "kind": "person", "roles": ["analyst"] });
    let stale = sam.ask("POST", "/accounts", body.clone()).await;
    assert_eq!(refusal(&stale), (403, "fresh-required".into()));
    let wrong = sam.ask("POST", "/session/proof", json!({ "password": "wrong" }));
    assert_eq!(refusal(&wrong.await), (401, "sign-in-refused".into()));
    let proved = sam.ask("POST", "/session/proof", json!({ "password": PASSWORD }));
    let proved = proved.await;
    assert_eq!(proved.status, StatusCode::OK, "{}", proved.text);
    let again = Desk {
        cookie: world::cookie(&proved),
        world: &world,
    };
    assert_ne!(again.cookie, sam.cookie);
    let old = sam.ask("GET", "/session", Value::Null).await;
    assert_eq!(
        old.status,
        StatusCode::UNAUTHORIZED,
        "the old secret is dead"
    );
    let made = again.ask("POST", "/accounts", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

#[tokio::test]
async fn a_session_ends_when_idle_when_old_and_when_told() {
    let world = World::new();
    world.password("ada", PASSWORD);
    let open = async |desk: &Desk<'_>| desk.ask("GET", "/session", Value::Null).await;
    let desk = |cookie| Desk {
        world: &world,
        cookie,
    };
    let minute = jiff::SignedDuration::from_mins(1);

    let idle = desk(world.sign_in_password("ada", PASSWORD).await);
    world.pass(oriel_app::SESSION_IDLE);
    assert_eq!(open(&idle).await.status, StatusCode::UNAUTHORIZED);

    let busy = desk(world.sign_in_password("ada", PASSWORD).await);
    let mut lived = jiff::SignedDuration::ZERO;
    while lived < oriel_app::SESSION_LIFE - minute * 50 {
        world.pass(minute * 50);
        lived += minute * 50;
        assert_eq!(open(&busy).await.status, StatusCode::OK, "{lived}");
    }
    world.pass(minute * 50);
    assert_eq!(open(&busy).await.status, StatusCode::UNAUTHORIZED);

    let (here, there) = (
        desk(world.sign_in_password("ada", PASSWORD).await),
        desk(world.sign_in_password("ada", PASSWORD).await),
    );
    let me = Desk::done(&here.ask("GET", "/account", Value::Null).await);
    let sessions = me["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|s| s["current"] == false).unwrap();
    let boris = Desk::of(&world, "boris").await;
    let path = format!("/account/sessions/{}", other["id"].as_str().unwrap());
    let foreign = boris.ask("DELETE", &path, Value::Null).await;
    assert_eq!(refusal(&foreign), (404, "not-found".into()));
    assert_eq!(open(&there).await.status, StatusCode::OK);
    Desk::done(&here.ask("DELETE", &path, Value::Null).await);
    assert_eq!(open(&there).await.status, StatusCode::UNAUTHORIZED);

    let sam = Desk::of(&world, "sam").await;
    let path = format!("/accounts/{}/sessions", world.account("ada").id);
    let ended = Desk::done(&sam.ask("DELETE", &path, Value::Null).await);
    assert_eq!(ended["sessions"], 1);
    assert_eq!(open(&here).await.status, StatusCode::UNAUTHORIZED);
    let closed = world.events();
    let closed = closed.iter().filter(|e| e.contains(" session.close "));
    assert_eq!(closed.count(), 2);
}

#[tokio::test]
async fn a_password_set_ends_the_other_sessions() {
    let world = World::new();
    let (here, there) = (Desk::of(&world, "ada").await, Desk::of(&world, "ada").await);
    for weak in ["short", "aaaaaaaaaaaaaaaaaaa", "ada and her password"] {
        let answer = here.ask("PUT", "/account/password", json!({ "password": weak }));
        assert_eq!(
            refusal(&answer.await),
            (422, "account-unfit".into()),
            "{weak}"
        );
    }
    let set = here.ask("PUT", "/account/password", json!({ "password": PASSWORD }));
    Desk::done(&set.await);
    let gone = there.ask("GET", "/session", Value::Null).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    world.sign_in_password("ada", PASSWORD).await;
}

#[tokio::test]
async fn a_machines_key_counts_until_it_ends_or_is_taken_back() {
    let world = World::new();
    let sam = Desk::of(&world, "sam").await;
    let keys = format!("/accounts/{}/keys", world.account("zq").id);
    let mut secrets = Vec::new();
    for days in [1, 30] {
        let body = json!({ "name": "gateway", "days": days });
        let made = sam.ask("POST", &keys, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        secrets.push(made.json()["secret"].as_str().unwrap().to_owned());
    }
    let send = async |secret: &str| {
        let ask = world.ask("POST", "/messages").body(world::MESSAGE);
        let ask = ask.header("authorization", &format!("Bearer {secret}"));
        ask.send().await.status
    };
    assert_eq!(send(&secrets[0]).await, StatusCode::OK);
    assert_eq!(send(&secrets[1]).await, StatusCode::OK);
    let listed = sam.ask("GET", &keys, Value::Null).await;
    for secret in &secrets {
        assert!(!listed.text.contains(secret.as_str()), "shown once only");
    }
    world.pass(jiff::SignedDuration::from_hours(24));
    assert_eq!(send(&secrets[0]).await, StatusCode::UNAUTHORIZED, "expired");
    let sam = Desk::of(&world, "sam").await;
    let listed = Desk::done(&sam.ask("GET", &keys, Value::Null).await);
    let counting = listed["keys"].as_array().unwrap().iter();
    let counting: Vec<&Value> = counting.filter(|key| key["counts"] == true).collect();
    assert_eq!(counting.len(), 1);
    assert!(counting[0]["used"].is_string());
    let path = format!("{keys}/{}", counting[0]["id"].as_str().unwrap());
    Desk::done(&sam.ask("DELETE", &path, Value::Null).await);
    assert_eq!(
        send(&secrets[1]).await,
        StatusCode::UNAUTHORIZED,
        "taken back"
    );
    let again = sam.ask("DELETE", &path, Value::Null).await;
    assert_eq!(refusal(&again), (404, "not-found".into()));

    let person = format!("/accounts/{}/keys", world.account("ada").id);
    let refused = sam
        .ask("POST", &person, json!({ "name": "x", "days": 1 }))
        .await;
    assert_eq!(refusal(&refused), (409, "roles-apart".into()));
    for days in [0, 401] {
        let refused = sam
            .ask("POST", &keys, json!({ "name": "x", "days": days }))
            .await;
        assert_eq!(refusal(&refused), (422, "account-unfit".into()));
    }
    let ended = format!("/accounts/{}", world.account("zq").id);
    Desk::done(&sam.ask("DELETE", &ended, Value::Null).await);
    let late = sam
        .ask("POST", &keys, json!({ "name": "x", "days": 1 }))
        .await;
    assert_eq!(refusal(&late), (409, "account-ended".into()));
}

/// The code that a generator shows at the world's present.
fn code(world: &World, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let generator = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(world.app.now().as_second()).unwrap();
    generator.generate(now).to_string()
}

/// R-ACC-02.
#[tokio::test]
async fn a_decision_needs_a_proof_of_this_shift_from_who_has_a_second_factor() {
    let world = World::new();
    world.password("ada", PASSWORD);
    let ada = Desk {
        cookie: world.sign_in_password("ada", PASSWORD).await,
        world: &world,
    };
    let offered = Desk::done(&ada.ask("POST", "/account/totp", Value::Null).await);
    let secret = offered["secret"].as_str().unwrap().to_owned();
    let first = json!({ "code": code(&world, &secret) });
    Desk::done(&ada.ask("PUT", "/account/totp", first).await);
    let boris = world.sign_in("boris").await;
    let case = world.case(&boris).await;
    // Five hours of work, in which both sessions stay in use.
    for _ in 0..6 {
        world.pass(jiff::SignedDuration::from_mins(50));
        for cookie in [&ada.cookie, &boris] {
            let used = world.ask("GET", "/session").header("cookie", cookie);
            assert_eq!(used.send().await.status, StatusCode::OK);
        }
    }
    let (id, hit) = (case["id"].as_str().unwrap(), &case["hits"][0]);
    let path = format!("/cases/{id}/hits/{}/decision", hit["id"].as_str().unwrap());
    let sign = async |cookie: &str| {
        world
            .ask("POST", &path)
            .header("cookie", cookie)
            .header("purpose", &format!("case={id}"))
            .header("if-match", &format!("\"{}\"", hit["version"]))
            .json(&json!({ "verdict": "not_same", "reasons": ["N1"] }))
            .send()
            .await
    };
    assert_eq!(
        refusal(&sign(&ada.cookie).await),
        (403, "fresh-required".into())
    );
    // A proof opens a new session, in which the same is signed.
    let proof = json!({ "password": PASSWORD, "code": code(&world, &secret) });
    let proved = ada.ask("POST", "/session/proof", proof).await;
    assert_eq!(proved.status, StatusCode::OK, "{}", proved.text);
    let signed = sign(&world::cookie(&proved)).await;
    assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    // Whoever has a password alone is not asked, because the profile says so: the hit is decided.
    assert_ne!(sign(&boris).await.code(), "fresh-required");
}

#[tokio::test]
async fn a_code_counts_once_and_a_recovery_code_in_its_place() {
    let world = World::new();
    world.password("ada", PASSWORD);
    let ada = Desk {
        cookie: world.sign_in_password("ada", PASSWORD).await,
        world: &world,
    };
    let offered = Desk::done(&ada.ask("POST", "/account/totp", Value::Null).await);
    let secret = offered["secret"].as_str().unwrap().to_owned();
    world.sign_in_password("ada", PASSWORD).await; // An offer alone asks for nothing.
    let wrong = ada.ask("PUT", "/account/totp", json!({ "code": "000000" }));
    assert_eq!(refusal(&wrong.await), (401, "code-refused".into()));
    let first = json!({ "code": code(&world, &secret) });
    let taken = Desk::done(&ada.ask("PUT", "/account/totp", first).await);
    let recovery = taken["codes"].as_array().unwrap().clone();
    assert_eq!(recovery.len(), 10);

    let enter = async |code: &str| {
        let mut body = json!({ "user": "ada", "password": PASSWORD });
        if !code.is_empty() {
            body["code"] = json!(code);
        }
        world.ask("POST", "/session").json(&body).send().await
    };
    assert_eq!(refusal(&enter("").await), (401, "code-required".into()));
    let used = code(&world, &secret);
    assert_eq!(
        refusal(&enter(&used).await),
        (401, "code-refused".into()),
        "replayed"
    );
    world.pass(jiff::SignedDuration::from_secs(30));
    let next = code(&world, &secret);
    assert_eq!(enter(&next).await.status, StatusCode::OK);
    assert_eq!(
        refusal(&enter(&next).await),
        (401, "code-refused".into()),
        "replayed"
    );
    let spare = recovery[3].as_str().unwrap().to_uppercase();
    assert_eq!(enter(&spare).await.status, StatusCode::OK);
    assert_eq!(
        refusal(&enter(&spare).await),
        (401, "code-refused".into()),
        "used up"
    );
    let events = world.events();
    for part in ["by=password+code", "by=password+recovery", "denied code"] {
        assert!(events.iter().any(|event| event.contains(part)), "{part}");
    }
    assert!(
        !events
            .iter()
            .any(|event| event.contains(&next) || event.contains(&secret))
    );
}
