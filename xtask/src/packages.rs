//! What the tests need from the system: on Debian installed by apt-get when that is allowed,
//! otherwise named.

use crate::step::{Steps, answer, program};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// Debian packages of the browser test: the browser, and one font so that text is text.
const BROWSER: &[&str] = &["chromium", "fonts-liberation"];

/// The database server of the store's tests.
const POSTGRES: &[&str] = &["postgresql-15"];

/// A program of it, where Debian puts it.
const INITDB: &str = "/usr/lib/postgresql/15/bin/initdb";

/// What starts the message broker, where Debian puts it.
const RABBITMQ: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/// The token, in software, of the key store's tests (PKCS#11).
const TOKEN: &[&str] = &["softhsm2"];

/// Programs that read and sign XML, and the packages that they come in.
const XML_SECURITY: &[(&str, &str)] = &[("xmlsec1", "xmlsec1"), ("xmllint", "libxml2-utils")];

/// Names under which Chromium is installed.
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// The path of Chromium, which is installed first if it must and may be.
pub(crate) fn chromium(steps: &mut Steps) -> Result<PathBuf> {
    let find = || CHROMIUM.iter().find_map(|name| on_path(name));
    if let Some(path) = find() {
        return Ok(path);
    }
    if on_path("apt-get").is_none() {
        bail!("the browser test needs Chromium: install it, then run this again");
    }
    install(steps, BROWSER)?;
    find().context("Chromium was installed but is not on the PATH")
}

/// PostgreSQL for the tests, which start servers of their own: the one that Debian starts with the
/// package is not used.
pub(crate) fn postgres(steps: &mut Steps) -> Result<()> {
    if Path::new(INITDB).is_file() {
        return Ok(());
    }
    if on_path("apt-get").is_none() {
        bail!("the tests of the store need PostgreSQL 15: {INITDB} is not there");
    }
    install(steps, POSTGRES)
}

/// SoftHSM 2, of which the tests make tokens of their own.
pub(crate) fn token(steps: &mut Steps) -> Result<()> {
    if on_path("softhsm2-util").is_some() {
        return Ok(());
    }
    if on_path("apt-get").is_none() {
        bail!("the tests of the key store need SoftHSM 2: softhsm2-util is not there");
    }
    install(steps, TOKEN)
}

/// OpenSSH's client, with which the tests send as carriers do.
pub(crate) fn open_ssh(steps: &mut Steps) -> Result<()> {
    if ["sftp", "ssh-keygen"]
        .iter()
        .all(|name| on_path(name).is_some())
    {
        return Ok(());
    }
    if on_path("apt-get").is_none() {
        bail!("the tests of the SFTP server need OpenSSH's client: sftp is not there");
    }
    install(steps, &["openssh-client"])
}

/// RabbitMQ, of which the tests start brokers of their own: the one that Debian starts with the
/// package is not used.
pub(crate) fn broker(steps: &mut Steps) -> Result<()> {
    if Path::new(RABBITMQ).is_file() {
        return Ok(());
    }
    if on_path("apt-get").is_none() {
        bail!("the tests of the gateway need RabbitMQ: {RABBITMQ} is not there");
    }
    install(steps, &["rabbitmq-server"])
}

/// `xmlsec1` and `xmllint`, against which canonical forms and signatures are checked.
pub(crate) fn xml_security(steps: &mut Steps) -> Result<()> {
    let missing = |(name, _): &&(&str, &'static str)| on_path(name).is_none();
    let packages = XML_SECURITY.iter().filter(missing).map(|(_, it)| *it);
    let packages: Vec<&str> = packages.collect();
    if packages.is_empty() {
        return Ok(());
    }
    if on_path("apt-get").is_none() {
        bail!("the tests of AS4 need xmlsec1 and xmllint: one of them is not there");
    }
    install(steps, &packages)
}

/// Valgrind, which counts instructions.
pub(crate) fn valgrind(steps: &mut Steps) -> Result<()> {
    if on_path("valgrind").is_some() {
        return Ok(());
    }
    if on_path("apt-get").is_none() {
        bail!("counting instructions needs valgrind: install it, then run this again");
    }
    install(steps, &["valgrind"])
}

fn install(steps: &mut Steps, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if answer(&mut program("id", &["-u"])).as_deref() != Some("0") {
        bail!("Debian packages are missing: run `sudo apt-get install {names}`, then this again");
    }
    let advice = format!("install {names} by hand, then run this again");
    let mut update = program("apt-get", &["update", "--quiet"]);
    steps.run("list of Debian packages", &mut update, &advice)?;
    let mut install = program(
        "apt-get",
        &["install", "--yes", "--quiet", "--no-install-recommends"],
    );
    install
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    steps.run(&format!("install {names}"), &mut install, &advice)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_looked_up_as_a_shell_does() {
        assert!(on_path("sh").is_some_and(|path| path.is_absolute()));
        assert_eq!(on_path("no-such-program"), None);
    }
}
