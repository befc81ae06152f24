//! The workbench: `npm install` and `npm run build`, each only when what it reads has changed.
//!
//! Whether it changed is told by a digest of the sources, kept beside the packages: times of files
//! say nothing after a checkout.

use crate::args::Args;
use crate::step::{Steps, program};
use crate::{must_exist, root, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `npm install` reads.
const LOCK: &[&str] = &["package.json", "package-lock.json", ".npmrc"];

/// Where we note what was done last, so that whoever deletes it gets it all done again.
const MARKS: &str = "node_modules";

/// Folders of `web` that are made, not written.
const MADE: &[&str] = &["node_modules", "dist"];

pub(crate) fn run(args: Args) -> Result<()> {
    args.done()?;
    let mut steps = Steps::new();
    build(&mut steps)?;
    steps.summary();
    Ok(())
}

/// Brings `web/node_modules` up to date.
pub(crate) fn install(steps: &mut Steps) -> Result<()> {
    must_exist(
        "web/package-lock.json",
        "this copy of the repository is not complete",
    )?;
    tools::node()?;
    let lock = LOCK.iter().map(|name| dir().join(name)).collect();
    when_changed("installed", lock, "web packages", |title| {
        // Not `npm ci`: it refuses the lock where the registry's mirror lacks packages for other
        // kinds of machine. This follows the lock as well, and `--no-save` never changes it.
        let mut npm = npm(&["install", "--no-save", "--no-audit", "--no-fund"]);
        steps.run(title, &mut npm, "is the package registry of npm reachable?")
    })
}

/// Brings `web/dist`, which the program embeds, up to date.
pub(crate) fn build(steps: &mut Steps) -> Result<()> {
    install(steps)?;
    let mut sources = Vec::new();
    list(&dir(), &mut sources)?;
    if !dir().join("dist/index.html").exists() {
        forget("built")?;
    }
    when_changed("built", sources, "web build", |title| {
        steps.run(
            title,
            &mut npm(&["run", "build"]),
            "mend what is named above",
        )
    })
}

/// `npm` in the folder of the workbench.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut command = program("npm", args);
    command.current_dir(dir());
    command
}

fn dir() -> PathBuf {
    root().join("web")
}

/// Does `work` unless `files` are as they were when it last succeeded.
fn when_changed(
    mark: &str,
    mut files: Vec<PathBuf>,
    title: &str,
    work: impl FnOnce(&str) -> Result<()>,
) -> Result<()> {
    files.sort();
    let digest = digest(&files)?;
    if fs::read_to_string(mark_path(mark)).is_ok_and(|last| last == digest) {
        println!("== {title}: up to date");
        return Ok(());
    }
    work(title)?;
    let path = mark_path(mark);
    fs::create_dir_all(dir().join(MARKS))
        .and_then(|()| fs::write(&path, digest))
        .with_context(|| format!("could not write {}", path.display()))
}

fn mark_path(mark: &str) -> PathBuf {
    dir().join(MARKS).join(format!(".oriel-{mark}"))
}

fn forget(mark: &str) -> Result<()> {
    match fs::remove_file(mark_path(mark)) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
            bail!("could not delete {}: {fault}", mark_path(mark).display())
        }
        _ => Ok(()),
    }
}

fn list(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("could not read {}", dir.display()))? {
        let path = entry?.path();
        let made = path
            .file_name()
            .is_some_and(|name| MADE.iter().any(|made| name == *made));
        match path.is_dir() {
            true if made => {}
            true => list(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

/// FNV-1a over names and contents: short, stable, and enough to see a change (not an attack).
fn digest(files: &[PathBuf]) -> Result<String> {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for file in files.iter().filter(|file| file.exists()) {
        eat(file.to_string_lossy().as_bytes());
        eat(&fs::read(file).with_context(|| format!("could not read {}", file.display()))?);
    }
    Ok(format!("{hash:016x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_testkit::TempDir;

    #[test]
    fn a_change_of_content_or_of_name_changes_the_digest() {
        let dir = TempDir::new("digest");
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&a, "1").unwrap();
        fs::write(&b, "1").unwrap();
        let first = digest(std::slice::from_ref(&a)).unwrap();
        assert_eq!(digest(std::slice::from_ref(&a)).unwrap(), first);
        assert_ne!(digest(&[b]).unwrap(), first);
        fs::write(&a, "2").unwrap();
        assert_ne!(digest(&[a]).unwrap(), first);
    }

    #[test]
    fn what_is_made_is_no_source() {
        let dir = TempDir::new("sources");
        fs::create_dir_all(dir.path().join("node_modules/x")).unwrap();
        fs::create_dir_all(dir.path().join("src")).unwrap();
        fs::write(dir.path().join("node_modules/x/made.js"), "").unwrap();
        fs::write(dir.path().join("src/main.ts"), "").unwrap();
        let mut files = Vec::new();
        list(dir.path(), &mut files).unwrap();
        assert_eq!(files, [dir.path().join("src/main.ts")]);
    }
}
