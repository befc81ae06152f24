//! Lists: one person looks at a file and proposes it, another puts it in force and takes it back.

use crate::world::World;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use oriel_policy::Role;
use serde_json::{Value, json};

fn list(text: &str) -> Value {
    json!({ "id": "own", "kind": "serious_crime", "name": "Own list (invented)",
            "owner": "Utopian Police", "legal_basis": "Police Act, section 9", "text": text })
}

const FIRST: &str = "id,name,birth_date,offence\n\
                     A,Odran Pellow,1950-01-09,annex-ii/4\n\
                     B,Belisane Umberway,1988-03-02,\n\
                     ,Wren Sable,,\n";

/// R-WL-01, R-WL-02.
#[tokio::test]
async fn a_list_comes_in_by_two_persons_and_goes_back_by_the_second() {
    let world = World::new();
    let put = |login: &str, roles: &[Role]| {
        world.app.account_put(login, login, roles, None).unwrap();
    };
    put("lou", &[Role::ListOfficer, Role::ListApprover]);
    put("ari", &[Role::ListApprover]);
    let (lou, ari) = (world.sign_in("lou").await, world.sign_in("ari").await);
    let send = async |who: &str, path: &str, body: &Value| {
        let ask = world.ask("POST", path).header("cookie", who);
        let answer = ask.json(body).send().await;
        (answer.status, answer.json())
    };
    let lists = async |who: &str| {
        let answer = world
            .ask("GET", "/lists")
            .header("cookie", who)
            .send()
            .await;
        let all = answer.json();
        let own = all
            .as_array()
            .unwrap()
            .iter()
            .find(|list| list["id"] == "lst_own");
        own.cloned().unwrap_or_default()
    };

    // R-SCO-05: the law's catalogue is told with the session, and bounds what comes in.
    let session = world.ask("GET", "/session").header("cookie", &lou);
    let session = session.send().await.json();
    let fourth = json!({ "code": "annex-ii/4",
                         "name": "trafficking in narcotic drugs and psychotropic substances" });
    let known = session["offences"].as_array().unwrap();
    assert!(known.contains(&fourth), "{known:?}");
    let outside = list(&FIRST.replace("annex-ii/4", "annex-ii/40"));
    let (status, checked) = send(&lou, "/lists/check", &outside).await;
    assert_eq!(status, StatusCode::OK, "{checked}");
    assert_eq!(checked["added"], json!(["B"]));
    let reject = &checked["rejects"][1];
    assert_eq!(
        (&reject["row"], &reject["column"], &reject["whole_row"]),
        (&json!(2), &json!("offence"), &json!(true))
    );

    let (status, checked) = send(&lou, "/lists/check", &list(FIRST)).await;
    assert_eq!(status, StatusCode::OK, "{checked}");
    assert_eq!(checked["added"], json!(["A", "B"]));
    assert_eq!(checked["rejects"][0]["reason"], "no identifier");
    let counts = &checked["counts"];
    assert_eq!(
        (&counts["rows"], &counts["rejected"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(lists(&lou).await, Value::Null, "looking changes nothing");

    let (status, proposed) = send(&lou, "/lists", &list(FIRST)).await;
    assert_eq!(status, StatusCode::CREATED, "{proposed}");
    let waits = lists(&ari).await;
    assert_eq!(waits["version"], Value::Null);
    assert_eq!(waits["versions"][0]["imported_by"], "lou");
    assert_eq!(waits["versions"][0]["may_activate"], true);
    assert_eq!(lists(&lou).await["versions"][0]["may_activate"], false);

    let version = proposed["version"].as_str().unwrap();
    let activation = format!("/lists/lst_own/versions/{version}/activation");
    let (status, refused) = send(&lou, &activation, &json!({})).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::FORBIDDEN, &json!("second-person"))
    );
    let (status, activated) = send(&ari, &activation, &json!({})).await;
    assert_eq!((status, &activated["added"]), (StatusCode::OK, &json!(2)));
    let (status, refused) = send(&ari, &activation, &json!({})).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::CONFLICT, &json!("list-conflict"))
    );

    // In force means asked: what is said of an entry is said of its hit.
    while world.app.rescreen(4).unwrap().1 {}
    let queue = world
        .ask("GET", "/queue")
        .header("cookie", &world.sign_in("ada").await);
    let queue = queue
        .header("purpose", "assessment=queue")
        .send()
        .await
        .json();
    assert_eq!(queue["cases"].as_array().unwrap().len(), 2, "{queue}");

    let short = list("id,name\nA,Odran Pellow\n");
    let (status, refused) = send(&lou, "/lists", &short).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::CONFLICT, &json!("list-shrank"))
    );
    world.pass(SignedDuration::from_secs(1));
    let mut leave = short;
    leave["may_shrink"] = json!(true);
    let mut never = leave.clone();
    never["text"] = json!("id,name\nZ,Nobody Approved\n");
    assert_eq!(send(&lou, "/lists", &never).await.0, StatusCode::CREATED);
    world.pass(SignedDuration::from_secs(1));
    let (_, proposed) = send(&lou, "/lists", &leave).await;
    let version = proposed["version"].as_str().unwrap();
    let activation = format!("/lists/lst_own/versions/{version}/activation");
    let (status, _) = send(&ari, &activation, &json!({ "may_shrink": true })).await;
    assert_eq!(status, StatusCode::OK);
    let (status, back) = send(&ari, "/lists/lst_own/rollback", &json!({})).await;
    assert_eq!(
        (status, &back["entries"]),
        (StatusCode::OK, &json!(2)),
        "{back}"
    );
}

