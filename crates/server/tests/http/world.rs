//! A unit with one flight, one list and a few people, and a way to talk to it over HTTP.
//!
//! Everybody is invented, seed none: written by hand.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use oriel_app::{App, CarrierDetails, Channel, Clock, Compartment, ListImport, NewMachine, Setup};
use oriel_policy::{Act, Actor, CheckMode, ListKind, Profile, Role};
use oriel_screening::{Weights, lists::Format};
use oriel_server::{Options, Peer};
use oriel_store::{Account, ChannelKind, Store};
use oriel_testkit::{TempDir, key_store};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// One passenger who is listed and one who is not, leaving Utopia at noon.
pub(crate) const MESSAGE: &str = "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+W1++APIS'\
UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ0417+++ZQ'LOC+125+UXA'DTM+189:2611221200:201'\
LOC+87+CDG'DTM+232:2611221500:201'\
NAD+FL+++KESTRELMAN:ODRAN'ATT+2++M'DTM+329:760217'NAT+2+UTO'DOC+P:110:111+X1234567'LOC+91+UTO'\
NAD+FL+++UMBERWAY:BELISANE'ATT+2++F'DTM+329:880302'NAT+2+UTO'DOC+P:110:111+X7654321'LOC+91+UTO'\
CNT+42:2'UNT+17+1'UNZ+1+W1'";

const LIST: &str =
    r#"{"id":"N-1","names":["Odran Kestrelman"],"dob":["1976-02-17"],"nationality":["ut"]}"#;

/// The whole service over a store of its own.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    router: Router,
    /// Seconds that have passed since the world began.
    passed: Arc<AtomicI64>,
    _dir: TempDir,
}

/// The session's cookie of an answer, as a browser sends it back.
pub(crate) fn cookie(answer: &Answer) -> String {
    let set = answer.headers["set-cookie"].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The code of a problem.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A request in the making.
pub(crate) struct Ask<'a> {
    world: &'a World,
    method: &'a str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    from: &'a str,
}

impl World {
    /// Nobody has an account, nothing has been received.
    pub(crate) fn empty() -> Self {
        Self::with(Options::default())
    }

    /// An empty world whose server is reached in another way.
    pub(crate) fn with(options: Options) -> Self {
        let unit = Profile::builtin("utopia").unwrap();
        Self::made(options, Compartment::only(unit))
    }

    /// A unit with what [`World::new`] has under another law, that answers as the options say.
    pub(crate) fn answering(options: Options, law: Profile) -> Self {
        let agreements = options.agreements.clone();
        let world = Self::made(options, Compartment::only(law)).people();
        world.app.agree(agreements);
        world
    }

    /// A unit with what [`World::new`] has, and a border authority beside it.
    pub(crate) fn two() -> Self {
        let mut recipients = Compartment::only(Profile::builtin("utopia").unwrap());
        let border = Profile::builtin("api-only").unwrap();
        recipients.push(Compartment::new("border", "Border authority", border).unwrap());
        let world = Self::made(Options::default(), recipients).people();
        // The border authority is given arrivals alone.
        let arrival = MESSAGE.replace("LOC+125+UXA", "LOC+125+LHR");
        let arrival = arrival
            .replace("LOC+87+CDG", "LOC+87+UXA")
            .replace("W1", "W2");
        let channel = Channel("test".into());
        world.app.receive(arrival.as_bytes(), channel).unwrap();
        world
    }

    /// Enrols the carrier ZQ, in test, whose machine has an account of this login.
    pub(crate) fn enrol(&self, login: &str) {
        let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
        let grant = self.app.authorize(&liaison, Act::CarrierPut, None).unwrap();
        let details = CarrierDetails {
            name: "Zephyr Quest".into(),
            operates: vec!["ZQ".into()],
            formats: vec!["paxlst".into(), "pnrgov".into()],
            languages: vec!["en".into()],
            ..CarrierDetails::default()
        };
        self.app.carrier_enrol(&grant, "zq", &details).unwrap();
        let account = ChannelKind::Account;
        let added = self
            .app
            .channel_add(&grant, "zq", account, login, (None, None));
        added.unwrap();
    }

    /// Lets that carrier go live.
    pub(crate) fn go_live(&self) {
        let liaison = Actor::new("carla", &[Role::CarrierLiaison]);
        let grant = self.app.authorize(&liaison, Act::CarrierPut, None).unwrap();
        let live = oriel_store::CarrierStatus::Live;
        let live = self.app.carrier_status(&grant, "zq", 1, live, "invented");
        live.unwrap();
    }

    fn made(options: Options, compartments: Vec<Compartment>) -> Self {
        let dir = TempDir::new("server");
        let store = Store::create(dir.path().to_str().unwrap(), key_store(&dir)).unwrap();
        let dawn: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let passed = Arc::new(AtomicI64::new(0));
        let since = Arc::clone(&passed);
        let clock: Clock =
            Arc::new(move || dawn + SignedDuration::from_secs(since.load(Ordering::Relaxed)));
        let setup = Setup {
            store,
            compartments,
            mode: CheckMode::Demo,
            weights: Weights::default(),
            clock,
            threads: 1,
        };
        let app = Arc::new(App::open(setup).unwrap());
        let router = oriel_server::router(Arc::clone(&app), options);
        Self {
            app,
            router,
            passed,
            _dir: dir,
        }
    }

    pub(crate) fn new() -> Self {
        Self::peopled(Options::default())
    }

    /// A unit whose server is reached in another way.
    pub(crate) fn peopled(options: Options) -> Self {
        Self::with(options).people()
    }

