//! What attackers try, one row each: who they are, what they send, and the refusal.
//!
//! Attacks on the proofs themselves (signatures, audiences, nonces, ceremonies) are tried in
//! `oriel-signin`; here it is what the server makes of them.

use crate::world::{self, Answer, World};
use axum::http::{HeaderValue, StatusCode};
use jiff::SignedDuration;
use oriel_server::Options;
use oriel_signin::{Passkeys, ProviderConfig, Providers};
use oriel_testkit::{Authenticator, OpenId, Spoil};
use serde_json::{Value, json};
use std::sync::Arc;

const PASSWORD: &str = "plum orbit lantern";
const HERE: &str = "https://oriel.example";

/// One request of an attacker. Headers are `name: value` lines.
async fn attack(world: &World, request: &str, headers: &[&str], body: &str) -> Answer {
    let (method, path) = request.split_once(' ').unwrap();
    let mut ask = world.outside(method, path);
    for line in headers {
        let (name, value) = line.split_once(": ").unwrap();
        ask = ask.header(name, value);
    }
    if !body.is_empty() {
        ask = ask.header("content-type", "application/json").body(body);
    }
    ask.send().await
}

/// Sends it and compares status and code, as `401 session-required`.
#[track_caller]
fn check(answer: &Answer, expect: &str, what: &str) {
    let got = format!("{} {}", answer.status.as_u16(), answer.code());
    assert_eq!(got.trim_end(), expect, "{what}: {}", answer.text);
    assert!(!answer.text.contains("KESTRELMAN"), "{what}");
}

#[tokio::test]
async fn a_request_that_is_made_up_is_refused() {
    let world = World::new();
    world.password("ada", PASSWORD);
    let ada = format!("cookie: {}", world.sign_in_password("ada", PASSWORD).await);
    let key = format!("authorization: Bearer {}", world.key("zq"));
    let session_as_bearer = ada.replace("cookie: oriel_session=", "authorization: Bearer ");
    let key_as_cookie = key.replace("authorization: Bearer ", "cookie: oriel_session=");
    let purpose = "purpose: assessment=queue";
    let rows: &[(&str, &[&str], &str, &str)] = &[
        // A secret in the place of another.
        (
            "GET /api/v1/session",
            &[&session_as_bearer],
            "",
            "401 session-required",
        ),
        (
            "GET /api/v1/session",
            &[&key_as_cookie],
            "",
            "401 session-required",
        ),
        ("GET /api/v1/session", &[&key], "", "401 session-required"),
        ("GET /api/v1/account", &[&key], "", "401 session-required"),
        // A key that is nobody's is not made good by a session beside it.
        (
            "GET /api/v1/session",
            &[&ada, "authorization: Bearer oriel_key_00"],
            "",
            "401 session-required",
        ),
        // A cookie that another site, or plain HTTP, could have set.
        (
            "GET /api/v1/session",
            &[&ada, "x-forwarded-proto: https"],
            "",
            "401 session-required",
        ),
        // Acting from another site.
        (
            "POST /api/v1/session",
            &["origin: https://evil.example"],
            "{}",
            "403 cross-site",
        ),
        (
            "PUT /api/v1/account/password",
            &[&ada, "sec-fetch-site: cross-site"],
            "{}",
            "403 cross-site",
        ),
        // What one's role does not open, by a guessed address.
        ("GET /api/v1/accounts", &[&ada], "", "403 role-missing"),
        (
            "GET /api/v1/accounts/usr_0000000000000000/keys",
            &[&ada],
            "",
            "403 role-missing",
        ),
        (
            "DELETE /api/v1/accounts/usr_0000000000000000",
            &[&ada],
            "",
            "403 role-missing",
        ),
        (
            "DELETE /api/v1/account/sessions/ses_0000000000000000",
            &[&ada],
            "",
            "404 not-found",
        ),
        (
            "GET /api/v1/queue",
            &[&key, purpose],
            "",
            "403 role-missing",
        ),
        // Ways that are not offered here.
        ("POST /api/v1/session/passkey", &[], "", "404 not-found"),
        (
            "GET /api/v1/session/providers/ministry",
            &[],
            "",
            "404 not-found",
        ),
        // Another way to say the same path, and ways out of it.
        ("GET /api/v1/../v1/accounts", &[&ada], "", "404 not-found"),
        (
            "GET /api/v1/accounts/%2e%2e/session",
            &[],
            "",
            "404 not-found",
        ),
        // Fields that nobody asked for.
        (
            "POST /api/v1/session/first",
            &[],
            r#"{"link":"","login":"x","name":"x","password":"x","roles":["dpo"]}"#,
            "422 bad-request",
        ),
        // Links that were never given.
        (
            "POST /api/v1/session",
            &[],
            r#"{"link":""}"#,
            "401 sign-in-refused",
        ),
        (
            "POST /api/v1/session/first",
            &[],
            r#"{"link":"","login":"eve","name":"Eve","password":"plum orbit lantern"}"#,
            "401 sign-in-refused",
        ),
    ];
    for (request, headers, body, expect) in rows {
        let answer = attack(&world, request, headers, body).await;
        check(&answer, expect, &format!("{request} {headers:?}"));
    }
}

