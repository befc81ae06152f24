//! `cargo xtask test`: everything that must hold, on any machine, in one order.
//!
//! The order saves time: what takes seconds fails first, and the browser test takes the binary
//! that the Rust tests have built. Nothing is skipped: what cannot run is a failure.

use crate::args::Args;
use crate::step::{Steps, cargo, oriel};
use crate::{instructions, licences, packages, tidy, tools, web};
use anyhow::{Result, bail};

/// One part of the tests.
struct Part {
    name: &'static str,
    /// Fails, or installs, before the first part runs: not after ten minutes.
    needs: fn(&mut Steps) -> Result<()>,
    run: fn(&mut Steps) -> Result<()>,
}

const PARTS: &[Part] = &[
    Part {
        name: "tidy",
        needs: |_| Ok(()),
        run: tidy_part,
    },
    Part {
        name: "web",
        needs: |_| tools::node(),
        run: web_part,
    },
    Part {
        name: "rust",
        needs: |steps| {
            tools::rust_components()?;
            packages::postgres(steps)?;
            packages::token(steps)?;
            packages::open_ssh(steps)?;
            packages::broker(steps)?;
            packages::xml_security(steps)?;
            packages::valgrind(steps)
        },
        run: rust_part,
    },
    Part {
        name: "docs",
        needs: |_| Ok(()),
        run: docs_part,
    },
    Part {
        name: "browser",
        needs: |steps| {
            tools::node()?;
            packages::chromium(steps).map(drop)
        },
        run: browser_part,
    },
];

pub(crate) fn run(mut args: Args) -> Result<()> {
    let only: Option<String> = args.value("--only")?;
    args.done()?;
    let chosen = |part: &&Part| only.as_ref().is_none_or(|name| name == part.name);
    let parts: Vec<&Part> = PARTS.iter().filter(chosen).collect();
    if parts.is_empty() {
        let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        bail!("--only is one of: {}", names.join(", "));
    }
    let mut steps = Steps::new();
    for part in &parts {
        (part.needs)(&mut steps)?;
    }
    for part in &parts {
        (part.run)(&mut steps)?;
    }
    steps.summary();
    println!("\nEverything passed.");
    Ok(())
}

fn tidy_part(steps: &mut Steps) -> Result<()> {
    tidy::step(steps)?;
    licences::step(steps)
}

fn web_part(steps: &mut Steps) -> Result<()> {
    const MEND: &str = "mend what is named above";
    web::build(steps)?;
    steps.run(
        "web types and style",
        &mut web::npm(&["run", "check"]),
        MEND,
    )?;
    steps.run("web tests", &mut web::npm(&["run", "test"]), MEND)
}

fn rust_part(steps: &mut Steps) -> Result<()> {
    format(steps)?;
    clippy(steps)?;
    let mut tests = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    steps.run(
        "Rust tests",
        &mut tests,
        "the failing tests are listed above",
    )?;
    instructions::step(steps, false)
}

fn docs_part(steps: &mut Steps) -> Result<()> {
    let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    steps.run(
        "documentation",
        &mut docs,
        "mend the broken links named above",
    )
}

fn browser_part(steps: &mut Steps) -> Result<()> {
    let chromium = packages::chromium(steps)?;
    web::build(steps)?;
    let mut build = cargo(&["build", "--locked", "--package", "oriel-cli"]);
    steps.run(
        "binary for the browser",
        &mut build,
        "the compiler says above why",
    )?;
    let mut browser = web::npm(&["run", "browser"]);
    browser
        .env("ORIEL", oriel("debug")?)
        .env("CHROMIUM", chromium);
    steps.run(
        "browser test",
        &mut browser,
        "the failing check is named above",
    )
}

/// Formatting, as `rustfmt.toml` says.
pub(crate) fn format(steps: &mut Steps) -> Result<()> {
    steps.run(
        "formatting",
        &mut cargo(&["fmt", "--all", "--check"]),
        "run `cargo fmt --all`",
    )
}

/// Every lint of the workspace, warnings denied.
pub(crate) fn clippy(steps: &mut Steps) -> Result<()> {
    let mut command = cargo(&["clippy", "--workspace", "--all-targets", "--locked"]);
    command.args(["--", "-D", "warnings"]);
    steps.run("clippy", &mut command, "mend what is named above")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_part_is_answered_with_the_known_ones() {
        let args = Args::new(["--only", "speed"].map(str::to_owned).into_iter());
        assert_eq!(
            run(args).unwrap_err().to_string(),
            "--only is one of: tidy, web, rust, docs, browser"
        );
    }
}
