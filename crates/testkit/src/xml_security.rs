//! Other programs for XML and its signatures: libxml2's `xmllint`, and `xmlsec1`; and keys and
//! certificates for them.
//!
//! RSA keys come from OpenSSH's `ssh-keygen`, because what this project signs with cannot make any.

use crate::TempDir;
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// An XML text in exclusive canonical form, with comments, as `xmllint` writes it.
pub fn xmllint_exclusive(text: &str) -> String {
    let mut command = Command::new("xmllint");
    command.args(["--nonet", "--exc-c14n", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    let child = command.spawn();
    let mut child = child.expect(
        "xmllint is missing: `apt-get install libxml2-utils`, or `cargo xtask test` as root",
    );
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{text}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Signs the template `text` as `xmlsec1` does, with a PEM key; `ids` are the elements whose
/// attribute `Id` names them, each as `NAMESPACE:NAME`.
pub fn xmlsec1_sign(text: &str, key: &str, ids: &[&str]) -> String {
    let dir = TempDir::new("xmlsec1");
    let at = |name: &str| dir.path().join(name).display().to_string();
    fs::write(at("in.xml"), text).unwrap();
    fs::write(at("key.pem"), key).unwrap();
    let words = [
        "--sign",
        "--output",
        &at("out.xml"),
        "--privkey-pem",
        &at("key.pem"),
    ];
    let output = xmlsec1(&words, ids, &at("in.xml"));
    assert!(output.status.success(), "{}", said(&output));
    fs::read_to_string(at("out.xml")).unwrap()
}

/// Whether a signature holds, as `xmlsec1` sees it, by the key of a PEM certificate.
pub fn xmlsec1_verify(text: &str, certificate: &str, ids: &[&str]) -> Result<(), String> {
    let dir = TempDir::new("xmlsec1");
    let at = |name: &str| dir.path().join(name).display().to_string();
    fs::write(at("in.xml"), text).unwrap();
    fs::write(at("cert.pem"), certificate).unwrap();
    let words = ["--verify", "--pubkey-cert-pem", &at("cert.pem")];
    let output = xmlsec1(&words, ids, &at("in.xml"));
    match output.status.success() {
        true => Ok(()),
        false => Err(said(&output)),
    }
}

fn xmlsec1(words: &[&str], ids: &[&str], file: &str) -> Output {
    let mut command = Command::new("xmlsec1");
    command.args(words);
    for id in ids {
        command.args(["--id-attr:Id", id]);
    }
    let output = command.arg(file).output();
    output.expect("xmlsec1 is missing: `apt-get install xmlsec1`, or `cargo xtask test` as root")
}

/// A fresh RSA key of 2048 bits as PEM (PKCS #8); the same for all who ask in one process.
pub fn rsa_key() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        let dir = TempDir::new("rsa");
        let path = dir.path().join("key");
        let mut command = Command::new("ssh-keygen");
        command.args([
            "-q", "-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", "", "-f",
        ]);
        let output = command.arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        fs::read_to_string(&path).unwrap()
    })
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
