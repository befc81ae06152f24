//! Between recipients there is a wall: whoever guesses another one's ids is told what is told of ids
//! that name nothing, in the same words and as fast, and leaves a trail.
//!
//! Every address of the API that takes an id is tried with an account of every role; one that is
//! added needs a row here.

use crate::world::{Answer, MESSAGE, World};
use axum::http::StatusCode;
use jiff::SignedDuration;
use oriel_app::{Asker, Channel, HoldAsk, NewSelection, PushAsk, RightsAsk, UnmaskAsk, Wanted};
use oriel_model::Mode;
use oriel_policy::audit::Entry;
use oriel_policy::{Act, Actor, PIU, Profile, Purpose, Role};
use oriel_store::{Id, Pattern, StoreError};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// A booking, from a sender of which the border authority may have nothing.
const BOOKING: &str = "UNB+IATA:1+X9AIR+UTOGOV+270531:0814+8'UNH+1+PNRGOV:11:1:IA'MSG+:22'ORG+X9'\
TVL+310527:1200:310527:1500+UXA+CDG+X9+417'EQN+0'UNT+6+1'UNZ+1+8'";

/// A traveller who is not there.
const NOBODY: &str = "trv_00000000000000000000000001";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Real ids of the unit, by the address that takes them. Half a year passes meanwhile, so that one
/// flight is masked and another still to come.
async fn ids(world: &World) -> BTreeMap<&'static str, Vec<String>> {
    let old = text(&world.case(&world.sign_in("ada").await).await["id"]);
    world.pass(SignedDuration::from_hours(24 * 190));
    assert!(world.app.sweep(16).unwrap().0.masked > 0);
    let flight = MESSAGE.replace("261122", "270531").replace("W1", "W3");
    let receive = |bytes: &str| {
        let receipt = world.app.receive(bytes.as_bytes(), Channel("test".into()));
        receipt.unwrap().messages[0].id.display("msg")
    };
    receive(&flight);
    let message = receive(BOOKING);

    let ada = world.sign_in("ada").await;
    let queue = world.ask("GET", "/queue").header("cookie", &ada);
    let queue = queue.header("purpose", "assessment=queue").send().await;
    let queue = queue.json();
    let of_today = |case: &&Value| text(&case["journey"]["departs"]["utc"]).starts_with("2027");
    let case = queue["cases"].as_array().unwrap().iter().find(of_today);
    let id = text(&case.unwrap()["id"]);
    let purpose = format!("case={id}");
    let show = world
        .ask("GET", &format!("/cases/{id}"))
        .header("cookie", &ada);
    let case = show.header("purpose", &purpose).send().await.json();
    let hit = text(&case["hits"][0]["id"]);
    let flight = text(&case["journey"]["id"]);
    let traveller = text(&case["traveller"]["id"]);
    // Two who say that it is the same tie the record to an offence.
    for (login, version) in [("ada", 1), ("boris", 2)] {
        let cookie = world.sign_in(login).await;
        let sign = world.ask("POST", &format!("/cases/{id}/hits/{hit}/decision"));
        let sign = sign.header("cookie", &cookie).header("purpose", &purpose);
        let sign = sign.header("if-match", &format!("\"{version}\""));
        let signed = sign.json(&json!({ "verdict": "same", "reasons": ["S1"] }));
        let signed = signed.send().await;
        assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    }

    let sam = world.sign_in("sam").await;
    let account = world.account("zq").id;
    world.key("zq");
    let keys = world.ask("GET", &format!("/accounts/{account}/keys"));
    let keys = keys.header("cookie", &sam).send().await.json();
    let me = world.ask("GET", "/account").header("cookie", &ada);
    let session = text(&me.send().await.json()["sessions"][0]["id"]);

    let leave = |role: Role, act, purpose: &str| {
        let purpose = Purpose::parse(purpose);
        let actor = Actor::new(format!("a-{}", role.name()), &[role]);
        world.app.authorize(&actor, act, purpose.as_ref()).unwrap()
    };
    let law = Profile::builtin_text("utopia").unwrap();
    let law = law.replacen("version = \"3\"", "version = \"9\"", 1);
    let grant = leave(Role::LegalOfficer, Act::ProfilePropose, "");
    world.app.law_propose(&grant, &law).unwrap();
    let now = world.app.now();
    let hours = |n| now + SignedDuration::from_hours(n);
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
    let grant = leave(Role::LegalOfficer, Act::SelectionPut, "");
    let entry = world.app.selection_propose(&grant, entry).unwrap();
    let hold = HoldAsk {
        traveller: Id::parse(&traveller, "trv").unwrap(),
        authority: "court-of-utopia",
        reason: "An invented case.",
        ends_at: hours(48),
    };
    let grant = leave(Role::RequestOfficer, Act::HoldPlace, &purpose);
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
    let grant = leave(Role::LegalOfficer, Act::LinkSee, "");
    let links = world.app.links(&grant).unwrap();
    let masked = Id::parse(&old.replace("case_", "trv_"), "trv").unwrap();
    let unmask = UnmaskAsk {
        records: &[Wanted::Traveller(masked)],
        offence: "annex-ii/4",
        reason: "An invented consignment.",
        elements: &["name".to_owned()],
        minutes: Some(60),
    };
    let grant = leave(Role::RequestOfficer, Act::UnmaskAsk, &format!("case={old}"));
    let unmask = world.app.unmask_ask(&grant, &unmask).unwrap();
    world.enrol("b-carrier");
    world.go_live();
    let push = PushAsk {
        flight: "ZQ417",
        from: "UXA",
        to: "",
        departs: "2027-06-01T12:00".parse().unwrap(),
        threat: "terrorism",
        reason: "An invented threat.",
        ends_at: hours(20),
    };
    let grant = leave(Role::Supervisor, Act::PushAsk, "");
    let push = world.app.push_ask(&grant, &push).unwrap();
    // A list of a kind that the border authority's law knows no use of.
    let grant = leave(Role::ListOfficer, Act::ListImport, "");
    let import = oriel_app::ListImport {
        id: "crimes",
        kind: oriel_policy::ListKind::SeriousCrime,
        name: "Own list (invented)",
        owner: "Utopian Police",
        legal_basis: "Police Act, section 9",
        format: &oriel_screening::lists::Format::Persons,
        bytes: br#"{"id":"C-1","names":["Odran Pellow"],"dob":["1950-01-09"]}"#,
        may_shrink: false,
    };
    let list = world.app.list_propose(&grant, &import).unwrap();
    BTreeMap::from([
        ("lists", vec!["lst_crimes".to_owned(), list.version]),
        ("holds", vec![hold.id.display("hld")]),
        ("rights", vec![asked.id.display("rgt")]),
        ("links", vec![links[0].id.display("evd")]),
        ("unmaskings", vec![unmask.id.display("unm")]),
        // The event by which the unit's law came into force.
        ("oversight", vec!["1".to_owned()]),
        ("selections", vec![entry.id.display("sel")]),
        ("push-requests", vec![push.id.display("psh")]),
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
        ("POST", path) if path.starts_with("/lists/") => Some(json!({})),
        ("POST", "/holds/{id}/review" | "/links/{id}/review") => Some(json!({ "keep": true })),
        ("POST", "/unmaskings/{id}/decision") => {
            Some(json!({ "verdict": "refuse", "answer": "no" }))
        }
        ("POST", "/push-requests/{id}/decision") => {
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
        // Neither is a year or a month; what is proved of a month is hashes of the whole log.
        let time = path.starts_with("/statistics/") || path.starts_with("/oversight/months/");
        // No passenger is in a schedule or the register of carriers, and both are everybody's.
        let common = path.starts_with("/schedules/") || path.starts_with("/carriers/");
        if path.contains('{') && !named && !time && !common {
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
            Role::Dpo if path.starts_with("/rights") => &format!("rights={}", ids[0]),
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
    for (login, role) in [
        ("lena", Role::LegalOfficer),
        ("una", Role::UnmaskAuthority),
        ("ariane", Role::ListApprover),
    ] {
        world.app.account_put(login, login, &[role], None).unwrap();
    }
    let case = format!("case={}", ids["cases"][0]);
    let rights = format!("rights={}", ids["rights"][0]);
    for (login, method, path, purpose) in [
        ("ada", "GET", "/cases/{id}", &case),
        ("ada", "GET", "/flights/{id}", &case),
        ("ada", "GET", "/travellers/{id}", &case),
        ("ada", "GET", "/messages/{id}", &case),
        ("ada", "GET", "/holds/{id}", &case),
        ("una", "GET", "/unmaskings/{id}", &case),
        ("clara", "GET", "/rights/{id}", &rights),
        (
            "clara",
            "GET",
            "/oversight/audit/{event}/proof",
            &"oversight=o".to_owned(),
        ),
        ("lena", "POST", "/links/{id}/review", &case),
        ("lena", "GET", "/profiles/{id}/{version}", &case),
        ("lena", "DELETE", "/selections/{id}", &case),
        (
            "ariane",
            "POST",
            "/lists/{id}/versions/{version}/activation",
            &case,
        ),
        ("sam", "GET", "/accounts/{id}/keys", &case),
        ("sam", "DELETE", "/accounts/{id}/keys/{key}", &case),
    ] {
        let own = &ids[path.split('/').nth(1).unwrap()];
        let ask = world.ask(method, &filled(path, own));
        let ask = ask.header("cookie", &world.sign_in(login).await);
        let ask = ask.header("purpose", purpose);
        let answer = match body(method, path) {
            Some(body) => ask.json(&body).send().await,
            None => ask.send().await,
        };
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
    }
}

/// Every address that lists or counts something, the figures of a year, and the whole log.
fn lists() -> Vec<String> {
    let document: Value = serde_json::from_str(&oriel_server::document()).unwrap();
    let mut lists: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        // The stream does not end; what it tells is tried in `oriel_server::hub`.
        let is_list = methods.get("get").is_some() && !path.contains('{') && path != "/stream";
        lists.extend(is_list.then(|| path.clone()));
    }
    assert!(lists.len() > 15, "{lists:?}");
    for whole in [
        "/statistics/2026",
        "/statistics/2026/csv",
        "/oversight/audit/export?limit=50000",
    ] {
        lists.push(whole.to_owned());
    }
    lists
}

/// R-SCO-07, R-AUD-04: no list, count or line of the log tells a role of one recipient of what is
/// another's: its records, its people, its senders.
#[tokio::test]
async fn nothing_that_is_listed_tells_of_another_recipient() {
    let world = World::two();
    let ids = ids(&world).await;
    let mut theirs: BTreeSet<String> = ids.into_values().flatten().collect();
    theirs.retain(|id| id.contains('_'));
    theirs.insert("X9AIR".to_owned());
    for login in ["ada", "boris", "clara", "sam", "zq"] {
        theirs.insert(world.account(login).id);
    }
    let lists = lists();
    let mut opened = BTreeSet::new();
    for (_, role, _) in Role::ROWS {
        let guesser = Guesser::of(&world, *role).await;
        for path in &lists {
            let answer = guesser.try_out("GET", path, &["register".to_owned()]).await;
            if answer.status == StatusCode::OK {
                opened.insert(path.clone());
            }
            for id in &theirs {
                let told = answer.text.contains(id);
                assert!(
                    !told,
                    "{path} tells {} of {id}: {}",
                    role.name(),
                    answer.text
                );
            }
        }
    }
    let shut: Vec<_> = lists
        .iter()
        .filter(|path| !opened.contains(*path))
        .collect();
    assert!(shut.is_empty(), "nobody got to see {shut:?}");

    // No event that is the unit's is proved to anybody else, either.
    let mut own = Vec::new();
    let each = |entry: &Entry<'_>| {
        own.extend((entry.record.compartment == PIU).then_some(entry.sequence));
        Ok::<(), StoreError>(())
    };
    world.app.store().read(|tx| tx.audit_each(1, each)).unwrap();
    let guesser = Guesser::of(&world, Role::Inspector).await;
    for event in own.iter().step_by(7) {
        let path = format!("/oversight/audit/{event}/proof");
        let answer = guesser.try_out("GET", &path, &[]).await;
        assert_eq!(answer.code(), "no-event", "{path}: {}", answer.text);
    }

    // It is there to be told: the unit's own people are.
    world
        .app
        .account_put("lena", "Lena", &[Role::LegalOfficer], None)
        .unwrap();
    let mut told = String::new();
    for (login, path) in [
        ("clara", "/oversight/audit/export"),
        ("clara", "/queue"),
        ("clara", "/flights"),
        ("clara", "/lists"),
        ("lena", "/links"),
    ] {
        let ask = world.ask("GET", path).header("purpose", "oversight=o");
        let ask = ask.header("cookie", &world.sign_in(login).await);
        told += &ask.send().await.text;
    }
    let hidden: Vec<_> = theirs.iter().filter(|id| !told.contains(*id)).collect();
    assert!(hidden.is_empty(), "the unit is not told of {hidden:?}");
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
