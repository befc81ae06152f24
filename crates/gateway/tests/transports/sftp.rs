//! What only an SFTP server can meet: clients that go in the middle, paths that lead elsewhere,
//! certificates, doors that are closed, visitors who only hold them open, and many at once.

use crate::carrier::{Carrier, LIST, left, list, statuses};
use crate::open_ssh::{OpenSsh, finish, keygen, start};
use crate::{app, desk, enrol, kept};
use oriel_app::App;
use oriel_gateway::{Gateway, open};
use oriel_store::ChannelKind;
use oriel_testkit::TempDir;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::symlink;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A server on a store of its own.
struct AtWork {
    carrier: OpenSsh,
    app: Arc<App>,
    running: Option<Gateway>,
    _data: TempDir,
}

impl AtWork {
    fn new(limits: &str) -> Self {
        let data = TempDir::new("sftp-data");
        let app = app(data.path().to_str().unwrap());
        let ssh = OpenSsh::new();
        enrol(&app, &ssh.channels());
        let transport = open(ssh.settings(limits)).unwrap();
        Self {
            running: Some(Gateway::start(desk(&app), vec![transport])),
            carrier: ssh,
            app,
            _data: data,
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.carrier.path().join(name), bytes).unwrap();
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.carrier.port())).unwrap();
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).unwrap();
        stream
    }

    /// `ssh` to the server with these words.
    fn ssh(&self, words: &[&str]) -> Output {
        let dir = self.carrier.path().display();
        Command::new("ssh")
            .args(["-F", "none", "-p", &self.carrier.port().to_string()])
            .args(["-i", &format!("{dir}/zq")])
            .args(["-o", &format!("UserKnownHostsFile={dir}/known")])
            .args([
                "-o",
                "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
            ])
            .args(words)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// R-ING-15: the client ends well only when everything is kept, and what it was told lies there.
#[test]
fn an_upload_that_ended_well_is_kept_and_answered() {
    let at_work = AtWork::new("");
    at_work.write("list.edi", LIST.as_bytes());
    let output = at_work.carrier.run("put list.edi inbox\nls -l inbox\n");
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(kept(&at_work.app), (1, 0));
    assert_eq!(at_work.carrier.statuses(), ["accepted"]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains(&format!("{} ", LIST.len())), "{shown}");
    let output = at_work.carrier.run("get outbox/* .\nrm outbox/*\n");
    assert!(output.status.success(), "{}", said(&output));
    let fetched = left(at_work.carrier.path(), ".receipt.json");
    assert_eq!(statuses(&fetched), ["accepted"]);
    assert_eq!(left(&at_work.carrier.outbox(), ""), []);
}

/// Neither closed nor renamed: nothing of it is read, and nothing of it is left.
#[test]
fn who_goes_in_the_middle_has_sent_nothing() {
    let mut at_work = AtWork::new("");
    let long = LIST.replace("EXEMPLE", &"E".repeat(100_000));
    at_work.write("long.edi", long.as_bytes());
    for name in ["long.edi", "long.edi.part"] {
        let mut slow = at_work.carrier.client("zq", "zq", &["-l", "80"]);
        let mut child = start(&mut slow, &format!("put long.edi inbox/{name}\n"));
        std::thread::sleep(Duration::from_millis(1500));
        assert!(child.try_wait().unwrap().is_none(), "it has not ended");
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let output = at_work
        .carrier
        .run("rename inbox/long.edi.part inbox/long.edi\n");
    assert!(
        !output.status.success(),
        "another session has no share in it"
    );
    drop(at_work.running.take());
    assert_eq!(kept(&at_work.app), (0, 0));
    assert_eq!(left(&at_work.carrier.outbox(), ""), []);
}

#[test]
fn paths_that_lead_elsewhere_lead_nowhere() {
    let at_work = AtWork::new("");
    at_work.write("list.edi", LIST.as_bytes());
    let secret = at_work.carrier.path().join("host");
    symlink(&secret, at_work.carrier.outbox().join("link")).unwrap();
    let long = "x".repeat(256);
    for refused in [
        "put list.edi /list.edi",
        "put list.edi /etc/list.edi",
        "put list.edi outbox/list.edi",
        "put list.edi inbox/../../../list.edi",
        "put list.edi inbox/deep/list.edi",
        &format!("put list.edi inbox/{long}"),
        "get outbox/link got",
        "get outbox/../../host got",
        "get ../host got",
        "get /etc/passwd got",
        "get inbox/list.edi got",
        "symlink /etc/passwd inbox/link",
        "ln -s /etc/passwd outbox/other",
        "mkdir inbox/folder",
        "rmdir inbox",
        "rm outbox/link",
        "rename outbox/link inbox/link",
    ] {
        let output = at_work.carrier.run(&format!("{refused}\n"));
        assert_eq!(output.status.code(), Some(1), "{refused}");
    }
    assert!(!at_work.carrier.path().join("got").exists());
    assert_eq!(kept(&at_work.app), (0, 0));
    let homes: Vec<_> = fs::read_dir(at_work.carrier.path().join("homes"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(homes, ["zq"]);
}

#[test]
fn there_is_no_shell_no_command_no_tunnel_and_no_password() {
    let at_work = AtWork::new("");
    let port = at_work.carrier.port();
    for words in [
        &["zq@127.0.0.1", "true"][..],
        &["-tt", "zq@127.0.0.1"],
        &["-s", "zq@127.0.0.1", "netconf"],
        &["-W", &format!("127.0.0.1:{port}"), "zq@127.0.0.1"],
        &[
            "-o",
            "ExitOnForwardFailure=yes",
            "-R",
            "0:127.0.0.1:1",
            "-N",
            "zq@127.0.0.1",
        ],
    ] {
        let output = at_work.ssh(words);
        assert!(!output.status.success(), "{words:?}");
        assert!(
            !said(&output).contains("Permission denied"),
            "it came in: {words:?}"
        );
    }
    let methods = ["-o", "PubkeyAuthentication=no", "zq@127.0.0.1"];
    let refused = said(&at_work.ssh(&methods));
    assert!(
        refused.contains("Permission denied (publickey)"),
        "{refused}"
    );
}

#[test]
fn a_certificate_holds_for_whom_it_names_as_long_as_it_holds() {
    let at_work = AtWork::new("");
    at_work.write("list.edi", LIST.as_bytes());
    let at = |name: &str| {
        at_work
            .carrier
            .path()
            .join(name)
            .to_str()
            .unwrap()
            .to_owned()
    };
    let check = |words: &[&str], authority: &str, holds: bool| {
        let mut all = vec!["-q", "-I", "invented"];
        let (authority, public) = (at(authority), at("stranger.pub"));
        all.extend(["-s", &authority]);
        all.extend(words);
        all.push(&public);
        keygen(&all);
        let mut client = at_work.carrier.client("zq", "stranger", &[]);
        let output = finish(start(&mut client, "put list.edi inbox\n"));
        assert_eq!(
            output.status.success(),
            holds,
            "{words:?}: {}",
            said(&output)
        );
    };
    check(&["-n", "zq", "-V", "+1h"], "authority", true);
    check(&["-n", "x9,zq", "-V", "+1h"], "authority", true);
    check(&["-n", "x9", "-V", "+1h"], "authority", false);
    check(&["-V", "+1h"], "authority", false);
    check(&["-n", "zq", "-V", "20200101:20200102"], "authority", false);
    check(&["-n", "zq", "-V", "20990101:20990102"], "authority", false);
    check(&["-n", "zq", "-V", "+1h"], "host", false);
    check(&["-n", "zq", "-V", "+1h", "-h"], "authority", false);
    let condition = "force-command=ls";
    check(
        &["-n", "zq", "-V", "+1h", "-O", condition],
        "authority",
        false,
    );
}

#[test]
fn what_is_revoked_does_not_come_in() {
    let ssh = OpenSsh::new();
    for (revoked, comes_in) in [("stranger", true), ("zq", false)] {
        let data = TempDir::new("sftp-data");
        let transport = open(ssh.settings("")).unwrap();
        let app = app(data.path().to_str().unwrap());
        enrol(&app, &ssh.channels());
        enrol(&app, &[(ChannelKind::SshRevoked, ssh.public(revoked))]);
        let _running = Gateway::start(desk(&app), vec![transport]);
        assert_eq!(ssh.run("ls\n").status.success(), comes_in, "{revoked}");
    }
}

#[test]
fn what_is_larger_than_any_message_is_refused_while_it_comes() {
    let at_work = AtWork::new("most = 1000");
    at_work.write("large.edi", &[b'A'; 1001]);
    at_work.write("list.edi", LIST.as_bytes());
    let output = at_work.carrier.run("put large.edi inbox\n");
    assert!(!output.status.success());
    assert_eq!(kept(&at_work.app), (0, 0));
    assert!(at_work.carrier.run("put list.edi inbox\n").status.success());
    assert_eq!(kept(&at_work.app), (1, 0));
}

/// Slow-loris: whoever says nothing, or begins and does not say who it is, is sent away in time.
#[test]
fn who_only_holds_the_door_open_is_sent_away() {
    let at_work = AtWork::new("login = 1\nper_address = 3");
    let begun = Instant::now();
    let mut silent = at_work.connect();
    let mut slow = at_work.connect();
    slow.write_all(b"SSH-2.0-invented\r\n").unwrap();
    let _third = at_work.connect();
    std::thread::sleep(Duration::from_millis(200));
    let mut fourth = at_work.connect();
    let mut heard = Vec::new();
    fourth.read_to_end(&mut heard).unwrap();
    assert_eq!(
        heard, b"",
        "the fourth one of an address is not even greeted"
    );
    for stream in [&mut silent, &mut slow] {
        stream.read_to_end(&mut heard).unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(at_work.carrier.run("ls\n").status.success());
}

#[test]
fn many_clients_at_once_are_each_served() {
    let at_work = AtWork::new("");
    let clients: Vec<_> = (1..=24)
        .map(|n| {
            at_work.write(&format!("{n}.edi"), list(n).as_bytes());
            let mut client = at_work.carrier.client("zq", "zq", &[]);
            start(&mut client, &format!("put {n}.edi inbox\n"))
        })
        .collect();
    for client in clients {
        let output = finish(client);
        assert!(output.status.success(), "{}", said(&output));
    }
    assert_eq!(kept(&at_work.app), (24, 0));
}

#[test]
fn settings_that_do_not_hold_are_refused_with_the_reason() {
    let ssh = OpenSsh::new();
    let check = |change: &dyn Fn(&mut toml::Table), says: &str| {
        let mut settings = ssh.settings("");
        change(&mut settings);
        let Err(fault) = open(settings) else {
            panic!("it was taken, and not: {says}");
        };
        assert!(fault.to_string().contains(says), "{fault}");
    };
    let none = || toml::Value::Array(Vec::new());
    check(
        &|of| drop(of.insert("host_keys".into(), none())),
        "ssh-keygen -t ed25519",
    );
    check(
        &|of| drop(of.insert("host_keys".into(), vec!["/nowhere/key"].into())),
        "cannot use the key \"/nowhere/key\"",
    );
    check(
        &|of| drop(of.insert("carrier".into(), none())),
        "oriel carrier enrol",
    );
    check(
        &|of| drop(of.insert("password".into(), "secret".into())),
        "unknown field `password`",
    );
    let _taken = open(ssh.settings("")).unwrap();
    check(&|_| {}, "cannot listen on 127.0.0.1");
}
