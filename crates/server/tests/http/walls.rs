//! Between recipients there is a wall: whoever guesses another one's ids is told what is told of ids
//! that name nothing, in the same words and as fast, and leaves a trail.
//!
//! Every address of the API that takes an id is tried with an account of every role; one that is
//! added needs a row here.

use crate::world::{Answer, World};
use axum::http::StatusCode;
use oriel_app::{Asker, Channel, HoldAsk, NewSelection, RightsAsk};
use oriel_model::Mode;
use oriel_policy::{Act, Actor, PIU, Profile, Purpose, Role};
use oriel_store::{Id, Pattern};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A booking of the unit's flight: nothing that the border authority may have.
const BOOKING: &str = "UNB+IATA:1+ZQAIR+UTOGOV+261122:0914+8'UNH+1+PNRGOV:11:1:IA'MSG+:22'ORG+ZQ'\
TVL+221126:1200:221126:1500+UXA+CDG+ZQ+417'EQN+0'UNT+6+1'UNZ+1+8'";

/// A traveller who is not there.
const NOBODY: &str = "trv_00000000000000000000000001";

/// Real ids of the unit, by the address that takes them.
async fn ids(world: &World) -> BTreeMap<&'static str, Vec<String>> {
    let channel = Channel("test".into());
    let receipt = world.app.receive(BOOKING.as_bytes(), channel).unwrap();
    let message = receipt.messages[0].id.display("msg");
    let ada = world.sign_in("ada").await;
    let case = world.case(&ada).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (id, hit) = (text(&case["id"]), text(&case["hits"][0]["id"]));
    let flight = text(&case["journey"]["id"]);
    let traveller = format!("trv_{}", id.trim_start_matches("case_"));
    let sam = world.sign_in("sam").await;
    let account = world.account("zq").id;
    world.key("zq");
    let keys = world.ask("GET", &format!("/accounts/{account}/keys"));
    let keys = keys.header("cookie", &sam).send().await.json();
    let me = world
        .ask("GET", "/account")
        .header("cookie", &ada)
        .send()
        .await;
    let session = text(&me.json()["sessions"][0]["id"]);
    let law = Profile::builtin_text("utopia").unwrap();
    let law = law.replacen("version = \"2\"", "version = \"9\"", 1);
    let officer = Actor::new("lena", &[Role::LegalOfficer]);
    let grant = world.app.authorize(&officer, Act::ProfilePropose, None);
    world.app.law_propose(&grant.unwrap(), &law).unwrap();
    let grant = world
        .app
        .authorize(&officer, Act::SelectionPut, None)
        .unwrap();
    let now = world.app.now();
    let hours = |n| now + jiff::SignedDuration::from_hours(n);
    let entry = NewSelection {
        pattern: Pattern {
            mode: Mode::Air,
            carrier: "ZQ".to_owned(),
            airport: String::new(),
            from: String::new(),
            to: String::new(),
        },
        reason: "invented",
        threat: "",
        decided_by: "Ministry (invented)",
        starts_at: now,
        ends_at: hours(48),
        review_at: hours(24),
    };
    let entry = world.app.selection_propose(&grant, entry).unwrap();
    let person = Id::parse(&traveller, "trv").unwrap();
    let leave = |role, act, purpose: &str| {
        let actor = Actor::new("olga", &[role]);
        let purpose = Purpose::parse(purpose);
        world.app.authorize(&actor, act, purpose.as_ref()).unwrap()
    };
    let hold = HoldAsk {
        traveller: person,
        authority: "court-of-utopia",
        reason: "An invented case.",
        ends_at: hours(48),
    };
    let grant = leave(Role::RequestOfficer, Act::HoldPlace, &format!("case={id}"));
    let hold = world.app.hold_place(&grant, &hold).unwrap();
    let asked = RightsAsk {
        kind: "access",
        identity: "in-person",
        received_at: now,
        asker: &Asker {
            locators: vec!["K7QZ4M".to_owned()],
            ..Asker::default()
        },
    };
    let grant = leave(Role::Dpo, Act::RightsPut, "rights=new");
    let asked = world.app.rights_open(&grant, &asked).unwrap();
    // Months would have to pass before there is a link to look at, or something masked to ask for.
    let later = |prefix| vec![person.display(prefix)];
    BTreeMap::from([
        ("holds", vec![hold.id.display("hld")]),
        ("rights", vec![asked.id.display("rgt")]),
        ("links", later("evd")),
        ("unmaskings", later("unm")),
        // The event by which the unit's law came into force.
        ("oversight", vec!["1".to_owned()]),
        ("selections", vec![entry.id.display("sel")]),
        ("cases", vec![id, hit]),
        ("flights", vec![flight]),
        ("travellers", vec![traveller]),
        ("messages", vec![message]),
        ("accounts", vec![account, text(&keys["keys"][0]["id"])]),
        ("account", vec![session]),
        ("profiles", vec!["utopia".to_owned(), "9".to_owned()]),
    ])
}

