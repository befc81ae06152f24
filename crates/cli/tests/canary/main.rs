//! What the law forbids to keep is in no byte that stays or goes out: of the store, be it a folder or
//! a database server, of backups, the audit export, the support bundle, answers of the API, metrics,
//! outputs and the fullest log; not after a crash, a refusal or a repeat (R-ING-11, R-SEN-01,
//! R-SEN-05).
//!
//! Two kinds of message carry tokens that stand nowhere else: the simulator's, seed 5, in services
//! that disclose belief or health and in free text; and every case of every decoder, with a token in
//! each run of bytes whose heading the profile does not allow.

mod plant;
mod scan;

use oriel_policy::Profile;
use oriel_testkit::{Cluster, Peer, TempDir, any_keys};
use scan::{Held, Stem, files, refuse};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Receives messages with tokens into the store at `data`, in good days and bad, and looks for the
/// tokens in every byte below `kept`, which must hold text of what is allowed, and in everything
/// that came out. `crash` is what happens while messages are being kept.
fn check(data: &str, kept: &Path, crash: &dyn Fn()) {
    let dir = TempDir::new("canary");
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let world = at("world");
    let make = format!("simulate --seed 5 --travellers 1000 --out {world}");
    let mut said = vec![oriel(&words(&make))];
    let canaries = canaries(Path::new(&at("world")));
    assert!(canaries.len() > 10, "only {} tokens", canaries.len());
    for (message, token) in &canaries {
        let sent = fs::read(dir.path().join("world/messages").join(message)).unwrap();
        assert!(Stem::new(token).is_in(&sent), "{token} was never sent");
    }
    let planted_in = [at("planted"), at("pushed")].map(PathBuf::from);
    for folder in &planted_in {
        fs::create_dir(folder).unwrap();
    }
    let profile = Profile::builtin("utopia").unwrap();
    let planted = plant::plant(&profile, &planted_in);
    assert!(
        planted.messages > 40,
        "{} messages, {:?}",
        planted.messages,
        planted.elements
    );
    let elements = planted.elements.len();
    assert!(elements >= 15, "only {:?}", planted.elements);
    let mut stems: Vec<Stem> = canaries.iter().map(|(_, token)| Stem::new(token)).collect();
    stems.push(Stem::new(std::str::from_utf8(plant::STEM).unwrap()));

    // Killed, or cut off, in the middle; then again, and once more.
    let messages = [at("world/messages"), at("planted")];
    let ingest = || {
        let mut command = program(&["ingest"]);
        command.args(&messages).args(["--data", data]);
        command
    };
    let mut child = ingest()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(700));
    crash();
    let _ = child.kill();
    child.wait().unwrap();
    refuse(&stems, &files(kept));
    for _ in 0..2 {
        said.push(output(ingest(), &[0, 7]));
    }
    served(data, &planted_in, &mut said);

    let data_of = |line: &str| -> Vec<String> {
        let line = words(line).into_iter().map(str::to_owned);
        line.chain(["--data".to_owned(), data.to_owned()]).collect()
    };
    for line in [
        format!("audit export --out {}", at("export")),
        format!("support-bundle --out {}", at("bundle")),
        "doctor".to_owned(),
        "stats".to_owned(),
        "user list".to_owned(),
        "profile list".to_owned(),
    ] {
        let mut command = program(&[]);
        command.args(data_of(&line));
        said.push(output(command, &[0, 1, 6]));
    }
    let key = oriel(&["backup", "key", "--out", &at("key")]);
    let public = key.split('"').find(|part| part.len() == 64).unwrap();
    let create = data_of(&format!(
        "backup create --out {} --public {public}",
        at("backup")
    ));
    let create: Vec<&str> = create.iter().map(String::as_str).collect();
    said.push(oriel(&create));
    let back = format!(
        "backup restore {} --key {} --data {}",
        at("backup"),
        at("key"),
        at("back")
    );
    said.push(oriel(&words(&back)));

    let mut held: Held = files(kept);
    let allowed = held
        .iter()
        .any(|(_, bytes)| memchr::memmem::find(bytes, b"PAXLST").is_some());
    assert!(allowed, "nothing was kept");
    for place in ["export", "bundle", "backup", "back"] {
        let path = dir.path().join(place);
        match path.is_dir() {
            true => held.extend(files(&path)),
            false => held.push((place.to_owned(), fs::read(&path).unwrap())),
        }
    }
    let said = said.into_iter().enumerate();
    held.extend(said.map(|(n, text)| (format!("output {n}"), text.into_bytes())));
    refuse(&stems, &held);
}

