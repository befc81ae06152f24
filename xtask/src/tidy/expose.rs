//! Who takes a value out of `Personal<T>`.
//!
//! - Invariant: each file that calls `expose` stands in the list below with its reason, so that a
//!   new one is a decision somebody reads. Tests are free: their people are invented.

use super::rust;
use super::tree::{Complaint, Tree};

/// Files that may, and why.
const CALLERS: &[(&str, &str)] = &[(
    "crates/model/src/document.rs",
    "makes the key that documents are compared by",
)];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    callers_are(tree, CALLERS)
}

fn callers_are(tree: &Tree, listed: &[(&str, &str)]) -> Vec<Complaint> {
    const LIST: &str = "xtask/src/tidy/expose.rs";
    let mut complaints = Vec::new();
    let mut seen = Vec::new();
    for file in tree.rust().filter(|file| !rust::is_test(&file.path)) {
        let code = rust::shipped(&file.text);
        let call = code
            .lines()
            .position(|line| line.contains(".expose()") || line.contains("::expose"));
        let Some(line) = call else { continue };
        seen.push(file.path.as_str());
        if !listed.iter().any(|(path, _)| *path == file.path) {
            let text = format!(
                "takes personal values out: show them through policy, or give the reason in {LIST}"
            );
            complaints.push(Complaint::new(&file.path, line + 1, text));
        }
    }
    for (path, _) in listed.iter().filter(|(path, _)| !seen.contains(path)) {
        complaints.push(Complaint::new(
            LIST,
            0,
            format!("{path} no longer calls expose: delete its row"),
        ));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_caller_and_a_stale_row_are_both_named() {
        let tree = Tree::of(&[
            ("crates/app/src/a.rs", "//! x\nfn f(p: P) { p.expose(); }"),
            (
                "crates/app/src/b.rs",
                "fn f(p: P) { p.map(Personal::expose); }",
            ),
            (
                "crates/app/src/c.rs",
                "// .expose()\n#[cfg(test)]\nmod tests { fn f() { p.expose(); } }",
            ),
        ]);
        let listed = [
            ("crates/app/src/b.rs", "because"),
            ("crates/app/src/c.rs", "because"),
        ];
        let lines: Vec<String> = callers_are(&tree, &listed)
            .iter()
            .map(Complaint::to_string)
            .collect();
        assert_eq!(
            lines,
            [
                "crates/app/src/a.rs:2: takes personal values out: show them through policy, or give the reason in xtask/src/tidy/expose.rs",
                "xtask/src/tidy/expose.rs: crates/app/src/c.rs no longer calls expose: delete its row",
            ]
        );
    }
}
