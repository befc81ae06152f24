//! The changelog has room for the next change.

use super::tree::{Complaint, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    const PAGE: &str = "CHANGELOG.md";
    let text = tree.file(PAGE).map_or("", |file| &file.text);
    match text.lines().find(|line| line.starts_with("## ")) {
        Some("## Unreleased") => Vec::new(),
        _ => vec![Complaint::new(
            PAGE,
            0,
            "its first section must be `## Unreleased`",
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn the_first_section_is_the_next_release() {
        tree::check(
            check,
            &[("CHANGELOG.md", "# Changes\n\n## Unreleased\n\n## 0.1.0\n")],
            &[],
        );
        let text = "CHANGELOG.md: its first section must be `## Unreleased`";
        tree::check(
            check,
            &[("CHANGELOG.md", "# Changes\n\n## 0.1.0\n\n## Unreleased\n")],
            &[text],
        );
        tree::check(check, &[], &[text]);
    }
}