#[test]
fn forbidden_data_reaches_no_byte_that_stays() {
    let place = TempDir::new("canary");
    check(place.path().to_str().unwrap(), place.path(), &|| {});
}

/// Tables, write-ahead log, temporary files and a log in which the server writes down every
/// statement with its values; the server dies as well.
#[test]
fn forbidden_data_reaches_no_byte_of_the_database_server() {
    let cluster = Cluster::start(&[
        "log_statement=all",
        "log_min_messages=debug1",
        "work_mem=64kB",
    ]);
    let crash = || {
        cluster.crash();
        cluster.go_on();
    };
    check(&cluster.database("canary").url(), cluster.dir(), &crash);
    let log = fs::read(cluster.dir().join("log")).unwrap();
    let shown = memchr::memmem::find(&log, b"INSERT INTO message");
    assert!(shown.is_some(), "the log shows statements");
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// The program with the fullest log.
fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oriel"));
    command
        .args(words)
        .env("ORIEL_KEYS", any_keys().file())
        .env("ORIEL_LOG", "trace");
    command
}

/// Everything a command printed.
#[track_caller]
fn output(mut command: Command, may_exit: &[i32]) -> String {
    let output = command.output().unwrap();
    let code = output.status.code().unwrap_or(-1);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(
        may_exit.contains(&code),
        "{command:?} ended with {code}: {said}"
    );
    said
}

#[track_caller]
fn oriel(words: &[&str]) -> String {
    output(program(words), &[0])
}

/// Files and tokens of the answer key.
fn canaries(world: &Path) -> Vec<(String, String)> {
    let answers = fs::read_to_string(world.join("answers.jsonl")).unwrap();
    let answers = answers
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    answers
        .filter(|answer| answer["planted"] == "canary")
        .map(|answer| (word(&answer["message"]), word(&answer["token"])))
        .collect()
}

