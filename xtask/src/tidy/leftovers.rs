//! Nothing half done: no stubs, no switched-off tests, no notes to self.

use super::rust;
use super::tree::{Complaint, Tree};

/// In code.
const STUBS: &[&str] = &["todo!", "unimplemented!", "dbg!", "#[ignore"];

/// Anywhere in what people write. Spelled in halves, because this file is read too.
const NOTES: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
];

/// Kinds of files that people write.
const WRITTEN: &[&str] = &[
    "rs", "md", "toml", "ts", "js", "svelte", "css", "html", "sql", "sh", "yml", "yaml", "ftl",
];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.rust() {
        for (index, line) in rust::code(&file.text).lines().enumerate() {
            for stub in STUBS.iter().filter(|stub| line.contains(**stub)) {
                let text = format!("`{stub}`: finish it, or leave it out");
                complaints.push(Complaint::new(&file.path, index + 1, text));
            }
        }
    }
    for file in tree
        .files
        .iter()
        .filter(|file| WRITTEN.iter().any(|kind| file.is(kind)))
    {
        for (number, line) in file.lines() {
            for note in NOTES.iter().filter(|note| line.contains(**note)) {
                let text = format!("`{note}`: do it, or open an issue");
                complaints.push(Complaint::new(&file.path, number, text));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn stubs_and_notes_are_named() {
        let note = format!("//! x\n// {} later\n", NOTES[0]);
        tree::check(
            check,
            &[
                (
                    "a.rs",
                    "//! x\n#[ignore]\nfn f() { todo!() }\n// todo! in words\n",
                ),
                ("b.rs", &note),
            ],
            &[
                "a.rs:2: `#[ignore`: finish it, or leave it out",
                "a.rs:3: `todo!`: finish it, or leave it out",
                &format!("b.rs:2: `{}`: do it, or open an issue", NOTES[0]),
            ],
        );
    }
}
