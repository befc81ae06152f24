//! Test data says that it is invented, so that nobody need wonder whose data it is.
//!
//! - A file of test data carries the word `invented` in its first lines, or a `README.md` in its
//!   folder, or above it up to `tests`, does.

use super::tree::{Complaint, File, Tree};

/// Kinds of files that hold data about people.
const DATA: &[&str] = &["csv", "edi", "json", "jsonl", "ndjson", "txt", "xml"];

/// How far into a file the notice may stand.
const FIRST_LINES: usize = 5;

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut last = "";
    for file in tree
        .files
        .iter()
        .filter(|file| DATA.iter().any(|kind| file.is(kind)))
    {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // One complaint a folder, about the first of its files.
        if folder != last && file.path.contains("/tests/") && !says_invented(tree, file) {
            let text =
                "say in a README.md beside it that this is invented, and how (by hand, or seed N)";
            complaints.push(Complaint::new(&file.path, 0, text));
            last = folder;
        }
    }
    complaints
}

fn says_invented(tree: &Tree, file: &File) -> bool {
    let head = file.text.lines().take(FIRST_LINES);
    if head.into_iter().any(has_notice) {
        return true;
    }
    let mut folder = file.path.as_str();
    while let Some((above, _)) = folder.rsplit_once('/') {
        folder = above;
        let readme = tree.file(&format!("{folder}/README.md"));
        if readme.is_some_and(|readme| has_notice(&readme.text)) {
            return true;
        }
        if folder.ends_with("/tests") {
            break;
        }
    }
    false
}

fn has_notice(text: &str) -> bool {
    text.to_lowercase().contains("invented")
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn data_without_a_notice_is_named() {
        tree::check(
            check,
            &[
                ("crates/a/README.md", "invented, but too far up"),
                ("crates/a/tests/data/x.edi", "UNB"),
                ("crates/a/tests/data/x.expect", "ok"),
                ("crates/a/tests/data/y.edi", "UNB"),
                ("crates/a/tests/pairs.csv", "# Invented by hand.\na,b"),
                ("crates/b/tests/data/README.md", "All invented, seed 7."),
                ("crates/b/tests/data/deep/y.edi", "UNB"),
            ],
            &[
                "crates/a/tests/data/x.edi: say in a README.md beside it that this is invented, and how (by hand, or seed N)",
            ],
        );
    }
}