/// Serves the store, hands planted messages in and reads what there is; keeps every answer and the
/// server's log.
fn served(data: &str, planted: &[PathBuf], said: &mut Vec<String>) {
    let add = |line: &str| oriel(&[&words(line), &["--data", data][..]].concat());
    let invited = |account: &str, role: &str| {
        let printed = add(&format!(
            "user add {account} --name {account} --role {role} --link"
        ));
        let link = printed.split("/#/sign-in/").nth(1).unwrap();
        let end = link.find(|sign: char| !sign.is_ascii_alphanumeric());
        format!("{{\"link\":\"{}\"}}", &link[..end.unwrap_or(link.len())])
    };
    let [ada, dora] = [invited("ada", "analyst"), invited("dora", "dpo")];
    add("user add zq --name ZQ --role carrier");
    let key = add("user key zq --name gateway");
    let key = key
        .lines()
        .find(|line| line.starts_with("oriel_key_"))
        .unwrap()
        .trim();

    let mut server = Peer::start(&mut program(&[
        "serve",
        "--data",
        data,
        "--listen",
        "127.0.0.1:0",
    ]));
    let line = server.line_with("Oriel serves on", Duration::from_secs(60));
    let address = line.split("://").nth(1).unwrap().trim().to_owned();
    let mut ask = |head: &str, body: &[u8]| -> String {
        let answer = http(&address, head, body);
        said.push(answer.clone());
        answer
    };
    let mut accepted = 0;
    for (name, bytes) in planted.iter().flat_map(|folder| files(folder)) {
        let head = format!("POST /api/v1/messages HTTP/1.1\r\nAuthorization: Bearer {key}");
        let answer = ask(&head, &bytes);
        accepted +=
            usize::from(answer.contains("\"accepted\"") || answer.contains("\"duplicate\""));
        assert!(!answer.starts_with("HTTP/1.1 5"), "{name}: {answer}");
    }
    assert!(accepted > 60, "only {accepted} messages were taken");
    let mut sign_in = |link: &str| {
        let answer = ask(
            "POST /api/v1/session HTTP/1.1\r\nContent-Type: application/json",
            link.as_bytes(),
        );
        let mut lines = answer.lines();
        let cookie = lines.find_map(|line| line.strip_prefix("set-cookie: "));
        cookie.unwrap().split(';').next().unwrap().to_owned()
    };
    let [ada, dora] = [sign_in(&ada), sign_in(&dora)];
    let mut call = |call: &str, cookie: &str, purpose: &str, body: &str| -> Value {
        let kind = "Content-Type: application/json";
        let head = format!("{call} HTTP/1.1\r\n{kind}\r\nCookie: {cookie}\r\nPurpose: {purpose}");
        let answer = ask(&head, body.as_bytes());
        let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
        serde_json::from_str(body).unwrap_or(Value::Null)
    };
    let mut get = |path: &str| call(&format!("GET {path}"), &ada, "assessment=queue", "");
    let ids = |rows: &Value, key: &str| -> Vec<String> {
        let rows = rows[key].as_array().cloned().unwrap_or_default();
        rows.iter()
            .filter_map(|row| Some(row["id"].as_str()?.to_owned()))
            .collect()
    };
    let queue = get("/api/v1/queue");
    for case in ids(&queue, "cases").iter().take(20) {
        get(&format!("/api/v1/cases/{case}"));
    }
    let flights = get("/api/v1/flights?from=2000-01-01&to=2040-01-01");
    let flights = ids(&flights, "data");
    assert!(!flights.is_empty(), "no flight is shown");
    let mut name = None;
    for flight in flights.iter().take(150) {
        let manifest = get(&format!("/api/v1/flights/{flight}"));
        name = name.or_else(|| {
            let row = &manifest["travellers"][0];
            let part = |part: &str| row[part]["value"].as_str();
            Some(format!("{} {}", part("given_names")?, part("surname")?))
        });
        for (noun, key) in [("travellers", "travellers"), ("messages", "messages")] {
            for id in ids(&manifest, key).iter().take(2) {
                get(&format!("/api/v1/{noun}/{id}"));
            }
        }
    }
    get("/api/v1/profiles");
    get("/api/v1/selections");
    get("/api/v1/messages/KANAR");

    // All about one person, in everything that is kept.
    let name = name.expect("somebody is shown");
    let asker =
        json!({"names": [name], "births": [], "documents": [], "contacts": [], "locators": []});
    let request = json!({"kind": "access", "identity": "in-person", "asker": asker}).to_string();
    let request = call("POST /api/v1/rights", &dora, "rights=register", &request);
    let request = request["row"]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{request}"));
    let found = call(
        &format!("POST /api/v1/rights/{request}/search"),
        &dora,
        &format!("rights={request}"),
        "{\"thorough\":true}",
    );
    let records = found["records"].as_array().map_or(0, Vec::len);
    assert!(records > 0, "nobody is found: {found}");
    let metrics = ask("GET /metrics HTTP/1.1", b"");
    let counted = metrics.contains("oriel_filtered_total{recipient=\"piu\",kind=\"element\"");
    assert!(counted, "the filter is not counted: {metrics}");
    server.kill();
    said.push(server.said());
}

/// One request; the whole answer.
fn http(address: &str, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // A server that refuses early may close before it has read everything.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
