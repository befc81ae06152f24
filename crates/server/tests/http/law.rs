//! Legal profiles from outside: proposed by one person, put in force by another, read as they were.

use crate::world::World;
use axum::http::StatusCode;
use oriel_policy::{Profile, Role};
use serde_json::{Value, json};

/// The specimen's profile with another version.
fn amended() -> String {
    let text = Profile::builtin_text("utopia").unwrap();
    text.replacen("version = \"3\"", "version = \"4\"", 1)
}

/// R-ACC-02, R-DOC-02.
#[tokio::test]
async fn a_profile_is_proposed_read_and_put_in_force_by_two() {
    let world = World::new();
    for login in ["lena", "luis"] {
        let put = world
            .app
            .account_put(login, "L Example", &[Role::LegalOfficer], None);
        put.unwrap();
    }
    let (lena, luis) = (world.sign_in("lena").await, world.sign_in("luis").await);
    let ask = async |who: &str, method: &str, path: &str, body: Value| {
        let ask = world.ask(method, path).header("cookie", who);
        match body {
            Value::Null => ask.send().await,
            body => ask.json(&body).send().await,
        }
    };
    let before = ask(&lena, "GET", "/profiles", Value::Null).await.json();
    assert_eq!(before["in_force"]["version"], "3");
    assert_eq!(before["in_force"]["by"], "system");
    let then = world.app.now().to_string();
    world.pass(jiff::SignedDuration::from_secs(1));

    let unfit = json!({ "text": "id = \"x\"" });
    let unfit = ask(&lena, "POST", "/profiles", unfit).await;
    assert_eq!(
        (unfit.status.as_u16(), &*unfit.code()),
        (422, "profile-unfit")
    );
    let proposed = ask(&lena, "POST", "/profiles", json!({ "text": amended() })).await;
    assert_eq!(proposed.status, StatusCode::CREATED, "{}", proposed.text);
    let read = ask(&luis, "GET", "/profiles/utopia/4", Value::Null)
        .await
        .json();
    assert_eq!(read["text"], amended());
    let digest = json!({ "digest": read["digest"] });
    let listed = ask(&luis, "GET", "/profiles", Value::Null).await.json();
    assert_eq!(
        (&listed["steps"][0]["waits"], &listed["steps"][0]["mine"]),
        (&json!(true), &json!(true))
    );

    let path = "/profiles/utopia/4/activation";
    let own = ask(&lena, "POST", path, digest.clone()).await;
    assert_eq!((own.status.as_u16(), &*own.code()), (403, "second-person"));
    let other = ask(&luis, "POST", path, json!({ "digest": "00" })).await;
    assert_eq!(
        (other.status.as_u16(), &*other.code()),
        (409, "profile-conflict")
    );
    let ada = world.sign_in("ada").await;
    let analyst = ask(&ada, "POST", path, digest.clone()).await;
    assert_eq!(
        (analyst.status.as_u16(), &*analyst.code()),
        (403, "role-missing")
    );
    let done = ask(&luis, "POST", path, digest.clone()).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);

    let session = ask(&ada, "GET", "/session", Value::Null).await.json();
    assert_eq!(session["profile"]["version"], "4");
    let at = format!("/profiles?at={then}");
    let past = ask(&ada, "GET", &at, Value::Null).await.json();
    assert_eq!(past["in_force"]["version"], "3");
    assert_eq!(past["steps"].as_array().unwrap().len(), 3);
    let bad = ask(&ada, "GET", "/profiles?at=yesterday", Value::Null).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);

    // A proof of some minutes ago signs nothing.
    world.pass(jiff::SignedDuration::from_mins(16));
    let stale = ask(&lena, "POST", "/profiles", json!({ "text": amended() })).await;
    assert_eq!(
        (stale.status.as_u16(), &*stale.code()),
        (403, "fresh-required")
    );
}
