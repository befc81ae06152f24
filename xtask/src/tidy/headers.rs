//! Every source file says what it is for before it says anything else.

use super::tree::{Complaint, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    tree.rust()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| {
            Complaint::new(
                &file.path,
                1,
                "start with `//! ` and a sentence: what is this file for?",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn a_file_without_a_header_is_named() {
        tree::check(
            check,
            &[
                ("a.rs", "//! Reads A.\n"),
                ("b.rs", "use c;\n"),
                ("c.rs", "//!\n"),
                ("d.md", "D\n"),
            ],
            &[
                "b.rs:1: start with `//! ` and a sentence: what is this file for?",
                "c.rs:1: start with `//! ` and a sentence: what is this file for?",
            ],
        );
    }
}
