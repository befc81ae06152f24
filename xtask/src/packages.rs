//! What the tests need from the system: on Debian installed by apt-get when that is allowed,
//! otherwise named.

use crate::step::{Steps, answer, program};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// Debian packages of the browser test: the browser, and one font so that text is text.
const BROWSER: &[&str] = &["chromium", "fonts-liberation"];

/// Names under which Chromium is installed.
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// The path of Chromium, which is installed first if it must and may be.
pub(crate) fn chromium(steps: &mut Steps) -> Result<PathBuf> {
    if on_path("dpkg-query").is_some() {
        install(steps, BROWSER)?;
    }
    match CHROMIUM.iter().find_map(|name| on_path(name)) {
        Some(path) => Ok(path),
        None => bail!("the browser test needs Chromium: install it, then run this again"),
    }
}

fn install(steps: &mut Steps, wanted: &[&str]) -> Result<()> {
    let missing: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|name| !installed(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if answer(&mut program("id", &["-u"])).as_deref() != Some("0") {
        bail!("Debian packages are missing: run `sudo apt-get install {names}`, then this again");
    }
    let advice = format!("install {names} by hand, then run this again");
    steps.run(
        "apt-get update",
        &mut program("apt-get", &["update", "--quiet"]),
        &advice,
    )?;
    let mut command = program(
        "apt-get",
        &["install", "--yes", "--quiet", "--no-install-recommends"],
    );
    command
        .args(&missing)
        .env("DEBIAN_FRONTEND", "noninteractive");
    steps.run(&format!("install {names}"), &mut command, &advice)
}

fn installed(package: &str) -> bool {
    answer(&mut program(
        "dpkg-query",
        &["--show", "--showformat=${db:Status-Status}", package],
    ))
    .is_some_and(|status| status == "installed")
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
