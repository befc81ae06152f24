//! The crates of floors 0 to 2 carry the same `clippy.toml`, which forbids clock, network, other
//! programs and sleep even to their tests.
//!
//! Clippy reads the nearest `clippy.toml` only, so each crate needs its own copy.

use super::floors::{FLOORS, LAST_PURE};
use super::tree::{Complaint, Tree};

/// Where the text is kept.
const SOURCE: &str = "crates/model/clippy.toml";

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let Some(source) = tree
        .file(SOURCE)
        .filter(|file| file.text.contains("disallowed-methods"))
    else {
        return vec![Complaint::new(
            SOURCE,
            0,
            "must list the disallowed-methods of floors 0 to 2",
        )];
    };
    FLOORS
        .iter()
        .filter(|(_, floor)| *floor <= LAST_PURE)
        .map(|(krate, _)| format!("crates/{krate}/clippy.toml"))
        .filter(|path| tree.file(path).is_none_or(|file| file.text != source.text))
        .map(|path| Complaint::new(&path, 0, format!("must be a copy of {SOURCE}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn a_missing_or_different_copy_is_named() {
        let pure = FLOORS.iter().filter(|(_, floor)| *floor <= LAST_PURE);
        let paths: Vec<String> = pure
            .map(|(krate, _)| format!("crates/{krate}/clippy.toml"))
            .collect();
        let mut files: Vec<(&str, &str)> = paths
            .iter()
            .map(|path| (path.as_str(), "disallowed-methods = []"))
            .collect();
        tree::check(check, &files, &[]);
        files.retain(|(path, _)| !path.contains("synth"));
        files[0].1 = "disallowed-methods = [\"a\"]";
        tree::check(
            check,
            &files,
            &[
                "crates/edifact/clippy.toml: must be a copy of crates/model/clippy.toml",
                "crates/synth/clippy.toml: must be a copy of crates/model/clippy.toml",
            ],
        );
    }

    #[test]
    fn a_list_that_forbids_nothing_is_no_list() {
        tree::check(
            check,
            &[(SOURCE, "")],
            &["crates/model/clippy.toml: must list the disallowed-methods of floors 0 to 2"],
        );
    }
}
