//! What the tests need from the system: on Debian installed by apt-get when that is allowed,
//! otherwise named.

use crate::step::{Steps, answer, program};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// Debian packages of the browser test: the browser, and one font so that text is text.
const BROWSER: &[&str] = &["chromium", "fonts-liberation"];

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
