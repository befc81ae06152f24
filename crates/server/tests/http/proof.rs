//! What is signed, or changes an account, needs a fresh proof of who one is: each such address is
//! tried with a proof of hours ago and with one of now.
//!
//! The table must hold every act that the legal profile asks a proof for, and every address whose
//! document says that one may have signed in too long ago; one that is added needs a row here.

use crate::world::World;
use axum::http::StatusCode;
use jiff::SignedDuration;
use oriel_keys::{Lock, Secret};
use oriel_policy::{Act, Profile, Role};
use oriel_server::Options;
use oriel_signin::{Passkeys, ProviderConfig, Providers};
use oriel_store::PasskeyRow;
use oriel_testkit::OpenId;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const HERE: &str = "https://oriel.example";
const PHRASE: &str = "four invented words only";

/// One request that needs a fresh proof.
struct Row {
    /// What the profile may ask the proof for; nothing for one's own account.
    act: Option<Act>,
    login: &'static str,
    /// As in the API's document.
    route: &'static str,
    ids: Vec<String>,
    purpose: String,
    body: Value,
    /// The answer once the proof is fresh.
    then: u16,
}

impl Row {
    fn new(act: Option<Act>, login: &'static str, route: &'static str, then: u16) -> Self {
        Self {
            act,
            login,
            route,
            ids: Vec::new(),
            purpose: String::new(),
            body: Value::Null,
            then,
        }
    }

    fn ids(mut self, ids: &[&str]) -> Self {
        self.ids = ids.iter().map(|&id| id.to_owned()).collect();
        self
    }

