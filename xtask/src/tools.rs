//! The tools that are taken for granted, and a clear sentence where one is missing.

use crate::step::{answer, cargo, program};
use anyhow::{Result, bail};

/// Vite 8 and the tests of the workbench need at least this.
const NODE: u32 = 20;

/// Rust's own linter and formatter.
pub(crate) fn rust_components() -> Result<()> {
    for (command, component) in [("clippy", "clippy"), ("fmt", "rustfmt")] {
        if answer(&mut cargo(&[command, "--version"])).is_none() {
            bail!("`cargo {command}` is missing: run `rustup component add {component}`");
        }
    }
    Ok(())
}

/// Node with npm, new enough.
pub(crate) fn node() -> Result<()> {
    let Some(version) = answer(&mut program("node", &["--version"])) else {
        bail!("Node is missing: install Node {NODE} or newer, with npm, then run this again");
    };
    match major(&version) {
        Some(major) if major >= NODE => {}
        _ => bail!("Node is {version}: install Node {NODE} or newer, then run this again"),
    }
    if answer(&mut program("npm", &["--version"])).is_none() {
        bail!("npm is missing: it comes with Node; install it, then run this again");
    }
    Ok(())
}

/// 20 of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