/// R-WL-02, R-WL-04: documents, what is sought, and a workbook take the same way.
#[tokio::test]
async fn every_kind_of_list_comes_in_by_two_persons() {
    let world = World::new();
    let put = |login: &str, roles: &[Role]| {
        world.app.account_put(login, login, roles, None).unwrap();
    };
    put("lou", &[Role::ListOfficer]);
    put("ari", &[Role::ListApprover]);
    let (lou, ari) = (world.sign_in("lou").await, world.sign_in("ari").await);
    let send = async |who: &str, path: &str, body: &Value| {
        let ask = world.ask("POST", path).header("cookie", who);
        let answer = ask.json(body).send().await;
        (answer.status, answer.json())
    };
    let sheet = "<row><c t=\"str\"><v>id</v></c><c t=\"str\"><v>name</v></c></row>\
                 <row><c t=\"str\"><v>W</v></c><c t=\"str\"><v>Wren Sable</v></c></row>";
    let sheet = STANDARD.encode(oriel_testkit::workbook(&[sheet]));
    let documents = "document,document_issuer,document_kind\nX7654321,UTO,P\nX7,,P\n";
    let sought = "id,phone,email\nT,+999 664 5550123,\nM,,odran@kestrel.example\nN,0664,\n";
    for (id, change, counts) in [
        ("book", json!({ "data": sheet, "text": "" }), (1, 1, 0)),
        (
            "lost",
            json!({ "kind": "documents", "format": "documents", "text": documents }),
            (2, 1, 1),
        ),
        ("sought", json!({ "text": sought }), (3, 2, 1)),
    ] {
        let mut body = list("");
        body["id"] = json!(id);
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let (status, checked) = send(&lou, "/lists/check", &body).await;
        assert_eq!(status, StatusCode::OK, "{id}: {checked}");
        let read = |of: &str| checked["counts"][of].as_i64().unwrap();
        assert_eq!(
            (read("rows"), read("added"), read("rejected")),
            counts,
            "{id}"
        );
        let told = checked["rejects"].to_string();
        assert!(!told.contains("0664"), "a reason repeats no value: {told}");
        let (status, proposed) = send(&lou, "/lists", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{id}: {proposed}");
        assert_eq!(proposed["counts"], checked["counts"], "{id}");
        let version = proposed["version"].as_str().unwrap();
        let path = format!("/lists/lst_{id}/versions/{version}/activation");
        let (status, activated) = send(&ari, &path, &json!({})).await;
        assert_eq!(
            (status, activated["added"].as_i64()),
            (StatusCode::OK, Some(counts.1))
        );
        let (_, again) = send(&lou, "/lists/check", &body).await;
        assert_eq!(
            again["counts"]["unchanged"].as_i64(),
            Some(counts.1),
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_or_used_is_refused_with_what_to_do() {
    let world = World::new();
    world
        .app
        .account_put("lou", "lou", &[Role::ListOfficer], None)
        .unwrap();
    let lou = world.sign_in("lou").await;
    for (change, code) in [
        (json!({ "id": "Own list" }), "list-unfit"),
        (json!({ "kind": "entry_ban" }), "list-unfit"),
        (json!({ "kind": "fishing" }), "list-unread"),
        (json!({ "format": "papyrus" }), "list-unread"),
        (json!({ "format": "documents" }), "list-unread"),
        (json!({ "data": "no base64!" }), "list-unread"),
        (json!({ "data": "UEsDBCBub3QgYSBwYWNrYWdl" }), "list-unread"),
        (json!({ "mapping": "[columns]" }), "list-unread"),
        (json!({ "text": "id;shoe\nA;43\n" }), "list-unread"),
        (json!({ "text": "id,name\n,\n" }), "list-unread"),
        (
            json!({ "text": "<!DOCTYPE l [<!ENTITY a \"b\">]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>" }),
            "list-unread",
        ),
    ] {
        let mut body = list(FIRST);
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let ask = world.ask("POST", "/lists").header("cookie", &lou);
        let answer = ask.json(&body).send().await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{change}: {}",
            answer.text
        );
        assert_eq!(answer.json()["code"], code, "{change}: {}", answer.text);
    }
    let lists = world
        .ask("GET", "/lists")
        .header("cookie", &lou)
        .send()
        .await;
    assert_eq!(lists.json().as_array().unwrap().len(), 1, "nothing came in");
}