    fn body(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    fn purpose(mut self, purpose: &str) -> Self {
        purpose.clone_into(&mut self.purpose);
        self
    }

    async fn send(&self, world: &World, cookie: &str) -> (u16, String) {
        let (method, route) = self.route.split_once(' ').unwrap();
        let mut ids = self.ids.iter();
        let parts = route.split('/').map(|part| match part.starts_with('{') {
            true => ids.next().expect("an id for each parameter"),
            false => part,
        });
        let path = parts.collect::<Vec<_>>().join("/");
        let mut ask = world.ask(method, &path).header("cookie", cookie);
        ask = ask.header("if-match", "\"1\"");
        ask = ask.header("purpose", &self.purpose);
        let answer = match &self.body {
            Value::Null => ask.send().await,
            body => ask.json(body).send().await,
        };
        (answer.status.as_u16(), answer.text)
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A unit whose people all have a second factor.
fn world() -> World {
    let provider = ProviderConfig {
        id: "ministry".to_owned(),
        name: "Ministry".to_owned(),
        issuer: OpenId::start("oriel").issuer().to_owned(),
        client_id: "oriel".to_owned(),
        client_secret: None,
    };
    let world = World::peopled(Options {
        public_url: Some(HERE.to_owned()),
        passkeys: Some(Arc::new(Passkeys::new(HERE).unwrap())),
        providers: Some(Arc::new(Providers::new(HERE, vec![provider]).unwrap())),
        ..Options::default()
    });
    for (login, role) in [
        ("tess", Role::SecurityAdministrator),
        ("lena", Role::LegalOfficer),
        ("luis", Role::LegalOfficer),
        ("rita", Role::RequestOfficer),
        ("una", Role::UnmaskAuthority),
        ("hugo", Role::HeadOfAuthority),
        ("lou", Role::ListOfficer),
        ("ari", Role::ListApprover),
    ] {
        let name = format!("{login} Example");
        world.app.account_put(login, &name, &[role], None).unwrap();
    }
    world
        .app
        .store()
        .write(|tx| {
            tx.housekeeping();
            for account in tx.account_list()? {
                tx.passkey_put(&PasskeyRow {
                    id: format!("pky_{}", account.login),
                    credential: account.id.clone().into_bytes(),
                    account: account.id,
                    name: "laptop".to_owned(),
                    data: String::new(),
                    created_at: world.app.now(),
                    used_at: None,
                })?;
            }
            Ok::<(), oriel_store::StoreError>(())
        })
        .unwrap();
    world
}

/// What waits on an ordinary day.
async fn everyday() -> (World, Vec<Row>) {
    let world = world();
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    let (id, hit) = (text(&case["id"]), text(&case["hits"][0]["id"]));
    let ask = async |login: &str, path: &str, body: Value| {
        let cookie = world.sign_in(login).await;
        let ask = world.ask("POST", path).header("cookie", &cookie);
        let answer = ask.json(&body).send().await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    };
    let person = json!({ "login": "dora", "name": "Dora Example", "kind": "person",
        "roles": ["analyst"] });
    let invited = ask("sam", "/accounts", person).await;
    let dora = text(&invited["account"]["id"]);
    let [boris, clara, zq] = ["boris", "clara", "zq"].map(|login| world.account(login).id);
    let key = json!({ "name": "gateway", "days": 1 });
    let made = ask("sam", &format!("/accounts/{zq}/keys"), key.clone()).await;
    let version = |version: &str| {
        let law = Profile::builtin_text("utopia").unwrap();
        json!({ "text": law.replacen("version = \"3\"", &format!("version = \"{version}\""), 1) })
    };
    let law = ask("lena", "/profiles", version("4")).await;
    let entry = json!({ "mode": "air", "carrier": "ZQ", "airport": "", "from": "", "to": "",
        "reason": "invented", "threat": "", "decided_by": "Ministry (invented)",
        "starts": "2026-11-22T18:00:00Z", "ends": "2026-11-30T00:00:00Z",
        "review": "2026-11-25T00:00:00Z" });
    let other = |carrier: &str| {
        let mut entry = entry.clone();
        entry["carrier"] = json!(carrier);
        entry
    };
    let waiting = ask("lena", "/selections", other("X9")).await;
    let refused = ask("lena", "/selections", other("QB")).await;
    let (waiting, refused) = (text(&waiting["id"]), text(&refused["id"]));
    let list = |id: &str| {
        json!({ "id": id, "kind": "serious_crime", "name": "Own list (invented)",
            "owner": "Utopian Police", "legal_basis": "Police Act, section 9",
            "text": "id,name\nA,Odran Pellow\n" })
    };
    let listed = ask("lou", "/lists", list("own")).await;
    world.enrol("zq");
    world.go_live();
    let push = json!({ "flight": "ZQ417", "from": "UXA", "departs": "2026-11-23T12:00",
        "threat": "terrorism", "reason": "An invented threat.",
        "ends_at": "2026-11-23T08:00:00Z" });
    let push = ask("rita", "/push-requests", push).await;
    let spare = json!({ "ceremony": "none", "name": "spare", "credential": {} });

    let (manage, own) = (Some(Act::AccountManage), None);
    let rows = vec![
        Row::new(
            Some(Act::HitDecide),
            "ada",
            "POST /cases/{id}/hits/{hit}/decision",
            200,
        )
        .ids(&[id, hit])
        .purpose(&format!("case={id}"))
        .body(json!({ "verdict": "not_same", "reasons": ["N1"] })),
        Row::new(Some(Act::ProfilePropose), "lena", "POST /profiles", 201).body(version("5")),
        Row::new(
            Some(Act::ProfileActivate),
            "luis",
            "POST /profiles/{id}/{version}/activation",
            204,
        )
        .ids(&["utopia", "4"])
        .body(json!({ "digest": law["digest"] })),
        Row::new(Some(Act::ListImport), "lou", "POST /lists", 201).body(list("next")),
        Row::new(
            Some(Act::ListApprove),
            "ari",
            "POST /lists/{id}/versions/{version}/activation",
            200,
        )
        .ids(&["lst_own", text(&listed["version"])])
        .body(json!({})),
        // The version that is in force now was the first.
        Row::new(
            Some(Act::ListApprove),
            "ari",
            "POST /lists/{id}/rollback",
            409,
        )
        .ids(&["lst_own"])
        .body(json!({})),
        Row::new(Some(Act::SelectionPut), "lena", "POST /selections", 201).body(entry),
        Row::new(
            Some(Act::SelectionApprove),
            "luis",
            "POST /selections/{id}/approval",
            200,
        )
        .ids(&[waiting]),
        Row::new(
            Some(Act::SelectionApprove),
            "luis",
            "DELETE /selections/{id}",
            200,
        )
        .ids(&[refused]),
        Row::new(
            Some(Act::PushApprove),
            "luis",
            "POST /push-requests/{id}/decision",
            200,
        )
        .ids(&[text(&push["id"])])
        .body(json!({ "verdict": "approve" })),
        Row::new(
            Some(Act::AccountApprove),
            "tess",
            "POST /accounts/{id}/roles/answer",
            200,
        )
        .ids(&[dora])
        .body(json!({ "approve": true })),
        Row::new(manage, "sam", "POST /accounts", 201)
            .body(json!({ "login": "emil", "name": "Emil", "kind": "person", "roles": [] })),
        Row::new(manage, "sam", "PUT /accounts/{id}/roles", 200)
            .ids(&[&clara])
            .body(json!({ "roles": [] })),
        Row::new(manage, "sam", "POST /accounts/{id}/reset", 200).ids(&[&boris]),
        Row::new(manage, "sam", "DELETE /accounts/{id}", 200).ids(&[&boris]),
        Row::new(manage, "sam", "POST /accounts/{id}/keys", 201)
            .ids(&[&zq])
            .body(key),
        Row::new(manage, "sam", "DELETE /accounts/{id}/keys/{key}", 204)
            .ids(&[&zq, text(&made["key"]["id"])]),
        Row::new(
            Some(Act::SessionEnd),
            "sam",
            "DELETE /accounts/{id}/sessions",
            200,
        )
        .ids(&[&clara]),
        Row::new(own, "ada", "POST /account/identities/{id}", 200).ids(&["ministry"]),
        Row::new(own, "ada", "DELETE /account/identities/{id}", 404).ids(&["ministry"]),
        Row::new(own, "ada", "POST /account/passkeys", 200),
        Row::new(own, "ada", "POST /account/passkeys/answer", 401).body(spare),
        Row::new(own, "ada", "DELETE /account/passkeys/{id}", 204).ids(&["pky_ada"]),
        Row::new(own, "ada", "POST /account/totp", 200),
        Row::new(own, "ada", "PUT /account/totp", 401).body(json!({ "code": "none" })),
        Row::new(own, "ada", "POST /account/recovery", 404),
        Row::new(own, "ada", "DELETE /account/totp", 204),
        Row::new(own, "ada", "PUT /account/password", 204)
            .body(json!({ "password": "plum orbit lantern" })),
    ];
    (world, rows)
}

/// What waits when a flight has been masked; the vault has a lock of its own.
async fn masked() -> (World, Vec<Row>) {
    let world = world();
    let lock = Lock::Passphrase(Secret::new(PHRASE));
    let keys = world.app.store().keys().unwrap();
    keys.vault_init(&Lock::Plain, &lock).unwrap();
    let ada = world.sign_in("ada").await;
    let case = text(&world.case(&ada).await["id"]).to_owned();
    world.pass(SignedDuration::from_hours(24 * 190));
    world.app.sweep(16).unwrap();
    let rita = world.sign_in("rita").await;
    let mut asked = Vec::new();
    for _ in 0..2 {
        let ask = world.ask("POST", "/unmaskings").header("cookie", &rita);
        let body = json!({ "records": [case.replace("case_", "trv_")], "elements": ["name"],
            "offence": "annex-ii/4", "reason": "An invented consignment.", "minutes": 60 });
        let ask = ask.header("purpose", &format!("case={case}")).json(&body);
        let answer = ask.send().await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        asked.push(text(&answer.json()["id"]).to_owned());
        world.pass(SignedDuration::from_secs(1));
    }
    let decide = |act, login, id: &str, verdict: &str, then| {
        Row::new(Some(act), login, "POST /unmaskings/{id}/decision", then)
            .ids(&[id])
            .body(json!({ "verdict": verdict, "answer": "no delay", "passphrase": PHRASE }))
    };
    let rows = vec![
        decide(Act::UnmaskApprove, "una", &asked[0], "approve", 200),
        // The specimen's law knows no urgent way, which is said once the proof is there.
        decide(Act::UnmaskUrgent, "hugo", &asked[1], "urgent", 409),
    ];
    (world, rows)
}

/// Tries each row with a session of hours ago, in use all the time, and with a new one.
async fn check(world: &World, rows: &[Row]) {
    let logins: BTreeSet<&str> = rows.iter().map(|row| row.login).collect();
    let mut old = Vec::new();
    for login in logins {
        old.push((login, world.sign_in(login).await));
    }
    for _ in 0..5 {
        world.pass(SignedDuration::from_mins(50));
        for (login, cookie) in &old {
            let used = world.ask("GET", "/session").header("cookie", cookie);
            assert_eq!(used.send().await.status, StatusCode::OK, "{login}");
        }
    }
    for row in rows {
        let (_, cookie) = old.iter().find(|(login, _)| *login == row.login).unwrap();
        let (status, said) = row.send(world, cookie).await;
        let stale = status == 403 && said.contains("\"code\":\"fresh-required\"");
        assert!(stale, "{} with an old proof: {status} {said}", row.route);
    }
    let refused = world.events();
    let refused = refused
        .iter()
        .filter(|event| event.contains("denied fresh-required"));
    assert_eq!(refused.count(), rows.len(), "each refusal is in the log");
    for row in rows {
        let cookie = world.sign_in(row.login).await;
        let (status, said) = row.send(world, &cookie).await;
        assert_eq!(status, row.then, "{} with a new proof: {said}", row.route);
    }
}

/// Addresses whose document says that one may have signed in too long ago.
fn documented() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&oriel_server::document()).unwrap();
    let mut found = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, route) in methods.as_object().unwrap() {
            let refusal = route["responses"]["403"]["description"].as_str();
            if refusal.is_some_and(|said| said.to_lowercase().contains("too long ago")) {
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found
}

/// R-ACC-02.
#[tokio::test]
async fn what_is_signed_needs_a_fresh_proof() {
    let (ordinary, mut rows) = everyday().await;
    check(&ordinary, &rows).await;
    let (later, more) = masked().await;
    check(&later, &more).await;
    rows.extend(more);

    let profile = Profile::builtin("utopia").unwrap();
    let proof = profile.proof();
    let signed = |act: &&Act| proof.within(**act, true).is_some();
    for act in Act::ALL.iter().filter(signed) {
        let row = rows.iter().find(|row| row.act == Some(*act));
        assert!(row.is_some(), "no row for {}", act.name());
    }
    for row in &rows {
        let Some(act) = row.act else { continue };
        let roles = later.account(row.login).roles;
        assert!(act.is_of(&roles), "{} is not {}'s", act.name(), row.login);
    }
    let tried: BTreeSet<String> = rows.iter().map(|row| row.route.to_owned()).collect();
    assert_eq!(tried, documented());
}
