//! A directory of its own for one test.
//!
//! Invariant: no two live [`TempDir`]s share a path, within a process or between processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh, empty directory, deleted with everything in it when dropped.
#[derive(Debug)]
pub struct TempDir {
    path: PathBuf,
}

impl TempDir {
    /// Makes a directory whose name starts with `name`, so that a leftover tells where it is from.
    #[track_caller]
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let base = std::env::temp_dir();
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = base.join(format!("oriel-{name}-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Self { path },
                // Left behind by a process of the same id that was killed.
                Err(fault) if fault.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(fault) => panic!("cannot make the directory {}: {fault}", path.display()),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // A directory that cannot be deleted must not turn a passing test into an abort.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_directories_differ_and_vanish_with_their_content() {
        let (a, b) = (TempDir::new("same"), TempDir::new("same"));
        assert_ne!(a.path(), b.path());
        fs::write(a.path().join("file"), "x").unwrap();
        let gone = a.path().to_owned();
        drop(a);
        assert!(!gone.exists());
        assert!(b.path().is_dir());
    }
}