    fn people(self) -> Self {
        let app = &self.app;
        let officer = Actor::new("officer", &[Role::ListOfficer]);
        let grant = app.authorize(&officer, Act::ListImport, None).unwrap();
        let import = ListImport {
            id: "national",
            kind: ListKind::Terrorism,
            name: "National list (invented)",
            owner: "Utopian Border Guard",
            legal_basis: "Border Act, section 7",
            format: &Format::Persons,
            bytes: LIST.as_bytes(),
            may_shrink: false,
        };
        app.list_import(&grant, &import).unwrap();
        let channel = Channel("test".into());
        app.receive(MESSAGE.as_bytes(), channel).unwrap();
        for (login, role) in [
            ("ada", Role::Analyst),
            ("boris", Role::SecondReviewer),
            ("clara", Role::Dpo),
            ("sam", Role::SecurityAdministrator),
            ("zq", Role::Carrier),
        ] {
            let name = format!("{login} Example");
            app.account_put(login, &name, &[role], None).unwrap();
        }
        self
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: SignedDuration) {
        self.passed.fetch_add(time.as_secs(), Ordering::Relaxed);
    }

    /// The token of a one-time link.
    pub(crate) fn link(&self, login: &str) -> String {
        let account = self.account(login);
        self.app.link_make(&account).unwrap().expose().to_owned()
    }

    /// Signs somebody in; gives the cookie.
    pub(crate) async fn sign_in(&self, login: &str) -> String {
        self.enter(&self.link(login)).await
    }

    /// Uses a one-time link; gives the cookie.
    pub(crate) async fn enter(&self, link: &str) -> String {
        self.begin(&json!({ "link": link })).await
    }

    /// Signs somebody in by password; gives the cookie.
    pub(crate) async fn sign_in_password(&self, login: &str, password: &str) -> String {
        self.begin(&json!({ "user": login, "password": password }))
            .await
    }

    async fn begin(&self, body: &Value) -> String {
        let answer = self.ask("POST", "/session").json(body).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        cookie(&answer)
    }

    /// Gives an account a password.
    pub(crate) fn password(&self, login: &str, password: &str) {
        let account = self.account(login);
        let put = self
            .app
            .account_put(login, &account.name, &account.roles, Some(password));
        put.unwrap();
    }

    /// A key of a machine.
    pub(crate) fn key(&self, login: &str) -> String {
        let account = self.account(login);
        let new = NewMachine {
            name: "test",
            days: 1,
        };
        let made = self
            .app
            .machine_key_make(&self.app.console(), &account.id, new);
        made.unwrap().1.expose().to_owned()
    }

    /// An account by its login.
    pub(crate) fn account(&self, login: &str) -> Account {
        let found = self.app.store().read(|tx| tx.account_by_login(login));
        found.unwrap().unwrap()
    }

    /// A request to the API.
    pub(crate) fn ask<'a>(&'a self, method: &'a str, path: &str) -> Ask<'a> {
        self.outside(method, &format!("/api/v1{path}"))
    }

    /// A request to any address.
    pub(crate) fn outside<'a>(&'a self, method: &'a str, path: &str) -> Ask<'a> {
        Ask {
            world: self,
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            from: "127.0.0.1",
        }
    }

    /// The one case there is.
    pub(crate) async fn case(&self, cookie: &str) -> Value {
        let queue = self
            .ask("GET", "/queue")
            .header("cookie", cookie)
            .header("purpose", "assessment=queue")
            .send()
            .await;
        assert_eq!(queue.status, StatusCode::OK, "{}", queue.text);
        let id = queue.json()["cases"][0]["id"].as_str().unwrap().to_owned();
        let case = self
            .ask("GET", &format!("/cases/{id}"))
            .header("cookie", cookie)
            .header("purpose", &format!("case={id}"))
            .send()
            .await;
        assert_eq!(case.status, StatusCode::OK, "{}", case.text);
        case.json()
    }

    /// Every event of the audit log, as `actor act object purpose detail`.
    pub(crate) fn events(&self) -> Vec<String> {
        let mut events = Vec::new();
        self.app
            .store()
            .read(|tx| {
                tx.audit_each(1, |entry| {
                    let e = entry.record;
                    let line = format!(
                        "{} {} {} {} {}",
                        e.actor, e.act, e.object, e.purpose, e.detail
                    );
                    events.push(line);
                    Ok::<(), oriel_store::StoreError>(())
                })
            })
            .unwrap();
        events
    }
}

impl<'a> Ask<'a> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }

    /// Sends it from an address of the network.
    pub(crate) fn from(mut self, address: &'a str) -> Self {
        self.from = address;
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn send(mut self) -> Answer {
        let body = Body::from(std::mem::take(&mut self.body));
        answer(self.world.router.clone(), self.request(body)).await
    }

    /// Sends it, and goes on when its last byte was read, once the task that reads it waits for
    /// something: at once where the runtime has one thread, as [`macro@tokio::test`] has.
    pub(crate) async fn read(mut self) -> JoinHandle<Answer> {
        let bytes = Bytes::from(std::mem::take(&mut self.body));
        let (read, was_read) = oneshot::channel();
        let body = Body::from_stream(stream::once(async {
            read.send(()).unwrap();
            Ok::<_, Infallible>(bytes)
        }));
        let sent = tokio::spawn(answer(self.world.router.clone(), self.request(body)));
        was_read.await.expect("who asks has leave to be read");
        sent
    }

    fn request(self, body: Body) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        request = request.header("host", "oriel.example");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(Peer {
            address: (self.from.parse::<IpAddr>().unwrap(), 50_000).into(),
            tls: false,
            certificate: None,
        }));
        request
    }
}

async fn answer(router: Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 64 << 20).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}