/// What a request to an address must carry to get as far as its id.
fn body(method: &str, path: &str) -> Option<Value> {
    match (method, path) {
        ("PUT", "/accounts/{id}/roles") => Some(json!({ "roles": ["analyst"] })),
        ("POST", "/accounts/{id}/roles/answer") => Some(json!({ "approve": true })),
        ("POST", "/accounts/{id}/keys") => Some(json!({ "name": "k", "days": 1 })),
        ("POST", "/cases/{id}/hits/{hit}/decision") => {
            Some(json!({ "verdict": "not_same", "reasons": ["birth_differs"] }))
        }
        ("POST", "/oversight/inbox/{event}/answers") => Some(json!({ "answer": "seen" })),
        ("POST", "/profiles/{id}/{version}/activation") => Some(json!({ "digest": "00" })),
        ("POST", "/holds/{id}/review" | "/links/{id}/review") => Some(json!({ "keep": true })),
        ("POST", "/unmaskings/{id}/decision") => {
            Some(json!({ "verdict": "refuse", "answer": "no" }))
        }
        ("POST", "/rights/{id}/answer") => Some(json!({ "thorough": false, "records": [] })),
        ("POST", "/rights/{id}/search") => Some(json!({ "thorough": false })),
        ("POST", "/rights/{id}/refusal") => Some(json!({ "reason": "clause-1" })),
        ("POST", "/rights/{id}/corrections") => {
            Some(json!({ "traveller": NOBODY, "field": "surname", "value": "X" }))
        }
        ("POST", "/rights/{id}/erasures") => Some(json!({ "traveller": NOBODY })),
        ("POST", "/rights/{id}/redress") => {
            Some(json!({ "traveller": NOBODY, "hit": NOBODY.replace("trv", "hit") }))
        }
        _ => None,
    }
}

/// The addresses that take the id of something that is somebody's.
fn routes() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&oriel_server::document()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        // A provider's name is no id, and whoever signs in is nobody yet.
        let named = path.starts_with("/session/") || path.starts_with("/account/identities/");
        // The log is one for the whole installation, and holds no data.
        let log = path.starts_with("/oversight/audit/") || path.starts_with("/oversight/months/");
        // A year is no id.
        let named = named || path.starts_with("/statistics/");
        if path.contains('{') && !named && !log {
            let methods = methods.as_object().unwrap().keys();
            routes.extend(methods.map(|method| (method.to_uppercase(), path.clone())));
        }
    }
    assert!(routes.len() > 15, "{routes:?}");
    routes
}

/// An id of the same shape that names nothing.
fn made_up(id: &str) -> String {
    let last = if id.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &id[..id.len() - 1])
}

