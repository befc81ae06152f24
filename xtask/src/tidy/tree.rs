//! The files that the rules read.

use anyhow::{Context, Result};
use std::fmt;
use std::fs;
use std::path::Path;

/// What was made or fetched, wherever it stands.
const SKIPPED: &[&str] = &[
    ".git",
    "target",
    "node_modules",
    "dist",
    "artifacts",
    "corpus",
    "coverage",
];

/// One text file of the workspace.
pub(super) struct File {
    /// From the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    /// Lines with their numbers, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    /// The crate it belongs to: `edifact` of `crates/edifact/src/lib.rs`.
    pub(super) fn krate(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    pub(super) fn is(&self, extension: &str) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, found)| found == extension)
    }
}

/// All of them, sorted by path.
pub(super) struct Tree {
    pub(super) files: Vec<File>,
    /// Paths of files that are not text.
    binary: Vec<String>,
}

impl Tree {
    /// The workspace at `root`.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self {
            files: Vec::new(),
            binary: Vec::new(),
        };
        tree.add(root, "")?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    fn add(&mut self, dir: &Path, prefix: &str) -> Result<()> {
        let reading = || format!("could not read {}", dir.display());
        for entry in fs::read_dir(dir).with_context(reading)? {
            let entry = entry.with_context(reading)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            if entry.path().is_dir() {
                self.add(&entry.path(), &format!("{path}/"))?;
                continue;
            }
            let bytes = fs::read(entry.path()).with_context(|| format!("could not read {path}"))?;
            match String::from_utf8(bytes) {
                Ok(text) => self.files.push(File { path, text }),
                Err(_) => self.binary.push(path),
            }
        }
        Ok(())
    }

    /// A tree of samples, for the tests of the rules.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        });
        Self {
            files: files.collect(),
            binary: Vec::new(),
        }
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Rust sources.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is("rs"))
    }

    /// Paths of all files, text or not.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files
            .iter()
            .map(|file| file.path.as_str())
            .chain(self.binary.iter().map(String::as_str))
    }

    /// Whether a file or folder of this name is there, or is made when needed.
    pub(super) fn has(&self, path: &str) -> bool {
        if path.split('/').any(|part| SKIPPED.contains(&part)) {
            return true;
        }
        let folder = format!("{path}/");
        path.is_empty()
            || self
                .paths()
                .any(|found| found == path || found.starts_with(&folder))
    }
}

/// Something to mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Complaint {
    path: String,
    /// 0 when it is about the file as a whole.
    line: usize,
    text: String,
}

impl Complaint {
    pub(super) fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.text),
            line => write!(f, "{}:{line}: {}", self.path, self.text),
        }
    }
}

/// Applies `rule` to samples and compares its complaints, one a line.
#[cfg(test)]
#[track_caller]
pub(super) fn check(rule: super::Rule, files: &[(&str, &str)], expect: &[&str]) {
    let mut complaints = rule(&Tree::of(files));
    complaints.sort();
    let lines: Vec<String> = complaints.iter().map(Complaint::to_string).collect();
    assert_eq!(lines, expect);
}