#[tokio::test]
async fn files_outside_the_workbench_are_not_served() {
    let world = World::empty();
    for path in [
        "/../Cargo.toml",
        "/..%2f..%2fCargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../../etc/passwd",
        "/assets/..%5c..%5cCargo.toml",
        "//etc/passwd",
        "/assets/%00.js",
    ] {
        let answer = world.outside("GET", path).send().await;
        assert!(!answer.text.contains("[workspace"), "{path}");
        assert!(!answer.text.contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn an_oversize_sign_in_is_refused_before_it_costs_anything() {
    let world = World::empty();
    let body = json!({ "user": "ada", "password": "x".repeat(33 << 20) }).to_string();
    let answer = attack(&world, "POST /api/v1/session", &[], &body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let long = "x".repeat(100_000);
    let (user, password) = (
        json!({ "user": long, "password": "x" }),
        json!({ "user": "ada", "password": long }),
    );
    for body in [user, password] {
        let answer = attack(&world, "POST /api/v1/session", &[], &body.to_string()).await;
        check(&answer, "422 bad-request", "a long field");
    }
}

#[tokio::test]
async fn nothing_that_is_sent_comes_back_in_a_header() {
    let world = World::new();
    let inject = "a%0d%0aset-cookie:%20oriel_session=eve";
    for path in [
        format!("/api/v1/session/providers/{inject}"),
        format!("/api/v1/session/providers/x/callback?code={inject}&state={inject}"),
        format!("/api/v1/accounts/{inject}/keys"),
        format!("/{inject}"),
    ] {
        let answer = world.outside("GET", &path).send().await;
        for (name, value) in &answer.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            assert!(!value.contains("eve"), "{path}: {name}: {value}");
        }
    }
}

#[tokio::test]
async fn guessing_slows_the_guesser_and_nobody_else() {
    let world = World::new();
    world.password("ada", PASSWORD);
    let before = world.sign_in_password("ada", PASSWORD).await;
    let from = async |address: &str, password: &str| {
        let body = json!({ "user": "ada", "password": password });
        let ask = world.ask("POST", "/session").json(&body);
        ask.from(address).send().await
    };
    for _ in 0..5 {
        check(
            &from("192.0.2.1", "wrong").await,
            "401 sign-in-refused",
            "free",
        );
    }
    check(
        &from("192.0.2.1", PASSWORD).await,
        "429 too-many-attempts",
        "the right one, too soon",
    );
    let elsewhere = from("198.51.100.7", PASSWORD).await;
    assert_eq!(elsewhere.status, StatusCode::OK, "{}", elsewhere.text);
    let session = world.ask("GET", "/session").header("cookie", &before);
    assert_eq!(session.send().await.status, StatusCode::OK);
    let link = world.enter(&world.link("ada")).await;
    assert!(!link.is_empty());
    let events = world.events();
    let slowed = events.iter().filter(|event| event.contains(" slowed "));
    assert_eq!(slowed.count(), 1, "told once, not with every request");
    let denied = events
        .iter()
        .filter(|event| event.contains("denied password"));
    assert_eq!(denied.count(), 5);
    assert!(!events.iter().any(|event| event.contains("wrong")));
}

#[tokio::test]
async fn who_is_not_there_is_refused_like_who_is() {
    let world = World::new();
    world.password("ada", PASSWORD);
    let answer = async |user: &str| {
        let body = json!({ "user": user, "password": "wrong" });
        let mut answer = world
            .ask("POST", "/session")
            .json(&body)
            .send()
            .await
            .json();
        answer["trace_id"] = Value::Null;
        answer
    };
    let known = answer("ada").await;
    for user in ["nobody", "zq", "boris", ""] {
        assert_eq!(answer(user).await, known, "{user}");
    }
}

#[tokio::test]
async fn a_session_is_never_one_that_was_there_before() {
    let world = World::new();
    let planted = "oriel_session=0123456789abcdef";
    let link = json!({ "link": world.link("ada") });
    let ask = world.ask("POST", "/session").header("cookie", planted);
    let signed = ask.json(&link).send().await;
    let first = world::cookie(&signed);
    assert_ne!(first, planted);
    // Signing in again in the same browser ends the session it had.
    let link = json!({ "link": world.link("boris") });
    let ask = world.ask("POST", "/session").header("cookie", &first);
    let second = world::cookie(&ask.json(&link).send().await);
    assert_ne!(second, first);
    let old = world.ask("GET", "/session").header("cookie", &first);
    check(&old.send().await, "401 session-required", "the one before");
}

#[tokio::test]
async fn a_link_that_was_used_replaced_or_kept_too_long_signs_nobody_in() {
    let world = World::new();
    let enter = async |link: &str| {
        let body = json!({ "link": link });
        world.ask("POST", "/session").json(&body).send().await
    };
    let used = world.link("ada");
    assert_eq!(enter(&used).await.status, StatusCode::OK);
    check(&enter(&used).await, "401 sign-in-refused", "used");
    let replaced = world.link("ada");
    let late = world.link("ada");
    check(&enter(&replaced).await, "401 sign-in-refused", "replaced");
    world.pass(jiff::SignedDuration::from_mins(30));
    check(&enter(&late).await, "401 sign-in-refused", "late");
    let ended = world.link("boris");
    let boris = world.account("boris").id;
    world.app.account_end(&world.app.console(), &boris).unwrap();
    check(&enter(&ended).await, "401 sign-in-refused", "ended");
}

/// A world with passkeys and one provider.
fn outer(provider: &OpenId) -> World {
    let config = ProviderConfig {
        id: "ministry".to_owned(),
        name: "Ministry".to_owned(),
        issuer: provider.issuer().to_owned(),
        client_id: "oriel".to_owned(),
        client_secret: None,
    };
    World::peopled(Options {
        public_url: Some(HERE.to_owned()),
        passkeys: Some(Arc::new(Passkeys::new(HERE).unwrap())),
        providers: Some(Arc::new(Providers::new(HERE, vec![config]).unwrap())),
        ..Options::default()
    })
}

/// The next answer of a device to what the server asks at `path`.
async fn answer(world: &World, device: &mut Authenticator, path: &str, cookie: &str) -> Value {
    let ask = world.ask("POST", path).header("cookie", cookie);
    let begun = ask.send().await.json();
    let credential = device.get(&begun["options"].to_string());
    let credential: Value = serde_json::from_str(&credential).unwrap();
    json!({ "ceremony": begun["ceremony"], "credential": credential })
}

async fn post(world: &World, path: &str, cookie: &str, body: &Value) -> Answer {
    let ask = world.ask("POST", path).header("cookie", cookie);
    ask.json(body).send().await
}

/// A new passkey for whoever is signed in, not yet handed in.
async fn made(world: &World, device: &mut Authenticator, cookie: &str) -> Value {
    let begun = post(world, "/account/passkeys", cookie, &json!({})).await;
    let begun = begun.json();
    let credential = device.create(&begun["options"].to_string(), HERE);
    let credential: Value = serde_json::from_str(&credential).unwrap();
    json!({ "ceremony": begun["ceremony"], "name": "laptop", "credential": credential })
}

/// A device with a passkey of whoever is signed in.
async fn device(world: &World, cookie: &str) -> Authenticator {
    let mut device = Authenticator::new();
    let add = made(world, &mut device, cookie).await;
    let added = post(world, "/account/passkeys/answer", cookie, &add).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    device
}

#[tokio::test]
async fn a_passkey_signs_in_once_for_each_ceremony() {
    const ASK: &str = "/session/passkey";
    const ANSWER: &str = "/session/passkey/answer";
    let world = outer(&OpenId::start("oriel"));
    let ada = world.sign_in("ada").await;
    assert!(ada.starts_with("__Host-oriel_session="));
    let add = made(&world, &mut Authenticator::new(), &ada).await;
    let boris = world.sign_in("boris").await;
    let path = "/account/passkeys/answer";
    let stolen = post(&world, path, &boris, &add).await;
    check(&stolen, "401 sign-in-refused", "another's ceremony");
    let again = post(&world, path, &ada, &add).await;
    let what = "used up by the thief, so nothing was added";
    check(&again, "401 sign-in-refused", what);

    let mut device = device(&world, &ada).await;
    let prove = answer(&world, &mut device, ASK, "").await;
    let signed = post(&world, ANSWER, "", &prove).await;
    assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    assert_eq!(signed.json()["user"]["id"], world.account("ada").id);
    let replay = post(&world, ANSWER, "", &prove).await;
    check(&replay, "401 sign-in-refused", "replayed");

    device.origin = "https://evil.example".to_owned();
    let prove = answer(&world, &mut device, ASK, "").await;
    let phished = post(&world, ANSWER, "", &prove).await;
    check(&phished, "401 sign-in-refused", "signed for another page");
    device.origin = HERE.to_owned();
    let prove = answer(&world, &mut device, ASK, "").await;
    world.pass(oriel_app::CEREMONY_LIFE);
    let late = post(&world, ANSWER, "", &prove).await;
    check(&late, "401 sign-in-refused", "late");
}

/// R-ACC-02: whoever proves themselves again stays who they are.
#[tokio::test]
async fn a_passkey_proves_its_own_account_again_and_no_other() {
    const ASK: &str = "/session/proof/passkey";
    const ANSWER: &str = "/session/proof/passkey/answer";
    let world = outer(&OpenId::start("oriel"));
    let (ada, boris) = (world.sign_in("ada").await, world.sign_in("boris").await);
    let mut hers = device(&world, &ada).await;
    let mut his = device(&world, &boris).await;
    let nobody = post(&world, ASK, "", &json!({})).await;
    check(&nobody, "401 session-required", "nobody's proof");

    let swapped = answer(&world, &mut his, ASK, &ada).await;
    let swapped = post(&world, ANSWER, &ada, &swapped).await;
    check(&swapped, "401 sign-in-refused", "another's passkey");
    let stolen = answer(&world, &mut his, ASK, &ada).await;
    let stolen = post(&world, ANSWER, &boris, &stolen).await;
    check(&stolen, "401 sign-in-refused", "another's ceremony");
    let other = answer(&world, &mut hers, "/session/passkey", "").await;
    let other = post(&world, ANSWER, &ada, &other).await;
    check(&other, "401 sign-in-refused", "a ceremony of signing in");
    let still = world.ask("GET", "/session").header("cookie", &ada);
    assert_eq!(still.send().await.status, StatusCode::OK, "nothing changed");

    // A stale session changes no account; after the proof the same is done, in a new session.
    world.pass(oriel_app::FRESH + jiff::SignedDuration::from_secs(1));
    let add = json!({ "password": PASSWORD });
    let set = async |cookie: &str| {
        let ask = world.ask("PUT", "/account/password");
        ask.header("cookie", cookie).json(&add).send().await
    };
    check(&set(&ada).await, "403 fresh-required", "stale");
    let prove = answer(&world, &mut hers, ASK, &ada).await;
    let proved = post(&world, ANSWER, &ada, &prove).await;
    assert_eq!(proved.status, StatusCode::OK, "{}", proved.text);
    assert_eq!(proved.json()["user"]["id"], world.account("ada").id);
    let old = world.ask("GET", "/session").header("cookie", &ada);
    check(&old.send().await, "401 session-required", "the old secret");
    check(&set(&world::cookie(&proved)).await, "204", "proved");
}

#[tokio::test]
async fn a_provider_signs_in_the_browser_that_was_sent_to_it() {
    let provider = OpenId::start("oriel");
    let world = outer(&provider);
    let ada = world.sign_in("ada").await;
    // Sends a browser out: the provider's address and the ceremony's cookie.
    let out = async || {
        let answer = world.ask("GET", "/session/providers/ministry").send().await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let url = answer.headers["location"].to_str().unwrap().to_owned();
        (url, world::cookie(&answer))
    };
    let back = async |cookie: &str, code: &str, state: &str| {
        let path = format!("/session/providers/ministry/callback?code={code}&state={state}");
        let ask = world.ask("GET", &path).header("cookie", cookie);
        let answer = ask.header("sec-fetch-site", "cross-site").send().await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let session = answer.headers.get_all("set-cookie").iter().any(|set| {
            let set = set.to_str().unwrap();
            set.starts_with("__Host-oriel_session=")
        });
        (
            answer.headers["location"].to_str().unwrap().to_owned(),
            session,
        )
    };
    let refused = ("/sign-in?refused=provider".to_owned(), false);

    let (url, cookie) = out().await;
    let (code, state) = provider.authorize(&url, "subject-1");
    assert_eq!(
        back(&cookie, &code, &state).await,
        refused,
        "nobody's identity"
    );

    let ask = world.ask("POST", "/account/identities/ministry");
    let begun = ask.header("cookie", &ada).send().await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    let (cookie, url) = (world::cookie(&begun), begun.json()["url"].to_string());
    let (code, state) = provider.authorize(url.trim_matches('"'), "subject-1");
    assert_eq!(
        back(&cookie, &code, &state).await,
        ("/account".to_owned(), false)
    );

    let (url, cookie) = out().await;
    let (code, state) = provider.authorize(&url, "subject-1");
    assert_eq!(back("", &code, &state).await, refused, "another browser");
    assert_eq!(
        back(&cookie, &code, "another").await,
        refused,
        "another state"
    );
    assert_eq!(back(&cookie, &code, &state).await, refused, "used up");

    let (url, cookie) = out().await;
    let (code, state) = provider.authorize(&url, "subject-1");
    assert_eq!(back(&cookie, &code, &state).await, ("/".to_owned(), true));

    for spoil in [
        Spoil::Audience,
        Spoil::Nonce,
        Spoil::Expired,
        Spoil::Unsigned,
    ] {
        let (url, cookie) = out().await;
        provider.spoil(spoil);
        let (code, state) = provider.authorize(&url, "subject-1");
        assert_eq!(back(&cookie, &code, &state).await, refused, "{spoil:?}");
    }
    let denied = world.events();
    let denied = denied
        .iter()
        .filter(|event| event.contains("denied provider"));
    assert_eq!(denied.count(), 7);
}

/// R-ACC-02: whoever signs in at a provider only proves it again there, for what is signed.
#[tokio::test]
async fn a_provider_proves_again_whom_it_signed_in() {
    const PROVE: &str = "/session/proof/providers/ministry";
    let provider = OpenId::start("oriel");
    let world = outer(&provider);
    let ada = world.sign_in("ada").await;
    // Sends a browser out and takes it back without the session's cookie, as browsers do.
    let there = async |path: &str, cookie: &str, subject: &str| {
        let begun = post(&world, path, cookie, &json!({})).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
        let url = begun.json()["url"].as_str().unwrap().to_owned();
        let (code, state) = provider.authorize(&url, subject);
        let path = format!("/session/providers/ministry/callback?code={code}&state={state}");
        let ask = world.ask("GET", &path);
        let ask = ask.header("cookie", &world::cookie(&begun));
        ask.header("sec-fetch-site", "cross-site").send().await
    };
    let to = |answer: &Answer| answer.headers["location"].to_str().unwrap().to_owned();
    let set = async |cookie: &str| {
        let ask = world
            .ask("PUT", "/account/password")
            .header("cookie", cookie);
        ask.json(&json!({ "password": "plum orbit lantern" }))
            .send()
            .await
    };
    let linked = there("/account/identities/ministry", &ada, "subject-1").await;
    assert_eq!(to(&linked), "/account");
    world.pass(SignedDuration::from_mins(20));
    check(&set(&ada).await, "403 fresh-required", "stale");

    for (subject, spoil) in [
        ("subject-2", Spoil::Nothing),
        ("subject-1", Spoil::Stale),
        ("subject-1", Spoil::Untimed),
        ("subject-1", Spoil::Nonce),
    ] {
        provider.spoil(spoil);
        let refused = there(PROVE, &ada, subject).await;
        assert_eq!(to(&refused), "/proved?refused=provider", "{spoil:?}");
        let sets = |set: &HeaderValue| set.to_str().unwrap().contains("oriel_session=");
        assert!(!refused.headers.get_all("set-cookie").iter().any(sets));
        check(&set(&ada).await, "403 fresh-required", "not proved");
    }
    provider.spoil(Spoil::Nothing);
    let proved = there(PROVE, &ada, "subject-1").await;
    assert_eq!(to(&proved), "/proved");
    let old = world.ask("GET", "/session").header("cookie", &ada);
    check(&old.send().await, "401 session-required", "the old secret");
    let session = proved.headers.get_all("set-cookie").iter();
    let mut session = session.filter_map(|set| set.to_str().unwrap().split(';').next());
    let session = session
        .find(|set| set.starts_with("__Host-oriel_session="))
        .unwrap();
    check(&set(session).await, "204", "proved");

    // A session that was ended meanwhile does not come back by a proof.
    let late = post(&world, PROVE, session, &json!({})).await;
    let gone = world.ask("DELETE", "/session").header("cookie", session);
    assert_eq!(gone.send().await.status, StatusCode::NO_CONTENT);
    let url = late.json()["url"].as_str().unwrap().to_owned();
    let (code, state) = provider.authorize(&url, "subject-1");
    let path = format!("/session/providers/ministry/callback?code={code}&state={state}");
    let ask = world
        .ask("GET", &path)
        .header("cookie", &world::cookie(&late));
    assert_eq!(to(&ask.send().await), "/proved?refused=provider");
}