/// The address with its parameters filled in, the first one first.
fn filled(path: &str, ids: &[String]) -> String {
    let mut ids = ids.iter();
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => ids
            .next()
            .unwrap_or_else(|| panic!("no id for {path}"))
            .clone(),
        false => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Somebody at the border authority.
struct Guesser<'a> {
    world: &'a World,
    role: Role,
    id: String,
    secret: (&'static str, String),
}

impl<'a> Guesser<'a> {
    async fn of(world: &'a World, role: Role) -> Self {
        let login = format!("b-{}", role.name());
        let put = world
            .app
            .account_put_for(Some("border"), &login, &login, &[role], None);
        let secret = match role {
            Role::Carrier => ("authorization", format!("Bearer {}", world.key(&login))),
            _ => ("cookie", world.sign_in(&login).await),
        };
        Self {
            world,
            role,
            id: put.unwrap().id,
            secret,
        }
    }

    async fn try_out(&self, method: &str, path: &str, ids: &[String]) -> Answer {
        let purpose = match self.role {
            // A person's request is what its own steps are for.
            Role::Dpo if path.starts_with("/rights/") => &format!("rights={}", ids[0]),
            Role::Dpo | Role::Inspector => "oversight=o",
            Role::RequestOfficer => "request=r",
            _ => "case=c",
        };
        let ask = self
            .world
            .ask(method, &filled(path, ids))
            .header(self.secret.0, &self.secret.1)
            .header("purpose", purpose)
            .header("if-match", "\"1\"");
        match body(method, path) {
            Some(body) => ask.json(&body).send().await,
            None => ask.send().await,
        }
    }
}

/// An answer without what differs between any two requests.
fn form(answer: &Answer) -> (StatusCode, Value) {
    let mut body = answer.json();
    body["trace_id"] = Value::Null;
    (answer.status, body)
}

/// R-SCO-07, R-SCO-04: no id of another recipient opens anything to any role, or tells that it is
/// there, and each try is in the log.
#[tokio::test]
async fn an_id_of_another_recipient_is_an_id_of_nothing() {
    let world = World::two();
    let ids = ids(&world).await;
    let routes = routes();
    let mut found_nothing: BTreeMap<String, bool> = BTreeMap::new();
    for (_, role, _) in Role::ROWS {
        let guesser = Guesser::of(&world, *role).await;
        let mut tries = 0;
        for (method, path) in &routes {
            let noun = path.split('/').nth(1).unwrap();
            let theirs = ids.get(noun).unwrap_or_else(|| panic!("no ids for {path}"));
            let nobodys: Vec<String> = theirs.iter().map(|id| made_up(id)).collect();
            let guessed = guesser.try_out(method, path, theirs).await;
            let made_up = guesser.try_out(method, path, &nobodys).await;
            let what = format!("{method} {path} as {}", role.name());
            assert_eq!(form(&guessed), form(&made_up), "{what}");
            let status = guessed.status.as_u16();
            // A machine is nobody where only persons are.
            let machine = *role == Role::Carrier && status == 401;
            assert!(
                matches!(status, 403 | 404) || machine,
                "{what}: {}",
                guessed.text
            );
            tries += if machine { 0 } else { 2 };
            let nothing = found_nothing.entry(format!("{method} {path}")).or_default();
            *nothing |= status == 404;
        }
        let trail = world.events();
        let mine = trail
            .iter()
            .filter(|event| event.starts_with(&format!("{} ", guesser.id)));
        let denied = mine.filter(|event| event.contains(" denied "));
        assert_eq!(denied.count(), tries, "{}", role.name());
    }
    let never: Vec<_> = found_nothing
        .iter()
        .filter(|(_, nothing)| !**nothing)
        .collect();
    assert!(never.is_empty(), "nobody got as far as the id: {never:?}");
    // The ids are real: to the unit itself they name something.
    let ada = world.sign_in("ada").await;
    for path in [
        "/cases/{id}",
        "/flights/{id}",
        "/travellers/{id}",
        "/messages/{id}",
    ] {
        let own = &ids[path.split('/').nth(1).unwrap()];
        let ask = world.ask("GET", &filled(path, own)).header("cookie", &ada);
        let answer = ask.header("purpose", "case=c").send().await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    }
}

/// R-SCO-07: how long the answer takes does not tell either. The shortest of many tries is compared,
/// because everything else a machine does only makes them longer.
#[tokio::test]
async fn an_id_of_another_recipient_is_answered_as_fast_as_one_of_nothing() {
    let world = World::two();
    let ids = ids(&world).await;
    let guesser = Guesser::of(&world, Role::Supervisor).await;
    for path in [
        "/cases/{id}",
        "/flights/{id}",
        "/travellers/{id}",
        "/messages/{id}",
    ] {
        let theirs = ids[path.split('/').nth(1).unwrap()].clone();
        let nobodys: Vec<String> = theirs.iter().map(|id| made_up(id)).collect();
        let mut shortest = [Duration::MAX; 2];
        for _ in 0..25 {
            for (ids, shortest) in [&theirs, &nobodys].into_iter().zip(&mut shortest) {
                let start = Instant::now();
                let answer = guesser.try_out("GET", path, ids).await;
                *shortest = (*shortest).min(start.elapsed());
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
        let [theirs, nobodys] = shortest;
        assert!(
            theirs < nobodys * 3 && nobodys < theirs * 3,
            "{path}: {theirs:?} and {nobodys:?}"
        );
    }
}

/// R-SCO-07: each works with its own records, lists and accounts, under its own law.
#[tokio::test]
async fn each_recipient_has_records_lists_and_accounts_of_its_own() {
    let world = World::two();
    for (login, role) in [
        ("b-analyst", Role::Analyst),
        ("b-sec", Role::SecurityAdministrator),
    ] {
        let put = world
            .app
            .account_put_for(Some("border"), login, login, &[role], None);
        assert_eq!(put.unwrap().compartment, "border");
    }
    let (ada, border) = (world.sign_in("ada").await, world.sign_in("b-analyst").await);
    let get = async |who: &str, path: &str| {
        let ask = world.ask("GET", path).header("cookie", who);
        ask.header("purpose", "assessment=queue")
            .send()
            .await
            .json()
    };
    let session = get(&border, "/session").await;
    assert_eq!(session["recipient"]["id"], "border");
    assert_eq!(session["recipient"]["only"], false);
    assert_eq!(session["profile"]["id"], "api-only");
    assert_eq!(get(&ada, "/session").await["recipient"]["id"], PIU);
    let ids = |body: Value, noun: &str| -> Vec<String> {
        let rows = body[noun].as_array().unwrap().iter();
        rows.map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let unit = ids(get(&ada, "/flights").await, "data");
    let theirs = ids(get(&border, "/flights").await, "data");
    assert_eq!((unit.len(), theirs.len()), (2, 1));
    assert!(!unit.contains(&theirs[0]));
    // The list is one of terrorism, which both may use; an entry ban is the border's alone.
    let officer = Actor::new("officer", &[Role::ListOfficer]);
    let grant = world
        .app
        .authorize(&officer, Act::ListImport, None)
        .unwrap();
    let import = oriel_app::ListImport {
        id: "bans",
        kind: oriel_policy::ListKind::EntryBan,
        name: "Entry bans (invented)",
        owner: "Border authority",
        legal_basis: "Border Act, section 9",
        format: &oriel_screening::lists::Format::Persons,
        bytes: br#"{"id":"B-1","names":["Belisane Umberway"],"dob":["1988-03-02"],"nationality":["ut"]}"#,
        may_shrink: false,
    };
    world.app.list_import(&grant, &import).unwrap();
    while world.app.rescreen(4).unwrap().1 {}
    let names = |body: Value| -> Vec<String> {
        let lists = body.as_array().unwrap().iter();
        lists
            .map(|list| list["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(get(&ada, "/lists").await), ["lst_national"]);
    assert_eq!(
        names(get(&border, "/lists").await),
        ["lst_bans", "lst_national"]
    );
    let cases = |body: Value| body["cases"].as_array().unwrap().len();
    assert_eq!(cases(get(&ada, "/queue").await), 2);
    assert_eq!(cases(get(&border, "/queue").await), 2);
    // Whoever manages accounts at the border sees and makes the border's.
    let (sam, sec) = (world.sign_in("sam").await, world.sign_in("b-sec").await);
    let all = get(&sam, "/accounts").await;
    assert!(all["accounts"].as_array().unwrap().len() > 5);
    assert_eq!(all["recipients"], json!([PIU, "border"]));
    let own = get(&sec, "/accounts").await;
    assert_eq!(own["recipients"], json!(["border"]));
    let own = own["accounts"].as_array().unwrap();
    assert!(
        own.iter().all(|account| account["recipient"] == "border"),
        "{own:?}"
    );
    let invite = async |who: &str, login: &str, recipient: Value| {
        let body = json!({ "login": login, "name": "N", "kind": "person", "roles": ["analyst"],
            "recipient": recipient });
        world
            .ask("POST", "/accounts")
            .header("cookie", who)
            .json(&body)
            .send()
            .await
    };
    let made = invite(&sec, "nina", Value::Null).await.json();
    assert_eq!(made["account"]["recipient"], "border");
    let refused = invite(&sec, "olaf", json!(PIU)).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
    let unknown = invite(&sam, "olaf", json!("customs")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.text);
    let other = invite(&sam, "olaf", json!("border")).await.json();
    assert_eq!(other["account"]["recipient"], "border");
}
